package integration

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/storable"
)

// How runs are made.
const (
	pageSize         = 500
	concurrentRuns   = 16 // in one process
	concurrentChecks = 16 // the same
	perHost          = 8  // runs and checks at one host at once, in one process
	sourcePatience   = 10 * time.Second
	turn             = time.Minute // that a run keeps its worker before others have theirs
	maxFailures      = 5           // temporary ones in a row
	maxRecord        = 1 << 20     // bytes of a record's data
	maxExternalID    = 512         // bytes
	checkTimeout     = time.Minute
	dueAtOnce        = 50
	maxErrorKinds    = 20
)

// validate is the job that tries a binding's configuration.
func (s *Service) validate(ctx context.Context, j job.Job) error {
	ctx = identity.With(ctx, identity.Operator(j.OrgID))
	b, err := s.repo.Binding(ctx, j.OrgID, id.ID(j.Payload))
	if fault.IsCode(err, fault.NotFound) || err == nil && b.ValidationJobID != j.ID {
		return nil // deleted, or changed again: a later job looks at it
	}
	if err != nil {
		return err
	}
	problem, err := s.try(ctx, b)
	if err != nil {
		return err
	}
	if problem != nil && problem.Temporary && j.Attempt < j.MaxAttempts {
		return &job.Failure{
			Problem: job.Problem{Code: string(problem.Code), Message: problem.Message}, After: problem.RetryAfter,
			Cause: problem,
		}
	}
	// A cancelled job leaves the binding as it is found to be: not yet validated.
	if errors.Is(context.Cause(ctx), job.ErrCancelled) {
		problem = &connector.Problem{Code: "cancelled", Message: "The validation was cancelled. Validate the binding again."}
		ctx = context.WithoutCancel(ctx)
	}
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		now, err := s.repo.Binding(ctx, b.OrgID, b.ID)
		if fault.IsCode(err, fault.NotFound) || err == nil && now.ValidationJobID != j.ID {
			return nil
		}
		if err != nil {
			return err
		}
		what := event.BindingValidated
		now.State, now.Problem = Ready, nil
		if problem != nil {
			what = event.BindingInvalid
			now.State, now.Problem = Invalid, &job.Problem{Code: string(problem.Code), Message: problem.Message}
		}
		now.UpdatedAt = s.now()
		now.NextRunAt = now.next(now.UpdatedAt)
		if err := s.repo.UpdateBinding(ctx, now); err != nil {
			return err
		}
		return s.recordAndPublish(ctx, what, now, nil, fields(now))
	})
	if err == nil && problem != nil {
		return &job.Failure{
			Problem: job.Problem{Code: string(problem.Code), Message: problem.Message}, Final: true, Cause: problem,
		}
	}
	return err
}

// try connects. What is wrong with the configuration is a Problem, what is wrong with us
// an error.
func (s *Service) try(ctx context.Context, b Binding) (*connector.Problem, error) {
	plugin, ok := s.plugins[b.ConnectorID]
	if !ok {
		return &connector.Problem{Code: connector.InvalidConfig, Message: "The connector is not part of this server."}, nil
	}
	config, err := s.box.Open(b.SealedConfig, sealedFor)
	if err != nil {
		return nil, err
	}
	permit, err := s.source(ctx, b)
	if err != nil {
		return nil, err
	}
	defer permit.Release()
	ctx, cancel := context.WithTimeout(connector.WithObjectPrefix(ctx, objectPrefix(b)), checkTimeout)
	defer cancel()
	err = plugin.Check(ctx, config)
	var p *connector.Problem
	switch {
	case err == nil:
		return nil, nil
	case errors.As(err, &p):
		return p, nil
	case ctx.Err() != nil:
		return &connector.Problem{
			Code: connector.TimedOut, Message: "The other system did not answer in time.", Temporary: true, Cause: err,
		}, nil
	}
	return nil, err
}

