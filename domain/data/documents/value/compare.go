package value

import (
	"cmp"
	"encoding/binary"
	"math"
	"strconv"
	"strings"
)

// Compare orders two values as MongoDB does: types by the order of BSON, numbers by value, strings by their bytes,
// objects and arrays member by member. What is missing comes before null and after MinKey.
func Compare(a, b Value) int {
	if c := cmp.Compare(classes[a.kind], classes[b.kind]); c != 0 {
		return c
	}
	switch a.kind {
	case Int, Long, Double, Decimal:
		return compareNumbers(a, b)
	case String, Symbol, ObjectID:
		return strings.Compare(a.text, b.text)
	case Regex:
		return strings.Compare(a.text, b.text)
	case Object:
		return compareObjects(a, b)
	case Array:
		return compareArrays(a, b)
	case Bool, Date:
		return cmp.Compare(a.num, b.num)
	case Timestamp:
		return cmp.Compare(uint64(a.num), uint64(b.num))
	case Binary:
		return cmp.Or(cmp.Compare(len(a.text), len(b.text)), cmp.Compare(a.num, b.num), strings.Compare(a.text, b.text))
	case Code:
		return cmp.Or(strings.Compare(a.text, b.text), compareObjects(scope(a), scope(b)))
	}
	return 0
}

func scope(v Value) Value {
	if v.node == nil {
		return EmptyObject
	}
	return Value{kind: Object, node: v.node}
}

// Equal reports whether two values are the same: of one class, and neither before the other.
func Equal(a, b Value) bool {
	if classes[a.kind] != classes[b.kind] {
		return false
	}
	return Compare(a, b) == 0
}

func compareNumbers(a, b Value) int {
	whole := func(k Kind) bool { return k == Int || k == Long }
	switch {
	case whole(a.kind) && whole(b.kind):
		return cmp.Compare(a.num, b.num)
	case a.kind == Double && b.kind == Double:
		return cmp.Compare(a.Float(), b.Float())
	case a.kind == Double && whole(b.kind):
		return compareFloat(a.Float(), b.num)
	case whole(a.kind) && b.kind == Double:
		return -compareFloat(b.Float(), a.num)
	}
	x, y := a.Float(), b.Float()
	if !math.IsInf(x, 0) && !math.IsInf(y, 0) && math.Abs(x-y) > 1e-6*math.Abs(x) {
		return cmp.Compare(x, y) // far enough from each other that rounding does not matter
	}
	r, ok1 := rational(a)
	s, ok2 := rational(b)
	switch {
	case ok1 && ok2:
		return r.Cmp(s)
	case ok1: // it may be beyond what a Double holds, and is no infinity
		x = max(-math.MaxFloat64, min(math.MaxFloat64, x))
	case ok2:
		y = max(-math.MaxFloat64, min(math.MaxFloat64, y))
	}
	return cmp.Compare(x, y)
}

// compareFloat compares a Double with a whole number, which a Double may not hold.
func compareFloat(f float64, n int64) int {
	switch {
	case math.IsNaN(f) || f < -(1<<63):
		return -1
	case f >= 1<<63:
		return 1
	}
	whole := math.Trunc(f)
	return cmp.Or(cmp.Compare(int64(whole), n), cmp.Compare(f, whole))
}

func compareObjects(a, b Value) int {
	x, y := a.Members(), b.Members()
	for {
		f, ok1 := x.Next()
		g, ok2 := y.Next()
		if !ok1 || !ok2 {
			return compareEnds(ok1, ok2)
		}
		if c := cmp.Or(cmp.Compare(classes[f.Value.kind], classes[g.Value.kind]), strings.Compare(f.Name, g.Name),
			Compare(f.Value, g.Value)); c != 0 {
			return c
		}
	}
}

func compareArrays(a, b Value) int {
	x, y := a.Elements(), b.Elements()
	for {
		v, ok1 := x.Next()
		w, ok2 := y.Next()
		if !ok1 || !ok2 {
			return compareEnds(ok1, ok2)
		}
		if c := Compare(v, w); c != 0 {
			return c
		}
	}
}

// compareEnds orders what has more left after what has not.
func compareEnds(more1, more2 bool) int {
	switch {
	case more1:
		return 1
	case more2:
		return -1
	}
	return 0
}

// AppendKey appends bytes that are the same for two values when Equal says that they are the same.
func (v Value) AppendKey(b []byte) []byte {
	switch v.kind {
	case Int, Long, Double, Decimal:
		return appendNumberKey(b, v)
	case String, Symbol, ObjectID, Regex:
		b = binary.AppendUvarint(append(b, classes[v.kind]), uint64(len(v.text)))
		return append(b, v.text...)
	case Bool, Date, Timestamp:
		return binary.BigEndian.AppendUint64(append(b, classes[v.kind]), uint64(v.num))
	case Object:
		b = append(b, classes[Object])
		for m := v.Members(); ; {
			f, ok := m.Next()
			if !ok {
				return append(b, 0xff)
			}
			b = f.Value.AppendKey(append(b, 1))
			b = binary.AppendUvarint(b, uint64(len(f.Name)))
			b = append(b, f.Name...)
		}
	case Array:
		b = append(b, classes[Array])
		for e := v.Elements(); ; {
			elem, ok := e.Next()
			if !ok {
				return append(b, 0xff)
			}
			b = elem.AppendKey(append(b, 1))
		}
	case Binary:
		b = binary.AppendUvarint(append(b, classes[Binary], byte(v.num)), uint64(len(v.text)))
		return append(b, v.text...)
	case Code:
		b = binary.AppendUvarint(append(b, classes[Code]), uint64(len(v.text)))
		return scope(v).AppendKey(append(b, v.text...))
	}
	return append(b, classes[v.kind])
}

func appendNumberKey(b []byte, v Value) []byte {
	if n, ok := v.Integer(); ok {
		return binary.BigEndian.AppendUint64(append(b, classes[Int], 'i'), uint64(n))
	}
	if v.kind == Decimal {
		d, ok := decimalOf(v)
		if r, exact := rational(v); ok && exact {
			f, same := r.Float64()
			if !same {
				text := strings.TrimRight(d.coef.String(), "0")
				exp := d.exp + len(d.coef.String()) - len(text)
				b = append(append(b, classes[Int], 'x'), text...)
				return append(strconv.AppendInt(append(b, 'e'), int64(exp), 10), 0)
			}
			v = OfDouble(f)
		}
	}
	f := v.Float()
	if math.IsNaN(f) {
		f = math.NaN()
	}
	return binary.BigEndian.AppendUint64(append(b, classes[Int], 'd'), math.Float64bits(f))
}
