package embedded

import (
	"bytes"
	"slices"
	"strings"

	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/key"
	"github.com/alania-go/alania/domain/data/documents/order"
	"github.com/alania-go/alania/domain/data/documents/value"
)

// maxRanges is how many ranges of keys one read looks through: the values of $in.
const maxRanges = 200

// plan is how documents are read.
type plan struct {
	Read
	index *index // nil: none
	// sorted reports that they come in the order that was asked for.
	sorted bool
	// exact reports that all that is read matches, so that nobody has to look at it.
	exact bool
	used  []filter.Condition
}

// demands are the conditions of a filter that an index can serve, by path.
type demands map[string]*demand

type demand struct {
	equal []value.Value // one of them; of an Eq or an In
	low   *filter.Condition
	high  *filter.Condition
	of    []filter.Condition
	only  bool // reports that nothing else is demanded of the path
}

func demandsOf(c filter.Condition) demands {
	out := demands{}
	list := c.Of
	if c.Op != filter.And {
		list = []filter.Condition{c}
	}
	for i := range list {
		c := &list[i]
		if c.Op < filter.Eq || c.Op == filter.Exists {
			continue
		}
		path := strings.Join(c.Path, ".")
		d := out[path]
		if d == nil {
			d = &demand{only: true}
			out[path] = d
		}
		switch {
		case c.Op == filter.Eq && d.equal == nil:
			d.equal = []value.Value{c.Value}
		case c.Op == filter.In && d.equal == nil && len(c.Values) > 0 && len(c.Values) <= maxRanges:
			d.equal = c.Values
		case (c.Op == filter.Gt || c.Op == filter.Gte) && d.low == nil:
			d.low = c
		case (c.Op == filter.Lt || c.Op == filter.Lte) && d.high == nil:
			d.high = c
		default:
			d.only = false
			continue
		}
		d.of = append(d.of, *c)
	}
	for _, d := range out {
		if d.equal != nil && (d.low != nil || d.high != nil) {
			d.low, d.high, d.only = nil, nil, false
			d.of = d.of[:1]
		}
		if d.low != nil && d.high != nil && d.low.Value.Kind().Class() != d.high.Value.Kind().Class() {
			d.high, d.only = nil, false
			d.of = []filter.Condition{*d.low}
		}
	}
	return out
}

// plain reports whether a filter demands nothing but what its conditions say, so that an index that serves them all
// has exactly the documents that match.
func plain(v value.Value) bool {
	if v.IsMissing() {
		return true
	}
	for m := v.Members(); ; {
		f, ok := m.Next()
		switch {
		case !ok:
			return true
		case strings.HasPrefix(f.Name, "$"):
			return false
		case f.Value.Kind() == value.Object:
			if !comparisons(f.Value) {
				return false
			}
		case !scalar(f.Value):
			return false
		}
	}
}

func comparisons(v value.Value) bool {
	if v.Len() == 0 {
		return false
	}
	for m := v.Members(); ; {
		f, ok := m.Next()
		if !ok {
			return true
		}
		switch f.Name {
		case "$eq", "$gt", "$gte", "$lt", "$lte":
			if !scalar(f.Value) {
				return false
			}
		case "$in":
			if !slices.ContainsFunc(f.Value.Slice(), func(v value.Value) bool { return !scalar(v) }) {
				continue
			}
			return false
		default:
			return false
		}
	}
}

func scalar(v value.Value) bool {
	switch v.Kind() {
	case value.Int, value.Long, value.String, value.Bool, value.Date, value.ObjectID:
		return true
	case value.Double:
		return v.Float()-v.Float() == 0
	}
	return false
}

// planOf chooses how to read what matches a filter in an order.
func (c *opened) planOf(f *filter.Filter, source value.Value, o *order.Order) plan {
	best := plan{Read: Read{Collection: c.Seq, Version: c.Version}}
	d := demandsOf(f.Conditions())
	keys := o.Keys()
	best.sorted = len(keys) == 0
	best.exact = source.IsMissing() || source.Len() == 0
	score := 0
	if best.sorted {
		score = 1
	}
	candidates := append([]*index{idIndex}, c.indexes...)
	for _, in := range candidates {
		if in.partial != nil && !implied(in.spec.partial, source, d) {
			continue
		}
		p, points := c.through(in, d, source, keys)
		if points > score {
			best, score = p, points
		}
	}
	best.Contains = contained(f.Conditions(), best.used)
	return best
}

