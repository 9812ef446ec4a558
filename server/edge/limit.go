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
	bucket, rate := kind+"ip:"+network(x.From), plan.Public
	op := x.Operation
	switch {
	case kind == "" && op != nil && op.ByAddress:
		bucket, rate = bucket+":"+op.ID, plan.PerAddress
	case kind == "" && op != nil && op.Rate != nil:
		bucket, rate = classBucket(op, p, bucket), op.Rate.Rate
	case p != nil:
		bucket, rate = "org:"+p.OrgID.UUID()+":"+string(p.Tier), p.Tier.Rate()
	}
	d, err := e.Limiter.Allow(c.Request().Context(), bucket, rate)
	if err != nil {
		return err
	}
	return e.tellLimit(c, x, d)
}

// classBucket returns the bucket of a rate class: that of the caller's org, of the caller, or of the
// address that bucket is for.
func classBucket(op *contract.Operation, p *identity.Principal, bucket string) string {
	if p != nil {
		bucket = "org:" + p.OrgID.UUID()
		if op.Rate.PerCaller {
			bucket += ":" + string(p.Kind) + ":" + p.ID.UUID()
		}
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
	limit, remaining, reset := strconv.Itoa(d.Limit), strconv.Itoa(d.Remaining), strconv.Itoa(seconds(d.Reset))
	h["X-Ratelimit-Limit"], h["X-Ratelimit-Remaining"], h["X-Ratelimit-Reset"] = []string{limit}, []string{remaining},
		[]string{reset}
	full := func() time.Time { return e.Now().Add(d.Reset + time.Second - 1).Truncate(time.Second) }
	if e.contract(x, c.Request().URL.Path).ResetIsTime {
		h["X-Ratelimit-Reset"] = []string{strconv.FormatInt(full().Unix(), 10)}
	}
	policy := "default"
	if x.Operation != nil && x.Operation.Class != "" {
		policy = x.Operation.Class
	}
	h["Ratelimit"] = []string{`"` + policy + `";r=` + remaining + ";t=" + reset}
	h["Ratelimit-Policy"] = []string{`"` + policy + `";q=` + limit + ";w=60"}
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
