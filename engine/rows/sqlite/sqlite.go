// Package sqlite keeps the rows of each workspace in an SQLite file of its own: the engine of rows that needs nothing
// to be installed.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	sqlitedriver "modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/engine/rows/statement"
)

const (
	// maxOpen is how many files are open at once. Those that nobody uses are closed, the one used longest ago first.
	maxOpen = 128
	// readers are the connections of a file that read at the same time.
	readers = 4
	// maxStatements are kept prepared for each file.
	maxStatements = 64
	// Timeout is the longest that a statement takes.
	Timeout = 20 * time.Second
	// maxPages bounds a file, whatever the plan of its workspace allows: 256 GiB.
	maxPages = 1 << 26
)

// Engine keeps a file for each workspace below a folder.
type Engine struct {
	folder  string
	timeout time.Duration

	mu    sync.Mutex
	open  map[id.ID]*file
	clock uint64
	done  bool
}

// file is an open file of a workspace.
type file struct {
	path        string
	read, write *sql.DB
	statements  *statement.Cache // of read
	version     *sql.Stmt        // askVersion, of read
	users       int              // who use it now
	used        uint64           // when it was used last, by Engine.clock
	once        sync.Once
	err         error // of opening it

	mu        sync.Mutex
	catalogue *rows.Catalogue
}

// Open makes the engine of a folder, which is made with its first file.
func Open(folder string) (*Engine, error) {
	if folder == "" {
		return nil, errors.New("the rows of workspaces need a folder")
	}
	return &Engine{folder: folder, timeout: Timeout, open: map[id.ID]*file{}}, nil
}

// Name implements rows.Engine.
func (*Engine) Name() string { return "sqlite" }

// Check reports whether the folder can be written.
func (e *Engine) Check(context.Context) error {
	if err := os.MkdirAll(e.folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(e.folder, ".check")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// Close closes all files.
func (e *Engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.done = true
	var errs []error
	for k, f := range e.open {
		errs = append(errs, f.close())
		delete(e.open, k)
	}
	return errors.Join(errs...)
}

func (e *Engine) path(s data.Space) string {
	name := s.WorkspaceID.UUID()
	return filepath.Join(e.folder, name[len(name)-2:], name+".db")
}

func dsn(path string, mode string) string {
	q := url.Values{"_pragma": {
		"busy_timeout(10000)", "foreign_keys(1)", "synchronous(FULL)", "trusted_schema(0)", "cell_size_check(1)",
		"max_page_count(" + strconv.Itoa(maxPages) + ")", "temp_store(MEMORY)", "cache_size(-4096)",
	}}
	if mode == "rw" {
		q["_pragma"] = append(q["_pragma"], "journal_mode(WAL)")
		q.Set("_txlock", "immediate")
	} else {
		q["_pragma"] = append(q["_pragma"], "query_only(1)")
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}).String()
}

// use returns the file of a workspace, open. The caller releases it.
func (e *Engine) use(s data.Space, make bool) (*file, error) {
	e.mu.Lock()
	if e.done {
		e.mu.Unlock()
		return nil, fault.New(fault.Unavailable, "The server is about to stop. Try again.")
	}
	f := e.open[s.WorkspaceID]
	if f == nil {
		f = &file{path: e.path(s)}
		e.open[s.WorkspaceID] = f
	}
	f.users++
	e.clock++
	f.used = e.clock
	old := e.evict()
	e.mu.Unlock()
	for _, o := range old {
		_ = o.close() // nobody uses it
	}
	f.once.Do(func() { f.err = f.prepare(make) })
	if f.err != nil {
		err := f.err
		e.mu.Lock()
		if f.users--; e.open[s.WorkspaceID] == f {
			delete(e.open, s.WorkspaceID)
		}
		e.mu.Unlock()
		return nil, err
	}
	return f, nil
}

func (e *Engine) release(f *file) {
	e.mu.Lock()
	f.users--
	old := e.evict()
	e.mu.Unlock()
	for _, o := range old {
		_ = o.close() // nobody uses it
	}
}

// evict takes files out of those that are open, as long as there are too many and some that nobody uses.
func (e *Engine) evict() []*file {
	var out []*file
	for len(e.open) > maxOpen {
		var oldest id.ID
		var found *file
		for k, f := range e.open {
			if f.users == 0 && (found == nil || f.used < found.used) {
				oldest, found = k, f
			}
		}
		if found == nil {
			break
		}
		delete(e.open, oldest)
		out = append(out, found)
	}
	return out
}

// prepare opens the file. A file that is not there is made, or is no workspace's.
func (f *file) prepare(make bool) error {
	if make {
		if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
			return err
		}
	} else if _, err := os.Stat(f.path); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return rows.ErrNoPlace
		}
		return err
	}
	var err error
	if f.write, err = sql.Open("sqlite", dsn(f.path, "rw")); err != nil {
		return err
	}
	f.write.SetMaxOpenConns(1)
	if f.read, err = sql.Open("sqlite", dsn(f.path, "ro")); err != nil {
		return errors.Join(err, f.close())
	}
	f.read.SetMaxOpenConns(readers)
	f.read.SetMaxIdleConns(readers)
	f.statements = statement.NewCache(f.read, maxStatements)
	ctx, cancel := context.WithTimeout(context.Background(), Timeout)
	defer cancel()
	_, err = f.write.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS "+usageTable+
		" (one INTEGER PRIMARY KEY CHECK (one = 1), rows INTEGER NOT NULL);"+
		" INSERT INTO "+usageTable+" VALUES (1, 0) ON CONFLICT DO NOTHING")
	if err == nil {
		f.version, err = f.read.PrepareContext(ctx, askVersion)
	}
	if err != nil {
		return errors.Join(err, f.close())
	}
	return nil
}

