package realm

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/txn"
)

// People are the members of organizations. org.Service implements it.
type People interface {
	Admit(ctx context.Context, orgID id.ID, p org.Person) error
	Accept(ctx context.Context, orgID, userID id.ID, name string) error
	Dismiss(ctx context.Context, orgID, userID id.ID) error
	MemberOf(ctx context.Context, orgID, userID id.ID) (org.Member, error)
}

// Workspaces knows the workspaces of organizations.
type Workspaces interface {
	// InOrg reports whether an organization has a workspace that is not deleted.
	InOrg(ctx context.Context, orgID, workspaceID id.ID) (bool, error)
}

// ServiceOptions are what a Service is made of.
type ServiceOptions struct {
	Tx          txn.Runner
	Directory   Directory
	Outside     bool // the directory is another system: it is not called in transactions
	Invitations InvitationRepository
	People      People
	Workspaces  Workspaces
	Audit       *audit.Service
	Policy      Policy
	Programs    Programs // issues tokens to the OAuth clients of the platform
	Now         clock.Clock
}

// Service has the rules of realms, for the contracts.
type Service struct{ ServiceOptions }

// NewService makes the service.
func NewService(o ServiceOptions) *Service { return &Service{o} }

// run runs fn in one transaction, unless it calls another system.
func (s *Service) run(ctx context.Context, fn func(ctx context.Context) error) error {
	if s.Outside {
		return fn(ctx)
	}
	return s.Tx.InTx(ctx, fn)
}

// administered returns a realm that the caller may read. What the caller may not see does not exist.
func (s *Service) administered(ctx context.Context, name string) (Realm, error) {
	r, err := s.Directory.Realm(ctx, name)
	if err != nil {
		return Realm{}, err
	}
	p := identity.From(ctx)
	if p.InOrg(r.OrgID) != nil || r.Platform() && !runsPlatform(p) {
		return Realm{}, fault.NewNotFound("realm")
	}
	if !p.WorkspaceID.IsZero() {
		return Realm{}, fault.New(fault.AccessDenied,
			"The credentials are bound to one workspace; a realm is one of a tenant.")
	}
	return r, nil
}

// runsPlatform reports whether the caller may administer the people who run the platform: what they may do is more
// than anybody of the first organization may.
func runsPlatform(p *identity.Principal) bool {
	return p.Kind == identity.System || p.SuperAdmin || p.Platform
}

// Realms returns the realms of the caller's tenant, by name.
func (s *Service) Realms(ctx context.Context) ([]Realm, error) {
	p := identity.From(ctx)
	all, err := s.Directory.RealmsOf(ctx, p.OrgID)
	all = slices.DeleteFunc(all, func(r Realm) bool { return r.Platform() && !runsPlatform(p) })
	slices.SortFunc(all, func(a, b Realm) int { return strings.Compare(a.Name, b.Name) })
	return all, err
}

// IssuerOf returns the issuer of the tokens of a realm.
func (s *Service) IssuerOf(realm string) string { return s.Directory.IssuerOf(realm) }

// CreateClient makes a client in a realm and returns its secret, which cannot be read again.
func (s *Service) CreateClient(ctx context.Context, realm string, c Client) (Client, string, error) {
	r, err := s.administered(ctx, realm)
	if err != nil {
		return Client{}, "", err
	}
	if err := c.validate(); err != nil {
		return Client{}, "", err
	}
	if err := s.checkRoles(ctx, r, "/serviceAccountRoles", c.Roles, id.ID{}); err != nil {
		return Client{}, "", err
	}
	c.Enabled = true
	var made string
	err = s.run(ctx, func(ctx context.Context) error {
		if c, made, err = s.Directory.CreateClient(ctx, realm, c, ""); err != nil {
			return err
		}
		return s.Audit.Record(ctx, r.OrgID, "realm_client.created", audit.RealmClient, c.ID, nil,
			audit.Fields{"realm": realm, "client_id": c.ClientID, "access_type": string(c.Access), "roles": c.Roles})
	})
	return c, made, err
}

func (c Client) validate() error {
	var v []fault.Violation
	for n, name := range c.Scopes {
		if !slices.Contains(ClientScopes(), name) {
			v = append(v, fault.Body("/scopes/"+strconv.Itoa(n), "scope",
				"must be a scope of OpenID Connect that clients can have"))
		}
	}
	if c.Service && c.Access != Confidential {
		v = append(v, fault.Body("/serviceAccountsEnabled", "confidential",
			"must be false for a client that is not confidential"))
	}
	if len(c.Roles) > 0 && !c.Service {
		v = append(v, fault.Body("/serviceAccountRoles", "service_account", "must be empty without a service account"))
	}
	if len(v) > 0 {
		return fault.Invalid(v...)
	}
	return nil
}

// Clients lists the clients of a realm.
func (s *Service) Clients(ctx context.Context, realm string, q page.Query) (page.Page[Client], error) {
	if _, err := s.administered(ctx, realm); err != nil {
		return page.Page[Client]{}, err
	}
	return s.Directory.Clients(ctx, realm, q)
}

// Client returns a client of a realm.
func (s *Service) Client(ctx context.Context, realm string, client id.ID) (Client, error) {
	if _, err := s.administered(ctx, realm); err != nil {
		return Client{}, err
	}
	return s.Directory.Client(ctx, realm, client)
}

