package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/project"
)

var _ project.Repository = (*Store)(nil)

type projectRow struct {
	ID          id.ID   `db:"id"`
	OrgID       id.ID   `db:"org_id"`
	WorkspaceID id.ID   `db:"workspace_id"`
	Name        string  `db:"name"`
	CreatedAt   instant `db:"created_at"`
	UpdatedAt   instant `db:"updated_at"`
}

func (r projectRow) project() project.Project {
	return project.Project{ID: r.ID, OrgID: r.OrgID, WorkspaceID: r.WorkspaceID, Name: r.Name, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time}
}

const selectProject = "SELECT p.id, p.org_id, p.workspace_id, p.name, p.created_at, p.updated_at FROM projects p" +
	" JOIN workspaces w ON w.id = p.workspace_id AND w.deleted_at IS NULL WHERE p.org_id = "

// InsertProject implements project.Repository.
func (s *Store) InsertProject(ctx context.Context, p project.Project) error {
	_, err := s.exec(ctx, "INSERT INTO projects (id, org_id, workspace_id, name, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)",
		p.ID, p.OrgID, p.WorkspaceID, p.Name, p.CreatedAt, p.UpdatedAt)
	return err
}

// Project implements project.Repository.
func (s *Store) Project(ctx context.Context, orgID, projectID id.ID) (project.Project, error) {
	r, err := one[projectRow](ctx, s, selectProject+"$1 AND p.id = $2", orgID, projectID)
	return r.project(), absent(err, fault.NewNotFound("project"))
}

// Projects implements project.Repository.
func (s *Store) Projects(ctx context.Context, orgID id.ID, workspaceIDs []id.ID) ([]project.Project, error) {
	q, args, err := sqlx.In(selectProject+"? AND p.workspace_id IN (?) ORDER BY p.created_at, p.id", orgID, padded(workspaceIDs))
	if err != nil {
		return nil, err
	}
	rows, err := all[projectRow](ctx, s, sqlx.Rebind(sqlx.DOLLAR, q), args...)
	return each(rows, projectRow.project), err
}
