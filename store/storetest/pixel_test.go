package storetest

import (
	"context"
	"errors"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/txn"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store"
)

func hit(url string) pixel.Hit { return pixel.Hit{Name: pixel.Pageview, URL: url} }

// track returns true when the event was kept; an error fails the test.
func (m *metered) track(t testing.TB, h pixel.Hit) bool {
	t.Helper()
	kept, err := m.pixel.Track(t.Context(), h)
	must(t, err)
	return kept
}

func TestPixelDomains(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		url := database(t, e)
		m := meter(connect(t, url, clock.now), clock.now)
		orgID, other := newOrg(t, m.Store, plan.Free), newOrg(t, m.Store, plan.Free)
		ctx, w, foreign := as(t, orgID), newWorkspace(t, m.Store, orgID, noon), newWorkspace(t, m.Store, other, noon)
		config := pixel.Config{Enabled: true, Features: pixel.Features{Events: true}, SampleRate: 0.25}
		d, err := m.pixel.Put(ctx, w, "WWW.Example.com:8443", config)
		want := pixel.Domain{
			ID: d.ID, Seq: d.Seq, OrgID: orgID, WorkspaceID: w, Name: "www.example.com", Config: config, CreatedAt: noon,
			UpdatedAt: noon,
		}
		if err != nil || d.Seq < 1 || !reflect.DeepEqual(d, want) {
			t.Fatalf("%+v, %v", d, err)
		}
		clock.forward(time.Hour)
		want.Config, want.UpdatedAt = pixel.Defaults(), clock.now()
		if d, err = m.pixel.Put(ctx, w, "www.example.com.", pixel.Defaults()); err != nil || !reflect.DeepEqual(d, want) {
			t.Errorf("%+v, %v", d, err)
		}
		if p, err := m.pixel.Domains(ctx, w, numbered(0, 10, "domain")); err != nil || p.Total != 1 ||
			!reflect.DeepEqual(p.Items[0], want) {
			t.Errorf("%+v, %v", p, err)
		}
		if got, err := m.PixelDomain(t.Context(), "www.example.com"); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v", got, err)
		}
		// Nobody else gets it, whoever asks first among many.
		_, err = m.pixel.Put(as(t, other), foreign, "www.example.com", config)
		wants(t, err, fault.Conflict, "domain_taken")
		second := newWorkspace(t, m.Store, orgID, noon)
		_, err = m.pixel.Put(ctx, second, "www.example.com", config)
		wants(t, err, fault.Conflict, "domain_taken")
		errs := together(8, func(i int) error {
			if i%2 == 0 {
				_, err := m.pixel.Put(ctx, w, "fresh.example.com", pixel.Defaults())
				return err
			}
			_, err := m.pixel.Put(as(t, other), foreign, "fresh.example.com", pixel.Defaults())
			return err
		})
		if ok, no := count(errs, succeeded), count(errs, func(err error) bool {
			return fault.IsCode(err, fault.Conflict)
		}); ok != 4 || no != 4 {
			t.Errorf("%d got it, %d did not: %v", ok, no, errors.Join(errs...))
		}
		for _, bad := range []string{
			"", ".", "a..b", "-a.example", "exa mple.com", "http://example.com", "ex_ample.com", "[::1]", "bücher.example",
			strings.Repeat("a", 64) + ".com", strings.Repeat("abc.", 64) + "com",
		} {
			_, err = m.pixel.Put(ctx, w, bad, pixel.Defaults())
			if !fault.IsCode(err, fault.ValidationFailed) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		for _, rate := range []float64{-0.1, 1.1, math.NaN(), math.Inf(1)} {
			_, err = m.pixel.Put(ctx, w, "a.example", pixel.Config{SampleRate: rate})
			wants(t, err, fault.ValidationFailed)
		}
		for _, id := range []id.ID{foreign, id.New()} {
			_, err = m.pixel.Put(ctx, id, "a.example", pixel.Defaults())
			wants(t, err, fault.NotFound)
			wants(t, m.pixel.Delete(ctx, id, "www.example.com"), fault.NotFound)
			_, err = m.pixel.Domains(ctx, id, numbered(0, 10, "domain"))
			wants(t, err, fault.NotFound)
			_, err = m.pixel.Events(ctx, id, numbered(0, 10, "created_at"))
			wants(t, err, fault.NotFound)
		}
		wants(t, m.pixel.Delete(ctx, second, "www.example.com"), fault.NotFound)
		wants(t, m.pixel.Delete(ctx, w, "nobody.example"), fault.NotFound)
		must(t, m.pixel.Delete(ctx, w, "WWW.example.com"))
		wants(t, m.pixel.Delete(ctx, w, "www.example.com"), fault.NotFound)
		db := raw(t, url)
		for action, n := range map[string]int{
			"pixel_domain.created": 2, "pixel_domain.updated": 4, "pixel_domain.deleted": 1,
		} {
			if got := read[int](t, db, "SELECT count(*) FROM audit_entries WHERE action = $1", action); got < 1 ||
				action == "pixel_domain.deleted" && got != n {
				t.Errorf("%s: %d audit entries", action, got)
			}
		}
		for n := read[int](t, db, "SELECT count(*) FROM pixel_domains WHERE workspace_id = $1",
			second); n < pixel.MaxDomains; n++ {
			_, err = m.pixel.Put(ctx, second, name("d%d.example.com", n), pixel.Defaults())
			must(t, err)
		}
		_, err = m.pixel.Put(ctx, second, "one-more.example.com", pixel.Defaults())
		wants(t, err, fault.Conflict, "too_many_domains")
		if _, err = m.pixel.Put(ctx, second, "d0.example.com", config); err != nil {
			t.Errorf("a domain that is there: %v", err)
		}
	})
}

