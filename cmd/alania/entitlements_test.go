package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/cmd/alania/cmdtest"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// inPlan makes an org on a tier with a workspace, which no command does yet, and returns
// the workspace's id.
func inPlan(t *testing.T, env map[string]string, tier plan.Tier) string {
	t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, env["ALANIA_DATABASE_URL"], clock.System)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	now := clock.System()
	o := org.Org{ID: id.New(), Name: "O", Slug: string(tier), Tier: tier, CreatedAt: now, UpdatedAt: now}
	w := workspace.Workspace{
		ID: id.New(), OrgID: o.ID, Name: "Small shop", Slug: "w", Status: workspace.Active, Tier: tier,
		Settings: workspace.Defaults(), Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	if err := s.Orgs.InsertOrg(ctx, o); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Workspaces.InsertWorkspace(ctx, w); err != nil {
		t.Fatal(err)
	}
	return w.ID.Prefixed(id.WorkspacePrefix)
}

func TestEntitlements(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		env := cmdtest.Settings(t, e)
		free, enterprise := inPlan(t, env, plan.Free), inPlan(t, env, plan.Enterprise)
		row := func(workspaceID, feature, want string) {
			t.Helper()
			out, err := alania(t, env, "entitlements", "list", "--workspace", workspaceID)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out) {
				if f := strings.Fields(line); len(f) > 0 && f[0] == feature {
					if got := strings.Join(f[1:], " "); got != want {
						t.Errorf("%s: %s, want %s", feature, got, want)
					}
					return
				}
			}
			t.Errorf("%s is not in\n%s", feature, out)
		}
		row(free, "posts", "0 100 never -")
		row(free, "sso", "- not included never 2027-03-31")
		row(enterprise, "posts", "0 unlimited never -")
		row(enterprise, "sso", "- included never 2027-03-31")
		row(enterprise, "workspaces", "1 unlimited never -")
		out, err := alania(t, env, "entitlements", "boost", "--workspace", free, "--feature", "posts", "--add", "500",
			"--days", "30")
		if until := time.Now().UTC().AddDate(0, 0, 30).Format("2006-01"); err != nil ||
			!strings.Contains(out, "500 more posts") || !strings.Contains(out, until) {
			t.Errorf("%v\n%s", err, out)
		}
		if out, err = alania(t, env, "entitlements", "boost", "-workspace", free, "-feature", "posts", "-add",
			"7"); err != nil || !strings.Contains(out, "without an end") {
			t.Errorf("%v\n%s", err, out)
		}
		row(free, "posts", "0 607 never -")
		nobody := id.New().Prefixed(id.WorkspacePrefix)
		for _, c := range []struct{ workspace, feature, want string }{
			{free, "nonsense", "/feature"}, {free, "sso", "/feature"}, {enterprise, "posts", "has no limit"},
			{nobody, "posts", "does not exist"},
		} {
			if _, err := alania(t, env, "entitlements", "boost", "-workspace", c.workspace, "-feature", c.feature, "-add",
				"1"); err == nil || !strings.Contains(explain(err), c.want) {
				t.Errorf("%s: %v", c.feature, err)
			}
		}
	})
}
