package pixel

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
)

// Stock says how much more workspaces may store, and counts what they do.
type Stock interface {
	// Left says it, and holds the counters until the end of the transaction.
	Left(ctx context.Context, workspaces []id.ID) (map[id.ID]plan.Amount, error)
	// Add adds to what workspaces store, or takes from it.
	Add(ctx context.Context, changes map[id.ID]plan.Amount) error
	// Expire has remove delete what is older than the workspaces keep it, at most so many days, and counts it.
	Expire(ctx context.Context, retentions []int, most int,
		remove func(ctx context.Context, retention int, before time.Time, limit int) (map[id.ID]plan.Amount, error)) error
}

// Size returns what the event counts for in the quota of its workspace, in bytes.
func (e Event) Size() int64 {
	return int64(len(e.Name) + len(e.URL) + len(e.Referrer) + len(e.UserAgent) + len(e.SessionID) + len(e.Properties))
}

// admit reports which of the events the plans of their workspaces have room for, in number and
// in bytes, and counts these.
func (s *Service) admit(ctx context.Context, events []Event) ([]bool, error) {
	workspaces := map[id.ID]struct{}{}
	for _, e := range events {
		workspaces[e.WorkspaceID] = struct{}{}
	}
	left, err := s.stock.Left(ctx, slices.Collect(maps.Keys(workspaces)))
	if err != nil {
		return nil, err
	}
	wanted := map[id.ID]int{}
	fits := make([]bool, len(events))
	for i, e := range events {
		after := left[e.WorkspaceID].Minus(plan.Amount{Items: 1, Bytes: e.Size()})
		if fits[i] = after.Items >= 0 && after.Bytes >= 0; fits[i] {
			left[e.WorkspaceID] = after
			wanted[e.WorkspaceID]++
		}
	}
	admitted, err := s.allowance.Admit(ctx, wanted)
	if err != nil {
		return nil, err
	}
	stored := map[id.ID]plan.Amount{}
	for i, e := range events {
		w := e.WorkspaceID
		if fits[i] = fits[i] && admitted[w] > 0; fits[i] {
			admitted[w]--
			stored[w] = stored[w].Plus(plan.Amount{Items: 1, Bytes: e.Size()})
		}
	}
	return fits, s.stock.Add(ctx, stored)
}
