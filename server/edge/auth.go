package edge

import (
	"context"
	"errors"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server/contract"
)

// authenticate finds out who calls; nobody, for an operation that needs nobody.
func (e *Edge) authenticate(c echo.Context, x *contract.Exchange) error {
	if len(x.Operation.Access) == 0 {
		return nil
	}
	x.Credentials.Read(c.Request(), x.From)
	if err := e.identify(c, x); err != nil {
		return e.refuseStranger(c, x, err)
	}
	return nil
}

func (e *Edge) identify(c echo.Context, x *contract.Exchange) error {
	op := x.Operation
	if carry := op.Access[0].Carries(); carry != nil {
		return carry(&x.Credentials, x)
	}
	p, source, err := e.caller(c, x, op)
	switch {
	case err != nil:
		return err
	case p == nil && op.Anonymous && !x.Credentials.Authorized():
		return nil
	case p == nil:
		return unknown(x, "no credentials, or none that this operation takes")
	}
	if x.Proved, err = e.together(c, x, p, source); err != nil {
		return err
	}
	x.Principal, x.Source = p, source
	return nil
}

// chain returns the resolvers of an operation, which may be one that no bundle describes.
func (e *Edge) chain(op *contract.Operation) []contract.Resolver {
	if op.Contract != nil && op.Contract.Chain != nil {
		return op.Contract.Chain
	}
	return e.Resolvers
}

// caller asks the resolvers who has the credentials. The first that recognizes them decides. It
// returns nil when the request has none that are known.
func (e *Edge) caller(
	c echo.Context, x *contract.Exchange, op *contract.Operation,
) (*identity.Principal, identity.Source, error) {
	chain := e.chain(op)
	for i := range chain {
		r := &chain[i]
		if r.Ambient && x.Credentials.Authorized() {
			break // what a caller sends on purpose counts before what a browser adds
		}
		if !r.Recognizes(&x.Credentials) {
			continue
		}
		if !op.Takes(r.Source) {
			return nil, "", unauthenticated("not a kind of credentials that this operation takes")
		}
		p, err := e.resolve(c, x, r)
		return p, r.Source, err
	}
	return nil, "", nil
}

// resolve asks one resolver. A principal that was not admitted is a mistake of ours: the resolver
// did not ask whether the person and the org may act.
func (e *Edge) resolve(c echo.Context, x *contract.Exchange, r *contract.Resolver) (*identity.Principal, error) {
	p, err := r.Resolve(&gated{c.Request().Context(), e, c, x}, &x.Credentials)
	switch {
	case err != nil:
		return nil, err
	case p == nil || !p.Admitted:
		return nil, fault.Wrap(errors.New("the resolver of " + string(r.Source) +
			" returned a principal that was not admitted"))
	case !p.From(x.From):
		return nil, unauthenticated("the address is not allowed")
	}
	return p, nil
}

// together returns, as bits, the alternatives that have all callers they need. Others than the
// first prove that they are of the same org and, when they are persons, the same person.
func (e *Edge) together(
	c echo.Context, x *contract.Exchange, p *identity.Principal, source identity.Source,
) (proved uint64, refused error) {
	for i, a := range x.Operation.Access {
		if _, ok := a.From(source); !ok {
			continue
		}
		err := e.others(c, x, a, p, source)
		if err == nil {
			proved |= 1 << i
		} else if refused == nil {
			refused = err
		}
	}
	if proved > 0 {
		return proved, nil
	}
	return 0, refused
}

func (e *Edge) others(
	c echo.Context, x *contract.Exchange, a contract.Alternative, p *identity.Principal, source identity.Source,
) error {
	for i := range a {
		need := &a[i]
		if need.Proof.Source == "" || need.Proof.Source == source {
			continue
		}
		r := resolverOf(e.chain(x.Operation), need.Proof.Source)
		if r == nil || !r.Recognizes(&x.Credentials) {
			return unauthenticated("the scheme " + need.Scheme + " is needed as well")
		}
		q, err := e.resolve(c, x, r)
		switch {
		case err != nil:
			return err
		case q.OrgID != p.OrgID, !q.UserID.IsZero() && !p.UserID.IsZero() && q.UserID != p.UserID:
			return unauthenticated("the credentials are not of the same caller")
		}
		if err := holds(q, need.Scopes); err != nil {
			return err
		}
	}
	return nil
}

func resolverOf(chain []contract.Resolver, source identity.Source) *contract.Resolver {
	for i := range chain {
		if chain[i].Source == source {
			return &chain[i]
		}
	}
	return nil
}

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

// gated is a context in which credentials are looked up only for clients that have not yet reached
// the limit of failed ones. Most credentials are known, so that nobody asks for its gate.
type gated struct {
	context.Context
	edge *Edge
	c    echo.Context
	x    *contract.Exchange
}

// Value implements context.Context.
func (g *gated) Value(key any) any {
	if identity.IsGate(key) {
		return g.admit
	}
	return g.Context.Value(key)
}

func (g *gated) admit(ctx context.Context) error {
	d, err := g.edge.Limiter.Peek(ctx, failed+"ip:"+network(g.x.From), plan.Public)
	if err != nil || d.Allowed {
		return err
	}
	return g.edge.tellLimit(g.c, g.x, d, "")
}

// unknown refuses a request whose credentials are none that anybody knows. Tools that show little else
// are told when it had none.
func unknown(x *contract.Exchange, cause string) error {
	refused := identity.Refused(errors.New(cause))
	if !x.Credentials.Authorized() {
		refused.Reason = fault.NoCredentials
	}
	return refused
}

func unauthenticated(cause string) error {
	return identity.Refused(errors.New(cause))
}
