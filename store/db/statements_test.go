package db

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/alania-go/alania/domain/clock"
)

func small(t *testing.T, size int) *DB {
	t.Helper()
	d, err := Open(t.Context(), "sqlite://"+t.TempDir()+"/alania.db", clock.System)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	d.statements = newStatements(size)
	return d
}

// What is used goes on to work while others push it out, and is closed after that.
func TestStatementsInUseOutliveTheirPlace(t *testing.T) {
	d := small(t, 2)
	st, held, _, err := d.prepare(t.Context(), d.requests.read, "SELECT 0")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		if n, err := One[int](t.Context(), d, fmt.Sprintf("SELECT %d", i+1)); n != i+1 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		if n := d.statements.len(); n > 2 {
			t.Fatalf("%d statements are kept", n)
		}
	}
	var n int
	if err := st.GetContext(t.Context(), &n); err != nil {
		t.Fatalf("a statement in use: %v", err)
	}
	d.statements.release(held)
	if err := st.GetContext(t.Context(), &n); err == nil {
		t.Error("nobody has closed the statement")
	}
}

func TestStatementsOfMany(t *testing.T) {
	d := small(t, 3)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 200 {
				want := (i + k) % 7
				get := func(ctx context.Context) error {
					n, err := One[int](ctx, d, fmt.Sprintf("SELECT %d", want))
					if err == nil && n != want {
						err = fmt.Errorf("%d, want %d", n, want)
					}
					return err
				}
				err := get(t.Context())
				if k%20 == 0 && err == nil {
					err = d.InTx(t.Context(), get)
				}
				if k%50 == 0 {
					d.statements.purge()
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	d.statements.purge()
	if n := d.statements.len(); n != 0 {
		t.Errorf("%d statements are kept", n)
	}
}

// A statement of an older schema has every other one prepared again, once.
func TestOutdatedStatements(t *testing.T) {
	d := small(t, 10)
	_, p, _, err := d.prepare(t.Context(), d.requests.read, "SELECT 1")
	if err != nil {
		t.Fatal(err)
	}
	defer d.statements.release(p)
	if _, err := One[int](t.Context(), d, "SELECT 2"); err != nil {
		t.Fatal(err)
	}
	d.statements.outdated(p)
	if n := d.statements.len(); n != 0 {
		t.Fatalf("%d statements are kept", n)
	}
	if _, err := One[int](t.Context(), d, "SELECT 1"); err != nil {
		t.Fatal(err)
	}
	d.statements.outdated(p) // somebody else met it before
	if n := d.statements.len(); n != 1 {
		t.Errorf("%d statements are kept: a new one was forgotten for an old one's sake", n)
	}
}
