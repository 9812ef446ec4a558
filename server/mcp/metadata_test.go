package mcp_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/server/mcp"
	"github.com/alania-go/alania/server/servertest"
)

// fetch returns the JSON at a URL, without credentials.
func fetch(t *testing.T, url string, status int) object {
	t.Helper()
	res, err := http.Get(url) //nolint:gosec // of the server under test
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	var o object
	if err != nil || res.StatusCode != status || json.Unmarshal(b, &o) != nil {
		t.Fatalf("%s: %d %s, %v", url, res.StatusCode, b, err)
	}
	return o
}

func strs(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, s := range list {
		out = append(out, s.(string))
	}
	return out
}

// paths are where the server is found: for all contracts, and for each.
func paths(i *servertest.Instance) []string {
	all := []string{mcp.Path}
	for _, c := range i.Contracts {
		all = append(all, mcp.Path+"/"+c.Name)
	}
	return all
}

// TestSignIn goes the way of the official SDKs: from the challenge to the metadata of the resource, from
// there to that of the authorization server, to a token for the resource, and to the tools.
func TestSignIn(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		held := []string{"orgs:read", "workspaces:read", "sdk:read"}
		c, secret, err := i.OAuth.CreateClient(tn.As(),
			oauth.NewClient{OrgID: tn.Org.ID, Name: "agent", Scopes: held})
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths(i) {
			res, err := http.Post(i.URL+path, "application/json", strings.NewReader(`{}`))
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			found := regexp.MustCompile(
				`^Bearer .*resource_metadata="([^"]+)"$`).FindStringSubmatch(res.Header.Get("WWW-Authenticate"))
			if res.StatusCode != 401 || found == nil {
				t.Fatalf("%s: %d, challenge %q", path, res.StatusCode, res.Header.Get("WWW-Authenticate"))
			}
			resource := fetch(t, found[1], 200)
			servers := strs(resource["authorization_servers"])
			if resource["resource"] != i.URL+path || !slices.Equal(servers, []string{i.URL}) {
				t.Fatalf("%s: %v", path, resource)
			}
			server := fetch(t, servers[0]+"/.well-known/oauth-authorization-server", 200)
			// What both SDKs insist on.
			for _, name := range []string{"issuer", "authorization_endpoint", "token_endpoint"} {
				if u, err := url.Parse(server[name].(string)); err != nil || !u.IsAbs() {
					t.Errorf("%s: %v", name, server[name])
				}
			}
			scopes := strs(resource["scopes_supported"])
			for _, s := range scopes {
				if !slices.Contains(strs(server["scopes_supported"]), s) {
					t.Errorf("%s: the authorization server does not know the scope %s", path, s)
				}
			}
			// The SDKs ask for every scope of the resource; the client holds few of them.
			form := url.Values{
				"grant_type": {"client_credentials"}, "resource": {resource["resource"].(string)},
				"scope": {strings.Join(scopes, " ")},
			}
			tok := i.Do(t,
				servertest.Request{Operation: "platform.createToken", Basic: [2]string{c.ClientID, secret}, Form: form})
			if !slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(held, s) }) { // as at /mcp/keys
				if tok.Status != 400 || tok.Object(t)["error"] != "invalid_scope" {
					t.Errorf("%s: %s", path, tok.Body)
				}
				continue
			}
			granted := strings.Fields(tok.Object(t)["scope"].(string))
			if tok.Status != 200 || len(granted) == 0 || len(granted) > 2 {
				t.Fatalf("%s: %s", path, tok.Body)
			}
			session := connectTo(t, i.URL+path, tok.Object(t)["access_token"].(string))
			list, err := session.ListTools(t.Context(), nil)
			if err != nil || len(list.Tools) == 0 {
				t.Fatalf("%s: %v", path, err)
			}
		}
		if all := strs(fetch(t, i.URL+"/.well-known/oauth-authorization-server",
			200)["scopes_supported"]); !slices.Contains(all, "sdk:read") || !slices.Contains(all, "api-keys:read") {
			t.Errorf("the authorization server has the scopes %v", all)
		}
	})
}

// TestWellKnownPlaces are those where clients look, by one specification or another.
func TestWellKnownPlaces(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		for _, path := range append(paths(i), "") {
			want := i.URL + path
			if got := fetch(t, i.URL+"/.well-known/oauth-protected-resource"+path, 200)["resource"]; got != want {
				t.Errorf("%s: the resource is %v", path, got)
			}
			places := []string{
				"/.well-known/oauth-authorization-server" + path, "/.well-known/openid-configuration" + path,
				path + "/.well-known/openid-configuration",
			}
			for n, place := range places {
				o := fetch(t, i.URL+place, 200)
				if o["issuer"] != i.URL || o["token_endpoint"] != i.URL+"/v2/auth/token" ||
					n > 0 && o["subject_types_supported"] == nil {
					t.Errorf("%s: %v", place, o)
				}
			}
		}
		fetch(t, i.URL+"/.well-known/oauth-protected-resource/mcp/nothing", 404)
		fetch(t, i.URL+"/.well-known/oauth-authorization-server/other", 404)
	})
}

