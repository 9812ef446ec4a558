package portal_test

import (
	"context"
	"encoding/json"
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/portal"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
)

const (
	clientID     = "cli_portal"
	clientSecret = "a-client-secret-of-32-characters-or-more"
)

func serve(t *testing.T) *servertest.Instance {
	cfg := servertest.Config(t, store.SQLite)
	cfg.Bootstrap.ClientID, cfg.Bootstrap.ClientSecret = clientID, clientSecret
	return servertest.Run(t, store.SQLite, cfg)
}

type answer struct {
	status int
	header http.Header
	body   string
}

func get(t *testing.T, method, target string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

var (
	references = regexp.MustCompile(`(?:href|src)="([^"]*)"`)
	ids        = regexp.MustCompile(` id="([^"]*)"`)
)

// isPage checks what every page has.
func isPage(t *testing.T, path string, a answer) {
	t.Helper()
	if got := a.header.Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("%s: Content-Type = %q", path, got)
	}
	policy := a.header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") ||
		strings.Contains(policy, "script") {
		t.Errorf("%s: Content-Security-Policy = %q", path, policy)
	}
	if a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Referrer-Policy") != "no-referrer" ||
		a.header.Get("X-Request-ID") == "" {
		t.Errorf("%s: headers %v", path, a.header)
	}
	for _, needed := range []string{`<html lang="en">`, `<meta name="viewport"`, `<main id="main">`, "<h1"} {
		if strings.Count(a.body, needed) != 1 {
			t.Errorf("%s has %d of %s", path, strings.Count(a.body, needed), needed)
		}
	}
	for _, never := range []string{
		"<script", " style=", "<style", " onclick", "&lt;no value&gt;", "<no value>", "ZgotmplZ", "%!",
	} {
		if strings.Contains(a.body, never) {
			t.Errorf("%s has %s", path, never)
		}
	}
	if m := regexp.MustCompile(`<title>([^<]+)</title>`).FindStringSubmatch(a.body); m == nil ||
		!strings.HasSuffix(m[1], "Alania API") {
		t.Errorf("%s: the title is %q", path, m)
	}
	seen := map[string]bool{}
	for _, m := range ids.FindAllStringSubmatch(a.body, -1) {
		if seen[m[1]] {
			t.Errorf("%s has the id %s twice", path, m[1])
		}
		seen[m[1]] = true
	}
}

// TestCrawl follows every link from the start page, as far as it stays here.
func TestCrawl(t *testing.T) {
	s := serve(t)
	from := map[string]string{"/": "the beginning"}
	queue := []string{"/"}
	pages := 0
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		a := get(t, http.MethodGet, s.URL+path)
		if a.status != http.StatusOK {
			t.Errorf("%s, linked from %s: %d", path, from[path], a.status)
			continue
		}
		own := strings.HasPrefix(a.header.Get("Content-Type"), "text/html") && !strings.HasPrefix(path, "/docs")
		if !own {
			continue
		}
		pages++
		isPage(t, path, a)
		head := get(t, http.MethodHead, s.URL+path)
		if head.status != a.status || head.body != "" ||
			head.header.Get("Content-Security-Policy") != a.header.Get("Content-Security-Policy") {
			t.Errorf("HEAD %s: %d, %d bytes", path, head.status, len(head.body))
		}
		if current := strings.Count(a.body, `aria-current="page"`); current != 1 {
			t.Errorf("%s is in the navigation %d times", path, current)
		}
		for _, m := range references.FindAllStringSubmatch(a.body, -1) {
			target := html.UnescapeString(m[1])
			to, fragment, _ := strings.Cut(target, "#")
			switch {
			case to == "":
				if fragment != "main" && !strings.Contains(a.body, ` id="`+fragment+`"`) {
					t.Errorf("%s links to #%s, which it does not have", path, fragment)
				}
			case strings.HasPrefix(to, "https://"):
				if strings.Contains(m[0], "src=") {
					t.Errorf("%s loads %s", path, to)
				}
			case !strings.HasPrefix(to, "/"):
				t.Errorf("%s links to %s", path, to)
			case from[to] == "":
				from[to] = path
				queue = append(queue, to)
			}
		}
	}
	if want := 6 + len(fault.Catalogue()); pages < want {
		t.Errorf("only %d pages were found, there should be %d", pages, want)
	}
	for _, path := range []string{
		"/changelog", "/errors", "/webhooks", "/deprecations", "/status", "/docs", "/openapi.json", "/v2/health",
	} {
		if from[path] == "" {
			t.Errorf("nothing links to %s", path)
		}
	}
}

