// Package db is what the SQL of every area stands on: connections, transactions, prepared
// statements, values, lists and errors, on SQLite or on PostgreSQL. The statements are the same
// for both engines; where they cannot be, the difference stands next to its statement.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite" // sqlite://

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/share"
	"github.com/alania-go/alania/domain/txn"
)

// Engine names the kind of a database.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// DB is a database, opened and ready. It implements txn.Runner.
type DB struct {
	Engine Engine

	// Requests and background work have connections of their own, so that neither waits for one that
	// the other holds.
	requests, background pool
	// writes is the queue of those who write to SQLite, which admits one at a time: they wait rather than fail
	// busy. nil on PostgreSQL.
	writes *writeQueue
	commit func(commit func() error) error // ends a group in a test, which may make it fail

	now  clock.Clock
	time *clock.Follower // of the database's time; nil when now is not

	// lists are the connections that lists may have at once, which the orgs share: a list
	// may take long, and what is read by its key always finds another connection.
	lists *share.Pool

	blockRows  int // see usualBlock
	statements *statements
	sessions   *sessions // of PostgreSQL
}

// How many connections the pools of PostgreSQL have.
const (
	PoolSize           = 16 // for requests
	BackgroundPoolSize = 6
)

// pool has the connections that write and those that read. On PostgreSQL both are the same; on SQLite one
// connection writes for everybody. The seats are those of the connections that read.
type pool struct {
	write, read *sqlx.DB
	seats       seats
}

// savepointsInMemory is for the connection that writes: what savepoints keep would be written to files.
const savepointsInMemory = "&_pragma=temp_store(2)"

// ParseURL checks a database URL and returns its engine and the driver's data source names
// for writing and for reading. An error names what is wrong, never the URL: it may hold
// a password.
func ParseURL(raw string) (engine Engine, write, read string, err error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", "", "", errors.New("is not a URL")
	}
	switch u.Scheme {
	case "sqlite":
		path := u.Host + u.Path
		if path == "" || path == "/" || strings.HasPrefix(path, ":memory:") {
			return "", "", "", errors.New("must name a file: sqlite://data/alania.db, or sqlite:///var/lib/alania/alania.db")
		}
		if u.RawQuery != "" || u.User != nil {
			return "", "", "", errors.New("takes no parameters for sqlite")
		}
		q := "_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
			"&_pragma=cache_size(-16384)&_txlock=immediate&_time_format=sqlite&_timezone=UTC" + savepointsInMemory
		file := "file:" + (&url.URL{Path: path}).EscapedPath()
		reader := strings.NewReplacer("_txlock=immediate", "_pragma=query_only(1)", savepointsInMemory, "")
		return SQLite, file + "?" + q, file + "?" + reader.Replace(q), nil
	case "postgres", "postgresql":
		if u.Host == "" && u.Query().Get("host") == "" {
			return "", "", "", errors.New("must name a host: postgres://user:password@host/database")
		}
		q := u.Query()
		for k, v := range map[string]string{"timezone": "UTC", "connect_timeout": "5", "application_name": "alania"} {
			if !q.Has(k) {
				q.Set(k, v)
			}
		}
		u.Scheme, u.RawQuery = "postgres", q.Encode()
		return Postgres, u.String(), u.String(), nil
	}
	return "", "", "", errors.New("must start with sqlite:// or postgres://")
}

// Option changes how a database is opened.
type Option func(*DB)

// InDatabaseTime has a database on PostgreSQL tell the time of the database, between two looks
// by the machine's clock: replicas whose clocks differ agree on when a lease ends. SQLite
// has one machine.
func InDatabaseTime(machine clock.Clock) Option {
	return func(d *DB) {
		if d.Engine == Postgres {
			d.time = clock.Follow(machine)
			d.now = d.time.Now
		}
	}
}

// share lets lists have so many connections. Whose requests wait is bounded by their
// time-out, so that a burst waits for its turn, as it does for a connection.
func (d *DB) share(connections int) {
	d.lists = share.New("database lists", connections, share.Options{Waiting: 10_000})
}

