package task

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alania-go/alania/domain/txn"
)

func TestAPanicIsAnError(t *testing.T) {
	var nothing *struct{ member int }
	if err := Run("test", func() error { nothing.member++; return nil }); !errors.Is(err, ErrPanic) {
		t.Errorf("a panic became %v", err)
	}
	want := errors.New("no")
	if err := Run("test", func() error { return want }); err != want {
		t.Errorf("an error became %v", err)
	}
	var wg sync.WaitGroup
	In(&wg, "test", func() { panic("one") })
	wg.Wait() // the group is not left waiting, and the process lives
	done := make(chan struct{})
	Go("test", func() { defer close(done); panic("two") })
	<-done
}

func TestKeepStartsAgain(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var wg sync.WaitGroup
	n := 0
	Keep(ctx, &wg, "test", func(ctx context.Context) {
		if n++; n == 1 {
			panic("the first time")
		}
		cancel()
		<-ctx.Done()
	})
	wg.Wait()
	if n != 2 {
		t.Errorf("it was started %d times", n)
	}
}

// A call outside in a transaction is a mistake of ours. A test that makes one fails.
func TestABreachIsNotHidden(t *testing.T) {
	defer func() {
		if _, ok := recover().(txn.Breach); !ok {
			t.Error("the breach was hidden")
		}
	}()
	ctx, end := txn.Begin(context.Background())
	defer end()
	_ = Run("test", func() error { txn.Outside(ctx, "webhook"); return nil })
}

// What panics or fails ends what comes after it, and not the process.
func TestEach(t *testing.T) {
	var ran, most, now atomic.Int64
	work := func(_ context.Context, i int) error {
		ran.Add(1)
		defer now.Add(-1)
		most.Store(max(most.Load(), now.Add(1)))
		return nil
	}
	if err := Each(t.Context(), 3, 20, work); err != nil || ran.Load() != 20 || most.Load() > 3 {
		t.Errorf("%v, %d ran, %d at a time", err, ran.Load(), most.Load())
	}
	failed := errors.New("no")
	err := Each(t.Context(), 1, 20, func(_ context.Context, i int) error {
		if i > 2 {
			t.Errorf("%d is begun after the failure", i)
		}
		if i == 2 {
			return failed
		}
		return nil
	})
	if !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
	if err := Each(t.Context(), 2, 4, func(context.Context, int) error { panic("x") }); !errors.Is(err, ErrPanic) {
		t.Errorf("%v", err)
	}
}
