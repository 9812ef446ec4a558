package db

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
)

// List says how a table is listed: what is selected, which of the domain's fields it can
// be sorted and filtered by, and how a row becomes a T.
type List[R, T any] struct {
	Query    string                       // SELECT … FROM …
	Scope    string                       // whose rows these are, $1
	ID       string                       // the column that breaks ties
	Sorts    map[string]Column            // by field
	Filters  map[string]string            // field → expression
	Cases    map[string]map[string]string // field → value → condition, for what is no column
	Convert  func(R) T
	Position func(row T, field string) page.Position

	Counted   string            // the kind that row_counts has of all rows of a scope
	CountedBy map[string]string // field → the kind of the rows that have one value of it

	// CountCase returns how many rows of a scope a value of a field of Cases is for, where that is known.
	CountCase func(ctx context.Context, d *DB, scope id.ID, field, value string) (int, error)

	Blocks   Blocked   // by what rows are counted, so that a page is found by its number
	Few      FewValues // the column of the filter "search", where it has few values
	Searched Searched  // what the filter "search" looks through, where it has an index
	Seq      string    // the column that Searched knows the rows by
}

// listTime is the most that a list may take which reads more rows than it shows.
const listTime = 10 * time.Second

// Column is what a list is sorted by.
type Column struct {
	name   string
	time   bool
	lead   string // what an index has of it
	unique bool
	then   string
}

// By sorts by a column.
func By(column string) Column { return Column{name: column} }

// ByTime sorts by a column of times.
func ByTime(column string) Column { return Column{name: column, time: true} }

// ByUnique sorts by a column that no two rows of a list have in common.
func ByUnique(column string) Column { return Column{name: column, unique: true} }

// ByLong sorts by a column of texts that are longer than an index of PostgreSQL takes: it has the first 200 letters.
func ByLong(column string) Column {
	return Column{name: column, lead: "substr(" + column + ", 1, 200)"}
}

// ByThen sorts by a column of which many rows have one value, and those by a column of times that an index has
// next to it. The key of a position is that of ThenKey.
func ByThen(column, then string) Column { return Column{name: column, then: then} }

// ThenKey is the key of a row in the order of ByThen. No text that is stored has a zero.
func ThenKey(value string, then time.Time) string { return value + "\x00" + page.TimeKey(then) }

// Page reads one page in keyset order: the rows after a position, however many were
// inserted before it since.
func (l List[R, T]) Page(ctx context.Context, d *DB, q page.Query, where string, args ...any) (page.Page[T], error) {
	var none page.Page[T]
	permit, err := Turn(ctx, d)
	if err != nil {
		return none, err
	}
	defer permit.Release()
	if q.Total || len(q.Filters) > 0 {
		// No index says how many rows there are, or which contain a text or meet several filters.
		bounded, cancel := context.WithTimeout(Slow(ctx), listTime)
		defer cancel()
		p, err := l.read(bounded, d, q, where, args)
		if err != nil && bounded.Err() != nil && ctx.Err() == nil {
			err = fault.New(fault.Unavailable,
				"The list takes too long to read. Filter it further, or leave the search out.").WithCause(err)
		}
		return p, err
	}
	return l.read(ctx, d, q, where, args)
}

