package mcp

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/alania-go/alania/server/contract"
)

// tool is an operation as a tool.
type tool struct {
	op         *contract.Operation
	definition *sdk.Tool
	arguments  map[string]argument
	order      []string
	bodyType   string // media type; empty: the operation takes none
	toolsets   []string
}

// argument is where a value goes.
type argument struct {
	in       string // of openapi3.ParameterIn…
	name     string // as the contract has it
	required bool
	explode  bool   // an array is repeated, not joined by commas
	deep     bool   // an object, as name[member]
	fixed    string // sent when it is left out
	key      bool   // an Idempotency-Key is made when it is left out
}

// inBody is the argument that the body is.
const inBody = "body"

// What the transport carries itself, or what is the same as the credentials of the call.
var unlisted = []string{"Accept", "Content-Type", "Authorization", "X-Request-Id"}

func isUnlisted(op *contract.Operation, header string) bool {
	return header == op.Contract.RequestID || slices.Contains(unlisted, header)
}

// Clients of language models take nothing else in the name of an argument.
var notName = regexp.MustCompile(`[^A-Za-z0-9_.-]+`)

// made has the tools of a contract, which do not change: tests start many servers in one process.
var made sync.Map // by *contract.Contract

func toolsOnce(c *contract.Contract) ([]*tool, error) {
	once, _ := made.LoadOrStore(c, sync.OnceValues(func() ([]*tool, error) { return toolsOf(c) }))
	return once.(func() ([]*tool, error))()
}

// toolsOf makes the tools of a contract. Operations whose bodies are streams, or that take
// files in a form, cannot be called in one message and are left out.
func toolsOf(c *contract.Contract) ([]*tool, error) {
	text, err := json.Marshal(c.Document())
	if err != nil {
		return nil, err
	}
	var doc struct {
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	var out []*tool
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(c.Operations)) {
		op := c.Operations[name]
		item := c.Document().Paths.Value(op.Path)
		t, err := newTool(op, item, item.GetOperation(op.Method), doc.Components.Schemas)
		if err != nil {
			errs = append(errs, fmt.Errorf("operation %s: %w", name, err))
		}
		if t != nil {
			out = append(out, t)
		}
	}
	return out, errors.Join(errs...)
}

func newTool(
	op *contract.Operation, item *openapi3.PathItem, spec *openapi3.Operation, components map[string]any,
) (*tool, error) {
	bodyType, callable := bodyOf(spec)
	if !callable || op.Stream != nil {
		return nil, nil
	}
	t := &tool{op: op, arguments: map[string]argument{}, bodyType: bodyType}
	e := expander{components: components, defs: map[string]any{}}
	properties, required := map[string]any{}, []string{}
	parameters := slices.Clone(spec.Parameters)
	for _, p := range item.Parameters {
		if spec.Parameters.GetByInAndName(p.Value.In, p.Value.Name) == nil {
			parameters = append(parameters, p)
		}
	}
	for _, ref := range parameters {
		p := ref.Value
		if p.In == openapi3.ParameterInCookie ||
			p.In == openapi3.ParameterInHeader && isUnlisted(op, http.CanonicalHeaderKey(p.Name)) {
			continue
		}
		schema, err := e.of(p.Schema)
		if err != nil {
			return nil, err
		}
		if p.Description != "" {
			schema["description"] = p.Description
		}
		name := strings.Trim(notName.ReplaceAllString(p.Name, "_"), "_")
		if _, taken := t.arguments[name]; taken || name == inBody {
			name = p.In + "_" + name
		}
		a := argument{in: p.In, name: p.Name, required: p.Required, deep: p.Style == openapi3.SerializationDeepObject}
		a.explode = p.In == openapi3.ParameterInQuery && (p.Explode == nil || *p.Explode)
		if p.Required && p.In == openapi3.ParameterInHeader {
			// There is no choice to make, such as of a version.
			a.fixed = onlyValue(schema)
			a.key = p.Name == "Idempotency-Key"
		}
		if a.required && a.fixed == "" && !a.key {
			required = append(required, name)
		}
		t.arguments[name], properties[name] = a, schema
		t.order = append(t.order, name)
	}
	if bodyType != "" {
		schema, err := e.body(spec, bodyType)
		if err != nil {
			return nil, err
		}
		properties[inBody] = schema
		if spec.RequestBody.Value.Required {
			required = append(required, inBody)
		}
	}
	schema := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		schema["required"] = required
	}
	if len(e.defs) > 0 {
		schema["$defs"] = e.defs
	}
	text, err := json.Marshal(schema)
	if err != nil {
		return nil, err
	}
	for _, tag := range spec.Tags {
		t.toolsets = append(t.toolsets, toolset(tag))
	}
	t.definition = &sdk.Tool{
		Name: op.Contract.Name + "_" + op.ID, Title: spec.Summary, Description: describe(spec),
		InputSchema: json.RawMessage(text), OutputSchema: json.RawMessage(outputSchema), Annotations: annotate(op.Method),
	}
	return t, nil
}

// toolset is the name of the toolset of a tag, as it stands in a URL: "API keys" is api-keys.
func toolset(tag string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(tag), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), "-")
}

const outputSchema = `{"type":"object","required":["status"],"properties":{` +
	`"status":{"type":"integer","description":"The HTTP status."},` +
	`"headers":{"type":"object","additionalProperties":{"type":"string"},"description":"Those that a next call may need,` +
	` such as ETag for If-Match."},` +
	`"body":{"description":"The answer; in base64 when its Content-Type is among the headers and is no text."}}}`

