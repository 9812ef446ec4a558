package db

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
)

// readPlain reads the JSON that most rows have, a list of plain strings or switches by plain names, with less work than
// encoding/json has. It reports whether it could; what it cannot read may be JSON nevertheless.
func readPlain(text string, into any) bool {
	switch into := into.(type) {
	case *[]string:
		return plainList(text, into)
	case *map[string]bool:
		return plainSwitches(text, into)
	}
	if list := reflect.ValueOf(into); ofStrings(list.Type()) {
		return plainList(text, (*[]string)(list.UnsafePointer()))
	}
	return false
}

// stringLists says of the types that were met whether they are lists of strings: reflect.Type → bool.
var stringLists sync.Map

// ofStrings reports whether a type points to a list of a type of strings that encoding/json reads as strings. In
// memory it is a list of strings.
func ofStrings(t reflect.Type) bool {
	known, ok := stringLists.Load(t)
	if !ok {
		list := t.Elem()
		known = list.Kind() == reflect.Slice && list.Elem().Kind() == reflect.String && unread(t) &&
			unread(reflect.PointerTo(list.Elem()))
		stringLists.Store(t, known)
	}
	return known.(bool)
}

// unread reports whether a type has no method with which it reads JSON.
func unread(t reflect.Type) bool {
	return !t.Implements(reflect.TypeFor[json.Unmarshaler]()) && !t.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

func plainList(text string, into *[]string) bool {
	p := plainReader{text}
	if !p.take("[") {
		return false
	}
	if p.rest == "]" {
		*into = []string{}
		return true
	}
	list := make([]string, 0, strings.Count(text, ",")+1)
	for more := !p.take("]"); more; {
		s, ok := p.string()
		if !ok {
			return false
		}
		list = append(list, s)
		if more, ok = p.more("]"); !ok {
			return false
		}
	}
	if p.rest != "" {
		return false
	}
	*into = list
	return true
}

func plainSwitches(text string, into *map[string]bool) bool {
	p := plainReader{text}
	if !p.take("{") {
		return false
	}
	switches := make(map[string]bool, strings.Count(text, ":"))
	for more := !p.take("}"); more; {
		name, ok := p.string()
		if !ok || !p.take(":") {
			return false
		}
		on := p.take("true")
		if !on && !p.take("false") {
			return false
		}
		switches[name] = on
		if more, ok = p.more("}"); !ok {
			return false
		}
	}
	if p.rest != "" || *into != nil { // encoding/json adds to a map
		return false
	}
	*into = switches
	return true
}

// plainReader is what is left of a text.
type plainReader struct{ rest string }

// take takes a token, and the spaces after it.
func (p *plainReader) take(token string) bool {
	rest, ok := strings.CutPrefix(p.rest, token)
	if ok {
		p.rest = strings.TrimLeft(rest, " ")
	}
	return ok
}

// more takes a comma, after which there is more, or the end.
func (p *plainReader) more(end string) (more, ok bool) {
	if p.take(",") {
		return true, true
	}
	return false, p.take(end)
}

// string takes a string of ASCII without escapes.
func (p *plainReader) string() (string, bool) {
	if !strings.HasPrefix(p.rest, `"`) {
		return "", false
	}
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == '"':
			s := p.rest[1:i]
			p.rest = strings.TrimLeft(p.rest[i+1:], " ")
			return s, true
		case c == '\\' || c < ' ' || c > '~':
			return "", false
		}
	}
	return "", false
}
