package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/seo"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store"
)

const upgradeURL = "https://example.com/upgrade"

// metered is one replica's services that know plans.
type metered struct {
	*services
	webhooks *webhook.Service
	seo      *seo.Service
	pixel    *pixel.Service
	dns      inDNS // where proofs are
}

func meter(s *Store, now clock.Clock) *metered {
	return meterWith(s, now, pixel.Options{Random: rand.Float64})
}

// meterWith has proofs looked up in m.dns.
func meterWith(s *Store, now clock.Clock, options pixel.Options) *metered {
	ents := entitlement.NewService(s, s, audit.NewService(s, now, nil), upgradeURL, now)
	m := &metered{services: serveWithin(s, now, ents), dns: inDNS{}}
	options.Prover = m.dns
	m.webhooks = webhook.NewService(s, s, s, m.audit, box(), webhook.Options{Quota: ents.Quota(entitlement.Webhooks)}, now)
	m.seo = seo.NewService(s, s, m.workspaces, m.entitlements.Allowance(entitlement.SEOReports),
		m.entitlements.Stock(entitlement.SEOEntries, entitlement.SEOBytes), now)
	m.pixel = pixel.NewService(s, s, m.workspaces, m.audit, m.entitlements.Allowance(entitlement.PixelEvents),
		m.entitlements.Stock(entitlement.PixelEntries, entitlement.PixelBytes), options, now)
	return m
}

// replicas returns two over one database, with the same clock.
func replicas(t *testing.T, e store.Engine, now clock.Clock) (url string, r [2]*metered) {
	t.Helper()
	url = database(t, e)
	return url, [2]*metered{meter(connect(t, url, now), now), meter(connect(t, url, now), now)}
}

// newWorkspace makes one in an org, on its tier.
func newWorkspace(t testing.TB, s *Store, orgID id.ID, created time.Time) id.ID {
	t.Helper()
	tier, err := s.OrgTier(t.Context(), orgID)
	must(t, err)
	return newWorkspaceOn(t, s, orgID, tier, created)
}

func newWorkspaceOn(
	t testing.TB, s *Store, orgID id.ID, tier plan.Tier, created time.Time, has ...workspace.Capability,
) id.ID {
	t.Helper()
	w := workspace.Workspace{
		ID: id.New(), OrgID: orgID, Name: "W", Slug: unique(), Status: workspace.Active, Tier: tier,
		Settings: workspace.Defaults(), Version: 1, Capabilities: has,
		CreatedAt: created, UpdatedAt: created,
	}
	_, err := s.InsertWorkspace(t.Context(), w)
	must(t, err)
	return w.ID
}

func limited(err error) bool { return fault.IsCode(err, fault.FeatureLimit) }

// find returns one entitlement of a summary.
func (m *metered) find(
	t testing.TB, ctx context.Context, workspaceID id.ID, f entitlement.Feature,
) entitlement.Entitlement {
	t.Helper()
	sum, err := m.entitlements.Summary(ctx, workspaceID)
	must(t, err)
	for _, e := range sum.Entitlements {
		if e.Feature == f {
			return e
		}
	}
	t.Fatalf("%s is not in the summary", f)
	return entitlement.Entitlement{}
}

