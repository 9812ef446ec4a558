package toy_test

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/server/servertest/toy"
)

func TestMain(m *testing.M) {
	c, err := contract.Load(toy.Module(contract.Services{}))
	if err != nil {
		panic(err)
	}
	servertest.Main(m, toy.Name, c.Document())
}

// at returns the path of a note that no other test has.
func at() map[string]string { return map[string]string{"path": "notes/" + id.New().UUID()} }

// valid has a request that succeeds for every operation.
var valid = map[string]servertest.Valid{
	"signIn": func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		return servertest.Request{Operation: "signIn", Basic: [2]string{"anybody", tn.Key}}
	},
	"putNote": func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		return servertest.Request{Operation: "putNote", Path: at(), Bearer: tn.Key, JSON: map[string]string{"text": "x"}}
	},
	"getNote": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		// With a key of its own, as the class of the notes counts the requests of a key.
		put := servertest.Request{
			Operation: "putNote", Path: at(), Bearer: tn.KeyWith(t, "", "*"), JSON: map[string]string{"text": "x"},
		}
		i.Want(t, http.StatusOK, put)
		return servertest.Request{Operation: "getNote", Path: put.Path, Bearer: tn.Key}
	},
	"getNoise": func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		return servertest.Request{Operation: "getNoise", Bearer: tn.Key, Most: 100 << 10}
	},
}

var ref = regexp.MustCompile(`"ref":"[^"]*"`)

var suite = servertest.Suite{
	Contract: toy.Name, Valid: valid, Schema: http.StatusUnprocessableEntity,
	Options: []server.Option{server.WithContract(toy.Module)},
	Status: func(_ *contract.Operation, m servertest.Mutation) int {
		if strings.HasSuffix(m.Name, "X-Toy-Version") || strings.HasSuffix(m.Name, "X-Toy-Version twice") {
			return http.StatusBadRequest // the module looks at it before the schema is
		}
		return m.Status
	},
	Credentials: []servertest.Credential{
		{Name: "an API key", Put: func(_ testing.TB, op *contract.Operation, tn *servertest.Tenant,
			r *servertest.Request) bool {
			if op.ID == "signIn" {
				r.Basic = [2]string{"anybody", tn.Key}
			} else {
				r.Bearer = tn.Key
			}
			return true
		}},
		{Name: "a session", Put: func(t testing.TB, op *contract.Operation, tn *servertest.Tenant,
			r *servertest.Request) bool {
			if op.ID == "signIn" {
				return false
			}
			cookie, token := signIn(t, tn.Server(), tn)
			r.Identity = http.Header{"Cookie": {cookie}, "X-Toy-Token": {token}}
			return true
		}},
	},
	More: []servertest.Mutation{
		{Name: "a session without its token", Status: http.StatusForbidden, Change: func(t testing.TB,
			op *contract.Operation, tn *servertest.Tenant, r *servertest.Request) bool {
			if op.ID != "putNote" {
				return false
			}
			cookie, _ := signIn(t, tn.Server(), tn)
			r.Bearer, r.Identity = "", http.Header{"Cookie": {cookie}}
			return true
		}},
		{Name: "a session that is none", Status: http.StatusUnauthorized, Change: func(_ testing.TB,
			op *contract.Operation, _ *servertest.Tenant, r *servertest.Request) bool {
			r.Bearer, r.Identity = "", http.Header{"Cookie": {toy.Cookie + "=x"}, "X-Toy-Token": {"x"}}
			return op.ID != "signIn"
		}},
	},
	UnknownID:     func(*contract.Operation, string) string { return at()["path"] },
	CreatesByName: []string{"putNote"},
	Normalize:     func(body string) string { return ref.ReplaceAllString(body, "") },
}

func TestContract(t *testing.T) { suite.Run(t) }

// each runs a test on both engines, against a server with the toy contract: one folder, one line.
func each(t *testing.T, test func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant)) {
	suite.Each(t, test)
}

