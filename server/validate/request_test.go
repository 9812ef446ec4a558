package validate

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/openapi"
	"github.com/getkin/kin-openapi/openapi3"
)

// oneOp is a document with one operation: its parameters and requestBody as JSON.
func oneOp(path, params, body string) string {
	if body != "" {
		body = `,"requestBody":` + body
	}
	return docHead + `"paths":{"` + path + `":{"post":{"operationId":"op","parameters":[` + params + `]` + body +
		`,"responses":{"200":{"description":"ok"}}}}}}`
}

func query(name, schema string, more ...string) string {
	return `{"name":"` + name + `","in":"query","schema":` + schema + strings.Join(more, "") + `}`
}

func TestQuery(t *testing.T) {
	const (
		integer = `{"type":"integer","minimum":1,"maximum":100}`
		words   = `{"type":"array","items":{"type":"string","minLength":1},"maxItems":3}`
		ints    = `{"type":"array","items":{"type":"integer"}}`
	)
	for _, tc := range []struct{ params, raw, want string }{
		{query("n", integer), "", ""},
		{query("n", integer), "n=5", ""},
		{query("n", integer), "&&n=5&", ""},
		{query("n", integer), "%6e=%35", ""},
		{query("n", integer), "n=0", "query /n minimum"},
		{query("n", integer), "n=", "query /n type"},
		{query("n", integer), "n", "query /n type"},
		{query("n", integer), "n=1.0", "query /n type"},
		{query("n", integer), "n=05", "query /n type"},
		{query("n", integer), "n=+5", "query /n type"},
		{query("n", integer), "n=x", "query /n type"},
		{query("n", integer), "n=1&n=2", "query /n duplicate"},
		{query("n", integer), "m=1", "query /m unknown_parameter"},
		{query("n", integer), "a/b~=1", "query /a~1b~0 unknown_parameter"},
		{query("n", integer), strings.Repeat("é", 70) + "=1", "query /" + strings.Repeat("é", 64) + " unknown_parameter"},
		{query("n", integer), "n=%zz", "malformed"},
		{query("n", integer), "n=%4", "malformed"},
		{query("n", integer), "n=%ff", "malformed"},
		{query("n", integer), "%ff=1", "malformed"},
		{query("n", integer), "n=1;m=2", "malformed"},
		{query("n", integer, `,"required":true`), "", "query /n required"},
		{query("n", integer, `,"required":true`), "m=1", "query /m unknown_parameter; query /n required"},
		{query("n", `{"type":"integer","format":"int32"}`), "n=2147483648", "query /n format"},
		{query("n", `{"type":"number"}`), "n=1.5e3", ""},
		{query("n", `{"type":"number"}`), "n=NaN", "query /n type"},
		{query("b", `{"type":"boolean"}`), "b=true", ""},
		{query("b", `{"type":"boolean"}`), "b=1", "query /b type"},
		{query("s", `{"type":"string","maxLength":3}`), "s=", ""},
		{query("s", `{"type":"string","maxLength":3}`), "s=%E2%82%AC+a", ""},
		{query("s", `{"type":"string","maxLength":3}`), "s=abcd", "query /s max_length"},
		{query("s", `{"type":"string","enum":["a b"]}`), "s=a+b", ""},
		{query("s", `{"type":"string","enum":["1"]}`), "s=1", ""},
		{query("s", `{"oneOf":[{"type":"integer"},{"type":"string","enum":["all"]}]}`), "s=7", ""},
		{query("s", `{"oneOf":[{"type":"integer"},{"type":"string","enum":["all"]}]}`), "s=all", ""},
		{query("s", `{"oneOf":[{"type":"integer"},{"type":"string","enum":["all"]}]}`), "s=no", "query /s enum"},
		{query("at", `{"type":"string","format":"date-time"}`), "at=2026-01-31T15:04:05Z", ""},
		{query("at", `{"type":"string","format":"date-time"}`), "at=yesterday", "query /at format"},
		{query("filter[status]", `{"type":"string","enum":["a"]}`), "filter[status]=a", ""},
		{query("filter[status]", `{"type":"string","enum":["a"]}`), "filter%5Bstatus%5D=b", "query /filter[status] enum"},
		{
			query("filter[status]", `{"type":"string","enum":["a"]}`), "filter[other]=b",
			"query /filter[other] unknown_parameter",
		},

		{query("w", words), "w=a&w=b", ""},
		{query("w", words), "w=a,b", ""},
		{query("w", words), "w=a&w=", "query /w min_length"},
		{query("w", words), "w=a&w=b&w=c&w=d", "query /w max_items"},
		{query("w", words, `,"explode":false`), "w=a,b,c", ""},
		{query("w", words, `,"explode":false`), "w=a,b,c,d", "query /w max_items"},
		{query("w", words, `,"explode":false`), "w=a&w=b", "query /w duplicate"},
		{query("i", ints, `,"explode":false`), "i=1,2,-3", ""},
		{query("i", ints, `,"explode":false`), "i=1,x,y", "query /i type"},
		{query("i", ints, `,"explode":false`), "i=", "query /i type"},
		{query("i", ints), "i=1&i=2", ""},

		{
			query("f",
				`{"type":"object","required":["a"],"additionalProperties":false,"properties":{"a":{"type":"integer"},`+
					`"b":{"type":"string"}}}`,
				`,"style":"deepObject"`), "f[a]=1&f[b]=2", "",
		},
		{
			query("f",
				`{"type":"object","required":["a"],"additionalProperties":false,"properties":{"a":{"type":"integer"},`+
					`"b":{"type":"string"}}}`,
				`,"style":"deepObject"`), "f[a]=x&f[c]=2&f[b]=1&f[b]=2",
			"query /f[b] duplicate; query /f[a] type; query /f[c] unknown_field",
		},
		{
			query("f",
				`{"type":"object","required":["a"],"additionalProperties":false,"properties":{"a":{"type":"integer"},`+
					`"b":{"type":"string"}}}`,
				`,"style":"deepObject"`), "f[b]=x", "query /f[a] required",
		},
		{
			query("f", `{"type":"object","properties":{"a":{"type":"integer"}}}`, `,"style":"deepObject"`),
			"f[a][b]=x&f=1&f[]=2", "query /f[a][b] unknown_parameter; query /f unknown_parameter; query /f[] unknown_parameter",
		},
	} {
		op := compileDoc(t, oneOp("/", tc.params, ""))["op"]
		r := newRequest("POST", "/", "", "")
		r.URL.RawQuery = tc.raw
		_, err := op.Request(r, noPath, 100)
		if got := outcome(err); got != tc.want {
			t.Errorf("%s with %q: got %q, want %q", tc.params, tc.raw, got, tc.want)
		}
	}
}

