// Package integration is the SQL of domain/integration.
package integration

import (
	"context"
	"encoding/json"
	"time"

	"github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/integration"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct{ *db.DB }

// New returns the area's part of a database.
func New(d *db.DB) *Store { return &Store{d} }

var _ integration.Repository = (*Store)(nil)

// Lists are the area's lists, by name.
var Lists = map[string]db.Listing{"bindings": bindings, "records": records, "sync runs": runs}

// WorkspaceTables are deleted with a workspace, in this order.
var WorkspaceTables = []db.WorkspaceTable{
	{Name: "records", Key: "seq"},
	{Name: "sync_runs", Key: "seq"},
	{Name: "bindings", Key: "seq"},
}

// SealedColumns are the area's columns with sealed values.
var SealedColumns = []db.SealedColumn{
	{Table: "bindings", Row: "seq", Column: "sealed_config", Use: "binding configuration"},
}

type bindingRow struct {
	ID              id.ID                                    `db:"id"`
	OrgID           id.ID                                    `db:"org_id"`
	WorkspaceID     id.ID                                    `db:"workspace_id"`
	ConnectorID     string                                   `db:"connector_id"`
	SchemaVersion   string                                   `db:"schema_version"`
	Name            string                                   `db:"name"`
	Config          []byte                                   `db:"config"`
	SealedConfig    []byte                                   `db:"sealed_config"`
	Schedule        db.Text                                  `db:"schedule"`
	Paused          bool                                     `db:"paused"`
	NextRunAt       *db.Time                                 `db:"next_run_at"`
	State           integration.State                        `db:"state"`
	Code            db.Text                                  `db:"problem_code"`
	Message         db.Text                                  `db:"problem_message"`
	ValidationJobID id.ID                                    `db:"validation_job_id"`
	LastRunID       id.ID                                    `db:"last_run_id"`
	Checkpoints     db.JSON[map[string]connector.Checkpoint] `db:"checkpoints"`
	CreatedAt       db.Time                                  `db:"created_at"`
	UpdatedAt       db.Time                                  `db:"updated_at"`
}

func (r bindingRow) binding() integration.Binding {
	return integration.Binding{
		ID: r.ID, OrgID: r.OrgID, WorkspaceID: r.WorkspaceID, ConnectorID: r.ConnectorID, SchemaVersion: r.SchemaVersion,
		Name:   r.Name,
		Config: r.Config, SealedConfig: r.SealedConfig, Schedule: string(r.Schedule), Paused: r.Paused,
		NextRunAt: r.NextRunAt.Pointer(), State: r.State,
		Problem: problem(r.Code, r.Message), ValidationJobID: r.ValidationJobID, LastRunID: r.LastRunID,
		Checkpoints: r.Checkpoints.V,
		CreatedAt:   r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}
}

func problem(code, message db.Text) *job.Problem {
	if code == "" {
		return nil
	}
	return &job.Problem{Code: string(code), Message: string(message)}
}

func problemColumns(p *job.Problem) (code, message db.Text) {
	if p == nil {
		return "", ""
	}
	return db.Text(p.Code), db.Text(p.Message)
}

const selectBinding = "SELECT id, org_id, workspace_id, connector_id, schema_version, name, config, sealed_config, " +
	"schedule, paused, next_run_at, state, problem_code," +
	" problem_message, validation_job_id, last_run_id, checkpoints, created_at, updated_at FROM bindings"

// InsertBinding implements integration.Repository.
func (s *Store) InsertBinding(ctx context.Context, b integration.Binding) error {
	if err := s.HoldWorkspace(ctx, b.WorkspaceID); err != nil {
		return err
	}
	_, err := s.Exec(ctx,
		"INSERT INTO bindings (id, org_id, workspace_id, connector_id, schema_version, name, config, sealed_config, "+
			"schedule, paused, state, validation_job_id, checkpoints, created_at, updated_at)"+
			" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
		b.ID, b.OrgID, b.WorkspaceID, b.ConnectorID, b.SchemaVersion, b.Name, string(b.Config), b.SealedConfig,
		db.Text(b.Schedule), b.Paused, b.State, b.ValidationJobID,
		db.AsJSON(b.Checkpoints), b.CreatedAt, b.UpdatedAt)
	return err
}

// Binding implements integration.Repository.
func (s *Store) Binding(ctx context.Context, orgID, bindingID id.ID) (integration.Binding, error) {
	r, err := db.One[bindingRow](ctx, s.DB, selectBinding+" WHERE org_id = $1 AND id = $2", orgID, bindingID)
	return r.binding(), db.NoRow(err, fault.NewNotFound("binding"))
}

var bindings = db.List[bindingRow, integration.Binding]{
	Scope: "org_id = $1",
	Query: selectBinding, ID: "id",
	Sorts:   map[string]db.Column{"created_at": db.ByTime("created_at"), "name": db.By("name")},
	Filters: map[string]string{"workspace_id": "workspace_id", "connector_id": "connector_id", "state": "state"},
	Convert: bindingRow.binding,
	Position: func(b integration.Binding, field string) page.Position {
		return db.NamePosition(b.ID, field, b.Name, b.CreatedAt)
	},
}

// ListBindings implements integration.Repository.
func (s *Store) ListBindings(ctx context.Context, orgID id.ID, q page.Query) (page.Page[integration.Binding], error) {
	return bindings.Page(ctx, s.DB, q, bindings.Scope, orgID)
}

// UpdateBinding implements integration.Repository.
func (s *Store) UpdateBinding(ctx context.Context, b integration.Binding) error {
	code, message := problemColumns(b.Problem)
	_, err := s.Exec(ctx,
		"UPDATE bindings SET schema_version = $2, name = $3, config = $4, sealed_config = $5, schedule = $6, paused = $7, "+
			"next_run_at = $8, state = $9,"+
			" problem_code = $10, problem_message = $11, validation_job_id = $12, checkpoints = $13, updated_at = $14 WHERE id "+
			"= $1",
		b.ID, b.SchemaVersion, b.Name, string(b.Config), b.SealedConfig, db.Text(b.Schedule), b.Paused, b.NextRunAt, b.State,
		code, message, b.ValidationJobID,
		db.AsJSON(b.Checkpoints), b.UpdatedAt)
	return err
}

// DeleteBinding implements integration.Repository.
func (s *Store) DeleteBinding(ctx context.Context, bindingID id.ID) error {
	_, err := s.Exec(ctx, "DELETE FROM bindings WHERE id = $1", bindingID)
	return err
}

// DueBindings implements integration.Repository. What it sorts is in one index.
func (s *Store) DueBindings(ctx context.Context, now time.Time, limit int) ([]integration.Binding, error) {
	rows, err := db.All[bindingRow](ctx, s.DB,
		"WITH due(binding, turn, at) AS (SELECT seq, ROW_NUMBER() OVER (PARTITION BY org_id ORDER BY next_run_at, seq), "+
			"next_run_at"+
			" FROM bindings WHERE next_run_at <= $1 AND "+db.NotOfSuspended("org_id")+" ORDER BY 2, 3 LIMIT $2) "+selectBinding+
			" JOIN due ON due.binding = bindings.seq ORDER BY due.turn, due.at", now, limit)
	return db.Convert(rows, bindingRow.binding), err
}

// Reschedule implements integration.Repository.
func (s *Store) Reschedule(ctx context.Context, bindingID id.ID, was time.Time, next *time.Time) (bool, error) {
	n, err := s.Exec(ctx, "UPDATE bindings SET next_run_at = $3 WHERE id = $1 AND next_run_at = $2", bindingID, was, next)
	return n == 1, err
}

// SetLastRun implements integration.Repository.
func (s *Store) SetLastRun(ctx context.Context, bindingID, runID id.ID) error {
	_, err := s.Exec(ctx, "UPDATE bindings SET last_run_id = $2 WHERE id = $1", bindingID, runID)
	return err
}

// SetCheckpoints implements integration.Repository.
func (s *Store) SetCheckpoints(ctx context.Context, bindingID id.ID, c map[string]connector.Checkpoint) error {
	_, err := s.Exec(ctx, "UPDATE bindings SET checkpoints = $2 WHERE id = $1", bindingID, db.AsJSON(c))
	return err
}

type runRow struct {
	ID          id.ID                           `db:"id"`
	OrgID       id.ID                           `db:"org_id"`
	WorkspaceID id.ID                           `db:"workspace_id"`
	BindingID   id.ID                           `db:"binding_id"`
	ConnectorID string                          `db:"connector_id"`
	Trigger     string                          `db:"trigger_kind"`
	Full        bool                            `db:"full_sync"`
	State       integration.RunState            `db:"state"`
	JobID       id.ID                           `db:"job_id"`
	Worker      id.ID                           `db:"worker"`
	Failures    int                             `db:"failures"`
	Entities    db.JSON[[]integration.Progress] `db:"entities"`
	Code        db.Text                         `db:"problem_code"`
	Message     db.Text                         `db:"problem_message"`
	CreatedAt   db.Time                         `db:"created_at"`
	StartedAt   *db.Time                        `db:"started_at"`
	FinishedAt  *db.Time                        `db:"finished_at"`
}

func (r runRow) run() integration.Run {
	return integration.Run{
		ID: r.ID, OrgID: r.OrgID, WorkspaceID: r.WorkspaceID, BindingID: r.BindingID, ConnectorID: r.ConnectorID,
		Trigger: r.Trigger, Full: r.Full,
		State: r.State, JobID: r.JobID, Worker: r.Worker, Failures: r.Failures, Entities: r.Entities.V,
		Problem:   problem(r.Code, r.Message),
		CreatedAt: r.CreatedAt.Time, StartedAt: r.StartedAt.Pointer(), FinishedAt: r.FinishedAt.Pointer(),
	}
}

const selectRun = "SELECT id, org_id, workspace_id, binding_id, connector_id, trigger_kind, full_sync, state, " +
	"job_id, worker, failures, entities, problem_code, problem_message," +
	" created_at, started_at, finished_at FROM sync_runs"

// InsertRun implements integration.Repository.
func (s *Store) InsertRun(ctx context.Context, r integration.Run) error {
	if err := s.HoldWorkspace(ctx, r.WorkspaceID); err != nil {
		return err
	}
	entities := r.Entities
	if entities == nil {
		entities = []integration.Progress{}
	}
	_, err := s.Exec(ctx,
		"INSERT INTO sync_runs (id, org_id, workspace_id, binding_id, connector_id, trigger_kind, full_sync, state, "+
			"job_id, failures, entities, created_at)"+
			" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		r.ID, r.OrgID, r.WorkspaceID, r.BindingID, r.ConnectorID, r.Trigger, r.Full, r.State, r.JobID, r.Failures,
		db.AsJSON(entities), r.CreatedAt)
	return err
}

// Run implements integration.Repository.
func (s *Store) Run(ctx context.Context, orgID, runID id.ID) (integration.Run, error) {
	r, err := db.One[runRow](ctx, s.DB, selectRun+" WHERE org_id = $1 AND id = $2", orgID, runID)
	return r.run(), db.NoRow(err, fault.NewNotFound("sync run"))
}

// ActiveRun implements integration.Repository.
func (s *Store) ActiveRun(ctx context.Context, bindingID id.ID) (integration.Run, error) {
	r, err := db.One[runRow](ctx, s.DB, selectRun+" WHERE binding_id = $1 AND state IN ('queued', 'running')", bindingID)
	return r.run(), db.NoRow(err, fault.NewNotFound("sync run"))
}

var runs = db.List[runRow, integration.Run]{
	Scope: "org_id = $1",
	Query: selectRun, ID: "id",
	Sorts:   map[string]db.Column{"created_at": db.ByTime("created_at")},
	Filters: map[string]string{"binding_id": "binding_id", "workspace_id": "workspace_id", "state": "state"},
	Convert: runRow.run,
	Position: func(r integration.Run, _ string) page.Position {
		return db.TimePosition(r.ID, r.CreatedAt)
	},
}

// ListRuns implements integration.Repository.
func (s *Store) ListRuns(ctx context.Context, orgID id.ID, q page.Query) (page.Page[integration.Run], error) {
	return runs.Page(ctx, s.DB, q, runs.Scope, orgID)
}

// UpdateRun implements integration.Repository.
func (s *Store) UpdateRun(ctx context.Context, r integration.Run, worker id.ID) (bool, error) {
	code, message := problemColumns(r.Problem)
	held, args := "worker IS NULL", []any{
		r.ID, r.State, r.Worker, r.Failures, db.AsJSON(r.Entities), code, message, r.StartedAt, r.FinishedAt,
	}
	if !worker.IsZero() {
		held, args = "worker = $10", append(args, worker)
	}
	n, err := s.Exec(ctx,
		"UPDATE sync_runs SET state = $2, worker = $3, failures = $4, entities = $5, problem_code = $6, problem_message = "+
			"$7, started_at = $8, finished_at = $9"+
			" WHERE id = $1 AND state IN ('queued', 'running') AND "+held, args...)
	return n == 1, err
}

// DeleteRuns implements integration.Repository.
func (s *Store) DeleteRuns(ctx context.Context, before time.Time) error {
	return s.ExecSlices(ctx, "DELETE FROM sync_runs WHERE seq IN (SELECT r.seq FROM sync_runs r"+
		" WHERE r.finished_at < $1 AND r.state NOT IN ('queued', 'running') AND NOT EXISTS (SELECT 1 FROM bindings b WHERE "+
		"b.id = r.binding_id AND b.last_run_id = r.id) ORDER BY r.finished_at LIMIT $2)", before)
}

// Known implements integration.Repository.
func (s *Store) Known(
	ctx context.Context, bindingID id.ID, entity string, externalIDs []string,
) (map[string]integration.Known, error) {
	out := make(map[string]integration.Known, len(externalIDs))
	type row struct {
		ExternalID string `db:"external_id"`
		Hash       []byte `db:"hash"`
		Size       *int64 `db:"size"`
	}
	rows := make([][]any, len(externalIDs))
	for i, v := range externalIDs {
		rows[i] = []any{v}
	}
	err := db.Batches(rows, func(rows [][]any) error {
		values, args := s.Values([]string{db.TextType}, rows, []any{bindingID, entity})
		// One look-up for each: a planner that knows little of the table would rather read
		// all records of the entity than so many ids.
		found, err := db.All[row](ctx, s.DB, "WITH v(external_id) AS (VALUES "+values+") SELECT v.external_id,"+
			" (SELECT r.hash FROM records r WHERE r.binding_id = $1 AND r.entity = $2 AND r.external_id = v.external_id) AS "+
			"hash,"+
			" (SELECT r.size FROM records r WHERE r.binding_id = $1 AND r.entity = $2 AND r.external_id = v.external_id) AS "+
			"size FROM v", args...)
		for _, r := range found {
			if r.Hash != nil {
				out[r.ExternalID] = integration.Known{Hash: r.Hash, Size: *r.Size}
			}
		}
		return err
	})
	return out, err
}

// UpsertRecords implements integration.Repository.
func (s *Store) UpsertRecords(ctx context.Context, records []integration.Record) error {
	rows := make([][]any, len(records))
	for i, r := range records {
		rows[i] = []any{
			r.ID, r.OrgID, r.WorkspaceID, r.BindingID, r.Entity, r.ExternalID, string(r.Data), r.Hash, r.SourceUpdatedAt,
			r.RunID, r.CreatedAt, r.UpdatedAt, r.Size(),
		}
	}
	types := []string{
		db.UUIDType, db.UUIDType, db.UUIDType, db.UUIDType, db.TextType, db.TextType, db.JSONType, db.BytesType, db.TimeType,
		db.UUIDType, db.TimeType, db.TimeType, db.IntType,
	}
	return s.ExecRows(ctx, "INSERT INTO records (id, org_id, workspace_id, binding_id, entity, external_id, data, hash, "+
		"source_updated_at, run_id, created_at, updated_at, size) VALUES ", types, rows,
		" ON CONFLICT (binding_id, entity, external_id) DO UPDATE SET data = excluded.data, hash = excluded.hash,"+
			" source_updated_at = excluded.source_updated_at, run_id = excluded.run_id, updated_at = excluded.updated_at,"+
			" size = excluded.size")
}

type recordRow struct {
	ID              id.ID    `db:"id"`
	OrgID           id.ID    `db:"org_id"`
	WorkspaceID     id.ID    `db:"workspace_id"`
	BindingID       id.ID    `db:"binding_id"`
	Entity          string   `db:"entity"`
	ExternalID      string   `db:"external_id"`
	Data            []byte   `db:"data"`
	SourceUpdatedAt *db.Time `db:"source_updated_at"`
	RunID           id.ID    `db:"run_id"`
	CreatedAt       db.Time  `db:"created_at"`
	UpdatedAt       db.Time  `db:"updated_at"`
}

var records = db.List[recordRow, integration.Record]{
	Scope: "workspace_id = $1",
	Query: "SELECT id, org_id, workspace_id, binding_id, entity, external_id, data, source_updated_at, run_id, " +
		"created_at, updated_at FROM records", ID: "id",
	Sorts: map[string]db.Column{"created_at": db.ByTime("created_at"), "updated_at": db.ByTime("updated_at")},
	Filters: map[string]string{
		"entity": "entity", "binding_id": "binding_id", "external_id": "external_id", "updated_at": "updated_at",
	},
	Convert: func(r recordRow) integration.Record {
		return integration.Record{
			ID: r.ID, OrgID: r.OrgID, WorkspaceID: r.WorkspaceID, BindingID: r.BindingID, Entity: r.Entity,
			ExternalID: r.ExternalID, Data: json.RawMessage(r.Data),
			SourceUpdatedAt: r.SourceUpdatedAt.Pointer(), RunID: r.RunID, CreatedAt: r.CreatedAt.Time,
			UpdatedAt: r.UpdatedAt.Time,
		}
	},
	Position: func(r integration.Record, field string) page.Position {
		if field == "updated_at" {
			return db.TimePosition(r.ID, r.UpdatedAt)
		}
		return db.TimePosition(r.ID, r.CreatedAt)
	},
}

// ListRecords implements integration.Repository.
func (s *Store) ListRecords(
	ctx context.Context, workspaceID id.ID, q page.Query,
) (page.Page[integration.Record], error) {
	return records.Page(ctx, s.DB, q, records.Scope, workspaceID)
}

// DeleteRecords implements integration.Repository.
func (s *Store) DeleteRecords(ctx context.Context, bindingID id.ID, limit int) (map[id.ID]plan.Amount, error) {
	rows, err := db.Returning[db.Freed](ctx, s.DB,
		"DELETE FROM records WHERE seq IN (SELECT seq FROM records WHERE binding_id = $1 LIMIT $2)"+
			" RETURNING workspace_id, 1 AS items, size", bindingID, limit)
	return db.SumFreed(rows), err
}

// ActiveRuns tells how many sync runs wait and run.
func (s *Store) ActiveRuns(ctx context.Context) (queued, running int, err error) {
	r, err := db.One[struct {
		Queued  int `db:"queued"`
		Running int `db:"running"`
	}](ctx, s.DB,
		"SELECT count(*) FILTER (WHERE state = 'queued') AS queued, count(*) FILTER (WHERE state = 'running') AS running "+
			"FROM sync_runs WHERE state IN ('queued', 'running')")
	return r.Queued, r.Running, err
}
