package guard

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// rebinding is a name server that returns a public address first and loopback from then on.
func rebinding(t *testing.T) (address string, asked *atomic.Int64) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	asked = &atomic.Int64{}
	go func() {
		b := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(b[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
			if q.Type == dnsmessage.TypeA {
				a := [4]byte{93, 184, 216, 34}
				if asked.Add(1) > 1 {
					a = [4]byte{127, 0, 0, 1}
				}
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 0},
					Body:   &dnsmessage.AResource{A: a},
				}}
			}
			out, err := m.Pack()
			if err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return conn.LocalAddr().String(), asked
}

// A check when an endpoint is saved sees a public address; the connection is made to
// loopback, and refused.
func TestANameThatRebinds(t *testing.T) {
	reached := false
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	server, asked := rebinding(t)
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server)
	}}
	g := New(nil)
	first, err := resolver.LookupNetIP(context.Background(), "ip4", "rebind.test")
	if err != nil || len(first) != 1 || g.Address(first[0]) != nil {
		t.Fatalf("the first look-up: %v, %v", first, err)
	}
	dialer := g.Dialer()
	dialer.Resolver = resolver
	transport := g.Transport(limits())
	transport.base.DialContext = dialer.DialContext
	_, err = (&http.Client{Transport: transport}).Get("http://rebind.test:" + port + "/")
	if !IsRefused(err) || reached || asked.Load() < 2 {
		t.Errorf("the connection: %v; reached %v; asked %d times", err, reached, asked.Load())
	}
}
