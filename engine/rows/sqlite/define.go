package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	sqlitedriver "modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/fault"
)

// What defaults are in SQLite. Times have the form in which PostgreSQL's JSON shows them.
const (
	nowZoned = `rtrim(rtrim(strftime('%Y-%m-%dT%H:%M:%f','now'),'0'),'.')||'+00:00'`
	nowPlain = `rtrim(rtrim(strftime('%Y-%m-%dT%H:%M:%f','now'),'0'),'.')`
	today    = `strftime('%Y-%m-%d','now')`
	midnight = `strftime('%Y-%m-%dT00:00:00','now')`
	uuid     = `lower(hex(randomblob(4)))||'-'||lower(hex(randomblob(2)))||'-4'||` +
		`substr(lower(hex(randomblob(2))),2)||'-'||` +
		`substr('89ab',1+(abs(random())%4),1)||substr(lower(hex(randomblob(2))),2)||'-'||lower(hex(randomblob(6)))`
)

// shown are the defaults that callers know by another name.
var shown = map[string]string{
	nowZoned: "now()", nowPlain: "now()", today: "CURRENT_DATE", midnight: "CURRENT_DATE",
	midnight + "||'+00:00'": "CURRENT_DATE", uuid: "gen_random_uuid()",
}

func expression(d *rows.Default, k rows.Kind) string {
	if d == nil {
		return ""
	}
	switch d.Function {
	case rows.Now:
		switch k {
		case rows.TimestampTZ:
			return nowZoned
		case rows.Date:
			return today
		}
		return nowPlain
	case rows.CurrentDate:
		switch k {
		case rows.TimestampTZ:
			return midnight + "||'+00:00'"
		case rows.Timestamp:
			return midnight
		}
		return today
	case rows.RandomUUID:
		return uuid
	}
	return value(k, d.Literal)
}

// value writes a literal of a definition.
func value(k rows.Kind, s string) string {
	switch k {
	case rows.Integer, rows.Decimal, rows.Float:
		return s
	case rows.Boolean:
		if s == "true" {
			return "1"
		}
		return "0"
	}
	parts := strings.Split(s, "\n") // a line of the text of a table is one of its parts
	for i := range parts {
		parts[i] = "'" + strings.ReplaceAll(parts[i], "'", "''") + "'"
	}
	return strings.Join(parts, "||char(10)||")
}

func name(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func names(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = name(s)
	}
	return strings.Join(out, ", ")
}

// declared is how a type is written in the text of a table: see typeOf.
func declared(c rows.Column) string {
	switch {
	case c.Identity && c.Type != "integer":
		return "integer /* " + c.Type + " */"
	case c.Identity:
		return "integer"
	case c.Type == "integer":
		return "int"
	}
	switch c.Kind {
	case rows.Integer, rows.Decimal, rows.Float, rows.Boolean:
		return c.Type
	case rows.Text:
		return c.Type
	}
	return name(c.Type + " text")
}

