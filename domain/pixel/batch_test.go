package pixel

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/txn"
)

// once runs transactions as they come.
type once struct{ txn.Runner }

func (once) InTx(ctx context.Context, fn func(context.Context) error) error { return fn(ctx) }

// room is an Allowance and a Stock that have it.
type room struct{}

func (room) Admit(_ context.Context, wanted map[id.ID]int) (map[id.ID]int, error) { return wanted, nil }

func (room) Left(_ context.Context, workspaces []id.ID) (map[id.ID]plan.Amount, error) {
	left := map[id.ID]plan.Amount{}
	for _, w := range workspaces {
		left[w] = plan.Amount{Items: 1 << 20, Bytes: 1 << 40}
	}
	return left, nil
}

func (room) Add(context.Context, map[id.ID]plan.Amount) error { return nil }

func (room) Expire(
	context.Context, []int, int, func(context.Context, int, time.Time, int) (map[id.ID]plan.Amount, error),
) error {
	return nil
}

// picky keeps no event that is called bad.
type picky struct {
	Repository
	tries, kept atomic.Int64
	err         error
	panics      bool
}

func (p *picky) InsertPixelEvents(_ context.Context, events []Event) error {
	p.tries.Add(1)
	for _, e := range events {
		if e.Name == "bad" {
			if p.panics {
				panic("bad")
			}
			return p.err
		}
	}
	p.kept.Add(int64(len(events)))
	return nil
}

// An event that the database does not take fails alone; one that is away is asked once.
func TestOneBadEventTakesNoOther(t *testing.T) {
	for name, c := range map[string]struct {
		repo  *picky
		fails int
		tries int64
	}{
		"refused": {&picky{err: errors.New("numeric overflow")}, 2, 45},
		"panic":   {&picky{panics: true}, 2, 45},
		"away":    {&picky{err: fault.New(fault.Unavailable, "away")}, maxBatch, 1},
	} {
		s := NewService(once{}, c.repo, nil, nil, room{}, room{}, Options{}, nil)
		batch := make([]*item, maxBatch)
		for i := range batch {
			batch[i] = &item{event: Event{ID: id.New(), WorkspaceID: id.New(), Name: "good"}, done: make(chan answer, 1)}
		}
		batch[3].event.Name, batch[400].event.Name = "bad", "bad"
		s.write(batch)
		fails := 0
		for i, it := range batch {
			a := <-it.done
			if a.err != nil {
				fails++
				if c.fails == 2 && i != 3 && i != 400 {
					t.Errorf("%s: event %d: %v", name, i, a.err)
				}
			}
		}
		if fails != c.fails || c.repo.tries.Load() > c.tries || int(c.repo.kept.Load()) != maxBatch-c.fails {
			t.Errorf("%s: %d fail, %d tries, %d kept", name, fails, c.repo.tries.Load(), c.repo.kept.Load())
		}
	}
}
