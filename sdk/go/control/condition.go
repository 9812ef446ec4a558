package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Condition is what rows are chosen by. Make it with [Eq] and the other functions, and join conditions with [And], [Or]
// and [Not]. A column may be a path into JSON, such as data->address->>city. Values are values, whatever they hold:
// text, numbers, booleans, times, nil for NULL, and anything else as its JSON.
type Condition struct {
	text string
	err  error
}

// Eq is met when the column equals the value. With nil the column is NULL.
func Eq(column string, value any) Condition {
	if absent(value) {
		return IsNull(column)
	}
	return Compare(column, "eq", value)
}

// Neq is met when the column has another value than this; with nil, when it is not NULL.
func Neq(column string, value any) Condition {
	if absent(value) {
		return Not(IsNull(column))
	}
	return Compare(column, "neq", value)
}

// Gt is met when the column is greater.
func Gt(column string, value any) Condition { return Compare(column, "gt", value) }

// Gte is met when the column is greater or equal.
func Gte(column string, value any) Condition { return Compare(column, "gte", value) }

// Lt is met when the column is less.
func Lt(column string, value any) Condition { return Compare(column, "lt", value) }

// Lte is met when the column is less or equal.
func Lte(column string, value any) Condition { return Compare(column, "lte", value) }

// Like is met when the text matches a pattern, in which % and * are any text, _ is one character, and a backslash makes
// what follows plain, except *. For text as it is there are [StartsWith], [EndsWith] and [Includes].
func Like(column, pattern string) Condition { return Compare(column, "like", pattern) }

// ILike is [Like] without regard to the case.
func ILike(column, pattern string) Condition { return Compare(column, "ilike", pattern) }

// StartsWith is met when the column begins with the text, as it is. Only the postgres engine can look for text with an
// asterisk; another refuses it with OPERATOR_NOT_SUPPORTED.
func StartsWith(column, text string) Condition { return part(column, "", text, "%", "^", "") }

// EndsWith is met when the column ends with the text, as it is. See [StartsWith].
func EndsWith(column, text string) Condition { return part(column, "%", text, "", "", "$") }

// Includes is met when the text, as it is, is somewhere in the column. See [StartsWith].
func Includes(column, text string) Condition { return part(column, "%", text, "%", "", "") }

// IsNull is met when the column is NULL.
func IsNull(column string) Condition { return Condition{text: quotePath(column) + ".is.null"} }

// In is met when the column equals one of the values. One that is nil is met by NULL, and none at all by no row.
func In[T any](column string, values ...T) Condition {
	var texts []string
	null := false
	for _, v := range values {
		if absent(v) {
			null = true
			continue
		}
		text, err := valueText(v)
		if err != nil {
			return Condition{err: fmt.Errorf("alania: %s: %w", column, err)}
		}
		texts = append(texts, quote(text))
	}
	c := Condition{text: quotePath(column) + ".in.(" + strings.Join(texts, ",") + ")"}
	if len(texts) == 1 { // a list of one empty text would be no list
		c.text = quotePath(column) + ".eq." + texts[0]
	}
	if null {
		return Or(c, IsNull(column))
	}
	return c
}

// operators are those that [Compare] takes.
var operators = []string{
	"eq", "neq", "gt", "gte", "lt", "lte", "like", "ilike", "match", "imatch", "isdistinct", "fts", "plfts", "phfts",
	"wfts", "cs", "cd", "ov", "sl", "sr", "nxr", "nxl", "adj",
}

// Compare is met when the column compares with the value by an operator of PostgREST: eq, neq, gt, gte, lt, lte, like,
// ilike, match, imatch, isdistinct, fts, plfts, phfts, wfts, cs, cd, ov, sl, sr, nxr, nxl or adj. Any other, and a
// value that is nil, is an error of the call.
func Compare(column, operator string, value any) Condition {
	if !slices.Contains(operators, operator) {
		return Condition{err: fmt.Errorf("alania: %s: no operator %q", column, operator)}
	}
	if absent(value) {
		return Condition{err: fmt.Errorf("alania: %s: %s compares with no value", column, operator)}
	}
	text, err := valueText(value)
	if err != nil {
		return Condition{err: fmt.Errorf("alania: %s: %w", column, err)}
	}
	return Condition{text: quotePath(column) + "." + operator + "." + quote(text)}
}

// And is met when all conditions are.
func And(conditions ...Condition) Condition { return join("and", conditions) }

// Or is met when one of the conditions is.
func Or(conditions ...Condition) Condition { return join("or", conditions) }

// Not is met when the condition is not.
func Not(condition Condition) Condition {
	c := And(condition)
	c.text = "not." + c.text
	return c
}

func join(word string, conditions []Condition) Condition {
	texts := make([]string, len(conditions))
	for i, c := range conditions {
		if c.err == nil && c.text == "" {
			c.err = errors.New("alania: a condition is empty")
		}
		if c.err != nil {
			return c
		}
		texts[i] = c.text
	}
	if len(texts) == 0 {
		return Condition{err: fmt.Errorf("alania: %s has no conditions", word)}
	}
	return Condition{text: word + "(" + strings.Join(texts, ",") + ")"}
}

// part looks for text as it is. An asterisk would stand for any text in a pattern of LIKE, whatever is before it, so
// text that has one is looked for by a regular expression.
func part(column, before, text, after, from, to string) Condition {
	if strings.Contains(text, "*") {
		return Compare(column, "match", from+escape(text, `\^$.|?*+()[]{}`)+to)
	}
	return Compare(column, "like", before+escape(text, `\%_`)+after)
}

func escape(text, special string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune(special, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func quote(text string) string { return `"` + escape(text, `\"`) + `"` }

// quotePath quotes the names of a path, and leaves its arrows and the indexes of lists.
func quotePath(path string) string {
	var b strings.Builder
	for i := 0; ; i++ {
		name, rest, more := strings.Cut(path, "->")
		if _, err := strconv.Atoi(name); err == nil && i > 0 {
			b.WriteString(name)
		} else {
			b.WriteString(quote(name))
		}
		if !more {
			return b.String()
		}
		b.WriteString("->")
		if path = rest; strings.HasPrefix(path, ">") {
			b.WriteByte('>')
			path = path[1:]
		}
	}
}

// absent reports whether a value is nil, or a pointer that is.
func absent(value any) bool {
	v := reflect.ValueOf(value)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}

// valueText is the text of a value: that of its JSON, without the quotes of a string.
func valueText(value any) (string, error) {
	if s, ok := value.(string); ok {
		return s, nil
	}
	raw, err := json.Marshal(value)
	if err != nil || raw[0] != '"' {
		return string(raw), err
	}
	var s string
	err = json.Unmarshal(raw, &s)
	return s, err
}
