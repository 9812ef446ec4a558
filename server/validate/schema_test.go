package validate

import (
	"strings"
	"sync"
	"testing"

	"github.com/alania-go/alania/domain/fault"
)

// TestKeywords tries every keyword both ways: the violations of a value are given as
// "pointer code", none means valid.
func TestKeywords(t *testing.T) {
	const catDog = `{"oneOf":[` +
		`{"type":"object","required":["kind","lives"],"properties":{"kind":{"type":"string","const":"cat"},` +
		`"lives":{"type":"integer"}}},` +
		`{"type":"object","required":["kind","barks"],"properties":{"kind":{"type":"string","const":"dog"},` +
		`"barks":{"type":"boolean"}}}]}`
	for _, tc := range []struct{ schema, value, want string }{
		{`{"type":"string"}`, `"a"`, ""},
		{`{"type":"string"}`, `1`, " type"},
		{`{"type":"string"}`, `null`, " type"},
		{`{"type":["string","null"]}`, `null`, ""},
		{`{"type":["string","null"]}`, `{}`, " type"},
		{`{"type":"integer"}`, `1.0`, ""},
		{`{"type":"integer"}`, `15e-1`, " type"},
		{`{"type":"integer"}`, `10e-1`, ""},
		{`{"type":"integer"}`, `1e400`, ""},
		{`{"type":"number"}`, `1`, ""},
		{`{"type":"number"}`, `"1"`, " type"},
		{`{"type":"boolean"}`, `false`, ""},
		{`{"type":"boolean"}`, `0`, " type"},
		{`{"type":"array"}`, `{}`, " type"},
		{`{"type":"object"}`, `[]`, " type"},
		{`{"type":"null"}`, `null`, ""},
		{`true`, `[1]`, ""},
		{`false`, `1`, " not"},

		{`{"type":"string","enum":["a","b"]}`, `"b"`, ""},
		{`{"type":"string","enum":["a","b"]}`, `"c"`, " enum"},
		{`{"type":"string","enum":["a","b"]}`, `"\u0061"`, ""},
		{`{"enum":[1,{"a":[1]}]}`, `{"a":[1.0]}`, ""},
		{`{"enum":[1,{"a":[1]}]}`, `{"a":[2]}`, " enum"},
		{`{"type":"string","const":"x"}`, `"x"`, ""},
		{`{"type":"string","const":"x"}`, `"y"`, " const"},
		{`{"type":"string","const":"a\"b"}`, `"a\u0022b"`, ""},

		{`{"type":"string","minLength":2}`, `"é"`, " min_length"},
		{`{"type":"string","minLength":2}`, `"éé"`, ""},
		{`{"type":"string","maxLength":2}`, `"\ud83d\ude00\ud83d\ude00"`, ""},
		{`{"type":"string","maxLength":2}`, `"abc"`, " max_length"},
		{`{"type":"string","pattern":"^org_[0-9A-HJKMNP-TV-Z]{26}$"}`, `"org_01HZY3QK5V8B9N2M4P6R7S8T9W"`, ""},
		{`{"type":"string","pattern":"^org_[0-9A-HJKMNP-TV-Z]{26}$"}`, `"org_01HZY3QK5V8B9N2M4P6R7S8T9U"`, " pattern"},
		{`{"type":"string","pattern":"b"}`, `"abc"`, ""},
		{`{"type":"string","pattern":"b"}`, `"ac"`, " pattern"},
		{`{"type":"string","minLength":5,"pattern":"^a","format":"email"}`, `"b"`, " min_length;  format;  pattern"},

		{`{"type":"integer","minimum":3}`, `3`, ""},
		{`{"type":"integer","minimum":3}`, `2`, " minimum"},
		{`{"type":"integer","maximum":3}`, `4`, " maximum"},
		{`{"type":"number","maximum":0.1}`, `0.1000000000000000000001`, " maximum"},
		{`{"type":"number","exclusiveMinimum":0}`, `0`, " exclusive_minimum"},
		{`{"type":"number","exclusiveMinimum":0}`, `1e-300`, ""},
		{`{"type":"number","exclusiveMaximum":1}`, `1.0`, " exclusive_maximum"},
		{`{"type":"number","multipleOf":0.01}`, `19.99`, ""},
		{`{"type":"number","multipleOf":0.01}`, `19.999`, " multiple_of"},
		{`{"type":"integer","multipleOf":7}`, `700000000000000000000000000000`, ""},
		{`{"type":"integer","multipleOf":7}`, `700000000000000000000000000001`, " multiple_of"},
		{`{"type":"number","maximum":10}`, `1e999999999999999999999`, " range;  maximum"},
		{`{"type":"number","minimum":0}`, `-1e-999999999999999999999`, " range;  minimum"},

		{`{"type":"array","minItems":1}`, `[]`, " min_items"},
		{`{"type":"array","maxItems":1}`, `[1,2]`, " max_items"},
		{`{"type":"array","items":{"type":"integer"}}`, `[1,"a",2,null]`, "/1 type; /3 type"},
		{`{"type":"array","prefixItems":[{"type":"string"}],"items":false}`, `["a"]`, ""},
		{`{"type":"array","prefixItems":[{"type":"string"}],"items":false}`, `["a",1]`, "/1 not"},
		{`{"type":"array","uniqueItems":true}`, `[1,2,"1",[1],{"a":1}]`, ""},
		{`{"type":"array","uniqueItems":true}`, `[{"a":1,"b":2},3,{"b":2.0,"a":1}]`, " unique_items"},
		{`{"type":"array","uniqueItems":true}`, `["a","\u0061"]`, " unique_items"},
		{`{"type":"array","contains":{"type":"null"}}`, `[1,null]`, ""},
		{`{"type":"array","contains":{"type":"null"}}`, `[1]`, " contains"},
		{`{"type":"array","contains":{"type":"null"},"maxContains":1}`, `[null,null]`, " contains"},

		{`{"type":"object","required":["a","b"],"properties":{"a":{"type":"string"}}}`, `{}`, "/a required; /b required"},
		{`{"type":"object","additionalProperties":false,"properties":{"a":{}}}`, `{"a":1,"b/~":2}`, "/b~1~0 unknown_field"},
		{`{"type":"object","additionalProperties":{"type":"integer"},"properties":{"a":{}}}`, `{"a":"x","b":"x"}`, "/b type"},
		{
			`{"type":"object","patternProperties":{"^x-":{"type":"string"}},"additionalProperties":false}`, `{"x-a":1,"y":1}`,
			"/x-a type; /y unknown_field",
		},
		{`{"type":"object","propertyNames":{"pattern":"^[a-z]+$"}}`, `{"a":1,"B":1}`, "/B pattern"},
		{`{"type":"object","minProperties":1}`, `{}`, " min_properties"},
		{`{"type":"object","maxProperties":1}`, `{"a":1,"b":1}`, " max_properties"},
		{`{"type":"object","dependentRequired":{"a":["b"]}}`, `{"a":1}`, "/b required"},
		{`{"type":"object","dependentRequired":{"a":["b"]}}`, `{"c":1}`, ""},
		{`{"type":"object","dependentSchemas":{"a":{"properties":{"b":{"type":"string"}}}}}`, `{"a":1,"b":1}`, "/b type"},
		{
			`{"type":"object","properties":{"settings":{"type":"object","properties":{"name":{"type":"string"}}}}}`,
			`{"settings":{"name":1}}`, "/settings/name type",
		},
		{`{"type":"object","properties":{"a":{"type":"integer"}}}`, `{"a":1,"a":"x"}`, "/a duplicate_field; /a type"},
		{`{}`, `{"x":[{"b":1,"\u0062":2}]}`, "/x/0/b duplicate_field"},

		{
			`{"allOf":[{"type":"object","required":["a"]},{"type":"object","required":["a","b"]}]}`, `{}`,
			"/a required; /b required",
		},
		{`{"anyOf":[{"type":"string"},{"type":"integer","minimum":3}]}`, `4`, ""},
		{`{"anyOf":[{"type":"string"},{"type":"integer","minimum":3}]}`, `2`, " minimum"},
		{`{"anyOf":[{"type":"string"},{"type":"integer"}]}`, `null`, " type"},
		{`{"anyOf":[{"type":"string","maxLength":1},{"type":"string","minLength":3}]}`, `"ab"`, " any_of"},
		{`{"oneOf":[{"type":"integer","multipleOf":2},{"type":"integer","multipleOf":3}]}`, `4`, ""},
		{`{"oneOf":[{"type":"integer","multipleOf":2},{"type":"integer","multipleOf":3}]}`, `6`, " one_of"},
		{`{"oneOf":[{"type":"integer","multipleOf":2},{"type":"integer","multipleOf":3}]}`, `5`, " one_of"},
		{`{"oneOf":[{"type":"null"},{"type":"object","required":["a"]}]}`, `{}`, "/a required"},
		{catDog, `{"kind":"cat","lives":9}`, ""},
		{catDog, `{"kind":"cat","barks":true}`, "/lives required"},
		{catDog, `{"kind":"dog","barks":1}`, "/barks type"},
		{catDog, `{"kind":"cow"}`, "/kind enum"},
		{catDog, `{"kind":1}`, "/kind enum"},
		{catDog, `{}`, "/kind required"},
		{catDog, `[]`, " type"},
		{`{"not":{"type":"string"}}`, `1`, ""},
		{`{"not":{"type":"string"}}`, `"a"`, " not"},
		{`{"if":{"type":"string"},"then":{"maxLength":1},"else":{"type":"null"}}`, `"ab"`, " max_length"},
		{`{"if":{"type":"string"},"then":{"maxLength":1},"else":{"type":"null"}}`, `1`, " type"},
		{
			`{"allOf":[{"properties":{"a":{}}}],"properties":{"b":{}},"unevaluatedProperties":false}`, `{"a":1,"b":1,"c":1}`,
			"/c unknown_field",
		},
		{
			`{"type":"object","properties":{"a":{"type":"string","enum":["x"],"minLength":2}}}`, `{"a":"y"}`,
			"/a enum; /a min_length",
		},
	} {
		vs, err := compileSchema(t, tc.schema).Validate([]byte(tc.value))
		if err != nil {
			t.Errorf("%s with %s: %v", tc.schema, tc.value, err)
			continue
		}
		if got := short(vs); got != tc.want {
			t.Errorf("%s with %s: got %q, want %q", tc.schema, tc.value, got, tc.want)
		}
		for _, v := range vs {
			if !strings.HasPrefix(v.Message, "must ") && !strings.HasPrefix(v.Message, "is ") {
				t.Errorf("%s: the message %q is in another voice", tc.schema, v.Message)
			}
		}
	}
}