func TestQueryDefaults(t *testing.T) {
	op := compileDoc(t, oneOp("/", query("limit", `{"type":"integer","default":25}`)+","+query("sort by",
		`{"type":"string","default":"a&b"}`)+","+
		query("w", `{"type":"array","items":{"type":"string"},"default":["x","y z"]}`)+","+
		query("c", `{"type":"array","items":{"type":"string"},"default":["x","y"]}`, `,"explode":false`), ""))["op"]
	r := newRequest("POST", "/?limit=3", "", "")
	if _, err := op.Request(r, noPath, 100); err != nil {
		t.Fatal(err)
	}
	if got, want := r.URL.RawQuery, "limit=3&sort+by=a%26b&w=x&w=y+z&c=x,y"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// What was added is itself valid.
	if _, err := op.Request(r, noPath, 100); err != nil {
		t.Error(err)
	}
}

func TestPathHeadersCookies(t *testing.T) {
	op := compileDoc(t, oneOp("/{id}/{list}",
		`{"name":"id","in":"path","required":true,"schema":{"type":"string","format":"uuid"}},`+
			`{"name":"list","in":"path","required":true,"schema":{"type":"array","items":{"type":"integer"}}},`+
			`{"name":"x-version","in":"header","required":true,"schema":{"type":"string","enum":["1"]}},`+
			`{"name":"X-List","in":"header","schema":{"type":"array","items":{"type":"integer"}}},`+
			`{"name":"Accept","in":"header","required":true,"schema":{"type":"integer"}},`+
			`{"name":"Authorization","in":"header","required":true,"schema":{"type":"integer"}},`+
			`{"name":"session","in":"cookie","schema":{"type":"string","minLength":3}}`, ""))["op"]
	const id = "01932c07-209c-7ac6-8e1f-2d4b7d2b7a11"
	for _, tc := range []struct {
		id, list string
		header   http.Header
		want     string
	}{
		{id, "1,2", http.Header{"X-Version": {"1"}}, ""},
		{id, "1,2", http.Header{"X-Version": {" 1 "}, "X-List": {"1, 2", "3"}, "Cookie": {"session=abc"}}, ""},
		{"x", "1,b", http.Header{"X-Version": {"1"}}, "path /id format; path /list type"},
		{"", "1", http.Header{"X-Version": {"1"}}, "path /id required"},
		{id, "1", http.Header{}, "header /x-version required"},
		{id, "1", http.Header{"X-Version": {"1", "1"}}, "header /x-version duplicate"},
		{
			id, "1", http.Header{"X-Version": {"2"}, "X-List": {"1, x"}, "Cookie": {"session=a"}},
			"header /x-version enum; header /X-List type; header /session min_length",
		},
		{"\xff", "1", http.Header{"X-Version": {"1"}}, "malformed"},
		{id, "1", http.Header{"X-Version": {"\xff"}}, "malformed"},
	} {
		r := newRequest("POST", "/", "", "")
		r.Header = tc.header
		_, err := op.Request(r, func(name string) string { return map[string]string{"id": tc.id, "list": tc.list}[name] },
			100)
		if got := outcome(err); got != tc.want {
			t.Errorf("%q %q %v: got %q, want %q", tc.id, tc.list, tc.header, got, tc.want)
		}
	}
}

