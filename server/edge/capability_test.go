package edge

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/server/contract"
)

// plans has one org, and one workspace, with a capability.
type plans struct {
	org, workspace id.ID
	asked          int
}

func (p *plans) Require(_ context.Context, orgID, workspaceID id.ID, f entitlement.Feature) error {
	p.asked++
	if f == entitlement.SSO && (workspaceID.IsZero() && orgID == p.org || workspaceID == p.workspace) {
		return nil
	}
	return fault.New(fault.FeatureLimit, "not in the plan")
}

func TestCapabilityOfAnOperation(t *testing.T) {
	p := &plans{org: id.New(), workspace: id.New()}
	e := &Edge{Plans: p}
	call := func(f entitlement.Feature, orgID, workspaceID id.ID) error {
		c := echo.New().NewContext(httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder())
		return e.requireCapability(c, &contract.Exchange{
			Operation: &contract.Operation{Capability: f}, Principal: &identity.Principal{OrgID: orgID, WorkspaceID: workspaceID},
		})
	}
	if err := call("", id.New(), id.ID{}); err != nil || p.asked != 0 {
		t.Errorf("an operation that needs none: %v, asked %d times", err, p.asked)
	}
	if err := call(entitlement.SSO, p.org, id.ID{}); err != nil {
		t.Errorf("an org that has it: %v", err)
	}
	if err := call(entitlement.SSO, id.New(), p.workspace); err != nil {
		t.Errorf("a workspace that has it: %v", err)
	}
	for what, err := range map[string]error{
		"an org that lacks it":       call(entitlement.SSO, id.New(), id.ID{}),
		"a workspace that lacks it":  call(entitlement.SSO, p.org, id.New()),
		"another of its own feature": call(entitlement.AuditExport, p.org, id.ID{}),
	} {
		if !fault.IsCode(err, fault.FeatureLimit) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
