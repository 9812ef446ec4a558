package db

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/jmoiron/sqlx"
)

// maxStatements is how many statements are kept prepared. A statement's text depends on
// what callers filter and sort by, so their number would grow with what callers ask for:
// in this process, and in each session of PostgreSQL.
const maxStatements = 512

type statement struct {
	db    *sqlx.DB
	query string
}

// prepared is a statement that is prepared for the pool, with the number of those who
// use it. One that is kept no longer is closed when its last user has finished.
type prepared struct {
	*sqlx.Stmt
	key     statement
	users   int
	removed bool
	// scanners are those of its rows.
	scanners sync.Pool
}

// statements keeps prepared statements: those that were used last.
type statements struct {
	mu   sync.Mutex
	kept *simplelru.LRU[statement, *prepared]
	idle []*prepared // removed while nobody used them: to be closed outside the lock
}

func newStatements(size int) *statements {
	c := &statements{}
	c.kept, _ = simplelru.NewLRU(size, func(_ statement, p *prepared) { // fails for no size alone
		p.removed = true
		if p.users == 0 {
			c.idle = append(c.idle, p)
		}
	})
	return c
}

// unlock closes what has become idle. To close a statement asks the database.
func (c *statements) unlock() {
	idle := c.idle
	c.idle = nil
	c.mu.Unlock()
	for _, p := range idle {
		_ = p.Close()
	}
}

// take returns the statement to one more user, who releases it; nil when it is not kept.
func (c *statements) take(key statement) *prepared {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.kept.Get(key)
	if !ok {
		return nil
	}
	p.users++
	return p
}

// has reports whether a statement is kept.
func (c *statements) has(key statement) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept.Contains(key)
}

// add keeps a statement, and returns it to its first user. When another was added in the
// meantime, that one is used and this one closed.
func (c *statements) add(key statement, st *sqlx.Stmt) *prepared {
	c.mu.Lock()
	defer c.unlock()
	p, ok := c.kept.Get(key)
	if ok {
		c.idle = append(c.idle, &prepared{Stmt: st})
	} else {
		p = &prepared{Stmt: st, key: key}
		c.kept.Add(key, p)
	}
	p.users++
	return p
}

func (c *statements) release(p *prepared) {
	c.mu.Lock()
	defer c.unlock()
	p.users--
	if p.removed && p.users == 0 {
		c.idle = append(c.idle, p)
	}
}

// outdated forgets every statement, because one was prepared for a schema that has changed
// since. When that one is kept no longer, somebody has said so before.
func (c *statements) outdated(p *prepared) {
	c.mu.Lock()
	defer c.unlock()
	if now, ok := c.kept.Peek(p.key); ok && now == p {
		c.kept.Purge()
	}
}

func (c *statements) purge() {
	c.mu.Lock()
	defer c.unlock()
	c.kept.Purge()
}

func (c *statements) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept.Len()
}

// prepare returns the statement, on the open transaction or on the pool, and the context to run it with. The caller
// releases it when its rows have been read.
func (d *DB) prepare(ctx context.Context, db *sqlx.DB, query string) (*sqlx.Stmt, *prepared, context.Context, error) {
	quiet, err := unwatch(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	t := d.open(ctx)
	if t != nil {
		if err := t.usable(); err != nil {
			return nil, nil, nil, err
		}
		db = t.pool.write
	}
	key := statement{db, query}
	p := d.statements.take(key)
	switch {
	case p != nil && t != nil:
		return t.StmtxContext(quiet, p.Stmt), p, quiet, nil
	case p != nil:
		return p.Stmt, p, quiet, nil
	case t != nil:
		// To prepare it for good takes a connection besides the transaction's: SQLite has
		// none left, and a full pool would wait for itself. It waits for the commit.
		t.unprepared = append(t.unprepared, query)
		st, err := t.PreparexContext(quiet, d.dialect(query))
		if err != nil {
			return nil, nil, nil, err
		}
		return st, &prepared{Stmt: st, key: key, users: 1, removed: true}, quiet, nil
	}
	if p, err = d.keep(quiet, key); err != nil {
		return nil, nil, nil, err
	}
	return p.Stmt, p, quiet, nil
}

var limitParameter = regexp.MustCompile(`\b(LIMIT|OFFSET) (\$\d+)`)

// dialect returns a statement as the engine takes it best. SQLite plans by the value of a LIMIT that is
// a parameter alone, and prepares the statement anew at each run; that of an expression it does not know.
func (d *DB) dialect(query string) string {
	if d.Engine == SQLite {
		return inOrder(asKept(limitParameter.ReplaceAllString(query, "$1 $2 + 0")))
	}
	return query
}

var (
	// columnsOnly matches a statement that selects nothing but columns.
	columnsOnly = regexp.MustCompile(`^SELECT ((?:\w+\.)?\w+(?:, (?:\w+\.)?\w+)*) FROM `)
	column      = regexp.MustCompile(`(?:\w+\.)?\b\w+`)
)

// asKept has SQLite return values as it keeps them. At each run its driver reads the declared type of a column, and
// for a time it tries several layouts; an expression has no type, and Time reads what is kept. The column has no name
// of its own: ORDER BY and WHERE mean the one of the table, and its index.
func asKept(query string) string {
	m := columnsOnly.FindStringSubmatchIndex(query)
	if m == nil || strings.Contains(query, " UNION ") {
		return query
	}
	return query[:m[2]] + column.ReplaceAllString(query[m[2]:m[3]], "+$0") + query[m[3]:]
}

var parameter = regexp.MustCompile(`\$\d+`)

// inOrder takes the names from parameters that stand in their order, each once. SQLite's driver reads the names at
// each run.
func inOrder(query string) string {
	for i, name := range parameter.FindAllString(query, -1) {
		if name != "$"+strconv.Itoa(i+1) {
			return query
		}
	}
	if strings.Contains(query, "?") {
		return query
	}
	return parameter.ReplaceAllString(query, "?")
}

func (d *DB) keep(ctx context.Context, key statement) (*prepared, error) {
	st, err := key.db.PreparexContext(ctx, d.dialect(key.query))
	if err != nil {
		return nil, err
	}
	return d.statements.add(key, st), nil
}

// finish releases a statement, which is nil when it was not even prepared, and reports
// whether it is worth running again after the error: a read whose connection was lost,
// and what was prepared for an older schema. A transaction runs again as a whole.
func (d *DB) finish(ctx context.Context, p *prepared, err error, reads bool) (again bool) {
	if err != nil {
		d.open(ctx).noted(err)
		switch kind(err) {
		case outdated:
			if again = true; p != nil {
				d.statements.outdated(p)
			}
		case gone:
			again = (reads || p == nil) && connection(err)
		}
	}
	if p != nil {
		d.statements.release(p)
	}
	return again && d.open(ctx) == nil && ctx.Err() == nil
}
