package redis

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/domain/plan"
)

// hands is a clock that a test moves.
type hands struct {
	mu sync.Mutex
	at time.Time
}

func (h *hands) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hands) add(d time.Duration) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
	return h.at
}

var start = time.Date(2026, 3, 4, 5, 6, 7, 123456000, time.UTC)

func allow(t *testing.T, l limit.Limiter, bucket string, r plan.Rate) limit.Decision {
	t.Helper()
	d, err := l.Allow(context.Background(), bucket, r)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// never is a local limiter that must not be asked.
type never struct{ t *testing.T }

func (n never) Allow(context.Context, string, plan.Rate) (limit.Decision, error) {
	n.t.Error("the local limiter was asked")
	return limit.Decision{}, nil
}

func (n never) Peek(ctx context.Context, bucket string, r plan.Rate) (limit.Decision, error) {
	return n.Allow(ctx, bucket, r)
}

// Redis' clock that is set back, or forth, makes nobody wait for longer than the bucket can be
// empty, and who only looks takes nothing.
func TestRedisClockIsSet(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	m.SetTime(start)
	clock := &hands{at: start}
	l := open(t, "redis://"+m.Addr()+generous).Limiter(never{t}, (&lines{}).logger(), clock.now)
	r := plan.Rate{PerMinute: 6, Burst: 2}
	use := func() {
		t.Helper()
		for n := range 10 {
			for range 2 {
				peek, err := l.Peek(context.Background(), "a", r)
				if err != nil || peek.Allowed != (n < 8) ||
					!peek.Allowed && (peek.RetryAfter <= 0 || peek.RetryAfter > 10*time.Second) {
					t.Fatalf("before request %d: %+v %v", n, peek, err)
				}
			}
			if d := allow(t, l, "a", r); d.Allowed != (n < 8) {
				t.Fatalf("request %d: %+v", n, d)
			}
		}
	}
	use()
	m.SetTime(start.Add(-time.Hour))
	use()
	m.SetTime(start.Add(time.Hour))
	use()
}

func TestSharedAgreesWithLocal(t *testing.T) {
	t.Parallel()
	rates := map[string]plan.Rate{
		"public": plan.Public, "one a minute": {PerMinute: 1}, "with a burst": {PerMinute: 7, Burst: 5},
	}
	for _, tier := range plan.Tiers() {
		rates[string(tier)] = tier.Rate()
	}
	for name, r := range rates {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := miniredis.RunT(t)
			clock := &hands{at: start}
			m.SetTime(start)
			local := limit.NewLocal(clock.now)
			shared := open(t, "redis://"+m.Addr()+generous).Limiter(never{t}, (&lines{}).logger(), clock.now)
			move := func(d time.Duration) {
				m.SetTime(clock.add(d))
				m.FastForward(d) // keys end
			}
			rnd := rand.New(rand.NewPCG(uint64(r.PerMinute), uint64(r.Burst)))
			interval := time.Minute / time.Duration(r.PerMinute)
			const slack = 120 * time.Microsecond
			admitted, refused := 0, 0
			same := func() limit.Decision {
				a, b := allow(t, local, "org", r), allow(t, shared, "org", r)
				// Each admitted request rounds by 30 ns at most.
				near := func(a, b time.Duration) bool { return (a - b).Abs() <= slack/2 }
				if a.Allowed != b.Allowed || a.Limit != b.Limit || a.Remaining-b.Remaining > 1 || b.Remaining-a.Remaining > 1 ||
					!near(a.Reset, b.Reset) || !near(a.RetryAfter, b.RetryAfter) {
					t.Fatalf("after %d admitted and %d refused:\nlocal  %+v\nshared %+v", admitted, refused, a, b)
				}
				if a.Allowed {
					admitted++
				} else {
					refused++
				}
				return b
			}
			// A burst, until well past the capacity or long enough.
			for range min(r.PerMinute+r.Burst+5, 1500) {
				move(time.Duration(1+rnd.IntN(20)) * time.Microsecond)
				same()
			}
			// Slower and faster than the rate, with pauses in which buckets fill up again.
			for range 300 {
				switch rnd.IntN(20) {
				case 0:
					move(time.Duration(rnd.Int64N(int64(90 * time.Second))).Truncate(time.Microsecond))
				default:
					move(time.Duration(rnd.Int64N(int64(2*interval))).Truncate(time.Microsecond) + time.Microsecond)
				}
				if d := same(); !d.Allowed && d.RetryAfter > slack && rnd.IntN(3) == 0 {
					// Just before it is refused, then it is admitted.
					move(d.RetryAfter - slack)
					if d := same(); d.Allowed {
						t.Fatalf("admitted before Retry-After: %+v", d)
					}
					move(2 * slack)
					if d := same(); !d.Allowed {
						t.Fatalf("refused after Retry-After: %+v", d)
					}
				}
			}
			if r.PerMinute+r.Burst < 1500 && (admitted == 0 || refused == 0) {
				t.Errorf("admitted %d, refused %d: the sequence shows nothing", admitted, refused)
			}
		})
	}
}

