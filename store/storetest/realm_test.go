package storetest

import (
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/domain/realm/realmtest"
	"github.com/alania-go/alania/store"
	realmstore "github.com/alania-go/alania/store/realm"
)

// newIssuer is an embedded directory over a store.
func newIssuer(v *services, now func() time.Time) *realm.Issuer {
	return realm.NewIssuer(realm.Options{
		Tx: v.Store, Repository: realmstore.New(v.DB), Revocations: v.Store, Cache: v.cache, Box: box(),
		Limiter: limit.NewLocal(now), PublicURL: issuer, Now: now,
	})
}

// The embedded directory is what every directory has to be.
func TestIssuerIsADirectory(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		realmtest.Run(t, func(t *testing.T) realmtest.Fixture {
			clock := newHands()
			v := serve(connect(t, database(t, e), clock.now), clock.now)
			orgID := newOrg(t, v.Store, plan.Pro)
			return realmtest.Fixture{
				Directory: newIssuer(v, clock.now), OrgID: orgID, Name: "acme", Forward: clock.forward,
				Member: func(t *testing.T, user id.ID, on bool) {
					t.Helper()
					if !on {
						must(t, v.orgs.Dismiss(operatorOf(t, orgID), orgID, user))
						return
					}
					must(t, v.orgs.Admit(operatorOf(t, orgID), orgID,
						org.Person{ID: user, Role: identity.Member, Status: org.Active}))
				},
			}
		})
	})
}

// What the platform knows of those whom a directory outside keeps.
func TestRegisterOfRealms(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		v := serve(connect(t, database(t, e), clock.now), clock.now)
		orgID, other := newOrg(t, v.Store, plan.Pro), newOrg(t, v.Store, plan.Free)
		reg := realmstore.New(v.DB)
		ctx := operatorOf(t, orgID)
		for name, owner := range map[string]id.ID{"acme": orgID, "other": other} {
			must(t, reg.InsertRealm(ctx, realm.Realm{
				ID: id.New(), OrgID: owner, Name: name, Enabled: true, CreatedAt: clock.now(),
			}))
		}
		user := id.New()
		h, err := reg.Standing(ctx, "acme", user, id.ID{})
		must(t, err)
		if !h.MemberID.IsZero() || h.OrgTier != plan.Pro || h.OrgStatus != identity.OrgActive ||
			h.Realm.OrgID != orgID || h.WorkspaceGone {
			t.Errorf("nobody: %+v", h)
		}
		must(t, v.orgs.Admit(ctx, orgID, org.Person{
			ID: user, Email: "ada@example.com", Role: identity.Member, Status: org.Active,
		}))
		w := newWorkspace(t, v.Store, orgID, clock.now())
		h, err = reg.Standing(ctx, "acme", user, w)
		must(t, err)
		if h.MemberID.IsZero() || h.WorkspaceGone {
			t.Errorf("a member: %+v", h)
		}
		for name, in := range map[string]struct {
			realm     string
			workspace id.ID
		}{"of another organization": {"other", w}, "one that is not there": {"acme", id.New()}} {
			if h, err := reg.Standing(ctx, in.realm, user, in.workspace); err != nil || !h.WorkspaceGone {
				t.Errorf("a workspace %s: %+v, %v", name, h, err)
			}
		}
		if _, err := reg.Standing(ctx, "nobody", user, id.ID{}); !fault.IsCode(err, fault.NotFound) {
			t.Errorf("no such realm: %v", err)
		}
		for login, want := range map[string]int{"ada@example.com": 1, "ADA@example.com": 0, "eve@example.com": 0} {
			names, err := reg.RealmsOfMember(ctx, login, 10)
			if err != nil || len(names) != want {
				t.Errorf("%s: %v, %v", login, names, err)
			}
		}
		must(t, v.orgs.Dismiss(ctx, orgID, user))
		if h, err = reg.Standing(ctx, "acme", user, id.ID{}); err != nil || !h.MemberID.IsZero() {
			t.Errorf("who was a member: %+v, %v", h, err)
		}
	})
}
