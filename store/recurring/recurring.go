// Package recurring is the SQL of domain/recurring.
package recurring

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/recurring"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct{ *db.DB }

// New returns the area's part of a database.
func New(d *db.DB) *Store { return &Store{d} }

var _ recurring.Repository = (*Store)(nil)

// EndLeases ends the leases of processes that are gone. Its values are a time and their owners.
const EndLeases = "UPDATE recurring_work SET lease_until = ?, version = version + 1 WHERE owner IN (?)"

const workColumns = "name, version, due_at, owner, lease_until, started_at, succeeded_at, duration_us, failures, " +
	"failed, last_error"

type workRow struct {
	Name        string   `db:"name"`
	Version     int64    `db:"version"`
	DueAt       db.Time  `db:"due_at"`
	Owner       id.ID    `db:"owner"`
	LeaseUntil  *db.Time `db:"lease_until"`
	StartedAt   *db.Time `db:"started_at"`
	SucceededAt *db.Time `db:"succeeded_at"`
	Micros      int64    `db:"duration_us"`
	Failures    int      `db:"failures"`
	Failed      int64    `db:"failed"`
	LastError   db.Text  `db:"last_error"`
}

func (r workRow) work() recurring.Work {
	at := func(t *db.Time) time.Time {
		if t == nil {
			return time.Time{}
		}
		return t.Time
	}
	return recurring.Work{
		Name: r.Name, Version: r.Version, DueAt: r.DueAt.Time, Owner: r.Owner, LeaseUntil: at(r.LeaseUntil),
		StartedAt:   at(r.StartedAt),
		SucceededAt: at(r.SucceededAt), Duration: time.Duration(r.Micros) * time.Microsecond, Failures: r.Failures,
		Failed:    r.Failed,
		LastError: string(r.LastError),
	}
}

// Work implements recurring.Repository.
func (s *Store) Work(ctx context.Context, name string) (recurring.Work, error) {
	r, err := db.One[workRow](ctx, s.DB, "SELECT "+workColumns+" FROM recurring_work WHERE name = $1", name)
	if errors.Is(err, sql.ErrNoRows) {
		return recurring.Work{Name: name}, nil
	}
	return r.work(), err
}

// AllWork implements recurring.Repository.
func (s *Store) AllWork(ctx context.Context) ([]recurring.Work, error) {
	rows, err := db.All[workRow](ctx, s.DB, "SELECT "+workColumns+" FROM recurring_work ORDER BY name")
	return db.Convert(rows, workRow.work), err
}

// SaveWork implements recurring.Repository.
func (s *Store) SaveWork(ctx context.Context, w recurring.Work) (bool, error) {
	at := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	query := "UPDATE recurring_work SET version = version + 1, due_at = $3, owner = $4, lease_until = $5, started_at = " +
		"$6," +
		" succeeded_at = $7, duration_us = $8, failures = $9, failed = $10, last_error = $11 WHERE name = $1 AND version = $2"
	if w.Version == 0 {
		query = "INSERT INTO recurring_work (" + workColumns + ") VALUES ($1, $2 + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11)" +
			" ON CONFLICT (name) DO NOTHING"
	}
	n, err := s.Exec(ctx, query, w.Name, w.Version, w.DueAt, w.Owner, at(w.LeaseUntil), at(w.StartedAt), at(w.SucceededAt),
		w.Duration.Microseconds(), w.Failures, w.Failed, db.Text(w.LastError))
	return n == 1, err
}