// A key that acts for nobody opens no session.
func TestOnlyPeopleSignIn(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		_, key, err := i.Keys.Create(identity.With(t.Context(), identity.Operator(tn.Org.ID)), tn.Org.ID,
			apikey.Create{Name: "nobody's", Scopes: []string{"*"}})
		if err != nil {
			t.Fatal(err)
		}
		i.Want(t, 403, servertest.Request{Operation: "signIn", Basic: [2]string{"anybody", key}})
	})
}

type headers map[string]string

func with(h headers, more ...string) headers {
	out := headers{"X-Toy-Version": "1"}
	for name, v := range h {
		out[name] = v
	}
	for i := 0; i < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}

// signIn returns the cookie of a session and its token.
func signIn(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) (cookie, token string) {
	t.Helper()
	res := i.Want(t, 201,
		servertest.Request{Operation: "toy.signIn", Header: with(nil), Basic: [2]string{"anybody", tn.Key}})
	cookie, _, _ = strings.Cut(res.Header.Get("Set-Cookie"), ";")
	return cookie, res.Object(t)["token"].(string)
}

func code(t *testing.T, r *servertest.Response) string {
	t.Helper()
	return r.Object(t)["oops"].(map[string]any)["code"].(string)
}

func TestSessionAndToken(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		cookie, token := signIn(t, i, tn)
		put := func(h headers, bearer string) *servertest.Response {
			return i.Do(t, servertest.Request{
				Operation: "toy.putNote", Path: map[string]string{"path": "a"}, Header: h, Bearer: bearer,
				JSON: map[string]string{"text": "x"},
			})
		}
		for name, c := range map[string]struct {
			headers headers
			bearer  string
			status  int
			code    string
		}{
			"cookie and token":         {with(nil, "Cookie", cookie, "X-Toy-Token", token), "", 200, ""},
			"cookie alone":             {with(nil, "Cookie", cookie), "", 403, "forged"},
			"cookie and a wrong token": {with(nil, "Cookie", cookie, "X-Toy-Token", "x"), "", 403, "forged"},
			"token alone":              {with(nil, "X-Toy-Token", token), "", 401, "unauthenticated"},
			"an unknown cookie": {
				with(nil, "Cookie", toy.Cookie+"=x", "X-Toy-Token", token), "", 401, "unauthenticated",
			},
			"a key needs no token":         {with(nil), tn.Key, 200, ""},
			"the key counts, not a cookie": {with(nil, "Cookie", toy.Cookie+"=x"), tn.Key, 200, ""},
			"a key without the scope":      {with(nil), tn.KeyWith(t, "", "notes:read"), 403, "insufficient_scope"},
			"a bad key next to a good cookie": {
				with(nil, "Cookie", cookie, "X-Toy-Token", token), "sk_live_x", 401, "unauthenticated",
			},
		} {
			res := put(c.headers, c.bearer)
			if res.Status != c.status || c.code != "" && code(t, res) != c.code {
				t.Errorf("%s: %d %s", name, res.Status, res.Body)
			}
		}
		// A session is no way into the other contracts.
		if res := i.Do(t,
			servertest.Request{Operation: "platform.listOrgs", Header: headers{"Cookie": cookie}}); res.Status != 401 {
			t.Errorf("the platform takes the cookie: %d", res.Status)
		}
		// Nor is Basic, which is for the door alone.
		basic := servertest.Request{
			Operation: "toy.getNote", Path: map[string]string{"path": "a"}, Header: with(nil),
			Basic: [2]string{"anybody", tn.Key},
		}
		if res := i.Do(t, basic); res.Status != 401 {
			t.Errorf("a note for Basic: %d", res.Status)
		}
		i.Want(t, 401, servertest.Request{Operation: "toy.signIn", Header: with(nil), Basic: [2]string{"anybody", "wrong"}})
		i.Want(t, 401, servertest.Request{Operation: "toy.signIn", Header: with(nil), Bearer: tn.Key})
	})
}

