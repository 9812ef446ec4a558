// Package keycloak keeps the realms of tenants in a Keycloak server: it makes realms, clients, roles and users through
// Keycloak's administration, and has Keycloak itself answer grants. The platform keeps no passwords then, only whose a
// realm is (realm.Register).
//
// Keycloak has ids of its own for users. A user who was a person here before has that person's id in an attribute,
// which tokens show as the claim alania_person_id; for others the id is Keycloak's.
package keycloak

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/engine/oidc"
)

// Options are what a Directory is made of.
type Options struct {
	// URL is Keycloak's, as the issuers of its tokens begin. The user and the password in it are the id and the secret
	// of a client of the realm master whose service account has the role admin.
	URL       *url.URL
	Register  realm.Register
	Cache     *identity.Cache
	Box       *secret.Box
	PublicURL string // the audience of access tokens for us
	Now       clock.Clock
}

// Directory is a realm.Directory.
type Directory struct {
	Options
	client *client
	key    []byte // the secrets of our clients in the realms are derived from it

	mu   sync.Mutex
	keys map[string]*oidc.KeySet // by the names of realms

	refreshes turns // by refresh tokens
}

var _ realm.Directory = (*Directory)(nil)

// New makes a directory. Nothing is asked before the first use.
func New(o Options) *Directory { return open(o, timeout) }

func open(o Options, within time.Duration) *Directory {
	return &Directory{
		Options: o, client: newClient(o.URL, within, o.Now), key: o.Box.Derive("keycloak clients"),
		keys: map[string]*oidc.KeySet{},
	}
}

// Check asks Keycloak for a token of the administrator, and with that whether it is there and knows us.
func (d *Directory) Check(ctx context.Context) error {
	_, err := d.client.adminToken(ctx)
	return err
}

// probing is how long Keycloak may take to say that it is there.
const probing = time.Second

// Probe asks Keycloak whether it is there and knows us; it is a health.Probe. Without it the platform is degraded and
// not down: who has a token goes on, and so do keys and clients of ours.
func (d *Directory) Probe(ctx context.Context) health.Check {
	ctx, cancel := context.WithTimeout(ctx, probing)
	defer cancel()
	_, err := d.client.send(ctx, http.MethodGet, "/realms/master", "", "", nil)
	if err == nil {
		err = d.Check(ctx)
	}
	if err != nil {
		return health.Check{
			State: health.Degraded, Cause: err, Message: "Nobody can sign in, and realms cannot be changed.",
		}
	}
	return health.Check{State: health.Up}
}

// Base is what the issuers of its realms begin with.
func (d *Directory) Base() string { return d.client.base }

// IssuerOf returns the issuer of a realm.
func (d *Directory) IssuerOf(name string) string { return realm.IssuerOf(d.client.base, name) }

// path is the path of a resource of a realm in Keycloak's administration.
func path(name string, segments ...string) string {
	p := "/" + url.PathEscape(name)
	for _, s := range segments {
		p += "/" + url.PathEscape(s)
	}
	return p
}

// What we call our own things in each realm.
const (
	inspector = "alania"        // the client with which we ask what a token is
	scopeOurs = "alania-tenant" // the client scope with our claims
	attrOrg   = "alania.org"    // of a realm
	attrMade  = "alania.created_at"
	person    = "alania_person_id"    // attribute of a user, and claim
	workspace = "alania_workspace_id" // attribute of a user; the claim is workspace_id
	invited   = "alania_invited"      // attribute of a user who has no password yet
)

// How often, and after which time, is looked at what another process is about to make.
const (
	attempts = 25
	pause    = 200 * time.Millisecond
)

