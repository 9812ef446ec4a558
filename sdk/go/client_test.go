package alania_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	alania "github.com/alania-go/alania/sdk/go"
	"github.com/alania-go/alania/sdk/go/core"
	"github.com/alania-go/alania/sdk/go/internal/transport"
	"github.com/alania-go/alania/sdk/go/option"
	"github.com/alania-go/alania/sdk/go/platform"
)

const (
	org       = "org_01KA8XQ4T2E7RZ9V3M6WB5CD1F"
	job       = "job_01KA8XQ4T2E7RZ9V3M6WB5CD1F"
	workspace = `{"id":"wks_1","org_id":"org_1","name":"A","slug":"a","status":"active","settings":{"retention_days":30,` +
		`"regions":[],"feature_flags":{}},"role_hints":{},"created_at":"2026-01-02T03:04:05Z",` +
		`"updated_at":"2026-01-02T03:04:05Z"}`
)

// seen is a request that the server got.
type seen struct {
	*http.Request
	body string
}

// server answers with the handlers in turn, and with the last from then on. It remembers
// what it was asked.
type server struct {
	*httptest.Server
	mu   sync.Mutex
	seen []seen
}

func serve(t *testing.T, handlers ...http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		h := handlers[min(len(s.seen), len(handlers)-1)]
		s.seen = append(s.seen, seen{r, string(b)})
		s.mu.Unlock()
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) requests() []seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

func answer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// drop ends the connection without an answer.
func drop(w http.ResponseWriter, _ *http.Request) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = c.Close()
	}
}

// client has an API key, and pauses that take no time: they are recorded.
func client(s *server, opts ...option.RequestOption) (*alania.Client, *[]time.Duration) {
	pauses := &[]time.Duration{}
	all := []option.RequestOption{option.WithBaseURL(s.URL), option.WithAPIKey("sk_test_1"),
		func(c *transport.Config) error {
			c.Wait = func(_ context.Context, d time.Duration) error {
				*pauses = append(*pauses, d)
				return nil
			}
			return nil
		}}
	return alania.NewClient(append(all, opts...)...), pauses
}

func create(ctx context.Context, c *alania.Client, opts ...option.RequestOption) (*platform.Workspace, error) {
	return c.Platform.Workspaces.Create(ctx, org, platform.WorkspaceCreate{Name: "A"}, opts...)
}

func TestRetryAfterIsObeyed(t *testing.T) {
	s := serve(t, answer(429, `{"code":"rate_limited","title":"Too many","detail":"d"}`, "Retry-After", "3"),
		func(w http.ResponseWriter, r *http.Request) {
			answer(503, "", "Retry-After", time.Now().Add(20*time.Second).UTC().Format(http.TimeFormat))(w, r)
		}, answer(200, `{"data":[],"next_cursor":null}`))
	c, pauses := client(s)
	if _, err := c.Platform.Organizations.List(t.Context(), platform.ListOrgsParams{}); err != nil {
		t.Fatal(err)
	}
	p := *pauses
	if len(p) != 2 || p[0] < 3*time.Second || p[0] > 3300*time.Millisecond || p[1] < 10*time.Second ||
		p[1] > 22*time.Second {
		t.Errorf("paused %v", p)
	}
}

func TestRetriesEnd(t *testing.T) {
	for _, status := range []int{408, 429, 500, 502, 503, 504} {
		s := serve(t, answer(status, "<html>"))
		c, pauses := client(s)
		_, err := create(t.Context(), c)
		var e *alania.Error
		if !errors.As(err, &e) || e.StatusCode != status || len(s.requests()) != 3 {
			t.Errorf("%d: %v after %d requests", status, err, len(s.requests()))
		}
		if p := *pauses; len(p) != 2 || p[0] >= 500*time.Millisecond || p[1] >= time.Second {
			t.Errorf("%d: paused %v", status, p)
		}
		if _, err := create(t.Context(), c, option.WithMaxRetries(0)); err == nil || len(s.requests()) != 4 {
			t.Errorf("%d without retries: %v, %d requests in all", status, err, len(s.requests()))
		}
	}
	for _, status := range []int{400, 403, 404, 409, 422, 501} {
		s := serve(t, answer(status, `{"code":"something"}`))
		c, _ := client(s)
		if _, err := create(t.Context(), c); err == nil || len(s.requests()) != 1 {
			t.Errorf("%d: %v after %d requests", status, err, len(s.requests()))
		}
	}
}

