package rows

import (
	"slices"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/data/filter"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/storable"
)

// Action is what a query does.
type Action int

// The actions.
const (
	Read Action = iota
	Insert
	Update
	Put // inserts or replaces the one row that its filters name
	Delete
)

// Param is one parameter of a query string, decoded.
type Param struct{ Name, Value string }

// Query is a request as it was written: its names are not known to exist. ParseQuery reads the parameters; the other
// members are the caller's to set.
type Query struct {
	Action Action
	Table  string

	Select     []Item   // nil selects every column
	Filters    []Filter // in the order of the request
	Orders     []Order
	Ranges     []Range
	Columns    []string // nil: those of the body
	OnConflict []string // nil: the primary key

	Body   Body
	Prefer Prefer
	// All allows an update or a deletion without a filter.
	All bool
	// One asks for one object instead of an array, and refuses any other number of rows.
	One bool
	// StripNulls leaves out members that are null.
	StripNulls bool
	// CSV asks for CSV instead of JSON.
	CSV bool
	// NoBody asks for the counts only.
	NoBody bool
}

// Item is one item of a selection: a column, an aggregate, or an embedded resource with items of its own.
type Item struct {
	Path      filter.Path
	Star      bool // every column
	Alias     string
	Cast      string
	Aggregate string // sum, avg, count, max, min
	AggCast   string

	Relation string // of an embedded resource: a table, a constraint or a column
	Hint     string
	Inner    bool
	Spread   bool
	Items    []Item
}

// Filter is a condition on the table, or on an embedded resource.
type Filter struct {
	Embedded  []string
	Condition filter.Condition
}

// Order is how the table or an embedded resource is sorted.
type Order struct {
	Embedded []string
	Terms    []OrderTerm
}

// OrderTerm is one column that is sorted by.
type OrderTerm struct {
	Relation string // the embedded resource whose column it is; empty for the table's own
	Path     filter.Path
	Desc     bool
	Nulls    Nulls
}

// Nulls is where rows without a value are.
type Nulls int

// The places of nulls: by default they come as if they were larger than any value.
const (
	NullsDefault Nulls = iota
	NullsFirst
	NullsLast
)

// Range is the part of the rows that is wanted.
type Range struct {
	Embedded []string
	Limit    int64 // -1: no limit
	Offset   int64
}

// What one query may have.
const (
	maxItems  = 500 // of a selection, with those of embedded resources
	maxEmbeds = 30
	maxOrders = 50
)

// ParseQuery reads the parameters of a query string. Those that are no words of the grammar are filters.
func ParseQuery(a Action, table string, params []Param) (*Query, error) {
	q := &Query{Action: a, Table: table}
	conditions := 0
	for _, p := range params {
		if !storable.Text(p.Name) || !storable.Text(p.Value) {
			return nil, InvalidText()
		}
		var err error
		last := p.Name[strings.LastIndexByte(p.Name, '.')+1:]
		switch {
		case p.Name == "select":
			if q.Select == nil {
				q.Select, err = parseSelect(p.Value)
			}
		case p.Name == "columns":
			q.Columns, err = parseNames("columns", p.Value)
		case p.Name == "on_conflict":
			q.OnConflict, err = parseNames("on_conflict", p.Value)
		case last == "order":
			err = q.order(p)
		case last == "limit" || last == "offset":
			err = q.limit(p, last)
		case last == "and" || last == "or":
			var f Filter
			f.Embedded, f.Condition, err = logic(p)
			q.Filters = append(q.Filters, f)
			if g, ok := f.Condition.(filter.Group); ok {
				conditions += count(g)
			}
		default:
			var f Filter
			var path filter.Path
			if f.Embedded, path, err = filter.Field(p.Name); err == nil {
				f.Condition, err = filter.Operation(p.Name, path, p.Value)
			}
			q.Filters = append(q.Filters, f)
			conditions++
		}
		if err != nil {
			return nil, Syntax(err)
		}
		if conditions > filter.MaxConditions {
			return nil, refuse(CodeSyntax, fault.Error{Reason: "query_syntax"},
				"There are more than 500 conditions").at(p.Name)
		}
	}
	return q, nil
}

func logic(p Param) ([]string, filter.Condition, error) {
	embedded, g, err := filter.Logic(p.Name, p.Value)
	return embedded, g, err
}

func count(g filter.Group) int {
	n := 1
	for _, c := range g.Of {
		if inner, ok := c.(filter.Group); ok {
			n += count(inner)
		} else {
			n++
		}
	}
	return n
}

