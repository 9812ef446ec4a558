package objects

import (
	"context"
	"log/slog"
	"regexp"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/object"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/share"
	"github.com/alania-go/alania/domain/txn"
	"github.com/alania-go/alania/domain/workspace"
)

// Workspaces knows the workspaces that the caller may act in.
type Workspaces interface {
	Get(ctx context.Context, workspaceID id.ID) (workspace.Workspace, error)
	// Access returns what the caller may use in a workspace.
	Access(ctx context.Context, workspaceID id.ID) (workspace.Access, error)
}

// Orgs reads organizations, whose links work while they are active.
type Orgs interface {
	Org(ctx context.Context, orgID id.ID) (org.Org, error)
}

// Stock counts what workspaces store.
type Stock interface {
	// Change counts in the transaction of the write. More than the plan allows is FeatureLimit.
	Change(ctx context.Context, workspaceID id.ID, change plan.Amount) error
	// Left returns how much more workspaces may store.
	Left(ctx context.Context, workspaces []id.ID) (map[id.ID]plan.Amount, error)
	// Add counts without a limit.
	Add(ctx context.Context, changes map[id.ID]plan.Amount) error
}

// Options are what the service is made of.
type Options struct {
	Tx         txn.Runner
	Repository Repository
	Files      object.Store
	Workspaces Workspaces
	Orgs       Orgs
	Stock      Stock
	Audit      *audit.Service
	Owner      id.ID  // of what this process writes
	LinkKey    []byte // signs links; replicas share it
	Log        *slog.Logger
	Now        clock.Clock
}

// Service holds the rules of objects.
type Service struct {
	Options
	uploads *share.Pool
}

const (
	// maxWrites is how many bodies a process receives at once. With S3, one of unknown length takes some megabytes
	// of memory.
	maxWrites = 64
	// writePatience is how long a body waits for its turn.
	writePatience = 10 * time.Second
	// writeLife is when a blob that is still being written counts as left over: more than a request may last.
	writeLife = 2 * time.Hour
	// grace is how long blobs stay that nothing refers to any more, for those who have just begun to read them.
	grace = time.Minute
)

// NewService makes the service.
func NewService(o Options) *Service {
	return &Service{Options: o, uploads: share.New("object_writes", maxWrites, share.Options{Patience: writePatience})}
}

// Holds reports whether a workspace has objects or uploads, so that its storage cannot be taken away.
func (s *Service) Holds(ctx context.Context, workspaceID id.ID) (bool, error) {
	return s.Repository.HasObjects(ctx, workspaceID)
}

// Where a key was found that is refused.
var (
	keyInPath = fault.Violation{In: fault.InPath, Pointer: "/path"}
	keyInBody = fault.Violation{In: fault.InBody, Pointer: "/key"}
)

// checkKey refuses what is no key, where it was found.
func checkKey(key string, at fault.Violation) error {
	message := CheckKey(key)
	if message == "" {
		return nil
	}
	at.Code, at.Message = "object_key", message
	return fault.Invalid(at)
}

// mediaType is the form of a content type (RFC 9110 section 8.3.1): whatever has it can be a header.
var mediaType = regexp.MustCompile(`^[!-.0-~]+/[!-.0-~]+( *;[ -~]*)?$`)

// contentType returns the content type to keep, or refuses it.
func contentType(value string, at fault.Violation) (string, error) {
	switch {
	case value == "":
		return DefaultContentType, nil
	case len(value) > MaxContentType || !mediaType.MatchString(value):
		at.Code, at.Message = "content_type", "must be a media type of at most 255 printable ASCII characters"
		return "", fault.Invalid(at)
	}
	return value, nil
}

// found returns nil for an object that is not there.
func found(o Object, err error) (*Object, error) {
	if fault.IsCode(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &o, nil
}

// record writes the audit entry of a change of an object.
func (s *Service) record(ctx context.Context, orgID id.ID, action string, o Object, was *Object) error {
	var before audit.Fields
	if was != nil {
		before = fieldsOf(*was)
	}
	return s.Audit.Record(ctx, orgID, action, audit.Object, o.ID, before, fieldsOf(o))
}

func fieldsOf(o Object) audit.Fields {
	return audit.Fields{"key": o.Key, "size": o.Size, "content_type": o.ContentType, "checksum": o.Checksum}
}

// store makes content the one that a key has, in the transaction of ctx, and returns the object, and the one that
// had the key before. Two who write one key at once come one after the other.
func (s *Service) store(ctx context.Context, o Object, c Conditions) (Object, *Object, error) {
	for {
		was, err := found(s.Repository.LockObject(ctx, o.WorkspaceID, o.Key))
		if err != nil {
			return o, nil, err
		}
		if err := c.write(was); err != nil {
			return o, nil, err
		}
		o.UpdatedAt = s.Now()
		if was == nil {
			o.ID, o.CreatedAt = id.New(), o.UpdatedAt
			ok, err := s.Repository.InsertObject(ctx, o)
			if err != nil {
				return o, nil, err
			}
			if !ok { // somebody else has made it: look again
				continue
			}
			return o, nil, nil
		}
		o.ID, o.CreatedAt = was.ID, was.CreatedAt
		if err := s.Repository.UpdateObject(ctx, o); err != nil {
			return o, nil, err
		}
		return o, was, s.Repository.DropContent(ctx, was.ContentID, o.UpdatedAt.Add(grace))
	}
}
