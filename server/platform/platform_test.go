package platform_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/middleware"
	"github.com/alania-go/alania/server/platform"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

func TestMain(m *testing.M) {
	bundle, _ := openapi.JSON("platform")
	c, err := contract.Load("platform", bundle, platform.Dialect{})
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
	c, s, err := i.OAuth.CreateClient(tn.As(), oauth.NewClient{OrgID: tn.Org.ID, Name: "test", Secret: secretText, Scopes: scopes, UserID: tn.Owner.UserID})
	if err != nil {
		t.Fatal(err)
	}
	return c.ClientID, s
}

func token(t testing.TB, i *servertest.Instance, clientID, secret string) string {
	t.Helper()
	res := i.Want(t, 200, servertest.Request{Operation: "createToken", Basic: [2]string{clientID, secret}, Form: url.Values{"grant_type": {"client_credentials"}}})
	return res.Object(t)["access_token"].(string)
}

func orgPath(tn *servertest.Tenant) map[string]string {
	return map[string]string{"org_id": tn.Org.ID.Prefixed("org")}
}

func member(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, role string) string {
	t.Helper()
	res := i.Want(t, 201, servertest.Request{Operation: "inviteMember", Path: orgPath(tn), Bearer: tn.Key, JSON: object{"email": strings.ToLower(id.New().ULID()) + "@example.com", "role": role}})
	return res.Object(t)["id"].(string)
}

func key(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) object {
	t.Helper()
	return i.Want(t, 201, servertest.Request{Operation: "createKey", Path: orgPath(tn), Bearer: tn.Key, JSON: object{"name": "made", "scopes": []string{"orgs:read"}}}).Object(t)
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
	with := func(v servertest.Valid, change func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, r *servertest.Request)) servertest.Valid {
		return func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			r := v(t, i, tn)
			change(t, i, tn, &r)
			return r
		}
	}
	inWorkspace := func(name string) servertest.Valid {
		return func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{Operation: name, Path: map[string]string{"workspace_id": tn.Workspace.ID.Prefixed("wks")}, Bearer: tn.Key}
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
			return servertest.Request{Operation: "createToken", Basic: [2]string{clientID, secret}, Form: url.Values{"grant_type": {"client_credentials"}}}
		},
		"revokeToken": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			clientID, secret := client(t, i, tn)
			return servertest.Request{Operation: "revokeToken", Form: url.Values{"client_id": {clientID}, "client_secret": {secret}, "token": {token(t, i, clientID, secret)}}}
		},
		"listOrgs": func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{Operation: "listOrgs", Bearer: tn.Key}
		},
		"listWorkspaces": inOrg("listWorkspaces"), "listMembers": inOrg("listMembers"), "listKeys": inOrg("listKeys"), "listAuditEntries": inOrg("listAuditEntries"),
		"createWorkspace": body(inOrg("createWorkspace"), func() object { return object{"name": "Growth team"} }),
		"getWorkspace":    inWorkspace("getWorkspace"), "getWorkspaceSettings": inWorkspace("getWorkspaceSettings"),
		"updateWorkspaceSettings": body(inWorkspace("updateWorkspaceSettings"), func() object { return object{"retention_days": 90} }),
		"inviteMember": body(inOrg("inviteMember"), func() object {
			return object{"email": strings.ToLower(id.New().ULID()) + "@example.com", "role": "member"}
		}),
		"getMember": onMember("getMember"), "removeMember": onMember("removeMember"),
		"changeMemberRole": body(onMember("changeMemberRole"), func() object { return object{"role": "admin"} }),
		"createKey":        body(inOrg("createKey"), func() object { return object{"name": "CI", "scopes": []string{"workspaces:read"}} }),
		"getKey":           onKey("getKey"), "revokeKey": onKey("revokeKey"),
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

func success(op *contract.Operation) int {
	for _, s := range []int{200, 201, 202, 204} {
		if servertest.Documented(op, s) {
			return s
		}
	}
	return 0
}

// each runs a test on both engines with a server and a tenant.
func each(t *testing.T, test func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant), options ...server.Option) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		i := servertest.Start(t, e, options...)
		test(t, i, i.Tenant(t, plan.Enterprise))
	})
}

func TestEveryOperationSucceeds(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		c := i.Contract("platform")
		servertest.Complete(t, c, valid)
		for _, op := range servertest.Operations(c) {
			i.Want(t, success(op), valid[op.ID](t, i, tn))
		}
	})
}

// The same with an OAuth token, for what takes a credential.
func TestEveryOperationSucceedsWithAToken(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		clientID, secret := client(t, i, tn)
		bearer := token(t, i, clientID, secret)
		for _, op := range servertest.Operations(i.Contract("platform")) {
			r := valid[op.ID](t, i, tn)
			if r.Bearer != "" {
				r.Bearer = bearer
				i.Want(t, success(op), r)
			}
		}
	})
}

