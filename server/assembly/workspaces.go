package assembly

import (
	"context"

	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/id"
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
	return org.NewTenants(s.Orgs, p.store.Orgs, s.Entitlements, others, p.contents(s), inviter{s})
}

// contents deletes what a purged organization has besides rows of its own: its realms elsewhere, while the rows that
// say whose they are exist, and then what is in its workspaces.
func (p parts) contents(s *Services) org.Contents {
	if s.outside == nil {
		return p.store.Workspaces.PurgeWorkspacesOf
	}
	return func(ctx context.Context, orgID id.ID, limit int) (int, error) {
		if err := s.outside.Purge(ctx, orgID); err != nil {
			return 0, err
		}
		return p.store.Workspaces.PurgeWorkspacesOf(ctx, orgID, limit)
	}
}
