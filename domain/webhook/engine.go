package webhook

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/share"
	"github.com/alania-go/alania/domain/task"
)

// How the engine works on deliveries.
const (
	// Lease is how long a delivery is a process's without an attempt. It covers the wait in
	// memory and one attempt; after it another process may send.
	Lease = 45 * time.Second

	// PerHost is how many attempts at once go to one host.
	PerHost = 128

	workers       = 512 // attempts at once
	perEndpoint   = 16  // attempts at once to one endpoint
	perHand       = 64  // tests of one org that wait for their turn
	handPatience  = 10 * time.Second
	queueLength   = 512      // deliveries in memory for one endpoint
	memory        = 64 << 20 // bytes of payload in memory for all endpoints
	claimLimit    = 64       // deliveries taken over for one endpoint at a time
	orgEndpoints  = 4        // endpoints of one org in one claim, as the room for their payloads is known after it
	maxClaimed    = 64       // endpoints looked at in one claim
	poll          = 500 * time.Millisecond
	targetTTL     = 5 * time.Second
	resultBatch   = 128
	breakAfter    = 5 // failures in a row
	breakFor      = 10 * time.Second
	breakAtMost   = 5 * time.Minute
	maxRetryAfter = 24 * time.Hour
	idleQueue     = 10 * time.Minute
)

// DispatchRepository is what the engine needs of the store.
type DispatchRepository interface {
	// DueEndpoints returns endpoints of orgs that are not suspended, which have a delivery due, in an order that starts
	// after a given one, so that none is left out for ever.
	DueEndpoints(ctx context.Context, now time.Time, after id.ID, limit int) ([]Due, error)
	// ClaimDeliveries leases due deliveries of each endpoint to owner, the oldest first,
	// with their payloads.
	ClaimDeliveries(
		ctx context.Context, endpoints []id.ID, perEndpoint int, owner id.ID, now, until time.Time,
	) ([]Delivery, error)
	// ReleaseDeliveries ends the leases of deliveries, which are due at a time then.
	ReleaseDeliveries(ctx context.Context, deliveries []id.ID, owner id.ID, due time.Time) error
	// EndpointsByID returns endpoints by id, the deleted ones left out.
	EndpointsByID(ctx context.Context, endpoints []id.ID) ([]Endpoint, error)
	// FinishAttempts writes attempts and where they leave their deliveries, each in one transaction with others. After an
	// error all may be written again. A delivery that is no longer the owner's gets its attempt recorded only.
	FinishAttempts(ctx context.Context, owner id.ID, results []Result) error
	// MarkFailing notes since when endpoints fail, where it is not noted, and returns those
	// that have failed since before a time; ClearFailing forgets it.
	MarkFailing(ctx context.Context, endpoints []id.ID, at, before time.Time) ([]id.ID, error)
	ClearFailing(ctx context.Context, endpoints []id.ID) error
}

// Due is an endpoint that has a delivery due.
type Due struct{ OrgID, EndpointID id.ID }

// Request is one attempt, ready to be sent.
type Request struct {
	URL       string
	Body      []byte
	MessageID string // webhook-id
	Timestamp int64  // webhook-timestamp, seconds since 1970
	Signature string // webhook-signature
	RequestID string
}

// Answer is what came of it.
type Answer struct {
	Status     int // zero: there was none
	Excerpt    string
	RetryAfter time.Duration
	Outcome    Outcome // when there was no answer: OutcomeRefused, OutcomeTimedOut or OutcomeFailed
	Error      string  // in words for the partner
}

// Sender sends. It never follows redirects, and reads no more of an answer than an excerpt.
type Sender interface {
	Send(ctx context.Context, r Request) Answer
}

// Result is an attempt and where it leaves its delivery.
type Result struct {
	Attempt    Attempt
	EndpointID id.ID
	OrgID      id.ID
	State      State
	Step       int
	DueAt      time.Time
	FinishedAt *time.Time

	gone, recovered bool
}

// Observer is told of every attempt, for metrics. delay is from the event to its first
// attempt, negative for later ones.
type Observer interface {
	Attempted(outcome Outcome, took, delay time.Duration)
}

type item struct {
	delivery Delivery
	payload  []byte
	lease    time.Time
}