func (l List[R, T]) read(ctx context.Context, d *DB, q page.Query, where string, args []any) (page.Page[T], error) {
	var none page.Page[T]
	match, err := l.match(ctx, d, q, args)
	if err != nil {
		return none, err
	}
	if q, err = l.Few.resolve(ctx, d, q, args); err != nil {
		return none, err
	}
	query, args, err := l.filtered(d, q, match, where, args)
	if err != nil {
		return none, err
	}
	total, fromEnd := 0, false
	var from any
	if q.Total {
		if total, err = l.total(ctx, d, q, where, query, args); err != nil {
			return none, err
		}
		if q.Offset >= total {
			return page.Page[T]{Items: []T{}, Total: total}, nil
		}
		if q, from, fromEnd, err = l.near(ctx, d, q, where, args, total); err != nil {
			return none, err
		}
	}
	if total > maxSorted {
		query = l.Few.walked(d.Engine, query)
	}
	if query, args, err = l.ordered(q, from, query, args); err != nil {
		return none, err
	}
	items := make([]T, 0, q.Limit+1)
	err = each(ctx, d, d.pool(ctx).read, true, func() { items = items[:0] },
		func(row *R) bool { items = append(items, l.Convert(*row)); return true }, query, args)
	if err != nil {
		return none, err
	}
	if fromEnd {
		items = items[:min(len(items), q.Limit)]
		slices.Reverse(items)
		return page.Page[T]{Items: items, Total: total}, nil
	}
	p := page.Cut(items, q.Limit, func(t T) page.Position { return l.Position(t, q.Sort.Field) })
	p.Total = total
	return p, nil
}

// total returns how many rows there are in all pages, without counting where somebody keeps the number.
func (l List[R, T]) total(
	ctx context.Context, d *DB, q page.Query, where, query string, args []any,
) (int, error) {
	if scope, kind := l.counted(q, where, args); kind != "" {
		return d.RowCount(ctx, scope, kind)
	}
	if scope, ok := scopeOf(args); ok && where == l.Scope && len(q.Filters) == 1 && l.CountCase != nil {
		f := q.Filters[0]
		if value, _ := f.Value.(string); f.Op == page.Eq && l.Cases[f.Field][value] != "" {
			return l.CountCase(ctx, d, scope, f.Field, value)
		}
	}
	return One[int](ctx, d, "SELECT count(*) FROM ("+query+") AS t", args...)
}

// counted returns whose rows a list has and their kind in row_counts; no kind when nobody keeps their number.
func (l List[R, T]) counted(q page.Query, where string, args []any) (id.ID, string) {
	scope, ok := scopeOf(args)
	switch {
	case !ok || where != l.Scope:
	case len(q.Filters) == 0:
		return scope, l.Counted
	case len(q.Filters) == 1 && q.Filters[0].Op == page.Eq:
		if of, ok := q.Filters[0].Value.(id.ID); ok {
			return of, l.CountedBy[q.Filters[0].Field]
		}
	}
	return scope, ""
}

// scopeOf is the id of whose rows are listed; lists of all organizations have none.
func scopeOf(args []any) (id.ID, bool) {
	if len(args) == 0 {
		return id.ID{}, false
	}
	scope, ok := args[0].(id.ID)
	return scope, ok
}

// near asks for a page from where the fewest rows are read to be left out: from the beginning of its block, from
// a value that from is; from the end, when that is nearer, and then fromEnd is true; or as it is asked for.
func (l List[R, T]) near(ctx context.Context, d *DB, q page.Query, where string, args []any, total int) (
	_ page.Query, from any, fromEnd bool, err error,
) {
	scope, kind := l.counted(q, where, args)
	if kind == "" || !l.Blocks.has(q.Sort.Field) || min(q.Offset, total-q.Offset) < d.nearby() {
		if q.Offset > total/2 {
			return backward(q, total), nil, true, nil
		}
		return q, nil, false, nil
	}
	if fromEnd = q.Sort.Desc; fromEnd {
		q = backward(q, total)
	}
	first, before, err := blockAt(ctx, d, scope, l.Blocks.kind(q.Sort.Field), q.Offset)
	if err != nil || first == "" {
		return q, nil, fromEnd, err
	}
	q.Offset -= before
	from, err = l.Blocks.bound(q.Sort.Field, first)
	return q, from, fromEnd, err
}

// backward asks for a page by how far it is from the end, which is nearer: rows before a page are read to be left out.
func backward(q page.Query, total int) page.Query {
	size := min(q.Limit, total-q.Offset)
	q.Limit, q.Offset = size, total-q.Offset-size
	q.Sort.Desc = !q.Sort.Desc
	q.Then = slices.Clone(q.Then)
	for i := range q.Then {
		q.Then[i].Desc = !q.Then[i].Desc
	}
	return q
}

