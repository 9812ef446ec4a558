package realm

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/id"
)

// docs/permissions.md has the table of the roles, made from OwnRoles.
func TestTheDocsHaveTheRoles(t *testing.T) {
	page, err := os.ReadFile("../../docs/permissions.md")
	if err != nil {
		t.Fatal(err)
	}
	where := map[Level]string{OfPlatform: "every tenant", OfTenant: "its tenant", OfWorkspace: "its workspace"}
	for _, r := range OwnRoles {
		line := "| `" + r.Name + "` | " + where[r.Level] + " | `" + strings.Join(r.Scopes, "`, `") + "` |\n"
		if !strings.Contains(string(page), line) {
			t.Errorf("docs/permissions.md lacks the line\n%s", line)
		}
	}
}

func TestRightsOf(t *testing.T) {
	workspace := id.New()
	for name, c := range map[string]struct {
		platform  bool
		workspace id.ID
		roles     string
		allows    string
		refuses   string
	}{
		"superadmin":                  {true, id.ID{}, SuperAdmin, "*", ""},
		"superadmin in a tenant":      {false, id.ID{}, SuperAdmin, "", "tenants:read"},
		"an operator of the platform": {true, id.ID{}, PlatformOperator, "tenants:read", "tenants:write"},
		"an admin of a tenant":        {false, id.ID{}, TenantAdmin, "*", ""},
		"an operator of a tenant":     {false, id.ID{}, TenantOperator, "postgres:write", "workspaces:write"},
		"an admin of a workspace":     {false, workspace, WorkspaceAdmin, "storage:write", "tenants:read"},
		"of no workspace":             {false, id.ID{}, WorkspaceAdmin, "", "storage:read"},
		"an operator of a workspace":  {false, workspace, WorkspaceOperator, "storage:write", "workspaces:write"},
		"a role that the tenant made": {false, id.ID{}, "editor", "", "storage:read"},
		"two roles": {
			false, workspace, WorkspaceOperator + " " + WorkspaceAdmin, "workspaces:write", "iam:read",
		},
		"a role of the platform, bound": {true, workspace, PlatformAdmin, "*", ""},
	} {
		r := RightsOf(c.platform, c.workspace, strings.Fields(c.roles))
		if c.allows != "" && !r.Scopes.Allows(c.allows) || c.refuses != "" && r.Scopes.Allows(c.refuses) {
			t.Errorf("%s: %v", name, r.Scopes.List())
		}
		wide := slices.Contains([]string{"superadmin", "an operator of the platform"}, name)
		if r.Platform != wide || r.WorkspaceID != c.workspace || r.SuperAdmin != (name == "superadmin") {
			t.Errorf("%s: %+v", name, r)
		}
	}
}
