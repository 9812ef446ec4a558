package server

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// forwarded believes X-Forwarded-For as far as the trusted proxies wrote it: the client is
// the nearest address that is no proxy's. What cannot be read is nobody's address, so the hop
// that wrote it is taken for the client.
func forwarded(proxies []netip.Prefix) func(*http.Request) netip.Addr {
	return func(r *http.Request) netip.Addr {
		client := address(r.RemoteAddr)
		list := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
		for list != "" && trusted(proxies, client) {
			last := list[strings.LastIndexByte(list, ',')+1:]
			list = strings.TrimSuffix(list[:len(list)-len(last)], ",")
			a := address(strings.TrimSpace(last))
			if !a.IsValid() {
				break
			}
			client = a
		}
		return client
	}
}

func trusted(proxies []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// address reads an address with or without brackets and a port (RFC 7239 section 6).
func address(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		s = s[1 : len(s)-1]
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

// everybody reports whether the proxies that are trusted include, alone or together, all
// addresses of a family, or half of them, which is no network of an operator's either.
func everybody(proxies []netip.Prefix) (netip.Prefix, bool) {
	for _, p := range proxies {
		if p.Bits() <= 1 {
			return p, true
		}
	}
	return netip.Prefix{}, false
}
