// Package apikey is the SQL of domain/apikey.
package apikey

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct{ *db.DB }

// New returns the area's part of a database.
func New(d *db.DB) *Store { return &Store{d} }

var _ apikey.Repository = (*Store)(nil)

// Lists are the area's lists, by name.
var Lists = map[string]db.Listing{"keys": keys}

// WorkspaceTables are deleted with a workspace, in this order.
var WorkspaceTables = []db.WorkspaceTable{
	{Name: "api_keys", Key: "seq"},
}

// OrgTables are deleted with an org.
var OrgTables = []db.OrgTable{{Name: "api_keys", Key: "seq"}}

type keyRow struct {
	Seq         int64             `db:"seq"`
	ID          id.ID             `db:"id"`
	OrgID       id.ID             `db:"org_id"`
	Name        string            `db:"name"`
	Prefix      string            `db:"prefix"`
	Hash        []byte            `db:"hash"`
	Scopes      db.JSON[[]string] `db:"scopes"`
	Tier        plan.Tier         `db:"tier"`
	AllowedIPs  db.JSON[[]string] `db:"allowed_ips"`
	ExpiresAt   *db.Time          `db:"expires_at"`
	LastUsedAt  *db.Time          `db:"last_used_at"`
	RevokedAt   *db.Time          `db:"revoked_at"`
	CreatorKind identity.Kind     `db:"creator_kind"`
	CreatorID   id.ID             `db:"creator_id"`
	UserID      id.ID             `db:"user_id"`
	WorkspaceID id.ID             `db:"workspace_id"`
	ProjectID   id.ID             `db:"project_id"`
	CreatedAt   db.Time           `db:"created_at"`
}

func (r keyRow) key() apikey.Key {
	return apikey.Key{
		Seq: r.Seq, ID: r.ID, OrgID: r.OrgID, Name: r.Name, Prefix: r.Prefix, Hash: r.Hash, Scopes: r.Scopes.V, Tier: r.Tier,
		AllowedIPs: r.AllowedIPs.V,
		ExpiresAt:  r.ExpiresAt.Pointer(), LastUsedAt: r.LastUsedAt.Pointer(), RevokedAt: r.RevokedAt.Pointer(),
		CreatorKind: r.CreatorKind, CreatorID: r.CreatorID, UserID: r.UserID, CreatedAt: r.CreatedAt.Time,
		WorkspaceID: r.WorkspaceID, ProjectID: r.ProjectID,
	}
}

type keyCredentialRow struct {
	keyRow
	OrgTier    plan.Tier          `db:"org_tier"`
	OrgStatus  identity.OrgStatus `db:"org_status"`
	MemberID   id.ID              `db:"member_id"`
	SuperAdmin bool               `db:"super_admin"`
}

const (
	keyColumns = "k.seq, k.id, k.org_id, k.name, k.prefix, k.hash, k.scopes, k.tier, k.allowed_ips, k.expires_at, " +
		"k.last_used_at, k.revoked_at," +
		" k.creator_kind, k.creator_id, k.user_id, k.workspace_id, k.project_id, k.created_at"
	selectKey = "SELECT " + keyColumns + " FROM api_keys k"
)

// bareKey are the columns for RETURNING, which on SQLite knows no alias.
var bareKey = strings.ReplaceAll(keyColumns, "k.", "")

// InsertKey implements apikey.Repository.
func (s *Store) InsertKey(ctx context.Context, k apikey.Key) (int64, error) {
	if err := s.HoldWorkspace(ctx, k.WorkspaceID); err != nil {
		return 0, err
	}
	allowed := k.AllowedIPs
	if allowed == nil {
		allowed = []string{}
	}
	seq, err := db.Returning[int64](ctx, s.DB,
		"INSERT INTO api_keys (id, org_id, name, prefix, hash, scopes, tier, allowed_ips, expires_at, creator_kind, "+
			"creator_id, user_id,"+
			" workspace_id, project_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) "+
			"RETURNING seq",
		k.ID, k.OrgID, k.Name, k.Prefix, k.Hash, db.AsJSON(k.Scopes), k.Tier, db.AsJSON(allowed), k.ExpiresAt, k.CreatorKind,
		k.CreatorID, k.UserID,
		k.WorkspaceID, k.ProjectID, k.CreatedAt)
	if err != nil {
		return 0, err
	}
	return seq[0], nil
}