// Start begins a run of a binding of the caller's org.
func (s *Service) Start(ctx context.Context, bindingID id.ID, full bool) (Run, error) {
	var r Run
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		b, err := s.Get(ctx, bindingID)
		if err != nil {
			return err
		}
		if b.State != Ready {
			return &fault.Error{
				Code: fault.Conflict, Reason: "binding_not_ready",
				Message: "The binding's configuration has not been validated. Its validation job says why.",
			}
		}
		r, err = s.start(ctx, b, ByHand, full)
		return err
	})
	return r, err
}

func (s *Service) start(ctx context.Context, b Binding, trigger string, full bool) (Run, error) {
	r := Run{
		ID: id.New(), OrgID: b.OrgID, WorkspaceID: b.WorkspaceID, BindingID: b.ID, ConnectorID: b.ConnectorID,
		Trigger: trigger, Full: full,
		State: Queued, JobID: id.New(), CreatedAt: s.now(),
	}
	if _, err := s.repo.ActiveRun(ctx, b.ID); !fault.IsCode(err, fault.NotFound) {
		if err != nil {
			return r, err
		}
		return r, running()
	}
	err := s.repo.InsertRun(ctx, r)
	if fault.IsCode(err, fault.Conflict) {
		return r, running()
	}
	if err != nil {
		return r, err
	}
	if err := s.repo.SetLastRun(ctx, b.ID, r.ID); err != nil {
		return r, err
	}
	// Without an end of its own: a crash is an attempt too, and not one of the run's.
	err = s.queue.Add(ctx, job.Job{
		ID: r.JobID, Kind: SyncJob, Payload: r.ID[:], OrgID: r.OrgID, WorkspaceID: r.WorkspaceID,
		SubjectKind: string(audit.Run), SubjectID: r.ID,
	})
	if err != nil {
		return r, err
	}
	return r, s.audit.Record(ctx, r.OrgID, "sync_run.queued", audit.Run, r.ID, nil,
		audit.Fields{"trigger": trigger, "full": full})
}

// Cancel ends a run of the caller's org: what is committed stays.
func (s *Service) Cancel(ctx context.Context, runID id.ID) (Run, error) {
	var r Run
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if r, err = s.Run(ctx, runID); err != nil {
			return err
		}
		if !r.State.Active() {
			return &fault.Error{Code: fault.Conflict, Reason: "run_finished", Message: "The run has ended already."}
		}
		if _, err := s.queue.Cancel(ctx, r.JobID); err != nil && !fault.IsCode(err, fault.Conflict) &&
			!fault.IsCode(err, fault.NotFound) {
			return err
		}
		// The run ends here and now: its worker finds that its pages are not taken any more.
		r, err = s.end(ctx, r, Cancelled, nil)
		return err
	})
	return r, err
}

// CancelJob ends a job of the caller's org, and with it what it works on.
func (s *Service) CancelJob(ctx context.Context, jobID id.ID) (job.Job, error) {
	var j job.Job
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if j, err = s.queue.Cancel(ctx, jobID); err != nil {
			return err
		}
		switch j.Kind {
		case SyncJob:
			r, err := s.Run(ctx, j.SubjectID)
			if err != nil || !r.State.Active() {
				return err
			}
			_, err = s.end(ctx, r, Cancelled, nil)
			return err
		case ValidationJob:
			if j.State == job.Running {
				return nil // its worker leaves the binding in order
			}
			b, err := s.Get(ctx, j.SubjectID)
			if fault.IsCode(err, fault.NotFound) || err == nil && b.ValidationJobID != j.ID {
				return nil
			}
			if err != nil {
				return err
			}
			b.State, b.Problem = Invalid, &job.Problem{
				Code: "cancelled", Message: "The validation was cancelled. Validate the binding again.",
			}
			b.UpdatedAt = s.now()
			return s.repo.UpdateBinding(ctx, b)
		}
		return nil
	})
	return j, err
}

// end finishes an active run, whoever works on it.
func (s *Service) end(ctx context.Context, r Run, state RunState, problem *job.Problem) (Run, error) {
	now := s.now()
	worker := r.Worker
	r.State, r.Problem, r.FinishedAt = state, problem, &now
	ok, err := s.repo.UpdateRun(ctx, r, worker)
	if err != nil || !ok {
		return r, err
	}
	return r, s.tellRun(ctx,
		map[RunState]event.Type{Succeeded: event.RunSucceeded, Failed: event.RunFailed, Cancelled: event.RunCancelled}[state],
		r)
}

