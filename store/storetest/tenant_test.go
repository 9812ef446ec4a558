package storetest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store"
)

// invitations are the members who were invited.
type invitations struct {
	to   []org.Member
	fail error
}

// Invite implements org.Inviter.
func (i *invitations) Invite(_ context.Context, m org.Member) (org.Invitation, error) {
	i.to = append(i.to, m)
	return org.Invitation{Token: "token of " + m.Email, ExpiresAt: noon}, i.fail
}

// administer returns the services of a new database, limited by plans, and the context of a super admin of an org of
// the enterprise plan.
func administer(t *testing.T, e store.Engine, now clock.Clock) (*services, context.Context) {
	t.Helper()
	v := meter(connect(t, database(t, e), now), now).services
	return v, superAdmin(t, newOrg(t, v.Store, plan.Enterprise))
}

func tenantOf(t testing.TB, v *services, admin context.Context, tier plan.Tier) org.Org {
	t.Helper()
	got, err := v.tenants.Create(admin, org.NewTenant{Slug: unique(), Name: "Acme", Tier: tier,
		OwnerEmail: "a@example.com"})
	must(t, err)
	return got.Org
}

var byTime = page.Query{Limit: 20, Sort: page.Sort{Field: "created_at"}}

func TestTenantIsCreated(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		v, admin := administer(t, e, clock.now)
		in := org.NewTenant{Slug: "acme-corp", Name: " Acme Corporation ", Tier: plan.Pro,
			OwnerEmail: "Admin@Acme.example.com"}
		got, err := v.tenants.Create(admin, in)
		must(t, err)
		want := org.Org{
			ID: got.Org.ID, Name: "Acme Corporation", Slug: "acme-corp", Tier: plan.Pro, Status: identity.OrgActive,
			CreatedAt: noon, UpdatedAt: noon,
		}
		if read, err := v.tenants.Get(admin, got.Org.ID); err != nil || read != want || got.Org != want {
			t.Errorf("%+v, then %+v, %v", got.Org, read, err)
		}
		if got.Invitation == nil || got.Invitation.Token != "token of admin@acme.example.com" {
			t.Errorf("the invitation %+v", got.Invitation)
		}
		own := as(t, got.Org.ID)
		members, err := v.orgs.Members(own, got.Org.ID, byTime)
		must(t, err)
		if len(members.Items) != 1 || members.Items[0] != v.inviter.to[0] || members.Items[0].Role != identity.Owner ||
			members.Items[0].Status != org.Invited {
			t.Errorf("the members %+v", members.Items)
		}
		w, err := v.workspaces.Default(own)
		if err != nil || w.Tier != plan.Pro || w.State() != workspace.Active ||
			!reflect.DeepEqual(w.Capabilities, workspace.DefaultCapabilities(plan.Pro)) {
			t.Errorf("its workspace %+v, %v", w, err)
		}
		trail, err := v.ListAudit(t.Context(), got.Org.ID, byTime)
		must(t, err)
		var actions []string
		for _, entry := range trail.Items {
			actions = append(actions, entry.Action)
		}
		slices.Sort(actions)
		if !slices.Equal(actions, []string{"member.invited", "org.created", "workspace.created"}) {
			t.Errorf("the trail %q", actions)
		}

		_, err = v.tenants.Create(admin, in)
		wants(t, err, fault.Conflict, "tenant_slug_taken")
		_, err = v.tenants.Create(admin, org.NewTenant{Slug: "other", Name: " \t", Tier: plan.Free,
			OwnerEmail: "a@example.com"})
		wants(t, err, fault.ValidationFailed)
		// What fails in the middle leaves nothing.
		v.inviter.fail = errors.New("no")
		_, err = v.tenants.Create(admin, org.NewTenant{Slug: "half", Name: "Half", Tier: plan.Free,
			OwnerEmail: "a@example.com"})
		if err != v.inviter.fail {
			t.Errorf("%v", err)
		}
		_, err = v.OrgBySlug(t.Context(), "half")
		wants(t, err, fault.NotFound)
	})
}

