package rows

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/alania-go/alania/domain/storable"
)

// Body is what is to be written: JSON of one object or of an array of objects.
type Body struct {
	JSON   []byte
	Object bool     // one object, not an array
	Keys   []string // of the first object
	Rows   int
	even   bool // every object has the keys of the first
}

// ParseJSON reads a body. It is refused when it is no JSON, or has another thing than objects in it.
func ParseJSON(raw []byte) (Body, error) {
	if !json.Valid(raw) || !utf8.Valid(raw) {
		return Body{}, bodyError("Empty or invalid json")
	}
	if nul(raw) {
		return Body{}, InvalidText()
	}
	raw = bytes.TrimSpace(raw)
	b := Body{JSON: raw, even: true}
	switch raw[0] {
	case '{':
		b.Object, b.Rows = true, 1
		EachMember(raw, func(key string, _ []byte) bool {
			if !slices.Contains(b.Keys, key) {
				b.Keys = append(b.Keys, key)
			}
			return true
		})
	case '[':
		ok := true
		EachElement(raw, func(v []byte) bool {
			ok = v[0] == '{' && b.object(v)
			return ok
		})
		if !ok {
			return Body{}, bodyError("The array must have objects only")
		}
	default:
		return Body{}, bodyError("The body must be an object or an array of objects")
	}
	if len(b.Keys) > maxItems {
		return Body{}, bodyError("An object has too many members")
	}
	return b, nil
}

// nul reports whether JSON has the character U+0000 in a text.
func nul(raw []byte) bool {
	for from := 0; ; {
		i := bytes.Index(raw[from:], []byte(`\u0000`))
		if i < 0 {
			return false
		}
		before := bytes.TrimRight(raw[:from+i], `\`)
		if (from+i-len(before))%2 == 0 {
			return true
		}
		from += i + 1
	}
}

// object counts an object and compares its keys with those of the first.
func (b *Body) object(v []byte) bool {
	b.Rows++
	n := 0
	var seen []string
	EachMember(v, func(key string, _ []byte) bool {
		if b.Rows == 1 {
			if !slices.Contains(b.Keys, key) {
				b.Keys = append(b.Keys, key)
			}
			return len(b.Keys) <= maxItems
		}
		if n < len(b.Keys) && b.Keys[n] == key { // in the same order, as almost always
			n++
			return true
		}
		if !slices.Contains(b.Keys, key) {
			b.even = false
		}
		seen = append(seen, key)
		return len(seen) <= maxItems
	})
	if b.Rows > 1 && b.even {
		for _, key := range b.Keys[n:] {
			if !slices.Contains(seen, key) {
				b.even = false
			}
		}
	}
	return true
}

// ParseCSV reads a body of CSV whose first line names the columns. NULL is no value.
func ParseCSV(raw []byte) (Body, error) {
	r := csv.NewReader(bytes.NewReader(raw))
	r.ReuseRecord = true
	header, err := r.Read()
	if err != nil {
		return Body{}, bodyError("Empty or invalid csv")
	}
	if !storable.Text(string(raw)) {
		return Body{}, InvalidText()
	}
	header = slices.Clone(header)
	if len(header) > maxItems {
		return Body{}, bodyError("A line has too many fields")
	}
	b := Body{Keys: header, even: true}
	keys := make([][]byte, len(header))
	for i, h := range header {
		if slices.Contains(header[:i], h) {
			return Body{}, bodyError("A column is named twice")
		}
		keys[i], _ = json.Marshal(h)
	}
	var out bytes.Buffer
	out.WriteByte('[')
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.Is(err, csv.ErrFieldCount) {
			return Body{}, bodyError("All lines must have same number of fields")
		}
		if err != nil {
			return Body{}, bodyError("Empty or invalid csv")
		}
		if b.Rows++; b.Rows > 1 {
			out.WriteByte(',')
		}
		out.WriteByte('{')
		for i, field := range record {
			if i > 0 {
				out.WriteByte(',')
			}
			out.Write(keys[i])
			out.WriteByte(':')
			if field == "NULL" {
				out.WriteString("null")
				continue
			}
			v, _ := json.Marshal(field)
			out.Write(v)
		}
		out.WriteByte('}')
	}
	out.WriteByte(']')
	b.JSON = out.Bytes()
	return b, nil
}

// EachMember calls a function with the members of an object in valid JSON, until it returns false.
func EachMember(raw []byte, do func(key string, value []byte) bool) {
	i := skip(raw, 0) + 1
	for i = skip(raw, i); i < len(raw) && raw[i] != '}'; i = skip(raw, i) {
		if raw[i] == ',' {
			i = skip(raw, i+1)
		}
		end := valueEnd(raw, i)
		key := unquote(raw[i:end])
		i = skip(raw, skip(raw, end)+1) // the colon
		end = valueEnd(raw, i)
		if !do(key, raw[i:end]) {
			return
		}
		i = end
	}
}

// EachElement calls a function with the elements of an array in valid JSON, until it returns false.
func EachElement(raw []byte, do func(value []byte) bool) {
	i := skip(raw, 0) + 1
	for i = skip(raw, i); i < len(raw) && raw[i] != ']'; i = skip(raw, i) {
		if raw[i] == ',' {
			i = skip(raw, i+1)
		}
		end := valueEnd(raw, i)
		if !do(raw[i:end]) {
			return
		}
		i = end
	}
}

func skip(raw []byte, i int) int {
	for i < len(raw) && strings.IndexByte(" \t\r\n", raw[i]) >= 0 {
		i++
	}
	return i
}

// valueEnd is where the value that begins at i ends.
func valueEnd(raw []byte, i int) int {
	switch raw[i] {
	case '"':
		for i++; raw[i] != '"'; i++ {
			if raw[i] == '\\' {
				i++
			}
		}
		return i + 1
	case '{', '[':
		depth := 0
		for ; ; i++ {
			switch raw[i] {
			case '"':
				i = valueEnd(raw, i) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
	}
	for i < len(raw) && strings.IndexByte(",]} \t\r\n", raw[i]) < 0 {
		i++
	}
	return i
}

// unquote is the text of a JSON string.
func unquote(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	_ = json.Unmarshal(raw, &s)
	return s
}

// ParseForm reads the fields of a form as one object of texts.
func ParseForm(fields map[string][]string) (Body, error) {
	object := make(map[string]string, len(fields))
	for name, values := range fields {
		object[name] = values[0]
	}
	raw, err := json.Marshal(object)
	if err != nil {
		return Body{}, err
	}
	return ParseJSON(raw)
}
