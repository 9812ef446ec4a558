package update

import (
	"maps"
	"math"
	"slices"

	"github.com/alania-go/alania/domain/data/documents/expression"
	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
)

// builder compiles one operator on one path.
type builder func(c *change, arg value.Value, at refuse.Place) error

var operators map[string]builder

func init() {
	operators = map[string]builder{
		"$set": set, "$setOnInsert": setOnInsert, "$unset": unset, "$inc": inc, "$mul": mul, "$min": least, "$max": most,
		"$rename": rename, "$bit": bit, "$currentDate": currentDate, "$push": push, "$addToSet": addToSet, "$pop": pop,
		"$pull": pull, "$pullAll": pullAll,
	}
}

func always(v value.Value) func(*call, value.Value) (value.Value, error) {
	return func(*call, value.Value) (value.Value, error) { return v, nil }
}

func set(c *change, arg value.Value, _ refuse.Place) error {
	c.apply = always(arg)
	return nil
}

func setOnInsert(c *change, arg value.Value, _ refuse.Place) error {
	c.onInsert, c.apply = true, always(arg)
	return nil
}

func unset(c *change, _ value.Value, _ refuse.Place) error {
	c.create, c.apply = false, always(value.Value{})
	return nil
}

func number(name string, c *change, arg value.Value, at refuse.Place, f func(a, b value.Value) value.Value,
	missing func(arg value.Value) value.Value,
) error {
	if !arg.IsNumber() {
		return at.Type("a number")
	}
	c.apply = func(_ *call, old value.Value) (value.Value, error) {
		switch {
		case old.IsMissing():
			return missing(arg), nil
		case !old.IsNumber():
			return old, refuse.NotApplicable(name + " changes numbers only.")
		}
		out := f(old, arg)
		if out.Kind() == value.Double && old.Kind() != value.Double && arg.Kind() != value.Double {
			return old, refuse.NotApplicable("The number would be larger than 64 bits hold.")
		}
		return out, nil
	}
	return nil
}

func inc(c *change, arg value.Value, at refuse.Place) error {
	return number("$inc", c, arg, at, value.Add, func(v value.Value) value.Value { return v })
}

func mul(c *change, arg value.Value, at refuse.Place) error {
	return number("$mul", c, arg, at, value.Multiply, func(v value.Value) value.Value {
		return value.Multiply(v, value.OfInt(0))
	})
}

func bounded(c *change, arg value.Value, sign int) error {
	c.apply = func(_ *call, old value.Value) (value.Value, error) {
		if old.IsMissing() || sign*value.Compare(arg, old) > 0 {
			return arg, nil
		}
		return old, nil
	}
	return nil
}

func least(c *change, arg value.Value, _ refuse.Place) error { return bounded(c, arg, -1) }
func most(c *change, arg value.Value, _ refuse.Place) error  { return bounded(c, arg, 1) }

func rename(c *change, arg value.Value, at refuse.Place) error {
	if arg.Kind() != value.String {
		return at.Type("the path that the member gets")
	}
	to, err := (&Update{}).parse(arg.Text(), at, nil)
	if err != nil {
		return err
	}
	for _, p := range append(slices.Clone(to), c.path...) {
		if p.kind != named {
			return at.Invalid("path", "$rename has no positional operators.")
		}
	}
	c.rename = to
	return nil
}

func bit(c *change, arg value.Value, at refuse.Place) error {
	if arg.Kind() != value.Object || arg.Len() == 0 {
		return at.Type("an object with and, or, or xor")
	}
	for _, f := range arg.Fields() {
		if f.Value.Kind() != value.Int && f.Value.Kind() != value.Long {
			return at.Key(f.Name).Type("a whole number")
		}
		if f.Name != "and" && f.Name != "or" && f.Name != "xor" {
			return at.Key(f.Name).Operator()
		}
	}
	c.apply = func(_ *call, old value.Value) (value.Value, error) {
		if old.IsMissing() {
			old = value.OfInt(0)
		}
		if old.Kind() != value.Int && old.Kind() != value.Long {
			return old, refuse.NotApplicable("$bit changes whole numbers only.")
		}
		n, _ := old.Integer()
		long := old.Kind() == value.Long
		for _, f := range arg.Fields() {
			m, _ := f.Value.Integer()
			long = long || f.Value.Kind() == value.Long
			switch f.Name {
			case "and":
				n &= m
			case "or":
				n |= m
			case "xor":
				n ^= m
			}
		}
		if long {
			return value.OfLong(n), nil
		}
		return value.OfInt(n), nil
	}
	return nil
}

func currentDate(c *change, arg value.Value, at refuse.Place) error {
	kind := arg.Get("$type").Text()
	switch {
	case arg.Kind() == value.Bool && arg.Bool():
		kind = "date"
	case arg.Kind() != value.Object || arg.Len() != 1 || kind != "date" && kind != "timestamp":
		return at.Type(`true, {"$type": "date"} or {"$type": "timestamp"}`)
	}
	c.apply = func(c *call, _ value.Value) (value.Value, error) {
		if kind == "timestamp" {
			return value.OfTimestamp(uint32(c.now/1000), 1), nil
		}
		return value.OfDate(c.now), nil
	}
	return nil
}

