package assembly

import (
	"context"
	"errors"
	"strings"

	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/engine/keycloak"
	"github.com/alania-go/alania/engine/oidc"
)

// realms makes the realms of tenants, and what issues their tokens.
func (p parts) realms(s *Services) {
	limiter := p.options.Limiter
	if limiter == nil {
		limiter = limit.NewLocal(p.now)
	}
	s.Issuer = realm.NewIssuer(realm.Options{
		Tx: p.store, Repository: p.store.Realms, Revocations: p.store.OAuth, Cache: s.Cache, Box: p.box,
		Quota: s.Entitlements.Quota(entitlement.RealmUsers), Limiter: limiter,
		PublicURL: strings.TrimSuffix(p.cfg.PublicURL, "/"), Now: p.now,
	})
	s.Directory, s.IssuerBase = s.Issuer, s.Issuer.PublicURL
	if p.cfg.Keycloak != nil {
		p.keycloak(s)
	}
	s.Realms = realm.NewService(realm.ServiceOptions{
		Tx: p.store, Directory: s.Directory, Outside: s.outside != nil, Invitations: p.store.Realms, People: s.Orgs,
		Workspaces: p.store.Workspaces, Audit: s.Audit, Policy: p.cfg.Signups, Programs: programs{s.OAuth}, Now: p.now,
	})
	s.Trusted = realm.NewTrusted(p.cfg.Issuers, func(e realm.External) realm.Verifier {
		return oidc.New(e.Issuer, e.Audience, p.now)
	}, tenants{p.store.Orgs, p.store.Workspaces}, s.Cache, p.now)
}

// keycloak has a Keycloak server keep the realms.
func (p parts) keycloak(s *Services) {
	d := keycloak.New(keycloak.Options{
		URL: p.cfg.Keycloak, Register: p.store.Realms, Cache: s.Cache, Box: p.box, PublicURL: s.Issuer.PublicURL, Now: p.now,
	})
	s.Directory, s.IssuerBase = d, d.Base()
	s.outside = &realm.Outside{
		Directory: d, Check: d.Check, Remove: d.Remove, Probe: d.Probe, Register: p.store.Realms, Queue: s.Queue, Now: p.now,
	}
	s.outside.Handle()
}

// IdentityProvider returns the probe of the system that keeps the realms; nil: they are in our own tables.
func (s *Services) IdentityProvider() health.Probe {
	if s.outside == nil {
		return nil
	}
	return s.outside.Probe
}

// tenants are those that tokens of outside issuers name.
type tenants struct {
	org.Repository
	workspaces workspace.Repository
}

// Workspace implements realm.Tenants.
func (t tenants) Workspace(ctx context.Context, workspaceID id.ID) (workspace.Workspace, error) {
	return t.workspaces.Workspace(ctx, workspaceID)
}

// programs issues tokens to the OAuth clients of the platform.
type programs struct{ oauth *oauth.Service }

// Issue implements realm.Programs.
func (p programs) Issue(ctx context.Context, c realm.ClientCredentials, scope string) (realm.Token, error) {
	t, err := p.oauth.Issue(ctx, oauth.Grant{
		GrantType: "client_credentials", Client: oauth.Credentials{ID: c.ID, Secret: c.Secret}, Scope: scope,
	})
	return realm.Token{AccessToken: t.AccessToken, ExpiresIn: t.ExpiresIn, Scope: t.Scope}, err
}

// inviter makes the realm of a new tenant, with its owner as an invited user.
type inviter struct{ services *Services }

// Invite implements org.Inviter.
func (i inviter) Invite(ctx context.Context, m org.Member) (org.Invitation, error) {
	o, err := i.services.Store.Orgs.Org(ctx, m.OrgID)
	if err != nil {
		return org.Invitation{}, err
	}
	if err := i.services.ensureRealm(ctx, o); err != nil {
		return org.Invitation{}, err
	}
	v, err := i.services.Realms.InviteOwner(ctx, m)
	return org.Invitation{Token: v.Token, ExpiresAt: v.ExpiresAt}, err
}

// ensureRealm makes the realm of a new organization, in its transaction.
func (s *Services) ensureRealm(ctx context.Context, o org.Org) error {
	if realm.Reserved(o.Slug) {
		return org.SlugTaken(errors.New("the slug is reserved for a realm"))
	}
	return s.makeRealm(ctx, o.ID, o.Slug, o.Name)
}

// makeRealm makes a realm in a transaction. One outside is made by a job.
func (s *Services) makeRealm(ctx context.Context, orgID id.ID, name, displayName string) error {
	if s.outside != nil {
		return s.outside.Insert(ctx, orgID, name, displayName)
	}
	_, err := s.Directory.Ensure(ctx, orgID, name, displayName)
	return err
}
