package expression

import (
	"slices"

	"github.com/alania-go/alania/domain/data/documents/value"
)

// set is the keys of an array's elements.
func set(v value.Value) map[string]bool {
	out := map[string]bool{}
	for el := v.Elements(); ; {
		elem, ok := el.Next()
		if !ok {
			return out
		}
		out[string(elem.AppendKey(nil))] = true
	}
}

// distinct returns the elements for which keep is true, each once, in order.
func distinct(e *Env, arrays []value.Value, keep func(key string) bool) value.Value {
	var out []value.Value
	seen := map[string]bool{}
	for _, a := range arrays {
		for el := a.Elements(); ; {
			elem, ok := el.Next()
			if !ok || !e.step() {
				break
			}
			key := string(elem.AppendKey(nil))
			if !seen[key] && keep(key) {
				seen[key] = true
				out = append(out, elem)
				e.grow(96 + len(key))
			}
		}
	}
	slices.SortStableFunc(out, value.Compare)
	return value.OfArray(out...)
}

func sets(name string, least, most int, nulls bool, f func(e *Env, args []value.Value) value.Value) function {
	return function{least, most, func(e *Env, args []value.Value) value.Value {
		if nulls && nullish(args) {
			return value.NullValue
		}
		for _, a := range args {
			if a.Kind() != value.Array {
				return e.fail(name + " takes arrays.")
			}
		}
		return f(e, args)
	}}
}

func contains(of, in map[string]bool) bool {
	for k := range of {
		if !in[k] {
			return false
		}
	}
	return true
}

func init() {
	functions["$setUnion"] = sets("$setUnion", 0, -1, true, func(e *Env, args []value.Value) value.Value {
		return distinct(e, args, func(string) bool { return true })
	})
	functions["$setIntersection"] = sets("$setIntersection", 0, -1, true, func(e *Env, args []value.Value) value.Value {
		if len(args) == 0 {
			return value.EmptyArray
		}
		var others []map[string]bool
		for _, a := range args[1:] {
			others = append(others, set(a))
		}
		return distinct(e, args[:1], func(key string) bool {
			return !slices.ContainsFunc(others, func(o map[string]bool) bool { return !o[key] })
		})
	})
	functions["$setDifference"] = sets("$setDifference", 2, 2, true, func(e *Env, args []value.Value) value.Value {
		other := set(args[1])
		var out []value.Value
		for _, elem := range args[0].Slice() {
			if key := string(elem.AppendKey(nil)); !other[key] {
				other[key] = true
				out = append(out, elem)
			}
		}
		return value.OfArray(out...)
	})
	functions["$setEquals"] = sets("$setEquals", 2, -1, false, func(_ *Env, args []value.Value) value.Value {
		first := set(args[0])
		for _, a := range args[1:] {
			other := set(a)
			if len(first) != len(other) || !contains(first, other) {
				return value.False
			}
		}
		return value.True
	})
	functions["$setIsSubset"] = sets("$setIsSubset", 2, 2, false, func(_ *Env, args []value.Value) value.Value {
		return value.OfBool(contains(set(args[0]), set(args[1])))
	})
	functions["$allElementsTrue"] = sets("$allElementsTrue", 1, 1, false, func(_ *Env, args []value.Value) value.Value {
		return value.OfBool(!slices.ContainsFunc(args[0].Slice(), func(v value.Value) bool { return !v.Truth() }))
	})
	functions["$anyElementTrue"] = sets("$anyElementTrue", 1, 1, false, func(_ *Env, args []value.Value) value.Value {
		return value.OfBool(slices.ContainsFunc(args[0].Slice(), value.Value.Truth))
	})
}
