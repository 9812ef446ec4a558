package webhook

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"

	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/task"
)

// Rendering is an event in the form of a contract.
type Rendering struct {
	ID      string // of the event, as the payload has it: the webhook-id of every attempt
	Type    string
	Payload []byte
}

// Renderer puts events into the form of a contract, which decides what its ids look like. It declines
// an event that the contract does not have, with false. It works from the event alone, without the
// store: whatever becomes of it, the transaction that the event is published in goes on.
type Renderer interface {
	Render(e event.Event) (r Rendering, ok bool, err error)
}

// failures counts events that could not be rendered, by contract.
type failures struct {
	mu sync.Mutex
	by map[string]int
}

func (f *failures) add(contract string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.by[contract]++
}

// RenderFailures returns how many events of each contract were delivered to nobody since the start,
// because their renderer failed or no contract knows their type.
func (s *Service) RenderFailures() map[string]int {
	s.failures.mu.Lock()
	defer s.failures.mu.Unlock()
	return maps.Clone(s.failures.by)
}

var (
	errUnknownType = errors.New("the type of the event is not known")
	errIncomplete  = errors.New("the event was rendered without an id or a type")
	errNoRenderer  = errors.New("the contract has no renderer")
)

// render returns the event in the form of a contract; false when there is nothing to deliver. A
// failure is logged and counted, and is nobody else's.
func (s *Service) render(ctx context.Context, contract string, e event.Event) (Rendering, bool) {
	var r Rendering
	var ok bool
	err := errNoRenderer
	if renderer := s.renderers[contract]; renderer != nil {
		err = task.Run("render an event", func() (err error) {
			r, ok, err = renderer.Render(e)
			return err
		})
	}
	switch {
	case err != nil:
	case ok && (r.ID == "" || r.Type == ""):
		err = errIncomplete
	case !ok && !event.Known(e.Type):
		err = errUnknownType
	default:
		return r, ok
	}
	s.failures.add(contract)
	slog.ErrorContext(ctx, "an event is not delivered", "contract", contract, "type", string(e.Type),
		"event", e.ID.UUID(), "org", e.OrgID.UUID(), "error", err)
	return Rendering{}, false
}
