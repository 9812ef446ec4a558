package db

import (
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/alania-go/alania/domain/share"
)

// MaxStatements is the bound of what is kept prepared.
const MaxStatements = maxStatements

// Kept tells how many statements are kept prepared.
func (d *DB) Kept() int { return d.statements.len() }

// Writer is the pool that writes.
func (d *DB) Writer() *sqlx.DB { return d.requests.write }

// Lists is the pool of connections for lists.
func (d *DB) Lists() *share.Pool { return d.lists }

// Hold takes every connection of the background's pools, but SQLite's one that writes, until the test ends.
func (d *DB) Hold(t *testing.T) {
	t.Helper()
	for range cap(d.background.seats) {
		d.background.seats <- struct{}{}
		t.Cleanup(func() { <-d.background.seats })
	}
}

// Waiting is how many wait for SQLite's writer: for requests, and in the background.
func (d *DB) Waiting() (forRequests, inBackground int) {
	return d.writes.count(requests), d.writes.count(background)
}

// Bound sets the bounds of groups of writers. None is reached by a wait, unless the test says so.
func (d *DB) Bound(writers, rows int, wait, share time.Duration) {
	d.writes.bounds = bounds{writers, rows, wait, share}
}

// OnCommit has the commits of groups done by do.
func (d *DB) OnCommit(do func(commit func() error) error) { d.commit = do }
