package edge

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/share"
	"github.com/alania-go/alania/domain/task"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/stream"
)

// recheckEvery is how often the caller of a stream is authenticated again. With what is cached of
// credentials, a stream ends within a minute after its caller was locked out.
const recheckEvery = 20 * time.Second

// unchecked is how often in a row that may fail for other reasons, such as a database that is down.
const unchecked = 2

// Why a stream ends that is whole.
var (
	errClosing = errors.New("the server stops")
	errOver    = fault.New(fault.Timeout, "The transfer took longer than it may. Nothing was changed; try again.")
)

// withStream carries the bodies of an operation that are streams. The stream has a time of its
// own in place of that of a request. It ends when the client hangs up, when its caller, whom
// authenticate finds out, is locked out, and, if it is one of events, when the server stops.
func (e *Edge) withStream(op *contract.Operation, authenticate step, next echo.HandlerFunc) echo.HandlerFunc {
	if op.Stream == nil {
		return next
	}
	return func(c echo.Context) error {
		r, res := c.Request(), c.Response()
		x := contract.From(r.Context())
		facts := op.Stream
		permit, err := e.streamPermit(x)
		if err != nil {
			return err
		}
		defer permit.Release()

		ctx, end := context.WithCancelCause(context.WithoutCancel(r.Context()))
		defer end(nil)
		connection := x.Connection
		defer context.AfterFunc(connection, func() { end(context.Cause(connection)) })()
		if facts.Timeout > 0 {
			defer time.AfterFunc(facts.Timeout, func() { end(errOver) }).Stop()
		}
		if facts.Events && e.Closing != nil {
			defer context.AfterFunc(e.Closing, func() { end(errClosing) })()
		}
		if x.Principal != nil {
			recheck := e.recheck(c, x, authenticate)
			task.Go("authenticate the caller of a stream again", func() { e.watch(ctx, recheck, end) })
		}

		connected := res.Writer
		s := stream.New(ctx, end, r, connected, res, stream.Options{
			Request: facts.Request, Response: facts.Response, MaxBody: op.MaxBody,
			Patience: e.Patience, Heartbeat: facts.Heartbeat, Work: e.Timeout, Head: Method(r) == http.MethodHead,
		})
		r = r.WithContext(stream.With(ctx, s))
		if s.Body != nil {
			if err := s.Body.ExpectHeader(r.Header); err != nil {
				s.Close()
				return err
			}
			r.Body = s.Body
		}
		c.SetRequest(r)
		res.Writer = s.Writer
		defer func() {
			s.Close()
			res.Writer = connected
			if s.Body != nil {
				x.Received = s.Body.Size()
			}
		}()
		return e.streamEnd(ctx, s, x, res, next(c))
	}
}

// streamEnd returns what the end of a stream is to the client: nil when it is as it should be.
func (e *Edge) streamEnd(
	ctx context.Context, s *stream.Stream, x *contract.Exchange, res *echo.Response, err error,
) error {
	if errors.Is(err, stream.ErrHead) {
		return nil
	}
	cause := context.Cause(ctx)
	ours := cause != nil && x.Connection.Err() == nil
	if s.Body != nil && s.Body.Ended() {
		// The server ended the body, which to net/http is a client that hung up.
		x.Connection, ours = context.WithoutCancel(x.Connection), cause != nil
	}
	if err == nil || !ours {
		return err
	}
	if x.Operation.Stream.Events && res.Committed {
		// Events have no end that could be missed. The client connects again, or is told why it may not.
		x.Cause = cause
		return nil
	}
	var known *fault.Error
	if errors.As(err, &known) && known.Code != fault.Timeout && known.Code != fault.Internal {
		return err
	}
	return cause
}

// streamPermit takes one of the streams that the caller's org may have open. Callers without an
// org are counted by where they come from.
func (e *Edge) streamPermit(x *contract.Exchange) (share.Permit, error) {
	if e.Streams == nil {
		return share.Permit{}, nil
	}
	sum := sha256.Sum256([]byte(network(x.From)))
	holder := id.ID(sum[:16])
	if x.Principal != nil {
		holder = x.Principal.OrgID
	}
	permit, ok := e.Streams.TryAcquire(holder, "")
	if !ok {
		e.Metrics.limited()
		return permit, &fault.Error{
			Code: fault.RateLimited, RetryAfter: 5 * time.Second,
			Message: "Too many streams are open at once. Close some, or try again in 5 seconds.",
		}
	}
	return permit, nil
}

// watch ends a stream whose caller may not have it any more.
func (e *Edge) watch(ctx context.Context, recheck func(context.Context) error, end context.CancelCauseFunc) {
	every := e.Recheck
	if every <= 0 {
		every = recheckEvery
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for failed := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		limited, cancel := context.WithTimeout(ctx, every)
		err := recheck(limited)
		cancel()
		switch {
		case err == nil:
			failed = 0
		case lockedOut(err):
			end(err)
			return
		default:
			if failed++; failed > unchecked {
				end(err)
				return
			}
		}
	}
}

// lockedOut reports whether an error says that the caller may not call, and not that this could
// not be found out.
func lockedOut(err error) bool {
	code := fault.Wrap(err).Code
	return code == fault.Unauthenticated || code == fault.InsufficientScope || code == fault.AccessDenied
}

// recheck returns what authenticates the caller of a request again, and asks for the scopes of the
// operation. It works while the handler runs, so it has an exchange and a response of its own.
func (e *Edge) recheck(c echo.Context, x *contract.Exchange, authenticate step) func(context.Context) error {
	router, r := c.Echo(), c.Request()
	requestID, from, op := x.RequestID, x.From, x.Operation
	return func(ctx context.Context) error {
		x := &contract.Exchange{
			RequestID: requestID, Start: time.Now(), From: from, URL: r.URL, Operation: op, Connection: ctx,
		}
		if err := authenticate(router.NewContext(r.WithContext(contract.With(ctx, x)), nowhere{}), x); err != nil {
			return err
		}
		return allowed(x)
	}
}

// nowhere is a response that nobody gets.
type nowhere struct{}

func (nowhere) Header() http.Header         { return http.Header{} }
func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) WriteHeader(int)             {}
