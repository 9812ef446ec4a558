package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/storable"
)

// wrap makes a domain error of the errors of a driver that callers decide on: a duplicate is
// Conflict, a missing parent NotFound, a database that is gone or full Unavailable. The
// driver's text stays in the cause. Text that PostgreSQL does not keep (SQLite keeps any)
// is the caller's to mend. A statement that was ended because its context had
// says so, as the context itself would.
func wrap(err error) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	switch kind(err) {
	case duplicate:
		return fault.New(fault.Conflict, "A resource with these values exists already.").WithCause(err)
	case orphan:
		return fault.NewNotFound("resource").WithCause(err)
	case busy, gone, outdated:
		return fault.New(fault.Unavailable, "The database cannot be used for the moment. Try again.").WithCause(err)
	case unstorable:
		return textError().WithCause(err)
	case ended:
		return fmt.Errorf("%w: %w", context.Canceled, err)
	}
	return err
}

func textError() *fault.Error {
	return fault.New(fault.ValidationFailed, "Text must be valid UTF-8 without the character U+0000.")
}

// checkStorable refuses times that could not be shown again and, on SQLite, which keeps any text, text
// that PostgreSQL does not keep.
func (d *DB) checkStorable(args []any) error {
	for _, a := range args {
		switch v := a.(type) {
		case string:
			if d.Engine == SQLite && !storable.Text(v) {
				return textError()
			}
		case time.Time:
			if !storable.Time(v) {
				return timeError()
			}
		case *time.Time:
			if v != nil && !storable.Time(*v) {
				return timeError()
			}
		}
	}
	return nil
}

func timeError() *fault.Error {
	return fault.New(fault.ValidationFailed, "A time must be in the years 1 to 9999 in UTC.")
}

// nul reports whether JSON has the character U+0000 in a string.
func nul(b []byte) bool {
	for {
		i := bytes.Index(b, []byte(`\u0000`))
		if i < 0 {
			return false
		}
		n := 0 // of backslashes before: an odd one escapes ours
		for n < i && b[i-1-n] == '\\' {
			n++
		}
		if n%2 == 0 {
			return true
		}
		b = b[i+1:]
	}
}

// Inserted returns a Conflict when an insert that ends with ON CONFLICT DO NOTHING has changed
// no row. PostgreSQL is told not to fail for it: a failed statement would end the whole
// transaction, and the caller has something else to try.
func Inserted(n int, err error) error {
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "A resource with these values exists already.")
	}
	return err
}

// transient reports whether the same transaction may succeed when it runs again.
func transient(err error) bool {
	if err == nil {
		return false
	}
	k := kind(err)
	return k == busy || k == outdated
}

type failure int

const (
	other failure = iota
	duplicate
	orphan
	busy
	gone
	unstorable
	ended
	outdated
)

// unwilling are the states of a PostgreSQL server that does not do for the moment what it
// does otherwise: a standby after a failover, a lock that is not to be had.
var unwilling = map[string]bool{
	"25006": true, // read-only transaction
	"0A000": true, // a standby begins no transaction that writes
	"55000": true, // object not in prerequisite state
	"55P03": true, // lock not available
}

func kind(err error) failure {
	var p *pq.Error
	if errors.As(err, &p) {
		switch {
		case p.Code == "23505":
			return duplicate
		case p.Code == "23503":
			return orphan
		case p.Code == "40001" || p.Code == "40P01":
			return busy
		case p.Code == "22021" || p.Code == "22P05":
			return unstorable
		case p.Code == "57014":
			return ended
		case p.Code == "0A000" && strings.HasPrefix(p.Message, "cached plan"), p.Code == "26000":
			return outdated
		case p.Code.Class() == "08", p.Code.Class() == "53", p.Code.Class() == "57", unwilling[string(p.Code)]:
			return gone
		}
		return other
	}
	var l *sqlite.Error
	if errors.As(err, &l) {
		switch code := l.Code(); {
		case code == sqlite3.SQLITE_CONSTRAINT_UNIQUE || code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
			return duplicate
		case code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
			return orphan
		case code&0xff == sqlite3.SQLITE_BUSY || code&0xff == sqlite3.SQLITE_LOCKED:
			return busy
		case code&0xff == sqlite3.SQLITE_INTERRUPT:
			return ended
		case code&0xff == sqlite3.SQLITE_FULL || code&0xff == sqlite3.SQLITE_IOERR || code&0xff == sqlite3.SQLITE_CANTOPEN:
			return gone
		}
		return other
	}
	if connection(err) {
		return gone
	}
	return other
}
