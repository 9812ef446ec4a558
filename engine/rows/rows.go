// Package rows opens the engine of the rows of workspaces: SQLite files in a folder, or a PostgreSQL database.
package rows

import (
	"context"
	"errors"
	"strings"

	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/engine/rows/postgres"
	"github.com/alania-go/alania/engine/rows/sqlite"
)

// Engine is an engine that can be closed, and asked whether it is there.
type Engine interface {
	rows.Engine
	Check(ctx context.Context) error
	Close() error
}

// Open opens the engine of a URL: sqlite://folder, or postgres://….
func Open(ctx context.Context, address string) (Engine, error) {
	if folder, ok := strings.CutPrefix(address, "sqlite://"); ok {
		return sqlite.Open(folder)
	}
	if strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://") {
		return postgres.Open(ctx, address)
	}
	return nil, errors.New("the URL must begin with sqlite:// or postgres://")
}

// Probe reports whether an engine is there.
func Probe(e Engine) health.Probe {
	return func(ctx context.Context) health.Check {
		if err := e.Check(ctx); err != nil {
			return health.Check{State: health.Down, Message: "the rows of workspaces cannot be reached", Cause: err}
		}
		return health.Check{State: health.Up}
	}
}
