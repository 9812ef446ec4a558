package control

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/answer"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/convert"
)

// ListCollections lists the collections of a workspace.
func (a *API) ListCollections(
	ctx context.Context, r control.ListCollectionsRequestObject,
) (control.ListCollectionsResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	q, err := a.Cursors.Query("collections/"+r.WorkspaceID, convert.Value(r.Params.Cursor), *r.Params.Limit,
		page.Sort{Field: "name"})
	if err != nil {
		return nil, err
	}
	after := ""
	if q.After != nil {
		after = q.After.Key
	}
	found, err := a.Documents.Collections(ctx, workspaceID, after, q.Limit+1)
	if err != nil {
		return nil, err
	}
	var next *page.Position
	if len(found) > q.Limit {
		found = found[:q.Limit]
		next = &page.Position{Key: found[q.Limit-1].Name}
	}
	return control.ListCollections200JSONResponse{
		Items: convert.Each(found, fromCollection),
		Page:  control.Page{Limit: q.Limit, NextCursor: convert.Nullable(a.Cursors.Next(q, next))},
	}, nil
}

func fromCollection(c documents.Collection) control.Collection {
	return control.Collection{Name: c.Name, Documents: c.Documents, Bytes: c.Bytes, CreatedAt: answer.At(c.CreatedAt)}
}

// DeleteCollection deletes a collection.
func (a *API) DeleteCollection(
	ctx context.Context, r control.DeleteCollectionRequestObject,
) (control.DeleteCollectionResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	return control.DeleteCollection204Response{}, a.Documents.DeleteCollection(ctx, workspaceID, r.Collection)
}

// asked reads what a query asks for.
func asked(ctx context.Context, p control.ListDocumentsParams) documents.Asked {
	in := documents.Asked{
		Filter: convert.Value(p.Filter), Projection: convert.Value(p.Projection), Sort: convert.Value(p.Sort),
		Skip: int64(*p.Skip), Limit: *p.Limit,
	}
	for _, free := range contract.FreeQuery(ctx) {
		in.Fields = append(in.Fields, documents.Named{
			Name: strings.TrimPrefix(free.Name, contract.From(ctx).Operation.Query), Value: free.Value,
		})
	}
	return in
}

// ListDocuments finds documents.
func (a *API) ListDocuments(
	ctx context.Context, r control.ListDocumentsRequestObject,
) (control.ListDocumentsResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	in := asked(ctx, r.Params)
	found, err := a.Documents.Find(ctx, workspaceID, r.Collection, in)
	if err != nil {
		return nil, err
	}
	b := appendDocuments(append(make([]byte, 0, 4096), `{"data":`...), found.Documents)
	b = strconv.AppendInt(append(b, `,"pagination":{"limit":`...), int64(in.Limit), 10)
	b = strconv.AppendInt(append(b, `,"skip":`...), in.Skip, 10)
	b = strconv.AppendInt(append(b, `,"total":`...), found.Total, 10)
	b = strconv.AppendBool(append(b, `,"hasMore":`...), in.Skip+int64(len(found.Documents)) < found.Total)
	return written{http.StatusOK, append(b, "}}\n"...)}, nil
}

func appendDocuments(b []byte, list []value.Value) []byte {
	b = append(b, '[')
	for i, d := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = d.Append(b)
	}
	return append(b, ']')
}

// written is a body that is JSON already: documents keep the order of their members and the types of their numbers.
type written struct {
	status int
	body   []byte
}

// document answers with one document.
func document(status int, d value.Value) written {
	return written{status, append(d.Append([]byte(`{"data":`)), "}\n"...)}
}

func (o written) write(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(o.body)))
	w.WriteHeader(o.status)
	_, err := w.Write(o.body)
	return err
}

// VisitListDocumentsResponse implements control.ListDocumentsResponseObject.
func (o written) VisitListDocumentsResponse(w http.ResponseWriter) error { return o.write(w) }

// VisitInsertDocumentsResponse implements control.InsertDocumentsResponseObject.
func (o written) VisitInsertDocumentsResponse(w http.ResponseWriter) error { return o.write(w) }

// VisitGetDocumentResponse implements control.GetDocumentResponseObject.
func (o written) VisitGetDocumentResponse(w http.ResponseWriter) error { return o.write(w) }

// VisitUpdateDocumentResponse implements control.UpdateDocumentResponseObject.
func (o written) VisitUpdateDocumentResponse(w http.ResponseWriter) error { return o.write(w) }

// VisitReplaceDocumentResponse implements control.ReplaceDocumentResponseObject.
func (o written) VisitReplaceDocumentResponse(w http.ResponseWriter) error { return o.write(w) }

// VisitAggregateDocumentsResponse implements control.AggregateDocumentsResponseObject.
func (o written) VisitAggregateDocumentsResponse(w http.ResponseWriter) error { return o.write(w) }

// InsertDocuments inserts one document or several.
func (a *API) InsertDocuments(
	ctx context.Context, r control.InsertDocumentsRequestObject,
) (control.InsertDocumentsResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	stored, array, err := a.Documents.Insert(ctx, workspaceID, r.Collection, string(*r.Body))
	if err != nil {
		return nil, err
	}
	b := []byte(`{"data":`)
	if array {
		b = appendDocuments(b, stored)
	} else {
		b = stored[0].Append(b)
	}
	b = strconv.AppendInt(append(b, `,"inserted":`...), int64(len(stored)), 10)
	return written{http.StatusCreated, append(b, "}\n"...)}, nil
}

// GetDocument returns a document.
func (a *API) GetDocument(
	ctx context.Context, r control.GetDocumentRequestObject,
) (control.GetDocumentResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	d, err := a.Documents.Get(ctx, workspaceID, r.Collection, r.DocumentID, convert.Value(r.Params.Projection))
	if err != nil {
		return nil, err
	}
	return document(http.StatusOK, d), nil
}

func changed(d value.Value, created bool) written {
	if created {
		return document(http.StatusCreated, d)
	}
	return document(http.StatusOK, d)
}

// UpdateDocument changes a document by operators.
func (a *API) UpdateDocument(
	ctx context.Context, r control.UpdateDocumentRequestObject,
) (control.UpdateDocumentResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	d, created, err := a.Documents.Update(ctx, workspaceID, r.Collection, r.DocumentID, string(*r.Body),
		convert.Value(r.Params.ArrayFilters), convert.Value(r.Params.Upsert))
	if err != nil {
		return nil, err
	}
	return changed(d, created), nil
}

// ReplaceDocument puts a document in the place of another.
func (a *API) ReplaceDocument(
	ctx context.Context, r control.ReplaceDocumentRequestObject,
) (control.ReplaceDocumentResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	d, created, err := a.Documents.Replace(ctx, workspaceID, r.Collection, r.DocumentID, string(*r.Body),
		convert.Value(r.Params.Upsert))
	if err != nil {
		return nil, err
	}
	return changed(d, created), nil
}

// DeleteDocument deletes a document.
func (a *API) DeleteDocument(
	ctx context.Context, r control.DeleteDocumentRequestObject,
) (control.DeleteDocumentResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	return control.DeleteDocument204Response{}, a.Documents.Delete(ctx, workspaceID, r.Collection, r.DocumentID)
}
