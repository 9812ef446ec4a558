package control_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server/servertest"
)

// realmOf returns the name of a tenant's realm.
func realmOf(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
	t.Helper()
	r, err := i.Directory.Ensure(tn.As(), tn.Org.ID, tn.Org.Slug, tn.Org.Name)
	if err != nil {
		t.Fatal(err)
	}
	return r.Name
}

// inRealm names a thing of the tenant's realm.
func inRealm(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, more ...any) map[string]string {
	path := map[string]string{"realmId": realmOf(t, i, tn)}
	for n := 0; n < len(more); n += 2 {
		path[more[n].(string)] = more[n+1].(string)
	}
	return path
}

func newName() string { return "n" + strings.ToLower(id.New().ULID()) }

func userBody(roles ...any) object {
	name := newName()
	return object{
		"username": name, "email": name + "@example.com", "displayName": "Ada Lovelace", "password": "correct horse battery",
		"roles": append([]any{}, roles...),
	}
}

func clientBody() object {
	return object{
		"clientId": newName(), "accessType": "confidential", "serviceAccountsEnabled": true,
		"serviceAccountRoles": []any{"tenant_operator"},
	}
}

func roleBody() object { return object{"roleName": newName(), "description": "Keeps the books."} }

// make calls an operation that creates in a realm.
func makeInRealm(
	t testing.TB, i *servertest.Instance, tn *servertest.Tenant, operation string, body object,
) object {
	t.Helper()
	return i.Want(t, 201, servertest.Request{
		Operation: operation, Bearer: tn.Key, Path: inRealm(t, i, tn), JSON: body,
	}).Object(t)
}

func init() {
	whole := func(operation string, body func() object) {
		valid[operation] = func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			r := servertest.Request{Operation: operation, Bearer: tn.Key, Path: inRealm(t, i, tn)}
			if body != nil {
				r.JSON = body()
			}
			return r
		}
	}
	of := func(operation, create, parameter, member string, body func() object, change any) {
		valid[operation] = func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			made := makeInRealm(t, i, tn, create, body())
			return servertest.Request{
				Operation: operation, Bearer: tn.Key, Path: inRealm(t, i, tn, parameter, made[member]), JSON: change,
			}
		}
	}
	user := func() object { return userBody() }
	valid["listRealms"] = func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		realmOf(t, i, tn)
		return servertest.Request{Operation: "listRealms", Bearer: tn.Key}
	}
	for _, operation := range []string{"listRealmClients", "listRealmRoles", "listRealmUsers"} {
		whole(operation, nil)
	}
	whole("createRealmClient", clientBody)
	whole("createRealmRole", roleBody)
	whole("createRealmUser", user)
	for _, operation := range []string{"getRealmClient", "deleteRealmClient", "rotateRealmClientSecret"} {
		of(operation, "createRealmClient", "realmClientId", "id", clientBody, nil)
	}
	of("deleteRealmRole", "createRealmRole", "roleName", "roleName", roleBody, nil)
	for _, operation := range []string{"getRealmUser", "deleteRealmUser"} {
		of(operation, "createRealmUser", "userId", "id", user, nil)
	}
	of("updateRealmUser", "createRealmUser", "userId", "id", user, object{"displayName": "Ada"})
	of("setRealmUserPassword", "createRealmUser", "userId", "id", user, object{"password": "another horse battery"})
	of("assignRealmUserRoles", "createRealmUser", "userId", "id", user, object{"roles": []any{"tenant_operator"}})
}

// A client of a realm, from its making to its end.
func TestRealmClient(t *testing.T) { suite.Each(t, keepsClients) }