func TestLongPauses(t *testing.T) {
	s := serve(t, answer(503, "", "Retry-After", "61"))
	c, pauses := client(s)
	_, err := create(t.Context(), c)
	var e *alania.Error
	if !errors.As(err, &e) || e.RetryAfter != 61*time.Second || len(*pauses) != 0 {
		t.Errorf("%v, paused %v", err, *pauses)
	}
	// What the context does not leave time for is not waited for.
	s = serve(t, answer(503, "", "Retry-After", "30"))
	c, pauses = client(s)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := create(ctx, c); !errors.Is(err, alania.ErrUnavailable) || len(*pauses) != 0 {
		t.Errorf("%v, paused %v", err, *pauses)
	}
}

func TestOnlyWhatMayBeRepeatedIs(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{"503": answer(503, ""), "dropped": drop} {
		s := serve(t, h)
		c, _ := client(s)
		if _, err := c.Platform.Jobs.Cancel(t.Context(), job); err == nil || len(s.requests()) != 1 {
			t.Errorf("%s: a POST without a key: %v, %d requests", name, err, len(s.requests()))
		}
		s = serve(t, h)
		c, _ = client(s)
		if err := c.Platform.Members.Remove(t.Context(), org, "mem_1"); err == nil || len(s.requests()) < 3 {
			t.Errorf("%s: a DELETE: %v, %d requests", name, err, len(s.requests()))
		}
	}
}

func TestIdempotencyKey(t *testing.T) {
	s := serve(t, drop, answer(409, `{"type":"/errors/idempotency_in_flight","title":"t","code":"idempotency_in_flight"}`),
		answer(500, ""), answer(201, workspace))
	c, _ := client(s, option.WithMaxRetries(5))
	w, err := create(t.Context(), c)
	if err != nil || w.ID != "wks_1" {
		t.Fatal(err)
	}
	if _, err := create(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if _, err := create(t.Context(), c, option.WithIdempotencyKey("mine")); err != nil {
		t.Fatal(err)
	}
	r := s.requests()
	n := len(r)
	first := r[0].Header.Get("Idempotency-Key")
	for i := range r[:n-2] {
		if k := r[i].Header.Get("Idempotency-Key"); k != first || len(k) < 20 || r[i].body != `{"name":"A"}` {
			t.Errorf("try %d: key %q, body %s", i, k, r[i].body)
		}
	}
	if n < 6 || r[n-2].Header.Get("Idempotency-Key") == first || r[n-1].Header.Get("Idempotency-Key") != "mine" {
		t.Errorf("%d requests, keys %q and %q", n, r[n-2].Header.Get("Idempotency-Key"), r[n-1].Header.Get("Idempotency-Key"))
	}
	// A call that would not heed the key says so.
	if _, err := c.Platform.Jobs.Cancel(t.Context(), job, option.WithIdempotencyKey("mine")); err == nil ||
		len(s.requests()) != n {
		t.Errorf("a key that is not heeded: %v", err)
	}
}

func TestAnswerBreaksOff(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, workspace[:20])
	}, answer(201, workspace))
	c, _ := client(s)
	if w, err := create(t.Context(), c); err != nil || w.Slug != "a" {
		t.Error(err)
	}
	s = serve(t, answer(201, `{"id":`))
	c, _ = client(s)
	if _, err := create(t.Context(), c); err == nil || !strings.Contains(err.Error(), "createWorkspace") {
		t.Errorf("an answer that is no JSON: %v", err)
	}
}

func TestRequestTimeout(t *testing.T) {
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, answer(201, workspace))
	c, _ := client(s, option.WithRequestTimeout(time.Second))
	if _, err := create(t.Context(), c); err != nil || len(s.requests()) != 2 {
		t.Errorf("%v after %d requests", err, len(s.requests()))
	}
}

