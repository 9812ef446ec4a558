package weburl_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/weburl"
)

// Each of these is equal to new URL(x).href in browsers.
func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		"https://example.com/":                                "",
		"https://example.com/list?filter=open":                "",
		"https://example.com/list?filter[status]=open":        "https://example.com/list?filter%5Bstatus%5D=open",
		"https://example.com/?family=A|B":                     "https://example.com/?family=A%7CB",
		"https://example.com/a[1].html":                       "https://example.com/a%5B1%5D.html",
		"https://example.com/?q={x}":                          "https://example.com/?q=%7Bx%7D",
		"https://example.com/?q=a^b":                          "https://example.com/?q=a%5Eb",
		"https://example.com/?q=a`b":                          "https://example.com/?q=a%60b",
		"https://example.com/?q=a\\b":                         "https://example.com/?q=a%5Cb",
		"https://example.com/?discount=100%":                  "https://example.com/?discount=100%25",
		"https://example.com/100%/x%2":                        "https://example.com/100%25/x%252",
		"https://example.com/%zz?a=%41%":                      "https://example.com/%25zz?a=%41%25",
		"https://example.com/#/route?x=[1]":                   "https://example.com/#/route?x=%5B1%5D",
		"https://example.com/#a#b":                            "https://example.com/#a%23b",
		"http://127.0.0.1:8080/?a=1&b='x'":                    "",
		"http://[2001:db8::1]:8080/a":                         "",
		"https://xn--bcher-kva.example/%C3%A4?q=%20":          "",
		"https://my_shop.example/":                            "",
		"https://example.com?x#y":                             "",
		"https://user:pass@example.com/":                      "",
		"https://us%er:p[a@example.com/":                      "https://us%25er:p%5Ba@example.com/",
		"HTTPS://Example.com/A":                               "https://Example.com/A",
		"https://example.com/" + strings.Repeat("[", 100_000): "https://example.com/" + strings.Repeat("%5B", 100_000),
	} {
		if want == "" {
			want = in
		}
		u, ok := weburl.Parse(in)
		if !ok || u.Text != want {
			t.Errorf("%.80s: %v %.80s", in, ok, u.Text)
			continue
		}
		again, ok := weburl.Parse(u.Text)
		if !ok || again != u {
			t.Errorf("%.80s: read again %v %.80v", in, ok, again)
		}
		if p, err := url.Parse(u.Text); err != nil || !strings.EqualFold(strings.Trim(u.Host, "[]"), p.Hostname()) ||
			u.Scheme != p.Scheme || u.Userinfo != (p.User != nil) {
			t.Errorf("%.80s: %+v and net/url %v %v", in, u.Host, p, err)
		}
	}
	for _, in := range []string{
		"", "page", "//example.com/", "/path", "https:", "https://", "https:///a", "https://:80/", "ftp://example.com/",
		"mailto:a@example.com",
		"javascript://example.com/", "about:blank", "https://example.com/a b", "https://example.com/ä",
		"https://bücher.example/", "https://example.com/\x00",
		"https://example.com/\n", `https://example.com/a\b`, `https://good.example\@evil.example/`, "https://exa[mple.com/",
		"https://[::1", "https://[::1]x/",
		"https://[1.2.3.4]/", "https://[fe80::1%25en0]/", "https://example.com:port/", "https://ex%ample.com/",
		"https://example.com/\"", "https://example.com/<x>",
		"https://example.com/?<", "https://example.com/#>", "https://a{b}.example/",
	} {
		if u, ok := weburl.Parse(in); ok {
			t.Errorf("%q is taken: %+v", in, u)
		}
	}
}

// FuzzParse: what is taken is a URI for net/url too, with the same host, and is taken again as
// the same.
func FuzzParse(f *testing.F) {
	f.Add("https://example.com/list?filter[status]=100%#a#b")
	f.Add("http://u:p@[::1]:80/%")
	f.Fuzz(func(t *testing.T, in string) {
		u, ok := weburl.Parse(in)
		if !ok {
			return
		}
		if again, ok := weburl.Parse(u.Text); !ok || again.Text != u.Text || again.Host != u.Host {
			t.Fatalf("%q: %+v, then %+v", in, u, again)
		}
		if strings.Contains(u.Host, "%") {
			return // net/url decodes some of these, and refuses others
		}
		if p, err := url.Parse(u.Text); err != nil || !strings.EqualFold(p.Hostname(), strings.Trim(u.Host, "[]")) {
			t.Fatalf("%q: %q: %v %v", in, u.Text, p, err)
		}
	})
}
