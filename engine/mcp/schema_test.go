package mcp

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/fault"
)

func check(t *testing.T, schema, arguments string) []string {
	t.Helper()
	v, err := (&schemaOf{text: json.RawMessage(schema)}).Check(json.RawMessage(arguments))
	if err != nil {
		t.Fatalf("%s: %v", schema, err)
	}
	out := []string{}
	for _, one := range v {
		if one.In != fault.InBody || one.Message == "" || strings.Contains(one.Message, "S3CR3T") {
			t.Errorf("%+v", one)
		}
		out = append(out, one.Pointer+" "+one.Code)
	}
	return out
}

func TestArguments(t *testing.T) {
	const schema = `{
		"type": "object", "required": ["path", "deep"], "additionalProperties": false,
		"properties": {
			"path": {"type": "string", "minLength": 2, "maxLength": 9, "pattern": "^[a-zS3CRT/~]+$"},
			"n": {"type": ["integer", "null"], "minimum": 1, "maximum": 5},
			"kind": {"enum": ["a", "b"]},
			"one": {"const": 1},
			"deep": {"$ref": "#/$defs/node"},
			"either": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["x"]}]},
			"a/b~": {"type": "array", "items": {"type": "number", "exclusiveMinimum": 0}, "uniqueItems": true}
		},
		"$defs": {"node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}, "v": {"type": "boolean"}}}}
	}`
	for arguments, want := range map[string][]string{
		`{"path":"ab","deep":{}}`: {},
		`{"path":"ab","deep":{"next":{"next":{"v":true}}},"n":null,"a/b~":[1,2.5]}`: {},
		`{"path":"ab","deep":{},"either":{"x":1}}`:                                  {},
		`{}`: {"/deep required", "/path required"},
		`{"path":"S3CR3T!","deep":{"next":{"next":{"v":"S3CR3T"}}}}`: {
			"/deep/next/next/v type", "/path pattern",
		},
		`{"path":"a","deep":[],"n":9}`: {
			"/deep type", "/n maximum", "/path min_length",
		},
		`{"path":"aaaaaaaaaa","deep":{},"n":0,"kind":"S3CR3T","one":2,"S3CR3T/~":1}`: {
			"/S3CR3T~1~0 unknown_field", "/kind enum", "/n minimum", "/one const", "/path max_length",
		},
		`{"path":"ab","deep":{},"either":7,"a/b~":[1,0,1]}`: {
			"/a~1b~0 schema", "/a~1b~0/1 minimum", "/either alternatives",
		},
		`[]`:                                {" type"},
		`"S3CR3T"`:                          {" type"},
		`{"path":"ab","deep":{},"n":1e999}`: {" malformed"},
		`{"path"`:                           {" malformed"},
		`{"path":"ab","deep":` + nested(80) + `}`: {" max_size"},
	} {
		if got := check(t, schema, arguments); !slices.Equal(got, want) {
			t.Errorf("%.100s: %q, want %q", arguments, got, want)
		}
	}
	if got := check(t, `{"type":"object","additionalProperties":{"type":"string"}}`,
		`{`+strings.Repeat(`"x":1,`, 3)+many(50)+`}`); len(got) != maxViolations {
		t.Errorf("%d violations", len(got))
	}
}

func nested(n int) string { return strings.Repeat(`{"next":`, n) + "{}" + strings.Repeat("}", n) }

func many(n int) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf(`"m%d":1`, i))
	}
	return strings.Join(out, ",")
}

func TestOtherDialects(t *testing.T) {
	for schema, want := range map[string][]string{
		`{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"a":{"type":"array",` +
			`"items":[{"type":"string"}],"additionalItems":false}}}`: {
			"/a schema", "/a/0 type",
		},
		`{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://example.com/tool","type":"object",` +
			`"properties":{"a":{"prefixItems":[{"$ref":"#/$defs/n"}]}},"$defs":{"n":{"type":"string"}}}`: {
			"/a/0 type",
		},
		`{"type":"object","properties":{"a":{"items":{"pattern":"(?=x)"}}}}`: {}, // not an expression of Go's
		`{"type":"object"}`: {},
		`true`:              {},
		`{"type":"object","dependentSchemas":{"a":{"required":["b"]}}}`: {"/b required"},
		`{"type":"object","dependencies":{"a":["b"]}}`:                  {" schema"},
	} {
		if got := check(t, schema, `{"a":[1,2]}`); !slices.Equal(got, want) {
			t.Errorf("%s: %q", schema, got)
		}
	}
}

