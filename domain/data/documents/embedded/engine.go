package embedded

import (
	"context"
	"errors"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/documents/expression"
	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/key"
	"github.com/alania-go/alania/domain/data/documents/order"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/txn"
)

// Engine keeps documents in the platform's database.
type Engine struct {
	tx    txn.Runner
	rows  Repository
	name  string
	now   clock.Clock
	known known
}

// New makes the engine. name is that of the database.
func New(tx txn.Runner, rows Repository, name string, now clock.Clock) *Engine {
	return &Engine{tx: tx, rows: rows, name: name, now: now}
}

var _ documents.Engine = (*Engine)(nil)

// Name implements documents.Engine.
func (e *Engine) Name() string { return e.name }

// Collections implements documents.Engine.
func (e *Engine) Collections(
	ctx context.Context, s data.Space, after string, limit int,
) ([]documents.Collection, error) {
	return e.rows.ListCollections(ctx, s.WorkspaceID, after, limit)
}

// Purge implements documents.Engine. The rows of a workspace are deleted with it.
func (e *Engine) Purge(context.Context, id.ID) error { return nil }

// DropCollection implements documents.Engine.
func (e *Engine) DropCollection(
	ctx context.Context, s data.Space, collection string, before documents.Before,
) error {
	return e.tx.InTx(ctx, func(ctx context.Context) error {
		c, err := e.rows.LockCollection(ctx, s.WorkspaceID, collection, true)
		if err != nil {
			return err
		}
		n, bytes, err := e.rows.Counted(ctx, c.ID)
		if err != nil {
			return err
		}
		if err := e.rows.DeleteCollection(ctx, c); err != nil {
			return err
		}
		if err := e.rows.Count(ctx, c.ID, -n, -bytes); err != nil {
			return err
		}
		return before(ctx, documents.Usage{Collections: -1, Documents: -n, Bytes: -bytes}, documents.Changes{})
	})
}

// env is what expressions are evaluated in.
func (e *Engine) env(ctx context.Context) *expression.Env {
	return expression.NewEnv(ctx, e.now().UnixMilli())
}

// inTime bounds what reads documents.
func inTime(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, documents.MaxTime, errLate)
}

var errLate = errors.New("documents: the time is over")

// late words the end of the time of inTime.
func late(ctx context.Context, err error) error {
	if err != nil && context.Cause(ctx) == errLate {
		return documents.TooSlow()
	}
	return err
}

// Get implements documents.Engine.
func (e *Engine) Get(
	ctx context.Context, s data.Space, collection string, documentID value.Value,
) (value.Value, error) {
	var out value.Value
	err := e.reading(ctx, name{s.WorkspaceID, collection}, func(c *opened) (bool, error) {
		if c == nil {
			return false, fault.NewNotFound("document")
		}
		row, err := e.rows.Document(ctx, c.Seq, key.Of(documentID))
		if fault.IsCode(err, fault.NotFound) {
			return false, nil
		}
		out = value.Read(row.Body)
		return true, err
	})
	if err == nil && out.IsMissing() {
		err = fault.NewNotFound("document")
	}
	return out, err
}

// Find implements documents.Engine.
func (e *Engine) Find(
	ctx context.Context, s data.Space, collection string, q documents.Query,
) (documents.Page, error) {
	ctx, cancel := inTime(ctx)
	defer cancel()
	f, err := filter.Compile(q.Filter, refuse.Query("filter"))
	if err != nil {
		return documents.Page{}, err
	}
	m := f.In(e.env(ctx))
	o, err := order.Compile(q.Sort, refuse.Query("sort"))
	if err != nil {
		return documents.Page{}, err
	}
	page := documents.Page{}
	err = e.reading(ctx, name{s.WorkspaceID, collection}, func(c *opened) (bool, error) {
		if c == nil {
			return false, nil
		}
		p := c.planOf(f, q.Filter, o)
		var read bool
		page, read, err = e.find(ctx, c, p, m, o, q)
		return read, err
	})
	return page, late(ctx, err)
}

