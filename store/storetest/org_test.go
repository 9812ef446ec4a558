package storetest

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store"
)

func TestOrgRoundTrip(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		ctx := t.Context()
		o := anOrg()
		o.Name, o.Tier = `Ärger & Söhne "GmbH"`, plan.Agency
		must(t, s.InsertOrg(ctx, o))
		o.Status = identity.OrgActive
		for _, read := range []func() (org.Org, error){
			func() (org.Org, error) { return s.Org(ctx, o.ID) },
			func() (org.Org, error) { return s.OrgBySlug(ctx, o.Slug) },
		} {
			if got, err := read(); err != nil || got != o {
				t.Errorf("%+v, %v", got, err)
			}
		}
		if tier, err := s.OrgTier(ctx, o.ID); err != nil || tier != plan.Agency {
			t.Errorf("%s, %v", tier, err)
		}
		u := org.User{ID: id.New(), Email: unique() + "@example.com", Name: "Ä", PasswordHash: "$argon2id$x", CreatedAt: noon}
		must(t, s.InsertUser(ctx, u))
		m := org.Member{
			ID: id.New(), OrgID: o.ID, UserID: u.ID, Email: u.Email, Name: u.Name, Role: identity.Admin, Status: org.Active,
			CreatedAt: noon, UpdatedAt: noon,
		}
		must(t, s.InsertMember(ctx, m))
		if got, err := s.Member(ctx, o.ID, m.ID); err != nil || got != m {
			t.Errorf("%+v, %v", got, err)
		}
		other := newOrg(t, s, plan.Free)
		_, err := s.Member(ctx, other, m.ID)
		wants(t, err, fault.NotFound)
	})
}

// Two owners remove each other, or take each other's role, at once: one of them stays.
func TestLastOwnerStays(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		replicas := []*services{
			serve(connect(t, url, clock.System), clock.System), serve(connect(t, url, clock.System), clock.System),
		}
		s := replicas[0].Store
		for round := range 20 {
			orgID := newOrg(t, s, plan.Pro)
			owners := []org.Member{
				newMember(t, s, orgID, identity.Owner, org.Active), newMember(t, s, orgID, identity.Owner, org.Active),
			}
			newMember(t, s, orgID, identity.Owner, org.Invited) // has not come yet: does not count
			newMember(t, s, orgID, identity.Admin, org.Active)
			ctx := as(t, orgID)
			errs := together(2, func(i int) error {
				if (round+i)%3 == 0 {
					_, err := replicas[i].orgs.ChangeRole(ctx, orgID, owners[1-i].ID, identity.Viewer)
					return err
				}
				return replicas[i].orgs.Remove(ctx, orgID, owners[1-i].ID)
			})
			if n := count(errs, succeeded); n != 1 {
				t.Fatalf("round %d: %d succeed: %v", round, n, errs)
			}
			for _, err := range errs {
				if err != nil {
					wants(t, err, fault.Conflict, "last_owner")
				}
			}
			if n, err := s.CountOwners(t.Context(), orgID); err != nil || n != 1 {
				t.Fatalf("round %d: %d owners, %v", round, n, err)
			}
			p, err := s.ListAudit(t.Context(), orgID, page.Query{Limit: 10, Sort: page.Sort{Field: "created_at"}})
			if err != nil || len(p.Items) != 1 {
				t.Fatalf("round %d: %d audit entries, %v", round, len(p.Items), err)
			}
		}
	})
}

func TestOwnersRules(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		v := serve(open(t, e), clock.System)
		orgID := newOrg(t, v.Store, plan.Pro)
		owner := newMember(t, v.Store, orgID, identity.Owner, org.Active)
		invited := newMember(t, v.Store, orgID, identity.Owner, org.Invited)
		admin := newMember(t, v.Store, orgID, identity.Admin, org.Active)
		all, some := as(t, orgID), as(t, orgID, "members:write")

		wants(t, v.orgs.Remove(all, orgID, owner.ID), fault.Conflict, "last_owner")
		_, err := v.orgs.ChangeRole(all, orgID, owner.ID, identity.Admin)
		wants(t, err, fault.Conflict, "last_owner")
		if m, err := v.orgs.ChangeRole(all, orgID, owner.ID, identity.Owner); err != nil || m.Role != identity.Owner {
			t.Fatalf("the same role: %+v, %v", m, err)
		}
		wants(t, v.orgs.Remove(some, orgID, invited.ID), fault.AccessDenied)
		_, err = v.orgs.ChangeRole(some, orgID, admin.ID, identity.Owner)
		wants(t, err, fault.AccessDenied)
		_, err = v.orgs.Invite(some, orgID, org.Invite{Email: "x@example.com", Role: identity.Owner})
		wants(t, err, fault.AccessDenied)
		must(t, v.orgs.Remove(all, orgID, invited.ID))

		m, err := v.orgs.ChangeRole(all, orgID, admin.ID, identity.Owner)
		if err != nil || m.Role != identity.Owner || !m.UpdatedAt.After(m.CreatedAt) {
			t.Fatalf("%+v, %v", m, err)
		}
		if got, err := v.orgs.Member(all, orgID, admin.ID); err != nil || got != m {
			t.Fatalf("%+v, %v", got, err)
		}
		must(t, v.orgs.Remove(all, orgID, owner.ID))
		wants(t, v.orgs.Remove(all, orgID, owner.ID), fault.NotFound)
		wants(t, v.orgs.Remove(all, orgID, admin.ID), fault.Conflict, "last_owner")

		// To another org's credentials none of it exists.
		foreign := as(t, newOrg(t, v.Store, plan.Pro))
		wants(t, v.orgs.Remove(foreign, orgID, admin.ID), fault.NotFound)
		_, err = v.orgs.Member(foreign, orgID, admin.ID)
		wants(t, err, fault.NotFound)
		_, err = v.orgs.Members(foreign, orgID, page.Query{Limit: 1, Sort: page.Sort{Field: "name"}})
		wants(t, err, fault.NotFound)
		_, err = v.orgs.Invite(foreign, orgID, org.Invite{Email: "x@example.com", Role: identity.Viewer})
		wants(t, err, fault.NotFound)
		_, err = v.orgs.ChangeRole(foreign, orgID, admin.ID, identity.Viewer)
		wants(t, err, fault.NotFound)
	})
}