// Every type of a problem, in the bundles and in what the dialects say, has a page.
func TestProblemTypes(t *testing.T) {
	s := serve(t)
	types := map[string]bool{}
	for _, name := range openapi.Contracts() {
		bundle, _ := openapi.JSON(name)
		for _, m := range regexp.MustCompile(`"(/errors/[a-z_]+)"`).FindAllStringSubmatch(string(bundle), -1) {
			types[m[1]] = true
		}
	}
	if len(types) < 20 {
		t.Errorf("the bundles have only %d types", len(types))
	}
	for _, c := range s.Contracts {
		for _, d := range fault.Catalogue() {
			e := &fault.Error{Code: d.Code, Message: "x"}
			if d.Name != string(d.Code) {
				e.Reason = d.Name
			}
			for _, op := range []*contract.Operation{nil, {ErrorFormat: "oauth"}} {
				for _, name := range namesIn(t, c.Dialect.Render(op, e, "/x", "id").Body) {
					types["/errors/"+name] = true
				}
			}
		}
	}
	for path := range types {
		a := get(t, http.MethodGet, s.URL+path)
		if a.status != http.StatusOK ||
			!strings.Contains(a.body, "<h1><code>"+strings.ToLower(strings.TrimPrefix(path, "/errors/"))+"</code></h1>") {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	named := get(t, http.MethodGet, s.URL+"/errors/WORKSPACE_NOT_FOUND") // as a contract names what does not exist
	if named.status != http.StatusOK || !strings.Contains(named.body, "<h1><code>not_found</code></h1>") {
		t.Errorf("/errors/WORKSPACE_NOT_FOUND: %d", named.status)
	}
	for _, name := range []string{"nope", "nope%3Cscript%3E", "..", "NOPE_NOT_FOUND_"} {
		a := get(t, http.MethodGet, s.URL+"/errors/"+name)
		if name == ".." { // the client goes up by itself, or the router says no
			if a.status == http.StatusInternalServerError {
				t.Errorf("/errors/..: %d", a.status)
			}
			continue
		}
		if a.status != http.StatusNotFound {
			t.Errorf("/errors/%s: %d", name, a.status)
		}
		isPage(t, "/errors/"+name, a)
		if strings.Contains(a.body, "nope") {
			t.Errorf("/errors/%s is repeated", name)
		}
	}
}

// namesIn are the names of an error in a body, of whatever contract.
func namesIn(t *testing.T, body []byte) []string {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal(body, &members); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	var out []string
	if of, ok := members["error"].(map[string]any); ok {
		members = of
	}
	for _, name := range []string{"code", "error"} {
		if s, ok := members[name].(string); ok {
			out = append(out, s)
		}
	}
	if of, ok := members["type"].(string); ok {
		out = append(out, strings.TrimPrefix(of, "/errors/"))
	}
	return out
}

// What a page of an error says is what the contracts do.
func TestErrorPages(t *testing.T) {
	s := serve(t)
	for path, wants := range map[string][]string{
		"/errors/validation_failed": {
			"Platform: 422 Unprocessable Entity", "Core: 422", "Keys: 400 Bad Request", "/errors/permissions_exceeded",
			"invalid_cursor",
		},
		"/errors/last_owner": {
			"without an owner", "Platform: 409 Conflict", `finer code of <a href="/errors/conflict">`,
		},
		"/errors/unauthorized": {
			"Core, this is the name of <a href=\"/errors/unauthenticated\">", "Core: 401 Unauthorized",
		},
		"/errors/rate_limit_exceeded": {"rate_limited", "429 Too Many Requests"},
		"/errors/invalid_client":      {"OAuth client is unknown", "Platform, token operations: 401"},
		"/errors/org_not_verified":    {"verified partner", "No operation of the published contracts"},
		"/errors/cannot_retry":        {"Core, this is the name of <a href=\"/errors/delivery_in_progress\">", "Core: 400"},
		"/errors/slug_taken":          {"Platform: 409", "Core: 422", "/errors/validation_failed"},
		"/errors/rate_limited":        {"Retry-After", "Platform: 429", "Core: 429", "Keys: 429"},
	} {
		a := get(t, http.MethodGet, s.URL+path)
		text := html.UnescapeString(a.body)
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
	}
	if a := get(t, http.MethodGet, s.URL+"/errors/last_owner"); strings.Contains(a.body, "Keys:") {
		t.Error("the Keys contract, which has no members, can answer last_owner")
	}
	again := serve(t)
	if one, two := get(t, http.MethodGet, s.URL+"/errors/not_found"), get(t, http.MethodGet,
		again.URL+"/errors/not_found"); one.header.Get("ETag") != two.header.Get("ETag") {
		t.Error("two replicas have two pages")
	}
}

// Each contract's events are there, with their fields and example, and so is the schedule.
func TestWebhooks(t *testing.T) {
	a := get(t, http.MethodGet, serve(t).URL+"/webhooks")
	text := html.UnescapeString(a.body)
	n := 0
	for _, name := range openapi.Contracts() {
		bundle, _ := openapi.JSON(name)
		var doc struct{ Webhooks map[string]any }
		if err := json.Unmarshal(bundle, &doc); err != nil {
			t.Fatal(err)
		}
		for of := range doc.Webhooks {
			n++
			_, details, found := strings.Cut(text, `<details id="`+name+"."+of+`">`)
			details, _, _ = strings.Cut(details, "</details>")
			if !found || !strings.Contains(details, `"type": "`+of+`"`) || !strings.Contains(details, "<code>data.") {
				t.Errorf("%s: %s is not there with its fields and an example", name, of)
			}
		}
	}
	if n < len(event.Catalogue()) {
		t.Errorf("only %d events", n)
	}
	if !strings.Contains(text,
		"<li>at once</li>\n<li>5 seconds later</li>\n<li>5 minutes later</li>\n<li>30 minutes later</li>\n<li>2 hours "+
			"later</li>\n<li>5 hours later</li>\n<li>10 hours later</li>\n<li>10 hours later</li>") {
		t.Error("the schedule is not there")
	}
	for _, want := range []string{
		"within 15 seconds", "5 days without one success", "for 24 hours after a rotation", "for 30 days",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q", want)
		}
	}
}

func TestChangelogAndDeprecations(t *testing.T) {
	s := serve(t)
	changes := get(t, http.MethodGet, s.URL+"/changelog").body
	for _, want := range []string{"<h1 id=", "Platform 2.0.0", "<code>POST /v2/auth/token</code>"} {
		if !strings.Contains(changes, want) {
			t.Errorf("the changelog does not have %s", want)
		}
	}
	gone := get(t, http.MethodGet, s.URL+"/deprecations").body
	for _, want := range []string{
		"GET /v1/integrations/sync/runs/{run_id}", `<time datetime="2027-03-31">`,
		"<code>/v2/integrations/sync/runs/{run_id}</code>", "Platform",
	} {
		if !strings.Contains(gone, want) {
			t.Errorf("the deprecations do not have %s", want)
		}
	}
}

// The program in curl is run as it stands on the page.
func TestQuickstart(t *testing.T) {
	for _, tool := range []string{"sh", "curl", "sed"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatal(err)
		}
	}
	s := serve(t)
	page := get(t, http.MethodGet, s.URL+"/").body
	text := html.UnescapeString(page)
	if !strings.Contains(text, "export ALANIA_BASE_URL="+s.URL+"\n") {
		t.Error("the page does not name the server")
	}
	for _, want := range []string{
		"alania.NewClient(", "new Alania({", "GOPROXY=" + s.URL + "/registry/go,",
		"@alania:registry=" + s.URL + "/registry/npm/",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
	_, program, found := strings.Cut(page, `<h3 id="curl">`)
	_, program, found2 := strings.Cut(program, "<code>")
	program, _, found3 := strings.Cut(program, "</code>")
	if !found || !found2 || !found3 {
		t.Fatal("the program is not there")
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-euc", html.UnescapeString(program))
	cmd.Env = append(os.Environ(), "ALANIA_BASE_URL="+s.URL, "ALANIA_CLIENT_ID="+clientID,
		"ALANIA_CLIENT_SECRET="+clientSecret)
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), `"name":"Quickstart"`) != 2 {
		t.Errorf("%v\n%s", err, out)
	}
}

