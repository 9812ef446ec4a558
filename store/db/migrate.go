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

func (d *DB) provider() (*goose.Provider, error) {
	if d.Engine == Postgres {
		// Replicas that start at once migrate one after the other.
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		pool := d.requests.write.DB
		return goose.NewProvider(goose.DialectPostgres, pool, migrations.Files, goose.WithSessionLocker(locker))
	}
	files := fstest.MapFS{}
	names, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		b, err := migrations.Files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files[name] = &fstest.MapFile{Data: []byte(inSQLite.Replace(string(b)))}
	}
	return goose.NewProvider(goose.DialectSQLite3, d.requests.write.DB, files)
}

// Migrate brings the schema up to date and returns the version it has then.
func (d *DB) Migrate(ctx context.Context) (int64, error) {
	p, err := d.provider()
	if err != nil {
		return 0, err
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
