// Package value reads, compares and writes documents: relaxed Extended JSON, in which a type that JSON does not have
// is an object such as {"$oid": "…"}. A value is read from its text when somebody asks for it, and what nobody changes
// is written as the text that it was read from.
//
// Numbers keep their type: 1 is an Int (32 bits, or a Long beyond them), 1.0 a Double, {"$numberLong": "1"} a Long and
// {"$numberDecimal": "1"} a Decimal. They compare by value, and values of different types in the order of BSON.
package value

import (
	"math"
	"strings"
)

// Kind is the type of a value.
type Kind uint8

// The kinds. Missing is that of a member that is not there.
const (
	Missing Kind = iota
	MinKey
	Undefined
	Null
	Int
	Long
	Double
	Decimal
	String
	Symbol
	Object
	Array
	Binary
	ObjectID
	Bool
	Date
	Timestamp
	Regex
	Code
	MaxKey
)

// classes are the places of the kinds in the order of BSON; kinds with the same place compare with each other.
var classes = [...]uint8{
	Missing: 1, MinKey: 0, Undefined: 2, Null: 3, Int: 4, Long: 4, Double: 4, Decimal: 4, String: 5, Symbol: 5,
	Object: 6, Array: 7, Binary: 8, ObjectID: 9, Bool: 10, Date: 11, Timestamp: 12, Regex: 13, Code: 14, MaxKey: 15,
}

// Class returns the place of the kind in the order of BSON.
func (k Kind) Class() uint8 { return classes[k] }

var names = [...]string{
	Missing: "missing", MinKey: "minKey", Undefined: "undefined", Null: "null", Int: "int", Long: "long",
	Double: "double", Decimal: "decimal", String: "string", Symbol: "symbol", Object: "object", Array: "array",
	Binary: "binData", ObjectID: "objectId", Bool: "bool", Date: "date", Timestamp: "timestamp", Regex: "regex",
	Code: "javascript", MaxKey: "maxKey",
}

// String returns the name that $type has for the kind.
func (k Kind) String() string { return names[k] }

// Value is one value. The zero Value is missing. It is immutable but for what Edit returns.
type Value struct {
	kind Kind
	num  int64  // Int, Long, Bool, Date (ms), bits of a Double, subtype of a Binary, a Timestamp
	text string // of a String; JSON of an Object or Array; digits of a Decimal; hex of an ObjectID; bytes of a Binary
	node *node  // what an Object or Array has, when it is not in text
}

type node struct {
	fields []Field
	elems  []Value
}

// Field is a member of an object.
type Field struct {
	Name  string
	Value Value
}

// The values that are always the same.
var (
	NullValue   = Value{kind: Null}
	True        = Value{kind: Bool, num: 1}
	False       = Value{kind: Bool}
	Least       = Value{kind: MinKey}
	Greatest    = Value{kind: MaxKey}
	emptyNode   = &node{}
	EmptyArray  = Value{kind: Array, node: emptyNode}
	EmptyObject = Value{kind: Object, node: emptyNode}
)

// OfBool returns a Bool.
func OfBool(b bool) Value {
	if b {
		return True
	}
	return False
}

// OfInt returns an Int, or a Long when 32 bits do not hold n.
func OfInt(n int64) Value {
	if n >= math.MinInt32 && n <= math.MaxInt32 {
		return Value{kind: Int, num: n}
	}
	return Value{kind: Long, num: n}
}

// OfLong returns a Long.
func OfLong(n int64) Value { return Value{kind: Long, num: n} }

// OfDouble returns a Double.
func OfDouble(f float64) Value { return Value{kind: Double, num: int64(math.Float64bits(f))} }

// OfString returns a String.
func OfString(s string) Value { return Value{kind: String, text: s} }

// OfDate returns a Date of milliseconds since 1970.
func OfDate(ms int64) Value { return Value{kind: Date, num: ms} }

