// Package weburl reads the addresses of web pages as browsers write them in location.href
// and document.referrer. The WHATWG URL Standard lets more stand in them than RFC 3986:
// [ ] { } | ^ ` and a % that begins no escape in paths, queries and fragments, and more than
// one # in the fragment.
package weburl

import (
	"net/netip"
	"strings"
)

// URL is an absolute http or https URL.
type URL struct {
	Scheme   string // http or https
	Userinfo bool   // whether a name or a password stands before the host
	Host     string // in lower case, without a port; of IPv6, with the brackets
	Text     string // the URL as RFC 3986 has it: what that lacks is percent-encoded
}

// Parse reads a URL. It reports false for what no browser writes.
func Parse(s string) (URL, bool) {
	scheme, rest, found := strings.Cut(s, "://")
	u := URL{Scheme: strings.ToLower(scheme)}
	if !found || u.Scheme != "http" && u.Scheme != "https" {
		return URL{}, false
	}
	authority, tail := rest, ""
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority, tail = rest[:end], rest[end:]
	}
	userinfo, host := "", authority
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		u.Userinfo, userinfo, host = true, authority[:at], authority[at+1:]
	}
	var ok bool
	if u.Host, ok = hostname(host); !ok {
		return URL{}, false
	}
	var out strings.Builder
	out.Grow(len(s) + 8)
	out.WriteString(u.Scheme)
	out.WriteString("://")
	if u.Userinfo {
		if !encode(&out, userinfo, false) {
			return URL{}, false
		}
		out.WriteByte('@')
	}
	out.WriteString(host)
	path, fragment, hash := strings.Cut(tail, "#")
	path, query, asks := strings.Cut(path, "?")
	if strings.Contains(authority+path, `\`) || !encode(&out, path, true) {
		return URL{}, false // browsers write / for \ there
	}
	if asks {
		out.WriteByte('?')
		ok = encode(&out, query, true)
	}
	if hash {
		out.WriteByte('#')
		ok = encode(&out, fragment, true) && ok
	}
	u.Text = out.String()
	return u, ok
}

// hostname returns the name of an authority's host in lower case.
func hostname(s string) (string, bool) {
	name, port := s, ""
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return "", false
		}
		name, port = s[:end+1], s[end+1:]
		if a, err := netip.ParseAddr(name[1:end]); err != nil || !a.Is6() || a.Zone() != "" {
			return "", false
		}
	} else {
		if colon := strings.IndexByte(s, ':'); colon >= 0 {
			name, port = s[:colon], s[colon:]
		}
		for i := range len(name) {
			switch c := name[i]; {
			case c == '%':
				if !escape(name[i:]) {
					return "", false
				}
			case !plain[c] || strings.IndexByte(":@/?", c) >= 0:
				return "", false
			}
		}
	}
	if port != "" && (port[0] != ':' || strings.Trim(port[1:], "0123456789") != "") {
		return "", false
	}
	return strings.ToLower(name), name != ""
}

// plain are the characters that RFC 3986 lets stand in a path, a query or a fragment.
var plain = characters("-._~!$&'()*+,;=:@/?")

// written are those that browsers leave as they are, besides these.
var written = characters("[]{}|^`\\%#")

func characters(s string) (t [256]bool) {
	for c := range 128 {
		t[c] = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	for i := range len(s) {
		t[s[i]] = true
	}
	return t
}

// escape reports whether s begins with a percent-encoded byte.
func escape(s string) bool {
	return len(s) > 2 && s[0] == '%' && hexadecimal(s[1]) && hexadecimal(s[2])
}

func hexadecimal(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

// encode appends a part of a URL with what RFC 3986 lacks in percent-encoding. It reports
// false for a character that browsers do not write. Slashes and the like stand in a path and
// what follows it, and not in the userinfo.
func encode(out *strings.Builder, s string, slashes bool) bool {
	const digits = "0123456789ABCDEF"
	for i := range len(s) {
		switch c := s[i]; {
		case plain[c] && (slashes || strings.IndexByte("/?@", c) < 0), escape(s[i:]):
			out.WriteByte(c)
		case plain[c] || written[c]:
			out.Write([]byte{'%', digits[c>>4], digits[c&15]})
		default:
			return false
		}
	}
	return true
}
