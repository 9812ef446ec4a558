package embedded

import (
	"context"
	"slices"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/order"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
)

func (in *index) shown() documents.Index {
	return documents.Index{
		Name: in.Name, Keys: in.spec.object, Unique: in.spec.unique, Partial: in.spec.partial, CreatedAt: in.CreatedAt,
	}
}

// Indexes implements documents.Engine.
func (e *Engine) Indexes(ctx context.Context, s data.Space, collection string) ([]documents.Index, error) {
	c, err := e.read(ctx, name{s.WorkspaceID, collection})
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, fault.NewNotFound("collection")
	}
	out := make([]documents.Index, len(c.indexes))
	for i, in := range c.indexes {
		out[i] = in.shown()
	}
	return out, nil
}

// CreateIndex implements documents.Engine. It reads all documents in the transaction in which nobody else writes to the
// collection, so that the index has every one.
func (e *Engine) CreateIndex(
	ctx context.Context, s data.Space, collection string, in documents.Index, before documents.Before,
) (documents.Index, error) {
	var out documents.Index
	err := e.tx.InTx(ctx, func(ctx context.Context) error {
		if err := e.rows.HoldWorkspace(ctx, s.WorkspaceID); err != nil {
			return err
		}
		w := writer{Engine: e}
		if err := w.open(ctx, s, collection, true, true); err != nil {
			return err
		}
		row := Index{
			Name: in.Name, CreatedAt: e.now(), Spec: spec{object: in.Keys, unique: in.Unique, partial: in.Partial}.String(),
		}
		for _, other := range w.c.indexes {
			switch {
			case other.Name == in.Name && other.Spec == row.Spec:
				out = other.shown()
				return nil
			case other.Name == in.Name:
				return documents.TakenIndex()
			}
		}
		if len(w.c.indexes) >= documents.MaxIndexes {
			return documents.TooManyIndexes()
		}
		var err error
		if row.Seq, err = e.rows.InsertIndex(ctx, w.c.Seq, row); err != nil {
			return err
		}
		made, err := readIndex(row, len(w.c.indexes))
		if err != nil {
			return err
		}
		if err := w.fill(ctx, made); err != nil {
			return err
		}
		out = made.shown()
		return before(ctx, w.usage, documents.Changes{})
	})
	return out, err
}

// fillBatch is how many documents are entered into a new index at once.
const fillBatch = 500

// fill enters all documents into a new index.
func (w *writer) fill(ctx context.Context, in *index) error {
	all, err := filter.Compile(value.Value{}, refuse.Body(""))
	if err != nil {
		return err
	}
	none, err := order.Compile(value.Value{}, refuse.Body(""))
	if err != nil {
		return err
	}
	p := w.c.planOf(all, value.Value{}, none)
	p.Version, p.Limit = 0, fillBatch
	for {
		var rows []Row
		err := w.rows.Scan(ctx, p.Read, func() { rows = rows[:0] }, func(r Row) bool {
			rows = append(rows, r)
			return true
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		var entries []Entry
		for _, r := range rows {
			found, err := w.entriesOf(ctx, in, r.Seq, value.Read(r.Body))
			if err != nil {
				return err
			}
			entries = append(entries, found...)
		}
		if err := w.enter(ctx, in, entries); err != nil {
			return err
		}
		p.After = rows[len(rows)-1].Seq
	}
}

// DropIndex implements documents.Engine.
func (e *Engine) DropIndex(
	ctx context.Context, s data.Space, collection, index string, before documents.Before,
) error {
	return e.tx.InTx(ctx, func(ctx context.Context) error {
		row, err := e.rows.LockCollection(ctx, s.WorkspaceID, collection, true)
		if err != nil {
			return err
		}
		rows, err := e.rows.Indexes(ctx, row.Seq)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(rows, func(r Index) bool { return r.Name == index })
		if i < 0 {
			return fault.NewNotFound("index")
		}
		if err := e.rows.DeleteIndex(ctx, row.Seq, rows[i].Seq); err != nil {
			return err
		}
		return before(ctx, documents.Usage{}, documents.Changes{})
	})
}
