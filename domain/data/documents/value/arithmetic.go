package value

import (
	"math"
	"math/big"
	"math/bits"
)

// Arithmetic is of numbers only. Its results have the wider type of the two: Int, Long, Double, Decimal in that order.
// An Int becomes a Long, and a Long a Double, when it does not hold the result.

// wider returns the wider of two kinds of numbers.
func wider(a, b Kind) Kind { return max(a, b) }

func decimals(a, b Value, f func(x, y decimal) Value, special func(x, y float64) float64) Value {
	x, ok1 := decimalOf(a)
	y, ok2 := decimalOf(b)
	if !ok1 || !ok2 {
		return ofSpecial(special(a.Float(), b.Float()))
	}
	return f(x, y)
}

// ofSpecial returns a Decimal of what arithmetic with NaN or infinities makes.
func ofSpecial(f float64) Value {
	switch {
	case math.IsNaN(f):
		return Value{kind: Decimal, text: "NaN"}
	case math.IsInf(f, 1):
		return Value{kind: Decimal, text: "Infinity"}
	case math.IsInf(f, -1):
		return Value{kind: Decimal, text: "-Infinity"}
	}
	return ToDecimal(OfDouble(f))
}

// ToDecimal returns a number as a Decimal.
func ToDecimal(v Value) Value {
	if v.kind == Decimal {
		return v
	}
	d, ok := decimalOf(v)
	if !ok {
		return ofSpecial(v.Float())
	}
	return d.value(false)
}

// ofWhole returns n as the kind, or as the next that holds it.
func ofWhole(kind Kind, n int64) Value {
	if kind == Long {
		return OfLong(n)
	}
	return OfInt(n)
}

// align brings two decimals to one exponent. far reports that they are too far from each other for both to matter.
func align(x, y decimal) (a, b *big.Int, exp int, far bool) {
	if x.exp-y.exp > 200 || y.exp-x.exp > 200 {
		return nil, nil, 0, true
	}
	exp = min(x.exp, y.exp)
	return new(big.Int).Mul(x.coef, pow10(x.exp-exp)), new(big.Int).Mul(y.coef, pow10(y.exp-exp)), exp, false
}

func addDecimals(x, y decimal) Value {
	a, b, exp, far := align(x, y)
	if far {
		if x.sign() != 0 && (x.exp > y.exp || y.sign() == 0) {
			return x.value(false)
		}
		return y.value(false)
	}
	return decimal{coef: a.Add(a, b), exp: exp}.value(false)
}

// Add returns a + b.
func Add(a, b Value) Value {
	switch kind := wider(a.kind, b.kind); kind {
	case Int, Long:
		sum := a.num + b.num
		if (sum > a.num) != (b.num > 0) && b.num != 0 {
			return OfDouble(float64(a.num) + float64(b.num))
		}
		return ofWhole(kind, sum)
	case Decimal:
		return decimals(a, b, addDecimals, func(x, y float64) float64 { return x + y })
	}
	return OfDouble(a.Float() + b.Float())
}

// Negate returns -a.
func Negate(a Value) Value {
	switch a.kind {
	case Int, Long:
		if a.num == math.MinInt64 {
			return OfDouble(-float64(a.num))
		}
		return ofWhole(a.kind, -a.num)
	case Decimal:
		d, ok := decimalOf(a)
		if !ok {
			return ofSpecial(-d.special)
		}
		return decimal{coef: new(big.Int).Neg(d.coef), exp: d.exp}.value(false)
	}
	return OfDouble(-a.Float())
}

// Subtract returns a - b.
func Subtract(a, b Value) Value {
	if kind := wider(a.kind, b.kind); kind == Int || kind == Long {
		diff := a.num - b.num
		if (diff < a.num) != (b.num > 0) && b.num != 0 {
			return OfDouble(float64(a.num) - float64(b.num))
		}
		return ofWhole(kind, diff)
	} else if kind == Double {
		return OfDouble(a.Float() - b.Float())
	}
	return Add(a, Negate(b))
}

