package statement

import (
	"bytes"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"modernc.org/sqlite"

	"github.com/alania-go/alania/domain/data/filter"
	"github.com/alania-go/alania/domain/data/rows"
)

// ilike is a function of SQLite that compares with a pattern and folds every letter; LIKE there folds ASCII only.
const ilike = "alania_ilike"

func init() {
	sqlite.MustRegisterDeterministicScalarFunction(canonical, 1, canonicalFunction)
	sqlite.MustRegisterDeterministicScalarFunction(ilike, 2,
		func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			pattern, ok := args[0].(string)
			text, is := args[1].(string)
			if !ok || !is {
				return nil, nil
			}
			if matches([]rune(fold(pattern)), []rune(fold(text))) {
				return int64(1), nil
			}
			return int64(0), nil
		})
}

// canonical is a function of SQLite that makes one text of all JSON that is equal, as jsonb compares: the order of
// members does not count, and 1 is 1.0.
const canonical = "alania_canonical"

func canonicalFunction(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	text, ok := args[0].(string)
	if !ok {
		return nil, nil
	}
	out, ok := canonicalJSON(text)
	if !ok {
		return nil, nil
	}
	return out, nil
}

func canonicalJSON(text string) (string, bool) {
	if !json.Valid([]byte(text)) {
		return "", false
	}
	var sb strings.Builder
	canonicalInto(&sb, bytes.TrimSpace([]byte(text)))
	return sb.String(), true
}

func canonicalInto(sb *strings.Builder, raw []byte) {
	switch raw[0] {
	case '{':
		values := map[string][]byte{}
		rows.EachMember(raw, func(key string, v []byte) bool { values[key] = v; return true })
		sb.WriteByte('{')
		for _, key := range slices.Sorted(maps.Keys(values)) {
			sb.WriteString(strconv.Quote(key))
			sb.WriteByte(':')
			canonicalInto(sb, values[key])
			sb.WriteByte(',')
		}
		sb.WriteByte('}')
	case '[':
		sb.WriteByte('[')
		rows.EachElement(raw, func(v []byte) bool {
			canonicalInto(sb, v)
			sb.WriteByte(',')
			return true
		})
		sb.WriteByte(']')
	case '"':
		var s string
		_ = json.Unmarshal(raw, &s)
		sb.WriteString(strconv.Quote(s))
	case 't', 'f', 'n':
		sb.Write(raw)
	default:
		sb.WriteString(canonicalNumber(string(raw)))
	}
}

func canonicalNumber(s string) string {
	_, exponent, scientific := strings.Cut(strings.ToLower(s), "e")
	if n, err := strconv.Atoi(exponent); len(s) > 400 || scientific && (err != nil || n > 400 || n < -400) {
		return s
	}
	if r, ok := new(big.Rat).SetString(s); ok {
		return r.RatString()
	}
	return s
}

func fold(s string) string {
	return strings.Map(unicode.ToLower, s)
}

// matches reports whether a text has the form of a pattern. It takes at most the product of both lengths.
func matches(pattern, text []rune) bool {
	p, t, star, from := 0, 0, -1, 0
	for t < len(text) {
		if p < len(pattern) && pattern[p] == '%' {
			star, from = p, t
			p++
			continue
		}
		if p < len(pattern) {
			literal, n := pattern[p], 1
			if literal == '\\' && p+1 < len(pattern) {
				literal, n = pattern[p+1], 2
			}
			if n == 1 && literal == '_' || literal == text[t] {
				p += n
				t++
				continue
			}
		}
		if star < 0 {
			return false
		}
		from++
		p, t = star+1, from
	}
	for p < len(pattern) && pattern[p] == '%' {
		p++
	}
	return p == len(pattern)
}

