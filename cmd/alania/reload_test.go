package main

import (
	"bufio"
	"crypto/tls"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// A certificate that is renewed on the disk is served, with SIGHUP and without. The process lives, and so
// does a connection that was opened before.
func TestRenewedCertificate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		env, _ := overTLS(t, e)
		env["ALANIA_LOG_LEVEL"] = "info"
		p := start(t, t.TempDir(), env)
		trusted := throwaway.pool.Clone()
		dial := func() *tls.Conn {
			t.Helper()
			c, err := tls.Dial("tcp", strings.TrimPrefix(p.URL, "https://"), &tls.Config{RootCAs: trusted})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close() })
			return c
		}
		serves := func(a authority) bool {
			t.Helper()
			c := dial()
			defer func() { _ = c.Close() }()
			return a.issued(c.ConnectionState().PeerCertificates[0])
		}
		renew := func() authority {
			t.Helper()
			a := newAuthority()
			trusted.AppendCertsFromPEM(a.ca)
			write(t, env["ALANIA_TLS_KEY"], string(a.keys))
			write(t, env["ALANIA_TLS_CERT"], string(a.cert))
			return a
		}
		open := dial()
		answers := bufio.NewReader(open)
		goesOn := func() {
			t.Helper()
			req, err := http.NewRequest(http.MethodGet, p.URL+"/livez", nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := open.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
				t.Fatal(err)
			}
			if err := req.Write(open); err != nil {
				t.Fatal(err)
			}
			res, err := http.ReadResponse(answers, req)
			if err != nil {
				t.Fatalf("the open connection ended: %v", err)
			}
			_ = res.Body.Close()
			if res.StatusCode != http.StatusOK || !throwaway.issued(open.ConnectionState().PeerCertificates[0]) {
				t.Errorf("the open connection: status %d", res.StatusCode)
			}
		}
		goesOn()

		second := renew()
		until(t, "the renewed certificate is served without a signal", func() bool { return serves(second) })
		goesOn()

		// Nobody connects until the signal was obeyed, so that nothing else has the server look.
		said := func(what string) int { return strings.Count(p.Stderr.String(), what) }
		const taken, broken = `"a new certificate is served"`, `"read the certificate"`
		before := said(taken)
		third := renew()
		if err := p.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		until(t, "it says that it reloaded", func() bool { return said(`"reloaded"`) == 1 })
		if said(taken) == before {
			t.Error("the signal had no certificate taken up")
		}
		if !serves(third) {
			t.Error("another certificate is served after SIGHUP")
		}
		goesOn()

		// What cannot be read is logged, and the former certificate is served on.
		before = said(broken)
		write(t, env["ALANIA_TLS_CERT"], "half of a")
		if err := p.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		until(t, "it says what it cannot read", func() bool { return said(broken) > before })
		if !serves(third) {
			t.Error("the former certificate is not served on")
		}
		goesOn()
		if code := end(t, p); code != 0 {
			t.Errorf("exit status %d", code)
		}
	})
}
