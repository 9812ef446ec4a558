package storetest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store"
)

var newestFirst = page.Query{Limit: 100, Sort: page.Sort{Field: "created_at", Desc: true}}

func TestAuditRoundTrip(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		orgID := newOrg(t, s, plan.Free)
		nested := audit.Fields{
			"name": `Ü "1" <b>&`, "n": 1.5, "big": float64(1 << 53), "on": true, "nothing": nil, "list": []any{"a", 1.0, nil, []any{}},
			"inner": map[string]any{"deep": map[string]any{"x": []any{map[string]any{"y": false}}}}, "": "empty name", "empty": map[string]any{},
		}
		for _, x := range []audit.Entry{
			{ActorKind: identity.Client, ActorID: id.New(), ActorName: "Ä", TargetKind: audit.Workspace, Before: nested, After: audit.Fields{"a": "b"}, RequestID: "req-1"},
			{ActorKind: identity.System, ActorName: "operator", TargetKind: audit.Key, Before: nil, After: nested},
			{ActorKind: identity.Key, ActorID: id.New(), TargetKind: audit.Member, Before: nested, After: nil, RequestID: "r"},
			{ActorKind: identity.User, ActorID: id.New(), TargetKind: audit.Token},
			{ActorKind: identity.User, ActorID: id.New(), TargetKind: audit.Token, Before: audit.Fields{}, After: audit.Fields{}},
		} {
			x.ID, x.OrgID, x.Action, x.TargetID, x.CreatedAt = id.New(), orgID, "thing.done", id.New(), noon.Add(time.Microsecond)
			must(t, s.InsertAudit(t.Context(), x))
			p, err := s.ListAudit(t.Context(), orgID, page.Query{Limit: 1, Sort: newestFirst.Sort, Filters: []page.Filter{eq("target_id", x.TargetID)}})
			if err != nil || len(p.Items) != 1 || !reflect.DeepEqual(p.Items[0], x) {
				t.Errorf("%+v\n comes back as %+v, %v", x, p.Items, err)
			}
		}
	})
}

func TestRecordTellsWhoDidIt(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		at := newHands()
		v := serve(open(t, e), at.now)
		orgID, target := newOrg(t, v.Store, plan.Free), id.New()
		ctx := as(t, orgID)
		must(t, v.audit.Record(ctx, orgID, "thing.done", audit.Key, target, nil, audit.Fields{"a": []string{"b"}, "at": noon, "n": 3}))
		at.forward(time.Second)
		must(t, v.audit.Record(t.Context(), orgID, "thing.undone", audit.Key, target, audit.Fields{"a": map[string]bool{"b": true}}, nil)) // nobody is the operator
		p, err := v.audit.List(ctx, orgID, newestFirst)
		must(t, err)
		want := []audit.Entry{
			{Action: "thing.undone", ActorKind: identity.System, ActorName: "operator", Before: audit.Fields{"a": map[string]any{"b": true}}, CreatedAt: noon.Add(time.Second)},
			{Action: "thing.done", ActorKind: identity.Client, ActorID: identity.From(ctx).ID, ActorName: "tester", RequestID: "req-1", CreatedAt: noon,
				After: audit.Fields{"a": []any{"b"}, "at": "2026-03-01T12:00:00Z", "n": 3.0}},
		}
		for i := range want {
			want[i].ID, want[i].OrgID, want[i].TargetKind, want[i].TargetID = p.Items[i].ID, orgID, audit.Key, target
		}
		if !reflect.DeepEqual(p.Items, want) {
			t.Errorf("%+v", p.Items)
		}
		if _, err := v.audit.List(as(t, newOrg(t, v.Store, plan.Free)), orgID, newestFirst); err == nil {
			t.Error("another org reads it")
		}
		_ = v.InTx(ctx, func(ctx context.Context) error {
			must(t, v.audit.Record(ctx, orgID, "thing.redone", audit.Key, target, nil, nil))
			return errRefused
		})
		if p, err = v.audit.List(ctx, orgID, newestFirst); err != nil || len(p.Items) != 2 {
			t.Errorf("a change that did not happen leaves %d entries, %v", len(p.Items), err)
		}
		// What is to be done for each entry is done in its transaction, or the entry is not made.
		deaf := audit.NewService(v.Store, at.now, func(context.Context) error { return errRefused })
		err = v.InTx(ctx, func(ctx context.Context) error {
			return deaf.Record(ctx, orgID, "thing.redone", audit.Key, target, nil, nil)
		})
		if p, _ = v.audit.List(ctx, orgID, newestFirst); !errors.Is(err, errRefused) || len(p.Items) != 2 {
			t.Errorf("%v, %d entries", err, len(p.Items))
		}
	})
}

