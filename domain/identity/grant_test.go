package identity

import (
	"net/netip"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/scope"
)

func nets(list ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

func TestGrantBeyond(t *testing.T) {
	end := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	w, pr, u := id.New(), id.New(), id.New()
	maker := Grant{
		Scopes: scope.Fields("keys:* *:read"), Tier: plan.Pro, AllowedNets: nets("10.0.0.0/8", "2001:db8::/32"),
		ExpiresAt: end, WorkspaceID: w, ProjectID: pr, UserID: u,
	}
	for name, c := range map[string]struct {
		change func(*Grant)
		within bool
	}{
		"the same":          {func(*Grant) {}, true},
		"fewer scopes":      {func(g *Grant) { g.Scopes = scope.Fields("keys:write members:read") }, true},
		"another scope":     {func(g *Grant) { g.Scopes = scope.Fields("members:write") }, false},
		"every scope":       {func(g *Grant) { g.Scopes = scope.Fields("*") }, false},
		"a smaller tier":    {func(g *Grant) { g.Tier = plan.Free }, true},
		"a larger tier":     {func(g *Grant) { g.Tier = plan.Agency }, false},
		"an unknown tier":   {func(g *Grant) { g.Tier = "gold" }, false},
		"a smaller net":     {func(g *Grant) { g.AllowedNets = nets("10.1.0.0/16", "10.0.0.1/32") }, true},
		"a larger net":      {func(g *Grant) { g.AllowedNets = nets("10.0.0.0/7") }, false},
		"another net":       {func(g *Grant) { g.AllowedNets = nets("10.1.0.0/16", "11.0.0.1/32") }, false},
		"the other family":  {func(g *Grant) { g.AllowedNets = nets("::/0") }, false},
		"any address":       {func(g *Grant) { g.AllowedNets = nil }, false},
		"an earlier end":    {func(g *Grant) { g.ExpiresAt = end.Add(-1) }, true},
		"a later end":       {func(g *Grant) { g.ExpiresAt = end.Add(1) }, false},
		"no end":            {func(g *Grant) { g.ExpiresAt = time.Time{} }, false},
		"another workspace": {func(g *Grant) { g.WorkspaceID = id.New() }, false},
		"all workspaces":    {func(g *Grant) { g.WorkspaceID = id.ID{} }, false},
		"another project":   {func(g *Grant) { g.ProjectID = id.New() }, false},
		"all projects":      {func(g *Grant) { g.ProjectID = id.ID{} }, false},
		"nobody":            {func(g *Grant) { g.UserID = id.ID{} }, true},
		"another person":    {func(g *Grant) { g.UserID = id.New() }, false},
		"several at once":   {func(g *Grant) { g.Tier, g.ExpiresAt = plan.Enterprise, time.Time{} }, false},
	} {
		want := maker
		c.change(&want)
		if e := maker.Beyond(want); e.None() != c.within {
			t.Errorf("%s: %+v", name, e)
		}
		// Who has no bounds may hand out any, but never another person.
		all := Grant{Scopes: scope.Fields("*"), Tier: plan.Enterprise, UserID: u}
		if e := all.Beyond(want); e.None() != (name != "another person" && name != "an unknown tier") {
			t.Errorf("%s, by who has all: %+v", name, e)
		}
		operator := Operator(id.New()).Grant()
		if e := operator.Beyond(want); !e.None() {
			t.Errorf("%s, by the operator: %+v", name, e)
		}
	}
	nobody := maker
	nobody.UserID = id.ID{}
	if nobody.Beyond(maker).None() {
		t.Error("who acts for nobody makes what acts for a person")
	}
	if got := maker.Inherit(Grant{Scopes: scope.Fields("keys:read")}); !maker.Beyond(got).None() ||
		got.UserID != (id.ID{}) {
		t.Errorf("what is left out becomes %+v", got)
	}
}
