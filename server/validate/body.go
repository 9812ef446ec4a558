package validate

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/storable"
	"github.com/getkin/kin-openapi/openapi3"
)

// bodyRules are those of an operation's requestBody; nil means it takes none.
type bodyRules struct {
	required bool
	media    []media // exact types first, then type/*, then */*
	accepts  string  // the types, for a message
}

type media struct {
	name   string // application/json, or application/ of a range, or empty for */*
	ranged bool
	kind   mediaKind
	merge  bool // a merge patch, in which absence means something
	schema *schema
	fields map[string]formField
}

type mediaKind uint8

const (
	mediaOpaque mediaKind = iota
	mediaJSON
	mediaForm
)

// formField is how the values of a form's field are read.
type formField struct {
	types typeSet
	array bool
}

func (c *compiler) body(r *openapi3.RequestBodyRef, at string) *bodyRules {
	if r == nil {
		return nil
	}
	if r.Ref != "" {
		at = r.Ref
	}
	if r.Value == nil {
		c.errorf(at, "the reference is not resolved")
		return nil
	}
	b := &bodyRules{required: r.Value.Required}
	names := slices.Sorted(maps.Keys(r.Value.Content))
	b.accepts = strings.Join(names, ", ")
	for _, name := range names {
		at := child(at, "content", name)
		src := r.Value.Content[name]
		m := media{name: strings.ToLower(strings.TrimSpace(name)), schema: &schema{}}
		if i := strings.IndexByte(m.name, ';'); i >= 0 {
			m.name = strings.TrimSpace(m.name[:i])
		}
		switch {
		case m.name == "application/json" || strings.HasSuffix(m.name, "+json"):
			m.kind, m.merge = mediaJSON, m.name == "application/merge-patch+json"
		case m.name == "application/x-www-form-urlencoded":
			m.kind = mediaForm
		case m.name == "*/*":
			m.name, m.ranged = "", true
		case strings.HasSuffix(m.name, "/*"):
			m.name, m.ranged = strings.TrimSuffix(m.name, "*"), true
		}
		if inner := jsonText(m, src); inner != nil {
			m.kind, m.schema = mediaJSON, c.ref(inner, child(at, "schema", "contentSchema"))
		} else if m.kind != mediaOpaque && src != nil && src.Schema != nil {
			m.schema = c.ref(src.Schema, child(at, "schema"))
			if m.kind == mediaForm {
				m.fields = map[string]formField{}
				formFields(src.Schema.Value, m.fields, 0)
			}
		}
		if m.ranged && src != nil && src.Schema != nil && possibleTypes(src.Schema.Value, 0)&typeString == 0 {
			// An upload of any type is passed on unread, even when it happens to be JSON.
			c.errorf(at, "the schema of a media type range is not checked: name the type, or let the schema be a string")
		}
		b.media = append(b.media, m)
	}
	// The more a range leaves open, the shorter its name.
	slices.SortStableFunc(b.media, func(x, y media) int {
		if x.ranged != y.ranged {
			if x.ranged {
				return 1
			}
			return -1
		}
		return len(y.name) - len(x.name)
	})
	return b
}

// jsonText returns the schema of the JSON that a body of another type holds, as its
// contentMediaType and contentSchema say; nil when it does not hold JSON.
func jsonText(m media, src *openapi3.MediaType) *openapi3.SchemaRef {
	if m.kind != mediaOpaque || m.ranged || src == nil || src.Schema == nil || src.Schema.Value == nil {
		return nil
	}
	if src.Schema.Value.ContentMediaType != "application/json" {
		return nil
	}
	return src.Schema.Value.ContentSchema
}

