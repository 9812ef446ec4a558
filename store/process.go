package store

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/process"
)

var _ process.Repository = (*Store)(nil)

// Seen implements process.Repository.
func (s *Store) Seen(ctx context.Context, owners []id.ID, at time.Time) error {
	rows := make([][]any, len(owners))
	for i, o := range owners {
		rows[i] = []any{o, at}
	}
	values, args := s.values([]string{uuidType, timeType}, rows, nil)
	_, err := s.exec(ctx, "INSERT INTO processes (owner, seen_at) VALUES "+values+" ON CONFLICT (owner) DO UPDATE SET seen_at = excluded.seen_at", args...)
	return err
}

// Reap implements process.Repository. It looks before it writes: mostly there is nothing.
func (s *Store) Reap(ctx context.Context, before, now time.Time) (int, error) {
	dead, err := all[id.ID](ctx, s, "SELECT owner FROM processes WHERE seen_at < $1", before)
	if err != nil || len(dead) == 0 {
		return 0, err
	}
	return len(dead), s.Gone(ctx, dead, now)
}

// Gone implements process.Repository.
func (s *Store) Gone(ctx context.Context, owners []id.ID, now time.Time) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		for _, q := range []string{
			"UPDATE jobs SET lease_until = ? WHERE state = 'running' AND owner IN (?)",
			"UPDATE audit_sinks SET lease_until = ? WHERE owner IN (?)",
			"UPDATE recurring_work SET lease_until = ?, version = version + 1 WHERE owner IN (?)",
			"UPDATE webhook_deliveries SET due_at = ?, leased = false, owner = NULL, takeovers = takeovers + 1 WHERE owner IN (?)",
		} {
			if err := execIn(ctx, s, q, owners, now); err != nil {
				return err
			}
		}
		return execIn(ctx, s, "DELETE FROM processes WHERE owner IN (?)", owners)
	})
}
