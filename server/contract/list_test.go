package contract_test

import (
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/server/contract"
)

const listed = `{"openapi": "3.1.0", "info": {"title": "Small", "version": "1"}, "paths": {
	"/things": {"get": {"operationId": "listThings", "security": [], LIST
		"parameters": [{"name": "sort", "in": "query", "schema": {"type": "string"}}],
		"responses": {"200": {"description": "Things."}}}},
	"/orgs": {"get": {"operationId": "getOrg", "security": [], "responses": {"200": {"description": "An org."}}}}}}`

func TestCheckLists(t *testing.T) {
	const list = `"x-list": {"sort": ["name", "size"], "filter": ["state"], "fields": ["id", "name"],
		"include": ["owner"]},`
	table := func(edit func(*contract.Table)) map[string]contract.Table {
		all := contract.Table{Rows: "things", List: contract.List{
			Sort: []string{"size", "name"}, Fields: []string{"id", "name"}, Include: []string{"owner"},
		}}
		if edit != nil {
			edit(&all)
		}
		return map[string]contract.Table{"listThings": all}
	}
	with := func(operation string) map[string]contract.Table {
		tables := table(nil)
		tables[operation] = contract.Table{}
		return tables
	}
	things := map[string]page.Keys{"things": {Sort: []string{"age", "name", "size"}, Filter: []string{"state", "age"}}}
	for _, test := range []struct {
		name   string
		list   string
		tables map[string]contract.Table
		store  map[string]page.Keys
		want   string // empty: all is well
	}{
		{"all know the same", list, table(nil), things, ""},
		{"the handler leaves the order to the store", list, table(func(t *contract.Table) { t.Sort = nil }), things, ""},
		{
			"the handler knows a key fewer", list, table(func(t *contract.Table) { t.Sort = []string{"name"} }), things,
			"x-list says sort [name size], the handler knows [name]",
		},
		{
			"the handler knows a field more", list,
			table(func(t *contract.Table) { t.Fields = []string{"id", "name", "secret"} }), things,
			"x-list says fields",
		},
		{
			"the handler includes something else", list, table(func(t *contract.Table) { t.Include = []string{"parent"} }),
			things,
			"x-list says include",
		},
		{"the handler has no list", list, nil, things, "the handlers have no list"},
		{"the bundle has none", "", nil, things, "a list that can be sorted needs x-list"},
		{"of no such operation", list, with("listThongs"), things, "the bundle has no x-list"},
		{"of an operation without one", list, with("getOrg"), things, "the bundle has no x-list"},
		{"the store has no such list", list, table(nil), nil, `the store does not list "things"`},
		{
			"the store does not sort by it", list, table(nil),
			map[string]page.Keys{"things": {Sort: []string{"name"}, Filter: []string{"state"}}}, "x-list sorts by size",
		},
		{
			"the store does not filter by it", list, table(nil),
			map[string]page.Keys{"things": {Sort: []string{"name", "size"}}}, "x-list filters by state",
		},
		{"x-list is no object", `"x-list": ["name"],`, nil, things, "x-list must be an object"},
		{"x-list has what nobody reads", `"x-list": {"order": ["name"]},`, nil, things, "x-list: order must be one of"},
		{"a key is no text", `"x-list": {"sort": [1]},`, nil, things, "x-list: sort must be a list of keys"},
	} {
		t.Run(test.name, func(t *testing.T) {
			bundle := []byte(strings.Replace(listed, "LIST", test.list, 1))
			c, err := contract.Load(contract.Module{Name: "small", Bundle: bundle})
			if err == nil {
				err = c.CheckLists(test.tables, test.store)
			}
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
