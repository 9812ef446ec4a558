// Package integration attaches connectors to workspaces and syncs what they read into the
// workspace's records: a binding is a connector with a configuration, a run is one pass
// over what it selects. A run commits each page together with its place, so that it goes
// on where it was after a crash, without loss or duplicate.
package integration

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/domain/share"
	"github.com/alania-go/alania/domain/txn"
	"github.com/alania-go/alania/domain/workspace"
)

// State is whether a binding can sync.
type State string

// The states of a binding.
const (
	Validating State = "validating"
	Ready      State = "ready"
	Invalid    State = "invalid"
)

// Binding is a connector attached to a workspace.
type Binding struct {
	ID              id.ID
	OrgID           id.ID
	WorkspaceID     id.ID
	ConnectorID     string
	SchemaVersion   string
	Name            string
	Config          json.RawMessage // without its secrets
	SealedConfig    []byte          // the whole
	Schedule        string          // cron expression of five fields, in UTC; empty: none
	Paused          bool
	NextRunAt       *time.Time
	State           State
	Problem         *job.Problem
	ValidationJobID id.ID
	LastRunID       id.ID
	Checkpoints     map[string]connector.Checkpoint // by entity: after the last page of all
	CreatedAt       time.Time
	UpdatedAt       time.Time
}

// RunState is where a run stands.
type RunState string

// The states of a run.
const (
	Queued    RunState = "queued"
	Running   RunState = "running"
	Succeeded RunState = "succeeded"
	Failed    RunState = "failed"
	Cancelled RunState = "cancelled"
)

// Active reports whether the run has not ended.
func (s RunState) Active() bool { return s == Queued || s == Running }

// What started a run.
const (
	ByHand     = "manual"
	BySchedule = "schedule"
)

// Counts is what a run did with rows.
type Counts struct {
	Read, Created, Updated, Skipped, Failed int64
}

func (c *Counts) add(o Counts) {
	c.Read += o.Read
	c.Created += o.Created
	c.Updated += o.Updated
	c.Skipped += o.Skipped
	c.Failed += o.Failed
}

// ErrorGroup is the rows of an entity that failed for one reason.
type ErrorGroup struct {
	Code    string
	Message string
	Count   int64
	Samples []string // external ids of a few
}

const maxSamples = 5

// Progress is how far a run is with one entity.
type Progress struct {
	Entity     string
	State      string // pending, running, done
	Counts     Counts
	Errors     []ErrorGroup
	Checkpoint connector.Checkpoint // after the last page that was committed
	Pages      int64
	Bytes      int64 // of the rows' data
}

// The states of an entity within a run.
const (
	EntityPending = "pending"
	EntityRunning = "running"
	EntityDone    = "done"
)

// Run is one pass of a binding.
type Run struct {
	ID          id.ID
	OrgID       id.ID
	WorkspaceID id.ID
	BindingID   id.ID
	ConnectorID string
	Trigger     string
	Full        bool // from the beginning, whatever was synced before
	State       RunState
	JobID       id.ID
	Worker      id.ID // who may commit pages
	Failures    int   // temporary ones since the last page
	Entities    []Progress
	Problem     *job.Problem
	CreatedAt   time.Time
	StartedAt   *time.Time
	FinishedAt  *time.Time
}

// Totals sums the entities.
func (r Run) Totals() Counts {
	var c Counts
	for _, e := range r.Entities {
		c.add(e.Counts)
	}
	return c
}

// Record is what was synced of one row.
type Record struct {
	ID              id.ID
	OrgID           id.ID
	WorkspaceID     id.ID
	BindingID       id.ID
	Entity          string
	ExternalID      string
	Data            json.RawMessage
	Hash            []byte
	SourceUpdatedAt *time.Time
	RunID           id.ID
	CreatedAt       time.Time
	UpdatedAt       time.Time
}

// Size returns what the record counts for in the quota of its workspace, in bytes.
func (r Record) Size() int64 { return int64(len(r.ExternalID) + len(r.Data)) }

// Known is what is known of a record that is there.
type Known struct {
	Hash []byte
	Size int64
}

// Limits are what plans allow.
type Limits struct {
	Bindings interface {
		// Take refuses with FeatureLimit one binding more, in the transaction of its insert.
		Take(ctx context.Context, orgID id.ID) error
	}
	Records interface {
		// Change counts records of a workspace in the transaction that writes them. More than
		// its plan allows is FeatureLimit.
		Change(ctx context.Context, workspaceID id.ID, change plan.Amount) error
		// Add counts what is deleted.
		Add(ctx context.Context, changes map[id.ID]plan.Amount) error
	}
}