// orgQueues is what the engine knows of one org.
type orgQueues struct {
	id    id.ID
	ready []*endpointQueue // those with something to send
	line  bool             // it is in the line of orgs whose turn comes
	bytes int              // of payload in memory
}

// endpointQueue is what the engine knows of one endpoint.
type endpointQueue struct {
	id       id.ID
	org      *orgQueues
	host     string
	items    []*item
	inFlight int
	ready    bool // it is in its org's list of queues with something to send
	more     bool // the store may hold due deliveries that are not in memory
	used     time.Time

	endpoint Endpoint
	loaded   time.Time

	failures  int // in a row
	openUntil time.Time
	openFor   time.Duration
	holdUntil time.Time // it asked to slow down
}

func (l *endpointQueue) limit(now time.Time) int {
	switch {
	case now.Before(l.openUntil) || now.Before(l.holdUntil):
		return 0
	case l.failures >= breakAfter:
		return 1 // half open: one at a time until it answers
	}
	return perEndpoint
}

// Engine sends what is due. One runs in each server process.
type Engine struct {
	service  *Service
	repo     DispatchRepository
	sender   Sender
	observer Observer
	log      *slog.Logger
	owner    id.ID

	share *share.Pool // attempts at once

	mu     sync.Mutex
	queues map[id.ID]*endpointQueue
	orgs   map[id.ID]*orgQueues
	line   []*orgQueues // orgs with something to send, whose turn it is first
	bytes  int
	closed bool

	polled  atomic.Int64 // when due deliveries were last looked for, Unix nanoseconds
	wake    chan struct{}
	results chan Result
	wg      sync.WaitGroup
	ctx     context.Context
}

// NewEngine makes the engine of a service; Run starts it.
func NewEngine(s *Service, sender Sender, observer Observer, log *slog.Logger) *Engine {
	e := &Engine{
		service: s, repo: s.repo, sender: sender, observer: observer, log: log, owner: id.New(),
		queues: map[id.ID]*endpointQueue{}, orgs: map[id.ID]*orgQueues{}, wake: make(chan struct{}, 1),
		results: make(chan Result, 2*resultBatch), closed: true,
	}
	e.share = share.New("webhook_sends", workers,
		share.Options{PerHost: PerHost, Waiting: perHand, Patience: handPatience})
	s.engine = e
	return e
}

// Run sends until ctx ends, and then waits for the attempts under way and writes what
// came of them. What is left in memory is released.
func (e *Engine) Run(ctx context.Context) {
	e.mu.Lock()
	e.closed, e.ctx = false, context.WithoutCancel(ctx)
	e.mu.Unlock()
	written := make(chan struct{})
	task.Go("write webhook attempts", func() { defer close(written); e.write() })
	tick := time.NewTicker(poll)
	defer tick.Stop()
	var after id.ID
	for ctx.Err() == nil {
		_ = task.Run("find due webhook deliveries", func() error { after = e.refill(ctx, after); return nil })
		select {
		case <-ctx.Done():
		case <-tick.C:
		case <-e.wake:
		}
	}
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.wg.Wait()
	close(e.results)
	<-written
	e.mu.Lock()
	var left []*item
	for _, l := range e.queues {
		left = append(left, e.drain(l)...)
	}
	e.mu.Unlock()
	e.release(left, e.service.now())
}

// maxPollAge is how long an engine that delivers may go without looking for due deliveries.
const maxPollAge = 10 * time.Second

// Probe reports whether this process delivers. That an endpoint takes nothing is not its
// illness but the endpoint's.
func (e *Engine) Probe(context.Context) health.Check {
	if e.service.now().Sub(time.Unix(0, e.polled.Load())) > maxPollAge {
		return health.Check{State: health.Down, Message: "No worker is delivering webhooks."}
	}
	return health.Check{State: health.Up}
}

// Owner is whose leases the engine's deliveries are.
func (e *Engine) Owner() id.ID { return e.owner }

// Wake has the engine look for due deliveries now.
func (e *Engine) Wake() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// accepts reports whether a new delivery can go straight to memory.
func (e *Engine) accepts(orgID, endpointID id.ID, size int) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || e.bytes+size > memory || !e.hasRoom(e.orgs[orgID]) {
		return false
	}
	l := e.queues[endpointID]
	// While deliveries wait in the store, new ones wait there too: else those would
	// be overtaken for as long as events keep coming.
	return l == nil || len(l.items) < queueLength && !l.more && l.limit(e.service.now()) > 0
}

