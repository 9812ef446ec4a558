package redis

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"math/big"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/gomodule/redigo/redis"

	"github.com/alania-go/alania/domain/health"
)

func open(t *testing.T, rawURL string) *Client {
	t.Helper()
	c, err := Open(context.Background(), rawURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() }) // some tests close it themselves
	return c
}

// generous is for tests in which Redis must answer in time however busy the machine is.
const generous = "?dial_timeout=30s&read_timeout=30s&write_timeout=30s&pool_timeout=30s"

// gate is an address whose Redis comes and goes: while it is shut it hangs up.
type gate struct {
	net.Listener
	to string // where Redis is

	mu    sync.Mutex
	open  bool
	conns []net.Conn
}

// newGate makes a gate to a Redis; it is shut.
func newGate(t *testing.T, to string) *gate {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{Listener: l, to: to}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out := g.through(in)
			if out == nil {
				in.Close()
				continue
			}
			for _, c := range [][2]net.Conn{{in, out}, {out, in}} {
				wg.Go(func() {
					_, _ = io.Copy(c[0], c[1])
					c[0].Close()
				})
			}
		}
	})
	t.Cleanup(func() {
		l.Close()
		g.set(false)
		wg.Wait()
	})
	return g
}

func (g *gate) through(in net.Conn) net.Conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.open {
		return nil
	}
	out, err := net.Dial("tcp", g.to)
	if err != nil {
		return nil
	}
	g.conns = append(g.conns, in, out)
	return out
}

func (g *gate) set(open bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = open
	if !open {
		for _, c := range g.conns {
			c.Close()
		}
		g.conns = nil
	}
}

func (g *gate) url(opts string) string { return "redis://" + g.Addr().String() + opts }

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	guarded := miniredis.RunT(t)
	guarded.RequireUserAuth("alania", "hunter2")
	secured, err := miniredis.RunTLS(selfSigned(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(secured.Close)
	for _, tc := range []struct{ name, url, says string }{
		{"nothing", "", "redis://"},
		{"another scheme", "http://:hunter2@localhost", "redis://"},
		{"a socket", "unix:///run/hunter2.sock", "redis://"},
		{"an address", "localhost:6379", "redis://"},
		{"not a URL", "redis://:hunter2/@localhost:x", "redis://"},
		{"no host", "redis://", "redis://"},
		{"no database", "redis://localhost/hunter2", "redis://"},
		{"two databases", "redis://localhost/1/2", "redis://"},
		{"a negative database", "redis://localhost/-1", "redis://"},
		{"a fragment", "redis://localhost#hunter2", "redis://"},
		{"an unknown option", "redis://localhost?hunter2=1", "option"},
		{"an option that is not well-formed", "redis://localhost?read_timeout=hunter2", "option"},
		{"no password", "redis://" + guarded.Addr() + generous, "refuses"},
		{"a wrong password", "redis://alania:hunter22@" + guarded.Addr() + generous, "refuses"},
		{"an unknown certificate", "rediss://" + secured.Addr() + generous, "certificate"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c, err := Open(context.Background(), tc.url)
			if err == nil {
				c.Close()
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), tc.says) {
				t.Errorf("says %q, want it to name %q", err, tc.says)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("gives a secret away: %q", err)
			}
		})
	}
}

func TestOpenAccepts(t *testing.T) {
	t.Parallel()
	plain := miniredis.RunT(t)
	guarded := miniredis.RunT(t)
	guarded.RequireUserAuth("alania", "hunter2")
	secured, err := miniredis.RunTLS(selfSigned(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(secured.Close)
	for _, tc := range []struct {
		name, url string
		state     health.State
	}{
		{"plain", "redis://" + plain.Addr() + generous, health.Up},
		{"a database", "redis://" + plain.Addr() + "/3" + generous, health.Up},
		{"a user", "redis://alania:hunter2@" + guarded.Addr() + generous, health.Up},
		{"TLS", "rediss://" + secured.Addr() + generous + "&skip_verify=true", health.Up},
		{"nobody there", newGate(t, "").url(""), health.Degraded},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := open(t, tc.url)
			got := c.Probe(context.Background())
			if got.State != tc.state {
				t.Errorf("Probe gives %+v, want %s", got, tc.state)
			}
			if up := tc.state == health.Up; up != (got.Cause == nil) || up != (got.Message == "") ||
				strings.Contains(got.Message, "127.0.0.1") {
				t.Errorf("Probe gives %+v", got)
			}
		})
	}
}

func TestProbeFollowsRedis(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	g := newGate(t, m.Addr())
	g.set(true)
	c := open(t, g.url(generous))
	for _, tc := range []struct {
		name  string
		do    func()
		state health.State
	}{
		{"there", func() {}, health.Up},
		{"answering with errors", func() { m.SetError("LOADING the dataset") }, health.Degraded},
		{"back", func() { m.SetError("") }, health.Up},
		{"gone", func() { g.set(false) }, health.Degraded},
		{"there again", func() { g.set(true) }, health.Up},
		{"our connections closed", func() { _ = c.Close() }, health.Degraded},
	} {
		tc.do()
		if got := c.Probe(context.Background()); got.State != tc.state {
			t.Errorf("%s: %+v, want %s", tc.name, got, tc.state)
		}
	}
}

func selfSigned(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// silent returns an address that accepts connections and never answers.
func silent(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var conns []net.Conn
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns = append(conns, c)
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
		for _, c := range conns {
			c.Close()
		}
	})
	return l.Addr().String()
}

// countUse counts how often a client takes a connection or dials one.
func countUse(c *Client) *atomic.Int64 {
	var n atomic.Int64
	dial := c.pool.DialContext
	c.pool.DialContext = func(ctx context.Context) (redis.Conn, error) {
		n.Add(1)
		return dial(ctx)
	}
	return &n
}

// lines is a log that can be read while it is written.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Split(strings.TrimSuffix(l.buf.String(), "\n"), "\n")
}

func (l *lines) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }
