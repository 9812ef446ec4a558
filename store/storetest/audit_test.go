package storetest

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/store"
)

var newestFirst = page.Query{Limit: 100, Sort: page.Sort{Field: "created_at", Desc: true}}

func TestAuditRoundTrip(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		orgID := newOrg(t, s, plan.Free)
		nested := audit.Fields{
			"name": `Ü "1" <b>&`, "n": 1.5, "big": float64(1 << 53), "on": true, "nothing": nil,
			"list":  []any{"a", 1.0, nil, []any{}},
			"inner": map[string]any{"deep": map[string]any{"x": []any{map[string]any{"y": false}}}}, "": "empty name",
			"empty": map[string]any{},
		}
		for _, x := range []audit.Entry{
			{
				ActorKind: identity.Client, ActorID: id.New(), ActorName: "Ä", TargetKind: audit.Workspace, Before: nested,
				After: audit.Fields{"a": "b"}, RequestID: "req-1",
			},
			{ActorKind: identity.System, ActorName: "operator", TargetKind: audit.Key, Before: nil, After: nested},
			{ActorKind: identity.Key, ActorID: id.New(), TargetKind: audit.Member, Before: nested, After: nil, RequestID: "r"},
			{ActorKind: identity.User, ActorID: id.New(), TargetKind: audit.Token},
			{
				ActorKind: identity.User, ActorID: id.New(), TargetKind: audit.Token, Before: audit.Fields{}, After: audit.Fields{},
			},
		} {
			x.ID, x.OrgID, x.Action, x.TargetID, x.CreatedAt = id.New(), orgID, "thing.done", id.New(),
				noon.Add(time.Microsecond)
			must(t, s.InsertAudit(t.Context(), x))
			p, err := s.ListAudit(t.Context(), orgID,
				page.Query{Limit: 1, Sort: newestFirst.Sort, Filters: []page.Filter{eq("target_id", x.TargetID)}})
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
		must(t,
			v.audit.Record(ctx, orgID, "thing.done", audit.Key, target, nil,
				audit.Fields{"a": []string{"b"}, "at": noon, "n": 3}))
		at.forward(time.Second)
		// nobody is the operator
		must(t,
			v.audit.Record(t.Context(), orgID, "thing.undone", audit.Key, target, audit.Fields{"a": map[string]bool{"b": true}},
				nil))
		p, err := v.audit.List(ctx, orgID, newestFirst)
		must(t, err)
		want := []audit.Entry{
			{
				Action: "thing.undone", ActorKind: identity.System, ActorName: "operator",
				Before: audit.Fields{"a": map[string]any{"b": true}}, CreatedAt: noon.Add(time.Second),
			},
			{Action: "thing.done", ActorKind: identity.Client, ActorID: identity.From(ctx).ID, ActorName: "tester",
				RequestID: "req-1", CreatedAt: noon,
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

// sink remembers what it took, in order, and how often it was asked.
type sink struct {
	mu    sync.Mutex
	took  []id.ID
	asked int
	fails func(asked int, entries []audit.Entry) (took int, refused bool, err error)
}

func (s *sink) Send(_ context.Context, entries []audit.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := len(entries), error(nil)
	if s.fails != nil {
		if took, refused, e := s.fails(s.asked, entries); e != nil {
			n, err = took, &audit.SendError{Taken: took, Permanent: refused, Cause: e}
		}
	}
	s.asked++
	for _, e := range entries[:n] {
		s.took = append(s.took, e.ID)
	}
	return err
}

func (s *sink) all() []id.ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.took)
}

// exporter makes one of a replica, which sends the entries of all orgs to the sink.
func exporter(t *testing.T, s *Store, k audit.Sink) *audit.Exporter {
	t.Helper()
	box, err := secret.NewBox("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
	must(t, err)
	x := audit.NewExporter(s, box, func(string) (audit.Sink, error) { return k, nil }, id.New(), quiet, clock.System)
	must(t, x.Operator(t.Context(), "https://siem.example/secret"))
	return x
}

// exporting runs exporters until test returns.
func exporting(t *testing.T, test func(), x ...*audit.Exporter) {
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for _, x := range x {
		wg.Go(func() { x.Run(ctx) })
	}
	test()
	cancel()
	wg.Wait()
}

func recordIn(t *testing.T, ctx context.Context, s *Store, orgID id.ID) id.ID {
	t.Helper()
	x := audit.Entry{
		ID: id.NewV4(), OrgID: orgID, Action: "a", ActorKind: identity.System, TargetKind: audit.Org, TargetID: orgID,
		CreatedAt: noon,
	}
	must(t, s.InsertAudit(ctx, x))
	return x.ID
}

// TestExportLosesAndDoublesNothing: two replicas, and a sink that takes a part, fails, and goes on.
func TestExportLosesAndDoublesNothing(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, other := connect(t, url, clock.System), connect(t, url, clock.System)
		db := raw(t, url)
		orgID, ctx := newOrg(t, s, plan.Free), t.Context()
		k := &sink{fails: func(asked int, _ []audit.Entry) (int, bool, error) {
			if asked == 1 {
				return 123, false, errRefused
			}
			return 0, false, nil
		}}
		var want []id.ID
		must(t, s.InTx(ctx, func(ctx context.Context) error {
			for range 700 {
				want = append(want, recordIn(t, ctx, s, orgID))
			}
			return nil
		}))
		exporting(t, func() {
			tasktest.Until(t, "all is sent", func() bool { return len(k.all()) >= len(want) })
			want = append(want, recordIn(t, ctx, other, orgID))
			tasktest.Until(t, "what comes later is sent", func() bool { return len(k.all()) >= len(want) })
		}, exporter(t, s, k), exporter(t, other, k))
		if got := k.all(); !slices.Equal(got, want) {
			t.Errorf("%d of %d were sent, or in another order", len(got), len(want))
		}
		if n := read[int](t, db,
			"SELECT count(*) FROM audit_sinks WHERE owner IS NOT NULL OR lease_until IS NOT NULL"); n != 0 {
			t.Error("a sink is still somebody's")
		}
		// Another process goes on after the last one.
		next := &sink{}
		want = []id.ID{recordIn(t, ctx, s, orgID)}
		exporting(t, func() { tasktest.Until(t, "the next is sent", func() bool { return len(next.all()) > 0 }) },
			exporter(t, s, next))
		if got := next.all(); !slices.Equal(got, want) {
			t.Errorf("another process sends %v", got)
		}
	})
}

// TestARefusedEntryIsSetAside: the others arrive, each once.
func TestARefusedEntryIsSetAside(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, db := connect(t, url, clock.System), raw(t, url)
		orgID, ctx := newOrg(t, s, plan.Free), t.Context()
		var want []id.ID
		var bad id.ID
		for i := range 20 {
			entry := recordIn(t, ctx, s, orgID)
			if i == 7 {
				bad = entry
				continue
			}
			want = append(want, entry)
		}
		tries := 0
		k := &sink{fails: func(_ int, entries []audit.Entry) (int, bool, error) {
			for _, e := range entries {
				if e.ID == bad {
					if len(entries) == 1 {
						tries++
					}
					return 0, true, errRefused
				}
			}
			return 0, false, nil
		}}
		exporting(t, func() { tasktest.Until(t, "the others arrive", func() bool { return len(k.all()) >= len(want) }) },
			exporter(t, s, k))
		if got := k.all(); !slices.Equal(got, want) {
			t.Errorf("%d of %d were sent, or in another order", len(got), len(want))
		}
		if tries != 3 {
			t.Errorf("the entry was tried %d times", tries)
		}
		if n := read[int](t, db, "SELECT set_aside FROM audit_sinks"); n != 1 {
			t.Errorf("%d are set aside", n)
		}
	})
}

