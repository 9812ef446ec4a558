package identity

import (
	"context"
	"net/netip"
	"slices"
	"testing"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/scope"
)

func TestWorkspaceRole(t *testing.T) {
	all := []string{"workspaces:read", "workspaces:write", "workspace:admin"}
	for _, c := range []struct {
		scopes string
		role   Role
		can    []string
	}{
		{"", Viewer, nil},
		{"keys:read", Viewer, nil},
		{"workspaces:read", Viewer, all[:1]},
		{"workspaces:write", Member, all[1:2]},
		{"workspaces:read workspaces:write", Member, all[:2]},
		{"workspaces:*", Member, all[:2]},
		{"workspace:admin", Admin, all[2:]},
		{"workspace:*", Admin, all[2:]},
		{"*:admin", Admin, all[2:]},
		{"*:read", Viewer, all[:1]},
		{"workspace:admin workspaces:read", Admin, []string{"workspaces:read", "workspace:admin"}},
		{"workspaces:* workspace:*", Admin, all},
		{"*", Owner, all},
		{"* keys:read", Owner, all},
	} {
		p := &Principal{Scopes: scope.Fields(c.scopes)}
		if role, can := p.WorkspaceRole(); role != c.role || !slices.Equal(can, c.can) || can == nil {
			t.Errorf("%q is %s with %v", c.scopes, role, can)
		}
	}
}

func TestContext(t *testing.T) {
	ctx := context.Background()
	if From(ctx) != nil || RequestID(ctx) != "" {
		t.Error("an empty context has a caller")
	}
	p := Operator(id.New())
	if ctx = WithRequestID(With(ctx, p), "r"); From(ctx) != p || RequestID(ctx) != "r" {
		t.Errorf("%v, %q", From(ctx), RequestID(ctx))
	}
}

func TestInOrg(t *testing.T) {
	mine := id.New()
	p := &Principal{OrgID: mine}
	if err := p.InOrg(mine); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		p   *Principal
		org id.ID
	}{{p, id.New()}, {p, id.ID{}}, {nil, mine}, {nil, id.ID{}}} {
		if err := c.p.InOrg(c.org); !fault.IsCode(err, fault.NotFound) {
			t.Errorf("%+v in %s: %v", c.p, c.org, err)
		}
	}
}

func TestFromAddress(t *testing.T) {
	p := &Principal{}
	if !p.From(netip.Addr{}) || !p.From(netip.MustParseAddr("1.2.3.4")) {
		t.Error("no limit, yet refused")
	}
	p.AllowedNets = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}
	for addr, want := range map[string]bool{
		"10.1.2.3": true, "::ffff:10.1.2.3": true, "2001:db8::1": true, "11.0.0.1": false, "::ffff:11.0.0.1": false,
		"2001:db9::1": false, "::1": false, "::10.1.2.3": false,
	} {
		if p.From(netip.MustParseAddr(addr)) != want {
			t.Errorf("%s: %v", addr, !want)
		}
	}
	if p.From(netip.Addr{}) {
		t.Error("an unknown address is let in")
	}
}
