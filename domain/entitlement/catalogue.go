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

	Bindings Feature = "bindings"
	Members  Feature = "members"

	MCPFiles         Feature = "mcp_files"
	MCPFileBytes     Feature = "mcp_file_bytes"
	Records          Feature = "records"
	RecordBytes      Feature = "record_bytes"
	UsageRecords     Feature = "usage_records"
	UsageRecordBytes Feature = "usage_record_bytes"
	SEOEntries       Feature = "seo_entries"
	SEOBytes         Feature = "seo_bytes"
	PixelEntries     Feature = "pixel_entries"
	PixelBytes       Feature = "pixel_bytes"
)

// Unlimited is the limit of what a plan does not limit.
const Unlimited int64 = -1

// MaxUsage bounds every counter: the largest integer that JSON's readers hold exactly.
const MaxUsage int64 = 1<<53 - 1

// counting is how the platform knows what is used of a feature.
type counting int

const (
	// switched: a plan includes the feature or not, and nothing is counted.
	switched counting = iota
	// rows: of the org, counted in the transaction that adds one. The store has the statement.
	rows
	// recorded: usage of a workspace, which starts again from zero or does not.
	recorded
	// stored: what a workspace keeps. Writes add to it and deletions take from it, in their own
	// transaction; nobody reports it.
	stored
)

// definition is an entry of the catalogue. A new feature is one entry here, and for rows
// its statement in the store.
type definition struct {
	feature Feature
	counted counting
	label   string    // one of them, in words
	unit    string    // of the figures; empty: they count things
	from    plan.Tier // the first that includes it, for what is switched
	limits  [5]int64  // from the smallest tier, for what is counted
	// When recorded usage starts again from zero: never, with the calendar month (UTC), or day
	// by day as days leave a window that ends today.
	monthly bool
	window  int // in days
}

const (
	mib = 1 << 20
	gib = 1 << 30
)

var catalogue = []definition{
	{feature: Workspaces, counted: rows, label: "Workspace", limits: [5]int64{3, 10, 50, 250, Unlimited}},
	{feature: APIKeys, counted: rows, label: "API key", limits: [5]int64{5, 20, 100, 500, Unlimited}},
	{feature: Webhooks, counted: rows, label: "Webhook", limits: [5]int64{3, 10, 25, 50, Unlimited}},
	{
		feature: APICalls, counted: recorded, label: "API call", monthly: true,
		limits: [5]int64{1_000, 5_000, 10_000, 100_000, Unlimited},
	},
	{feature: Posts, counted: recorded, label: "Post", limits: [5]int64{100, 500, 1_000, 10_000, Unlimited}},
	{
		feature: Storage, counted: recorded, label: "Storage", unit: "bytes",
		limits: [5]int64{512 * mib, 2048 * mib, 5120 * mib, 51200 * mib, Unlimited},
	},
	{
		feature: MCPCalls, counted: recorded, label: "MCP call", monthly: true,
		limits: [5]int64{100, 1_000, 10_000, 100_000, Unlimited},
	},
	{
		feature: PixelEvents, counted: recorded, label: "Pixel event", monthly: true,
		limits: [5]int64{10_000, 100_000, 1_000_000, 10_000_000, Unlimited},
	},
	{
		feature: SEOReports, counted: recorded, label: "SEO report", window: 30,
		limits: [5]int64{10, 100, 1_000, 10_000, Unlimited},
	},
	{feature: CustomDomains, counted: switched, label: "Custom domain", from: plan.Pro},
	{feature: SSO, counted: switched, label: "Single sign-on", from: plan.Agency},
	{feature: AuditExport, counted: switched, label: "Audit export", from: plan.Enterprise},

	{feature: Bindings, counted: rows, label: "Binding", limits: [5]int64{50, 200, 1_000, 5_000, 20_000}},
	{feature: Members, counted: rows, label: "Member", limits: [5]int64{50, 200, 1_000, 5_000, 50_000}},

	{feature: MCPFiles, counted: stored, label: "MCP file", limits: [5]int64{1_000, 10_000, 50_000, 100_000, 500_000}},
	{
		feature: MCPFileBytes, counted: stored, label: "MCP file storage", unit: "bytes",
		limits: [5]int64{50 * mib, 100 * mib, gib, 10 * gib, 100 * gib},
	},
	{
		feature: Records, counted: stored, label: "Record",
		limits: [5]int64{50_000, 250_000, 2_000_000, 20_000_000, 200_000_000},
	},
	{
		feature: RecordBytes, counted: stored, label: "Record storage", unit: "bytes",
		limits: [5]int64{50 * mib, 100 * mib, 2 * gib, 20 * gib, 200 * gib},
	},
	{
		feature: UsageRecords, counted: stored, label: "Usage record",
		limits: [5]int64{100_000, 500_000, 2_000_000, 20_000_000, 100_000_000},
	},
	{
		feature: UsageRecordBytes, counted: stored, label: "Usage record storage", unit: "bytes",
		limits: [5]int64{50 * mib, 100 * mib, gib, 5 * gib, 50 * gib},
	},
	{
		feature: SEOEntries, counted: stored, label: "SEO entry",
		limits: [5]int64{10_000, 100_000, 1_000_000, 5_000_000, 50_000_000},
	},
	{
		feature: SEOBytes, counted: stored, label: "SEO storage", unit: "bytes",
		limits: [5]int64{50 * mib, 100 * mib, gib, 5 * gib, 50 * gib},
	},
	{
		feature: PixelEntries, counted: stored, label: "Kept pixel event",
		limits: [5]int64{50_000, 500_000, 5_000_000, 50_000_000, 500_000_000},
	},
	{
		feature: PixelBytes, counted: stored, label: "Pixel storage", unit: "bytes",
		limits: [5]int64{50 * mib, 250 * mib, 5 * gib, 50 * gib, 500 * gib},
	},
}

// Rows lists the features that are counted from rows of the org.
func Rows() []Feature {
	var out []Feature
	for _, d := range catalogue {
		if d.counted == rows {
			out = append(out, d.feature)
		}
	}
	return out
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

// enabled reports whether the tier has the feature at all.
func (d definition) enabled(t plan.Tier) bool { return d.counted != switched || d.from.Within(t) }

// limit returns what the tier allows and the boosts add; an unknown tier gets the smallest.
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

// noPeriod is the period of what does not reset, of what is stored, and of the row that whoever
// records in a window holds.
var noPeriod = time.Unix(0, 0).UTC()

func day(at time.Time) time.Time {
	y, m, d := at.UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// lockPeriod is the period of the counter row that is locked while usage is recorded.
func (d definition) lockPeriod(at time.Time) time.Time {
	if d.monthly {
		y, m, _ := at.UTC().Date()
		return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
	}
	return noPeriod
}

// usagePeriod is the period of the counter that usage is added to.
func (d definition) usagePeriod(at time.Time) time.Time {
	if d.window > 0 {
		return day(at)
	}
	return d.lockPeriod(at)
}

// since is the first period that counts.
func (d definition) since(at time.Time) time.Time {
	if d.window > 0 {
		return day(at).AddDate(0, 0, 1-d.window)
	}
	return d.lockPeriod(at)
}

// counts reports whether a counter's period counts towards the usage of now.
func (d definition) counts(period, at time.Time) bool {
	if d.window > 0 {
		return !period.Before(d.since(at))
	}
	return period.Equal(d.lockPeriod(at))
}

// percentage returns how much of a limit is used, to two decimals.
func percentage(used, limit int64) float64 {
	if limit <= 0 {
		return 100
	}
	return math.Round(float64(used)/float64(limit)*10_000) / 100
}
