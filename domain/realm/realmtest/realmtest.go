// Package realmtest is the suite that every realm.Directory passes.
package realmtest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/domain/task"
)

// Fixture is a directory with an organization, which is active and of no realm yet.
type Fixture struct {
	Directory realm.Directory
	OrgID     id.ID
	Name      string // for its realm
	// Member makes a user an active member of the organization, or ends the membership.
	Member func(t *testing.T, user id.ID, on bool)
	// Forward puts the clock forward; nil: the directory has a clock of its own.
	Forward func(time.Duration)
}

const password = "correct horse battery"

// suite is what a test of it works with.
type suite struct {
	Fixture
	*testing.T
	ctx context.Context
}

// Run runs the suite, each test with a fixture of its own.
func Run(t *testing.T, fixture func(t *testing.T) Fixture) {
	for name, test := range map[string]func(s suite){
		"realms": realms, "clients": clients, "roles": roles, "users": users, "a sign-in": signIn, "refusals": refusals,
		"refresh": refresh, "reuse ends the session": reuse, "one of many refreshes": race, "clients act": clientsAct,
		"introspection": introspect, "revocation": revoke, "who has a token": principals, "what ends a token": endings,
	} {
		t.Run(name, func(t *testing.T) {
			f := fixture(t)
			if _, err := f.Directory.Ensure(t.Context(), f.OrgID, f.Name, "The tenant"); err != nil {
				t.Fatal(err)
			}
			test(suite{f, t, t.Context()})
		})
	}
}

func (s suite) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s suite) wants(err error, code fault.Code) {
	s.Helper()
	if !fault.IsCode(err, code) {
		s.Fatalf("%v, want %s", err, code)
	}
}

func (s suite) user(name string, roles ...string) realm.User {
	s.Helper()
	ready, err := s.Directory.Prepare(s.ctx, password)
	s.must(err)
	u, err := s.Directory.CreateUser(s.ctx, s.Name, realm.NewUser{
		Username: name, Email: name + "@example.com", Name: "Ada " + name, Password: ready, Roles: roles,
	})
	s.must(err)
	return u
}

func login(name, word string, scope ...string) realm.TokenRequest {
	r := realm.TokenRequest{
		GrantType: "password", Client: realm.ClientCredentials{ID: realm.Console}, Username: &name, Password: word,
	}
	if len(scope) > 0 {
		all := strings.Join(scope, " ")
		r.Scope = &all
	}
	return r
}

func again(t realm.Token) realm.TokenRequest {
	return realm.TokenRequest{
		GrantType: "refresh_token", Client: realm.ClientCredentials{ID: realm.Console}, RefreshToken: &t.RefreshToken,
	}
}

func (s suite) token(r realm.TokenRequest) realm.Token {
	s.Helper()
	t, err := s.Directory.Token(s.ctx, s.Name, r)
	s.must(err)
	return t
}

func (s suite) refused(r realm.TokenRequest, code fault.Code) {
	s.Helper()
	_, err := s.Directory.Token(s.ctx, s.Name, r)
	s.wants(err, code)
}

func (s suite) confidential(roles ...string) (realm.Client, realm.ClientCredentials) {
	s.Helper()
	c, made, err := s.Directory.CreateClient(s.ctx, s.Name, realm.Client{
		ClientID: "worker", Access: realm.Confidential, Enabled: true, Service: true, Scopes: realm.DefaultScopes(),
		Roles: roles,
	}, "")
	s.must(err)
	if len(made) < 32 {
		s.Fatalf("a secret of %d characters", len(made))
	}
	return c, realm.ClientCredentials{ID: c.ClientID, Secret: made}
}

