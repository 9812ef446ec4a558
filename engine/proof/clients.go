package proof

import (
	"context"
	"net"

	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/engine/outbound"
)

// Clients lists the clients of this package.
func Clients() []outbound.Client {
	at := func(a outbound.Address) *Engine {
		// A resolver that is asked over a stream, at the address of the test.
		resolver := &net.Resolver{Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return a.Guard().Dialer().DialContext(ctx, "tcp", a.Host)
		}}
		return newEngine(a.Guard().Client(limits(a.Within)), resolver, a.Within)
	}
	return []outbound.Client{
		{Name: fileClient, Promise: pixel.ProofTimeout, Try: func(ctx context.Context, a outbound.Address) error {
			e := at(a)
			defer e.client.CloseIdleConnections()
			_, err := e.File(ctx, a.URL)
			return err
		}},
		{Name: dnsClient, Promise: pixel.ProofTimeout, Try: func(ctx context.Context, a outbound.Address) error {
			_, err := at(a).TXT(ctx, "_alania.example.com")
			return err
		}},
	}
}
