package pipeline

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/alania-go/alania/domain/data/documents/accumulate"
	"github.com/alania-go/alania/domain/data/documents/expression"
	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/order"
	"github.com/alania-go/alania/domain/data/documents/projection"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
)

type compiler func(p *Pipeline, v value.Value, s expression.Scope, at refuse.Place, depth int) (stage, error)

var stages map[string]compiler

func init() {
	stages = map[string]compiler{
		"$match": match, "$group": group, "$sort": sortStage, "$limit": limit, "$skip": skip, "$project": project,
		"$addFields": addFields, "$set": addFields, "$unset": unset, "$unwind": unwind, "$count": count,
		"$replaceRoot": replaceRoot, "$replaceWith": replaceWith, "$sortByCount": sortByCount, "$bucket": bucket,
		"$bucketAuto": bucketAuto, "$facet": facet, "$lookup": lookup, "$graphLookup": graphLookup, "$unionWith": unionWith,
		"$sample": sample, "$redact": redact, "$setWindowFields": setWindowFields, "$fill": fill,
	}
}

// shape checks the members of a stage's object.
func shape(v value.Value, at refuse.Place, required []string, optional ...string) error {
	if v.Kind() != value.Object {
		return at.Type("an object")
	}
	for _, name := range required {
		if v.Get(name).IsMissing() {
			return at.Key(name).Invalid("required", "This member is required.")
		}
	}
	for _, f := range v.Fields() {
		if !slices.Contains(required, f.Name) && !slices.Contains(optional, f.Name) {
			return at.Key(f.Name).Invalid("unknown_field", "The stage does not have this member.")
		}
	}
	return nil
}

// names splits the path of a member.
func names(v value.Value, at refuse.Place) ([]string, error) {
	parts := strings.Split(v.Text(), ".")
	if v.Kind() != value.String || len(parts) > value.MaxDepth ||
		slices.ContainsFunc(parts, func(p string) bool { return p == "" || strings.HasPrefix(p, "$") }) {
		return nil, at.Invalid("path", "This must be the path of a member.")
	}
	return parts, nil
}

// passing is a stage that makes one document, or none, of each.
type passing struct {
	one func(r *run, doc value.Value) (value.Value, error)
}

func (p *passing) begin(r *run, next step) step { return &pass{p, r, next} }

type pass struct {
	of   *passing
	r    *run
	next step
}

func (p *pass) push(doc value.Value) (bool, error) {
	out, err := p.of.one(p.r, doc)
	if err != nil || out.IsMissing() {
		return true, err
	}
	return p.next.push(out)
}

func (p *pass) done() error { return p.next.done() }

type matching struct{ f *filter.Filter }

func match(_ *Pipeline, v value.Value, s expression.Scope, at refuse.Place, _ int) (stage, error) {
	if v.Kind() != value.Object {
		return nil, at.Type("an object")
	}
	f, err := filter.Scoped(v, s, at)
	return &matching{f}, err
}

func (m *matching) begin(r *run, next step) step { return &matched{m.f.In(r.env), next} }

type matched struct {
	m    *filter.Matcher
	next step
}

func (m *matched) push(doc value.Value) (bool, error) {
	ok, _, err := m.m.Match(doc)
	if !ok || err != nil {
		return true, err
	}
	return m.next.push(doc)
}

func (m *matched) done() error { return m.next.done() }

// whole returns a whole number, zero or more.
func whole(v value.Value, at refuse.Place) (int64, error) {
	n, ok := v.Integer()
	if !ok || n < 0 {
		return 0, at.Type("a whole number, zero or more")
	}
	return n, nil
}

type limiting struct{ n int64 }

func limit(_ *Pipeline, v value.Value, _ expression.Scope, at refuse.Place, _ int) (stage, error) {
	n, err := whole(v, at)
	if err == nil && n == 0 {
		err = at.Type("a whole number, one or more")
	}
	return &limiting{n}, err
}

func (l *limiting) begin(_ *run, next step) step { return &limited{l.n, next} }

type limited struct {
	left int64
	next step
}

func (l *limited) push(doc value.Value) (bool, error) {
	if l.left == 0 {
		return false, nil
	}
	l.left--
	more, err := l.next.push(doc)
	return more && l.left > 0, err
}

func (l *limited) done() error { return l.next.done() }

type skipping struct{ n int64 }