func (s *Service) tellRun(ctx context.Context, what event.Type, r Run) error {
	t := r.Totals()
	f := audit.Fields{
		"state": string(r.State), "read": t.Read, "created": t.Created, "updated": t.Updated, "skipped": t.Skipped,
		"failed": t.Failed,
	}
	if err := s.audit.Record(ctx, r.OrgID, string(what), audit.Run, r.ID, nil, f); err != nil {
		return err
	}
	return s.events.Publish(ctx, event.New(what, r.OrgID, r.WorkspaceID, s.now(), r))
}

// errLost says that a run is another worker's by now, or has ended.
var errLost = errors.New("the run is not this worker's any more")

// sync is the job that works on a run.
func (s *Service) sync(ctx context.Context, j job.Job) error {
	ctx = identity.With(ctx, identity.Operator(j.OrgID))
	r, b, err := s.take(ctx, j)
	if err == nil && r.State == Failed && r.Problem != nil && r.Problem.Code == job.SetAside {
		return s.again(ctx, r)
	}
	if err != nil || !r.State.Active() {
		return err
	}
	err = s.pass(ctx, &r, b, j)
	var p *connector.Problem
	var bound *boundError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, job.ErrYield):
		return err
	case errors.As(err, &bound):
		return s.endAtBound(ctx, r, bound)
	case errors.Is(context.Cause(ctx), job.ErrCancelled):
		err := s.tx.InTx(context.WithoutCancel(ctx), func(ctx context.Context) error {
			_, err := s.end(ctx, r, Cancelled, nil)
			return err
		})
		return errors.Join(job.ErrCancelled, err)
	case errors.Is(err, errLost):
		return nil
	case ctx.Err() != nil:
		return err // the process stops; another goes on
	case !errors.As(err, &p):
		return err
	}
	problem := job.Problem{Code: string(p.Code), Message: p.Message}
	r.Failures++
	if p.Temporary && r.Failures < maxFailures {
		if ok, err := s.repo.UpdateRun(ctx, r, r.Worker); err != nil || !ok {
			return err
		}
		return &job.Failure{Problem: problem, After: max(p.RetryAfter, job.Backoff(r.Failures)), Cause: p}
	}
	return s.failed(ctx, r, problem, p)
}

// failed ends a run for good.
func (s *Service) failed(ctx context.Context, r Run, problem job.Problem, cause error) error {
	if err := s.tx.InTx(ctx, func(ctx context.Context) error {
		_, err := s.end(ctx, r, Failed, &problem)
		return err
	}); err != nil {
		return err
	}
	return &job.Failure{Problem: problem, Final: true, Cause: cause}
}

// take makes a run this worker's: from now on nobody else's pages are taken.
func (s *Service) take(ctx context.Context, j job.Job) (Run, Binding, error) {
	var r Run
	var b Binding
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if r, err = s.repo.Run(ctx, j.OrgID, id.ID(j.Payload)); err != nil || !r.State.Active() {
			return err
		}
		if b, err = s.repo.Binding(ctx, r.OrgID, r.BindingID); err != nil {
			return err
		}
		was := r.Worker
		r.Worker = id.New()
		first := r.State == Queued
		if first {
			now := s.now()
			r.State, r.StartedAt = Running, &now
		}
		ok, err := s.repo.UpdateRun(ctx, r, was)
		if err != nil {
			return err
		}
		if !ok {
			return errLost
		}
		if first {
			return s.tellRun(ctx, event.RunStarted, r)
		}
		return nil
	})
	if errors.Is(err, errLost) {
		return Run{State: Cancelled}, b, nil
	}
	return r, b, err
}