// The shell's way to verify computes what the reference implementation signs.
func TestVerify(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("no openssl on PATH")
	}
	const secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", `{"id":"evt_1","type":"webhook.test"}`
	wh, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1_790_000_000, 0)
	want, err := wh.Sign("evt_1", at, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	_, program, _ := strings.Cut(get(t, http.MethodGet, serve(t).URL+"/webhooks").body, "<code>KEY=")
	program, _, found := strings.Cut(program, "</code>")
	if !found {
		t.Fatal("the program is not there")
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-euc", "KEY="+html.UnescapeString(program))
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "WEBHOOK_SECRET="+secret, "WEBHOOK_ID=evt_1", "WEBHOOK_TIMESTAMP=1790000000")
	if err := os.WriteFile(filepath.Join(cmd.Dir, "body.json"), []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := cmd.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != want {
		t.Errorf("%v: %s, not %s", err, out, want)
	}
}

// No page hides an operation, and what is no page is refused in the form of a contract.
func TestOtherPaths(t *testing.T) {
	s := serve(t)
	for _, c := range s.Contracts {
		for _, op := range c.Operations {
			for _, page := range []string{"/changelog", "/errors", "/webhooks", "/deprecations", "/status", "/portal"} {
				if op.Path == "/" || op.Path == page || strings.HasPrefix(op.Path, page+"/") {
					t.Errorf("%s %s is below the page %s", op.Method, op.Path, page)
				}
			}
		}
	}
	for path, contentType := range map[string]string{
		"/nope": "application/problem+json", "/v2/nope": "application/problem+json",
		"/status/nope": "application/problem+json",
		"/portal/":     "application/problem+json", "/portal/nope.css": "application/problem+json",
		"/api/v1/workspaces/1/nope": "application/json",
	} {
		if a := get(t, http.MethodGet, s.URL+path); a.status != http.StatusNotFound ||
			a.header.Get("Content-Type") != contentType {
			t.Errorf("%s: %d %s", path, a.status, a.header.Get("Content-Type"))
		}
	}
	if a := get(t, http.MethodPost, s.URL+"/"); a.status != http.StatusMethodNotAllowed ||
		a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("POST /: %d %s", a.status, a.header.Get("Content-Type"))
	}
}

