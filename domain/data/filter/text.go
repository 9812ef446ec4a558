package filter

import (
	"errors"
	"strconv"
	"strings"
)

// Field reads the name of a parameter that filters: a column, with arrows, after the embedded resources that it is
// of, such as clients.projects.name.
func Field(name string) (embedded []string, p Path, err error) {
	s := NewScanner("tree path", name)
	for {
		if p, err = s.Path(); err != nil {
			return nil, Path{}, of(err, name)
		}
		if s.Done() {
			return embedded, p, nil
		}
		if len(p.Steps) > 0 || !s.Take(".") {
			return nil, Path{}, of(s.Fail("delimiter (.) or end of input"), name)
		}
		if embedded = append(embedded, p.Column); len(embedded) > MaxDepth {
			return nil, Path{}, of(s.Fail("fewer embedded resources"), name)
		}
	}
}

// Operation reads what a parameter compares with, such as not.in.(1,2). Param is the parameter's name, for errors.
func Operation(param string, p Path, value string) (Compare, error) {
	s := NewScanner("filter", value)
	c := Compare{Path: p}
	if err := s.operation(&c, false); err != nil {
		return Compare{}, of(err, param)
	}
	return c, nil
}

// Logic reads a parameter whose name ends with and, or, not.and or not.or, and its value in brackets.
func Logic(param, value string) (embedded []string, g Group, err error) {
	s := NewScanner("logic path", param)
	var names []string
	for {
		name, err := s.Name()
		if err != nil {
			return nil, Group{}, of(err, param)
		}
		names = append(names, name)
		if s.Done() {
			break
		}
		if !s.Take(".") {
			return nil, Group{}, of(s.Fail("delimiter (.)"), param)
		}
	}
	op := names[len(names)-1]
	for _, name := range names[:len(names)-1] {
		if name == "not" {
			g.Negated = true
		} else {
			embedded = append(embedded, name)
		}
	}
	g.Or = op == "or"
	s = NewScanner("logic tree", value)
	left := MaxConditions
	if g.Of, err = s.conditions(1, &left); err != nil {
		return nil, Group{}, of(err, param)
	}
	if !s.Done() {
		return nil, Group{}, of(s.Fail("end of input"), param)
	}
	return embedded, g, nil
}

// of says in which parameter an error is.
func of(err error, param string) error {
	var e *SyntaxError
	if errors.As(err, &e) {
		e.Param = param
	}
	return err
}

// conditions reads conditions in brackets with commas between them.
func (s *Scanner) conditions(depth int, left *int) ([]Condition, error) {
	if depth > MaxDepth {
		return nil, s.Fail("at most " + strconv.Itoa(MaxDepth) + " groups within each other")
	}
	s.Space()
	if err := s.Need("("); err != nil {
		return nil, err
	}
	var out []Condition
	for {
		if *left--; *left < 0 {
			return nil, s.Fail("at most " + strconv.Itoa(MaxConditions) + " conditions")
		}
		s.Space()
		c, err := s.condition(depth, left)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
		s.Space()
		if s.Take(",") {
			continue
		}
		if err := s.Need(")"); err != nil {
			return nil, err
		}
		s.Space()
		return out, nil
	}
}

func (s *Scanner) condition(depth int, left *int) (Condition, error) {
	mark := s.Mark()
	g := Group{Negated: s.Take("not.")}
	if g.Or = s.Take("or"); g.Or || s.Take("and") {
		s.Space()
		if s.Next("(") {
			var err error
			g.Of, err = s.conditions(depth+1, left)
			return g, err
		}
	}
	s.Return(mark)
	var c Compare
	var err error
	if c.Path, err = s.Path(); err != nil {
		return nil, err
	}
	if !s.Take(".") {
		return nil, s.Fail("delimiter (.) or logic operator (and, or)")
	}
	if err := s.operation(&c, true); err != nil {
		return nil, err
	}
	return c, nil
}

const operatorExpected = `"not" or operator (eq, gt, ...)`

