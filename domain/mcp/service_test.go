package mcp

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/domain/workspace"
)

// fake is all that the service stands on: a workspace, what is stored, and servers.
type fake struct {
	Repository // what a test does not expect panics
	Engine

	workspace workspace.Workspace
	servers   []Server
	entries   []audit.Entry
	logErr    error
	limit     int // of calls; 0: none
	used      int

	mu        sync.Mutex
	calls     []Call
	targets   []Target
	forgotten []string
	fresh     int
	onTools   func(t Target, fresh bool) ([]Tool, error)
	onCall    func(ctx context.Context, tool string, arguments json.RawMessage) (Result, error)
	onOffers  func(t Target) (bool, error)
	onRead    func(t Target) ([]Content, error)
}

func (f *fake) InTx(ctx context.Context, fn func(context.Context) error) error { return fn(ctx) }
func (f *fake) AfterCommit(_ context.Context, fn func())                       { fn() }

func (f *fake) Get(ctx context.Context, workspaceID id.ID) (workspace.Workspace, error) {
	if workspaceID != f.workspace.ID || identity.From(ctx).InOrg(f.workspace.OrgID) != nil {
		return workspace.Workspace{}, fault.NewNotFound("workspace")
	}
	return f.workspace, nil
}

func (f *fake) InsertMCPServer(_ context.Context, v Server) error {
	if slices.ContainsFunc(f.servers, func(o Server) bool { return o.ID == v.ID }) {
		return fault.New(fault.Conflict, "taken")
	}
	f.servers = append(f.servers, v)
	return nil
}

func (f *fake) MCPServer(_ context.Context, _ id.ID, serverID string) (Server, error) {
	for _, v := range f.servers {
		if v.ID == serverID {
			return v, nil
		}
	}
	return Server{}, fault.NewNotFound("MCP server")
}

func (f *fake) MCPServers(context.Context, id.ID) ([]Server, error) { return f.servers, nil }

func (f *fake) DeleteMCPServer(_ context.Context, key id.ID) (bool, error) {
	n := len(f.servers)
	f.servers = slices.DeleteFunc(f.servers, func(v Server) bool { return v.Key == key })
	return len(f.servers) < n, nil
}

func (f *fake) LockServers(context.Context, id.ID) error { return nil }

func (f *fake) Take(_ context.Context, workspaceID id.ID, n int) error {
	if f.used += n; f.limit > 0 && f.used > f.limit {
		return fault.New(fault.FeatureLimit, "the plan")
	}
	return nil
}

func (f *fake) InsertMCPCall(ctx context.Context, c Call) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if f.logErr != nil {
		return f.logErr
	}
	f.calls = append(f.calls, c)
	return nil
}

func (f *fake) InsertAudit(_ context.Context, e audit.Entry) error {
	f.entries = append(f.entries, e)
	return nil
}

func (f *fake) ListAudit(context.Context, id.ID, page.Query) (page.Page[audit.Entry], error) {
	panic("not here")
}
func (f *fake) AuditedBefore(context.Context, plan.Tier, time.Time) ([]id.ID, error) {
	panic("not here")
}
func (f *fake) DeleteAudit(context.Context, id.ID, time.Time) error { panic("not here") }
func (f *fake) Builtin() []Server {
	return []Server{{ID: "filesystem", Name: "Files", Transport: Builtin}}
}
func (f *fake) Commands() []string { return []string{"git"} }
func (f *fake) Forget(
	session string,
) {
	f.forgotten = append(f.forgotten, session)
}
func (f *fake) Read(_ context.Context, t Target, _ string) ([]Content, error) { return f.onRead(t) }
func (f *fake) Offers(_ context.Context, t Target, _ string) (bool, error)    { return f.onOffers(t) }
func (f *fake) Tools(ctx context.Context, t Target, fresh bool) ([]Tool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.targets = append(f.targets, t)
	if fresh {
		f.fresh++
	}
	if f.onTools == nil {
		return []Tool{{Name: "echo", Schema: check(nil)}}, ctx.Err()
	}
	return f.onTools(t, fresh)
}

func (f *fake) Call(ctx context.Context, t Target, tool string, arguments json.RawMessage) (Result, error) {
	f.targets = append(f.targets, t)
	if f.onCall == nil {
		return Result{Value: arguments}, nil
	}
	return f.onCall(ctx, tool, arguments)
}

