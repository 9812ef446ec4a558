package sqlite

import (
	"context"
	"errors"
	"strconv"

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
	st, err := statement.New(statement.SQLite, p)
	if err != nil {
		return rows.Result{}, err
	}
	defer st.Close()
	if p.Action == rows.Read {
		return f.list(ctx, p, st)
	}
	tx, err := f.write.BeginTx(ctx, nil) // what writes is written in several steps
	if err != nil {
		return rows.Result{}, failure(ctx, err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := f.current(ctx, tx, p.Catalogue); err != nil {
		return rows.Result{}, failure(ctx, err)
	}
	res, err := st.Run(ctx, tx)
	if err != nil || res.RolledBack {
		return res, failure(ctx, err)
	}
	if err := ask(ctx, tx, before, res.Rows); err != nil {
		return rows.Result{}, failure(ctx, err)
	}
	return res, failure(ctx, tx.Commit())
}

// list reads rows by one statement, which needs no transaction around it. The version of the tables is asked for after
// it: when it is that of the plan then, it was when the statement ran.
func (f *file) list(ctx context.Context, p *rows.Plan, st *statement.Statement) (rows.Result, error) {
	if err := st.Prepare(ctx, f.statements); err != nil {
		return rows.Result{}, f.failed(ctx, p, err)
	}
	res, err := st.Read(ctx)
	if err != nil {
		return rows.Result{}, f.failed(ctx, p, err)
	}
	var n int64
	if err := f.version.QueryRowContext(ctx).Scan(&n); err != nil {
		return rows.Result{}, failure(ctx, err)
	}
	if strconv.FormatInt(n, 10) != p.Catalogue.Version {
		f.forget()
		return rows.Result{}, rows.ErrStale
	}
	return res, nil
}

// failed is the error of a statement that could not be prepared or run: because the tables have changed, maybe.
func (f *file) failed(ctx context.Context, p *rows.Plan, err error) error {
	if stale := f.current(ctx, f.read, p.Catalogue); errors.Is(stale, rows.ErrStale) {
		return stale
	}
	return failure(ctx, err)
}
