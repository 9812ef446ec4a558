package db

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// A statement of a transaction on PostgreSQL is a round trip, and between two of them the transaction holds its locks
// and its connection. Rows that nobody asks about after they are written need no trip of their own: they are written by
// the next statement, which has them in its WITH clause. SQLite has no trips.

// deferred is a statement that waits for the next one of its transaction.
type deferred struct {
	query, table string
	args         []any
}

var insertInto = regexp.MustCompile(`^INSERT INTO (\w+) `)

// What waits is bounded: in statements, and in parameters, of which the protocol has room for 65,535.
const (
	mostLater  = 16
	mostJoined = 60_000
)

// ExecLater runs an INSERT of which the caller wants to know nothing: on PostgreSQL together with the next statement of
// its transaction, before what reads the table, and before the commit at the latest. An error is that of the statement
// which takes it along, or of the commit. Outside a transaction and on SQLite it runs at once.
func (d *DB) ExecLater(ctx context.Context, query string, args ...any) error {
	t := d.open(ctx)
	m := insertInto.FindStringSubmatch(query)
	if t == nil || t.turn != nil || m == nil {
		_, err := d.Exec(ctx, query, args...)
		return err
	}
	if err := d.checkStorable(args); err != nil {
		return err
	}
	if err := t.usable(); err != nil {
		return wrap(err)
	}
	if len(t.later) == mostLater || len(t.later) > 0 && len(args)+t.waiting() > mostJoined {
		if err := d.flush(ctx, t); err != nil {
			return wrap(err)
		}
	}
	t.later = append(t.later, deferred{query, m[1], args})
	return nil
}

// waiting returns the number of the values that wait.
func (t *transaction) waiting() (n int) {
	for _, l := range t.later {
		n += len(l.args)
	}
	return n
}

// with returns a statement that runs what waits, too. What is no INSERT or UPDATE, or names a table that is waited for,
// might look for the rows: they are written before it.
func (d *DB) with(ctx context.Context, query string, args []any) (string, []any, error) {
	t := d.open(ctx)
	if t == nil || len(t.later) == 0 {
		return query, args, nil
	}
	joins := (strings.HasPrefix(query, "INSERT INTO ") || strings.HasPrefix(query, "UPDATE ")) &&
		len(args)+t.waiting() <= mostJoined
	for _, l := range t.later {
		joins = joins && !strings.Contains(query, l.table)
	}
	if !joins {
		return query, args, d.flush(ctx, t)
	}
	later := t.later
	t.later = nil
	query, args = joined(later, query, args)
	return query, args, nil
}

// flush runs what waits. The last of it takes the others along.
func (d *DB) flush(ctx context.Context, t *transaction) error {
	if len(t.later) == 0 {
		return nil
	}
	last := len(t.later) - 1
	later, own := t.later[:last], t.later[last]
	t.later = nil
	query, args := joined(later, own.query, own.args)
	_, err := d.exec(ctx, query, args)
	return err
}

// joinedTexts are the texts of statements that were joined, by their parts: there are as many as the program has
// transactions. Those that are another one each time, for their number of rows, are not kept.
var joinedTexts sync.Map

const longest = 4096 // bytes of a text that is kept

func joined(later []deferred, query string, args []any) (string, []any) {
	if len(later) == 0 {
		return query, args
	}
	var key strings.Builder
	all := make([]any, 0, len(args)+16)
	for _, l := range later {
		all = append(all, l.args...)
		key.WriteString(l.query)
		key.WriteByte(0)
	}
	key.WriteString(query)
	all = append(all, args...)
	if text, ok := joinedTexts.Load(key.String()); ok {
		return text.(string), all
	}
	var b strings.Builder
	n := 0
	for i, l := range later {
		b.WriteString([]string{"WITH", ","}[min(i, 1)])
		b.WriteString(" later" + strconv.Itoa(i) + " AS (" + renumbered(l.query, n) + ")")
		n += len(l.args)
	}
	b.WriteByte(' ')
	b.WriteString(renumbered(query, n))
	if b.Len() <= longest {
		joinedTexts.Store(key.String(), b.String())
	}
	return b.String(), all
}

// renumbered adds n to the numbers of a statement's parameters.
func renumbered(query string, n int) string {
	if n == 0 {
		return query
	}
	return parameter.ReplaceAllStringFunc(query, func(p string) string {
		k, _ := strconv.Atoi(p[1:])
		return "$" + strconv.Itoa(k+n)
	})
}
