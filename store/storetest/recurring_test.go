package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/recurring"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/db"
)

// sweep is a task that notes each of its runs as the database knows it.
type sweep struct {
	mu   sync.Mutex
	runs []recurring.Work
}

func (w *sweep) task(s *Store, every time.Duration) recurring.Task {
	return recurring.Task{
		Name: "sweep", About: "It sweeps.", Scope: recurring.PerCluster, Every: every, Timeout: time.Minute,
		Run: func(ctx context.Context) error {
			row, err := s.Work(ctx, "sweep")
			w.mu.Lock()
			defer w.mu.Unlock()
			w.runs = append(w.runs, row)
			return err
		},
	}
}

func (w *sweep) until(t *testing.T, n int) []recurring.Work {
	t.Helper()
	var runs []recurring.Work
	tasktest.Until(t, fmt.Sprintf("%d runs", n), func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		runs = w.runs
		return len(runs) >= n
	})
	return runs
}

// runRecurring runs a runner on a repository until the test ends or the returned function is called.
func runRecurring(
	t *testing.T, repo recurring.Repository, now clock.Clock, tasks ...recurring.Task,
) (*recurring.Runner, id.ID, func()) {
	t.Helper()
	owner := id.New()
	r := recurring.NewRunner(repo, owner, quiet, now)
	r.Add(tasks...)
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() { defer close(over); r.Run(ctx) }()
	stop := sync.OnceFunc(func() { cancel(); <-over })
	t.Cleanup(stop)
	return r, owner, stop
}

func TestRecurringWorkIsKept(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s, ctx := open(t, e), t.Context()
		if w, err := s.Work(ctx, "a"); err != nil || !reflect.DeepEqual(w, recurring.Work{Name: "a"}) {
			t.Fatalf("%+v, %v", w, err)
		}
		save := func(want bool, w recurring.Work) {
			t.Helper()
			if saved, err := s.SaveWork(ctx, w); err != nil || saved != want {
				t.Fatalf("%v, %v", saved, err)
			}
		}
		w := recurring.Work{Name: "a", DueAt: noon}
		save(true, w)
		save(false, w) // another process was first
		w.Version = 1
		if got, err := s.Work(ctx, "a"); err != nil || !reflect.DeepEqual(got, w) {
			t.Fatalf("%+v, %v", got, err)
		}
		w.Owner, w.LeaseUntil, w.StartedAt, w.SucceededAt = id.New(), noon.Add(time.Microsecond), noon.Add(time.Second),
			noon.Add(time.Hour)
		w.Duration, w.Failures, w.Failed, w.LastError = 1234567*time.Microsecond, 3, 1<<40, "é"
		save(true, w)
		save(false, w)
		w.Version = 2
		all, err := s.AllWork(ctx)
		if err != nil || !reflect.DeepEqual(all, []recurring.Work{w}) {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

// Of two processes one runs a task, once in each interval, whatever their machines' clocks say.
func TestRecurringWorkRunsOnceInTheCluster(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		for _, ahead := range []time.Duration{0, -5 * time.Hour, 5 * time.Hour} {
			if e == store.SQLite && ahead != 0 { // all processes are on one machine
				continue
			}
			t.Run(ahead.String(), func(t *testing.T) {
				const every, n = 200 * time.Millisecond, 8
				url, did := database(t, e), &sweep{}
				began := time.Now()
				for i := range 2 {
					machine := func() time.Time { return clock.System().Add(time.Duration(i) * ahead) }
					s, err := joined(t.Context(), url, clock.System, db.InDatabaseTime(machine))
					must(t, err)
					t.Cleanup(func() { _ = s.Close() })
					runRecurring(t, s, s.Now, did.task(s, every))
				}
				runs := did.until(t, n)
				for i, w := range runs {
					if d := w.StartedAt.Sub(began); d < -time.Minute || d > 10*time.Minute {
						t.Errorf("run %d begins at %v, not in the time of the database", i, w.StartedAt)
					}
					if i > 0 && w.StartedAt.Sub(runs[i-1].StartedAt) < every {
						t.Errorf("run %d begins %v after the one before", i, w.StartedAt.Sub(runs[i-1].StartedAt))
					}
					if w.Owner.IsZero() || !w.LeaseUntil.After(w.StartedAt) {
						t.Errorf("run %d has no lease: %+v", i, w)
					}
				}
			})
		}
	})
}

// cutOff is the database of a process that dies after it has claimed work.
type cutOff struct{ *Store }

func (c cutOff) SaveWork(ctx context.Context, w recurring.Work) (bool, error) {
	if w.LeaseUntil.IsZero() && w.Version > 1 {
		return false, errors.New("the process is dead")
	}
	return c.Store.SaveWork(ctx, w)
}

// What a dead process has claimed is another's after the lease, and at once when the process is known to be dead.
func TestRecurringWorkOfADeadProcess(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		t.Run("its lease ends", func(t *testing.T) {
			s, did := connect(t, database(t, e), clock.System), &sweep{}
			now := s.Now()
			w := recurring.Work{
				Name: "sweep", DueAt: now, StartedAt: now, Owner: id.New(), LeaseUntil: now.Add(700 * time.Millisecond),
			}
			must(t, second(s.SaveWork(t.Context(), w)))
			runRecurring(t, s, s.Now, did.task(s, 10*time.Millisecond))
			if first := did.until(t, 1)[0]; first.StartedAt.Before(w.LeaseUntil) || first.Owner == w.Owner {
				t.Errorf("it begins %v before the lease ends", w.LeaseUntil.Sub(first.StartedAt))
			}
		})
		t.Run("it is known to be dead", func(t *testing.T) {
			url, did, after := database(t, e), &sweep{}, &sweep{}
			s, other := connect(t, url, clock.System), connect(t, url, clock.System)
			_, dead, stop := runRecurring(t, cutOff{s}, s.Now, did.task(s, 10*time.Millisecond))
			must(t, s.Seen(t.Context(), []id.ID{dead}, noon))
			did.until(t, 1)
			stop()
			r, _, _ := runRecurring(t, other, other.Now, after.task(other, 10*time.Millisecond))
			w, err := other.Work(t.Context(), "sweep")
			if err != nil || w.Owner != dead || !w.LeaseUntil.After(other.Now()) || len(after.until(t, 0)) != 0 {
				t.Fatalf("%+v, %v", w, err)
			}
			must(t, second(other.Reap(t.Context(), noon.Add(time.Hour), other.Now())))
			r.Wake()
			if first := after.until(t, 1)[0]; !first.StartedAt.Before(w.LeaseUntil) {
				t.Error("it waits for the end of the lease")
			}
		})
	})
}

// A process that was stopped for longer than its lease does not write over what another has done since.
func TestRecurringWorkThatWasTakenOver(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, did := connect(t, url, clock.System), &sweep{}
		slow, released := did.task(s, time.Millisecond), make(chan struct{})
		run := slow.Run
		slow.Run = func(ctx context.Context) error { _ = run(ctx); <-released; return nil }
		_, _, stop := runRecurring(t, s, s.Now, slow)
		mine := did.until(t, 1)[0]
		theirs := mine
		theirs.Owner, theirs.StartedAt, theirs.LeaseUntil = id.New(), mine.StartedAt.Add(time.Hour),
			mine.LeaseUntil.Add(time.Hour)
		if saved, err := s.SaveWork(t.Context(), theirs); err != nil || !saved {
			t.Fatalf("%v, %v", saved, err)
		}
		close(released)
		stop()
		theirs.Version++
		if got, err := s.Work(t.Context(), "sweep"); err != nil || !reflect.DeepEqual(got, theirs) {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
