package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// contract is what a bundle says, in the terms of the SDK.
type contract struct {
	name     string
	title    string // of the document
	summary  string
	doc      *openapi3.T
	services []*resource
	events   []event
	models   map[string]*model // by the name of the type
}

// resource is a service: operations that have one name in x-sdk.
type resource struct {
	name        string // in x-sdk
	tag         string // of its first operation, which is its heading
	description string
	field       string // of the contract's client
	file        string
	operations  []*operation
}

// event is a webhook that the contract sends.
type event struct {
	name  string // its type
	model string
}

// model is a type of models.gen.go; fields are by the name in JSON.
type model struct {
	fields map[string]field
}

type field struct{ name, kind string }

type operation struct {
	id, method, path string
	name             string // of the method
	summary          string
	description      string
	scopes           []string
	security         string    // a constant of transport
	keyed            bool      // takes an Idempotency-Key
	workspace        bool      // takes an X-Workspace-ID
	correlated       string    // the header with the caller's id of a request; empty when it takes none
	version          [2]string // the header with the version of the API, and the newest one
	deprecation      string
	params           []param // of the path
	query, header    []param
	body             *body
	answer           answer
	list             *list
	sends, opens     bool // the request, or the answer, is a stream: x-stream
	events           bool // the answer is one of server-sent events
}

type param struct {
	name        string // as sent
	goName      string // of the argument or the field
	kind        string // the Go type
	required    bool
	explode     bool
	description string
	value       string // what a required one has when it is left out, as Go
}

type body struct {
	kind        string
	contentType string
	required    bool
	stream      bool // an io.Reader
}

type answer struct {
	kind   string // the Go type; empty when there is no body
	accept string
	raw    bool // not JSON
}

// list says how to walk the pages.
type list struct {
	item    string // Go type
	items   string // field of the page
	param   param  // cursor or page
	cursor  string // field of the page
	current string // expression on the page
	last    string
}

// requestID matches the header with the caller's id of a request.
var requestID = regexp.MustCompile(`(?i)^x-(correlation|request)-id$`)

// set by an option, so no parameters of methods.
var optional = map[string]bool{"Idempotency-Key": true, "X-Workspace-Id": true}

func load(name, file, modelFile string) (*contract, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		return nil, err
	}
	c := &contract{name: name, title: doc.Info.Title, summary: doc.Info.Summary, doc: doc}
	if c.models, err = readModels(modelFile); err != nil {
		return nil, err
	}
	var order struct{ Paths, Webhooks json.RawMessage }
	if err := json.Unmarshal(raw, &order); err != nil {
		return nil, err
	}
	paths, err := keys(order.Paths)
	if err != nil {
		return nil, err
	}
	byName := map[string]*resource{}
	for _, path := range paths {
		item := doc.Paths.Value(path)
		for _, method := range []string{
			http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		} {
			op := item.GetOperation(method)
			if op == nil {
				continue
			}
			o, err := c.operation(method, path, item, op)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", op.OperationID, err)
			}
			name, method, err := sdkName(op)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", op.OperationID, err)
			}
			o.name = goName(method)
			t := byName[name]
			if t == nil {
				t = &resource{name: name, tag: op.Tags[0], field: goName(name)}
				t.file = fileName(t.field)
				if d := doc.Tags.Get(t.tag); d != nil {
					t.description = d.Description
				}
				byName[name] = t
				c.services = append(c.services, t)
			}
			t.operations = append(t.operations, o)
		}
	}
	for _, t := range c.services {
		if err := t.unique(); err != nil {
			return nil, err
		}
	}
	if len(order.Webhooks) > 0 {
		var hooks map[string]struct {
			Post struct {
				RequestBody struct {
					Content map[string]struct {
						Schema struct {
							Ref string `json:"$ref"`
						}
					}
				}
			}
		}
		if err := json.Unmarshal(order.Webhooks, &hooks); err != nil {
			return nil, err
		}
		names, err := keys(order.Webhooks)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if m := c.model(hooks[name].Post.RequestBody.Content["application/json"].Schema.Ref); m != "" {
				c.events = append(c.events, event{name: name, model: m})
			}
		}
	}
	return c, c.unique()
}

// unique refuses names that the models have, too.
func (c *contract) unique() error {
	taken := map[string]bool{"Client": true, "NewClient": true, "Events": true}
	for _, t := range c.services {
		names := []string{serviceType(t)}
		for _, o := range t.operations {
			if len(o.query)+len(o.header) > 0 {
				names = append(names, paramsType(o))
			}
		}
		for _, n := range names {
			if taken[n] {
				return fmt.Errorf("%s is made twice", n)
			}
			taken[n] = true
		}
	}
	for n := range taken {
		if c.models[n] != nil {
			return fmt.Errorf("the schema %s has the name of something that is made for it", n)
		}
	}
	return nil
}

