package db

import (
	"context"
	"strings"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/secret"
)

// WorkspaceTable is a table with rows that are deleted with their workspace. Each area names its
// own; package store puts them in order.
type WorkspaceTable struct {
	Name string
	Key  string // its columns that name a row
	From string // where the rows of the workspace $1 are; empty: in the table, by its workspace_id
}

// OrgTable is a table with rows that are deleted with their org, other than those that are deleted with a
// workspace. Each area names its own; package store puts them in order.
type OrgTable struct {
	Name string
	Key  string // its columns that name a row
	From string // where the rows of the org $1 are; empty: in the table, by its org_id
}

// PurgeSlice deletes up to limit rows of an owner, and returns how many. In from the rows are called t, and $1 is
// the owner.
func PurgeSlice(ctx context.Context, d *DB, name, key, from string, owner id.ID, limit int) (int, error) {
	key = "t." + strings.ReplaceAll(key, ", ", ", t.")
	slice := "SELECT " + key + " FROM " + from + " LIMIT $2"
	return d.Exec(ctx, "DELETE FROM "+name+" WHERE ("+strings.ReplaceAll(key, "t.", "")+") IN ("+slice+")", owner, limit)
}

// SealedColumn is a column with sealed values. Each area names its own: a column that none names keeps
// its values under a key that can then not be retired. storetest compares them with the schema
// and with secret.Uses.
type SealedColumn struct {
	Table, Row, Column string // Row is the column that names a row and orders them
	Use                secret.Use
	Bytes              bool // the row is named by bytes, not by a number
}

// Name is the name of the column in the database.
func (c SealedColumn) Name() string { return c.Table + "." + c.Column }
