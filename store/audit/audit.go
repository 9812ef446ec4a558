// Package audit is the SQL of domain/audit.
package audit

import (
	"context"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct{ *db.DB }

// New returns the area's part of a database.
func New(d *db.DB) *Store { return &Store{d} }

var (
	_ audit.Repository     = (*Store)(nil)
	_ audit.SinkRepository = (*Store)(nil)
)

// Lists are the area's lists, by name.
var Lists = map[string]db.Listing{"audit entries": entries}

// SealedColumns are the area's columns with sealed values.
var SealedColumns = []db.SealedColumn{
	{Table: "audit_sinks", Row: "seq", Column: "sealed_url", Use: "audit sink"},
}

// EndLeases ends the leases of processes that are gone. Its values are a time and their owners.
const EndLeases = "UPDATE audit_sinks SET lease_until = ? WHERE owner IN (?)"

// OrgTables are deleted with an org, in this order. Entries that wait for the operator's sink are deleted when they
// were sent.
var OrgTables = []db.OrgTable{
	{Name: "audit_sinks", Key: "seq"},
	{Name: "audit_entries", Key: "seq", From: "audit_entries t WHERE t.org_id = $1 AND " + exported("t")},
}

type auditRow struct {
	ID         id.ID                 `db:"id"`
	OrgID      id.ID                 `db:"org_id"`
	Action     string                `db:"action"`
	ActorKind  identity.Kind         `db:"actor_kind"`
	ActorID    id.ID                 `db:"actor_id"`
	ActorName  string                `db:"actor_name"`
	TargetKind audit.Target          `db:"target_kind"`
	TargetID   id.ID                 `db:"target_id"`
	Before     db.JSON[audit.Fields] `db:"before"`
	After      db.JSON[audit.Fields] `db:"after"`
	RequestID  db.Text               `db:"request_id"`
	CreatedAt  db.Time               `db:"created_at"`
}

func (r auditRow) entry() audit.Entry {
	return audit.Entry{
		ID: r.ID, OrgID: r.OrgID, Action: r.Action, ActorKind: r.ActorKind, ActorID: r.ActorID, ActorName: r.ActorName,
		TargetKind: r.TargetKind, TargetID: r.TargetID, Before: r.Before.V, After: r.After.V, RequestID: string(r.RequestID),
		CreatedAt: r.CreatedAt.Time,
	}
}

const selectAudit = "SELECT id, org_id, action, actor_kind, actor_id, actor_name, target_kind, target_id, before, " +
	"after, request_id, created_at FROM audit_entries"

// InsertAudit implements audit.Repository. What is audited is published next, so that it asks on the way whether
// anybody listens.
func (s *Store) InsertAudit(ctx context.Context, e audit.Entry) error {
	fields := func(f audit.Fields) any {
		if f == nil {
			return nil
		}
		return db.AsJSON(f)
	}
	// On PostgreSQL transactions end in another order than they number their rows. SQLite has
	// one writer at a time.
	tx := "0"
	if s.Engine == db.Postgres {
		tx = "txid_current()"
	}
	heard, err := db.Returning[bool](ctx, s.DB,
		"INSERT INTO audit_entries (id, org_id, action, actor_kind, actor_id, actor_name, target_kind, target_id, before, "+
			"after,"+
			" request_id, created_at, tx) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "+tx+")"+
			" RETURNING EXISTS (SELECT 1 FROM webhook_endpoints w WHERE w.org_id = audit_entries.org_id AND"+
			" w.deleted_at IS NULL AND w.status = 'enabled')",
		e.ID, e.OrgID, e.Action, e.ActorKind, e.ActorID, e.ActorName, e.TargetKind, e.TargetID, fields(e.Before),
		fields(e.After), db.Text(e.RequestID), e.CreatedAt)
	if err == nil {
		s.NoteListeners(ctx, e.OrgID, len(heard) != 1 || heard[0])
	}
	return err
}

var entries = db.List[auditRow, audit.Entry]{
	Scope: "org_id = $1",
	Query: selectAudit, ID: "id",
	Sorts: map[string]db.Column{"created_at": db.ByTime("created_at")},
	Filters: map[string]string{
		"action": "action", "actor_id": "actor_id", "target_id": "target_id", "created_at": "created_at",
	},
	Convert: auditRow.entry,
	Position: func(e audit.Entry, _ string) page.Position {
		return db.TimePosition(e.ID, e.CreatedAt)
	},
}

// ListAudit implements audit.Repository.
func (s *Store) ListAudit(ctx context.Context, orgID id.ID, q page.Query) (page.Page[audit.Entry], error) {
	return entries.Page(ctx, s.DB, q, entries.Scope, orgID)
}

// AuditedBefore implements audit.Repository. It reads one entry of each org, the oldest.
func (s *Store) AuditedBefore(ctx context.Context, tier plan.Tier, before time.Time) ([]id.ID, error) {
	return db.All[id.ID](ctx, s.DB, "SELECT id FROM orgs WHERE tier = $1 AND"+
		" (SELECT min(created_at) FROM audit_entries e WHERE e.org_id = orgs.id) < $2", tier, before)
}

// DeleteAudit implements audit.Repository.
func (s *Store) DeleteAudit(ctx context.Context, orgID id.ID, before time.Time) error {
	return s.ExecSlices(ctx, "DELETE FROM audit_entries WHERE seq IN (SELECT e.seq FROM audit_entries e"+
		" WHERE e.org_id = $1 AND e.created_at < $2 AND "+exported("e")+" ORDER BY e.created_at LIMIT $3)", orgID, before)
}

// exported is the condition that no sink waits for an entry.
func exported(e string) string {
	return "NOT EXISTS (SELECT 1 FROM audit_sinks k WHERE (k.org_id IS NULL OR k.org_id = " + e + ".org_id) AND (" + e +
		".tx, " + e + ".seq) > (k.cursor_tx, k.cursor_seq))"
}

type sinkRow struct {
	ID        id.ID           `db:"id"`
	OrgID     id.ID           `db:"org_id"`
	SealedURL []byte          `db:"sealed_url"`
	State     audit.SinkState `db:"state"`
	Tx        int64           `db:"cursor_tx"`
	Seq       int64           `db:"cursor_seq"`
	Failures  int             `db:"failures"`
	SetAside  int64           `db:"set_aside"`
	LastError db.Text         `db:"last_error"`
	DueAt     db.Time         `db:"due_at"`
}

func (r sinkRow) sink() audit.SinkRow {
	return audit.SinkRow{
		ID: r.ID, OrgID: r.OrgID, SealedURL: r.SealedURL, State: r.State, Cursor: audit.Cursor{Tx: r.Tx, Seq: r.Seq},
		Failures: r.Failures,
		SetAside: r.SetAside, LastError: string(r.LastError), DueAt: r.DueAt.Time,
	}
}

const sinkColumns = "id, org_id, sealed_url, state, cursor_tx, cursor_seq, failures, set_aside, last_error, due_at"

// OperatorSink implements audit.SinkRepository.
func (s *Store) OperatorSink(ctx context.Context) (audit.SinkRow, bool, error) {
	rows, err := db.All[sinkRow](ctx, s.DB, "SELECT "+sinkColumns+" FROM audit_sinks WHERE org_id IS NULL")
	if err != nil || len(rows) == 0 {
		return audit.SinkRow{}, false, err
	}
	return rows[0].sink(), true, nil
}

// InsertOperatorSink implements audit.SinkRepository.
func (s *Store) InsertOperatorSink(ctx context.Context, r audit.SinkRow, now time.Time) error {
	_, err := s.Exec(ctx,
		"INSERT INTO audit_sinks (id, sealed_url, state, cursor_tx, cursor_seq, failures, set_aside, due_at, created_at, "+
			"updated_at)"+
			" VALUES ($1, $2, $3, 0, COALESCE((SELECT min(seq) - 1 FROM audit_entries WHERE exported_at IS NULL), (SELECT "+
			"max(seq) FROM audit_entries), 0),"+
			" 0, 0, $4, $5, $5) ON CONFLICT DO NOTHING", r.ID, r.SealedURL, r.State, r.DueAt, now)
	return err
}

// SetSink implements audit.SinkRepository.
func (s *Store) SetSink(ctx context.Context, r audit.SinkRow, now time.Time) error {
	_, err := s.Exec(ctx,
		"UPDATE audit_sinks SET sealed_url = $2, state = $3, due_at = $4, failures = 0, updated_at = $4 WHERE id = $1", r.ID,
		r.SealedURL, r.State, now)
	return err
}

// ClaimSinks implements audit.SinkRepository.
func (s *Store) ClaimSinks(ctx context.Context, owner id.ID, now, until time.Time, limit int) ([]audit.SinkRow, error) {
	due := " FROM audit_sinks WHERE state = 'active' AND due_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)"
	// It looks before it writes: mostly there is nothing.
	n, err := db.One[int](ctx, s.DB, "SELECT count(*) FROM (SELECT 1"+due+" LIMIT 1) d", now)
	if err != nil || n == 0 {
		return nil, err
	}
	lock := ""
	if s.Engine == db.Postgres {
		lock = " FOR UPDATE SKIP LOCKED"
	}
	rows, err := db.Returning[sinkRow](ctx, s.DB,
		"WITH due AS MATERIALIZED (SELECT seq"+due+" ORDER BY due_at LIMIT $4"+lock+
			") UPDATE audit_sinks SET owner = $2, lease_until = $3 WHERE seq IN (SELECT seq FROM due) RETURNING "+sinkColumns,
		now, owner, until, limit)
	return db.Convert(rows, sinkRow.sink), err
}

// AdvanceSink implements audit.SinkRepository.
func (s *Store) AdvanceSink(ctx context.Context, r audit.SinkRow, owner id.ID, until, now time.Time) (bool, error) {
	args := []any{r.ID, owner, r.Cursor.Tx, r.Cursor.Seq, r.Failures, r.SetAside, db.CleanText(r.LastError), r.DueAt, now}
	lease := "owner = NULL, lease_until = NULL"
	if !until.IsZero() {
		lease, args = "lease_until = $10", append(args, until)
	}
	n, err := s.Exec(ctx,
		"UPDATE audit_sinks SET cursor_tx = $3, cursor_seq = $4, failures = $5, set_aside = $6, last_error = $7, due_at = "+
			"$8, updated_at = $9, "+lease+
			" WHERE id = $1 AND owner = $2", args...)
	return n == 1, err
}

// ReleaseSinks implements audit.SinkRepository.
func (s *Store) ReleaseSinks(ctx context.Context, owner id.ID) error {
	_, err := s.Exec(ctx, "UPDATE audit_sinks SET owner = NULL, lease_until = NULL WHERE owner = $1", owner)
	return err
}

// openElsewhere are the transactions of other databases of the same PostgreSQL server: a snapshot
// counts them among those that are open, and they write nothing here. One that has ended
// since the snapshot is not among them, and holds the export up until the next one.
const openElsewhere = "SELECT backend_xid::text::bigint FROM pg_stat_activity" +
	" WHERE backend_xid IS NOT NULL AND datname <> current_database()"

// EntriesAfter implements audit.SinkRepository. On PostgreSQL it ends where the oldest
// transaction of the database that is still open could write.
func (s *Store) EntriesAfter(ctx context.Context, orgID id.ID, after audit.Cursor, limit int) ([]audit.Placed, error) {
	where, args := " WHERE (tx, seq) > ($1, $2)", []any{after.Tx, after.Seq, limit}
	if s.Engine == db.Postgres {
		where += " AND tx < (SELECT COALESCE(min(x), txid_snapshot_xmax(txid_current_snapshot()))" +
			" FROM txid_snapshot_xip(txid_current_snapshot()) AS x" +
			" WHERE x & 4294967295 NOT IN (" + openElsewhere + "))" // ids of 64 bits against 32
	}
	if !orgID.IsZero() {
		where, args = where+" AND org_id = $4", append(args, orgID)
	}
	rows, err := db.All[struct {
		auditRow
		Tx  int64 `db:"tx"`
		Seq int64 `db:"seq"`
	}](ctx, s.DB, strings.Replace(selectAudit, " FROM", ", tx, seq FROM", 1)+where+" ORDER BY tx, seq LIMIT $3", args...)
	out := make([]audit.Placed, len(rows))
	for i, r := range rows {
		out[i] = audit.Placed{Entry: r.entry(), At: audit.Cursor{Tx: r.Tx, Seq: r.Seq}}
	}
	return out, err
}

// Renumber implements audit.SinkRepository. After it the order is that of the rows' own numbers,
// and each sink is before the first entry that it has not been sent.
func (s *Store) Renumber(ctx context.Context) error {
	if s.Engine != db.Postgres {
		return nil
	}
	return s.InTx(ctx, func(ctx context.Context) error {
		ahead, err := db.One[bool](ctx, s.DB,
			"SELECT COALESCE(max(tx), 0) >= txid_snapshot_xmax(txid_current_snapshot()) FROM audit_entries")
		if err != nil || !ahead {
			return err
		}
		_, err = s.Exec(ctx,
			"UPDATE audit_sinks SET cursor_tx = 0, cursor_seq = COALESCE((SELECT min(e.seq) - 1 FROM audit_entries e"+
				" WHERE (e.tx, e.seq) > (cursor_tx, cursor_seq) AND (e.org_id = audit_sinks.org_id OR audit_sinks.org_id IS "+
				"NULL)),"+
				" (SELECT max(seq) FROM audit_entries))")
		if err != nil {
			return err
		}
		_, err = s.Exec(ctx, "UPDATE audit_entries SET tx = 0 WHERE tx > 0")
		return err
	})
}

// SinkStats tells how many sinks fail at present, and how many entries they were not sent.
func (s *Store) SinkStats(ctx context.Context) (failing, setAside int, err error) {
	r, err := db.One[struct {
		Failing  int `db:"failing"`
		SetAside int `db:"set_aside"`
	}](ctx, s.DB,
		"SELECT count(*) FILTER (WHERE failures > 0 AND state = 'active') AS failing, COALESCE(sum(set_aside), 0) AS "+
			"set_aside FROM audit_sinks")
	return r.Failing, r.SetAside, err
}
