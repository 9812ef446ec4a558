package rowstest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/task"
)

// ask runs a query of a place, in the grammar of query strings.
func (s *suite) ask(
	at data.Space, action rows.Action, table, query, body string, before rows.Before,
) (rows.Result, error) {
	var params []rows.Param
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		if value, err := url.QueryUnescape(value); err == nil && name != "" {
			params = append(params, rows.Param{Name: name, Value: value})
		}
	}
	q, err := rows.ParseQuery(action, table, params)
	if err != nil {
		return rows.Result{}, err
	}
	q.Prefer.Return = "representation"
	if body != "" {
		if q.Body, err = rows.ParseJSON([]byte(body)); err != nil {
			return rows.Result{}, err
		}
	}
	c, err := s.Engine.Catalogue(s.Context(), at)
	if err != nil {
		return rows.Result{}, err
	}
	p, err := rows.NewPlan(c, q, rows.Limits{Max: 1000, Aggregates: true})
	if err != nil {
		return rows.Result{}, err
	}
	return s.Engine.Run(s.Context(), at, p, before)
}

// got runs a query that succeeds, and returns the JSON of its rows without blanks.
func (s *suite) got(action rows.Action, table, query, body string) string {
	s.Helper()
	res, err := s.ask(s.at, action, table, query, body, nil)
	s.must(err)
	return strings.NewReplacer(" ", "", "\n", "").Replace(string(res.Body))
}

func (s *suite) want(got, want string) {
	s.Helper()
	if got != want {
		s.Errorf("%s, want %s", got, want)
	}
}

// filled has two products and three orders.
func (s *suite) filled() {
	s.Helper()
	s.must(s.create(products()))
	s.must(s.create(orders()))
	s.got(rows.Insert, "products", "", `[{"name":"Chair","price":2,"sku":"c"},{"name":"Table","price":3,"sku":"t"}]`)
	s.got(rows.Insert, "orders", "", `[{"year":2024,"number":1,"product":1},{"year":2024,"number":2,"product":1},
		{"year":2025,"number":1,"product":2}]`)
}

// Rows are counted, whatever puts them there or takes them away.
func counts(s *suite) {
	s.filled()
	count := func(want int64) {
		s.Helper()
		if u := s.usage(); u.Rows != want {
			s.Errorf("%d rows are counted, there are %d", u.Rows, want)
		}
	}
	count(5)
	s.got(rows.Delete, "products", "id=eq.1", "") // and its two orders
	count(2)
	s.got(rows.Update, "products", "id=eq.2", `{"price":9}`)
	s.got(rows.Insert, "products", "", `[{"name":"a"},{"name":"b"},{"name":"c"}]`)
	count(5)
	full := errors.New("full")
	refuse := func(_ context.Context, d rows.Done) error {
		if d.Usage.Rows != 7 || d.Affected != 2 || d.Usage.Tables != 2 {
			s.Errorf("%+v", d)
		}
		return fault.New(fault.FeatureLimit, "full").WithCause(full)
	}
	_, err := s.ask(s.at, rows.Insert, "products", "", `[{"name":"d"},{"name":"e"}]`, refuse)
	if !errors.Is(err, full) {
		s.Errorf("%v", err)
	}
	count(5)
	s.must(s.alter("products", rows.Alteration{AddColumns: []rows.ColumnDefinition{{Name: "more", Type: "int"}}}))
	count(5)
	s.got(rows.Insert, "products", "", `{"name":"f"}`)
	count(6)
	drop, err := rows.Drop(s.catalogue(), "orders")
	s.must(err)
	s.must(s.Define(s.Context(), s.at, s.catalogue(), []rows.Change{drop}, nil))
	count(5)
}