// inDNS stands for DNS: TXT records by their name.
type inDNS map[string][]string

func (p inDNS) TXT(ctx context.Context, name string) ([]string, error) {
	txn.Outside(ctx, "test of DNS")
	return p[name], nil
}

func (inDNS) File(ctx context.Context, _ string) (string, error) {
	txn.Outside(ctx, "test of a site")
	return "", errors.New("404")
}

func TestAProvenDomainChangesHands(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		url := database(t, e)
		m := meter(connect(t, url, clock.now), clock.now)
		records := m.dns
		first, second := newOrg(t, m.Store, plan.Free), newOrg(t, m.Store, plan.Free)
		squatter, owner := newWorkspace(t, m.Store, first, noon), newWorkspace(t, m.Store, second, noon)
		const site = "example.com"
		for _, w := range []id.ID{squatter, id.New()} { // nobody has it, and no such workspace
			_, err := m.pixel.Verify(as(t, first), w, site)
			wants(t, err, fault.NotFound)
		}
		claim, err := m.pixel.Put(as(t, first), squatter, site, pixel.Config{Enabled: true, SampleRate: 0.5})
		must(t, err)
		if claim.Proven() {
			t.Errorf("%+v", claim)
		}
		_, err = m.pixel.Verify(as(t, second), squatter, site)
		wants(t, err, fault.NotFound)
		_, err = m.pixel.Verify(as(t, second), owner, site)
		wants(t, err, fault.ValidationFailed, "domain_not_proven")
		_, err = m.pixel.Config(t.Context(), site) // remembered
		must(t, err)
		proof := pixel.ProofOf(owner, site)
		records[proof.Record] = []string{"v=spf1", proof.Value}
		_, err = m.pixel.Verify(as(t, first), squatter, site)
		wants(t, err, fault.ValidationFailed, "domain_not_proven")
		clock.forward(time.Hour)
		at := clock.now()
		d, err := m.pixel.Verify(as(t, second), owner, site)
		want := pixel.Domain{
			ID: d.ID, Seq: d.Seq, OrgID: second, WorkspaceID: owner, Name: site, Config: pixel.Defaults(), VerifiedAt: &at,
			CreatedAt: at, UpdatedAt: at,
		}
		if err != nil || d.ID == claim.ID || !reflect.DeepEqual(d, want) {
			t.Fatalf("%+v, %v", d, err)
		}
		if got, err := m.PixelDomain(t.Context(), site); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v", got, err)
		}
		if c, err := m.pixel.Config(t.Context(), site); err != nil || c != pixel.Defaults() {
			t.Errorf("what was remembered is not forgotten: %+v, %v", c, err)
		}
		// A change of the config takes no proof away, and a proof is looked for once.
		clock.forward(time.Hour)
		clear(records)
		want.Config, want.UpdatedAt = pixel.Config{SampleRate: 0.1}, clock.now()
		_, err = m.pixel.Put(as(t, second), owner, site, want.Config)
		must(t, err)
		if got, err := m.pixel.Verify(as(t, second), owner, site); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v", got, err)
		}
		// Each org has its own entry. That of the loser names nobody of the other.
		db := raw(t, url)
		for action, orgID := range map[string]id.ID{"pixel_domain.lost": first, "pixel_domain.verified": second} {
			p, err := m.ListAudit(t.Context(), orgID, page.Query{Limit: 100, Sort: page.Sort{Field: "created_at", Desc: true}})
			must(t, err)
			var found []audit.Entry
			for _, entry := range p.Items {
				if entry.Action == action {
					found = append(found, entry)
				}
			}
			if n := read[int](t, db, "SELECT count(*) FROM audit_entries WHERE action = $1", action); n != 1 || len(found) != 1 {
				t.Fatalf("%s: %d entries, %+v", action, n, found)
			}
			if lost := action == "pixel_domain.lost"; lost != (found[0].ActorKind == identity.System) ||
				lost && (found[0].TargetID != claim.ID || found[0].RequestID != "") {
				t.Errorf("%s: %+v", action, found[0])
			}
		}
		// Deleted and added again, it is to be proven again; what stays of a deleted workspace keeps nobody out.
		must(t, m.pixel.Delete(as(t, second), owner, site))
		if d, err = m.pixel.Put(as(t, second), owner, site, pixel.Defaults()); err != nil || d.Proven() {
			t.Errorf("%+v, %v", d, err)
		}
		records[proof.Record] = []string{proof.Value}
		_, err = m.pixel.Verify(as(t, second), owner, site)
		must(t, err)
		change(t, db, "UPDATE workspaces SET deleted_at = $2 WHERE id = $1", owner, noon)
		_, err = m.pixel.Put(as(t, first), squatter, site, pixel.Defaults())
		must(t, err)
	})
}

