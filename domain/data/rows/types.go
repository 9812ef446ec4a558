package rows

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Type is the type of a column, as PostgreSQL writes it.
type Type struct {
	Name   string // integer, character varying(20), numeric(10,2), integer[]
	Kind   Kind
	Serial bool // the database numbers the rows
}

// typeNames are the names of types that callers may write, and what PostgreSQL calls them.
var typeNames = map[string]Type{
	"smallint": {"smallint", Integer, false}, "int2": {"smallint", Integer, false},
	"integer": {"integer", Integer, false}, "int": {"integer", Integer, false}, "int4": {"integer", Integer, false},
	"bigint": {"bigint", Integer, false}, "int8": {"bigint", Integer, false},
	"smallserial": {"smallint", Integer, true}, "serial": {"integer", Integer, true},
	"bigserial": {"bigint", Integer, true},
	"numeric":   {"numeric", Decimal, false}, "decimal": {"numeric", Decimal, false},
	"real": {"real", Float, false}, "float4": {"real", Float, false},
	"double precision": {"double precision", Float, false}, "float8": {"double precision", Float, false},
	"float": {"double precision", Float, false}, "double": {"double precision", Float, false},
	"boolean": {"boolean", Boolean, false}, "bool": {"boolean", Boolean, false},
	"text": {"text", Text, false}, "varchar": {"character varying", Text, false},
	"character varying": {"character varying", Text, false}, "char": {"character", Text, false},
	"character": {"character", Text, false},
	"uuid":      {"uuid", UUID, false}, "date": {"date", Date, false},
	"time": {"time without time zone", Time, false}, "time without time zone": {"time without time zone", Time, false},
	"timestamp":                   {"timestamp without time zone", Timestamp, false},
	"timestamp without time zone": {"timestamp without time zone", Timestamp, false},
	"timestamptz":                 {"timestamp with time zone", TimestampTZ, false},
	"timestamp with time zone":    {"timestamp with time zone", TimestampTZ, false},
	"interval":                    {"interval", Interval, false},
	"json":                        {"json", JSON, false}, "jsonb": {"jsonb", JSON, false},
	"bytea": {"bytea", Bytes, false},
}

// typeForm is a name with the numbers in parentheses that some have.
var typeForm = regexp.MustCompile(`^([a-z][a-z0-9 ]*?)\s*` +
	`(?:\(\s*([0-9]{1,5})\s*(?:,\s*([0-9]{1,4})\s*)?\))?\s*(\[\])?$`)

// ParseType reads a type as a caller writes it. It is false when there is no such type.
func ParseType(s string) (Type, bool) {
	m := typeForm.FindStringSubmatch(strings.Join(strings.Fields(strings.ToLower(s)), " "))
	if m == nil {
		return Type{}, false
	}
	t, ok := typeNames[m[1]]
	if !ok {
		return Type{}, false
	}
	first, _ := strconv.Atoi(m[2])
	second, _ := strconv.Atoi(m[3])
	switch {
	case t.Kind == Decimal && m[2] != "":
		if first < 1 || first > 1000 || second > first {
			return Type{}, false
		}
		t.Name += "(" + strconv.Itoa(first) + "," + strconv.Itoa(second) + ")"
	case m[3] != "":
		return Type{}, false
	case t.Kind == Text && t.Name != "text":
		switch {
		case m[2] == "" && t.Name == "character":
			t.Name += "(1)"
		case m[2] != "" && (first < 1 || first > 65535):
			return Type{}, false
		case m[2] != "":
			t.Name += "(" + strconv.Itoa(first) + ")"
		}
	case m[2] != "":
		return Type{}, false
	}
	if m[4] != "" {
		if t.Serial {
			return Type{}, false
		}
		t.Name, t.Kind = t.Name+"[]", Array
	}
	return t, true
}

// KindOf returns the kind of a type that a database shows.
func KindOf(name string) Kind {
	if strings.HasSuffix(name, "[]") {
		return Array
	}
	name = strings.ToLower(name)
	if i := strings.IndexByte(name, '('); i >= 0 {
		rest := ""
		if j := strings.IndexByte(name, ')'); j > i {
			rest = name[j+1:]
		}
		name = strings.TrimSpace(name[:i]) + rest
	}
	return typeNames[name].Kind
}

var (
	integerForm  = regexp.MustCompile(`^-?[0-9]{1,19}$`)
	decimalForm  = regexp.MustCompile(`^-?[0-9]{1,400}(\.[0-9]{1,400})?$`)
	floatForm    = regexp.MustCompile(`^-?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,3})?$`)
	uuidForm     = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	bytesForm    = regexp.MustCompile(`^\\x([0-9a-fA-F]{2})*$`)
	intervalForm = regexp.MustCompile(`^[A-Za-z0-9 :.+-]{1,64}$`)
)

// maxLiteral is the length of the longest value, in bytes, that a definition may have.
const maxLiteral = 8192

var timeLayouts = map[Kind][]string{
	Date:        {time.DateOnly},
	Time:        {"15:04:05.999999", "15:04"},
	Timestamp:   {"2006-01-02T15:04:05.999999", "2006-01-02 15:04:05.999999", time.DateOnly},
	TimestampTZ: {time.RFC3339Nano, "2006-01-02 15:04:05.999999Z07:00", "2006-01-02T15:04:05.999999", time.DateOnly},
}

var shownAs = map[Kind]string{
	Date: time.DateOnly, Time: "15:04:05.999999", Timestamp: "2006-01-02T15:04:05.999999",
	TimestampTZ: "2006-01-02T15:04:05.999999+00:00",
}

// literal returns a value of a definition as the text of a column's kind; false when it is none.
func literal(k Kind, value any) (string, bool) {
	text, isText := value.(string)
	if !isText && k != JSON && k != Array {
		switch v := value.(type) {
		case bool:
			text = strconv.FormatBool(v)
			if k != Boolean {
				return "", false
			}
		case float64:
			text = strconv.FormatFloat(v, 'f', -1, 64)
		case json.Number:
			text = v.String()
		default:
			return "", false
		}
	}
	if len(text) > maxLiteral || !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
		return "", false
	}
	switch k {
	case Text:
		return text, isText
	case Integer:
		_, err := strconv.ParseInt(text, 10, 64)
		return text, integerForm.MatchString(text) && err == nil
	case Decimal:
		return text, decimalForm.MatchString(text)
	case Float:
		return text, floatForm.MatchString(text)
	case Boolean:
		return text, text == "true" || text == "false"
	case UUID:
		return strings.ToLower(text), uuidForm.MatchString(text)
	case Bytes:
		return strings.ToLower(text), bytesForm.MatchString(text)
	case Interval:
		return text, isText && intervalForm.MatchString(text)
	case Date, Time, Timestamp, TimestampTZ:
		for _, layout := range timeLayouts[k] {
			if at, err := time.Parse(layout, text); err == nil {
				return at.UTC().Format(shownAs[k]), true
			}
		}
		return "", false
	case JSON:
		b, err := json.Marshal(value)
		return string(b), err == nil && len(b) <= maxLiteral && !strings.Contains(string(b), `\u0000`)
	}
	return "", false
}
