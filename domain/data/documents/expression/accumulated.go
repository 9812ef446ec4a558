package expression

import (
	"math"

	"github.com/alania-go/alania/domain/data/documents/value"
)

// Some accumulators are expressions as well: of several arguments, or of the elements of one.

func init() {
	over := func(f func(e *Env, args []value.Value) value.Value) function {
		return function{0, -1, func(e *Env, args []value.Value) value.Value {
			if len(args) == 1 && args[0].Kind() == value.Array {
				args = args[0].Slice()
			}
			return f(e, args)
		}}
	}
	functions["$sum"] = over(func(_ *Env, args []value.Value) value.Value { out, _ := total(args); return out })
	functions["$avg"] = over(func(_ *Env, args []value.Value) value.Value {
		out, n := total(args)
		if n == 0 {
			return value.NullValue
		}
		return value.Divide(out, value.OfInt(n))
	})
	functions["$min"] = over(func(_ *Env, args []value.Value) value.Value { return best(args, -1) })
	functions["$max"] = over(func(_ *Env, args []value.Value) value.Value { return best(args, 1) })
	functions["$stdDevPop"] = over(func(_ *Env, args []value.Value) value.Value { return deviation(args, 0) })
	functions["$stdDevSamp"] = over(func(_ *Env, args []value.Value) value.Value { return deviation(args, 1) })
}

func total(args []value.Value) (out value.Value, n int64) {
	out = value.OfInt(0)
	for _, a := range args {
		if a.IsNumber() {
			out = value.Add(out, a)
			n++
		}
	}
	return out, n
}

func best(args []value.Value, sign int) value.Value {
	out := value.NullValue
	for _, a := range args {
		if !a.IsNullish() && (out.IsNullish() || sign*value.Compare(a, out) > 0) {
			out = a
		}
	}
	return out
}

func deviation(args []value.Value, sample float64) value.Value {
	n, mean, squares := 0.0, 0.0, 0.0
	for _, a := range args {
		if a.IsNumber() {
			n++
			delta := a.Float() - mean
			mean += delta / n
			squares += delta * (a.Float() - mean)
		}
	}
	if n <= sample {
		return value.NullValue
	}
	return value.OfDouble(math.Sqrt(squares / (n - sample)))
}
