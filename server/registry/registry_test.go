package registry_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/release"
	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	storetest.Stop()
	os.Exit(code)
}

const (
	mod = "module github.com/Alania-Go/sdk\n"
	one = `{"name":"@alania/sdk","version":"1.0.0","description":"first","license":"Apache-2.0","exports":"./index.js",` +
		`"dependencies":{}}`
	two = `{"name":"@alania/sdk","version":"1.10.0","description":"second","scripts":{"postinstall":"true"},` +
		`"engines":{"node":">=18"}}`
	pre = `{"name":"@alania/sdk","version":"2.0.0-rc.1"}`
)

func golang(version string) release.Draft {
	return release.Draft{Kind: release.Go, Name: "github.com/Alania-Go/sdk", Version: version, Files: []release.Content{
		{
			Name: version + ".info", ContentType: "application/json",
			Body: []byte(`{"Version":"` + version + `","Time":"2026-03-02T09:30:00Z"}`),
		},
		{Name: version + ".mod", ContentType: "text/plain; charset=utf-8", Body: []byte(mod)},
		{Name: version + ".zip", ContentType: "application/zip", Body: []byte("zip of " + version)},
	}}
}

func npm(version, manifest string) release.Draft {
	return release.Draft{Kind: release.NPM, Name: "@alania/sdk", Version: version, Manifest: []byte(manifest),
		Files: []release.Content{
			{Name: "sdk-" + version + ".tgz", ContentType: "application/octet-stream", Body: []byte("tarball of " + version)},
		}}
}

func bundle(name, version string) release.Draft {
	return release.Draft{Kind: release.OpenAPI, Name: name, Version: version, Files: []release.Content{
		{Name: name + "-" + version + ".json", ContentType: "application/json", Body: []byte(`{"info":"` + version + `"}`)},
		{Name: name + "-" + version + ".yaml", ContentType: "application/yaml", Body: []byte("info: " + version + "\n")},
	}}
}

// shop is a server with releases, and a verified partner.
type shop struct {
	*servertest.Instance
	partner *servertest.Tenant
	key     string
}

func open(t *testing.T, e store.Engine, options ...server.Option) *shop {
	t.Helper()
	s := &shop{Instance: servertest.Start(t, e, options...)}
	ctx := identity.With(context.Background(), identity.Operator(id.ID{}))
	// Not in the order of their versions, of which 1.10 is larger than 1.9.
	_, err := s.Releases.Publish(ctx, []release.Draft{
		golang("v1.10.0"), golang("v1.9.0"), golang("v1.11.0-beta.1"), npm("1.10.0", two), npm("1.0.0", one),
		npm("2.0.0-rc.1", pre),
		bundle("platform", "2.0.0"), bundle("core", "1.0.0"), bundle("core", "1.1.0"),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.partner = s.Tenant(t, plan.Pro)
	if _, err := s.Orgs.SetVerified(s.partner.As(), s.partner.Org.ID, true); err != nil {
		t.Fatal(err)
	}
	s.key = s.partner.KeyWith(t, "", "sdk:read")
	return s
}

func bearer(credential string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+credential) }
}

func basic(name, password string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(name, password) }
}

func header(name, v string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, v) }
}

