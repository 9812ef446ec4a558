package validate

import (
	"bytes"
	"context"
	"hash/maphash"

	"github.com/alania-go/alania/domain/fault"
)

// typeSet is a set of JSON Schema types. A number is always an integer candidate too,
// so typeNumber holds both bits and sets can be intersected.
type typeSet uint8

const (
	typeNull typeSet = 1 << iota
	typeBoolean
	typeInteger
	typeFraction
	typeString
	typeArray
	typeObject

	typeNumber = typeInteger | typeFraction
	typeAll    = typeNull | typeBoolean | typeNumber | typeString | typeArray | typeObject
)

// kindTypes has the types a node of a kind may have; a number counts as either.
var kindTypes = [...]typeSet{
	kindNull: typeNull, kindFalse: typeBoolean, kindTrue: typeBoolean, kindNumber: typeNumber,
	kindString: typeString, kindArray: typeArray, kindObject: typeObject,
}

// schema is one compiled schema. Rules that a schema does not have are nil or zero, so
// a check costs what the schema asks for and no more.
type schema struct {
	never bool    // the schema `false`
	types typeSet // zero: any
	// typeMessage says what types would be accepted.
	typeMessage string
	enum        *enumRule
	constant    *enumRule // an enum of one, with its own code
	str         *stringRules
	num         *numberRules
	arr         *arrayRules
	obj         *objectRules
	allOf       []*schema
	anyOf       *branches
	oneOf       *branches
	not         *schema
	cond, then  *schema
	otherwise   *schema
}

type stringRules struct {
	minLen, maxLen int32 // maxLen -1: none
	minMessage     string
	maxMessage     string
	pattern        *pattern
	patternMessage string
	format         func([]byte) bool
	formatMessage  string
}

type numberRules struct {
	min, max, exMin, exMax, multiple bound
	bits                             uint8 // 32 or 64: format int32 or int64
}

type arrayRules struct {
	minItems, maxItems int32 // maxItems -1: none
	unique             bool
	prefix             []*schema
	items              *schema
	contains           *schema
	minContains        int32
	maxContains        int32 // -1: none
}

type objectRules struct {
	minProps, maxProps int32 // maxProps -1: none
	props              []property
	index              map[string]int32 // of props by name, when they are many
	required           []string         // names that are not among props
	patterns           []patternProperty
	closed             bool    // additionalProperties: false
	extra              *schema // additionalProperties: a schema
	names              *schema // propertyNames
	dependent          []dependency
	unevaluated        *unevaluated
}

type property struct {
	name     string
	schema   *schema
	required bool
	def      []byte // the default as JSON; nil: none
}

type patternProperty struct {
	pattern *pattern
	schema  *schema
}

type dependency struct {
	name     string
	required []string
	schema   *schema
}

// unevaluated holds the names that unevaluatedProperties: false leaves alone.
type unevaluated struct {
	names    map[string]bool
	patterns []*pattern
}

// literal is a value of the schema in parsed form.
type literal struct{ p *parser }

type enumRule struct {
	strings map[string]struct{} // when every value is a string and they are many
	few     []string            // when every value is a string and they are few
	values  []literal
	message string
}

// branches are those of a oneOf or anyOf.
type branches struct {
	list    []*schema
	types   []typeSet // what each branch can accept at most
	union   string    // message naming all types
	message string
	code    string
	one     bool

	// When by is set, that property's value decides which branch an object must meet,
	// and the violations are those of that branch.
	by         string
	byValue    map[string]int
	byRequired bool
	byMessage  string
}

// edit replaces bytes of the body: a default that is put in, or an integer written
// with a fraction.
type edit struct {
	start, end int32
	member     bool   // a member is added, rather than a value replaced
	name       string // of that member
	text       []byte
}

// maxViolations bounds an error; more would help nobody and cost the server. Violations
// that are told already count too: a body can hold many that are equal.
const maxViolations = 100

// pause is how many steps a walk takes between two looks at the deadline.
const pause = 1 << 14