// Of several workspaces that prove a domain at once one gets it, on whatever replica, and the
// former one loses it once.
func TestOneOfManyProofsWins(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url, r := replicas(t, e, clock.System)
		squatter := newOrg(t, r[0].Store, plan.Free)
		_, err := r[0].pixel.Put(as(t, squatter), newWorkspace(t, r[0].Store, squatter, noon), "example.com",
			pixel.Defaults())
		must(t, err)
		const n = 6
		var orgs, workspaces [n]id.ID
		records := inDNS{}
		for i := range n {
			orgs[i] = newOrg(t, r[0].Store, plan.Free)
			workspaces[i] = newWorkspace(t, r[0].Store, orgs[i], noon)
			proof := pixel.ProofOf(workspaces[i], "example.com")
			records[proof.Record] = append(records[proof.Record], proof.Value)
		}
		maps.Copy(r[0].dns, records)
		maps.Copy(r[1].dns, records)
		errs := together(n, func(i int) error {
			_, err := r[i%2].pixel.Verify(as(t, orgs[i]), workspaces[i], "example.com")
			return err
		})
		lost := count(errs, func(err error) bool { return fault.IsCode(err, fault.Conflict) })
		if ok := count(errs, succeeded); ok != 1 || lost != n-1 {
			t.Errorf("%d got it: %v", ok, errors.Join(errs...))
		}
		db := raw(t, url)
		for query, want := range map[string]int{
			"SELECT count(*) FROM pixel_domains": 1, "SELECT count(*) FROM pixel_domains WHERE verified_at IS NOT NULL": 1,
			"SELECT count(*) FROM audit_entries WHERE action = 'pixel_domain.lost'":     1,
			"SELECT count(*) FROM audit_entries WHERE action = 'pixel_domain.verified'": 1,
		} {
			if got := read[int](t, db, query); got != want {
				t.Errorf("%s: %d", query, got)
			}
		}
	})
}