// Who does not administer the platform sees their own tenant, and changes no more than its name.
func TestWhoAdministersTenants(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		v, admin := administer(t, e, clock.System)
		tenant, other := tenantOf(t, v, admin, plan.Starter), tenantOf(t, v, admin, plan.Starter)
		w, err := v.workspaces.Default(as(t, tenant.ID))
		must(t, err)
		pro, suspended, renamed := plan.Pro, identity.OrgSuspended, "Renamed"
		for name, ctx := range map[string]context.Context{
			"an owner's":                        as(t, tenant.ID),
			"a super admin's, of one workspace": having(superAdmin(t, tenant.ID), bound(w.ID)),
		} {
			_, err := v.tenants.Create(ctx, org.NewTenant{Slug: unique(), Name: "X", Tier: plan.Free,
				OwnerEmail: "a@example.com"})
			wants(t, err, fault.AccessDenied)
			for _, in := range []org.TenantUpdate{{Tier: &pro}, {Status: &suspended}} {
				_, err = v.tenants.Update(ctx, tenant.ID, in)
				wants(t, err, fault.AccessDenied)
				_, err = v.tenants.Update(ctx, other.ID, in)
				wants(t, err, fault.NotFound)
			}
			wants(t, v.tenants.Delete(ctx, tenant.ID), fault.AccessDenied)
			wants(t, v.tenants.Delete(ctx, other.ID), fault.NotFound)
			_, err = v.tenants.Get(ctx, other.ID)
			wants(t, err, fault.NotFound)
			if got, err := v.tenants.Get(ctx, tenant.ID); err != nil || got.ID != tenant.ID {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
			if list, err := v.tenants.List(ctx, byTime); err != nil || len(list.Items) != 1 ||
				list.Items[0].ID != tenant.ID {
				t.Errorf("%s sees %+v, %v", name, list.Items, err)
			}
		}
		if got, err := v.tenants.Update(as(t, tenant.ID), tenant.ID, org.TenantUpdate{Name: &renamed}); err != nil ||
			got.Name != renamed {
			t.Errorf("%+v, %v", got, err)
		}
		// A role of the platform acts in every org, within its scopes.
		platform := having(as(t, other.ID), func(p *identity.Principal) { p.Platform = true })
		if got, err := v.workspaces.Get(platform, w.ID); err != nil || got.ID != w.ID {
			t.Errorf("%+v, %v", got, err)
		}
		for _, ctx := range []context.Context{admin, platform, operatorOf(t, other.ID)} {
			list, err := v.tenants.List(ctx, byTime)
			if err != nil || len(list.Items) != 3 {
				t.Errorf("%d tenants, %v", len(list.Items), err)
			}
		}
	})
}

func TestTenantsAreListed(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		v, admin := administer(t, e, clock.now)
		var want []id.ID
		for i := range 7 {
			clock.forward(time.Second)
			tier := plan.Free
			if i%2 == 0 {
				tier = plan.Pro
			}
			o := tenantOf(t, v, admin, tier)
			if i%2 == 0 {
				want = append(want, o.ID)
			}
		}
		suspended := identity.OrgSuspended
		_, err := v.tenants.Update(admin, want[1], org.TenantUpdate{Status: &suspended})
		must(t, err)
		q := byTime
		q.Limit, q.Filters = 3, []page.Filter{{Field: "plan", Op: page.Eq, Value: "pro"}}
		var got []id.ID
		for {
			p, err := v.tenants.List(admin, q)
			must(t, err)
			for _, o := range p.Items {
				got = append(got, o.ID)
			}
			if p.Next == nil {
				break
			}
			q.After = p.Next
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		q = byTime
		q.Filters = []page.Filter{{Field: "status", Op: page.Eq, Value: "suspended"}}
		if p, err := v.tenants.List(admin, q); err != nil || len(p.Items) != 1 || p.Items[0].ID != want[1] {
			t.Errorf("%+v, %v", p.Items, err)
		}
	})
}

func TestTenantChanges(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		v, admin := administer(t, e, clock.now)
		o := tenantOf(t, v, admin, plan.Free)
		own := as(t, o.ID)
		_, key, err := v.keys.Create(own, o.ID, apikey.Create{Name: "K", Scopes: []string{"*"}})
		must(t, err)
		authenticate := func() (*identity.Principal, error) { return v.keys.Authenticate(t.Context(), key, local) }
		_, err = authenticate()
		must(t, err)
		pro, starter, free := plan.Pro, plan.Starter, plan.Free
		active, suspended, deactivated := identity.OrgActive, identity.OrgSuspended, identity.OrgDeactivated
		name := "Acme 2"
		update := func(in org.TenantUpdate) org.Org {
			t.Helper()
			clock.forward(time.Second)
			got, err := v.tenants.Update(admin, o.ID, in)
			must(t, err)
			return got
		}
		if got := update(org.TenantUpdate{Tier: &pro, Name: &name}); got.Tier != pro || got.Name != name ||
			!got.UpdatedAt.Equal(clock.now()) {
			t.Errorf("%+v", got)
		}
		was := update(org.TenantUpdate{})
		if got := update(org.TenantUpdate{Tier: &pro, Status: &active}); got != was {
			t.Errorf("nothing changes, and it is %+v", got)
		}

		for range 5 {
			_, err := v.workspaces.Create(own, o.ID, workspace.Create{Name: "W", Settings: workspace.Defaults()})
			must(t, err)
		}
		w, err := v.workspaces.Default(own)
		must(t, err)
		_, err = v.entitlements.Record(own, w.ID, entitlement.Posts, 700, nil)
		must(t, err)
		_, err = v.tenants.Update(admin, o.ID, org.TenantUpdate{Tier: &free})
		wants(t, err, fault.RuleBroken, "plan_in_use")
		blocked := []map[string]any{
			{"feature": "workspaces", "used": int64(6), "limit": int64(3)},
			{"feature": "posts", "used": int64(700), "limit": int64(100)},
		}
		if details := fault.Wrap(err).Details; !reflect.DeepEqual(details["blockedBy"], blocked) {
			t.Errorf("blocked by %v", details)
		}
		_, err = v.entitlements.Boost(own, entitlement.Grant{WorkspaceID: w.ID, Feature: entitlement.Posts, Add: 200})
		must(t, err)
		if got := update(org.TenantUpdate{Tier: &starter}); got.Tier != starter { // 500 posts and the boost
			t.Errorf("%+v", got)
		}

		if got := update(org.TenantUpdate{Status: &suspended}); got.Status != suspended || got.SuspendedAt == nil {
			t.Errorf("%+v", got)
		}
		_, err = authenticate()
		wants(t, err, fault.Unauthenticated, identity.ReasonOrgSuspended)
		if got := update(org.TenantUpdate{Status: &active}); got.Status != active || got.SuspendedAt != nil {
			t.Errorf("%+v", got)
		}
		_, err = authenticate()
		must(t, err)
		_, err = v.tenants.Update(admin, o.ID, org.TenantUpdate{Status: &deactivated})
		wants(t, err, fault.RuleBroken, "status_not_allowed")
		_, err = v.tenants.Update(admin, identity.From(admin).OrgID, org.TenantUpdate{Status: &suspended})
		wants(t, err, fault.RuleBroken, "own_tenant")
		_, err = v.tenants.Update(admin, id.New(), org.TenantUpdate{Name: &name})
		wants(t, err, fault.NotFound)
	})
}

