package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/seo"
	"github.com/alania-go/alania/store"
)

// Of 200 writes with room for 50, by number or by bytes, exactly 50 are admitted, by two
// replicas at once; what is deleted makes room again.
func TestStoredIsCountedExactly(t *testing.T) {
	for name, size := range map[string]int64{"number": 0, "bytes": 1000} {
		t.Run(name, func(t *testing.T) {
			Each(t, func(t *testing.T, e store.Engine) {
				_, r := replicas(t, e, clockAt(noon))
				orgID := newOrg(t, r[0].Store, plan.Free)
				ctx, w := as(t, orgID), newWorkspace(t, r[0].Store, orgID, noon)
				items, most := r[0].find(t, ctx, w, entitlement.Records), r[0].find(t, ctx, w, entitlement.RecordBytes)
				used := plan.Amount{Items: *items.Limit - 50, Bytes: 7}
				if size > 0 {
					used = plan.Amount{Items: 7, Bytes: *most.Limit - 50*size - 999}
				}
				stock := func(i int) entitlement.Stock {
					return r[i%2].entitlements.Stock(entitlement.Records, entitlement.RecordBytes)
				}
				must(t, stock(0).Change(t.Context(), w, used))
				one := plan.Amount{Items: 1, Bytes: size}
				errs := together(200, func(i int) error { return stock(i).Change(t.Context(), w, one) })
				if ok, no := count(errs, succeeded), count(errs, limited); ok != 50 || no != 150 {
					t.Fatalf("%d admitted, %d refused: %v", ok, no, errors.Join(errs...))
				}
				if got := r[1].find(t, ctx, w, entitlement.Records); got.Used != used.Items+50 {
					t.Errorf("%d records", got.Used)
				}
				wants(t, stock(0).Change(t.Context(), w, one), fault.FeatureLimit)
				// Beyond the limit, what makes it less passes.
				must(t, stock(0).Change(t.Context(), w, plan.Amount{}.Minus(one)))
				must(t, stock(1).Change(t.Context(), w, one))
				// What was never counted cannot be subtracted.
				must(t, stock(0).Add(t.Context(), map[id.ID]plan.Amount{w: {Items: -1 << 40, Bytes: -1 << 50}}))
				if got := r[1].find(t, ctx, w, entitlement.RecordBytes); got.Used != 0 {
					t.Errorf("%d bytes", got.Used)
				}
				wants(t, stock(0).Change(t.Context(), id.New(), one), fault.NotFound)
			})
		})
	}
}

// A transaction that fails counts nothing, and a boost makes room.
func TestStoredInTransactions(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		_, r := replicas(t, e, clockAt(noon))
		m := r[0]
		orgID := newOrg(t, m.Store, plan.Free)
		ctx, w := as(t, orgID), newWorkspace(t, m.Store, orgID, noon)
		stock := m.entitlements.Stock(entitlement.MCPFiles, entitlement.MCPFileBytes)
		boom := errors.New("boom")
		err := m.InTx(t.Context(), func(ctx context.Context) error {
			must(t, stock.Change(ctx, w, plan.Amount{Items: 1, Bytes: 10}))
			return boom
		})
		if !errors.Is(err, boom) || m.find(t, ctx, w, entitlement.MCPFiles).Used != 0 {
			t.Errorf("%v", err)
		}
		limit := *m.find(t, ctx, w, entitlement.MCPFiles).Limit
		must(t, stock.Set(t.Context(), w, plan.Amount{Items: limit, Bytes: 5}))
		must(t, stock.Set(t.Context(), w, plan.Amount{Items: limit, Bytes: 3}))
		if got := m.find(t, ctx, w, entitlement.MCPFileBytes); got.Used != 3 {
			t.Errorf("%d bytes", got.Used)
		}
		wants(t, stock.Change(t.Context(), w, plan.Amount{Items: 1}), fault.FeatureLimit)
		_, err = m.entitlements.Boost(ctx, entitlement.Grant{WorkspaceID: w, Feature: entitlement.MCPFiles, Add: 1})
		must(t, err)
		must(t, stock.Change(t.Context(), w, plan.Amount{Items: 1}))
		wants(t, stock.Change(t.Context(), w, plan.Amount{Items: 1}), fault.FeatureLimit)
	})
}