const jsonBody = `{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["name"],` +
	`"additionalProperties":false,"properties":{` +
	`"name":{"type":"string"},"size":{"type":"integer","default":10},"opts":{"type":"object",` +
	`"properties":{"deep":{"type":"boolean","default":true},"q\"":{"type":"string","default":"a\"b"}}}}}}}}`

func TestJSONBody(t *testing.T) {
	op := compileDoc(t, oneOp("/", query("n", `{"type":"integer"}`), jsonBody))["op"]
	for _, tc := range []struct{ target, contentType, body, want string }{
		{"/", "application/json", `{"name":"a"}`, ""},
		{"/", "application/json; charset=UTF-8", `{"name":"a"}`, ""},
		{"/", `application/json;x=y; charset="utf-8"`, `{"name":"a"}`, ""},
		{"/", "Application/JSON", `{"name":"a"}`, ""},
		{"/", "application/json; charset=latin1", `{"name":"a"}`, "unsupported_media_type"},
		{"/", "text/plain", `{"name":"a"}`, "unsupported_media_type"},
		{"/", "application/jsonx", `{"name":"a"}`, "unsupported_media_type"},
		{"/", "", `{"name":"a"}`, "unsupported_media_type"},
		{"/", "application/json", "", " required"},
		{"/", "application/json", "{", "malformed"},
		{"/", "application/json", `{"name":"a"}{}`, "malformed"},
		{
			"/?n=x&m=1", "application/json", `{"name":1,"a":2}`,
			"query /m unknown_parameter; query /n type; /name type; /a unknown_field",
		},
		{"/", "application/json", `{"name":"` + strings.Repeat("a", 200) + `"}`, "payload_too_large"},
	} {
		for _, chunked := range []bool{false, true} {
			r := newRequest("POST", tc.target, tc.contentType, tc.body)
			if chunked {
				r.ContentLength, r.Body = -1, io.NopCloser(strings.NewReader(tc.body))
			}
			body, err := op.Request(r, noPath, 100)
			if got := outcome(err); got != tc.want {
				t.Errorf("%s %q %s chunked %v: got %q, want %q", tc.target, tc.contentType, tc.body, chunked, got, tc.want)
			}
			if err == nil {
				read, _ := io.ReadAll(r.Body)
				if !bytes.Equal(read, body) || r.ContentLength != int64(len(body)) {
					t.Errorf("%s: the request offers %s, length %d", body, read, r.ContentLength)
				}
			} else if body != nil {
				t.Errorf("%s: a refused request gave a body", tc.body)
			}
		}
	}
}

func TestBodyLimits(t *testing.T) {
	op := compileDoc(t, oneOp("/", "", `{"content":{"application/json":{"schema":{"type":"string"}}}}`))["op"]
	text := `"` + strings.Repeat("a", 98) + `"`
	for _, length := range []int64{100, -1} {
		for limit, want := range map[int64]string{100: "", 99: "payload_too_large", 101: ""} {
			r := newRequest("POST", "/", "application/json", text)
			r.ContentLength = length
			if _, err := op.Request(r, noPath, limit); outcome(err) != want {
				t.Errorf("length %d limit %d: got %v", length, limit, err)
			}
		}
	}
	r := newRequest("POST", "/", "application/json", text)
	r.Header.Set("Content-Encoding", "gzip")
	if _, err := op.Request(r, noPath, 1000); outcome(err) != "unsupported_media_type" {
		t.Errorf("gzip: %v", err)
	}
	r = newRequest("POST", "/", "application/json", text)
	r.Header.Set("Content-Encoding", "identity")
	if _, err := op.Request(r, noPath, 1000); err != nil {
		t.Errorf("identity: %v", err)
	}
	// A middleware's own limit is told the same way.
	r = newRequest("POST", "/", "application/json", text)
	r.Body = http.MaxBytesReader(nil, r.Body, 50)
	if _, err := op.Request(r, noPath, 1000); outcome(err) != "payload_too_large" {
		t.Errorf("limited reader: %v", err)
	}
	r = newRequest("POST", "/", "application/json", text)
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader(`"a`), failing{io.ErrUnexpectedEOF}))
	if _, err := op.Request(r, noPath, 1000); outcome(err) != "malformed" {
		t.Errorf("cut off: %v", err)
	}
	// An optional body may be absent.
	if body, err := op.Request(newRequest("POST", "/", "", ""), noPath, 100); err != nil || body != nil {
		t.Errorf("absent: %v %s", err, body)
	}
	big := `"` + strings.Repeat("a", 300_000) + `"`
	r = newRequest("POST", "/", "application/json", big)
	if body, err := op.Request(r, noPath, 1<<20); err != nil || string(body) != big {
		t.Errorf("large: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestUnexpectedBody(t *testing.T) {
	op := compileDoc(t, oneOp("/", "", ""))["op"]
	for body, want := range map[string]string{"": "", "x": " unexpected_body"} {
		for _, length := range []int64{int64(len(body)), -1} {
			r := newRequest("POST", "/", "", "")
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), length
			if _, err := op.Request(r, noPath, 100); outcome(err) != want {
				t.Errorf("%q length %d: got %v", body, length, err)
			}
		}
	}
}