var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (s *shop) ask(t testing.TB, method, path string, with ...func(*http.Request)) *servertest.Response {
	t.Helper()
	r, err := http.NewRequest(method, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range with {
		w(r)
	}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return servertest.Read(t, res)
}

// get asks as the partner, and wants a status.
func (s *shop) get(t testing.TB, status int, path string, with ...func(*http.Request)) *servertest.Response {
	t.Helper()
	res := s.ask(t, http.MethodGet, path, append([]func(*http.Request){bearer(s.key)}, with...)...)
	if res.Status != status {
		t.Fatalf("%s: status %d, want %d: %s", path, res.Status, status, res.Body)
	}
	return res
}

// downloads returns what the partner's trail says of downloads, the first one first.
func (s *shop) downloads(t testing.TB) []string {
	t.Helper()
	p, err := s.Audit.List(s.partner.As(), s.partner.Org.ID, page.Query{Limit: 100, Sort: page.Sort{Field: "created_at"},
		Filters: []page.Filter{{Field: "action", Op: page.Eq, Value: "release.downloaded"}}})
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, e := range p.Items {
		out = append(out, e.After["file"].(string))
		if e.ActorKind != identity.Key || !strings.HasPrefix(e.Target(), "rel_") || e.RequestID == "" ||
			len(e.After["sha256"].(string)) != 64 {
			t.Errorf("entry %+v", e)
		}
	}
	return out
}

func TestGo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		const at = "/registry/go/github.com/!alania-!go/sdk/"
		for path, want := range map[string][2]string{
			at + "@v/list":                {"text/plain; charset=utf-8", "v1.9.0\nv1.10.0\nv1.11.0-beta.1\n"},
			at + "@latest":                {"application/json", `{"Version":"v1.10.0","Time":"2026-03-02T09:30:00Z"}`},
			at + "@v/v1.9.0.info":         {"application/json", `{"Version":"v1.9.0","Time":"2026-03-02T09:30:00Z"}`},
			at + "@v/v1.9.0.mod":          {"text/plain; charset=utf-8", mod},
			at + "@v/v1.9.0.zip":          {"application/zip", "zip of v1.9.0"},
			at + "@v/v1.11.0-beta.1.info": {"application/json", `{"Version":"v1.11.0-beta.1","Time":"2026-03-02T09:30:00Z"}`},
		} {
			res := s.get(t, http.StatusOK, path)
			if got := [2]string{res.Header.Get("Content-Type"), string(res.Body)}; got != want {
				t.Errorf("%s: %q", path, got)
			}
			cache := "private, no-cache"
			if strings.Contains(path, "@v/v") {
				cache = "private, max-age=31536000, immutable"
			}
			if got := res.Header.Get("Cache-Control"); got != cache || res.Header.Get("Vary") != "Authorization" {
				t.Errorf("%s: Cache-Control %s, Vary %s", path, got, res.Header.Get("Vary"))
			}
		}
		// The go command goes on to the next proxy for what is 404.
		for _, path := range []string{
			"", "github.com/!alania-!go/sdk", at[len("/registry/go/"):] + "@v/", at[len("/registry/go/"):] + "@v/v1.9.1.info",
			at[len("/registry/go/"):] + "@v/v1.9.0.exe", at[len("/registry/go/"):] + "@v/latest",
			at[len("/registry/go/"):] + "@v/master.info", at[len("/registry/go/"):] + "@v/v1.9.0",
			"github.com/Alania-Go/sdk/@v/list", "github.com/!alania-!go/@v/list",
			"example.com/other/@latest", "sumdb/sum.golang.org/supported", "@latest", "@v/list", "../../etc/passwd",
			"%2e%2e/@v/list", "a/@v/%00.zip",
		} {
			res := s.get(t, http.StatusNotFound, "/registry/go/"+path)
			if ct := res.Header.Get("Content-Type"); ct != "text/plain; charset=utf-8" ||
				!strings.HasPrefix(string(res.Body), "not found: ") {
				t.Errorf("%s: %s %q", path, ct, res.Body)
			}
			if cache := res.Header.Get("Cache-Control"); cache != "no-store" || res.Header.Get("ETag") != "" {
				t.Errorf("%s: Cache-Control %s, ETag %s", path, cache, res.Header.Get("ETag"))
			}
		}
		if got := s.downloads(t); len(got) != 1 || got[0] != "v1.9.0.zip" {
			t.Errorf("downloads %v", got)
		}
	})
}