// match is what the index of searches is asked for, or "" where no filter has one.
func (l List[R, T]) match(ctx context.Context, d *DB, q page.Query, args []any) (string, error) {
	orgID, ok := scopeOf(args)
	for _, f := range q.Filters {
		text, _ := f.Value.(string)
		if ok && f.Op == page.Has && l.Searched.has(d.Engine, text) {
			return l.Searched.match(ctx, d, orgID, text)
		}
	}
	return "", nil
}

// filtered writes the statement of all rows that meet the filters, which an index of searches finds by match.
func (l List[R, T]) filtered(d *DB, q page.Query, match, where string, args []any) (string, []any, error) {
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	query := l.Query
	var b strings.Builder
	for _, f := range q.Filters {
		if conditions, ok := l.Cases[f.Field]; ok {
			value, _ := f.Value.(string)
			condition, known := conditions[value]
			if !known || f.Op != page.Eq {
				condition = "1 = 0" // nothing is what there is not
			}
			if strings.Contains(condition, "$now") {
				condition = strings.ReplaceAll(condition, "$now", arg(d.now()))
			}
			b.WriteString(" AND " + condition)
			continue
		}
		if values, ok := f.Value.([]string); ok {
			b.WriteString(" AND " + l.Few.among(values, arg))
			continue
		}
		expr, ok := l.Filters[f.Field]
		if !ok {
			return "", nil, fmt.Errorf("store: cannot filter by %q", f.Field)
		}
		if f.Op == page.Has {
			text, _ := f.Value.(string)
			if match != "" {
				query = l.Query + " NOT INDEXED" // but by seq, which SQLite does not count as an index
				b.WriteString(l.Searched.candidates(l.Seq, arg(match)))
			}
			b.WriteString(" AND " + contains(expr, arg(pattern(text))))
		} else {
			b.WriteString(" AND " + expr + " " + string(f.Op) + " " + arg(f.Value))
		}
	}
	return query + " WHERE " + where + b.String(), args, nil
}

// ordered adds to a statement the order, and where the page begins and ends. No row before the value from is read.
func (l List[R, T]) ordered(q page.Query, from any, query string, args []any) (string, []any, error) {
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	var b strings.Builder
	b.WriteString(query)
	var order []string
	unique := false // whether no two rows are equal so far
	for _, o := range append([]page.Sort{q.Sort}, q.Then...) {
		sort, ok := l.Sorts[o.Field]
		if !ok {
			return "", nil, fmt.Errorf("store: cannot sort by %q", o.Field)
		}
		if len(order) == 0 && q.After != nil {
			key, then, err := sort.key(q.After.Key)
			if err != nil {
				return "", nil, err
			}
			beyond := " > "
			if o.Desc {
				beyond = " < "
			}
			columns, values := sort.name, arg(key)
			if sort.then != "" {
				columns, values = columns+", "+sort.then, values+", "+arg(then)
			}
			b.WriteString(" AND (" + columns + ", " + l.ID + ")" + beyond + "(" + values + ", " + arg(q.After.ID) + ")")
		}
		if len(order) == 0 && from != nil {
			b.WriteString(" AND " + cmp.Or(sort.lead, sort.name) + " >= " + arg(from))
		}
		if sort.lead != "" {
			order = append(order, sort.lead+direction(o))
		}
		order = append(order, sort.name+direction(o))
		if sort.then != "" && len(q.Then) == 0 {
			order = append(order, sort.then+direction(o))
		}
		unique = unique || sort.unique
	}
	if !unique {
		order = append(order, l.ID+direction(q.Sort))
	}
	b.WriteString(" ORDER BY " + strings.Join(order, ", ") + " LIMIT " + arg(q.Limit+1))
	if q.Offset > 0 {
		b.WriteString(" OFFSET " + arg(q.Offset))
	}
	return b.String(), args, nil
}

