package statement

import (
	"encoding/json"
	"strings"

	"github.com/alania-go/alania/domain/data/filter"
	"github.com/alania-go/alania/domain/data/rows"
)

// condition is the text of a condition on the rows of an alias.
func (b *builder) condition(c rows.Cond, at string) string {
	switch c := c.(type) {
	case rows.Group:
		parts := make([]string, len(c.Of))
		for i, inner := range c.Of {
			parts[i] = b.condition(inner, at)
		}
		word := " AND "
		if c.Or {
			word = " OR "
		}
		sql := "(" + strings.Join(parts, word) + ")"
		if c.Negated {
			return "(NOT " + sql + ")"
		}
		return sql
	case rows.Exists:
		sql := b.exists(c.Node, at)
		if c.Negated {
			return "(NOT " + sql + ")"
		}
		return sql
	case rows.Test:
		sql := ""
		if b.d == Postgres {
			sql = b.test(&c, at)
		} else {
			sql = b.sqliteTest(&c, at)
		}
		if c.Negated {
			return "(NOT " + sql + ")"
		}
		return sql
	}
	return b.fail(rows.NoOperator("this condition", "record"))
}

// words are the operators of PostgreSQL.
var words = map[filter.Op]string{
	filter.Eq: " = ", filter.Neq: " <> ", filter.Gt: " > ", filter.Gte: " >= ", filter.Lt: " < ", filter.Lte: " <= ",
	filter.Like: " LIKE ", filter.ILike: " ILIKE ", filter.Match: " ~ ", filter.IMatch: " ~* ", filter.Cs: " @> ",
	filter.Cd: " <@ ", filter.Ov: " && ", filter.Sl: " << ", filter.Sr: " >> ", filter.Nxr: " &< ", filter.Nxl: " &> ",
	filter.Adj: " -|- ", filter.IsDistinct: " IS DISTINCT FROM ",
}

var searches = map[filter.Op]string{
	filter.Fts: "to_tsquery", filter.Plfts: "plainto_tsquery", filter.Phfts: "phraseto_tsquery",
	filter.Wfts: "websearch_to_tsquery",
}

var truths = map[string]string{
	filter.IsNull: " IS NULL", filter.IsNotNull: " IS NOT NULL", filter.IsTrue: " IS TRUE", filter.IsFalse: " IS FALSE",
	filter.IsUnknown: " IS UNKNOWN",
}

// configuration is a name as PostgreSQL reads it: one of digits would be a number of its catalogue, and - none at all.
func configuration(name string) string {
	if strings.Trim(name, "0123456789") == "" || name == "-" {
		return `"` + name + `"`
	}
	return name
}

func (b *builder) test(t *rows.Test, at string) string {
	expr := b.path(at, t.Column, t.Path.Steps)
	switch t.Op {
	case filter.Is:
		return "(" + expr + truths[t.Values[0]] + ")"
	case filter.In:
		return "(" + expr + " = ANY (" + b.arg(arrayLiteral(t.Values)) + "))"
	case filter.Fts, filter.Plfts, filter.Phfts, filter.Wfts:
		config := ""
		if t.Config != "" {
			config = b.arg(configuration(t.Config)) + "::regconfig, "
		}
		if t.Column.Type != "tsvector" || len(t.Path.Steps) > 0 {
			expr = "to_tsvector(" + config + expr + ")"
		}
		return "(" + expr + " @@ " + searches[t.Op] + "(" + config + b.text(t.Values[0]) + "))"
	}
	values := t.Values
	if t.Op == filter.Like || t.Op == filter.ILike {
		values = make([]string, len(t.Values))
		for i, v := range t.Values {
			values[i] = strings.ReplaceAll(v, "*", "%")
		}
	}
	switch t.Quantifier {
	case filter.Any:
		return "(" + expr + words[t.Op] + "ANY (" + b.arg(arrayLiteral(values)) + "))"
	case filter.All:
		return "(" + expr + words[t.Op] + "ALL (" + b.arg(arrayLiteral(values)) + "))"
	}
	return "(" + expr + words[t.Op] + b.arg(values[0]) + ")"
}

// arrayLiteral is PostgreSQL's form of a list of texts.
func arrayLiteral(values []string) string {
	var sb strings.Builder
	sb.WriteByte('{')
	for i, v := range values {
		if i > 0 {
			sb.WriteByte(',')
		}
		sb.WriteByte('"')
		for j := 0; j < len(v); j++ {
			if v[j] == '"' || v[j] == '\\' {
				sb.WriteByte('\\')
			}
			sb.WriteByte(v[j])
		}
		sb.WriteByte('"')
	}
	sb.WriteByte('}')
	return sb.String()
}

