package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"modernc.org/sqlite"
)

// A transaction of database/sql costs a goroutine for each query, one for itself, and a dozen allocations a statement.
// Every write to SQLite waits for those of the writers before it, so that the transactions of groups run their
// statements straight on the driver's connection. It keeps them prepared, those that begin and end a transaction
// or a savepoint as well.

// writeConnector opens the connection that writes to SQLite. It implements driver.Connector.
type writeConnector struct{ driver.Connector }

func newWriteConnector(source string) (driver.Connector, error) {
	base, err := sqlite.NewConnector(source)
	return &writeConnector{base}, err
}

// Connect implements driver.Connector.
func (c *writeConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return newWriteConn(conn.(sqliteConn)), nil
}

// sqliteConn is what a connection of the driver implements.
type sqliteConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// sqliteStmt is what a statement of the driver implements.
type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// writeConn is a connection that keeps statements prepared. database/sql may use it as any other; run, count and
// readRows are for who holds it in a transaction.
type writeConn struct {
	sqliteConn
	mu   sync.Mutex // a transaction may have several goroutines
	kept *simplelru.LRU[string, *writeStmt]
	args []driver.NamedValue
}

// writeStmt is a statement that is kept, with what reads its rows.
type writeStmt struct {
	sqliteStmt
	scanner any
	values  []driver.Value
}

func newWriteConn(conn sqliteConn) *writeConn {
	c := &writeConn{sqliteConn: conn}
	closed := func(_ string, st *writeStmt) { _ = st.Close() }
	c.kept, _ = simplelru.NewLRU(maxStatements, closed) // fails for no size alone
	return c
}

// Close implements driver.Conn.
func (c *writeConn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept.Purge()
	return c.sqliteConn.Close()
}

// prepared returns a statement to who holds the lock.
func (c *writeConn) prepared(ctx context.Context, d *DB, query string) (*writeStmt, error) {
	if st, ok := c.kept.Get(query); ok {
		return st, nil
	}
	st, err := c.PrepareContext(ctx, d.dialect(query))
	if err != nil {
		return nil, err
	}
	kept := &writeStmt{sqliteStmt: st.(sqliteStmt)}
	c.kept.Add(query, kept)
	return kept, nil
}

// values converts arguments as database/sql does. They are good until the next statement.
func (c *writeConn) values(args []any) ([]driver.NamedValue, error) {
	c.args = c.args[:0]
	for i, a := range args {
		v, err := driver.DefaultParameterConverter.ConvertValue(a)
		if err != nil {
			return nil, err
		}
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return c.args, nil
}

// run runs one of our own statements, without values.
func (c *writeConn) run(d *DB, query string) error {
	_, err := c.count(context.Background(), d, query, nil)
	return err
}

// count runs a statement and returns how many rows it has changed.
func (c *writeConn) count(ctx context.Context, d *DB, query string, args []any) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() { clear(c.args) }() // holds on to nothing
	values, err := c.values(args)
	if err != nil {
		return 0, err
	}
	st, err := c.prepared(ctx, d, query)
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(ctx, values)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// countOnce is count for a statement that is not kept: its text is another each time.
func (c *writeConn) countOnce(ctx context.Context, query string, args []any) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() { clear(c.args) }()
	values, err := c.values(args)
	if err != nil {
		return 0, err
	}
	res, err := c.ExecContext(ctx, query, values)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// readRows runs a statement and calls each with every row, until it returns false. The row is only good during the
// call, which runs no statement on the connection.
func readRows[R any](ctx context.Context, c *writeConn, d *DB, query string, args []any, each func(row *R) bool) (
	err error,
) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() { clear(c.args) }()
	values, err := c.values(args)
	if err != nil {
		return err
	}
	st, err := c.prepared(ctx, d, query)
	if err != nil {
		return err
	}
	rows, err := st.QueryContext(ctx, values)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	s, ok := st.scanner.(*scanner[R])
	if !ok {
		if s, err = newScanner[R](rows.Columns()); err != nil {
			return err
		}
		st.scanner, st.values = s, make([]driver.Value, len(s.into))
	}
	defer func() {
		var zero R
		s.row = zero // holds on to nothing
		clear(st.values)
	}()
	for {
		var zero R
		s.row = zero
		if err := rows.Next(st.values); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		for i, v := range st.values {
			if err := assign(s.into[i], v); err != nil {
				return err
			}
		}
		if !each(&s.row) {
			return nil
		}
	}
}

// writeConnOf returns the connection below one of database/sql, for as long as that is held.
func writeConnOf(conn *sql.Conn) (c *writeConn, err error) {
	return c, conn.Raw(func(below any) error {
		c = below.(*writeConn)
		return nil
	})
}
