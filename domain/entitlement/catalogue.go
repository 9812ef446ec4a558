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

	RealmUsers Feature = "realm_users"

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
	Objects          Feature = "objects"
	ObjectBytes      Feature = "object_bytes"
	Collections      Feature = "collections"
	Documents        Feature = "documents"
	DocumentBytes    Feature = "document_bytes"
	Tables           Feature = "tables"
	TableRows        Feature = "rows"
	RowBytes         Feature = "row_bytes"
	Topics           Feature = "topics"
	Events           Feature = "events"
	EventBytes       Feature = "event_bytes"
)

// Unlimited is the limit of what a plan does not limit.
const Unlimited int64 = -1

// MaxUsage bounds every counter: the largest integer that JSON's readers hold exactly.
const MaxUsage int64 = 1<<53 - 1

// class is what kind of thing a feature is, and with that how its use is known.
type class string

const (
	// capability is something that a plan includes or not; nothing is counted. An operation of a contract that
	// needs it says so in x-capability.
	capability class = "capability"
	// quota is a number of things that an org has, counted in the transaction that adds one. The store has
	// the statement that counts them.
	quota class = "quota"
	// allowance is use of a workspace that is recorded. It starts again from zero or does not.
	allowance class = "allowance"
	// stock is what a workspace stores. Writes add to it and deletions take from it, in their own
	// transaction; nobody reports it.
	stock class = "stock"
)

// definition is an entry of the registry of features, in the order in which they are shown. A new feature is one
// entry here and, for a quota, its statement in the store; the answers of the API, the checks at the start and the
// table of docs/quotas.md are made from it or compared with it.
type definition struct {
	feature Feature
	class   class
	label   string    // one of them, in words
	unit    string    // of the figures; empty: they count things
	from    plan.Tier // the first that includes it, for a capability
	limits  [5]int64  // from the smallest tier, for what is counted
	// When an allowance starts again from zero: never, with the calendar month (UTC), or day by day as days leave a
	// window that ends today.
	monthly bool
	window  int // in days
	// reported says that the platform itself uses none of it: what callers record is counted, and refused
	// beyond the limit.
	reported bool
	// sunset is the day on which the promise ends, because nothing enforces it; empty: it is enforced.
	sunset string
}

const (
	mib = 1 << 20
	gib = 1 << 30
)

