package job

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/id"
)

var errRefused = errors.New("refused")

// fake is a repository of jobs that wait in a line; the rest of its state is what the
// queue did.
type fake struct {
	Repository // what a test does not expect panics

	mu        sync.Mutex
	waiting   []Job
	lost      []Job
	outcomes  []string
	asked     map[Class]bool // what it was asked for
	renewals  int
	held      func() (bool, error) // what a renewal finds; nil: held
	claimErr  error
	cancelled bool
	stats     Stats
	statsErr  error
}

func (f *fake) InsertJob(_ context.Context, j Job) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting = append(f.waiting, j)
	return true, nil
}

func (f *fake) DueOrgs(_ context.Context, c Class, _ id.ID, now time.Time, _ int) ([]id.ID, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.asked == nil {
		f.asked = map[Class]bool{}
	}
	f.asked[c] = true
	if f.claimErr != nil {
		return nil, f.claimErr
	}
	orgs := map[id.ID]bool{}
	for _, j := range f.waiting {
		if !j.RunAt.After(now) && (j.Takeovers >= Suspicious) == c.Suspects {
			orgs[j.OrgID] = true
		}
	}
	return slices.SortedFunc(maps.Keys(orgs), func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) }), nil
}

func (f *fake) ClaimJobs(
	_ context.Context, c Class, orgs []id.ID, perOrg int, owner id.ID, now, until time.Time,
) ([]Job, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []Job
	got := map[id.ID]int{}
	for i := 0; i < len(f.waiting); {
		j := f.waiting[i]
		if j.RunAt.After(now) || (j.Takeovers >= Suspicious) != c.Suspects || !slices.Contains(orgs, j.OrgID) ||
			got[j.OrgID] == perOrg {
			i++
			continue
		}
		got[j.OrgID]++
		f.waiting = slices.Delete(f.waiting, i, i+1)
		j.State, j.Owner, j.LeaseUntil, j.Attempt = Running, owner, until, j.Attempt+1
		out = append(out, j)
	}
	return out, nil
}

func (f *fake) LostJobs(context.Context, time.Time, int) ([]Job, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	lost := f.lost
	f.lost = nil
	return lost, nil
}

func (f *fake) TakeOver(_ context.Context, j Job, _ time.Time) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	j.State, j.Takeovers = Queued, j.Takeovers+1
	f.waiting = append(f.waiting, j)
	return true, nil
}

func (f *fake) SetAside(_ context.Context, _ Job, p Problem, _ time.Time) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.outcomes = append(f.outcomes, p.Code)
	return true, nil
}

func (f *fake) Suspects(_ context.Context, now time.Time) ([]Kind, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []Kind
	for _, j := range f.waiting {
		if j.Takeovers >= Suspicious && !j.RunAt.After(now) && !slices.Contains(out, j.Kind) {
			out = append(out, j.Kind)
		}
	}
	return out, nil
}

func (f *fake) RenewJobs(_ context.Context, ids []id.ID, _ id.ID, _ time.Time) ([]id.ID, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.renewals++
	if f.held != nil {
		if held, err := f.held(); !held || err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func (f *fake) FinishJob(_ context.Context, _, _ id.ID, state State, lastError string, _ time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.outcomes = append(f.outcomes, string(state)+lastError)
	return nil
}

func (f *fake) RequeueJob(_ context.Context, jobID, _ id.ID, runAt time.Time, lastError string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.outcomes = append(f.outcomes, "requeued in "+time.Until(runAt).Truncate(time.Second).String()+": "+lastError)
	return nil
}

func (f *fake) CancelRequested(context.Context, id.ID) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.cancelled, nil
}

func (f *fake) JobStats(context.Context, time.Time) (Stats, error) { return f.stats, f.statsErr }

func (f *fake) InTx(ctx context.Context, fn func(context.Context) error) error { return fn(ctx) }
func (f *fake) AfterCommit(_ context.Context, fn func())                       { fn() }

func (f *fake) ended() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.outcomes)
}

