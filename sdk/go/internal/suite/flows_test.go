package suite

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	alania "github.com/alania-go/alania/sdk/go"
	"github.com/alania-go/alania/sdk/go/core"
	"github.com/alania-go/alania/sdk/go/internal/transport"
	"github.com/alania-go/alania/sdk/go/keys"
	"github.com/alania-go/alania/sdk/go/option"
	"github.com/alania-go/alania/sdk/go/platform"
	"github.com/alania-go/alania/sdk/go/webhook"
)

func TestPages(t *testing.T) {
	c := newClient()
	org := firstOrg(t, c)
	want := map[string]bool{}
	name := unique("Paged")
	for range 5 {
		w := must(c.Platform.Workspaces.Create(t.Context(), org, platform.WorkspaceCreate{Name: name}))(t)
		want[w.ID] = true
	}
	first := must(c.Platform.Workspaces.List(t.Context(), org,
		platform.ListWorkspacesParams{FilterName: &name, Limit: alania.Ptr(2)}))(t)
	if len(first.Data) != 2 || first.NextCursor.IsNull() {
		t.Fatalf("the first page has %d items and the cursor %v", len(first.Data), first.NextCursor)
	}
	got := map[string]bool{}
	for w, err := range c.Platform.Workspaces.ListAutoPaging(t.Context(), org,
		platform.ListWorkspacesParams{FilterName: &name, Limit: alania.Ptr(2)}) {
		ok(t, err)
		if got[w.ID] || !want[w.ID] {
			t.Errorf("%s comes twice, or is none of ours", w.ID)
		}
		got[w.ID] = true
	}
	if len(got) != 5 {
		t.Errorf("%d of 5", len(got))
	}
	// From a page in the middle.
	n := 0
	for _, err := range c.Platform.Workspaces.ListAutoPaging(t.Context(), org, platform.ListWorkspacesParams{
		FilterName: &name, Limit: alania.Ptr(2), Cursor: alania.Ptr(first.NextCursor.MustGet()),
	}) {
		ok(t, err)
		n++
	}
	if n != 3 {
		t.Errorf("%d behind the first page", n)
	}

	// The same five, as the other contract counts pages.
	ids := map[core.WorkspaceID]bool{}
	var res *http.Response
	pages := map[string]bool{}
	for w, err := range c.Core.Workspaces.ListAutoPaging(t.Context(),
		core.ListWorkspacesParams{Search: &name, PerPage: alania.Ptr(2)}, option.WithResponseInto(&res)) {
		ok(t, err)
		ids[w.ID], pages[res.Request.URL.Query().Get("page")] = true, true
	}
	if len(ids) != 5 || len(pages) != 3 {
		t.Errorf("%d workspaces on %d pages", len(ids), len(pages))
	}
	if _, err := c.Platform.Workspaces.List(t.Context(), org,
		platform.ListWorkspacesParams{Cursor: alania.Ptr("nonsense")}); !alania.HasCode(err, "invalid_cursor") {
		t.Errorf("a cursor that is none: %v", err)
	}
}

// gateway stands before the server. What it does with the answers of POSTs is the test's.
type gateway struct {
	*httptest.Server
	mu   sync.Mutex
	keys []string // Idempotency-Key of each POST
}

func newGateway(
	t *testing.T, answer func(n int, w http.ResponseWriter, forward func() *httptest.ResponseRecorder),
) *gateway {
	g := &gateway{}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		forward := func() *httptest.ResponseRecorder {
			rec := httptest.NewRecorder()
			req, err := http.NewRequestWithContext(r.Context(), r.Method, running.url+r.URL.RequestURI(), bytes.NewReader(body))
			if err != nil {
				rec.WriteHeader(http.StatusInternalServerError)
				return rec
			}
			req.Header = r.Header
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				rec.WriteHeader(http.StatusBadGateway)
				return rec
			}
			defer res.Body.Close()
			for name, values := range res.Header {
				rec.Header()[name] = values
			}
			rec.WriteHeader(res.StatusCode)
			_, _ = io.Copy(rec, res.Body)
			return rec
		}
		if r.Method != http.MethodPost || r.URL.Path == "/v2/auth/token" {
			give(w, forward())
			return
		}
		g.mu.Lock()
		n := len(g.keys)
		g.keys = append(g.keys, r.Header.Get("Idempotency-Key"))
		g.mu.Unlock()
		answer(n, w, forward)
	}))
	t.Cleanup(g.Close)
	return g
}

