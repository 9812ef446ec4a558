// Package entitlement says what a plan allows and how much of it is used. Usage is
// checked and recorded in one step: of any number of records at once, only as many as
// fit below the limit are admitted.
package entitlement

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/txn"
)

// Account is whose a workspace is, and what its plan is. That of a deleted one is no more.
type Account struct {
	WorkspaceID id.ID
	OrgID       id.ID
	Tier        plan.Tier // of the workspace
	OrgTier     plan.Tier
	Boost       int64             // of the feature that was asked for
	Live        map[Feature]int64 // rows of the org; only where they are asked for
}

// tier returns the plan that a feature goes by. The org may have been downgraded after the
// workspace was made.
func (a Account) tier(d definition) plan.Tier {
	if d.class == quota || !a.Tier.Within(a.OrgTier) {
		return a.OrgTier
	}
	return a.Tier
}

// visible hides an account from callers who may not act in its workspace.
func (a Account) visible(ctx context.Context) error {
	if p := identity.From(ctx); p.InOrg(a.OrgID) != nil || !p.InWorkspace(a.WorkspaceID) {
		return fault.NewNotFound("workspace")
	}
	return nil
}

// Counter is the usage of a feature in a period.
type Counter struct {
	Feature Feature
	Period  time.Time
	Used    int64
}

// Boost adds to the limit of a feature in a workspace.
type Boost struct {
	ID          id.ID
	OrgID       id.ID
	WorkspaceID id.ID
	Feature     Feature
	Amount      int64
	ExpiresAt   *time.Time // nil: never
	CreatedAt   time.Time
}

// Charge is usage of a workspace.
type Charge struct {
	WorkspaceID id.ID
	Quantity    int64
}

// Record is usage that a caller reported, with what they said of it.
type Record struct {
	ID          id.ID
	WorkspaceID id.ID
	Feature     Feature
	Quantity    int64
	Metadata    map[string]any
	ActorKind   identity.Kind
	ActorID     id.ID
	CreatedAt   time.Time
}

// Repository keeps counters and boosts.
type Repository interface {
	// Account returns a workspace's, with the rows of its org counted.
	Account(ctx context.Context, workspaceID id.ID, at time.Time) (Account, error)
	// Accounts returns those of the workspaces that exist, with the boosts of a feature.
	Accounts(ctx context.Context, workspaces []id.ID, f Feature, at time.Time) ([]Account, error)
	// OrgAccount returns an org's tier and the boosts of a feature in all its workspaces.
	OrgAccount(ctx context.Context, orgID id.ID, f Feature, at time.Time) (Account, error)
	// Ledger returns the counters of a workspace from a period on, with those of the period
	// always, and the boosts of its org that count.
	Ledger(ctx context.Context, a Account, since, always, at time.Time) ([]Counter, []Boost, error)

	// LockUsage has other transactions that lock the same counters wait for this one, and
	// returns what they hold. Workspaces come in the order of their ids.
	LockUsage(ctx context.Context, f Feature, period time.Time, workspaces []id.ID) (map[id.ID]int64, error)
	// UsageSince adds up counters.
	UsageSince(ctx context.Context, f Feature, since time.Time, workspaces []id.ID) (map[id.ID]int64, error)
	AddUsage(ctx context.Context, f Feature, period time.Time, charges []Charge) error
	InsertUsageRecord(ctx context.Context, r Record, size int64) error
	// StockAccounts returns the accounts of the workspaces that exist, with the boosts of two features.
	StockAccounts(ctx context.Context, workspaces []id.ID, items, bytes Feature, at time.Time) ([]StockAccount, error)
	// AddStored adds to counters, not below zero, and returns what they hold then. They come in one order.
	AddStored(ctx context.Context, period time.Time, changes []Holding) ([]Holding, error)
	// MarkAlerted notes that a threshold was told of; false when it, or a larger one, was before.
	MarkAlerted(ctx context.Context, workspaceID id.ID, f Feature, period time.Time, percent int) (bool, error)

	// LockOrg makes other transactions that lock the org wait for this one.
	LockOrg(ctx context.Context, orgID id.ID) error
	// CountLive counts the org's rows of a feature.
	CountLive(ctx context.Context, orgID id.ID, f Feature, at time.Time) (int64, error)

	// Held returns what an org has of each feature of which rows are counted, and for others the most that one of its
	// workspaces has in the counters of a period, both without what boosts allow.
	Held(ctx context.Context, orgID id.ID, period, at time.Time) (map[Feature]int64, error)

	// InsertBoost inserts a boost, and has the thresholds of its feature told of again.
	InsertBoost(ctx context.Context, b Boost) error
	// DefaultWorkspaces returns the oldest workspace of each org that has one.
	DefaultWorkspaces(ctx context.Context, orgs []id.ID) (map[id.ID]id.ID, error)
	// DeleteUsageRecords deletes up to limit records from before a time and returns what that frees.
	DeleteUsageRecords(ctx context.Context, before time.Time, limit int) (map[id.ID]plan.Amount, error)
	// DeleteUsageCounters deletes up to limit counters from before a time, other than those of the
	// period always.
	DeleteUsageCounters(ctx context.Context, before, always time.Time, limit int) (int, error)
}

