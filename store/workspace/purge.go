package workspace

import (
	"context"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store/db"
)

var _ workspace.PurgeRepository = (*Store)(nil)

// PurgeWorkspace implements workspace.PurgeRepository.
func (s *Store) PurgeWorkspace(ctx context.Context, workspaceID id.ID, limit int) (int, error) {
	live, err := db.One[int](ctx, s.DB, "SELECT count(*) FROM workspaces WHERE id = $1 AND deleted_at IS NULL",
		workspaceID)
	if err != nil {
		return 0, err
	}
	if live > 0 { // never, whatever a job says
		return 0, fault.New(fault.Conflict, "The workspace has not been deleted.")
	}
	for _, t := range s.purged {
		from := t.From
		if from == "" {
			from = t.Name + " t WHERE t.workspace_id = $1"
		}
		n, err := db.PurgeSlice(ctx, s.DB, t.Name, t.Key, from, workspaceID, limit)
		if err != nil || n > 0 {
			return n, err
		}
	}
	return 0, nil
}

// PurgeWorkspacesOf implements workspace.PurgeRepository.
func (s *Store) PurgeWorkspacesOf(ctx context.Context, orgID id.ID, limit int) (int, error) {
	const first = "SELECT id FROM workspaces WHERE org_id = $1 ORDER BY created_at, id LIMIT 1"
	workspaceID, err := db.One[id.ID](ctx, s.DB, first, orgID)
	if err != nil {
		return 0, db.NoRow(err, nil)
	}
	if n, err := s.PurgeWorkspace(ctx, workspaceID, limit); err != nil || n > 0 {
		return n, err
	}
	return s.Exec(ctx, "DELETE FROM workspaces WHERE id = $1 AND deleted_at IS NOT NULL", workspaceID)
}
