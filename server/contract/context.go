package contract

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alania-go/alania/domain/identity"
)

// request is what makes an exchange the context of its request: it knows itself, the caller and the request's
// id, and it has a deadline. Whoever waits for its end has a timer made; the others look at the clock.
type request struct {
	parent   context.Context
	deadline time.Time
	caller   *identity.Principal
	mu       sync.Mutex
	ending   atomic.Pointer[ending]
}

// ending is the context that tells of the end of an exchange, to those who wait for it.
type ending struct {
	context.Context
	cancel context.CancelFunc
}

// Begin makes the exchange the context of its request, with the most that its work may take. The
// caller calls End.
func (x *Exchange) Begin(parent context.Context, timeout time.Duration) {
	x.parent, x.deadline = parent, x.Start.Add(timeout)
	if d, ok := parent.Deadline(); ok && d.Before(x.deadline) {
		x.deadline = d
	}
}

// End ends the context.
func (x *Exchange) End() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if e := x.ending.Load(); e != nil {
		e.cancel()
		return
	}
	x.ending.Store(over)
}

// over is the ending of all that nobody waited for.
var over = func() *ending {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return &ending{ctx, cancel}
}()

// Authorized lets services find the caller in the context.
func (x *Exchange) Authorized(p *identity.Principal) { x.caller = p }

// Deadline implements context.Context.
func (x *Exchange) Deadline() (time.Time, bool) { return x.deadline, true }

// Done implements context.Context.
func (x *Exchange) Done() <-chan struct{} {
	if e := x.ending.Load(); e != nil {
		return e.Done()
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	e := x.ending.Load()
	if e == nil {
		e = &ending{}
		e.Context, e.cancel = context.WithDeadline(x.parent, x.deadline)
		x.ending.Store(e)
	}
	return e.Done()
}

// Err implements context.Context.
func (x *Exchange) Err() error {
	if e := x.ending.Load(); e != nil {
		return e.Err()
	}
	if err := x.parent.Err(); err != nil {
		return err
	}
	if !time.Now().Before(x.deadline) {
		<-x.Done() // at this moment: who asks both is told the same
		return x.ending.Load().Err()
	}
	return nil
}

// Value implements context.Context.
func (x *Exchange) Value(key any) any {
	if key == (exchangeKey{}) {
		return x
	}
	if v, ok := identity.Known(key, x.caller, x.RequestID); ok {
		return v
	}
	if e := x.ending.Load(); e != nil && e != over {
		return e.Value(key) // context finds the one that it has made, and adds no goroutine to wait for it
	}
	return x.parent.Value(key)
}

// headers has room for values of the headers of an answer, each of which is a slice.
type headers struct {
	room [10]string
	used int
}

// SetHeader sets a header of the answer, by its canonical name.
func (x *Exchange) SetHeader(h http.Header, name, value string) {
	n := x.headers.used
	if n == len(x.headers.room) {
		h[name] = []string{value}
		return
	}
	x.headers.room[n] = value
	x.headers.used++
	h[name] = x.headers.room[n : n+1 : n+1]
}
