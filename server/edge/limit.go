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

// limit takes a request from the caller's bucket, unless what carries this request has taken one.
func (e *Edge) limit(c echo.Context, x *contract.Exchange) error {
	if op := x.Operation; op.Unlimited || !op.ByAddress && op.Rate == nil && x.TakeParentToken() {
		return nil
	}
	return e.takeFromBucket(c, x, x.Principal, "")
}

// takeFromBucket takes one request from the caller's bucket, or from that of the client address
// when there is no caller or the operation asks for that, and tells of it in the headers.
func (e *Edge) takeFromBucket(c echo.Context, x *contract.Exchange, p *identity.Principal, kind string) error {
	bucket, rate := "", plan.Public
	op := x.Operation
	switch {
	case kind == "" && op != nil && op.ByAddress:
		bucket, rate = "ip:"+network(x.From)+":"+op.ID, plan.PerAddress
	case kind == "" && op != nil && op.Rate != nil:
		bucket, rate = classBucket(op, p, x), op.Rate.Rate
	case p != nil:
		bucket, rate = p.Labels().Bucket, p.Tier.Rate()
	default:
		bucket = kind + "ip:" + network(x.From)
	}
	d, err := e.Limiter.Allow(c.Request().Context(), bucket, rate)
	if err != nil {
		return err
	}
	return e.tellLimit(c, x, d)
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
	if op.Class != "" {
		bucket += ":" + op.Class
	}
	return bucket
}

// tellLimit tells of a decision in the headers, and returns the refusal when it is one.
func (e *Edge) tellLimit(c echo.Context, x *contract.Exchange, d limit.Decision) error {
	x.Admitted = true
	h := c.Response().Header()
	policy := "default"
	if x.Operation != nil && x.Operation.Class != "" {
		policy = x.Operation.Class
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
