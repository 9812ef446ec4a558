// Package edge is the way of every request to its handler and back. Each step has a file of its
// own; this file shows their order: Edge.exchange for every request, Edge.Operation for those of
// an operation. What an operation needs is read from its contract.Operation, never from the path.
// Every refusal, whoever raises it, leaves through one door: Edge.Error.
package edge

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/idempotency"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/domain/share"
	"github.com/alania-go/alania/domain/txn"
	"github.com/alania-go/alania/server/contract"
)

// Edge is what the steps need.
type Edge struct {
	Contracts   []*contract.Contract
	Resolvers   []contract.Resolver // that find out who calls, for every contract
	Uses        *identity.Uses
	Calls       Calls // nil: nobody counts
	Plans       Plans
	Workspaces  Workspaces
	Limiter     limit.Limiter
	Idempotency *idempotency.Service
	Tx          txn.Runner
	Metrics     *Metrics
	Log         *slog.Logger
	Now         clock.Clock
	Timeout     time.Duration // the most that an operation may take
	TLS         bool
	// Streams are shared by the orgs that have streams open; nil: there is no bound.
	Streams *share.Pool
	// Patience is how long a client may take for a piece of a stream, and Recheck how often it is
	// asked again whether its caller may still have it; zero: the usual ones.
	Patience, Recheck time.Duration
	// Closing ends when the server stops: event streams end then; nil: never.
	Closing context.Context
	// ClientIP returns the address of the client; nil: the peer's.
	ClientIP func(*http.Request) netip.Addr
	// Fault, when not nil, fails operations on purpose: tests see every documented error.
	Fault func(*contract.Exchange) error
}

// Install puts the edge under every route of the router.
func (e *Edge) Install(router *echo.Echo) {
	router.HTTPErrorHandler = e.Error
	router.Binder = binder{}
	router.Use(e.exchange)
}

// exchange is the way of every request, whether an operation matches it or not.
func (e *Edge) exchange(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		x := &contract.Exchange{
			RequestID: requestID(r), Start: time.Now(), From: e.address(r), URL: r.URL, Header: r.Header,
			Within: contract.From(r.Context()), Connection: r.Context(),
		}
		x.Begin(r.Context(), e.Timeout)
		defer x.End()
		c.SetRequest(r.WithContext(x))
		e.standardHeaders(c, x)
		e.Metrics.begin()
		defer e.log(c, x)
		if err := e.withRecovery(next, c); err != nil { // next is the router, and then Operation
			begun := c.Response().Committed
			e.Error(err, c)
			if begun { // no client takes half of a response for the whole
				panic(http.ErrAbortHandler)
			}
		}
		drain(c, r)
		return nil
	}
}

// step is a part of the way that can refuse a request. The exchange says what the steps before
// have found out.
type step func(c echo.Context, x *contract.Exchange) error

// Operation is the way of a request of one operation.
func (e *Edge) Operation(op *contract.Operation) echo.MiddlewareFunc {
	before := []step{
		e.match(op),
		e.operationHeaders,
		e.authenticate, // the bucket is the caller's
		e.limit,        // what is over the limit costs little
		e.authorize,
		e.checkHeaders,
		e.validate,
		e.requireCapability, // of what the request names, which is an id
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		next = e.withInjectedFaults(next)
		next = e.once(op, next)
		next = e.withStream(op, e.authenticate, next)
		return byVersion(op, func(c echo.Context) error {
			x := contract.From(c.Request().Context())
			defer e.countCall(x)
			for _, step := range before {
				if err := step(c, x); err != nil {
					return err
				}
			}
			return next(c)
		})
	}
}
