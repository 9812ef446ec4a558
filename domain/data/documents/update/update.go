// Package update compiles changes of documents: update operators, pipelines and replacements.
package update

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/data/documents/expression"
	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/pipeline"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
)

// Update is a compiled change. It is safe for concurrent use.
type Update struct {
	changes     []change
	pipeline    *pipeline.Pipeline
	replacement value.Value
	filters     map[string]*filter.Filter
}

// change is one operator on one path.
type change struct {
	path     []part
	create   bool // objects are made where there are none
	onInsert bool // only for documents that an upsert makes
	apply    func(c *call, old value.Value) (value.Value, error)
	rename   []part // where a member that $rename takes goes
}

// part is a step of a path: a name, or elements of an array.
type part struct {
	name  string
	index int // of a name that may be a position; -1
	kind  kind
}

type kind uint8

const (
	named kind = iota
	matched
	every
	filtered
)

// call is one application of an Update.
type call struct {
	of     *Update
	index  int
	now    int64
	insert bool
	env    *expression.Env
}

// Bounds of one update.
const (
	maxChanges = 1000
	maxPadding = 10000
)

// Compile compiles {"$set": …}, or the array of a pipeline. filters are the array filters: an array, or missing.
func Compile(v, filters value.Value, at, filtersAt refuse.Place) (*Update, error) {
	u := &Update{}
	if v.Kind() == value.Array {
		if !filters.IsMissing() {
			return nil, filtersAt.Invalid("rule", "A pipeline takes no array filters.")
		}
		p, err := pipeline.Update(v, at)
		u.pipeline = p
		return u, err
	}
	if v.Kind() != value.Object || v.Len() == 0 {
		return nil, at.Type("an object of at least one update operator, or an array of stages")
	}
	if err := u.arrayFilters(filters, filtersAt); err != nil {
		return nil, err
	}
	used := map[string]bool{}
	paths := map[string]bool{}
	for _, op := range v.Fields() {
		here := at.Key(op.Name)
		build, ok := operators[op.Name]
		if !ok {
			return nil, here.Operator()
		}
		if op.Value.Kind() != value.Object {
			return nil, here.Type("an object of paths")
		}
		fields := slices.Clone(op.Value.Fields())
		for _, f := range fields {
			if len(u.changes) == maxChanges {
				return nil, here.Invalid("max_items", "An update has at most 1000 changes.")
			}
			spot := here.Key(f.Name)
			path, err := u.parse(f.Name, spot, used)
			if err != nil {
				return nil, err
			}
			c := change{path: path, create: true}
			if err := build(&c, f.Value, spot); err != nil {
				return nil, err
			}
			if err := unlike(paths, f.Name, spot); err != nil {
				return nil, err
			}
			if c.rename != nil {
				if err := unlike(paths, f.Value.Text(), spot); err != nil {
					return nil, err
				}
			}
			u.changes = append(u.changes, c)
		}
	}
	for name := range u.filters {
		if !used[name] {
			return nil, filtersAt.Invalid("rule", "No path of the update uses one of the array filters.")
		}
	}
	return u, nil
}

// unlike refuses a path that is another's, above it or below it.
func unlike(paths map[string]bool, path string, at refuse.Place) error {
	conflict := at.Invalid("conflict", "Another change of the update is of this path, or of one above or below it.")
	if paths[path] {
		return conflict
	}
	for i := range len(path) {
		if path[i] == '.' {
			if paths[path[:i]] {
				return conflict
			}
			paths[path[:i]+"."] = true // something is below it
		}
	}
	if paths[path+"."] {
		return conflict
	}
	paths[path] = true
	return nil
}

func (u *Update) arrayFilters(v value.Value, at refuse.Place) error {
	if v.IsMissing() {
		return nil
	}
	if v.Kind() != value.Array || v.Len() > 100 {
		return at.Type("an array of at most 100 filters")
	}
	u.filters = map[string]*filter.Filter{}
	for i, f := range v.Slice() {
		name, ok := identifier(f)
		if !ok {
			return at.Index(i).Invalid("rule", "An array filter has conditions of one identifier, such as {\"x.a\": 1}.")
		}
		if u.filters[name] != nil {
			return at.Index(i).Invalid("conflict", "Another array filter has this identifier.")
		}
		compiled, err := filter.Compile(f, at.Index(i))
		if err != nil {
			return err
		}
		u.filters[name] = compiled
	}
	return nil
}

