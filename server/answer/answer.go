// Package answer writes the JSON of answers. What encoding/json finds out about a type for every value is found
// out once: each type has an encoder, which appends to a buffer that the next answer uses again. The bytes are those
// of json.Encoder; where a type is unusual, encoding/json writes it.
package answer

import (
	"net/http"
	"reflect"
	"strconv"
	"sync"
	"unsafe"
)

// Body is an answer's JSON, until it is sent.
type Body struct{ text []byte }

// kept is the largest buffer that the next answer uses again.
const kept = 256 << 10

// Check, when not nil, is called with a pointer to every value and with its JSON: the tests of contracts compare
// them with those of encoding/json.
var Check func(v any, text []byte)

var bodies = sync.Pool{New: func() any { return &Body{make([]byte, 0, 2048)} }}

// JSON writes a value. The caller sends it, once.
func JSON[T any](v *T) (*Body, error) {
	b := bodies.Get().(*Body)
	text, err := encoderOf(reflect.TypeFor[T]())(b.text[:0], unsafe.Pointer(v))
	if err != nil {
		b.drop()
		return nil, err
	}
	b.text = append(text, '\n')
	if Check != nil {
		Check(v, b.text)
	}
	return b, nil
}

// Send sends the body.
func (b *Body) Send(w http.ResponseWriter, status int, contentType string) error {
	h := w.Header()
	if contentType == "application/json" {
		h["Content-Type"] = applicationJSON
	} else {
		h["Content-Type"] = []string{contentType}
	}
	if len(b.text) > counted {
		h["Content-Length"] = []string{strconv.Itoa(len(b.text))}
	}
	w.WriteHeader(status)
	_, err := w.Write(b.text)
	b.drop()
	return err
}

// drop leaves the buffer to the next answer.
func (b *Body) drop() {
	if cap(b.text) <= kept {
		bodies.Put(b)
	}
}

// counted is what net/http counts by itself; what is longer it would send in chunks.
const counted = 2000

// To add to it makes another slice: its capacity is its length.
var applicationJSON = []string{"application/json"}