// find reads a page by a plan. read reports whether any document was read.
func (e *Engine) find(
	ctx context.Context, c *opened, p plan, m *filter.Matcher, o *order.Order, q documents.Query,
) (page documents.Page, read bool, err error) {
	if p.exact && p.sorted {
		p.Skip, p.Limit = q.Skip, q.Limit
		err := e.rows.Scan(ctx, p.Read, func() { page.Documents = page.Documents[:0] }, func(r Row) bool {
			page.Documents = append(page.Documents, value.Read(r.Body))
			return true
		})
		if err != nil {
			return page, false, err
		}
		page.Total, err = e.total(ctx, c, p, int64(len(page.Documents)))
		return page, len(page.Documents) > 0, err
	}
	done, err := e.rows.Turn(ctx)
	if err != nil {
		return page, false, err
	}
	defer done()
	w := window{skip: q.Skip, limit: q.Limit}
	if !p.sorted {
		if q.Skip > documents.MaxMemory/documentCost {
			return page, false, refuse.Memory()
		}
		w.sorter = order.NewSorter(o, int(q.Skip)+q.Limit, documents.MaxMemory)
	}
	err = e.scan(ctx, p, m, func() { w.begin(o) }, func(_ int64, doc value.Value) error { return w.add(doc) }, &read)
	if err != nil {
		return page, read, err
	}
	page.Documents, page.Total = w.documents(), w.total
	return page, read, nil
}

// documentCost is what a document in memory takes at least.
const documentCost = 256

// total counts what a plan finds, of which so many documents are on the page.
func (e *Engine) total(ctx context.Context, c *opened, p plan, found int64) (int64, error) {
	switch {
	case found < int64(p.Limit) && (found > 0 || p.Skip == 0):
		return p.Skip + found, nil
	case len(p.Ranges) == 0 && p.index == nil:
		n, _, err := e.rows.Counted(ctx, c.ID)
		return n, err
	}
	return e.rows.CountEntries(ctx, p.Read)
}

// window keeps the documents of a page of all that match.
type window struct {
	skip   int64
	limit  int
	sorter *order.Sorter
	docs   []value.Value
	size   int
	total  int64
}

func (w *window) begin(o *order.Order) {
	w.docs, w.total, w.size = nil, 0, 0
	if w.sorter != nil {
		w.sorter = order.NewSorter(o, int(w.skip)+w.limit, documents.MaxMemory)
	}
}

func (w *window) add(doc value.Value) error {
	w.total++
	if w.sorter != nil {
		return w.sorter.Add(doc)
	}
	if w.total > w.skip && len(w.docs) < w.limit {
		if w.size += doc.Size(); w.size > documents.MaxMemory {
			return refuse.Memory()
		}
		w.docs = append(w.docs, doc)
	}
	return nil
}

func (w *window) documents() []value.Value {
	if w.sorter == nil {
		return w.docs
	}
	all := w.sorter.Sorted()
	return all[min(int64(len(all)), w.skip):]
}

// maxSeen is how many documents an index with arrays may lead to in one read.
const maxSeen = 2 << 20

// scan calls fn with each document that a plan leads to and that matches.
func (e *Engine) scan(
	ctx context.Context, p plan, m *filter.Matcher, begin func(), fn func(seq int64, doc value.Value) error, read *bool,
) error {
	var failed error
	var seen map[int64]bool
	n := 0
	err := e.rows.Scan(ctx, p.Read, func() {
		begin()
		failed, n = nil, 0
		if p.Several {
			seen = map[int64]bool{}
		}
	}, func(r Row) bool {
		*read = true
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
		doc := value.Read(r.Body)
		if !p.exact {
			ok, _, err := m.Match(doc)
			if failed = err; err != nil || !ok {
				return err == nil
			}
		}
		failed = fn(r.Seq, doc)
		return failed == nil
	})
	if failed == errEnough {
		return nil
	}
	return errors.Join(failed, err)
}

// errEnough ends a scan.
var errEnough = errors.New("documents: enough")

// Explain implements documents.Engine.
func (e *Engine) Explain(
	ctx context.Context, s data.Space, collection string, q documents.Query,
) (documents.Plan, error) {
	f, err := filter.Compile(q.Filter, refuse.Query("filter"))
	if err != nil {
		return documents.Plan{}, err
	}
	o, err := order.Compile(q.Sort, refuse.Query("sort"))
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
	return c.planOf(f, q.Filter, o).explained(len(o.Keys()) > 0), nil
}

// second is how long who is asked to try again waits.
const second = time.Second
