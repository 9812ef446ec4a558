package validate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/alania-go/alania/domain/storable"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// oracleCases are component maps whose S is tried, each with a valid value to start from.
var oracleCases = []struct{ components, sample string }{
	{`{"S":{"type":"object","required":["id"],"additionalProperties":false,"properties":{"id":{"type":"string",` +
		`"format":"uuid"},"n":{"type":["integer","null"],"minimum":-3,"maximum":10},"f":{"type":"number",` +
		`"exclusiveMinimum":0,"exclusiveMaximum":1.5,"multipleOf":0.01}}}}`,
		`{"id":"01932c07-209c-7ac6-8e1f-2d4b7d2b7a11","n":3,"f":0.25}`},
	{`{"S":{"type":"object","properties":{"a":{"type":"string","minLength":2,"maxLength":4},"b":{"type":"string",` +
		`"pattern":"^org_[0-9A-HJKMNP-TV-Z]{4}$"},"c":{"type":"string","pattern":"^[a-z0-9]+(-[a-z0-9]+)*$"},` +
		`"d":{"type":"string","pattern":"b+c"}}}}`,
		`{"a":"äöü","b":"org_01HZ","c":"a-b-c","d":"abbc"}`},
	{`{"S":{"type":"array","minItems":1,"maxItems":4,"uniqueItems":true,"items":{"type":["integer","string","object",` +
		`"array"]}}}`,
		`[1,"1",{"a":1,"b":[1.0]},[1,2]]`},
	{`{"S":{"type":"array","prefixItems":[{"type":"string"},{"type":"number"}],"items":{"type":"boolean"},` +
		`"contains":{"const":true},"minContains":1,"maxContains":2}}`,
		`["a",1,true,false,true]`},
	{`{"S":{"oneOf":[{"$ref":"#/components/schemas/Cat"},{"$ref":"#/components/schemas/Dog"}]},` +
		`"Cat":{"type":"object","required":["kind"],"properties":{"kind":{"type":"string","const":"cat"},` +
		`"lives":{"type":"integer"}},"additionalProperties":false},` +
		`"Dog":{"type":"object","required":["kind","barks"],"properties":{"kind":{"type":"string","enum":["dog","wolf"]},` +
		`"barks":{"type":"boolean"}}}}`,
		`{"kind":"dog","barks":true}`},
	{`{"S":{"oneOf":[{"type":"null"},{"type":"integer"},{"type":"number","minimum":5},{"type":"object",` +
		`"properties":{"a":{"type":"integer"}},"required":["a"]},{"type":"object","required":["b"]}]}}`,
		`{"a":1}`},
	{`{"S":{"anyOf":[{"type":"string","format":"email"},{"type":"string","format":"ipv4"},{"type":"string",` +
		`"format":"ipv6"},{"type":"string","format":"hostname"},{"type":"array",` +
		`"items":{"$ref":"#/components/schemas/S"}}]}}`,
		`["a@b.example","10.0.0.1",["::1","host.example"]]`},
	{`{"S":{"type":"object","properties":{"t":{"type":"string","format":"date-time"},"d":{"type":"string",` +
		`"format":"date"},"u":{"type":"string","format":"uri"},"i":{"type":"integer","format":"int32"},` +
		`"l":{"type":"integer","format":"int64"}}}}`,
		`{"t":"2024-02-29T23:59:59.5+02:00","d":"2024-02-29","u":"https://a.example/p?q=1#f","i":2147483647,` +
			`"l":9223372036854775807}`},
	{`{"S":{"$ref":"#/components/schemas/Node"},"Node":{"type":"object","required":["v"],` +
		`"properties":{"v":{"type":"integer"},"left":{"$ref":"#/components/schemas/Node"},` +
		`"right":{"oneOf":[{"type":"null"},{"$ref":"#/components/schemas/Node"}]}},"additionalProperties":false}}`,
		`{"v":1,"left":{"v":2,"right":null},"right":{"v":3}}`},
	{`{"S":{"type":"object","patternProperties":{"^x-":{"type":"string"},"n":{"type":"number"}},` +
		`"additionalProperties":{"type":"boolean"},"propertyNames":{"maxLength":5},"minProperties":1,"maxProperties":3}}`,
		`{"x-a":"s","n":1,"b":true}`},
	{`{"S":{"allOf":[{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]},` +
		`{"properties":{"b":{"type":"string"}}}],"unevaluatedProperties":false,"properties":{"c":{"const":[1,{"x":"y"}]}}}}`,
		`{"a":1,"b":"s","c":[1,{"x":"y"}]}`},
	{`{"S":{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},` +
		`"if":{"properties":{"a":{"const":"x"}},"required":["a"]},"then":{"required":["b"]},` +
		`"else":{"not":{"required":["b"]}}}}`,
		`{"a":"x","b":1}`},
	{`{"S":{"type":"object","dependentRequired":{"card":["addr","name"]},` +
		`"dependentSchemas":{"name":{"properties":{"age":{"type":"integer","multipleOf":3}}}},` +
		`"not":{"required":["forbidden"]}}}`,
		`{"card":1,"addr":"a","name":"n","age":9}`},
	{`{"S":{"enum":["a","b",1,1.5,true,{"k":[1,2]},["x"],"c\"d"]}}`, `{"k":[1,2]}`},
	{`{"S":{"type":"number","multipleOf":7,"minimum":-1e20,"maximum":1e20}}`, `700`},
	{`{"S":{"type":"object","additionalProperties":{"type":"array","items":{"type":"object","required":["q"],` +
		`"properties":{"q":{"$ref":"#/components/schemas/S"}}}}}}`,
		`{"a":[{"q":{}},{"q":{"b":[]}}]}`},
	{`{"S":{"anyOf":[{"type":"object","properties":{"a":false},"required":["b"]},{"type":"object","required":["a"],` +
		`"properties":{"a":{"enum":["q","r"]}}}]}}`,
		`{"b":1}`},
	{`{"S":{"type":"object","properties":{"p1":{"type":"integer"},"p2":{"type":"integer"},"p3":{"type":"integer"},` +
		`"p4":{"type":"integer"},"p5":{"type":"integer"},"p6":{"type":"integer"},"p7":{"type":"integer"},` +
		`"p8":{"type":"integer"},"p9":{"type":"integer"},"p10":{"enum":["a","b","c","d","e","f","g","h","i","j"]}},` +
		`"required":["p3","p9","zz"],"additionalProperties":false,"patternProperties":{"^z+$":true}}}`,
		`{"p1":1,"p3":2,"p9":3,"p10":"j","zz":0}`},
}

