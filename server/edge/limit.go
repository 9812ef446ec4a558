package edge

import (
	"math"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server/contract"
)

// failed is the kind of bucket that counts failed credentials.
const failed = "fail:"

// limit takes a request from the caller's buckets, unless what carries this request has taken one.
func (e *Edge) limit(c echo.Context, x *contract.Exchange) error {
	op := x.Operation
	switch {
	case op.Unlimited:
		return nil
	case op.Rate != nil && op.Rate.PerCaller:
		return e.limitClass(c, x)
	case !op.ByAddress && op.Rate == nil && x.TakeParentToken():
		return nil
	}
	return e.takeFromBucket(c, x, x.Principal, "")
}

// limitClass takes a request from the caller's bucket of the operation's class and from that of the tier. It tells of
// the one that has fewer requests left.
func (e *Edge) limitClass(c echo.Context, x *contract.Exchange) error {
	class, tier := x.Operation.Rate, plan.Tier("")
	if x.Principal != nil {
		tier = x.Principal.Tier
	}
	d, err := e.Limiter.Allow(c.Request().Context(), classBucket(x.Operation, x.Principal, x), class.For(tier))
	if err != nil {
		return err
	}
	if !d.Allowed || x.TakeParentToken() {
		return e.tellLimit(c, x, d, class.Name)
	}
	all, err := e.decide(c, x, x.Principal, "")
	if err != nil {
		return err
	}
	if all.Allowed && d.Remaining < all.Remaining {
		return e.tellLimit(c, x, d, class.Name)
	}
	return e.tellLimit(c, x, all, "")
}

// takeFromBucket takes one request from the caller's bucket, or from that of the client address
// when there is no caller or the operation asks for that, and tells of it in the headers.
func (e *Edge) takeFromBucket(c echo.Context, x *contract.Exchange, p *identity.Principal, kind string) error {
	d, err := e.decide(c, x, p, kind)
	if err != nil {
		return err
	}
	return e.tellLimit(c, x, d, "")
}

// decide takes one request from the bucket, and returns whether it is admitted.
func (e *Edge) decide(
	c echo.Context, x *contract.Exchange, p *identity.Principal, kind string,
) (limit.Decision, error) {
	bucket, rate := "", plan.Public
	op := x.Operation
	switch {
	case kind == "" && op != nil && op.ByAddress:
		bucket, rate = "ip:"+network(x.From)+":"+op.ID, plan.PerAddress
	case kind == "" && op != nil && op.Rate != nil && !op.Rate.PerCaller:
		bucket, rate = classBucket(op, p, x), op.Rate.Rate
	case p != nil:
		bucket, rate = p.Labels().Bucket, p.Tier.Rate()
	default:
		bucket = kind + "ip:" + network(x.From)
	}
	return e.Limiter.Allow(c.Request().Context(), bucket, rate)
}

// classBucket returns the bucket of a rate class: that of the caller's org, of the caller, or of the
// address of the client.
func classBucket(op *contract.Operation, p *identity.Principal, x *contract.Exchange) string {
	var bucket string
	if p != nil {
		bucket = "org:" + p.Labels().Org
		if op.Rate.PerCaller {
			bucket += ":" + p.Labels().Actor
		}
	} else {
		bucket = "ip:" + network(x.From)
	}
	bucket += ":" + op.Contract.Name
	if op.Rate.Name != "" {
		bucket += ":" + op.Rate.Name
	}
	return bucket
}

// tellLimit tells of a decision in the headers, and returns the refusal when it is one. policy names the limit; empty:
// the default.
func (e *Edge) tellLimit(c echo.Context, x *contract.Exchange, d limit.Decision, policy string) error {
	x.Admitted = true
	h := c.Response().Header()
	if policy == "" {
		policy = "default"
	}
	// One text, of which each header has a part.
	var room [160]byte
	b := append(append(append(room[:0], '"'), policy...), `";r=`...)
	remaining := len(b)
	b = strconv.AppendInt(b, int64(d.Remaining), 10)
	afterRemaining := len(b)
	b = append(b, ";t="...)
	reset := len(b)
	b = strconv.AppendInt(b, int64(seconds(d.Reset)), 10)
	quota := len(b)
	b = append(append(append(b, '"'), policy...), `";q=`...)
	limit := len(b)
	b = strconv.AppendInt(b, int64(d.Limit), 10)
	afterLimit := len(b)
	text := string(append(b, ";w=60"...))
	full := func() time.Time { return e.Now().Add(d.Reset + time.Second - 1).Truncate(time.Second) }
	resetAt := text[reset:quota]
	if e.contract(x, c.Request().URL.Path).ResetIsTime {
		resetAt = strconv.FormatInt(full().Unix(), 10)
	}
	x.SetHeader(h, "X-Ratelimit-Limit", text[limit:afterLimit])
	x.SetHeader(h, "X-Ratelimit-Remaining", text[remaining:afterRemaining])
	x.SetHeader(h, "X-Ratelimit-Reset", resetAt)
	x.SetHeader(h, "Ratelimit", text[:quota])
	x.SetHeader(h, "Ratelimit-Policy", text[quota:])
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
