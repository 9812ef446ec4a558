package storetest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store"
)

const work job.Kind = "work"

var quiet = slog.New(slog.DiscardHandler)

func insertJob(t *testing.T, s *Store, j job.Job) job.Job {
	t.Helper()
	j.ID, j.State, j.CreatedAt = id.New(), job.Queued, noon
	if j.Kind == "" {
		j.Kind = work
	}
	if j.RunAt.IsZero() {
		j.RunAt = noon
	}
	must(t, second(s.InsertJob(t.Context(), j)))
	return j
}

func claim(t *testing.T, s *Store, owner id.ID, now time.Time, limit int, kinds ...job.Kind) []job.Job {
	t.Helper()
	if len(kinds) == 0 {
		kinds = []job.Kind{work}
	}
	lost, err := s.LostJobs(t.Context(), now, 100)
	must(t, err)
	for _, j := range lost {
		must(t, second(s.TakeOver(t.Context(), j, now)))
	}
	var jobs []job.Job
	for _, k := range kinds {
		c := job.Class{Kind: k}
		orgs, err := s.DueOrgs(t.Context(), c, id.ID{}, now, 100)
		must(t, err)
		claimed, err := s.ClaimJobs(t.Context(), c, orgs, limit, owner, now, now.Add(job.Lease))
		must(t, err)
		jobs = append(jobs, claimed...)
	}
	return jobs
}

func stateOf(t *testing.T, db *sql.DB, j id.ID) job.State {
	t.Helper()
	return job.State(read[string](t, db, "SELECT state FROM jobs WHERE id = $1", j.UUID()))
}

func TestClaimGivesWhatIsDue(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		late := insertJob(t, s, job.Job{RunAt: noon.Add(time.Microsecond), Payload: []byte("late")})
		second := insertJob(t, s, job.Job{RunAt: noon, Payload: []byte{0, 0xff}, Unique: "u", MaxAttempts: 3})
		first := insertJob(t, s, job.Job{RunAt: noon.Add(-time.Hour)})
		insertJob(t, s, job.Job{Kind: "other", RunAt: noon.Add(-time.Hour)})
		owner := id.New()
		if got := claim(t, s, owner, noon.Add(-2*time.Hour), 10); len(got) != 0 {
			t.Fatalf("nothing is due: %+v", got)
		}
		if got, err := s.ClaimJobs(t.Context(), job.Class{Kind: work}, nil, 10, owner, noon, noon); err != nil ||
			len(got) != 0 {
			t.Fatalf("no orgs: %+v, %v", got, err)
		}
		// The one that waits longest, though it came last.
		got := claim(t, s, owner, noon, 1)
		if len(got) != 1 || got[0].ID != first.ID || len(got[0].Payload) != 0 {
			t.Fatalf("%+v", got)
		}
		got = claim(t, s, owner, noon, 10)
		if len(got) != 1 {
			t.Fatalf("%+v", got)
		}
		j := got[0]
		j.StartedAt = nil
		second.State, second.Attempt, second.Owner, second.LeaseUntil = job.Running, 1, owner, noon.Add(job.Lease)
		if !reflect.DeepEqual(j, second) {
			t.Fatalf("%+v\n is claimed as %+v", second, j)
		}
		if got = claim(t, s, owner, noon.Add(time.Microsecond), 10, work, "other"); len(got) != 2 ||
			string(got[0].Payload) != "late" || got[0].ID != late.ID || got[1].Kind != "other" {
			t.Fatalf("%+v", got)
		}
	})
}

// TestJobsAreClaimedByTurnsOfOrgs: an org that has many waiting does not come before others,
// and a page of orgs begins where it is told to.
func TestJobsAreClaimedByTurnsOfOrgs(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		c, owner := job.Class{Kind: work}, id.New()
		greedy, modest, later := id.New(), id.New(), id.New()
		insertJob(t, s, job.Job{}) // the platform's own
		for i := range 20 {
			insertJob(t, s, job.Job{OrgID: greedy, RunAt: noon.Add(time.Duration(i-100) * time.Minute)})
		}
		insertJob(t, s, job.Job{OrgID: modest})
		insertJob(t, s, job.Job{OrgID: later, RunAt: noon.Add(time.Hour)})
		insertJob(t, s, job.Job{OrgID: id.New(), Kind: "other"})
		due := func(from id.ID, limit int) []id.ID {
			t.Helper()
			orgs, err := s.DueOrgs(t.Context(), c, from, noon, limit)
			must(t, err)
			return orgs
		}
		if got := due(id.ID{}, 10); !reflect.DeepEqual(got, []id.ID{{}, greedy, modest}) {
			t.Fatalf("due are %v", got)
		}
		if got := due(greedy, 1); !reflect.DeepEqual(got, []id.ID{greedy}) {
			t.Fatalf("one from the first org on: %v", got)
		}
		if got := due(greedy.Next(), 10); !reflect.DeepEqual(got, []id.ID{modest}) {
			t.Fatalf("after the first org: %v", got)
		}
		jobs, err := s.ClaimJobs(t.Context(), c, []id.ID{{}, greedy, modest, later}, 2, owner, noon, noon.Add(job.Lease))
		must(t, err)
		by := map[id.ID]int{}
		for _, j := range jobs {
			if by[j.OrgID]++; j.RunAt.After(noon.Add(-99*time.Minute)) && j.OrgID == greedy {
				t.Errorf("not the oldest: %v", j.RunAt)
			}
		}
		if !reflect.DeepEqual(by, map[id.ID]int{{}: 1, greedy: 2, modest: 1}) {
			t.Errorf("claimed are %v", by)
		}
	})
}

