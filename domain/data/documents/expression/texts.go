package expression

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/alania-go/alania/domain/data/documents/pattern"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
)

// text returns a value as a string for operators that take more than strings.
func text(v value.Value) (string, bool) {
	switch v.Kind() {
	case value.Missing, value.Null, value.Undefined:
		return "", true
	case value.String, value.Symbol:
		return v.Text(), true
	case value.Int, value.Long, value.Double, value.Decimal, value.Date:
		return toText(v), true
	}
	return "", false
}

// upper and lower change ASCII letters only, as MongoDB does.
func upper(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 32
		}
		return r
	}, s)
}

func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 32
		}
		return r
	}, s)
}

func textual(name string, f func(s string) value.Value) function {
	return function{1, 1, func(e *Env, args []value.Value) value.Value {
		s, ok := text(args[0])
		if !ok {
			return e.fail(name + " takes a string.")
		}
		return f(s)
	}}
}

// strict is a function of strings; null when one is null.
func strict(name string, n int, f func(e *Env, args []value.Value) value.Value) function {
	return function{n, n, func(e *Env, args []value.Value) value.Value {
		if nullish(args) {
			return value.NullValue
		}
		for _, a := range args {
			if a.Kind() != value.String {
				return e.fail(name + " takes strings.")
			}
		}
		return f(e, args)
	}}
}

func length(name string, f func(string) int) function {
	return function{1, 1, func(e *Env, args []value.Value) value.Value {
		if args[0].Kind() != value.String {
			return e.fail(name + " takes a string.")
		}
		return value.OfInt(int64(f(args[0].Text())))
	}}
}

func init() {
	functions["$concat"] = function{0, -1, func(e *Env, args []value.Value) value.Value {
		if nullish(args) {
			return value.NullValue
		}
		n := 0
		for _, a := range args {
			if a.Kind() != value.String {
				return e.fail("$concat takes strings.")
			}
			n += len(a.Text())
		}
		if !e.grow(n) || n > value.MaxBytes {
			return e.fail("A string has at most 16 MB.")
		}
		var b strings.Builder
		b.Grow(n)
		for _, a := range args {
			b.WriteString(a.Text())
		}
		return value.OfString(b.String())
	}}
	functions["$toLower"] = textual("$toLower", func(s string) value.Value { return value.OfString(lower(s)) })
	functions["$toUpper"] = textual("$toUpper", func(s string) value.Value { return value.OfString(upper(s)) })
	functions["$strcasecmp"] = function{2, 2, func(e *Env, args []value.Value) value.Value {
		a, ok1 := text(args[0])
		b, ok2 := text(args[1])
		if !ok1 || !ok2 {
			return e.fail("$strcasecmp takes strings.")
		}
		return value.OfInt(int64(strings.Compare(upper(a), upper(b))))
	}}
	functions["$strLenBytes"] = length("$strLenBytes", func(s string) int { return len(s) })
	functions["$strLenCP"] = length("$strLenCP", utf8.RuneCountInString)
	functions["$split"] = strict("$split", 2, func(e *Env, args []value.Value) value.Value {
		by := args[1].Text()
		if by == "" {
			return e.fail("$split takes a separator that is not empty.")
		}
		var out []value.Value
		if !e.grow(48 * strings.Count(args[0].Text(), by)) {
			return value.Value{}
		}
		for _, part := range strings.Split(args[0].Text(), by) {
			out = append(out, value.OfString(part))
		}
		return value.OfArray(out...)
	})
	functions["$substrBytes"] = function{3, 3, substrBytes}
	functions["$substr"] = functions["$substrBytes"]
	functions["$substrCP"] = function{3, 3, substrCP}
	functions["$indexOfBytes"] = function{2, 4, func(e *Env, args []value.Value) value.Value {
		size, same := func(s string) int { return len(s) }, func(_ string, n int) int { return n }
		return indexOf(e, "$indexOfBytes", args, size, same)
	}}
	functions["$indexOfCP"] = function{2, 4, func(e *Env, args []value.Value) value.Value {
		return indexOf(e, "$indexOfCP", args, utf8.RuneCountInString, place)
	}}
	for _, name := range []string{"$trim", "$ltrim", "$rtrim"} {
		specials[name] = trim(name)
	}
	specials["$replaceOne"] = replace("$replaceOne", 1)
	specials["$replaceAll"] = replace("$replaceAll", -1)
	for _, name := range []string{"$regexMatch", "$regexFind", "$regexFindAll"} {
		specials[name] = regex(name)
	}
}

