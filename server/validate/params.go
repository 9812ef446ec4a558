package validate

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/storable"
	"github.com/getkin/kin-openapi/openapi3"
)

// param is one compiled parameter.
type param struct {
	name     string
	pointer  string // "/" and the name as an RFC 6901 token
	key      string // canonical name of a header
	required bool
	explode  bool
	list     bool // a header whose field lines are one list
	shape    shape
	schema   *schema
	types    typeSet            // what a value, or an item, may be read as
	props    map[string]typeSet // of a deepObject
	fallback string             // the default as a piece of a query; empty: none
}

// listHeaders are those of HTTP whose value is a list, so that several lines of one are as good
// as one with commas (RFC 9110 section 5.3). Of others, a second line is a contradiction.
var listHeaders = map[string]bool{
	"If-Match": true, "If-None-Match": true, "Accept": true, "Accept-Encoding": true, "Accept-Language": true,
	"Baggage":       true,
	"Cache-Control": true, "Forwarded": true, "Prefer": true, "Tracestate": true, "Via": true, "X-Forwarded-For": true,
}

type shape uint8

const (
	shapePrimitive shape = iota
	shapeArray
	shapeObject // deepObject
)

// compileOperation compiles the parameters and the body of one operation.
func (c *compiler) compileOperation(item *openapi3.PathItem, src *openapi3.Operation, at string) *Operation {
	op := &Operation{id: src.OperationID}
	params := slices.Clone(src.Parameters)
	for _, r := range item.Parameters {
		if r == nil || r.Value == nil {
			continue
		}
		// An operation's own parameter replaces the one of its path.
		if src.Parameters.GetByInAndName(r.Value.In, r.Value.Name) == nil {
			params = append(params, r)
		}
	}
	for i, r := range params {
		at := child(at, "parameters", strconv.Itoa(i))
		if r == nil || r.Value == nil {
			c.errorf(at, "the reference is not resolved")
			continue
		}
		src := r.Value
		if r.Ref != "" {
			at = r.Ref
		}
		at = at + " (" + src.In + " " + src.Name + ")"
		p := c.param(src, at)
		switch src.In {
		case openapi3.ParameterInPath:
			p.required = true
			op.path = append(op.path, p)
		case openapi3.ParameterInQuery:
			op.query = append(op.query, p)
			op.defaults = op.defaults || p.fallback != ""
		case openapi3.ParameterInHeader:
			p.list = listHeaders[http.CanonicalHeaderKey(src.Name)]
			switch p.key = http.CanonicalHeaderKey(src.Name); p.key {
			case "Accept", "Content-Type", "Authorization":
				// OpenAPI has these three described elsewhere.
			default:
				op.headers = append(op.headers, p)
			}
		case openapi3.ParameterInCookie:
			op.cookies = append(op.cookies, p)
		default:
			c.errorf(at, "a parameter in %q is not supported", src.In)
		}
	}
	op.body = c.body(src.RequestBody, child(at, "requestBody"))
	return op
}

