package objects

import (
	"context"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
)

// Delete deletes an object of a workspace of the caller's.
func (s *Service) Delete(ctx context.Context, workspaceID id.ID, key string, c Conditions) error {
	w, err := s.Workspaces.Get(ctx, workspaceID)
	if err != nil {
		return err
	}
	if err := checkKey(key, keyInPath); err != nil {
		return err
	}
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		o, err := s.Repository.LockObject(ctx, w.ID, key)
		if err != nil {
			return err
		}
		if err := c.write(&o); err != nil {
			return err
		}
		if err := s.Repository.DeleteObject(ctx, o.ID); err != nil {
			return err
		}
		if err := s.Repository.DropContent(ctx, o.ContentID, s.Now().Add(grace)); err != nil {
			return err
		}
		if err := s.release(ctx, w.ID, o.amount()); err != nil {
			return err
		}
		return s.Audit.Record(ctx, w.OrgID, "object.deleted", audit.Object, o.ID, fieldsOf(o), nil)
	})
}

// release takes what is no longer there from what is counted.
func (s *Service) release(ctx context.Context, workspaceID id.ID, a plan.Amount) error {
	if a == (plan.Amount{}) {
		return nil
	}
	return s.Stock.Add(ctx, map[id.ID]plan.Amount{workspaceID: plan.Amount{}.Minus(a)})
}

// Copy is what a copy is made of.
type Copy struct {
	From, To    string
	ContentType string     // empty: that of the source
	Source      Conditions // of the object that is copied
	Conditions  Conditions // of the one in whose place the copy comes
}

// Copy makes an object of a workspace of the caller's have what another one of it has. No bytes are moved, and the copy
// counts like any other object. A copy onto itself changes its content type.
func (s *Service) Copy(ctx context.Context, workspaceID id.ID, in Copy) (o Object, created bool, err error) {
	w, err := s.Workspaces.Get(ctx, workspaceID)
	if err != nil {
		return Object{}, false, err
	}
	if err := in.check(); err != nil {
		return Object{}, false, err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.Repository.HoldWorkspace(ctx, w.ID); err != nil {
			return err
		}
		from, err := s.share(ctx, w.ID, in)
		if err != nil {
			return err
		}
		o = Object{WorkspaceID: w.ID, Key: in.To, ContentType: from.ContentType, Content: from.Content}
		if in.ContentType != "" {
			o.ContentType = in.ContentType
		}
		var was *Object
		if o, was, err = s.store(ctx, o, in.Conditions); err != nil {
			return err
		}
		created = was == nil
		growth := o.amount()
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

// share returns the source of a copy, whose content stays until the transaction of ctx ends, and then is the copy's
// too.
func (s *Service) share(ctx context.Context, workspaceID id.ID, in Copy) (Object, error) {
	for {
		from, err := s.Repository.Object(ctx, workspaceID, in.From)
		if err != nil {
			return from, err
		}
		if unmodified, err := in.Source.read(&from); err != nil {
			return from, err
		} else if unmodified {
			return from, stale()
		}
		shared, err := s.Repository.ShareContent(ctx, from.ContentID)
		if err != nil || shared {
			return from, err
		} // replaced meanwhile: look again
	}
}

func (in Copy) check() error {
	for pointer, key := range map[string]string{"/from": in.From, "/to": in.To} {
		if err := checkKey(key, fault.Violation{In: fault.InBody, Pointer: pointer}); err != nil {
			return err
		}
	}
	if in.ContentType == "" {
		return nil
	}
	_, err := contentType(in.ContentType, fault.Violation{In: fault.InBody, Pointer: "/contentType"})
	return err
}
