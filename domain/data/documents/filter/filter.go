// Package filter compiles the filters of the document API, MongoDB's query language, and matches documents with them.
package filter

import (
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/data/documents/expression"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
)

// maxParts bounds how many operators and members a filter has, and maxFilterDepth how deep they are nested.
const (
	maxParts = 2000
	maxDepth = 50
)

// Filter is a compiled filter. It is safe for concurrent use.
type Filter struct {
	root       node
	parts      int
	conditions Condition
	equal      []Equality
}

// Equality is a member that a filter demands a value of: what a new document of an upsert has.
type Equality struct {
	Path  string
	Value value.Value
}

// Compile compiles a filter, which must be an object. A missing value is a filter that matches everything.
func Compile(v value.Value, at refuse.Place) (*Filter, error) {
	return Scoped(v, expression.NewScope(), at)
}

// Scoped is Compile with variables, which $expr sees.
func Scoped(v value.Value, s expression.Scope, at refuse.Place) (*Filter, error) {
	if v.IsMissing() {
		return &Filter{root: all{}}, nil
	}
	if v.Kind() != value.Object {
		return nil, at.Type("an object")
	}
	c := compiler{scope: s}
	root, cond, err := c.document(v, at, 0)
	if err != nil {
		return nil, err
	}
	return &Filter{root: root, parts: 1 + c.parts, conditions: cond, equal: equalities(v, nil)}, nil
}

// Match reports whether a document matches a filter that has no $expr; with it nothing matches.
func (f *Filter) Match(doc value.Value) bool { return f.root.match(doc, nil) }

// Matcher matches documents, one after the other, for one request.
type Matcher struct {
	root  node
	env   *expression.Env
	index int
	err   error
	parts int
	work  int
}

// often is how many bytes are looked at between two looks at whether somebody still waits.
const often = 4 << 20

// In returns a Matcher that evaluates $expr in e, and that ends when the context of e does.
func (f *Filter) In(e *expression.Env) *Matcher {
	return &Matcher{root: f.root, env: e, parts: f.parts}
}

// Match reports whether a document matches, and which element of an array made it so: what the positional operator $
// stands for. It is -1 when no array has to do with it. The error is that of $expr, or of a context that has ended.
func (m *Matcher) Match(doc value.Value) (ok bool, index int, err error) {
	if m.work += doc.Size() * m.parts; m.work > often && m.env != nil {
		m.work = 0
		if err := m.env.Context().Err(); err != nil {
			return false, -1, fault.Wrap(err)
		}
	}
	m.index, m.err = -1, nil
	ok = m.root.match(doc, m)
	return ok && m.err == nil, m.index, m.err
}

// found takes the place in an array where something matched.
func (m *Matcher) found(i int) {
	if m != nil {
		m.index = i
	}
}

// Conditions returns conditions that every document that matches meets.
func (f *Filter) Conditions() Condition { return f.conditions }

// Equalities returns the members that the filter demands a value of.
func (f *Filter) Equalities() []Equality { return f.equal }

// ID returns the _id that the filter demands: a document that matches has it. ok is false when it demands none.
func (f *Filter) ID() (id value.Value, ok bool) {
	for _, e := range f.equal {
		if e.Path == "_id" {
			return e.Value, true
		}
	}
	return value.Value{}, false
}

func equalities(v value.Value, out []Equality) []Equality {
	for m := v.Members(); ; {
		f, ok := m.Next()
		switch {
		case !ok:
			return out
		case f.Name == "$and" || f.Name == "$or" && f.Value.Len() == 1:
			for _, part := range f.Value.Slice() {
				out = equalities(part, out)
			}
		case strings.HasPrefix(f.Name, "$"):
		case f.Value.Kind() == value.Regex:
		case !operators(f.Value):
			out = append(out, Equality{f.Name, f.Value})
		default:
			if eq := f.Value.Get("$eq"); !eq.IsMissing() {
				out = append(out, Equality{f.Name, eq})
			} else if all := f.Value.Get("$all"); all.Len() == 1 && !operators(all.Index(0)) {
				out = append(out, Equality{f.Name, all.Index(0)})
			} else if in := f.Value.Get("$in"); in.Len() == 1 && in.Index(0).Kind() != value.Regex {
				out = append(out, Equality{f.Name, in.Index(0)})
			}
		}
	}
}

