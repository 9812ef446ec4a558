// Package identity says who is calling. The edge authenticates once and puts the
// principal and the request id into the context; services read them there.
package identity

import (
	"context"
	"net/netip"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/scope"
)

// Kind is what sort of thing acts.
type Kind string

// The kinds of principals.
const (
	Client Kind = "client" // an OAuth client with an access token
	Key    Kind = "key"    // an API key
	User   Kind = "user"   // a person
	System Kind = "system" // the platform itself or its operator
)

// Source is where the credentials of a principal are from.
type Source string

// The sources of the platform itself. A contract can have others.
const (
	FromKey    Source = "key"    // an API key as a bearer credential
	FromToken  Source = "token"  // an access token that this server issued
	FromBasic  Source = "basic"  // HTTP Basic, as tools of programmers send it
	FromIssuer Source = "issuer" // a token of another issuer that is trusted
	FromCookie Source = "cookie" // the session of a person in a browser
)

// Show returns the id of a principal as it is shown; "system" for the platform itself.
func Show(kind Kind, v id.ID) string {
	switch kind {
	case Client:
		return v.Prefixed(id.ClientPrefix)
	case Key:
		return v.Prefixed(id.KeyPrefix)
	case User:
		return v.Prefixed(id.UserPrefix)
	}
	return string(System)
}

// Principal is an authenticated caller. It is shared between requests: read only.
type Principal struct {
	Source    Source
	Subject   string // how the source names it
	Kind      Kind
	ID        id.ID // of the client, key or user
	Name      string
	OrgID     id.ID     // the one org it acts in
	OrgStatus OrgStatus // that of the org: who looks credentials up must read it
	Tier      plan.Tier // its limit class
	Scopes    scope.Set
	UserID    id.ID // whose it is, when it is a person's
	MemberID  id.ID // that person's membership in OrgID, when there is one

	// The one workspace, and the one project in it, to which the credentials are bound; zero:
	// all of the org.
	WorkspaceID id.ID
	ProjectID   id.ID
	SuperAdmin  bool // the person may act on other orgs, where an operation says so
	// Platform says that a role of the platform lets the principal act in every org, within its scopes. Only a
	// resolver of tokens that name roles sets it, and never for credentials that are bound to a workspace.
	Platform bool

	AllowedNets []netip.Prefix // where it may call from; empty: anywhere
	// When the credentials end; zero: never. The end of an access token is none: the client
	// that asked for it can ask for the next.
	ExpiresAt time.Time

	// Admitted says that the person may act in the org, and the org on the platform. Only
	// Cache sets it.
	Admitted bool

	labels Labels // made when it is admitted, for requests to come
}

// Labels are names of a principal that every request needs.
type Labels struct {
	Actor  string // its kind and id
	Org    string
	Bucket string // of its org's limit
}

// Labels returns the names of the principal.
func (p *Principal) Labels() Labels {
	if p.labels.Org != "" {
		return p.labels
	}
	org := p.OrgID.UUID()
	return Labels{
		Actor: string(p.Kind) + ":" + p.ID.UUID(), Org: org, Bucket: "org:" + org + ":" + string(p.Tier),
	}
}

// Operator is the principal of the command line and of background work.
func Operator(orgID id.ID) *Principal {
	return &Principal{Kind: System, Name: "operator", OrgID: orgID, Tier: plan.Enterprise, Scopes: scope.Fields("*")}
}

// From reports whether the principal may call from the address.
func (p *Principal) From(addr netip.Addr) bool {
	if len(p.AllowedNets) == 0 {
		return true
	}
	for _, n := range p.AllowedNets {
		if n.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// InOrg refuses, as if the org did not exist, a caller who does not act in it.
func (p *Principal) InOrg(orgID id.ID) error {
	if p == nil || p.OrgID != orgID && !p.Platform {
		return fault.NewNotFound("organization")
	}
	return nil
}

// AcrossOrgs reports whether the principal administers orgs other than its own, where an operation says so: by a
// role of the platform, as a super admin with credentials for all of an org, or as the operator.
func (p *Principal) AcrossOrgs() bool {
	return p != nil && (p.Platform || p.Kind == System || p.SuperAdmin && p.WorkspaceID.IsZero())
}

// InWorkspace reports whether the credentials may be used in a workspace; the zero id asks
// for all of the org.
func (p *Principal) InWorkspace(workspaceID id.ID) bool {
	return p.WorkspaceID.IsZero() || p.WorkspaceID == workspaceID
}

// Within keeps a list that can be filtered by workspace_id to the workspace that the
// credentials are bound to.
func (p *Principal) Within(q page.Query) page.Query {
	if !p.WorkspaceID.IsZero() {
		q.Filters = append(q.Filters, page.Filter{Field: "workspace_id", Op: page.Eq, Value: p.WorkspaceID})
	}
	return q
}

// Role is what the caller's scopes amount to in a workspace.
type Role string

// The roles, from the largest.
const (
	Owner  Role = "owner"
	Admin  Role = "admin"
	Member Role = "member"
	Viewer Role = "viewer"
)

// workspaceScopes are the ones that act on a workspace itself, with the role each
// stands for, from the smallest.
var workspaceScopes = []struct {
	scope string
	role  Role
}{
	{"workspaces:read", Viewer}, {"workspaces:write", Member}, {"workspace:admin", Admin}, {"*", Owner},
}

// WorkspaceRole returns the largest role that the caller's scopes amount to, and which
// workspace scopes it may use.
func (p *Principal) WorkspaceRole() (Role, []string) {
	role, can := Viewer, []string{}
	for _, s := range workspaceScopes {
		if p.Scopes.Allows(s.scope) {
			role = s.role
			if s.scope != "*" {
				can = append(can, s.scope)
			}
		}
	}
	return role, can
}

type principalKey struct{}
type requestIDKey struct{}

// With puts the caller into the context.
func With(ctx context.Context, p *Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// From returns the caller, nil when the operation is public.
func From(ctx context.Context) *Principal {
	p, _ := ctx.Value(principalKey{}).(*Principal)
	return p
}

// WithRequestID puts the request id into the context.
func WithRequestID(ctx context.Context, requestID string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, requestID)
}

// Known returns the value of a key in a context that knows a caller, who may be nil, and a request's id by itself. It
// reports whether the context knows it.
func Known(key any, caller *Principal, requestID string) (value any, ok bool) {
	switch key {
	case principalKey{}:
		return caller, caller != nil
	case requestIDKey{}:
		return requestID, true
	}
	return nil, false
}

// RequestID returns the request id, empty outside a request.
func RequestID(ctx context.Context) string {
	s, _ := ctx.Value(requestIDKey{}).(string)
	return s
}
