package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/store"
)

// warm has every connection of the pool open.
func warm(t testing.TB, s *Store) {
	t.Helper()
	var all sync.WaitGroup
	all.Add(poolSize)
	must(t, together(poolSize, func(int) error {
		return s.InTx(t.Context(), func(ctx context.Context) error {
			all.Done()
			all.Wait()
			_, err := s.CountOrgs(ctx)
			return err
		})
	})...)
}

// A balancer forgets the connections that are open, and new ones work: reads go on within
// seconds, and no request waits for longer than it may.
func TestForgottenConnections(t *testing.T) {
	t.Parallel()
	p := NewProxy(t, database(t, store.Postgres))
	s := connect(t, p.URL, clock.System)
	must(t, s.InsertOrg(t.Context(), anOrg()))
	warm(t, s)
	p.ForgetOld()
	begin := time.Now()
	errs := together(2*poolSize, func(i int) error {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		n, err := s.CountOrgs(ctx)
		if err == nil && n != 1 {
			err = fmt.Errorf("%d organizations", n)
		}
		return err
	})
	must(t, errs...)
	if d := time.Since(begin); d > 15*time.Second {
		t.Errorf("reads go on after %v", d)
	}
	must(t, s.InsertOrg(patience(t), anOrg()))
	if n := p.Born(); n > 5*poolSize {
		t.Errorf("%d connections were opened", n)
	}
}

// lockedOrg makes an org that a transaction holds locked, until it or the test ends.
func lockedOrg(t *testing.T, s *Store, db *sql.DB) (org.Org, *sql.Tx) {
	t.Helper()
	o := anOrg()
	must(t, s.InsertOrg(t.Context(), o))
	tx, err := db.Begin()
	must(t, err)
	t.Cleanup(func() { _ = tx.Rollback() })
	if _, err := tx.Exec("SELECT 1 FROM orgs WHERE id = $1 FOR UPDATE", o.ID); err != nil {
		t.Fatal(err)
	}
	return o, tx
}

// A statement that the server does run is waited for, however long it takes.
func TestSlowStatementIsWaitedFor(t *testing.T) {
	t.Parallel()
	url := database(t, store.Postgres)
	s, db := connect(t, url, clock.System), raw(t, url)
	o, tx := lockedOrg(t, s, db)
	done := make(chan error)
	go func() {
		done <- s.InTx(t.Context(), func(ctx context.Context) error { return s.LockOrg(ctx, o.ID) })
	}()
	time.Sleep(6 * time.Second) // longer than anybody has patience for
	must(t, tx.Rollback(), <-done)
}

// The server answers nothing: every statement ends with its context, and all is well when
// the server is.
func TestFrozenServer(t *testing.T) {
	t.Parallel()
	p := NewProxy(t, database(t, store.Postgres))
	s := connect(t, p.URL, clock.System)
	warm(t, s)
	p.Freeze()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	begin := time.Now()
	write := func(ctx context.Context) error { return s.InsertOrg(ctx, anOrg()) }
	for i, err := range together(3*poolSize, func(i int) error {
		switch i % 3 {
		case 0:
			_, err := s.CountOrgs(ctx)
			return err
		case 1:
			return write(ctx)
		}
		return s.InTx(ctx, write)
	}) {
		if f := fault.Wrap(err); err == nil || f.Code != fault.Unavailable && f.Code != fault.Timeout {
			t.Errorf("%d: %v", i, err)
		}
	}
	if d := time.Since(begin); d > 20*time.Second {
		t.Errorf("the statements ended after %v", d)
	}
	p.Thaw()
	for try := 1; ; try++ { // the first may meet a connection that does not know yet
		err := write(patience(t))
		if err == nil {
			break
		}
		if try == 5 {
			t.Fatal(err)
		}
	}
	if c := s.Probe(patience(t)); c.State != health.Up {
		t.Errorf("the probe says %+v", c)
	}
}

// A standby reads, takes no writes, and says so to who asks whether it is ready.
func TestStandby(t *testing.T) {
	t.Parallel()
	s := connect(t, Standby(t), clock.System)
	if n := orgsIn(t, s); n != 0 {
		t.Errorf("%d organizations", n)
	}
	wants(t, s.InsertOrg(t.Context(), anOrg()), fault.Unavailable)
	wants(t, s.InTx(t.Context(), func(ctx context.Context) error { return s.InsertOrg(ctx, anOrg()) }), fault.Unavailable)
	_, err := s.ClaimJobs(t.Context(), job.Class{}, nil, 1, id.New(), noon, noon)
	must(t, err)
	if c := s.Probe(t.Context()); c.State != health.Down || c.Message == "" {
		t.Errorf("the probe says %+v", c)
	}
}

// The role of a server changes while we are connected: reads go on, writes are refused,
// and are taken again when new connections lead to a server that writes.
func TestFailover(t *testing.T) {
	t.Parallel()
	url := URL(t, store.Postgres)
	s, db := connect(t, url, clock.System), raw(t, url)
	must(t, s.InsertOrg(t.Context(), anOrg()))
	name := read[string](t, db, "SELECT current_database()")
	fence := func(to string) {
		change(t, db, "ALTER DATABASE "+name+" SET default_transaction_read_only = "+to)
		change(t, db, "SET default_transaction_read_only = off")
		change(t, db,
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "+
				"pg_backend_pid()")
	}
	db.SetMaxOpenConns(1)
	fence("on")
	wants(t, s.InsertOrg(patience(t), anOrg()), fault.Unavailable)
	if c := s.Probe(t.Context()); c.State != health.Down {
		t.Errorf("the probe says %+v", c)
	}
	orgsIn(t, s)
	change(t, db, "SET default_transaction_read_only = off")
	change(t, db, "ALTER DATABASE "+name+" SET default_transaction_read_only = off")
	_ = s.InsertOrg(t.Context(), anOrg()) // on a connection of before, which is closed for it
	must(t, s.InsertOrg(t.Context(), anOrg()))
}

