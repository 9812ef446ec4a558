package expression

import (
	"math"
	"slices"

	"github.com/alania-go/alania/domain/data/documents/order"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
)

// list is a function of one array; null of null.
func list(name string, f func(e *Env, v value.Value) value.Value) function {
	return function{1, 1, func(e *Env, args []value.Value) value.Value {
		v := args[0]
		switch {
		case v.IsNullish():
			return value.NullValue
		case v.Kind() != value.Array:
			return e.fail(name + " takes an array.")
		}
		return f(e, v)
	}}
}

// whole32 returns a whole number of 32 bits.
func whole32(v value.Value) (int, bool) {
	n, ok := v.Integer()
	return int(n), ok && v.IsNumber() && n >= math.MinInt32 && n <= math.MaxInt32
}

func init() {
	functions["$isArray"] = function{1, 1, func(_ *Env, args []value.Value) value.Value {
		return value.OfBool(args[0].Kind() == value.Array)
	}}
	functions["$size"] = function{1, 1, func(e *Env, args []value.Value) value.Value {
		if args[0].Kind() != value.Array {
			return e.fail("$size takes an array.")
		}
		return value.OfInt(int64(args[0].Len()))
	}}
	functions["$arrayElemAt"] = function{2, 2, elementAt}
	functions["$first"] = list("$first", func(_ *Env, v value.Value) value.Value { return v.Index(0) })
	functions["$last"] = list("$last", func(_ *Env, v value.Value) value.Value { return v.Index(v.Len() - 1) })
	functions["$reverseArray"] = list("$reverseArray", func(e *Env, v value.Value) value.Value {
		out := slices.Clone(v.Slice())
		slices.Reverse(out)
		e.grow(48 * len(out))
		return value.OfArray(out...)
	})
	functions["$concatArrays"] = function{0, -1, func(e *Env, args []value.Value) value.Value {
		var out []value.Value
		for _, a := range args {
			switch {
			case a.IsNullish():
				return value.NullValue
			case a.Kind() != value.Array:
				return e.fail("$concatArrays takes arrays.")
			}
			if !e.grow(48 * a.Len()) {
				return value.Value{}
			}
			out = append(out, a.Slice()...)
		}
		return value.OfArray(out...)
	}}
	functions["$in"] = function{2, 2, func(e *Env, args []value.Value) value.Value {
		if args[1].Kind() != value.Array {
			return e.fail("$in takes a value and an array.")
		}
		for el := args[1].Elements(); ; {
			elem, ok := el.Next()
			if !ok || compare(elem, args[0]) == 0 {
				return value.OfBool(ok)
			}
		}
	}}
	functions["$indexOfArray"] = function{2, 4, indexOfArray}
	functions["$slice"] = function{2, 3, slice}
	functions["$range"] = function{2, 3, interval}
	functions["$objectToArray"] = function{1, 1, objectToArray}
	functions["$arrayToObject"] = list("$arrayToObject", arrayToObject)
	functions["$mergeObjects"] = function{0, -1, mergeObjects}
	specials["$map"] = mapped
	specials["$filter"] = filtered
	specials["$reduce"] = reduced
	specials["$zip"] = zip
	specials["$sortArray"] = sortArray
	for _, name := range []string{"$firstN", "$lastN", "$minN", "$maxN"} {
		specials[name] = several(name)
	}
}

func elementAt(e *Env, args []value.Value) value.Value {
	v := args[0]
	if nullish(args) {
		return value.NullValue
	}
	i, ok := whole32(args[1])
	if v.Kind() != value.Array || !ok {
		return e.fail("$arrayElemAt takes an array and a whole number.")
	}
	if i < 0 {
		i += v.Len()
	}
	return v.Index(i)
}

func indexOfArray(e *Env, args []value.Value) value.Value {
	v := args[0]
	switch {
	case v.IsNullish():
		return value.NullValue
	case v.Kind() != value.Array:
		return e.fail("$indexOfArray takes an array.")
	}
	from, to, ok := bounds(args[2:], v.Len())
	if !ok {
		return e.fail("The bounds of $indexOfArray are whole numbers, zero or more.")
	}
	elems := v.Slice()
	for i := from; i < to; i++ {
		if compare(elems[i], args[1]) == 0 {
			return value.OfInt(int64(i))
		}
	}
	return value.OfInt(-1)
}

