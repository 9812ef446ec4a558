// Package job is the platform's queue of background work. A job is enqueued in the
// transaction of the change that asks for it, runs at least once on some replica under
// a lease, and survives a kill: a lease that is not renewed is taken over.
package job

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/share"
	"github.com/alania-go/alania/domain/task"
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
	Takeovers   int // how often its worker's lease ended before the job did, since it last got on
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

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Cause }

// ErrCancelled is the cause of the context of a job that was cancelled.
var ErrCancelled = errors.New("the job was cancelled")

// ErrYield is what a handler returns that has worked for long and goes on later: the job is
// queued again after those of its org, and other orgs have their turn.
var ErrYield = errors.New("the job gives its worker to others and goes on later")

// A job whose worker vanishes is taken over. One that was taken over more than once is
// suspected to be why: a process runs one such job at a time, so that few others are hit
// with it. After MaxTakeovers it is set aside: failed, for an operator to look at.
const (
	MaxTakeovers = 3
	Suspicious   = 2
)

// SetAside is the code of the problem of a job that was taken over too often.
const SetAside = "set_aside"

// Stats is how full the queue is.
type Stats struct {
	Due       int // queued and due, and not waiting for a suspended org, or running without a lease
	Running   int
	Failed    int
	OldestDue *time.Time
}

// Repository keeps jobs.
type Repository interface {
	InsertJob(ctx context.Context, j Job) (bool, error) // false: an equal unique one is queued already
	// DueOrgs returns orgs that have a due job, in the order of their ids, from one on, but none that is
	// suspended when jobs of the class wait for that. The zero id is the platform itself, and comes first.
	DueOrgs(ctx context.Context, c Class, from id.ID, now time.Time, limit int) ([]id.ID, error)
	// ClaimJobs leases up to perOrg due jobs of each org to owner, the oldest first.
	ClaimJobs(ctx context.Context, c Class, orgs []id.ID, perOrg int, owner id.ID, now, until time.Time) ([]Job, error)
	// LostJobs returns running jobs whose lease has ended.
	LostJobs(ctx context.Context, now time.Time, limit int) ([]Job, error)
	// TakeOver queues a lost job again and counts that; false when somebody was first.
	TakeOver(ctx context.Context, j Job, now time.Time) (bool, error)
	// SetAside ends a lost job as failed; false when somebody was first.
	SetAside(ctx context.Context, j Job, p Problem, now time.Time) (bool, error)
	// Suspects returns kinds with a queued job that was taken over more than once.
	Suspects(ctx context.Context, now time.Time) ([]Kind, error)
	// GetsOn notes that a job is not why its workers vanished.
	GetsOn(ctx context.Context, jobID, owner id.ID) error
	// RenewJobs extends leases; it returns the ids that the owner still holds.
	RenewJobs(ctx context.Context, ids []id.ID, owner id.ID, until time.Time) ([]id.ID, error)
	FinishJob(ctx context.Context, jobID, owner id.ID, state State, lastError string, at time.Time) error
	// SetProblem notes why an attempt fails; the next one begins without.
	SetProblem(ctx context.Context, jobID, owner id.ID, p Problem) error
	// Job returns one of an org.
	Job(ctx context.Context, orgID, jobID id.ID) (Job, error)
	// CancelJob ends a queued job and marks a running one; it returns the state it found.
	CancelJob(ctx context.Context, jobID id.ID, at time.Time) (State, error)
	// CancelRequested reports whether a job is marked.
	CancelRequested(ctx context.Context, jobID id.ID) (bool, error)
	// ListJobs and RetryJob are for operators: they see the jobs of every org.
	ListJobs(ctx context.Context, state State, limit int) ([]Job, error)
	RetryJob(ctx context.Context, jobID id.ID, at time.Time) (bool, error)
	RequeueJob(ctx context.Context, jobID, owner id.ID, runAt time.Time, lastError string) error
	JobStats(ctx context.Context, now time.Time) (Stats, error)
	DeleteFinishedJobs(ctx context.Context, before time.Time) error
}

// Class is the jobs of a kind that are claimed alike: suspects, or those that are none.
type Class struct {
	Kind     Kind
	Suspects bool
	// Pauses reports whether the jobs of an org wait while it is suspended.
	Pauses bool
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

	aside   map[Kind]Handler
	suspect atomic.Bool // one runs
}

// pool is the jobs that share a number of workers.
type pool struct {
	share *share.Pool
	kinds []Kind
	first int             // the kind that is claimed first
	from  map[Class]id.ID // the org whose turn it is
	// pauses reports whether the jobs of suspended orgs wait.
	pauses bool
}