func (c *compiler) param(src *openapi3.Parameter, at string) param {
	p := param{
		name: src.Name, pointer: "/" + string(appendPointer(nil, src.Name)), required: src.Required, schema: &schema{},
	}
	if src.Schema == nil || src.Schema.Value == nil {
		c.errorf(at, "a parameter needs a schema; content is not supported")
		return p
	}
	at = child(at, "schema")
	p.schema = c.ref(src.Schema, at)
	sch := src.Schema.Value
	types := possibleTypes(sch, 0)
	p.types = types
	style := src.Style
	if style == "" {
		style = map[string]string{"query": "form", "cookie": "form"}[src.In]
		if style == "" {
			style = "simple"
		}
	}
	p.explode = style == "form"
	if src.Explode != nil {
		p.explode = *src.Explode
	}
	switch {
	case style == "deepObject":
		if src.In != openapi3.ParameterInQuery || types&typeObject == 0 {
			c.errorf(at, "the style deepObject is for an object in the query")
		}
		p.shape, p.props = shapeObject, map[string]typeSet{}
		memberTypes(sch, p.props, 0)
		for name, t := range p.props {
			if t&(typeArray|typeObject) != 0 && t != typeAll {
				c.errorf(at, "the property %q of a deepObject must be primitive", name)
			}
		}
	case style != "simple" && style != "form" ||
		(style == "simple") == (src.In == openapi3.ParameterInQuery || src.In == openapi3.ParameterInCookie):
		c.errorf(at, "the style %q is not supported in %s", style, src.In)
	case types == typeAll:
		p.types = typeString // nothing says what it is
	case types&typeObject != 0:
		c.errorf(at, "an object needs the style deepObject")
	case types&typeArray != 0:
		p.shape = shapeArray
		p.types = itemTypes(sch, 0)
		if p.types&(typeArray|typeObject) != 0 {
			if p.types != typeAll {
				c.errorf(at, "the items of an array must be primitive")
			}
			p.types = typeString
		}
		if src.In == openapi3.ParameterInCookie && p.explode {
			c.errorf(at, "an array in a cookie needs explode: false")
		}
	}
	if sch.Default != nil && src.In == openapi3.ParameterInQuery {
		p.fallback = c.queryDefault(&p, sch.Default, at)
	}
	return p
}

// itemTypes returns what the items of an array can be.
func itemTypes(src *openapi3.Schema, depth int) typeSet {
	t := typeAll
	if src == nil || depth > 20 {
		return t
	}
	if src.Items != nil {
		t &= possibleTypes(src.Items.Value, 0)
	}
	for _, refs := range []openapi3.SchemaRefs{src.AllOf, src.OneOf, src.AnyOf} {
		for _, r := range refs {
			if r != nil && possibleTypes(r.Value, 0)&typeArray != 0 {
				t &= itemTypes(r.Value, depth+1)
			}
		}
	}
	return t
}

// memberTypes collects what the properties of an object can be.
func memberTypes(src *openapi3.Schema, into map[string]typeSet, depth int) {
	if src == nil || depth > 20 {
		return
	}
	for name, r := range src.Properties {
		t := typeAll
		if r != nil {
			t = possibleTypes(r.Value, 0)
		}
		if old, ok := into[name]; ok {
			t |= old
		}
		into[name] = t
	}
	for _, refs := range []openapi3.SchemaRefs{src.AllOf, src.OneOf, src.AnyOf} {
		for _, r := range refs {
			if r != nil {
				memberTypes(r.Value, into, depth+1)
			}
		}
	}
}

// queryDefault writes a default the way a client would.
func (c *compiler) queryDefault(p *param, v any, at string) string {
	word := func(v any) string {
		if s, ok := v.(string); ok {
			return s
		}
		b, err := json.Marshal(v)
		if err != nil {
			c.errorf(at, "the default is not JSON: %v", err)
		}
		return string(b)
	}
	name := url.QueryEscape(p.name) + "="
	switch p.shape {
	case shapePrimitive:
		return name + url.QueryEscape(word(v))
	case shapeArray:
		items, ok := v.([]any)
		if !ok {
			c.errorf(at, "the default of an array must be one")
			return ""
		}
		var words []string
		for _, item := range items {
			w := url.QueryEscape(word(item))
			if p.explode {
				w = name + w
			}
			words = append(words, w)
		}
		if len(words) == 0 {
			return ""
		}
		if p.explode {
			return strings.Join(words, "&")
		}
		return name + strings.Join(words, ",")
	}
	c.errorf(at, "a default of a deepObject is not supported")
	return ""
}

// field is one name=value of a query or form, decoded into the state's buffer.
type field struct {
	param            int32 // index of its parameter, or -1
	nameFrom, nameTo int32
	from, to         int32
}

// malformed words what is wrong with an escape, by its place only.
func malformed(what string, offset int, problem string) error {
	return fault.New(fault.Malformed, "The "+what+" is not well-formed at byte "+strconv.Itoa(offset+1)+": "+problem+".")
}

