// Package filter is the tree of conditions that rows are chosen by, with the operators of PostgREST. It is parsed
// from the text of query strings (Operation, Logic) and from JSON (Parse), and engines render it: a condition names a
// column and has values as text, and no database is known here.
package filter

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// What one request may have. More than that is a SyntaxError.
const (
	MaxDepth      = 16    // groups within groups
	MaxConditions = 500   // comparisons and groups
	MaxValues     = 10000 // of one list
)

// Condition is a Group or a Compare.
type Condition interface{ condition() }

// Group holds when all its conditions hold or, with Or, when one of them does.
type Group struct {
	Or      bool
	Negated bool
	Of      []Condition
}

// Compare compares one column, or a value within it, with values.
type Compare struct {
	Path       Path
	Op         Op
	Negated    bool
	Quantifier Quantifier
	// Config is the text search configuration of Fts, Plfts, Phfts and Wfts. It may be empty.
	Config string
	// Values is one value, or a list for In and for Any and All. Is has one of the Is constants.
	Values []string
}

func (Group) condition()   {}
func (Compare) condition() {}

// Op is an operator by PostgREST's name.
type Op string

// The operators.
const (
	Eq         Op = "eq"
	Neq        Op = "neq"
	Gt         Op = "gt"
	Gte        Op = "gte"
	Lt         Op = "lt"
	Lte        Op = "lte"
	Like       Op = "like"
	ILike      Op = "ilike"
	Match      Op = "match"
	IMatch     Op = "imatch"
	In         Op = "in"
	Is         Op = "is"
	IsDistinct Op = "isdistinct"
	Fts        Op = "fts"
	Plfts      Op = "plfts"
	Phfts      Op = "phfts"
	Wfts       Op = "wfts"
	Cs         Op = "cs"  // contains
	Cd         Op = "cd"  // is contained in
	Ov         Op = "ov"  // overlaps
	Sl         Op = "sl"  // strictly left of
	Sr         Op = "sr"  // strictly right of
	Nxr        Op = "nxr" // does not extend to the right of
	Nxl        Op = "nxl" // does not extend to the left of
	Adj        Op = "adj" // adjacent to
)

// The values of Is.
const (
	IsNull    = "null"
	IsNotNull = "not_null"
	IsTrue    = "true"
	IsFalse   = "false"
	IsUnknown = "unknown"
)

// Quantifier makes a comparison one with several values.
type Quantifier int

// The quantifiers.
const (
	One Quantifier = iota
	Any
	All
)

// shape says what may follow an operator's name.
type shape int

const (
	simple     shape = iota // one value
	quantified              // one value, or any and all of several
	list                    // in
	is                      // one of the Is constants
	search                  // a text search: a configuration in brackets, and one value
)

var operators = map[Op]shape{
	Eq: quantified, Neq: simple, Gt: quantified, Gte: quantified, Lt: quantified, Lte: quantified, Like: quantified,
	ILike: quantified, Match: quantified, IMatch: quantified, In: list, Is: is, IsDistinct: simple, Fts: search,
	Plfts: search, Phfts: search, Wfts: search, Cs: simple, Cd: simple, Ov: simple, Sl: simple, Sr: simple, Nxr: simple,
	Nxl: simple, Adj: simple,
}

// Path names a column and, when it has steps, a value within its JSON.
type Path struct {
	Column string
	Steps  []Step
}

// Step goes into a JSON value, by a key or an index.
type Step struct {
	Key   string
	Index int
	// ByIndex reports whether Index counts and Key does not.
	ByIndex bool
	// Text is the arrow ->>, whose result is text; the result of -> is JSON.
	Text bool
}

// Last is the last key of the path: what a value that was read through the path is called.
func (p Path) Last() string {
	for i := len(p.Steps) - 1; i >= 0; i-- {
		if !p.Steps[i].ByIndex {
			return p.Steps[i].Key
		}
	}
	return p.Column
}

// SyntaxError says what was read where it went wrong. It never has a part of a value.
type SyntaxError struct {
	What string // filter, logic tree, select parameter, order, …
	// Param is the parameter of the query it was in, or the pointer within a JSON text.
	Param      string
	Column     int    // from 1, in characters
	Unexpected string // one character in quotes, or end of input; empty when it does not matter
	Expected   string // in words
}

// Error returns all of it as one line.
func (e *SyntaxError) Error() string { return e.Message() + ": " + e.Details() }

// Message says what could not be parsed, and where.
func (e *SyntaxError) Message() string {
	return fmt.Sprintf("\"failed to parse %s\" (line 1, column %d)", e.What, e.Column)
}

// Details says what was found, and what would have been accepted.
func (e *SyntaxError) Details() string {
	if e.Unexpected == "" {
		return "expecting " + e.Expected
	}
	return "unexpected " + e.Unexpected + " expecting " + e.Expected
}

// unexpected describes what the text goes on with.
func unexpected(rest string) string {
	if rest == "" {
		return "end of input"
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return strconv.Quote(string(r))
}
