package db

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/alania-go/alania/domain/txn"
)

// SQLite waits for the disk at each commit, and admits one writer at a time. So that writers do not wait for one
// flush each, those that wait go on in the transaction that is open, one after the other, each in a savepoint of
// its own, and one commit acknowledges them all. Nobody waits for others to come: a group ends as soon as nobody
// waits or is about to, and a writer that is alone has a transaction as if there were no groups.
//
//   - What fails is rolled back to its savepoint, and the others go on. A statement that writes is not interrupted when
//     its context ends: SQLite would roll back the whole transaction. The context is looked at before (see unwatch).
//   - A writer has its answer when the group has ended, also when it is refused: the refusal may be due to what
//     another of the group has written, and nobody hears of that before it is on the disk.
//   - When SQLite has rolled back the whole transaction because of one of them, as it may when the disk is full, that
//     one fails, and the others write again, alone.
//   - A group begins with background work, if at all: nothing that a request has written waits for it.

// bounds are those of a group. A writer that finds one reached joins the next group.
type bounds struct {
	writers int
	rows    int           // that they have changed
	wait    time.Duration // of the one that has waited longest for the commit
	// share is the time of background work in a group, when requests wait.
	share time.Duration
}

var usualBounds = bounds{writers: 32, rows: 1000, wait: 10 * time.Millisecond, share: 2 * time.Millisecond}

// group is a transaction that writers share.
type group struct {
	store *DB
	held  *sqlx.Conn // the connection that writes
	conn  *writeConn // the same

	// These belong to whoever writes.
	writers, rows int
	alone         bool
	requests      bool          // one of them is a request
	background    time.Duration // the time of background work
	since         time.Time     // when the first of them began to wait for the commit

	done chan struct{} // closed at the end; err is good from then on
	err  error         // of the commit
}

// errLost is of those whose group was rolled back because of another.
var errLost = errors.New("store: the transaction was rolled back because of another writer")

// turn is that of one writer of a group.
type turn struct {
	conn   *writeConn
	joined bool        // it is not the first, so it has a savepoint
	ended  atomic.Bool // others write now
	failed error       // after which SQLite may have no transaction any more
	rows   int
}

// usable refuses statements of a transaction that may not write any longer.
func (t *transaction) usable() error {
	if err := t.ctx.Err(); err != nil || t.turn == nil {
		return err
	}
	if t.turn.ended.Load() {
		return sql.ErrTxDone
	}
	return t.turn.failed
}

// changed notes how many rows a statement of a transaction has changed.
func (d *DB) changed(ctx context.Context, rows int) {
	if t := d.open(ctx); t != nil && t.turn != nil {
		t.turn.rows += rows
	}
}

// noted is told of the error of a statement.
func (t *transaction) noted(err error) {
	if t != nil && t.turn != nil && kind(err) == gone {
		t.turn.failed = err
	}
}

// on runs a statement on the connection of the group.
func (t *transaction) on(ctx context.Context, fn func(quiet context.Context, conn *writeConn) error) error {
	quiet, err := unwatch(ctx)
	if err != nil {
		return err
	}
	if err := t.usable(); err != nil {
		return err
	}
	if err = fn(quiet, t.turn.conn); err != nil {
		t.noted(err)
	}
	return err
}

// single runs one statement that writes, outside a transaction. It joins a group, and begins one when others wait.
func (d *DB) single(ctx context.Context, fn func(ctx context.Context) error) error {
	if d.writes == nil || d.open(ctx) != nil {
		return fn(ctx)
	}
	g, err := d.writes.take(ctx, false)
	if err != nil {
		return err
	}
	if g == nil && !d.writes.crowded() {
		defer d.writes.next()
		return fn(ctx)
	}
	return d.write(ctx, g, false, fn)
}

// together runs a transaction in a group, or alone.
func (d *DB) together(ctx context.Context, alone bool, fn func(ctx context.Context) error) error {
	g, err := d.writes.take(ctx, alone)
	if err != nil {
		return err
	}
	return d.write(ctx, g, alone, fn)
}

