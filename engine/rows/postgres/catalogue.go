package postgres

import (
	"context"
	"strings"

	"github.com/lib/pq"

	"github.com/alania-go/alania/domain/data/rows"
)

const (
	relations = `SELECT c.relname, c.relkind = ANY ('{v,m}'), coalesce(obj_description(c.oid, 'pg_class'), '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname NOT LIKE '\_alania%' ORDER BY c.relname`

	attributes = `SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
 coalesce(pg_get_expr(d.adbin, d.adrelid), ''), a.attidentity <> '', a.attgenerated <> '',
 CASE WHEN t.typtype = 'e' THEN ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder)
  ELSE '{}'::text[] END, t.typtype::text, t.typcategory::text,
 CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) ELSE '' END,
 coalesce(col_description(c.oid, a.attnum), '')
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum`

	constraints = `SELECT c.relname, k.conname, k.contype::text,
 ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u(num, at)
  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num ORDER BY u.at),
 coalesce(f.relname, ''),
 ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u(num, at)
  JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num ORDER BY u.at),
 k.confdeltype::text, k.confupdtype::text,
 CASE WHEN k.contype = 'c' THEN pg_get_constraintdef(k.oid, true) ELSE '' END
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class f ON f.oid = k.confrelid
WHERE n.nspname = $1 AND k.contype IN ('p', 'u', 'f', 'c') AND (k.contype <> 'f' OR f.relnamespace = n.oid)
ORDER BY c.relname, k.oid`

	indexes = `SELECT c.relname, x.relname, i.indisunique AND i.indpred IS NULL,
 ARRAY(SELECT coalesce(a.attname::text, '') FROM unnest(i.indkey[0:i.indnkeyatts-1]) WITH ORDINALITY AS u(num, at)
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.num AND u.num > 0 ORDER BY u.at)
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.oid AND k.contype IN ('p', 'u', 'x'))
ORDER BY c.relname, x.relname`
)

var actions = map[string]string{
	"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT",
}

// catalogue reads the tables and views of a schema.
func catalogue(ctx context.Context, q queryer, at, version string) (*rows.Catalogue, error) {
	var tables []rows.Table
	byName := map[string]int{}
	err := each(ctx, q, relations, at, func(scan func(...any) error) error {
		var t rows.Table
		if err := scan(&t.Name, &t.View, &t.Comment); err != nil {
			return err
		}
		byName[t.Name] = len(tables)
		tables = append(tables, t)
		return nil
	})
	table := func(name string) *rows.Table {
		if i, ok := byName[name]; ok {
			return &tables[i]
		}
		return &rows.Table{} // of the platform
	}
	if err == nil {
		err = each(ctx, q, attributes, at, func(scan func(...any) error) error {
			var of, kind, category, base string
			var c rows.Column
			var values []string
			err := scan(&of, &c.Name, &c.Type, &c.Nullable, &c.Default, &c.Identity, &c.Generated, pq.Array(&values), &kind,
				&category, &base, &c.Comment)
			if err != nil {
				return err
			}
			c.Kind = rows.KindOf(c.Type)
			switch {
			case kind == "e":
				c.Kind, c.Values = rows.Enum, values
			case kind == "d":
				c.Kind = rows.KindOf(base)
			case category == "A":
				c.Kind = rows.Array
			}
			if c.Generated {
				c.Default = ""
			}
			if strings.HasPrefix(c.Default, "nextval(") { // of serial
				c.Identity = true
			}
			t := table(of)
			t.Columns = append(t.Columns, c)
			return nil
		})
	}
	if err == nil {
		err = each(ctx, q, constraints, at, func(scan func(...any) error) error {
			var of, name, kind, other, onDelete, onUpdate, text string
			var columns, references []string
			err := scan(&of, &name, &kind, pq.Array(&columns), &other, pq.Array(&references), &onDelete, &onUpdate, &text)
			if err != nil {
				return err
			}
			t := table(of)
			switch kind {
			case "p":
				t.Primary = &rows.Key{Name: name, Columns: columns}
			case "u":
				t.Unique = append(t.Unique, rows.Key{Name: name, Columns: columns})
			case "f":
				t.Foreign = append(t.Foreign, rows.ForeignKey{
					Name: name, Columns: columns, Table: other, References: references, OnDelete: actions[onDelete],
					OnUpdate: actions[onUpdate],
				})
			case "c":
				text = strings.TrimSuffix(strings.TrimPrefix(text, "CHECK ("), ")")
				t.Checks = append(t.Checks, rows.Check{Name: name, Expression: text})
			}
			return nil
		})
	}
	if err == nil {
		err = each(ctx, q, indexes, at, func(scan func(...any) error) error {
			var of string
			var i rows.Index
			if err := scan(&of, &i.Name, &i.Unique, pq.Array(&i.Columns)); err != nil {
				return err
			}
			for _, c := range i.Columns {
				if c == "" { // of an expression
					return nil
				}
			}
			t := table(of)
			t.Indexes = append(t.Indexes, i)
			return nil
		})
	}
	if err != nil {
		return nil, err
	}
	return rows.NewCatalogue(version, at, tables), nil
}

// each calls with every row of a query.
func each(ctx context.Context, q queryer, query, at string, call func(scan func(...any) error) error) error {
	found, err := q.QueryContext(ctx, query, at)
	if err != nil {
		return err
	}
	defer func() { _ = found.Close() }()
	for found.Next() {
		if err := call(found.Scan); err != nil {
			return err
		}
	}
	return found.Err()
}
