package validate

import (
	"regexp"
	"regexp/syntax"
	"unicode/utf8"
)

// pattern matches a schema's pattern. Most patterns of an API are anchored and can be
// decided by looking at one character at a time (an id with its prefix, a slug); those
// run on tables. The rest runs on the standard library's regexp.
type pattern struct {
	re   *regexp.Regexp
	fast []step
}

// step is one element of a fast pattern: a class or a group, repeated.
type step struct {
	class    *class
	group    [][]step // alternatives
	first    *class   // what the step can start with
	min, max int      // max -1: no limit
}

// class is a set of ASCII characters, and all others or none.
type class struct {
	ascii [utf8.RuneSelf]bool
	other bool
}

func (a *class) meets(b *class) bool {
	if a.other && b.other {
		return true
	}
	for i := range a.ascii {
		if a.ascii[i] && b.ascii[i] {
			return true
		}
	}
	return false
}

func (a *class) union(b *class) *class {
	u := *a
	for i := range b.ascii {
		u.ascii[i] = u.ascii[i] || b.ascii[i]
	}
	u.other = u.other || b.other
	return &u
}

func newPattern(expr string) (*pattern, error) {
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, err
	}
	p := &pattern{re: re}
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, err
	}
	if tree.Op == syntax.OpConcat && len(tree.Sub) >= 2 &&
		tree.Sub[0].Op == syntax.OpBeginText && tree.Sub[len(tree.Sub)-1].Op == syntax.OpEndText {
		if steps, ok := newSteps(tree.Sub[1 : len(tree.Sub)-1]); ok && deterministic(steps, &class{}) {
			p.fast = steps
			if p.fast == nil {
				p.fast = []step{}
			}
		}
	}
	return p, nil
}

func (p *pattern) match(b []byte) bool {
	if p.fast == nil {
		return p.re.Match(b)
	}
	n := run(p.fast, b, 0)
	return n == len(b)
}

// run returns the position after the steps, or -1.
func run(steps []step, b []byte, at int) int {
	for k := range steps {
		s := &steps[k]
		n := 0
		if s.class != nil {
			for s.max < 0 || n < s.max {
				if at >= len(b) {
					break
				}
				if c := b[at]; c < utf8.RuneSelf {
					if !s.class.ascii[c] {
						break
					}
					at++
				} else {
					if !s.class.other {
						break
					}
					_, size := utf8.DecodeRune(b[at:])
					at += size
				}
				n++
			}
		} else {
			for s.max < 0 || n < s.max {
				if at >= len(b) || !s.first.has(b[at]) {
					break
				}
				next := -1
				for _, alt := range s.group {
					if f := first(alt); f.has(b[at]) {
						next = run(alt, b, at)
						break
					}
				}
				if next < 0 {
					return -1
				}
				at = next
				n++
			}
		}
		if n < s.min {
			return -1
		}
	}
	return at
}

func (a *class) has(b byte) bool {
	if b < utf8.RuneSelf {
		return a.ascii[b]
	}
	return a.other
}

// first is what a sequence of steps can start with. Sequences in a group always start
// with a step that must be there, so that is its first step's.
func first(steps []step) *class { return steps[0].first }

// newSteps turns a sequence of the syntax tree into steps, when it is simple enough.
func newSteps(subs []*syntax.Regexp) ([]step, bool) {
	var steps []step
	for _, re := range subs {
		switch re.Op {
		case syntax.OpLiteral:
			if re.Flags&syntax.FoldCase != 0 {
				return nil, false
			}
			for _, r := range re.Rune {
				if r >= utf8.RuneSelf {
					return nil, false
				}
				c := &class{}
				c.ascii[r] = true
				steps = append(steps, step{class: c, first: c, min: 1, max: 1})
			}
		case syntax.OpEmptyMatch:
		case syntax.OpConcat:
			more, ok := newSteps(re.Sub)
			if !ok {
				return nil, false
			}
			steps = append(steps, more...)
		default:
			s, ok := newStep(re)
			if !ok {
				return nil, false
			}
			steps = append(steps, s)
		}
	}
	return steps, true
}

func newStep(re *syntax.Regexp) (step, bool) {
	switch re.Op {
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		c := &class{}
		runes := re.Rune
		switch re.Op {
		case syntax.OpAnyChar:
			runes = []rune{0, utf8.MaxRune}
		case syntax.OpAnyCharNotNL:
			runes = []rune{0, '\n' - 1, '\n' + 1, utf8.MaxRune}
		}
		for i := 0; i < len(runes); i += 2 {
			low, high := runes[i], runes[i+1]
			if high >= utf8.RuneSelf {
				if low > utf8.RuneSelf || high != utf8.MaxRune {
					return step{}, false
				}
				c.other = true
			}
			for r := low; r <= high && r < utf8.RuneSelf; r++ {
				c.ascii[r] = true
			}
		}
		return step{class: c, first: c, min: 1, max: 1}, true
	case syntax.OpCapture:
		return newStep(re.Sub[0])
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		if re.Flags&syntax.NonGreedy != 0 && re.Op == syntax.OpRepeat && re.Min == re.Max {
			return step{}, false
		}
		s, ok := newStep(re.Sub[0])
		if !ok {
			return s, false
		}
		if s.min != 1 || s.max != 1 {
			s = step{group: [][]step{{s}}, first: s.first, min: 1, max: 1}
		}
		switch re.Op {
		case syntax.OpStar:
			s.min, s.max = 0, -1
		case syntax.OpPlus:
			s.min, s.max = 1, -1
		case syntax.OpQuest:
			s.min, s.max = 0, 1
		default:
			s.min, s.max = re.Min, re.Max
		}
		return s, true
	case syntax.OpConcat, syntax.OpLiteral:
		steps, ok := newSteps([]*syntax.Regexp{re})
		if !ok || len(steps) == 0 {
			return step{}, false
		}
		if len(steps) == 1 {
			return steps[0], true
		}
		return step{group: [][]step{steps}, first: steps[0].first, min: 1, max: 1}, true
	case syntax.OpAlternate:
		s := step{first: &class{}, min: 1, max: 1}
		for _, sub := range re.Sub {
			alt, ok := newSteps([]*syntax.Regexp{sub})
			if !ok || len(alt) == 0 {
				return step{}, false
			}
			s.group = append(s.group, alt)
			s.first = s.first.union(alt[0].first)
		}
		return s, true
	}
	return step{}, false
}

// deterministic reports whether one character always decides what to do next: whether to
// repeat a step once more or go on, and which alternative to take. follow is what can
// come after the steps.
func deterministic(steps []step, follow *class) bool {
	for k := len(steps) - 1; k >= 0; k-- {
		s := &steps[k]
		if s.max == 0 {
			return false
		}
		if s.min != s.max && s.first.meets(follow) {
			return false
		}
		if s.group != nil {
			after := follow
			if s.max != 1 {
				after = follow.union(s.first)
			}
			for a, alt := range s.group {
				// A group that could be empty would have to look past its end.
				if alt[0].min == 0 || !deterministic(alt, after) {
					return false
				}
				for _, other := range s.group[:a] {
					if other[0].first.meets(alt[0].first) {
						return false
					}
				}
			}
		}
		if s.min == 0 {
			follow = follow.union(s.first)
		} else {
			follow = s.first
		}
	}
	return true
}
