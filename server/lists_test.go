package server

import (
	"strings"
	"testing"

	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/core"
	"github.com/alania-go/alania/server/keys"
	"github.com/alania-go/alania/server/platform"
	"github.com/alania-go/alania/store"
)

// The tables of the handlers and of the store know the keys that the bundles document, as
// every start checks. A bundle that says another key is refused.
func TestListsKnowWhatTheBundlesSay(t *testing.T) {
	planted := 0
	apis := map[string]handlers{"platform": &platform.API{}, core.Name: &core.API{}, keys.Name: &keys.API{}}
	for _, name := range openapi.Contracts() {
		api, known := apis[name]
		if !known {
			t.Errorf("the lists of %s are not compared", name)
			continue
		}
		bundle, _ := openapi.JSON(name)
		check := func(bundle []byte) error {
			c, err := contract.Load(name, bundle, nil)
			if err != nil {
				t.Fatal(err)
			}
			return c.CheckLists(api.Lists(), store.Lists())
		}
		if err := check(bundle); err != nil {
			t.Error(err)
		}
		if strings.Contains(string(bundle), `"x-list"`) {
			planted++
			other := strings.ReplaceAll(string(bundle), `"sort": [`, `"sort": ["shoe_size",`)
			if err := check([]byte(other)); err == nil || !strings.Contains(err.Error(), "shoe_size") {
				t.Errorf("%s: a list that nobody can sort is taken: %v", name, err)
			}
		}
	}
	if planted < 2 {
		t.Errorf("only %d contracts have lists", planted)
	}
}
