package keys_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/permission"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/scope"
	"github.com/alania-go/alania/server/servertest"
)

// answer sends a request that no operation of the harness is, and returns the JSON object.
func answer(t testing.TB, req *http.Request, status int) object {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var body object
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != status || res.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("%s %s: %d, %v, %v", req.Method, req.URL, res.StatusCode, res.Header, body)
	}
	return body
}

// list returns the items of an operation that answers with an array, by id.
func list(t testing.TB, i *servertest.Instance, bearer string, userID string) map[string]object {
	t.Helper()
	r := servertest.Request{Operation: "listMyApiKeys", Bearer: bearer}
	if userID != "" {
		r.Operation, r.Path = "listUserApiKeys", map[string]string{"userId": userID}
	}
	var items []object
	i.Want(t, 200, r).Decode(t, &items)
	if items == nil {
		t.Error("an empty list is null")
	}
	out := map[string]object{}
	last := ""
	for n, item := range items {
		keyID := item["id"].(string)
		if n > 0 && keyID > last { // ids grow with time
			t.Errorf("%s is behind %s", keyID, last)
		}
		last, out[keyID] = keyID, item
	}
	return out
}

func create(permissions object, more ...any) object {
	body := object{"daysTillExpiration": 0, "permissions": permissions}
	for n := 0; n < len(more); n += 2 {
		body[more[n].(string)] = more[n+1]
	}
	return body
}

func post(bearer string, body any) servertest.Request {
	return servertest.Request{Operation: "createUserApiKey", Bearer: bearer, JSON: body}
}

// names returns the names in all groups of a body, and fails when a group is missing.
func names(t testing.TB, permissions any) []string {
	t.Helper()
	groups := permissions.(object)
	if len(groups) != len(members) {
		t.Errorf("%d groups", len(groups))
	}
	var out []string
	for member := range members {
		for _, name := range groups[member].([]any) {
			out = append(out, name.(string))
		}
	}
	slices.Sort(out)
	return out
}

func TestNewKey(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		owner := tn.Owner.UserID.Prefixed("usr")
		before := time.Now()
		got := i.Want(t, 201,
			post(tn.Key,
				create(object{"crmPermissions": []string{"READ_LEADS"}, "appPermissions": []string{"READ_APIKEYS"}},
					"daysTillExpiration", 90, "name", "CI"))).Object(t)
		full := got["key"].(string)
		prefix := full[:strings.LastIndex(full, "_")]
		if len(full)-len(prefix) != 44 { // the secret may have an underscore
			prefix = full[:len(full)-44]
		}
		expiration, err := time.Parse(time.RFC3339, got["expiration"].(string))
		if err != nil || got["name"] != "CI" || got["truncatedKey"] != prefix+"…" || got["createdBy"] != owner ||
			got["tenantId"] != tn.Org.ID.Prefixed("org") ||
			!slices.Equal(names(t, got["permissions"]), []string{"READ_APIKEYS", "READ_LEADS"}) {
			t.Errorf("%v", got)
		}
		if d := expiration.Sub(before); d < 90*24*time.Hour || d > 90*24*time.Hour+time.Minute {
			t.Errorf("expires in %s", d)
		}
		// It acts for the same person, and sees itself with the rest.
		mine := list(t, i, full, "")
		if len(mine) != 2 || !reflect.DeepEqual(mine, list(t, i, tn.Key, owner)) {
			t.Errorf("%v", mine)
		}
		for keyID, item := range mine {
			if item["truncatedKey"] != got["truncatedKey"] {
				continue
			}
			delete(got, "key")
			got["id"], got["lastUsed"] = keyID, nil
			item["lastUsed"] = nil
			if !reflect.DeepEqual(item, got) {
				t.Errorf("created\n%v\nlisted\n%v", got, item)
			}
		}
		// Without end and without a name.
		got = i.Want(t, 201, post(tn.Key, create(object{}))).Object(t)
		if got["expiration"] != nil || got["name"] != "API key "+strings.TrimSuffix(got["truncatedKey"].(string), "…") ||
			len(names(t, got["permissions"])) != 0 {
			t.Errorf("%v", got)
		}
		// Without a person.
		lonely := token(t, i, tn, id.ID{}, "apikeys:*")
		if mine := list(t, i, lonely, ""); len(mine) != 0 {
			t.Errorf("nobody's keys are %v", mine)
		}
		got = i.Want(t, 201, post(lonely, create(object{"appPermissions": []string{"READ_APIKEYS"}}))).Object(t)
		if by := got["createdBy"].(string); !strings.HasPrefix(by, "cli_") {
			t.Errorf("created by %s", by)
		}
		if mine := list(t, i, lonely, ""); len(mine) != 0 || len(list(t, i, got["key"].(string), "")) != 0 {
			t.Errorf("nobody's keys are %v", mine)
		}
	})
}

