package control_test

import (
	"maps"
	"net/url"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server/servertest"
)

const goodPassword = "correct horse battery"

// signIn asks for tokens as a person does, without a client.
func signIn(username, password string, more ...string) servertest.Request {
	body := object{"grant_type": "password", "username": username, "password": password}
	for n := 0; n < len(more); n += 2 {
		body[more[n]] = more[n+1]
	}
	return servertest.Request{Operation: "createToken", JSON: body}
}

// newUser makes a user of the tenant's realm.
func newUser(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, roles ...any) object {
	t.Helper()
	return makeInRealm(t, i, tn, "createRealmUser", userBody(roles...))
}

// invite returns the token of an invitation to the tenant's realm.
func invite(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) (address, token string) {
	t.Helper()
	address = newName() + "@example.com"
	made := makeInRealm(t, i, tn, "createRealmUser", object{"email": address, "roles": []any{"tenant_operator"}})
	return address, made["invitation"].(object)["token"].(string)
}

func init() {
	suite.Possession = append(suite.Possession, "acceptInvitation")
	valid["createToken"] = func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		return signIn(newUser(t, i, tn)["username"].(string), goodPassword)
	}
	valid["refreshToken"] = func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		got := i.Want(t, 200, signIn(newUser(t, i, tn)["username"].(string), goodPassword)).Object(t)
		return servertest.Request{Operation: "refreshToken", JSON: object{"refreshToken": got["refresh_token"]}}
	}
	valid["getSignupPolicy"] = func(testing.TB, *servertest.Instance, *servertest.Tenant) servertest.Request {
		return servertest.Request{Operation: "getSignupPolicy"}
	}
	valid["acceptInvitation"] = func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		_, token := invite(t, i, tn)
		return servertest.Request{
			Operation: "acceptInvitation", Path: map[string]string{"token": token}, JSON: object{"password": goodPassword},
		}
	}
}

// A person signs in, works, and stays signed in by refreshing; who uses an old refresh token ends the session.
func TestSignIn(t *testing.T) { suite.Each(t, signsIn) }

func signsIn(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
	user := newUser(t, i, tn, "tenant_operator")
	name, email := user["username"].(string), user["email"].(string)
	for _, login := range []string{name, email, strings.ToUpper(name)} {
		// A directory outside finds by itself those who are members, by their addresses.
		got := i.Want(t, 200, signIn(login, goodPassword, "tenantId", tn.Org.ID.Prefixed("tnt")))
		if got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("it may be kept: %s", got.Header.Get("Cache-Control"))
		}
	}
	form := url.Values{"grant_type": {"password"}, "username": {email}, "password": {goodPassword}, "scope": {"openid"}}
	first := i.Want(t, 200, servertest.Request{Operation: "createToken", Form: form}).Object(t)
	if first["id_token"] == nil || first["token_type"] != "Bearer" || first["session_state"] == nil {
		t.Errorf("%v", first)
	}
	look := servertest.Request{Operation: "listWorkspaces", Bearer: first["access_token"].(string)}
	i.Want(t, 200, look)

	refresh := func(token any) servertest.Request {
		return servertest.Request{Operation: "refreshToken", JSON: object{"refreshToken": token}}
	}
	second := i.Want(t, 200, refresh(first["refresh_token"])).Object(t)
	if second["session_state"] != first["session_state"] || second["refresh_token"] == first["refresh_token"] {
		t.Errorf("%v", second)
	}
	if c := code(t, i.Want(t, 401, refresh(first["refresh_token"]))); c != "REFRESH_TOKEN_INVALID" {
		t.Errorf("an old refresh token: %s", c)
	}
	i.Want(t, 401, refresh(second["refresh_token"])) // the session has ended
	i.Want(t, 401, servertest.Request{Operation: "createToken", Form: url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {"e30.e30.e30"},
	}})
}

// Who cannot sign in learns nothing of why.
func TestSignInRefused(t *testing.T) { suite.Each(t, refusesSignIn) }

