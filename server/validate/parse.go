package validate

import (
	"bytes"
	"hash/maphash"
	"math"
	"unicode/utf8"

	"github.com/alania-go/alania/domain/storable"
)

// maxDepth is the deepest nesting of arrays and objects a body may have. It bounds
// the recursion of the parser and of everything that walks its result.
const maxDepth = 100

type kind uint8

const (
	kindNull kind = iota
	kindFalse
	kindTrue
	kindNumber
	kindString
	kindArray
	kindObject
)

const (
	flagEscaped = 1 << iota // a string with at least one escape
	flagInteger             // a number written without fraction and exponent
)

// node is one value, or one member name, of a parsed document. Nodes lie in document
// order: an array is followed by its items, an object by name, value, name, value ….
// Positions are int32 to keep a node at 20 bytes; parse refuses longer input.
type node struct {
	kind       kind
	flag       uint8
	start, end int32 // bytes of the value; for a string those between the quotes
	next       int32 // the node after this one and everything below it
	count      int32 // items, members, or the code points of a string
}

// parser turns JSON text into nodes. It is reused: reset keeps what it allocated.
type parser struct {
	b      []byte
	tape   []node
	pos    int
	dups   []int32 // nodes of member names seen before in their object
	unkept []int32 // nodes of strings and numbers that a database does not keep, the first of them
	// expanded is how many digits the exponents of the numbers add when they are written out.
	expanded int
	problem  string // why the text was refused; empty when the nesting was the reason
	tooDeep  bool
	table    []int32 // open-addressing table of the duplicate check
	scratch  [2][]byte
}

// plain marks the bytes a string may hold that need no further look.
var plain = func() (t [256]bool) {
	for c := 0x20; c < 0x80; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return
}()

// hashSeed makes collisions unpredictable, so nobody can send member names chosen to
// fall into one bucket.
var hashSeed = maphash.MakeSeed()

// parse reads one JSON text. On false, problem and pos (or tooDeep) say why.
func (p *parser) parse(b []byte) bool {
	p.b, p.pos, p.tape, p.dups, p.problem, p.tooDeep = b, 0, p.tape[:0], p.dups[:0], "", false
	p.unkept, p.expanded = p.unkept[:0], 0
	if len(b) > math.MaxInt32 {
		return p.fail("the text is too long")
	}
	p.space()
	if !p.value(0) {
		return false
	}
	p.space()
	if p.pos != len(b) {
		return p.fail("unexpected data after the end of the value")
	}
	return true
}

func (p *parser) fail(problem string) bool {
	p.problem = problem
	return false
}

func (p *parser) space() {
	for p.pos < len(p.b) {
		switch p.b[p.pos] {
		case ' ', '\n', '\r', '\t':
			p.pos++
		default:
			return
		}
	}
}

func (p *parser) value(depth int) bool {
	if p.pos >= len(p.b) {
		return p.fail("unexpected end of the text")
	}
	switch c := p.b[p.pos]; c {
	case '"':
		return p.str()
	case '{':
		return p.object(depth + 1)
	case '[':
		return p.array(depth + 1)
	case 't':
		return p.word("true", kindTrue)
	case 'f':
		return p.word("false", kindFalse)
	case 'n':
		return p.word("null", kindNull)
	default:
		if c == '-' || c-'0' <= 9 {
			return p.number()
		}
		return p.fail("expected a value")
	}
}

func (p *parser) word(w string, k kind) bool {
	if len(p.b)-p.pos < len(w) || string(p.b[p.pos:p.pos+len(w)]) != w {
		return p.fail("expected a value")
	}
	start := int32(p.pos)
	p.pos += len(w)
	p.tape = append(p.tape, node{kind: k, start: start, end: int32(p.pos), next: int32(len(p.tape) + 1)})
	return true
}

