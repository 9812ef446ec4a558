package platform

import (
	"context"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/gen/platform"
	"github.com/alania-go/alania/server/convert"
)

// ListWorkspaces lists the workspaces of an org.
func (a *API) ListWorkspaces(
	ctx context.Context, r platform.ListWorkspacesRequestObject,
) (platform.ListWorkspacesResponseObject, error) {
	orgID, err := parse(id.OrgPrefix, r.OrgID, "organization")
	if err != nil {
		return nil, err
	}
	f := equal(equal(equal(nil, "status", r.Params.FilterStatus), "slug", r.Params.FilterSlug), "name",
		r.Params.FilterName)
	q, err := query(a, "workspaces/"+r.OrgID, r.Params.Cursor, r.Params.Limit, r.Params.Sort, f...)
	if err != nil {
		return nil, err
	}
	p, err := a.Workspaces.List(ctx, orgID, q)
	if err != nil {
		return nil, err
	}
	caller := identity.From(ctx)
	return platform.ListWorkspaces200JSONResponse{
		Data:       convert.Each(p.Items, func(w workspace.Workspace) platform.Workspace { return FromWorkspace(w, caller) }),
		NextCursor: convert.Nullable(a.Cursors.Next(q, p.Next)),
	}, nil
}

// CreateWorkspace makes a workspace.
func (a *API) CreateWorkspace(
	ctx context.Context, r platform.CreateWorkspaceRequestObject,
) (platform.CreateWorkspaceResponseObject, error) {
	orgID, err := parse(id.OrgPrefix, r.OrgID, "organization")
	if err != nil {
		return nil, err
	}
	w, err := a.Workspaces.Create(ctx, orgID,
		workspace.Create{Name: r.Body.Name, Slug: convert.Value(r.Body.Slug), Settings: ToSettings(r.Body.Settings)})
	if err != nil {
		return nil, err
	}
	body := FromWorkspace(w, identity.From(ctx))
	return platform.CreateWorkspace201JSONResponse{
		Body: body, Headers: platform.CreateWorkspace201ResponseHeaders{ETag: tag(w), Location: "/v2/workspaces/" + body.ID},
	}, nil
}

// GetWorkspace returns one workspace.
func (a *API) GetWorkspace(
	ctx context.Context, r platform.GetWorkspaceRequestObject,
) (platform.GetWorkspaceResponseObject, error) {
	w, err := a.workspace(ctx, r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	if matches(r.Params.IfNoneMatch, tag(w), weak) {
		return platform.GetWorkspace304Response{Headers: platform.GetWorkspace304ResponseHeaders{ETag: tag(w)}}, nil
	}
	return platform.GetWorkspace200JSONResponse{
		Body: FromWorkspace(w, identity.From(ctx)), Headers: platform.GetWorkspace200ResponseHeaders{ETag: tag(w)},
	}, nil
}

// GetWorkspaceSettings returns a workspace's settings.
func (a *API) GetWorkspaceSettings(
	ctx context.Context, r platform.GetWorkspaceSettingsRequestObject,
) (platform.GetWorkspaceSettingsResponseObject, error) {
	w, err := a.workspace(ctx, r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	if matches(r.Params.IfNoneMatch, tag(w), weak) {
		return platform.GetWorkspaceSettings304Response{
			Headers: platform.GetWorkspaceSettings304ResponseHeaders{ETag: tag(w)},
		}, nil
	}
	return platform.GetWorkspaceSettings200JSONResponse{
		Body: FromSettings(w.Settings), Headers: platform.GetWorkspaceSettings200ResponseHeaders{ETag: tag(w)},
	}, nil
}

// UpdateWorkspaceSettings changes a workspace's settings (RFC 7396).
func (a *API) UpdateWorkspaceSettings(
	ctx context.Context, r platform.UpdateWorkspaceSettingsRequestObject,
) (platform.UpdateWorkspaceSettingsResponseObject, error) {
	workspaceID, err := parse(id.WorkspacePrefix, r.WorkspaceID, "workspace")
	if err != nil {
		return nil, err
	}
	var want func(int) bool
	if r.Params.IfMatch != nil {
		want = func(version int) bool { return matches(r.Params.IfMatch, version2tag(version), strong) }
	}
	w, err := a.Workspaces.UpdateSettings(ctx, workspaceID, ToPatch(*r.Body), want)
	if err != nil {
		return nil, err
	}
	return platform.UpdateWorkspaceSettings200JSONResponse{
		Body: FromSettings(w.Settings), Headers: platform.UpdateWorkspaceSettings200ResponseHeaders{ETag: tag(w)},
	}, nil
}

func (a *API) workspace(ctx context.Context, s string) (workspace.Workspace, error) {
	workspaceID, err := parse(id.WorkspacePrefix, s, "workspace")
	if err != nil {
		return workspace.Workspace{}, err
	}
	return a.Workspaces.Get(ctx, workspaceID)
}

// tag is the entity tag of a workspace and of its settings, which change together.
func tag(w workspace.Workspace) string { return version2tag(w.Version) }

func version2tag(version int) string { return `"` + strconv.Itoa(version) + `"` }

// The comparisons of RFC 9110 section 8.8.3.2: If-Match needs the strong one.
const (
	strong = false
	weak   = true
)

// matches reports whether a tag is among those of a conditional header.
func matches(header *string, tag string, weakly bool) bool {
	if header == nil {
		return false
	}
	for candidate := range strings.SplitSeq(*header, ",") {
		candidate = strings.TrimSpace(candidate)
		if weakly {
			candidate = strings.TrimPrefix(candidate, "W/")
		}
		if candidate == "*" || candidate == tag {
			return true
		}
	}
	return false
}