// place returns where a character of a number begins.
func place(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

func substrBytes(e *Env, args []value.Value) value.Value {
	s, ok := text(args[0])
	from, ok1 := args[1].Integer()
	n, ok2 := args[2].Integer()
	switch {
	case !ok || !ok1 || !ok2:
		return e.fail("$substrBytes takes a string and two whole numbers.")
	case from < 0:
		return e.fail("$substrBytes begins at zero or later.")
	case from >= int64(len(s)):
		return value.OfString("")
	}
	to := int64(len(s))
	if n >= 0 && n < to-from {
		to = from + n
	}
	if !utf8.RuneStart(s[from]) || to < int64(len(s)) && !utf8.RuneStart(s[to]) {
		return e.fail("$substrBytes does not cut through a character.")
	}
	return value.OfString(s[from:to])
}

func substrCP(e *Env, args []value.Value) value.Value {
	s, ok := text(args[0])
	from, ok1 := whole32(args[1])
	n, ok2 := whole32(args[2])
	if !ok || !ok1 || !ok2 || from < 0 {
		return e.fail("$substrCP takes a string and two whole numbers.")
	}
	s = s[place(s, from):]
	if n < 0 {
		return value.OfString(s)
	}
	return value.OfString(s[:place(s, n)])
}

func indexOf(e *Env, name string, args []value.Value, length func(string) int, place func(string, int) int,
) value.Value {
	if args[0].IsNullish() {
		return value.NullValue
	}
	if args[0].Kind() != value.String || args[1].Kind() != value.String {
		return e.fail(name + " takes strings.")
	}
	s := args[0].Text()
	n := length(s)
	from, to, ok := bounds(args[2:], n)
	if !ok {
		return e.fail("The bounds of " + name + " are whole numbers, zero or more.")
	}
	if from > to || from > n {
		return value.OfInt(-1)
	}
	begin, end := place(s, from), place(s, to)
	i := strings.Index(s[begin:end], args[1].Text())
	if i < 0 {
		return value.OfInt(-1)
	}
	return value.OfInt(int64(length(s[:begin+i])))
}

const whitespace = "\x00 \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"

func trim(name string) special {
	cut := map[string]func(s, chars string) string{
		"$trim": strings.Trim, "$ltrim": strings.TrimLeft, "$rtrim": strings.TrimRight,
	}[name]
	return func(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
		m, err := members(arg, s, at, depth, []string{"input"}, []string{"chars"})
		if err != nil {
			return nil, err
		}
		return &Expression{eval: func(e *Env) value.Value {
			in, chars := m["input"].eval(e), value.OfString(whitespace)
			if x := m["chars"]; x != nil {
				chars = x.eval(e)
			}
			switch {
			case in.IsNullish() || chars.IsNullish():
				return value.NullValue
			case in.Kind() != value.String || chars.Kind() != value.String:
				return e.fail(name + " takes strings.")
			}
			return value.OfString(cut(in.Text(), chars.Text()))
		}}, nil
	}
}

func replace(name string, n int) special {
	return func(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
		m, err := members(arg, s, at, depth, []string{"input", "find", "replacement"}, nil)
		if err != nil {
			return nil, err
		}
		return &Expression{eval: func(e *Env) value.Value {
			in, find, by := m["input"].eval(e), m["find"].eval(e), m["replacement"].eval(e)
			if in.IsNullish() || find.IsNullish() || by.IsNullish() {
				return value.NullValue
			}
			if in.Kind() != value.String || find.Kind() != value.String || by.Kind() != value.String {
				return e.fail(name + " takes strings.")
			}
			times := strings.Count(in.Text(), find.Text())
			if n > 0 {
				times = min(n, times)
			}
			if size := len(in.Text()) + times*len(by.Text()); !e.grow(size) || size > value.MaxBytes {
				return e.fail("A string has at most 16 MB.")
			}
			return value.OfString(strings.Replace(in.Text(), find.Text(), by.Text(), n))
		}}, nil
	}
}

func regex(name string) special {
	return func(arg value.Value, s Scope, at refuse.Place, depth int) (*Expression, error) {
		m, err := members(arg, s, at, depth, []string{"input", "regex"}, []string{"options"})
		if err != nil {
			return nil, err
		}
		make := func(re, options value.Value, at refuse.Place) (*regexp.Regexp, error) {
			text, own := re.Text(), ""
			if re.Kind() == value.Regex {
				text, own = re.Regex()
			} else if re.Kind() != value.String {
				return nil, at.Type("a string or a regular expression")
			}
			if !options.IsNullish() {
				if options.Kind() != value.String || own != "" {
					return nil, at.Type("a regular expression with options in one place")
				}
				own = options.Text()
			}
			return pattern.Compile(text, own, at)
		}
		var fixed *regexp.Regexp
		options := m["options"]
		if re, ok := m["regex"].Literal(); ok && !re.IsNullish() && (options == nil || options.literal) {
			opts := value.Value{}
			if options != nil {
				opts = options.value
			}
			if fixed, err = make(re, opts, at.Key("regex")); err != nil {
				return nil, err
			}
		}
		return &Expression{eval: func(e *Env) value.Value {
			in, re := m["input"].eval(e), fixed
			if re == nil {
				given := m["regex"].eval(e)
				if given.IsNullish() {
					return found(name, nil)
				}
				// Each document has its own expression, which costs more than a match.
				e.grow(1 << 10)
				var err error
				if re, err = make(given, options.try(e), at); err != nil {
					return e.fail(name + " takes a regular expression of RE2 of at most 1000 bytes.")
				}
			}
			switch {
			case in.IsNullish():
				return found(name, nil)
			case in.Kind() != value.String:
				return e.fail(name + " takes a string.")
			}
			return find(e, name, re, in.Text())
		}}, nil
	}
}

func found(name string, matches []value.Value) value.Value {
	switch {
	case name == "$regexMatch":
		return value.OfBool(len(matches) > 0)
	case name == "$regexFindAll":
		return value.OfArray(matches...)
	case len(matches) > 0:
		return matches[0]
	}
	return value.NullValue
}

// maxMatches is how many matches $regexFindAll looks for; more would not fit into the memory of an evaluation.
const maxMatches = maxMade / 1200

func find(e *Env, name string, re *regexp.Regexp, s string) value.Value {
	if name == "$regexMatch" {
		return value.OfBool(re.MatchString(s))
	}
	most := 1
	if name == "$regexFindAll" {
		most = maxMatches
	}
	var matches []value.Value
	counted, runes := 0, 0
	for _, at := range re.FindAllStringSubmatchIndex(s, most) {
		captures := []value.Value{}
		for i := 2; i < len(at); i += 2 {
			if at[i] < 0 {
				captures = append(captures, value.NullValue)
			} else {
				captures = append(captures, value.OfString(s[at[i]:at[i+1]]))
			}
		}
		if !e.grow(300 + 48*len(captures)) {
			break
		}
		runes += utf8.RuneCountInString(s[counted:at[0]])
		counted = at[0]
		matches = append(matches, value.OfObject(value.F("match", value.OfString(s[at[0]:at[1]])),
			value.F("idx", value.OfInt(int64(runes))),
			value.F("captures", value.OfArray(captures...))))
	}
	return found(name, matches)
}