func realms(s suite) {
	first, err := s.Directory.Realm(s.ctx, s.Name)
	s.must(err)
	second, err := s.Directory.Ensure(s.ctx, s.OrgID, s.Name, "Again")
	s.must(err)
	if first.ID != second.ID || second.DisplayName != "The tenant" || !first.Enabled || first.OrgID != s.OrgID {
		s.Errorf("%+v, then %+v", first, second)
	}
	all, err := s.Directory.RealmsOf(s.ctx, s.OrgID)
	s.must(err)
	if len(all) != 1 || all[0].Name != s.Name {
		s.Errorf("%+v", all)
	}
	_, err = s.Directory.Realm(s.ctx, "no-such-realm")
	s.wants(err, fault.NotFound)
}

func clients(s suite) {
	c, cr := s.confidential()
	got, err := s.Directory.Client(s.ctx, s.Name, c.ID)
	s.must(err)
	if got.ClientID != "worker" || got.Access != realm.Confidential || !got.Service {
		s.Errorf("%+v", got)
	}
	_, _, err = s.Directory.CreateClient(s.ctx, s.Name, realm.Client{ClientID: "worker", Access: realm.Public}, "")
	s.wants(err, fault.Conflict)
	p, err := s.Directory.Clients(s.ctx, s.Name, page.Query{Limit: 10, Sort: page.Sort{Field: "created_at"}})
	s.must(err)
	if !slices.ContainsFunc(p.Items, func(c realm.Client) bool { return c.ClientID == realm.Console }) {
		s.Errorf("no client %s in %+v", realm.Console, p.Items)
	}
	itself := realm.TokenRequest{GrantType: "client_credentials", Client: cr}
	s.token(itself)
	made, err := s.Directory.NewSecret(s.ctx, s.Name, c.ID)
	s.must(err)
	s.refused(itself, fault.OAuthUnauthorizedClient)
	itself.Client.Secret = made
	s.token(itself)
	s.must(s.Directory.DeleteClient(s.ctx, s.Name, c.ID))
	s.refused(itself, fault.OAuthInvalidClient)
	_, err = s.Directory.Client(s.ctx, s.Name, c.ID)
	s.wants(err, fault.NotFound)
	s.wants(s.Directory.DeleteClient(s.ctx, s.Name, id.New()), fault.NotFound)
}

func roles(s suite) {
	for _, name := range []string{"writer", "reader"} {
		_, err := s.Directory.CreateRole(s.ctx, s.Name, realm.Role{Name: name, Description: "It " + name + "s"})
		s.must(err)
	}
	_, err := s.Directory.CreateRole(s.ctx, s.Name, realm.Role{Name: "editor", Composites: []string{"reader", "writer"}})
	s.must(err)
	_, err = s.Directory.CreateRole(s.ctx, s.Name, realm.Role{Name: "editor"})
	s.wants(err, fault.Conflict)
	all, err := s.Directory.Roles(s.ctx, s.Name)
	s.must(err)
	if len(all) != 3 || all[0].Name != "editor" || !slices.Equal(all[0].Composites, []string{"reader", "writer"}) {
		s.Errorf("%+v", all)
	}
	u := s.user("bob", "reader")
	s.must(s.Directory.DeleteRole(s.ctx, s.Name, "reader"))
	s.wants(s.Directory.DeleteRole(s.ctx, s.Name, "reader"), fault.NotFound)
	if u, err = s.Directory.User(s.ctx, s.Name, u.ID); err != nil || len(u.Roles) != 0 {
		s.Errorf("%v, %v", u.Roles, err)
	}
}

