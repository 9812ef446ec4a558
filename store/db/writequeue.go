package db

import (
	"context"
	"slices"
	"sync"

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
// when both wait, however many wait on either side; and so do the orgs within each.
type writeQueue struct {
	mu      sync.Mutex
	taken   bool
	last    class // which class had the last turn
	waiting [classes]line
}

// line is who waits in one class.
type line struct {
	orgs []id.ID // each once, in the order of their turns
	of   map[id.ID][]*waiter
}

// waiter is one who waits.
type waiter struct {
	ready   chan struct{}
	granted bool
}

// take waits for the turn to write. Whoever gets it calls done once.
func (t *writeQueue) take(ctx context.Context) (done func(), err error) {
	c := classOf(ctx)
	var org id.ID
	if p := identity.From(ctx); p != nil {
		org = p.OrgID
	}
	t.mu.Lock()
	if !t.taken {
		t.taken, t.last = true, c
		t.mu.Unlock()
		return sync.OnceFunc(t.next), nil
	}
	w := &waiter{ready: make(chan struct{})}
	t.waiting[c].add(org, w)
	t.mu.Unlock()
	select {
	case <-w.ready:
		return sync.OnceFunc(t.next), nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	granted := w.granted
	if !granted {
		t.waiting[c].remove(org, w)
	}
	t.mu.Unlock()
	if granted { // at the same moment
		t.next()
	}
	return nil, ctx.Err()
}

// next hands the turn to whoever is next.
func (t *writeQueue) next() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range []class{requests + background - t.last, t.last} {
		if w := t.waiting[c].pop(); w != nil {
			t.last, w.granted = c, true
			close(w.ready)
			return
		}
	}
	t.taken = false
}

// count returns how many wait in a class.
func (t *writeQueue) count(c class) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for _, list := range t.waiting[c].of {
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

// pop takes the first of the org whose turn it is, and puts the org after the others.
func (l *line) pop() *waiter {
	if len(l.orgs) == 0 {
		return nil
	}
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
