package db

import (
	"github.com/jmoiron/sqlx"

	"github.com/alania-go/alania/domain/share"
)

// MaxStatements is the bound of what is kept prepared.
const MaxStatements = maxStatements

// Kept tells how many statements are kept prepared.
func (d *DB) Kept() int { return d.statements.len() }

// Writer is the pool that writes.
func (d *DB) Writer() *sqlx.DB { return d.write }

// Lists is the pool of connections for lists.
func (d *DB) Lists() *share.Pool { return d.lists }
