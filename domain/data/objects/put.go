package objects

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // Content-MD5, which guards against accidents and against nobody
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"time"

	"github.com/alania-go/alania/domain/detach"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
)

// Bytes are what is put.
type Bytes struct {
	Body io.Reader
	Size int64 // -1: not known before the end
	// MD5 and SHA256 are what the bytes must have as digests; nil: anything.
	MD5, SHA256 []byte
}

// Put is what an object is made of.
type Put struct {
	Bytes
	ContentType string // empty: DefaultContentType
	Conditions  Conditions
}

// Put writes an object of a workspace of the caller's, in the place of the one that has the key. It is all or
// nothing. created is false when there was one. More than the plan allows is FeatureLimit: before anything is read
// when the size is known, and otherwise at the byte that is too much. The conditions are looked at before the body
// is read, and once more when the object is replaced.
func (s *Service) Put(ctx context.Context, workspaceID id.ID, key string, in Put) (o Object, created bool, err error) {
	w, err := s.Workspaces.Get(ctx, workspaceID)
	if err != nil {
		return Object{}, false, err
	}
	if err := checkKey(key, keyInPath); err != nil {
		return Object{}, false, err
	}
	o = Object{WorkspaceID: w.ID, Key: key}
	if o.ContentType, err = contentType(in.ContentType,
		fault.Violation{In: fault.InHeader, Pointer: "/Content-Type"}); err != nil {
		return Object{}, false, err
	}
	was, err := found(s.Repository.Object(ctx, w.ID, key))
	if err != nil {
		return Object{}, false, err
	}
	if err := in.Conditions.write(was); err != nil {
		return Object{}, false, err
	}
	var replaced plan.Amount
	if was != nil {
		replaced = was.amount()
	}
	b, err := s.write(ctx, w, in.Bytes, replaced)
	if err != nil {
		return Object{}, false, err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.Repository.HoldWorkspace(ctx, w.ID); err != nil {
			return err
		}
		o.Content = whole(b.ID, b.size, b.sum)
		if err := s.keep(ctx, b, o.ContentID, 1); err != nil {
			return err
		}
		if err := s.Repository.InsertContent(ctx, w.ID, o.Content); err != nil {
			return err
		}
		var was *Object
		if o, was, err = s.store(ctx, o, in.Conditions); err != nil {
			return err
		}
		created = was == nil
		growth := o.amount().Minus(b.Reserved)
		if was != nil {
			growth = growth.Minus(was.amount())
		}
		if err := s.Stock.Change(ctx, w.ID, growth); err != nil {
			return err
		}
		return s.record(ctx, w.OrgID, action(created), o, was)
	})
	if err != nil {
		s.discard(ctx, b.ID)
		return Object{}, false, err
	}
	return o, created, nil
}

func action(created bool) string {
	if created {
		return "object.created"
	}
	return "object.replaced"
}

// keep makes a blob one of a content, in the transaction of ctx.
func (s *Service) keep(ctx context.Context, b written, contentID id.ID, position int) error {
	ok, err := s.Repository.KeepBlob(ctx, b.ID, contentID, position, b.size, b.sum, s.Now())
	if err == nil && !ok {
		err = late()
	}
	return err
}

func late() error {
	return fault.New(fault.Timeout, "The upload took longer than it may. Nothing was changed; try again.")
}

// written is a blob whose bytes are in the object storage.
type written struct {
	Blob
	size int64
	sum  []byte
}

// write writes the bytes of a blob, which nothing refers to yet: the caller keeps it, or discards it. replaced is what
// the write will make room for.
func (s *Service) write(
	ctx context.Context, w workspace.Workspace, in Bytes, replaced plan.Amount,
) (written, error) {
	permit, err := s.uploads.Acquire(ctx, w.OrgID, "")
	if fault.IsCode(err, fault.Unavailable) {
		err = &fault.Error{
			Code: fault.RateLimited, RetryAfter: time.Second,
			Message: "Too many uploads of your organization are under way. Try again in a moment.",
		}
	}
	if err != nil {
		return written{}, err
	}
	defer permit.Release()
	b := written{Blob: Blob{
		ID: id.New(), WorkspaceID: w.ID, Owner: s.Owner, ExpiresAt: s.Now().Add(writeLife),
		Reserved: needed(max(in.Size, 0), replaced),
	}}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.Repository.HoldWorkspace(ctx, w.ID); err != nil {
			return err
		}
		if err := s.Stock.Change(ctx, w.ID, b.Reserved); err != nil {
			return err
		}
		return s.Repository.InsertBlob(ctx, b.Blob)
	})
	if err != nil {
		return written{}, err
	}
	body := &counted{
		from: in.Body, want: in, sum: sha256.New(), room: in.Size,
		more: func(n int64) (int64, error) { return s.reserve(ctx, &b.Blob, n, replaced) },
	}
	if in.MD5 != nil {
		body.md5 = md5.New() //nolint:gosec // see above
	}
	if in.Size < 0 {
		body.room = b.Reserved.Bytes + replaced.Bytes
	}
	_, err = s.Files.Put(ctx, blobKey(b.ID), body, in.Size, DefaultContentType)
	if err == nil && body.err != nil && !errors.Is(body.err, io.EOF) {
		err = body.err
	}
	if err != nil {
		s.discard(ctx, b.ID)
		return written{}, err
	}
	b.size, b.sum = body.size, body.sum.Sum(nil)
	return b, nil
}

