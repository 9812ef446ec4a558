package postgres

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// What the role of a workspace may not do: even a statement that is not ours stays in the workspace. The statements
// here are what no caller can send: every statement of the engine is its own, and every value is bound. That matters
// for RESET ROLE, which ends the role as the login's own SET ROLE would, so that it is not among them: the role keeps
// mistakes in, not somebody who writes statements. None of these do it in one statement, which is all that a prepared
// statement can be.
func TestRoleStaysInItsWorkspace(t *testing.T) {
	e, err := Open(t.Context(), storetest.Empty(t, store.Postgres))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	mine, other := data.Space{WorkspaceID: id.New()}, data.Space{WorkspaceID: id.New()}
	for _, s := range []data.Space{mine, other} {
		if err := e.Provision(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if err := inRole(t, e, s, "CREATE TABLE goods (id int)", true); err != nil {
			t.Fatal(err)
		}
		if err := inRole(t, e, s, "INSERT INTO goods VALUES (1)", true); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []string{
		"CREATE SCHEMA platform", "CREATE TABLE platform.orgs (id int)", "CREATE TABLE public.keys (id int)",
	} {
		if _, err := e.db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if err := inRole(t, e, mine, "SELECT id FROM goods", false); err != nil {
		t.Errorf("its own table: %v", err)
	}
	theirs := place(other)
	for _, s := range []string{
		"SELECT * FROM " + theirs + ".goods", "INSERT INTO " + theirs + ".goods VALUES (2)",
		"UPDATE " + theirs + ".goods SET id = 2", "DELETE FROM " + theirs + ".goods", "TRUNCATE " + theirs + ".goods",
		"DROP TABLE " + theirs + ".goods", "ALTER TABLE " + theirs + ".goods ADD COLUMN a int",
		"CREATE TABLE " + theirs + ".more (id int)", "DROP SCHEMA " + theirs + " CASCADE", "LOCK TABLE " + theirs + ".goods",
		"CREATE TABLE x (a int REFERENCES " + theirs + ".goods (id))", "CREATE VIEW v AS TABLE " + theirs + ".goods;" +
			" SELECT * FROM v", "SELECT query_to_xml('SELECT * FROM " + theirs + ".goods', true, true, '')",
		"SELECT nextval('" + theirs + ".goods_id_seq')", "GRANT ALL ON SCHEMA " + theirs + " TO PUBLIC",
		"GRANT " + theirs + " TO " + place(mine), "CREATE TABLE t2 (LIKE " + theirs + ".goods)",
		"SELECT * FROM platform.orgs", "CREATE TABLE platform.x (id int)", "SELECT * FROM public.keys",
		"INSERT INTO public.keys VALUES (1)", "SELECT * FROM " + own + ".spaces",
		"UPDATE " + own + ".spaces SET rows = 0", "DELETE FROM " + own + ".spaces",
		"DROP FUNCTION " + own + ".inserted()", "CREATE OR REPLACE FUNCTION " + own + ".inserted() RETURNS trigger" +
			" LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$",
		"CREATE FUNCTION " + own + ".f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
		"SELECT pg_read_file('/etc/passwd')", "SELECT pg_read_binary_file('/etc/passwd')", "SELECT pg_ls_dir('/')",
		"SELECT pg_stat_file('/etc/passwd')", "SELECT lo_import('/etc/passwd')", "COPY goods TO '/tmp/goods'",
		"COPY goods FROM '/etc/passwd'", "COPY goods FROM PROGRAM 'id'", "COPY goods TO PROGRAM 'cat'",
		"SELECT * FROM pg_authid", "SELECT * FROM pg_shadow", "SELECT pg_reload_conf()", "SELECT pg_rotate_logfile()",
		"CREATE ROLE r SUPERUSER", "ALTER ROLE " + place(mine) + " LOGIN", "ALTER ROLE " + place(mine) + " SUPERUSER",
		"CREATE SCHEMA s", "CREATE EXTENSION dblink", "CREATE EXTENSION file_fdw",
		"CREATE FUNCTION c() RETURNS int LANGUAGE c AS 'libc', 'system'",
		"CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()", "CREATE PUBLICATION p FOR ALL TABLES",
		"SET session_replication_role = 'replica'",
	} {
		err := inRole(t, e, mine, s, false)
		if known := (*pq.Error)(nil); !errors.As(err, &known) || known.Code != "42501" {
			t.Errorf("the role may do this: %s: %v", s, err)
		}
	}
	if err := inRole(t, e, other, "SELECT 1 / count(*) FROM goods", false); err != nil {
		t.Errorf("the other's row: %v", err)
	}
}

// A statement of a workspace takes no longer than it may, and leaves its connection as it was.
func TestRoleHasATimeout(t *testing.T) {
	e, err := Open(t.Context(), storetest.Empty(t, store.Postgres))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	e.timeout = 200 * time.Millisecond
	e.db.SetMaxOpenConns(1)
	at := data.Space{WorkspaceID: id.New()}
	if err := e.Provision(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	err = inRole(t, e, at, "SELECT pg_sleep(30)", false)
	if known := (*pq.Error)(nil); !errors.As(err, &known) || known.Code != "57014" {
		t.Errorf("%v", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	var role, limit, path string
	err = e.db.QueryRowContext(t.Context(), "SELECT current_setting('role'), current_setting('statement_timeout'),"+
		" current_setting('search_path')").Scan(&role, &limit, &path)
	if err != nil || role != "none" || limit != "0" || strings.Contains(path, "ws_") {
		t.Errorf("the connection keeps %q %q %q: %v", role, limit, path, err)
	}
}

// inRole runs a statement as the engine does: in a transaction that has taken the role of a workspace.
func inRole(t *testing.T, e *Engine, s data.Space, statement string, commit bool) (err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tx, err := e.begin(ctx, s, false)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.end(&err)
	if _, err = tx.ExecContext(ctx, statement); err == nil && commit {
		return tx.Commit()
	}
	return err
}
