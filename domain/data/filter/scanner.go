package filter

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Scanner reads the parts that filters, orders and selections have in common.
type Scanner struct {
	text string
	at   int
	what string
}

// NewScanner reads a text from its beginning. What is what errors call it.
func NewScanner(what, text string) *Scanner { return &Scanner{text: text, what: what} }

// Rest is what has not been read.
func (s *Scanner) Rest() string { return s.text[s.at:] }

// Done reports whether everything has been read.
func (s *Scanner) Done() bool { return s.at == len(s.text) }

// Fail is an error at the place that the scanner has come to.
func (s *Scanner) Fail(expected string) *SyntaxError {
	return &SyntaxError{
		What: s.what, Column: utf8.RuneCountInString(s.text[:s.at]) + 1, Unexpected: unexpected(s.Rest()),
		Expected: expected,
	}
}

// Next reports whether the text goes on with what is given.
func (s *Scanner) Next(literal string) bool { return strings.HasPrefix(s.Rest(), literal) }

// Take reads what is given, when the text goes on with it.
func (s *Scanner) Take(literal string) bool {
	if !s.Next(literal) {
		return false
	}
	s.at += len(literal)
	return true
}

// Need reads what is given, or fails.
func (s *Scanner) Need(literal string) error {
	if !s.Take(literal) {
		return s.Fail(strconv.Quote(literal))
	}
	return nil
}

// Space reads blanks and tabs.
func (s *Scanner) Space() {
	for s.at < len(s.text) && (s.text[s.at] == ' ' || s.text[s.at] == '\t') {
		s.at++
	}
}

// Mark is a place that Return goes back to.
func (s *Scanner) Mark() int { return s.at }

// Return goes back to a place.
func (s *Scanner) Return(mark int) { s.at = mark }

// while reads the characters that a function accepts.
func (s *Scanner) while(accept func(r rune) bool) string {
	from := s.at
	for s.at < len(s.text) {
		r, n := utf8.DecodeRuneInString(s.Rest())
		if !accept(r) {
			break
		}
		s.at += n
	}
	return s.text[from:s.at]
}

func identifier(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '$' || r == ' ' || unicode.IsMark(r)
}

func key(r rune) bool { return !strings.ContainsRune("(-:.,>)", r) }

// Quoted reads a text in double quotes, in which a backslash stands before a quote or another backslash.
func (s *Scanner) Quoted() (string, error) {
	if err := s.Need(`"`); err != nil {
		return "", err
	}
	var b strings.Builder
	for s.at < len(s.text) {
		r, n := utf8.DecodeRuneInString(s.Rest())
		s.at += n
		switch {
		case r == '"':
			return b.String(), nil
		case r == '\\' && s.at < len(s.text):
			_, n = utf8.DecodeRuneInString(s.Rest())
			s.at += n
			b.WriteString(s.text[s.at-n : s.at])
		default:
			b.WriteString(s.text[s.at-n : s.at])
		}
	}
	return "", s.Fail(`"\""`)
}

// Name reads the name of a column, a table or an alias: letters, digits, _, $, blanks and hyphens, or any text in
// quotes.
func (s *Scanner) Name() (string, error) {
	const expected = "field name (* or [a..z0..9_$])"
	if s.Next(`"`) {
		return s.Quoted()
	}
	name, ok := s.dashed(identifier)
	if !ok {
		return "", s.Fail(expected)
	}
	return name, nil
}

// Identifier reads the name of a type or of a text search configuration.
func (s *Scanner) Identifier() (string, error) {
	name := strings.TrimSpace(s.while(identifier))
	if name == "" {
		return "", s.Fail("letter or digit")
	}
	return name, nil
}

// dashed reads runs of characters with hyphens between them. A hyphen before > is an arrow's.
func (s *Scanner) dashed(accept func(r rune) bool) (string, bool) {
	part := s.while(accept)
	if part == "" {
		return "", false
	}
	name := strings.TrimSpace(part)
	for s.Next("-") && !s.Next("->") {
		mark := s.at
		s.at++
		if part = s.while(accept); part == "" {
			s.at = mark
			break
		}
		name += "-" + strings.TrimSpace(part)
	}
	return name, true
}

// Path reads a name and the arrows after it.
func (s *Scanner) Path() (Path, error) {
	s.Space()
	name, err := s.Name()
	if err != nil {
		return Path{}, err
	}
	p := Path{Column: name}
	for s.Next("->") {
		if len(p.Steps) == MaxDepth {
			return Path{}, s.Fail("at most " + strconv.Itoa(MaxDepth) + " arrows")
		}
		step, err := s.step()
		if err != nil {
			return Path{}, err
		}
		p.Steps = append(p.Steps, step)
	}
	s.Space()
	return p, nil
}

func (s *Scanner) step() (Step, error) {
	step := Step{Text: s.Take("->>")}
	if !step.Text {
		s.Take("->")
	}
	mark := s.at
	s.Take("-")
	digits := s.while(func(r rune) bool { return r >= '0' && r <= '9' })
	if digits != "" && (s.Done() || s.Next("->") || s.Next("::") || strings.ContainsRune(".,)", rune(s.text[s.at]))) {
		if n, err := strconv.ParseInt(s.text[mark:s.at], 10, 32); err == nil {
			step.Index, step.ByIndex = int(n), true
			return step, nil
		}
	}
	if s.at = mark; s.Next("-") {
		s.at++
		return Step{}, s.Fail("digit")
	}
	if s.Next(`"`) {
		quoted, err := s.Quoted()
		step.Key = quoted
		return step, err
	}
	name, ok := s.dashed(key)
	if !ok {
		return Step{}, s.Fail(`"-", digit or any non reserved character different from: .,>()`)
	}
	step.Key = name
	return step, nil
}