// Turn waits for the org's turn to read what may take long. Who has no org, such as a worker,
// and what is read in a transaction, which holds a connection, waits for nobody.
func Turn(ctx context.Context, d *DB) (share.Permit, error) {
	p := identity.From(ctx)
	if p == nil || p.OrgID.IsZero() || classOf(ctx) == background || d.open(ctx) != nil {
		return share.Permit{}, nil
	}
	return d.lists.Acquire(ctx, p.OrgID, "")
}

// Now tells the time that the database's rows are kept in.
func (d *DB) Now() time.Time { return d.now() }

// Open opens the database of a URL. It makes the folder and the file of a SQLite
// database, and reaches a PostgreSQL server once; the schema is Migrate's.
func Open(ctx context.Context, rawURL string, now clock.Clock, options ...Option) (*DB, error) {
	engine, write, read, err := ParseURL(rawURL)
	if err != nil {
		return nil, fmt.Errorf("database URL %w", err)
	}
	d := &DB{Engine: engine, now: now, statements: newStatements(maxStatements), blockRows: usualBlock}
	for _, o := range options {
		o(d)
	}
	if engine == Postgres {
		if d.sessions, err = newSessions(write); err != nil {
			return nil, errors.New("database URL is not one that the PostgreSQL driver reads")
		}
		open := func(size int) pool {
			p := sqlx.NewDb(sql.OpenDB(d.sessions), "postgres")
			p.SetMaxOpenConns(size)
			p.SetMaxIdleConns(size)
			p.SetConnMaxIdleTime(5 * time.Minute)
			return pool{p, p, make(seats, size)}
		}
		d.requests, d.background = open(PoolSize), open(BackgroundPoolSize)
		d.share(PoolSize * 3 / 4)
	} else {
		u, _ := url.Parse(rawURL)
		path := u.Host + u.Path
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, err
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, err
		}
		_ = f.Close()
		sized := func(p *sqlx.DB, size int) *sqlx.DB {
			p.SetMaxOpenConns(size)
			p.SetMaxIdleConns(size)
			return p
		}
		d.writes = &writeQueue{bounds: usualBounds}
		writer, err := newWriteConnector(write)
		if err != nil {
			return nil, err
		}
		readers := max(4, runtime.NumCPU())
		d.share(readers - 1)
		d.requests = pool{
			sized(sqlx.NewDb(sql.OpenDB(writer), "sqlite"), 1),
			sized(sqlx.MustOpen("sqlite", read), readers), make(seats, readers),
		}
		readers = max(2, readers/2)
		d.background = pool{d.requests.write, sized(sqlx.MustOpen("sqlite", read), readers), make(seats, readers)}
	}
	if err := d.requests.write.PingContext(ctx); err != nil {
		_ = d.Close()
		return nil, fmt.Errorf("reach the database: %w", err)
	}
	if engine == Postgres {
		if err := refuseSharedSessions(ctx, d.requests.write.DB); err != nil {
			_ = d.Close()
			return nil, err
		}
		if err := d.setClock(ctx); err != nil {
			_ = d.Close()
			return nil, err
		}
		d.sessions.watch(func(ctx context.Context) { _ = d.setClock(ctx) }) // on an error the next one is soon
	}
	return d, nil
}

// Close closes the database once its running statements end.
func (d *DB) Close() error {
	d.statements.purge()
	if d.sessions != nil {
		d.sessions.stop()
	}
	var err error
	for _, p := range d.pools() {
		err = errors.Join(err, p.Close())
	}
	return err
}

