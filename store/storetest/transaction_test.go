package storetest

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/lib/pq"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/store"
)

var errRefused = errors.New("refused")

func anOrg() org.Org {
	o := org.Org{ID: id.New(), Name: "Org", Tier: plan.Free, CreatedAt: noon, UpdatedAt: noon}
	o.Slug = unique()
	return o
}

func orgsIn(t *testing.T, s *Store) int {
	t.Helper()
	n, err := s.CountOrgs(t.Context())
	must(t, err)
	return n
}

func TestTransactionCommitsAndRollsBack(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		outside := t.Context()
		must(t, s.InTx(outside, func(ctx context.Context) error {
			if err := s.InsertOrg(ctx, anOrg()); err != nil {
				return err
			}
			if n, err := s.CountOrgs(ctx); err != nil || n != 1 {
				t.Errorf("inside: %d orgs, %v", n, err)
			}
			if n, err := s.CountOrgs(outside); err != nil || n != 0 {
				t.Errorf("outside, before the commit: %d orgs, %v", n, err)
			}
			return nil
		}))
		if n := orgsIn(t, s); n != 1 {
			t.Fatalf("behind the commit: %d orgs", n)
		}

		err := s.InTx(outside, func(ctx context.Context) error {
			must(t, s.InsertOrg(ctx, anOrg()))
			return errRefused
		})
		if !errors.Is(err, errRefused) {
			t.Fatalf("the error of the function becomes %v", err)
		}
		if n := orgsIn(t, s); n != 1 {
			t.Fatalf("an error leaves %d orgs", n)
		}

		func() {
			defer func() {
				if r := recover(); r != "stop" {
					t.Fatalf("the panic arrives as %v", r)
				}
			}()
			_ = s.InTx(outside, func(ctx context.Context) error {
				must(t, s.InsertOrg(ctx, anOrg()))
				panic("stop")
			})
		}()
		if n := orgsIn(t, s); n != 1 {
			t.Fatalf("a panic leaves %d orgs", n)
		}
		idle(t, s)
		must(t, s.InTx(outside, func(ctx context.Context) error { return s.InsertOrg(ctx, anOrg()) }))
	})
}

func TestInnerTransactionJoinsTheOuterOne(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		inner := func(ctx context.Context, then error) error {
			return s.InTx(ctx, func(ctx context.Context) error {
				must(t, s.InsertOrg(ctx, anOrg()))
				return then
			})
		}
		err := s.InTx(t.Context(), func(ctx context.Context) error {
			must(t, inner(ctx, nil))
			if n, _ := s.CountOrgs(t.Context()); n != 0 {
				t.Error("the inner transaction has committed by itself")
			}
			return errRefused
		})
		if !errors.Is(err, errRefused) || orgsIn(t, s) != 0 {
			t.Fatalf("%v; %d orgs stay", err, orgsIn(t, s))
		}
		must(t, s.InTx(t.Context(), func(ctx context.Context) error {
			must(t, inner(ctx, nil))
			if err := inner(ctx, errRefused); !errors.Is(err, errRefused) {
				t.Errorf("the inner error becomes %v", err)
			}
			return nil // the outer one decides
		}))
		if n := orgsIn(t, s); n != 2 {
			t.Fatalf("%d orgs", n)
		}
		// The context of one store's transaction means nothing to another store.
		other := open(t, e)
		err = s.InTx(t.Context(), func(ctx context.Context) error {
			must(t, other.InsertOrg(ctx, anOrg()))
			return errRefused
		})
		if !errors.Is(err, errRefused) || orgsIn(t, other) != 1 {
			t.Fatalf("%v; the other store has %d orgs", err, orgsIn(t, other))
		}
	})
}

