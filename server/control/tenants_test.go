package control_test

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server/control"
	"github.com/alania-go/alania/server/servertest"
)

// ofPlatform are the operations that only those who administer the platform can call.
var ofPlatform = map[string]bool{"createTenant": true, "deleteTenant": true}

// administrator returns another tenant whose owner is a super admin, and a key of theirs.
func administrator(t testing.TB, i *servertest.Instance) (*servertest.Tenant, string) {
	t.Helper()
	tn := i.Tenant(t, plan.Enterprise)
	operator := identity.With(t.Context(), identity.Operator(tn.Org.ID))
	if _, err := i.Orgs.SetSuperAdmin(operator, tn.Org.ID, tn.Owner.Email, true); err != nil {
		t.Fatal(err)
	}
	return tn, tn.KeyWith(t, "", "*")
}

func newSlug() string { return "s" + strings.ToLower(id.New().ULID()) }

func tenantBody(plan string) object {
	return object{"slug": newSlug(), "displayName": "Acme Corporation", "plan": plan,
		"adminEmail": "admin@acme.example.com"}
}

// newTenant makes a tenant through the contract.
func newTenant(t testing.TB, i *servertest.Instance, admin, plan string) object {
	t.Helper()
	return i.Want(t, 201, servertest.Request{Operation: "createTenant", Bearer: admin, JSON: tenantBody(plan)}).Object(t)
}

func tenantPath(tenantID any) map[string]string {
	return map[string]string{"tenantId": tenantID.(string)}
}

func init() {
	own := func(operation string, body any) servertest.Valid {
		return func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{
				Operation: operation, Bearer: tn.Key, Path: tenantPath(tn.Org.ID.Prefixed("tnt")), JSON: body,
			}
		}
	}
	valid["listTenants"] = func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		return servertest.Request{Operation: "listTenants", Bearer: tn.Key}
	}
	valid["getTenant"] = own("getTenant", nil)
	valid["updateTenant"] = own("updateTenant", object{"displayName": "Acme 2"})
	valid["createTenant"] = func(t testing.TB, i *servertest.Instance, _ *servertest.Tenant) servertest.Request {
		_, key := administrator(t, i)
		return servertest.Request{Operation: "createTenant", Bearer: key, JSON: tenantBody("starter")}
	}
	valid["deleteTenant"] = func(t testing.TB, i *servertest.Instance, _ *servertest.Tenant) servertest.Request {
		_, key := administrator(t, i)
		made := newTenant(t, i, key, "free")
		return servertest.Request{Operation: "deleteTenant", Bearer: key, Path: tenantPath(made["id"])}
	}
}

// The life of a tenant, as who administers the platform sees it.
func TestTenant(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		_, admin := administrator(t, i)
		body := object{
			"slug": newSlug(), "displayName": "Acme Corporation", "plan": "starter", "adminEmail": "admin@acme.example.com",
		}
		create := servertest.Request{Operation: "createTenant", Bearer: admin, JSON: body}
		made := i.Want(t, 201, create).Object(t)
		path := tenantPath(made["id"])
		got := i.Want(t, 200, servertest.Request{Operation: "getTenant", Bearer: admin, Path: path}).Object(t)
		for _, member := range []string{"slug", "displayName", "plan"} {
			if made[member] != body[member] || got[member] != body[member] {
				t.Errorf("%s: %v, then %v", member, made[member], got[member])
			}
		}
		if _, again := got["invitation"]; again || !strings.HasPrefix(made["id"].(string), "tnt_") ||
			made["status"] != "active" {
			t.Errorf("%v, then %v", made, got)
		}
		if c := code(t, i.Want(t, 409, create)); c != "TENANT_SLUG_TAKEN" {
			t.Errorf("the slug once more: %s", c)
		}
		change := func(status int, body object) *servertest.Response {
			t.Helper()
			return i.Want(t, status, servertest.Request{Operation: "updateTenant", Bearer: admin, Path: path, JSON: body})
		}
		if c := change(200, object{"plan": "pro", "displayName": "Acme"}).Object(t); c["plan"] != "pro" ||
			c["displayName"] != "Acme" {
			t.Errorf("%v", c)
		}
		own := ownKey(t, i, made["id"])
		for range 3 { // with the first one more than the plan free allows
			i.Want(t, 201, servertest.Request{Operation: "createWorkspace", Bearer: own, JSON: object{
				"tenantId": made["id"], "slug": newSlug(), "displayName": "W",
			}})
		}
		refused := change(422, object{"plan": "free"})
		blocked, _ := refused.Object(t)["error"].(object)["details"].(object)["blockedBy"].([]any)
		if code(t, refused) != "PLAN_IN_USE" || len(blocked) != 1 ||
			!reflect.DeepEqual(blocked[0], object{"feature": "workspaces", "used": 4.0, "limit": 3.0}) {
			t.Errorf("%s", refused.Body)
		}
		look := servertest.Request{Operation: "getTenant", Bearer: own, Path: path}
		change(200, object{"status": "suspended"})
		i.Want(t, 401, look)
		change(200, object{"status": "active"})
		i.Want(t, 200, look)
		if c := code(t, change(422, object{"status": "deactivated"})); c != "STATUS_NOT_ALLOWED" {
			t.Errorf("deactivated: %s", c)
		}
		remove := servertest.Request{Operation: "deleteTenant", Bearer: admin, Path: path}
		i.Want(t, 204, remove)
		i.Want(t, 401, look) // at once
		i.Want(t, 204, remove)
		if c := code(t, change(422, object{"status": "active"})); c != "TENANT_DEACTIVATED" {
			t.Errorf("reactivated: %s", c)
		}
		got = i.Want(t, 200, servertest.Request{Operation: "getTenant", Bearer: admin, Path: path}).Object(t)
		if got["status"] != "deactivated" {
			t.Errorf("%v", got)
		}
	})
}