func TestLostJobs(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, db := connect(t, url, clock.System), raw(t, url)
		ctx, dead := t.Context(), id.New()
		c, suspects := job.Class{Kind: work}, job.Class{Kind: work, Suspects: true}
		j := insertJob(t, s, job.Job{OrgID: id.New()})
		over := noon.Add(job.Lease)
		for n := 1; n <= job.MaxTakeovers; n++ {
			class := c
			if n > job.Suspicious {
				class = suspects
			}
			got, err := s.ClaimJobs(ctx, class, []id.ID{j.OrgID}, 9, dead, noon, over)
			must(t, err)
			if len(got) != 1 || got[0].Takeovers != n-1 {
				t.Fatalf("claim %d: %+v", n, got)
			}
			if lost, err := s.LostJobs(ctx, over.Add(-time.Microsecond), 9); err != nil || len(lost) != 0 {
				t.Fatalf("lost before the lease ends: %+v, %v", lost, err)
			}
			if ok, err := s.TakeOver(ctx, got[0], over.Add(-time.Microsecond)); ok || err != nil {
				t.Fatalf("taken over before the lease ends: %v", err)
			}
			lost, err := s.LostJobs(ctx, over, 9)
			must(t, err)
			if len(lost) != 1 || lost[0].ID != j.ID {
				t.Fatalf("lost are %+v", lost)
			}
			var times atomic.Int64
			must(t, together(2, func(int) error {
				ok, err := s.TakeOver(ctx, lost[0], over)
				if ok {
					times.Add(1)
				}
				return err
			})...)
			if times.Load() != 1 {
				t.Fatalf("taken over %d times", times.Load())
			}
			kinds, err := s.Suspects(ctx, over)
			must(t, err)
			if (len(kinds) == 1) != (n >= job.Suspicious) {
				t.Errorf("after %d takeovers suspects are of %v", n, kinds)
			}
		}
		if got, err := s.DueOrgs(ctx, c, id.ID{}, over, 9); err != nil || len(got) != 0 {
			t.Errorf("a suspect is claimed like others: %v, %v", got, err)
		}
		got, err := s.ClaimJobs(ctx, suspects, []id.ID{j.OrgID}, 9, dead, over, over)
		must(t, err)
		p := job.Problem{Code: job.SetAside, Message: "It ends its process."}
		if ok, err := s.SetAside(ctx, got[0], p, over); !ok || err != nil {
			t.Fatal("not set aside", err)
		}
		if ok, err := s.SetAside(ctx, got[0], p, over); ok || err != nil {
			t.Fatal("set aside twice", err)
		}
		failed, err := s.ListJobs(ctx, job.Failed, 9)
		must(t, err)
		if len(failed) != 1 || *failed[0].Problem != p || failed[0].FinishedAt == nil {
			t.Fatalf("%+v", failed)
		}
		if ok, err := s.RetryJob(ctx, j.ID, over); !ok || err != nil {
			t.Fatal("not retried", err)
		}
		if n := read[int](t, db, "SELECT takeovers FROM jobs"); n != 0 || stateOf(t, db, j.ID) != job.Queued {
			t.Errorf("after a retry by hand it has %d takeovers", n)
		}
		// What gets on, or fails in order, is not why its process ended.
		got, err = s.ClaimJobs(ctx, c, []id.ID{j.OrgID}, 9, dead, over, over)
		must(t, err)
		change(t, db, "UPDATE jobs SET takeovers = 3")
		must(t, s.GetsOn(ctx, j.ID, dead))
		if n := read[int](t, db, "SELECT takeovers FROM jobs"); n != 0 {
			t.Errorf("a job that gets on has %d takeovers", n)
		}
		change(t, db, "UPDATE jobs SET takeovers = 3")
		must(t, s.RequeueJob(ctx, got[0].ID, dead, over, "it broke"))
		if n := read[int](t, db, "SELECT takeovers FROM jobs"); n != 0 {
			t.Errorf("a job that failed in order has %d takeovers", n)
		}
	})
}

