package edge

import (
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/server/contract"
)

// NoCredentials is the reason of an Unauthenticated request that had none at all.
const NoCredentials = "no_credentials"

// OutsideBundles is the way of a request to a route whose protocol somebody else has defined, so
// that no bundle describes it. op is made by hand; it says who may call, the limit, and the
// contract in whose words errors are told. Credentials may be Bearer or Basic.
func (e *Edge) OutsideBundles(op *contract.Operation) echo.MiddlewareFunc {
	authenticate := func(c echo.Context, x *contract.Exchange) (err error) {
		x.Principal, err = e.credentials(c, x)
		return err
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		next = e.withInjectedFaults(next)
		next = e.withStream(op, authenticate, next)
		return func(c echo.Context) error {
			x := contract.From(c.Request().Context())
			x.Operation = op
			if err := authenticate(c, x); err != nil {
				return e.refuseStranger(c, x, err)
			}
			if err := e.limit(c, x); err != nil {
				return err
			}
			if err := e.authorize(c, x); err != nil {
				return err
			}
			return next(c)
		}
	}
}

// Authenticated is the way of a request to a route that is no operation of a contract: it wants a
// bearer credential, whatever its scopes, and takes one request from the caller's bucket.
// The caller is in the exchange, and not in the context, where services would look for it.
func (e *Edge) Authenticated(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		x := contract.From(c.Request().Context())
		p, err := e.bearer(c, x)
		if err != nil {
			return e.refuseStranger(c, x, err)
		}
		if err := e.takeFromBucket(c, x, p, ""); err != nil {
			return err
		}
		x.Principal = p
		e.Uses.Note(p)
		return next(c)
	}
}

// credentials returns the caller with a bearer credential, or with a Basic one as the
// tools of programmers send it: with an API key or an access token as the password of any
// user, or with the id and the secret of an OAuth client.
func (e *Edge) credentials(c echo.Context, x *contract.Exchange) (*identity.Principal, error) {
	r := c.Request()
	headers := r.Header.Values("Authorization")
	if len(headers) == 0 {
		f := fault.New(fault.Unauthenticated, "The request has no credentials.")
		f.Reason = NoCredentials
		return nil, f
	}
	name, password, isBasic := r.BasicAuth()
	ctx := e.gated(c, x)
	switch {
	case !isBasic || len(headers) > 1:
		return e.bearer(c, x)
	case apikey.Looks(password):
		return e.Keys.Authenticate(ctx, password, x.From)
	case strings.Count(password, ".") == 2: // a JWT
		return e.OAuth.Authenticate(ctx, password)
	}
	return e.OAuth.AuthenticateClient(ctx, oauth.Credentials{ID: name, Secret: password, Basic: true})
}