// fields splits a query or form by hand and decodes names and values into buf.
func (st *state) fields(raw, what string) error {
	st.list = st.list[:0]
	for at := 0; at < len(raw); {
		end := strings.IndexByte(raw[at:], '&')
		if end < 0 {
			end = len(raw)
		} else {
			end += at
		}
		piece := raw[at:end]
		if piece != "" {
			eq := strings.IndexByte(piece, '=')
			value := ""
			name := piece
			if eq >= 0 {
				name, value = piece[:eq], piece[eq+1:]
			}
			f := field{param: -1, nameFrom: int32(len(st.buf))}
			if off, problem := st.decode(name); problem != "" {
				return malformed(what, at+off, problem)
			}
			f.nameTo = int32(len(st.buf))
			f.from = f.nameTo
			if off, problem := st.decode(value); problem != "" {
				return malformed(what, at+eq+1+off, problem)
			}
			f.to = int32(len(st.buf))
			st.list = append(st.list, f)
		}
		at = end + 1
	}
	return nil
}

// decode appends the value of a query component to buf.
func (st *state) decode(s string) (offset int, problem string) {
	from, high := len(st.buf), false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%':
			if i+2 >= len(s) || unhex(s[i+1]) > 15 || unhex(s[i+2]) > 15 {
				return i, "a percent sign needs two hexadecimal digits"
			}
			c = unhex(s[i+1])<<4 | unhex(s[i+2])
			i += 2
		case c == '+':
			c = ' '
		case c == ';':
			// Go's own parser drops such a pair without a word, so the handler
			// would not see what was checked here.
			return i, "a semicolon must be written as %3B"
		}
		high = high || c >= utf8.RuneSelf
		st.buf = append(st.buf, c)
	}
	if high && !utf8.Valid(st.buf[from:]) {
		return 0, "the text is not valid UTF-8"
	}
	return 0, ""
}

// scalar appends the node of a value that is bytes from..to of the checker's text. It is
// read as a number or boolean only when the schema can take one.
func (c *checker) scalar(from, to int32, types typeSet) {
	b := c.b[from:to]
	n := node{kind: kindString, start: from, end: to, next: int32(len(c.tape) + 1)}
	switch {
	case types&typeNumber != 0 && isNumber(b, types):
		n.kind = kindNumber
		if _, integer := scanNumber(b); integer {
			n.flag = flagInteger
		}
	case types&typeBoolean != 0 && string(b) == "true":
		n.kind = kindTrue
	case types&typeBoolean != 0 && string(b) == "false":
		n.kind = kindFalse
	default:
		n.count = int32(utf8.RuneCount(b))
	}
	c.tape = append(c.tape, n)
}

// isNumber reports whether b is a JSON number; where only integers are taken, one without
// fraction and exponent, because the binder reads it with strconv.
func isNumber(b []byte, types typeSet) bool {
	if len(b) == 0 {
		return false
	}
	n, integer := scanNumber(b)
	return n == len(b) && (integer || types&typeFraction != 0)
}

// check validates a value, or the items of an array, that lie in the text of c.
func (p *param) check(c *checker, from, to int32) {
	c.tape = c.tape[:0]
	if p.shape == shapeArray {
		c.tape = append(c.tape, node{kind: kindArray})
		c.splitItems(from, to, p.types)
		c.tape[0].next = int32(len(c.tape))
		c.walk(p)
		return
	}
	c.scalar(from, to, p.types)
	if c.tape[0].kind != kindString && p.types&typeString != 0 {
		// It may be meant as either: take what the schema takes.
		c.startParam(p)
		if c.kept() && c.probe(p.schema, 0) {
			return
		}
		c.tape = c.tape[:0]
		c.scalar(from, to, typeString)
	}
	c.walk(p)
}

// splitItems appends the comma-separated items of bytes from..to.
func (c *checker) splitItems(from, to int32, types typeSet) {
	for {
		end := to
		if comma := bytes.IndexByte(c.b[from:to], ','); comma >= 0 {
			end = from + int32(comma)
		}
		c.item(from, end, types)
		if end == to {
			return
		}
		from = end + 1
	}
}

