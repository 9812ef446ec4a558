package rows

import (
	"context"
	"errors"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/share"
	"github.com/alania-go/alania/domain/txn"
	"github.com/alania-go/alania/domain/workspace"
)

// Workspaces knows the workspaces that the caller may act in.
type Workspaces interface {
	// Access returns what the caller may use in a workspace; NotFound when the caller has no such workspace.
	Access(ctx context.Context, workspaceID id.ID) (workspace.Access, error)
}

// Repository holds workspaces in the platform's database.
type Repository interface {
	// HoldWorkspace keeps the workspace from being deleted until the transaction ends; NotFound when it is deleted.
	HoldWorkspace(ctx context.Context, workspaceID id.ID) error
}

// Stock counts what workspaces store.
type Stock interface {
	// Become counts anew what a workspace stores. Growth beyond the plan is FeatureLimit.
	Become(ctx context.Context, workspaceID id.ID, amount plan.Amount) error
}

// Options are what the service is made of.
type Options struct {
	Tx         txn.Runner
	Repository Repository
	Engine     Engine
	Workspaces Workspaces
	Tables     Stock // of the number of tables
	Rows       Stock // of the number of rows and their bytes
	Audit      *audit.Service
}

// Service holds the rules of tables and rows.
type Service struct {
	Options
	work    *share.Pool
	changes turns
}

const (
	// maxWork is how many queries a process runs at once.
	maxWork = 64
	// patience is how long a query waits for its turn.
	patience = 10 * time.Second
	// attempts are how often a change is made again when the tables have changed meanwhile.
	attempts = 4
)

// NewService makes the service.
func NewService(o Options) *Service {
	return &Service{
		Options: o, work: share.New("rows", maxWork, share.Options{Patience: patience, Waiting: 4 * maxWork}),
		changes: turns{now: map[id.ID]*waiting{}},
	}
}

// space returns where the caller's workspace has its tables.
func (s *Service) space(ctx context.Context, workspaceID id.ID) (data.Space, error) {
	a, err := s.Workspaces.Access(ctx, workspaceID)
	return data.Space{WorkspaceID: workspaceID, OrgID: a.OrgID}, err
}

// catalogue reads the tables of a workspace. One that has no place yet gets it: workspaces are made through contracts
// that know of no rows, too.
func (s *Service) catalogue(ctx context.Context, at data.Space) (*Catalogue, error) {
	c, err := s.Engine.Catalogue(ctx, at)
	if !errors.Is(err, ErrNoPlace) {
		return c, err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.Repository.HoldWorkspace(ctx, at.WorkspaceID); err != nil {
			return err
		}
		return s.Engine.Provision(ctx, at)
	})
	if err != nil {
		return nil, err
	}
	return s.Engine.Catalogue(ctx, at)
}

// turn waits until the org may run a query, and has the caller's work done with the tables that there are. The work is
// done again when the tables have changed meanwhile.
func (s *Service) turn(ctx context.Context, workspaceID id.ID, do func(data.Space, *Catalogue) error) error {
	at, err := s.space(ctx, workspaceID)
	if err != nil {
		return err
	}
	permit, err := s.work.Acquire(ctx, at.OrgID, "")
	if err != nil {
		return err
	}
	defer permit.Release()
	for n := 1; ; n++ {
		c, err := s.catalogue(ctx, at)
		if err != nil {
			return err
		}
		if err = do(at, c); !errors.Is(err, ErrStale) {
			return err
		}
		if n == attempts {
			return fault.New(fault.Unavailable, "The tables change all the time. Try again.").WithCause(err)
		}
	}
}

// alone is turn for who changes tables.
func (s *Service) alone(ctx context.Context, workspaceID id.ID, do func(data.Space, *Catalogue) error) error {
	if _, err := s.space(ctx, workspaceID); err != nil {
		return err
	}
	done, err := s.changes.take(ctx, workspaceID)
	if err != nil {
		return err
	}
	defer done()
	return s.turn(ctx, workspaceID, do)
}

// Catalogue returns the tables of a workspace of the caller's.
func (s *Service) Catalogue(ctx context.Context, workspaceID id.ID) (*Catalogue, error) {
	var out *Catalogue
	err := s.turn(ctx, workspaceID, func(_ data.Space, c *Catalogue) error {
		out = c
		return nil
	})
	return out, err
}

// Table returns a table of a workspace of the caller's.
func (s *Service) Table(ctx context.Context, workspaceID id.ID, name string) (*Table, error) {
	c, err := s.Catalogue(ctx, workspaceID)
	if err != nil {
		return nil, err
	}
	t, ok := c.Table(name)
	if !ok {
		return nil, NoTable()
	}
	return t, nil
}