func TestAfterCommit(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		var ran []string
		after := func(ctx context.Context, what string) {
			s.AfterCommit(ctx, func() {
				if n := orgsIn(t, s); what != "without" && n == 0 {
					t.Errorf("%s runs before the commit", what)
				}
				ran = append(ran, what)
			})
		}
		expect := func(want ...string) {
			t.Helper()
			if !slices.Equal(ran, want) {
				t.Fatalf("ran %q, want %q", ran, want)
			}
			ran = nil
		}
		after(t.Context(), "without")
		expect("without")
		_ = s.InTx(t.Context(), func(ctx context.Context) error {
			after(ctx, "rolled back")
			return errRefused
		})
		func() {
			defer func() { _ = recover() }()
			_ = s.InTx(t.Context(), func(ctx context.Context) error {
				after(ctx, "panicked")
				panic("stop")
			})
		}()
		expect()
		must(t, s.InTx(t.Context(), func(ctx context.Context) error {
			must(t, s.InsertOrg(ctx, anOrg()))
			after(ctx, "outer")
			must(t, s.InTx(ctx, func(ctx context.Context) error { after(ctx, "inner"); return nil }))
			expect()
			return nil
		}))
		expect("outer", "inner")
		// What a try that failed wanted done is not done for the one that succeeds.
		tries := 0
		must(t, s.InTx(t.Context(), func(ctx context.Context) error {
			tries++
			after(ctx, name("try %d", tries))
			if tries == 1 {
				return &pq.Error{Code: "40001"}
			}
			return nil
		}))
		expect("try 2")
	})
}

func TestTransientFailureIsTriedAgain(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		for _, c := range []struct {
			name  string
			err   error
			tries int
			ends  fault.Code
		}{
			{"serialization failure", &pq.Error{Code: "40001", Message: "could not serialize"}, 5, fault.Unavailable},
			{"deadlock", &pq.Error{Code: "40P01", Message: "deadlock detected"}, 5, fault.Unavailable},
			{
				"behind a domain error", fault.New(fault.Conflict, "Taken.").WithCause(&pq.Error{Code: "40001"}), 5, fault.Conflict,
			},
			{"duplicate", &pq.Error{Code: "23505", Message: "duplicate key"}, 1, fault.Conflict},
			{"domain error", fault.NewNotFound("thing"), 1, fault.NotFound},
			{"unknown", errRefused, 1, fault.Internal},
		} {
			tries := 0
			err := s.InTx(t.Context(), func(ctx context.Context) error {
				tries++
				must(t, s.InsertOrg(ctx, anOrg()))
				return c.err
			})
			if got := fault.Wrap(err); tries != c.tries || got.Code != c.ends || !errors.Is(err, c.err) {
				t.Errorf("%s: %d tries, %v", c.name, tries, err)
			}
		}
		if n := orgsIn(t, s); n != 0 {
			t.Fatalf("%d orgs stay", n)
		}
		tries := 0
		must(t, s.InTx(t.Context(), func(ctx context.Context) error {
			tries++
			must(t, s.InsertOrg(ctx, anOrg()))
			if tries < 5 {
				return &pq.Error{Code: "40001"}
			}
			return nil
		}))
		if n := orgsIn(t, s); n != 1 {
			t.Fatalf("the last try leaves %d orgs", n)
		}
	})
}

// A statement is prepared once for the pool, and may be met first in a transaction, in
// one that rolls back, or outside.
func TestStatementsInsideAndOutside(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		must(t, s.InTx(t.Context(), func(ctx context.Context) error {
			must(t, s.InsertOrg(ctx, anOrg()), s.InsertOrg(ctx, anOrg()))
			return nil
		}))
		must(t, s.InsertOrg(t.Context(), anOrg()))
		must(t, s.InTx(t.Context(), func(ctx context.Context) error { return s.InsertOrg(ctx, anOrg()) }))

		_ = s.InTx(t.Context(), func(ctx context.Context) error {
			must(t, s.SetMeta(ctx, "a", "1"))
			return errRefused
		})
		must(t, s.SetMeta(t.Context(), "a", "2"))
		must(t, s.InTx(t.Context(), func(ctx context.Context) error { return s.SetMeta(ctx, "a", "3") }))
		if got, err := s.MetaOnce(t.Context(), "a", "other"); err != nil || got != "3" {
			t.Fatalf("%q, %v", got, err)
		}
		if n := orgsIn(t, s); n != 4 {
			t.Fatalf("%d orgs", n)
		}
		// All goroutines meet statements that nobody has prepared.
		fresh := open(t, e)
		must(t, together(24, func(i int) error {
			if i%2 == 0 {
				return fresh.InsertOrg(t.Context(), anOrg())
			}
			return fresh.InTx(t.Context(), func(ctx context.Context) error { return fresh.InsertOrg(ctx, anOrg()) })
		})...)
		if n := orgsIn(t, fresh); n != 24 {
			t.Fatalf("%d orgs", n)
		}
	})
}

