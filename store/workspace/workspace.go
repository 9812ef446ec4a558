// Package workspace is the SQL of domain/workspace.
package workspace

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct {
	*db.DB
	purged []db.WorkspaceTable // what refers to another comes first
}

// New returns the area's part of a database. The tables are those of every area that are deleted
// with a workspace.
func New(d *db.DB, purged []db.WorkspaceTable) *Store { return &Store{d, purged} }

var _ workspace.Repository = (*Store)(nil)

// Lists are the area's lists, by name.
var Lists = map[string]db.Listing{"workspaces": workspaces, "workspaces by state": byState}

type workspaceRow struct {
	Seq           int64                    `db:"seq"`
	ID            id.ID                    `db:"id"`
	OrgID         id.ID                    `db:"org_id"`
	Name          string                   `db:"name"`
	Slug          string                   `db:"slug"`
	Status        workspace.Status         `db:"status"`
	RetentionDays int                      `db:"retention_days"`
	Regions       db.JSON[[]string]        `db:"regions"`
	FeatureFlags  db.JSON[map[string]bool] `db:"feature_flags"`
	Tier          plan.Tier                `db:"tier"`
	Timezone      string                   `db:"timezone"`
	Locale        string                   `db:"locale"`
	Version       int                      `db:"version"`
	CreatedAt     db.Time                  `db:"created_at"`
	UpdatedAt     db.Time                  `db:"updated_at"`

	Capabilities db.JSON[[]workspace.Capability] `db:"capabilities"`
	Pending      db.JSON[[]workspace.Capability] `db:"pending"`
}

func (r workspaceRow) workspace() workspace.Workspace {
	return workspace.Workspace{
		Seq: r.Seq, ID: r.ID, OrgID: r.OrgID, Name: r.Name, Slug: r.Slug, Status: r.Status, Tier: r.Tier,
		Settings: workspace.Settings{
			RetentionDays: r.RetentionDays, Regions: r.Regions.V, FeatureFlags: r.FeatureFlags.V, Timezone: r.Timezone,
			Locale: r.Locale,
		},
		Version: r.Version, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
		Capabilities: r.Capabilities.V, Pending: r.Pending.V,
	}
}

const selectWorkspace = "SELECT seq, id, org_id, name, slug, status, tier, retention_days, regions, feature_flags, " +
	"timezone, locale, version, created_at, updated_at, capabilities, pending FROM workspaces"

// InsertWorkspace implements workspace.Repository.
func (s *Store) InsertWorkspace(ctx context.Context, w workspace.Workspace) (int64, error) {
	seq, err := db.Returning[int64](ctx, s.DB,
		"INSERT INTO workspaces (id, org_id, name, slug, status, tier, retention_days, regions, feature_flags, timezone, "+
			"locale, version, created_at, updated_at, capabilities, pending)"+
			" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT (org_id, slug)"+
			" DO NOTHING RETURNING seq",
		w.ID, w.OrgID, w.Name, w.Slug, w.Status, w.Tier, w.Settings.RetentionDays, db.AsJSON(w.Settings.Regions),
		db.AsJSON(w.Settings.FeatureFlags),
		w.Settings.Timezone, w.Settings.Locale, w.Version, w.CreatedAt, w.UpdatedAt, db.AsJSON(listed(w.Capabilities)),
		db.AsJSON(listed(w.Pending)))
	if err := db.Inserted(len(seq), err); err != nil {
		return 0, err
	}
	return seq[0], nil
}

// Workspace implements workspace.Repository.
func (s *Store) Workspace(ctx context.Context, workspaceID id.ID) (workspace.Workspace, error) {
	r, err := db.One[workspaceRow](ctx, s.DB, selectWorkspace+" WHERE id = $1 AND deleted_at IS NULL", workspaceID)
	return r.workspace(), db.NoRow(err, fault.NewNotFound("workspace"))
}

// WorkspaceBySeq implements workspace.Repository.
func (s *Store) WorkspaceBySeq(ctx context.Context, orgID id.ID, seq int64) (workspace.Workspace, error) {
	r, err := db.One[workspaceRow](ctx, s.DB, selectWorkspace+" WHERE seq = $1 AND org_id = $2 AND deleted_at IS NULL",
		seq, orgID)
	return r.workspace(), db.NoRow(err, fault.NewNotFound("workspace"))
}