func give(w http.ResponseWriter, rec *httptest.ResponseRecorder) {
	for name, values := range rec.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
}

func (g *gateway) posts() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.keys)
}

// pauses records how long the client would have waited.
func pauses(into *[]time.Duration) option.RequestOption {
	return func(c *transport.Config) error {
		c.Wait = func(_ context.Context, d time.Duration) error {
			*into = append(*into, d)
			return nil
		}
		return nil
	}
}

// The first request is performed, but its answer is lost: there is one row.
func TestDroppedConnection(t *testing.T) {
	g := newGateway(t, func(n int, w http.ResponseWriter, forward func() *httptest.ResponseRecorder) {
		rec := forward()
		if n == 0 {
			if rec.Code != http.StatusCreated {
				t.Errorf("the first request: %d", rec.Code)
			}
			if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_ = c.Close()
			}
			return
		}
		give(w, rec)
	})
	c := newClient(option.WithBaseURL(g.URL))
	org, name := firstOrg(t, c), unique("Dropped")
	var res *http.Response
	w := must(c.Platform.Workspaces.Create(t.Context(), org, platform.WorkspaceCreate{Name: name},
		option.WithResponseInto(&res)))(t)
	sent := g.posts()
	if len(sent) < 2 || sent[0] == "" || slices.ContainsFunc(sent, func(k string) bool { return k != sent[0] }) {
		t.Errorf("the keys %q", sent)
	}
	if res.Header.Get("X-Idempotency-Replayed") != "true" {
		t.Error("the answer is not that of the first request")
	}
	list := must(c.Platform.Workspaces.List(t.Context(), org, platform.ListWorkspacesParams{FilterName: &name}))(t)
	if len(list.Data) != 1 || list.Data[0].ID != w.ID {
		t.Errorf("%d rows", len(list.Data))
	}
}

func TestUnavailableIsRetried(t *testing.T) {
	g := newGateway(t, func(n int, w http.ResponseWriter, forward func() *httptest.ResponseRecorder) {
		switch n {
		case 0:
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusServiceUnavailable)
		case 1:
			w.Header().Set("Retry-After", "2")
			w.WriteHeader(http.StatusTooManyRequests)
		default:
			give(w, forward())
		}
	})
	var waited []time.Duration
	c := newClient(option.WithBaseURL(g.URL), pauses(&waited))
	must(c.Platform.Workspaces.Create(t.Context(), firstOrg(t, c), platform.WorkspaceCreate{Name: "Patient"}))(t)
	if len(waited) != 2 || waited[0] < 7*time.Second || waited[1] < 2*time.Second || waited[1] > 3*time.Second {
		t.Errorf("waited %v", waited)
	}
}

// The server's own limit: the client waits for as long as it says, and then has its answer.
func TestRateLimit(t *testing.T) {
	c := newClient()
	org := firstOrg(t, c)
	key := must(c.Platform.APIKeys.Create(t.Context(), org, platform.KeyCreate{
		Name: "Limited", Scopes: []platform.Scope{"orgs:read"}, Tier: alania.Ptr(platform.TierFree),
	}))(t).Key
	limited := newClient(option.WithAPIKey(key))
	var err error
	for range 5000 {
		if _, err = limited.Platform.Organizations.List(t.Context(), platform.ListOrgsParams{},
			option.WithMaxRetries(0)); err != nil {
			break
		}
	}
	var e *alania.Error
	if !errors.As(err, &e) || !alania.IsRateLimited(err) || e.Code != "rate_limited" || e.RetryAfter <= 0 ||
		e.RequestID == "" {
		t.Fatalf("%v", err)
	}
	must(limited.Platform.Organizations.List(t.Context(), platform.ListOrgsParams{}))(t)
}