// Create makes a table.
func (s *Service) Create(ctx context.Context, workspaceID id.ID, in Definition) (*Table, error) {
	err := s.alone(ctx, workspaceID, func(at data.Space, c *Catalogue) error {
		create, err := Define(c, in)
		if err != nil {
			return err
		}
		return s.define(ctx, at, c, []Change{create}, "table.created", nil, audit.Fields{
			"table": in.Name, "columns": len(in.Columns),
		})
	})
	if err != nil {
		return nil, err
	}
	return s.Table(ctx, workspaceID, in.Name)
}

// Alter changes a table.
func (s *Service) Alter(ctx context.Context, workspaceID id.ID, table string, in Alteration) (*Table, error) {
	name := table
	if in.Name != "" {
		name = in.Name
	}
	err := s.alone(ctx, workspaceID, func(at data.Space, c *Catalogue) error {
		changes, err := Alter(c, table, in)
		if err != nil || len(changes) == 0 {
			return err
		}
		return s.define(ctx, at, c, changes, "table.updated", audit.Fields{"table": table}, audit.Fields{
			"table": name, "changes": len(changes),
		})
	})
	if err != nil {
		return nil, err
	}
	return s.Table(ctx, workspaceID, name)
}

// Drop deletes a table with its rows.
func (s *Service) Drop(ctx context.Context, workspaceID id.ID, table string) error {
	return s.alone(ctx, workspaceID, func(at data.Space, c *Catalogue) error {
		drop, err := Drop(c, table)
		if err != nil {
			return err
		}
		return s.define(ctx, at, c, []Change{drop}, "table.deleted", audit.Fields{"table": table}, nil)
	})
}

func (s *Service) define(
	ctx context.Context, at data.Space, c *Catalogue, changes []Change, action string, was, is audit.Fields,
) error {
	return s.Engine.Define(ctx, at, c, changes, func(ctx context.Context, d Done) error {
		return s.account(ctx, at, d.Usage, action, was, is)
	})
}

// account counts what a workspace has after a change, and writes the audit entry: in a transaction of the platform's
// that is committed right before the change is.
func (s *Service) account(
	ctx context.Context, at data.Space, u Usage, action string, was, is audit.Fields,
) error {
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.Repository.HoldWorkspace(ctx, at.WorkspaceID); err != nil {
			return err
		}
		if err := s.Tables.Become(ctx, at.WorkspaceID, plan.Amount{Items: u.Tables}); err != nil {
			return err
		}
		if err := s.Rows.Become(ctx, at.WorkspaceID, plan.Amount{Items: u.Rows, Bytes: u.Bytes}); err != nil {
			return err
		}
		return s.Audit.Record(ctx, at.OrgID, action, audit.Workspace, at.WorkspaceID, was, is)
	})
}

// actionNames are those of the audit trail.
var actionNames = map[Action]string{
	Insert: "rows.inserted", Update: "rows.updated", Put: "rows.put", Delete: "rows.deleted",
}

// Run makes a plan with the tables of a workspace of the caller's, and runs it.
func (s *Service) Run(
	ctx context.Context, workspaceID id.ID, planned func(*Catalogue) (*Plan, error),
) (*Plan, Result, error) {
	var p *Plan
	var res Result
	err := s.turn(ctx, workspaceID, func(at data.Space, c *Catalogue) error {
		var err error
		if p, err = planned(c); err != nil {
			return err
		}
		res, err = s.Engine.Run(ctx, at, p, func(ctx context.Context, d Done) error {
			if d.Affected == 0 {
				return nil
			}
			return s.account(ctx, at, d.Usage, actionNames[p.Action], nil, audit.Fields{
				"table": p.Table.Name, "rows": d.Affected,
			})
		})
		return err
	})
	return p, res, err
}

// Holds reports whether a workspace has tables, so that its rows cannot be taken away.
func (s *Service) Holds(ctx context.Context, workspaceID id.ID) (bool, error) {
	u, err := s.Engine.Usage(ctx, data.Space{WorkspaceID: workspaceID})
	if errors.Is(err, ErrNoPlace) {
		return false, nil
	}
	return u.Tables > 0, err
}

// PurgeWorkspace deletes the tables of a deleted workspace.
func (s *Service) PurgeWorkspace(ctx context.Context, workspaceID id.ID) error {
	return s.Engine.Remove(ctx, data.Space{WorkspaceID: workspaceID})
}