func refusesSignIn(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
	user, other := newUser(t, i, tn)["username"].(string), newUser(t, i, tn)
	disable := servertest.Request{
		Operation: "updateRealmUser", Bearer: tn.Key, Path: inRealm(t, i, tn, "userId", other["id"]),
		JSON: object{"enabled": false},
	}
	i.Want(t, 200, disable)
	invited, _ := invite(t, i, tn)
	elsewhere := i.Tenant(t, plan.Pro).Org.ID.Prefixed("tnt")
	var first string
	for name, request := range map[string]servertest.Request{
		"a wrong password":  signIn(user, "wrong"),
		"nobody":            signIn(newName(), goodPassword),
		"a disabled user":   signIn(other["username"].(string), goodPassword),
		"an invited user":   signIn(invited, goodPassword),
		"of another tenant": signIn(user, goodPassword, "tenantId", elsewhere),
	} {
		res := i.Want(t, 401, request)
		body := varying.ReplaceAllString(string(res.Body), "…")
		if c := code(t, res); c != "INVALID_GRANT" {
			t.Errorf("%s: %s", name, c)
		}
		if first == "" {
			first = body
		}
		if body != first {
			t.Errorf("%s is told apart:\n%s\n%s", name, body, first)
		}
	}
	for name, body := range map[string]object{
		"no user":            {"grant_type": "password", "password": goodPassword},
		"no refresh token":   {"grant_type": "refresh_token"},
		"no tenant":          {"grant_type": "password", "username": user, "password": goodPassword, "client_id": "shop"},
		"a grant of magic":   {"grant_type": "magic"},
		"an unknown member":  {"grant_type": "refresh_token", "refresh_token": "x", "more": 1},
		"a tenant by a name": {"grant_type": "password", "username": user, "password": "x", "tenantId": "acme"},
	} {
		if c := code(t, i.Want(t, 400, servertest.Request{Operation: "createToken", JSON: body})); c != "VALIDATION_FAILED" {
			t.Errorf("%s: %s", name, c)
		}
	}
}

// Programs sign in with their own credentials: service accounts without a tenant, clients of a realm with it.
func TestProgramsSignIn(t *testing.T) { suite.Each(t, signsProgramsIn) }

func signsProgramsIn(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
	account := newAccount(t, i, tn, "workspaces:read")
	body := object{
		"grant_type": "client_credentials", "client_id": account["clientId"], "client_secret": account["clientSecret"],
	}
	got := i.Want(t, 200, servertest.Request{Operation: "createToken", JSON: body}).Object(t)
	if got["refresh_token"] != nil || got["refresh_expires_in"] != 0.0 {
		t.Errorf("%v", got)
	}
	i.Want(t, 200, servertest.Request{Operation: "getWorkspace", Bearer: got["access_token"].(string), Path: of(tn)})
	body["client_secret"] = "wrong"
	if c := code(t, i.Want(t, 401, servertest.Request{Operation: "createToken", JSON: body})); c != "INVALID_CLIENT" {
		t.Errorf("a wrong secret: %s", c)
	}

	client := makeInRealm(t, i, tn, "createRealmClient", clientBody())
	body = object{
		"grant_type": "client_credentials", "client_id": client["clientId"], "client_secret": client["clientSecret"],
		"tenantId": tn.Org.ID.Prefixed("tnt"),
	}
	got = i.Want(t, 200, servertest.Request{Operation: "createToken", JSON: body}).Object(t)
	i.Want(t, 200, servertest.Request{Operation: "listWorkspaces", Bearer: got["access_token"].(string)})
	body["client_secret"] = "wrong"
	i.Want(t, 401, servertest.Request{Operation: "createToken", JSON: body})
	inHeader(t, i, account, nil)
	inHeader(t, i, client, url.Values{"tenantId": {tn.Org.ID.Prefixed("tnt")}})
}

