package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/job"
)

// What is done with very many deliveries is done some at a time, each in a transaction of
// its own: others write between two. A first slice is done in the transaction of who asks;
// what is left is a job, which may stop and begin again anywhere.
const slice = 1000

// The jobs that go on with what is long.
const (
	recoverJob job.Kind = "webhook.recover"
	cancelJob  job.Kind = "webhook.cancel"
)

// Queue does work later.
type Queue interface {
	Handle(k job.Kind, h job.Handler)
	Add(ctx context.Context, j job.Job) error
	GetsOn(ctx context.Context, j job.Job) error
}

// handleJobs has a queue do what is long.
func (s *Service) handleJobs(q Queue) {
	q.Handle(recoverJob, func(ctx context.Context, j job.Job) error {
		return s.goOn(ctx, j, func(ctx context.Context, b bulk) (int, error) {
			e, err := s.repo.Endpoint(ctx, j.OrgID, b.Endpoint)
			if fault.IsCode(err, fault.NotFound) || err == nil && e.Status != Enabled {
				return 0, nil // what is pending there is cancelled
			}
			if err != nil {
				return 0, err
			}
			s.probeAfter(ctx, e.ID)
			return s.repo.Recover(ctx, b.Endpoint, b.Since, b.Until, b.At, slice)
		})
	})
	q.Handle(cancelJob, func(ctx context.Context, j job.Job) error {
		return s.goOn(ctx, j, func(ctx context.Context, b bulk) (int, error) {
			return s.repo.CancelPending(ctx, b.Endpoint, b.At, slice)
		})
	})
}

// bulk is what such a job has to do.
type bulk struct {
	Endpoint id.ID     `json:"endpoint"`
	Since    time.Time `json:"since"`
	Until    time.Time `json:"until"`
	At       time.Time `json:"at"`
}

func (s *Service) goOn(ctx context.Context, j job.Job, do func(context.Context, bulk) (int, error)) error {
	var b bulk
	if err := json.Unmarshal(j.Payload, &b); err != nil {
		return fmt.Errorf("read the job: %w", err)
	}
	for {
		n := 0
		err := s.tx.InTx(ctx, func(ctx context.Context) (err error) {
			n, err = do(ctx, b)
			return err
		})
		if err != nil || n < slice {
			return err
		}
		if err := s.queue.GetsOn(ctx, j); err != nil {
			return err
		}
	}
}

// rest does the first slice of what is long, and has the queue do what is left of it.
func (s *Service) rest(ctx context.Context, k job.Kind, e Endpoint, b bulk, do func() (int, error)) error {
	for {
		n, err := do()
		if err != nil || n < slice {
			return err
		}
		if s.queue == nil {
			continue
		}
		payload, err := json.Marshal(b)
		if err != nil {
			return err
		}
		return s.queue.Add(ctx, job.Job{ID: id.New(), Kind: k, Payload: payload, OrgID: e.OrgID, WorkspaceID: e.WorkspaceID})
	}
}

// recover sends failed deliveries again, and tells how many.
func (s *Service) recover(ctx context.Context, e Endpoint, since, until, at time.Time) (int, error) {
	n, err := s.repo.CountRecoverable(ctx, e.ID, since, until, at)
	if err != nil || n == 0 {
		return n, err
	}
	return n, s.rest(ctx, recoverJob, e, bulk{e.ID, since, until, at}, func() (int, error) {
		return s.repo.Recover(ctx, e.ID, since, until, at, slice)
	})
}

// cancelPending ends what waits for an endpoint that is told of nothing any more.
func (s *Service) cancelPending(ctx context.Context, e Endpoint, at time.Time) error {
	return s.rest(ctx, cancelJob, e, bulk{Endpoint: e.ID, At: at}, func() (int, error) {
		return s.repo.CancelPending(ctx, e.ID, at, slice)
	})
}