// Rows are what they were after their table has changed.
func alterWithRows(s *suite) {
	s.filled()
	s.must(s.alter("products", rows.Alteration{
		Name: "goods", RenameColumns: []rows.Rename{{From: "name", To: "title"}}, DropColumns: []string{"day", "sku"},
		AddColumns: []rows.ColumnDefinition{{Name: "stock", Type: "int", Nullable: new(bool), Default: 7.0}},
	}))
	s.want(s.got(rows.Read, "goods", "select=id,title,stock,on_sale&order=id", ""),
		`[{"id":1,"title":"Chair","stock":7,"on_sale":true},{"id":2,"title":"Table","stock":7,"on_sale":true}]`)
	s.want(s.got(rows.Read, "orders", "select=number,goods(title)&year=eq.2025", ""),
		`[{"number":1,"goods":{"title":"Table"}}]`)
	s.want(s.got(rows.Insert, "goods", "select=id", `{"title":"new"}`), `[{"id":3}]`)
	s.got(rows.Delete, "goods", "id=eq.3", "")
	s.must(s.alter("goods", rows.Alteration{AddColumns: []rows.ColumnDefinition{{Name: "note", Type: "text"}}}))
	s.want(s.got(rows.Insert, "goods", "select=id", `{"title":"next"}`), `[{"id":4}]`) // no number twice
	broken := func(in rows.Alteration) {
		s.Helper()
		if err := s.alter("goods", in); !fault.IsCode(err, fault.RuleBroken) {
			s.Errorf("%v", err)
		}
	}
	broken(rows.Alteration{AddColumns: []rows.ColumnDefinition{{Name: "must", Type: "int", Nullable: new(bool)}}})
	broken(rows.Alteration{AddColumns: []rows.ColumnDefinition{{Name: "one", Type: "int", Default: 1.0, Unique: true}}})
	broken(rows.Alteration{AddIndexes: []rows.Index{{Columns: []string{"stock"}, Unique: true}}})
	broken(rows.Alteration{AddColumns: []rows.ColumnDefinition{{
		Name: "to", Type: "bigint", Default: 99.0, Refers: &rows.ForeignKey{Table: "goods", References: []string{"id"}},
	}}})
	s.want(s.got(rows.Read, "goods", "select=id&order=id", ""), `[{"id":1},{"id":2},{"id":4}]`)
}

// A query that was planned before the tables changed is planned again.
func stale(s *suite) {
	s.filled()
	old, err := s.other.Catalogue(s.Context(), s.at)
	s.must(err)
	plan := func(c *rows.Catalogue) *rows.Plan {
		q, err := rows.ParseQuery(rows.Read, "products", []rows.Param{{Name: "select", Value: "name"}})
		s.must(err)
		p, err := rows.NewPlan(c, q, rows.Limits{})
		s.must(err)
		return p
	}
	p := plan(old)
	_, err = s.other.Run(s.Context(), s.at, p, nil)
	s.must(err)
	s.must(s.alter("products", rows.Alteration{RenameColumns: []rows.Rename{{From: "name", To: "title"}}}))
	if _, err = s.other.Run(s.Context(), s.at, p, nil); !errors.Is(err, rows.ErrStale) {
		s.Errorf("%v", err)
	}
	fresh, err := s.other.Catalogue(s.Context(), s.at)
	s.must(err)
	if t, _ := fresh.Table("products"); t.Columns[1].Name != "title" {
		s.Errorf("%+v", t.Columns[1])
	}
}

