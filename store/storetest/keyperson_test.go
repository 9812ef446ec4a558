package storetest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/permission"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/scope"
	"github.com/alania-go/alania/store"
)

// published keeps what was published.
type published struct {
	mu     sync.Mutex
	events []event.Event
}

func (p *published) Publish(_ context.Context, e event.Event) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, e)
	return nil
}

// person returns a context in which credentials of a person act in an org.
func person(t testing.TB, orgID, userID id.ID, scopes ...string) context.Context {
	ctx := as(t, orgID, scopes...)
	p := *identity.From(ctx)
	p.UserID = userID
	return identity.With(ctx, &p)
}

// having changes the caller of a context.
func having(ctx context.Context, change func(p *identity.Principal)) context.Context {
	p := *identity.From(ctx)
	change(&p)
	return identity.With(ctx, &p)
}

func super(p *identity.Principal) { p.SuperAdmin = true }

func keyIDs(list []apikey.Key) []id.ID {
	var out []id.ID
	for _, k := range list {
		out = append(out, k.ID)
	}
	return out
}

// A member of two orgs, with keys in both, as seen by colleagues, strangers and super admins.
func TestKeysOfAPerson(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		s := connect(t, database(t, e), clock.now)
		v := serve(s, clock.now)
		events := &published{}
		v.keys = apikey.NewService(s, s, s, v.audit, events, v.cache, nil, clock.now)
		one, two := newOrg(t, s, plan.Pro), newOrg(t, s, plan.Pro)
		ada, eve := newMember(t, s, one, identity.Owner, org.Active), newMember(t, s, two, identity.Owner, org.Active)
		must(t,
			s.InsertMember(t.Context(), org.Member{
				ID: id.New(), OrgID: two, UserID: ada.UserID, Role: identity.Viewer, Status: org.Active, CreatedAt: noon,
				UpdatedAt: noon,
			}))
		create := func(orgID, userID id.ID, in apikey.Create) (apikey.Key, string) {
			t.Helper()
			clock.forward(time.Second)
			in.Name, in.Scopes = "K", []string{"*"}
			k, full, err := v.keys.Create(person(t, orgID, userID), orgID, in)
			must(t, err)
			return k, full
		}
		end := noon.Add(time.Minute)
		mortal, _ := create(one, ada.UserID, apikey.Create{ExpiresAt: &end})
		first, firstFull := create(one, ada.UserID, apikey.Create{})
		second, secondFull := create(two, ada.UserID, apikey.Create{})
		gone, _ := create(one, ada.UserID, apikey.Create{})
		eves, evesFull := create(two, eve.UserID, apikey.Create{})
		nobodys, _ := create(one, id.ID{}, apikey.Create{})
		inOne, inTwo := person(t, one, ada.UserID), person(t, two, eve.UserID)
		must(t, v.keys.Revoke(inOne, one, gone.ID))
		clock.forward(time.Hour) // the mortal one is expired, which is not deleted

		lists := func(what string, list []apikey.Key, err error, want ...apikey.Key) {
			t.Helper()
			if err != nil || !slices.Equal(keyIDs(list), keyIDs(want)) {
				t.Errorf("%s: %v, %v", what, keyIDs(list), err)
			}
		}
		mine, err := v.keys.Mine(inOne)
		lists("one's own", mine, err, first, mortal)
		if len(mine) == 2 &&
			(mine[0].Prefix != first.Prefix || mine[0].Seq != first.Seq || !sameTime(mine[1].ExpiresAt, &end)) {
			t.Errorf("%+v", mine)
		}
		mine, err = v.keys.Mine(person(t, two, ada.UserID))
		lists("one's own in the other org", mine, err, second)
		mine, err = v.keys.Mine(as(t, one))
		lists("nobody's own", mine, err)
		list, err := v.keys.OfUser(inOne, ada.UserID)
		lists("by a colleague", list, err, first, mortal)
		list, err = v.keys.OfUser(inTwo, ada.UserID)
		lists("by a colleague in the other org", list, err, second)
		list, err = v.keys.OfUser(having(inTwo, super), ada.UserID)
		lists("by a super admin", list, err, second, first, mortal)
		list, err = v.keys.OfUser(having(as(t, newOrg(t, s, plan.Free)), super), eve.UserID)
		lists("by a super admin elsewhere", list, err, eves)
		bound := having(inOne, func(p *identity.Principal) { p.SuperAdmin, p.WorkspaceID = true, id.New() })
		list, err = v.keys.OfUser(bound, ada.UserID)
		lists("by credentials bound to a workspace", list, err)
		mine, err = v.keys.Mine(bound)
		lists("one's own, bound to a workspace", mine, err)

		// To a stranger a person of another org does not exist.
		for _, of := range []id.ID{eve.UserID, id.New(), {}} {
			for _, ctx := range []context.Context{inOne, bound} {
				_, err = v.keys.OfUser(ctx, of)
				wants(t, err, fault.NotFound)
				if f := fault.Wrap(err); f.Message != "The user does not exist." {
					t.Errorf("%v", f)
				}
				wants(t, v.keys.RevokeOfUser(ctx, of), fault.NotFound)
			}
		}
		for _, of := range []id.ID{id.New(), {}} {
			wants(t, v.keys.RevokeOfUser(having(inOne, super), of), fault.NotFound)
		}

		authenticates := func(full string, want bool) {
			t.Helper()
			if _, err := v.keys.Authenticate(t.Context(), full, local); (err == nil) != want {
				t.Errorf("accepted: %v", err == nil)
			}
		}
		revocations := func(orgID id.ID) (n int) {
			p, err := s.ListAudit(t.Context(), orgID,
				page.Query{Limit: 100, Sort: page.Sort{Field: "created_at"}, Filters: []page.Filter{eq("action", "key.revoked")}})
			must(t, err)
			return len(p.Items)
		}
		for _, full := range []string{firstFull, secondFull, evesFull} {
			authenticates(full, true) // and is cached
		}
		events.events = nil
		// All or nothing.
		_ = s.InTx(inOne, func(ctx context.Context) error {
			must(t, v.keys.RevokeOfUser(ctx, ada.UserID))
			return errRefused
		})
		authenticates(firstFull, true)
		if n := revocations(one); n != 1 {
			t.Errorf("%d entries when it was rolled back", n)
		}
		events.events = nil
		must(t, v.keys.RevokeOfUser(inOne, ada.UserID), v.keys.RevokeOfUser(inOne, ada.UserID)) // again: nothing is left
		authenticates(firstFull, false)
		authenticates(secondFull, true)
		if n := revocations(one); n != 3 || revocations(two) != 0 {
			t.Errorf("%d entries", n)
		}
		if len(events.events) != 2 {
			t.Fatalf("%d events", len(events.events))
		}
		for _, ev := range events.events {
			k := ev.Data.(apikey.Key)
			if ev.Type != event.KeyRevoked || ev.OrgID != one || !sameTime(k.RevokedAt, ptr(clock.now())) ||
				k.ID != mortal.ID && k.ID != first.ID {
				t.Errorf("%+v", ev)
			}
		}
		// A super admin ends what is in other orgs, and their trail tells of it.
		must(t, v.keys.RevokeOfUser(having(inOne, super), ada.UserID))
		authenticates(secondFull, false)
		authenticates(evesFull, true)
		if n := revocations(two); n != 1 {
			t.Errorf("%d entries", n)
		}
		if k, err := s.Key(t.Context(), one, nobodys.ID); err != nil || k.RevokedAt != nil {
			t.Errorf("nobody's key: %v, %v", k.RevokedAt, err)
		}
		list, err = v.keys.OfUser(inOne, ada.UserID)
		lists("behind the revocation", list, err)
	})
}

