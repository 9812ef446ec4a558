package storetest

import (
	"database/sql"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/db"
)

// Row is what Fill writes into the columns of row i: SQL with i in it, in which {id X} is the id of the
// number X and {at X} the time X seconds after a fixed one. Other columns get what their type needs.
type Row map[string]string

// Filled is when the rows of Fill begin, as {at 0} does.
const Filled = 1_700_000_000

// Fill inserts the rows from to below to of a table, faster than its repository would, and whether or not there
// are rows that they refer to. It is for plans and for what has to be fast however many rows there are.
func Fill(t testing.TB, url, table string, from, to int, row Row) {
	t.Helper()
	engine, dsn, _, err := db.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	if engine == store.SQLite { // what may be lost in a crash needs no disk
		dsn = strings.Replace(dsn, "foreign_keys(1)", "foreign_keys(0)", 1) + "&_pragma=synchronous(0)"
	}
	d, err := sql.Open(string(engine), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	d.SetMaxOpenConns(1)
	if engine == store.Postgres {
		if _, err := d.Exec("SET session_replication_role = replica"); err != nil { // no checks of references
			t.Fatal(err)
		}
	}
	series := fmt.Sprintf("generate_series(%d, %d) AS s(i)", from, to-1)
	if engine == store.SQLite {
		series = fmt.Sprintf("(WITH RECURSIVE s(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM s WHERE i < %d)"+
			" SELECT i FROM s)", from, to-1)
	}
	if from < to {
		query := filling(t, d, engine, table, row) + series
		if _, err := d.Exec(query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	if engine == store.Postgres { // on SQLite the server keeps no statistics
		if _, err := d.Exec("ANALYZE " + table); err != nil {
			t.Fatal(err)
		}
	}
}

// filling is a statement that inserts a row for each i of what is written after it.
func filling(t testing.TB, d *sql.DB, engine store.Engine, table string, row Row) string {
	t.Helper()
	columns := columnsOf(t, d, engine, table)
	for name := range row {
		if _, ok := columns[name]; !ok {
			t.Fatalf("%s has no column %s", table, name)
		}
	}
	var names, values []string
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		v := row[name]
		if v == "" {
			v = columns[name]
		}
		if v != "" {
			names, values = append(names, name), append(values, written(engine, v))
		}
	}
	return "INSERT INTO " + table + " (" + strings.Join(names, ", ") + ") SELECT " + strings.Join(values, ", ") + " FROM "
}

// columnsOf returns the columns of a table with what Fill writes into them: nothing where it may be left out.
func columnsOf(t testing.TB, d *sql.DB, e store.Engine, table string) map[string]string {
	t.Helper()
	query := "SELECT column_name, data_type, is_nullable = 'YES' OR column_default IS NOT NULL" +
		" FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1"
	if e == store.SQLite {
		query = "SELECT name, lower(type), \"notnull\" = 0 OR dflt_value IS NOT NULL OR pk > 0 FROM pragma_table_info($1)"
	}
	rows, err := d.Query(query, table)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns := map[string]string{}
	for rows.Next() {
		var name, kind string
		var optional bool
		if err := rows.Scan(&name, &kind, &optional); err != nil {
			t.Fatal(err)
		}
		columns[name] = ""
		if !optional || name == "id" {
			columns[name] = value(e, name, kind)
		}
	}
	if err := rows.Err(); err != nil || len(columns) == 0 {
		t.Fatalf("no table %s: %v", table, err)
	}
	return columns
}

// value is what Fill writes into a column of a type. SQLite has TEXT for ids and documents too.
func value(e store.Engine, name, kind string) string {
	switch {
	case name == "id" || kind == "uuid" || e == store.SQLite && strings.HasSuffix(name, "_id") &&
		name != "connector_id" && name != "external_id" && name != "server_id":
		return "{id i}"
	case strings.HasPrefix(kind, "timestamp"):
		return "{at i}"
	case kind == "bytea" || kind == "blob":
		return map[store.Engine]string{store.SQLite: "x'00'", store.Postgres: "'\\x00'::bytea"}[e]
	case kind == "jsonb":
		return "'{}'"
	case kind == "boolean":
		return "false"
	case kind == "text":
		return "'x' || i"
	}
	return "i"
}

var marked = regexp.MustCompile(`\{(id|at) ([^}]*)\}`)

func written(e store.Engine, expr string) string {
	return marked.ReplaceAllStringFunc(expr, func(m string) string {
		part := marked.FindStringSubmatch(m)
		what, number := part[1], "("+part[2]+")"
		switch {
		case what == "id" && e == store.SQLite:
			return "printf('00000000-0000-7000-8000-%012x', " + number + ")"
		case what == "id":
			return "('00000000-0000-7000-8000-' || lpad(to_hex" + number + ", 12, '0'))::uuid"
		case e == store.SQLite:
			return fmt.Sprintf("strftime('%%Y-%%m-%%d %%H:%%M:%%S+00:00', %d + %s, 'unixepoch')", Filled, number)
		}
		return fmt.Sprintf("to_timestamp(%d + %s)", Filled, number)
	})
}
