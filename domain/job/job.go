// Package job is the platform's queue of background work. A job is enqueued in the
// transaction of the change that asks for it, runs at least once on some replica under
// a lease, and survives a kill: a lease that is not renewed is taken over.
package job

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/txn"
)

// Kind names what a job does.
type Kind string

// State is where a job stands.
type State string

// The states of a job.
const (
	Queued  State = "queued"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed" // for good: no attempt is left
)

// Job is one piece of work.
type Job struct {
	ID          id.ID
	Kind        Kind
	Payload     []byte
	Unique      string // with one of the same kind and this value queued, no second is
	State       State
	RunAt       time.Time
	Attempt     int
	MaxAttempts int // zero: until it succeeds
	Owner       id.ID
	LeaseUntil  time.Time
	LastError   string
	CreatedAt   time.Time
	FinishedAt  *time.Time
}

// Stats is how full the queue is.
type Stats struct {
	Due       int // queued and due, or running without a lease
	Running   int
	Failed    int
	OldestDue *time.Time
}

// Repository keeps jobs.
type Repository interface {
	InsertJob(ctx context.Context, j Job) error // a duplicate of a queued unique one is no error
	// ClaimJobs gives up to limit due jobs of the kinds to owner.
	ClaimJobs(ctx context.Context, kinds []Kind, owner id.ID, now, until time.Time, limit int) ([]Job, error)
	// RenewJobs extends leases; it gives the ids that the owner still holds.
	RenewJobs(ctx context.Context, ids []id.ID, owner id.ID, until time.Time) ([]id.ID, error)
	FinishJob(ctx context.Context, jobID, owner id.ID, state State, lastError string, at time.Time) error
	RequeueJob(ctx context.Context, jobID, owner id.ID, runAt time.Time, lastError string) error
	JobStats(ctx context.Context, now time.Time) (Stats, error)
	DeleteFinishedJobs(ctx context.Context, before time.Time) error
}

// Handler does a job. It must be safe to run again, and stop when its context ends.
type Handler func(ctx context.Context, j Job) error

// Lease is how long a job is a worker's without a renewal.
const Lease = 30 * time.Second

const (
	poll        = time.Second
	concurrency = 8
	stalled     = time.Minute      // a due job that waits longer makes the queue degraded
	deaf        = 10 * time.Second // a worker that has not polled for this long is down
)

// Queue enqueues jobs and works on them.
type Queue struct {
	repo     Repository
	tx       txn.Runner
	now      clock.Clock
	log      *slog.Logger
	owner    id.ID
	handlers map[Kind]Handler
	kinds    []Kind
	wake     chan struct{}
	polled   atomic.Int64
}

// NewQueue makes a queue. Handlers are registered before Run.
func NewQueue(repo Repository, tx txn.Runner, log *slog.Logger, now clock.Clock) *Queue {
	return &Queue{repo: repo, tx: tx, now: now, log: log, owner: id.New(), handlers: map[Kind]Handler{}, wake: make(chan struct{}, 1)}
}

// Handle registers what does the jobs of a kind.
func (q *Queue) Handle(k Kind, h Handler) {
	q.handlers[k] = h
	q.kinds = append(q.kinds, k)
}

// Enqueue adds a job, in the transaction of ctx when there is one. A unique value that
// is queued already makes it a no-op.
func (q *Queue) Enqueue(ctx context.Context, k Kind, payload []byte, unique string, maxAttempts int) error {
	now := q.now()
	err := q.repo.InsertJob(ctx, Job{ID: id.New(), Kind: k, Payload: payload, Unique: unique, State: Queued, RunAt: now, MaxAttempts: maxAttempts, CreatedAt: now})
	if err == nil {
		q.tx.AfterCommit(ctx, q.Wake)
	}
	return err
}

// Wake makes the worker look for jobs now.
func (q *Queue) Wake() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Run works until ctx ends, and then waits for the jobs that run: each is told to stop
// and is queued again if it does not finish.
func (q *Queue) Run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	slots := make(chan struct{}, concurrency)
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		q.claim(ctx, slots, &wg)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-q.wake:
		}
	}
}

