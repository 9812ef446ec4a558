package rows

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alania-go/alania/domain/data/filter"
	"github.com/alania-go/alania/domain/fault"
)

// Plan is a query whose names are those of the catalogue. It has names of the request only where the answer
// repeats them (Node.Name, Field.Name), and engines bind these as they bind values.
type Plan struct {
	Action    Action
	Catalogue *Catalogue
	Table     *Table
	// Root is what is read: of the table, or of the rows that were written.
	Root *Node
	// Where chooses the rows that are changed or deleted, and the one that Put may write.
	Where    []Cond
	Columns  []*Column // that are written
	Body     Body
	Conflict *Conflict // nil: a duplicate is refused
	Prefer   Prefer
	Limits   Limits
	// NotAll reports whether less than all rows were asked for.
	Limited bool

	One, StripNulls, CSV, NoBody bool
}

// Limits are what one query may ask for.
type Limits struct {
	Default    int64 // rows when no limit is asked for; 0: Max
	Max        int64 // rows of the page and of each embedded list; 0: no limit
	Aggregates bool  // whether sum() and its like are allowed
}

// Conflict says what becomes of a row whose key exists.
type Conflict struct {
	Columns []string // of the catalogue
	Ignore  bool     // leave the row that exists; otherwise it is changed
}

// Node reads one table: the table of the query, or one that is embedded.
type Node struct {
	Table    *Table
	Fields   []Field
	Embeds   []*Node
	Where    []Cond
	Order    []Sort
	Limit    int64 // -1: no limit
	Offset   int64
	Relation *Relationship // to the parent; nil for the root
	Name     string        // in the answer
	Inner    bool          // rows of the parent without one of these are left out
	Spread   bool          // the fields become those of the parent
	Hidden   bool          // nothing of it is shown
	Ordinal  int           // a number of its own in the plan
}

// Field is one member of the answer.
type Field struct {
	Column    *Column // nil for the number of rows
	Steps     []filter.Step
	Cast      *Cast
	Aggregate string // sum, avg, count, max, min
	AggCast   *Cast
	Name      string
}

// Cond is a Group, a Test or an Exists.
type Cond interface{ cond() }

// Group holds when all its conditions hold or, with Or, one of them.
type Group struct {
	Or, Negated bool
	Of          []Cond
}

// Test compares a column with values.
type Test struct {
	Column *Column
	filter.Compare
}

// Exists holds when an embedded resource has a row or, with Negated, has none.
type Exists struct {
	Node    *Node
	Negated bool
}

func (Group) cond()  {}
func (Test) cond()   {}
func (Exists) cond() {}

// Sort is one column that is sorted by.
type Sort struct {
	Column *Column
	Steps  []filter.Step
	// Of is the embedded resource whose column it is; nil for the node's own. It has at most one row.
	Of *Node
	// Field is the field of Of that is meant, when its selection has one of that name.
	Field *Field
	Desc  bool
	Nulls Nulls
}

// Embed finds an embedded resource by its name in the answer.
func (n *Node) Embed(name string) (*Node, bool) {
	i := slices.IndexFunc(n.Embeds, func(e *Node) bool { return e.Name == name })
	if i < 0 {
		return nil, false
	}
	return n.Embeds[i], true
}

// Aggregated reports whether the rows of a node are grouped: it, or what is spread into it, has an aggregate.
func (n *Node) Aggregated() bool {
	if slices.ContainsFunc(n.Fields, func(f Field) bool { return f.Aggregate != "" }) {
		return true
	}
	return slices.ContainsFunc(n.Embeds, func(e *Node) bool {
		return e.Spread && e.Relation.Cardinality.ToOne() && e.Aggregated()
	})
}

