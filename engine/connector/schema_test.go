package connector

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	domain "github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/engine/guard"
	"github.com/alania-go/alania/server/validate"
)

func compiled(t *testing.T, d domain.Definition) *validate.Schema {
	t.Helper()
	var s openapi3.Schema
	if err := json.Unmarshal(d.ConfigSchema, &s); err != nil {
		t.Fatalf("%s: %v", d.ID, err)
	}
	v, err := validate.CompileSchema(&s)
	if err != nil {
		t.Fatalf("%s: %v", d.ID, err)
	}
	return v
}

func TestDefinitions(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, c := range All(guard.New(nil), false, nil) {
		d := c.Definition()
		ids = append(ids, d.ID)
		if d.Name == "" || d.Description == "" || d.SchemaVersion != "1.0.0" || len(d.RequiredScopes) == 0 {
			t.Errorf("%s: %+v", d.ID, d)
		}
		compiled(t, d)
		var doc obj
		if err := json.Unmarshal(d.ConfigSchema, &doc); err != nil {
			t.Fatal(err)
		}
		if doc["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
			t.Errorf("%s: the dialect is %v", d.ID, doc["$schema"])
		}
		walk(t, d.ID, doc)
	}
	if !slices.Equal(ids, []string{"csv", "http_json", "postgres", "s3"}) {
		t.Errorf("the connectors are %v", ids)
	}
	if !strings.Contains(string(httpConnector{public()}.Definition().ConfigSchema), `"^https?://`) ||
		strings.Contains(string(All(guard.New(nil), false, nil)[1].Definition().ConfigSchema), "https?") {
		t.Error("http is in the schema where it is not allowed, or is not where it is")
	}
}

// walk wants objects to be closed, properties to be described and secrets to be writeOnly.
func walk(t *testing.T, at string, schema obj) {
	t.Helper()
	properties, _ := schema["properties"].(obj)
	if properties != nil && schema["additionalProperties"] != false {
		t.Errorf("%s is open", at)
	}
	for name, p := range properties {
		sub, ok := p.(obj)
		if !ok {
			continue
		}
		at := at + "/" + name
		if sub["description"] == nil && sub["const"] == nil {
			t.Errorf("%s is not described", at)
		}
		if slices.Contains([]string{"password", "token", "secret_access_key", "session_token", "value"}, name) &&
			sub["writeOnly"] != true {
			t.Errorf("%s is not writeOnly", at)
		}
		if sub["type"] == "string" && sub["maxLength"] == nil && sub["enum"] == nil && sub["const"] == nil {
			t.Errorf("%s has no maxLength", at)
		}
		walk(t, at, sub)
	}
	for _, word := range []string{"items", "additionalProperties"} {
		if sub, ok := schema[word].(obj); ok {
			walk(t, at+"/"+word, sub)
			if word == "additionalProperties" && sub["writeOnly"] != true {
				t.Errorf("%s: headers are not writeOnly", at)
			}
		}
	}
	branches, _ := schema["oneOf"].([]any)
	for _, b := range branches {
		walk(t, at, b.(obj))
	}
}

var (
	pgGood = obj{"host": "127.0.0.1", "database": "shop", "user": "reader", "password": secret,
		"tables": []any{obj{"table": "orders", "id_column": "id", "watermark_column": "updated_at"}}}
	httpGood = obj{"url": "https://api.example.com/v1/customers?x=1", "entity": "customers"}
	csvGood  = obj{"source": obj{"url": "https://example.com/a.csv"}, "entity": "customers", "id_column": "id"}
	s3Good   = obj{"region": "eu-central-1", "bucket": "my-bucket", "access_key_id": "AKIA", "secret_access_key": secret}
)