// pools are all pools of connections, each once.
func (d *DB) pools() []*sqlx.DB {
	var out []*sqlx.DB
	for _, p := range []*sqlx.DB{d.requests.write, d.requests.read, d.background.write, d.background.read} {
		if p != nil && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// pool returns the connections for what a context is used for.
func (d *DB) pool(ctx context.Context) pool {
	if t := d.open(ctx); t != nil {
		return t.pool
	}
	if classOf(ctx) == background {
		return d.background
	}
	return d.requests
}

// writing waits for a turn to write alone, where there are turns. The caller calls done when it has written.
func (d *DB) writing(ctx context.Context) (done func(), err error) {
	if d.writes == nil || d.open(ctx) != nil {
		return func() {}, nil
	}
	if _, err := d.writes.take(ctx, true); err != nil {
		return nil, err
	}
	return sync.OnceFunc(d.writes.next), nil
}

// Probe tells the database's health. A PostgreSQL server that takes no writes, such as a
// standby after a failover, is down for us.
func (d *DB) Probe(ctx context.Context) health.Check {
	query := "SELECT false"
	if d.Engine == Postgres {
		query = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'"
	}
	readOnly, err := One[bool](ctx, d, query)
	switch {
	case err != nil:
		return health.Check{State: health.Down, Message: "The database does not answer.", Cause: err}
	case readOnly:
		return health.Check{State: health.Down, Message: "The database takes no writes."}
	}
	return health.Check{State: health.Up}
}

// setClock looks at the database's clock.
func (d *DB) setClock(ctx context.Context) error {
	if d.time == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, reach)
	defer cancel()
	return d.time.Measure(func() (time.Time, error) {
		at, err := One[Time](ctx, d, "SELECT clock_timestamp()")
		return at.Time, err
	})
}

// Connections tells how many connections are open and in use.
func (d *DB) Connections() (open, inUse int) {
	for _, p := range d.pools() {
		st := p.Stats()
		open, inUse = open+st.OpenConnections, inUse+st.InUse
	}
	return open, inUse
}

type txKey struct{}

// transaction is one that is open, with what waits for its commit.
type transaction struct {
	*sqlx.Tx   // on PostgreSQL
	store      *DB
	ctx        context.Context // of its beginning, with which it ends
	pool       pool
	after      []func()
	unprepared []string
	unheard    id.ID      // see NoteListeners
	later      []deferred // on PostgreSQL, see ExecLater
	turn       *turn      // in its group, on SQLite instead
}

func (d *DB) open(ctx context.Context) *transaction {
	t, _ := ctx.Value(txKey{}).(*transaction)
	if t == nil || t.store != d {
		return nil
	}
	return t
}

const attempts = 5

// InTx implements txn.Runner. A serialization failure, a deadlock, a busy database or a
// statement of an older schema is tried again, up to five times in all.
func (d *DB) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	if d.open(ctx) != nil {
		return fn(ctx)
	}
	once := d.once
	if d.writes != nil {
		once = func(ctx context.Context, fn func(ctx context.Context) error) error { return d.together(ctx, false, fn) }
	}
	for n := 1; ; n++ {
		err := once(ctx, fn)
		if n == attempts || !transient(err) || ctx.Err() != nil {
			return wrap(err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(10*time.Millisecond) << n)))
	}
}

// once runs a transaction on a connection of its own.
func (d *DB) once(ctx context.Context, fn func(ctx context.Context) error) error {
	from := d.pool(ctx)
	place, err := d.seat(ctx, from.write)
	if err != nil {
		return err
	}
	defer func() { place.leave() }()
	quiet, err := unwatch(ctx)
	if err != nil {
		return err
	}
	tx, err := from.write.BeginTxx(quiet, nil)
	if err != nil {
		return err
	}
	// A panic passes through here too. After a commit this does nothing.
	defer func() { _ = tx.Rollback() }()
	t := &transaction{Tx: tx, store: d, ctx: ctx, pool: from}
	inside, end := txn.Begin(context.WithValue(ctx, txKey{}, t))
	defer end()
	if err := fn(inside); err != nil {
		return err
	}
	if err := d.flush(inside, t); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil { // nobody waits for it
		return err
	}
	if err := tx.Commit(); err != nil {
		if ctx.Err() != nil && errors.Is(err, sql.ErrTxDone) { // rolled back for that
			return ctx.Err()
		}
		return err
	}
	end()
	place.leave()
	place = seat{}
	for _, f := range t.after {
		f()
	}
	d.prepareLater(ctx, from.write, t.unprepared)
	return nil
}

