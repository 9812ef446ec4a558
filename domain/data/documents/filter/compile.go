package filter

import (
	"math"
	"strings"

	"github.com/alania-go/alania/domain/data/documents/expression"
	"github.com/alania-go/alania/domain/data/documents/pattern"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
)

type compiler struct {
	parts int
	scope expression.Scope
}

func (c *compiler) count(at refuse.Place, depth int) error {
	if c.parts++; c.parts > maxParts {
		return at.Invalid("max_items", "A filter has at most 2000 conditions.")
	}
	if depth > maxDepth {
		return at.Invalid("max_depth", "Conditions are nested at most 50 deep.")
	}
	return nil
}

// document compiles {"a": …, "$or": […]}.
func (c *compiler) document(v value.Value, at refuse.Place, depth int) (node, Condition, error) {
	var parts and
	var conds []Condition
	for m := v.Members(); ; {
		f, ok := m.Next()
		if !ok {
			break
		}
		here := at.Key(f.Name)
		if err := c.count(here, depth); err != nil {
			return nil, Condition{}, err
		}
		var n node
		var cond Condition
		var err error
		if strings.HasPrefix(f.Name, "$") {
			n, cond, err = c.logical(f, here, depth)
		} else {
			n, cond, err = c.member(steps(f.Name), f.Value, here, depth)
		}
		if err != nil {
			return nil, Condition{}, err
		}
		if n != nil {
			parts = append(parts, n)
			conds = append(conds, cond)
		}
	}
	switch len(parts) {
	case 0:
		return all{}, Condition{}, nil
	case 1:
		return parts[0], conds[0], nil
	}
	return parts, joined(conds), nil
}

func (c *compiler) logical(f value.Field, at refuse.Place, depth int) (node, Condition, error) {
	switch f.Name {
	case "$and", "$or", "$nor":
		if f.Value.Kind() != value.Array || f.Value.Len() == 0 {
			return nil, Condition{}, at.Type("an array of at least one filter")
		}
		var parts []node
		var conds []Condition
		for i, part := range f.Value.Slice() {
			if part.Kind() != value.Object {
				return nil, Condition{}, at.Index(i).Type("an object")
			}
			n, cond, err := c.document(part, at.Index(i), depth+1)
			if err != nil {
				return nil, Condition{}, err
			}
			parts, conds = append(parts, n), append(conds, cond)
		}
		switch f.Name {
		case "$and":
			return and(parts), joined(conds), nil
		case "$or":
			return or(parts), either(conds), nil
		}
		return not{or(parts)}, Condition{}, nil
	case "$comment":
		return nil, Condition{}, nil
	case "$expr":
		x, err := expression.Compile(f.Value, c.scope, at)
		if err != nil {
			return nil, Condition{}, err
		}
		return computed{x}, Condition{}, nil
	}
	return nil, Condition{}, at.Operator()
}

// computed is $expr.
type computed struct{ x *expression.Expression }

func (n computed) match(v value.Value, m *Matcher) bool {
	if m == nil || m.env == nil || m.err != nil {
		return false
	}
	out, err := n.x.Eval(m.env, v)
	m.err = err
	return out.Truth()
}

// member compiles what stands for a path: a value, a regular expression, or operators.
func (c *compiler) member(path []step, v value.Value, at refuse.Place, depth int) (node, Condition, error) {
	if v.Kind() == value.Regex {
		t, err := c.regex(v, at)
		return newFieldOf(path, t, false, err), Condition{}, err
	}
	if !operators(v) {
		return newField(path, equal(v), false), compared(Eq, path, v), nil
	}
	var parts and
	var conds []Condition
	for m := v.Members(); ; {
		f, ok := m.Next()
		if !ok {
			break
		}
		here := at.Key(f.Name)
		if err := c.count(here, depth); err != nil {
			return nil, Condition{}, err
		}
		n, cond, err := c.operator(path, f, v, here, depth)
		if err != nil {
			return nil, Condition{}, err
		}
		if n != nil {
			parts, conds = append(parts, n), append(conds, cond)
		}
	}
	if len(parts) == 1 {
		return parts[0], conds[0], nil
	}
	return parts, joined(conds), nil
}

func newFieldOf(path []step, t test, flat bool, err error) node {
	if err != nil {
		return nil
	}
	return newField(path, t, flat)
}

