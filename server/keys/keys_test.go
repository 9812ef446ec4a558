package keys_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/keys"
	"github.com/alania-go/alania/server/middleware"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

func TestMain(m *testing.M) {
	bundle, _ := openapi.JSON("keys")
	c, err := contract.Load("keys", bundle, keys.Dialect{Now: clock.System})
	if err != nil {
		panic(err)
	}
	servertest.Main(m, "keys", c.Document())
}

type object = map[string]any

// colleague makes another member of a tenant, and gives a context in which they act.
func colleague(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) (id.ID, context.Context) {
	t.Helper()
	m, err := i.Orgs.Invite(tn.As(), tn.Org.ID, org.Invite{Email: strings.ToLower(id.New().ULID()) + "@example.com", Name: "Colleague", Role: identity.Member})
	if err != nil {
		t.Fatal(err)
	}
	operator := identity.Operator(tn.Org.ID)
	operator.UserID = m.UserID
	return m.UserID, identity.With(context.Background(), operator)
}

// made makes a key through the domain, and gives its id and itself.
func made(t testing.TB, i *servertest.Instance, ctx context.Context, scopes ...string) (keyID, full string) {
	t.Helper()
	k, full, err := i.Keys.Create(ctx, identity.From(ctx).OrgID, apikey.Create{Name: "made", Scopes: scopes})
	if err != nil {
		t.Fatal(err)
	}
	return k.ID.Prefixed(id.KeyPrefix), full
}

// valid has a request that succeeds for every operation.
var valid = func() map[string]servertest.Valid {
	bare := func(name string) servertest.Valid {
		return func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{Operation: name, Bearer: tn.Key}
		}
	}
	onKey := func(name string, body any) servertest.Valid {
		return func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			keyID, _ := made(t, i, tn.As())
			return servertest.Request{Operation: name, Path: map[string]string{"id": keyID}, Bearer: tn.Key, JSON: body}
		}
	}
	onUser := func(name string) servertest.Valid {
		return func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			userID, ctx := colleague(t, i, tn)
			made(t, i, ctx, "leads:read")
			return servertest.Request{Operation: name, Path: map[string]string{"userId": userID.Prefixed(id.UserPrefix)}, Bearer: tn.Key}
		}
	}
	return map[string]servertest.Valid{
		"createUserApiKey": func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{Operation: "createUserApiKey", Bearer: tn.Key, JSON: object{"daysTillExpiration": 1, "permissions": object{"crmPermissions": []string{"READ_LEADS"}}}}
		},
		"listMyApiKeys": bare("listMyApiKeys"), "getValidPermissions": bare("getValidPermissions"),
		"listUserApiKeys": onUser("listUserApiKeys"), "deleteUserApiKeys": onUser("deleteUserApiKeys"),
		"deleteApiKey": onKey("deleteApiKey", nil), "renameApiKey": onKey("renameApiKey", object{"name": "CI deploys"}),
	}
}()

func success(op *contract.Operation) int {
	for _, s := range []int{200, 201, 204} {
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

// token gives an access token of an OAuth client, of a person or (zero) of none.
func token(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, userID id.ID, scopes ...string) string {
	t.Helper()
	c, secret, err := i.OAuth.CreateClient(tn.As(), oauth.NewClient{OrgID: tn.Org.ID, Name: "test", Scopes: scopes, UserID: userID})
	if err != nil {
		t.Fatal(err)
	}
	res := i.Want(t, 200, servertest.Request{Operation: "platform.createToken", Basic: [2]string{c.ClientID, secret}, Form: url.Values{"grant_type": {"client_credentials"}}})
	return res.Object(t)["access_token"].(string)
}

func TestEveryOperationSucceeds(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		c := i.Contract("keys")
		servertest.Complete(t, c, valid)
		bearer := token(t, i, tn, tn.Owner.UserID, "*")
		for _, op := range servertest.Operations(c) {
			i.Want(t, success(op), valid[op.ID](t, i, tn))
			r := valid[op.ID](t, i, tn)
			r.Bearer = bearer
			i.Want(t, success(op), r)
		}
	})
}

func TestEveryRefusal(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		servertest.Refusals(t, i, tn, i.Contract("keys"), valid, http.StatusBadRequest, func(_ *contract.Operation, want int) int { return want })
	})
}