// prepareLater prepares for good what a transaction could not. What fails is tried again by the next one.
func (d *DB) prepareLater(ctx context.Context, on *sqlx.DB, queries []string) {
	queries = slices.DeleteFunc(queries, func(q string) bool { return d.statements.has(statement{on, q}) })
	if len(queries) == 0 {
		return
	}
	done, err := d.writing(ctx)
	if err != nil {
		return
	}
	defer done()
	place, err := d.seat(ctx, on)
	if err != nil {
		return
	}
	defer place.leave()
	for _, q := range queries {
		if p, err := d.keep(ctx, statement{on, q}); err == nil {
			d.statements.release(p)
		}
	}
}

// AfterCommit implements txn.Runner.
func (d *DB) AfterCommit(ctx context.Context, fn func()) {
	if t := d.open(ctx); t != nil {
		t.after = append(t.after, fn)
		return
	}
	fn()
}

// One reads one row into R; no row is sql.ErrNoRows, which the callers turn into
// their own answer with NoRow.
func One[R any](ctx context.Context, d *DB, query string, args ...any) (R, error) {
	var row R
	found := false
	err := each(ctx, d, d.pool(ctx).read, true, func() { found = false },
		func(r *R) bool { row, found = *r, true; return false }, query, args)
	if err == nil && !found {
		err = sql.ErrNoRows
	}
	return row, err
}

// All reads rows.
func All[R any](ctx context.Context, d *DB, query string, args ...any) ([]R, error) {
	return many[R](ctx, d, d.pool(ctx).read, true, query, args)
}

// Each reads rows one after the other, and calls fn with each until it returns false. Before that it calls begin, and
// once more when it begins again. The row is only good during the call.
func Each[R any](
	ctx context.Context, d *DB, begin func(), fn func(row *R) bool, query string, args ...any,
) error {
	return each(ctx, d, d.pool(ctx).read, true, begin, fn, query, args)
}

// each calls fn with every row that it reads, until fn returns false. Before that it calls begin, and once
// more when it begins again. The row is only good during the call.
func each[R any](ctx context.Context, d *DB, db *sqlx.DB, reads bool, begin func(), fn func(row *R) bool,
	query string, args []any) error {
	if err := d.checkStorable(args); err != nil {
		return err
	}
	place, err := d.seat(ctx, db)
	if err != nil {
		return wrap(err)
	}
	defer place.leave()
	if t := d.open(ctx); t != nil && t.turn != nil {
		begin()
		return wrap(t.on(ctx, func(quiet context.Context, conn *writeConn) error {
			return readRows(quiet, conn, d, query, args, fn)
		}))
	}
	if query, args, err = d.with(ctx, query, args); err != nil {
		return wrap(err)
	}
	for tries := 1; ; tries++ {
		begin()
		st, p, quiet, err := d.prepare(ctx, db, query)
		if err == nil {
			err = scan(quiet, st, p, args, fn)
		}
		if again := d.finish(ctx, p, err, reads); !again || tries == 2 {
			return wrap(err)
		}
	}
}

// Returning runs a statement that changes rows and returns them.
func Returning[R any](ctx context.Context, d *DB, query string, args ...any) (found []R, err error) {
	err = d.single(ctx, func(ctx context.Context) error {
		found, err = many[R](ctx, d, d.pool(ctx).write, false, query, args)
		d.changed(ctx, len(found))
		return err
	})
	if err != nil {
		return nil, wrap(err)
	}
	return found, nil
}

func many[R any](ctx context.Context, d *DB, db *sqlx.DB, reads bool, query string, args []any) ([]R, error) {
	found := []R{}
	err := each(ctx, d, db, reads, func() { found = found[:0] },
		func(row *R) bool { found = append(found, *row); return true }, query, args)
	return found, err
}

