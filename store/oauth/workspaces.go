package oauth

import (
	"context"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/store/db"
)

var _ oauth.WorkspaceRepository = (*Store)(nil)

// Lists are the area's lists, by name.
var Lists = map[string]db.Listing{"service accounts": serviceAccounts, "applications": applications}

// WorkspaceTables are deleted with a workspace.
var WorkspaceTables = []db.WorkspaceTable{{Name: "oauth_clients", Key: "seq"}}

// listOf is the list of the clients of a kind.
func listOf(k oauth.Kind) db.List[clientRow, oauth.Client] {
	return db.List[clientRow, oauth.Client]{
		Scope: "c.workspace_id = $1 AND c.kind = '" + string(k) + "' AND c.revoked_at IS NULL",
		Query: selectClient, ID: "c.id",
		Sorts:   map[string]db.Column{"created_at": db.ByTime("c.created_at")},
		Convert: clientRow.client,
		Position: func(c oauth.Client, field string) page.Position {
			return db.NamePosition(c.ID, field, c.Name, c.CreatedAt)
		},
	}
}

var serviceAccounts, applications = listOf(oauth.ServiceAccount), listOf(oauth.Application)

// ListWorkspaceClients implements oauth.WorkspaceRepository.
func (s *Store) ListWorkspaceClients(
	ctx context.Context, workspaceID id.ID, k oauth.Kind, q page.Query,
) (page.Page[oauth.Client], error) {
	list := serviceAccounts
	if k == oauth.Application {
		list = applications
	}
	return list.Page(ctx, s.DB, q, list.Scope, workspaceID)
}

// SerializeWorkspace implements oauth.WorkspaceRepository.
func (s *Store) SerializeWorkspace(ctx context.Context, workspaceID id.ID) error {
	return db.SerializeWorkspace(ctx, s.DB, workspaceID)
}

// CountWorkspaceClients implements oauth.WorkspaceRepository.
func (s *Store) CountWorkspaceClients(ctx context.Context, workspaceID id.ID, k oauth.Kind) (int, error) {
	return db.One[int](ctx, s.DB,
		"SELECT count(*) FROM oauth_clients WHERE workspace_id = $1 AND kind = $2 AND revoked_at IS NULL", workspaceID, k)
}

// InsertWorkspaceClient implements oauth.WorkspaceRepository.
func (s *Store) InsertWorkspaceClient(ctx context.Context, c oauth.Client) error {
	_, err := s.Exec(ctx,
		"INSERT INTO oauth_clients (id, org_id, client_id, name, secret_hash, scopes, created_at, workspace_id, kind, slug,"+
			" public, redirect_uris, allowed_origins) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
		c.ID, c.OrgID, c.ClientID, c.Name, c.SecretHash, db.AsJSON(texts(c.Scopes)), c.CreatedAt, c.WorkspaceID, c.Kind,
		c.Slug,
		c.Public, db.AsJSON(texts(c.RedirectURIs)), db.AsJSON(texts(c.AllowedOrigins)))
	return err
}

// texts is a list that is stored as one, even when it is empty.
func texts(list []string) []string { return append([]string{}, list...) }

// WorkspaceClient implements oauth.WorkspaceRepository.
func (s *Store) WorkspaceClient(
	ctx context.Context, workspaceID id.ID, k oauth.Kind, row id.ID,
) (oauth.Client, error) {
	r, err := db.One[clientRow](ctx, s.DB,
		selectClient+" WHERE c.id = $1 AND c.workspace_id = $2 AND c.kind = $3 AND c.revoked_at IS NULL", row, workspaceID, k)
	return r.client(), db.NoRow(err, fault.NewNotFound("client"))
}

// SetSecret implements oauth.WorkspaceRepository.
func (s *Store) SetSecret(ctx context.Context, row id.ID, hash []byte) error {
	_, err := s.Exec(ctx, "UPDATE oauth_clients SET secret_hash = $2 WHERE id = $1", row, hash)
	return err
}

// RevokeClientsIn implements oauth.WorkspaceRepository.
func (s *Store) RevokeClientsIn(ctx context.Context, workspaceID id.ID, at time.Time) ([]oauth.Client, error) {
	rows, err := db.Returning[clientRow](ctx, s.DB, "UPDATE oauth_clients AS c SET revoked_at = $2"+
		" WHERE c.workspace_id = $1 AND c.revoked_at IS NULL RETURNING "+strings.ReplaceAll(clientColumns, "c.", ""),
		workspaceID, at)
	return db.Convert(rows, clientRow.client), err
}
