package keycloak

import (
	"context"
	"net/url"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/domain/secret"
)

type register struct {
	realms map[string]realm.Realm
	member id.ID
}

func (r *register) InsertRealm(_ context.Context, v realm.Realm) error { r.realms[v.Name] = v; return nil }
func (r *register) Realm(_ context.Context, name string) (realm.Realm, error) {
	v, ok := r.realms[name]
	if !ok {
		return v, fault.NewNotFound("realm")
	}
	return v, nil
}
func (r *register) RealmsOf(_ context.Context, orgID id.ID) (out []realm.Realm, _ error) {
	for _, v := range r.realms {
		if v.OrgID == orgID {
			out = append(out, v)
		}
	}
	return out, nil
}
func (r *register) SetNotBefore(_ context.Context, realmID id.ID, at time.Time) error { return nil }
func (r *register) Standing(_ context.Context, name string, user, workspaceID id.ID) (realm.Holder, error) {
	return realm.Holder{Realm: r.realms[name], OrgStatus: identity.OrgActive, OrgTier: "free", MemberID: r.member}, nil
}
func (r *register) RealmsOfMember(_ context.Context, email string, limit int) ([]string, error) { return nil, nil }

func TestProbe(t *testing.T) {
	base := os.Getenv("KC")
	if base == "" {
		t.Skip("no Keycloak")
	}
	u, _ := url.Parse(base)
	box, err := secret.NewBox("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	if err != nil {
		t.Fatal(err)
	}
	reg := &register{realms: map[string]realm.Realm{}, member: id.New()}
	d := New(Options{URL: u, Register: reg, Cache: identity.NewCache(nil), Box: box, PublicURL: "http://alania", Now: time.Now})
	ctx := t.Context()
	org := id.New()
	name := "acme-" + org.ULID()[20:]
	r, err := d.Ensure(ctx, org, name, "Acme")
	if err != nil {
		t.Fatal(err)
	}
	if _, err = d.Ensure(ctx, org, name, "Acme"); err != nil {
		t.Fatal(err)
	}
	_ = r
	known := id.New()
	role, err := d.CreateRole(ctx, name, realm.Role{Name: "reader", Description: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = d.CreateRole(ctx, name, realm.Role{Name: "editor", Composites: []string{"reader"}}); err != nil {
		t.Fatal(err)
	}
	roles, err := d.Roles(ctx, name)
	t.Logf("%+v %+v %v", role, roles, err)
	us, err := d.CreateUser(ctx, name, realm.NewUser{ID: known, Email: "Ada@example.com", Name: "Ada L", Roles: []string{realm.TenantAdmin, "editor"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", us)
	if err := d.SetPassword(ctx, name, known, realm.Password{Plain: "correct horse"}); err != nil {
		t.Fatal(err)
	}
	us, err = d.User(ctx, name, known)
	t.Logf("%+v %v", us, err)
	login, scope := "ada@example.com", "openid"
	tok, err := d.Token(ctx, name, realm.TokenRequest{GrantType: "password", Client: realm.ClientCredentials{ID: "console"}, Username: &login, Password: "correct horse", Scope: &scope})
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Authenticate(ctx, tok.AccessToken)
	t.Logf("%+v %v", p, err)
	if err != nil || p.UserID != known || p.MemberID != reg.member || !p.Scopes.Allows("anything:x") {
		t.Error("not Ada")
	}
	info, err := d.Userinfo(ctx, name, tok.AccessToken)
	t.Logf("%+v %v", info, err)
	c, sec, err := d.CreateClient(ctx, name, realm.Client{ClientID: "svc", Enabled: true, Access: realm.Confidential, Service: true, Roles: []string{realm.TenantOperator}, Scopes: []string{"profile", "offline_access"}}, "")
	if err != nil || sec == "" {
		t.Fatal(err)
	}
	c2, err := d.Client(ctx, name, c.ID)
	t.Logf("%+v %v", c2, err)
	ps, err := d.Clients(ctx, name, page.Query{Limit: 1})
	t.Logf("%+v %v", ps, err)
	st, err := d.Token(ctx, name, realm.TokenRequest{GrantType: "client_credentials", Client: realm.ClientCredentials{ID: "svc", Secret: sec}})
	if err != nil {
		t.Fatal(err)
	}
	p, err = d.Authenticate(ctx, st.AccessToken)
	t.Logf("%+v %v", p, err)
	in, err := d.Introspect(ctx, name, realm.ClientCredentials{ID: "svc", Secret: sec}, tok.AccessToken, "")
	t.Logf("%+v %v", in.Active, err)
	rt, err := d.Token(ctx, name, realm.TokenRequest{GrantType: "refresh_token", Client: realm.ClientCredentials{ID: "console"}, RefreshToken: &tok.RefreshToken})
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Token(ctx, name, realm.TokenRequest{GrantType: "refresh_token", Client: realm.ClientCredentials{ID: "console"}, RefreshToken: &tok.RefreshToken})
	t.Logf("reuse %v", err)
	_, err = d.Token(ctx, name, realm.TokenRequest{GrantType: "refresh_token", Client: realm.ClientCredentials{ID: "console"}, RefreshToken: &rt.RefreshToken})
	t.Logf("after reuse %v", err)
	off := false
	us, err = d.UpdateUser(ctx, name, known, realm.UserPatch{Enabled: &off})
	t.Logf("%+v %v", us, err)
	_, err = d.Authenticate(ctx, tok.AccessToken)
	t.Logf("disabled %v", err)
	users, err := d.Users(ctx, name, page.Query{Limit: 10})
	t.Logf("%+v %v", users, err)
	err = d.DeleteUser(ctx, name, known)
	_, err2 := d.User(ctx, name, known)
	t.Logf("%v %v", err, err2)
	if _, err := d.client.admin(ctx, "DELETE", path(name), nil, nil); err != nil {
		t.Error(err)
	}
	_ = slices.Contains[[]string]
}