func TestBrokenRequests(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		for _, c := range []struct {
			body  any
			names []string // what the detail must name
		}{
			{object{"permissions": object{}}, []string{"/daysTillExpiration"}},
			{object{"daysTillExpiration": 0}, []string{"/permissions"}},
			{object{}, []string{"/daysTillExpiration", "/permissions"}},
			{create(object{}, "daysTillExpiration", -1), []string{"/daysTillExpiration"}},
			{create(object{}, "daysTillExpiration", 36501), []string{"/daysTillExpiration"}},
			{create(object{}, "daysTillExpiration", 1.5), []string{"/daysTillExpiration"}},
			{create(object{}, "daysTillExpiration", "secret-value"), []string{"/daysTillExpiration"}},
			{create(object{}, "daysTillExpiration", nil), []string{"/daysTillExpiration"}},
			{create(object{}, "name", ""), []string{"/name"}},
			{create(object{}, "name", " "), []string{"/name"}},
			{create(object{}, "name", strings.Repeat("x", 256)), []string{"/name"}},
			{create(object{}, "daysTillExpiration", -1, "name", 7), []string{"/daysTillExpiration", "/name"}},
			{create(object{"crmPermissions": []string{"secret-value"}}), []string{"/permissions/crmPermissions/0"}},
			{create(object{"crmPermissions": []string{"READ_LEADS", "READ_LEADS"}}), []string{"/permissions/crmPermissions"}},
			// of another group
			{create(object{"crmPermissions": []string{"CREATE_APIKEYS"}}), []string{"/permissions/crmPermissions/0"}},
			{create(object{"crmPermissions": nil}), []string{"/permissions/crmPermissions"}},
			{
				create(object{"reportingPermissions": []string{"CREATE_SALES_REPORTS"}}),
				[]string{"/permissions/reportingPermissions/0"},
			},
			{create(object{"otherPermissions": []string{}}), []string{"/permissions/otherPermissions"}},
		} {
			got := i.Want(t, 400, post(tn.Key, c.body)).Object(t)
			detail := got["detail"].(string)
			parts := strings.Split(strings.TrimSuffix(detail, "."), "; ")
			if got["title"] != "Validation failed" || len(parts) != len(c.names) || strings.Contains(detail, "secret-value") {
				t.Errorf("%v: %v", c.body, got)
				continue
			}
			for _, name := range c.names {
				if !slices.ContainsFunc(parts, func(part string) bool { return strings.HasPrefix(part, name+" ") }) {
					t.Errorf("%v: %s does not name %s", c.body, detail, name)
				}
			}
		}
		keyID, _ := made(t, i, tn.As())
		for _, body := range []any{
			object{}, object{"name": ""}, object{"property1": ""}, object{"name": " \t"}, object{"name": 1}, object{"name": nil},
			object{"name": strings.Repeat("x", 256)}, object{"name": "ok", "other": 1},
		} {
			i.Want(t, 400,
				servertest.Request{Operation: "renameApiKey", Path: map[string]string{"id": keyID}, Bearer: tn.Key, JSON: body})
		}
		for _, q := range []string{
			"isApiKey=1", "isApiKey=", "isApiKey=TRUE", "isApiKey=true&isApiKey=true", "isapikey=true",
		} {
			i.Want(t, 400, servertest.Request{Operation: "getValidPermissions", RawQuery: q, Bearer: tn.Key})
		}
	})
}

