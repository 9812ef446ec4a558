// Package postgres keeps the rows of workspaces in a PostgreSQL database: a schema and a role of its own for each
// workspace. Every transaction takes the role, so that a mistake in a statement stays in the workspace.
package postgres

import (
	"container/list"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/lib/pq"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/engine/rows/statement"
)

const (
	// connections are those of a process.
	connections = 16
	// Timeout is the longest that a statement takes.
	Timeout = 20 * time.Second
	// maxStatements are kept prepared.
	maxStatements = 512
	// maxCatalogues is how many workspaces' tables are remembered.
	maxCatalogues = 1024
	// own is the schema of the engine itself: the list of the workspaces' schemas, and the functions that count rows.
	own = "alania_rows"
)

// Engine keeps a schema for each workspace.
type Engine struct {
	db         *sql.DB
	statements *statement.Cache
	timeout    time.Duration

	mu         sync.Mutex
	catalogues map[id.ID]*list.Element // of *remembered
	order      *list.List              // the one used last is first
}

type remembered struct {
	workspaceID id.ID
	catalogue   *rows.Catalogue
}

// Open connects to the database of a URL, and prepares it.
func Open(ctx context.Context, address string) (*Engine, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the URL cannot be read")
	}
	q := u.Query()
	if q.Get("connect_timeout") == "" {
		q.Set("connect_timeout", "10")
	}
	if q.Get("application_name") == "" {
		q.Set("application_name", "alania rows")
	}
	u.RawQuery = q.Encode()
	connector, err := pq.NewConnector(u.String())
	if err != nil {
		return nil, errors.New("the URL is none of PostgreSQL")
	}
	db := sql.OpenDB(entrance{connector})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	e := &Engine{
		db: db, statements: statement.NewCache(db, maxStatements), timeout: Timeout,
		catalogues: map[id.ID]*list.Element{}, order: list.New(),
	}
	if err := e.prepare(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return e, nil
}

// prepare makes what the engine needs in the database. Replicas that start at once do it one after the other.
func (e *Engine) prepare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tx, err := e.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, s := range []string{
		"SELECT pg_advisory_xact_lock(hashtext('" + own + "'))",
		"CREATE SCHEMA IF NOT EXISTS " + own,
		"GRANT USAGE ON SCHEMA " + own + " TO PUBLIC",
		"CREATE TABLE IF NOT EXISTS " + own + ".spaces" +
			" (name text PRIMARY KEY, version bigint NOT NULL, rows bigint NOT NULL)",
		counter("inserted", "+"), counter("deleted", "-"),
	} {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// counter is the function of a trigger that adds the rows of a statement to a number of the transaction.
func counter(name, sign string) string {
	return "CREATE OR REPLACE FUNCTION " + own + "." + name + "() RETURNS trigger LANGUAGE plpgsql" +
		" SET search_path = pg_catalog AS $$BEGIN PERFORM set_config('alania.rows'," +
		" (coalesce(nullif(current_setting('alania.rows', true), ''), '0')::bigint " + sign +
		" (SELECT count(*) FROM touched))::text, true); RETURN NULL; END $$"
}

// Name implements rows.Engine.
func (*Engine) Name() string { return "postgres" }

// Check reports whether the database answers.
func (e *Engine) Check(ctx context.Context) error { return e.db.PingContext(ctx) }

// Close closes the connections.
func (e *Engine) Close() error {
	e.statements.Close()
	return e.db.Close()
}

// place is the name of the schema and of the role of a workspace.
func place(s data.Space) string { return "ws_" + strings.ReplaceAll(s.WorkspaceID.UUID(), "-", "") }

func name(s string) string { return pq.QuoteIdentifier(s) }

// Provision implements rows.Engine.
func (e *Engine) Provision(ctx context.Context, s data.Space) error {
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	tx, err := e.db.BeginTx(ctx, nil)
	if err != nil {
		return failure(ctx, err)
	}
	defer func() { _ = tx.Rollback() }()
	at := place(s)
	var there bool
	_, err = tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtext($1))", at)
	if err == nil {
		err = tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM "+own+".spaces WHERE name = $1)", at).Scan(&there)
	}
	if err != nil || there {
		return failure(ctx, err)
	}
	for _, statement := range []string{
		"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '" + at + "') THEN CREATE ROLE " + at +
			" NOLOGIN NOINHERIT; END IF; END $$",
		"GRANT " + at + " TO CURRENT_USER",
		"CREATE SCHEMA IF NOT EXISTS " + at + " AUTHORIZATION " + at,
		"INSERT INTO " + own + ".spaces VALUES ('" + at + "', 1, 0)",
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return failure(ctx, err)
		}
	}
	return failure(ctx, tx.Commit())
}