func formFields(src *openapi3.Schema, into map[string]formField, depth int) {
	if src == nil || depth > 20 {
		return
	}
	for name, r := range src.Properties {
		if r == nil {
			continue
		}
		f := formField{types: possibleTypes(r.Value, 0)}
		if f.types&typeArray != 0 && f.types != typeAll {
			f.array, f.types = true, itemTypes(r.Value, 0)
		}
		if old, ok := into[name]; ok {
			f.types |= old.types
			f.array = f.array || old.array
		}
		into[name] = f
	}
	for _, refs := range []openapi3.SchemaRefs{src.AllOf, src.OneOf, src.AnyOf} {
		for _, r := range refs {
			if r != nil {
				formFields(r.Value, into, depth+1)
			}
		}
	}
}

// match finds the rules of a media type by exact type, then type/*, then */*.
func (b *bodyRules) match(contentType string) *media {
	for i := range b.media {
		m := &b.media[i]
		if !m.ranged && strings.EqualFold(m.name, contentType) ||
			m.ranged && len(contentType) > len(m.name) && strings.EqualFold(m.name, contentType[:len(m.name)]) {
			return m
		}
	}
	return nil
}

// parseContentType splits off the type and reports whether its charset is UTF-8.
func parseContentType(v string) (name string, utf8 bool) {
	name, params, _ := strings.Cut(v, ";")
	name = strings.Trim(name, " \t")
	utf8 = true
	for params != "" {
		var one string
		one, params, _ = strings.Cut(params, ";")
		key, value, _ := strings.Cut(one, "=")
		if strings.EqualFold(strings.Trim(key, " \t"), "charset") {
			value = strings.Trim(value, " \t")
			if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
				value = value[1 : len(value)-1]
			}
			utf8 = utf8 && strings.EqualFold(value, "utf-8")
		}
	}
	return name, utf8
}

// tooLarge is the answer to a body beyond the limit.
func tooLarge(limit int64) *fault.Error {
	return fault.New(fault.PayloadTooLarge, "The body must have at most "+strconv.FormatInt(limit, 10)+" bytes.")
}

// checkBody validates the body and returns its bytes; nil when there are none or when the
// handler is to stream them.
func (op *Operation) checkBody(st *state, r *http.Request, limit int64) ([]byte, error) {
	c := &st.json
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	if op.stream {
		return nil, op.checkType(r)
	}
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		op.checkAbsent(c)
		return nil, nil
	}
	if r.ContentLength < 0 {
		// The length is not known: one byte reports whether there is a body at all.
		var first [1]byte
		n, err := io.ReadFull(r.Body, first[:])
		if n == 0 {
			if err != io.EOF {
				return nil, readError(err, limit)
			}
			r.Body, r.ContentLength = http.NoBody, 0
			op.checkAbsent(c)
			return nil, nil
		}
		r.Body = &prefixed{first: first, rest: r.Body}
	}
	if op.body == nil {
		c.in = fault.InBody
		c.flatFail("", "unexpected_body", "must be empty: the operation takes no body")
		return nil, nil
	}
	m, err := op.mediaOf(r)
	if err != nil {
		return nil, err
	}
	if m.kind == mediaOpaque && !op.keep {
		r.Body = &limited{rest: r.Body, left: limit, limit: limit}
		return nil, nil
	}
	body, err := readAll(r.Body, r.ContentLength, limit)
	if err != nil {
		return nil, readError(err, limit)
	}
	switch m.kind {
	case mediaForm:
		err = m.checkForm(st, body)
	case mediaJSON:
		body, err = m.checkJSON(c, body)
	case mediaOpaque: // the handler knows what it is
	}
	if err != nil {
		return nil, err
	}
	replay(r, body)
	return body, nil
}