// Repository keeps bindings, runs and records.
type Repository interface {
	InsertBinding(ctx context.Context, b Binding) error
	Binding(ctx context.Context, orgID, bindingID id.ID) (Binding, error)
	ListBindings(ctx context.Context, orgID id.ID, q page.Query) (page.Page[Binding], error)
	// UpdateBinding writes what callers change and what validation finds.
	UpdateBinding(ctx context.Context, b Binding) error
	DeleteBinding(ctx context.Context, bindingID id.ID) error
	// DueBindings returns bindings whose next run is due, by turns of orgs: the first of each
	// org, then the second, and so on.
	DueBindings(ctx context.Context, now time.Time, limit int) ([]Binding, error)
	// Reschedule moves a binding's next run; false when another replica was first.
	Reschedule(ctx context.Context, bindingID id.ID, was time.Time, next *time.Time) (bool, error)
	SetLastRun(ctx context.Context, bindingID, runID id.ID) error
	SetCheckpoints(ctx context.Context, bindingID id.ID, c map[string]connector.Checkpoint) error

	// HoldWorkspace keeps a workspace from being deleted until the transaction ends; NotFound
	// when it is deleted.
	HoldWorkspace(ctx context.Context, workspaceID id.ID) error
	InsertRun(ctx context.Context, r Run) error
	Run(ctx context.Context, orgID, runID id.ID) (Run, error)
	ListRuns(ctx context.Context, orgID id.ID, q page.Query) (page.Page[Run], error)
	ActiveRun(ctx context.Context, bindingID id.ID) (Run, error)
	// UpdateRun writes an active run for its worker; false when it is another's by now, or
	// has ended.
	UpdateRun(ctx context.Context, r Run, worker id.ID) (bool, error)
	// DeleteRuns deletes the runs that ended before a time, some at a time. The last of each
	// binding that is there stays.
	DeleteRuns(ctx context.Context, before time.Time) error

	// Known returns what is known of the records that are there, by external id.
	Known(ctx context.Context, bindingID id.ID, entity string, externalIDs []string) (map[string]Known, error)
	// UpsertRecords inserts records, or replaces the data of those that are there.
	UpsertRecords(ctx context.Context, records []Record) error
	ListRecords(ctx context.Context, workspaceID id.ID, q page.Query) (page.Page[Record], error)
	// It returns what that frees, by workspace.
	DeleteRecords(ctx context.Context, bindingID id.ID, limit int) (map[id.ID]plan.Amount, error)
}

// Workspaces says whose a workspace is.
type Workspaces interface {
	Get(ctx context.Context, workspaceID id.ID) (workspace.Workspace, error)
}

// Schema knows a connector's configuration schema.
type Schema interface {
	// Check returns the violations of a configuration, with pointers into it.
	Check(config json.RawMessage) ([]fault.Violation, error)
	// Public returns a configuration without its secrets.
	Public(config json.RawMessage) (json.RawMessage, error)
	// Keep returns next with the secrets of former that next leaves out: who reads a binding
	// and sends it back changed need not know them.
	Keep(next, former json.RawMessage) (json.RawMessage, error)
}

// Plugin is a connector with its schema, compiled.
type Plugin struct {
	connector.Connector
	Schema Schema
}

// The kinds of jobs.
const (
	ValidationJob job.Kind = "binding.validation"
	SyncJob       job.Kind = "sync.run"
	purgeJob      job.Kind = "binding.purge"
)

// Service holds the rules of bindings and runs.
type Service struct {
	tx         txn.Runner
	repo       Repository
	workspaces Workspaces
	audit      *audit.Service
	events     event.Publisher
	queue      *job.Queue
	box        *secret.Box
	now        clock.Clock
	limits     Limits
	plugins    map[string]Plugin
	order      []string
	bounds     Bounds
	sources    *share.Pool // what is read from or tried at once, by host
}

// Bounds are where a run ends: it fails, keeps its place, and the next run goes on from there.
// Zero is no bound.
type Bounds struct {
	Duration time.Duration // from its start
	Pages    int64
	Rows     int64
	Bytes    int64 // of the rows' data
}