func skip(_ *Pipeline, v value.Value, _ expression.Scope, at refuse.Place, _ int) (stage, error) {
	n, err := whole(v, at)
	return &skipping{n}, err
}

func (s *skipping) begin(_ *run, next step) step {
	left := s.n
	return &calling{next: next, call: func(doc value.Value) (bool, error) {
		if left > 0 {
			left--
			return true, nil
		}
		return next.push(doc)
	}}
}

// calling is a step made of functions. end may be nil.
type calling struct {
	next step
	call func(doc value.Value) (bool, error)
	end  func() error
}

func (c *calling) push(doc value.Value) (bool, error) { return c.call(doc) }

func (c *calling) done() error {
	if c.end != nil {
		return c.end()
	}
	return c.next.done()
}

type sorting struct {
	by    *order.Order
	limit int
}

func sortStage(_ *Pipeline, v value.Value, _ expression.Scope, at refuse.Place, _ int) (stage, error) {
	if v.Kind() != value.Object || v.Len() == 0 {
		return nil, at.Type("an object of at least one member")
	}
	o, err := order.Compile(v, at)
	return &sorting{by: o}, err
}

func (s *sorting) begin(r *run, next step) step {
	sorter := order.NewSorter(s.by, s.limit, r.options.Memory)
	return &calling{
		next: next,
		call: func(doc value.Value) (bool, error) { return true, sorter.Add(doc) },
		end:  func() error { return all(next, sorter.Sorted()) },
	}
}

func projected(p *projection.Projection, err error) (stage, error) {
	return &passing{func(r *run, doc value.Value) (value.Value, error) { return p.Apply(r.env, doc, -1) }}, err
}

func project(_ *Pipeline, v value.Value, s expression.Scope, at refuse.Place, _ int) (stage, error) {
	return projected(projection.Project(v, s, at))
}

func addFields(_ *Pipeline, v value.Value, s expression.Scope, at refuse.Place, _ int) (stage, error) {
	return projected(projection.Add(v, s, at))
}

func unset(_ *Pipeline, v value.Value, s expression.Scope, at refuse.Place, _ int) (stage, error) {
	list := []value.Value{v}
	if v.Kind() == value.Array {
		list = v.Slice()
	}
	var fields []value.Field
	for i, f := range list {
		if _, err := names(f, at.Index(i)); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(fields, func(g value.Field) bool { return g.Name == f.Text() }) {
			continue
		}
		fields = append(fields, value.F(f.Text(), value.OfInt(0)))
	}
	return projected(projection.Project(value.OfObject(fields...), s, at))
}

func replaceRoot(_ *Pipeline, v value.Value, s expression.Scope, at refuse.Place, _ int) (stage, error) {
	if err := shape(v, at, []string{"newRoot"}); err != nil {
		return nil, err
	}
	return replacing(v.Get("newRoot"), s, at.Key("newRoot"))
}

func replaceWith(_ *Pipeline, v value.Value, s expression.Scope, at refuse.Place, _ int) (stage, error) {
	return replacing(v, s, at)
}

func replacing(v value.Value, s expression.Scope, at refuse.Place) (stage, error) {
	x, err := expression.Compile(v, s, at)
	if err != nil {
		return nil, err
	}
	if lit, ok := x.Literal(); ok && lit.Kind() != value.Object {
		return nil, at.Type("an expression that makes an object")
	}
	return &passing{func(r *run, doc value.Value) (value.Value, error) {
		out, err := x.Eval(r.env, doc)
		if err == nil && out.Kind() != value.Object {
			err = refuse.NotApplicable("The new root of a document is an object.")
		}
		return out, err
	}}, nil
}

func count(_ *Pipeline, v value.Value, _ expression.Scope, at refuse.Place, _ int) (stage, error) {
	name := v.Text()
	if v.Kind() != value.String || name == "" || strings.HasPrefix(name, "$") || strings.ContainsAny(name, ".\x00") {
		return nil, at.Type("the name of a member, without a dot, which does not begin with $")
	}
	return counting(name), nil
}

type counting string

func (c counting) begin(_ *run, next step) step {
	n := int64(0)
	return &calling{
		next: next,
		call: func(value.Value) (bool, error) { n++; return true, nil },
		end: func() error {
			if n == 0 {
				return next.done()
			}
			return all(next, []value.Value{value.OfObject(value.F(string(c), value.OfInt(n)))})
		},
	}
}

type unwinding struct {
	path, index []string
	preserve    bool
}