func (q *Queue) claim(ctx context.Context, slots chan struct{}, wg *sync.WaitGroup) {
	for ctx.Err() == nil {
		free := cap(slots) - len(slots)
		if free == 0 {
			q.polled.Store(q.now().UnixNano())
			return
		}
		now := q.now()
		jobs, err := q.repo.ClaimJobs(ctx, q.kinds, q.owner, now, now.Add(Lease), free)
		if err != nil {
			if ctx.Err() == nil {
				q.log.Error("claim jobs", "error", err)
			}
			return
		}
		q.polled.Store(now.UnixNano())
		for _, j := range jobs {
			slots <- struct{}{}
			wg.Go(func() {
				defer func() { <-slots; q.Wake() }()
				q.work(ctx, j)
			})
		}
		if len(jobs) < free {
			return
		}
	}
}

func (q *Queue) work(ctx context.Context, j Job) {
	jobCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	go q.renew(jobCtx, cancel, j)
	err := q.do(jobCtx, j)
	// The outcome is written even when the process is stopping.
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	switch {
	case err == nil:
		err = q.repo.FinishJob(ctx, j.ID, q.owner, Done, "", q.now())
	case j.MaxAttempts > 0 && j.Attempt >= j.MaxAttempts:
		q.log.Error("job failed for good", "kind", j.Kind, "job", j.ID.UUID(), "attempt", j.Attempt, "error", err)
		err = q.repo.FinishJob(ctx, j.ID, q.owner, Failed, err.Error(), q.now())
	default:
		q.log.Warn("job failed", "kind", j.Kind, "job", j.ID.UUID(), "attempt", j.Attempt, "error", err)
		err = q.repo.RequeueJob(ctx, j.ID, q.owner, q.now().Add(Backoff(j.Attempt)), err.Error())
	}
	if err != nil {
		q.log.Error("store a job's outcome", "job", j.ID.UUID(), "error", err)
	}
}

func (q *Queue) do(ctx context.Context, j Job) (err error) {
	defer func() {
		if r := recover(); r != nil {
			q.log.Error("job panicked", "kind", j.Kind, "job", j.ID.UUID(), "panic", r)
			err = errors.New("panic")
		}
	}()
	return q.handlers[j.Kind](ctx, j)
}

func (q *Queue) renew(ctx context.Context, cancel context.CancelFunc, j Job) {
	t := time.NewTicker(Lease / 3)
	defer t.Stop()
	held := q.now().Add(Lease)
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		until := q.now().Add(Lease)
		ids, err := q.repo.RenewJobs(ctx, []id.ID{j.ID}, q.owner, until)
		switch {
		case err == nil && len(ids) == 1:
			held = until
		case err == nil || q.now().After(held): // another worker may have it by now
			cancel()
			return
		}
	}
}

// Backoff is the wait behind a failed attempt: 2 s doubled each time to 5 min, ±20 %.
func Backoff(attempt int) time.Duration {
	d := min(time.Second<<min(attempt, 10), 5*time.Minute)
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64()))
}

// Probe tells the queue's health: down when this process does not work on it or it
// cannot be read, degraded when a due job has waited too long.
func (q *Queue) Probe(ctx context.Context) health.Check {
	st, err := q.repo.JobStats(ctx, q.now())
	switch {
	case err != nil:
		return health.Check{State: health.Down, Message: "The queue cannot be read.", Cause: err}
	case q.now().Sub(time.Unix(0, q.polled.Load())) > deaf:
		return health.Check{State: health.Down, Message: "No worker is taking jobs."}
	case st.OldestDue != nil && q.now().Sub(*st.OldestDue) > stalled:
		return health.Check{State: health.Degraded, Message: "Jobs have been waiting for more than a minute."}
	}
	return health.Check{State: health.Up}
}

// Stats tells how full the queue is.
func (q *Queue) Stats(ctx context.Context) (Stats, error) { return q.repo.JobStats(ctx, q.now()) }

// Retention is how long a finished job is kept.
const Retention = 7 * 24 * time.Hour

// Clean deletes jobs that finished long ago.
func (q *Queue) Clean(ctx context.Context) error {
	return q.repo.DeleteFinishedJobs(ctx, q.now().Add(-Retention))
}
