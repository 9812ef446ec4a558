package statement

import (
	"strings"

	"github.com/alania-go/alania/domain/data/rows"
)

// target is the alias of the table that is written.
const target = "d"

// written is the statement of PostgreSQL that writes, with what it returns.
func (b *builder) written(p *rows.Plan, returning string) string {
	switch p.Action {
	case rows.Insert, rows.Put:
		return b.insert(p) + " RETURNING " + returning
	case rows.Update:
		if len(p.Columns) == 0 {
			return "SELECT " + target + ".* FROM " + b.table(p.Table.Name) + " " + target + " WHERE false"
		}
		var sets []string
		for _, c := range p.Columns {
			sets = append(sets, quote(c.Name)+" = b."+quote(c.Name))
		}
		return "UPDATE " + b.table(p.Table.Name) + " AS " + target + " SET " + strings.Join(sets, ", ") + " FROM " +
			b.record(p) + where(b.chosen(p, target)) + " RETURNING " + returning
	default:
		return "DELETE FROM " + b.table(p.Table.Name) + " AS " + target + where(b.chosen(p, target)) + " RETURNING " +
			returning
	}
}

func (b *builder) chosen(p *rows.Plan, at string) []string {
	var out []string
	for _, c := range p.Where {
		out = append(out, b.condition(c, at))
	}
	return out
}

func (b *builder) insert(p *rows.Plan) string {
	into := "INSERT INTO " + b.table(p.Table.Name) + " AS " + target
	switch {
	case len(p.Columns) > 0:
		into += " (" + columns("", p.Columns) + ") SELECT " + columns("b.", p.Columns) + " FROM " + b.record(p)
		if p.Action == rows.Put {
			into += where(b.chosen(p, "b"))
		}
	case p.Body.Object:
		into += " DEFAULT VALUES"
	default:
		into += " SELECT FROM json_array_elements(" + b.arg(string(p.Body.JSON)) + "::json) b"
	}
	return into + b.onConflict(p)
}

func columns(prefix string, list []*rows.Column) string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = prefix + quote(c.Name)
	}
	return strings.Join(out, ", ")
}

func (b *builder) onConflict(p *rows.Plan) string {
	if p.Conflict == nil {
		return ""
	}
	keys := make([]string, len(p.Conflict.Columns))
	for i, k := range p.Conflict.Columns {
		keys[i] = quote(k)
	}
	sql := " ON CONFLICT (" + strings.Join(keys, ", ") + ") DO "
	if p.Conflict.Ignore || len(p.Columns) == 0 {
		return sql + "NOTHING"
	}
	sets := make([]string, len(p.Columns))
	for i, c := range p.Columns {
		sets[i] = quote(c.Name) + " = excluded." + quote(c.Name)
	}
	return sql + "UPDATE SET " + strings.Join(sets, ", ")
}

// record reads the body as rows of the columns, for PostgreSQL.
func (b *builder) record(p *rows.Plan) string {
	types := make([]string, len(p.Columns))
	for i, c := range p.Columns {
		types[i] = quote(c.Name) + " " + b.typeName(c)
	}
	as := " AS b(" + strings.Join(types, ", ") + ")"
	body := b.arg(string(p.Body.JSON))
	if p.Prefer.Missing != "default" {
		if p.Body.Object {
			return "json_to_record(" + body + "::json)" + as
		}
		return "json_to_recordset(" + body + "::json)" + as
	}
	defaults := b.defaults(p)
	if p.Body.Object {
		return "jsonb_to_record(" + defaults + " || " + body + "::jsonb)" + as
	}
	return "jsonb_to_recordset((SELECT coalesce(jsonb_agg(" + defaults + " || e), '[]') FROM jsonb_array_elements(" +
		body + "::jsonb) e))" + as
}

// defaults is an object of the defaults of the columns, which the database has told.
func (b *builder) defaults(p *rows.Plan) string {
	out := "'{}'::jsonb"
	for _, c := range p.Columns {
		expr := c.Default
		if c.Identity {
			expr = "nextval(pg_get_serial_sequence(" + literal(b.table(p.Table.Name)) + ", " + literal(c.Name) + "))"
		}
		if expr != "" {
			out += " || jsonb_build_object(" + literal(c.Name) + ", " + expr + ")"
		}
	}
	return out
}

func (b *builder) typeName(c *rows.Column) string {
	if c.Kind == rows.Enum && b.c.Schema != "" && !strings.ContainsAny(c.Type, `".`) {
		return quote(b.c.Schema) + "." + quote(c.Type)
	}
	return c.Type
}