// identifier returns the name with which the paths of an array filter begin.
func identifier(f value.Value) (string, bool) {
	name := ""
	for _, m := range f.Fields() {
		got := ""
		if strings.HasPrefix(m.Name, "$") {
			for _, part := range m.Value.Slice() {
				inner, ok := identifier(part)
				if !ok || got != "" && inner != got {
					return "", false
				}
				got = inner
			}
		} else {
			got, _, _ = strings.Cut(m.Name, ".")
		}
		if got == "" || name != "" && got != name || got[0] < 'a' || got[0] > 'z' {
			return "", false
		}
		name = got
	}
	return name, name != ""
}

// parse compiles the path of a change.
func (u *Update) parse(path string, at refuse.Place, used map[string]bool) ([]part, error) {
	names := strings.Split(path, ".")
	wrong := at.Invalid("path", "This must be the path of a member: names that are not empty and do not begin with $.")
	if len(names) > value.MaxDepth {
		return nil, wrong
	}
	out := make([]part, len(names))
	positional := false
	for i, name := range names {
		p := part{name: name, index: -1}
		switch {
		case name == "":
			return nil, wrong
		case name == "$":
			if i == 0 || positional {
				return nil, at.Invalid("path", "A path has one $ at most, after the name of an array.")
			}
			p.kind, positional = matched, true
		case name == "$[]" && i > 0:
			p.kind = every
		case strings.HasPrefix(name, "$[") && strings.HasSuffix(name, "]") && i > 0:
			p.kind, p.name = filtered, name[2:len(name)-1]
			if u.filters[p.name] == nil {
				return nil, at.Invalid("path", "There is no array filter with this identifier.")
			}
			if used != nil {
				used[p.name] = true
			}
		case strings.HasPrefix(name, "$") && (i == 0 || name != "$id" && name != "$ref" && name != "$db"):
			return nil, wrong
		default:
			if n, err := strconv.ParseUint(name, 10, 31); err == nil {
				p.index = int(n)
			}
		}
		out[i] = p
	}
	return out, nil
}

// Apply changes a document. index is that of filter.Matcher, for the positional operator; now is in milliseconds since
// 1970. changed reports whether anything is different.
func (u *Update) Apply(e *expression.Env, doc value.Value, index int, now int64) (
	out value.Value, changed bool, err error,
) {
	out, err = u.apply(&call{of: u, index: index, now: now, env: e}, doc)
	if err != nil {
		return value.Value{}, false, err
	}
	id, before := out.Get("_id"), doc.Get("_id")
	switch {
	case before.IsMissing():
	case !value.Equal(id, before):
		return value.Value{}, false, refuse.NotApplicable("The _id of a document does not change.")
	case id.JSON() != before.JSON(): // such as 1.0 in the place of 1
		out = withID(out, before)
	}
	if out.JSON() == doc.JSON() {
		return doc, false, nil
	}
	return out, true, nil
}

// checked returns a changed document as it is stored, when it is within the bounds of documents.
func checked(doc value.Value) (value.Value, error) {
	text := doc.JSON()
	if len(text) > value.MaxBytes {
		return value.Value{}, refuse.NotApplicable("The document would have more than 16 MB.")
	}
	if doc = value.Read(text); doc.Depth(value.MaxDepth+1) > value.MaxDepth {
		return value.Value{}, refuse.NotApplicable("The document would be nested more than 100 deep.")
	}
	return doc, nil
}

