package edge

import (
	"net/http"
	"net/netip"
)

func (e *Edge) address(r *http.Request) netip.Addr {
	if e.ClientIP != nil {
		return e.ClientIP(r)
	}
	a, _ := netip.ParseAddrPort(r.RemoteAddr)
	return a.Addr().Unmap()
}

// network is what counts as one client where addresses are limited: an IPv4 address, or the
// /64 of IPv6 that a subscriber has at least (RFC 6177).
func network(a netip.Addr) string {
	if !a.Is6() {
		return a.String()
	}
	p, _ := a.WithZone("").Prefix(64) // no IPv6 address is shorter
	return p.String()
}
