package process

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alania-go/alania/domain/id"
)

// fake keeps when owners were last seen.
type fake struct {
	mu   sync.Mutex
	seen map[id.ID]time.Time
	err  error
}

func (f *fake) Seen(_ context.Context, owners []id.ID, at time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, o := range owners {
		if f.err == nil {
			f.seen[o] = at
		}
	}
	return f.err
}

func (f *fake) Reap(_ context.Context, before, _ time.Time) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for o, at := range f.seen {
		if at.Before(before) {
			delete(f.seen, o)
			n++
		}
	}
	return n, f.err
}

func (f *fake) Gone(_ context.Context, owners []id.ID, _ time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, o := range owners {
		delete(f.seen, o)
	}
	return f.err
}

func TestRegistry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dead, mine := id.New(), []id.ID{id.New(), id.New()}
		f := &fake{seen: map[id.ID]time.Time{dead: time.Now()}}
		var reaped []time.Duration
		start := time.Now()
		r := NewRegistry(f, mine, time.Second, slog.New(slog.DiscardHandler), time.Now, func() {
			reaped = append(reaped, time.Since(start))
		})
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { r.Run(ctx) })
		known := func(want int) {
			t.Helper()
			synctest.Wait()
			f.mu.Lock()
			defer f.mu.Unlock()
			if len(f.seen) != want {
				t.Fatalf("%d are known behind %v", len(f.seen), time.Since(start))
			}
		}
		known(3) // it is there at once
		time.Sleep(Missed * time.Second)
		known(3)
		time.Sleep(time.Second)
		known(2) // itself it does not reap
		time.Sleep(time.Hour)
		known(2)
		if !slices.Equal(reaped, []time.Duration{(Missed + 1) * time.Second}) {
			t.Errorf("reaped at %v", reaped)
		}
		// A store that fails for a while is no end.
		f.mu.Lock()
		f.err = errors.New("down")
		f.mu.Unlock()
		time.Sleep(time.Minute)
		f.mu.Lock()
		f.err = nil
		f.mu.Unlock()
		time.Sleep(time.Second)
		known(2)
		f.mu.Lock()
		fresh := time.Since(f.seen[mine[0]]) <= time.Second
		f.mu.Unlock()
		if !fresh {
			t.Error("the heart does not beat any more")
		}
		cancel()
		wg.Wait()
		r.Leave(t.Context())
		known(0)
	})
}
