package validate

import (
	"context"
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
)

const benchDoc = docHead + `
"servers":[{"url":"http://api.example"}],
"paths":{
 "/things":{
  "get":{"operationId":"listThings","parameters":[
    {"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":100}},
    {"name":"state","in":"query","schema":{"type":"string","enum":["active","paused","archived"]}},
    {"name":"org","in":"query","schema":{"type":"string","pattern":"^org_[0-9A-HJKMNP-TV-Z]{26}$"}},
    {"name":"since","in":"query","schema":{"type":"string","format":"date-time"}}],
   "responses":{"200":{"description":"ok"}}},
  "post":{"operationId":"createThing","requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Thing"}}}},
   "responses":{"201":{"description":"ok"}}}}},
"components":{"schemas":{
 "Thing":{"type":"object","additionalProperties":false,"required":["id","name","owner","members","settings"],"properties":{
  "id":{"type":"string","format":"uuid"},
  "name":{"type":"string","minLength":1,"maxLength":100},
  "description":{"type":["string","null"],"maxLength":1000},
  "state":{"type":"string","enum":["active","paused","archived"]},
  "owner":{"$ref":"#/components/schemas/Person"},
  "members":{"type":"array","maxItems":50,"items":{"$ref":"#/components/schemas/Person"}},
  "tags":{"type":"array","uniqueItems":true,"items":{"type":"string","pattern":"^[a-z0-9]+(-[a-z0-9]+)*$"}},
  "settings":{"type":"object","additionalProperties":false,"properties":{
    "retries":{"type":"integer","minimum":0,"maximum":10},
    "ratio":{"type":"number","exclusiveMinimum":0,"maximum":1},
    "notify":{"type":"boolean"},
    "starts_at":{"type":"string","format":"date-time"}}}}},
 "Person":{"type":"object","additionalProperties":false,"required":["id","email"],"properties":{
  "id":{"type":"string","format":"uuid"},
  "email":{"type":"string","format":"email"},
  "role":{"type":"string","enum":["owner","admin","editor","viewer"]},
  "age":{"type":"integer","format":"int32","minimum":0}}}}}}`

const benchQuery = "limit=50&state=active&org=org_01HZY3QK5V8B9N2M4P6R7S8T9W&since=2026-01-31T15:04:05Z"

var benchBody = `{"id":"01932c07-209c-7ac6-8e1f-2d4b7d2b7a11","name":"Quarterly report","description":"` + strings.Repeat("Numbers and words. ", 12) +
	`","state":"active","owner":{"id":"01932c07-209c-7ac6-8e1f-2d4b7d2b7a12","email":"ada@example.com","role":"owner","age":36},` +
	`"members":[{"id":"01932c07-209c-7ac6-8e1f-2d4b7d2b7a13","email":"bob@example.com","role":"admin","age":41},` +
	`{"id":"01932c07-209c-7ac6-8e1f-2d4b7d2b7a14","email":"eve@example.com","role":"editor","age":29},` +
	`{"id":"01932c07-209c-7ac6-8e1f-2d4b7d2b7a15","email":"joe@example.com","role":"viewer","age":52},` +
	`{"id":"01932c07-209c-7ac6-8e1f-2d4b7d2b7a16","email":"kim@example.com","role":"viewer"}],` +
	`"tags":["finance","q3","board-pack"],"settings":{"retries":3,"ratio":0.75,"notify":true,"starts_at":"2026-01-31T15:04:05Z"}}`

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
				Request: bc.req, PathParams: bc.path, Route: bc.route, Options: options, QueryParams: url.Values(bc.req.URL.Query()),
			}
			if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkGETFourParams(b *testing.B) {
	newBenchCase(b, loadDoc(b, benchDoc), "GET", "http://api.example/things?"+benchQuery, "").run(b)
}

func BenchmarkPOST1KB(b *testing.B) {
	newBenchCase(b, loadDoc(b, benchDoc), "POST", "http://api.example/things", benchBody).run(b)
}

func BenchmarkPOST1KBInvalid(b *testing.B) {
	op := compileDoc(b, benchDoc)["createThing"]
	body := strings.NewReplacer("kim@example.com", "kim", `"retries":3`, `"retries":30`, `"notify"`, `"notifi"`).Replace(benchBody)
	rd := strings.NewReader(body)
	req := httptest.NewRequest("POST", "http://api.example/things", rd)
	req.Header.Set("Content-Type", "application/json")
	b.ReportAllocs()
	for b.Loop() {
		rd.Reset(body)
		req.Body, req.ContentLength = io.NopCloser(rd), int64(len(body))
		if _, err := op.Request(req, noPath, 1<<20); err == nil {
			b.Fatal("valid")
		}
	}
}