// write runs a transaction in the group, or in a new one when there is none, and waits for its commit. The end of
// the context is not waited for then, as nobody could tell what became of the write. When the group was rolled back
// because of another, it runs once more, alone.
func (d *DB) write(ctx context.Context, g *group, alone bool, fn func(ctx context.Context) error) error {
	joined := g != nil
	if !joined {
		var err error
		if g, err = d.newGroup(ctx, alone); err != nil {
			d.writes.next()
			return err
		}
	}
	t := &transaction{store: d, ctx: ctx, pool: d.pool(ctx), turn: &turn{joined: joined, conn: g.conn}}
	over, err := d.step(ctx, g, t, fn)
	if over {
		return err
	}
	<-g.done
	switch {
	case errors.Is(g.err, errLost) && ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(g.err, errLost):
		return d.together(ctx, true, fn)
	case g.err != nil:
		return g.err
	case err != nil:
		return err
	}
	for _, f := range t.after {
		f()
	}
	return nil
}

func (d *DB) newGroup(ctx context.Context, alone bool) (*group, error) {
	held, err := d.requests.write.Connx(ctx)
	if err != nil {
		return nil, err
	}
	conn, err := writeConnOf(held.Conn)
	if err == nil {
		err = conn.run(d, "BEGIN IMMEDIATE")
	}
	if err != nil {
		_ = held.Close()
		return nil, err
	}
	g := &group{store: d, held: held, conn: conn, writers: 1, alone: alone, done: make(chan struct{})}
	g.requests = classOf(ctx) == requests
	return g, nil
}

// step runs one writer's turn in a group, and passes the group on whatever comes of it. It is over when there
// is no commit to wait for.
func (d *DB) step(ctx context.Context, g *group, t *transaction, fn func(ctx context.Context) error) (
	over bool, err error,
) {
	inside, end := txn.Begin(context.WithValue(ctx, txKey{}, t))
	started, good, lost := time.Now(), false, false
	defer func() { // a panic passes through here, too
		end()
		t.turn.ended.Store(true)
		if !t.turn.joined {
			lost = !good // nobody else has written yet
		} else if e := g.leave(good); e != nil {
			lost = true
			if err == nil {
				err = e
			}
		}
		over = lost || err != nil && ctx.Err() != nil
		if classOf(ctx) == background {
			g.background += time.Since(started)
		}
		g.rows += t.turn.rows
		if g.since.IsZero() {
			g.since = time.Now()
		}
		d.writes.pass(g, lost)
	}()
	if t.turn.joined {
		if err := g.run("SAVEPOINT one"); err != nil {
			return false, err
		}
	}
	if err := fn(inside); err != nil {
		return false, err
	}
	if err := t.turn.failed; err != nil { // though fn does not say so
		return false, err
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	good = true
	return false, nil
}

// leave ends the savepoint of one who joined. An error says that SQLite has rolled back the transaction.
func (g *group) leave(good bool) error {
	if !good {
		if err := g.run("ROLLBACK TO one"); err != nil {
			return err
		}
	}
	return g.run("RELEASE one")
}

func (g *group) run(query string) error { return g.conn.run(g.store, query) }

// end commits what the writers have written, or nothing of it.
func (g *group) end(lost bool) {
	commit := func() error { return g.run("COMMIT") }
	switch {
	case lost:
		g.err = errLost
	case g.store.commit != nil:
		g.err = g.store.commit(commit)
	default:
		g.err = commit()
	}
	if g.err != nil {
		_ = g.run("ROLLBACK") // fails when SQLite has done it
	}
	_ = g.held.Close()
	t := g.store.writes
	t.mu.Lock()
	t.written.Commits++
	t.mu.Unlock()
}

// pass lets another join the group, or ends it and lets another begin one.
func (t *writeQueue) pass(g *group, lost bool) {
	if !lost && t.room(g) {
		if t.join(g) {
			return
		}
		t.gather()
		if t.join(g) {
			return
		}
	}
	g.end(lost)
	t.next()
	close(g.done)
}

// gather lets those who are ready to run do so before the disk is waited for: a flush blocks the processor, and who
// was about to write would need another one. It takes no time when nobody is ready.
func (*writeQueue) gather() { runtime.Gosched() }

// room reports whether another writer may join the group.
func (t *writeQueue) room(g *group) bool {
	b := t.bounds
	return !g.alone && g.writers < b.writers && g.rows < b.rows && time.Since(g.since) < b.wait
}

// join lets whoever is next join the group, and reports whether anybody does.
func (t *writeQueue) join(g *group) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	joins := func(c class) bool { w := t.waiting[c].first(); return w != nil && !w.alone }
	c := requests
	if !g.requests && joins(background) && (g.background < t.bounds.share || t.waiting[requests].first() == nil) {
		c = background
	}
	if !joins(c) {
		return false
	}
	g.writers++
	g.requests = g.requests || c == requests
	t.grant(c, g)
	return true
}