func (p *parser) object(depth int) bool {
	if depth > maxDepth {
		p.tooDeep = true
		return false
	}
	at := int32(len(p.tape))
	p.tape = append(p.tape, node{kind: kindObject, start: int32(p.pos)})
	p.pos++
	p.space()
	var count int32
	if p.pos < len(p.b) && p.b[p.pos] == '}' {
		p.pos++
	} else {
		for {
			if p.pos >= len(p.b) {
				return p.fail("unexpected end of the text in an object")
			}
			if p.b[p.pos] != '"' {
				return p.fail("expected a member name")
			}
			if !p.str() {
				return false
			}
			p.space()
			if p.pos >= len(p.b) || p.b[p.pos] != ':' {
				return p.fail("expected a colon")
			}
			p.pos++
			p.space()
			if !p.value(depth) {
				return false
			}
			count++
			p.space()
			if p.pos >= len(p.b) {
				return p.fail("unexpected end of the text in an object")
			}
			c := p.b[p.pos]
			if c == ',' {
				p.pos++
				p.space()
				continue
			}
			if c != '}' {
				return p.fail("expected a comma or the end of the object")
			}
			p.pos++
			break
		}
	}
	n := &p.tape[at]
	n.end, n.next, n.count = int32(p.pos), int32(len(p.tape)), count
	if count > 1 {
		p.duplicates(at, count)
	}
	return true
}

func (p *parser) array(depth int) bool {
	if depth > maxDepth {
		p.tooDeep = true
		return false
	}
	at := int32(len(p.tape))
	p.tape = append(p.tape, node{kind: kindArray, start: int32(p.pos)})
	p.pos++
	p.space()
	var count int32
	if p.pos < len(p.b) && p.b[p.pos] == ']' {
		p.pos++
	} else {
		for {
			if !p.value(depth) {
				return false
			}
			count++
			p.space()
			if p.pos >= len(p.b) {
				return p.fail("unexpected end of the text in an array")
			}
			c := p.b[p.pos]
			if c == ',' {
				p.pos++
				p.space()
				continue
			}
			if c != ']' {
				return p.fail("expected a comma or the end of the array")
			}
			p.pos++
			break
		}
	}
	n := &p.tape[at]
	n.end, n.next, n.count = int32(p.pos), int32(len(p.tape)), count
	return true
}

func (p *parser) str() bool {
	b := p.b
	start := p.pos + 1
	i := start
	for i < len(b) && plain[b[i]] {
		i++
	}
	runes, flag := i-start, uint8(0)
	for {
		if i >= len(b) {
			p.pos = i
			return p.fail("unexpected end of the text in a string")
		}
		c := b[i]
		switch {
		case c == '"':
			p.tape = append(p.tape, node{
				kind: kindString, flag: flag, start: int32(start), end: int32(i),
				next: int32(len(p.tape) + 1), count: int32(runes),
			})
			p.pos = i + 1
			return true
		case c == '\\':
			flag = flagEscaped
			n, problem := escapeLen(b[i:])
			if problem != "" {
				p.pos = i
				return p.fail(problem)
			}
			if n == 6 && string(b[i+2:i+6]) == "0000" {
				p.keepsNot()
			}
			i += n
		case c < 0x20:
			p.pos = i
			return p.fail("a control character in a string must be escaped")
		case c < utf8.RuneSelf:
			i++
		default:
			_, n := utf8.DecodeRune(b[i:])
			if n == 1 {
				p.pos = i
				return p.fail("the text is not valid UTF-8")
			}
			i += n
		}
		runes++
	}
}

// escapeLen is the length of the escape b starts with; a surrogate pair counts as one.
func escapeLen(b []byte) (int, string) {
	if len(b) < 2 {
		return 0, "unexpected end of the text in a string"
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2, ""
	case 'u':
	default:
		return 0, "unknown escape in a string"
	}
	r, ok := hex4(b[2:])
	if !ok {
		return 0, "a \\u escape needs four hexadecimal digits"
	}
	if r < 0xD800 || r > 0xDFFF {
		return 6, ""
	}
	if r <= 0xDBFF && len(b) >= 12 && b[6] == '\\' && b[7] == 'u' {
		if low, ok := hex4(b[8:]); ok && low >= 0xDC00 && low <= 0xDFFF {
			return 12, ""
		}
	}
	return 0, "a \\u escape is half of a surrogate pair"
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range b[:4] {
		v := unhex(c)
		if v > 15 {
			return 0, false
		}
		r = r<<4 | rune(v)
	}
	return r, true
}

