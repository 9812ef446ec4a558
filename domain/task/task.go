// Package task runs what may panic, such as work on data that a tenant's system has sent, so
// that it cannot end the process. No goroutine of the platform is started in another way.
package task

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alania-go/alania/domain/txn"
)

// ErrPanic is what Run makes of a panic.
var ErrPanic = errors.New("panic")

// Go runs fn on a goroutine of its own. name says in the log what panicked.
func Go(name string, fn func()) { go do(name, fn) }

// In is Go for a group that somebody waits for.
func In(wg *sync.WaitGroup, name string, fn func()) { wg.Go(func() { do(name, fn) }) }

// Each runs fn for each number below n, limit of them at a time, and returns the first error; what is not begun by then
// is left out, and the context of the others ends. A panic is an error of its number.
func Each(ctx context.Context, limit, n int, fn func(ctx context.Context, i int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(limit)
	for i := range n {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return Run("one of several", func() error { return fn(ctx, i) })
		})
	}
	return g.Wait()
}

// Keep is In for what runs until ctx ends: after a panic it is started again.
func Keep(ctx context.Context, wg *sync.WaitGroup, name string, fn func(context.Context)) {
	wg.Go(func() {
		for Run(name, func() error { fn(ctx); return nil }) != nil {
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
		}
	})
}

type backgroundKey struct{}

// Background marks a context as that of work for which nobody waits. A worker marks its context once, where it
// starts: the database has connections of their own for such work, so that requests do not wait for it.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

// IsBackground reports whether the context is that of work for which nobody waits.
func IsBackground(ctx context.Context) bool { return ctx.Value(backgroundKey{}) != nil }

// pause is how long Keep waits, so that what panics at once does not take a processor.
const pause = time.Second

func do(name string, fn func()) {
	_ = Run(name, func() error { fn(); return nil })
}

// Run runs fn here. A panic is logged and becomes an error.
func Run(name string, fn func() error) (err error) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if b, ok := r.(txn.Breach); ok {
			panic(b) // only tests have them, and a test is to see them
		}
		slog.Error("panic", "in", name, "panic", r, "stack", string(debug.Stack()))
		err = ErrPanic // no more: what panicked may say what a tenant sent
	}()
	return fn()
}