func TestRetryAfterIsExact(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	m.SetTime(start)
	l := open(t, "redis://"+m.Addr()+generous).Limiter(never{t}, (&lines{}).logger(), (&hands{at: start}).now)
	r := plan.Free.Rate()
	for i := range r.PerMinute {
		if d := allow(t, l, "org", r); !d.Allowed || d.Remaining != r.PerMinute-i-1 || d.RetryAfter != 0 ||
			d.Reset != time.Duration(i+1)*time.Second {
			t.Fatalf("request %d: %+v", i+1, d)
		}
	}
	d := allow(t, l, "org", r)
	if want := (limit.Decision{Limit: 60, Reset: time.Minute, RetryAfter: time.Second}); d != want {
		t.Errorf("the first refused: %+v, want %+v", d, want)
	}
	m.SetTime(start.Add(d.RetryAfter - time.Microsecond))
	if d := allow(t, l, "org", r); d.Allowed {
		t.Error("admitted before Retry-After")
	}
	m.SetTime(start.Add(d.RetryAfter))
	if d := allow(t, l, "org", r); !d.Allowed {
		t.Errorf("refused after Retry-After: %+v", d)
	}
	if d := allow(t, l, "another org", r); !d.Allowed || d.Remaining != 59 {
		t.Errorf("another bucket: %+v", d)
	}
}

func TestReplicasShareOneBucket(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	m.SetTime(start)
	var admitted atomic.Int64
	var wg sync.WaitGroup
	for range 3 {
		l := open(t, "redis://"+m.Addr()+generous).Limiter(never{t}, (&lines{}).logger(), (&hands{at: start}).now)
		for range 4 {
			wg.Go(func() {
				for range 10 {
					if d, err := l.Allow(context.Background(), "org", plan.Free.Rate()); err != nil {
						t.Error(err)
					} else if d.Allowed {
						admitted.Add(1)
					}
				}
			})
		}
	}
	wg.Wait()
	if n := admitted.Load(); n != 60 {
		t.Errorf("three replicas admit %d, want 60", n)
	}
}