func TestBodyDefaults(t *testing.T) {
	op := compileDoc(t, oneOp("/", "", jsonBody))["op"]
	for body, want := range map[string]string{
		`{"name":"a"}`:                           `{"name":"a","size":10}`,
		`{"name":"a","size":1}`:                  `{"name":"a","size":1}`,
		`{"name":"a","size":2.0}`:                `{"name":"a","size":2}`,
		`{"name":"a","size":1e2 , "opts":{}}`:    `{"name":"a","size":100 , "opts":{"deep":true,"q\"":"a\"b"}}`,
		`{ "name":"a", "opts":{"deep":false } }`: `{ "name":"a", "opts":{"deep":false ,"q\"":"a\"b"} ,"size":10}`,
	} {
		got, err := op.Request(newRequest("POST", "/", "application/json", body), noPath, 1000)
		if err != nil || string(got) != want {
			t.Errorf("%s: got %s %v, want %s", body, got, err, want)
		}
		// What is handed on is itself valid.
		if again, err := op.Request(newRequest("POST", "/", "application/json", string(got)), noPath, 1000); err != nil ||
			!bytes.Equal(again, got) {
			t.Errorf("%s: again gives %s %v", got, again, err)
		}
	}
	merge := strings.Replace(jsonBody, "application/json", "application/merge-patch+json", 1)
	op = compileDoc(t, oneOp("/", "", merge))["op"]
	if got, err := op.Request(newRequest("POST", "/", "application/merge-patch+json", `{"name":"a"}`), noPath,
		100); err != nil || string(got) != `{"name":"a"}` {
		t.Errorf("a merge patch got defaults: %s %v", got, err)
	}
	// Only the branch that matches adds its defaults, and two that ask for one add it once.
	op = compileDoc(t, oneOp("/", "",
		`{"content":{"application/json":{"schema":{"type":"object","allOf":[{"properties":{"a":{"type":"integer",`+
			`"default":1}}},{"properties":{"a":{"type":"integer","default":1}}}],`+
			`"oneOf":[{"required":["x"],"properties":{"dx":{"type":"integer","default":2}}},{"required":["y"],`+
			`"properties":{"dy":{"type":"integer","default":3}}}]}}}}`))["op"]
	if got, err := op.Request(newRequest("POST", "/", "application/json", `{"y":0}`), noPath, 100); err != nil ||
		string(got) != `{"y":0,"a":1,"dy":3}` {
		t.Errorf("got %s %v", got, err)
	}
}

func TestMediaTypeRanges(t *testing.T) {
	op := compileDoc(t,
		oneOp("/", "",
			`{"content":{"*/*":{},"text/*":{},"text/csv":{},"application/problem+json":{"schema":{"type":"object"}}}}`))["op"]
	for contentType, name := range map[string]string{
		"text/csv": "text/csv", "text/plain": "text/", "image/png": "",
		"application/problem+json": "application/problem+json",
	} {
		if m := op.body.match(contentType); m == nil || m.name != name {
			t.Errorf("%s: matched %v", contentType, m)
		}
	}
	if _, err := op.Request(newRequest("POST", "/", "application/problem+json", `[]`), noPath,
		100); outcome(err) != " type" {
		t.Errorf("+json: %v", err)
	}
}

func TestOpaqueBody(t *testing.T) {
	op := compileDoc(t, oneOp("/", "", `{"required":true,"content":{"application/octet-stream":{}}}`))["op"]
	for _, length := range []int64{10, -1} {
		for limit, fits := range map[int64]bool{10: true, 11: true, 9: false, 1: false} {
			r := newRequest("POST", "/", "application/octet-stream", "0123456789")
			r.ContentLength = length
			body, err := op.Request(r, noPath, limit)
			if body != nil {
				t.Errorf("the body was read: %s", body)
			}
			var read []byte
			if err == nil {
				read, err = io.ReadAll(r.Body)
			}
			if fits && (err != nil || string(read) != "0123456789") || !fits && !fault.IsCode(err, fault.PayloadTooLarge) ||
				int64(len(read)) > limit {
				t.Errorf("length %d limit %d: read %q %v", length, limit, read, err)
			}
		}
	}
}