// storedText converts a text to what SQLite keeps for a type. A text that is none of the type is refused, as
// PostgreSQL refuses it.
func storedText(kind rows.Kind, typ string, values []string, s string) (any, error) {
	if strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s) {
		return nil, rows.InvalidValue(typ)
	}
	trimmed := strings.TrimSpace(s)
	switch kind {
	case rows.Text:
		return s, nil
	case rows.Integer:
		return integer(typ, trimmed)
	case rows.Decimal:
		return decimal(typ, trimmed)
	case rows.Float:
		f, err := strconv.ParseFloat(trimmed, 64)
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) || strings.ContainsAny(trimmed, "xX_") {
			return nil, rows.InvalidValue(typ)
		}
		if typ == "real" {
			f = float64(float32(f))
		}
		return f, nil
	case rows.Boolean:
		switch strings.ToLower(trimmed) {
		case "t", "tr", "tru", "true", "y", "ye", "yes", "on", "1":
			return int64(1), nil
		case "f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0":
			return int64(0), nil
		}
		return nil, rows.InvalidValue(typ)
	case rows.UUID:
		id, err := uuid.Parse(trimmed)
		if err != nil {
			return nil, rows.InvalidValue(typ)
		}
		return id.String(), nil
	case rows.Date, rows.Time, rows.Timestamp, rows.TimestampTZ:
		return moment(kind, typ, trimmed)
	case rows.JSON:
		var b bytes.Buffer
		if json.Compact(&b, []byte(s)) != nil {
			return nil, rows.InvalidValue(typ)
		}
		return b.String(), nil
	case rows.Bytes:
		raw, err := hex.DecodeString(strings.TrimPrefix(trimmed, `\x`))
		if err != nil || !strings.HasPrefix(trimmed, `\x`) {
			return nil, rows.InvalidValue(typ)
		}
		return `\x` + hex.EncodeToString(raw), nil
	case rows.Enum:
		if !slices.Contains(values, s) {
			return nil, rows.InvalidValue(typ)
		}
		return s, nil
	case rows.Array:
		items, ok := filter.Array(trimmed)
		if !ok {
			return nil, rows.InvalidValue(typ)
		}
		return list(typ, len(items), func(i int) (any, error) {
			return storedText(elementKind(typ), elementType(typ), values, items[i])
		})
	}
	return nil, rows.Unsupported("A value of type "+typ, "postgres")
}

func elementType(typ string) string { return strings.TrimSuffix(typ, "[]") }

// elementKind is the kind of the elements of a list, by the name of its type.
func elementKind(typ string) rows.Kind {
	name, _, _ := strings.Cut(elementType(typ), "(")
	switch strings.TrimSpace(name) {
	case "smallint", "integer", "bigint":
		return rows.Integer
	case "numeric":
		return rows.Decimal
	case "real", "double precision":
		return rows.Float
	case "boolean":
		return rows.Boolean
	case "uuid":
		return rows.UUID
	case "date":
		return rows.Date
	case "timestamp with time zone":
		return rows.TimestampTZ
	case "timestamp without time zone":
		return rows.Timestamp
	case "text", "character varying", "character":
		return rows.Text
	case "json", "jsonb":
		return rows.JSON
	}
	return rows.Other
}

func list(typ string, n int, item func(i int) (any, error)) (any, error) {
	out := make([]any, n)
	for i := range n {
		v, err := item(i)
		if err != nil {
			return nil, err
		}
		if kind := elementKind(typ); v != nil && kind == rows.Boolean {
			v = v == int64(1)
		} else if v != nil && kind == rows.JSON {
			v = json.RawMessage(v.(string))
		}
		out[i] = v
	}
	raw, err := json.Marshal(out)
	return string(raw), err
}

func integer(typ, s string) (any, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		digits := strings.TrimLeft(s, "+-")
		if digits != "" && strings.Trim(digits, "0123456789") == "" {
			return nil, rows.OutOfRange(typ)
		}
		return nil, rows.InvalidValue(typ)
	}
	bits := 64
	switch typ {
	case "smallint":
		bits = 16
	case "integer":
		bits = 32
	}
	if n>>(bits-1) != 0 && n>>(bits-1) != -1 {
		return nil, rows.OutOfRange(typ)
	}
	return n, nil
}

