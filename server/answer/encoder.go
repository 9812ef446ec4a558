package answer

import (
	"encoding"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
	"unsafe"
)

// An encoder appends the JSON of the value at p, which is of the type that it is made for.
type encoder func(b []byte, p unsafe.Pointer) ([]byte, error)

var encoders sync.Map // reflect.Type → encoder

// encoderOf returns the encoder of a type.
func encoderOf(t reflect.Type) encoder {
	if e, ok := encoders.Load(t); ok {
		return e.(encoder)
	}
	e := maker{}.encoder(t)
	if e == nil {
		e = whole(t)
	}
	encoders.Store(t, e)
	return e
}

// maker makes the encoder of a type. It has the types that it is inside of: an answer that contains its own type is
// left to encoding/json as a whole, and so is one that encoding/json writes differently in different places. There
// is no encoder for them, but nil.
type maker map[reflect.Type]bool

var (
	marshaler     = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// whole leaves a type to encoding/json.
func whole(t reflect.Type) encoder {
	return func(b []byte, p unsafe.Pointer) ([]byte, error) {
		text, err := json.Marshal(reflect.NewAt(t, p).Elem().Interface())
		return append(b, text...), err
	}
}

func (m maker) encoder(t reflect.Type) encoder {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return instant
	case t.Kind() == reflect.Map && t.PkgPath() == "github.com/oapi-codegen/nullable":
		return nullable(t)
	case t.Implements(marshaler), t.Implements(textMarshaler):
		return whole(t)
	case reflect.PointerTo(t).Implements(marshaler), reflect.PointerTo(t).Implements(textMarshaler):
		return nil // it is asked for its JSON only where it has an address
	}
	switch t.Kind() {
	case reflect.String:
		return func(b []byte, p unsafe.Pointer) ([]byte, error) { return text(b, *(*string)(p)), nil }
	case reflect.Bool:
		return func(b []byte, p unsafe.Pointer) ([]byte, error) { return strconv.AppendBool(b, *(*bool)(p)), nil }
	case reflect.Int:
		return func(b []byte, p unsafe.Pointer) ([]byte, error) { return integer(b, int64(*(*int)(p))), nil }
	case reflect.Int32:
		return func(b []byte, p unsafe.Pointer) ([]byte, error) { return integer(b, int64(*(*int32)(p))), nil }
	case reflect.Int64:
		return func(b []byte, p unsafe.Pointer) ([]byte, error) { return integer(b, *(*int64)(p)), nil }
	case reflect.Pointer:
		return m.pointer(t)
	case reflect.Slice:
		return m.slice(t)
	case reflect.Struct:
		return m.object(t)
	case reflect.Map:
		if t.ConvertibleTo(reflect.TypeFor[map[string]bool]()) {
			return func(b []byte, p unsafe.Pointer) ([]byte, error) { return switches(b, *(*map[string]bool)(p)), nil }
		}
	}
	if !plain(t, maker{}) {
		return nil
	}
	return whole(t)
}

// plain reports whether encoding/json writes values of a type in one way, whether they have an address or not.
func plain(t reflect.Type, seen maker) bool {
	if seen[t] {
		return true
	}
	seen[t] = true
	if t.Implements(marshaler) || t.Implements(textMarshaler) {
		return true
	}
	if t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface &&
		(reflect.PointerTo(t).Implements(marshaler) || reflect.PointerTo(t).Implements(textMarshaler)) {
		return false
	}
	switch t.Kind() {
	case reflect.Array, reflect.Struct:
		if t.Kind() == reflect.Array {
			return plain(t.Elem(), seen)
		}
		for i := range t.NumField() {
			if !plain(t.Field(i).Type, seen) {
				return false
			}
		}
	}
	return true // what a pointer, a slice or a map leads to has an address, or none, in any case
}

func (m maker) pointer(t reflect.Type) encoder {
	of := m.encoder(t.Elem())
	if of == nil {
		return nil
	}
	return func(b []byte, p unsafe.Pointer) ([]byte, error) {
		to := *(*unsafe.Pointer)(p)
		if to == nil {
			return append(b, "null"...), nil
		}
		return of(b, to)
	}
}

