package storetest

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/domain/txn"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store"
)

func TestCapabilitiesOfAWorkspace(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		v := serve(open(t, e), clock.System)
		held := map[workspace.Capability]bool{workspace.Storage: true}
		v.listeners.Supports = workspace.Supports{
			workspace.Storage: {Holds: func(ctx context.Context, _ id.ID) (bool, error) {
				if !txn.Open(ctx) {
					t.Error("it is asked outside of the transaction")
				}
				return held[workspace.Storage], nil
			}},
		}
		orgID := newOrg(t, v.Store, plan.Starter)
		ctx := as(t, orgID)
		create := func(list ...workspace.Capability) (workspace.Workspace, error) {
			return v.workspaces.Create(ctx, orgID, workspace.Create{Name: "W", Settings: workspace.Defaults(),
				Capabilities: list})
		}
		w, err := create(workspace.Storage, workspace.Postgres, workspace.Storage)
		must(t, err)
		want := []workspace.Capability{workspace.Postgres, workspace.Storage}
		if read, err := v.workspaces.Get(ctx, w.ID); err != nil || !slices.Equal(read.Capabilities, want) ||
			read.State() != workspace.Active {
			t.Errorf("%+v, %v", read, err)
		}
		_, err = create(workspace.IdentityUsers)
		wants(t, err, fault.FeatureLimit)
		if d := fault.Wrap(err).Details; d["capability"] != "identity" || d["reason"] != workspace.PlanRestriction ||
			d["plan"] != "starter" {
			t.Errorf("%v", d)
		}
		none, err := v.workspaces.Create(ctx, orgID, workspace.Create{
			Name: "None", Settings: workspace.Defaults(), Capabilities: []workspace.Capability{},
		})
		if must(t, err); len(none.Capabilities) != 0 {
			t.Errorf("%+v", none)
		}
		chosen, err := v.workspaces.Create(ctx, orgID, workspace.Create{Name: "Default", Settings: workspace.Defaults()})
		if must(t, err); !slices.Equal(chosen.Capabilities, workspace.DefaultCapabilities(plan.Starter)) {
			t.Errorf("%+v", chosen)
		}

		refusal := func(c workspace.Capability) string {
			t.Helper()
			a, err := v.workspaces.Access(ctx, w.ID)
			must(t, err)
			return a.Refusal(c)
		}
		if r := refusal(workspace.Kafka); r != workspace.NotEnabled {
			t.Errorf("kafka: %q", r)
		}
		if r := refusal(workspace.IdentityUsers); r != workspace.PlanRestriction {
			t.Errorf("identity: %q", r)
		}
		update := func(in workspace.Update) error {
			_, err := v.workspaces.Update(ctx, w.ID, in)
			return err
		}
		wants(t, update(workspace.Update{Capabilities: []workspace.Capability{workspace.Postgres}}), fault.RuleBroken,
			"capability_in_use")
		wants(t, update(workspace.Update{Capabilities: append(want, workspace.IdentityUsers)}), fault.FeatureLimit)
		if r := refusal(workspace.Storage); r != "" {
			t.Errorf("storage: %q", r)
		}
		held[workspace.Storage] = false
		must(t, update(workspace.Update{Capabilities: []workspace.Capability{workspace.Kafka}}))
		if r := refusal(workspace.Storage); r != workspace.NotEnabled { // at once, though it was cached
			t.Errorf("storage: %q", r)
		}
		suspended, active := workspace.Suspended, workspace.Active
		must(t, update(workspace.Update{Status: &suspended}))
		if r := refusal(workspace.Kafka); r != workspace.NotActive {
			t.Errorf("kafka: %q", r)
		}
		must(t, update(workspace.Update{Status: &active}))
		if r := refusal(workspace.Kafka); r != "" {
			t.Errorf("kafka: %q", r)
		}
		for name, ctx := range map[string]context.Context{
			"another org": as(t, newOrg(t, v.Store, plan.Pro)), "another workspace": having(ctx, bound(none.ID)),
		} {
			if _, err := v.workspaces.Access(ctx, w.ID); !fault.IsCode(err, fault.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		must(t, v.workspaces.Delete(ctx, w.ID))
		_, err = v.workspaces.Access(ctx, w.ID)
		wants(t, err, fault.NotFound)
	})
}

