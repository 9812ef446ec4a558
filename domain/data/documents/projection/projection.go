// Package projection compiles what of a document an answer has: of a find, of $project and of $addFields.
package projection

import (
	"math"
	"strings"

	"github.com/alania-go/alania/domain/data/documents/expression"
	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
)

// Projection is a compiled projection. It is safe for concurrent use. A nil one keeps documents as they are.
type Projection struct {
	root       *level
	positional bool
}

// mode is what becomes of a member that the projection does not name.
type mode uint8

const (
	include mode = iota // it is left out
	exclude             // it stays
	add                 // it stays, and objects are made where there are none
)

// level is what is done with the members of an object.
type level struct {
	mode     mode
	children map[string]*child
	names    []string // of children that make something, in order
	scalars  bool     // reports whether something is made where there is no object
}

type child struct {
	leaf     action
	x        *expression.Expression
	elem     func(v value.Value) bool // of $elemMatch
	from, n  int                      // of $slice
	sub      *level
	computes bool
}

type action uint8

const (
	keep action = iota
	drop
	compute
	slice
	match
	position
	nested
)

// compiler holds what is known so far.
type compiler struct {
	s     expression.Scope
	find  bool
	level *level
	// kinds of members that were seen, without _id
	included, excluded, computed bool
	positional                   bool
	parts                        int
}

// Compile compiles the projection of a find. A missing value, and an empty object, keep everything: the Projection is
// nil.
func Compile(v value.Value, at refuse.Place) (*Projection, error) {
	if v.IsMissing() || v.Kind() == value.Object && v.Len() == 0 {
		return nil, nil
	}
	return compile(v, expression.NewScope(), at, true)
}

// Project compiles $project.
func Project(v value.Value, s expression.Scope, at refuse.Place) (*Projection, error) {
	if v.Kind() != value.Object || v.Len() == 0 {
		return nil, at.Type("an object of at least one member")
	}
	return compile(v, s, at, false)
}

// Add compiles $addFields.
func Add(v value.Value, s expression.Scope, at refuse.Place) (*Projection, error) {
	if v.Kind() != value.Object || v.Len() == 0 {
		return nil, at.Type("an object of at least one member")
	}
	c := compiler{s: s, level: &level{mode: add}}
	for _, f := range v.Fields() {
		if err := c.added(c.level, f, at.Key(f.Name)); err != nil {
			return nil, err
		}
	}
	finish(c.level)
	return &Projection{root: c.level}, nil
}

func compile(v value.Value, s expression.Scope, at refuse.Place, find bool) (*Projection, error) {
	if v.Kind() != value.Object {
		return nil, at.Type("an object")
	}
	c := compiler{s: s, find: find, level: &level{}}
	id := value.Value{}
	for _, f := range v.Fields() {
		if f.Name == "_id" && (f.Value.IsNumber() || f.Value.Kind() == value.Bool) {
			id = f.Value
			continue
		}
		if err := c.member(c.level, f.Name, f.Value, at.Key(f.Name)); err != nil {
			return nil, err
		}
	}
	mixed := at.Invalid("rule",
		"A projection includes members or excludes them. Only _id may be excluded from those included.")
	if c.included && c.excluded || c.computed && c.excluded && !find {
		return nil, mixed
	}
	m := include
	switch {
	case c.excluded:
		m = exclude
		if !id.IsMissing() && id.Truth() {
			return nil, mixed
		}
	case c.included || c.computed:
	case len(c.level.children) > 0: // $slice alone
		m = exclude
	case !id.IsMissing() && !id.Truth():
		m = exclude
	}
	setMode(c.level, m)
	switch {
	case !id.IsMissing() && !id.Truth():
		if m == exclude {
			c.set(c.level, "_id", &child{leaf: drop})
		}
	case m == include && c.level.children["_id"] == nil:
		c.set(c.level, "_id", &child{leaf: keep})
	}
	finish(c.level)
	return &Projection{root: c.level, positional: c.positional}, nil
}

func setMode(l *level, m mode) {
	l.mode = m
	for _, ch := range l.children {
		if ch.sub != nil {
			setMode(ch.sub, m)
		}
	}
}

