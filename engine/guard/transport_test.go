package guard

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/txn"
	"github.com/alania-go/alania/engine/hostile"
)

var here = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

func limits() Limits { return Limits{Client: "test", Total: 10 * time.Second, Body: Stream} }

// Whatever a server does, a request ends with its limits, and leaves nothing behind.
func TestHostileServers(t *testing.T) {
	for _, b := range hostile.All {
		t.Run(b.Name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			s, stop := hostile.Start(t, b, hostile.Options{})
			const most = time.Second
			client := New(here).Client(Limits{Client: "test", Total: most, Body: 1 << 20})
			start := time.Now()
			res, err := client.Get(s.URL)
			if err == nil {
				if res.StatusCode < 200 || res.StatusCode > 599 {
					t.Errorf("the status is %d", res.StatusCode)
				}
				n, _ := io.Copy(io.Discard, res.Body)
				if n > 1<<20 {
					t.Errorf("%d bytes came", n)
				}
				_ = res.Body.Close()
			}
			// Without an end of its own it would take for ever; the rest is for slow machines.
			if took := time.Since(start); took > most+10*time.Second {
				t.Errorf("it took %v", took)
			}
			client.CloseIdleConnections()
			stop()
			deadline := time.Now().Add(10 * time.Second)
			for ; runtime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
				}
			}
		})
	}
}

func TestStatusesThatAreNone(t *testing.T) {
	for _, name := range []string{"101 Switching Protocols", "status 042", "status 600", "status 999"} {
		for _, b := range hostile.All {
			if b.Name != name {
				continue
			}
			s, _ := hostile.Start(t, b, hostile.Options{})
			_, err := New(here).Client(limits()).Get(s.URL)
			var status *StatusError
			if !errors.As(err, &status) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestBodyIsBounded(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write(make([]byte, 1<<20))
	_ = z.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/zipped" {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(zipped.Bytes())
			return
		}
		_, _ = w.Write(make([]byte, 1000))
	}))
	defer s.Close()
	read := func(path string, most int64) (int, error) {
		l := limits()
		l.Body = most
		res, err := New(here).Client(l).Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		b, err := io.ReadAll(res.Body)
		return len(b), err
	}
	if n, err := read("/", 1000); n != 1000 || err != nil {
		t.Errorf("as much as may be: %d, %v", n, err)
	}
	if n, err := read("/", 999); n != 999 || !errors.Is(err, ErrTooLarge) {
		t.Errorf("a byte more: %d, %v", n, err)
	}
	if n, err := read("/zipped", 10_000); n != 10_000 || !errors.Is(err, ErrTooLarge) {
		t.Errorf("small only while it is compressed: %d, %v", n, err)
	}
}

func TestSilenceEnds(t *testing.T) {
	for _, b := range hostile.All {
		if b.Name != "silence in the body" && b.Name != "silence" {
			continue
		}
		s, _ := hostile.Start(t, b, hostile.Options{})
		l := limits()
		l.Total, l.Silence = time.Hour, 200*time.Millisecond
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
		res, err := New(here).Client(l).Do(req)
		if err == nil {
			_, err = io.ReadAll(res.Body)
			_ = res.Body.Close()
		}
		if err == nil || ctx.Err() != nil {
			t.Errorf("%s: %v", b.Name, err)
		}
	}
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	var opened atomic.Int64
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "ok")
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	s.Start()
	defer s.Close()
	client := New(here).Client(limits())
	for range 5 {
		res, err := client.Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(res.Body); string(b) != "ok" || err != nil {
			t.Fatalf("%s, %v", b, err)
		}
		_ = res.Body.Close()
	}
	if opened.Load() != 1 {
		t.Errorf("%d connections for 5 requests, one after the other", opened.Load())
	}
}

// fragile is a body that does not take a read during or after its close.
type fragile struct {
	at     atomic.Pointer[byte]
	closed chan struct{}
}

func (f *fragile) Read(p []byte) (int, error) {
	b := f.at.Load()
	time.Sleep(time.Millisecond)
	*b++
	if f.at.Load() == nil {
		panic("closed while it is read")
	}
	return copy(p, make([]byte, 1<<10)), nil
}

func (f *fragile) Close() error {
	if f.at.Swap(nil) != nil { // http.Client closes it, too, after a redirect
		close(f.closed)
	}
	return nil
}

// An answer that comes before the request was sent ends the sending, and closes the body in order.
func TestEarlyAnswers(t *testing.T) {
	for _, b := range hostile.All {
		s, _ := hostile.Start(t, b, hostile.Options{})
		l := limits()
		l.Total = 300 * time.Millisecond
		f := &fragile{closed: make(chan struct{})}
		f.at.Store(new(byte))
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPut, s.URL, f)
		res, err := New(here).Client(l).Do(req)
		if err == nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20))
			_ = res.Body.Close()
		}
		select {
		case <-f.closed:
		case <-time.After(10 * time.Second):
			t.Errorf("%s: the body is not closed", b.Name)
		}
	}
}

// counter counts who is at a host.
type counter struct{ in, entered atomic.Int64 }

func (c *counter) Enter(ctx context.Context, host string) (func(), error) {
	if host != "127.0.0.1" {
		return nil, errors.New("no room")
	}
	c.entered.Add(1)
	c.in.Add(1)
	return func() { c.in.Add(-1) }, ctx.Err()
}

func TestHostsAreCounted(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/101" {
			w.WriteHeader(http.StatusSwitchingProtocols)
			return
		}
		_, _ = io.WriteString(w, "ok")
	}))
	defer s.Close()
	hosts := &counter{}
	g := New(here)
	g.Bound(hosts)
	client := g.Client(limits())
	res, err := client.Get(s.URL)
	if err != nil || hosts.in.Load() != 1 {
		t.Fatalf("under way: %v, %d at the host", err, hosts.in.Load())
	}
	_, _ = io.ReadAll(res.Body)
	_ = res.Body.Close()
	_, _ = client.Get(s.URL + "/101")
	conn, err := g.Dial(t.Context(), "test", "tcp", s.Listener.Addr().String())
	if err != nil || hosts.in.Load() != 1 {
		t.Fatalf("a connection: %v, %d at the host", err, hosts.in.Load())
	}
	_ = conn.Close()
	_ = conn.Close()
	if hosts.in.Load() != 0 || hosts.entered.Load() != 3 {
		t.Errorf("%d are left at the host, of %d", hosts.in.Load(), hosts.entered.Load())
	}
	if _, err := client.Get("http://localhost:1/"); err == nil {
		t.Error("a call went out without room at the host")
	}
}

func TestNoCallInATransaction(t *testing.T) {
	ctx, end := txn.Begin(t.Context())
	defer end()
	breach := func(fn func()) (found bool) {
		defer func() { _, found = recover().(txn.Breach) }()
		fn()
		return false
	}
	if !breach(func() {
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:1/", nil)
		_, _ = New(here).Client(limits()).Do(req)
	}) {
		t.Error("a request goes out")
	}
	if !breach(func() { _, _ = New(here).Dial(ctx, "test", "tcp", "127.0.0.1:1") }) {
		t.Error("a connection is made")
	}
}
