package store

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
)

var _ integration.Repository = (*Store)(nil)

type bindingRow struct {
	ID              id.ID                                     `db:"id"`
	OrgID           id.ID                                     `db:"org_id"`
	WorkspaceID     id.ID                                     `db:"workspace_id"`
	ConnectorID     string                                    `db:"connector_id"`
	SchemaVersion   string                                    `db:"schema_version"`
	Name            string                                    `db:"name"`
	Config          []byte                                    `db:"config"`
	SealedConfig    []byte                                    `db:"sealed_config"`
	Schedule        text                                      `db:"schedule"`
	Paused          bool                                      `db:"paused"`
	NextRunAt       *instant                                  `db:"next_run_at"`
	State           integration.State                         `db:"state"`
	Code            text                                      `db:"problem_code"`
	Message         text                                      `db:"problem_message"`
	ValidationJobID id.ID                                     `db:"validation_job_id"`
	LastRunID       id.ID                                     `db:"last_run_id"`
	Checkpoints     document[map[string]connector.Checkpoint] `db:"checkpoints"`
	CreatedAt       instant                                   `db:"created_at"`
	UpdatedAt       instant                                   `db:"updated_at"`
}

func (r bindingRow) binding() integration.Binding {
	return integration.Binding{
		ID: r.ID, OrgID: r.OrgID, WorkspaceID: r.WorkspaceID, ConnectorID: r.ConnectorID, SchemaVersion: r.SchemaVersion, Name: r.Name,
		Config: r.Config, SealedConfig: r.SealedConfig, Schedule: string(r.Schedule), Paused: r.Paused, NextRunAt: r.NextRunAt.pointer(), State: r.State,
		Problem: problem(r.Code, r.Message), ValidationJobID: r.ValidationJobID, LastRunID: r.LastRunID, Checkpoints: r.Checkpoints.V,
		CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}
}

func problem(code, message text) *job.Problem {
	if code == "" {
		return nil
	}
	return &job.Problem{Code: string(code), Message: string(message)}
}

func problemColumns(p *job.Problem) (code, message text) {
	if p == nil {
		return "", ""
	}
	return text(p.Code), text(p.Message)
}

const selectBinding = "SELECT id, org_id, workspace_id, connector_id, schema_version, name, config, sealed_config, schedule, paused, next_run_at, state, problem_code," +
	" problem_message, validation_job_id, last_run_id, checkpoints, created_at, updated_at FROM bindings"

// InsertBinding implements integration.Repository.
func (s *Store) InsertBinding(ctx context.Context, b integration.Binding) error {
	if err := s.HoldWorkspace(ctx, b.WorkspaceID); err != nil {
		return err
	}
	_, err := s.exec(ctx, "INSERT INTO bindings (id, org_id, workspace_id, connector_id, schema_version, name, config, sealed_config, schedule, paused, state, validation_job_id, checkpoints, created_at, updated_at)"+
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
		b.ID, b.OrgID, b.WorkspaceID, b.ConnectorID, b.SchemaVersion, b.Name, string(b.Config), b.SealedConfig, text(b.Schedule), b.Paused, b.State, b.ValidationJobID,
		doc(b.Checkpoints), b.CreatedAt, b.UpdatedAt)
	return err
}

// Binding implements integration.Repository.
func (s *Store) Binding(ctx context.Context, orgID, bindingID id.ID) (integration.Binding, error) {
	r, err := one[bindingRow](ctx, s, selectBinding+" WHERE org_id = $1 AND id = $2", orgID, bindingID)
	return r.binding(), absent(err, fault.NewNotFound("binding"))
}

var bindings = list[bindingRow, integration.Binding]{
	scope: "org_id = $1",
	query: selectBinding, id: "id",
	sorts:   map[string]column{"created_at": {"created_at", true}, "name": {"name", false}},
	filters: map[string]string{"workspace_id": "workspace_id", "connector_id": "connector_id", "state": "state"},
	convert: bindingRow.binding,
	position: func(b integration.Binding, field string) page.Position {
		return position(b.ID, field, b.Name, b.CreatedAt)
	},
}