// Eight at once revoke each key once.
func TestKeysOfAPersonAreRevokedOnce(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		replicas := []*services{
			serve(connect(t, url, clock.System), clock.System), serve(connect(t, url, clock.System), clock.System),
		}
		s := replicas[0].Store
		orgID := newOrg(t, s, plan.Pro)
		m := newMember(t, s, orgID, identity.Owner, org.Active)
		ctx := person(t, orgID, m.UserID)
		var keys []apikey.Key
		for range 5 {
			k, _, err := replicas[0].keys.Create(ctx, orgID, apikey.Create{Name: "K"})
			must(t, err)
			keys = append(keys, k)
		}
		errs := together(8, func(i int) error {
			if i%2 == 0 {
				return replicas[i/2%2].keys.RevokeOfUser(ctx, m.UserID)
			}
			return replicas[i/2%2].keys.Delete(ctx, keys[0].ID)
		})
		for i, err := range errs {
			if i%2 == 0 {
				must(t, err)
			} else if err != nil {
				wants(t, err, fault.NotFound)
			}
		}
		p, err := s.ListAudit(t.Context(), orgID,
			page.Query{Limit: 100, Sort: page.Sort{Field: "created_at"}, Filters: []page.Filter{eq("action", "key.revoked")}})
		if err != nil || len(p.Items) != len(keys) {
			t.Errorf("%d entries of %d revocations, %v", len(p.Items), len(keys), err)
		}
	})
}

