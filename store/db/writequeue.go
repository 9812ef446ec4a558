package db

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/task"
)

// class says who waits for a connection.
type class int

const (
	requests   class = iota // somebody waits for the answer
	background              // nobody does
	classes
)

func classOf(ctx context.Context) class {
	if task.IsBackground(ctx) {
		return background
	}
	return requests
}

// writeQueue is the queue in front of SQLite's one connection that writes. Requests and background work take turns
// when both wait, however many wait on either side; and so do the orgs within each. Who waits while a group is open
// may join it (groupcommit.go).
type writeQueue struct {
	mu      sync.Mutex
	taken   bool
	last    class // which class had the last turn
	waiting [classes]line
	bounds  bounds
	written WriteStats
}

// WriteStats says how those who write to SQLite share its one connection, since the start.
type WriteStats struct {
	Waiting [2]int        // at the moment: requests, and background work
	Waited  time.Duration // for a turn, by all who waited for one
	Turns   int64         // to write
	Commits int64         // of turns that shared a transaction
}

// Writes says how those who write to SQLite stand. It reports false on PostgreSQL, where nobody waits for a turn.
func (d *DB) Writes() (WriteStats, bool) {
	if d.writes == nil {
		return WriteStats{}, false
	}
	t := d.writes
	t.mu.Lock()
	defer t.mu.Unlock()
	out := t.written
	for c := range t.waiting {
		out.Waiting[c] = t.waiting[c].len()
	}
	return out, true
}

// line is who waits in one class.
type line struct {
	orgs []id.ID // each once, in the order of their turns
	of   map[id.ID][]*waiter
}

// waiter is one who waits.
type waiter struct {
	ready   chan *group // receives the group that it joins, or nil when the turn is its own
	granted bool
	alone   bool // joins nobody
	since   time.Time
}

// take waits for the turn to write. Whoever gets a group writes in it, and passes it on. Whoever gets none
// has the turn, and calls next when it has written; who is alone always has that.
func (t *writeQueue) take(ctx context.Context, alone bool) (*group, error) {
	c := classOf(ctx)
	var org id.ID
	if p := identity.From(ctx); p != nil {
		org = p.OrgID
	}
	t.mu.Lock()
	if !t.taken {
		t.taken, t.last = true, c
		t.written.Turns++
		t.mu.Unlock()
		return nil, nil
	}
	w := &waiter{ready: make(chan *group, 1), alone: alone, since: time.Now()}
	t.waiting[c].add(org, w)
	t.mu.Unlock()
	select {
	case g := <-w.ready:
		return g, nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	granted := w.granted
	if !granted {
		t.waiting[c].remove(org, w)
	}
	t.mu.Unlock()
	if granted { // at the same moment
		if g := <-w.ready; g != nil {
			t.pass(g, false)
		} else {
			t.next()
		}
	}
	return nil, ctx.Err()
}

// next hands the turn to whoever is next.
func (t *writeQueue) next() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range []class{requests + background - t.last, t.last} {
		if t.waiting[c].first() != nil {
			t.grant(c, nil)
			return
		}
	}
	t.taken = false
}

// grant lets the first of a class write.
func (t *writeQueue) grant(c class, g *group) {
	w := t.waiting[c].pop()
	t.last, w.granted = c, true
	t.written.Turns++
	t.written.Waited += time.Since(w.since)
	w.ready <- g
}

// crowded reports whether anybody waits, or was about to.
func (t *writeQueue) crowded() bool {
	t.gather()
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.waiting[requests].first() != nil || t.waiting[background].first() != nil
}

// count returns how many wait in a class.
func (t *writeQueue) count(c class) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.waiting[c].len()
}

func (l *line) len() (n int) {
	for _, list := range l.of {
		n += len(list)
	}
	return n
}

func (l *line) add(org id.ID, w *waiter) {
	if l.of == nil {
		l.of = map[id.ID][]*waiter{}
	}
	if len(l.of[org]) == 0 {
		l.orgs = append(l.orgs, org)
	}
	l.of[org] = append(l.of[org], w)
}

// first returns who is next: the first of the org whose turn it is. nil when nobody waits.
func (l *line) first() *waiter {
	if len(l.orgs) == 0 {
		return nil
	}
	return l.of[l.orgs[0]][0]
}

// pop takes the first, and puts its org after the others.
func (l *line) pop() *waiter {
	org := l.orgs[0]
	w := l.of[org][0]
	l.orgs = l.orgs[1:]
	if rest := l.of[org][1:]; len(rest) > 0 {
		l.of[org] = rest
		l.orgs = append(l.orgs, org)
	} else {
		delete(l.of, org)
	}
	return w
}

func (l *line) remove(org id.ID, w *waiter) {
	rest := slices.DeleteFunc(l.of[org], func(o *waiter) bool { return o == w })
	if len(rest) > 0 {
		l.of[org] = rest
		return
	}
	delete(l.of, org)
	l.orgs = slices.DeleteFunc(l.orgs, func(o id.ID) bool { return o == org })
}
