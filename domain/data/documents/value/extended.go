package value

import (
	"encoding/base64"
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"time"
)

// unwrap returns what an object of Extended JSON stands for, and the object itself when it stands for nothing else.
// what says what is wrong with it.
func unwrap(o Value) (v Value, what string) {
	m := o.Members()
	first, ok := m.Next()
	if !ok || len(first.Name) < 4 || first.Name[0] != '$' {
		return o, ""
	}
	second, more := m.Next()
	_, third := m.Next()
	arg := first.Value
	alone := func(v Value, ok bool, form string) (Value, string) {
		if more || !ok {
			return o, first.Name + " takes " + form + " and stands alone."
		}
		return v, ""
	}
	switch first.Name {
	case "$oid":
		v, ok := OfObjectID(arg.text)
		return alone(v, ok && arg.kind == String, "24 hex digits")
	case "$date":
		v, ok := dateOf(arg)
		return alone(v, ok, "a time of RFC 3339 or milliseconds as $numberLong")
	case "$numberInt":
		n, err := strconv.ParseInt(arg.text, 10, 32)
		return alone(Value{kind: Int, num: n}, err == nil && arg.kind == String, "a string of a whole number of 32 bits")
	case "$numberLong":
		n, err := strconv.ParseInt(arg.text, 10, 64)
		return alone(OfLong(n), err == nil && arg.kind == String, "a string of a whole number of 64 bits")
	case "$numberDouble":
		f, ok := floatOf(arg.text)
		return alone(OfDouble(f), ok && arg.kind == String, "a string of a number")
	case "$numberDecimal":
		v, ok := OfDecimal(arg.text)
		return alone(v, ok && arg.kind == String, "a string of a number of at most 34 digits")
	case "$binary":
		v, ok := binaryOf(arg)
		return alone(v, ok, `{"base64": …, "subType": …}`)
	case "$uuid":
		data, err := hex.DecodeString(strings.ReplaceAll(arg.text, "-", ""))
		return alone(OfBinary(4, string(data)), err == nil && len(data) == 16 && arg.kind == String, "a UUID")
	case "$regularExpression":
		p, opts := arg.Get("pattern"), arg.Get("options")
		return alone(OfRegex(p.text, sorted(opts.text)), p.kind == String && opts.kind == String && arg.Len() == 2 &&
			!strings.Contains(p.text, "\x00") && !strings.Contains(opts.text, "\x00"), `{"pattern": …, "options": …}`)
	case "$timestamp":
		t, ok1 := arg.Get("t").Integer()
		i, ok2 := arg.Get("i").Integer()
		ok := ok1 && ok2 && arg.Len() == 2 && t >= 0 && i >= 0 && t <= math.MaxUint32 && i <= math.MaxUint32
		return alone(OfTimestamp(uint32(t), uint32(i)), ok, `{"t": …, "i": …}`)
	case "$minKey":
		return alone(Least, one(arg), "1")
	case "$maxKey":
		return alone(Greatest, one(arg), "1")
	case "$undefined":
		return alone(Value{kind: Undefined}, arg.kind == Bool && arg.Bool(), "true")
	case "$symbol":
		return alone(Value{kind: Symbol, text: arg.text}, arg.kind == String, "a string")
	case "$code":
		if more && second.Name == "$scope" && second.Value.kind == Object && !third && arg.kind == String {
			return Value{kind: Code, text: arg.text, node: &node{fields: second.Value.Fields()}}, ""
		}
		return alone(Value{kind: Code, text: arg.text}, arg.kind == String, "a string, with $scope or without,")
	case "$dbPointer":
		return o, "$dbPointer is not kept; use the parts of it."
	}
	return o, ""
}

func one(v Value) bool {
	n, ok := v.Integer()
	return ok && n == 1
}

// sorted returns the options of a regular expression in the order of the alphabet.
func sorted(options string) string {
	b := []byte(options)
	for i := 1; i < len(b); i++ {
		for j := i; j > 0 && b[j] < b[j-1]; j-- {
			b[j], b[j-1] = b[j-1], b[j]
		}
	}
	return string(b)
}

func floatOf(s string) (float64, bool) {
	switch s {
	case "NaN":
		return math.NaN(), true
	case "Infinity":
		return math.Inf(1), true
	case "-Infinity":
		return math.Inf(-1), true
	}
	if s == "" || strings.ContainsAny(s, "xX_pPiIn") {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil || math.IsInf(f, 0)
}

// layouts are the forms that $date takes, besides milliseconds.
var layouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999Z0700", "2006-01-02T15:04Z07:00"}

func dateOf(v Value) (Value, bool) {
	if v.kind == Long || v.kind == Int {
		return OfDate(v.num), true
	}
	if v.kind != String {
		return Value{}, false
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, v.text); err == nil {
			return OfDate(t.UnixMilli()), true
		}
	}
	return Value{}, false
}

func binaryOf(v Value) (Value, bool) {
	text, sub := v.Get("base64"), v.Get("subType")
	if text.kind != String || sub.kind != String || v.Len() != 2 {
		return Value{}, false
	}
	data, err := base64.StdEncoding.DecodeString(text.text)
	if err != nil {
		return Value{}, false
	}
	n, err := strconv.ParseUint(sub.text, 16, 8)
	if err != nil {
		return Value{}, false
	}
	return OfBinary(byte(n), string(data)), true
}
