package expression

import (
	"math"
	"math/rand/v2"

	"github.com/alania-go/alania/domain/data/documents/value"
)

func nullish(args []value.Value) bool {
	for _, a := range args {
		if a.IsNullish() {
			return true
		}
	}
	return false
}

// numeric is a function of one number; null of null.
func numeric(name string, f func(e *Env, v value.Value) value.Value) function {
	return function{1, 1, func(e *Env, args []value.Value) value.Value {
		v := args[0]
		switch {
		case v.IsNullish():
			return value.NullValue
		case !v.IsNumber():
			return e.fail(name + " takes numbers only.")
		}
		return f(e, v)
	}}
}

// float is a function of one number whose result is a Double, or a Decimal of a Decimal.
func float(name string, f func(float64) float64, valid func(float64) bool) function {
	return numeric(name, func(e *Env, v value.Value) value.Value {
		x := v.Float()
		if valid != nil && !math.IsNaN(x) && !valid(x) {
			return e.fail(name + " is not defined for this number.")
		}
		r := value.OfDouble(f(x))
		if v.Kind() == value.Decimal {
			return value.ToDecimal(r)
		}
		return r
	})
}

func binary(name string, f func(e *Env, a, b value.Value) value.Value) function {
	return function{2, 2, func(e *Env, args []value.Value) value.Value {
		a, b := args[0], args[1]
		switch {
		case a.IsNullish() || b.IsNullish():
			return value.NullValue
		case !a.IsNumber() || !b.IsNumber():
			return e.fail(name + " takes numbers only.")
		}
		return f(e, a, b)
	}}
}

func rounding(name string) function {
	how := value.HalfEven
	if name == "$trunc" {
		how = value.Truncate
	}
	return function{1, 2, func(e *Env, args []value.Value) value.Value {
		if nullish(args) {
			return value.NullValue
		}
		place := int64(0)
		if len(args) == 2 {
			var ok bool
			if place, ok = args[1].Integer(); !ok || place < -20 || place > 100 {
				return e.fail("The place of " + name + " is a whole number from -20 to 100.")
			}
		}
		if !args[0].IsNumber() {
			return e.fail(name + " takes numbers only.")
		}
		return value.Round(args[0], int(place), how)
	}}
}

func bitwise(name string, start int64, f func(a, b int64) int64) function {
	return function{0, -1, func(e *Env, args []value.Value) value.Value {
		if nullish(args) {
			return value.NullValue
		}
		out, long := start, false
		for _, a := range args {
			if a.Kind() != value.Int && a.Kind() != value.Long {
				return e.fail(name + " takes whole numbers only.")
			}
			n, _ := a.Integer()
			out = f(out, n)
			long = long || a.Kind() == value.Long
		}
		if long {
			return value.OfLong(out)
		}
		return value.OfInt(out)
	}}
}

func finite(f float64) bool   { return !math.IsInf(f, 0) }
func positive(f float64) bool { return f > 0 }
func unit(f float64) bool     { return f >= -1 && f <= 1 }