func TestNPM(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		type dist struct{ Tarball, Integrity, Shasum string }
		type version struct {
			ID               string `json:"_id"`
			Version          string
			Description      string
			HasInstallScript bool
			Dist             dist
			Engines          map[string]string
		}
		type packument struct {
			ID          string `json:"_id"`
			Name        string
			Description string
			License     string
			Modified    string
			Tags        map[string]string `json:"dist-tags"`
			Versions    map[string]version
			Time        map[string]string
		}
		var whole, short packument
		for _, path := range []string{
			"/registry/npm/@alania%2fsdk", "/registry/npm/@alania%2Fsdk", "/registry/npm/@alania/sdk",
		} {
			res := s.get(t, http.StatusOK, path)
			whole = packument{}
			res.Decode(t, &whole)
			if whole.ID != "@alania/sdk" || whole.Name != "@alania/sdk" || whole.Description != "second" ||
				whole.Tags["latest"] != "1.10.0" || len(whole.Versions) != 3 {
				t.Errorf("%s: %+v", path, whole)
			}
			if len(whole.Time) != 5 || whole.Time["1.0.0"] == "" || whole.Time["created"] > whole.Time["modified"] {
				t.Errorf("%s: times %v", path, whole.Time)
			}
			if ct := res.Header.Get("Content-Type"); ct != "application/json" ||
				strings.Join(res.Header.Values("Vary"), " ") != "Accept Authorization" {
				t.Errorf("%s: %s, Vary %v", path, ct, res.Header.Values("Vary"))
			}
		}
		abbreviated := header("Accept", "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*")
		res := s.get(t, http.StatusOK, "/registry/npm/@alania%2fsdk", abbreviated)
		res.Decode(t, &short)
		if ct := res.Header.Get("Content-Type"); ct != "application/vnd.npm.install-v1+json" || short.Time != nil ||
			short.Modified == "" || short.Versions["1.0.0"].Description != "" {
			t.Errorf("abbreviated: %s, %s", ct, res.Body)
		}
		v := short.Versions["1.10.0"]
		if v.Dist != whole.Versions["1.10.0"].Dist || v.Dist.Tarball != s.URL+"/registry/npm/@alania/sdk/-/sdk-1.10.0.tgz" ||
			!strings.HasPrefix(v.Dist.Integrity, "sha512-") ||
			len(v.Dist.Shasum) != 40 || !v.HasInstallScript || v.Engines["node"] != ">=18" {
			t.Errorf("%+v", v)
		}
		if got := s.downloads(t); len(got) != 0 {
			t.Errorf("documents were counted as downloads: %v", got)
		}
		tarball := s.get(t, http.StatusOK, strings.TrimPrefix(v.Dist.Tarball, s.URL))
		if string(tarball.Body) != "tarball of 1.10.0" || tarball.Header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("tarball %q", tarball.Body)
		}
		for path, want := range map[string]string{
			"@alania/sdk/latest": "@alania/sdk@1.10.0", "@alania%2fsdk/1.0.0": "@alania/sdk@1.0.0",
			"@alania/sdk/2.0.0-rc.1": "@alania/sdk@2.0.0-rc.1",
		} {
			var one version
			s.get(t, http.StatusOK, "/registry/npm/"+path).Decode(t, &one)
			if one.ID != want || one.Dist.Tarball == "" {
				t.Errorf("%s: %+v", path, one)
			}
		}
		if res := s.get(t, http.StatusOK, "/registry/npm/-/ping"); string(res.Body) != "{}\n" {
			t.Errorf("ping: %s", res.Body)
		}
		if res := s.get(t, http.StatusOK, "/registry/npm/-/whoami"); res.Object(t)["username"] != "test" {
			t.Errorf("whoami: %s", res.Body)
		}
		if res := s.get(t, http.StatusOK,
			"/registry/npm/-/package/@alania%2fsdk/dist-tags"); res.Object(t)["latest"] != "1.10.0" {
			t.Errorf("dist-tags: %s", res.Body)
		}
		for _, path := range []string{
			"", "@alania", "@alania/", "@alania/other", "sdk", "@alania/sdk/1.0.1", "@alania/sdk/next",
			"@alania/sdk/-/sdk-1.0.1.tgz", "@alania/sdk/-/", "@alania/sdk/-/../sdk-1.0.0.tgz",
			"-/", "-/all", "-/package/@alania%2fother/dist-tags", "-/package/dist-tags",
		} {
			if res := s.get(t, http.StatusNotFound, "/registry/npm/"+path); res.Object(t)["error"] == nil {
				t.Errorf("%s: %s", path, res.Body)
			}
		}
		if got := s.downloads(t); len(got) != 1 || got[0] != "sdk-1.10.0.tgz" {
			t.Errorf("downloads %v", got)
		}
	})
}