func TestMessages(t *testing.T) {
	for _, tc := range []struct{ schema, value, want string }{
		{`{"type":["string","null"]}`, `1`, "must be a string or null"},
		{`{"type":"integer"}`, `true`, "must be an integer"},
		{`{"type":"string","enum":["a","b"]}`, `"c"`, "must be one of: a, b"},
		{`{"type":"string","const":"a"}`, `"c"`, "must be a"},
		{`{"type":"string","pattern":"^a+$"}`, `"c"`, "must match the pattern ^a+$"},
		{`{"type":"string","minLength":1}`, `""`, "must have at least 1 character"},
		{`{"type":"string","maxLength":3}`, `"abcd"`, "must have at most 3 characters"},
		{`{"type":"number","maximum":1.5}`, `2`, "must be at most 1.5"},
		{`{"type":"integer","format":"int32"}`, `2147483648`, int32Message},
		{`{"type":"integer","format":"int64"}`, `9223372036854775808`, int64Message},
		{`{"type":"object","required":["a"]}`, `{}`, "is required"},
		{`{"type":"object","additionalProperties":false}`, `{"a":1}`, "is not a known field"},
	} {
		vs, err := compileSchema(t, tc.schema).Validate([]byte(tc.value))
		if err != nil || len(vs) != 1 || vs[0].Message != tc.want {
			t.Errorf("%s with %s: got %v %v, want %q", tc.schema, tc.value, vs, err, tc.want)
		}
	}
}