// checker walks parsed nodes with a schema.
type checker struct {
	parser
	in      string
	base    string // what pointers start with
	flat    bool   // every pointer is base: the value of a parameter
	bracket bool   // the members of the root are parameters named base[member]

	quiet      bool // only the verdict counts: stop at the first violation, note none
	violations []fault.Violation
	found      int // violations so far, those that were told already among them
	edits      []edit
	noEdits    bool // the source is not JSON text that is handed on
	noDefaults bool // a merge patch: an absent member means "leave it"

	// A schema that is tried is a step, and so is what its checks look at, in about equal
	// portions of work.
	steps  int             // until the next look at the deadline
	left   int             // beyond these, before the value counts as too complex
	ended  bool            // there are no steps left, or no time
	ctx    context.Context // of the request
	hashes []uint64
}

// begin prepares for a request.
func (c *checker) begin(ctx context.Context) { c.ctx, c.found, c.quiet, c.ended = ctx, 0, false, false }

// start prepares for walking a freshly parsed document.
func (c *checker) start(in, base string) {
	c.in, c.base, c.flat, c.bracket, c.quiet = in, base, false, false, false
	c.edits, c.noEdits, c.noDefaults = c.edits[:0], true, false
	// Every valid value of a sane schema needs a few schemas a node. The budget only
	// stops schemas whose alternatives multiply with the depth of a hostile value.
	c.steps, c.left = pause, 200*len(c.tape)+len(c.b)
}

// run walks the whole document with the schema. A value that is too complex is a violation;
// when the request has ended, Request says so.
func (c *checker) run(s *schema) bool {
	ok := s.check(c, 0)
	if c.ended {
		return c.unfinished()
	}
	return ok
}

func (c *checker) unfinished() bool {
	if c.ctx.Err() != nil {
		return false
	}
	c.ended, c.quiet = false, false
	return c.fail(0, "depth", "must be less complex")
}

// goOn begins the next steps, and reports whether there are any: work ends with the budget
// and with the request.
func (c *checker) goOn() bool {
	if c.ended || c.left <= 0 || c.ctx.Err() != nil {
		c.ended, c.quiet = true, true
		return false
	}
	n := min(c.left, pause)
	c.left -= n
	c.steps += n
	return true
}

// enough reports whether another violation need not be told: because only the verdict counts,
// because there are so many already, or because the walk was cut short and its verdicts are
// worth nothing. Asking is finding one.
func (c *checker) enough() bool {
	if !c.quiet && !c.ended && c.found < maxViolations {
		c.found++
		return false
	}
	c.quiet = true
	return true
}

// add notes a violation that enough has let through.
func (c *checker) add(pointer, code, message string) bool {
	v := fault.Violation{In: c.in, Pointer: pointer, Code: code, Message: message}
	// Two branches of an allOf often say the same about one value.
	for i := range c.violations {
		if c.violations[i] == v {
			return false
		}
	}
	c.violations = append(c.violations, v)
	return false
}

// fail notes a violation at node i. It always returns false, for use in a return.
func (c *checker) fail(i int32, code, message string) bool {
	if c.enough() {
		return false
	}
	return c.add(c.pointer(i), code, message)
}

// failMember notes a violation at a member of object i that is absent.
func (c *checker) failMember(i int32, name, code, message string) bool {
	if c.enough() {
		return false
	}
	switch {
	case c.flat:
		return c.add(c.base, code, message)
	case c.bracket:
		return c.add(c.base+"["+string(appendToken(nil, []byte(name)))+"]", code, message)
	}
	return c.add(c.pointer(i)+"/"+string(appendToken(nil, []byte(name))), code, message)
}

// pointer finds the way from the root to node i. Nothing is tracked while walking, so
// a valid value pays nothing for pointers.
func (c *checker) pointer(i int32) string {
	if c.flat {
		return c.base
	}
	buf := []byte(c.base)
	at := int32(0)
	for at != i {
		child := at + 1
		if c.tape[at].kind == kindArray {
			n := 0
			for ; i >= c.tape[child].next; n++ {
				child = c.tape[child].next
			}
			buf = append(buf, '/')
			buf = appendInt(buf, n)
			at = child
			continue
		}
		for i >= c.tape[child+1].next {
			child = c.tape[child+1].next
		}
		if c.bracket {
			buf = append(buf, '[')
			buf = appendToken(buf, c.text(child, 0))
			buf = append(buf, ']')
		} else {
			buf = append(buf, '/')
			buf = appendToken(buf, c.text(child, 0))
		}
		if child == i {
			break
		}
		at = child + 1
	}
	return string(buf)
}