// Service holds the rules of entitlements.
type Service struct {
	tx         txn.Runner
	repo       Repository
	audit      *audit.Service
	upgradeURL string
	now        clock.Clock
	enforcing  sync.Mutex
	enforced   map[Feature]bool // those that something is given to enforce
	records    Stock
}

// UpgradeURL returns where who reaches a limit is sent.
func (s *Service) UpgradeURL() string { return s.upgradeURL }

// NewService makes the service. Who reaches a limit is sent to upgradeURL.
func NewService(tx txn.Runner, repo Repository, audit *audit.Service, upgradeURL string, now clock.Clock) *Service {
	s := &Service{tx: tx, repo: repo, audit: audit, upgradeURL: upgradeURL, now: now, enforced: map[Feature]bool{}}
	s.records = s.Stock(UsageRecords, UsageRecordBytes)
	return s
}

// Reason is why a feature cannot be used.
type Reason string

// The reasons.
const (
	LimitExceeded  Reason = "LIMIT_EXCEEDED"
	NotIncluded    Reason = "NOT_INCLUDED"
	UnknownFeature Reason = "UNKNOWN_FEATURE"
)

// Kind is what a plan says of a feature.
type Kind string

// The kinds.
const (
	Switch    Kind = "boolean"
	Limited   Kind = "limit"
	Limitless Kind = "unlimited"
)

// Entitlement is a feature as one workspace has it.
type Entitlement struct {
	Feature Feature
	Kind    Kind
	Enabled bool
	Used    int64
	Limit   *int64     // nil: unlimited, or a switch
	ResetAt *time.Time // when usage becomes less by itself; nil: never
	Unit    string     // such as bytes; empty: things are counted
	Sunset  *time.Time // the day on which the promise ends, as nothing enforces it; nil: it is enforced

	label string
}

// Available returns how much more can be used; nil when there is no limit.
func (e Entitlement) Available() *int64 {
	if e.Limit == nil {
		return nil
	}
	n := max(*e.Limit-e.Used, 0)
	return &n
}

// Percentage returns how much of the limit is used, to two decimals; zero without a limit.
func (e Entitlement) Percentage() float64 {
	if e.Limit == nil {
		return 0
	}
	return percentage(e.Used, *e.Limit)
}

// Decision is the answer to whether a quantity of a feature could be used now.
type Decision struct {
	Entitlement
	Allowed    bool
	Reason     Reason // why not
	Message    string // the same in words
	UpgradeURL string // where to get more; empty when it is allowed
}

// Summary is every entitlement of a workspace.
type Summary struct {
	WorkspaceID  id.ID
	Tier         plan.Tier
	Entitlements []Entitlement // in the order of Features
}