// A workspace that has the most domains takes no more, and what fails changes nothing.
func TestATakeOverNeedsRoom(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		m := meter(open(t, e), clock.System)
		records := m.dns
		first, second := newOrg(t, m.Store, plan.Free), newOrg(t, m.Store, plan.Free)
		squatter, owner := newWorkspace(t, m.Store, first, noon), newWorkspace(t, m.Store, second, noon)
		claim, err := m.pixel.Put(as(t, first), squatter, "example.com", pixel.Defaults())
		must(t, err)
		for n := range pixel.MaxDomains {
			_, err := m.pixel.Put(as(t, second), owner, name("d%d.example.com", n), pixel.Defaults())
			must(t, err)
		}
		proof := pixel.ProofOf(owner, "example.com")
		records[proof.Record] = []string{proof.Value}
		_, err = m.pixel.Verify(as(t, second), owner, "example.com")
		wants(t, err, fault.Conflict, "too_many_domains")
		if got, err := m.PixelDomain(t.Context(), "example.com"); err != nil || got.ID != claim.ID {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// Where a proof is required, a domain without one is treated like one that nobody has.
func TestRequiredProof(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		m := meterWith(open(t, e), clock.System, pixel.Options{RequireProof: true, Random: rand.Float64})
		records := m.dns
		orgID := newOrg(t, m.Store, plan.Free)
		w := newWorkspace(t, m.Store, orgID, noon)
		d, err := m.pixel.Put(as(t, orgID), w, "example.com", pixel.Defaults())
		must(t, err)
		for _, proven := range []bool{false, true} {
			if proven {
				records[d.Proof().Record] = []string{d.Proof().Value}
				_, err = m.pixel.Verify(as(t, orgID), w, "example.com")
				must(t, err)
			}
			if got := m.track(t, hit("https://example.com/")); got != proven {
				t.Errorf("proven %v, tracked %v", proven, got)
			}
			if c, err := m.pixel.Config(t.Context(), "example.com"); err != nil || c.Enabled != proven {
				t.Errorf("proven %v: %+v, %v", proven, c, err)
			}
		}
	})
}

func TestPixelConfig(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		_, r := replicas(t, e, clock.System)
		orgID := newOrg(t, r[0].Store, plan.Free)
		ctx, w := as(t, orgID), newWorkspace(t, r[0].Store, orgID, noon)
		config := func(domain string, want pixel.Config) {
			t.Helper()
			if got, err := r[0].pixel.Config(t.Context(), domain); err != nil || got != want {
				t.Errorf("%s: %+v, %v", domain, got, err)
			}
		}
		// What nobody has is remembered too, and forgotten at once when somebody gets it.
		config("example.com", pixel.Config{})
		config("no host", pixel.Config{})
		_, err := r[0].pixel.Put(ctx, w, "example.com", pixel.Defaults())
		must(t, err)
		config("EXAMPLE.com:443", pixel.Defaults())
		config("www.example.com", pixel.Config{})
		other := pixel.Config{Enabled: false, SampleRate: 0.5}
		_, err = r[0].pixel.Put(ctx, w, "example.com", other)
		must(t, err)
		config("example.com", other)
		// Another replica's change is seen later: within CacheTTL this one goes on with what it read.
		_, err = r[1].pixel.Put(ctx, w, "example.com", pixel.Defaults())
		must(t, err)
		config("example.com", other)
		must(t, r[0].pixel.Delete(ctx, w, "example.com"))
		config("example.com", pixel.Config{})
	})
}

