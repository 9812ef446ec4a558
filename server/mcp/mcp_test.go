package mcp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/mcp"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

type object = map[string]any

func each(
	t *testing.T, test func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant), options ...server.Option,
) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		i := servertest.Start(t, e, options...)
		test(t, i, i.Tenant(t, plan.Enterprise))
	})
}

// with adds headers to every request of a client.
type with http.Header

func (h with) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	maps.Copy(r.Header, http.Header(h))
	return http.DefaultTransport.RoundTrip(r)
}

// connect returns a session of the official client.
func connect(t *testing.T, i *servertest.Instance, bearer string, headers ...string) *sdk.ClientSession {
	t.Helper()
	return connectTo(t, i.URL+mcp.Path, bearer, headers...)
}

// connectTo returns a session at a URL.
func connectTo(t *testing.T, endpoint, bearer string, headers ...string) *sdk.ClientSession {
	t.Helper()
	h := http.Header{"Authorization": {"Bearer " + bearer}}
	for n := 0; n < len(headers); n += 2 {
		h.Set(headers[n], headers[n+1])
	}
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(t.Context(),
		&sdk.StreamableClientTransport{Endpoint: endpoint, HTTPClient: &http.Client{Transport: with(h)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return session
}

// answer is a result as a client reads it.
type answer struct {
	failed  bool
	status  int
	headers map[string]any
	body    any
}

func (a answer) object(t *testing.T) object {
	t.Helper()
	o, ok := a.body.(object)
	if !ok {
		t.Fatalf("the body is %v", a.body)
	}
	return o
}

func call(t *testing.T, s *sdk.ClientSession, tool string, arguments object) answer {
	t.Helper()
	res, err := s.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		t.Fatalf("%s: %v", tool, err)
	}
	structured, ok := res.StructuredContent.(object)
	if !ok || len(res.Content) != 1 {
		t.Fatalf("%s: %+v", tool, res)
	}
	// The text is the same.
	var text any
	if err := json.Unmarshal([]byte(res.Content[0].(*sdk.TextContent).Text), &text); err != nil ||
		!reflect.DeepEqual(text, any(structured)) {
		t.Errorf("%s: the text is %+v, %v", tool, res.Content[0], err)
	}
	a := answer{failed: res.IsError, body: structured["body"]}
	a.status = int(structured["status"].(float64))
	a.headers, _ = structured["headers"].(object)
	if a.failed != (a.status >= 400) {
		t.Errorf("%s: status %d, is an error: %v", tool, a.status, a.failed)
	}
	return a
}

func want(t *testing.T, s *sdk.ClientSession, status int, tool string, arguments object) answer {
	t.Helper()
	a := call(t, s, tool, arguments)
	if a.status != status {
		t.Fatalf("%s: status %d, want %d: %v", tool, a.status, status, a.body)
	}
	return a
}

func tools(t *testing.T, s *sdk.ClientSession) map[string]*sdk.Tool {
	t.Helper()
	out := map[string]*sdk.Tool{}
	for tool, err := range s.Tools(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		out[tool.Name] = tool
	}
	return out
}

func orgID(tn *servertest.Tenant) string { return tn.Org.ID.Prefixed("org") }

func TestCalls(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		s := connect(t, i, tn.Key)
		made := want(t, s, 201, "platform_createWorkspace",
			object{"org_id": orgID(tn), "body": object{"name": "Made by a tool"}})
		if made.object(t)["slug"] != "made-by-a-tool" || made.headers["ETag"] != `"1"` ||
			!strings.HasPrefix(made.headers["Location"].(string), "/v2/workspaces/wks_") {
			t.Errorf("%+v", made)
		}
		workspaceID := made.object(t)["id"].(string)
		// It is the same API.
		got := i.Want(t, 200, servertest.Request{
			Operation: "platform.getWorkspace", Path: map[string]string{"workspace_id": workspaceID}, Bearer: tn.Key,
		}).Object(t)
		if !reflect.DeepEqual(got, made.object(t)) {
			t.Errorf("%v\n%v", got, made.body)
		}
		// Arguments for the query and for headers.
		list := want(t, s, 200, "platform_listWorkspaces",
			object{"org_id": orgID(tn), "filter_slug": "made-by-a-tool", "limit": 1, "sort": "name"})
		if data := list.object(t)["data"].([]any); len(data) != 1 || data[0].(object)["id"] != workspaceID {
			t.Errorf("%v", list.body)
		}
		patch := object{"workspace_id": workspaceID, "If-Match": `"1"`, "body": object{"retention_days": 9}}
		want(t, s, 200, "platform_updateWorkspaceSettings", patch)
		if a := want(t, s, 412, "platform_updateWorkspaceSettings", patch); a.object(t)["code"] != "precondition_failed" {
			t.Errorf("%v", a.body)
		}
		if a := want(t, s, 304, "platform_getWorkspace",
			object{"workspace_id": workspaceID, "If-None-Match": `"2"`}); a.body != nil {
			t.Errorf("%v", a.body)
		}
		// An answer without a body.
		key := want(t, s, 201, "platform_createKey",
			object{"org_id": orgID(tn), "body": object{"name": "k", "scopes": []string{"orgs:read"}}})
		keyID := key.object(t)["id"]
		if keyID == nil {
			keyID = key.object(t)["key"].(object)["id"]
		}
		if a := want(t, s, 204, "platform_revokeKey", object{"org_id": orgID(tn), "key_id": keyID}); a.body != nil {
			t.Errorf("%v", a.body)
		}
		// Once with one key.
		once := object{"org_id": orgID(tn), "body": object{"name": "Once"}, "Idempotency-Key": id.New().UUID()}
		first, second := want(t, s, 201, "platform_createWorkspace", once), want(t, s, 201, "platform_createWorkspace", once)
		if !reflect.DeepEqual(first.body, second.body) || second.headers["X-Idempotency-Replayed"] != "true" ||
			first.headers["X-Idempotency-Replayed"] != nil {
			t.Errorf("%+v\n%+v", first, second)
		}
	})
}

