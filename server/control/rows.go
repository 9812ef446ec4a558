package control

import (
	"context"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/gen/control"
)

var errNoRows = fault.New(fault.Unavailable, "Rows are not served yet.")

// ListRows is not served yet.
func (a *API) ListRows(
	_ context.Context, _ control.ListRowsRequestObject,
) (control.ListRowsResponseObject, error) {
	return nil, errNoRows
}

// InsertRows is not served yet.
func (a *API) InsertRows(
	_ context.Context, _ control.InsertRowsRequestObject,
) (control.InsertRowsResponseObject, error) {
	return nil, errNoRows
}

// UpdateRows is not served yet.
func (a *API) UpdateRows(
	_ context.Context, _ control.UpdateRowsRequestObject,
) (control.UpdateRowsResponseObject, error) {
	return nil, errNoRows
}

// DeleteRows is not served yet.
func (a *API) DeleteRows(
	_ context.Context, _ control.DeleteRowsRequestObject,
) (control.DeleteRowsResponseObject, error) {
	return nil, errNoRows
}

// GetRow is not served yet.
func (a *API) GetRow(
	_ context.Context, _ control.GetRowRequestObject,
) (control.GetRowResponseObject, error) {
	return nil, errNoRows
}

// UpdateRow is not served yet.
func (a *API) UpdateRow(
	_ context.Context, _ control.UpdateRowRequestObject,
) (control.UpdateRowResponseObject, error) {
	return nil, errNoRows
}

// DeleteRow is not served yet.
func (a *API) DeleteRow(
	_ context.Context, _ control.DeleteRowRequestObject,
) (control.DeleteRowResponseObject, error) {
	return nil, errNoRows
}

// RestRead is not served yet.
func (a *API) RestRead(
	_ context.Context, _ control.RestReadRequestObject,
) (control.RestReadResponseObject, error) {
	return nil, errNoRows
}

// RestInsert is not served yet.
func (a *API) RestInsert(
	_ context.Context, _ control.RestInsertRequestObject,
) (control.RestInsertResponseObject, error) {
	return nil, errNoRows
}

// RestUpdate is not served yet.
func (a *API) RestUpdate(
	_ context.Context, _ control.RestUpdateRequestObject,
) (control.RestUpdateResponseObject, error) {
	return nil, errNoRows
}

// RestPut is not served yet.
func (a *API) RestPut(
	_ context.Context, _ control.RestPutRequestObject,
) (control.RestPutResponseObject, error) {
	return nil, errNoRows
}

// RestDelete is not served yet.
func (a *API) RestDelete(
	_ context.Context, _ control.RestDeleteRequestObject,
) (control.RestDeleteResponseObject, error) {
	return nil, errNoRows
}
