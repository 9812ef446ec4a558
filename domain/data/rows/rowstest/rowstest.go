// Package rowstest is the conformance suite of the engines of rows: what each of them promises, wherever it keeps the
// tables.
package rowstest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/task"
)

// Run runs the suite. The engines that open returns are over the same data: as those of replicas are.
func Run(t *testing.T, open func(t *testing.T) (one, other rows.Engine)) {
	for name, test := range map[string]func(s *suite){
		"Places": places, "Tables": tables, "Alter": alter, "Replicas": replicas,
		"Refused": refused, "Names": names, "Before": before, "ManyAtOnce": manyAtOnce, "Checks": checks,
		"References": references, "Counts": counts, "AlterWithRows": alterWithRows, "Stale": stale, "Isolation": isolation,
		"Values": values, "Writers": writers,
	} {
		t.Run(name, func(t *testing.T) {
			one, other := open(t)
			s := &suite{T: t, Engine: one, other: other, at: space()}
			if name != "Places" {
				s.must(s.Provision(t.Context(), s.at))
			}
			test(s)
		})
	}
}

type suite struct {
	*testing.T
	rows.Engine
	other rows.Engine
	at    data.Space
}

func space() data.Space { return data.Space{WorkspaceID: id.New(), OrgID: id.New()} }

func (s *suite) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *suite) catalogue() *rows.Catalogue {
	s.Helper()
	c, err := s.Engine.Catalogue(s.Context(), s.at)
	s.must(err)
	return c
}

func (s *suite) table(name string) *rows.Table {
	s.Helper()
	t, ok := s.catalogue().Table(name)
	if !ok {
		s.Fatalf("there is no table %s", name)
	}
	return t
}

func (s *suite) usage() rows.Usage {
	s.Helper()
	u, err := s.Usage(s.Context(), s.at)
	s.must(err)
	return u
}

// create defines a table.
func (s *suite) create(in rows.Definition) error {
	s.Helper()
	c := s.catalogue()
	change, err := rows.Define(c, in)
	if err != nil {
		return err
	}
	return s.Define(s.Context(), s.at, c, []rows.Change{change}, nil)
}

func (s *suite) alter(table string, in rows.Alteration) error {
	s.Helper()
	c := s.catalogue()
	changes, err := rows.Alter(c, table, in)
	if err != nil {
		return err
	}
	return s.Define(s.Context(), s.at, c, changes, nil)
}

func no() *bool { return new(bool) }

func products() rows.Definition {
	return rows.Definition{
		Name: "products",
		Columns: []rows.ColumnDefinition{
			{Name: "id", Type: "bigserial", Primary: true}, {Name: "name", Type: "varchar(40)", Nullable: no()},
			{Name: "price", Type: "numeric(10, 2)", Default: 1.5}, {Name: "sku", Type: "text", Unique: true},
			{Name: "made", Type: "timestamptz", Default: "now()"}, {Name: "key", Type: "uuid", Default: "gen_random_uuid()"},
			{Name: "data", Type: "jsonb", Default: map[string]any{"it's": "\"so\"\n"}}, {Name: "count_of", Type: "int"},
			{Name: "on_sale", Type: "boolean", Default: true, Nullable: no()}, {Name: "day", Type: "date"},
		},
		Indexes: []rows.Index{{Columns: []string{"price", "name"}}},
		Checks:  []rows.CheckDefinition{{Where: map[string]any{"price": map[string]any{"gte": 0.0}}}},
	}
}

func orders() rows.Definition {
	return rows.Definition{
		Name: "orders", Primary: []string{"year", "number"},
		Columns: []rows.ColumnDefinition{
			{Name: "year", Type: "smallint"}, {Name: "number", Type: "integer"},
			{Name: "product", Type: "bigint", Refers: &rows.ForeignKey{
				Table: "products", References: []string{"id"}, OnDelete: "cascade",
			}},
			{Name: "before_year", Type: "smallint"}, {Name: "before_number", Type: "integer"},
		},
		Foreign: []rows.ForeignKey{{
			Columns: []string{"before_year", "before_number"}, Table: "orders", References: []string{"year", "number"},
		}},
	}
}