// Of 200 records at 50 below the limit exactly 50 are admitted, by two replicas, whatever
// the way in which the feature is counted.
func TestParallelRecordsAdmitTheRemainder(t *testing.T) {
	for _, c := range []struct {
		feature entitlement.Feature
		tier    plan.Tier
		limit   int64
	}{
		{entitlement.Posts, plan.Pro, 1000},         // never resets
		{entitlement.APICalls, plan.Free, 1000},     // resets with the month
		{entitlement.SEOReports, plan.Starter, 100}, // in a window of days
		{entitlement.Storage, plan.Pro, 5368709120}, // large
		{entitlement.MCPCalls, plan.Free, 100},      // and small
	} {
		t.Run(string(c.feature), func(t *testing.T) {
			Each(t, func(t *testing.T, e store.Engine) {
				_, r := replicas(t, e, clockAt(noon))
				orgID := newOrg(t, r[0].Store, c.tier)
				ctx, w := as(t, orgID), newWorkspace(t, r[0].Store, orgID, noon)
				_, err := r[0].entitlements.Record(ctx, w, c.feature, c.limit-50, nil)
				must(t, err)
				errs := together(200, func(i int) error {
					_, err := r[i%2].entitlements.Record(ctx, w, c.feature, 1, nil)
					return err
				})
				if ok, no := count(errs, succeeded), count(errs, limited); ok != 50 || no != 150 {
					t.Errorf("%d admitted, %d refused: %v", ok, no, errors.Join(errs...))
				}
				if got := r[1].find(t, ctx, w, c.feature); got.Used != c.limit || *got.Available() != 0 || got.Percentage() != 100 {
					t.Errorf("%+v", got)
				}
			})
		})
	}
}

// A quantity is taken as a whole or not at all, and a refusal names the feature.
func TestRecordRefuses(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		m := meter(connect(t, url, clockAt(noon)), clockAt(noon))
		orgID, other := newOrg(t, m.Store, plan.Free), newOrg(t, m.Store, plan.Free)
		ctx, w, foreign := as(t, orgID), newWorkspace(t, m.Store, orgID, noon), newWorkspace(t, m.Store, other, noon)
		got, err := m.entitlements.Record(ctx, w, entitlement.Posts, 98, map[string]any{"endpoint": "/posts", "n": 1.5})
		if err != nil || got.Used != 98 || *got.Limit != 100 || *got.Available() != 2 || got.Percentage() != 98 {
			t.Fatalf("%+v, %v", got, err)
		}
		_, err = m.entitlements.Record(ctx, w, entitlement.Posts, 3, nil)
		wants(t, err, fault.FeatureLimit)
		var f *fault.Error
		if errors.As(err, &f); f.Details["feature"] != "posts" || f.Details["upgrade_url"] != upgradeURL {
			t.Errorf("%v", f.Details)
		}
		_, err = m.entitlements.Record(ctx, w, entitlement.Posts, entitlement.MaxUsage, nil)
		wants(t, err, fault.FeatureLimit)
		for _, f := range []entitlement.Feature{
			"nonsense", "", entitlement.SSO, entitlement.Workspaces, entitlement.APIKeys,
		} {
			_, err = m.entitlements.Record(ctx, w, f, 1, nil)
			wants(t, err, fault.ValidationFailed)
		}
		for _, n := range []int64{0, -1, entitlement.MaxUsage + 1} {
			_, err = m.entitlements.Record(ctx, w, entitlement.Posts, n, nil)
			wants(t, err, fault.ValidationFailed)
		}
		// A text that is not kept takes the usage back with it.
		_, err = m.entitlements.Record(ctx, w, entitlement.Posts, 1, map[string]any{"a": "\x00"})
		wants(t, err, fault.ValidationFailed)
		for _, id := range []id.ID{foreign, id.New()} {
			_, err = m.entitlements.Record(ctx, id, entitlement.Posts, 1, nil)
			wants(t, err, fault.NotFound)
			_, err = m.entitlements.Check(ctx, id, entitlement.Posts, 1)
			wants(t, err, fault.NotFound)
			_, err = m.entitlements.Summary(ctx, id)
			wants(t, err, fault.NotFound)
			_, err = m.entitlements.Boost(ctx, entitlement.Grant{WorkspaceID: id, Feature: entitlement.Posts, Add: 1})
			wants(t, err, fault.NotFound)
		}
		db := raw(t, url)
		if n := read[int](t, db, "SELECT count(*) FROM usage_counters WHERE workspace_id = $1", foreign); n != 0 {
			t.Errorf("%d counters in another tenant's workspace", n)
		}
		if n := read[int](t, db, "SELECT count(*) FROM usage_records"); n != 1 {
			t.Errorf("%d records", n)
		}
		if got := m.find(t, ctx, w, entitlement.Posts).Used; got != 98 {
			t.Errorf("%d used", got)
		}
	})
}

