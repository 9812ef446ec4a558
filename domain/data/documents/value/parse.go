package value

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of one document, and of any JSON that a request has.
const (
	MaxDepth = 100
	MaxBytes = 16 << 20
)

// Syntax is what is wrong with a text. It never has the text.
type Syntax struct {
	Pointer string // RFC 6901, from the text's root
	Broken  bool   // reports whether it is no JSON at all
	Message string
}

// Error returns the message.
func (s *Syntax) Error() string { return s.Message }

// Parse reads a whole text and checks it: JSON in UTF-8 of at most MaxBytes, at most MaxDepth deep, no name twice in an
// object, no NUL in a name, and well-formed Extended JSON. The error is a *Syntax.
func Parse(text string) (Value, error) {
	if len(text) > MaxBytes {
		return Value{}, &Syntax{Message: "The document has more than 16 MB."}
	}
	if !utf8.ValidString(text) {
		return Value{}, &Syntax{Broken: true, Message: "The text is not UTF-8."}
	}
	p := parser{s: text}
	v, err := p.value(0)
	if err == nil {
		if p.space(); p.i < len(p.s) {
			err = p.broken("There is more after the end of the value.")
		}
	}
	if err != nil {
		return Value{}, err
	}
	return v, nil
}

type parser struct {
	s    string
	i    int
	path []string
}

func (p *parser) fail(broken bool, message string) error {
	var b strings.Builder
	for _, part := range p.path {
		b.WriteByte('/')
		b.WriteString(Escape(part))
	}
	return &Syntax{b.String(), broken, message}
}

func (p *parser) broken(message string) error { return p.fail(true, message) }

// Escape returns a name as a part of a pointer of RFC 6901.
func Escape(name string) string {
	if strings.ContainsAny(name, "~/") {
		return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	}
	return name
}

func (p *parser) space() {
	for p.i < len(p.s) && (p.s[p.i] == ' ' || p.s[p.i] == '\n' || p.s[p.i] == '\t' || p.s[p.i] == '\r') {
		p.i++
	}
}