// needed is what has to be counted for a blob before it takes the place of what is counted already.
func needed(size int64, replaced plan.Amount) plan.Amount {
	return plan.Amount{Items: max(1-replaced.Items, 0), Bytes: max(size-replaced.Bytes, 0)}
}

// step is how much is counted at a time for bytes of unknown length.
const step = 64 << 20

// reserve counts more for a blob of unknown length that has size bytes by now, and returns up to which size it
// may grow: a step more, or what is left. FeatureLimit when that is not even one byte.
func (s *Service) reserve(ctx context.Context, b *Blob, size int64, replaced plan.Amount) (int64, error) {
	var wants plan.Amount
	err := s.Tx.InTx(ctx, func(ctx context.Context) error {
		left, err := s.Stock.Left(ctx, []id.ID{b.WorkspaceID})
		if err != nil {
			return err
		}
		wants = needed(size, replaced)
		wants.Bytes = max(wants.Bytes, min(wants.Bytes+step-1, b.Reserved.Bytes+left[b.WorkspaceID].Bytes))
		if err := s.Stock.Change(ctx, b.WorkspaceID, wants.Minus(b.Reserved)); err != nil {
			return err
		}
		ok, err := s.Repository.ReserveBlob(ctx, b.ID, wants)
		if err == nil && !ok {
			err = late()
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	b.Reserved = wants
	return wants.Bytes + replaced.Bytes, nil
}

// discard deletes a blob that will not be kept, and what is counted for it. What fails here is left to Sweep.
func (s *Service) discard(ctx context.Context, blobID id.ID) {
	ctx, cancel := detach.CleanUp(ctx)
	defer cancel()
	left, ok, err := s.Repository.TakeBlob(ctx, blobID, s.Now())
	if err == nil && ok {
		err = s.remove(ctx, []Leftover{left})
	}
	if err != nil {
		s.Log.WarnContext(ctx, "delete an object that was not stored", "error", err)
	}
}

// counted reads what is put, counts it, and makes its digests. It ends with io.EOF only when these are the ones
// that are wanted.
type counted struct {
	from io.Reader
	want Bytes
	sum  hash.Hash
	md5  hash.Hash // nil: nobody asks for it
	size int64
	room int64 // how large it may become
	more func(size int64) (room int64, err error)
	err  error
}

// Read implements io.Reader.
func (c *counted) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	// At the end of the room, one byte shows that there is more.
	p = p[:min(int64(len(p)), max(c.room-c.size, 1))]
	n, err := c.from.Read(p)
	if n > 0 && c.size+int64(n) > c.room && c.want.Size < 0 {
		room, why := c.more(c.size + int64(n))
		if why != nil {
			n, err = 0, why
		}
		c.room = room
	}
	c.size += int64(n)
	c.sum.Write(p[:n])
	if c.md5 != nil {
		c.md5.Write(p[:n])
	}
	if errors.Is(err, io.EOF) {
		err = c.check()
	}
	c.err = err
	return n, err
}

func (c *counted) check() error {
	var v []fault.Violation
	if c.want.SHA256 != nil && !bytes.Equal(c.sum.Sum(nil), c.want.SHA256) {
		v = append(v, fault.Violation{In: fault.InHeader, Pointer: "/x-checksum-sha256"})
	}
	if c.want.MD5 != nil && !bytes.Equal(c.md5.Sum(nil), c.want.MD5) {
		v = append(v, fault.Violation{In: fault.InHeader, Pointer: "/Content-MD5"})
	}
	if v == nil {
		return io.EOF
	}
	for i := range v {
		v[i].Code, v[i].Message = "mismatch", "must be the digest of the body that was sent"
	}
	return fault.Invalid(v...)
}