// The counters say what the tables hold after whatever was written and deleted.
func TestStoredIsWhatIsThere(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		url := database(t, e)
		m := meterWith(connect(t, url, clock.now), clock.now, pixel.Options{Random: func() float64 { return 0 }})
		orgID := newOrg(t, m.Store, plan.Pro)
		ctx, w := as(t, orgID), newWorkspace(t, m.Store, orgID, noon)
		db := raw(t, url)
		agree := func(when string) {
			t.Helper()
			for _, c := range []struct {
				items, bytes entitlement.Feature
				query        string
			}{
				{
					entitlement.UsageRecords, entitlement.UsageRecordBytes,
					"count(*) AS items, COALESCE(sum(size), 0) AS size FROM usage_records",
				},
				{
					entitlement.PixelEntries, entitlement.PixelBytes,
					"count(*) AS items, COALESCE(sum(size), 0) AS size FROM pixel_events",
				},
				{entitlement.SEOEntries, entitlement.SEOBytes, "count(*) + (SELECT count(*) FROM seo_issues) AS items," +
					" COALESCE(sum(size + issues_size), 0) AS size FROM seo_reports"},
			} {
				want := read[int64](t, db, "SELECT items FROM (SELECT "+c.query+") AS x")
				size := read[int64](t, db, "SELECT CAST(size AS BIGINT) FROM (SELECT "+c.query+") AS x")
				items, bytes := m.find(t, ctx, w, c.items), m.find(t, ctx, w, c.bytes)
				if items.Used != want || bytes.Used != size || bytes.Unit != "bytes" || items.Limit == nil || bytes.Limit == nil {
					t.Errorf("%s: %s %d of %d rows, %d of %d bytes", when, c.items, items.Used, want, bytes.Used, size)
				}
			}
		}
		domain := unique() + ".example"
		_, err := m.pixel.Put(ctx, w, domain, pixel.Defaults())
		must(t, err)
		report := func(path string, issues int) {
			t.Helper()
			in := seo.Submission{URL: "https://example.com/" + path}
			for range issues {
				in.Issues = append(in.Issues,
					seo.Finding{Type: "x", Severity: seo.Info, Details: map[string]any{"a": strings.Repeat("b", 100)}})
			}
			_, err := m.seo.Submit(ctx, w, in)
			must(t, err)
		}
		for range 3 {
			_, err := m.entitlements.Record(ctx, w, entitlement.Posts, 1, map[string]any{"a": "bc"})
			must(t, err)
			_, err = m.pixel.Track(ctx,
				pixel.Hit{Name: "a", URL: "https://" + domain + "/[", Properties: map[string]any{"x": "y"}})
			must(t, err)
		}
		report("a", 3)
		report("b", 2)
		agree("written")
		report("a", 1) // takes the place of three issues
		agree("written again")
		clock.forward(91 * 24 * time.Hour)
		must(t, errors.Join(m.entitlements.Clean(t.Context()), m.pixel.Clean(t.Context())))
		agree("cleaned")
		clock.forward(10 * 365 * 24 * time.Hour)
		must(t, m.seo.Clean(t.Context()))
		agree("reports cleaned")
		// The newest report of each page stays, with its issues.
		if n := read[int](t, db, "SELECT count(*) FROM seo_reports"); n != 2 ||
			m.find(t, ctx, w, entitlement.SEOEntries).Used != 5 {
			t.Errorf("%d reports", n)
		}
		if got := m.find(t, ctx, w, entitlement.UsageRecordBytes); got.Used != 0 {
			t.Errorf("%d bytes of usage", got.Used)
		}
	})
}

// What has no room is not kept, and what has is: one long event takes the place of no other's.
func TestPixelEventsBeyondTheirRoom(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		_, r := replicas(t, e, clockAt(noon))
		m := r[0]
		m = &metered{services: m.services, seo: m.seo}
		p := pixel.NewService(m.Store, m.Store, m.workspaces, m.audit, m.entitlements.Allowance(entitlement.PixelEvents),
			m.entitlements.Stock(entitlement.PixelEntries, entitlement.PixelBytes),
			pixel.Options{Random: func() float64 { return 0 }}, clockAt(noon))
		orgID := newOrg(t, m.Store, plan.Free)
		ctx, w := as(t, orgID), newWorkspace(t, m.Store, orgID, noon)
		domain := unique() + ".example"
		_, err := p.Put(ctx, w, domain, pixel.Defaults())
		must(t, err)
		limit := *m.find(t, ctx, w, entitlement.PixelBytes).Limit
		stock := m.entitlements.Stock(entitlement.PixelEntries, entitlement.PixelBytes)
		must(t, stock.Set(t.Context(), w, plan.Amount{Items: 1, Bytes: limit - 1000}))
		track := func(bytes int) bool {
			t.Helper()
			kept, err := p.Track(ctx, pixel.Hit{Name: "a", URL: "https://" + domain + "/", Referrer: strings.Repeat("r", bytes)})
			must(t, err)
			return kept
		}
		if track(1000) || !track(100) || track(1000) || !track(100) {
			t.Error("an event is kept beyond the plan's room, or refused below it")
		}
		must(t, stock.Set(t.Context(), w, plan.Amount{Items: *m.find(t, ctx, w, entitlement.PixelEntries).Limit}))
		if track(0) {
			t.Error("an event is kept beyond the number")
		}
		if got := m.find(t, ctx, w, entitlement.PixelEvents); got.Used != 2 {
			t.Errorf("%d events are counted", got.Used)
		}
	})
}