// run runs f's jobs with the handler, in a bubble, until test returns.
func run(t *testing.T, f *fake, h Handler, test func(t *testing.T, q *Queue)) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(f, f, slog.New(slog.DiscardHandler), time.Now)
		q.Handle("k", h)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { q.Run(ctx) })
		test(t, q)
		cancel()
		wg.Wait()
	})
}

func add(t *testing.T, q *Queue, attempts int) {
	t.Helper()
	if err := q.Enqueue(t.Context(), "k", nil, "", attempts); err != nil {
		t.Fatal(err)
	}
}

// wait waits, by the bubble's clock.
func wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func expect(t *testing.T, f *fake, want ...string) {
	t.Helper()
	if got := f.ended(); !slices.Equal(got, want) {
		t.Fatalf("%q, want %q", got, want)
	}
}

func TestLeaseIsRenewedWhileAJobRuns(t *testing.T) {
	f := &fake{}
	run(t, f, func(ctx context.Context, _ Job) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(2 * time.Minute):
			return nil
		}
	}, func(t *testing.T, q *Queue) {
		add(t, q, 1)
		wait(2*time.Minute + time.Second)
		expect(t, f, "done")
		if f.renewals < 8 { // one lost renewal must not cost the lease
			t.Errorf("%d renewals in two minutes of leases of %v", f.renewals, Lease)
		}
	})
}

// Another worker has it: this one stops before both are far along.
func TestLostLeaseStopsTheJob(t *testing.T) {
	f := &fake{held: func() (bool, error) { return false, nil }}
	run(t, f, func(ctx context.Context, _ Job) error {
		<-ctx.Done()
		return ctx.Err()
	}, func(t *testing.T, q *Queue) {
		add(t, q, 0)
		wait(Lease / 3)
		if n := len(f.ended()); n != 1 {
			t.Fatalf("%q", f.ended())
		}
	})
}

// While renewals fail the job goes on for as long as the lease is certainly its own.
func TestFailingRenewals(t *testing.T) {
	broken := true
	f := &fake{held: func() (bool, error) {
		if broken {
			return false, errRefused
		}
		return true, nil
	}}
	run(t, f, func(ctx context.Context, _ Job) error {
		<-ctx.Done()
		return ctx.Err()
	}, func(t *testing.T, q *Queue) {
		add(t, q, 0)
		wait(Lease - time.Second)
		expect(t, f)
		f.mu.Lock()
		broken = false
		f.mu.Unlock()
		wait(Lease)
		expect(t, f)
		f.mu.Lock()
		broken = true
		f.mu.Unlock()
		wait(2 * Lease)
		if n := len(f.ended()); n != 1 {
			t.Fatalf("%q: it runs without a lease", f.ended())
		}
	})
}

func TestOutcomes(t *testing.T) {
	for name, c := range map[string]struct {
		attempt, most int
		err           error
		want          func(string) bool
	}{
		"success": {0, 1, nil, func(s string) bool { return s == "done" }},
		"failure": {
			0, 0, errRefused, func(s string) bool { return s == "requeued in 1s: refused" || s == "requeued in 2s: refused" },
		},
		"long failing": {
			50, 0, errRefused, func(s string) bool { return s >= "requeued in 4m" && s < "requeued in 6m1" },
		},
		"one attempt is left": {
			1, 3, errRefused, func(s string) bool { return s >= "requeued in 3s" && s < "requeued in 5s" },
		},
		"the last attempt":      {2, 3, errRefused, func(s string) bool { return s == "failedrefused" }},
		"beyond the last":       {7, 3, errRefused, func(s string) bool { return s == "failedrefused" }},
		"a panic, and the last": {0, 1, nil, func(s string) bool { return s == "failedpanic" }},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fake{waiting: []Job{{ID: id.New(), Kind: "k", Attempt: c.attempt, MaxAttempts: c.most}}}
			run(t, f, func(context.Context, Job) error {
				if name[0] == 'a' {
					panic("stop")
				}
				return c.err
			}, func(t *testing.T, _ *Queue) {
				synctest.Wait()
				if got := f.ended(); len(got) != 1 || !c.want(got[0]) {
					t.Errorf("%q", got)
				}
			})
		})
	}
}

