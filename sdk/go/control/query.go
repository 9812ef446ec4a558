package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/alania-go/alania/sdk/go/internal/transport"
	"github.com/alania-go/alania/sdk/go/option"
)

// QueryPage is a page of rows or documents.
type QueryPage[T any] struct {
	Items   []T
	Total   int64 // how many there are in all
	HasMore bool  // whether more come after the page
}

// ErrNoFilter is what an update or a deletion without a filter ends with: it would be for everything.
var ErrNoFilter = errors.New("alania: there is no filter: use Where, or the method whose name ends in All")

// errPart is what an update or a deletion ends with that cannot be for a part of a list.
var errPart = errors.New("alania: only reading knows pages and an order")

// TableQuery is a query of a table's rows, each decoded into T. Its methods return another query, so that one may be
// kept and used for several.
type TableQuery[T any] struct {
	client     *Client
	workspace  WorkspaceID
	table      string
	selection  string
	conditions []Condition
	order      []string
	limit      int
	offset     int64
}

// TableOf begins a query of a table whose rows are decoded into T: a struct with json tags, or [Row].
func TableOf[T any](client *Client, workspaceID WorkspaceID, table string) TableQuery[T] {
	return TableQuery[T]{client: client, workspace: workspaceID, table: table}
}

// Select reads only these columns.
func (q TableQuery[T]) Select(columns ...string) TableQuery[T] {
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = quotePath(c)
	}
	q.selection = strings.Join(quoted, ",")
	return q
}

// SelectRaw reads what a selection of PostgREST names, as it is: with other names, casts, aggregates and embedded
// tables, such as id,customer:customers(name). Nothing that a user has written belongs in it.
func (q TableQuery[T]) SelectRaw(selection string) TableQuery[T] {
	q.selection = selection
	return q
}

// Where reads only rows that meet the conditions, and those that were given before.
func (q TableQuery[T]) Where(conditions ...Condition) TableQuery[T] {
	q.conditions = append(slices.Clip(q.conditions), conditions...)
	return q
}

// Direction is how a column is ordered.
type Direction string

// The directions. NULL is the greatest value, unless said otherwise.
const (
	Ascending            Direction = ".asc"
	Descending           Direction = ".desc"
	AscendingNullsFirst  Direction = ".asc.nullsfirst"
	AscendingNullsLast   Direction = ".asc.nullslast"
	DescendingNullsFirst Direction = ".desc.nullsfirst"
	DescendingNullsLast  Direction = ".desc.nullslast"
)

// Order orders by a column, after those that were given before.
func (q TableQuery[T]) Order(column string, direction Direction) TableQuery[T] {
	q.order = append(slices.Clip(q.order), quotePath(column)+string(direction))
	return q
}

// Limit sets how many rows a page may have, 20 by default.
func (q TableQuery[T]) Limit(n int) TableQuery[T] {
	q.limit = n
	return q
}

// Offset leaves out rows before the first.
func (q TableQuery[T]) Offset(n int64) TableQuery[T] {
	q.offset = n
	return q
}

// List calls GET /v1/postgres/{workspaceId}/rows/{table} for one page.
func (q TableQuery[T]) List(ctx context.Context, opts ...option.RequestOption) (*QueryPage[T], error) {
	query, err := q.filter()
	if err != nil {
		return nil, err
	}
	set(query, "select", q.selection)
	set(query, "order", strings.Join(q.order, ","))
	number(query, "limit", int64(q.limit))
	number(query, "offset", q.offset)
	return list[T](ctx, q.client.Rows.options, opts, &transport.Request{
		Operation: opListRows, Params: q.params(), Query: query,
	})
}

// ListAutoPaging walks all rows, reading the pages of [TableQuery.List] as it comes to them. They end with the first
// error. Rows that are inserted or deleted meanwhile move the pages.
func (q TableQuery[T]) ListAutoPaging(ctx context.Context, opts ...option.RequestOption) iter.Seq2[T, error] {
	return walk(func(n int64) (*QueryPage[T], error) { return q.Offset(q.offset+n).List(ctx, opts...) })
}

// Insert calls POST /v1/postgres/{workspaceId}/rows/{table}: all rows or none. It returns them as they are stored.
func (q TableQuery[T]) Insert(ctx context.Context, rows []T, opts ...option.RequestOption) ([]T, error) {
	answer, err := transport.Call[struct{ Data []T }](ctx, q.client.Rows.options, opts, &transport.Request{
		Operation: opInsertRows, Params: q.params(), Body: rows,
	})
	return answer.Data, err
}

// Update calls PATCH /v1/postgres/{workspaceId}/rows/{table}: it sets columns of all rows that meet the conditions, and
// returns how many. Without conditions it is [ErrNoFilter].
func (q TableQuery[T]) Update(ctx context.Context, changes Row, opts ...option.RequestOption) (int64, error) {
	if len(q.conditions) == 0 {
		return 0, ErrNoFilter
	}
	return q.change(ctx, opts, opUpdateRows, changes)
}

