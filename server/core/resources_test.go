package core_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/server/servertest"
)

// The answers of the seed, with its own values.
func TestWorkspacesAsPublished(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		tn := i.Tenant(t, "enterprise")
		res := i.Want(t, 201, servertest.Request{
			Operation: "createWorkspace", Bearer: tn.Key,
			JSON: object{"name": "New Workspace", "slug": "new-workspace", "tier": "pro"},
		})
		body := res.Object(t)
		w := body["data"].(object)
		if body["message"] != "Workspace created successfully." || w["name"] != "New Workspace" ||
			w["slug"] != "new-workspace" || w["tier"] != "pro" || w["id"].(float64) < 1 {
			t.Errorf("%s", res.Body)
		}
		path := map[string]string{"id": number(w["id"])}
		got := data(i.Want(t, 200, servertest.Request{Operation: "getWorkspace", Bearer: tn.Key, Path: path}), t)
		if s := got["settings"].(object); s["timezone"] != "UTC" || s["locale"] != "en_GB" {
			t.Errorf("settings %v", s)
		}
		res = i.Want(t, 200, servertest.Request{
			Operation: "updateWorkspace", Bearer: tn.Key, Path: path,
			JSON: object{"name": "Updated Name", "settings": object{"timezone": "Europe/London"}},
		})
		got = data(res, t)
		if s := got["settings"].(object); got["name"] != "Updated Name" || got["slug"] != "new-workspace" ||
			s["timezone"] != "Europe/London" || s["locale"] != "en_GB" {
			t.Errorf("the update is not merged: %s", res.Body)
		}
		// A name alone makes a slug and the smallest tier.
		got = data(i.Want(t, 201,
			servertest.Request{Operation: "createWorkspace", Bearer: tn.Key, JSON: object{"name": "Acme Corporation"}}), t)
		if got["slug"] != "acme-corporation" || got["tier"] != "free" {
			t.Errorf("%v", got)
		}
		res = i.Want(t, 422, servertest.Request{
			Operation: "createWorkspace", Bearer: tn.Key, JSON: object{"name": "Another", "slug": "new-workspace"},
		})
		if got := errorsOf(t, res, "validation_failed")["slug"]; len(got) != 1 ||
			got[0] != "The slug has already been taken." {
			t.Errorf("%s", res.Body)
		}
		res = i.Want(t, 422, servertest.Request{
			Operation: "updateWorkspace", Bearer: tn.Key, Path: path, JSON: object{"slug": "acme-corporation"},
		})
		if len(errorsOf(t, res, "validation_failed")["slug"]) != 1 {
			t.Errorf("%s", res.Body)
		}
		res = i.Want(t, 422, servertest.Request{Operation: "createWorkspace", Bearer: tn.Key, JSON: object{}})
		if got := errorsOf(t, res, "validation_failed")["name"]; len(got) != 1 || got[0] != "The name field is required." ||
			res.Object(t)["message"] != "The given data was invalid." {
			t.Errorf("%s", res.Body)
		}
		res = i.Want(t, 422, servertest.Request{
			Operation: "updateWorkspace", Bearer: tn.Key, Path: path,
			JSON: object{"settings": object{"timezone": "Mars/Olympus"}},
		})
		if len(errorsOf(t, res, "validation_failed")["settings.timezone"]) != 1 {
			t.Errorf("%s", res.Body)
		}
		// null is the default again; what is left out stays.
		got = data(i.Want(t, 200, servertest.Request{
			Operation: "updateWorkspace", Bearer: tn.Key, Path: path, JSON: object{"settings": object{"timezone": nil}},
		}), t)
		if s := got["settings"].(object); s["timezone"] != "UTC" {
			t.Errorf("settings %v", s)
		}
		i.Want(t, 204, servertest.Request{Operation: "deleteWorkspace", Bearer: tn.Key, Path: path})
		for _, op := range []string{"getWorkspace", "deleteWorkspace"} {
			res = i.Want(t, 404, servertest.Request{Operation: op, Bearer: tn.Key, Path: path})
			if got := res.Object(t); got["error"] != "not_found" || got["message"] != "Resource not found." {
				t.Errorf("%s", res.Body)
			}
		}
		// Its slug is free, the last workspace is not to be deleted.
		i.Want(t, 201, servertest.Request{
			Operation: "createWorkspace", Bearer: tn.Key, JSON: object{"name": "Again", "slug": "new-workspace"},
		})
		var last *servertest.Response
		for _, row := range i.Want(t, 200,
			servertest.Request{Operation: "listWorkspaces", Bearer: tn.Key}).Object(t)["data"].([]any) {
			last = i.Do(t, servertest.Request{
				Operation: "deleteWorkspace", Bearer: tn.Key, Path: map[string]string{"id": number(row.(object)["id"])},
			})
		}
		if last.Status != 409 || last.Object(t)["error"] != "last_workspace" {
			t.Errorf("the last workspace: %d %s", last.Status, last.Body)
		}
	})
}

