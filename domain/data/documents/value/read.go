package value

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The reader takes text that was checked when it came in (Parse). Of text that is broken all the same it makes some
// value or none; it never panics.

// Read returns the value of a stored document's text. The text is not checked and not copied.
func Read(text string) Value {
	v, _ := read(text, 0)
	return v
}

// reader walks through the members or elements of a text.
type reader struct {
	s string
	i int
}

// newReader begins after the bracket.
func newReader(text string) reader { return reader{text, 1} }

// next moves to the next value, or to its name in an object.
func (r *reader) next(object bool) bool {
	s := r.s
	for r.i < len(s) {
		switch c := s[r.i]; {
		case c == ' ' || c == ',' || c == '\n' || c == '\t' || c == '\r':
			r.i++
		case c == '}' || c == ']':
			return false
		default:
			return !object || c == '"'
		}
	}
	return false
}

// name reads a member's name and moves to its value.
func (r *reader) name() string {
	end := skipString(r.s, r.i)
	name := r.s[r.i+1 : max(r.i+1, end-1)]
	r.i = skipColon(r.s, end)
	if strings.IndexByte(name, '\\') >= 0 {
		return unescape(name)
	}
	return name
}

func skipColon(s string, i int) int {
	for i < len(s) && (s[i] == ':' || s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r') {
		i++
	}
	return i
}

// skipString returns the place after a string that begins at i.
func skipString(s string, i int) int {
	for i++; i < len(s); {
		j := strings.IndexByte(s[i:], '"')
		if j < 0 {
			return len(s)
		}
		i += j
		if s[i-1] != '\\' {
			return i + 1
		}
		n := 0
		for k := i - 1; k >= 0 && s[k] == '\\'; k-- {
			n++
		}
		i++
		if n%2 == 0 {
			return i
		}
	}
	return len(s)
}

// skip returns the place after a value that begins at i. It moves on by a byte at least, so that no walk stands still.
func skip(s string, i int) int {
	if i >= len(s) {
		return len(s)
	}
	switch s[i] {
	case '"':
		return skipString(s, i)
	case '{', '[':
		depth := 0
		for i < len(s) {
			switch s[i] {
			case '"':
				i = skipString(s, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
		return len(s)
	}
	for i++; i < len(s); i++ {
		switch s[i] {
		case ',', '}', ']', ' ', '\n', '\t', '\r':
			return i
		}
	}
	return i
}

// lookup finds an object's member.
func lookup(s, name string) Value {
	if len(s) < 2 {
		return Value{}
	}
	for r := newReader(s); r.next(true); {
		end := skipString(s, r.i)
		key := s[r.i+1 : max(r.i+1, end-1)]
		r.i = skipColon(s, end)
		if key == name || strings.IndexByte(key, '\\') >= 0 && unescape(key) == name {
			v, _ := read(s, r.i)
			return v
		}
		r.i = skip(s, r.i)
	}
	return Value{}
}

// read reads the value that begins at i, and returns the place after it.
func read(s string, i int) (Value, int) {
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r') {
		i++
	}
	if i >= len(s) {
		return Value{}, len(s)
	}
	end := skip(s, i)
	switch s[i] {
	case '"':
		text := s[i+1 : max(i+1, end-1)]
		if strings.IndexByte(text, '\\') >= 0 {
			text = unescape(text)
		}
		return Value{kind: String, text: text}, end
	case '{':
		text := s[i:end]
		if wrapped(text) {
			if v, what := unwrap(Value{kind: Object, text: text}); what == "" && v.kind != Object {
				return v, end
			}
		}
		return Value{kind: Object, text: text}, end
	case '[':
		return Value{kind: Array, text: s[i:end]}, end
	case 't':
		return True, end
	case 'f':
		return False, end
	case 'n':
		return NullValue, end
	}
	return number(s[i:end]), end
}

// wrapped reports whether an object's text begins with a name that begins with a dollar sign.
func wrapped(s string) bool {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case ' ', '\n', '\t', '\r':
		case '"':
			return i+1 < len(s) && s[i+1] == '$'
		default:
			return false
		}
	}
	return false
}

// number reads a number of JSON: an Int or a Long when it is written without fraction and exponent and 64 bits hold
// it, otherwise a Double.
func number(s string) Value {
	i, negative := 0, false
	if len(s) > 0 && s[0] == '-' {
		i, negative = 1, true
	}
	if digits := len(s) - i; digits > 0 && digits < 19 {
		n := int64(0)
		for ; i < len(s); i++ {
			c := s[i] - '0'
			if c > 9 {
				return double(s)
			}
			n = n*10 + int64(c)
		}
		if negative {
			n = -n
		}
		return OfInt(n)
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return OfInt(n)
	}
	return double(s)
}

func double(s string) Value {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && (f == 0 || !math.IsInf(f, 0)) {
		return Value{}
	}
	return OfDouble(f)
}

// unescape replaces the escapes of a JSON string.
func unescape(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 >= len(s) {
			b = append(b, s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b = append(b, '\n')
		case 't':
			b = append(b, '\t')
		case 'r':
			b = append(b, '\r')
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'u':
			r := hex4(s, i+1)
			i += 4
			if utf16.IsSurrogate(r) {
				low := rune(-1)
				if i+2 < len(s) && s[i+1] == '\\' && s[i+2] == 'u' {
					low = hex4(s, i+3)
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					i += 6
				}
			}
			b = utf8.AppendRune(b, r)
		default:
			b = append(b, s[i])
		}
	}
	return string(b)
}

func hex4(s string, i int) rune {
	if i+4 > len(s) {
		return utf8.RuneError
	}
	n, err := strconv.ParseUint(s[i:i+4], 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}