// UpdateAll sets columns of all rows that meet the conditions; without conditions, of every row.
func (q TableQuery[T]) UpdateAll(ctx context.Context, changes Row, opts ...option.RequestOption) (int64, error) {
	return q.change(ctx, opts, opUpdateRows, changes)
}

// Delete calls DELETE /v1/postgres/{workspaceId}/rows/{table}: it deletes all rows that meet the conditions, and
// returns how many. Without conditions it is [ErrNoFilter].
func (q TableQuery[T]) Delete(ctx context.Context, opts ...option.RequestOption) (int64, error) {
	if len(q.conditions) == 0 {
		return 0, ErrNoFilter
	}
	return q.change(ctx, opts, opDeleteRows, nil)
}

// DeleteAll deletes all rows that meet the conditions; without conditions, every row.
func (q TableQuery[T]) DeleteAll(ctx context.Context, opts ...option.RequestOption) (int64, error) {
	return q.change(ctx, opts, opDeleteRows, nil)
}

func (q TableQuery[T]) change(
	ctx context.Context, opts []option.RequestOption, op *transport.Operation, changes Row,
) (int64, error) {
	query, err := q.filter()
	switch {
	case err != nil:
		return 0, err
	case q.limit != 0 || q.offset != 0 || len(q.order) > 0:
		return 0, errPart
	case len(q.conditions) == 0:
		query.Set("all", "true")
	}
	r := &transport.Request{Operation: op, Params: q.params(), Query: query}
	if op.ContentType != "" {
		r.Body = changes
	}
	n, err := transport.Call[struct{ Updated, Deleted int64 }](ctx, q.client.Rows.options, opts, r)
	return n.Updated + n.Deleted, err
}

func (q TableQuery[T]) params() []string { return []string{transport.Text(q.workspace), q.table} }

// filter has all conditions in one parameter, where the names of columns and the values are in quotes.
func (q TableQuery[T]) filter() (url.Values, error) {
	if len(q.conditions) == 0 {
		return url.Values{}, nil
	}
	all := And(q.conditions...)
	return url.Values{"and": {strings.TrimPrefix(all.text, "and")}}, all.err
}

// CollectionQuery is a query of a collection's documents, each decoded into T. Its methods return another query, so
// that one may be kept and used for several.
type CollectionQuery[T any] struct {
	client     *Client
	workspace  WorkspaceID
	collection CollectionName
	filters    []any
	projection string
	sort       string
	limit      int
	skip       int64
}

// CollectionOf begins a query of a collection whose documents are decoded into T: a struct with json tags, or
// [Document]. Values that JSON does not have are Extended JSON.
func CollectionOf[T any](client *Client, workspaceID WorkspaceID, collection CollectionName) CollectionQuery[T] {
	return CollectionQuery[T]{client: client, workspace: workspaceID, collection: collection}
}

// Where reads only documents that match a filter of MongoDB, and those that were given before: a [Document], or what
// becomes an object in JSON. Do not put into it what a request has sent before you know its type: an object there is an
// operator.
func (q CollectionQuery[T]) Where(filter any) CollectionQuery[T] {
	q.filters = append(slices.Clip(q.filters), filter)
	return q
}

// Select reads only these fields, and _id.
func (q CollectionQuery[T]) Select(fields ...string) CollectionQuery[T] {
	q.projection = ordered(fields, func(string) (string, int) { return "", 1 })
	return q
}

// Sort orders by fields, with a hyphen before each that descends.
func (q CollectionQuery[T]) Sort(fields ...string) CollectionQuery[T] {
	q.sort = ordered(fields, func(field string) (string, int) {
		if strings.HasPrefix(field, "-") {
			return "-", -1
		}
		return "", 1
	})
	return q
}

// Limit sets how many documents a page may have, 20 by default.
func (q CollectionQuery[T]) Limit(n int) CollectionQuery[T] {
	q.limit = n
	return q
}

// Skip leaves out documents before the first.
func (q CollectionQuery[T]) Skip(n int64) CollectionQuery[T] {
	q.skip = n
	return q
}

// List calls GET /v1/mongo/{workspaceId}/collections/{collection}/documents for one page.
func (q CollectionQuery[T]) List(ctx context.Context, opts ...option.RequestOption) (*QueryPage[T], error) {
	query := url.Values{}
	if len(q.filters) > 0 {
		raw, err := json.Marshal(q.filter())
		if err != nil {
			return nil, fmt.Errorf("alania: the filter: %w", err)
		}
		query.Set("filter", string(raw))
	}
	set(query, "projection", q.projection)
	set(query, "sort", q.sort)
	number(query, "limit", int64(q.limit))
	number(query, "skip", q.skip)
	return list[T](ctx, q.client.Documents.options, opts, &transport.Request{
		Operation: opListDocuments, Params: q.params(), Query: query,
	})
}