type oracle struct {
	ours   *Schema
	theirs *jsonschema.Schema
	sample any
}

// oracleFormats replaces formats where we are stricter on purpose, or where the oracle
// has none, with a second implementation.
func oracleFormats(c *jsonschema.Compiler) {
	str := func(name string, ok func(string) bool) {
		c.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(v any) error {
			if s, is := v.(string); is && !ok(s) {
				return errors.New("no")
			}
			return nil
		}})
	}
	offset := regexp.MustCompile(`(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$`) // Go takes +24:00, the RFC does not
	str("date-time", func(s string) bool {
		var v time.Time
		b, _ := json.Marshal(s)
		// nor a comma
		return json.Unmarshal(b, &v) == nil && storable.Time(v) && offset.MatchString(s) && !strings.Contains(s, ",")
	})
	str("date", func(s string) bool {
		v, err := time.Parse(time.DateOnly, s)
		return err == nil && storable.Time(v)
	})
	legal := regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:([A-Za-z0-9._~:/?#@!$&'()*+,;=-]|\[|\]|%[0-9A-Fa-f]{2})*$`)
	str("uri", func(s string) bool {
		u, err := url.Parse(s)
		if err != nil || !u.IsAbs() || !legal.MatchString(s) || strings.Count(s, "#") > 1 {
			return false
		}
		// Brackets and odd user-info are told apart in format_test.go.
		return !strings.ContainsAny(s, "[]@")
	})
	// The oracle takes an empty local part, and control characters within quotes.
	const label = `[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?`
	const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
	email := regexp.MustCompile(`^(` + atom + `(\.` + atom + `)*|"[^"\\\x00-\x1f\x7f]*")@(` + label + `(\.` + label +
		`)*\.?|\[[^\]]*\])$`)
	str("email", func(s string) bool {
		if !email.MatchString(s) || len(s) > 254 || strings.LastIndexByte(s, '@') > 64 {
			return false
		}
		domain := s[strings.LastIndexByte(s, '@')+1:]
		if domain[0] != '[' {
			return len(domain) <= 253
		}
		text, v6 := strings.CutPrefix(domain[1:len(domain)-1], "IPv6:")
		a, err := netip.ParseAddr(text)
		return err == nil && a.Zone() == "" && a.Is4() != v6
	})
	whole := func(name, low, high string) {
		min, _ := new(big.Rat).SetString(low)
		max, _ := new(big.Rat).SetString(high)
		c.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(v any) error {
			n, is := v.(json.Number)
			if !is {
				return nil
			}
			if r, ok := new(big.Rat).SetString(string(n)); !ok || !r.IsInt() || r.Cmp(min) < 0 || r.Cmp(max) > 0 {
				return errors.New("no")
			}
			return nil
		}})
	}
	whole("int32", "-2147483648", "2147483647")
	whole("int64", "-9223372036854775808", "9223372036854775807")
}