// What the schema refuses Open refuses, and what it takes Open takes as well, as far as
// that does not connect.
func TestConfigurations(t *testing.T) {
	t.Parallel()
	connectors := map[string]domain.Connector{}
	schemas := map[string]*validate.Schema{}
	for _, c := range All(guard.New(nil), false, memory{}) {
		d := c.Definition()
		connectors[d.ID], schemas[d.ID] = c, compiled(t, d)
	}
	table := func(k string, v any) obj { return with(pgGood["tables"].([]any)[0].(obj), k, v) }
	tables := func(list ...any) obj { return with(pgGood, "tables", list) }
	auth := func(a obj) obj { return with(httpGood, "auth", a) }
	paging := func(p obj) obj { return with(httpGood, "pagination", p) }
	for _, tc := range []struct {
		connector string
		config    any
		pointer   string // of a violation; empty: it is taken
	}{
		{"postgres", pgGood, ""},
		{"postgres", with(with(pgGood, "host", "::1"), "port", 6432), ""},
		{"postgres", with(pgGood, "host", "10.0.0.1"), ""},
		{"postgres", with(pgGood, "host", "/var/run/postgresql"), "/host"},
		{"postgres", with(pgGood, "host", "a,b"), "/host"},
		{"postgres", with(pgGood, "host", "@socket"), "/host"},
		{"postgres", with(pgGood, "port", 0), "/port"},
		{"postgres", with(pgGood, "port", "5432"), "/port"},
		{"postgres", with(pgGood, "user", "a\x00options\x00-c"), "/user"},
		{"postgres", with(pgGood, "password", nil), "/password"},
		{"postgres", with(pgGood, "password", ""), "/password"},
		{"postgres", with(pgGood, "sslmode", "prefer"), "/sslmode"},
		{"postgres", with(pgGood, "lookback_seconds", -1), "/lookback_seconds"},
		{"postgres", with(pgGood, "options", "-c x"), "/options"},
		{"postgres", tables(), "/tables"},
		{"postgres", tables(table("schema", "sales"), table("columns", []string{"a", "b"})), ""},
		{"postgres", tables(table("columns", []string{})), "/tables/0/columns"},
		{"postgres", tables(table("id_column", nil)), "/tables/0/id_column"},
		{"postgres", tables(table("table", strings.Repeat("t", 64))), "/tables/0/table"},

		{"http_json", httpGood, ""},
		{"http_json", with(httpGood, "method", "GET"), ""},
		{"http_json", with(httpGood, "method", "POST"), "/method"},
		{"http_json", with(httpGood, "url", "http://api.example.com/"), "/url"},
		{"http_json", with(httpGood, "url", "https://user:"+secret+"@api.example.com/"), "/url"},
		{"http_json", with(httpGood, "url", "https:///path"), "/url"},
		{"http_json", with(httpGood, "url", "file:///etc/passwd"), "/url"},
		{"http_json", with(httpGood, "headers", obj{"X-Tenant": "7"}), ""},
		{"http_json", with(httpGood, "headers", obj{"X Tenant": "7"}), "/headers"},
		{"http_json", with(httpGood, "headers", obj{"X-Tenant": "7\r\nX-Evil: 1"}), "/headers/X-Tenant"},
		{"http_json", with(httpGood, "id_path", "id"), "/id_path"},
		{"http_json", with(httpGood, "items_path", "/a~2"), "/items_path"},
		{"http_json", with(httpGood, "items_path", "/a~1b/0"), ""},
		{"http_json", with(httpGood, "since_param", "since"), "/updated_at_path"},
		{"http_json", with(with(httpGood, "since_param", "since"), "updated_at_path", "/at"), ""},
		{"http_json", auth(obj{"type": "none"}), ""},
		{"http_json", auth(obj{"type": "bearer", "token": secret}), ""},
		{"http_json", auth(obj{"type": "basic", "username": "u", "password": secret}), ""},
		{"http_json", auth(obj{"type": "header", "name": "X-Api-Key", "value": secret}), ""},
		{"http_json", auth(obj{"type": "bearer"}), "/auth/token"},
		{"http_json", auth(obj{"type": "bearer", "token": secret, "username": "u"}), "/auth/username"},
		{"http_json", auth(obj{"type": "digest"}), "/auth/type"},
		{"http_json", paging(obj{"type": "none"}), ""},
		{
			"http_json",
			paging(obj{"type": "page", "page_param": "page", "first_page": 0, "size_param": "per_page", "size": 100}), "",
		},
		{"http_json", paging(obj{"type": "page"}), "/pagination/page_param"},
		{"http_json", paging(obj{"type": "page", "page_param": "page", "first_page": 2}), "/pagination/first_page"},
		{"http_json", paging(obj{"type": "page", "page_param": "page", "size": 10}), "/pagination/size_param"},
		{"http_json", paging(obj{"type": "cursor", "cursor_param": "c", "next_cursor_path": "/next"}), ""},
		{"http_json", paging(obj{"type": "cursor", "cursor_param": "c"}), "/pagination/next_cursor_path"},
		{"http_json", paging(obj{"type": "link"}), ""},
		{"http_json", paging(obj{"type": "link", "next_url_path": "/links/next"}), ""},
		{"http_json", paging(obj{"type": "link", "page_param": "p"}), "/pagination/page_param"},

		{"csv", csvGood, ""},
		{"csv", with(csvGood, "auth", obj{"type": "bearer", "token": secret}), ""},
		{"csv", with(csvGood, "source", obj{"object": "imports/a.csv"}), ""},
		{"csv", with(with(csvGood, "source", obj{"object": "imports/a.csv"}), "auth", obj{"type": "none"}), "/auth"},
		{"csv", with(csvGood, "source", obj{"object": "/a.csv"}), "/source"},
		{"csv", with(csvGood, "source", obj{}), "/source"},
		{"csv", with(csvGood, "source", obj{"url": "https://example.com/a.csv", "object": "a"}), "/source"},
		{"csv", with(csvGood, "delimiter", "\t"), ""},
		{"csv", with(csvGood, "delimiter", "::"), "/delimiter"},
		{"csv", with(csvGood, "header", false), "/columns"},
		{"csv", with(with(csvGood, "header", false), "columns", []string{"id", "name"}), ""},
		{"csv", with(csvGood, "columns", []string{"id", "name"}), "/columns"},
		{"csv", with(csvGood, "encoding", "latin1"), "/encoding"},

		{"s3", s3Good, ""},
		{"s3", with(s3Good, "endpoint", "https://minio.example.com:9000"), ""},
		{"s3", with(s3Good, "endpoint", "http://minio.example.com"), "/endpoint"},
		{"s3", with(s3Good, "endpoint", "https://minio.example.com/path"), "/endpoint"},
		{"s3", with(s3Good, "endpoint", "https://u:"+secret+"@minio.example.com"), "/endpoint"},
		{"s3", with(s3Good, "bucket", "../x"), "/bucket"},
		{"s3", with(s3Good, "region", "eu central"), "/region"},
		{"s3", with(s3Good, "secret_access_key", nil), "/secret_access_key"},
		{"s3", with(s3Good, "format", "jsonl"), ""},
		{"s3", with(with(s3Good, "format", "jsonl"), "id_path", "/key/0"), ""},
		{"s3", with(s3Good, "id_path", "/id"), "/id_path"},
		{"s3", with(s3Good, "overlap_seconds", 0), ""},
		{"s3", with(s3Good, "path_style", "yes"), "/path_style"},
	} {
		text := config(t, tc.config)
		name := tc.connector + " " + strings.ReplaceAll(string(text), secret, "…")
		violations, err := schemas[tc.connector].Validate(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if tc.pointer == "" && len(violations) > 0 {
			t.Errorf("%s: the schema refuses %+v", name, violations)
		}
		if tc.pointer != "" &&
			!slices.ContainsFunc(violations, func(v fault.Violation) bool { return strings.HasPrefix(v.Pointer, tc.pointer) }) {
			t.Errorf("%s: the violations are %+v, want one at %s", name, violations, tc.pointer)
		}
		// Nothing is admitted by the guard, so what is taken is refused when it connects.
		ctx := domain.WithObjectPrefix(context.Background(), "orgs/1/")
		s, err := connectors[tc.connector].Open(ctx, text)
		if err == nil {
			_ = s.Close()
		}
		if tc.pointer != "" {
			problem(t, err, domain.InvalidConfig)
		} else if err != nil && tc.connector != "postgres" {
			t.Errorf("%s: Open: %v", name, err)
		} else if tc.connector == "postgres" && problemCode(err) == domain.InvalidConfig {
			t.Errorf("%s: Open: %v", name, err)
		}
	}
}

func problemCode(err error) domain.Code {
	if p, ok := err.(*domain.Problem); ok {
		return p.Code
	}
	return ""
}

func TestConfigurationsAreDecodedStrictly(t *testing.T) {
	t.Parallel()
	for _, c := range All(guard.New(nil), true, nil) {
		for _, text := range []string{``, `null`, `[]`, `"x"`, `{}`, `{"nope":1}`, `{} {}`, `{"url":`, `{"url":{}}`} {
			_, err := c.Open(context.Background(), domain.Config(text))
			problem(t, err, domain.InvalidConfig)
			problem(t, c.Check(context.Background(), domain.Config(text)), domain.InvalidConfig)
		}
	}
}
