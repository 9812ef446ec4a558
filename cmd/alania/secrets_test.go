package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"github.com/alania-go/alania/cmd/alania/cmdtest"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// TestRetireKey takes the first secret key out of service: a new one is put before it, everything is sealed
// with that one while the server runs, and the next start does without the first.
func TestRetireKey(t *testing.T) {
	const nextKey = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		env := cmdtest.Settings(t, e)
		env["ALANIA_CONNECTOR_ALLOW_HTTP"], env["ALANIA_CONNECTOR_ALLOW_NETS"] = "true", "127.0.0.0/8"
		with := func(key string) map[string]string {
			env := maps.Clone(env)
			env["ALANIA_SECRET_KEY"] = key
			return env
		}
		p := cmdtest.Start(t, t.TempDir(), env)
		org := cmdtest.FirstOrg(t, p)
		keyed := func(p *cmdtest.Process) (int, http.Header, object) {
			return cmdtest.Call(http.MethodPost, p.URL+"/v2/orgs/"+org+"/workspaces", cmdtest.Key,
				map[string]string{"Idempotency-Key": "one"}, object{"name": "One"})
		}
		status, _, made := keyed(p)
		if status != http.StatusCreated {
			t.Fatalf("%d %v", status, made)
		}
		hook := cmdtest.Must(t, 201, http.MethodPost, p.URL+"/v2/webhooks/endpoints",
			object{"url": "https://example.com/hook", "events": []string{"*"}})["id"].(string)
		cmdtest.Must(t, 200, http.MethodPost, p.URL+"/v2/webhooks/endpoints/"+hook+"/rotate-secret", nil)
		cmdtest.Must(t, 202, http.MethodPost, p.URL+"/v2/integrations/http_json/bindings",
			object{
				"workspace_id": made["id"], "name": "source", "config": object{"url": "http://127.0.0.1:1/", "entity": "rows"},
			})
		cmdtest.Must(t, 201, http.MethodPost, p.URL+"/api/v1/mcp/servers",
			object{
				"id": "web", "name": "Web", "transport": "streamable_http", "url": "http://127.0.0.1:1/",
				"headers": object{"Authorization": "Bearer x"},
			})
		signing := func() string {
			set := cmdtest.Must(t, 200, http.MethodGet, p.URL+"/.well-known/jwks.json", nil)
			return set["keys"].([]any)[0].(object)["kid"].(string)
		}
		kid := signing()
		if code := p.Stop(t); code != 0 {
			t.Fatalf("stopped with %d", code)
		}

		// The former key is needed: the start says so.
		if out, err := alania(t, with(nextKey), "migrate"); err == nil ||
			!strings.Contains(err.Error(), "ALANIA_SECRET_KEY") {
			t.Fatalf("a start without the key: %v\n%s", err, out)
		}
		both := with(nextKey + "," + cmdtest.SecretKey)
		p = cmdtest.Start(t, t.TempDir(), both)
		out, err := alania(t, both, "secrets", "reseal")
		if err != nil || !strings.Contains(out, "a former key that nothing needs") ||
			!strings.Contains(out, "Take the former keys out") {
			t.Fatalf("%v\n%s", err, out)
		}
		for name, want := range map[string]string{
			"signing_keys.private_key": "1", "webhook_endpoints.secret": "1", "webhook_endpoints.previous_secret": "1",
			"bindings.sealed_config": "1", "mcp_servers.sealed_headers": "1",
		} {
			if got := column(t, out, name); got != want {
				t.Errorf("%s: %s sealed anew, want %s\n%s", name, got, want, out)
			}
		}
		if status, h, again := keyed(p); status != http.StatusCreated || h.Get("X-Idempotency-Replayed") != "true" ||
			again["id"] != made["id"] {
			t.Errorf("beside the running server: %d %v", status, again)
		}
		if code := p.Stop(t); code != 0 {
			t.Fatalf("stopped with %d", code)
		}

		p = cmdtest.Start(t, t.TempDir(), with(nextKey))
		if status, h, again := keyed(p); status != http.StatusCreated || h.Get("X-Idempotency-Replayed") != "true" ||
			again["id"] != made["id"] {
			t.Errorf("without the former key: %d %v", status, again)
		}
		_, bearer := cmdtest.Token(p.URL, cmdtest.ClientID, cmdtest.Secret)
		if status, _, answer := cmdtest.Call(http.MethodGet, p.URL+"/v2/orgs", bearer, nil, nil); status != http.StatusOK ||
			signing() != kid {
			t.Errorf("a token of the same signing key: %d %v", status, answer)
		}
		// The first key opens nothing any more.
		if _, err := alania(t, env, "migrate"); err == nil {
			t.Error("the retired key is accepted")
		}
	})
}

