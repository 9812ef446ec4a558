// Package oauth is the SQL of domain/oauth.
package oauth

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct{ *db.DB }

// New returns the area's part of a database.
func New(d *db.DB) *Store { return &Store{d} }

var _ oauth.Repository = (*Store)(nil)

// SealedColumns are the area's columns with sealed values.
var SealedColumns = []db.SealedColumn{
	{Table: "signing_keys", Row: "ordinal", Column: "private_key", Use: "oauth signing key"},
}

// OrgTables are deleted with an org.
var OrgTables = []db.OrgTable{{Name: "oauth_clients", Key: "seq"}}

type clientRow struct {
	ID         id.ID             `db:"id"`
	OrgID      id.ID             `db:"org_id"`
	ClientID   string            `db:"client_id"`
	Name       string            `db:"name"`
	SecretHash []byte            `db:"secret_hash"`
	Scopes     db.JSON[[]string] `db:"scopes"`
	UserID     id.ID             `db:"user_id"`
	LastUsedAt *db.Time          `db:"last_used_at"`
	RevokedAt  *db.Time          `db:"revoked_at"`
	CreatedAt  db.Time           `db:"created_at"`

	Kind           oauth.Kind        `db:"kind"`
	WorkspaceID    id.ID             `db:"workspace_id"`
	Slug           db.Text           `db:"slug"`
	Public         bool              `db:"public"`
	RedirectURIs   db.JSON[[]string] `db:"redirect_uris"`
	AllowedOrigins db.JSON[[]string] `db:"allowed_origins"`
}

func (r clientRow) client() oauth.Client {
	return oauth.Client{
		ID: r.ID, OrgID: r.OrgID, ClientID: r.ClientID, Name: r.Name, SecretHash: r.SecretHash, Scopes: r.Scopes.V,
		UserID:     r.UserID,
		LastUsedAt: r.LastUsedAt.Pointer(), RevokedAt: r.RevokedAt.Pointer(), CreatedAt: r.CreatedAt.Time,
		Kind: r.Kind, WorkspaceID: r.WorkspaceID, Slug: string(r.Slug), Public: r.Public, RedirectURIs: r.RedirectURIs.V,
		AllowedOrigins: r.AllowedOrigins.V,
	}
}

type clientCredentialRow struct {
	clientRow
	OrgTier    plan.Tier          `db:"org_tier"`
	OrgStatus  identity.OrgStatus `db:"org_status"`
	MemberID   id.ID              `db:"member_id"`
	SuperAdmin bool               `db:"super_admin"`
}

const (
	clientColumns = "c.id, c.org_id, c.client_id, c.name, c.secret_hash, c.scopes, c.user_id, c.last_used_at, " +
		"c.revoked_at, c.created_at, c.kind, c.workspace_id, c.slug, c.public, c.redirect_uris, c.allowed_origins"
	selectClient     = "SELECT " + clientColumns + " FROM oauth_clients c"
	selectClientCred = "SELECT " + clientColumns +
		", o.tier AS org_tier, o.status AS org_status, m.id AS member_id, COALESCE(u.super_admin, false) AS super_admin" +
		" FROM oauth_clients c" +
		" JOIN orgs o ON o.id = c.org_id LEFT JOIN users u ON u.id = c.user_id" +
		" LEFT JOIN members m ON m.org_id = c.org_id AND m.user_id = c.user_id AND m.status = 'active'"
)

// InsertClient implements oauth.Repository.
func (s *Store) InsertClient(ctx context.Context, c oauth.Client) error {
	_, err := s.Exec(ctx,
		"INSERT INTO oauth_clients (id, org_id, client_id, name, secret_hash, scopes, user_id, created_at) VALUES ($1, $2, "+
			"$3, $4, $5, $6, $7, $8)",
		c.ID, c.OrgID, c.ClientID, c.Name, c.SecretHash, db.AsJSON(c.Scopes), c.UserID, c.CreatedAt)
	return err
}

// Client implements oauth.Repository.
func (s *Store) Client(ctx context.Context, clientID string) (oauth.Credential, error) {
	return s.clientCredential(ctx, selectClientCred+" WHERE c.client_id = $1", clientID)
}

// ClientByID implements oauth.Repository.
func (s *Store) ClientByID(ctx context.Context, row id.ID) (oauth.Credential, error) {
	return s.clientCredential(ctx, selectClientCred+" WHERE c.id = $1", row)
}

func (s *Store) clientCredential(ctx context.Context, query string, arg any) (oauth.Credential, error) {
	r, err := db.One[clientCredentialRow](ctx, s.DB, query, arg)
	return oauth.Credential{
		Client: r.client(), OrgTier: r.OrgTier, OrgStatus: r.OrgStatus, MemberID: r.MemberID, SuperAdmin: r.SuperAdmin,
	}, db.NoRow(err, fault.NewNotFound("client"))
}

