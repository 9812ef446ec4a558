package control

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/data/filter"
	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/postgrest"
)

// How many rows a page may have. A page of PostgREST's has as many as there are, up to the most.
var (
	limitsOfOurs   = rows.Limits{Default: 20, Max: 1000, Aggregates: true}
	limitsOfTheirs = rows.Limits{Max: 1000, Aggregates: true}
)

// asksAsPostgREST reports whether a request has a header that only clients of PostgREST send.
func asksAsPostgREST(h http.Header) bool {
	for _, name := range []string{"Prefer", "Range-Unit", "X-Client-Info"} {
		if h.Get(name) != "" {
			return true
		}
	}
	accept := strings.ToLower(strings.Join(h.Values("Accept"), ","))
	return strings.Contains(accept, "application/vnd.pgrst") || strings.Contains(accept, "text/csv")
}

// requested is the request as the reader of PostgREST's wants it. One that is to be answered in the form of this
// contract has none of the headers that change the form.
func requested(x *contract.Exchange, theirs bool) *http.Request {
	r := &http.Request{Method: x.Operation.Method, URL: x.URL, Header: x.Header}
	if !theirs {
		r.Header = http.Header{"Content-Type": x.Header["Content-Type"]}
	}
	return r
}

// theirsOr answers in the form of PostgREST when the request asks for it, and otherwise with ours.
func (a *API) theirsOr(
	ctx context.Context, workspaceID, table string, ours func(*rows.Query) func(*rows.Plan, rows.Result) rowsAnswer,
) (rowsAnswer, error) {
	x := contract.From(ctx)
	if asksAsPostgREST(x.Header) {
		return a.theirs(ctx, workspaceID, table)
	}
	in, err := postgrest.Read(requested(x, false), table, x.Body)
	if err != nil {
		return rowsAnswer{}, err
	}
	return a.run(ctx, workspaceID, in.Query, ours(in.Query))
}

// run runs a query of ours.
func (a *API) run(
	ctx context.Context, workspace string, q *rows.Query, show func(*rows.Plan, rows.Result) rowsAnswer,
) (rowsAnswer, error) {
	workspaceID, err := ParseWorkspace(workspace)
	if err != nil {
		return rowsAnswer{}, err
	}
	p, res, err := a.Rows.Run(ctx, workspaceID, func(c *rows.Catalogue) (*rows.Plan, error) {
		return rows.NewPlan(c, q, limitsOfOurs)
	})
	if err != nil {
		return rowsAnswer{}, err
	}
	return show(p, res), nil
}

// ListRows lists the rows that meet the filters.
func (a *API) ListRows(ctx context.Context, r control.ListRowsRequestObject) (control.ListRowsResponseObject, error) {
	return a.theirsOr(ctx, r.WorkspaceID, r.Table, func(q *rows.Query) func(*rows.Plan, rows.Result) rowsAnswer {
		q.Prefer.Count = "exact"
		return showPage
	})
}

// showPage shows rows with where they stand. The database has made the rows.
func showPage(p *rows.Plan, res rows.Result) rowsAnswer {
	limit, offset, total := p.Root.Limit, p.Root.Offset, max(res.Total, 0)
	var b bytes.Buffer
	b.WriteString(`{"data":`)
	b.Write(res.Body)
	b.WriteString(`,"pagination":{"limit":` + strconv.FormatInt(limit, 10) + `,"offset":` + strconv.FormatInt(offset, 10) +
		`,"total":` + strconv.FormatInt(total, 10) + `,"hasMore":` + strconv.FormatBool(offset+res.Rows < total) + "}}")
	return ours(http.StatusOK, b.Bytes())
}

// InsertRows inserts rows.
func (a *API) InsertRows(
	ctx context.Context, r control.InsertRowsRequestObject,
) (control.InsertRowsResponseObject, error) {
	return a.theirsOr(ctx, r.WorkspaceID, r.Table, func(q *rows.Query) func(*rows.Plan, rows.Result) rowsAnswer {
		q.Prefer.Return = "representation"
		q.AnyMembers()
		return func(_ *rows.Plan, res rows.Result) rowsAnswer {
			body := append([]byte(`{"data":`), res.Body...)
			body = append(body, `,"inserted":`+strconv.FormatInt(res.Rows, 10)+"}"...)
			return ours(http.StatusCreated, body)
		}
	})
}

// counted shows how many rows were changed.
func counted(what string) func(*rows.Query) func(*rows.Plan, rows.Result) rowsAnswer {
	return func(*rows.Query) func(*rows.Plan, rows.Result) rowsAnswer {
		return func(_ *rows.Plan, res rows.Result) rowsAnswer {
			return ours(http.StatusOK, []byte(`{"`+what+`":`+strconv.FormatInt(res.Rows, 10)+"}"))
		}
	}
}

// UpdateRows changes the rows that meet the filters.
func (a *API) UpdateRows(
	ctx context.Context, r control.UpdateRowsRequestObject,
) (control.UpdateRowsResponseObject, error) {
	return a.theirsOr(ctx, r.WorkspaceID, r.Table, counted("updated"))
}

// DeleteRows deletes the rows that meet the filters.
func (a *API) DeleteRows(
	ctx context.Context, r control.DeleteRowsRequestObject,
) (control.DeleteRowsResponseObject, error) {
	return a.theirsOr(ctx, r.WorkspaceID, r.Table, counted("deleted"))
}

