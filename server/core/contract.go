package core

import (
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/server/contract"
)

// Name is the contract's.
const Name = "core"

// Module is what this contract is.
func Module(s contract.Services) contract.Module {
	return contract.Module{
		Name: Name, Dialect: Dialect{}, Events: Renderer{},
		Schemes: map[string]contract.Scheme{
			"oauth2": {Source: identity.FromToken}, "apiKey": {Source: identity.FromKey},
		},
		Handlers: &API{
			Orgs: s.Orgs, Workspaces: s.Workspaces, Projects: s.Projects, Keys: s.Keys, Webhooks: s.Webhooks,
			Entitlements: s.Entitlements, SEO: s.SEO, Pixel: s.Pixel, MCP: s.MCP, PublicURL: s.PublicURL,
		},
	}
}