// NewService makes the service and registers its jobs with the queue.
func NewService(
	tx txn.Runner, repo Repository, workspaces Workspaces, audit *audit.Service, events event.Publisher, queue *job.Queue,
	box *secret.Box, now clock.Clock, bounds Bounds, limits Limits, plugins []Plugin,
) *Service {
	s := &Service{
		tx: tx, repo: repo, workspaces: workspaces, audit: audit, events: events, queue: queue, box: box, now: now,
		plugins: map[string]Plugin{}, bounds: bounds, limits: limits,
	}
	// A caller that waits holds a worker of its org, so no more wait than there are workers.
	s.sources = share.New("sources", concurrentRuns+concurrentChecks,
		share.Options{PerHost: perHost, Patience: sourcePatience})
	for _, p := range plugins {
		d := p.Definition()
		s.plugins[d.ID] = p
		s.order = append(s.order, d.ID)
	}
	queue.HandleLong(ValidationJob, "binding_validations", concurrentChecks, s.validate)
	queue.HandleLong(SyncJob, "sync_runs", concurrentRuns, s.sync)
	queue.Handle(purgeJob, s.purge)
	queue.OnSetAside(ValidationJob, s.validationSetAside)
	queue.OnSetAside(SyncJob, s.runSetAside)
	return s
}

// Catalog lists the connectors.
func (s *Service) Catalog() []connector.Definition {
	out := make([]connector.Definition, len(s.order))
	for i, name := range s.order {
		out[i] = s.plugins[name].Definition()
	}
	return out
}

// Create is what a new binding is made of.
type Create struct {
	ConnectorID string
	WorkspaceID id.ID
	Name        string
	Config      json.RawMessage
	Schedule    string
}

var sealedFor = secret.NewUse("binding configuration")

// Create attaches a connector to a workspace of the caller's org and has its configuration
// tried by a job.
func (s *Service) Create(ctx context.Context, in Create) (Binding, job.Job, error) {
	plugin, ok := s.plugins[in.ConnectorID]
	if !ok {
		return Binding{}, job.Job{}, fault.NewNotFound("connector")
	}
	w, err := s.workspaces.Get(ctx, in.WorkspaceID)
	if err != nil {
		return Binding{}, job.Job{}, err
	}
	name := strings.TrimSpace(in.Name)
	v := check(plugin, in.Config, in.Schedule)
	if name == "" {
		v = append(v, fault.Body("/name", "min_length", "must have a character that is not white space"))
	}
	if len(v) > 0 {
		return Binding{}, job.Job{}, fault.Invalid(v...)
	}
	public, err := plugin.Schema.Public(in.Config)
	if err != nil {
		return Binding{}, job.Job{}, err
	}
	now := s.now()
	b := Binding{
		ID: id.New(), OrgID: w.OrgID, WorkspaceID: w.ID, ConnectorID: in.ConnectorID,
		SchemaVersion: plugin.Definition().SchemaVersion, Name: name,
		Config: public, SealedConfig: s.box.Seal(in.Config, sealedFor), Schedule: in.Schedule, State: Validating,
		Checkpoints: map[string]connector.Checkpoint{},
		CreatedAt:   now, UpdatedAt: now,
	}
	b.ValidationJobID = id.New()
	var j job.Job
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.limits.Bindings.Take(ctx, b.OrgID); err != nil {
			return err
		}
		err := s.repo.InsertBinding(ctx, b)
		if fault.IsCode(err, fault.Conflict) {
			return &fault.Error{
				Code: fault.Conflict, Reason: "binding_name_taken", Message: "Another binding of the workspace has this name.",
				Cause: err,
			}
		}
		if err != nil {
			return err
		}
		if j, err = s.addValidation(ctx, b); err != nil {
			return err
		}
		return s.recordAndPublish(ctx, event.BindingCreated, b, nil, fields(b))
	})
	return b, j, err
}

func (s *Service) addValidation(ctx context.Context, b Binding) (job.Job, error) {
	j := job.Job{
		ID: b.ValidationJobID, Kind: ValidationJob, Payload: b.ID[:], MaxAttempts: 5, OrgID: b.OrgID,
		WorkspaceID: b.WorkspaceID,
		SubjectKind: string(audit.Binding), SubjectID: b.ID,
	}
	if err := s.queue.Add(ctx, j); err != nil {
		return j, err
	}
	j.State, j.CreatedAt = job.Queued, s.now()
	return j, nil
}

