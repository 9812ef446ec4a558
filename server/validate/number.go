package validate

import (
	"math/bits"
	"strconv"
)

// decimal is a JSON number without loss: 0.d₁d₂d₃… × 10^point, where the digits are
// those of a followed by those of b, without leading and trailing zeros. Zero has no
// digits. Nothing is computed with floats or big numbers, so 1e999999999 costs no more
// than 1, and two numbers are equal exactly when JSON Schema says so.
type decimal struct {
	neg   bool
	a, b  []byte
	point int64
}

// parseDecimal reads a literal that scanNumber accepted.
func parseDecimal(lit []byte) decimal {
	var d decimal
	i := 0
	if lit[0] == '-' {
		d.neg = true
		i++
	}
	from := i
	for i < len(lit) && lit[i]-'0' <= 9 {
		i++
	}
	d.a = lit[from:i]
	if i < len(lit) && lit[i] == '.' {
		i++
		from = i
		for i < len(lit) && lit[i]-'0' <= 9 {
			i++
		}
		d.b = lit[from:i]
	}
	var exp int64
	if i < len(lit) {
		i++ // e
		minus := lit[i] == '-'
		if minus || lit[i] == '+' {
			i++
		}
		for ; i < len(lit); i++ {
			if exp < 1e17 { // beyond any length of digits that could make up for it
				exp = exp*10 + int64(lit[i]-'0')
			}
		}
		if minus {
			exp = -exp
		}
	}
	d.point = int64(len(d.a)) + exp
	for len(d.a) > 0 && d.a[0] == '0' {
		d.a = d.a[1:]
		d.point--
	}
	if len(d.a) == 0 {
		for len(d.b) > 0 && d.b[0] == '0' {
			d.b = d.b[1:]
			d.point--
		}
	}
	for len(d.b) > 0 && d.b[len(d.b)-1] == '0' {
		d.b = d.b[:len(d.b)-1]
	}
	if len(d.b) == 0 {
		for len(d.a) > 0 && d.a[len(d.a)-1] == '0' {
			d.a = d.a[:len(d.a)-1]
		}
	}
	if d.len() == 0 {
		return decimal{}
	}
	return d
}

func (d *decimal) len() int { return len(d.a) + len(d.b) }

func (d *decimal) at(i int) byte {
	if i < len(d.a) {
		return d.a[i]
	}
	return d.b[i-len(d.a)]
}

func (d *decimal) isInteger() bool { return d.point >= int64(d.len()) || d.len() == 0 }

// compare returns -1, 0 or 1.
func (d *decimal) compare(e *decimal) int {
	sign := 1
	if d.neg {
		sign = -1
	}
	switch {
	case d.len() == 0 && e.len() == 0:
		return 0
	case d.len() == 0:
		if e.neg {
			return 1
		}
		return -1
	case e.len() == 0:
		return sign
	case d.neg != e.neg:
		return sign
	case d.point != e.point:
		if d.point > e.point {
			return sign
		}
		return -sign
	}
	n, m := d.len(), e.len()
	for i := 0; i < n && i < m; i++ {
		x, y := d.at(i), e.at(i)
		if x != y {
			if x > y {
				return sign
			}
			return -sign
		}
	}
	switch {
	case n > m:
		return sign
	case n < m:
		return -sign
	}
	return 0
}

// int64 returns the value when it is an integer in range.
func (d *decimal) int64() (int64, bool) {
	if d.len() == 0 {
		return 0, true
	}
	if !d.isInteger() || d.point > 19 {
		return 0, false
	}
	var v uint64
	for i := 0; i < int(d.point); i++ {
		c := uint64(0)
		if i < d.len() {
			c = uint64(d.at(i) - '0')
		}
		hi, lo := bits.Mul64(v, 10)
		sum, carry := bits.Add64(lo, c, 0)
		if hi != 0 || carry != 0 {
			return 0, false
		}
		v = sum
	}
	if d.neg {
		if v > 1<<63 {
			return 0, false
		}
		return -int64(v), true
	}
	if v > 1<<63-1 {
		return 0, false
	}
	return int64(v), true
}

// multipleOf reports whether d is an integer multiple of m, which is not zero and has at
// most 17 digits because it was a float64. With d = c·10^e and m = c'·10^e', c free of
// trailing zeros, d is a multiple exactly when e ≥ e' and c' divides c·10^(e-e').
func (d *decimal) multipleOf(m *decimal) bool {
	if d.len() == 0 {
		return true
	}
	de, me := d.point-int64(d.len()), m.point-int64(m.len())
	if de < me {
		// m may have trailing zeros hidden in its exponent that c has not.
		return false
	}
	var div uint64
	for i := range m.len() {
		div = div*10 + uint64(m.at(i)-'0')
	}
	mulMod := func(x, y uint64) uint64 {
		hi, lo := bits.Mul64(x, y)
		_, rem := bits.Div64(hi%div, lo, div)
		return rem
	}
	var rem uint64
	for i := range d.len() {
		rem = (mulMod(rem, 10) + uint64(d.at(i)-'0')) % div
	}
	base := 10 % div
	for k := uint64(de - me); k > 0 && rem != 0; k >>= 1 {
		if k&1 == 1 {
			rem = mulMod(rem, base)
		}
		base = mulMod(base, base)
	}
	return rem == 0
}

// bound is a number of the schema, ready to be compared with.
type bound struct {
	set     bool
	integer bool
	i       int64
	dec     decimal
	text    string
}

func newBound(v float64) bound {
	text := strconv.FormatFloat(v, 'g', -1, 64)
	b := bound{set: true, dec: parseDecimal([]byte(text)), text: strconv.FormatFloat(v, 'f', -1, 64)}
	b.i, b.integer = b.dec.int64()
	return b
}

// shortInt reads a literal without fraction, exponent and with at most 18 digits.
func shortInt(lit []byte) (int64, bool) {
	neg := lit[0] == '-'
	if neg {
		lit = lit[1:]
	}
	if len(lit) > 18 {
		return 0, false
	}
	var v int64
	for _, c := range lit {
		v = v*10 + int64(c-'0')
	}
	if neg {
		v = -v
	}
	return v, true
}
