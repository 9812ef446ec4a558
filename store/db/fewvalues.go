package db

import (
	"context"
	"slices"
	"strings"

	"github.com/alania-go/alania/domain/page"
)

// FewValues is a column of which an organization has few values, such as the type of an event: a search looks through
// these, and lists the rows that have one of those it finds.
type FewValues struct {
	Table  string
	Scope  string // the column that an index has before it
	Column string
	Name   string // the column as the list's statement names it
}

// maxSorted is how many rows are found before they are read in their order rather than sorted: so many that the next of
// them is never far.
const maxSorted = 10_000

// resolve replaces the text of a search by the values that contain it.
func (v FewValues) resolve(ctx context.Context, d *DB, q page.Query, args []any) (page.Query, error) {
	i := slices.IndexFunc(q.Filters, func(f page.Filter) bool { return f.Op == page.Has })
	if v.Table == "" || i < 0 {
		return q, nil
	}
	text, _ := q.Filters[i].Value.(string)
	next := "SELECT min(" + v.Column + ") FROM " + v.Table + " WHERE " + v.Scope + " = $1"
	found, err := All[string](ctx, d, "WITH RECURSIVE found(value) AS ("+next+" UNION ALL SELECT ("+next+" AND "+
		v.Column+" > found.value) FROM found WHERE found.value IS NOT NULL) SELECT value FROM found"+
		" WHERE value IS NOT NULL AND "+contains("value", "$2"), args[0], pattern(text))
	if err != nil {
		return q, err
	}
	q.Filters = slices.Clone(q.Filters)
	q.Filters[i].Value = found
	return q, nil
}

// among is a condition on rows with one of some values.
func (v FewValues) among(values []string, arg func(any) string) string {
	if len(values) == 0 {
		return "1 = 0"
	}
	var in []string
	for _, value := range Padded(values) {
		in = append(in, arg(value))
	}
	return v.Name + " IN (" + strings.Join(in, ", ") + ")"
}

// walked has SQLite, which does not know how many rows have a value, read a list in its order and leave out what has
// another one.
func (v FewValues) walked(e Engine, query string) string {
	if v.Table == "" || e != SQLite {
		return query
	}
	return strings.Replace(query, " AND "+v.Name+" IN (", " AND +"+v.Name+" IN (", 1)
}