// NewPlan finds the names of a query in the catalogue. It refuses names that are not there, embedded resources that
// have no way or more than one to their parent, and changes of every row that were not asked for.
func NewPlan(c *Catalogue, q *Query, limits Limits) (*Plan, error) {
	t, ok := c.Table(q.Table)
	if !ok {
		return nil, noTable(c, q.Table)
	}
	p := &Plan{
		Action: q.Action, Catalogue: c, Table: t, Body: q.Body, Prefer: q.Prefer, Limits: limits, One: q.One,
		StripNulls: q.StripNulls, CSV: q.CSV, NoBody: q.NoBody,
	}
	r := &resolver{c: c, limits: limits}
	p.Root = &Node{Table: t, Limit: -1, Name: t.Name}
	if err := r.items(p.Root, q.Select, q.Select == nil); err != nil {
		return nil, err
	}
	if err := r.filters(p, q.Filters); err != nil {
		return nil, err
	}
	for _, o := range q.Orders {
		if err := r.order(p.Root, o); err != nil {
			return nil, err
		}
	}
	if err := r.ranges(p, q.Ranges); err != nil {
		return nil, err
	}
	if err := r.aggregates(p.Root, false); err != nil {
		return nil, err
	}
	return p, p.write(q)
}

// Represents reports whether the rows are wanted in the answer.
func (p *Plan) Represents() bool {
	return !p.NoBody && (p.Action == Read || p.Prefer.Return == "representation")
}

type resolver struct {
	c      *Catalogue
	limits Limits
	nodes  int
}

