package control

import (
	"context"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/gen/control"
)

var errNoDocuments = fault.New(fault.Unavailable, "Documents are not served yet.")

// ListCollections is not served yet.
func (a *API) ListCollections(
	_ context.Context, _ control.ListCollectionsRequestObject,
) (control.ListCollectionsResponseObject, error) {
	return nil, errNoDocuments
}

// DeleteCollection is not served yet.
func (a *API) DeleteCollection(
	_ context.Context, _ control.DeleteCollectionRequestObject,
) (control.DeleteCollectionResponseObject, error) {
	return nil, errNoDocuments
}

// ListDocuments is not served yet.
func (a *API) ListDocuments(
	_ context.Context, _ control.ListDocumentsRequestObject,
) (control.ListDocumentsResponseObject, error) {
	return nil, errNoDocuments
}

// InsertDocuments is not served yet.
func (a *API) InsertDocuments(
	_ context.Context, _ control.InsertDocumentsRequestObject,
) (control.InsertDocumentsResponseObject, error) {
	return nil, errNoDocuments
}

// GetDocument is not served yet.
func (a *API) GetDocument(
	_ context.Context, _ control.GetDocumentRequestObject,
) (control.GetDocumentResponseObject, error) {
	return nil, errNoDocuments
}

// UpdateDocument is not served yet.
func (a *API) UpdateDocument(
	_ context.Context, _ control.UpdateDocumentRequestObject,
) (control.UpdateDocumentResponseObject, error) {
	return nil, errNoDocuments
}

// ReplaceDocument is not served yet.
func (a *API) ReplaceDocument(
	_ context.Context, _ control.ReplaceDocumentRequestObject,
) (control.ReplaceDocumentResponseObject, error) {
	return nil, errNoDocuments
}

// DeleteDocument is not served yet.
func (a *API) DeleteDocument(
	_ context.Context, _ control.DeleteDocumentRequestObject,
) (control.DeleteDocumentResponseObject, error) {
	return nil, errNoDocuments
}

// BulkDocuments is not served yet.
func (a *API) BulkDocuments(
	_ context.Context, _ control.BulkDocumentsRequestObject,
) (control.BulkDocumentsResponseObject, error) {
	return nil, errNoDocuments
}

// AggregateDocuments is not served yet.
func (a *API) AggregateDocuments(
	_ context.Context, _ control.AggregateDocumentsRequestObject,
) (control.AggregateDocumentsResponseObject, error) {
	return nil, errNoDocuments
}

// ListDocumentIndexes is not served yet.
func (a *API) ListDocumentIndexes(
	_ context.Context, _ control.ListDocumentIndexesRequestObject,
) (control.ListDocumentIndexesResponseObject, error) {
	return nil, errNoDocuments
}

// CreateDocumentIndex is not served yet.
func (a *API) CreateDocumentIndex(
	_ context.Context, _ control.CreateDocumentIndexRequestObject,
) (control.CreateDocumentIndexResponseObject, error) {
	return nil, errNoDocuments
}

// DeleteDocumentIndex is not served yet.
func (a *API) DeleteDocumentIndex(
	_ context.Context, _ control.DeleteDocumentIndexRequestObject,
) (control.DeleteDocumentIndexResponseObject, error) {
	return nil, errNoDocuments
}

// ExplainQuery is not served yet.
func (a *API) ExplainQuery(
	_ context.Context, _ control.ExplainQueryRequestObject,
) (control.ExplainQueryResponseObject, error) {
	return nil, errNoDocuments
}

// ExplainPipeline is not served yet.
func (a *API) ExplainPipeline(
	_ context.Context, _ control.ExplainPipelineRequestObject,
) (control.ExplainPipelineResponseObject, error) {
	return nil, errNoDocuments
}
