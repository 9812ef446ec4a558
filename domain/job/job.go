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
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
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
	// Cancelled is a job that was told to stop, before or while it ran.
	Cancelled State = "cancelled"
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
	StartedAt   *time.Time // of the first attempt
	FinishedAt  *time.Time

	// What a job is to a caller, when it is one's: whose it is, what it works on, and why
	// it failed in words for people.
	OrgID       id.ID
	WorkspaceID id.ID // zero: it is a matter of the whole org
	SubjectKind string
	SubjectID   id.ID
	Problem     *Problem
}

// Problem is why a job failed, for who asked for it.
type Problem struct {
	Code    string
	Message string
}

// Failure is a handler's error that says what becomes of the job. Any other error is
// tried again after Backoff while attempts are left.
type Failure struct {
	Problem Problem
	Final   bool          // do not try again
	After   time.Duration // at least until the next attempt
	Cause   error         // for the log
}

// Error is for the log.
func (f *Failure) Error() string {
	s := f.Problem.Code + ": " + f.Problem.Message
	if f.Cause != nil {
		s += ": " + f.Cause.Error()
	}
	return s
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Cause }

// ErrCancelled is the cause of the context of a job that was cancelled.
var ErrCancelled = errors.New("the job was cancelled")

// Stats is how full the queue is.
type Stats struct {
	Due       int // queued and due, or running without a lease
	Running   int
	Failed    int
	OldestDue *time.Time
}

// Repository keeps jobs.
type Repository interface {
	InsertJob(ctx context.Context, j Job) (bool, error) // false: an equal unique one is queued already
	// ClaimJobs gives up to limit due jobs of the kinds to owner.
	ClaimJobs(ctx context.Context, kinds []Kind, owner id.ID, now, until time.Time, limit int) ([]Job, error)
	// RenewJobs extends leases; it gives the ids that the owner still holds.
	RenewJobs(ctx context.Context, ids []id.ID, owner id.ID, until time.Time) ([]id.ID, error)
	FinishJob(ctx context.Context, jobID, owner id.ID, state State, lastError string, at time.Time) error
	// SetProblem notes why an attempt fails; the next one begins without.
	SetProblem(ctx context.Context, jobID, owner id.ID, p Problem) error
	// Job gives one of an org.
	Job(ctx context.Context, orgID, jobID id.ID) (Job, error)
	// CancelJob ends a queued job and marks a running one; it gives the state it found.
	CancelJob(ctx context.Context, jobID id.ID, at time.Time) (State, error)
	// CancelRequested says whether a job is marked.
	CancelRequested(ctx context.Context, jobID id.ID) (bool, error)
	// ListJobs and RetryJob are for operators: they see the jobs of every org.
	ListJobs(ctx context.Context, state State, limit int) ([]Job, error)
	RetryJob(ctx context.Context, jobID id.ID, at time.Time) (bool, error)
	RequeueJob(ctx context.Context, jobID, owner id.ID, runAt time.Time, lastError string) error
	JobStats(ctx context.Context, now time.Time) (Stats, error)
	DeleteFinishedJobs(ctx context.Context, before time.Time) error
}

// Handler does a job. It must be safe to run again, and stop when its context ends.
type Handler func(ctx context.Context, j Job) error

// Lease is how long a job is a worker's without a renewal.
const Lease = 30 * time.Second

const (
	poll          = time.Second
	lookForCancel = 2 * time.Second
	concurrency   = 8
	stalled       = time.Minute      // a due job that waits longer makes the queue degraded
	deaf          = 10 * time.Second // a worker that has not polled for this long is down
)

// Queue enqueues jobs and works on them.
type Queue struct {
	repo     Repository
	tx       txn.Runner
	now      clock.Clock
	log      *slog.Logger
	owner    id.ID
	handlers map[Kind]Handler
	pools    []*pool
	wake     chan struct{}
	polled   atomic.Int64

	mu      sync.Mutex
	running map[id.ID]context.CancelCauseFunc
}