func TestOpenAPI(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		type listed struct {
			Name, Latest string
			Versions     []struct {
				Version string
				Files   []struct {
					URL    string
					Size   int64
					SHA256 string
				}
			}
		}
		var list struct{ Contracts []listed }
		for _, path := range []string{"/registry/openapi", "/registry/openapi/"} {
			s.get(t, http.StatusOK, path).Decode(t, &list)
			if len(list.Contracts) != 2 || list.Contracts[0].Name != "core" || list.Contracts[0].Latest != "1.1.0" ||
				len(list.Contracts[0].Versions) != 2 {
				t.Fatalf("%s: %+v", path, list)
			}
		}
		var core listed
		s.get(t, http.StatusOK, "/registry/openapi/core").Decode(t, &core)
		if core.Name != "core" || len(core.Versions) != 2 {
			t.Errorf("%+v", core)
		}
		for _, v := range core.Versions {
			for _, f := range v.Files {
				res := s.get(t, http.StatusOK, strings.TrimPrefix(f.URL, s.URL))
				if int64(len(res.Body)) != f.Size || !strings.Contains(string(res.Body), v.Version) ||
					res.Header.Get("ETag") != `"`+f.SHA256+`"` {
					t.Errorf("%s: %q", f.URL, res.Body)
				}
			}
		}
		for path, want := range map[string][2]string{
			"core/latest.yaml":    {"application/yaml", "info: 1.1.0\n"},
			"core/latest.json":    {"application/json", `{"info":"1.1.0"}`},
			"platform/2.0.0.yaml": {"application/yaml", "info: 2.0.0\n"},
		} {
			res := s.get(t, http.StatusOK, "/registry/openapi/"+path)
			if got := [2]string{res.Header.Get("Content-Type"), string(res.Body)}; got != want {
				t.Errorf("%s: %q", path, got)
			}
		}
		for _, path := range []string{
			"openapi/keys", "openapi/keys/latest.yaml", "openapi/core/3.0.0.yaml", "openapi/core/1.0.0", "openapi/core/latest",
			"openapi/core/1.0.0.yaml/x", "", "/", "other",
		} {
			if res := s.get(t, http.StatusNotFound, strings.TrimSuffix("/registry/"+path, "/")); res.Object(t)["error"] == nil {
				t.Errorf("%s: %s", path, res.Body)
			}
		}
		if got := s.downloads(t); len(got) != 7 {
			t.Errorf("downloads %v", got)
		}
	})
}

// A caller who has a file asks whether it is still the one: neither that nor HEAD is a
// download.
func TestConditional(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		for path, download := range map[string]bool{
			"/registry/go/github.com/!alania-!go/sdk/@v/list":       false,
			"/registry/go/github.com/!alania-!go/sdk/@v/v1.9.0.zip": true,
			"/registry/npm/@alania%2fsdk":                           false, "/registry/npm/@alania/sdk/-/sdk-1.0.0.tgz": true,
			"/registry/openapi/": false, "/registry/openapi/core/latest.json": true,
		} {
			before := len(s.downloads(t))
			first := s.ask(t, http.MethodHead, path, bearer(s.key))
			tag := first.Header.Get("ETag")
			if first.Status != http.StatusOK || len(first.Body) != 0 || tag == "" || first.Header.Get("Content-Length") == "" {
				t.Errorf("HEAD %s: %d, %v", path, first.Status, first.Header)
			}
			for _, tags := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
				res := s.get(t, http.StatusNotModified, path, header("If-None-Match", tags))
				if len(res.Body) != 0 || res.Header.Get("ETag") != tag {
					t.Errorf("%s: 304 with %v", path, res.Header)
				}
			}
			if n := len(s.downloads(t)); n != before {
				t.Errorf("%s: %d downloads of nothing", path, n-before)
			}
			res := s.get(t, http.StatusOK, path, header("If-None-Match", `"other"`))
			if res.Header.Get("ETag") != tag || res.Header.Get("Content-Length") != first.Header.Get("Content-Length") {
				t.Errorf("%s: GET %v, HEAD %v", path, res.Header, first.Header)
			}
			if n := len(s.downloads(t)) - before; n != 0 != download || n > 1 {
				t.Errorf("%s: %d downloads", path, n)
			}
		}
	})
}

var parts = []string{
	"/registry/go/github.com/!alania-!go/sdk/@v/list", "/registry/go/github.com/!alania-!go/sdk/@v/v1.9.0.zip",
	"/registry/go/no/such/@latest",
	"/registry/npm/@alania%2fsdk", "/registry/npm/@alania/sdk/-/sdk-1.0.0.tgz", "/registry/npm/nothing",
	"/registry/openapi/", "/registry/openapi/core/latest.json", "/registry/openapi/nothing", "/registry/go/",
	"/registry/npm/-/none", "/registry/", "/registry",
}