func TestQueueGoesOnAfterAnError(t *testing.T) {
	f := &fake{claimErr: errRefused}
	run(t, f, func(context.Context, Job) error { return nil }, func(t *testing.T, q *Queue) {
		add(t, q, 1)
		wait(time.Minute)
		expect(t, f)
		f.mu.Lock()
		f.claimErr = nil
		f.mu.Unlock()
		wait(poll)
		expect(t, f, "done")
	})
}

// A job from another process is found by looking, one from this process at once.
func TestQueueLooksForJobs(t *testing.T) {
	f := &fake{}
	run(t, f, func(context.Context, Job) error { return nil }, func(t *testing.T, q *Queue) {
		wait(poll / 2)
		add(t, q, 1)
		synctest.Wait()
		expect(t, f, "done")
		_, _ = f.InsertJob(t.Context(), Job{Kind: "k"})
		wait(poll)
		expect(t, f, "done", "done")
	})
}

func TestSoManyAtOnce(t *testing.T) {
	f := &fake{}
	var mu sync.Mutex
	var now, most int
	run(t, f, func(context.Context, Job) error {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		time.Sleep(time.Second)
		mu.Lock()
		now--
		mu.Unlock()
		return nil
	}, func(t *testing.T, q *Queue) {
		for range 3 * concurrency {
			if err := q.Add(t.Context(), Job{ID: id.New(), Kind: "k", OrgID: id.New(), MaxAttempts: 1}); err != nil {
				t.Fatal(err)
			}
		}
		wait(3*time.Second + time.Millisecond) // a slot that is free is filled at once
		if n := len(f.ended()); n != 3*concurrency || most != concurrency {
			t.Errorf("%d of %d are done, %d at once", n, 3*concurrency, most)
		}
	})
}

// TestAnOrgHasAShare: the jobs of one org that never end leave workers for another's.
func TestAnOrgHasAShare(t *testing.T) {
	f := &fake{}
	greedy, modest := id.New(), id.New()
	var mu sync.Mutex
	held := 0
	run(t, f, func(ctx context.Context, j Job) error {
		if j.OrgID == modest {
			return nil
		}
		mu.Lock()
		held++
		mu.Unlock()
		<-ctx.Done()
		return ctx.Err()
	}, func(t *testing.T, q *Queue) {
		for range 3 * concurrency {
			_ = q.Add(t.Context(), Job{ID: id.New(), Kind: "k", OrgID: greedy})
		}
		synctest.Wait()
		for range 10 {
			_ = q.Add(t.Context(), Job{ID: id.New(), Kind: "k", OrgID: modest})
		}
		synctest.Wait()
		if n := len(f.ended()); n != 10 || held >= concurrency || held < concurrency/2 {
			t.Errorf("%d of 10 jobs are done beside %d that never end", n, held)
		}
	})
}

// TestAJobYields: it is queued again at once, and that is no failure of it.
func TestAJobYields(t *testing.T) {
	f := &fake{}
	run(t, f, func(context.Context, Job) error { return ErrYield }, func(t *testing.T, q *Queue) {
		_ = q.Add(t.Context(), Job{ID: id.New(), Kind: "k", MaxAttempts: 1})
		synctest.Wait()
		expect(t, f, "requeued in 0s: ")
	})
}

