package objects

import (
	"context"
	"slices"
	"strconv"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
)

// TooManyUploads is the reason of the Conflict when a workspace has MaxUploads open uploads.
const TooManyUploads = "too_many_uploads"

// CreateUpload opens an upload in parts for a key of a workspace of the caller's. Nothing changes at the key until
// the upload is completed.
func (s *Service) CreateUpload(ctx context.Context, workspaceID id.ID, key, mediaType string) (Upload, error) {
	w, err := s.Workspaces.Get(ctx, workspaceID)
	if err != nil {
		return Upload{}, err
	}
	if err := checkKey(key, keyInBody); err != nil {
		return Upload{}, err
	}
	mediaType, err = contentType(mediaType, fault.Violation{In: fault.InBody, Pointer: "/contentType"})
	if err != nil {
		return Upload{}, err
	}
	now := s.Now()
	u := Upload{
		ID: id.New(), WorkspaceID: w.ID, Key: key, ContentType: mediaType, CreatedAt: now, ExpiresAt: now.Add(UploadLife),
	}
	return u, s.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.Repository.LockWorkspaceUploads(ctx, w.ID); err != nil {
			return err
		}
		n, err := s.Repository.CountUploads(ctx, w.ID)
		if err != nil {
			return err
		}
		if n >= MaxUploads {
			return &fault.Error{
				Code: fault.Conflict, Reason: TooManyUploads,
				Message: "A workspace has at most " + strconv.Itoa(MaxUploads) +
					" open uploads. Complete or abort one of them first.",
			}
		}
		if err := s.Repository.InsertUpload(ctx, u); err != nil {
			return err
		}
		return s.Audit.Record(ctx, w.OrgID, "upload.created", audit.Upload, u.ID, nil,
			audit.Fields{"key": u.Key, "content_type": u.ContentType})
	})
}

// upload returns an open upload of a workspace of the caller's.
func (s *Service) upload(ctx context.Context, workspaceID, uploadID id.ID) (Upload, error) {
	w, err := s.Workspaces.Get(ctx, workspaceID)
	if err != nil {
		return Upload{}, err
	}
	return s.Repository.Upload(ctx, w.ID, uploadID)
}

// Upload returns an open upload of a workspace of the caller's with its parts.
func (s *Service) Upload(ctx context.Context, workspaceID, uploadID id.ID) (Upload, []Part, error) {
	u, err := s.upload(ctx, workspaceID, uploadID)
	if err != nil {
		return u, nil, err
	}
	parts, err := s.Repository.Parts(ctx, u.ID)
	return u, parts, err
}

// ListUploads returns the open uploads of a workspace of the caller's, the oldest first: up to limit of them after one.
// more says that others follow.
func (s *Service) ListUploads(
	ctx context.Context, workspaceID, after id.ID, limit int,
) (list []Upload, more bool, err error) {
	w, err := s.Workspaces.Get(ctx, workspaceID)
	if err != nil {
		return nil, false, err
	}
	list, err = s.Repository.ListUploads(ctx, w.ID, after, limit+1)
	if len(list) > limit {
		return list[:limit], true, err
	}
	return list, false, err
}

// PutPart writes a part of an open upload, in the place of one that has the number. Parts may have any size, and may
// be written at once.
func (s *Service) PutPart(ctx context.Context, workspaceID, uploadID id.ID, number int, in Bytes) (Part, error) {
	w, err := s.Workspaces.Get(ctx, workspaceID)
	if err != nil {
		return Part{}, err
	}
	if number < 1 || number > MaxParts {
		return Part{}, fault.Invalid(fault.Violation{
			In: fault.InPath, Pointer: "/partNumber", Code: "range", Message: "must be from 1 to " + strconv.Itoa(MaxParts),
		})
	}
	u, err := s.Repository.Upload(ctx, w.ID, uploadID)
	if err != nil {
		return Part{}, err
	}
	parts, err := s.Repository.Parts(ctx, u.ID)
	if err != nil {
		return Part{}, err
	}
	var replaced plan.Amount
	if was := numbered(parts, number); was != nil {
		replaced = was.amount()
	}
	b, err := s.write(ctx, w, in, replaced)
	if err != nil {
		return Part{}, err
	}
	part := Part{Number: number, BlobID: b.ID, Size: b.size, Sum: b.sum, UpdatedAt: s.Now()}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.Repository.HoldWorkspace(ctx, w.ID); err != nil {
			return err
		}
		if _, err := s.Repository.LockUpload(ctx, w.ID, u.ID); err != nil {
			return err
		}
		parts, err := s.Repository.Parts(ctx, u.ID)
		if err != nil {
			return err
		}
		growth := part.amount().Minus(b.Reserved)
		if was := numbered(parts, number); was != nil {
			growth = growth.Minus(was.amount())
			if err := s.Repository.DropBlob(ctx, was.BlobID, s.Now()); err != nil {
				return err
			}
		}
		if err := s.keep(ctx, b, u.ID, number); err != nil {
			return err
		}
		return s.Stock.Change(ctx, w.ID, growth)
	})
	if err != nil {
		s.discard(ctx, b.ID)
		return Part{}, err
	}
	return part, nil
}

