package recurring

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
)

// memory is a database of the tasks.
type memory struct {
	mu   sync.Mutex
	rows map[string]Work
	down error
}

func (m *memory) Work(_ context.Context, name string) (Work, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := m.rows[name]
	w.Name = name
	return w, m.down
}

func (m *memory) AllWork(context.Context) ([]Work, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down != nil {
		return nil, m.down
	}
	return slices.Collect(maps.Values(m.rows)), nil
}

func (m *memory) SaveWork(ctx context.Context, w Work) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down != nil || ctx.Err() != nil {
		return false, errors.Join(m.down, ctx.Err())
	}
	if m.rows[w.Name].Version != w.Version {
		return false, nil
	}
	w.Version++
	if m.rows == nil {
		m.rows = map[string]Work{}
	}
	m.rows[w.Name] = w
	return true, nil
}

func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = err
}

func newRunner(m *memory, now clock.Clock, tasks ...Task) *Runner {
	r := NewRunner(m, id.New(), slog.New(slog.DiscardHandler), now)
	r.Add(tasks...)
	return r
}

// runs counts the runs of a task and knows when each began.
type runs struct {
	mu sync.Mutex
	at []time.Time
}

func (r *runs) note() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = append(r.at, time.Now())
	return len(r.at)
}

func (r *runs) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.at)
}

func (r *runs) task(scope Scope, every time.Duration) Task {
	return Task{
		Name: "sweep", About: "It sweeps.", Scope: scope, Every: every, Timeout: every / 2,
		Run: func(context.Context) error { r.note(); return nil },
	}
}

// start runs a runner until the returned function is called, which waits for its end.
func start(t *testing.T, r *Runner) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() { defer close(over); r.Run(ctx) }()
	return func() { cancel(); <-over }
}

// Of two processes with clocks of their own that agree, one runs a task, once in each interval.
func TestOneOfTheClusterRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const every = 10 * time.Minute
		m, did := &memory{}, &runs{}
		var stops []func()
		for range 3 {
			stops = append(stops, start(t, newRunner(m, clock.System, did.task(PerCluster, every))))
		}
		time.Sleep(24 * time.Hour)
		for _, stop := range stops {
			stop()
		}
		if n := did.count(); n < 130 || n > 144 { // the first comes within an interval, and each up to a second later
			t.Errorf("%d runs in a day", n)
		}
		for i := 1; i < len(did.at); i++ {
			if d := did.at[i].Sub(did.at[i-1]); d < every {
				t.Fatalf("run %d came %v after the one before", i, d)
			}
		}
	})
}

// Each process runs what is its own.
func TestEachProcessRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, did := &memory{}, &runs{}
		one := start(t, newRunner(m, clock.System, did.task(PerProcess, time.Minute)))
		other := start(t, newRunner(m, clock.System, did.task(PerProcess, time.Minute)))
		time.Sleep(time.Hour)
		one()
		other()
		if n := did.count(); n < 100 || n > 140 {
			t.Errorf("%d runs of two processes in an hour", n)
		}
		if len(m.rows) != 0 {
			t.Errorf("the database knows %v", m.rows)
		}
	})
}

// A task that hangs delays no other, and is ended by its deadline.
func TestASlowTaskDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		did, cut := &runs{}, &runs{}
		slow := did.task(PerCluster, time.Hour)
		slow.Name, slow.Run = "slow", func(ctx context.Context) error {
			<-ctx.Done()
			cut.note()
			return ctx.Err()
		}
		m := &memory{}
		stop := start(t, newRunner(m, clock.System, slow, did.task(PerProcess, 5*time.Second)))
		time.Sleep(2 * time.Hour)
		if n := did.count(); n < 1000 {
			t.Errorf("%d runs beside a task that hangs", n)
		}
		if n := cut.count(); n < 1 {
			t.Error("the deadline has not come")
		}
		stop()
		if w := m.rows["slow"]; w.Failures < 1 || w.LastError == "" || !w.SucceededAt.IsZero() {
			t.Errorf("%+v", w)
		}
	})
}

