package control

import (
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/convert"
)

// parse reads an id of a path. The validator has seen its form; what it let through and is no id, such as a
// ULID beyond 128 bits, names nothing.
func parse(prefix, s, what string) (id.ID, error) {
	v, err := id.ParsePrefixed(prefix, s)
	if err != nil {
		return v, fault.NewNotFound(what)
	}
	return v, nil
}

// ParseTenant reads the id of a tenant.
func ParseTenant(s string) (id.ID, error) { return parse(id.TenantPrefix, s, "organization") }

// ParseWorkspace reads the id of a workspace.
func ParseWorkspace(s string) (id.ID, error) { return parse(id.WorkspacePrefix, s, "workspace") }

// query builds a list's query from its common parameters. Lists have the newest item first; the validator has put
// the documented defaults in.
func (a *API) query(list string, cursor *string, limit *int, filters ...page.Filter) (page.Query, error) {
	return a.Cursors.Query(list, convert.Value(cursor), *limit, page.ParseSort("-created_at"), filters...)
}

// equal adds a filter when the caller sent one.
func equal[S ~string](filters []page.Filter, field string, v *S) []page.Filter {
	if v == nil {
		return filters
	}
	return append(filters, page.Filter{Field: field, Op: page.Eq, Value: string(*v)})
}

func showTenant(v id.ID) string    { return v.Prefixed(id.TenantPrefix) }
func showWorkspace(v id.ID) string { return v.Prefixed(id.WorkspacePrefix) }

// page shows where a page of a list stands.
func (a *API) page(q page.Query, next *page.Position) control.Page {
	return control.Page{Limit: q.Limit, NextCursor: convert.Nullable(a.Cursors.Next(q, next))}
}