func TestCancellation(t *testing.T) {
	// While the server thinks.
	ctx, cancel := context.WithCancel(t.Context())
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	c, _ := client(s)
	if _, err := create(ctx, c); !errors.Is(err, context.Canceled) || len(s.requests()) != 1 {
		t.Errorf("%v after %d requests", err, len(s.requests()))
	}
	// While the client pauses: what it paused for is told, too.
	ctx, cancel = context.WithCancel(t.Context())
	s = serve(t, func(w http.ResponseWriter, r *http.Request) {
		answer(503, "", "Retry-After", "50")(w, r)
		cancel()
	})
	c = alania.NewClient(option.WithBaseURL(s.URL), option.WithAPIKey("k"))
	if _, err := create(ctx, c); !errors.Is(err, context.Canceled) || len(s.requests()) != 1 {
		t.Errorf("%v after %d requests", err, len(s.requests()))
	}
}

func TestOptions(t *testing.T) {
	s := serve(t, answer(200, `{"data":{}}`, "X-Request-ID", "req_1"))
	var res *http.Response
	c, _ := client(s, option.WithBaseURL(s.URL+"/gateway/"), option.WithHeader("X-Trace", "1"))
	if _, err := c.Core.MCP.GetResource(t.Context(), "file:///a b/c?d", option.WithWorkspace(core.WorkspaceID(7)),
		option.WithHeader("X-Trace", "2"), option.WithResponseInto(&res)); err != nil {
		t.Fatal(err)
	}
	r := s.requests()[0]
	if got := r.URL.EscapedPath(); got != "/gateway/api/v1/mcp/resources/file:%2F%2F%2Fa%20b%2Fc%3Fd" {
		t.Errorf("path %s", got)
	}
	for name, want := range map[string]string{
		"X-Workspace-ID": "7", "X-Trace": "2", "User-Agent": "alania-go/" + alania.Version,
		"Authorization": "Bearer sk_test_1",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if res == nil || res.Header.Get("X-Request-ID") != "req_1" {
		t.Fatalf("answer %v", res)
	}
	if b, err := io.ReadAll(res.Body); err != nil || string(b) != `{"data":{}}` {
		t.Errorf("%q, %v", b, err)
	}
	for _, id := range []string{"", ".", ".."} {
		if _, err := c.Platform.Jobs.Get(t.Context(), id); err == nil {
			t.Errorf("the id %q is accepted", id)
		}
	}
	for _, o := range []option.RequestOption{
		option.WithBaseURL("localhost:80"), option.WithBaseURL("https://u:p@host"), option.WithBaseURL("::"),
		option.WithMaxRetries(-1),
		option.WithAPIKey(""), option.WithClientCredentials("", ""), option.WithHTTPClient(nil),
		option.WithIdempotencyKey(""),
	} {
		if _, err := create(t.Context(), c, o); err == nil {
			t.Error("an option that is wrong is accepted")
		}
	}
	if n := len(s.requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestParameters(t *testing.T) {
	s := serve(t, answer(200, `{"data":[],"next_cursor":null}`))
	c, _ := client(s)
	status := platform.WorkspaceStatus("frozen") // none that we know
	params := platform.ListWorkspacesParams{FilterStatus: &status, FilterName: alania.Ptr("a&b"), Limit: alania.Ptr(0)}
	if _, err := c.Platform.Workspaces.List(t.Context(), org, params); err != nil {
		t.Fatal(err)
	}
	if got := s.requests()[0].URL.RawQuery; got != "filter%5Bname%5D=a%26b&filter%5Bstatus%5D=frozen&limit=0" {
		t.Error(got)
	}
	if _, err := c.Platform.Workspaces.Get(t.Context(), "wks_1",
		platform.GetWorkspaceParams{IfNoneMatch: alania.Ptr(`"v1"`)}); err != nil {
		t.Fatal(err)
	}
	if got := s.requests()[1].Header.Get("If-None-Match"); got != `"v1"` {
		t.Error(got)
	}
	if _, err := c.Platform.Workspaces.List(t.Context(), org, platform.ListWorkspacesParams{Limit: alania.Ptr(1)},
		option.WithQuery("price", "gt.1"), option.WithQuery("price", "lt.5")); err != nil {
		t.Fatal(err)
	}
	if got := s.requests()[2].URL.RawQuery; got != "limit=1&price=gt.1&price=lt.5" {
		t.Error(got)
	}
	s = serve(t, answer(304, ""))
	c, _ = client(s)
	if _, err := c.Platform.Workspaces.Get(t.Context(), "wks_1",
		platform.GetWorkspaceParams{}); !alania.IsNotModified(err) {
		t.Error(err)
	}
}

// A server that is newer than the SDK sends members and values that it does not know.
func TestNewerServer(t *testing.T) {
	s := serve(t, answer(201, strings.Replace(workspace, `"active"`, `"hibernating","mood":{"of":["the","day"]}`, 1)))
	c, _ := client(s)
	if w, err := create(t.Context(), c); err != nil || w.Status != "hibernating" {
		t.Errorf("%v, %v", w, err)
	}
}

func TestCredentials(t *testing.T) {
	s := serve(t, answer(200, `{}`))
	for _, name := range []string{"ALANIA_BASE_URL", "ALANIA_CLIENT_ID", "ALANIA_CLIENT_SECRET", "ALANIA_API_KEY"} {
		t.Setenv(name, "")
	}
	bare := alania.NewClient(option.WithBaseURL(s.URL))
	if _, err := create(t.Context(), bare); !errors.Is(err, alania.ErrNoCredentials) || len(s.requests()) != 0 {
		t.Errorf("without credentials: %v", err)
	}
	c, _ := client(s)
	if _, err := c.Platform.Health.Get(t.Context()); err != nil {
		t.Error(err)
	}
	if got := s.requests()[0].Header.Get("Authorization"); got != "" {
		t.Errorf("a public operation is sent %q", got)
	}
	// The token endpoint: the client by Basic, unless the form has it.
	c, _ = client(s, option.WithClientCredentials("cli_1", "s p"))
	grant := platform.TokenRequest{GrantType: "client_credentials", Scope: alania.Ptr("orgs:read")}
	if _, err := c.Platform.Authentication.CreateToken(t.Context(), grant); err != nil {
		t.Error(err)
	}
	grant.ClientID, grant.ClientSecret = alania.Ptr("cli_2"), alania.Ptr("x")
	if _, err := c.Platform.Authentication.CreateToken(t.Context(), grant); err != nil {
		t.Error(err)
	}
	r := s.requests()
	if id, secret, ok := r[1].BasicAuth(); !ok || id != "cli_1" || secret != "s+p" ||
		r[1].body != "grant_type=client_credentials&scope=orgs%3Aread" {
		t.Errorf("%q %q, body %s", id, secret, r[1].body)
	}
	if r[2].Header.Get("Authorization") != "" ||
		r[2].body != "client_id=cli_2&client_secret=x&grant_type=client_credentials&scope=orgs%3Aread" {
		t.Errorf("%q, body %s", r[2].Header.Get("Authorization"), r[2].body)
	}
}

func TestEnvironment(t *testing.T) {
	s := serve(t, answer(200, `{"access_token":"t1","expires_in":3600,"data":[],"next_cursor":null}`))
	t.Setenv("ALANIA_BASE_URL", s.URL)
	t.Setenv("ALANIA_API_KEY", "sk_env")
	list := func(want string, opts ...option.RequestOption) {
		t.Helper()
		if _, err := alania.NewClient(opts...).Platform.Organizations.List(t.Context(),
			platform.ListOrgsParams{}); err != nil {
			t.Fatal(err)
		}
		r := s.requests()
		if got := r[len(r)-1].Header.Get("Authorization"); got != want {
			t.Errorf("sent %q", got)
		}
	}
	list("Bearer sk_env")
	list("Bearer sk_code", option.WithAPIKey("sk_code"))
	t.Setenv("ALANIA_CLIENT_ID", "cli_env")
	t.Setenv("ALANIA_CLIENT_SECRET", "secret")
	list("Bearer t1")
}

// issuer serves tokens t1, t2, …, and tells which one it accepts now.
type issuer struct {
	*server
	mu      sync.Mutex
	issued  int
	revoked map[string]bool
	token   func(w http.ResponseWriter) bool // true when it has answered
}

func issue(t *testing.T) *issuer {
	i := &issuer{revoked: map[string]bool{}}
	i.server = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v2/auth/token" {
			if i.token != nil && i.token(w) {
				return
			}
			i.mu.Lock()
			i.issued++
			n := i.issued
			i.mu.Unlock()
			answer(200, fmt.Sprintf(`{"access_token":"t%d","expires_in":600,"token_type":"Bearer"}`, n))(w, r)
			return
		}
		i.mu.Lock()
		refused := i.revoked[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
		i.mu.Unlock()
		if refused {
			answer(401, `{"code":"unauthenticated","title":"t"}`)(w, r)
			return
		}
		answer(200, `{"data":[],"next_cursor":null}`)(w, r)
	})
	return i
}

func (i *issuer) revoke(tokens ...string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, t := range tokens {
		i.revoked[t] = true
	}
}

func (i *issuer) tokens() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.issued
}

