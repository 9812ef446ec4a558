// Package limit admits requests at a rate, with the generic cell rate algorithm (GCRA,
// ITU-T I.371): one number a bucket, no window edges, and a burst that is explicit.
package limit

import (
	"context"
	"hash/maphash"
	"sync"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/plan"
)

// Decision is the answer for one request.
type Decision struct {
	Allowed    bool
	Limit      int           // sustained requests a minute
	Remaining  int           // what could be sent at once now; never more than Limit
	Reset      time.Duration // until the bucket is full again
	RetryAfter time.Duration // until the next request is admitted; zero when this one was
}

// Limiter decides. An implementation shared by replicas may fail; the caller then
// falls back to one of its own.
type Limiter interface {
	// Allow takes one request out of the bucket.
	Allow(ctx context.Context, bucket string, r plan.Rate) (Decision, error)
	// Peek says what Allow would, and takes nothing.
	Peek(ctx context.Context, bucket string, r plan.Rate) (Decision, error)
}

const shards = 64

// Local is a limiter for one process. Its memory is bounded: a bucket that is full
// again is forgotten.
type Local struct {
	now   clock.Clock
	seed  maphash.Seed
	shard [shards]shard
}

type shard struct {
	mu    sync.Mutex
	tat   map[string]time.Time // theoretical arrival time
	sweep int
}

// NewLocal makes an in-process limiter. The clock should be one that nobody sets: a bucket
// would be empty until the clock is back where it was.
func NewLocal(now clock.Clock) *Local {
	l := &Local{now: now, seed: maphash.MakeSeed()}
	for i := range l.shard {
		l.shard[i].tat = map[string]time.Time{}
	}
	return l
}

// sweepAfter is how many new buckets a shard takes before it looks for full ones.
const sweepAfter = 1024

// Allow implements Limiter.
func (l *Local) Allow(_ context.Context, bucket string, r plan.Rate) (Decision, error) {
	return l.decide(bucket, r, true), nil
}

// Peek implements Limiter.
func (l *Local) Peek(_ context.Context, bucket string, r plan.Rate) (Decision, error) {
	return l.decide(bucket, r, false), nil
}

func (l *Local) decide(bucket string, r plan.Rate, take bool) Decision {
	now := l.now()
	interval := time.Minute / time.Duration(r.PerMinute)
	capacity := r.PerMinute + r.Burst
	tolerance := interval * time.Duration(capacity)

	s := &l.shard[maphash.String(l.seed, bucket)%shards]
	s.mu.Lock()
	tat, known := s.tat[bucket]
	if tat.Before(now) {
		tat = now
	}
	next := tat.Add(interval)
	over := next.Sub(now) - tolerance
	if over <= 0 && take {
		s.tat[bucket] = next
		tat = next
		if !known {
			s.collect(now)
		}
	}
	s.mu.Unlock()

	used := tat.Sub(now)
	d := Decision{
		Allowed: over <= 0, Limit: r.PerMinute, Reset: used,
		Remaining: min(int((tolerance-used)/interval), r.PerMinute),
	}
	if !d.Allowed {
		d.RetryAfter, d.Remaining = over, 0
	}
	return d
}

// collect forgets full buckets, every sweepAfter new ones: amortised constant cost.
func (s *shard) collect(now time.Time) {
	if s.sweep++; s.sweep < sweepAfter {
		return
	}
	s.sweep = 0
	for k, t := range s.tat {
		if !t.After(now) {
			delete(s.tat, k)
		}
	}
}
