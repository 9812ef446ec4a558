package assembly

import (
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/project"
	"github.com/alania-go/alania/domain/workspace"
)

// workspaces makes workspaces and their projects.
func (p parts) workspaces(s *Services, listeners *workspace.Listeners) {
	s.Projects = project.NewService(p.store.Projects)
	s.Workspaces = workspace.NewService(p.store, p.store.Workspaces, s.Audit, s.Webhooks, listeners,
		s.Entitlements.Quota(entitlement.Workspaces), p.now)
}
