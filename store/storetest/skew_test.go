package storetest

import (
	"testing"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/idempotency"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/process"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/db"
)

// Replicas whose machines' clocks differ take nothing of each other that lives: leases,
// heartbeats and claims are compared in the time of the database.
func TestReplicasWithDifferentClocks(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		for _, ahead := range []time.Duration{-5 * time.Minute, -12 * time.Second, 12 * time.Second, 5 * time.Minute} {
			t.Run(ahead.String(), func(t *testing.T) {
				url := database(t, e)
				replica := func(ahead time.Duration) *Store {
					s, err := joined(t.Context(), url, clock.System,
						db.InDatabaseTime(func() time.Time { return clock.System().Add(ahead) }))
					must(t, err)
					t.Cleanup(func() { _ = s.Close() })
					return s
				}
				a, b := replica(0), replica(ahead)
				if d := b.Now().Sub(a.Now()).Abs(); d > 3*time.Second {
					t.Errorf("the replicas' times are %v apart", d)
				}
				ctx := t.Context()
				const every = 3 * time.Second // between heartbeats
				for _, pair := range [][2]*Store{{a, b}, {b, a}} {
					one, other := pair[0], pair[1]
					owner, taker := id.New(), id.New()
					must(t, one.Seen(ctx, []id.ID{owner}, one.Now()))
					insertJob(t, one, job.Job{RunAt: one.Now()})
					if got := claim(t, one, owner, one.Now().Add(time.Second), 1); len(got) != 1 {
						t.Fatalf("%d jobs", len(got))
					}
					if n, err := other.Reap(ctx, other.Now().Add(-process.Missed*every), other.Now()); err != nil || n != 0 {
						t.Errorf("%d living processes are reaped, %v", n, err)
					}
					if got := claim(t, other, taker, other.Now(), 1); len(got) != 0 {
						t.Error("a living worker's job is taken over")
					}
					k := aKey("body", owner.UUID())
					c, _, err := idempotency.NewService(one, box(), one.Now).Begin(ctx, k)
					must(t, err)
					if _, _, err := idempotency.NewService(other, box(), other.Now).Begin(ctx, k); !fault.IsCode(err,
						fault.IdempotencyInFlight) || c == nil {
						t.Errorf("a running request's key: %v", err)
					}
				}
			})
		}
	})
}