// check looks at a configuration and a schedule as far as it can be done without connecting.
func check(p Plugin, config json.RawMessage, schedule string) []fault.Violation {
	var v []fault.Violation
	if config != nil {
		found, err := p.Schema.Check(config)
		if err != nil {
			found = []fault.Violation{fault.Body("", "malformed", "must be a JSON object")}
		}
		for _, f := range found {
			f.Pointer = "/config" + f.Pointer
			v = append(v, f)
		}
	}
	if schedule != "" {
		if _, err := parseSchedule(schedule); err != nil {
			v = append(v, fault.Body("/schedule", "cron", "must be a cron expression of five fields, such as 15 * * * *"))
		}
	}
	return v
}

// parseSchedule reads a cron expression of five fields; @every and other words are not
// part of the standard form.
func parseSchedule(s string) (cron.Schedule, error) {
	return cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(s)
}

// next returns the time of the next run; nil when there is none to come.
func (b Binding) next(after time.Time) *time.Time {
	if b.Schedule == "" || b.Paused || b.State != Ready {
		return nil
	}
	sched, err := parseSchedule(b.Schedule)
	if err != nil {
		return nil
	}
	at := sched.Next(after.UTC())
	if at.IsZero() {
		return nil
	}
	return &at
}

// recordAndPublish records and publishes what happened to a binding.
func (s *Service) recordAndPublish(ctx context.Context, what event.Type, b Binding, before, after audit.Fields) error {
	if err := s.audit.Record(ctx, b.OrgID, string(what), audit.Binding, b.ID, before, after); err != nil {
		return err
	}
	return s.events.Publish(ctx, event.New(what, b.OrgID, b.WorkspaceID, s.now(), b))
}

func fields(b Binding) audit.Fields {
	return audit.Fields{
		"name": b.Name, "connector_id": b.ConnectorID, "schedule": b.Schedule, "paused": b.Paused, "state": string(b.State),
	}
}

// Get returns a binding of the caller's org.
func (s *Service) Get(ctx context.Context, bindingID id.ID) (Binding, error) {
	p := identity.From(ctx)
	b, err := s.repo.Binding(ctx, p.OrgID, bindingID)
	if err == nil && !p.InWorkspace(b.WorkspaceID) {
		return Binding{}, fault.NewNotFound("binding")
	}
	return b, err
}

// List lists the bindings of the caller's org.
func (s *Service) List(ctx context.Context, q page.Query) (page.Page[Binding], error) {
	p := identity.From(ctx)
	return s.repo.ListBindings(ctx, p.OrgID, p.Within(q))
}

// Update changes what is not nil. Another configuration is tried again, and where the
// binding is with each entity is forgotten when it reads from elsewhere.
type Update struct {
	Name     *string
	Config   json.RawMessage
	Schedule *string
	Paused   *bool
}

// Update changes a binding of the caller's org.
func (s *Service) Update(ctx context.Context, bindingID id.ID, in Update) (Binding, error) {
	var b Binding
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if b, err = s.Get(ctx, bindingID); err != nil {
			return err
		}
		plugin, ok := s.plugins[b.ConnectorID]
		if !ok {
			return fault.New(fault.Unavailable, "The connector of this binding is not part of this server.")
		}
		before := fields(b)
		schedule := b.Schedule
		if in.Schedule != nil {
			schedule = *in.Schedule
		}
		config := in.Config
		if config != nil {
			former, err := s.box.Open(b.SealedConfig, sealedFor)
			if err != nil {
				return err
			}
			if config, err = plugin.Schema.Keep(config, former); err != nil {
				return err
			}
		}
		v := check(plugin, config, schedule)
		if in.Name != nil {
			if b.Name = strings.TrimSpace(*in.Name); b.Name == "" {
				v = append(v, fault.Body("/name", "min_length", "must have a character that is not white space"))
			}
		}
		if len(v) > 0 {
			return fault.Invalid(v...)
		}
		b.Schedule, b.UpdatedAt = schedule, s.now()
		if in.Paused != nil {
			b.Paused = *in.Paused
		}
		if config != nil {
			public, err := plugin.Schema.Public(config)
			if err != nil {
				return err
			}
			if string(public) != string(b.Config) {
				b.Checkpoints = map[string]connector.Checkpoint{}
			}
			b.Config, b.SealedConfig = public, s.box.Seal(config, sealedFor)
			b.State, b.Problem, b.ValidationJobID = Validating, nil, id.New()
			b.SchemaVersion = plugin.Definition().SchemaVersion
			if _, err := s.addValidation(ctx, b); err != nil {
				return err
			}
		}
		b.NextRunAt = b.next(b.UpdatedAt)
		err = s.repo.UpdateBinding(ctx, b)
		if fault.IsCode(err, fault.Conflict) {
			return &fault.Error{
				Code: fault.Conflict, Reason: "binding_name_taken", Message: "Another binding of the workspace has this name.",
				Cause: err,
			}
		}
		if err != nil {
			return err
		}
		return s.recordAndPublish(ctx, event.BindingUpdated, b, before, fields(b))
	})
	return b, err
}

