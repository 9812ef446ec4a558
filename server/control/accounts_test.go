package control_test

import (
	"maps"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/server/servertest"
)

func accountBody(scopes ...any) object {
	return object{"slug": newSlug(), "displayName": "Order worker", "scopes": scopes}
}

func applicationBody(access string) object {
	return object{
		"slug": newSlug(), "displayName": "Storefront", "accessType": access,
		"redirectUris": []any{"https://shop.example.com/callback"}, "allowedOrigins": []any{"https://shop.example.com"},
	}
}

// of names a thing of the tenant's workspace.
func of(tn *servertest.Tenant, more ...string) map[string]string {
	path := workspacePath(tn.Workspace.ID.Prefixed("wks"))
	for n := 0; n < len(more); n += 2 {
		path[more[n]] = more[n+1]
	}
	return path
}

func newAccount(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, scopes ...any) object {
	t.Helper()
	return i.Want(t, 201, servertest.Request{
		Operation: "createServiceAccount", Bearer: tn.Key, Path: of(tn), JSON: accountBody(scopes...),
	}).Object(t)
}

func newApplication(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, access string) object {
	t.Helper()
	return i.Want(t, 201, servertest.Request{
		Operation: "createApplication", Bearer: tn.Key, Path: of(tn), JSON: applicationBody(access),
	}).Object(t)
}

func init() {
	for _, operation := range []string{"listServiceAccounts", "listApplications"} {
		valid[operation] = func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{Operation: operation, Bearer: tn.Key, Path: of(tn)}
		}
	}
	valid["createServiceAccount"] = func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		body := accountBody("postgres:read", "mongo:read", "events:publish")
		return servertest.Request{Operation: "createServiceAccount", Bearer: tn.Key, Path: of(tn), JSON: body}
	}
	valid["createApplication"] = func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		body := applicationBody("confidential")
		return servertest.Request{Operation: "createApplication", Bearer: tn.Key, Path: of(tn), JSON: body}
	}
	for _, operation := range []string{"getServiceAccount", "deleteServiceAccount", "rotateServiceAccountSecret"} {
		valid[operation] = func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			made := newAccount(t, i, tn, "postgres:read")["id"].(string)
			return servertest.Request{Operation: operation, Bearer: tn.Key, Path: of(tn, "serviceAccountId", made)}
		}
	}
	for _, operation := range []string{"getApplication", "deleteApplication", "rotateApplicationSecret"} {
		valid[operation] = func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			made := newApplication(t, i, tn, "confidential")["id"].(string)
			return servertest.Request{Operation: operation, Bearer: tn.Key, Path: of(tn, "applicationId", made)}
		}
	}
}

func tokenOf(t testing.TB, i *servertest.Instance, status int, clientID, secret any) *servertest.Response {
	t.Helper()
	return i.Want(t, status, servertest.Request{Operation: "platform.createToken", Form: url.Values{
		"grant_type": {"client_credentials"}, "client_id": {clientID.(string)}, "client_secret": {secret.(string)},
	}})
}

// A service account gets tokens for its workspace and no other, until it is deleted.
func TestServiceAccount(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		made := newAccount(t, i, tn, "workspaces:read", "service-accounts:read")
		path := of(tn, "serviceAccountId", made["id"].(string))
		shown := maps.Clone(made)
		delete(shown, "clientSecret")
		got := i.Want(t, 200, servertest.Request{Operation: "getServiceAccount", Bearer: tn.Key, Path: path}).Object(t)
		if !reflect.DeepEqual(got, shown) || !strings.HasPrefix(made["id"].(string), "svc_") {
			t.Errorf("%v, then %v", made, got)
		}
		list := i.Want(t, 200, servertest.Request{Operation: "listServiceAccounts", Bearer: tn.Key, Path: of(tn)}).Object(t)
		if items := list["items"].([]any); len(items) != 1 || !reflect.DeepEqual(items[0], any(shown)) {
			t.Errorf("%v", list)
		}
		token := tokenOf(t, i, 200, made["clientId"], made["clientSecret"]).Object(t)["access_token"].(string)
		look := servertest.Request{Operation: "getWorkspace", Bearer: token, Path: of(tn)}
		i.Want(t, 200, look)
		elsewhere := look
		elsewhere.Path = workspacePath(newWorkspace(t, i, tn)["id"])
		i.Want(t, 404, elsewhere)
		i.Want(t, 403, servertest.Request{
			Operation: "createServiceAccount", Bearer: token, Path: of(tn), JSON: accountBody("workspaces:read"),
		})

		rotated := i.Want(t, 200, servertest.Request{
			Operation: "rotateServiceAccountSecret", Bearer: tn.Key, Path: path,
		}).Object(t)
		tokenOf(t, i, 401, made["clientId"], made["clientSecret"])
		tokenOf(t, i, 200, made["clientId"], rotated["clientSecret"])
		i.Want(t, 200, look) // the token goes on

		body := accountBody("workspaces:read")
		body["slug"] = made["slug"]
		create := servertest.Request{Operation: "createServiceAccount", Bearer: tn.Key, Path: of(tn), JSON: body}
		if c := code(t, i.Want(t, 409, create)); c != "SERVICE_ACCOUNT_SLUG_TAKEN" {
			t.Errorf("the slug once more: %s", c)
		}
		remove := servertest.Request{Operation: "deleteServiceAccount", Bearer: tn.Key, Path: path}
		i.Want(t, 204, remove)
		i.Want(t, 401, look) // at once
		tokenOf(t, i, 401, made["clientId"], rotated["clientSecret"])
		if c := code(t, i.Want(t, 404, remove)); c != "SERVICE_ACCOUNT_NOT_FOUND" {
			t.Errorf("deleted twice: %s", c)
		}
		i.Want(t, 201, create) // its slug is free again
	})
}

