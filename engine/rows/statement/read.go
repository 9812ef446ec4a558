package statement

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/data/rows"
)

// out is one column of what a node selects.
type out struct {
	expr  string
	name  string
	known bool // the name is of the catalogue
	form  form
	group bool // json that PostgreSQL cannot compare: it is grouped as jsonb

	aggregate string
	aggCast   *rows.Cast

	node  *rows.Node // whose column it is
	field *rows.Field
}

// outputs are what a node selects, with what is spread into it.
func (b *builder) outputs(n *rows.Node) []out {
	var outs []out
	for i := range n.Fields {
		f := &n.Fields[i]
		o := out{
			name: f.Name, form: b.formOf(f.Kind()), aggregate: f.Aggregate, aggCast: f.AggCast, node: n, field: f,
			group: f.Kind() == rows.JSON,
		}
		if f.Column != nil {
			o.known = f.Name == f.Column.Name
			o.expr = b.value(alias(n), f)
		} else if o.expr = "1"; n.Spread {
			o.expr = "CASE WHEN " + column(alias(n), n.Relation.ToColumns[0]) + " IS NOT NULL THEN 1 END"
		}
		outs = append(outs, o)
	}
	for _, e := range n.Embeds {
		switch {
		case e.Hidden && !e.Spread:
		case !e.Spread:
			expr := b.embedded(e, alias(n))
			if n.Spread && !e.Relation.Cardinality.ToOne() {
				expr = "CASE WHEN " + column(alias(n), n.Relation.ToColumns[0]) + " IS NOT NULL THEN " + expr + " END"
			}
			outs = append(outs, out{expr: expr, name: e.Name, form: isJSON, group: true})
		case e.Relation.Cardinality.ToOne():
			outs = append(outs, b.outputs(e)...)
		default:
			outs = append(outs, b.lists(e, alias(n))...)
		}
	}
	return outs
}

// embedded is the JSON of an embedded resource: an object, or an array.
func (b *builder) embedded(e *rows.Node, parent string) string {
	source, outs := b.source(e, parent, "")
	r := "r" + strconv.Itoa(e.Ordinal)
	object := b.object(outs, r)
	if e.Relation.Cardinality.ToOne() && !e.Aggregated() {
		return "(SELECT " + object + " FROM (" + source + ") " + r + ")"
	}
	if e.Relation.Cardinality.ToOne() {
		return "(SELECT " + object + " FROM (" + source + ") " + r + " LIMIT 1)"
	}
	return "(SELECT " + b.array(object) + " FROM (" + source + ") " + r + ")"
}

func (b *builder) array(value string) string {
	if b.d == Postgres {
		return "coalesce(json_agg(" + value + "), '[]')"
	}
	return "json_group_array(" + value + ")"
}

// lists are the columns of a resource that is spread into its parent and has many rows: each is a list.
func (b *builder) lists(e *rows.Node, parent string) []out {
	var list []out
	r := "r" + strconv.Itoa(e.Ordinal)
	for i, n := 0, 1; i < n; i++ {
		args := len(b.args)
		source, outs := b.source(e, parent, "")
		if n = len(outs); n == 0 {
			b.args = b.args[:args] // nothing of it is used
			break
		}
		o := out{name: outs[i].name, known: outs[i].known, form: isJSON, group: true}
		o.expr = "(SELECT " + b.array(b.json(outs[i].form, r+"."+member(i))) + " FROM (" + source + ") " + r + ")"
		list = append(list, o)
	}
	return list
}

// object makes one object of the columns of a row.
func (b *builder) object(outs []out, r string) string {
	const most = 50 // pairs of arguments that both databases take
	if len(outs) == 0 {
		if b.d == Postgres {
			return "'{}'::json"
		}
		return "json('{}')"
	}
	var sb strings.Builder
	if len(outs) <= most {
		sb.WriteString("json_build_object(")
		if b.d == SQLite {
			sb.Reset()
			sb.WriteString("json_object(")
		}
		for i, o := range outs {
			if i > 0 {
				sb.WriteString(", ")
			}
			sb.WriteString(b.name(o))
			sb.WriteString(", ")
			sb.WriteString(b.json(o.form, r+"."+member(i)))
		}
		sb.WriteString(")")
		return sb.String()
	}
	for i, o := range outs {
		name, _ := json.Marshal(o.name)
		before := "," + string(name) + ":"
		if i == 0 {
			before = "{" + before[1:]
		} else {
			sb.WriteString(" || ")
		}
		sb.WriteString(b.text(before))
		value := b.json(o.form, r+"."+member(i))
		if b.d == Postgres {
			sb.WriteString(" || coalesce(to_json(" + value + ")::text, 'null')")
		} else {
			sb.WriteString(" || json_quote(" + value + ")")
		}
	}
	if b.d == Postgres {
		return "(" + sb.String() + " || '}')::json"
	}
	return "json(" + sb.String() + " || '}')"
}

func (b *builder) name(o out) string {
	if o.known {
		return literal(o.name)
	}
	return b.text(o.name)
}

