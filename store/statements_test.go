package store

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/alania-go/alania/domain/clock"
)

func small(t *testing.T, size int) *Store {
	t.Helper()
	s, err := Open(t.Context(), "sqlite://"+t.TempDir()+"/alania.db", clock.System)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	s.statements = newStatements(size)
	return s
}

// What is used goes on to work while others push it out, and is closed after that.
func TestStatementsInUseOutliveTheirPlace(t *testing.T) {
	s := small(t, 2)
	st, held, err := s.prepare(t.Context(), s.read, "SELECT 0")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		if n, err := one[int](t.Context(), s, fmt.Sprintf("SELECT %d", i+1)); n != i+1 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		if n := s.statements.len(); n > 2 {
			t.Fatalf("%d statements are kept", n)
		}
	}
	var n int
	if err := st.GetContext(t.Context(), &n); err != nil {
		t.Fatalf("a statement in use: %v", err)
	}
	s.statements.release(held)
	if err := st.GetContext(t.Context(), &n); err == nil {
		t.Error("nobody has closed the statement")
	}
}

func TestStatementsOfMany(t *testing.T) {
	s := small(t, 3)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 200 {
				want := (i + k) % 7
				get := func(ctx context.Context) error {
					n, err := one[int](ctx, s, fmt.Sprintf("SELECT %d", want))
					if err == nil && n != want {
						err = fmt.Errorf("%d, want %d", n, want)
					}
					return err
				}
				err := get(t.Context())
				if k%20 == 0 && err == nil {
					err = s.InTx(t.Context(), get)
				}
				if k%50 == 0 {
					s.statements.purge()
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	s.statements.purge()
	if n := s.statements.len(); n != 0 {
		t.Errorf("%d statements are kept", n)
	}
}

// A statement of an older schema has every other one prepared again, once.
func TestOutdatedStatements(t *testing.T) {
	s := small(t, 10)
	_, p, err := s.prepare(t.Context(), s.read, "SELECT 1")
	if err != nil {
		t.Fatal(err)
	}
	defer s.statements.release(p)
	if _, err := one[int](t.Context(), s, "SELECT 2"); err != nil {
		t.Fatal(err)
	}
	s.statements.outdated(p)
	if n := s.statements.len(); n != 0 {
		t.Fatalf("%d statements are kept", n)
	}
	if _, err := one[int](t.Context(), s, "SELECT 1"); err != nil {
		t.Fatal(err)
	}
	s.statements.outdated(p) // somebody else met it before
	if n := s.statements.len(); n != 1 {
		t.Errorf("%d statements are kept: a new one was forgotten for an old one's sake", n)
	}
}