// TestASlowSinkDelaysNobody: entries are recorded while the sink holds on to a batch.
func TestASlowSinkDelaysNobody(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		orgID, ctx := newOrg(t, s, plan.Free), t.Context()
		over, asked := make(chan struct{}), make(chan struct{}, 100)
		k := &sink{fails: func(int, []audit.Entry) (int, bool, error) {
			asked <- struct{}{}
			<-over
			return 0, false, nil
		}}
		want := []id.ID{recordIn(t, ctx, s, orgID)}
		exporting(t, func() {
			<-asked
			must(t, s.InTx(ctx, func(ctx context.Context) error {
				want = append(want, recordIn(t, ctx, s, orgID))
				return nil
			}))
			close(over)
			tasktest.Until(t, "all is sent", func() bool { return len(k.all()) >= len(want) })
		}, exporter(t, s, k))
		if got := k.all(); !slices.Equal(got, want) {
			t.Errorf("sent are %v, want %v", got, want)
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
	after := func(c audit.Cursor) []id.ID {
		t.Helper()
		got, err := s.EntriesAfter(outside, orgID, c, 10)
		must(t, err)
		out := make([]id.ID, len(got))
		for i, p := range got {
			out[i] = p.ID
		}
		return out
	}
	var late, early id.ID
	must(t, s.InTx(outside, func(ctx context.Context) error {
		late = recordIn(t, ctx, s, orgID)
		early = recordIn(t, outside, s, orgID)
		if got := after(audit.Cursor{}); len(got) != 0 {
			t.Errorf("while an earlier transaction is open, %v can be passed over", got)
		}
		return nil
	}))
	// A transaction of another database that ends meanwhile counts for a moment.
	tasktest.Until(t, "both are in order", func() bool {
		return slices.Equal(after(audit.Cursor{}), []id.ID{late, early})
	})
}

// TestExportGoesOnBesideAnotherDatabase: what is open in another database of the server writes nothing here.
func TestExportGoesOnBesideAnotherDatabase(t *testing.T) {
	t.Parallel()
	s, elsewhere := open(t, store.Postgres), open(t, store.Postgres)
	orgID, otherOrg, ctx := newOrg(t, s, plan.Free), newOrg(t, elsewhere, plan.Free), t.Context()
	k := &sink{}
	must(t, elsewhere.InTx(ctx, func(inside context.Context) error {
		recordIn(t, inside, elsewhere, otherOrg)
		want := []id.ID{recordIn(t, ctx, s, orgID)}
		exporting(t, func() {
			tasktest.Until(t, "the entry is sent", func() bool { return len(k.all()) > 0 })
		}, exporter(t, s, k))
		if got := k.all(); !slices.Equal(got, want) {
			t.Errorf("sent are %v", got)
		}
		return nil
	}))
}

// TestRestoredTrail: in another cluster transactions are counted from a lower number.
func TestRestoredTrail(t *testing.T) {
	t.Parallel()
	url := database(t, store.Postgres)
	s, db := connect(t, url, clock.System), raw(t, url)
	orgID, ctx := newOrg(t, s, plan.Free), t.Context()
	k := &sink{}
	sent := recordIn(t, ctx, s, orgID)
	exporting(t, func() {
		tasktest.Until(t, "the first is sent", func() bool { return len(k.all()) == 1 })
	}, exporter(t, s, k))
	waits := recordIn(t, ctx, s, orgID)
	change(t, db, "UPDATE audit_entries SET tx = tx + 1000000000000")
	change(t, db, "UPDATE audit_sinks SET cursor_tx = cursor_tx + 1000000000000")
	later := recordIn(t, ctx, s, orgID)
	exporting(t, func() {
		tasktest.Until(t, "the others are sent", func() bool { return len(k.all()) >= 3 })
	}, exporter(t, s, k))
	if got := k.all(); !slices.Equal(got, []id.ID{sent, waits, later}) {
		t.Errorf("sent are %v", got)
	}
}

// TestOperatorSink: its URL is sealed, pauses, changes, and its place stays.
func TestOperatorSink(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, db := connect(t, url, clock.System), raw(t, url)
		orgID, ctx := newOrg(t, s, plan.Free), t.Context()
		k := &sink{}
		x := exporter(t, s, k)
		first := recordIn(t, ctx, s, orgID)
		exporting(t, func() { tasktest.Until(t, "the first is sent", func() bool { return len(k.all()) == 1 }) }, x)
		must(t, x.Operator(ctx, ""))
		second := recordIn(t, ctx, s, orgID)
		if rows, err := s.ClaimSinks(ctx, id.New(), time.Now().Add(time.Hour), time.Now().Add(2*time.Hour), 10); err != nil ||
			len(rows) != 0 {
			t.Errorf("a sink that pauses is due: %v, %v", rows, err)
		}
		must(t, x.Operator(ctx, "https://other.example/"))
		exporting(t, func() { tasktest.Until(t, "it goes on", func() bool { return len(k.all()) == 2 }) }, x)
		if got := k.all(); !slices.Equal(got, []id.ID{first, second}) {
			t.Errorf("sent are %v", got)
		}
		if n := read[int](t, db, "SELECT count(*) FROM audit_sinks"); n != 1 {
			t.Errorf("%d sinks", n)
		}
		row, found, err := s.OperatorSink(ctx)
		if err != nil || !found || bytes.Contains(row.SealedURL, []byte("example")) {
			t.Errorf("%v, %v, or its URL is in the clear", found, err)
		}
	})
}
