package validate

import (
	"bytes"
	"math"
	"slices"
	"strconv"
)

// check walks node i with the schema and reports whether it is valid. Violations go to
// the checker; unless it is quiet all of them are found, not just the first.
func (s *schema) check(c *checker, i int32) bool {
	if c.steps--; c.steps < 0 && !c.goOn() {
		return false
	}
	if s.never {
		return c.fail(i, "not", "must not be present")
	}
	n := &c.tape[i]
	if s.types != 0 && !s.typeOK(c, n) {
		return c.fail(i, "type", s.typeMessage)
	}
	ok := true
	if s.constant != nil && !s.constant.has(c, i) {
		ok = c.fail(i, "const", s.constant.message)
	}
	if s.enum != nil && !s.enum.has(c, i) {
		ok = c.fail(i, "enum", s.enum.message)
	}
	if !ok && c.quiet {
		return false
	}
	switch n.kind {
	case kindString:
		c.steps -= int(n.end-n.start) >> 4
		if s.str != nil && !s.str.check(c, i) {
			ok = false
		}
	case kindNumber:
		if s.num != nil && !s.num.check(c, i) {
			ok = false
		}
	case kindArray:
		if s.arr != nil && !s.arr.check(c, i) {
			ok = false
		}
	case kindObject:
		if s.obj != nil && !s.obj.check(c, i) {
			ok = false
		}
	}
	if !ok && c.quiet {
		return false
	}
	for _, part := range s.allOf {
		if !part.check(c, i) {
			if ok = false; c.quiet {
				return false
			}
		}
	}
	if s.oneOf != nil && !s.oneOf.check(c, i) {
		if ok = false; c.quiet {
			return false
		}
	}
	if s.anyOf != nil && !s.anyOf.check(c, i) {
		if ok = false; c.quiet {
			return false
		}
	}
	if s.not != nil {
		mark := len(c.edits)
		if c.probe(s.not, i) {
			ok = c.fail(i, "not", "must not match the excluded schema")
		}
		c.edits = c.edits[:mark]
	}
	if s.cond != nil {
		branch := s.otherwise
		if c.probe(s.cond, i) {
			branch = s.then
		}
		if branch != nil && !branch.check(c, i) {
			ok = false
		}
	}
	return ok
}

// probe asks for the verdict alone. What a failed probe wanted to edit is forgotten.
func (c *checker) probe(s *schema, i int32) bool {
	quiet, mark := c.quiet, len(c.edits)
	c.quiet = true
	ok := s.check(c, i)
	c.quiet = quiet
	if !ok {
		c.edits = c.edits[:mark]
	}
	return ok
}

func (s *schema) typeOK(c *checker, n *node) bool {
	if s.types&kindTypes[n.kind] == 0 {
		return false
	}
	if n.kind != kindNumber || s.types&typeFraction != 0 || n.flag&flagInteger != 0 {
		return true
	}
	d := parseDecimal(c.b[n.start:n.end])
	if !d.isInteger() {
		return false
	}
	// The binder decodes into a Go integer, which 1.0 and 1e3 do not fit.
	if v, ok := d.int64(); ok && !c.noEdits {
		c.edits = append(c.edits, edit{start: n.start, end: n.end, text: strconv.AppendInt(nil, v, 10)})
	}
	return true
}

func (e *enumRule) has(c *checker, i int32) bool {
	if c.tape[i].kind == kindString {
		if e.strings != nil {
			_, ok := e.strings[string(c.text(i, 0))]
			return ok
		}
		if e.few != nil {
			v := c.text(i, 0)
			for _, s := range e.few {
				if s == string(v) {
					return true
				}
			}
			return false
		}
	}
	for _, v := range e.values {
		if equal(&c.parser, i, v.p, 0) {
			return true
		}
	}
	return false
}

func (r *stringRules) check(c *checker, i int32) bool {
	n := &c.tape[i]
	ok := true
	if n.count < r.minLen {
		ok = c.fail(i, "min_length", r.minMessage)
	}
	if r.maxLen >= 0 && n.count > r.maxLen {
		ok = c.fail(i, "max_length", r.maxMessage)
	}
	if !ok && c.quiet || r.pattern == nil && r.format == nil {
		return ok
	}
	v := c.text(i, 0)
	if r.format != nil && !r.format(v) {
		ok = c.fail(i, "format", r.formatMessage)
		v = c.text(i, 0)
	}
	if r.pattern != nil && !r.pattern.match(v) {
		ok = c.fail(i, "pattern", r.patternMessage)
	}
	return ok
}