// A workspace goes by its own tier, though never by a larger one than its org's; what is
// counted from rows goes by the org's. Credentials of another workspace see nothing of it, and
// nobody of one that is deleted.
func TestEntitlementsOfAWorkspace(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		m := meter(open(t, e), clockAt(noon))
		orgID := newOrg(t, m.Store, plan.Starter)
		ctx := as(t, orgID)
		small, large := newWorkspaceOn(t, m.Store, orgID, plan.Free, noon), newWorkspaceOn(t, m.Store, orgID, plan.Agency,
			noon)
		for w, want := range map[id.ID][2]int64{small: {100, 10}, large: {500, 10}} {
			if posts, rows := m.find(t, ctx, w, entitlement.Posts), m.find(t, ctx, w,
				entitlement.Workspaces); *posts.Limit != want[0] || *rows.Limit != want[1] {
				t.Errorf("%d posts, %d workspaces", *posts.Limit, *rows.Limit)
			}
			_, err := m.entitlements.Record(ctx, w, entitlement.Posts, want[0], nil)
			must(t, err)
			_, err = m.entitlements.Record(ctx, w, entitlement.Posts, 1, nil)
			wants(t, err, fault.FeatureLimit)
		}
		if sum, err := m.entitlements.Summary(ctx, large); err != nil || sum.Tier != plan.Starter {
			t.Errorf("%+v, %v", sum.Tier, err)
		}
		p := *identity.From(ctx)
		p.WorkspaceID = large
		refused := func(ctx context.Context) {
			t.Helper()
			_, err := m.entitlements.Record(ctx, small, entitlement.Storage, 1, nil)
			wants(t, err, fault.NotFound)
			_, err = m.entitlements.Summary(ctx, small)
			wants(t, err, fault.NotFound)
			_, err = m.entitlements.Boost(ctx, entitlement.Grant{WorkspaceID: small, Feature: entitlement.Posts, Add: 1})
			wants(t, err, fault.NotFound)
			_, err = m.seo.Submit(ctx, small, seo.Submission{URL: "https://example.com/"})
			wants(t, err, fault.NotFound)
			_, err = m.pixel.Put(ctx, small, "b.example", pixel.Defaults())
			wants(t, err, fault.NotFound)
		}
		refused(identity.With(ctx, &p))
		_, err := m.pixel.Put(ctx, small, "a.example", pixel.Defaults())
		must(t, err)
		must(t, m.workspaces.Delete(ctx, small))
		refused(ctx)
		if kept, err := m.pixel.Track(ctx, hit("https://a.example/")); kept || err != nil {
			t.Errorf("an event of a workspace that is deleted: %v, %v", kept, err)
		}
		if n := m.find(t, ctx, large, entitlement.Workspaces).Used; n != 1 {
			t.Errorf("%d workspaces", n)
		}
		// Its domain is free again.
		if d, err := m.pixel.Put(ctx, large, "a.example", pixel.Defaults()); err != nil || d.WorkspaceID != large {
			t.Errorf("%+v, %v", d, err)
		}
		if kept, err := m.pixel.Track(ctx, hit("https://a.example/")); !kept || err != nil {
			t.Errorf("%v, %v", kept, err)
		}
		calls := m.entitlements.NewCalls()
		calls.Note(orgID, id.ID{})
		calls.Note(orgID, small)
		must(t, calls.Flush(ctx))
		if n := m.find(t, ctx, large, entitlement.APICalls).Used; n != 1 {
			t.Errorf("%d calls", n)
		}
	})
}

