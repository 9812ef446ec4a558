package edge_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/share"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/edge"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/server/stream"
	"github.com/alania-go/alania/store/storetest"
)

// streams is a server of the bundle in testdata, with the services of the platform.
type streams struct {
	*servertest.Instance
	tenant   *servertest.Tenant
	edge     *edge.Edge
	server   *httptest.Server
	handlers map[string]echo.HandlerFunc
	log      *servertest.Log
	metrics  *prometheus.Registry
	closing  context.CancelFunc
}

// patience is how long clients may take for a piece in the tests of what happens then.
const patience = time.Second

func impatient(e *edge.Edge) { e.Patience = patience }

// streaming starts a server whose own time-outs are shorter than any stream.
func streaming(t *testing.T, options ...func(*edge.Edge)) *streams {
	t.Helper()
	bundle, err := os.ReadFile("testdata/streams.json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := contract.Load(streamsModule(bundle))
	if err != nil {
		t.Fatal(err)
	}
	s := &streams{
		Instance: servertest.Start(t, storetest.Engines[0]), handlers: map[string]echo.HandlerFunc{},
		log: &servertest.Log{}, metrics: prometheus.NewRegistry(),
	}
	s.tenant = s.Tenant(t, plan.Enterprise)
	closing, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	s.closing = stop
	s.edge = &edge.Edge{
		Contracts: []*contract.Contract{c}, Resolvers: edge.Own(s.Keys, s.OAuth), Uses: s.Uses,
		Idempotency: s.Idempotency, Tx: s.Store, Limiter: limit.NewLocal(time.Now),
		Metrics: edge.NewMetrics(s.metrics), Log: slog.New(slog.NewJSONHandler(s.log, nil)), Now: time.Now,
		Timeout: time.Minute, Patience: time.Minute, Closing: closing,
	}
	for _, option := range options {
		option(s.edge)
	}
	router := echo.New()
	s.edge.Install(router)
	for _, op := range c.Operations {
		handle := func(c echo.Context) error { return s.handlers[op.ID](c) }
		router.Add(op.Method, strings.ReplaceAll(op.Path, "{key}", ":key"), handle, s.edge.Operation(op))
	}
	s.server = httptest.NewUnstartedServer(edge.Head(router))
	s.server.Config.ReadTimeout, s.server.Config.WriteTimeout = 300*time.Millisecond, 300*time.Millisecond
	if s.server.EnableHTTP2 = s.edge.TLS; s.edge.TLS {
		s.server.StartTLS()
	} else {
		s.server.Start()
	}
	t.Cleanup(s.server.Close)
	return s
}

func streamsModule(bundle []byte) contract.Module {
	return contract.Module{
		Name: "streams", Bundle: bundle, Dialect: words{},
		Schemes: map[string]contract.Scheme{"oauth2": {Source: identity.FromToken}, "apiKey": {Source: identity.FromKey}},
	}
}

// words is a dialect with the usual statuses.
type words struct{}

func (words) Render(_ *contract.Operation, e *fault.Error, _, _ string) contract.Failure {
	return contract.Failure{Status: contract.KindOf(e.Code).Status, ContentType: "text/plain", Body: []byte(e.Code)}
}

func (s *streams) request(t *testing.T, method, path string, body io.Reader, header ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.server.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.tenant.Key)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func (s *streams) do(t *testing.T, method, path string, body io.Reader, header ...string) (*http.Response, string) {
	t.Helper()
	res, err := s.server.Client().Do(s.request(t, method, path, body, header...))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(text)
}

func (s *streams) put(t *testing.T, body io.Reader, header ...string) (*http.Response, string) {
	t.Helper()
	return s.do(t, http.MethodPut, "/things/a", body, header...)
}

// raw opens a connection and sends the head of a request.
func (s *streams) raw(t *testing.T, method, path string, header ...string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", s.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	lines := append([]string{
		method + " " + path + " HTTP/1.1", "Host: test", "Authorization: Bearer " + s.tenant.Key,
	}, header...)
	if _, err := io.WriteString(conn, strings.Join(lines, "\r\n")+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	return conn
}