func errorsOf(t testing.TB, r *servertest.Response, name string) map[string][]string {
	t.Helper()
	var body struct {
		Error  string
		Errors map[string][]string
	}
	r.Decode(t, &body)
	if body.Error != name {
		t.Errorf("error %q, want %q", body.Error, name)
	}
	return body.Errors
}

func TestNumberedPages(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		tn := i.Tenant(t, "enterprise") // has a workspace
		for _, name := range []string{"Beta", "alpha", "Beta", "Gamma", "Delta_x"} {
			i.Want(t, 201, servertest.Request{Operation: "createWorkspace", Bearer: tn.Key, JSON: object{"name": name}})
		}
		list := func(status int, query url.Values) object {
			t.Helper()
			return i.Want(t, status, servertest.Request{Operation: "listWorkspaces", Bearer: tn.Key, Query: query}).Object(t)
		}
		names := func(body object) string {
			var out []string
			for _, row := range body["data"].([]any) {
				n, _ := row.(object)["name"].(string)
				out = append(out, n)
			}
			return strings.Join(out, " ")
		}
		body := list(200, url.Values{"sort": {"name,-slug"}, "per_page": {"2"}, "page": {"2"}, "status": {"active"}})
		if names(body) != "Delta_x First" {
			t.Errorf("the second page: %s", names(body))
		}
		want := object{"current_page": 2.0, "from": 3.0, "to": 4.0, "last_page": 3.0, "per_page": 2.0, "total": 6.0}
		for k, v := range want {
			if body["meta"].(object)[k] != v {
				t.Errorf("meta %s is %v, want %v", k, body["meta"].(object)[k], v)
			}
		}
		// A link is followed as it is, and keeps the filters and the order.
		links := body["links"].(object)
		next, err := url.Parse(links["next"].(string))
		if err != nil || !strings.HasPrefix(links["next"].(string), i.URL+"/api/v1/workspaces?") ||
			next.Query().Get("sort") != "name,-slug" || next.Query().Get("status") != "active" {
			t.Errorf("next %v", links["next"])
		}
		if got := list(200, next.Query()); names(got) != "Gamma alpha" || got["links"].(object)["next"] != nil {
			t.Errorf("the third page: %s", names(got))
		}
		prev, err := url.Parse(links["prev"].(string))
		if got := list(200, prev.Query()); err != nil || names(got) != "Beta Beta" ||
			got["data"].([]any)[0].(object)["slug"] != "beta-2" || got["links"].(object)["prev"] != nil {
			t.Errorf("the first page: %s", names(got))
		}
		beyond := list(200, url.Values{"page": {"9"}, "per_page": {"5"}})
		if len(beyond["data"].([]any)) != 0 || beyond["meta"].(object)["from"] != nil ||
			beyond["meta"].(object)["total"] != 6.0 || beyond["links"].(object)["prev"] == nil {
			t.Errorf("behind the last page: %v", beyond)
		}
		for search, want := range map[string]string{
			"ALPHA": "alpha", "eta": "Beta Beta", "_x": "Delta_x", "%": "", "delta-x": "Delta_x", `\`: "",
		} {
			if got := names(list(200, url.Values{"search": {search}, "sort": {"name"}})); got != want {
				t.Errorf("a search for %q finds %q, want %q", search, got, want)
			}
		}
		now := time.Now().UTC()
		for parameter, want := range map[string]int{
			"created_after": 0, "created_before": 6, "updated_after": 0, "updated_before": 6,
		} {
			got := list(200, url.Values{parameter: {now.Add(24 * time.Hour).Format(time.DateOnly)}})
			if n := len(got["data"].([]any)); n != want {
				t.Errorf("%s tomorrow gives %d, want %d", parameter, n, want)
			}
			got = list(200, url.Values{parameter: {now.Add(-time.Hour).In(time.FixedZone("", 3600)).Format(time.RFC3339)}})
			if n := len(got["data"].([]any)); n != 6-want {
				t.Errorf("%s an hour ago gives %d, want %d", parameter, n, 6-want)
			}
		}
		one := list(200, url.Values{"fields": {"name,created_at"}, "per_page": {"1"}})["data"].([]any)[0].(object)
		if len(one) != 3 || one["id"] == nil || one["name"] == nil || one["created_at"] == nil {
			t.Errorf("fields give %v", one)
		}
		one = list(200,
			url.Values{"fields": {"slug"}, "include": {"owner,projects"}, "per_page": {"1"}})["data"].([]any)[0].(object)
		if len(one) != 4 || one["owner"].(object)["name"] != "Owner" || len(one["projects"].([]any)) != 1 {
			t.Errorf("fields and includes give %v", one)
		}
		res := i.Want(t, 422, servertest.Request{Operation: "listWorkspaces", Bearer: tn.Key, Query: url.Values{
			"fields": {"id,secret_member"}, "include": {"owner,friends"}, "sort": {"-name,color"},
			"created_after": {"2026-02-31"},
		}})
		wrong := errorsOf(t, res, "validation_failed")
		for parameter, name := range map[string]string{
			"fields": "secret_member", "include": "friends", "sort": "color", "created_after": "ISO 8601",
		} {
			if len(wrong[parameter]) != 1 || !strings.Contains(wrong[parameter][0], name) {
				t.Errorf("%s: %v", parameter, wrong[parameter])
			}
		}
		for _, query := range []url.Values{
			{"page": {"0"}}, {"per_page": {"101"}}, {"per_page": {"x"}}, {"sort": {""}}, {"sort": {"name;drop"}},
			{"sort": {"name,-name"}}, {"sort": {"slug,name,slug"}}, {"fields": {"*"}}, {"status": {"gone"}},
		} {
			list(422, query)
		}
		// Who may not see members does not learn their addresses.
		reader := tn.KeyWith(t, "", "workspaces:read")
		body = i.Want(t, 200,
			servertest.Request{Operation: "listWorkspaces", Bearer: reader, Query: url.Values{"include": {"owner"}}}).Object(t)
		if body["data"].([]any)[0].(object)["owner"].(object)["email"] != nil {
			t.Error("the address of a member is shown")
		}
	})
}

// A workspace or a key made here is the same row in the Platform API, and the reverse.
func TestOneDomain(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		inOrg := map[string]string{"org_id": tn.Org.ID.Prefixed("org")}
		i.Want(t, 201,
			servertest.Request{Operation: "createWorkspace", Bearer: tn.Key, JSON: object{"name": "Here", "slug": "here"}})
		there := i.Want(t, 200, servertest.Request{
			Operation: "platform.listWorkspaces", Bearer: tn.Key, Path: inOrg, Query: url.Values{"filter[slug]": {"here"}},
		}).Object(t)["data"].([]any)
		if len(there) != 1 || there[0].(object)["name"] != "Here" {
			t.Fatalf("the Platform API has %v", there)
		}
		i.Want(t, 200, servertest.Request{
			Operation: "platform.updateWorkspaceSettings", Bearer: tn.Key,
			Path: map[string]string{"workspace_id": there[0].(object)["id"].(string)}, JSON: object{"retention_days": 7},
		})
		i.Want(t, 201, servertest.Request{
			Operation: "platform.createWorkspace", Bearer: tn.Key, Path: inOrg, JSON: object{"name": "There", "slug": "there"},
		})
		here := i.Want(t, 200, servertest.Request{
			Operation: "listWorkspaces", Bearer: tn.Key, Query: url.Values{"search": {"there"}},
		}).Object(t)["data"].([]any)
		if len(here) != 1 || here[0].(object)["name"] != "There" {
			t.Fatalf("here is %v", here)
		}
		// Settings that the other contract has stay when these change.
		path := map[string]string{
			"id": number(i.Want(t, 200, servertest.Request{
				Operation: "listWorkspaces", Bearer: tn.Key, Query: url.Values{"search": {"here"}, "sort": {"created_at"}},
			}).Object(t)["data"].([]any)[0].(object)["id"]),
		}
		i.Want(t, 200, servertest.Request{
			Operation: "updateWorkspace", Bearer: tn.Key, Path: path, JSON: object{"settings": object{"locale": "de_AT"}},
		})
		settings := i.Want(t, 200, servertest.Request{
			Operation: "platform.getWorkspaceSettings", Bearer: tn.Key,
			Path: map[string]string{"workspace_id": there[0].(object)["id"].(string)},
		}).Object(t)
		if settings["retention_days"] != 7.0 {
			t.Errorf("settings %v", settings)
		}

		made := data(i.Want(t, 201, servertest.Request{
			Operation: "createApiKey", Bearer: tn.Key,
			JSON: object{"name": "Shared", "scopes": []string{"orgs:read", "api-keys:delete"}},
		}), t)
		i.Want(t, 200, servertest.Request{Operation: "platform.listOrgs", Bearer: made["key"].(string)})
		found := i.Want(t, 200,
			servertest.Request{Operation: "platform.listKeys", Bearer: tn.Key, Path: inOrg}).Object(t)["data"].([]any)
		var id string
		for _, row := range found {
			if row.(object)["name"] == "Shared" {
				id = row.(object)["id"].(string)
			}
		}
		i.Want(t, 204, servertest.Request{
			Operation: "platform.revokeKey", Bearer: tn.Key, Path: map[string]string{"org_id": inOrg["org_id"], "key_id": id},
		})
		i.Want(t, 401, servertest.Request{Operation: "platform.listOrgs", Bearer: made["key"].(string)})
		if got := data(i.Want(t, 200,
			servertest.Request{Operation: "getApiKey", Bearer: tn.Key, Path: map[string]string{"id": number(made["id"])}}),
			t); got["status"] != "revoked" {
			t.Errorf("%v", got)
		}
	})
}

func TestKeysAsPublished(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		tn := i.Tenant(t, "pro")
		create := func(status int, bearer string, body object) *servertest.Response {
			t.Helper()
			return i.Want(t, status, servertest.Request{Operation: "createApiKey", Bearer: bearer, JSON: body})
		}
		res := create(201, tn.Key, object{
			"name": "Mobile App Key", "scopes": []string{"posts:read", "users:read"}, "rate_limit_tier": "pro",
			"expires_at": "2127-01-01T00:00:00Z",
		})
		k := data(res, t)
		if res.Object(t)["message"] != "API key created successfully." || !strings.HasPrefix(k["key"].(string), "sk_live_") ||
			k["expires_at"] != "2127-01-01T00:00:00Z" || k["rate_limit_tier"] != "pro" {
			t.Errorf("%s", res.Body)
		}
		path := map[string]string{"id": number(k["id"])}
		if got := data(i.Want(t, 200,
			servertest.Request{Operation: "getApiKey", Bearer: tn.Key, Path: path, Query: url.Values{"include": {"owner"}}}),
			t); got["key"] != nil || got["prefix"] == nil {
			t.Errorf("%v", got)
		}
		// The defaults.
		k2 := data(create(201, tn.Key, object{"name": "Plain"}), t)
		if s := k2["scopes"].([]any); len(s) != 2 || s[0] != "*:read" || s[1] != "*:write" || k2["expires_at"] != nil ||
			k2["rate_limit_tier"] != "pro" {
			t.Errorf("%v", k2)
		}
		// Exact scopes: reading is not writing, and what is refused names the scope.
		reader := tn.KeyWith(t, "", "api-keys:read")
		i.Want(t, 200, servertest.Request{Operation: "listApiKeys", Bearer: reader})
		res = create(403, reader, object{"name": "More"})
		if got := res.Object(t); got["error"] != "access_denied" ||
			got["message"] != "Insufficient permissions. Required scope: api-keys:write" {
			t.Errorf("%s", res.Body)
		}
		// Never more than the creator.
		writer := tn.KeyWith(t, "", "api-keys:write", "posts:read")
		res = create(422, writer, object{"name": "More", "scopes": []string{"posts:read", "posts:write"}})
		if len(errorsOf(t, res, "validation_failed")["scopes.1"]) != 1 {
			t.Errorf("%s", res.Body)
		}
		create(422, tn.Key, object{"name": "More", "rate_limit_tier": "agency"})
		create(422, tn.Key, object{"name": "Late", "expires_at": "2020-01-01T00:00:00Z"})
		create(422, tn.Key, object{"name": "Elsewhere", "allowed_ips": []string{"300.0.0.1"}})

		// Rotation: a new record, both keys work, then only the new one.
		rotate := func(id string, body any) *servertest.Response {
			return i.Do(t,
				servertest.Request{Operation: "rotateApiKey", Bearer: tn.Key, Path: map[string]string{"id": id}, JSON: body})
		}
		old := data(create(201, tn.Key, object{"name": "Rotating", "scopes": []string{"orgs:read"}}), t)
		works := func(full any) int {
			return i.Do(t, servertest.Request{Operation: "platform.listOrgs", Bearer: full.(string)}).Status
		}
		res = rotate(number(old["id"]), nil)
		next := data(res, t)
		ends, err := time.Parse(time.RFC3339, next["grace_period_ends_at"].(string))
		if res.Object(t)["message"] != "API key rotated successfully." || next["id"] == old["id"] ||
			next["name"] != "Rotating" || err != nil ||
			time.Until(ends) < 23*time.Hour || time.Until(ends) > 25*time.Hour {
			t.Errorf("%s", res.Body)
		}
		if works(old["key"]) != 200 || works(next["key"]) != 200 {
			t.Error("both keys work for the grace")
		}
		last := data(rotate(number(next["id"]), object{"grace_period_hours": 0}), t)
		if works(next["key"]) != 401 || works(last["key"]) != 200 {
			t.Error("without a grace the former key ends at once")
		}
		if got := rotate(number(next["id"]), object{}); got.Status != 409 {
			t.Errorf("a revoked key is rotated: %d %s", got.Status, got.Body)
		}
		if got := rotate(number(last["id"]), object{"grace_period_hours": 721}); got.Status != 422 {
			t.Errorf("%d %s", got.Status, got.Body)
		}
	})
}

// A project's key acts in the workspace of the project, and nowhere else.
func TestProjectKey(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, other *servertest.Tenant) {
		tn := i.Tenant(t, "enterprise")
		second := newWorkspace(t, i, tn)
		w := data(i.Want(t, 200, servertest.Request{
			Operation: "getWorkspace", Bearer: tn.Key, Path: map[string]string{"id": second},
			Query: url.Values{"include": {"projects"}},
		}), t)
		project := w["projects"].([]any)[0].(object)["id"]
		k := data(i.Want(t, 201, servertest.Request{
			Operation: "createApiKey", Bearer: tn.Key,
			JSON: object{"name": "Project", "scopes": []string{"*"}, "project_id": project},
		}), t)
		full := k["key"].(string)
		if !strings.HasPrefix(full, "ak_") || k["project_id"] != project {
			t.Errorf("%v", k)
		}
		list := i.Want(t, 200, servertest.Request{Operation: "listWorkspaces", Bearer: full}).Object(t)["data"].([]any)
		if len(list) != 1 || number(list[0].(object)["id"]) != second {
			t.Errorf("it sees %v", list)
		}
		keys := i.Want(t, 200, servertest.Request{Operation: "listApiKeys", Bearer: full}).Object(t)["data"].([]any)
		if len(keys) != 1 {
			t.Errorf("it sees %d keys", len(keys))
		}
		first := i.Want(t, 200, servertest.Request{
			Operation: "listWorkspaces", Bearer: tn.Key, Query: url.Values{"sort": {"created_at"}},
		}).Object(t)["data"].([]any)[0].(object)
		i.Want(t, 404,
			servertest.Request{Operation: "getWorkspace", Bearer: full, Path: map[string]string{"id": number(first["id"])}})
		i.Want(t, 404, servertest.Request{
			Operation: "listWebhooks", Bearer: full, Header: map[string]string{"X-Workspace-ID": number(first["id"])},
		})
		i.Want(t, 403, servertest.Request{Operation: "createWorkspace", Bearer: full, JSON: object{"name": "Out"}})
		// What it makes is bound as it is.
		child := data(i.Want(t, 201,
			servertest.Request{Operation: "createApiKey", Bearer: full, JSON: object{"name": "Child", "scopes": []string{"*"}}}),
			t)
		if child["project_id"] != project {
			t.Errorf("%v", child)
		}
		hook := number(data(i.Want(t, 201, servertest.Request{
			Operation: "createWebhook", Bearer: full, JSON: object{"url": i.Other + "/hook", "events": []string{"*"}},
		}), t)["id"])
		got := data(i.Want(t, 200, servertest.Request{
			Operation: "getWebhook", Bearer: tn.Key, Path: map[string]string{"id": hook},
			Query: url.Values{"include": {"workspace"}},
		}), t)
		if number(got["workspace"].(object)["id"]) != second {
			t.Errorf("%v", got)
		}
		for _, id := range []any{"3f2a7c1e-8b4d-4e6f-9a1b-2c3d4e5f6a7b", project} {
			bearer := tn.Key
			if id == project {
				bearer = other.Key
			}
			res := i.Want(t, 422, servertest.Request{
				Operation: "createApiKey", Bearer: bearer, JSON: object{"name": "No", "scopes": []string{"*"}, "project_id": id},
			})
			if len(errorsOf(t, res, "validation_failed")["project_id"]) != 1 {
				t.Errorf("%s", res.Body)
			}
		}
		// Nor does it see what is attached to other workspaces, in any contract.
		i.Want(t, 202, servertest.Request{
			Operation: "platform.createBinding", Bearer: tn.Key, Path: map[string]string{"connector_id": "http_json"},
			JSON: object{"workspace_id": tn.Workspace.ID.Prefixed("wks"), "name": "Elsewhere", "config": object{
				"url": i.Other + "/items", "entity": "items", "items_path": "/items",
			}},
		})
		for bearer, want := range map[string]int{tn.Key: 1, full: 0} {
			if n := len(i.Want(t, 200,
				servertest.Request{Operation: "platform.listBindings", Bearer: bearer}).Object(t)["data"].([]any)); n != want {
				t.Errorf("%d bindings are seen, want %d", n, want)
			}
		}
		// A workspace takes its keys with it.
		i.Want(t, 204,
			servertest.Request{Operation: "deleteWorkspace", Bearer: tn.Key, Path: map[string]string{"id": second}})
		i.Want(t, 404, servertest.Request{Operation: "getWebhook", Bearer: tn.Key, Path: map[string]string{"id": hook}})
	})
}

func TestWebhooksAsPublished(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		tn := i.Tenant(t, "enterprise")
		create := func(status int, body object) *servertest.Response {
			t.Helper()
			return i.Want(t, status, servertest.Request{Operation: "createWebhook", Bearer: tn.Key, JSON: body})
		}
		events := []string{"post.created", "post.updated", "post.deleted"}
		res := create(201,
			object{"url": i.Other + "/hook", "events": events, "secret": "whsec_abc123def456ghi789jkl012mno345pq"})
		w := data(res, t)
		if res.Object(t)["message"] != "Webhook endpoint created successfully." ||
			w["secret"] != "whsec_abc123def456ghi789jkl012mno345pq" || w["is_active"] != true || len(w["events"].([]any)) != 3 {
			t.Errorf("%s", res.Body)
		}
		if s := data(create(201, object{"url": i.Other + "/hook", "events": []string{"*"}}),
			t)["secret"].(string); !strings.HasPrefix(s, "whsec_") {
			t.Errorf("secret %s", s)
		}
		for _, body := range []object{
			{"url": "ftp://example.com", "events": events}, {"url": i.Other, "events": []string{}},
			{"url": i.Other, "events": events, "secret": "hush"}, {"events": events},
			{"url": "https://10.0.0.1/", "events": events}, {"url": "https://u:p@example.com/", "events": events},
		} {
			create(422, body)
		}
		path := map[string]string{"id": number(w["id"])}
		call := func(status int, op string, body any) *servertest.Response {
			t.Helper()
			return i.Want(t, status, servertest.Request{Operation: op, Bearer: tn.Key, Path: path, JSON: body})
		}
		res = call(200, "testWebhook", nil)
		if got := res.Object(t); got["success"] != true || got["status_code"] != 200.0 || got["error"] != nil {
			t.Errorf("%s", res.Body)
		}
		call(200, "updateWebhook", object{"url": i.Other + "/fail", "events": []string{"post.*"}, "is_active": true})
		res = call(200, "testWebhook", nil)
		if got := res.Object(t); got["success"] != false || got["status_code"] != 500.0 || got["error"] == nil {
			t.Errorf("%s", res.Body)
		}
		got := data(call(200, "getWebhook", nil), t)
		if got["success_count"] != 1.0 || got["failure_count"] != 1.0 || got["consecutive_failures"] != 1.0 ||
			got["last_delivery_at"] == nil || got["secret"] != nil {
			t.Errorf("counts %v", got)
		}
		deliveries := func(query url.Values) []any {
			t.Helper()
			return i.Want(t, 200, servertest.Request{
				Operation: "listWebhookDeliveries", Bearer: tn.Key, Path: path, Query: query,
			}).Object(t)["data"].([]any)
		}
		for status, want := range map[string]int{"success": 1, "failed": 1, "pending": 0, "retrying": 0} {
			if got := deliveries(url.Values{"status": {status}}); len(got) != want {
				t.Errorf("%d deliveries are %s, want %d", len(got), status, want)
			}
		}
		failed := deliveries(url.Values{"status": {"failed"}, "include": {"attempts"}})[0].(object)
		if failed["response_code"] != 500.0 || failed["attempt"] != 1.0 || failed["event_type"] != "webhook.test" ||
			len(failed["attempts"].([]any)) != 1 {
			t.Errorf("%v", failed)
		}
		retry := func(delivery any) *servertest.Response {
			return i.Do(t, servertest.Request{
				Operation: "retryWebhookDelivery", Bearer: tn.Key,
				Path: map[string]string{"webhook_id": path["id"], "delivery_id": number(delivery)},
			})
		}
		res = retry(failed["id"])
		if got := res.Object(t); res.Status != 200 || got["message"] != "Delivery queued for retry." ||
			got["data"].(object)["status"] != "pending" || got["data"].(object)["attempt"] != 2.0 {
			t.Errorf("%d %s", res.Status, res.Body)
		}
		res = retry(deliveries(url.Values{"status": {"success"}})[0].(object)["id"])
		if got := res.Object(t); res.Status != 400 || got["error"] != "cannot_retry" {
			t.Errorf("%d %s", res.Status, res.Body)
		}
		// It fails again and waits for its time.
		var waiting object
		tasktest.Until(t, "the retry failed", func() bool {
			found := deliveries(url.Values{"status": {"retrying"}})
			if len(found) == 1 && found[0].(object)["attempt"] == 2.0 {
				waiting = found[0].(object)
			}
			return waiting != nil
		})
		if waiting["next_retry_at"] == nil {
			t.Errorf("%v", waiting)
		}
		if res = retry(waiting["id"]); res.Status != 400 || res.Object(t)["error"] != "cannot_retry" {
			t.Errorf("%d %s", res.Status, res.Body)
		}
		// The seed's secret rotation, and the end.
		if got := data(call(200, "rotateWebhookSecret", nil), t); got["secret"] == w["secret"] ||
			got["previous_secret_expires_at"] == nil {
			t.Errorf("%v", got)
		}
		call(200, "updateWebhook", object{"is_active": false})
		if res = retry(waiting["id"]); res.Status != 409 {
			t.Errorf("to a disabled endpoint: %d %s", res.Status, res.Body)
		}
		if n := len(i.Want(t, 200, servertest.Request{
			Operation: "listWebhooks", Bearer: tn.Key, Query: url.Values{"status": {"disabled"}},
		}).Object(t)["data"].([]any)); n != 1 {
			t.Errorf("%d endpoints are disabled", n)
		}
		call(204, "deleteWebhook", nil)
		call(404, "getWebhook", nil)
		if webhook.MaxAttempts <= len(webhook.Schedule) {
			t.Error("no retry by hand would be left")
		}
	})
}

func TestUnmatchedPaths(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		for _, target := range []struct {
			method, path string
			status       int
			name         string
		}{
			{"GET", "/api/v1/nothing", 404, "not_found"}, {"GET", "/api/v1/workspaces/1/2/3", 404, "not_found"},
			{"PUT", "/api/v1/workspaces", 405, "method_not_allowed"},
			{"GET", "/api/v1", 404, "not_found"},
		} {
			req, err := http.NewRequestWithContext(t.Context(), target.method, i.URL+target.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body := servertest.Read(t, res)
			if res.StatusCode != target.status || body.Object(t)["error"] != target.name ||
				res.Header.Get("X-RateLimit-Limit") == "" || res.Header.Get("X-Request-Id") == "" {
				t.Errorf("%s %s: %d %s", target.method, target.path, res.StatusCode, body.Body)
			}
		}
		// The reset is a time in this contract, and what is left is never more than the limit.
		res := i.Want(t, 200, servertest.Request{Operation: "listWorkspaces", Bearer: tn.Key})
		reset, err := time.ParseDuration(res.Header.Get("X-RateLimit-Reset") + "s")
		if at := time.Unix(int64(reset.Seconds()), 0); err != nil || time.Until(at) > 2*time.Minute ||
			time.Until(at) < -time.Minute {
			t.Errorf("reset %s", res.Header.Get("X-RateLimit-Reset"))
		}
	})
}

// X-Workspace-ID names a workspace of one's own: another tenant's is as one that never was.
func TestWorkspaceContext(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, theirs *servertest.Tenant) {
		mine := i.Tenant(t, "enterprise")
		foreign := newWorkspace(t, i, theirs)
		n := 0
		for _, op := range servertest.Operations(i.Contract("core")) {
			spec := op.Contract.Document().Paths.Value(op.Path).GetOperation(op.Method)
			if spec.Parameters.GetByInAndName("header", "X-Workspace-ID") == nil {
				continue
			}
			n++
			var bodies []string
			for _, workspace := range []string{foreign, "9007199254740991"} {
				r := valid[op.ID](t, i, mine)
				r.Header = map[string]string{"X-Workspace-ID": workspace}
				bodies = append(bodies, string(i.Want(t, 404, r).Body))
			}
			if bodies[0] != bodies[1] {
				t.Errorf("%s: %q", op.ID, bodies)
			}
		}
		if n == 0 {
			t.Error("no operation takes X-Workspace-ID")
		}
	})
}