// inHeader signs a program in whose credentials are in the Authorization header (RFC 6749 section 2.3.1).
func inHeader(t *testing.T, i *servertest.Instance, made object, more url.Values) {
	t.Helper()
	clientID, secret := made["clientId"].(string), made["clientSecret"].(string)
	ask := func(status int, secret string, given url.Values) *servertest.Response {
		t.Helper()
		form := url.Values{"grant_type": {"client_credentials"}}
		maps.Copy(form, more)
		maps.Copy(form, given)
		return i.Want(t, status, servertest.Request{Operation: "createToken", Basic: [2]string{clientID, secret}, Form: form})
	}
	token := ask(200, secret, nil).Object(t)["access_token"].(string)
	i.Want(t, 200, servertest.Request{Operation: "listWorkspaces", Bearer: token})
	ask(200, secret, url.Values{"client_id": {clientID}}) // the id may stand in both
	for _, both := range []url.Values{{"client_secret": {secret}}, {"client_id": {"another"}}} {
		if c := code(t, ask(400, secret, both)); c != "INVALID_REQUEST" {
			t.Errorf("%v in both places: %s", both, c)
		}
	}
	if told := ask(401, "wrong", nil).Header.Get("WWW-Authenticate"); !strings.HasPrefix(told, "Basic ") {
		t.Errorf("a wrong secret: %s", told)
	}
	// A bearer token, which some send with every request, proves no client and is in nobody's way.
	form := url.Values{"grant_type": {"client_credentials"}}
	res := i.Want(t, 401, servertest.Request{Operation: "createToken", Bearer: token, Form: form})
	if c := code(t, res); c != "INVALID_CLIENT" {
		t.Errorf("a token as the client's credentials: %s", c)
	}
	form["client_id"], form["client_secret"] = []string{clientID}, []string{secret}
	maps.Copy(form, more)
	i.Want(t, 200, servertest.Request{Operation: "createToken", Bearer: token, Form: form})
}

// An invitation is accepted once; the owner of a new tenant begins with one.
func TestInvitation(t *testing.T) { suite.Each(t, accepts) }

func accepts(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
	_, admin := administrator(t, i)
	body := tenantBody("pro")
	body["adminEmail"] = newName() + "@example.com"
	tenant := i.Want(t, 201, servertest.Request{Operation: "createTenant", Bearer: admin, JSON: body}).Object(t)
	token := tenant["invitation"].(object)["token"].(string)
	accept := servertest.Request{
		Operation: "acceptInvitation", Path: map[string]string{"token": token}, JSON: object{"password": "short"},
	}
	i.Want(t, 400, accept)
	accept.JSON = object{"password": goodPassword, "name": "Ada Lovelace"}
	got := i.Want(t, 200, accept).Object(t)
	if got["tenantId"] != tenant["id"] || got["realmId"] != body["slug"] || got["username"] != body["adminEmail"] {
		t.Errorf("%v", got)
	}
	if c := code(t, i.Want(t, 404, accept)); c != "INVITATION_NOT_FOUND" {
		t.Errorf("twice: %s", c)
	}
	bearer := i.Want(t, 200, signIn(body["adminEmail"].(string), goodPassword)).Object(t)["access_token"].(string)
	made := i.Want(t, 201, servertest.Request{Operation: "createWorkspace", Bearer: bearer, JSON: object{
		"tenantId": tenant["id"], "slug": newSlug(), "displayName": "Dev", "capabilities": []any{"storage"},
	}}).Object(t)
	if made["tenantId"] != tenant["id"] {
		t.Errorf("%v", made)
	}
	realms := i.Want(t, 200, servertest.Request{Operation: "listRealms", Bearer: bearer}).Object(t)["items"].([]any)
	if len(realms) != 1 || realms[0].(object)["realmId"] != body["slug"] {
		t.Errorf("%v", realms)
	}
	i.Want(t, 200, servertest.Request{
		Operation: "updateTenant", Bearer: admin, Path: tenantPath(tenant["id"]), JSON: object{"status": "suspended"},
	})
	i.Want(t, 401, servertest.Request{Operation: "listRealms", Bearer: bearer}) // at once
	i.Want(t, 401, signIn(body["adminEmail"].(string), goodPassword))
}

// The policy is that of the settings.
func TestSignupPolicy(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		got := i.Want(t, 200, servertest.Request{Operation: "getSignupPolicy"}).Object(t)
		least := got["passwordPolicy"].(object)["minLength"]
		if got["mode"] != "invitation" || got["selfServiceEnabled"] != false || got["message"] == "" ||
			least != float64(i.Realms.Policy.MinPassword) {
			t.Errorf("%v", got)
		}
	})
}