// A public operation is called with the credentials in its body, not with the caller's.
func TestPublicOperations(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		c, secret, err := i.OAuth.CreateClient(tn.As(),
			oauth.NewClient{OrgID: tn.Org.ID, Name: "test", Scopes: []string{"workspaces:read"}, UserID: tn.Owner.UserID})
		if err != nil {
			t.Fatal(err)
		}
		a := want(t, connect(t, i, tn.Key), 200, "platform_createToken",
			object{"body": object{"grant_type": "client_credentials", "client_id": c.ClientID, "client_secret": secret}})
		// The token is a credential for the tools in its turn.
		s := connect(t, i, a.object(t)["access_token"].(string))
		want(t, s, 200, "platform_listWorkspaces", object{"org_id": orgID(tn)})
		if want(t, s, 403, "platform_listKeys", object{"org_id": orgID(tn)}).object(t)["code"] != "insufficient_scope" {
			t.Error("another refusal")
		}
		if _, ok := tools(t, s)["platform_listKeys"]; ok {
			t.Error("a tool beyond the token's scopes is listed")
		}
	})
}

var requestIDs = regexp.MustCompile(`"request_id":"[^"]*"`)

func TestScopes(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		key := tn.KeyWith(t, "", "workspaces:read")
		s := connect(t, i, key)
		listed := tools(t, s)
		for name, is := range map[string]bool{
			"platform_listWorkspaces": true, "platform_getWorkspace": true, "platform_getHealth": true,
			"platform_createToken":     true,
			"platform_createWorkspace": false, "platform_listKeys": false, "platform_updateWorkspaceSettings": false,
		} {
			if listed[name] != nil != is {
				t.Errorf("%s is listed: %v", name, !is)
			}
		}
		if len(listed) >= len(i.Contract("platform").Operations)/2 {
			t.Errorf("%d tools are listed", len(listed))
		}
		// The refusal is the API's own.
		got, err := json.Marshal(want(t, s, 403, "platform_createWorkspace",
			object{"org_id": orgID(tn), "body": object{"name": "No"}}).body)
		if err != nil {
			t.Fatal(err)
		}
		direct := i.Want(t, 403, servertest.Request{
			Operation: "platform.createWorkspace", Path: map[string]string{"org_id": orgID(tn)}, Bearer: key,
			JSON: object{"name": "No"},
		})
		if wanted, _ := json.Marshal(direct.Object(t)); !bytes.Equal(requestIDs.ReplaceAll(got, nil),
			requestIDs.ReplaceAll(wanted, nil)) {
			t.Errorf("%s\n%s", got, wanted)
		}
		// Another tenant's resource does not exist, here as there.
		other := i.Tenant(t, plan.Free)
		want(t, s, 404, "platform_getWorkspace", object{"workspace_id": other.Workspace.ID.Prefixed("wks")})
	})
}

