package statement

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/alania-go/alania/domain/data/rows"
)

func catalogue() *rows.Catalogue {
	return rows.NewCatalogue("1", "s", []rows.Table{
		{
			Name: "a", Columns: []rows.Column{
				{Name: "id", Type: "integer", Kind: rows.Integer}, {Name: "name", Type: "text", Kind: rows.Text, Nullable: true},
				{Name: "data", Type: "jsonb", Kind: rows.JSON, Nullable: true},
			}, Primary: &rows.Key{Name: "a_pkey", Columns: []string{"id"}},
		},
		{
			Name: "b", Columns: []rows.Column{
				{Name: "id", Type: "integer", Kind: rows.Integer}, {Name: "a_id", Type: "integer", Kind: rows.Integer},
			}, Primary: &rows.Key{Name: "b_pkey", Columns: []string{"id"}},
			Foreign: []rows.ForeignKey{{Name: "fk", Columns: []string{"a_id"}, Table: "a", References: []string{"id"}}},
		},
	})
}

// Nothing that a request has becomes text of a statement: a word that is in every place where a request may put one
// is bound, or refused.
func TestNothingOfARequestIsText(t *testing.T) {
	const word = `w"o'r;d`
	quoted := `"w\"o'r;d"`
	requests := [][]rows.Param{
		{{Name: "select", Value: quoted + ":id," + quoted + ":b(id),data->" + quoted + ",data->>" + quoted}},
		{{Name: "select", Value: "id," + quoted + ":b(" + quoted + ":id)"}, {Name: quoted + ".id", Value: "eq.1"}},
		{{Name: "select", Value: quoted + ":id.sum()," + quoted + ":name"}, {Name: "order", Value: "name"}},
		{{Name: "select", Value: "id,...b(" + quoted + ":id)"}},
		{{Name: "name", Value: "eq." + word}, {Name: "name", Value: "like." + word}, {Name: "name", Value: "ilike." + word}},
		{{Name: "name", Value: "in.(" + quoted + ")"}, {Name: "name", Value: "eq(any).{" + quoted + "}"}},
		{{Name: "name", Value: "isdistinct." + word}, {Name: "data->>" + quoted, Value: "eq." + word}},
		{{Name: "or", Value: "(name.eq." + quoted + ",data->" + quoted + ".eq.1)"}},
		{{Name: "order", Value: "data->" + quoted + ".desc"}},
		{{Name: "select", Value: manyAliases(60, quoted)}},
		{{Name: "name", Value: "fts.x" + word}, {Name: "name", Value: "match." + word}},
	}
	for _, params := range requests {
		for _, d := range []Dialect{Postgres, SQLite} {
			q, err := rows.ParseQuery(rows.Read, "a", params)
			if err != nil {
				t.Fatalf("%v: %v", params, err)
			}
			p, err := rows.NewPlan(catalogue(), q, rows.Limits{Max: 10, Aggregates: true})
			if err != nil {
				t.Fatalf("%v: %v", params, err)
			}
			s, err := New(d, p)
			if err != nil {
				var e *rows.Error
				if d == Postgres || !errors.As(err, &e) || e.Code != rows.CodeNotSupported {
					t.Errorf("%v: %v", params, err)
				}
				continue
			}
			if strings.Contains(s.sql, "o'r") || strings.Contains(s.sql, "o''r") {
				t.Errorf("%v: %s", params, s.sql)
			}
			bound := regexp.MustCompile(`\$(\d+)`).FindAllString(s.sql, -1)
			for i := range s.args {
				if name := fmt.Sprintf("$%d", i+1); !strings.Contains(strings.Join(bound, " ")+" ", name+" ") {
					t.Errorf("%v: %s is bound and not used: %s", params, name, s.sql)
				}
			}
		}
	}
}

func manyAliases(n int, alias string) string {
	out := make([]string, n)
	for i := range out {
		out[i] = alias + ":id"
	}
	return strings.Join(out, ",")
}

