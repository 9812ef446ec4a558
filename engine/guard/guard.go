// Package guard is the way out of the process. It keeps connections that a tenant asked for
// away from the networks of the operator: loopback, private, link-local, cloud metadata and
// every other range that is not the public internet (SSRF, OWASP API7:2023). It looks at the
// address that is connected to, so a name that resolves differently the second time gains
// nothing. And every HTTP client is made here, so that each ends in time, whatever it is
// answered.
package guard

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"code.dny.dev/ssrf"

	"github.com/alania-go/alania/domain/txn"
)

// ErrRefused is in the chain of every error of a connection that the guard refused.
var ErrRefused = errors.New("the address is not public")

// Guard decides which addresses may be connected to.
type Guard struct {
	guardian *ssrf.Guardian
	allowed  []netip.Prefix
	any      bool // it is for the operator's own systems
	hosts    Hosts
}

// Hosts bounds how many calls of this process, of whoever they are, go to one host at a time.
type Hosts interface {
	// Enter waits until there is room for a call to the host. leave says that the call has
	// ended.
	Enter(ctx context.Context, host string) (leave func(), err error)
}

// New makes a guard that also admits the networks in allow.
func New(allow []netip.Prefix) *Guard {
	g := &Guard{guardian: ssrf.New(ssrf.WithAnyPort(), ssrf.WithNetworks("tcp4", "tcp6")), allowed: allow}
	return g
}

// Operator makes the guard for the systems that the operator has configured. It admits every
// address, and its HTTP clients use the proxy that the environment names.
func Operator() *Guard { return &Guard{any: true} }

// Bound has the guard ask hosts before every call. It is for the start: no client is made yet.
func (g *Guard) Bound(hosts Hosts) { g.hosts = hosts }

func (g *Guard) enter(ctx context.Context, host string) (leave func(), err error) {
	if g.hosts == nil {
		return func() {}, nil
	}
	return g.hosts.Enter(ctx, host)
}

// Address reports whether an address may be connected to.
func (g *Guard) Address(a netip.Addr) error {
	if g.any {
		return nil
	}
	plain := a.Unmap().WithZone("")
	for _, p := range g.allowed {
		if p.Contains(plain) {
			return nil
		}
	}
	// An IPv4 address in IPv6 clothes is looked at as what it is.
	if a.Is4In6() {
		return g.verdict(plain)
	}
	return g.verdict(a)
}

func (g *Guard) verdict(a netip.Addr) error {
	if a.Zone() != "" || !a.IsValid() || a.IsUnspecified() {
		return ErrRefused
	}
	if err := g.guardian.SafeAddr(a); err != nil {
		return errors.Join(ErrRefused, err)
	}
	return nil
}

// Control is for net.Dialer: it sees the address that a look-up found, before the
// connection is made.
func (g *Guard) Control(network, address string, _ syscall.RawConn) error {
	if g.any {
		return nil
	}
	if network != "tcp4" && network != "tcp6" {
		return ErrRefused
	}
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrRefused
	}
	return g.Address(ap.Addr())
}

// Dialer returns a dialer behind the guard.
func (g *Guard) Dialer() *net.Dialer {
	return &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Control: g.Control}
}

// Dial connects behind the guard, for clients of other protocols than HTTP. client is the name
// of the one that asks. The connection counts as a call to the host until it is closed.
func (g *Guard) Dial(ctx context.Context, client, network, address string) (net.Conn, error) {
	txn.Outside(ctx, client)
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	leave, err := g.enter(ctx, host)
	if err != nil {
		return nil, err
	}
	conn, err := g.Dialer().DialContext(ctx, network, address)
	if err != nil {
		leave()
		return nil, err
	}
	return &guest{Conn: conn, leave: sync.OnceFunc(leave)}, nil
}

// guest is a connection that counts as a call to its host.
type guest struct {
	net.Conn
	leave func()
}

func (c *guest) Close() error {
	defer c.leave()
	return c.Conn.Close()
}

// IsRefused reports whether an error means that the guard refused the address.
func IsRefused(err error) bool { return errors.Is(err, ErrRefused) }