func describe(spec *openapi3.Operation) string {
	s := spec.Summary
	if d := strings.TrimSpace(spec.Description); d != "" {
		s += "\n\n" + d
	}
	if spec.Deprecated {
		s += "\n\nDeprecated."
	}
	return s
}

func annotate(method string) *sdk.ToolAnnotations {
	destructive := method == http.MethodDelete
	a := &sdk.ToolAnnotations{ReadOnlyHint: method == http.MethodGet || method == http.MethodHead}
	if !a.ReadOnlyHint {
		a.DestructiveHint = &destructive
		a.IdempotentHint = method == http.MethodPut || method == http.MethodDelete
	}
	return a
}

// bodyOf chooses the media type that a body is sent as; false when none can be.
func bodyOf(spec *openapi3.Operation) (mediaType string, ok bool) {
	if spec.RequestBody == nil {
		return "", true
	}
	rank := func(t string) int {
		switch {
		case t == "application/json":
			return 0
		case isJSON(t):
			return 1
		case t == formType:
			return 2
		case strings.HasPrefix(t, "text/"):
			return 3
		case strings.HasPrefix(t, "multipart/"):
			return 5
		}
		return 4
	}
	types := slices.SortedFunc(maps.Keys(spec.RequestBody.Value.Content), func(a, b string) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	if len(types) == 0 || rank(types[0]) == 5 {
		return "", false
	}
	return types[0], true
}

const formType = "application/x-www-form-urlencoded"

func isJSON(mediaType string) bool {
	mediaType, _, _ = strings.Cut(mediaType, ";")
	mediaType = strings.ToLower(strings.TrimSpace(mediaType))
	return mediaType == "application/json" ||
		strings.HasPrefix(mediaType, "application/") && strings.HasSuffix(mediaType, "+json")
}

// onlyValue returns the one text that a schema allows, or its default.
func onlyValue(schema map[string]any) string {
	if list, ok := schema["enum"].([]any); ok && len(list) == 1 {
		s, _ := list[0].(string)
		return s
	}
	for _, word := range []string{"const", "default"} {
		if s, ok := schema[word].(string); ok {
			return s
		}
	}
	return ""
}

// expander writes schemas of a bundle so that they stand by themselves: references are
// replaced by what they name, which every client understands, and those of schemas that
// contain themselves by references to $defs.
type expander struct {
	components map[string]any
	defs       map[string]any
}

const componentRef, defsRef = "#/components/schemas/", "#/$defs/"

func (e *expander) of(ref *openapi3.SchemaRef) (map[string]any, error) {
	if ref == nil {
		return map[string]any{}, nil
	}
	text, err := json.Marshal(ref)
	if err != nil {
		return nil, err
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, err
	}
	schema, ok := e.schema(v, nil).(map[string]any)
	if !ok { // true
		schema = map[string]any{}
	}
	return schema, nil
}

func (e *expander) body(spec *openapi3.Operation, mediaType string) (map[string]any, error) {
	schema := map[string]any{"type": "string"}
	switch {
	case isJSON(mediaType) || mediaType == formType:
		var err error
		if schema, err = e.of(spec.RequestBody.Value.Content[mediaType].Schema); err != nil {
			return nil, err
		}
	case !strings.HasPrefix(mediaType, "text/"):
		schema["contentEncoding"], schema["contentMediaType"] = "base64", mediaType
	}
	if d := spec.RequestBody.Value.Description; d != "" {
		schema["description"] = d
	}
	return schema, nil
}

// schema expands a schema; within are the components that it is part of.
func (e *expander) schema(v any, within []string) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v // true or false
	}
	if ref, ok := m["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, componentRef)
		out := map[string]any{}
		if slices.Contains(within, name) {
			out["$ref"] = defsRef + name
			if _, there := e.defs[name]; !there {
				e.defs[name] = true // while it is made
				e.defs[name] = e.schema(e.components[name], []string{name})
			}
		} else if target, ok := e.schema(e.components[name], append(slices.Clip(within), name)).(map[string]any); ok {
			maps.Copy(out, target)
		}
		for word, value := range m { // words next to the reference
			if word != "$ref" {
				out[word] = e.word(word, value, within)
			}
		}
		return out
	}
	out := make(map[string]any, len(m))
	for word, value := range m {
		switch {
		case word == "discriminator" || word == "xml" || word == "externalDocs" || strings.HasPrefix(word, "x-"):
			// OpenAPI's, not JSON Schema's.
		case word == "example":
			out["examples"] = []any{value}
		default:
			out[word] = e.word(word, value, within)
		}
	}
	return out
}

// word expands the schemas that are the value of a word of a schema.
func (e *expander) word(word string, value any, within []string) any {
	switch word {
	case "properties", "patternProperties", "dependentSchemas", "$defs":
		if m, ok := value.(map[string]any); ok {
			out := make(map[string]any, len(m))
			for name, v := range m {
				out[name] = e.schema(v, within)
			}
			return out
		}
	case "allOf", "anyOf", "oneOf", "prefixItems":
		if list, ok := value.([]any); ok {
			out := make([]any, len(list))
			for i, v := range list {
				out[i] = e.schema(v, within)
			}
			return out
		}
	case "items", "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "contains", "propertyNames", "not",
		"if", "then", "else":
		return e.schema(value, within)
	}
	return value
}
