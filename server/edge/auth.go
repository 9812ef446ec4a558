package edge

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server/contract"
)

// refuseStranger refuses who could not be authenticated. Guessing credentials is limited by where
// the guesses come from.
func (e *Edge) refuseStranger(c echo.Context, x *contract.Exchange, err error) error {
	if fault.IsCode(err, fault.RateLimited) { // the limit was reached before, and nothing was looked up
		return err
	}
	if limited := e.takeFromBucket(c, x, nil, failed); limited != nil {
		return limited
	}
	return err
}

// authenticate finds out who calls; nobody, for a public operation.
func (e *Edge) authenticate(c echo.Context, x *contract.Exchange) error {
	if x.Operation.Public() {
		return e.clientCredentials(c, x)
	}
	p, err := e.bearer(c, x)
	if err != nil {
		return e.refuseStranger(c, x, err)
	}
	if _, ok := x.Operation.Access[p.Kind]; !ok {
		return e.refuseStranger(c, x, unauthenticated("not a kind of credential that this operation takes"))
	}
	x.Principal = p
	return nil
}

// clientCredentials takes an OAuth client's credentials from the header, for an operation that
// checks them itself.
func (e *Edge) clientCredentials(c echo.Context, x *contract.Exchange) error {
	if !x.Operation.ClientBasic {
		return nil
	}
	r := c.Request()
	name, password, ok := r.BasicAuth()
	if !ok {
		if r.Header.Get("Authorization") != "" {
			return e.refuseStranger(c, x, fault.New(fault.OAuthInvalidClient,
				"The client credentials in the Authorization header are not of the Basic scheme."))
		}
		return nil
	}
	cr, err := basic(name, password)
	if err != nil {
		return e.refuseStranger(c, x, err)
	}
	x.Client = cr
	return nil
}

// basic undoes the encoding of RFC 6749 section 2.3.1.
func basic(name, password string) (*contract.ClientCredentials, error) {
	clientID, err := url.QueryUnescape(name)
	if err != nil {
		return nil, fault.New(fault.OAuthInvalidClient, "The client credentials in the Authorization header are not form-encoded.")
	}
	secret, err := url.QueryUnescape(password)
	if err != nil {
		return nil, fault.New(fault.OAuthInvalidClient, "The client credentials in the Authorization header are not form-encoded.")
	}
	return &contract.ClientCredentials{ID: clientID, Secret: secret}, nil
}

// bearer returns the caller with the bearer credential of a request.
func (e *Edge) bearer(c echo.Context, x *contract.Exchange) (*identity.Principal, error) {
	headers := c.Request().Header.Values("Authorization")
	if len(headers) != 1 {
		return nil, unauthenticated("no Authorization header, or several")
	}
	scheme, credential, ok := strings.Cut(headers[0], " ")
	credential = strings.TrimSpace(credential)
	if !ok || !strings.EqualFold(scheme, "Bearer") || credential == "" {
		return nil, unauthenticated("not a bearer credential")
	}
	ctx := e.gated(c, x)
	if apikey.Looks(credential) {
		return e.Keys.Authenticate(ctx, credential, x.From)
	}
	return e.OAuth.Authenticate(ctx, credential)
}

// gated returns a context in which credentials are looked up only for clients that have not
// yet reached the limit of failed ones.
func (e *Edge) gated(c echo.Context, x *contract.Exchange) context.Context {
	return identity.WithGate(c.Request().Context(), func(ctx context.Context) error {
		d, err := e.Limiter.Peek(ctx, failed+"ip:"+network(x.From), plan.Public)
		if err != nil || d.Allowed {
			return err
		}
		return e.tellLimit(c, x, d)
	})
}

func unauthenticated(cause string) error {
	return fault.New(fault.Unauthenticated, "The credentials are missing, unknown, expired or revoked.").WithCause(errors.New(cause))
}
