package share_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/share"
	"github.com/alania-go/alania/domain/task/tasktest"
)

var ctx = context.Background()

// fill takes permits without waiting until none is admitted.
func fill(p *share.Pool, org id.ID, host string) []share.Permit {
	var out []share.Permit
	for {
		t, ok := p.TryAcquire(org, host)
		if !ok {
			return out
		}
		out = append(out, t)
	}
}

// waiting blocks until so many callers wait.
func waiting(t *testing.T, p *share.Pool, n int) {
	t.Helper()
	tasktest.Until(t, fmt.Sprintf("%d callers wait", n), func() bool { return p.Stats().Waiting == n })
}

func TestAnOrgLeavesSomeForOthers(t *testing.T) {
	for _, size := range []int{2, 3, 4, 8, 16, 256, 512} {
		p := share.New("test", size, share.Options{})
		first, second := id.New(), id.New()
		alone := len(fill(p, first, ""))
		if alone >= size || alone < size/2 {
			t.Errorf("of %d permits an org alone gets %d", size, alone)
		}
		if n := len(fill(p, second, "")); n == 0 {
			t.Errorf("of %d permits a second org gets none", size)
		}
		if size >= 8 {
			if n := len(fill(p, id.New(), "")); n == 0 {
				t.Errorf("of %d permits a third org gets none", size)
			}
		}
	}
}

func TestAPoolOfOneIsTaken(t *testing.T) {
	p := share.New("test", 1, share.Options{})
	if n := len(fill(p, id.New(), "host")); n != 1 {
		t.Fatalf("%d permits of one", n)
	}
}

func TestHostsAreBoundAndShared(t *testing.T) {
	p := share.New("test", 32, share.Options{PerHost: 4})
	first, second := id.New(), id.New()
	if n := len(fill(p, first, "tarpit")); n != 3 {
		t.Errorf("one org has %d permits at a host of 4, want 3", n)
	}
	if n := len(fill(p, second, "tarpit")); n != 1 {
		t.Errorf("another has %d at the same host, want 1", n)
	}
	if _, ok := p.TryAcquire(id.New(), "tarpit"); ok {
		t.Error("a host has more than its bound")
	}
	if _, ok := p.TryAcquire(first, "elsewhere"); !ok {
		t.Error("a host that is full bars the org from another")
	}
}

// TestWhoWaitsIsServedByTurns has one org queue many callers before another's one.
func TestWhoWaitsIsServedByTurns(t *testing.T) {
	p := share.New("test", 1, share.Options{Waiting: 100})
	greedy, modest := id.New(), id.New()
	held, _ := p.TryAcquire(greedy, "")
	var mu sync.Mutex
	var order []id.ID
	var wg sync.WaitGroup
	wait := func(org id.ID) {
		wg.Go(func() {
			permit, err := p.Acquire(ctx, org, "")
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			order = append(order, org)
			mu.Unlock()
			permit.Release()
		})
	}
	for i := range 20 {
		wait(greedy)
		waiting(t, p, i+1)
	}
	wait(modest)
	waiting(t, p, 21)
	held.Release()
	wg.Wait()
	if i := slices.Index(order, modest); i > 1 {
		t.Errorf("the second org was served after %d of the first", i)
	}
	if st := p.Stats(); st.InUse != 0 || st.Waiting != 0 || st.Orgs != 0 {
		t.Errorf("what is left: %+v", st)
	}
}

// TestAHostThatIsFullHoldsUpNobodyElse: a caller of the same org for another host passes.
func TestAHostThatIsFullHoldsUpNobodyElse(t *testing.T) {
	p := share.New("test", 3, share.Options{PerHost: 1, Waiting: 10})
	org, other := id.New(), id.New()
	stuck, _ := p.TryAcquire(org, "tarpit")
	last, _ := p.TryAcquire(other, "")
	rest, _ := p.TryAcquire(id.New(), "")
	got := make(chan string, 2)
	for i, host := range []string{"tarpit", "good"} {
		go func() {
			permit, err := p.Acquire(ctx, org, host)
			if err != nil {
				t.Error(err)
			}
			got <- host
			permit.Release()
		}()
		waiting(t, p, i+1)
	}
	last.Release()
	rest.Release()
	if host := <-got; host != "good" {
		t.Fatalf("%s was served first", host)
	}
	stuck.Release()
	if host := <-got; host != "tarpit" {
		t.Fatal("the one that waited was forgotten")
	}
}

