// Package recurring does the work that comes again after an interval: what has expired is deleted, what is
// due is started, what was counted in memory is written. Each task runs on its own, so that a slow one delays
// no other, and has a deadline. A task of the cluster runs in one of the processes that share the database,
// under a lease in the database.
package recurring

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/task"
)

// Scope says how many processes run a task.
type Scope string

// The scopes.
const (
	PerCluster Scope = "cluster" // one of the processes that share the database
	PerProcess Scope = "process" // each process, for what it has in memory
)

// Task is work that recurs.
type Task struct {
	Name    string // in the database, in metrics and in the log
	About   string // what it does, for operators
	Scope   Scope
	Every   time.Duration // from one start to the next
	Timeout time.Duration // of one run
	AtEnd   bool          // runs once more when the process stops; for a task of each process
	// Run does the work that is due. It ends soon after its context ends, and may be called again
	// after a run that was cut off.
	Run func(ctx context.Context) error
}

// check reports what is wrong with a task.
func (t Task) check() error {
	switch {
	case t.Name == "" || strings.Trim(t.Name, "abcdefghijklmnopqrstuvwxyz_") != "":
		return fmt.Errorf("the name %q is not lower case with underscores", t.Name)
	case t.About == "" || t.Run == nil:
		return fmt.Errorf("%s: it lacks a description or its work", t.Name)
	case t.Scope != PerCluster && t.Scope != PerProcess:
		return fmt.Errorf("%s: the scope %q is not known", t.Name, t.Scope)
	case t.Every <= 0 || t.Timeout <= 0:
		return fmt.Errorf("%s: it lacks an interval or a time-out", t.Name)
	case t.AtEnd && t.Scope == PerCluster:
		return fmt.Errorf("%s: the end of one process is not that of the cluster", t.Name)
	}
	return nil
}

// Work is what the database knows of a task of the cluster.
type Work struct {
	Name        string
	Version     int64 // counts the changes of the row; zero: there is no row yet
	DueAt       time.Time
	Owner       id.ID     // who runs it; zero: nobody
	LeaseUntil  time.Time // after it somebody else may run the task; zero: nobody runs it
	StartedAt   time.Time // of the last run; zero: never
	SucceededAt time.Time // the end of the last run without an error; zero: never
	Duration    time.Duration
	Failures    int   // in a row
	Failed      int64 // in all
	LastError   string
}

// Repository keeps the tasks of the cluster.
type Repository interface {
	// Work returns what is known of a task; the zero Version when nothing is.
	Work(ctx context.Context, name string) (Work, error)
	// AllWork returns what is known of every task.
	AllWork(ctx context.Context) ([]Work, error)
	// SaveWork writes a task and reports whether it did: it does not when the row has another Version
	// by now. The row's version is the next after that.
	SaveWork(ctx context.Context, w Work) (bool, error)
}

const (
	// grace is how long a run may take to end after its deadline.
	grace = 10 * time.Second
	// ending is the deadline of the last runs of a process.
	ending = 5 * time.Second
	// firstWait is the wait after a failure; it doubles with each in a row, up to the interval.
	firstWait = time.Second
	// ahead is how far beyond its length a lease may end, such as that of another version of the program with
	// a longer time-out. What ends later was written by a clock that was wrong.
	ahead        = time.Hour
	maxLastError = 500
)

// errStuck is the failure of a run that goes on after its deadline.
var errStuck = errors.New("the run does not end after its deadline")

// Runner runs tasks.
type Runner struct {
	repo  Repository
	owner id.ID
	now   clock.Clock
	log   *slog.Logger
	grace time.Duration
	tasks []*entry
}

// entry is a task with what this process knows of it.
type entry struct {
	Task
	wake chan struct{}

	mu   sync.Mutex
	last Work
}

// NewRunner makes a runner. now tells the time that all processes of the cluster agree on, and owner is
// whose leases those of this process are.
func NewRunner(repo Repository, owner id.ID, log *slog.Logger, now clock.Clock) *Runner {
	return &Runner{repo: repo, owner: owner, now: now, log: log, grace: grace}
}

// Add registers tasks. It panics on a task that is not complete or has the name of another: that is a
// mistake in the program.
func (r *Runner) Add(tasks ...Task) {
	for _, t := range tasks {
		if err := t.check(); err != nil {
			panic("recurring: " + err.Error())
		}
		if slices.ContainsFunc(r.tasks, func(e *entry) bool { return e.Name == t.Name }) {
			panic("recurring: two tasks are called " + t.Name)
		}
		r.tasks = append(r.tasks, &entry{Task: t, wake: make(chan struct{}, 1), last: Work{Name: t.Name}})
	}
}

