package platform

import (
	"context"

	"github.com/oapi-codegen/nullable"

	"github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/integration"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/gen/platform"
	"github.com/alania-go/alania/server/convert"
)

// FromBinding shows a binding without its secrets.
func FromBinding(b integration.Binding) platform.Binding {
	out := platform.Binding{
		ID: b.ID.Prefixed(id.BindingPrefix), WorkspaceID: b.WorkspaceID.Prefixed(id.WorkspacePrefix),
		ConnectorID: b.ConnectorID, SchemaVersion: b.SchemaVersion,
		Name: b.Name, Config: b.Config, Schedule: nullIfEmpty(b.Schedule), Paused: b.Paused,
		NextRunAt: convert.Nullable(b.NextRunAt), State: platform.BindingState(b.State),
		ValidationJobID: reference(id.JobPrefix, b.ValidationJobID), LastRunID: reference(id.RunPrefix, b.LastRunID),
		CreatedAt: b.CreatedAt, UpdatedAt: b.UpdatedAt,
	}
	out.ProblemCode, out.ProblemMessage = problem(b.Problem)
	return out
}

func problem(p *job.Problem) (code, message nullable.Nullable[string]) {
	if p == nil {
		return nullable.NewNullNullable[string](), nullable.NewNullNullable[string]()
	}
	return nullable.NewNullableWithValue(p.Code), nullable.NewNullableWithValue(p.Message)
}

// FromRun shows a sync run.
func FromRun(r integration.Run) platform.SyncRun {
	t := r.Totals()
	out := platform.SyncRun{
		ID: r.ID.Prefixed(id.RunPrefix), BindingID: r.BindingID.Prefixed(id.BindingPrefix),
		WorkspaceID: r.WorkspaceID.Prefixed(id.WorkspacePrefix), ConnectorID: r.ConnectorID,
		Trigger: platform.SyncRunTrigger(r.Trigger), Full: r.Full, State: platform.SyncRunState(r.State),
		JobID:    r.JobID.Prefixed(id.JobPrefix),
		Entities: convert.Each(r.Entities, fromProgress), Totals: platform.SyncTotals{
			Read: t.Read, Created: t.Created, Updated: t.Updated, Skipped: t.Skipped, Failed: t.Failed,
		},
		CreatedAt: r.CreatedAt, StartedAt: convert.Nullable(r.StartedAt), FinishedAt: convert.Nullable(r.FinishedAt),
	}
	out.ProblemCode, out.ProblemMessage = problem(r.Problem)
	return out
}

func fromProgress(p integration.Progress) platform.SyncEntity {
	return platform.SyncEntity{
		Entity: p.Entity, State: platform.SyncEntityState(p.State), Read: p.Counts.Read, Created: p.Counts.Created,
		Updated: p.Counts.Updated,
		Skipped: p.Counts.Skipped, Failed: p.Counts.Failed,
		Errors: convert.Each(p.Errors, func(g integration.ErrorGroup) platform.SyncError {
			samples := g.Samples
			if samples == nil {
				samples = []string{}
			}
			return platform.SyncError{Code: g.Code, Message: g.Message, Count: g.Count, SampleIds: samples}
		}),
	}
}

// jobStates says in this contract's words where a job stands.
var jobStates = map[job.State]platform.JobState{
	job.Queued: platform.JobStateQueued, job.Running: platform.JobStateRunning, job.Done: platform.JobStateSucceeded,
	job.Failed: platform.JobStateFailed, job.Cancelled: platform.JobStateCancelled,
}

var subjectPrefixes = map[job.Kind]string{
	integration.ValidationJob: id.BindingPrefix, integration.SyncJob: id.RunPrefix,
}

// FromJob shows a background job.
func FromJob(j job.Job) platform.Job {
	out := platform.Job{
		ID: j.ID.Prefixed(id.JobPrefix), Type: platform.JobType(j.Kind), State: jobStates[j.State], Attempts: j.Attempt,
		Resource: platform.JobResource{
			Type: platform.JobResourceType(j.SubjectKind), ID: j.SubjectID.Prefixed(subjectPrefixes[j.Kind]),
		},
		CreatedAt: j.CreatedAt, StartedAt: convert.Nullable(j.StartedAt), FinishedAt: convert.Nullable(j.FinishedAt),
	}
	out.ProblemCode, out.ProblemMessage = problem(j.Problem)
	return out
}

// ListConnectors returns the catalog.
func (a *API) ListConnectors(
	context.Context, platform.ListConnectorsRequestObject,
) (platform.ListConnectorsResponseObject, error) {
	return platform.ListConnectors200JSONResponse{
		Data: convert.Each(a.Sync.Catalog(), func(d connector.Definition) platform.Connector {
			return platform.Connector{
				ID: d.ID, Name: d.Name, Description: d.Description, SchemaVersion: d.SchemaVersion,
				RequiredOauthScopes: d.RequiredScopes, ConfigSchema: d.ConfigSchema,
			}
		}),
		NextCursor: convert.Nullable[string](nil),
	}, nil
}