var oracles = sync.OnceValue(func() []oracle {
	var out []oracle
	for _, oc := range oracleCases {
		doc, err := openapi3.NewLoader().LoadFromData([]byte(schemaDoc(oc.components)))
		if err != nil {
			panic(err)
		}
		ours, err := CompileSchema(doc.Components.Schemas["S"].Value)
		if err != nil {
			panic(err)
		}
		text := `{"$ref":"#/components/schemas/S","components":{"schemas":` + oc.components + `}}`
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			panic(err)
		}
		c := jsonschema.NewCompiler()
		c.DefaultDraft(jsonschema.Draft2020)
		oracleFormats(c)
		c.AssertFormat()
		if err := c.AddResource("mem:///s.json", v); err != nil {
			panic(err)
		}
		theirs, err := c.Compile("mem:///s.json")
		if err != nil {
			panic(fmt.Sprint(oc.components, err))
		}
		sample, err := jsonschema.UnmarshalJSON(strings.NewReader(oc.sample))
		if err != nil {
			panic(err)
		}
		out = append(out, oracle{ours, theirs, sample})
	}
	return out
})

// longExponent finds numbers that would keep the oracle, which counts in big.Rat, busy
// for good.
var longExponent = regexp.MustCompile(`[eE][+-]?[0-9]{4}`)

// agree compares the verdicts on a text; a text that our parser refuses is not compared.
func (o *oracle) agree(t *testing.T, which int, text []byte) (valid, compared bool) {
	t.Helper()
	violations, err := o.ours.Validate(text)
	if err != nil || longExponent.Match(text) {
		return false, false
	}
	for _, v := range violations {
		if v.Code == "duplicate_field" || v.Code == "depth" || v.Code == "range" || v.Message == noNUL {
			return false, false
		}
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("oracle cannot read %q: %v", text, err)
	}
	theirs := o.theirs.Validate(v)
	if (theirs == nil) != (len(violations) == 0) {
		t.Errorf("schema %d %s\nvalue %s\nours: %s\noracle: %v", which, oracleCases[which].components, text,
			short(violations), theirs)
	}
	return theirs == nil, true
}

func TestOracleSamples(t *testing.T) {
	for i, o := range oracles() {
		if valid, _ := o.agree(t, i, []byte(oracleCases[i].sample)); !valid {
			t.Errorf("sample %d is not valid", i)
		}
	}
}

func n(s string) json.Number { return json.Number(s) }

