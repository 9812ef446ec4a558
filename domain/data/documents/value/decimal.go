package value

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// digits34 is how many digits a Decimal has (IEEE 754 decimal128).
const digits34 = 34

const (
	maxExponent = 6111
	minExponent = -6176
)

// decimal is coef × 10^exp, or special: NaN or an infinity.
type decimal struct {
	coef    *big.Int
	exp     int
	special float64 // NaN or ±Inf; 0 for a number
}

// OfDecimal returns a Decimal of its text; ok is false for what is no number of 34 digits. The digits are kept:
// 1.20 stays 1.20.
func OfDecimal(text string) (v Value, ok bool) {
	switch strings.ToLower(text) {
	case "nan", "-nan", "+nan":
		return Value{kind: Decimal, text: "NaN"}, true
	case "inf", "infinity", "+inf", "+infinity":
		return Value{kind: Decimal, text: "Infinity"}, true
	case "-inf", "-infinity":
		return Value{kind: Decimal, text: "-Infinity"}, true
	}
	mantissa, exponent, hasExp := strings.Cut(strings.ToLower(text), "e")
	if hasExp {
		n, err := strconv.Atoi(exponent)
		if err != nil || n > 2*maxExponent || n < 2*minExponent {
			return Value{}, false
		}
	}
	digits := 0
	dots := 0
	for i := range len(mantissa) {
		c := mantissa[i]
		switch {
		case c >= '0' && c <= '9':
			if digits > 0 || c != '0' {
				digits++
			}
		case c == '.':
			dots++
		case (c == '-' || c == '+') && i == 0:
		default:
			return Value{}, false
		}
	}
	if dots > 1 || digits > digits34 || len(mantissa) > 6200 || !strings.ContainsAny(mantissa, "0123456789") {
		return Value{}, false
	}
	d, ok := decimalOf(Value{kind: Decimal, text: strings.TrimPrefix(text, "+")})
	if !ok || d.exp > maxExponent || d.exp < minExponent {
		return Value{}, false
	}
	negative := strings.HasPrefix(text, "-")
	return d.value(negative), true
}

// decimalOf returns a number as a decimal; ok is false for what is no finite number, whose special is set.
func decimalOf(v Value) (d decimal, ok bool) {
	switch v.kind {
	case Int, Long:
		return decimal{coef: big.NewInt(v.num)}, true
	case Double:
		f := v.Float()
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return decimal{special: f}, false
		}
		// As MongoDB converts doubles: 15 digits.
		return parseDecimal(strconv.FormatFloat(f, 'g', 15, 64))
	case Decimal:
		switch v.text {
		case "NaN":
			return decimal{special: math.NaN()}, false
		case "Infinity":
			return decimal{special: math.Inf(1)}, false
		case "-Infinity":
			return decimal{special: math.Inf(-1)}, false
		}
		return parseDecimal(v.text)
	}
	return decimal{special: math.NaN()}, false
}

func parseDecimal(text string) (decimal, bool) {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	exp, _ := strconv.Atoi(strings.TrimPrefix(exponent, "+"))
	whole, fraction, _ := strings.Cut(mantissa, ".")
	coef, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		return decimal{special: math.NaN()}, false
	}
	return decimal{coef: coef, exp: exp - len(fraction)}, true
}

func (d decimal) sign() int { return d.coef.Sign() }

var ten = big.NewInt(10)

func pow10(n int) *big.Int { return new(big.Int).Exp(ten, big.NewInt(int64(n)), nil) }

// integer returns a whole number within 64 bits.
func (d decimal) integer() (int64, bool) {
	n := d.coef
	if d.exp < 0 {
		rest := new(big.Int)
		n, rest = new(big.Int).QuoRem(d.coef, pow10(-d.exp), rest)
		if rest.Sign() != 0 {
			return 0, false
		}
	} else if d.exp > 0 {
		if d.exp > 20 && d.sign() != 0 {
			return 0, false
		}
		n = new(big.Int).Mul(d.coef, pow10(min(d.exp, 20)))
	}
	return n.Int64(), n.IsInt64()
}

// value returns the decimal as a Value, rounded half to even to 34 digits.
func (d decimal) value(negativeZero bool) Value {
	coef, exp := new(big.Int).Abs(d.coef), d.exp
	if n := len(coef.String()); n > digits34 {
		coef, exp = roundTo(coef, exp, n-digits34)
		if len(coef.String()) > digits34 {
			coef, exp = roundTo(coef, exp, 1)
		}
	}
	if coef.Sign() != 0 && exp < minExponent {
		coef, exp = roundTo(coef, exp, minExponent-exp)
	}
	negative := d.coef.Sign() < 0 || negativeZero && d.coef.Sign() == 0
	exp = max(exp, minExponent)
	if coef.Sign() == 0 {
		exp = min(exp, maxExponent)
	}
	for exp > maxExponent && len(coef.String()) < digits34 {
		coef, exp = new(big.Int).Mul(coef, ten), exp-1
	}
	text := coef.String()
	if exp > maxExponent {
		text = "Infinity"
	} else {
		text = scientific(text, exp)
	}
	if negative {
		text = "-" + text
	}
	return Value{kind: Decimal, text: text}
}

// scientific writes digits × 10^exp as decimal128 is written: plain while that needs no zeros that are not there.
func scientific(digits string, exp int) string {
	adjusted := exp + len(digits) - 1
	if exp > 0 || adjusted < -6 {
		out := digits[:1]
		if len(digits) > 1 {
			out += "." + digits[1:]
		}
		if adjusted >= 0 {
			return out + "E+" + strconv.Itoa(adjusted)
		}
		return out + "E" + strconv.Itoa(adjusted)
	}
	if exp == 0 {
		return digits
	}
	if n := -exp; n >= len(digits) {
		return "0." + strings.Repeat("0", n-len(digits)) + digits
	}
	return digits[:len(digits)+exp] + "." + digits[len(digits)+exp:]
}

// roundTo drops n digits of a number that is not negative, half to even.
func roundTo(coef *big.Int, exp, n int) (*big.Int, int) {
	if n > 8000 {
		return new(big.Int), exp + n
	}
	by := pow10(n)
	quotient, rest := new(big.Int).QuoRem(coef, by, new(big.Int))
	switch new(big.Int).Lsh(rest, 1).Cmp(by) {
	case 1:
		quotient.Add(quotient, big.NewInt(1))
	case 0:
		if quotient.Bit(0) == 1 {
			quotient.Add(quotient, big.NewInt(1))
		}
	}
	return quotient, exp + n
}

func decimalFloat(text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(f, 0) {
		return math.NaN()
	}
	return f
}

// rational returns a finite number exactly.
func rational(v Value) (*big.Rat, bool) {
	if v.kind == Double {
		r := new(big.Rat).SetFloat64(v.Float())
		return r, r != nil
	}
	d, ok := decimalOf(v)
	if !ok {
		return nil, false
	}
	r := new(big.Rat).SetInt(d.coef)
	if d.exp >= 0 {
		return r.Mul(r, new(big.Rat).SetInt(pow10(d.exp))), true
	}
	return r.Quo(r, new(big.Rat).SetInt(pow10(-d.exp))), true
}
