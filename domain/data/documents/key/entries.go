package key

import (
	"bytes"
	"slices"
	"strings"

	"github.com/alania-go/alania/domain/data/documents/value"
)

// Field is a field of an index.
type Field struct {
	Path string
	Down bool
}

// Fields are those of an index, ready to be looked up.
type Fields []compiled

type compiled struct {
	names []string
	down  bool
}

// Compile prepares the fields of an index.
func Compile(fields []Field) Fields {
	out := make(Fields, len(fields))
	for i, f := range fields {
		out[i] = compiled{strings.Split(f.Path, "."), f.Down}
	}
	return out
}

// MaxEntries is how many keys a document has in an index at most.
const MaxEntries = 1000

// Entries are the keys of a document in an index.
type Entries struct {
	Keys     [][]byte // in order, each once
	Multikey bool     // reports whether a field has an array, or is in one
	Cut      bool     // reports whether the order of the keys is not that of their values
	// Parallel and Many report what an index does not take: arrays in two fields, and too many keys.
	Parallel, Many bool
}

// Of returns the keys of a document.
func (f Fields) Of(doc value.Value) Entries {
	var out Entries
	keys := [][]byte{nil}
	for i := range f {
		values, array := expand(doc, f[i].names, nil, false)
		if array {
			out.Parallel = out.Parallel || out.Multikey
			out.Multikey = true
		}
		if out.Many = out.Many || len(values)*len(keys) > MaxEntries; out.Many || out.Parallel {
			return out
		}
		next := make([][]byte, 0, len(values)*len(keys))
		for _, k := range keys {
			for _, v := range values {
				b, exact := Append(slices.Clip(k), v)
				out.Cut = out.Cut || !exact
				if f[i].down {
					if len(k) == 0 {
						b = bytes.Clone(b)
					}
					Invert(b[len(k):])
				}
				next = append(next, b)
			}
		}
		keys = next
	}
	for i := range keys {
		var was bool
		keys[i], was = cut(keys[i])
		out.Cut = out.Cut || was
	}
	slices.SortFunc(keys, bytes.Compare)
	out.Keys = slices.CompactFunc(keys, bytes.Equal)
	return out
}

// expand appends the values at a path: those of each element of an array on it, and of an array at its end the
// elements. array reports whether there was one.
func expand(v value.Value, names []string, out []value.Value, array bool) ([]value.Value, bool) {
	for len(names) > 0 {
		switch v.Kind() {
		case value.Object:
			v, names = v.Get(names[0]), names[1:]
			continue
		case value.Array:
			none := len(out)
			for e := v.Elements(); len(out) <= MaxEntries; {
				elem, ok := e.Next()
				if !ok {
					break
				}
				if elem.Kind() == value.Object {
					out, _ = expand(elem, names, out, true)
				}
			}
			if len(out) == none {
				out = append(out, value.NullValue)
			}
			return out, true
		}
		return append(out, value.NullValue), array
	}
	if v.Kind() != value.Array {
		return append(out, v), array
	}
	none := len(out)
	for e := v.Elements(); len(out) <= MaxEntries; {
		elem, ok := e.Next()
		if !ok {
			break
		}
		out = append(out, elem)
	}
	if len(out) == none { // before null, as in the order of documents
		out = append(out, undefined)
	}
	return out, true
}

var undefined = value.Read(`{"$undefined":true}`)
