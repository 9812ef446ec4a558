package identity

import (
	"net/netip"
	"slices"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/scope"
)

// Grant is what credentials may do, with every bound that they have. Nothing that is made,
// rotated or asked for with credentials has more than they have: Beyond is the one place
// that decides it, for keys, clients, tokens and invitations.
type Grant struct {
	Scopes      scope.Set
	Tier        plan.Tier
	AllowedNets []netip.Prefix // where it may be used from; empty: anywhere
	ExpiresAt   time.Time      // zero: it has no end
	WorkspaceID id.ID          // the one workspace that it is bound to; zero: all of the org
	ProjectID   id.ID          // the one project that it is bound to; zero: all of the workspace
	UserID      id.ID          // the person that it acts for; zero: nobody, which is less than any person

	unlimited bool // the operator's
}

// Excess is what a wanted grant has beyond another one.
type Excess struct {
	Scopes []string       // those that the other does not cover
	Nets   []netip.Prefix // those that the other does not contain

	Tier, Addresses, End, Workspace, Project, Person bool
}

// None reports whether there is no excess.
func (e Excess) None() bool {
	return len(e.Scopes) == 0 && !e.Tier && !e.Addresses && !e.End && !e.Workspace && !e.Project && !e.Person
}

// Grant returns what the credentials of the principal may do.
func (p *Principal) Grant() Grant {
	return Grant{
		Scopes: p.Scopes, Tier: p.Tier, AllowedNets: p.AllowedNets, ExpiresAt: p.ExpiresAt, WorkspaceID: p.WorkspaceID,
		ProjectID: p.ProjectID, UserID: p.UserID, unlimited: p.Kind == System,
	}
}

// Beyond returns what want has beyond the grant.
func (g Grant) Beyond(want Grant) Excess {
	if g.unlimited {
		return Excess{}
	}
	e := Excess{
		Scopes:    g.Scopes.Excess(want.Scopes.List()),
		Tier:      !want.Tier.Within(g.Tier),
		End:       !g.ExpiresAt.IsZero() && (want.ExpiresAt.IsZero() || want.ExpiresAt.After(g.ExpiresAt)),
		Workspace: !g.WorkspaceID.IsZero() && want.WorkspaceID != g.WorkspaceID,
		Project:   !g.ProjectID.IsZero() && want.ProjectID != g.ProjectID,
		Person:    !want.UserID.IsZero() && want.UserID != g.UserID,
	}
	if len(g.AllowedNets) == 0 {
		return e
	}
	e.Addresses = len(want.AllowedNets) == 0
	for _, n := range want.AllowedNets {
		within := func(o netip.Prefix) bool { return o.Bits() <= n.Bits() && o.Contains(n.Addr()) }
		if !slices.ContainsFunc(g.AllowedNets, within) {
			e.Nets, e.Addresses = append(e.Nets, n), true
		}
	}
	return e
}

// Inherit returns want with the bounds of the grant in place of those that want leaves out.
// Scopes are never filled in: who wants none has none. Nor is the person, who is somebody
// only where the caller says so.
func (g Grant) Inherit(want Grant) Grant {
	if want.Tier == "" {
		want.Tier = g.Tier
	}
	if len(want.AllowedNets) == 0 {
		want.AllowedNets = slices.Clone(g.AllowedNets)
	}
	if want.ExpiresAt.IsZero() {
		want.ExpiresAt = g.ExpiresAt
	}
	if want.WorkspaceID.IsZero() {
		want.WorkspaceID = g.WorkspaceID
	}
	if want.ProjectID.IsZero() {
		want.ProjectID = g.ProjectID
	}
	return want
}