// bounds returns the optional arguments start and end.
func bounds(args []value.Value, length int) (from, to int, ok bool) {
	to = length
	ok = true
	if len(args) > 0 {
		from, ok = whole32(args[0])
	}
	if len(args) > 1 && ok {
		to, ok = whole32(args[1])
	}
	return from, min(to, length), ok && from >= 0 && to >= 0
}

func slice(e *Env, args []value.Value) value.Value {
	v := args[0]
	if nullish(args) {
		return value.NullValue
	}
	if v.Kind() != value.Array {
		return e.fail("$slice takes an array.")
	}
	n, ok := whole32(args[1])
	if len(args) == 3 {
		count, ok2 := whole32(args[2])
		if !ok || !ok2 || count <= 0 {
			return e.fail("$slice takes whole numbers, and a count of at least one after a position.")
		}
		return Part(v, n, count)
	}
	if !ok {
		return e.fail("$slice takes whole numbers.")
	}
	if n < 0 {
		return Part(v, n, -n)
	}
	return Part(v, 0, n)
}

// Part returns count elements of an array from a position on, which counts from the end when it is negative.
func Part(v value.Value, from, count int) value.Value {
	elems := v.Slice()
	if from < 0 {
		from = max(0, len(elems)+from)
	}
	from = min(from, len(elems))
	return value.OfArray(elems[from:min(len(elems), from+count)]...)
}

func interval(e *Env, args []value.Value) value.Value {
	from, ok1 := whole32(args[0])
	to, ok2 := whole32(args[1])
	step, ok3 := 1, true
	if len(args) == 3 {
		step, ok3 = whole32(args[2])
	}
	if !ok1 || !ok2 || !ok3 || step == 0 {
		return e.fail("$range takes whole numbers, and a step that is not 0.")
	}
	var out []value.Value
	for i := from; step > 0 && i < to || step < 0 && i > to; i += step {
		if len(out)&1023 == 0 && !e.grow(48*1024) {
			return value.Value{}
		}
		out = append(out, value.OfInt(int64(i)))
	}
	return value.OfArray(out...)
}

func objectToArray(e *Env, args []value.Value) value.Value {
	v := args[0]
	switch {
	case v.IsNullish():
		return value.NullValue
	case v.Kind() != value.Object:
		return e.fail("$objectToArray takes an object.")
	}
	var out []value.Value
	for _, f := range v.Fields() {
		out = append(out, value.OfObject(value.F("k", value.OfString(f.Name)), value.F("v", f.Value)))
	}
	e.grow(200 * len(out))
	return value.OfArray(out...)
}

func arrayToObject(e *Env, v value.Value) value.Value {
	var out []value.Field
	places := map[string]int{}
	for _, elem := range v.Slice() {
		k, w := elem.Get("k"), elem.Get("v")
		if elem.Kind() == value.Array && elem.Len() == 2 {
			k, w = elem.Index(0), elem.Index(1)
		} else if elem.Kind() != value.Object || elem.Len() != 2 || w.IsMissing() {
			return e.fail("$arrayToObject takes pairs, or objects with k and v.")
		}
		if k.Kind() != value.String {
			return e.fail("A name of $arrayToObject is a string.")
		}
		if i, ok := places[k.Text()]; ok {
			out[i].Value = w
			continue
		}
		places[k.Text()] = len(out)
		out = append(out, value.F(k.Text(), w))
	}
	e.grow(64 * len(out))
	return value.OfObject(out...)
}

func mergeObjects(e *Env, args []value.Value) value.Value {
	var out []value.Field
	if len(args) == 1 && args[0].Kind() == value.Array {
		args = args[0].Slice()
	}
	for _, a := range args {
		switch {
		case a.IsNullish():
			continue
		case a.Kind() != value.Object:
			return e.fail("$mergeObjects takes objects.")
		}
		out = Merge(out, a)
		if !e.grow(64 * len(out)) {
			return value.Value{}
		}
	}
	return value.OfObject(out...)
}

// Merge sets an object's members among fields.
func Merge(fields []value.Field, v value.Value) []value.Field {
	for m := v.Members(); ; {
		f, ok := m.Next()
		if !ok {
			return fields
		}
		i := slices.IndexFunc(fields, func(g value.Field) bool { return g.Name == f.Name })
		if i < 0 {
			fields = append(fields, f)
		} else {
			fields[i].Value = f.Value
		}
	}
}

