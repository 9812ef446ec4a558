package workspace

import (
	"context"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/store/db"
)

// InOrg reports whether an org has a workspace that is not deleted.
func (s *Store) InOrg(ctx context.Context, orgID, workspaceID id.ID) (bool, error) {
	n, err := db.One[int](ctx, s.DB,
		"SELECT count(*) FROM workspaces WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL", orgID, workspaceID)
	return n == 1, err
}
