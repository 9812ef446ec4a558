package server

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/core"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// The tables of the handlers and of the store know the keys that the bundles document, as
// every start checks. A bundle that says another key is refused.
func TestListsKnowWhatTheBundlesSay(t *testing.T) {
	planted := 0
	served := modules(contract.Services{})
	for _, name := range openapi.Contracts() {
		i := slices.IndexFunc(served, func(m contract.Module) bool { return m.Name == name })
		if i < 0 {
			t.Errorf("the lists of %s are not compared", name)
			continue
		}
		m := served[i]
		bundle, _ := openapi.JSON(name)
		check := func(bundle []byte) error {
			m.Bundle = bundle
			c, err := contract.Load(m)
			if err != nil {
				t.Fatal(err)
			}
			return c.CheckLists(m.Handlers.Lists(), store.Lists())
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

// Every filter and every order that a bundle documents is read by an index: a list is not to
// take longer for everybody because one org has much. What contains a text is found by
// reading; that has a bound.
func TestDocumentedKeysHaveIndexes(t *testing.T) {
	s := storetest.Open(t, store.SQLite)
	always := map[string][]page.Filter{
		core.Name + " listWebhookDeliveries": {{Field: "endpoint_id", Op: page.Eq, Value: id.New()}},
	}
	// What a plan bounds to few rows in one scope needs no index of its own.
	few := map[string]string{
		"orgs": "one org", "webhook endpoints": "at most MaxEndpoints in an org", "members sort name": "of two tables",
		"members filter email": "of two tables",
		"seo issues sort url":  "addresses are longer than an index of PostgreSQL takes",
	}
	values := map[string][]any{}
	for _, status := range []string{"active", "expired", "revoked"} {
		values["keys status"] = append(values["keys status"], status)
	}
	for _, status := range []string{"pending", "retrying", "success", "failed"} {
		values["webhook deliveries status"] = append(values["webhook deliveries status"], status)
	}
	checked := 0
	for _, m := range modules(contract.Services{}) {
		name, api := m.Name, m.Handlers
		m.Bundle, _ = openapi.JSON(name)
		c, err := contract.Load(m)
		if err != nil {
			t.Fatal(err)
		}
		for operation, table := range api.Lists() {
			if table.Rows == "" || few[table.Rows] != "" {
				continue
			}
			plan := func(sort string, filters ...page.Filter) string {
				t.Helper()
				filters = append(slices.Clone(always[name+" "+operation]), filters...)
				p, err := s.ListPlan(t.Context(), table.Rows,
					page.Query{Limit: 20, Sort: page.Sort{Field: sort, Desc: true}, Filters: filters})
				if err != nil {
					t.Fatalf("%s: %v", operation, err)
				}
				checked++
				return p
			}
			said := c.Operations[operation].List
			for _, sort := range said.Sort {
				if few[table.Rows+" sort "+sort] != "" {
					continue
				}
				if p := plan(sort); strings.Contains(p, "SCAN ") || strings.Contains(p, "B-TREE FOR ORDER BY") {
					t.Errorf("%s %s sorts by %s without an index: %s", name, operation, sort, p)
				}
			}
			for _, filter := range said.Filter {
				if filter == "search" || few[table.Rows+" filter "+filter] != "" {
					continue
				}
				op, with := page.Eq, values[table.Rows+" "+filter]
				switch {
				case with != nil:
				case strings.HasSuffix(filter, "_at"):
					op, with = page.Since, []any{time.Now()}
				default:
					with = []any{"x"}
				}
				for _, v := range with {
					for _, sort := range said.Sort {
						f := page.Filter{Field: filter, Op: op, Value: v}
						p := plan(sort, f)
						if op == page.Since && !strings.HasPrefix(filter, sort) {
							continue // a span of time in another order: the order has an index
						}
						if p == plan(sort) || strings.Contains(p, "SCAN ") {
							t.Errorf("%s %s filters by %s %v, in the order of %s, without an index: %s", name, operation, filter, v, sort, p)
						}
					}
				}
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d plans were looked at", checked)
	}
}
