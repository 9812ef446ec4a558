// Package hostile is a server that does what no server should, for tests of the clients that
// may meet one.
package hostile

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Behaviour is what a server does with a request.
type Behaviour struct {
	Name   string
	answer func(c net.Conn, s *Server)
}

// pause stands for "a second": tests shorten what clients promise by as much.
const pause = 50 * time.Millisecond

const (
	ok      = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	huge    = 100 << 20
	endless = -1
)

// All are the behaviours.
var All = []Behaviour{
	{
		"101 Switching Protocols",
		says("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", silence),
	},
	{"silence", silence},
	{"silence after the head", says(ok+"Content-Length: 100\r\n\r\n", silence)},
	{"silence in the body", says(ok+"Content-Length: 100\r\n\r\n[", silence)},
	{"one byte a second", says(ok+"Content-Length: 10000000\r\n\r\n", slowly(" "))},
	{"a head of one byte a second", slowly(ok + "X-Long: " + strings.Repeat("x", 60_000))},
	{"an endless head", says(ok, repeat("X-Header: value\r\n", endless))},
	{"endless interim answers", repeat("HTTP/1.1 103 Early Hints\r\n\r\n", endless)},
	{"an endless body", says(ok+"\r\n[", repeat("1,", endless))},
	{"an endless redirect", redirect},
	{"status 42", says("HTTP/1.1 42 Odd\r\nContent-Length: 0\r\n\r\n", closes)},
	{"status 042", says("HTTP/1.1 042 Odd\r\nContent-Length: 0\r\n\r\n", closes)},
	{"status 600", says("HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n", closes)},
	{"status 999", says("HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", closes)},
	{"a body of null", says(ok+"Content-Length: 4\r\n\r\nnull", closes)},
	{"a body of []", says(ok+"Content-Length: 2\r\n\r\n[]", closes)},
	{"a body of 100 MB", says(ok+fmt.Sprintf("Content-Length: %d\r\n\r\n", huge), repeat("[[[[[[[[", huge/8))},
	{"the end at once", closes},
}

// Server is a server that answers every request in one way, until the test ends.
type Server struct {
	Addr string // host and port
	URL  string
	CA   string // a file with the certificate, when it speaks TLS

	ln     net.Listener
	before string
	what   Behaviour
	stop   chan struct{}
	n      atomic.Int64
	wg     sync.WaitGroup
}

// Options say how a server is reached.
type Options struct {
	TLS    bool
	Before string // what it says in front of each answer, for clients that expect a greeting
}

// Start starts a server, and returns it with what stops it.
func Start(t testing.TB, b Behaviour, o Options) (*Server, func()) {
	t.Helper()
	s := &Server{what: b, before: o.Before, stop: make(chan struct{})}
	var err error
	if s.ln, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	s.Addr = s.ln.Addr().String()
	s.URL = "http://" + s.Addr + "/path"
	if o.TLS {
		s.secure(t)
	}
	s.wg.Go(func() {
		for {
			c, err := s.ln.Accept()
			if err != nil {
				return
			}
			s.wg.Go(func() { s.serve(c) })
		}
	})
	var once sync.Once
	stop := func() {
		once.Do(func() {
			close(s.stop)
			_ = s.ln.Close()
			s.wg.Wait()
		})
	}
	t.Cleanup(stop)
	return s, stop
}

func (s *Server) secure(t testing.TB) {
	other := httptest.NewTLSServer(nil) // for its certificate
	defer other.Close()
	s.CA = filepath.Join(t.TempDir(), "ca.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: other.Certificate().Raw}
	if err := os.WriteFile(s.CA, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(other.Certificate())
	s.ln = tls.NewListener(s.ln, &tls.Config{Certificates: other.TLS.Certificates, MinVersion: tls.VersionTLS12})
}

func (s *Server) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	gone := make(chan struct{})
	defer close(gone)
	s.wg.Go(func() { // whatever is under way ends with the server
		select {
		case <-s.stop:
		case <-gone:
		}
		_ = c.Close()
	})
	if _, err := c.Read(make([]byte, 64<<10)); err != nil {
		return
	}
	// Nothing of a client's is left unread, which would break the connection under the answer.
	s.wg.Go(func() {
		for b := make([]byte, 64<<10); ; {
			if _, err := c.Read(b); err != nil {
				return
			}
		}
	})
	if _, err := c.Write([]byte(s.before)); err == nil {
		s.what.answer(c, s)
	}
}

func says(text string, then func(net.Conn, *Server)) func(net.Conn, *Server) {
	return func(c net.Conn, s *Server) {
		if _, err := c.Write([]byte(text)); err == nil {
			then(c, s)
		}
	}
}

func silence(_ net.Conn, s *Server) { <-s.stop }

// closes ends the connection, once the client has had the time to read.
func closes(_ net.Conn, s *Server) {
	select {
	case <-s.stop:
	case <-time.After(2 * pause):
	}
}

func slowly(text string) func(net.Conn, *Server) {
	return func(c net.Conn, s *Server) {
		for i := 0; ; i++ {
			if _, err := c.Write([]byte{text[i%len(text)]}); err != nil {
				return
			}
			select {
			case <-s.stop:
				return
			case <-time.After(pause):
			}
		}
	}
}

func repeat(text string, times int) func(net.Conn, *Server) {
	block := []byte(strings.Repeat(text, max(1, 32<<10/len(text))))
	return func(c net.Conn, _ *Server) {
		for left := times * len(text); times == endless || left > 0; left -= len(block) {
			part := block
			if times != endless {
				part = block[:min(len(block), left)]
			}
			if _, err := c.Write(part); err != nil {
				return
			}
		}
	}
}

func redirect(c net.Conn, s *Server) {
	_, _ = fmt.Fprintf(c, "HTTP/1.1 302 Found\r\nLocation: /%d\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
		s.n.Add(1))
}
