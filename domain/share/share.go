// Package share shares out what orgs use in common: workers, sessions, connections. A Pool
// has a number of permits. An org that is alone may have most of them, never all: one that
// comes later finds some free, however long the first keeps its own. Who must wait is
// served by turns of orgs, not in the order of arrival.
package share

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

// Options say how a pool is shared out.
type Options struct {
	// PerHost is the most permits for one outside host, whoever takes them; zero: half of
	// the pool. The orgs share them by the same rule.
	PerHost int
	// Waiting is the most callers of one org that wait; zero: as many as the pool has permits.
	Waiting int
	// Patience is how long a caller waits at most; zero: until its context ends.
	Patience time.Duration
}

// Pool is a number of permits that orgs share. It is safe for concurrent use.
type Pool struct {
	name    string
	size    int
	options Options

	mu      sync.Mutex
	inUse   int
	held    map[id.ID]int
	hosts   map[string]int
	places  map[place]int
	queues  map[id.ID]*queue
	ring    []*queue // orgs with callers that wait, whose turn it is first
	waiting int
}

// place is one org at one host.
type place struct {
	org  id.ID
	host string
}

// queue is the callers of an org that wait, oldest first.
type queue struct {
	org     id.ID
	waiters []*waiter
}

type waiter struct {
	host    string
	granted chan struct{}
}

var registry = struct {
	sync.Mutex
	pools map[string]*Pool
}{pools: map[string]*Pool{}}

// New makes a pool and enters it in the list that Pools returns. A second pool with the name
// takes the place of the first in the list.
func New(name string, size int, o Options) *Pool {
	size = max(size, 1)
	if o.PerHost <= 0 {
		o.PerHost = (size + 1) / 2
	}
	if o.Waiting <= 0 {
		o.Waiting = size
	}
	p := &Pool{
		name: name, size: size, options: o,
		held: map[id.ID]int{}, hosts: map[string]int{}, places: map[place]int{}, queues: map[id.ID]*queue{},
	}
	registry.Lock()
	registry.pools[name] = p
	registry.Unlock()
	return p
}

// Pools returns the pools of this process, by name. Metrics and the test of fairness go by it.
func Pools() []*Pool {
	registry.Lock()
	defer registry.Unlock()
	out := make([]*Pool, 0, len(registry.pools))
	for _, p := range registry.pools {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b *Pool) int { return cmp.Compare(a.name, b.name) })
	return out
}