// A plan becomes smaller while workspaces are made: there are never more than the plan allows.
func TestDowngradeAndCreationsAtOnce(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		v, admin := administer(t, e, clock.System)
		free := plan.Free
		for range 5 {
			o := tenantOf(t, v, admin, plan.Starter)
			own := as(t, o.ID)
			together(6, func(i int) error {
				if i == 0 {
					_, err := v.tenants.Update(admin, o.ID, org.TenantUpdate{Tier: &free})
					return err
				}
				_, err := v.workspaces.Create(own, o.ID, workspace.Create{Name: "W", Settings: workspace.Defaults()})
				return err
			})
			got, err := v.tenants.Get(admin, o.ID)
			must(t, err)
			n, err := v.CountWorkspaces(t.Context(), o.ID)
			if must(t, err); got.Tier == free && n > 3 {
				t.Errorf("%d workspaces on the plan %s", n, got.Tier)
			}
		}
	})
}

func TestTenantIsDeleted(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		v, admin := administer(t, e, clock.now)
		o := tenantOf(t, v, admin, plan.Enterprise)
		own := as(t, o.ID)
		for range 60 { // more than one transaction deletes
			newWorkspace(t, v.Store, o.ID, noon)
		}
		w, err := v.workspaces.Default(own)
		must(t, err)
		if _, err := v.workspaces.Access(own, w.ID); err != nil {
			t.Fatal(err)
		}
		_, key, err := v.keys.Create(own, o.ID, apikey.Create{Name: "K", Scopes: []string{"*"}})
		must(t, err)
		_, err = v.keys.Authenticate(t.Context(), key, local)
		must(t, err)

		clock.forward(time.Minute)
		must(t, v.tenants.Delete(admin, o.ID))
		_, err = v.keys.Authenticate(t.Context(), key, local) // at once, though it was cached
		wants(t, err, fault.Unauthenticated, "")
		_, err = v.workspaces.Get(own, w.ID)
		wants(t, err, fault.NotFound)
		_, err = v.workspaces.Access(own, w.ID)
		wants(t, err, fault.NotFound)
		got, err := v.tenants.Get(admin, o.ID)
		if must(t, err); got.Status != identity.OrgDeactivated || !sameTime(got.DeactivatedAt, &got.UpdatedAt) {
			t.Errorf("%+v", got)
		}
		running, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { v.queue.Run(running); close(done) }()
		tasktest.Until(t, "all workspaces are deleted", func() bool {
			n, err := v.CountWorkspaces(t.Context(), o.ID)
			return err == nil && n == 0
		})
		stop()
		<-done

		must(t, v.tenants.Delete(admin, o.ID)) // once more
		_, err = v.tenants.Create(admin, org.NewTenant{Slug: o.Slug, Name: "X", Tier: plan.Free,
			OwnerEmail: "a@example.com"})
		wants(t, err, fault.Conflict, "tenant_slug_taken")
		active, name := identity.OrgActive, "X"
		for _, in := range []org.TenantUpdate{{Status: &active}, {Name: &name}} {
			_, err = v.tenants.Update(admin, o.ID, in)
			wants(t, err, fault.RuleBroken, "tenant_deactivated")
		}
		if changed, err := v.orgs.Resume(admin, o.ID); err != nil || changed {
			t.Errorf("resumed: %v, %v", changed, err)
		}
		wants(t, v.tenants.Delete(admin, identity.From(admin).OrgID), fault.RuleBroken, "own_tenant")
		wants(t, v.tenants.Delete(admin, id.New()), fault.NotFound)
	})
}