// Key implements apikey.Repository.
func (s *Store) Key(ctx context.Context, orgID, keyID id.ID) (apikey.Key, error) {
	r, err := db.One[keyRow](ctx, s.DB, selectKey+" WHERE k.org_id = $1 AND k.id = $2", orgID, keyID)
	return r.key(), db.NoRow(err, fault.NewNotFound("key"))
}

// KeyBySeq implements apikey.Repository.
func (s *Store) KeyBySeq(ctx context.Context, orgID id.ID, seq int64) (apikey.Key, error) {
	r, err := db.One[keyRow](ctx, s.DB, selectKey+" WHERE k.seq = $1 AND k.org_id = $2", seq, orgID)
	return r.key(), db.NoRow(err, fault.NewNotFound("key"))
}

// ExpireKey implements apikey.Repository.
func (s *Store) ExpireKey(ctx context.Context, keyID id.ID, at time.Time) error {
	_, err := s.Exec(ctx, "UPDATE api_keys SET expires_at = $2 WHERE id = $1 AND (expires_at IS NULL OR expires_at > $2)",
		keyID, at)
	return err
}

// Blocks are by what keys are counted.
var Blocks = db.Blocked{
	Table: "api_keys", Scope: "org_id", Times: []string{"created_at"}, Texts: []string{"name"},
}

// Searched is how keys are found by a text.
var Searched = db.Searched{Table: "api_keys", Texts: []string{"name", "prefix"}}

var keys = db.List[keyRow, apikey.Key]{
	Scope: "k.org_id = $1",
	Query: selectKey, ID: "k.id",
	Sorts: map[string]db.Column{
		"created_at": db.ByTime("k.created_at"), "name": db.By("k.name"),
		"id": db.By("k.seq"), "last_used_at": db.ByTime("k.last_used_at"), "expires_at": db.ByTime("k.expires_at"),
	},
	Filters: map[string]string{
		"tier": "k.tier", "user_id": "k.user_id", "workspace_id": "k.workspace_id", "created_at": "k.created_at",
		"search": "k.name, k.prefix",
	},
	Cases: map[string]map[string]string{"status": {
		"revoked": "k.revoked_at IS NOT NULL", "expired": "k.revoked_at IS NULL AND k.expires_at <= $now",
		"active": "k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $now)",
	}},
	CountCase: countByStatus,
	Counted:   "keys", Blocks: Blocks, Searched: Searched, Seq: "k.seq",
	Convert: keyRow.key,
	Position: func(k apikey.Key, field string) page.Position {
		return db.NamePosition(k.ID, field, k.Name, k.CreatedAt)
	},
}

// countByStatus returns how many keys of an org have a status now, without a look at each.
func countByStatus(ctx context.Context, d *db.DB, orgID id.ID, _, status string) (int, error) {
	unrevoked, err := d.RowCount(ctx, orgID, "unrevoked keys")
	if err != nil {
		return 0, err
	}
	if status == "revoked" {
		all, err := d.RowCount(ctx, orgID, "keys")
		return all - unrevoked, err
	}
	live, err := db.One[int](ctx, d, db.LiveKeys, db.LiveKeysArgs(orgID, d.Now())...)
	if status == "expired" {
		return unrevoked - live, err
	}
	return live, err
}

// ListKeys implements apikey.Repository.
func (s *Store) ListKeys(ctx context.Context, orgID id.ID, q page.Query) (page.Page[apikey.Key], error) {
	return keys.Page(ctx, s.DB, q, keys.Scope, orgID)
}

// LockKey implements apikey.Repository. On SQLite a transaction that may write is alone.
func (s *Store) LockKey(ctx context.Context, keyID id.ID) error {
	query := "SELECT id FROM api_keys WHERE id = $1"
	if s.Engine == db.Postgres {
		query += " FOR NO KEY UPDATE"
	}
	_, err := db.One[id.ID](ctx, s.DB, query, keyID)
	return db.NoRow(err, fault.NewNotFound("key"))
}

// RevokeKey implements apikey.Repository.
func (s *Store) RevokeKey(ctx context.Context, keyID id.ID, at time.Time) (bool, error) {
	n, err := s.Exec(ctx, "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", keyID, at)
	return n == 1, err
}

// RenameKey implements apikey.Repository.
func (s *Store) RenameKey(ctx context.Context, keyID id.ID, name string) error {
	_, err := s.Exec(ctx, "UPDATE api_keys SET name = $2 WHERE id = $1", keyID, name)
	return err
}

