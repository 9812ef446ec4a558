package limit

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/plan"
)

func TestLocalAdmitsTheFigure(t *testing.T) {
	for _, tier := range plan.Tiers() {
		r := tier.Rate()
		if r.PerMinute > 5_000 {
			continue // the same arithmetic, only longer
		}
		at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		l := NewLocal(func() time.Time { return at })
		admitted := 0
		for range r.PerMinute + r.Burst + 10 {
			d, _ := l.Allow(context.Background(), "org", r)
			if d.Remaining > d.Limit || d.Remaining < 0 {
				t.Fatalf("%s: remaining %d of %d", tier, d.Remaining, d.Limit)
			}
			if d.Allowed {
				admitted++
			} else if d.RetryAfter <= 0 || d.Remaining != 0 {
				t.Fatalf("%s: refused with retry after %s, remaining %d", tier, d.RetryAfter, d.Remaining)
			}
		}
		if want := r.PerMinute + r.Burst; admitted != want {
			t.Errorf("%s admits %d at once, want %d", tier, admitted, want)
		}
		// From an empty bucket, a minute restores what the tier sustains.
		admitted = 0
		for range 60 * 20 {
			at = at.Add(50 * time.Millisecond)
			for {
				d, _ := l.Allow(context.Background(), "org", r)
				if !d.Allowed {
					break
				}
				admitted++
			}
		}
		if admitted < r.PerMinute-1 || admitted > r.PerMinute+1 {
			t.Errorf("%s sustains %d a minute, want %d", tier, admitted, r.PerMinute)
		}
	}
}

func TestRetryAfterIsWhenTheNextIsAdmitted(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := NewLocal(func() time.Time { return at })
	r := plan.Free.Rate()
	var d Decision
	for d.Allowed = true; d.Allowed; {
		d, _ = l.Allow(context.Background(), "org", r)
	}
	at = at.Add(d.RetryAfter - time.Microsecond)
	if d, _ := l.Allow(context.Background(), "org", r); d.Allowed {
		t.Error("admitted before Retry-After")
	}
	at = at.Add(time.Microsecond)
	if d, _ := l.Allow(context.Background(), "org", r); !d.Allowed {
		t.Error("refused after Retry-After")
	}
}

func TestConcurrentRequestsShareOneBucket(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := NewLocal(func() time.Time { return at })
	var admitted atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 100 {
				if d, _ := l.Allow(context.Background(), "org", plan.Free.Rate()); d.Allowed {
					admitted.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if admitted.Load() != 60 {
		t.Errorf("admitted %d, want 60", admitted.Load())
	}
}

func TestFullBucketsAreForgotten(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := NewLocal(func() time.Time { return at })
	for i := range 500_000 {
		at = at.Add(time.Second)
		_, _ = l.Allow(context.Background(), strconv.Itoa(i), plan.Starter.Rate())
	}
	n := 0
	for i := range l.shard {
		n += len(l.shard[i].tat)
	}
	if n > 2*shards*sweepAfter {
		t.Errorf("%d buckets are kept of 500,000 that are full", n)
	}
}

func BenchmarkLocal(b *testing.B) {
	l := NewLocal(func() time.Time { return time.Now() })
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_, _ = l.Allow(context.Background(), "org", plan.Enterprise.Rate())
		}
	})
}

// Who only looks is told what it would be, and takes nothing.
func TestPeek(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := NewLocal(func() time.Time { return at })
	r := plan.Rate{PerMinute: 6, Burst: 2}
	for n := range 10 {
		for range 3 {
			peek, _ := l.Peek(context.Background(), "a", r)
			if peek.Allowed != (n < 8) || !peek.Allowed && peek.RetryAfter <= 0 {
				t.Fatalf("before request %d: %+v", n, peek)
			}
		}
		if d, _ := l.Allow(context.Background(), "a", r); d.Allowed != (n < 8) {
			t.Fatalf("request %d: %+v", n, d)
		}
	}
}
