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
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/keys"
	"github.com/alania-go/alania/server/servertest"
)

func TestMain(m *testing.M) {
	bundle, _ := openapi.JSON(keys.Name)
	module := keys.Module(contract.Services{Now: clock.System})
	module.Bundle = bundle
	c, err := contract.Load(module)
	if err != nil {
		panic(err)
	}
	servertest.Main(m, keys.Name, c.Document())
}

type object = map[string]any

// colleague makes another member of a tenant, and returns a context in which they act.
func colleague(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) (id.ID, context.Context) {
	t.Helper()
	m, err := i.Orgs.Invite(tn.As(), tn.Org.ID,
		org.Invite{Email: strings.ToLower(id.New().ULID()) + "@example.com", Name: "Colleague", Role: identity.Member})
	if err != nil {
		t.Fatal(err)
	}
	operator := identity.Operator(tn.Org.ID)
	operator.UserID = m.UserID
	return m.UserID, identity.With(context.Background(), operator)
}

// made makes a key through the domain, and returns its id and itself.
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
			return servertest.Request{
				Operation: name, Path: map[string]string{"userId": userID.Prefixed(id.UserPrefix)}, Bearer: tn.Key,
			}
		}
	}
	return map[string]servertest.Valid{
		"createUserApiKey": func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{
				Operation: "createUserApiKey", Bearer: tn.Key,
				JSON: object{"daysTillExpiration": 1, "permissions": object{"crmPermissions": []string{"READ_LEADS"}}},
			}
		},
		"listMyApiKeys": bare("listMyApiKeys"), "getValidPermissions": bare("getValidPermissions"),
		"listUserApiKeys": onUser("listUserApiKeys"), "deleteUserApiKeys": onUser("deleteUserApiKeys"),
		"deleteApiKey": onKey("deleteApiKey", nil), "renameApiKey": onKey("renameApiKey", object{"name": "CI deploys"}),
	}
}()

var volatile = regexp.MustCompile(`[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}|"time":"[^"]*"`)

var suite = servertest.Suite{
	Contract: keys.Name, Valid: valid, Schema: http.StatusBadRequest,
	UnknownID: func(_ *contract.Operation, parameter string) string {
		return servertest.UnknownID(map[string]string{"id": id.KeyPrefix, "userId": id.UserPrefix}[parameter])
	},
	Normalize: func(body string) string { return volatile.ReplaceAllString(body, "X") },
}

func TestContract(t *testing.T) { suite.Run(t) }

// each runs a test on both engines with a server and a tenant.
func each(t *testing.T, test func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant)) {
	suite.Each(t, test)
}

// token returns an access token of an OAuth client, of a person or (zero) of none.
func token(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, userID id.ID, scopes ...string) string {
	t.Helper()
	c, secret, err := i.OAuth.CreateClient(tn.As(),
		oauth.NewClient{OrgID: tn.Org.ID, Name: "test", Scopes: scopes, UserID: userID})
	if err != nil {
		t.Fatal(err)
	}
	res := i.Want(t, 200, servertest.Request{
		Operation: "platform.createToken", Basic: [2]string{c.ClientID, secret},
		Form: url.Values{"grant_type": {"client_credentials"}},
	})
	return res.Object(t)["access_token"].(string)
}

// What has not the form of an id names nothing, in the same words as an id of nothing.
func TestWhatIsNoID(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		for _, op := range servertest.Operations(i.Contract(keys.Name)) {
			r := valid[op.ID](t, i, tn)
			for name := range r.Path {
				r.Path[name] = suite.UnknownID(nil, name)
				absent := i.Want(t, 404, r)
				for _, text := range []string{
					"string", "all", "usr_", "key_8ZZZZZZZZZZZZZZZZZZZZZZZZZ", tn.Workspace.ID.Prefixed("wks"), tn.Org.ID.UUID(), "%",
					"ü",
				} {
					r.Path[name] = text
					if odd := i.Want(t, 404, r); suite.Normalize(string(odd.Body)) != suite.Normalize(string(absent.Body)) {
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
			{"GET", "/api/v1/api-key/" + servertest.UnknownID("key") + "/name", 405, "Method not allowed"},
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