// mediaOf returns the rules for the media type of the body.
func (op *Operation) mediaOf(r *http.Request) (*media, error) {
	for _, coding := range r.Header["Content-Encoding"] {
		if !strings.EqualFold(strings.TrimSpace(coding), "identity") {
			return nil, fault.New(fault.UnsupportedMediaType, "The body must be sent without a Content-Encoding.")
		}
	}
	types := r.Header["Content-Type"]
	if len(types) != 1 {
		return nil, fault.New(fault.UnsupportedMediaType, "One Content-Type is required: "+op.body.accepts+".")
	}
	name, utf8 := parseContentType(types[0])
	m := op.body.match(name)
	if m == nil {
		return nil, fault.New(fault.UnsupportedMediaType, "The Content-Type must be "+op.body.accepts+".")
	}
	if !utf8 {
		return nil, fault.New(fault.UnsupportedMediaType, "The charset of the body must be UTF-8.")
	}
	return m, nil
}

const octets = "application/octet-stream"

// LeaveBody makes the handler read the body: Request checks its type and its declared length
// alone. A body of no bytes is one like any other.
func (op *Operation) LeaveBody() { op.stream = true }

// KeepBody makes Request read and return a body that is neither JSON nor a form, too.
func (op *Operation) KeepBody() { op.keep = true }

// checkType checks the type of a body that the handler reads. One that does not say its type
// may be anything (RFC 9110 section 8.3).
func (op *Operation) checkType(r *http.Request) error {
	if len(r.Header["Content-Type"]) == 0 && op.body.match(octets) != nil {
		r.Header.Set("Content-Type", octets)
	}
	_, err := op.mediaOf(r)
	return err
}

func (op *Operation) checkAbsent(c *checker) {
	if op.body != nil && op.body.required {
		c.in = fault.InBody
		c.flatFail("", "required", "is required")
	}
}

// replay makes the request offer the bytes again.
func replay(r *http.Request, body []byte) {
	rd := &reader{}
	rd.Reset(body)
	r.Body, r.ContentLength = rd, int64(len(body))
}

// reader is a bytes.Reader that can be closed; the server closes the connection's own
// body itself.
type reader struct{ bytes.Reader }

func (*reader) Close() error { return nil }

// prefixed puts back the byte that was read to see whether there is a body.
type prefixed struct {
	first [1]byte
	read  bool
	rest  io.ReadCloser
}

func (p *prefixed) Read(b []byte) (int, error) {
	if !p.read && len(b) > 0 {
		p.read = true
		b[0] = p.first[0]
		return 1, nil
	}
	return p.rest.Read(b)
}

func (p *prefixed) Close() error { return p.rest.Close() }

// limited streams a body and fails beyond the limit with the same error a body that is
// read here gets.
type limited struct {
	rest        io.ReadCloser
	left, limit int64
}

func (l *limited) Read(b []byte) (int, error) {
	if l.left < 0 {
		return 0, tooLarge(l.limit)
	}
	// One byte more than allowed tells a body of the limit from a longer one.
	if int64(len(b))-1 > l.left {
		b = b[:l.left+1]
	}
	n, err := l.rest.Read(b)
	if int64(n) <= l.left {
		l.left -= int64(n)
		return n, err
	}
	n = int(l.left)
	l.left = -1
	return n, tooLarge(l.limit)
}

func (l *limited) Close() error { return l.rest.Close() }

// readAll reads at most limit bytes. A declared length is trusted with memory only up
// to 64 KiB before the bytes arrive.
func readAll(r io.Reader, length, limit int64) ([]byte, error) {
	size := min(length, 64<<10)
	if length < 0 {
		size = 4 << 10
	}
	buf := make([]byte, 0, size+1) // a spare byte, so that the end is seen without growing
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if int64(len(buf)) > limit {
			return nil, tooLarge(limit)
		}
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return nil, err
		}
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
	}
}

// readError sorts what can go wrong while a body arrives.
func readError(err error, limit int64) error {
	var known *fault.Error
	if errors.As(err, &known) {
		return known
	}
	if over := (*http.MaxBytesError)(nil); errors.As(err, &over) {
		return tooLarge(min(over.Limit, limit))
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.New(fault.Malformed, "The body ended before its declared length.").WithCause(err)
	}
	if wrapped := fault.Wrap(err); wrapped.Code == fault.Timeout {
		return wrapped
	}
	return fault.New(fault.Malformed, "The body could not be read.").WithCause(err)
}

