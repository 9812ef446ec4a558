package edge

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/server/contract"
)

// Plans refuses what a plan does not include.
type Plans interface {
	// Require refuses a capability that is not in the plan of a workspace or, with the zero id, of the org.
	Require(ctx context.Context, orgID, workspaceID id.ID, f entitlement.Feature) error
}

// requireCapability refuses a caller whose plan lacks the capability that the operation needs. The plan is that of the
// workspace that the credentials are bound to, or that of the org.
func (e *Edge) requireCapability(c echo.Context, x *contract.Exchange) error {
	f := x.Operation.Capability
	if f == "" {
		return nil
	}
	return e.Plans.Require(c.Request().Context(), x.Principal.OrgID, x.Principal.WorkspaceID, f)
}