// operator compiles one operator of a path. of is the object that it stands in.
func (c *compiler) operator(path []step, f value.Field, of value.Value, at refuse.Place, depth int) (
	n node, cond Condition, err error,
) {
	simple := func(t test, err error) (node, Condition, error) {
		return newFieldOf(path, t, false, err), Condition{}, err
	}
	switch arg := f.Value; f.Name {
	case "$eq":
		return newField(path, equal(arg), false), compared(Eq, path, arg), nil
	case "$ne":
		if arg.Kind() == value.Regex {
			return nil, cond, at.Type("a value; use $not with a regular expression")
		}
		return not{newField(path, equal(arg), false)}, cond, nil
	case "$lt", "$lte", "$gt", "$gte":
		if arg.Kind() == value.Regex {
			return nil, cond, at.Type("a value that is no regular expression")
		}
		op := map[string]Op{"$lt": Lt, "$lte": Lte, "$gt": Gt, "$gte": Gte}[f.Name]
		return newField(path, between(op, arg), false), compared(op, path, arg), nil
	case "$in", "$nin":
		t, cond, err := c.in(path, arg, at)
		if err != nil {
			return nil, cond, err
		}
		if n = newField(path, t, false); f.Name == "$nin" {
			return not{n}, Condition{}, nil
		}
		return n, cond, nil
	case "$exists":
		if !arg.Truth() {
			return not{newField(path, present, true)}, cond, nil
		}
		if names, ok := plain(path); ok {
			cond = Condition{Op: Exists, Path: names}
		}
		return newField(path, present, true), cond, nil
	case "$type":
		return simple(types(arg, at))
	case "$size":
		size, ok := arg.Integer()
		if !ok || size < 0 {
			return nil, cond, at.Type("a whole number, zero or more")
		}
		return newField(path, func(v value.Value, _ *Matcher) bool {
			return v.Kind() == value.Array && int64(v.Len()) == size
		}, true), cond, nil
	case "$mod":
		return simple(modulo(arg, at))
	case "$bitsAllSet", "$bitsAnySet", "$bitsAllClear", "$bitsAnyClear":
		return simple(bits(f.Name, arg, at))
	case "$regex":
		options := of.Get("$options")
		if !options.IsMissing() && options.Kind() != value.String {
			return nil, cond, at.Type("a string with $options, a string too")
		}
		text, own := arg.Text(), ""
		if arg.Kind() == value.Regex {
			text, own = arg.Regex()
		} else if arg.Kind() != value.String {
			return nil, cond, at.Type("a string or a regular expression")
		}
		if !options.IsMissing() {
			own = options.Text()
		}
		return simple(c.regex(value.OfRegex(text, own), at))
	case "$options":
		if of.Get("$regex").IsMissing() {
			return nil, cond, at.Invalid("operator", "$options stands next to $regex.")
		}
		return nil, cond, nil
	case "$comment":
		return nil, cond, nil
	case "$not":
		if arg.Kind() != value.Regex && !operators(arg) {
			return nil, cond, at.Type("a regular expression or an object of operators")
		}
		n, _, err := c.member(path, arg, at, depth+1)
		return not{n}, cond, err
	case "$all":
		return c.every(path, arg, at, depth)
	case "$elemMatch":
		t, cond, err := c.elements(path, arg, at, depth)
		if err != nil {
			return nil, cond, err
		}
		return newField(path, t, true), cond, nil
	}
	return nil, cond, at.Operator()
}

func present(v value.Value, _ *Matcher) bool { return !v.IsMissing() }

func equal(arg value.Value) test {
	switch arg.Kind() {
	case value.Null, value.Undefined, value.Missing:
		return func(v value.Value, _ *Matcher) bool { return v.IsNullish() }
	case value.String:
		text := arg.Text()
		return func(v value.Value, _ *Matcher) bool { return v.Kind() == value.String && v.Text() == text }
	}
	return func(v value.Value, _ *Matcher) bool { return value.Equal(v, arg) }
}

// between is the test of one order: within the type of the operand.
func between(op Op, arg value.Value) test {
	class := arg.Kind().Class()
	switch {
	case arg.IsNullish():
		if op == Lte || op == Gte {
			return equal(arg)
		}
		return func(value.Value, *Matcher) bool { return false }
	case arg.Kind() == value.MinKey || arg.Kind() == value.MaxKey:
		return func(v value.Value, _ *Matcher) bool { return !v.IsMissing() && ordered(op, value.Compare(v, arg)) }
	case arg.IsNumber() && math.IsNaN(arg.Float()):
		if op == Lt || op == Gt {
			return func(value.Value, *Matcher) bool { return false }
		}
		return func(v value.Value, _ *Matcher) bool { return v.IsNumber() && math.IsNaN(v.Float()) }
	case arg.IsNumber():
		return func(v value.Value, _ *Matcher) bool {
			return v.IsNumber() && !math.IsNaN(v.Float()) && ordered(op, value.Compare(v, arg))
		}
	}
	return func(v value.Value, _ *Matcher) bool {
		return v.Kind().Class() == class && !v.IsMissing() && ordered(op, value.Compare(v, arg))
	}
}