func TestDiscriminator(t *testing.T) {
	doc := `{"S":{"oneOf":[{"$ref":"#/components/schemas/A"},{"$ref":"#/components/schemas/B"}],` +
		`"discriminator":{"propertyName":"type","mapping":{"a":"#/components/schemas/A","b":"B",` +
		`"bb":"#/components/schemas/B"}}},` +
		`"A":{"type":"object","required":["type","x"],"properties":{"type":{"type":"string"},"x":{"type":"integer"}}},` +
		`"B":{"type":"object","required":["type"],"properties":{"type":{"type":"string"}},"additionalProperties":false}}`
	s, err := CompileSchema(loadSchema(t, doc))
	if err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]string{
		`{"type":"a","x":1}`:  "",
		`{"type":"bb"}`:       "",
		`{"type":"a","x":""}`: "/x type",
		`{"type":"b","x":1}`:  "/x unknown_field",
		`{"type":"c"}`:        "/type enum",
		`{}`:                  "/type required",
	} {
		if vs, _ := s.Validate([]byte(value)); short(vs) != want {
			t.Errorf("%s: got %q, want %q", value, short(vs), want)
		}
	}
}

func TestFormats(t *testing.T) {
	for format, values := range map[string]struct{ good, bad []string }{
		"uuid": {[]string{
			"01932c07-209c-7ac6-8e1f-2d4b7d2b7a11", "F47AC10B-58CC-4372-A567-0E02B2C3D479",
			"00000000-0000-0000-0000-000000000000",
		},
			[]string{
				"", "01932c07209c7ac68e1f2d4b7d2b7a11", "{01932c07-209c-7ac6-8e1f-2d4b7d2b7a11}",
				"01932c07-209c-7ac6-8e1f-2d4b7d2b7a1x",
			}},
		"date-time": {[]string{"2026-01-31T15:04:05Z", "2026-01-31T15:04:05.123456789Z", "2024-02-29T00:00:00-07:30"},
			[]string{
				"", "2026-01-31", "2026-01-31 15:04:05Z", "2026-01-31T15:04:05", "2026-02-30T15:04:05Z", "2026-01-31T25:04:05Z",
				"2026-01-31T15:04:60Z", "2026-01-31t15:04:05z", "2026-01-31T15:04:05+0100",
			}},
		"date": {
			[]string{"2026-01-31", "2000-02-29"}, []string{"2026-1-31", "1900-02-29", "2026-01-31T", "", "2026-00-10"},
		},
		"email": {
			[]string{"a@b.example", "a.b+c@d.example", `"a b"@c.example`, "a@[127.0.0.1]"},
			[]string{"", "a", "a@", "@b", "a..b@c", "a b@c", "a@b c", "ä@b"},
		},
		"uri": {
			[]string{"https://a.example/p?q#f", "urn:x:y", "mailto:a@b.c", "http://[::1]:80/", "https://u:p@h/%20"}, []string{
				"", "a", "/p", "//h/p", "http://a b/", "https://h/%2", "http://[::1", "http://h:x/", "http://a/[b]", "1a:b",
				"http://h\\",
			},
		},
		"ipv4": {[]string{"0.0.0.0", "255.255.255.255"}, []string{"256.0.0.1", "1.2.3", "01.2.3.4", "1.2.3.4.", "::1"}},
		"ipv6": {[]string{"::", "2001:db8::1", "::ffff:1.2.3.4"}, []string{"1.2.3.4", "fe80::1%lo", "1::2::3", ""}},
		"hostname": {
			[]string{"a", "a.b-c.example", "example.com."}, []string{"", "-a", "a_b", "a..b", "ä", strings.Repeat("a", 64)},
		},
		"made-up":  {[]string{"anything", ""}, nil},
		"duration": {[]string{"not asserted"}, nil},
	} {
		s := compileSchema(t, `{"type":"string","format":"`+format+`"}`)
		check := func(v string, want string) {
			text := string(appendJSONString(nil, v))
			if vs, err := s.Validate([]byte(text)); err != nil || short(vs) != want {
				t.Errorf("%s %q: got %q %v, want %q", format, v, short(vs), err, want)
			}
		}
		for _, v := range values.good {
			check(v, "")
		}
		for _, v := range values.bad {
			check(v, " format")
		}
	}
}

