package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/page"
)

// list says how a table is listed: what is selected, which of the domain's fields it can
// be sorted and filtered by, and how a row becomes a T.
type list[R, T any] struct {
	query    string            // SELECT … FROM …
	id       string            // the column that breaks ties
	sorts    map[string]column // by field
	filters  map[string]string // field → expression; $now stands for the time
	convert  func(R) T
	position func(row T, field string) page.Position
}

type column struct {
	name string
	time bool
}

// page reads one page in keyset order: the rows behind a position, however many were
// inserted before it since.
func (l list[R, T]) page(ctx context.Context, s *Store, q page.Query, where string, args ...any) (page.Page[T], error) {
	var none page.Page[T]
	sort, ok := l.sorts[q.Sort.Field]
	if !ok {
		return none, fmt.Errorf("store: cannot sort by %q", q.Sort.Field)
	}
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	var b strings.Builder
	b.WriteString(l.query)
	b.WriteString(" WHERE ")
	b.WriteString(where)
	for _, f := range q.Filters {
		expr, ok := l.filters[f.Field]
		if !ok {
			return none, fmt.Errorf("store: cannot filter by %q", f.Field)
		}
		if strings.Contains(expr, "$now") {
			expr = strings.ReplaceAll(expr, "$now", arg(s.now()))
		}
		b.WriteString(" AND " + expr + " " + string(f.Op) + " " + arg(f.Value))
	}
	direction, beyond := " ASC", " > "
	if q.Sort.Desc {
		direction, beyond = " DESC", " < "
	}
	if q.After != nil {
		var key any = q.After.Key
		if sort.time {
			at, err := time.Parse(time.RFC3339Nano, q.After.Key)
			if err != nil { // authenticated, so it is ours: a list changed its type
				return none, fault.New(fault.InvalidCursor, "The cursor is of another version of this API. Start again without it.").Because(err)
			}
			key = at
		}
		b.WriteString(" AND (" + sort.name + ", " + l.id + ")" + beyond + "(" + arg(key) + ", " + arg(q.After.ID) + ")")
	}
	b.WriteString(" ORDER BY " + sort.name + direction + ", " + l.id + direction + " LIMIT " + arg(q.Limit+1))
	rows, err := all[R](ctx, s, b.String(), args...)
	if err != nil {
		return none, err
	}
	items := make([]T, len(rows))
	for i, r := range rows {
		items[i] = l.convert(r)
	}
	return page.Cut(items, q.Limit, func(t T) page.Position { return l.position(t, q.Sort.Field) }), nil
}