func (c *checker) item(from, to int32, types typeSet) {
	if types&typeString != 0 {
		types = typeString
	}
	c.scalar(from, to, types)
	c.tape[0].count++
}

// kept reports whether the databases keep the parameters or fields that lie in the text, and
// notes those that they do not.
func (c *checker) kept() bool {
	ok := true
	for i := range c.tape {
		n := &c.tape[i]
		switch text := view(c.b[n.start:n.end]); {
		case n.kind == kindString && strings.IndexByte(text, 0) >= 0,
			n.kind == kindNumber && (n.flag&flagInteger == 0 || len(text) > storable.MaxFraction) && !storable.Number(text):
			c.failUnkept(int32(i))
			ok = false
		}
	}
	return ok
}

func (c *checker) startParam(p *param) {
	c.start(c.in, p.pointer)
	c.flat = true
}

func (c *checker) walk(p *param) {
	c.startParam(p)
	c.kept()
	c.run(p.schema)
}

// flatFail notes a violation of a parameter as a whole.
func (c *checker) flatFail(pointer, code, message string) {
	if c.quiet = false; !c.enough() {
		c.add(pointer, code, message)
	}
}

// checkPath validates the path parameters.
func (op *Operation) checkPath(st *state, value func(string) string) error {
	c := &st.json
	c.in = fault.InPath
	for k := range op.path {
		p := &op.path[k]
		v := value(p.name)
		if v == "" {
			c.flatFail(p.pointer, "required", "is required")
			continue
		}
		if !utf8.ValidString(v) {
			return fault.New(fault.Malformed, "The path is not valid UTF-8.")
		}
		st.buf = append(st.buf[:0], v...)
		c.b = st.buf
		p.check(c, 0, int32(len(v)))
	}
	return nil
}

// checkQuery validates the query and returns the pieces that defaults add to it.
func (op *Operation) checkQuery(st *state, raw string) (add string, err error) {
	if raw == "" && len(op.query) == 0 {
		return "", nil
	}
	c := &st.json
	c.in = fault.InQuery
	st.buf = st.buf[:0]
	if err := st.fields(raw, "query"); err != nil {
		return "", err
	}
	c.b = st.buf
	for k := range st.list {
		f := &st.list[k]
		name := st.buf[f.nameFrom:f.nameTo]
		for i := range op.query {
			p := &op.query[i]
			if p.shape != shapeObject && p.name == string(name) || p.shape == shapeObject && p.owns(name) {
				f.param = int32(i)
				break
			}
		}
		switch {
		case f.param >= 0:
		case op.free && strings.HasPrefix(view(name), op.prefix):
			if bytes.IndexByte(st.buf[f.nameFrom:f.to], 0) >= 0 {
				c.flatFail("/"+string(appendToken(nil, bytes.ReplaceAll(name, []byte{0}, nil))), "format", noNUL)
			}
		default:
			c.flatFail("/"+string(appendToken(nil, name)), "unknown_parameter", "is not a known parameter")
		}
	}
	for i := range op.query {
		p := &op.query[i]
		given, first := 0, -1
		for k := range st.list {
			if st.list[k].param == int32(i) {
				if given++; first < 0 {
					first = k
				}
			}
		}
		switch {
		case given == 0:
			if p.required {
				c.flatFail(p.pointer, "required", "is required")
			} else if p.fallback != "" {
				if add != "" {
					add += "&"
				}
				add += p.fallback
			}
		case p.shape == shapeObject:
			op.checkDeepObject(st, p, int32(i))
		case p.shape == shapeArray && p.explode:
			c.tape = append(c.tape[:0], node{kind: kindArray})
			for k := range st.list {
				if f := &st.list[k]; f.param == int32(i) {
					c.item(f.from, f.to, p.types)
				}
			}
			c.tape[0].next = int32(len(c.tape))
			c.walk(p)
		case given > 1:
			c.flatFail(p.pointer, "duplicate", "must be given once")
		default:
			p.check(c, st.list[first].from, st.list[first].to)
		}
	}
	return add, nil
}

