package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/store"
)

// Results are written in parts on SQLite. When a part fails all of them are written again, and nothing counts twice.
func TestManyResultsOfAttempts(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, db := connect(t, url, clock.System), raw(t, url)
		orgID, ctx, many := newOrg(t, s, plan.Pro), t.Context(), 70
		ep := webhook.Endpoint{
			ID: id.New(), OrgID: orgID, Contract: "platform", URL: "https://example.com/", Events: []string{"*"},
			Status: webhook.Enabled, Secret: []byte("sealed"), CreatedAt: noon, UpdatedAt: noon,
		}
		must(t, second(s.InsertEndpoint(ctx, ep)))
		options := webhook.Options{Renderers: map[string]webhook.Renderer{"platform": words(plainly)}}
		service := webhook.NewService(s, s, s, nil, box(), options, clock.System)
		for range many {
			must(t, s.InTx(ctx, func(ctx context.Context) error {
				return service.Publish(ctx, event.New(event.WorkspaceUpdated, orgID, id.ID{}, clock.System(), nil))
			}))
		}
		owner, now := id.New(), clock.System().Add(time.Second)
		claimed, err := s.ClaimDeliveries(ctx, []id.ID{ep.ID}, many, owner, now, now.Add(time.Minute))
		must(t, err)
		results, status := make([]webhook.Result, len(claimed)), 200
		for i, d := range claimed {
			results[i] = webhook.Result{
				EndpointID: ep.ID, OrgID: orgID, State: webhook.Succeeded, FinishedAt: &now, Attempt: webhook.Attempt{
					DeliveryID: d.ID, Number: 1, RequestID: id.New(), At: now, StatusCode: &status,
					Outcome: webhook.OutcomeSucceeded,
				},
			}
		}
		for range 2 {
			must(t, s.FinishAttempts(ctx, owner, results))
			for query, want := range map[string]int{
				"SELECT count(*) FROM webhook_attempts":                                     many,
				"SELECT count(*) FROM webhook_deliveries WHERE state = 'succeeded'":         many,
				"SELECT count(*) FROM webhook_deliveries WHERE leased OR owner IS NOT NULL": 0,
				"SELECT successes FROM webhook_endpoints":                                   many,
			} {
				if n := read[int](t, db, query); n != want {
					t.Errorf("%s: %d, want %d", query, n, want)
				}
			}
		}
	})
}
