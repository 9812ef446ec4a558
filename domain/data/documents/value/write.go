package value

import (
	"encoding/base64"
	"encoding/hex"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// String returns the value's text.
func (v Value) String() string { return string(v.Append(nil)) }

// JSON returns the value's text: compact, unless it was read from text that is not.
func (v Value) JSON() string {
	if v.node == nil && (v.kind == Object || v.kind == Array) {
		return v.text
	}
	return string(v.Append(nil))
}

// Append appends the value's text, of which Read makes an equal value of the same kind. What is missing is null.
func (v Value) Append(b []byte) []byte {
	switch v.kind {
	case Missing, Null:
		return append(b, "null"...)
	case Int:
		return strconv.AppendInt(b, v.num, 10)
	case Long:
		if v.num >= math.MinInt32 && v.num <= math.MaxInt32 {
			return append(strconv.AppendInt(append(b, `{"$numberLong":"`...), v.num, 10), `"}`...)
		}
		return strconv.AppendInt(b, v.num, 10)
	case Double:
		return appendFloat(b, v.Float())
	case Decimal:
		return append(append(append(b, `{"$numberDecimal":"`...), v.text...), `"}`...)
	case String:
		return AppendString(b, v.text)
	case Bool:
		return strconv.AppendBool(b, v.num != 0)
	case Object:
		if v.node == nil {
			return append(b, v.text...)
		}
		return appendFields(b, v.node.fields)
	case Array:
		if v.node == nil {
			return append(b, v.text...)
		}
		b = append(b, '[')
		for i := range v.node.elems {
			if i > 0 {
				b = append(b, ',')
			}
			b = v.node.elems[i].Append(b)
		}
		return append(b, ']')
	}
	return v.appendWrapped(b)
}

func appendFields(b []byte, fields []Field) []byte {
	b = append(b, '{')
	for i := range fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(AppendString(b, fields[i].Name), ':')
		b = fields[i].Value.Append(b)
	}
	return append(b, '}')
}

// appendWrapped appends what JSON has no type for.
func (v Value) appendWrapped(b []byte) []byte {
	switch v.kind {
	case ObjectID:
		return append(append(append(b, `{"$oid":"`...), v.text...), `"}`...)
	case Date:
		if v.num < 0 || v.num > maxYear {
			return append(strconv.AppendInt(append(b, `{"$date":{"$numberLong":"`...), v.num, 10), `"}}`...)
		}
		return append(time.UnixMilli(v.num).UTC().AppendFormat(append(b, `{"$date":"`...), DateFormat), `"}`...)
	case Binary:
		b = append(b, `{"$binary":{"base64":"`...)
		b = base64.StdEncoding.AppendEncode(b, []byte(v.text))
		b = append(b, `","subType":"`...)
		b = hex.AppendEncode(b, []byte{byte(v.num)})
		return append(b, `"}}`...)
	case Regex:
		pattern, options := v.Regex()
		b = AppendString(append(b, `{"$regularExpression":{"pattern":`...), pattern)
		return append(AppendString(append(b, `,"options":`...), options), `}}`...)
	case Timestamp:
		t, i := v.Timestamp()
		b = strconv.AppendUint(append(b, `{"$timestamp":{"t":`...), uint64(t), 10)
		return append(strconv.AppendUint(append(b, `,"i":`...), uint64(i), 10), `}}`...)
	case MinKey:
		return append(b, `{"$minKey":1}`...)
	case MaxKey:
		return append(b, `{"$maxKey":1}`...)
	case Undefined:
		return append(b, `{"$undefined":true}`...)
	case Symbol:
		return append(AppendString(append(b, `{"$symbol":`...), v.text), '}')
	case Code:
		b = AppendString(append(b, `{"$code":`...), v.text)
		if v.node != nil {
			b = appendFields(append(b, `,"$scope":`...), v.node.fields)
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}

// DateFormat is how dates are written: always with milliseconds, so that their text sorts as they do.
const DateFormat = "2006-01-02T15:04:05.000Z"

// maxYear is the last millisecond of the year 9999.
const maxYear = 253402300799999

// appendFloat writes a number so that it is read as a Double again, from jsonb as well, which writes exponents out.
func appendFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, `{"$numberDouble":"NaN"}`...)
	case math.IsInf(f, 1):
		return append(b, `{"$numberDouble":"Infinity"}`...)
	case math.IsInf(f, -1):
		return append(b, `{"$numberDouble":"-Infinity"}`...)
	case f == math.Trunc(f) && math.Abs(f) < 1e21:
		return append(strconv.AppendFloat(b, f, 'f', 0, 64), ".0"...)
	case math.Abs(f) >= 1e21 || math.Abs(f) < 1e-7:
		return strconv.AppendFloat(b, f, 'e', -1, 64)
	}
	return strconv.AppendFloat(b, f, 'f', -1, 64)
}

const hexDigits = "0123456789abcdef"

// AppendString appends a string of JSON.
func AppendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				b = append(append(b, s[from:i]...), `\ufffd`...)
				from = i + 1
			}
			i += n
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[from:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = append(b, `\u00`...)
			b = append(b, hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		from = i
	}
	return append(append(b, s[from:]...), '"')
}
