package proof

import (
	"context"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/alania-go/alania/domain/txn"
	"github.com/alania-go/alania/engine/guard"
)

const patience = 20 * time.Second

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

func TestFile(t *testing.T) {
	m := http.NewServeMux()
	m.HandleFunc("/proof", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "value\n") })
	m.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", maxFile+1))
	})
	m.Handle("/moved", http.RedirectHandler("/proof", http.StatusFound))
	site := httptest.NewTLSServer(m)
	defer site.Close()
	roots := x509.NewCertPool()
	roots.AddCert(site.Certificate())
	engine := func(g *guard.Guard) *Engine {
		l := limits(patience)
		l.Roots = roots
		return newEngine(g.Client(l), &net.Resolver{}, patience)
	}
	e := engine(guard.New(loopback))
	defer e.client.CloseIdleConnections()
	if content, err := e.File(t.Context(), site.URL+"/proof"); err != nil || content != "value\n" {
		t.Errorf("%q, %v", content, err)
	}
	for _, path := range []string{"/large", "/moved", "/nothing"} {
		if content, err := e.File(t.Context(), site.URL+path); err == nil || content != "" {
			t.Errorf("%s: %q", path, content)
		} else if strings.Contains(err.Error(), site.URL) {
			t.Errorf("%s: the error quotes the URL: %v", path, err)
		}
	}
	if _, err := e.File(t.Context(), site.URL+"/large"); !errors.Is(err, guard.ErrTooLarge) {
		t.Error(err)
	}
	if _, err := engine(guard.New(nil)).File(t.Context(), site.URL+"/proof"); !guard.IsRefused(err) {
		t.Errorf("a site in the operator's network: %v", err)
	}
}

// resolver returns one that answers every question with the records, over a stream.
func resolver(records map[string][]string) *net.Resolver {
	return &net.Resolver{Dial: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go answer(there, records)
		return here, nil
	}}
}

func answer(c net.Conn, records map[string][]string) {
	defer c.Close()
	var length [2]byte
	if _, err := io.ReadFull(c, length[:]); err != nil {
		return
	}
	b := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(c, b); err != nil {
		return
	}
	var m dnsmessage.Message
	if err := m.Unpack(b); err != nil {
		return
	}
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	q := m.Questions[0]
	for _, r := range records[q.Name.String()] {
		m.Answers = append(m.Answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
			Body:   &dnsmessage.TXTResource{TXT: []string{r}},
		})
	}
	if len(m.Answers) == 0 {
		m.RCode = dnsmessage.RCodeNameError
	}
	out, err := m.Pack()
	if err != nil {
		return
	}
	_, _ = c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(out))), out...))
}

func TestTXT(t *testing.T) {
	e := newEngine(nil, resolver(map[string][]string{"_alania.example.com.": {"other", "value"}}), patience)
	if got, err := e.TXT(t.Context(), "_alania.example.com"); err != nil ||
		!slices.Equal(got, []string{"other", "value"}) {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := e.TXT(t.Context(), "_alania.example.org"); err == nil {
		t.Errorf("%v", got)
	}
}

// A proof is looked for outside of transactions only.
func TestNeverInATransaction(t *testing.T) {
	e := New(guard.New(nil))
	ctx, end := txn.Begin(t.Context())
	defer end()
	for name, look := range map[string]func(){
		"TXT":  func() { _, _ = e.TXT(ctx, "_alania.example.com") },
		"file": func() { _, _ = e.File(ctx, "https://example.com/") },
	} {
		func() {
			defer func() {
				if _, ok := recover().(txn.Breach); !ok {
					t.Errorf("%s goes out", name)
				}
			}()
			look()
		}()
	}
}
