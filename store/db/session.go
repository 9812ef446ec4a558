package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lib/pq"

	"github.com/alania-go/alania/domain/task"
)

// A server that hangs, or a balancer that has forgotten a connection, answers nothing and
// ends nothing. lib/pq then waits for ever: what it does when a context ends is to ask the
// server, on another connection, to cancel. So that no dead connection is waited for, and
// none stays in the pool:
//
//   - every statement has a deadline on its socket, shortly after that of its context, and
//     a connection that met it is closed;
//   - a statement whose context has ended is ended by the server, when somebody looks next: its caller hung up,
//     or waits no longer;
//   - what has waited for some seconds is looked after: when a new connection works, and the
//     server there says that it runs no such statement, the old connection is closed, and so
//     are the idle ones that have been heard of no later. Reads are then run again.
const (
	// Grace is how long a statement may take after the end of its context: the server is asked to
	// cancel it, and answers that it did.
	Grace = time.Second

	silence  = time.Minute      // the most that a statement without a deadline may take
	patience = 3 * time.Second  // before somebody looks after a statement
	looks    = time.Second      // between two looks
	reach    = 3 * time.Second  // the most that a look may take
	measured = 5 * time.Second  // between two measurements of the clock
	unacked  = 15 * time.Second // the most that sent bytes may be without acknowledgement
)

type unboundedKey struct{}

// unbounded lets the statements of a migration take as long as they need.
func unbounded(ctx context.Context) context.Context {
	return context.WithValue(ctx, unboundedKey{}, true)
}

// sessions opens connections to PostgreSQL, and looks after them. It implements
// driver.Connector.
type sessions struct {
	base pq.Connector
	mu   sync.Mutex
	open map[*link]struct{}
	// abandoned are the server's processes whose connection was closed during a statement, since when.
	abandoned map[int64]int64
	cancel    context.CancelFunc
	running   sync.WaitGroup
}

func newSessions(dsn string) (*sessions, error) {
	base, err := pq.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return &sessions{base: *base, open: map[*link]struct{}{}, abandoned: map[int64]int64{}}, nil
}

// Driver implements driver.Connector.
func (s *sessions) Driver() driver.Driver { return s.base.Driver() }

// pqConn is what a connection of lib/pq implements.
type pqConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	driver.NamedValueChecker
}

// Connect implements driver.Connector.
func (s *sessions) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	c.link.abandon = func() { s.abandon(c.link.pid) }
	c.link.ended = func() {
		s.mu.Lock()
		delete(s.open, c.link)
		s.mu.Unlock()
	}
	s.mu.Lock()
	s.open[c.link] = struct{}{}
	s.mu.Unlock()
	return c, nil
}

func (s *sessions) connect(ctx context.Context) (*session, error) {
	base, d := s.base, &dialer{}
	base.Dialer(d)
	conn, err := base.Connect(ctx)
	if err != nil {
		return nil, err
	}
	c := &session{conn.(pqConn), d.connected()}
	pids, err := c.numbers(ctx, "SELECT pg_backend_pid()")
	if err == nil && len(pids) != 1 {
		err = errors.New("store: the server does not tell its process")
	}
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	c.link.pid = pids[0]
	return c, nil
}

// numbers reads one column of integers.
func (c *session) numbers(ctx context.Context, query string) ([]int64, error) {
	rows, err := c.QueryContext(ctx, query, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	found := []int64{}
	for v := make([]driver.Value, 1); ; {
		if err := rows.Next(v); err != nil {
			if errors.Is(err, io.EOF) {
				return found, nil
			}
			return nil, err
		}
		n, ok := v[0].(int64)
		if !ok {
			return nil, fmt.Errorf("store: %T is not a number", v[0])
		}
		found = append(found, n)
	}
}

// watch looks after statements until stop, and sets the clock.
func (s *sessions) watch(setClock func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	every := func(d time.Duration, do func(ctx context.Context)) {
		task.Keep(ctx, &s.running, "look after the database", func(ctx context.Context) {
			tick := time.NewTicker(d)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
					do(ctx)
				}
			}
		})
	}
	every(looks, s.look)
	every(measured, setClock)
}

