package sqlite

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/data/rows"
)

// catalogue reads the tables and views of a file, but those of the platform and of SQLite.
func catalogue(ctx context.Context, q queryer) (*rows.Catalogue, error) {
	v, err := version(ctx, q)
	if err != nil {
		return nil, err
	}
	var tables []rows.Table
	at := map[string]int{}
	texts := map[string]string{}
	err = each(ctx, q, "SELECT name, type, coalesce(sql, '') FROM sqlite_master WHERE type IN ('table', 'view')"+
		" AND name NOT LIKE '\\_alania%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name", 3,
		func(r []string) {
			at[r[0]] = len(tables)
			texts[r[0]] = r[2]
			tables = append(tables, rows.Table{Name: r[0], View: r[1] == "view"})
		})
	if err != nil {
		return nil, err
	}
	table := func(name string) *rows.Table {
		if i, ok := at[name]; ok {
			return &tables[i]
		}
		return &rows.Table{} // of the platform
	}
	if err := columns(ctx, q, table, texts); err != nil {
		return nil, err
	}
	if err := keys(ctx, q, table, texts); err != nil {
		return nil, err
	}
	if err := references(ctx, q, table, texts); err != nil {
		return nil, err
	}
	for i := range tables {
		tables[i].Checks = checks(texts[tables[i].Name])
	}
	return rows.NewCatalogue(v, "", tables), nil
}

// each calls with every row of a query, whose n values are texts.
func each(ctx context.Context, q queryer, query string, n int, call func([]string)) error {
	found, err := q.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { _ = found.Close() }()
	values, into := make([]string, n), make([]any, n)
	for i := range values {
		into[i] = &values[i]
	}
	for found.Next() {
		if err := found.Scan(into...); err != nil {
			return err
		}
		call(values)
	}
	return found.Err()
}

const ofTables = " FROM sqlite_master m JOIN "

func columns(ctx context.Context, q queryer, table func(string) *rows.Table, texts map[string]string) error {
	primary := map[string]map[string]string{}
	err := each(ctx, q, "SELECT m.name, c.name, c.type, c.\"notnull\", coalesce(c.dflt_value, ''), c.pk, c.hidden"+
		ofTables+"pragma_table_xinfo(m.name) c WHERE m.type IN ('table', 'view') AND c.hidden <> 1 ORDER BY m.name, c.cid", 7,
		func(r []string) {
			t := table(r[0])
			c := rows.Column{
				Name: r[1], Type: typeOf(r[2]), Nullable: r[3] == "0", Default: r[4], Generated: r[6] != "0",
			}
			c.Kind, c.Shown = rows.KindOf(c.Type), shown[r[4]]
			if r[5] != "0" {
				c.Nullable = false
				if primary[r[0]] == nil {
					primary[r[0]] = map[string]string{}
				}
				primary[r[0]][r[5]] = r[1]
				c.Identity = strings.EqualFold(strings.TrimSpace(r[2]), "integer")
			}
			t.Columns = append(t.Columns, c)
		})
	for name, byPlace := range primary {
		t := table(name)
		k := &rows.Key{Name: name + "_pkey"}
		for n := range len(byPlace) {
			k.Columns = append(k.Columns, byPlace[strconv.Itoa(n+1)])
		}
		if m := primaryName.FindStringSubmatch(texts[name]); m != nil {
			k.Name = unquote(m[1])
		}
		t.Primary = k
		for i := range t.Columns {
			c := &t.Columns[i]
			c.Identity = c.Identity && len(k.Columns) == 1
			if m := bigName.FindStringSubmatch(texts[name]); c.Identity && m != nil {
				c.Type = m[1]
			}
		}
	}
	return err
}

// typeOf is the type of a column by how it is declared: with " text" after the name where SQLite would store
// numbers otherwise, and int for an integer that SQLite does not number.
func typeOf(declared string) string {
	name := strings.TrimSpace(declared)
	if strings.EqualFold(name, "int") {
		return "integer"
	}
	if cut, ok := strings.CutSuffix(strings.ToLower(name), " text"); ok {
		name = name[:len(cut)]
	}
	if t, ok := rows.ParseType(name); ok && !strings.HasPrefix(name, `"`) {
		return t.Name
	}
	if name == "" {
		return "text"
	}
	return name
}

const aName = `("(?:[^"]|"")*"|[A-Za-z_][A-Za-z0-9_]*)`

