package contract

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/alania-go/alania/domain/page"
)

// List is what callers may ask of a list, as x-list of the bundle says.
type List struct {
	Sort    []string
	Filter  []string // fields, not parameters: created_after and created_before are created_at
	Fields  []string // members of an item that may be chosen
	Include []string // related resources that may be shown as well
}

// Table is what the server knows of an operation with x-list.
type Table struct {
	Rows string // what the store lists; empty when the operation shows one thing
	List        // what the handler knows by itself; without Sort, it asks the store for any
}

// readList reads x-list; nil when there is none.
func readList(spec *openapi3.Operation) (*List, error) {
	said, there := spec.Extensions["x-list"]
	if !there {
		// What is free to be filtered is not the platform's, and sorts by what its own rows have.
		if spec.Parameters.GetByInAndName(openapi3.ParameterInQuery, "sort") != nil && spec.Extensions["x-query"] == nil {
			return nil, errors.New("a list that can be sorted needs x-list")
		}
		return nil, nil
	}
	members, ok := said.(map[string]any)
	if !ok {
		return nil, errors.New("x-list must be an object")
	}
	l := &List{}
	into := map[string]*[]string{"sort": &l.Sort, "filter": &l.Filter, "fields": &l.Fields, "include": &l.Include}
	for name, value := range members {
		keys, known := into[name]
		values, ok := value.([]any)
		if !known || !ok {
			return nil, fmt.Errorf("x-list: %s must be one of sort, filter, fields and include, and a list of keys", name)
		}
		for _, v := range values {
			key, ok := v.(string)
			if !ok {
				return nil, fmt.Errorf("x-list: %s must be a list of keys", name)
			}
			*keys = append(*keys, key)
		}
	}
	return l, nil
}

// CheckLists compares what the bundle says of lists with what the handlers know, by
// operationId, and with what the store can sort and filter by. A key that is documented
// and not known would be a 500, one that is known and not documented a secret.
func (c *Contract) CheckLists(tables map[string]Table, store map[string]page.Keys) error {
	var errs []error
	wrong := func(operation, format string, args ...any) {
		errs = append(errs, fmt.Errorf("contract %s, operation %s: "+format, append([]any{c.Name, operation}, args...)...))
	}
	for id := range tables {
		if op := c.Operations[id]; op == nil || op.List == nil {
			wrong(id, "the handlers have a list, the bundle has no x-list")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Operations)) {
		said := c.Operations[id].List
		if said == nil {
			continue
		}
		table, known := tables[id]
		if !known {
			wrong(id, "the bundle has x-list, the handlers have no list")
			continue
		}
		for _, k := range []struct {
			name        string
			said, known []string
		}{{"sort", said.Sort, table.Sort}, {"fields", said.Fields, table.Fields}, {"include", said.Include, table.Include}} {
			if k.name == "sort" && k.known == nil {
				continue
			}
			if !slices.Equal(slices.Sorted(slices.Values(k.said)), slices.Sorted(slices.Values(k.known))) {
				wrong(id, "x-list says %s %v, the handler knows %v", k.name, k.said, k.known)
			}
		}
		rows, known := store[table.Rows]
		if !known {
			if len(said.Sort) > 0 || len(said.Filter) > 0 {
				wrong(id, "the store does not list %q", table.Rows)
			}
			continue
		}
		for _, key := range said.Sort {
			if !slices.Contains(rows.Sort, key) {
				wrong(id, "x-list sorts by %s, the store's %s by %v", key, table.Rows, rows.Sort)
			}
		}
		for _, key := range said.Filter {
			if !slices.Contains(rows.Filter, key) {
				wrong(id, "x-list filters by %s, the store's %s by %v", key, table.Rows, rows.Filter)
			}
		}
	}
	return errors.Join(errs...)
}