// TestPatterns says which patterns run on tables and holds the tables against regexp.
func TestPatterns(t *testing.T) {
	inputs := []string{
		"", "a", "b", "ab", "aab", "abab", "a-b", "a-b-c", "-", "a-", "org_0", "org_01", "org_012", "ORG_01", "é", "éé",
		"ééé", "a\n", "\n", "x.y", "1.2.3", "aé1", "v1", "v12", "/", "a/b", "foo", "bar", "foobar", "sk_live_ab",
		"sk_test_ab", "sk_", "aaa", "aaaa", "b1", "b22c", "\u2028",
	}
	for expr, fast := range map[string]bool{
		`^org_[0-9A-Z]{2}$`:          true,
		`^[a-z0-9]+(-[a-z0-9]+)*$`:   true,
		`^[a-z0-9]+(?:-[a-z0-9]+)*$`: true,
		`^[^/]{1,2}$`:                true,
		`^.{2,3}$`:                   true,
		`^\S+$`:                      true,
		`^(foo|bar)$`:                true,
		`^sk_(live|test)_[a-z]{2}$`:  true,
		`^\d+\.\d+\.\d+$`:            true,
		`^v?[0-9]{1,2}$`:             true,
		`^$`:                         true,
		`^(ab){1,2}$`:                true,
		`^([a-z][0-9]{0,2})+$`:       true,
		`^a*ab$`:                     false, // what repeats can also follow
		`^[a-z]+[a-z0-9]*$`:          false,
		`^(foo|foobar)$`:             false, // foo, then maybe nothing
		`^(a|ab)$`:                   false,
		`^(?:a|b)?c?b$`:              false,
		`^(a?)+$`:                    false,
		`(?i)^org$`:                  false,
		`a`:                          false,
		`^a`:                         false,
		`^[é-ü]$`:                    false,
		`^(a+)+$`:                    false,
	} {
		p, err := newPattern(expr)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		if (p.fast != nil) != fast {
			t.Errorf("%s: on tables %v, want %v", expr, p.fast != nil, fast)
		}
		for _, in := range inputs {
			if got, want := p.match([]byte(in)), p.re.MatchString(in); got != want {
				t.Errorf("%s on %q: %v, regexp says %v", expr, in, got, want)
			}
		}
	}
	if _, err := newPattern(`^(?=a)`); err == nil {
		t.Error("a pattern Go cannot run was taken")
	}
}