func orgs(ctx context.Context, c *alania.Client) error {
	_, err := c.Platform.Organizations.List(ctx, platform.ListOrgsParams{})
	return err
}

func TestTokenIsShared(t *testing.T) {
	i := issue(t)
	c, _ := client(i.server, option.WithClientCredentials("cli", "secret", "orgs:read", "keys:read"))
	var wg sync.WaitGroup
	for range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := orgs(t.Context(), c); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	if i.tokens() != 1 {
		t.Errorf("%d tokens", i.tokens())
	}
	r := i.requests()[0]
	if id, secret, _ := r.BasicAuth(); id != "cli" || secret != "secret" ||
		r.body != "grant_type=client_credentials&scope=orgs%3Aread+keys%3Aread" {
		t.Errorf("%s %s, %s", id, secret, r.body)
	}
}

func TestTokenIsRenewedBeforeItEnds(t *testing.T) {
	i := issue(t)
	now := time.Now()
	c, _ := client(i.server, option.WithClientCredentials("cli", "secret"), func(c *transport.Config) error {
		c.Now = func() time.Time { return now }
		return nil
	})
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {569 * time.Second, 1}, {2 * time.Second, 2}, {time.Hour, 3}} {
		now = now.Add(step.after)
		if err := orgs(t.Context(), c); err != nil || i.tokens() != step.want {
			t.Errorf("after %v: %v, %d tokens", step.after, err, i.tokens())
		}
	}
}

