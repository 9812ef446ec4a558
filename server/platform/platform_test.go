package platform_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/platform"
	"github.com/alania-go/alania/server/servertest"
)

func TestMain(m *testing.M) {
	bundle, _ := openapi.JSON("platform")
	module := platform.Module(contract.Services{Now: clock.System})
	module.Bundle = bundle
	c, err := contract.Load(module)
	if err != nil {
		panic(err)
	}
	servertest.Main(m, "platform", c.Document())
}

type object = map[string]any

const secretText = "an-oauth-secret-of-more-than-32-characters"

// client makes an OAuth client of a tenant.
func client(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, scopes ...string) (clientID, secret string) {
	t.Helper()
	if len(scopes) == 0 {
		scopes = []string{"*"}
	}
	c, s, err := i.OAuth.CreateClient(tn.As(),
		oauth.NewClient{OrgID: tn.Org.ID, Name: "test", Secret: secretText, Scopes: scopes, UserID: tn.Owner.UserID})
	if err != nil {
		t.Fatal(err)
	}
	return c.ClientID, s
}

func token(t testing.TB, i *servertest.Instance, clientID, secret string) string {
	t.Helper()
	res := i.Want(t, 200, servertest.Request{
		Operation: "createToken", Basic: [2]string{clientID, secret}, Form: url.Values{"grant_type": {"client_credentials"}},
	})
	return res.Object(t)["access_token"].(string)
}

func orgPath(tn *servertest.Tenant) map[string]string {
	return map[string]string{"org_id": tn.Org.ID.Prefixed("org")}
}

func member(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, role string) string {
	t.Helper()
	res := i.Want(t, 201, servertest.Request{
		Operation: "inviteMember", Path: orgPath(tn), Bearer: tn.Key,
		JSON: object{"email": strings.ToLower(id.New().ULID()) + "@example.com", "role": role},
	})
	return res.Object(t)["id"].(string)
}

func key(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) object {
	t.Helper()
	return i.Want(t, 201, servertest.Request{
		Operation: "createKey", Path: orgPath(tn), Bearer: tn.Key,
		JSON: object{"name": "made", "scopes": []string{"orgs:read"}},
	}).Object(t)
}

// valid has a request that succeeds for every operation.
var valid = func() map[string]servertest.Valid {
	public := func(name string) servertest.Valid {
		return func(testing.TB, *servertest.Instance, *servertest.Tenant) servertest.Request {
			return servertest.Request{Operation: name}
		}
	}
	inOrg := func(name string) servertest.Valid {
		return func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{Operation: name, Path: orgPath(tn), Bearer: tn.Key}
		}
	}
	with := func(v servertest.Valid,
		change func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, r *servertest.Request)) servertest.Valid {
		return func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			r := v(t, i, tn)
			change(t, i, tn, &r)
			return r
		}
	}
	inWorkspace := func(name string) servertest.Valid {
		return func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{
				Operation: name, Path: map[string]string{"workspace_id": tn.Workspace.ID.Prefixed("wks")}, Bearer: tn.Key,
			}
		}
	}
	onMember := func(name string) servertest.Valid {
		return with(inOrg(name), func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, r *servertest.Request) {
			r.Path["member_id"] = member(t, i, tn, "viewer")
		})
	}
	onKey := func(name string) servertest.Valid {
		return with(inOrg(name), func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, r *servertest.Request) {
			r.Path["key_id"] = key(t, i, tn)["id"].(string)
		})
	}
	body := func(v servertest.Valid, make func() object) servertest.Valid {
		return with(v, func(_ testing.TB, _ *servertest.Instance, _ *servertest.Tenant, r *servertest.Request) {
			r.JSON = make()
		})
	}
	return map[string]servertest.Valid{
		"getJwks": public("getJwks"), "getOAuthServerMetadata": public("getOAuthServerMetadata"),
		"getHealth": public("getHealth"), "getLiveness": public("getLiveness"), "getReadiness": public("getReadiness"),
		"createToken": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			clientID, secret := client(t, i, tn)
			return servertest.Request{
				Operation: "createToken", Basic: [2]string{clientID, secret},
				Form: url.Values{"grant_type": {"client_credentials"}},
			}
		},
		"revokeToken": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			clientID, secret := client(t, i, tn)
			return servertest.Request{
				Operation: "revokeToken",
				Form:      url.Values{"client_id": {clientID}, "client_secret": {secret}, "token": {token(t, i, clientID, secret)}},
			}
		},
		"listOrgs": func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{Operation: "listOrgs", Bearer: tn.Key}
		},
		"listWorkspaces": inOrg("listWorkspaces"), "listMembers": inOrg("listMembers"), "listKeys": inOrg("listKeys"),
		"listAuditEntries": inOrg("listAuditEntries"),
		"createWorkspace":  body(inOrg("createWorkspace"), func() object { return object{"name": "Growth team"} }),
		"getWorkspace":     inWorkspace("getWorkspace"), "getWorkspaceSettings": inWorkspace("getWorkspaceSettings"),
		"updateWorkspaceSettings": body(inWorkspace("updateWorkspaceSettings"), func() object {
			return object{"retention_days": 90}
		}),
		"inviteMember": body(inOrg("inviteMember"), func() object {
			return object{"email": strings.ToLower(id.New().ULID()) + "@example.com", "role": "member"}
		}),
		"getMember": onMember("getMember"), "removeMember": onMember("removeMember"),
		"changeMemberRole": body(onMember("changeMemberRole"), func() object { return object{"role": "admin"} }),
		"createKey": body(inOrg("createKey"), func() object {
			return object{"name": "CI", "scopes": []string{"workspaces:read"}}
		}),
		"getKey": onKey("getKey"), "revokeKey": onKey("revokeKey"),
	}
}()

