package pipeline

import (
	"regexp"
	"slices"

	"github.com/alania-go/alania/domain/data/documents/expression"
	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
)

// collection checks the name of another collection, which whoever opens it checks again.
var collection = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,119}$`)

func (p *Pipeline) other(v value.Value, at refuse.Place) (string, error) {
	if v.Kind() != value.String || !collection.MatchString(v.Text()) {
		return "", at.Type("the name of a collection of the workspace")
	}
	p.collections = append(p.collections, v.Text())
	return v.Text(), nil
}

func (p *Pipeline) lookedUp(at refuse.Place) error {
	if p.lookups++; p.lookups > MaxLookups {
		return at.Invalid("max_items", "A pipeline has at most one $lookup or $graphLookup.")
	}
	return nil
}

// load reads documents of another collection into memory.
func (r *run) load(name string, c filter.Condition, keep func(doc value.Value) error) error {
	if r.options.Documents == nil {
		return nil
	}
	n := 0
	for text, err := range r.options.Documents(r.ctx, name, c) {
		if err != nil {
			return fault.Wrap(err)
		}
		if n++; n&255 == 0 && r.ctx.Err() != nil {
			return fault.Wrap(r.ctx.Err())
		}
		if err := keep(value.Read(text)); err != nil {
			return err
		}
	}
	return nil
}

type lookingUp struct {
	from           string
	local, foreign []string
	as             []string
	names          []string
	lets           []*expression.Expression
	inner          *Pipeline
}

func lookup(p *Pipeline, v value.Value, s expression.Scope, at refuse.Place, depth int) (stage, error) {
	if err := shape(v, at, []string{"from", "as"}, "localField", "foreignField", "let", "pipeline"); err != nil {
		return nil, err
	}
	if err := p.lookedUp(at); err != nil {
		return nil, err
	}
	l := &lookingUp{}
	var err error
	if l.from, err = p.other(v.Get("from"), at.Key("from")); err != nil {
		return nil, err
	}
	if l.as, err = names(v.Get("as"), at.Key("as")); err != nil {
		return nil, err
	}
	local, foreign := v.Get("localField"), v.Get("foreignField")
	if local.IsMissing() != foreign.IsMissing() || local.IsMissing() && v.Get("pipeline").IsMissing() {
		return nil, at.Invalid("required", "A lookup has localField and foreignField, a pipeline, or all of them.")
	}
	if !local.IsMissing() {
		if l.local, err = names(local, at.Key("localField")); err != nil {
			return nil, err
		}
		if l.foreign, err = names(foreign, at.Key("foreignField")); err != nil {
			return nil, err
		}
	}
	if let := v.Get("let"); !let.IsMissing() {
		if v.Get("pipeline").IsMissing() {
			return nil, at.Key("let").Invalid("rule", "let needs a pipeline.")
		}
		if l.names, l.lets, err = expression.Variables(let, s, at.Key("let")); err != nil {
			return nil, err
		}
	}
	if inner := v.Get("pipeline"); !inner.IsMissing() {
		l.inner, err = p.nested(inner, expression.NewScope(l.names...), at.Key("pipeline"), depth)
	}
	return l, err
}

// batch is how many documents a lookup waits for before it reads of the other collection what they name. With more it
// reads all of it, once.
const batch = 100

type joining struct {
	of     *lookingUp
	r      *run
	env    *expression.Env
	next   step
	wait   []value.Value
	docs   []value.Value
	byKey  map[string][]int
	loaded bool
	keys   []value.Value
}

func (l *lookingUp) begin(r *run, next step) step {
	return &joining{of: l, r: r, env: expression.NewEnv(r.ctx, r.options.Now), next: next}
}

func (j *joining) push(doc value.Value) (bool, error) {
	if j.loaded {
		return j.join(doc)
	}
	j.wait = append(j.wait, doc)
	if len(j.wait) <= batch && j.of.local != nil {
		return true, nil
	}
	return j.flush(filter.Condition{})
}

func (j *joining) done() error {
	if len(j.wait) > 0 {
		var values []value.Value
		for _, doc := range j.wait {
			values = locals(doc, j.of.local, values)
		}
		if _, err := j.flush(filter.OneOf(j.of.foreign, values)); err != nil {
			return err
		}
	}
	return j.next.done()
}

// flush reads the other collection, and joins the documents that wait.
func (j *joining) flush(c filter.Condition) (bool, error) {
	j.loaded = true
	j.byKey = map[string][]int{}
	if j.of.inner != nil {
		c = filter.Both(c, j.of.inner.conditions)
	}
	err := j.r.load(j.of.from, c, func(doc value.Value) error {
		size := doc.Size() + 16
		if j.of.foreign != nil {
			j.keys = leaves(doc, j.of.foreign, j.keys[:0])
			for _, v := range j.keys {
				key := string(nullKey(v).AppendKey(nil))
				if at := j.byKey[key]; len(at) == 0 || at[len(at)-1] != len(j.docs) {
					j.byKey[key] = append(at, len(j.docs))
					size += len(key) + 64
				}
			}
		}
		j.docs = append(j.docs, doc)
		return j.r.grow(size)
	})
	if err != nil {
		return false, err
	}
	wait := j.wait
	j.wait = nil
	for _, doc := range wait {
		if more, err := j.join(doc); !more || err != nil {
			return more, err
		}
	}
	return true, nil
}

func nullKey(v value.Value) value.Value {
	if v.IsNullish() {
		return value.NullValue
	}
	return v
}

// locals appends what a document is joined by: the elements of an array, or the value.
func locals(doc value.Value, path []string, out []value.Value) []value.Value {
	v := expression.Follow(doc, path)
	if v.Kind() != value.Array {
		return append(out, v)
	}
	for _, elem := range v.Slice() {
		if elem.Kind() == value.Array {
			out = append(out, elem.Slice()...)
		}
		out = append(out, elem)
	}
	return out
}

// leaves appends what a document is found by: the values at a path, arrays and their elements.
func leaves(v value.Value, path []string, out []value.Value) []value.Value {
	if len(path) == 0 {
		out = append(out, v)
		if v.Kind() == value.Array {
			out = append(out, v.Slice()...)
		}
		return out
	}
	switch v.Kind() {
	case value.Object:
		return leaves(v.Get(path[0]), path[1:], out)
	case value.Array:
		for _, elem := range v.Slice() {
			if elem.Kind() == value.Object {
				out = leaves(elem, path, out)
			}
		}
		return out
	}
	return append(out, value.Value{})
}

func (j *joining) join(doc value.Value) (bool, error) {
	found := j.docs
	if j.of.local != nil {
		var at []int
		seen := map[int]bool{}
		for _, v := range locals(doc, j.of.local, nil) {
			for _, i := range j.byKey[string(nullKey(v).AppendKey(nil))] {
				if !seen[i] {
					seen[i] = true
					at = append(at, i)
				}
			}
		}
		slices.Sort(at)
		found = make([]value.Value, len(at))
		for k, i := range at {
			found[k] = j.docs[i]
		}
	}
	if j.of.inner != nil {
		values := make([]value.Value, len(j.of.lets))
		for i, x := range j.of.lets {
			v, err := x.Eval(j.r.env, doc)
			if err != nil {
				return false, err
			}
			values[i] = v
		}
		for i, v := range values {
			j.env.Let(i, v)
		}
		var out []value.Value
		// What one document's pipeline keeps is free again after it.
		used := *j.r.used
		inner := &run{ctx: j.r.ctx, env: j.env, options: j.r.options, used: j.r.used}
		err := inner.values(j.of.inner, found, &emitting{func(v value.Value) error {
			out = append(out, v)
			return j.r.grow(v.Size())
		}})
		if err != nil {
			return false, err
		}
		*j.r.used = used
		found = out
	}
	return j.next.push(value.SetPath(doc, j.of.as, value.OfArray(found...)))
}

type graph struct {
	from            string
	start           *expression.Expression
	connectFrom, to []string
	as              []string
	depthField      string
	most            int64
	restrict        *filter.Filter
}

func graphLookup(p *Pipeline, v value.Value, s expression.Scope, at refuse.Place, _ int) (stage, error) {
	if err := shape(v, at, []string{"from", "startWith", "connectFromField", "connectToField", "as"}, "maxDepth",
		"depthField", "restrictSearchWithMatch"); err != nil {
		return nil, err
	}
	if err := p.lookedUp(at); err != nil {
		return nil, err
	}
	g := &graph{most: -1}
	var err error
	if g.from, err = p.other(v.Get("from"), at.Key("from")); err != nil {
		return nil, err
	}
	if g.start, err = expression.Compile(v.Get("startWith"), s, at.Key("startWith")); err != nil {
		return nil, err
	}
	for name, to := range map[string]*[]string{"connectFromField": &g.connectFrom, "connectToField": &g.to, "as": &g.as} {
		if *to, err = names(v.Get(name), at.Key(name)); err != nil {
			return nil, err
		}
	}
	if d := v.Get("maxDepth"); !d.IsMissing() {
		if g.most, err = whole(d, at.Key("maxDepth")); err != nil {
			return nil, err
		}
	}
	if d := v.Get("depthField"); !d.IsMissing() {
		if _, err = names(d, at.Key("depthField")); err != nil {
			return nil, err
		}
		g.depthField = d.Text()
	}
	g.restrict, err = filter.Compile(v.Get("restrictSearchWithMatch"), at.Key("restrictSearchWithMatch"))
	return g, err
}

func (g *graph) begin(r *run, next step) step {
	loaded := false
	var docs []value.Value
	byKey := map[string][]int{}
	m := g.restrict.In(r.env)
	load := func() error {
		loaded = true
		return r.load(g.from, g.restrict.Conditions(), func(doc value.Value) error {
			ok, _, err := m.Match(doc)
			if !ok || err != nil {
				return err
			}
			for _, v := range leaves(doc, g.to, nil) {
				key := string(nullKey(v).AppendKey(nil))
				if at := byKey[key]; len(at) == 0 || at[len(at)-1] != len(docs) {
					byKey[key] = append(at, len(docs))
				}
			}
			docs = append(docs, doc)
			return r.grow(doc.Size() + 128)
		})
	}
	return &calling{next: next, call: func(doc value.Value) (bool, error) {
		if !loaded {
			if err := load(); err != nil {
				return false, err
			}
		}
		start, err := g.start.Eval(r.env, doc)
		if err != nil {
			return false, err
		}
		frontier := locals(value.OfObject(value.F("v", start)), []string{"v"}, nil)
		seen := map[int]bool{}
		var out []value.Value
		for depth := int64(0); len(frontier) > 0 && (g.most < 0 || depth <= g.most); depth++ {
			if err := r.ctx.Err(); err != nil {
				return false, fault.Wrap(err)
			}
			var more []value.Value
			for _, v := range frontier {
				if v.IsMissing() {
					continue
				}
				for _, i := range byKey[string(nullKey(v).AppendKey(nil))] {
					if seen[i] {
						continue
					}
					seen[i] = true
					found := docs[i]
					more = locals(found, g.connectFrom, more)
					if g.depthField != "" {
						found = value.Set(found, g.depthField, value.OfLong(depth))
					}
					out = append(out, found)
				}
			}
			frontier = more
		}
		return next.push(value.SetPath(doc, g.as, value.OfArray(out...)))
	}}
}

type union struct {
	from  string
	inner *Pipeline
}

func unionWith(p *Pipeline, v value.Value, _ expression.Scope, at refuse.Place, depth int) (stage, error) {
	u := &union{inner: &Pipeline{}}
	var err error
	if v.Kind() == value.String {
		u.from, err = p.other(v, at)
		return u, err
	}
	if err := shape(v, at, []string{"coll"}, "pipeline"); err != nil {
		return nil, err
	}
	if u.from, err = p.other(v.Get("coll"), at.Key("coll")); err != nil {
		return nil, err
	}
	if inner := v.Get("pipeline"); !inner.IsMissing() {
		u.inner, err = p.nested(inner, expression.NewScope(), at.Key("pipeline"), depth)
	}
	return u, err
}

func (u *union) begin(r *run, next step) step {
	wants := true
	return &calling{
		next: next,
		call: func(doc value.Value) (bool, error) {
			more, err := next.push(doc)
			wants = more
			return more, err
		},
		end: func() error {
			if wants && r.options.Documents != nil {
				docs := r.options.Documents(r.ctx, u.from, u.inner.conditions)
				if err := r.texts(u.inner, docs, &handing{next}); err != nil {
					return err
				}
			}
			return next.done()
		},
	}
}

// handing hands documents on, but not the end of them.
type handing struct{ next step }

func (h *handing) push(doc value.Value) (bool, error) { return h.next.push(doc) }
func (h *handing) done() error                        { return nil }
