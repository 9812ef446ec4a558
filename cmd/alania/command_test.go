package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alania-go/alania/cmd/alania/cmdtest"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// TestClients makes, uses, lists and revokes an OAuth client while the server runs.
func TestClients(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		env := cmdtest.Settings(t, e)
		p := cmdtest.Start(t, t.TempDir(), env)
		out, err := alania(t, env, "clients", "create", "-name", "Partner", "-scopes", "orgs:read workspaces:*")
		if err != nil {
			t.Fatal(err)
		}
		clientID, secret := column(t, out, "client_id"), column(t, out, "client_secret")
		if !strings.HasPrefix(clientID, "cli_") || len(secret) < 32 {
			t.Errorf("id %q, a secret of %d characters", clientID, len(secret))
		}
		if out, err = alania(t, env, "clients", "list"); err != nil || !strings.Contains(out, clientID) ||
			strings.Contains(out, secret) {
			t.Errorf("list: %v\n%s", err, out)
		}
		status, bearer := cmdtest.Token(p.URL, clientID, secret)
		if status != http.StatusOK {
			t.Fatalf("token: status %d", status)
		}
		if status, _, answer := cmdtest.Call(http.MethodGet, p.URL+"/v2/orgs", bearer, nil, nil); status != http.StatusOK {
			t.Errorf("with a scope: status %d, %v", status, answer)
		}
		org := cmdtest.FirstOrg(t, p)
		if status, _, answer := cmdtest.Call(http.MethodGet, p.URL+"/v2/orgs/"+org+"/keys", bearer, nil,
			nil); status != http.StatusForbidden {
			t.Errorf("without the scope: status %d, %v", status, answer)
		}
		status, unused := cmdtest.Token(p.URL, clientID, secret)
		if status != http.StatusOK {
			t.Fatalf("second token: status %d", status)
		}

		if out, err = alania(t, env, "clients", "revoke", clientID); err != nil || !strings.Contains(out, "Revoked") {
			t.Fatalf("revoke: %v\n%s", err, out)
		}
		if status, _ := cmdtest.Token(p.URL, clientID, secret); status != http.StatusUnauthorized {
			t.Errorf("the token of a revoked client: status %d", status)
		}
		if status, _, answer := cmdtest.Call(http.MethodGet, p.URL+"/v2/orgs", unused, nil,
			nil); status != http.StatusUnauthorized {
			t.Errorf("a token from before: status %d, %v", status, answer)
		}
		if out, err = alania(t, env, "clients", "list"); err != nil || !strings.Contains(out, "revoked") {
			t.Errorf("list: %v\n%s", err, out)
		}
		for _, action := range []string{"client.created", "client.revoked"} {
			if n := len(cmdtest.Pages(t, p.URL+"/v2/orgs/"+org+"/audit?filter%5Baction%5D="+action)); n == 0 {
				t.Errorf("no audit entry %s", action)
			}
		}

		if _, err := alania(t, env, "clients", "revoke", "cli_none"); err == nil ||
			!strings.Contains(explain(err), "client does not exist") {
			t.Errorf("revoke of none: %v", err)
		}
		if _, err := alania(t, env, "clients", "create", "-name", "x", "-org", "nowhere"); err == nil ||
			!strings.Contains(err.Error(), `no organization "nowhere"`) {
			t.Errorf("an org that is not there: %v", err)
		}
		if _, err := alania(t, env, "clients", "create", "-name", "x", "-scopes", "everything"); err == nil ||
			!strings.Contains(explain(err), "/scopes") {
			t.Errorf("scopes that are none: %v", err)
		}
		if _, err := alania(t, env, "clients", "create", "-name", "x", "-client-id", cmdtest.ClientID); err == nil ||
			!strings.Contains(explain(err), "has this client id") {
			t.Errorf("a client id twice: %v", err)
		}
	})
}

