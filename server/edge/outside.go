package edge

import (
	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/server/contract"
)

// OutsideBundles is the way of a request to a route whose protocol somebody else has defined, so
// that no bundle describes it. op is made by hand; it says who may call, the limit, and the
// contract in whose words errors are told.
func (e *Edge) OutsideBundles(op *contract.Operation) echo.MiddlewareFunc {
	before := []step{e.authenticate, e.limit, e.authorize}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		next = e.withInjectedFaults(next)
		next = e.withStream(op, e.authenticate, next)
		return func(c echo.Context) error {
			x := contract.From(c.Request().Context())
			x.Operation = op
			for _, step := range before {
				if err := step(c, x); err != nil {
					return err
				}
			}
			return next(c)
		}
	}
}

// Authenticated is the way of a request to a route that is no operation of a contract: it wants a
// caller from one of the sources, whatever the scopes, and takes one request from the caller's
// bucket. The caller is in the exchange, and not in the context, where services would look for it.
func (e *Edge) Authenticated(sources ...identity.Source) echo.MiddlewareFunc {
	op := &contract.Operation{Access: contract.Callers(nil, sources...)}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			x := contract.From(c.Request().Context())
			x.Credentials.Read(c.Request(), x.From)
			p, source, err := e.caller(c, x, op)
			if err == nil && p == nil {
				err = unknown(x, "no credentials, or none that this route takes")
			}
			if err != nil {
				return e.refuseStranger(c, x, err)
			}
			if err := e.takeFromBucket(c, x, p, ""); err != nil {
				return err
			}
			x.Principal, x.Source = p, source
			e.Uses.Note(p)
			return next(c)
		}
	}
}
