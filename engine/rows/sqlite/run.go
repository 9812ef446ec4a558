package sqlite

import (
	"context"
	"database/sql"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/rows"
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
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return rows.Result{}, failure(ctx, err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := f.current(ctx, tx, p.Catalogue); err != nil {
		return rows.Result{}, failure(ctx, err)
	}
	res, err := f.run(ctx, tx, p)
	if err != nil || res.RolledBack || p.Action == rows.Read {
		return res, failure(ctx, err)
	}
	if err := ask(ctx, tx, before, res.Rows); err != nil {
		return rows.Result{}, failure(ctx, err)
	}
	return res, failure(ctx, tx.Commit())
}

// run is what the statements of a plan do.
func (f *file) run(context.Context, *sql.Tx, *rows.Plan) (rows.Result, error) {
	panic("not yet")
}