// check is a schema that finds these violations.
type check []fault.Violation

func (c check) Check(json.RawMessage) ([]fault.Violation, error) { return slices.Clone(c), nil }

type badSchema struct{}

func (badSchema) Check(json.RawMessage) ([]fault.Violation, error) {
	return nil, Upstream("The input schema of the tool cannot be used.", errors.New("cause"))
}

type world struct {
	*Service
	*fake
	ctx context.Context
	at  time.Time
	log bytes.Buffer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	box, err := secret.NewBox(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	w.fake = &fake{workspace: workspace.Workspace{ID: id.New(), OrgID: id.New()}}
	now := func() time.Time { return w.at }
	policy := Policy{ListTimeout: time.Second, CallTimeout: 2 * time.Second, Address: func(a netip.Addr) error {
		if a.IsPrivate() {
			return errors.New("private")
		}
		return nil
	}}
	w.Service = NewService(w.fake, w.fake, w.fake, w.fake, audit.NewService(w.fake, now, nil), box, w.fake, policy,
		slog.New(slog.NewTextHandler(&w.log, nil)), now)
	p := &identity.Principal{Kind: identity.Key, ID: id.New(), Name: "key", OrgID: w.workspace.OrgID}
	w.ctx = identity.WithRequestID(identity.With(t.Context(), p), "req-1")
	return w
}

func (w *world) add(t *testing.T, in Create) Server {
	t.Helper()
	v, err := w.Create(w.ctx, w.workspace.ID, in)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var web = Create{
	ID: "web", Name: "Web", Transport: HTTP, URL: "https://example.com/mcp?key=S3CR3T",
	Headers: map[string]string{"Authorization": "S3CR3T"},
}

func wants(t *testing.T, err error, code fault.Code, reason string) *fault.Error {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code || f.Reason != reason {
		t.Fatalf("want %s %s, got %v", code, reason, err)
	}
	return f
}

func TestCreate(t *testing.T) {
	w := newWorld(t)
	v := w.add(t, web)
	if v.OrgID != w.workspace.OrgID || v.WorkspaceID != w.workspace.ID || v.Key.IsZero() ||
		bytes.Contains(v.SealedHeaders, []byte("S3CR3T")) || v.SealedHeaders == nil {
		t.Errorf("%+v", v)
	}
	if got := w.add(t, Create{Name: "  My Git  ", Transport: Stdio, Command: "git"}); got.ID != "my-git" ||
		got.Name != "My Git" || got.SealedHeaders != nil {
		t.Errorf("%+v", got)
	}
	text, err := json.Marshal(w.entries)
	if err != nil || len(w.entries) != 2 || w.entries[0].Action != "mcp.server_created" ||
		w.entries[0].TargetID != v.Key || w.entries[0].After["url"] != "https://example.com" ||
		bytes.Contains(text, []byte("S3CR3T")) {
		t.Errorf("%s, %v", text, err)
	}
	for _, taken := range []string{"web", "filesystem"} {
		in := web
		in.ID = taken
		_, err := w.Create(w.ctx, w.workspace.ID, in)
		if f := wants(t, err, fault.ValidationFailed, ""); f.Violations[0].Pointer != "/id" ||
			f.Violations[0].Code != "unique" {
			t.Errorf("%+v", f)
		}
	}
	for range MaxServers - 2 {
		in := web
		in.ID = "w" + strings.ToLower(id.New().ULID())
		w.add(t, in)
	}
	_, err = w.Create(w.ctx, w.workspace.ID, Create{ID: "more", Name: "More", Transport: Stdio, Command: "git"})
	wants(t, err, fault.Conflict, "too_many_mcp_servers")
}

func TestWhatIsNoServer(t *testing.T) {
	w := newWorld(t)
	with := func(change func(*Create)) Create {
		in := web
		in.Headers = map[string]string{}
		change(&in)
		return in
	}
	for name, c := range map[string]struct {
		in   Create
		want []string
	}{
		"no name":            {with(func(c *Create) { c.Name = " " }), []string{"/name min_length"}},
		"an id in capitals":  {with(func(c *Create) { c.ID = "Web" }), []string{"/id pattern"}},
		"an id that is long": {with(func(c *Create) { c.ID = strings.Repeat("a", 64) }), []string{"/id pattern"}},
		"no transport":       {Create{ID: "a", Name: "a"}, []string{"/transport enum"}},
		"a built-in one":     {Create{ID: "a", Name: "a", Transport: Builtin}, []string{"/transport enum"}},
		"no URL":             {with(func(c *Create) { c.URL = "" }), []string{"/url format"}},
		"a relative URL":     {with(func(c *Create) { c.URL = "/mcp" }), []string{"/url format"}},
		"a file":             {with(func(c *Create) { c.URL = "file:///etc/passwd" }), []string{"/url format"}},
		"another scheme":     {with(func(c *Create) { c.URL = "gopher://example.com" }), []string{"/url scheme"}},
		"plain http":         {with(func(c *Create) { c.URL = "http://example.com" }), []string{"/url scheme"}},
		"a password":         {with(func(c *Create) { c.URL = "https://a:b@example.com" }), []string{"/url userinfo"}},
		"a fragment":         {with(func(c *Create) { c.URL = "https://example.com#a" }), []string{"/url fragment"}},
		"a private address":  {with(func(c *Create) { c.URL = "https://10.0.0.1/" }), []string{"/url address"}},
		"a command besides":  {with(func(c *Create) { c.Command = "git" }), []string{"/command unknown_field"}},
		"a command of theirs": {
			Create{ID: "a", Name: "a", Transport: Stdio, Command: "/bin/sh"}, []string{"/command enum"},
		},
		"no command": {Create{ID: "a", Name: "a", Transport: Stdio}, []string{"/command enum"}},
		"a URL besides": {
			Create{
				ID: "a", Name: "a", Transport: Stdio, Command: "git", URL: "https://example.com",
				Headers: map[string]string{"a": "b"},
			}, []string{"/headers unknown_field", "/url unknown_field"},
		},
		"a header of HTTP": {with(func(c *Create) { c.Headers["host"] = "a" }), []string{"/headers/host reserved"}},
		"one of the protocol": {
			with(func(c *Create) { c.Headers["mcp-session-id"] = "a" }), []string{"/headers/mcp-session-id reserved"},
		},
		"a header with a break": {with(func(c *Create) { c.Headers["x"] = "a\r\nHost: b" }), []string{"/headers/x format"}},
		"a long header": {
			with(func(c *Create) { c.Headers["x"] = strings.Repeat("a", 4097) }), []string{"/headers/x format"},
		},
		"no name of a header": {with(func(c *Create) { c.Headers["a b"] = "c" }), []string{"/headers property_names"}},
		"one header twice": {
			with(func(c *Create) { c.Headers["x-a"], c.Headers["X-A"] = "1", "2" }), []string{"/headers unique"},
		},
		"many headers": {with(func(c *Create) {
			for range maxHeaders + 1 {
				c.Headers["x-"+id.New().ULID()] = "a"
			}
		}), []string{"/headers max_properties"}},
	} {
		_, err := w.Create(w.ctx, w.workspace.ID, c.in)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.ValidationFailed {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := []string{}
		for _, v := range f.Violations {
			got = append(got, v.Pointer+" "+v.Code)
		}
		if slices.Sort(got); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if len(w.fake.servers) != 0 || len(w.entries) != 0 {
		t.Errorf("%+v", w.fake.servers)
	}
	w.policy.AllowHTTP = true
	w.add(t, with(func(c *Create) { c.URL = "http://example.com" }))
}

func TestList(t *testing.T) {
	w := newWorld(t)
	w.add(t, web)
	w.add(t, Create{ID: "another", Name: "Another", Transport: Stdio, Command: "git"})
	cause := errors.New("dial tcp S3CR3T")
	w.onTools = func(t Target, _ bool) ([]Tool, error) {
		if t.ID == "web" {
			return nil, cause
		}
		return []Tool{{Name: "of " + t.ID}}, nil
	}
	got, err := w.List(w.ctx, w.workspace.ID)
	if err != nil || len(got) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	for i, want := range []string{"another", "filesystem", "web"} {
		v := got[i]
		if v.ID != want || v.OrgID != w.workspace.OrgID || v.WorkspaceID != w.workspace.ID {
			t.Errorf("%+v", v)
		}
		if want == "web" {
			if f := wants(t, v.Problem, fault.Upstream, Unreachable); f.Message != "The MCP server cannot be reached." ||
				!errors.Is(f, cause) {
				t.Errorf("%+v", f)
			}
		} else if v.Problem != nil || len(v.Tools) != 1 || v.Tools[0].Name != "of "+want {
			t.Errorf("%+v", v)
		}
	}
	sessions := map[string]bool{}
	for _, target := range w.targets {
		sessions[target.Session] = true
		if want := map[string]string{"web": "S3CR3T"}[target.ID]; target.Headers["Authorization"] != want {
			t.Errorf("%+v", target)
		}
	}
	if len(sessions) != 3 || !sessions[w.workspace.ID.UUID()+"/filesystem"] {
		t.Errorf("%v", sessions)
	}
	if one, err := w.Service.Get(w.ctx, w.workspace.ID, "web"); err != nil || one.Problem == nil || one.ID != "web" {
		t.Errorf("%+v, %v", one, err)
	}
	_, err = w.Service.Tools(w.ctx, w.workspace.ID, "web")
	wants(t, err, fault.Upstream, Unreachable)
	if tools, err := w.Service.Tools(w.ctx, w.workspace.ID, "filesystem"); err != nil || len(tools) != 1 {
		t.Errorf("%+v, %v", tools, err)
	}
}

// Another org's workspace, and one that is not there, are the same.
func TestOtherWorkspaces(t *testing.T) {
	w := newWorld(t)
	w.add(t, web)
	foreign := identity.With(t.Context(), &identity.Principal{Kind: identity.Key, ID: id.New(), OrgID: id.New()})
	for name, c := range map[string]struct {
		ctx         context.Context
		workspaceID id.ID
	}{"another org": {foreign, w.workspace.ID}, "no workspace": {w.ctx, id.New()}} {
		for what, do := range map[string]func() error{
			"list":     func() error { _, err := w.List(c.ctx, c.workspaceID); return err },
			"get":      func() error { _, err := w.Service.Get(c.ctx, c.workspaceID, "web"); return err },
			"builtin":  func() error { _, err := w.Service.Get(c.ctx, c.workspaceID, "filesystem"); return err },
			"tools":    func() error { _, err := w.Service.Tools(c.ctx, c.workspaceID, "web"); return err },
			"call":     func() error { _, err := w.Service.Call(c.ctx, c.workspaceID, "web", "echo", nil); return err },
			"resource": func() error { _, err := w.Resource(c.ctx, c.workspaceID, "file:///a"); return err },
			"create":   func() error { _, err := w.Create(c.ctx, c.workspaceID, web); return err },
			"delete":   func() error { return w.Delete(c.ctx, c.workspaceID, "web") },
			"calls":    func() error { _, err := w.Calls(c.ctx, c.workspaceID, page.Query{}); return err },
		} {
			if err := do(); !fault.IsCode(err, fault.NotFound) || !strings.Contains(err.Error(), "workspace") {
				t.Errorf("%s %s: %v", what, name, err)
			}
		}
	}
	if len(w.targets) != 0 || len(w.calls) != 0 || len(w.fake.servers) != 1 {
		t.Error("something was done")
	}
}

func TestCall(t *testing.T) {
	w := newWorld(t)
	w.add(t, web)
	w.onCall = func(_ context.Context, tool string, arguments json.RawMessage) (Result, error) {
		w.at = w.at.Add(3 * time.Second)
		return Result{Value: json.RawMessage(`{"tool":"` + tool + `","got":` + string(arguments) + `}`)}, nil
	}
	began := w.at
	for _, arguments := range []string{`{"a":1}`, "", "null", " null "} {
		got, err := w.Service.Call(w.ctx, w.workspace.ID, "web", "echo", json.RawMessage(arguments))
		want := `{"tool":"echo","got":` + map[bool]string{true: arguments, false: "{}"}[strings.HasPrefix(arguments, "{")] +
			`}`
		if err != nil || string(got.Value) != want || got.Failed {
			t.Errorf("%s, %v", got.Value, err)
		}
	}
	p := identity.From(w.ctx)
	want := Call{
		ID: w.calls[0].ID, OrgID: w.workspace.OrgID, WorkspaceID: w.workspace.ID, ServerID: "web", Tool: "echo",
		ActorKind: identity.Key, ActorID: p.ID, ActorName: "key",
		RequestID: "req-1", Status: Succeeded, Duration: 3 * time.Second, CreatedAt: began,
	}
	if len(w.calls) != 4 || !reflect.DeepEqual(w.calls[0], want) {
		t.Errorf("%+v", w.calls)
	}
	if last := w.targets[len(w.targets)-1]; last.Headers["Authorization"] != "S3CR3T" || last.URL != web.URL {
		t.Errorf("%+v", last)
	}
}

// A call counts against the plan once it is known what it calls, and one beyond it reaches no server.
func TestCallsBeyondThePlan(t *testing.T) {
	w := newWorld(t)
	w.add(t, web)
	w.limit = 2
	made := 0
	w.onCall = func(context.Context, string, json.RawMessage) (Result, error) { made++; return Result{}, nil }
	call := func(tool string) error {
		_, err := w.Service.Call(w.ctx, w.workspace.ID, "web", tool, nil)
		return err
	}
	wants(t, call("unknown"), fault.NotFound, "")
	for range 2 {
		if err := call("echo"); err != nil {
			t.Error(err)
		}
	}
	wants(t, call("echo"), fault.FeatureLimit, "")
	if made != 2 || len(w.calls) != 2 {
		t.Errorf("%d calls were made, %d are in the log", made, len(w.calls))
	}
}

func TestCallsThatFail(t *testing.T) {
	w := newWorld(t)
	w.add(t, web)
	cause := errors.New("S3CR3T: no route to host")
	for name, c := range map[string]struct {
		tool   string
		tools  func(Target, bool) ([]Tool, error)
		call   func(context.Context, string, json.RawMessage) (Result, error)
		code   fault.Code
		reason string
		logged Call // its status, code and message; without a status: no line
	}{
		"no such tool": {tool: "other", code: fault.NotFound},
		"wrong arguments": {
			tools: func(Target, bool) ([]Tool, error) {
				return []Tool{
					{Name: "echo", Schema: check{fault.Body("/path", "required", "must be there"), fault.Body("", "type", "must be")}},
				}, nil
			},
			code: fault.ValidationFailed,
		},
		"a bad schema": {
			tools: func(Target, bool) ([]Tool, error) { return []Tool{{Name: "echo", Schema: badSchema{}}}, nil },
			code:  fault.Upstream, reason: Unreachable,
			logged: Call{Status: Failed, Code: Unreachable, Message: "The input schema of the tool cannot be used."},
		},
		"unreachable": {
			tools: func(Target, bool) ([]Tool, error) { return nil, cause },
			code:  fault.Upstream, reason: Unreachable,
			logged: Call{Status: Failed, Code: Unreachable, Message: "The MCP server cannot be reached."},
		},
		"unreachable by then": {
			call: func(context.Context, string, json.RawMessage) (Result, error) { return Result{}, cause },
			code: fault.Upstream, reason: Unreachable,
			logged: Call{Status: Failed, Code: Unreachable, Message: "The MCP server cannot be reached."},
		},
		"slow": {
			call: func(context.Context, string, json.RawMessage) (Result, error) {
				return Result{}, context.DeadlineExceeded
			},
			code: fault.UpstreamTimeout, reason: TimedOut,
			logged: Call{Status: Failed, Code: TimedOut, Message: "The MCP server did not answer in time."},
		},
		"slow to list": {
			tools: func(Target, bool) ([]Tool, error) { return nil, context.DeadlineExceeded },
			code:  fault.UpstreamTimeout, reason: TimedOut,
			logged: Call{Status: Failed, Code: TimedOut, Message: "The MCP server did not answer in time."},
		},
		"the tool's own": {
			call: func(context.Context, string, json.RawMessage) (Result, error) {
				return Result{Failed: true, Value: json.RawMessage(`{"content":"no"}`)}, nil
			},
			logged: Call{Status: Failed, Code: "tool_error", Message: "The tool reported an error."},
		},
	} {
		w.calls, w.onTools, w.onCall = nil, c.tools, c.call
		tool := "echo"
		if c.tool != "" {
			tool = c.tool
		}
		res, err := w.Service.Call(w.ctx, w.workspace.ID, "web", tool, json.RawMessage(`{}`))
		if c.code == "" {
			if err != nil || !res.Failed {
				t.Errorf("%s: %+v, %v", name, res, err)
			}
		} else if f := wants(t, err, c.code, c.reason); strings.Contains(f.Message, "S3CR3T") {
			t.Errorf("%s: %s", name, f.Message)
		} else if c.code == fault.ValidationFailed &&
			(f.Violations[0].Pointer != "/arguments/path" || f.Violations[1].Pointer != "/arguments") {
			t.Errorf("%s: %+v", name, f.Violations)
		}
		if c.logged.Status == "" {
			if len(w.calls) != 0 {
				t.Errorf("%s: %+v", name, w.calls)
			}
			continue
		}
		if len(w.calls) != 1 || w.calls[0].Status != c.logged.Status || w.calls[0].Code != c.logged.Code ||
			w.calls[0].Message != c.logged.Message {
			t.Errorf("%s: %+v", name, w.calls)
		}
	}
	if _, err := w.Service.Call(w.ctx, w.workspace.ID, "nobody", "echo", nil); !fault.IsCode(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
}

// A caller who goes has called; the server is not to blame.
func TestACallerWhoGoes(t *testing.T) {
	w := newWorld(t)
	w.add(t, web)
	ctx, cancel := context.WithCancel(w.ctx)
	w.onCall = func(ctx context.Context, _ string, _ json.RawMessage) (Result, error) {
		cancel()
		<-ctx.Done()
		return Result{}, ctx.Err()
	}
	if _, err := w.Service.Call(ctx, w.workspace.ID, "web", "echo", nil); !errors.Is(err, context.Canceled) ||
		fault.IsCode(err, fault.Upstream) {
		t.Errorf("%v", err)
	}
	if len(w.calls) != 1 || w.calls[0].Code != string(fault.Timeout) {
		t.Errorf("%+v", w.calls)
	}
}

// A line that cannot be written does not take the answer away.
func TestALogThatCannotBeWritten(t *testing.T) {
	w := newWorld(t)
	w.logErr = errors.New("disk full")
	if got, err := w.Service.Call(w.ctx, w.workspace.ID, "filesystem", "echo", nil); err != nil ||
		string(got.Value) != "{}" {
		t.Errorf("%s, %v", got.Value, err)
	}
	if !strings.Contains(w.log.String(), "disk full") {
		t.Errorf("%s", w.log.String())
	}
}

// A tool that the server has only just got is found; a built-in server gets none.
func TestNewTools(t *testing.T) {
	w := newWorld(t)
	w.add(t, web)
	w.onTools = func(_ Target, fresh bool) ([]Tool, error) {
		if fresh {
			return []Tool{{Name: "new", Schema: check(nil)}}, nil
		}
		return nil, nil
	}
	if _, err := w.Service.Call(w.ctx, w.workspace.ID, "web", "new", nil); err != nil || w.fresh != 1 {
		t.Errorf("%v, asked again %d times", err, w.fresh)
	}
	if _, err := w.Service.Call(w.ctx, w.workspace.ID, "filesystem", "new", nil); !fault.IsCode(err, fault.NotFound) ||
		w.fresh != 1 {
		t.Errorf("%v, asked again %d times", err, w.fresh)
	}
}

func TestResource(t *testing.T) {
	w := newWorld(t)
	w.add(t, web)
	w.add(t, Create{ID: "zeta", Name: "Zeta", Transport: Stdio, Command: "git"})
	offered, problems := map[string]bool{}, map[string]error{}
	w.onOffers = func(t Target) (bool, error) { return offered[t.ID], problems[t.ID] }
	var asked []string
	missing := map[string]bool{}
	w.onRead = func(t Target) ([]Content, error) {
		asked = append(asked, t.ID)
		if missing[t.ID] {
			return nil, fault.NewNotFound("resource")
		}
		return []Content{{Text: t.ID}}, nil
	}
	get := func() ([]Content, error) { asked = nil; return w.Resource(w.ctx, w.workspace.ID, "note://a") }

	_, err := get()
	wants(t, err, fault.NotFound, "")
	offered["web"], offered["zeta"] = true, true
	if got, err := get(); err != nil || got[0].Text != "web" || !slices.Equal(asked, []string{"web"}) {
		t.Errorf("%+v, %v, asked %q", got, err, asked)
	}
	// A template matches more than there is.
	missing["web"] = true
	if got, err := get(); err != nil || got[0].Text != "zeta" {
		t.Errorf("%+v, %v", got, err)
	}
	// One that does not answer stands in nobody's way who has it …
	problems["filesystem"] = errors.New("down")
	if got, err := get(); err != nil || got[0].Text != "zeta" {
		t.Errorf("%+v, %v", got, err)
	}
	// … but when nobody has it, the one that is silent may.
	missing["zeta"] = true
	_, err = get()
	wants(t, err, fault.Upstream, Unreachable)
	for _, uri := range []string{"", "a", "/a", "%", "a\x00:b"} {
		_, err := w.Resource(w.ctx, w.workspace.ID, uri)
		if f := wants(t, err, fault.ValidationFailed, ""); f.Violations[0].In != fault.InPath ||
			f.Violations[0].Pointer != "/uri" {
			t.Errorf("%q: %+v", uri, f)
		}
	}
}

func TestNormalURI(t *testing.T) {
	for uri, want := range map[string]string{
		"file:///notes/today.md": "file:///notes/today.md", "file:/notes/today.md": "file:///notes/today.md",
		"file:////a":     "file:///a",
		"file:///to day": "file:///to%20day", "file:///to%20day": "file:///to%20day", "file://host/a": "file://host/a",
		"note://a b":   "",
		"note:///a//b": "note:///a//b", "urn:isbn:1": "urn:isbn:1", "file:a": "file:a",
	} {
		if got, ok := normalURI(uri); got != want || ok != (want != "") {
			t.Errorf("%s: %s, %v", uri, got, ok)
		}
	}
}

func TestDelete(t *testing.T) {
	w := newWorld(t)
	v := w.add(t, web)
	if err := w.Delete(w.ctx, w.workspace.ID, "web"); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(w.forgotten, []string{v.Key.UUID()}) || w.entries[1].Action != "mcp.server_deleted" ||
		w.entries[1].TargetID != v.Key || w.entries[1].Before["name"] != "Web" {
		t.Errorf("%q, %+v", w.forgotten, w.entries)
	}
	wants(t, w.Delete(w.ctx, w.workspace.ID, "web"), fault.NotFound, "")
	wants(t, w.Delete(w.ctx, w.workspace.ID, "filesystem"), fault.AccessDenied, "")
	if len(w.entries) != 2 {
		t.Errorf("%+v", w.entries)
	}
}

func TestParameters(t *testing.T) {
	got := Tool{InputSchema: json.RawMessage(`{"type":"object","required":["path"],"properties":{
		"path":{"type":"string","description":"File path to read"},"n":{"type":["null","integer"],"minimum":1},
		"any":true,"either":{"anyOf":[]}}}`)}.Parameters()
	want := map[string]Parameter{
		"path": {"string", "File path to read", true, json.RawMessage(`{"type":"string","description":"File path to read"}`)},
		"n":    {"integer", "", false, json.RawMessage(`{"type":["null","integer"],"minimum":1}`)},
		"any":  {"", "", false, json.RawMessage("true")}, "either": {"", "", false, json.RawMessage(`{"anyOf":[]}`)},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	for _, schema := range []string{"", "true", `{"type":"object"}`, `{"properties":7}`} {
		if got := (Tool{InputSchema: json.RawMessage(schema)}).Parameters(); got == nil || len(got) != 0 {
			t.Errorf("%s: %+v", schema, got)
		}
	}
}

func TestTimeouts(t *testing.T) {
	for request, want := range map[time.Duration][2]time.Duration{
		50 * time.Second: {10 * time.Second, 30 * time.Second}, 30 * time.Second: {10 * time.Second, 27 * time.Second},
		time.Second: {900 * time.Millisecond, 900 * time.Millisecond},
	} {
		if list, call := Timeouts(request); list != want[0] || call != want[1] {
			t.Errorf("%s: %s, %s", request, list, call)
		}
	}
}