func TestCheck(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		m := meter(open(t, e), clockAt(noon))
		free, enterprise := newOrg(t, m.Store, plan.Free), newOrg(t, m.Store, plan.Enterprise)
		w, rich := newWorkspace(t, m.Store, free, noon), newWorkspace(t, m.Store, enterprise, noon)
		_, err := m.entitlements.Record(as(t, free), w, entitlement.Posts, 100, nil)
		must(t, err)
		for _, c := range []struct {
			org, workspace id.ID
			feature        entitlement.Feature
			quantity       int64
			reason         entitlement.Reason
			message        string
		}{
			{free, w, entitlement.Posts, 1, entitlement.LimitExceeded, "Post limit exceeded. Used: 100, Limit: 100"},
			{free, w, entitlement.Storage, 512 << 20, "", ""},
			{
				free, w, entitlement.Storage, 512<<20 + 1, entitlement.LimitExceeded,
				"Storage limit exceeded. Used: 0, Limit: 536870912",
			},
			{free, w, entitlement.Workspaces, 2, "", ""},
			{free, w, entitlement.Workspaces, 3, entitlement.LimitExceeded, "Workspace limit exceeded. Used: 1, Limit: 3"},
			{free, w, entitlement.SSO, 1, entitlement.NotIncluded, "Single sign-on is not included in the plan."},
			{free, w, "nonsense", 1, entitlement.UnknownFeature, "There is no such feature."},
			{enterprise, rich, entitlement.SSO, 1, "", ""},
			{enterprise, rich, entitlement.Posts, 1 << 40, "", ""},
		} {
			d, err := m.entitlements.Check(as(t, c.org), c.workspace, c.feature, c.quantity)
			if err != nil || d.Allowed != (c.reason == "") || d.Reason != c.reason || d.Message != c.message ||
				(d.UpgradeURL == upgradeURL) == d.Allowed {
				t.Errorf("%d %s: %+v, %v", c.quantity, c.feature, d, err)
			}
		}
		// A check records nothing.
		if got := m.find(t, as(t, enterprise), rich, entitlement.Posts); got.Used != 0 || got.Limit != nil ||
			got.Available() != nil || got.Kind != entitlement.Limitless {
			t.Errorf("%+v", got)
		}
	})
}

// Usage of a month is gone with the month, that of a window leaves it day by day, and what
// does not reset stays.
func TestPeriods(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands() // noon of the first of March
		m := meter(connect(t, database(t, e), clock.now), clock.now)
		orgID := newOrg(t, m.Store, plan.Free)
		ctx, w := as(t, orgID), newWorkspace(t, m.Store, orgID, noon)
		record := func(f entitlement.Feature, n int64) {
			t.Helper()
			_, err := m.entitlements.Record(ctx, w, f, n, nil)
			must(t, err)
		}
		used := func(f entitlement.Feature, want int64, reset string) {
			t.Helper()
			got := m.find(t, ctx, w, f)
			at := ""
			if got.ResetAt != nil {
				at = got.ResetAt.Format(time.RFC3339)
			}
			if got.Used != want || at != reset {
				t.Errorf("%s on %s: %d used, reset %s, want %d, %s", f, clock.now(), got.Used, at, want, reset)
			}
		}
		record(entitlement.Posts, 10)
		record(entitlement.APICalls, 1000)
		record(entitlement.SEOReports, 4)
		used(entitlement.SEOReports, 4, "2026-03-31T00:00:00Z")
		clock.forward(10 * 24 * time.Hour)
		record(entitlement.SEOReports, 6)
		_, err := m.entitlements.Record(ctx, w, entitlement.SEOReports, 1, nil)
		wants(t, err, fault.FeatureLimit)
		_, err = m.entitlements.Record(ctx, w, entitlement.APICalls, 1, nil)
		wants(t, err, fault.FeatureLimit)
		used(entitlement.SEOReports, 10, "2026-03-31T00:00:00Z")
		used(entitlement.APICalls, 1000, "2026-04-01T00:00:00Z")
		clock.forward(20*24*time.Hour - 12*time.Hour - time.Microsecond) // the last moment of the thirtieth
		_, err = m.entitlements.Record(ctx, w, entitlement.SEOReports, 1, nil)
		wants(t, err, fault.FeatureLimit)
		clock.forward(time.Microsecond) // the first has left the window
		record(entitlement.SEOReports, 4)
		_, err = m.entitlements.Record(ctx, w, entitlement.SEOReports, 1, nil)
		wants(t, err, fault.FeatureLimit)
		used(entitlement.SEOReports, 10, "2026-04-10T00:00:00Z")
		used(entitlement.APICalls, 1000, "2026-04-01T00:00:00Z")
		clock.forward(24 * time.Hour)
		record(entitlement.APICalls, 7)
		used(entitlement.APICalls, 7, "2026-05-01T00:00:00Z")
		used(entitlement.Posts, 10, "")
		clock.forward(100 * 24 * time.Hour)
		used(entitlement.SEOReports, 0, "")
	})
}