// elements returns what an operator on arrays changes.
func elements(name string, old value.Value) ([]value.Value, error) {
	if !old.IsMissing() && old.Kind() != value.Array {
		return nil, refuse.NotApplicable(name + " changes arrays only.")
	}
	return old.Slice(), nil
}

func push(c *change, arg value.Value, at refuse.Place) error {
	each := arg.Get("$each")
	if each.IsMissing() {
		c.apply = func(_ *call, old value.Value) (value.Value, error) {
			elems, err := elements("$push", old)
			if err != nil {
				return old, err
			}
			return value.OfArray(append(slices.Clone(elems), arg)...), nil
		}
		return nil
	}
	if each.Kind() != value.Array {
		return at.Key("$each").Type("an array")
	}
	var by func(a, b value.Value) int
	limit, place := math.MaxInt, math.MaxInt
	for _, f := range arg.Fields() {
		here := at.Key(f.Name)
		n, whole := f.Value.Integer()
		whole = whole && n >= math.MinInt32 && n <= math.MaxInt32
		switch f.Name {
		case "$each":
		case "$slice":
			if !whole {
				return here.Type("a whole number")
			}
			limit = int(n)
		case "$position":
			if !whole {
				return here.Type("a whole number")
			}
			place = int(n)
		case "$sort":
			var err error
			if by, err = expression.Sorting(f.Value, here); err != nil {
				return err
			}
		default:
			return here.Operator()
		}
	}
	c.apply = func(_ *call, old value.Value) (value.Value, error) {
		elems, err := elements("$push", old)
		if err != nil {
			return old, err
		}
		at := min(place, len(elems))
		if at < 0 {
			at = max(0, len(elems)+at)
		}
		out := slices.Insert(slices.Clone(elems), at, each.Slice()...)
		if by != nil {
			slices.SortStableFunc(out, by)
		}
		switch {
		case limit < 0:
			out = out[max(0, len(out)+limit):]
		case limit < len(out):
			out = out[:limit]
		}
		return value.OfArray(out...), nil
	}
	return nil
}

func addToSet(c *change, arg value.Value, at refuse.Place) error {
	add := []value.Value{arg}
	if fields := arg.Fields(); arg.Kind() == value.Object && len(fields) > 0 && fields[0].Name == "$each" {
		if fields[0].Value.Kind() != value.Array {
			return at.Key("$each").Type("an array")
		}
		if len(fields) > 1 {
			return at.Key(fields[1].Name).Operator()
		}
		add = fields[0].Value.Slice()
	}
	c.apply = func(_ *call, old value.Value) (value.Value, error) {
		elems, err := elements("$addToSet", old)
		if err != nil {
			return old, err
		}
		seen := make(map[string]bool, len(elems))
		for _, e := range elems {
			seen[string(e.AppendKey(nil))] = true
		}
		out := slices.Clone(elems)
		for _, v := range add {
			if key := string(v.AppendKey(nil)); !seen[key] {
				seen[key] = true
				out = append(out, v)
			}
		}
		return value.OfArray(out...), nil
	}
	return nil
}

func pop(c *change, arg value.Value, at refuse.Place) error {
	n, ok := arg.Integer()
	if !ok || n != 1 && n != -1 {
		return at.Type("1 or -1")
	}
	c.create = false
	c.apply = func(_ *call, old value.Value) (value.Value, error) {
		elems, err := elements("$pop", old)
		switch {
		case err != nil || len(elems) == 0:
			return old, err
		case n > 0:
			return value.OfArray(elems[:len(elems)-1]...), nil
		}
		return value.OfArray(elems[1:]...), nil
	}
	return nil
}

// removing compiles the operators that take elements from an array.
func removing(name string, c *change, test func(v value.Value) bool) {
	c.create = false
	c.apply = func(_ *call, old value.Value) (value.Value, error) {
		elems, err := elements(name, old)
		if err != nil || old.IsMissing() {
			return old, err
		}
		return value.OfArray(slices.DeleteFunc(slices.Clone(elems), test)...), nil
	}
}

func pull(c *change, arg value.Value, at refuse.Place) error {
	test, err := filter.Pulled(arg, at)
	if err != nil {
		return err
	}
	removing("$pull", c, test)
	return nil
}

func pullAll(c *change, arg value.Value, at refuse.Place) error {
	if arg.Kind() != value.Array {
		return at.Type("an array")
	}
	drop := map[string]bool{}
	for _, v := range arg.Slice() {
		drop[string(v.AppendKey(nil))] = true
	}
	removing("$pullAll", c, func(v value.Value) bool { return drop[string(v.AppendKey(nil))] })
	return nil
}

// Operators returns the update operators.
func Operators() []string { return slices.Sorted(maps.Keys(operators)) }
