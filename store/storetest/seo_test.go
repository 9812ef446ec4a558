package storetest

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/seo"
	"github.com/alania-go/alania/store"
)

func findings(types ...string) []seo.Finding {
	out := make([]seo.Finding, len(types))
	for i, v := range types {
		out[i] = seo.Finding{Type: v, Severity: seo.Warning}
	}
	return out
}

// numbered asks for a page by its number.
func numbered(offset, limit int, sort string, filters ...page.Filter) page.Query {
	return page.Query{Limit: limit, Sort: page.ParseSort(sort), Filters: filters, Offset: offset, Total: true}
}

func TestReportsRoundTrip(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		m := meter(connect(t, url, clockAt(noon)), clockAt(noon))
		orgID := newOrg(t, m.Store, plan.Pro)
		ctx, w := as(t, orgID), newWorkspace(t, m.Store, orgID, noon)
		n := func(v float64) *float64 { return &v }
		r, err := m.seo.Submit(ctx, w, seo.Submission{
			URL: "https://example.com/page?u=%C3%BC", Scores: seo.Scores{Performance: n(85.5), Accessibility: n(0), SEO: n(100)},
			Issues: []seo.Finding{
				{
					Type: "missing_alt", Severity: seo.Critical, Element: `img.hero > "x"`,
					Details: map[string]any{"a": []any{1.5, nil, "ü"}},
				},
			},
		})
		if err != nil || r.Seq < 1 || r.Issues != 1 || r.CreatedAt != noon {
			t.Fatalf("%+v, %v", r, err)
		}
		p, err := m.seo.Issues(ctx, w, numbered(0, 10, "-created_at"))
		must(t, err)
		if p.Total != 1 || len(p.Items) != 1 {
			t.Fatalf("%+v", p)
		}
		want := seo.Issue{
			ID: p.Items[0].ID, Seq: p.Items[0].Seq, WorkspaceID: w, ReportID: r.ID, URL: r.URL, Type: "missing_alt",
			Severity: seo.Critical,
			Element:  `img.hero > "x"`, Details: map[string]any{"a": []any{1.5, nil, "ü"}}, CreatedAt: noon,
		}
		if want.Seq < 1 || !reflect.DeepEqual(p.Items[0], want) {
			t.Errorf("%+v", p.Items[0])
		}
		db := raw(t, url)
		for column, want := range map[string]float64{"performance": 85.5, "accessibility": 0, "seo": 100, "issues": 1} {
			if got := read[float64](t, db, "SELECT "+column+" FROM seo_reports"); got != want {
				t.Errorf("%s is %v", column, got)
			}
		}
		if n := read[int](t, db, "SELECT count(*) FROM seo_reports WHERE best_practices IS NULL"); n != 1 {
			t.Error("a score that was not measured is kept as one")
		}
	})
}

// A newer report of a page takes the place of the issues before, of that page and workspace
// only; every report stays.
func TestIssuesAreThoseOfTheNewestReport(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url, r := replicas(t, e, clockAt(noon))
		orgID := newOrg(t, r[0].Store, plan.Pro)
		ctx, w, other := as(t, orgID), newWorkspace(t, r[0].Store, orgID, noon), newWorkspace(t, r[0].Store, orgID, noon)
		submit := func(workspaceID id.ID, url string, types ...string) {
			t.Helper()
			_, err := r[0].seo.Submit(ctx, workspaceID, seo.Submission{URL: url, Issues: findings(types...)})
			must(t, err)
		}
		open := func(want string, filters ...page.Filter) {
			t.Helper()
			p, err := r[1].seo.Issues(ctx, w, numbered(0, 100, "issue_type", filters...))
			must(t, err)
			var got []string
			for _, i := range p.Items {
				got = append(got, i.Type)
			}
			if s := strings.Join(got, " "); s != want || p.Total != len(got) {
				t.Errorf("%s (%d), want %s", s, p.Total, want)
			}
		}
		const a, b = "https://example.com/a", "https://example.com/b"
		submit(w, a, "a1", "a2")
		submit(w, b, "b1")
		submit(other, a, "x")
		open("a1 a2 b1")
		submit(w, a, "a2", "a3", "a4")
		open("a2 a3 a4 b1")
		submit(w, b) // all mended
		open("a2 a3 a4")
		open("a3", page.Filter{Field: "issue_type", Op: page.Eq, Value: "a3"})
		open("", page.Filter{Field: "severity", Op: page.Eq, Value: "critical"})
		open("a2 a3 a4", page.Filter{Field: "severity", Op: page.Eq, Value: "warning"},
			page.Filter{Field: "created_at", Op: page.Since, Value: noon})
		open("", page.Filter{Field: "created_at", Op: page.After, Value: noon})
		open("a4", page.Filter{Field: "search", Op: page.Has, Value: "A4"})
		// Many at once: the issues are those of one of them.
		must(t, together(12, func(i int) error {
			_, err := r[i%2].seo.Submit(ctx, w, seo.Submission{URL: a, Issues: findings(name("r%02d", i), name("r%02d", i))})
			return err
		})...)
		p, err := r[0].seo.Issues(ctx, w, numbered(0, 100, "created_at"))
		must(t, err)
		if p.Total != 2 || p.Items[0].Type != p.Items[1].Type || p.Items[0].ReportID != p.Items[1].ReportID {
			t.Errorf("%+v", p)
		}
		if n := read[int](t, raw(t, url), "SELECT count(*) FROM seo_reports"); n != 17 {
			t.Errorf("%d reports", n)
		}
		if got := r[0].find(t, ctx, w, "seo_reports"); got.Used != 16 {
			t.Errorf("%d reports were counted", got.Used)
		}
	})
}