func TestBoosts(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		url := database(t, e)
		m := meter(connect(t, url, clock.now), clock.now)
		orgID := newOrg(t, m.Store, plan.Free)
		ctx, w, other := as(t, orgID), newWorkspace(t, m.Store, orgID, noon), newWorkspace(t, m.Store, orgID, noon)
		boost := func(f entitlement.Feature, add int64, d time.Duration) {
			t.Helper()
			b, err := m.entitlements.Boost(ctx, entitlement.Grant{WorkspaceID: w, Feature: f, Add: add, For: d})
			if err != nil || (b.ExpiresAt == nil) != (d == 0) {
				t.Fatalf("%+v, %v", b, err)
			}
		}
		limit := func(workspaceID id.ID, f entitlement.Feature, want int64) {
			t.Helper()
			if got := m.find(t, ctx, workspaceID, f); *got.Limit != want {
				t.Errorf("%s: limit %d, want %d", f, *got.Limit, want)
			}
		}
		boost(entitlement.Posts, 500, 0)
		boost(entitlement.Posts, 50, 30*24*time.Hour)
		limit(w, entitlement.Posts, 650)
		limit(other, entitlement.Posts, 100)
		_, err := m.entitlements.Record(ctx, w, entitlement.Posts, 650, nil)
		must(t, err)
		clock.forward(30 * 24 * time.Hour)
		limit(w, entitlement.Posts, 600)
		_, err = m.entitlements.Record(ctx, w, entitlement.Posts, 1, nil)
		wants(t, err, fault.FeatureLimit)
		// What is counted for the org is boosted for the org.
		boost(entitlement.Workspaces, 1, 0)
		limit(other, entitlement.Workspaces, 4)
		for _, want := range []fault.Code{"", "", fault.FeatureLimit} {
			if _, err := m.workspaces.Create(ctx, orgID,
				workspace.Create{Name: "More", Settings: workspace.Defaults()}); want != "" {
				wants(t, err, want)
			} else {
				must(t, err)
			}
		}
		for _, g := range []entitlement.Grant{
			{WorkspaceID: w, Feature: "nonsense", Add: 1}, {WorkspaceID: w, Feature: entitlement.SSO, Add: 1},
			{WorkspaceID: w, Feature: entitlement.Posts},
			{WorkspaceID: w, Feature: entitlement.Posts, Add: -1}, {WorkspaceID: w, Feature: entitlement.Posts, Add: 1, For: -1},
		} {
			_, err := m.entitlements.Boost(ctx, g)
			wants(t, err, fault.ValidationFailed)
		}
		rich := newOrg(t, m.Store, plan.Enterprise)
		_, err = m.entitlements.Boost(as(t, rich),
			entitlement.Grant{WorkspaceID: newWorkspace(t, m.Store, rich, noon), Feature: entitlement.Posts, Add: 1})
		wants(t, err, fault.Conflict, "unlimited")
		if n := read[int](t, raw(t, url), "SELECT count(*) FROM audit_entries WHERE action = 'entitlement.boosted'"); n != 3 {
			t.Errorf("%d audit entries", n)
		}
	})
}