var comparison = map[string]string{"eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}

// condition writes the condition of a check.
func condition(c rows.Condition) string {
	join := func(list []rows.Condition, word string) string {
		parts := make([]string, len(list))
		for i := range list {
			parts[i] = condition(list[i])
		}
		return "(" + strings.Join(parts, word) + ")"
	}
	switch {
	case c.And != nil:
		return join(c.And, " AND ")
	case c.Or != nil:
		return join(c.Or, " OR ")
	case c.Not != nil:
		return "NOT (" + condition(*c.Not) + ")"
	}
	values := make([]string, len(c.Values))
	for i, v := range c.Values {
		values[i] = value(c.Kind, v)
	}
	switch c.Op {
	case "null":
		return name(c.Column) + " IS NULL"
	case "not_null":
		return name(c.Column) + " IS NOT NULL"
	case "in":
		return name(c.Column) + " IN (" + strings.Join(values, ", ") + ")"
	case "minLength":
		return "length(" + name(c.Column) + ") >= " + c.Values[0]
	case "maxLength":
		return "length(" + name(c.Column) + ") <= " + c.Values[0]
	}
	return name(c.Column) + " " + comparison[c.Op] + " " + values[0]
}

// made is a new table as the catalogue has it.
func made(n rows.NewTable) rows.Table {
	t := rows.Table{Name: n.Name, Primary: n.Primary, Unique: n.Unique, Foreign: n.Foreign, Indexes: n.Indexes}
	for _, c := range n.Columns {
		t.Columns = append(t.Columns, newColumn(c))
	}
	for _, c := range n.Checks {
		t.Checks = append(t.Checks, rows.Check{Name: c.Name, Expression: condition(c.Condition)})
	}
	return t
}

func newColumn(c rows.NewColumn) rows.Column {
	return rows.Column{
		Name: c.Name, Type: c.Type.Name, Kind: c.Type.Kind, Nullable: c.Nullable, Identity: c.Type.Serial,
		Default: expression(c.Default, c.Type.Kind),
	}
}

// text is the statement that makes a table. Every part stands on a line of its own, so that checks finds them again.
func text(t rows.Table) string {
	var parts []string
	for _, c := range t.Columns {
		line := name(c.Name) + " " + declared(c)
		if c.Identity {
			line = name(c.Name) + " " + declared(c) + " CONSTRAINT " + name(t.Primary.Name) + " PRIMARY KEY AUTOINCREMENT"
		}
		if !c.Nullable {
			line += " NOT NULL"
		}
		if c.Default != "" {
			line += " DEFAULT (" + c.Default + ")"
		}
		parts = append(parts, line)
	}
	if p := t.Primary; p != nil && !slices.ContainsFunc(t.Columns, func(c rows.Column) bool { return c.Identity }) {
		parts = append(parts, "CONSTRAINT "+name(p.Name)+" PRIMARY KEY ("+names(p.Columns)+")")
	}
	for _, k := range t.Unique {
		parts = append(parts, "CONSTRAINT "+name(k.Name)+" UNIQUE ("+names(k.Columns)+")")
	}
	for _, f := range t.Foreign {
		parts = append(parts, "CONSTRAINT "+name(f.Name)+" FOREIGN KEY ("+names(f.Columns)+") REFERENCES "+name(f.Table)+
			" ("+names(f.References)+") ON DELETE "+f.OnDelete)
	}
	for _, k := range t.Checks {
		parts = append(parts, "CONSTRAINT "+name(k.Name)+" CHECK ("+k.Expression+")")
	}
	return "CREATE TABLE " + name(t.Name) + " (\n  " + strings.Join(parts, ",\n  ") + "\n)"
}

// after are the statements that a new table has after it: its indexes, and the triggers that count its rows.
func after(t rows.Table) []string {
	var out []string
	for _, i := range t.Indexes {
		out = append(out, index(t.Name, i))
	}
	// Triggers keep their names when their table is renamed, so they do not have its name.
	var b [8]byte
	_, _ = rand.Read(b[:]) // it does not fail
	for _, of := range [][2]string{{"INSERT", "+"}, {"DELETE", "-"}} {
		trigger := "_alania_" + strings.ToLower(of[0]) + "_" + hex.EncodeToString(b[:])
		out = append(out, "CREATE TRIGGER "+name(trigger)+" AFTER "+of[0]+
			" ON "+name(t.Name)+" BEGIN UPDATE "+usageTable+" SET rows = rows "+of[1]+" 1; END")
	}
	return out
}

func index(table string, i rows.Index) string {
	unique := ""
	if i.Unique {
		unique = "UNIQUE "
	}
	return "CREATE " + unique + "INDEX " + name(i.Name) + " ON " + name(table) + " (" + names(i.Columns) + ")"
}

// Define implements rows.Engine.
func (e *Engine) Define(
	ctx context.Context, s data.Space, c *rows.Catalogue, changes []rows.Change, before rows.Before,
) error {
	f, err := e.use(s, false)
	if err != nil {
		return err
	}
	defer e.release(f)
	ctx, cancel := e.bounded(ctx)
	defer cancel()
	conn, err := f.write.Conn(ctx)
	if err != nil {
		return failure(ctx, err)
	}
	defer func() { _ = conn.Close() }()
	// A table that is made anew takes the place of the old one, and no row that refers to it is to notice.
	if _, err := conn.ExecContext(ctx, "PRAGMA foreign_keys = OFF"); err != nil {
		return failure(ctx, err)
	}
	defer func() {
		if _, err := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA foreign_keys = ON"); err != nil {
			_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // it is not used again
		}
	}()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return failure(ctx, err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := f.current(ctx, tx, c); err != nil {
		return failure(ctx, err)
	}
	for _, change := range changes {
		if err := supported(change); err != nil {
			return err
		}
		if err := define(ctx, tx, change); err != nil {
			return failure(ctx, broken(err))
		}
	}
	if err := consistent(ctx, tx); err != nil {
		return failure(ctx, err)
	}
	if err := ask(ctx, tx, before, 0); err != nil {
		return failure(ctx, err)
	}
	if err := tx.Commit(); err != nil {
		return failure(ctx, err)
	}
	f.forget()
	return nil
}

// supported refuses types that SQLite has nothing for.
func supported(change rows.Change) error {
	var columns []rows.NewColumn
	switch c := change.(type) {
	case rows.CreateTable:
		columns = c.Columns
	case rows.AddColumn:
		columns = []rows.NewColumn{c.Column}
	}
	for _, c := range columns {
		if c.Type.Kind == rows.Interval || c.Type.Name == "interval[]" {
			return rows.Unsupported("The type interval", "postgres")
		}
	}
	return nil
}

func exec(ctx context.Context, tx *sql.Tx, statements ...string) error {
	for _, s := range statements {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func define(ctx context.Context, tx *sql.Tx, change rows.Change) error {
	switch c := change.(type) {
	case rows.CreateTable:
		t := made(c.NewTable)
		return exec(ctx, tx, append([]string{text(t)}, after(t)...)...)
	case rows.DropTable:
		return exec(ctx, tx, "UPDATE "+usageTable+" SET rows = rows - (SELECT count(*) FROM "+name(c.Name)+")",
			"DROP TABLE "+name(c.Name))
	case rows.RenameTable:
		return exec(ctx, tx, "ALTER TABLE "+name(c.From)+" RENAME TO "+name(c.To))
	case rows.RenameColumn:
		return exec(ctx, tx, "ALTER TABLE "+name(c.Table)+" RENAME COLUMN "+name(c.From)+" TO "+name(c.To))
	case rows.DropIndex:
		return exec(ctx, tx, "DROP INDEX "+name(c.Name))
	case rows.AddIndex:
		return exec(ctx, tx, index(c.Table, c.Index))
	case rows.AddColumn:
		return rebuild(ctx, tx, c.Table, func(t *rows.Table) {
			t.Columns = append(t.Columns, newColumn(c.Column))
			if c.Unique != nil {
				t.Unique = append(t.Unique, *c.Unique)
			}
			if c.Foreign != nil {
				t.Foreign = append(t.Foreign, *c.Foreign)
			}
		})
	case rows.DropColumn:
		return rebuild(ctx, tx, c.Table, func(t *rows.Table) { without(t, c.Name) })
	}
	return errors.New("a change of a kind that is not known")
}

// without takes a column out of a table, with what has it.
func without(t *rows.Table, column string) {
	has := func(list []string) bool { return slices.Contains(list, column) }
	t.Columns = slices.DeleteFunc(t.Columns, func(c rows.Column) bool { return c.Name == column })
	if t.Primary != nil && has(t.Primary.Columns) {
		t.Primary = nil
		for i := range t.Columns {
			t.Columns[i].Identity = false
		}
	}
	t.Unique = slices.DeleteFunc(t.Unique, func(k rows.Key) bool { return has(k.Columns) })
	t.Foreign = slices.DeleteFunc(t.Foreign, func(f rows.ForeignKey) bool {
		return has(f.Columns) || f.Table == t.Name && has(f.References)
	})
	t.Indexes = slices.DeleteFunc(t.Indexes, func(i rows.Index) bool { return has(i.Columns) })
	t.Checks = slices.DeleteFunc(t.Checks, func(k rows.Check) bool { return strings.Contains(k.Expression, name(column)) })
}

// rebuilt is the name of a table while it is made anew.
const rebuilt = "_alania_new"

// rebuild makes a table anew, changed, with the rows of the old one (https://sqlite.org/lang_altertable.html, 7).
func rebuild(ctx context.Context, tx *sql.Tx, table string, change func(*rows.Table)) error {
	c, err := catalogue(ctx, tx)
	if err != nil {
		return err
	}
	found, ok := c.Table(table)
	if !ok {
		return rows.NoTable()
	}
	t := *found
	t.Columns, t.Unique, t.Foreign = slices.Clone(t.Columns), slices.Clone(t.Unique), slices.Clone(t.Foreign)
	t.Checks, t.Indexes = slices.Clone(t.Checks), slices.Clone(t.Indexes)
	change(&t)
	var kept []string
	for _, col := range t.Columns {
		if _, was := found.Column(col.Name); was && !col.Generated {
			kept = append(kept, col.Name)
		}
	}
	t.Name = rebuilt
	for i := range t.Foreign { // its own rows are meant, by the name that it will have
		if t.Foreign[i].Table == rebuilt {
			t.Foreign[i].Table = table
		}
	}
	copied := "INSERT INTO " + name(rebuilt) + " DEFAULT VALUES"
	if len(kept) > 0 {
		copied = "INSERT INTO " + name(rebuilt) + " (" + names(kept) + ") SELECT " + names(kept) + " FROM " + name(table)
	}
	err = exec(ctx, tx, text(t), copied)
	if err == nil && slices.ContainsFunc(t.Columns, func(c rows.Column) bool { return c.Identity }) {
		err = exec(ctx, tx, "DELETE FROM sqlite_sequence WHERE name = '"+rebuilt+"'",
			"INSERT INTO sqlite_sequence (name, seq) SELECT '"+rebuilt+"', seq FROM sqlite_sequence WHERE name = "+
				value(rows.Text, table))
	}
	if err != nil {
		return err
	}
	t.Name = table
	return exec(ctx, tx, append([]string{
		"DROP TABLE " + name(table), "ALTER TABLE " + name(rebuilt) + " RENAME TO " + name(table),
	}, after(t)...)...)
}

// consistent refuses tables whose rows refer to nothing.
func consistent(ctx context.Context, q queryer) error {
	found, err := q.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return err
	}
	defer func() { _ = found.Close() }()
	if found.Next() {
		return rowsBreak(nil)
	}
	return found.Err()
}

// broken words what rows do not allow.
func broken(err error) error {
	var e *sqlitedriver.Error
	if errors.As(err, &e) && e.Code()&0xff == sqlitelib.SQLITE_CONSTRAINT {
		return rowsBreak(err)
	}
	return err
}

func rowsBreak(cause error) error {
	return &fault.Error{
		Code: fault.RuleBroken, Reason: "rows_break_change", Cause: cause,
		Message: "Rows of the table do not meet the change, such as a column that has neither null nor a default.",
	}
}