// ownKey makes a key of a tenant, as its operator does.
func ownKey(t testing.TB, i *servertest.Instance, tenantID any) string {
	t.Helper()
	orgID, err := control.ParseTenant(tenantID.(string))
	if err != nil {
		t.Fatal(err)
	}
	_, full, err := i.Keys.Create(identity.With(t.Context(), identity.Operator(orgID)), orgID,
		apikey.Create{Name: "own", Scopes: []string{"*"}})
	if err != nil {
		t.Fatal(err)
	}
	return full
}

// Who does not administer the platform sees and renames their own tenant, and that is all.
func TestOthersOfTheirOwnTenant(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		other := i.Tenant(t, plan.Free)
		list := i.Want(t, 200, servertest.Request{Operation: "listTenants", Bearer: tn.Key}).Object(t)["items"].([]any)
		if len(list) != 1 || list[0].(object)["id"] != tn.Org.ID.Prefixed("tnt") {
			t.Errorf("%v", list)
		}
		own, foreign := tenantPath(tn.Org.ID.Prefixed("tnt")), tenantPath(other.Org.ID.Prefixed("tnt"))
		for _, c := range []struct {
			status int
			r      servertest.Request
		}{
			{403, servertest.Request{Operation: "createTenant", JSON: tenantBody("free")}},
			{403, servertest.Request{Operation: "updateTenant", Path: own, JSON: object{"plan": "free"}}},
			{403, servertest.Request{Operation: "updateTenant", Path: own, JSON: object{"status": "suspended"}}},
			{403, servertest.Request{Operation: "deleteTenant", Path: own}},
			{404, servertest.Request{Operation: "updateTenant", Path: foreign, JSON: object{"plan": "free"}}},
			{404, servertest.Request{Operation: "deleteTenant", Path: foreign}},
			{404, servertest.Request{Operation: "createWorkspace", JSON: workspaceBody(other)}},
		} {
			c.r.Bearer = tn.Key
			i.Want(t, c.status, c.r)
		}
		admin, key := administrator(t, i)
		mine := tenantPath(admin.Org.ID.Prefixed("tnt"))
		for _, r := range []servertest.Request{
			{Operation: "deleteTenant", Path: mine, Bearer: key},
			{Operation: "updateTenant", Path: mine, Bearer: key, JSON: object{"status": "suspended"}},
		} {
			if c := code(t, i.Want(t, 422, r)); c != "OWN_TENANT" {
				t.Errorf("%s: %s", r.Operation, c)
			}
		}
	})
}

func TestTenantsArePaged(t *testing.T) {
	suite.Alone(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		_, admin := administrator(t, i)
		var want []any
		for range 5 {
			want = append([]any{newTenant(t, i, admin, "agency")["id"]}, want...)
		}
		var got []any
		query := url.Values{"plan": {"agency"}, "status": {"active"}, "limit": {"2"}}
		for {
			answer := i.Want(t, 200, servertest.Request{Operation: "listTenants", Bearer: admin, Query: query}).Object(t)
			for _, item := range answer["items"].([]any) {
				got = append(got, item.(object)["id"])
			}
			next, more := answer["page"].(object)["nextCursor"].(string)
			if answer["page"].(object)["limit"] != 2.0 {
				t.Errorf("%v", answer["page"])
			}
			if !more {
				break
			}
			query.Set("cursor", next)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}