// A body that is left to the handler is not touched: what its head says is checked.
func TestBodyLeftToTheHandler(t *testing.T) {
	op := compileDoc(t, oneOp("/", "", `{"required":true,"content":{"application/octet-stream":{},"text/csv":{}}}`))["op"]
	op.LeaveBody()
	for _, c := range []struct {
		contentType string
		length      int64
		want        string
	}{
		{"application/octet-stream", 10, ""}, {"text/csv; charset=utf-8", -1, ""}, {"", 10, ""}, {"text/csv", 0, ""},
		{"application/json", 10, "unsupported_media_type"}, {"text/csv; charset=latin1", 10, "unsupported_media_type"},
		{"application/octet-stream", 101, "payload_too_large"},
	} {
		r := newRequest("POST", "/", c.contentType, "0123456789")
		if c.contentType == "" {
			r.Header.Del("Content-Type")
		}
		r.ContentLength = c.length
		sent := r.Body
		body, err := op.Request(r, noPath, 100)
		if outcome(err) != c.want || body != nil || r.Body != sent {
			t.Errorf("%s, %d bytes: %v", c.contentType, c.length, err)
		}
		if c.want == "" && r.Header.Get("Content-Type") == "" {
			t.Error("the handler does not see a type")
		}
	}
}

// Parameters that are left to the handler may have any names, or those with a prefix; what no text may have is refused.
func TestQueryLeftToTheHandler(t *testing.T) {
	for _, c := range []struct{ prefix, query, want string }{
		{"", "a=1&a=2&b.c=%C3%A9&or=(a.eq.1)", ""}, {"", "n=x", "query /n type"},
		{"", "a=%00", "query /a format"}, {"", "a%00b=1", "query /ab format"}, {"", "a=%zz", "malformed"},
		{"filter.", "filter.a.b=1&filter.a.b=2", ""}, {"filter.", "filte=1", "query /filte unknown_parameter"},
		{"filter.", "filter=1", "query /filter unknown_parameter"},
	} {
		op := compileDoc(t, oneOp("/", `{"in":"query","name":"n","schema":{"type":"integer"}}`, ""))["op"]
		op.LeaveQuery(c.prefix)
		_, err := op.Request(newRequest("GET", "/?"+c.query, "", ""), noPath, 100)
		if got := outcome(err); got != c.want {
			t.Errorf("%s with the prefix %q: %s, not %s", c.query, c.prefix, got, c.want)
		}
	}
}

func TestForm(t *testing.T) {
	op := compileDoc(t, oneOp("/", "",
		`{"required":true,"content":{"application/x-www-form-urlencoded":{"schema":{"type":"object",`+
			`"required":["grant_type"],"additionalProperties":false,"properties":{`+
			`"grant_type":{"type":"string","enum":["client_credentials"]},"n":{"type":"integer","maximum":9},`+
			`"b":{"type":"boolean"},"scope":{"type":"array","items":{"type":"string","maxLength":3}}}}}}}`))["op"]
	for body, want := range map[string]string{
		"grant_type=client_credentials&n=3&b=true&scope=a&scope=b": "",
		"grant_type=client%5Fcredentials":                          "",
		"n=10&b=x&scope=abcd": "/b type; /n maximum; /scope/0 max_length; /grant_type " +
			"required",
		"grant_type=client_credentials&x/y=1":   "/x~1y unknown_field",
		"grant_type=client_credentials&n=1&n=2": "/n duplicate",
		"grant_type=%":                          "malformed",
		"grant_type=client_credentials&n=":      "/n type",
	} {
		got, err := op.Request(newRequest("POST", "/", "application/x-www-form-urlencoded", body), noPath, 100)
		if outcome(err) != want {
			t.Errorf("%s: got %q, want %q", body, outcome(err), want)
		}
		if err == nil && string(got) != body {
			t.Errorf("%s: the body became %s", body, got)
		}
	}
}

