package edge_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/edge"
)

// start runs a handler with the edge on a server, and returns what the edge logs and measures.
func start(t *testing.T, handler echo.HandlerFunc) (*httptest.Server, *bytes.Buffer, *prometheus.Registry) {
	t.Helper()
	c, err := contract.Load(module(bundle))
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	registry := prometheus.NewRegistry()
	e := &edge.Edge{
		Contracts: []*contract.Contract{c}, Limiter: limit.NewLocal(time.Now), Metrics: edge.NewMetrics(registry),
		Log: slog.New(slog.NewJSONHandler(&log, nil)), Now: time.Now, Timeout: time.Minute,
	}
	router := echo.New()
	e.Install(router)
	router.GET("/thing", handler)
	router.POST("/thing", handler)
	server := httptest.NewServer(edge.Head(router))
	t.Cleanup(server.Close)
	return server, &log, registry
}

func TestHeadIsGetWithoutContent(t *testing.T) {
	server, log, _ := start(t, func(c echo.Context) error { return c.String(http.StatusOK, strings.Repeat("x", 1000)) })
	answers := map[string]*http.Response{}
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodDelete} {
		req, _ := http.NewRequest(method, server.URL+"/thing", nil)
		res, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if method == http.MethodHead && len(b) > 0 {
			t.Errorf("HEAD has content: %s", b)
		}
		answers[method] = res
	}
	get, head := answers[http.MethodGet], answers[http.MethodHead]
	if head.StatusCode != 200 || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") ||
		head.ContentLength != get.ContentLength {
		t.Errorf("%d %v", head.StatusCode, head.Header)
	}
	if refused := answers[http.MethodDelete]; refused.StatusCode != 405 ||
		!strings.Contains(refused.Header.Get("Allow"), "HEAD") {
		t.Errorf("%d, Allow: %s", refused.StatusCode, refused.Header.Get("Allow"))
	}
	server.Close()
	if !strings.Contains(log.String(), `"method":"HEAD"`) {
		t.Errorf("the log does not tell HEAD from GET: %s", log)
	}
}

// A client that hangs up is 499, and no error of ours.
func TestClientHangsUp(t *testing.T) {
	began, ended := make(chan struct{}), make(chan struct{})
	server, log, registry := start(t, func(c echo.Context) error {
		close(began)
		<-c.Request().Context().Done()
		defer close(ended)
		return fmt.Errorf("ask the database: %w", c.Request().Context().Err())
	})
	ctx, hangUp := context.WithCancel(t.Context())
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/thing", nil)
	go func() { <-began; hangUp() }()
	if res, err := server.Client().Do(req); err == nil {
		_ = res.Body.Close()
		t.Fatal("an answer")
	}
	<-ended
	server.Close() // waits for the handler, and so for the log
	if !strings.Contains(log.String(), `"level":"INFO"`) || !strings.Contains(log.String(), `"status":499`) ||
		strings.Contains(log.String(), "ERROR") {
		t.Errorf("logged: %s", log)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprint(families); !strings.Contains(text, `"499"`) || strings.Contains(text, `"503"`) {
		t.Errorf("measured: %s", text)
	}
}

// A client that sends a large body and reads when it has written sees why it is refused.
func TestRefusalOfALargeBodyArrives(t *testing.T) {
	server, _, _ := start(t, func(echo.Context) error { return echo.ErrStatusRequestEntityTooLarge })
	for name, c := range map[string]struct {
		head  string
		sends int
	}{
		"with its length": {"Content-Length: 50000000\r\n", 50_000_000},
		"in a chunk":      {"Transfer-Encoding: chunked\r\n", 20_000_000},
	} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(time.Minute))
		body := make([]byte, c.sends)
		text := "POST /thing HTTP/1.1\r\nHost: x\r\n" + c.head + "\r\n"
		if strings.HasPrefix(c.head, "Transfer") {
			text += fmt.Sprintf("%x\r\n", c.sends)
		}
		if _, err := conn.Write(append([]byte(text), body...)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if strings.HasPrefix(c.head, "Transfer") {
			_, _ = io.WriteString(conn, "\r\n0\r\n\r\n")
		}
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || res.StatusCode != 500 { // the dialect of the test has no other status for it
			t.Errorf("%s: %v %v", name, res, err)
		}
		_ = conn.Close()
	}
	// Who asks first is answered first, and sends nothing.
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	start := time.Now()
	_, _ = io.WriteString(conn,
		"POST /thing HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 50000000\r\n\r\n")
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || res.StatusCode != 500 || time.Since(start) > 5*time.Second {
		t.Errorf("with Expect: %v %v after %v", res, err, time.Since(start))
	}
}

// What fails after the response has begun cuts the connection: no client takes half of it for
// the whole.
func TestAFailureAfterTheBeginning(t *testing.T) {
	server, log, _ := start(t, func(c echo.Context) error {
		_, _ = c.Response().Write([]byte("half"))
		c.Response().Flush()
		return fmt.Errorf("read the rest: %w", io.ErrNoProgress)
	})
	res, err := server.Client().Get(server.URL + "/thing")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(res.Body); err == nil {
		t.Errorf("%q looks like all of it", text)
	}
	_ = res.Body.Close()
	server.Close()
	if !strings.Contains(log.String(), "read the rest") {
		t.Errorf("logged: %s", log)
	}
}
