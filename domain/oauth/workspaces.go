package oauth

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/scope"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/domain/workspace"
)

// Kind is what a client is for.
type Kind string

// The kinds of clients.
const (
	General        Kind = "client"          // one of the whole org
	ServiceAccount Kind = "service_account" // a program in one workspace, which acts for itself
	Application    Kind = "application"     // a program that people of one workspace sign in with
)

// MaxInWorkspace is how many service accounts a workspace can have, and how many applications.
const MaxInWorkspace = 100

// WorkspaceRepository keeps the clients of workspaces.
type WorkspaceRepository interface {
	// InsertWorkspaceClient returns a Conflict for a slug in use. It is called while the workspace is locked.
	InsertWorkspaceClient(ctx context.Context, c Client) error
	// SerializeWorkspace makes other transactions that count what the workspace has wait for this one; NotFound when it
	// is deleted.
	SerializeWorkspace(ctx context.Context, workspaceID id.ID) error
	CountWorkspaceClients(ctx context.Context, workspaceID id.ID, k Kind) (int, error)
	// WorkspaceClient returns one that is not revoked.
	WorkspaceClient(ctx context.Context, workspaceID id.ID, k Kind, clientRow id.ID) (Client, error)
	ListWorkspaceClients(ctx context.Context, workspaceID id.ID, k Kind, q page.Query) (page.Page[Client], error)
	SetSecret(ctx context.Context, clientRow id.ID, hash []byte) error
	RevokeClient(ctx context.Context, clientRow id.ID, at time.Time) (bool, error)
	// RevokeClientsIn sets RevokedAt of the clients of a workspace, and returns those where it was not set before.
	RevokeClientsIn(ctx context.Context, workspaceID id.ID, at time.Time) ([]Client, error)
}

// InWorkspaces holds the rules of the clients of workspaces: service accounts and applications.
type InWorkspaces struct {
	clients    *Service
	repo       WorkspaceRepository
	workspaces *workspace.Service
}

// NewInWorkspaces makes the service.
func NewInWorkspaces(clients *Service, repo WorkspaceRepository, workspaces *workspace.Service) *InWorkspaces {
	return &InWorkspaces{clients: clients, repo: repo, workspaces: workspaces}
}

// NewInWorkspace is what a service account or an application is made of.
type NewInWorkspace struct {
	Kind           Kind
	Slug           string
	Name           string
	Scopes         []string // of a service account
	Public         bool     // an application that can keep no secret
	RedirectURIs   []string // of an application
	AllowedOrigins []string // of an application
}

// Create makes a service account or an application in a workspace of the caller's, and returns its secret, which cannot
// be read again; empty for a public application. It has no scope beyond those of the caller. It acts for nobody: it
// belongs to the workspace, and ends with it. A slug in use is a Conflict.
func (s *InWorkspaces) Create(ctx context.Context, workspaceID id.ID, in NewInWorkspace) (Client, string, error) {
	if err := in.check(); err != nil {
		return Client{}, "", err
	}
	w, err := s.workspaces.Get(ctx, workspaceID)
	if err != nil {
		return Client{}, "", err
	}
	if err := s.mayHave(ctx, w, in.Scopes); err != nil {
		return Client{}, "", err
	}
	c := Client{
		ID: id.New(), OrgID: w.OrgID, WorkspaceID: w.ID, Kind: in.Kind, Slug: in.Slug, Name: strings.TrimSpace(in.Name),
		Scopes: scope.Parse(in.Scopes).List(), Public: in.Public, RedirectURIs: in.RedirectURIs,
		AllowedOrigins: in.AllowedOrigins, SecretHash: []byte{}, CreatedAt: s.clients.now(),
	}
	c.ClientID = c.ID.Prefixed(in.Kind.prefix())
	var sec string
	if !c.Public {
		sec, c.SecretHash = newSecret()
	}
	err = s.clients.tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.insert(ctx, c); err != nil {
			return err
		}
		return s.record(ctx, c, ".created", nil, c.fields())
	})
	return c, sec, err
}