func TestTooManyWaiting(t *testing.T) {
	p := share.New("test", 1, share.Options{Waiting: 2})
	org := id.New()
	held, _ := p.TryAcquire(org, "")
	defer held.Release()
	wait, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if _, err := p.Acquire(wait, org, ""); !errors.Is(err, context.Canceled) {
				t.Errorf("a caller that went away: %v", err)
			}
		})
	}
	waiting(t, p, 2)
	_, err := p.Acquire(ctx, org, "")
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != fault.Unavailable || f.RetryAfter == 0 {
		t.Errorf("one too many: %v", err)
	}
	stop()
	wg.Wait()
	if n := p.Stats().Waiting; n != 0 {
		t.Errorf("%d wait still", n)
	}
}

func TestPatienceEnds(t *testing.T) {
	p := share.New("test", 1, share.Options{Patience: time.Millisecond})
	held, _ := p.TryAcquire(id.New(), "")
	if _, err := p.Acquire(ctx, id.New(), ""); !fault.IsCode(err, fault.Unavailable) {
		t.Errorf("after its patience: %v", err)
	}
	held.Release()
	if n := p.Free(); n != 1 {
		t.Errorf("%d permits are free", n)
	}
}

func TestTurns(t *testing.T) {
	p := share.New("test", 8, share.Options{})
	a, b, c := id.New(), id.New(), id.New()
	fill(p, a, "")
	turns := p.Turns([]id.ID{a, b, c})
	if len(turns) != 2 || turns[0] != (share.Turn{Org: b, N: 1}) || turns[1] != (share.Turn{Org: c, N: 1}) {
		t.Errorf("turns beside an org with most permits: %v", turns)
	}
	total := 0
	for _, turn := range share.New("test", 8, share.Options{}).Turns([]id.ID{a, b, c}) {
		if total += turn.N; turn.N > 3 {
			t.Errorf("one of three orgs gets %d of 8", turn.N)
		}
	}
	if total < 6 {
		t.Errorf("three orgs get %d of 8", total)
	}
}

// TestNothingIsLost runs many callers who come, wait, and go away, and counts.
func TestNothingIsLost(t *testing.T) {
	const size, perHost = 7, 3
	p := share.New("test", size, share.Options{PerHost: perHost, Waiting: 1000})
	orgs, hosts := make([]id.ID, 5), []string{"a", "b", ""}
	for i := range orgs {
		orgs[i] = id.New()
	}
	var inUse, atA atomic.Int64
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			for j := range 100 {
				ctx, cancel := context.WithTimeout(ctx, time.Duration(1+(i+j)%5)*time.Millisecond)
				host := hosts[(i+j)%len(hosts)]
				permit, err := p.Acquire(ctx, orgs[i%len(orgs)], host)
				cancel()
				if err != nil {
					continue
				}
				if n := inUse.Add(1); n > size {
					t.Errorf("%d permits of %d", n, size)
				}
				if host == "a" {
					if n := atA.Add(1); n > perHost {
						t.Errorf("%d permits for a host of %d", n, perHost)
					}
					time.Sleep(10 * time.Microsecond)
					atA.Add(-1)
				}
				inUse.Add(-1)
				permit.Release()
			}
		})
	}
	wg.Wait()
	if st := p.Stats(); st.InUse != 0 || st.Waiting != 0 || st.Orgs != 0 {
		t.Errorf("what is left: %+v", st)
	}
}

func TestAcquireIsCheap(t *testing.T) {
	p := share.New("test", 16, share.Options{})
	org := id.New()
	n := testing.AllocsPerRun(1000, func() {
		permit, err := p.Acquire(ctx, org, "host")
		if err != nil {
			t.Fatal(err)
		}
		permit.Release()
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestPoolsListsThem(t *testing.T) {
	p := share.New("a pool of this test", 3, share.Options{})
	if !slices.Contains(share.Pools(), p) || p.Name() != "a pool of this test" {
		t.Error("a pool is not in the list")
	}
}

func TestHost(t *testing.T) {
	for raw, want := range map[string]string{
		"https://Example.com:8443/x?y": "example.com", "postgres://u:p@db.internal/x": "db.internal",
		"http://[::1]:80/": "::1", "%": "", "x": "",
	} {
		if got := share.Host(raw); got != want {
			t.Errorf("the host of %s is %q", raw, got)
		}
	}
}

func BenchmarkAcquire(b *testing.B) {
	p, org := share.New("benchmark", 16, share.Options{}), id.New()
	for b.Loop() {
		permit, _ := p.Acquire(ctx, org, "host")
		permit.Release()
	}
}
