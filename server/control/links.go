package control

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/alania-go/alania/domain/data/objects"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/answer"
	"github.com/alania-go/alania/server/convert"
	"github.com/alania-go/alania/server/stream"
)

const inline = string(control.ObjectLinkCreateDispositionInline)

// CreateObjectLink makes a link to an object.
func (a *API) CreateObjectLink(
	ctx context.Context, r control.CreateObjectLinkRequestObject,
) (control.CreateObjectLinkResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	l := objects.Link{WorkspaceID: workspaceID, Key: r.Body.Key, Verb: objects.Verb(r.Body.Method)}
	switch l.Verb {
	case objects.Writing:
		l.ContentType = convert.Value(r.Body.ContentType)
	case objects.Reading:
		l.Inline = string(convert.Value(r.Body.Disposition)) == inline
	}
	l, err = a.Objects.Sign(ctx, l, time.Duration(convert.Value(r.Body.ExpiresIn))*time.Second)
	if err != nil {
		return nil, err
	}
	return control.CreateObjectLink201JSONResponse{
		Method: control.ObjectLinkMethod(l.Verb), URL: a.PublicURL + linkPath(r.WorkspaceID, l),
		ExpiresAt: answer.At(l.ExpiresAt),
	}, nil
}

// linkPath is the path of a link with its query.
func linkPath(workspaceID string, l objects.Link) string {
	q := url.Values{"expires": {strconv.FormatInt(l.ExpiresAt.Unix(), 10)}, "signature": {l.Signature}}
	if l.ContentType != "" {
		q.Set("contentType", l.ContentType)
	}
	if l.Inline {
		q.Set("disposition", inline)
	}
	path := url.URL{Path: "/v1/storage/" + workspaceID + "/links/" + l.Key}
	return path.EscapedPath() + "?" + q.Encode()
}

// GetLinkedObject answers the holder of a link with the bytes of an object.
func (a *API) GetLinkedObject(
	ctx context.Context, r control.GetLinkedObjectRequestObject,
) (control.GetLinkedObjectResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	p := r.Params
	kind := string(convert.Value(p.Disposition))
	l := objects.Link{
		WorkspaceID: workspaceID, Key: r.Path, ExpiresAt: time.Unix(p.Expires, 0), Inline: kind == inline,
		Signature: p.Signature,
	}
	d, err := a.Objects.GetByLink(ctx, l, objects.Read{
		Conditions: conditions(p.IfMatch, p.IfNoneMatch, p.IfModifiedSince, p.IfUnmodifiedSince),
		Range:      rangeOf(p.Range, p.IfRange), Head: stream.From(ctx).Head(),
	})
	if err != nil {
		return nil, unsatisfied(ctx, err)
	}
	return download{d, kind}, nil
}

// PutLinkedObject stores the body as the object of a link.
func (a *API) PutLinkedObject(
	ctx context.Context, r control.PutLinkedObjectRequestObject,
) (control.PutLinkedObjectResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	p := r.Params
	l := objects.Link{
		WorkspaceID: workspaceID, Key: r.Path, ExpiresAt: time.Unix(p.Expires, 0), ContentType: convert.Value(p.ContentType),
		Signature: p.Signature,
	}
	o, created, err := a.Objects.PutByLink(ctx, l, objects.Put{
		Bytes: bytesOf(ctx, p.ContentMD5, p.XChecksumSha256), ContentType: r.ContentType,
		Conditions: conditions(p.IfMatch, p.IfNoneMatch, nil, nil),
	})
	if err != nil {
		return nil, err
	}
	if created {
		return control.PutLinkedObject201JSONResponse{
			Body: FromObject(o), Headers: control.PutLinkedObject201ResponseHeaders{ETag: quoted(o.ETag)},
		}, nil
	}
	return control.PutLinkedObject200JSONResponse{
		Body: FromObject(o), Headers: control.PutLinkedObject200ResponseHeaders{ETag: quoted(o.ETag)},
	}, nil
}