func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		s := connect(t, i, tn.Key)
		for name, c := range map[string]struct {
			tool      string
			arguments object
			pointer   string
		}{
			"a body that breaks the schema": {
				"platform_createWorkspace", object{"org_id": orgID(tn), "body": object{"name": "", "slug": "S3CR3T value"}},
				"/slug",
			},
			"no body":                      {"platform_createWorkspace", object{"org_id": orgID(tn)}, ""},
			"a body that is no object":     {"platform_createWorkspace", object{"org_id": orgID(tn), "body": "S3CR3T"}, ""},
			"no path parameter":            {"platform_listWorkspaces", nil, "/org_id"},
			"an empty path parameter":      {"platform_listWorkspaces", object{"org_id": ""}, "/org_id"},
			"null for a path parameter":    {"platform_listWorkspaces", object{"org_id": nil}, "/org_id"},
			"an object in the path":        {"platform_listWorkspaces", object{"org_id": object{"a": "S3CR3T"}}, "/org_id"},
			"an unknown argument":          {"platform_listWorkspaces", object{"org_id": orgID(tn), "S/~": "S3CR3T"}, "/S~1~0"},
			"a body where there is none":   {"platform_listWorkspaces", object{"org_id": orgID(tn), "body": object{}}, "/body"},
			"a query that breaks a schema": {"platform_listWorkspaces", object{"org_id": orgID(tn), "limit": 1000}, "/limit"},
			"a line break in a header": {
				"platform_getWorkspace",
				object{"workspace_id": tn.Workspace.ID.Prefixed("wks"), "If-None-Match": "S3CR3T\r\nX-A: b"}, "/If-None-Match",
			},
			"a form that is no object": {"platform_createToken", object{"body": "S3CR3T"}, ""},
		} {
			a := call(t, s, c.tool, c.arguments)
			text, _ := json.Marshal(a.body)
			if a.status != 422 && (a.status != 400 || c.tool != "platform_createToken") ||
				bytes.Contains(text, []byte("S3CR3T")) ||
				!bytes.Contains(text, []byte(`"pointer":"`+c.pointer)) && c.pointer != "" {
				t.Errorf("%s: %d %s", name, a.status, text)
			}
		}
		// A value that would lead to another path stays in its segment.
		for _, value := range []string{"../keys", "..", "a/b", "a?limit=1", "a%2Fb", "a#b", "."} {
			if a := call(t, s, "platform_listWorkspaces", object{"org_id": value}); a.status != 422 && a.status != 404 {
				t.Errorf("%s: %d %v", value, a.status, a.body)
			}
		}
		if _, err := s.CallTool(t.Context(), &sdk.CallToolParams{Name: "platform_unknown"}); err == nil {
			t.Error("an unknown tool is called")
		}
	})
}

// post sends one message without a client.
func post(t *testing.T, i *servertest.Instance, header map[string]string, body string) *servertest.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, i.URL+mcp.Path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for name, v := range header {
		r.Header.Set(name, v)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &servertest.Response{Status: res.StatusCode, Header: res.Header, Body: b}
}

const listMessage = `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`