// looped compiles {"input": …, "as": …, body: …}: the input, the body, and the slot of the variable.
func looped(arg value.Value, s Scope, at refuse.Place, depth int, body string, optional ...string) (
	m map[string]*Expression, slot int, err error,
) {
	if err := shape(arg, at, []string{"input", body}, append([]string{"as"}, optional...)); err != nil {
		return nil, 0, err
	}
	name := "this"
	if as := arg.Get("as"); !as.IsMissing() {
		if name = as.Text(); as.Kind() != value.String || !variableName(name) {
			return nil, 0, at.Key("as").Type("the name of a variable")
		}
	}
	m = map[string]*Expression{}
	inner, slot := s.with(name)
	for _, f := range arg.Fields() {
		scope := s
		switch f.Name {
		case "as":
			continue
		case body:
			scope = inner
		}
		if m[f.Name], err = compile(f.Value, scope, at.Key(f.Name), depth+1); err != nil {
			return nil, 0, err
		}
	}
	return m, slot, nil
}

func mapped(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	m, slot, err := looped(arg, s, at, depth, "in")
	if err != nil {
		return nil, err
	}
	input, in := m["input"], m["in"]
	return &Expression{eval: func(e *Env) value.Value {
		v := input.eval(e)
		switch {
		case v.IsNullish():
			return value.NullValue
		case v.Kind() != value.Array:
			return e.fail("$map takes an array.")
		}
		var out []value.Value
		for el := v.Elements(); ; {
			elem, ok := el.Next()
			if !ok || !e.step() || !e.grow(48) {
				return value.OfArray(out...)
			}
			e.Let(slot, elem)
			w := in.eval(e)
			if w.IsMissing() {
				w = value.NullValue
			}
			out = append(out, w)
		}
	}}, nil
}

func filtered(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	m, slot, err := looped(arg, s, at, depth, "cond", "limit")
	if err != nil {
		return nil, err
	}
	input, cond, limit := m["input"], m["cond"], m["limit"]
	return &Expression{eval: func(e *Env) value.Value {
		v := input.eval(e)
		most := math.MaxInt
		if l := limit.try(e); !l.IsNullish() {
			n, ok := whole32(l)
			if !ok || n < 1 {
				return e.fail("The limit of $filter is a whole number, one or more.")
			}
			most = n
		}
		switch {
		case v.IsNullish():
			return value.NullValue
		case v.Kind() != value.Array:
			return e.fail("$filter takes an array.")
		}
		var out []value.Value
		for el := v.Elements(); len(out) < most; {
			elem, ok := el.Next()
			if !ok || !e.step() {
				break
			}
			e.Let(slot, elem)
			if cond.eval(e).Truth() {
				out = append(out, elem)
				e.grow(48)
			}
		}
		return value.OfArray(out...)
	}}, nil
}

func reduced(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	if err := shape(arg, at, []string{"input", "initialValue", "in"}, nil); err != nil {
		return nil, err
	}
	inner, this := s.with("this")
	inner, so := inner.with("value")
	input, err := compile(arg.Get("input"), s, at.Key("input"), depth+1)
	if err != nil {
		return nil, err
	}
	first, err := compile(arg.Get("initialValue"), s, at.Key("initialValue"), depth+1)
	if err != nil {
		return nil, err
	}
	in, err := compile(arg.Get("in"), inner, at.Key("in"), depth+1)
	if err != nil {
		return nil, err
	}
	return &Expression{eval: func(e *Env) value.Value {
		v, acc := input.eval(e), first.eval(e)
		switch {
		case v.IsNullish():
			return value.NullValue
		case v.Kind() != value.Array:
			return e.fail("$reduce takes an array.")
		}
		for el := v.Elements(); ; {
			elem, ok := el.Next()
			if !ok || !e.step() {
				return acc
			}
			e.Let(this, elem)
			e.Let(so, acc)
			acc = in.eval(e)
		}
	}}, nil
}

