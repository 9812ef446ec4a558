package storetest

import (
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
)

// Proxy stands before a PostgreSQL server, as a balancer does, and can stop passing
// anything on. Connections stay open then, and are accepted.
type Proxy struct {
	URL string // of the database, by way of the proxy

	network, address string
	listener         net.Listener
	mu               sync.Mutex
	moved            *sync.Cond
	born             int // connections so far
	silent           int // those born up to here pass nothing
	all              bool
	closed           bool
	open             map[net.Conn]bool
	running          sync.WaitGroup
}

// NewProxy starts a proxy before the server of a URL, which ends with the test.
func NewProxy(t testing.TB, database string) *Proxy {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{network: "tcp", address: u.Host, listener: l, open: map[net.Conn]bool{}}
	p.moved = sync.NewCond(&p.mu)
	q := u.Query()
	if dir := q.Get("host"); dir != "" {
		p.network, p.address = "unix", filepath.Join(dir, ".s.PGSQL.5432")
		q.Del("host")
	} else if u.Port() == "" {
		p.address = net.JoinHostPort(u.Hostname(), "5432")
	}
	u.Host, u.RawQuery = l.Addr().String(), q.Encode()
	p.URL = u.String()
	p.running.Go(p.accept)
	t.Cleanup(p.close)
	return p
}

// ForgetOld has the connections of now pass nothing any more. New ones work.
func (p *Proxy) ForgetOld() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = p.born
}

// Freeze has nothing pass until Thaw.
func (p *Proxy) Freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = true
}

// Thaw has everything pass again, and what waited.
func (p *Proxy) Thaw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all, p.silent = false, 0
	p.moved.Broadcast()
}

// Born tells how many connections have been accepted.
func (p *Proxy) Born() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.born
}

func (p *Proxy) close() {
	p.mu.Lock()
	p.closed = true
	for c := range p.open {
		_ = c.Close()
	}
	p.moved.Broadcast()
	p.mu.Unlock()
	_ = p.listener.Close()
	p.running.Wait()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(p.network, p.address)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.born++
		n := p.born
		p.open[client], p.open[server] = true, true
		if p.closed {
			_, _ = client.Close(), server.Close()
		}
		p.mu.Unlock()
		p.running.Go(func() { p.pass(client, server, n) })
		p.running.Go(func() { p.pass(server, client, n) })
	}
}

// pass copies one direction. A side that closes has the other closed once that may be known.
func (p *Proxy) pass(from, to net.Conn, n int) {
	buf := make([]byte, 64<<10)
	for {
		k, err := from.Read(buf)
		p.mu.Lock()
		for !p.closed && (p.all || n <= p.silent) {
			p.moved.Wait()
		}
		p.mu.Unlock()
		if k > 0 {
			if _, werr := to.Write(buf[:k]); werr != nil {
				err = io.ErrClosedPipe
			}
		}
		if err != nil {
			_, _ = from.Close(), to.Close()
			p.mu.Lock()
			delete(p.open, from)
			delete(p.open, to)
			p.mu.Unlock()
			return
		}
	}
}
