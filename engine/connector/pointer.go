package connector

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// pointer is an RFC 6901 pointer, taken apart. The empty one is the whole value.
type pointer []string

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// parsePointer returns the tokens; never nil when it is one.
func parsePointer(s string) (pointer, bool) {
	if s == "" {
		return pointer{}, true
	}
	if s[0] != '/' || strings.Contains(strings.NewReplacer("~0", "", "~1", "").Replace(s), "~") {
		return nil, false
	}
	p := pointer(strings.Split(s[1:], "/"))
	for i := range p {
		p[i] = unescape.Replace(p[i])
	}
	return p, true
}

// in returns the value at the pointer.
func (p pointer) in(raw json.RawMessage) (json.RawMessage, bool) {
	for _, token := range p {
		if len(raw) == 0 {
			return nil, false
		}
		switch raw[0] {
		case '{':
			var object map[string]json.RawMessage
			if json.Unmarshal(raw, &object) != nil {
				return nil, false
			}
			value, ok := object[token]
			if !ok {
				return nil, false
			}
			raw = value
		case '[':
			var array []json.RawMessage
			i, err := strconv.Atoi(token)
			if err != nil || json.Unmarshal(raw, &array) != nil || i < 0 || i >= len(array) || strconv.Itoa(i) != token {
				return nil, false
			}
			raw = array[i]
		default:
			return nil, false
		}
	}
	return raw, true
}

// member returns the value at the pointer in an object that was taken apart.
func (p pointer) member(members map[string]json.RawMessage) (json.RawMessage, bool) {
	if len(p) == 0 {
		return nil, false
	}
	value, ok := members[p[0]]
	if !ok {
		return nil, false
	}
	return p[1:].in(value)
}

// within says that the pointer leads to something inside the value at path.
func (p pointer) within(path []string) bool {
	return len(p) > len(path) && slices.Equal(p[:len(path)], path)
}

var (
	errNoItems  = errors.New("there is no array at items_path")
	errTrailing = errors.New("there is more than one JSON value")
)

// walker reads a JSON text once, without holding more of it than one item: it returns the
// items of the array at one pointer, and keeps the value at another, wherever it stands.
type walker struct {
	dec   *json.Decoder
	items pointer
	next  pointer // nil: not looked for

	found   json.RawMessage // the value at next
	path    []string
	kinds   []bool // of the containers that are open: true is an object
	count   []int  // of the elements seen in each
	started bool
	inItems bool
	seen    bool // the items
}

// item returns the next item, and io.EOF when the text has ended.
func (w *walker) item() (json.RawMessage, error) {
	for {
		if w.inItems {
			if w.dec.More() {
				var raw json.RawMessage
				if err := w.dec.Decode(&raw); err != nil {
					return nil, short(err)
				}
				return raw, nil
			}
			if _, err := w.dec.Token(); err != nil {
				return nil, short(err)
			}
			w.inItems = false
			w.leave()
			continue
		}
		if !w.started {
			w.started = true
			if err := w.value(); err != nil {
				return nil, short(err)
			}
			continue
		}
		depth := len(w.kinds)
		if depth == 0 {
			if _, err := w.dec.Token(); err != io.EOF {
				if err == nil {
					err = errTrailing
				}
				return nil, err
			}
			if !w.seen {
				return nil, errNoItems
			}
			return nil, io.EOF
		}
		if !w.dec.More() {
			if _, err := w.dec.Token(); err != nil {
				return nil, short(err)
			}
			w.kinds, w.count = w.kinds[:depth-1], w.count[:depth-1]
			w.leave()
			continue
		}
		key := strconv.Itoa(w.count[depth-1])
		w.count[depth-1]++
		if w.kinds[depth-1] {
			token, err := w.dec.Token()
			if err != nil {
				return nil, short(err)
			}
			key, _ = token.(string)
		}
		w.path = append(w.path, key)
		if err := w.value(); err != nil {
			return nil, short(err)
		}
	}
}

// value goes into the value at path, or over it.
func (w *walker) value() error {
	switch {
	case slices.Equal(w.path, []string(w.items)) && !w.seen:
		w.seen = true
		token, err := w.dec.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('['):
			w.inItems = true
			return nil
		case nil: // how some say that there are none
			w.leave()
			return nil
		}
		return errNoItems
	case w.next != nil && slices.Equal(w.path, []string(w.next)):
		if err := w.dec.Decode(&w.found); err != nil {
			return err
		}
		w.leave()
		return nil
	case w.items.within(w.path) || w.next.within(w.path):
		token, err := w.dec.Token()
		if err != nil {
			return err
		}
		if delim, ok := token.(json.Delim); ok {
			w.kinds, w.count = append(w.kinds, delim == '{'), append(w.count, 0)
			return nil
		}
		w.leave()
		return nil
	default:
		var skipped json.RawMessage
		if err := w.dec.Decode(&skipped); err != nil {
			return err
		}
		w.leave()
		return nil
	}
}

// leave ends the value at path.
func (w *walker) leave() {
	if len(w.path) > 0 {
		w.path = w.path[:len(w.path)-1]
	}
}

// short makes the end of the text an error where more of it is needed.
func short(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