// The state is what the service says, with its status.
func TestStatus(t *testing.T) {
	for _, test := range []struct {
		probes map[string]health.Check
		code   int
		want   []string
	}{
		{
			map[string]health.Check{"database": {State: health.Up}}, 200,
			[]string{"All systems work", `class="state up"`, ">Database<"},
		},
		{map[string]health.Check{
			"database": {State: health.Up}, "object_storage": {State: health.Degraded, Message: "Slower than it <should> be."},
		}, 200,
			[]string{
				"works, worse", `class="state degraded"`, ">Object storage<", "it &lt;should&gt; be",
				`<span class="dot degraded">degraded</span>`,
			}},
		{map[string]health.Check{
			"database": {State: health.Down, Message: "It cannot be reached.", Cause: errors.New("secret.internal")},
			"queue":    {State: health.Degraded},
		}, 503,
			[]string{"The platform is down", `class="state down"`, "It cannot be reached."}},
	} {
		probes := map[string]health.Probe{}
		for name, check := range test.probes {
			probes[name] = func(context.Context) health.Check { return check }
		}
		e := echo.New()
		portal.Register(e, portal.Options{
			PublicURL: "https://api.example.test/", Version: "v1.2.3", Health: health.NewService(probes, time.Now).Report,
		})
		rec := httptest.NewRecorder()
		e.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/status", nil))
		if rec.Code != test.code || rec.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%d, %v", rec.Code, rec.Header())
		}
		for _, want := range append(test.want, "v1.2.3") {
			if !strings.Contains(rec.Body.String(), want) {
				t.Errorf("it does not say %q:\n%s", want, rec.Body)
			}
		}
		if strings.Contains(rec.Body.String(), "secret") {
			t.Error("the cause is shown")
		}
	}
}

// With nothing deprecated and no events, the pages say so.
func TestNothing(t *testing.T) {
	e := echo.New()
	portal.Register(e, portal.Options{PublicURL: "https://api.example.test", Version: "v1"})
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/deprecations", nil))
	if !strings.Contains(rec.Body.String(), "No operation is deprecated.") ||
		strings.Contains(rec.Body.String(), "<table") {
		t.Error(rec.Body)
	}
	var routes []string
	for _, r := range e.Routes() {
		routes = append(routes, r.Method+" "+r.Path)
	}
	if !slices.Contains(routes, "HEAD /status") || slices.Contains(routes, "GET /*") {
		t.Errorf("routes %q", routes)
	}
}