// idIndex stands for the keys of _id, which each document has.
var idIndex = &index{spec: spec{keys: []key.Field{{Path: "_id"}}}}

// through returns the plan that reads by an index, and how good it is; zero: it is of no use.
func (c *opened) through(in *index, d demands, source value.Value, keys []order.Key) (plan, int) {
	p := plan{Read: Read{
		Collection: c.Seq, Version: c.Version, Through: ByIndex, Index: in.Seq, Several: in.Multikey,
	}, index: in}
	if in == idIndex {
		p.Through, p.index = ByID, nil
	}
	points, fixed := 0, 0
	prefixes := [][]byte{nil}
	fields, served := in.spec.keys, 0
	for ; fixed < len(fields); fixed++ {
		at := d[fields[fixed].Path]
		if at == nil || at.equal == nil || len(at.equal)*len(prefixes) > maxRanges {
			break
		}
		next := make([][]byte, 0, len(prefixes)*len(at.equal))
		for _, before := range prefixes {
			for _, v := range at.equal {
				next = append(next, appended(before, v, fields[fixed].Down))
			}
		}
		slices.SortFunc(next, bytes.Compare)
		prefixes = slices.CompactFunc(next, bytes.Equal)
		p.used = append(p.used, at.of...)
		points += 20
		if at.only {
			served++
		}
	}
	var low, high key.Bound
	ranged := false
	if fixed < len(fields) {
		if at := d[fields[fixed].Path]; at != nil && (at.low != nil || at.high != nil) {
			low, high = at.bounds()
			ranged = true
			p.used = append(p.used, at.of...)
			points += 10
			if at.only {
				served++
			}
		}
	}
	for _, before := range prefixes {
		switch {
		case ranged:
			p.Ranges = append(p.Ranges, key.Between(before, low, high, fields[fixed].Down))
		case len(before) > 0:
			p.Ranges = append(p.Ranges, key.Between(nil, key.Bound{Prefix: before, Inclusive: true},
				key.Bound{Prefix: before, Inclusive: true}, false))
		}
	}
	p.exact = plain(source) && !in.Multikey && !in.Cut && served == len(d) && served == source.Len()
	p.sorted = len(keys) == 0
	if len(keys) > 0 && !in.Multikey && !in.Cut && len(prefixes) == 1 {
		if down, ok := follows(fields, fixed, keys); ok {
			p.sorted, p.Down = true, down
			points += 5
		}
	}
	if len(p.used) == 0 && !p.exact { // an order alone is no reason to read documents here and there
		return p, 0
	}
	if points > 0 && p.exact {
		points++
	}
	return p, points
}

func appended(before []byte, v value.Value, down bool) []byte {
	b, _ := key.Append(slices.Clip(before), v)
	if down {
		if len(before) == 0 {
			b = bytes.Clone(b)
		}
		key.Invert(b[len(before):])
	}
	return b
}

func (d *demand) bounds() (low, high key.Bound) {
	if d.low != nil {
		low, high = key.Class(d.low.Value)
	} else {
		low, high = key.Class(d.high.Value)
	}
	if d.low != nil {
		low = key.Encoded(d.low.Value, d.low.Op == filter.Gte)
	}
	if d.high != nil {
		high = key.Encoded(d.high.Value, d.high.Op == filter.Lte)
	}
	return low, high
}

// follows reports whether the fields of an index, of which the first have one value each, are in the order of keys,
// or in the opposite one.
func follows(fields []key.Field, fixed int, keys []order.Key) (down, ok bool) {
	rest := fields[fixed:]
	equal := map[string]bool{}
	for _, f := range fields[:fixed] {
		equal[f.Path] = true
	}
	keys = slices.DeleteFunc(slices.Clone(keys), func(k order.Key) bool { return equal[k.Path] })
	if len(keys) > len(rest) {
		return false, false
	}
	for i, k := range keys {
		if rest[i].Path != k.Path {
			return false, false
		}
		opposite := rest[i].Down != k.Down
		if i > 0 && opposite != down {
			return false, false
		}
		down = opposite
	}
	return down, true
}