func TestKeyIsRenamedAndDeleted(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		v := serve(open(t, e), clock.System)
		orgID := newOrg(t, v.Store, plan.Pro)
		ctx, foreign := as(t, orgID), as(t, newOrg(t, v.Store, plan.Pro))
		k, full, err := v.keys.Create(ctx, orgID, apikey.Create{Name: "Before", Scopes: []string{"*"}})
		must(t, err)
		if _, err := v.keys.Authenticate(t.Context(), full, local); err != nil {
			t.Fatal(err)
		}
		must(t, v.keys.Rename(ctx, k.ID, " After\t"), v.keys.Rename(ctx, k.ID, "After"))
		if got, err := v.keys.Get(ctx, orgID, k.ID); err != nil || got.Name != "After" {
			t.Errorf("%+v, %v", got, err)
		}
		if p, err := v.keys.Authenticate(t.Context(), full, local); err != nil || p.Name != "After" {
			t.Errorf("acts as %+v, %v", p, err)
		}
		trail, err := v.ListAudit(t.Context(), orgID,
			page.Query{Limit: 9, Sort: page.Sort{Field: "created_at"}, Filters: []page.Filter{eq("action", "key.renamed")}})
		if err != nil || len(trail.Items) != 1 || trail.Items[0].Before["name"] != "Before" ||
			trail.Items[0].After["name"] != "After" || trail.Items[0].TargetID != k.ID {
			t.Errorf("%+v, %v", trail.Items, err)
		}
		for _, blank := range []string{"", " \t"} {
			wants(t, v.keys.Rename(ctx, k.ID, blank), fault.ValidationFailed)
		}
		bound := having(ctx, func(p *identity.Principal) { p.WorkspaceID = id.New() })
		for _, other := range []context.Context{foreign, having(foreign, super), bound} {
			wants(t, v.keys.Rename(other, k.ID, "Theirs"), fault.NotFound)
			wants(t, v.keys.Delete(other, k.ID), fault.NotFound)
		}
		wants(t, v.keys.Rename(ctx, id.New(), "Nothing"), fault.NotFound)
		must(t, v.keys.Delete(ctx, k.ID))
		if _, err := v.keys.Authenticate(t.Context(), full, local); !fault.IsCode(err, fault.Unauthenticated) {
			t.Errorf("a deleted key: %v", err)
		}
		wants(t, v.keys.Delete(ctx, k.ID), fault.NotFound)
		wants(t, v.keys.Rename(ctx, k.ID, "Late"), fault.NotFound)
	})
}

func TestKeyOfPermissions(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		v := serve(connect(t, database(t, e), clock.now), clock.now)
		orgID := newOrg(t, v.Store, plan.Pro)
		m := newMember(t, v.Store, orgID, identity.Owner, org.Active)
		choose := func(names ...string) (out []permission.Permission) {
			for _, name := range names {
				p, ok := permission.Find(name)
				if !ok {
					t.Fatalf("no permission %s", name)
				}
				out = append(out, p)
			}
			return out
		}
		ctx := person(t, orgID, m.UserID, "keys:write", "leads:*", "*:read", "users:*")
		k, full, err := v.keys.CreatePermitted(ctx,
			apikey.Permitted{Permissions: choose("CREATE_APIKEYS", "DELETE_LEADS", "READ_CALENDAR_EVENTS", "READ_USERS")})
		must(t, err)
		got, err := v.keys.Get(ctx, orgID, k.ID)
		if err != nil || got.Name != "API key "+got.Prefix || full[:len(got.Prefix)] != got.Prefix || got.ExpiresAt != nil ||
			got.UserID != m.UserID ||
			!slices.Equal(got.Scopes, []string{"apikeys:create", "leads:delete", "calendar-events:read", "users:read"}) {
			t.Errorf("%+v, %v", got, err)
		}
		k, _, err = v.keys.CreatePermitted(having(ctx, func(p *identity.Principal) { p.UserID = id.ID{} }),
			apikey.Permitted{Name: "N", Lifetime: 24 * time.Hour})
		if err != nil || k.Name != "N" || !sameTime(k.ExpiresAt, ptr(noon.Add(24*time.Hour))) || len(k.Scopes) != 0 ||
			!k.UserID.IsZero() {
			t.Errorf("%+v, %v", k, err)
		}
		_, _, err = v.keys.CreatePermitted(ctx, apikey.Permitted{Name: " "})
		wants(t, err, fault.ValidationFailed, "")

		const excess, never = "A key cannot have permissions that its creator does not have: ",
			"A key is never given permissions to administer people: "
		for want, names := range map[string][]string{
			excess + "DELETE_APIKEYS.": {"CREATE_APIKEYS", "DELETE_APIKEYS"},
			excess +
				"DELETE_APIKEYS, UPDATE_ROLES, CREATE_INVENTORY.": {
				"DELETE_APIKEYS", "READ_ROLES", "UPDATE_ROLES", "CREATE_INVENTORY",
			},
			never +
				"CREATE_USERS, UPDATE_USERS, DELETE_USERS.": {
				"CREATE_USERS", "READ_USERS", "UPDATE_USERS", "DELETE_USERS",
			},
			excess + "CREATE_TASKS. " + never + "DELETE_USERS.":               {"DELETE_USERS", "CREATE_TASKS"},
			excess + "CREATE_ROLES, DELETE_ROLES. " + never + "CREATE_USERS.": {"CREATE_ROLES", "CREATE_USERS", "DELETE_ROLES"},
		} {
			_, full, err := v.keys.CreatePermitted(ctx, apikey.Permitted{Permissions: choose(names...)})
			wants(t, err, fault.ValidationFailed, apikey.PermissionsExceeded)
			if f := fault.Wrap(err); f.Message != want || full != "" {
				t.Errorf("%v: %s", names, f.Message)
			}
		}

		// What can be given is what is had, and can be given.
		for _, scopes := range []string{"*", "keys:write leads:* *:read users:*", "nothing:here", "roles:*"} {
			ctx := having(ctx, func(p *identity.Principal) { p.Scopes = scope.Fields(scopes) })
			has, can := v.keys.Grantable(ctx, false), v.keys.Grantable(ctx, true)
			if !slices.Equal(has, permission.Covered(scope.Fields(scopes))) {
				t.Errorf("%q has %v", scopes, has)
			}
			without := slices.DeleteFunc(slices.Clone(has), func(p permission.Permission) bool { return !p.ForKeys() })
			if !slices.Equal(can, without) {
				t.Errorf("%q can give %v", scopes, can)
			}
			if _, _, err := v.keys.CreatePermitted(ctx, apikey.Permitted{Permissions: can}); err != nil {
				t.Errorf("%q cannot give what it is said to: %v", scopes, err)
			}
		}
	})
}