// OfObjectID returns an ObjectID of 24 hex digits; ok is false for anything else.
func OfObjectID(hex string) (v Value, ok bool) {
	if len(hex) != 24 {
		return Value{}, false
	}
	for i := range len(hex) {
		if c := hex[i] | 0x20; (hex[i] < '0' || hex[i] > '9') && (c < 'a' || c > 'f') {
			return Value{}, false
		}
	}
	return Value{kind: ObjectID, text: strings.ToLower(hex)}, true
}

// OfRegex returns a regular expression with its options.
func OfRegex(pattern, options string) Value {
	return Value{kind: Regex, text: pattern + "\x00" + options}
}

// OfTimestamp returns a Timestamp of seconds and an ordinal.
func OfTimestamp(seconds, ordinal uint32) Value {
	return Value{kind: Timestamp, num: int64(uint64(seconds)<<32 | uint64(ordinal))}
}

// OfBinary returns a Binary.
func OfBinary(subtype byte, data string) Value {
	return Value{kind: Binary, num: int64(subtype), text: data}
}

// OfObject returns an Object of fields, which it keeps.
func OfObject(fields ...Field) Value { return Value{kind: Object, node: &node{fields: fields}} }

// OfArray returns an Array of elements, which it keeps.
func OfArray(elems ...Value) Value { return Value{kind: Array, node: &node{elems: elems}} }

// F returns a field.
func F(name string, v Value) Field { return Field{name, v} }

// Kind returns the value's kind.
func (v Value) Kind() Kind { return v.kind }

// IsMissing reports whether there is no value.
func (v Value) IsMissing() bool { return v.kind == Missing }

// IsNumber reports whether the value is a number.
func (v Value) IsNumber() bool { return v.kind >= Int && v.kind <= Decimal }

// IsNullish reports whether the value is missing, null or undefined.
func (v Value) IsNullish() bool { return v.kind == Missing || v.kind == Null || v.kind == Undefined }

// Bool returns a Bool's value.
func (v Value) Bool() bool { return v.num != 0 }

// Truth returns what the value is as a condition: false, zero, null and missing are false.
func (v Value) Truth() bool {
	switch v.kind {
	case Missing, Null, Undefined:
		return false
	case Bool, Int, Long:
		return v.num != 0
	case Double:
		return v.Float() != 0
	case Decimal:
		d, ok := decimalOf(v)
		return !ok || d.sign() != 0
	}
	return true
}

// Text returns a String's text, a Decimal's digits, an ObjectID's hex digits or a Binary's bytes.
func (v Value) Text() string { return v.text }

// Regex returns a regular expression's pattern and options.
func (v Value) Regex() (pattern, options string) {
	pattern, options, _ = strings.Cut(v.text, "\x00")
	return pattern, options
}

// Millis returns a Date's milliseconds since 1970.
func (v Value) Millis() int64 { return v.num }

// Timestamp returns a Timestamp's seconds and ordinal.
func (v Value) Timestamp() (seconds, ordinal uint32) {
	return uint32(uint64(v.num) >> 32), uint32(uint64(v.num))
}

// Subtype returns a Binary's subtype.
func (v Value) Subtype() byte { return byte(v.num) }

// Float returns a number as a Double; NaN for what is no number.
func (v Value) Float() float64 {
	switch v.kind {
	case Int, Long:
		return float64(v.num)
	case Double:
		return math.Float64frombits(uint64(v.num))
	case Decimal:
		return decimalFloat(v.text)
	}
	return math.NaN()
}

// Integer returns a number that is whole and within 64 bits.
func (v Value) Integer() (n int64, ok bool) {
	switch v.kind {
	case Int, Long:
		return v.num, true
	case Double:
		f := v.Float()
		if f != math.Trunc(f) || f < -(1<<63) || f >= 1<<63 {
			return 0, false
		}
		return int64(f), true
	case Decimal:
		d, ok := decimalOf(v)
		if !ok {
			return 0, false
		}
		return d.integer()
	}
	return 0, false
}

// Get returns an object's member; missing when there is none, or when the value is no object.
func (v Value) Get(name string) Value {
	if v.kind != Object {
		return Value{}
	}
	if v.node != nil {
		for i := range v.node.fields {
			if v.node.fields[i].Name == name {
				return v.node.fields[i].Value
			}
		}
		return Value{}
	}
	return lookup(v.text, name)
}

