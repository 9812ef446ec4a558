// Package edge is the way of every request to its handler: request id, panic,
// access log, limits, credentials, rate limit, validation, idempotency. What an
// operation needs is read from its contract.Operation, never from the path. Every
// refusal, whoever raises it, leaves through one door: Edge.Error.
package edge

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/idempotency"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/txn"
	"github.com/alania-go/alania/server/contract"
)

// Edge is what the middleware stands on.
type Edge struct {
	Contracts   []*contract.Contract
	Keys        *apikey.Service
	OAuth       *oauth.Service
	Uses        *identity.Uses
	Calls       Calls // nil: nobody counts
	Limiter     limit.Limiter
	Idempotency *idempotency.Service
	Tx          txn.Runner
	Metrics     *Metrics
	Log         *slog.Logger
	Now         clock.Clock
	Timeout     time.Duration // the most that an operation may take
	TLS         bool
	// ClientIP gives the address of the client; nil: the peer's.
	ClientIP func(*http.Request) netip.Addr
	// Fault, when not nil, fails operations on purpose: tests see every documented error.
	Fault func(*contract.Exchange) error
}

// Calls counts the calls that orgs make, in a workspace or, with the zero id, in none.
type Calls interface {
	Note(orgID, workspaceID id.ID)
}

// Install puts the edge under every route of e.
func (e *Edge) Install(router *echo.Echo) {
	router.HTTPErrorHandler = e.Error
	router.Binder = binder{}
	router.Pre(e.exchange)
}

// exchange begins and ends every request, matched or not: its id, its log line, its
// time-out, and panics.
func (e *Edge) exchange(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		x := &contract.Exchange{RequestID: requestID(r), Start: time.Now(), From: e.address(r), URL: r.URL, Within: contract.From(r.Context()), Connection: r.Context()}
		ctx, cancel := context.WithTimeout(contract.With(identity.WithRequestID(r.Context(), x.RequestID), x), e.Timeout)
		defer cancel()
		c.SetRequest(r.WithContext(ctx))
		h := c.Response().Header()
		h.Set(echo.HeaderXRequestID, x.RequestID)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		if e.TLS {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		e.Metrics.begin()
		defer e.finish(c, x)
		if err := e.guarded(next, c); err != nil {
			e.Error(err, c)
		}
		drain(c, r)
		return nil
	}
}

// guarded turns a panic into an error. A response that has begun cannot be taken back:
// its connection is cut, so that no client takes half of it for the whole.
func (e *Edge) guarded(next echo.HandlerFunc, c echo.Context) (err error) {
	defer func() {
		switch p := recover(); {
		case p == nil:
		case p == http.ErrAbortHandler: //nolint:errorlint // the value itself is thrown
			panic(p)
		default:
			e.Log.Error("panic", "panic", p, "request_id", contract.From(c.Request().Context()).RequestID, "stack", string(debug.Stack()))
			if c.Response().Committed {
				panic(http.ErrAbortHandler)
			}
			err = errors.New("panic")
		}
	}()
	return next(c)
}

func (e *Edge) finish(c echo.Context, x *contract.Exchange) {
	took := time.Since(x.Start)
	res, r := c.Response(), c.Request()
	e.Metrics.end(x.Operation, res.Status, took)
	level := slog.LevelInfo
	if res.Status >= 500 {
		level = slog.LevelError
	}
	if !e.Log.Enabled(r.Context(), level) {
		return
	}
	attrs := make([]slog.Attr, 0, 12)
	attrs = append(attrs, slog.String("request_id", x.RequestID), slog.String("method", Method(r)), slog.String("path", r.URL.Path),
		slog.Int("status", res.Status), slog.Int64("bytes", res.Size), slog.Float64("duration_ms", float64(took.Microseconds())/1000),
		slog.String("from", x.From.String()))
	if x.Operation != nil {
		attrs = append(attrs, slog.String("operation", x.Operation.ID))
	}
	if p := x.Principal; p != nil {
		attrs = append(attrs, slog.String("actor", string(p.Kind)+":"+p.ID.UUID()), slog.String("org", p.OrgID.UUID()))
	}
	if x.Cause != nil {
		attrs = append(attrs, slog.String("cause", x.Cause.Error()))
	}
	e.Log.LogAttrs(r.Context(), level, "request", attrs...)
}

const maxRequestID = 128

