// Package webhook is the SQL of domain/webhook.
package webhook

import (
	"context"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct{ *db.DB }

// New returns the area's part of a database.
func New(d *db.DB) *Store { return &Store{d} }

var _ webhook.Repository = (*Store)(nil)

// Lists are the area's lists, by name.
var Lists = map[string]db.Listing{"webhook deliveries": deliveries, "webhook endpoints": endpoints}

// WorkspaceTables are deleted with a workspace, in this order.
var WorkspaceTables = []db.WorkspaceTable{
	{
		Name: "webhook_attempts", Key: "delivery_id, number",
		From: "webhook_attempts t JOIN webhook_deliveries d ON d.id = t.delivery_id" +
			" JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE e.workspace_id = $1",
	},
	{
		Name: "webhook_deliveries", Key: "seq",
		From: "webhook_deliveries t JOIN webhook_endpoints e ON e.id = t.endpoint_id WHERE e.workspace_id = $1",
	},
	{Name: "webhook_endpoints", Key: "seq"},
}

// OrgTables are deleted with an org, in this order.
var OrgTables = []db.OrgTable{
	{
		Name: "webhook_attempts", Key: "delivery_id, number",
		From: "webhook_attempts t JOIN webhook_deliveries d ON d.id = t.delivery_id WHERE d.org_id = $1",
	},
	{Name: "webhook_deliveries", Key: "seq"},
	{Name: "webhook_endpoints", Key: "seq"},
	{Name: "webhook_events", Key: "id, contract"},
}

// SealedColumns are the area's columns with sealed values.
var SealedColumns = []db.SealedColumn{
	{Table: "webhook_endpoints", Row: "seq", Column: "secret", Use: "webhook secret"},
	{Table: "webhook_endpoints", Row: "seq", Column: "previous_secret", Use: "webhook secret"},
}

// EndLeases ends the leases of processes that are gone. Its values are a time and their owners.
const EndLeases = "UPDATE webhook_deliveries SET due_at = ?, leased = false, owner = NULL, takeovers = takeovers + 1 " +
	"WHERE owner IN (?)"

type endpointRow struct {
	Seq            int64             `db:"seq"`
	ID             id.ID             `db:"id"`
	OrgID          id.ID             `db:"org_id"`
	WorkspaceID    id.ID             `db:"workspace_id"`
	ProjectID      id.ID             `db:"project_id"`
	Contract       string            `db:"contract"`
	URL            string            `db:"url"`
	Description    string            `db:"description"`
	Events         db.JSON[[]string] `db:"events"`
	Status         webhook.Status    `db:"status"`
	DisabledReason db.Text           `db:"disabled_reason"`
	Secret         []byte            `db:"secret"`
	PreviousSecret []byte            `db:"previous_secret"`
	PreviousUntil  *db.Time          `db:"previous_until"`
	FailingSince   *db.Time          `db:"failing_since"`
	CreatedAt      db.Time           `db:"created_at"`
	UpdatedAt      db.Time           `db:"updated_at"`
	Successes      int64             `db:"successes"`
	Failures       int64             `db:"failures"`
	FailuresInARow int64             `db:"failures_in_a_row"`
	LastAttemptAt  *db.Time          `db:"last_attempt_at"`
	BacklogFull    bool              `db:"backlog_full"`
}

func (r endpointRow) endpoint() webhook.Endpoint {
	return webhook.Endpoint{
		Seq: r.Seq, ID: r.ID, OrgID: r.OrgID, WorkspaceID: r.WorkspaceID, ProjectID: r.ProjectID,
		Contract: r.Contract, URL: r.URL, Description: r.Description, Events: r.Events.V,
		Status: r.Status, DisabledReason: string(r.DisabledReason), Secret: r.Secret, PreviousSecret: r.PreviousSecret,
		PreviousUntil: r.PreviousUntil.Pointer(), FailingSince: r.FailingSince.Pointer(), CreatedAt: r.CreatedAt.Time,
		UpdatedAt: r.UpdatedAt.Time,
		Successes: r.Successes, Failures: r.Failures, FailuresInARow: r.FailuresInARow,
		LastAttemptAt: r.LastAttemptAt.Pointer(), BacklogFull: r.BacklogFull,
	}
}

const selectEndpoint = "SELECT seq, id, org_id, workspace_id, project_id, contract, url, description, events, " +
	"status, disabled_reason, secret, previous_secret," +
	" previous_until, failing_since, created_at, updated_at, successes, failures, failures_in_a_row, last_attempt_at, " +
	"backlog_full FROM webhook_endpoints"

// InsertEndpoint implements webhook.Repository.
func (s *Store) InsertEndpoint(ctx context.Context, e webhook.Endpoint) (int64, error) {
	if err := s.HoldWorkspace(ctx, e.WorkspaceID); err != nil {
		return 0, err
	}
	seq, err := db.Returning[int64](ctx, s.DB,
		"INSERT INTO webhook_endpoints (id, org_id, workspace_id, project_id, contract, url, description, events, status, "+
			"disabled_reason, secret, created_at, updated_at)"+
			" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING seq",
		e.ID, e.OrgID, e.WorkspaceID, e.ProjectID, e.Contract, e.URL, e.Description, db.AsJSON(e.Events), e.Status,
		db.Text(e.DisabledReason), e.Secret, e.CreatedAt, e.UpdatedAt)
	if err != nil {
		return 0, err
	}
	s.NoteListeners(ctx, e.OrgID, true)
	return seq[0], nil
}

// EndpointBySeq implements webhook.Repository.
func (s *Store) EndpointBySeq(ctx context.Context, orgID id.ID, seq int64) (webhook.Endpoint, error) {
	r, err := db.One[endpointRow](ctx, s.DB, selectEndpoint+" WHERE seq = $1 AND org_id = $2 AND deleted_at IS NULL", seq,
		orgID)
	return r.endpoint(), db.NoRow(err, fault.NewNotFound("webhook endpoint"))
}

// Endpoint implements webhook.Repository.
func (s *Store) Endpoint(ctx context.Context, orgID, endpointID id.ID) (webhook.Endpoint, error) {
	r, err := db.One[endpointRow](ctx, s.DB, selectEndpoint+" WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL", orgID,
		endpointID)
	return r.endpoint(), db.NoRow(err, fault.NewNotFound("webhook endpoint"))
}

var endpoints = db.List[endpointRow, webhook.Endpoint]{
	Scope: "org_id = $1 AND deleted_at IS NULL",
	Query: selectEndpoint, ID: "id",
	Sorts: map[string]db.Column{
		"created_at": db.ByTime("created_at"), "id": db.By("seq"), "updated_at": db.ByTime("updated_at"), "url": db.By("url"),
		"last_delivery_at": db.ByTime("last_attempt_at"),
	},
	Filters: map[string]string{
		"status": "status", "contract": "contract", "workspace_id": "workspace_id", "project_id": "project_id",
		"created_at": "created_at",
		"updated_at": "updated_at", "search": "url, description",
	},
	Convert: endpointRow.endpoint,
	Position: func(e webhook.Endpoint, _ string) page.Position {
		return db.TimePosition(e.ID, e.CreatedAt)
	},
}

// ListEndpoints implements webhook.Repository.
func (s *Store) ListEndpoints(ctx context.Context, orgID id.ID, q page.Query) (page.Page[webhook.Endpoint], error) {
	return endpoints.Page(ctx, s.DB, q, endpoints.Scope, orgID)
}

// CountEndpoints implements webhook.Repository.
func (s *Store) CountEndpoints(ctx context.Context, orgID id.ID) (int, error) {
	return db.One[int](ctx, s.DB, "SELECT count(*) FROM webhook_endpoints WHERE org_id = $1 AND deleted_at IS NULL", orgID)
}

// UpdateEndpoint implements webhook.Repository.
func (s *Store) UpdateEndpoint(ctx context.Context, e webhook.Endpoint) error {
	_, err := s.Exec(ctx,
		"UPDATE webhook_endpoints SET url = $2, description = $3, events = $4, status = $5, disabled_reason = $6, secret = "+
			"$7,"+
			" previous_secret = $8, previous_until = $9, failing_since = $10, updated_at = $11 WHERE id = $1",
		e.ID, e.URL, e.Description, db.AsJSON(e.Events), e.Status, db.Text(e.DisabledReason), e.Secret, e.PreviousSecret,
		e.PreviousUntil, e.FailingSince, e.UpdatedAt)
	s.NoteListeners(ctx, e.OrgID, true)
	return err
}

// DeleteEndpoint implements webhook.Repository. The row stays for its deliveries' sake; its
// secrets do not.
func (s *Store) DeleteEndpoint(ctx context.Context, endpointID id.ID, at time.Time) error {
	_, err := s.Exec(ctx,
		"UPDATE webhook_endpoints SET deleted_at = $2, status = 'disabled', secret = $3, previous_secret = NULL WHERE id = "+
			"$1", endpointID, at, []byte{})
	return err
}

// EnabledEndpoints implements webhook.Repository.
func (s *Store) EnabledEndpoints(ctx context.Context, orgID id.ID) ([]webhook.Endpoint, error) {
	if s.Unheard(ctx, orgID) { // the audit entry of the same change has looked
		return nil, nil
	}
	rows, err := db.All[endpointRow](ctx, s.DB,
		selectEndpoint+" WHERE org_id = $1 AND deleted_at IS NULL AND status = 'enabled' ORDER BY created_at, id", orgID)
	return db.Convert(rows, endpointRow.endpoint), err
}

// EndpointsByID implements webhook.DispatchRepository.
func (s *Store) EndpointsByID(ctx context.Context, ids []id.ID) ([]webhook.Endpoint, error) {
	if len(ids) == 1 { // what the engine asks for, prepared
		rows, err := db.All[endpointRow](ctx, s.DB, selectEndpoint+" WHERE id = $1 AND deleted_at IS NULL", ids[0])
		return db.Convert(rows, endpointRow.endpoint), err
	}
	var out []webhook.Endpoint
	q, args, err := sqlx.In(selectEndpoint+" WHERE id IN (?) AND deleted_at IS NULL", db.Padded(ids))
	if err != nil {
		return nil, err
	}
	rows, err := db.All[endpointRow](ctx, s.DB, sqlx.Rebind(sqlx.DOLLAR, q), args...)
	return append(out, db.Convert(rows, endpointRow.endpoint)...), err
}

// WorkspaceNumber implements webhook.Repository.
func (s *Store) WorkspaceNumber(ctx context.Context, workspaceID id.ID) (int64, error) {
	return db.One[int64](ctx, s.DB, "SELECT coalesce(max(seq), 0) FROM workspaces WHERE id = $1", workspaceID)
}

// InsertEvent implements webhook.Repository.
func (s *Store) InsertEvent(ctx context.Context, e webhook.Event) error {
	return s.ExecLater(ctx,
		"INSERT INTO webhook_events (id, contract, org_id, type, payload, created_at, message_id)"+
			" VALUES ($1, $2, $3, $4, $5, $6, $7)",
		e.ID, e.Contract, e.OrgID, e.Type, e.Payload, e.CreatedAt, db.Text(e.MessageID))
}

// InsertDeliveries implements webhook.Repository.
func (s *Store) InsertDeliveries(ctx context.Context, owner id.ID, leased []bool, deliveries []webhook.Delivery) error {
	rows := make([][]any, len(deliveries))
	for i, d := range deliveries {
		by := id.ID{}
		if leased[i] {
			by = owner
		}
		rows[i] = []any{
			d.ID, d.OrgID, d.EndpointID, d.EventID, d.EventType, d.Contract, d.State, d.Attempts, d.Step, d.DueAt, leased[i], by,
			d.CreatedAt, d.Size,
		}
	}
	types := []string{
		db.UUIDType, db.UUIDType, db.UUIDType, db.UUIDType, db.TextType, db.TextType, db.TextType, db.IntType, db.IntType,
		db.TimeType, db.BoolType, db.UUIDType, db.TimeType, db.IntType,
	}
	return s.ExecRowsLater(ctx, "INSERT INTO webhook_deliveries (id, org_id, endpoint_id, event_id, event_type, "+
		"contract, state, attempts, step, due_at, leased, owner, created_at, size) VALUES ", types, rows)
}

type deliveryRow struct {
	Seq        int64         `db:"seq"`
	ID         id.ID         `db:"id"`
	OrgID      id.ID         `db:"org_id"`
	EndpointID id.ID         `db:"endpoint_id"`
	EventID    id.ID         `db:"event_id"`
	MessageID  db.Text       `db:"message_id"`
	EventType  string        `db:"event_type"`
	Contract   string        `db:"contract"`
	State      webhook.State `db:"state"`
	Attempts   int           `db:"attempts"`
	Step       int           `db:"step"`
	Takeovers  int           `db:"takeovers"`
	DueAt      db.Time       `db:"due_at"`
	LastStatus *int          `db:"last_status"`
	CreatedAt  db.Time       `db:"created_at"`
	FinishedAt *db.Time      `db:"finished_at"`
	Payload    []byte        `db:"payload"`
}

func (r deliveryRow) delivery() webhook.Delivery {
	return webhook.Delivery{
		Seq: r.Seq, ID: r.ID, OrgID: r.OrgID, EndpointID: r.EndpointID, EventID: r.EventID,
		MessageID: string(r.MessageID), EventType: r.EventType,
		Contract: r.Contract, State: r.State,
		Attempts: r.Attempts, Step: r.Step, Takeovers: r.Takeovers, DueAt: r.DueAt.Time, LastStatus: r.LastStatus,
		CreatedAt: r.CreatedAt.Time, FinishedAt: r.FinishedAt.Pointer(), Payload: r.Payload,
	}
}

const deliveryColumns = "d.seq, d.id, d.org_id, d.endpoint_id, d.event_id, d.event_type, d.contract, d.state, " +
	"d.attempts, d.step, d.takeovers, d.due_at, d.last_status, d.created_at, d.finished_at"

// Delivery implements webhook.Repository.
func (s *Store) Delivery(ctx context.Context, orgID, deliveryID, eventID id.ID) (webhook.Delivery, error) {
	where, arg := "d.id = $2", deliveryID
	if deliveryID.IsZero() {
		where, arg = "d.event_id = $2", eventID
	}
	return s.delivery(ctx, "d.org_id = $1 AND "+where, orgID, arg)
}

// DeliveryBySeq implements webhook.Repository.
func (s *Store) DeliveryBySeq(ctx context.Context, endpointID id.ID, seq int64) (webhook.Delivery, error) {
	return s.delivery(ctx, "d.seq = $1 AND d.endpoint_id = $2", seq, endpointID)
}

func (s *Store) delivery(ctx context.Context, where string, args ...any) (webhook.Delivery, error) {
	r, err := db.One[deliveryRow](ctx, s.DB,
		"SELECT "+deliveryColumns+
			", e.payload, e.message_id FROM webhook_deliveries d"+
			" LEFT JOIN webhook_events e ON e.id = d.event_id AND e.contract = d.contract"+
			" WHERE "+where, args...)
	if err != nil {
		return webhook.Delivery{}, db.NoRow(err, fault.NewNotFound("delivery"))
	}
	out := []webhook.Delivery{r.delivery()}
	err = s.attempts(ctx, out)
	return out[0], err
}

// deliveryStatus is the state of a delivery as lists are filtered by it, in the form that two indexes have.
const deliveryStatus = "(CASE WHEN state = 'pending' AND attempts = 0 THEN 'pending' WHEN state = 'pending' THEN " +
	"'retrying' WHEN state = 'succeeded' THEN 'success' ELSE 'failed' END)"

// Blocks are by what the deliveries of an endpoint are counted.
var Blocks = db.Blocked{Table: "webhook_deliveries", Scope: "endpoint_id", Times: []string{"created_at"}}

var deliveries = db.List[deliveryRow, webhook.Delivery]{
	Scope: "d.org_id = $1",
	Query: "SELECT " + deliveryColumns + " FROM webhook_deliveries d", ID: "d.id",
	Sorts: map[string]db.Column{
		"created_at": db.ByTime("d.created_at"), "id": db.By("d.seq"), "event_type": db.By("d.event_type"),
		"attempt": db.By("d.attempts"),
	},
	Filters: map[string]string{
		"workspace_id": "(SELECT e.workspace_id FROM webhook_endpoints e WHERE e.id = d.endpoint_id)",
		"search":       "d.event_type",
		"status_code":  "d.last_status", "event_type": "d.event_type", "endpoint_id": "d.endpoint_id", "state": "d.state",
		"created_at": "d.created_at", "status": deliveryStatus,
	},
	CountedBy: map[string]string{"endpoint_id": "deliveries"}, // an endpoint is of one org
	Blocks:    Blocks,
	Few:       db.FewValues{Table: "webhook_deliveries", Scope: "org_id", Column: "event_type", Name: "d.event_type"},
	Convert:   deliveryRow.delivery,
	Position: func(d webhook.Delivery, _ string) page.Position {
		return db.TimePosition(d.ID, d.CreatedAt)
	},
}

// ListDeliveries implements webhook.Repository.
func (s *Store) ListDeliveries(ctx context.Context, orgID id.ID, q page.Query) (page.Page[webhook.Delivery], error) {
	p, err := deliveries.Page(ctx, s.DB, q, deliveries.Scope, orgID)
	if err != nil {
		return p, err
	}
	return p, s.attempts(ctx, p.Items)
}

type attemptRow struct {
	DeliveryID id.ID           `db:"delivery_id"`
	Number     int             `db:"number"`
	RequestID  id.ID           `db:"request_id"`
	At         db.Time         `db:"attempted_at"`
	Latency    int64           `db:"latency_us"`
	StatusCode *int            `db:"status_code"`
	Outcome    webhook.Outcome `db:"outcome"`
	Error      db.Text         `db:"error"`
	Excerpt    db.Text         `db:"excerpt"`
}

// attempts reads the attempts of a page of deliveries with one statement. One made since
// the deliveries were read is left out: what it changed is not in them.
func (s *Store) attempts(ctx context.Context, d []webhook.Delivery) error {
	if len(d) == 0 {
		return nil
	}
	at := make(map[id.ID]int, len(d))
	ids := make([]id.ID, len(d))
	for i := range d {
		at[d[i].ID], ids[i] = i, d[i].ID
	}
	q, args, err := sqlx.In("SELECT delivery_id, number, request_id, attempted_at, latency_us, status_code, outcome, "+
		"error, excerpt FROM webhook_attempts"+
		" WHERE delivery_id IN (?) ORDER BY delivery_id, number", db.Padded(ids))
	if err != nil {
		return err
	}
	rows, err := db.All[attemptRow](ctx, s.DB, sqlx.Rebind(sqlx.DOLLAR, q), args...)
	for _, r := range rows {
		i := at[r.DeliveryID]
		if r.Number > d[i].Attempts {
			continue
		}
		d[i].Log = append(d[i].Log, webhook.Attempt{
			DeliveryID: r.DeliveryID, Number: r.Number, RequestID: r.RequestID, At: r.At.Time,
			Latency:    time.Duration(r.Latency) * time.Microsecond,
			StatusCode: r.StatusCode, Outcome: r.Outcome, Error: string(r.Error), Excerpt: string(r.Excerpt),
		})
	}
	return err
}

const requeue = "UPDATE webhook_deliveries SET state = 'pending', step = 0, takeovers = 0, due_at = $1, leased = " +
	"false, owner = NULL, finished_at = NULL WHERE "

// Requeue implements webhook.Repository.
func (s *Store) Requeue(ctx context.Context, deliveryID id.ID, at time.Time) (bool, error) {
	n, err := s.Exec(ctx, requeue+"id = $2 AND state <> 'pending'", at, deliveryID)
	return n == 1, err
}

// Recover implements webhook.Repository.
func (s *Store) Recover(ctx context.Context, endpointID id.ID, since, until, at time.Time, limit int) (int, error) {
	return s.Exec(ctx, requeue+"seq IN (SELECT seq FROM webhook_deliveries WHERE "+recoverable+" LIMIT $5)", at,
		endpointID, since, until, limit)
}

// What has ended since the time $1 has been recovered, or was sent then.
const recoverable = "endpoint_id = $2 AND " + deliveryStatus + " = 'failed' AND created_at >= $3 AND created_at < " +
	"$4 AND finished_at <= $1"

// CountRecoverable implements webhook.Repository.
func (s *Store) CountRecoverable(ctx context.Context, endpointID id.ID, since, until, at time.Time) (int, error) {
	return db.One[int](db.Slow(ctx), s.DB, "SELECT count(*) FROM webhook_deliveries WHERE "+recoverable, at, endpointID,
		since, until)
}

// CancelPending implements webhook.Repository.
func (s *Store) CancelPending(ctx context.Context, endpointID id.ID, at time.Time, limit int) (int, error) {
	return s.Exec(ctx,
		"UPDATE webhook_deliveries SET state = 'cancelled', finished_at = $2, leased = false, owner = NULL WHERE seq IN"+
			" (SELECT seq FROM webhook_deliveries WHERE endpoint_id = $1 AND state = 'pending' AND created_at <= $2 LIMIT $3)",
		endpointID, at, limit)
}

// DeleteDeliveries implements webhook.Repository.
func (s *Store) DeleteDeliveries(ctx context.Context, before time.Time, limit int) (int, error) {
	n := 0
	err := s.InTx(ctx, func(ctx context.Context) error {
		rows, err := db.Returning[struct {
			ID    id.ID `db:"id"`
			Event id.ID `db:"event_id"`
		}](ctx, s.DB,
			"DELETE FROM webhook_deliveries WHERE seq IN (SELECT seq FROM webhook_deliveries WHERE finished_at < $1 ORDER BY "+
				"finished_at LIMIT $2) RETURNING id, event_id", before, limit)
		if err != nil {
			return err
		}
		n = len(rows)
		ids, events := make([]id.ID, n), make([]id.ID, n)
		for i, r := range rows {
			ids[i], events[i] = r.ID, r.Event
		}
		if err := db.ExecIn(ctx, s.DB, "DELETE FROM webhook_attempts WHERE delivery_id IN (?)", ids); err != nil {
			return err
		}
		return db.ExecIn(ctx, s.DB,
			"DELETE FROM webhook_events WHERE id IN (?) AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.event_id = "+
				"webhook_events.id)", events)
	})
	return n, err
}

// DueEndpoints implements webhook.DispatchRepository. It goes through the index from one
// endpoint to the next: however many deliveries wait for one, they are not read.
func (s *Store) DueEndpoints(ctx context.Context, now time.Time, after id.ID, limit int) ([]webhook.Due, error) {
	if after.IsZero() {
		after = id.ID{15: 1}
	}
	rows, err := db.All[struct {
		OrgID      id.ID `db:"org_id"`
		EndpointID id.ID `db:"endpoint_id"`
	}](ctx, s.DB, "WITH RECURSIVE e(endpoint_id) AS ("+
		"SELECT (SELECT d.endpoint_id FROM webhook_deliveries d WHERE d.state = 'pending' AND d.endpoint_id > $1 ORDER BY "+
		"d.endpoint_id LIMIT 1)"+
		" UNION ALL SELECT (SELECT d.endpoint_id FROM webhook_deliveries d WHERE d.state = 'pending' AND d.endpoint_id > "+
		"e.endpoint_id"+
		" ORDER BY d.endpoint_id LIMIT 1) FROM e WHERE e.endpoint_id IS NOT NULL"+
		") SELECT e.endpoint_id, (SELECT d.org_id FROM webhook_deliveries d WHERE d.endpoint_id = e.endpoint_id AND "+
		"d.state = 'pending' LIMIT 1) AS org_id"+
		" FROM e WHERE e.endpoint_id IS NOT NULL AND (SELECT "+db.NotOfSuspended("d.org_id")+
		" FROM webhook_deliveries d WHERE d.endpoint_id = e.endpoint_id AND d.state = 'pending' LIMIT 1) AND EXISTS"+
		" (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = e.endpoint_id AND d.state = 'pending' AND d.due_at <= "+
		"$2) LIMIT $3", after, now, limit)
	out := make([]webhook.Due, len(rows))
	for i, r := range rows {
		out[i] = webhook.Due{OrgID: r.OrgID, EndpointID: r.EndpointID}
	}
	return out, err
}

// ClaimDeliveries implements webhook.DispatchRepository.
func (s *Store) ClaimDeliveries(
	ctx context.Context, endpoints []id.ID, perEndpoint int, owner id.ID, now, until time.Time,
) ([]webhook.Delivery, error) {
	types, rows := []string{db.UUIDType}, make([][]any, len(endpoints))
	for i, e := range endpoints {
		rows[i] = []any{e}
	}
	values, args := s.Values(types, rows, []any{now, perEndpoint, until, owner})
	pick := "SELECT p.seq FROM e JOIN webhook_deliveries p ON p.seq IN (SELECT d.seq FROM webhook_deliveries d" +
		" WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.due_at <= $1 ORDER BY d.due_at LIMIT $2)"
	if s.Engine == db.Postgres {
		pick = "SELECT p.seq FROM e CROSS JOIN LATERAL (SELECT d.seq FROM webhook_deliveries d" +
			" WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.due_at <= $1 ORDER BY d.due_at LIMIT $2 FOR UPDATE " +
			"SKIP LOCKED) p"
	}
	claimed, err := db.Returning[deliveryRow](ctx, s.DB,
		"WITH e(id) AS (VALUES "+values+"), due AS MATERIALIZED ("+pick+")"+
			" UPDATE webhook_deliveries SET due_at = $3, takeovers = takeovers + CASE WHEN leased THEN 1 ELSE 0 END, leased = "+
			"true, owner = $4 WHERE seq IN (SELECT seq FROM due)"+
			" RETURNING "+strings.ReplaceAll(deliveryColumns, "d.", "")+
			", (SELECT v.payload FROM webhook_events v WHERE v.id = webhook_deliveries.event_id AND v.contract = "+
			"webhook_deliveries.contract) AS payload, (SELECT v.message_id FROM webhook_events v WHERE v.id = "+
			"webhook_deliveries.event_id AND v.contract = webhook_deliveries.contract) AS message_id", args...)
	return db.Convert(claimed, deliveryRow.delivery), err
}

// ReleaseDeliveries implements webhook.DispatchRepository.
func (s *Store) ReleaseDeliveries(ctx context.Context, ids []id.ID, owner id.ID, due time.Time) error {
	return db.ExecIn(ctx, s.DB,
		"UPDATE webhook_deliveries SET due_at = ?, leased = false, owner = NULL WHERE owner = ? AND id IN (?)", ids, due,
		owner)
}

// FinishAttempts implements webhook.DispatchRepository. What has an owner is pending: to say
// so as well would have PostgreSQL look through the index of all that is pending.
func (s *Store) FinishAttempts(ctx context.Context, owner id.ID, results []webhook.Result) error {
	atOnce := len(results)
	if s.Engine == db.SQLite { // a request that writes waits for the turn of a part, not of all
		atOnce = min(atOnce, resultsOfATurn)
	}
	for len(results) > 0 {
		n := min(atOnce, len(results))
		if err := s.finishAttempts(ctx, owner, results[:n]); err != nil {
			return err
		}
		results = results[n:]
	}
	return nil
}

// resultsOfATurn is how many results take about as long as background work has in a group of writers.
const resultsOfATurn = 32

func (s *Store) finishAttempts(ctx context.Context, owner id.ID, results []webhook.Result) error {
	var attempts, outcomes [][]any
	for _, r := range results {
		a := r.Attempt
		if a.Number > 0 {
			attempts = append(attempts, []any{
				a.DeliveryID, a.Number, a.RequestID, a.At, a.Latency.Microseconds(), a.StatusCode, a.Outcome, db.Text(a.Error),
				db.Text(a.Excerpt),
			})
		}
		due := r.DueAt
		if due.IsZero() {
			due = a.At
		}
		outcomes = append(outcomes, []any{a.DeliveryID, r.State, r.Step, a.Number, a.StatusCode, due, r.FinishedAt})
	}
	return s.InTx(ctx, func(ctx context.Context) error {
		types := []string{
			db.UUIDType, db.IntType, db.UUIDType, db.TimeType, db.IntType, db.IntType, db.TextType, db.TextType, db.TextType,
		}
		err := s.ExecRows(ctx, "INSERT INTO webhook_attempts (delivery_id, number, request_id, attempted_at, latency_us, "+
			"status_code, outcome, error, excerpt) VALUES ", types, attempts,
			" ON CONFLICT (delivery_id, number) DO NOTHING")
		if err != nil {
			return err
		}
		finished := map[id.ID]bool{}
		err = db.Batches(outcomes, func(rows [][]any) error {
			values, args := s.Values([]string{
				db.UUIDType, db.TextType, db.IntType, db.IntType, db.IntType, db.TimeType, db.TimeType,
			}, rows, []any{owner})
			ids, err := db.Returning[id.ID](ctx, s.DB,
				"WITH v(id, state, step, number, status, due_at, finished_at) AS (VALUES "+values+")"+
					" UPDATE webhook_deliveries SET state = v.state, step = v.step, attempts = CASE WHEN v.number > attempts THEN "+
					"v.number ELSE attempts END,"+
					" last_status = CASE WHEN v.number > 0 THEN v.status ELSE last_status END, due_at = v.due_at, finished_at = "+
					"v.finished_at, leased = false, owner = NULL, takeovers = 0"+
					" FROM v WHERE webhook_deliveries.id = v.id AND webhook_deliveries.owner = $1 RETURNING webhook_deliveries.id",
				args...)
			for _, d := range ids {
				finished[d] = true
			}
			return err
		})
		if err != nil {
			return err
		}
		return s.count(ctx, results, finished)
	})
}

// tally is what a batch adds to the counts of an endpoint.
type tally struct {
	successes, failures int64
	last                int64 // failures since the last success
	at                  time.Time
}

// count adds to the endpoints' counts what was written now. The rows are locked in one
// order, so that two processes which count for the same ones do not wait for each other.
func (s *Store) count(ctx context.Context, results []webhook.Result, finished map[id.ID]bool) error {
	tallies := map[id.ID]*tally{}
	var order []id.ID
	for _, r := range results {
		if r.Attempt.Number == 0 || !finished[r.Attempt.DeliveryID] {
			continue
		}
		t := tallies[r.EndpointID]
		if t == nil {
			t = &tally{}
			tallies[r.EndpointID], order = t, append(order, r.EndpointID)
		}
		if t.at = r.Attempt.At; r.Attempt.Outcome == webhook.OutcomeSucceeded {
			t.successes, t.last = t.successes+1, 0
		} else {
			t.failures, t.last = t.failures+1, t.last+1
		}
	}
	rows := make([][]any, 0, len(order))
	for _, e := range order {
		t := tallies[e]
		rows = append(rows, []any{e, t.successes, t.failures, t.last, t.at})
	}
	lock, from := "", " FROM v WHERE webhook_endpoints.id = v.id"
	if s.Engine == db.Postgres {
		lock = ", locked AS (SELECT id FROM webhook_endpoints WHERE id IN (SELECT id FROM v) ORDER BY id FOR NO KEY UPDATE)"
		from = " FROM v, locked WHERE webhook_endpoints.id = v.id AND locked.id = v.id"
	}
	types := []string{db.UUIDType, db.IntType, db.IntType, db.IntType, db.TimeType}
	return s.ExecRows(ctx, "WITH v(id, successes, failures, last, at) AS (VALUES ", types, rows, ")"+lock+
		" UPDATE webhook_endpoints SET successes = webhook_endpoints.successes + v.successes,"+
		" failures = webhook_endpoints.failures + v.failures,"+
		" failures_in_a_row = CASE WHEN v.successes > 0 THEN v.last ELSE failures_in_a_row + v.last END,"+
		" last_attempt_at = v.at"+from)
}

// MarkFailing implements webhook.DispatchRepository.
func (s *Store) MarkFailing(ctx context.Context, ids []id.ID, at, before time.Time) ([]id.ID, error) {
	if err := db.ExecIn(ctx, s.DB,
		"UPDATE webhook_endpoints SET failing_since = ? WHERE failing_since IS NULL AND id IN (?)", ids, at); err != nil {
		return nil, err
	}
	q, args, err := sqlx.In("SELECT id FROM webhook_endpoints WHERE failing_since < ? AND status = 'enabled' AND "+
		"deleted_at IS NULL AND id IN (?)", before, db.Padded(ids))
	if err != nil {
		return nil, err
	}
	return db.All[id.ID](ctx, s.DB, sqlx.Rebind(sqlx.DOLLAR, q), args...)
}

// ClearFailing implements webhook.DispatchRepository.
func (s *Store) ClearFailing(ctx context.Context, ids []id.ID) error {
	return db.ExecIn(ctx, s.DB,
		"UPDATE webhook_endpoints SET failing_since = NULL WHERE failing_since IS NOT NULL AND id IN (?)", ids)
}

// Backlogs implements webhook.Repository. What waits is read from the index of what is due alone.
func (s *Store) Backlogs(ctx context.Context) ([]webhook.Backlog, error) {
	type row struct {
		OrgID      id.ID     `db:"org_id"`
		EndpointID id.ID     `db:"endpoint_id"`
		Tier       plan.Tier `db:"tier"`
		Full       bool      `db:"backlog_full"`
		Items      int64     `db:"items"`
		Bytes      int64     `db:"bytes"`
	}
	rows, err := db.All[row](ctx, s.DB, "WITH p AS (SELECT endpoint_id, count(*) AS items,"+
		" CAST(sum(size) AS BIGINT) AS bytes FROM webhook_deliveries WHERE state = 'pending' GROUP BY endpoint_id)"+
		" SELECT e.org_id, e.id AS endpoint_id, o.tier, e.backlog_full, COALESCE(p.items, 0) AS items,"+
		" COALESCE(p.bytes, 0) AS bytes FROM webhook_endpoints e JOIN orgs o ON o.id = e.org_id"+
		" LEFT JOIN p ON p.endpoint_id = e.id WHERE e.deleted_at IS NULL AND e.status = 'enabled'"+
		" AND (p.items > 0 OR e.backlog_full)")
	return db.Convert(rows, func(r row) webhook.Backlog {
		return webhook.Backlog{
			OrgID: r.OrgID, EndpointID: r.EndpointID, Tier: r.Tier, Full: r.Full,
			Waiting: plan.Amount{Items: r.Items, Bytes: r.Bytes},
		}
	}), err
}

// SetBacklogFull implements webhook.Repository.
func (s *Store) SetBacklogFull(ctx context.Context, endpoints []id.ID, full bool) error {
	return db.ExecIn(ctx, s.DB, "UPDATE webhook_endpoints SET backlog_full = ? WHERE id IN (?)", endpoints, full)
}

// WebhookBacklog tells how many deliveries are pending.
func (s *Store) WebhookBacklog(ctx context.Context) (int, error) {
	return db.One[int](ctx, s.DB, "SELECT count(*) FROM webhook_deliveries WHERE state = 'pending'")
}