func (r *numberRules) check(c *checker, i int32) bool {
	n := &c.tape[i]
	lit := c.b[n.start:n.end]
	if n.flag&flagInteger != 0 {
		if v, ok := shortInt(lit); ok {
			return r.checkInt(c, i, v, lit)
		}
	}
	d := parseDecimal(lit)
	return r.checkDecimal(c, i, &d)
}

// checkInt is the common case: a small integer against small bounds.
func (r *numberRules) checkInt(c *checker, i int32, v int64, lit []byte) bool {
	if r.min.set && !r.min.integer || r.max.set && !r.max.integer || r.exMin.set && !r.exMin.integer ||
		r.exMax.set && !r.exMax.integer || r.multiple.set && !r.multiple.integer {
		d := parseDecimal(lit)
		return r.checkDecimal(c, i, &d)
	}
	ok := true
	if r.bits == 32 && (v < math.MinInt32 || v > math.MaxInt32) {
		ok = c.fail(i, "format", int32Message)
	}
	if r.min.set && v < r.min.i {
		ok = c.fail(i, "minimum", r.min.minMessage())
	}
	if r.max.set && v > r.max.i {
		ok = c.fail(i, "maximum", r.max.maxMessage())
	}
	if r.exMin.set && v <= r.exMin.i {
		ok = c.fail(i, "exclusive_minimum", r.exMin.exMinMessage())
	}
	if r.exMax.set && v >= r.exMax.i {
		ok = c.fail(i, "exclusive_maximum", r.exMax.exMaxMessage())
	}
	if r.multiple.set && v%r.multiple.i != 0 {
		ok = c.fail(i, "multiple_of", r.multiple.multipleMessage())
	}
	return ok
}

func (r *numberRules) checkDecimal(c *checker, i int32, d *decimal) bool {
	ok := true
	if r.bits != 0 {
		v, fits := d.int64()
		if r.bits == 32 && (!fits || v < math.MinInt32 || v > math.MaxInt32) {
			ok = c.fail(i, "format", int32Message)
		}
		if r.bits == 64 && !fits {
			ok = c.fail(i, "format", int64Message)
		}
	}
	if r.min.set && d.compare(&r.min.dec) < 0 {
		ok = c.fail(i, "minimum", r.min.minMessage())
	}
	if r.max.set && d.compare(&r.max.dec) > 0 {
		ok = c.fail(i, "maximum", r.max.maxMessage())
	}
	if r.exMin.set && d.compare(&r.exMin.dec) <= 0 {
		ok = c.fail(i, "exclusive_minimum", r.exMin.exMinMessage())
	}
	if r.exMax.set && d.compare(&r.exMax.dec) >= 0 {
		ok = c.fail(i, "exclusive_maximum", r.exMax.exMaxMessage())
	}
	if r.multiple.set && !d.multipleOf(&r.multiple.dec) {
		ok = c.fail(i, "multiple_of", r.multiple.multipleMessage())
	}
	return ok
}

const (
	int32Message = "must be an integer between -2147483648 and 2147483647"
	int64Message = "must be an integer between -9223372036854775808 and 9223372036854775807"
)

func (b *bound) minMessage() string      { return "must be at least " + b.text }
func (b *bound) maxMessage() string      { return "must be at most " + b.text }
func (b *bound) exMinMessage() string    { return "must be greater than " + b.text }
func (b *bound) exMaxMessage() string    { return "must be less than " + b.text }
func (b *bound) multipleMessage() string { return "must be a multiple of " + b.text }

// amount words a number of things.
func amount(n int32, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(int(n)) + " " + many
}

