package rows_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/data/filter"
	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/fault"
)

func parse(t *testing.T, pairs ...string) *rows.Query {
	t.Helper()
	var params []rows.Param
	for i := 0; i < len(pairs); i += 2 {
		params = append(params, rows.Param{Name: pairs[i], Value: pairs[i+1]})
	}
	q, err := rows.ParseQuery(rows.Read, "t", params)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestQueryHasWhatWasWritten(t *testing.T) {
	q := parse(t, "select", `id,n:name,d->a->>0::int.sum()::text,count(),*,...r!h!inner(x),"q(": s!left(*, u())`,
		"a.b.id", "eq.1", "r.or", "(a.eq.1,b.is.null)", "order", "id.desc.nullslast,r(x)",
		"r.order", "x", "limit", "5",
		"offset", "2", "r.limit", "1", "columns", `a,"b,c"`, "on_conflict", "a")
	want := &rows.Query{
		Table: "t",
		Select: []rows.Item{
			{Path: filter.Path{Column: "id"}},
			{Path: filter.Path{Column: "name"}, Alias: "n"},
			{
				Path: filter.Path{Column: "d", Steps: []filter.Step{{Key: "a"},
					{ByIndex: true, Text: true}}}, Cast: "int",
				Aggregate: "sum", AggCast: "text",
			},
			{Star: true, Aggregate: "count"},
			{Star: true},
			{Relation: "r", Hint: "h", Inner: true, Spread: true, Items: []rows.Item{{Path: filter.Path{Column: "x"}}}},
			{Relation: "s", Alias: "q(", Items: []rows.Item{{Star: true}, {Relation: "u", Items: []rows.Item{}}}},
		},
		Filters: []rows.Filter{
			{
				Embedded:  []string{"a", "b"},
				Condition: filter.Compare{Path: filter.Path{Column: "id"}, Op: filter.Eq, Values: []string{"1"}},
			},
			{Embedded: []string{"r"}, Condition: filter.Group{Or: true, Of: []filter.Condition{
				filter.Compare{Path: filter.Path{Column: "a"}, Op: filter.Eq, Values: []string{"1"}},
				filter.Compare{Path: filter.Path{Column: "b"}, Op: filter.Is, Values: []string{"null"}},
			}}},
		},
		Orders: []rows.Order{
			{Terms: []rows.OrderTerm{
				{Path: filter.Path{Column: "id"}, Desc: true, Nulls: rows.NullsLast},
				{Relation: "r", Path: filter.Path{Column: "x"}},
			}},
			{Embedded: []string{"r"}, Terms: []rows.OrderTerm{{Path: filter.Path{Column: "x"}}}},
		},
		Ranges:     []rows.Range{{Limit: 5, Offset: 2}, {Embedded: []string{"r"}, Limit: 1}},
		Columns:    []string{"a", "b,c"},
		OnConflict: []string{"a"},
	}
	if !reflect.DeepEqual(q, want) {
		t.Errorf("%+v\nnot %+v", q, want)
	}
}

// What a query may have is bounded.
func TestQueryIsBounded(t *testing.T) {
	for _, p := range []rows.Param{
		{Name: "select", Value: strings.Repeat("a,", 600) + "a"},
		{Name: "select", Value: strings.Repeat("a(", 20) + strings.Repeat(")", 20)},
		{Name: "select", Value: strings.Repeat("a(b),", 40) + "c"},
		{Name: "order", Value: strings.Repeat("a,", 60) + "a"},
		{Name: "columns", Value: strings.Repeat("a,b", 1) + manyNames(600)},
		{Name: "id", Value: "in.(" + strings.Repeat("1,", 10001) + "1)"},
		{Name: "d" + strings.Repeat("->a", 20), Value: "eq.1"},
	} {
		if _, err := rows.ParseQuery(rows.Read, "t", []rows.Param{p}); err == nil {
			t.Errorf("%s=%.40s is read", p.Name, p.Value)
		}
	}
	params := make([]rows.Param, 501)
	for i := range params {
		params[i] = rows.Param{Name: "a", Value: "eq.1"}
	}
	if _, err := rows.ParseQuery(rows.Read, "t", params); err == nil {
		t.Error("501 conditions are read")
	}
}

func manyNames(n int) string {
	var sb strings.Builder
	for i := range n {
		fmt.Fprintf(&sb, ",n%d", i)
	}
	return sb.String()
}

func TestErrorsAreFaults(t *testing.T) {
	_, err := rows.ParseQuery(rows.Read, "t", []rows.Param{{Name: "id", Value: "1"}})
	var f *fault.Error
	var e *rows.Error
	if !errors.As(err, &f) || f.Reason != "query_syntax" || len(f.Violations) != 1 || f.Violations[0].Pointer != "/id" ||
		!errors.As(err, &e) || e.Code != rows.CodeSyntax {
		t.Errorf("%#v", err)
	}
}

func TestWithin(t *testing.T) {
	for _, c := range []struct{ limit, offset, first, last, wantLimit, wantOffset int64 }{
		{-1, 0, 0, 9, 10, 0}, {-1, 0, 5, -1, -1, 5}, {3, 0, 0, 9, 3, 0}, {3, 0, 1, 9, 2, 1}, {10, 5, 0, 7, 3, 5},
		{2, 0, 5, 9, 0, 5},
	} {
		q := &rows.Query{Ranges: []rows.Range{{Limit: c.limit, Offset: c.offset}}}
		if err := q.Within(c.first, c.last); err != nil || q.Ranges[0].Limit != c.wantLimit ||
			q.Ranges[0].Offset != c.wantOffset {
			t.Errorf("%+v: %+v, %v", c, q.Ranges, err)
		}
	}
	if err := new(rows.Query).Within(2, 1); err == nil {
		t.Error("2-1 is a range")
	}
}

func TestPrefer(t *testing.T) {
	p, err := rows.ParsePrefer([]string{"return=representation, count=exact", "return=minimal,tx=rollback,nope=1",
		"max-affected=3"})
	if err != nil || p.Return != "representation" || p.Count != "exact" || p.Tx != "rollback" || *p.MaxAffected != 3 {
		t.Errorf("%+v, %v", p, err)
	}
	if got := p.Applied(rows.Update, false); got != "return=representation, count=exact, tx=rollback, max-affected=3" {
		t.Error(got)
	}
	for _, h := range []string{"handling=strict,nope", "handling=strict,count=few",
		"max-affected=-1,handling=strict"} {
		if _, err := rows.ParsePrefer([]string{h}); err == nil {
			t.Errorf("%s is taken", h)
		}
	}
}

// An error of a database never has to repeat more than it can.
func TestValuesAreBounded(t *testing.T) {
	c := rows.NewCatalogue("1", "", []rows.Table{{
		Name: "t", Columns: []rows.Column{
			{Name: "k", Type: "text", Kind: rows.Text}, {Name: "l", Type: "text", Kind: rows.Text},
			{Name: "n", Type: "numeric", Kind: rows.Decimal}, {Name: "free", Type: "text", Kind: rows.Text},
			{Name: "i", Type: "integer", Kind: rows.Integer}, {Name: "a", Type: "integer[]", Kind: rows.Array},
			{Name: "j", Type: "jsonb", Kind: rows.JSON},
		}, Primary: &rows.Key{Name: "p", Columns: []string{"k", "l", "n"}},
	}})
	long, half := strings.Repeat("1", 20000), strings.Repeat("1", 6000)
	for body, code := range map[string]string{
		`{"k": "` + long + `"}`:                         rows.CodeTooLong,
		`{"k": "` + half + `", "l": "` + half + `"}`:    rows.CodeTooLong,
		`[{"k": "1"}, {"k": "` + long + `"}]`:           rows.CodeTooLong,
		`{"n": 1e100000}`:                               rows.CodeOutOfRange,
		`{"n": "1E-9999"}`:                              rows.CodeOutOfRange,
		`{"n": 1e10}`:                                   "",
		`{"i": "` + long + `"}`:                         rows.CodeSyntaxOfValue,
		`{"a": "` + long + `"}`:                         rows.CodeSyntaxOfValue,
		`{"a": [1, "` + long + `"]}`:                    rows.CodeSyntaxOfValue,
		`{"a": [` + strings.Repeat("1,", 20000) + `1]}`: "",
		`{"free": "` + long + `", "j": "` + long + `"}`: "",
	} {
		b, err := rows.ParseJSON([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		_, err = rows.NewPlan(c, &rows.Query{Action: rows.Insert, Table: "t", Body: b}, rows.Limits{})
		var e *rows.Error
		if code == "" && err != nil || code != "" && (!errors.As(err, &e) || e.Code != code) {
			t.Errorf("%.60s: %v", body, err)
		}
	}
	for value, ok := range map[string]bool{
		"i=eq." + long: false, "i=in.(1," + long + ")": false, "free=eq." + long: true, "free=fts." + long: false,
		"j=eq.{": false, "a=cs.{" + long + "}": false,
	} {
		name, operation, _ := strings.Cut(value, "=")
		q, err := rows.ParseQuery(rows.Read, "t", []rows.Param{{Name: name, Value: operation}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := rows.NewPlan(c, q, rows.Limits{}); (err == nil) != ok {
			t.Errorf("%.60s: %v", value, err)
		}
	}
}

func TestRelationships(t *testing.T) {
	c := rows.NewCatalogue("1", "", []rows.Table{
		{Name: "a", Columns: []rows.Column{{Name: "id"}}, Primary: &rows.Key{Columns: []string{"id"}}},
		{
			Name: "b", Columns: []rows.Column{{Name: "id"},
				{Name: "a_id"}}, Primary: &rows.Key{Columns: []string{"id"}},
			Foreign: []rows.ForeignKey{{Name: "f", Columns: []string{"a_id"}, Table: "a", References: []string{"id"}}},
		},
		{
			Name: "c", Columns: []rows.Column{{Name: "a_id"}, {Name: "b_id"}},
			Primary: &rows.Key{Columns: []string{"a_id", "b_id"}},
			Foreign: []rows.ForeignKey{
				{Name: "g", Columns: []string{"a_id"}, Table: "a", References: []string{"id"}},
				{Name: "h", Columns: []string{"b_id"}, Table: "b", References: []string{"id"}},
				{Name: "gone", Columns: []string{"b_id"}, Table: "nowhere", References: []string{"id"}},
			},
		},
	})
	var got []string
	for _, r := range c.Relationships("a") {
		got = append(got, r.Cardinality.String()+" "+r.To)
	}
	if want := []string{"one-to-many b", "many-to-many b", "one-to-many c"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
}

func FuzzParseQuery(f *testing.F) {
	f.Add("select", `id,n:name,d->a->>0::int.sum()::text,...r!h!inner(x),s(*)`)
	f.Add("a.order", "id.desc.nullslast,r(x)")
	f.Add("a.not.or", `(b.eq.1,not.and(c.in.(1,2)))`)
	f.Add("a.limit", "1")
	f.Fuzz(func(_ *testing.T, name, value string) {
		_, _ = rows.ParseQuery(rows.Read, "t", []rows.Param{{Name: name, Value: value}})
	})
}

// Members and elements are those that encoding/json finds.
func FuzzMembers(f *testing.F) {
	for _, s := range []string{`{"a": 1, "b\"": [1, {"c": "}"}], "\u0061": null}`, `[1, "]",
	{"a": [2]}, []]`, ` { } `, `[]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, _ = rows.ParseCSV(raw)
		if !json.Valid(raw) {
			_, err := rows.ParseJSON(raw)
			if err == nil {
				t.Errorf("%q is read", raw)
			}
			return
		}
		_, _ = rows.ParseJSON(raw)
		var object map[string]json.RawMessage
		var list []json.RawMessage
		switch {
		case json.Unmarshal(raw, &object) == nil && object != nil:
			got := map[string]json.RawMessage{}
			rows.EachMember(raw, func(k string, v []byte) bool { got[k] = v; return true })
			if len(got) != len(object) {
				t.Errorf("%q: %q", raw, got)
			}
			for k, v := range object {
				if string(got[k]) != string(v) {
					t.Errorf("%q: %q is %q", raw, k, got[k])
				}
			}
		case json.Unmarshal(raw, &list) == nil && list != nil:
			i := 0
			rows.EachElement(raw, func(v []byte) bool {
				if i >= len(list) || string(list[i]) != string(v) {
					t.Errorf("%q: %d is %q", raw, i, v)
				}
				i++
				return true
			})
			if i != len(list) {
				t.Errorf("%q: %d elements", raw, i)
			}
		}
	})
}