// Four workers, on two replicas: every job goes to one of them.
func TestJobsAreClaimedOnce(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		replicas := []*Store{connect(t, url, clock.System), connect(t, url, clock.System)}
		const jobs = 200
		must(t, replicas[0].InTx(t.Context(), func(ctx context.Context) error {
			for i := range jobs {
				if _, err := replicas[0].InsertJob(ctx, job.Job{
					ID: id.New(), Kind: work, Unique: name("%d", i), State: job.Queued, RunAt: noon, CreatedAt: noon,
				}); err != nil {
					return err
				}
			}
			return nil
		}))
		var mu sync.Mutex
		by := map[id.ID]int{}
		must(t, together(4, func(i int) error {
			owner := id.New()
			for {
				got, err := replicas[i%2].ClaimJobs(t.Context(), job.Class{Kind: work}, []id.ID{{}}, 7, owner, noon,
					noon.Add(job.Lease))
				if err != nil || len(got) == 0 {
					return err
				}
				if len(got) > 7 {
					return fmt.Errorf("%d jobs of 7", len(got))
				}
				mu.Lock()
				for _, j := range got {
					by[j.ID]++
					if j.Owner != owner || j.Attempt != 1 {
						t.Errorf("%+v", j)
					}
				}
				mu.Unlock()
			}
		})...)
		if len(by) != jobs {
			t.Fatalf("%d of %d jobs were claimed", len(by), jobs)
		}
		for j, n := range by {
			if n != 1 {
				t.Errorf("%s was claimed %d times", j, n)
			}
		}
	})
}

func TestUniqueJobs(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, db := connect(t, url, clock.System), raw(t, url)
		q := job.NewQueue(s, s, quiet, clockAt(noon))
		ctx := t.Context()
		queued := func(want int) {
			t.Helper()
			if n := read[int](t, db, "SELECT count(*) FROM jobs WHERE state = 'queued'"); n != want {
				t.Fatalf("%d are queued, want %d", n, want)
			}
		}
		must(t, together(12, func(i int) error {
			if i%2 == 0 {
				return q.Enqueue(ctx, work, []byte{byte(i)}, "all", 0)
			}
			return s.InTx(ctx, func(ctx context.Context) error { return q.Enqueue(ctx, work, []byte{byte(i)}, "all", 0) })
		})...)
		queued(1)
		must(t, q.Enqueue(ctx, "other", nil, "all", 0), q.Enqueue(ctx, work, nil, "one", 0))
		queued(3)
		must(t, q.Enqueue(ctx, work, nil, "", 0), q.Enqueue(ctx, work, nil, "", 0)) // nothing to be unique by
		queued(5)
		// One that runs may have passed by what the next one is for.
		running := claim(t, s, id.New(), noon, 10)
		if len(running) != 4 {
			t.Fatalf("%d", len(running))
		}
		queued(1)
		must(t, q.Enqueue(ctx, work, nil, "all", 0), q.Enqueue(ctx, work, nil, "all", 0))
		queued(2)
	})
}

func TestEnqueueIsPartOfTheTransaction(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		q := job.NewQueue(s, s, quiet, clockAt(noon))
		_ = s.InTx(t.Context(), func(ctx context.Context) error {
			must(t, q.Enqueue(ctx, work, nil, "u", 0), q.Enqueue(ctx, work, nil, "", 0))
			return errRefused
		})
		if st, err := q.Stats(t.Context()); err != nil || st != (job.Stats{}) {
			t.Fatalf("a rolled-back transaction leaves %+v, %v", st, err)
		}
		must(t, s.InTx(t.Context(), func(ctx context.Context) error {
			must(t, q.Enqueue(ctx, work, nil, "u", 0))
			if st, err := q.Stats(t.Context()); err != nil || st.Due != 0 {
				t.Errorf("before the commit: %+v, %v", st, err)
			}
			return nil
		}))
		if st, err := q.Stats(t.Context()); err != nil || st.Due != 1 {
			t.Fatalf("%+v, %v", st, err)
		}
	})
}

// A worker takes the queued job, and sees nothing of a transaction that is still open and
// relied on that job to see it: there must be another one when it commits.
func TestUniqueJobIsNotTakenTooEarly(t *testing.T) {
	t.Parallel()
	s := open(t, store.Postgres) // on SQLite the worker waits for the transaction
	q := job.NewQueue(s, s, quiet, clockAt(noon))
	must(t, q.Enqueue(t.Context(), work, nil, "all", 0))
	owner := id.New()
	must(t, s.InTx(t.Context(), func(ctx context.Context) error {
		must(t, q.Enqueue(ctx, work, nil, "all", 0))
		for _, j := range claim(t, s, owner, noon, 10) {
			must(t, s.FinishJob(t.Context(), j.ID, owner, job.Done, "", noon))
		}
		return nil
	}))
	if st, err := q.Stats(t.Context()); err != nil || st.Due != 1 {
		t.Fatalf("%+v, %v: nobody will do the work", st, err)
	}
}

