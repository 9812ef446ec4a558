package storetest

import (
	"testing"
	"time"

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
