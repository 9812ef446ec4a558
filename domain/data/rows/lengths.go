package rows

import (
	"encoding/json"
	"slices"

	"github.com/alania-go/alania/domain/data/filter"
)

// longest is how many bytes a value may have that an error of a database would repeat. PostgreSQL repeats the whole
// of it, and lib/pq loses its place in the answer of the server when an error has more than 30,000 bytes: what
// follows on the connection is then read as something else. Texts, JSON and bytes are not repeated.
const longest = 10_000

// repeated reports whether an error about a value of a kind has the value in it.
func repeated(kind Kind) bool { return kind != Text && kind != JSON && kind != Bytes }

// fitting refuses values of a condition that are longer than any of their type.
func fitting(f *Field, c filter.Compare) error {
	kind := f.Kind()
	bounded := repeated(kind)
	switch c.Op {
	case filter.Fts, filter.Plfts, filter.Phfts, filter.Wfts, filter.Match, filter.IMatch:
		bounded = true
	case filter.Is, filter.Like, filter.ILike:
		return nil
	}
	for _, v := range c.Values {
		if bounded && len(v) > longest || kind == JSON && !bounded && !json.Valid([]byte(v)) {
			return InvalidValue(f.typeName())
		}
	}
	return nil
}

// fits refuses values of the body that are longer than any of their type, and values of keys that no index takes.
func (p *Plan) fits() error {
	if len(p.Body.JSON) <= longest {
		return nil
	}
	bounded := map[string]*Column{}
	for _, c := range p.Columns {
		if repeated(c.Kind) || c.Kind == Text && p.Table.keyed(c.Name) {
			bounded[c.Name] = c
		}
	}
	var err error
	object := func(raw []byte) bool {
		EachMember(raw, func(key string, v []byte) bool {
			c, ok := bounded[key]
			switch {
			case !ok:
			case c.Kind == Array && v[0] == '[':
				EachElement(v, func(element []byte) bool {
					if len(element) > longest {
						err = InvalidValue(c.Type)
					}
					return err == nil
				})
			case len(v) > longest && c.Kind == Text:
				err = TooLong(c.Type)
			case len(v) > longest:
				err = InvalidValue(c.Type)
			}
			return err == nil
		})
		return err == nil
	}
	if p.Body.Object {
		object(p.Body.JSON)
	} else {
		EachElement(p.Body.JSON, object)
	}
	return err
}

// keyed reports whether a column is part of a key or a reference.
func (t *Table) keyed(name string) bool {
	in := func(columns []string) bool { return slices.Contains(columns, name) }
	return t.Primary != nil && in(t.Primary.Columns) ||
		slices.ContainsFunc(t.Unique, func(k Key) bool { return in(k.Columns) }) ||
		slices.ContainsFunc(t.Foreign, func(f ForeignKey) bool { return in(f.Columns) }) ||
		slices.ContainsFunc(t.Indexes, func(i Index) bool { return in(i.Columns) })
}
