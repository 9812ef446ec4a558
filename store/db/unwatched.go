package db

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// To watch a context costs two goroutines a statement, one of database/sql and one of the driver. A
// statement by key is done before anybody could stop it, so that nobody watches its context: it is looked
// at before the statement begins. Who waits for the turn to write, or for a connection, does stop waiting when the
// context ends. On PostgreSQL a statement that waits for a lock, or whose answer does not come, ends with its
// context too: sessions looks after it. What may read many rows asks to be watched: see Slow.

// unwatched is the context of a statement that nobody stops. It has a deadline, which the sockets of PostgreSQL keep.
type unwatched struct{ context.Context }

// Done implements context.Context.
func (*unwatched) Done() <-chan struct{} { return nil }

// Err implements context.Context.
func (*unwatched) Err() error { return nil }

type slowKey struct{}

// Slow returns a context in which statements are stopped as soon as the context ends: those that count,
// filter or search, and so may read many more rows than they show.
func Slow(ctx context.Context) context.Context {
	return context.WithValue(ctx, slowKey{}, true)
}

// unwatch returns the context for a statement that has its connection. It refuses one whose context has ended.
func unwatch(ctx context.Context) (context.Context, error) {
	if ctx.Value(slowKey{}) != nil || ctx.Value(unboundedKey{}) != nil {
		return ctx, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &unwatched{ctx}, nil
}

// seats are as many as a pool has connections. Who has one never waits for a connection.
type seats chan struct{}

// seat is one of them, or none where none is needed.
type seat struct{ of seats }

func (s seat) leave() {
	if s.of != nil {
		<-s.of
	}
}

// seat waits for a connection of db. A transaction has one, and so has who has the turn to write to SQLite.
func (d *DB) seat(ctx context.Context, db *sqlx.DB) (seat, error) {
	p := d.pool(ctx)
	if d.open(ctx) != nil || d.writes != nil && db == p.write {
		return seat{}, nil
	}
	select {
	case p.seats <- struct{}{}:
		return seat{p.seats}, nil
	default:
	}
	select {
	case p.seats <- struct{}{}:
		return seat{p.seats}, nil
	case <-ctx.Done():
		return seat{}, ctx.Err()
	}
}
