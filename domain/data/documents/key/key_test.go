package key_test

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/data/documents/key"
	"github.com/alania-go/alania/domain/data/documents/value"
)

// samples are values of every kind, with those that are hard to tell apart.
func samples(t testing.TB) []value.Value {
	texts := []string{
		`{"$minKey":1}`, `{"$maxKey":1}`, `null`, `{"$undefined":true}`, `0`, `-0.0`, `1`, `1.0`, `1.5`, `-1`, `2`, `10`,
		`1e300`, `-1e300`,
		`5e-324`, `{"$numberDouble":"NaN"}`, `{"$numberDouble":"Infinity"}`, `{"$numberDouble":"-Infinity"}`,
		`{"$numberLong":"1"}`, `9007199254740992`, `9007199254740993`, `9007199254740992.0`, `9223372036854775807`,
		`9223372036854775806`, `9.223372036854775807e18`, `-9223372036854775808`, `{"$numberDecimal":"1"}`,
		`{"$numberDecimal":"1.0000000000000000000000001"}`, `{"$numberDecimal":"0.1"}`, `0.1`,
		`{"$numberDecimal":"9007199254740993"}`, `""`, `"a"`, `"ab"`, `"a\u0000b"`, `"b"`, `"é"`, `"\u0000"`, `{}`, `{"a":1}`,
		`{"a":1,"b":2}`, `{"a":2}`, `{"b":1}`, `{"a":"x"}`, `[]`, `[1]`, `[1,2]`, `[2]`, `[[1]]`, `["a"]`,
		`{"$oid":"65a4f1e2c3b4d5e6f7a8b9c0"}`, `{"$oid":"65a4f1e2c3b4d5e6f7a8b9c1"}`, `true`, `false`,
		`{"$date":"2024-01-15T10:00:00Z"}`, `{"$date":"1950-01-15T10:00:00Z"}`, `{"$timestamp":{"t":1,"i":2}}`,
		`{"$timestamp":{"t":1,"i":3}}`, `{"$binary":{"base64":"AAEC","subType":"00"}}`,
		`{"$binary":{"base64":"AAE=","subType":"00"}}`, `{"$regularExpression":{"pattern":"a","options":""}}`,
		`{"$regularExpression":{"pattern":"a","options":"i"}}`,
	}
	var out []value.Value
	for _, text := range texts {
		v, err := value.Parse(text)
		if err != nil {
			t.Fatal(text, err)
		}
		out = append(out, v)
	}
	for range 200 {
		n := rand.Int64() >> rand.IntN(63)
		out = append(out, value.OfInt(n), value.OfDouble(float64(n)), value.OfDouble(float64(n)/3), value.OfInt(-n))
	}
	return out
}

// Keys are in the order of values, and no key is the beginning of another.
func TestKeysAreInTheOrderOfValues(t *testing.T) {
	all := samples(t)
	for _, a := range all {
		x, _ := key.Append(nil, a)
		for _, b := range all {
			y, _ := key.Append(nil, b)
			want := value.Compare(a, b)
			if got := bytes.Compare(x, y); cmp.Compare(want, 0) != got {
				t.Errorf("%s and %s compare as %d, their keys as %d", a, b, want, got)
			}
			if want != 0 && bytes.HasPrefix(y, x) {
				t.Errorf("the key of %s begins with that of %s", b, a)
			}
			key.Invert(x)
			key.Invert(y)
			if got := bytes.Compare(y, x); cmp.Compare(want, 0) != got {
				t.Errorf("%s and %s compare as %d, their inverted keys as %d", a, b, want, got)
			}
			key.Invert(x)
		}
	}
}

// What lies between two bounds is what compares so, up and down.
func TestBetween(t *testing.T) {
	all := samples(t)[:40]
	prefix := []byte("before")
	for _, down := range []bool{false, true} {
		for _, low := range all {
			for _, inclusive := range []bool{false, true} {
				_, end := key.Class(low)
				r := key.Between(prefix, key.Encoded(low, inclusive), end, down)
				for _, v := range all {
					b, _ := key.Append(nil, v)
					if down {
						key.Invert(b)
					}
					b = append(bytes.Clone(prefix), b...)
					in := bytes.Compare(b, r.From) >= 0 && (r.To == nil || bytes.Compare(b, r.To) < 0)
					c := value.Compare(v, low)
					want := v.Kind().Class() == low.Kind().Class() && (c > 0 || c == 0 && inclusive)
					if in != want {
						t.Errorf("%s from %s on, %v %v: %v", v, low, inclusive, down, in)
					}
				}
			}
		}
	}
}

// A document has a key for each value that a path leads to.
func TestEntries(t *testing.T) {
	doc := func(text string) value.Value {
		v, err := value.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		text                string
		n                   int
		multikey, cut       bool
		parallel, many, one bool
	}{
		{text: `{"a":1}`, n: 1}, {text: `{}`, n: 1}, {text: `{"a":null}`, n: 1},
		{text: `{"a":[1,2,1.0]}`, n: 2, multikey: true},
		{text: `{"a":[]}`, n: 1, multikey: true}, {text: `{"a":[{"x":1},[1]]}`, n: 2, multikey: true},
		{text: `{"a":[1],"b":[2]}`, parallel: true, multikey: true},
		{text: `{"a":[1,2],"b":{"c":3}}`, n: 2, multikey: true},
		{text: `{"a":"` + strings.Repeat("x", 1100) + `"}`, n: 1, cut: true},
		{text: fmt.Sprintf(`{"a":[0%s]}`, func() (s string) {
			for i := range 1000 {
				s += fmt.Sprintf(",%d", i+1)
			}
			return s
		}()), many: true, multikey: true},
	} {
		e := key.Compile([]key.Field{{Path: "a"}, {Path: "b", Down: true}}).Of(doc(c.text))
		if e.Parallel != c.parallel || e.Many != c.many || e.Multikey != c.multikey || !e.Parallel && !e.Many &&
			(len(e.Keys) != c.n || e.Cut != c.cut) {
			t.Errorf("%.60s: %d keys, %+v", c.text, len(e.Keys), e)
		}
		for _, k := range e.Keys {
			if len(k) > key.MaxKey {
				t.Errorf("a key has %d bytes", len(k))
			}
		}
	}
	deep := key.Compile([]key.Field{{Path: "a.b"}})
	for text, n := range map[string]int{
		`{"a":[{"b":1},{"b":2},{"c":3},4]}`: 3, `{"a":{"b":[1,2]}}`: 2, `{"a":5}`: 1, `{"a":[]}`: 1, `{"a":[[{"b":1}]]}`: 1,
	} {
		if e := deep.Of(doc(text)); len(e.Keys) != n {
			t.Errorf("%s: %d keys, not %d", text, len(e.Keys), n)
		}
	}
	long := strings.Repeat("x", 2000)
	a, b := key.Of(value.OfString(long+"a")), key.Of(value.OfString(long+"b"))
	if bytes.Equal(a, b) || len(a) > key.MaxKey {
		t.Error("keys that are cut are the same")
	}
}