func TestResourceOfAToken(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		c, secret, err := i.OAuth.CreateClient(tn.As(),
			oauth.NewClient{OrgID: tn.Org.ID, Name: "agent", Scopes: []string{"orgs:read"}})
		if err != nil {
			t.Fatal(err)
		}
		for resource, want := range map[string]string{
			i.URL: "", i.URL + "/": "", i.URL + "/mcp": "", strings.Replace(i.URL, "http", "HTTP", 1) + "/mcp/core": "",
			"https://example.com/mcp": "invalid_target", i.URL + ".example.com/mcp": "invalid_target",
			i.URL + "/mcp#part": "invalid_target",
			strings.Replace(i.URL, "http://", "http://user@", 1): "invalid_target", "mcp": "invalid_target",
			"%": "invalid_target",
		} {
			status := 200
			if want != "" {
				status = 400
			}
			form := url.Values{"grant_type": {"client_credentials"}, "resource": {resource}}
			got := i.Want(t, status,
				servertest.Request{Operation: "platform.createToken", Basic: [2]string{c.ClientID, secret}, Form: form}).Object(t)
			if want != "" && got["error"] != want || want == "" && got["scope"] != "orgs:read" {
				t.Errorf("%s: %v", resource, got)
			}
		}
		// Naming a resource makes no scope out of words that are none, and grants none that is not held.
		for _, scope := range []string{"ORGS orgs:read", "keys:write"} {
			form := url.Values{"grant_type": {"client_credentials"}, "resource": {i.URL}, "scope": {scope}}
			if got := i.Want(t, 400, servertest.Request{
				Operation: "platform.createToken", Basic: [2]string{c.ClientID, secret}, Form: form,
			}).Object(t); got["error"] != "invalid_scope" {
				t.Errorf("%s: %v", scope, got)
			}
		}
	})
}

// TestChoiceOfTools: a list has the tools of the contract and of the toolsets that the URL names, and no
// others can be called.
func TestChoiceOfTools(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		names := func(path string) map[string]bool {
			t.Helper()
			list, err := connectTo(t, i.URL+path, tn.Key).ListTools(t.Context(), nil)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			got := map[string]bool{}
			for _, tool := range list.Tools {
				got[tool.Name] = true
			}
			return got
		}
		all, parts := names(mcp.Path), 0
		for _, c := range i.Contracts {
			own := names(mcp.Path + "/" + c.Name)
			parts += len(own)
			for name := range own {
				if !all[name] || !strings.HasPrefix(name, c.Name+"_") {
					t.Errorf("%s has %s", c.Name, name)
				}
			}
		}
		if parts != len(all) || parts == 0 {
			t.Errorf("%d tools of contracts, %d in all", parts, len(all))
		}
		few := names(mcp.Path + "/platform?toolsets=audit,api-keys")
		if !few["platform_listAuditEntries"] || !few["platform_createKey"] || few["platform_listWorkspaces"] ||
			len(few) >= len(all)/4 {
			t.Errorf("two toolsets are %v", few)
		}
		if both := names(mcp.Path + "?toolsets=workspaces"); !both["platform_listWorkspaces"] ||
			!both["core_listWorkspaces"] || both["platform_createKey"] {
			t.Errorf("the toolset of two contracts is %v", both)
		}
		session := connectTo(t, i.URL+mcp.Path+"/platform?toolsets=audit", tn.Key)
		for _, tool := range []string{"platform_listOrgs", "core_listWorkspaces", "nothing"} {
			if _, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: tool}); err == nil ||
				!strings.Contains(err.Error(), "unknown tool") {
				t.Errorf("%s: %v", tool, err)
			}
		}
		if a := call(t, session, "platform_listAuditEntries",
			object{"org_id": tn.Org.ID.Prefixed(id.OrgPrefix)}); a.status != 200 {
			t.Errorf("%+v", a)
		}
		for path, status := range map[string]int{
			mcp.Path + "/nothing": 404, mcp.Path + "?toolsets=nothing": 422, mcp.Path + "?toolsets=": 422,
		} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, i.URL+path,
				strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"ping"}`))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+tn.Key)
			r.Header.Set("Content-Type", "application/json")
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if res.StatusCode != status || status == 422 && !strings.Contains(string(b), "api-keys") {
				t.Errorf("%s: %d %s", path, res.StatusCode, b)
			}
		}
	})
}