// hasRoom reports whether an org may have more payload in memory. The memory is shared out
// as the attempts are.
func (e *Engine) hasRoom(o *orgQueues) bool {
	return e.bytes < memory && (o == nil || share.Fits(o.bytes, memory-e.bytes))
}

// offer takes deliveries that were committed with a lease. more says that others were
// committed without one.
func (e *Engine) offer(endpoints []Endpoint, items []*item, more bool) {
	now := e.service.now()
	var surplus []*item
	e.mu.Lock()
	for _, it := range items {
		l := e.queueOf(it.delivery.OrgID, it.delivery.EndpointID)
		for i := range endpoints {
			if endpoints[i].ID == l.id {
				l.set(endpoints[i], now)
			}
		}
		if e.closed || len(l.items) >= 2*queueLength {
			surplus = append(surplus, it)
			l.more = true
			continue
		}
		e.push(l, it)
	}
	e.start()
	e.mu.Unlock()
	e.release(surplus, now)
	if more {
		e.Wake()
	}
}

func (e *Engine) queueOf(orgID, endpointID id.ID) *endpointQueue {
	l := e.queues[endpointID]
	if l == nil {
		o := e.orgs[orgID]
		if o == nil {
			o = &orgQueues{id: orgID}
			e.orgs[orgID] = o
		}
		l = &endpointQueue{id: endpointID, org: o}
		e.queues[endpointID] = l
	}
	l.used = time.Now()
	return l
}

// set stores the endpoint that the queue is of.
func (l *endpointQueue) set(ep Endpoint, now time.Time) {
	if l.endpoint.URL != ep.URL {
		l.host = share.Host(ep.URL)
	}
	l.endpoint, l.loaded = ep, now
}

func (e *Engine) push(l *endpointQueue, it *item) {
	l.items = append(l.items, it)
	e.count(l, len(it.payload))
	e.enqueue(l)
}

// count adds to the bytes of payload in memory.
func (e *Engine) count(l *endpointQueue, n int) {
	e.bytes += n
	l.org.bytes += n
}

// enqueue puts a queue that can send in line, once, and its org, once.
func (e *Engine) enqueue(l *endpointQueue) {
	if l.ready || len(l.items) == 0 || l.inFlight >= l.limit(e.service.now()) {
		return
	}
	l.ready = true
	l.org.ready = append(l.org.ready, l)
	if !l.org.line {
		l.org.line = true
		e.line = append(e.line, l.org)
	}
}

// start makes as many attempts as orgs may make now, one for each org after the other.
func (e *Engine) start() {
	for !e.closed {
		l, it, permit := e.next()
		if l == nil {
			return
		}
		task.In(&e.wg, "send webhooks", func() { e.work(l, it, permit) })
	}
}

// next takes the delivery whose turn it is, with a permit for its attempt; nil when no org may
// make one.
func (e *Engine) next() (*endpointQueue, *item, share.Permit) {
	for range len(e.line) {
		o := e.line[0]
		l, permit := e.pick(o)
		if e.line = e.line[1:]; len(o.ready) > 0 {
			e.line = append(e.line, o)
		} else {
			o.line = false
		}
		if l == nil {
			continue
		}
		it := l.items[0]
		l.items[0] = nil
		l.items = l.items[1:]
		e.count(l, -len(it.payload))
		l.inFlight++
		e.enqueue(l)
		return l, it, permit
	}
	return nil, nil, share.Permit{}
}

// pick takes a queue of the org that can send and whose host is not at its bound.
func (e *Engine) pick(o *orgQueues) (*endpointQueue, share.Permit) {
	now := e.service.now()
	for range len(o.ready) {
		if !e.share.Admits(o.id) {
			break
		}
		l := o.ready[0]
		o.ready = o.ready[1:]
		if len(l.items) == 0 || l.inFlight >= l.limit(now) {
			l.ready = false
			continue
		}
		if permit, ok := e.share.TryAcquire(o.id, l.host); ok {
			l.ready = false
			return l, permit
		}
		o.ready = append(o.ready, l)
	}
	return nil, share.Permit{}
}