// A workspace is shown as provisioning until all that its capabilities need is there; what failed is done again.
func TestProvisioningIsRepeated(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		v := serve(open(t, e), clock.System)
		var kafka, mongo, postgres atomic.Int32
		broken := atomic.Bool{}
		broken.Store(true)
		prepared := func(n *atomic.Int32) func(context.Context, workspace.Workspace) error {
			return func(ctx context.Context, _ workspace.Workspace) error {
				if txn.Open(ctx) {
					t.Error("it is prepared inside of a transaction")
				}
				n.Add(1)
				return nil
			}
		}
		v.listeners.Supports = workspace.Supports{
			workspace.Kafka: {Provision: prepared(&kafka)},
			workspace.Mongo: {Provision: prepared(&mongo)},
			workspace.Postgres: {Provision: func(ctx context.Context, w workspace.Workspace) error {
				if broken.Load() {
					postgres.Add(1)
					return errors.New("the server is down")
				}
				return nil
			}},
		}
		orgID := newOrg(t, v.Store, plan.Starter)
		ctx := as(t, orgID)
		w, err := v.workspaces.Create(ctx, orgID, workspace.Create{
			Name: "W", Settings: workspace.Defaults(),
			Capabilities: []workspace.Capability{workspace.Kafka, workspace.Postgres, workspace.Storage},
		})
		if must(t, err); w.State() != workspace.Provisioning || w.Status != workspace.Active {
			t.Errorf("%+v", w)
		}
		listed := func(state workspace.Status) int {
			t.Helper()
			q := byTime
			q.Filters = []page.Filter{{Field: "status", Op: page.Eq, Value: string(state)}}
			p, err := v.workspaces.ListByState(ctx, q)
			must(t, err)
			return len(p.Items)
		}
		if listed(workspace.Provisioning) != 1 || listed(workspace.Active) != 0 || listed(workspace.Suspended) != 0 {
			t.Error("it is not listed as what it is")
		}
		running, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { v.queue.Run(running); close(done) }()
		now := func() workspace.Workspace {
			t.Helper()
			got, err := v.workspaces.Get(ctx, w.ID)
			must(t, err)
			return got
		}
		tasktest.Until(t, "an attempt fails", func() bool {
			return postgres.Load() > 0 && slices.Equal(now().Pending, []workspace.Capability{workspace.Postgres})
		})
		a, err := v.workspaces.Access(ctx, w.ID)
		must(t, err)
		if a.Refusal(workspace.Postgres) != workspace.NotProvisioned || a.Refusal(workspace.Kafka) != "" ||
			a.Refusal(workspace.Storage) != "" || a.State != workspace.Provisioning {
			t.Errorf("%+v", a)
		}
		// What is taken away is not waited for, and what is added is prepared.
		_, err = v.workspaces.Update(ctx, w.ID, workspace.Update{Capabilities: []workspace.Capability{workspace.Kafka}})
		if must(t, err); now().State() != workspace.Active {
			t.Errorf("%+v", now())
		}
		_, err = v.workspaces.Update(ctx, w.ID,
			workspace.Update{Capabilities: []workspace.Capability{workspace.Kafka, workspace.Mongo, workspace.Postgres}})
		must(t, err)
		tasktest.Until(t, "the other one is prepared", func() bool {
			return slices.Equal(now().Pending, []workspace.Capability{workspace.Postgres})
		})
		broken.Store(false)
		tasktest.Until(t, "the job succeeds at last", func() bool { return now().State() == workspace.Active })
		if kafka.Load() != 1 || mongo.Load() < 1 || listed(workspace.Active) != 1 {
			t.Errorf("kafka was prepared %d times, mongo %d", kafka.Load(), mongo.Load())
		}
		stop()
		<-done
	})
}