// sink remembers what it took, and fails when it is told to.
type sink struct {
	sent  [][]id.ID
	fails func(batch int) (took int, err error)
}

func (s *sink) Send(_ context.Context, entries []audit.Entry) error {
	took, err := len(entries), error(nil)
	if s.fails != nil {
		if n, e := s.fails(len(s.sent)); e != nil {
			took, err = n, e
		}
	}
	batch := make([]id.ID, took)
	for i := range batch {
		batch[i] = entries[i].ID
	}
	s.sent = append(s.sent, batch)
	return err
}

// forgetful fails to note what was exported, once.
type forgetful struct {
	*store.Store
	failed bool
}

func (f *forgetful) MarkAuditExported(ctx context.Context, ids []id.ID, at time.Time) error {
	if !f.failed {
		f.failed = true
		return errRefused
	}
	return f.Store.MarkAuditExported(ctx, ids, at)
}

func TestExportLosesNothing(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, db := connect(t, url, clock.System), raw(t, url)
		orgID := newOrg(t, s, plan.Free)
		ctx := t.Context()
		var all []id.ID
		record := func(ctx context.Context, s *store.Store) error {
			x := audit.Entry{ID: id.NewV4(), OrgID: orgID, Action: "a", ActorKind: identity.System, TargetKind: audit.Org, TargetID: orgID, CreatedAt: noon}
			all = append(all, x.ID)
			return s.InsertAudit(ctx, x)
		}
		must(t, record(ctx, s))
		must(t, s.InTx(ctx, func(ctx context.Context) error {
			for range 699 {
				if err := record(ctx, s); err != nil {
					return err
				}
			}
			return nil
		}))
		marked := func() int {
			return read[int](t, db, "SELECT count(*) FROM audit_entries WHERE exported_at IS NOT NULL")
		}
		service := audit.NewService(s, clock.System, nil)

		// The second batch fails in the middle: some of it arrived, none of it is marked.
		k := &sink{fails: func(batch int) (int, error) {
			if batch == 1 {
				return 123, errRefused
			}
			return 0, nil
		}}
		if err := service.Export(ctx, k); !errors.Is(err, errRefused) || len(k.sent) != 2 || len(k.sent[0]) != 500 {
			t.Fatalf("%v behind %d batches", err, len(k.sent))
		}
		if n := marked(); n != 500 {
			t.Fatalf("%d are marked", n)
		}
		// Then the sink takes a batch, and the process dies before it is noted.
		if err := audit.NewService(&forgetful{Store: s}, clock.System, nil).Export(ctx, k); !errors.Is(err, errRefused) || marked() != 500 {
			t.Fatalf("%v, %d are marked", err, marked())
		}
		must(t, service.Export(ctx, k))
		if n := marked(); n != len(all) {
			t.Fatalf("%d are marked", n)
		}
		// In the order they were recorded; what may have been lost is sent again.
		want := [][]id.ID{all[:500], all[500:623], all[500:], all[500:]}
		if !slices.EqualFunc(k.sent, want, slices.Equal[[]id.ID]) {
			for _, b := range k.sent {
				t.Logf("a batch of %d", len(b))
			}
			t.Fatal("what was sent differs")
		}
		must(t, service.Export(ctx, k))
		if len(k.sent) != len(want) {
			t.Fatal("something is sent when there is nothing")
		}
	})
}

// Entries become visible in another order than they were numbered in: an export must not
// pass over one whose transaction was still open.
func TestExportFindsWhatCommitsLate(t *testing.T) {
	t.Parallel()
	s := open(t, store.Postgres) // SQLite has one writer at a time
	orgID := newOrg(t, s, plan.Free)
	outside := t.Context()
	entry := func() audit.Entry {
		return audit.Entry{ID: id.New(), OrgID: orgID, Action: "a", ActorKind: identity.System, TargetKind: audit.Org, TargetID: orgID, CreatedAt: noon}
	}
	service, k := audit.NewService(s, clock.System, nil), &sink{}
	early, late := entry(), entry()
	must(t, s.InTx(outside, func(ctx context.Context) error {
		must(t, s.InsertAudit(ctx, late))
		must(t, s.InsertAudit(outside, early))
		return service.Export(outside, k)
	}))
	must(t, service.Export(outside, k))
	if !reflect.DeepEqual(k.sent, [][]id.ID{{early.ID}, {late.ID}}) {
		t.Fatalf("%v", k.sent)
	}
}