func TestCompileErrors(t *testing.T) {
	for _, tc := range []struct{ doc, want string }{
		{oneOp("/", "",
			`{"content":{"application/json":{"schema":{"type":"object","properties":{"a/b":{"type":"string","madeUp":1}}}}}}`),
			`operation op: #/paths/~1/post/requestBody/content/application~1json/schema/properties/a~1b: the keyword "madeUp" ` +
				`is not supported`},
		{
			schemaDoc(`{"S":{"type":"array","unevaluatedItems":false}}`),
			`#/components/schemas/S: the keyword "unevaluatedItems"`,
		},
		{schemaDoc(`{"S":{"type":"object","unevaluatedProperties":false,"anyOf":[{}]}}`), "over properties and allOf only"},
		{schemaDoc(`{"S":{"type":"object","unevaluatedProperties":{"type":"string"}}}`), "as true or false only"},
		{schemaDoc(`{"S":{"$dynamicRef":"#x"}}`), "$dynamicRef"},
		{
			schemaDoc(`{"S":{"allOf":[{"$ref":"#/components/schemas/T"}]},"T":{"anyOf":[{"$ref":"#/components/schemas/S"},` +
				`{}]}}`),
			"refers to itself for the same value",
		},
		{
			schemaDoc(`{"S":{"type":"string","pattern":"(?=a)"}}`),
			"#/components/schemas/S/pattern: the pattern is not supported",
		},
		{schemaDoc(`{"S":{"type":"number","exclusiveMinimum":true}}`), "boolean exclusiveMinimum"},
		{
			schemaDoc(`{"S":{"oneOf":[{"$ref":"#/components/schemas/A"}],"discriminator":{"propertyName":"t",` +
				`"mapping":{"x":"#/components/schemas/B"}}},"A":{"type":"object"},"B":{"type":"object"}}`),
			"names no branch",
		},
		{
			schemaDoc(`{"S":{"type":"object","properties":{"a":{"type":"integer","default":"x"}}}}`),
			"#/components/schemas/S/properties/a/default: the default does not meet its own schema",
		},
		{
			oneOp("/", "", `{"content":{"*/*":{"schema":{"type":"object"}}}}`),
			"the schema of a media type range is not checked",
		},
		{oneOp("/", query("o", `{"type":"object"}`), ""), "needs the style deepObject"},
		{
			oneOp("/", query("o", `{"type":"array","items":{"type":"string"}}`, `,"style":"pipeDelimited"`), ""),
			`the style "pipeDelimited" is not supported`,
		},
		{
			oneOp("/", `{"name":"c","in":"query","content":{"application/json":{"schema":{"type":"object"}}}}`, ""),
			"content is not supported",
		},
		{strings.Replace(oneOp("/", "", ""), `"operationId":"op",`, "", 1), "needs an operationId"},
	} {
		doc, err := openapi3.NewLoader().LoadFromData([]byte(tc.doc))
		if err != nil {
			t.Fatalf("load %s: %v", tc.doc, err)
		}
		if _, err := Compile(doc); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s:\ngot %v\nwant %s", tc.doc, err, tc.want)
		}
	}
}

// TestRefSiblings holds that keywords next to a $ref apply too.
func TestRefSiblings(t *testing.T) {
	s, err := CompileSchema(loadSchema(t,
		`{"S":{"type":"object","properties":{"a":{"$ref":"#/components/schemas/T","maxLength":3,"description":"d"}}},`+
			`"T":{"type":"string","minLength":2}}`))
	if err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]string{
		`{"a":"abc"}`: "", `{"a":"abcd"}`: "/a max_length", `{"a":"a"}`: "/a min_length",
	} {
		if vs, _ := s.Validate([]byte(value)); short(vs) != want {
			t.Errorf("%s: got %q, want %q", value, short(vs), want)
		}
	}
}

