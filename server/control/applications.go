package control

import (
	"context"

	"github.com/oapi-codegen/nullable"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/answer"
	"github.com/alania-go/alania/server/convert"
)

// ListApplications lists the applications of a workspace.
func (a *API) ListApplications(
	ctx context.Context, r control.ListApplicationsRequestObject,
) (control.ListApplicationsResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	q, err := a.query("applications/"+r.WorkspaceID, r.Params.Cursor, r.Params.Limit)
	if err != nil {
		return nil, err
	}
	p, err := a.Accounts.List(ctx, workspaceID, oauth.Application, q)
	if err != nil {
		return nil, err
	}
	return control.ListApplications200JSONResponse{
		Items: convert.Each(p.Items, FromApplication), Page: a.page(q, p.Next),
	}, nil
}

// CreateApplication registers an application and shows its secret, once.
func (a *API) CreateApplication(
	ctx context.Context, r control.CreateApplicationRequestObject,
) (control.CreateApplicationResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	confidential := r.Body.AccessType != nil && *r.Body.AccessType == control.ApplicationCreateAccessTypeConfidential
	c, secret, err := a.Accounts.Create(ctx, workspaceID, oauth.NewInWorkspace{
		Kind: oauth.Application, Slug: r.Body.Slug, Name: r.Body.DisplayName, Public: !confidential,
		RedirectURIs: r.Body.RedirectUris, AllowedOrigins: r.Body.AllowedOrigins,
	})
	if err != nil {
		return nil, err
	}
	return control.CreateApplication201JSONResponse(fromNewApplication(c, secret)), nil
}

// GetApplication returns one application.
func (a *API) GetApplication(
	ctx context.Context, r control.GetApplicationRequestObject,
) (control.GetApplicationResponseObject, error) {
	workspaceID, clientID, err := parseApplication(r.WorkspaceID, r.ApplicationID)
	if err != nil {
		return nil, err
	}
	c, err := a.Accounts.Get(ctx, workspaceID, oauth.Application, clientID)
	if err != nil {
		return nil, err
	}
	return control.GetApplication200JSONResponse(FromApplication(c)), nil
}

// DeleteApplication ends an application.
func (a *API) DeleteApplication(
	ctx context.Context, r control.DeleteApplicationRequestObject,
) (control.DeleteApplicationResponseObject, error) {
	workspaceID, clientID, err := parseApplication(r.WorkspaceID, r.ApplicationID)
	if err != nil {
		return nil, err
	}
	return control.DeleteApplication204Response{}, a.Accounts.Delete(ctx, workspaceID, oauth.Application, clientID)
}

// RotateApplicationSecret makes a new secret and shows it, once.
func (a *API) RotateApplicationSecret(
	ctx context.Context, r control.RotateApplicationSecretRequestObject,
) (control.RotateApplicationSecretResponseObject, error) {
	workspaceID, clientID, err := parseApplication(r.WorkspaceID, r.ApplicationID)
	if err != nil {
		return nil, err
	}
	c, secret, err := a.Accounts.Rotate(ctx, workspaceID, oauth.Application, clientID)
	if err != nil {
		return nil, err
	}
	return control.RotateApplicationSecret200JSONResponse(fromNewApplication(c, secret)), nil
}

func parseApplication(workspaceID, clientID string) (w, c id.ID, err error) {
	if w, err = ParseWorkspace(workspaceID); err != nil {
		return w, c, err
	}
	c, err = parse(id.ApplicationPrefix, clientID, "application")
	return w, c, err
}

// FromApplication shows an application.
func FromApplication(c oauth.Client) control.Application {
	access := control.ApplicationAccessTypeConfidential
	if c.Public {
		access = control.ApplicationAccessTypePublic
	}
	return control.Application{
		ID: c.ID.Prefixed(id.ApplicationPrefix), WorkspaceID: showWorkspace(c.WorkspaceID), Slug: c.Slug,
		DisplayName: c.Name, AccessType: access, RedirectUris: c.RedirectURIs, AllowedOrigins: c.AllowedOrigins,
		ClientID: c.ClientID, CreatedAt: answer.At(c.CreatedAt),
	}
}

func fromNewApplication(c oauth.Client, secret string) control.ApplicationCreated {
	app := FromApplication(c)
	out := control.ApplicationCreated{
		ID: app.ID, WorkspaceID: app.WorkspaceID, Slug: app.Slug, DisplayName: app.DisplayName, AccessType: app.AccessType,
		RedirectUris: app.RedirectUris, AllowedOrigins: app.AllowedOrigins, ClientID: app.ClientID, CreatedAt: app.CreatedAt,
		ClientSecret: nullable.NewNullNullable[string](),
	}
	if secret != "" {
		out.ClientSecret.Set(secret)
	}
	return out
}
