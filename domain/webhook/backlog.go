package webhook

import (
	"context"
	"log/slog"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
)

// BacklogEvery is how often what waits for endpoints is measured: the quota of an org is exceeded by no
// more than comes in between.
const BacklogEvery = time.Minute

// Backlog is what waits for an endpoint that gets events.
type Backlog struct {
	OrgID      id.ID
	EndpointID id.ID
	Tier       plan.Tier // of the org
	Waiting    plan.Amount
	Full       bool // as it was found the last time
}

// full returns the endpoints that are told of nothing more until their backlog is smaller: when an org
// has more than its plan keeps, those that have more than their share of it. So an endpoint whose receiver
// is down leaves the others of its org alone, and the sum stays within the plan.
func full(backlogs []Backlog) map[id.ID]bool {
	type org struct {
		waiting   plan.Amount
		endpoints int64
	}
	orgs := map[id.ID]org{}
	for _, b := range backlogs {
		o := orgs[b.OrgID]
		orgs[b.OrgID] = org{o.waiting.Plus(b.Waiting), o.endpoints + 1}
	}
	out := map[id.ID]bool{}
	for _, b := range backlogs {
		o, keeps := orgs[b.OrgID], b.Tier.WebhookBacklog()
		out[b.EndpointID] = o.waiting.Items > keeps.Items && b.Waiting.Items > keeps.Items/o.endpoints ||
			o.waiting.Bytes > keeps.Bytes && b.Waiting.Bytes > keeps.Bytes/o.endpoints
	}
	return out
}

// MeasureBacklogs finds out for which endpoints more waits than the plans of their orgs keep. Publish
// declines events for them until they have caught up.
func (s *Service) MeasureBacklogs(ctx context.Context) error {
	backlogs, err := s.repo.Backlogs(ctx)
	if err != nil {
		return err
	}
	now, changed := full(backlogs), map[bool][]id.ID{}
	for _, b := range backlogs {
		is := now[b.EndpointID]
		if is {
			slog.WarnContext(ctx, "events are declined: more waits for the endpoint than the plan keeps",
				"org", b.OrgID.UUID(), "endpoint", b.EndpointID.UUID(), "deliveries", b.Waiting.Items, "bytes", b.Waiting.Bytes)
		}
		if is != b.Full {
			changed[is] = append(changed[is], b.EndpointID)
		}
	}
	for is, ids := range changed {
		if err := s.repo.SetBacklogFull(ctx, ids, is); err != nil {
			return err
		}
	}
	return nil
}

// Declined returns how many deliveries were declined since the start, because too much waited for their
// endpoints.
func (s *Service) Declined() int64 { return s.declined.Load() }
