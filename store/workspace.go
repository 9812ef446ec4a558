package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
)

var _ workspace.Repository = (*Store)(nil)

type workspaceRow struct {
	Seq           int64                     `db:"seq"`
	ID            id.ID                     `db:"id"`
	OrgID         id.ID                     `db:"org_id"`
	Name          string                    `db:"name"`
	Slug          string                    `db:"slug"`
	Status        workspace.Status          `db:"status"`
	RetentionDays int                       `db:"retention_days"`
	Regions       document[[]string]        `db:"regions"`
	FeatureFlags  document[map[string]bool] `db:"feature_flags"`
	Tier          plan.Tier                 `db:"tier"`
	Timezone      string                    `db:"timezone"`
	Locale        string                    `db:"locale"`
	Version       int                       `db:"version"`
	CreatedAt     instant                   `db:"created_at"`
	UpdatedAt     instant                   `db:"updated_at"`
}

func (r workspaceRow) workspace() workspace.Workspace {
	return workspace.Workspace{
		Seq: r.Seq, ID: r.ID, OrgID: r.OrgID, Name: r.Name, Slug: r.Slug, Status: r.Status, Tier: r.Tier,
		Settings: workspace.Settings{
			RetentionDays: r.RetentionDays, Regions: r.Regions.V, FeatureFlags: r.FeatureFlags.V, Timezone: r.Timezone, Locale: r.Locale,
		},
		Version: r.Version, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}
}

const selectWorkspace = "SELECT seq, id, org_id, name, slug, status, tier, retention_days, regions, feature_flags, timezone, locale, version, created_at, updated_at FROM workspaces"

// InsertWorkspace implements workspace.Repository.
func (s *Store) InsertWorkspace(ctx context.Context, w workspace.Workspace) (int64, error) {
	seq, err := returning[int64](ctx, s, "INSERT INTO workspaces (id, org_id, name, slug, status, tier, retention_days, regions, feature_flags, timezone, locale, version, created_at, updated_at)"+
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (org_id, slug) DO NOTHING RETURNING seq",
		w.ID, w.OrgID, w.Name, w.Slug, w.Status, w.Tier, w.Settings.RetentionDays, doc(w.Settings.Regions), doc(w.Settings.FeatureFlags),
		w.Settings.Timezone, w.Settings.Locale, w.Version, w.CreatedAt, w.UpdatedAt)
	if err := taken(len(seq), err); err != nil {
		return 0, err
	}
	return seq[0], nil
}

// Workspace implements workspace.Repository.
func (s *Store) Workspace(ctx context.Context, workspaceID id.ID) (workspace.Workspace, error) {
	r, err := one[workspaceRow](ctx, s, selectWorkspace+" WHERE id = $1 AND deleted_at IS NULL", workspaceID)
	return r.workspace(), absent(err, fault.NewNotFound("workspace"))
}

// WorkspaceBySeq implements workspace.Repository.
func (s *Store) WorkspaceBySeq(ctx context.Context, orgID id.ID, seq int64) (workspace.Workspace, error) {
	r, err := one[workspaceRow](ctx, s, selectWorkspace+" WHERE seq = $1 AND org_id = $2 AND deleted_at IS NULL", seq, orgID)
	return r.workspace(), absent(err, fault.NewNotFound("workspace"))
}

// WorkspacesByID implements workspace.Repository.
func (s *Store) WorkspacesByID(ctx context.Context, orgID id.ID, ids []id.ID) ([]workspace.Workspace, error) {
	q, args, err := sqlx.In(selectWorkspace+" WHERE org_id = ? AND deleted_at IS NULL AND id IN (?)", orgID, padded(ids))
	if err != nil {
		return nil, err
	}
	rows, err := all[workspaceRow](ctx, s, sqlx.Rebind(sqlx.DOLLAR, q), args...)
	return each(rows, workspaceRow.workspace), err
}

// FirstWorkspace implements workspace.Repository.
func (s *Store) FirstWorkspace(ctx context.Context, orgID id.ID) (workspace.Workspace, error) {
	r, err := one[workspaceRow](ctx, s, selectWorkspace+" WHERE org_id = $1 AND deleted_at IS NULL ORDER BY created_at, id LIMIT 1", orgID)
	return r.workspace(), absent(err, fault.NewNotFound("workspace"))
}

// CountWorkspaces implements workspace.Repository.
func (s *Store) CountWorkspaces(ctx context.Context, orgID id.ID) (int, error) {
	return one[int](ctx, s, "SELECT count(*) FROM workspaces WHERE org_id = $1 AND deleted_at IS NULL", orgID)
}

