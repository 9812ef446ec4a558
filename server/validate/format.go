package validate

import (
	"bytes"
	"net/netip"
	"time"
	"unsafe"

	"github.com/alania-go/alania/domain/storable"
)

// format is a string format that is asserted. Formats that are not listed are
// annotations, as OpenAPI has it.
type format struct {
	valid   func([]byte) bool
	message string
}

var formats = map[string]format{
	"uuid":      {isUUID, "must be a UUID"},
	"date-time": {isDateTime, "must be an RFC 3339 date-time such as 2026-01-31T15:04:05Z"},
	"date":      {isDate, "must be a date such as 2026-01-31"},
	"email":     {isEmail, "must be an email address"},
	"uri":       {isURI, "must be an absolute URI"},
	"ipv4":      {isIPv4, "must be an IPv4 address"},
	"ipv6":      {isIPv6, "must be an IPv6 address"},
	"hostname":  {isHostname, "must be a host name"},
}

// isUUID takes every version, v7 too.
func isUUID(b []byte) bool {
	if len(b) != 36 {
		return false
	}
	for i, c := range b {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if unhex(c) > 15 {
			return false
		}
	}
	return true
}

// digits reads a decimal of exactly len(b) digits, or returns -1.
func digits(b []byte) int {
	n := 0
	for _, c := range b {
		if c-'0' > 9 {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

var monthDays = [...]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func isDate(b []byte) bool {
	if len(b) != 10 || b[4] != '-' || b[7] != '-' {
		return false
	}
	y, m, d := digits(b[:4]), digits(b[5:7]), digits(b[8:])
	if y < 1 || m < 1 || m > 12 || d < 1 {
		return false
	}
	if m == 2 && y%4 == 0 && (y%100 != 0 || y%400 == 0) {
		return d <= 29
	}
	return d <= monthDays[m]
}

// isDateTime takes what Go's time.Time takes from JSON: T and Z in upper case, no leap
// second, the years 1 to 9999 in UTC. A laxer check would let values through that the binder then refuses.
func isDateTime(b []byte) bool {
	if len(b) < 20 || !isDate(b[:10]) || b[10] != 'T' || b[13] != ':' || b[16] != ':' {
		return false
	}
	whole := b
	h, m, s := digits(b[11:13]), digits(b[14:16]), digits(b[17:19])
	if h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 {
		return false
	}
	b = b[19:]
	if b[0] == '.' {
		n := 1
		for n < len(b) && b[n]-'0' <= 9 {
			n++
		}
		if n == 1 {
			return false
		}
		b = b[n:]
	}
	if len(b) == 1 {
		return b[0] == 'Z'
	}
	if len(b) != 6 || b[0] != '+' && b[0] != '-' || b[3] != ':' {
		return false
	}
	h, m = digits(b[1:3]), digits(b[4:])
	if h < 0 || h > 23 || m < 0 || m > 59 {
		return false
	}
	if y := digits(whole[:4]); y > 1 && y < 9999 {
		return true
	}
	// With its offset, the time may be in a year that cannot be kept.
	at, err := time.Parse(time.RFC3339, view(whole))
	return err == nil && storable.Time(at)
}

func isIPv4(b []byte) bool {
	for part := range 4 {
		n := 0
		for n < len(b) && b[n]-'0' <= 9 {
			n++
		}
		if n == 0 || n > 3 || n > 1 && b[0] == '0' || digits(b[:n]) > 255 {
			return false
		}
		b = b[n:]
		if part < 3 {
			if len(b) == 0 || b[0] != '.' {
				return false
			}
			b = b[1:]
		}
	}
	return len(b) == 0
}

func isIPv6(b []byte) bool {
	if len(b) > 45 || bytes.IndexByte(b, ':') < 0 || bytes.IndexByte(b, '%') >= 0 {
		return false
	}
	_, err := netip.ParseAddr(view(b))
	return err == nil
}

// view returns bytes as a string without a copy, for callees that do not keep it.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func isHostname(b []byte) bool {
	b = bytes.TrimSuffix(b, []byte{'.'})
	if len(b) > 253 {
		return false
	}
	label := 0
	for i, c := range b {
		switch {
		case c == '.':
			if label == 0 || b[i-1] == '-' {
				return false
			}
			label = 0
			continue
		case c == '-':
			if label == 0 {
				return false
			}
		case c-'0' > 9 && (c|0x20 < 'a' || c|0x20 > 'z'):
			return false
		}
		if label++; label > 63 {
			return false
		}
	}
	return label > 0 && b[len(b)-1] != '-'
}

func isEmail(b []byte) bool {
	if len(b) > 254 {
		return false
	}
	at := bytes.LastIndexByte(b, '@')
	if at < 0 || at > 64 {
		return false
	}
	local, domain := b[:at], b[at+1:]
	if len(local) > 1 && local[0] == '"' && local[len(local)-1] == '"' {
		for _, c := range local[1 : len(local)-1] {
			if c == '"' || c == '\\' || c < ' ' || c == 0x7F {
				return false
			}
		}
	} else {
		if len(local) == 0 || local[0] == '.' || local[len(local)-1] == '.' {
			return false
		}
		for i, c := range local {
			if !atext[c] || c == '.' && local[i-1] == '.' {
				return false
			}
		}
	}
	if len(domain) > 1 && domain[0] == '[' && domain[len(domain)-1] == ']' {
		domain = domain[1 : len(domain)-1]
		if v6, ok := bytes.CutPrefix(domain, []byte("IPv6:")); ok {
			return isIPv6(v6)
		}
		return isIPv4(domain)
	}
	return isHostname(domain)
}

func charset(s string) (t [256]bool) {
	for c := range 128 {
		t[c] = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	for i := range len(s) {
		t[s[i]] = true
	}
	return
}

var (
	atext       = charset(".!#$%&'*+-/=?^_`{|}~")
	uriChars    = charset("-._~:/?#[]@!$&'()*+,;=%")
	hostChars   = charset("-._~!$&'()*+,;=%")
	schemeChars = charset("+-.")
)

// isURI takes an absolute URI of RFC 3986: a scheme, then only characters of the RFC,
// with whole percent escapes and, after //, a well-formed authority.
func isURI(b []byte) bool {
	colon := bytes.IndexByte(b, ':')
	if colon < 1 || b[0]|0x20 < 'a' || b[0]|0x20 > 'z' {
		return false
	}
	for _, c := range b[:colon] {
		if !schemeChars[c] {
			return false
		}
	}
	rest := b[colon+1:]
	hash := false
	for i, c := range rest {
		if !uriChars[c] {
			return false
		}
		switch c {
		case '%':
			if i+2 >= len(rest) || unhex(rest[i+1]) > 15 || unhex(rest[i+2]) > 15 {
				return false
			}
		case '#':
			if hash {
				return false
			}
			hash = true
		}
	}
	if !bytes.HasPrefix(rest, []byte("//")) {
		return bytes.IndexByte(rest, '[') < 0 && bytes.IndexByte(rest, ']') < 0
	}
	authority := rest[2:]
	tail := []byte(nil)
	if end := bytes.IndexAny(authority, "/?#"); end >= 0 {
		authority, tail = authority[:end], authority[end:]
	}
	if bytes.IndexByte(tail, '[') >= 0 || bytes.IndexByte(tail, ']') >= 0 {
		return false
	}
	if at := bytes.LastIndexByte(authority, '@'); at >= 0 {
		for _, c := range authority[:at] {
			if !hostChars[c] && c != ':' {
				return false
			}
		}
		authority = authority[at+1:]
	}
	port := []byte(nil)
	if len(authority) > 0 && authority[0] == '[' {
		end := bytes.IndexByte(authority, ']')
		if end < 0 || !isIPv6(authority[1:end]) {
			return false
		}
		port = authority[end+1:]
	} else {
		if at := bytes.IndexByte(authority, ':'); at >= 0 {
			authority, port = authority[:at], authority[at:]
		}
		for _, c := range authority {
			if !hostChars[c] {
				return false
			}
		}
	}
	return len(port) == 0 || port[0] == ':' && digits(port[1:]) >= 0
}