// LeaveQuery lets parameters of the query pass that are not documented and whose names begin with a prefix. They may
// be repeated, and are only checked for what no text may have.
func (op *Operation) LeaveQuery(prefix string) { op.free, op.prefix = true, prefix }

// owns reports whether name is name[member] of this deepObject.
func (p *param) owns(name []byte) bool {
	n := len(p.name)
	return len(name) > n+2 && string(name[:n]) == p.name && name[n] == '[' && name[len(name)-1] == ']' &&
		bytes.IndexByte(name[n+1:len(name)-1], '[') < 0 && bytes.IndexByte(name[n+1:len(name)-1], ']') < 0
}

// checkDeepObject validates name[member]=value pairs as the object they spell.
func (op *Operation) checkDeepObject(st *state, p *param, index int32) {
	c := &st.json
	c.tape = append(c.tape[:0], node{kind: kindObject})
	skip := int32(len(p.name)) + 1
	for k := range st.list {
		f := &st.list[k]
		if f.param != index {
			continue
		}
		c.member(f.nameFrom+skip, f.nameTo-1, f.from, f.to, p.props)
	}
	c.tape[0].next = int32(len(c.tape))
	c.start(c.in, p.pointer)
	c.bracket = true
	c.kept()
	c.dups = c.dups[:0]
	c.duplicates(0, c.tape[0].count)
	for _, key := range c.dups {
		if c.fail(key, "duplicate", "must be given once"); c.quiet {
			break
		}
	}
	c.run(p.schema)
}

// member appends a name and its value to the object at the root.
func (c *checker) member(nameFrom, nameTo, from, to int32, props map[string]typeSet) {
	name := c.b[nameFrom:nameTo]
	c.tape = append(c.tape, node{
		kind: kindString, start: nameFrom, end: nameTo, next: int32(len(c.tape) + 1), count: int32(utf8.RuneCount(name)),
	})
	types, ok := props[string(name)]
	if !ok || types&typeString != 0 {
		types = typeString
	}
	c.scalar(from, to, types)
	c.tape[0].count++
}

// checkHeaders validates the documented headers and cookies.
func (op *Operation) checkHeaders(st *state, r *http.Request) error {
	c := &st.json
	c.in = fault.InHeader
	for k := range op.headers {
		p := &op.headers[k]
		values := r.Header[p.key]
		if len(values) == 0 {
			if p.required {
				c.flatFail(p.pointer, "required", "is required")
			}
			continue
		}
		if len(values) > 1 && p.list {
			// Whoever reads the header after this finds one line.
			values = []string{strings.Join(values, ", ")}
			r.Header[p.key] = values
		}
		if len(values) > 1 && p.shape != shapeArray {
			c.flatFail(p.pointer, "duplicate", "must be given once")
			continue
		}
		st.buf = st.buf[:0]
		c.tape = append(c.tape[:0], node{kind: kindArray})
		for _, v := range values {
			if !utf8.ValidString(v) {
				return fault.New(fault.Malformed, "The header "+p.key+" is not valid UTF-8.")
			}
			if p.shape != shapeArray {
				st.buf = append(st.buf, strings.TrimSpace(v)...)
				continue
			}
			for piece := range strings.SplitSeq(v, ",") {
				from := int32(len(st.buf))
				st.buf = append(st.buf, strings.TrimSpace(piece)...)
				c.b = st.buf
				c.item(from, int32(len(st.buf)), p.types)
			}
		}
		c.b = st.buf
		if p.shape == shapeArray {
			c.tape[0].next = int32(len(c.tape))
			c.walk(p)
			continue
		}
		p.check(c, 0, int32(len(st.buf)))
	}
	for k := range op.cookies {
		p := &op.cookies[k]
		cookie, err := r.Cookie(p.name)
		if err != nil {
			if p.required {
				c.flatFail(p.pointer, "required", "is required")
			}
			continue
		}
		if !utf8.ValidString(cookie.Value) {
			return fault.New(fault.Malformed, "A cookie is not valid UTF-8.")
		}
		st.buf = append(st.buf[:0], cookie.Value...)
		c.b = st.buf
		p.check(c, 0, int32(len(st.buf)))
	}
	return nil
}