var workspaces = list[workspaceRow, workspace.Workspace]{
	scope: "org_id = $1 AND deleted_at IS NULL",
	query: selectWorkspace, id: "id",
	sorts: map[string]column{
		"created_at": {"created_at", true}, "name": {"name", false},
		"id": {"seq", false}, "slug": {"slug", false}, "tier": {"tier", false}, "status": {"status", false}, "updated_at": {"updated_at", true},
	},
	filters: map[string]string{
		"status": "status", "slug": "slug", "name": "name", "created_at": "created_at", "updated_at": "updated_at", "search": "name, slug",
	},
	convert: workspaceRow.workspace,
	position: func(w workspace.Workspace, field string) page.Position {
		return position(w.ID, field, w.Name, w.CreatedAt)
	},
}

// ListWorkspaces implements workspace.Repository.
func (s *Store) ListWorkspaces(ctx context.Context, orgID, only id.ID, q page.Query) (page.Page[workspace.Workspace], error) {
	if !only.IsZero() {
		return workspaces.page(ctx, s, q, workspaces.scope+" AND id = $2", orgID, only)
	}
	return workspaces.page(ctx, s, q, workspaces.scope, orgID)
}

// UpdateWorkspace implements workspace.Repository.
func (s *Store) UpdateWorkspace(ctx context.Context, w workspace.Workspace, was int) (bool, error) {
	n, err := s.exec(ctx, "UPDATE workspaces SET name = $3, slug = $4, status = $5, retention_days = $6, regions = $7, feature_flags = $8,"+
		" version = $9, updated_at = $10, tier = $11, timezone = $12, locale = $13 WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
		w.ID, was, w.Name, w.Slug, w.Status, w.Settings.RetentionDays, doc(w.Settings.Regions), doc(w.Settings.FeatureFlags), w.Version, w.UpdatedAt,
		w.Tier, w.Settings.Timezone, w.Settings.Locale)
	return n == 1, err
}

// LockWorkspace implements workspace.Repository. What others insert into the workspace is
// committed before, or waits and is refused. On SQLite a transaction that may write is alone.
func (s *Store) LockWorkspace(ctx context.Context, workspaceID id.ID) error {
	return s.lockWorkspace(ctx, workspaceID, " FOR UPDATE")
}

// HoldWorkspace refuses a workspace that is deleted, and keeps one that is not from being
// deleted until the transaction of ctx ends. Others can change its settings meanwhile. Every
// insert of what belongs to a workspace begins with it, so that nothing is made in a workspace
// that is being deleted. The zero id is no workspace: what belongs to the whole org.
//
// Who locks more than that takes the org first, then the workspace, then rows in it, which is
// the order of a deletion.
func (s *Store) HoldWorkspace(ctx context.Context, workspaceID id.ID) error {
	if workspaceID.IsZero() {
		return nil
	}
	return s.lockWorkspace(ctx, workspaceID, " FOR KEY SHARE")
}

func (s *Store) lockWorkspace(ctx context.Context, workspaceID id.ID, lock string) error {
	query := "SELECT id FROM workspaces WHERE id = $1 AND deleted_at IS NULL"
	if s.Engine == Postgres {
		query += lock
	}
	_, err := one[id.ID](ctx, s, query, workspaceID)
	return absent(err, fault.NewNotFound("workspace"))
}

// DeleteWorkspace implements workspace.Repository. No slug has a tilde.
func (s *Store) DeleteWorkspace(ctx context.Context, w workspace.Workspace, at time.Time) (bool, error) {
	n, err := s.exec(ctx, "UPDATE workspaces SET deleted_at = $2, slug = $3, version = version + 1 WHERE id = $1 AND deleted_at IS NULL", w.ID, at, w.Slug+"~"+w.ID.ULID())
	return n == 1, err
}

// TakenSlugs implements workspace.Repository. The bounds keep to the unique index: what
// starts with the prefix sorts from it to the prefix behind which stands the largest
// character of a slug.
func (s *Store) TakenSlugs(ctx context.Context, orgID id.ID, prefix string) ([]string, error) {
	return all[string](ctx, s, "SELECT slug FROM workspaces WHERE org_id = $1 AND slug >= $2 AND slug < $3", orgID, prefix, prefix+"{")
}

// WorkspaceNumber gives the number of a workspace, whatever its state.
func (s *Store) WorkspaceNumber(ctx context.Context, workspaceID id.ID) (int64, error) {
	return one[int64](ctx, s, "SELECT seq FROM workspaces WHERE id = $1", workspaceID)
}
