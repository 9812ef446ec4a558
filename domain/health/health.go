// Package health asks what the platform depends on whether it is there.
package health

import (
	"context"
	"sync"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/task"
)

// The names of the probes of what the platform needs, and of what keeps its realms where it does not do so itself.
const (
	Database         = "database"
	Queue            = "queue"
	ObjectStorage    = "object_storage"
	IdentityProvider = "identity_provider"
)

// State of a dependency, or of the whole.
type State string

// The states. A degraded dependency works, only worse than it should; the platform
// serves with it. With one that is down it does not serve in full.
const (
	Up       State = "up"
	Degraded State = "degraded"
	Down     State = "down"
)

// Check is what one probe found.
type Check struct {
	State   State
	Latency time.Duration
	Message string // for everybody to read: no address, no driver text
	Cause   error  // for the log
}

// Probe asks one dependency. It sets State and Message; the service measures Latency.
type Probe func(ctx context.Context) Check

// Worst makes one probe of several: it returns what the first of those in the worst state
// found.
func Worst(probes ...Probe) Probe {
	return func(ctx context.Context) Check {
		var worst Check
		for i, p := range probes {
			if c := p(ctx); i == 0 || rank[c.State] > rank[worst.State] {
				worst = c
			}
		}
		return worst
	}
}

var rank = map[State]int{Up: 0, Degraded: 1, Down: 2}

// SlowAfter is the latency at which a dependency counts as degraded.
const SlowAfter = 500 * time.Millisecond

const (
	probeTimeout = 2 * time.Second
	reuse        = 250 * time.Millisecond
	reuseDown    = 20 * time.Millisecond // a process that starts is ready a moment after it was not
)

// Report is the state of the whole and of each dependency.
type Report struct {
	State  State
	At     time.Time
	Checks map[string]Check
}

// Service runs the probes.
type Service struct {
	probes map[string]Probe
	now    clock.Clock

	mu   sync.Mutex
	last Report
	made time.Time // the last report, by a clock that nobody sets
}

// NewService makes the service.
func NewService(probes map[string]Probe, now clock.Clock) *Service {
	return &Service{probes: probes, now: now}
}

// Report runs every probe at the same time. The operation is public, so reports within
// a quarter of a second are one (of what is down: within 20 ms), so nobody can load the dependencies through it.
func (s *Service) Report(ctx context.Context) Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	age := reuse
	if s.last.State == Down {
		age = reuseDown
	}
	if !s.made.IsZero() && time.Since(s.made) < age {
		return s.last
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeTimeout)
	defer cancel()
	type found struct {
		name  string
		check Check
	}
	ch := make(chan found, len(s.probes))
	for name, probe := range s.probes {
		task.Go("ask "+name, func() {
			start := time.Now()
			done := make(chan Check, 1)
			task.Go("probe "+name, func() {
				c := Check{State: Down, Message: "It cannot be asked."}
				defer func() { done <- c }()
				c = probe(ctx)
			})
			var c Check
			select {
			case c = <-done:
			case <-ctx.Done():
				c = Check{State: Down, Message: "No answer in time.", Cause: ctx.Err()}
			}
			c.Latency = time.Since(start)
			if c.State == Up && c.Latency > SlowAfter {
				c.State, c.Message = Degraded, "Slower than it should be."
			}
			ch <- found{name, c}
		})
	}
	r := Report{State: Up, Checks: make(map[string]Check, len(s.probes))}
	for range s.probes {
		f := <-ch
		r.Checks[f.name] = f.check
		switch {
		case f.check.State == Down:
			r.State = Down
		case f.check.State == Degraded && r.State == Up:
			r.State = Degraded
		}
	}
	r.At = s.now()
	s.last, s.made = r, time.Now()
	return r
}