// A session ends at once with the membership of its person.
func TestSessionEndsWithTheMembership(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		cookie, _ := signIn(t, i, tn)
		look := servertest.Request{
			Operation: "toy.getNote", Path: map[string]string{"path": "a"}, Header: with(nil, "Cookie", cookie),
		}
		i.Want(t, 404, look)
		other := i.Tenant(t, plan.Enterprise) // another person, whose session goes on
		theirs, _ := signIn(t, i, other)
		if err := i.Store.Orgs.DeleteMember(t.Context(), tn.Owner.ID); err != nil {
			t.Fatal(err)
		}
		i.Cache.DropMember(tn.Owner.ID)
		i.Want(t, 401, look)
		look.Header = with(nil, "Cookie", theirs)
		i.Want(t, 404, look)
	})
}

// A session is refused while the org of its person is suspended.
func TestSessionOfASuspendedOrg(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		cookie, _ := signIn(t, i, tn)
		look := servertest.Request{
			Operation: "toy.getNote", Path: map[string]string{"path": "a"}, Header: with(nil, "Cookie", cookie),
		}
		i.Want(t, 404, look)
		if _, err := i.Orgs.Suspend(tn.As(), tn.Org.ID, ""); err != nil {
			t.Fatal(err)
		}
		if got := code(t, i.Want(t, 401, look)); got != "org_suspended" {
			t.Errorf("the code is %s", got)
		}
		if _, err := i.Orgs.Resume(tn.As(), tn.Org.ID); err != nil {
			t.Fatal(err)
		}
		i.Want(t, 404, look)
	})
}

func TestHeaders(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		get := func(h headers, bearer string) *servertest.Response {
			return i.Do(t, servertest.Request{
				Operation: "toy.getNote", Path: map[string]string{"path": "a"}, Header: h, Bearer: bearer,
				Without: []string{"X-Toy-Version"}, // it is what the test says
			})
		}
		for name, c := range map[string]struct {
			headers headers
			bearer  string
			status  int
			code    string
		}{
			"missing":               {nil, tn.Key, 400, "version"},
			"unknown":               {headers{"X-Toy-Version": "2"}, tn.Key, 400, "version"},
			"the credentials first": {nil, "", 401, "unauthenticated"},
			"there":                 {with(nil), tn.Key, 404, "not_found"},
		} {
			res := get(c.headers, c.bearer)
			if res.Status != c.status || code(t, res) != c.code {
				t.Errorf("%s: %d %s", name, res.Status, res.Body)
			}
			ref := res.Object(t)["oops"].(map[string]any)["ref"].(string)
			if !strings.HasPrefix(ref, "toy-") || res.Header.Get("X-Toy-Request") != ref ||
				res.Header.Get("X-Request-Id") != "" {
				t.Errorf("%s: the request is %q, headers %v", name, ref, res.Header)
			}
		}
		res := get(with(nil, "X-Toy-Request", "mine-1", "X-Toy-Trace", "t1"), tn.Key)
		if res.Header.Get("X-Toy-Request") != "mine-1" || res.Header.Get("X-Toy-Trace") != "t1" ||
			!strings.Contains(i.Log.String(), `"request_id":"mine-1"`) {
			t.Errorf("%v", res.Header)
		}
		// What no operation matches is answered by the contract that is nearest.
		r, _ := http.NewRequest(http.MethodGet, i.URL+"/toy/v1/nothing", nil)
		r.Header.Set("X-Toy-Trace", "t2")
		nowhere, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		lost := servertest.Read(t, nowhere)
		if code(t, lost) != "route_not_found" || lost.Header.Get("X-Toy-Trace") != "t2" ||
			lost.Header.Get("X-Toy-Request") == "" {
			t.Errorf("%v %s", lost.Header, lost.Body)
		}
	})
}

func TestRestOfThePath(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		for _, path := range []string{"a", "a/b", "a/b/c.txt", "ä ö/ü", "100%"} {
			r := servertest.Request{
				Operation: "toy.putNote", Path: map[string]string{"path": path}, Header: with(nil), Bearer: tn.Key,
			}
			r.JSON = map[string]string{"text": path}
			if n := i.Want(t, 200, r).Object(t); n["path"] != path {
				t.Errorf("%q becomes %q", path, n["path"])
			}
			r.Operation, r.JSON = "toy.getNote", nil
			if n := i.Want(t, 200, r).Object(t); n["text"] != path {
				t.Errorf("%q has %q", path, n["text"])
			}
		}
		r, _ := http.NewRequest(http.MethodGet, i.URL+"/toy/v1/notes/a/b/c.txt", nil) // the slashes as they are
		r.Header.Set("X-Toy-Version", "1")
		r.Header.Set("Authorization", "Bearer "+tn.Key)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := servertest.Read(t, res); got.Status != 200 || got.Object(t)["path"] != "a/b/c.txt" {
			t.Errorf("%d %s", got.Status, got.Body)
		}
	})
}

