package assembly

import (
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/project"
	"github.com/alania-go/alania/domain/workspace"
)

// workspaces makes workspaces and their projects.
func (p parts) workspaces(s *Services, listeners *workspace.Listeners) {
	s.Projects = project.NewService(p.store.Projects)
	s.Workspaces = workspace.NewService(p.store, p.store.Workspaces, s.Audit, s.Webhooks, listeners,
		s.Entitlements.Quota(entitlement.Workspaces), s.Queue, s.Entitlements.UpgradeURL(), p.now)
	s.Accounts = oauth.NewInWorkspaces(s.OAuth, p.store.OAuth, s.Workspaces)
}

// tenants makes what creates and deletes organizations. Who listens to them is named here.
func (p parts) tenants(s *Services) *org.Tenants {
	others := &org.Listeners{
		Created: []org.Hook{s.Workspaces.HandleOrgCreate},
		Changed: []org.ChangeHook{s.Workspaces.HandleOrgChange},
		Deleted: []org.Hook{s.Workspaces.HandleOrgDelete},
	}
	return org.NewTenants(s.Orgs, p.store.Orgs, s.Entitlements, others, p.store.Workspaces.PurgeWorkspacesOf,
		inviter{s})
}