func (s *sessions) stop() {
	if s.cancel != nil {
		s.cancel()
		s.running.Wait()
	}
}

// look ends the statements whose contexts have ended, and closes the connections on which somebody waits
// for a statement that the server does not run.
func (s *sessions) look(ctx context.Context) {
	waits, cancel := s.watched()
	if len(waits) == 0 && len(cancel) == 0 {
		return
	}
	ctx, stop := context.WithTimeout(ctx, reach)
	defer stop()
	c, err := s.connect(ctx)
	if err != nil { // the server is not to be reached: another connection would be no better
		return
	}
	defer func() { _ = c.Close() }()
	if len(cancel) > 0 {
		if err := c.cancel(ctx, cancel); err != nil {
			return
		}
		s.mu.Lock()
		for _, pid := range cancel {
			delete(s.abandoned, pid)
		}
		s.mu.Unlock()
	}
	if len(waits) == 0 {
		return
	}
	busy, err := c.busy(ctx, waits)
	if err != nil {
		return
	}
	time.Sleep(looks / 4) // for an answer that is on its way
	var lost int64
	for l, since := range waits {
		if !slices.Contains(busy, l.pid) && l.waiting.Load() == since {
			_ = l.Close()
			lost = max(lost, since)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for l := range s.open {
		if lost != 0 && l.waiting.Load() == 0 && l.heard.Load() < lost {
			l.doubtful.Store(true)
		}
	}
}

// watched returns the links on which a statement waits for longer than anybody has patience, with the time since
// when, and the server's processes whose statements nobody waits for any more.
func (s *sessions) watched() (waits map[*link]int64, cancel []int64) {
	waits = map[*link]int64{}
	s.mu.Lock()
	defer s.mu.Unlock()
	for pid, since := range s.abandoned {
		if now()-since > int64(silence) { // the number may be another's by now
			delete(s.abandoned, pid)
			continue
		}
		cancel = append(cancel, pid)
	}
	for l := range s.open {
		since := l.waiting.Load()
		if since == 0 {
			continue
		}
		if now()-since > int64(patience) {
			waits[l] = since
		}
		if u := l.statement.Load(); u != nil && u.Context.Err() != nil {
			// Whoever has the connection next would lose a statement if ours had ended meanwhile: there is no next.
			l.doubtful.Store(true)
			if l.waiting.Load() == since {
				cancel = append(cancel, l.pid)
			}
		}
	}
	return waits, cancel
}

// abandon notes that the server's process has a statement whose answer nobody reads.
func (s *sessions) abandon(pid int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.abandoned[pid] = now()
}

// cancel asks the server to end the statements of processes.
func (c *session) cancel(ctx context.Context, pids []int64) error {
	_, err := c.numbers(ctx, "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE pid IN ("+list(pids)+
		") AND usename = current_user AND query_start < clock_timestamp() - interval '0.2 seconds'")
	return err
}

// busy asks which of the server's processes have a statement.
func (c *session) busy(ctx context.Context, waits map[*link]int64) ([]int64, error) {
	pids := []int64{}
	for l := range waits {
		pids = append(pids, l.pid)
	}
	return c.numbers(ctx, "SELECT pid::bigint FROM pg_stat_activity WHERE pid IN ("+list(pids)+
		") AND state NOT IN ('idle', 'idle in transaction', 'idle in transaction (aborted)')")
}

func list(pids []int64) string {
	var b strings.Builder
	for i, pid := range pids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(pid, 10))
	}
	return b.String()
}

// session is a connection whose statements end with their contexts.
type session struct {
	pqConn
	link *link
}

