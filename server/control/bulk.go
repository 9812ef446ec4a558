package control

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/answer"
	"github.com/alania-go/alania/server/convert"
)

// BulkDocuments changes many documents in one transaction.
func (a *API) BulkDocuments(
	ctx context.Context, r control.BulkDocumentsRequestObject,
) (control.BulkDocumentsResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	c, err := a.Documents.Bulk(ctx, workspaceID, r.Collection, string(r.Body.Operations))
	if err != nil {
		return nil, err
	}
	return control.BulkDocuments200JSONResponse{
		Inserted: c.Inserted, Matched: c.Matched, Modified: c.Modified, Deleted: c.Deleted, Upserted: c.Upserted,
		InsertedIds: fromIDs(c.InsertedIDs), UpsertedIds: fromIDs(c.UpsertedIDs),
	}, nil
}

func fromIDs(ids map[int]value.Value) json.RawMessage {
	b := []byte{'{'}
	for i, at := range slices.Sorted(maps.Keys(ids)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(strconv.AppendInt(append(b, '"'), int64(at), 10), `":`...)
		b = ids[at].Append(b)
	}
	return append(b, '}')
}

// AggregateDocuments runs a pipeline.
func (a *API) AggregateDocuments(
	ctx context.Context, r control.AggregateDocumentsRequestObject,
) (control.AggregateDocumentsResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	found, err := a.Documents.Aggregate(ctx, workspaceID, r.Collection, string(r.Body.Pipeline))
	if err != nil {
		return nil, err
	}
	return written{http.StatusOK, append(append([]byte(`{"data":`), found...), "}\n"...)}, nil
}

// ListDocumentIndexes lists the indexes of a collection.
func (a *API) ListDocumentIndexes(
	ctx context.Context, r control.ListDocumentIndexesRequestObject,
) (control.ListDocumentIndexesResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	found, err := a.Documents.Indexes(ctx, workspaceID, r.Collection)
	if err != nil {
		return nil, err
	}
	return control.ListDocumentIndexes200JSONResponse{Items: convert.Each(found, fromIndex)}, nil
}

func fromIndex(in documents.Index) control.DocumentIndex {
	out := control.DocumentIndex{
		Name: in.Name, Keys: json.RawMessage(in.Keys.JSON()), Unique: in.Unique, CreatedAt: answer.At(in.CreatedAt),
	}
	if !in.Partial.IsMissing() {
		out.PartialFilterExpression = json.RawMessage(in.Partial.JSON())
	}
	return out
}

// CreateDocumentIndex makes an index.
func (a *API) CreateDocumentIndex(
	ctx context.Context, r control.CreateDocumentIndexRequestObject,
) (control.CreateDocumentIndexResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	in, err := a.Documents.CreateIndex(ctx, workspaceID, r.Collection, documents.IndexCreate{
		Keys: string(r.Body.Keys), Name: convert.Value(r.Body.Name), Unique: convert.Value(r.Body.Unique),
		Partial: string(r.Body.PartialFilterExpression),
	})
	if err != nil {
		return nil, err
	}
	return control.CreateDocumentIndex201JSONResponse(fromIndex(in)), nil
}

// DeleteDocumentIndex deletes an index.
func (a *API) DeleteDocumentIndex(
	ctx context.Context, r control.DeleteDocumentIndexRequestObject,
) (control.DeleteDocumentIndexResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	return control.DeleteDocumentIndex204Response{},
		a.Documents.DeleteIndex(ctx, workspaceID, r.Collection, r.Index)
}

// ExplainQuery says how a query would be read.
func (a *API) ExplainQuery(
	ctx context.Context, r control.ExplainQueryRequestObject,
) (control.ExplainQueryResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	p, err := a.Documents.Explain(ctx, workspaceID, r.Collection, asked(ctx, control.ListDocumentsParams(r.Params)))
	if err != nil {
		return nil, err
	}
	return control.ExplainQuery200JSONResponse(a.fromPlan(p)), nil
}

// ExplainPipeline says how a pipeline would be read.
func (a *API) ExplainPipeline(
	ctx context.Context, r control.ExplainPipelineRequestObject,
) (control.ExplainPipelineResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	p, err := a.Documents.ExplainPipeline(ctx, workspaceID, r.Collection, string(r.Body.Pipeline))
	if err != nil {
		return nil, err
	}
	return control.ExplainPipeline200JSONResponse(a.fromPlan(p)), nil
}

func (a *API) fromPlan(p documents.Plan) control.DocumentPlan {
	out := control.DocumentPlan{
		Engine: a.Documents.Engine.Name(), Stage: control.DocumentPlanStage(p.Stage), Conditions: p.Conditions,
		Sort: control.DocumentPlanSort(p.Sort),
	}
	if p.Index == "" {
		out.Index.SetNull()
	} else {
		out.Index.Set(p.Index)
	}
	return out
}
