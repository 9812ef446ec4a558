package toy_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/server/servertest/toy"
	"github.com/alania-go/alania/store/db"
	"github.com/alania-go/alania/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// each runs a test on both engines, against a server with the toy contract: one folder, one line.
func each(t *testing.T, test func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant)) {
	storetest.Each(t, func(t *testing.T, e db.Engine) {
		i := servertest.Start(t, e, server.WithContract(toy.Module))
		test(t, i, i.Tenant(t, plan.Enterprise))
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
func signIn(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) (cookie, token string) {
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

func TestHeaders(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		get := func(h headers, bearer string) *servertest.Response {
			return i.Do(t,
				servertest.Request{Operation: "toy.getNote", Path: map[string]string{"path": "a"}, Header: h, Bearer: bearer})
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
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
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
		i.Want(t, 200, servertest.Request{Operation: "toy.getNote", Path: r.Path, Header: r.Header, Bearer: tn.Key})
	})
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
