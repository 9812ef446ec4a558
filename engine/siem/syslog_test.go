package siem

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/audit"
)

// authority is a certificate authority for one test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string // PEM
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &authority{cert, key, file}
}

// server returns the TLS configuration of a server with these names.
func (a *authority) server(t *testing.T, names ...string) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			tmpl.IPAddresses = append(tmpl.IPAddresses, ip)
		} else {
			tmpl.DNSNames = append(tmpl.DNSNames, n)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// receiver listens, and hands each connection to serve. What serve returns comes out of
// the channel.
func receiver[T any](t *testing.T, serve func(c net.Conn) T) (addr string, got <-chan T) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ch := make(chan T, 100)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			ch <- serve(c)
			c.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return l.Addr().String(), ch
}

// frames reads messages after their lengths to the end.
func frames(r io.Reader) ([]string, error) {
	var out []string
	in := bufio.NewReader(r)
	for {
		size, err := in.ReadString(' ')
		if err == io.EOF && size == "" {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		n, err := strconv.Atoi(strings.TrimSuffix(size, " "))
		if err != nil || size[0] == '0' {
			return out, errors.New("not a length: " + size)
		}
		msg := make([]byte, n)
		if _, err := io.ReadFull(in, msg); err != nil {
			return out, err
		}
		out = append(out, string(msg))
	}
}

type received struct {
	msgs    []string
	err     error
	version uint16
	name    string
}

func collect(config *tls.Config) func(net.Conn) received {
	return func(c net.Conn) received {
		conn := tls.Server(c, config)
		var r received
		r.msgs, r.err = frames(conn)
		r.version, r.name = conn.ConnectionState().Version, conn.ConnectionState().ServerName
		if err := conn.Close(); r.err == nil {
			r.err = err
		}
		return r
	}
}

// rfc5424 is PRI VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG.
var rfc5424 = regexp.MustCompile(`^<109>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([!-~]{1,255}) alania (\d{1,128}) ` +
	`([!-~]{1,32}) - (\{.*\})$`)

func TestSyslogSends(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	addr, got := receiver(t, collect(ca.server(t, "127.0.0.1")))
	s := openAt(t, "syslog+tls://"+addr+"?ca="+ca.file)
	long := sample(2)
	long.Action = "a_resource with blanks, and ümlauts.and_a_very_long_verb"
	long.After = audit.Fields{"large": strings.Repeat("é", 50_000)}
	for range 2 { // a connection each
		if err := s.Send(context.Background(), []audit.Entry{sample(1), long, sample(3)}); err != nil {
			t.Fatal(err)
		}
		r := <-got
		if r.err != nil || len(r.msgs) != 3 {
			t.Fatalf("received %d messages, %v", len(r.msgs), r.err)
		}
		if r.version < tls.VersionTLS12 {
			t.Errorf("speaks TLS %x", r.version)
		}
		for i, m := range r.msgs {
			f := rfc5424.FindStringSubmatch(m)
			if f == nil {
				t.Fatalf("not as RFC 5424 has it: %.200q", m)
			}
			if f[1] != "2026-03-04T05:06:07.891234Z" || f[3] != strconv.Itoa(os.Getpid()) {
				t.Errorf("header %q", f[1:5])
			}
			if want := []string{
				"key.revoked", "a_resource_with_blanks,_and_ümla", "key.revoked",
			}[i]; f[4] != strings.ReplaceAll(want, "ü", "_") {
				t.Errorf("MSGID is %q, want %q", f[4], want)
			}
			var e entry
			if err := json.Unmarshal([]byte(f[5]), &e); err != nil || e.ID != numbered(byte(i+1)).Prefixed("aud") {
				t.Errorf("message %d is of %s, %v", i, e.ID, err)
			}
			if i == 0 && f[5] != sampleJSON {
				t.Errorf("MSG is %s\nwant %s", f[5], sampleJSON)
			}
		}
	}
}

func TestSyslogWithoutCloseNotify(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	config := ca.server(t, "127.0.0.1")
	addr, got := receiver(t, func(c net.Conn) received {
		msgs, err := frames(tls.Server(c, config))
		return received{msgs: msgs, err: err} // and c is closed without a word
	})
	if err := openAt(t, "syslog+tls://"+addr+"?ca="+ca.file).Send(context.Background(),
		[]audit.Entry{sample(1)}); err != nil {
		t.Errorf("a receiver that has read all and hangs up: %v", err)
	}
	if r := <-got; r.err != nil || len(r.msgs) != 1 {
		t.Errorf("received %+v", r)
	}
}

func TestSyslogServerName(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	addr, got := receiver(t, collect(ca.server(t, "siem.example")))
	if err := openAt(t,
		"syslog+tls://"+addr+"?server_name=siem.example&ca="+
			ca.file).Send(context.Background(), []audit.Entry{sample(1)}); err != nil {
		t.Error(err)
	}
	if r := <-got; r.err != nil || r.name != "siem.example" || len(r.msgs) != 1 {
		t.Errorf("received %+v", r)
	}
	if err := openAt(t, "syslog+tls://"+addr+"?ca="+ca.file).Send(context.Background(),
		[]audit.Entry{sample(1)}); err == nil {
		t.Error("a certificate of another name is taken")
	}
	if r := <-got; len(r.msgs) != 0 {
		t.Errorf("sent %v", r.msgs)
	}
}

func TestSyslogFailures(t *testing.T) {
	t.Parallel()
	ca, other := newAuthority(t), newAuthority(t)
	config := ca.server(t, "127.0.0.1")
	old := ca.server(t, "127.0.0.1")
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	mutual := ca.server(t, "127.0.0.1")
	mutual.ClientAuth = tls.RequireAnyClientCert
	mutual12 := mutual.Clone()
	mutual12.MaxVersion = tls.VersionTLS12
	for _, tc := range []struct {
		name  string
		ca    string
		serve func(c net.Conn) bool
	}{
		{"another authority", other.file, func(c net.Conn) bool { return collect(config)(c).err != nil }},
		{"the system's authorities", "", func(c net.Conn) bool { return collect(config)(c).err != nil }},
		{"old TLS", ca.file, func(c net.Conn) bool { return collect(old)(c).err != nil }},
		{"it wants our certificate", ca.file, func(c net.Conn) bool { return collect(mutual)(c).err != nil }},
		{"it wants our certificate, TLS 1.2", ca.file, func(c net.Conn) bool { return collect(mutual12)(c).err != nil }},
		{"no TLS", ca.file, func(c net.Conn) bool { _, _ = io.WriteString(c, "220 hello\r\n"); return true }},
		{"it hangs up at once", ca.file, func(net.Conn) bool { return true }},
		{
			"it hangs up after the handshake", ca.file, func(c net.Conn) bool {
				return tls.Server(c, config).Handshake() == nil
			},
		},
		{"it hangs up half-way", ca.file, func(c net.Conn) bool {
			_, err := tls.Server(c, config).Read(make([]byte, 10))
			return err == nil
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			addr, got := receiver(t, tc.serve)
			u := "syslog+tls://" + addr
			if tc.ca != "" {
				u += "?ca=" + tc.ca
			}
			e := sample(1)
			if strings.HasPrefix(tc.name, "it hangs up") {
				e.After = audit.Fields{"large": strings.Repeat("x", 16<<20)} // more than the system's buffers
			}
			err := openAt(t, u).Send(context.Background(), []audit.Entry{e})
			if err == nil {
				t.Fatal("Send succeeds")
			}
			if !strings.Contains(err.Error(), addr) || strings.Contains(err.Error(), tc.ca) && tc.ca != "" {
				t.Errorf("%q must name the host and nothing more", err)
			}
			if !<-got {
				t.Error("the receiver has not done what the case is about")
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		t.Parallel()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		if err := openAt(t, "syslog+tls://"+l.Addr().String()).Send(context.Background(),
			[]audit.Entry{sample(1)}); err == nil {
			t.Error("Send succeeds")
		}
	})
	t.Run("no JSON", func(t *testing.T) {
		t.Parallel()
		bad := sample(1)
		bad.After = audit.Fields{"x": func() {}}
		if err := openAt(t, "syslog+tls://siem.invalid").Send(context.Background(), []audit.Entry{bad}); err == nil ||
			!strings.Contains(err.Error(), "json") {
			t.Errorf("%v", err)
		}
	})
}

func TestSyslogStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	config := ca.server(t, "127.0.0.1")
	for _, tc := range []struct {
		name  string
		serve func(c net.Conn) // until it is waiting
	}{
		{"no handshake", func(net.Conn) {}},
		{"no close", func(c net.Conn) { _, _ = frames(tls.Server(c, config)) }},
		{"no reading", func(c net.Conn) { _ = tls.Server(c, config).Handshake() }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			done := make(chan error, 1)
			ended := make(chan struct{})
			addr, _ := receiver(t, func(c net.Conn) bool {
				tc.serve(c)
				cancel()
				<-ended // keeps the connection open
				return true
			})
			defer close(ended)
			large := sample(1)
			large.After = audit.Fields{"large": strings.Repeat("x", 16<<20)} // more than the system's buffers
			s := openAt(t, "syslog+tls://"+addr+"?ca="+ca.file)
			go func() { done <- s.Send(ctx, []audit.Entry{large}) }()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("Send gives %v", err)
			}
		})
	}
}

func FuzzFrame(f *testing.F) {
	f.Add("key.revoked", "name")
	f.Add("", "\n")
	f.Add("ü b\x00", "\xff\ufeff\u2028")
	s := &syslogSink{hostname: field("a host", 255), procID: "1"}
	f.Fuzz(func(t *testing.T, action, name string) {
		e := sample(1)
		e.Action, e.ActorName = action, name
		var b bytes.Buffer
		for range 2 {
			if err := s.appendFrame(&b, e); err != nil {
				t.Fatal(err)
			}
		}
		msgs, err := frames(&b)
		if err != nil || len(msgs) != 2 || msgs[0] != msgs[1] {
			t.Fatalf("%q reads back %q, %v", action, msgs, err)
		}
		if !rfc5424.MatchString(msgs[0]) {
			t.Fatalf("not as RFC 5424 has it: %q", msgs[0])
		}
	})
}