// ListBindings implements integration.Repository.
func (s *Store) ListBindings(ctx context.Context, orgID id.ID, q page.Query) (page.Page[integration.Binding], error) {
	return bindings.page(ctx, s, q, bindings.scope, orgID)
}

// UpdateBinding implements integration.Repository.
func (s *Store) UpdateBinding(ctx context.Context, b integration.Binding) error {
	code, message := problemColumns(b.Problem)
	_, err := s.exec(ctx, "UPDATE bindings SET schema_version = $2, name = $3, config = $4, sealed_config = $5, schedule = $6, paused = $7, next_run_at = $8, state = $9,"+
		" problem_code = $10, problem_message = $11, validation_job_id = $12, checkpoints = $13, updated_at = $14 WHERE id = $1",
		b.ID, b.SchemaVersion, b.Name, string(b.Config), b.SealedConfig, text(b.Schedule), b.Paused, b.NextRunAt, b.State, code, message, b.ValidationJobID,
		doc(b.Checkpoints), b.UpdatedAt)
	return err
}

// DeleteBinding implements integration.Repository.
func (s *Store) DeleteBinding(ctx context.Context, bindingID id.ID) error {
	_, err := s.exec(ctx, "DELETE FROM bindings WHERE id = $1", bindingID)
	return err
}

// DueBindings implements integration.Repository. What it sorts is in one index.
func (s *Store) DueBindings(ctx context.Context, now time.Time, limit int) ([]integration.Binding, error) {
	rows, err := all[bindingRow](ctx, s, "WITH due(binding, turn, at) AS (SELECT seq, ROW_NUMBER() OVER (PARTITION BY org_id ORDER BY next_run_at, seq), next_run_at"+
		" FROM bindings WHERE next_run_at <= $1 ORDER BY 2, 3 LIMIT $2) "+selectBinding+" JOIN due ON due.binding = bindings.seq ORDER BY due.turn, due.at", now, limit)
	return each(rows, bindingRow.binding), err
}

// Reschedule implements integration.Repository.
func (s *Store) Reschedule(ctx context.Context, bindingID id.ID, was time.Time, next *time.Time) (bool, error) {
	n, err := s.exec(ctx, "UPDATE bindings SET next_run_at = $3 WHERE id = $1 AND next_run_at = $2", bindingID, was, next)
	return n == 1, err
}

// SetLastRun implements integration.Repository.
func (s *Store) SetLastRun(ctx context.Context, bindingID, runID id.ID) error {
	_, err := s.exec(ctx, "UPDATE bindings SET last_run_id = $2 WHERE id = $1", bindingID, runID)
	return err
}

// SetCheckpoints implements integration.Repository.
func (s *Store) SetCheckpoints(ctx context.Context, bindingID id.ID, c map[string]connector.Checkpoint) error {
	_, err := s.exec(ctx, "UPDATE bindings SET checkpoints = $2 WHERE id = $1", bindingID, doc(c))
	return err
}

type runRow struct {
	ID          id.ID                            `db:"id"`
	OrgID       id.ID                            `db:"org_id"`
	WorkspaceID id.ID                            `db:"workspace_id"`
	BindingID   id.ID                            `db:"binding_id"`
	ConnectorID string                           `db:"connector_id"`
	Trigger     string                           `db:"trigger_kind"`
	Full        bool                             `db:"full_sync"`
	State       integration.RunState             `db:"state"`
	JobID       id.ID                            `db:"job_id"`
	Worker      id.ID                            `db:"worker"`
	Failures    int                              `db:"failures"`
	Entities    document[[]integration.Progress] `db:"entities"`
	Code        text                             `db:"problem_code"`
	Message     text                             `db:"problem_message"`
	CreatedAt   instant                          `db:"created_at"`
	StartedAt   *instant                         `db:"started_at"`
	FinishedAt  *instant                         `db:"finished_at"`
}

func (r runRow) run() integration.Run {
	return integration.Run{
		ID: r.ID, OrgID: r.OrgID, WorkspaceID: r.WorkspaceID, BindingID: r.BindingID, ConnectorID: r.ConnectorID, Trigger: r.Trigger, Full: r.Full,
		State: r.State, JobID: r.JobID, Worker: r.Worker, Failures: r.Failures, Entities: r.Entities.V, Problem: problem(r.Code, r.Message),
		CreatedAt: r.CreatedAt.Time, StartedAt: r.StartedAt.pointer(), FinishedAt: r.FinishedAt.pointer(),
	}
}