// A key never has more than its creator, whichever contract makes it.
func TestKeyNeverExceedsItsCreator(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		small := tn.KeyWith(t, "", "keys:write", "leads:read", "*:delete")
		has := []string{"CREATE_APIKEYS", "UPDATE_APIKEYS", "READ_LEADS"}
		for _, p := range permission.Catalogue() {
			if strings.HasPrefix(p.Name, "DELETE_") {
				has = append(has, p.Name)
			}
		}
		slices.Sort(has)
		valid := func(bearer, query string) []string {
			return names(t,
				any(i.Want(t, 200,
					servertest.Request{Operation: "getValidPermissions", RawQuery: query, Bearer: bearer}).Object(t)))
		}
		for _, query := range []string{"", "isApiKey=false"} {
			if got := valid(small, query); !slices.Equal(got, has) {
				t.Errorf("%q: %q", query, got)
			}
		}
		forKeys := slices.DeleteFunc(slices.Clone(has), func(name string) bool {
			return name == "DELETE_USERS" || name == "DELETE_ROLES"
		})
		if got := valid(small, "isApiKey=true"); !slices.Equal(got, forKeys) {
			t.Errorf("for keys: %q", got)
		}
		if got := valid(tn.Key, ""); len(got) != len(permission.Catalogue()) {
			t.Errorf("* may give %d", len(got))
		}
		if got := valid(tn.KeyWith(t, "", "nothing:here"), ""); len(got) != 0 { // no scope is needed to ask
			t.Errorf("a key without scopes may give %q", got)
		}

		ask := object{
			"crmPermissions": []string{"READ_LEADS", "CREATE_LEADS"}, "reportingPermissions": []string{"READ_HR_REPORTS"},
			"appPermissions": []string{"DELETE_APIKEYS", "DELETE_USERS", "READ_ROLES"},
		}
		got := i.Want(t, 422, post(small, create(ask))).Object(t)
		if got["title"] != "Permissions exceeded" ||
			got["detail"] != "A key cannot have permissions that its creator does not have: READ_ROLES, CREATE_LEADS, "+
				"READ_HR_REPORTS. "+
				"A key is never given permissions to administer people: DELETE_USERS." {
			t.Errorf("%v", got)
		}
		got = i.Want(t, 422, post(tn.Key, create(object{"appPermissions": []string{"READ_USERS", "CREATE_ROLES"}}))).Object(t)
		if got["detail"] != "A key is never given permissions to administer people: CREATE_ROLES." {
			t.Errorf("%v", got)
		}
		if mine := list(t, i, tn.Key, ""); len(mine) != 3 { // nothing was made of it
			t.Errorf("%d keys", len(mine))
		}

		// A key of chosen permissions is held to them everywhere.
		child := i.Want(t, 201,
			post(small,
				create(object{
					"crmPermissions": []string{"READ_LEADS"}, "appPermissions": []string{"CREATE_APIKEYS"},
				}))).Object(t)["key"].(string)
		i.Want(t, 403, servertest.Request{Operation: "listMyApiKeys", Bearer: child})
		i.Want(t, 403, servertest.Request{Operation: "platform.listWorkspaces", Path: orgPath(tn), Bearer: child})
		got = i.Want(t, 422, post(child, create(object{"appPermissions": []string{"UPDATE_APIKEYS"}}))).Object(t)
		if !strings.HasSuffix(got["detail"].(string), "UPDATE_APIKEYS.") {
			t.Errorf("%v", got)
		}
		// keys:write is to create and to update: the other contracts ask for both.
		i.Want(t, 403, servertest.Request{
			Operation: "platform.createKey", Path: orgPath(tn), Bearer: child,
			JSON: object{"name": "x", "scopes": []string{"leads:read"}},
		})
		both := i.Want(t, 201,
			post(small,
				create(object{
					"crmPermissions": []string{"READ_LEADS"}, "appPermissions": []string{"CREATE_APIKEYS", "UPDATE_APIKEYS"},
				}))).Object(t)["key"].(string)
		for scopes, status := range map[string]int{
			"leads:read": 201, "keys:write": 201, "apikeys:update": 201, "keys:*": 422, "*": 422, "leads:*": 422, "*:read": 422,
			"tasks:read": 422,
		} {
			i.Want(t, status, servertest.Request{
				Operation: "platform.createKey", Path: orgPath(tn), Bearer: both,
				JSON: object{"name": "x", "scopes": []string{scopes}},
			})
			i.Want(t, status, servertest.Request{
				Operation: "core.createApiKey", Bearer: both, JSON: object{"name": "x", "scopes": []string{scopes}},
			})
		}
	})
}

