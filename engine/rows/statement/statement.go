// Package statement runs plans of rows on a database: it writes one statement for a plan, in which the database itself
// makes the JSON, binds the values, and reads one row of the result.
//
// What becomes part of a statement's text are names of the catalogue, quoted, and words of this package. Everything
// else of a request is bound: values, the names of aliases, keys within JSON.
package statement

import (
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/data/rows"
)

// Dialect is the language of a database.
type Dialect int

// The dialects.
const (
	Postgres Dialect = iota
	SQLite
)

// builder collects the values of a statement while its text is made.
type builder struct {
	d    Dialect
	c    *rows.Catalogue
	args []any
	err  error // the first error of a part that has no error of its own to return
}

func (b *builder) fail(err error) string {
	if b.err == nil {
		b.err = err
	}
	return "NULL"
}

// arg binds a value.
func (b *builder) arg(v any) string {
	b.args = append(b.args, v)
	return "$" + strconv.Itoa(len(b.args))
}

// bound binds a limit or an offset. SQLite looks at a limit that is a parameter alone when it plans, and so plans the
// statement again each time that one is bound.
func (b *builder) bound(n int64) string {
	if b.d == SQLite {
		return b.arg(n) + " + 0"
	}
	return b.arg(n)
}

// text binds a text where PostgreSQL could take it for another type.
func (b *builder) text(s string) string {
	if b.d == Postgres {
		return b.arg(s) + "::text"
	}
	return b.arg(s)
}

// quote makes an identifier of a name of the catalogue.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// literal makes a text of a name of the catalogue.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func (b *builder) table(name string) string {
	if b.d == Postgres && b.c.Schema != "" {
		return quote(b.c.Schema) + "." + quote(name)
	}
	return quote(name)
}

func column(alias, name string) string { return alias + "." + quote(name) }

func alias(n *rows.Node) string { return "t" + strconv.Itoa(n.Ordinal) }

func junction(n *rows.Node) string { return "j" + strconv.Itoa(n.Ordinal) }

func member(i int) string { return "c" + strconv.Itoa(i) }

// and puts conditions after WHERE, or nothing.
func where(conditions []string) string {
	if len(conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(conditions, " AND ")
}

// form says how a value that has been selected becomes JSON.
type form int

const (
	plain   form = iota
	isJSON       // it is JSON already
	truth        // a boolean, which SQLite keeps as a number
	isArray      // a list, which SQLite keeps as JSON
)

func (b *builder) formOf(k rows.Kind) form {
	switch k {
	case rows.JSON:
		return isJSON
	case rows.Boolean:
		return truth
	case rows.Array:
		return isArray
	}
	return plain
}

// json makes JSON of a value that has been selected.
func (b *builder) json(f form, ref string) string {
	if b.d == Postgres {
		return ref
	}
	switch f {
	case isJSON, isArray:
		return "json(" + ref + ")"
	case truth:
		return "json(CASE " + ref + " WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)"
	}
	return ref
}
