package value_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/data/documents/value"
)

// Each text is read and written. Where nothing else stands it is written as it was; what is written is read as an equal
// value of the same type.
func TestRoundTrip(t *testing.T) {
	for _, c := range []struct {
		kind       value.Kind
		text, want string
	}{
		{value.Int, `1`, ``}, {value.Int, `-2147483648`, ``}, {value.Int, `{"$numberInt":"7"}`, `7`},
		{value.Long, `2147483648`, ``}, {value.Long, `9223372036854775807`, ``}, {value.Long, `-9223372036854775808`, ``},
		{value.Long, `{"$numberLong":"1"}`, ``}, {value.Long, `{"$numberLong":"5000000000"}`, `5000000000`},
		{value.Double, `1.0`, ``}, {value.Double, `0.1`, ``}, {value.Double, `1e3`, `1000.0`}, {value.Double, `1.50`, `1.5`},
		{value.Double, `1e300`, `1e+300`}, {value.Double, `1e-7`, `0.0000001`}, {value.Double, `-0.0`, ``},
		{value.Double, `9223372036854775808`, `9223372036854775808.0`}, {value.Double, `{"$numberDouble":"1"}`, `1.0`},
		{value.Double, `{"$numberDouble":"NaN"}`, ``}, {value.Double, `{"$numberDouble":"-Infinity"}`, ``},
		{value.Decimal, `{"$numberDecimal":"1.20"}`, ``}, {value.Decimal, `{"$numberDecimal":"-0"}`, ``},
		{value.Decimal, `{"$numberDecimal":"1E+3"}`, ``}, {value.Decimal, `{"$numberDecimal":"0.000001"}`, ``},
		{value.Decimal, `{"$numberDecimal":"9.999999999999999999999999999999999E+6144"}`, ``},
		{value.Decimal, `{"$numberDecimal":"NaN"}`, ``}, {value.Decimal, `{"$numberDecimal":"-Infinity"}`, ``},
		{value.String, `""`, ``}, {value.String, `"é\n\"\\\u0001"`, ``}, {value.String, `"\u00e9\ud83d\ude00"`, `"é😀"`},
		{value.String, `"\/"`, `"/"`}, {value.String, `"\ud800"`, `"�"`},
		{value.Bool, `true`, ``}, {value.Null, `null`, ``}, {value.Array, `[]`, ``}, {value.Object, `{}`, ``},
		{value.Array, `[ 1 , [ 2 ] ]`, `[1,[2]]`}, {value.Object, `{ "a" : { "b" : 1 } }`, `{"a":{"b":1}}`},
		{value.Object, `{"":1,"$x":2,"a.b":3}`, ``}, {value.Object, `{"$set":1}`, ``},
		{value.ObjectID, `{"$oid":"65e08d800000000000000000"}`, ``},
		{value.ObjectID, `{"$oid":"65E08D80000000000000ABCD"}`, `{"$oid":"65e08d80000000000000abcd"}`},
		{value.Date, `{"$date":"2024-02-29T12:00:00Z"}`, `{"$date":"2024-02-29T12:00:00.000Z"}`},
		{value.Date, `{"$date":"2024-02-29T12:00:00.123+02:00"}`, `{"$date":"2024-02-29T10:00:00.123Z"}`},
		{value.Date, `{"$date":{"$numberLong":"0"}}`, `{"$date":"1970-01-01T00:00:00.000Z"}`},
		{value.Date, `{"$date":{"$numberLong":"-1"}}`, ``}, {value.Date, `{"$date":{"$numberLong":"253402300800000"}}`, ``},
		{value.Binary, `{"$binary":{"base64":"AQID","subType":"00"}}`, ``},
		{value.Binary, `{"$uuid":"00112233-4455-6677-8899-aabbccddeeff"}`,
			`{"$binary":{"base64":"ABEiM0RVZneImaq7zN3u/w==","subType":"04"}}`},
		{value.Regex, `{"$regularExpression":{"pattern":"a\"b","options":"mi"}}`,
			`{"$regularExpression":{"pattern":"a\"b","options":"im"}}`},
		{value.Timestamp, `{"$timestamp":{"t":4294967295,"i":1}}`, ``},
		{value.MinKey, `{"$minKey":1}`, ``}, {value.MaxKey, `{"$maxKey":1}`, ``},
		{value.Undefined, `{"$undefined":true}`, ``},
		{value.Symbol, `{"$symbol":"x"}`, ``}, {value.Code, `{"$code":"f()"}`, ``},
		{value.Code, `{"$code":"f()","$scope":{"x":1}}`, ``},
	} {
		want := c.want
		if want == "" {
			want = c.text
		}
		v, err := value.Parse(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if v.Kind() != c.kind || v.JSON() != want {
			t.Errorf("%s is %s, a %s, not %s, a %s", c.text, v.JSON(), v.Kind(), want, c.kind)
		}
		// What is stored is read lazily; jsonb writes spaces.
		for _, text := range []string{want, `{"a":` + want + `}`, `{"z": [1, {"q": "}"}], "a": ` + want + `, "b": 1}`} {
			again := value.Read(text)
			if again.Kind() == value.Object && text != want {
				again = again.Get("a")
			}
			if again.Kind() != c.kind || !value.Equal(again, v) || again.JSON() != want {
				t.Errorf("%s is read as %s, a %s", text, again.JSON(), again.Kind())
			}
			if string(again.AppendKey(nil)) != string(v.AppendKey(nil)) {
				t.Errorf("%s has another key when it is read", text)
			}
		}
	}
}

// What is no JSON, or no Extended JSON, is refused at its place.
func TestParseRefuses(t *testing.T) {
	for text, pointer := range map[string]string{
		``: "", `{`: "", `{"a":}`: "/a", `{"a":1,}`: "", `[1,]`: "/1", `01`: "", `+1`: "", `.5`: "", `1.`: "", `NaN`: "",
		`"a`: "", `"\x"`: "", "\"\t\"": "", `{"a":1}x`: "", `{a:1}`: "", `tru`: "", "\"\xff\"": "", `1e999`: "",
		`{"a":1,"a":2}`: "/a", `{"a":{"b\u0000":1}}`: "/a", `{"a":[1,{"$oid":"x"}]}`: "/a/1", `{"$oid":42}`: "",
		`{"$oid":"65e08d800000000000000000","x":1}`: "", `{"$date":"yesterday"}`: "", `{"$date":true}`: "",
		`{"$numberLong":"1.5"}`: "", `{"$numberLong":1}`: "", `{"$numberInt":"3000000000"}`: "",
		`{"$numberDecimal":"1e"}`: "", `{"$numberDecimal":"12345678901234567890123456789012345"}`: "",
		`{"$binary":"AQID"}`: "", `{"$binary":{"base64":"!","subType":"00"}}`: "", `{"$minKey":2}`: "",
		`{"$regularExpression":{"pattern":1,"options":""}}`: "", `{"$timestamp":{"t":-1,"i":1}}`: "", `{"$code":1}`: "",
		`{"$dbPointer":{}}`: "", strings.Repeat("[", 101) + strings.Repeat("]", 101): strings.Repeat("/0", 100),
	} {
		_, err := value.Parse(text)
		var s *value.Syntax
		if !errors.As(err, &s) || s.Pointer != pointer || s.Message == "" {
			t.Errorf("%.60s: %+v", text, err)
		}
	}
}

// The values are in MongoDB's order; those in one list are equal.
func TestOrder(t *testing.T) {
	lists := [][]string{
		{`{"$minKey":1}`}, {`null`},
		{`{"$numberDouble":"NaN"}`, `{"$numberDecimal":"NaN"}`},
		{`{"$numberDouble":"-Infinity"}`, `{"$numberDecimal":"-Infinity"}`},
		{`-1e300`}, {`-9223372036854775808`, `-9223372036854775808.0`}, {`-1.5`, `{"$numberDecimal":"-1.50"}`},
		{`0`, `0.0`, `-0.0`, `{"$numberLong":"0"}`, `{"$numberDecimal":"0.00"}`},
		{`{"$numberDecimal":"0.1"}`}, {`0.1`}, {`1`, `1.0`, `{"$numberDecimal":"1.000"}`},
		{`9007199254740992`, `9007199254740992.0`}, {`9007199254740993`}, {`9223372036854775807`},
		{`9223372036854775808`, `{"$numberDecimal":"9223372036854775808"}`},
		{`{"$numberDecimal":"1E+400"}`}, {`{"$numberDouble":"Infinity"}`},
		{`""`}, {`"A"`}, {`"a"`, `{"$symbol":"a"}`}, {`"ab"`}, {`"é"`},
		{`{}`}, {`{"a":1}`, `{"a":1.0}`}, {`{"a":1,"b":1}`}, {`{"a":2}`}, {`{"b":1}`}, {`{"a":"x"}`},
		{`[]`}, {`[1]`}, {`[1,1]`}, {`[2]`}, {`["a"]`},
		{`{"$binary":{"base64":"AA==","subType":"00"}}`}, {`{"$binary":{"base64":"AAA=","subType":"00"}}`},
		{`{"$oid":"000000000000000000000001"}`}, {`{"$oid":"000000000000000000000002"}`}, {`false`}, {`true`},
		{`{"$date":"1969-01-01T00:00:00Z"}`}, {`{"$date":"2024-01-01T00:00:00Z"}`, `{"$date":"2024-01-01T01:00:00+01:00"}`},
		{`{"$timestamp":{"t":1,"i":1}}`}, {`{"$timestamp":{"t":1,"i":2}}`},
		{`{"$regularExpression":{"pattern":"a","options":""}}`}, {`{"$maxKey":1}`},
	}
	parse := func(text string) value.Value {
		v, err := value.Parse(text)
		if err != nil {
			t.Fatal(text, err)
		}
		return v
	}
	for i, a := range lists {
		for j, b := range lists {
			for _, x := range a {
				for _, y := range b {
					v, w := parse(x), parse(y)
					want := 0
					if i != j {
						want = map[bool]int{true: -1, false: 1}[i < j]
					}
					if got := value.Compare(v, w); got != want {
						t.Errorf("%s and %s compare as %d", x, y, got)
					}
					if same := string(v.AppendKey(nil)) == string(w.AppendKey(nil)); same != (i == j) {
						t.Errorf("the keys of %s and %s: same is %v", x, y, same)
					}
				}
			}
		}
	}
}

// Arithmetic keeps types and digits.
func TestArithmetic(t *testing.T) {
	d := func(text string) value.Value {
		v, ok := value.OfDecimal(text)
		if !ok {
			t.Fatal(text)
		}
		return v
	}
	for _, c := range []struct {
		got  value.Value
		want string
	}{
		{value.Add(value.OfInt(1), value.OfInt(2)), `3`},
		{value.Add(value.OfInt(1), value.OfLong(2)), `{"$numberLong":"3"}`},
		{value.Add(value.OfLong(1<<62), value.OfLong(1<<62)), `9223372036854775808.0`},
		{value.Add(d("1.20"), value.OfInt(1)), `{"$numberDecimal":"2.20"}`},
		{value.Subtract(d("1"), d("0.9999999999999999999999999999999999")),
			`{"$numberDecimal":"1E-34"}`},
		{value.Multiply(d("1.5"), d("2.00")), `{"$numberDecimal":"3.000"}`},
		{value.Multiply(value.OfLong(1<<40), value.OfLong(1<<40)), `1.2089258196146292e+24`},
		{value.Divide(d("1"), d("8")), `{"$numberDecimal":"0.125"}`},
		{value.Divide(d("2"), d("3")), `{"$numberDecimal":"0.6666666666666666666666666666666667"}`},
		{value.Divide(value.OfInt(1), value.OfInt(4)), `0.25`},
		{value.Mod(d("7.5"), d("2")), `{"$numberDecimal":"1.5"}`},
		{value.Round(d("2.345"), 2, value.HalfEven), `{"$numberDecimal":"2.34"}`},
		{value.Round(value.OfDouble(2.675), 2, value.HalfEven), `2.67`},
		{value.Round(value.OfInt(-15), -1, value.Floor), `-20`},
		{value.ToDecimal(value.OfDouble(0.1)), `{"$numberDecimal":"0.1"}`},
		{value.Abs(value.OfLong(-5)), `{"$numberLong":"5"}`},
	} {
		if got := c.got.JSON(); got != c.want {
			t.Errorf("%s, not %s", got, c.want)
		}
	}
}

// What walks through a value sees the same whether it is read lazily or not.
func TestWalks(t *testing.T) {
	text := `{"a":[1,{"b":[]}],"c\"d":{"e":"}"},"f":{"$numberLong":"1"},"g":"\\"}`
	v, err := value.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []value.Value{v, value.Read(text)} {
		var names []string
		for _, f := range v.Fields() {
			names = append(names, f.Name)
		}
		if !slices.Equal(names, []string{"a", `c"d`, "f", "g"}) || v.Len() != 4 || v.JSON() != text || v.Depth(10) != 4 {
			t.Errorf("%q, %d members, %s, depth %d", names, v.Len(), v.JSON(), v.Depth(10))
		}
		if v.Get("a").Len() != 2 || v.Get("a").Index(1).Get("b").Kind() != value.Array ||
			v.Get(`c"d`).Get("e").Text() != "}" || v.Get("g").Text() != `\` || !v.Get("none").IsMissing() {
			t.Error("a member is not what it is")
		}
		set := value.SetPath(v, []string{"x", "y"}, value.OfInt(1))
		if got := set.Get("x").JSON(); got != `{"y":1}` || !v.Get("x").IsMissing() {
			t.Errorf("a path is set to %s", got)
		}
	}
}

// FuzzParse reads anything: what is accepted is written as valid text that is read lazily as the same, and nothing
// panics, whatever is read.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,2.5,"x\u00e9",null,true,{"$oid":"65e08d800000000000000000"}]}`, `{"$date":{"$numberLong":"-1"}}`,
		`{"$numberDecimal":"1.20E-5"}`, `[[[{"$binary":{"base64":"AA==","subType":"00"}}]]]`, `{"a`, `"\`, `{"a":1,"a":2}`,
		`{"$code":"x","$scope":{"$oid":1}}`, `-`, `{"":{"$":1}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<9 {
			return
		}
		walk(value.Read(text), 0)
		v, err := value.Parse(text)
		if err != nil {
			return
		}
		out := v.JSON()
		again, err := value.Parse(out)
		if err != nil {
			t.Fatalf("%q is written as %q: %v", text, out, err)
		}
		lazy := value.Read(out)
		if again.JSON() != out || value.Compare(v, lazy) != 0 || v.Kind() != lazy.Kind() || value.Compare(v, again) != 0 {
			t.Fatalf("%q is written as %q, and read as %q", text, out, lazy.JSON())
		}
		if string(v.AppendKey(nil)) != string(lazy.AppendKey(nil)) {
			t.Fatalf("%q has another key when it is read", out)
		}
		walk(lazy, 0)
	})
}

func walk(v value.Value, depth int) {
	if depth > 200 {
		return
	}
	_ = v.Len() + v.Size() + v.Depth(50)
	_ = v.AppendKey(v.Append(nil))
	for _, f := range v.Fields() {
		walk(f.Value, depth+1)
	}
	for _, e := range v.Slice() {
		walk(e, depth+1)
	}
}