// A worker that is killed is found by its lease.
func TestLostLeaseIsTakenOver(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, db := connect(t, url, clock.System), raw(t, url)
		ctx := t.Context()
		j := insertJob(t, s, job.Job{MaxAttempts: 5})
		dead, other := id.New(), id.New()
		if got := claim(t, s, dead, noon, 1); len(got) != 1 {
			t.Fatalf("%+v", got)
		}
		end := noon.Add(job.Lease)
		if got := claim(t, s, other, end.Add(-time.Microsecond), 1); len(got) != 0 {
			t.Fatalf("within the lease: %+v", got)
		}
		// A renewal moves its end.
		if held, err := s.RenewJobs(ctx, []id.ID{j.ID, id.New()}, dead, end.Add(time.Minute)); err != nil ||
			!reflect.DeepEqual(held, []id.ID{j.ID}) {
			t.Fatalf("%v, %v", held, err)
		}
		if got := claim(t, s, other, end, 1); len(got) != 0 {
			t.Fatalf("within the renewed lease: %+v", got)
		}
		end = end.Add(time.Minute)
		got := claim(t, s, other, end, 1)
		if len(got) != 1 || got[0].ID != j.ID || got[0].Attempt != 2 || got[0].Owner != other {
			t.Fatalf("%+v", got)
		}
		// Whatever the first one still does means nothing.
		if held, err := s.RenewJobs(ctx, []id.ID{j.ID}, dead, end.Add(time.Hour)); err != nil || len(held) != 0 {
			t.Fatalf("%v, %v", held, err)
		}
		row := func() string {
			return read[string](t, db,
				"SELECT state || ' ' || owner || ' ' || attempt || ' ' || coalesce(last_error, '-') || ' ' || (lease_until IS "+
					"NULL) || ' ' || (finished_at IS NULL) FROM jobs")
		}
		before := row()
		must(t, s.FinishJob(ctx, j.ID, dead, job.Done, "", end), s.FinishJob(ctx, j.ID, dead, job.Failed, "late", end),
			s.RequeueJob(ctx, j.ID, dead, end, "late"))
		if after := row(); after != before {
			t.Fatalf("%s became %s", before, after)
		}
		must(t, s.FinishJob(ctx, j.ID, other, job.Done, "", end))
		if stateOf(t, db, j.ID) != job.Done {
			t.Fatal(row())
		}
		// Done is done, for its last owner too.
		before = row()
		must(t, s.RequeueJob(ctx, j.ID, other, end, "late"), s.FinishJob(ctx, j.ID, other, job.Failed, "late", end))
		if held, err := s.RenewJobs(ctx, []id.ID{j.ID}, other, end.Add(time.Hour)); err != nil || len(held) != 0 {
			t.Fatalf("%v, %v", held, err)
		}
		if after := row(); after != before {
			t.Fatalf("%s became %s", before, after)
		}
		if got := claim(t, s, dead, end.AddDate(1, 0, 0), 1); len(got) != 0 {
			t.Fatalf("%+v", got)
		}
	})
}

func TestRequeue(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, db := connect(t, url, clock.System), raw(t, url)
		ctx, owner := t.Context(), id.New()
		j := insertJob(t, s, job.Job{Unique: "u"})
		claim(t, s, owner, noon, 1)
		must(t, s.RequeueJob(ctx, j.ID, owner, noon.Add(time.Minute), "it broke"))
		if got := claim(t, s, owner, noon.Add(time.Minute-time.Microsecond), 1); len(got) != 0 {
			t.Fatalf("before its time: %+v", got)
		}
		if text := read[string](t, db, "SELECT last_error FROM jobs"); text != "it broke" {
			t.Errorf("%q", text)
		}
		if got := claim(t, s, owner, noon.Add(time.Minute), 1); len(got) != 1 || got[0].Attempt != 2 {
			t.Fatalf("%+v", got)
		}
		// The same thing has been queued while this one ran: it is that one's work now.
		next := insertJob(t, s, job.Job{Unique: "u"})
		must(t, s.RequeueJob(ctx, j.ID, owner, noon, "again"))
		if stateOf(t, db, j.ID) != job.Done || stateOf(t, db, next.ID) != job.Queued {
			t.Fatalf("%s and %s", stateOf(t, db, j.ID), stateOf(t, db, next.ID))
		}
		// Jobs that are not unique do not mind each other, nor other kinds.
		plain := []job.Job{
			insertJob(t, s, job.Job{}), insertJob(t, s, job.Job{}), insertJob(t, s, job.Job{Kind: "other", Unique: "u"}),
		}
		claim(t, s, owner, noon, 10, work, "other")
		for _, j := range plain {
			must(t, s.RequeueJob(ctx, j.ID, owner, noon, ""))
			if stateOf(t, db, j.ID) != job.Queued {
				t.Errorf("%s", stateOf(t, db, j.ID))
			}
		}
		// Two that run are released at once: one of them waits.
		a := insertJob(t, s, job.Job{Unique: "two"})
		claim(t, s, owner, noon, 10)
		b := insertJob(t, s, job.Job{Unique: "two"})
		claim(t, s, owner, noon, 10)
		must(t, together(2, func(i int) error { return s.RequeueJob(ctx, []id.ID{a.ID, b.ID}[i], owner, noon, "") })...)
		states := map[job.State]int{}
		states[stateOf(t, db, a.ID)]++
		states[stateOf(t, db, b.ID)]++
		if states[job.Queued] != 1 || states[job.Done] != 1 {
			t.Fatalf("%v", states)
		}
	})
}

