package guard

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestAddresses(t *testing.T) {
	g := New(nil)
	for _, a := range []string{
		"127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
		"192.0.0.8", "198.18.0.1",
		"224.0.0.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
		"::ffff:169.254.169.254",
		"64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001:db8::1", "::127.0.0.1", "2001::1",
	} {
		if err := g.Address(netip.MustParseAddr(a)); !IsRefused(err) {
			t.Errorf("%s is admitted (%v)", a, err)
		}
	}
	for _, a := range []string{"1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:8.8.8.8"} {
		if err := g.Address(netip.MustParseAddr(a)); err != nil {
			t.Errorf("%s is refused: %v", a, err)
		}
	}
	allowed := New([]netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("::1/128")})
	for a, want := range map[string]bool{
		"10.1.2.3": true, "::ffff:10.1.2.3": true, "10.2.0.1": false, "::1": true, "127.0.0.1": false,
	} {
		if got := allowed.Address(netip.MustParseAddr(a)) == nil; got != want {
			t.Errorf("%s: admitted %v, want %v", a, got, want)
		}
	}
}

// A name whose look-up returns a public address first and a private one when it matters.
func TestRefusalIsAtConnect(t *testing.T) {
	hit := false
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hit = true }))
	defer s.Close()
	client := &http.Client{Transport: New(nil).Transport(limits())}
	_, err := client.Get(s.URL)
	if !IsRefused(err) || hit {
		t.Errorf("a connection to loopback: %v, reached %v", err, hit)
	}
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	if _, err = client.Get("http://localhost:" + port); !IsRefused(err) || hit {
		t.Errorf("through a name: %v, reached %v", err, hit)
	}
	open := &http.Client{Transport: New([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}).Transport(limits())}
	res, err := open.Get(s.URL)
	if err != nil || !hit {
		t.Fatalf("an allowed network: %v", err)
	}
	_ = res.Body.Close()
	if _, err := New(nil).Dial(context.Background(), "test", "unix", "/tmp/x:1"); err == nil ||
		!errors.Is(err, ErrRefused) {
		t.Errorf("a socket file: %v", err)
	}
}