// TestSuperAdmins: the first admin is one; the operator takes it away and returns it,
// which new credentials of the person show at once.
func TestSuperAdmins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		env := cmdtest.Settings(t, e)
		p := cmdtest.Start(t, t.TempDir(), env)
		// A person of no organization: only a super admin can see that they exist.
		st, err := store.Open(t.Context(), env["ALANIA_DATABASE_URL"], clock.System)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = st.Close() })
		stranger := org.User{ID: id.New(), Email: "stranger@example.com", CreatedAt: time.Now()}
		if err := st.Orgs.InsertUser(t.Context(), stranger); err != nil {
			t.Fatal(err)
		}
		sees := func(want int) {
			t.Helper()
			status, _, made := cmdtest.Call(http.MethodPost, p.URL+"/api/v1/api-key", cmdtest.Key, nil,
				object{"daysTillExpiration": 1, "permissions": object{"appPermissions": []string{"READ_APIKEYS"}}})
			if status != http.StatusCreated {
				t.Fatalf("a new key: status %d, %v", status, made)
			}
			if status, _, answer := cmdtest.Call(http.MethodGet, p.URL+"/api/v1/api-key/all/"+stranger.ID.Prefixed("usr"),
				made["key"].(string), nil, nil); status != want {
				t.Errorf("status %d, want %d: %v", status, want, answer)
			}
		}
		sees(http.StatusOK)
		for _, c := range []struct {
			args []string
			says string
			want int
		}{
			{nil, "Nothing changed", http.StatusOK}, {[]string{"-revoke"}, "No longer", http.StatusNotFound},
			{[]string{"-revoke"}, "Nothing changed", http.StatusNotFound},
			{[]string{"-org", "default"}, "A super admin", http.StatusOK},
		} {
			out, err := alania(t, env, append([]string{"users", "super-admin", "--email", "Admin@Alania.local"}, c.args...)...)
			if err != nil || !strings.Contains(out, c.says) {
				t.Errorf("%q: %v\n%s", c.args, err, out)
			}
			sees(c.want)
		}
		trail := p.URL + "/v2/orgs/" + cmdtest.FirstOrg(t, p) + "/audit?filter%5Baction%5D="
		for _, action := range []string{"user.super_admin_granted", "user.super_admin_revoked"} {
			entries := cmdtest.Pages(t, trail+action)
			if len(entries) != 1 || !strings.HasPrefix(entries[0]["target"].(object)["id"].(string), "usr_") ||
				entries[0]["actor"].(object)["id"] != "system" {
				t.Errorf("%s: %v", action, entries)
			}
		}
		for _, args := range [][]string{
			{"-email", "nobody@example.com"}, {"-email", stranger.Email}, {"-email", "admin@alania.local", "-org", "nowhere"},
		} {
			if out, err := alania(t, env, append([]string{"users", "super-admin"}, args...)...); err == nil ||
				!strings.Contains(explain(err), "organization") {
				t.Errorf("%q: %v\n%s", args, err, out)
			}
		}
	})
}

// TestOrgs suspends, lists and resumes an organization while the server runs. What another process suspends, a server
// may accept for identity.CacheTTL more when it knows the credentials: here it does not.
func TestOrgs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		env := cmdtest.Settings(t, e)
		p := cmdtest.Start(t, t.TempDir(), env)
		st, err := store.Open(t.Context(), env["ALANIA_DATABASE_URL"], clock.System)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = st.Close() })
		now := clock.System()
		err = st.Orgs.InsertOrg(t.Context(),
			org.Org{ID: id.New(), Name: "Acme", Slug: "acme", Tier: plan.Pro, CreatedAt: now, UpdatedAt: now})
		if err != nil {
			t.Fatal(err)
		}
		out, err := alania(t, env, "clients", "create", "-org", "acme", "-name", "Partner")
		if err != nil {
			t.Fatal(err)
		}
		clientID, secret := column(t, out, "client_id"), column(t, out, "client_secret")
		status, bearer := cmdtest.Token(p.URL, clientID, secret)
		if status != http.StatusOK {
			t.Fatalf("token: status %d", status)
		}
		works := func(want int) {
			t.Helper()
			if status, _ := cmdtest.Token(p.URL, clientID, secret); status != want {
				t.Errorf("a token: status %d, want %d", status, want)
			}
			if status, _, answer := cmdtest.Call(http.MethodGet, p.URL+"/v2/orgs", bearer, nil, nil); status != want ||
				want == http.StatusUnauthorized && answer["code"] != "org_suspended" {
				t.Errorf("a call: status %d, want %d: %v", status, want, answer)
			}
			status, _, answer := cmdtest.Call(http.MethodGet, p.URL+"/v2/orgs", cmdtest.Key, nil, nil)
			if status != http.StatusOK {
				t.Errorf("a call of another organization: status %d: %v", status, answer)
			}
		}
		for _, c := range []struct {
			args, says string
			want       int // zero: it is not asked
		}{
			{"list", "acme     Acme    pro", 0},
			{"resume -org acme", "Nothing changed", 0},
			{"suspend -org acme -reason unpaid", "acme is suspended", http.StatusUnauthorized},
			{"suspend -org acme -reason again", "Nothing changed", http.StatusUnauthorized},
			{"list -suspended", "  unpaid", 0},
			{"resume -org acme", "acme is active again", http.StatusOK},
			{"list", "active", 0},
		} {
			out, err := alania(t, env, append([]string{"orgs"}, strings.Fields(c.args)...)...)
			if err != nil || !strings.Contains(out, c.says) {
				t.Errorf("%s: %v\n%s", c.args, err, out)
			}
			if suspended := c.args == "list -suspended"; strings.HasPrefix(c.args, "list") &&
				strings.Contains(out, "default") == suspended {
				t.Errorf("%s lists\n%s", c.args, out)
			}
			if c.want != 0 {
				works(c.want)
			}
		}
		for _, verb := range []string{"suspend", "resume"} {
			if _, err := alania(t, env, "orgs", verb, "-org", "nowhere"); err == nil ||
				!strings.Contains(err.Error(), "no organization") {
				t.Errorf("%s: %v", verb, err)
			}
		}
		// The organization finds it in its trail.
		o, err := st.Orgs.OrgBySlug(t.Context(), "acme")
		if err != nil {
			t.Fatal(err)
		}
		for _, action := range []string{"org.suspended", "org.resumed"} {
			status, _, answer := cmdtest.Call(http.MethodGet, p.URL+"/v2/orgs/"+o.ID.Prefixed(id.OrgPrefix)+
				"/audit?filter%5Baction%5D="+action, bearer, nil, nil)
			entries, _ := answer["data"].([]any)
			if status != http.StatusOK || len(entries) != 1 || entries[0].(object)["actor"].(object)["id"] != "system" {
				t.Errorf("%s: status %d, %v", action, status, answer)
			}
		}
	})
}

