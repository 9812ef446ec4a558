package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
)

// entrance makes connections that begin a transaction and take the role of a workspace in one exchange with the
// server.
type entrance struct{ driver.Connector }

// entry is who enters, and what was found: the version of the tables, nothing when the workspace has no place.
type entry struct {
	place   string
	timeout time.Duration
	version string
}

// entryKey is that of the entry in the context of a transaction that begins.
type entryKey struct{}

// inner are the parts of the driver's connections that the pool uses.
type inner interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	driver.NamedValueChecker
	driver.Tx
}

type connection struct {
	inner
	prepared bool // entering
	failed   bool // in BeginTx: nobody uses it again
}

// IsValid implements driver.Validator.
func (c *connection) IsValid() bool { return !c.failed && c.inner.IsValid() }

// Connect implements driver.Connector.
func (e entrance) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := e.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	in, ok := c.(inner)
	if !ok {
		return nil, errors.Join(errors.New("the driver's connection lacks something"), c.Close())
	}
	return &connection{inner: in}, nil
}

// entering is the statement that takes the role of a workspace. It runs as the login; what comes after it, as the role.
// Each connection has it prepared, and has set what is the same for all workspaces.
const entering = "SET idle_in_transaction_session_timeout = 60000; SET timezone = 'UTC';" +
	" PREPARE alania_enter (text, text) AS SELECT version, set_config('search_path', $1, true)," +
	" set_config('statement_timeout', $2, true), set_config('role', $1, true) FROM " + own + ".spaces WHERE name = $1"

// BeginTx implements driver.ConnBeginTx.
func (c *connection) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	in, ok := ctx.Value(entryKey{}).(*entry)
	if !ok {
		// The driver would watch the context until the end, and end what it watched again with the next transaction; the pool
		// rolls back when a context ends.
		return c.inner.BeginTx(context.WithoutCancel(ctx), o)
	}
	if !c.prepared {
		if _, err := c.ExecContext(ctx, entering, nil); err != nil {
			return nil, err
		}
		c.prepared = true
	}
	mode := "BEGIN READ WRITE"
	if o.ReadOnly {
		mode = "BEGIN READ ONLY"
	}
	// Place is made of the digits of an id.
	err := c.enter(ctx, in, mode+"; EXECUTE alania_enter('"+in.place+"', '"+
		strconv.FormatInt(in.timeout.Milliseconds(), 10)+"')")
	if err != nil { // in a transaction that has failed, maybe
		c.failed = true
		return nil, err
	}
	return c.inner, nil
}

func (c *connection) enter(ctx context.Context, in *entry, text string) (err error) {
	rows, err := c.QueryContext(ctx, text, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	found := make([]driver.Value, len(rows.Columns()))
	switch err := rows.Next(found); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	}
	v, ok := found[0].(int64)
	if !ok {
		return fmt.Errorf("a version of the tables is %T", found[0])
	}
	in.version = strconv.FormatInt(v, 10)
	return nil
}
