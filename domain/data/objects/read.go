package objects

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/object"
)

// Read is what is asked for of an object.
type Read struct {
	Conditions Conditions
	Range      *Range // nil: all of it
	Head       bool   // nothing of the bytes is read
}

// Download is an object with what was asked for of it. The caller closes Body, and keeps the context alive until then.
type Download struct {
	Object
	Unmodified     bool // the caller has it already: there is no Body
	Partial        bool // Body has Length bytes from Offset, rather than all
	Offset, Length int64
	Body           io.ReadCloser
}

// Get opens an object of a workspace of the caller's. A range that nothing of the object is in is RangeNotSatisfiable,
// with the size in the details of the error.
func (s *Service) Get(ctx context.Context, workspaceID id.ID, key string, in Read) (Download, error) {
	w, err := s.Workspaces.Get(ctx, workspaceID)
	if err != nil {
		return Download{}, err
	}
	if err := checkKey(key, keyInPath); err != nil {
		return Download{}, err
	}
	for attempt := 1; ; attempt++ {
		d, err := s.open(ctx, w.ID, key, in)
		// Replaced between the row and the bytes: the row says by now where the new ones are.
		if !errors.Is(err, errGone) || attempt == 3 {
			return d, err
		}
	}
}

// errGone says that the bytes are not where the row has said.
var errGone = errors.New("the bytes of an object are not in the object storage")

func (s *Service) open(ctx context.Context, workspaceID id.ID, key string, in Read) (Download, error) {
	o, err := s.Repository.Object(ctx, workspaceID, key)
	if err != nil {
		return Download{}, err
	}
	d := Download{Object: o, Length: o.Size}
	if d.Unmodified, err = in.Conditions.read(&o); err != nil || d.Unmodified {
		return d, err
	}
	if r := in.Range; r != nil && r.If.holds(&o) {
		if d.Offset, d.Length, d.Partial = r.within(o.Size); !d.Partial {
			return d, &fault.Error{
				Code: fault.RangeNotSatisfiable, Message: "The object has no bytes in this range.",
				Details: map[string]any{"size": o.Size},
			}
		}
	}
	if in.Head {
		d.Body = io.NopCloser(strings.NewReader(""))
		return d, nil
	}
	pieces, err := s.Repository.Pieces(ctx, o.ContentID)
	if err != nil {
		return d, err
	}
	body := &reader{ctx: ctx, files: s.Files, pieces: pieces, skip: d.Offset, left: d.Length}
	if err := body.next(); err != nil {
		return d, err
	}
	d.Body = body
	return d, nil
}

// reader reads some bytes of pieces that follow each other. One piece is open at a time.
type reader struct {
	ctx    context.Context
	files  object.Store
	pieces []Piece // that are not open yet
	skip   int64   // bytes before the first
	left   int64   // bytes that are still to be read
	open   io.ReadCloser
	within int64 // bytes that are left of the open piece
}

// next opens the piece that has the next byte; none when there is no next byte.
func (r *reader) next() error {
	if r.left == 0 {
		return nil
	}
	for len(r.pieces) > 0 && r.skip >= r.pieces[0].Size {
		r.skip -= r.pieces[0].Size
		r.pieces = r.pieces[1:]
	}
	if len(r.pieces) == 0 {
		return errGone
	}
	p := r.pieces[0]
	r.within = min(p.Size-r.skip, r.left)
	body, info, err := r.files.Get(r.ctx, blobKey(p.BlobID), r.skip, r.within)
	if fault.IsCode(err, fault.NotFound) {
		return errGone
	}
	if err != nil {
		return err
	}
	if info.Size != p.Size {
		return errors.Join(errors.New("the bytes of an object have another length than its row says"), body.Close())
	}
	r.open, r.skip, r.pieces = body, 0, r.pieces[1:]
	return nil
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	if r.within == 0 {
		if err := errors.Join(r.Close(), r.next()); err != nil {
			return 0, err
		}
	}
	n, err := r.open.Read(p[:min(int64(len(p)), r.within)])
	r.within -= int64(n)
	r.left -= int64(n)
	switch {
	case r.left == 0:
		err = io.EOF
	case err == io.EOF && r.within > 0:
		err = io.ErrUnexpectedEOF
	case err == io.EOF:
		err = nil
	}
	return n, err
}

// Close implements io.Closer.
func (r *reader) Close() error {
	if r.open == nil {
		return nil
	}
	err := r.open.Close()
	r.open = nil
	return err
}