const someWorkspace = "wks_01KA8XQ4T2E7RZ9V3M6WB5CD1F"

// What is wrong with a command line must be said before a database is opened or made.
func TestUsage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "alania.db")
	env := map[string]string{"ALANIA_DATABASE_URL": "sqlite://" + path}
	for _, args := range [][]string{
		{"nonsense"}, {"clients"}, {"clients", "nonsense"}, {"clients", "create"}, {
			"clients", "create", "-name", "x", "more",
		},
		{"clients", "revoke"}, {"clients", "revoke", "a", "b"}, {"clients", "list", "more"}, {"serve", "more"},
		{"migrate", "more"},
		{"users"}, {"users", "nonsense"}, {"users", "super-admin"}, {
			"users", "super-admin", "-email", "a@example.com", "more",
		},
		{"jobs"}, {"jobs", "nonsense"}, {"jobs", "list", "more"}, {"jobs", "retry"}, {"jobs", "retry", "nonsense"},
		{"entitlements"}, {"entitlements", "nonsense"}, {"entitlements", "list"}, {
			"entitlements", "list", "-workspace", "nonsense",
		},
		{"entitlements", "boost", "-workspace", someWorkspace, "-feature", "posts"}, {
			"entitlements", "boost", "-workspace", someWorkspace, "-add", "1",
		},
		{"entitlements", "boost", "-workspace", someWorkspace, "-feature", "posts", "-add", "1", "-days", "-1"},
		{"entitlements", "list", "-workspace", someWorkspace, "more"},
		{"orgs"}, {"orgs", "nonsense"}, {"orgs", "list", "more"}, {"orgs", "list", "-org", "default"}, {"orgs", "suspend"},
		{"orgs", "suspend", "-org", "default", "more"}, {"orgs", "resume"},
		{"orgs", "resume", "-org", "default", "-reason", "x"},
		{"openapi", "nonsense"}, {"openapi", "changelog", "nonsense"}, {"openapi", "changelog", "-baseline", "nowhere"},
		{"openapi", "platform", "-format", "xml"}, {"openapi", "-format", "json", "platform"},
	} {
		if out, err := alania(t, env, args...); err == nil {
			t.Errorf("%q is accepted: %s", args, out)
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a wrong command line made a database")
	}
	if out, err := alania(t, nil, "help"); err != nil || !strings.Contains(out, "usage: alania") {
		t.Errorf("help: %v\n%s", err, out)
	}
}

func TestOpenAPI(t *testing.T) {
	for _, name := range append(openapi.Contracts(), openapi.Joined) {
		j, _ := openapi.JSON(name)
		y, _ := openapi.YAML(name)
		if out, err := alania(t, nil, "openapi", name, "-format", "json"); err != nil || out != string(j) {
			t.Errorf("%s in JSON: %v, %d bytes", name, err, len(out))
		}
		if out, err := alania(t, nil, "openapi", name); err != nil || out != string(y) {
			t.Errorf("%s in YAML: %v, %d bytes", name, err, len(out))
		}
	}
	joined, _ := openapi.YAML(openapi.Joined)
	if out, err := alania(t, nil, "openapi"); err != nil || out != string(joined) {
		t.Errorf("all contracts: %v, %d bytes", err, len(out))
	}
}

