package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/idempotency"
	"github.com/alania-go/alania/domain/integration"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/store"
)

// An endpoint with more deliveries than one transaction should change: the caller is told of
// all, the first are changed at once, and a job does the rest, each some at a time.
func TestManyDeliveriesAreChangedInSlices(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		const n = 2500
		clock := newHands()
		url := database(t, e)
		s, db := connect(t, url, clock.now), raw(t, url)
		orgID := newOrg(t, s, plan.Pro)
		queue := job.NewQueue(s, s, quiet, clock.now)
		trail := audit.NewService(s, clock.now, nil)
		hooks := webhook.NewService(s, s, s, trail, box(), webhook.Options{Queue: queue}, clock.now)
		ep := webhook.Endpoint{
			ID: id.New(), OrgID: orgID, Contract: "platform", URL: "https://example.com/", Events: []string{"*"},
			Status: webhook.Enabled,
			Secret: []byte("sealed"), CreatedAt: noon, UpdatedAt: noon,
		}
		must(t, second(s.InsertEndpoint(t.Context(), ep)))
		made := make([]webhook.Delivery, n)
		for i := range made {
			made[i] = webhook.Delivery{
				ID: id.New(), OrgID: orgID, EndpointID: ep.ID, EventID: id.New(), EventType: "a.b", Contract: "platform",
				State: webhook.Pending, DueAt: noon.Add(time.Hour), CreatedAt: noon,
			}
		}
		must(t, s.InTx(t.Context(), func(ctx context.Context) error {
			return s.InsertDeliveries(ctx, id.New(), make([]bool, n), made)
		}))
		in := func(state webhook.State) int {
			t.Helper()
			return read[int](t, db, "SELECT count(*) FROM webhook_deliveries WHERE state = $1", string(state))
		}
		work := func() {
			t.Helper()
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() { queue.Run(ctx); close(done) }()
			defer func() { stop(); <-done }()
			tasktest.Until(t, "the job ends", func() bool {
				return read[int](t, db, "SELECT count(*) FROM jobs WHERE state <> 'done'") == 0
			})
		}
		ctx := as(t, orgID)
		clock.forward(time.Minute)
		disabled := webhook.Disabled
		must(t, second(hooks.Update(ctx, ep.ID, webhook.Update{Status: &disabled})))
		if now := in(webhook.Cancelled); now == 0 || now >= n {
			t.Errorf("%d of %d are cancelled in the transaction of the change", now, n)
		}
		work()
		if now := in(webhook.Cancelled); now != n {
			t.Fatalf("%d of %d are cancelled", now, n)
		}
		enabled := webhook.Enabled
		clock.forward(time.Minute)
		must(t, second(hooks.Update(ctx, ep.ID, webhook.Update{Status: &enabled})))
		told, err := hooks.Recover(ctx, ep.ID, noon.Add(-time.Hour), nil)
		must(t, err)
		if told != n {
			t.Errorf("the caller is told of %d", told)
		}
		if now := in(webhook.Pending); now == 0 || now >= n {
			t.Errorf("%d of %d are recovered in the transaction of the request", now, n)
		}
		// What fails again while the rest is recovered is left alone.
		clock.forward(time.Minute)
		change(t, db, "UPDATE webhook_deliveries SET state = 'failed', finished_at = $1 WHERE id = $2", clock.now(),
			read[string](t, db, "SELECT id FROM webhook_deliveries WHERE state = 'pending' LIMIT 1"))
		work()
		if pending, failed := in(webhook.Pending), in(webhook.Failed); pending != n-1 || failed != 1 {
			t.Errorf("%d are pending and %d failed", pending, failed)
		}
		if told, err = hooks.Recover(ctx, ep.ID, noon.Add(-time.Hour), nil); err != nil || told != 1 {
			t.Errorf("a second time: %d, %v", told, err)
		}
	})
}

// Whatever is cleaned away goes in slices, to the last row.
func TestCleaningManyRows(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		const n = 2100
		url := database(t, e)
		clock := newHands()
		s, db := connect(t, url, clock.now), raw(t, url)
		orgID := newOrg(t, s, plan.Free)
		workspaceID := newWorkspace(t, s, orgID, noon)
		must(t, s.InTx(t.Context(), func(ctx context.Context) error {
			for i := range n {
				recordAt(t, ctx, s, orgID, noon)
				r := integration.Run{
					ID: id.New(), OrgID: orgID, WorkspaceID: workspaceID, BindingID: id.New(), JobID: id.New(),
					State: integration.Queued, CreatedAt: noon,
				}
				if err := s.InsertRun(ctx, r); err != nil {
					return err
				}
				_, err := s.InsertClaim(ctx, idempotency.Record{
					Scope: []byte(name("%d", i)), Request: []byte("r"), Owner: id.New(), LockedUntil: noon, CreatedAt: noon,
					ExpiresAt: noon,
				})
				if err != nil {
					return err
				}
				if _, err := s.InsertJob(ctx,
					job.Job{ID: id.New(), Kind: work, State: job.Queued, RunAt: noon, CreatedAt: noon}); err != nil {
					return err
				}
			}
			return nil
		}))
		change(t, db, "UPDATE jobs SET state = 'done', finished_at = $1", noon)
		change(t, db, "UPDATE sync_runs SET state = 'failed', finished_at = $1", noon)
		clean := func(now time.Time) {
			t.Helper()
			ctx := t.Context()
			must(t, s.DeleteExpiredClaims(ctx, now), s.DeleteFinishedJobs(ctx, now), s.DeleteRuns(ctx, now),
				s.DeleteAudit(ctx, orgID, now))
		}
		tables := []string{"idempotency_keys", "jobs", "sync_runs", "audit_entries"}
		clean(noon)
		for _, table := range tables {
			if got := read[int](t, db, "SELECT count(*) FROM "+table); got != n {
				t.Errorf("%d of %s are left before their time", got, table)
			}
		}
		clean(noon.Add(time.Second))
		for _, table := range tables {
			if got := read[int](t, db, "SELECT count(*) FROM "+table); got != 0 {
				t.Errorf("%d of %s are left", got, table)
			}
		}
	})
}