// source selects the rows of a node as columns c0, c1, … From is what is read instead of the node's table.
func (b *builder) source(n *rows.Node, parent, from string) (string, []out) {
	outs := b.outputs(n)
	if from == "" {
		from = b.table(n.Table.Name)
	}
	me := alias(n)
	tables := from + " " + me
	var conditions []string
	if n.Relation != nil {
		if j := n.Relation.Junction; j != nil {
			tables = b.table(j.Table) + " " + junction(n) + ", " + tables
		}
		conditions = append(conditions, b.joined(n, parent)...)
	}
	tables += b.spreads(n)
	conditions = append(conditions, b.conditions(n)...)
	if n.Aggregated() {
		return b.grouped(n, outs, tables, conditions), outs
	}
	order, page := b.order(n), b.page(n)
	if b.d == SQLite && page != "" && len(n.Embeds) > 0 && from == b.table(n.Table.Name) && !spread(n) {
		// SQLite makes every column before it sorts: so the page is found first.
		tables = "(SELECT " + me + ".* FROM " + tables + where(conditions) + order + page + ") " + me
		conditions, page = nil, ""
	}
	return "SELECT " + selected(outs) + " FROM " + tables + where(conditions) + order + page, outs
}

func spread(n *rows.Node) bool {
	for _, e := range n.Embeds {
		if e.Spread && e.Relation.Cardinality.ToOne() {
			return true
		}
	}
	return false
}

func selected(outs []out) string {
	if len(outs) == 0 {
		return "1 AS c0"
	}
	var sb strings.Builder
	for i, o := range outs {
		if i > 0 {
			sb.WriteString(", ")
		}
		sb.WriteString(o.expr)
		sb.WriteString(" AS ")
		sb.WriteString(member(i))
	}
	return sb.String()
}

// grouped groups the rows by the columns that have no aggregate.
func (b *builder) grouped(n *rows.Node, outs []out, tables string, conditions []string) string {
	for i := range outs {
		if b.d == Postgres && outs[i].group && outs[i].aggregate == "" {
			outs[i].expr = "(" + outs[i].expr + ")::jsonb"
		}
	}
	inner := "SELECT " + selected(outs) + " FROM " + tables + where(conditions)
	var columns, groups []string
	for i := range outs {
		ref := "g." + member(i)
		if outs[i].aggregate == "" {
			groups = append(groups, ref)
		} else {
			ref = b.aggregate(&outs[i], ref)
		}
		columns = append(columns, ref+" AS "+member(i))
	}
	sql := "SELECT " + strings.Join(columns, ", ") + " FROM (" + inner + ") g"
	if len(groups) > 0 {
		sql += " GROUP BY " + strings.Join(groups, ", ")
	}
	for i, s := range n.Order {
		ref := b.groupOf(n, s, outs)
		sql += sep(i) + b.direction(ref, s, true)
	}
	return sql + b.page(n)
}

func sep(i int) string {
	if i == 0 {
		return " ORDER BY "
	}
	return ", "
}

// groupOf finds the grouped column that is sorted by.
func (b *builder) groupOf(n *rows.Node, s rows.Sort, outs []out) string {
	owner := n
	if s.Of != nil {
		owner = s.Of
	}
	for i, o := range outs {
		if o.node == owner && o.field != nil && (o.field == s.Field ||
			s.Field == nil && o.field.Column == s.Column && len(o.field.Steps) == 0 && len(s.Steps) == 0) {
			if o.aggregate != "" {
				return b.aggregate(&outs[i], "g."+member(i))
			}
			return "g." + member(i)
		}
	}
	return b.fail(rows.NotGrouped(owner.Table.Name, s.Column))
}

func (b *builder) aggregate(o *out, ref string) string {
	f := o.aggregate + "(" + ref + ")"
	if o.aggregate == "count" || o.aggregate == "sum" || o.aggregate == "avg" {
		o.form = plain
	}
	if o.aggCast == nil {
		return f
	}
	kind := o.field.Kind()
	switch {
	case o.aggregate == "count":
		kind = rows.Integer
	case o.aggregate == "avg", o.aggregate == "sum" && kind != rows.Integer:
		kind = rows.Decimal
	}
	o.form = b.formOf(o.aggCast.Kind)
	return b.cast(f, kind, o.aggCast)
}

// joined are the conditions that hold between a row of a node and one of its parent.
func (b *builder) joined(n *rows.Node, parent string) []string {
	r, me := n.Relation, alias(n)
	var out []string
	if r.Junction != nil {
		for i := range r.FromColumns {
			out = append(out, column(junction(n), r.Junction.FromColumns[i])+" = "+column(parent, r.FromColumns[i]))
		}
		for i := range r.ToColumns {
			out = append(out, column(me, r.ToColumns[i])+" = "+column(junction(n), r.Junction.ToColumns[i]))
		}
		return out
	}
	for i := range r.FromColumns {
		out = append(out, column(me, r.ToColumns[i])+" = "+column(parent, r.FromColumns[i]))
	}
	return out
}