func (r *arrayRules) check(c *checker, i int32) bool {
	n := &c.tape[i]
	ok := true
	if n.count < r.minItems {
		ok = c.fail(i, "min_items", "must have at least "+amount(r.minItems, "item", "items"))
	}
	if r.maxItems >= 0 && n.count > r.maxItems {
		ok = c.fail(i, "max_items", "must have at most "+amount(r.maxItems, "item", "items"))
	}
	if !ok && c.quiet {
		return false
	}
	if len(r.prefix) > 0 || r.items != nil {
		for k, item := 0, i+1; item < n.next; k, item = k+1, c.tape[item].next {
			s := r.items
			if k < len(r.prefix) {
				s = r.prefix[k]
			}
			if s == nil {
				break
			}
			if !s.check(c, item) {
				if ok = false; c.quiet {
					return false
				}
			}
		}
	}
	if r.unique && n.count > 1 && !c.unique(i) {
		ok = c.fail(i, "unique_items", "must not have equal items")
	}
	if r.contains != nil {
		var found int32
		mark := len(c.edits)
		for item := i + 1; item < n.next; item = c.tape[item].next {
			if c.probe(r.contains, item) {
				found++
			}
		}
		c.edits = c.edits[:mark]
		if found < r.minContains {
			ok = c.fail(i, "contains", "must contain at least "+amount(r.minContains, "matching item", "matching items"))
		}
		if r.maxContains >= 0 && found > r.maxContains {
			ok = c.fail(i, "contains", "must contain at most "+amount(r.maxContains, "matching item", "matching items"))
		}
	}
	return ok
}

// unique compares few scalars pair by pair. Anything else is compared by a 64-bit
// keyed hash alone: comparing large values again on a match would let a hostile body
// cost the square of its length, and a chance match is as likely as guessing a key.
func (c *checker) unique(i int32) bool {
	n := &c.tape[i]
	if n.count <= 16 && n.next-i-1 == n.count { // every item is one node
		for a := i + 1; a < n.next; a++ {
			for b := i + 1; b < a; b++ {
				if equal(&c.parser, a, &c.parser, b) {
					return false
				}
			}
		}
		return true
	}
	c.steps -= int(n.next - i)
	c.hashes = c.hashes[:0]
	for item := i + 1; item < n.next; item = c.tape[item].next {
		c.hashes = append(c.hashes, c.hash(item))
	}
	slices.Sort(c.hashes)
	for k := 1; k < len(c.hashes); k++ {
		if c.hashes[k] == c.hashes[k-1] {
			return false
		}
	}
	return true
}

// seenProps is how many declared properties are tracked in a bit set on the stack.
const seenProps = 256

func (r *objectRules) check(c *checker, i int32) bool {
	end, count := c.tape[i].next, c.tape[i].count
	c.steps -= int(count)
	ok := true
	if count < r.minProps {
		ok = c.fail(i, "min_properties", "must have at least "+amount(r.minProps, "property", "properties"))
	}
	if r.maxProps >= 0 && count > r.maxProps {
		ok = c.fail(i, "max_properties", "must have at most "+amount(r.maxProps, "property", "properties"))
	}
	var seen [seenProps / 64]uint64
	for key := i + 1; key < end; key = c.tape[key+1].next {
		if !ok && c.quiet {
			return false
		}
		n := &c.tape[key]
		name := c.b[n.start:n.end]
		c.steps -= len(name) >> 4
		if n.flag&flagEscaped != 0 {
			name = c.text(key, 0)
		}
		p := r.prop(name)
		if p >= 0 && p < seenProps {
			seen[p/64] |= 1 << (p % 64)
		}
		known := p >= 0
		if len(r.patterns) > 0 || r.names != nil || r.unevaluated != nil {
			if !r.rareName(c, key, &known) {
				ok = false
			}
		}
		if p >= 0 {
			if !r.props[p].schema.check(c, key+1) {
				ok = false
			}
		}
		if !known {
			if r.closed {
				ok = c.fail(key, "unknown_field", "is not a known field")
			} else if r.extra != nil && !r.extra.check(c, key+1) {
				ok = false
			}
		}
	}
	if !ok && c.quiet {
		return false
	}
	for k := range r.props {
		p := &r.props[k]
		if !p.required && p.def == nil {
			break // those that matter when absent come first
		}
		if k < seenProps {
			if seen[k/64]&(1<<(k%64)) != 0 {
				continue
			}
		} else if c.find(i, p.name) >= 0 {
			continue
		}
		if p.required {
			ok = c.failMember(i, p.name, "required", "is required")
		} else if !c.noEdits && !c.noDefaults {
			at := c.tape[i].end - 1
			c.edits = append(c.edits, edit{start: at, end: at, member: true, name: p.name, text: p.def})
		}
	}
	for _, name := range r.required {
		if c.find(i, name) < 0 {
			ok = c.failMember(i, name, "required", "is required")
		}
	}
	for k := range r.dependent {
		d := &r.dependent[k]
		if c.find(i, d.name) < 0 {
			continue
		}
		for _, name := range d.required {
			if c.find(i, name) < 0 {
				ok = c.failMember(i, name, "required", "is required when "+d.name+" is given")
			}
		}
		if d.schema != nil && !d.schema.check(c, i) {
			ok = false
		}
	}
	return ok
}