func appendInt(buf []byte, n int) []byte {
	if n >= 10 {
		buf = appendInt(buf, n/10)
	}
	return append(buf, byte('0'+n%10))
}

// maxToken is how much of a submitted name an error repeats.
const maxToken = 64

// appendToken appends a name as an RFC 6901 token, cut to maxToken code points.
func appendToken(buf, name []byte) []byte {
	n := 0
	for i := range string(name) {
		if n++; n > maxToken {
			name = name[:i]
			break
		}
	}
	for _, b := range name {
		switch b {
		case '~':
			buf = append(buf, "~0"...)
		case '/':
			buf = append(buf, "~1"...)
		default:
			buf = append(buf, b)
		}
	}
	return buf
}

// find returns the value of the object's first member with the name, or -1.
func (c *checker) find(obj int32, name string) int32 {
	c.steps -= int(c.tape[obj].count)
	end := c.tape[obj].next
	for key := obj + 1; key < end; key = c.tape[key+1].next {
		if c.nameIs(key, name) {
			return key + 1
		}
	}
	return -1
}

func (c *checker) nameIs(key int32, name string) bool {
	n := &c.tape[key]
	if n.flag&flagEscaped == 0 {
		return string(c.b[n.start:n.end]) == name
	}
	c.steps -= int(n.end-n.start) >> 4
	return string(c.text(key, 0)) == name
}

// equal compares values as JSON Schema does: 1 equals 1.0, members have no order.
func equal(p *parser, i int32, q *parser, j int32) bool {
	a, b := &p.tape[i], &q.tape[j]
	if a.kind != b.kind {
		return false
	}
	switch a.kind {
	case kindString:
		return bytes.Equal(p.text(i, 0), q.text(j, 1))
	case kindNumber:
		x, y := parseDecimal(p.b[a.start:a.end]), parseDecimal(q.b[b.start:b.end])
		return x.compare(&y) == 0
	case kindArray:
		if a.count != b.count {
			return false
		}
		for m, n := i+1, j+1; m < a.next; m, n = p.tape[m].next, q.tape[n].next {
			if !equal(p, m, q, n) {
				return false
			}
		}
	case kindObject:
		if a.count != b.count {
			return false
		}
		for m := i + 1; m < a.next; m = p.tape[m+1].next {
			found := false
			for n := j + 1; n < b.next; n = q.tape[n+1].next {
				if bytes.Equal(p.text(m, 0), q.text(n, 1)) {
					found = equal(p, m+1, q, n+1)
					break
				}
			}
			if !found {
				return false
			}
		}
	}
	return true
}

// hash returns equal hashes for equal values. The seed is secret, so values that collide
// cannot be made on purpose.
func (p *parser) hash(i int32) uint64 {
	n := &p.tape[i]
	const mix = 0x9E3779B97F4A7C15
	switch n.kind {
	case kindString:
		return maphash.Bytes(hashSeed, p.text(i, 0)) + 1
	case kindNumber:
		d := parseDecimal(p.b[n.start:n.end])
		h := uint64(d.point)
		if d.neg {
			h = ^h
		}
		var m maphash.Hash
		m.SetSeed(hashSeed)
		_, _ = m.Write(d.a)
		_, _ = m.Write(d.b)
		return m.Sum64() ^ h*mix
	case kindArray:
		h := uint64(n.count)*mix + 7
		for m := i + 1; m < n.next; m = p.tape[m].next {
			h = (h^p.hash(m))*mix ^ h>>29
		}
		return h
	case kindObject:
		h := uint64(n.count)*mix + 11
		for m := i + 1; m < n.next; m = p.tape[m+1].next {
			x := (maphash.Bytes(hashSeed, p.text(m, 0))*mix ^ p.hash(m+1)) * mix
			h += x ^ x>>31
		}
		return h
	}
	return uint64(n.kind+1) * mix
}