func TestKeyOfASuperAdmin(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, db := connect(t, url, clock.System), raw(t, url)
		v := serve(s, clock.System)
		orgID, other := newOrg(t, s, plan.Pro), newOrg(t, s, plan.Pro)
		m := newMember(t, s, orgID, identity.Owner, org.Active)
		superAdmin := func(userID id.ID) bool {
			return read[bool](t, db, "SELECT super_admin FROM users WHERE id = $1", userID.UUID())
		}
		born := org.User{ID: id.New(), Email: unique() + "@example.com", SuperAdmin: true, CreatedAt: noon}
		must(t, s.InsertUser(t.Context(), born))
		if !superAdmin(born.ID) {
			t.Error("who is made a super admin is none")
		}
		k, _, err := v.keys.Create(person(t, orgID, m.UserID), orgID, apikey.Create{Name: "K"})
		must(t, err)
		is := func(want bool) {
			t.Helper()
			c, err := s.CredentialByPrefix(t.Context(), k.Prefix)
			if is := superAdmin(m.UserID); err != nil || c.SuperAdmin != want || is != want {
				t.Errorf("the key's %v, the person's %v, %v", c.SuperAdmin, is, err)
			}
		}
		operator := func(orgID id.ID) context.Context { return identity.With(t.Context(), identity.Operator(orgID)) }
		is(false)
		for _, on := range []bool{true, false} {
			for i, want := range []bool{true, false} {
				if changed, err := v.orgs.SetSuperAdmin(operator(orgID), orgID, " "+m.Email, on); err != nil || changed != want {
					t.Errorf("%v the %d. time: %v, %v", on, i+1, changed, err)
				}
				is(on)
			}
		}
		_, err = v.orgs.SetSuperAdmin(operator(other), other, m.Email, true)
		wants(t, err, fault.NotFound)
		_, err = v.orgs.SetSuperAdmin(operator(orgID), orgID, "nobody@example.com", true)
		wants(t, err, fault.NotFound)
		_, err = v.orgs.SetSuperAdmin(having(person(t, orgID, m.UserID), super), orgID, m.Email, true)
		wants(t, err, fault.AccessDenied)
		is(false)
		trail, err := s.ListAudit(t.Context(), orgID, page.Query{Limit: 9, Sort: page.Sort{Field: "created_at"}})
		must(t, err)
		var actions []string
		for _, entry := range trail.Items {
			if entry.TargetID == m.UserID {
				actions = append(actions, entry.Action)
				if entry.Target() != m.UserID.Prefixed(id.UserPrefix) {
					t.Errorf("of %s", entry.Target())
				}
			}
		}
		if !slices.Equal(actions, []string{"user.super_admin_granted", "user.super_admin_revoked"}) {
			t.Errorf("the trail tells of %q", actions)
		}
	})
}
