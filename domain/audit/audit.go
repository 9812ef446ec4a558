// Package audit records who did what to what. An entry is written in the transaction
// of the change it tells of: there is no change without its entry, and no entry of a
// change that did not happen.
package audit

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
)

// Target names the kind of thing an action was done to.
type Target string

// The kinds of targets.
const (
	Workspace Target = "workspace"
	Member    Target = "member"
	Key       Target = "key"
	Client    Target = "client"
	Token     Target = "token"
	Org       Target = "org"
	Endpoint  Target = "webhook_endpoint"
	Delivery  Target = "webhook_delivery"
	Binding   Target = "binding"
	Run       Target = "sync_run"
	Job       Target = "job"
	User      Target = "user"

	PixelDomain Target = "pixel_domain"
	MCPServer   Target = "mcp_server"
	Release     Target = "release"
	Object      Target = "object"
	Upload      Target = "upload"
	RealmUser   Target = "realm_user"
	RealmClient Target = "realm_client"
	RealmRole   Target = "realm_role"
	Collection  Target = "collection"
	Topic       Target = "topic"
)

// prefixes are those of the targets' ids.
var prefixes = map[Target]string{
	Workspace: id.WorkspacePrefix, Member: id.MemberPrefix, Key: id.KeyPrefix, Client: id.ClientPrefix,
	Token: id.TokenPrefix, Org: id.OrgPrefix,
	Endpoint: id.EndpointPrefix, Delivery: id.DeliveryPrefix, Binding: id.BindingPrefix, Run: id.RunPrefix,
	Job: id.JobPrefix, User: id.UserPrefix,
	PixelDomain: id.PixelDomainPrefix,
	MCPServer:   id.MCPServerPrefix,
	Release:     id.ReleasePrefix,
	Object:      id.ObjectPrefix,
	Upload:      id.UploadPrefix,
	RealmUser:   id.UserPrefix,
	RealmClient: id.RealmClientPrefix,
	RealmRole:   id.RealmRolePrefix,
	Collection:  id.CollectionPrefix,
	Topic:       id.TopicPrefix,
}

// Actor returns the id of who acted as it is shown; "system" for the platform itself.
func (e Entry) Actor() string { return identity.Show(e.ActorKind, e.ActorID) }

// Target returns the id of what was acted on as it is shown.
func (e Entry) Target() string {
	p, ok := prefixes[e.TargetKind]
	if !ok {
		p = string(e.TargetKind)
	}
	return e.TargetID.Prefixed(p)
}

// Fields is what an entry tells of a target before or after: public names and values,
// never a secret.
type Fields map[string]any

// Entry is one recorded action.
type Entry struct {
	ID         id.ID
	OrgID      id.ID
	Action     string // such as key.revoked
	ActorKind  identity.Kind
	ActorID    id.ID
	ActorName  string
	TargetKind Target
	TargetID   id.ID
	Before     Fields
	After      Fields
	RequestID  string
	CreatedAt  time.Time
}

// Repository keeps entries.
type Repository interface {
	InsertAudit(ctx context.Context, e Entry) error
	ListAudit(ctx context.Context, orgID id.ID, q page.Query) (page.Page[Entry], error)
	// AuditedBefore returns the orgs of a tier that have an entry from before a time.
	AuditedBefore(ctx context.Context, tier plan.Tier, before time.Time) ([]id.ID, error)
	// DeleteAudit deletes the entries of an org from before a time, some at a time. Those that a
	// sink has not been sent yet stay.
	DeleteAudit(ctx context.Context, orgID id.ID, before time.Time) error
}

// Service records and lists.
type Service struct {
	repo     Repository
	now      clock.Clock
	recorded func(ctx context.Context) error // nil without a sink
}

// NewService makes the service. recorded is called inside the transaction of every
// entry, and has the export look after the commit; nil where nothing is exported.
func NewService(repo Repository, now clock.Clock, recorded func(ctx context.Context) error) *Service {
	return &Service{repo: repo, now: now, recorded: recorded}
}

// Record writes an entry for the caller in ctx. Call it inside the transaction of the change.
func (s *Service) Record(
	ctx context.Context, orgID id.ID, action string, kind Target, target id.ID, before, after Fields,
) error {
	p := identity.From(ctx)
	if p == nil {
		p = identity.Operator(orgID)
	}
	err := s.repo.InsertAudit(ctx, Entry{
		ID: id.New(), OrgID: orgID, Action: action,
		ActorKind: p.Kind, ActorID: p.ID, ActorName: p.Name,
		TargetKind: kind, TargetID: target, Before: before, After: after,
		RequestID: identity.RequestID(ctx), CreatedAt: s.now(),
	})
	if err != nil || s.recorded == nil {
		return err
	}
	return s.recorded(ctx)
}

// List returns the entries of the caller's org.
func (s *Service) List(ctx context.Context, orgID id.ID, q page.Query) (page.Page[Entry], error) {
	if err := identity.From(ctx).InOrg(orgID); err != nil {
		return page.Page[Entry]{}, err
	}
	return s.repo.ListAudit(ctx, orgID, q)
}

// Clean deletes the entries that are older than the plan of their org keeps them.
func (s *Service) Clean(ctx context.Context) error {
	for _, tier := range plan.Tiers() {
		before := s.now().AddDate(0, 0, -tier.AuditDays())
		orgs, err := s.repo.AuditedBefore(ctx, tier, before)
		if err != nil {
			return err
		}
		for _, orgID := range orgs {
			if err := s.repo.DeleteAudit(ctx, orgID, before); err != nil {
				return err
			}
		}
	}
	return nil
}
