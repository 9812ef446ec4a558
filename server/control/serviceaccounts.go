package control

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/answer"
	"github.com/alania-go/alania/server/convert"
)

// ListServiceAccounts lists the service accounts of a workspace.
func (a *API) ListServiceAccounts(
	ctx context.Context, r control.ListServiceAccountsRequestObject,
) (control.ListServiceAccountsResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	q, err := a.query("service-accounts/"+r.WorkspaceID, r.Params.Cursor, r.Params.Limit)
	if err != nil {
		return nil, err
	}
	p, err := a.Accounts.List(ctx, workspaceID, oauth.ServiceAccount, q)
	if err != nil {
		return nil, err
	}
	return control.ListServiceAccounts200JSONResponse{
		Items: convert.Each(p.Items, FromServiceAccount), Page: a.page(q, p.Next),
	}, nil
}

// CreateServiceAccount makes a service account and shows its secret, once.
func (a *API) CreateServiceAccount(
	ctx context.Context, r control.CreateServiceAccountRequestObject,
) (control.CreateServiceAccountResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	c, secret, err := a.Accounts.Create(ctx, workspaceID, oauth.NewInWorkspace{
		Kind: oauth.ServiceAccount, Slug: r.Body.Slug, Name: r.Body.DisplayName, Scopes: r.Body.Scopes,
	})
	if err != nil {
		return nil, err
	}
	return control.CreateServiceAccount201JSONResponse(fromNewServiceAccount(c, secret)), nil
}

// GetServiceAccount returns one service account.
func (a *API) GetServiceAccount(
	ctx context.Context, r control.GetServiceAccountRequestObject,
) (control.GetServiceAccountResponseObject, error) {
	workspaceID, clientID, err := parseServiceAccount(r.WorkspaceID, r.ServiceAccountID)
	if err != nil {
		return nil, err
	}
	c, err := a.Accounts.Get(ctx, workspaceID, oauth.ServiceAccount, clientID)
	if err != nil {
		return nil, err
	}
	return control.GetServiceAccount200JSONResponse(FromServiceAccount(c)), nil
}

// DeleteServiceAccount ends a service account.
func (a *API) DeleteServiceAccount(
	ctx context.Context, r control.DeleteServiceAccountRequestObject,
) (control.DeleteServiceAccountResponseObject, error) {
	workspaceID, clientID, err := parseServiceAccount(r.WorkspaceID, r.ServiceAccountID)
	if err != nil {
		return nil, err
	}
	return control.DeleteServiceAccount204Response{}, a.Accounts.Delete(ctx, workspaceID, oauth.ServiceAccount, clientID)
}

// RotateServiceAccountSecret makes a new secret and shows it, once.
func (a *API) RotateServiceAccountSecret(
	ctx context.Context, r control.RotateServiceAccountSecretRequestObject,
) (control.RotateServiceAccountSecretResponseObject, error) {
	workspaceID, clientID, err := parseServiceAccount(r.WorkspaceID, r.ServiceAccountID)
	if err != nil {
		return nil, err
	}
	c, secret, err := a.Accounts.Rotate(ctx, workspaceID, oauth.ServiceAccount, clientID)
	if err != nil {
		return nil, err
	}
	return control.RotateServiceAccountSecret200JSONResponse(fromNewServiceAccount(c, secret)), nil
}

func parseServiceAccount(workspaceID, clientID string) (w, c id.ID, err error) {
	if w, err = ParseWorkspace(workspaceID); err != nil {
		return w, c, err
	}
	c, err = parse(id.ServiceAccountPrefix, clientID, "service account")
	return w, c, err
}

// FromServiceAccount shows a service account.
func FromServiceAccount(c oauth.Client) control.ServiceAccount {
	return control.ServiceAccount{
		ID: c.ID.Prefixed(id.ServiceAccountPrefix), WorkspaceID: showWorkspace(c.WorkspaceID), Slug: c.Slug,
		DisplayName: c.Name, Scopes: c.Scopes, ClientID: c.ClientID, LastUsedAt: convert.Nullable(shown(c.LastUsedAt)),
		CreatedAt: answer.At(c.CreatedAt),
	}
}

func fromNewServiceAccount(c oauth.Client, secret string) control.ServiceAccountCreated {
	s := FromServiceAccount(c)
	return control.ServiceAccountCreated{
		ID: s.ID, WorkspaceID: s.WorkspaceID, Slug: s.Slug, DisplayName: s.DisplayName, Scopes: s.Scopes,
		ClientID: s.ClientID, ClientSecret: secret, LastUsedAt: s.LastUsedAt, CreatedAt: s.CreatedAt,
	}
}

// shown is a time as it is shown, where there is one.
func shown(t *time.Time) *answer.Time {
	if t == nil {
		return nil
	}
	at := answer.At(*t)
	return &at
}