func orgPath(tn *servertest.Tenant) map[string]string {
	return map[string]string{"org_id": tn.Org.ID.Prefixed("org")}
}

// The plan's limit of keys holds here too; a deleted key makes room.
func TestLimitOfThePlan(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		tn := i.Tenant(t, plan.Free)
		for range 4 { // the tenant has one
			i.Want(t, 201, post(tn.Key, create(object{})))
		}
		if got := i.Want(t, 403, post(tn.Key, create(object{}))).Object(t); got["title"] != "Feature limit reached" {
			t.Errorf("%v", got)
		}
		for keyID, item := range list(t, i, tn.Key, "") {
			if item["name"] != "test" { // not the one that asks
				i.Want(t, 204, servertest.Request{Operation: "deleteApiKey", Path: map[string]string{"id": keyID}, Bearer: tn.Key})
				break
			}
		}
		i.Want(t, 201, post(tn.Key, create(object{})))
		i.Want(t, 403, post(tn.Key, create(object{})))
	})
}

// One key, two contracts: the same row.
func TestOneKeyInTwoContracts(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		inPlatform := func(keyID string) object {
			path := orgPath(tn)
			path["key_id"] = keyID
			return i.Want(t, 200, servertest.Request{Operation: "platform.getKey", Path: path, Bearer: tn.Key}).Object(t)
		}
		find := func(truncated any) object {
			for _, item := range list(t, i, tn.Key, "") {
				if item["truncatedKey"] == truncated {
					return item
				}
			}
			t.Fatalf("%v is not listed", truncated)
			return nil
		}
		here := i.Want(t, 201,
			post(tn.Key,
				create(object{
					"calendarPermissions": []string{"CREATE_CALENDAR_EVENTS"}, "appPermissions": []string{"READ_APIKEYS"},
				}, "name", "Here"))).Object(t)
		keyID := find(here["truncatedKey"])["id"].(string)
		there := inPlatform(keyID)
		if there["name"] != "Here" || there["prefix"].(string)+"…" != here["truncatedKey"] ||
			!reflect.DeepEqual(there["scopes"], []any{"apikeys:read", "calendar-events:create"}) || there["status"] != "active" {
			t.Errorf("%v", there)
		}
		// apikeys:read is keys:read
		i.Want(t, 200, servertest.Request{Operation: "platform.listKeys", Path: orgPath(tn), Bearer: here["key"].(string)})

		scopes := []string{"keys:write", "*:read", "orgs:read"}
		there = i.Want(t, 201, servertest.Request{
			Operation: "platform.createKey", Path: orgPath(tn), Bearer: tn.Key, JSON: object{"name": "There", "scopes": scopes},
		}).Object(t)
		item := find(there["prefix"].(string) + "…")
		var want []string
		for _, p := range permission.Covered(scope.Parse(scopes)) {
			want = append(want, p.Name)
		}
		slices.Sort(want)
		if item["id"] != there["id"] || item["name"] != "There" || !slices.Equal(names(t, item["permissions"]), want) {
			t.Errorf("%v", item)
		}
		// Renamed and deleted here, it is there.
		path := map[string]string{"id": there["id"].(string)}
		i.Want(t, 204,
			servertest.Request{Operation: "renameApiKey", Path: path, Bearer: tn.Key, JSON: object{"name": "Elsewhere"}})
		if got := inPlatform(path["id"]); got["name"] != "Elsewhere" {
			t.Errorf("%v", got)
		}
		use := servertest.Request{Operation: "listMyApiKeys", Bearer: there["key"].(string)}
		i.Want(t, 200, use)
		i.Want(t, 204, servertest.Request{Operation: "deleteApiKey", Path: path, Bearer: tn.Key})
		i.Want(t, 401, use)
		if got := inPlatform(path["id"]); got["status"] != "revoked" {
			t.Errorf("%v", got)
		}
		// Revoked there, it is no more here.
		platformPath := orgPath(tn)
		platformPath["key_id"] = keyID
		i.Want(t, 204, servertest.Request{Operation: "platform.revokeKey", Path: platformPath, Bearer: tn.Key})
		for _, keyID := range []string{keyID, path["id"]} {
			if _, listed := list(t, i, tn.Key, "")[keyID]; listed {
				t.Errorf("the deleted key %s is listed", keyID)
			}
			i.Want(t, 404, servertest.Request{Operation: "deleteApiKey", Path: map[string]string{"id": keyID}, Bearer: tn.Key})
			i.Want(t, 404, servertest.Request{
				Operation: "renameApiKey", Path: map[string]string{"id": keyID}, Bearer: tn.Key, JSON: object{"name": "Late"},
			})
		}
		entries := i.Want(t, 200, servertest.Request{
			Operation: "platform.listAuditEntries", Path: orgPath(tn), Bearer: tn.Key,
			Query: url.Values{"filter[target_id]": {path["id"]}},
		}).Object(t)["data"].([]any)
		var actions []string
		for _, e := range entries {
			actions = append(actions, e.(object)["action"].(string))
		}
		slices.Sort(actions)
		if !slices.Equal(actions, []string{"key.created", "key.renamed", "key.revoked"}) {
			t.Errorf("the trail tells of %q", actions)
		}
	})
}

