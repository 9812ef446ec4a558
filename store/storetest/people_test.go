package storetest

import (
	"testing"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store"
)

// An address that other orgs know looks like one that nobody knows: in what an invitation
// answers, in lists, in the actors of the org, and for who is a super admin elsewhere.
func TestPeopleStayInTheirOrg(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		v := serve(connect(t, url, clock.System), clock.System)
		one, two := newOrg(t, v.Store, plan.Pro), newOrg(t, v.Store, plan.Pro)
		known := newMember(t, v.Store, one, identity.Owner, org.Active)
		change(t, raw(t, url), "UPDATE users SET super_admin = true WHERE id = $1", known.UserID.UUID())
		invite := func(orgID id.ID, email, name string) org.Member {
			t.Helper()
			m, err := v.orgs.Invite(as(t, orgID), orgID, org.Invite{Email: email, Name: name, Role: identity.Viewer})
			must(t, err)
			return m
		}
		fresh := unique() + "@example.com"
		for _, email := range []string{known.Email, fresh} {
			m := invite(two, email, "Two's name")
			if m.UserID == known.UserID || m.Name != "Two's name" || m.Email != email || m.Status != org.Invited {
				t.Errorf("%+v", m)
			}
			got, err := v.orgs.Member(as(t, two), two, m.ID)
			if err != nil || got != m {
				t.Errorf("%+v, %v", got, err)
			}
			if by, err := v.MemberByEmail(t.Context(), two, email); err != nil || by != m {
				t.Errorf("%+v, %v", by, err)
			}
			actors, err := v.Actors(t.Context(), two, []id.ID{m.UserID, known.UserID})
			if err != nil || len(actors) != 1 || actors[0].Name != m.Name || actors[0].Email != email {
				t.Errorf("%+v, %v", actors, err)
			}
			// The person's rights elsewhere are not those of somebody with the same address here.
			k, _, err := v.keys.Create(person(t, two, m.UserID), two, apikey.Create{Name: "K"})
			must(t, err)
			if c, err := v.CredentialByPrefix(t.Context(), k.Prefix); err != nil || c.SuperAdmin {
				t.Errorf("%+v, %v", c, err)
			}
		}
		changed, err := v.orgs.SetSuperAdmin(operatorOf(t, two), two, known.Email, true)
		if err != nil || !changed {
			t.Errorf("of the member here: %v, %v", changed, err)
		}
		nameless := invite(one, fresh, "")
		list, err := v.orgs.Members(as(t, one), one, page.Query{Limit: 9, Sort: page.Sort{Field: "name"}})
		if err != nil || len(list.Items) != 2 || list.Items[0] != nameless || list.Items[1].Name != known.Name {
			t.Errorf("%+v, %v", list.Items, err)
		}
	})
}

// Members from before the names were of the org keep the ids that were published, and the
// names that they had.
func TestMembersOfOldDatabases(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := URL(t, e)
		s := connect(t, url, clock.System)
		for {
			must(t, s.Down(t.Context()))
			version := read[int](t, raw(t, url), "SELECT max(version_id) FROM goose_db_version")
			if version < 14 {
				break
			}
		}
		db := raw(t, url)
		at := noon.Format("2006-01-02 15:04:05-07:00")
		user, m, n := id.New(), id.New(), id.New()
		change(t, db, "INSERT INTO users (id, email, name, created_at) VALUES ($1, 'old@example.com', 'Old', $2)",
			user.UUID(), at)
		orgs := map[id.ID]id.ID{m: id.New(), n: id.New()}
		for memberID, orgID := range orgs {
			change(t, db, "INSERT INTO orgs (id, name, slug, tier, created_at, updated_at)"+
				" VALUES ($1, 'O', $2, 'pro', $3, $3)", orgID.UUID(), unique(), at)
			change(t, db, "INSERT INTO members (id, org_id, user_id, role, status, created_at, updated_at)"+
				" VALUES ($1, $2, $3, 'viewer', 'active', $4, $4)", memberID.UUID(), orgID.UUID(), user.UUID(), at)
		}
		_, err := s.Migrate(t.Context())
		must(t, err)
		for memberID, orgID := range orgs {
			got, err := s.Member(t.Context(), orgID, memberID)
			if err != nil || got.UserID != user || got.Name != "Old" || got.Email != "old@example.com" {
				t.Errorf("%+v, %v", got, err)
			}
			change(t, db, "UPDATE members SET name = 'New' WHERE id = $1", memberID.UUID())
		}
		if name := read[string](t, db, "SELECT name FROM users"); name != "Old" {
			t.Errorf("the person is %s", name)
		}
	})
}
