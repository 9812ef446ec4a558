package connector

import (
	"bytes"
	"io"
	"unicode/utf8"
)

const firstWindow = 64 << 10

// csvRows reads the rows of RFC 4180 from a stream, and knows the offset of each. It is
// not encoding/csv, which cannot go on after a broken row, nor tell a row that is too
// long before it holds all of it.
type csvRows struct {
	in    io.Reader
	comma byte

	buf      []byte
	from, to int
	offset   int64 // of buf[from] in the stream
	eof      bool
	known    bool  // how lines end
	cr       bool  // with CR alone; each is taken for LF, inside of quotes too
	err      error // of in; what came before it is read first
}

// The ways a row can be broken.
const (
	rowOK        = ""
	rowMore      = "more" // it does not end in the window
	rowMalformed = "malformed_row"
	rowUnclosed  = "unclosed_quote"
	rowTooLarge  = "too_large"
	rowEncoding  = "invalid_encoding"
)

// next returns a row's fields, or how it is broken. What follows a broken row is read from
// its second line on: a quote that does not close does not take the rest of the file with
// it. (It costs a look at maxRecord bytes, and no two such looks are at the same bytes:
// after the one all quotes are in pairs, so that another would close.) The end is
// io.EOF. Empty lines are left out.
func (c *csvRows) next() (fields []string, broken string, err error) {
	if err := c.lineEnd(); err != nil {
		return nil, "", err
	}
	want := 1
	for {
		if err := c.fill(want); err != nil {
			return nil, "", err
		}
		window := c.buf[c.from:c.to]
		if len(window) == 0 {
			return nil, "", io.EOF
		}
		if n := emptyLine(window); n > 0 {
			c.drop(n)
			want = 1
			continue
		}
		n, fields, state := c.scan(window)
		switch {
		case state == rowOK:
			if n > maxRecord {
				state = rowTooLarge
			} else if !utf8.Valid(window[:n]) {
				state = rowEncoding
			}
			c.drop(n)
			return fields, state, nil
		case state == rowMore && len(window) <= maxRecord && !c.eof:
			// At least as many again, so that a slow stream does not cost the square of a row.
			want = max(2*len(window), 4<<10)
			continue
		case state == rowMore && n == 0: // not in quotes
			state = rowTooLarge
		case state == rowMore:
			state = rowUnclosed
		}
		return nil, state, c.skipLine()
	}
}

// lineEnd finds out from the first line how lines end: with LF or CRLF, or with CR alone.
func (c *csvRows) lineEnd() error {
	quoted := false
	for i := 0; !c.known; {
		if err := c.fill(i + 2); err != nil { // a CR and what follows it
			return err
		}
		window := c.buf[c.from:c.to]
		for ; i < len(window) && !c.known; i++ {
			if window[i] == '"' {
				quoted = !quoted
			}
			if quoted || window[i] != '\n' && window[i] != '\r' {
				continue
			}
			if window[i] == '\r' && i+1 == len(window) && !c.eof {
				break
			}
			c.known = true
			c.cr = window[i] == '\r' && (i+1 == len(window) || window[i+1] != '\n')
		}
		c.known = c.known || c.eof || len(window) > maxRecord
	}
	if c.cr {
		asLF(c.buf[c.from:c.to])
	}
	return nil
}

func asLF(b []byte) {
	for i := range b {
		if b[i] == '\r' {
			b[i] = '\n'
		}
	}
}

// skipLine goes to the next line.
func (c *csvRows) skipLine() error {
	for {
		if err := c.fill(1); err != nil {
			return err
		}
		window := c.buf[c.from:c.to]
		if n := bytes.IndexByte(window, '\n'); n >= 0 {
			c.drop(n + 1)
			return nil
		}
		if c.drop(len(window)); len(window) == 0 {
			return nil
		}
	}
}

func emptyLine(b []byte) int {
	if b[0] == '\n' {
		return 1
	}
	if len(b) > 1 && b[0] == '\r' && b[1] == '\n' {
		return 2
	}
	return 0
}

func (c *csvRows) drop(n int) {
	c.from += n
	c.offset += int64(n)
}

// fill reads until want bytes are in the window, within its limit, or the stream ends.
func (c *csvRows) fill(want int) error {
	for !c.eof && c.to-c.from < want && c.to-c.from <= maxRecord {
		if c.err != nil {
			return c.err
		}
		if c.from > 0 {
			copy(c.buf, c.buf[c.from:c.to])
			c.from, c.to = 0, c.to-c.from
		}
		if c.to == len(c.buf) {
			grown := make([]byte, min(max(2*len(c.buf), firstWindow), maxRecord+firstWindow))
			copy(grown, c.buf)
			c.buf = grown
		}
		n, err := c.in.Read(c.buf[c.to:])
		if c.cr {
			asLF(c.buf[c.to : c.to+n])
		}
		c.to += n
		if err == io.EOF {
			c.eof = true
		} else if err != nil {
			c.err = err
		}
	}
	return nil
}

// scan takes a row apart. Of a row that does not end, n is 0 outside of quotes.
func (c *csvRows) scan(b []byte) (n int, fields []string, state string) {
	i := 0
	for {
		if i < len(b) && b[i] == '"' {
			field, after, state := quoted(b, i+1, c.eof)
			if state != rowOK {
				return 1, nil, state
			}
			fields = append(fields, field)
			i = after
			switch {
			case i == len(b):
				if !c.eof {
					return 0, nil, rowMore
				}
				return i, fields, rowOK
			case b[i] == c.comma:
				i++
				continue
			case b[i] == '\n':
				return i + 1, fields, rowOK
			case b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n':
				return i + 2, fields, rowOK
			case b[i] == '\r' && i+1 == len(b):
				if !c.eof {
					return 0, nil, rowMore
				}
				return i + 1, fields, rowOK
			}
			return c.malformed(b)
		}
		end := i
		for end < len(b) && b[end] != c.comma && b[end] != '\n' && b[end] != '"' {
			end++
		}
		switch {
		case end == len(b) && !c.eof:
			return 0, nil, rowMore
		case end == len(b):
			return end, append(fields, string(bytes.TrimSuffix(b[i:end], []byte("\r")))), rowOK
		case b[end] == '"':
			return c.malformed(b)
		case b[end] == '\n':
			return end + 1, append(fields, string(bytes.TrimSuffix(b[i:end], []byte("\r")))), rowOK
		}
		fields = append(fields, string(b[i:end]))
		i = end + 1
	}
}

// malformed wants the row's first line to be whole before it is left out.
func (c *csvRows) malformed(b []byte) (int, []string, string) {
	if bytes.IndexByte(b, '\n') < 0 && !c.eof && len(b) <= maxRecord {
		return 0, nil, rowMore
	}
	return 0, nil, rowMalformed
}

// quoted reads a field from after its first quote to after its last.
func quoted(b []byte, i int, eof bool) (field string, after int, state string) {
	var text []byte
	for {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return "", 0, rowMore
		}
		end := i + n
		if end+1 < len(b) && b[end+1] == '"' {
			text = append(text, b[i:end+1]...)
			i = end + 2
			continue
		}
		if end+1 == len(b) && !eof {
			return "", 0, rowMore
		}
		if text == nil {
			return string(b[i:end]), end + 1, rowOK
		}
		return string(append(text, b[i:end]...)), end + 1, rowOK
	}
}