// pool is the jobs that share a number of workers.
type pool struct {
	kinds []Kind
	slots chan struct{}
}

// NewQueue makes a queue. Handlers are registered before Run.
func NewQueue(repo Repository, tx txn.Runner, log *slog.Logger, now clock.Clock) *Queue {
	return &Queue{repo: repo, tx: tx, now: now, log: log, owner: id.New(), handlers: map[Kind]Handler{}, running: map[id.ID]context.CancelCauseFunc{}, pools: []*pool{{slots: make(chan struct{}, concurrency)}}, wake: make(chan struct{}, 1)}
}

// Owner is whose leases this queue's jobs are.
func (q *Queue) Owner() id.ID { return q.owner }

// Handle registers what does the jobs of a kind.
func (q *Queue) Handle(k Kind, h Handler) {
	q.handlers[k] = h
	q.pools[0].kinds = append(q.pools[0].kinds, k)
}

// HandleLong registers what does the jobs of a kind that may take long: they have workers
// of their own, so that short jobs never wait for them.
func (q *Queue) HandleLong(k Kind, workers int, h Handler) {
	q.handlers[k] = h
	q.pools = append(q.pools, &pool{kinds: []Kind{k}, slots: make(chan struct{}, workers)})
}

// Enqueue adds a job, in the transaction of ctx when there is one. A unique value that
// is queued already makes it a no-op.
func (q *Queue) Enqueue(ctx context.Context, k Kind, payload []byte, unique string, maxAttempts int) error {
	return q.Add(ctx, Job{ID: id.New(), Kind: k, Payload: payload, Unique: unique, MaxAttempts: maxAttempts})
}

// Add adds a job that somebody can ask for by its id, in the transaction of ctx when there
// is one.
func (q *Queue) Add(ctx context.Context, j Job) error {
	now := q.now()
	j.State, j.RunAt, j.CreatedAt = Queued, now, now
	inserted, err := q.repo.InsertJob(ctx, j)
	if err != nil {
		return err
	}
	q.tx.AfterCommit(ctx, func() {
		if !inserted {
			q.again(j)
		}
		q.Wake()
	})
	return nil
}

// again adds a unique job behind the transaction that found an equal one queued: a worker
// may have taken that one since, and seen nothing of the transaction.
func (q *Queue) again(j Job) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := q.repo.InsertJob(ctx, j); err != nil {
		q.log.Error("queue a job again", "kind", j.Kind, "error", err)
	}
}

// Get gives a job of the caller's org. Credentials that are bound to a workspace see its
// jobs only.
func (q *Queue) Get(ctx context.Context, jobID id.ID) (Job, error) {
	p := identity.From(ctx)
	j, err := q.repo.Job(ctx, p.OrgID, jobID)
	if err == nil && !p.InWorkspace(j.WorkspaceID) {
		return Job{}, fault.Missing("job")
	}
	return j, err
}

// Cancel ends a job of the caller's org: at once when it waits, else as soon as its worker
// sees it. A job that has ended is a Conflict.
func (q *Queue) Cancel(ctx context.Context, jobID id.ID) (Job, error) {
	var j Job
	err := q.tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if j, err = q.Get(ctx, jobID); err != nil {
			return err
		}
		found, err := q.repo.CancelJob(ctx, j.ID, q.now())
		if err != nil {
			return err
		}
		if found != Queued && found != Running {
			return &fault.Error{Code: fault.Conflict, Reason: "job_finished", Message: "The job has ended already."}
		}
		q.tx.AfterCommit(ctx, func() { q.stop(j.ID) })
		j, err = q.Get(ctx, jobID)
		return err
	})
	return j, err
}

// stop cancels a job that runs in this process.
func (q *Queue) stop(jobID id.ID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if cancel := q.running[jobID]; cancel != nil {
		cancel(ErrCancelled)
	}
}

// List lists the newest jobs of every org in a state; empty: in any.
func (q *Queue) List(ctx context.Context, state State, limit int) ([]Job, error) {
	return q.repo.ListJobs(ctx, state, limit)
}

