package postgrest_test

import (
	"database/sql"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/engine/rows/statement"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

const many = `BEGIN;
CREATE TABLE "maker" (
  "id" integer NOT NULL,
  "name" text NOT NULL,
  CONSTRAINT "maker_pkey" PRIMARY KEY (id)
);
CREATE TABLE "thing" (
  "id" integer NOT NULL,
  "name" text NOT NULL,
  "kind" integer NOT NULL,
  "price" double precision NOT NULL,
  "maker_id" integer NOT NULL,
  CONSTRAINT "thing_pkey" PRIMARY KEY (id)
);
ALTER TABLE "thing" ADD CONSTRAINT "made" FOREIGN KEY (maker_id) REFERENCES maker(id);
COMMIT;
`

var fill = []string{
	`INSERT INTO maker SELECT n, 'maker ' || n FROM series WHERE n <= 1000`,
	`INSERT INTO thing SELECT n, 'thing ' || n, n % 50, n * 0.5, n % 1000 + 1 FROM series`,
	`CREATE INDEX thing_kind ON thing (kind, id)`,
}

// A filtered page of 20 of 100,000 rows with one embedded resource, and the same rows by a statement in the source
// that is scanned by sqlx. Both make the JSON in the database.
func BenchmarkPage(b *testing.B) {
	f := parseFixture(many)
	b.Run("postgres", func(b *testing.B) {
		url := storetest.Empty(b, store.Postgres)
		db, err := sql.Open("postgres", url)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = db.Close() })
		load(b, db, many, `CREATE TEMP TABLE series AS SELECT n FROM generate_series(1, 100000) n`)
		x := &target{d: statement.Postgres, db: db, catalogue: rows.NewCatalogue("1", "public", f.tables)}
		compare(b, x, `SELECT coalesce(json_agg(r), '[]')::text FROM (SELECT t.id, t.name, t.price,
			(SELECT row_to_json(m) FROM (SELECT m.name FROM maker m WHERE m.id = t.maker_id) m) AS maker
			FROM thing t WHERE t.kind = $1 ORDER BY t.id LIMIT $2) r`)
	})
	b.Run("sqlite", func(b *testing.B) {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "b.db"))
		if err != nil {
			b.Fatal(err)
		}
		db.SetMaxOpenConns(1)
		b.Cleanup(func() { _ = db.Close() })
		ddl := ""
		for i := range f.tables {
			ddl += sqliteTable(&f.tables[i]) + ";"
		}
		load(b, db, ddl, `CREATE TEMP TABLE series AS WITH RECURSIVE s(n) AS
			(SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 100000) SELECT n FROM s`)
		db.SetMaxOpenConns(4)
		x := &target{d: statement.SQLite, db: db, catalogue: rows.NewCatalogue("1", "", f.tables)}
		compare(b, x, `SELECT json_group_array(json_object('id', r.id, 'name', r.name, 'price', r.price, 'maker',
			json(r.maker))) FROM (SELECT t.id, t.name, t.price,
			(SELECT json_object('name', m.name) FROM maker m WHERE m.id = t.maker_id) AS maker
			FROM thing t WHERE t.kind = $1 ORDER BY t.id LIMIT $2) r`)
	})
}

func load(b *testing.B, db *sql.DB, texts ...string) {
	b.Helper()
	conn, err := db.Conn(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for _, text := range append(append(texts, fill...), "ANALYZE") {
		if _, err := conn.ExecContext(b.Context(), text); err != nil {
			b.Fatalf("%s: %v", text, err)
		}
	}
}

func compare(b *testing.B, x *target, text string) {
	x.cache = statement.NewCache(x.db, 100)
	b.Cleanup(x.cache.Close)
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			r := httptest.NewRequest("GET", "/thing?select=id,name,price,maker(name)&kind=eq.7&order=id&limit=20", nil)
			if res := x.serve(r, nil, rows.Limits{Max: 1000}); res.Status != 200 {
				b.Fatalf("%d %s", res.Status, res.Body)
			}
		}
	})
	b.Run("bare", func(b *testing.B) {
		db := sqlx.NewDb(x.db, "any")
		stmt, err := db.Preparex(text)
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = stmt.Close() }()
		for b.Loop() {
			_ = httptest.NewRequest("GET", "/thing?select=id,name,price,maker(name)&kind=eq.7&order=id&limit=20", nil)
			var body []byte
			if err := stmt.GetContext(b.Context(), &body, "7", 20); err != nil {
				b.Fatal(err)
			}
		}
	})
}
