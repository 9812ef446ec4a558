package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/task"
	"github.com/alania-go/alania/store/db"
	"github.com/alania-go/alania/store/storetest"
)

// Nobody watches the context of a statement that runs. Before and after, it counts.
func TestContextsThatEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e db.Engine) {
		s := storetest.Open(t, e)
		count := func(ctx context.Context) error {
			_, err := s.CountOrgs(ctx)
			return err
		}
		touch := func(ctx context.Context) error {
			_, err := s.Exec(ctx, "INSERT INTO meta (name, value) VALUES ('touched', 'yes')")
			return err
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		for name, err := range map[string]error{
			"read": count(ended), "write": touch(ended), "transaction": s.InTx(ended, touch),
		} {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", name, err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		if err := s.InTx(ctx, func(ctx context.Context) error { defer cancel(); return touch(ctx) }); !errors.Is(err,
			context.Canceled) {
			t.Errorf("a transaction whose context has ended: %v", err)
		}
		if err := touch(t.Context()); err != nil {
			t.Errorf("it was not rolled back: %v", err)
		}

		s.Hold(t)
		ctx, cancel = context.WithTimeout(task.Background(t.Context()), 50*time.Millisecond)
		defer cancel()
		if err := count(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("to wait for a connection: %v", err)
		}
	})
}