// CreateBinding attaches a connector to a workspace.
func (a *API) CreateBinding(
	ctx context.Context, r platform.CreateBindingRequestObject,
) (platform.CreateBindingResponseObject, error) {
	workspaceID, err := parse(id.WorkspacePrefix, r.Body.WorkspaceID, "workspace")
	if err != nil {
		return nil, err
	}
	b, j, err := a.Sync.Create(ctx, integration.Create{
		ConnectorID: r.ConnectorID, WorkspaceID: workspaceID, Name: r.Body.Name, Config: r.Body.Config,
		Schedule: given(r.Body.Schedule),
	})
	if err != nil {
		return nil, err
	}
	body := platform.BindingCreated{Binding: FromBinding(b), Job: FromJob(j)}
	return platform.CreateBinding202JSONResponse{
		Body: body, Headers: platform.CreateBinding202ResponseHeaders{Location: "/v2/jobs/" + body.Job.ID},
	}, nil
}

// given reads a text that may be absent or null.
func given(n nullable.Nullable[string]) string {
	if !n.IsSpecified() || n.IsNull() {
		return ""
	}
	return n.MustGet()
}

// ListBindings lists the org's bindings.
func (a *API) ListBindings(
	ctx context.Context, r platform.ListBindingsRequestObject,
) (platform.ListBindingsResponseObject, error) {
	f := by(equal(equal(nil, "connector_id", r.Params.FilterConnectorID), "state", r.Params.FilterState), "workspace_id",
		r.Params.FilterWorkspaceID)
	q, err := query(a, "bindings", r.Params.Cursor, r.Params.Limit, r.Params.Sort, f...)
	if err != nil {
		return nil, err
	}
	p, err := a.Sync.List(ctx, q)
	if err != nil {
		return nil, err
	}
	return platform.ListBindings200JSONResponse{
		Data: convert.Each(p.Items, FromBinding), NextCursor: convert.Nullable(a.Cursors.Next(q, p.Next)),
	}, nil
}

func bindingID(s string) (id.ID, error) { return parse(id.BindingPrefix, s, "binding") }

// GetBinding returns one binding.
func (a *API) GetBinding(
	ctx context.Context, r platform.GetBindingRequestObject,
) (platform.GetBindingResponseObject, error) {
	v, err := bindingID(r.BindingID)
	if err != nil {
		return nil, err
	}
	b, err := a.Sync.Get(ctx, v)
	if err != nil {
		return nil, err
	}
	return platform.GetBinding200JSONResponse(FromBinding(b)), nil
}

// UpdateBinding changes a binding.
func (a *API) UpdateBinding(
	ctx context.Context, r platform.UpdateBindingRequestObject,
) (platform.UpdateBindingResponseObject, error) {
	v, err := bindingID(r.BindingID)
	if err != nil {
		return nil, err
	}
	in := integration.Update{Name: r.Body.Name, Config: r.Body.Config, Paused: r.Body.Paused}
	if r.Body.Schedule.IsSpecified() {
		s := given(r.Body.Schedule)
		in.Schedule = &s
	}
	b, err := a.Sync.Update(ctx, v, in)
	if err != nil {
		return nil, err
	}
	return platform.UpdateBinding200JSONResponse(FromBinding(b)), nil
}

// DeleteBinding deletes a binding and what it synced.
func (a *API) DeleteBinding(
	ctx context.Context, r platform.DeleteBindingRequestObject,
) (platform.DeleteBindingResponseObject, error) {
	v, err := bindingID(r.BindingID)
	if err != nil {
		return nil, err
	}
	if err := a.Sync.Delete(ctx, v); err != nil {
		return nil, err
	}
	return platform.DeleteBinding204Response{}, nil
}

// ValidateBinding has a binding's configuration tried again.
func (a *API) ValidateBinding(
	ctx context.Context, r platform.ValidateBindingRequestObject,
) (platform.ValidateBindingResponseObject, error) {
	v, err := bindingID(r.BindingID)
	if err != nil {
		return nil, err
	}
	j, err := a.Sync.Validate(ctx, v)
	if err != nil {
		return nil, err
	}
	body := FromJob(j)
	return platform.ValidateBinding202JSONResponse{
		Body: body, Headers: platform.ValidateBinding202ResponseHeaders{Location: "/v2/jobs/" + body.ID},
	}, nil
}

// StartSyncRun starts a run of a binding.
func (a *API) StartSyncRun(
	ctx context.Context, r platform.StartSyncRunRequestObject,
) (platform.StartSyncRunResponseObject, error) {
	v, err := bindingID(r.BindingID)
	if err != nil {
		return nil, err
	}
	run, err := a.Sync.Start(ctx, v, r.Body != nil && r.Body.Full != nil && *r.Body.Full)
	if err != nil {
		return nil, err
	}
	body := FromRun(run)
	return platform.StartSyncRun202JSONResponse{
		Body: body, Headers: platform.StartSyncRun202ResponseHeaders{Location: "/v2/integrations/sync/runs/" + body.ID},
	}, nil
}