// one runs a query of the row that has a primary key, which is found when it is there.
func (a *API) one(ctx context.Context, workspace, table, key string) (rowsAnswer, error) {
	workspaceID, err := ParseWorkspace(workspace)
	if err != nil {
		return rowsAnswer{}, err
	}
	x := contract.From(ctx)
	in, err := postgrest.Read(requested(x, false), table, x.Body)
	if err != nil {
		return rowsAnswer{}, err
	}
	q := in.Query
	if q.Action != rows.Delete {
		q.Prefer.Return = "representation"
	}
	filters := q.Filters
	_, res, err := a.Rows.Run(ctx, workspaceID, func(c *rows.Catalogue) (*rows.Plan, error) {
		t, ok := c.Table(table)
		if !ok {
			return nil, rows.NoTable()
		}
		byKey, err := named(t, key)
		if err != nil {
			return nil, err
		}
		q.Filters = append(byKey, filters...)
		return rows.NewPlan(c, q, limitsOfOurs)
	})
	switch {
	case err != nil:
		return rowsAnswer{}, err
	case res.Rows == 0:
		return rowsAnswer{}, fault.NewNotFound("row")
	case q.Action == rows.Delete:
		return ours(http.StatusOK, []byte(`{"deleted":`+strconv.FormatInt(res.Rows, 10)+"}")), nil
	}
	row := bytes.TrimSuffix(bytes.TrimPrefix(bytes.TrimSpace(res.Body), []byte("[")), []byte("]"))
	return ours(http.StatusOK, bytes.Join([][]byte{[]byte(`{"data":`), bytes.TrimSpace(row), []byte("}")}, nil)), nil
}

// named are the filters of the row that a primary key names.
func named(t *rows.Table, key string) ([]rows.Filter, error) {
	if t.Primary == nil {
		return nil, fault.NewNotFound("row")
	}
	values := []string{key}
	if len(t.Primary.Columns) > 1 {
		values = divided(key)
	}
	if len(values) != len(t.Primary.Columns) {
		return nil, fault.NewNotFound("row")
	}
	out := make([]rows.Filter, len(values))
	for i, name := range t.Primary.Columns {
		out[i].Condition = filter.Compare{
			Path: filter.Path{Column: name}, Op: filter.Eq, Values: []string{values[i]},
		}
	}
	return out, nil
}

// divided are the values between the commas of a key; what stands in double quotes may have commas.
func divided(key string) []string {
	var out []string
	var b strings.Builder
	quoted := false
	for i := 0; i < len(key); i++ {
		switch c := key[i]; {
		case c == '\\' && quoted && i+1 < len(key):
			i++
			b.WriteByte(key[i])
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			out = append(out, b.String())
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	return append(out, b.String())
}

// GetRow returns a row.
func (a *API) GetRow(ctx context.Context, r control.GetRowRequestObject) (control.GetRowResponseObject, error) {
	return a.one(ctx, r.WorkspaceID, r.Table, r.PrimaryKey)
}

// UpdateRow changes a row.
func (a *API) UpdateRow(
	ctx context.Context, r control.UpdateRowRequestObject,
) (control.UpdateRowResponseObject, error) {
	return a.one(ctx, r.WorkspaceID, r.Table, r.PrimaryKey)
}

// DeleteRow deletes a row.
func (a *API) DeleteRow(
	ctx context.Context, r control.DeleteRowRequestObject,
) (control.DeleteRowResponseObject, error) {
	return a.one(ctx, r.WorkspaceID, r.Table, r.PrimaryKey)
}

// rowsAnswer is an answer about rows whose body the database has made. It is the response of every operation about
// them.
type rowsAnswer struct{ postgrest.Response }

// ours is an answer in the form of this contract.
func ours(status int, body []byte) rowsAnswer {
	return rowsAnswer{postgrest.Response{
		Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: append(body, '\n'),
	}}
}

func (a rowsAnswer) write(w http.ResponseWriter) error {
	h := w.Header()
	for name, values := range a.Header {
		if name != "Proxy-Status" { // a header of PostgREST's own, about itself
			h[name] = values
		}
	}
	if a.Status != http.StatusNoContent {
		h.Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
	if len(a.Body) == 0 {
		return nil
	}
	_, err := w.Write(a.Body)
	return err
}

// These write the answer of each operation.

// VisitListRowsResponse implements control.ListRowsResponseObject.
func (a rowsAnswer) VisitListRowsResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitInsertRowsResponse implements control.InsertRowsResponseObject.
func (a rowsAnswer) VisitInsertRowsResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitUpdateRowsResponse implements control.UpdateRowsResponseObject.
func (a rowsAnswer) VisitUpdateRowsResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitDeleteRowsResponse implements control.DeleteRowsResponseObject.
func (a rowsAnswer) VisitDeleteRowsResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitGetRowResponse implements control.GetRowResponseObject.
func (a rowsAnswer) VisitGetRowResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitUpdateRowResponse implements control.UpdateRowResponseObject.
func (a rowsAnswer) VisitUpdateRowResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitDeleteRowResponse implements control.DeleteRowResponseObject.
func (a rowsAnswer) VisitDeleteRowResponse(w http.ResponseWriter) error { return a.write(w) }

// asPostgREST is the cause of an error that is told in the form of PostgREST.
type asPostgREST struct{ error }

// Unwrap returns the error.
func (e asPostgREST) Unwrap() error { return e.error }

// toldAsPostgREST has the dialect tell an error in the form of PostgREST.
func toldAsPostgREST(err error) error {
	if err == nil {
		return nil
	}
	told := *fault.Wrap(err)
	told.Cause = asPostgREST{err}
	return &told
}

// isToldAsPostgREST returns the error to tell in the form of PostgREST, when the dialect has been asked to.
func isToldAsPostgREST(e *fault.Error) (error, bool) {
	var marked asPostgREST
	if !errors.As(e.Cause, &marked) {
		return nil, false
	}
	return marked.error, true
}