// spreads joins what is spread into a node and has at most one row.
func (b *builder) spreads(n *rows.Node) string {
	var sb strings.Builder
	for _, e := range n.Embeds {
		if !e.Spread || !e.Relation.Cardinality.ToOne() {
			continue
		}
		table := b.table(e.Table.Name) + " " + alias(e)
		if nested := b.spreads(e); nested != "" {
			table = "(" + table + nested + ")"
		}
		join := " LEFT JOIN "
		if e.Inner {
			join = " JOIN "
		}
		on := append(b.joined(e, alias(n)), b.conditions(e)...)
		sb.WriteString(join + table + " ON " + strings.Join(on, " AND "))
	}
	return sb.String()
}

// conditions are the filters of a node, and that it has rows of what must be there.
func (b *builder) conditions(n *rows.Node) []string {
	var out []string
	for _, c := range n.Where {
		out = append(out, b.condition(c, alias(n)))
	}
	for _, e := range n.Embeds {
		if e.Inner {
			out = append(out, b.exists(e, alias(n)))
		}
	}
	return out
}

func (b *builder) exists(e *rows.Node, parent string) string {
	if e.Limit == 0 {
		return "(1 = 0)"
	}
	tables := b.table(e.Table.Name) + " " + alias(e)
	if j := e.Relation.Junction; j != nil {
		tables = b.table(j.Table) + " " + junction(e) + ", " + tables
	}
	return "EXISTS (SELECT 1 FROM " + tables + where(append(b.joined(e, parent), b.conditions(e)...)) + ")"
}

func (b *builder) page(n *rows.Node) string {
	if n.Limit < 0 && n.Offset == 0 {
		return ""
	}
	sql := ""
	switch {
	case n.Limit >= 0:
		sql = " LIMIT " + b.bound(n.Limit)
	case b.d == SQLite:
		sql = " LIMIT -1"
	}
	if n.Offset > 0 {
		sql += " OFFSET " + b.bound(n.Offset)
	}
	return sql
}

func (b *builder) order(n *rows.Node) string {
	var sb strings.Builder
	for i, s := range n.Order {
		sb.WriteString(sep(i))
		at := alias(n)
		if s.Of != nil {
			at = alias(s.Of)
		}
		if s.Of != nil && !s.Of.Spread {
			expr := b.sorted(at, s, func(expr string) string {
				return "(SELECT " + expr + " FROM " + b.table(s.Of.Table.Name) + " " + at +
					where(append(b.joined(s.Of, alias(n)), b.conditions(s.Of)...)) + ")"
			})
			sb.WriteString(expr)
			continue
		}
		sb.WriteString(b.sorted(at, s, func(expr string) string { return expr }))
	}
	return sb.String()
}

// sorted is one term of an order.
func (b *builder) sorted(at string, s rows.Sort, in func(expr string) string) string {
	steps := s.Steps
	if s.Field != nil {
		steps = s.Field.Steps
	}
	col := column(at, s.Column.Name)
	if b.d == SQLite && (s.Column.Kind == rows.JSON || s.Column.Kind == rows.Array) &&
		(len(steps) == 0 || !steps[len(steps)-1].Text) {
		path := b.arg(jsonPath(steps))
		rank := "CASE json_type(" + col + ", " + path + ") WHEN 'object' THEN 5 WHEN 'array' THEN 4 WHEN 'true' THEN 3 " +
			"WHEN 'false' THEN 3 WHEN 'integer' THEN 2 WHEN 'real' THEN 2 WHEN 'text' THEN 1 WHEN 'null' THEN 0 END"
		return b.direction(in(rank), s, true) + ", " + b.direction(in("json_extract("+col+", "+path+")"), s, true)
	}
	return b.direction(in(b.path(at, s.Column, steps)), s, s.Column.Nullable || s.Of != nil || len(steps) > 0)
}

// direction is how one term is sorted. By default nulls are larger than any value.
func (b *builder) direction(expr string, s rows.Sort, nullable bool) string {
	nulls := s.Nulls
	if s.Desc {
		expr += " DESC"
	}
	if b.d == SQLite && nulls == rows.NullsDefault && nullable {
		if nulls = rows.NullsLast; s.Desc {
			nulls = rows.NullsFirst
		}
	}
	switch nulls {
	case rows.NullsFirst:
		expr += " NULLS FIRST"
	case rows.NullsLast:
		expr += " NULLS LAST"
	}
	return expr
}

// total counts the rows of a plan without its limit and offset.
func (b *builder) total(n *rows.Node) string {
	tables := b.table(n.Table.Name) + " " + alias(n)
	if n.Aggregated() {
		limit, offset, order := n.Limit, n.Offset, n.Order
		n.Limit, n.Offset, n.Order = -1, 0, nil
		source, _ := b.source(n, "", "")
		n.Limit, n.Offset, n.Order = limit, offset, order
		return "SELECT 1 FROM (" + source + ") z"
	}
	return "SELECT 1 FROM " + tables + where(b.conditions(n))
}