func TestRateClassAndTakenKey(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		r := servertest.Request{
			Operation: "toy.putNote", Path: map[string]string{"path": "a"}, Header: with(nil, "Idempotency-Key", "k"),
			Bearer: tn.Key,
			JSON:   map[string]string{"text": "one"},
		}
		res := i.Want(t, 200, r)
		if res.Header.Get("X-RateLimit-Limit") != "20" || !strings.Contains(res.Header.Get("RateLimit-Policy"), `"notes"`) {
			t.Errorf("%v", res.Header)
		}
		r.JSON = map[string]string{"text": "two"}
		if res := i.Want(t, 409, r); code(t, res) != "key_used" {
			t.Errorf("%s", res.Body)
		}
		r.Header = with(nil)
		limited := false
		for range 40 {
			limited = limited || i.Do(t, r).Status == 429
		}
		if !limited {
			t.Error("the class has no limit")
		}
		r.Bearer = tn.KeyWith(t, "", "*") // another caller of the same org
		i.Want(t, 200, r)
		r.Bearer = tn.KeyWith(t, plan.Agency, "*") // the tier has three times the rate
		if got := i.Want(t, 200, r).Header.Get("X-RateLimit-Limit"); got != "60" {
			t.Errorf("of another tier: %s", got)
		}
		r.Bearer = tn.KeyWith(t, plan.Free, "*") // the request takes from the bucket of the tier as well
		first := i.Want(t, 200, servertest.Request{Operation: "platform.listOrgs", Bearer: r.Bearer})
		i.Want(t, 200, r)
		next := i.Want(t, 200, servertest.Request{Operation: "platform.listOrgs", Bearer: r.Bearer})
		if first.Header.Get("X-RateLimit-Remaining") != "59" || next.Header.Get("X-RateLimit-Remaining") != "57" {
			t.Errorf("of the tier are left %s, then %s", first.Header.Get("X-RateLimit-Remaining"),
				next.Header.Get("X-RateLimit-Remaining"))
		}
		i.Want(t, 200, servertest.Request{Operation: "toy.getNote", Path: r.Path, Header: r.Header, Bearer: tn.Key})
	}, servertest.StillTime())
}

func TestEndlessDownload(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		r, _ := http.NewRequest(http.MethodGet, i.URL+"/toy/v1/noise", nil)
		r.Header.Set("X-Toy-Version", "1")
		r.Header.Set("Authorization", "Bearer "+tn.Key)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		if n, err := io.CopyN(io.Discard, res.Body, 8<<20); err != nil || res.StatusCode != 200 {
			t.Errorf("%d, %d bytes, %v", res.StatusCode, n, err)
		}
	})
}

// The pages of the documentation have it, in both formats.
func TestDocumentation(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		if page := servertest.Get(t, i.URL+"/docs", ""); !strings.Contains(string(page.Body), "/openapi/toy.json") {
			t.Errorf("it is not on the page: %s", page.Body)
		}
		var j, y struct {
			Servers []struct{ URL string }
			Paths   map[string]any
		}
		res := servertest.Get(t, i.URL+"/openapi/toy.json", "")
		res.Decode(t, &j)
		res = servertest.Get(t, i.URL+"/openapi/toy.yaml", "")
		if err := yaml.Unmarshal(res.Body, &y); err != nil {
			t.Fatal(err)
		}
		if len(j.Paths) != 3 || len(y.Paths) != 3 || len(j.Servers) != 1 || len(y.Servers) != 1 ||
			j.Servers[0].URL != i.Config.PublicURL || y.Servers[0].URL != i.Config.PublicURL {
			t.Errorf("%v\n%v", j, y)
		}
	})
}
