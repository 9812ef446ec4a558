package docs

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/alania-go/alania/openapi"
	"go.yaml.in/yaml/v3"
)

const here = "https://api.example.test"

func TestServersInJSON(t *testing.T) {
	const in = `{
  "z": {"servers": ["not one"]},
  "paths": {
    "/b": {"servers": [{"url": "/"}], "parameters": [1.50],
      "get": {"x": "\u00e9 {", "servers": [], "callbacks": {"c": {"/": {"servers": [3]}}}}},
    "servers": {"summary": "a path"}
  },
  "servers": [
    {"url": "/", "description": "]"}
  ],
  "a": 1e2
}
`
	const want = `{
  "z": {"servers": ["not one"]},
  "paths": {
    "/b": {"servers": [{"url": "https://api.example.test"}], "parameters": [1.50],
      "get": {"x": "\u00e9 {", "servers": [{"url": "https://api.example.test"}], "callbacks": {"c": {"/": {"servers": [3]}}}}},
    "servers": {"summary": "a path"}
  },
  "servers": [{"url": "https://api.example.test"}],
  "a": 1e2
}
`
	got, err := jsonWithServer([]byte(in), here)
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestServersInYAML(t *testing.T) {
	const in = `# a comment
z:
  servers: [not one]
paths:
  /b:
    servers:
    - url: /
      description: a list as deep as its key

    parameters: [1.50]
    get:
      servers: []
      description: |
        servers:
          - text
      callbacks:
        c:
          /:
            servers: [3]
  servers:
    summary: a path
servers:
  - url: /

  - url: https://elsewhere.test
    description: >-
      folded

      text

# about a
a: 1e2
`
	const want = `# a comment
z:
  servers: [not one]
paths:
  /b:
    servers:
      - url: "https://api.example.test"

    parameters: [1.50]
    get:
      servers:
        - url: "https://api.example.test"
      description: |
        servers:
          - text
      callbacks:
        c:
          /:
            servers: [3]
  servers:
    summary: a path
servers:
  - url: "https://api.example.test"

# about a
a: 1e2
`
	got, err := yamlWithServer([]byte(in), here)
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
}

// Without the lines that name servers, what is served is the bundle, byte for byte.
func TestServersOfBundles(t *testing.T) {
	for _, name := range append(openapi.Contracts(), openapi.Joined) {
		t.Run(name, func(t *testing.T) {
			for format, rewrite := range map[string]struct {
				read  func(string) ([]byte, bool)
				write func([]byte, string) ([]byte, error)
				parse func([]byte, any) error
			}{
				"json": {openapi.JSON, jsonWithServer, json.Unmarshal},
				"yaml": {openapi.YAML, yamlWithServer, yaml.Unmarshal},
			} {
				before, _ := rewrite.read(name)
				after, err := rewrite.write(before, here)
				if err != nil {
					t.Fatal(format, err)
				}
				var was, is map[string]any
				if err := rewrite.parse(before, &was); err != nil {
					t.Fatal(format, err)
				}
				if err := rewrite.parse(after, &is); err != nil {
					t.Fatal(format, err)
				}
				if want := []any{map[string]any{"url": here}}; !reflect.DeepEqual(is["servers"], want) {
					t.Errorf("%s: servers = %v", format, is["servers"])
				}
				delete(was, "servers")
				delete(is, "servers")
				if !reflect.DeepEqual(was, is) {
					t.Errorf("%s: more than the servers changed", format)
				}
				// The text before and after the one place is as it was.
				b, a := string(before), string(after)
				prefix := 0
				for prefix < len(b) && prefix < len(a) && b[prefix] == a[prefix] {
					prefix++
				}
				suffix := 0
				for suffix < len(b)-prefix && suffix < len(a)-prefix && b[len(b)-1-suffix] == a[len(a)-1-suffix] {
					suffix++
				}
				if changed := a[prefix : len(a)-suffix]; !strings.Contains(changed, here) || len(changed) > len(here)+20 {
					t.Errorf("%s: changed %q", format, changed)
				}
			}
		})
	}
}

func TestServersErrors(t *testing.T) {
	for _, in := range []string{"", "[]", "{", `{"paths": {}}`, `{"paths": {"/": {"servers": []}}}`, `{"servers": `} {
		if out, err := jsonWithServer([]byte(in), here); err == nil {
			t.Errorf("JSON %q became %q", in, out)
		}
	}
	for _, in := range []string{
		"", "- a", "{", "paths: {}", "a: {b: c}", "{servers: []}", "paths:\n  /:\n    servers: []\n",
	} {
		if out, err := yamlWithServer([]byte(in), here); err == nil {
			t.Errorf("YAML %q became %q", in, out)
		}
	}
}

// A bundle that is in JSON only is the same in YAML.
func TestAsYAML(t *testing.T) {
	for _, name := range append(openapi.Contracts(), openapi.Joined) {
		j, _ := openapi.JSON(name)
		y, err := asYAML(j)
		if err != nil {
			t.Fatal(err)
		}
		var want, got any
		if err := errors.Join(yaml.Unmarshal(j, &want), yaml.Unmarshal(y, &got)); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) || bytes.HasPrefix(y, []byte("{")) {
			t.Errorf("%s differs in YAML", name)
		}
	}
	if _, err := asYAML([]byte("{")); err == nil {
		t.Error("half a document is taken")
	}
}