func init() {
	for name, v := range webhookRequests {
		valid[name] = v
	}
	for name, v := range integrationRequests {
		valid[name] = v
	}
}

var success = servertest.Success

var ids = regexp.MustCompile(`[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}|"request_id":"[^"]*"`)

var prefixes = map[string]string{
	"org_id": "org", "workspace_id": "wks", "member_id": "mem", "key_id": "key", "endpoint_id": "whe",
	"delivery_id": "dlv",
	"binding_id":  "bnd", "run_id": "run", "job_id": "job",
}

var suite = servertest.Suite{
	Contract: "platform", Valid: valid, Schema: http.StatusUnprocessableEntity,
	Status: func(op *contract.Operation, m servertest.Mutation) int {
		if op.ErrorFormat == "oauth" && m.Status == http.StatusUnprocessableEntity {
			return http.StatusBadRequest // RFC 6749 section 5.2 knows no other
		}
		return m.Status
	},
	UnknownID: func(_ *contract.Operation, parameter string) string {
		if prefixes[parameter] == "" { // nobody's, such as a connector
			return ""
		}
		return servertest.UnknownID(prefixes[parameter])
	},
	Own: map[string]func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string{
		"workspace_id": func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) string {
			return tn.Workspace.ID.Prefixed("wks")
		},
		"endpoint_id": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
			return newEndpoint(t, i, tn, i.Other+"/hook")["id"].(string)
		},
		"binding_id": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
			return newBinding(t, i, tn, i.Other+"/items")["id"].(string)
		},
	},
	Normalize:    func(body string) string { return ids.ReplaceAllString(body, "ID") },
	HealthChecks: []string{"getHealth", "getReadiness"},
}

func TestContract(t *testing.T) { suite.Run(t) }

// each runs a test on both engines with a server and a tenant.
func each(
	t *testing.T, test func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant), options ...server.Option,
) {
	suite.Each(t, test, options...)
}