// operators reports whether an object is made of operators, such as {"$gt": 1}, and is no value to compare with.
func operators(v value.Value) bool {
	m := v.Members()
	f, ok := m.Next()
	return ok && strings.HasPrefix(f.Name, "$") && f.Name != "$ref" && f.Name != "$id" && f.Name != "$db"
}

// node is a part of a filter that a document matches or not. m takes the place in an array; it may be nil.
type node interface {
	match(v value.Value, m *Matcher) bool
}

type (
	all  struct{}
	none struct{}
	and  []node
	or   []node
	not  struct{ of node }
)

func (all) match(value.Value, *Matcher) bool  { return true }
func (none) match(value.Value, *Matcher) bool { return false }

func (n and) match(v value.Value, m *Matcher) bool {
	for _, part := range n {
		if !part.match(v, m) {
			return false
		}
	}
	return true
}

func (n or) match(v value.Value, m *Matcher) bool {
	for _, part := range n {
		if part.match(v, m) {
			return true
		}
	}
	return false
}

func (n not) match(v value.Value, m *Matcher) bool {
	if m == nil {
		return !n.of.match(v, nil)
	}
	i := m.index // what does not match has no place
	ok := !n.of.match(v, m)
	m.index = i
	return ok
}

// test is what a value at the end of a path passes or not.
type test func(v value.Value, m *Matcher) bool

// field is a test at the end of a path.
type field struct {
	path    []step
	test    test
	flat    bool // the test is of an array as such, not of its elements
	missing bool // what the test says of a member that is not there
}

// step is a name in a path; index is what it is as a place in an array, or -1.
type step struct {
	name  string
	index int
}

func steps(path string) []step {
	parts := strings.Split(path, ".")
	out := make([]step, len(parts))
	for i, p := range parts {
		out[i] = step{p, -1}
		if n, err := strconv.Atoi(p); err == nil && n >= 0 && strconv.Itoa(n) == p {
			out[i].index = n
		}
	}
	return out
}

func newField(path []step, t test, flat bool) *field {
	return &field{path: path, test: t, flat: flat, missing: t(value.Value{}, nil)}
}

func (f *field) match(v value.Value, m *Matcher) bool { return f.at(v, f.path, m, f.flat) }

// at goes down the path: through the elements of one array for each step. flat reports that an array at the end is
// tested as such only.
func (f *field) at(v value.Value, path []step, m *Matcher, flat bool) bool {
	for len(path) > 0 {
		switch v.Kind() {
		case value.Object:
			v = v.Get(path[0].name)
			if v.IsMissing() {
				return f.missing
			}
			path, flat = path[1:], f.flat
		case value.Array:
			if i := path[0].index; i >= 0 {
				if elem := v.Index(i); !elem.IsMissing() && f.at(elem, path[1:], m, true) {
					return true
				}
			}
			e := v.Elements()
			for i := 0; ; i++ {
				elem, ok := e.Next()
				if !ok {
					return false
				}
				if elem.Kind() == value.Object && f.at(elem, path, m, f.flat) {
					m.found(i)
					return true
				}
			}
		default:
			return f.missing
		}
	}
	if f.test(v, m) {
		return true
	}
	if flat || v.Kind() != value.Array {
		return false
	}
	e := v.Elements()
	for i := 0; ; i++ {
		elem, ok := e.Next()
		if !ok {
			return false
		}
		if f.test(elem, m) {
			m.found(i)
			return true
		}
	}
}
