package documentstest

import (
	"slices"

	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/value"
)

// Meets reports whether a document meets a condition, by the words of filter.Condition and nothing else.
func Meets(c filter.Condition, doc value.Value) bool {
	each := func(of filter.Condition) bool { return Meets(of, doc) }
	switch c.Op {
	case filter.Always:
		return true
	case filter.And:
		return !slices.ContainsFunc(c.Of, func(of filter.Condition) bool { return !each(of) })
	case filter.Or:
		return slices.ContainsFunc(c.Of, each)
	}
	v := doc
	for _, name := range c.Path {
		if v.Kind() == value.Array {
			return true
		}
		v = v.Get(name)
	}
	if v.Kind() == value.Array {
		return true
	}
	same := func(w value.Value) bool { return v.Kind().Class() == w.Kind().Class() }
	switch c.Op {
	case filter.Eq:
		return same(c.Value) && value.Equal(v, c.Value)
	case filter.Lt:
		return same(c.Value) && value.Compare(v, c.Value) < 0
	case filter.Lte:
		return same(c.Value) && value.Compare(v, c.Value) <= 0
	case filter.Gt:
		return same(c.Value) && value.Compare(v, c.Value) > 0
	case filter.Gte:
		return same(c.Value) && value.Compare(v, c.Value) >= 0
	case filter.In:
		return slices.ContainsFunc(c.Values, func(w value.Value) bool { return value.Equal(v, w) })
	case filter.Exists:
		return !v.IsMissing()
	}
	return false
}
