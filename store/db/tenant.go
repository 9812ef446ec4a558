package db

import (
	"context"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
)

// HoldWorkspace refuses a workspace that is deleted, and keeps one that is not from being
// deleted until the transaction of ctx ends. Others can change its settings meanwhile. Every
// insert of what belongs to a workspace begins with it, so that nothing is made in a workspace
// that is being deleted. The zero id is no workspace: what belongs to the whole org.
//
// Who locks more than that takes the org first, then the workspace, then rows in it, which is
// the order of a deletion.
func (d *DB) HoldWorkspace(ctx context.Context, workspaceID id.ID) error {
	if workspaceID.IsZero() {
		return nil
	}
	return d.lockWorkspace(ctx, workspaceID, " FOR KEY SHARE")
}

// LockWorkspace locks a workspace that is not deleted until the transaction of ctx ends. What others insert
// into the workspace is committed before, or waits and is refused. On SQLite a transaction that may write
// is alone.
func (d *DB) LockWorkspace(ctx context.Context, workspaceID id.ID) error {
	return d.lockWorkspace(ctx, workspaceID, " FOR UPDATE")
}

// SerializeWorkspace locks a workspace that is not deleted until the transaction of ctx ends. The lock lets others
// insert what refers to the workspace; those who count what it has before they insert wait for each other.
func SerializeWorkspace(ctx context.Context, d *DB, workspaceID id.ID) error {
	return d.lockWorkspace(ctx, workspaceID, " FOR NO KEY UPDATE")
}

func (d *DB) lockWorkspace(ctx context.Context, workspaceID id.ID, lock string) error {
	query := "SELECT id FROM workspaces WHERE id = $1 AND deleted_at IS NULL"
	if d.Engine == Postgres {
		query += lock
	}
	_, err := One[id.ID](ctx, d, query, workspaceID)
	return NoRow(err, fault.NewNotFound("workspace"))
}

// LockOrg locks an org until the transaction of ctx ends. On SQLite a transaction that may write is alone. The
// lock lets others insert what refers to the org.
func (d *DB) LockOrg(ctx context.Context, orgID id.ID) error {
	query := "SELECT id FROM orgs WHERE id = $1"
	if d.Engine == Postgres {
		query += " FOR NO KEY UPDATE"
	}
	_, err := One[id.ID](ctx, d, query, orgID)
	return NoRow(err, fault.NewNotFound("organization"))
}

// NoteListeners notes in the open transaction of ctx whether an org has enabled endpoints for its events, or may
// have some: true when the transaction itself has changed them.
func (d *DB) NoteListeners(ctx context.Context, orgID id.ID, some bool) {
	t := d.open(ctx)
	switch {
	case t == nil:
	case !some:
		t.unheard = orgID
	case t.unheard == orgID:
		t.unheard = id.ID{}
	}
}

// Unheard reports whether the open transaction of ctx has noted that an org has no enabled endpoint.
func (d *DB) Unheard(ctx context.Context, orgID id.ID) bool {
	t := d.open(ctx)
	return t != nil && !orgID.IsZero() && t.unheard == orgID
}

// NotOfSuspended is a condition on a column with the id of an org, for work that waits while the org is
// suspended, and is not done for one that is deleted. These are few, and are read once for a statement.
func NotOfSuspended(column string) string {
	return column + " NOT IN (SELECT id FROM orgs WHERE status <> 'active' AND purged_at IS NULL)"
}

// OrgTier returns the tier of an org.
func (d *DB) OrgTier(ctx context.Context, orgID id.ID) (plan.Tier, error) {
	t, err := One[plan.Tier](ctx, d, "SELECT tier FROM orgs WHERE id = $1", orgID)
	return t, NoRow(err, fault.NewNotFound("organization"))
}

// Retentions returns the retention periods, in days, that workspaces have.
func (d *DB) Retentions(ctx context.Context) ([]int, error) {
	return All[int](ctx, d, "SELECT DISTINCT retention_days FROM workspaces")
}
