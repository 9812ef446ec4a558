// Package rows is the relational data of a workspace: its catalogue of tables, queries in PostgREST's grammar,
// the plans that are made of both, and the interface of the engines that run them.
//
// Nothing of a query becomes a name in a statement: a plan holds names of the catalogue and values to bind.
package rows

import (
	"cmp"
	"slices"
	"strings"
)

// Kind says how the values of a type are compared, read and shown.
type Kind int

// The kinds.
const (
	Other Kind = iota // a type that has no kind of its own, such as a range: only PostgreSQL knows it
	Text              // text, character varying, character
	Integer
	Decimal // numeric
	Float
	Boolean
	UUID
	Date
	Time
	Timestamp   // without a time zone
	TimestampTZ // with a time zone
	Interval
	JSON
	Bytes
	Enum
	Array
)

// Column is one column of a table.
type Column struct {
	Name     string
	Type     string // as PostgreSQL writes it: integer, character varying(20), numeric(10,2), integer[]
	Kind     Kind
	Nullable bool
	// Default is the expression of the default as the database shows it, empty without one. It comes from the
	// database and never from a query. An identity column has none: see Identity.
	Default string
	// Shown is the default as callers are shown it; empty: as Default is.
	Shown     string
	Identity  bool     // the database numbers the rows: generated as identity, serial, INTEGER PRIMARY KEY
	Generated bool     // computed, so that it cannot be written
	Values    []string // of an enum
	Comment   string
}

// Key is a primary key or a unique constraint.
type Key struct {
	Name    string
	Columns []string
}

// ForeignKey is a reference to a table of the same workspace.
type ForeignKey struct {
	Name       string // of the constraint
	Columns    []string
	Table      string   // that is referred to
	References []string // its columns, one for each of Columns
	OnDelete   string   // NO ACTION, RESTRICT, CASCADE, SET NULL, SET DEFAULT
	OnUpdate   string
}

// Check is a condition that every row meets.
type Check struct {
	Name       string
	Expression string // as the database shows it
}

// Index is an index that is no constraint.
type Index struct {
	Name    string
	Columns []string
	Unique  bool
}

// Table is one table, or a view.
type Table struct {
	Name    string
	View    bool
	Columns []Column
	Primary *Key // nil without one
	Unique  []Key
	Foreign []ForeignKey
	Checks  []Check
	Indexes []Index
	Comment string

	columns map[string]int
}

// Column finds a column by its exact name.
func (t *Table) Column(name string) (*Column, bool) {
	i, ok := t.columns[name]
	if !ok {
		return nil, false
	}
	return &t.Columns[i], true
}

// Cardinality says how many rows of the other table belong to one row.
type Cardinality int

// The cardinalities, with PostgREST's names for them.
const (
	ManyToOne Cardinality = iota
	OneToOne
	OneToMany
	ManyToMany
)

// String returns PostgREST's name of the cardinality.
func (c Cardinality) String() string {
	return [...]string{"many-to-one", "one-to-one", "one-to-many", "many-to-many"}[c]
}

// ToOne reports whether one row has at most one row of the other table.
func (c Cardinality) ToOne() bool { return c == ManyToOne || c == OneToOne }

// Relationship is a way from one table to another, or to itself.
type Relationship struct {
	Cardinality Cardinality
	From, To    string
	// Name is the constraint. A relationship of many to many has the names of two in Junction.
	Name string
	// FromColumns and ToColumns are joined in pairs. Through a junction they are joined with its columns.
	FromColumns, ToColumns []string
	Junction               *Junction
	// Parent reports whether the foreign key is in the other table.
	Parent bool
}

// Junction is the table between two tables of a relationship of many to many.
type Junction struct {
	Table            string
	FromName, ToName string   // constraints
	FromColumns      []string // of the junction, in pairs with Relationship.FromColumns
	ToColumns        []string // of the junction, in pairs with Relationship.ToColumns
}

