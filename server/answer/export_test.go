package answer

import "reflect"

// The sizes that decide how a body is sent and kept.
const (
	Counted = counted
	Kept    = kept
)

// Text is the JSON.
func (b *Body) Text() []byte { return b.text }

// Drop leaves the buffer to the next answer.
func (b *Body) Drop() { b.drop() }

// Encoded reports whether a type is not left to encoding/json as a whole.
func Encoded(t reflect.Type) bool { return maker{}.encoder(t) != nil }
