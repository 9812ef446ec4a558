package servertest

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"reflect"

	bodies "github.com/alania-go/alania/server/answer"
)

// Every answer that a test receives is, byte for byte, what encoding/json makes of its value. Benchmarks
// measure without.
func init() {
	bodies.Check = func(v any, text []byte) {
		if bench := flag.Lookup("test.bench"); bench != nil && bench.Value.String() != "" {
			return
		}
		var want bytes.Buffer
		err := json.NewEncoder(&want).Encode(reflect.ValueOf(v).Elem().Interface())
		if err != nil || !bytes.Equal(text, want.Bytes()) {
			panic(fmt.Sprintf("the answer is %s and not %s (%v)", text, want.Bytes(), err))
		}
	}
}
