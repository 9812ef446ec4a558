package expression

import (
	"math"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
)

// toText writes a value as $toString does.
func toText(v value.Value) string {
	switch v.Kind() {
	case value.Int, value.Long:
		n, _ := v.Integer()
		return strconv.FormatInt(n, 10)
	case value.Double:
		f := v.Float()
		switch {
		case math.IsNaN(f):
			return "NaN"
		case math.IsInf(f, 1):
			return "Infinity"
		case math.IsInf(f, -1):
			return "-Infinity"
		}
		return strconv.FormatFloat(f, 'g', -1, 64)
	case value.Bool:
		return strconv.FormatBool(v.Bool())
	case value.Date:
		return formatDate(v.Millis())
	}
	return v.Text()
}

// conversion converts a value that is not null. ok is false when it cannot.
type conversion func(v value.Value) (w value.Value, ok bool)

var conversions = map[string]conversion{
	"bool": func(v value.Value) (value.Value, bool) { return value.OfBool(v.Truth()), true },
	"string": func(v value.Value) (value.Value, bool) {
		switch v.Kind() {
		case value.Object, value.Array, value.Binary, value.Regex, value.Timestamp, value.MinKey, value.MaxKey, value.Code:
			return value.Value{}, false
		}
		return value.OfString(toText(v)), true
	},
	"int": func(v value.Value) (value.Value, bool) {
		n, ok := toWhole(v)
		return value.OfInt(n), ok && n >= math.MinInt32 && n <= math.MaxInt32
	},
	"long": func(v value.Value) (value.Value, bool) {
		if v.Kind() == value.Date {
			return value.OfLong(v.Millis()), true
		}
		n, ok := toWhole(v)
		return value.OfLong(n), ok
	},
	"double":  toDouble,
	"decimal": toDecimal,
	"date":    toDate,
	"objectId": func(v value.Value) (value.Value, bool) {
		if v.Kind() == value.ObjectID {
			return v, true
		}
		return value.OfObjectID(v.Text())
	},
}

// toWhole drops what stands after the point.
func toWhole(v value.Value) (int64, bool) {
	switch v.Kind() {
	case value.Bool:
		if v.Bool() {
			return 1, true
		}
		return 0, true
	case value.Int, value.Long, value.Double, value.Decimal:
		if n, ok := v.Integer(); ok {
			return n, true
		}
		f := v.Float()
		if math.IsNaN(f) || f < -(1<<63) || f >= 1<<63 {
			return 0, false
		}
		return value.Round(v, 0, value.Truncate).Integer()
	case value.String:
		if strings.HasPrefix(v.Text(), "+") {
			return 0, false
		}
		n, err := strconv.ParseInt(v.Text(), 10, 64)
		return n, err == nil
	}
	return 0, false
}

func toDouble(v value.Value) (value.Value, bool) {
	switch v.Kind() {
	case value.Bool:
		n, _ := toWhole(v)
		return value.OfDouble(float64(n)), true
	case value.Int, value.Long, value.Double, value.Decimal:
		return value.OfDouble(v.Float()), true
	case value.Date:
		return value.OfDouble(float64(v.Millis())), true
	case value.String:
		s := v.Text()
		if strings.ContainsAny(s, "_xXpP \t\n") {
			return value.Value{}, false
		}
		f, err := strconv.ParseFloat(s, 64)
		return value.OfDouble(f), err == nil
	}
	return value.Value{}, false
}

func toDecimal(v value.Value) (value.Value, bool) {
	switch v.Kind() {
	case value.Int, value.Long, value.Double, value.Decimal:
		return value.ToDecimal(v), true
	case value.Bool:
		n, _ := toWhole(v)
		return value.ToDecimal(value.OfInt(n)), true
	case value.Date:
		return value.ToDecimal(value.OfLong(v.Millis())), true
	case value.String:
		return value.OfDecimal(v.Text())
	}
	return value.Value{}, false
}

func toDate(v value.Value) (value.Value, bool) {
	switch v.Kind() {
	case value.Date:
		return v, true
	case value.Long, value.Double, value.Decimal:
		n, ok := toWhole(v)
		return value.OfDate(n), ok
	case value.ObjectID:
		seconds, err := strconv.ParseUint(v.Text()[:8], 16, 32)
		return value.OfDate(int64(seconds) * 1000), err == nil
	case value.Timestamp:
		seconds, _ := v.Timestamp()
		return value.OfDate(int64(seconds) * 1000), true
	case value.String:
		ms, ok := parseDate(v.Text(), nil)
		return value.OfDate(ms), ok
	}
	return value.Value{}, false
}

var targets = map[int64]string{
	1: "double", 2: "string", 7: "objectId", 8: "bool", 9: "date", 16: "int", 18: "long", 19: "decimal",
}

func converting(name, to string) function {
	c := conversions[to]
	return function{1, 1, func(e *Env, args []value.Value) value.Value {
		if args[0].IsNullish() {
			return value.NullValue
		}
		v, ok := c(args[0])
		if !ok {
			return e.fail(name + " cannot convert the value.")
		}
		return v
	}}
}