// ListSyncRuns lists the org's runs.
func (a *API) ListSyncRuns(
	ctx context.Context, r platform.ListSyncRunsRequestObject,
) (platform.ListSyncRunsResponseObject, error) {
	f := by(by(equal(nil, "state", r.Params.FilterState), "binding_id", r.Params.FilterBindingID), "workspace_id",
		r.Params.FilterWorkspaceID)
	q, err := query(a, "sync runs", r.Params.Cursor, r.Params.Limit, r.Params.Sort, f...)
	if err != nil {
		return nil, err
	}
	p, err := a.Sync.Runs(ctx, q)
	if err != nil {
		return nil, err
	}
	return platform.ListSyncRuns200JSONResponse{
		Data: convert.Each(p.Items, FromRun), NextCursor: convert.Nullable(a.Cursors.Next(q, p.Next)),
	}, nil
}

func (a *API) run(ctx context.Context, s string) (platform.SyncRun, error) {
	v, err := parse(id.RunPrefix, s, "sync run")
	if err != nil {
		return platform.SyncRun{}, err
	}
	r, err := a.Sync.Run(ctx, v)
	return FromRun(r), err
}

// GetSyncRun returns one run.
func (a *API) GetSyncRun(
	ctx context.Context, r platform.GetSyncRunRequestObject,
) (platform.GetSyncRunResponseObject, error) {
	run, err := a.run(ctx, r.RunID)
	if err != nil {
		return nil, err
	}
	return platform.GetSyncRun200JSONResponse(run), nil
}

// GetSyncRunV1 is GetSyncRun under its former path.
func (a *API) GetSyncRunV1(
	ctx context.Context, r platform.GetSyncRunV1RequestObject,
) (platform.GetSyncRunV1ResponseObject, error) {
	run, err := a.run(ctx, r.RunID)
	if err != nil {
		return nil, err
	}
	return platform.GetSyncRunV1200JSONResponse(run), nil
}

// CancelSyncRun ends a run.
func (a *API) CancelSyncRun(
	ctx context.Context, r platform.CancelSyncRunRequestObject,
) (platform.CancelSyncRunResponseObject, error) {
	v, err := parse(id.RunPrefix, r.RunID, "sync run")
	if err != nil {
		return nil, err
	}
	run, err := a.Sync.Cancel(ctx, v)
	if err != nil {
		return nil, err
	}
	return platform.CancelSyncRun202JSONResponse(FromRun(run)), nil
}

// GetJob returns one background job.
func (a *API) GetJob(ctx context.Context, r platform.GetJobRequestObject) (platform.GetJobResponseObject, error) {
	v, err := parse(id.JobPrefix, r.JobID, "job")
	if err != nil {
		return nil, err
	}
	j, err := a.Jobs.Get(ctx, v)
	if err != nil {
		return nil, err
	}
	return platform.GetJob200JSONResponse(FromJob(j)), nil
}

// CancelJob ends a background job.
func (a *API) CancelJob(
	ctx context.Context, r platform.CancelJobRequestObject,
) (platform.CancelJobResponseObject, error) {
	v, err := parse(id.JobPrefix, r.JobID, "job")
	if err != nil {
		return nil, err
	}
	j, err := a.Sync.CancelJob(ctx, v)
	if err != nil {
		return nil, err
	}
	return platform.CancelJob202JSONResponse(FromJob(j)), nil
}

// ListRecords lists what was synced into a workspace.
func (a *API) ListRecords(
	ctx context.Context, r platform.ListRecordsRequestObject,
) (platform.ListRecordsResponseObject, error) {
	workspaceID, err := parse(id.WorkspacePrefix, r.WorkspaceID, "workspace")
	if err != nil {
		return nil, err
	}
	f := by(equal(equal(nil, "entity", r.Params.FilterEntity), "external_id", r.Params.FilterExternalID), "binding_id",
		r.Params.FilterBindingID)
	f = span(f, "updated_at", r.Params.FilterSince, nil)
	q, err := query(a, "records/"+r.WorkspaceID, r.Params.Cursor, r.Params.Limit, r.Params.Sort, f...)
	if err != nil {
		return nil, err
	}
	p, err := a.Sync.Records(ctx, workspaceID, q)
	if err != nil {
		return nil, err
	}
	return platform.ListRecords200JSONResponse{
		Data: convert.Each(p.Items, func(rec integration.Record) platform.Record {
			return platform.Record{
				ID: rec.ID.Prefixed(id.RecordPrefix), WorkspaceID: rec.WorkspaceID.Prefixed(id.WorkspacePrefix),
				BindingID: rec.BindingID.Prefixed(id.BindingPrefix),
				Entity:    rec.Entity, ExternalID: rec.ExternalID, Data: rec.Data,
				SourceUpdatedAt: convert.Nullable(rec.SourceUpdatedAt), RunID: rec.RunID.Prefixed(id.RunPrefix),
				CreatedAt: rec.CreatedAt, UpdatedAt: rec.UpdatedAt,
			}
		}),
		NextCursor: convert.Nullable(a.Cursors.Next(q, p.Next)),
	}, nil
}