// Retry queues a failed or cancelled job of any org again; false when it is neither.
func (q *Queue) Retry(ctx context.Context, jobID id.ID) (bool, error) {
	return q.repo.RetryJob(ctx, jobID, q.now())
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
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		for _, p := range q.pools {
			q.claim(ctx, p, &wg)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-q.wake:
		}
	}
}

func (q *Queue) claim(ctx context.Context, p *pool, wg *sync.WaitGroup) {
	for ctx.Err() == nil {
		free := cap(p.slots) - len(p.slots)
		if free == 0 {
			q.polled.Store(q.now().UnixNano())
			return
		}
		now := q.now()
		jobs, err := q.repo.ClaimJobs(ctx, p.kinds, q.owner, now, now.Add(Lease), free)
		if err != nil {
			if ctx.Err() == nil {
				q.log.Error("claim jobs", "error", err)
			}
			return
		}
		q.polled.Store(now.UnixNano())
		for _, j := range jobs {
			p.slots <- struct{}{}
			wg.Go(func() {
				defer func() { <-p.slots; q.Wake() }()
				q.work(ctx, j)
			})
		}
		if len(jobs) < free {
			return
		}
	}
}

func (q *Queue) work(ctx context.Context, j Job) {
	jobCtx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	q.mu.Lock()
	q.running[j.ID] = cancel
	q.mu.Unlock()
	go q.renew(jobCtx, cancel, j)
	err := q.do(jobCtx, j)
	q.mu.Lock()
	delete(q.running, j.ID)
	q.mu.Unlock()
	cancelled, stopping := errors.Is(context.Cause(jobCtx), ErrCancelled), ctx.Err() != nil
	// The outcome is written even when the process is stopping.
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	var failure *Failure
	wait := Backoff(j.Attempt)
	if errors.As(err, &failure) {
		wait = max(wait, failure.After)
		if perr := q.repo.SetProblem(ctx, j.ID, q.owner, failure.Problem); perr != nil {
			q.log.Error("store a job's problem", "job", j.ID.UUID(), "error", perr)
		}
	}
	if stopping { // not its fault: another worker takes it at once, whatever attempts are left
		wait = 0
	}
	switch {
	case err == nil:
		err = q.repo.FinishJob(ctx, j.ID, q.owner, Done, "", q.now())
	case cancelled:
		err = q.repo.FinishJob(ctx, j.ID, q.owner, Cancelled, "", q.now())
	case failure != nil && failure.Final, !stopping && j.MaxAttempts > 0 && j.Attempt >= j.MaxAttempts:
		q.log.Error("job failed for good", "kind", j.Kind, "job", j.ID.UUID(), "attempt", j.Attempt, "error", err)
		err = q.repo.FinishJob(ctx, j.ID, q.owner, Failed, err.Error(), q.now())
	default:
		q.log.Warn("job failed", "kind", j.Kind, "job", j.ID.UUID(), "attempt", j.Attempt, "error", err)
		err = q.repo.RequeueJob(ctx, j.ID, q.owner, q.now().Add(wait), err.Error())
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

func (q *Queue) renew(ctx context.Context, cancel context.CancelCauseFunc, j Job) {
	t, marks := time.NewTicker(Lease/3), time.NewTicker(lookForCancel)
	defer t.Stop()
	defer marks.Stop()
	held := q.now().Add(Lease)
	for {
		select {
		case <-ctx.Done():
			return
		case <-marks.C: // another replica may have been told to cancel it
			if marked, err := q.repo.CancelRequested(ctx, j.ID); err == nil && marked {
				cancel(ErrCancelled)
				return
			}
			continue
		case <-t.C:
		}
		until := q.now().Add(Lease)
		ids, err := q.repo.RenewJobs(ctx, []id.ID{j.ID}, q.owner, until)
		switch {
		case err == nil && len(ids) == 1:
			held = until
		case err == nil || q.now().After(held): // another worker may have it by now
			cancel(nil)
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
