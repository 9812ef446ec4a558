package main

import (
	"bufio"
	"crypto/tls"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alania-go/alania/cmd/alania/cmdtest"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// A certificate that is renewed on the disk is served, with SIGHUP and without. The process lives, and so
// does a connection that was opened before.
func TestRenewedCertificate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		env, _ := cmdtest.OverTLS(t, e)
		env["ALANIA_LOG_LEVEL"] = "info"
		p := cmdtest.Start(t, t.TempDir(), env)
		trusted := cmdtest.Throwaway.Pool.Clone()
		dial := func() *tls.Conn {
			t.Helper()
			c, err := tls.Dial("tcp", strings.TrimPrefix(p.URL, "https://"), &tls.Config{RootCAs: trusted})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close() })
			return c
		}
		serves := func(a cmdtest.Authority) bool {
			t.Helper()
			c := dial()
			defer func() { _ = c.Close() }()
			return a.Issued(c.ConnectionState().PeerCertificates[0])
		}
		write := func(name, text string) {
			t.Helper()
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		renew := func() cmdtest.Authority {
			t.Helper()
			a := cmdtest.NewAuthority()
			trusted.AppendCertsFromPEM(a.CA)
			write(env["ALANIA_TLS_KEY"], string(a.Keys))
			write(env["ALANIA_TLS_CERT"], string(a.Cert))
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
			if res.StatusCode != http.StatusOK || !cmdtest.Throwaway.Issued(open.ConnectionState().PeerCertificates[0]) {
				t.Errorf("the open connection: status %d", res.StatusCode)
			}
		}
		goesOn()

		second := renew()
		tasktest.Until(t, "the renewed certificate is served without a signal", func() bool { return serves(second) })
		goesOn()

		// Nobody connects until the signal was obeyed, so that nothing else has the server look.
		said := func(what string) int { return strings.Count(p.Stderr.String(), what) }
		const taken, broken = `"a new certificate is served"`, `"read the certificate"`
		before := said(taken)
		third := renew()
		if err := p.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		tasktest.Until(t, "it says that it reloaded", func() bool { return said(`"reloaded"`) == 1 })
		if said(taken) == before {
			t.Error("the signal had no certificate taken up")
		}
		if !serves(third) {
			t.Error("another certificate is served after SIGHUP")
		}
		goesOn()

		// What cannot be read is logged, and the former certificate is served on.
		before = said(broken)
		write(env["ALANIA_TLS_CERT"], "half of a")
		if err := p.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		tasktest.Until(t, "it says what it cannot read", func() bool { return said(broken) > before })
		if !serves(third) {
			t.Error("the former certificate is not served on")
		}
		goesOn()
		if code := p.Stop(t); code != 0 {
			t.Errorf("exit status %d", code)
		}
	})
}
