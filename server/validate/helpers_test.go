package validate

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/fault"
	"github.com/getkin/kin-openapi/openapi3"
)

// loadDoc loads and checks an OpenAPI document.
func loadDoc(t testing.TB, text string) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatalf("document: %v", err)
	}
	return doc
}

// compileDoc compiles the operations of a document.
func compileDoc(t testing.TB, text string) map[string]*Operation {
	t.Helper()
	ops, err := Compile(loadDoc(t, text))
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	return ops
}

const docHead = `{"openapi":"3.1.0","info":{"title":"t","version":"1"},`

// schemaDoc is a document whose component S is the schema, with one operation that takes
// it as a body. Loading through a document resolves the references within the schema.
func schemaDoc(schema string) string {
	return docHead +
		`"paths":{"/":{"post":{"operationId":"op","requestBody":{"required":true,"content":{"application/json":{"schema":` +
		`{"$ref":"#/components/schemas/S"}}}},"responses":{"200":{"description":"ok"}}}}},"components":{"schemas":` + schema +
		`}}`
}

// loadSchema resolves component S of the given components.
func loadSchema(t testing.TB, components string) *openapi3.Schema {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(schemaDoc(components)))
	if err != nil {
		t.Fatalf("load %s: %v", components, err)
	}
	return doc.Components.Schemas["S"].Value
}

// compileSchema compiles one schema given as JSON.
func compileSchema(t testing.TB, schema string) *Schema {
	t.Helper()
	s, err := CompileSchema(loadSchema(t, `{"S":`+schema+`}`))
	if err != nil {
		t.Fatalf("compile %s: %v", schema, err)
	}
	return s
}

// short words violations as "pointer code", joined.
func short(vs []fault.Violation) string {
	var out []string
	for _, v := range vs {
		s := v.Pointer + " " + v.Code
		if v.In != fault.InBody && v.In != "" {
			s = v.In + " " + s
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

// outcome words the result of a request: "" when valid, the violations, or the code.
func outcome(err error) string {
	if err == nil {
		return ""
	}
	e := err.(*fault.Error)
	if e.Code == fault.ValidationFailed {
		return short(e.Violations)
	}
	return string(e.Code)
}

func newRequest(method, target, contentType, body string) *http.Request {
	var r *http.Request
	if body == "" {
		r = httptest.NewRequest(method, target, nil)
	} else {
		r = httptest.NewRequest(method, target, strings.NewReader(body))
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

func noPath(string) string { return "" }
