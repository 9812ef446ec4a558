package storetest

import (
	"testing"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/store"
)

// The jobs of a process that is not heard of any more are another's at once; those of the
// others stay theirs.
func TestDeadProcessesLoseTheirJobs(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		url := database(t, e)
		s, db := connect(t, url, clock.now), raw(t, url)
		ctx := t.Context()
		dead, alive, next := id.New(), id.New(), id.New()
		a, b, over := insertJob(t, s, job.Job{}), insertJob(t, s, job.Job{}), insertJob(t, s, job.Job{})
		must(t, s.Seen(ctx, []id.ID{dead, id.New()}, noon), s.Seen(ctx, []id.ID{alive}, noon))
		for owner, j := range map[id.ID]job.Job{dead: a, alive: b} {
			change(t, db, "UPDATE jobs SET state = 'running', owner = $1, lease_until = $2, attempt = 1 WHERE id = $3",
				owner.UUID(), noon.Add(job.Lease), j.ID.UUID())
		}
		change(t, db, "UPDATE jobs SET state = 'done', owner = $1, finished_at = $2 WHERE id = $3", dead.UUID(), noon,
			over.ID.UUID())

		if n, err := s.Reap(ctx, noon, noon); err != nil || n != 0 {
			t.Fatalf("%d, %v", n, err)
		}
		clock.forward(5 * time.Second)
		must(t, s.Seen(ctx, []id.ID{alive, next}, clock.now()))
		if n, err := s.Reap(ctx, noon.Add(time.Microsecond), clock.now()); err != nil || n != 2 {
			t.Fatalf("%d, %v", n, err)
		}
		if n, err := s.Reap(ctx, noon.Add(time.Microsecond), clock.now()); err != nil || n != 0 {
			t.Fatalf("a second time: %d, %v", n, err)
		}
		if n := read[int](t, db, "SELECT count(*) FROM processes"); n != 2 {
			t.Errorf("%d processes are known", n)
		}
		got := claim(t, s, next, clock.now(), 10)
		if len(got) != 1 || got[0].ID != a.ID || got[0].Attempt != 2 {
			t.Fatalf("%+v", got)
		}
		// One that leaves by itself, and one that was nobody.
		must(t, s.Gone(ctx, []id.ID{alive, id.New()}, clock.now()), s.Gone(ctx, nil, clock.now()))
		if got = claim(t, s, next, clock.now(), 10); len(got) != 1 || got[0].ID != b.ID {
			t.Fatalf("%+v", got)
		}
		if stateOf(t, db, over.ID) != job.Done {
			t.Error("what was done is done again")
		}
	})
}