func TestEveryRefusal(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		servertest.Refusals(t, i, tn, i.Contract("platform"), valid, http.StatusUnprocessableEntity, func(op *contract.Operation, want int) int {
			if op.ErrorFormat == "oauth" && want == http.StatusUnprocessableEntity {
				return http.StatusBadRequest // RFC 6749 section 5.2 knows no other
			}
			return want
		})
	})
}

// What a caller sees when something breaks or is down, for every operation.
func TestEveryFault(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		for _, op := range servertest.Operations(i.Contract("platform")) {
			for _, c := range []struct {
				header string
				status int
			}{{"internal", 500}, {"unavailable", 503}, {"panic", 500}} {
				if !servertest.Documented(op, c.status) || op.ID == "getHealth" && c.status == 503 || op.ID == "getReadiness" && c.status == 503 {
					continue // those two have a 503 of their own
				}
				r := valid[op.ID](t, i, tn)
				if r.Header == nil {
					r.Header = map[string]string{}
				}
				r.Header["X-Request-ID"] = "fault-" + c.header
				res := i.Want(t, c.status, r)
				if strings.Contains(string(res.Body), "driver text") {
					t.Errorf("%s: the cause leaks: %s", op.ID, res.Body)
				}
			}
		}
		if !strings.Contains(i.Log.String(), "driver text") {
			t.Error("the cause is not in the log")
		}
	}, server.WithFault(faults))
}

// faults fails an operation the way the request id asks for.
func faults(x *contract.Exchange) error {
	switch x.RequestID {
	case "fault-internal":
		return fault.Wrap(errorText("driver text"))
	case "fault-unavailable":
		return fault.New(fault.Unavailable, "The database cannot be used for the moment. Try again.").Because(errorText("driver text"))
	case "fault-panic":
		panic("driver text")
	}
	return nil
}

type errorText string

func (e errorText) Error() string { return string(e) }

func TestUsedUpLimit(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		tn := i.Tenant(t, plan.Enterprise)
		var requests []servertest.Request
		for _, op := range servertest.Operations(i.Contract("platform")) {
			if servertest.Documented(op, 429) {
				requests = append(requests, valid[op.ID](t, i, tn))
			}
		}
		free := tn.KeyWith(t, plan.Free, "*")
		var res *servertest.Response
		for n := 0; n < plan.Free.Rate().PerMinute+plan.Free.Rate().Burst; n++ {
			i.Want(t, 200, servertest.Request{Operation: "listOrgs", Bearer: free})
		}
		res = i.Want(t, 429, servertest.Request{Operation: "listOrgs", Bearer: free})
		if res.Header.Get("Retry-After") == "" || res.Header.Get("X-RateLimit-Remaining") != "0" || res.Header.Get("X-RateLimit-Limit") != "60" {
			t.Errorf("headers %v", res.Header)
		}
		for _, r := range requests {
			if r.Bearer != "" {
				r.Bearer = free
				i.Want(t, 429, r)
			}
		}
		// The bucket is the org's and the tier's: another tier goes on.
		i.Want(t, 200, servertest.Request{Operation: "listOrgs", Bearer: tn.Key})
		// Public operations are limited by address.
		for n := 0; n < plan.Public.PerMinute+plan.Public.Burst; n++ {
			res = i.Do(t, servertest.Request{Operation: "createToken", Form: url.Values{"grant_type": {"client_credentials"}, "client_id": {"nobody"}, "client_secret": {"wrong"}}})
			if res.Status == 429 { // by then the preparations have used some
				break
			}
		}
		for _, r := range requests {
			if r.Bearer == "" {
				i.Want(t, 429, r)
			}
		}
		i.Want(t, 200, servertest.Request{Operation: "getHealth"}) // never limited
	}, func(e *middleware.Edge) {
		// A bucket gets a request back every second: time stands still here.
		now := time.Now()
		e.Limiter = limit.NewLocal(func() time.Time { return now })
	})
}

var ids = regexp.MustCompile(`[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}|"request_id":"[^"]*"`)

func TestIsolation(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, theirs *servertest.Tenant) {
		mine := i.Tenant(t, plan.Enterprise)
		prefix := map[string]string{
			"org_id": "org", "workspace_id": "wks", "member_id": "mem", "key_id": "key", "endpoint_id": "whe", "delivery_id": "dlv",
			"binding_id": "bnd", "run_id": "run", "job_id": "job",
		}
		normal := func(body string) string { return ids.ReplaceAllString(body, "ID") }
		missing := func(name string) string {
			if prefix[name] == "" { // nobody's, such as a connector
				return ""
			}
			return servertest.Missing(prefix[name])
		}
		servertest.Isolation(t, i, mine, theirs, i.Contract("platform"), valid, missing, normal)
		// Inside an org of one's own, with ids of another's.
		servertest.Isolation(t, i, mine, theirs, i.Contract("platform"), inOwnOrg(mine), func(name string) string {
			if name == "org_id" {
				return ""
			}
			return missing(name)
		}, normal)
	})
}

