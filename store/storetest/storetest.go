// Package storetest makes databases of either engine for tests, empty and migrated, and
// runs one suite on both. PostgreSQL is a throw-away cluster made with the machine's own
// server binaries, or the server that ALANIA_TEST_POSTGRES_URL names.
package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/store"
)

// Engines are what every store test runs on.
var Engines = []store.Engine{store.SQLite, store.Postgres}

// Each runs a test on every engine, in parallel.
func Each(t *testing.T, test func(t *testing.T, e store.Engine)) {
	for _, e := range Engines {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			test(t, e)
		})
	}
}

// Open returns an empty, migrated store that is closed with the test.
func Open(t testing.TB, e store.Engine) *Store {
	t.Helper()
	return OpenURL(t, URL(t, e))
}

// OpenURL opens the database of a URL, and migrates it. It is closed with the test.
func OpenURL(t testing.TB, url string) *Store {
	t.Helper()
	s, err := joined(context.Background(), url, clock.System)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, err := s.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

// URL returns the URL of a database of the test's own, migrated, removed with the test.
func URL(t testing.TB, e store.Engine) string {
	t.Helper()
	if e == store.SQLite {
		path := filepath.Join(t.TempDir(), "alania.db")
		if err := sqliteTemplate(path); err != nil {
			t.Fatal(err)
		}
		return "sqlite://" + path
	}
	c, err := cluster()
	if err != nil {
		t.Fatal(err)
	}
	name := "alania_" + strings.ReplaceAll(id.New().UUID(), "-", "")
	if err := c.exec("CREATE DATABASE " + name + " TEMPLATE " + c.template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)") })
	return c.url(name)
}

// Empty returns the URL of a database without a schema.
func Empty(t testing.TB, e store.Engine) string {
	t.Helper()
	if e == store.SQLite {
		return "sqlite://" + filepath.Join(t.TempDir(), "alania.db")
	}
	c, err := cluster()
	if err != nil {
		t.Fatal(err)
	}
	name := "alania_" + strings.ReplaceAll(id.New().UUID(), "-", "")
	if err := c.exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)") })
	return c.url(name)
}

// Main is the TestMain of a package that uses PostgreSQL: it removes the cluster.
func Main(m *testing.M) {
	code := m.Run()
	Stop()
	os.Exit(code)
}

// sqliteTemplate writes a migrated database to path; the migrations run once a process.
func sqliteTemplate(path string) error {
	b, err := migratedSQLite()
	if err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o600)
}

var migratedSQLite = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "alania-sqlite-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "alania.db")
	if err := migrate("sqlite://" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func migrate(rawURL string) error {
	s, err := joined(context.Background(), rawURL, clock.System)
	if err != nil {
		return err
	}
	_, err = s.Migrate(context.Background())
	return errors.Join(err, s.Close())
}

type server struct {
	admin    string        // URL of a database to make others from
	at       *installation // nil for a server that was given
	template string
	stop     func()
	mu       sync.Mutex // CREATE DATABASE from one template is not for two at once
}

var (
	startOnce sync.Once
	running   *server
	startErr  error
)

func cluster() (*server, error) {
	startOnce.Do(func() {
		running, startErr = start()
		if startErr != nil {
			return
		}
		running.template = "alania_template_" + strconv.Itoa(os.Getpid())
		if startErr = running.exec("CREATE DATABASE " + running.template); startErr == nil {
			startErr = migrate(running.url(running.template))
		}
	})
	return running, startErr
}

// Stop removes the cluster, for a TestMain that does more than Main.
func Stop() {
	if running == nil {
		return
	}
	if running.template != "" {
		_ = running.exec("DROP DATABASE IF EXISTS " + running.template + " WITH (FORCE)")
	}
	running.stop()
}

func (s *server) exec(query string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	db, err := sql.Open("postgres", s.admin)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	_, err = db.Exec(query)
	return err
}

func (s *server) url(database string) string {
	u, _ := url.Parse(s.admin)
	u.Path = "/" + database
	return u.String()
}

func start() (*server, error) {
	if given := os.Getenv("ALANIA_TEST_POSTGRES_URL"); given != "" {
		return &server{admin: given, stop: func() {}}, nil
	}
	i, err := initialize()
	if err != nil {
		return nil, err
	}
	s, err := i.serve()
	if err != nil {
		i.remove()
		return nil, err
	}
	stop := s.stop
	s.at, s.stop = i, func() {
		stop()
		i.remove()
	}
	return s, nil
}

// Standby returns the URL of a server that follows another, as after a failover: it has a
// migrated database, answers reads, and takes no writes.
func Standby(t testing.TB) string {
	t.Helper()
	i, err := initialize()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.remove)
	primary, err := i.serve()
	if err != nil {
		t.Fatal(err)
	}
	err = migrate(primary.admin)
	primary.stop()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(i.data, "standby.signal"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	standby, err := i.serve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(standby.stop)
	return standby.admin
}

// installation is a throw-away cluster on the disk.
type installation struct {
	bin, dir, data string
	as             syscall.SysProcAttr
}

func (i *installation) remove() { _ = os.RemoveAll(i.dir) }

func (i *installation) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(i.bin, name), args...)
	attr := i.as
	c.Dir, c.SysProcAttr = i.dir, &attr
	c.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
	return c
}