// drain empties a queue and returns what was in it.
func (e *Engine) drain(l *endpointQueue) []*item {
	left := l.items
	l.items = nil
	for _, it := range left {
		e.count(l, -len(it.payload))
	}
	return left
}

// refill takes due deliveries from the store into the queues that have room.
func (e *Engine) refill(ctx context.Context, after id.ID) id.ID {
	now := e.service.now()
	due, err := e.repo.DueEndpoints(ctx, now, after, maxClaimed)
	if err != nil {
		if ctx.Err() == nil {
			e.log.Error("find due webhook deliveries", "error", err)
		}
		return after
	}
	e.polled.Store(now.UnixNano())
	var room, unknown []id.ID
	of, skipped := map[id.ID]int{}, false
	e.mu.Lock()
	for _, d := range due {
		l := e.queueOf(d.OrgID, d.EndpointID)
		l.more = true
		if e.hasRoom(l.org) && len(l.items) < claimLimit && l.limit(now) > 0 {
			if of[d.OrgID]++; of[d.OrgID] > orgEndpoints {
				skipped = true
				continue
			}
			room = append(room, l.id)
			if l.loaded.IsZero() {
				unknown = append(unknown, l.id)
			}
		}
	}
	e.forgetIdle(now)
	for _, l := range e.queues { // a breaker or a hold may have ended
		e.enqueue(l)
	}
	e.start()
	e.mu.Unlock()
	if len(unknown) > 0 { // the host of each is bound, so it is to be known
		found, err := e.repo.EndpointsByID(ctx, unknown)
		if err != nil && ctx.Err() == nil {
			e.log.Warn("read webhook endpoints", "error", err)
		}
		e.mu.Lock()
		for _, ep := range found {
			e.queueOf(ep.OrgID, ep.ID).set(ep, now)
		}
		e.mu.Unlock()
	}
	if len(room) > 0 {
		until := now.Add(Lease)
		claimed, err := e.repo.ClaimDeliveries(ctx, room, claimLimit, e.owner, now, until)
		if err != nil {
			if ctx.Err() == nil {
				e.log.Error("claim webhook deliveries", "error", err)
			}
			return after
		}
		got := map[id.ID]int{}
		e.mu.Lock()
		for _, d := range claimed {
			payload := d.Payload
			d.Payload = nil
			got[d.EndpointID]++
			e.push(e.queueOf(d.OrgID, d.EndpointID), &item{delivery: d, payload: payload, lease: until})
		}
		full := false
		for _, endpointID := range room {
			if l := e.queues[endpointID]; l != nil {
				l.more = got[endpointID] >= claimLimit
				full = full || l.more
			}
		}
		e.start()
		e.mu.Unlock()
		if (full || skipped && len(claimed) > 0) && len(due) < maxClaimed {
			e.Wake() // there is more where that came from
		}
	}
	if len(due) == maxClaimed {
		e.Wake()
		return due[len(due)-1].EndpointID
	}
	return id.ID{}
}

func (e *Engine) forgetIdle(now time.Time) {
	for k, l := range e.queues {
		if len(l.items) == 0 && l.inFlight == 0 && l.failures == 0 && now.Sub(l.used) > idleQueue {
			delete(e.queues, k)
		}
	}
	used := map[id.ID]bool{}
	for _, l := range e.queues {
		used[l.org.id] = true
	}
	for k, o := range e.orgs {
		if !used[k] && !o.line {
			delete(e.orgs, k)
		}
	}
}

// work makes one attempt, and starts what may be made after it.
func (e *Engine) work(l *endpointQueue, it *item, permit share.Permit) {
	defer func() {
		permit.Release()
		e.mu.Lock()
		defer e.mu.Unlock()
		l.inFlight--
		e.enqueue(l)
		e.start()
	}()
	e.mu.Lock()
	refill := l.more && len(l.items) < claimLimit/2
	e.mu.Unlock()
	if refill {
		e.Wake()
	}
	// Should it panic, the lease ends, and the delivery is tried again.
	_ = task.Run("deliver a webhook", func() error { e.deliver(l, it); return nil })
}