func TestTrack(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		m := meter(connect(t, database(t, e), clockAt(noon)), clockAt(noon))
		orgID := newOrg(t, m.Store, plan.Free)
		ctx, w := as(t, orgID), newWorkspace(t, m.Store, orgID, noon)
		put := func(domain string, change func(*pixel.Config)) {
			t.Helper()
			c := pixel.Defaults()
			change(&c)
			_, err := m.pixel.Put(ctx, w, domain, c)
			must(t, err)
		}
		put("all.example", func(*pixel.Config) {})
		put("off.example", func(c *pixel.Config) { c.Enabled = false })
		put("views.example", func(c *pixel.Config) { c.Features = pixel.Features{Pageviews: true} })
		put("events.example", func(c *pixel.Config) { c.Features = pixel.Features{Events: true} })
		put("never.example", func(c *pixel.Config) { c.SampleRate = 0 })
		full := pixel.Hit{
			Name: "sign-up", URL: "https://ALL.example:8443/p?u=%C3%BC#x", Referrer: "https://google.com",
			UserAgent: "Mozilla/5.0 …", SessionID: "s1",
			Properties: map[string]any{"title": `Seite "ü" \u0000`, "n": 1.5, "deep": map[string]any{"a": []any{nil, true}}},
		}
		for _, c := range []struct {
			hit  pixel.Hit
			want bool
		}{
			{full, true}, {hit("http://all.example"), true}, {hit("https://www.all.example/"), false},
			{hit("https://[::1]/"), false}, {hit("https://nobody.example/"), false},
			{hit("https://off.example/"), false}, {hit("https://never.example/"), false},
			{pixel.Hit{Name: pixel.Pageview, URL: "https://views.example/", SessionID: "s2"}, true}, {
				pixel.Hit{Name: "x", URL: "https://views.example/"}, false,
			},
			{hit("https://events.example/"), false}, {pixel.Hit{Name: "x", URL: "https://events.example/"}, true},
		} {
			if got := m.track(t, c.hit); got != c.want {
				t.Errorf("%+v: kept %v", c.hit, got)
			}
		}
		p, err := m.pixel.Events(ctx, w,
			numbered(0, 10, "-event", page.Filter{Field: "event", Op: page.Eq, Value: "sign-up"}))
		must(t, err)
		if p.Total != 1 {
			t.Fatalf("%+v", p)
		}
		got := p.Items[0]
		if got.Seq < 1 || got.Domain != "all.example" || got.URL != full.URL || got.Referrer != full.Referrer ||
			got.UserAgent != full.UserAgent ||
			got.SessionID != "s1" || got.CreatedAt != noon || !strings.Contains(string(got.Properties), `\\u0000`) {
			t.Errorf("%+v %s", got, got.Properties)
		}
		p, err = m.pixel.Events(ctx, w,
			numbered(0, 10, "created_at", page.Filter{Field: "domain", Op: page.Eq, Value: "views.example"}))
		if err != nil || p.Total != 1 || p.Items[0].SessionID != "" || string(p.Items[0].Properties) != "{}" {
			t.Errorf("without sessions: %+v, %v", p, err)
		}
		if got := m.find(t, ctx, w, entitlement.PixelEvents); got.Used != 4 {
			t.Errorf("%d events were counted", got.Used)
		}
		deep := any("x")
		for range 3900 {
			deep = []any{deep}
		}
		if !m.track(t, pixel.Hit{Name: "x", URL: "https://all.example/", Properties: map[string]any{"a": deep}}) {
			t.Error("a deep value is not kept")
		}
		for what, h := range map[string]pixel.Hit{
			"no event": {URL: "https://all.example/"}, "no url": {Name: "x"}, "relative": {Name: "x", URL: "/p"},
			"scheme":     {Name: "x", URL: "javascript://all.example/"},
			"host":       {Name: "x", URL: "https://a b/"},
			"long event": {Name: strings.Repeat("x", 101), URL: "https://all.example/"},
			"long url":   {Name: "x", URL: "https://all.example/" + strings.Repeat("x", pixel.MaxURL)},
			"NUL":        {Name: "x\x00", URL: "https://all.example/"},
			"no UTF-8":   {Name: "x", URL: "https://all.example/", Referrer: "\xff"},
			"long agent": {Name: "x", URL: "https://all.example/", UserAgent: strings.Repeat("x", 1001)},
			"NUL in properties": {
				Name: "x", URL: "https://all.example/", Properties: map[string]any{"a": []any{map[string]any{"b\x00": 1}}},
			},
			"many properties": {
				Name: "x", URL: "https://all.example/", Properties: map[string]any{"a": strings.Repeat("x", pixel.MaxProperties)},
			},
			"properties of no JSON": {Name: "x", URL: "https://all.example/", Properties: map[string]any{"a": math.Inf(1)}},
		} {
			if kept, err := m.pixel.Track(t.Context(), h); kept || !fault.IsCode(err, fault.ValidationFailed) {
				t.Errorf("%s: %v, %v", what, kept, err)
			}
		}
	})
}