// requestID takes the caller's id when it is harmless in a log and a header.
func requestID(r *http.Request) string {
	s := r.Header.Get(echo.HeaderXRequestID)
	if s == "" || len(s) > maxRequestID {
		return id.New().ULID()
	}
	for i := range len(s) {
		ch := s[i]
		if (ch < '0' || ch > '9') && (ch < 'a' || ch > 'z') && (ch < 'A' || ch > 'Z') && !strings.ContainsRune("-_.:", rune(ch)) {
			return id.New().ULID()
		}
	}
	return s
}

func (e *Edge) address(r *http.Request) netip.Addr {
	if e.ClientIP != nil {
		return e.ClientIP(r)
	}
	a, _ := netip.ParseAddrPort(r.RemoteAddr)
	return a.Addr().Unmap()
}

// network is what counts as one client where addresses are limited: an IPv4 address, or the
// /64 of IPv6 that a subscriber has at least (RFC 6177).
func network(a netip.Addr) string {
	if !a.Is6() {
		return a.String()
	}
	p, _ := a.WithZone("").Prefix(64) // no IPv6 address is shorter
	return p.String()
}

// Operation is the middleware of one operation's route.
func (e *Edge) Operation(op *contract.Operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		if e.Fault != nil {
			next = e.faulty(next)
		}
		if op.Idempotent {
			next = e.idempotent(next)
		}
		return func(c echo.Context) error {
			if strays(c) {
				return echo.ErrNotFound
			}
			r := c.Request()
			x := contract.From(r.Context())
			x.Operation = op
			for name, values := range op.Deprecation {
				c.Response().Header()[name] = values
			}
			if op.Successor != "" {
				c.Response().Header().Set("Link", "<"+expand(op.Successor, c.Param)+`>; rel="successor-version"`)
			}
			if op.AnyOrigin {
				anyOrigin(r, c.Response().Header())
			}
			p, err := e.authenticate(op, c, x)
			if err != nil {
				return e.stranger(c, x, err)
			}
			if !op.Unlimited && (op.ByAddress || !x.TakeParentToken()) {
				if err := e.admit(c, x, p, ""); err != nil {
					return err
				}
			}
			if p != nil {
				x.Principal = p
				e.Uses.Note(p)
				if e.Calls != nil {
					x.Workspace = p.WorkspaceID
					defer func() { e.Calls.Note(p.OrgID, x.Workspace) }() // once it is known in which workspace
				}
				if err := allowed(op, p); err != nil {
					return err
				}
				c.SetRequest(r.WithContext(identity.With(r.Context(), p)))
			}
			if x.Body, err = op.Validator.Request(c.Request(), c.Param, op.MaxBody); err != nil {
				return err
			}
			return next(c)
		}
	}
}

// stranger refuses who could not be authenticated. Guessing credentials is limited by where
// the guesses come from.
func (e *Edge) stranger(c echo.Context, x *contract.Exchange, err error) error {
	if fault.IsCode(err, fault.RateLimited) { // the limit was reached before, and nothing was looked up
		return err
	}
	if limited := e.admit(c, x, nil, failed); limited != nil {
		return limited
	}
	return err
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

// strays says whether the path goes on behind the one of the operation: the router takes
// all that is left for the last parameter.
func strays(c echo.Context) bool {
	values := c.ParamValues()
	n := len(values)
	return n > 0 && strings.Contains(values[n-1], "/") && !strings.HasSuffix(c.Path(), "*")
}

// Authenticated is the middleware of a route that is no operation of a contract: it wants a
// bearer credential, whatever its scopes, and takes one request from the caller's bucket.
// The caller is in the exchange, and not in the context, where services would look for it.
func (e *Edge) Authenticated(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		x := contract.From(c.Request().Context())
		p, err := e.bearer(c, x)
		if err != nil {
			return e.stranger(c, x, err)
		}
		if err := e.admit(c, x, p, ""); err != nil {
			return err
		}
		x.Principal = p
		e.Uses.Note(p)
		return next(c)
	}
}

// expand puts the parameters of the request's path into another path.
func expand(template string, param func(string) string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		out.WriteString(url.PathEscape(param(name)))
		template = after
	}
}

// faulty fails what e.Fault says.
func (e *Edge) faulty(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := e.Fault(contract.From(c.Request().Context())); err != nil {
			return err
		}
		return next(c)
	}
}