// Nothing of a query leads to the tables of another workspace.
func isolation(s *suite) {
	s.filled()
	other := space()
	s.must(s.Provision(s.Context(), other))
	defer func() { s.must(s.Remove(context.WithoutCancel(s.Context()), other)) }()
	c, err := s.Engine.Catalogue(s.Context(), other)
	s.must(err)
	secret := products()
	secret.Name = "secrets"
	change, err := rows.Define(c, secret)
	s.must(err)
	s.must(s.Define(s.Context(), other, c, []rows.Change{change}, nil))
	if _, err := s.ask(other, rows.Insert, "secrets", "", `{"name":"hidden"}`, nil); err != nil {
		s.Fatal(err)
	}
	theirs := "ws_" + strings.ReplaceAll(other.WorkspaceID.UUID(), "-", "")
	file := other.WorkspaceID.UUID() + ".db"
	for _, name := range []string{
		"secrets", theirs + ".secrets", `"` + theirs + `"."secrets"`, theirs + `"."secrets`, file, "../" + file,
		"main.secrets", "temp.secrets", "_alania_usage", "sqlite_master", "sqlite_schema", "pragma_table_info",
		"pg_catalog.pg_class",
		"pg_class", "information_schema.tables", "alania_rows.spaces", "spaces", "public.orgs", "orgs", "api_keys",
		"secrets; --", "secrets/*", "products, secrets", "(select 1)", "generate_series", "pg_read_file", "readfile",
	} {
		for action, body := range map[rows.Action]string{
			rows.Read: "", rows.Insert: `{"name":"x"}`, rows.Update: `{"name":"x"}`, rows.Delete: "",
		} {
			if _, err := s.ask(s.at, action, name, "id=eq.1", body, nil); err == nil {
				s.Errorf("the table %q can be reached by %v", name, action)
			}
		}
		for _, query := range []string{
			"select=id," + name + "(name)", "select=x:" + name + "(*)", "select=*,..." + name + "(name)",
			"select=id::" + name, "select=" + name, "order=" + name + "(name)", name + ".name=eq.hidden",
			"select=data->" + name + "->name", "select=id&" + name + "=not.is.null", "select=id," + name + "!inner(name)",
			"select=name::regclass", "id=in.(select name from " + name + ")", "name=eq.(select name from " + name + ")",
			"or=(name.eq.x,name.in.(select))", "name=fts(" + name + ").x",
		} {
			res, err := s.ask(s.at, rows.Read, "products", query, "", nil)
			if err == nil && strings.Contains(string(res.Body), "hidden") {
				s.Errorf("%s reads another workspace: %s", query, res.Body)
			}
			if f := fault.Wrap(err); err != nil && f.Code == fault.Internal {
				s.Errorf("%s: %v", query, err)
			}
		}
		bodies := []string{fmt.Sprintf("{%q: 1}", name), fmt.Sprintf(`{"name": %q}`, name)}
		for _, body := range bodies {
			_, err := s.ask(s.at, rows.Insert, "products", "", body, nil)
			if err != nil && fault.Wrap(err).Code == fault.Internal {
				s.Errorf("%s: %v", body, err)
			}
		}
		d := orders()
		d.Name, d.Columns[2].Refers.Table = "to_others", name
		if err := s.create(d); err == nil {
			s.Errorf("a foreign key leads to %q", name)
		}
	}
	s.want(s.got(rows.Read, "products", "select=name&name=eq.hidden", ""), "[]")
	res, err := s.ask(other, rows.Read, "secrets", "select=name", "", nil)
	s.must(err)
	if !strings.Contains(string(res.Body), "hidden") || strings.Contains(string(res.Body), "x") {
		s.Errorf("the other workspace has %s", res.Body)
	}
}

// Values are values, whatever they look like.
func values(s *suite) {
	s.must(s.create(rows.Definition{Name: "t", Columns: []rows.ColumnDefinition{
		{Name: "id", Type: "serial", Primary: true}, {Name: "a", Type: "text"}, {Name: "b", Type: "jsonb"},
	}}))
	for i, v := range []string{
		"'", `"`, "''", "$1", "?", "%", "%%", "_", "\\", "--", "/*", ";",
		"'); DROP TABLE t; --", "null", "NULL", "true", "007",
		"1e5", "{}", "[]", "(1,2)", "a,b", "a.b", "*", " ", "ä", "а", "\u202e", "😀",
		strings.Repeat("x", 65536), "\n", "\r\n", "\t",
		"now()", "eq.1", "not.is.null", "\u00a0", "ß", "İ",
		"\ufffd", "ctid", "rowid", "{\"a\":1}", "<script>", "%27", "+",
	} {
		body := fmt.Sprintf(`{"a": %s, "b": {"v": %s}}`, quoted(v), quoted(v))
		s.got(rows.Insert, "t", "", body)
		res, err := s.ask(s.at, rows.Read, "t", "select=id&a=eq."+url.QueryEscape(v), "", nil)
		if err != nil || res.Rows != 1 {
			s.Errorf("%d %.20q: %d rows, %v", i, v, res.Rows, err)
		}
	}
	for _, v := range []string{`"\u0000"`, `"\ud800"`} {
		_, err := s.ask(s.at, rows.Insert, "t", "", `{"a": `+v+`}`, nil)
		if f := fault.Wrap(err); err != nil && f.Code == fault.Internal {
			s.Errorf("%s: %v", v, err)
		}
	}
}

func quoted(v string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range v {
		switch {
		case r == '"' || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r < ' ':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

// Those who write at once do not lose what they have written.
func writers(s *suite) {
	s.must(s.create(products()))
	const many, each = 16, 5
	err := task.Each(s.Context(), many, many, func(_ context.Context, i int) error {
		for n := range each {
			_, err := s.ask(s.at, rows.Insert, "products", "", fmt.Sprintf(`{"name":"%d-%d"}`, i, n),
				func(context.Context, rows.Done) error { return nil })
			if err != nil {
				return err
			}
		}
		return nil
	})
	s.must(err)
	if u := s.usage(); u.Rows != many*each {
		s.Errorf("%d rows are counted, %d were inserted", u.Rows, many*each)
	}
}
