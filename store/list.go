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
	query    string                       // SELECT … FROM …
	scope    string                       // whose rows these are, $1
	id       string                       // the column that breaks ties
	sorts    map[string]column            // by field
	filters  map[string]string            // field → expression
	cases    map[string]map[string]string // field → value → condition, for what is no column
	convert  func(R) T
	position func(row T, field string) page.Position
}

// listTime is the most that a list may take which reads more rows than it shows.
const listTime = 10 * time.Second

type column struct {
	name string
	time bool
}

// page reads one page in keyset order: the rows behind a position, however many were
// inserted before it since.
func (l list[R, T]) page(ctx context.Context, s *Store, q page.Query, where string, args ...any) (page.Page[T], error) {
	var none page.Page[T]
	permit, err := s.turn(ctx)
	if err != nil {
		return none, err
	}
	defer permit.Release()
	if q.Total || len(q.Filters) > 0 {
		// No index says how many rows there are, or which contain a text or meet several filters.
		bounded, cancel := context.WithTimeout(ctx, listTime)
		defer cancel()
		p, err := l.read(bounded, s, q, where, args)
		if err != nil && bounded.Err() != nil && ctx.Err() == nil {
			err = fault.New(fault.Unavailable, "The list takes too long to read. Filter it further, or leave the search out.").WithCause(err)
		}
		return p, err
	}
	return l.read(ctx, s, q, where, args)
}

func (l list[R, T]) read(ctx context.Context, s *Store, q page.Query, where string, args []any) (page.Page[T], error) {
	var none page.Page[T]
	query, args, err := l.filtered(s.now(), q, where, args)
	if err != nil {
		return none, err
	}
	total := 0
	if q.Total {
		if total, err = one[int](ctx, s, "SELECT count(*) FROM ("+query+") AS t", args...); err != nil {
			return none, err
		}
	}
	if query, args, err = l.ordered(q, query, args); err != nil {
		return none, err
	}
	rows, err := all[R](ctx, s, query, args...)
	if err != nil {
		return none, err
	}
	items := make([]T, len(rows))
	for i, r := range rows {
		items[i] = l.convert(r)
	}
	p := page.Cut(items, q.Limit, func(t T) page.Position { return l.position(t, q.Sort.Field) })
	p.Total = total
	return p, nil
}

// filtered writes the statement of all rows that meet the filters.
func (l list[R, T]) filtered(now time.Time, q page.Query, where string, args []any) (string, []any, error) {
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	var b strings.Builder
	b.WriteString(l.query)
	b.WriteString(" WHERE ")
	b.WriteString(where)
	for _, f := range q.Filters {
		if conditions, ok := l.cases[f.Field]; ok {
			value, _ := f.Value.(string)
			condition, known := conditions[value]
			if !known || f.Op != page.Eq {
				condition = "1 = 0" // nothing is what there is not
			}
			if strings.Contains(condition, "$now") {
				condition = strings.ReplaceAll(condition, "$now", arg(now))
			}
			b.WriteString(" AND " + condition)
			continue
		}
		expr, ok := l.filters[f.Field]
		if !ok {
			return "", nil, fmt.Errorf("store: cannot filter by %q", f.Field)
		}
		if f.Op == page.Has {
			b.WriteString(" AND " + contains(expr, arg(pattern(f.Value))))
		} else {
			b.WriteString(" AND " + expr + " " + string(f.Op) + " " + arg(f.Value))
		}
	}
	return b.String(), args, nil
}

// ordered adds to a statement the order, and where the page begins and ends.
func (l list[R, T]) ordered(q page.Query, query string, args []any) (string, []any, error) {
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	var b strings.Builder
	b.WriteString(query)
	var order []string
	for _, o := range append([]page.Sort{q.Sort}, q.Then...) {
		sort, ok := l.sorts[o.Field]
		if !ok {
			return "", nil, fmt.Errorf("store: cannot sort by %q", o.Field)
		}
		if len(order) == 0 && q.After != nil {
			key, err := sort.key(q.After.Key)
			if err != nil {
				return "", nil, err
			}
			beyond := " > "
			if o.Desc {
				beyond = " < "
			}
			b.WriteString(" AND (" + sort.name + ", " + l.id + ")" + beyond + "(" + arg(key) + ", " + arg(q.After.ID) + ")")
		}
		order = append(order, sort.name+direction(o))
	}
	b.WriteString(" ORDER BY " + strings.Join(order, ", ") + ", " + l.id + direction(q.Sort) + " LIMIT " + arg(q.Limit+1))
	if q.Offset > 0 {
		b.WriteString(" OFFSET " + arg(q.Offset))
	}
	return b.String(), args, nil
}

// key reads the value of a position.
func (c column) key(text string) (any, error) {
	if !c.time {
		return text, nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil { // authenticated, so it is ours: a list changed its type
		return nil, fault.New(fault.InvalidCursor, "The cursor is of another version of this API. Start again without it.").WithCause(err)
	}
	return at, nil
}

func direction(o page.Sort) string {
	if o.Desc {
		return " DESC"
	}
	return " ASC"
}

// contains asks whether one of the expressions, which a comma parts, contains a text. Both
// engines know only the letters of ASCII in two cases: SQLite by itself, PostgreSQL in the
// collation of our columns.
func contains(expressions, placeholder string) string {
	var or []string
	for expr := range strings.SplitSeq(expressions, ", ") {
		or = append(or, "lower("+expr+") LIKE "+placeholder+` ESCAPE '\'`)
	}
	return "(" + strings.Join(or, " OR ") + ")"
}

var literally = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

func pattern(v any) string {
	text, _ := v.(string)
	return "%" + literally.Replace(strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)) + "%"
}