func FuzzPattern(f *testing.F) {
	f.Add(`^[a-z0-9]+(-[a-z0-9]+)*$`, "a-b")
	f.Add(`^(foo|bar){1,2}x?$`, "foobarx")
	f.Add(`^[^/]{1,2}$`, "é")
	f.Fuzz(func(t *testing.T, expr, in string) {
		p, err := newPattern(expr)
		if err != nil || p.fast == nil {
			return
		}
		in = strings.ToValidUTF8(in, "?")
		if got, want := p.match([]byte(in)), p.re.MatchString(in); got != want {
			t.Errorf("%s on %q: %v, regexp says %v", expr, in, got, want)
		}
	})
}

func TestMalformedText(t *testing.T) {
	s := compileSchema(t, `{}`)
	for text, place := range map[string]string{
		"":                     "line 1, column 1",
		"{\n  \"a\": hunter2}": "line 2, column 8",
		`{"a":1} x`:            "line 1, column 9",
		`["\ud800"]`:           "line 1, column 3",
		"[\"\xff\"]":           "line 1, column 3",
		"[\"a\x01\"]":          "line 1, column 4",
		`[01]`:                 "line 1, column 3",
		`{"a":1,}`:             "line 1, column 8",
		"\ufeff{}":             "line 1, column 1",
	} {
		_, err := s.Validate([]byte(text))
		e, ok := err.(*fault.Error)
		if !ok || e.Code != fault.Malformed || !strings.Contains(e.Message, place) {
			t.Errorf("%q: got %v, want malformed at %s", text, err, place)
		}
	}
	deep := strings.Repeat("[", 101) + strings.Repeat("]", 101)
	if vs, err := s.Validate([]byte(deep)); err != nil || short(vs) != " depth" {
		t.Errorf("depth 101: got %v %v", vs, err)
	}
	if vs, err := s.Validate([]byte(deep[1:201])); err != nil || len(vs) != 0 {
		t.Errorf("depth 100: got %v %v", vs, err)
	}
}