func answer(t *testing.T, conn net.Conn) *http.Response {
	t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// keep is a handler that stores a body when it is whole.
type keep struct {
	calls atomic.Int64
	kept  chan []byte
	ended chan error
}

func newKeep() *keep { return &keep{kept: make(chan []byte, 100), ended: make(chan error, 100)} }

func (k *keep) handle(c echo.Context) error {
	k.calls.Add(1)
	h := sha256.New()
	if _, err := io.Copy(h, c.Request().Body); err != nil {
		k.ended <- err
		return err
	}
	k.kept <- h.Sum(nil)
	return c.JSON(http.StatusCreated, map[string]string{"sha256": hex.EncodeToString(h.Sum(nil))})
}

// refused waits for the error with which a body ended.
func (k *keep) refused(t *testing.T, code fault.Code) {
	t.Helper()
	select {
	case err := <-k.ended:
		if !fault.IsCode(err, code) {
			t.Errorf("the body ended with %v, want %s", err, code)
		}
	case <-time.After(time.Minute):
		t.Error("the body does not end")
	}
	if len(k.kept) > 0 {
		t.Error("it was kept")
	}
}

// pattern is n bytes without a memory of that size.
func pattern(n int64) io.Reader { return io.LimitReader(&endless{}, n) }

type endless struct{ at byte }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		e.at++
		p[i] = e.at
	}
	return len(p), nil
}

// A body of any size is read as it arrives, in no more memory than a small one, and longer
// than the server allows other requests.
func TestAStreamIsNotBuffered(t *testing.T) {
	size := int64(256 << 20)
	if servertest.RaceEnabled {
		size = 32 << 20
	}
	s := streaming(t)
	k := newKeep()
	s.handlers["putThing"] = k.handle
	h := sha256.New()
	body, send := io.Pipe()
	go func() {
		_, err := io.Copy(io.MultiWriter(send, h), pattern(size/2))
		time.Sleep(500 * time.Millisecond) // longer than the time-outs of the server
		if err == nil {
			_, err = io.Copy(io.MultiWriter(send, h), pattern(size/2))
		}
		_ = send.CloseWithError(err)
	}()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	res, text := s.put(t, body, "Idempotency-Key", "large")
	runtime.ReadMemStats(&after)
	if res.StatusCode != 201 || !strings.Contains(text, hex.EncodeToString(h.Sum(nil))) {
		t.Fatalf("%d %s", res.StatusCode, text)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 32<<20 {
		t.Errorf("%d MB were allocated for a body of %d MB", took>>20, size>>20)
	}
	s.server.Close() // the log is written
	if line := s.log.String(); !strings.Contains(line, fmt.Sprintf(`"received":%d`, size)) {
		t.Errorf("logged: %s", line)
	}
	families, err := s.metrics.Gather()
	if err != nil || !strings.Contains(fmt.Sprint(families), fmt.Sprintf("%v", float64(size))) {
		t.Errorf("measured: %v, %v", families, err)
	}
}

// Who sends a byte now and then does not hold a connection; a handler that takes its time
// costs the sender nothing.
func TestASlowSenderEnds(t *testing.T) {
	s := streaming(t, impatient)
	k := newKeep()
	s.handlers["putThing"] = k.handle
	conn := s.raw(t, http.MethodPut, "/things/a", "Content-Length: 1000")
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			if _, err := conn.Write([]byte("x")); err != nil {
				return
			}
			select {
			case <-stop:
				return
			case <-time.After(patience / 5):
			}
		}
	}()
	k.refused(t, fault.Timeout)
	if res := answer(t, conn); res.StatusCode != http.StatusServiceUnavailable || !res.Close {
		t.Errorf("%d, the connection is closed: %v", res.StatusCode, res.Close)
	}

	s.handlers["putThing"] = func(c echo.Context) error {
		var first [1]byte
		if _, err := io.ReadFull(c.Request().Body, first[:]); err != nil {
			return err
		}
		time.Sleep(patience + patience/2)
		return k.handle(c)
	}
	if res, text := s.put(t, pattern(1<<20)); res.StatusCode != 201 {
		t.Errorf("%d %s", res.StatusCode, text)
	}
	// After the body, the handler works on while the connection is looked after.
	s.handlers["putThing"] = func(c echo.Context) error {
		if _, err := io.Copy(io.Discard, c.Request().Body); err != nil {
			return err
		}
		time.Sleep(patience + patience/2)
		if err := c.Request().Context().Err(); err != nil {
			return err
		}
		return c.NoContent(http.StatusCreated)
	}
	if res, text := s.put(t, pattern(1<<20)); res.StatusCode != 201 {
		t.Errorf("%d %s", res.StatusCode, text)
	}
}

