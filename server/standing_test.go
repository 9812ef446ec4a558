package server_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// caller is a person of a tenant with one of each kind of credentials that act for them.
type caller struct {
	member org.Member
	key    string
	client oauth.Credentials
	token  string
}

func newCaller(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) caller {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	now := i.Store.Now()
	u := org.User{ID: id.New(), Email: strings.ToLower(id.New().ULID()) + "@example.com", Name: "Person", CreatedAt: now}
	c := caller{member: org.Member{
		ID: id.New(), OrgID: tn.Org.ID, UserID: u.ID, Email: u.Email, Name: u.Name, Role: identity.Member,
		Status: org.Active, CreatedAt: now, UpdatedAt: now,
	}}
	must(i.Store.Orgs.InsertUser(t.Context(), u))
	must(i.Store.Orgs.InsertMember(t.Context(), c.member))
	operator := identity.Operator(tn.Org.ID)
	operator.UserID, operator.MemberID = u.ID, c.member.ID
	ctx := identity.With(t.Context(), operator)
	var err error
	_, c.key, err = i.Keys.Create(ctx, tn.Org.ID, apikey.Create{Name: "test", Scopes: []string{"*"}})
	must(err)
	cl, secret, err := i.OAuth.CreateClient(ctx,
		oauth.NewClient{OrgID: tn.Org.ID, Name: "test", Scopes: []string{"*"}, UserID: u.ID})
	must(err)
	c.client = oauth.Credentials{ID: cl.ClientID, Secret: secret}
	issued, err := i.OAuth.Issue(t.Context(), oauth.Grant{GrantType: "client_credentials", Client: c.client})
	must(err)
	c.token = issued.AccessToken
	return c
}

// ways are requests with every kind of credentials, in every contract and outside of them, with words of the answer
// to credentials of a suspended org.
func (c caller) ways(t *testing.T) map[string]way {
	grant := url.Values{"grant_type": {"client_credentials"}}
	form := url.Values{"grant_type": grant["grant_type"], "client_id": {c.client.ID}, "client_secret": {c.client.Secret}}
	operation := func(words []string, r servertest.Request) way {
		return way{words, func(i *servertest.Instance) *servertest.Response { return i.Do(t, r) }}
	}
	raw := func(words []string, method, path, body string, credentials func(r *http.Request)) way {
		return way{words, func(i *servertest.Instance) *servertest.Response {
			r, err := http.NewRequestWithContext(t.Context(), method, i.URL+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept", "application/json, text/event-stream")
			credentials(r)
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			return servertest.Read(t, res)
		}}
	}
	bearer := func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+c.key) }
	const toolsList = `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`
	problem, named := []string{`"code":"org_suspended"`, "/errors/org_suspended"}, []string{`"error":"org_suspended"`}
	invalid := []string{`"error":"invalid_client"`}
	return map[string]way{
		"a key, platform":      operation(problem, servertest.Request{Operation: "platform.listOrgs", Bearer: c.key}),
		"a token, platform":    operation(problem, servertest.Request{Operation: "platform.listOrgs", Bearer: c.token}),
		"a key, core":          operation(named, servertest.Request{Operation: "core.listWorkspaces", Bearer: c.key}),
		"a token, core":        operation(named, servertest.Request{Operation: "core.listWorkspaces", Bearer: c.token}),
		"a key, keys":          operation(nil, servertest.Request{Operation: "keys.listMyApiKeys", Bearer: c.key}),
		"a token, keys":        operation(nil, servertest.Request{Operation: "keys.listMyApiKeys", Bearer: c.token}),
		"a client in the form": operation(invalid, servertest.Request{Operation: "platform.createToken", Form: form}),
		"a key, tools":         raw(nil, http.MethodPost, "/mcp", toolsList, bearer),
		"a key, go command":    raw(nil, http.MethodGet, "/registry/go/example.com/m/@v/list", "", bearer),
		"a key, npm":           raw(nil, http.MethodGet, "/registry/npm/@example%2fm", "", bearer),
		"a key as Basic, bundles": raw(nil, http.MethodGet, "/registry/openapi/", "", func(r *http.Request) {
			r.SetBasicAuth("anybody", c.key)
		}),
		"a client as Basic, bundles": raw(nil, http.MethodGet, "/registry/openapi/", "", func(r *http.Request) {
			r.SetBasicAuth(c.client.ID, c.client.Secret)
		}),
		"a client as Basic, tokens": operation(invalid, servertest.Request{
			Operation: "platform.createToken", Form: grant, Basic: [2]string{c.client.ID, c.client.Secret},
		}),
		"a client as Basic, revocation": operation(invalid, servertest.Request{
			Operation: "platform.revokeToken", Form: url.Values{"token": {"none"}},
			Basic: [2]string{c.client.ID, c.client.Secret},
		}),
	}
}

type way struct {
	words []string
	do    func(i *servertest.Instance) *servertest.Response
}