// deliver makes one attempt.
func (e *Engine) deliver(l *endpointQueue, it *item) {
	now := e.service.now()
	if it.lease.Sub(now) < AttemptTimeout+5*time.Second {
		// It waited too long in memory: another process may have it in a moment.
		e.release([]*item{it}, now)
		e.Wake()
		return
	}
	ep, ok := e.target(l, now)
	d := it.delivery
	if d.Takeovers > MaxTakeovers {
		e.log.Error("delivery set aside: its process ended again and again", "delivery", d.ID.UUID(), "endpoint",
			d.EndpointID.UUID())
		e.results <- Result{
			EndpointID: d.EndpointID, OrgID: d.OrgID, State: Failed, Step: d.Step, FinishedAt: &now, DueAt: now,
			Attempt: Attempt{
				DeliveryID: d.ID, Number: d.Attempts + 1, RequestID: id.New(), At: now, Outcome: OutcomeFailed,
				Error: "The attempt broke off on this server, again and again.",
			},
		}
		return
	}
	if !ok || ep.Status != Enabled && d.EventType != testType {
		e.results <- Result{
			EndpointID: d.EndpointID, OrgID: d.OrgID, State: Cancelled, Step: d.Step, FinishedAt: &now, DueAt: now,
			Attempt: Attempt{DeliveryID: d.ID},
		}
		return
	}
	secrets, err := e.service.secrets(ep, now)
	if err != nil {
		e.log.Error("open a webhook secret", "endpoint", ep.ID.UUID(), "error", err)
		e.release([]*item{it}, now.Add(time.Minute))
		return
	}
	a, requestID, took := e.send(e.ctx, ep, d, secrets, it.payload, now)
	delay := time.Duration(-1)
	if d.Attempts == 0 {
		delay = now.Sub(d.CreatedAt)
	}
	res := e.applyAnswer(l, d, a, now, took)
	res.Attempt.RequestID = requestID
	if e.observer != nil {
		e.observer.Attempted(res.Attempt.Outcome, took, delay)
	}
	e.results <- res
}

// send makes one attempt.
func (e *Engine) send(
	ctx context.Context, ep Endpoint, d Delivery, secrets [][]byte, payload []byte, now time.Time,
) (Answer, id.ID, time.Duration) {
	messageID, requestID := d.MessageID, id.New()
	if messageID == "" { // of before renderers chose it
		messageID = d.EventID.Prefixed(id.EventPrefix)
	}
	ctx, cancel := context.WithTimeout(ctx, AttemptTimeout)
	defer cancel()
	start := time.Now()
	a := Answer{Outcome: OutcomeFailed, Error: "The attempt broke off on this server."}
	_ = task.Run("send a webhook", func() error {
		a = e.sender.Send(ctx, Request{
			URL: ep.URL, Body: payload, MessageID: messageID, Timestamp: now.Unix(),
			Signature: Sign(secrets, messageID, now, payload), RequestID: requestID.ULID(),
		})
		return nil
	})
	return a, requestID, time.Since(start)
}

// once makes the only attempt of a delivery that has no queue. It says nothing of the
// endpoint's health.
func (e *Engine) once(ctx context.Context, ep Endpoint, d Delivery, secrets [][]byte, payload []byte) Result {
	a, requestID, took := e.send(ctx, ep, d, secrets, payload, d.CreatedAt)
	now := e.service.now()
	res := Result{
		EndpointID: ep.ID, OrgID: ep.OrgID, State: Failed, FinishedAt: &now,
		Attempt: Attempt{
			DeliveryID: d.ID, Number: 1, RequestID: requestID, At: d.CreatedAt, Latency: took, Outcome: a.Outcome,
			Error: a.Error, Excerpt: a.Excerpt,
		},
	}
	if a.Status != 0 {
		res.Attempt.StatusCode = &a.Status
	}
	switch {
	case a.Status >= 200 && a.Status < 300:
		res.State, res.Attempt.Outcome = Succeeded, OutcomeSucceeded
	case a.Outcome == "":
		res.Attempt.Outcome = OutcomeFailed
	}
	return res
}

const testType = "webhook.test"