// What a caller sees when something breaks or is down, for every operation.
func TestEveryFault(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		for _, op := range servertest.Operations(i.Contract("keys")) {
			for _, c := range []struct {
				header string
				status int
			}{{"internal", 500}, {"unavailable", 503}, {"panic", 500}} {
				r := valid[op.ID](t, i, tn)
				r.Header = map[string]string{"X-Request-ID": "fault-" + c.header}
				res := i.Want(t, c.status, r)
				if strings.Contains(string(res.Body), "driver text") {
					t.Errorf("%s: the cause leaks: %s", op.ID, res.Body)
				}
			}
		}
		if !strings.Contains(i.Log.String(), "driver text") {
			t.Error("the cause is not in the log")
		}
	}, server.WithFault(func(x *contract.Exchange) error {
		switch x.RequestID {
		case "fault-internal":
			return fault.Wrap(errorText("driver text"))
		case "fault-unavailable":
			return fault.New(fault.Unavailable, "The database cannot be used for the moment. Try again.").Because(errorText("driver text"))
		case "fault-panic":
			panic("driver text")
		}
		return nil
	}))
}

type errorText string

func (e errorText) Error() string { return string(e) }

func TestUsedUpLimit(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		var requests []servertest.Request
		for _, op := range servertest.Operations(i.Contract("keys")) {
			requests = append(requests, valid[op.ID](t, i, tn))
		}
		free := tn.KeyWith(t, plan.Free, "*")
		for range plan.Free.Rate().PerMinute + plan.Free.Rate().Burst {
			i.Want(t, 200, servertest.Request{Operation: "listMyApiKeys", Bearer: free})
		}
		for _, r := range requests {
			r.Bearer = free
			if res := i.Want(t, 429, r); res.Header.Get("Retry-After") == "" || res.Header.Get("X-RateLimit-Remaining") != "0" {
				t.Errorf("%s: headers %v", r.Operation, res.Header)
			}
		}
	}, func(e *middleware.Edge) {
		// A bucket gets a request back every second: time stands still here.
		now := time.Now()
		e.Limiter = limit.NewLocal(func() time.Time { return now })
	})
}

var volatile = regexp.MustCompile(`[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}|"time":"[^"]*"`)

func TestIsolation(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, theirs *servertest.Tenant) {
		mine := i.Tenant(t, plan.Enterprise)
		missing := func(name string) string {
			return servertest.Missing(map[string]string{"id": "key", "userId": "usr"}[name])
		}
		normal := func(body string) string { return volatile.ReplaceAllString(body, "X") }
		servertest.Isolation(t, i, mine, theirs, i.Contract("keys"), valid, missing, normal)
		// What has not the form of an id names nothing, in the same words.
		for _, op := range servertest.Operations(i.Contract("keys")) {
			r := valid[op.ID](t, i, mine)
			for name := range r.Path {
				r.Path[name] = missing(name)
				absent := i.Want(t, 404, r)
				for _, text := range []string{"string", "all", "usr_", "key_8ZZZZZZZZZZZZZZZZZZZZZZZZZ", mine.Workspace.ID.Prefixed("wks"), mine.Org.ID.UUID(), "%", "ü"} {
					r.Path[name] = text
					if odd := i.Want(t, 404, r); normal(string(odd.Body)) != normal(string(absent.Body)) {
						t.Errorf("%s: %q gives\n%s\n%s", op.ID, text, odd.Body, absent.Body)
					}
				}
			}
		}
	})
}

// Where no operation is, the contract with the nearest path answers.
func TestUnmatchedPaths(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		for _, c := range []struct {
			method, path string
			status       int
			title        string
		}{
			{"GET", "/api/v1/api-key/nothing/here", 404, "No such operation"},
			{"POST", "/api/v1/api-key/", 404, "No such operation"},
			{"PUT", "/api/v1/api-key", 405, "Method not allowed"},
			{"GET", "/api/v1/api-key", 405, "Method not allowed"},
			{"POST", "/api/v1/api-key/all", 405, "Method not allowed"},
			{"GET", "/api/v1/api-key/" + servertest.Missing("key") + "/name", 405, "Method not allowed"},
		} {
			req, err := http.NewRequest(c.method, i.URL+c.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+tn.Key)
			body := answer(t, req, c.status)
			if len(body) != 3 || body["title"] != c.title || body["detail"] == "" {
				t.Errorf("%s %s: %v", c.method, c.path, body)
			}
			if at, err := time.Parse(time.RFC3339, body["time"].(string)); err != nil || at.Location() != time.UTC {
				t.Errorf("%s %s: time %v", c.method, c.path, body["time"])
			}
		}
	})
}
