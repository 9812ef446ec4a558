package siem

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/engine/guard"
)

func openAt(t *testing.T, rawURL string) audit.Sink {
	t.Helper()
	s, err := Open(rawURL)
	if err != nil {
		t.Fatal(err)
	}
	if h, ok := s.(*httpSink); ok {
		t.Cleanup(h.client.CloseIdleConnections)
	}
	return s
}

// secretURL puts a user, a password, a path and a token into a test server's URL.
func secretURL(server *httptest.Server) string {
	return strings.Replace(server.URL, "http://", "http://collector:hunter2%40@", 1) + "/hunter2/in?token=hunter2&x=%2F"
}

func TestHTTPPosts(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var requests []*http.Request
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		requests, bodies = append(requests, r), append(bodies, string(b))
		w.WriteHeader(http.StatusAccepted)
	}))
	defer server.Close()
	s := openAt(t, secretURL(server))
	if err := s.Send(context.Background(), []audit.Entry{sample(1), sample(2)}); err != nil {
		t.Fatal(err)
	}
	second := strings.Replace(sampleJSON, "0001\"", "0002\"", 1)
	if len(bodies) != 1 || bodies[0] != sampleJSON+"\n"+second+"\n" {
		t.Fatalf("posts %q\nwant %q", bodies, sampleJSON+"\n"+second+"\n")
	}
	r := requests[0]
	user, password, _ := r.BasicAuth()
	if r.Method != http.MethodPost || r.RequestURI != "/hunter2/in?token=hunter2&x=%2F" || user != "collector" ||
		password != "hunter2@" ||
		r.Header.Get("Content-Type") != "application/x-ndjson" || r.ContentLength != int64(len(bodies[0])) {
		t.Errorf("asks %s %s as %s:%s with %v, %d bytes", r.Method, r.RequestURI, user, password, r.Header, r.ContentLength)
	}

	// Without credentials it sends none.
	if err := openAt(t, server.URL).Send(context.Background(), []audit.Entry{sample(1)}); err != nil {
		t.Fatal(err)
	}
	if r := requests[1]; r.Header.Get("Authorization") != "" || r.RequestURI != "/" {
		t.Errorf("asks %s with %v", r.RequestURI, r.Header)
	}
}

func TestHTTPStatuses(t *testing.T) {
	t.Parallel()
	for status, taken := range map[int]bool{
		200: true, 201: true, 202: true, 204: true, 299: true,
		300: false, 301: false, 302: false, 303: false, 304: false, 307: false, 308: false,
		400: false, 401: false, 403: false, 404: false, 413: false, 429: false, 500: false, 503: false,
	} {
		var followed atomic.Int64
		elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Add(1) }))
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Location", elsewhere.URL+"/hunter2")
			w.WriteHeader(status)
			if status != 204 && status != 304 {
				_, _ = io.WriteString(w, "the token hunter2 is not known")
			}
		}))
		err := openAt(t, secretURL(server)).Send(context.Background(), []audit.Entry{sample(1)})
		if taken != (err == nil) {
			t.Errorf("%d: %v", status, err)
		}
		if err != nil &&
			(strings.Contains(err.Error(), "hunter2") ||
				!strings.Contains(err.Error(), strings.TrimPrefix(server.URL, "http://"))) {
			t.Errorf("%d: %q must name the host and nothing more", status, err)
		}
		if followed.Load() != 0 {
			t.Errorf("%d: the redirect was followed", status)
		}
		server.Close()
		elsewhere.Close()
	}
}

func TestHTTPFailures(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	hangsUp := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panic(http.ErrAbortHandler)
	}))
	defer hangsUp.Close()
	waits := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-hold:
		case <-r.Context().Done():
		}
	}))
	defer waits.Close()
	defer close(hold)
	gone := httptest.NewServer(nil)
	gone.Close()

	for name, server := range map[string]*httptest.Server{"hangs up": hangsUp, "gone": gone} {
		err := openAt(t, secretURL(server)).Send(context.Background(), []audit.Entry{sample(1)})
		if err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "collector") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	s := openAt(t, secretURL(waits))
	go func() { done <- s.Send(ctx, []audit.Entry{sample(1)}) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("cancelled: %v", err)
	}
	hasty, err := open(secretURL(waits), 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if err := hasty.Send(context.Background(), []audit.Entry{sample(1)}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a silent receiver: %v", err)
	}
	// What cannot be JSON is an error, not half a line.
	bad := sample(1)
	bad.After = audit.Fields{"x": func() {}}
	if err := openAt(t, hangsUp.URL).Send(context.Background(), []audit.Entry{bad}); err == nil ||
		!strings.Contains(err.Error(), "json") {
		t.Errorf("no JSON: %v", err)
	}
}

func TestHTTPSplitsLargeBatches(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var sizes []int
	lines := 0
	fail := -1
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if len(sizes) == fail {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		sizes = append(sizes, len(b))
		lines += strings.Count(string(b), "\n")
	}))
	defer server.Close()
	entries := make([]audit.Entry, 25)
	for i := range entries {
		entries[i] = sample(byte(i))
		entries[i].After = audit.Fields{"large": strings.Repeat("x", 100<<10)}
	}
	s := openAt(t, server.URL)
	if err := s.Send(context.Background(), entries); err != nil {
		t.Fatal(err)
	}
	if len(sizes) != 3 || lines != len(entries) {
		t.Errorf("%d entries in %d requests of %v bytes", lines, len(sizes), sizes)
	}
	for _, n := range sizes {
		if n > maxBody+110<<10 {
			t.Errorf("a request has %d bytes", n)
		}
	}
	// Not all were taken: that is an error.
	sizes, fail = nil, 2
	if err := s.Send(context.Background(), entries); err == nil {
		t.Error("the last part is refused and Send succeeds")
	}
}

func TestHTTPSChecksTheCertificate(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	s := openAt(t, server.URL+"/?token=hunter2").(*httpSink)
	if err := s.Send(context.Background(), []audit.Entry{sample(1)}); err == nil ||
		strings.Contains(err.Error(), "hunter2") || asked.Load() != 0 {
		t.Errorf("an unknown certificate: %v, asked %d times", err, asked.Load())
	}
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	trusting := openAt(t, server.URL).(*httpSink)
	trusting.client = guard.Operator().Client(guard.Limits{Client: httpClient, Total: timeout, Body: 1 << 20, Roots: pool})
	if err := trusting.Send(context.Background(), []audit.Entry{sample(1)}); err != nil || asked.Load() != 1 {
		t.Errorf("a known certificate: %v, asked %d times", err, asked.Load())
	}
}