func users(s suite) {
	u := s.user("grace", realm.TenantOperator)
	got, err := s.Directory.User(s.ctx, s.Name, u.ID)
	s.must(err)
	if got.Status != realm.Active || got.Email != "grace@example.com" || !slices.Equal(got.Roles, u.Roles) {
		s.Errorf("%+v", got)
	}
	_, err = s.Directory.CreateUser(s.ctx, s.Name, realm.NewUser{Username: "GRACE", Email: "other@example.com"})
	s.wants(err, fault.Conflict)
	_, err = s.Directory.CreateUser(s.ctx, s.Name, realm.NewUser{Username: "other", Email: "Grace@Example.com"})
	s.wants(err, fault.Conflict)
	invited, err := s.Directory.CreateUser(s.ctx, s.Name, realm.NewUser{Email: "eve@example.com"})
	s.must(err)
	if invited.Status != realm.Invited || invited.Username != "eve@example.com" {
		s.Errorf("%+v", invited)
	}
	s.refused(login("eve@example.com", ""), fault.OAuthInvalidGrant)
	ready, err := s.Directory.Prepare(s.ctx, password)
	s.must(err)
	s.must(s.Directory.SetPassword(s.ctx, s.Name, invited.ID, ready))
	s.token(login("eve@example.com", password))
	s.Member(s.T, invited.ID, true) // a directory outside is known to have those who are members
	names, err := s.Directory.RealmsWith(s.ctx, "Eve@example.com", 5)
	s.must(err)
	if !slices.Equal(names, []string{s.Name}) {
		s.Errorf("%v", names)
	}
	q, listed := page.Query{Limit: 1, Sort: page.Sort{Field: "created_at"}}, map[string][]string{}
	for range 2 {
		p, err := s.Directory.Users(s.ctx, s.Name, q)
		s.must(err)
		for _, u := range p.Items {
			listed[u.Username] = u.Roles
		}
		if q.After = p.Next; len(p.Items) != 1 || (p.Next == nil) != (len(listed) == 2) {
			s.Fatalf("%+v", p)
		}
	}
	if !slices.Equal(listed["grace"], u.Roles) || len(listed["eve@example.com"]) != 0 {
		s.Errorf("%v", listed)
	}
	s.must(s.Directory.DeleteUser(s.ctx, s.Name, invited.ID))
	_, err = s.Directory.User(s.ctx, s.Name, invited.ID)
	s.wants(err, fault.NotFound)
}

func signIn(s suite) {
	u := s.user("ada")
	for _, name := range []string{"ada", "ADA", "ada@example.com"} {
		t := s.token(login(name, password))
		if t.AccessToken == "" || t.RefreshToken == "" || t.IDToken != "" || t.SessionID.IsZero() || t.ExpiresIn <= 0 {
			s.Errorf("%+v", t)
		}
	}
	t := s.token(login("ada", password, "openid"))
	if t.IDToken == "" {
		s.Error("no ID token")
	}
	info, err := s.Directory.Userinfo(s.ctx, s.Name, t.AccessToken)
	s.must(err)
	if info.Subject != u.ID || info.Username != "ada" || info.Email != "ada@example.com" || info.Name != "Ada ada" {
		s.Errorf("%+v", info)
	}
	_, err = s.Directory.Userinfo(s.ctx, s.Name, s.token(login("ada", password)).AccessToken)
	s.wants(err, fault.InsufficientScope)
	_, err = s.Directory.Userinfo(s.ctx, s.Name, t.RefreshToken)
	s.wants(err, fault.Unauthenticated)
}

func refusals(s suite) {
	u := s.user("ada")
	s.refused(login("ada", "wrong"), fault.OAuthInvalidGrant)
	s.refused(login("nobody", password), fault.OAuthInvalidGrant)
	s.refused(login("ada", password, "nosuch"), fault.OAuthInvalidScope)
	for code, change := range map[fault.Code]func(*realm.TokenRequest){
		fault.OAuthInvalidClient:        func(r *realm.TokenRequest) { r.Client.ID = "nosuch" },
		fault.OAuthUnsupportedGrantType: func(r *realm.TokenRequest) { r.GrantType = "magic" },
		fault.OAuthInvalidRequest:       func(r *realm.TokenRequest) { r.GrantType = "" },
	} {
		r := login("ada", password)
		change(&r)
		s.refused(r, code)
	}
	off := false
	_, err := s.Directory.UpdateUser(s.ctx, s.Name, u.ID, realm.UserPatch{Enabled: &off})
	s.must(err)
	s.refused(login("ada", password), fault.OAuthInvalidGrant)
	_, err = s.Directory.Token(s.ctx, "no-such-realm", login("ada", password))
	s.wants(err, fault.NotFound)
}

