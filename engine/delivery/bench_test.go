package delivery_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// counter is a receiver that only counts, and notes when each event came first.
type counter struct {
	*httptest.Server
	n    atomic.Int64
	mu   sync.Mutex
	came map[string]time.Time
}

func newCounter(b testing.TB) *counter {
	c := &counter{came: map[string]time.Time{}}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		now := time.Now()
		name := r.Header.Get("Webhook-Id")
		c.mu.Lock()
		if _, again := c.came[name]; !again {
			c.came[name] = now
		}
		c.mu.Unlock()
		c.n.Add(1)
	}))
	b.Cleanup(c.Close)
	return c
}

// publishing publishes n events from some goroutines, at a rate a second or (zero) as fast
// as they are committed, and returns when each was committed.
func publishing(b testing.TB, w *world, n, goroutines, rate int) map[string]time.Time {
	var mu sync.Mutex
	committed := make(map[string]time.Time, n)
	var next atomic.Int64
	start := time.Now()
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if rate > 0 {
					time.Sleep(time.Until(start.Add(time.Duration(i) * time.Second / time.Duration(rate))))
				}
				e := event.New(event.WorkspaceUpdated, w.org, id.ID{}, clock.System(),
					"a workspace's worth of text, as long as an event usually is, give or take: "+strings.Repeat("x", 400))
				if err := w.store.InTx(w.ctx, func(ctx context.Context) error { return w.service.Publish(ctx, e) }); err != nil {
					b.Error(err)
					return
				}
				at := time.Now()
				mu.Lock()
				committed[e.ID.Prefixed(id.EventPrefix)] = at
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return committed
}

func quantiles(delays []time.Duration) (p50, p99 time.Duration) {
	slices.Sort(delays)
	return delays[len(delays)/2], delays[len(delays)*99/100]
}

func (c *counter) delays(committed map[string]time.Time) []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]time.Duration, 0, len(committed))
	for name, at := range committed {
		// The attempt may come before the publisher's goroutine runs again.
		out = append(out, max(0, c.came[name].Sub(at)))
	}
	return out
}

// BenchmarkDelivery tells how many deliveries a second go out, publishing included, with
// one event to each of four endpoints; and the delay from commit to the first attempt, at
// that load and at 250 and 1,000 events (1,000 and 4,000 deliveries) a second.
func BenchmarkDelivery(b *testing.B) {
	for _, e := range storetest.Engines {
		for _, rate := range []int{0, 250, 1000} {
			name := string(e) + "/flat-out"
			if rate > 0 {
				name = fmt.Sprintf("%s/%d-a-second", e, rate)
			}
			b.Run(name, func(b *testing.B) {
				w, c := newWorld(b, storetest.URL(b, e), loopback), newCounter(b)
				const fan = 4
				for range fan {
					w.endpoint(b, c.URL)
				}
				b.ResetTimer()
				start := time.Now()
				committed := publishing(b, w, b.N, 16, rate)
				for c.n.Load() < int64(b.N*fan) {
					time.Sleep(time.Millisecond)
				}
				took := time.Since(start)
				b.StopTimer()
				p50, p99 := quantiles(c.delays(committed))
				b.ReportMetric(float64(b.N*fan)/took.Seconds(), "deliveries/s")
				b.ReportMetric(float64(p50.Microseconds())/1000, "p50-ms")
				b.ReportMetric(float64(p99.Microseconds())/1000, "p99-ms")
				w.stop()
			})
		}
	}
}

// BenchmarkTwoProcesses is the same with two processes that publish and deliver on one
// PostgreSQL.
func BenchmarkTwoProcesses(b *testing.B) {
	url := storetest.URL(b, store.Postgres)
	var total, worst50, worst99 float64
	start := time.Now()
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range 2 {
		wg.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^TestBenchmarkWorker$", "-test.v")
			cmd.Env = append(os.Environ(), "ALANIA_BENCH_WORKER="+url, "ALANIA_BENCH_N="+strconv.Itoa(b.N))
			out, err := cmd.Output()
			if err != nil {
				b.Errorf("%v\n%s", err, out)
				return
			}
			var r struct{ P50, P99, N float64 }
			for s := bufio.NewScanner(strings.NewReader(string(out))); s.Scan(); {
				_ = json.Unmarshal(s.Bytes(), &r)
			}
			mu.Lock()
			total += r.N
			worst50, worst99 = max(worst50, r.P50), max(worst99, r.P99)
			mu.Unlock()
		})
	}
	wg.Wait()
	b.ReportMetric(total/time.Since(start).Seconds(), "deliveries/s")
	b.ReportMetric(worst50, "p50-ms")
	b.ReportMetric(worst99, "p99-ms")
}

// TestBenchmarkWorker is one of the processes of BenchmarkTwoProcesses, and nothing when it
// is not told to be.
func TestBenchmarkWorker(t *testing.T) {
	url := os.Getenv("ALANIA_BENCH_WORKER")
	if url == "" {
		t.Skip("only for BenchmarkTwoProcesses")
	}
	n, _ := strconv.Atoi(os.Getenv("ALANIA_BENCH_N"))
	w, c := newWorld(t, url, loopback), newCounter(t)
	const fan = 4
	for range fan {
		w.endpoint(t, c.URL)
	}
	committed := publishing(t, w, n, 16, 0)
	for c.n.Load() < int64(n*fan) {
		time.Sleep(time.Millisecond)
	}
	p50, p99 := quantiles(c.delays(committed))
	fmt.Printf("\n{\"P50\":%f,\"P99\":%f,\"N\":%d}\n", float64(p50.Microseconds())/1000, float64(p99.Microseconds())/1000,
		c.n.Load())
	w.stop()
}