const (
	writers = 16
	rounds  = 50
)

// counter adds one to a number in meta, by reading and writing it.
func counter(s *Store, ctx context.Context) error {
	was, err := s.MetaOnce(ctx, "counter", "0")
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(was)
	if err != nil {
		return err
	}
	return s.SetMeta(ctx, "counter", strconv.Itoa(n+1))
}

func counted(t *testing.T, s *Store, want int) {
	t.Helper()
	if got, err := s.MetaOnce(t.Context(), "counter", "0"); err != nil || got != strconv.Itoa(want) {
		t.Fatalf("%s of %d increments are kept, %v", got, want, err)
	}
}

// The row lock of an org makes the read and the write of its holders one step.
func TestLockedIncrementsAreNotLost(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		replicas := []*Store{connect(t, url, clock.System), connect(t, url, clock.System)}
		orgID := newOrg(t, replicas[0], plan.Free)
		ctx := patience(t)
		must(t, together(writers, func(i int) error {
			s := replicas[i%2]
			for range 20 {
				err := s.InTx(ctx, func(ctx context.Context) error {
					if err := s.LockOrg(ctx, orgID); err != nil {
						return err
					}
					return counter(s, ctx)
				})
				if err != nil {
					return err
				}
			}
			return nil
		})...)
		counted(t, replicas[0], writers*20)
	})
}

// Without a lock PostgreSQL must be asked for repeatable reads, and then refuses the
// increments that would be lost; they are made again. SQLite runs one at a time.
func TestSerializedIncrementsAreNotLost(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		u := database(t, e)
		if e == store.Postgres {
			u += "&default_transaction_isolation=" + url.QueryEscape("repeatable read")
		}
		s := connect(t, u, clock.System)
		ctx := patience(t)
		if _, err := s.MetaOnce(ctx, "counter", "0"); err != nil {
			t.Fatal(err)
		}
		var tries atomic.Int64
		must(t, together(writers, func(int) error {
			for range rounds {
				for {
					err := s.InTx(ctx, func(ctx context.Context) error {
						tries.Add(1)
						return counter(s, ctx)
					})
					if err == nil {
						break
					}
					// Five tries were not enough: the caller is told to come again.
					if !fault.IsCode(err, fault.Unavailable) || ctx.Err() != nil {
						return err
					}
				}
			}
			return nil
		})...)
		counted(t, s, writers*rounds)
		if n := tries.Load(); e == store.SQLite && n != writers*rounds {
			t.Errorf("SQLite took %d tries: a writer was refused instead of waiting", n)
		} else if e == store.Postgres && n == writers*rounds {
			t.Error("no try of PostgreSQL failed: the test forces nothing")
		}
	})
}

// Two transactions that lock two orgs in opposite order: PostgreSQL ends one of them, and
// it runs again.
func TestDeadlockIsResolved(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		orgs := []id.ID{newOrg(t, s, plan.Free), newOrg(t, s, plan.Free)}
		ctx := patience(t)
		var both sync.WaitGroup
		both.Add(2)
		var tries atomic.Int64
		must(t, together(2, func(i int) error {
			first := true
			return s.InTx(ctx, func(ctx context.Context) error {
				tries.Add(1)
				if err := s.LockOrg(ctx, orgs[i]); err != nil {
					return err
				}
				if first && e == store.Postgres { // SQLite lets the second one in later
					first = false
					both.Done()
					both.Wait()
				}
				if err := s.LockOrg(ctx, orgs[1-i]); err != nil {
					return err
				}
				return counter(s, ctx)
			})
		})...)
		counted(t, s, 2)
		if n := tries.Load(); e == store.Postgres && n != 3 {
			t.Errorf("%d tries", n)
		}
	})
}