func TestReportRefusals(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		m := meter(open(t, e), clockAt(noon))
		orgID, other := newOrg(t, m.Store, plan.Free), newOrg(t, m.Store, plan.Free)
		ctx, w, foreign := as(t, orgID), newWorkspace(t, m.Store, orgID, noon), newWorkspace(t, m.Store, other, noon)
		over := 100.1
		good := seo.Submission{URL: "https://example.com/", Issues: findings("a")}
		for what, in := range map[string]seo.Submission{
			"no url": {}, "relative": {URL: "/page"}, "scheme": {URL: "ftp://example.com/"},
			"userinfo": {URL: "https://user:hunter2@example.com/"},
			"score":    {URL: good.URL, Scores: seo.Scores{SEO: &over}},
			"severity": {URL: good.URL, Issues: []seo.Finding{{Type: "a", Severity: "bad"}}},
			"type":     {URL: good.URL, Issues: findings("")},
			"issues":   {URL: good.URL, Issues: findings(make([]string, seo.MaxIssues+1)...)},
		} {
			_, err := m.seo.Submit(ctx, w, in)
			if !fault.IsCode(err, fault.ValidationFailed) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s: %v", what, err)
			}
		}
		for _, id := range []id.ID{foreign, id.New()} {
			_, err := m.seo.Submit(ctx, id, good)
			wants(t, err, fault.NotFound)
			_, err = m.seo.Issues(ctx, id, numbered(0, 10, "created_at"))
			wants(t, err, fault.NotFound)
		}
		errs := together(20, func(int) error { _, err := m.seo.Submit(ctx, w, good); return err })
		if ok, no := count(errs, succeeded), count(errs, limited); ok != 10 || no != 10 {
			t.Errorf("%d kept, %d refused: %v", ok, no, errors.Join(errs...))
		}
		if got := m.find(t, as(t, other), foreign, "seo_reports"); got.Used != 0 {
			t.Errorf("%d reports in another tenant's workspace", got.Used)
		}
	})
}

// Pages by number, in an order of several fields, and by cursor.
func TestIssuesByPage(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		m := meter(connect(t, database(t, e), clock.now), clock.now)
		orgID := newOrg(t, m.Store, plan.Pro)
		ctx, w := as(t, orgID), newWorkspace(t, m.Store, orgID, noon)
		severities := []seo.Severity{seo.Info, seo.Warning, seo.Error, seo.Critical}
		for i := range 5 {
			in := seo.Submission{URL: name("https://example.com/%d", i)}
			for k := range 50 {
				in.Issues = append(in.Issues, seo.Finding{Type: name("t%03d", (i*50+k)*7%250), Severity: severities[k%4]})
			}
			_, err := m.seo.Submit(ctx, w, in)
			must(t, err)
			clock.forward(time.Second)
		}
		for _, sort := range []string{"created_at", "-created_at", "severity", "-issue_type", "url"} {
			seen := map[id.ID]bool{}
			for offset := 0; offset < 250; offset += 30 {
				q := numbered(offset, 30, sort)
				q.Then = []page.Sort{page.ParseSort("-issue_type")}
				p, err := m.seo.Issues(ctx, w, q)
				must(t, err)
				if p.Total != 250 || len(p.Items) != min(30, 250-offset) {
					t.Fatalf("%s at %d: %d of %d", sort, offset, len(p.Items), p.Total)
				}
				for _, i := range p.Items {
					seen[i.ID] = true
				}
			}
			cursor := page.Query{Limit: 40, Sort: page.ParseSort(sort)}
			n := 0
			for {
				p, err := m.seo.Issues(ctx, w, cursor)
				must(t, err)
				n += len(p.Items)
				if cursor.After = p.Next; p.Next == nil {
					break
				}
			}
			if len(seen) != 250 || n != 250 {
				t.Errorf("%s: %d by number, %d by cursor", sort, len(seen), n)
			}
		}
		if p, err := m.seo.Issues(ctx, w, numbered(1000, 30, "url")); err != nil || p.Total != 250 || len(p.Items) != 0 {
			t.Errorf("beyond the end: %+v, %v", p, err)
		}
	})
}