func newPool(name string, workers int, kinds ...Kind) *pool {
	return &pool{share: share.New(name, workers, share.Options{}), kinds: kinds, from: map[Class]id.ID{}}
}

// NewQueue makes a queue. Handlers are registered before Run.
func NewQueue(repo Repository, tx txn.Runner, log *slog.Logger, now clock.Clock) *Queue {
	return &Queue{
		repo: repo, tx: tx, now: now, log: log, owner: id.New(), handlers: map[Kind]Handler{}, aside: map[Kind]Handler{},
		running: map[id.ID]context.CancelCauseFunc{}, pools: []*pool{newPool("short_jobs", concurrency)},
		wake: make(chan struct{}, 1),
	}
}

// Owner is whose leases this queue's jobs are.
func (q *Queue) Owner() id.ID { return q.owner }

// Handle registers what does the jobs of a kind.
func (q *Queue) Handle(k Kind, h Handler) {
	q.handlers[k] = h
	q.pools[0].kinds = append(q.pools[0].kinds, k)
}

// HandleLong registers what does the jobs of a kind that may take long: they have workers
// of their own, so that short jobs never wait for them. name is that of the pool. Those of an org that is
// suspended wait; short ones do not, as they finish what was ordered, such as a deletion.
func (q *Queue) HandleLong(k Kind, name string, workers int, h Handler) {
	q.handlers[k] = h
	p := newPool(name, workers, k)
	p.pauses = true
	q.pools = append(q.pools, p)
}

// OnSetAside registers what is done, in the same transaction, when a job of a kind is set
// aside.
func (q *Queue) OnSetAside(k Kind, h Handler) { q.aside[k] = h }

// GetsOn notes that a job has done a part of its work: whatever ended its former workers, it
// was not the job.
func (q *Queue) GetsOn(ctx context.Context, j Job) error {
	if j.Takeovers == 0 {
		return nil
	}
	return q.repo.GetsOn(ctx, j.ID, q.owner)
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

// again adds a unique job after the transaction that found an equal one queued: a worker
// may have taken that one since, and seen nothing of the transaction.
func (q *Queue) again(j Job) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := q.repo.InsertJob(ctx, j); err != nil {
		q.log.Error("queue a job again", "kind", j.Kind, "error", err)
	}
}