// The equal job is in a transaction that commits while this one is being requeued.
func TestRequeueBesideAnOpenTransaction(t *testing.T) {
	t.Parallel()
	url := database(t, store.Postgres)
	s, db := connect(t, url, clock.System), raw(t, url)
	owner := id.New()
	j := insertJob(t, s, job.Job{Unique: "u"})
	claim(t, s, owner, noon, 1)
	requeued := make(chan error, 1)
	outside := patience(t)
	must(t, s.InTx(t.Context(), func(ctx context.Context) error {
		must(t,
			second(s.InsertJob(ctx,
				job.Job{ID: id.New(), Kind: work, Unique: "u", State: job.Queued, RunAt: noon, CreatedAt: noon})))
		go func() { requeued <- s.RequeueJob(outside, j.ID, owner, noon, "") }()
		blocked(t, db)
		return nil
	}))
	must(t, <-requeued)
	if got := stateOf(t, db, j.ID); got != job.Done {
		t.Fatalf("it is %s", got)
	}
}

// An error's text may be anything, such as what a server answered.
func TestOutcomeIsKeptWhateverItsText(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, db := connect(t, url, clock.System), raw(t, url)
		owner := id.New()
		j := insertJob(t, s, job.Job{})
		for _, text := range []string{"\xff\x00 binary \xc3", "ü\x00", ""} {
			claim(t, s, owner, noon, 1)
			must(t, s.RequeueJob(t.Context(), j.ID, owner, noon, text))
			if got := stateOf(t, db, j.ID); got != job.Queued {
				t.Errorf("%q: it is %s", text, got)
			}
			claim(t, s, owner, noon, 1)
			must(t, s.FinishJob(t.Context(), j.ID, owner, job.Failed, text, noon))
			if got := stateOf(t, db, j.ID); got != job.Failed {
				t.Errorf("%q: it is %s", text, got)
			}
			change(t, db, "UPDATE jobs SET state = 'queued'")
		}
	})
}

func TestJobStats(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		ctx, owner := t.Context(), id.New()
		expect := func(at time.Time, want job.Stats) {
			t.Helper()
			got, err := s.JobStats(ctx, at)
			must(t, err)
			if !sameTime(got.OldestDue, want.OldestDue) {
				t.Errorf("the oldest is due since %v, want %v", got.OldestDue, want.OldestDue)
			}
			got.OldestDue, want.OldestDue = nil, nil
			if got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
		}
		expect(noon, job.Stats{})
		insertJob(t, s, job.Job{RunAt: noon.Add(time.Hour)})
		insertJob(t, s, job.Job{RunAt: noon.Add(time.Second)})
		expect(noon, job.Stats{})
		a, b, c := insertJob(t, s, job.Job{}), insertJob(t, s, job.Job{}), insertJob(t, s, job.Job{})
		expect(noon, job.Stats{Due: 3, OldestDue: ptr(noon)})
		claim(t, s, owner, noon, 3)
		must(t, s.FinishJob(ctx, a.ID, owner, job.Done, "", noon), s.FinishJob(ctx, b.ID, owner, job.Failed, "x", noon))
		expect(noon, job.Stats{Running: 1, Failed: 1})
		expect(noon.Add(time.Second), job.Stats{Due: 1, Running: 1, Failed: 1, OldestDue: ptr(noon.Add(time.Second))})
		// The worker of the third is dead: that one waits as well, since its lease ended.
		end := noon.Add(job.Lease)
		expect(end.Add(-time.Microsecond), job.Stats{Due: 1, Running: 1, Failed: 1, OldestDue: ptr(noon.Add(time.Second))})
		expect(end, job.Stats{Due: 2, Failed: 1, OldestDue: ptr(noon.Add(time.Second))})
		claim(t, s, owner, noon.Add(time.Second), 1)
		expect(end, job.Stats{Due: 1, Running: 1, Failed: 1, OldestDue: ptr(end)})
		must(t, s.FinishJob(ctx, c.ID, owner, job.Done, "", end))
		expect(end, job.Stats{Running: 1, Failed: 1})
	})
}

func TestCleanKeepsWhatIsNotOver(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		url := database(t, e)
		s, db := connect(t, url, clock.now), raw(t, url)
		q := job.NewQueue(s, s, quiet, clock.now)
		ctx, owner := t.Context(), id.New()
		done, failed := insertJob(t, s, job.Job{}), insertJob(t, s, job.Job{})
		claim(t, s, owner, noon, 2)
		must(t, s.FinishJob(ctx, done.ID, owner, job.Done, "", noon),
			s.FinishJob(ctx, failed.ID, owner, job.Failed, "x", noon.Add(time.Second)))
		insertJob(t, s, job.Job{}) // will run
		claim(t, s, owner, noon, 1)
		insertJob(t, s, job.Job{}) // stays queued
		for _, c := range []struct {
			forward time.Duration
			kept    int
		}{{job.Retention, 4}, {time.Microsecond, 3}, {time.Second, 2}, {365 * 24 * time.Hour, 2}} {
			clock.forward(c.forward)
			must(t, q.Clean(ctx))
			if n := read[int](t, db, "SELECT count(*) FROM jobs"); n != c.kept {
				t.Errorf("%v later %d are kept", c.forward, n)
			}
		}
	})
}