func TestWorkspaceVersions(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		path := map[string]string{"workspace_id": tn.Workspace.ID.Prefixed("wks")}
		call := func(op string, header map[string]string, body any) servertest.Request {
			return servertest.Request{Operation: op, Path: path, Bearer: tn.Key, Header: header, JSON: body}
		}
		first := i.Want(t, 200, call("getWorkspaceSettings", nil, nil)).Header.Get("ETag")
		for _, op := range []string{"getWorkspace", "getWorkspaceSettings"} {
			i.Want(t, 304, call(op, map[string]string{"If-None-Match": first}, nil))
			i.Want(t, 304, call(op, map[string]string{"If-None-Match": `"other", W/` + first}, nil))
			i.Want(t, 200, call(op, map[string]string{"If-None-Match": `"other"`}, nil))
		}
		res := i.Want(t, 200,
			call("updateWorkspaceSettings", map[string]string{"If-Match": first},
				object{"feature_flags": object{"beta": true, "old": false}}))
		second := res.Header.Get("ETag")
		if second == first || second == "" {
			t.Errorf("the entity tag stays %s", second)
		}
		i.Want(t, 412, call("updateWorkspaceSettings", map[string]string{"If-Match": first}, object{"retention_days": 1}))
		i.Want(t, 412,
			call("updateWorkspaceSettings", map[string]string{"If-Match": "W/" + second}, object{"retention_days": 1}))
		// A merge patch, under its own media type: null goes back, absent stays.
		r := call("updateWorkspaceSettings", map[string]string{"If-Match": "*"},
			object{"retention_days": nil, "feature_flags": object{"old": nil}})
		r.Type = "application/merge-patch+json"
		got := i.Want(t, 200, r).Object(t)
		if got["retention_days"] != 30.0 || len(got["feature_flags"].(object)) != 1 ||
			got["feature_flags"].(object)["beta"] != true {
			t.Errorf("merged to %v", got)
		}
		i.Want(t, 422, call("updateWorkspaceSettings", nil, object{"retention_days": 0}))
		reader := tn.KeyWith(t, "", "workspaces:read", "workspaces:write")
		r = call("updateWorkspaceSettings", nil, object{"retention_days": 1})
		r.Bearer = reader
		i.Want(t, 403, r)
	})
}

func TestConflicts(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		create := servertest.Request{
			Operation: "createWorkspace", Path: orgPath(tn), Bearer: tn.Key, JSON: object{"name": "Sales", "slug": "sales"},
		}
		i.Want(t, 201, create)
		if got := i.Want(t, 409, create).Object(t)["code"]; got != "slug_taken" {
			t.Errorf("code %v", got)
		}
		// A repeated name gets another slug.
		again := create
		again.JSON = object{"name": "Sales"}
		if got := i.Want(t, 201, again).Object(t)["slug"]; got != "sales-2" {
			t.Errorf("slug %v", got)
		}
		invite := servertest.Request{
			Operation: "inviteMember", Path: orgPath(tn), Bearer: tn.Key,
			JSON: object{"email": "Ada@Example.com", "role": "admin"},
		}
		if got := i.Want(t, 201, invite).Object(t); got["email"] != "ada@example.com" || got["status"] != "invited" {
			t.Errorf("invited %v", got)
		}
		invite.JSON = object{"email": "ada@example.com", "role": "viewer"}
		if got := i.Want(t, 409, invite).Object(t)["code"]; got != "already_member" {
			t.Errorf("code %v", got)
		}
		owner := orgPath(tn)
		owner["member_id"] = tn.Owner.ID.Prefixed("mem")
		for _, r := range []servertest.Request{
			{Operation: "removeMember", Path: owner, Bearer: tn.Key},
			{Operation: "changeMemberRole", Path: owner, Bearer: tn.Key, JSON: object{"role": "viewer"}},
		} {
			if got := i.Want(t, 409, r).Object(t)["code"]; got != "last_owner" {
				t.Errorf("%s: code %v", r.Operation, got)
			}
		}
		// members:write alone does not make owners.
		limited := servertest.Request{
			Operation: "inviteMember", Path: orgPath(tn), Bearer: tn.KeyWith(t, "", "members:write"),
			JSON: object{"email": "eve@example.com", "role": "owner"},
		}
		if got := i.Want(t, 403, limited).Object(t)["code"]; got != "access_denied" {
			t.Errorf("code %v", got)
		}
	})
}

func TestDownIsToldFromDegraded(t *testing.T) {
	suite.Alone(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		ready := i.Want(t, 200, servertest.Request{Operation: "getReadiness"}).Object(t)
		if ready["status"] != "ok" {
			t.Errorf("ready: %v", ready)
		}
		_ = i.Store.Close()
		time.Sleep(300 * time.Millisecond) // reports are reused for a quarter of a second
		down := i.Want(t, 503, servertest.Request{Operation: "getHealth"})
		checks := down.Object(t)["checks"].(object)
		if checks["database"].(object)["state"] != "down" || checks["object_storage"].(object)["state"] != "up" {
			t.Errorf("checks %v", checks)
		}
		if strings.Contains(string(down.Body), "sql") {
			t.Errorf("driver text in %s", down.Body)
		}
		i.Want(t, 503, servertest.Request{Operation: "getReadiness"})
		i.Want(t, 200, servertest.Request{Operation: "getLiveness"})
	})
}
