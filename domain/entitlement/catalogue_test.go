package entitlement

import (
	"testing"
	"time"

	"github.com/alania-go/alania/domain/plan"
)

// No tier has less of anything than a smaller one, and the largest has no limit: the first
// org is on it.
func TestCatalogue(t *testing.T) {
	if len(plan.Tiers()) != len(catalogue[0].limits) {
		t.Fatalf("limits for %d tiers, not %d", len(catalogue[0].limits), len(plan.Tiers()))
	}
	seen := map[Feature]bool{}
	for _, d := range catalogue {
		if seen[d.feature] || d.label == "" || d.monthly && d.window > 0 ||
			d.counted != recorded && (d.monthly || d.window > 0) ||
			(d.counted == switched) != d.from.Valid() {
			t.Errorf("%+v", d)
		}
		seen[d.feature] = true
		before := int64(0)
		for _, tier := range plan.Tiers() {
			n := d.limit(tier, 0)
			switch {
			case d.counted == switched:
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

// finite reports whether every plan has a limit: what is stored fills the operator's disk.
func (d definition) finite() bool {
	return d.counted == stored || d.feature == Bindings || d.feature == Members
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