// applyAnswer decides what an answer means for the delivery and for the endpoint's queue.
func (e *Engine) applyAnswer(l *endpointQueue, d Delivery, a Answer, at time.Time, took time.Duration) Result {
	now := e.service.now()
	res := Result{
		EndpointID: d.EndpointID, OrgID: d.OrgID, State: Pending, Step: d.Step + 1,
		Attempt: Attempt{
			DeliveryID: d.ID, Number: d.Attempts + 1, At: at, Latency: took, Outcome: a.Outcome, Error: a.Error,
			Excerpt: a.Excerpt,
		},
	}
	if a.Status != 0 {
		res.Attempt.StatusCode = &a.Status
	}
	ok := a.Status >= 200 && a.Status < 300
	slow := a.Status == 429 || a.Status == 502 || a.Status == 504
	switch {
	case ok:
		res.Attempt.Outcome, res.State, res.FinishedAt = OutcomeSucceeded, Succeeded, &now
	case a.Status == 410:
		res.Attempt.Outcome, res.State, res.FinishedAt, res.gone = OutcomeFailed, Failed, &now, true
	case res.Step >= len(Schedule):
		res.State, res.FinishedAt = Failed, &now
	default:
		wait := jittered(Schedule[res.Step])
		res.DueAt = now.Add(max(wait, min(a.RetryAfter, maxRetryAfter)))
	}
	if !ok && res.Attempt.Outcome == "" {
		res.Attempt.Outcome = OutcomeFailed
	}

	e.mu.Lock()
	defer e.mu.Unlock()
	if ok {
		res.recovered = l.failures > 0 || l.endpoint.FailingSince != nil
		l.failures, l.openFor, l.endpoint.FailingSince = 0, 0, nil
		return res
	}
	l.failures++
	if slow {
		l.holdUntil = now.Add(min(max(a.RetryAfter, time.Second<<min(l.failures, 6)), breakAtMost))
	}
	if l.failures >= breakAfter && !now.Before(l.openUntil) {
		l.openFor = min(max(2*l.openFor, breakFor), breakAtMost)
		l.openUntil = now.Add(l.openFor)
		// What waits in memory goes back: its leases would not outlast the breaker.
		left := e.drain(l)
		l.more = true
		if len(left) > 0 {
			due := l.openUntil
			task.In(&e.wg, "give webhook deliveries back", func() { e.release(left, due) })
		}
	}
	return res
}

// jittered spreads a wait by up to a fifth, so that what failed at once does not come
// back at once.
func jittered(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.9 + 0.2*rand.Float64()))
}

// target returns the endpoint as of a few seconds ago at most.
func (e *Engine) target(l *endpointQueue, now time.Time) (Endpoint, bool) {
	e.mu.Lock()
	ep, loaded := l.endpoint, l.loaded
	e.mu.Unlock()
	if age := now.Sub(loaded); age >= 0 && age < targetTTL { // a clock that was set back makes it negative
		return ep, !ep.ID.IsZero()
	}
	found, err := e.repo.EndpointsByID(e.ctx, []id.ID{l.id})
	if err != nil {
		e.log.Warn("read a webhook endpoint", "error", err)
		return ep, !ep.ID.IsZero()
	}
	ep = Endpoint{}
	if len(found) == 1 {
		ep = found[0]
	}
	e.mu.Lock()
	l.set(ep, now)
	e.mu.Unlock()
	return ep, len(found) == 1
}

// forget has an endpoint read again, and its breaker closed: it was changed.
func (e *Engine) forget(endpointID id.ID) {
	e.mu.Lock()
	if l := e.queues[endpointID]; l != nil {
		l.loaded, l.failures, l.openUntil, l.openFor, l.holdUntil = time.Time{}, 0, time.Time{}, 0, time.Time{}
	}
	e.mu.Unlock()
	e.Wake()
}

// probe lets one attempt through to an endpoint now.
func (e *Engine) probe(endpointID id.ID) {
	e.mu.Lock()
	if l := e.queues[endpointID]; l != nil {
		l.openUntil, l.holdUntil = time.Time{}, time.Time{}
	}
	e.mu.Unlock()
	e.Wake()
}

func (e *Engine) breaker(endpointID id.ID) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	l := e.queues[endpointID]
	switch {
	case l == nil || l.failures < breakAfter:
		return "closed"
	case e.service.now().Before(l.openUntil):
		return "open"
	}
	return "half_open"
}