// Each threshold is told of once a period, however many records come at once.
func TestThresholdsAreToldOnce(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		url, r := replicas(t, e, clock.now)
		orgID := newOrg(t, r[0].Store, plan.Free)
		ctx, w := as(t, orgID), newWorkspace(t, r[0].Store, orgID, noon)
		record := func(n int64) {
			t.Helper()
			_, err := r[0].entitlements.Record(ctx, w, entitlement.MCPCalls, n, nil)
			must(t, err)
		}
		db := raw(t, url)
		told := func(want string) {
			t.Helper()
			rows, err := db.Query("SELECT after FROM audit_entries WHERE action = 'entitlement.threshold_reached' ORDER BY seq")
			must(t, err)
			defer rows.Close()
			var got []string
			for rows.Next() {
				var text []byte
				var after struct {
					Feature              string
					Percent, Used, Limit int
				}
				must(t, rows.Scan(&text))
				must(t, json.Unmarshal(text, &after))
				if after.Feature != "mcp_calls" || after.Limit != 100 || after.Used != after.Percent {
					t.Errorf("told of %s", text)
				}
				got = append(got, strconv.Itoa(after.Percent))
			}
			must(t, rows.Err())
			if s := strings.Join(got, " "); s != want {
				t.Errorf("told of %s, want %s", s, want)
			}
		}
		record(79)
		told("")
		must(t, together(11, func(i int) error {
			_, err := r[i%2].entitlements.Record(ctx, w, entitlement.MCPCalls, 1, nil)
			return err
		})...)
		told("80 90")
		record(10)
		told("80 90 100")
		_, err := r[1].entitlements.Record(ctx, w, entitlement.MCPCalls, 1, nil)
		wants(t, err, fault.FeatureLimit)
		clock.forward(31 * 24 * time.Hour)
		record(100) // over all three at once: only the largest is news
		told("80 90 100 100")
		if n := read[int](t, db,
			"SELECT count(*) FROM audit_entries WHERE action = 'entitlement.threshold_reached' AND actor_kind <> "+
				"'system'"); n != 0 {
			t.Errorf("%d were told of in a caller's name", n)
		}
	})
}

// An org never has more rows than its plan allows, however many are made at once.
func TestQuotasOfRows(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url, r := replicas(t, e, clock.System)
		orgID := newOrg(t, r[0].Store, plan.Free)
		ctx := as(t, orgID)
		for what, c := range map[string]struct {
			limit  int
			make   func(m *metered) error
			remove func(t *testing.T)
		}{
			"workspaces": {limit: 3, make: func(m *metered) error {
				_, err := m.workspaces.Create(ctx, orgID, workspace.Create{Name: "W", Settings: workspace.Defaults()})
				return err
			}},
			"api_keys": {limit: 5, make: func(m *metered) error {
				_, _, err := m.keys.Create(ctx, orgID, apikey.Create{Name: "K"})
				return err
			}, remove: func(t *testing.T) {
				must(t, r[0].keys.Revoke(ctx, orgID, read[id.ID](t, raw(t, url), "SELECT id FROM api_keys ORDER BY seq LIMIT 1")))
			}},
			"webhooks": {limit: 3, make: func(m *metered) error {
				_, _, err := m.webhooks.Create(ctx,
					webhook.Create{Contract: "platform", URL: "https://example.com/hook", Events: []string{"*"}})
				return err
			}, remove: func(t *testing.T) {
				must(t,
					r[0].webhooks.Delete(ctx, read[id.ID](t, raw(t, url), "SELECT id FROM webhook_endpoints ORDER BY seq LIMIT 1")))
			}},
		} {
			errs := together(20, func(i int) error { return c.make(r[i%2]) })
			if ok, no := count(errs, succeeded), count(errs, limited); ok != c.limit || no != 20-c.limit {
				t.Errorf("%s: %d made, %d refused: %v", what, ok, no, errors.Join(errs...))
			}
			if c.remove == nil {
				continue
			}
			c.remove(t)
			if err := c.make(r[0]); err != nil {
				t.Errorf("%s: there is room again, but %v", what, err)
			}
			if err := c.make(r[1]); !limited(err) {
				t.Errorf("%s: one too many gives %v", what, err)
			}
		}
		// The refused left nothing behind, and the platform told of the limits.
		if n := read[int](t, raw(t, url), "SELECT count(*) FROM audit_entries WHERE action = 'workspace.created'"); n != 3 {
			t.Errorf("%d workspaces were recorded", n)
		}
		if n := read[int](t, raw(t, url),
			"SELECT count(*) FROM audit_entries WHERE action = 'entitlement.threshold_reached' AND target_kind = 'org'"); n < 3 {
			t.Errorf("%d thresholds were told of", n)
		}
	})
}