// The type of a column changes under statements that are prepared for it.
func TestSchemaChangesUnderStatements(t *testing.T) {
	t.Parallel()
	url := URL(t, store.Postgres)
	s, db := connect(t, url, clock.System), raw(t, url)
	o := anOrg()
	must(t, s.InsertOrg(t.Context(), o))
	use := func(ctx context.Context) error {
		if _, err := s.Org(ctx, o.ID); err != nil {
			return err
		}
		_, err := s.OrgBySlug(ctx, o.Slug)
		return err
	}
	inside := func(ctx context.Context) error { return s.InTx(ctx, use) }
	for i, f := range []func(ctx context.Context) error{use, inside, inside, use} {
		must(t, together(2*poolSize, func(int) error { return use(t.Context()) })...)
		must(t, inside(t.Context()))
		change(t, db,
			fmt.Sprintf("ALTER TABLE orgs ALTER COLUMN name TYPE varchar(%d), ALTER COLUMN slug TYPE varchar(%d)", 300+i, 300+i))
		for _, err := range together(2*poolSize, func(int) error { return f(t.Context()) }) {
			if err != nil {
				t.Fatalf("change %d: %v", i+1, err)
			}
		}
	}
}

// Session pooling works. Transaction pooling would have one connection's statements run in
// another's session, and is refused.
func TestPgBouncer(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		if program = "/usr/sbin/pgbouncer"; !executable(program) {
			t.Skip("needs pgbouncer (Debian: apt-get install pgbouncer)")
		}
	}
	for _, mode := range []string{"session", "transaction"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			s, err := joined(patience(t), pooled(t, program, mode), clock.System)
			if mode != "session" {
				if err == nil || !strings.Contains(err.Error(), "PgBouncer") {
					t.Fatalf("%v", err)
				}
				return
			}
			must(t, err)
			defer func() { _ = s.Close() }()
			must(t, together(20, func(int) error {
				return s.InTx(t.Context(), func(ctx context.Context) error { return s.InsertOrg(ctx, anOrg()) })
			})...)
			if n := orgsIn(t, s); n != 20 {
				t.Errorf("%d organizations", n)
			}
		})
	}
}

func executable(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode()&0o111 != 0
}

// pooled returns the URL of a database on a PgBouncer of the test's own.
func pooled(t *testing.T, program, mode string) string {
	t.Helper()
	target := database(t, store.Postgres)
	c, err := cluster()
	must(t, err)
	if c.at == nil {
		t.Skip("needs a PostgreSQL server of its own")
	}
	name := strings.TrimPrefix(strings.Split(target, "?")[0], "postgres://postgres@/")
	dir, err := os.MkdirTemp("", "alania-pgbouncer-")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	config := filepath.Join(dir, "ini")
	must(t, os.WriteFile(filepath.Join(dir, "users"), []byte(`"postgres" ""`+"\n"), 0o644), os.WriteFile(config,
		[]byte(fmt.Sprintf(
			"[databases]\n%s = host=%s port=5432 "+
				"user=postgres\n[pgbouncer]\nlisten_port=5432\nunix_socket_dir=%s\nauth_type=any\nauth_file=%s/users\n"+
				"pool_mode=%s\nmax_client_conn=100\ndefault_pool_size=20\nignore_startup_parameters=extra_float_digits\n", name,
			c.at.dir, dir, dir, mode)), 0o644))
	must(t, c.at.hand(dir))
	cmd := c.at.command(program, config)
	cmd.Path = program
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	stop, err := begin(cmd, syscall.SIGTERM)
	must(t, err)
	t.Cleanup(stop)
	url := fmt.Sprintf("postgres://postgres@/%s?sslmode=disable&host=%s", name, dir)
	db, err := sql.Open("postgres", url)
	must(t, err)
	defer func() { _ = db.Close() }()
	tasktest.Until(t, "pgbouncer answers", func() bool { err = db.PingContext(t.Context()); return err == nil },
		func() string { stop(); return fmt.Sprintf("%v\n%s", err, out.String()) })
	return url
}

// A statement that waits for a lock ends on the server, too, when its caller hangs up or waits no longer.
func TestStatementEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	url := database(t, store.Postgres)
	s, db := connect(t, url, clock.System), raw(t, url)
	o, tx := lockedOrg(t, s, db)
	waiting := func() int {
		return read[int](t, db,
			"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
	}
	until := func(n int) {
		t.Helper()
		for deadline := time.Now().Add(30 * time.Second); waiting() != n; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d statements wait, not %d", waiting(), n)
			}
		}
	}
	for name, ending := range map[string]func() (context.Context, context.CancelFunc){
		"hang up":  func() (context.Context, context.CancelFunc) { return context.WithCancel(t.Context()) },
		"time-out": func() (context.Context, context.CancelFunc) { return context.WithTimeout(t.Context(), 3*time.Second) },
	} {
		ctx, cancel := ending()
		done := make(chan error, 1)
		go func() {
			done <- s.InTx(ctx, func(ctx context.Context) error { return s.LockOrg(ctx, o.ID) })
		}()
		until(1)
		if name == "hang up" {
			cancel()
		}
		if f := fault.Wrap(<-done); f.Code != fault.Timeout {
			t.Errorf("%s: %v", name, f)
		}
		cancel()
		until(0)
	}
	must(t, tx.Rollback(), s.InTx(t.Context(), func(ctx context.Context) error { return s.LockOrg(ctx, o.ID) }))
}
