package db

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing/fstest"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/alania-go/alania/store/migrations"
)

// inSQLite says in SQLite's words what the migrations say in PostgreSQL's. SQLite has
// no such types, but its driver goes by the declared name: TIMESTAMP and BOOLEAN are
// the ones it reads as times and booleans.
var inSQLite = strings.NewReplacer(
	"BIGSERIAL PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT",
	" UUID", " TEXT", " TIMESTAMPTZ", " TIMESTAMP", " JSONB", " TEXT", " BYTEA", " BLOB", ` COLLATE "C"`, "",
)

// provider reads the migrations. One whose name ends in .postgres.sql or .sqlite.sql is for that database alone:
// triggers have no words in common.
func (d *DB) provider() (*goose.Provider, error) {
	files := fstest.MapFS{}
	names, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil {
		return nil, err
	}
	other := map[Engine]string{SQLite: ".postgres.sql", Postgres: ".sqlite.sql"}[d.Engine]
	for _, name := range names {
		if strings.HasSuffix(name, other) {
			continue
		}
		b, err := migrations.Files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if d.Engine == SQLite {
			b = []byte(inSQLite.Replace(string(b)))
		}
		files[name] = &fstest.MapFile{Data: b}
	}
	if d.Engine == SQLite {
		return goose.NewProvider(goose.DialectSQLite3, d.requests.write.DB, files)
	}
	// Replicas that start at once migrate one after the other.
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, d.requests.write.DB, files, goose.WithSessionLocker(locker))
}

// Migrate brings the schema up to date and returns the version it has then.
func (d *DB) Migrate(ctx context.Context) (int64, error) {
	p, err := d.provider()
	if err != nil {
		return 0, err
	}
	if d.Engine == SQLite { // an index of a large table is sorted in files, unlike savepoints
		if _, err := d.requests.write.ExecContext(ctx, "PRAGMA temp_store = 0"); err != nil {
			return 0, err
		}
		defer func() { _, _ = d.requests.write.ExecContext(context.WithoutCancel(ctx), "PRAGMA temp_store = 2") }()
	}
	if _, err := p.Up(unbounded(ctx)); err != nil {
		return 0, fmt.Errorf("migrate the database: %w", err)
	}
	return p.GetDBVersion(ctx)
}

// Pending reports whether the schema is older than this program.
func (d *DB) Pending(ctx context.Context) (bool, error) {
	p, err := d.provider()
	if err != nil {
		return false, err
	}
	return p.HasPending(ctx)
}

// Down takes the newest migration back, for tests and for a downgrade by hand.
func (d *DB) Down(ctx context.Context) error {
	p, err := d.provider()
	if err != nil {
		return err
	}
	_, err = p.Down(unbounded(ctx))
	return err
}