func keepsClients(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
	body := clientBody()
	made := makeInRealm(t, i, tn, "createRealmClient", body)
	path := inRealm(t, i, tn, "realmClientId", made["id"])
	if s, _ := made["clientSecret"].(string); len(s) < 32 || made["clientId"] != body["clientId"] {
		t.Errorf("%v", made)
	}
	got := i.Want(t, 200, servertest.Request{Operation: "getRealmClient", Bearer: tn.Key, Path: path}).Object(t)
	if _, told := got["clientSecret"]; told || got["accessType"] != "confidential" {
		t.Errorf("%v", got)
	}
	again := servertest.Request{Operation: "createRealmClient", Bearer: tn.Key, Path: inRealm(t, i, tn), JSON: body}
	if c := code(t, i.Want(t, 409, again)); c != "CLIENT_ID_TAKEN" {
		t.Errorf("the client id once more: %s", c)
	}
	next := i.Want(t, 200, servertest.Request{
		Operation: "rotateRealmClientSecret", Bearer: tn.Key, Path: path,
	}).Object(t)
	if next["clientSecret"] == made["clientSecret"] || next["clientSecret"] == nil {
		t.Error("the same secret")
	}
	public := makeInRealm(t, i, tn, "createRealmClient", object{"clientId": newName(), "accessType": "public"})
	if public["clientSecret"] != nil {
		t.Errorf("a public client has a secret: %v", public)
	}
	path["realmClientId"] = public["id"].(string)
	rotate := servertest.Request{Operation: "rotateRealmClientSecret", Bearer: tn.Key, Path: path}
	if c := code(t, i.Want(t, 409, rotate)); c != "CLIENT_WITHOUT_SECRET" {
		t.Errorf("a secret for a public client: %s", c)
	}
	list := i.Want(t, 200, servertest.Request{Operation: "listRealmClients", Bearer: tn.Key, Path: inRealm(t, i, tn)})
	for _, item := range list.Object(t)["items"].([]any) {
		if c := item.(object); c["clientId"] == "console" {
			path["realmClientId"] = c["id"].(string)
		}
	}
	remove := servertest.Request{Operation: "deleteRealmClient", Bearer: tn.Key, Path: path}
	if c := code(t, i.Want(t, 409, remove)); c != "OWN_CLIENT" {
		t.Errorf("the console: %s", c)
	}
	wrong := servertest.Request{
		Operation: "createRealmClient", Bearer: tn.Key, Path: inRealm(t, i, tn),
		JSON: object{
			"clientId": newName(), "accessType": "public", "serviceAccountsEnabled": true, "scopes": []any{"nosuch"},
		},
	}
	refused := i.Want(t, 400, wrong)
	if details := refused.Object(t)["error"].(object)["details"].([]any); len(details) != 2 {
		t.Errorf("%v", details)
	}
}

// A role of a realm is for the tenant's own applications.
func TestRealmRole(t *testing.T) { suite.Each(t, keepsRoles) }

func keepsRoles(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
	body := roleBody()
	made := makeInRealm(t, i, tn, "createRealmRole", body)
	whole := makeInRealm(t, i, tn, "createRealmRole",
		object{"roleName": newName(), "composites": []any{made["roleName"]}})
	if made["builtIn"] != false || whole["composite"] != true {
		t.Errorf("%v, %v", made, whole)
	}
	create := servertest.Request{Operation: "createRealmRole", Bearer: tn.Key, Path: inRealm(t, i, tn), JSON: body}
	if c := code(t, i.Want(t, 409, create)); c != "ROLE_TAKEN" {
		t.Errorf("once more: %s", c)
	}
	create.JSON = object{"roleName": "tenant_admin"}
	if c := code(t, i.Want(t, 409, create)); c != "OWN_ROLE" {
		t.Errorf("one of ours: %s", c)
	}
	create.JSON = object{"roleName": newName(), "composites": []any{"nosuch"}}
	i.Want(t, 400, create)
	remove := servertest.Request{
		Operation: "deleteRealmRole", Bearer: tn.Key, Path: inRealm(t, i, tn, "roleName", "superadmin"),
	}
	if c := code(t, i.Want(t, 409, remove)); c != "OWN_ROLE" {
		t.Errorf("one of ours is deleted: %s", c)
	}
	// Pages of roles hold each role once.
	seen, cursor := []string{}, ""
	for {
		q := url.Values{"limit": {"2"}}
		if cursor != "" {
			q.Set("cursor", cursor)
		}
		p := i.Want(t, 200, servertest.Request{
			Operation: "listRealmRoles", Bearer: tn.Key, Path: inRealm(t, i, tn), Query: q,
		}).Object(t)
		for _, item := range p["items"].([]any) {
			seen = append(seen, item.(object)["roleName"].(string))
		}
		next, _ := p["page"].(object)["nextCursor"].(string)
		if cursor = next; cursor == "" {
			break
		}
	}
	if !slices.IsSorted(seen) || len(slices.Compact(slices.Clone(seen))) != len(seen) ||
		!slices.Contains(seen, made["roleName"].(string)) || !slices.Contains(seen, "tenant_admin") ||
		slices.Contains(seen, "superadmin") {
		t.Errorf("%v", seen)
	}
}