func (m maker) slice(t reflect.Type) encoder {
	if t.Elem().Kind() == reflect.Uint8 {
		return whole(t)
	}
	of, size := m.encoder(t.Elem()), t.Elem().Size()
	if of == nil {
		return nil
	}
	return func(b []byte, p unsafe.Pointer) ([]byte, error) {
		list := *(*[]struct{})(p)
		if list == nil {
			return append(b, "null"...), nil
		}
		first := unsafe.Pointer(unsafe.SliceData(list))
		b = append(b, '[')
		var err error
		for i := range len(list) {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = of(b, unsafe.Add(first, uintptr(i)*size)); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	}
}

// member is a field of an object.
type member struct {
	name   string // with its quotes and the colon
	offset uintptr
	write  encoder
	empty  func(p unsafe.Pointer) bool // nil: it is never left out
}

func (m maker) object(t reflect.Type) encoder {
	if m[t] {
		return nil
	}
	m[t] = true
	defer delete(m, t)
	members, ok := m.members(t)
	if !ok {
		return nil
	}
	return func(b []byte, p unsafe.Pointer) ([]byte, error) {
		b = append(b, '{')
		begin := len(b)
		var err error
		for i := range members {
			m := &members[i]
			at := unsafe.Add(p, m.offset)
			if m.empty != nil && m.empty(at) {
				continue
			}
			if len(b) > begin {
				b = append(b, ',')
			}
			b = append(b, m.name...)
			if b, err = m.write(b, at); err != nil {
				return b, err
			}
		}
		return append(b, '}'), nil
	}
}

// members makes the encoders of the fields of a struct. It
// refuses what generated types do not have, such as embedded ones.
func (m maker) members(t reflect.Type) (members []member, ok bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		if f.Anonymous {
			return nil, false
		}
		if !f.IsExported() || tag == "-" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if name == "" {
			name = f.Name
		}
		added := member{name: string(append(text(nil, name), ':')), offset: f.Offset, write: m.encoder(f.Type)}
		if options == "omitempty" {
			added.empty = emptiness(f.Type)
		}
		taken := slices.ContainsFunc(members, func(o member) bool { return o.name == added.name })
		if added.write == nil || taken || !named(name) || options != "" && options != "omitempty" {
			return nil, false
		}
		members = append(members, added)
	}
	return members, true
}

// named reports whether encoding/json takes the name of a tag.
func named(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-' && r != '.'
	})
}

// emptiness returns what omitempty leaves out of a type; nil: nothing.
func emptiness(t reflect.Type) func(p unsafe.Pointer) bool {
	switch t.Kind() {
	case reflect.Pointer:
		return func(p unsafe.Pointer) bool { return *(*unsafe.Pointer)(p) == nil }
	case reflect.String:
		return func(p unsafe.Pointer) bool { return *(*string)(p) == "" }
	case reflect.Slice:
		return func(p unsafe.Pointer) bool { return len(*(*[]struct{})(p)) == 0 }
	case reflect.Map, reflect.Array:
		return func(p unsafe.Pointer) bool { return reflect.NewAt(t, p).Elem().Len() == 0 }
	case reflect.Struct:
		return nil
	}
	return func(p unsafe.Pointer) bool { return reflect.NewAt(t, p).Elem().IsZero() }
}

// nullable is for a nullable.Nullable: a map with the value at true, or null at false.
func nullable(t reflect.Type) encoder {
	switch t.Elem() {
	case reflect.TypeFor[string]():
		return ofNullable(func(b []byte, v *string) ([]byte, error) { return text(b, *v), nil })
	case reflect.TypeFor[int]():
		return ofNullable(func(b []byte, v *int) ([]byte, error) { return integer(b, int64(*v)), nil })
	case reflect.TypeFor[int64]():
		return ofNullable(func(b []byte, v *int64) ([]byte, error) { return integer(b, *v), nil })
	case reflect.TypeFor[time.Time]():
		return ofNullable(func(b []byte, v *time.Time) ([]byte, error) { return instant(b, unsafe.Pointer(v)) })
	}
	return whole(t)
}

func ofNullable[T any](write func(b []byte, v *T) ([]byte, error)) encoder {
	return func(b []byte, p unsafe.Pointer) ([]byte, error) {
		m := *(*map[bool]T)(p)
		if _, null := m[false]; null {
			return append(b, "null"...), nil
		}
		v := m[true]
		return write(b, &v)
	}
}

// instant writes a time as it does itself, with all its digits.
func instant(b []byte, p unsafe.Pointer) ([]byte, error) {
	b = append(b, '"')
	b, err := (*time.Time)(p).AppendText(b)
	return append(b, '"'), err
}

func integer(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

// switches writes a map of booleans in the order of its names.
func switches(b []byte, m map[string]bool) []byte {
	if m == nil {
		return append(b, "null"...)
	}
	b = append(b, '{')
	begin := len(b)
	write := func(name string, on bool) {
		if len(b) > begin {
			b = append(b, ',')
		}
		b = strconv.AppendBool(append(text(b, name), ':'), on)
	}
	if len(m) == 1 {
		for name, on := range m {
			write(name, on)
		}
	} else {
		for _, name := range slices.Sorted(maps.Keys(m)) {
			write(name, m[name])
		}
	}
	return append(b, '}')
}

// literal says which bytes of a text stand for themselves in JSON.
var literal = func() (is [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		is[c] = c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' && c != 0x7f
	}
	return is
}()

// text writes a string.
func text(b []byte, s string) []byte {
	for i := range len(s) {
		if !literal[s[i]] {
			quoted, _ := json.Marshal(s) // a string has no errors
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