// Check reports whether a quantity of a feature could be used in a workspace of the caller's
// org. It records nothing: what counts is the answer of Record.
func (s *Service) Check(ctx context.Context, workspaceID id.ID, f Feature, quantity int64) (Decision, error) {
	sum, err := s.Summary(ctx, workspaceID)
	if err != nil {
		return Decision{}, err
	}
	i := slices.IndexFunc(sum.Entitlements, func(e Entitlement) bool { return e.Feature == f })
	if i < 0 {
		none := int64(0)
		e := Entitlement{Feature: f, Kind: Limited, Limit: &none}
		return Decision{
			Entitlement: e, Reason: UnknownFeature, Message: "There is no such feature.", UpgradeURL: s.upgradeURL,
		}, nil
	}
	d := Decision{Entitlement: sum.Entitlements[i]}
	switch available := d.Available(); {
	case !d.Enabled:
		d.Reason, d.Message = NotIncluded, notIncluded(d.label)
	case available != nil && quantity > *available:
		d.Reason = LimitExceeded
		d.Message = d.label + " limit exceeded. Used: " + strconv.FormatInt(d.Used, 10) + ", Limit: " +
			strconv.FormatInt(*d.Limit, 10)
	default:
		d.Allowed = true
		return d, nil
	}
	d.UpgradeURL = s.upgradeURL
	return d, nil
}

// Summary returns every entitlement of a workspace of the caller's org.
func (s *Service) Summary(ctx context.Context, workspaceID id.ID) (Summary, error) {
	now := s.now()
	a, err := s.repo.Account(ctx, workspaceID, now)
	if err != nil {
		return Summary{}, err
	}
	if err := a.visible(ctx); err != nil {
		return Summary{}, err
	}
	since := now
	for _, d := range registry {
		if from := d.since(now); from.After(noPeriod) && from.Before(since) {
			since = from
		}
	}
	counters, boosts, err := s.repo.Ledger(ctx, a, since, noPeriod, now)
	if err != nil {
		return Summary{}, err
	}
	out := Summary{WorkspaceID: a.WorkspaceID, Tier: a.tier(definition{})}
	for _, d := range registry {
		out.Entitlements = append(out.Entitlements, entitlement(d, a, counters, boosts, now))
	}
	return out, nil
}

func entitlement(d definition, a Account, counters []Counter, boosts []Boost, now time.Time) Entitlement {
	e := Entitlement{
		Feature: d.feature, Unit: d.unit, Enabled: d.enabled(a.tier(d)), Used: a.Live[d.feature], Sunset: d.end(),
		label: d.label,
	}
	if d.class == capability {
		e.Kind = Switch
		return e
	}
	for _, c := range counters {
		if c.Feature != d.feature || !d.counts(c.Period, now) {
			continue
		}
		e.Used += c.Used
		if leaves := c.Period.AddDate(0, 0, d.window); d.window > 0 && c.Used > 0 &&
			(e.ResetAt == nil || leaves.Before(*e.ResetAt)) {
			e.ResetAt = &leaves
		}
	}
	if d.monthly {
		next := d.lockPeriod(now).AddDate(0, 1, 0)
		e.ResetAt = &next
	}
	var boost int64
	for _, b := range boosts {
		if b.Feature == d.feature && (d.class == quota || b.WorkspaceID == a.WorkspaceID) {
			boost += b.Amount
		}
	}
	if limit := d.limit(a.tier(d), boost); limit != Unlimited {
		e.Kind, e.Limit = Limited, &limit
	} else {
		e.Kind = Limitless
	}
	return e
}

// Record records usage of a feature in a workspace of the caller's org and returns what is
// used then. What does not fit below the limit is refused as a whole with FeatureLimit; a
// feature that is unknown, or whose usage is not recorded, is ValidationFailed.
func (s *Service) Record(
	ctx context.Context, workspaceID id.ID, f Feature, quantity int64, metadata map[string]any,
) (Entitlement, error) {
	d, known := define(f)
	switch {
	case !known:
		return Entitlement{}, fault.Invalid(fault.Body("/feature", "unknown_feature", "must be a feature of the platform"))
	case d.class != allowance:
		return Entitlement{}, fault.Invalid(fault.Body("/feature", "not_recorded",
			"must be a feature whose usage is recorded, not one that is switched on or counted by the platform"))
	case quantity < 1 || quantity > MaxUsage:
		return Entitlement{}, fault.Invalid(fault.Body("/quantity", "minimum", "must be 1 or more"))
	}
	text, err := json.Marshal(metadata)
	if err != nil {
		return Entitlement{}, fault.Invalid(fault.Body("/metadata", "format", "must be JSON"))
	}
	size := int64(len(text))
	e := Entitlement{Feature: f, Enabled: true, Unit: d.unit}
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		out, err := s.take(ctx, d, allOrNothing, []Charge{{workspaceID, quantity}})
		if err != nil {
			return err
		}
		if len(out) == 0 {
			return fault.NewNotFound("workspace")
		}
		if err := out[0].visible(ctx); err != nil {
			return err
		}
		if out[0].granted == 0 {
			return s.reached(d)
		}
		e.Kind, e.Limit, e.Used = Limitless, nil, out[0].before+out[0].granted
		if limit := out[0].limit; limit != Unlimited {
			e.Kind, e.Limit = Limited, &limit
		}
		if err := s.records.Change(ctx, workspaceID, plan.Amount{Items: 1, Bytes: size}); err != nil {
			return err
		}
		p := identity.From(ctx)
		return s.repo.InsertUsageRecord(ctx, Record{
			ID: id.New(), WorkspaceID: workspaceID, Feature: f, Quantity: quantity, Metadata: metadata,
			ActorKind: p.Kind, ActorID: p.ID, CreatedAt: s.now(),
		}, size)
	})
	return e, err
}