// authenticate gives the caller; nil for a public operation.
func (e *Edge) authenticate(op *contract.Operation, c echo.Context, x *contract.Exchange) (*identity.Principal, error) {
	if op.Public() {
		r := c.Request()
		if op.ClientBasic {
			if name, password, ok := r.BasicAuth(); ok {
				cr, err := basic(name, password)
				if err != nil {
					return nil, err
				}
				x.Client = cr
			} else if r.Header.Get("Authorization") != "" {
				return nil, fault.New(fault.OAuthInvalidClient, "The client credentials in the Authorization header are not of the Basic scheme.")
			}
		}
		return nil, nil
	}
	p, err := e.bearer(c, x)
	if err != nil {
		return nil, err
	}
	if _, ok := op.Access[p.Kind]; !ok {
		return nil, unauthenticated("not a kind of credential that this operation takes")
	}
	return p, nil
}

// bearer gives the caller behind the bearer credential of a request.
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

// failed is the kind of bucket that counts failed credentials.
const failed = "fail:"

// gated gives a context in which credentials are looked up only for clients that have not
// yet reached the limit of failed ones.
func (e *Edge) gated(c echo.Context, x *contract.Exchange) context.Context {
	return identity.WithGate(c.Request().Context(), func(ctx context.Context) error {
		d, err := e.Limiter.Peek(ctx, failed+"ip:"+network(x.From), plan.Public)
		if err != nil || d.Allowed {
			return err
		}
		return e.told(c, x, d)
	})
}

func unauthenticated(cause string) error {
	return fault.New(fault.Unauthenticated, "The credentials are missing, unknown, expired or revoked.").WithCause(errors.New(cause))
}

// admit takes one request from the caller's bucket, or from that of the client address
// when there is no caller or the operation asks for that, and tells of it in the headers.
func (e *Edge) admit(c echo.Context, x *contract.Exchange, p *identity.Principal, kind string) error {
	bucket, rate := kind+"ip:"+network(x.From), plan.Public
	switch {
	case kind == "" && x.Operation != nil && x.Operation.ByAddress:
		bucket, rate = bucket+":"+x.Operation.ID, plan.PerAddress
	case p != nil && x.Operation != nil && x.Operation.Rate != nil:
		bucket, rate = "org:"+p.OrgID.UUID()+":"+x.Operation.Contract.Name, *x.Operation.Rate
	case p != nil:
		bucket, rate = "org:"+p.OrgID.UUID()+":"+string(p.Tier), p.Tier.Rate()
	}
	d, err := e.Limiter.Allow(c.Request().Context(), bucket, rate)
	if err != nil {
		return err
	}
	return e.told(c, x, d)
}

// told tells of a decision in the headers, and gives the refusal when it is one.
func (e *Edge) told(c echo.Context, x *contract.Exchange, d limit.Decision) error {
	x.Admitted = true
	h := c.Response().Header()
	limit, remaining, reset := strconv.Itoa(d.Limit), strconv.Itoa(d.Remaining), strconv.Itoa(seconds(d.Reset))
	h["X-Ratelimit-Limit"], h["X-Ratelimit-Remaining"], h["X-Ratelimit-Reset"] = []string{limit}, []string{remaining}, []string{reset}
	full := func() time.Time { return e.Now().Add(d.Reset + time.Second - 1).Truncate(time.Second) }
	if e.contract(x, c.Request().URL.Path).ResetIsTime {
		h["X-Ratelimit-Reset"] = []string{strconv.FormatInt(full().Unix(), 10)}
	}
	h["Ratelimit"] = []string{`"default";r=` + remaining + ";t=" + reset}
	h["Ratelimit-Policy"] = []string{`"default";q=` + limit + ";w=60"}
	if d.Allowed {
		return nil
	}
	e.Metrics.limited()
	return &fault.Error{
		Code: fault.RateLimited, RetryAfter: d.RetryAfter,
		Message: "The rate limit is used up. Try again in " + plural(max(1, seconds(d.RetryAfter)), "second") + ".",
		Details: map[string]any{"limit": d.Limit, "remaining": d.Remaining, "reset_at": full()},
	}
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return strconv.Itoa(n) + " " + unit + "s"
}

// seconds rounds up: who waits that long is not refused again.
func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// binder hands the validated body to the generated code.
type binder struct{}

// Bind implements echo.Binder.
func (binder) Bind(target any, c echo.Context) error {
	x := contract.From(c.Request().Context())
	if len(x.Body) == 0 { // absent where it may be
		return nil
	}
	return decode(bytes.NewReader(x.Body), target)
}
