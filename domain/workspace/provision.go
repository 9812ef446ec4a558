package workspace

import (
	"context"
	"errors"
	"fmt"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/org"
)

// The jobs of workspaces. The unique value of the first is the UUID of a workspace, that of the second the UUID of an
// org.
const (
	ProvisionJob job.Kind = "workspace.provision"
	DeleteAllJob job.Kind = "workspace.delete_all"
)

// deleteSlice is how many workspaces of a deleted org one transaction deletes.
const deleteSlice = 50

// enqueueProvision asks for what a workspace lacks, in the transaction of ctx.
func (s *Service) enqueueProvision(ctx context.Context, w Workspace) error {
	if len(w.Pending) == 0 {
		return nil
	}
	return s.queue.Add(ctx, job.Job{
		ID: id.New(), Kind: ProvisionJob, Unique: w.ID.UUID(), OrgID: w.OrgID, WorkspaceID: w.ID,
	})
}

// provision prepares the capabilities that wait for it. What succeeds is written even when another fails.
func (s *Service) provision(ctx context.Context, j job.Job) error {
	workspaceID, err := id.ParseUUID(j.Unique)
	if err != nil {
		return err
	}
	w, err := s.repo.Workspace(ctx, workspaceID)
	if fault.IsCode(err, fault.NotFound) { // deleted meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	var errs []error
	done := []Capability{}
	for _, c := range w.Pending {
		if err := s.others.Supports[c].Provision(ctx, w); err != nil {
			errs = append(errs, fmt.Errorf("capability %s: %w", c, err))
			continue
		}
		done = append(done, c)
	}
	if len(done) > 0 {
		ctx := identity.With(ctx, identity.Operator(w.OrgID))
		_, err := s.change(ctx, w.ID, "workspace.provisioned", nil, func(_ context.Context, w *Workspace) error {
			w.Pending = without(w.Pending, done)
			return nil
		})
		if err != nil && !fault.IsCode(err, fault.NotFound) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// HandleOrgCreate makes the first workspace of a new org, in its transaction.
func (s *Service) HandleOrgCreate(ctx context.Context, o org.Org) error {
	_, err := s.create(ctx, o.ID, Create{Name: "Default", Tier: o.Tier, Settings: Defaults()})
	return err
}

// HandleOrgChange has the workspaces that have the plan of their org keep to it, in the transaction that changes the
// plan. Those for which a smaller one was chosen stay as they are.
func (s *Service) HandleOrgChange(ctx context.Context, before, after org.Org) error {
	s.tx.AfterCommit(ctx, func() { s.access.dropOrg(after.ID) })
	if before.Tier == after.Tier {
		return nil
	}
	return s.repo.FollowTier(ctx, after.ID, before.Tier, after.Tier, after.UpdatedAt)
}

// HandleOrgDelete deletes the workspaces of an org, in the transaction that deactivates it; a job deletes those
// beyond deleteSlice.
func (s *Service) HandleOrgDelete(ctx context.Context, o org.Org) error {
	more, err := s.deleteSome(ctx, o.ID)
	if err != nil || !more {
		return err
	}
	return s.queue.Enqueue(ctx, DeleteAllJob, nil, o.ID.UUID(), 0)
}

func (s *Service) deleteRest(ctx context.Context, j job.Job) error {
	orgID, err := id.ParseUUID(j.Unique)
	if err != nil {
		return err
	}
	ctx = identity.With(ctx, identity.Operator(orgID))
	for more := true; more; {
		err := s.tx.InTx(ctx, func(ctx context.Context) (err error) {
			if err = s.repo.LockOrg(ctx, orgID); err != nil {
				return err
			}
			more, err = s.deleteSome(ctx, orgID)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// deleteSome deletes some workspaces of an org that is locked, and reports whether there may be more.
func (s *Service) deleteSome(ctx context.Context, orgID id.ID) (more bool, err error) {
	list, err := s.repo.WorkspacesOf(ctx, orgID, deleteSlice)
	if err != nil {
		return false, err
	}
	for _, w := range list {
		if err := s.remove(ctx, w); err != nil {
			return false, err
		}
	}
	return len(list) == deleteSlice, nil
}
