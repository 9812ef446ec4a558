package mcp

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/server/contract"
)

// bundle has what the contracts of today do not.
const bundle = `{
  "openapi": "3.1.0",
  "info": {"title": "Test", "version": "1"},
  "paths": {
    "/files/{path}": {
      "parameters": [
        {"name": "path", "in": "path", "required": true, "description": "Of the file.", "schema": {"type": "string"}},
        {"name": "X-API-Version", "in": "header", "required": true, "schema": {"type": "string", "enum": ["2026-01-01"]}},
        {"name": "X-Request-ID", "in": "header", "schema": {"type": "string"}},
        {"name": "session", "in": "cookie", "schema": {"type": "string"}}
      ],
      "put": {
        "operationId": "putFile", "summary": "Put a file", "deprecated": true, "x-sunset": "2027-01-01",
        "requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string"}}}},
        "responses": {"204": {"description": "Done"}}
      },
      "get": {
        "operationId": "getFile", "summary": "Get a file",
        "parameters": [
          {"name": "path", "in": "query", "schema": {"type": "string"}},
          {"name": "body", "in": "query", "schema": {"type": "boolean"}},
          {"name": "filter[kind]", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
          {"name": "ids", "in": "query", "explode": false, "schema": {"type": "array", "items": {"type": "integer"}}},
          {"name": "meta", "in": "query", "style": "deepObject", "schema": {"type": "object", "properties": {"a": {"type": "string"}, "n": {"type": "integer"}}}},
          {"name": "X-Tags", "in": "header", "schema": {"type": "array", "items": {"type": "string"}}}
        ],
        "responses": {"200": {"description": "It", "content": {"application/octet-stream": {}}}}
      },
      "post": {
        "operationId": "upload", "summary": "Upload",
        "requestBody": {"content": {"multipart/form-data": {"schema": {"type": "object"}}}},
        "responses": {"204": {"description": "Done"}}
      }
    },
    "/backup": {
      "get": {
        "operationId": "getBackup", "summary": "Get all", "x-stream": "response",
        "responses": {"200": {"description": "It", "content": {"application/octet-stream": {}}}}
      },
      "put": {
        "operationId": "putBackup", "summary": "Put all", "x-stream": "request", "x-max-body": 1000,
        "requestBody": {"required": true, "content": {"application/octet-stream": {}}},
        "responses": {"204": {"description": "Done"}}
      }
    },
    "/notes": {
      "get": {
        "operationId": "watchNotes", "summary": "Watch", "x-stream": "events",
        "responses": {"200": {"description": "Events", "content": {"text/event-stream": {}}}}
      },
      "post": {
        "operationId": "addNote", "summary": "Add a note",
        "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Tree"}}, "text/plain": {}}},
        "responses": {"204": {"description": "Done"}}
      },
      "patch": {
        "operationId": "editNote", "summary": "Edit a note",
        "requestBody": {"required": true, "description": "The text.", "content": {"text/plain": {"schema": {"type": "string"}}}},
        "responses": {"204": {"description": "Done"}}
      },
      "delete": {
        "operationId": "searchAndDelete", "summary": "Delete notes",
        "requestBody": {"required": true, "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}},
        "responses": {"204": {"description": "Done"}}
      }
    }
  },
  "components": {"schemas": {
    "Tree": {
      "type": "object", "required": ["name"], "x-internal": true,
      "properties": {
        "name": {"$ref": "#/components/schemas/Name"},
        "x-name": {"$ref": "#/components/schemas/Name", "description": "Another."},
        "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        "kind": {"oneOf": [{"type": "string", "const": "a"}, {"type": "null"}], "discriminator": {"propertyName": "x"}}
      },
      "example": {"name": "x-example"}
    },
    "Name": {"type": "string", "maxLength": 10}
  }}
}`

type plain struct{}