// Insert makes the document of an upsert: what the filter demands, and the changes on it. newID is its _id when neither
// has one.
func (u *Update) Insert(e *expression.Env, f *filter.Filter, newID value.Value, now int64) (value.Value, error) {
	doc := value.EmptyObject
	demanded := value.Value{}
	for _, eq := range f.Equalities() {
		path, err := u.parse(eq.Path, refuse.Place{}, nil)
		if err != nil {
			return value.Value{}, refuse.NotApplicable("The filter of an upsert names members with which no document begins.")
		}
		if eq.Path == "_id" {
			demanded = eq.Value
		} else if u.replacement.Kind() == value.Object {
			continue
		}
		ed := editor{c: &call{of: u}, create: true, apply: func(_ *call, old value.Value) (value.Value, error) {
			if !old.IsMissing() && !value.Equal(old, eq.Value) {
				return old, refuse.NotApplicable("The filter of an upsert demands two values of one member.")
			}
			return eq.Value, nil
		}}
		if doc, err = ed.edit(doc, path); err != nil {
			return value.Value{}, err
		}
	}
	out, err := u.apply(&call{of: u, index: -1, now: now, insert: true, env: e}, doc)
	if err != nil {
		return value.Value{}, err
	}
	id := out.Get("_id")
	switch {
	case !demanded.IsMissing() && !value.Equal(id, demanded):
		return value.Value{}, refuse.NotApplicable("The _id of the new document is not the one that the filter demands.")
	case id.IsMissing():
		id = newID
	}
	if !validID(id) {
		return value.Value{}, refuse.NotApplicable("An _id is no array, regular expression or undefined.")
	}
	return withID(out, id), nil
}

func (u *Update) apply(c *call, doc value.Value) (value.Value, error) {
	out := doc
	var err error
	switch {
	case u.pipeline != nil:
		out, err = u.pipeline.One(contextOf(c.env), doc, c.now)
		if err == nil && out.Get("_id").IsMissing() && !doc.Get("_id").IsMissing() {
			out = withID(out, doc.Get("_id"))
		}
	case u.replacement.Kind() == value.Object:
		out = u.replacement
		if id := out.Get("_id"); !id.IsMissing() {
			out = withID(out, id)
		} else if id := doc.Get("_id"); !id.IsMissing() {
			out = withID(out, id)
		}
	default:
		for i := range u.changes {
			if out, err = u.changes[i].run(c, out); err != nil {
				return value.Value{}, err
			}
		}
	}
	if err != nil {
		return value.Value{}, err
	}
	return checked(out)
}

func contextOf(e *expression.Env) context.Context {
	if e == nil {
		return context.Background()
	}
	return e.Context()
}

func (ch *change) run(c *call, doc value.Value) (value.Value, error) {
	if ch.onInsert && !c.insert {
		return doc, nil
	}
	if ch.rename != nil {
		return ch.renamed(c, doc)
	}
	ed := editor{c: c, create: ch.create, apply: ch.apply}
	return ed.edit(doc, ch.path)
}

// renamed moves a member. Neither path goes through an array.
func (ch *change) renamed(c *call, doc value.Value) (value.Value, error) {
	v := doc
	for _, p := range ch.path {
		if v.Kind() == value.Array {
			return doc, refuse.NotApplicable("$rename does not go through arrays.")
		}
		v = v.Get(p.name)
	}
	if v.IsMissing() {
		return doc, nil
	}
	to := doc
	for _, p := range ch.rename {
		if to.Kind() == value.Array {
			return doc, refuse.NotApplicable("$rename does not go through arrays.")
		}
		to = to.Get(p.name)
	}
	take := editor{c: c, apply: func(*call, value.Value) (value.Value, error) { return value.Value{}, nil }}
	out, err := take.edit(doc, ch.path)
	if err != nil {
		return doc, err
	}
	put := editor{c: c, create: true, apply: func(*call, value.Value) (value.Value, error) { return v, nil }}
	return put.edit(out, ch.rename)
}

// editor changes what is at a path.
type editor struct {
	c      *call
	create bool
	apply  func(c *call, old value.Value) (value.Value, error)
}

