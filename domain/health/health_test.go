package health

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func answer(s State, after time.Duration) Probe {
	return func(context.Context) Check {
		time.Sleep(after)
		c := Check{State: s}
		if s != Up {
			c.Message, c.Cause = "as the probe says", errors.New("secret")
		}
		return c
	}
}

func TestReport(t *testing.T) {
	for name, c := range map[string]struct {
		probes map[string]Probe
		state  State
		checks map[string]State
	}{
		"nothing to ask": {nil, Up, nil},
		"all up": {
			map[string]Probe{"a": answer(Up, 0), "b": answer(Up, time.Millisecond)}, Up, map[string]State{"a": Up, "b": Up},
		},
		"one degraded": {
			map[string]Probe{"a": answer(Up, 0), "b": answer(Degraded, 0)}, Degraded, map[string]State{"a": Up, "b": Degraded},
		},
		"one down": {
			map[string]Probe{"a": answer(Down, 0), "b": answer(Up, 0)}, Down, map[string]State{"a": Down, "b": Up},
		},
		"down goes before": {
			map[string]Probe{"a": answer(Down, 0), "b": answer(Degraded, time.Millisecond)}, Down,
			map[string]State{"a": Down, "b": Degraded},
		},
		"down, then degraded": {
			map[string]Probe{"a": answer(Down, time.Millisecond), "b": answer(Degraded, 0)}, Down,
			map[string]State{"a": Down, "b": Degraded},
		},
		"as slow as may be": {map[string]Probe{"a": answer(Up, SlowAfter)}, Up, map[string]State{"a": Up}},
		"slow": {
			map[string]Probe{"a": answer(Up, SlowAfter+1), "b": answer(Up, 0)}, Degraded,
			map[string]State{"a": Degraded, "b": Up},
		},
		"slow and down": {map[string]Probe{"a": answer(Down, SlowAfter+1)}, Down, map[string]State{"a": Down}},
		"just in time": {
			map[string]Probe{"a": answer(Up, probeTimeout-1)}, Degraded, map[string]State{"a": Degraded},
		},
		"no answer in time": {
			map[string]Probe{"a": answer(Up, time.Hour), "b": answer(Up, 0)}, Down, map[string]State{"a": Down, "b": Up},
		},
		"all at the same time": {
			map[string]Probe{
				"a": answer(Up, 400*time.Millisecond), "b": answer(Up, 400*time.Millisecond), "c": answer(Up, 400*time.Millisecond),
			}, Up, map[string]State{"a": Up, "b": Up, "c": Up},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				r := NewService(c.probes, time.Now).Report(t.Context())
				if r.State != c.state || len(r.Checks) != len(c.checks) || !r.At.Equal(time.Now()) {
					t.Errorf("%+v", r)
				}
				if took := time.Since(start); took > probeTimeout {
					t.Errorf("the report takes %v", took)
				}
				for name, want := range c.checks {
					got := r.Checks[name]
					if got.State != want || got.State != Up && got.Message == "" {
						t.Errorf("%s: %+v", name, got)
					}
				}
				time.Sleep(2 * time.Hour) // the probe that never answered in time does answer
			})
		})
	}
}

func TestLatencyIsMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewService(map[string]Probe{"a": answer(Degraded, 30*time.Millisecond), "b": answer(Up, time.Hour)},
			time.Now).Report(t.Context())
		if r.Checks["a"].Latency != 30*time.Millisecond || r.Checks["b"].Latency != probeTimeout {
			t.Errorf("%+v", r.Checks)
		}
		if c := r.Checks["b"]; !errors.Is(c.Cause, context.DeadlineExceeded) || c.Message != "No answer in time." {
			t.Errorf("%+v", c)
		}
		time.Sleep(2 * time.Hour)
	})
}

// The operation is public: nobody can make it ask more often.
func TestReportIsReused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		s := NewService(map[string]Probe{"a": func(context.Context) Check { asked++; return Check{State: Up} }}, time.Now)
		first := s.Report(t.Context())
		time.Sleep(reuse - 1)
		if r := s.Report(t.Context()); asked != 1 || !r.At.Equal(first.At) {
			t.Fatalf("asked %d times", asked)
		}
		time.Sleep(1 * time.Nanosecond)
		if r := s.Report(t.Context()); asked != 2 || r.At.Equal(first.At) {
			t.Fatalf("asked %d times", asked)
		}
	})
}

func TestReportsAtOnceAreOne(t *testing.T) {
	var asked atomic.Int64
	now := time.Now()
	s := NewService(map[string]Probe{"a": func(context.Context) Check { asked.Add(1); return Check{State: Up} }},
		func() time.Time { return now })
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if r := s.Report(t.Context()); r.State != Up || len(r.Checks) != 1 {
				t.Errorf("%+v", r)
			}
		})
	}
	wg.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// A caller who goes away does not make what others read.
func TestReportOutlivesItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := NewService(map[string]Probe{"a": func(ctx context.Context) Check {
			cancel()
			if ctx.Err() != nil {
				return Check{State: Down}
			}
			if _, ok := ctx.Deadline(); !ok {
				t.Error("the probe has no deadline")
			}
			return Check{State: Up}
		}}, time.Now)
		if r := s.Report(ctx); r.State != Up {
			t.Errorf("%+v", r)
		}
	})
}