// With the numbers given, which events are in the sample is known.
func TestPixelSample(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		numbers := []float64{0, 0.1, 0.2499, 0.25, 0.5, 0.9999, 0.2, 0.3}
		var n atomic.Int64
		random := func() float64 { return numbers[int(n.Add(1)-1)%len(numbers)] }
		m := meterWith(open(t, e), clock.System, pixel.Options{Random: random})
		orgID := newOrg(t, m.Store, plan.Free)
		ctx, w := as(t, orgID), newWorkspace(t, m.Store, orgID, noon)
		for rate, want := range map[float64][]bool{
			0.25: {true, true, true, false, false, false, true, false},
			0:    {false, false, false, false, false, false, false, false},
			1:    {true, true, true, true, true, true, true, true},
		} {
			c := pixel.Defaults()
			c.SampleRate = rate
			_, err := m.pixel.Put(ctx, w, "example.com", c)
			must(t, err)
			for i := range numbers {
				if got := m.track(t, hit("https://example.com/")); got != want[i] {
					t.Errorf("%v of a sample of %v: kept %v", numbers[i], rate, got)
				}
			}
		}
	})
}

// Every event that was said to be kept is there, each once, and no more than the plans have
// room for: of two replicas, of workspaces with and without a limit.
func TestParallelTracksAreKept(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url, r := replicas(t, e, clock.System)
		free, rich := newOrg(t, r[0].Store, plan.Free), newOrg(t, r[0].Store, plan.Enterprise)
		small, large := newWorkspace(t, r[0].Store, free, noon), newWorkspace(t, r[0].Store, rich, noon)
		_, err := r[0].pixel.Put(as(t, free), small, "small.example", pixel.Defaults())
		must(t, err)
		_, err = r[0].pixel.Put(as(t, rich), large, "large.example", pixel.Defaults())
		must(t, err)
		_, err = r[0].entitlements.Record(as(t, free), small, entitlement.PixelEvents, 9_700, nil)
		must(t, err)
		var mu sync.Mutex
		kept := map[string]bool{}
		must(t, together(60, func(i int) error {
			for n := range 40 {
				u := name("https://%s.example/%d/%d", []string{"small", "large"}[n%2], i, n)
				ok, err := r[i%2].pixel.Track(t.Context(), hit(u))
				if err != nil {
					return err
				}
				if ok {
					mu.Lock()
					kept[u] = true
					mu.Unlock()
				}
			}
			return nil
		})...)
		rows, err := raw(t, url).Query("SELECT url FROM pixel_events")
		must(t, err)
		defer rows.Close()
		there := map[string]int{}
		for rows.Next() {
			var u string
			must(t, rows.Scan(&u))
			there[u]++
		}
		must(t, rows.Err())
		for u := range kept {
			if there[u] != 1 {
				t.Errorf("%s was kept, and is there %d times", u, there[u])
			}
		}
		if len(there) != len(kept) || len(kept) != 300+1200 {
			t.Errorf("%d are there, %d were kept", len(there), len(kept))
		}
		if got := r[0].find(t, as(t, free), small, entitlement.PixelEvents); got.Used != 10_000 {
			t.Errorf("%d were counted", got.Used)
		}
		if got := r[0].find(t, as(t, rich), large, entitlement.PixelEvents); got.Used != 1200 {
			t.Errorf("%d were counted", got.Used)
		}
	})
}

// gate is a repository whose writes of events wait, or fail.
type gate struct {
	*Store
	enter chan struct{} // a write has begun
	leave chan error    // what comes of it; nil: it goes on
}

func (g gate) InsertPixelEvents(ctx context.Context, events []pixel.Event) error {
	g.enter <- struct{}{}
	if err := <-g.leave; err != nil {
		return err
	}
	return g.Store.InsertPixelEvents(ctx, events)
}