func TestCancelledTransactionRollsBack(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s := connect(t, url, clock.System)
		orgID := newOrg(t, s, plan.Free)
		for name, fn := range map[string]func(ctx context.Context, cancel func()) error{
			"before a statement": func(ctx context.Context, cancel func()) error {
				must(t, s.InsertOrg(ctx, anOrg()))
				cancel()
				return s.InsertOrg(ctx, anOrg())
			},
			"before the commit": func(ctx context.Context, cancel func()) error {
				must(t, s.InsertOrg(ctx, anOrg()))
				cancel()
				for { // until the driver has noticed
					if _, err := s.CountOrgs(context.WithoutCancel(ctx)); err != nil {
						return nil
					}
				}
			},
		} {
			ctx, cancel := context.WithCancel(t.Context())
			ran := false
			err := s.InTx(ctx, func(ctx context.Context) error {
				s.AfterCommit(ctx, func() { ran = true })
				return fn(ctx, cancel)
			})
			if got := fault.Wrap(err); err == nil || got.Code != fault.Timeout || ran {
				t.Errorf("%s: %v, AfterCommit ran: %v", name, err, ran)
			}
			if n := orgsIn(t, s); n != 1 {
				t.Fatalf("%s: %d orgs", name, n)
			}
			cancel()
		}
		// One that waits for another's transaction stops waiting.
		held, release := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			must(t, s.InTx(t.Context(), func(ctx context.Context) error {
				must(t, s.LockOrg(ctx, orgID))
				close(held)
				<-release
				return nil
			}))
		})
		<-held
		ctx, cancel := context.WithCancel(t.Context())
		db := raw(t, url)
		wg.Go(func() {
			if e == store.Postgres {
				blocked(t, db)
			}
			cancel()
		})
		err := s.InTx(ctx, func(ctx context.Context) error { return s.LockOrg(ctx, orgID) })
		if got := fault.Wrap(err); err == nil || got.Code != fault.Timeout {
			t.Errorf("while waiting: %v", err)
		}
		close(release)
		wg.Wait()
		must(t, s.InTx(t.Context(), func(ctx context.Context) error { return s.InsertOrg(ctx, anOrg()) }))
		idle(t, s)
	})
}

// As many transactions as the pool has connections are open, and more wait: none of them
// may need a second connection, not even for a statement that is new.
func TestMoreTransactionsThanConnections(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		atOnce := poolSize
		if e == store.SQLite {
			atOnce = 1
		}
		orgID := newOrg(t, s, plan.Free)
		ctx := patience(t)
		var entered atomic.Int64
		full := make(chan struct{})
		var after atomic.Int64
		must(t, together(8*poolSize, func(i int) error {
			return s.InTx(ctx, func(ctx context.Context) error {
				if entered.Add(1) == int64(atOnce) {
					close(full)
				}
				<-full
				s.AfterCommit(ctx, func() {
					if _, err := s.Org(patience(t), orgID); err == nil {
						after.Add(1)
					}
				})
				if _, err := s.CountOwners(ctx, orgID); err != nil {
					return err
				}
				return s.InTx(ctx, func(ctx context.Context) error {
					return s.SetMeta(ctx, name("t%d", i), "x")
				})
			})
		})...)
		if n := after.Load(); n != 8*poolSize {
			t.Fatalf("%d of the transactions' ends were seen", n)
		}
		idle(t, s)
	})
}

// idle waits until no connection is in use: the driver returns one a moment after the
// end of its statement.
func idle(t *testing.T, s *Store) {
	t.Helper()
	tasktest.Until(t, "no connection is in use", func() bool { _, busy := s.Connections(); return busy == 0 })
}
