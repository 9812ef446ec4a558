package storetest

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/permission"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/project"
	"github.com/alania-go/alania/domain/scope"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store"
)

// operatorOf returns a context in which the operator acts for an org.
func operatorOf(t testing.TB, orgID id.ID) context.Context {
	return identity.With(t.Context(), identity.Operator(orgID))
}

// rights is an org in which credentials with every bound make others.
type rights struct {
	*services
	org       id.ID
	maker     *identity.Principal
	ctx       context.Context // of the maker
	elsewhere project.Project // of another workspace
	beside    project.Project // of the maker's workspace, and not the maker's
	other     org.Member
	makers    identity.Grant
}

func newRights(t *testing.T, e store.Engine) *rights {
	t.Helper()
	clock := newHands()
	v := serve(open(t, e), clock.now)
	r := &rights{services: v, org: newOrg(t, v.Store, plan.Enterprise)}
	must(t, v.oauth.LoadKeys(t.Context()))
	m := newMember(t, v.Store, r.org, identity.Owner, org.Active)
	r.other = newMember(t, v.Store, r.org, identity.Owner, org.Active)
	ctx := operatorOf(t, r.org)
	made := func() project.Project {
		w, err := v.workspaces.Create(ctx, r.org, workspace.Create{Name: unique(), Settings: workspace.Defaults()})
		must(t, err)
		p := project.Project{ID: id.NewV4(), OrgID: r.org, WorkspaceID: w.ID, Name: "P", CreatedAt: noon, UpdatedAt: noon}
		must(t, v.InsertProject(t.Context(), p))
		return p
	}
	mine := made()
	r.elsewhere, r.beside = made(), mine
	r.beside.ID = id.NewV4()
	must(t, v.InsertProject(t.Context(), r.beside))
	r.maker = &identity.Principal{
		Kind: identity.Key, ID: id.New(), Name: "maker", OrgID: r.org, Tier: plan.Starter,
		Scopes: scope.Fields("keys:* workspaces:read"),
		UserID: m.UserID, MemberID: m.ID, WorkspaceID: mine.WorkspaceID, ProjectID: mine.ID, ExpiresAt: noon.Add(time.Hour),
		AllowedNets: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
	}
	r.ctx, r.makers = identity.With(t.Context(), r.maker), r.maker.Grant()
	return r
}

// unbound is the maker without its bounds but scopes and person, which is what a client is.
func (r *rights) unbound(ctx context.Context) context.Context {
	p := *r.maker
	p.Tier, p.WorkspaceID, p.ProjectID, p.ExpiresAt, p.AllowedNets = plan.Enterprise, id.ID{}, id.ID{}, time.Time{}, nil
	return identity.With(ctx, &p)
}

func addresses(nets []netip.Prefix) []string {
	var out []string
	for _, n := range nets {
		out = append(out, n.String())
	}
	return out
}

