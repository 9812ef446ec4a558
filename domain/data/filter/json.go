package filter

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Parse reads conditions from JSON: {"column": {"op": value}}, {"and": […]}, {"or": […]} and {"not": {…}}. The operator
// may have a leading "not." or a quantifier. A column's name is taken as it is, but one with arrows, or in quotes, is
// read as in a query string: so a column called and is written "\"and\"". The members of one object hold together.
func Parse(raw []byte) (Condition, error) {
	r := jsonReader{left: MaxConditions}
	return r.object(raw, "", 1)
}

type jsonReader struct{ left int }

func (r *jsonReader) fail(pointer, expected string) *SyntaxError {
	return &SyntaxError{What: "where", Param: pointer, Column: 1, Expected: expected}
}

// members are the members of an object in their order.
func members(raw []byte) (names []string, values []json.RawMessage, ok bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil, false
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, nil, false
		}
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return nil, nil, false
		}
		names, values = append(names, t.(string)), append(values, v)
	}
	_, err := d.Token()
	return names, values, err == nil
}

func (r *jsonReader) object(raw []byte, pointer string, depth int) (Condition, error) {
	if depth > MaxDepth {
		return nil, r.fail(pointer, "at most "+strconv.Itoa(MaxDepth)+" groups within each other")
	}
	names, values, ok := members(raw)
	if !ok || len(names) == 0 {
		return nil, r.fail(pointer, "an object with a column, and, or, not")
	}
	g := Group{}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return nil, r.fail(pointer+"/"+escape(name), "each member once")
		}
		if r.left--; r.left < 0 {
			return nil, r.fail(pointer, "at most "+strconv.Itoa(MaxConditions)+" conditions")
		}
		c, err := r.member(name, values[i], pointer+"/"+escape(name), depth)
		if err != nil {
			return nil, err
		}
		g.Of = append(g.Of, c...)
	}
	if len(g.Of) == 1 {
		return g.Of[0], nil
	}
	return g, nil
}

func escape(s string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(s) }

func (r *jsonReader) member(name string, raw []byte, pointer string, depth int) ([]Condition, error) {
	switch name {
	case "and", "or":
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil || len(list) == 0 {
			return nil, r.fail(pointer, "a list of conditions")
		}
		g := Group{Or: name == "or"}
		for i, item := range list {
			c, err := r.object(item, pointer+"/"+strconv.Itoa(i), depth+1)
			if err != nil {
				return nil, err
			}
			g.Of = append(g.Of, c)
		}
		return []Condition{g}, nil
	case "not":
		c, err := r.object(raw, pointer, depth+1)
		if err != nil {
			return nil, err
		}
		return []Condition{Group{Negated: true, Of: []Condition{c}}}, nil
	}
	p := Path{Column: name}
	if strings.Contains(name, "->") || strings.HasPrefix(name, `"`) {
		s := NewScanner("where", name)
		var err error
		if p, err = s.Path(); err != nil {
			return nil, of(err, pointer)
		}
		if !s.Done() {
			return nil, of(s.Fail("end of input"), pointer)
		}
	}
	ops, values, ok := members(raw)
	if !ok || len(ops) == 0 {
		return nil, r.fail(pointer, "an object with an operator, such as {\"eq\": 1}")
	}
	var out []Condition
	for i, op := range ops {
		c := Compare{Path: p}
		if err := r.compare(&c, op, values[i], pointer+"/"+escape(op)); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func (r *jsonReader) compare(c *Compare, op string, raw []byte, pointer string) error {
	s := NewScanner("where", op)
	c.Negated = s.Take("not.")
	c.Op = Op(s.while(func(r rune) bool { return r >= 'a' && r <= 'z' }))
	form, ok := operators[c.Op]
	if !ok {
		return r.fail(pointer, "an operator (eq, neq, gt, gte, lt, lte, like, ilike, in, is, ...)")
	}
	if s.Next("(") {
		if err := s.brackets(c, form); err != nil {
			return of(err, pointer)
		}
	}
	if !s.Done() {
		return of(s.Fail("end of input"), pointer)
	}
	if form == list || c.Quantifier != One {
		var items []json.RawMessage
		if err := json.Unmarshal(raw, &items); err != nil || len(items) > MaxValues {
			return r.fail(pointer, "a list of values")
		}
		c.Values = []string{}
		for _, item := range items {
			v, ok := scalar(item)
			if !ok {
				return r.fail(pointer, "texts, numbers and booleans")
			}
			c.Values = append(c.Values, v)
		}
		return nil
	}
	if form == is {
		v := strings.ToLower(strings.Trim(string(raw), `"`))
		if !slices.Contains([]string{IsNull, IsNotNull, IsTrue, IsFalse, IsUnknown}, v) {
			return r.fail(pointer, "null, \"not_null\", true, false, \"unknown\"")
		}
		c.Values = []string{v}
		return nil
	}
	v, ok := scalar(raw)
	if !ok && (c.Op == Cs || c.Op == Cd || c.Op == Ov || c.Op == Eq || c.Op == Neq) && len(raw) > 0 && raw[0] != 'n' {
		v, ok = string(raw), true // JSON, to be compared with JSON
	}
	if !ok {
		return r.fail(pointer, "a text, a number or a boolean; null is compared with is")
	}
	c.Values = []string{v}
	return nil
}

// scalar is the text of a JSON text, number or boolean.
func scalar(raw []byte) (string, bool) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return "", false
	}
	switch raw[0] {
	case '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err == nil
	case '{', '[', 'n':
		return "", false
	}
	return string(raw), true
}