// WorkspacesByID implements workspace.Repository.
func (s *Store) WorkspacesByID(ctx context.Context, orgID id.ID, ids []id.ID) ([]workspace.Workspace, error) {
	q, args, err := sqlx.In(selectWorkspace+" WHERE org_id = ? AND deleted_at IS NULL AND id IN (?)", orgID,
		db.Padded(ids))
	if err != nil {
		return nil, err
	}
	rows, err := db.All[workspaceRow](ctx, s.DB, sqlx.Rebind(sqlx.DOLLAR, q), args...)
	return db.Convert(rows, workspaceRow.workspace), err
}

// FirstWorkspace implements workspace.Repository.
func (s *Store) FirstWorkspace(ctx context.Context, orgID id.ID) (workspace.Workspace, error) {
	r, err := db.One[workspaceRow](ctx, s.DB,
		selectWorkspace+" WHERE org_id = $1 AND deleted_at IS NULL ORDER BY created_at, id LIMIT 1", orgID)
	return r.workspace(), db.NoRow(err, fault.NewNotFound("workspace"))
}

// CountWorkspaces implements workspace.Repository.
func (s *Store) CountWorkspaces(ctx context.Context, orgID id.ID) (int, error) {
	return s.RowCount(ctx, orgID, workspaces.Counted)
}

// Blocks are by what workspaces are counted.
var Blocks = db.Blocked{
	Table: "workspaces", Scope: "org_id", Live: "deleted_at IS NULL",
	Times: []string{"created_at", "updated_at"}, Texts: []string{"name", "slug"},
}

// Searched is how workspaces are found by a text.
var Searched = db.Searched{Table: "workspaces", Texts: []string{"name", "slug"}}

var workspaces = db.List[workspaceRow, workspace.Workspace]{
	Scope: "org_id = $1 AND deleted_at IS NULL",
	Query: selectWorkspace, ID: "id",
	Sorts: map[string]db.Column{
		"created_at": db.ByTime("created_at"), "name": db.By("name"),
		"id": db.By("seq"), "slug": db.ByUnique("slug"), "tier": db.By("tier"), "status": db.By("status"),
		"updated_at": db.ByTime("updated_at"),
	},
	Filters: map[string]string{
		"status": "status", "slug": "slug", "name": "name", "created_at": "created_at", "updated_at": "updated_at",
		"search": "name, slug",
	},
	Counted: "workspaces", Blocks: Blocks, Searched: Searched, Seq: "seq",
	Convert: workspaceRow.workspace,
	Position: func(w workspace.Workspace, field string) page.Position {
		return db.NamePosition(w.ID, field, w.Name, w.CreatedAt)
	},
}

// listed is a list that is stored as one, even when it is empty.
func listed(list []workspace.Capability) []workspace.Capability {
	return append([]workspace.Capability{}, list...)
}

// WorkspacesOf implements workspace.Repository.
func (s *Store) WorkspacesOf(ctx context.Context, orgID id.ID, limit int) ([]workspace.Workspace, error) {
	rows, err := db.All[workspaceRow](ctx, s.DB,
		selectWorkspace+" WHERE org_id = $1 AND deleted_at IS NULL ORDER BY created_at, id LIMIT $2", orgID, limit)
	return db.Convert(rows, workspaceRow.workspace), err
}

// FollowTier implements workspace.Repository.
func (s *Store) FollowTier(ctx context.Context, orgID id.ID, from, to plan.Tier, at time.Time) error {
	_, err := s.Exec(ctx, "UPDATE workspaces SET tier = $3, version = version + 1, updated_at = $4"+
		" WHERE org_id = $1 AND tier = $2 AND deleted_at IS NULL", orgID, from, to, at)
	return err
}