// pool is what mutations put in.
var pool = []any{
	nil, true, false, n("0"), n("1"), n("-1"), n("1.0"), n("1e0"), n("10e-1"), n("1.5"), n("0.1"), n("0.30"),
	n("0.300000000000000000001"),
	n("7"), n("70e1"), n("7e2"), n("3.5"), n("9"), n("10"), n("11"), n("100000000000000000000"), n("1e20"),
	n("100000000000000000001"), n("1e21"), n("-0"), n("0.0"), n("1e-7"),
	n("2147483647"), n("2147483648"), n("-2147483649"), n("9223372036854775807"), n("9223372036854775808"),
	n("-9223372036854775808"), n("9.223372036854775807e18"),
	"", "a", "ab", "abcde", "äö", "\U0001F600\U0001F600", "x", "cat", "dog", "wolf", "c\"d", "1", "a\u0000b", "a\nb",
	"\u007f",
	"org_01HZ", "org_01HI", "org_01HZ\n", "org_01HZA", "a-b", "a--b", "-a", "a-", "bc", "xbbbcx", "q", "j", "k",
	"01932c07-209c-7ac6-8e1f-2d4b7d2b7a11", "01932C07-209C-4AC6-8E1F-2D4B7D2B7A11", "01932c07209c7ac68e1f2d4b7d2b7a11",
	"01932c07-209c-7ac6-8e1f-2d4b7d2b7a1g",
	"2024-02-29", "2023-02-29", "2024-13-01", "2024-1-1", "0000-01-01", "2024-02-29T00:00:00Z", "2024-02-29t00:00:00z",
	"2024-02-29T24:00:00Z", "2024-02-29T23:59:60Z",
	"2024-02-29T00:00:00.123456789012Z", "2024-02-29T00:00:00+23:59", "2024-02-29T00:00:00+24:00", "2024-02-29T00:00:00",
	"2024-02-29T00:00:00.Z", "2024-02-29 00:00:00Z",
	"2024-02-29T00:00:00,5Z", "2024-02-29T00:00:00-00:00", "2024-02-29T00:00:0Z", "2024-02-29T00:00:00+0000",
	"a@b", "a@b.example", "a.@b", ".a@b", "a..b@c", "\"a b\"@c", "a@[10.0.0.1]", "a@[IPv6:::1]", "a@-b", "a@b-.c", "a@b_c",
	"@b", "a@", "a b@c", "a@b@c",
	"1.2.3.4", "01.2.3.4", "1.2.3", "1.2.3.256", "1.2.3.4.5", "1..3.4", "::1", "1::", "::ffff:1.2.3.4", "fe80::1%eth0",
	"1:2:3:4:5:6:7:8:9", ":::",
	"host", "host.", "a..b", "-a.b", "a-.b", "a.b-", "xn--a.example", strings.Repeat("a", 63) + ".b",
	strings.Repeat("a", 64) + ".b", "under_score",
	"http://a", "a:b", "a", "//a", "http://a b", "http://a/%zz", "http://a/%41", "http://a:80/", "http://a:x/", "1a:b",
	"http://", "mailto:x", "urn:a:b", "http://a/#b#c", "http://ä", "a:", "http://a/é", "h+.-1:x",
	map[string]any{}, []any{}, []any{n("1"), n("1.0")}, []any{n("1"), n("2")}, []any{"x"}, []any{true},
	map[string]any{"a": n("1")}, map[string]any{"b": []any{n("1")}, "a": n("1.0")},
	map[string]any{"k": []any{n("1"), n("2.0")}}, map[string]any{"v": n("1")}, map[string]any{"q": map[string]any{}},
	map[string]any{"a": "q"},
}

var poolNames = []string{"a", "b", "c", "d", "f", "id", "n", "v", "q", "left", "right", "kind", "lives", "barks",
	"card", "addr", "name", "age", "forbidden",
	"x-b", "nn", "xn", "toolong", "t", "u", "i", "l", "p1", "p9", "p10", "zz", "zzz", "zy", "ä", "c\"", ""}

// mutate changes one random place of a value, in a copy.
func mutate(r *rand.Rand, v any) any {
	if r.IntN(6) == 0 {
		return pool[r.IntN(len(pool))]
	}
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			out[k] = e
		}
		names := slices.Sorted(maps.Keys(v)) // a map's own order would differ from run to run
		switch op := r.IntN(5); {
		case op == 0:
			out[poolNames[r.IntN(len(poolNames))]] = pool[r.IntN(len(pool))]
		case op == 1 && len(names) > 0:
			delete(out, names[r.IntN(len(names))])
		case len(names) > 0:
			k := names[r.IntN(len(names))]
			out[k] = mutate(r, v[k])
		}
		return out
	case []any:
		out := append([]any(nil), v...)
		switch op := r.IntN(5); {
		case op == 0:
			return append(out, pool[r.IntN(len(pool))])
		case op == 1 && len(out) > 0:
			return append(out, out[r.IntN(len(out))])
		case op == 2 && len(out) > 0:
			return out[:len(out)-1]
		case len(out) > 0:
			i := r.IntN(len(out))
			out[i] = mutate(r, out[i])
		}
		return out
	}
	return pool[r.IntN(len(pool))]
}

// escape writes some characters as \u escapes, so that escaped names and strings are
// compared too.
func escape(r *rand.Rand, text []byte) []byte {
	var out []byte
	inside, esc := false, false
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRune(text[i:])
		switch {
		case esc:
			esc = false
		case c == '\\':
			esc = true
		case c == '"':
			inside = !inside
		case inside && c < 0x10000 && r.IntN(4) == 0:
			out = fmt.Appendf(out, `\u%04x`, c)
			i += size
			continue
		}
		out = append(out, text[i:i+size]...)
		i += size
	}
	return out
}

