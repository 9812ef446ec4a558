package entitlement

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/plan"
)

// No tier has less of anything than a smaller one, and the largest has no limit: the first
// org is on it.
func TestCatalogue(t *testing.T) {
	if len(plan.Tiers()) != len(registry[0].limits) {
		t.Fatalf("limits for %d tiers, not %d", len(registry[0].limits), len(plan.Tiers()))
	}
	seen := map[Feature]bool{}
	for _, d := range registry {
		if seen[d.feature] || d.label == "" || d.monthly && d.window > 0 ||
			d.class != allowance && (d.monthly || d.window > 0 || d.reported) ||
			(d.class == capability) != d.from.Valid() || (d.end() == nil) != (d.sunset == "") {
			t.Errorf("%+v", d)
		}
		seen[d.feature] = true
		before := int64(0)
		for _, tier := range plan.Tiers() {
			n := d.limit(tier, 0)
			switch {
			case d.class == capability:
				if n != 0 {
					t.Errorf("%s is a switch and has a limit", d.feature)
				}
			case tier == plan.Enterprise && d.finite():
				if n < before {
					t.Errorf("%s: %d on %s after %d", d.feature, n, tier, before)
				}
			case tier == plan.Enterprise:
				if n != Unlimited || d.limit(tier, 5) != Unlimited {
					t.Errorf("%s is limited to %d on %s", d.feature, n, tier)
				}
			case n < before || n < 1:
				t.Errorf("%s: %d on %s behind %d", d.feature, n, tier, before)
			}
			before = n
			if !d.enabled(plan.Enterprise) {
				t.Errorf("%s is not in the largest tier", d.feature)
			}
		}
		if d.limit("nonsense", 0) != d.limits[0] {
			t.Errorf("%s: an unknown tier gets %d", d.feature, d.limit("nonsense", 0))
		}
	}
	for f, want := range map[Feature]int64{Posts: 1000, APICalls: 10_000, Storage: 5_368_709_120} { // as published
		if d, _ := define(f); d.limit(plan.Pro, 0) != want {
			t.Errorf("%s: %d on pro", f, d.limit(plan.Pro, 0))
		}
	}
}

// finite reports whether every plan has a limit: what is stored fills the operator's disk. The bytes of objects are
// what the largest plan is sold for, and collections and tables are bounded by what is in them.
func (d definition) finite() bool {
	return d.class == stock && d.feature != ObjectBytes && d.feature != Collections && d.feature != Tables ||
		d.feature == Bindings || d.feature == Members ||
		d.feature == RealmUsers
}

// The page of the quotas has a row for each feature, made from the registry.
func TestTheDocsListTheFeatures(t *testing.T) {
	page, err := os.ReadFile("../../docs/quotas.md")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for _, d := range registry {
		limits := make([]string, len(d.limits))
		for i, tier := range plan.Tiers() {
			switch n := d.limit(tier, 0); {
			case d.class == capability && !d.enabled(tier):
				limits[i] = "–"
			case d.class == capability:
				limits[i] = "yes"
			case n == Unlimited:
				limits[i] = "no limit"
			case d.unit == "bytes" && n >= gib:
				limits[i] = strconv.FormatInt(n/gib, 10) + " GiB"
			case d.unit == "bytes":
				limits[i] = strconv.FormatInt(n/mib, 10) + " MiB"
			default:
				limits[i] = grouped(n)
			}
		}
		how := map[class]string{
			capability: "capability", quota: "rows of the organization", allowance: "used by a workspace",
			stock: "stored by a workspace",
		}[d.class]
		switch {
		case d.monthly:
			how += " in a month"
		case d.window > 0:
			how += " in " + strconv.Itoa(d.window) + " days"
		}
		if d.reported {
			how += ", as callers record it"
		}
		if d.sunset != "" {
			how += "; not enforced, ends on " + d.sunset
		}
		fmt.Fprintf(&want, "| `%s` | %s | %s |\n", d.feature, how, strings.Join(limits, " | "))
	}
	head := "| feature | what counts | free | starter | pro | agency | enterprise |\n|---|---|---|---|---|---|---|\n"
	_, table, _ := strings.Cut(string(page), head)
	table, _, _ = strings.Cut(table, "\n\n")
	if table+"\n" != want.String() {
		t.Errorf("the table of docs/quotas.md is not that of the registry, which is\n%s", want.String())
	}
}

