package store

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
)

var _ apikey.Repository = (*Store)(nil)

type keyRow struct {
	ID          id.ID              `db:"id"`
	OrgID       id.ID              `db:"org_id"`
	Name        string             `db:"name"`
	Prefix      string             `db:"prefix"`
	Hash        []byte             `db:"hash"`
	Scopes      document[[]string] `db:"scopes"`
	Tier        plan.Tier          `db:"tier"`
	AllowedIPs  document[[]string] `db:"allowed_ips"`
	ExpiresAt   *instant           `db:"expires_at"`
	LastUsedAt  *instant           `db:"last_used_at"`
	RevokedAt   *instant           `db:"revoked_at"`
	CreatorKind identity.Kind      `db:"creator_kind"`
	CreatorID   id.ID              `db:"creator_id"`
	UserID      id.ID              `db:"user_id"`
	CreatedAt   instant            `db:"created_at"`
}

func (r keyRow) key() apikey.Key {
	return apikey.Key{
		ID: r.ID, OrgID: r.OrgID, Name: r.Name, Prefix: r.Prefix, Hash: r.Hash, Scopes: r.Scopes.V, Tier: r.Tier, AllowedIPs: r.AllowedIPs.V,
		ExpiresAt: r.ExpiresAt.pointer(), LastUsedAt: r.LastUsedAt.pointer(), RevokedAt: r.RevokedAt.pointer(),
		CreatorKind: r.CreatorKind, CreatorID: r.CreatorID, UserID: r.UserID, CreatedAt: r.CreatedAt.Time,
	}
}

type keyCredentialRow struct {
	keyRow
	OrgTier  plan.Tier `db:"org_tier"`
	MemberID id.ID     `db:"member_id"`
}

const (
	keyColumns = "k.id, k.org_id, k.name, k.prefix, k.hash, k.scopes, k.tier, k.allowed_ips, k.expires_at, k.last_used_at, k.revoked_at," +
		" k.creator_kind, k.creator_id, k.user_id, k.created_at"
	selectKey = "SELECT " + keyColumns + " FROM api_keys k"
)

// InsertKey implements apikey.Repository.
func (s *Store) InsertKey(ctx context.Context, k apikey.Key) error {
	allowed := k.AllowedIPs
	if allowed == nil {
		allowed = []string{}
	}
	_, err := s.exec(ctx, "INSERT INTO api_keys (id, org_id, name, prefix, hash, scopes, tier, allowed_ips, expires_at, creator_kind, creator_id, user_id, created_at)"+
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
		k.ID, k.OrgID, k.Name, k.Prefix, k.Hash, doc(k.Scopes), k.Tier, doc(allowed), k.ExpiresAt, k.CreatorKind, k.CreatorID, k.UserID, k.CreatedAt)
	return err
}

// Key implements apikey.Repository.
func (s *Store) Key(ctx context.Context, orgID, keyID id.ID) (apikey.Key, error) {
	r, err := one[keyRow](ctx, s, selectKey+" WHERE k.org_id = $1 AND k.id = $2", orgID, keyID)
	return r.key(), absent(err, fault.Missing("key"))
}

var keys = list[keyRow, apikey.Key]{
	query: selectKey, id: "k.id",
	sorts: map[string]column{"created_at": {"k.created_at", true}, "name": {"k.name", false}},
	filters: map[string]string{
		"tier":   "k.tier",
		"status": "CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked' WHEN k.expires_at <= $now THEN 'expired' ELSE 'active' END",
	},
	convert: keyRow.key,
	position: func(k apikey.Key, field string) page.Position {
		return position(k.ID, field, k.Name, k.CreatedAt)
	},
}

// ListKeys implements apikey.Repository.
func (s *Store) ListKeys(ctx context.Context, orgID id.ID, q page.Query) (page.Page[apikey.Key], error) {
	return keys.page(ctx, s, q, "k.org_id = $1", orgID)
}

// RevokeKey implements apikey.Repository.
func (s *Store) RevokeKey(ctx context.Context, keyID id.ID, at time.Time) (bool, error) {
	n, err := s.exec(ctx, "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", keyID, at)
	return n == 1, err
}

// CredentialByPrefix implements apikey.Repository.
func (s *Store) CredentialByPrefix(ctx context.Context, prefix string) (apikey.Credential, error) {
	r, err := one[keyCredentialRow](ctx, s, "SELECT "+keyColumns+", o.tier AS org_tier, m.id AS member_id FROM api_keys k"+
		" JOIN orgs o ON o.id = k.org_id LEFT JOIN members m ON m.org_id = k.org_id AND m.user_id = k.user_id WHERE k.prefix = $1", prefix)
	return apikey.Credential{Key: r.key(), OrgTier: r.OrgTier, MemberID: r.MemberID}, absent(err, fault.Missing("key"))
}
