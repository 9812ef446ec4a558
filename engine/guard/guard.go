// Package guard keeps connections that a tenant asked for away from the networks of the
// operator: loopback, private, link-local, cloud metadata and every other range that is
// not the public internet (SSRF, OWASP API7:2023). It looks at the address that is
// connected to, so a name that resolves differently the second time gains nothing.
package guard

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// ErrRefused is in the chain of every error of a connection that the guard refused.
var ErrRefused = errors.New("the address is not public")

// Guard decides which addresses may be connected to.
type Guard struct {
	guardian *ssrf.Guardian
	allowed  []netip.Prefix
}

// New makes a guard that also admits the networks in allow.
func New(allow []netip.Prefix) *Guard {
	g := &Guard{guardian: ssrf.New(ssrf.WithAnyPort(), ssrf.WithNetworks("tcp4", "tcp6")), allowed: allow}
	return g
}

// Address says whether an address may be connected to.
func (g *Guard) Address(a netip.Addr) error {
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

// Control is for net.Dialer: it sees the address behind every look-up, before the
// connection is made.
func (g *Guard) Control(network, address string, _ syscall.RawConn) error {
	if network != "tcp4" && network != "tcp6" {
		return ErrRefused
	}
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrRefused
	}
	return g.Address(ap.Addr())
}

// Dialer gives a dialer behind the guard.
func (g *Guard) Dialer() *net.Dialer {
	return &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Control: g.Control}
}

// Dial connects behind the guard, for clients that take a dial function.
func (g *Guard) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return g.Dialer().DialContext(ctx, network, address)
}

// Transport gives an HTTP transport behind the guard. It uses no proxy: one would connect
// in the guard's place.
func (g *Guard) Transport() *http.Transport {
	return &http.Transport{
		Proxy: nil, DialContext: g.Dialer().DialContext, ForceAttemptHTTP2: true,
		MaxIdleConns: 512, MaxIdleConnsPerHost: 16, IdleConnTimeout: 90 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 60 * time.Second, MaxResponseHeaderBytes: 64 << 10,
	}
}

// Refused says whether an error means that the guard refused the address.
func Refused(err error) bool { return errors.Is(err, ErrRefused) }
