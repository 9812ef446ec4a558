package rows

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/fault"
)

// Limits of tables.
const (
	MaxColumns = 200 // of a table
	MaxKeys    = 32  // unique keys of a table, and as many foreign keys, checks and indexes
	MaxName    = 63  // characters
	MaxInKey   = 16  // columns of a key or an index
	maxWhere   = 100 // conditions of a check
	maxDeep    = 8   // checks within each other
)

// Definition is what a table is made of. Define fills in what is not said.
type Definition struct {
	Name    string
	Columns []ColumnDefinition
	Primary []string
	Unique  []Key
	Foreign []ForeignKey
	Checks  []CheckDefinition
	Indexes []Index
}

// ColumnDefinition is a column of a new table, or a new column.
type ColumnDefinition struct {
	Name     string
	Type     string // as the caller writes it; ParseType reads it
	Primary  bool
	Nullable *bool // nil: unless it is of the primary key
	Default  any   // nil: none
	Unique   bool
	Refers   *ForeignKey // Table, References of one column and OnDelete are said
}

// CheckDefinition is a condition that every row meets. Where is in the form of JSON:
// {"column": {"operator": value}}, {"and": […]}, {"or": […]}, {"not": {…}}.
type CheckDefinition struct {
	Name  string
	Where map[string]any
}

// Alteration is what changes in a table. Renames come first, then what is dropped, then what is added.
type Alteration struct {
	Name          string // new; empty: it stays
	RenameColumns []Rename
	DropColumns   []string
	DropIndexes   []string
	AddColumns    []ColumnDefinition
	AddIndexes    []Index
}

// Rename is a name and the one that takes its place.
type Rename struct{ From, To string }

// Change is one change of the tables of a workspace.
type Change interface{ change() }

// CreateTable makes a table.
type CreateTable struct{ NewTable }

// NewTable is a table to make: everything has a name, and refers to what is there.
type NewTable struct {
	Name    string
	Columns []NewColumn
	Primary *Key
	Unique  []Key
	Foreign []ForeignKey
	Checks  []NewCheck
	Indexes []Index
}

// NewColumn is a column to make.
type NewColumn struct {
	Name     string
	Type     Type
	Nullable bool
	Default  *Default // nil: none
}

// Default is the value of a column in a row that has none: a function or a literal.
type Default struct {
	Function Function // empty: Literal is the value
	Literal  string   // in the form of the column's kind
}

// Function is one that a default may call.
type Function string

// The functions.
const (
	Now         Function = "now()"
	CurrentDate Function = "current_date"
	RandomUUID  Function = "gen_random_uuid()"
)

// functions are those of defaults, by what callers write, with the kinds of columns that may have them.
var functions = map[string]struct {
	name  Function
	kinds []Kind
}{
	"now()": {Now, []Kind{Timestamp, TimestampTZ, Date}}, "current_timestamp": {Now, []Kind{Timestamp, TimestampTZ}},
	"current_date":      {CurrentDate, []Kind{Date, Timestamp, TimestampTZ}},
	"gen_random_uuid()": {RandomUUID, []Kind{UUID, Text}},
}

// NewCheck is a check to make.
type NewCheck struct {
	Name      string
	Condition Condition
}

// Condition is the condition of a check. One of And, Or, Not and Column says what it is.
type Condition struct {
	And, Or []Condition
	Not     *Condition
	Column  string
	Kind    Kind     // of the column
	Op      string   // eq, neq, gt, gte, lt, lte, in, null, not_null, minLength, maxLength
	Values  []string // literals in the form of the kind, or a number
}

// DropTable deletes a table.
type DropTable struct{ Name string }

// RenameTable changes the name of a table.
type RenameTable struct{ From, To string }

// RenameColumn changes the name of a column.
type RenameColumn struct{ Table, From, To string }

// DropColumn deletes a column with the keys, checks and indexes that have it.
type DropColumn struct{ Table, Name string }

// DropIndex deletes an index.
type DropIndex struct{ Table, Name string }