// A user of a realm, and what may not be done with one.
func TestRealmUser(t *testing.T) { suite.Each(t, keepsUsers) }

func keepsUsers(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
	body := userBody("tenant_operator")
	made := makeInRealm(t, i, tn, "createRealmUser", body)
	if made["status"] != "active" || made["invitation"] != nil || made["username"] != body["username"] {
		t.Errorf("%v", made)
	}
	create := servertest.Request{Operation: "createRealmUser", Bearer: tn.Key, Path: inRealm(t, i, tn), JSON: body}
	if c := code(t, i.Want(t, 409, create)); c != "USER_TAKEN" {
		t.Errorf("once more: %s", c)
	}
	for name, wrong := range map[string]object{
		"a role of the platform":         {"email": "a@example.com", "roles": []any{"superadmin"}},
		"a role that is not there":       {"email": "a@example.com", "roles": []any{"nosuch"}},
		"a workspace's without it":       {"email": "a@example.com", "roles": []any{"workspace_admin"}},
		"a short password":               {"email": "a@example.com", "password": "short"},
		"a workspace that is not theirs": {"email": "a@example.com", "workspaceId": id.New().Prefixed("wks")},
	} {
		create.JSON = wrong
		if c := code(t, i.Want(t, 400, create)); c != "VALIDATION_FAILED" {
			t.Errorf("%s: %s", name, c)
		}
	}
	invited := makeInRealm(t, i, tn, "createRealmUser", object{"email": newName() + "@example.com"})
	link, _ := invited["invitation"].(object)
	if invited["status"] != "invited" || link == nil || !strings.HasSuffix(link["url"].(string), link["token"].(string)) {
		t.Errorf("%v", invited)
	}
	path := inRealm(t, i, tn, "userId", made["id"])
	change := func(operation string, body any) object {
		return i.Want(t, 200, servertest.Request{Operation: operation, Bearer: tn.Key, Path: path, JSON: body}).Object(t)
	}
	if u := change("updateRealmUser", object{"enabled": false}); u["status"] != "disabled" {
		t.Errorf("%v", u)
	}
	if u := change("updateRealmUser", object{"enabled": true, "displayName": "Ada"}); u["status"] != "active" ||
		u["displayName"] != "Ada" {
		t.Errorf("%v", u)
	}
	bound := change("assignRealmUserRoles", object{
		"roles": []any{"workspace_admin"}, "workspaceId": tn.Workspace.ID.Prefixed("wks"),
	})
	if bound["workspaceId"] != tn.Workspace.ID.Prefixed("wks") {
		t.Errorf("%v", bound)
	}
	limited := tn.KeyWith(t, "", "iam:write", "iam:read")
	i.Want(t, 403, servertest.Request{
		Operation: "assignRealmUserRoles", Bearer: limited, Path: path, JSON: object{"roles": []any{"tenant_admin"}},
	})
	found := i.Want(t, 200, servertest.Request{
		Operation: "listRealmUsers", Bearer: tn.Key, Path: inRealm(t, i, tn),
		Query: url.Values{"email": {body["email"].(string)}, "status": {"active"}},
	}).Object(t)
	if items := found["items"].([]any); len(items) != 1 || items[0].(object)["id"] != made["id"] {
		t.Errorf("%v", found)
	}
	i.Want(t, 204, servertest.Request{Operation: "deleteRealmUser", Bearer: tn.Key, Path: path})
	gone := i.Want(t, 404, servertest.Request{Operation: "getRealmUser", Bearer: tn.Key, Path: path})
	if c := code(t, gone); c != "USER_NOT_FOUND" {
		t.Errorf("%s", c)
	}
}

// IAM is a capability of the larger plans.
func TestIAMNeedsAPlan(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		small := i.Tenant(t, plan.Starter)
		refused := i.Want(t, 403, servertest.Request{Operation: "listRealms", Bearer: small.Key})
		said := refused.Object(t)["error"].(object)
		if details, _ := said["details"].(object); details["capability"] != "identity" || details["plan"] != "starter" {
			t.Errorf("%v", said)
		}
	})
}
