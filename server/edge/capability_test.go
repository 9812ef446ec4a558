package edge_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/edge"
)

// onlyOrg is the one org whose plan has single sign-on.
type onlyOrg id.ID

func (o onlyOrg) Require(_ context.Context, orgID, _ id.ID, f entitlement.Feature) error {
	if f == entitlement.SSO && orgID == id.ID(o) {
		return nil
	}
	return fault.New(fault.FeatureLimit, "not in the plan")
}

// An operation with x-capability is for callers whose plan includes it, once they are known and have its scopes.
func TestCapabilityOfAnOperation(t *testing.T) {
	router := guardedServer(t)
	for who, want := range map[string]string{
		"full":    "200 ",
		"foreign": "403 " + string(fault.FeatureLimit),
		"poor":    "403 " + string(fault.InsufficientScope),
		"unknown": "401 " + string(fault.Unauthenticated),
	} {
		for path, want := range map[string]string{"/included": want, "/either": want} {
			if path == "/either" && who == "foreign" { // which needs no capability
				want = "200 "
			}
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("Authorization", "Bearer "+who)
			w := httptest.NewRecorder()
			router.ServeHTTP(w, r)
			if got := strconv.Itoa(w.Code) + " " + w.Body.String(); got != want {
				t.Errorf("%s, %s: %q, want %q", path, who, got, want)
			}
		}
	}
}

// gated has an operation that needs a capability of the workspace in its path, and one that names none.
const gated = `{
	"openapi": "3.1.0", "info": {"title": "Gated", "version": "1", "x-contract": "gated"},
	"components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
	"paths": {
		"/spaces/{spaceId}/files": {"get": {"operationId": "files", "x-capability": "storage", "security": [{"token": []}],
			"parameters": [{"name": "spaceId", "in": "path", "required": true, "schema": {"type": "string"}}],
			"responses": {"200": {"description": "ok"}}}},
		"/people": {"get": {"operationId": "people", "x-capability": "identity", "security": [{"token": []}],
			"responses": {"200": {"description": "ok"}}}}
	}
}`

// spaces are what the callers may use in each workspace; the org of people is on a plan.
type spaces struct {
	access map[id.ID]workspace.Access
	plans  map[id.ID]plan.Tier
}

func (s spaces) Access(_ context.Context, workspaceID id.ID) (workspace.Access, error) {
	a, ok := s.access[workspaceID]
	if !ok {
		return a, fault.NewNotFound("workspace")
	}
	if a.Tier == "" {
		return a, fault.New(fault.Unavailable, "the database is down")
	}
	return a, nil
}

func (s spaces) PlanOf(_ context.Context, orgID id.ID) (plan.Tier, error) {
	if t, ok := s.plans[orgID]; ok {
		return t, nil
	}
	return "", fault.New(fault.Unavailable, "the database is down")
}

func (spaces) Refused(c workspace.Capability, reason string, tier plan.Tier) error {
	return &fault.Error{Code: fault.FeatureLimit, Reason: "capability_unavailable", Details: map[string]any{
		"capability": c, "reason": reason, "plan": tier,
	}}
}

// explained is a dialect that shows why a capability is refused.
type explained struct{}

func (explained) Render(_ *contract.Operation, e *fault.Error, _, _ string) contract.Failure {
	text := e.Name()
	if e.Details["capability"] != nil {
		text += fmt.Sprint(" ", e.Details["capability"], " ", e.Details["reason"], " ", e.Details["plan"])
	}
	return contract.Failure{Status: contract.KindOf(e.Code).Status, ContentType: "text/plain", Body: []byte(text)}
}

// A capability that the workspace or the plan does not have is refused with the reason, and so is one of which nobody
// can tell.
func TestCapabilityOfAWorkspace(t *testing.T) {
	used := []workspace.Capability{workspace.Storage}
	of := func(tier plan.Tier, state workspace.Status, used, pending []workspace.Capability) workspace.Access {
		return workspace.Access{Tier: tier, State: state, Capabilities: used, Pending: pending}
	}
	open, closed, bare, waiting, dark := id.New(), id.New(), id.New(), id.New(), id.New()
	m := contract.Module{
		Name: "gated", Bundle: []byte(gated), Dialect: explained{},
		Schemes:   map[string]contract.Scheme{"token": {Source: "token"}},
		Workspace: &contract.WorkspaceParameter{Name: "spaceId", Parse: id.ParseUUID},
	}
	c, err := contract.Load(m)
	if err != nil {
		t.Fatal(err)
	}
	e := &edge.Edge{
		Contracts: []*contract.Contract{c}, Limiter: limit.NewLocal(time.Now), Uses: identity.NewUses(nil),
		Metrics: edge.NewMetrics(prometheus.NewRegistry()), Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Timeout: time.Minute,
		Workspaces: spaces{map[id.ID]workspace.Access{
			open: of(plan.Free, workspace.Active, used, nil), closed: of(plan.Free, workspace.Suspended, used, nil),
			bare: of(plan.Free, workspace.Active, nil, nil), waiting: of(plan.Free, workspace.Provisioning, used, used),
			dark: {},
		}, map[id.ID]plan.Tier{orgA: plan.Pro, orgB: plan.Starter}},
		Resolvers: []contract.Resolver{{
			Source: "token", Recognizes: func(cr *contract.Credentials) bool { return cr.Bearer != "" },
			Resolve: known(bearerOf),
		}},
	}
	if err := c.Connect(e.Resolvers); err != nil {
		t.Fatal(err)
	}
	router := echo.New()
	e.Install(router)
	for _, op := range c.Operations {
		router.Add(op.Method, op.Route(), func(c echo.Context) error { return c.NoContent(http.StatusOK) }, e.Operation(op))
	}
	files := func(v id.ID) string { return "/spaces/" + v.UUID() + "/files" }
	for _, c := range []struct{ who, path, want string }{
		{"full", files(open), "200 "},
		{"full", files(closed), "403 capability_unavailable storage workspace_suspended free"},
		{"full", files(bare), "403 capability_unavailable storage capability_not_enabled free"},
		{"full", files(waiting), "403 capability_unavailable storage provisioning free"},
		{"full", files(id.New()), "404 not_found"},
		{"full", files(dark), "503 unavailable"},
		{"full", "/people", "200 "},
		{"foreign", "/people", "403 capability_unavailable identity plan_restriction starter"},
		{"unknown", files(open), "401 unauthenticated"},
	} {
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Header.Set("Authorization", "Bearer "+c.who)
		w := httptest.NewRecorder()
		router.ServeHTTP(w, r)
		if got := strconv.Itoa(w.Code) + " " + w.Body.String(); got != c.want {
			t.Errorf("%s, %s: %q, want %q", c.path, c.who, got, c.want)
		}
	}
	delete(e.Workspaces.(spaces).plans, orgA)
	r := httptest.NewRequest(http.MethodGet, "/people", nil)
	r.Header.Set("Authorization", "Bearer full")
	w := httptest.NewRecorder()
	if router.ServeHTTP(w, r); w.Code != http.StatusServiceUnavailable {
		t.Errorf("a plan that cannot be read: %d", w.Code)
	}
}
