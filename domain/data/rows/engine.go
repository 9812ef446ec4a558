package rows

import (
	"context"
	"errors"

	"github.com/alania-go/alania/domain/data"
)

// Engine keeps the tables and rows of workspaces. Its methods return errors of the fault package; what the
// database said is their cause at most.
type Engine interface {
	// Name is postgres or sqlite, for callers who are told which engine has what another lacks.
	Name() string
	// Provision makes the place of a workspace, and nothing when it is there. Other methods return ErrNoPlace before.
	Provision(ctx context.Context, s data.Space) error
	// Remove deletes the place of a workspace with everything in it, and nothing when there is none.
	Remove(ctx context.Context, s data.Space) error
	// Catalogue describes the tables of a workspace. It is shared: nobody changes it.
	Catalogue(ctx context.Context, s data.Space) (*Catalogue, error)
	// Define makes all the changes, or none. They were made with the catalogue c; when the tables have changed since,
	// it is ErrStale. It asks before, which may refuse, with what the workspace has then.
	Define(ctx context.Context, s data.Space, c *Catalogue, changes []Change, before Before) error
	// Run does what a plan says, in one transaction. The plan was made with a catalogue of the same space; when the tables
	// have changed since, it is ErrStale. Of a plan that changes rows it asks before, unless it rolls them back.
	Run(ctx context.Context, s data.Space, p *Plan, before Before) (Result, error)
	// Usage counts what a workspace has.
	Usage(ctx context.Context, s data.Space) (Usage, error)
}

// Before is asked in the transaction of a change, right before it is committed. When it fails, nothing is changed.
type Before func(ctx context.Context, d Done) error

// Done is what a change has done. What the workspace has with it is exact: nobody else changes that until the
// transaction has ended.
type Done struct {
	Usage    Usage
	Affected int64 // rows that were inserted, changed or deleted
}

// ErrNoPlace says that a workspace has no place yet: see Engine.Provision.
var ErrNoPlace = errors.New("the workspace has no place for its rows")

// ErrStale says that the tables are no longer those of the catalogue. Who gets it makes the plan again.
var ErrStale = errors.New("the tables have changed since the catalogue was read")

// Usage is what a workspace has in its tables.
type Usage struct {
	Tables int64
	Rows   int64
	Bytes  int64
}

// Result is what a plan came to. The database has made the body: nobody has decoded a row.
type Result struct {
	// Body is the JSON of the rows: an array, or one object for a plan with One. CSV for a plan with CSV.
	// It is empty when the plan returns no rows.
	Body []byte
	// Rows are the rows of the page, or the rows that were inserted, changed or deleted.
	Rows int64
	// Total are the rows without the limit and the offset, -1 when nobody asked.
	Total int64
	// Inserted are, of the rows of an insert with merging, those that were new.
	Inserted int64
	// Key are the values of the primary key of the first inserted row, for a plan that returns headers only.
	Key []KeyValue
	// RolledBack reports whether the plan asked for its changes to be undone.
	RolledBack bool
}

// KeyValue is one column of a primary key.
type KeyValue struct {
	Column string
	Value  *string // nil for null
}
