package db

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/clock"
)

func TestParseURL(t *testing.T) {
	for raw, want := range map[string]struct {
		engine Engine
		path   string
	}{
		"sqlite://data/alania.db":      {SQLite, "data/alania.db"},
		"sqlite:///var/lib/alania.db":  {SQLite, "/var/lib/alania.db"},
		"sqlite://alania.db":           {SQLite, "alania.db"},
		"sqlite:///a%20folder/x%3F.db": {SQLite, "/a%20folder/x%3F.db"},
	} {
		engine, write, read, err := ParseURL(raw)
		if err != nil || engine != want.engine {
			t.Errorf("%s: %s, %v", raw, engine, err)
			continue
		}
		for _, dsn := range []string{write, read} {
			if !strings.HasPrefix(dsn, "file:"+want.path+"?") || !strings.Contains(dsn, "foreign_keys(1)") ||
				!strings.Contains(dsn, "_time_format=sqlite") || !strings.Contains(dsn, "_timezone=UTC") {
				t.Errorf("%s opens %s", raw, dsn)
			}
		}
		if !strings.Contains(write, "_txlock=immediate") || strings.Contains(write, "query_only") ||
			!strings.Contains(read, "query_only(1)") || strings.Contains(read, "_txlock") {
			t.Errorf("%s: writes with %s, reads with %s", raw, write, read)
		}
	}
	for raw, want := range map[string]map[string]string{
		"postgres://u:p@db/alania": {
			"timezone": "UTC", "connect_timeout": "5", "application_name": "alania",
		},
		"postgresql://u:p@db/alania?sslmode=disable":    {"timezone": "UTC", "sslmode": "disable"},
		"postgres://u@/alania?host=/run/postgresql":     {"host": "/run/postgresql"},
		"postgres://u:p@db/alania?connect_timeout=30":   {"connect_timeout": "30"},
		"postgres://u:p@db/alania?application_name=two": {"application_name": "two"},
	} {
		engine, write, read, err := ParseURL(raw)
		if err != nil || engine != Postgres || write != read {
			t.Errorf("%s: %s, %v", raw, engine, err)
			continue
		}
		u, err := url.Parse(write)
		if err != nil || u.Scheme != "postgres" {
			t.Errorf("%s: %s, %v", raw, write, err)
			continue
		}
		for k, v := range want {
			if got := u.Query().Get(k); got != v {
				t.Errorf("%s: %s is %q", raw, k, got)
			}
		}
	}
	for _, raw := range []string{
		"", "alania.db", "mysql://hush@db/x", "sqlite://", "sqlite:///", "sqlite://:memory:", "sqlite://a.db?mode=ro",
		"sqlite://hush@a.db",
		"postgres:///alania", "postgres://", "postgres://user:hush@[::1/db", "\x7f://hush",
	} {
		if _, _, _, err := ParseURL(raw); err == nil {
			t.Errorf("%q is accepted", raw)
		} else if strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: the error shows the password: %v", raw, err)
		}
	}
}

func TestOpenMakesTheFileForItsOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "a folder", "ü?.db")
	d, err := Open(context.Background(), "sqlite://"+(&url.URL{Path: path}).EscapedPath(), clock.System)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if _, err := d.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	// Readers cannot write by mistake.
	if _, err := d.requests.read.Exec("DELETE FROM orgs"); err == nil {
		t.Error("the readers' connection writes")
	}
}

func TestOpenKeepsThePasswordToItself(t *testing.T) {
	for _, raw := range []string{
		"postgres://user:hush@127.0.0.1:1/db?sslmode=disable", "postgres://user:hush@127.0.0.1:1/db?sslmode=nonsense",
		"postgres://user:hush@nowhere.invalid/db",
	} {
		if d, err := Open(context.Background(), raw, clock.System); err == nil {
			_ = d.Close()
			t.Errorf("%s opens", raw)
		} else if strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", raw, err)
		}
	}
}