// A run that ignores its deadline is given up: its failure is told, the cluster goes on, and this process does not
// start the task a second time meanwhile.
func TestARunThatIgnoresItsDeadline(t *testing.T) {
	for _, scope := range []Scope{PerCluster, PerProcess} {
		t.Run(string(scope), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				let, did := make(chan struct{}), &runs{}
				deaf := did.task(scope, time.Minute)
				deaf.Run = func(context.Context) error { did.note(); <-let; return nil }
				m := &memory{}
				r := newRunner(m, clock.System, deaf)
				stop := start(t, r)
				time.Sleep(time.Hour)
				if n := did.count(); n != 1 {
					t.Errorf("%d runs at once", n)
				}
				stats, err := r.Stats(t.Context())
				if err != nil || len(stats) != 1 || stats[0].Failures != 1 || stats[0].Failed != 1 {
					t.Errorf("%+v, %v", stats, err)
				}
				if scope == PerCluster { // another process goes on
					other := &runs{}
					second := start(t, newRunner(m, clock.System, other.task(scope, time.Minute)))
					time.Sleep(10 * time.Minute)
					second()
					if other.count() < 5 {
						t.Errorf("%d runs of the other process", other.count())
					}
				}
				close(let)
				time.Sleep(10 * time.Minute)
				if n := did.count(); n < 5 {
					t.Errorf("%d runs after it has ended", n)
				}
				stop()
			})
		})
	}
}

// Who dies with a lease is replaced after it, and not before.
func TestADeadRunnerIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const every = 10 * time.Minute
		m, did := &memory{}, &runs{}
		dying := did.task(PerCluster, every)
		lease := (&entry{Task: dying}).lease(grace)
		now := time.Now().UTC()
		w := Work{
			Name: "sweep", Version: 7, DueAt: now.Add(-time.Second), StartedAt: now, Owner: id.New(), LeaseUntil: now.Add(lease),
		}
		m.rows = map[string]Work{w.Name: w}
		stop := start(t, newRunner(m, clock.System, dying))
		time.Sleep(lease - time.Second)
		if n := did.count(); n != 0 {
			t.Fatalf("%d runs beside the one that has the lease", n)
		}
		time.Sleep(3 * time.Second)
		stop()
		if n := did.count(); n != 1 {
			t.Errorf("%d runs after the lease", n)
		}
	})
}

// A failed task comes again sooner than its interval, each time later, and never more often than a second.
func TestFailuresComeAgain(t *testing.T) {
	for _, scope := range []Scope{PerCluster, PerProcess} {
		t.Run(string(scope), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				did := &runs{}
				failing := did.task(scope, time.Hour)
				failing.Run = func(context.Context) error {
					switch n := did.note(); {
					case n == 3:
						panic("it panics")
					case n < 8:
						return errors.New("away\x00\xff" + strings.Repeat("é", 1000))
					}
					return nil
				}
				m := &memory{}
				r := newRunner(m, clock.System, failing)
				stop := start(t, r)
				time.Sleep(70 * time.Minute)
				stats, err := r.Stats(t.Context())
				stop()
				for i, want := range []time.Duration{1, 2, 4, 8, 16, 32, 64} {
					if d := did.at[i+1].Sub(did.at[i]); d < want*time.Second*9/10 || d > want*time.Second*11/10+2*time.Second {
						t.Errorf("failure %d is followed after %v", i+1, d)
					}
				}
				if err != nil || len(stats) != 1 {
					t.Fatalf("%+v, %v", stats, err)
				}
				if w := stats[0]; w.Failures != 0 || w.Failed != 7 || w.SucceededAt.IsZero() {
					t.Errorf("%+v", w)
				}
			})
		})
	}
	w := Work{}
	w.finish(Task{Every: time.Hour}, errors.New("away\x00\xff"+strings.Repeat("é", 1000)), false, time.Now())
	if len(w.LastError) > maxLastError || !utf8.ValidString(w.LastError) || strings.ContainsRune(w.LastError, 0) {
		t.Errorf("kept as %q", w.LastError)
	}
}

// While the database is away nothing of the cluster runs; what is this process' own does. Afterwards all go on.
func TestTheDatabaseIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, cluster, process := &memory{}, &runs{}, &runs{}
		flush := process.task(PerProcess, 5*time.Second)
		flush.Name = "flush"
		r := newRunner(m, clock.System, cluster.task(PerCluster, 5*time.Second), flush)
		stop := start(t, r)
		time.Sleep(time.Minute)
		m.fail(errors.New("away"))
		time.Sleep(10 * time.Second) // a run may be under way
		before, own := cluster.count(), process.count()
		time.Sleep(time.Hour)
		if n := cluster.count(); before == 0 || n != before {
			t.Errorf("%d runs, then %d", before, n)
		}
		if process.count() < own+600 {
			t.Error("what is of the process alone stands still")
		}
		if stats, err := r.Stats(t.Context()); err == nil || len(stats) != 1 || stats[0].Name != "flush" {
			t.Errorf("%+v, %v", stats, err)
		}
		m.fail(nil)
		time.Sleep(2 * time.Minute)
		if n := cluster.count(); n < before+10 {
			t.Errorf("%d runs afterwards", n-before)
		}
		stop()
	})
}

