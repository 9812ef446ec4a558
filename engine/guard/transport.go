package guard

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/alania-go/alania/domain/task"
	"github.com/alania-go/alania/domain/txn"
)

// Limits are what a client of HTTP keeps to, whatever the other end does.
type Limits struct {
	Client string        // its name, for the log
	Total  time.Duration // of one request, from the wait for the host to the end of the body
	Body   int64         // bytes of the answer, after decompression
	// Silence is how long the other end may say nothing: before the head of an answer, and in
	// its body. Zero: nothing but Total.
	Silence time.Duration
	// Verbatim leaves answers as they are: without it, gzip is asked for and decompressed.
	Verbatim bool
	// Idle is how many connections to one host stay open for the next requests: as many as there are requests at once,
	// or the others are opened anew each time. Zero: 16.
	Idle  int
	Roots *x509.CertPool // the authorities to trust; nil: the system's
}

// Stream is the limit of a body for who reads it piece by piece and keeps none of it.
const Stream = math.MaxInt64

const (
	maxHeader = 64 << 10 // bytes of the head of an answer, and of all interim answers (1xx) together
	usualIdle = 16
	// headTimeout is how long the head of an answer may take when nothing else is said.
	headTimeout = 60 * time.Second
)

// ErrTooLarge is in the chain of the error of a body that is larger than its client takes.
var ErrTooLarge = errors.New("the answer is too large")

// StatusError says that an answer has a status that is none (RFC 9110 section 15), or 101, by
// which the other end would switch to a protocol that nobody has asked for.
type StatusError struct{ Status int }

// Error implements error.
func (e *StatusError) Error() string {
	return fmt.Sprintf("answered with status %d, which is not an answer", e.Status)
}

// Transport sends requests of HTTP behind the guard and keeps to limits.
type Transport struct {
	guard  *Guard
	base   *http.Transport
	limits Limits
}

// Transport makes a transport. One behind the guard uses no proxy, which would connect in the
// guard's place.
func (g *Guard) Transport(l Limits) *Transport {
	if l.Client == "" || l.Total <= 0 || l.Body <= 0 {
		panic("guard: a client needs a name, and limits of time and size")
	}
	head := min(headTimeout, l.Total)
	if l.Silence > 0 {
		head = min(head, l.Silence)
	}
	t := &Transport{guard: g, limits: l, base: &http.Transport{
		DialContext: g.Dialer().DialContext, ForceAttemptHTTP2: true, DisableCompression: l.Verbatim,
		MaxIdleConns: 512, MaxIdleConnsPerHost: cmp.Or(l.Idle, usualIdle), IdleConnTimeout: 90 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: head, MaxResponseHeaderBytes: maxHeader,
	}}
	if l.Roots != nil {
		t.base.TLSClientConfig = &tls.Config{RootCAs: l.Roots, MinVersion: tls.VersionTLS12}
	}
	if g.any {
		t.base.Proxy = http.ProxyFromEnvironment
	}
	return t
}

// Client makes a client that keeps to limits and follows no redirect.
func (g *Guard) Client(l Limits) *http.Client {
	return &http.Client{Transport: g.Transport(l), CheckRedirect: NoRedirect}
}

// NoRedirect is the policy of clients that follow no redirect: it would take what is sent, and
// the credentials with it, elsewhere. The redirect is the answer.
func NoRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	txn.Outside(req.Context(), t.limits.Client)
	ctx, stop := context.WithTimeout(req.Context(), t.limits.Total)
	ctx, cancel := context.WithCancelCause(ctx)
	leave, err := t.guard.enter(ctx, req.URL.Hostname())
	if err != nil {
		cancel(err)
		stop()
		return nil, err
	}
	end := sync.OnceFunc(func() {
		cancel(context.Canceled)
		stop()
		leave()
	})
	out := req.WithContext(ctx)
	var sent *sending
	// A body in memory, which net/http recognizes by its type and sends in one piece with the head, may
	// be closed at any time, so it stays as it is.
	if out.Body != nil && out.Body != http.NoBody && out.GetBody == nil {
		sent = &sending{from: out.Body}
		out.Body = sent
	}
	res, err := t.base.RoundTrip(out)
	// After a redirect http.Client closes the body, and after an error its owner may use it again.
	if sent != nil && (err != nil || res.StatusCode >= 300 && res.StatusCode < 400) {
		sent.halt(ctx)
	}
	if err != nil {
		end()
		return nil, err
	}
	// 101 hands the connection over, and from then on neither the context nor a time-out ends a
	// read of it (golang/go#44988).
	if res.StatusCode < 200 || res.StatusCode > 599 {
		_ = res.Body.Close()
		end()
		return nil, &StatusError{Status: res.StatusCode}
	}
	if res.Body == http.NoBody {
		end()
		return res, nil
	}
	b := &body{ReadCloser: res.Body, left: t.limits.Body, end: end}
	if b.silence = t.limits.Silence; b.silence > 0 {
		b.quiet = time.AfterFunc(b.silence, func() { cancel(context.DeadlineExceeded) })
		b.quiet.Stop()
	}
	res.Body = b
	return res, nil
}

// sending is the body of a request. The transport reads it on a goroutine of its own, and goes on when
// the answer has come or the request has failed. Not every body can take to be closed meanwhile
// (minio's panics), so it is closed when a read has ended, and not read after that.
type sending struct {
	mu     sync.Mutex
	from   io.ReadCloser
	read   chan struct{} // nil, or closed when the read under way has ended
	closed bool
}

func (s *sending) Read(p []byte) (n int, err error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return 0, http.ErrBodyReadAfterClose
	}
	s.read = make(chan struct{})
	s.mu.Unlock()
	failed := task.Run("send a request", func() error {
		n, err = s.from.Read(p)
		return nil
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.read)
	if s.read = nil; s.closed {
		_ = s.from.Close()
	}
	if failed != nil {
		return 0, failed
	}
	return n, err
}

func (s *sending) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	if s.closed = true; s.read != nil {
		return nil // the read under way does it
	}
	return s.from.Close()
}

// halt closes the body and waits for the read under way.
func (s *sending) halt(ctx context.Context) {
	_ = s.Close()
	s.mu.Lock()
	read := s.read
	s.mu.Unlock()
	if read == nil {
		return
	}
	select {
	case <-read:
	case <-ctx.Done():
	}
}

// CloseIdleConnections closes the connections that nobody uses.
func (t *Transport) CloseIdleConnections() { t.base.CloseIdleConnections() }

// body is the body of an answer within limits. Its end is the end of the request.
type body struct {
	io.ReadCloser
	left    int64
	silence time.Duration
	quiet   *time.Timer
	end     func()
}

func (b *body) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	// One byte more than may be reports whether there is more.
	if b.left < math.MaxInt64 && int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	if b.quiet != nil {
		b.quiet.Reset(b.silence)
		defer b.quiet.Stop()
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		b.end()
		return n + int(b.left), ErrTooLarge
	}
	if err != nil {
		b.end()
	}
	return n, err
}

func (b *body) Close() error {
	err := b.ReadCloser.Close()
	b.end()
	return err
}