// Delete removes a binding of the caller's org, and its records in the background.
func (s *Service) Delete(ctx context.Context, bindingID id.ID) error {
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		b, err := s.Get(ctx, bindingID)
		if err != nil {
			return err
		}
		if _, err := s.repo.ActiveRun(ctx, b.ID); !fault.IsCode(err, fault.NotFound) {
			if err != nil {
				return err
			}
			return running()
		}
		if err := s.repo.DeleteBinding(ctx, b.ID); err != nil {
			return err
		}
		if err := s.queue.Enqueue(ctx, purgeJob, b.ID[:], b.ID.UUID(), 0); err != nil {
			return err
		}
		return s.recordAndPublish(ctx, event.BindingDeleted, b, fields(b), nil)
	})
}

// HandleWorkspaceDelete deletes the bindings of a workspace that is being deleted; one that is
// syncing is a Conflict.
func (s *Service) HandleWorkspaceDelete(ctx context.Context, w workspace.Workspace) error {
	for {
		p, err := s.repo.ListBindings(ctx, w.OrgID, page.Query{
			Limit: page.MaxLimit, Sort: page.Sort{Field: "created_at"},
			Filters: []page.Filter{{Field: "workspace_id", Op: page.Eq, Value: w.ID}},
		})
		if err != nil {
			return err
		}
		for _, b := range p.Items {
			if err := s.Delete(ctx, b.ID); err != nil {
				return err
			}
		}
		if p.Next == nil {
			return nil
		}
	}
}

func running() error {
	return &fault.Error{
		Code: fault.Conflict, Reason: "sync_running",
		Message: "A sync run of the binding is under way. Wait for it, or cancel it.",
	}
}

// purge deletes the records of a binding that is gone, some at a time.
func (s *Service) purge(ctx context.Context, j job.Job) error {
	for more := true; more; {
		err := s.tx.InTx(ctx, func(ctx context.Context) error {
			freed, err := s.repo.DeleteRecords(ctx, id.ID(j.Payload), 1000)
			more = len(freed) > 0
			if err != nil || !more {
				return err
			}
			for workspaceID, a := range freed {
				freed[workspaceID] = plan.Amount{}.Minus(a)
			}
			return s.limits.Records.Add(ctx, freed)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Validate has the configuration of a binding tried again.
func (s *Service) Validate(ctx context.Context, bindingID id.ID) (job.Job, error) {
	var j job.Job
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		b, err := s.Get(ctx, bindingID)
		if err != nil {
			return err
		}
		b.State, b.Problem, b.NextRunAt, b.ValidationJobID, b.UpdatedAt = Validating, nil, nil, id.New(), s.now()
		if err := s.repo.UpdateBinding(ctx, b); err != nil {
			return err
		}
		j, err = s.addValidation(ctx, b)
		return err
	})
	return j, err
}

// Records lists what was synced into a workspace of the caller's org.
func (s *Service) Records(ctx context.Context, workspaceID id.ID, q page.Query) (page.Page[Record], error) {
	w, err := s.workspaces.Get(ctx, workspaceID)
	if err != nil {
		return page.Page[Record]{}, err
	}
	return s.repo.ListRecords(ctx, w.ID, q)
}

// Run returns a run of the caller's org.
func (s *Service) Run(ctx context.Context, runID id.ID) (Run, error) {
	p := identity.From(ctx)
	r, err := s.repo.Run(ctx, p.OrgID, runID)
	if err == nil && !p.InWorkspace(r.WorkspaceID) {
		return Run{}, fault.NewNotFound("sync run")
	}
	return r, err
}

// Runs lists the runs of the caller's org.
func (s *Service) Runs(ctx context.Context, q page.Query) (page.Page[Run], error) {
	p := identity.From(ctx)
	return s.repo.ListRuns(ctx, p.OrgID, p.Within(q))
}

// RunRetention is how long a run is kept after its end. The last of a binding stays.
const RunRetention = 90 * 24 * time.Hour

// Clean deletes the runs that have been kept for long enough.
func (s *Service) Clean(ctx context.Context) error {
	return s.repo.DeleteRuns(ctx, s.now().Add(-RunRetention))
}
