package validate

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/openapi"
)

// The benchmarks are requests of the published bundle, as partners send them, so that what
// docs/benchmarks.md says is what a caller gets.

const benchOrg = "http://api.example/v2/orgs/org_01KA8XQ4T2E7RZ9V3M6WB5CD1F"

func benchBundle(b *testing.B) *openapi3.T {
	b.Helper()
	bundle, ok := openapi.JSON("platform")
	if !ok {
		b.Fatal("no bundle")
	}
	doc, err := openapi3.NewLoader().LoadFromData(bundle)
	if err != nil {
		b.Fatal(err)
	}
	return doc
}

// benchWorkspace is a body of createWorkspace, 1 KB.
func benchWorkspace() string {
	var flags []string
	for i := range 26 {
		flags = append(flags, fmt.Sprintf(`"feature_of_the_editor_%02d":%v`, i, i%2 == 0))
	}
	return `{"name":"Growth team of the northern region","slug":"growth-north","settings":{"retention_days":90,` +
		`"regions":["eu-central","eu-west","us-east"],"feature_flags":{` + strings.Join(flags, ",") + `}}}`
}

// benchKey is a body of createKey, 1 KB.
func benchKey() string {
	var nets []string
	for i := range 24 {
		nets = append(nets, fmt.Sprintf(`"203.0.%d.0/24","2001:db8:%x::/48"`, 100+i, 4096+i))
	}
	return `{"name":"Continuous integration of the northern region","scopes":["workspaces:read","workspaces:write",` +
		`"members:read","audit:read"],` +
		`"tier":"pro","expires_at":"2027-01-31T15:04:05Z","allowed_ips":[` + strings.Join(nets, ",") + `]}`
}

// benchCase is one request and both validators of its operation.
type benchCase struct {
	ops   map[string]*Operation
	id    string
	route *routers.Route
	req   *http.Request
	path  map[string]string
	body  string
}

func newBenchCase(b *testing.B, doc *openapi3.T, method, target, body string) *benchCase {
	b.Helper()
	ops, err := Compile(doc)
	if err != nil {
		b.Fatal(err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		b.Fatal(err)
	}
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	if body == "" {
		req.Body, req.ContentLength = http.NoBody, 0
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	route, path, err := router.FindRoute(req)
	if err != nil {
		b.Fatal(err)
	}
	return &benchCase{ops: ops, id: route.Operation.OperationID, route: route, req: req, path: path, body: body}
}

func (bc *benchCase) run(b *testing.B) {
	rd := strings.NewReader(bc.body)
	closer := io.NopCloser(rd)
	rewind := func() {
		if bc.body != "" {
			rd.Reset(bc.body)
			bc.req.Body, bc.req.ContentLength = closer, int64(len(bc.body))
		}
	}
	b.Run("alania", func(b *testing.B) {
		op := bc.ops[bc.id]
		path := func(name string) string { return bc.path[name] }
		b.ReportAllocs()
		for b.Loop() {
			rewind()
			if _, err := op.Request(bc.req, path, 1<<20); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("openapi3filter", func(b *testing.B) {
		options := &openapi3filter.Options{MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
		b.ReportAllocs()
		for b.Loop() {
			rewind()
			input := &openapi3filter.RequestValidationInput{
				Request: bc.req, PathParams: bc.path, Route: bc.route, Options: options,
				QueryParams: url.Values(bc.req.URL.Query()),
			}
			if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkListWorkspaces(b *testing.B) {
	newBenchCase(b, benchBundle(b), "GET",
		benchOrg+"/workspaces?filter%5Bstatus%5D=active&filter%5Bname%5D=Growth+team&limit=50&sort=-created_at", "").run(b)
}

func BenchmarkListAuditEntries(b *testing.B) {
	newBenchCase(b, benchBundle(b), "GET",
		benchOrg+"/audit?filter%5Baction%5D=key.revoked&filter%5Bsince%5D=2026-01-31T15:04:05Z&limit=50&sort=-created_at",
		"").run(b)
}

func BenchmarkCreateWorkspace(b *testing.B) {
	newBenchCase(b, benchBundle(b), "POST", benchOrg+"/workspaces", benchWorkspace()).run(b)
}

func BenchmarkCreateKey(b *testing.B) {
	newBenchCase(b, benchBundle(b), "POST", benchOrg+"/keys", benchKey()).run(b)
}

// BenchmarkInvalid is a body with three violations, all of which are found and worded.
func BenchmarkInvalid(b *testing.B) {
	ops, err := Compile(benchBundle(b))
	if err != nil {
		b.Fatal(err)
	}
	op := ops["createWorkspace"]
	body := strings.NewReplacer(`"retention_days":90`, `"retention_days":0`, "us-east", "us-elsewhere", `"slug"`,
		`"slag"`).Replace(benchWorkspace())
	path := func(string) string { return "org_01KA8XQ4T2E7RZ9V3M6WB5CD1F" }
	rd := strings.NewReader(body)
	req := httptest.NewRequest("POST", benchOrg+"/workspaces", rd)
	req.Header.Set("Content-Type", "application/json")
	b.ReportAllocs()
	for b.Loop() {
		rd.Reset(body)
		req.Body, req.ContentLength = io.NopCloser(rd), int64(len(body))
		if _, err := op.Request(req, path, 1<<20); len(short(err.(*fault.Error).Violations)) == 0 {
			b.Fatal("valid")
		}
	}
}

// TestBenchmarkBodies keeps the bodies at the size that the benchmarks are told of.
func TestBenchmarkBodies(t *testing.T) {
	for name, body := range map[string]string{"createWorkspace": benchWorkspace(), "createKey": benchKey()} {
		if n := len(body); n < 900 || n > 1300 {
			t.Errorf("%s has %d bytes", name, n)
		}
	}
}
