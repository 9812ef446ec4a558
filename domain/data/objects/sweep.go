package objects

import (
	"context"
	"errors"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/task"
)

// How much is deleted at a time.
const (
	sweepSlice = 100 // blobs of one transaction
	sweepers   = 8   // blobs at once

	sweepAgain = 10 * time.Minute // after which what could not be deleted is tried again
)

// Sweep ends uploads whose time is over, and deletes the bytes that nothing refers to: those that were replaced or
// deleted, and what writes that failed, or whose process was killed, have left.
func (s *Service) Sweep(ctx context.Context) error {
	if err := s.expire(ctx); err != nil {
		return err
	}
	var failed error
	for {
		now := s.Now()
		left, err := s.Repository.Leftovers(ctx, now, now.Add(sweepAgain), sweepSlice)
		if err != nil || len(left) == 0 {
			return errors.Join(failed, err)
		}
		if err := s.remove(ctx, left); err != nil {
			failed = err // others may be deleted all the same
		}
		if len(left) < sweepSlice || ctx.Err() != nil {
			return failed
		}
	}
}

// expire ends uploads whose time is over.
func (s *Service) expire(ctx context.Context) error {
	for {
		over, err := s.Repository.ExpiredUploads(ctx, s.Now(), sweepSlice)
		if err != nil {
			return err
		}
		for _, u := range over {
			err := s.Tx.InTx(ctx, func(ctx context.Context) error {
				u, err := s.Repository.LockUpload(ctx, u.WorkspaceID, u.ID)
				if err != nil {
					return err
				}
				_, err = s.end(ctx, u)
				return err
			})
			if err != nil && !fault.IsCode(err, fault.NotFound) {
				return err
			}
		}
		if len(over) < sweepSlice {
			return nil
		}
	}
}

// remove deletes the bytes of blobs that are taken, then their rows with what is counted for them. What cannot be
// deleted now is tried again by a later sweep.
func (s *Service) remove(ctx context.Context, left []Leftover) error {
	failed := make([]error, len(left))
	err := task.Each(ctx, sweepers, len(left), func(ctx context.Context, i int) error {
		failed[i] = s.removeBytes(ctx, left[i])
		return nil
	})
	if err != nil {
		return err
	}
	gone, reserved := make([]id.ID, 0, len(left)), map[id.ID]plan.Amount{}
	of := map[id.ID]Leftover{}
	for i, l := range left {
		if of[l.BlobID] = l; failed[i] == nil {
			gone = append(gone, l.BlobID)
		}
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		clear(reserved)
		deleted, err := s.Repository.ForgetBlobs(ctx, gone)
		if err != nil {
			return err
		}
		for _, blobID := range deleted {
			if l := of[blobID]; l.Reserved != (plan.Amount{}) {
				reserved[l.WorkspaceID] = reserved[l.WorkspaceID].Minus(l.Reserved)
			}
		}
		for workspaceID := range reserved {
			// What a deleted workspace stores is counted no more.
			if err := s.Repository.HoldWorkspace(ctx, workspaceID); fault.IsCode(err, fault.NotFound) {
				delete(reserved, workspaceID)
			} else if err != nil {
				return err
			}
		}
		return s.Stock.Add(ctx, reserved)
	})
	return errors.Join(append(failed, err)...)
}

func (s *Service) removeBytes(ctx context.Context, l Leftover) error {
	if l.Unfinished {
		if err := s.Files.Abandon(ctx, blobKey(l.BlobID)); err != nil {
			return err
		}
	}
	return s.Files.Delete(ctx, blobKey(l.BlobID))
}

// PurgeWorkspace has the bytes of a deleted workspace deleted by the next sweeps.
func (s *Service) PurgeWorkspace(ctx context.Context, workspaceID id.ID) error {
	for {
		n, err := s.Repository.DropWorkspaceBlobs(ctx, workspaceID, s.Now(), purgeSlice)
		if err != nil || n == 0 {
			return err
		}
	}
}

const purgeSlice = 1000 // rows of one transaction