func TestStoredText(t *testing.T) {
	for _, c := range []struct {
		kind rows.Kind
		typ  string
		in   string
		want string // as JSON; empty when it is refused
	}{
		{rows.Integer, "integer", "2147483647", "2147483647"}, {rows.Integer, "integer", "2147483648", ""},
		{rows.Integer, "smallint", "-32768", "-32768"}, {rows.Integer, "smallint", "-32769", ""},
		{rows.Integer, "bigint", "9223372036854775807", "9223372036854775807"}, {rows.Integer, "bigint", "1e3", ""},
		{rows.Integer, "integer", "1.0", ""}, {rows.Integer, "integer", "", ""},
		{rows.Decimal, "numeric", "007", "7"}, {rows.Decimal, "numeric", "1.50", "1.5"},
		{rows.Decimal, "numeric(4,2)", "12.345", "12.35"}, {rows.Decimal, "numeric(4,2)", "100", ""},
		{rows.Decimal, "numeric", "0.1234567890123456789", ""}, {rows.Decimal, "numeric", "1e400", ""},
		{rows.Decimal, "numeric", "NaN", ""}, {rows.Decimal, "numeric", "0x10", ""}, {rows.Decimal, "numeric", "1/3", ""},
		{rows.Float, "double precision", "1.5e3", "1500"}, {rows.Float, "double precision", "inf", ""},
		{rows.Boolean, "boolean", "YES", "1"}, {rows.Boolean, "boolean", "of", "0"}, {rows.Boolean, "boolean", "2", ""},
		{rows.Date, "date", "2024-02-29", `"2024-02-29"`}, {rows.Date, "date", "2023-02-29", ""},
		{rows.Time, "time without time zone", "23:59", `"23:59:00"`},
		{rows.Timestamp, "timestamp without time zone", "2024-01-01 10:00:00.120+05", `"2024-01-01T10:00:00.12"`},
		{rows.TimestampTZ, "timestamp with time zone", "2024-01-01 00:30+01:00", `"2023-12-31T23:30:00+00:00"`},
		{rows.TimestampTZ, "timestamp with time zone", "now", ""},
		{rows.JSON, "jsonb", `{ "a" : [1] }`, `"{\"a\":[1]}"`}, {rows.JSON, "jsonb", `{`, ""},
		{rows.Bytes, "bytea", `\xAB`, `"\\xab"`}, {rows.Bytes, "bytea", `ab`, ""},
		{rows.Array, "integer[]", "{1,2}", `"[1,2]"`}, {rows.Array, "integer[]", "{1,x}", ""},
		{rows.Array, "boolean[]", "{t,f}", `"[true,false]"`}, {rows.Array, "text[]", `{"a,b",c}`, `"[\"a,b\",\"c\"]"`},
		{rows.Text, "text", "a\x00b", ""}, {rows.Text, "text", "\xff", ""}, {rows.Text, "text", "007", `"007"`},
		{rows.Other, "money", "1", ""},
	} {
		got, err := storedText(c.kind, c.typ, nil, c.in)
		raw, _ := json.Marshal(got)
		if (err != nil) != (c.want == "") || err == nil && string(raw) != c.want {
			t.Errorf("%s %q: %s, %v", c.typ, c.in, raw, err)
		}
	}
}

func TestMatches(t *testing.T) {
	for pattern, texts := range map[string][2][]string{
		"a%":    {{"a", "ab", "a%"}, {"", "ba"}},
		"%a%b":  {{"ab", "xaxb", "aab"}, {"a", "abx"}},
		"_":     {{"x", "ä", "%"}, {"", "xx"}},
		`\%`:    {{"%"}, {"x", ""}},
		`a\_b`:  {{"a_b"}, {"axb"}},
		`a\\b`:  {{`a\b`}, {"ab"}},
		"%":     {{"", "x"}, nil},
		"":      {{""}, {"x"}},
		"%%a%%": {{"a"}, {"b"}},
	} {
		for i, list := range texts {
			for _, text := range list {
				if matches([]rune(pattern), []rune(text)) != (i == 0) {
					t.Errorf("%q %q", pattern, text)
				}
			}
		}
	}
	long := strings.Repeat("a", 20000)
	if matches([]rune(strings.Repeat("%a", 50)+"b"), []rune(long)) {
		t.Error("a pattern that ends otherwise is found")
	}
}

func TestCanonical(t *testing.T) {
	for _, same := range [][2]string{
		{`{"a": 1, "b": [1.0, "x"]}`, `{"b":[1,"\u0078"],"a":1.00}`}, {`1e2`, `100`}, {`{"a":1,"a":2}`, `{"a":2}`},
	} {
		a, _ := canonicalJSON(same[0])
		b, _ := canonicalJSON(same[1])
		if a != b {
			t.Errorf("%s is not %s", a, b)
		}
	}
	for _, other := range [][2]string{{`[1,2]`, `[2,1]`}, {`1`, `"1"`}, {`null`, `false`}, {`{"a":"b"}`, `{"a:b":""}`}} {
		a, _ := canonicalJSON(other[0])
		b, _ := canonicalJSON(other[1])
		if a == b {
			t.Errorf("%s is %s", other[0], other[1])
		}
	}
}

// Statements that are put out of the cache are closed when nobody uses them any more.
func TestCacheIsBounded(t *testing.T) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "c.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	c := NewCache(db, 4)
	defer c.Close()
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			stmt, done, err := c.prepare(t.Context(), fmt.Sprintf("SELECT %d", i%8))
			if err != nil {
				t.Error(err)
				return
			}
			defer done()
			var n int
			if err := stmt.QueryRow().Scan(&n); err != nil || n != i%8 {
				t.Errorf("%d, %v", n, err)
			}
		}()
	}
	wg.Wait()
	if n := c.lru.Len(); n > 4 {
		t.Errorf("%d statements", n)
	}
}

func FuzzStored(f *testing.F) {
	for _, s := range []string{"1", "1.5e3", "2024-01-01 00:30+01:00", "{1,2}", `{"a":1}`, "t"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for kind := rows.Text; kind <= rows.Array; kind++ {
			for _, typ := range []string{"numeric(5,2)", "integer[]", "smallint", "text"} {
				v, err := storedText(kind, typ, []string{"x"}, s)
				if text, ok := v.(string); err == nil && ok && strings.ContainsRune(text, 0) {
					t.Errorf("%q", text)
				}
			}
		}
		_, _ = canonicalJSON(s)
		_ = matches([]rune(s), []rune("abc"))
	})
}