// watched tells the test of the outcomes that the store has kept.
type watched struct {
	*Store
	outcome chan string
	after   func() // what happens when a job has been requeued
}

func (w *watched) FinishJob(
	ctx context.Context, jobID, owner id.ID, state job.State, lastError string, at time.Time,
) error {
	err := w.Store.FinishJob(ctx, jobID, owner, state, lastError, at)
	w.outcome <- string(state)
	return err
}

func (w *watched) RequeueJob(ctx context.Context, jobID, owner id.ID, runAt time.Time, lastError string) error {
	err := w.Store.RequeueJob(ctx, jobID, owner, runAt, lastError)
	if w.after != nil {
		w.after()
	}
	w.outcome <- "requeued"
	return err
}

// run runs a queue until the test calls what it returns.
func run(t *testing.T, q *job.Queue) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		q.Run(ctx)
		close(done)
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		<-done
	})
	t.Cleanup(stop)
	return stop
}

func TestQueueRuns(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		url := database(t, e)
		s, db := connect(t, url, clock.now), raw(t, url)
		w := &watched{Store: s, outcome: make(chan string, 100), after: func() { clock.forward(time.Hour) }}
		q := job.NewQueue(w, s, quiet, clock.now)
		var mu sync.Mutex
		ran := map[string][]int{} // payload → attempts
		note := func(j job.Job) {
			mu.Lock()
			defer mu.Unlock()
			ran[string(j.Payload)] = append(ran[string(j.Payload)], j.Attempt)
		}
		q.Handle("good", func(_ context.Context, j job.Job) error { note(j); return nil })
		q.Handle("mends", func(_ context.Context, j job.Job) error {
			note(j)
			if j.Attempt < 3 {
				return errRefused
			}
			return nil
		})
		q.Handle("panics", func(_ context.Context, j job.Job) error {
			note(j)
			if j.Attempt < 2 {
				panic("stop")
			}
			return nil
		})
		q.Handle("breaks", func(_ context.Context, j job.Job) error { note(j); return errors.New("it \xff\x00 broke") })
		run(t, q)
		ctx := t.Context()
		outcomes := func(want ...string) {
			t.Helper()
			for _, w2 := range want {
				select {
				case got := <-w.outcome:
					if got != w2 {
						t.Fatalf("%s, want %s of %v", got, w2, want)
					}
				case <-patience(t).Done():
					t.Fatalf("no outcome, want %s of %v", w2, want)
				}
			}
		}
		must(t, q.Enqueue(ctx, "good", []byte("g"), "", 1))
		outcomes("done")
		must(t, q.Enqueue(ctx, "mends", []byte("m"), "u", 0))
		outcomes("requeued", "requeued", "done")
		must(t, q.Enqueue(ctx, "panics", []byte("p"), "", 5))
		outcomes("requeued", "done")
		must(t, q.Enqueue(ctx, "breaks", []byte("b"), "", 3))
		outcomes("requeued", "requeued", "failed")
		// More than are worked on at once, enqueued in one transaction.
		must(t, s.InTx(ctx, func(ctx context.Context) error {
			for range 30 {
				if err := q.Enqueue(ctx, "good", []byte("many"), "", 1); err != nil {
					return err
				}
			}
			return nil
		}))
		for range 30 {
			outcomes("done")
		}
		mu.Lock()
		if !reflect.DeepEqual(ran["g"], []int{1}) || !reflect.DeepEqual(ran["m"], []int{1, 2, 3}) ||
			!reflect.DeepEqual(ran["p"], []int{1, 2}) || !reflect.DeepEqual(ran["b"], []int{1, 2, 3}) || len(ran["many"]) != 30 {
			t.Errorf("%v", ran)
		}
		mu.Unlock()
		if n := read[int](t, db, "SELECT count(*) FROM jobs WHERE state = 'done'"); n != 33 {
			t.Errorf("%d are done", n)
		}
		if st, err := q.Stats(ctx); err != nil || st != (job.Stats{Failed: 1}) {
			t.Errorf("%+v, %v", st, err)
		}
		// by the test's clock it may be long ago
		if c := q.Probe(ctx); c.State != health.Up && c.Message != "No worker is taking jobs." {
			t.Errorf("%+v", c)
		}
	})
}