// Index returns an array's element; missing when there is none, or when the value is no array.
func (v Value) Index(i int) Value {
	if v.kind != Array || i < 0 {
		return Value{}
	}
	if v.node != nil {
		if i < len(v.node.elems) {
			return v.node.elems[i]
		}
		return Value{}
	}
	e := v.Elements()
	for ; ; i-- {
		elem, ok := e.Next()
		if !ok || i == 0 {
			return elem
		}
	}
}

// Len returns how many members or elements an object or array has.
func (v Value) Len() int {
	switch {
	case v.kind != Object && v.kind != Array:
		return 0
	case v.node != nil:
		return len(v.node.fields) + len(v.node.elems)
	}
	n := 0
	r := newReader(v.text)
	for r.next(v.kind == Object) {
		if v.kind == Object {
			r.i = skipColon(r.s, skipString(r.s, r.i))
		}
		r.i = skip(r.s, r.i)
		n++
	}
	return n
}

// Members walks through the members of an object.
type Members struct {
	fields []Field
	r      reader
}

// Members begins a walk; there is nothing to walk through in what is no object.
func (v Value) Members() Members {
	switch {
	case v.kind != Object:
		return Members{}
	case v.node != nil:
		return Members{fields: v.node.fields}
	}
	return Members{r: newReader(v.text)}
}

// Next returns the next member; ok is false after the last.
func (m *Members) Next() (f Field, ok bool) {
	if len(m.fields) > 0 {
		f, m.fields = m.fields[0], m.fields[1:]
		return f, true
	}
	if !m.r.next(true) {
		return Field{}, false
	}
	f.Name = m.r.name()
	f.Value, m.r.i = read(m.r.s, m.r.i)
	return f, true
}

// Elements walks through the elements of an array.
type Elements struct {
	elems []Value
	r     reader
}

// Elements begins a walk; there is nothing to walk through in what is no array.
func (v Value) Elements() Elements {
	switch {
	case v.kind != Array:
		return Elements{}
	case v.node != nil:
		return Elements{elems: v.node.elems}
	}
	return Elements{r: newReader(v.text)}
}

// Next returns the next element; ok is false after the last.
func (e *Elements) Next() (v Value, ok bool) {
	if len(e.elems) > 0 {
		v, e.elems = e.elems[0], e.elems[1:]
		return v, true
	}
	if !e.r.next(false) {
		return Value{}, false
	}
	v, e.r.i = read(e.r.s, e.r.i)
	return v, true
}

// Fields returns an object's members. The caller does not change them.
func (v Value) Fields() []Field {
	if v.node != nil {
		return v.node.fields
	}
	var out []Field
	for m := v.Members(); ; {
		f, ok := m.Next()
		if !ok {
			return out
		}
		out = append(out, f)
	}
}

// Slice returns an array's elements. The caller does not change them.
func (v Value) Slice() []Value {
	if v.node != nil {
		return v.node.elems
	}
	var out []Value
	for e := v.Elements(); ; {
		elem, ok := e.Next()
		if !ok {
			return out
		}
		out = append(out, elem)
	}
}

// Size returns about how many bytes of memory the value keeps.
func (v Value) Size() int {
	n := 48 + len(v.text)
	if v.node != nil {
		for i := range v.node.fields {
			n += 16 + len(v.node.fields[i].Name) + v.node.fields[i].Value.Size()
		}
		for i := range v.node.elems {
			n += v.node.elems[i].Size()
		}
	}
	return n
}

// Depth returns how deep objects and arrays are nested in the value; it stops counting at limit.
func (v Value) Depth(limit int) int {
	if limit <= 0 || v.kind != Object && v.kind != Array {
		return 0
	}
	deepest := 0
	for m := v.Members(); ; {
		f, ok := m.Next()
		if !ok {
			break
		}
		deepest = max(deepest, f.Value.Depth(limit-1))
	}
	for e := v.Elements(); ; {
		elem, ok := e.Next()
		if !ok {
			break
		}
		deepest = max(deepest, elem.Depth(limit-1))
	}
	return 1 + deepest
}
