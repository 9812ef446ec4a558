// Package sse reads server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
package sse

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"time"
)

// Event is one event. Methods that return events connect again when the stream ends, and go on
// after the last one.
type Event struct {
	ID   string // of this event or, when it has none, of the last one that had
	Type string // message, when the server names none
	Data []byte
}

// Decode reads the data as JSON.
func (e Event) Decode(v any) error { return json.Unmarshal(e.Data, v) }

// MaxLine is the longest line that is read, in bytes.
const MaxLine = 16 << 20

// Reader reads events from the body of an answer.
type Reader struct {
	lines *bufio.Scanner
	begun bool
	last  string
	retry time.Duration
}

// NewReader makes a reader.
func NewReader(r io.Reader) *Reader {
	s := &Reader{lines: bufio.NewScanner(r)}
	s.lines.Buffer(nil, MaxLine)
	afterCR := false
	s.lines.Split(func(data []byte, _ bool) (int, []byte, error) {
		if afterCR && len(data) > 0 {
			if afterCR = false; data[0] == '\n' { // of the line that has ended already
				return 1, nil, nil
			}
		}
		i := bytes.IndexAny(data, "\r\n")
		if i < 0 { // what ends without a line ending is not complete, and is left out
			return 0, nil, nil
		}
		afterCR = data[i] == '\r'
		return i + 1, data[:i], nil
	})
	return s
}

// Retry returns how long the server asks to wait before connecting again; 0 when it does not.
func (s *Reader) Retry() time.Duration { return s.retry }

// Next returns the next event; io.EOF when the stream has ended.
func (s *Reader) Next() (Event, error) {
	e := Event{Type: "message"}
	var data bytes.Buffer
	lines := 0
	for s.lines.Scan() {
		line := s.lines.Bytes()
		if !s.begun {
			s.begun = true
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if len(line) == 0 {
			if lines == 0 { // nothing, or a comment
				e.Type = "message"
				continue
			}
			e.ID, e.Data = s.last, data.Bytes()
			return e, nil
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(name) {
		case "event":
			if e.Type = string(value); e.Type == "" {
				e.Type = "message"
			}
		case "data":
			if lines++; lines > 1 {
				data.WriteByte('\n')
			}
			data.Write(value)
		case "id":
			if bytes.IndexByte(value, 0) < 0 {
				s.last = string(value)
			}
		case "retry":
			if ms, err := strconv.ParseUint(string(value), 10, 31); err == nil {
				s.retry = time.Duration(ms) * time.Millisecond
			}
		}
	}
	if err := s.lines.Err(); err != nil {
		return Event{}, err
	}
	return Event{}, io.EOF
}