// Catalogue is what a workspace has: tables by name, and the ways between them.
type Catalogue struct {
	tables        map[string]*Table
	names         []string
	relationships map[string][]Relationship // by the table they come from
	// Version changes with the tables: plans and statements may be kept for as long as it stays.
	Version string
	// Schema is where the tables are, for an engine that needs to say so; empty otherwise.
	Schema string
}

// NewCatalogue makes a catalogue of tables. It finds the relationships in their foreign keys, and takes the tables
// over: nobody changes them afterwards.
func NewCatalogue(version, schema string, tables []Table) *Catalogue {
	c := &Catalogue{tables: map[string]*Table{}, Version: version, Schema: schema}
	for i := range tables {
		t := &tables[i]
		t.columns = make(map[string]int, len(t.Columns))
		for j := range t.Columns {
			t.columns[t.Columns[j].Name] = j
		}
		c.tables[t.Name] = t
		c.names = append(c.names, t.Name)
	}
	slices.Sort(c.names)
	c.relate()
	return c
}

// Table finds a table by its exact name.
func (c *Catalogue) Table(name string) (*Table, bool) {
	t, ok := c.tables[name]
	return t, ok
}

// Names are the names of all tables, sorted.
func (c *Catalogue) Names() []string { return c.names }

// Relationships are the ways from a table, sorted.
func (c *Catalogue) Relationships(from string) []Relationship { return c.relationships[from] }

// relate finds the relationships: each foreign key is one in each direction, and a table that has two of them
// in its primary key is a junction.
func (c *Catalogue) relate() {
	c.relationships = map[string][]Relationship{}
	add := func(r Relationship) { c.relationships[r.From] = append(c.relationships[r.From], r) }
	for _, name := range c.names {
		t := c.tables[name]
		for _, f := range t.Foreign {
			if _, ok := c.tables[f.Table]; !ok {
				continue
			}
			there, back := ManyToOne, OneToMany
			if t.unique(f.Columns) {
				there, back = OneToOne, OneToOne
			}
			add(Relationship{
				Cardinality: there, From: name, To: f.Table, Name: f.Name, FromColumns: f.Columns, ToColumns: f.References,
			})
			add(Relationship{
				Cardinality: back, From: f.Table, To: name, Name: f.Name, FromColumns: f.References, ToColumns: f.Columns,
				Parent: true,
			})
		}
		c.join(t, add)
	}
	for _, list := range c.relationships {
		slices.SortStableFunc(list, func(a, b Relationship) int {
			return cmp.Or(strings.Compare(a.To, b.To), cmp.Compare(a.Cardinality, b.Cardinality),
				strings.Compare(a.Name, b.Name))
		})
	}
}

// join adds the relationships of many to many of which a table is the junction.
func (c *Catalogue) join(t *Table, add func(Relationship)) {
	if t.Primary == nil {
		return
	}
	within := func(f ForeignKey) bool {
		_, ok := c.tables[f.Table]
		return ok && !slices.ContainsFunc(f.Columns, func(s string) bool { return !slices.Contains(t.Primary.Columns, s) })
	}
	for i, a := range t.Foreign {
		for j, b := range t.Foreign {
			if i == j || !within(a) || !within(b) {
				continue
			}
			add(Relationship{
				Cardinality: ManyToMany, From: a.Table, To: b.Table, FromColumns: a.References, ToColumns: b.References,
				Junction: &Junction{
					Table: t.Name, FromName: a.Name, ToName: b.Name, FromColumns: a.Columns, ToColumns: b.Columns,
				},
			})
		}
	}
}

// unique reports whether the columns are exactly those of a key of the table.
func (t *Table) unique(columns []string) bool {
	same := func(k Key) bool {
		return len(k.Columns) == len(columns) &&
			!slices.ContainsFunc(k.Columns, func(s string) bool { return !slices.Contains(columns, s) })
	}
	return t.Primary != nil && same(*t.Primary) || slices.ContainsFunc(t.Unique, same)
}
