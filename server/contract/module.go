package contract

import (
	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/webhook"
)

// Module is what one contract is, besides its bundle. Each package server/<contract> makes one, and
// the server has a list of them; nothing else knows a contract by its name.
type Module struct {
	Name     string // of the contract and of its bundle
	Bundle   []byte // the document in JSON; nil: the published one with this name
	Dialect  Dialect
	Handlers Handlers

	// RequestID is the header with which callers name a request, and which every answer has.
	// Empty: X-Request-ID.
	RequestID string
	// ValidRequestID reports whether an id that a caller sends is used. Nil: any that is harmless in a log.
	ValidRequestID func(string) bool
	// Headers are those that the contract checks with errors of its own, before the validator holds the
	// request against its schemas.
	Headers []HeaderCheck
	// Echoed are headers of the request that every answer repeats.
	Echoed []string
	// Events puts events into the words of the contract, for the webhook endpoints that were made
	// in it; nil: it has none.
	Events webhook.Renderer
	// ShowID shows an id as this contract does; nil: as a ULID. The edge makes request ids with it.
	ShowID func(id.ID) string
	// Workspace is the parameter of paths that names a workspace; nil: none does.
	Workspace *WorkspaceParameter
	// KeyTaken says how an Idempotency-Key that cannot be used is refused.
	KeyTaken KeyTaken

	// Schemes says how each security scheme of the bundle is proved, by its name there.
	Schemes map[string]Scheme
	// Resolvers are those of this contract alone. They are asked before those of the server.
	Resolvers []Resolver
}

// Handlers are those of one contract.
type Handlers interface {
	// Register puts the operations on the router, each after its steps, which are by operationId.
	Register(router *Router, steps map[string][]echo.MiddlewareFunc)
	// Lists are what the handlers know of each operation with x-list, by operationId.
	Lists() map[string]Table
}

// KeyTaken says how an Idempotency-Key is refused that cannot be used. A zero code leaves the error
// as the domain words it.
type KeyTaken struct {
	InFlight Refusal // the first request with the key still runs
	Mismatch Refusal // the key was used for another request
}

// Refusal is the code and the reason of an error.
type Refusal struct {
	Code   fault.Code
	Reason string
}

// Of returns the error as the contract tells of it.
func (k KeyTaken) Of(err *fault.Error) *fault.Error {
	r := Refusal{}
	switch err.Code {
	case fault.IdempotencyInFlight:
		r = k.InFlight
	case fault.IdempotencyMismatch:
		r = k.Mismatch
	}
	if r.Code == "" {
		return err
	}
	told := *err
	told.Code, told.Reason = r.Code, r.Reason
	return &told
}