// finish finds out what makes something where there is nothing.
func finish(l *level) {
	var names []string
	for _, name := range l.names {
		ch := l.children[name]
		if ch.sub != nil {
			finish(ch.sub)
			ch.computes = ch.sub.scalars
		}
		if ch.computes {
			names = append(names, name)
		}
	}
	l.names, l.scalars = names, len(names) > 0
}

func (c *compiler) set(l *level, name string, ch *child) {
	if l.children == nil {
		l.children = map[string]*child{}
	}
	l.children[name] = ch
	l.names = append(l.names, name)
}

// place goes down a path and returns the level and the name where it ends.
func (c *compiler) place(l *level, path string, at refuse.Place) (*level, string, error) {
	if c.parts++; c.parts > 2000 {
		return nil, "", at.Invalid("max_items", "A projection has at most 2000 members.")
	}
	names := strings.Split(path, ".")
	if len(names) > value.MaxDepth {
		return nil, "", at.Invalid("max_depth", "A path has at most 100 names.")
	}
	for i, name := range names {
		if name == "" || strings.HasPrefix(name, "$") {
			return nil, "", at.Invalid("path", "This must be the path of a member.")
		}
		ch := l.children[name]
		if i == len(names)-1 {
			if ch != nil {
				break
			}
			return l, name, nil
		}
		if ch == nil {
			ch = &child{leaf: nested, sub: &level{mode: l.mode}}
			c.set(l, name, ch)
		} else if ch.sub == nil {
			break
		}
		l = ch.sub
	}
	return nil, "", at.Invalid("path", "The path is that of another member, or below it.")
}

// added adds a member of $addFields.
func (c *compiler) added(l *level, f value.Field, at refuse.Place) error {
	if f.Value.Kind() == value.Object && f.Value.Len() > 0 && !strings.HasPrefix(f.Value.Fields()[0].Name, "$") {
		for _, g := range f.Value.Fields() {
			if err := c.added(l, value.F(f.Name+"."+g.Name, g.Value), at.Key(g.Name)); err != nil {
				return err
			}
		}
		return nil
	}
	in, name, err := c.place(l, f.Name, at)
	if err != nil {
		return err
	}
	x, err := expression.Compile(f.Value, c.s, at)
	if err != nil {
		return err
	}
	c.set(in, name, &child{leaf: compute, x: x, computes: true})
	return nil
}

// member adds a member of a projection.
func (c *compiler) member(l *level, path string, v value.Value, at refuse.Place) error {
	if c.find && strings.HasSuffix(path, ".$") {
		in, name, err := c.place(l, strings.TrimSuffix(path, ".$"), at)
		if err != nil {
			return err
		}
		if c.positional || !v.Truth() {
			return at.Invalid("rule", "A projection has one positional member at most, which it includes.")
		}
		c.positional, c.included = true, true
		c.set(in, name, &child{leaf: position})
		return nil
	}
	op := ""
	if v.Kind() == value.Object && v.Len() > 0 {
		if f := v.Fields()[0]; strings.HasPrefix(f.Name, "$") {
			op = f.Name
		} else {
			for _, f := range v.Fields() {
				if err := c.member(l, path+"."+f.Name, f.Value, at.Key(f.Name)); err != nil {
					return err
				}
			}
			return nil
		}
	}
	in, name, err := c.place(l, path, at)
	if err != nil {
		return err
	}
	switch {
	case v.IsNumber() || v.Kind() == value.Bool:
		if v.Truth() {
			c.included = true
			c.set(in, name, &child{leaf: keep})
		} else {
			c.excluded = true
			c.set(in, name, &child{leaf: drop})
		}
		return nil
	case c.find && op == "$elemMatch":
		test, err := filter.Elements(v.Get(op), at.Key(op))
		if err != nil {
			return err
		}
		c.included = true
		c.set(in, name, &child{leaf: match, elem: test})
		return nil
	case c.find && op == "$slice":
		ch, err := sliced(v.Get(op), at.Key(op))
		if ch != nil || err != nil {
			if err == nil {
				c.set(in, name, ch)
			}
			return err
		}
	case v.Kind() == value.Object && v.Len() == 0:
		return at.Invalid("type", "An object of a projection is not empty.")
	}
	x, err := expression.Compile(v, c.s, at)
	if err != nil {
		return err
	}
	c.computed = true
	c.set(in, name, &child{leaf: compute, x: x, computes: true})
	return nil
}