// operation reads an operator and its values. Within a logic tree a value ends with a comma or a bracket.
func (s *Scanner) operation(c *Compare, within bool) error {
	c.Negated = s.Take("not.")
	mark := s.Mark()
	c.Op = Op(s.while(func(r rune) bool { return r >= 'a' && r <= 'z' }))
	form, ok := operators[c.Op]
	if !ok {
		s.Return(mark)
		return s.Fail(operatorExpected)
	}
	if s.Next("(") {
		if err := s.brackets(c, form); err != nil {
			return err
		}
	}
	if !s.Take(".") {
		return s.Fail("delimiter (.)")
	}
	switch form {
	case list:
		return s.list(c, within)
	case is:
		return s.truth(c, within)
	}
	value, err := s.value(within)
	if err != nil {
		return err
	}
	if c.Quantifier == One {
		c.Values = []string{value}
		return nil
	}
	c.Values, ok = Array(value)
	if !ok || len(c.Values) > MaxValues {
		return s.Fail("a list in braces, such as {1,2}")
	}
	return nil
}

// brackets reads (any), (all) or the configuration of a text search.
func (s *Scanner) brackets(c *Compare, form shape) error {
	mark := s.Mark()
	s.Take("(")
	switch {
	case form == quantified && s.Take("any)"):
		c.Quantifier = Any
	case form == quantified && s.Take("all)"):
		c.Quantifier = All
	case form == search:
		var err error
		if c.Config, err = s.Identifier(); err != nil {
			return err
		}
		return s.Need(")")
	default:
		s.Return(mark)
		return s.Fail("delimiter (.)")
	}
	return nil
}

// truth reads a value of Is, in any case.
func (s *Scanner) truth(c *Compare, within bool) error {
	mark := s.Mark()
	word := strings.ToLower(s.while(func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
	}))
	switch word {
	case IsNull, IsNotNull, IsTrue, IsFalse, IsUnknown:
	default:
		s.Return(mark)
		return s.Fail("isVal: (null, not_null, true, false, unknown)")
	}
	if !within && !s.Done() {
		return s.Fail("end of input")
	}
	c.Values = []string{word}
	return nil
}

// list reads the values of In.
func (s *Scanner) list(c *Compare, within bool) error {
	s.Space()
	if err := s.Need("("); err != nil {
		return err
	}
	s.Space()
	for {
		value, err := s.element()
		if err != nil {
			return err
		}
		if c.Values = append(c.Values, value); len(c.Values) > MaxValues {
			return s.Fail("at most " + strconv.Itoa(MaxValues) + " values")
		}
		if s.Take(",") {
			continue
		}
		if err := s.Need(")"); err != nil {
			return err
		}
		if s.Space(); !within && !s.Done() {
			return s.Fail("end of input")
		}
		if len(c.Values) == 1 && c.Values[0] == "" {
			c.Values = []string{}
		}
		return nil
	}
}

// element reads a value up to a comma or a bracket. What begins with a quote and does not end with one is taken
// as it is.
func (s *Scanner) element() (string, error) {
	mark := s.Mark()
	if s.Next(`"`) {
		if quoted, err := s.Quoted(); err == nil && (s.Done() || s.Next(",") || s.Next(")")) {
			return quoted, nil
		}
		s.Return(mark)
	}
	return s.while(func(r rune) bool { return r != ',' && r != ')' }), nil
}

func (s *Scanner) value(within bool) (string, error) {
	if !within {
		rest := s.Rest()
		s.at = len(s.text)
		return rest, nil
	}
	mark := s.Mark()
	if s.Take("{") {
		s.while(func(r rune) bool { return r != '{' && r != '}' })
		if s.Take("}") {
			return s.text[mark:s.at], nil
		}
		s.Return(mark)
	}
	return s.element()
}

// Array reads PostgreSQL's form of a list, such as {1,"a b",c}. It has no lists within lists and no NULL.
func Array(text string) ([]string, bool) {
	s := NewScanner("array", strings.TrimSpace(text))
	if !s.Take("{") {
		return nil, false
	}
	out := []string{}
	if s.Space(); s.Take("}") {
		return out, s.Done()
	}
	for {
		s.Space()
		if s.Next(`"`) {
			quoted, err := s.Quoted()
			if err != nil {
				return nil, false
			}
			out = append(out, quoted)
		} else {
			plain := strings.TrimSpace(s.while(func(r rune) bool { return !strings.ContainsRune(`{},"`, r) }))
			if plain == "" || strings.EqualFold(plain, "null") {
				return nil, false
			}
			out = append(out, plain)
		}
		if s.Space(); s.Take(",") {
			continue
		}
		return out, s.Take("}") && s.Done()
	}
}