// decimal keeps a number exactly, or refuses it: SQLite has 15 digits.
func decimal(typ, s string) (any, error) {
	if len(s) > 400 || strings.ContainsAny(s, "xXpP_/nN") {
		return nil, rows.InvalidValue(typ)
	}
	if _, exponent, ok := strings.Cut(strings.ToLower(s), "e"); ok {
		if n, err := strconv.Atoi(exponent); err != nil || n > 300 || n < -300 {
			return nil, rows.OutOfRange(typ)
		}
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil, rows.InvalidValue(typ)
	}
	if _, inside, ok := strings.Cut(strings.TrimSuffix(typ, ")"), "("); ok {
		p, scale, _ := strings.Cut(inside, ",")
		precision, _ := strconv.Atoi(strings.TrimSpace(p))
		places, _ := strconv.Atoi(strings.TrimSpace(scale))
		if places >= 0 {
			r.SetString(r.FloatString(places))
		}
		limit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(precision-places, 0))), nil))
		if new(big.Rat).Abs(r).Cmp(limit) >= 0 {
			return nil, rows.OutOfRange(typ)
		}
	}
	if r.IsInt() && r.Num().IsInt64() {
		return r.Num().Int64(), nil
	}
	f, _ := r.Float64()
	back, _ := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', 15, 64))
	if back == nil || back.Cmp(r) != 0 || math.IsInf(f, 0) {
		return nil, rows.OutOfRange(typ)
	}
	return f, nil
}

var layouts = []string{
	"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999Z07",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02",
}

// moment keeps a date or a time in the form that PostgreSQL has in JSON, in UTC, so that texts sort as times do.
func moment(kind rows.Kind, typ, s string) (any, error) {
	if kind == rows.Time {
		for _, layout := range []string{"15:04:05.999999", "15:04"} {
			if t, err := time.Parse(layout, s); err == nil {
				return fraction(t, "15:04:05"), nil
			}
		}
		return nil, rows.InvalidValue(typ)
	}
	if len(s) > 10 && s[10] == ' ' {
		s = s[:10] + "T" + strings.TrimLeft(s[11:], " ")
	}
	for _, layout := range layouts {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		switch kind {
		case rows.Date:
			return t.Format("2006-01-02"), nil
		case rows.Timestamp: // a zone does not count
			return fraction(t, "2006-01-02T15:04:05"), nil
		}
		t = t.UTC()
		if t.Year() < 1 || t.Year() > 9999 {
			return nil, rows.OutOfRange(typ)
		}
		return fraction(t, "2006-01-02T15:04:05") + "+00:00", nil
	}
	return nil, rows.InvalidValue(typ)
}

func fraction(t time.Time, layout string) string {
	return t.Round(time.Microsecond).Format(layout + ".999999")
}

// storedJSON converts a JSON value to what SQLite keeps for a column.
func storedJSON(c *rows.Column, raw []byte) (any, error) {
	if raw[0] == 'n' {
		return nil, nil
	}
	if c.Kind == rows.JSON {
		if bytes.Contains(raw, []byte(`\u0000`)) {
			return nil, rows.InvalidValue(c.Type)
		}
		return storedText(c.Kind, c.Type, nil, string(raw))
	}
	text := string(raw)
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return nil, rows.InvalidValue(c.Type)
		}
	}
	if c.Kind == rows.Array && raw[0] == '[' {
		var items [][]byte
		rows.EachElement(raw, func(v []byte) bool { items = append(items, v); return true })
		element := rows.Column{Type: elementType(c.Type), Kind: elementKind(c.Type), Values: c.Values}
		return list(c.Type, len(items), func(i int) (any, error) { return storedJSON(&element, items[i]) })
	}
	v, err := storedText(c.Kind, c.Type, c.Values, text)
	if s, ok := v.(string); ok && c.Kind == rows.Text {
		if v, ok = fit(c.Type, s); !ok {
			return nil, rows.TooLong(c.Type)
		}
	}
	return v, err
}

// fit keeps a text within the length of its type. Blanks beyond it are cut off.
func fit(typ, s string) (string, bool) {
	_, inside, ok := strings.Cut(strings.TrimSuffix(typ, ")"), "(")
	if !ok {
		return s, true
	}
	n, err := strconv.Atoi(strings.TrimSpace(inside))
	if err != nil {
		return s, true
	}
	length := utf8.RuneCountInString(s)
	if length > n {
		runes := []rune(s)
		if strings.Trim(string(runes[n:]), " ") != "" {
			return "", false
		}
		return string(runes[:n]), true
	}
	if strings.HasPrefix(typ, "character(") {
		return s + strings.Repeat(" ", n-length), true
	}
	return s, true
}