// sliced compiles $slice of a find: a number, or a position and a number. It is nil for the expression $slice.
func sliced(arg value.Value, at refuse.Place) (*child, error) {
	whole := func(v value.Value) (int, bool) {
		n, ok := v.Integer()
		return int(n), ok && n >= math.MinInt32 && n <= math.MaxInt32
	}
	wrong := at.Type("a whole number, or an array of a position and a number above zero")
	if arg.Kind() != value.Array {
		n, ok := whole(arg)
		switch {
		case !ok:
			return nil, wrong
		case n < 0:
			return &child{leaf: slice, from: n, n: -n}, nil
		}
		return &child{leaf: slice, n: n}, nil
	}
	if first := arg.Index(0); arg.Len() == 3 || arg.Len() == 2 && !first.IsNumber() && first.Kind() == value.String &&
		strings.HasPrefix(first.Text(), "$") {
		if first.IsNumber() {
			return nil, wrong
		}
		return nil, nil
	}
	from, ok1 := whole(arg.Index(0))
	n, ok2 := whole(arg.Index(1))
	if arg.Len() != 2 || !ok1 || !ok2 || n <= 0 {
		return nil, wrong
	}
	return &child{leaf: slice, from: from, n: n}, nil
}

// Positional reports whether the projection needs the index of MatchAt.
func (p *Projection) Positional() bool { return p != nil && p.positional }

// Apply returns the projection of a document. index is that of MatchAt.
func (p *Projection) Apply(e *expression.Env, doc value.Value, index int) (value.Value, error) {
	if p == nil {
		return doc, nil
	}
	a := applied{e: e, doc: doc, index: index}
	out := a.object(p.root, doc)
	return out, a.err
}

type applied struct {
	e     *expression.Env
	doc   value.Value
	index int
	err   error
}

func (a *applied) object(l *level, v value.Value) value.Value {
	var out []value.Field
	var seen map[string]bool
	for m := v.Members(); ; {
		f, ok := m.Next()
		if !ok {
			break
		}
		ch := l.children[f.Name]
		if ch == nil {
			if l.mode != include {
				out = append(out, f)
			}
			continue
		}
		if ch.computes {
			if seen == nil {
				seen = map[string]bool{}
			}
			seen[f.Name] = true
		}
		if f.Value = a.member(l, ch, f.Value); !f.Value.IsMissing() {
			out = append(out, f)
		}
	}
	for _, name := range l.names {
		if !seen[name] {
			if w := a.member(l, l.children[name], value.Value{}); !w.IsMissing() {
				out = append(out, value.F(name, w))
			}
		}
	}
	return value.OfObject(out...)
}

func (a *applied) member(l *level, ch *child, v value.Value) value.Value {
	switch ch.leaf {
	case keep:
		return v
	case drop:
		return value.Value{}
	case compute:
		if a.err != nil {
			return value.Value{}
		}
		w, err := ch.x.Eval(a.e, a.doc)
		a.err = err
		return w
	case slice:
		if v.Kind() != value.Array {
			return v
		}
		return expression.Part(v, ch.from, ch.n)
	case match:
		for el := v.Elements(); ; {
			elem, ok := el.Next()
			if !ok {
				return value.Value{}
			}
			if ch.elem(elem) {
				return value.OfArray(elem)
			}
		}
	case position:
		if v.Kind() != value.Array || l.mode != include {
			return v
		}
		if elem := v.Index(a.index); !elem.IsMissing() {
			return value.OfArray(elem)
		}
		if a.err == nil {
			a.err = refuse.NotApplicable("The positional projection needs a condition of the array in the filter.")
		}
		return value.Value{}
	}
	return a.nested(ch.sub, v)
}

func (a *applied) nested(l *level, v value.Value) value.Value {
	switch v.Kind() {
	case value.Object:
		return a.object(l, v)
	case value.Array:
		out := []value.Value{}
		for el := v.Elements(); ; {
			elem, ok := el.Next()
			if !ok {
				return value.OfArray(out...)
			}
			if w := a.nested(l, elem); !w.IsMissing() {
				out = append(out, w)
			}
		}
	}
	if l.scalars {
		return a.object(l, value.EmptyObject)
	}
	if l.mode == include {
		return value.Value{}
	}
	return v
}