// TestNoValueInErrors plants a secret in every place of a request and looks for it in
// everything an error says.
func TestNoValueInErrors(t *testing.T) {
	const secret = "hunter2hunter2"
	ops := compileDoc(t, oneOp("/{id}",
		`{"name":"id","in":"path","required":true,"schema":{"type":"string","format":"uuid"}},`+
			`{"name":"X-Key","in":"header","schema":{"type":"string","maxLength":3}},{"name":"ck","in":"cookie",`+
			`"schema":{"type":"integer"}},`+
			query("q", `{"type":"string","pattern":"^[0-9]+$"}`)+","+query("l", `{"type":"array","items":{"type":"integer"}}`)+
			","+
			query("f", `{"type":"object","additionalProperties":false,"properties":{"a":{"type":"boolean"}}}`,
				`,"style":"deepObject"`),
		`{"content":{"application/json":{"schema":{"type":"object","additionalProperties":false,"properties":{`+
			`"a":{"type":"integer"},"b":{"type":"string","enum":["x"]},"c":{"type":"string","const":"x"},"d":{"type":"string",`+
			`"pattern":"^x$"},"e":{"type":"string","format":"email"},`+
			`"f":{"type":"string","maxLength":1},"g":{"type":"string","minLength":99},"h":{"not":{"type":"string"}},`+
			`"i":{"oneOf":[{"type":"string","minLength":1},{"type":"string","minLength":2}]},`+
			`"j":{"anyOf":[{"type":"string","maxLength":1},{"type":"string","maxLength":2}]},"k":{"type":"array",`+
			`"uniqueItems":true},"l":{"type":"string","format":"uri"},"m":{"type":"string","format":"date-time"},`+
			`"n":{"type":"array","contains":{"type":"integer"}},"o":{"oneOf":[{"type":"object",`+
			`"properties":{"t":{"type":"string","const":"p"}}},{"type":"object","properties":{"t":{"type":"string",`+
			`"const":"q"}}}]},`+
			`"p":{"type":"object","propertyNames":{"pattern":"^[a-z]$"}},"q":false}}},`+
			`"application/x-www-form-urlencoded":{"schema":{"type":"object","properties":{"a":{"type":"integer"}}}}}}`))
	op := ops["op"]
	all := `{"a":"S","b":"S","c":"S","d":"S","e":"S","f":"S","g":"S","h":"S","i":"S","j":"S","k":["S","S"],"l":"S",` +
		`"m":"S","n":["S"],"o":{"t":"S"},"q":"S","z":"S","b":"S"}`
	requests := []*http.Request{
		newRequest("POST", "/?q=S&q=S&l=S&f[a]=S&u=S", "application/json", all),
		newRequest("POST", "/?q=S", "application/x-www-form-urlencoded", "a=S&b=S&b=S"),
		newRequest("POST", "/", "application/x-www-form-urlencoded", "a=S%zz"),
		newRequest("POST", "/?q=S%zz", "", ""),
		newRequest("POST", "/?q=S;S", "", ""),
		newRequest("POST", "/", "application/json; charset=S", "{}"),
		newRequest("POST", "/", "S/S", "{}"),
		newRequest("POST", "/", "application/json", `{"a":S}`),
		newRequest("POST", "/", "application/json", `S`),
		newRequest("POST", "/", "application/json", `{"a":"S`),
		newRequest("POST", "/", "application/json", `{"a":"S\q"}`),
		newRequest("POST", "/", "application/json", "{\"a\":\"S\x00\"}"),
		newRequest("POST", "/", "application/json", `{"a":1}S`),
	}
	for i, r := range requests {
		r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, "S", secret)
		r.Header.Set("X-Key", secret)
		r.Header.Set("Cookie", "ck="+secret)
		if ct := r.Header.Get("Content-Type"); ct != "" {
			r.Header.Set("Content-Type", strings.ReplaceAll(ct, "S", secret))
		}
		if r.Body != nil {
			b, _ := io.ReadAll(r.Body)
			b = []byte(strings.ReplaceAll(string(b), "S", secret))
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
			if len(b) == 0 {
				r.Body = http.NoBody
			}
		}
		_, err := op.Request(r, func(string) string { return secret }, 1<<20)
		var e *fault.Error
		if !errors.As(err, &e) {
			t.Errorf("request %d was not refused", i)
			continue
		}
		said := e.Error()
		for _, v := range e.Violations {
			said += "\n" + v.In + v.Pointer + v.Code + v.Message
		}
		if strings.Contains(said, "hunter2") {
			t.Errorf("request %d: the error says %s", i, said)
		}
		if i == 0 && len(e.Violations) < 20 {
			t.Errorf("too few violations to prove anything: %s", short(e.Violations))
		}
	}
}

func TestValidRequestAllocates(t *testing.T) {
	op := compileDoc(t, thingsDoc)["listThings"]
	r := httptest.NewRequest("GET", "/things?"+thingsQuery, nil)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := op.Request(r, noPath, 100); err != nil {
			t.Fatal(err)
		}
	}); n > 0.5 && !raceEnabled {
		t.Errorf("%v allocations", n)
	}
}

// FuzzRequest looks for panics and for errors that are not faults.
func FuzzRequest(f *testing.F) {
	op := compileDoc(f, oneOp("/", query("n", `{"type":"integer"}`)+","+query("w",
		`{"type":"array","items":{"type":"number"}}`)+","+
		query("f", `{"type":"object","properties":{"a":{"type":"boolean"}}}`, `,"style":"deepObject"`),
		strings.Replace(jsonBody, `"content":{`,
			`"content":{"application/x-www-form-urlencoded":{"schema":{"type":"object","properties":{"a":{"type":"integer"},`+
				`"l":{"type":"array","items":{"type":"boolean"}}}}},`,
			1)))["op"]
	f.Add("n=1&w=1,2&f[a]=true", "application/json", `{"name":"a"}`)
	f.Add("n=%31&w=&w=3", "application/x-www-form-urlencoded", `a=1&l=true&l=x`)
	f.Fuzz(func(t *testing.T, raw, contentType, body string) {
		r := newRequest("POST", "/", "", body)
		r.URL.RawQuery = raw
		r.Header["Content-Type"] = []string{contentType}
		out, err := op.Request(r, noPath, 1000)
		var e *fault.Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("%v", err)
		}
		if err == nil && body != "" {
			r := newRequest("POST", "/", contentType, string(out))
			r.URL.RawQuery = raw
			if _, err := op.Request(r, noPath, 1<<20); err != nil {
				t.Fatalf("what was handed on is not valid: %s: %v", out, err)
			}
		}
	})
}

