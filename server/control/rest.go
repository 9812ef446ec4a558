package control

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/postgrest"
)

// theirs answers in the form of PostgREST.
func (a *API) theirs(ctx context.Context, workspace, table string) (rowsAnswer, error) {
	workspaceID, err := ParseWorkspace(workspace)
	if err != nil {
		return rowsAnswer{}, toldAsPostgREST(err)
	}
	x := contract.From(ctx)
	in, err := postgrest.Read(requested(x, true), table, x.Body)
	if err != nil {
		return rowsAnswer{}, toldAsPostgREST(err)
	}
	p, res, err := a.Rows.Run(ctx, workspaceID, func(c *rows.Catalogue) (*rows.Plan, error) {
		return rows.NewPlan(c, in.Query, limitsOfTheirs)
	})
	if err != nil {
		return rowsAnswer{}, toldAsPostgREST(err)
	}
	return rowsAnswer{in.Answer(p, res)}, nil
}

// RestRead lists rows in the form of PostgREST.
func (a *API) RestRead(ctx context.Context, r control.RestReadRequestObject) (control.RestReadResponseObject, error) {
	return a.theirs(ctx, r.WorkspaceID, r.Table)
}

// RestInsert inserts rows.
func (a *API) RestInsert(
	ctx context.Context, r control.RestInsertRequestObject,
) (control.RestInsertResponseObject, error) {
	return a.theirs(ctx, r.WorkspaceID, r.Table)
}

// RestUpdate changes rows.
func (a *API) RestUpdate(
	ctx context.Context, r control.RestUpdateRequestObject,
) (control.RestUpdateResponseObject, error) {
	return a.theirs(ctx, r.WorkspaceID, r.Table)
}

// RestPut inserts or replaces a row.
func (a *API) RestPut(ctx context.Context, r control.RestPutRequestObject) (control.RestPutResponseObject, error) {
	return a.theirs(ctx, r.WorkspaceID, r.Table)
}

// RestDelete deletes rows.
func (a *API) RestDelete(
	ctx context.Context, r control.RestDeleteRequestObject,
) (control.RestDeleteResponseObject, error) {
	return a.theirs(ctx, r.WorkspaceID, r.Table)
}

// VisitRestReadResponse implements control.RestReadResponseObject.
func (a rowsAnswer) VisitRestReadResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitRestInsertResponse implements control.RestInsertResponseObject.
func (a rowsAnswer) VisitRestInsertResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitRestUpdateResponse implements control.RestUpdateResponseObject.
func (a rowsAnswer) VisitRestUpdateResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitRestPutResponse implements control.RestPutResponseObject.
func (a rowsAnswer) VisitRestPutResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitRestDeleteResponse implements control.RestDeleteResponseObject.
func (a rowsAnswer) VisitRestDeleteResponse(w http.ResponseWriter) error { return a.write(w) }

// restFormat is the x-error-format of the operations whose errors have the form of PostgREST.
const restFormat = "rest"

// renderRest words an error as PostgREST does: what its grammar or a database refuses has its codes, anything else the
// code of this contract.
func renderRest(e *fault.Error, err error) contract.Failure {
	var theirs *rows.Error
	if errors.As(err, &theirs) {
		told := postgrest.Error(err)
		return contract.Failure{Status: told.Status, ContentType: "application/json; charset=utf-8", Body: told.Body}
	}
	said := control.RestError{Code: strings.ToUpper(e.Name()), Message: strings.TrimSuffix(e.Message, ".")}
	said.Hint.SetNull()
	if len(e.Violations) > 0 {
		v := e.Violations[0]
		said.Details = strings.TrimPrefix(v.Pointer, "/") + " " + v.Message
	}
	if e.Code == fault.NotFound && e.Resource != "" {
		said.Code = strings.ToUpper(strings.ReplaceAll(e.Resource, " ", "_")) + "_NOT_FOUND"
	}
	status := statusOf(e.Code)
	if e.Code == fault.RuleBroken {
		status = http.StatusBadRequest
	}
	body, err := json.Marshal(said)
	if err != nil {
		panic(err) // strings
	}
	return contract.Failure{Status: status, ContentType: "application/json; charset=utf-8", Body: append(body, '\n')}
}