func init() {
	functions["$abs"] = numeric("$abs", func(_ *Env, v value.Value) value.Value { return value.Abs(v) })
	functions["$ceil"] = numeric("$ceil", func(_ *Env, v value.Value) value.Value { return value.Round(v, 0, value.Ceil) })
	functions["$floor"] = numeric("$floor", func(_ *Env, v value.Value) value.Value {
		return value.Round(v, 0, value.Floor)
	})
	functions["$round"] = rounding("$round")
	functions["$trunc"] = rounding("$trunc")
	functions["$exp"] = float("$exp", math.Exp, nil)
	functions["$ln"] = float("$ln", math.Log, positive)
	functions["$log10"] = float("$log10", math.Log10, positive)
	functions["$sqrt"] = float("$sqrt", math.Sqrt, func(f float64) bool { return f >= 0 })
	for name, f := range map[string]func(float64) float64{"$sin": math.Sin, "$cos": math.Cos, "$tan": math.Tan} {
		functions[name] = float(name, f, finite)
	}
	functions["$asin"] = float("$asin", math.Asin, unit)
	functions["$acos"] = float("$acos", math.Acos, unit)
	functions["$atan"] = float("$atan", math.Atan, nil)
	functions["$sinh"] = float("$sinh", math.Sinh, nil)
	functions["$cosh"] = float("$cosh", math.Cosh, nil)
	functions["$tanh"] = float("$tanh", math.Tanh, nil)
	functions["$asinh"] = float("$asinh", math.Asinh, nil)
	functions["$acosh"] = float("$acosh", math.Acosh, func(f float64) bool { return f >= 1 })
	functions["$atanh"] = float("$atanh", math.Atanh, unit)
	for name, by := range map[string]float64{"$degreesToRadians": math.Pi / 180, "$radiansToDegrees": 180 / math.Pi} {
		functions[name] = float(name, func(f float64) float64 { return f * by }, nil)
	}
	functions["$atan2"] = binary("$atan2", func(_ *Env, a, b value.Value) value.Value {
		return value.OfDouble(math.Atan2(a.Float(), b.Float()))
	})
	functions["$rand"] = function{0, 1, func(*Env, []value.Value) value.Value { return value.OfDouble(rand.Float64()) }}
	functions["$add"] = function{0, -1, add}
	functions["$multiply"] = function{0, -1, func(e *Env, args []value.Value) value.Value {
		if nullish(args) {
			return value.NullValue
		}
		out := value.OfInt(1)
		for _, a := range args {
			if !a.IsNumber() {
				return e.fail("$multiply takes numbers only.")
			}
			out = value.Multiply(out, a)
		}
		return out
	}}
	functions["$subtract"] = function{2, 2, subtract}
	functions["$divide"] = binary("$divide", func(e *Env, a, b value.Value) value.Value {
		if value.IsZero(b) {
			return e.fail("$divide does not divide by zero.")
		}
		return value.Divide(a, b)
	})
	functions["$mod"] = binary("$mod", func(e *Env, a, b value.Value) value.Value {
		if value.IsZero(b) {
			return e.fail("$mod does not divide by zero.")
		}
		return value.Mod(a, b)
	})
	functions["$pow"] = binary("$pow", power)
	functions["$log"] = binary("$log", func(e *Env, a, b value.Value) value.Value {
		x, base := a.Float(), b.Float()
		if x <= 0 || base <= 0 || base == 1 {
			return e.fail("$log takes positive numbers, and a base that is not 1.")
		}
		return value.OfDouble(math.Log(x) / math.Log(base))
	})
	functions["$bitAnd"] = bitwise("$bitAnd", -1, func(a, b int64) int64 { return a & b })
	functions["$bitOr"] = bitwise("$bitOr", 0, func(a, b int64) int64 { return a | b })
	functions["$bitXor"] = bitwise("$bitXor", 0, func(a, b int64) int64 { return a ^ b })
	functions["$bitNot"] = function{1, 1, func(e *Env, args []value.Value) value.Value {
		v := args[0]
		n, _ := v.Integer()
		switch {
		case v.IsNullish():
			return value.NullValue
		case v.Kind() == value.Int:
			return value.OfInt(^n)
		case v.Kind() == value.Long:
			return value.OfLong(^n)
		}
		return e.fail("$bitNot takes whole numbers only.")
	}}
}

func add(e *Env, args []value.Value) value.Value {
	out, date, moment := value.OfInt(0), false, int64(0)
	for _, a := range args {
		switch {
		case a.IsNullish():
			return value.NullValue
		case a.IsNumber():
			out = value.Add(out, a)
		case a.Kind() == value.Date && !date:
			date, moment = true, a.Millis()
		default:
			return e.fail("$add takes numbers, and one date at most.")
		}
	}
	if !date {
		return out
	}
	f := math.Round(out.Float())
	if math.IsNaN(f) || math.Abs(f+float64(moment)) > maxMillis {
		return e.fail("The date is out of range.")
	}
	return value.OfDate(moment + int64(f))
}

func subtract(e *Env, args []value.Value) value.Value {
	a, b := args[0], args[1]
	switch {
	case a.IsNullish() || b.IsNullish():
		return value.NullValue
	case a.IsNumber() && b.IsNumber():
		return value.Subtract(a, b)
	case a.Kind() == value.Date && b.Kind() == value.Date:
		return value.OfLong(a.Millis() - b.Millis())
	case a.Kind() == value.Date && b.IsNumber():
		f := math.Round(b.Float())
		if math.IsNaN(f) || math.Abs(float64(a.Millis())-f) > maxMillis {
			return e.fail("The date is out of range.")
		}
		return value.OfDate(a.Millis() - int64(f))
	}
	return e.fail("$subtract takes numbers, or a date and a number or date.")
}

func power(e *Env, a, b value.Value) value.Value {
	x, y := a.Float(), b.Float()
	if x == 0 && y < 0 {
		return e.fail("$pow does not raise 0 to a negative power.")
	}
	r := math.Pow(x, y)
	switch {
	case a.Kind() == value.Decimal || b.Kind() == value.Decimal:
		n, whole := b.Integer()
		if !whole || n < 0 || n > 1000 {
			return value.ToDecimal(value.OfDouble(r))
		}
		out := value.ToDecimal(value.OfInt(1))
		for range n {
			out = value.Multiply(out, a)
		}
		return out
	case a.Kind() == value.Double || b.Kind() == value.Double || y < 0 || math.Abs(r) >= 1<<63:
		return value.OfDouble(r)
	}
	base, _ := a.Integer()
	n, _ := b.Integer()
	out := int64(1)
	for ; n > 0; n >>= 1 { // |base|^n < 2^63, so nothing overflows but the last square, which is not used
		if n&1 == 1 {
			out *= base
		}
		base *= base
	}
	if a.Kind() == value.Long || b.Kind() == value.Long {
		return value.OfLong(out)
	}
	return value.OfInt(out)
}