// key reads the values of a position.
func (c Column) key(text string) (key, then any, err error) {
	of, beside := text, ""
	if c.then != "" {
		of, beside, _ = strings.Cut(text, "\x00")
	}
	if key, err = of, nil; c.time {
		key, err = moment(of)
	}
	if c.then != "" && err == nil {
		then, err = moment(beside)
	}
	return key, then, err
}

func moment(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil { // authenticated, so it is ours: a list changed its type
		err = fault.New(fault.InvalidCursor,
			"The cursor is of another version of this API. Start again without it.").WithCause(err)
	}
	return at, err
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

func pattern(text string) string {
	return "%" + literally.Replace(lowered(text)) + "%"
}

// lowered is lower() of SQL: it knows only the letters of ASCII in two cases.
func lowered(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

// TimePosition is the position of a row that is sorted by a time.
func TimePosition(row id.ID, at time.Time) page.Position {
	return page.Position{Key: page.TimeKey(at), ID: row}
}

// NamePosition is the position of a row that is sorted by its name, or else by the time of its
// creation.
func NamePosition(row id.ID, field, name string, created time.Time) page.Position {
	if field == "name" {
		return page.Position{Key: name, ID: row}
	}
	return TimePosition(row, created)
}

// Listing is a List of any table.
type Listing interface {
	// Keys are what the list can be sorted and filtered by.
	Keys() page.Keys
	// Statement is how a page of the list is read.
	Statement(ctx context.Context, d *DB, q page.Query, scope any) (string, []any, error)
}

// Keys implements Listing.
func (l List[R, T]) Keys() page.Keys {
	filters := slices.AppendSeq(slices.Collect(maps.Keys(l.Filters)), maps.Keys(l.Cases))
	return page.Keys{Sort: slices.Sorted(maps.Keys(l.Sorts)), Filter: slices.Sorted(slices.Values(filters))}
}

// Statement implements Listing.
func (l List[R, T]) Statement(ctx context.Context, d *DB, q page.Query, scope any) (string, []any, error) {
	args := []any{scope}
	if !strings.Contains(l.Scope, "$1") { // lists of all organizations have none
		args = nil
	}
	match, err := l.match(ctx, d, q, args)
	if err == nil {
		q, err = l.Few.resolve(ctx, d, q, args)
	}
	if err != nil {
		return "", nil, err
	}
	query, args, err := l.filtered(d, q, match, l.Scope, args)
	if err != nil {
		return "", nil, err
	}
	return l.ordered(q, nil, query, args)
}

// ListPlan tells how the database would read a list, for the test that holds every documented key
// to an index. PostgreSQL is not to sort, or to read a table from its beginning, where it need not, however few
// rows the table has.
func ListPlan(ctx context.Context, d *DB, l Listing, q page.Query, scope id.ID) (string, error) {
	query, args, err := l.Statement(ctx, d, q, scope)
	if err != nil {
		return "", err
	}
	if d.Engine == Postgres {
		var lines []string
		err := d.InTx(ctx, func(ctx context.Context) error {
			avoid := []string{"seqscan", "bitmapscan", "sort", "incremental_sort"}
			if slices.ContainsFunc(q.Filters, func(f page.Filter) bool { return f.Op == page.Has }) {
				avoid = []string{"seqscan", "indexscan"} // what contains a text has no order, and is read by a bitmap
			}
			for _, avoided := range avoid {
				if _, err := d.Exec(ctx, "SET LOCAL enable_"+avoided+" = off"); err != nil {
					return err
				}
			}
			lines, err = All[string](ctx, d, "EXPLAIN (COSTS OFF) "+query, args...)
			return err
		})
		return strings.Join(lines, "\n"), err
	}
	steps := []struct {
		ID, Parent, NotUsed int
		Detail              string
	}{}
	err = d.requests.read.SelectContext(ctx, &steps, "EXPLAIN QUERY PLAN "+query, args...)
	details := make([]string, len(steps))
	for i, step := range steps {
		details[i] = step.Detail
	}
	return strings.Join(details, "; "), wrap(err)
}
