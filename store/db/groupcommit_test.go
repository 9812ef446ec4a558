package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/task"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/store/db"
	"github.com/alania-go/alania/store/storetest"
)

// groups is a store that notes its commits.
type groups struct {
	*storetest.Store
	mu      sync.Mutex
	written []int   // by the open group
	commits [][]int // who shared each commit
	fail    error   // of the next commit
}

// openGroups opens a store whose groups have no bound that a test of a few writers reaches.
func openGroups(t *testing.T) *groups {
	s := &groups{Store: storetest.Open(t, db.SQLite)}
	if err := s.SetMeta(t.Context(), "a", ""); err != nil { // what is prepared later takes turns
		t.Fatal(err)
	}
	s.Bound(1000, 1000, time.Hour, time.Hour)
	s.OnCommit(func(commit func() error) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.commits, s.written = append(s.commits, s.written), nil
		if err := s.fail; err != nil {
			s.fail = nil
			return err
		}
		return commit()
	})
	return s
}

// shared checks who shared which commits.
func (s *groups) shared(t *testing.T, want ...[]int) {
	t.Helper()
	if !slices.EqualFunc(s.commits, want, slices.Equal) {
		t.Errorf("the commits are of %v, want %v", s.commits, want)
	}
}

// has reports whether a reader sees what n has written.
func (s *groups) has(t *testing.T, n int) bool {
	t.Helper()
	found, err := db.One[int](t.Context(), s.DB, "SELECT count(*) FROM meta WHERE name = $1", fmt.Sprint("writer ", n))
	if err != nil {
		t.Error(err)
	}
	return found == 1
}

// writer is a transaction of a test: it writes its number, and then does something.
type writer struct {
	ctx context.Context
	do  func(ctx context.Context) error
}

// first is the number of the writer whose group others may join.
const first = -1

func (s *groups) write(n int, w writer, before func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return s.InTx(w.ctx, func(ctx context.Context) error {
		before()
		s.mu.Lock()
		s.written = append(s.written, n)
		s.mu.Unlock()
		if err := s.SetMeta(ctx, fmt.Sprint("writer ", n), "wrote"); err != nil || w.do == nil {
			return err
		}
		return w.do(ctx)
	})
}

// run has writers wait, each after the one before, while one writes; and returns their errors and
// the one's.
func (s *groups) run(t *testing.T, one writer, writers ...writer) (errs []error, ofFirst error) {
	t.Helper()
	began, release := make(chan struct{}), make(chan struct{})
	begin := sync.OnceFunc(func() { close(began) })
	errs = make([]error, len(writers))
	var wg sync.WaitGroup
	wg.Go(func() { ofFirst = s.write(first, one, func() { begin(); <-release }) })
	<-began
	for i, w := range writers {
		wg.Go(func() {
			errs[i] = s.write(i, w, func() {})
			if errs[i] == nil && !s.has(t, i) {
				t.Errorf("%d is acknowledged, and a reader does not see it", i)
			}
		})
		tasktest.Until(t, "it waits", func() bool { a, b := s.Waiting(); return a+b == i+1 })
	}
	close(release)
	wg.Wait()
	if a, b := s.Waiting(); a+b != 0 {
		t.Errorf("%d and %d still wait", a, b)
	}
	return errs, ofFirst
}

// good runs writers that all succeed.
func (s *groups) good(t *testing.T, one writer, writers ...writer) {
	t.Helper()
	errs, err := s.run(t, one, writers...)
	if err = errors.Join(err, errors.Join(errs...)); err != nil {
		t.Error(err)
	}
}

func several(n int, w writer) []writer { return slices.Repeat([]writer{w}, n) }