// Multiply returns a × b.
func Multiply(a, b Value) Value {
	switch kind := wider(a.kind, b.kind); kind {
	case Int, Long:
		high, low := bits.Mul64(magnitude(a.num), magnitude(b.num))
		if high != 0 || low > math.MaxInt64 {
			return OfDouble(float64(a.num) * float64(b.num))
		}
		return ofWhole(kind, a.num*b.num)
	case Decimal:
		return decimals(a, b, func(x, y decimal) Value {
			return decimal{coef: new(big.Int).Mul(x.coef, y.coef), exp: x.exp + y.exp}.value(false)
		}, func(x, y float64) float64 { return x * y })
	}
	return OfDouble(a.Float() * b.Float())
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// Divide returns a / b, a Double or a Decimal; b is not zero.
func Divide(a, b Value) Value {
	if wider(a.kind, b.kind) != Decimal {
		return OfDouble(a.Float() / b.Float())
	}
	return decimals(a, b, func(x, y decimal) Value {
		if y.sign() == 0 {
			return ofSpecial(a.Float() / b.Float())
		}
		shift := max(0, digits34+2+len(y.coef.String())-len(x.coef.String()))
		quotient, rest := new(big.Int).QuoRem(new(big.Int).Mul(x.coef, pow10(shift)), y.coef, new(big.Int))
		exp := x.exp - y.exp - shift
		if rest.Sign() != 0 { // a digit that is no half, so that rounding is right
			quotient.Mul(quotient, ten).Add(quotient, big.NewInt(int64(quotient.Sign()|1)))
			return decimal{coef: quotient, exp: exp - 1}.value(false)
		}
		for exp < x.exp-y.exp { // an exact quotient without zeros at its end
			q, r := new(big.Int).QuoRem(quotient, ten, new(big.Int))
			if r.Sign() != 0 {
				break
			}
			quotient, exp = q, exp+1
		}
		return decimal{coef: quotient, exp: exp}.value(false)
	}, func(x, y float64) float64 { return x / y })
}

// IsZero reports whether a number is zero.
func IsZero(v Value) bool { return v.IsNumber() && !v.Truth() }

// Mod returns the remainder of a / b with a's sign; b is not zero.
func Mod(a, b Value) Value {
	switch kind := wider(a.kind, b.kind); kind {
	case Int, Long:
		if b.num == -1 {
			return ofWhole(kind, 0)
		}
		return ofWhole(kind, a.num%b.num)
	case Decimal:
		return decimals(a, b, func(x, y decimal) Value {
			p, q, exp, far := align(x, y)
			if far || q.Sign() == 0 {
				return ofSpecial(math.NaN())
			}
			return decimal{coef: new(big.Int).Rem(p, q), exp: exp}.value(false)
		}, math.Mod)
	}
	return OfDouble(math.Mod(a.Float(), b.Float()))
}

// Rounding is how digits are dropped.
type Rounding uint8

// The ways of rounding.
const (
	HalfEven Rounding = iota
	Truncate
	Floor
	Ceil
)

// Round drops the digits of a number after the place: 2 is hundredths, -1 is tens.
func Round(v Value, place int, how Rounding) Value {
	switch v.kind {
	case Int, Long:
		if place >= 0 {
			return v
		}
		d := decimal{coef: big.NewInt(v.num)}.round(place, how)
		if n, ok := d.integer(); ok {
			return ofWhole(v.kind, n)
		}
		f, _ := new(big.Float).SetInt(new(big.Int).Mul(d.coef, pow10(max(0, d.exp)))).Float64()
		return OfDouble(f)
	case Double:
		f := v.Float()
		if place == 0 || math.IsNaN(f) || math.IsInf(f, 0) {
			return OfDouble(roundFloat(f, how))
		}
		if place > 340 || place < -340 {
			if place > 0 {
				return v
			}
			return OfDouble(0)
		}
		r := new(big.Rat).SetFloat64(f)
		d := decimalOfRat(r).round(place, how)
		return OfDouble(decimalFloat(d.value(false).text))
	}
	d, ok := decimalOf(v)
	if !ok {
		return v
	}
	return d.round(place, how).value(false)
}

// decimalOfRat returns a number with a power of two below its line exactly.
func decimalOfRat(r *big.Rat) decimal {
	twos := r.Denom().BitLen() - 1
	coef := new(big.Int).Mul(r.Num(), new(big.Int).Exp(big.NewInt(5), big.NewInt(int64(twos)), nil))
	return decimal{coef: coef, exp: -twos}
}

func roundFloat(f float64, how Rounding) float64 {
	switch how {
	case HalfEven:
		return math.RoundToEven(f)
	case Truncate:
		return math.Trunc(f)
	case Floor:
		return math.Floor(f)
	}
	return math.Ceil(f)
}

func (d decimal) round(place int, how Rounding) decimal {
	drop := -place - d.exp
	if drop <= 0 {
		return d
	}
	if drop > 8000 {
		return decimal{coef: new(big.Int), exp: -place}
	}
	negative := d.coef.Sign() < 0
	magnitude := new(big.Int).Abs(d.coef)
	var coef *big.Int
	if how == HalfEven {
		coef, _ = roundTo(magnitude, d.exp, drop)
	} else {
		rest := new(big.Int)
		coef, rest = new(big.Int).QuoRem(magnitude, pow10(drop), rest)
		if rest.Sign() != 0 && (how == Ceil && !negative || how == Floor && negative) {
			coef.Add(coef, big.NewInt(1))
		}
	}
	if negative {
		coef.Neg(coef)
	}
	return decimal{coef: coef, exp: -place}
}

// Abs returns a number without its sign.
func Abs(v Value) Value {
	if v.kind == Double {
		return OfDouble(math.Abs(v.Float()))
	}
	if Compare(v, OfInt(0)) < 0 {
		return Negate(v)
	}
	return v
}
