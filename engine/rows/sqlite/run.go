package sqlite

import (
	"context"
	"errors"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/engine/rows/statement"
)

// Run implements rows.Engine.
func (e *Engine) Run(ctx context.Context, s data.Space, p *rows.Plan, before rows.Before) (rows.Result, error) {
	f, err := e.use(s, false)
	if err != nil {
		return rows.Result{}, err
	}
	defer e.release(f)
	ctx, cancel := e.bounded(ctx)
	defer cancel()
	db := f.write
	if p.Action == rows.Read {
		db = f.read
	}
	st, err := statement.New(statement.SQLite, p)
	if err != nil {
		return rows.Result{}, err
	}
	if p.Action == rows.Read { // what writes is written in several steps
		if err := st.Prepare(ctx, f.statements); err != nil {
			return rows.Result{}, f.failed(ctx, p, err)
		}
	}
	defer st.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return rows.Result{}, failure(ctx, err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := f.current(ctx, tx, p.Catalogue); err != nil {
		return rows.Result{}, failure(ctx, err)
	}
	res, err := st.Run(ctx, tx)
	if err != nil || res.RolledBack || p.Action == rows.Read {
		return res, failure(ctx, err)
	}
	if err := ask(ctx, tx, before, res.Rows); err != nil {
		return rows.Result{}, failure(ctx, err)
	}
	return res, failure(ctx, tx.Commit())
}

// failed is the error of a statement that could not be prepared: because the tables have changed, maybe.
func (f *file) failed(ctx context.Context, p *rows.Plan, err error) error {
	if stale := f.current(ctx, f.read, p.Catalogue); errors.Is(stale, rows.ErrStale) {
		return stale
	}
	return failure(ctx, err)
}
