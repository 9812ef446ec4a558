package core

import (
	"context"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/gen/core"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/convert"
)

var workspaceList = listing{
	sorts:    []string{"created_at", "updated_at", "name", "slug"},
	fields:   []string{"id", "name", "slug", "tier", "status", "settings", "created_at", "updated_at"},
	includes: []string{"owner", "projects"},
}

// ListWorkspaces lists the workspaces of the caller's org.
func (a *API) ListWorkspaces(
	ctx context.Context, r core.ListWorkspacesRequestObject,
) (core.ListWorkspacesResponseObject, error) {
	in := r.Params
	q, v, err := workspaceList.query(listParams{
		page: in.Page, perPage: in.PerPage, sort: in.Sort, fields: in.Fields, include: in.Include, search: in.Search,
		createdAfter: in.CreatedAfter, createdBefore: in.CreatedBefore, updatedAfter: in.UpdatedAfter,
		updatedBefore: in.UpdatedBefore,
		filters:       equal(nil, "status", in.Status),
	})
	if err != nil {
		return nil, err
	}
	p, err := a.Workspaces.List(ctx, identity.From(ctx).OrgID, q)
	if err != nil {
		return nil, err
	}
	withIncludes, err := a.loadWorkspaceIncludes(ctx, v, p.Items)
	if err != nil {
		return nil, err
	}
	items, err := selectFields(v,
		convert.Each(p.Items, func(w workspace.Workspace) core.WorkspaceItem { return ItemOfWorkspace(withIncludes(w)) }))
	if err != nil {
		return nil, err
	}
	out := core.ListWorkspaces200JSONResponse{Data: items}
	out.Meta, out.Links = a.pagination(ctx, v, len(items), p.Total)
	return out, nil
}

// loadWorkspaceIncludes reads what is included with workspaces, for all of them at once.
func (a *API) loadWorkspaceIncludes(
	ctx context.Context, v listOptions, items []workspace.Workspace,
) (func(workspace.Workspace) core.Workspace, error) {
	var owner *core.Owner
	if v.wants("owner") && len(items) > 0 {
		actor, err := a.Orgs.Owner(ctx)
		if err != nil {
			return nil, err
		}
		owner = FromActor(actor, identity.From(ctx))
	}
	var projects map[id.ID][]core.Project
	if v.wants("projects") {
		all, err := a.Projects.Of(ctx, convert.Each(items, func(w workspace.Workspace) id.ID { return w.ID }))
		if err != nil {
			return nil, err
		}
		projects = make(map[id.ID][]core.Project, len(all))
		for w, of := range all {
			projects[w] = convert.Each(of, FromProject)
		}
	}
	return func(w workspace.Workspace) core.Workspace {
		out := FromWorkspace(w)
		out.Owner = owner
		if projects != nil {
			out.Projects = append([]core.Project{}, projects[w.ID]...)
		}
		return out
	}, nil
}

// CreateWorkspace makes a workspace.
func (a *API) CreateWorkspace(
	ctx context.Context, r core.CreateWorkspaceRequestObject,
) (core.CreateWorkspaceResponseObject, error) {
	in := workspace.Create{
		Name: r.Body.Name, Slug: convert.Value(r.Body.Slug), Tier: plan.Free, Settings: workspace.Defaults(),
	}
	if r.Body.Tier != nil {
		in.Tier = plan.Tier(*r.Body.Tier)
	}
	w, err := a.Workspaces.Create(ctx, identity.From(ctx).OrgID, in)
	if err != nil {
		return nil, err
	}
	return core.CreateWorkspace201JSONResponse{Message: "Workspace created successfully.", Data: FromWorkspace(w)}, nil
}

// GetWorkspace returns one workspace.
func (a *API) GetWorkspace(
	ctx context.Context, r core.GetWorkspaceRequestObject,
) (core.GetWorkspaceResponseObject, error) {
	v, err := workspaceList.one(r.Params.Include)
	if err != nil {
		return nil, err
	}
	w, err := a.Workspaces.BySeq(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	withIncludes, err := a.loadWorkspaceIncludes(ctx, v, []workspace.Workspace{w})
	if err != nil {
		return nil, err
	}
	return core.GetWorkspace200JSONResponse{Data: withIncludes(w)}, nil
}

// UpdateWorkspace changes a workspace.
func (a *API) UpdateWorkspace(
	ctx context.Context, r core.UpdateWorkspaceRequestObject,
) (core.UpdateWorkspaceResponseObject, error) {
	w, err := a.Workspaces.BySeq(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	in := workspace.Update{Name: r.Body.Name, Slug: r.Body.Slug}
	if r.Body.Tier != nil {
		tier := plan.Tier(*r.Body.Tier)
		in.Tier = &tier
	}
	if s := r.Body.Settings; s != nil {
		in.Settings = workspace.Patch{Timezone: change(s.Timezone), Locale: change(s.Locale)}
	}
	if w, err = a.Workspaces.Update(ctx, w.ID, in); err != nil {
		return nil, err
	}
	return core.UpdateWorkspace200JSONResponse{Message: "Workspace updated successfully.", Data: FromWorkspace(w)}, nil
}

// DeleteWorkspace deletes a workspace with what is in it.
func (a *API) DeleteWorkspace(
	ctx context.Context, r core.DeleteWorkspaceRequestObject,
) (core.DeleteWorkspaceResponseObject, error) {
	w, err := a.Workspaces.BySeq(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	if err := a.Workspaces.Delete(ctx, w.ID); err != nil {
		return nil, err
	}
	return core.DeleteWorkspace204Response{}, nil
}

// workspace returns the workspace to act in: the one of X-Workspace-ID, or the caller's
// default.
func (a *API) workspace(ctx context.Context, header *int64) (workspace.Workspace, error) {
	if header == nil {
		return a.Workspaces.Default(ctx)
	}
	w, err := a.Workspaces.BySeq(ctx, *header)
	if err == nil {
		contract.From(ctx).Workspace = w.ID // whose calls are counted
	}
	return w, err
}
