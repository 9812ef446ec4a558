package rows

import (
	"slices"
	"strings"

	"github.com/alania-go/alania/domain/fault"
)

// Cast is a type that a value may be turned into. SQL is PostgreSQL's name of the type, from the list below or the
// catalogue.
type Cast struct {
	SQL  string
	Kind Kind
}

// casts are the types of PostgreSQL that a query may name. Types that look names up in the catalogue of the
// database, such as regclass, are none of them.
var casts = func() map[string]Cast {
	out := map[string]Cast{}
	add := func(sql string, kind Kind, names ...string) {
		for _, n := range append(names, sql) {
			out[n] = Cast{SQL: sql, Kind: kind}
		}
	}
	add("text", Text)
	add("character varying", Text, "varchar")
	add("character", Text, "char", "bpchar")
	add("smallint", Integer, "int2")
	add("integer", Integer, "int", "int4")
	add("bigint", Integer, "int8")
	add("numeric", Decimal, "decimal")
	add("real", Float, "float4")
	add("double precision", Float, "float8", "float")
	add("boolean", Boolean, "bool")
	add("uuid", UUID)
	add("date", Date)
	add("time", Time, "time without time zone")
	add("timetz", Other, "time with time zone")
	add("timestamp", Timestamp, "timestamp without time zone")
	add("timestamptz", TimestampTZ, "timestamp with time zone")
	add("interval", Interval)
	add("json", JSON)
	add("jsonb", JSON)
	add("bytea", Bytes)
	for _, name := range []string{"money", "inet", "cidr", "macaddr", "int4range", "int8range", "numrange", "daterange",
		"tsrange", "tstzrange", "tsvector", "bit varying", "varbit"} {
		add(name, Other)
	}
	return out
}()

// cast finds a type by the name that a query has for it.
func (c *Catalogue) cast(name string) (*Cast, error) {
	if name == "" {
		return nil, nil
	}
	if found, ok := casts[strings.ToLower(name)]; ok {
		return &found, nil
	}
	for _, t := range c.tables {
		i := slices.IndexFunc(t.Columns, func(col Column) bool { return col.Kind == Enum && col.Type == name })
		if i >= 0 {
			return &Cast{SQL: t.Columns[i].Type, Kind: Enum}, nil
		}
	}
	return nil, refuse(CodeType, fault.Error{Reason: "type_unknown"}, "type \""+name+"\" does not exist")
}
