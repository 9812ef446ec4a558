package integration

import (
	"context"
	"errors"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
)

// Schedule starts the runs that are due, by turns of orgs, until all are started or its time
// is over: what is left is due the next time. Several replicas may call it at once.
func (s *Service) Schedule(ctx context.Context) error {
	var errs []error
	for until := s.now().Add(scheduleSlice); ; {
		due, err := s.repo.DueBindings(ctx, s.now(), dueAtOnce)
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		for _, b := range due {
			errs = append(errs, s.startDue(ctx, b))
		}
		// After an error the same binding may still be due: not again at once.
		if err := errors.Join(errs...); len(due) < dueAtOnce || err != nil || ctx.Err() != nil || s.now().After(until) {
			return err
		}
	}
}

// scheduleSlice is how long one call of Schedule starts runs.
const scheduleSlice = 4 * time.Second

// startDue starts the run of a binding that is due.
func (s *Service) startDue(ctx context.Context, b Binding) error {
	ctx = identity.With(ctx, identity.Operator(b.OrgID))
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		err := s.repo.HoldWorkspace(ctx, b.WorkspaceID)
		if fault.IsCode(err, fault.NotFound) {
			return nil // deleted, and the binding with it
		}
		if err != nil {
			return err
		}
		mine, err := s.repo.Reschedule(ctx, b.ID, *b.NextRunAt, b.next(s.now()))
		if err != nil || !mine {
			return err
		}
		_, err = s.start(ctx, b, BySchedule, false)
		if fault.IsCode(err, fault.Conflict) {
			return nil // the one before still runs: this one is left out
		}
		return err
	})
}