// What a process has in memory is written when it stops, after the work that was under way, and only
// where the task asks for it. A cluster's task that is cut off is due at once for another process.
func TestTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, last, none, cut := &memory{}, &runs{}, &runs{}, &runs{}
		flush := last.task(PerProcess, time.Hour)
		flush.Name, flush.AtEnd = "flush", true
		flush.Run = func(ctx context.Context) error {
			last.note()
			if ctx.Err() != nil {
				t.Error("the last run has no time")
			}
			if d, ok := ctx.Deadline(); !ok || time.Until(d) > ending {
				t.Errorf("the last run may take until %v", d)
			}
			return nil
		}
		long := cut.task(PerCluster, time.Hour)
		long.Name, long.Run = "long", func(ctx context.Context) error { cut.note(); <-ctx.Done(); return ctx.Err() }
		long.Timeout = 30 * time.Minute
		now := time.Now().UTC()
		m.rows = map[string]Work{"long": {Name: "long", Version: 1, DueAt: now, Failures: 2}}
		stop := start(t, newRunner(m, clock.System, flush, none.task(PerProcess, time.Hour), long))
		time.Sleep(time.Minute)
		stop()
		if last.count() != 1 || none.count() != 0 || cut.count() != 1 {
			t.Errorf("%d last runs, %d others, %d cut off", last.count(), none.count(), cut.count())
		}
		if w := m.rows["long"]; !w.DueAt.Equal(now) || !w.LeaseUntil.IsZero() || w.Failures != 2 || !w.Owner.IsZero() {
			t.Errorf("%+v", w)
		}
	})
}

// A clock that was wrong by hours holds up no work.
func TestAClockThatWasWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, w := range []Work{
			{DueAt: time.Now().Add(5 * time.Hour)},
			{DueAt: time.Now().Add(-5 * time.Hour)},
			{DueAt: time.Now().Add(-5 * time.Hour), Owner: id.New(), LeaseUntil: time.Now().Add(5 * time.Hour)},
		} {
			w.Name, w.Version = "sweep", 1
			m, did := &memory{rows: map[string]Work{"sweep": w}}, &runs{}
			stop := start(t, newRunner(m, clock.System, did.task(PerCluster, time.Minute)))
			time.Sleep(time.Second)
			stop()
			if did.count() != 1 {
				t.Errorf("%+v: %d runs", w, did.count())
			}
		}
	})
}

// Wake finds at once what became due early.
func TestWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, did := &memory{}, &runs{}
		r := newRunner(m, clock.System, did.task(PerCluster, time.Hour))
		m.rows = map[string]Work{"sweep": {Name: "sweep", Version: 1, DueAt: time.Now().Add(30 * time.Minute)}}
		stop := start(t, r)
		time.Sleep(time.Minute)
		m.mu.Lock()
		w := m.rows["sweep"]
		w.DueAt, w.Version = time.Now(), 2
		m.rows["sweep"] = w
		m.mu.Unlock()
		r.Wake()
		synctest.Wait()
		if did.count() != 1 {
			t.Error("it waits")
		}
		stop()
	})
}

func TestTasksAreChecked(t *testing.T) {
	good := (&runs{}).task(PerProcess, time.Minute)
	for what, change := range map[string]func(*Task){
		"no name":        func(t *Task) { t.Name = "" },
		"spaces":         func(t *Task) { t.Name = "clean up" },
		"no description": func(t *Task) { t.About = "" },
		"no work":        func(t *Task) { t.Run = nil },
		"no scope":       func(t *Task) { t.Scope = "" },
		"no interval":    func(t *Task) { t.Every = 0 },
		"no time-out":    func(t *Task) { t.Timeout = 0 },
		"a last run":     func(t *Task) { t.Scope, t.AtEnd = PerCluster, true },
		"the same name":  func(t *Task) { t.Name = "taken" },
	} {
		bad, taken := good, good
		taken.Name = "taken"
		change(&bad)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s is accepted", what)
				}
			}()
			newRunner(&memory{}, clock.System, taken, bad)
		}()
	}
	other := good
	other.Name = "a"
	names := []string{}
	for _, k := range newRunner(&memory{}, clock.System, good, other).Tasks() {
		names = append(names, k.Name)
	}
	if !slices.Equal(names, []string{"a", "sweep"}) {
		t.Errorf("%v", names)
	}
}