func until(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// Every way to make a credential, with every bound of the maker exceeded in turn: what is
// made never has more, or it is refused.
func TestNothingMadeHasMoreThanItsMaker(t *testing.T) {
	bounds := map[string]func(r *rights, want *identity.Grant){
		"none":     func(*rights, *identity.Grant) {},
		"scopes":   func(_ *rights, want *identity.Grant) { want.Scopes = scope.Fields("workspaces:write") },
		"wildcard": func(_ *rights, want *identity.Grant) { want.Scopes = scope.Fields("*") },
		"tier":     func(_ *rights, want *identity.Grant) { want.Tier = plan.Enterprise },
		"address": func(_ *rights, want *identity.Grant) {
			want.AllowedNets = []netip.Prefix{netip.MustParsePrefix("11.0.0.1/32")}
		},
		"net": func(_ *rights, want *identity.Grant) {
			want.AllowedNets = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}
		},
		"addresses": func(_ *rights, want *identity.Grant) { want.AllowedNets = nil },
		"later":     func(_ *rights, want *identity.Grant) { want.ExpiresAt = noon.Add(2 * time.Hour) },
		"end":       func(_ *rights, want *identity.Grant) { want.ExpiresAt = time.Time{} },
		"workspace": func(r *rights, want *identity.Grant) {
			want.WorkspaceID, want.ProjectID = r.elsewhere.WorkspaceID, r.elsewhere.ID
		},
		"project": func(r *rights, want *identity.Grant) { want.ProjectID = r.beside.ID },
		"org":     func(_ *rights, want *identity.Grant) { want.WorkspaceID, want.ProjectID = id.ID{}, id.ID{} },
		"person":  func(r *rights, want *identity.Grant) { want.UserID = r.other.UserID },
	}
	grant := func(k apikey.Key, err error) (identity.Grant, error) { return k.Grant(plan.Enterprise), err }
	ways := map[string]func(t *testing.T, r *rights, want identity.Grant) (identity.Grant, error){
		"create": func(_ *testing.T, r *rights, want identity.Grant) (identity.Grant, error) {
			k, _, err := r.keys.Create(r.ctx, r.org, apikey.Create{
				Name: "K", Scopes: want.Scopes.List(), Tier: want.Tier, AllowedIPs: addresses(want.AllowedNets),
				ExpiresAt: until(want.ExpiresAt), ProjectID: want.ProjectID,
			})
			return grant(k, err)
		},
		"create by permissions": func(_ *testing.T, r *rights, want identity.Grant) (identity.Grant, error) {
			in := apikey.Permitted{Permissions: permission.Covered(want.Scopes)}
			if !want.ExpiresAt.IsZero() {
				in.Lifetime = want.ExpiresAt.Sub(noon)
			}
			k, _, err := r.keys.CreatePermitted(r.ctx, in)
			return grant(k, err)
		},
		"rotate": func(t *testing.T, r *rights, want identity.Grant) (identity.Grant, error) {
			old := apikey.Key{
				ID: id.New(), OrgID: r.org, Name: "K", Prefix: "sk_live_" + unique(), Hash: []byte{1},
				Scopes: want.Scopes.List(), Tier: want.Tier, AllowedIPs: addresses(want.AllowedNets),
				ExpiresAt: until(want.ExpiresAt), CreatorKind: identity.System, UserID: want.UserID,
				WorkspaceID: want.WorkspaceID, ProjectID: want.ProjectID, CreatedAt: noon,
			}
			must(t, insertKey(r.Store, t.Context(), old))
			k, _, _, err := r.keys.Rotate(r.ctx, r.org, old.ID, 0)
			return grant(k, err)
		},
		"client": func(_ *testing.T, r *rights, want identity.Grant) (identity.Grant, error) {
			in := oauth.NewClient{OrgID: r.org, Name: "C", Scopes: want.Scopes.List(), UserID: want.UserID}
			c, _, err := r.oauth.CreateClient(r.ctx, in)
			return identity.Grant{Scopes: scope.Parse(c.Scopes), Tier: plan.Enterprise, UserID: c.UserID}, err
		},
		"token": func(t *testing.T, r *rights, want identity.Grant) (identity.Grant, error) {
			c, secret, err := r.oauth.CreateClient(operatorOf(t, r.org), oauth.NewClient{
				OrgID: r.org, Name: "C", Scopes: r.maker.Scopes.List(), UserID: r.maker.UserID,
			})
			must(t, err)
			tok, err := r.oauth.Issue(t.Context(), oauth.Grant{
				GrantType: "client_credentials", Scope: want.Scopes.String(),
				Client: oauth.Credentials{ID: c.ClientID, Secret: secret},
			})
			if err != nil {
				return identity.Grant{}, err
			}
			p, err := r.oauth.Authenticate(t.Context(), tok.AccessToken)
			must(t, err)
			got := r.makers // the client is the maker here: of its bounds, a token chooses the scopes
			got.Scopes, got.UserID = p.Scopes, p.UserID
			return got, nil
		},
		"invite an owner": func(t *testing.T, r *rights, _ identity.Grant) (identity.Grant, error) {
			_, err := r.orgs.Invite(r.ctx, r.org, org.Invite{Email: unique() + "@example.com", Role: identity.Owner})
			return identity.Grant{Scopes: scope.Fields("*"), Tier: plan.Enterprise}, err
		},
		"promote to owner": func(t *testing.T, r *rights, _ identity.Grant) (identity.Grant, error) {
			m := newMember(t, r.Store, r.org, identity.Viewer, org.Active)
			_, err := r.orgs.ChangeRole(r.ctx, r.org, m.ID, identity.Owner)
			return identity.Grant{Scopes: scope.Fields("*"), Tier: plan.Enterprise}, err
		},
		"invite": func(t *testing.T, r *rights, _ identity.Grant) (identity.Grant, error) {
			_, err := r.orgs.Invite(r.ctx, r.org, org.Invite{Email: unique() + "@example.com", Role: identity.Viewer})
			return identity.Grant{Tier: plan.Free, AllowedNets: r.makers.AllowedNets, ExpiresAt: r.makers.ExpiresAt}, err
		},
	}
	// What the maker itself has can be made in these ways: the refusals are not of all there is.
	works := []string{"create", "create by permissions", "rotate", "token"}
	Each(t, func(t *testing.T, e store.Engine) {
		r := newRights(t, e)
		for way, do := range ways {
			for bound, exceed := range bounds {
				want := r.makers
				exceed(r, &want)
				got, err := do(t, r, want)
				var f *fault.Error
				switch {
				case err == nil:
					if excess := r.makers.Beyond(got); !excess.None() {
						t.Errorf("%s, beyond in %s: made with %+v", way, bound, excess)
					}
				case !errors.As(err, &f) || f.Code == fault.Internal:
					t.Errorf("%s, beyond in %s: %v", way, bound, err)
				case bound == "none" && slices.Contains(works, way):
					t.Errorf("%s of what the maker has: %v", way, err)
				}
			}
		}
		// Who has no bounds makes clients and owners.
		ctx := r.unbound(t.Context())
		in := oauth.NewClient{OrgID: r.org, Name: "C", Scopes: []string{"keys:read"}, UserID: r.maker.UserID}
		_, _, err := r.oauth.CreateClient(ctx, in)
		must(t, err)
		in.UserID = r.other.UserID
		_, _, err = r.oauth.CreateClient(ctx, in)
		wants(t, err, fault.AccessDenied)
		_, _, err = r.oauth.CreateClient(ctx, oauth.NewClient{OrgID: newOrg(t, r.Store, plan.Free), Name: "C"})
		wants(t, err, fault.NotFound)
		_, err = r.orgs.Invite(as(t, r.org), r.org, org.Invite{Email: unique() + "@example.com", Role: identity.Owner})
		must(t, err)
		// Rotated by somebody else, a key is theirs.
		theirs := person(t, r.org, r.other.UserID)
		k, _, err := r.keys.Create(theirs, r.org, apikey.Create{Name: "K", Scopes: []string{"keys:read"}})
		must(t, err)
		for _, by := range []id.ID{r.maker.UserID, {}} {
			if k, _, _, err = r.keys.Rotate(person(t, r.org, by), r.org, k.ID, 0); err != nil || k.UserID != by {
				t.Errorf("of %v: %+v, %v", by, k.UserID, err)
			}
		}
	})
}

