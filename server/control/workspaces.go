package control

import (
	"context"

	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/answer"
	"github.com/alania-go/alania/server/convert"
)

// ListWorkspaces lists the workspaces of the caller's tenant.
func (a *API) ListWorkspaces(
	ctx context.Context, r control.ListWorkspacesRequestObject,
) (control.ListWorkspacesResponseObject, error) {
	q, err := a.query("workspaces", r.Params.Cursor, r.Params.Limit, equal(nil, "status", r.Params.Status)...)
	if err != nil {
		return nil, err
	}
	p, err := a.Workspaces.ListByState(ctx, q)
	if err != nil {
		return nil, err
	}
	return control.ListWorkspaces200JSONResponse{Items: convert.Each(p.Items, FromWorkspace), Page: a.page(q, p.Next)}, nil
}

// CreateWorkspace makes a workspace in a tenant.
func (a *API) CreateWorkspace(
	ctx context.Context, r control.CreateWorkspaceRequestObject,
) (control.CreateWorkspaceResponseObject, error) {
	orgID, err := ParseTenant(r.Body.TenantID)
	if err != nil {
		return nil, err
	}
	w, err := a.Workspaces.CreateFor(ctx, orgID, workspace.Create{
		Name: r.Body.DisplayName, Slug: r.Body.Slug, Settings: workspace.Defaults(),
		Capabilities: ToCapabilities(r.Body.Capabilities),
	})
	if err != nil {
		return nil, err
	}
	return control.CreateWorkspace201JSONResponse(FromWorkspace(w)), nil
}

// GetWorkspace returns one workspace.
func (a *API) GetWorkspace(
	ctx context.Context, r control.GetWorkspaceRequestObject,
) (control.GetWorkspaceResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	w, err := a.Workspaces.Get(ctx, workspaceID)
	if err != nil {
		return nil, err
	}
	return control.GetWorkspace200JSONResponse(FromWorkspace(w)), nil
}

// UpdateWorkspace changes a workspace.
func (a *API) UpdateWorkspace(
	ctx context.Context, r control.UpdateWorkspaceRequestObject,
) (control.UpdateWorkspaceResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	w, err := a.Workspaces.Update(ctx, workspaceID, workspace.Update{
		Name: r.Body.DisplayName, Status: (*workspace.Status)(r.Body.Status),
		Capabilities: ToCapabilities(r.Body.Capabilities),
	})
	if err != nil {
		return nil, err
	}
	return control.UpdateWorkspace200JSONResponse(FromWorkspace(w)), nil
}

// DeleteWorkspace deletes a workspace with what is in it.
func (a *API) DeleteWorkspace(
	ctx context.Context, r control.DeleteWorkspaceRequestObject,
) (control.DeleteWorkspaceResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	return control.DeleteWorkspace204Response{}, a.Workspaces.Delete(ctx, workspaceID)
}

// FromWorkspace shows a workspace.
func FromWorkspace(w workspace.Workspace) control.Workspace {
	return control.Workspace{
		ID: showWorkspace(w.ID), TenantID: showTenant(w.OrgID), Slug: w.Slug, DisplayName: w.Name,
		Capabilities: convert.Each(w.Capabilities, func(c workspace.Capability) control.Capability {
			return control.Capability(c)
		}),
		Status: control.WorkspaceStatus(w.State()), CreatedAt: answer.At(w.CreatedAt), UpdatedAt: answer.At(w.UpdatedAt),
	}
}

// ToCapabilities reads capabilities; nil: none are sent.
func ToCapabilities(list *control.Capabilities) []workspace.Capability {
	if list == nil {
		return nil
	}
	out := make([]workspace.Capability, len(*list))
	for i, c := range *list {
		out[i] = workspace.Capability(c)
	}
	return out
}