// The draft names what the published bundles do not have.
func TestOpenAPIChangelog(t *testing.T) {
	published, now := t.TempDir(), t.TempDir()
	bundle, _ := openapi.YAML("keys")
	without := strings.Replace(string(bundle), "/api/v1/api-key/valid-permissions:", "/api/v1/api-key/permissions:", 1)
	for file, text := range map[string]string{
		filepath.Join(published, "published"): "2026-01-01\n", filepath.Join(published, "keys.yaml"): without,
		filepath.Join(now, "keys.yaml"): string(bundle),
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := alania(t, nil, "openapi", "changelog", "-baseline", published, "-dist", now)
	if err != nil || !strings.HasPrefix(out, "## Keys ") ||
		!strings.Contains(out, ": `GET /api/v1/api-key/valid-permissions`.") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err = alania(t, nil, "openapi", "changelog", "-baseline", published, "-dist", published); err != nil ||
		out != "Nothing has changed.\n" {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestVersion(t *testing.T) {
	if out, err := alania(t, nil, "version"); err != nil || strings.TrimSpace(out) == "" {
		t.Errorf("%q, %v", out, err)
	}
	p := cmdtest.Start(t, t.TempDir(), cmdtest.Settings(t, store.SQLite))
	if !strings.Contains(p.Stdout.String(), "Alania v0.0.0-test serves "+p.URL) {
		t.Errorf("the version that the linker was given is not printed:\n%s", p.Stdout)
	}
	if status, _, answer := cmdtest.Call(http.MethodGet, p.URL+"/v2/health", "", nil, nil); status != http.StatusOK ||
		answer["version"] != "v0.0.0-test" {
		t.Errorf("status %d, %v", status, answer)
	}
}

func TestMigrate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		env := cmdtest.Settings(t, e)
		env["ALANIA_DATABASE_URL"] = storetest.Empty(t, e)
		for range 2 {
			if out, err := alania(t, env, "migrate"); err != nil || !strings.Contains(out, "up to date") {
				t.Fatalf("%v\n%s", err, out)
			}
		}
		if out, err := alania(t, env, "clients", "create", "-name", "x"); err == nil ||
			!strings.Contains(err.Error(), "makes the first one") {
			t.Errorf("a client before the first org: %v\n%s", err, out)
		}
		// Another key than the one the database was made with is found at once.
		env["ALANIA_SECRET_KEY"] = "YW5vdGhlciBrZXkgb2YgMzIgYnl0ZXMgLi4uLi4uLi4="
		if _, err := alania(t, env, "migrate"); err == nil || !strings.Contains(err.Error(), "ALANIA_SECRET_KEY") {
			t.Errorf("another secret key: %v", err)
		}
	})
}

func TestHealthcheck(t *testing.T) {
	p := cmdtest.Start(t, t.TempDir(), cmdtest.Settings(t, store.SQLite))
	at := strings.TrimPrefix(p.URL, "http://")
	env := map[string]string{"ALANIA_ADDR": at}
	if out, err := alania(t, env, "healthcheck"); err != nil || strings.TrimSpace(out) != "ready" {
		t.Errorf("%q, %v", out, err)
	}
	_, port, _ := net.SplitHostPort(at)
	if out, err := alania(t, nil, "healthcheck", "-addr", ":"+port); err != nil || strings.TrimSpace(out) != "ready" {
		t.Errorf("with a flag: %q, %v", out, err)
	}
	p.Kill(t)
	if out, err := alania(t, env, "healthcheck"); err == nil {
		t.Errorf("without a server: %q", out)
	}
}