func unwind(_ *Pipeline, v value.Value, _ expression.Scope, at refuse.Place, _ int) (stage, error) {
	u := &unwinding{}
	path := v
	if v.Kind() == value.Object {
		if err := shape(v, at, []string{"path"}, "includeArrayIndex", "preserveNullAndEmptyArrays"); err != nil {
			return nil, err
		}
		path, at = v.Get("path"), at.Key("path")
		if keep := v.Get("preserveNullAndEmptyArrays"); !keep.IsMissing() {
			if keep.Kind() != value.Bool {
				return nil, at.Key("preserveNullAndEmptyArrays").Type("true or false")
			}
			u.preserve = keep.Bool()
		}
		if index := v.Get("includeArrayIndex"); !index.IsMissing() {
			var err error
			if u.index, err = names(index, at.Key("includeArrayIndex")); err != nil {
				return nil, err
			}
		}
	}
	if path.Kind() != value.String || !strings.HasPrefix(path.Text(), "$") {
		return nil, at.Type("a path that begins with $")
	}
	var err error
	u.path, err = names(value.OfString(path.Text()[1:]), at)
	return u, err
}

// through follows a path through objects.
func through(v value.Value, path []string) value.Value {
	for _, name := range path {
		v = v.Get(name)
	}
	return v
}

func (u *unwinding) begin(_ *run, next step) step {
	return &calling{next: next, call: func(doc value.Value) (bool, error) {
		v := through(doc, u.path)
		alone := func(doc value.Value) (bool, error) {
			if u.index != nil {
				doc = value.SetPath(doc, u.index, value.NullValue)
			}
			return next.push(doc)
		}
		switch {
		case v.IsNullish():
			if !u.preserve {
				return true, nil
			}
			return alone(doc)
		case v.Kind() != value.Array:
			return alone(doc)
		case v.Len() == 0:
			if !u.preserve {
				return true, nil
			}
			return alone(value.SetPath(doc, u.path, value.Value{}))
		}
		i := int64(0)
		for el := v.Elements(); ; i++ {
			elem, ok := el.Next()
			if !ok {
				return true, nil
			}
			out := value.SetPath(doc, u.path, elem)
			if u.index != nil {
				out = value.SetPath(out, u.index, value.OfInt(i))
			}
			if more, err := next.push(out); !more || err != nil {
				return more, err
			}
		}
	}}
}

type grouping struct {
	id    *expression.Expression
	names []string
	accs  []*accumulate.Accumulator
}

func group(_ *Pipeline, v value.Value, s expression.Scope, at refuse.Place, _ int) (stage, error) {
	if v.Kind() != value.Object {
		return nil, at.Type("an object")
	}
	g := &grouping{}
	for _, f := range v.Fields() {
		here := at.Key(f.Name)
		if f.Name == "_id" {
			x, err := expression.Compile(f.Value, s, here)
			if err != nil {
				return nil, err
			}
			g.id = x
			continue
		}
		if err := g.output(f, s, here); err != nil {
			return nil, err
		}
	}
	if g.id == nil {
		return nil, at.Key("_id").Invalid("required", "A group has an _id; null is one group of everything.")
	}
	return g, nil
}

// output adds an accumulator.
func (g *grouping) output(f value.Field, s expression.Scope, at refuse.Place) error {
	if f.Name == "" || strings.HasPrefix(f.Name, "$") || strings.Contains(f.Name, ".") {
		return at.Invalid("path", "A member of a group has no dot and does not begin with $.")
	}
	a, err := accumulate.Compile(f.Value, s, at)
	if err != nil {
		return err
	}
	g.names, g.accs = append(g.names, f.Name), append(g.accs, a)
	return nil
}

// one is a group at work.
type one struct {
	id     value.Value
	states []accumulate.State
}

func (g *grouping) new(r *run, id value.Value) (*one, error) {
	o := &one{id: id, states: make([]accumulate.State, len(g.accs))}
	size := 96 + id.Size()
	for i, a := range g.accs {
		var err error
		if o.states[i], err = a.New(r.env, id); err != nil {
			return nil, err
		}
		size += 48 + a.Size()
	}
	return o, r.grow(size)
}