// grouped writes a number with a comma between thousands.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// What the plans promise is enforced, or its end is told.
func TestPromises(t *testing.T) {
	s := NewService(nil, nil, nil, "", nil)
	wire := func(skip Feature) {
		s.enforced = map[Feature]bool{}
		for _, d := range registry {
			if d.feature != skip && d.sunset == "" && !d.reported {
				s.enforced[d.feature] = true
			}
		}
	}
	wire("")
	if err := s.CheckPromises(nil); err != nil {
		t.Error(err)
	}
	if err := s.CheckPromises([]Feature{SSO}); err == nil || !strings.Contains(err.Error(), "sso") {
		t.Errorf("what is enforced is deprecated: %v", err)
	}
	wire(Webhooks)
	if err := s.CheckPromises(nil); err == nil || !strings.Contains(err.Error(), "webhooks") {
		t.Errorf("nothing enforces the number of webhooks: %v", err)
	}
	for what, wrong := range map[string]func(){
		"a quota that is none": func() { s.Quota(Posts) }, "an allowance": func() { s.Allowance(Webhooks) },
		"a stock": func() { s.Stock(Records, Posts) }, "unknown": func() { s.Quota("unknown") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s is given out", what)
				}
			}()
			wrong()
		}()
	}
}

func TestPeriods(t *testing.T) {
	at := time.Date(2024, 2, 29, 23, 59, 59, 999, time.FixedZone("", 2*3600)) // still the 29th in UTC
	date := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	for f, want := range map[Feature][3]time.Time{
		Posts:      {noPeriod, noPeriod, noPeriod},
		APICalls:   {date(2024, 2, 1), date(2024, 2, 1), date(2024, 2, 1)},
		SEOReports: {noPeriod, date(2024, 2, 29), date(2024, 1, 31)},
	} {
		d, _ := define(f)
		if held, bucket, since := d.lockPeriod(at), d.usagePeriod(at),
			d.since(at); held != want[0] || bucket != want[1] || since != want[2] {
			t.Errorf("%s: %s %s %s", f, held, bucket, since)
		}
		if !d.counts(d.usagePeriod(at), at) || d.counts(d.usagePeriod(at.AddDate(0, -2, 0)), at) && f != Posts {
			t.Errorf("%s counts wrongly", f)
		}
	}
}

func TestCrossed(t *testing.T) {
	for _, c := range []struct{ before, after, limit, want int64 }{
		{0, 79, 100, 0}, {79, 80, 100, 80}, {80, 81, 100, 0}, {0, 90, 100, 90}, {89, 100, 100, 100}, {100, 101, 100, 0},
		{0, 1, 1, 100},
		{2, 3, 3, 100}, {1, 2, 3, 0}, {0, 5, Unlimited, 0}, {0, MaxUsage, MaxUsage, 100}, {99, 200, 100, 100},
	} {
		if got := crossed(c.before, c.after, c.limit); int64(got) != c.want {
			t.Errorf("from %d to %d of %d: %d", c.before, c.after, c.limit, got)
		}
	}
	for want, c := range map[float64][2]int64{
		50.01: {5001, 10_000}, 4.5: {45, 1000}, 20: {1 << 30, 5 << 30}, 33.33: {1, 3}, 100: {0, 0},
	} {
		if got := percentage(c[0], c[1]); got != want {
			t.Errorf("%v: %v", c, got)
		}
	}
}