// A membership ends, or is not active any more: what acts for the person ends, in this
// process at once. What acts for nobody goes on.
func TestCredentialsEndWithTheMembership(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		v := serve(connect(t, url, clock.System), clock.System)
		must(t, v.oauth.LoadKeys(t.Context()))
		orgID := newOrg(t, v.Store, plan.Pro)
		newMember(t, v.Store, orgID, identity.Owner, org.Active)
		_, orgs, err := v.keys.Create(operatorOf(t, orgID), orgID, apikey.Create{Name: "of the org", Scopes: []string{"*"}})
		must(t, err)
		replica := serve(connect(t, url, clock.System), clock.System)
		must(t, replica.oauth.LoadKeys(t.Context()))
		v.announced = replica.cache.Apply
		for name, end := range map[string]func(m org.Member) error{
			"removed": func(m org.Member) error { return v.orgs.Remove(as(t, orgID), orgID, m.ID) },
			"suspended": func(m org.Member) error {
				change(t, raw(t, url), "UPDATE members SET status = 'suspended' WHERE id = $1", m.ID.UUID())
				v.cache.DropMember(m.ID)
				return nil
			},
		} {
			m := newMember(t, v.Store, orgID, identity.Member, org.Active)
			k, full, err := v.keys.Create(person(t, orgID, m.UserID), orgID, apikey.Create{Name: "K", Scopes: []string{"*"}})
			must(t, err)
			in := oauth.NewClient{OrgID: orgID, Name: "C", Scopes: []string{"*"}, UserID: m.UserID}
			c, secret, err := v.oauth.CreateClient(person(t, orgID, m.UserID), in)
			must(t, err)
			cr := oauth.Credentials{ID: c.ClientID, Secret: secret}
			grant := oauth.Grant{GrantType: "client_credentials", Client: cr}
			tok, err := v.oauth.Issue(t.Context(), grant)
			must(t, err)
			all := func(v *services) []error {
				_, key := v.keys.Authenticate(t.Context(), full, local)
				_, token := v.oauth.Authenticate(t.Context(), tok.AccessToken)
				_, basic := v.oauth.AuthenticateClient(t.Context(), cr)
				return []error{key, token, basic}
			}
			must(t, errors.Join(all(v)...), errors.Join(all(replica)...))
			must(t, end(m))
			for _, at := range []*services{v, replica} {
				for i, err := range all(at) {
					if !fault.IsCode(err, fault.Unauthenticated) {
						t.Errorf("%s, credential %d: %v", name, i, err)
					}
				}
				if _, err := at.keys.Authenticate(t.Context(), orgs, local); err != nil {
					t.Errorf("%s: the org's own key: %v", name, err)
				}
			}
			_, err = v.oauth.Issue(t.Context(), grant)
			wants(t, err, fault.OAuthInvalidClient)
			if name != "removed" {
				continue
			}
			// They are revoked: should the person come back, they stay ended.
			m.ID = id.New()
			must(t, v.InsertMember(t.Context(), m))
			v.cache.DropMember(m.ID)
			for i, err := range all(serve(v.Store, clock.System)) {
				if i != 1 && !fault.IsCode(err, fault.Unauthenticated) {
					t.Errorf("back again, credential %d: %v", i, err)
				}
			}
			for action, target := range map[string]id.ID{"key.revoked": k.ID, "client.revoked": c.ID} {
				const entries = "SELECT count(*) FROM audit_entries WHERE action = $1 AND target_id = $2"
				if n := read[int](t, raw(t, url), entries, action, target.UUID()); n != 1 {
					t.Errorf("%d entries %s", n, action)
				}
			}
		}
	})
}