var (
	primaryName = regexp.MustCompile(`(?i)constraint\s+` + aName + `\s+primary\s+key`)
	uniqueName  = regexp.MustCompile(`(?i)constraint\s+` + aName + `\s+unique\s*\(([^)]*)\)`)
	foreignName = regexp.MustCompile(`(?i)constraint\s+` + aName + `\s+foreign\s+key\s*\(([^)]*)\)`)
	checkLine   = regexp.MustCompile(`(?m)^ *CONSTRAINT ` + aName + ` CHECK \((.*)\),?$`)
	bigName     = regexp.MustCompile(`/\* (bigint|smallint) \*/`)
)

func unquote(s string) string {
	if len(s) > 1 && s[0] == '"' {
		return strings.ReplaceAll(s[1:len(s)-1], `""`, `"`)
	}
	return s
}

// listed reads a list of names.
func listed(s string) []string {
	var out []string
	for _, m := range regexp.MustCompile(aName).FindAllString(s, -1) {
		out = append(out, unquote(m))
	}
	return out
}

// named finds the constraint over some columns in the text of a table; empty: it has no name.
func named(form *regexp.Regexp, text string, columns []string) string {
	for _, m := range form.FindAllStringSubmatch(text, -1) {
		if slices.Equal(listed(m[2]), columns) {
			return unquote(m[1])
		}
	}
	return ""
}

func keys(ctx context.Context, q queryer, table func(string) *rows.Table, texts map[string]string) error {
	type index struct {
		table, name, origin string
		unique              bool
		columns             []string
		partial             bool
	}
	var all []*index
	byName := map[string]*index{}
	err := each(ctx, q, "SELECT m.name, l.name, l.origin, l.\"unique\", l.partial, coalesce(x.name, '')"+ofTables+
		"pragma_index_list(m.name) l JOIN pragma_index_info(l.name) x WHERE m.type = 'table'"+
		" ORDER BY m.name, l.seq DESC, x.seqno", 6,
		func(r []string) {
			i := byName[r[1]]
			if i == nil {
				i = &index{table: r[0], name: r[1], origin: r[2], unique: r[3] == "1", partial: r[4] == "1"}
				byName[r[1]] = i
				all = append(all, i)
			}
			i.columns = append(i.columns, r[5])
		})
	for _, i := range all {
		t := table(i.table)
		switch {
		case i.origin == "pk" || slices.Contains(i.columns, ""): // of an expression
		case i.origin == "u":
			name := named(uniqueName, texts[i.table], i.columns)
			if name == "" {
				name = i.table + "_" + strings.Join(i.columns, "_") + "_key"
			}
			t.Unique = append(t.Unique, rows.Key{Name: name, Columns: i.columns})
		case i.unique && strings.HasSuffix(i.name, "_key") && !i.partial: // of a column that was added
			t.Unique = append(t.Unique, rows.Key{Name: i.name, Columns: i.columns})
		default:
			t.Indexes = append(t.Indexes, rows.Index{Name: i.name, Columns: i.columns, Unique: i.unique && !i.partial})
		}
	}
	return err
}

func references(ctx context.Context, q queryer, table func(string) *rows.Table, texts map[string]string) error {
	last := ""
	err := each(ctx, q, "SELECT m.name, f.id, f.\"table\", f.\"from\", coalesce(f.\"to\", ''), f.on_update, f.on_delete"+
		ofTables+"pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY m.name, f.id DESC, f.seq", 7,
		func(r []string) {
			t := table(r[0])
			if one := r[0] + "\x00" + r[1]; one != last {
				last = one
				t.Foreign = append(t.Foreign, rows.ForeignKey{Table: r[2], OnUpdate: r[5], OnDelete: r[6]})
			}
			f := &t.Foreign[len(t.Foreign)-1]
			f.Columns = append(f.Columns, r[3])
			if r[4] != "" {
				f.References = append(f.References, r[4])
			}
		})
	if err != nil {
		return err
	}
	for name, text := range texts {
		t := table(name)
		for i := range t.Foreign {
			f := &t.Foreign[i]
			if f.Name = named(foreignName, text, f.Columns); f.Name == "" {
				f.Name = name + "_" + strings.Join(f.Columns, "_") + "_fkey"
			}
			if other := table(f.Table); len(f.References) == 0 && other.Primary != nil {
				f.References = other.Primary.Columns
			}
		}
	}
	return nil
}

// checks are those of a table that define has written, each on a line of its own.
func checks(text string) []rows.Check {
	var out []rows.Check
	for _, m := range checkLine.FindAllStringSubmatch(text, -1) {
		out = append(out, rows.Check{Name: unquote(m[1]), Expression: m[2]})
	}
	return out
}
