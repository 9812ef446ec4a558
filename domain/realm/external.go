package realm

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/scope"
	"github.com/alania-go/alania/domain/workspace"
)

// External is an issuer of tokens outside of the platform that the operator trusts.
type External struct {
	Issuer   string // the URL, as its tokens name it
	Audience string // that its tokens for us are made for
	Tenant   string // the slug of the one tenant that it speaks for; AnyTenant: its tokens name theirs
}

// AnyTenant is the Tenant of an issuer that is trusted to say which tenant a token is of.
const AnyTenant = "*"

// Claims are those of a verified token that mean something here. What a token has not is empty.
type Claims struct {
	Issuer      string
	Subject     string
	Name        string
	Type        string // typ, as Keycloak writes it: Bearer, ID, …
	TenantID    string // tnt_…
	WorkspaceID string // wks_…
	PersonID    string // a UUID: the person that a user of a realm is here
	SessionID   string
	Roles       []string // realm_access.roles
	Scope       string
	IssuedAt    time.Time
	ExpiresAt   time.Time
}

// Verifier verifies tokens of one issuer for one audience. What is not to be trusted is Unauthenticated.
type Verifier interface {
	Verify(ctx context.Context, token string) (Claims, error)
}

// Tenants are the organizations and the workspaces that tokens name.
type Tenants interface {
	Org(ctx context.Context, orgID id.ID) (org.Org, error)
	OrgBySlug(ctx context.Context, slug string) (org.Org, error)
	Workspace(ctx context.Context, workspaceID id.ID) (workspace.Workspace, error)
}

// Trusted are the external issuers, and how tokens of theirs are verified.
type Trusted struct {
	tenants Tenants
	cache   *identity.Cache
	now     clock.Clock
	issuers map[string]trusted
}

type trusted struct {
	External
	verifier Verifier
}

// NewTrusted trusts issuers. verify makes the verifier of one.
func NewTrusted(
	issuers []External, verify func(External) Verifier, tenants Tenants, cache *identity.Cache, now clock.Clock,
) *Trusted {
	t := &Trusted{tenants: tenants, cache: cache, now: now, issuers: map[string]trusted{}}
	for _, e := range issuers {
		t.issuers[e.Issuer] = trusted{e, verify(e)}
	}
	return t
}

// None reports whether there are no such issuers.
func (t *Trusted) None() bool { return len(t.issuers) == 0 }

// Recognizes reports whether the issuer that a token claims to be from is one of them.
func (t *Trusted) Recognizes(issuer string) bool {
	_, ok := t.issuers[issuer]
	return ok
}

// Authenticate returns who has a token of an external issuer. It is a subject of that issuer: no member of the tenant,
// and none of the platform's people, whatever roles the token names. It has the scopes of its roles of ours, and those
// that the claim scope names.
func (t *Trusted) Authenticate(ctx context.Context, issuer, token string) (*identity.Principal, error) {
	e, ok := t.issuers[issuer]
	if !ok {
		return nil, identity.Refused(errors.New("not an issuer that is trusted"))
	}
	return t.cache.Get(ctx, token, t.now(), func(ctx context.Context) (*identity.Principal, time.Time, error) {
		c, err := e.verifier.Verify(ctx, token)
		if err != nil {
			return nil, time.Time{}, err
		}
		p, err := t.principal(ctx, e.External, c)
		return p, c.ExpiresAt, err
	})
}

func (t *Trusted) principal(ctx context.Context, e External, c Claims) (*identity.Principal, error) {
	if c.Subject == "" || c.Type == typID || c.Type == typRefresh {
		return nil, identity.Refused(errors.New("not an access token of somebody"))
	}
	tenant, err := t.tenant(ctx, e, c)
	if err != nil {
		return nil, err
	}
	workspaceID, err := t.workspace(ctx, tenant.ID, c)
	if err != nil {
		return nil, err
	}
	rights := RightsOf(false, workspaceID, c.Roles)
	return &identity.Principal{
		Source: identity.FromIssuer, Subject: c.Subject, Kind: identity.User, ID: subjectID(c.Issuer, c.Subject),
		Name: shown(c.Name, c.Subject), OrgID: tenant.ID, OrgStatus: tenant.Status, Tier: tenant.Tier,
		Scopes: scope.Parse(append(rights.Scopes.List(), named(c.Scope)...)), WorkspaceID: workspaceID,
	}, nil
}

// tenant finds the tenant that a token is of. One that names another tenant than its issuer speaks for is refused.
func (t *Trusted) tenant(ctx context.Context, e External, c Claims) (org.Org, error) {
	var named id.ID
	if c.TenantID != "" {
		var err error
		if named, err = id.ParsePrefixed(id.TenantPrefix, c.TenantID); err != nil {
			return org.Org{}, identity.Refused(errors.New("tenant_id is no id of a tenant"))
		}
	}
	var o org.Org
	var err error
	switch {
	case e.Tenant != AnyTenant:
		o, err = t.tenants.OrgBySlug(ctx, e.Tenant)
	case named.IsZero():
		return org.Org{}, identity.Refused(errors.New("the token names no tenant, and its issuer speaks for none"))
	default:
		o, err = t.tenants.Org(ctx, named)
	}
	switch {
	case fault.IsCode(err, fault.NotFound):
		return org.Org{}, identity.Refused(errors.New("the tenant does not exist"))
	case err == nil && !named.IsZero() && named != o.ID:
		return org.Org{}, identity.Refused(errors.New("the token names a tenant that its issuer does not speak for"))
	}
	return o, err
}

func (t *Trusted) workspace(ctx context.Context, orgID id.ID, c Claims) (id.ID, error) {
	if c.WorkspaceID == "" {
		return id.ID{}, nil
	}
	workspaceID, err := id.ParsePrefixed(id.WorkspacePrefix, c.WorkspaceID)
	if err != nil {
		return id.ID{}, identity.Refused(errors.New("workspace_id is no id of a workspace"))
	}
	w, err := t.tenants.Workspace(ctx, workspaceID)
	if fault.IsCode(err, fault.NotFound) || err == nil && w.OrgID != orgID {
		return id.ID{}, identity.Refused(errors.New("the tenant has no such workspace"))
	}
	return workspaceID, err
}

// subjectID is the id of a subject of an external issuer: the same each time, and nobody else's. It is a UUID of
// version 8 (RFC 9562 section 5.8).
func subjectID(issuer, subject string) id.ID {
	sum := sha256.Sum256([]byte(issuer + "\x00" + subject))
	v := id.ID(sum[:16])
	v[6], v[8] = v[6]&0x0f|0x80, v[8]&0x3f|0x80
	return v
}

// maxName is how much of a name that an issuer tells is kept, in bytes.
const maxName = 200

func shown(name, subject string) string {
	if name == "" {
		name = subject
	}
	if len(name) > maxName {
		name = name[:maxName]
	}
	return strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), "")
}

// named are the scopes of ours in a claim scope, among those of OpenID Connect: resource:action, without wildcards.
func named(claim string) []string {
	return slices.DeleteFunc(strings.Fields(claim), func(s string) bool {
		return !scope.Valid(s) || strings.Contains(s, "*")
	})
}
