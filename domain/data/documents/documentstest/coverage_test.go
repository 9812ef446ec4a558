package documentstest_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/data/documents/accumulate"
	"github.com/alania-go/alania/domain/data/documents/documentstest"
	"github.com/alania-go/alania/domain/data/documents/expression"
	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/pipeline"
	"github.com/alania-go/alania/domain/data/documents/update"
)

// TestOperatorsHaveCases fails for an operator, a stage or an accumulator that no case of the project's own uses
// with success.
func TestOperatorsHaveCases(t *testing.T) {
	cases, err := documentstest.Own()
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../../../docs/documents.md")
	if err != nil {
		t.Fatal(err)
	}
	text := map[string]string{}
	for _, c := range cases {
		if c.Expect.Error {
			continue
		}
		one, err := json.Marshal(c.Operation)
		if err != nil {
			t.Fatal(err)
		}
		kind := c.Operation.Kind
		text[kind] += string(one)
	}
	for _, list := range []struct {
		what, kind string
		names      []string
	}{
		{"filter", "find", filter.Operators()}, {"update", "bulk", update.Operators()},
		{"stage", "aggregate", pipeline.Stages()}, {"accumulator", "aggregate", accumulate.Names()},
		{"expression", "aggregate", expression.Operators()},
	} {
		if len(list.names) < 10 {
			t.Errorf("%s has only %d operators", list.what, len(list.names))
		}
		for _, name := range list.names {
			if !strings.Contains(text[list.kind], `"`+name+`"`) {
				t.Errorf("no case uses %s of %s", name, list.what)
			}
			if !strings.Contains(string(page), "`"+name+"`") {
				t.Errorf("docs/documents.md does not name %s of %s", name, list.what)
			}
		}
	}
}
