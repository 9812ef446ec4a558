package core

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/storable"
	"github.com/alania-go/alania/gen/core"
	"github.com/alania-go/alania/server/contract"
)

// listing is what can be asked of the list of one kind of resource.
type listing struct {
	sorts    []string
	fields   []string
	includes []string
}

// Lists are what the handlers know of each operation with x-list.
func (*API) Lists() map[string]contract.Table {
	tables := map[string]contract.Table{}
	for operation, l := range map[string]struct {
		rows string
		listing
	}{
		"listWorkspaces": {"workspaces", workspaceList}, "listApiKeys": {"keys", keyList},
		"listWebhooks":          {"webhook endpoints", webhookList},
		"listWebhookDeliveries": {"webhook deliveries", deliveryList}, "listSeoIssues": {"seo issues", issueList},
		"listPixelDomains": {"pixel domains", domainList}, "listPixelEvents": {"pixel events", hitList},
		"listMcpCalls": {"mcp calls", callList},
	} {
		tables[operation] = contract.Table{
			Rows: l.rows, List: contract.List{Sort: l.sorts, Fields: l.fields, Include: l.includes},
		}
	}
	for operation, l := range map[string]listing{
		"getWorkspace": workspaceList, "getApiKey": keyList, "getWebhook": webhookList,
	} {
		tables[operation] = contract.Table{List: contract.List{Include: l.includes}}
	}
	return tables
}

// listParams are the parameters that lists have in common.
type listParams struct {
	page, perPage                                            *int
	sort, fields, include, search                            *string
	createdAfter, createdBefore, updatedAfter, updatedBefore *string
	filters                                                  []page.Filter
}

// listOptions are the page, fields and includes that the caller asked for.
type listOptions struct {
	page, perPage int
	fields        []string // nil: all
	includes      []string
}

// wants reports whether a related resource was asked for.
func (v listOptions) wants(include string) bool { return slices.Contains(v.includes, include) }

// query builds the query of a list. All that is wrong with it is told at once.
func (l listing) query(in listParams) (page.Query, listOptions, error) {
	v := listOptions{page: *in.page, perPage: *in.perPage}
	q := page.Query{Limit: v.perPage, Offset: (v.page - 1) * v.perPage, Total: true, Filters: in.filters}
	var wrong []fault.Violation
	for i, key := range strings.Split(*in.sort, ",") {
		s := page.ParseSort(key)
		if !slices.Contains(l.sorts, s.Field) {
			wrong = append(wrong, unknown("sort", "sort key", s.Field, l.sorts))
		}
		if s.Field == q.Sort.Field || slices.ContainsFunc(q.Then, func(t page.Sort) bool { return t.Field == s.Field }) {
			wrong = append(wrong, fault.Violation{
				In: fault.InQuery, Pointer: "/sort", Code: "repeated", Message: "has the sort key " + s.Field + " more than once",
			})
		}
		if i == 0 {
			q.Sort = s
		} else {
			q.Then = append(q.Then, s)
		}
	}
	if in.fields != nil {
		v.fields = append(strings.Split(*in.fields, ","), "id")
		for _, f := range v.fields {
			if !slices.Contains(l.fields, f) {
				wrong = append(wrong, unknown("fields", "field", f, l.fields))
			}
		}
	}
	var more []fault.Violation
	v.includes, more = l.included(in.include)
	wrong = append(wrong, more...)
	for _, f := range []struct {
		name, field string
		op          page.Op
		value       *string
	}{
		{"created_after", "created_at", page.Since, in.createdAfter}, {
			"created_before", "created_at", page.Until, in.createdBefore,
		},
		{"updated_after", "updated_at", page.Since, in.updatedAfter}, {
			"updated_before", "updated_at", page.Until, in.updatedBefore,
		},
	} {
		if f.value == nil {
			continue
		}
		at, err := moment(*f.value)
		if err != nil {
			wrong = append(wrong, fault.Violation{
				In: fault.InQuery, Pointer: "/" + f.name, Code: "format", Message: "must be an ISO 8601 date or date and time",
			})
			continue
		}
		q.Filters = append(q.Filters, page.Filter{Field: f.field, Op: f.op, Value: at})
	}
	if in.search != nil {
		q.Filters = append(q.Filters, page.Filter{Field: "search", Op: page.Has, Value: *in.search})
	}
	if len(wrong) > 0 {
		return q, v, fault.Invalid(wrong...)
	}
	return q, v, nil
}