// prefix is that of the ids of clients of a kind.
func (k Kind) prefix() string {
	switch k {
	case ServiceAccount:
		return id.ServiceAccountPrefix
	case Application:
		return id.ApplicationPrefix
	}
	return ClientPrefix
}

// name is what a client of a kind is called.
func (k Kind) name() string { return strings.ReplaceAll(string(k), "_", " ") }

func newSecret() (text string, hash []byte) {
	text = "cs_" + secret.Text(43)
	return text, secret.Hash(text)
}

// check refuses what no schema can.
func (in NewInWorkspace) check() error {
	var v []fault.Violation
	for _, sc := range in.Scopes {
		if !scope.Valid(sc) {
			v = append(v, fault.Body("/scopes", "scope", "must be scopes: resource:action, resource:*, *:action or *"))
		}
	}
	for _, raw := range in.RedirectURIs {
		u, err := url.Parse(raw)
		if err != nil || !u.IsAbs() || u.Fragment != "" || strings.Contains(raw, "#") || u.Scheme == "javascript" ||
			u.Scheme == "data" {
			v = append(v, fault.Body("/redirectUris", "format",
				"must be absolute URIs of pages or programs, without a fragment"))
		}
	}
	if len(v) > 0 {
		return fault.Invalid(v...)
	}
	return nil
}

// mayHave refuses to make what has more than the credentials that make it.
func (s *InWorkspaces) mayHave(ctx context.Context, w workspace.Workspace, scopes []string) error {
	p := identity.From(ctx)
	tier, err := s.clients.repo.OrgTier(ctx, w.OrgID)
	if err != nil {
		return err
	}
	if p.Platform { // the plan of the tenant is none of theirs
		tier = tier.AtMost(p.Tier)
	}
	excess := p.Grant().Beyond(identity.Grant{Scopes: scope.Parse(scopes), Tier: tier, WorkspaceID: w.ID})
	if excess.None() {
		return nil
	}
	return &fault.Error{
		Code: fault.AccessDenied, Message: "It would hold more than the credentials that create it.",
		Details: map[string]any{"scopes": append([]string{}, excess.Scopes...)},
	}
}

// insert inserts a client while the workspace has room for it.
func (s *InWorkspaces) insert(ctx context.Context, c Client) error {
	if err := s.repo.SerializeWorkspace(ctx, c.WorkspaceID); err != nil {
		return err
	}
	n, err := s.repo.CountWorkspaceClients(ctx, c.WorkspaceID, c.Kind)
	if err != nil {
		return err
	}
	if n >= MaxInWorkspace {
		return tooMany(c.Kind)
	}
	err = s.repo.InsertWorkspaceClient(ctx, c)
	if !fault.IsCode(err, fault.Conflict) {
		return err
	}
	if c.Kind == Application {
		return &fault.Error{
			Code: fault.Conflict, Reason: "application_slug_taken", Cause: err,
			Message: "Another application of the workspace has this slug.",
		}
	}
	return &fault.Error{
		Code: fault.Conflict, Reason: "service_account_slug_taken", Cause: err,
		Message: "Another service account of the workspace has this slug.",
	}
}

func tooMany(k Kind) error {
	if k == Application {
		return &fault.Error{
			Code: fault.Conflict, Reason: "too_many_applications", Message: "A workspace can have 100 applications at most.",
		}
	}
	return &fault.Error{
		Code: fault.Conflict, Reason: "too_many_service_accounts",
		Message: "A workspace can have 100 service accounts at most.",
	}
}

// Get returns a service account or an application of a workspace of the caller's.
func (s *InWorkspaces) Get(ctx context.Context, workspaceID id.ID, k Kind, clientRow id.ID) (Client, error) {
	w, err := s.workspaces.Get(ctx, workspaceID)
	if err != nil {
		return Client{}, err
	}
	c, err := s.repo.WorkspaceClient(ctx, w.ID, k, clientRow)
	if fault.IsCode(err, fault.NotFound) {
		return c, fault.NewNotFound(k.name())
	}
	return c, err
}