// amount is what the part counts for in the plan.
func (p Part) amount() plan.Amount { return plan.Amount{Items: 1, Bytes: p.Size} }

func amountOf(parts []Part) plan.Amount {
	var sum plan.Amount
	for _, p := range parts {
		sum = sum.Plus(p.amount())
	}
	return sum
}

func numbered(parts []Part, number int) *Part {
	i := slices.IndexFunc(parts, func(p Part) bool { return p.Number == number })
	if i < 0 {
		return nil
	}
	return &parts[i]
}

// Chosen is a part that a completed upload is made of.
type Chosen struct {
	Number int
	ETag   string // empty: whatever was written last under the number
}

// Complete makes an object of an upload in one step. It has the chosen parts, in the order of their numbers; without a
// choice all of them. The other parts are deleted.
func (s *Service) Complete(
	ctx context.Context, workspaceID, uploadID id.ID, chosen []Chosen, c Conditions,
) (o Object, created bool, err error) {
	w, err := s.Workspaces.Get(ctx, workspaceID)
	if err != nil {
		return Object{}, false, err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.Repository.HoldWorkspace(ctx, w.ID); err != nil {
			return err
		}
		u, err := s.Repository.LockUpload(ctx, w.ID, uploadID)
		if err != nil {
			return err
		}
		all, err := s.Repository.Parts(ctx, u.ID)
		if err != nil {
			return err
		}
		parts, err := choose(all, chosen)
		if err != nil {
			return err
		}
		keep := make([]id.ID, len(parts))
		for i, p := range parts {
			keep[i] = p.BlobID
		}
		if err := s.Repository.DropParts(ctx, u.ID, keep, s.Now()); err != nil {
			return err
		}
		if err := s.Repository.DeleteUpload(ctx, u.ID); err != nil {
			return err
		}
		o = Object{WorkspaceID: w.ID, Key: u.Key, ContentType: u.ContentType, Content: composed(u.ID, parts)}
		if err := s.Repository.InsertContent(ctx, w.ID, o.Content); err != nil {
			return err
		}
		var was *Object
		if o, was, err = s.store(ctx, o, c); err != nil {
			return err
		}
		created = was == nil
		growth := o.amount().Minus(amountOf(all))
		if was != nil {
			growth = growth.Minus(was.amount())
		}
		if err := s.Stock.Change(ctx, w.ID, growth); err != nil {
			return err
		}
		return s.record(ctx, w.OrgID, action(created), o, was)
	})
	return o, created, err
}

// choose returns the chosen parts.
func choose(all []Part, chosen []Chosen) ([]Part, error) {
	if len(all) == 0 {
		return nil, &fault.Error{
			Code: fault.RuleBroken, Reason: "upload_without_parts", Message: "The upload has no parts. Write one first.",
		}
	}
	if chosen == nil {
		return all, nil
	}
	var out []Part
	var v []fault.Violation
	for i, c := range chosen {
		at := "/parts/" + strconv.Itoa(i)
		p := numbered(all, c.Number)
		switch {
		case p == nil:
			v = append(v, fault.Body(at+"/partNumber", "unknown_part", "must be the number of a part that was written"))
		case c.ETag != "" && c.ETag != p.ETag():
			v = append(v, fault.Body(at+"/etag", "mismatch", "must be the entity tag of the part"))
		case len(out) > 0 && c.Number <= out[len(out)-1].Number:
			v = append(v, fault.Body(at+"/partNumber", "order", "must be larger than the number before it"))
		default:
			out = append(out, *p)
		}
	}
	if len(v) > 0 {
		return nil, fault.Invalid(v...)
	}
	return out, nil
}

// Abort ends an open upload and deletes its parts.
func (s *Service) Abort(ctx context.Context, workspaceID, uploadID id.ID) error {
	w, err := s.Workspaces.Get(ctx, workspaceID)
	if err != nil {
		return err
	}
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		u, err := s.Repository.LockUpload(ctx, w.ID, uploadID)
		if err != nil {
			return err
		}
		parts, err := s.end(ctx, u)
		if err != nil {
			return err
		}
		return s.Audit.Record(ctx, w.OrgID, "upload.aborted", audit.Upload, u.ID,
			audit.Fields{"key": u.Key, "parts": parts}, nil)
	})
}

// end deletes an upload with its parts, in the transaction of ctx, and returns how many parts it had.
func (s *Service) end(ctx context.Context, u Upload) (int, error) {
	parts, err := s.Repository.Parts(ctx, u.ID)
	if err != nil {
		return 0, err
	}
	if err := s.Repository.DropParts(ctx, u.ID, nil, s.Now()); err != nil {
		return 0, err
	}
	if err := s.Repository.DeleteUpload(ctx, u.ID); err != nil {
		return 0, err
	}
	return len(parts), s.release(ctx, u.WorkspaceID, amountOf(parts))
}
