// Package entitlement is the SQL of domain/entitlement.
package entitlement

import (
	"context"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct{ *db.DB }

// New returns the area's part of a database.
func New(d *db.DB) *Store { return &Store{d} }

var _ entitlement.Repository = (*Store)(nil)

// WorkspaceTables are deleted with a workspace, in this order.
var WorkspaceTables = []db.WorkspaceTable{
	{Name: "usage_records", Key: "seq"},
	{Name: "usage_counters", Key: "workspace_id, feature, period"},
}

// OrgTables are deleted with an org.
var OrgTables = []db.OrgTable{{Name: "entitlement_boosts", Key: "seq"}}

// live tells how many rows of a feature an org, $1, has.
var live = map[entitlement.Feature]string{
	entitlement.Workspaces: db.Counted("'workspaces'"),
	entitlement.APIKeys:    db.LiveKeys,
	entitlement.Webhooks:   "SELECT count(*) FROM webhook_endpoints WHERE org_id = $1 AND deleted_at IS NULL",
	entitlement.Bindings:   db.Counted("'bindings'"),
	entitlement.Members:    db.Counted("'members'"),

	entitlement.RealmUsers: db.Counted("'realm users'"),
}

// CountLive implements entitlement.Repository.
func (s *Store) CountLive(ctx context.Context, orgID id.ID, f entitlement.Feature, at time.Time) (int64, error) {
	if f == entitlement.APIKeys {
		return db.One[int64](ctx, s.DB, live[f], db.LiveKeysArgs(orgID, at)...)
	}
	return db.One[int64](ctx, s.DB, live[f], orgID)
}

// The plan of a workspace w of an org o.
const planColumns = "w.id AS workspace_id, w.org_id, w.tier, o.tier AS org_tier"

type accountRow struct {
	WorkspaceID id.ID     `db:"workspace_id"`
	OrgID       id.ID     `db:"org_id"`
	Tier        plan.Tier `db:"tier"`
	OrgTier     plan.Tier `db:"org_tier"`
	Boost       int64     `db:"boost"`
}

func (r accountRow) account() entitlement.Account {
	return entitlement.Account{
		WorkspaceID: r.WorkspaceID, OrgID: r.OrgID, Tier: r.Tier, OrgTier: r.OrgTier, Boost: r.Boost,
	}
}

// liveCounts counts the rows of an org by feature, as live does.
var liveCounts = func() string {
	var parts []string
	for _, f := range entitlement.Rows() {
		parts = append(parts, "SELECT '"+string(f)+"' AS feature, ("+live[f]+") AS n")
	}
	return strings.Join(parts, " UNION ALL ")
}()

// Account implements entitlement.Repository.
func (s *Store) Account(ctx context.Context, workspaceID id.ID, at time.Time) (entitlement.Account, error) {
	permit, err := db.Turn(ctx, s.DB) // it counts
	if err != nil {
		return entitlement.Account{}, err
	}
	defer permit.Release()
	ctx = db.Slow(ctx)
	r, err := db.One[accountRow](ctx, s.DB, "SELECT "+planColumns+", 0 AS boost"+
		" FROM workspaces w JOIN orgs o ON o.id = w.org_id WHERE w.id = $1 AND w.deleted_at IS NULL", workspaceID)
	if err != nil {
		return entitlement.Account{}, db.NoRow(err, fault.NewNotFound("workspace"))
	}
	counts, err := db.All[struct {
		Feature entitlement.Feature `db:"feature"`
		N       int64               `db:"n"`
	}](ctx, s.DB, liveCounts, db.LiveKeysArgs(r.OrgID, at)...)
	a := r.account()
	a.Live = make(map[entitlement.Feature]int64, len(counts))
	for _, c := range counts {
		a.Live[c.Feature] = c.N
	}
	return a, err
}

// Accounts implements entitlement.Repository.
func (s *Store) Accounts(
	ctx context.Context, ids []id.ID, f entitlement.Feature, at time.Time,
) ([]entitlement.Account, error) {
	var out []entitlement.Account
	lock := "" // what is charged to a workspace belongs to it, as what is inserted does: see HoldWorkspace
	if s.Engine == db.Postgres {
		lock = " FOR KEY SHARE OF w"
	}
	err := db.Batches(db.IDRows(ids), func(rows [][]any) error {
		values, args := s.Values([]string{db.UUIDType}, rows, []any{f, at})
		found, err := db.All[accountRow](ctx, s.DB, "WITH v(id) AS (VALUES "+values+") SELECT "+planColumns+", "+
			boosts("b.workspace_id = w.id")+
			" AS boost FROM v JOIN workspaces w ON w.id = v.id AND w.deleted_at IS NULL JOIN orgs o ON o.id = w.org_id"+lock,
			args...)
		out = append(out, db.Convert(found, accountRow.account)...)
		return err
	})
	return out, err
}

// boosts adds up those of the feature $1 that count at the time $2.
func boosts(where string) string { return boostsOf(where, "$1") }

// boostsOf adds up those of a feature that count at the time $2.
func boostsOf(where, feature string) string {
	return "CAST(COALESCE((SELECT sum(b.amount) FROM entitlement_boosts b WHERE " + where +
		" AND b.feature = " + feature + " AND (b.expires_at IS NULL OR b.expires_at > $2)), 0) AS BIGINT)"
}

// OrgAccount implements entitlement.Repository. An org that is deleted gets nothing any more.
func (s *Store) OrgAccount(
	ctx context.Context, orgID id.ID, f entitlement.Feature, at time.Time,
) (entitlement.Account, error) {
	r, err := db.One[accountRow](ctx, s.DB,
		"SELECT o.id AS org_id, o.tier, o.tier AS org_tier, "+boosts("b.org_id = o.id")+
			" AS boost FROM orgs o WHERE o.id = $3 AND o.status <> 'deactivated'", f, at, orgID)
	return r.account(), db.NoRow(err, fault.NewNotFound("organization"))
}

// Ledger implements entitlement.Repository.
func (s *Store) Ledger(
	ctx context.Context, a entitlement.Account, since, always, at time.Time,
) ([]entitlement.Counter, []entitlement.Boost, error) {
	rows, err := db.All[struct {
		WorkspaceID id.ID               `db:"workspace_id"`
		Feature     entitlement.Feature `db:"feature"`
		At          db.Time             `db:"at"`
		Used        int64               `db:"used"`
		Boost       int64               `db:"boost"`
	}](ctx, s.DB,
		"SELECT workspace_id, feature, period AS at, used, 0 AS boost FROM usage_counters WHERE workspace_id = $1 AND "+
			"(period >= $2 OR period = $3)"+
			" UNION ALL SELECT workspace_id, feature, created_at, 0, amount FROM entitlement_boosts WHERE org_id = $4 AND "+
			"(expires_at IS NULL OR expires_at > $5)",
		a.WorkspaceID, since, always, a.OrgID, at)
	var counters []entitlement.Counter
	var boosts []entitlement.Boost
	for _, r := range rows {
		if r.Boost > 0 {
			boosts = append(boosts, entitlement.Boost{
				OrgID: a.OrgID, WorkspaceID: r.WorkspaceID, Feature: r.Feature, Amount: r.Boost, CreatedAt: r.At.Time,
			})
		} else {
			counters = append(counters, entitlement.Counter{Feature: r.Feature, Period: r.At.Time, Used: r.Used})
		}
	}
	return counters, boosts, err
}

type usageRow struct {
	WorkspaceID id.ID `db:"workspace_id"`
	Used        int64 `db:"used"`
}

// LockUsage implements entitlement.Repository. A row that is written is locked, whether it
// was there or not.
func (s *Store) LockUsage(
	ctx context.Context, f entitlement.Feature, period time.Time, ids []id.ID,
) (map[id.ID]int64, error) {
	charges := make([]entitlement.Charge, len(ids))
	for i, v := range ids {
		charges[i].WorkspaceID = v
	}
	out := make(map[id.ID]int64, len(ids))
	err := s.addUsage(ctx, f, period, charges, func(rows []usageRow) {
		for _, r := range rows {
			out[r.WorkspaceID] = r.Used
		}
	})
	return out, err
}

// AddUsage implements entitlement.Repository.
func (s *Store) AddUsage(
	ctx context.Context, f entitlement.Feature, period time.Time, charges []entitlement.Charge,
) error {
	return s.addUsage(ctx, f, period, charges, func([]usageRow) {})
}

func (s *Store) addUsage(
	ctx context.Context, f entitlement.Feature, period time.Time, charges []entitlement.Charge, became func([]usageRow),
) error {
	rows := make([][]any, len(charges))
	for i, c := range charges {
		rows[i] = []any{c.WorkspaceID, f, period, c.Quantity}
	}
	return db.Batches(rows, func(rows [][]any) error {
		values, args := s.Values([]string{db.UUIDType, db.TextType, db.TimeType, db.IntType}, rows, nil)
		found, err := db.Returning[usageRow](ctx, s.DB,
			"INSERT INTO usage_counters (workspace_id, feature, period, used) VALUES "+values+
				" ON CONFLICT (workspace_id, feature, period) DO UPDATE SET used = usage_counters.used + excluded.used RETURNING "+
				"workspace_id, used", args...)
		became(found)
		return err
	})
}

// UsageSince implements entitlement.Repository.
func (s *Store) UsageSince(
	ctx context.Context, f entitlement.Feature, since time.Time, ids []id.ID,
) (map[id.ID]int64, error) {
	out := make(map[id.ID]int64, len(ids))
	err := db.Batches(db.IDRows(ids), func(rows [][]any) error {
		values, args := s.Values([]string{db.UUIDType}, rows, []any{f, since})
		found, err := db.All[usageRow](ctx, s.DB,
			"WITH v(id) AS (VALUES "+values+") SELECT c.workspace_id, CAST(sum(c.used) AS BIGINT) AS used"+
				" FROM v JOIN usage_counters c ON c.workspace_id = v.id WHERE c.feature = $1 AND c.period >= $2 GROUP BY "+
				"c.workspace_id", args...)
		for _, r := range found {
			out[r.WorkspaceID] = r.Used
		}
		return err
	})
	return out, err
}

// InsertUsageRecord implements entitlement.Repository.
func (s *Store) InsertUsageRecord(ctx context.Context, r entitlement.Record, size int64) error {
	metadata := r.Metadata
	if metadata == nil {
		metadata = map[string]any{}
	}
	_, err := s.Exec(ctx,
		"INSERT INTO usage_records (id, workspace_id, feature, quantity, metadata, actor_kind, actor_id, created_at, size) "+
			"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		r.ID, r.WorkspaceID, r.Feature, r.Quantity, db.AsJSON(metadata), r.ActorKind, r.ActorID, r.CreatedAt, size)
	return err
}

// MarkAlerted implements entitlement.Repository.
func (s *Store) MarkAlerted(
	ctx context.Context, workspaceID id.ID, f entitlement.Feature, period time.Time, percent int,
) (bool, error) {
	n, err := s.Exec(ctx,
		"UPDATE usage_counters SET alerted = $4 WHERE workspace_id = $1 AND feature = $2 AND period = $3 AND alerted < $4",
		workspaceID, f, period, percent)
	return n == 1, err
}

// InsertBoost implements entitlement.Repository.
func (s *Store) InsertBoost(ctx context.Context, b entitlement.Boost) error {
	_, err := s.Exec(ctx,
		"INSERT INTO entitlement_boosts (id, org_id, workspace_id, feature, amount, expires_at, created_at) VALUES ($1, "+
			"$2, $3, $4, $5, $6, $7)",
		b.ID, b.OrgID, b.WorkspaceID, b.Feature, b.Amount, b.ExpiresAt, b.CreatedAt)
	if err != nil {
		return err
	}
	_, err = s.Exec(ctx, "UPDATE usage_counters SET alerted = 0 WHERE workspace_id = $1 AND feature = $2", b.WorkspaceID,
		b.Feature)
	return err
}

// DefaultWorkspaces implements entitlement.Repository.
func (s *Store) DefaultWorkspaces(ctx context.Context, orgs []id.ID) (map[id.ID]id.ID, error) {
	out := make(map[id.ID]id.ID, len(orgs))
	err := db.Batches(db.IDRows(orgs), func(rows [][]any) error {
		values, args := s.Values([]string{db.UUIDType}, rows, nil)
		found, err := db.All[struct {
			OrgID       id.ID `db:"org_id"`
			WorkspaceID id.ID `db:"workspace_id"`
		}](ctx, s.DB, "WITH v(id) AS (VALUES "+values+") SELECT v.id AS org_id,"+
			" (SELECT w.id FROM workspaces w WHERE w.org_id = v.id AND w.deleted_at IS NULL ORDER BY w.created_at, w.id LIMIT "+
			"1) AS workspace_id FROM v", args...)
		for _, r := range found {
			if !r.WorkspaceID.IsZero() {
				out[r.OrgID] = r.WorkspaceID
			}
		}
		return err
	})
	return out, err
}

// StockAccounts implements entitlement.Repository.
func (s *Store) StockAccounts(
	ctx context.Context, ids []id.ID, items, bytes entitlement.Feature, at time.Time,
) ([]entitlement.StockAccount, error) {
	type row struct {
		accountRow
		Items int64 `db:"items"`
		Bytes int64 `db:"bytes"`
	}
	var out []entitlement.StockAccount
	err := db.Batches(db.IDRows(ids), func(rows [][]any) error {
		values, args := s.Values([]string{db.UUIDType}, rows, []any{items, at, bytes})
		of := "b.workspace_id = w.id"
		found, err := db.All[row](ctx, s.DB, "WITH v(id) AS (VALUES "+values+") SELECT "+planColumns+", 0 AS boost, "+
			boosts(of)+" AS items, "+boostsOf(of, "$3")+" AS bytes"+
			" FROM v JOIN workspaces w ON w.id = v.id AND w.deleted_at IS NULL JOIN orgs o ON o.id = w.org_id", args...)
		for _, r := range found {
			out = append(out,
				entitlement.StockAccount{Account: r.account(), Boosts: plan.Amount{Items: r.Items, Bytes: r.Bytes}})
		}
		return err
	})
	return out, err
}

// AddStored implements entitlement.Repository. What was never counted cannot be subtracted, so
// that a counter below zero is none.
func (s *Store) AddStored(
	ctx context.Context, period time.Time, changes []entitlement.Holding,
) ([]entitlement.Holding, error) {
	type row struct {
		WorkspaceID id.ID               `db:"workspace_id"`
		Feature     entitlement.Feature `db:"feature"`
		Used        int64               `db:"used"`
	}
	rows := make([][]any, len(changes))
	for i, c := range changes {
		rows[i] = []any{c.WorkspaceID, c.Feature, period, c.Amount}
	}
	out := make([]entitlement.Holding, 0, len(changes))
	err := db.Batches(rows, func(rows [][]any) error {
		values, args := s.Values([]string{db.UUIDType, db.TextType, db.TimeType, db.IntType}, rows, nil)
		found, err := db.Returning[row](ctx, s.DB,
			"INSERT INTO usage_counters (workspace_id, feature, period, used) VALUES "+values+
				" ON CONFLICT (workspace_id, feature, period) DO UPDATE SET used = usage_counters.used + excluded.used"+
				" RETURNING workspace_id, feature, used", args...)
		for _, r := range found {
			if r.Used < 0 {
				r.Used = 0
				_, err = s.Exec(ctx,
					"UPDATE usage_counters SET used = 0 WHERE workspace_id = $1 AND feature = $2 AND period = $3 AND used < 0",
					r.WorkspaceID, r.Feature, period)
			}
			out = append(out, entitlement.Holding{WorkspaceID: r.WorkspaceID, Feature: r.Feature, Amount: r.Used})
		}
		return err
	})
	return out, err
}

// DeleteUsageRecords implements entitlement.Repository.
func (s *Store) DeleteUsageRecords(ctx context.Context, before time.Time, limit int) (map[id.ID]plan.Amount, error) {
	rows, err := db.Returning[db.Freed](ctx, s.DB,
		"DELETE FROM usage_records WHERE seq IN (SELECT seq FROM usage_records WHERE created_at < $1 LIMIT $2)"+
			" RETURNING workspace_id, 1 AS items, size", before, limit)
	return db.SumFreed(rows), err
}

// DeleteUsageCounters implements entitlement.Repository.
func (s *Store) DeleteUsageCounters(ctx context.Context, before, always time.Time, limit int) (int, error) {
	return s.Exec(ctx, "DELETE FROM usage_counters WHERE (workspace_id, feature, period) IN"+
		" (SELECT workspace_id, feature, period FROM usage_counters WHERE period < $1 AND period > $2 LIMIT $3)", before,
		always, limit)
}
