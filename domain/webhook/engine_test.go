package webhook

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

// picky is a store that takes no batch in which a poisonous result is, and is away at first.
type picky struct {
	DispatchRepository
	away, calls int
	poison      map[id.ID]bool
	kept        map[id.ID]int
}

func (p *picky) FinishAttempts(_ context.Context, _ id.ID, results []Result) error {
	p.calls++
	if p.away > 0 {
		p.away--
		return fault.New(fault.Unavailable, "The database is away.")
	}
	for i, r := range results {
		if p.poison[r.Attempt.DeliveryID] {
			if i%2 == 0 {
				panic("it cannot be written")
			}
			return errors.New("it cannot be written")
		}
	}
	for _, r := range results {
		p.kept[r.Attempt.DeliveryID]++
	}
	return nil
}

// TestKeepIsolatesPoison: a result that the store does not take holds up none of the others, and
// what fails because the store is away is written when it is back.
func TestKeepIsolatesPoison(t *testing.T) {
	for _, poisoned := range []int{0, 1, 3} {
		store := &picky{away: 2, poison: map[id.ID]bool{}, kept: map[id.ID]int{}}
		e := &Engine{repo: store, log: slog.New(slog.DiscardHandler), service: &Service{now: time.Now}}
		batch := make([]Result, resultBatch)
		for i := range batch {
			batch[i] = Result{EndpointID: id.New(), State: Cancelled, Attempt: Attempt{DeliveryID: id.New()}}
			if i%37 == 0 && i/37 < poisoned {
				store.poison[batch[i].Attempt.DeliveryID] = true
			}
		}
		e.keep(batch)
		for _, r := range batch {
			want := 1
			if store.poison[r.Attempt.DeliveryID] {
				want = 0
			}
			if n := store.kept[r.Attempt.DeliveryID]; n != want {
				t.Fatalf("with %d poisonous: a result is kept %d times, want %d", poisoned, n, want)
			}
		}
		if most := 3 + poisoned*2*8; store.calls > most {
			t.Errorf("with %d poisonous: %d writes, want at most %d", poisoned, store.calls, most)
		}
	}
}