// Remove implements rows.Engine.
func (e *Engine) Remove(ctx context.Context, s data.Space) error {
	at := place(s)
	tx, err := e.db.BeginTx(ctx, nil)
	if err != nil {
		return failure(ctx, err)
	}
	defer func() { _ = tx.Rollback() }()
	for _, statement := range []string{
		"SELECT pg_advisory_xact_lock(hashtext('" + at + "'))",
		"DROP SCHEMA IF EXISTS " + at + " CASCADE",
		"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '" + at + "') THEN DROP OWNED BY " + at +
			"; DROP ROLE " + at + "; END IF; END $$",
		"DELETE FROM " + own + ".spaces WHERE name = '" + at + "'",
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return failure(ctx, err)
		}
	}
	e.forget(s)
	return failure(ctx, tx.Commit())
}

// remember keeps a catalogue, in the place of the one that was used longest ago.
func (e *Engine) remember(s data.Space, c *rows.Catalogue) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if old := e.catalogues[s.WorkspaceID]; old != nil {
		e.order.Remove(old)
	}
	e.catalogues[s.WorkspaceID] = e.order.PushFront(&remembered{s.WorkspaceID, c})
	for e.order.Len() > maxCatalogues {
		last := e.order.Back()
		e.order.Remove(last)
		delete(e.catalogues, last.Value.(*remembered).workspaceID)
	}
}

func (e *Engine) known(s data.Space) *rows.Catalogue {
	e.mu.Lock()
	defer e.mu.Unlock()
	found := e.catalogues[s.WorkspaceID]
	if found == nil {
		return nil
	}
	e.order.MoveToFront(found)
	return found.Value.(*remembered).catalogue
}

func (e *Engine) forget(s data.Space) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if old := e.catalogues[s.WorkspaceID]; old != nil {
		e.order.Remove(old)
		delete(e.catalogues, s.WorkspaceID)
	}
}

// session is a transaction in the role of a workspace, on a connection of its own.
type session struct {
	*sql.Tx
	conn    *sql.Conn
	version string // of the tables of the workspace
}

// end ends the transaction, which is undone unless it was committed, with the error of its work.
func (s *session) end(err *error) {
	if *err != nil && strings.Contains((*err).Error(), "pq: server error") {
		// The driver has lost its place in what the server sends, and would wait for ever.
		_ = s.conn.Raw(func(c any) error {
			if closer, ok := c.(io.Closer); ok {
				_ = closer.Close()
			}
			return driver.ErrBadConn
		})
	}
	_ = s.Rollback()
	_ = s.conn.Close()
}

// begin begins a transaction in the role of a workspace. The caller ends it.
func (e *Engine) begin(ctx context.Context, s data.Space, readOnly bool) (*session, error) {
	conn, err := e.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	in := &entry{place: place(s), timeout: e.timeout}
	tx, err := conn.BeginTx(context.WithValue(ctx, entryKey{}, in), &sql.TxOptions{ReadOnly: readOnly})
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if in.version == "" {
		return nil, errors.Join(rows.ErrNoPlace, tx.Rollback(), conn.Close())
	}
	return &session{tx, conn, in.version}, nil
}

// Catalogue implements rows.Engine.
func (e *Engine) Catalogue(ctx context.Context, s data.Space) (c *rows.Catalogue, err error) {
	if c := e.known(s); c != nil {
		return c, nil
	}
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	tx, err := e.begin(ctx, s, true)
	if err != nil {
		return nil, failure(ctx, err)
	}
	defer tx.end(&err)
	c, err = catalogue(ctx, tx, place(s), tx.version)
	if err != nil {
		return nil, failure(ctx, err)
	}
	e.remember(s, c)
	return c, nil
}

// Usage implements rows.Engine.
func (e *Engine) Usage(ctx context.Context, s data.Space) (rows.Usage, error) {
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	u := rows.Usage{}
	err := e.db.QueryRowContext(ctx, "SELECT rows FROM "+own+".spaces WHERE name = $1", place(s)).Scan(&u.Rows)
	if errors.Is(err, sql.ErrNoRows) {
		return u, rows.ErrNoPlace
	}
	if err == nil {
		err = measure(ctx, e.db, place(s), &u)
	}
	return u, failure(ctx, err)
}