func TestRefusedToken(t *testing.T) {
	i := issue(t)
	c, _ := client(i.server, option.WithClientCredentials("cli", "secret"))
	if err := orgs(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	// It is renewed once, also for a call that is not to be repeated: it was not performed.
	i.revoke("t1")
	if _, err := c.Platform.Jobs.Cancel(t.Context(), job); err != nil || i.tokens() != 2 {
		t.Errorf("%v, %d tokens", err, i.tokens())
	}
	before := len(i.requests())
	i.revoke("t2", "t3", "t4")
	if err := orgs(t.Context(), c); !alania.IsUnauthorized(err) || i.tokens() != 3 || len(i.requests()) != before+3 {
		t.Errorf("%v, %d tokens, %d requests", err, i.tokens(), len(i.requests())-before)
	}
	// An API key has nothing to renew.
	c, _ = client(i.server, option.WithAPIKey("t2"))
	before = len(i.requests())
	if err := orgs(t.Context(), c); !alania.IsUnauthorized(err) || len(i.requests()) != before+1 {
		t.Errorf("%v, %d requests", err, len(i.requests())-before)
	}
}

func TestTokenEndpointFails(t *testing.T) {
	i := issue(t)
	c, pauses := client(i.server, option.WithClientCredentials("cli", "secret"))
	i.token = func(w http.ResponseWriter) bool {
		answer(401, `{"error":"invalid_client","error_description":"Unknown client."}`)(w, nil)
		return true
	}
	err := orgs(t.Context(), c)
	var e *alania.Error
	if !errors.As(err, &e) || e.Dialect != alania.DialectOAuth || e.Code != "invalid_client" || len(i.requests()) != 1 {
		t.Errorf("%v after %d requests", err, len(i.requests()))
	}
	// What passes is tried again, and an error is not remembered.
	n := 0
	i.token = func(w http.ResponseWriter) bool {
		n++
		if n == 1 {
			answer(503, "")(w, nil)
		}
		return n == 1
	}
	if err := orgs(t.Context(), c); err != nil || len(*pauses) != 1 {
		t.Errorf("%v, paused %v", err, *pauses)
	}
}

// Whoever asked first may go: the token is still for those who wait.
func TestTokenSurvivesItsCaller(t *testing.T) {
	i := issue(t)
	arrived, release := make(chan struct{}), make(chan struct{})
	i.token = func(http.ResponseWriter) bool {
		close(arrived)
		<-release
		return false
	}
	c, _ := client(i.server, option.WithClientCredentials("cli", "secret"))
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error, 2)
	go func() { errs <- orgs(ctx, c) }()
	<-arrived
	cancel()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Errorf("the first: %v", err)
	}
	go func() { errs <- orgs(t.Context(), c) }()
	close(release)
	if err := <-errs; err != nil || i.tokens() != 1 {
		t.Errorf("the second: %v, %d tokens", err, i.tokens())
	}
}

