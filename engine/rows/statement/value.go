package statement

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/data/filter"
	"github.com/alania-go/alania/domain/data/rows"
)

// value is the value of a field, before it is aggregated.
func (b *builder) value(at string, f *rows.Field) string {
	expr := b.path(at, f.Column, f.Steps)
	if f.Cast == nil {
		return expr
	}
	before := rows.Field{Column: f.Column, Steps: f.Steps}
	return b.cast(expr, before.Kind(), f.Cast)
}

// path is a column, or a value within its JSON.
func (b *builder) path(at string, c *rows.Column, steps []filter.Step) string {
	expr := column(at, c.Name)
	if len(steps) == 0 {
		return expr
	}
	if b.d == SQLite {
		return b.sqlitePath(expr, c, steps)
	}
	if c.Kind != rows.JSON {
		expr = "to_jsonb(" + expr + ")"
	}
	for _, s := range steps {
		arrow := "->"
		if s.Text {
			arrow = "->>"
		}
		if s.ByIndex {
			expr += arrow + b.arg(s.Index) + "::int"
		} else {
			expr += arrow + b.text(s.Key)
		}
	}
	return "(" + expr + ")"
}

func (b *builder) sqlitePath(expr string, c *rows.Column, steps []filter.Step) string {
	if c.Kind != rows.JSON && c.Kind != rows.Array {
		return b.fail(rows.Unsupported("A path into a column of type "+c.Type, "postgres"))
	}
	for _, s := range steps[:len(steps)-1] {
		if s.Text {
			return b.fail(rows.NoOperator("operator ->", "text"))
		}
	}
	path := b.arg(jsonPath(steps))
	if !steps[len(steps)-1].Text {
		return "(" + expr + " -> " + path + ")"
	}
	return "(CASE json_type(" + expr + ", " + path + ") WHEN 'text' THEN json_extract(" + expr + ", " + path +
		") WHEN 'null' THEN NULL ELSE " + expr + " -> " + path + " END)"
}

// jsonPath is SQLite's form of a path.
func jsonPath(steps []filter.Step) string {
	var sb strings.Builder
	sb.WriteByte('$')
	for _, s := range steps {
		switch {
		case s.ByIndex && s.Index < 0:
			sb.WriteString("[#" + strconv.Itoa(s.Index) + "]")
		case s.ByIndex:
			sb.WriteString("[" + strconv.Itoa(s.Index) + "]")
		default:
			key, _ := json.Marshal(s.Key)
			sb.WriteByte('.')
			sb.Write(key)
		}
	}
	return sb.String()
}

// cast turns a value into another type. SQLite makes some value of any text, so it only has the casts that
// cannot fail.
func (b *builder) cast(expr string, from rows.Kind, to *rows.Cast) string {
	if b.d == Postgres {
		sql := to.SQL
		if to.Kind == rows.Enum && b.c.Schema != "" && !strings.ContainsAny(sql, `".`) {
			sql = quote(b.c.Schema) + "." + quote(sql)
		}
		if from == rows.Text && to.Kind != rows.Text {
			// An error would repeat the whole text: see rows.Plan about long values.
			expr = "CASE WHEN octet_length(" + expr + ") > 10000 THEN 'too long' ELSE " + expr + " END"
		}
		return "CAST(" + expr + " AS " + sql + ")"
	}
	number := from == rows.Integer || from == rows.Decimal || from == rows.Float
	switch {
	case from == to.Kind && to.SQL != "character":
		return expr
	case to.SQL == "text" || to.SQL == "character varying":
		switch from {
		case rows.Boolean:
			return "(CASE " + expr + " WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)"
		case rows.Other, rows.Array, rows.JSON, rows.Float:
		default:
			return "CAST(" + expr + " AS TEXT)"
		}
	case to.Kind == rows.Float && number, to.Kind == rows.Decimal && from == rows.Integer:
		return "CAST(" + expr + " AS NUMERIC)"
	}
	return b.fail(rows.Unsupported("A cast of this column to "+to.SQL, "postgres"))
}