var registry = []definition{
	{feature: Workspaces, class: quota, label: "Workspace", limits: [5]int64{3, 10, 50, 250, Unlimited}},
	{feature: APIKeys, class: quota, label: "API key", limits: [5]int64{5, 20, 100, 500, Unlimited}},
	{feature: Webhooks, class: quota, label: "Webhook", limits: [5]int64{3, 10, 25, 50, Unlimited}},
	{
		feature: APICalls, class: allowance, label: "API call", monthly: true, sunset: "2027-03-31",
		limits: [5]int64{1_000, 5_000, 10_000, 100_000, Unlimited},
	},
	{
		feature: Posts, class: allowance, label: "Post", reported: true,
		limits: [5]int64{100, 500, 1_000, 10_000, Unlimited},
	},
	{
		feature: Storage, class: allowance, label: "Storage", unit: "bytes", reported: true,
		limits: [5]int64{512 * mib, 2 * gib, 5 * gib, 50 * gib, Unlimited},
	},
	{
		feature: MCPCalls, class: allowance, label: "MCP call", monthly: true,
		limits: [5]int64{100, 1_000, 10_000, 100_000, Unlimited},
	},
	{
		feature: PixelEvents, class: allowance, label: "Pixel event", monthly: true,
		limits: [5]int64{10_000, 100_000, 1_000_000, 10_000_000, Unlimited},
	},
	{
		feature: SEOReports, class: allowance, label: "SEO report", window: 30,
		limits: [5]int64{10, 100, 1_000, 10_000, Unlimited},
	},
	{feature: CustomDomains, class: capability, label: "Custom domain", from: plan.Pro, sunset: "2027-03-31"},
	{feature: SSO, class: capability, label: "Single sign-on", from: plan.Agency, sunset: "2027-03-31"},
	{feature: AuditExport, class: capability, label: "Audit export", from: plan.Enterprise, sunset: "2027-03-31"},

	{feature: Bindings, class: quota, label: "Binding", limits: [5]int64{50, 200, 1_000, 5_000, 20_000}},
	{feature: Members, class: quota, label: "Member", limits: [5]int64{50, 200, 1_000, 5_000, 50_000}},
	{
		feature: RealmUsers, class: quota, label: "User of a realm",
		limits: [5]int64{500, 5_000, 50_000, 500_000, 5_000_000},
	},

	{feature: MCPFiles, class: stock, label: "MCP file", limits: [5]int64{1_000, 10_000, 50_000, 100_000, 500_000}},
	{
		feature: MCPFileBytes, class: stock, label: "MCP file storage", unit: "bytes",
		limits: [5]int64{50 * mib, 100 * mib, gib, 10 * gib, 100 * gib},
	},
	{
		feature: Records, class: stock, label: "Record",
		limits: [5]int64{50_000, 250_000, 2_000_000, 20_000_000, 200_000_000},
	},
	{
		feature: RecordBytes, class: stock, label: "Record storage", unit: "bytes",
		limits: [5]int64{50 * mib, 100 * mib, 2 * gib, 20 * gib, 200 * gib},
	},
	{
		feature: UsageRecords, class: stock, label: "Usage record",
		limits: [5]int64{100_000, 500_000, 2_000_000, 20_000_000, 100_000_000},
	},
	{
		feature: UsageRecordBytes, class: stock, label: "Usage record storage", unit: "bytes",
		limits: [5]int64{50 * mib, 100 * mib, gib, 5 * gib, 50 * gib},
	},
	{
		feature: SEOEntries, class: stock, label: "SEO entry",
		limits: [5]int64{10_000, 100_000, 1_000_000, 5_000_000, 50_000_000},
	},
	{
		feature: SEOBytes, class: stock, label: "SEO storage", unit: "bytes",
		limits: [5]int64{50 * mib, 100 * mib, gib, 5 * gib, 50 * gib},
	},
	{
		feature: PixelEntries, class: stock, label: "Kept pixel event",
		limits: [5]int64{50_000, 500_000, 5_000_000, 50_000_000, 500_000_000},
	},
	{
		feature: PixelBytes, class: stock, label: "Pixel storage", unit: "bytes",
		limits: [5]int64{50 * mib, 250 * mib, 5 * gib, 50 * gib, 500 * gib},
	},
	{
		feature: Objects, class: stock, label: "Object",
		limits: [5]int64{100_000, 100_000, 1_000_000, 10_000_000, 100_000_000},
	},
	{
		feature: ObjectBytes, class: stock, label: "Object storage", unit: "bytes",
		limits: [5]int64{5 * gib, 5 * gib, 50 * gib, 500 * gib, Unlimited},
	},
	{feature: Collections, class: stock, label: "Collection", limits: [5]int64{10, 10, 50, 200, Unlimited}},
	{
		feature: Documents, class: stock, label: "Document",
		limits: [5]int64{100_000, 100_000, 1_000_000, 10_000_000, 100_000_000},
	},
	{
		feature: DocumentBytes, class: stock, label: "Document storage", unit: "bytes",
		limits: [5]int64{gib, gib, 10 * gib, 100 * gib, 1000 * gib},
	},
	{feature: Tables, class: stock, label: "Table", limits: [5]int64{20, 20, 100, 500, Unlimited}},
	{
		feature: TableRows, class: stock, label: "Row",
		limits: [5]int64{100_000, 500_000, 5_000_000, 50_000_000, 500_000_000},
	},
	{
		feature: RowBytes, class: stock, label: "Row storage", unit: "bytes",
		limits: [5]int64{512 * mib, 2 * gib, 20 * gib, 200 * gib, 2_000 * gib},
	},
	{feature: Topics, class: stock, label: "Topic", limits: [5]int64{20, 20, 100, 500, 5_000}},
	{
		feature: Events, class: stock, label: "Event",
		limits: [5]int64{100_000, 500_000, 5_000_000, 50_000_000, 500_000_000},
	},
	{
		feature: EventBytes, class: stock, label: "Event storage", unit: "bytes",
		limits: [5]int64{256 * mib, gib, 10 * gib, 100 * gib, 1_000 * gib},
	},
}

// Rows lists the features that are counted from rows of the org.
func Rows() []Feature {
	var out []Feature
	for _, d := range registry {
		if d.class == quota {
			out = append(out, d.feature)
		}
	}
	return out
}

// Features lists every feature.
func Features() []Feature {
	out := make([]Feature, len(registry))
	for i, d := range registry {
		out[i] = d.feature
	}
	return out
}

func define(f Feature) (definition, bool) {
	for _, d := range registry {
		if d.feature == f {
			return d, true
		}
	}
	return definition{}, false
}

// IsCapability reports whether a feature is a capability: plans include it or not.
func IsCapability(f Feature) bool {
	d, ok := define(f)
	return ok && d.class == capability
}

// end returns the day on which the promise of the feature ends; nil: it does not.
func (d definition) end() *time.Time {
	at, err := time.Parse(time.DateOnly, d.sunset)
	if err != nil {
		return nil
	}
	return &at
}

// enabled reports whether the tier has the feature at all.
func (d definition) enabled(t plan.Tier) bool { return d.class != capability || d.from.Within(t) }

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
