package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/share"
)

// lastRead is how long a read that is under way when the time of a run is over may take.
const lastRead = 5 * time.Second

// boundError says that a run has come to a bound.
type boundError struct {
	what string
	full bool // the bound is what the workspace may store, and not what one run may take
}

// Error is for the log.
func (e *boundError) Error() string { return "the run has come to its bound: " + e.what }

// problem tells the caller.
func (e *boundError) problem() job.Problem {
	if e.full {
		return job.Problem{
			Code: string(fault.FeatureLimit),
			Message: "The workspace stores " + e.what +
				". Delete bindings that are not needed, or move to a larger plan. The run keeps its place: the next run goes on " +
				"from there.",
		}
	}
	return job.Problem{
		Code: "run_limit_reached",
		Message: "The run has come to the most that one run may take, " + e.what +
			". It keeps its place: the next run goes on from there.",
	}
}

// full ends a run whose page the plan of the workspace has no room for.
func full(err error) error {
	if fault.IsCode(err, fault.FeatureLimit) {
		return &boundError{"as many records, or bytes of them, as its plan allows", true}
	}
	return err
}

// check returns the bound that a run has come to.
func (b Bounds) check(r Run, now time.Time) error {
	var pages, bytes int64
	for _, e := range r.Entities {
		pages, bytes = pages+e.Pages, bytes+e.Bytes
	}
	over := func(n, most int64) bool { return most > 0 && n >= most }
	switch rows := r.Totals().Read; {
	case b.Duration > 0 && r.StartedAt != nil && now.Sub(*r.StartedAt) >= b.Duration:
		return &boundError{what: b.Duration.String()}
	case over(pages, b.Pages):
		return &boundError{what: fmt.Sprintf("%d pages", b.Pages)}
	case over(rows, b.Rows):
		return &boundError{what: fmt.Sprintf("%d rows", b.Rows)}
	case over(bytes, b.Bytes):
		return &boundError{what: fmt.Sprintf("%d bytes", b.Bytes)}
	}
	return nil
}

// endAtBound fails a run and has the binding keep the place of each entity, so that the next
// run goes on from there.
func (s *Service) endAtBound(ctx context.Context, r Run, bound *boundError) error {
	problem := bound.problem()
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.end(ctx, r, Failed, &problem); err != nil {
			return err
		}
		b, err := s.repo.Binding(ctx, r.OrgID, r.BindingID)
		if err != nil {
			return err
		}
		if b.Checkpoints == nil {
			b.Checkpoints = map[string]connector.Checkpoint{}
		}
		for _, e := range r.Entities {
			if e.State != EntityPending {
				b.Checkpoints[e.Entity] = e.Checkpoint
			}
		}
		return s.repo.SetCheckpoints(ctx, b.ID, b.Checkpoints)
	})
	if err != nil {
		return err
	}
	return &job.Failure{Problem: problem, Final: true, Cause: bound}
}

// source takes a permit to reach a binding's source. When too much is under way there, the job
// frees its worker for others.
func (s *Service) source(ctx context.Context, b Binding) (share.Permit, error) {
	permit, err := s.sources.Acquire(ctx, b.OrgID, host(b.Config))
	if fault.IsCode(err, fault.Unavailable) {
		return permit, job.ErrYield
	}
	return permit, err
}

// host returns the host that a configuration names, for the bound of each; empty when it names
// none, such as an object of the platform's own.
func host(config json.RawMessage) string {
	var c struct {
		URL      string `json:"url"`
		Host     string `json:"host"`
		Endpoint string `json:"endpoint"`
		Bucket   string `json:"bucket"`
		Source   struct {
			URL string `json:"url"`
		} `json:"source"`
	}
	_ = json.Unmarshal(config, &c) // of another form, it names none
	for _, raw := range []string{c.URL, c.Source.URL, c.Endpoint} {
		if h := share.Host(raw); h != "" {
			return h
		}
	}
	if c.Host != "" {
		return strings.ToLower(c.Host)
	}
	return strings.ToLower(c.Bucket)
}

// runSetAside ends the run of a job that was set aside.
func (s *Service) runSetAside(ctx context.Context, j job.Job) error {
	ctx = identity.With(ctx, identity.Operator(j.OrgID))
	r, err := s.repo.Run(ctx, j.OrgID, j.SubjectID)
	if fault.IsCode(err, fault.NotFound) || err == nil && !r.State.Active() {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = s.end(ctx, r, Failed, j.Problem)
	return err
}

// again starts another run in the place of one that was set aside: an operator has had its job
// done again.
func (s *Service) again(ctx context.Context, r Run) error {
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		b, err := s.repo.Binding(ctx, r.OrgID, r.BindingID)
		if err != nil || b.State != Ready {
			return ignoreMissing(err)
		}
		_, err = s.start(ctx, b, r.Trigger, r.Full)
		if fault.IsCode(err, fault.Conflict) {
			return nil // one is under way
		}
		return err
	})
}

func ignoreMissing(err error) error {
	if fault.IsCode(err, fault.NotFound) {
		return nil
	}
	return err
}

// validationSetAside says of a binding whose validation was set aside that it is not valid.
func (s *Service) validationSetAside(ctx context.Context, j job.Job) error {
	ctx = identity.With(ctx, identity.Operator(j.OrgID))
	b, err := s.repo.Binding(ctx, j.OrgID, j.SubjectID)
	if err != nil || b.ValidationJobID != j.ID {
		return ignoreMissing(err)
	}
	b.State, b.Problem, b.UpdatedAt = Invalid, j.Problem, s.now()
	if err := s.repo.UpdateBinding(ctx, b); err != nil {
		return err
	}
	return s.recordAndPublish(ctx, event.BindingInvalid, b, nil, fields(b))
}