func TestCredentials(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		cl, secret, err := s.OAuth.CreateClient(s.partner.As(),
			oauth.NewClient{OrgID: s.partner.Org.ID, Name: "partner", Scopes: []string{"sdk:read"}})
		if err != nil {
			t.Fatal(err)
		}
		token, err := s.OAuth.Issue(context.Background(),
			oauth.Grant{GrantType: "client_credentials", Client: oauth.Credentials{ID: cl.ClientID, Secret: secret}})
		if err != nil {
			t.Fatal(err)
		}
		const path = "/registry/npm/@alania%2fsdk"
		for name, with := range map[string]func(*http.Request){
			"a key": bearer(s.key), "a token": bearer(token.AccessToken), "a key as password": basic("anybody", s.key),
			"a key without a user": basic("", s.key),
			"a token as password":  basic("anybody", token.AccessToken), "a client": basic(cl.ClientID, secret),
			"a scheme in capitals": header("Authorization", "BEARER "+s.key),
			"a key with more":      bearer(s.partner.KeyWith(t, "", "sdk:*")),
		} {
			if res := s.ask(t, http.MethodGet, path, with); res.Status != http.StatusOK ||
				res.Header.Get("X-RateLimit-Limit") != "6000" {
				t.Errorf("%s: status %d, %v: %s", name, res.Status, res.Header, res.Body)
			}
		}
		if err := s.OAuth.RevokeClient(s.partner.As(), cl.ClientID); err != nil {
			t.Fatal(err)
		}
		for name, with := range map[string]func(*http.Request){
			"nothing": func(*http.Request) {}, "a revoked client": basic(cl.ClientID, secret),
			"its token": bearer(token.AccessToken), "its token as password": basic("x", token.AccessToken),
			"a wrong secret": basic(cl.ClientID, secret+"x"), "nobody": basic("nobody", "nothing"),
			"no password": basic(s.key, ""), "another scheme": header("Authorization", "Digest x"),
			"an unknown key":  bearer("sk_live_nobody_" + strings.Repeat("x", 43)),
			"an empty header": header("Authorization", ""), "a scheme alone": header("Authorization", "Bearer"),
			"two": func(r *http.Request) {
				r.Header["Authorization"] = []string{"Bearer " + s.key, "Bearer " + s.key}
			},
			"a token of nobody": bearer("a.b.c"), "in the query": func(r *http.Request) {
				r.URL.RawQuery = url.Values{"access_token": {s.key}}.Encode()
			},
		} {
			for _, path := range parts {
				res := s.ask(t, http.MethodGet, path, with)
				challenge := res.Header.Get("WWW-Authenticate")
				if res.Status != http.StatusUnauthorized ||
					!strings.HasPrefix(strings.ToLower(challenge), `basic realm="alania registry"`) ||
					!strings.Contains(string(res.Body), "verified partners") {
					t.Errorf("%s, %s: status %d, %s: %s", name, path, res.Status, challenge, res.Body)
				}
				why := "unknown, expired or revoked"
				if name == "nothing" || name == "in the query" {
					why = "the request had no credentials"
				}
				if !strings.Contains(string(res.Body), why) ||
					strings.Contains(path, "/npm/") && !strings.Contains(challenge, why) {
					t.Errorf("%s, %s: %s, %s", name, path, challenge, res.Body)
				}
			}
		}
	})
}