// ListAutoPaging walks all documents, reading the pages of [CollectionQuery.List] as it comes to them. They end with
// the first error. Documents that are inserted or deleted meanwhile move the pages.
func (q CollectionQuery[T]) ListAutoPaging(ctx context.Context, opts ...option.RequestOption) iter.Seq2[T, error] {
	return walk(func(n int64) (*QueryPage[T], error) { return q.Skip(q.skip+n).List(ctx, opts...) })
}

// Insert calls POST /v1/mongo/{workspaceId}/collections/{collection}/documents: all documents or none. It returns them
// as they are stored.
func (q CollectionQuery[T]) Insert(ctx context.Context, documents []T, opts ...option.RequestOption) ([]T, error) {
	answer, err := transport.Call[struct{ Data []T }](ctx, q.client.Documents.options, opts, &transport.Request{
		Operation: opInsertDocuments, Params: q.params(), Body: documents,
	})
	return answer.Data, err
}

// Update changes all documents that match by update operators of MongoDB, and returns how many have changed. Without a
// filter it is [ErrNoFilter].
func (q CollectionQuery[T]) Update(ctx context.Context, update any, opts ...option.RequestOption) (int64, error) {
	if len(q.filters) == 0 {
		return 0, ErrNoFilter
	}
	return q.UpdateAll(ctx, update, opts...)
}

// UpdateAll changes all documents that match; without a filter, every document.
func (q CollectionQuery[T]) UpdateAll(ctx context.Context, update any, opts ...option.RequestOption) (int64, error) {
	n, err := q.bulk(ctx, opts, "updateMany", Document{"filter": q.filter(), "update": update})
	return int64(n.Modified), err
}

// Delete deletes all documents that match, and returns how many. Without a filter it is [ErrNoFilter].
func (q CollectionQuery[T]) Delete(ctx context.Context, opts ...option.RequestOption) (int64, error) {
	if len(q.filters) == 0 {
		return 0, ErrNoFilter
	}
	return q.DeleteAll(ctx, opts...)
}

// DeleteAll deletes all documents that match; without a filter, every document.
func (q CollectionQuery[T]) DeleteAll(ctx context.Context, opts ...option.RequestOption) (int64, error) {
	n, err := q.bulk(ctx, opts, "deleteMany", Document{"filter": q.filter()})
	return int64(n.Deleted), err
}

func (q CollectionQuery[T]) bulk(
	ctx context.Context, opts []option.RequestOption, name string, operation Document,
) (DocumentBulkResult, error) {
	if q.limit != 0 || q.skip != 0 || q.sort != "" {
		return DocumentBulkResult{}, errPart
	}
	return transport.Call[DocumentBulkResult](ctx, q.client.Documents.options, opts, &transport.Request{
		Operation: opBulkDocuments, Params: q.params(), Body: Document{"operations": []any{Document{name: operation}}},
	})
}

func (q CollectionQuery[T]) params() []string {
	return []string{transport.Text(q.workspace), transport.Text(q.collection)}
}

func (q CollectionQuery[T]) filter() any {
	switch len(q.filters) {
	case 0:
		return Document{}
	case 1:
		return q.filters[0]
	}
	return Document{"$and": q.filters}
}

// list reads a page of rows or documents.
func list[T any](
	ctx context.Context, client, call []option.RequestOption, r *transport.Request,
) (*QueryPage[T], error) {
	answer, err := transport.Call[struct {
		Data       []T
		Pagination struct {
			Total   int64
			HasMore bool
		}
	}](ctx, client, call, r)
	if err != nil {
		return nil, err
	}
	return &QueryPage[T]{answer.Data, answer.Pagination.Total, answer.Pagination.HasMore}, nil
}

// walk goes over the pages of a list. read returns the page after n items.
func walk[T any](read func(n int64) (*QueryPage[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var n int64
		for {
			page, err := read(n)
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if !page.HasMore || len(page.Items) == 0 {
				return
			}
			n += int64(len(page.Items))
		}
	}
}

func set(query url.Values, name, value string) {
	if value != "" {
		query.Set(name, value)
	}
}

func number(query url.Values, name string, n int64) {
	if n != 0 {
		query.Set(name, strconv.FormatInt(n, 10))
	}
}

// ordered is an object in JSON with a number for each field, in their order.
func ordered(fields []string, of func(field string) (prefix string, n int)) string {
	members := make([]string, len(fields))
	for i, f := range fields {
		prefix, n := of(f)
		name, _ := json.Marshal(strings.TrimPrefix(f, prefix))
		members[i] = fmt.Sprintf("%s:%d", name, n)
	}
	return "{" + strings.Join(members, ",") + "}"
}