// pass reads what is left of every entity.
func (s *Service) pass(ctx context.Context, r *Run, b Binding, j job.Job) error {
	plugin, ok := s.plugins[b.ConnectorID]
	if !ok {
		return &connector.Problem{Code: connector.InvalidConfig, Message: "The connector is not part of this server."}
	}
	config, err := s.box.Open(b.SealedConfig, sealedFor)
	if err != nil {
		return err
	}
	permit, err := s.source(ctx, b)
	if err != nil {
		return err
	}
	defer permit.Release()
	reading := ctx
	if s.bounds.Duration > 0 {
		var stop context.CancelFunc
		left := r.StartedAt.Add(s.bounds.Duration).Sub(s.now())
		reading, stop = context.WithTimeout(ctx, max(left, 0)+lastRead)
		defer stop()
	}
	reading = connector.WithObjectPrefix(reading, objectPrefix(b))
	began := s.now()
	source, err := plugin.Open(reading, config)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	s.plan(r, b, source.Entities())
	for i := range r.Entities {
		for r.Entities[i].State != EntityDone {
			switch err := s.bounds.check(*r, s.now()); {
			case err != nil:
				return err
			case s.now().Sub(began) > turn:
				return job.ErrYield
			}
			e := &r.Entities[i]
			p, err := source.Read(reading, e.Entity, e.Checkpoint, pageSize)
			if err != nil {
				if bound := s.bounds.check(*r, s.now()); bound != nil && ctx.Err() == nil {
					return bound
				}
				return err
			}
			if err := s.commit(ctx, r, i, p, func(ctx context.Context) error { return s.queue.GetsOn(ctx, j) }); err != nil {
				return err
			}
			j.Takeovers = 0
		}
	}
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		// The state is that of a copy: should the transaction run again, r is as it was.
		_, err := s.end(ctx, *r, Succeeded, nil)
		return err
	})
}

// objectPrefix is where the tenant's own objects are.
func objectPrefix(b Binding) string { return "orgs/" + b.OrgID.UUID() + "/" }

// plan sets out what a run reads, the first time: from where the run before ended.
func (s *Service) plan(r *Run, b Binding, entities []string) {
	if len(r.Entities) > 0 {
		return
	}
	for _, name := range entities {
		p := Progress{Entity: name, State: EntityPending}
		if !r.Full {
			p.Checkpoint = b.Checkpoints[name]
		}
		r.Entities = append(r.Entities, p)
	}
}

// commit writes a page and the place after it in one transaction. r changes only once
// that is done.
func (s *Service) commit(
	ctx context.Context, r *Run, i int, p connector.Page, getsOn func(context.Context) error,
) error {
	if len(p.Next) > 0 && !storable.JSON(p.Next) {
		return &connector.Problem{
			Code:    connector.BadResponse,
			Message: "The place to read on from has a character that cannot be kept, such as NUL in a cursor or key.",
		}
	}
	next := *r
	next.Entities = append([]Progress(nil), r.Entities...)
	e := &next.Entities[i]
	e.State, e.Checkpoint = EntityRunning, p.Next
	if p.Done {
		e.State = EntityDone
	}
	e.Errors = append([]ErrorGroup(nil), e.Errors...)
	next.Failures = 0
	e.Pages++
	for _, row := range p.Records {
		e.Bytes += int64(len(row.Data))
	}
	records := s.records(next, e, p)
	var ids []string
	for _, rec := range records {
		ids = append(ids, rec.ExternalID)
	}
	counts := e.Counts
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		e.Counts = counts
		known, err := s.repo.Known(ctx, r.BindingID, e.Entity, ids)
		if err != nil {
			return err
		}
		changed := make([]Record, 0, len(records))
		var growth plan.Amount
		for _, rec := range records {
			was, ok := known[rec.ExternalID]
			switch {
			case !ok:
				e.Counts.Created++
				growth.Items++
			case bytes.Equal(was.Hash, rec.Hash):
				e.Counts.Skipped++
				continue
			default:
				e.Counts.Updated++
			}
			growth.Bytes += rec.Size() - was.Size
			changed = append(changed, rec)
		}
		if err := s.limits.Records.Change(ctx, r.WorkspaceID, growth); err != nil {
			return full(err)
		}
		if err := s.repo.UpsertRecords(ctx, changed); err != nil {
			return err
		}
		ok, err := s.repo.UpdateRun(ctx, next, r.Worker)
		if err != nil {
			return err
		}
		if !ok {
			return errLost
		}
		if err := getsOn(ctx); err != nil {
			return err
		}
		if !p.Done {
			return nil
		}
		b, err := s.repo.Binding(ctx, r.OrgID, r.BindingID)
		if err != nil {
			return err
		}
		if b.Checkpoints == nil {
			b.Checkpoints = map[string]connector.Checkpoint{}
		}
		b.Checkpoints[e.Entity] = p.Next
		return s.repo.SetCheckpoints(ctx, b.ID, b.Checkpoints)
	})
	if err == nil {
		*r = next
	}
	return err
}