func TestAStreamHasALimit(t *testing.T) {
	s := streaming(t)
	k := newKeep()
	s.handlers["putSmall"] = k.handle
	large := map[string]io.Reader{"declared": bytes.NewReader(make([]byte, 1001)), "in chunks": pattern(5000)}
	for name, body := range large {
		res, text := s.do(t, http.MethodPost, "/things/a", body, "Content-Type", "application/octet-stream")
		if res.StatusCode != http.StatusRequestEntityTooLarge || !res.Close {
			t.Errorf("%s: %d %s, the connection is closed: %v", name, res.StatusCode, text, res.Close)
		}
	}
	k.refused(t, fault.PayloadTooLarge)
	if k.calls.Load() != 1 {
		t.Error("the handler was called although the length was declared")
	}
	for _, n := range []int{0, 1, 1000} {
		if res, text := s.do(t, http.MethodPost, "/things/a", bytes.NewReader(make([]byte, n))); res.StatusCode != 201 {
			t.Errorf("%d bytes, of no type: %d %s", n, res.StatusCode, text)
		}
	}
	res, _ := s.do(t, http.MethodPost, "/things/a", strings.NewReader("{}"), "Content-Type", "application/json")
	if res.StatusCode != 415 {
		t.Errorf("another type: %d", res.StatusCode)
	}
}

func contentDigest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha-512=:AAAA:, sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// A handler that stores what it has read to the end stores nothing that is not what was sent.
func TestContentDigest(t *testing.T) {
	s := streaming(t)
	k := newKeep()
	s.handlers["putThing"] = k.handle
	put := func(text, digest string) int {
		t.Helper()
		res, _ := s.put(t, strings.NewReader(text), "Content-Digest", digest)
		return res.StatusCode
	}
	if status := put("hello", contentDigest("hello")); status != 201 {
		t.Errorf("%d", status)
	}
	<-k.kept
	if status := put("hullo", contentDigest("hello")); status != 422 {
		t.Errorf("another body: %d", status)
	}
	k.refused(t, fault.ValidationFailed)
	calls := k.calls.Load()
	for _, header := range []string{"sha-256=:AAAA:", "sha-256=" + hex.EncodeToString(make([]byte, 32)), "sha-256"} {
		if status := put("hello", header); status != 422 {
			t.Errorf("%s: %d", header, status)
		}
	}
	if k.calls.Load() != calls {
		t.Error("a digest that cannot be read reaches the handler")
	}
	// Who reads as many bytes as were declared sees it, too.
	s.handlers["putThing"] = func(c echo.Context) error {
		_, err := io.ReadFull(c.Request().Body, make([]byte, c.Request().ContentLength))
		if err == nil {
			t.Error("a body with another digest was read to its end")
		}
		return err
	}
	if status := put("hullo", contentDigest("hello")); status != 422 {
		t.Errorf("another body: %d", status)
	}
}