func refresh(s suite) {
	s.user("ada")
	t := s.token(login("ada", password, "openid"))
	next := s.token(again(t))
	if next.SessionID != t.SessionID || next.RefreshToken == t.RefreshToken || next.IDToken == "" {
		s.Errorf("%+v", next)
	}
	s.token(again(next))
	for _, token := range []string{"", "x", next.AccessToken, next.IDToken, next.RefreshToken + "x"} {
		s.refused(again(realm.Token{RefreshToken: token}), fault.OAuthInvalidGrant)
	}
	_, cr := s.confidential()
	r := again(s.token(login("ada", password)))
	r.Client = cr
	s.refused(r, fault.OAuthInvalidGrant)
}

func reuse(s suite) {
	s.user("ada")
	t := s.token(login("ada", password))
	next := s.token(again(t))
	s.refused(again(t), fault.OAuthInvalidGrant)
	s.refused(again(next), fault.OAuthInvalidGrant)
	_, err := s.Directory.Authenticate(s.ctx, next.AccessToken)
	s.wants(err, fault.Unauthenticated)
}

// race brings one refresh token many times at once: at most one gets the next, and what it gets works no longer.
func race(s suite) {
	s.user("ada")
	t := s.token(login("ada", password))
	var mu sync.Mutex
	var won []realm.Token
	var wg sync.WaitGroup
	for range 8 {
		task.In(&wg, "a test", func() {
			next, err := s.Directory.Token(s.ctx, s.Name, again(t))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won = append(won, next)
			case !fault.IsCode(err, fault.OAuthInvalidGrant):
				s.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
	if len(won) != 1 {
		s.Fatalf("%d got the next token", len(won))
	}
	s.refused(again(won[0]), fault.OAuthInvalidGrant)
}

func clientsAct(s suite) {
	_, cr := s.confidential(realm.TenantOperator)
	t := s.token(realm.TokenRequest{GrantType: "client_credentials", Client: cr})
	if t.RefreshToken != "" || !t.SessionID.IsZero() {
		s.Errorf("%+v", t)
	}
	p, err := s.Directory.Authenticate(s.ctx, t.AccessToken)
	s.must(err)
	if p.Kind != identity.Client || !p.UserID.IsZero() || p.OrgID != s.OrgID || !p.Scopes.Allows("workspaces:read") {
		s.Errorf("%+v", p)
	}
	s.refused(realm.TokenRequest{GrantType: "client_credentials", Client: realm.ClientCredentials{ID: realm.Console}},
		fault.OAuthUnauthorizedClient)
}

func introspect(s suite) {
	s.user("ada")
	_, cr := s.confidential()
	t := s.token(login("ada", password, "openid"))
	for _, token := range []string{t.AccessToken, t.RefreshToken, t.IDToken} {
		v, err := s.Directory.Introspect(s.ctx, s.Name, cr, token, "")
		s.must(err)
		if !v.Active || v.Username != "ada" || v.ClientID != realm.Console {
			s.Errorf("%+v", v)
		}
	}
	v, err := s.Directory.Introspect(s.ctx, s.Name, cr, t.AccessToken+"x", "")
	if err != nil || v.Active {
		s.Errorf("%+v, %v", v, err)
	}
	_, err = s.Directory.Introspect(s.ctx, s.Name, realm.ClientCredentials{ID: realm.Console}, t.AccessToken, "")
	s.wants(err, fault.AccessDenied)
	cr.Secret = "wrong"
	_, err = s.Directory.Introspect(s.ctx, s.Name, cr, t.AccessToken, "")
	s.wants(err, fault.OAuthUnauthorizedClient)
}

func revoke(s suite) {
	s.user("ada")
	_, cr := s.confidential()
	console := realm.ClientCredentials{ID: realm.Console}
	active := func(token string) bool {
		v, err := s.Directory.Introspect(s.ctx, s.Name, cr, token, "")
		s.must(err)
		return v.Active
	}
	t := s.token(login("ada", password))
	s.wants(s.Directory.Revoke(s.ctx, s.Name, cr, t.AccessToken), fault.OAuthInvalidRequest)
	s.must(s.Directory.Revoke(s.ctx, s.Name, console, t.AccessToken))
	if active(t.AccessToken) {
		s.Error("the revoked access token works")
	}
	next := s.token(again(t))
	s.must(s.Directory.Revoke(s.ctx, s.Name, console, next.RefreshToken))
	if active(next.AccessToken) {
		s.Error("an access token of the revoked session works")
	}
	s.refused(again(next), fault.OAuthInvalidGrant)
	if err := s.Directory.Revoke(s.ctx, s.Name, console, "xyz"); !errors.Is(err, realm.ErrUnknownToken) {
		s.Errorf("%v", err)
	}
	t = s.token(login("ada", password))
	s.must(s.Directory.Logout(s.ctx, s.Name, console, t.RefreshToken))
	if active(t.AccessToken) {
		s.Error("an access token works after the sign-out")
	}
}

func principals(s suite) {
	app := s.user("app")
	p, err := s.Directory.Authenticate(s.ctx, s.token(login("app", password)).AccessToken)
	s.must(err)
	if len(p.Scopes.List()) != 0 || !p.UserID.IsZero() || p.ID != app.ID || p.OrgID != s.OrgID {
		s.Errorf("a user without a role of ours is %+v", p)
	}
	admin := s.user("admin", realm.TenantAdmin)
	token := s.token(login("admin", password)).AccessToken
	_, err = s.Directory.Authenticate(s.ctx, token)
	s.wants(err, fault.Unauthenticated) // no member
	s.Member(s.T, admin.ID, true)
	p, err = s.Directory.Authenticate(s.ctx, token)
	s.must(err)
	if !p.Scopes.Allows("*") || p.UserID != admin.ID || p.MemberID.IsZero() || p.SuperAdmin {
		s.Errorf("%+v", p)
	}
	forged := s.user("forged", realm.SuperAdmin) // a role of the platform counts in its own realm only
	s.Member(s.T, forged.ID, true)
	p, err = s.Directory.Authenticate(s.ctx, s.token(login("forged", password)).AccessToken)
	s.must(err)
	if p.SuperAdmin || len(p.Scopes.List()) != 0 {
		s.Errorf("%+v", p)
	}
}

func endings(s suite) {
	u := s.user("ada", realm.TenantOperator)
	s.Member(s.T, u.ID, true)
	t := s.token(login("ada", password))
	_, err := s.Directory.Authenticate(s.ctx, t.AccessToken)
	s.must(err)
	none := []string{}
	_, err = s.Directory.UpdateUser(s.ctx, s.Name, u.ID, realm.UserPatch{Roles: &none})
	s.must(err)
	p, err := s.Directory.Authenticate(s.ctx, t.AccessToken)
	s.must(err)
	if len(p.Scopes.List()) != 0 {
		s.Error("a lost role is still there")
	}
	s.must(s.Directory.EndSessions(s.ctx, s.Name, u.ID))
	_, err = s.Directory.Authenticate(s.ctx, t.AccessToken)
	s.wants(err, fault.Unauthenticated)
	if s.Forward == nil {
		return
	}
	t = s.token(login("ada", password))
	s.Forward(t.ExpiresIn)
	_, err = s.Directory.Authenticate(s.ctx, t.AccessToken)
	s.wants(err, fault.Unauthenticated)
	s.token(again(t))
	t = s.token(login("ada", password))
	s.Forward(t.RefreshExpiresIn)
	s.refused(again(t), fault.OAuthInvalidGrant)
}
