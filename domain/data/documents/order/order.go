// Package order sorts documents as MongoDB does, within bounds of memory.
package order

import (
	"slices"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
)

// Order is a compiled sort: members with directions. It is safe for concurrent use.
type Order struct {
	keys []key
}

type key struct {
	name string
	path []string
	down bool
}

// maxKeys is how many members a sort has.
const maxKeys = 32

// Compile compiles {"a": 1, "b.c": -1}. A missing value is an order in which all documents are equal.
func Compile(v value.Value, at refuse.Place) (*Order, error) {
	o := &Order{}
	if v.IsMissing() {
		return o, nil
	}
	if v.Kind() != value.Object || v.Len() > maxKeys {
		return nil, at.Type("an object of at most 32 members, each 1 or -1")
	}
	for _, f := range v.Fields() {
		n, ok := f.Value.Integer()
		if !ok || n != 1 && n != -1 {
			return nil, at.Key(f.Name).Type("1 or -1")
		}
		if err := o.Add(f.Name, n < 0, at.Key(f.Name)); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// Add adds a member, by which documents are ordered that are equal so far.
func (o *Order) Add(path string, down bool, at refuse.Place) error {
	parts := strings.Split(path, ".")
	if slices.Contains(parts, "") || strings.HasPrefix(path, "$") {
		return at.Invalid("path", "This must be the path of a member.")
	}
	if len(o.keys) == maxKeys {
		return at.Invalid("max_items", "A sort has at most 32 members.")
	}
	o.keys = append(o.keys, key{path, parts, down})
	return nil
}

// Key is a member of an order.
type Key struct {
	Path string
	Down bool
}

// Keys returns the members.
func (o *Order) Keys() []Key {
	out := make([]Key, len(o.keys))
	for i, k := range o.keys {
		out[i] = Key{k.name, k.down}
	}
	return out
}

// Of appends what a document is sorted by: of an array the least element on the way up, the greatest on the way down.
func (o *Order) Of(doc value.Value, out []value.Value) []value.Value {
	for i := range o.keys {
		k := &o.keys[i]
		out = append(out, extreme(doc, k.path, k.down))
	}
	return out
}

// Compare orders what Of made of two documents.
func (o *Order) Compare(a, b []value.Value) int {
	for i := range o.keys {
		if c := value.Compare(a[i], b[i]); c != 0 {
			if o.keys[i].down {
				return -c
			}
			return c
		}
	}
	return 0
}

// extreme returns the least or greatest value at a path. What is missing is null; an empty array is before it.
func extreme(v value.Value, path []string, greatest bool) value.Value {
	for len(path) > 0 {
		switch v.Kind() {
		case value.Object:
			v, path = v.Get(path[0]), path[1:]
		case value.Array:
			if i, err := strconv.Atoi(path[0]); err == nil && i >= 0 {
				if elem := v.Index(i); !elem.IsMissing() {
					v, path = elem, path[1:]
					continue
				}
			}
			best := value.Value{}
			for e := v.Elements(); ; {
				elem, ok := e.Next()
				if !ok {
					break
				}
				w := value.NullValue
				if elem.Kind() == value.Object {
					w = extreme(elem, path, greatest)
				}
				best = better(best, w, greatest)
			}
			if best.IsMissing() {
				return value.NullValue
			}
			return best
		default:
			return value.NullValue
		}
	}
	switch v.Kind() {
	case value.Missing:
		return value.NullValue
	case value.Array:
		best := value.Value{}
		for e := v.Elements(); ; {
			elem, ok := e.Next()
			if !ok {
				break
			}
			best = better(best, elem, greatest)
		}
		return best // missing, which is before null, when it is empty
	}
	return v
}

func better(best, v value.Value, greatest bool) value.Value {
	if best.IsMissing() {
		return v
	}
	if c := value.Compare(v, best); c < 0 && !greatest || c > 0 && greatest {
		return v
	}
	return best
}