func ordered(op Op, c int) bool {
	switch op {
	case Lt:
		return c < 0
	case Lte:
		return c <= 0
	case Gt:
		return c > 0
	}
	return c >= 0
}

func (c *compiler) in(path []step, arg value.Value, at refuse.Place) (test, Condition, error) {
	if arg.Kind() != value.Array {
		return nil, Condition{}, at.Type("an array")
	}
	var tests []test
	var values []value.Value
	null, simple := false, true
	for i, v := range arg.Slice() {
		switch {
		case v.Kind() == value.Regex:
			t, err := c.regex(v, at.Index(i))
			if err != nil {
				return nil, Condition{}, err
			}
			tests = append(tests, t)
		case operators(v):
			return nil, Condition{}, at.Index(i).Type("a value; operators do not stand here")
		case v.IsNullish():
			null = true
		default:
			values = append(values, v)
			simple = simple && comparable(v)
		}
	}
	cond := Condition{}
	if names, ok := plain(path); ok && simple && !null && len(tests) == 0 && len(values) > 0 {
		cond = Condition{Op: In, Path: names, Values: values}
	}
	var set map[string]struct{}
	if len(values) > 8 {
		set = make(map[string]struct{}, len(values))
		for _, v := range values {
			set[string(v.AppendKey(nil))] = struct{}{}
		}
	}
	return func(v value.Value, m *Matcher) bool {
		if v.IsNullish() {
			return null
		}
		if set != nil {
			var buffer [64]byte
			if _, ok := set[string(v.AppendKey(buffer[:0]))]; ok {
				return true
			}
		} else {
			for _, w := range values {
				if value.Equal(v, w) {
					return true
				}
			}
		}
		for _, t := range tests {
			if t(v, m) {
				return true
			}
		}
		return false
	}, cond, nil
}

// every compiles $all.
func (c *compiler) every(path []step, arg value.Value, at refuse.Place, depth int) (node, Condition, error) {
	if arg.Kind() != value.Array {
		return nil, Condition{}, at.Type("an array")
	}
	if arg.Len() == 0 {
		return none{}, Condition{}, nil
	}
	var parts and
	var conds []Condition
	for i, v := range arg.Slice() {
		here := at.Index(i)
		if err := c.count(here, depth); err != nil {
			return nil, Condition{}, err
		}
		if operators(v) && v.Get("$elemMatch").IsMissing() {
			return nil, Condition{}, here.Type("a value or $elemMatch")
		}
		n, cond, err := c.member(path, v, here, depth+1)
		if err != nil {
			return nil, Condition{}, err
		}
		parts, conds = append(parts, n), append(conds, cond)
	}
	return parts, joined(conds), nil
}

// elements compiles $elemMatch: a filter of elements that are objects, or operators for each element.
func (c *compiler) elements(path []step, arg value.Value, at refuse.Place, depth int) (test, Condition, error) {
	if arg.Kind() != value.Object {
		return nil, Condition{}, at.Type("an object")
	}
	var n node
	var cond Condition
	var err error
	values := false
	if m := arg.Members(); operators(arg) {
		first, _ := m.Next()
		values = first.Name != "$and" && first.Name != "$or" && first.Name != "$nor"
	}
	if values {
		n, cond, err = c.member(nil, arg, at, depth+1)
		each(n, func(f *field) { f.flat = true })
	} else {
		n, cond, err = c.document(arg, at, depth+1)
	}
	if err != nil {
		return nil, cond, err
	}
	if names, ok := plain(path); ok {
		cond = cond.below(names)
	} else {
		cond = Condition{}
	}
	return func(v value.Value, m *Matcher) bool {
		if v.Kind() != value.Array {
			return false
		}
		e := v.Elements()
		for i := 0; ; i++ {
			elem, ok := e.Next()
			if !ok {
				return false
			}
			if !values && elem.Kind() != value.Object && elem.Kind() != value.Array {
				continue
			}
			if n.match(elem, nil) {
				m.found(i)
				return true
			}
		}
	}, cond, nil
}

// each calls f with the tests of operators.
func each(n node, f func(*field)) {
	switch n := n.(type) {
	case *field:
		f(n)
	case not:
		each(n.of, f)
	case and:
		for _, part := range n {
			each(part, f)
		}
	}
}