// implied reports whether every document that matches a filter matches that of a partial index, as far as that can be
// told from how they are written.
func implied(partial, source value.Value, d demands) bool {
	for m := partial.Members(); ; {
		f, ok := m.Next()
		if !ok {
			return true
		}
		if strings.HasPrefix(f.Name, "$") {
			return false
		}
		if same := source.Get(f.Name); !same.IsMissing() && value.Equal(same, f.Value) {
			continue
		}
		at := d[f.Name]
		if at == nil || f.Value.Kind() != value.Object || f.Value.Len() != 1 {
			return false
		}
		switch op := f.Value.Fields()[0]; op.Name {
		case "$exists":
			if !op.Value.Truth() {
				return false
			}
		case "$gt", "$gte":
			if !at.above(op.Value, op.Name == "$gte") {
				return false
			}
		case "$lt", "$lte":
			if !at.below(op.Value, op.Name == "$lte") {
				return false
			}
		default:
			return false
		}
	}
}

func (d *demand) above(v value.Value, inclusive bool) bool {
	ok := func(w value.Value, strict bool) bool {
		c := value.Compare(w, v)
		return w.Kind().Class() == v.Kind().Class() && (c > 0 || c == 0 && (inclusive || strict))
	}
	if d.equal != nil {
		return !slices.ContainsFunc(d.equal, func(w value.Value) bool { return !ok(w, false) })
	}
	return d.low != nil && ok(d.low.Value, d.low.Op == filter.Gt)
}

func (d *demand) below(v value.Value, inclusive bool) bool {
	ok := func(w value.Value, strict bool) bool {
		c := value.Compare(w, v)
		return w.Kind().Class() == v.Kind().Class() && (c < 0 || c == 0 && (inclusive || strict))
	}
	if d.equal != nil {
		return !slices.ContainsFunc(d.equal, func(w value.Value) bool { return !ok(w, false) })
	}
	return d.high != nil && ok(d.high.Value, d.high.Op == filter.Lt)
}

// contained returns the texts that the JSON of a document that matches must have: of strings and of ObjectIDs that
// it equals.
func contained(c filter.Condition, used []filter.Condition) [][]string {
	list := c.Of
	if c.Op != filter.And {
		list = []filter.Condition{c}
	}
	var out [][]string
	for _, c := range list {
		if slices.ContainsFunc(used, func(u filter.Condition) bool {
			return u.Op == c.Op && slices.Equal(u.Path, c.Path)
		}) {
			continue
		}
		values := c.Values
		switch c.Op {
		case filter.Eq:
			values = []value.Value{c.Value}
		case filter.In:
		default:
			continue
		}
		if len(values) > maxContained || len(out) == maxContained {
			continue
		}
		var texts []string
		for _, v := range values {
			switch v.Kind() {
			case value.String:
				texts = append(texts, string(value.AppendString(nil, v.Text())))
			case value.ObjectID:
				texts = append(texts, `"`+v.Text()+`"`)
			}
		}
		if len(texts) == len(values) && len(texts) > 0 {
			out = append(out, texts)
		}
	}
	return out
}

// maxContained is how many texts a database looks for.
const maxContained = 8

// explained says what the plan is.
func (p plan) explained(sorts bool) documents.Plan {
	out := documents.Plan{Stage: documents.StageCollection, Conditions: []string{}, Sort: documents.SortNone}
	switch {
	case p.Through == ByID && len(p.Ranges) > 0:
		out.Stage = documents.StageID
	case p.Through == ByID:
		out.Stage, out.Index = documents.StageIndex, "_id_"
	case p.index != nil:
		out.Stage, out.Index = documents.StageIndex, p.index.Name
	}
	for _, c := range p.used {
		out.Conditions = append(out.Conditions, describe(c))
	}
	for _, texts := range p.Contains {
		out.Conditions = append(out.Conditions, "contains "+strings.Join(texts, " or "))
	}
	if sorts {
		out.Sort = documents.SortMemory
		if p.sorted {
			out.Sort = documents.SortIndex
		}
	}
	return out
}

var signs = map[filter.Op]string{
	filter.Eq: " = ", filter.Lt: " < ", filter.Lte: " <= ", filter.Gt: " > ", filter.Gte: " >= ",
}

func describe(c filter.Condition) string {
	path := strings.Join(c.Path, ".")
	if c.Op != filter.In {
		return path + signs[c.Op] + c.Value.String()
	}
	words := make([]string, len(c.Values))
	for i, v := range c.Values {
		words[i] = v.String()
	}
	return path + " in (" + strings.Join(words, ", ") + ")"
}