// secretOf is the secret of our own client in a realm.
func (d *Directory) secretOf(name string) string {
	h := hmac.New(sha256.New, d.key)
	h.Write([]byte(name))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// rename says what a refusal of Keycloak's administration means for somebody who asked for a thing.
func rename(err error, what string) error {
	var r *refusal
	if !errors.As(err, &r) {
		return err
	}
	var e *fault.Error
	switch r.status {
	case http.StatusNotFound:
		e = fault.NewNotFound(what)
	case http.StatusConflict:
		e = fault.New(fault.Conflict, "Another "+what+" of the realm has this name.")
	default:
		e = fault.New(fault.ValidationFailed, "The identity provider does not accept this "+what+".")
	}
	return e.WithCause(err)
}

// taken says what a Conflict is.
func taken(err error, as func(cause error) error) error {
	if !fault.IsCode(err, fault.Conflict) {
		return err
	}
	return as(err)
}

type realmRep struct {
	ID          string            `json:"id,omitempty"`
	Realm       string            `json:"realm,omitempty"`
	DisplayName string            `json:"displayName,omitempty"`
	Enabled     *bool             `json:"enabled,omitempty"`
	NotBefore   *int64            `json:"notBefore,omitempty"`
	Attributes  map[string]string `json:"attributes,omitempty"`
	Roles       *rolesRep         `json:"roles,omitempty"`
	Clients     []clientRep       `json:"clients,omitempty"`

	Rotate         bool   `json:"revokeRefreshToken,omitempty"`
	Reuse          *int   `json:"refreshTokenMaxReuse,omitempty"`
	Protected      bool   `json:"bruteForceProtected,omitempty"`
	AccessLife     int64  `json:"accessTokenLifespan,omitempty"`
	SessionIdle    int64  `json:"ssoSessionIdleTimeout,omitempty"`
	SessionMaximum int64  `json:"ssoSessionMaxLifespan,omitempty"`
	PasswordPolicy string `json:"passwordPolicy,omitempty"`
}

type rolesRep struct {
	Realm []roleRep `json:"realm"`
}

// Ensure implements realm.Directory. Keycloak makes a realm in one transaction of its own. What is set afterwards is
// set again each time, so that an attempt that was cut off is finished by the next.
func (d *Directory) Ensure(ctx context.Context, orgID id.ID, name, displayName string) (realm.Realm, error) {
	r, err := d.Register.Realm(ctx, name)
	if fault.IsCode(err, fault.NotFound) {
		r = realm.Realm{
			ID: id.New(), OrgID: orgID, Name: name, DisplayName: displayName, Enabled: true, Lives: realm.DefaultLives,
			CreatedAt: d.Now(),
		}
		if err := d.Register.InsertRealm(ctx, r); err != nil {
			return r, err
		}
		r, err = d.Register.Realm(ctx, name)
	}
	if err != nil {
		return r, err
	}
	var there realmRep
	_, err = d.client.admin(ctx, http.MethodGet, path(name), nil, &there)
	if is(err, http.StatusNotFound) {
		err = d.create(ctx, r)
	} else if err == nil && there.Attributes[attrOrg] != r.OrgID.UUID() {
		err = &fault.Error{
			Code: fault.Conflict, Reason: "realm_taken",
			Message: "The identity provider has a realm with this name that is not the tenant's.",
		}
	}
	if err != nil {
		return r, err
	}
	return r, d.finish(ctx, r)
}

func (d *Directory) create(ctx context.Context, r realm.Realm) error {
	yes, none := true, 0
	rep := realmRep{
		ID: r.ID.UUID(), Realm: r.Name, DisplayName: r.DisplayName, Enabled: &yes, Roles: &rolesRep{},
		Attributes: map[string]string{attrOrg: r.OrgID.UUID()}, Rotate: true, Reuse: &none, Protected: true,
		AccessLife: int64(r.Lives.Access / time.Second), SessionIdle: int64(r.Lives.Idle / time.Second),
		SessionMaximum: int64(r.Lives.Session / time.Second),
		Clients: []clientRep{
			{
				ClientID: realm.Console, Name: "Console", Enabled: &yes, Public: &yes, Direct: &yes, Code: new(bool),
				Attributes: made(r.CreatedAt),
			},
			{
				ClientID: inspector, Name: "Alania", Enabled: &yes, Public: new(bool), Direct: new(bool), Code: new(bool),
				Secret: d.secretOf(r.Name),
			},
		},
	}
	for _, own := range realm.OwnRoles { // those of the platform mean something in its own realm only
		rep.Roles.Realm = append(rep.Roles.Realm, roleRep{Name: own.Name, Description: own.About})
	}
	_, err := d.client.admin(ctx, http.MethodPost, "", rep, nil)
	if is(err, http.StatusConflict) {
		return d.await(ctx, r.Name) // another process was first
	}
	return rename(err, "realm")
}

// await waits for a realm that another process is about to make: its name is taken before it is there.
func (d *Directory) await(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for {
		_, err := d.client.admin(ctx, http.MethodGet, path(name), nil, nil)
		if !is(err, http.StatusNotFound) {
			return rename(err, "realm")
		}
		select {
		case <-ctx.Done():
			return unavailable(err)
		case <-time.After(pause):
		}
	}
}

// finish adds to a realm what cannot be set when it is made.
func (d *Directory) finish(ctx context.Context, r realm.Realm) error {
	return settled(ctx, func() error { return d.complete(ctx, r) })
}

// settled repeats what Keycloak answers with 409, as it does where another process works on the same at the same time.
func settled(ctx context.Context, do func() error) error {
	err := do()
	for n := 0; fault.IsCode(err, fault.Conflict) && n < attempts; n++ {
		select {
		case <-ctx.Done():
			return unavailable(err)
		case <-time.After(pause):
		}
		err = do()
	}
	return err
}

// complete sets our claims, and attributes that only administrators write.
func (d *Directory) complete(ctx context.Context, r realm.Realm) error {
	scopeID, err := d.claims(ctx, r)
	if err != nil {
		return err
	}
	for _, clientID := range []string{realm.Console, inspector} {
		c, err := d.named(ctx, r.Name, clientID)
		if err != nil {
			return err
		}
		_, err = d.client.admin(ctx, http.MethodPut,
			path(r.Name, "clients", c.ID, "default-client-scopes", scopeID), nil, nil)
		if err != nil {
			return rename(err, "client")
		}
	}
	return d.profile(ctx, r)
}

type scopeRep struct {
	ID         string            `json:"id,omitempty"`
	Name       string            `json:"name"`
	Protocol   string            `json:"protocol"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Mappers    []mapperRep       `json:"protocolMappers,omitempty"`
}

type mapperRep struct {
	Name     string            `json:"name"`
	Protocol string            `json:"protocol"`
	Mapper   string            `json:"protocolMapper"`
	Config   map[string]string `json:"config"`
}

func mapper(name, kind string, config map[string]string) mapperRep {
	config["access.token.claim"], config["introspection.token.claim"] = "true", "true"
	return mapperRep{Name: name, Protocol: "openid-connect", Mapper: kind, Config: config}
}

func attribute(attr, claim string) mapperRep {
	return mapper(claim, "oidc-usermodel-attribute-mapper", map[string]string{
		"user.attribute": attr, "claim.name": claim, "jsonType.label": "String",
	})
}

// claims makes the client scope with our claims, and has clients to come have it. It returns its id.
func (d *Directory) claims(ctx context.Context, r realm.Realm) (string, error) {
	const protocol = "openid-connect"
	var scopes []scopeRep
	if _, err := d.client.admin(ctx, http.MethodGet, path(r.Name, "client-scopes"), nil, &scopes); err != nil {
		return "", rename(err, "realm")
	}
	i := slices.IndexFunc(scopes, func(s scopeRep) bool { return s.Name == scopeOurs })
	var scopeID string
	if i >= 0 {
		scopeID = scopes[i].ID
	} else {
		a, err := d.client.admin(ctx, http.MethodPost, path(r.Name, "client-scopes"), scopeRep{
			Name: scopeOurs, Protocol: protocol, Attributes: map[string]string{"include.in.token.scope": "false"},
			Mappers: []mapperRep{
				mapper("tenant_id", "oidc-hardcoded-claim-mapper", map[string]string{
					"claim.name": "tenant_id", "claim.value": r.OrgID.Prefixed(id.TenantPrefix), "jsonType.label": "String",
				}),
				mapper("audience", "oidc-audience-mapper", map[string]string{"included.custom.audience": d.PublicURL}),
				attribute(workspace, "workspace_id"), attribute(person, person),
			},
		}, nil)
		if err != nil {
			return "", rename(err, "scope")
		}
		scopeID = last(a.location)
	}
	_, err := d.client.admin(ctx, http.MethodPut, path(r.Name, "default-default-client-scopes", scopeID), nil, nil)
	if is(err, http.StatusConflict) {
		err = nil // it is one already
	}
	return scopeID, rename(err, "scope")
}

// profile lets administrators, and nobody else, write attributes of users; names are not asked for.
func (d *Directory) profile(ctx context.Context, r realm.Realm) error {
	var p map[string]any
	if _, err := d.client.admin(ctx, http.MethodGet, path(r.Name, "users", "profile"), nil, &p); err != nil {
		return rename(err, "realm")
	}
	if p["unmanagedAttributePolicy"] == "ADMIN_EDIT" {
		return nil
	}
	p["unmanagedAttributePolicy"] = "ADMIN_EDIT"
	attributes, _ := p["attributes"].([]any)
	for _, v := range attributes {
		if a, ok := v.(map[string]any); ok && a["name"] != "username" {
			delete(a, "required")
		}
	}
	_, err := d.client.admin(ctx, http.MethodPut, path(r.Name, "users", "profile"), p, nil)
	return rename(err, "realm")
}

// Realm implements realm.Directory.
func (d *Directory) Realm(ctx context.Context, name string) (realm.Realm, error) {
	return d.Register.Realm(ctx, name)
}

// RealmsOf implements realm.Directory.
func (d *Directory) RealmsOf(ctx context.Context, orgID id.ID) ([]realm.Realm, error) {
	return d.Register.RealmsOf(ctx, orgID)
}

// RealmsWith implements realm.Directory. It finds those who are members of an organization: whom a realm alone knows
// says which tenant is meant. Keycloak is asked only about somebody who may be in several realms.
func (d *Directory) RealmsWith(ctx context.Context, login string, limit int) ([]string, error) {
	login = strings.ToLower(strings.TrimSpace(login))
	names, err := d.Register.RealmsOfMember(ctx, login, limit)
	if err != nil || len(names) < 2 {
		return names, err
	}
	has := make([]bool, len(names))
	err = d.each(ctx, len(names), func(ctx context.Context, i int) error {
		var reps []userRep
		_, err := d.client.admin(ctx, http.MethodGet,
			path(names[i], "users")+"?exact=true&max=1&email="+url.QueryEscape(login), nil, &reps)
		if is(err, http.StatusNotFound) {
			err = nil // the realm is not made yet
		}
		has[i] = len(reps) > 0
		return err
	})
	var found []string
	for i, name := range names {
		if has[i] {
			found = append(found, name)
		}
	}
	return found, err
}

// SetNotBefore implements realm.Directory.
func (d *Directory) SetNotBefore(ctx context.Context, name string, at time.Time) error {
	r, err := d.Register.Realm(ctx, name)
	if err != nil {
		return err
	}
	seconds := at.Unix()
	if _, err := d.client.admin(ctx, http.MethodPut, path(name), realmRep{NotBefore: &seconds}, nil); err != nil {
		return rename(err, "realm")
	}
	if err := d.Register.SetNotBefore(ctx, r.ID, at); err != nil {
		return err
	}
	d.Cache.DropOrg(r.OrgID)
	return nil
}

// Remove deletes a realm with all that is in it. One that is not there, or that is not ours, is left alone.
func (d *Directory) Remove(ctx context.Context, r realm.Realm) error {
	return settled(ctx, func() error { return d.remove(ctx, r) })
}

func (d *Directory) remove(ctx context.Context, r realm.Realm) error {
	var there realmRep
	_, err := d.client.admin(ctx, http.MethodGet, path(r.Name), nil, &there)
	switch {
	case is(err, http.StatusNotFound), err == nil && there.Attributes[attrOrg] != r.OrgID.UUID():
		return nil
	case err != nil:
		return rename(err, "realm")
	}
	_, err = d.client.admin(ctx, http.MethodDelete, path(r.Name), nil, nil)
	if is(err, http.StatusNotFound) {
		return nil
	}
	return rename(err, "realm")
}
