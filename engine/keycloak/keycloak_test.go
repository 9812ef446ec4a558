package keycloak_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/domain/realm/realmtest"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/engine/keycloak"
	"github.com/alania-go/alania/engine/keycloak/keycloaktest"
)

// register keeps what the platform keeps.
type register struct {
	mu      sync.Mutex
	realms  map[string]realm.Realm
	members map[id.ID]id.ID // by the person
}

func (r *register) InsertRealm(_ context.Context, v realm.Realm) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.realms[v.Name]; !ok {
		r.realms[v.Name] = v
	}
	return nil
}

func (r *register) Realm(_ context.Context, name string) (realm.Realm, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.realms[name]
	if !ok {
		return v, fault.NewNotFound("realm")
	}
	return v, nil
}

func (r *register) RealmsOf(_ context.Context, orgID id.ID) (out []realm.Realm, _ error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range r.realms {
		if v.OrgID == orgID {
			out = append(out, v)
		}
	}
	return out, nil
}

func (r *register) SetNotBefore(_ context.Context, realmID id.ID, at time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, v := range r.realms {
		if v.ID == realmID {
			v.NotBefore = at
			r.realms[name] = v
		}
	}
	return nil
}

func (r *register) Standing(ctx context.Context, name string, user, _ id.ID) (realm.Holder, error) {
	v, err := r.Realm(ctx, name)
	r.mu.Lock()
	defer r.mu.Unlock()
	return realm.Holder{Realm: v, OrgStatus: identity.OrgActive, OrgTier: plan.Pro, MemberID: r.members[user]}, err
}

// RealmsOfMember finds a member; the tests of the store say whom by which address.
func (r *register) RealmsOfMember(context.Context, string, int) (names []string, _ error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.members) > 0 {
		names = slices.Collect(maps.Keys(r.realms))
	}
	return names, nil
}

// directory is one of a server, with nothing in it.
func directory(t *testing.T, o keycloak.Options) (*keycloak.Directory, *register) {
	t.Helper()
	box, err := secret.NewBox(strings.Repeat("A", 43) + "=")
	if err != nil {
		t.Fatal(err)
	}
	r := &register{realms: map[string]realm.Realm{}, members: map[id.ID]id.ID{}}
	o.Register, o.Cache, o.Box = r, identity.NewCache(nil), box
	o.PublicURL, o.Now = "https://api.example.com", clock.System
	return keycloak.New(o), r
}

func TestDirectory(t *testing.T) {
	server := keycloaktest.Start(t)
	realmtest.Run(t, func(t *testing.T) realmtest.Fixture {
		d, r := directory(t, keycloak.Options{URL: server})
		orgID := id.New()
		return realmtest.Fixture{
			Directory: d, OrgID: orgID, Name: "tenant-" + strings.ToLower(orgID.ULID()),
			Member: func(_ *testing.T, user id.ID, on bool) {
				r.mu.Lock()
				defer r.mu.Unlock()
				delete(r.members, user)
				if on {
					r.members[user] = id.New()
				}
			},
		}
	})

	// A person who is known here keeps the id, which Keycloak does not give to a user.
	t.Run("the id of a person", func(t *testing.T) {
		d, _ := directory(t, keycloak.Options{URL: server})
		name, known := "tenant-"+strings.ToLower(id.New().ULID()), id.New()
		if _, err := d.Ensure(t.Context(), id.New(), name, "Tenant"); err != nil {
			t.Fatal(err)
		}
		u, err := d.CreateUser(t.Context(), name, realm.NewUser{
			ID: known, Email: "ada@example.com", Roles: []string{realm.TenantAdmin},
		})
		if err != nil || u.ID != known || u.Status != realm.Invited {
			t.Fatalf("%+v, %v", u, err)
		}
		if err := d.SetPassword(t.Context(), name, known, realm.Password{Plain: "correct horse battery"}); err != nil {
			t.Fatal(err)
		}
		u, err = d.User(t.Context(), name, known)
		if err != nil || u.ID != known || u.Status != realm.Active || !slices.Equal(u.Roles, []string{realm.TenantAdmin}) {
			t.Errorf("%+v, %v", u, err)
		}
	})

	t.Run("a realm that is somebody else's", func(t *testing.T) {
		d, _ := directory(t, keycloak.Options{URL: server})
		if _, err := d.Ensure(t.Context(), id.New(), "master", "Master"); !fault.IsCode(err, fault.Conflict) {
			t.Errorf("%v", err)
		}
	})

	t.Run("a realm that is removed", func(t *testing.T) {
		d, _ := directory(t, keycloak.Options{URL: server})
		r, err := d.Ensure(t.Context(), id.New(), "tenant-"+strings.ToLower(id.New().ULID()), "Tenant")
		if err != nil {
			t.Fatal(err)
		}
		another := r
		another.OrgID = id.New()
		if err := d.Remove(t.Context(), another); err != nil || !published(t, d, r.Name) {
			t.Errorf("removed for another tenant: %v", err)
		}
		for range 2 {
			if err := d.Remove(t.Context(), r); err != nil || published(t, d, r.Name) {
				t.Errorf("the realm is there: %v", err)
			}
		}
	})

	t.Run("a wrong administrator", func(t *testing.T) {
		wrong := *server
		wrong.User = nil
		d, _ := directory(t, keycloak.Options{URL: &wrong})
		err := d.Check(t.Context())
		if !fault.IsCode(err, fault.Unavailable) {
			t.Errorf("%v", err)
		}
	})
}

// published reports whether a realm can be asked for its configuration.
func published(t *testing.T, d *keycloak.Directory, name string) bool {
	t.Helper()
	res, err := http.Get(d.IssuerOf(name) + "/.well-known/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}