// Rotations, revocations and the plan, all at once: what is left is the outcome of some order.
func TestRotationsAtOnce(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		trail := audit.NewService(s, clock.System, nil)
		v := serveWithin(s, clock.System, entitlement.NewService(s, s, trail, "", clock.System))
		orgID := newOrg(t, v.Store, plan.Starter)
		ctx := as(t, orgID)
		alive := func() int64 {
			t.Helper()
			n, err := v.CountLive(t.Context(), orgID, entitlement.APIKeys, time.Now())
			must(t, err)
			return n
		}
		k, _, err := v.keys.Create(ctx, orgID, apikey.Create{Name: "K", Scopes: []string{"*"}})
		must(t, err)
		for _, err := range together(16, func(i int) error {
			if i%2 == 0 {
				return v.keys.Revoke(ctx, orgID, k.ID)
			}
			_, _, _, err := v.keys.Rotate(ctx, orgID, k.ID, 0)
			return err
		}) {
			if err != nil {
				wants(t, err, fault.Conflict, "key_not_active")
			}
		}
		if n := alive(); n > 1 {
			t.Fatalf("%d keys live of one that was rotated and revoked", n)
		}
		var keys []apikey.Key
		for {
			k, _, err := v.keys.Create(ctx, orgID, apikey.Create{Name: "K", Scopes: []string{"*"}})
			if fault.IsCode(err, fault.FeatureLimit) {
				break
			}
			must(t, err)
			keys = append(keys, k)
		}
		limit := alive()
		for _, err := range together(16, func(i int) error {
			_, _, _, err := v.keys.Rotate(ctx, orgID, keys[i%4].ID, time.Hour)
			return err
		}) {
			wants(t, err, fault.FeatureLimit)
		}
		if n := alive(); n != limit {
			t.Fatalf("%d keys after rotations at the limit of %d", n, limit)
		}
		// Without a grace a rotation makes no more than there were.
		if n := count(together(4, func(i int) error {
			_, _, _, err := v.keys.Rotate(ctx, orgID, keys[i].ID, 0)
			return err
		}), succeeded); n != 4 || alive() != limit {
			t.Fatalf("%d rotations, %d keys of %d", n, alive(), limit)
		}
	})
}

// A job is one of a workspace; credentials that are bound to another do not see it.
func TestJobsOfOtherWorkspaces(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		r := newRights(t, e)
		q := job.NewQueue(r, r, quiet, clock.System)
		mine, other, orgs := id.New(), id.New(), id.New()
		for jobID, w := range map[id.ID]id.ID{mine: r.maker.WorkspaceID, other: r.elsewhere.WorkspaceID, orgs: {}} {
			must(t, q.Add(t.Context(), job.Job{ID: jobID, Kind: "k", OrgID: r.org, WorkspaceID: w}))
		}
		for _, jobID := range []id.ID{other, orgs} {
			_, err := q.Get(r.ctx, jobID)
			wants(t, err, fault.NotFound)
			_, err = q.Cancel(r.ctx, jobID)
			wants(t, err, fault.NotFound)
			if j, err := q.Get(as(t, r.org), jobID); err != nil || j.State != job.Queued {
				t.Errorf("%+v, %v", j, err)
			}
		}
		if j, err := q.Get(r.ctx, mine); err != nil || j.WorkspaceID != r.maker.WorkspaceID {
			t.Errorf("%+v, %v", j, err)
		}
		if j, err := q.Cancel(r.ctx, mine); err != nil || j.State != job.Cancelled {
			t.Errorf("%+v, %v", j, err)
		}
	})
}

// bound binds the caller to a workspace.
func bound(workspaceID id.ID) func(p *identity.Principal) {
	return func(p *identity.Principal) { p.WorkspaceID = workspaceID }
}
