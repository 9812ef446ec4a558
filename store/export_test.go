package store

import (
	"github.com/jmoiron/sqlx"

	"github.com/alania-go/alania/domain/share"
)

// MaxStatements is the bound of what is kept prepared.
const MaxStatements = maxStatements

// Kept tells how many statements are kept prepared.
func (s *Store) Kept() int { return s.statements.len() }

// Writer is the pool that writes.
func (s *Store) Writer() *sqlx.DB { return s.write }

// Lists is the pool of connections for lists.
func (s *Store) Lists() *share.Pool { return s.lists }
