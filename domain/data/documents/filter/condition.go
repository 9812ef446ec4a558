package filter

import (
	"strings"

	"github.com/alania-go/alania/domain/data/documents/value"
)

// Op is what a Condition demands.
type Op uint8

// The ops. Always demands nothing.
const (
	Always Op = iota
	And
	Or
	Eq
	Lt
	Lte
	Gt
	Gte
	In
	Exists
)

// Condition is something that every document that matches a filter meets, so that a database may leave out what does
// not meet it. It is at most as strict as the filter: what is left is still matched.
//
// Eq, Lt, Lte, Gt, Gte and In are met when a value at the path is so, with numbers by value and within one type, or
// when an array is on the path or at its end: the condition is then met by any of the values in it, and a database
// that cannot look into arrays takes it for met. Values are strings, numbers, booleans, dates and object ids.
// Exists is met when there is something at the path, or an array on it. Path has no positions in arrays.
type Condition struct {
	Op     Op
	Path   []string
	Value  value.Value   // of Eq, Lt, Lte, Gt, Gte
	Values []value.Value // of In
	Of     []Condition   // of And and Or: two at least
}

// joined is the And of conditions.
func joined(of []Condition) Condition {
	var out []Condition
	for _, c := range of {
		switch c.Op {
		case Always:
		case And:
			out = append(out, c.Of...)
		default:
			out = append(out, c)
		}
	}
	switch len(out) {
	case 0:
		return Condition{}
	case 1:
		return out[0]
	}
	return Condition{Op: And, Of: out}
}

// either is the Or of conditions.
func either(of []Condition) Condition {
	for _, c := range of {
		if c.Op == Always {
			return Condition{}
		}
	}
	if len(of) == 1 {
		return of[0]
	}
	return Condition{Op: Or, Of: of}
}

// below puts conditions of members below a path.
func (c Condition) below(path []string) Condition {
	switch c.Op {
	case Always:
		return c
	case And, Or:
		of := make([]Condition, len(c.Of))
		for i := range c.Of {
			of[i] = c.Of[i].below(path)
		}
		c.Of = of
		return c
	}
	c.Path = append(append([]string(nil), path...), c.Path...)
	return c
}

// comparable reports whether a database can compare with the value.
func comparable(v value.Value) bool {
	switch v.Kind() {
	case value.Int, value.Long, value.String, value.Bool, value.Date, value.ObjectID:
		return true
	case value.Double:
		f := v.Float()
		return f-f == 0
	}
	return false
}

// plain returns the names of a path; ok is false when one may be a position in an array.
func plain(path []step) (names []string, ok bool) {
	for _, s := range path {
		if s.index >= 0 {
			return nil, false
		}
		names = append(names, s.name)
	}
	return names, true
}

func compared(op Op, path []step, v value.Value) Condition {
	names, ok := plain(path)
	if !ok || !comparable(v) {
		return Condition{}
	}
	return Condition{Op: op, Path: names, Value: v}
}

// Both is the And of two conditions.
func Both(a, b Condition) Condition { return joined([]Condition{a, b}) }

// OneOf is the condition that a member is one of values. It is Always when a database cannot compare with one of them.
func OneOf(path []string, values []value.Value) Condition {
	for _, v := range values {
		if !comparable(v) {
			return Condition{}
		}
	}
	names, ok := plain(steps(strings.Join(path, ".")))
	if !ok || len(values) == 0 {
		return Condition{}
	}
	return Condition{Op: In, Path: names, Values: values}
}