// A server that cannot start says which setting is why, and never what a secret one is.
func TestSettingsThatDoNotWork(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := other.Addr().String()
	_ = other.Close()
	for name, values := range map[string][]string{
		"ALANIA_ADDR": {taken.Addr().String(), "18080"}, "ALANIA_METRICS_ADDR": {taken.Addr().String(), "on"},
		"ALANIA_DATABASE_URL": {
			"mysql://user:hunter2@host/db", "postgres://user:hunter2@:x", "postgres://user:hunter2@" + closed + "/db",
			"sqlite:///dev/null/alania.db", "sqlite://",
		},
		"ALANIA_REDIS_URL":          {"http://:hunter2@host", "redis://:hunter2@host:x", "redis://:hunter2@host/?no=such"},
		"ALANIA_OBJECTS_URL":        {"ftp://:hunter2@host", "s3://hunter2:hunter2@bucket:x", "file:///dev/null/objects"},
		"ALANIA_SECRET_KEY":         {"hunter2", cmdtest.SecretKey + ",hunter2"},
		"ALANIA_BOOTSTRAP_API_KEY":  {"hunter2", "sk_live_x_hunter2"},
		"ALANIA_BOOTSTRAP_PASSWORD": {"hunter2"}, "ALANIA_BOOTSTRAP_CLIENT_SECRET": {"hunter2"},
		"ALANIA_BOOTSTRAP_EMAIL": {"nobody"},
		"ALANIA_AUDIT_SINK_URL":  {"udp://:hunter2@host", "https://:hunter2@host:x", "http://user:hunter2@siem.example"},
		"ALANIA_TLS_CERT":        {"/no/such/file"}, "ALANIA_PUBLIC_URL": {"alania.example", "https://alania.example/path"},
		"ALANIA_TRUSTED_PROXIES": {"everybody"}, "ALANIA_WEBHOOK_ALLOW_NETS": {"10.0.0.0/33"},
		"ALANIA_WEBHOOK_ALLOW_HTTP": {"perhaps"},
		"ALANIA_REQUEST_TIMEOUT":    {"0s", "30", "2m"}, "ALANIA_DRAIN_DELAY": {"-1s"}, "ALANIA_DRAIN_TIMEOUT": {"x"},
		"ALANIA_LOG_LEVEL": {"loud"},
	} {
		for _, v := range values {
			env := cmdtest.Settings(t, store.SQLite)
			env[name] = v
			_, err := alania(t, env, "serve")
			if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s=%s: %v", name, v, err)
			}
		}
	}
	env := cmdtest.Settings(t, store.SQLite)
	env["ALANIA_TLS_CERT"], env["ALANIA_TLS_KEY"] = "/no/such/file", "/no/such/file"
	if _, err := alania(t, env, "serve"); err == nil || !strings.Contains(err.Error(), "ALANIA_TLS_CERT") {
		t.Errorf("a certificate that is not there: %v", err)
	}
	delete(env, "ALANIA_TLS_CERT")
	env["ALANIA_TLS_KEY"], env["ALANIA_DATABASE_URL"], env["ALANIA_SECRET_KEY"], env["ALANIA_LOG_LEVEL"] = "key.pem",
		"postgres://host/db", "", "loud"
	_, err = alania(t, env, "serve")
	for _, name := range []string{"ALANIA_TLS_CERT", "ALANIA_SECRET_KEY", "ALANIA_LOG_LEVEL"} { // all at once
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named: %v", name, err)
		}
	}
}

// TestTerminate stops a server while a request is running: the load balancer sees it
// draining, the request is finished, the exit is clean, and what was answered is kept.
func TestTerminate(t *testing.T) {
	env := cmdtest.Settings(t, store.SQLite)
	env["ALANIA_DRAIN_DELAY"] = "500ms"
	p := cmdtest.Start(t, t.TempDir(), env)
	path := "/v2/orgs/" + cmdtest.FirstOrg(t, p) + "/workspaces"
	const body = `{"name":"Made while the server stopped"}`
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	_, err = fmt.Fprintf(conn,
		"POST %s HTTP/1.1\r\nHost: alania\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: "+
			"%d\r\n\r\n%s",
		path, cmdtest.Key, len(body), body[:10])
	if err != nil {
		t.Fatal(err)
	}
	// The server has the head of the request when another one has been answered.
	if status, _, _ := cmdtest.Call(http.MethodGet, p.URL+"/readyz", "", nil, nil); status != http.StatusOK {
		t.Fatalf("ready: status %d", status)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	draining := false
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		status, _, answer := cmdtest.Call(http.MethodGet, p.URL+"/readyz", "", nil, nil)
		if status == http.StatusServiceUnavailable && answer["status"] == "draining" {
			draining = true
		}
		if status == 0 { // the door is closed
			break
		}
	}
	if !draining {
		t.Error("/readyz never said that the server is draining")
	}
	select {
	case <-p.Ended:
		t.Fatal("the server did not wait for the request")
	case <-time.After(100 * time.Millisecond):
	}
	if _, err := io.WriteString(conn, body[10:]); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		t.Errorf("status %d", res.StatusCode)
	}
	if status := p.Exit(t); status != 0 {
		t.Errorf("exit status %d\n%s", status, p.Stderr)
	}
	p = cmdtest.Start(t, t.TempDir(), env)
	if n := len(cmdtest.ByName(t, p.URL+path)["Made while the server stopped"]); n != 1 {
		t.Errorf("%d workspaces behind the restart", n)
	}
}
