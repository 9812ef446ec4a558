// Package project holds the projects of a workspace. A workspace is made with one, and a
// key can be bound to one.
package project

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/workspace"
)

// Project is a part of a workspace.
type Project struct {
	ID          id.ID
	OrgID       id.ID
	WorkspaceID id.ID
	Name        string
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Repository keeps projects.
type Repository interface {
	InsertProject(ctx context.Context, p Project) error
	// Project returns one of an org; one of a deleted workspace is NotFound.
	Project(ctx context.Context, orgID, projectID id.ID) (Project, error)
	// Projects returns those of workspaces of an org, oldest first.
	Projects(ctx context.Context, orgID id.ID, workspaceIDs []id.ID) ([]Project, error)
}

// Service holds the rules of projects.
type Service struct{ repo Repository }

// NewService makes the service.
func NewService(repo Repository) *Service { return &Service{repo: repo} }

// First makes the project that a workspace begins with. It is called in the transaction
// that makes the workspace.
func (s *Service) First(ctx context.Context, w workspace.Workspace) error {
	return s.repo.InsertProject(ctx, Project{
		ID: id.NewV4(), OrgID: w.OrgID, WorkspaceID: w.ID, Name: "Default", CreatedAt: w.CreatedAt, UpdatedAt: w.CreatedAt,
	})
}

// Get returns a project of the caller's org.
func (s *Service) Get(ctx context.Context, projectID id.ID) (Project, error) {
	p := identity.From(ctx)
	out, err := s.repo.Project(ctx, p.OrgID, projectID)
	if err == nil && !p.InWorkspace(out.WorkspaceID) {
		return Project{}, fault.NewNotFound("project")
	}
	return out, err
}

// Of returns the projects of workspaces of the caller's org, by workspace.
func (s *Service) Of(ctx context.Context, workspaceIDs []id.ID) (map[id.ID][]Project, error) {
	if len(workspaceIDs) == 0 {
		return nil, nil
	}
	all, err := s.repo.Projects(ctx, identity.From(ctx).OrgID, workspaceIDs)
	out := map[id.ID][]Project{}
	for _, p := range all {
		out[p.WorkspaceID] = append(out[p.WorkspaceID], p)
	}
	return out, err
}
