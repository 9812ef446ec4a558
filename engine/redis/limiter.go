package redis

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/gomodule/redigo/redis"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/domain/plan"
)

// pause is how long Redis is left alone after it has failed.
const pause = time.Second

// Limiter returns a limiter that all replicas share, by the same algorithm as limit.Local. While
// Redis fails or is slow, local decides, and Redis is asked once a second whether it is
// back. So an error is one of local's.
func (c *Client) Limiter(local limit.Limiter, log *slog.Logger, now clock.Clock) limit.Limiter {
	return &limiter{client: c, local: local, log: log, breaker: breaker{now: now}}
}

type limiter struct {
	client  *Client
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

// gcra takes requests from a bucket by the generic cell rate algorithm: kept is the theoretical
// arrival time, at which the bucket is full again, in microseconds of Redis' clock since 2017
// with thousandths, which a double holds. ARGV are the interval between two requests, the time
// in which an empty bucket fills, both in microseconds, and the requests to take: one, or none
// to look. It returns whether the request is admitted, the microseconds until the bucket is
// full, and those until one would be admitted.
var gcra = redis.NewScript(1, `
local interval, full, take = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = (time[1] - 1483228800) * 1000000 + time[2]
local tat = tonumber(redis.call('GET', KEYS[1]) or now)
-- No bucket is fuller than full, and none is emptier than empty: the clock was set back.
if tat < now or tat - now > full + interval then tat = now end
local over = tat + interval - full - now
if over > 0.001 then
  return {0, math.floor(tat - now + 0.5), math.ceil(over - 0.001)}
end
if take > 0 then
  tat = tat + interval
  redis.call('SET', KEYS[1], string.format('%.3f', tat), 'PX', math.ceil((tat - now) / 1000))
end
return {1, math.floor(tat - now + 0.5), 0}
`)

func (l *limiter) ask(ctx context.Context, bucket string, r plan.Rate, take int) (limit.Decision, error) {
	capacity := r.PerMinute + r.Burst
	interval := time.Minute / time.Duration(r.PerMinute)
	full := interval * time.Duration(capacity)
	// A caller that hangs up tells nothing about Redis.
	res, err := redis.Int64s(l.client.do(context.WithoutCancel(ctx), func(conn redis.Conn) (any, error) {
		return gcra.Do(conn, "alania:"+bucket, microseconds(interval), microseconds(full), take)
	}))
	if err != nil {
		return limit.Decision{}, err
	}
	if len(res) != 3 {
		return limit.Decision{}, errors.New("redis: the limiter's script returns something else")
	}
	d := limit.Decision{Allowed: res[0] == 1, Limit: r.PerMinute, Reset: time.Duration(res[1]) * time.Microsecond}
	if d.Allowed {
		// What is left is rounded by half a microsecond.
		d.Remaining = max(0, min(int((full-d.Reset+time.Microsecond)/interval), r.PerMinute))
	} else {
		d.RetryAfter = time.Duration(res[2]) * time.Microsecond
	}
	return d, nil
}

// microseconds writes a duration with the thousandths.
func microseconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d)/float64(time.Microsecond), 'f', 3, 64)
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