// Host returns the host that a URL names, as pools count it: without the port, in lower
// case; empty when there is none.
func Host(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// Fits reports whether somebody who holds some of a thing may take one more while so much of it
// is free: whoever has none takes what is left, whoever has some leaves some. One alone
// comes to two thirds, a second to two thirds of the rest, and so on.
func Fits(held, free int) bool {
	return free > 0 && (held == 0 || free > 1 && held < 2*free)
}

// Permit is one permit that was taken. It is released once.
type Permit struct {
	pool *Pool
	org  id.ID
	host string
}

// Release passes the permit to whose turn it is. The zero Permit does nothing.
func (t Permit) Release() {
	p := t.pool
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inUse--
	subtract(p.held, t.org)
	if t.host != "" {
		subtract(p.hosts, t.host)
		subtract(p.places, place{t.org, t.host})
	}
	p.grant()
}

// subtract keeps no key whose count is zero, so that the map is no larger than what is held.
func subtract[K comparable](m map[K]int, k K) {
	if m[k]--; m[k] <= 0 {
		delete(m, k)
	}
}

// Acquire takes a permit for an org at a host; an empty host is bound by no host's number.
// It waits for the org's turn. When too many callers of the org wait already, or Patience
// ends, the error is Unavailable with a hint when to try again.
func (p *Pool) Acquire(ctx context.Context, org id.ID, host string) (Permit, error) {
	if err := ctx.Err(); err != nil {
		return Permit{}, err
	}
	p.mu.Lock()
	if p.admits(org, host) {
		p.take(org, host)
		p.mu.Unlock()
		return Permit{p, org, host}, nil
	}
	q := p.queues[org]
	if q == nil {
		q = &queue{org: org}
		p.queues[org] = q
		p.ring = append(p.ring, q)
	}
	if len(q.waiters) >= p.options.Waiting {
		p.mu.Unlock()
		return Permit{}, busy()
	}
	w := &waiter{host: host, granted: make(chan struct{})}
	q.waiters = append(q.waiters, w)
	p.waiting++
	p.mu.Unlock()

	var patience <-chan time.Time
	if p.options.Patience > 0 {
		t := time.NewTimer(p.options.Patience)
		defer t.Stop()
		patience = t.C
	}
	err := error(nil)
	select {
	case <-w.granted:
		return Permit{p, org, host}, nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-patience:
		err = busy()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-w.granted: // at the same moment
		return Permit{p, org, host}, nil
	default:
	}
	p.leave(q, slices.Index(q.waiters, w))
	return Permit{}, err
}

func busy() error {
	return &fault.Error{
		Code: fault.Unavailable, Message: "Too much of your organization is under way. Try again in a moment.",
		RetryAfter: time.Second,
	}
}

// TryAcquire takes a permit when the org may have one now. It is for dispatchers, which keep
// what waits themselves.
func (p *Pool) TryAcquire(org id.ID, host string) (Permit, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.admits(org, host) {
		return Permit{}, false
	}
	p.take(org, host)
	return Permit{p, org, host}, true
}

// Admits reports whether the org may take a permit now, where no host is at its bound.
func (p *Pool) Admits(org id.ID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.admits(org, "")
}

// Turn is how many permits an org may take.
type Turn struct {
	Org id.ID
	N   int
}

// Turns returns how many permits each of the orgs may take now, when all of them want as
// many as they can have: one for each org after the other, until none is admitted. Those
// that get none are left out.
func (p *Pool) Turns(orgs []id.ID) []Turn {
	p.mu.Lock()
	defer p.mu.Unlock()
	turns := make([]Turn, len(orgs))
	free := p.size - p.inUse
	for more := true; more && free > 0; {
		more = false
		for i, org := range orgs {
			if Fits(p.held[org]+turns[i].N, free) {
				turns[i] = Turn{org, turns[i].N + 1}
				free--
				more = true
			}
		}
	}
	return slices.DeleteFunc(turns, func(t Turn) bool { return t.N == 0 })
}

// Held returns how many permits the org holds.
func (p *Pool) Held(org id.ID) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held[org]
}

// Free returns how many permits nobody holds.
func (p *Pool) Free() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.size - p.inUse
}

// Name returns the name of the pool.
func (p *Pool) Name() string { return p.name }

// Stats is how a pool is used.
type Stats struct {
	Size    int
	InUse   int
	Waiting int
	Orgs    int // that hold a permit
}

// Stats returns how the pool is used.
func (p *Pool) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Stats{Size: p.size, InUse: p.inUse, Waiting: p.waiting, Orgs: len(p.held)}
}

// admits reports whether the org may take a permit now. Everybody who waits is somebody
// whom it does not admit: nobody is overtaken by who comes and is admitted.
func (p *Pool) admits(org id.ID, host string) bool {
	if !Fits(p.held[org], p.size-p.inUse) {
		return false
	}
	return host == "" || Fits(p.places[place{org, host}], p.options.PerHost-p.hosts[host])
}

func (p *Pool) take(org id.ID, host string) {
	p.inUse++
	p.held[org]++
	if host != "" {
		p.hosts[host]++
		p.places[place{org, host}]++
	}
}

// grant serves who waits, by turns of orgs, until nobody is admitted.
func (p *Pool) grant() {
	for refused := 0; refused < len(p.ring) && p.inUse < p.size; {
		q := p.ring[0]
		i := slices.IndexFunc(q.waiters, func(w *waiter) bool { return p.admits(q.org, w.host) })
		if i < 0 {
			refused++
			p.ring = append(p.ring[1:], q)
			continue
		}
		refused = 0
		w := q.waiters[i]
		p.take(q.org, w.host)
		close(w.granted)
		if p.leave(q, i); len(q.waiters) > 0 { // the next turn is another org's
			p.ring = append(p.ring[1:], q)
		}
	}
}

// leave removes one who waits, and an org of which nobody does.
func (p *Pool) leave(q *queue, i int) {
	q.waiters = slices.Delete(q.waiters, i, i+1)
	p.waiting--
	if len(q.waiters) == 0 {
		delete(p.queues, q.org)
		p.ring = slices.DeleteFunc(p.ring, func(o *queue) bool { return o == q })
	}
}