const selectRun = "SELECT id, org_id, workspace_id, binding_id, connector_id, trigger_kind, full_sync, state, job_id, worker, failures, entities, problem_code, problem_message," +
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
	_, err := s.exec(ctx, "INSERT INTO sync_runs (id, org_id, workspace_id, binding_id, connector_id, trigger_kind, full_sync, state, job_id, failures, entities, created_at)"+
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		r.ID, r.OrgID, r.WorkspaceID, r.BindingID, r.ConnectorID, r.Trigger, r.Full, r.State, r.JobID, r.Failures, doc(entities), r.CreatedAt)
	return err
}

// Run implements integration.Repository.
func (s *Store) Run(ctx context.Context, orgID, runID id.ID) (integration.Run, error) {
	r, err := one[runRow](ctx, s, selectRun+" WHERE org_id = $1 AND id = $2", orgID, runID)
	return r.run(), absent(err, fault.NewNotFound("sync run"))
}

// ActiveRun implements integration.Repository.
func (s *Store) ActiveRun(ctx context.Context, bindingID id.ID) (integration.Run, error) {
	r, err := one[runRow](ctx, s, selectRun+" WHERE binding_id = $1 AND state IN ('queued', 'running')", bindingID)
	return r.run(), absent(err, fault.NewNotFound("sync run"))
}

var runs = list[runRow, integration.Run]{
	scope: "org_id = $1",
	query: selectRun, id: "id",
	sorts:   map[string]column{"created_at": {"created_at", true}},
	filters: map[string]string{"binding_id": "binding_id", "workspace_id": "workspace_id", "state": "state"},
	convert: runRow.run,
	position: func(r integration.Run, _ string) page.Position {
		return placed(r.ID, r.CreatedAt)
	},
}

// ListRuns implements integration.Repository.
func (s *Store) ListRuns(ctx context.Context, orgID id.ID, q page.Query) (page.Page[integration.Run], error) {
	return runs.page(ctx, s, q, runs.scope, orgID)
}

// UpdateRun implements integration.Repository.
func (s *Store) UpdateRun(ctx context.Context, r integration.Run, worker id.ID) (bool, error) {
	code, message := problemColumns(r.Problem)
	held, args := "worker IS NULL", []any{r.ID, r.State, r.Worker, r.Failures, doc(r.Entities), code, message, r.StartedAt, r.FinishedAt}
	if !worker.IsZero() {
		held, args = "worker = $10", append(args, worker)
	}
	n, err := s.exec(ctx, "UPDATE sync_runs SET state = $2, worker = $3, failures = $4, entities = $5, problem_code = $6, problem_message = $7, started_at = $8, finished_at = $9"+
		" WHERE id = $1 AND state IN ('queued', 'running') AND "+held, args...)
	return n == 1, err
}

// DeleteRuns implements integration.Repository.
func (s *Store) DeleteRuns(ctx context.Context, before time.Time) error {
	return s.slices(ctx, "DELETE FROM sync_runs WHERE seq IN (SELECT r.seq FROM sync_runs r"+
		" WHERE r.finished_at < $1 AND r.state NOT IN ('queued', 'running') AND NOT EXISTS (SELECT 1 FROM bindings b WHERE b.id = r.binding_id AND b.last_run_id = r.id) ORDER BY r.finished_at LIMIT $2)", before)
}

