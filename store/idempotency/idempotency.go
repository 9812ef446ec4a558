// Package idempotency is the SQL of domain/idempotency.
package idempotency

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/idempotency"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct{ *db.DB }

// New returns the area's part of a database.
func New(d *db.DB) *Store { return &Store{d} }

var _ idempotency.Repository = (*Store)(nil)

// SealedColumns are the area's columns with sealed values.
var SealedColumns = []db.SealedColumn{
	{Table: "idempotency_keys", Row: "scope", Column: "answer", Use: "idempotent answer", Bytes: true},
}

// OrgTables are deleted with an org.
var OrgTables = []db.OrgTable{{Name: "idempotency_keys", Key: "scope"}}

type claimRow struct {
	Scope       []byte  `db:"scope"`
	Request     []byte  `db:"request"`
	Owner       id.ID   `db:"owner"`
	LockedUntil db.Time `db:"locked_until"`
	Done        bool    `db:"done"`
	Answer      []byte  `db:"answer"`
	CreatedAt   db.Time `db:"created_at"`
	ExpiresAt   db.Time `db:"expires_at"`
}

// InsertClaim implements idempotency.Repository.
func (s *Store) InsertClaim(ctx context.Context, r idempotency.Record) (bool, error) {
	n, err := s.Exec(ctx,
		"INSERT INTO idempotency_keys (scope, request, org_id, owner, locked_until, done, created_at, expires_at)"+
			" VALUES ($1, $2, $3, $4, $5, false, $6, $7)"+
			" ON CONFLICT (scope) DO UPDATE SET request = excluded.request, org_id = excluded.org_id, owner = excluded.owner,"+
			" locked_until = excluded.locked_until, done = false, answer = NULL, created_at = excluded.created_at,"+
			" expires_at = excluded.expires_at WHERE idempotency_keys.expires_at <= excluded.created_at",
		r.Scope, r.Request, r.OrgID, r.Owner, r.LockedUntil, r.CreatedAt, r.ExpiresAt)
	return n == 1, err
}

// Claim implements idempotency.Repository.
func (s *Store) Claim(ctx context.Context, scope []byte) (idempotency.Record, error) {
	r, err := db.One[claimRow](ctx, s.DB,
		"SELECT scope, request, owner, locked_until, done, answer, created_at, expires_at FROM idempotency_keys WHERE "+
			"scope = $1", scope)
	return idempotency.Record{
		Scope: r.Scope, Request: r.Request, Owner: r.Owner, LockedUntil: r.LockedUntil.Time, Done: r.Done, Answer: r.Answer,
		CreatedAt: r.CreatedAt.Time, ExpiresAt: r.ExpiresAt.Time,
	}, db.NoRow(err, fault.NewNotFound("claim"))
}

// TakeOverClaim implements idempotency.Repository.
func (s *Store) TakeOverClaim(ctx context.Context, scope []byte, was, owner id.ID, until time.Time) (bool, error) {
	n, err := s.Exec(ctx,
		"UPDATE idempotency_keys SET owner = $3, locked_until = $4 WHERE scope = $1 AND owner = $2 AND NOT done", scope, was,
		owner, until)
	return n == 1, err
}

// CompleteClaim implements idempotency.Repository.
func (s *Store) CompleteClaim(ctx context.Context, scope []byte, owner id.ID, answer []byte) (bool, error) {
	n, err := s.Exec(ctx,
		"UPDATE idempotency_keys SET done = true, answer = $3 WHERE scope = $1 AND owner = $2 AND NOT done", scope, owner,
		answer)
	return n == 1, err
}

// ReleaseClaim implements idempotency.Repository.
func (s *Store) ReleaseClaim(ctx context.Context, scope []byte, owner id.ID) error {
	_, err := s.Exec(ctx, "DELETE FROM idempotency_keys WHERE scope = $1 AND owner = $2 AND NOT done", scope, owner)
	return err
}

// DeleteExpiredClaims implements idempotency.Repository.
func (s *Store) DeleteExpiredClaims(ctx context.Context, now time.Time) error {
	return s.ExecSlices(ctx,
		"DELETE FROM idempotency_keys WHERE scope IN (SELECT scope FROM idempotency_keys WHERE expires_at < $1 LIMIT $2)",
		now)
}

// DeleteOldestAnswers implements idempotency.Repository.
func (s *Store) DeleteOldestAnswers(ctx context.Context, tier plan.Tier, keep int) (map[id.ID]int, error) {
	over, err := db.All[struct {
		OrgID id.ID `db:"org_id"`
		More  int   `db:"more"`
	}](ctx, s.DB, "SELECT k.org_id, count(*) - $2 AS more FROM orgs o JOIN idempotency_keys k ON k.org_id = o.id"+
		" WHERE o.tier = $1 GROUP BY k.org_id HAVING count(*) > $2", tier, keep)
	if err != nil {
		return nil, err
	}
	deleted := make(map[id.ID]int, len(over))
	const slice = 1000 // others write between two
	for _, o := range over {
		for left := o.More; left > 0; {
			n, err := s.Exec(ctx, "DELETE FROM idempotency_keys WHERE scope IN (SELECT scope FROM idempotency_keys"+
				" WHERE org_id = $1 AND done ORDER BY created_at LIMIT $2)", o.OrgID, min(left, slice))
			if err != nil {
				return deleted, err
			}
			if n == 0 {
				break // the rest is still running
			}
			left -= n
			deleted[o.OrgID] += n
		}
	}
	return deleted, nil
}