// readModels looks at what oapi-codegen made of the schemas, rather than knowing its rules.
func readModels(file string) (map[string]*model, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	models := map[string]*model{}
	for _, d := range parsed.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		for _, s := range g.Specs {
			t := s.(*ast.TypeSpec)
			m := &model{fields: map[string]field{}}
			models[t.Name.Name] = m
			st, ok := t.Type.(*ast.StructType)
			if !ok {
				continue
			}
			for _, f := range st.Fields.List {
				if len(f.Names) != 1 || f.Tag == nil {
					continue
				}
				literal, _ := strconv.Unquote(f.Tag.Value)
				name, _, _ := strings.Cut(reflect.StructTag(literal).Get("json"), ",")
				m.fields[name] = field{name: f.Names[0].Name, kind: types.ExprString(f.Type)}
			}
		}
	}
	return models, nil
}

// model returns the type of a referenced schema, "" when there is none.
func (c *contract) model(ref string) string {
	name, ok := strings.CutPrefix(ref, "#/components/schemas/")
	if !ok {
		return ""
	}
	// oapi-codegen's initials need not be ours.
	for _, n := range slices.Sorted(maps.Keys(c.models)) {
		if strings.EqualFold(n, goName(name)) {
			return n
		}
	}
	return ""
}

// kind returns the Go type of a schema; what has no name and no simple type is raw JSON.
func (c *contract) kind(s *openapi3.SchemaRef) string {
	if s == nil || s.Value == nil {
		return "string"
	}
	if n := c.model(s.Ref); n != "" {
		return n
	}
	v := s.Value
	switch {
	case v.Type.Includes("string"):
		if v.Format == "date-time" {
			return "time.Time"
		}
		return "string"
	case v.Type.Includes("integer"):
		if v.Format == "int64" {
			return "int64"
		}
		return "int"
	case v.Type.Includes("number"):
		return "float64"
	case v.Type.Includes("boolean"):
		return "bool"
	case v.Type.Includes("array"):
		return "[]" + c.kind(v.Items)
	}
	return "json.RawMessage"
}

func (c *contract) operation(method, path string, item *openapi3.PathItem, op *openapi3.Operation) (*operation, error) {
	o := &operation{id: op.OperationID, method: method, path: path, summary: op.Summary, description: op.Description}
	if len(op.Tags) == 0 {
		return nil, fmt.Errorf("no tag")
	}
	o.readSecurity(c.doc, op)
	if op.Deprecated {
		o.deprecation = "it is deprecated."
		if to, ok := op.Extensions["x-successor"].(string); ok {
			o.deprecation = "use " + to + "."
		}
		if on, ok := op.Extensions["x-sunset"].(string); ok {
			o.deprecation += " It is removed on " + on + "."
		}
	}
	byName := map[string]param{}
	for _, p := range slices.Concat(item.Parameters, op.Parameters) {
		v := p.Value
		q := param{
			name: v.Name, goName: goName(v.Name), kind: c.kind(v.Schema), required: v.Required, description: v.Description,
			explode: v.Explode == nil || *v.Explode,
		}
		if v.Style == "spaceDelimited" || v.Style == "pipeDelimited" || v.Style == "deepObject" {
			return nil, fmt.Errorf("parameter %s: the style %s is not supported", v.Name, v.Style)
		}
		if d, ok := v.Schema.Value.Default.(string); ok && v.Required {
			q.value = strconv.Quote(d)
		}
		switch v.In {
		case "path":
			q.goName = argument(v.Name)
			byName[v.Name] = q
		case "query":
			o.query = append(o.query, q)
		case "header":
			switch http.CanonicalHeaderKey(v.Name) {
			case "Idempotency-Key":
				o.keyed = true
			case "X-Workspace-Id":
				o.workspace = true
			}
			switch own, _ := c.doc.Extensions["x-version-header"].(string); {
			case own != "" && http.CanonicalHeaderKey(v.Name) == http.CanonicalHeaderKey(own):
				newest, _ := v.Schema.Value.Default.(string)
				if newest == "" {
					return nil, fmt.Errorf("the header %s needs a default, the newest version", v.Name)
				}
				o.version = [2]string{v.Name, newest}
			case requestID.MatchString(v.Name):
				o.correlated = v.Name
			case !optional[http.CanonicalHeaderKey(v.Name)]:
				q.explode = false
				o.header = append(o.header, q)
			}
		}
	}
	for _, step := range strings.Split(path, "{")[1:] {
		name, _, _ := strings.Cut(step, "}")
		p, ok := byName[name]
		if !ok {
			return nil, fmt.Errorf("the path's parameter %s is not described", name)
		}
		o.params = append(o.params, p)
	}
	o.readBody(c, op)
	o.readAnswer(c, op)
	switch kind, _ := op.Extensions["x-stream"].(string); kind {
	case "request":
		o.sends = true
	case "response":
		o.opens = true
	case "both":
		o.sends, o.opens = true, true
	case "events":
		o.opens, o.events = true, true
	}
	if o.opens && o.answer.kind != "" {
		o.answer.kind = "io.ReadCloser"
	}
	return o, nil
}