// Get returns a job of the caller's org. Credentials that are bound to a workspace see its
// jobs only.
func (q *Queue) Get(ctx context.Context, jobID id.ID) (Job, error) {
	p := identity.From(ctx)
	j, err := q.repo.Job(ctx, p.OrgID, jobID)
	if err == nil && !p.InWorkspace(j.WorkspaceID) {
		return Job{}, fault.NewNotFound("job")
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
	q.recover(ctx, &wg)
	for {
		for _, p := range q.pools {
			_ = task.Run("claim jobs", func() error { q.claim(ctx, p, &wg); return nil })
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			q.recover(ctx, &wg)
		case <-q.wake:
		}
	}
}

// orgsAtOnce is how many orgs one claim looks at.
const orgsAtOnce = 64

// claim has a pool's free workers take due jobs, by turns of kinds and of orgs.
func (q *Queue) claim(ctx context.Context, p *pool, wg *sync.WaitGroup) {
	for i := range p.kinds {
		c := Class{Kind: p.kinds[(p.first+i)%len(p.kinds)], Pauses: p.pauses}
		if err := q.claimClass(ctx, p, c, p.share.Free(), wg); err != nil {
			if ctx.Err() == nil {
				q.log.Error("claim jobs", "error", err)
			}
			return
		}
	}
	p.first++
	q.polled.Store(q.now().UnixNano())
}

// claimClass takes at most so many jobs of a class. It goes round the orgs that have one due,
// from where it ended the last time.
func (q *Queue) claimClass(ctx context.Context, p *pool, c Class, most int, wg *sync.WaitGroup) error {
	from := p.from[c]
	for wrapped := from.IsZero(); most > 0 && p.share.Free() > 0 && ctx.Err() == nil; {
		orgs, err := q.repo.DueOrgs(ctx, c, from, q.now(), orgsAtOnce)
		if err != nil {
			return err
		}
		n, err := q.take(ctx, p, c, orgs, most, wg)
		if err != nil {
			return err
		}
		most -= n
		switch {
		case len(orgs) == orgsAtOnce:
			from = orgs[len(orgs)-1].Next()
		case wrapped:
			return nil
		default:
			wrapped, from = true, id.ID{}
		}
	}
	return nil
}

// take claims jobs of the orgs, as many of each as the pool has room for, and runs them.
func (q *Queue) take(ctx context.Context, p *pool, c Class, orgs []id.ID, most int, wg *sync.WaitGroup) (int, error) {
	taken := 0
	for len(orgs) > 0 && taken < most {
		turns := p.share.Turns(orgs)
		if len(turns) == 0 {
			break
		}
		turns = turns[:min(len(turns), most-taken)]
		perOrg, equal := turns[0].N, true
		orgs = orgs[:0]
		for _, t := range turns {
			orgs = append(orgs, t.Org)
			equal = equal && t.N == perOrg
			perOrg = min(perOrg, t.N)
		}
		perOrg = max(1, min(perOrg, (most-taken)/len(turns)))
		now := q.now()
		jobs, err := q.repo.ClaimJobs(ctx, c, orgs, perOrg, q.owner, now, now.Add(Lease))
		if err != nil {
			return taken, err
		}
		p.from[c] = orgs[len(orgs)-1].Next()
		got := map[id.ID]int{}
		for _, j := range jobs {
			got[j.OrgID]++
			q.run(ctx, p, c, j, wg)
		}
		taken += len(jobs)
		if equal { // each has what it may have, or all that it asks for
			break
		}
		orgs = slices.DeleteFunc(orgs, func(o id.ID) bool { return got[o] < perOrg })
	}
	return taken, nil
}

// run works on a claimed job while others run.
func (q *Queue) run(ctx context.Context, p *pool, c Class, j Job, wg *sync.WaitGroup) {
	permit, ok := p.share.TryAcquire(j.OrgID, "")
	if !ok { // its turn comes again
		if err := q.repo.RequeueJob(ctx, j.ID, q.owner, j.RunAt, j.LastError); err != nil {
			q.log.Error("give a job back", "job", j.ID.UUID(), "error", err)
		}
		return
	}
	if c.Suspects {
		q.suspect.Store(true)
	}
	task.In(wg, "work on a job", func() {
		defer func() {
			if c.Suspects {
				q.suspect.Store(false)
			}
			permit.Release()
			q.Wake()
		}()
		q.work(ctx, j)
	})
}

// recover looks after jobs whose worker has vanished: they are queued again, or set aside
// when that happens to them again and again.
func (q *Queue) recover(ctx context.Context, wg *sync.WaitGroup) {
	lost, err := q.repo.LostJobs(ctx, q.now(), lostAtOnce)
	for _, j := range lost {
		if _, known := q.handlers[j.Kind]; known {
			err = errors.Join(err, q.tx.InTx(ctx, func(ctx context.Context) error { return q.recoverJob(ctx, j) }))
		}
	}
	if !q.suspect.Load() {
		err = errors.Join(err, q.claimSuspect(ctx, wg))
	}
	if err != nil && ctx.Err() == nil {
		q.log.Error("take over lost jobs", "error", err)
	}
}

const lostAtOnce = 100

func (q *Queue) recoverJob(ctx context.Context, j Job) error {
	if j.Takeovers < MaxTakeovers {
		_, err := q.repo.TakeOver(ctx, j, q.now())
		return err
	}
	p := Problem{
		SetAside,
		"The process that worked on it ended again and again. The work was set aside; the operator can have it done again.",
	}
	mine, err := q.repo.SetAside(ctx, j, p, q.now())
	if err != nil || !mine {
		return err
	}
	j.Problem = &p
	q.log.Error("job set aside: its process ended again and again", "kind", j.Kind, "job", j.ID.UUID(), "org",
		j.OrgID.UUID())
	if h := q.aside[j.Kind]; h != nil {
		return h(ctx, j)
	}
	return nil
}

// claimSuspect takes one suspected job when there is one.
func (q *Queue) claimSuspect(ctx context.Context, wg *sync.WaitGroup) error {
	kinds, err := q.repo.Suspects(ctx, q.now())
	if err != nil {
		return err
	}
	for _, k := range kinds {
		for _, p := range q.pools {
			if !slices.Contains(p.kinds, k) || q.suspect.Load() {
				continue
			}
			if err := q.claimClass(ctx, p, Class{Kind: k, Suspects: true, Pauses: p.pauses}, 1, wg); err != nil {
				return err
			}
		}
	}
	return nil
}

func (q *Queue) work(ctx context.Context, j Job) {
	jobCtx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	q.mu.Lock()
	q.running[j.ID] = cancel
	q.mu.Unlock()
	task.Go("renew the lease of a job", func() { q.renew(jobCtx, cancel, j) })
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
	case errors.Is(err, ErrYield):
		err = q.repo.RequeueJob(ctx, j.ID, q.owner, q.now(), j.LastError)
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

func (q *Queue) do(ctx context.Context, j Job) error {
	return task.Run("job "+string(j.Kind), func() error { return q.handlers[j.Kind](ctx, j) })
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

// Backoff is the wait after a failed attempt: 2 s doubled each time to 5 min, ±20 %.
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