// ofPerson chooses the keys of an apikey.Of.
func ofPerson(of apikey.Of, args ...any) (where string, _ []any) {
	where = " WHERE k.revoked_at IS NULL"
	for _, c := range []struct {
		column string
		id     id.ID
	}{{"k.user_id", of.UserID}, {"k.org_id", of.OrgID}, {"k.workspace_id", of.WorkspaceID}} {
		if !c.id.IsZero() || c.column == "k.user_id" { // no person is not any person
			args = append(args, c.id)
			where += " AND " + c.column + " = $" + strconv.Itoa(len(args))
		}
	}
	return where, args
}

func keysOf(rows []keyRow) []apikey.Key {
	out := make([]apikey.Key, len(rows))
	for i, r := range rows {
		out[i] = r.key()
	}
	return out
}

// KeysOf implements apikey.Repository.
func (s *Store) KeysOf(ctx context.Context, of apikey.Of) ([]apikey.Key, error) {
	where, args := ofPerson(of)
	rows, err := db.All[keyRow](ctx, s.DB, selectKey+where+" ORDER BY k.created_at DESC, k.id DESC", args...)
	return keysOf(rows), err
}

// RevokeKeysOf implements apikey.Repository.
func (s *Store) RevokeKeysOf(ctx context.Context, of apikey.Of, at time.Time) ([]apikey.Key, error) {
	where, args := ofPerson(of, at)
	rows, err := db.Returning[keyRow](ctx, s.DB, "UPDATE api_keys AS k SET revoked_at = $1"+where+" RETURNING "+bareKey,
		args...)
	slices.SortFunc(rows, func(a, b keyRow) int { return cmp.Compare(a.Seq, b.Seq) }) // RETURNING has no order
	return keysOf(rows), err
}

// RevokeKeysIn implements apikey.Repository.
func (s *Store) RevokeKeysIn(ctx context.Context, workspaceID id.ID, at time.Time) ([]apikey.Key, error) {
	rows, err := db.Returning[keyRow](ctx, s.DB,
		"UPDATE api_keys SET revoked_at = $2 WHERE workspace_id = $1 AND revoked_at IS NULL RETURNING "+bareKey, workspaceID,
		at)
	slices.SortFunc(rows, func(a, b keyRow) int { return cmp.Compare(a.Seq, b.Seq) }) // RETURNING has no order
	return keysOf(rows), err
}

// CredentialByPrefix implements apikey.Repository.
func (s *Store) CredentialByPrefix(ctx context.Context, prefix string) (apikey.Credential, error) {
	r, err := db.One[keyCredentialRow](ctx, s.DB,
		"SELECT "+keyColumns+
			", o.tier AS org_tier, o.status AS org_status, m.id AS member_id, COALESCE(u.super_admin, false) AS super_admin"+
			" FROM api_keys k"+
			" JOIN orgs o ON o.id = k.org_id LEFT JOIN users u ON u.id = k.user_id"+
			" LEFT JOIN members m ON m.org_id = k.org_id AND m.user_id = k.user_id AND m.status = 'active'"+
			" LEFT JOIN workspaces w ON w.id = k.workspace_id WHERE k.prefix = $1 AND w.deleted_at IS NULL", prefix)
	return apikey.Credential{
		Key: r.key(), OrgTier: r.OrgTier, OrgStatus: r.OrgStatus, MemberID: r.MemberID, SuperAdmin: r.SuperAdmin,
	}, db.NoRow(err, fault.NewNotFound("key"))
}

// UserIn implements apikey.Repository.
func (s *Store) UserIn(ctx context.Context, orgID, userID id.ID) error {
	var err error
	if orgID.IsZero() {
		_, err = db.One[id.ID](ctx, s.DB, "SELECT id FROM users WHERE id = $1", userID)
	} else {
		_, err = db.One[id.ID](ctx, s.DB, "SELECT user_id FROM members WHERE user_id = $1 AND org_id = $2", userID, orgID)
	}
	return db.NoRow(err, fault.NewNotFound("user"))
}

// TouchKeys writes when keys were last used.
func (s *Store) TouchKeys(ctx context.Context, ids []id.ID, at time.Time) error {
	return db.ExecIn(ctx, s.DB, "UPDATE api_keys SET last_used_at = ? WHERE id IN (?)", ids, at)
}
