package keys

import (
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/server/contract"
)

// Name is the contract's.
const Name = "keys"

// Module is what this contract is.
func Module(s contract.Services) contract.Module {
	return contract.Module{
		Name: Name, Dialect: Dialect{Now: s.Now}, Handlers: &API{Keys: s.Keys},
		Schemes: map[string]contract.Scheme{
			"oauth2": {Source: identity.FromToken}, "apiKey": {Source: identity.FromKey},
		},
	}
}
