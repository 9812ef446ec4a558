package edge_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/edge"
)

// bundle has one operation that every site may call, with a limit of its own, among others.
const bundle = `{
	"openapi": "3.1.0", "info": {"title": "Test", "version": "1", "x-contract": "test"},
	"paths": {
		"/open/{id}": {
			"get": {"operationId": "readOpen", "security": [], "x-cors": "any", "responses": {"200": {"description": "ok"}},
				"parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]},
			"post": {"operationId": "writeOpen", "security": [], "x-cors": "any", "x-rate-limit": "address", "responses": {"200": {"description": "ok"}},
				"parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]},
			"delete": {"operationId": "closed", "security": [], "responses": {"200": {"description": "ok"}},
				"parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]}
		},
		"/closed": {"get": {"operationId": "other", "security": [], "responses": {"200": {"description": "ok"}}}}
	}
}`

type dialect struct{}

func (dialect) Render(_ *contract.Operation, e *fault.Error, _, _ string) contract.Failure {
	status := map[fault.Code]int{
		fault.RateLimited: 429, fault.ValidationFailed: 422, fault.MethodNotAllowed: 405, fault.RouteNotFound: 404,
		fault.Malformed: 400,
	}[e.Code]
	if status == 0 {
		status = 500
	}
	return contract.Failure{Status: status, ContentType: "text/plain", Body: []byte(e.Code)}
}

func module(bundle string) contract.Module {
	return contract.Module{Name: "test", Bundle: []byte(bundle), Dialect: dialect{}}
}

// serve runs the edge over the bundle with a clock that stands.
func serve(t *testing.T) *echo.Echo {
	t.Helper()
	c, err := contract.Load(module(bundle))
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return noon }
	e := &edge.Edge{
		Contracts: []*contract.Contract{c}, Limiter: limit.NewLocal(now), Metrics: edge.NewMetrics(prometheus.NewRegistry()),
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: now, Timeout: time.Minute,
	}
	router := echo.New()
	e.Install(router)
	for _, op := range c.Operations {
		path := strings.NewReplacer("{", ":", "}", "").Replace(op.Path)
		router.Add(op.Method, path, func(c echo.Context) error { return c.NoContent(http.StatusOK) }, e.Operation(op))
	}
	e.Preflight(router, c)
	return router
}

func call(router http.Handler, method, target, from string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	r.RemoteAddr = from + ":1234"
	r.Header.Set("Origin", "https://shop.example")
	r.Header.Set("Access-Control-Request-Method", "POST")
	w := httptest.NewRecorder()
	router.ServeHTTP(w, r)
	return w
}

func TestCORS(t *testing.T) {
	router := serve(t)
	for _, c := range []struct {
		method, target string
		status         int
		open           bool
		methods        string
	}{
		{http.MethodOptions, "/open/a", 204, true, "GET, POST"},
		{http.MethodGet, "/open/a", 200, true, ""},
		{http.MethodPost, "/open/a", 200, true, ""},
		{http.MethodPost, "/open/a?no_such=1", 422, true, ""}, // errors are to be read as well
		{http.MethodDelete, "/open/a", 200, false, ""},        // the same path, and not for others
		{http.MethodGet, "/closed", 200, false, ""},
		{http.MethodOptions, "/closed", 204, false, ""}, // says which methods there are, and allows nothing
		{http.MethodOptions, "/nowhere", 404, false, ""},
	} {
		w := call(router, c.method, c.target, "192.0.2.1")
		h := w.Header()
		// A browser takes an answer to a call with credentials only when it names the page's origin.
		if w.Code != c.status || (h.Get("Access-Control-Allow-Origin") == "https://shop.example") != c.open ||
			h.Get("Access-Control-Allow-Methods") != c.methods {
			t.Errorf("%s %s: %d %v %s", c.method, c.target, w.Code, h, w.Body)
		}
		if c.open && !strings.Contains(h.Get("Access-Control-Expose-Headers"), "Retry-After") ||
			(h.Get("Access-Control-Allow-Credentials") == "true") != c.open || (h.Get("Vary") == "Origin") != c.open {
			t.Errorf("%s %s: %v", c.method, c.target, h)
		}
		if c.methods != "" &&
			(!strings.Contains(h.Get("Access-Control-Allow-Headers"), "Content-Type") || h.Get("Access-Control-Max-Age") == "" ||
				w.Body.Len() > 0 || h.Get("X-Request-Id") == "") {
			t.Errorf("preflight: %v %s", h, w.Body)
		}
	}
}

// Without an origin any may read the answer, and none with credentials.
func TestCORSWithoutOrigin(t *testing.T) {
	w := httptest.NewRecorder()
	serve(t).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/open/a", nil))
	if h := w.Header(); w.Code != 200 || h.Get("Access-Control-Allow-Origin") != "*" ||
		h.Get("Access-Control-Allow-Credentials") != "" || h.Get("Vary") != "Origin" {
		t.Errorf("%d %v", w.Code, h)
	}
}

// An operation with a limit by address admits 300 a minute of each, and takes nothing from
// the limit of the others.
func TestLimitByAddress(t *testing.T) {
	router := serve(t)
	var mu sync.Mutex
	by := map[int]int{}
	var wg sync.WaitGroup
	for range 400 {
		wg.Go(func() {
			w := call(router, http.MethodPost, "/open/a", "192.0.2.1")
			h := w.Header()
			if remaining, err := strconv.Atoi(h.Get("X-RateLimit-Remaining")); h.Get("X-RateLimit-Limit") != "300" ||
				err != nil || remaining > 300 {
				t.Errorf("%v", h)
			}
			if w.Code == 429 && h.Get("Retry-After") == "" {
				t.Errorf("%v", h)
			}
			mu.Lock()
			by[w.Code]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if by[200] != 300 || by[429] != 100 {
		t.Errorf("%v", by)
	}
	for _, c := range []struct {
		method, target, from string
	}{
		{http.MethodPost, "/open/a", "192.0.2.2"}, {http.MethodGet, "/open/a", "192.0.2.1"},
		{http.MethodGet, "/closed", "192.0.2.1"}, {http.MethodOptions, "/open/a", "192.0.2.1"},
	} {
		if w := call(router, c.method, c.target, c.from); w.Code >= 400 {
			t.Errorf("%s %s from %s: %d", c.method, c.target, c.from, w.Code)
		}
	}
	if w := call(router, http.MethodPost, "/open/b", "192.0.2.1"); w.Code != 429 {
		t.Errorf("another resource of the operation: %d", w.Code)
	}
}

// A bundle that asks for what the edge cannot do is refused, not served without.
func TestUnknownExtensions(t *testing.T) {
	for _, c := range [][2]string{{`"x-cors": "any"`, `"x-cors": "https://shop.example"`},
		{`"readOpen", "security": []`, `"readOpen", "security": [{"oauth2": ["a:read"]}]`}, {
			`"x-rate-limit": "address"`, `"x-rate-limit": "adress"`,
		}} {
		if _, err := contract.Load(module(strings.ReplaceAll(bundle, c[0], c[1]))); err == nil ||
			!strings.Contains(err.Error(), "is not supported") {
			t.Errorf("%s: %v", c[1], err)
		}
	}
}
