package objects

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/workspace"
)

// How long a link works.
const (
	DefaultLinkLife = time.Hour
	MaxLinkLife     = 7 * 24 * time.Hour
)

// Why a link is refused.
const (
	LinkInvalid = "link_invalid" // it was changed, or made with another key
	LinkExpired = "link_expired"
	LinkStopped = "link_stopped" // the tenant or the workspace may not use the platform for now
)

// Verb is what a link lets its holder do.
type Verb string

// The verbs.
const (
	Reading Verb = "GET"
	Writing Verb = "PUT"
)

// Link lets whoever has it read or write one object until it ends, without credentials. All of it is signed.
type Link struct {
	WorkspaceID id.ID
	Key         string
	Verb        Verb
	ExpiresAt   time.Time // whole seconds
	ContentType string    // that an uploaded object gets; empty: what is sent
	Inline      bool      // browsers may show the object, rather than save it
	Signature   string
}

// Sign makes a link to an object of a workspace of the caller's, which need not be there yet. It works for the time
// that life says, zero: DefaultLinkLife, MaxLinkLife at most, as long as workspace and tenant do.
func (s *Service) Sign(ctx context.Context, l Link, life time.Duration) (Link, error) {
	w, err := s.Workspaces.Get(ctx, l.WorkspaceID)
	if err != nil {
		return Link{}, err
	}
	if err := checkKey(l.Key, keyInBody); err != nil {
		return Link{}, err
	}
	if l.ContentType != "" {
		if _, err := contentType(l.ContentType,
			fault.Violation{In: fault.InBody, Pointer: "/contentType"}); err != nil {
			return Link{}, err
		}
	}
	if life == 0 {
		life = DefaultLinkLife
	}
	if life < time.Second || life > MaxLinkLife {
		return Link{}, fault.Invalid(fault.Body("/expiresIn", "range",
			"must be from 1 to "+strconv.Itoa(int(MaxLinkLife/time.Second))+" seconds"))
	}
	l.WorkspaceID, l.ExpiresAt = w.ID, s.Now().Add(life).Truncate(time.Second)
	l.Signature = s.signature(l)
	return l, nil
}

// signature is an HMAC-SHA256 of everything that the link says. The key comes last, as it may have any character.
func (s *Service) signature(l Link) string {
	mac := hmac.New(sha256.New, s.LinkKey)
	mac.Write([]byte(strings.Join([]string{
		"v1", string(l.Verb), l.WorkspaceID.UUID(), strconv.FormatInt(l.ExpiresAt.Unix(), 10), l.ContentType,
		strconv.FormatBool(l.Inline), l.Key,
	}, "\n")))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// holder returns a context in which the holder of a link acts, or refuses the link.
func (s *Service) holder(ctx context.Context, l Link) (context.Context, error) {
	if !hmac.Equal([]byte(l.Signature), []byte(s.signature(l))) {
		return nil, refused(&fault.Error{
			Reason: LinkInvalid, Message: "The link is not one that this server has made, or it was changed.",
		})
	}
	if !s.Now().Before(l.ExpiresAt) {
		return nil, refused(&fault.Error{
			Reason: LinkExpired, Message: "The link has ended. Ask whoever gave it to you for a new one.",
		})
	}
	orgID, err := s.Repository.OrgOf(ctx, l.WorkspaceID)
	if err != nil {
		return nil, err
	}
	o, err := s.Orgs.Org(ctx, orgID)
	if err != nil {
		return nil, err
	}
	ctx = identity.With(ctx, identity.Operator(orgID))
	access, err := s.Workspaces.Access(ctx, l.WorkspaceID)
	if err != nil {
		return nil, err
	}
	if o.Status != identity.OrgActive || access.Refusal(workspace.Storage) != "" {
		return nil, refused(&fault.Error{
			Reason: LinkStopped, Message: "The link does not work for now. Ask whoever gave it to you.",
		})
	}
	return ctx, nil
}

// refused makes a refusal of a link one of access.
func refused(e *fault.Error) error {
	e.Code = fault.AccessDenied
	return e
}

// GetByLink is Get for the holder of a link.
func (s *Service) GetByLink(ctx context.Context, l Link, in Read) (Download, error) {
	l.Verb = Reading
	ctx, err := s.holder(ctx, l)
	if err != nil {
		return Download{}, err
	}
	return s.Get(ctx, l.WorkspaceID, l.Key, in)
}

// PutByLink is Put for the holder of a link.
func (s *Service) PutByLink(ctx context.Context, l Link, in Put) (Object, bool, error) {
	l.Verb = Writing
	ctx, err := s.holder(ctx, l)
	if err != nil {
		return Object{}, false, err
	}
	if l.ContentType != "" {
		in.ContentType = l.ContentType
	}
	return s.Put(ctx, l.WorkspaceID, l.Key, in)
}
