package embedded

import (
	"context"
	"iter"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/pipeline"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
)

// Aggregate implements documents.Engine.
func (e *Engine) Aggregate(
	ctx context.Context, s data.Space, collection string, stages value.Value, emit func(value.Value) error,
) error {
	p, err := pipeline.Compile(stages, refuse.Body("/pipeline"))
	if err != nil {
		return err
	}
	ctx, cancel := inTime(ctx)
	defer cancel()
	done, err := e.rows.Turn(ctx)
	if err != nil {
		return late(ctx, err)
	}
	defer done()
	err = p.Run(ctx, e.stored(ctx, s, collection, p.Conditions()), pipeline.Options{
		Memory: documents.MaxMemory, Now: e.now().UnixMilli(),
		Documents: func(ctx context.Context, collection string, c filter.Condition) iter.Seq2[string, error] {
			return e.stored(ctx, s, collection, c)
		},
	}, emit)
	return late(ctx, err)
}

// stored reads the documents of a collection that may meet a condition.
func (e *Engine) stored(
	ctx context.Context, s data.Space, collection string, c filter.Condition,
) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		known, err := e.read(ctx, name{s.WorkspaceID, collection})
		if err != nil {
			yield("", err)
			return
		}
		if known == nil {
			return
		}
		p := known.planFor(c)
		p.Version = 0
		var failed error
		var seen map[int64]bool
		ended, n := false, 0
		err = e.rows.Scan(ctx, p.Read, func() {
			if p.Several {
				seen = map[int64]bool{}
			}
		}, func(r Row) bool {
			if n++; n%256 == 0 && ctx.Err() != nil {
				failed = ctx.Err()
				return false
			}
			if seen != nil {
				if seen[r.Seq] {
					return true
				}
				if seen[r.Seq] = true; len(seen) > maxSeen {
					failed = refuse.Memory()
					return false
				}
			}
			ended = !yield(r.Body, nil)
			return !ended
		})
		if failed == nil {
			failed = err
		}
		if failed != nil && !ended {
			yield("", failed)
		}
	}
}

// planFor chooses how to read what may meet a condition.
func (c *opened) planFor(cond filter.Condition) plan {
	best := plan{Read: Read{Collection: c.Seq, Version: c.Version}}
	d, score := demandsOf(cond), 0
	for _, in := range append([]*index{idIndex}, c.indexes...) {
		if in.partial != nil {
			continue
		}
		if p, points := c.through(in, d, value.Value{}, nil); points > score && len(p.used) > 0 {
			best, score = p, points
		}
	}
	best.exact = false
	best.Contains = contained(cond, best.used)
	return best
}

// ExplainPipeline implements documents.Engine.
func (e *Engine) ExplainPipeline(
	ctx context.Context, s data.Space, collection string, stages value.Value,
) (documents.Plan, error) {
	p, err := pipeline.Compile(stages, refuse.Body("/pipeline"))
	if err != nil {
		return documents.Plan{}, err
	}
	c, err := e.read(ctx, name{s.WorkspaceID, collection})
	if err != nil {
		return documents.Plan{}, err
	}
	if c == nil {
		c = &opened{}
	}
	return c.planFor(p.Conditions()).explained(false), nil
}
