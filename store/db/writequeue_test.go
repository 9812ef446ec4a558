package db_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/task"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/store/db"
	"github.com/alania-go/alania/store/storetest"
)

func asOrg(ctx context.Context, org id.ID) context.Context {
	return identity.With(ctx, &identity.Principal{Kind: identity.Client, OrgID: org})
}

// A request reads and writes while background work holds every connection that it has.
func TestRequestsDoNotWaitForBackgroundWork(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e db.Engine) {
		s := storetest.Open(t, e)
		s.Hold(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := s.CountOrgs(ctx); err != nil {
			t.Error(err)
		}
		if err := s.SetMeta(ctx, "a", "b"); err != nil {
			t.Error(err)
		}
		if err := s.InTx(ctx, func(ctx context.Context) error { return s.SetMeta(ctx, "a", "c") }); err != nil {
			t.Error(err)
		}
		short, stop := context.WithTimeout(task.Background(t.Context()), 50*time.Millisecond)
		defer stop()
		if _, err := s.CountOrgs(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("background work has a connection that it does not hold: %v", err)
		}
	})
}

// order runs transactions that wait for SQLite's writer, and returns in which order they get it. Each begins to
// wait after the one before.
func order(t *testing.T, s *storetest.Store, contexts ...context.Context) []int {
	t.Helper()
	var (
		mu  sync.Mutex
		got []int
		wg  sync.WaitGroup
	)
	began, release := make(chan struct{}), make(chan struct{})
	wg.Go(func() {
		_ = s.InTx(task.Background(t.Context()), func(context.Context) error { close(began); <-release; return nil })
	})
	<-began
	for i, ctx := range contexts {
		wg.Go(func() {
			err := s.InTx(ctx, func(context.Context) error {
				mu.Lock()
				defer mu.Unlock()
				got = append(got, i)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		tasktest.Until(t, "it waits", func() bool { a, b := s.Waiting(); return a+b == i+1 })
	}
	close(release)
	wg.Wait()
	return got
}

// However many background transactions wait for SQLite's writer, a request is next, and then they go on.
func TestBackgroundWritesTakeTurnsWithRequests(t *testing.T) {
	s := storetest.Open(t, db.SQLite)
	s.Bound(1, 1, 0, 0) // no groups
	var contexts []context.Context
	for range 50 {
		contexts = append(contexts, task.Background(t.Context()))
	}
	contexts = append(contexts, t.Context(), t.Context())
	got := order(t, s, contexts...)
	if len(got) != 52 || got[0] != 50 || got[1] != 0 || got[2] != 51 {
		t.Errorf("%v", got)
	}
}

// Requests of one org, however many wait, leave every second turn to another's.
func TestWritesOfOrgsTakeTurns(t *testing.T) {
	s := storetest.Open(t, db.SQLite)
	greedy, modest := asOrg(t.Context(), id.New()), asOrg(t.Context(), id.New())
	got := order(t, s, greedy, greedy, greedy, greedy, modest, modest)
	if want := []int{0, 4, 1, 5, 2, 3}; len(got) != len(want) || got[1] != want[1] || got[3] != want[3] {
		t.Errorf("%v, want %v", got, want)
	}
}

// Who does not wait any longer takes nobody's turn, and loses none.
func TestWaitingForTheWriterEnds(t *testing.T) {
	s := storetest.Open(t, db.SQLite)
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(asOrg(t.Context(), id.New()), time.Duration(i%7)*time.Millisecond)
			defer cancel()
			if i%2 == 0 {
				ctx = task.Background(ctx)
			}
			_ = s.InTx(ctx, func(ctx context.Context) error { return s.SetMeta(ctx, "a", "b") })
		})
	}
	wg.Wait()
	if a, b := s.Waiting(); a+b != 0 {
		t.Errorf("%d and %d wait", a, b)
	}
	if err := s.SetMeta(t.Context(), "a", "c"); err != nil {
		t.Error(err)
	}
}