// A queue that is stopped tells its jobs to stop, waits for them, and leaves those that
// did not finish to be claimed by another: also one on its last attempt, which did not fail.
func TestStoppedQueueLeavesItsJobs(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		url := database(t, e)
		s, db := connect(t, url, clock.now), raw(t, url)
		w := &watched{Store: s, outcome: make(chan string, 100)}
		q := job.NewQueue(w, s, quiet, clock.now)
		started := make(chan struct{}, 10)
		q.Handle(work, func(ctx context.Context, j job.Job) error {
			started <- struct{}{}
			<-ctx.Done()
			if string(j.Payload) == "finishes" {
				return nil
			}
			return ctx.Err()
		})
		stop := run(t, q)
		ctx := t.Context()
		must(t, q.Enqueue(ctx, work, []byte("finishes"), "", 1), q.Enqueue(ctx, work, []byte("stops"), "", 0),
			q.Enqueue(ctx, work, []byte("last attempt"), "", 1))
		for range 3 {
			select {
			case <-started:
			case <-patience(t).Done():
				t.Fatal("the jobs do not start")
			}
		}
		stop()
		must(t, q.Enqueue(ctx, work, []byte("later"), "", 1)) // nobody takes it
		if got := read[int](t, db, "SELECT count(*) FROM jobs WHERE state = 'done'"); got != 1 {
			t.Errorf("%d are done", got)
		}
		clock.forward(time.Hour)
		payloads := map[string]bool{}
		for _, j := range claim(t, s, id.New(), clock.now(), 10) {
			payloads[string(j.Payload)] = true
		}
		if !reflect.DeepEqual(payloads, map[string]bool{"stops": true, "last attempt": true, "later": true}) {
			t.Errorf("another worker finds %v", payloads)
		}
	})
}

// A queue that dies with its jobs, outcome unwritten, leaves them to another one.
func TestAnotherQueueTakesOver(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		url := database(t, e)
		s := connect(t, url, clock.now)
		j := insertJob(t, s, job.Job{MaxAttempts: 3})
		claim(t, s, id.New(), noon, 1) // by a process that is then killed
		clock.forward(job.Lease)
		w := &watched{Store: connect(t, url, clock.now), outcome: make(chan string, 1)}
		q := job.NewQueue(w, w.Store, quiet, clock.now)
		found := make(chan job.Job, 1)
		q.Handle(work, func(_ context.Context, j job.Job) error { found <- j; return nil })
		run(t, q)
		select {
		case got := <-found:
			if got.ID != j.ID || got.Attempt != 2 {
				t.Errorf("%+v", got)
			}
		case <-patience(t).Done():
			t.Fatal("nobody takes it over")
		}
		if got := <-w.outcome; got != "done" {
			t.Error(got)
		}
	})
}

func TestJobOfAnOrg(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		s := connect(t, database(t, e), clock.now)
		q := job.NewQueue(s, s, quiet, clock.now)
		orgID := newOrg(t, s, plan.Free)
		mine, foreign := as(t, orgID), as(t, newOrg(t, s, plan.Free))
		j := job.Job{
			ID: id.New(), Kind: work, Payload: []byte("p"), MaxAttempts: 3, OrgID: orgID, SubjectKind: "binding",
			SubjectID: id.New(),
		}
		must(t, q.Add(t.Context(), j))
		j.State, j.RunAt, j.CreatedAt = job.Queued, noon, noon
		if got, err := q.Get(mine, j.ID); err != nil || !reflect.DeepEqual(got, j) {
			t.Fatalf("%+v, %v", got, err)
		}
		_, err := q.Get(foreign, j.ID)
		wants(t, err, fault.NotFound)
		_, err = q.Cancel(foreign, j.ID)
		wants(t, err, fault.NotFound)

		// Why it failed is seen while it waits for the next attempt, not once it is over well.
		owner, stale := id.New(), id.New()
		claim(t, s, owner, noon, 1)
		clock.forward(time.Second)
		must(t, s.SetProblem(t.Context(), j.ID, owner, job.Problem{Code: "auth", Message: "Refused \xff."}))
		must(t, s.SetProblem(t.Context(), j.ID, stale, job.Problem{Code: "stale", Message: "Not mine."}))
		must(t, s.RequeueJob(t.Context(), j.ID, owner, clock.now(), "auth: refused"))
		got, err := q.Get(mine, j.ID)
		if err != nil || !reflect.DeepEqual(got.Problem, &job.Problem{Code: "auth", Message: "Refused \uFFFD."}) ||
			got.LastError != "auth: refused" || !sameTime(got.StartedAt, ptr(noon)) || got.FinishedAt != nil {
			t.Fatalf("%+v, %v", got, err)
		}
		claim(t, s, owner, clock.now(), 1)
		must(t, s.FinishJob(t.Context(), j.ID, owner, job.Done, "", clock.now()))
		if got, err = q.Get(mine, j.ID); err != nil || got.Problem != nil || got.State != job.Done ||
			!sameTime(got.FinishedAt, ptr(clock.now())) || !sameTime(got.StartedAt, ptr(noon)) || got.Attempt != 2 {
			t.Fatalf("%+v, %v", got, err)
		}
		_, err = q.Cancel(mine, j.ID)
		wants(t, err, fault.Conflict, "job_finished")
		if ok, err := q.Retry(t.Context(), j.ID); err != nil || ok {
			t.Fatalf("%v, %v", ok, err)
		}
	})
}