func initialize() (*installation, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "alania-pg-")
	if err != nil {
		return nil, err
	}
	i := &installation{bin: bin, dir: dir, data: filepath.Join(dir, "data")}
	if err := i.hand(dir); err != nil {
		return nil, err
	}
	// The data is thrown away: what only matters to data that is kept is off.
	if out, err := i.command("initdb", "-D", i.data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync",
		"--no-locale").CombinedOutput(); err != nil {
		i.remove()
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return i, nil
}

// hand makes a folder the property of the user that the server's programs run as: they refuse to be root.
func (i *installation) hand(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return err
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	i.as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(dir, uid, gid)
}

// begin starts a program of the cluster, and returns what stops it by a signal. Should this
// process be killed, the program goes with it: the signal is sent when the thread that
// started it ends, so that thread is kept.
func begin(cmd *exec.Cmd, end syscall.Signal) (stop func(), err error) {
	dieWithParent(cmd.SysProcAttr)
	started, done := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
		close(done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return func() {
		_ = cmd.Process.Signal(end)
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-done
		}
	}, nil
}

func (i *installation) serve() (*server, error) {
	log, err := os.Create(filepath.Join(i.dir, "log"))
	if err != nil {
		return nil, err
	}
	// On a socket only: no port to find, and nothing listens on the network.
	cmd := i.command("postgres", "-D", i.data, "-k", i.dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c",
		"full_page_writes=off",
		"-c", "synchronous_commit=off", "-c", "max_connections=300", "-c", "shared_buffers=64MB")
	cmd.Stdout, cmd.Stderr = log, log
	stop, err := begin(cmd, syscall.SIGINT) // a fast shutdown
	if err != nil {
		return nil, err
	}
	s := &server{admin: "postgres://postgres@/postgres?sslmode=disable&host=" + url.QueryEscape(i.dir)}
	s.stop = func() {
		stop()
		_ = log.Close()
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		err := s.exec("SELECT 1")
		if err == nil {
			return s, nil
		}
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(log.Name())
			s.stop()
			return nil, fmt.Errorf("the PostgreSQL cluster does not start: %w\n%s", err, text)
		}
	}
}

// NoServer returns why there is no server of an engine for tests, nil when there is one. Tests fail then; what only
// measures may leave the engine out.
func NoServer(e store.Engine) error {
	if e == store.SQLite || os.Getenv("ALANIA_TEST_POSTGRES_URL") != "" {
		return nil
	}
	_, err := binaries()
	return err
}

func binaries() (string, error) {
	if p, err := exec.LookPath("initdb"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil {
			return filepath.Dir(p), nil
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin/initdb", "/usr/pgsql-*/bin/initdb", "/opt/homebrew/opt/postgresql*/bin/initdb",
	} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			slices.Sort(found)
			return filepath.Dir(found[len(found)-1]), nil
		}
	}
	return "", errors.New("no PostgreSQL server binaries were found: install them (Debian: apt-get install postgresql), " +
		"or set ALANIA_TEST_POSTGRES_URL")
}
