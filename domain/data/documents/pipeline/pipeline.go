// Package pipeline compiles aggregation pipelines and runs them over documents, within bounds of time and memory.
package pipeline

import (
	"context"
	"iter"

	"github.com/alania-go/alania/domain/data/documents/expression"
	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
)

// Bounds of a pipeline.
const (
	MaxStages  = 12
	MaxBytes   = 64 << 10
	MaxLookups = 1
	// maxNested bounds the stages of pipelines in stages.
	maxNested = 60
)

// DefaultMemory is about how much a run keeps when Options names no other bound.
const DefaultMemory = 64 << 20

// Pipeline is a compiled pipeline. It is safe for concurrent use.
type Pipeline struct {
	stages      []stage
	conditions  filter.Condition
	collections []string
	lookups     int
	total       int
}

// Options are what a run works with.
type Options struct {
	Memory int   // about how many bytes it keeps at a time; 0: DefaultMemory
	Now    int64 // $$NOW, in milliseconds since 1970
	// Documents returns the text of a collection's documents, for $lookup, $graphLookup and $unionWith. It may leave out
	// what does not meet the condition.
	Documents func(ctx context.Context, collection string, c filter.Condition) iter.Seq2[string, error]
}

// stage makes the step of one run, which hands what it makes to next.
type stage interface {
	begin(r *run, next step) step
}

// step takes documents. push reports whether it wants more; done is called once, after the last.
type step interface {
	push(doc value.Value) (more bool, err error)
	done() error
}

// run is one run of a pipeline, with the pipelines in its stages.
type run struct {
	ctx     context.Context
	env     *expression.Env
	options Options
	used    *int
}

// grow counts bytes that a stage keeps.
func (r *run) grow(n int) error {
	if *r.used += n; *r.used > r.options.Memory {
		return refuse.Memory()
	}
	return nil
}

// Compile compiles an array of stages. All of Pipeline's bounds are checked.
func Compile(v value.Value, at refuse.Place) (*Pipeline, error) {
	if v.Kind() == value.Array && len(v.JSON()) > MaxBytes {
		return nil, at.Invalid("max_length", "A pipeline has at most 64 KB.")
	}
	p := &Pipeline{}
	if err := p.compile(v, expression.NewScope(), at, 0); err != nil {
		return nil, err
	}
	return p, nil
}

// Update compiles the pipeline of an update: $set, $unset and $replaceWith, and their other names.
func Update(v value.Value, at refuse.Place) (*Pipeline, error) {
	for i, s := range v.Slice() {
		fields := s.Fields()
		if len(fields) != 1 {
			return nil, at.Index(i).Type("an object of one stage")
		}
		switch fields[0].Name {
		case "$set", "$addFields", "$unset", "$project", "$replaceWith", "$replaceRoot":
		default:
			return nil, at.Index(i).Key(fields[0].Name).Operator()
		}
	}
	return Compile(v, at)
}

// nested compiles a pipeline in a stage.
func (p *Pipeline) nested(v value.Value, s expression.Scope, at refuse.Place, depth int) (*Pipeline, error) {
	inner := &Pipeline{lookups: p.lookups, total: p.total}
	err := inner.compile(v, s, at, depth+1)
	p.lookups, p.total = inner.lookups, inner.total
	p.collections = append(p.collections, inner.collections...)
	return inner, err
}

func (p *Pipeline) compile(v value.Value, s expression.Scope, at refuse.Place, depth int) error {
	if v.Kind() != value.Array {
		return at.Type("an array of stages")
	}
	if v.Len() > MaxStages {
		return at.Invalid("max_items", "A pipeline has at most 12 stages.")
	}
	if p.total += v.Len(); p.total > maxNested || depth > 4 {
		return at.Invalid("max_items", "Pipelines in stages have at most 60 stages together, and are nested at most 4 deep.")
	}
	list := v.Slice()
	leading := true
	for i, st := range list {
		here := at.Index(i)
		if st.Kind() != value.Object || st.Len() != 1 {
			return here.Type("an object of one stage")
		}
		f := st.Fields()[0]
		compile, ok := stages[f.Name]
		if !ok {
			return here.Key(f.Name).Operator()
		}
		built, err := compile(p, f.Value, s, here.Key(f.Name), depth)
		if err != nil {
			return err
		}
		if m, ok := built.(*matching); ok && leading {
			p.conditions = filter.Both(p.conditions, m.f.Conditions())
		} else {
			leading = false
		}
		p.stages = append(p.stages, built)
	}
	p.join()
	return nil
}