func callMessage(tool, arguments string) string {
	return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"` + tool + `","arguments":` + arguments + `}}`
}

func TestWhatIsNoMessageOfACaller(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		bearer := "Bearer " + tn.Key
		for name, c := range map[string]struct {
			header    map[string]string
			body      string
			status    int
			code      string
			challenge string
		}{
			"no credentials": {nil, listMessage, 401, "unauthenticated", `Bearer realm="alania"`},
			"an unknown key": {
				map[string]string{"Authorization": "Bearer sk_live_0123456789abcdef_" + strings.Repeat("x", 43)}, listMessage, 401,
				"unauthenticated", `Bearer realm="alania", error="invalid_token"`,
			},
			"another scheme": {
				map[string]string{"Authorization": "Basic " + tn.Key}, listMessage, 401, "unauthenticated",
				`Bearer realm="alania", error="invalid_token"`,
			},
			"another media type": {
				map[string]string{"Authorization": bearer, "Content-Type": "text/plain"}, listMessage, 415,
				"unsupported_media_type", "",
			},
			"a batch": {
				map[string]string{"Authorization": bearer}, " \n[" + listMessage + "]", 400, "malformed", "",
			},
			"a body without end": {
				map[string]string{"Authorization": bearer}, `{"` + strings.Repeat("x", 32<<20), 413, "payload_too_large", "",
			},
			"one of a new client": {map[string]string{"Authorization": bearer}, listMessage, 200, "", ""},
		} {
			res := post(t, i, c.header, c.body)
			if c.challenge != "" {
				c.challenge += `, resource_metadata="` + i.URL + `/.well-known/oauth-protected-resource/mcp"`
			}
			if res.Status != c.status || res.Header.Get("Www-Authenticate") != c.challenge ||
				res.Header.Get("X-Request-Id") == "" {
				t.Errorf("%s: %d %v", name, res.Status, res.Header)
			}
			if c.code != "" &&
				(res.Header.Get("Content-Type") != "application/problem+json" || res.Object(t)["code"] != c.code) {
				t.Errorf("%s: %s", name, res.Body)
			}
		}
		for _, body := range []string{
			"", "{", "null", `{"jsonrpc":"2.0","id":1,"method":"unknown"}`, `{"jsonrpc":"2.0","method":"tools/list"}`,
		} {
			if res := post(t, i, map[string]string{"Authorization": bearer}, body); res.Status != 400 {
				t.Errorf("%q: %d %s", body, res.Status, res.Body)
			}
		}
		if res := post(t, i, map[string]string{"Authorization": bearer},
			callMessage("platform_listOrgs", "[1]")); res.Status != 200 || !bytes.Contains(res.Body, []byte(`"status":422`)) {
			t.Errorf("arguments that are an array: %d %s", res.Status, res.Body)
		}
		// A stream of events is asked for with GET, which the protocol lets a server refuse.
		for _, method := range []string{http.MethodGet, http.MethodDelete} {
			r, _ := http.NewRequestWithContext(t.Context(), method, i.URL+mcp.Path, nil)
			r.Header.Set("Authorization", bearer)
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != 405 {
				t.Errorf("%s: %d", method, res.StatusCode)
			}
		}
	})
}

// A call costs one request of the caller's limit, and so does every other message.
func TestLimits(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		header := map[string]string{"Authorization": "Bearer " + tn.KeyWith(t, plan.Free, "*")}
		for n := 0; n < plan.Free.Rate().PerMinute-1; n++ {
			if res := post(t, i, header, callMessage("platform_listOrgs", "{}")); res.Status != 200 ||
				!bytes.Contains(res.Body, []byte(`"status":200`)) {
				t.Fatalf("call %d: %d %s", n, res.Status, res.Body)
			}
		}
		if res := post(t, i, header, listMessage); res.Status != 200 || res.Header.Get("X-RateLimit-Remaining") != "0" ||
			res.Header.Get("X-RateLimit-Limit") != "60" {
			t.Errorf("%d %v", res.Status, res.Header)
		}
		for _, message := range []string{
			listMessage, callMessage("platform_listOrgs", "{}"), callMessage("platform_getHealth", "{}"),
		} {
			if res := post(t, i, header, message); res.Status != 429 || res.Header.Get("Retry-After") == "" ||
				res.Object(t)["code"] != "rate_limited" {
				t.Errorf("%d %s", res.Status, res.Body)
			}
		}
		// Guesses are counted against the address.
		var last int
		for range plan.Public.PerMinute + plan.Public.Burst + 1 {
			last = post(t, i, nil, listMessage).Status
		}
		if last != 429 {
			t.Errorf("the last guess is answered with %d", last)
		}
	}, servertest.StillTime())
}

// The operation sees the client's address and the id of the message's request.
func TestWhereTheCallComesFrom(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		cfg := servertest.Config(t, e)
		cfg.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		i := servertest.Run(t, e, cfg)
		tn := i.Tenant(t, plan.Enterprise)
		_, key, err := i.Keys.Create(tn.As(), tn.Org.ID,
			apikey.Create{Name: "test", Scopes: []string{"*"}, AllowedIPs: []string{"203.0.113.7"}})
		if err != nil {
			t.Fatal(err)
		}
		s := connect(t, i, key, "X-Forwarded-For", "203.0.113.7", "X-Request-ID", "traced-by-the-caller")
		want(t, s, 200, "platform_listOrgs", nil)
		if res := post(t, i, map[string]string{"Authorization": "Bearer " + key, "X-Forwarded-For": "203.0.113.8"},
			listMessage); res.Status != 401 {
			t.Errorf("from elsewhere: %d %s", res.Status, res.Body)
		}
		found := false
		for line := range strings.Lines(i.Log.String()) {
			var entry object
			if json.Unmarshal([]byte(line), &entry) == nil && entry["operation"] == "listOrgs" {
				found = true
				if entry["from"] != "203.0.113.7" || entry["request_id"] != "traced-by-the-caller" {
					t.Errorf("%s", line)
				}
			}
		}
		if !found {
			t.Error("the call is not in the log")
		}
	})
}