var typeNames = map[string][]value.Kind{
	"double": {value.Double}, "string": {value.String}, "object": {value.Object}, "array": {value.Array},
	"binData": {value.Binary}, "undefined": {value.Undefined}, "objectId": {value.ObjectID}, "bool": {value.Bool},
	"date": {value.Date}, "null": {value.Null}, "regex": {value.Regex}, "javascript": {value.Code},
	"symbol": {value.Symbol}, "int": {value.Int}, "timestamp": {value.Timestamp}, "long": {value.Long},
	"decimal": {value.Decimal}, "minKey": {value.MinKey}, "maxKey": {value.MaxKey},
	"number":    {value.Int, value.Long, value.Double, value.Decimal},
	"dbPointer": {}, "javascriptWithScope": {},
}

var typeNumbers = map[int64]string{
	1: "double", 2: "string", 3: "object", 4: "array", 5: "binData", 6: "undefined", 7: "objectId", 8: "bool", 9: "date",
	10: "null", 11: "regex", 12: "dbPointer", 13: "javascript", 14: "symbol", 15: "javascriptWithScope", 16: "int",
	17: "timestamp", 18: "long", 19: "decimal", -1: "minKey", 127: "maxKey",
}

func types(arg value.Value, at refuse.Place) (test, error) {
	wanted := map[value.Kind]bool{}
	add := func(v value.Value, at refuse.Place) error {
		name := v.Text()
		if n, ok := v.Integer(); ok {
			name = typeNumbers[n]
		} else if v.Kind() != value.String {
			return at.Type("the name or the number of a type")
		}
		kinds, ok := typeNames[name]
		if !ok {
			return at.Invalid("enum", "There is no such type.")
		}
		for _, k := range kinds {
			wanted[k] = true
		}
		return nil
	}
	if arg.Kind() == value.Array {
		for i, v := range arg.Slice() {
			if err := add(v, at.Index(i)); err != nil {
				return nil, err
			}
		}
	} else if err := add(arg, at); err != nil {
		return nil, err
	}
	return func(v value.Value, _ *Matcher) bool { return wanted[v.Kind()] }, nil
}

// whole returns a number without what stands after its point.
func whole(v value.Value) (int64, bool) {
	if n, ok := v.Integer(); ok {
		return n, true
	}
	f := math.Trunc(v.Float())
	if !v.IsNumber() || f != f || f < -(1<<63) || f >= 1<<63 {
		return 0, false
	}
	return int64(f), true
}

func modulo(arg value.Value, at refuse.Place) (test, error) {
	divisor, ok1 := whole(arg.Index(0))
	rest, ok2 := whole(arg.Index(1))
	if arg.Len() != 2 || !ok1 || !ok2 || divisor == 0 {
		return nil, at.Type("an array of a divisor, which is not 0, and a remainder")
	}
	return func(v value.Value, _ *Matcher) bool {
		n, ok := whole(v)
		if !ok {
			return false
		}
		if divisor == -1 {
			return rest == 0
		}
		return n%divisor == rest
	}, nil
}

func bits(op string, arg value.Value, at refuse.Place) (test, error) {
	var positions []int64
	wanted := at.Type("a bit mask, an array of positions, or binary data")
	switch arg.Kind() {
	case value.Array:
		for i, v := range arg.Slice() {
			n, ok := v.Integer()
			if !ok || n < 0 || n > 1<<20 {
				return nil, at.Index(i).Type("a position, zero or more")
			}
			positions = append(positions, n)
		}
	case value.Binary:
		for i := range len(arg.Text()) * 8 {
			if arg.Text()[i/8]>>(i%8)&1 == 1 {
				positions = append(positions, int64(i))
			}
		}
	default:
		mask, ok := arg.Integer()
		if !ok || mask < 0 {
			return nil, wanted
		}
		for i := range int64(63) {
			if mask>>i&1 == 1 {
				positions = append(positions, i)
			}
		}
	}
	set := op == "$bitsAllSet" || op == "$bitsAnySet"
	every := op == "$bitsAllSet" || op == "$bitsAllClear"
	return func(v value.Value, _ *Matcher) bool {
		n, ok := v.Integer()
		if v.Kind() != value.Binary && !ok {
			return false
		}
		for _, p := range positions {
			var bit bool
			switch {
			case v.Kind() == value.Binary:
				bit = p/8 < int64(len(v.Text())) && v.Text()[p/8]>>(p%8)&1 == 1
			default:
				bit = n>>min(p, 63)&1 == 1
			}
			if (bit == set) != every {
				return !every
			}
		}
		return every
	}, nil
}

func (c *compiler) regex(v value.Value, at refuse.Place) (test, error) {
	text, options := v.Regex()
	re, err := pattern.Compile(text, options, at)
	if err != nil {
		return nil, err
	}
	return func(w value.Value, _ *Matcher) bool {
		switch w.Kind() {
		case value.String, value.Symbol:
			return re.MatchString(w.Text())
		case value.Regex:
			return value.Equal(v, w)
		}
		return false
	}, nil
}
