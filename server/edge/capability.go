package edge

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/server/contract"
)

// Plans refuses what a plan does not include.
type Plans interface {
	// Require refuses a capability that is not in the plan of a workspace or, with the zero id, of the org.
	Require(ctx context.Context, orgID, workspaceID id.ID, f entitlement.Feature) error
}

// Workspaces knows what can be used in workspaces.
type Workspaces interface {
	// Access returns what the caller may use in a workspace; NotFound: nothing, and not even know of it.
	Access(ctx context.Context, workspaceID id.ID) (workspace.Access, error)
	// PlanOf returns the plan of an org.
	PlanOf(ctx context.Context, orgID id.ID) (plan.Tier, error)
	// Refused returns the error of a capability that cannot be used.
	Refused(c workspace.Capability, reason string, tier plan.Tier) error
}

// requireCapability refuses a caller whose plan lacks the capability that the operation needs, or whose workspace does.
// A plan that cannot be read refuses as well. The plan is that of the workspace that the path names or that the
// credentials are bound to, or that of the org.
func (e *Edge) requireCapability(c echo.Context, x *contract.Exchange) error {
	op, ctx := x.Operation, c.Request().Context()
	switch {
	case op.Capability != "":
		return e.Plans.Require(ctx, x.Principal.OrgID, x.Principal.WorkspaceID, op.Capability)
	case op.Needs == "":
		return nil
	case op.InWorkspace:
		return e.requireInWorkspace(ctx, c, x)
	}
	tier, err := e.Workspaces.PlanOf(ctx, x.Principal.OrgID)
	if err != nil || op.Needs.Included(tier) {
		return err
	}
	return e.Workspaces.Refused(op.Needs, workspace.PlanRestriction, tier)
}

func (e *Edge) requireInWorkspace(ctx context.Context, c echo.Context, x *contract.Exchange) error {
	in := x.Operation.Contract.Workspace
	workspaceID, err := in.Parse(c.Param(in.Name))
	if err != nil {
		return err
	}
	a, err := e.Workspaces.Access(ctx, workspaceID)
	if err != nil {
		return err
	}
	if reason := a.Refusal(x.Operation.Needs); reason != "" {
		return e.Workspaces.Refused(x.Operation.Needs, reason, a.Tier)
	}
	x.Workspace = workspaceID
	return nil
}
