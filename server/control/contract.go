package control

import (
	"regexp"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/server/contract"
)

// Name is the contract's.
const Name = "control"

const correlationID = "X-Correlation-Id"

// Module is what this contract is.
func Module(s contract.Services) contract.Module {
	return contract.Module{
		Name: Name, Dialect: Dialect{Now: s.Now},
		RequestID: correlationID, ValidRequestID: wellFormed.MatchString,
		Headers:   []contract.HeaderCheck{{Name: correlationID, Refuse: refuseCorrelationID}},
		Workspace: &contract.WorkspaceParameter{Name: "workspaceId", Parse: ParseWorkspace},
		Schemes: map[string]contract.Scheme{
			"oauth2": {Source: identity.FromToken}, "apiKey": {Source: identity.FromKey},
			"oidc": {Source: identity.FromIssuer}, "clientBasic": {Carry: carryClient},
		},
		Handlers: &API{
			Tenants: s.Tenants, Workspaces: s.Workspaces, Accounts: s.Accounts, Realms: s.Realms, PublicURL: s.PublicURL,
			Objects: s.Objects, Documents: s.Documents, Events: s.Events, Rows: s.Rows,
			Health: s.Health, Version: s.Version, Engines: s.Engines, Cursors: s.Cursors,
		},
	}
}

// carryClient takes the credentials of a client from HTTP Basic. Callers who send a bearer token with every request
// send it to the token operation as well, where it means nothing.
func carryClient(cr *contract.Credentials, x *contract.Exchange) error {
	if !cr.Basic {
		return nil
	}
	return contract.CarryClient(cr, x)
}

// wellFormed is the form of a correlation id.
var wellFormed = regexp.MustCompile(`^[A-Za-z0-9._:-]{8,128}$`)

const form = "8 to 128 letters, digits, dots, underscores, colons and hyphens"

// refuseCorrelationID returns what is wrong with the ids that a request has.
func refuseCorrelationID(values []string) error {
	switch {
	case len(values) == 0:
		return &fault.Error{
			Code: fault.Malformed, Reason: "correlation_id_required",
			Message: "Send " + correlationID + ": an id of your own, with " + form + ".",
		}
	case len(values) > 1 || !wellFormed.MatchString(values[0]):
		return &fault.Error{
			Code: fault.Malformed, Reason: "correlation_id_invalid",
			Message: correlationID + " must be sent once, with " + form + ".",
		}
	}
	return nil
}
