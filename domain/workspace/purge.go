package workspace

import (
	"context"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/job"
)

// PurgeJob deletes what a deleted workspace had. Its unique value is the UUID of the workspace.
const PurgeJob job.Kind = "workspace.purge"

const purgeSlice = 1000 // rows of one transaction

// PurgeRepository deletes what deleted workspaces had.
type PurgeRepository interface {
	// PurgeWorkspace deletes up to limit rows of a deleted workspace and returns how many; none
	// is left when it is zero.
	PurgeWorkspace(ctx context.Context, workspaceID id.ID, limit int) (int, error)
	// PurgeWorkspacesOf does so for the workspaces of an org, all of which are deleted, and deletes their own
	// rows, which reserve nothing any more.
	PurgeWorkspacesOf(ctx context.Context, orgID id.ID, limit int) (int, error)
}

// Purger deletes the rows and the files of deleted workspaces in the background, some at a
// time. Nothing is made in a deleted workspace, so that what it leaves stays empty.
type Purger struct {
	repo  PurgeRepository
	queue *job.Queue
	files []func(ctx context.Context, workspaceID id.ID) error
}

// NewPurger makes the purger and registers its job with the queue. files delete what a
// workspace has outside the database.
func NewPurger(
	repo PurgeRepository, queue *job.Queue, files ...func(ctx context.Context, workspaceID id.ID) error,
) *Purger {
	p := &Purger{repo: repo, queue: queue, files: files}
	queue.Handle(PurgeJob, p.purge)
	return p
}

// HandleWorkspaceDelete enqueues a job that deletes what a workspace had. It is called in the transaction that
// deletes the workspace.
func (p *Purger) HandleWorkspaceDelete(ctx context.Context, w Workspace) error {
	return p.queue.Enqueue(ctx, PurgeJob, nil, w.ID.UUID(), 0)
}

func (p *Purger) purge(ctx context.Context, j job.Job) error {
	workspaceID, err := id.ParseUUID(j.Unique)
	if err != nil {
		return err
	}
	for {
		n, err := p.repo.PurgeWorkspace(ctx, workspaceID, purgeSlice)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	for _, remove := range p.files {
		if err := remove(ctx, workspaceID); err != nil {
			return err
		}
	}
	return nil
}
