package statement

import (
	"errors"
	"regexp"
	"strings"

	"github.com/lib/pq"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/fault"
)

// Fault makes an error of the domain of one of a database, in words of ours: what the database said is the cause.
// The table is the one that was worked on; nil when there is none.
func Fault(err error, t *rows.Table) error {
	if err == nil {
		return nil
	}
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	if t == nil {
		t = &rows.Table{}
	}
	var p *pq.Error
	if errors.As(err, &p) {
		return postgresFault(p, t).Caused(err)
	}
	var s *sqlite.Error
	if errors.As(err, &s) {
		return sqliteFault(s, t).Caused(err)
	}
	return err
}

func postgresFault(p *pq.Error, t *rows.Table) *rows.Error {
	code, table := string(p.Code), p.Table
	if table == "" {
		table = t.Name
	}
	switch code {
	case rows.CodeUnique:
		return rows.Duplicate(p.Constraint)
	case rows.CodeForeignKey:
		if strings.HasPrefix(p.Message, "update or delete") {
			return rows.StillReferred(t.Name, p.Constraint, table)
		}
		return rows.BrokenReference(table, p.Constraint)
	case rows.CodeNotNull:
		return rows.NullRefused(table, p.Column)
	case rows.CodeCheck:
		return rows.CheckFailed(table, p.Constraint)
	case rows.CodeSyntaxOfValue, rows.CodeDateOfValue, "22P03", "22023", "22025":
		e := rows.InvalidValue(typeIn(p.Message))
		e.Code = code
		return e
	case rows.CodeOutOfRange, "22008":
		e := rows.OutOfRange(typeIn(p.Message))
		e.Code = code
		return e
	case rows.CodeTooLong:
		return rows.TooLong(typeIn(p.Message))
	}
	return rows.DatabaseError(code)
}

// typeOf finds the type in PostgreSQL's message about a value; the value itself is not told.
var typeOf = regexp.MustCompile(`for (?:type|enum) "?([A-Za-z0-9_ (),\[\]]+?)"?(?::|$)`)

func typeIn(message string) string {
	if m := typeOf.FindStringSubmatch(message); m != nil {
		return m[1]
	}
	return ""
}

func sqliteFault(s *sqlite.Error, t *rows.Table) *rows.Error {
	said := s.Error()
	if i := strings.LastIndex(said, "constraint failed: "); i >= 0 {
		said = said[i+len("constraint failed: "):]
	}
	if i := strings.LastIndex(said, " ("); i >= 0 {
		said = said[:i]
	}
	switch s.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return rows.Duplicate(constraint(t, said))
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return rows.BrokenReference(t.Name, "")
	case sqlite3.SQLITE_CONSTRAINT_NOTNULL:
		table, column, _ := strings.Cut(said, ".")
		return rows.NullRefused(table, column)
	case sqlite3.SQLITE_CONSTRAINT_CHECK:
		return rows.CheckFailed(t.Name, said)
	}
	switch s.Code() & 0xff {
	case sqlite3.SQLITE_INTERRUPT:
		return rows.DatabaseError(rows.CodeCanceled)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return rows.DatabaseError(rows.CodeBusy)
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
		return rows.DatabaseError("53100")
	case sqlite3.SQLITE_TOOBIG:
		return rows.DatabaseError("54000")
	case sqlite3.SQLITE_MISMATCH:
		return rows.InvalidValue("")
	}
	return rows.DatabaseError("XX000")
}

// constraint finds the name of a key by its columns, which SQLite tells as table.column, table.column.
func constraint(t *rows.Table, said string) string {
	var names []string
	for part := range strings.SplitSeq(said, ", ") {
		names = append(names, strings.TrimPrefix(part, t.Name+"."))
	}
	return t.KeyOf(names)
}
