package store

import (
	"context"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/workspace"
)

var _ workspace.Repository = (*Store)(nil)

type workspaceRow struct {
	ID            id.ID                     `db:"id"`
	OrgID         id.ID                     `db:"org_id"`
	Name          string                    `db:"name"`
	Slug          string                    `db:"slug"`
	Status        workspace.Status          `db:"status"`
	RetentionDays int                       `db:"retention_days"`
	Regions       document[[]string]        `db:"regions"`
	FeatureFlags  document[map[string]bool] `db:"feature_flags"`
	Version       int                       `db:"version"`
	CreatedAt     instant                   `db:"created_at"`
	UpdatedAt     instant                   `db:"updated_at"`
}

func (r workspaceRow) workspace() workspace.Workspace {
	return workspace.Workspace{
		ID: r.ID, OrgID: r.OrgID, Name: r.Name, Slug: r.Slug, Status: r.Status,
		Settings: workspace.Settings{RetentionDays: r.RetentionDays, Regions: r.Regions.V, FeatureFlags: r.FeatureFlags.V},
		Version:  r.Version, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}
}

const selectWorkspace = "SELECT id, org_id, name, slug, status, retention_days, regions, feature_flags, version, created_at, updated_at FROM workspaces"

// InsertWorkspace implements workspace.Repository.
func (s *Store) InsertWorkspace(ctx context.Context, w workspace.Workspace) error {
	return taken(s.exec(ctx, "INSERT INTO workspaces (id, org_id, name, slug, status, retention_days, regions, feature_flags, version, created_at, updated_at)"+
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (org_id, slug) DO NOTHING",
		w.ID, w.OrgID, w.Name, w.Slug, w.Status, w.Settings.RetentionDays, doc(w.Settings.Regions), doc(w.Settings.FeatureFlags),
		w.Version, w.CreatedAt, w.UpdatedAt))
}

// Workspace implements workspace.Repository.
func (s *Store) Workspace(ctx context.Context, workspaceID id.ID) (workspace.Workspace, error) {
	r, err := one[workspaceRow](ctx, s, selectWorkspace+" WHERE id = $1", workspaceID)
	return r.workspace(), absent(err, fault.Missing("workspace"))
}

var workspaces = list[workspaceRow, workspace.Workspace]{
	query: selectWorkspace, id: "id",
	sorts:   map[string]column{"created_at": {"created_at", true}, "name": {"name", false}},
	filters: map[string]string{"status": "status", "slug": "slug", "name": "name"},
	convert: workspaceRow.workspace,
	position: func(w workspace.Workspace, field string) page.Position {
		return position(w.ID, field, w.Name, w.CreatedAt)
	},
}

// ListWorkspaces implements workspace.Repository.
func (s *Store) ListWorkspaces(ctx context.Context, orgID id.ID, q page.Query) (page.Page[workspace.Workspace], error) {
	return workspaces.page(ctx, s, q, "org_id = $1", orgID)
}

// UpdateWorkspace implements workspace.Repository.
func (s *Store) UpdateWorkspace(ctx context.Context, w workspace.Workspace, was int) (bool, error) {
	n, err := s.exec(ctx, "UPDATE workspaces SET name = $3, slug = $4, status = $5, retention_days = $6, regions = $7, feature_flags = $8,"+
		" version = $9, updated_at = $10 WHERE id = $1 AND version = $2",
		w.ID, was, w.Name, w.Slug, w.Status, w.Settings.RetentionDays, doc(w.Settings.Regions), doc(w.Settings.FeatureFlags), w.Version, w.UpdatedAt)
	return n == 1, err
}

// TakenSlugs implements workspace.Repository. The bounds keep to the unique index: what
// starts with the prefix sorts from it to the prefix behind which stands the largest
// character of a slug.
func (s *Store) TakenSlugs(ctx context.Context, orgID id.ID, prefix string) ([]string, error) {
	return all[string](ctx, s, "SELECT slug FROM workspaces WHERE org_id = $1 AND slug >= $2 AND slug < $3", orgID, prefix, prefix+"{")
}