func (p *parser) value(depth int) (Value, error) {
	p.space()
	if p.i >= len(p.s) {
		return Value{}, p.broken("The JSON ends too early.")
	}
	switch c := p.s[p.i]; {
	case c == '"':
		text, err := p.text()
		return OfString(text), err
	case c == '{', c == '[':
		if depth >= MaxDepth {
			return Value{}, p.fail(false, "Objects and arrays are nested more than 100 deep.")
		}
		p.i++
		if c == '{' {
			return p.object(depth + 1)
		}
		return p.array(depth + 1)
	case c == 't':
		return p.word("true", True)
	case c == 'f':
		return p.word("false", False)
	case c == 'n':
		return p.word("null", NullValue)
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	return Value{}, p.broken("A value begins with a character that no JSON value begins with.")
}

func (p *parser) word(word string, v Value) (Value, error) {
	if !strings.HasPrefix(p.s[p.i:], word) {
		return Value{}, p.broken("A value is neither true nor false nor null.")
	}
	p.i += len(word)
	return v, nil
}

// digits reads digits and reports whether there was one.
func (p *parser) digits() bool {
	from := p.i
	for p.i < len(p.s) && p.s[p.i] >= '0' && p.s[p.i] <= '9' {
		p.i++
	}
	return p.i > from
}

func (p *parser) take(c byte) bool {
	if p.i < len(p.s) && p.s[p.i] == c {
		p.i++
		return true
	}
	return false
}

func (p *parser) number() (Value, error) {
	from := p.i
	p.take('-')
	ok := p.take('0') || p.digits()
	if p.take('.') {
		ok = ok && p.digits()
	}
	if p.take('e') || p.take('E') {
		if !p.take('+') {
			p.take('-')
		}
		ok = ok && p.digits()
	}
	if !ok {
		return Value{}, p.broken("A number is not written as JSON writes numbers.")
	}
	v := number(p.s[from:p.i])
	if v.kind == Missing || v.kind == Double && strings.Contains(v.String(), "Inf") {
		return Value{}, p.fail(false, "A number is larger than a double can be.")
	}
	return v, nil
}

func (p *parser) text() (string, error) {
	from := p.i + 1
	end := from
	escaped := false
	for ; ; end++ {
		if end >= len(p.s) {
			return "", p.broken("A string does not end.")
		}
		c := p.s[end]
		if c == '"' {
			break
		}
		if c < ' ' {
			return "", p.broken("A string has a control character that is not escaped.")
		}
		if c != '\\' {
			continue
		}
		escaped = true
		end++
		if end >= len(p.s) || strings.IndexByte(`"\/bfnrtu`, p.s[end]) < 0 {
			return "", p.broken("A string has an escape that JSON does not know.")
		}
		if p.s[end] == 'u' {
			if end+4 >= len(p.s) {
				return "", p.broken("A string does not end.")
			}
			if _, err := strconv.ParseUint(p.s[end+1:end+5], 16, 32); err != nil {
				return "", p.broken("A string has an escape that JSON does not know.")
			}
			end += 4
		}
	}
	p.i = end + 1
	if escaped {
		return unescape(p.s[from:end]), nil
	}
	return p.s[from:end], nil
}

func (p *parser) array(depth int) (Value, error) {
	n := &node{}
	p.space()
	if p.take(']') {
		return Value{kind: Array, node: n}, nil
	}
	for {
		p.path = append(p.path, strconv.Itoa(len(n.elems)))
		v, err := p.value(depth)
		if err != nil {
			return Value{}, err
		}
		p.path = p.path[:len(p.path)-1]
		n.elems = append(n.elems, v)
		p.space()
		if p.take(']') {
			return Value{kind: Array, node: n}, nil
		}
		if !p.take(',') {
			return Value{}, p.broken("There is neither a comma nor an end after an element.")
		}
	}
}

func (p *parser) object(depth int) (Value, error) {
	n := &node{}
	o := Value{kind: Object, node: n}
	p.space()
	if p.take('}') {
		return o, nil
	}
	var seen map[string]bool
	for {
		p.space()
		if p.i >= len(p.s) || p.s[p.i] != '"' {
			return Value{}, p.broken("A member of an object has no name.")
		}
		name, err := p.text()
		if err != nil {
			return Value{}, err
		}
		p.path = append(p.path, name)
		if strings.IndexByte(name, 0) >= 0 {
			p.path = p.path[:len(p.path)-1]
			return Value{}, p.fail(false, "The name of a member has a NUL.")
		}
		if seen = again(seen, n.fields, name); seen != nil && seen[name] {
			return Value{}, p.fail(false, "The object has the member twice.")
		}
		if p.space(); !p.take(':') {
			return Value{}, p.broken("There is no colon after a name.")
		}
		v, err := p.value(depth)
		if err != nil {
			return Value{}, err
		}
		p.path = p.path[:len(p.path)-1]
		n.fields = append(n.fields, Field{name, v})
		if seen != nil {
			seen[name] = true
		}
		p.space()
		if p.take('}') {
			break
		}
		if !p.take(',') {
			return Value{}, p.broken("There is neither a comma nor an end after a member.")
		}
	}
	v, what := unwrap(o)
	if what != "" {
		return Value{}, p.fail(false, what)
	}
	return v, nil
}

// again returns the names of an object that has many members; of one with few, only when name is among them.
func again(seen map[string]bool, fields []Field, name string) map[string]bool {
	if seen != nil {
		return seen
	}
	if len(fields) == 16 {
		seen = make(map[string]bool, 32)
		for i := range fields {
			seen[fields[i].Name] = true
		}
		return seen
	}
	for i := range fields {
		if fields[i].Name == name {
			return map[string]bool{name: true}
		}
	}
	return nil
}
