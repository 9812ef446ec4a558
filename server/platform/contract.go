package platform

import (
	"net/url"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/server/contract"
)

// Name is the contract's.
const Name = "platform"

// Module is what this contract is.
func Module(s contract.Services) contract.Module {
	return contract.Module{
		Name: Name, Dialect: Dialect{}, Events: Renderer{},
		Schemes: map[string]contract.Scheme{
			"oauth2": {Source: identity.FromToken}, "apiKey": {Source: identity.FromKey},
			"clientBasic": {Carry: clientCredentials},
		},
		Handlers: &API{
			Orgs: s.Orgs, Workspaces: s.Workspaces, Keys: s.Keys, Audit: s.Audit, OAuth: s.OAuth, Webhooks: s.Webhooks,
			Sync: s.Sync,
			Jobs: s.Jobs, Cursors: s.Cursors, Version: s.Version, Draining: s.Draining,
			Health: s.Health, Scopes: s.Scopes,
		},
	}
}

// clientCredentials takes the credentials of an OAuth client from HTTP Basic. The token endpoint
// proves them itself (RFC 6749 section 2.3.1, which also says how they are encoded).
func clientCredentials(cr *contract.Credentials, x *contract.Exchange) error {
	switch {
	case !cr.Authorized():
		return nil
	case !cr.Basic:
		return invalidClient("are not of the Basic scheme")
	}
	clientID, err := url.QueryUnescape(cr.Username)
	if err != nil {
		return invalidClient("are not form-encoded")
	}
	secret, err := url.QueryUnescape(cr.Password)
	if err != nil {
		return invalidClient("are not form-encoded")
	}
	x.Client = &contract.ClientCredentials{ID: clientID, Secret: secret}
	return nil
}

func invalidClient(why string) error {
	return fault.New(fault.OAuthInvalidClient, "The client credentials in the Authorization header "+why+".")
}
