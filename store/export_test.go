package store

import "github.com/jmoiron/sqlx"

// MaxStatements is the bound of what is kept prepared.
const MaxStatements = maxStatements

// Kept tells how many statements are kept prepared.
func (s *Store) Kept() int { return s.statements.len() }

// Writer is the pool that writes.
func (s *Store) Writer() *sqlx.DB { return s.write }
