package pixel

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/task"
)

// Events that arrive while others are written are written together next: one commit for
// all of them. An event that finds nothing under way is written at once.
const (
	maxBatch     = 500
	maxQueue     = 5000 // events that wait
	writeTimeout = 10 * time.Second
)

// item is an event that waits for its commit.
type item struct {
	event Event
	done  chan answer
}

type answer struct {
	kept bool
	err  error
}

// keep waits until the event is committed.
func (s *Service) keep(ctx context.Context, e Event) (bool, error) {
	it := &item{event: e, done: make(chan answer, 1)}
	s.mu.Lock()
	if len(s.queue) >= maxQueue {
		s.mu.Unlock()
		return false, &fault.Error{
			Code: fault.Unavailable, Message: "More events arrive than can be kept. Try again.", RetryAfter: time.Second,
		}
	}
	s.queue = append(s.queue, it)
	if !s.flushing {
		s.flushing = true
		task.Go("write pixel events", s.flush)
	}
	s.mu.Unlock()
	select {
	case a := <-it.done:
		return a.kept, a.err
	case <-ctx.Done():
		// It may be written still, but nobody says so.
		return false, fault.New(fault.Timeout, "The event was not confirmed in time.").WithCause(ctx.Err())
	}
}

// flush writes until nothing waits.
func (s *Service) flush() {
	for {
		s.mu.Lock()
		n := min(len(s.queue), maxBatch)
		batch := s.queue[:n:n]
		s.queue = s.queue[n:]
		if n == 0 {
			s.queue, s.flushing = nil, false
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		s.write(batch)
	}
}

func (s *Service) write(batch []*item) {
	// No one caller's: the others' events are in it too.
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	s.writeIn(ctx, batch)
}

// writeIn writes a batch, and in halves when it fails: the one event that the database does
// not take must not take those of others with it. A database that is away is not asked again
// for each.
func (s *Service) writeIn(ctx context.Context, batch []*item) {
	var kept []bool
	err := task.Run("write pixel events", func() (err error) {
		kept, err = s.commit(ctx, batch)
		return err
	})
	if n := len(batch); n > 1 && err != nil && ctx.Err() == nil && !fault.IsCode(err, fault.Unavailable) &&
		!fault.IsCode(err, fault.Timeout) {
		s.writeIn(ctx, batch[:n/2])
		s.writeIn(ctx, batch[n/2:])
		return
	}
	for i, it := range batch {
		a := answer{err: err}
		if err == nil {
			a.kept = kept[i]
		}
		it.done <- a
	}
}

// commit writes the events that there is room for, and says which those are.
func (s *Service) commit(ctx context.Context, batch []*item) ([]bool, error) {
	var kept []bool
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		all := make([]Event, len(batch))
		for i, it := range batch {
			all[i] = it.event
		}
		var err error
		if kept, err = s.admit(ctx, all); err != nil {
			return err
		}
		var events []Event
		for i, e := range all {
			if kept[i] {
				events = append(events, e)
			}
		}
		if len(events) == 0 {
			return nil
		}
		return s.repo.InsertPixelEvents(ctx, events)
	})
	return kept, err
}
