package platform

import (
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
			"clientBasic": {Carry: contract.CarryClient},
		},
		Handlers: &API{
			Orgs: s.Orgs, Workspaces: s.Workspaces, Keys: s.Keys, Audit: s.Audit, OAuth: s.OAuth, Webhooks: s.Webhooks,
			Sync: s.Sync,
			Jobs: s.Jobs, Cursors: s.Cursors, Version: s.Version, Draining: s.Draining,
			Health: s.Health, Scopes: s.Scopes,
		},
	}
}
