package contract_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/server/contract"
)

// What the bundle does not document is the handler's, where x-query says so.
func TestFreeQuery(t *testing.T) {
	document := func(extension string) string {
		return `{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{"/a":{"get":{"operationId":"op"` + extension +
			`,"parameters":[{"in":"query","name":"limit","schema":{"type":"integer"}}],"security":[],
			"responses":{"200":{"description":"ok"}}}}}}`
	}
	load := func(extension string) (*contract.Contract, error) {
		return contract.Load(contract.Module{Name: "t", Bundle: []byte(document(extension))})
	}
	c, err := load(`,"x-query":"filter."`)
	if err != nil {
		t.Fatal(err)
	}
	x := &contract.Exchange{
		Operation: c.Operations["op"], URL: &url.URL{RawQuery: "filter.b=1&limit=2&filter.a%2Ec=%C3%A9+&&filter.b=%26"},
	}
	want := []contract.Parameter{{"filter.b", "1"}, {"filter.a.c", "é "}, {"filter.b", "&"}}
	if got := contract.FreeQuery(contract.With(t.Context(), x)); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if got := contract.FreeQuery(t.Context()); got != nil {
		t.Errorf("%v without a request", got)
	}
	for _, wrong := range []string{`,"x-query":true`, `,"x-query":"Filter"`, `,"x-query":""`} {
		if _, err := load(wrong); err == nil || !strings.Contains(err.Error(), "x-query") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
