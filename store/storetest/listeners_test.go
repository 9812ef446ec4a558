package storetest

import (
	"context"
	"testing"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/store"
)

// An audit entry looks whether anybody listens to its org, so that nothing else need ask. What the transaction itself
// changes is seen nevertheless.
func TestListenersThatAnAuditEntryHasLookedFor(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := connect(t, database(t, e), clock.System)
		orgID, otherOrg := newOrg(t, s, plan.Pro), newOrg(t, s, plan.Pro)
		listen := func(ctx context.Context, org id.ID) webhook.Endpoint {
			ep := webhook.Endpoint{
				ID: id.New(), OrgID: org, Contract: "platform", URL: "https://example.com/", Events: []string{"*"},
				Status: webhook.Enabled, Secret: []byte("sealed"), CreatedAt: noon, UpdatedAt: noon,
			}
			must(t, second(s.InsertEndpoint(ctx, ep)))
			return ep
		}
		listening := func(ctx context.Context, org id.ID, want int) {
			t.Helper()
			got, err := s.EnabledEndpoints(ctx, org)
			must(t, err)
			if len(got) != want || s.Unheard(ctx, org) != (want == 0) {
				t.Errorf("%d listen, or it is not known, want %d", len(got), want)
			}
		}
		listen(t.Context(), otherOrg)
		var ep webhook.Endpoint
		must(t, s.InTx(t.Context(), func(ctx context.Context) error {
			recordIn(t, ctx, s, orgID)
			listening(ctx, orgID, 0)
			listening(ctx, otherOrg, 1)
			ep = listen(ctx, orgID)
			listening(ctx, orgID, 1)
			recordIn(t, ctx, s, orgID)
			listening(ctx, orgID, 1)
			return nil
		}))
		must(t, s.InTx(t.Context(), func(ctx context.Context) error {
			ep.Status = webhook.Disabled
			must(t, s.UpdateEndpoint(ctx, ep))
			recordIn(t, ctx, s, orgID)
			listening(ctx, orgID, 0)
			recordIn(t, ctx, s, otherOrg)
			listening(ctx, otherOrg, 1)
			ep.Status = webhook.Enabled
			must(t, s.UpdateEndpoint(ctx, ep))
			listening(ctx, orgID, 1)
			return nil
		}))
		recordIn(t, t.Context(), s, orgID) // without a transaction nothing is remembered
		if s.Unheard(t.Context(), orgID) {
			t.Error("remembered")
		}
	})
}