func TestRotateSigning(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		env := cmdtest.Settings(t, e)
		out, err := alania(t, env, "keys", "rotate-signing")
		if err != nil || !strings.Contains(out, "is published and signs from ") {
			t.Fatalf("%v\n%s", err, out)
		}
		p := cmdtest.Start(t, t.TempDir(), env)
		if set := cmdtest.Must(t, 200, http.MethodGet, p.URL+"/.well-known/jwks.json", nil)["keys"].([]any); len(set) != 2 {
			t.Errorf("%d keys are published", len(set))
		}
		for _, args := range [][]string{
			{"keys"}, {"keys", "rotate"}, {"keys", "rotate-signing", "now"}, {"keys", "rotate-signing", "-later"},
			{"keys", "rotate-signing", "-realms", "acme"},
			{"secrets"}, {"secrets", "reseal", "x"},
		} {
			if _, err := alania(t, env, args...); err == nil || !strings.Contains(err.Error(), "usage") {
				t.Errorf("%v: %v", args, err)
			}
		}
	})
}

// A key that leaked is ended while the server runs: SIGHUP has it refuse the tokens at once.
func TestRotateSigningNow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		env := cmdtest.Settings(t, e)
		p := cmdtest.Start(t, t.TempDir(), env)
		token := func() string {
			t.Helper()
			status, s := cmdtest.Token(p.URL, cmdtest.ClientID, cmdtest.Secret)
			if status != http.StatusOK {
				t.Fatalf("no token: status %d", status)
			}
			return s
		}
		reads := func(bearer string) int {
			status, _, _ := cmdtest.Call(http.MethodGet, p.URL+"/v2/orgs", bearer, nil, nil)
			return status
		}
		kids := func() []any {
			return cmdtest.Must(t, 200, http.MethodGet, p.URL+"/.well-known/jwks.json", nil)["keys"].([]any)
		}
		before, leaked := kids()[0].(object)["kid"], token()
		if status := reads(leaked); status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
		out, err := alania(t, env, "keys", "rotate-signing", "-now")
		if err != nil || !strings.Contains(out, "signs, and every other has ended") {
			t.Fatalf("%v\n%s", err, out)
		}
		if err := p.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		tasktest.Until(t, "the server refuses a token of the key that leaked", func() bool {
			return reads(leaked) == http.StatusUnauthorized
		})
		if status := reads(token()); status != http.StatusOK {
			t.Errorf("a new token: status %d", status)
		}
		if set := kids(); len(set) != 1 || set[0].(object)["kid"] == before {
			t.Errorf("published: %v, and the key that leaked is %v", set, before)
		}
	})
}

// The key of the realms is replaced as that of the clients is, and by itself.
func TestRotateSigningOfRealms(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		env := cmdtest.Settings(t, e)
		env["ALANIA_BOOTSTRAP_EMAIL"], env["ALANIA_BOOTSTRAP_PASSWORD"] = "ada@example.com", "correct horse battery"
		p := cmdtest.Start(t, t.TempDir(), env)
		realm := p.URL + "/realms/platform/protocol/openid-connect"
		signIn := func() object {
			t.Helper()
			res, err := http.PostForm(realm+"/token", url.Values{
				"grant_type": {"password"}, "client_id": {"console"}, "username": {"ada@example.com"},
				"password": {"correct horse battery"},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = res.Body.Close() }()
			var tokens object
			if err := json.NewDecoder(res.Body).Decode(&tokens); err != nil || res.StatusCode != http.StatusOK {
				t.Fatalf("status %d, %v", res.StatusCode, err)
			}
			return tokens
		}
		reads := func(tokens object) int {
			status, _, _ := cmdtest.Call(http.MethodGet, p.URL+"/v2/orgs", tokens["access_token"].(string), nil, nil)
			return status
		}
		published := func() []any {
			return cmdtest.Must(t, 200, http.MethodGet, realm+"/certs", nil)["keys"].([]any)
		}
		reload := func() {
			t.Helper()
			if err := p.Process.Signal(syscall.SIGHUP); err != nil {
				t.Fatal(err)
			}
		}
		first, signs := signIn(), func() any {
			return cmdtest.Must(t, 200, http.MethodGet, p.URL+"/realms/platform", nil)["public_key"]
		}
		signing := signs()
		before := published()[0].(object)["kid"]
		if out, err := alania(t, env, "keys", "rotate-signing", "-realms"); err != nil ||
			!strings.Contains(out, "is published and signs from ") {
			t.Fatalf("%v\n%s", err, out)
		}
		reload()
		tasktest.Until(t, "the server publishes the next key", func() bool { return len(published()) == 2 })
		if published()[1].(object)["kid"] != before || reads(first) != http.StatusOK || reads(signIn()) != http.StatusOK ||
			signs() != signing {
			t.Error("the former key does not go on")
		}
		if out, err := alania(t, env, "keys", "rotate-signing", "-realms", "-now"); err != nil ||
			!strings.Contains(out, "signs, and every other has ended") {
			t.Fatalf("%v\n%s", err, out)
		}
		reload()
		tasktest.Until(t, "the server refuses a token of the key that leaked", func() bool {
			return reads(first) == http.StatusUnauthorized
		})
		if set := published(); len(set) != 1 || set[0].(object)["kid"] == before || reads(signIn()) != http.StatusOK {
			t.Errorf("published: %v, and the key that leaked is %v", set, before)
		}
		clients := cmdtest.Must(t, 200, http.MethodGet, p.URL+"/.well-known/jwks.json", nil)["keys"].([]any)
		if len(clients) != 1 {
			t.Errorf("%d keys of clients' tokens", len(clients))
		}
	})
}