func init() {
	functions["$type"] = function{1, 1, func(_ *Env, args []value.Value) value.Value {
		return value.OfString(args[0].Kind().String())
	}}
	functions["$isNumber"] = function{1, 1, func(_ *Env, args []value.Value) value.Value {
		return value.OfBool(args[0].IsNumber())
	}}
	for name, to := range map[string]string{
		"$toBool": "bool", "$toString": "string", "$toInt": "int", "$toLong": "long", "$toDouble": "double",
		"$toDecimal": "decimal", "$toDate": "date", "$toObjectId": "objectId",
	} {
		functions[name] = converting(name, to)
	}
	specials["$convert"] = convert
	specials["$getField"] = getField
	specials["$setField"] = setField
	specials["$unsetField"] = setField
	functions["$bsonSize"] = function{1, 1, func(e *Env, args []value.Value) value.Value {
		switch {
		case args[0].IsNullish():
			return value.NullValue
		case args[0].Kind() != value.Object:
			return e.fail("$bsonSize takes an object.")
		}
		return value.OfInt(int64(len(args[0].JSON())))
	}}
	functions["$binarySize"] = function{1, 1, func(e *Env, args []value.Value) value.Value {
		switch args[0].Kind() {
		case value.Missing, value.Null, value.Undefined:
			return value.NullValue
		case value.String, value.Binary:
			return value.OfInt(int64(len(args[0].Text())))
		}
		return e.fail("$binarySize takes a string or binary data.")
	}}
	for i, name := range []string{"$tsSecond", "$tsIncrement"} {
		functions[name] = function{1, 1, func(e *Env, args []value.Value) value.Value {
			if args[0].IsNullish() {
				return value.NullValue
			}
			if args[0].Kind() != value.Timestamp {
				return e.fail(name + " takes a timestamp.")
			}
			parts := [2]uint32{}
			parts[0], parts[1] = args[0].Timestamp()
			return value.OfLong(int64(parts[i]))
		}}
	}
}

func convert(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	m, err := members(arg, s, at, depth, []string{"input", "to"}, []string{"onError", "onNull"})
	if err != nil {
		return nil, err
	}
	target := func(to value.Value) (conversion, bool) {
		if to.Kind() == value.Object {
			to = to.Get("type")
		}
		name := to.Text()
		if n, ok := to.Integer(); ok {
			name = targets[n]
		}
		c, ok := conversions[name]
		return c, ok
	}
	if to, ok := m["to"].Literal(); ok && !to.IsNullish() {
		if _, ok := target(to); !ok {
			return nil, at.Key("to").Invalid("enum", "There is no such type to convert to.")
		}
	}
	return &Expression{eval: func(e *Env) value.Value {
		v, to := m["input"].eval(e), m["to"].eval(e)
		if v.IsNullish() || to.IsNullish() {
			if x := m["onNull"]; x != nil && v.IsNullish() {
				return x.eval(e)
			}
			return value.NullValue
		}
		c, ok := target(to)
		if !ok {
			return e.fail("$convert converts to no such type.")
		}
		if w, ok := c(v); ok {
			return w
		}
		if x := m["onError"]; x != nil {
			return x.eval(e)
		}
		return e.fail("$convert cannot convert the value. Add onError.")
	}}, nil
}

func fieldName(x *Expression, e *Env) (string, bool) {
	v := x.eval(e)
	return v.Text(), v.Kind() == value.String
}

func getField(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	var name, input *Expression
	var err error
	if _, op := operator(arg); arg.Kind() == value.Object && !op {
		var m map[string]*Expression
		if m, err = members(arg, s, at, depth, []string{"field"}, []string{"input"}); err != nil {
			return nil, err
		}
		name, input = m["field"], m["input"]
	} else if name, err = compile(arg, s, at, depth+1); err != nil {
		return nil, err
	}
	if v, ok := name.Literal(); ok && v.Kind() != value.String {
		return nil, at.Type("the name of a member")
	}
	return &Expression{eval: func(e *Env) value.Value {
		n, ok := fieldName(name, e)
		if !ok {
			return e.fail("$getField takes the name of a member.")
		}
		v := e.current
		if input != nil {
			v = input.eval(e)
		}
		if v.Kind() == value.Null {
			return v
		}
		return v.Get(n)
	}}, nil
}

// setField compiles $setField, and $unsetField, which has no value.
func setField(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
	m, err := members(arg, s, at, depth, []string{"field", "input"}, []string{"value"})
	if err != nil {
		return nil, err
	}
	return &Expression{eval: func(e *Env) value.Value {
		n, ok := fieldName(m["field"], e)
		v, to := m["input"].eval(e), m["value"].try(e)
		switch {
		case v.IsNullish():
			return value.NullValue
		case !ok || v.Kind() != value.Object:
			return e.fail("The operator takes the name of a member, and an object.")
		}
		return value.Set(v, n, to)
	}}, nil
}
