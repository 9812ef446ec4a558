package edge_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/edge"
)

// versioned has three versions, and an operation that each of the later ones has changed.
const versioned = `{
	"openapi": "3.1.0", "info": {"title": "Versioned", "version": "1", "x-contract": "test"}, "x-version-header": "X-Version",
	"components": {"parameters": {"Version": {"name": "X-Version", "in": "header", "required": true,
		"schema": {"type": "string", "enum": ["2024-01-01", "2025-01-01", "2026-01-01"]}}}},
	"paths": {
		"/things/{id}": {"get": {"operationId": "getThing", "x-since": "2026-01-01", "x-before": "getThing2025", OP}},
		"/2025/things/{id}": {"get": {"operationId": "getThing2025", "x-since": "2025-01-01", "x-before": "getThing2024", OP}},
		"/2024/things/{id}": {"get": {"operationId": "getThing2024", OP}},
		"/news/{id}": {"get": {"operationId": "getNews", "x-since": "2025-01-01", OP}}
	}
}`

const versionedOperation = `"security": [], "parameters": [{"$ref": "#/components/parameters/Version"},
	{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}], "responses": {"200": {"description": "ok"}}`

// The version that a request names decides which operation it means. The next version of the API is YAML alone.
func TestVersions(t *testing.T) {
	c, err := contract.Load(module(strings.ReplaceAll(versioned, "OP", versionedOperation)))
	if err != nil {
		t.Fatal(err)
	}
	e := &edge.Edge{
		Contracts: []*contract.Contract{c}, Limiter: limit.NewLocal(time.Now),
		Metrics: edge.NewMetrics(prometheus.NewRegistry()), Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Timeout: time.Minute,
	}
	router := echo.New()
	e.Install(router)
	routes := contract.NewRouter(router, c)
	for _, op := range c.Operations {
		routes.Add(op.Method, contract.Route(op.Path), func(c echo.Context) error {
			return c.String(http.StatusOK, op.ID+" "+c.Param("id"))
		}, e.Operation(op))
	}
	for _, c := range []struct {
		path     string
		versions []string
		want     string
	}{
		{"/things/a", []string{"2026-01-01"}, "200 getThing a"},
		{"/things/a", []string{"2025-01-01"}, "200 getThing2025 a"},
		{"/things/a", []string{"2024-01-01"}, "200 getThing2024 a"},
		{"/2025/things/a", []string{"2026-01-01"}, "200 getThing2025 a"},
		{"/news/a", []string{"2025-01-01"}, "200 getNews a"},
		{"/news/a", []string{"2026-01-01"}, "200 getNews a"},
		{"/news/a", []string{"2024-01-01"}, "404 route_not_found"},
		{"/news/a", []string{"2024-06-01"}, "400 malformed"},
		{"/news/a", []string{"2024-01-01", "2024-01-01"}, "400 malformed"},
		{"/news/a", nil, "400 malformed"},
	} {
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Header["X-Version"] = c.versions
		w := httptest.NewRecorder()
		router.ServeHTTP(w, r)
		if got := strconv.Itoa(w.Code) + " " + w.Body.String(); got != c.want {
			t.Errorf("%s in %v: %s, not %s", c.path, c.versions, got, c.want)
		}
	}
}

// A bundle whose versions make no sense is refused at the start.
func TestVersionsThatAreNone(t *testing.T) {
	good := strings.ReplaceAll(versioned, "OP", versionedOperation)
	for name, change := range map[string][2]string{
		"unknown version":      {`"x-since": "2026-01-01"`, `"x-since": "2026-02-01"`},
		"unknown operation":    {`"x-before": "getThing2025"`, `"x-before": "getThing2023"`},
		"itself":               {`"x-before": "getThing2025"`, `"x-before": "getThing"`},
		"other parameters":     {`"/2025/things/{id}"`, `"/2025/things/{id}/{more}"`},
		"no version before it": {`"x-since": "2026-01-01"`, `"x-since": "2025-01-01"`},
		"before without since": {`"x-since": "2026-01-01", `, ``},
		"no versions":          {`"enum": ["2024-01-01", "2025-01-01", "2026-01-01"]`, `"maxLength": 10`},
	} {
		changed := strings.Replace(good, change[0], change[1], 1)
		if _, err := contract.Load(module(changed)); changed == good || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