// prop finds a declared property, or -1.
func (r *objectRules) prop(name []byte) int32 {
	if r.index != nil {
		if p, ok := r.index[string(name)]; ok {
			return p
		}
		return -1
	}
	for k := range r.props {
		if r.props[k].name == string(name) {
			return int32(k)
		}
	}
	return -1
}

// rareName applies the keywords that look at a member's name.
func (r *objectRules) rareName(c *checker, key int32, known *bool) bool {
	ok := true
	for k := range r.patterns {
		if r.patterns[k].pattern.match(c.text(key, 0)) {
			*known = true
			if !r.patterns[k].schema.check(c, key+1) {
				ok = false
			}
		}
	}
	if r.names != nil && !r.names.check(c, key) {
		ok = false
	}
	if u := r.unevaluated; u != nil {
		name := c.text(key, 0)
		if !u.names[string(name)] && !slices.ContainsFunc(u.patterns, func(p *pattern) bool { return p.match(name) }) {
			ok = c.fail(key, "unknown_field", "is not a known field")
		}
	}
	return ok
}

func (r *branches) check(c *checker, i int32) bool {
	k := c.tape[i].kind
	if r.by != "" && k == kindObject {
		at := c.find(i, r.by)
		if at >= 0 {
			if c.tape[at].kind == kindString {
				if b, ok := r.byValue[string(c.text(at, 0))]; ok {
					return r.list[b].check(c, i)
				}
			}
			return c.fail(at, "enum", r.byMessage)
		}
		if r.byRequired {
			return c.failMember(i, r.by, "required", "is required")
		}
	}
	candidates, last := 0, 0
	for b, t := range r.types {
		if t&kindTypes[k] != 0 {
			candidates++
			last = b
		}
	}
	switch candidates {
	case 0:
		return c.fail(i, "type", r.union)
	case 1:
		// No other branch can accept a value of this type, so its violations are the
		// ones that help.
		return r.list[last].check(c, i)
	}
	matched := 0
	for b, t := range r.types {
		if t&kindTypes[k] != 0 && c.probe(r.list[b], i) {
			if matched++; matched > 1 || !r.one {
				break
			}
		}
	}
	if matched == 1 {
		return true
	}
	return c.fail(i, r.code, r.message)
}

// splice returns the text with the edits made, in a new slice when there are any.
func (c *checker) splice() []byte {
	if len(c.edits) == 0 {
		return c.b
	}
	slices.SortStableFunc(c.edits, func(a, b edit) int { return int(a.start) - int(b.start) })
	size := len(c.b)
	for _, e := range c.edits {
		size += len(e.name) + len(e.text) + 8
	}
	out := make([]byte, 0, size)
	var from int32
	for k, e := range c.edits {
		if c.repeats(k) {
			continue
		}
		out = append(out, c.b[from:e.start]...)
		from = e.end
		if e.member {
			if trimmed := bytes.TrimRight(out, " \t\r\n"); trimmed[len(trimmed)-1] != '{' {
				out = append(out, ',')
			}
			out = appendJSONString(out, e.name)
			out = append(out, ':')
		}
		out = append(out, e.text...)
	}
	return append(out, c.b[from:]...)
}

// repeats reports whether an edit before edit k is the same: two schemas may ask for one. The
// edits of one place stand together and are few.
func (c *checker) repeats(k int) bool {
	e := &c.edits[k]
	for k--; k >= 0 && c.edits[k].start == e.start; k-- {
		if c.edits[k].name == e.name {
			return true
		}
	}
	return false
}
