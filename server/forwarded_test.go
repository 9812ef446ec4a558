package server

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestForwarded(t *testing.T) {
	proxies := []netip.Prefix{
		netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8"),
	}
	client := forwarded(proxies)
	for _, c := range []struct {
		peer  string
		lines []string
		want  string
	}{
		{"127.0.0.1:4000", nil, "127.0.0.1"},
		{"198.51.100.9:4000", []string{"203.0.113.7"}, "198.51.100.9"}, // no proxy of ours
		{"127.0.0.1:4000", []string{"203.0.113.7"}, "203.0.113.7"},
		{"127.0.0.1:4000", []string{"203.0.113.7:5555"}, "203.0.113.7"},
		{"127.0.0.1:4000", []string{"[2001:db8::7]:5555"}, "2001:db8::7"},
		{"127.0.0.1:4000", []string{"[2001:db8::7]"}, "2001:db8::7"},
		{"127.0.0.1:4000", []string{"2001:db8::7"}, "2001:db8::7"},
		{"[fd00::1]:4000", []string{"fe80::1%eth0"}, "fe80::1"},
		{"127.0.0.1:4000", []string{"::ffff:203.0.113.7"}, "203.0.113.7"},
		{"[::ffff:127.0.0.1]:4000", []string{"203.0.113.7"}, "203.0.113.7"},
		{"127.0.0.1:4000", []string{"192.0.2.66, 203.0.113.7, 10.1.2.3:80"}, "203.0.113.7"},
		{"127.0.0.1:4000", []string{"192.0.2.66", "203.0.113.7 , 10.1.2.3"}, "203.0.113.7"},
		{"127.0.0.1:4000", []string{"unknown, 203.0.113.7"}, "203.0.113.7"},
		{"127.0.0.1:4000", []string{"203.0.113.7, unknown"}, "127.0.0.1"},
		{"127.0.0.1:4000", []string{"203.0.113.7, unknown, 10.1.2.3"}, "10.1.2.3"},
		{"127.0.0.1:4000", []string{"10.0.0.5, 10.0.0.6"}, "10.0.0.5"},
		{"127.0.0.1:4000", []string{""}, "127.0.0.1"},
		{"127.0.0.1:4000", []string{"203.0.113.7:notaport"}, "127.0.0.1"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.lines}}
		if got := client(r).String(); got != c.want {
			t.Errorf("%s, %q: %s, want %s", c.peer, c.lines, got, c.want)
		}
	}
}

func TestEverybodyIsTrusted(t *testing.T) {
	for text, want := range map[string]bool{
		"0.0.0.0/0": true, "::/0": true, "128.0.0.0/1": true, "10.0.0.0/8": false, "::/64": false, "192.0.2.1/32": false,
	} {
		if _, got := everybody([]netip.Prefix{
			netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix(text),
		}); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