// readJSON parses the text. Well-formed text with duplicate names or too much nesting
// returns violations; the latter leaves nothing to walk.
func (c *checker) readJSON(text []byte) error {
	ok := c.parse(text)
	c.start(fault.InBody, "")
	switch {
	case ok:
		for _, at := range c.unkept {
			c.failUnkept(at)
		}
		for _, key := range c.dups {
			if c.fail(key, "duplicate_field", "must not be given twice"); c.quiet {
				break
			}
		}
	case c.tooDeep:
		c.fail(0, "depth", "must not be nested deeper than "+strconv.Itoa(maxDepth)+" levels")
	default:
		line, column := lineColumn(text, c.pos)
		return fault.New(fault.Malformed, "The body is not well-formed JSON at line "+strconv.Itoa(line)+
			", column "+strconv.Itoa(column)+": "+c.problem+".")
	}
	return nil
}

// failUnkept notes that a node is one that a database does not keep.
func (c *checker) failUnkept(at int32) {
	if c.tape[at].kind == kindNumber {
		c.fail(at, "range", "must have at most "+strconv.Itoa(storable.MaxWhole)+" digits before and "+
			strconv.Itoa(storable.MaxFraction)+" after the decimal point, and all exponents of a body together at most "+
			strconv.Itoa(storable.MaxExpanded))
		return
	}
	c.fail(at, "format", noNUL)
}

const noNUL = "must not have the character U+0000"

func (m *media) checkJSON(c *checker, body []byte) ([]byte, error) {
	if err := c.readJSON(body); err != nil {
		return nil, err
	}
	if c.tooDeep {
		return body, nil
	}
	c.noEdits, c.noDefaults = false, m.merge
	if c.run(m.schema) && len(c.violations) == 0 {
		return c.splice(), nil
	}
	return body, nil
}

// checkForm validates the fields as the object they spell.
func (m *media) checkForm(st *state, body []byte) error {
	c := &st.json
	st.buf = st.buf[:0]
	if err := st.fields(view(body), "form"); err != nil {
		return err
	}
	c.b = st.buf
	c.in = fault.InBody
	c.tape = append(c.tape[:0], node{kind: kindObject})
	// Fields are joined by name: sorting keeps that linear in what was sent, and its
	// stability keeps the order of an array's items.
	slices.SortStableFunc(st.list, func(x, y field) int {
		return bytes.Compare(st.buf[x.nameFrom:x.nameTo], st.buf[y.nameFrom:y.nameTo])
	})
	for k := 0; k < len(st.list); {
		f := st.list[k]
		name := st.buf[f.nameFrom:f.nameTo]
		end := k + 1
		for end < len(st.list) && bytes.Equal(name, st.buf[st.list[end].nameFrom:st.list[end].nameTo]) {
			end++
		}
		rule, known := m.fields[string(name)]
		if !known || rule.types&typeString != 0 {
			rule.types = typeString
		}
		c.tape = append(c.tape, node{
			kind: kindString, start: f.nameFrom, end: f.nameTo, next: int32(len(c.tape) + 1), count: runeCount(name),
		})
		if rule.array {
			at := len(c.tape)
			c.tape = append(c.tape, node{kind: kindArray, count: int32(end - k)})
			for _, f := range st.list[k:end] {
				c.scalar(f.from, f.to, rule.types)
			}
			c.tape[at].next = int32(len(c.tape))
		} else {
			if end-k > 1 {
				c.flatFail("/"+string(appendToken(nil, name)), "duplicate", "must be given once")
			}
			c.scalar(f.from, f.to, rule.types)
		}
		c.tape[0].count++
		k = end
	}
	c.tape[0].next = int32(len(c.tape))
	c.start(fault.InBody, "")
	c.kept()
	c.run(m.schema)
	return nil
}