// What fails inside is an answer like another, without its cause.
func TestFailures(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		s := connect(t, i, tn.Key)
		for tool, c := range map[string]struct {
			status int
			code   string
		}{
			"platform_listMembers": {500, "internal"}, "platform_listKeys": {503, "timeout"},
			"platform_listWorkspaces": {500, "internal"},
		} {
			a := want(t, s, c.status, tool, object{"org_id": orgID(tn)})
			if text, _ := json.Marshal(a.body); a.object(t)["code"] != c.code || bytes.Contains(text, []byte("driver text")) {
				t.Errorf("%s: %s", tool, text)
			}
		}
		want(t, s, 200, "platform_getHealth", nil)
	}, server.WithFault(func(x *contract.Exchange) error {
		switch x.Operation.ID {
		case "listMembers":
			return errText("driver text")
		case "listKeys":
			return fault.Wrap(context.DeadlineExceeded)
		case "listWorkspaces":
			panic("driver text")
		}
		return nil
	}))
}

type errText string

func (e errText) Error() string { return string(e) }

// Every operation is a tool whose schema stands by itself and takes the contract's examples.
func TestTools(t *testing.T) {
	i := servertest.Start(t, store.SQLite)
	listed := tools(t, connect(t, i, i.Tenant(t, plan.Enterprise).Key))
	operations, bodies := 0, 0
	for _, c := range i.Contracts {
		for _, op := range c.Operations {
			name := c.Name + "_" + op.ID
			tool := listed[name]
			if op.Stream != nil {
				if tool != nil {
					t.Errorf("%s is listed, and its bodies are streams", name)
				}
				continue
			}
			operations++
			if tool == nil {
				t.Errorf("%s is not listed", name)
				continue
			}
			// What clients of language models take at the most.
			if !regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`).MatchString(name) || tool.Title == "" ||
				len(tool.Description) < len(tool.Title) {
				t.Errorf("%s: %q %q", name, tool.Title, tool.Description)
			}
			a := tool.Annotations
			if a == nil || a.ReadOnlyHint != (op.Method == http.MethodGet) ||
				!a.ReadOnlyHint && *a.DestructiveHint != (op.Method == http.MethodDelete) {
				t.Errorf("%s: annotations %+v", name, a)
			}
			schema, ok := tool.InputSchema.(object)
			if !ok {
				t.Fatalf("%s: %T", name, tool.InputSchema)
			}
			for argument := range schema["properties"].(object) {
				if !regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`).MatchString(argument) {
					t.Errorf("%s: the argument %s", name, argument)
				}
			}
			compiler := jsonschema.NewCompiler()
			compiler.DefaultDraft(jsonschema.Draft2020)
			if err := compiler.AddResource("mem:///tool", schema); err != nil {
				t.Fatal(err)
			}
			compiled, err := compiler.Compile("mem:///tool")
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			spec := c.Document().Paths.Value(op.Path).GetOperation(op.Method)
			for _, example := range examples(spec) {
				bodies++
				arguments := object{"body": example}
				for _, p := range spec.Parameters {
					if p.Value.Required && http.CanonicalHeaderKey(p.Value.Name) != c.RequestID {
						arguments[p.Value.Name] = p.Value.Example
					}
				}
				if err := compiled.Validate(arguments); err != nil {
					t.Errorf("%s does not take the example of its operation: %v", name, err)
				}
			}
		}
	}
	if len(listed) != operations || operations < 50 || bodies < 10 {
		t.Errorf("%d tools, %d operations, %d examples of bodies", len(listed), operations, bodies)
	}
}

func examples(spec *openapi3.Operation) []any {
	if spec.RequestBody == nil {
		return nil
	}
	var out []any
	for _, mediaType := range slices.Sorted(maps.Keys(spec.RequestBody.Value.Content))[:1] {
		content := spec.RequestBody.Value.Content[mediaType]
		if content.Example != nil {
			out = append(out, content.Example)
		}
		for _, e := range content.Examples {
			out = append(out, e.Value.Value)
		}
	}
	return out
}
