// Package process is the SQL of domain/process.
package process

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/process"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct {
	*db.DB
	leases []string
}

// New returns the area's part of a database. The statements end the leases of processes that are
// gone in the tables of other areas: at a time, of a list of owners.
func New(d *db.DB, leases ...string) *Store { return &Store{d, leases} }

var _ process.Repository = (*Store)(nil)

// Seen implements process.Repository.
func (s *Store) Seen(ctx context.Context, owners []id.ID, at time.Time) error {
	rows := make([][]any, len(owners))
	for i, o := range owners {
		rows[i] = []any{o, at}
	}
	values, args := s.Values([]string{db.UUIDType, db.TimeType}, rows, nil)
	_, err := s.Exec(ctx,
		"INSERT INTO processes (owner, seen_at) VALUES "+values+
			" ON CONFLICT (owner) DO UPDATE SET seen_at = excluded.seen_at", args...)
	return err
}

// Reap implements process.Repository. It looks before it writes: mostly there is nothing.
func (s *Store) Reap(ctx context.Context, before, now time.Time) (int, error) {
	dead, err := db.All[id.ID](ctx, s.DB, "SELECT owner FROM processes WHERE seen_at < $1", before)
	if err != nil || len(dead) == 0 {
		return 0, err
	}
	return len(dead), s.Gone(ctx, dead, now)
}

// Gone implements process.Repository.
func (s *Store) Gone(ctx context.Context, owners []id.ID, now time.Time) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		for _, q := range s.leases {
			if err := db.ExecIn(ctx, s.DB, q, owners, now); err != nil {
				return err
			}
		}
		return db.ExecIn(ctx, s.DB, "DELETE FROM processes WHERE owner IN (?)", owners)
	})
}