func collect[T any](seq func(func(T, error) bool)) (all []T, err error) {
	for v, e := range seq {
		if e != nil {
			return all, e
		}
		all = append(all, v)
	}
	return all, nil
}

func TestCursorPages(t *testing.T) {
	next := map[string]string{"": `"b"`, "b": `"c"`, "c": "null"}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		at := r.URL.Query().Get("cursor")
		answer(200, fmt.Sprintf(`{"data":[%s,%s],"next_cursor":%s}`, workspace, workspace, next[at]))(w, r)
	})
	c, _ := client(s)
	seq := c.Platform.Workspaces.ListAutoPaging(t.Context(), org, platform.ListWorkspacesParams{Limit: alania.Ptr(2)})
	for range 2 { // it can be walked again
		all, err := collect(seq)
		if err != nil || len(all) != 6 {
			t.Errorf("%d items, %v", len(all), err)
		}
	}
	if n := len(s.requests()); n != 6 || s.requests()[2].URL.RawQuery != "cursor=c&limit=2" {
		t.Errorf("%d requests, %s", n, s.requests()[2].URL.RawQuery)
	}
	for range seq {
		break
	}
	if n := len(s.requests()); n != 7 {
		t.Errorf("a walk that is left reads %d pages", n-6)
	}
	next["c"] = `"b"`
	if all, err := collect(seq); !errors.Is(err, alania.ErrLoop) || len(all) != 6 {
		t.Errorf("a circle: %d items, %v", len(all), err)
	}
	s = serve(t, answer(200, `{"data":[{}],"next_cursor":"x"}`), answer(404, `{}`))
	c, _ = client(s)
	if all, err := collect(c.Platform.Organizations.ListAutoPaging(t.Context(),
		platform.ListOrgsParams{})); !alania.IsNotFound(err) || len(all) != 1 {
		t.Errorf("an error on the way: %d items, %v", len(all), err)
	}
}

func TestNumberedPages(t *testing.T) {
	stuck, last := false, 3
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		page := r.URL.Query().Get("page")
		if stuck {
			page = "1"
		}
		answer(200,
			fmt.Sprintf(`{"data":[{"id":1},{"id":2}],"meta":{"current_page":%s,"last_page":%d},"links":{}}`, page, last))(w, r)
	})
	c, _ := client(s)
	walk := func(page *int) ([]core.WorkspaceItem, error) {
		return collect(c.Core.Workspaces.ListAutoPaging(t.Context(), core.ListWorkspacesParams{Page: page}))
	}
	if all, err := walk(nil); err != nil || len(all) != 6 {
		t.Errorf("%d items, %v", len(all), err)
	}
	if all, err := walk(alania.Ptr(3)); err != nil || len(all) != 2 {
		t.Errorf("from the last page: %d items, %v", len(all), err)
	}
	stuck = true
	if all, err := walk(nil); !errors.Is(err, alania.ErrLoop) || len(all) != 2 {
		t.Errorf("a page that does not advance: %d items, %v", len(all), err)
	}
}

// The types of the models that tell absent, null and a value apart do so when encoded.
func TestMergePatch(t *testing.T) {
	s := serve(t, answer(200, `{"retention_days":1,"regions":[],"feature_flags":{}}`))
	c, _ := client(s)
	var body platform.WorkspaceSettingsUpdate
	body.RetentionDays.SetNull()
	if _, err := c.Platform.Workspaces.UpdateSettings(t.Context(), "wks_1", body,
		platform.UpdateWorkspaceSettingsParams{IfMatch: alania.Ptr("*")}); err != nil {
		t.Fatal(err)
	}
	r := s.requests()[0]
	var got map[string]any
	if err := json.Unmarshal([]byte(r.body), &got); err != nil || len(got) != 1 || r.Header.Get("If-Match") != "*" {
		t.Errorf("sent %s with %v", r.body, r.Header)
	}
	if v, there := got["retention_days"]; !there || v != nil {
		t.Errorf("sent %s", r.body)
	}
}