func (o *one) add(r *run, doc value.Value) error {
	for _, s := range o.states {
		n, err := s.Add(r.env, doc)
		if err == nil && n != 0 {
			err = r.grow(n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *grouping) result(o *one) value.Value {
	out := make([]value.Field, 0, 1+len(o.states))
	out = append(out, value.F("_id", o.id))
	for i, s := range o.states {
		out = append(out, value.F(g.names[i], s.Result()))
	}
	return value.OfObject(out...)
}

func (g *grouping) begin(r *run, next step) step {
	byKey := map[string]*one{}
	var groups []*one
	var key []byte
	return &calling{
		next: next,
		call: func(doc value.Value) (bool, error) {
			id, err := g.id.Eval(r.env, doc)
			if err != nil {
				return false, err
			}
			if id.IsMissing() {
				id = value.NullValue
			}
			key = id.AppendKey(key[:0])
			o := byKey[string(key)]
			if o == nil {
				if o, err = g.new(r, id.Detach()); err != nil {
					return false, err
				}
				byKey[string(key)] = o
				groups = append(groups, o)
				if err := r.grow(len(key) + 48); err != nil {
					return false, err
				}
			}
			return true, o.add(r, doc)
		},
		end: func() error {
			for i, o := range groups {
				groups[i] = nil
				more, err := next.push(g.result(o))
				if err != nil {
					return err
				}
				if !more {
					break
				}
			}
			byKey = nil
			return next.done()
		},
	}
}

// series is several stages in the place of one.
type series []stage

func (s series) begin(r *run, next step) step {
	for i := len(s) - 1; i >= 0; i-- {
		next = s[i].begin(r, next)
	}
	return next
}

func sortByCount(p *Pipeline, v value.Value, s expression.Scope, at refuse.Place, depth int) (stage, error) {
	path := v.Kind() == value.String && strings.HasPrefix(v.Text(), "$")
	if !path && (v.Kind() != value.Object || v.Len() != 1 || !strings.HasPrefix(v.Fields()[0].Name, "$")) {
		return nil, at.Type("a path or an expression")
	}
	g, err := group(p, value.OfObject(value.F("_id", v),
		value.F("count", value.OfObject(value.F("$sum", value.OfInt(1))))), s, at, depth)
	if err != nil {
		return nil, err
	}
	o := &order.Order{}
	return series{g, &sorting{by: o}}, o.Add("count", true, at)
}

// outputs compiles the output of a bucket; without one it counts.
func outputs(v value.Value, s expression.Scope, at refuse.Place) (*grouping, error) {
	g := &grouping{}
	if v.IsMissing() {
		v = value.OfObject(value.F("count", value.OfObject(value.F("$sum", value.OfInt(1)))))
	}
	if v.Kind() != value.Object {
		return nil, at.Type("an object of accumulators")
	}
	for _, f := range v.Fields() {
		if err := g.output(f, s, at.Key(f.Name)); err != nil {
			return nil, err
		}
	}
	return g, nil
}

type bucketing struct {
	by         *expression.Expression
	boundaries []value.Value
	other      value.Value
	out        *grouping
}

func bucket(_ *Pipeline, v value.Value, s expression.Scope, at refuse.Place, _ int) (stage, error) {
	if err := shape(v, at, []string{"groupBy", "boundaries"}, "default", "output"); err != nil {
		return nil, err
	}
	b := &bucketing{}
	var err error
	if b.by, err = expression.Compile(v.Get("groupBy"), s, at.Key("groupBy")); err != nil {
		return nil, err
	}
	bounds := at.Key("boundaries")
	if v.Get("boundaries").Kind() != value.Array || v.Get("boundaries").Len() < 2 {
		return nil, bounds.Type("an array of at least two values")
	}
	for i, w := range v.Get("boundaries").Slice() {
		x, err := expression.Compile(w, s, bounds.Index(i))
		if err != nil {
			return nil, err
		}
		lit, ok := x.Literal()
		if !ok {
			return nil, bounds.Index(i).Type("a value")
		}
		if i > 0 {
			before := b.boundaries[i-1]
			if before.Kind().Class() != lit.Kind().Class() || value.Compare(before, lit) >= 0 {
				return nil, bounds.Index(i).Invalid("rule", "Boundaries have one type, and each is greater than the one before it.")
			}
		}
		b.boundaries = append(b.boundaries, lit)
	}
	if d := v.Get("default"); !d.IsMissing() {
		x, err := expression.Compile(d, s, at.Key("default"))
		if err != nil {
			return nil, err
		}
		lit, ok := x.Literal()
		if !ok || value.Compare(lit, b.boundaries[0]) >= 0 && value.Compare(lit, b.boundaries[len(b.boundaries)-1]) < 0 {
			return nil, at.Key("default").Invalid("rule", "The default is a value that is in no bucket.")
		}
		b.other = lit
	}
	b.out, err = outputs(v.Get("output"), s, at.Key("output"))
	return b, err
}

func (b *bucketing) begin(r *run, next step) step {
	groups := make([]*one, len(b.boundaries))
	return &calling{
		next: next,
		call: func(doc value.Value) (bool, error) {
			v, err := b.by.Eval(r.env, doc)
			if err != nil {
				return false, err
			}
			i, found := slices.BinarySearchFunc(b.boundaries, v, value.Compare)
			if !found {
				i--
			}
			id := b.other
			if i < 0 || i >= len(b.boundaries)-1 {
				i = len(b.boundaries) - 1
				if b.other.IsMissing() {
					return false, refuse.NotApplicable("A document is in no bucket, and there is no default.")
				}
			} else {
				id = b.boundaries[i]
			}
			if groups[i] == nil {
				if groups[i], err = b.out.new(r, id); err != nil {
					return false, err
				}
			}
			return true, groups[i].add(r, doc)
		},
		end: func() error {
			groups = slices.DeleteFunc(groups, func(o *one) bool { return o == nil })
			slices.SortStableFunc(groups, func(a, b *one) int { return value.Compare(a.id, b.id) })
			var docs []value.Value
			for _, o := range groups {
				docs = append(docs, b.out.result(o))
			}
			return all(next, docs)
		},
	}
}

type autoBucketing struct {
	by  *expression.Expression
	n   int
	out *grouping
}

func bucketAuto(_ *Pipeline, v value.Value, s expression.Scope, at refuse.Place, _ int) (stage, error) {
	if err := shape(v, at, []string{"groupBy", "buckets"}, "output"); err != nil {
		return nil, err
	}
	n, ok := v.Get("buckets").Integer()
	if !ok || n < 1 || n > 10000 {
		return nil, at.Key("buckets").Type("a whole number from 1 to 10000")
	}
	b := &autoBucketing{n: int(n)}
	var err error
	if b.by, err = expression.Compile(v.Get("groupBy"), s, at.Key("groupBy")); err != nil {
		return nil, err
	}
	b.out, err = outputs(v.Get("output"), s, at.Key("output"))
	return b, err
}

func (b *autoBucketing) begin(r *run, next step) step {
	type keyed struct{ key, doc value.Value }
	var docs []keyed
	return &calling{
		next: next,
		call: func(doc value.Value) (bool, error) {
			key, err := b.by.Eval(r.env, doc)
			if err != nil {
				return false, err
			}
			docs = append(docs, keyed{key, doc})
			return true, r.grow(doc.Size() + key.Size() + 16)
		},
		end: func() error {
			slices.SortStableFunc(docs, func(a, b keyed) int { return value.Compare(a.key, b.key) })
			var out []value.Value
			size := max(1, (len(docs)+b.n/2)/b.n)
			for i := 0; i < len(docs) && len(out) < b.n; {
				to := min(i+size, len(docs))
				if len(out) == b.n-1 {
					to = len(docs)
				}
				for to < len(docs) && value.Equal(docs[to].key, docs[to-1].key) {
					to++
				}
				end := docs[to-1].key
				if to < len(docs) {
					end = docs[to].key
				}
				o, err := b.out.new(r, value.OfObject(value.F("min", docs[i].key), value.F("max", end)))
				if err != nil {
					return err
				}
				for ; i < to; i++ {
					if err := o.add(r, docs[i].doc); err != nil {
						return err
					}
				}
				out = append(out, b.out.result(o))
			}
			return all(next, out)
		},
	}
}

type faceting struct {
	names []string
	of    []*Pipeline
}

func facet(p *Pipeline, v value.Value, s expression.Scope, at refuse.Place, depth int) (stage, error) {
	if v.Kind() != value.Object || v.Len() == 0 {
		return nil, at.Type("an object of at least one pipeline")
	}
	f := &faceting{}
	for _, m := range v.Fields() {
		if m.Name == "" || strings.HasPrefix(m.Name, "$") || strings.Contains(m.Name, ".") {
			return nil, at.Key(m.Name).Invalid("path", "A name of a facet has no dot and does not begin with $.")
		}
		inner, err := p.nested(m.Value, s, at.Key(m.Name), depth)
		if err != nil {
			return nil, err
		}
		f.names, f.of = append(f.names, m.Name), append(f.of, inner)
	}
	return f, nil
}

func (f *faceting) begin(r *run, next step) step {
	out := make([][]value.Value, len(f.of))
	steps := make([]step, len(f.of))
	wants := make([]bool, len(f.of))
	for i, p := range f.of {
		wants[i] = true
		steps[i] = r.chain(p, &emitting{func(v value.Value) error {
			v = v.Detach()
			out[i] = append(out[i], v)
			return r.grow(v.Size())
		}})
	}
	return &calling{
		next: next,
		call: func(doc value.Value) (bool, error) {
			some := false
			for i, s := range steps {
				if !wants[i] {
					continue
				}
				var err error
				if wants[i], err = s.push(doc); err != nil {
					return false, err
				}
				some = some || wants[i]
			}
			return some, nil
		},
		end: func() error {
			var fields []value.Field
			for i, s := range steps {
				if err := s.done(); err != nil {
					return err
				}
				fields = append(fields, value.F(f.names[i], value.OfArray(out[i]...)))
			}
			return all(next, []value.Value{value.OfObject(fields...)})
		},
	}
}

type sampling int

func sample(_ *Pipeline, v value.Value, _ expression.Scope, at refuse.Place, _ int) (stage, error) {
	if err := shape(v, at, []string{"size"}); err != nil {
		return nil, err
	}
	n, ok := v.Get("size").Integer()
	if !ok || n < 1 || n > 100000 {
		return nil, at.Key("size").Type("a whole number from 1 to 100000")
	}
	return sampling(n), nil
}

func (n sampling) begin(r *run, next step) step {
	var kept []value.Value
	seen := 0
	return &calling{
		next: next,
		call: func(doc value.Value) (bool, error) {
			seen++
			if len(kept) < int(n) {
				kept = append(kept, doc)
				return true, r.grow(doc.Size())
			}
			if i := rand.IntN(seen); i < int(n) {
				before := kept[i].Size()
				kept[i] = doc
				return true, r.grow(doc.Size() - before)
			}
			return true, nil
		},
		end: func() error {
			rand.Shuffle(len(kept), func(i, j int) { kept[i], kept[j] = kept[j], kept[i] })
			return all(next, kept)
		},
	}
}

// What the expression of $redact decides; no document has such values.
var (
	descend = value.OfBinary(255, "descend")
	prune   = value.OfBinary(255, "prune")
	stay    = value.OfBinary(255, "keep")
)

func redact(_ *Pipeline, v value.Value, _ expression.Scope, at refuse.Place, _ int) (stage, error) {
	x, err := expression.Compile(v, expression.NewScope("DESCEND", "PRUNE", "KEEP"), at)
	if err != nil {
		return nil, err
	}
	return &passing{func(r *run, doc value.Value) (value.Value, error) {
		for i, w := range []value.Value{descend, prune, stay} {
			r.env.Let(i, w)
		}
		return redacted(x, r.env, doc)
	}}, nil
}

func redacted(x *expression.Expression, e *expression.Env, v value.Value) (value.Value, error) {
	switch v.Kind() {
	case value.Array:
		var out []value.Value
		for _, elem := range v.Slice() {
			w, err := redacted(x, e, elem)
			if err != nil {
				return w, err
			}
			if !w.IsMissing() {
				out = append(out, w)
			}
		}
		return value.OfArray(out...), nil
	case value.Object:
		what, err := x.Eval(e, v)
		switch {
		case err != nil:
			return value.Value{}, err
		case value.Equal(what, prune):
			return value.Value{}, nil
		case value.Equal(what, stay):
			return v, nil
		case !value.Equal(what, descend):
			return value.Value{}, refuse.NotApplicable("The expression of $redact is $$DESCEND, $$PRUNE or $$KEEP.")
		}
		var out []value.Field
		for _, f := range v.Fields() {
			if f.Value, err = redacted(x, e, f.Value); err != nil {
				return value.Value{}, err
			}
			if !f.Value.IsMissing() {
				out = append(out, f)
			}
		}
		return value.OfObject(out...), nil
	}
	return v, nil
}

// Stages returns the names of the stages.
func Stages() []string { return slices.Sorted(maps.Keys(stages)) }
