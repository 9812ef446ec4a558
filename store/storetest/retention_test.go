package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/integration"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store"
)

// recordAt writes an entry of a moment.
func recordAt(t *testing.T, ctx context.Context, s *Store, orgID id.ID, at time.Time) id.ID {
	t.Helper()
	e := audit.Entry{
		ID: id.New(), OrgID: orgID, Action: "a", ActorKind: identity.System, TargetKind: audit.Org, TargetID: orgID,
		CreatedAt: at,
	}
	must(t, s.InsertAudit(ctx, e))
	return e.ID
}

// auditIDs returns the entries of an org in the order of their time.
func auditIDs(t *testing.T, s *Store, orgID id.ID) []id.ID {
	t.Helper()
	p, err := s.ListAudit(t.Context(), orgID, page.Query{Limit: 100, Sort: page.Sort{Field: "created_at"}})
	must(t, err)
	ids := []id.ID{}
	for _, e := range p.Items {
		ids = append(ids, e.ID)
	}
	return ids
}

// Each plan keeps the audit trail for its own time, to the last moment.
func TestAuditTrailIsCleanedByPlan(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s, at, ctx := open(t, e), newHands(), t.Context()
		want := map[id.ID][]id.ID{}
		for _, tier := range plan.Tiers() {
			orgID := newOrg(t, s, tier)
			end := noon.AddDate(0, 0, -tier.AuditDays())
			recordAt(t, ctx, s, orgID, end.Add(-time.Microsecond))
			want[orgID] = []id.ID{recordAt(t, ctx, s, orgID, end), recordAt(t, ctx, s, orgID, noon)}
		}
		trail := audit.NewService(s, at.now, nil)
		for range 2 {
			must(t, trail.Clean(ctx))
			for orgID, want := range want {
				if got := auditIDs(t, s, orgID); !slices.Equal(got, want) {
					t.Errorf("left are %v, want %v", got, want)
				}
			}
		}
	})
}

// What a sink was not sent yet stays, whether it is sent to at present or paused.
func TestAuditTrailWaitsForItsSinks(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		at := newHands()
		s, db, ctx := connect(t, url, at.now), raw(t, url), t.Context()
		orgID, other := newOrg(t, s, plan.Free), newOrg(t, s, plan.Free)
		old := noon.AddDate(-1, 0, 0)
		var all []id.ID
		for i := range 4 {
			all = append(all, recordAt(t, ctx, s, orgID, old.Add(time.Duration(i)*time.Hour)))
		}
		recordAt(t, ctx, s, other, old)
		sink := audit.SinkRow{ID: id.New(), SealedURL: []byte{1}, State: audit.SinkActive, DueAt: noon}
		must(t, s.InsertOperatorSink(ctx, sink, noon))
		trail := audit.NewService(s, at.now, nil)
		left := func(want ...id.ID) {
			t.Helper()
			must(t, trail.Clean(ctx))
			if got := auditIDs(t, s, orgID); !slices.Equal(got, want) {
				t.Errorf("left are %v, want %v", got, want)
			}
		}
		left(all...)
		sent := func(n int) {
			t.Helper()
			change(t, db, "UPDATE audit_sinks SET cursor_tx = (SELECT tx FROM audit_entries WHERE id = $1),"+
				" cursor_seq = (SELECT seq FROM audit_entries WHERE id = $1)", all[n-1].UUID())
		}
		sent(2)
		left(all[2:]...)
		change(t, db, "UPDATE audit_sinks SET state = 'paused'")
		left(all[2:]...)
		// A sink of another org is sent none of these.
		change(t, db, "UPDATE audit_sinks SET org_id = $1", other.UUID())
		left()
		if n := len(auditIDs(t, s, other)); n != 1 {
			t.Errorf("the other org has %d entries", n)
		}
	})
}