// TestOracleRandom tries mutated samples on every schema, the same ones on every run.
func TestOracleRandom(t *testing.T) {
	rounds := 4000
	if testing.Short() {
		rounds = 400
	}
	for i, o := range oracles() {
		r := rand.New(rand.NewPCG(7, uint64(i)))
		count, valids := 0, 0
		for range rounds {
			v := o.sample
			for range 1 + r.IntN(4) {
				v = mutate(r, v)
			}
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			if r.IntN(3) == 0 {
				text = escape(r, text)
			}
			valid, compared := o.agree(t, i, text)
			if compared {
				count++
			}
			if valid {
				valids++
			}
			if t.Failed() {
				return
			}
		}
		if valids == 0 || valids == count || count < rounds*9/10 {
			t.Errorf("schema %d: %d of %d compared values are valid: the mutations do not probe it", i, valids, count)
		}
	}
}

func FuzzOracle(f *testing.F) {
	for i, oc := range oracleCases {
		f.Add(uint8(i), []byte(oc.sample))
	}
	for _, v := range pool {
		b, _ := json.Marshal(v)
		f.Add(uint8(13), b)
	}
	f.Fuzz(func(t *testing.T, which uint8, text []byte) {
		i := int(which) % len(oracleCases)
		o := oracles()[i]
		o.agree(t, i, text)
	})
}

// FuzzParse holds our parser against encoding/json: whatever we accept is JSON with the
// same meaning, and what we refuse is refused there too or breaks one of our own rules.
func FuzzParse(f *testing.F) {
	for _, s := range parseSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p := &parser{}
		ok := p.parse(text)
		std := json.Valid(text)
		if ok && !std {
			t.Fatalf("accepted %q", text)
		}
		if !ok && std && !p.tooDeep && utf8.Valid(text) && !bytes.Contains(bytes.ToLower(text), []byte(`\ud`)) {
			t.Fatalf("refused %q: %s at %d", text, p.problem, p.pos)
		}
		if !ok || len(p.dups) > 0 {
			return
		}
		var want any
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&want); err != nil {
			t.Fatal(err)
		}
		a, _ := json.Marshal(want)
		b, _ := json.Marshal(p.tree(0))
		if !bytes.Equal(a, b) {
			t.Fatalf("%q reads as %s, want %s", text, b, a)
		}
	})
}

// tree turns nodes back into what encoding/json would make of the text.
func (p *parser) tree(i int32) any {
	switch m := &p.tape[i]; m.kind {
	case kindTrue:
		return true
	case kindFalse:
		return false
	case kindNumber:
		return json.Number(p.b[m.start:m.end])
	case kindString:
		s := string(p.text(i, 0))
		if int(m.count) != utf8.RuneCountInString(s) {
			panic("code points miscounted")
		}
		return s
	case kindArray:
		out := []any{}
		for k := i + 1; k < m.next; k = p.tape[k].next {
			out = append(out, p.tree(k))
		}
		if len(out) != int(m.count) {
			panic("items miscounted")
		}
		return out
	case kindObject:
		out := map[string]any{}
		for k := i + 1; k < m.next; k = p.tape[k+1].next {
			out[string(p.text(k, 0))] = p.tree(k + 1)
		}
		if len(out) != int(m.count) {
			panic("members miscounted")
		}
		return out
	}
	return nil
}

var parseSeeds = []string{
	`{}`, `[]`, `null`, `true`, `false`, `0`, `-0`, `1.5e+10`, `"a"`, `""`, ` { "a" : [ 1 , 2 ] } `, `{"a":1,"a":2}`,
	`[1,]`, `{"a":1,}`, `{a:1}`, `01`, `1.`, `.5`, `-`, `1e`, `+1`,
	`"\u00e9\ud83d\ude00"`, `"\ud83d"`, `"\ude00"`, `"\ud83d\u0041"`, `"\x"`, "\"\x01\"", "\"\xff\"", `nul`, `nulll`,
	`1 2`, `{"a"}`, `{"a":}`, `[`, `{`, `"`, `"\`, `"\u12`, "\ufeff{}", `[[[[]]]]`,
	`{"a":{"b":{"c":[{},{"d":null}]}}}`, strings.Repeat("[", 101) + strings.Repeat("]", 101),
	`{"1":1,"2":1,"3":1,"4":1,"5":1,"6":1,"7":1,"8":1,"9":1,"\u0031":1}`, ``, ` `, "\t\r\n1",
}

func TestParseSeeds(t *testing.T) {
	for _, s := range parseSeeds {
		p := &parser{}
		ok, std := p.parse([]byte(s)), json.Valid([]byte(s))
		if ok && !std {
			t.Errorf("accepted %q", s)
		}
	}
}