func zip(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	if err := shape(arg, at, []string{"inputs"}, []string{"useLongestLength", "defaults"}); err != nil {
		return nil, err
	}
	inputs, err := compile(arg.Get("inputs"), s, at.Key("inputs"), depth+1)
	if err != nil {
		return nil, err
	}
	longest := arg.Get("useLongestLength")
	if !longest.IsMissing() && longest.Kind() != value.Bool {
		return nil, at.Key("useLongestLength").Type("true or false")
	}
	var defaults *Expression
	if d := arg.Get("defaults"); !d.IsMissing() {
		if !longest.Bool() {
			return nil, at.Key("defaults").Invalid("rule", "defaults need useLongestLength.")
		}
		if defaults, err = compile(d, s, at.Key("defaults"), depth+1); err != nil {
			return nil, err
		}
	}
	return &Expression{eval: func(e *Env) value.Value {
		v := inputs.eval(e)
		if v.IsNullish() {
			return value.NullValue
		}
		if v.Kind() != value.Array || v.Len() == 0 {
			return e.fail("$zip takes an array of at least one array.")
		}
		arrays := v.Slice()
		filler := defaults.try(e)
		if !filler.IsNullish() && filler.Len() != len(arrays) {
			return e.fail("$zip takes as many defaults as arrays.")
		}
		length := -1
		for _, a := range arrays {
			switch n := a.Len(); {
			case a.IsNullish():
				return value.NullValue
			case a.Kind() != value.Array:
				return e.fail("$zip takes arrays.")
			case length < 0 || longest.Bool() && n > length || !longest.Bool() && n < length:
				length = n
			}
		}
		lists := make([][]value.Value, len(arrays))
		for j, a := range arrays {
			lists[j] = a.Slice()
		}
		var out []value.Value
		for i := 0; i < length && e.step() && e.grow(48*len(arrays)); i++ {
			row := make([]value.Value, len(arrays))
			for j, l := range lists {
				if i < len(l) {
					row[j] = l[i]
				} else {
					row[j] = value.NullValue
					if d := filler.Index(j); !d.IsMissing() {
						row[j] = d
					}
				}
			}
			out = append(out, value.OfArray(row...))
		}
		return value.OfArray(out...)
	}}, nil
}

// Sorting compiles what an array is sorted by: 1, -1, or members of its elements.
func Sorting(by value.Value, at refuse.Place) (func(a, b value.Value) int, error) {
	if n, ok := by.Integer(); ok && (n == 1 || n == -1) {
		return func(a, b value.Value) int { return int(n) * value.Compare(a, b) }, nil
	}
	if by.Kind() != value.Object || by.Len() == 0 {
		return nil, at.Type("1, -1, or an object of members, each 1 or -1")
	}
	o, err := order.Compile(by, at)
	if err != nil {
		return nil, err
	}
	return func(a, b value.Value) int { return o.Compare(o.Of(a, nil), o.Of(b, nil)) }, nil
}

func sortArray(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	if err := shape(arg, at, []string{"input", "sortBy"}, nil); err != nil {
		return nil, err
	}
	input, err := compile(arg.Get("input"), s, at.Key("input"), depth+1)
	if err != nil {
		return nil, err
	}
	by, err := Sorting(arg.Get("sortBy"), at.Key("sortBy"))
	if err != nil {
		return nil, err
	}
	return &Expression{eval: func(e *Env) value.Value {
		v := input.eval(e)
		switch {
		case v.IsNullish():
			return value.NullValue
		case v.Kind() != value.Array:
			return e.fail("$sortArray takes an array.")
		}
		out := slices.Clone(v.Slice())
		e.grow(48 * len(out))
		slices.SortStableFunc(out, by)
		return value.OfArray(out...)
	}}, nil
}

// several is $firstN, $lastN, $minN or $maxN of an array.
func several(name string) special {
	return func(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
		m, err := members(arg, s, at, depth, []string{"input", "n"}, nil)
		if err != nil {
			return nil, err
		}
		return &Expression{eval: func(e *Env) value.Value {
			v := m["input"].eval(e)
			n, ok := whole32(m["n"].eval(e))
			switch {
			case v.IsNullish():
				return value.NullValue
			case v.Kind() != value.Array || !ok || n < 1:
				return e.fail(name + " takes an array, and a whole number of at least one.")
			}
			out := slices.Clone(v.Slice())
			e.grow(48 * len(out))
			switch name {
			case "$lastN":
				return value.OfArray(out[max(0, len(out)-n):]...)
			case "$minN", "$maxN":
				out = slices.DeleteFunc(out, value.Value.IsNullish)
				slices.SortStableFunc(out, value.Compare)
				if name == "$maxN" {
					slices.Reverse(out)
				}
			}
			return value.OfArray(out[:min(n, len(out))]...)
		}}, nil
	}
}