// A capability is that of the org's plan and, in a workspace, of the smaller of both plans.
func TestCapabilities(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		m := meter(open(t, e), clockAt(noon))
		free, agency := newOrg(t, m.Store, plan.Free), newOrg(t, m.Store, plan.Agency)
		small := newWorkspaceOn(t, m.Store, agency, plan.Pro, noon)
		large := newWorkspaceOn(t, m.Store, agency, plan.Agency, noon)
		beyond := newWorkspaceOn(t, m.Store, free, plan.Agency, noon)
		for _, c := range []struct {
			org, workspace id.ID
			feature        entitlement.Feature
			included       bool
		}{
			{agency, id.ID{}, entitlement.SSO, true}, {agency, large, entitlement.SSO, true},
			{agency, small, entitlement.SSO, false},
			{agency, small, entitlement.CustomDomains, true}, {agency, id.ID{}, entitlement.AuditExport, false},
			{free, id.ID{}, entitlement.SSO, false}, {free, beyond, entitlement.SSO, false},
		} {
			err := m.entitlements.Require(t.Context(), c.org, c.workspace, c.feature)
			if c.included {
				must(t, err)
				continue
			}
			wants(t, err, fault.FeatureLimit)
			if f := fault.Wrap(err); f.Details["feature"] != string(c.feature) || f.Details["upgrade_url"] != upgradeURL {
				t.Errorf("%v", f.Details)
			}
		}
		wants(t, m.entitlements.Require(t.Context(), free, large, entitlement.SSO), fault.NotFound) // another org's
		wants(t, m.entitlements.Require(t.Context(), id.New(), id.ID{}, entitlement.SSO), fault.NotFound)
	})
}

// Calls are counted in the workspace that they act in, or in the org's oldest, also beyond
// the limit, and not lost when the database fails.
func TestCallsAreCounted(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url, r := replicas(t, e, clockAt(noon))
		free, rich, empty := newOrg(t, r[0].Store, plan.Free), newOrg(t, r[0].Store, plan.Enterprise),
			newOrg(t, r[0].Store, plan.Free)
		younger := newWorkspace(t, r[0].Store, free, noon)
		oldest := newWorkspace(t, r[0].Store, free, noon.Add(-time.Hour))
		only := newWorkspace(t, r[0].Store, rich, noon)
		calls := [2]*entitlement.Calls{r[0].entitlements.NewCalls(), r[1].entitlements.NewCalls()}
		must(t, calls[0].Flush(t.Context()))
		must(t, together(2000, func(i int) error {
			c := calls[i%2]
			switch i % 5 {
			case 0, 1, 2:
				c.Note(free, id.ID{})
			case 3:
				c.Note(free, younger)
			case 4:
				c.Note(rich, id.ID{})
			}
			if i%100 == 0 {
				return c.Flush(t.Context())
			}
			return nil
		})...)
		calls[0].Note(empty, id.ID{})
		calls[0].Note(free, id.New()) // of a workspace that is gone
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := calls[1].Flush(ended); err == nil {
			t.Error("a flush that cannot write says nothing")
		}
		must(t, calls[0].Flush(t.Context()), calls[1].Flush(t.Context()))
		for w, want := range map[id.ID]int64{oldest: 1200, younger: 400} {
			if got := r[0].find(t, as(t, free), w, entitlement.APICalls); got.Used != want {
				t.Errorf("%d calls, want %d", got.Used, want)
			}
		}
		if got := r[0].find(t, as(t, free), oldest, entitlement.APICalls); *got.Available() != 0 || got.Percentage() != 120 {
			t.Errorf("beyond the limit: %d available, %v %%", *got.Available(), got.Percentage())
		}
		if got := r[0].find(t, as(t, rich), only, entitlement.APICalls); got.Used != 400 {
			t.Errorf("%d calls", got.Used)
		}
		if n := read[int](t, raw(t, url), "SELECT count(*) FROM usage_counters"); n != 3 {
			t.Errorf("%d counters", n)
		}
	})
}

