package control

import (
	"context"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/answer"
	"github.com/alania-go/alania/server/convert"
)

// ListRealmClients lists the clients of a realm.
func (a *API) ListRealmClients(
	ctx context.Context, r control.ListRealmClientsRequestObject,
) (control.ListRealmClientsResponseObject, error) {
	q, err := a.query("realm-clients/"+r.RealmID, r.Params.Cursor, r.Params.Limit)
	if err != nil {
		return nil, err
	}
	p, err := a.Realms.Clients(ctx, r.RealmID, q)
	if err != nil {
		return nil, err
	}
	return control.ListRealmClients200JSONResponse{
		Items: convert.Each(p.Items, FromRealmClient), Page: a.page(q, p.Next),
	}, nil
}

// CreateRealmClient makes a client in a realm and shows its secret, once.
func (a *API) CreateRealmClient(
	ctx context.Context, r control.CreateRealmClientRequestObject,
) (control.CreateRealmClientResponseObject, error) {
	c, secret, err := a.Realms.CreateClient(ctx, r.RealmID, toRealmClient(r.Body))
	if err != nil {
		return nil, err
	}
	return control.CreateRealmClient201JSONResponse(fromNewRealmClient(c, secret)), nil
}

// GetRealmClient returns a client of a realm.
func (a *API) GetRealmClient(
	ctx context.Context, r control.GetRealmClientRequestObject,
) (control.GetRealmClientResponseObject, error) {
	clientID, err := parse(id.RealmClientPrefix, r.RealmClientID, "client")
	if err != nil {
		return nil, err
	}
	c, err := a.Realms.Client(ctx, r.RealmID, clientID)
	if err != nil {
		return nil, err
	}
	return control.GetRealmClient200JSONResponse(FromRealmClient(c)), nil
}

// DeleteRealmClient deletes a client of a realm.
func (a *API) DeleteRealmClient(
	ctx context.Context, r control.DeleteRealmClientRequestObject,
) (control.DeleteRealmClientResponseObject, error) {
	clientID, err := parse(id.RealmClientPrefix, r.RealmClientID, "client")
	if err != nil {
		return nil, err
	}
	return control.DeleteRealmClient204Response{}, a.Realms.DeleteClient(ctx, r.RealmID, clientID)
}

// RotateRealmClientSecret makes a new secret and shows it, once.
func (a *API) RotateRealmClientSecret(
	ctx context.Context, r control.RotateRealmClientSecretRequestObject,
) (control.RotateRealmClientSecretResponseObject, error) {
	clientID, err := parse(id.RealmClientPrefix, r.RealmClientID, "client")
	if err != nil {
		return nil, err
	}
	c, secret, err := a.Realms.NewSecret(ctx, r.RealmID, clientID)
	if err != nil {
		return nil, err
	}
	return control.RotateRealmClientSecret200JSONResponse(fromNewRealmClient(c, secret)), nil
}

func toRealmClient(b *control.RealmClientCreate) realm.Client {
	c := realm.Client{
		ClientID: b.ClientID, DisplayName: convert.Value(b.DisplayName), Access: realm.Confidential,
		RedirectURIs: b.RedirectUris, WebOrigins: b.WebOrigins, Scopes: b.Scopes,
		Password: convert.Value(b.DirectAccessGrantsEnabled), Service: convert.Value(b.ServiceAccountsEnabled),
		Roles: b.ServiceAccountRoles,
	}
	if b.AccessType != nil {
		c.Access = realm.AccessType(*b.AccessType)
	}
	if c.DisplayName == "" {
		c.DisplayName = c.ClientID
	}
	if c.Scopes == nil {
		c.Scopes = realm.DefaultScopes()
	}
	return c
}

// FromRealmClient shows a client.
func FromRealmClient(c realm.Client) control.RealmClient {
	return control.RealmClient{
		ID: c.ID.Prefixed(id.RealmClientPrefix), ClientID: c.ClientID, DisplayName: c.DisplayName,
		Protocol: control.RealmClientProtocolOpenidConnect, AccessType: control.RealmAccessType(c.Access),
		Enabled: c.Enabled, RedirectUris: list(c.RedirectURIs), WebOrigins: list(c.WebOrigins), Scopes: list(c.Scopes),
		DirectAccessGrantsEnabled: c.Password, ServiceAccountsEnabled: c.Service, ServiceAccountRoles: list(c.Roles),
		CreatedAt: answer.At(c.CreatedAt),
	}
}

func fromNewRealmClient(c realm.Client, secret string) control.RealmClientCreated {
	s := FromRealmClient(c)
	var shown *string
	if secret != "" {
		shown = &secret
	}
	return control.RealmClientCreated{
		ID: s.ID, ClientID: s.ClientID, DisplayName: s.DisplayName,
		Protocol: control.RealmClientCreatedProtocolOpenidConnect, AccessType: s.AccessType, Enabled: s.Enabled,
		RedirectUris: s.RedirectUris, WebOrigins: s.WebOrigins, Scopes: s.Scopes,
		DirectAccessGrantsEnabled: s.DirectAccessGrantsEnabled, ServiceAccountsEnabled: s.ServiceAccountsEnabled,
		ServiceAccountRoles: s.ServiceAccountRoles, ClientSecret: convert.Nullable(shown), CreatedAt: s.CreatedAt,
	}
}
