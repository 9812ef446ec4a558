package entitlement

import (
	"math"
	"time"

	"github.com/alania-go/alania/domain/plan"
)

// Feature names something that a plan allows.
type Feature string

// The features.
const (
	Workspaces    Feature = "workspaces"
	APIKeys       Feature = "api_keys"
	Webhooks      Feature = "webhooks"
	APICalls      Feature = "api_calls"
	Posts         Feature = "posts"
	Storage       Feature = "storage"
	MCPCalls      Feature = "mcp_calls"
	PixelEvents   Feature = "pixel_events"
	SEOReports    Feature = "seo_reports"
	CustomDomains Feature = "custom_domains"
	SSO           Feature = "sso"
	AuditExport   Feature = "audit_export"
)

// Unlimited is the limit of what a plan does not limit.
const Unlimited int64 = -1

// MaxUsage bounds every counter: the largest integer that JSON's readers hold exactly.
const MaxUsage int64 = 1<<53 - 1

// definition is a row of the catalogue. A feature is switched on from a tier up, or it has
// a limit for each tier.
type definition struct {
	feature Feature
	label   string    // one of them, in words
	unit    string    // of the figures; empty: they count things
	from    plan.Tier // of a switch; empty: there are limits
	limits  [5]int64  // from the smallest tier
	// When usage starts again from zero: never, with the calendar month (UTC), or day by day
	// as days leave a window that ends today.
	monthly bool
	window  int // in days
	// live usage is the number of the org's rows: it cannot be recorded.
	live bool
}

const mib = 1 << 20

var catalogue = []definition{
	{feature: Workspaces, label: "Workspace", live: true, limits: [5]int64{3, 10, 50, 250, Unlimited}},
	{feature: APIKeys, label: "API key", live: true, limits: [5]int64{5, 20, 100, 500, Unlimited}},
	{feature: Webhooks, label: "Webhook", live: true, limits: [5]int64{3, 10, 25, 50, Unlimited}},
	{feature: APICalls, label: "API call", monthly: true, limits: [5]int64{1_000, 5_000, 10_000, 100_000, Unlimited}},
	{feature: Posts, label: "Post", limits: [5]int64{100, 500, 1_000, 10_000, Unlimited}},
	{feature: Storage, label: "Storage", unit: "bytes", limits: [5]int64{512 * mib, 2048 * mib, 5120 * mib, 51200 * mib, Unlimited}},
	{feature: MCPCalls, label: "MCP call", monthly: true, limits: [5]int64{100, 1_000, 10_000, 100_000, Unlimited}},
	{feature: PixelEvents, label: "Pixel event", monthly: true, limits: [5]int64{10_000, 100_000, 1_000_000, 10_000_000, Unlimited}},
	{feature: SEOReports, label: "SEO report", window: 30, limits: [5]int64{10, 100, 1_000, 10_000, Unlimited}},
	{feature: CustomDomains, label: "Custom domain", from: plan.Pro},
	{feature: SSO, label: "Single sign-on", from: plan.Agency},
	{feature: AuditExport, label: "Audit export", from: plan.Enterprise},
}

// Features lists every feature.
func Features() []Feature {
	out := make([]Feature, len(catalogue))
	for i, d := range catalogue {
		out[i] = d.feature
	}
	return out
}

func define(f Feature) (definition, bool) {
	for _, d := range catalogue {
		if d.feature == f {
			return d, true
		}
	}
	return definition{}, false
}

// metered says whether usage is recorded, rather than switched or counted from rows.
func (d definition) metered() bool { return d.from == "" && !d.live }

// enabled says whether the tier has the feature at all.
func (d definition) enabled(t plan.Tier) bool { return d.from == "" || d.from.Within(t) }

// limit gives what the tier allows and the boosts add; an unknown tier gets the smallest.
func (d definition) limit(t plan.Tier, boost int64) int64 {
	n := d.limits[0]
	for i, other := range plan.Tiers() {
		if t == other {
			n = d.limits[i]
		}
	}
	if n == Unlimited {
		return Unlimited
	}
	return min(n+boost, MaxUsage)
}

// ceiling is a limit as a number to compare with.
func ceiling(limit int64) int64 {
	if limit == Unlimited {
		return MaxUsage
	}
	return limit
}

// always is the period of what does not reset, and of the row that whoever records in a
// window holds.
var always = time.Unix(0, 0).UTC()

func day(at time.Time) time.Time {
	y, m, d := at.UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// held is the period of the counter that whoever records holds.
func (d definition) held(at time.Time) time.Time {
	if d.monthly {
		y, m, _ := at.UTC().Date()
		return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
	}
	return always
}

// bucket is the period of the counter that usage is added to.
func (d definition) bucket(at time.Time) time.Time {
	if d.window > 0 {
		return day(at)
	}
	return d.held(at)
}

// since is the first period that counts.
func (d definition) since(at time.Time) time.Time {
	if d.window > 0 {
		return day(at).AddDate(0, 0, 1-d.window)
	}
	return d.held(at)
}

// counts says whether a counter's period counts towards the usage of now.
func (d definition) counts(period, at time.Time) bool {
	if d.window > 0 {
		return !period.Before(d.since(at))
	}
	return period.Equal(d.held(at))
}

// percentage gives how much of a limit is used, to two decimals.
func percentage(used, limit int64) float64 {
	if limit <= 0 {
		return 100
	}
	return math.Round(float64(used)/float64(limit)*10_000) / 100
}