func (ed *editor) edit(v value.Value, path []part) (value.Value, error) {
	if len(path) == 0 {
		return ed.apply(ed.c, v)
	}
	p := path[0]
	switch {
	case v.Kind() == value.Array:
		return ed.array(v, path)
	case p.kind != named:
		if v.IsMissing() && !ed.create {
			return v, nil
		}
		return v, refuse.NotApplicable("A positional operator needs an array at its place.")
	case v.Kind() == value.Object || v.IsMissing() && ed.create:
		old := v.Get(p.name)
		if old.IsMissing() && !ed.create {
			return v, nil
		}
		w, err := ed.edit(old, path[1:])
		if err != nil || w.IsMissing() && old.IsMissing() {
			return v, err
		}
		return value.Set(v, p.name, w), nil
	case !ed.create:
		return v, nil
	}
	return v, refuse.NotApplicable("A member cannot be made in what is neither an object nor an array.")
}

func (ed *editor) array(v value.Value, path []part) (value.Value, error) {
	elems := slices.Clone(v.Slice())
	p := path[0]
	one := func(i int) error {
		w, err := ed.edit(elems[i], path[1:])
		if err != nil {
			return err
		}
		if w.IsMissing() {
			w = value.NullValue // $unset leaves the place of an element
		}
		elems[i] = w
		return nil
	}
	switch p.kind {
	case named:
		if p.index < 0 {
			if !ed.create {
				return v, nil
			}
			return v, refuse.NotApplicable("An array has positions, and no members with names.")
		}
		if p.index >= len(elems) {
			if !ed.create {
				return v, nil
			}
			if p.index > len(elems)+maxPadding {
				return v, refuse.NotApplicable("A position is at most 10000 after the end of its array.")
			}
			for len(elems) < p.index {
				elems = append(elems, value.NullValue)
			}
			w, err := ed.edit(value.Value{}, path[1:])
			if err != nil || w.IsMissing() {
				return v, err
			}
			return value.OfArray(append(elems, w)...), nil
		}
		if err := one(p.index); err != nil {
			return v, err
		}
	case matched:
		if ed.c.index < 0 || ed.c.index >= len(elems) {
			return v, refuse.NotApplicable("The positional operator $ needs a condition of its array in the filter.")
		}
		if err := one(ed.c.index); err != nil {
			return v, err
		}
	default:
		for i := range elems {
			if p.kind == filtered && !ed.c.of.filters[p.name].Match(value.OfObject(value.F(p.name, elems[i]))) {
				continue
			}
			if err := one(i); err != nil {
				return v, err
			}
		}
	}
	return value.OfArray(elems...), nil
}

// Replacement compiles a document that takes the place of another one, whose _id it keeps.
func Replacement(v value.Value, at refuse.Place) (*Update, error) {
	if err := document(v, at); err != nil {
		return nil, err
	}
	if fields := v.Fields(); len(fields) > 0 && strings.HasPrefix(fields[0].Name, "$") {
		return nil, at.Key(fields[0].Name).Invalid("path", "A document does not begin with an operator of an update.")
	}
	return &Update{replacement: v}, nil
}

// Document checks a new document and puts its _id first: newID when it has none.
func Document(v value.Value, at refuse.Place, newID value.Value) (value.Value, error) {
	if err := document(v, at); err != nil {
		return value.Value{}, err
	}
	id := v.Get("_id")
	if id.IsMissing() {
		id = newID
	}
	return withID(v, id), nil
}

func document(v value.Value, at refuse.Place) error {
	if v.Kind() != value.Object {
		return at.Type("an object")
	}
	if id := v.Get("_id"); !id.IsMissing() && !validID(id) {
		return at.Key("_id").Type("a value that is no array, regular expression or undefined")
	}
	return nil
}

func validID(id value.Value) bool {
	return id.Kind() != value.Array && id.Kind() != value.Regex && id.Kind() != value.Undefined && !id.IsMissing()
}

// withID puts an _id at the beginning of a document.
func withID(doc, id value.Value) value.Value {
	fields := doc.Fields()
	out := make([]value.Field, 0, len(fields)+1)
	out = append(out, value.F("_id", id))
	for _, f := range fields {
		if f.Name != "_id" {
			out = append(out, f)
		}
	}
	return value.OfObject(out...)
}