// join makes a sort that knows how many documents are taken of it.
func (p *Pipeline) join() {
	for i, st := range p.stages {
		sorted, ok := st.(*sorting)
		if !ok {
			continue
		}
		skipped := 0
		for _, after := range p.stages[i+1:] {
			if s, ok := after.(*skipping); ok && s.n < 1<<30 {
				skipped += int(s.n)
				continue
			}
			if l, ok := after.(*limiting); ok && l.n < 1<<30 {
				sorted.limit = skipped + int(l.n)
			}
			break
		}
	}
}

// Conditions returns conditions of the documents that the pipeline begins with: those of $match at its beginning.
func (p *Pipeline) Conditions() filter.Condition { return p.conditions }

// Collections returns the other collections that the pipeline reads.
func (p *Pipeline) Collections() []string { return p.collections }

// Run runs the pipeline over the text of documents and calls emit with each document that it makes. Errors of emit end
// it. The error is of the domain.
func (p *Pipeline) Run(ctx context.Context, docs iter.Seq2[string, error], o Options,
	emit func(value.Value) error,
) error {
	if o.Memory == 0 {
		o.Memory = DefaultMemory
	}
	r := &run{ctx: ctx, env: expression.NewEnv(ctx, o.Now), options: o, used: new(int)}
	return r.texts(p, docs, &emitting{emit})
}

// One runs the pipeline of an update over one document.
func (p *Pipeline) One(ctx context.Context, doc value.Value, now int64) (value.Value, error) {
	r := &run{ctx: ctx, env: expression.NewEnv(ctx, now), options: Options{Memory: DefaultMemory}, used: new(int)}
	out := value.Value{}
	err := r.values(p, []value.Value{doc}, &emitting{func(v value.Value) error { out = v; return nil }})
	return out, err
}

type emitting struct{ emit func(value.Value) error }

func (s *emitting) push(doc value.Value) (bool, error) { return true, s.emit(doc) }
func (s *emitting) done() error                        { return nil }

// chain begins the stages, the last first.
func (r *run) chain(p *Pipeline, last step) step {
	for i := len(p.stages) - 1; i >= 0; i-- {
		last = p.stages[i].begin(r, last)
	}
	return last
}

// often is how many bytes are read between two looks at whether somebody still waits.
const often = 128 << 10

// texts runs a pipeline over texts.
func (r *run) texts(p *Pipeline, docs iter.Seq2[string, error], last step) error {
	first := r.chain(p, last)
	work := 0
	for text, err := range docs {
		if err != nil {
			return fault.Wrap(err)
		}
		if work += 512 + len(text); work > often {
			work = 0
			if err := r.ctx.Err(); err != nil {
				return fault.Wrap(err)
			}
		}
		more, err := first.push(value.Read(text))
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	return first.done()
}

// values runs a pipeline over values.
func (r *run) values(p *Pipeline, docs []value.Value, last step) error {
	first := r.chain(p, last)
	if err := r.ctx.Err(); err != nil {
		return fault.Wrap(err)
	}
	for i, doc := range docs {
		if i&255 == 255 && r.ctx.Err() != nil {
			return fault.Wrap(r.ctx.Err())
		}
		more, err := first.push(doc)
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	return first.done()
}

// all hands documents on, and the end after them.
func all(next step, docs []value.Value) error {
	for _, doc := range docs {
		more, err := next.push(doc)
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	return next.done()
}