// The key of a stream is bound to the digest of its body, which is known when it was read.
func TestAStreamIsRepeatedByItsDigest(t *testing.T) {
	s := streaming(t)
	k := newKeep()
	s.handlers["putThing"] = k.handle
	put := func(key, text string, header ...string) (*http.Response, string) {
		t.Helper()
		return s.put(t, struct{ io.Reader }{strings.NewReader(text)}, append(header, "Idempotency-Key", key)...)
	}
	first, text := put("1", "hello")
	if first.StatusCode != 201 || first.Header.Get("X-Idempotency-Replayed") != "" {
		t.Fatalf("%d %s", first.StatusCode, text)
	}
	again, same := put("1", "hello")
	if again.StatusCode != 201 || same != text || again.Header.Get("X-Idempotency-Replayed") != "true" {
		t.Errorf("repeated: %d %s %v", again.StatusCode, same, again.Header)
	}
	for _, other := range []string{"hullo", "", "hello, world"} {
		if res, text := put("1", other); res.StatusCode != 422 || text != string(fault.IdempotencyMismatch) {
			t.Errorf("another body: %d %s", res.StatusCode, text)
		}
	}
	if _, text := put("1", "hello", "Content-Type", "text/css"); text != string(fault.IdempotencyMismatch) {
		t.Errorf("of another type: %s", text)
	}
	if k.calls.Load() != 1 {
		t.Errorf("the work was done %d times", k.calls.Load())
	}
	// What did nothing leaves the key free.
	if res, _ := put("2", "hello", "Content-Digest", contentDigest("hullo")); res.StatusCode != 422 {
		t.Errorf("%d", res.StatusCode)
	}
	if res, _ := put("2", "hello"); res.StatusCode != 201 || res.Header.Get("X-Idempotency-Replayed") != "" {
		t.Errorf("after a failure: %d %v", res.StatusCode, res.Header)
	}
}

// While the first request sends, a second with its key is told so; when the client of the first
// leaves after its body came, the second gets the answer, and the work is done once.
func TestAStreamInFlight(t *testing.T) {
	s := streaming(t)
	k := newKeep()
	finish := make(chan struct{})
	s.handlers["putThing"] = func(c echo.Context) error {
		if err := k.handle(c); err != nil {
			return err
		}
		<-c.Request().Context().Done()
		<-finish
		return nil
	}
	conn := s.raw(t, http.MethodPut, "/things/a", "Content-Length: 5", "Idempotency-Key: 1", "Content-Type: text/plain")
	if _, err := io.WriteString(conn, "hel"); err != nil {
		t.Fatal(err)
	}
	again := func() (*http.Response, string) {
		return s.put(t, strings.NewReader("hello"), "Idempotency-Key", "1", "Content-Type", "text/plain")
	}
	for k.calls.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	if res, text := again(); res.StatusCode != 409 || text != string(fault.IdempotencyInFlight) {
		t.Fatalf("%d %s", res.StatusCode, text)
	}
	if _, err := io.WriteString(conn, "lo"); err != nil {
		t.Fatal(err)
	}
	<-k.kept
	_ = conn.Close()
	close(finish)
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		res, text := again()
		if res.StatusCode == 409 && time.Now().Before(end) {
			continue
		}
		if res.StatusCode != 201 || res.Header.Get("X-Idempotency-Replayed") != "true" || k.calls.Load() != 1 {
			t.Errorf("%d %s, the work was done %d times", res.StatusCode, text, k.calls.Load())
		}
		return
	}
}

// A client that is killed leaves no half of a body.
func TestAClientIsKilled(t *testing.T) {
	s := streaming(t)
	k := newKeep()
	s.handlers["putThing"] = k.handle
	for _, head := range [][]string{{"Content-Length: 100000"}, {"Transfer-Encoding: chunked"}} {
		conn := s.raw(t, http.MethodPut, "/things/a", head...)
		if _, err := io.WriteString(conn, "5\r\nhello\r\n"); err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
		k.refused(t, fault.Malformed)
	}
	// A download ends with its reader.
	ended := make(chan error, 1)
	s.handlers["getThing"] = func(c echo.Context) error {
		c.Response().WriteHeader(http.StatusOK)
		_ = stream.From(c.Request().Context()).Writer.FlushError()
		<-c.Request().Context().Done()
		_, err := c.Response().Write([]byte("x"))
		ended <- err
		return err
	}
	conn := s.raw(t, http.MethodGet, "/things/a")
	answer(t, conn)
	_ = conn.Close()
	if err := <-ended; err == nil {
		t.Error("the stream does not end with its client")
	}
}

