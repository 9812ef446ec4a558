package realm

import (
	"slices"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/scope"
)

// The roles that mean something to our APIs.
const (
	SuperAdmin        = "superadmin"
	PlatformAdmin     = "platform_admin"
	PlatformOperator  = "platform_operator"
	TenantAdmin       = "tenant_admin"
	TenantOperator    = "tenant_operator"
	WorkspaceAdmin    = "workspace_admin"
	WorkspaceOperator = "workspace_operator"
)

// Level is where a role of ours holds.
type Level string

// The levels.
const (
	OfPlatform  Level = "platform"  // in every tenant; only users of the platform's realm have it
	OfTenant    Level = "tenant"    // in the tenant of the realm
	OfWorkspace Level = "workspace" // in the one workspace of the user
)

// OwnRole is a role of ours.
type OwnRole struct {
	Name   string
	Level  Level
	Scopes []string
	Member identity.Role // that the person has as a member of the organization
	About  string
}

// data are the scopes of somebody who works with the data of workspaces and changes nothing else.
var data = []string{"postgres:write", "mongo:write", "events:*", "functions:invoke", "storage:write"}

// OwnRoles is the one table of what a role allows. docs/permissions.md shows it, and a test compares the two.
var OwnRoles = []OwnRole{
	{SuperAdmin, OfPlatform, []string{"*"}, identity.Owner, "Everything, in every tenant."},
	{PlatformAdmin, OfPlatform, []string{"*"}, identity.Admin, "Everything, in every tenant."},
	{PlatformOperator, OfPlatform, []string{"*:read"}, identity.Viewer, "Reads everything, in every tenant."},
	{TenantAdmin, OfTenant, []string{"*"}, identity.Owner, "Everything, in its tenant."},
	{TenantOperator, OfTenant, slices.Concat([]string{"*:read"}, data), identity.Member,
		"Reads everything and works with the data, in its tenant."},
	{WorkspaceAdmin, OfWorkspace, []string{
		"workspaces:read", "workspaces:write", "postgres:*", "mongo:*", "events:*", "functions:*", "storage:*",
		"service-accounts:*", "applications:*", "keys:*", "webhooks:*", "jobs:read",
	}, identity.Member, "Everything in its workspace."},
	{WorkspaceOperator, OfWorkspace, slices.Concat([]string{
		"workspaces:read", "postgres:read", "mongo:read", "functions:read", "storage:read",
	}, data), identity.Viewer, "Works with the data of its workspace."},
}

// ownRole finds a role of ours.
func ownRole(name string) (OwnRole, bool) {
	i := slices.IndexFunc(OwnRoles, func(r OwnRole) bool { return r.Name == name })
	if i < 0 {
		return OwnRole{}, false
	}
	return OwnRoles[i], true
}

// Rights are what roles amount to here.
type Rights struct {
	Scopes      scope.Set
	Platform    bool  // in every tenant
	SuperAdmin  bool  // may act on tenants as a whole
	WorkspaceID id.ID // the one workspace that they hold in; zero: all of the tenant
	Member      identity.Role
}

// None reports whether the roles allow nothing here.
func (r Rights) None() bool { return len(r.Scopes.List()) == 0 }

// RightsOf returns what roles amount to in a realm. The roles of the platform count in its own realm only, whoever
// wrote them into a token. A workspace binds all that the roles allow; without one, the roles of a workspace allow
// nothing.
func RightsOf(platform bool, workspaceID id.ID, roles []string) Rights {
	r := Rights{WorkspaceID: workspaceID}
	var scopes []string
	for _, own := range OwnRoles { // from the largest
		if !slices.Contains(roles, own.Name) {
			continue
		}
		switch own.Level {
		case OfPlatform:
			if !platform {
				continue
			}
			r.Platform = true
			r.SuperAdmin = r.SuperAdmin || own.Name != PlatformOperator
		case OfWorkspace:
			if workspaceID.IsZero() {
				continue
			}
		}
		scopes = append(scopes, own.Scopes...)
		if r.Member == "" {
			r.Member = own.Member
		}
	}
	if !workspaceID.IsZero() {
		r.Platform, r.SuperAdmin = false, false
	}
	slices.Sort(scopes)
	r.Scopes = scope.Parse(slices.Compact(scopes))
	return r
}
