package txn

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
)

type openKey struct{}

// Begin marks a context as that of an open transaction until end is called. Runners call it.
func Begin(ctx context.Context) (_ context.Context, end func()) {
	open := &atomic.Bool{}
	open.Store(true)
	return context.WithValue(ctx, openKey{}, open), func() { open.Store(false) }
}

// Open reports whether the context is that of an open transaction.
func Open(ctx context.Context) bool {
	open, _ := ctx.Value(openKey{}).(*atomic.Bool)
	return open != nil && open.Load()
}

// Breach is what Outside panics with.
type Breach string

// Outside is called by every client of an outside system before it reaches out. An outside system
// takes as long as it likes, and a transaction would hold a connection for all of that
// time: on SQLite the only one that writes. So inside of a transaction it is a
// mistake: a panic in tests, an error in the log elsewhere.
func Outside(ctx context.Context, client string) {
	if !Open(ctx) {
		return
	}
	if testing.Testing() {
		panic(Breach("a call of " + client + " inside a transaction"))
	}
	slog.ErrorContext(ctx, "a call to an outside system inside a transaction", "client", client)
}