func TestInvitesOfOneAddressAtOnce(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		v := serve(s, clock.System)
		for range 5 {
			email := unique() + "@example.com"
			orgID := newOrg(t, s, plan.Pro)
			ctx := as(t, orgID)
			errs := together(8, func(int) error {
				_, err := v.orgs.Invite(ctx, orgID, org.Invite{Email: email, Name: "Ada", Role: identity.Viewer})
				return err
			})
			if n := count(errs, succeeded); n != 1 {
				t.Fatalf("%d succeed: %v", n, errs)
			}
			for _, err := range errs {
				if err != nil {
					wants(t, err, fault.Conflict, "already_member")
				}
			}
			// Orgs that invite the same new person at once do not get into each other's way.
			email = unique() + "@example.com"
			orgs := make([]id.ID, 8)
			contexts := make([]context.Context, 8)
			for i := range orgs {
				orgs[i] = newOrg(t, s, plan.Pro)
				contexts[i] = as(t, orgs[i])
			}
			users := make([]id.ID, 8)
			must(t, together(8, func(i int) error {
				m, err := v.orgs.Invite(contexts[i], orgs[i], org.Invite{Email: email, Name: "Eve", Role: identity.Viewer})
				users[i] = m.UserID
				return err
			})...)
			slices.SortFunc(users, func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) })
			if n := len(slices.Compact(users)); n != 8 {
				t.Fatalf("8 orgs that know nothing of each other got %d ids", n)
			}
		}
	})
}

func TestCaseOfAddresses(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		v := serve(open(t, e), clock.System)
		one, two := newOrg(t, v.Store, plan.Pro), newOrg(t, v.Store, plan.Pro)
		ada := unique() + "@example.com"
		m, err := v.orgs.Invite(as(t, one), one,
			org.Invite{Email: " " + strings.ToUpper(ada[:1]) + ada[1:len(ada)-3] + "COM ", Name: "Ada", Role: identity.Viewer})
		if err != nil || m.Email != ada || m.Status != org.Invited {
			t.Fatalf("%+v, %v", m, err)
		}
		_, err = v.orgs.Invite(as(t, one), one,
			org.Invite{Email: strings.ToUpper(ada[:5]) + ada[5:], Name: "Other", Role: identity.Admin})
		wants(t, err, fault.Conflict, "already_member")
		n, err := v.orgs.Invite(as(t, two), two, org.Invite{Email: strings.ToUpper(ada), Name: "Other", Role: identity.Admin})
		if err != nil || n.UserID == m.UserID || n.Name != "Other" || n.ID == m.ID {
			t.Fatalf("another org learns of the person: %+v, %v", n, err)
		}
		if p, err := v.orgs.Members(as(t, one), one, page.Query{
			Limit: 9, Sort: page.Sort{Field: "name"}, Filters: []page.Filter{eq("email", org.NormalEmail(strings.ToUpper(ada)))},
		}); err != nil || len(p.Items) != 1 || p.Items[0] != m {
			t.Fatalf("%+v, %v", p, err)
		}
	})
}

func TestLockOrgIsForOneAtATime(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		replicas := []*Store{connect(t, url, clock.System), connect(t, url, clock.System)}
		orgID := newOrg(t, replicas[0], plan.Free)
		ctx := patience(t)
		var inside, most atomic.Int64
		must(t, together(12, func(i int) error {
			s := replicas[i%2]
			for range 5 {
				err := s.InTx(ctx, func(ctx context.Context) error {
					if err := s.LockOrg(ctx, orgID); err != nil {
						return err
					}
					most.Store(max(most.Load(), inside.Add(1)))
					defer inside.Add(-1)
					_, err := s.CountOwners(ctx, orgID) // time for another to come in
					return err
				})
				if err != nil {
					return err
				}
			}
			return nil
		})...)
		if n := most.Load(); n != 1 {
			t.Fatalf("%d held the lock at once", n)
		}
	})
}

// Who holds the lock of an org does not stop what only refers to the org, nor other orgs.
func TestLockOrgStopsNothingElse(t *testing.T) {
	t.Parallel()
	s := open(t, store.Postgres) // SQLite has one writer at a time anyway
	orgID, other := newOrg(t, s, plan.Free), newOrg(t, s, plan.Free)
	outside := patience(t)
	must(t, s.InTx(t.Context(), func(ctx context.Context) error {
		must(t, s.LockOrg(ctx, orgID))
		must(t,
			s.InsertAudit(outside, audit.Entry{
				ID: id.New(), OrgID: orgID, Action: "a", ActorKind: identity.System, TargetKind: audit.Org, TargetID: orgID,
				CreatedAt: noon,
			}))
		must(t, s.InTx(outside, func(ctx context.Context) error { return s.LockOrg(ctx, other) }))
		return nil
	}))
}