// While a write is under way events gather for the next; when too many wait, they are
// refused, and one whose write fails is not said to be kept.
func TestTracksWaitForTheirCommit(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s := connect(t, url, clock.System)
		m := meter(s, clock.System)
		orgID := newOrg(t, s, plan.Enterprise)
		w := newWorkspace(t, s, orgID, noon)
		g := gate{s, make(chan struct{}), make(chan error)}
		p := pixel.NewService(s, g, m.workspaces, m.audit, m.entitlements.Allowance(entitlement.PixelEvents),
			m.entitlements.Stock(entitlement.PixelEntries, entitlement.PixelBytes),
			pixel.Options{Random: func() float64 { return 0 }}, clock.System)
		_, err := p.Put(as(t, orgID), w, "example.com", pixel.Defaults())
		must(t, err)
		ctx := patience(t)
		type result struct {
			kept bool
			err  error
		}
		results := make(chan result, 10_000)
		track := func(ctx context.Context) {
			kept, err := p.Track(ctx, hit("https://example.com/"))
			results <- result{kept, err}
		}
		go track(ctx)
		<-g.enter // the first is being written, alone
		// 5000 wait after it; who comes then is refused.
		var wg sync.WaitGroup
		for range 5100 {
			wg.Go(func() { track(ctx) })
		}
		for range 100 {
			if r := <-results; r.kept || !fault.IsCode(r.err, fault.Unavailable) {
				t.Fatalf("%+v", r)
			}
		}
		broken := errors.New("the disk is full")
		g.leave <- broken
		if r := <-results; r.kept || !errors.Is(r.err, broken) {
			t.Errorf("an event that was not written: %+v", r)
		}
		for range 10 { // the rest in batches of 500
			<-g.enter
			g.leave <- nil
		}
		wg.Wait()
		for range 5000 {
			if r := <-results; !r.kept || r.err != nil {
				t.Fatalf("%+v", r)
			}
		}
		db := raw(t, url)
		if n := read[int](t, db, "SELECT count(*) FROM pixel_events"); n != 5000 {
			t.Errorf("%d events", n)
		}
		// The count of what was not written was taken back with it.
		if got := m.find(t, as(t, orgID), w, entitlement.PixelEvents); got.Used != 5000 {
			t.Errorf("%d were counted", got.Used)
		}
		// Nobody waits longer than their own time.
		short, cancel := context.WithCancel(ctx)
		go track(short)
		<-g.enter
		cancel()
		if r := <-results; r.kept || !fault.IsCode(r.err, fault.Timeout) {
			t.Errorf("%+v", r)
		}
		g.leave <- nil
		// A workspace that goes while its event waits fails nobody else.
		other := newWorkspace(t, s, orgID, noon)
		_, err = p.Put(as(t, orgID), other, "other.example.com", pixel.Defaults())
		must(t, err)
		if _, err := p.Config(ctx, "other.example.com"); err != nil { // remembered
			t.Fatal(err)
		}
		change(t, db, "UPDATE workspaces SET deleted_at = $2 WHERE id = $1", other, noon)
		if kept, err := p.Track(ctx, hit("https://other.example.com/")); kept || err != nil {
			t.Errorf("an event of a workspace that is gone: %v, %v", kept, err)
		}
	})
}

func TestPixelEventsAreCleaned(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		url := database(t, e)
		m := meter(connect(t, url, clock.now), clock.now)
		orgID := newOrg(t, m.Store, plan.Enterprise)
		ctx := as(t, orgID)
		for i, days := range []int{1, 30, 365} {
			s := workspace.Defaults()
			s.RetentionDays = days
			w, err := m.workspaces.Create(ctx, orgID, workspace.Create{Name: "W", Settings: s})
			must(t, err)
			_, err = m.pixel.Put(ctx, w.ID, name("d%d.example.com", i), pixel.Defaults())
			must(t, err)
			if !m.track(t, hit(name("https://d%d.example.com/", i))) {
				t.Fatal("not kept")
			}
		}
		for _, c := range []struct{ day, left int }{{1, 3}, {2, 2}, {30, 2}, {31, 1}, {90, 1}, {91, 0}} {
			clock.micros.Store(noon.AddDate(0, 0, c.day).UnixMicro())
			must(t, m.pixel.Clean(t.Context()))
			if n := read[int](t, raw(t, url), "SELECT count(*) FROM pixel_events"); n != c.left {
				t.Errorf("on day %d: %d events, want %d", c.day, n, c.left)
			}
		}
	})
}