// unhex returns the value of a hexadecimal digit, or 255.
func unhex(c byte) byte {
	switch {
	case c-'0' <= 9:
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 255
}

func (p *parser) number() bool {
	n, integer := scanNumber(p.b[p.pos:])
	if n <= 0 {
		p.pos -= n
		return p.fail("a number is not well-formed")
	}
	var flag uint8
	if integer {
		flag = flagInteger
	}
	// A short number without an exponent is always kept.
	if literal := p.b[p.pos : p.pos+n]; n > storable.MaxFraction || !integer {
		if !storable.Number(view(literal)) {
			p.keepsNot()
		} else if p.expanded += storable.Expanded(view(literal)); p.expanded > storable.MaxExpanded {
			p.keepsNot()
		}
	}
	start := int32(p.pos)
	p.pos += n
	p.tape = append(p.tape,
		node{kind: kindNumber, flag: flag, start: start, end: int32(p.pos), next: int32(len(p.tape) + 1)})
	return true
}

// keepsNot notes that the next node is one that a database does not keep. A string may be noted
// again for each of its characters.
func (p *parser) keepsNot() {
	if at := int32(len(p.tape)); len(p.unkept) < maxViolations && (len(p.unkept) == 0 || p.unkept[len(p.unkept)-1] != at) {
		p.unkept = append(p.unkept, at)
	}
}

// scanNumber returns the length of the JSON number b starts with and whether it has
// neither fraction nor exponent. A length of zero or below means there is none; its
// magnitude is where the number breaks.
func scanNumber(b []byte) (int, bool) {
	i, integer := 0, true
	if i < len(b) && b[i] == '-' {
		i++
	}
	digits := func() bool {
		from := i
		for i < len(b) && b[i]-'0' <= 9 {
			i++
		}
		return i > from
	}
	if i < len(b) && b[i] == '0' {
		i++
		if i < len(b) && b[i]-'0' <= 9 {
			return -i, false
		}
	} else if !digits() {
		return -i, false
	}
	if i < len(b) && b[i] == '.' {
		integer = false
		i++
		if !digits() {
			return -i, false
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		integer = false
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if !digits() {
			return -i, false
		}
	}
	return i, integer
}

// appendUnescaped appends the value of a string's raw bytes, which parse accepted.
func appendUnescaped(dst, raw []byte) []byte {
	for len(raw) > 0 {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:i]...)
		raw = raw[i:]
		n := 2
		switch raw[1] {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			n = 6
			r, _ := hex4(raw[2:])
			if r >= 0xD800 && r <= 0xDFFF {
				low, _ := hex4(raw[8:])
				r = 0x10000 + (r-0xD800)<<10 + (low - 0xDC00)
				n = 12
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, raw[1])
		}
		raw = raw[n:]
	}
	return dst
}

// text returns the value of a string node; a string with escapes is decoded into
// scratch slot k and is valid until the next use of that slot.
func (p *parser) text(i int32, k int) []byte {
	n := &p.tape[i]
	raw := p.b[n.start:n.end]
	if n.flag&flagEscaped == 0 {
		return raw
	}
	p.scratch[k] = appendUnescaped(p.scratch[k][:0], raw)
	return p.scratch[k]
}

// duplicates notes the member names of the object that were there before. Few names
// are compared pair by pair; many go through a hash table, so that a hostile body
// costs no more than its length.
func (p *parser) duplicates(obj, count int32) {
	const few = 8
	if count <= few {
		var keys [few]int32
		for n, key := int32(0), obj+1; n < count; n++ {
			a := &p.tape[key]
			for _, other := range keys[:n] {
				b := &p.tape[other]
				if a.flag|b.flag == 0 && a.end-a.start != b.end-b.start {
					continue
				}
				if bytes.Equal(p.text(key, 0), p.text(other, 1)) {
					p.dups = append(p.dups, key)
					break
				}
			}
			keys[n] = key
			key = p.tape[key+1].next
		}
		return
	}
	size := 16
	for size < int(count)*2 {
		size *= 2
	}
	if cap(p.table) < size {
		p.table = make([]int32, size)
	}
	table := p.table[:size]
	clear(table)
	for n, key := int32(0), obj+1; n < count; n++ {
		name := p.text(key, 0)
		slot := int(maphash.Bytes(hashSeed, name)) & (size - 1)
		for table[slot] != 0 && !bytes.Equal(name, p.text(table[slot], 1)) {
			slot = (slot + 1) & (size - 1)
		}
		if table[slot] != 0 {
			p.dups = append(p.dups, key)
		} else {
			table[slot] = key
		}
		key = p.tape[key+1].next
	}
}

// lineColumn returns the one-based line and column (in bytes) of an offset.
func lineColumn(b []byte, offset int) (line, column int) {
	offset = min(offset, len(b))
	before := b[:offset]
	return bytes.Count(before, []byte{'\n'}) + 1, offset - bytes.LastIndexByte(before, '\n')
}