// Stats is how the engine stands, for metrics.
type Stats struct {
	Waiting, InFlight int // deliveries
	Open              int // circuit breakers
	Bytes             int // of payload in memory
}

// Stats returns how the engine stands.
func (e *Engine) Stats() Stats {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := Stats{Bytes: e.bytes}
	for _, l := range e.queues {
		out.Waiting += len(l.items)
		out.InFlight += l.inFlight
		if l.failures >= breakAfter {
			out.Open++
		}
	}
	return out
}

func (e *Engine) release(items []*item, due time.Time) {
	if len(items) == 0 {
		return
	}
	ids := make([]id.ID, len(items))
	for i, it := range items {
		ids[i] = it.delivery.ID
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := e.repo.ReleaseDeliveries(ctx, ids, e.owner, due); err != nil {
		e.log.Warn("give webhook deliveries back; their leases end by themselves", "error", err)
	}
}

// write keeps what came of attempts, many in one transaction.
func (e *Engine) write() {
	for first := range e.results {
		batch := append(make([]Result, 0, resultBatch), first)
		for more := true; more && len(batch) < resultBatch; {
			select {
			case r, open := <-e.results:
				if open {
					batch = append(batch, r)
				} else {
					more = false
				}
			default:
				more = false
			}
		}
		_ = task.Run("write webhook attempts", func() error { e.keep(batch); return nil })
	}
}

// keep writes a batch. While the store is away it is tried again: the results are what
// says that nothing need be sent twice. A batch that fails for another reason is written in
// halves: the one result that the store does not take must not hold up the others.
func (e *Engine) keep(batch []Result) {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		away, err := e.finish(batch)
		if err == nil {
			return
		}
		if n := len(batch); n > 1 && !away {
			e.keep(batch[:n/2])
			e.keep(batch[n/2:])
			return
		}
		e.log.Error("keep webhook attempts", "error", err, "attempts", len(batch), "delivery",
			batch[0].Attempt.DeliveryID.UUID())
		if !away {
			return // its lease ends, it is sent again, and set aside when that repeats itself
		}
		e.mu.Lock()
		closed := e.closed
		e.mu.Unlock()
		if closed {
			return // their leases end, and they are sent again: at least once
		}
		time.Sleep(wait)
	}
}

// finish writes a batch once. away says that the store cannot be used for the moment.
func (e *Engine) finish(batch []Result) (away bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err = task.Run("write webhook attempts", func() error {
		if err := e.repo.FinishAttempts(ctx, e.owner, batch); err != nil {
			return err
		}
		return e.updateEndpoints(ctx, batch)
	})
	return ctx.Err() != nil || fault.IsCode(err, fault.Unavailable) || fault.IsCode(err, fault.Timeout), err
}

// updateEndpoints marks the endpoints of a batch as failing or well, and disables those that are gone.
func (e *Engine) updateEndpoints(ctx context.Context, batch []Result) error {
	well, failing, gone := map[id.ID]bool{}, map[id.ID]id.ID{}, map[id.ID]id.ID{}
	for _, r := range batch {
		switch {
		case r.Attempt.Outcome == OutcomeSucceeded:
			well[r.EndpointID] = well[r.EndpointID] || r.recovered
		case r.gone:
			gone[r.EndpointID] = r.OrgID
		case r.State != Cancelled:
			failing[r.EndpointID] = r.OrgID
		}
	}
	if len(well) > 0 {
		ids := make([]id.ID, 0, len(well))
		for k, recovered := range well {
			if _, both := failing[k]; recovered || both {
				ids = append(ids, k)
			}
			delete(failing, k)
		}
		if err := e.repo.ClearFailing(ctx, ids); err != nil {
			return err
		}
	}
	if len(failing) > 0 {
		ids := make([]id.ID, 0, len(failing))
		for k := range failing {
			ids = append(ids, k)
		}
		now := e.service.now()
		over, err := e.repo.MarkFailing(ctx, ids, now, now.Add(-DisableAfter))
		if err != nil {
			return err
		}
		for _, k := range over {
			if err := e.service.disable(ctx, failing[k], k, Failing); err != nil {
				return err
			}
		}
	}
	for k, org := range gone {
		if err := e.service.disable(ctx, org, k, Gone); err != nil {
			return err
		}
	}
	return nil
}