// Every kind of credentials of a suspended org is refused in the form of each contract, says why, and works again.
func TestSuspendedOrganization(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		i := servertest.Start(t, e)
		tn, other := i.Tenant(t, plan.Enterprise), i.Tenant(t, plan.Enterprise)
		operator := identity.With(context.Background(), identity.Operator(tn.Org.ID))
		for _, o := range []*servertest.Tenant{tn, other} {
			if _, err := i.Orgs.SetVerified(operator, o.Org.ID, true); err != nil {
				t.Fatal(err)
			}
		}
		ways, others := newCaller(t, i, tn).ways(t), newCaller(t, i, other).ways(t)
		own := way{nil, func(i *servertest.Instance) *servertest.Response { // of the org as a whole
			return i.Do(t, servertest.Request{Operation: "platform.listOrgs", Bearer: tn.Key})
		}}
		ways["the key of an owner"] = own
		before := map[string]int{}
		for name, w := range ways {
			res := w.do(i)
			if before[name] = res.Status; res.Status == http.StatusUnauthorized || res.Status >= 500 {
				t.Errorf("%s: status %d before: %s", name, res.Status, res.Body)
			}
		}
		for range 2 { // also when it is suspended again
			if _, err := i.Orgs.Suspend(operator, tn.Org.ID, "unpaid since March"); err != nil {
				t.Fatal(err)
			}
			for name, w := range ways {
				res := w.do(i)
				body := string(res.Body)
				if res.Status != http.StatusUnauthorized || !strings.Contains(body, "The organization is suspended") ||
					!strings.Contains(body, "Ask the operator") || strings.Contains(body, "March") ||
					res.Header.Get("WWW-Authenticate") == "" {
					t.Errorf("%s: status %d while suspended: %s %v", name, res.Status, body, res.Header)
				}
				for _, word := range w.words {
					if !strings.Contains(body, word) {
						t.Errorf("%s: the answer lacks %s: %s", name, word, body)
					}
				}
			}
			for name, w := range others {
				if res := w.do(i); res.Status != before[name] {
					t.Errorf("%s of another organization: status %d: %s", name, res.Status, res.Body)
				}
			}
			if _, err := i.Orgs.Resume(operator, tn.Org.ID); err != nil {
				t.Fatal(err)
			}
			for name, w := range ways {
				if res := w.do(i); res.Status != before[name] {
					t.Errorf("%s: status %d after, want %d: %s", name, res.Status, before[name], res.Body)
				}
			}
		}
	})
}

// hands are a clock's, which only the test moves.
type hands struct{ micros atomic.Int64 }

func (h *hands) now() time.Time          { return time.UnixMicro(h.micros.Load()).UTC() }
func (h *hands) forward(d time.Duration) { h.micros.Add(d.Microseconds()) }

// Two servers on one database, which tell each other nothing: who is locked out on one is locked out there at once, and
// on the other before a minute is over.
func TestLockedOutEverywhere(t *testing.T) {
	const promised = time.Minute
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		var clock hands
		clock.micros.Store(time.Now().UnixMicro())
		cfg := servertest.Config(t, e)
		cfg.PublicURL = "https://api.example.com" // tokens are good for both
		here := servertest.Run(t, e, cfg, server.WithClock(clock.now))
		there := servertest.Run(t, e, cfg, server.WithClock(clock.now))
		for name, end := range map[string]func(tn *servertest.Tenant, m org.Member) error{
			"a removed member": func(tn *servertest.Tenant, m org.Member) error {
				return here.Orgs.Remove(tn.As(), tn.Org.ID, m.ID)
			},
			// No operation suspends a member yet: this is what one would do.
			"a suspended member": func(_ *servertest.Tenant, m org.Member) error {
				_, err := here.Store.Exec(t.Context(), "UPDATE members SET status = 'suspended' WHERE id = $1", m.ID)
				here.Cache.DropMember(m.ID)
				return err
			},
			"a suspended organization": func(tn *servertest.Tenant, _ org.Member) error {
				_, err := here.Orgs.Suspend(tn.As(), tn.Org.ID, "")
				return err
			},
		} {
			tn := here.Tenant(t, plan.Enterprise)
			c := newCaller(t, here, tn)
			ways, rest := c.ways(t), newCaller(t, here, here.Tenant(t, plan.Enterprise)).ways(t)
			all := func(where string, i *servertest.Instance, ways map[string]way, in bool) {
				t.Helper()
				for kind, w := range ways {
					if res := w.do(i); (res.Status != http.StatusUnauthorized) != in || res.Status >= 500 {
						t.Errorf("%s, %s: %s: status %d: %s", name, where, kind, res.Status, res.Body)
					}
				}
			}
			all("before, here", here, ways, true)
			all("before, there", there, ways, true)
			if err := end(tn, c.member); err != nil {
				t.Fatal(err)
			}
			all("at once, here", here, ways, false)
			clock.forward(promised)
			all("within the time, there", there, ways, false)
			all("another's, here", here, rest, true)
			all("another's, there", there, rest, true)
		}
	})
}
