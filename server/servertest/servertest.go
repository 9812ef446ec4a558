// Package servertest runs the whole server for tests, on either engine, for clients
// that check every request and response against the bundle. It also keeps what was seen:
// Main fails the tests of a contract when a documented answer was never given.
package servertest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/server/config"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// Instance is a running server.
type Instance struct {
	*server.Server
	URL    string
	Engine store.Engine
	Config config.Config
	Log    *Log
	Other  string // URL of another system, see other
	Sites  *Sites // what owners of domains have published

	headers map[string]func() string // see Suite.Headers
	from    string                   // client address, as a proxy tells it; empty: that of the connection
	stop    func()
}

// Config returns settings for a server of a test's own, on a database of its own.
func Config(t testing.TB, e store.Engine) config.Config {
	t.Helper()
	cfg, _, err := config.Load("test", nil, func(name string) (string, bool) {
		if name == "ALANIA_SECRET_KEY" {
			return "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", true
		}
		return "", false
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg.DatabaseURL = storetest.URL(t, e)
	cfg.ObjectsURL = "file://" + filepath.Join(t.TempDir(), "objects")
	cfg.MCPRoot = filepath.Join(t.TempDir(), "mcp")
	cfg.MetricsAddr = ""
	cfg.DrainDelay = 0
	// Tests send and read on loopback, over plain http.
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	cfg.WebhookAllowNets, cfg.WebhookAllowHTTP = loopback, true
	cfg.ConnectorAllowNets, cfg.ConnectorAllowHTTP = loopback, true
	return cfg
}

// Start runs a server on an empty database until the test ends.
func Start(t testing.TB, e store.Engine, options ...server.Option) *Instance {
	t.Helper()
	return Run(t, e, Config(t, e), options...)
}

// Run runs a server with the settings until the test ends or Stop is called.
func Run(t testing.TB, e store.Engine, cfg config.Config, options ...server.Option) *Instance {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cfg.PublicURL = server.PublicURL(cfg, ln.Addr())
	log := &Log{}
	ctx, cancel := context.WithCancel(context.Background())
	sites := &Sites{}
	options = append([]server.Option{server.WithProver(sites)}, options...)
	s, err := server.New(ctx, cfg, "test", slog.New(slog.NewJSONHandler(log,
		&slog.HandlerOptions{Level: slog.LevelDebug})), options...)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	i := &Instance{Server: s, URL: "http://" + ln.Addr().String(), Engine: e, Config: cfg, Log: log, Sites: sites}
	i.Other = elsewhere(t)
	web := &httptest.Server{Listener: ln, Config: &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}}
	web.Start()
	background := make(chan struct{})
	go func() { s.Background(ctx); close(background) }()
	i.stop = sync.OnceFunc(func() {
		web.Close()
		cancel()
		<-background
		_ = s.Close()
	})
	t.Cleanup(i.stop)
	i.ready(t)
	return i
}

// ready waits until the background work has begun, as a load balancer would.
func (i *Instance) ready(t testing.TB) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(2 * time.Millisecond) {
		// Asked too early, /readyz would say the same again for a while.
		if i.Queue.Probe(context.Background()).State == health.Down && time.Now().Before(deadline) {
			continue
		}
		res, err := client.Get(i.URL + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the server does not become ready")
		}
	}
}

// other is a system that webhooks are sent to and connectors read from. /hook takes
// everything, /fail nothing; /items is a list of three in two pages; /endless has a second
// page that does not come before the reader gives up or the test ends. /mcp has a tool.
func other(ended <-chan struct{}) http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /hook", func(http.ResponseWriter, *http.Request) {})
	m.HandleFunc("POST /fail", func(w http.ResponseWriter,
		_ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
	})
	page := func(w http.ResponseWriter, body string) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}
	m.HandleFunc("GET /items", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("cursor") == "" {
			page(w, `{"items":[{"id":"a","n":1},{"id":"b","n":2}],"next":"2"}`)
		} else {
			page(w, `{"items":[{"id":"c","n":3}],"next":null}`)
		}
	})
	tools := mcp.NewServer(&mcp.Implementation{Name: "other", Version: "1"}, nil)
	type nothing struct{}
	mcp.AddTool(tools, &mcp.Tool{Name: "hello", Description: "Says hello"}, func(context.Context, *mcp.CallToolRequest,
		nothing) (*mcp.CallToolResult, nothing, error) {
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: "hello"}}}, nothing{}, nil
	})
	m.Handle("/mcp", mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return tools }, nil))
	m.HandleFunc("GET /endless", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("cursor") != "" {
			select {
			case <-r.Context().Done():
			case <-ended:
			}
			return
		}
		page(w, `{"items":[{"id":"a"}],"next":"2"}`)
	})
	return m
}