// ListClients implements oauth.Repository.
func (s *Store) ListClients(ctx context.Context, orgID id.ID) ([]oauth.Client, error) {
	rows, err := db.All[clientRow](ctx, s.DB, selectClient+" WHERE c.org_id = $1 ORDER BY c.created_at, c.id", orgID)
	out := make([]oauth.Client, len(rows))
	for i, r := range rows {
		out[i] = r.client()
	}
	return out, err
}

// RevokeClient implements oauth.Repository.
func (s *Store) RevokeClient(ctx context.Context, row id.ID, at time.Time) (bool, error) {
	n, err := s.Exec(ctx, "UPDATE oauth_clients SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", row, at)
	return n == 1, err
}

// RevokeClientsOf implements oauth.Repository.
func (s *Store) RevokeClientsOf(ctx context.Context, orgID, userID id.ID, at time.Time) ([]oauth.Client, error) {
	rows, err := db.Returning[clientRow](ctx, s.DB,
		"UPDATE oauth_clients AS c SET revoked_at = $3 WHERE c.org_id = $1 AND c.user_id = $2"+
			" AND c.revoked_at IS NULL RETURNING "+strings.ReplaceAll(clientColumns, "c.", ""), orgID, userID, at)
	slices.SortFunc(rows, func(a, b clientRow) int { return bytes.Compare(a.ID[:], b.ID[:]) }) // RETURNING has no order
	return db.Convert(rows, clientRow.client), err
}

type signingKeyRow struct {
	ID        id.ID   `db:"id"`
	Ordinal   int64   `db:"ordinal"`
	Public    []byte  `db:"public_key"`
	Private   []byte  `db:"private_key"`
	CreatedAt db.Time `db:"created_at"`
}

// SigningKeys implements oauth.Repository, oldest first.
func (s *Store) SigningKeys(ctx context.Context) ([]oauth.SigningKey, error) {
	rows, err := db.All[signingKeyRow](ctx, s.DB,
		"SELECT id, ordinal, public_key, private_key, created_at FROM signing_keys ORDER BY ordinal")
	out := make([]oauth.SigningKey, len(rows))
	for i, r := range rows {
		out[i] = oauth.SigningKey{
			ID: r.ID, Ordinal: r.Ordinal, Public: r.Public, Private: r.Private, CreatedAt: r.CreatedAt.Time,
		}
	}
	return out, err
}

// InsertSigningKey implements oauth.Repository.
func (s *Store) InsertSigningKey(ctx context.Context, k oauth.SigningKey) error {
	_, err := s.Exec(ctx,
		"INSERT INTO signing_keys (id, ordinal, public_key, private_key, created_at) VALUES ($1, $2, $3, $4, $5) ON "+
			"CONFLICT (ordinal) DO NOTHING",
		k.ID, k.Ordinal, k.Public, k.Private, k.CreatedAt)
	return err
}

// DeleteSigningKeys implements oauth.Repository.
func (s *Store) DeleteSigningKeys(ctx context.Context, upTo int64) error {
	_, err := s.Exec(ctx, "DELETE FROM signing_keys WHERE ordinal <= $1", upTo)
	return err
}

// InsertRevocation implements oauth.Repository.
func (s *Store) InsertRevocation(ctx context.Context, token id.ID, expires, at time.Time) error {
	_, err := s.Exec(ctx,
		"INSERT INTO revocations (token_id, expires_at, created_at) VALUES ($1, $2, $3) ON CONFLICT (token_id) DO NOTHING",
		token, expires, at)
	return err
}

// Revoked implements oauth.Repository.
func (s *Store) Revoked(ctx context.Context, token id.ID) (bool, error) {
	n, err := db.One[int](ctx, s.DB, "SELECT count(*) FROM revocations WHERE token_id = $1", token)
	return n > 0, err
}

// DeleteExpiredRevocations implements oauth.Repository.
func (s *Store) DeleteExpiredRevocations(ctx context.Context, now time.Time) error {
	return s.ExecSlices(ctx,
		"DELETE FROM revocations WHERE token_id IN (SELECT token_id FROM revocations WHERE expires_at < $1 LIMIT $2)", now)
}

// TouchClients writes when clients were last used.
func (s *Store) TouchClients(ctx context.Context, ids []id.ID, at time.Time) error {
	return db.ExecIn(ctx, s.DB, "UPDATE oauth_clients SET last_used_at = ? WHERE id IN (?)", ids, at)
}