// items resolves a selection.
func (r *resolver) items(n *Node, items []Item, all bool) error {
	if all {
		items = []Item{{Star: true}}
	}
	for _, it := range items {
		var err error
		switch {
		case it.Relation != "":
			err = r.embed(n, it)
		case it.Star && it.Aggregate == "":
			for i := range n.Table.Columns {
				n.Fields = append(n.Fields, Field{Column: &n.Table.Columns[i], Name: n.Table.Columns[i].Name})
			}
		default:
			err = r.field(n, it)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *resolver) field(n *Node, it Item) error {
	f := Field{Steps: it.Path.Steps, Aggregate: it.Aggregate, Name: it.Alias}
	var err error
	if f.Cast, err = r.c.cast(it.Cast); err != nil {
		return err
	}
	if f.AggCast, err = r.c.cast(it.AggCast); err != nil {
		return err
	}
	if !it.Star {
		found := false
		if f.Column, found = n.Table.Column(it.Path.Column); !found {
			if it.Path.Column != "count" || len(it.Path.Steps) > 0 || it.Aggregate != "" {
				return noColumn(n.Table.Name, it.Path.Column)
			}
			f.Column, f.Aggregate, f.AggCast, f.Cast = nil, "count", f.Cast, nil
		}
	}
	if f.Name == "" {
		switch {
		case f.Aggregate != "":
			f.Name = f.Aggregate
		default:
			f.Name = it.Path.Last()
		}
	}
	n.Fields = append(n.Fields, f)
	return nil
}

func (r *resolver) embed(n *Node, it Item) error {
	rel, err := r.relation(n.Table.Name, it.Relation, it.Hint)
	if err != nil {
		return err
	}
	r.nodes++
	e := &Node{
		Table: r.c.tables[rel.To], Limit: -1, Relation: rel, Name: it.Alias, Inner: it.Inner, Spread: it.Spread,
		Ordinal: r.nodes,
	}
	if e.Name == "" {
		e.Name = it.Relation
	}
	if err := r.items(e, it.Items, false); err != nil {
		return err
	}
	e.Hidden = len(e.Fields) == 0 && !slices.ContainsFunc(e.Embeds, func(e *Node) bool { return !e.Hidden })
	if r.limits.Max > 0 && !rel.Cardinality.ToOne() {
		e.Limit = r.limits.Max
	}
	n.Embeds = append(n.Embeds, e)
	return nil
}

// relation finds the one way from a table to what a query names: a table, a foreign key, or a column that is one.
func (r *resolver) relation(origin, target, hint string) (*Relationship, error) {
	var found []Relationship
	list := r.c.Relationships(origin)
	for _, rel := range list {
		if rel.matches(target, hint) {
			found = append(found, rel)
		}
	}
	switch len(found) {
	case 1:
		return &found[0], nil
	case 0:
		return nil, r.noRelation(origin, target, hint, list)
	}
	return nil, ambiguous(origin, target, found)
}

func one(columns []string, name string) bool { return len(columns) == 1 && columns[0] == name }

func (r *Relationship) matches(target, hint string) bool {
	if r.From == r.To {
		down := r.Cardinality == OneToMany || r.Cardinality == OneToOne && r.Parent
		up := r.Cardinality == ManyToOne || r.Cardinality == OneToOne && !r.Parent
		if hint == "" {
			return target == r.To && down || up && one(r.FromColumns, target)
		}
		return target == r.To && down && (one(r.ToColumns, hint) || r.Name == hint)
	}
	if r.Junction != nil {
		return target == r.To && (hint == "" || hint == r.Junction.Table)
	}
	if hint == "" {
		return target == r.To || target == r.Name || one(r.FromColumns, target)
	}
	return target == r.To && (hint == r.Name || one(r.FromColumns, hint) || one(r.ToColumns, hint))
}

func (r *resolver) noRelation(origin, target, hint string, list []Relationship) error {
	e := refuse(CodeNoRelation, fault.Error{Reason: "relationship_unknown"}, fmt.Sprintf(
		"Could not find a relationship between '%s' and '%s' in the schema cache", origin, target))
	schema, using := r.c.Schema, ""
	if schema == "" {
		schema = "main"
	}
	if hint != "" {
		using = "' using the hint '" + hint
	}
	e.Details = fmt.Sprintf("Searched for a foreign key relationship between '%s' and '%s%s' in the schema '%s', "+
		"but no matches were found.", origin, target, using, schema)
	var names []string
	for _, rel := range list {
		if rel.To == target {
			return e
		}
		names = append(names, rel.To)
	}
	if near := nearest(target, names); near != "" {
		return e.hinted("Perhaps you meant '" + near + "' instead of '" + target + "'.")
	}
	return e
}

func ambiguous(origin, target string, found []Relationship) error {
	e := refuse(CodeAmbiguous, fault.Error{Reason: "relationship_ambiguous"}, fmt.Sprintf(
		"Could not embed because more than one relationship was found for '%s' and '%s'", origin, target))
	var details []map[string]any
	var hints []string
	list := func(columns []string) string { return "(" + strings.Join(columns, ", ") + ")" }
	for _, r := range found {
		way, name := r.Name+" using "+r.From+list(r.FromColumns)+" and "+r.To+list(r.ToColumns), r.Name
		if j := r.Junction; j != nil {
			way = j.Table + " using " + j.FromName + list(j.FromColumns) + " and " + j.ToName + list(j.ToColumns)
			name = j.Table
		}
		details = append(details, map[string]any{
			"cardinality": r.Cardinality.String(), "embedding": r.From + " with " + r.To, "relationship": way,
		})
		hints = append(hints, "'"+r.To+"!"+name+"'")
	}
	e.Details = details
	return e.hinted("Try changing '" + target + "' to one of the following: " + strings.Join(hints, ", ") +
		". Find the desired relationship in the 'details' key.")
}

// node finds an embedded resource by the names on the way to it.
func node(n *Node, embedded []string) (*Node, error) {
	for _, name := range embedded {
		e, ok := n.Embed(name)
		if !ok {
			return nil, notEmbedded(name)
		}
		n = e
	}
	return n, nil
}

func notEmbedded(name string) error {
	e := refuse(CodeNotEmbedded, fault.Error{Reason: "not_embedded"},
		"'"+name+"' is not an embedded resource in this request")
	return e.hinted("Verify that '" + name + "' is included in the 'select' query parameter.")
}

func (r *resolver) filters(p *Plan, filters []Filter) error {
	if p.Action == Put {
		if err := p.keyed(filters); err != nil {
			return err
		}
	}
	for _, f := range filters {
		n, err := node(p.Root, f.Embedded)
		if err != nil {
			return err
		}
		c, err := r.condition(n, f.Condition)
		if err != nil {
			return err
		}
		if n == p.Root && p.Action != Read {
			p.Where = append(p.Where, c)
		} else {
			n.Where = append(n.Where, c)
		}
	}
	return nil
}

func (r *resolver) condition(n *Node, c filter.Condition) (Cond, error) {
	switch c := c.(type) {
	case filter.Group:
		g := Group{Or: c.Or, Negated: c.Negated}
		for _, inner := range c.Of {
			resolved, err := r.condition(n, inner)
			if err != nil {
				return nil, err
			}
			g.Of = append(g.Of, resolved)
		}
		return g, nil
	case filter.Compare:
		e, embedded := n.Embed(c.Path.Column)
		if embedded && len(c.Path.Steps) == 0 {
			null := c.Op == filter.Is && c.Values[0] == filter.IsNull
			if null || c.Op == filter.Is && c.Values[0] == filter.IsNotNull {
				return Exists{Node: e, Negated: null != c.Negated}, nil
			}
		}
		column, ok := n.Table.Column(c.Path.Column)
		if !ok && embedded {
			e := refuse(CodeEmbedFilter, fault.Error{Reason: "query_syntax"},
				"Bad operator on the '"+c.Path.Column+"' embedded resource")
			return nil, e.detail("Only is null or not is null filters are allowed on embedded resources")
		}
		if !ok {
			return nil, noColumn(n.Table.Name, c.Path.Column)
		}
		return Test{Column: column, Compare: c}, suits(column, c)
	}
	return nil, fmt.Errorf("an unknown condition %T", c)
}

// suits refuses operators that no engine has for a type, so that all refuse them alike.
func suits(column *Column, c filter.Compare) error {
	f := Field{Column: column, Steps: c.Path.Steps}
	kind := f.Kind()
	switch c.Op {
	case filter.Is:
		if v := c.Values[0]; kind != Boolean && v != filter.IsNull && v != filter.IsNotNull {
			return Mismatch(strings.ToUpper(v), f.typeName())
		}
	case filter.Like, filter.ILike, filter.Match, filter.IMatch:
		if kind != Text && kind != Other {
			return NoOperator("operator "+string(c.Op), f.typeName())
		}
	}
	return fitting(&f, c)
}

// typeName is the type of a field before it is aggregated.
func (f *Field) typeName() string {
	switch kind := f.Kind(); {
	case f.Cast != nil:
		return f.Cast.SQL
	case len(f.Steps) == 0:
		return f.Column.Type
	case kind == Text:
		return "text"
	}
	return "jsonb"
}

// Where resolves a condition on a table alone, for callers that have no query.
func Where(t *Table, c filter.Condition) (Cond, error) {
	return (&resolver{}).condition(&Node{Table: t}, c)
}

func (r *resolver) order(root *Node, o Order) error {
	n, err := node(root, o.Embedded)
	if err != nil {
		return err
	}
	n.Order = nil // the last of two for the same rows
	for _, t := range o.Terms {
		s := Sort{Steps: t.Path.Steps, Desc: t.Desc, Nulls: t.Nulls}
		table := n.Table
		if t.Relation != "" {
			e, ok := n.Embed(t.Relation)
			if !ok {
				return notEmbedded(t.Relation)
			}
			if !e.Relation.Cardinality.ToOne() {
				err := refuse(CodeRelatedOrder, fault.Error{Reason: "query_syntax"},
					"A related order on '"+t.Relation+"' is not possible")
				return err.detail(fmt.Sprintf("'%s' and '%s' do not form a many-to-one or one-to-one relationship",
					n.Table.Name, t.Relation))
			}
			s.Of, table = e, e.Table
			for i, f := range e.Fields {
				if f.Name == t.Path.Column && len(t.Path.Steps) == 0 {
					s.Field, s.Column = &e.Fields[i], f.Column
				}
			}
		}
		if s.Field == nil {
			var ok bool
			if s.Column, ok = table.Column(t.Path.Column); !ok {
				return noColumn(table.Name, t.Path.Column)
			}
		}
		n.Order = append(n.Order, s)
	}
	return nil
}

func (r *resolver) ranges(p *Plan, ranges []Range) error {
	asked := false
	for _, rg := range ranges {
		n, err := node(p.Root, rg.Embedded)
		if err != nil {
			return err
		}
		if n == p.Root {
			if p.Action == Put {
				return refuse(CodePutLimit, fault.Error{Reason: "query_syntax"},
					"limit/offset querystring parameters are not allowed for PUT")
			}
			if p.Action == Update || p.Action == Delete {
				return refuse(CodeNotThere, fault.Error{Reason: "query_syntax"}, "Feature not implemented").
					detail("A limit or an offset does not choose the rows that are changed")
			}
			p.Limited, asked = true, rg.Limit >= 0
		}
		n.Offset = rg.Offset
		if rg.Limit >= 0 && (n.Limit < 0 || rg.Limit < n.Limit) {
			n.Limit = rg.Limit
		}
	}
	if p.Action != Read {
		return nil
	}
	if !asked && r.limits.Default > 0 {
		p.Root.Limit = r.limits.Default
	}
	if r.limits.Max > 0 && (p.Root.Limit < 0 || p.Root.Limit > r.limits.Max) {
		p.Root.Limit = r.limits.Max
	}
	return nil
}

// aggregates refuses aggregates where they are not allowed, and of types that have none.
func (r *resolver) aggregates(n *Node, list bool) error {
	list = list || n.Spread && !n.Relation.Cardinality.ToOne()
	for _, f := range n.Fields {
		if f.Aggregate == "" {
			continue
		}
		if !r.limits.Aggregates {
			return refuse(CodeAggregates, fault.Error{Reason: "aggregates_not_allowed"},
				"Use of aggregate functions is not allowed")
		}
		if list {
			return refuse(CodeNotThere, fault.Error{Reason: "query_syntax"}, "Feature not implemented").
				detail("Aggregates are not implemented for one-to-many or many-to-many spreads.")
		}
		if err := f.countable(); err != nil {
			return err
		}
	}
	for _, e := range n.Embeds {
		if err := r.aggregates(e, list && e.Spread); err != nil {
			return err
		}
	}
	return nil
}

// Kind is the kind of the values of a field, before it is aggregated.
func (f *Field) Kind() Kind {
	switch {
	case f.Cast != nil:
		return f.Cast.Kind
	case f.Column == nil:
		return Integer
	case len(f.Steps) > 0 && f.Steps[len(f.Steps)-1].Text:
		return Text
	case len(f.Steps) > 0:
		return JSON
	}
	return f.Column.Kind
}

func (f *Field) countable() error {
	kind := f.Kind()
	ok := true
	switch f.Aggregate {
	case "sum", "avg":
		ok = slices.Contains([]Kind{Integer, Decimal, Float, Interval, Other}, kind)
	case "min", "max":
		ok = !slices.Contains([]Kind{Boolean, UUID, JSON}, kind)
	}
	if !ok {
		return NoOperator("function "+f.Aggregate, f.typeName())
	}
	return nil
}

// write resolves what is written.
func (p *Plan) write(q *Query) error {
	switch p.Action {
	case Insert, Update, Put:
		if err := p.columns(q); err != nil {
			return err
		}
		if err := p.fits(); err != nil {
			return err
		}
	}
	switch p.Action {
	case Insert:
		return p.conflict(q)
	case Put:
		return p.put()
	case Update:
		if p.Body.Rows > 1 {
			return bodyError("The body of a change must have one object")
		}
	}
	if (p.Action == Delete || p.Action == Update && len(p.Columns) > 0) && len(p.Where) == 0 && !q.All {
		e := refuse(CodeNoFilter, fault.Error{Reason: "filter_required"},
			"Changing or deleting every row needs all=true or a filter")
		e.Fault.Violations = []fault.Violation{
			{In: fault.InQuery, Pointer: "/all", Code: "required", Message: "a filter, or all=true for every row"},
		}
		return e
	}
	return nil
}

func (p *Plan) columns(q *Query) error {
	names := q.Columns
	if names == nil {
		if !p.Body.even && p.Body.Rows > 0 {
			return bodyError("All object keys must match")
		}
		names = p.Body.Keys
	}
	for _, name := range names {
		column, ok := p.Table.Column(name)
		if !ok {
			e := refuse(CodeNoColumn, fault.Error{Reason: "column_unknown"},
				fmt.Sprintf("Could not find the '%s' column of '%s' in the schema cache", name, p.Table.Name))
			e.Fault.Violations = []fault.Violation{
				fault.Body("/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(name), "unknown_field", "a column of the table"),
			}
			return e
		}
		if column.Generated {
			verb := "insert a non-DEFAULT value into column"
			if p.Action == Update {
				verb = "update column"
			}
			e := refuse(CodeGenerated, fault.Error{Reason: "column_generated"}, fmt.Sprintf("cannot %s \"%s\"", verb, name))
			if p.Action == Update {
				e.Message = fmt.Sprintf("column \"%s\" can only be updated to DEFAULT", name)
			}
			return e.detail(fmt.Sprintf("Column \"%s\" is a generated column.", name))
		}
		p.Columns = append(p.Columns, column)
	}
	return nil
}

func (p *Plan) conflict(q *Query) error {
	if p.Prefer.Resolution == "" {
		return nil
	}
	names := q.OnConflict
	if names == nil {
		if p.Table.Primary == nil {
			return nil
		}
		names = p.Table.Primary.Columns
	}
	for _, name := range names {
		if _, ok := p.Table.Column(name); !ok {
			return noColumn(p.Table.Name, name)
		}
	}
	index := func(i Index) bool { return i.Unique && p.Table.same(i.Columns, names) }
	if !p.Table.unique(names) && !slices.ContainsFunc(p.Table.Indexes, index) {
		return refuse(CodeNoConflictKey, fault.Error{Reason: "key_unknown"},
			"there is no unique or exclusion constraint matching the ON CONFLICT specification")
	}
	p.Conflict = &Conflict{Columns: names, Ignore: p.Prefer.Resolution == "ignore-duplicates"}
	return nil
}

func (t *Table) same(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

// keyed checks that the filters of a Put name one row by its key.
func (p *Plan) keyed(filters []Filter) error {
	var named []string
	ok := p.Table.Primary != nil
	for _, f := range filters {
		if len(f.Embedded) > 0 {
			continue
		}
		c, is := f.Condition.(filter.Compare)
		if !is || c.Op != filter.Eq || c.Negated || c.Quantifier != filter.One || len(c.Path.Steps) > 0 ||
			slices.Contains(named, c.Path.Column) {
			ok = false
			break
		}
		named = append(named, c.Path.Column)
	}
	if !ok || !p.Table.same(named, p.Table.Primary.Columns) {
		return refuse(CodePutFilters, fault.Error{Reason: "key_required"},
			"Filters must include all and only primary key columns with 'eq' operators")
	}
	return nil
}

// put has the row that exists replaced. The body must have the key.
func (p *Plan) put() error {
	for _, name := range p.Table.Primary.Columns {
		if !slices.ContainsFunc(p.Columns, func(c *Column) bool { return c.Name == name }) {
			return PutMismatch()
		}
	}
	p.Conflict = &Conflict{Columns: p.Table.Primary.Columns}
	return nil
}
