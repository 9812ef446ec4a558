package redis

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/go-redis/redis_rate/v10"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/domain/plan"
)

// pause is how long Redis is left alone after it has failed.
const pause = time.Second

// Limiter returns a limiter that all replicas share, by the same algorithm as limit.Local. While
// Redis fails or is slow, local decides, and Redis is asked once a second whether it is
// back. So an error is one of local's.
//
// The script reckons in floating point and rounds by up to 30 ns a request, so the
// capacity and the rate differ from Local's by less than one in ten thousand.
func (c *Client) Limiter(local limit.Limiter, log *slog.Logger, now clock.Clock) limit.Limiter {
	return &limiter{
		shared: redis_rate.NewLimiter(c.rdb), timeout: c.timeout,
		local: local, log: log, breaker: breaker{now: now},
	}
}

type limiter struct {
	shared  *redis_rate.Limiter
	timeout time.Duration
	local   limit.Limiter
	log     *slog.Logger
	breaker breaker
}

// Allow implements limit.Limiter.
func (l *limiter) Allow(ctx context.Context, bucket string, r plan.Rate) (limit.Decision, error) {
	return l.decide(ctx, bucket, r, 1, l.local.Allow)
}

// Peek implements limit.Limiter.
func (l *limiter) Peek(ctx context.Context, bucket string, r plan.Rate) (limit.Decision, error) {
	return l.decide(ctx, bucket, r, 0, l.local.Peek)
}

func (l *limiter) decide(ctx context.Context, bucket string, r plan.Rate, take int,
	local func(context.Context, string, plan.Rate) (limit.Decision, error)) (limit.Decision, error) {
	if !l.breaker.mayAsk() {
		return local(ctx, bucket, r)
	}
	d, err := l.ask(ctx, bucket, r, take)
	changed := l.breaker.learn(err == nil)
	if err != nil {
		if changed {
			l.log.WarnContext(ctx, "redis is away: this replica counts rate limits for itself", "error", err)
		}
		return local(ctx, bucket, r)
	}
	if changed {
		l.log.InfoContext(ctx, "redis is back: rate limits are shared")
	}
	return d, nil
}

func (l *limiter) ask(ctx context.Context, bucket string, r plan.Rate, take int) (limit.Decision, error) {
	// A caller that hangs up says nothing about Redis; without this its connection
	// would be thrown away, too.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.timeout)
	defer cancel()
	capacity := r.PerMinute + r.Burst
	interval := time.Minute / time.Duration(r.PerMinute)
	tolerance := interval * time.Duration(capacity)
	key, rate := "alania:"+bucket, redis_rate.Limit{Rate: r.PerMinute, Burst: capacity, Period: time.Minute}
	res, err := l.shared.AllowN(ctx, key, rate, take)
	if err == nil && res.ResetAfter > tolerance+interval {
		// No bucket is emptier than empty: Redis' clock was set back.
		if err = l.shared.Reset(ctx, key); err == nil {
			res, err = l.shared.AllowN(ctx, key, rate, take)
		}
	}
	if err != nil {
		return limit.Decision{}, err
	}
	// Redis' clock has microseconds; what is finer is the error of the arithmetic.
	used := res.ResetAfter.Round(time.Microsecond)
	over := (used + interval - tolerance).Truncate(time.Microsecond) // for one who only looks
	d := limit.Decision{
		Allowed: res.Allowed > 0 || take == 0 && over <= 0, Limit: r.PerMinute, Reset: used,
		Remaining: max(0, min(int((tolerance-used)/interval), r.PerMinute)),
	}
	switch {
	case d.Allowed:
	case take == 0:
		d.RetryAfter, d.Remaining = over, 0
	default:
		// Up, so that a request at that time is admitted.
		d.RetryAfter, d.Remaining = (res.RetryAfter + time.Microsecond - 1).Truncate(time.Microsecond), 0
	}
	return d, nil
}

// breaker keeps requests from waiting for a Redis that has just failed.
type breaker struct {
	now clock.Clock

	mu    sync.Mutex
	open  bool
	until time.Time // when open: from when on one may ask
}

// mayAsk reports whether to ask. While the breaker is open that is one caller in each pause.
func (b *breaker) mayAsk() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open {
		return true
	}
	now := b.now()
	if now.Before(b.until) {
		return false
	}
	b.until = now.Add(pause)
	return true
}

// learn takes what became of asking, and reports whether that is news.
func (b *breaker) learn(ok bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	news := b.open == ok
	b.open = !ok
	if !ok {
		b.until = b.now().Add(pause)
	}
	return news
}
