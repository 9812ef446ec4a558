package edge

import (
	"errors"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/server/contract"
)

// NoCredentials is the reason of an Unauthenticated request that had none at all.
const NoCredentials = "no_credentials"

// OutsideBundles is the way of a request to a route whose protocol somebody else has defined, so
// that no bundle describes it. op is made by hand; it says who may call, the limit, and the
// contract in whose words errors are told.
func (e *Edge) OutsideBundles(op *contract.Operation) echo.MiddlewareFunc {
	before := []step{e.authenticateOutside, e.limit, e.authorize}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		next = e.withInjectedFaults(next)
		next = e.withStream(op, e.authenticateOutside, next)
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

// authenticateOutside tells tools, which show little else, of credentials that are not there.
func (e *Edge) authenticateOutside(c echo.Context, x *contract.Exchange) error {
	err := e.authenticate(c, x)
	var f *fault.Error
	if errors.As(err, &f) && f.Code == fault.Unauthenticated && !x.Credentials.Authorized() {
		none := fault.New(fault.Unauthenticated, "The request has no credentials.").WithCause(f.Cause)
		none.Reason = NoCredentials // for the registry's words alone
		return none
	}
	return err
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
				err = unauthenticated("no credentials, or none that this route takes")
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