func (c *session) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	c.link.bound(ctx)
	st, err := c.pqConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, c.link.judge(ctx, err)
	}
	return &sessionStmt{st.(pqStmt), c.link}, nil
}

func (c *session) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.link.bound(ctx)
	r, err := c.pqConn.ExecContext(ctx, query, args)
	return r, c.link.judge(ctx, err)
}

func (c *session) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.link.bound(ctx)
	r, err := c.pqConn.QueryContext(ctx, query, args)
	return r, c.link.judge(ctx, err)
}

func (c *session) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	c.link.bound(ctx)
	tx, err := c.pqConn.BeginTx(ctx, opts)
	if err != nil {
		return nil, c.link.judge(ctx, err)
	}
	return &sessionTx{tx, c.link, ctx}, nil
}

func (c *session) Ping(ctx context.Context) error {
	c.link.bound(ctx)
	return c.pqConn.Ping(ctx)
}

func (c *session) Close() error {
	c.link.bound(context.Background())
	return c.pqConn.Close()
}

// ResetSession implements driver.SessionResetter: it is asked before a connection is used again.
func (c *session) ResetSession(ctx context.Context) error {
	if c.link.doubtful.Load() {
		return driver.ErrBadConn
	}
	return c.pqConn.ResetSession(ctx)
}

// IsValid implements driver.Validator: it is asked before a connection goes back to the pool.
func (c *session) IsValid() bool { return !c.link.doubtful.Load() && c.pqConn.IsValid() }

// pqStmt is what a statement of lib/pq implements.
type pqStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

type sessionStmt struct {
	pqStmt
	link *link
}

func (st *sessionStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	st.link.bound(ctx)
	r, err := st.pqStmt.ExecContext(ctx, args)
	return r, st.link.judge(ctx, err)
}

func (st *sessionStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	st.link.bound(ctx)
	r, err := st.pqStmt.QueryContext(ctx, args)
	return r, st.link.judge(ctx, err)
}

// Close asks the server, too.
func (st *sessionStmt) Close() error {
	st.link.bound(context.Background())
	return st.pqStmt.Close()
}

type sessionTx struct {
	driver.Tx
	link *link
	ctx  context.Context // of BeginTx, for what has none of its own
}

func (t *sessionTx) Commit() error {
	t.link.bound(t.ctx)
	return t.link.judge(t.ctx, t.Tx.Commit())
}

func (t *sessionTx) Rollback() error {
	t.link.bound(t.ctx)
	return t.Tx.Rollback()
}

// link is the socket of a session.
type link struct {
	net.Conn
	pid      int64        // of the server's process
	waiting  atomic.Int64 // since when a read waits, 0 when none does
	heard    atomic.Int64 // when something was read
	doubtful atomic.Bool  // not to be used again
	// statement is the context of the statement that has the link, nil when another one watches it.
	statement atomic.Pointer[unwatched]
	once      sync.Once
	ended     func()
	abandon   func() // of a statement whose time is over
}

var began = time.Now()

// now is a clock that nobody sets.
func now() int64 { return int64(time.Since(began)) + 1 }

func (l *link) Read(p []byte) (int, error) {
	l.waiting.Store(now())
	n, err := l.Conn.Read(p)
	l.waiting.Store(0)
	l.heard.Store(now())
	if err != nil {
		l.doubtful.Store(true)
		if l.abandon != nil && errors.Is(err, os.ErrDeadlineExceeded) {
			l.abandon()
		}
	}
	return n, err
}

func (l *link) Write(p []byte) (int, error) {
	n, err := l.Conn.Write(p)
	if err != nil {
		l.doubtful.Store(true)
	}
	return n, err
}

// Close may be called by who waits for the link, and by who looks after it.
func (l *link) Close() error {
	l.doubtful.Store(true)
	l.once.Do(func() {
		if l.ended != nil {
			l.ended()
		}
	})
	return l.Conn.Close()
}