// A client that does not read holds a handler for a time only.
func TestAReaderThatDoesNotRead(t *testing.T) {
	s := streaming(t, impatient)
	ended := make(chan error, 1)
	s.handlers["getThing"] = func(c echo.Context) error {
		err := c.Stream(http.StatusOK, "application/octet-stream", &endless{})
		ended <- err
		return err
	}
	s.raw(t, http.MethodGet, "/things/a")
	select {
	case err := <-ended:
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("it ends with %v", err)
		}
	case <-time.After(time.Minute):
		t.Error("the handler waits for ever")
	}
}

// One that reads slowly, and yet reads, gets all.
func TestASlowReader(t *testing.T) {
	s := streaming(t)
	const size = 4 << 20
	s.handlers["getThing"] = func(c echo.Context) error {
		return c.Stream(http.StatusOK, "application/octet-stream", pattern(size))
	}
	res, err := s.server.Client().Do(s.request(t, http.MethodGet, "/things/a", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	n := int64(0)
	for pauses := 0; ; pauses++ {
		got, err := io.CopyN(io.Discard, res.Body, 1<<20)
		n += got
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if pauses < 3 {
			time.Sleep(500 * time.Millisecond) // longer than the time-outs of the server
		}
	}
	if n != size {
		t.Errorf("%d bytes", n)
	}
}

// A failure before the first byte is told in words; one later is seen by the client, too.
func TestAFailureIsSeen(t *testing.T) {
	s := streaming(t)
	broken := errors.New("the disk is broken")
	s.handlers["getThing"] = func(echo.Context) error { return fault.NewNotFound("thing") }
	if res, text := s.do(t, http.MethodGet, "/things/a", nil); res.StatusCode != 404 || text != string(fault.NotFound) {
		t.Errorf("%d %s", res.StatusCode, text)
	}
	s.handlers["getThing"] = func(c echo.Context) error {
		return c.Stream(http.StatusOK, "application/octet-stream", io.MultiReader(pattern(100_000), failing{broken}))
	}
	res, err := s.server.Client().Do(s.request(t, http.MethodGet, "/things/a", nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = io.ReadAll(res.Body); err == nil {
		t.Error("half of a response looks like the whole")
	}
	_ = res.Body.Close()
	s.server.Close()
	if !strings.Contains(s.log.String(), broken.Error()) {
		t.Errorf("logged: %s", s.log)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// HEAD has the headers, and nothing is read for it.
func TestHeadOfAStream(t *testing.T) {
	s := streaming(t)
	s.handlers["getThing"] = func(c echo.Context) error {
		c.Response().Header().Set("Content-Length", "1000000000000")
		return c.Stream(http.StatusOK, "application/octet-stream", &endless{})
	}
	if res, _ := s.do(t, http.MethodHead, "/things/a", nil); res.StatusCode != 200 || res.ContentLength != 1e12 {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	s.handlers["readNews"] = func(c echo.Context) error {
		_, err := stream.From(c.Request().Context()).Events()
		return err
	}
	res, _ := s.do(t, http.MethodHead, "/news", nil)
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != contract.EventStream {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
}

// A stream in both directions answers while it is sent, and ends in its time.
func TestBothWays(t *testing.T) {
	s := streaming(t)
	s.handlers["convertThing"] = func(c echo.Context) error {
		in := bufio.NewScanner(c.Request().Body)
		c.Response().WriteHeader(http.StatusOK)
		for in.Scan() {
			if _, err := c.Response().Write([]byte(strings.ToUpper(in.Text()) + "\n")); err != nil {
				return err
			}
			c.Response().Flush()
		}
		return in.Err()
	}
	body, send := io.Pipe()
	go func() { _, _ = io.WriteString(send, "one\n") }()
	r := s.request(t, http.MethodPatch, "/things/a", body, "Content-Type", "application/x-ndjson")
	res, err := s.server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	got := bufio.NewReader(res.Body)
	if line, err := got.ReadString('\n'); line != "ONE\n" {
		t.Fatalf("%q %v", line, err)
	}
	go func() { _, _ = io.WriteString(send, "two\n") }()
	if line, err := got.ReadString('\n'); line != "TWO\n" {
		t.Fatalf("%q %v", line, err)
	}
	if rest, err := io.ReadAll(got); err == nil { // x-stream-timeout: 3
		t.Errorf("a transfer that lasts too long looks complete: %q", rest)
	}
	_ = send.Close()
}

// news sends events with numbers from the one after the last that the client has.
func news(until <-chan struct{}) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx := c.Request().Context()
		events, err := stream.From(ctx).Events()
		if err != nil {
			return err
		}
		n := 0
		_, _ = fmt.Sscan(events.LastID(), &n)
		for i := n + 1; i <= n+2; i++ {
			e := stream.Event{ID: fmt.Sprint(i), Type: "tick", Data: []byte("a\nb"), Retry: 2 * time.Second}
			if err := events.Send(e); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-until:
			return nil
		}
	}
}

func (s *streams) listen(t *testing.T, header ...string) (*http.Response, *bufio.Reader) {
	t.Helper()
	res, err := s.server.Client().Do(s.request(t, http.MethodGet, "/news", nil, header...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return res, bufio.NewReader(res.Body)
}

func TestServerSentEvents(t *testing.T) {
	s := streaming(t)
	until := make(chan struct{})
	s.handlers["readNews"] = news(until)
	res, body := s.listen(t, "Last-Event-ID", "41")
	headers := map[string]string{
		"Content-Type": contract.EventStream, "Cache-Control": "no-store", "X-Accel-Buffering": "no",
	}
	for name, want := range headers {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	const tick = "event: tick\nretry: 2000\ndata: a\ndata: b\n\n"
	const want = "id: 42\n" + tick + "id: 43\n" + tick + ":\n\n"
	got := make([]byte, len(want))
	if _, err := io.ReadFull(body, got); err != nil || string(got) != want { // with a heartbeat, after a second
		t.Fatalf("%q %v", got, err)
	}
	close(until)
	if _, err := io.ReadAll(body); err != nil {
		t.Errorf("the end of the events: %v", err)
	}
	res, _ = s.do(t, http.MethodGet, "/news", nil, "Last-Event-ID", strings.Repeat("x", 101))
	if res.StatusCode != 422 {
		t.Errorf("an id that is too long: %d", res.StatusCode)
	}
}

// When the server stops, event streams end at once, as they should, and transfers go on.
func TestEventsEndWithTheServer(t *testing.T) {
	s := streaming(t)
	s.handlers["readNews"] = news(nil)
	sending, finish := make(chan struct{}), make(chan struct{})
	s.handlers["getThing"] = func(c echo.Context) error {
		_, _ = c.Response().Write([]byte("one"))
		c.Response().Flush()
		close(sending)
		<-finish
		_, err := c.Response().Write([]byte(" two"))
		return err
	}
	transfer, err := s.server.Client().Do(s.request(t, http.MethodGet, "/things/a", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = transfer.Body.Close() }()
	<-sending
	_, body := s.listen(t)
	if line, err := body.ReadString('\n'); line != "id: 1\n" {
		t.Fatalf("%q %v", line, err)
	}
	s.closing()
	if _, err := io.ReadAll(body); err != nil {
		t.Errorf("the events end with %v", err)
	}
	close(finish)
	if text, err := io.ReadAll(transfer.Body); string(text) != "one two" || err != nil {
		t.Errorf("the transfer: %q %v", text, err)
	}
}

// An org has a share of the streams that may be open; what is closed is free again.
func TestStreamsAreShared(t *testing.T) {
	pool := share.New("streams of a test", 6, share.Options{})
	s := streaming(t, func(e *edge.Edge) { e.Streams = pool })
	s.handlers["readNews"] = news(nil)
	var open []*http.Response
	for {
		res, _ := s.listen(t)
		if res.StatusCode == http.StatusOK {
			open = append(open, res)
			continue
		}
		if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" {
			t.Errorf("%d %v", res.StatusCode, res.Header)
		}
		break
	}
	if len(open) != 4 {
		t.Errorf("one org has %d of 6", len(open))
	}
	mine := s.tenant
	s.tenant = s.Tenant(t, plan.Enterprise)
	if res, _ := s.listen(t); res.StatusCode != http.StatusOK {
		t.Errorf("another org: %d", res.StatusCode)
	}
	s.tenant = mine
	_ = open[0].Body.Close()
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if res, _ := s.listen(t); res.StatusCode == http.StatusOK {
			return
		}
		if time.Now().After(end) {
			t.Fatal("what was closed is not free again")
		}
	}
}

// Whose credentials end has no stream any longer: neither events nor a transfer.
func TestTheCallerOfAStreamIsLockedOut(t *testing.T) {
	s := streaming(t, func(e *edge.Edge) { e.Recheck = 20 * time.Millisecond })
	s.handlers["readNews"] = news(nil)
	k := newKeep()
	s.handlers["putThing"] = k.handle
	conn := s.raw(t, http.MethodPut, "/things/a", "Content-Length: 100")
	if _, err := io.WriteString(conn, "x"); err != nil {
		t.Fatal(err)
	}
	for k.calls.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	_, body := s.listen(t)
	if line, err := body.ReadString('\n'); line != "id: 1\n" {
		t.Fatalf("%q %v", line, err)
	}
	s.revoke(t)
	if _, err := io.ReadAll(body); err != nil {
		t.Errorf("the events end with %v", err)
	}
	k.refused(t, fault.Unauthenticated)
	if res := answer(t, conn); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("the transfer: %d", res.StatusCode)
	}
	if res, _ := s.listen(t); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a new stream: %d", res.StatusCode)
	}
}

// revoke revokes the key of the tenant.
func (s *streams) revoke(t *testing.T) {
	t.Helper()
	p, err := s.Keys.Authenticate(t.Context(), s.tenant.Key, netip.AddrFrom4([4]byte{127, 0, 0, 1}))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Keys.Revoke(s.tenant.As(), s.tenant.Org.ID, p.ID); err != nil {
		t.Fatal(err)
	}
}

// The work of a handler before and after the stream has the time of a request.
func TestTheWorkAroundAStreamIsBounded(t *testing.T) {
	s := streaming(t, func(e *edge.Edge) { e.Timeout = 500 * time.Millisecond })
	hang := func(c echo.Context) error {
		<-c.Request().Context().Done()
		return fmt.Errorf("ask the database: %w", c.Request().Context().Err())
	}
	s.handlers["getThing"] = hang
	if res, text := s.do(t, http.MethodGet, "/things/a", nil); res.StatusCode != 503 || text != string(fault.Timeout) {
		t.Errorf("before a response: %d %s", res.StatusCode, text)
	}
	s.handlers["putThing"] = func(c echo.Context) error {
		if _, err := io.Copy(io.Discard, c.Request().Body); err != nil {
			return err
		}
		return hang(c)
	}
	res, text := s.put(t, strings.NewReader("hello"))
	if res.StatusCode != 503 || text != string(fault.Timeout) {
		t.Errorf("after a request: %d %s", res.StatusCode, text)
	}
	s.handlers["getThing"] = func(c echo.Context) error {
		c.Response().WriteHeader(http.StatusOK)
		select {
		case <-c.Request().Context().Done():
		case <-time.After(time.Second):
		}
		_, err := c.Response().Write([]byte("done"))
		return err
	}
	if res, text := s.do(t, http.MethodGet, "/things/a", nil); res.StatusCode != 200 || text != "done" {
		t.Errorf("while it is sent: %d %s", res.StatusCode, text)
	}
}

// With HTTP/2 a time that passes while nobody reads or writes must not end the stream.
func TestStreamsOverHTTP2(t *testing.T) {
	s := streaming(t, impatient, func(e *edge.Edge) { e.TLS = true })
	k := newKeep()
	s.handlers["putThing"] = func(c echo.Context) error {
		if c.Request().ProtoMajor != 2 {
			t.Error("it is not HTTP/2")
		}
		var first [1]byte
		if _, err := io.ReadFull(c.Request().Body, first[:]); err != nil {
			return err
		}
		time.Sleep(patience + patience/2)
		return k.handle(c)
	}
	if res, text := s.put(t, pattern(1<<20)); res.StatusCode != 201 {
		t.Errorf("a slow handler: %d %s", res.StatusCode, text)
	}
	<-k.kept
	body, send := io.Pipe()
	go func() { _, _ = io.WriteString(send, "hello") }()
	if res, text := s.put(t, body); res.StatusCode != 503 {
		t.Errorf("a slow sender: %d %s", res.StatusCode, text)
	}
	k.refused(t, fault.Timeout)
	// A response with a pause, whose reader then does not read.
	ended := make(chan error, 1)
	s.handlers["getThing"] = func(c echo.Context) error {
		c.Response().WriteHeader(http.StatusOK)
		c.Response().Flush()
		time.Sleep(patience + patience/2)
		_, err := io.Copy(c.Response(), &endless{})
		ended <- err
		return err
	}
	res, err := s.server.Client().Do(s.request(t, http.MethodGet, "/things/a", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if _, err := io.ReadFull(res.Body, make([]byte, 1000)); err != nil {
		t.Errorf("after a pause: %v", err)
	}
	select {
	case err := <-ended:
		if err == nil {
			t.Error("an endless response has an end")
		}
	case <-time.After(time.Minute):
		t.Error("the handler waits for ever")
	}
}

// A bundle that asks for a stream which could not be one is refused.
func TestStreamsThatAreRefused(t *testing.T) {
	bundle, err := os.ReadFile("testdata/streams.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][3]string{
		{`"x-stream": "request"`, `"x-stream": "upload"`, "is not supported"},
		{`"x-stream": "request", "x-max-body": 1000`, `"x-stream": "request"`, "x-max-body"},
		{`"x-max-body": 1000`, `"x-transaction": true, "x-max-body": 1000`, "x-transaction"},
		{`"x-stream": "request"`, `"x-stream": "both"`, "Idempotency-Key"},
		{`"x-stream": "request", "x-max-body": 1000`, `"x-stream": "response"`, "not JSON"},
		{`"application/x-ndjson"`, `"application/json"`, "cannot be a stream"},
		{`"application/x-ndjson"`, `"text/plain"`, "cannot be a stream"},
		{`"x-stream": "events", "x-stream-heartbeat": 1`, `"x-stream": "response"`, "go together"},
		{`"x-stream": "response"`, `"x-stream": "events"`, "go together"},
		{`"x-stream": "events", "x-stream-heartbeat": 1`, `"x-rate-limit": "none"`, "needs x-stream"},
		{`"x-stream-heartbeat": 1`, `"x-stream-heartbeat": "1s"`, "seconds"},
		{`"x-stream-timeout": 3`, `"x-stream-timeout": 0`, "seconds"},
		{`"x-stream-timeout": 3`, `"x-stream-heartbeat": 1`, "x-stream: events"},
		{`"x-stream": "response"`, `"x-stream-timeout": 5`, "x-stream"},
	} {
		_, err := contract.Load(streamsModule(bytes.Replace(bundle, []byte(c[0]), []byte(c[1]), 1)))
		if err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%s: %v", c[1], err)
		}
	}
}