// inOwnOrg asks for another tenant's members and keys under the caller's own org.
func inOwnOrg(mine *servertest.Tenant) map[string]servertest.Valid {
	out := map[string]servertest.Valid{}
	for name, v := range valid {
		out[name] = func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			r := v(t, i, tn)
			if r.Path["org_id"] == "" || len(r.Path) < 2 {
				r.Path = nil // nothing of another's is named
			} else {
				r.Path["org_id"] = mine.Org.ID.Prefixed("org")
			}
			return r
		}
	}
	return out
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
		res := i.Want(t, 200, call("updateWorkspaceSettings", map[string]string{"If-Match": first}, object{"feature_flags": object{"beta": true, "old": false}}))
		second := res.Header.Get("ETag")
		if second == first || second == "" {
			t.Errorf("the entity tag stays %s", second)
		}
		i.Want(t, 412, call("updateWorkspaceSettings", map[string]string{"If-Match": first}, object{"retention_days": 1}))
		i.Want(t, 412, call("updateWorkspaceSettings", map[string]string{"If-Match": "W/" + second}, object{"retention_days": 1}))
		// A merge patch, under its own media type: null goes back, absent stays.
		r := call("updateWorkspaceSettings", map[string]string{"If-Match": "*"}, object{"retention_days": nil, "feature_flags": object{"old": nil}})
		r.Type = "application/merge-patch+json"
		got := i.Want(t, 200, r).Object(t)
		if got["retention_days"] != 30.0 || len(got["feature_flags"].(object)) != 1 || got["feature_flags"].(object)["beta"] != true {
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
		create := servertest.Request{Operation: "createWorkspace", Path: orgPath(tn), Bearer: tn.Key, JSON: object{"name": "Sales", "slug": "sales"}}
		i.Want(t, 201, create)
		if got := i.Want(t, 409, create).Object(t)["code"]; got != "slug_taken" {
			t.Errorf("code %v", got)
		}
		// A name again gives another slug.
		again := create
		again.JSON = object{"name": "Sales"}
		if got := i.Want(t, 201, again).Object(t)["slug"]; got != "sales-2" {
			t.Errorf("slug %v", got)
		}
		invite := servertest.Request{Operation: "inviteMember", Path: orgPath(tn), Bearer: tn.Key, JSON: object{"email": "Ada@Example.com", "role": "admin"}}
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
		limited := servertest.Request{Operation: "inviteMember", Path: orgPath(tn), Bearer: tn.KeyWith(t, "", "members:write"), JSON: object{"email": "eve@example.com", "role": "owner"}}
		if got := i.Want(t, 403, limited).Object(t)["code"]; got != "access_denied" {
			t.Errorf("code %v", got)
		}
	})
}

func TestKeyInFlightIsAConflict(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		release, began := make(chan struct{}), make(chan struct{})
		let := sync.OnceFunc(func() { close(release) })
		i := servertest.Start(t, e, server.WithFault(func(x *contract.Exchange) error {
			if x.RequestID == "first" {
				close(began)
				<-release
			}
			return nil
		}))
		t.Cleanup(let) // before the server waits for its requests to end
		tn := i.Tenant(t, plan.Enterprise)
		for _, name := range []string{"createKey"} {
			r := valid[name](t, i, tn)
			r.Header = map[string]string{"Idempotency-Key": "k-" + name, "X-Request-ID": "first"}
			done := make(chan *servertest.Response)
			go func() { done <- i.Do(t, r) }()
			<-began
			second := r
			second.Header = map[string]string{"Idempotency-Key": "k-" + name}
			if got := i.Want(t, 409, second); got.Object(t)["code"] != "idempotency_in_flight" || got.Header.Get("Retry-After") == "" {
				t.Errorf("%s", got.Body)
			}
			let()
			first := <-done
			if first.Status != 201 {
				t.Fatalf("%d %s", first.Status, first.Body)
			}
			replay := i.Want(t, 201, second)
			if string(replay.Body) != string(first.Body) || replay.Header.Get("X-Idempotency-Replayed") != "true" {
				t.Errorf("the replay differs: %s", replay.Body)
			}
			second.JSON = object{"name": "another", "scopes": []string{"orgs:read"}}
			if got := i.Want(t, 422, second).Object(t)["code"]; got != "idempotency_mismatch" {
				t.Errorf("code %v", got)
			}
		}
	})
}

func TestDownIsToldFromDegraded(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
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