func places(s *suite) {
	ctx := s.Context()
	if _, err := s.Engine.Catalogue(ctx, s.at); !errors.Is(err, rows.ErrNoPlace) {
		s.Errorf("tables without a place: %v", err)
	}
	if _, err := s.Usage(ctx, s.at); !errors.Is(err, rows.ErrNoPlace) {
		s.Errorf("usage without a place: %v", err)
	}
	s.must(s.Remove(ctx, s.at))
	s.must(s.Provision(ctx, s.at))
	s.must(s.Provision(ctx, s.at))
	s.must(s.create(products()))
	other := space()
	s.must(s.Provision(ctx, other))
	c, err := s.Engine.Catalogue(ctx, other)
	s.must(err)
	if len(c.Names()) != 0 {
		s.Errorf("another workspace has %v", c.Names())
	}
	s.must(s.Remove(ctx, s.at))
	s.must(s.Remove(ctx, s.at))
	if _, err := s.Engine.Catalogue(ctx, s.at); !errors.Is(err, rows.ErrNoPlace) {
		s.Errorf("tables after the place is gone: %v", err)
	}
	s.must(s.Provision(ctx, s.at))
	if got := s.catalogue().Names(); len(got) != 0 {
		s.Errorf("a new place has %v", got)
	}
}

func tables(s *suite) {
	s.must(s.create(products()))
	s.must(s.create(orders()))
	if got := s.catalogue().Names(); !slices.Equal(got, []string{"orders", "products"}) {
		s.Fatal(got)
	}
	t := s.table("products")
	types := map[string]string{
		"id": "bigint", "name": "character varying(40)", "price": "numeric(10,2)", "sku": "text",
		"made": "timestamp with time zone", "key": "uuid", "data": "jsonb", "count_of": "integer", "on_sale": "boolean",
		"day": "date",
	}
	for name, want := range types {
		c, ok := t.Column(name)
		if !ok || c.Type != want || c.Kind != rows.KindOf(want) {
			s.Errorf("%s is %+v", name, c)
			continue
		}
		if nullable := !slices.Contains([]string{"id", "name", "on_sale"}, name); c.Nullable != nullable {
			s.Errorf("%s is nullable: %v", name, c.Nullable)
		}
		if c.Identity != (name == "id") {
			s.Errorf("%s is numbered: %v", name, c.Identity)
		}
	}
	if t.Primary == nil || t.Primary.Name != "products_pkey" || !slices.Equal(t.Primary.Columns, []string{"id"}) {
		s.Errorf("the primary key is %v", t.Primary)
	}
	if len(t.Unique) != 1 || t.Unique[0].Name != "products_sku_key" ||
		!slices.Equal(t.Unique[0].Columns, []string{"sku"}) {
		s.Errorf("the keys are %v", t.Unique)
	}
	if len(t.Indexes) != 1 || t.Indexes[0].Name != "products_price_name_idx" || t.Indexes[0].Unique ||
		!slices.Equal(t.Indexes[0].Columns, []string{"price", "name"}) {
		s.Errorf("the indexes are %v", t.Indexes)
	}
	if len(t.Checks) != 1 || t.Checks[0].Name != "products_check" || !strings.Contains(t.Checks[0].Expression, "price") {
		s.Errorf("the checks are %v", t.Checks)
	}
	for name, want := range map[string]string{"made": "now()", "key": "gen_random_uuid()"} {
		c, _ := t.Column(name)
		if c.Shown != want && c.Default != want {
			s.Errorf("the default of %s is %q, shown %q", name, c.Default, c.Shown)
		}
	}
	o := s.table("orders")
	if o.Primary == nil || !slices.Equal(o.Primary.Columns, []string{"year", "number"}) || len(o.Foreign) != 2 {
		s.Fatalf("orders are %+v", o)
	}
	for _, f := range o.Foreign {
		switch f.Name {
		case "orders_product_fkey":
			if f.Table != "products" || f.OnDelete != "CASCADE" || !slices.Equal(f.References, []string{"id"}) {
				s.Errorf("%+v", f)
			}
		case "orders_before_year_before_number_fkey":
			if f.Table != "orders" || f.OnDelete != "NO ACTION" || !slices.Equal(f.References, []string{"year", "number"}) {
				s.Errorf("%+v", f)
			}
		default:
			s.Errorf("%+v", f)
		}
	}
	if u := s.usage(); u.Tables != 2 || u.Rows != 0 || u.Bytes == 0 {
		s.Errorf("%+v", u)
	}
	drop, err := rows.Drop(s.catalogue(), "orders")
	s.must(err)
	s.must(s.Define(s.Context(), s.at, s.catalogue(), []rows.Change{drop}, nil))
	if u := s.usage(); u.Tables != 1 {
		s.Errorf("%+v", u)
	}
}

