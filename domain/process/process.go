// Package process knows which server processes are alive. What a process took a lease on
// is another's as soon as it is known to be dead, rather than when the lease ends: a
// restart after a crash goes on at once.
package process

import (
	"context"
	"log/slog"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/task"
)

// Repository keeps when processes were last seen.
type Repository interface {
	// Seen notes that owners of leases are alive.
	Seen(ctx context.Context, owners []id.ID, at time.Time) error
	// Reap ends the leases of owners that were not seen since before, and forgets them. It
	// returns how many there were.
	Reap(ctx context.Context, before, now time.Time) (int, error)
	// Gone ends the leases of owners and forgets them.
	Gone(ctx context.Context, owners []id.ID, now time.Time) error
}

// Missed is how many heartbeats a process may miss before it counts as dead.
const Missed = 4

// Registry tells of this process and looks after the others.
type Registry struct {
	repo   Repository
	owners []id.ID
	every  time.Duration
	now    clock.Clock
	log    *slog.Logger
	reaped func()
}

// NewRegistry makes a registry for the owners of this process' leases, with a heartbeat
// every so often. reaped is called when leases of others were ended.
func NewRegistry(
	repo Repository, owners []id.ID, every time.Duration, log *slog.Logger, now clock.Clock, reaped func(),
) *Registry {
	return &Registry{repo: repo, owners: owners, every: every, log: log, now: now, reaped: reaped}
}

// Run beats until ctx ends. A heart that stops for longer than the others wait, such as
// that of a stopped machine, loses its leases: whoever holds one checks it when it writes.
func (r *Registry) Run(ctx context.Context) {
	t := time.NewTicker(r.every)
	defer t.Stop()
	for {
		_ = task.Run("heartbeat", func() error { r.beat(ctx); return nil })
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

func (r *Registry) beat(ctx context.Context) {
	now := r.now()
	if err := r.repo.Seen(ctx, r.owners, now); err != nil {
		if ctx.Err() == nil {
			r.log.Warn("heartbeat", "error", err)
		}
		return
	}
	n, err := r.repo.Reap(ctx, now.Add(-Missed*r.every), now)
	switch {
	case err != nil && ctx.Err() == nil:
		r.log.Warn("look for dead processes", "error", err)
	case n > 0:
		r.log.Info("took over from dead processes", "owners", n)
		r.reaped()
	}
}

// Leave says that this process is gone. Call it after the work.
func (r *Registry) Leave(ctx context.Context) {
	if err := r.repo.Gone(ctx, r.owners, r.now()); err != nil {
		r.log.Warn("leave", "error", err)
	}
}
