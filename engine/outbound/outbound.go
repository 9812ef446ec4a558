// Package outbound says what a client of an outside system promises, so that one test can hold
// every one of them to it. Each package that reaches outside lists its clients in a function
// Clients; a test finds those that do not.
package outbound

import (
	"context"
	"net/netip"
	"time"

	"github.com/alania-go/alania/engine/guard"
)

// Client is one way out of the process.
type Client struct {
	Name string // as it is in the log
	// Promise is how long one use takes at most, whatever the other end does.
	Promise time.Duration
	// Try uses the client once, with what it promises cut to at.Within. It is for tests.
	Try func(ctx context.Context, at Address) error
	// TLS says that it speaks TLS from the first byte.
	TLS bool
	// Greeting is what the other end says first in the client's protocol, when that is not HTTP.
	Greeting string
}

// Address is where a test has a server.
type Address struct {
	Host   string // and port
	URL    string // of HTTP
	CA     string // a file with the authority of its certificate, when it speaks TLS
	Within time.Duration
}

// Guard returns a guard that admits the machine itself.
func (Address) Guard() *guard.Guard {
	return guard.New([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
}