func alter(s *suite) {
	s.must(s.create(products()))
	s.must(s.create(orders()))
	s.must(s.alter("products", rows.Alteration{
		Name: "goods", RenameColumns: []rows.Rename{{From: "name", To: "title"}},
		DropColumns: []string{"day", "sku"}, DropIndexes: []string{"products_price_name_idx"},
		AddColumns: []rows.ColumnDefinition{
			{Name: "stock", Type: "int", Nullable: no(), Default: 7.0}, {Name: "code", Type: "text", Unique: true},
			{Name: "parent", Type: "bigint", Refers: &rows.ForeignKey{Table: "goods", References: []string{"id"}}},
		},
		AddIndexes: []rows.Index{{Columns: []string{"stock"}, Unique: true}},
	}))
	t := s.table("goods")
	var got []string
	for _, c := range t.Columns {
		got = append(got, c.Name)
	}
	want := []string{
		"id", "title", "price", "made", "key", "data", "count_of", "on_sale", "stock", "code", "parent",
	}
	if !slices.Equal(got, want) {
		s.Errorf("the columns are %v", got)
	}
	if len(t.Unique) != 1 || t.Unique[0].Name != "goods_code_key" || len(t.Checks) != 1 || t.Primary == nil ||
		len(t.Foreign) != 1 || t.Foreign[0].Table != "goods" {
		s.Errorf("%+v", t)
	}
	if len(t.Indexes) != 1 || t.Indexes[0].Name != "goods_stock_idx" || !t.Indexes[0].Unique {
		s.Errorf("the indexes are %v", t.Indexes)
	}
	if id, _ := t.Column("id"); !id.Identity || id.Type != "bigint" {
		s.Errorf("the key is %+v", id)
	}
	for _, f := range s.table("orders").Foreign {
		if f.Name == "orders_product_fkey" && f.Table != "goods" {
			s.Errorf("%+v", f)
		}
	}
}

func replicas(s *suite) {
	ctx := s.Context()
	old, err := s.other.Catalogue(ctx, s.at)
	s.must(err)
	s.must(s.create(products()))
	if _, err := rows.Define(old, orders()); err == nil {
		s.Fatal("orders refer to products, which the old catalogue has not")
	}
	in := orders()
	in.Foreign, in.Columns[2].Refers = nil, nil
	change, err := rows.Define(old, in)
	s.must(err)
	if err := s.other.Define(ctx, s.at, old, []rows.Change{change}, nil); !errors.Is(err, rows.ErrStale) {
		s.Fatalf("a change by an old catalogue: %v", err)
	}
	fresh, err := s.other.Catalogue(ctx, s.at)
	s.must(err)
	if _, ok := fresh.Table("products"); !ok {
		s.Errorf("the other replica does not see the table: %v", fresh.Names())
	}
	s.must(s.other.Define(ctx, s.at, fresh, []rows.Change{change}, nil))
}