// bound lets what comes next wait until shortly after the end of the context.
func (l *link) bound(ctx context.Context) {
	u, _ := ctx.(*unwatched)
	l.statement.Store(u)
	end := time.Now().Add(silence)
	if d, ok := ctx.Deadline(); ok {
		if d = d.Add(Grace); d.Before(end) {
			end = d
		}
	} else if ctx.Value(unboundedKey{}) != nil {
		end = time.Time{}
	}
	_ = l.SetDeadline(end)
}

// judge has a connection closed whose server does not do what we need, so that the next
// one leads to who does, as after a failover.
func (l *link) judge(ctx context.Context, err error) error {
	var p *pq.Error
	if errors.As(err, &p) && (p.Code == "25006" || p.Code == "0A000" && kind(err) != outdated) {
		l.doubtful.Store(true)
	}
	if u, ok := ctx.(*unwatched); ok && err != nil {
		if end := u.Context.Err(); end != nil && !errors.Is(err, end) { // that is the reason
			return fmt.Errorf("%w: %w", end, err)
		}
	}
	return err
}

// dialer dials the socket of one session, and then those on which lib/pq asks the server to
// cancel a statement.
type dialer struct {
	mu   sync.Mutex
	link *link
	done bool
}

// connected returns the link of the session that was dialled last.
func (d *dialer) connected() *link {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.done = true
	return d.link
}

// DialContext implements pq.DialerContext.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	d.mu.Lock()
	cancels := d.done
	d.mu.Unlock()
	to := net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: unacked / 3, Interval: unacked / 3, Count: 2},
		Control:         giveUpUnacknowledged,
	}
	if cancels {
		ctx, stop := context.WithTimeout(ctx, Grace)
		defer stop()
		c, err := to.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &hurried{c, time.Now().Add(Grace)}, nil
	}
	c, err := to.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	l := &link{Conn: c}
	d.mu.Lock()
	d.link = l
	d.mu.Unlock()
	return l, nil
}

// Dial implements pq.Dialer.
func (d *dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialTimeout implements pq.Dialer.
func (d *dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// hurried is a connection on which nothing waits beyond its end: the driver keeps the caller
// of a statement waiting while it asks for the cancellation.
type hurried struct {
	net.Conn
	end time.Time
}

func (h *hurried) SetDeadline(t time.Time) error {
	if t.IsZero() || t.After(h.end) {
		t = h.end
	}
	return h.Conn.SetDeadline(t)
}

// refuseSharedSessions refuses a pooler that has many connections share a session of the
// server, as PgBouncer does in transaction mode: statements are prepared, and migrations
// locked, in a session. Of two connections that are open at once, the server's process is
// never the same, and the first one's does not change.
func refuseSharedSessions(ctx context.Context, db *sql.DB) error {
	process := func(q interface {
		QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	}) (pid int64, err error) {
		return pid, wrap(q.QueryRowContext(ctx, "SELECT pg_backend_pid()").Scan(&pid))
	}
	first, err := db.Conn(ctx)
	if err != nil {
		return wrap(err)
	}
	defer func() { _ = first.Close() }()
	own, err := process(first)
	if err != nil {
		return err
	}
	other, err := db.Conn(ctx)
	if err != nil {
		return wrap(err)
	}
	defer func() { _ = other.Close() }()
	tx, err := other.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // holds its session
	if err != nil {
		return wrap(err)
	}
	defer func() { _ = tx.Rollback() }()
	taken, err := process(tx)
	if err != nil {
		return err
	}
	shared := own == taken
	for n := 0; n < 8 && !shared; n++ {
		again, err := process(first)
		if err != nil {
			return err
		}
		shared = again != own
	}
	if shared {
		return errors.New("the database URL leads to a pooler, such as PgBouncer, that shares sessions between connections " +
			"(pool_mode = transaction)." +
			" Use pool_mode = session, or the server itself")
	}
	return nil
}
