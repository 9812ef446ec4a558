// Package key encodes values as bytes whose order is that of MongoDB's values, so that a database that knows nothing of
// documents can keep an index of them. No encoding is the beginning of another one.
package key

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/big"

	"github.com/alania-go/alania/domain/data/documents/value"
)

// MaxKey is how many bytes a key of an index has at most. A longer one is cut, and ends with a digest of all of it:
// it is still equal to the same keys only, and no longer in order.
const MaxKey = 1000

// head is what is left of a key that is cut.
const head = MaxKey - sha256.Size

// Places of values in the order of BSON that have no payload, or whose payload follows.
const (
	endOf   = 0 // ends strings, objects and arrays
	escaped = 0xff
	more    = 1
)

// Append appends the encoding of a value. exact is false when values that are not equal may have to be told apart
// by what is not in order.
func Append(b []byte, v value.Value) (out []byte, exact bool) {
	k := v.Kind()
	if k == value.Missing {
		k = value.Null
	}
	b = append(b, k.Class()+1)
	switch k {
	case value.Int, value.Long, value.Double, value.Decimal:
		return appendNumber(b, v)
	case value.String, value.Symbol:
		return appendText(b, v.Text()), true
	case value.ObjectID:
		id, _ := hex.AppendDecode(b, []byte(v.Text()))
		return id, true
	case value.Bool:
		if v.Bool() {
			return append(b, 1), true
		}
		return append(b, 0), true
	case value.Date:
		return binary.BigEndian.AppendUint64(b, uint64(v.Millis())^1<<63), true
	case value.Timestamp:
		t, i := v.Timestamp()
		return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, t), i), true
	case value.Binary:
		b = binary.BigEndian.AppendUint32(b, uint32(len(v.Text())))
		return append(append(b, v.Subtype()), v.Text()...), true
	case value.Regex:
		pattern, options := v.Regex()
		return appendText(appendText(b, pattern), options), true
	case value.Code:
		return appendText(b, v.String()), true
	case value.Object:
		exact = true
		for m := v.Members(); ; {
			f, ok := m.Next()
			if !ok {
				return append(b, endOf), exact
			}
			b = appendText(append(b, more, f.Value.Kind().Class()+1), f.Name)
			var same bool
			b, same = Append(b, f.Value)
			exact = exact && same
		}
	case value.Array:
		exact = true
		for e := v.Elements(); ; {
			elem, ok := e.Next()
			if !ok {
				return append(b, endOf), exact
			}
			var same bool
			b, same = Append(append(b, more), elem)
			exact = exact && same
		}
	}
	return b, true
}

func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		b = append(b, s[i])
		if s[i] == endOf {
			b = append(b, escaped)
		}
	}
	return append(b, endOf, more)
}

// appendNumber appends the nearest double, and how far the number is from it.
func appendNumber(b []byte, v value.Value) ([]byte, bool) {
	f := v.Float()
	rest, tail := 0.0, ""
	switch {
	case math.IsNaN(f):
		return append(b, 0, 0, 0, 0, 0, 0, 0, 0, 0x80), true
	case math.IsInf(f, 0):
	case v.Kind() == value.Long:
		if n, _ := v.Integer(); f >= 1<<63 {
			rest = -float64(uint64(1<<63) - uint64(n))
		} else {
			rest = float64(n - int64(f))
		}
	case v.Kind() == value.Decimal:
		if r, ok := new(big.Rat).SetString(v.Text()); ok {
			var same bool
			r.Sub(r, new(big.Rat).SetFloat64(f))
			if rest, same = r.Float64(); !same {
				tail = r.RatString()
			}
		}
	}
	b = appendFloat(b, f)
	switch {
	case rest == 0 && tail == "":
		return append(b, 0x80), true
	case rest < 0:
		b = appendFloat(append(b, 0x7f), rest)
	default:
		b = appendFloat(append(b, 0x81), rest)
	}
	if tail != "" && len(tail) > 2*sha256.Size {
		sum := sha256.Sum256([]byte(tail))
		tail = string(sum[:])
	}
	return appendText(b, tail), tail == ""
}

func appendFloat(b []byte, f float64) []byte {
	n := math.Float64bits(f)
	switch {
	case f == 0:
		n = 1 << 63
	case n>>63 == 1:
		n = ^n
	default:
		n |= 1 << 63
	}
	return binary.BigEndian.AppendUint64(b, n)
}

// Of returns the key of a value, cut when it is too long.
func Of(v value.Value) []byte {
	b, _ := Append(nil, v)
	b, _ = cut(b)
	return b
}

func cut(b []byte) (out []byte, was bool) {
	if len(b) <= MaxKey {
		return b, false
	}
	sum := sha256.Sum256(b)
	return append(b[:head:head], sum[:]...), true
}

// Invert turns the order of an encoding around.
func Invert(b []byte) {
	for i := range b {
		b[i] = ^b[i]
	}
}

// After returns the first key after all that begin with b; nil: there is none.
func After(b []byte) []byte {
	out := bytes.Clone(b)
	for i := len(out) - 1; i >= 0; i-- {
		if out[i]++; out[i] != 0 {
			return out[:i+1]
		}
	}
	return nil
}

// Range is the keys from From, up to but without To; a nil To is no bound.
type Range struct{ From, To []byte }

// Bound is one end of what is looked for among encodings of values: those that begin with Prefix are in it or not.
type Bound struct {
	Prefix    []byte
	Inclusive bool
}

// Between returns the keys that begin with a prefix and go on with encodings between two bounds; down says that
// they are inverted.
func Between(prefix []byte, low, high Bound, down bool) Range {
	if down {
		low, high = inverted(high), inverted(low)
	}
	from := shorten(append(bytes.Clone(prefix), low.Prefix...), &low)
	to := shorten(append(bytes.Clone(prefix), high.Prefix...), &high)
	r := Range{From: from}
	if !low.Inclusive {
		r.From = After(from)
	}
	if r.To = to; high.Inclusive {
		r.To = After(to)
	}
	return r
}

func inverted(b Bound) Bound {
	b.Prefix = bytes.Clone(b.Prefix)
	Invert(b.Prefix)
	return b
}

// shorten has a bound that is longer than what is left of keys that are cut take in all that it could mean.
func shorten(prefix []byte, b *Bound) []byte {
	if len(prefix) <= head {
		return prefix
	}
	b.Inclusive = true
	return prefix[:head]
}

// Class returns the bounds of all values of a value's class.
func Class(v value.Value) (low, high Bound) {
	b := Bound{[]byte{v.Kind().Class() + 1}, true}
	return b, b
}

// Encoded returns the encoding of one value as a bound.
func Encoded(v value.Value, inclusive bool) Bound {
	b, _ := Append(nil, v)
	return Bound{b, inclusive}
}