func (plain) Render(_ *contract.Operation, e *fault.Error, _, _ string) contract.Failure {
	body := string(e.Code)
	for _, v := range e.Violations {
		body += " " + v.Pointer
	}
	return contract.Failure{Status: 499, ContentType: "text/plain", Body: []byte(body)}
}

// serverOf returns a server of the bundle above whose requests are answered by api.
func serverOf(t *testing.T, api http.HandlerFunc) *Server {
	t.Helper()
	c, err := contract.Load(contract.Module{
		Name: "test", Bundle: []byte(bundle), Dialect: plain{},
		Schemes: map[string]contract.Scheme{"oauth2": {Source: identity.FromToken}, "apiKey": {Source: identity.FromKey}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := New([]*contract.Contract{c}, api, "1")
	if err := s.ready(); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOnlyWhatOneMessageCanCarryIsATool(t *testing.T) {
	s := serverOf(t, nil)
	want := []string{"test_addNote", "test_editNote", "test_getFile", "test_putFile", "test_searchAndDelete"}
	if got := slices.Sorted(maps.Keys(s.tools)); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if d := s.tools["test_putFile"].definition.Description; !strings.Contains(d, "Deprecated") {
		t.Errorf("%q", d)
	}
}

func TestSchemas(t *testing.T) {
	s := serverOf(t, nil)
	for name, want := range map[string]string{
		"test_addNote": `{"type":"object","additionalProperties":false,"required":["body"],
			"properties":{"body":{"type":"object","required":["name"],"examples":[{"name":"x-example"}],"properties":{
				"name":{"type":"string","maxLength":10},
				"x-name":{"type":"string","maxLength":10,"description":"Another."},
				"children":{"type":"array","items":{"$ref":"#/$defs/Tree"}},
				"kind":{"oneOf":[{"type":"string","const":"a"},{"type":"null"}]}}}},
			"$defs":{"Tree":{"type":"object","required":["name"],"examples":[{"name":"x-example"}],"properties":{
				"name":{"type":"string","maxLength":10},
				"x-name":{"type":"string","maxLength":10,"description":"Another."},
				"children":{"type":"array","items":{"$ref":"#/$defs/Tree"}},
				"kind":{"oneOf":[{"type":"string","const":"a"},{"type":"null"}]}}}}}`,
		"test_putFile": `{"type":"object","additionalProperties":false,"required":["path"],"properties":{
			"path":{"type":"string","description":"Of the file."},
			"X-API-Version":{"type":"string","enum":["2026-01-01"]},
			"body":{"type":"string","contentEncoding":"base64","contentMediaType":"application/octet-stream"}}}`,
		"test_getFile": `{"type":"object","additionalProperties":false,"required":["path_path"],"properties":{
			"path":{"type":"string"},"path_path":{"type":"string","description":"Of the file."},"query_body":{"type":"boolean"},
			"filter_kind":{"type":"array","items":{"type":"string"}},"ids":{"type":"array","items":{"type":"integer"}},
			"meta":{"type":"object","properties":{"a":{"type":"string"},"n":{"type":"integer"}}},
			"X-Tags":{"type":"array","items":{"type":"string"}},"X-API-Version":{"type":"string","enum":["2026-01-01"]}}}`,
		"test_editNote": `{"type":"object","additionalProperties":false,"required":["body"],` +
			`"properties":{"body":{"type":"string","description":"The text."}}}`,
	} {
		var got, wanted any
		if err := json.Unmarshal(s.tools[name].definition.InputSchema.(json.RawMessage), &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(want), &wanted); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, wanted) {
			t.Errorf("%s:\n%s\nwant\n%s", name, s.tools[name].definition.InputSchema, want)
		}
	}
}

// do calls a tool and returns the request that it became.
func do(t *testing.T, tool, arguments string) (r *http.Request, body string, refused string) {
	t.Helper()
	s := serverOf(t, func(w http.ResponseWriter, got *http.Request) {
		r = got
		b, err := io.ReadAll(got.Body)
		if err != nil {
			t.Error(err)
		}
		body = string(b)
		w.WriteHeader(http.StatusNoContent)
	})
	carrier, _ := http.NewRequest(http.MethodPost, "http://api.example/mcp", nil)
	carrier.RemoteAddr = "203.0.113.7:1234"
	carrier.Header.Set("Authorization", "Bearer secret")
	carrier.Header.Set("X-Forwarded-For", "198.51.100.1")
	carrier.Header.Set("Cookie", "session=1")
	res, err := s.call(context.WithValue(t.Context(), requestKey{}, carrier), s.tools[tool], json.RawMessage(arguments))
	if err != nil {
		t.Fatal(err)
	}
	if res.IsError {
		refused = res.Content[0].(*sdk.TextContent).Text
	}
	return r, body, refused
}

func TestRequests(t *testing.T) {
	for name, c := range map[string]struct {
		tool, arguments, target, body string
		header                        map[string]string
	}{
		"every style": {
			"test_getFile",
			`{"path_path":"a/b c","path":"q&x","query_body":true,"filter_kind":["x","y"],"ids":[1,2.5],"meta":{"a":"b","n":1},` +
				`"X-Tags":["t","u"]}`,
			"/files/a%2Fb%20c?body=true&filter%5Bkind%5D=x&filter%5Bkind%5D=y&ids=1%2C2.5&meta%5Ba%5D=b&meta%5Bn%5D=1&" +
				"path=q%26x",
			"",
			map[string]string{
				"X-Tags": "t,u", "X-Api-Version": "2026-01-01", "X-Forwarded-For": "198.51.100.1", "Cookie": "",
				"Authorization": "", "Content-Type": "",
			},
		},
		"nothing but what must be": {
			"test_getFile", `{"path_path":7,"ids":[],"path":null}`, "/files/7", "", map[string]string{"X-Tags": ""},
		},
		"another version": {
			"test_getFile", `{"path_path":"a","X-API-Version":"2025-01-01"}`, "/files/a", "",
			map[string]string{"X-Api-Version": "2025-01-01"},
		},
		"a binary body": {
			"test_putFile", `{"path":"a","body":"AAEC"}`, "/files/a", "\x00\x01\x02",
			map[string]string{"Content-Type": "application/octet-stream"},
		},
		"no body": {"test_putFile", `{"path":"a"}`, "/files/a", "", map[string]string{"Content-Type": ""}},
		"JSON as it is": {
			"test_addNote", `{"body":{"name":"a", "n":1.0}}`, "/notes", `{"name":"a", "n":1.0}`,
			map[string]string{"Content-Type": "application/json"},
		},
		"text": {
			"test_editNote", `{"body":"ü\n"}`, "/notes", "ü\n", map[string]string{"Content-Type": "text/plain"},
		},
		"a form": {
			"test_searchAndDelete", `{"body":{"a":["1","2"],"b":true,"c":null}}`, "/notes", "a=1&a=2&b=true",
			map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
		},
	} {
		r, body, refused := do(t, c.tool, c.arguments)
		if r == nil {
			t.Errorf("%s: %s", name, refused)
			continue
		}
		if r.URL.RequestURI() != c.target || body != c.body || r.RemoteAddr != "203.0.113.7:1234" || r.Host != "api.example" {
			t.Errorf("%s: %s %q from %s at %s", name, r.URL.RequestURI(), body, r.RemoteAddr, r.Host)
		}
		for h, want := range c.header {
			if got := r.Header.Get(h); got != want {
				t.Errorf("%s: %s: %q", name, h, got)
			}
		}
	}
}

func TestWhatCannotBecomeARequest(t *testing.T) {
	for arguments, pointer := range map[string]string{
		`{"path_path":"a","ids":[[1]]}`:                  "/ids",
		`{"path_path":"a","ids":[null]}`:                 "/ids",
		`{"path_path":"a","ids":{"a":1}}`:                "/ids",
		`{"path_path":"a","meta":{"a":{"b":1}}}`:         "/meta",
		`{"path_path":"a","X-Tags":["a\nX-Evil: 1"]}`:    "/X-Tags",
		`{"path_path":"a","cookie_session":"x","b/~":1}`: "/b~1~0 /cookie_session",
		`{}`: "/path_path",
		`[]`: "",
	} {
		r, _, refused := do(t, "test_getFile", arguments)
		if r != nil || !strings.Contains(refused, `"body":"validation_failed `+pointer+`"`) {
			t.Errorf("%s: %s", arguments, refused)
		}
	}
	for tool, arguments := range map[string]string{
		"test_putFile": `{"path":"a","body":"not base64"}`, "test_editNote": `{"body":{}}`,
		"test_searchAndDelete": `{"body":{"a":{"b":1}}}`,
	} {
		if r, _, refused := do(t, tool, arguments); r != nil || !strings.Contains(refused, "validation_failed /body") {
			t.Errorf("%s: %s", tool, refused)
		}
	}
}

func TestAnswers(t *testing.T) {
	large := strings.Repeat("x", maxAnswer+1)
	for name, c := range map[string]struct {
		api  http.HandlerFunc
		want string
		fail bool
	}{
		"JSON":      {write(200, "application/json; charset=utf-8", `{"a":1} `), `{"status":200,"body":{"a":1}}`, false},
		"a problem": {write(404, "application/problem+json", `{"a":1}`), `{"status":404,"body":{"a":1}}`, true},
		"broken JSON": {
			write(200, "application/json", `{`), `{"status":200,"headers":{"Content-Type":"application/json"},"body":"{"}`,
			false,
		},
		"text": {
			write(200, "text/csv", "a,b\n"), `{"status":200,"headers":{"Content-Type":"text/csv"},"body":"a,b\n"}`, false,
		},
		"binary": {
			write(200, "image/png", "\xff\xfe"),
			`{"status":200,"headers":{"Content-Type":"image/png"},"body":"` +
				base64.StdEncoding.EncodeToString([]byte("\xff\xfe")) + `"}`, false,
		},
		"nothing": {write(204, "", ""), `{"status":204}`, false},
		"too large": {
			write(200, "text/plain", large), `{"status":200,"body":"The answer is larger than a result of a tool can be."}`,
			true,
		},
		"hints first": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			w.Header().Set("ETag", `"1"`)
			w.WriteHeader(http.StatusCreated)
			w.WriteHeader(http.StatusTeapot)
			w.(http.Flusher).Flush()
		}, `{"status":201,"headers":{"ETag":"\"1\""}}`, false},
		"no word at all": {func(http.ResponseWriter, *http.Request) {}, `{"status":200}`, false},
		// The edge cuts a connection by a panic, which here would end the process.
		"a cut connection": {
			func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200); panic(http.ErrAbortHandler) },
			`{"status":499,"headers":{"Content-Type":"text/plain"},"body":"internal"}`, true,
		},
	} {
		s := serverOf(t, c.api)
		res, err := s.call(t.Context(), s.tools["test_putFile"], json.RawMessage(`{"path":"a"}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(res.StructuredContent.(json.RawMessage)); got != c.want || res.IsError != c.fail {
			t.Errorf("%s: %v %s", name, res.IsError, got)
		}
	}
}

func write(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body[:len(body)/2])
		_, _ = io.WriteString(w, body[len(body)/2:])
	}
}

// The time-out of the exchange ends the operation, which answers; a client that goes ends both.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		ctx, done := patient(parent)
		<-parent.Done()
		synctest.Wait()
		if ctx.Err() != nil {
			t.Errorf("behind a time-out: %v", ctx.Err())
		}
		done()
		if ctx.Err() == nil {
			t.Error("it never ends")
		}
	})
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithTimeout(t.Context(), time.Second)
		ctx, done := patient(parent)
		defer done()
		cancel()
		synctest.Wait()
		if ctx.Err() == nil {
			t.Error("the client went, and nobody cares")
		}
	})
}