// A super admin acts on the keys of any person; nobody else on those of other tenants.
func TestSuperAdmin(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, mine *servertest.Tenant) {
		theirs := i.Tenant(t, plan.Pro)
		stranger := map[string]string{"userId": theirs.Owner.UserID.Prefixed("usr")}
		look := servertest.Request{Operation: "listUserApiKeys", Path: stranger, Bearer: mine.Key}
		end := servertest.Request{Operation: "deleteUserApiKeys", Path: stranger, Bearer: mine.Key}
		use := servertest.Request{Operation: "listMyApiKeys", Bearer: theirs.Key}
		i.Want(t, 200, use)
		i.Want(t, 404, look)
		i.Want(t, 404, end)
		i.Want(t, 200, use)

		operator := identity.With(t.Context(), identity.Operator(mine.Org.ID))
		if _, err := i.Orgs.SetSuperAdmin(operator, mine.Org.ID, mine.Owner.Email, true); err != nil {
			t.Fatal(err)
		}
		look.Bearer = mine.KeyWith(t, "", "apikeys:*") // a new one: of the former the cache knows better for a while
		end.Bearer = look.Bearer
		items := list(t, i, look.Bearer, stranger["userId"])
		if len(items) != 1 {
			t.Fatalf("%v", items)
		}
		for keyID, item := range items {
			if item["tenantId"] != theirs.Org.ID.Prefixed("org") ||
				len(names(t, item["permissions"])) != len(permission.Catalogue()) {
				t.Errorf("%v", item)
			}
			// Only the operations on users reach into other tenants.
			i.Want(t, 404,
				servertest.Request{Operation: "deleteApiKey", Path: map[string]string{"id": keyID}, Bearer: look.Bearer})
			i.Want(t, 404, servertest.Request{
				Operation: "renameApiKey", Path: map[string]string{"id": keyID}, Bearer: look.Bearer, JSON: object{"name": "x"},
			})
		}
		// The scopes of the credentials hold for a super admin too.
		reader := mine.KeyWith(t, "", "apikeys:read")
		i.Want(t, 403, servertest.Request{Operation: "deleteUserApiKeys", Path: stranger, Bearer: reader})
		i.Want(t, 204, end)
		i.Want(t, 401, use)
		i.Want(t, 204, end) // a user without keys
		if items := list(t, i, reader, stranger["userId"]); len(items) != 0 {
			t.Errorf("%v", items)
		}
		i.Want(t, 404, servertest.Request{
			Operation: "listUserApiKeys", Path: map[string]string{"userId": servertest.UnknownID("usr")}, Bearer: reader,
		})
		// The tenant's own trail says who did it.
		other := theirs.KeyWith(t, "", "*")
		entries := i.Want(t, 200, servertest.Request{
			Operation: "platform.listAuditEntries", Path: orgPath(theirs), Bearer: other,
			Query: url.Values{"filter[action]": {"key.revoked"}},
		}).Object(t)["data"].([]any)
		if len(entries) != 1 || !strings.HasPrefix(entries[0].(object)["actor"].(object)["id"].(string), "key_") {
			t.Errorf("%v", entries)
		}
	})
}