// records turns a page into records, the last of each external id, and counts what cannot
// be one.
func (s *Service) records(r Run, e *Progress, p connector.Page) []Record {
	now := s.now()
	at := map[string]int{}
	var out []Record
	for _, row := range p.Records {
		e.Counts.Read++
		data, code, message := canonical(row)
		if code != "" {
			e.fail(connector.RowError{ExternalID: row.ExternalID, Code: code, Message: message})
			continue
		}
		hash := sha256.Sum256(data)
		rec := Record{
			ID: id.New(), OrgID: r.OrgID, WorkspaceID: r.WorkspaceID, BindingID: r.BindingID, Entity: e.Entity,
			ExternalID: row.ExternalID,
			Data:       data, Hash: hash[:], SourceUpdatedAt: row.UpdatedAt, RunID: r.ID, CreatedAt: now, UpdatedAt: now,
		}
		if k, twice := at[row.ExternalID]; twice {
			e.Counts.Skipped++
			out[k] = rec
			continue
		}
		at[row.ExternalID] = len(out)
		out = append(out, rec)
	}
	for _, f := range p.Failed {
		e.Counts.Read++
		e.fail(f)
	}
	return out
}

// canonical returns a row's data in one form, so that the order of members or white space is
// no change, and says why a row cannot be kept.
func canonical(row connector.Record) (data []byte, code, message string) {
	if row.ExternalID == "" || len(row.ExternalID) > maxExternalID {
		return nil, "invalid_id", "The row's id is empty or longer than 512 bytes."
	}
	if len(row.Data) > maxRecord {
		return nil, "too_large", "The row has more than 1 MiB."
	}
	d := json.NewDecoder(bytes.NewReader(row.Data))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil || v == nil {
		return nil, "invalid_data", "The row is not a JSON object."
	}
	if !storable.Value(v) || !storable.Text(row.ExternalID) || !utf8.Valid(row.Data) {
		return nil, "unsupported_value",
			"The row has text that is not UTF-8, a NUL character or a number of too many digits, which cannot be kept."
	}
	if row.UpdatedAt != nil && !storable.Time(*row.UpdatedAt) {
		return nil, "unsupported_value", "The row was updated at a time that is not in the years 1 to 9999 in UTC."
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, "invalid_data", "The row is not a JSON object."
	}
	return b, "", ""
}

// fail counts a row that is no record. An id that could not be kept is left out: it must not
// take the page with it.
func (p *Progress) fail(f connector.RowError) {
	p.Counts.Failed++
	if len(f.ExternalID) > maxExternalID || !storable.Text(f.ExternalID) {
		f.ExternalID = ""
	}
	for i := range p.Errors {
		g := &p.Errors[i]
		if g.Code == f.Code {
			g.Count++
			if f.ExternalID != "" && len(g.Samples) < maxSamples {
				g.Samples = append(append([]string(nil), g.Samples...), f.ExternalID)
			}
			return
		}
	}
	if len(p.Errors) >= maxErrorKinds {
		return // counted all the same
	}
	g := ErrorGroup{Code: f.Code, Message: f.Message, Count: 1, Samples: []string{}}
	if f.ExternalID != "" {
		g.Samples = append(g.Samples, f.ExternalID)
	}
	p.Errors = append(p.Errors, g)
}
