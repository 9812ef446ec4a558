package pixel

import (
	"strings"
	"testing"
)

func TestNormal(t *testing.T) {
	for in, want := range map[string]string{
		"example.com": "example.com", "EXAMPLE.Com.": "example.com", "a.b-c.example:443": "a.b-c.example",
		"localhost:8080": "localhost", "example.com:": "example.com",
		"xn--bcher-kva.example": "xn--bcher-kva.example", "127.0.0.1:80": "127.0.0.1",
		strings.Repeat("a", 63) + ".example": strings.Repeat("a", 63) + ".example",
		"":                                   "", ":80": "", ".": "", "..": "", "a..b": "", "-a.example": "",
		"a-.example": "", "a b": "",
		"http://example.com": "", "example.com/p": "", "[::1]:80": "", "::1": "",
		"user@example.com": "", "bücher.example": "", "ex_ample.com": "", strings.Repeat("a", 64) + ".example": "",
		strings.Repeat("abcd.", 51): "", "example.com\n": "", "example.com:80:80": "",
	} {
		if got, ok := NormalizeDomain(in); ok != (want != "") || ok && got != want {
			t.Errorf("%q becomes %q, %v", in, got, ok)
		}
	}
}

// What NormalizeDomain returns stays the same when it is normalized again.
func FuzzNormal(f *testing.F) {
	for _, s := range []string{"example.com", "EXAMPLE.com.:80", "a..b", "[::1]:80", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, ok := NormalizeDomain(s)
		if !ok {
			return
		}
		if again, ok := NormalizeDomain(name); !ok || again != name {
			t.Errorf("%q becomes %q, and that %q, %v", s, name, again, ok)
		}
		if len(name) > 253 || strings.ContainsAny(name, ":/ _ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			t.Errorf("%q becomes %q", s, name)
		}
	})
}