type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// measure counts tables and bytes.
func measure(ctx context.Context, q queryer, at string, u *rows.Usage) error {
	return q.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint"+
		" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"+
		" WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')", at).
		Scan(&u.Tables, &u.Bytes)
}

// settle ends the work of the role in a transaction, counts what the workspace has then, and asks before the commit.
// A new version is one that other catalogues are stale with. Whoever changes the workspace as well waits here for the
// end.
func settle(
	ctx context.Context, tx *sql.Tx, at string, newVersion bool, dropped int64, before rows.Before, affected int64,
) error {
	var delta int64
	err := tx.QueryRowContext(ctx, "SELECT coalesce(nullif(current_setting('alania.rows', true), ''), '0')::bigint,"+
		" set_config('role', 'none', true)").Scan(&delta, new(string))
	if err != nil {
		return err
	}
	step := 0
	if newVersion {
		step = 1
	}
	u := rows.Usage{}
	err = tx.QueryRowContext(ctx, "UPDATE "+own+".spaces SET rows = rows + $2, version = version + $3"+
		" WHERE name = $1 RETURNING rows", at, delta-dropped, step).Scan(&u.Rows)
	if err == nil && before != nil {
		err = measure(ctx, tx, at, &u)
	}
	if err != nil || before == nil {
		return err
	}
	return before(ctx, rows.Done{Usage: u, Affected: affected})
}

// Run implements rows.Engine.
func (e *Engine) Run(
	ctx context.Context, s data.Space, p *rows.Plan, before rows.Before,
) (res rows.Result, err error) {
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	st, err := statement.New(statement.Postgres, p)
	if err != nil {
		return res, err
	}
	if err := st.Prepare(ctx, e.statements); err != nil {
		return res, e.failed(ctx, s, p, err)
	}
	defer st.Close()
	tx, err := e.begin(ctx, s, p.Action == rows.Read)
	if err != nil {
		return res, failure(ctx, err)
	}
	defer tx.end(&err)
	if tx.version != p.Catalogue.Version {
		e.forget(s)
		return res, rows.ErrStale
	}
	res, err = st.Run(ctx, tx.Tx)
	if err != nil || res.RolledBack || p.Action == rows.Read {
		return res, failure(ctx, err)
	}
	if err := settle(ctx, tx.Tx, place(s), false, 0, before, res.Rows); err != nil {
		return rows.Result{}, failure(ctx, err)
	}
	return res, failure(ctx, tx.Commit())
}

// failed is the error of a statement that could not be prepared: because the tables have changed, maybe.
func (e *Engine) failed(ctx context.Context, s data.Space, p *rows.Plan, err error) error {
	tx, began := e.begin(ctx, s, true)
	if began != nil {
		return failure(ctx, errors.Join(err, began))
	}
	var none error
	defer tx.end(&none)
	if tx.version != p.Catalogue.Version {
		e.forget(s)
		return rows.ErrStale
	}
	return failure(ctx, err)
}

// failure words an error of the database. Errors of ours pass.
func failure(ctx context.Context, err error) error {
	if err == nil || errors.Is(err, rows.ErrStale) || errors.Is(err, rows.ErrNoPlace) {
		return err
	}
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	if ctx.Err() != nil {
		return fault.Wrap(fmt.Errorf("%w: %w", ctx.Err(), err))
	}
	var e *pq.Error
	if errors.As(err, &e) {
		switch e.Code {
		case "42501":
			const message = "The database does not let the server do this: its user must be allowed to create roles and schemas."
			return fault.New(fault.Unavailable, message).WithCause(err)
		case "57014": // the statement has taken too long
			const message = "The operation did not finish in time. Nothing was changed; try again."
			return fault.New(fault.Timeout, message).WithCause(err)
		case "40001", "40P01", "55P03":
			return fault.New(fault.Unavailable, "Another change was in the way. Try again.").WithCause(err)
		}
		if c := e.Code.Class(); c != "08" && c != "53" && c != "57" {
			return fault.Wrap(err)
		}
	}
	return fault.New(fault.Unavailable, "The database of the rows cannot be reached. Try again.").WithCause(err)
}
