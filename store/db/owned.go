package db

import "github.com/alania-go/alania/domain/secret"

// WorkspaceTable is a table with rows that are deleted with their workspace. Each area names its
// own; package store puts them in order.
type WorkspaceTable struct {
	Name string
	Key  string // its columns that name a row
	From string // where the rows of the workspace $1 are; empty: in the table, by its workspace_id
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