// Exec runs a statement and returns the number of rows it changed.
func (d *DB) Exec(ctx context.Context, query string, args ...any) (n int, err error) {
	if err := d.checkStorable(args); err != nil {
		return 0, err
	}
	err = d.single(ctx, func(ctx context.Context) error {
		n, err = d.exec(ctx, query, args)
		d.changed(ctx, n)
		return err
	})
	if err != nil {
		return 0, wrap(err)
	}
	return n, nil
}

// execAlone is Exec for what is long: nobody's commit waits for it.
func (d *DB) execAlone(ctx context.Context, query string, args []any) (int, error) {
	if err := d.checkStorable(args); err != nil {
		return 0, err
	}
	done, err := d.writing(ctx)
	if err != nil {
		return 0, wrap(err)
	}
	defer done()
	n, err := d.exec(ctx, query, args)
	return n, wrap(err)
}

func (d *DB) exec(ctx context.Context, query string, args []any) (int, error) {
	place, err := d.seat(ctx, d.pool(ctx).write)
	if err != nil {
		return 0, err
	}
	defer place.leave()
	if t := d.open(ctx); t != nil && t.turn != nil {
		n := 0
		err := t.on(ctx, func(quiet context.Context, conn *writeConn) (err error) {
			n, err = conn.count(quiet, d, query, args)
			return err
		})
		return n, err
	}
	if query, args, err = d.with(ctx, query, args); err != nil {
		return 0, err
	}
	for tries := 1; ; tries++ {
		st, p, quiet, err := d.prepare(ctx, d.pool(ctx).write, query)
		var res sql.Result
		if err == nil {
			res, err = st.ExecContext(quiet, args...)
		}
		if again := d.finish(ctx, p, err, false); again && tries == 1 {
			continue
		}
		if err != nil {
			return 0, err
		}
		n, err := res.RowsAffected()
		return int(n), err
	}
}

// ExecIn runs a statement whose `IN (?)` takes a list, in batches. Its text changes with
// the number of values, so it is not kept prepared: it is for batches, not for requests.
func ExecIn[T any](ctx context.Context, d *DB, query string, list []T, args ...any) error {
	const batch = 500
	for start := 0; start < len(list); start += batch {
		part := list[start:min(start+batch, len(list))]
		q, a, err := sqlx.In(query, append(args[:len(args):len(args)], part)...)
		if err != nil {
			return err
		}
		q = sqlx.Rebind(sqlx.DOLLAR, q)
		if t := d.open(ctx); t != nil {
			err = d.execIn(ctx, t, q, a)
		} else {
			err = d.execOnce(ctx, q, a)
		}
		if err != nil {
			return wrap(err)
		}
	}
	return nil
}

// execIn runs a statement that is not kept prepared, in a transaction.
func (d *DB) execIn(ctx context.Context, t *transaction, query string, args []any) error {
	if t.turn != nil {
		return t.on(ctx, func(quiet context.Context, conn *writeConn) error {
			n, err := conn.countOnce(quiet, query, args)
			t.turn.rows += n
			return err
		})
	}
	quiet, err := unwatch(ctx)
	if err == nil {
		err = t.usable()
	}
	if err == nil {
		err = d.flush(ctx, t)
	}
	if err != nil {
		return err
	}
	_, err = t.ExecContext(quiet, query, args...)
	return err
}

// execOnce runs a statement that is not kept prepared, outside a transaction.
func (d *DB) execOnce(ctx context.Context, query string, args []any) error {
	done, err := d.writing(ctx)
	if err != nil {
		return err
	}
	defer done()
	place, err := d.seat(ctx, d.pool(ctx).write)
	if err != nil {
		return err
	}
	defer place.leave()
	_, err = d.pool(ctx).write.ExecContext(ctx, query, args...)
	return err
}

// NoRow turns "no row" into the domain's own answer.
func NoRow(err error, answer error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return answer
	}
	return err
}