// elsewhere runs another system until the test ends, and returns its URL.
func elsewhere(t testing.TB) string {
	ended := make(chan struct{})
	s := httptest.NewServer(other(ended))
	t.Cleanup(func() {
		close(ended)
		s.Close()
	})
	return s.URL
}

// Stop stops the server before the test ends.
func (i *Instance) Stop() { i.stop() }

// Log keeps what the server logs.
type Log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// String returns all of it.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// Tenant is an org with credentials.
type Tenant struct {
	instance  *Instance
	Org       org.Org
	Owner     org.Member
	Workspace workspace.Workspace
	Key       string // an API key with all scopes

	// Made when first asked for: credentials of the tenant, and a key of another one that is suspended.
	token, powerless, suspended func() string
}

// Tenant makes an org with an owner, a workspace and an API key that holds every scope.
func (i *Instance) Tenant(t testing.TB, tier plan.Tier) *Tenant {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Microsecond)
	o := org.Org{ID: id.New(), Name: "Tenant", Tier: tier, CreatedAt: now, UpdatedAt: now}
	o.Slug = strings.ToLower(o.ID.ULID())
	u := org.User{ID: id.New(), Email: o.Slug + "@example.com", Name: "Owner", CreatedAt: now}
	m := org.Member{ID: id.New(), OrgID: o.ID, UserID: u.ID, Email: u.Email, Name: u.Name, Role: identity.Owner,
		Status: org.Active, CreatedAt: now, UpdatedAt: now}
	tn := &Tenant{instance: i, Org: o, Owner: m}
	ctx := tn.As()
	err := i.Store.InTx(ctx, func(ctx context.Context) error {
		if err := i.Store.Orgs.InsertOrg(ctx, o); err != nil {
			return err
		}
		if err := i.Store.Orgs.InsertUser(ctx, u); err != nil {
			return err
		}
		if err := i.Store.Orgs.InsertMember(ctx, m); err != nil {
			return err
		}
		var err error
		tn.Workspace, err = i.Workspaces.Create(ctx, o.ID, workspace.Create{Name: "First", Settings: workspace.Defaults()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	tn.Key = tn.KeyWith(t, "", "*")
	tn.token = sync.OnceValue(func() string { return tn.newToken(t) })
	tn.powerless = sync.OnceValue(func() string { return tn.KeyWith(t, "", "nothing:here") })
	tn.suspended = sync.OnceValue(func() string {
		other := i.Tenant(t, tier)
		if _, err := i.Orgs.Suspend(other.As(), other.Org.ID, ""); err != nil {
			t.Fatal(err)
		}
		return other.Key
	})
	return tn
}

// Server returns the server that the tenant is on.
func (tn *Tenant) Server() *Instance { return tn.instance }

// As returns a context in which the operator acts for the tenant's owner.
func (tn *Tenant) As() context.Context {
	operator := identity.Operator(tn.Org.ID)
	operator.UserID, operator.MemberID = tn.Owner.UserID, tn.Owner.ID
	return identity.With(context.Background(), operator)
}

// KeyWith makes an API key of a tier (empty: the org's) with the scopes.
func (tn *Tenant) KeyWith(t testing.TB, tier plan.Tier, scopes ...string) string {
	t.Helper()
	_, full, err := tn.instance.Keys.Create(tn.As(), tn.Org.ID, apikey.Create{Name: "test", Scopes: scopes, Tier: tier})
	if err != nil {
		t.Fatal(err)
	}
	return full
}

// Request is one call of an operation.
type Request struct {
	// Operation is its operationId; that of another contract than the tested one has it before a dot:
	// platform.createKey.
	Operation string
	Path      map[string]string
	Escaped   bool // whether the slashes of a parameter that takes the rest of the path are percent-encoded
	Query     url.Values
	RawQuery  string // instead of Query
	Header    map[string]string
	Lines     http.Header // headers that have several lines, or one that is empty
	Without   []string    // names of required headers that it lacks
	Bearer    string
	Basic     [2]string
	Identity  http.Header // says who calls, besides Bearer and Basic: a cookie and its token, say
	JSON      any         // a body, encoded as JSON
	Form      url.Values  // or as a form
	Raw       []byte      // or as it is
	Type      string      // Content-Type, when not that of JSON or Form
	Length    int64       // the Content-Length of a body of which nothing is sent; 0: that of the body
	Most      int64       // how much is read of a response that has no end; 0: all
}

// Response is the answer, read.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Read reads an answer to a request that is no operation's.
func Read(t testing.TB, res *http.Response) *Response {
	t.Helper()
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &Response{Status: res.StatusCode, Header: res.Header, Body: body}
}

// Decode reads the JSON body into v.
func (r *Response) Decode(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(r.Body, v); err != nil {
		t.Fatalf("%v in %s", err, r.Body)
	}
}

// Object returns the JSON body as an object.
func (r *Response) Object(t testing.TB) map[string]any {
	t.Helper()
	var v map[string]any
	r.Decode(t, &v)
	return v
}

// Contract returns a contract of the server.
func (i *Instance) Contract(name string) *contract.Contract {
	for _, c := range i.Contracts {
		if c.Name == name {
			return c
		}
	}
	panic("no contract " + name)
}

// Want calls an operation and fails the test unless the status is the wanted one.
func (i *Instance) Want(t testing.TB, status int, r Request) *Response {
	t.Helper()
	res := i.Do(t, r)
	if res.Status != status {
		t.Fatalf("%s: status %d, want %d: %s", r.Operation, res.Status, status, res.Body)
	}
	return res
}

var client = &http.Client{
	Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Do calls an operation and checks the answer against the bundle: its status must be
// documented, its headers and body must meet their schemas, and when it succeeds, so must
// the request. It may be used from several goroutines.
func (i *Instance) Do(t testing.TB, r Request) *Response {
	t.Helper()
	op := i.operation(r.Operation)
	req, body := i.request(t, op, r)
	res, err := client.Do(req)
	if err != nil {
		t.Errorf("%s: %v", r.Operation, err)
		return &Response{Header: http.Header{}}
	}
	defer func() { _ = res.Body.Close() }()
	out := &Response{Status: res.StatusCode, Header: res.Header}
	whole := io.Reader(res.Body)
	if r.Most > 0 {
		whole = io.LimitReader(whole, r.Most)
	}
	if out.Body, err = io.ReadAll(whole); err != nil {
		t.Errorf("%s: %v", r.Operation, err)
	}
	for _, problem := range i.check(op, r, req, body, out) {
		t.Errorf("%s %d: %s\n%s", r.Operation, out.Status, problem, out.Body)
	}
	coverage.note(op, out.Status, i.Engine)
	return out
}

// tested is the contract whose tests run, as Main was told.
var tested string

func (i *Instance) operation(name string) *contract.Operation {
	in, operationID, other := strings.Cut(name, ".")
	if !other {
		in, operationID = tested, name
	}
	op, ok := i.Contract(in).Operations[operationID]
	if !ok {
		panic("no operation " + name)
	}
	return op
}

func (i *Instance) request(t testing.TB, op *contract.Operation, r Request) (*http.Request, []byte) {
	t.Helper()
	path := op.Path
	for name, v := range r.Path {
		shown := url.PathEscape(v)
		if name == op.Rest && !r.Escaped { // as people write it
			shown = strings.ReplaceAll(shown, "%2F", "/")
		}
		path = strings.ReplaceAll(path, "{"+name+"}", shown)
	}
	target := i.URL + path
	if q := r.RawQuery + r.Query.Encode(); q != "" {
		target += "?" + q
	}
	body, contentType := r.Raw, r.Type
	switch {
	case r.JSON != nil:
		var err error
		if body, err = json.Marshal(r.JSON); err != nil {
			t.Fatal(err)
		}
		if contentType == "" {
			contentType = "application/json"
		}
	case r.Form != nil:
		body, contentType = []byte(r.Form.Encode()), "application/x-www-form-urlencoded"
	}
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
	}
	if r.Length > 0 {
		reader, _ = io.Pipe() // what is never sent; the client closes it with the answer
	}
	req, err := http.NewRequestWithContext(context.Background(), op.Method, target, reader)
	if err != nil {
		t.Fatal(err)
	}
	if r.Length > 0 {
		req.ContentLength = r.Length
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if r.Bearer != "" {
		req.Header.Set("Authorization", "Bearer "+r.Bearer)
	}
	if r.Basic[0] != "" {
		req.SetBasicAuth(url.QueryEscape(r.Basic[0]), url.QueryEscape(r.Basic[1]))
	}
	if i.from != "" {
		req.Header.Set("X-Forwarded-For", i.from)
	}
	for _, p := range requiredHeaders(op) {
		if !slices.Contains(r.Without, http.CanonicalHeaderKey(p.Name)) {
			req.Header.Set(p.Name, i.value(p))
		}
	}
	for name, v := range r.Header {
		req.Header.Set(name, v)
	}
	for _, lines := range []http.Header{r.Identity, r.Lines} {
		for name, values := range lines {
			req.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	return req, body
}

// value returns what a request says in a required header, when it does not choose: what the suite
// has for it, or the example of the bundle.
func (i *Instance) value(p *openapi3.Parameter) string {
	if own := i.headers[p.Name]; own != nil {
		return own()
	}
	return example(p)
}

// Get asks for a URL that is no operation's, or is one's in another spelling.
func Get(t testing.TB, target, bearer string) *Response {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return Read(t, res)
}
