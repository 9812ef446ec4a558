package filter_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/data/filter"
)

func TestOperation(t *testing.T) {
	path := filter.Path{Column: "c"}
	for text, want := range map[string]filter.Compare{
		"eq.1":                {Op: filter.Eq, Values: []string{"1"}},
		"eq.":                 {Op: filter.Eq, Values: []string{""}},
		"not.eq.a.b":          {Op: filter.Eq, Negated: true, Values: []string{"a.b"}},
		"eq(any).{1,2}":       {Op: filter.Eq, Quantifier: filter.Any, Values: []string{"1", "2"}},
		`like(all).{"a,b",c}`: {Op: filter.Like, Quantifier: filter.All, Values: []string{"a,b", "c"}},
		`in.(1,"a,b","q\"\\",c"d)`: {
			Op: filter.In, Values: []string{"1", "a,b", `q"\`, `c"d`},
		},
		"in.()":             {Op: filter.In, Values: []string{}},
		"in.(  )":           {Op: filter.In, Values: []string{}},
		"in.(,)":            {Op: filter.In, Values: []string{"", ""}},
		"is.NULL":           {Op: filter.Is, Values: []string{"null"}},
		"is.Not_Null":       {Op: filter.Is, Values: []string{"not_null"}},
		"isdistinct.x":      {Op: filter.IsDistinct, Values: []string{"x"}},
		"fts(english).cats": {Op: filter.Fts, Config: "english", Values: []string{"cats"}},
		"cs.{1,2}":          {Op: filter.Cs, Values: []string{"{1,2}"}},
		"eq.(any)":          {Op: filter.Eq, Values: []string{"(any)"}},
	} {
		want.Path = path
		got, err := filter.Operation("p", path, text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for text, column := range map[string]int{
		"": 1, "1": 1, "foo.1": 1, "eq": 3, "eq1": 3, "eq(some).1": 3, "in.1": 4, "in.(1": 6, "in.(1)x": 7, "is.nil": 4,
		"is.nullx": 4, "not.not.eq.1": 5, "neq(any).{1}": 4, "eq(any).1": 10, "fts().x": 5, "Eq.1": 1, "is(any).null": 3,
	} {
		_, err := filter.Operation("p", path, text)
		var e *filter.SyntaxError
		if !errors.As(err, &e) || e.Column != column || e.Param != "p" || e.Expected == "" {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestField(t *testing.T) {
	for text, want := range map[string]string{
		"a":            "[] a []",
		"a.b.c":        "[a b] c []",
		"a-b->c-d->>e": "[] a-b [{c-d 0 false false} {e 0 false true}]",
		"a->0->>-1":    "[] a [{ 0 true false} { -1 true true}]",
		`"a.b"."c->d"`: "[a.b] c->d []",
		`a->"x,y"`:     "[] a [{x,y 0 false false}]",
		" a b ":        "[] a b []",
		"ünï_çode$1":   "[] ünï_çode$1 []",
		"a->1x":        "[] a [{1x 0 false false}]",
	} {
		embedded, p, err := filter.Field(text)
		if got := fmt.Sprintf("%v %s %v", embedded, p.Column, p.Steps); err != nil || got != want {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", ".", "a.", "a->", "a->>--1", "a;b", `"a`, "a->b.c",
		"a'", strings.Repeat("a.", 20) + "a"} {
		if _, _, err := filter.Field(text); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}

func TestLogic(t *testing.T) {
	embedded, g, err := filter.Logic("a.not.or", `(b.eq.1,not.and(c.not.in.(1,2),d->>e.like."x,(y)"), f.cs.{1,2} )`)
	want := filter.Group{Or: true, Negated: true, Of: []filter.Condition{
		filter.Compare{Path: filter.Path{Column: "b"}, Op: filter.Eq, Values: []string{"1"}},
		filter.Group{Negated: true, Of: []filter.Condition{
			filter.Compare{Path: filter.Path{Column: "c"}, Op: filter.In, Negated: true, Values: []string{"1", "2"}},
			filter.Compare{
				Path: filter.Path{Column: "d", Steps: []filter.Step{{Key: "e", Text: true}}}, Op: filter.Like,
				Values: []string{"x,(y)"},
			},
		}},
		filter.Compare{Path: filter.Path{Column: "f"}, Op: filter.Cs, Values: []string{"{1,2}"}},
	}}
	if err != nil || !slices.Equal(embedded, []string{"a"}) || !reflect.DeepEqual(g, want) {
		t.Errorf("%v %+v, %v", embedded, g, err)
	}
	for _, text := range []string{
		"", "()", "(a)", "(a.eq.1", "(a.eq.1))", "(a.eq.1,)", "a.eq.1", "(xor(a.eq.1))",
		strings.Repeat("(and", 20) + "(a.eq.1" + strings.Repeat(")", 21),
		"(" + strings.Repeat("a.eq.1,", 600) + "a.eq.1)",
	} {
		if _, _, err := filter.Logic("and", text); err == nil {
			t.Errorf("%.60q is read", text)
		}
	}
}

func TestParse(t *testing.T) {
	got, err := filter.Parse([]byte(`{"a": {"eq": 1, "not.like": "x*"}, "or": [{"b": {"in": ["1", 2, true]}},
		{"not": {"c->>d": {"is": null}}}], "e": {"eq(any)": [1, 2]}}`))
	want := filter.Group{Of: []filter.Condition{
		filter.Compare{Path: filter.Path{Column: "a"}, Op: filter.Eq, Values: []string{"1"}},
		filter.Compare{Path: filter.Path{Column: "a"}, Op: filter.Like, Negated: true, Values: []string{"x*"}},
		filter.Group{Or: true, Of: []filter.Condition{
			filter.Compare{Path: filter.Path{Column: "b"}, Op: filter.In, Values: []string{"1", "2", "true"}},
			filter.Group{Negated: true, Of: []filter.Condition{filter.Compare{
				Path: filter.Path{Column: "c", Steps: []filter.Step{{Key: "d", Text: true}}}, Op: filter.Is,
				Values: []string{"null"},
			}}},
		}},
		filter.Compare{
			Path: filter.Path{Column: "e"}, Op: filter.Eq, Quantifier: filter.Any, Values: []string{"1", "2"},
		},
	}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for text, pointer := range map[string]string{
		``: "", `[]`: "", `{}`: "", `{"a": 1}`: "/a", `{"a": {"foo": 1}}`: "/a/foo", `{"a": {"eq": null}}`: "/a/eq",
		`{"a": {"in": 1}}`: "/a/in", `{"or": {}}`: "/or", `{"or": [{"a": {"eq": [1]}},
		{"b/c": {"is": 3}}]}`: "/or/1/b~1c/is",
		`{"not": 1}`: "/not", `{"a": {"eq": 1}, "a": {"eq": 2}}`: "/a", `{"a": {"eq(any)": 1}}`: "/a/eq(any)",
		`{"a->b;c.d": {"eq": 1}}`: "/a->b;c.d", `{"a": {"in": [{}]}}`: "/a/in",
		strings.Repeat(`{"not":`, 20) + `{"a":{"eq":1}}` + strings.Repeat(`}`, 20): strings.Repeat("/not", 16),
	} {
		_, err := filter.Parse([]byte(text))
		var e *filter.SyntaxError
		if !errors.As(err, &e) || e.Param != pointer {
			t.Errorf("%.80s: %#v", text, err)
		}
	}
}

// An error never has a part of a value.
func TestErrorsHaveNoValues(t *testing.T) {
	for _, text := range []string{"in.(secret", "eq(any).secret", "is.secret", `in.("secret`} {
		_, err := filter.Operation("p", filter.Path{}, text)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzOperation(f *testing.F) {
	for _, s := range []string{"eq.1", "not.in.(1,\"a\")", "eq(any).{1,2}", "fts(a).b", "is.null"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := filter.Operation("p", filter.Path{Column: "c"}, s)
		if err == nil && c.Op != filter.In && c.Quantifier == filter.One && len(c.Values) != 1 {
			t.Errorf("%q: %+v", s, c)
		}
	})
}

func FuzzLogic(f *testing.F) {
	f.Add("a.not.or", `(b.eq.1,not.and(c.in.(1,2),d->>e.like."x"))`)
	f.Fuzz(func(_ *testing.T, name, value string) {
		_, _, _ = filter.Logic(name, value)
		_, _, _ = filter.Field(name)
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"a": {"eq": 1}, "or": [{"b": {"in": [1]}}, {"not": {"c->>d": {"is": null}}}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if c, err := filter.Parse(raw); err == nil && c == nil {
			t.Error("nothing was read, without an error")
		}
	})
}