func TestLostJobsAreTakenOverAndSetAside(t *testing.T) {
	f := &fake{}
	for n := range MaxTakeovers + 2 {
		f.lost = append(f.lost, Job{ID: id.New(), Kind: "k", State: Running, Takeovers: n})
	}
	f.lost = append(f.lost, Job{ID: id.New(), Kind: "of another version", State: Running, Takeovers: 99})
	var mu sync.Mutex
	var ran []int
	suspects, most := 0, 0
	run(t, f, func(_ context.Context, j Job) error {
		mu.Lock()
		ran = append(ran, j.Takeovers)
		if j.Takeovers >= Suspicious {
			suspects++
			most = max(most, suspects)
		}
		mu.Unlock()
		time.Sleep(2 * time.Second)
		mu.Lock()
		if j.Takeovers >= Suspicious {
			suspects--
		}
		mu.Unlock()
		return nil
	}, func(t *testing.T, q *Queue) {
		wait(20 * time.Second)
		slices.Sort(ran)
		if !slices.Equal(ran, []int{1, 2, 3}) || most != 1 {
			t.Errorf("jobs with %v takeovers ran, %d suspects at once", ran, most)
		}
		expect(t, f, SetAside, SetAside, "done", "done", "done")
	})
}

// TestLongJobsPauseWithTheirOrg: jobs that may take long wait while their org is suspended, short ones do not.
func TestLongJobsPauseWithTheirOrg(t *testing.T) {
	f := &fake{lost: []Job{{ID: id.New(), Kind: "long", State: Running, Takeovers: Suspicious - 1}}}
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(f, f, slog.New(slog.DiscardHandler), time.Now)
		nothing := func(context.Context, Job) error { return nil }
		q.Handle("short", nothing)
		q.HandleLong("long", "pool", 1, nothing)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { q.Run(ctx) })
		wait(2 * time.Second)
		cancel()
		wg.Wait()
	})
	want := map[Class]bool{
		{Kind: "short"}: true, {Kind: "long", Pauses: true}: true, {Kind: "long", Suspects: true, Pauses: true}: true,
	}
	if !maps.Equal(f.asked, want) {
		t.Errorf("jobs of %v were asked for, want %v", f.asked, want)
	}
}

func TestProbe(t *testing.T) {
	f := &fake{}
	state := func(t *testing.T, q *Queue, want health.State) {
		t.Helper()
		if c := q.Probe(t.Context()); c.State != want || want != health.Up && c.Message == "" {
			t.Errorf("%+v, want %s", c, want)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		state(t, NewQueue(f, f, slog.New(slog.DiscardHandler), time.Now), health.Down) // nobody works on it
	})
	run(t, f, func(context.Context, Job) error { time.Sleep(time.Hour); return nil }, func(t *testing.T, q *Queue) {
		synctest.Wait()
		state(t, q, health.Up)
		at := time.Now().Add(-stalled)
		f.stats.OldestDue = &at
		state(t, q, health.Up)
		wait(1)
		state(t, q, health.Degraded)
		f.stats.OldestDue = nil
		for range concurrency {
			add(t, q, 1)
		}
		wait(time.Minute) // it is busy, not deaf
		state(t, q, health.Up)
		f.statsErr = errRefused
		if c := q.Probe(t.Context()); c.State != health.Down || !errors.Is(c.Cause, errRefused) ||
			c.Message == errRefused.Error() {
			t.Errorf("%+v", c)
		}
		f.statsErr = nil
		f.mu.Lock()
		f.claimErr = errRefused
		f.mu.Unlock()
		wait(time.Hour + deaf + poll) // the jobs are over, and the queue cannot be read
		state(t, q, health.Down)
	})
}

func TestBackoff(t *testing.T) {
	for attempt, base := range map[int]time.Duration{
		0: time.Second, 1: 2 * time.Second, 2: 4 * time.Second, 8: 256 * time.Second, 9: 5 * time.Minute, 10: 5 * time.Minute,
		1000: 5 * time.Minute,
	} {
		seen := map[time.Duration]bool{}
		for range 200 {
			d := Backoff(attempt)
			if d < base*8/10 || d > base*12/10 {
				t.Fatalf("behind attempt %d: %v", attempt, d)
			}
			seen[d] = true
		}
		if len(seen) < 100 {
			t.Errorf("behind attempt %d jobs come back together", attempt)
		}
	}
}