// Nobody makes a service account that may do more than they.
func TestServiceAccountsWithinTheirMaker(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		limited := tn.KeyWith(t, "", "service-accounts:write", "postgres:read")
		create := servertest.Request{
			Operation: "createServiceAccount", Bearer: limited, Path: of(tn), JSON: accountBody("postgres:read", "mongo:read"),
		}
		refused := i.Want(t, 403, create)
		said := refused.Object(t)["error"].(object)["details"]
		if c := code(t, refused); c != "ACCESS_DENIED" || !reflect.DeepEqual(said, object{"scopes": []any{"mongo:read"}}) {
			t.Errorf("%s", refused.Body)
		}
		create.JSON = accountBody("postgres:read")
		i.Want(t, 201, create)
		more := newAccount(t, i, tn, "mongo:read")
		i.Want(t, 403, servertest.Request{
			Operation: "rotateServiceAccountSecret", Bearer: limited, Path: of(tn, "serviceAccountId", more["id"].(string)),
		})
	})
}

func TestApplication(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		made := newApplication(t, i, tn, "confidential")
		path := of(tn, "applicationId", made["id"].(string))
		shown := maps.Clone(made)
		delete(shown, "clientSecret")
		got := i.Want(t, 200, servertest.Request{Operation: "getApplication", Bearer: tn.Key, Path: path}).Object(t)
		if !reflect.DeepEqual(got, shown) || made["clientSecret"] == nil || !strings.HasPrefix(made["id"].(string), "app_") {
			t.Errorf("%v, then %v", made, got)
		}
		tokenOf(t, i, 400, made["clientId"], made["clientSecret"]) // it acts for people only
		public := newApplication(t, i, tn, "public")
		if public["clientSecret"] != nil || public["accessType"] != "public" {
			t.Errorf("%v", public)
		}
		tokenOf(t, i, 401, public["clientId"], "")
		rotate := servertest.Request{Operation: "rotateApplicationSecret", Bearer: tn.Key, Path: path}
		if again := i.Want(t, 200, rotate).Object(t); again["clientSecret"] == made["clientSecret"] {
			t.Error("the secret is the same")
		}
		rotate.Path = of(tn, "applicationId", public["id"].(string))
		if c := code(t, i.Want(t, 422, rotate)); c != "APPLICATION_IS_PUBLIC" {
			t.Errorf("%s", c)
		}
		body := applicationBody("public")
		body["slug"] = made["slug"]
		taken := i.Want(t, 409, servertest.Request{Operation: "createApplication", Bearer: tn.Key, Path: of(tn), JSON: body})
		if c := code(t, taken); c != "APPLICATION_SLUG_TAKEN" {
			t.Errorf("%s", c)
		}
		for _, uri := range []string{"https://a.example/#fragment", "javascript:alert(1)", "/relative"} {
			body := applicationBody("public")
			body["redirectUris"] = []any{uri}
			i.Want(t, 400, servertest.Request{Operation: "createApplication", Bearer: tn.Key, Path: of(tn), JSON: body})
		}
		account := newAccount(t, i, tn, "postgres:read")["id"].(string)
		i.Want(t, 404, servertest.Request{
			Operation: "getApplication", Bearer: tn.Key, Path: of(tn, "applicationId", "app"+account[3:]),
		})
	})
}

// What belongs to a workspace ends with it.
func TestAccountsEndWithTheirWorkspace(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		second := newWorkspace(t, i, tn)
		made := i.Want(t, 201, servertest.Request{
			Operation: "createServiceAccount", Bearer: tn.Key, Path: workspacePath(second["id"]), JSON: accountBody("*:read"),
		}).Object(t)
		token := tokenOf(t, i, 200, made["clientId"], made["clientSecret"]).Object(t)["access_token"].(string)
		look := servertest.Request{Operation: "getWorkspace", Bearer: token, Path: workspacePath(second["id"])}
		i.Want(t, 200, look)
		i.Want(t, 204, servertest.Request{Operation: "deleteWorkspace", Bearer: tn.Key, Path: workspacePath(second["id"])})
		i.Want(t, 401, look)
		tokenOf(t, i, 401, made["clientId"], made["clientSecret"])
		clients, err := i.OAuth.Clients(identity.With(t.Context(), identity.Operator(tn.Org.ID)), tn.Org.ID)
		for _, c := range clients {
			if c.ClientID == made["clientId"] && c.RevokedAt == nil {
				t.Errorf("%+v", c)
			}
		}
		if err != nil {
			t.Error(err)
		}
	})
}
