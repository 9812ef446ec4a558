package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/recurring"
)

var _ recurring.Repository = (*Store)(nil)

const workColumns = "name, version, due_at, owner, lease_until, started_at, succeeded_at, duration_us, failures, failed, last_error"

type workRow struct {
	Name        string   `db:"name"`
	Version     int64    `db:"version"`
	DueAt       instant  `db:"due_at"`
	Owner       id.ID    `db:"owner"`
	LeaseUntil  *instant `db:"lease_until"`
	StartedAt   *instant `db:"started_at"`
	SucceededAt *instant `db:"succeeded_at"`
	Micros      int64    `db:"duration_us"`
	Failures    int      `db:"failures"`
	Failed      int64    `db:"failed"`
	LastError   text     `db:"last_error"`
}

func (r workRow) work() recurring.Work {
	at := func(t *instant) time.Time {
		if t == nil {
			return time.Time{}
		}
		return t.Time
	}
	return recurring.Work{
		Name: r.Name, Version: r.Version, DueAt: r.DueAt.Time, Owner: r.Owner, LeaseUntil: at(r.LeaseUntil), StartedAt: at(r.StartedAt),
		SucceededAt: at(r.SucceededAt), Duration: time.Duration(r.Micros) * time.Microsecond, Failures: r.Failures, Failed: r.Failed,
		LastError: string(r.LastError),
	}
}

// Work implements recurring.Repository.
func (s *Store) Work(ctx context.Context, name string) (recurring.Work, error) {
	r, err := one[workRow](ctx, s, "SELECT "+workColumns+" FROM recurring_work WHERE name = $1", name)
	if errors.Is(err, sql.ErrNoRows) {
		return recurring.Work{Name: name}, nil
	}
	return r.work(), err
}

// AllWork implements recurring.Repository.
func (s *Store) AllWork(ctx context.Context) ([]recurring.Work, error) {
	rows, err := all[workRow](ctx, s, "SELECT "+workColumns+" FROM recurring_work ORDER BY name")
	return each(rows, workRow.work), err
}

// SaveWork implements recurring.Repository.
func (s *Store) SaveWork(ctx context.Context, w recurring.Work) (bool, error) {
	at := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	query := "UPDATE recurring_work SET version = version + 1, due_at = $3, owner = $4, lease_until = $5, started_at = $6," +
		" succeeded_at = $7, duration_us = $8, failures = $9, failed = $10, last_error = $11 WHERE name = $1 AND version = $2"
	if w.Version == 0 {
		query = "INSERT INTO recurring_work (" + workColumns + ") VALUES ($1, $2 + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11)" +
			" ON CONFLICT (name) DO NOTHING"
	}
	n, err := s.exec(ctx, query, w.Name, w.Version, w.DueAt, w.Owner, at(w.LeaseUntil), at(w.StartedAt), at(w.SucceededAt),
		w.Duration.Microseconds(), w.Failures, w.Failed, text(w.LastError))
	return n == 1, err
}