// path reads the embedded resources before the last word of a parameter's name.
func path(name, last string) ([]string, error) {
	if name == last {
		return nil, nil
	}
	embedded, p, err := filter.Field(strings.TrimSuffix(name, "."+last))
	if err == nil && len(p.Steps) > 0 {
		err = filter.NewScanner("tree path", name).Fail("names of embedded resources")
	}
	return append(embedded, p.Column), err
}

func (q *Query) order(p Param) error {
	embedded, err := path(p.Name, "order")
	if err != nil {
		return err
	}
	terms, err := parseOrder(p)
	if err != nil {
		return err
	}
	q.Orders = append(q.Orders, Order{Embedded: embedded, Terms: terms})
	return nil
}

func (q *Query) limit(p Param, word string) error {
	embedded, err := path(p.Name, word)
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(strings.TrimSpace(p.Value), 10, 64)
	switch {
	case err != nil:
		return refuse(CodeSyntax, fault.Error{Reason: "query_syntax"}, "'"+word+"' is not a whole number").at(p.Name)
	case n < 0 && word == "limit":
		return rangeError("Limit should be greater than or equal to zero.")
	case n < 0:
		return rangeError("Offset should be greater than or equal to zero.")
	}
	i := slices.IndexFunc(q.Ranges, func(r Range) bool { return slices.Equal(r.Embedded, embedded) })
	if i < 0 {
		i = len(q.Ranges)
		q.Ranges = append(q.Ranges, Range{Embedded: embedded, Limit: -1})
	}
	if word == "limit" {
		q.Ranges[i].Limit = n
	} else {
		q.Ranges[i].Offset = n
	}
	return nil
}

// Within narrows the rows to those of a Range header, from the first to the last, both counted from 0. Last is -1 for
// all that follow.
func (q *Query) Within(first, last int64) error {
	if last >= 0 && last < first {
		return rangeError("The lower boundary must be lower than or equal to the upper boundary in the Range header.")
	}
	i := slices.IndexFunc(q.Ranges, func(r Range) bool { return len(r.Embedded) == 0 })
	if i < 0 {
		i = len(q.Ranges)
		q.Ranges = append(q.Ranges, Range{Limit: -1})
	}
	r := &q.Ranges[i]
	end := int64(-1)
	if r.Limit >= 0 {
		end = r.Offset + r.Limit
	}
	if last >= 0 && (end < 0 || last+1 < end) {
		end = last + 1
	}
	r.Offset = max(r.Offset, first)
	if end >= 0 {
		r.Limit = max(end-r.Offset, 0)
	}
	return nil
}

func parseNames(what, text string) ([]string, error) {
	s := filter.NewScanner(what+" parameter", text)
	out := []string{}
	for {
		s.Space()
		name, err := s.Name()
		if err != nil {
			return nil, in(err, what)
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
		if s.Space(); s.Done() {
			return out, nil
		}
		if !s.Take(",") || len(out) > maxItems {
			return nil, in(s.Fail("\",\" or end of input"), what)
		}
	}
}

// in says of which parameter a syntax error is.
func in(err error, param string) error {
	if e, ok := err.(*filter.SyntaxError); ok {
		e.Param = param
	}
	return err
}

func parseOrder(p Param) ([]OrderTerm, error) {
	s := filter.NewScanner("order", p.Value)
	var out []OrderTerm
	for {
		t, err := orderTerm(s)
		if err != nil {
			return nil, in(err, p.Name)
		}
		if out = append(out, t); len(out) > maxOrders {
			return nil, in(s.Fail("fewer columns"), p.Name)
		}
		if s.Space(); s.Done() {
			return out, nil
		}
		if !s.Take(",") {
			return nil, in(s.Fail("\",\" or end of input"), p.Name)
		}
	}
}

func orderTerm(s *filter.Scanner) (OrderTerm, error) {
	var t OrderTerm
	p, err := s.Path()
	if err != nil {
		return t, err
	}
	t.Path = p
	if len(p.Steps) == 0 && s.Take("(") {
		t.Relation = p.Column
		if t.Path, err = s.Path(); err != nil {
			return t, err
		}
		if err := s.Need(")"); err != nil {
			return t, err
		}
	}
	directed := false
	for s.Take(".") {
		switch {
		case !directed && s.Take("asc"):
			directed = true
		case !directed && s.Take("desc"):
			t.Desc, directed = true, true
		case s.Take("nullsfirst"):
			t.Nulls = NullsFirst
			return t, nil
		case s.Take("nullslast"):
			t.Nulls = NullsLast
			return t, nil
		case directed:
			return t, s.Fail(`"nullsfirst" or "nullslast"`)
		default:
			return t, s.Fail(`"asc", "desc", "nullsfirst" or "nullslast"`)
		}
		directed = true
	}
	return t, nil
}