// Access implements workspace.Repository.
func (s *Store) Access(ctx context.Context, workspaceID id.ID) (workspace.Access, error) {
	r, err := db.One[struct {
		OrgID        id.ID                           `db:"org_id"`
		Status       workspace.Status                `db:"status"`
		Tier         plan.Tier                       `db:"tier"`
		OrgTier      plan.Tier                       `db:"org_tier"`
		Capabilities db.JSON[[]workspace.Capability] `db:"capabilities"`
		Pending      db.JSON[[]workspace.Capability] `db:"pending"`
	}](ctx, s.DB, "SELECT w.org_id, w.status, w.tier, o.tier AS org_tier, w.capabilities, w.pending"+
		" FROM workspaces w JOIN orgs o ON o.id = w.org_id WHERE w.id = $1 AND w.deleted_at IS NULL", workspaceID)
	if err != nil {
		return workspace.Access{}, db.NoRow(err, fault.NewNotFound("workspace"))
	}
	w := workspace.Workspace{Status: r.Status, Pending: r.Pending.V}
	return workspace.Access{
		OrgID: r.OrgID, State: w.State(), Tier: r.Tier.AtMost(r.OrgTier), Capabilities: r.Capabilities.V,
		Pending: r.Pending.V,
	}, nil
}

// byState is the list for those who ask about capabilities: its status is the state of a workspace.
var byState = func() db.List[workspaceRow, workspace.Workspace] {
	l := workspaces
	l.Filters = nil
	l.Cases = map[string]map[string]string{
		"status": {
			string(workspace.Active):       "status = 'active' AND pending = '[]'",
			string(workspace.Provisioning): "status = 'active' AND pending <> '[]'",
			string(workspace.Suspended):    "status = 'suspended'",
		},
	}
	return l
}()

// ListByState implements workspace.Repository.
func (s *Store) ListByState(
	ctx context.Context, orgID, only id.ID, q page.Query,
) (page.Page[workspace.Workspace], error) {
	if !only.IsZero() {
		return byState.Page(ctx, s.DB, q, byState.Scope+" AND id = $2", orgID, only)
	}
	return byState.Page(ctx, s.DB, q, byState.Scope, orgID)
}

// ListWorkspaces implements workspace.Repository.
func (s *Store) ListWorkspaces(
	ctx context.Context, orgID, only id.ID, q page.Query,
) (page.Page[workspace.Workspace], error) {
	if !only.IsZero() {
		return workspaces.Page(ctx, s.DB, q, workspaces.Scope+" AND id = $2", orgID, only)
	}
	return workspaces.Page(ctx, s.DB, q, workspaces.Scope, orgID)
}

// UpdateWorkspace implements workspace.Repository.
func (s *Store) UpdateWorkspace(ctx context.Context, w workspace.Workspace, was int) (bool, error) {
	n, err := s.Exec(ctx,
		"UPDATE workspaces SET name = $3, slug = $4, status = $5, retention_days = $6, regions = $7, feature_flags = $8,"+
			" version = $9, updated_at = $10, tier = $11, timezone = $12, locale = $13, capabilities = $14, pending = $15"+
			" WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
		w.ID, was, w.Name, w.Slug, w.Status, w.Settings.RetentionDays, db.AsJSON(w.Settings.Regions),
		db.AsJSON(w.Settings.FeatureFlags), w.Version, w.UpdatedAt,
		w.Tier, w.Settings.Timezone, w.Settings.Locale, db.AsJSON(listed(w.Capabilities)), db.AsJSON(listed(w.Pending)))
	return n == 1, err
}

// DeleteWorkspace implements workspace.Repository. No slug has a tilde.
func (s *Store) DeleteWorkspace(ctx context.Context, w workspace.Workspace, at time.Time) (bool, error) {
	n, err := s.Exec(ctx,
		"UPDATE workspaces SET deleted_at = $2, slug = $3, version = version + 1 WHERE id = $1 AND deleted_at IS NULL",
		w.ID,
		at, w.Slug+"~"+w.ID.ULID())
	return n == 1, err
}

// TakenSlugs implements workspace.Repository. The bounds keep to the unique index: what
// starts with the prefix sorts from it to the prefix followed by the largest
// character of a slug.
func (s *Store) TakenSlugs(ctx context.Context, orgID id.ID, prefix string) ([]string, error) {
	return db.All[string](ctx, s.DB, "SELECT slug FROM workspaces WHERE org_id = $1 AND slug >= $2 AND slug < $3",
		orgID,
		prefix, prefix+"{")
}
