// Package project is the SQL of domain/project.
package project

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/project"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct{ *db.DB }

// New returns the area's part of a database.
func New(d *db.DB) *Store { return &Store{d} }

var _ project.Repository = (*Store)(nil)

// WorkspaceTables are deleted with a workspace, in this order.
var WorkspaceTables = []db.WorkspaceTable{
	{Name: "projects", Key: "seq"},
}

type projectRow struct {
	ID          id.ID   `db:"id"`
	OrgID       id.ID   `db:"org_id"`
	WorkspaceID id.ID   `db:"workspace_id"`
	Name        string  `db:"name"`
	CreatedAt   db.Time `db:"created_at"`
	UpdatedAt   db.Time `db:"updated_at"`
}

func (r projectRow) project() project.Project {
	return project.Project{
		ID: r.ID, OrgID: r.OrgID, WorkspaceID: r.WorkspaceID, Name: r.Name, CreatedAt: r.CreatedAt.Time,
		UpdatedAt: r.UpdatedAt.Time,
	}
}

const selectProject = "SELECT p.id, p.org_id, p.workspace_id, p.name, p.created_at, p.updated_at FROM projects p" +
	" JOIN workspaces w ON w.id = p.workspace_id AND w.deleted_at IS NULL WHERE p.org_id = "

// InsertProject implements project.Repository.
func (s *Store) InsertProject(ctx context.Context, p project.Project) error {
	return s.ExecLater(ctx,
		"INSERT INTO projects (id, org_id, workspace_id, name, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)",
		p.ID, p.OrgID, p.WorkspaceID, p.Name, p.CreatedAt, p.UpdatedAt)
}

// Project implements project.Repository.
func (s *Store) Project(ctx context.Context, orgID, projectID id.ID) (project.Project, error) {
	r, err := db.One[projectRow](ctx, s.DB, selectProject+"$1 AND p.id = $2", orgID, projectID)
	return r.project(), db.NoRow(err, fault.NewNotFound("project"))
}

// Projects implements project.Repository.
func (s *Store) Projects(ctx context.Context, orgID id.ID, workspaceIDs []id.ID) ([]project.Project, error) {
	q, args, err := sqlx.In(selectProject+"? AND p.workspace_id IN (?) ORDER BY p.created_at, p.id", orgID,
		db.Padded(workspaceIDs))
	if err != nil {
		return nil, err
	}
	rows, err := db.All[projectRow](ctx, s.DB, sqlx.Rebind(sqlx.DOLLAR, q), args...)
	return db.Convert(rows, projectRow.project), err
}
