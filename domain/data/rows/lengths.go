package rows

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

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

// fits refuses values of the body that are longer than any of their type, and values of keys that no index takes: an
// error about a key repeats all its columns.
func (p *Plan) fits() error {
	bounded := map[string]*Column{}
	numbers := false
	for _, c := range p.Columns {
		keyed := p.Table.keyed(c.Name)
		if repeated(c.Kind) || c.Kind == Text && keyed {
			bounded[c.Name] = c
		}
		numbers = numbers || c.Kind == Decimal && keyed
	}
	if len(p.Body.JSON) <= longest && !numbers {
		return nil
	}
	var err error
	object := func(raw []byte) bool {
		texts := 0
		EachMember(raw, func(key string, v []byte) bool {
			if c, ok := bounded[key]; ok {
				if c.Kind == Text {
					texts += len(v)
				}
				err = c.fits(v, texts)
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

// fits refuses a value that is too long. Texts are the bytes of the texts of the row's keys until here.
func (c *Column) fits(v []byte, texts int) error {
	switch {
	case c.Kind == Text:
		if texts > longest {
			return TooLong(c.Type)
		}
	case c.Kind == Array && v[0] == '[':
		var err error
		EachElement(v, func(element []byte) bool {
			if len(element) > longest {
				err = InvalidValue(c.Type)
			}
			return err == nil
		})
		return err
	case len(v) > longest:
		return InvalidValue(c.Type)
	case c.Kind == Decimal:
		// 1e100000 is short, and PostgreSQL writes it with a hundred thousand digits.
		_, exponent, ok := bytes.Cut(bytes.ToLower(bytes.Trim(v, `"`)), []byte("e"))
		if n, err := strconv.Atoi(strings.TrimSpace(string(exponent))); ok && (err != nil || n > 1000 || n < -1000) {
			return OutOfRange(c.Type)
		}
	}
	return nil
}

// keyed reports whether a column is part of a key or a reference.
func (t *Table) keyed(name string) bool {
	in := func(columns []string) bool { return slices.Contains(columns, name) }
	return t.Primary != nil && in(t.Primary.Columns) ||
		slices.ContainsFunc(t.Unique, func(k Key) bool { return in(k.Columns) }) ||
		slices.ContainsFunc(t.Foreign, func(f ForeignKey) bool { return in(f.Columns) }) ||
		slices.ContainsFunc(t.Indexes, func(i Index) bool { return in(i.Columns) })
}