// Tasks lists the registered tasks by name.
func (r *Runner) Tasks() []Task {
	out := make([]Task, len(r.tasks))
	for i, e := range r.tasks {
		out[i] = e.Task
	}
	slices.SortFunc(out, func(a, b Task) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Wake has the runner look now for tasks of the cluster that are due, such as after leases of others were ended.
func (r *Runner) Wake() {
	for _, e := range r.tasks {
		select {
		case e.wake <- struct{}{}:
		default:
		}
	}
}

// Run runs the tasks until ctx ends, and then waits for those that run. Those with AtEnd run once more.
func (r *Runner) Run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, e := range r.tasks {
		loop := r.inProcess
		if e.Scope == PerCluster {
			loop = r.inCluster
		}
		task.Keep(ctx, &wg, "recurring work "+e.Name, func(ctx context.Context) { loop(ctx, e) })
	}
}

// inProcess runs a task of this process until ctx ends.
func (r *Runner) inProcess(ctx context.Context, e *entry) {
	wait := spread(e.Every)
	for failures := 0; pause(ctx, wait, nil); {
		began, stuck, err := r.once(ctx, e, e.Timeout)
		if err == nil {
			failures = 0
			wait = max(spread(e.Every)-time.Since(began), 0)
		} else if ctx.Err() == nil {
			failures++
			wait = backoff(failures, e.Every)
			r.log.Warn("recurring work", "task", e.Name, "failures", failures, "error", err)
		}
		if !ended(ctx, stuck) {
			return // its work is still under way, and would meet that of a last run
		}
	}
	if !e.AtEnd {
		return
	}
	if _, _, err := r.once(context.WithoutCancel(ctx), e, min(e.Timeout, ending)); err != nil {
		r.log.Warn("the last run of recurring work", "task", e.Name, "error", err)
	}
}

// inCluster runs a task of the cluster, whenever it is due and nobody else runs it, until ctx ends.
func (r *Runner) inCluster(ctx context.Context, e *entry) {
	wait := time.Duration(0)
	for pause(ctx, wait, e.wake) {
		var stuck <-chan error
		var err error
		wait, stuck, err = r.turn(ctx, e)
		if err != nil {
			wait = spread(min(e.Every, time.Minute))
			if ctx.Err() == nil {
				r.log.Warn("look for recurring work", "task", e.Name, "error", err)
			}
		}
		if !ended(ctx, stuck) {
			return
		}
	}
}

// turn looks at a task of the cluster, runs it when it is due, and returns how long to wait until the next look.
func (r *Runner) turn(ctx context.Context, e *entry) (time.Duration, <-chan error, error) {
	w, err := r.repo.Work(ctx, e.Name)
	if err != nil {
		return 0, nil, err
	}
	now := r.now()
	if w.Version == 0 { // nobody has run it: processes that start together do not all begin with everything
		w = Work{Name: e.Name, DueAt: now.Add(rand.N(e.Every))}
		if _, err := r.repo.SaveWork(ctx, w); err != nil {
			return 0, nil, err
		}
		return e.until(w, now), nil, nil
	}
	if !e.due(w, now) {
		return e.until(w, now), nil, nil
	}
	w.Owner, w.StartedAt, w.LeaseUntil = r.owner, now, now.Add(e.lease(r.grace))
	mine, err := r.repo.SaveWork(ctx, w)
	if err != nil || !mine {
		return e.until(w, now), nil, err
	}
	w.Version++
	_, stuck, err := r.once(ctx, e, e.Timeout)
	w.finish(e.Task, err, ctx.Err() != nil, r.now())
	if err != nil && ctx.Err() == nil {
		r.log.Warn("recurring work", "task", e.Name, "failures", w.Failures, "error", err)
	}
	// The outcome is written even when the process is stopping. Without it the lease ends by itself.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ending)
	defer cancel()
	if mine, err = r.repo.SaveWork(ctx, w); err == nil && !mine {
		err = errors.New("the lease ended before the run")
	}
	return e.until(w, r.now()), stuck, err
}

// lease is how long a task is its runner's: nobody else begins before a run has ended.
func (e *entry) lease(grace time.Duration) time.Duration { return e.Timeout + 2*grace }

// due reports whether a task may be run now. A time that lies further ahead than it can was written when the
// clock was wrong: it does not hold the work up.
func (e *entry) due(w Work, now time.Time) bool {
	free := w.LeaseUntil.IsZero() || !now.Before(w.LeaseUntil) || w.LeaseUntil.After(now.Add(e.lease(grace)+ahead))
	return free && (!now.Before(w.DueAt) || w.DueAt.After(now.Add(e.Every)))
}

// until is how long to wait until the next look at a task: until it may be due, and a little more, so that the
// processes do not all look at once.
func (e *entry) until(w Work, now time.Time) time.Duration {
	wait := max(w.DueAt.Sub(now), w.LeaseUntil.Sub(now), 0)
	return min(wait, e.Every) + rand.N(min(e.Every/10, time.Second)+time.Millisecond)
}

// finish notes the end of a run, and when the next is due. A run that was cut off because its process stops is
// due at once, for another process.
func (w *Work) finish(t Task, err error, stopping bool, now time.Time) {
	w.Owner, w.LeaseUntil = id.ID{}, time.Time{}
	switch {
	case err == nil:
		w.SucceededAt, w.Failures, w.LastError = now, 0, ""
		w.DueAt = w.StartedAt.Add(t.Every)
		w.Duration = now.Sub(w.StartedAt)
	case stopping:
	default:
		w.Failures++
		w.Failed++
		w.LastError = strings.ToValidUTF8(strings.ReplaceAll(err.Error(), "\x00", ""), "")
		w.LastError = strings.ToValidUTF8(w.LastError[:min(len(w.LastError), maxLastError)], "")
		w.DueAt = now.Add(backoff(w.Failures, t.Every))
		w.Duration = now.Sub(w.StartedAt)
	}
}

// once runs a task, until its deadline and grace at most, and returns when it began. With errStuck it also
// returns a channel that tells when the run has ended after all.
func (r *Runner) once(ctx context.Context, e *entry, timeout time.Duration) (time.Time, <-chan error, error) {
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	began, over := time.Now(), make(chan error, 1)
	task.Go("recurring work "+e.Name, func() {
		defer close(over)
		over <- task.Run("recurring work "+e.Name, func() error { return e.Run(limited) })
	})
	var stuck <-chan error
	var err error
	select {
	case err = <-over:
	case <-limited.Done():
		select {
		case err = <-over:
		case <-time.After(r.grace):
			stuck, err = over, errStuck
			r.log.Error("recurring work does not end after its deadline", "task", e.Name)
		}
	}
	if err == nil || ctx.Err() == nil {
		e.note(began, err, r.now())
	}
	return began, stuck, err
}

// note keeps the outcome of a run of this process.
func (e *entry) note(began time.Time, err error, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last.Duration = time.Since(began)
	if err == nil {
		e.last.SucceededAt, e.last.Failures = now, 0
		return
	}
	e.last.Failures++
	e.last.Failed++
}

// Stats returns how the tasks stand: those of the cluster as the database knows them, those of the process as
// they went in it. On an error those of the process are returned alone.
func (r *Runner) Stats(ctx context.Context) ([]Work, error) {
	known := map[string]bool{}
	var out []Work
	for _, e := range r.tasks {
		if known[e.Name] = e.Scope == PerCluster; !known[e.Name] {
			e.mu.Lock()
			out = append(out, e.last)
			e.mu.Unlock()
		}
	}
	rows, err := r.repo.AllWork(ctx)
	for _, w := range rows {
		if known[w.Name] { // not one of another version of the program
			out = append(out, w)
		}
	}
	return out, err
}

// pause waits and reports whether to go on; something in wake ends the wait.
func pause(ctx context.Context, wait time.Duration, wake <-chan struct{}) bool {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	case <-wake:
	}
	return ctx.Err() == nil
}

// ended waits for a run that went on after its deadline; nil: there is none. It reports false when ctx ends first.
func ended(ctx context.Context, stuck <-chan error) bool {
	if stuck == nil {
		return true
	}
	select {
	case <-stuck:
		return true
	case <-ctx.Done():
		return false
	}
}

// spread varies an interval by up to a tenth, so that what begins together does not stay together.
func spread(d time.Duration) time.Duration { return d - d/10 + rand.N(d/5+1) }

// backoff is the wait after failures in a row: firstWait doubled each time, at most the interval.
func backoff(failures int, every time.Duration) time.Duration {
	return spread(min(firstWait<<min(failures-1, 16), every))
}