// sqliteTest is a comparison on SQLite, which has no types of its own: the value is converted here, and an operator
// that would mean something else there is refused.
func (b *builder) sqliteTest(t *rows.Test, at string) string {
	kind := (&rows.Field{Column: t.Column, Steps: t.Path.Steps}).Kind()
	typ := t.Column.Type
	if len(t.Path.Steps) > 0 {
		typ = "jsonb"
		if kind == rows.Text {
			typ = "text"
		}
	}
	switch t.Op {
	case filter.Match, filter.IMatch, filter.Fts, filter.Plfts, filter.Phfts, filter.Wfts, filter.Cs, filter.Cd, filter.Ov,
		filter.Sl, filter.Sr, filter.Nxr, filter.Nxl, filter.Adj:
		return b.fail(rows.Unsupported("The operator "+string(t.Op), "postgres"))
	}
	if kind == rows.Other || kind == rows.Interval {
		if t.Op != filter.Is {
			return b.fail(rows.Unsupported("Comparing a column of type "+typ, "postgres"))
		}
	}
	if t.Op == filter.Is {
		v := t.Values[0]
		if v == filter.IsUnknown {
			v = filter.IsNull
		}
		return "(" + b.path(at, t.Column, t.Path.Steps) + truths[v] + ")"
	}
	if kind == rows.JSON {
		return b.jsonTest(t, at)
	}
	expr := b.path(at, t.Column, t.Path.Steps)
	if t.Op == filter.In {
		list := make([]any, len(t.Values))
		for i, v := range t.Values {
			list[i] = b.stored(kind, typ, t.Column, v)
		}
		raw, _ := json.Marshal(list)
		return "(" + expr + " IN (SELECT value FROM json_each(" + b.arg(string(raw)) + ")))"
	}
	parts := make([]string, len(t.Values))
	for i, v := range t.Values {
		switch t.Op {
		case filter.Like, filter.ILike:
			parts[i] = b.like(expr, strings.ReplaceAll(v, "*", "%"), t.Op == filter.ILike)
		case filter.IsDistinct:
			parts[i] = expr + " IS NOT " + b.arg(b.stored(kind, typ, t.Column, v))
		default:
			if kind == rows.Array && t.Op != filter.Eq && t.Op != filter.Neq {
				return b.fail(rows.Unsupported("The operator "+string(t.Op)+" of lists", "postgres"))
			}
			parts[i] = expr + words[t.Op] + b.arg(b.stored(kind, typ, t.Column, v))
		}
	}
	switch {
	case len(parts) == 0 && t.Quantifier == filter.All:
		return "(1 = 1)"
	case len(parts) == 0:
		return "(1 = 0)"
	case t.Quantifier == filter.All:
		return "(" + strings.Join(parts, " AND ") + ")"
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// stored converts a value of a filter.
func (b *builder) stored(kind rows.Kind, typ string, c *rows.Column, v string) any {
	out, err := storedText(kind, typ, c.Values, v)
	if err != nil {
		b.fail(err)
	}
	return out
}

// jsonTest compares JSON with JSON.
func (b *builder) jsonTest(t *rows.Test, at string) string {
	if t.Op != filter.Eq && t.Op != filter.Neq && t.Op != filter.In && t.Op != filter.IsDistinct ||
		t.Quantifier != filter.One {
		return b.fail(rows.Unsupported("The operator "+string(t.Op)+" of JSON", "postgres"))
	}
	list := make([]string, len(t.Values))
	for i, v := range t.Values {
		var ok bool
		if list[i], ok = canonicalJSON(v); !ok {
			return b.fail(rows.InvalidValue("json"))
		}
	}
	expr := canonical + "(" + b.path(at, t.Column, t.Path.Steps) + ")"
	switch t.Op {
	case filter.In:
		raw, _ := json.Marshal(list)
		return "(" + expr + " IN (SELECT value FROM json_each(" + b.arg(string(raw)) + ")))"
	case filter.IsDistinct:
		return "(" + expr + " IS NOT " + b.arg(list[0]) + ")"
	}
	return "(" + expr + words[t.Op] + b.arg(list[0]) + ")"
}

// like compares with a pattern of % and _, in which a backslash makes the next character plain. Comparing takes the
// product of both lengths, and SQLite cannot be interrupted meanwhile: so a pattern has a bound.
func (b *builder) like(expr, pattern string, fold bool) string {
	const longest = 2000
	if len(pattern) > longest || strings.HasSuffix(strings.ReplaceAll(pattern, `\\`, ""), `\`) {
		return b.fail(rows.InvalidValue("pattern"))
	}
	if fold {
		return ilike + "(" + b.arg(pattern) + ", " + expr + ")"
	}
	var sb strings.Builder // GLOB minds the case, and LIKE does not
	for i, r := range pattern {
		if i > 0 && pattern[i-1] == '\\' && !doubled(pattern[:i]) {
			sb.WriteString(globbed(r))
			continue
		}
		switch r {
		case '\\':
		case '%':
			sb.WriteByte('*')
		case '_':
			sb.WriteByte('?')
		default:
			sb.WriteString(globbed(r))
		}
	}
	return expr + " GLOB " + b.arg(sb.String())
}

// doubled reports whether a text ends with an even number of backslashes.
func doubled(s string) bool { return (len(s)-len(strings.TrimRight(s, `\`)))%2 == 0 }

func globbed(r rune) string {
	if r == '*' || r == '?' || r == '[' {
		return "[" + string(r) + "]"
	}
	return string(r)
}
