package control

import (
	"context"
	"strings"

	"github.com/alania-go/alania/domain/data/objects"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/answer"
	"github.com/alania-go/alania/server/convert"
)

// FromUpload shows an open upload.
func FromUpload(u objects.Upload) control.Upload {
	return control.Upload{
		ID: u.ID.Prefixed(id.UploadPrefix), Key: u.Key, ContentType: u.ContentType, CreatedAt: answer.At(u.CreatedAt),
		ExpiresAt: answer.At(u.ExpiresAt),
	}
}

// FromPart shows a part of an upload.
func FromPart(p objects.Part) control.UploadPart {
	return control.UploadPart{PartNumber: p.Number, Size: p.Size, Etag: quoted(p.ETag()), Checksum: p.Checksum()}
}

// parseUpload reads the ids of an upload's path.
func parseUpload(workspace, upload string) (workspaceID, uploadID id.ID, err error) {
	if workspaceID, err = ParseWorkspace(workspace); err != nil {
		return workspaceID, uploadID, err
	}
	uploadID, err = parse(id.UploadPrefix, upload, "upload")
	return workspaceID, uploadID, err
}

// ListUploads lists the open uploads of a workspace.
func (a *API) ListUploads(
	ctx context.Context, r control.ListUploadsRequestObject,
) (control.ListUploadsResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	limit := *r.Params.Limit
	q, err := a.Cursors.Query("uploads/"+r.WorkspaceID, convert.Value(r.Params.Cursor), limit, page.Sort{Field: "id"})
	if err != nil {
		return nil, err
	}
	var after id.ID
	if q.After != nil {
		after = q.After.ID
	}
	list, more, err := a.Objects.ListUploads(ctx, workspaceID, after, limit)
	if err != nil {
		return nil, err
	}
	var next *page.Position
	if more {
		next = &page.Position{ID: list[len(list)-1].ID}
	}
	return control.ListUploads200JSONResponse{
		Items: convert.Each(list, FromUpload),
		Page:  control.Page{Limit: limit, NextCursor: convert.Nullable(a.Cursors.Next(q, next))},
	}, nil
}

// CreateUpload begins an upload in parts.
func (a *API) CreateUpload(
	ctx context.Context, r control.CreateUploadRequestObject,
) (control.CreateUploadResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	u, err := a.Objects.CreateUpload(ctx, workspaceID, r.Body.Key, convert.Value(r.Body.ContentType))
	return control.CreateUpload201JSONResponse(FromUpload(u)), err
}

// GetUpload returns an open upload with its parts.
func (a *API) GetUpload(
	ctx context.Context, r control.GetUploadRequestObject,
) (control.GetUploadResponseObject, error) {
	workspaceID, uploadID, err := parseUpload(r.WorkspaceID, r.UploadID)
	if err != nil {
		return nil, err
	}
	u, parts, err := a.Objects.Upload(ctx, workspaceID, uploadID)
	if err != nil {
		return nil, err
	}
	shown := FromUpload(u)
	return control.GetUpload200JSONResponse{
		ID: shown.ID, Key: shown.Key, ContentType: shown.ContentType, CreatedAt: shown.CreatedAt, ExpiresAt: shown.ExpiresAt,
		Parts: convert.Each(parts, FromPart),
	}, nil
}

// AbortUpload ends an upload.
func (a *API) AbortUpload(
	ctx context.Context, r control.AbortUploadRequestObject,
) (control.AbortUploadResponseObject, error) {
	workspaceID, uploadID, err := parseUpload(r.WorkspaceID, r.UploadID)
	if err != nil {
		return nil, err
	}
	return control.AbortUpload204Response{}, a.Objects.Abort(ctx, workspaceID, uploadID)
}

// PutUploadPart stores the body as a part of an upload.
func (a *API) PutUploadPart(
	ctx context.Context, r control.PutUploadPartRequestObject,
) (control.PutUploadPartResponseObject, error) {
	workspaceID, uploadID, err := parseUpload(r.WorkspaceID, r.UploadID)
	if err != nil {
		return nil, err
	}
	p, err := a.Objects.PutPart(ctx, workspaceID, uploadID, r.PartNumber,
		bytesOf(ctx, r.Params.ContentMD5, r.Params.XChecksumSha256))
	if err != nil {
		return nil, err
	}
	return control.PutUploadPart200JSONResponse{
		Body: FromPart(p), Headers: control.PutUploadPart200ResponseHeaders{ETag: quoted(p.ETag())},
	}, nil
}

// CompleteUpload makes an object of the parts of an upload.
func (a *API) CompleteUpload(
	ctx context.Context, r control.CompleteUploadRequestObject,
) (control.CompleteUploadResponseObject, error) {
	workspaceID, uploadID, err := parseUpload(r.WorkspaceID, r.UploadID)
	if err != nil {
		return nil, err
	}
	var chosen []objects.Chosen
	for _, p := range r.Body.Parts {
		chosen = append(chosen, objects.Chosen{Number: p.PartNumber, ETag: strings.Trim(convert.Value(p.Etag), `"`)})
	}
	o, created, err := a.Objects.Complete(ctx, workspaceID, uploadID, chosen,
		conditions(r.Params.IfMatch, r.Params.IfNoneMatch, nil, nil))
	if err != nil {
		return nil, err
	}
	if created {
		return control.CompleteUpload201JSONResponse{
			Body: FromObject(o), Headers: control.CompleteUpload201ResponseHeaders{ETag: quoted(o.ETag)},
		}, nil
	}
	return control.CompleteUpload200JSONResponse{
		Body: FromObject(o), Headers: control.CompleteUpload200ResponseHeaders{ETag: quoted(o.ETag)},
	}, nil
}
