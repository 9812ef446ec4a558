package edge

import (
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/server/contract"
)

// authorize refuses a caller who lacks what every alternative needs, and lets the services know
// the others.
func (e *Edge) authorize(_ echo.Context, x *contract.Exchange) error {
	p := x.Principal
	if p == nil {
		return nil
	}
	e.Uses.Note(p)
	x.Counts, x.Workspace = true, p.WorkspaceID
	if err := allowed(x); err != nil {
		return err
	}
	x.Authorized(p)
	return nil
}

func allowed(x *contract.Exchange) (refused error) {
	for i, a := range x.Operation.Access {
		if x.Proved&(1<<i) == 0 {
			continue
		}
		err := complete(x, a)
		if err == nil {
			return nil
		}
		if refused == nil {
			refused = err
		}
	}
	return refused
}

// complete returns what an alternative lacks whose callers are known.
func complete(x *contract.Exchange, a contract.Alternative) error {
	for i := range a {
		need := &a[i]
		switch {
		case need.Proof.Source == x.Source:
			if err := holds(x.Principal, need.Scopes); err != nil {
				return err
			}
		case need.Proof.Check != nil:
			if err := need.Proof.Check(&x.Credentials, x.Principal); err != nil {
				return err
			}
		}
	}
	return nil
}

func holds(p *identity.Principal, need []string) error {
	if p.Scopes.AllowsAll(need) {
		return nil
	}
	missing := strings.Join(p.Scopes.Excess(need), " ")
	return &fault.Error{
		Code: fault.InsufficientScope, Message: "The credentials lack the scope " + missing + ".",
		Details: map[string]any{"scope": missing},
	}
}

// scopesFor are those that the first alternative needs of the caller.
func scopesFor(x *contract.Exchange) []string {
	for _, a := range x.Operation.Access {
		if scopes, ok := a.From(x.Source); ok {
			return scopes
		}
	}
	return nil
}