// NewSecret replaces the secret of a client. Who rotates it may do all that the client may.
func (s *Service) NewSecret(ctx context.Context, realm string, client id.ID) (Client, string, error) {
	r, err := s.administered(ctx, realm)
	if err != nil {
		return Client{}, "", err
	}
	c, err := s.Directory.Client(ctx, realm, client)
	if err != nil {
		return Client{}, "", err
	}
	if err := s.mayGrant(ctx, r, c.Roles, id.ID{}); err != nil {
		return Client{}, "", err
	}
	var made string
	err = s.run(ctx, func(ctx context.Context) error {
		if made, err = s.Directory.NewSecret(ctx, realm, client); err != nil {
			return err
		}
		return s.Audit.Record(ctx, r.OrgID, "realm_client.secret_rotated", audit.RealmClient, c.ID, nil,
			audit.Fields{"realm": realm, "client_id": c.ClientID})
	})
	return c, made, err
}

// DeleteClient deletes a client of a realm.
func (s *Service) DeleteClient(ctx context.Context, realm string, client id.ID) error {
	r, err := s.administered(ctx, realm)
	if err != nil {
		return err
	}
	return s.run(ctx, func(ctx context.Context) error {
		c, err := s.Directory.Client(ctx, realm, client)
		if err != nil {
			return err
		}
		if err := s.Directory.DeleteClient(ctx, realm, client); err != nil {
			return err
		}
		return s.Audit.Record(ctx, r.OrgID, "realm_client.deleted", audit.RealmClient, c.ID,
			audit.Fields{"realm": realm, "client_id": c.ClientID}, nil)
	})
}

// Roles returns the roles of a realm: those of ours that users of the realm can have, and those that were made,
// by name.
func (s *Service) Roles(ctx context.Context, realm string) ([]Role, error) {
	r, err := s.administered(ctx, realm)
	if err != nil {
		return nil, err
	}
	made, err := s.Directory.Roles(ctx, realm)
	if err != nil {
		return nil, err
	}
	var out []Role
	for _, own := range OwnRoles {
		if own.Level != OfPlatform || r.Platform() {
			out = append(out, Role{RealmID: r.ID, Name: own.Name, Description: own.About, CreatedAt: r.CreatedAt})
		}
	}
	out = append(out, made...)
	slices.SortFunc(out, func(a, b Role) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// CreateRole makes a role in a realm. It allows nothing in our APIs; the tenant's applications know what it means.
func (s *Service) CreateRole(ctx context.Context, realm string, role Role) (Role, error) {
	r, err := s.administered(ctx, realm)
	if err != nil {
		return Role{}, err
	}
	if _, own := ownRole(role.Name); own {
		return Role{}, ownRoleTaken()
	}
	err = s.run(ctx, func(ctx context.Context) error {
		if role, err = s.Directory.CreateRole(ctx, realm, role); err != nil {
			return err
		}
		return s.Audit.Record(ctx, r.OrgID, "realm_role.created", audit.RealmRole, role.ID, nil,
			audit.Fields{"realm": realm, "name": role.Name})
	})
	return role, err
}

// DeleteRole deletes a role of a realm.
func (s *Service) DeleteRole(ctx context.Context, realm, name string) error {
	r, err := s.administered(ctx, realm)
	if err != nil {
		return err
	}
	if _, own := ownRole(name); own {
		return ownRoleTaken()
	}
	return s.run(ctx, func(ctx context.Context) error {
		roles, err := s.Directory.Roles(ctx, realm)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(roles, func(r Role) bool { return r.Name == name })
		if i < 0 {
			return fault.NewNotFound("role")
		}
		if err := s.Directory.DeleteRole(ctx, realm, name); err != nil {
			return err
		}
		return s.Audit.Record(ctx, r.OrgID, "realm_role.deleted", audit.RealmRole, roles[i].ID,
			audit.Fields{"realm": realm, "name": name}, nil)
	})
}

func ownRoleTaken() error {
	return &fault.Error{
		Code: fault.Conflict, Reason: "own_role", Message: "Every realm has this role; it can be neither made nor deleted.",
	}
}

// checkRoles refuses roles that users of the realm cannot have, and those that are more than the caller has.
func (s *Service) checkRoles(ctx context.Context, r Realm, pointer string, roles []string, workspaceID id.ID) error {
	if len(roles) == 0 {
		return nil
	}
	made, err := s.Directory.Roles(ctx, r.Name)
	if err != nil {
		return err
	}
	var v []fault.Violation
	for n, name := range roles {
		own, isOwn := ownRole(name)
		at := func(code, message string) {
			v = append(v, fault.Body(pointer+"/"+strconv.Itoa(n), code, message))
		}
		switch {
		case isOwn && own.Level == OfPlatform && !r.Platform():
			at("platform_role", "must be no role of the platform: only users of its own realm have them")
		case isOwn && own.Level == OfWorkspace && workspaceID.IsZero():
			at("workspace_role", "must come with workspaceId, the workspace in which it holds")
		case isOwn && own.Level != OfWorkspace && !workspaceID.IsZero():
			at("tenant_role", "must be a role of a workspace, as workspaceId is given")
		case !isOwn && !slices.ContainsFunc(made, func(r Role) bool { return r.Name == name }):
			v = append(v, unknownRole(pointer, n))
		}
	}
	if len(v) > 0 {
		return fault.Invalid(v...)
	}
	return s.mayGrant(ctx, r, roles, workspaceID)
}

// mayGrant refuses to give, or to act through, roles that allow more than the caller may.
func (s *Service) mayGrant(ctx context.Context, r Realm, roles []string, workspaceID id.ID) error {
	p := identity.From(ctx)
	rights := RightsOf(r.Platform(), workspaceID, roles)
	want := p.Grant()
	want.Scopes, want.WorkspaceID = rights.Scopes, workspaceID
	if excess := p.Grant().Beyond(want); len(excess.Scopes) > 0 || rights.SuperAdmin && !runsPlatform(p) {
		return fault.New(fault.AccessDenied, "The roles allow more than the credentials that give them.").
			WithCause(errors.New("beyond the caller's grant"))
	}
	return nil
}
