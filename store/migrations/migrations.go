// Package migrations is the schema of the database, as a history of changes in PostgreSQL's words.
package migrations

import "embed"

// Files are the migrations, NNNNN_name.sql, which store/db applies in their order.
//
//go:embed *.sql
var Files embed.FS