// List lists those of a workspace of the caller's.
func (s *InWorkspaces) List(ctx context.Context, workspaceID id.ID, k Kind, q page.Query) (page.Page[Client], error) {
	w, err := s.workspaces.Get(ctx, workspaceID)
	if err != nil {
		return page.Page[Client]{}, err
	}
	return s.repo.ListWorkspaceClients(ctx, w.ID, k, q)
}

// Rotate makes a new secret and returns it; the former one ends, tokens that it got do not. A public application has
// no secret. The caller must have what the client has.
func (s *InWorkspaces) Rotate(ctx context.Context, workspaceID id.ID, k Kind, clientRow id.ID) (Client, string, error) {
	var c Client
	sec, hash := newSecret()
	err := s.clients.tx.InTx(ctx, func(ctx context.Context) error {
		w, err := s.workspaces.Get(ctx, workspaceID)
		if err != nil {
			return err
		}
		if c, err = s.Get(ctx, w.ID, k, clientRow); err != nil {
			return err
		}
		if c.Public {
			return &fault.Error{
				Code: fault.RuleBroken, Reason: "application_is_public", Message: "A public application has no secret.",
			}
		}
		if err := s.mayHave(ctx, w, c.Scopes); err != nil {
			return err
		}
		if err := s.repo.SetSecret(ctx, c.ID, hash); err != nil {
			return err
		}
		s.clients.tx.AfterCommit(ctx, func() { s.clients.cache.DropPrincipal(c.ID) })
		return s.record(ctx, c, ".secret_rotated", nil, nil)
	})
	return c, sec, err
}

// Delete ends a service account or an application and, with it, its tokens: at once here, within identity.CacheTTL on
// other replicas.
func (s *InWorkspaces) Delete(ctx context.Context, workspaceID id.ID, k Kind, clientRow id.ID) error {
	return s.clients.tx.InTx(ctx, func(ctx context.Context) error {
		c, err := s.Get(ctx, workspaceID, k, clientRow)
		if err != nil {
			return err
		}
		first, err := s.repo.RevokeClient(ctx, c.ID, s.clients.now())
		if err != nil {
			return err
		}
		if !first {
			return fault.NewNotFound(k.name())
		}
		return s.ended(ctx, c)
	})
}

// HandleWorkspaceDelete ends the clients of a workspace, in the transaction that deletes it.
func (s *InWorkspaces) HandleWorkspaceDelete(ctx context.Context, w workspace.Workspace) error {
	list, err := s.repo.RevokeClientsIn(ctx, w.ID, s.clients.now())
	var errs []error
	for _, c := range list {
		errs = append(errs, s.ended(ctx, c))
	}
	return errors.Join(append(errs, err)...)
}

// ended does what follows from the end of a client, in its transaction.
func (s *InWorkspaces) ended(ctx context.Context, c Client) error {
	s.clients.tx.AfterCommit(ctx, func() { s.clients.cache.DropPrincipal(c.ID) })
	return s.record(ctx, c, ".deleted", c.fields(), nil)
}

func (s *InWorkspaces) record(ctx context.Context, c Client, what string, before, after audit.Fields) error {
	return s.clients.audit.Record(ctx, c.OrgID, string(c.Kind)+what, audit.Client, c.ID, before, after)
}

func (c Client) fields() audit.Fields {
	f := audit.Fields{"name": c.Name, "client_id": c.ClientID, "slug": c.Slug}
	if c.Kind == ServiceAccount {
		f["scopes"] = c.Scopes
	} else {
		f["public"], f["redirect_uris"], f["allowed_origins"] = c.Public, c.RedirectURIs, c.AllowedOrigins
	}
	return f
}