// readSecurity finds what the call sends, and the scopes that the caller must have.
func (o *operation) readSecurity(doc *openapi3.T, op *openapi3.Operation) {
	requirements := doc.Security
	if op.Security != nil {
		requirements = *op.Security
	}
	o.security = "Public"
	for _, r := range requirements {
		for name, scopes := range r {
			scheme := doc.Components.SecuritySchemes[name]
			if scheme != nil && scheme.Value.Type == "http" && strings.EqualFold(scheme.Value.Scheme, "basic") {
				if o.security == "Public" {
					o.security = "Client"
				}
				continue
			}
			o.security = "Bearer"
			for _, s := range scopes {
				if !slices.Contains(o.scopes, s) {
					o.scopes = append(o.scopes, s)
				}
			}
		}
	}
	slices.Sort(o.scopes)
}

func (o *operation) readBody(c *contract, op *openapi3.Operation) {
	if op.RequestBody == nil || op.RequestBody.Value == nil {
		return
	}
	content := op.RequestBody.Value.Content
	o.body = &body{required: op.RequestBody.Value.Required}
	for _, t := range mediaTypes(content) {
		if isJSON(t) || t == "application/x-www-form-urlencoded" {
			o.body.contentType, o.body.kind = t, c.kind(content[t].Schema)
			return
		}
	}
	o.body.stream, o.body.kind, o.body.contentType = true, "io.Reader", first(mediaTypes(content))
}