// Who may not read learns why, the same of what is there and of what is not.
func TestRefusals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		stranger := s.Tenant(t, plan.Enterprise) // every scope and the largest plan are no verification
		for name, who := range map[string]struct{ key, says string }{
			"unverified":        {stranger.Key, "The organization " + stranger.Org.Slug + " is not a verified partner"},
			"without the scope": {s.partner.KeyWith(t, "", "orgs:read", "sdk:write"), "lack the scope sdk:read"},
		} {
			for _, path := range parts {
				for _, with := range []func(*http.Request){bearer(who.key), basic("x", who.key)} {
					res := s.ask(t, http.MethodGet, path, with)
					if res.Status != http.StatusForbidden || !strings.Contains(string(res.Body), who.says) {
						t.Errorf("%s, %s: status %d: %s", name, path, res.Status, res.Body)
					}
					wantType := "application/json"
					if strings.HasPrefix(path, "/registry/go/") {
						wantType = "text/plain; charset=utf-8"
					}
					if ct := res.Header.Get("Content-Type"); ct != wantType || res.Header.Get("X-Request-ID") == "" ||
						res.Header.Get("ETag") != "" {
						t.Errorf("%s, %s: %v", name, path, res.Header)
					}
				}
			}
		}
		// It counts from the next request, in both directions.
		for _, step := range []struct {
			on     bool
			status int
		}{{false, http.StatusForbidden}, {true, http.StatusOK}} {
			if _, err := s.Orgs.SetVerified(s.partner.As(), s.partner.Org.ID, step.on); err != nil {
				t.Fatal(err)
			}
			s.get(t, step.status, "/registry/npm/@alania%2fsdk")
		}
		if got := s.downloads(t); len(got) != 0 {
			t.Errorf("downloads %v", got)
		}
		for _, method := range []string{
			http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions,
		} {
			for _, path := range parts {
				res := s.ask(t, method, path, bearer(s.key))
				if res.Status != http.StatusMethodNotAllowed || res.Header.Get("Allow") != "GET, HEAD" {
					t.Errorf("%s %s: status %d, %v", method, path, res.Status, res.Header)
				}
			}
		}
	})
}

// Guesses are limited by where they come from, and refused in the form of the part.
func TestGuesses(t *testing.T) {
	s := open(t, store.SQLite)
	s.get(t, http.StatusOK, "/registry/npm/@alania%2fsdk") // credentials that were right before are looked up
	for n := 0; ; n++ {
		res := s.ask(t, http.MethodGet, "/registry/go/x/@latest", basic("x", "guess"))
		if res.Status == http.StatusTooManyRequests {
			if n < plan.Public.PerMinute+plan.Public.Burst || // a slow machine gets some back meanwhile
				res.Header.Get("Retry-After") == "" || !strings.HasPrefix(string(res.Body), "The rate limit is used up.") {
				t.Errorf("behind %d guesses: %v %s", n, res.Header, res.Body)
			}
			break
		}
		if res.Status != http.StatusUnauthorized || n > 10_000 {
			t.Fatalf("guess %d: status %d", n, res.Status)
		}
	}
	s.get(t, http.StatusOK, "/registry/npm/@alania%2fsdk") // credentials that are right are no guess
}

func TestFailures(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		fail := false
		s := open(t, e, server.WithFault(func(x *contract.Exchange) error {
			if fail && x.Operation.Contract.Name == "registry" {
				return errors.New("the secret reason")
			}
			return nil
		}))
		fail = true
		for _, path := range parts {
			res := s.get(t, http.StatusInternalServerError, path)
			if strings.Contains(string(res.Body), "secret") ||
				!strings.Contains(string(res.Body), res.Header.Get("X-Request-ID")) {
				t.Errorf("%s: %s", path, res.Body)
			}
		}
		if !strings.Contains(s.Log.String(), "the secret reason") {
			t.Error("the log does not have the cause")
		}
		fail = false
		// An object that the storage has lost: no bytes, no entry.
		if err := os.RemoveAll(strings.TrimPrefix(s.Config.ObjectsURL, "file://") + "/keys"); err != nil {
			t.Fatal(err)
		}
		s.get(t, http.StatusServiceUnavailable, "/registry/npm/@alania/sdk/-/sdk-1.0.0.tgz")
		if got := s.downloads(t); len(got) != 0 {
			t.Errorf("downloads %v", got)
		}
	})
}

func TestMetrics(t *testing.T) {
	s := open(t, store.SQLite)
	s.get(t, http.StatusOK, "/registry/npm/@alania%2fsdk")
	s.get(t, http.StatusNotFound, "/registry/go/no/such/@latest")
	w := httptest.NewRecorder()
	s.Server.Metrics().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	b, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`contract="registry",operation="npm",status="200"`, `contract="registry",operation="go",status="404"`,
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("no %s", want)
		}
	}
	var line struct{ Operation, Actor string }
	for l := range strings.Lines(s.Log.String()) {
		if strings.Contains(l, "@alania/sdk") {
			if err := json.Unmarshal([]byte(l), &line); err != nil {
				t.Fatal(err)
			}
		}
	}
	if line.Operation != "npm" || !strings.HasPrefix(line.Actor, "key:") {
		t.Errorf("the log has %+v", line)
	}
}
