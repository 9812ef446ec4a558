package documentstest_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/data/documents/documentstest"
	"github.com/alania-go/alania/domain/fault"
)

// Refusals say where and what, and never have a value that was submitted or stored.
func TestRefusalsTellNoValues(t *testing.T) {
	const secret = "hunter2"
	doc := `{"_id":1,"a":"hunter2","l":["hunter2"],"o":{"x":"hunter2"}}`
	for _, c := range []struct{ kind, text, pointer string }{
		{"find", `{"a":{"$gt":{"$oid":"hunter2"}}}`, "/filter"}, {"find", `{"a":{"$type":"hunter2"}}`, "/filter"},
		{"find", `{"a":{"$regex":"(hunter2"}}`, "/filter"}, {"find", `{"$or":"hunter2"}`, "/filter"},
		{"find", `{"a":{"$mod":["hunter2",1]}}`, "/filter"}, {"find", `{"$expr":{"$add":["$a",1]}}`, ""},
		{"find", `{"a":{"$bitsAllSet":"hunter2"}}`, "/filter"}, {"find", `{"a":{"$size":"hunter2"}}`, "/filter"},
		{"bulk", `{"$inc":{"a":"hunter2"}}`, "/update/$inc/a"}, {"bulk", `{"$inc":{"a":1}}`, ""},
		{"bulk", `{"$rename":{"a":"$hunter2"}}`, "/update/$rename/a"}, {"bulk", `{"$set":{"l.x":1}}`, ""},
		{"bulk", `{"$push":{"l":{"$each":[],"$slice":"hunter2"}}}`, "/update/$push/l/$slice"},
		{"bulk", `{"$pop":{"l":"hunter2"}}`, "/update/$pop/l"},
		{"bulk", `{"$currentDate":{"a":"hunter2"}}`, "/update/$currentDate/a"},
		{"aggregate", `[{"$project":{"x":{"$add":["$a",1]}}}]`, ""},
		{"aggregate", `[{"$limit":"hunter2"}]`, "/pipeline/0/$limit"},
		{"aggregate", `[{"$project":{"x":"$$hunter2"}}]`, "/pipeline/0/$project/x"},
		{"aggregate", `[{"$project":{"x":{"$toInt":"$a"}}}]`, ""}, {"aggregate", `[{"$replaceWith":"$a"}]`, ""},
		{"aggregate", `[{"$lookup":{"from":"../hunter2","localField":"a","foreignField":"a","as":"x"}}]`,
			"/pipeline/0/$lookup/from"},
		{"aggregate", `[{"$project":{"x":{"$dateFromString":{"dateString":"$a"}}}}]`, ""},
		{"aggregate", `[{"$project":{"x":{"$year":{"date":"$a","timezone":"hunter2"}}}}]`,
			"/pipeline/0/$project/x/$year/timezone"},
		{"aggregate", `[{"$bucket":{"groupBy":"$a","boundaries":[1,2]}}]`, ""},
	} {
		op := documentstest.Operation{Kind: c.kind}
		switch c.kind {
		case "find":
			op.Filter = json.RawMessage(c.text)
		case "bulk":
			op.Operations = json.RawMessage(`[{"updateOne":{"filter":{"_id":1},"update":` + c.text + `}}]`)
		default:
			op.Pipeline = json.RawMessage(c.text)
		}
		m := documentstest.NewMemory().(*documentstest.Memory)
		if err := m.Load("c", []string{doc}); err != nil {
			t.Fatal(err)
		}
		err := m.Refusal("c", op)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.ValidationFailed && f.Code != fault.RuleBroken {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		told, _ := json.Marshal(f)
		if strings.Contains(string(told), secret) {
			t.Errorf("%s: the refusal has a value: %s", c.text, told)
		}
		var pointers []string
		for _, v := range f.Violations {
			pointers = append(pointers, v.Pointer)
		}
		if strings.Join(pointers, " ") != c.pointer {
			t.Errorf("%s: the violations are at %q, not at %q", c.text, pointers, c.pointer)
		}
	}
}