// mediaTypes are sorted, application/json first.
func mediaTypes(content openapi3.Content) []string {
	var names []string
	for t := range content {
		names = append(names, t)
	}
	slices.SortFunc(names, func(a, b string) int {
		if (a == "application/json") != (b == "application/json") {
			if a == "application/json" {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	return names
}

func isJSON(mediaType string) bool {
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
}

func first(list []string) string {
	if len(list) == 0 {
		return "application/octet-stream"
	}
	return list[0]
}

// readAnswer takes the success that has a body: of a POST what it makes (201), else the lowest status.
func (o *operation) readAnswer(c *contract, op *openapi3.Operation) {
	statuses := op.Responses.Map()
	var names []string
	for status := range statuses {
		if strings.HasPrefix(status, "2") {
			names = append(names, status)
		}
	}
	slices.Sort(names)
	if i := slices.Index(names, "201"); i > 0 && o.method == http.MethodPost {
		names = slices.Insert(slices.Delete(names, i, i+1), 0, "201")
	}
	for _, status := range names {
		content := statuses[status].Value.Content
		for _, t := range mediaTypes(content) {
			if !isJSON(t) {
				o.answer = answer{kind: "[]byte", accept: t, raw: true}
				return
			}
			schema := content[t].Schema
			kind := c.kind(schema)
			if schema.Value.Type.Includes("object") || len(schema.Value.AllOf) > 0 {
				if m := c.model(schema.Ref); m != "" {
					o.list = c.list(o, m)
					kind = "*" + m
				}
			}
			o.answer = answer{kind: kind}
			return
		}
	}
}

// list recognizes a page by its members: next_cursor, or the number of the page.
func (c *contract) list(o *operation, page string) *list {
	members := c.models[page].fields
	l := &list{}
	for _, name := range []string{"data", "items", "results"} {
		if f, ok := members[name]; ok && strings.HasPrefix(f.kind, "[]") {
			l.items, l.item = f.name, strings.TrimPrefix(f.kind, "[]")
			break
		}
	}
	if l.items == "" {
		return nil
	}
	byName := func(name string) bool {
		for _, p := range o.query {
			if p.name == name {
				l.param = p
				return true
			}
		}
		return false
	}
	if l.cursor = cursorOf(members, c.models); l.cursor != "" && byName("cursor") {
		return l
	}
	l.cursor = ""
	if !byName("page") {
		return nil
	}
	if meta, ok := members["meta"]; ok && c.models[meta.kind] != nil {
		at := c.models[meta.kind].fields
		if at["current_page"].name == "" || at["last_page"].name == "" {
			return nil
		}
		l.current = "int64(p." + meta.name + "." + at["current_page"].name + ")"
		l.last = "int64(p." + meta.name + "." + at["last_page"].name + ")"
		return l
	}
	current, total, size := members["page"], members["total"], members["page_size"]
	if current.name == "" || total.name == "" || size.name == "" {
		return nil
	}
	l.current = "int64(p." + current.name + ")"
	l.last = "transport.LastPage(int64(p." + total.name + "), int64(p." + size.name + "))"
	return l
}

// cursorOf returns the expression of the next cursor on a page: a member of the page, or of its member page.
func cursorOf(members map[string]field, models map[string]*model) string {
	for _, name := range []string{"next_cursor", "nextCursor"} {
		if f, ok := members[name]; ok {
			return f.name
		}
		at := members["page"]
		if m := models[at.kind]; m != nil && m.fields[name].name != "" {
			return at.name + "." + m.fields[name].name
		}
	}
	return ""
}

// goName returns the exported name of a schema, operation or parameter, as the models have it.
func goName(name string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, name)
	words := split(codegen.ToCamelCase(strings.Trim(clean, "_")))
	for i, w := range words {
		if slices.Contains(initials, strings.ToUpper(w)) {
			words[i] = strings.ToUpper(w)
		}
	}
	return strings.Join(words, "")
}

// initials are written in capitals.
var initials = []string{
	"API", "HTTP", "HTTPS", "ID", "IP", "JSON", "JWT", "MCP", "SEO", "SQL", "TLS", "TTL", "URI", "URL", "UUID",
}

// taken are names that a method's body uses.
var taken = []string{"ctx", "body", "params", "opts", "s", "r", "transport", "option"}

// argument returns the name of a parameter: org_id is orgID.
func argument(name string) string {
	words := split(goName(name))
	words[0] = strings.ToLower(words[0])
	a := strings.Join(words, "")
	if token.IsKeyword(a) || slices.Contains(taken, a) || types.Universe.Lookup(a) != nil {
		return a + "_"
	}
	return a
}

// split takes the words of a name apart: createAPIKey is create, API, Key.
func split(name string) []string {
	var words []string
	r := []rune(name)
	start := 0
	for i := 1; i < len(r); i++ {
		lowerToUpper := !unicode.IsUpper(r[i-1]) && unicode.IsUpper(r[i])
		endOfInitials := i+1 < len(r) && unicode.IsUpper(r[i-1]) && unicode.IsUpper(r[i]) && unicode.IsLower(r[i+1])
		if lowerToUpper || endOfInitials {
			words = append(words, string(r[start:i]))
			start = i
		}
	}
	return append(words, string(r[start:]))
}

func fileName(goName string) string {
	return strings.ToLower(strings.Join(split(goName), "_"))
}

// sdkName is what the operation is called in every SDK: the resource and the method of its x-sdk. The names
// are those of the published SDKs, so they follow from nothing that may change, such as tags or the other
// operations.
func sdkName(op *openapi3.Operation) (resource, method string, err error) {
	said, _ := op.Extensions["x-sdk"].(map[string]any)
	resource, _ = said["resource"].(string)
	method, _ = said["method"].(string)
	for _, name := range []string{resource, method} {
		if !camelCase.MatchString(name) {
			return "", "", fmt.Errorf("it needs x-sdk: {resource: apiKeys, method: revoke}, with names like these")
		}
	}
	return resource, method, nil
}

var camelCase = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)

// unique refuses two methods of one name.
func (t *resource) unique() error {
	of := map[string]string{}
	for _, o := range t.operations {
		if other, taken := of[o.name]; taken {
			return fmt.Errorf("x-sdk of %s and %s is the same: %s of %s", other, o.id, o.name, t.name)
		}
		of[o.name] = o.id
	}
	for _, o := range t.operations {
		if _, taken := of[o.name+walk]; taken { // the walk of a list is a method, too
			o.list = nil
		}
	}
	return nil
}

const walk = "AutoPaging"

func serviceType(t *resource) string   { return t.field + "Service" }
func paramsType(o *operation) string   { return goName(o.id) + "Params" }
func contractField(c *contract) string { return goName(c.name) }