// Known implements integration.Repository.
func (s *Store) Known(ctx context.Context, bindingID id.ID, entity string, externalIDs []string) (map[string]integration.Known, error) {
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
	err := batches(rows, func(rows [][]any) error {
		values, args := s.values([]string{textType}, rows, []any{bindingID, entity})
		// One look-up for each: a planner that knows little of the table would rather read
		// all records of the entity than so many ids.
		found, err := all[row](ctx, s, "WITH v(external_id) AS (VALUES "+values+") SELECT v.external_id,"+
			" (SELECT r.hash FROM records r WHERE r.binding_id = $1 AND r.entity = $2 AND r.external_id = v.external_id) AS hash,"+
			" (SELECT r.size FROM records r WHERE r.binding_id = $1 AND r.entity = $2 AND r.external_id = v.external_id) AS size FROM v", args...)
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
		rows[i] = []any{r.ID, r.OrgID, r.WorkspaceID, r.BindingID, r.Entity, r.ExternalID, string(r.Data), r.Hash, r.SourceUpdatedAt, r.RunID, r.CreatedAt, r.UpdatedAt, r.Size()}
	}
	types := []string{uuidType, uuidType, uuidType, uuidType, textType, textType, jsonType, bytesType, timeType, uuidType, timeType, timeType, intType}
	return batches(rows, func(rows [][]any) error {
		values, args := s.values(types, rows, nil)
		_, err := s.exec(ctx, "INSERT INTO records (id, org_id, workspace_id, binding_id, entity, external_id, data, hash, source_updated_at, run_id, created_at, updated_at, size) VALUES "+values+
			" ON CONFLICT (binding_id, entity, external_id) DO UPDATE SET data = excluded.data, hash = excluded.hash, source_updated_at = excluded.source_updated_at,"+
			" run_id = excluded.run_id, updated_at = excluded.updated_at, size = excluded.size", args...)
		return err
	})
}

type recordRow struct {
	ID              id.ID    `db:"id"`
	OrgID           id.ID    `db:"org_id"`
	WorkspaceID     id.ID    `db:"workspace_id"`
	BindingID       id.ID    `db:"binding_id"`
	Entity          string   `db:"entity"`
	ExternalID      string   `db:"external_id"`
	Data            []byte   `db:"data"`
	SourceUpdatedAt *instant `db:"source_updated_at"`
	RunID           id.ID    `db:"run_id"`
	CreatedAt       instant  `db:"created_at"`
	UpdatedAt       instant  `db:"updated_at"`
}

var records = list[recordRow, integration.Record]{
	scope: "workspace_id = $1",
	query: "SELECT id, org_id, workspace_id, binding_id, entity, external_id, data, source_updated_at, run_id, created_at, updated_at FROM records", id: "id",
	sorts:   map[string]column{"created_at": {"created_at", true}, "updated_at": {"updated_at", true}},
	filters: map[string]string{"entity": "entity", "binding_id": "binding_id", "external_id": "external_id", "updated_at": "updated_at"},
	convert: func(r recordRow) integration.Record {
		return integration.Record{
			ID: r.ID, OrgID: r.OrgID, WorkspaceID: r.WorkspaceID, BindingID: r.BindingID, Entity: r.Entity, ExternalID: r.ExternalID, Data: json.RawMessage(r.Data),
			SourceUpdatedAt: r.SourceUpdatedAt.pointer(), RunID: r.RunID, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
		}
	},
	position: func(r integration.Record, field string) page.Position {
		if field == "updated_at" {
			return placed(r.ID, r.UpdatedAt)
		}
		return placed(r.ID, r.CreatedAt)
	},
}

// ListRecords implements integration.Repository.
func (s *Store) ListRecords(ctx context.Context, workspaceID id.ID, q page.Query) (page.Page[integration.Record], error) {
	return records.page(ctx, s, q, records.scope, workspaceID)
}

// DeleteRecords implements integration.Repository.
func (s *Store) DeleteRecords(ctx context.Context, bindingID id.ID, limit int) (map[id.ID]plan.Amount, error) {
	rows, err := returning[sized](ctx, s, "DELETE FROM records WHERE seq IN (SELECT seq FROM records WHERE binding_id = $1 LIMIT $2)"+
		" RETURNING workspace_id, 1 AS items, size", bindingID, limit)
	return freed(rows), err
}

// ActiveRuns tells how many sync runs wait and run.
func (s *Store) ActiveRuns(ctx context.Context) (queued, running int, err error) {
	r, err := one[struct {
		Queued  int `db:"queued"`
		Running int `db:"running"`
	}](ctx, s, "SELECT count(*) FILTER (WHERE state = 'queued') AS queued, count(*) FILTER (WHERE state = 'running') AS running FROM sync_runs WHERE state IN ('queued', 'running')")
	return r.Queued, r.Running, err
}