func TestCancelledJobs(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		q := job.NewQueue(s, s, quiet, clockAt(noon))
		orgID := newOrg(t, s, plan.Free)
		ctx, owner := as(t, orgID), id.New()
		added := func() id.ID {
			t.Helper()
			j := job.Job{ID: id.New(), Kind: work, OrgID: orgID, MaxAttempts: 3}
			must(t, q.Add(ctx, j))
			return j.ID
		}
		is := func(j id.ID, want job.State) {
			t.Helper()
			if got, err := q.Get(ctx, j); err != nil || got.State != want ||
				(got.FinishedAt != nil) != (want == job.Cancelled || want == job.Failed) {
				t.Fatalf("%+v, %v; want %s", got, err, want)
			}
		}
		// One that waits ends at once, and is not run.
		waits := added()
		if j, err := q.Cancel(ctx, waits); err != nil || j.State != job.Cancelled {
			t.Fatalf("%+v, %v", j, err)
		}
		is(waits, job.Cancelled)
		if got := claim(t, s, owner, noon.Add(time.Hour), 10); len(got) != 0 {
			t.Fatalf("%+v", got)
		}
		_, err := q.Cancel(ctx, waits)
		wants(t, err, fault.Conflict, "job_finished")

		// One that runs is told to stop; should it fail just then, it is not tried again.
		runs := added()
		claim(t, s, owner, noon, 1)
		_ = s.InTx(ctx, func(ctx context.Context) error { must(t, second(q.Cancel(ctx, runs))); return errRefused })
		if marked, err := s.CancelRequested(ctx, runs); err != nil || marked {
			t.Fatalf("a request that was rolled back: %v, %v", marked, err)
		}
		if j, err := q.Cancel(ctx, runs); err != nil || j.State != job.Running {
			t.Fatalf("%+v, %v", j, err)
		}
		if marked, err := s.CancelRequested(ctx, runs); err != nil || !marked {
			t.Fatalf("%v, %v", marked, err)
		}
		must(t, s.RequeueJob(ctx, runs, owner, noon, "it broke"))
		is(runs, job.Cancelled)

		// Whichever comes first, a job that is cancelled while it is released is not run again.
		for range 20 {
			j := added()
			claim(t, s, owner, noon, 1)
			must(t, together(2, func(i int) error {
				if i == 0 {
					return s.RequeueJob(ctx, j, owner, noon, "it broke")
				}
				_, err := q.Cancel(ctx, j)
				return err
			})...)
			is(j, job.Cancelled)
		}

		// An operator may have it run again, from its first attempt.
		if ok, err := q.Retry(ctx, runs); err != nil || !ok {
			t.Fatalf("%v, %v", ok, err)
		}
		is(runs, job.Queued)
		if marked, err := s.CancelRequested(ctx, runs); err != nil || marked {
			t.Fatalf("%v, %v", marked, err)
		}
		if got := claim(t, s, owner, noon, 10); len(got) != 1 || got[0].ID != runs || got[0].Attempt != 1 {
			t.Fatalf("%+v", got)
		}
		must(t, s.FinishJob(ctx, runs, owner, job.Failed, "x", noon))
		is(runs, job.Failed)
		for state, want := range map[job.State]int{"": 22, job.Failed: 1, job.Cancelled: 21, job.Queued: 0} {
			if got, err := q.List(ctx, state, 100); err != nil || len(got) != want ||
				want > 1 && bytes.Compare(got[0].ID[:], got[1].ID[:]) < 0 {
				t.Errorf("%q: %d, %v", state, len(got), err)
			}
		}
		if got, err := q.List(ctx, "", 2); err != nil || len(got) != 2 {
			t.Errorf("%d, %v", len(got), err)
		}
	})
}

// Cancelling stops the handler, here and in another process.
func TestCancelStopsTheHandler(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s := connect(t, url, clock.System)
		w := &watched{Store: s, outcome: make(chan string, 10)}
		here := job.NewQueue(w, s, quiet, clock.System)
		other := connect(t, url, clock.System)
		elsewhere := job.NewQueue(other, other, quiet, clock.System) // runs nothing
		started, causes := make(chan struct{}, 1), make(chan error, 1)
		here.Handle(work, func(ctx context.Context, _ job.Job) error {
			started <- struct{}{}
			<-ctx.Done()
			causes <- context.Cause(ctx)
			return ctx.Err()
		})
		run(t, here)
		orgID := newOrg(t, s, plan.Free)
		ctx := as(t, orgID)
		for _, q := range []*job.Queue{here, elsewhere} {
			j := job.Job{ID: id.New(), Kind: work, OrgID: orgID}
			must(t, here.Add(ctx, j))
			<-started
			must(t, second(q.Cancel(ctx, j.ID)))
			if err := <-causes; !errors.Is(err, job.ErrCancelled) {
				t.Errorf("it is stopped because of %v", err)
			}
			if got := <-w.outcome; got != "cancelled" {
				t.Errorf("it ends as %s", got)
			}
		}
	})
}