// A server may write what it likes into a schema.
func TestSchemasThatCannotBeUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "schema.json")
	if err := os.WriteFile(file, []byte(`{"type":"object"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, schema := range map[string]string{
		"a file":                  `{"type":"object","properties":{"a":{"$ref":"file://` + file + `"}}}`,
		"the network":             `{"type":"object","properties":{"a":{"$ref":"https://example.com/schema.json"}}}`,
		"another dialect":         `{"$schema":"file://` + file + `","type":"object"}`,
		"a name":                  `{"$ref":"#name","$defs":{"a":{"$anchor":"name"}}}`,
		"nothing there":           `{"$ref":"#/$defs/a"}`,
		"a base of its own":       `{"properties":{"a":{"$id":"https://example.com/a","$ref":"#/b"}}}`,
		"a dynamic reference":     `{"$dynamicRef":"#a"}`,
		"no schema":               `{"type":"nonsense"}`,
		"no JSON":                 `{`,
		"a number":                `7`,
		"more than can be looked": `{"description":"` + strings.Repeat("x", maxSchema) + `"}`,
	} {
		_, err := (&schemaOf{text: json.RawMessage(schema)}).Check(json.RawMessage(`{}`))
		if err == nil {
			t.Errorf("%s is accepted", name)
			continue
		}
		wants(t, err, "schema of the tool cannot be used")
	}
}

// Each of these would be checked for longer than the test runs.
func TestSchemasThatTakeAges(t *testing.T) {
	chain := func(apply string) string {
		var defs []string
		for i := range 60 {
			defs = append(defs, fmt.Sprintf(`"n%d":{"%s":[{"$ref":"#/$defs/n%d"},{"$ref":"#/$defs/n%d"}]}`, i, apply, i+1, i+1))
		}
		return `{"$ref":"#/$defs/n0","$defs":{` + strings.Join(defs, ",") + `,"n60":{"type":"string"}}}`
	}
	for name, c := range map[string]struct{ schema, arguments string }{
		"all of":    {chain("allOf"), `{}`},
		"any of":    {chain("anyOf"), `{}`},
		"one of":    {chain("oneOf"), `{}`},
		"in itself": {`{"$ref":"#"}`, `{}`},
		"in a ring": {
			`{"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"not":{"$ref":"#/$defs/b"}},"b":{"if":{"$ref":"#/$defs/a"}}}}`, `{}`,
		},
		"by depth": {`{"properties":{"next":{"allOf":[{"$ref":"#"},{"$ref":"#"}]}}}`, nested(60)},
		"by size": {
			`{"properties":{"a":{"items":{"enum":[` + strings.Repeat("0,", 50_000) + `1]}}}}`,
			`{"a":[` + strings.Repeat("2,", 100_000) + `3]}`,
		},
		"by name": {
			`{"patternProperties":{"^a":{"$ref":"#"},"a$":{"$ref":"#"}}}`,
			strings.Repeat(`{"a":`, 40) + "{}" + strings.Repeat("}", 40),
		},
	} {
		if got := check(t, c.schema, c.arguments); !slices.Equal(got, []string{" max_size"}) {
			t.Errorf("%s: %q", name, got)
		}
	}
	// A tree, such as of expressions, is no such thing.
	if got := check(t, `{"properties":{"next":{"$ref":"#"},"other":{"$ref":"#"}}}`, nested(60)); len(got) != 0 {
		t.Errorf("a list: %q", got)
	}
	// Expressions that are costly to match with are the server's to match.
	costly := `{"properties":{"a":{"pattern":"^(((((x{0,9}){0,9}){0,9}){0,9}){0,9})$"}}}`
	if got := check(t, costly, `{"a":"`+strings.Repeat("x", 1000)+`y"}`); len(got) != 0 {
		t.Errorf("a costly expression: %q", got)
	}
	long := `{"properties":{"a":{"pattern":"^x*$"}}}`
	if got := check(t, long, `{"a":"`+strings.Repeat("y", maxMatched+1)+`"}`); len(got) != 0 {
		t.Errorf("a long text: %q", got)
	}
	if got := check(t, long, `{"a":"y"}`); len(got) != 1 {
		t.Errorf("a short text: %q", got)
	}
}

func FuzzSchema(f *testing.F) {
	f.Add(`{"type":"object","properties":{"a":{"$ref":"#/$defs/b"}},"$defs":{"b":{"anyOf":[{"type":"string"},`+
		`{"$ref":"#"}]}}}`,
		`{"a":{"a":"b"}}`)
	f.Add(`{"$ref":"#/properties/a~1b/0"}`, `{}`)
	f.Fuzz(func(t *testing.T, schema, arguments string) {
		_, _ = (&schemaOf{text: json.RawMessage(schema)}).Check(json.RawMessage(arguments))
	})
}