func refused(s *suite) {
	s.must(s.create(products()))
	code := func(err error, want fault.Code, reason string) {
		s.Helper()
		if f := fault.Wrap(err); err == nil || f.Code != want || f.Reason != reason {
			s.Errorf("%v, want %s %s", err, want, reason)
		}
	}
	code(s.create(products()), fault.Conflict, "table_exists")
	upper := products()
	upper.Name = "Products"
	code(s.create(upper), fault.Conflict, "table_exists")
	for _, change := range []func(d *rows.Definition){
		func(d *rows.Definition) { d.Columns[2].Refers.Table = "nothing" },
		func(d *rows.Definition) { d.Columns[2].Refers.References = []string{"nothing"} },
		func(d *rows.Definition) { d.Columns[2].Refers.References = []string{"price"} },
		func(d *rows.Definition) { d.Columns[2].Type = "uuid" },
		func(d *rows.Definition) { d.Columns[2].Refers.References = []string{"count_of"} },
	} {
		d := orders()
		change(&d)
		code(s.create(d), fault.RuleBroken, "reference_impossible")
	}
	s.must(s.create(orders()))
	_, err := rows.Drop(s.catalogue(), "products")
	code(err, fault.RuleBroken, "table_referenced")
	code(s.alter("products", rows.Alteration{DropColumns: []string{"id"}}), fault.RuleBroken, "table_referenced")
	code(s.alter("nothing", rows.Alteration{Name: "x"}), fault.NotFound, "")
	code(s.alter("products", rows.Alteration{Name: "orders"}), fault.Conflict, "table_exists")
}

// hostile are names that are none.
var hostile = []string{
	"", "a b", `a"b`, "a'b", "a;b", "a--", "a\x00b", "1a", "ä", "а", "ｓｅｌｅｃｔ", strings.Repeat("a", 64), "a.b",
	"sqlite_master",
	"pg_class", "_alania_usage", "_ALANIA", "a\nb", "../a", "a/*", "\\", "a`b", "[a]", "$1", "?", "%s", "a\u202eb",
	strings.Repeat("x", 65536),
}

func names(s *suite) {
	for _, n := range hostile {
		d := products()
		d.Name = n
		if err := s.create(d); !fault.IsCode(err, fault.ValidationFailed) {
			s.Errorf("a table named %.20q: %v", n, err)
		}
		d = products()
		d.Columns[1].Name = n
		d.Indexes = nil
		if err := s.create(d); !fault.IsCode(err, fault.ValidationFailed) {
			s.Errorf("a column named %.20q: %v", n, err)
		}
		d = products()
		d.Columns[1].Type = n
		if err := s.create(d); !fault.IsCode(err, fault.ValidationFailed) {
			s.Errorf("a type named %.20q: %v", n, err)
		}
	}
	// Values are values, whatever they look like.
	for i, v := range []string{
		"'", "''", `"`, "\\'", "'); DROP TABLE products; --", "\n", "\\n", "$$", "ä\u202e", "%s", "?",
	} {
		d := rows.Definition{
			Name:    "t" + strconv.Itoa(i),
			Columns: []rows.ColumnDefinition{{Name: "a", Type: "text", Default: v}},
			Checks:  []rows.CheckDefinition{{Where: map[string]any{"a": map[string]any{"neq": v + "x"}}}},
		}
		if err := s.create(d); err != nil {
			s.Errorf("a default %q: %v", v, err)
			continue
		}
		if t := s.table(d.Name); len(t.Columns) != 1 || len(t.Checks) != 1 {
			s.Errorf("a default %q: %+v", v, t)
		}
	}
	// The words of SQL are names like any other.
	for _, n := range []string{"table", "where", "group", "user", "primary", "values"} {
		d := rows.Definition{Name: n, Columns: []rows.ColumnDefinition{{Name: n, Type: "int", Primary: true}}}
		if err := s.create(d); err != nil {
			s.Errorf("a table %s: %v", n, err)
		}
	}
}

func before(s *suite) {
	c := s.catalogue()
	change, err := rows.Define(c, products())
	s.must(err)
	no := errors.New("no")
	err = s.Define(s.Context(), s.at, c, []rows.Change{change}, func(_ context.Context, d rows.Done) error {
		if d.Usage.Tables != 1 || d.Usage.Bytes == 0 {
			s.Errorf("%+v", d)
		}
		return fault.New(fault.FeatureLimit, "no").WithCause(no)
	})
	if !errors.Is(err, no) {
		s.Errorf("%v", err)
	}
	if u := s.usage(); u.Tables != 0 {
		s.Errorf("what was refused is there: %+v", u)
	}
	s.must(s.create(products()))
}