// A token that was revoked is renewed on the way.
func TestRevokedToken(t *testing.T) {
	var mu sync.Mutex
	var sent []string
	c := newClient(option.WithHTTPClient(&http.Client{Transport: tripper(func(r *http.Request) (*http.Response, error) {
		mu.Lock()
		sent = append(sent, r.Header.Get("Authorization"))
		mu.Unlock()
		return http.DefaultTransport.RoundTrip(r)
	})}))
	firstOrg(t, c)
	token := sent[len(sent)-1][len("Bearer "):]
	ok(t, c.Platform.Authentication.RevokeToken(t.Context(), platform.RevocationRequest{Token: token}))
	firstOrg(t, c)
	if last := sent[len(sent)-1]; last == "Bearer "+token {
		t.Error("the token is still used")
	}
}

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Deliveries during a rotation carry the signatures of both secrets, and receivers that
// know one of them accept them.
func TestRotationOfWebhookSecret(t *testing.T) {
	c, o := newClient(), newOutside(t)
	ctx := t.Context()
	org := firstOrg(t, c)
	e := must(c.Platform.Webhooks.CreateEndpoint(ctx,
		platform.WebhookEndpointCreate{URL: o.URL + "/hook", Events: []platform.WebhookEventGlob{"workspace.*"}}))(t)
	rotated := must(c.Platform.Webhooks.RotateSecret(ctx, e.ID))(t)
	if !rotated.PreviousValidUntil.After(time.Now()) {
		t.Fatalf("%+v", rotated)
	}
	w := must(c.Platform.Workspaces.Create(ctx, org, platform.WorkspaceCreate{Name: "Rotated"}))(t)
	eventually(t, "the event arrives", func() bool { return len(o.got()) > 0 })
	d := o.got()[0]
	for name, secrets := range map[string][]string{
		"old": {e.SigningSecret}, "new": {rotated.SigningSecret}, "both": {rotated.SigningSecret, e.SigningSecret},
	} {
		v := must(webhook.NewVerifier(secrets))(t)
		event, err := v.Unwrap(d.body, d.header, platform.Events)
		if err != nil {
			t.Errorf("with the %s: %v", name, err)
			continue
		}
		made, isMade := event.Typed.(*platform.WorkspaceCreatedEvent)
		if !isMade || made.Data.ID != w.ID || event.ID != made.ID || event.Type != "workspace.created" {
			t.Errorf("with the %s: %+v", name, event)
		}
	}
	v := must(webhook.NewVerifier([]string{"whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}))(t)
	if _, err := v.Unwrap(d.body, d.header); !errors.Is(err, webhook.ErrSignature) {
		t.Errorf("with another secret: %v", err)
	}
	ok(t, c.Platform.Webhooks.DeleteEndpoint(ctx, e.ID))
}

// Each dialect as the server speaks it.
func TestErrors(t *testing.T) {
	c := newClient()
	ctx := t.Context()
	for name, call := range map[string]struct {
		err        error
		status     int
		code       string
		dialect    alania.Dialect
		violations bool
	}{
		"problem": {
			second(c.Platform.Workspaces.Create(ctx, firstOrg(t, c), platform.WorkspaceCreate{})), 422, "validation_failed",
			alania.DialectProblem, true,
		},
		"core": {
			second(c.Core.Workspaces.Create(ctx, core.WorkspaceCreate{})), 422, "validation_failed", alania.DialectCore, true,
		},
		"keys": {
			second(c.Keys.APIKey.CreateUserAPIKey(ctx, keys.APIKeyCreate{DaysTillExpiration: -7}, option.WithAPIKey(apiKey))),
			400, "validation_failed", alania.DialectKeys, false,
		},
		"oauth": {
			second(newClient(option.WithClientCredentials(clientID,
				"wrong")).Platform.Organizations.List(ctx, platform.ListOrgsParams{})), 401, "invalid_client", alania.DialectOAuth,
			false,
		},
		"absent": {
			second(c.Platform.Workspaces.Get(ctx, "wks_01KA8XR1C4H8Q2N5T7Y9D3FM6G", platform.GetWorkspaceParams{})), 404,
			"not_found", alania.DialectProblem, false,
		},
		"path": {
			second(c.Platform.Organizations.List(ctx, platform.ListOrgsParams{}, option.WithBaseURL(running.url+"/elsewhere"),
				option.WithAPIKey(apiKey))), 404, "route_not_found", alania.DialectProblem, false,
		},
	} {
		var e *alania.Error
		if !errors.As(call.err, &e) {
			t.Errorf("%s: %v", name, call.err)
			continue
		}
		if e.StatusCode != call.status || e.Code != call.code || e.Dialect != call.dialect ||
			(len(e.Violations) > 0) != call.violations || e.RequestID == "" || e.Message == "" {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func second[T any](_ T, err error) error { return err }