// reached is the refusal of what is beyond a limit.
func (s *Service) reached(d definition) error {
	return s.refusal(d, "You have reached your limit for this feature.")
}

func (s *Service) refusal(d definition, message string) error {
	return &fault.Error{
		Code: fault.FeatureLimit, Message: message,
		Details: map[string]any{"feature": string(d.feature), "upgrade_url": s.upgradeURL},
	}
}

// mode is what happens to a charge that does not fit below the limit.
type mode int

const (
	allOrNothing mode = iota // nothing of it is taken
	upToLimit                // as much of it as fits
	pastLimit                // all of it: it has happened
)

// outcome is what became of a charge.
type outcome struct {
	Account
	limit   int64
	before  int64
	granted int64
}

// take checks and records charges, at most one for each workspace, in one transaction. A
// workspace that does not exist is left out of the outcomes. Whoever takes holds the
// workspace's counter until the end of the transaction, so what it read is what it adds to.
func (s *Service) take(ctx context.Context, d definition, m mode, charges []Charge) ([]outcome, error) {
	// In one order everywhere: two that take from the same workspaces do not wait for each other.
	slices.SortFunc(charges, func(a, b Charge) int { return bytes.Compare(a.WorkspaceID[:], b.WorkspaceID[:]) })
	var out []outcome
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		out = nil
		now := s.now()
		accounts, err := s.repo.Accounts(ctx, workspaces(charges), d.feature, now)
		if err != nil {
			return err
		}
		by := make(map[id.ID]Account, len(accounts))
		for _, a := range accounts {
			by[a.WorkspaceID] = a
		}
		var ids []id.ID
		for _, c := range charges {
			if _, ok := by[c.WorkspaceID]; ok {
				ids = append(ids, c.WorkspaceID)
			}
		}
		if len(ids) == 0 {
			return nil
		}
		used, err := s.repo.LockUsage(ctx, d.feature, d.lockPeriod(now), ids)
		if err == nil && d.window > 0 {
			used, err = s.repo.UsageSince(ctx, d.feature, d.since(now), ids)
		}
		if err != nil {
			return err
		}
		var add []Charge
		for _, c := range charges {
			a, ok := by[c.WorkspaceID]
			if !ok {
				continue
			}
			o := outcome{Account: a, limit: d.limit(a.tier(d), a.Boost), before: used[c.WorkspaceID]}
			fits := max(ceiling(o.limit)-o.before, 0)
			switch {
			case m == pastLimit:
				o.granted = min(c.Quantity, MaxUsage-o.before)
			case m == upToLimit:
				o.granted = min(c.Quantity, fits)
			case c.Quantity <= fits:
				o.granted = c.Quantity
			}
			if o.granted > 0 {
				add = append(add, Charge{c.WorkspaceID, o.granted})
			}
			out = append(out, o)
		}
		if len(add) == 0 {
			return nil
		}
		if err := s.repo.AddUsage(ctx, d.feature, d.usagePeriod(now), add); err != nil {
			return err
		}
		for _, o := range out {
			if err := s.alert(ctx, d, o, now); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func workspaces(charges []Charge) []id.ID {
	out := make([]id.ID, len(charges))
	for i, c := range charges {
		out[i] = c.WorkspaceID
	}
	return out
}

// thresholds are the percentages of a limit that are told of, from the largest.
var thresholds = []int{100, 90, 80}

// crossed returns the largest threshold that usage went over; 0 for none.
func crossed(before, after, limit int64) int {
	if limit <= 0 {
		return 0
	}
	for _, t := range thresholds {
		at := (float64(limit) * float64(t)) / 100
		if float64(before) < at && float64(after) >= at {
			return t
		}
	}
	return 0
}

// alert tells, once a period, that a threshold was reached. It is the platform that tells
// so, whoever happened to be the one.
func (s *Service) alert(ctx context.Context, d definition, o outcome, now time.Time) error {
	t := crossed(o.before, o.before+o.granted, o.limit)
	if t == 0 {
		return nil
	}
	first, err := s.repo.MarkAlerted(ctx, o.WorkspaceID, d.feature, d.usagePeriod(now), t)
	if err != nil || !first {
		return err
	}
	return s.recordThreshold(ctx, o.OrgID, audit.Workspace, o.WorkspaceID, d, t, o.before+o.granted, o.limit)
}

func (s *Service) recordThreshold(
	ctx context.Context, orgID id.ID, kind audit.Target, target id.ID, d definition, percent int, used, limit int64,
) error {
	ctx = identity.With(ctx, identity.Operator(orgID))
	return s.audit.Record(ctx, orgID, "entitlement.threshold_reached", kind, target, nil,
		audit.Fields{"feature": string(d.feature), "percent": percent, "used": used, "limit": limit})
}

// Grant is a boost to add.
type Grant struct {
	WorkspaceID id.ID
	Feature     Feature
	Add         int64
	For         time.Duration // zero: without an end
}

// Boost adds to the limit of a feature in a workspace of the caller's org. What has no
// limit cannot be boosted.
func (s *Service) Boost(ctx context.Context, g Grant) (Boost, error) {
	now := s.now()
	d, known := define(g.Feature)
	var v []fault.Violation
	if !known || d.class == capability {
		v = append(v, fault.Body("/feature", "unknown_feature", "must be a feature that has a limit"))
	}
	if g.Add < 1 || g.Add > MaxUsage {
		v = append(v, fault.Body("/add", "minimum", "must be 1 or more"))
	}
	if g.For < 0 {
		v = append(v, fault.Body("/days", "minimum", "must be 1 or more"))
	}
	if len(v) > 0 {
		return Boost{}, fault.Invalid(v...)
	}
	b := Boost{ID: id.New(), WorkspaceID: g.WorkspaceID, Feature: g.Feature, Amount: g.Add, CreatedAt: now}
	if g.For > 0 {
		until := now.Add(g.For)
		b.ExpiresAt = &until
	}
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		a, err := s.repo.Account(ctx, g.WorkspaceID, now)
		if err != nil {
			return err
		}
		if err := a.visible(ctx); err != nil {
			return err
		}
		if d.limit(a.tier(d), 0) == Unlimited {
			return &fault.Error{
				Code: fault.Conflict, Reason: "unlimited", Message: "The feature has no limit in the plan of the workspace.",
			}
		}
		b.OrgID = a.OrgID
		if err := s.repo.InsertBoost(ctx, b); err != nil {
			return err
		}
		after := audit.Fields{"feature": string(b.Feature), "add": b.Amount}
		if b.ExpiresAt != nil {
			after["expires_at"] = *b.ExpiresAt
		}
		return s.audit.Record(ctx, a.OrgID, "entitlement.boosted", audit.Workspace, a.WorkspaceID, nil, after)
	})
	return b, err
}

// How long usage is kept.
const (
	RecordRetention  = 90 * 24 * time.Hour
	CounterRetention = 400 * 24 * time.Hour // a year to compare with
)

// Clean deletes usage from long ago, some at a time.
func (s *Service) Clean(ctx context.Context) error {
	before := s.now().Add(-RecordRetention)
	err := s.records.Purge(ctx, func(ctx context.Context, limit int) (map[id.ID]plan.Amount, error) {
		return s.repo.DeleteUsageRecords(ctx, before, limit)
	})
	if err != nil {
		return err
	}
	for {
		n, err := s.repo.DeleteUsageCounters(ctx, s.now().Add(-CounterRetention), noPeriod, cleanBatch)
		if err != nil || n == 0 {
			return err
		}
	}
}