// Who waits writes in the open transaction, and is acknowledged by its commit. Nobody outside sees anything earlier.
func TestWritersThatWaitShareACommit(t *testing.T) {
	s := openGroups(t)
	w := writer{ctx: t.Context()}
	looks := writer{t.Context(), func(context.Context) error {
		if s.has(t, first) || s.has(t, 0) {
			t.Error("a reader sees what is not committed")
		}
		return nil
	}}
	s.good(t, w, w, w, looks, w)
	s.shared(t, []int{first, 0, 1, 2, 3})
	s.good(t, w)
	s.shared(t, []int{first, 0, 1, 2, 3}, []int{first})
}

// The metrics tell how many share a commit, and how long they wait.
func TestWhatIsToldOfWriters(t *testing.T) {
	s := openGroups(t)
	w := writer{ctx: t.Context()}
	before, ok := s.Writes()
	s.good(t, w, w, w)
	after, _ := s.Writes()
	if n := after.Turns - before.Turns; !ok || n != 3 || after.Commits-before.Commits != 1 {
		t.Errorf("%d turns, %+v", n, after)
	}
	if after.Waited <= before.Waited || after.Waiting != [2]int{} {
		t.Errorf("%+v, before %+v", after, before)
	}
}

// A flush blocks the processor, and where there is but one nobody would come to wait meanwhile. Who is ready to run
// joins before that. The scheduler may now and then choose otherwise, so that there are several tries.
func TestWritersThatAreReadyToRunShareACommit(t *testing.T) {
	s := openGroups(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for range 20 {
		s.commits = nil
		var wg sync.WaitGroup
		one := writer{t.Context(), func(ctx context.Context) error {
			for i := range 3 {
				wg.Go(func() { _ = s.write(i, writer{ctx: t.Context()}, func() {}) })
			}
			return nil
		}}
		if err := s.write(first, one, func() {}); err != nil {
			t.Fatal(err)
		}
		if wg.Wait(); len(s.commits) == 1 {
			return
		}
	}
	t.Errorf("the commits are of %v, want one", s.commits)
}

// What becomes of one writer is its own affair.
func TestAWriterThatFailsTakesNobodyWithIt(t *testing.T) {
	s := openGroups(t)
	refused := errors.New("refused")
	ctx, cancel := context.WithCancel(t.Context())
	expired, expire := context.WithTimeout(t.Context(), time.Minute)
	defer expire()
	w := writer{ctx: t.Context()}
	insert := func(ctx context.Context) error {
		_, err := s.Exec(ctx, "INSERT INTO meta (name, value) VALUES ('writer -1', ''), ('another', '')")
		return err
	}
	errs, err := s.run(t, w, w,
		writer{t.Context(), func(context.Context) error { return refused }},
		writer{t.Context(), func(context.Context) error { panic("why not") }},
		writer{ctx, func(ctx context.Context) error { cancel(); return s.SetMeta(ctx, "a", "b") }},
		writer{expired, func(ctx context.Context) error { expire(); return nil }},
		writer{t.Context(), insert},
		writer{t.Context(), func(ctx context.Context) error { _ = insert(ctx); return nil }},
		w)
	if err != nil {
		t.Error(err)
	}
	for i, is := range []func(error) bool{
		func(err error) bool { return err == nil },
		func(err error) bool { return errors.Is(err, refused) },
		func(err error) bool { return err != nil && err.Error() == "panic: why not" },
		func(err error) bool { return errors.Is(err, context.Canceled) },
		func(err error) bool { return errors.Is(err, context.Canceled) },
		func(err error) bool { return err != nil && fault.Wrap(err).Code == fault.Conflict },
		func(err error) bool { return err == nil },
		func(err error) bool { return err == nil },
	} {
		if !is(errs[i]) {
			t.Errorf("%d: %v", i, errs[i])
		}
		if s.has(t, i) != (errs[i] == nil) {
			t.Errorf("%d: %v, but there: %t", i, errs[i], s.has(t, i))
		}
	}
	s.shared(t, []int{first, 0, 1, 2, 3, 4, 5, 6, 7})
	n, err := db.One[int](t.Context(), s.DB, "SELECT count(*) FROM meta WHERE value = 'b' OR name = 'another'")
	if n != 0 || err != nil {
		t.Errorf("%d rows of those who failed, %v", n, err)
	}
}

// Before others join, a failure ends the transaction, as it does for a writer that is alone.
func TestTheFirstOfAGroupFails(t *testing.T) {
	for name, do := range map[string]func(context.Context) error{
		"refused": func(context.Context) error { return errors.New("refused") },
		"panics":  func(context.Context) error { panic("why not") },
	} {
		s := openGroups(t)
		w := writer{ctx: t.Context()}
		errs, err := s.run(t, writer{t.Context(), do}, w, w)
		if err == nil || s.has(t, first) {
			t.Errorf("%s: %v", name, err)
		}
		if err := errors.Join(errs...); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A commit that fails is everybody's failure, and that of the refused, who may have been refused because of the others.
func TestACommitThatFails(t *testing.T) {
	broken := errors.New("the disk is broken")
	w := writer{ctx: t.Context()}
	refused := writer{t.Context(), func(context.Context) error { return errors.New("refused") }}
	inject := func(s *groups) (writer, func(error) bool) {
		s.fail = broken
		return w, func(err error) bool { return errors.Is(err, broken) }
	}
	// SQLite itself refuses the commit.
	orphan := func(s *groups) (writer, func(error) bool) {
		return writer{t.Context(), func(ctx context.Context) error {
			if _, err := s.Exec(ctx, "PRAGMA defer_foreign_keys = 1"); err != nil {
				return err
			}
			_, err := s.Exec(ctx, "INSERT INTO usage_counters (workspace_id, feature, period, used) VALUES ('w', 'f', 0, 1)")
			return err
		}}, func(err error) bool { return err != nil && fault.Wrap(err).Code == fault.NotFound }
	}
	for name, prepare := range map[string]func(*groups) (writer, func(error) bool){"injected": inject, "orphan": orphan} {
		t.Run(name, func(t *testing.T) {
			s := openGroups(t)
			last, is := prepare(s)
			ran := 0
			hook := writer{t.Context(), func(ctx context.Context) error {
				s.AfterCommit(ctx, func() { ran++ })
				return nil
			}}
			errs, err := s.run(t, w, hook, refused, last)
			for i, err := range append(errs, err) {
				if !is(err) {
					t.Errorf("%d: %v", i, err)
				}
			}
			if s.has(t, first) || s.has(t, 0) || s.has(t, 2) || ran != 0 {
				t.Errorf("something is there, or %d hooks ran", ran)
			}
			s.good(t, w, w)
		})
	}
}

// SQLite may roll back the whole transaction because of one writer. The others write again.
func TestAGroupThatIsLostBecauseOfOne(t *testing.T) {
	s := openGroups(t)
	w := writer{ctx: t.Context()}
	tries := 0
	conflict := fault.New(fault.Conflict, "Taken.")
	refused := writer{t.Context(), func(context.Context) error { tries++; return conflict }}
	errs, err := s.run(t, w, w, refused,
		writer{t.Context(), func(ctx context.Context) error { _, err := s.Exec(ctx, "ROLLBACK"); return err }}, w)
	if err != nil || errs[0] != nil || !errors.Is(errs[1], conflict) || errs[2] == nil || errs[3] != nil {
		t.Error(err, errs)
	}
	if tries != 2 || !s.has(t, first) || s.has(t, 1) || s.has(t, 2) {
		t.Errorf("%d tries; first %t, refused %t, culprit %t", tries, s.has(t, first), s.has(t, 1), s.has(t, 2))
	}
}

// A database that is full refuses who needs the room, and has some for the others.
func TestAGroupWithoutRoomForOne(t *testing.T) {
	s := openGroups(t)
	w := writer{ctx: t.Context()}
	pages := 0
	if err := s.Writer().Get(&pages, "PRAGMA page_count"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Writer().Exec(fmt.Sprint("PRAGMA max_page_count = ", pages+50)); err != nil {
		t.Fatal(err)
	}
	greedy := func(ctx context.Context) error { return s.SetMeta(ctx, "much", strings.Repeat("x", 1<<20)) }
	errs, err := s.run(t, w, w, writer{t.Context(), greedy},
		writer{t.Context(), func(ctx context.Context) error { _ = greedy(ctx); return nil }}, w)
	if err != nil || errs[0] != nil || errs[3] != nil {
		t.Error(err, errs)
	}
	for i := 1; i <= 2; i++ { // the second does not say it, and may not go on for that
		if errs[i] == nil || fault.Wrap(errs[i]).Code != fault.Unavailable || s.has(t, i) {
			t.Errorf("%d: %v", i, errs[i])
		}
	}
}

// Who no longer waits for the answer after it has written is told the truth all the same.
func TestAContextThatEndsBeforeTheCommit(t *testing.T) {
	s := openGroups(t)
	ctx, cancel := context.WithCancel(t.Context())
	w := writer{ctx: t.Context()}
	s.good(t, w, writer{ctx: ctx}, writer{t.Context(), func(context.Context) error { cancel(); return nil }})
	s.shared(t, []int{first, 0, 1})
}

// What waits for a commit runs after it, for each writer that has committed.
func TestHooksOfAGroup(t *testing.T) {
	s := openGroups(t)
	var ran atomic.Int64
	hook := func(n int, err error) writer {
		return writer{t.Context(), func(ctx context.Context) error {
			s.AfterCommit(ctx, func() {
				ran.Add(1)
				if err != nil || !s.has(t, n) {
					t.Errorf("the hook of %d runs too early, or in vain", n)
				}
			})
			return err
		}}
	}
	_, _ = s.run(t, hook(first, nil), hook(0, nil), hook(1, errors.New("refused")), hook(2, nil))
	if n := ran.Load(); n != 3 {
		t.Errorf("%d hooks ran", n)
	}
}

// A group that has reached a bound takes nobody else.
func TestBoundsOfAGroup(t *testing.T) {
	w := writer{ctx: t.Context()}
	for name, c := range map[string]struct {
		writers, rows int
		wait          time.Duration
		want          [][]int
	}{
		"writers": {3, 1000, time.Hour, [][]int{{first, 0, 1}, {2, 3, 4}, {5}}},
		"rows":    {1000, 2, time.Hour, [][]int{{first, 0}, {1, 2}, {3, 4}, {5}}},
		"wait":    {1000, 1000, 0, [][]int{{first}, {0}, {1}, {2}, {3}, {4}, {5}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := openGroups(t)
			s.Bound(c.writers, c.rows, c.wait, 0)
			s.good(t, w, several(6, w)...)
			s.shared(t, c.want...)
		})
	}
}

// However many writers of one org wait, a group has as many of another.
func TestOrgsShareAGroup(t *testing.T) {
	s := openGroups(t)
	s.Bound(5, 1000, time.Hour, 0)
	greedy, modest := writer{ctx: asOrg(t.Context(), id.New())}, writer{ctx: asOrg(t.Context(), id.New())}
	s.good(t, greedy, append(several(6, greedy), modest, modest)...)
	s.shared(t, []int{first, 0, 6, 1, 7}, []int{2, 3, 4, 5})
}

// Background work goes before the requests of a group, for its share of the time, and never after them.
func TestBackgroundWorkInAGroup(t *testing.T) {
	request, work := writer{ctx: t.Context()}, writer{ctx: task.Background(t.Context())}
	waiting := []writer{work, work, request, request}
	for name, c := range map[string]struct {
		share time.Duration
		one   writer
		want  [][]int
	}{
		"after a request":              {time.Hour, request, [][]int{{first, 2, 3}, {0, 1}}},
		"first":                        {time.Hour, work, [][]int{{first, 0, 1, 2, 3}}},
		"first, when its time is over": {0, work, [][]int{{first, 2, 3}, {0, 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := openGroups(t)
			s.Bound(1000, 1000, time.Hour, c.share)
			s.good(t, c.one, waiting...)
			s.shared(t, c.want...)
		})
	}
}

// A statement without a transaction joins as well; one that is a slice of a long work does not.
func TestStatementsInAGroup(t *testing.T) {
	s := openGroups(t)
	s.shared(t) // it had nobody to share with
	var wg sync.WaitGroup
	began, release := make(chan struct{}), make(chan struct{})
	wg.Go(func() { _ = s.write(first, writer{ctx: t.Context()}, func() { close(began); <-release }) })
	<-began
	for i, do := range []func() error{
		func() error { return s.SetMeta(t.Context(), "a", "c") },
		func() error {
			_, err := s.Exec(t.Context(), "INSERT INTO meta (name, value) VALUES ('writer -1', '')")
			if err == nil || fault.Wrap(err).Code != fault.Conflict {
				return fmt.Errorf("inserted again: %w", err)
			}
			return nil
		},
		func() error {
			rows, err := db.Returning[string](t.Context(), s.DB, "UPDATE meta SET value = 'd' WHERE name = 'a' RETURNING value")
			if err == nil && !slices.Equal(rows, []string{"d"}) {
				err = fmt.Errorf("returned %v", rows)
			}
			return err
		},
		func() error {
			return s.ExecSlices(t.Context(), "DELETE FROM meta WHERE name IN (SELECT name FROM meta WHERE name = 'a' LIMIT $1)")
		},
	} {
		wg.Go(func() {
			if err := do(); err != nil {
				t.Error(i, err)
			}
		})
		tasktest.Until(t, "it waits", func() bool { a, _ := s.Waiting(); return a == i+1 })
	}
	close(release)
	wg.Wait()
	s.shared(t, []int{first})
	if n, err := db.One[int](t.Context(), s.DB, "SELECT count(*) FROM meta WHERE name = 'a'"); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

// Whoever kept a transaction's context writes nothing into that of others.
func TestATransactionThatHasEndedInAGroup(t *testing.T) {
	s := openGroups(t)
	var kept context.Context
	s.good(t, writer{ctx: t.Context()},
		writer{t.Context(), func(ctx context.Context) error { kept = ctx; return nil }},
		writer{t.Context(), func(context.Context) error {
			if err := s.SetMeta(kept, "late", ""); !errors.Is(err, sql.ErrTxDone) {
				t.Errorf("written late: %v", err)
			}
			return nil
		}})
}

// Whatever happens to many writers at once: what is acknowledged is there, and what is not is not.
func TestManyWritersInGroups(t *testing.T) {
	s := storetest.Open(t, db.SQLite)
	orgs := []id.ID{id.New(), id.New(), id.New()}
	g := &groups{Store: s}
	var wg sync.WaitGroup
	errs := make([]error, 400)
	for i := range errs {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(asOrg(t.Context(), orgs[i%len(orgs)]))
			if i%5 == 0 {
				ctx, cancel = context.WithTimeout(ctx, time.Duration(i%17)*time.Millisecond)
			}
			defer cancel()
			if i%4 == 0 {
				ctx = task.Background(ctx)
			}
			errs[i] = g.write(i, writer{ctx, func(context.Context) error {
				switch i % 7 {
				case 1:
					panic("why not")
				case 2:
					return errors.New("refused")
				case 3:
					cancel()
				}
				return nil
			}}, func() {})
		})
	}
	wg.Wait()
	for i, err := range errs {
		if g.has(t, i) != (err == nil) {
			t.Errorf("%d: %v, but there: %t", i, err, g.has(t, i))
		}
		if err == nil && 1 <= i%7 && i%7 <= 3 {
			t.Errorf("%d succeeds", i)
		}
	}
	if err := s.SetMeta(t.Context(), "a", "b"); err != nil {
		t.Error(err)
	}
}