// AddColumn adds a column. Foreign and Unique are its own.
type AddColumn struct {
	Table   string
	Column  NewColumn
	Unique  *Key        // nil: it is not unique
	Foreign *ForeignKey // nil: it refers to nothing
}

// AddIndex adds an index.
type AddIndex struct {
	Table string
	Index Index
}

func (CreateTable) change()  {}
func (DropTable) change()    {}
func (RenameTable) change()  {}
func (RenameColumn) change() {}
func (DropColumn) change()   {}
func (DropIndex) change()    {}
func (AddColumn) change()    {}
func (AddIndex) change()     {}

var nameForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,62}$`)

// words of queries cannot be names of columns: a filter by them would mean something else.
var words = []string{
	"select", "order", "limit", "offset", "and", "or", "not", "columns", "on_conflict", "all", "oid", "rowid", "_rowid_",
	"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "count", "true", "false", "null",
}

// reserved reports whether a name begins with what belongs to the platform or to a database.
func reserved(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "_alania") || strings.HasPrefix(name, "sqlite_") || strings.HasPrefix(name, "pg_")
}

// tableFunctions are read as tables by statements of SQLite, which would read a table of such a name instead.
var tableFunctions = []string{"json_each", "json_tree"}

// definer collects what is wrong with a definition.
type definer struct {
	catalogue  *Catalogue
	violations []fault.Violation
	names      map[string]bool // of keys, checks and indexes of the table, in lower case
	taken      map[string]bool // of tables and indexes of the workspace, in lower case
	table      string
}

func (d *definer) wrong(pointer, code, message string) {
	d.violations = append(d.violations, fault.Violation{
		In: fault.InBody, Pointer: pointer, Code: code, Message: message,
	})
}

func (d *definer) err() error {
	if len(d.violations) == 0 {
		return nil
	}
	return fault.Invalid(d.violations...)
}

func newDefiner(c *Catalogue, table string) *definer {
	d := &definer{catalogue: c, names: map[string]bool{}, taken: map[string]bool{}, table: table}
	for _, name := range c.Names() {
		t, _ := c.Table(name)
		d.taken[strings.ToLower(name)] = true
		for _, i := range t.Indexes {
			d.taken[strings.ToLower(i.Name)] = true
		}
		for _, k := range t.keys() {
			d.taken[strings.ToLower(k.Name)] = true
		}
		if name != table {
			continue
		}
		for _, f := range t.Foreign {
			d.names[strings.ToLower(f.Name)] = true
		}
		for _, k := range t.Checks {
			d.names[strings.ToLower(k.Name)] = true
		}
	}
	return d
}

// keys are the primary key and the others.
func (t *Table) keys() []Key {
	if t.Primary == nil {
		return t.Unique
	}
	return append([]Key{*t.Primary}, t.Unique...)
}

// name checks a name that a caller has chosen.
func (d *definer) name(name, pointer string) {
	switch {
	case !nameForm.MatchString(name):
		d.wrong(pointer, "pattern", "must be a letter or _ with up to 62 letters, digits and _ after it")
	case reserved(name):
		d.wrong(pointer, "reserved", "must not begin with _alania, sqlite_ or pg_")
	}
}

// tableName checks the name of a new table.
func (d *definer) tableName(name, pointer string) {
	d.name(name, pointer)
	if slices.Contains(tableFunctions, strings.ToLower(name)) {
		d.wrong(pointer, "reserved", "is a function of the database that is read as a table")
	}
}

// column checks the name of a new column.
func (d *definer) column(name, pointer string) {
	d.name(name, pointer)
	if slices.Contains(words, strings.ToLower(name)) {
		d.wrong(pointer, "reserved", "is a word of queries, so that no filter could name the column")
	}
}

// called returns the name of a key, a check or an index: the one that was chosen, or one as PostgreSQL makes them.
// Those of keys and indexes are of the workspace, others of the table.
func (d *definer) called(chosen, pointer, suffix string, of map[string]bool, parts ...string) string {
	if chosen != "" {
		if d.name(chosen, pointer+"/name"); of[strings.ToLower(chosen)] {
			d.wrong(pointer+"/name", "duplicate", "is the name of something else")
		}
		of[strings.ToLower(chosen)] = true
		return chosen
	}
	base := strings.Join(parts, "_")
	for n := 0; ; n++ {
		end := "_" + suffix
		if n > 0 {
			end += strconv.Itoa(n)
		}
		name := base[:min(len(base), MaxName-len(end))] + end
		if !of[strings.ToLower(name)] {
			of[strings.ToLower(name)] = true
			return name
		}
	}
}

// Define returns the change that makes a table, with everything checked against the tables that are there.
func Define(c *Catalogue, in Definition) (CreateTable, error) {
	d := newDefiner(c, in.Name)
	d.tableName(in.Name, "/name")
	if d.taken[strings.ToLower(in.Name)] {
		return CreateTable{}, tableExists()
	}
	d.taken[strings.ToLower(in.Name)] = true
	out := NewTable{Name: in.Name}
	if len(in.Columns) == 0 {
		d.wrong("/columns", "min_items", "must have a column")
	}
	for list, n := range map[string]int{
		"unique": len(in.Unique), "foreignKeys": len(in.Foreign), "checks": len(in.Checks), "indexes": len(in.Indexes),
	} {
		if n > MaxKeys {
			d.wrong("/"+list, "max_items", "must have 32 items at most")
		}
	}
	if len(in.Columns) > MaxColumns {
		d.wrong("/columns", "max_items", "must have 200 items at most")
		return CreateTable{}, d.err()
	}
	columns := map[string]NewColumn{}
	primary := slices.Clone(in.Primary)
	for i, col := range in.Columns {
		at := "/columns/" + strconv.Itoa(i)
		made := d.newColumn(col, at)
		if _, twice := columns[strings.ToLower(col.Name)]; twice {
			d.wrong(at+"/name", "duplicate", "is the name of another column")
		}
		columns[strings.ToLower(col.Name)] = made
		out.Columns = append(out.Columns, made)
		if col.Primary {
			if in.Primary != nil {
				d.wrong(at+"/primaryKey", "contradiction", "must not stand next to primaryKey of the table")
			}
			primary = append(primary, col.Name)
		}
		if col.Unique && !(col.Primary && len(primary) == 1 && in.Primary == nil) {
			in.Unique = append(in.Unique, Key{Columns: []string{col.Name}})
		}
		if f := col.Refers; f != nil {
			in.Foreign = append(in.Foreign, ForeignKey{
				Columns: []string{col.Name}, Table: f.Table, References: f.References, OnDelete: f.OnDelete,
			})
		}
	}
	if d.err() != nil {
		return CreateTable{}, d.err()
	}
	if len(primary) > 0 {
		d.columns(columns, primary, "/primaryKey")
		key := Key{Name: d.called("", "", "pkey", d.taken, in.Name), Columns: primary}
		out.Primary = &key
		for i := range out.Columns {
			if slices.Contains(primary, out.Columns[i].Name) {
				out.Columns[i].Nullable = false
			}
		}
	}
	d.serials(out, "/columns")
	for i, k := range in.Unique {
		at := "/unique/" + strconv.Itoa(i)
		d.columns(columns, k.Columns, at+"/columns")
		k.Name = d.called(k.Name, at, "key", d.taken, append([]string{in.Name}, k.Columns...)...)
		out.Unique = append(out.Unique, k)
	}
	for i, f := range in.Foreign {
		at := "/foreignKeys/" + strconv.Itoa(i)
		d.columns(columns, f.Columns, at+"/columns")
		f.Name = d.called(f.Name, at, "fkey", d.names, append([]string{in.Name}, f.Columns...)...)
		out.Foreign = append(out.Foreign, f)
	}
	for i, k := range in.Checks {
		at := "/checks/" + strconv.Itoa(i)
		left := maxWhere
		cond := d.condition(columns, k.Where, at+"/where", 0, &left)
		out.Checks = append(out.Checks, NewCheck{Name: d.called(k.Name, at, "check", d.names, in.Name), Condition: cond})
	}
	for i, x := range in.Indexes {
		at := "/indexes/" + strconv.Itoa(i)
		d.columns(columns, x.Columns, at+"/columns")
		x.Name = d.called(x.Name, at, "idx", d.taken, append([]string{in.Name}, x.Columns...)...)
		out.Indexes = append(out.Indexes, x)
	}
	if err := d.err(); err != nil {
		return CreateTable{}, err
	}
	for i := range out.Foreign {
		if err := d.refer(&out.Foreign[i], columns, out); err != nil {
			return CreateTable{}, err
		}
	}
	return CreateTable{out}, nil
}

// serials refuses columns that the database numbers and that are not the primary key alone: SQLite numbers no others.
func (d *definer) serials(t NewTable, pointer string) {
	for i, c := range t.Columns {
		if c.Type.Serial && (t.Primary == nil || len(t.Primary.Columns) != 1 || t.Primary.Columns[0] != c.Name) {
			d.wrong(pointer+"/"+strconv.Itoa(i)+"/type", "serial", "must be the primary key to be numbered by the database")
		}
	}
}

// columns refuses columns of a key that the table has not.
func (d *definer) columns(known map[string]NewColumn, names []string, pointer string) {
	if len(names) == 0 || len(names) > MaxInKey {
		d.wrong(pointer, "items", "must name 1 to 16 columns")
	}
	for i, n := range names {
		at := pointer + "/" + strconv.Itoa(i)
		c, ok := known[strings.ToLower(n)]
		switch {
		case !ok || c.Name != n:
			d.wrong(at, "unknown_column", "is no column of the table")
		case slices.Index(names, n) != i:
			d.wrong(at, "duplicate", "must be given once")
		case c.Type.Name == "json":
			d.wrong(at, "type", "must not be of the type json, which has no order")
		}
	}
}

func (d *definer) newColumn(in ColumnDefinition, at string) NewColumn {
	d.column(in.Name, at+"/name")
	t, ok := ParseType(in.Type)
	if !ok {
		d.wrong(at+"/type", "type", "must be a type of the list in the documentation")
		return NewColumn{Name: in.Name}
	}
	out := NewColumn{Name: in.Name, Type: t, Nullable: in.Nullable == nil || *in.Nullable}
	if in.Primary && in.Nullable != nil && *in.Nullable {
		d.wrong(at+"/nullable", "contradiction", "must not be true for a column of the primary key")
	}
	if t.Serial {
		out.Nullable = false
	}
	if in.Default == nil {
		return out
	}
	if t.Serial {
		d.wrong(at+"/default", "contradiction", "must be absent where the database numbers the rows")
		return out
	}
	if text, is := in.Default.(string); is {
		if f, known := functions[strings.ToLower(strings.TrimSpace(text))]; known {
			if !slices.Contains(f.kinds, t.Kind) {
				d.wrong(at+"/default", "type", "must be a function for columns of this type")
			}
			out.Default = &Default{Function: f.name}
			return out
		}
	}
	value, ok := literal(t.Kind, in.Default)
	if !ok {
		d.wrong(at+"/default", "type", "must be a value of the column's type, of 8,192 bytes at most")
		return out
	}
	out.Default = &Default{Literal: value}
	return out
}

// operators of checks, with how many values each takes; -1: a list.
var operators = map[string]int{
	"eq": 1, "neq": 1, "gt": 1, "gte": 1, "lt": 1, "lte": 1, "in": -1, "is": 0, "minLength": 0, "maxLength": 0,
}

// condition reads the condition of a check.
func (d *definer) condition(known map[string]NewColumn, in map[string]any, at string, depth int, left *int) Condition {
	var all []Condition
	if depth > maxDeep || len(in) == 0 {
		d.wrong(at, "where", "must have a condition, and be nested 8 times at most")
		return Condition{}
	}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		here := at + "/" + pointerToken(name)
		if *left--; *left < 0 {
			d.wrong(at, "where", "must have 100 conditions at most")
			return Condition{}
		}
		switch name {
		case "and", "or":
			list, _ := in[name].([]any)
			if len(list) == 0 || len(list) > maxWhere {
				d.wrong(here, "where", "must be a list of conditions")
				continue
			}
			var each []Condition
			for i, item := range list {
				m, _ := item.(map[string]any)
				each = append(each, d.condition(known, m, here+"/"+strconv.Itoa(i), depth+1, left))
			}
			if name == "and" {
				all = append(all, Condition{And: each})
			} else {
				all = append(all, Condition{Or: each})
			}
		case "not":
			m, _ := in[name].(map[string]any)
			within := d.condition(known, m, here, depth+1, left)
			all = append(all, Condition{Not: &within})
		default:
			c, ok := known[strings.ToLower(name)]
			if !ok || c.Name != name {
				d.wrong(here, "unknown_column", "is no column of the table")
				continue
			}
			ops, _ := in[name].(map[string]any)
			if len(ops) == 0 {
				d.wrong(here, "where", "must be an object of operators")
			}
			for _, op := range slices.Sorted(maps.Keys(ops)) {
				all = append(all, d.comparison(c, op, ops[op], here+"/"+pointerToken(op)))
			}
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return Condition{And: all}
}

func (d *definer) comparison(c NewColumn, op string, value any, at string) Condition {
	n, ok := operators[op]
	out := Condition{Column: c.Name, Kind: c.Type.Kind, Op: op}
	if !ok {
		d.wrong(at, "operator", "must be eq, neq, gt, gte, lt, lte, in, is, minLength or maxLength")
		return out
	}
	comparable := c.Type.Kind != JSON && c.Type.Kind != Array && c.Type.Kind != Bytes && c.Type.Kind != Interval
	switch {
	case op == "is":
		if value != "null" && value != "not_null" {
			d.wrong(at, "value", "must be null or not_null, as a string")
			return out
		}
		out.Op, _ = value.(string)
	case op == "minLength" || op == "maxLength":
		length, ok := literal(Integer, value)
		if c.Type.Kind != Text || !ok || strings.HasPrefix(length, "-") {
			d.wrong(at, "value", "must be a number of characters, for a column of text")
		}
		out.Values = []string{length}
	case !comparable:
		d.wrong(at, "operator", "cannot be used with a column of this type")
	case n == 1:
		text, ok := literal(c.Type.Kind, value)
		if !ok {
			d.wrong(at, "value", "must be a value of the column's type")
		}
		out.Values = []string{text}
	default:
		list, _ := value.([]any)
		if len(list) == 0 || len(list) > maxWhere {
			d.wrong(at, "value", "must be a list of 1 to 100 values")
		}
		for i, v := range list {
			text, ok := literal(c.Type.Kind, v)
			if !ok {
				d.wrong(at+"/"+strconv.Itoa(i), "value", "must be a value of the column's type")
			}
			out.Values = append(out.Values, text)
		}
	}
	return out
}

func pointerToken(s string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(s) }

// actions are what can happen to a row whose other one is deleted.
var actions = []string{"", "NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"}

// refer checks a foreign key against the table that it leads to, which may be the new one.
func (d *definer) refer(f *ForeignKey, own map[string]NewColumn, self NewTable) error {
	f.OnDelete = strings.ToUpper(f.OnDelete)
	if !slices.Contains(actions, f.OnDelete) {
		return fault.Invalid(fault.Violation{
			In: fault.InBody, Pointer: "/foreignKeys", Code: "enum", Message: "must have an action of the list",
		})
	}
	if f.OnDelete == "" {
		f.OnDelete = "NO ACTION"
	}
	f.OnUpdate = "NO ACTION"
	if len(f.Columns) != len(f.References) {
		return impossible("A foreign key needs as many columns as it refers to.")
	}
	kinds := map[string]string{}
	var keys []Key
	if f.Table == self.Name {
		for _, c := range self.Columns {
			kinds[c.Name] = c.Type.Name
		}
		if self.Primary != nil {
			keys = append(keys, *self.Primary)
		}
		keys = append(keys, self.Unique...)
	} else {
		t, ok := d.catalogue.Table(f.Table)
		if !ok || t.View || f.Table == d.table && self.Name != "" { // it has another name now
			return impossible("A foreign key refers to a table that the workspace does not have.")
		}
		for _, c := range t.Columns {
			kinds[c.Name] = c.Type
		}
		keys = t.keys()
	}
	for i, name := range f.References {
		there, ok := kinds[name]
		if !ok {
			return impossible("A foreign key refers to a column that the table does not have.")
		}
		if here := own[strings.ToLower(f.Columns[i])]; KindOf(there) != here.Type.Kind {
			return impossible("A foreign key refers to a column of another type.")
		}
	}
	for _, k := range keys {
		if len(k.Columns) == len(f.References) && !slices.ContainsFunc(k.Columns, func(s string) bool {
			return !slices.Contains(f.References, s)
		}) {
			return nil
		}
	}
	return impossible("A foreign key refers to columns that are no key of their table.")
}

func impossible(message string) error {
	return &fault.Error{Code: fault.RuleBroken, Reason: "reference_impossible", Message: message}
}

func tableExists() error {
	return &fault.Error{
		Code: fault.Conflict, Reason: "table_exists",
		Message: "The workspace has a table, a key or an index with this name, maybe in other case.",
	}
}

// NoTable is the error of a table that is not there.
func NoTable() error { return fault.NewNotFound("table") }

// Alter returns the changes that alter a table.
func Alter(c *Catalogue, table string, in Alteration) ([]Change, error) {
	t, ok := c.Table(table)
	if !ok || t.View {
		return nil, NoTable()
	}
	d := newDefiner(c, table)
	var out []Change
	columns := map[string]NewColumn{}
	for _, col := range t.Columns {
		columns[strings.ToLower(col.Name)] = NewColumn{
			Name: col.Name, Type: Type{Name: col.Type, Kind: col.Kind}, Nullable: col.Nullable,
		}
	}
	name := table
	if in.Name != "" && in.Name != table {
		d.tableName(in.Name, "/name")
		if d.taken[strings.ToLower(in.Name)] && !strings.EqualFold(in.Name, table) {
			return nil, tableExists()
		}
		out = append(out, RenameTable{table, in.Name})
		name = in.Name
	}
	for i, r := range in.RenameColumns {
		at := "/renameColumns/" + strconv.Itoa(i)
		old, ok := columns[strings.ToLower(r.From)]
		if !ok || old.Name != r.From {
			d.wrong(at+"/from", "unknown_column", "is no column of the table")
			continue
		}
		d.column(r.To, at+"/to")
		delete(columns, strings.ToLower(r.From))
		if _, taken := columns[strings.ToLower(r.To)]; taken {
			d.wrong(at+"/to", "duplicate", "is the name of another column")
		}
		old.Name = r.To
		columns[strings.ToLower(r.To)] = old
		out = append(out, RenameColumn{name, r.From, r.To})
	}
	if err := d.err(); err != nil {
		return nil, err
	}
	for i, n := range in.DropColumns {
		col, ok := columns[strings.ToLower(n)]
		if !ok || col.Name != n {
			d.wrong("/dropColumns/"+strconv.Itoa(i), "unknown_column", "is no column of the table")
			continue
		}
		delete(columns, strings.ToLower(n))
		out = append(out, DropColumn{name, n})
	}
	if err := c.droppable(table, in); err != nil {
		return nil, err
	}
	for i, n := range in.DropIndexes {
		if !slices.ContainsFunc(t.Indexes, func(x Index) bool { return x.Name == n }) {
			d.wrong("/dropIndexes/"+strconv.Itoa(i), "unknown_index", "is no index of the table")
			continue
		}
		delete(d.taken, strings.ToLower(n))
		out = append(out, DropIndex{name, n})
	}
	if len(columns)+len(in.AddColumns) > MaxColumns {
		d.wrong("/addColumns", "max_items", "would be more than 200 columns of the table")
	}
	if len(columns)+len(in.AddColumns) == 0 {
		d.wrong("/dropColumns", "min_items", "must leave a column")
	}
	if len(t.Indexes)+len(in.AddIndexes) > MaxKeys+len(in.DropIndexes) {
		d.wrong("/addIndexes", "max_items", "would be more than 32 indexes of the table")
	}
	for i, col := range in.AddColumns {
		at := "/addColumns/" + strconv.Itoa(i)
		add, err := d.addColumn(columns, t.altered(name, columns, in), col, at)
		if err != nil {
			return nil, err
		}
		out = append(out, add)
	}
	for i, x := range in.AddIndexes {
		at := "/addIndexes/" + strconv.Itoa(i)
		d.columns(columns, x.Columns, at+"/columns")
		x.Name = d.called(x.Name, at, "idx", d.taken, append([]string{name}, x.Columns...)...)
		out = append(out, AddIndex{name, x})
	}
	return out, d.err()
}

func (d *definer) addColumn(
	columns map[string]NewColumn, self NewTable, in ColumnDefinition, at string,
) (Change, error) {
	table := self.Name
	made := d.newColumn(in, at)
	if _, taken := columns[strings.ToLower(in.Name)]; taken {
		d.wrong(at+"/name", "duplicate", "is the name of another column")
	}
	if in.Primary {
		d.wrong(at+"/primaryKey", "primary_key", "must be false: a table has the primary key that it was made with")
	}
	if made.Type.Serial {
		d.wrong(at+"/type", "serial", "must be the primary key to be numbered by the database")
	}
	columns[strings.ToLower(in.Name)] = made
	add := AddColumn{Table: table, Column: made}
	if in.Unique {
		add.Unique = &Key{Name: d.called("", at, "key", d.taken, table, in.Name), Columns: []string{in.Name}}
	}
	if f := in.Refers; f != nil && d.err() == nil {
		key := ForeignKey{
			Name: d.called("", at, "fkey", d.names, table, in.Name), Columns: []string{in.Name}, Table: f.Table,
			References: f.References, OnDelete: f.OnDelete,
		}
		if err := d.refer(&key, columns, self); err != nil {
			return nil, err
		}
		add.Foreign = &key
	}
	return add, nil
}

// altered is the table by its new name, with the keys that it has after its columns were renamed.
func (t *Table) altered(name string, columns map[string]NewColumn, in Alteration) NewTable {
	self := NewTable{Name: name}
	for _, c := range columns {
		self.Columns = append(self.Columns, c)
	}
	for _, k := range t.keys() {
		k.Columns = slices.Clone(k.Columns)
		for i, c := range k.Columns {
			for _, r := range in.RenameColumns {
				if r.From == c {
					k.Columns[i] = r.To
				}
			}
		}
		self.Unique = append(self.Unique, k)
	}
	return self
}

// droppable refuses to drop columns that other tables refer to.
func (c *Catalogue) droppable(table string, in Alteration) error {
	before := map[string]string{}
	for _, r := range in.RenameColumns {
		before[r.To] = r.From
	}
	for _, n := range in.DropColumns {
		if old := before[n]; old != "" {
			n = old
		}
		for _, name := range c.names {
			for _, f := range c.tables[name].Foreign {
				if f.Table == table && slices.Contains(f.References, n) {
					return inUse()
				}
			}
		}
	}
	return nil
}

// Drop returns the change that deletes a table. One that another table refers to stays.
func Drop(c *Catalogue, table string) (Change, error) {
	t, ok := c.Table(table)
	if !ok || t.View {
		return nil, NoTable()
	}
	for _, name := range c.names {
		for _, f := range c.tables[name].Foreign {
			if f.Table == table && name != table {
				return nil, inUse()
			}
		}
	}
	return DropTable{t.Name}, nil
}

func inUse() error {
	return &fault.Error{
		Code: fault.RuleBroken, Reason: "table_referenced",
		Message: "Another table refers to it. Delete that table, or its column, first.",
	}
}