func TestWithoutRedisLocalDecides(t *testing.T) {
	t.Parallel()
	clock := &hands{at: start}
	var log lines
	m := miniredis.RunT(t)
	m.SetTime(start)
	g := newGate(t, m.Addr())
	g.set(true)
	l := open(t, g.url(generous)).Limiter(limit.NewLocal(clock.now), log.logger(), clock.now)
	r := plan.Free.Rate()
	want := func(when string, remaining, warnings, infos int) {
		t.Helper()
		if d := allow(t, l, "org", r); !d.Allowed || d.Remaining != remaining {
			t.Errorf("%s: %+v, want %d remaining", when, d, remaining)
		}
		all := strings.Join(log.all(), "\n")
		if w, i := strings.Count(all, "level=WARN"), strings.Count(all, "level=INFO"); w != warnings || i != infos {
			t.Errorf("%s: %d warnings and %d infos, want %d and %d:\n%s", when, w, i, warnings, infos, all)
		}
	}
	want("shared", 59, 0, 0)
	m.SetError("boom")
	want("it fails", 59, 1, 0) // the local bucket is full
	m.SetError("")
	want("it is left alone", 58, 1, 0)
	clock.add(pause - time.Microsecond)
	want("it is left alone still", 57, 1, 0)
	clock.add(time.Microsecond)
	want("it is back", 58, 1, 1)
	want("it is there", 57, 1, 1)
	g.set(false)
	clock.add(time.Minute)
	want("it is gone", 59, 2, 1)
	for range 5 {
		clock.add(pause)
		d := allow(t, l, "org", r)
		if !d.Allowed {
			t.Errorf("while it is gone: %+v", d)
		}
	}
	clock.add(time.Minute)
	want("it is gone for long", 59, 2, 1)
	g.set(true)
	m.SetTime(clock.add(pause))
	want("it is there again", 59, 2, 2) // a minute has filled the bucket there as well
}

func TestASlowRedisIsLeftAlone(t *testing.T) {
	t.Parallel()
	clock := &hands{at: start}
	var log lines
	c := open(t, "redis://"+silent(t))
	asked := countUse(c) // each ends with the connection's time-out, so that the next dials
	l := c.Limiter(limit.NewLocal(clock.now), log.logger(), clock.now)
	r := plan.Free.Rate()
	allow(t, l, "org", r) // waits
	for range 20 {
		if d := allow(t, l, "org", r); !d.Allowed {
			t.Errorf("%+v", d)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times within the second, want once", n)
	}
	clock.add(pause)
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() { _, _ = l.Allow(context.Background(), "org", r) })
	}
	wg.Wait()
	if n := asked.Load(); n != 2 {
		t.Errorf("asked %d times after the second, want twice", n)
	}
	if n := len(log.all()); n != 1 {
		t.Errorf("%d lines of log, want one:\n%s", n, strings.Join(log.all(), "\n"))
	}
}

func TestACallerWhoHangsUpSaysNothingAboutRedis(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	m.SetTime(start)
	l := open(t, "redis://"+m.Addr()+generous).Limiter(never{t}, (&lines{}).logger(), (&hands{at: start}).now)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if d, err := l.Allow(ctx, "org", plan.Free.Rate()); err != nil || !d.Allowed {
		t.Errorf("%+v, %v", d, err)
	}
	if d := allow(t, l, "org", plan.Free.Rate()); d.Remaining != 58 {
		t.Errorf("%+v", d)
	}
}

func TestLocalErrorsComeThrough(t *testing.T) {
	t.Parallel()
	broken := brokenLimiter{fmt.Errorf("the local one is broken")}
	l := open(t, newGate(t, "").url("")).Limiter(broken, (&lines{}).logger(), (&hands{at: start}).now)
	for range 2 {
		if _, err := l.Allow(context.Background(), "org", plan.Free.Rate()); err != broken.err {
			t.Errorf("%v", err)
		}
	}
}

type brokenLimiter struct{ err error }

func (b brokenLimiter) Allow(context.Context, string, plan.Rate) (limit.Decision, error) {
	return limit.Decision{}, b.err
}

func (b brokenLimiter) Peek(ctx context.Context, bucket string, r plan.Rate) (limit.Decision, error) {
	return b.Allow(ctx, bucket, r)
}

func BenchmarkShared(b *testing.B) {
	m := miniredis.RunT(b)
	c, err := Open(context.Background(), "redis://"+m.Addr())
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	l := c.Limiter(limit.NewLocal(time.Now), (&lines{}).logger(), time.Now)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = l.Allow(context.Background(), "org", plan.Enterprise.Rate())
	}
}
