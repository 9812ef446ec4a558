package edge

import (
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/server/contract"
)

// authorize refuses a caller who lacks a scope, and lets the services know the others.
func (e *Edge) authorize(c echo.Context, x *contract.Exchange) error {
	p := x.Principal
	if p == nil {
		return nil
	}
	e.Uses.Note(p)
	x.Counts, x.Workspace = true, p.WorkspaceID
	if err := allowed(x.Operation, p); err != nil {
		return err
	}
	r := c.Request()
	c.SetRequest(r.WithContext(identity.With(r.Context(), p)))
	return nil
}

// allowed refuses a caller who lacks a scope that the operation needs.
func allowed(op *contract.Operation, p *identity.Principal) error {
	need := op.Access[p.Kind]
	if p.Scopes.AllowsAll(need) {
		return nil
	}
	missing := strings.Join(p.Scopes.Excess(need), " ")
	return &fault.Error{
		Code: fault.InsufficientScope, Message: "The credentials lack the scope " + missing + ".", Details: map[string]any{"scope": missing},
	}
}