func (l listing) included(in *string) ([]string, []fault.Violation) {
	if in == nil {
		return nil, nil
	}
	var wrong []fault.Violation
	names := strings.Split(*in, ",")
	for _, n := range names {
		if !slices.Contains(l.includes, n) {
			wrong = append(wrong, unknown("include", "include", n, l.includes))
		}
	}
	return names, wrong
}

// one checks what is to be included with a single resource.
func (l listing) one(include *string) (listOptions, error) {
	names, wrong := l.included(include)
	if len(wrong) > 0 {
		return listOptions{}, fault.Invalid(wrong...)
	}
	return listOptions{includes: names}, nil
}

// unknown names what is not known. The schema lets only letters and underscores come here.
func unknown(parameter, what, name string, known []string) fault.Violation {
	return fault.Violation{
		In: fault.InQuery, Pointer: "/" + parameter, Code: "unknown",
		Message: "has the unknown " + what + " " + name + "; known are " + strings.Join(known, ", "),
	}
}

// moment reads a date, which is midnight UTC, or a date and time.
func moment(s string) (time.Time, error) {
	layout := time.RFC3339
	if len(s) == len(time.DateOnly) {
		layout = time.DateOnly
	}
	at, err := time.Parse(layout, s)
	if err == nil && !storable.Time(at) {
		err = errors.New("not in the years 1 to 9999")
	}
	return at.UTC(), err
}

// equal adds a filter when the caller sent one.
func equal[S ~string](filters []page.Filter, field string, v *S) []page.Filter {
	if v == nil {
		return filters
	}
	return append(filters, page.Filter{Field: field, Op: page.Eq, Value: string(*v)})
}

// pagination returns the place of a page in its list, and the links to its neighbours. Links keep the other
// parameters of the request.
func (a *API) pagination(ctx context.Context, v listOptions, items, total int) (core.Meta, core.Links) {
	last := max(1, (total+v.perPage-1)/v.perPage)
	m := core.Meta{
		CurrentPage: int64(v.page), LastPage: int64(last), PerPage: v.perPage, Total: int64(total),
		From: nullable.NewNullNullable[int64](), To: nullable.NewNullNullable[int64](),
	}
	if items > 0 {
		from := int64(v.page-1)*int64(v.perPage) + 1
		m.From.Set(from)
		m.To.Set(from + int64(items) - 1)
	}
	target := contract.From(ctx).URL
	query := target.Query()
	link := func(number int) string {
		query.Set("page", strconv.Itoa(number))
		return a.PublicURL + (&url.URL{Path: target.Path, RawQuery: query.Encode()}).String()
	}
	l := core.Links{
		First: link(1), Last: link(last), Prev: nullable.NewNullNullable[string](), Next: nullable.NewNullNullable[string](),
	}
	if v.page > 1 {
		l.Prev.Set(link(min(v.page-1, last)))
	}
	if v.page < last {
		l.Next.Set(link(v.page + 1))
	}
	return m, l
}

// selectFields leaves out the members of items that were not asked for. It keeps what was included.
func selectFields[T any](v listOptions, items []T) ([]T, error) {
	if v.fields == nil {
		return items, nil
	}
	out := make([]T, len(items))
	for i, item := range items {
		b, err := json.Marshal(item)
		if err != nil {
			return nil, err
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(b, &members); err != nil {
			return nil, err
		}
		for name := range members {
			if !slices.Contains(v.fields, name) && !slices.Contains(v.includes, name) {
				delete(members, name)
			}
		}
		if b, err = json.Marshal(members); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(b, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}