// More workspaces than a statement takes rows, in different orders from two replicas.
func TestAdmitManyWorkspaces(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		_, r := replicas(t, e, clockAt(noon))
		orgID := newOrg(t, r[0].Store, plan.Free)
		wanted := map[id.ID]int{}
		for range 250 {
			wanted[newWorkspace(t, r[0].Store, orgID, noon)] = 4000
		}
		gone := id.New()
		var sums [4]map[id.ID]int
		must(t, together(4, func(i int) error {
			mine := map[id.ID]int{gone: 1}
			for w, n := range wanted {
				mine[w] = n
			}
			var err error
			sums[i], err = r[i%2].entitlements.Allowance(entitlement.PixelEvents).Admit(t.Context(), mine)
			return err
		})...)
		for w := range wanted { // 10,000 a month: two and a half of four
			if n := sums[0][w] + sums[1][w] + sums[2][w] + sums[3][w]; n != 10_000 {
				t.Fatalf("%d admitted", n)
			}
		}
		if _, ok := sums[0][gone]; ok {
			t.Error("a workspace that does not exist is admitted")
		}
		allowance := r[0].entitlements.Allowance(entitlement.MCPCalls)
		for w := range wanted {
			must(t, allowance.Take(t.Context(), w, 100))
			wants(t, allowance.Take(t.Context(), w, 1), fault.FeatureLimit)
			break
		}
		wants(t, allowance.Take(t.Context(), gone, 1), fault.NotFound)
	})
}

func TestUsageIsCleaned(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		url := database(t, e)
		m := meter(connect(t, url, clock.now), clock.now)
		orgID := newOrg(t, m.Store, plan.Free)
		ctx, w := as(t, orgID), newWorkspace(t, m.Store, orgID, noon)
		for _, f := range []entitlement.Feature{entitlement.Posts, entitlement.APICalls, entitlement.SEOReports} {
			_, err := m.entitlements.Record(ctx, w, f, 1, nil)
			must(t, err)
		}
		db := raw(t, url)
		rows := func(records, counters int) {
			t.Helper()
			must(t, m.entitlements.Clean(t.Context()))
			n, c := read[int](t, db, "SELECT count(*) FROM usage_records"), read[int](t, db,
				"SELECT count(*) FROM usage_counters")
			if n != records || c != counters {
				t.Errorf("%d records, %d counters, want %d, %d", n, c, records, counters)
			}
		}
		rows(3, 6) // a window has one counter for its days and one to hold; what is stored has two
		clock.forward(entitlement.RecordRetention + time.Microsecond)
		rows(0, 6)
		clock.forward(entitlement.CounterRetention)
		rows(0, 4)
		if got := m.find(t, ctx, w, entitlement.Posts); got.Used != 1 {
			t.Errorf("%d posts", got.Used)
		}
		// With the workspace goes everything of it.
		change(t, db, "DELETE FROM workspaces WHERE id = $1", w)
		rows(0, 0)
	})
}