func TestViolationsAreCapped(t *testing.T) {
	s := compileSchema(t, `{"type":"array","items":{"type":"string"}}`)
	vs, err := s.Validate([]byte("[" + strings.Repeat("1,", 500) + "1]"))
	if err != nil || len(vs) != maxViolations {
		t.Fatalf("got %d %v", len(vs), err)
	}
}

// TestHostile holds that bodies made to be expensive are not.
func TestHostile(t *testing.T) {
	var b strings.Builder
	b.WriteString("{")
	for i := range 50_000 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"k` + string(appendInt(nil, i)) + `":0`)
	}
	b.WriteString(`,"k7":1}`)
	many := b.String()
	vs, err := compileSchema(t, `{}`).Validate([]byte(many))
	if err != nil || short(vs) != "/k7 duplicate_field" {
		t.Fatalf("got %v %v", vs, err)
	}
	unique := compileSchema(t, `{"type":"array","uniqueItems":true}`)
	if vs, _ := unique.Validate([]byte("[" + many[:len(many)-8] + "}," + many[:len(many)-8] +
		"}]")); short(vs) != " unique_items" {
		t.Fatalf("got %v", vs)
	}
	// Two alternatives a level multiply with the depth; the budget stops them.
	tree := compileSchema(t,
		`{"anyOf":[{"type":"object","required":["z"],"properties":{"n":{"$ref":"#/components/schemas/S"}}},`+
			`{"type":"object","required":["z"],"properties":{"n":{"$ref":"#/components/schemas/S"}}}]}`)
	vs, err = tree.Validate([]byte(strings.Repeat(`{"n":`, 99) + "{}" + strings.Repeat("}", 99)))
	if err != nil || len(vs) == 0 {
		t.Fatalf("got %v %v", vs, err)
	}
}

func TestConcurrentUse(t *testing.T) {
	s := compileSchema(t, `{"type":"object","properties":{"a":{"enum":["a\"b",{"k\n":"v\t"}]}}}`)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				for text, want := range map[string]string{
					`{"a":"a\u0022b"}`: "", `{"a":{"k\n":"v\t"}}`: "", `{"a":{"k\n":"w"}}`: "/a enum",
				} {
					if vs, err := s.Validate([]byte(text)); err != nil || short(vs) != want {
						t.Errorf("%s: got %v %v", text, vs, err)
					}
				}
			}
		})
	}
	wg.Wait()
}