// Of many at once exactly those are made that there is room for.
func manyAtOnce(s *suite) {
	const many, room = 40, 7
	var mu sync.Mutex
	made, full := 0, 0
	err := task.Each(s.Context(), many, many, func(ctx context.Context, i int) error {
		engine := s.Engine
		if i%2 == 1 {
			engine = s.other
		}
		for {
			c, err := engine.Catalogue(ctx, s.at)
			if err != nil {
				return err
			}
			change, err := rows.Define(c, rows.Definition{
				Name: fmt.Sprintf("t%d", i), Columns: []rows.ColumnDefinition{{Name: "a", Type: "int"}},
			})
			if err != nil {
				return err
			}
			err = engine.Define(ctx, s.at, c, []rows.Change{change}, func(_ context.Context, d rows.Done) error {
				if d.Usage.Tables > room {
					return fault.New(fault.FeatureLimit, "full")
				}
				return nil
			})
			if errors.Is(err, rows.ErrStale) {
				continue
			}
			mu.Lock()
			if fault.IsCode(err, fault.FeatureLimit) {
				full++
				err = nil
			} else if err == nil {
				made++
			}
			mu.Unlock()
			return err
		}
	})
	s.must(err)
	if u := s.usage(); made != room || full != many-room || u.Tables != room {
		s.Errorf("%d were made and %d refused; there are %d", made, full, u.Tables)
	}
}

func checks(s *suite) {
	d := rows.Definition{
		Name: "t",
		Columns: []rows.ColumnDefinition{
			{Name: "a", Type: "int"}, {Name: "b", Type: "text"}, {Name: "c", Type: "timestamptz"}, {Name: "d", Type: "boolean"},
		},
		Checks: []rows.CheckDefinition{{Name: "rule", Where: map[string]any{
			"a": map[string]any{"gt": 1.0, "in": []any{2.0, 3.0}}, "b": map[string]any{"minLength": 2.0, "maxLength": 5.0},
			"c":   map[string]any{"gte": "2024-01-15T10:00:00+02:00"},
			"or":  []any{map[string]any{"d": map[string]any{"eq": true}}, map[string]any{"d": map[string]any{"is": "null"}}},
			"not": map[string]any{"b": map[string]any{"eq": "no'"}},
		}}},
	}
	s.must(s.create(d))
	if t := s.table("t"); len(t.Checks) != 1 || t.Checks[0].Name != "rule" {
		s.Errorf("%+v", t.Checks)
	}
	s.must(s.alter("t", rows.Alteration{AddColumns: []rows.ColumnDefinition{{Name: "e", Type: "int"}}}))
	if t := s.table("t"); len(t.Checks) != 1 || t.Checks[0].Name != "rule" {
		s.Errorf("after a column was added: %+v", t.Checks)
	}
	for _, where := range []map[string]any{
		{}, {"nothing": map[string]any{"eq": 1.0}}, {"a": map[string]any{"eq": "x"}}, {"a": map[string]any{"like": "x"}},
		{"a": 1.0}, {"or": []any{}}, {"a": map[string]any{"in": []any{}}}, {"b": map[string]any{"minLength": "x"}},
	} {
		in := d
		in.Name, in.Checks = "u", []rows.CheckDefinition{{Where: where}}
		if err := s.create(in); !fault.IsCode(err, fault.ValidationFailed) {
			s.Errorf("%v: %v", where, err)
		}
	}
}

func references(s *suite) {
	s.must(s.create(products()))
	s.must(s.create(orders()))
	found := s.catalogue().Relationships("orders")
	if !slices.ContainsFunc(found, func(r rows.Relationship) bool { return r.To == "products" }) {
		s.Errorf("%+v", found)
	}
	s.must(s.alter("products", rows.Alteration{Name: "goods", RenameColumns: []rows.Rename{{From: "id", To: "number"}}}))
	for _, f := range s.table("orders").Foreign {
		if f.Name == "orders_product_fkey" && (f.Table != "goods" || !slices.Equal(f.References, []string{"number"})) {
			s.Errorf("%+v", f)
		}
	}
}