// usageTable counts the rows of a workspace; triggers keep the number.
const usageTable = "_alania_usage"

func (f *file) close() error {
	var errs []error
	if f.statements != nil {
		f.statements.Close()
	}
	if f.version != nil {
		errs = append(errs, f.version.Close())
	}
	for _, db := range []*sql.DB{f.read, f.write} { // the last one to go writes the log back
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// Provision implements rows.Engine.
func (e *Engine) Provision(_ context.Context, s data.Space) error {
	f, err := e.use(s, true)
	if err != nil {
		return err
	}
	e.release(f)
	return nil
}

// Remove implements rows.Engine.
func (e *Engine) Remove(ctx context.Context, s data.Space) error {
	for {
		e.mu.Lock()
		f := e.open[s.WorkspaceID]
		if f == nil || f.users == 0 {
			delete(e.open, s.WorkspaceID)
			e.mu.Unlock()
			if f != nil {
				_ = f.close() // it is deleted
			}
			break
		}
		e.mu.Unlock()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	var errs []error
	for _, suffix := range []string{"-wal", "-shm", "-journal", ""} {
		if err := os.Remove(e.path(s) + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// bounded has a context end when a statement has taken too long.
func (e *Engine) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, e.timeout)
}

// queryer is a connection or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

const askVersion = "PRAGMA schema_version"

// version is the number that SQLite changes with every change of tables.
func version(ctx context.Context, q queryer) (string, error) {
	var n int64
	err := q.QueryRowContext(ctx, askVersion).Scan(&n)
	return strconv.FormatInt(n, 10), err
}

// Catalogue implements rows.Engine.
func (e *Engine) Catalogue(ctx context.Context, s data.Space) (*rows.Catalogue, error) {
	f, err := e.use(s, false)
	if err != nil {
		return nil, err
	}
	defer e.release(f)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.catalogue != nil {
		return f.catalogue, nil
	}
	ctx, cancel := e.bounded(ctx)
	defer cancel()
	tx, err := f.read.BeginTx(ctx, nil)
	if err != nil {
		return nil, failure(ctx, err)
	}
	defer func() { _ = tx.Rollback() }()
	c, err := catalogue(ctx, tx)
	if err != nil {
		return nil, failure(ctx, err)
	}
	f.catalogue = c
	return c, nil
}

// current refuses what was made with another catalogue than that of the transaction.
func (f *file) current(ctx context.Context, q queryer, c *rows.Catalogue) error {
	v, err := version(ctx, q)
	if err != nil {
		return err
	}
	if v == c.Version {
		return nil
	}
	f.forget()
	return rows.ErrStale
}

func (f *file) forget() {
	f.mu.Lock()
	f.catalogue = nil
	f.mu.Unlock()
}

// Usage implements rows.Engine.
func (e *Engine) Usage(ctx context.Context, s data.Space) (rows.Usage, error) {
	f, err := e.use(s, false)
	if err != nil {
		return rows.Usage{}, err
	}
	defer e.release(f)
	ctx, cancel := e.bounded(ctx)
	defer cancel()
	u, err := usage(ctx, f.read)
	return u, failure(ctx, err)
}

// ask asks before a commit.
func ask(ctx context.Context, q queryer, before rows.Before, affected int64) error {
	if before == nil {
		return nil
	}
	u, err := usage(ctx, q)
	if err != nil {
		return err
	}
	return before(ctx, rows.Done{Usage: u, Affected: affected})
}

// usage counts what a file has. Pages that are free do not count.
func usage(ctx context.Context, q queryer) (rows.Usage, error) {
	var u rows.Usage
	var pages, free, size int64
	err := q.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM sqlite_master WHERE type = 'table'"+
		" AND name NOT LIKE '\\_alania%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'), (SELECT rows FROM "+
		usageTable+"), (SELECT page_count FROM pragma_page_count()),"+
		" (SELECT freelist_count FROM pragma_freelist_count()), (SELECT page_size FROM pragma_page_size())").
		Scan(&u.Tables, &u.Rows, &pages, &free, &size)
	u.Bytes = (pages - free) * size
	return u, err
}

// failure words an error of SQLite. Errors of ours pass.
func failure(ctx context.Context, err error) error {
	if err == nil || errors.Is(err, rows.ErrStale) || errors.Is(err, rows.ErrNoPlace) {
		return err
	}
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	var s *sqlitedriver.Error
	if errors.As(err, &s) && s.Code()&0xff == sqlitelib.SQLITE_FULL {
		return fault.New(fault.Unavailable, "There is no more space for rows. Try again later.").WithCause(err)
	}
	if ctx.Err() != nil {
		return fault.Wrap(fmt.Errorf("%w: %w", ctx.Err(), err))
	}
	return fault.Wrap(err)
}