const thingsDoc = docHead + `
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

const thingsQuery = "limit=50&state=active&org=org_01HZY3QK5V8B9N2M4P6R7S8T9W&since=2026-01-31T15:04:05Z"

// The lines of a header that is a list are one list; whoever reads it after this finds one line.
func TestListHeaders(t *testing.T) {
	op := compileDoc(t,
		oneOp("/", `{"name":"If-Match","in":"header","schema":{"type":"string","maxLength":20}}`, ""))["op"]
	r := newRequest(http.MethodPost, "/", "", "")
	r.Header["If-Match"] = []string{`"1"`, `"2"`}
	if _, err := op.Request(r, noPath, 1<<20); err != nil || len(r.Header["If-Match"]) != 1 ||
		r.Header.Get("If-Match") != `"1", "2"` {
		t.Errorf("%s: %q", outcome(err), r.Header["If-Match"])
	}
	r.Header["If-Match"] = []string{`"0123456789"`, `"0123456789"`}
	if _, err := op.Request(r, noPath, 1<<20); outcome(err) != "header /If-Match max_length" {
		t.Errorf("%q", outcome(err))
	}
}

// What a database does not keep is refused wherever it stands, and nothing else is for it.
func TestValuesThatAreNotKept(t *testing.T) {
	op := compileDoc(t, oneOp("/",
		query("q", `{"type":"string"}`)+","+query("n", `{"type":"number"}`)+","+
			query("l", `{"type":"array","items":{"type":"string"}}`),
		`{"content":{"application/json":{"schema":{}},`+
			`"application/x-www-form-urlencoded":{"schema":{"type":"object"}}}}`))["op"]
	for text, want := range map[string]string{
		`{"a":1e999999}`: "/a range", `{"a":[1,1e-20000]}`: "/a/1 range",
		`{"a":1e131071,"b":-1.5e300,"c":123456789012345678901234567890}`: "",
		`{"a":"x\u0000y\u0000"}`: "/a format", `{"\u0000":1}`: "/\x00 format", `{"a":"\\u0000"}`: "",
		`{"a":"C:\\u0000dir\\\\u0000"}`: "",
		`{"a":"\\\u0000"}`:              "/a format", `["\u00000"]`: "/0 format", `["\u0001","\uD83D\uDE00"]`: "",
		`["\ud800"]`: "malformed", "[\"\xff\"]": "malformed", "[\"\x00\"]": "malformed",
		"[" + strings.Repeat("9", 131073) + "]":      "/0 range",
		"[" + strings.Repeat("1e1000,", 1048) + "1]": "", "[" + strings.Repeat("1e1000,", 1049) + "1]": "/1048 range",
	} {
		if _, err := op.Request(newRequest(http.MethodPost, "/", "application/json", text), noPath,
			1<<20); outcome(err) != want {
			t.Errorf("%.60s: %q, want %q", text, outcome(err), want)
		}
	}
	for raw, want := range map[string]string{
		"q=a%00": "query /q format", "l=a&l=b%00": "query /l format", "n=1e999999": "query /n range", "q=%FF": "malformed",
		"q=%5Cu0000": "", "n=1e300": "",
	} {
		if _, err := op.Request(newRequest(http.MethodPost, "/?"+raw, "", ""), noPath, 1<<20); outcome(err) != want {
			t.Errorf("%s: %q, want %q", raw, outcome(err), want)
		}
	}
	if _, err := op.Request(newRequest(http.MethodPost, "/", "application/x-www-form-urlencoded", "a=b%00"), noPath,
		1<<20); outcome(err) != "/a format" {
		t.Errorf("a form: %q", outcome(err))
	}
}

func TestTimesThatAreNotKept(t *testing.T) {
	for text, want := range map[string]bool{
		"9999-12-31T23:59:59Z": true, "9999-12-31T23:59:59-05:00": false, "9999-12-31T23:59:00-01:00": false,
		"9999-12-31T23:59:59+05:00": true,
		"0001-01-01T00:00:00Z":      true, "0001-01-01T00:00:00+05:00": false, "0000-01-01T00:00:00+05:00": false,
		"0001-01-01T00:00:00.5-05:00": true,
	} {
		if got := isDateTime([]byte(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	if isDate([]byte("0000-01-01")) {
		t.Error("the year 0")
	}
}

// Every integer that a request of a bundle can carry fits the Go integer that it is decoded into.
func TestIntegersOfTheBundlesHaveABound(t *testing.T) {
	for _, name := range openapi.Contracts() {
		b, _ := openapi.JSON(name)
		doc, err := openapi3.NewLoader().LoadFromData(b)
		if err != nil {
			t.Fatal(err)
		}
		c := newCompiler()
		for _, item := range doc.Paths.Map() {
			for _, op := range item.Operations() {
				c.compileOperation(item, op, op.OperationID)
			}
		}
		for _, m := range c.made {
			if s := m.schema; s.types&typeInteger != 0 && s.types&typeFraction == 0 && s.constant == nil && s.enum == nil &&
				(s.num == nil || s.num.bits == 0 && (!s.num.max.set && !s.num.exMax.set || !s.num.min.set && !s.num.exMin.set)) {
				t.Errorf("%s: %s has neither a format nor bounds", name, m.at)
			}
		}
	}
}
