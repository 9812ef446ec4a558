// Package plan is the one catalogue of tiers and what each allows.
package plan

// Tier names a plan of an org and the limit class of a key.
type Tier string

// The tiers, from the smallest.
const (
	Free       Tier = "free"
	Starter    Tier = "starter"
	Pro        Tier = "pro"
	Agency     Tier = "agency"
	Enterprise Tier = "enterprise"
)

// Rate is how many requests a minute a tier admits, and how many more at once.
type Rate struct {
	PerMinute int // sustained
	Burst     int // on top of PerMinute, at once
}

type row struct {
	tier  Tier
	rate  Rate
	audit int    // days
	hooks Amount // what may wait for webhook endpoints
}

const mebibyte, gibibyte = 1 << 20, 1 << 30

// Public is the rate of unauthenticated operations, per client address.
var Public = Rate{PerMinute: 300, Burst: 300}

// Builds is the rate at which an org's builds may ask the registry, besides its tier: one go
// command asks for every module that a program depends on, twice for each that is not here.
var Builds = Rate{PerMinute: 6_000, Burst: 6_000}

// PerAddress is the rate of an operation that is limited by itself, per client address.
var PerAddress = Rate{PerMinute: 300}

var catalogue = []row{
	{Free, Rate{60, 0}, 90, Amount{50_000, 100 * mebibyte}},
	{Starter, Rate{1_000, 200}, 180, Amount{200_000, 500 * mebibyte}},
	{Pro, Rate{5_000, 1_500}, 365, Amount{1_000_000, 2 * gibibyte}},
	{Agency, Rate{20_000, 10_000}, 2 * 365, Amount{5_000_000, 10 * gibibyte}},
	{Enterprise, Rate{100_000, 100_000}, 7 * 365, Amount{20_000_000, 50 * gibibyte}},
}

// Tiers lists the tiers from the smallest.
func Tiers() []Tier {
	out := make([]Tier, len(catalogue))
	for i, r := range catalogue {
		out[i] = r.tier
	}
	return out
}

func (t Tier) rank() int {
	for i, r := range catalogue {
		if r.tier == t {
			return i
		}
	}
	return -1
}

// Valid reports whether the tier is in the catalogue.
func (t Tier) Valid() bool { return t.rank() >= 0 }

// Within reports whether t is o or smaller.
func (t Tier) Within(o Tier) bool { return t.Valid() && t.rank() <= o.rank() }

// AtMost returns t, or o when t is not within it.
func (t Tier) AtMost(o Tier) Tier {
	if t.Within(o) {
		return t
	}
	return o
}

// Rate returns the tier's limit; an unknown tier gets the smallest.
func (t Tier) Rate() Rate { return catalogue[max(t.rank(), 0)].rate }

// AuditDays returns for how many days an entry of the audit trail is kept at least.
func (t Tier) AuditDays() int { return catalogue[max(t.rank(), 0)].audit }

// KeyedAnswers returns how many answers to requests with an Idempotency-Key are kept for an org: as many as
// its rate admits in the day that an answer is kept.
func (t Tier) KeyedAnswers() int { return 24 * 60 * t.Rate().PerMinute }

// WebhookBacklog returns how many deliveries may wait for the webhook endpoints of an org, and the bytes of
// their payloads.
func (t Tier) WebhookBacklog() Amount { return catalogue[max(t.rank(), 0)].hooks }

// Amount is how much is stored, or what a write adds to it and a deletion takes from it.
type Amount struct {
	Items int64
	Bytes int64
}

// Plus returns the sum of two amounts.
func (a Amount) Plus(b Amount) Amount { return Amount{a.Items + b.Items, a.Bytes + b.Bytes} }

// Minus returns what is left of an amount without another.
func (a Amount) Minus(b Amount) Amount { return Amount{a.Items - b.Items, a.Bytes - b.Bytes} }

// Excess is what is used of a feature beyond what a plan allows.
type Excess struct {
	Feature string
	Used    int64 // by the org, or the most that one of its workspaces uses
	Limit   int64
}
