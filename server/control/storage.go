package control

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"

	"github.com/alania-go/alania/domain/data/objects"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/answer"
	"github.com/alania-go/alania/server/convert"
	"github.com/alania-go/alania/server/stream"
)

// FromObject shows an object.
func FromObject(o objects.Object) control.Object {
	return control.Object{
		Key: o.Key, Size: o.Size, Etag: quoted(o.ETag), ContentType: o.ContentType, Checksum: o.Checksum,
		CreatedAt: answer.At(o.CreatedAt), UpdatedAt: answer.At(o.UpdatedAt),
	}
}

// ListObjects lists the objects of a workspace.
func (a *API) ListObjects(
	ctx context.Context, r control.ListObjectsRequestObject,
) (control.ListObjectsResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	in := objects.List{
		Prefix: convert.Value(r.Params.Prefix), Delimiter: convert.Value(r.Params.Delimiter), Limit: *r.Params.Limit,
	}
	q, err := a.Cursors.Query("objects/"+r.WorkspaceID, convert.Value(r.Params.Cursor), in.Limit, page.Sort{Field: "key"},
		page.Filter{Field: "prefix", Op: page.Eq, Value: in.Prefix},
		page.Filter{Field: "delimiter", Op: page.Eq, Value: in.Delimiter})
	if err != nil {
		return nil, err
	}
	if q.After != nil {
		in.After = q.After.Key
	}
	found, err := a.Objects.List(ctx, workspaceID, in)
	if err != nil {
		return nil, err
	}
	out := control.ObjectList{Items: []control.Object{}, CommonPrefixes: []string{}}
	for _, e := range found.Entries {
		if e.Prefix != "" {
			out.CommonPrefixes = append(out.CommonPrefixes, e.Prefix)
		} else {
			out.Items = append(out.Items, FromObject(e.Object))
		}
	}
	var next *page.Position
	if found.Next != "" {
		next = &page.Position{Key: found.Next}
	}
	out.Page = control.Page{Limit: in.Limit, NextCursor: convert.Nullable(a.Cursors.Next(q, next))}
	return control.ListObjects200JSONResponse(out), nil
}

// bytesOf are the bytes of a body that comes as a stream, with the digests that its headers announce.
func bytesOf(ctx context.Context, md5, sha256 *string) objects.Bytes {
	body := stream.From(ctx).Body
	in := objects.Bytes{Body: body, Size: body.Length()}
	if md5 != nil {
		in.MD5, _ = base64.StdEncoding.DecodeString(*md5) // the validator has seen the form
	}
	if sha256 != nil {
		var err error
		if in.SHA256, err = hex.DecodeString(*sha256); err != nil {
			in.SHA256, _ = base64.StdEncoding.DecodeString(*sha256)
		}
	}
	return in
}

// PutObject stores the body as an object.
func (a *API) PutObject(
	ctx context.Context, r control.PutObjectRequestObject,
) (control.PutObjectResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	o, created, err := a.Objects.Put(ctx, workspaceID, r.Path, objects.Put{
		Bytes: bytesOf(ctx, r.Params.ContentMD5, r.Params.XChecksumSha256), ContentType: r.ContentType,
		Conditions: conditions(r.Params.IfMatch, r.Params.IfNoneMatch, nil, nil),
	})
	if err != nil {
		return nil, err
	}
	if created {
		return control.PutObject201JSONResponse{
			Body: FromObject(o), Headers: control.PutObject201ResponseHeaders{ETag: quoted(o.ETag)},
		}, nil
	}
	return control.PutObject200JSONResponse{
		Body: FromObject(o), Headers: control.PutObject200ResponseHeaders{ETag: quoted(o.ETag)},
	}, nil
}

// GetObject answers with the bytes of an object.
func (a *API) GetObject(
	ctx context.Context, r control.GetObjectRequestObject,
) (control.GetObjectResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	p := r.Params
	d, err := a.Objects.Get(ctx, workspaceID, r.Path, objects.Read{
		Conditions: conditions(p.IfMatch, p.IfNoneMatch, p.IfModifiedSince, p.IfUnmodifiedSince),
		Range:      rangeOf(p.Range, p.IfRange), Head: stream.From(ctx).Head(),
	})
	if err != nil {
		return nil, unsatisfied(ctx, err)
	}
	return download{d, string(convert.Value(p.Disposition))}, nil
}

// unsatisfied adds the size of an object to the refusal of a range, as RFC 9110 section 15.5.17 asks for.
func unsatisfied(ctx context.Context, err error) error {
	if f := fault.Wrap(err); f.Code == fault.RangeNotSatisfiable {
		if size, ok := f.Details["size"].(int64); ok {
			stream.From(ctx).Response().Header().Set("Content-Range", "bytes */"+strconv.FormatInt(size, 10))
		}
	}
	return err
}

// download answers with what was asked for of an object. It is the response of both operations that do.
type download struct {
	objects.Download
	disposition string
}

// VisitGetObjectResponse implements control.GetObjectResponseObject.
func (d download) VisitGetObjectResponse(w http.ResponseWriter) error { return d.write(w) }

// VisitGetLinkedObjectResponse implements control.GetLinkedObjectResponseObject.
func (d download) VisitGetLinkedObjectResponse(w http.ResponseWriter) error { return d.write(w) }

func (d download) write(w http.ResponseWriter) error {
	h := w.Header()
	h.Set("ETag", quoted(d.ETag))
	h.Set("Last-Modified", d.UpdatedAt.UTC().Format(http.TimeFormat))
	if d.Unmodified {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	defer func() { _ = d.Body.Close() }()
	h.Set("Content-Type", d.ContentType)
	h.Set("Content-Length", strconv.FormatInt(d.Length, 10))
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Disposition", disposition(d.disposition, d.Key))
	h.Set("Content-Security-Policy", "sandbox")
	h.Set("X-Checksum-Sha256", d.Checksum)
	status := http.StatusOK
	if d.Partial {
		status = http.StatusPartialContent
		h.Set("Content-Range", "bytes "+strconv.FormatInt(d.Offset, 10)+"-"+strconv.FormatInt(d.Offset+d.Length-1, 10)+"/"+
			strconv.FormatInt(d.Size, 10))
	}
	w.WriteHeader(status)
	_, err := io.Copy(w, d.Body)
	return err
}

// DeleteObject deletes an object.
func (a *API) DeleteObject(
	ctx context.Context, r control.DeleteObjectRequestObject,
) (control.DeleteObjectResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	err = a.Objects.Delete(ctx, workspaceID, r.Path, conditions(r.Params.IfMatch, nil, nil, nil))
	return control.DeleteObject204Response{}, err
}

// CopyObject makes an object have what another has.
func (a *API) CopyObject(
	ctx context.Context, r control.CopyObjectRequestObject,
) (control.CopyObjectResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	o, created, err := a.Objects.Copy(ctx, workspaceID, objects.Copy{
		From: r.Body.From, To: r.Body.To, ContentType: convert.Value(r.Body.ContentType),
		Conditions: conditions(r.Params.IfMatch, r.Params.IfNoneMatch, nil, nil),
	})
	if err != nil {
		return nil, err
	}
	if created {
		return control.CopyObject201JSONResponse{
			Body: FromObject(o), Headers: control.CopyObject201ResponseHeaders{ETag: quoted(o.ETag)},
		}, nil
	}
	return control.CopyObject200JSONResponse{
		Body: FromObject(o), Headers: control.CopyObject200ResponseHeaders{ETag: quoted(o.ETag)},
	}, nil
}