// A run is deleted some time after its end, unless it is the last of a binding.
func TestSyncRunsAreCleaned(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s, ctx := open(t, e), t.Context()
		w := aWorkspace(t, s)
		bind := func(name string) integration.Binding {
			b := integration.Binding{
				ID: id.New(), OrgID: w.OrgID, WorkspaceID: w.ID, ConnectorID: "c", SchemaVersion: "1.0.0", Name: name,
				Config: []byte("{}"), SealedConfig: []byte{1}, State: integration.Ready, CreatedAt: noon, UpdatedAt: noon,
			}
			must(t, s.InsertBinding(ctx, b))
			return b
		}
		run := func(b integration.Binding, end time.Time) id.ID {
			r := integration.Run{
				ID: id.New(), OrgID: w.OrgID, WorkspaceID: w.ID, BindingID: b.ID, ConnectorID: "c", Trigger: "manual",
				State: integration.Queued, JobID: id.New(), CreatedAt: noon.AddDate(-1, 0, 0),
			}
			must(t, s.InsertRun(ctx, r), s.SetLastRun(ctx, b.ID, r.ID))
			if !end.IsZero() {
				r.State, r.FinishedAt = integration.Succeeded, &end
				if ok, err := s.UpdateRun(ctx, r, id.ID{}); !ok || err != nil {
					t.Fatalf("%v, %v", ok, err)
				}
			}
			return r.ID
		}
		before := noon.Add(-integration.RunRetention)
		old, edge, never := before.Add(-time.Microsecond), before, time.Time{}
		idle, busy, gone := bind("idle"), bind("busy"), bind("gone")
		var want, deleted []id.ID
		deleted = append(deleted, run(idle, old))
		want = append(want, run(idle, edge))
		want = append(want, run(idle, old)) // the last
		deleted = append(deleted, run(busy, old))
		want = append(want, run(busy, never))
		deleted = append(deleted, run(gone, old))
		must(t, s.DeleteBinding(ctx, gone.ID))
		for range 2 {
			must(t, s.DeleteRuns(ctx, before))
			for _, x := range want {
				if _, err := s.Run(ctx, w.OrgID, x); err != nil {
					t.Errorf("a run that stays: %v", err)
				}
			}
			for _, x := range deleted {
				if _, err := s.Run(ctx, w.OrgID, x); err == nil {
					t.Error("a run is kept")
				}
			}
		}
	})
}

// The log of a workspace has a number of calls, the newest; another's is its own.
func TestMCPCallsBeyondTheirNumber(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s, ctx := open(t, e), t.Context()
		full, other := aWorkspace(t, s), aWorkspace(t, s)
		log := func(orgID, workspaceID id.ID, minutes int) id.ID {
			c := mcp.Call{
				ID: id.New(), OrgID: orgID, WorkspaceID: workspaceID, ServerID: "filesystem", Tool: "t",
				ActorKind: identity.System, Status: mcp.Succeeded, CreatedAt: noon.Add(time.Duration(minutes) * time.Minute),
			}
			must(t, s.InsertMCPCall(ctx, c))
			return c.ID
		}
		var want []id.ID
		for i := range 5 {
			want = append(want, log(full.OrgID, full.ID, -i))
		}
		for i := range 3 {
			log(other.OrgID, other.ID, -100-i)
		}
		list := func(workspaceID id.ID) (ids []id.ID) {
			t.Helper()
			p, err := s.ListMCPCalls(ctx, workspaceID, newestFirst)
			must(t, err)
			for _, c := range p.Items {
				ids = append(ids, c.ID)
			}
			return ids
		}
		for _, keep := range []int{6, 5, 3, 3} {
			must(t, s.TrimMCPCalls(ctx, keep))
			if got, want := list(full.ID), want[:min(keep, 5)]; !slices.Equal(got, want) {
				t.Errorf("of %d to keep are left %v, want %v", keep, got, want)
			}
			if n := len(list(other.ID)); n != 3 {
				t.Errorf("%d calls of the other workspace are left", n)
			}
		}
	})
}
