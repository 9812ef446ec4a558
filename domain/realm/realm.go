// Package realm is where people and programs of tenants prove who they are. A realm is a set of users, clients and
// roles with an issuer of its own, as OpenID Connect knows it: one for each tenant, named by the tenant's slug, and one
// for the people who run the platform.
//
// A Directory keeps realms and answers the protocol: Issuer keeps them in our own tables; an adapter to an outside
// system, such as Keycloak, implements the same interface and passes the same suite (realmtest). Service has the rules
// that are the same for all: who may administer a realm, what a role allows here, who becomes a member of the
// organization.
//
// A user of a realm who has a role of ours acts in our APIs. Such a user is a person (org.User) with the same id and a
// member of the organization, so that what ends a membership, or suspends the organization, holds for the user's tokens
// as it does for keys. A user without a role of ours is known to the realm only: it signs in to the tenant's own
// applications, and its tokens have no scope here.
package realm

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
)

// Platform is the name of the realm of the people who run the platform.
const Platform = "platform"

// Console is the public client that every realm has from the start.
const Console = "console"

// Reserved reports whether no tenant may have the slug, because it names a realm that is nobody's: Keycloak's own, or
// the platform's.
func Reserved(slug string) bool { return slug == "master" || slug == Platform }

// Realm is one realm.
type Realm struct {
	ID          id.ID
	OrgID       id.ID  // the tenant; of the platform's realm: the first organization
	Name        string // in its issuer
	DisplayName string
	Enabled     bool // false also while the tenant is suspended
	Lives       Lives
	NotBefore   time.Time // tokens from before it have ended; zero: none
	CreatedAt   time.Time
}

// Platform reports whether the realm is the one of the people who run the platform.
func (r Realm) Platform() bool { return r.Name == Platform }

// Lives are how long what a realm issues works.
type Lives struct {
	Access  time.Duration // an access token or an ID token
	Idle    time.Duration // a session that nobody refreshes
	Session time.Duration // a session
}

// DefaultLives are Keycloak's. An access token lives at most an hour.
var DefaultLives = Lives{Access: 5 * time.Minute, Idle: 30 * time.Minute, Session: 10 * time.Hour}

// Offline are the lives of a session with the scope offline_access.
var Offline = Lives{Idle: 30 * 24 * time.Hour, Session: 60 * 24 * time.Hour}

// MaxAccess is the longest life of an access token.
const MaxAccess = time.Hour

// Status is where a user stands.
type Status string

// The states of a user.
const (
	Invited  Status = "invited" // has no password yet
	Active   Status = "active"
	Disabled Status = "disabled" // neither signs in nor refreshes
)

// User is a person of a realm, or the account that a client acts with.
type User struct {
	ID          id.ID // the subject of the tokens, in UUID form; that of the person, for one with a role of ours
	RealmID     id.ID
	Username    string // in lower case; unique in the realm
	Email       string // in lower case; unique in the realm; empty: it has none
	Name        string
	Status      Status
	Roles       []string // those that were assigned, of the realm and of ours, in their order
	WorkspaceID id.ID    // the one workspace of the roles that are those of a workspace
	ClientID    id.ID    // whose service account it is; zero: it is a person
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// NewUser is what a user is made of. Without a password the user is invited.
type NewUser struct {
	ID          id.ID // zero: a new one
	Username    string
	Email       string
	Name        string
	Password    Password // zero: none
	Roles       []string
	WorkspaceID id.ID
}

// Password is a password that a Directory has made ready to be kept.
type Password struct {
	Plain string // for directories that keep passwords elsewhere
	Hash  string
}

// None reports whether there is no password.
func (p Password) None() bool { return p.Plain == "" && p.Hash == "" }

// UserPatch is what changes of a user; nil stays as it is.
type UserPatch struct {
	Name        *string
	Enabled     *bool
	Roles       *[]string
	WorkspaceID *id.ID
}

// AccessType is how a client proves itself.
type AccessType string

// The ways.
const (
	Public       AccessType = "public"       // it has no secret
	Confidential AccessType = "confidential" // with its secret
	BearerOnly   AccessType = "bearer_only"  // it asks for no tokens
)

// Client is a program that asks for tokens in a realm.
type Client struct {
	ID           id.ID
	RealmID      id.ID
	ClientID     string // what it calls itself; unique in the realm
	DisplayName  string
	Access       AccessType
	Enabled      bool
	RedirectURIs []string
	WebOrigins   []string // whose pages may read the answers of the token endpoint
	Scopes       []string // that it may ask for, besides openid
	Password     bool     // it may send the passwords of users
	Service      bool     // it may act for itself
	Lives        Lives    // zero: those of the realm
	Roles        []string // of its service account
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Role is a role of a realm. Those of ours are roles of every realm (OwnRoles) and cannot be made or deleted.
type Role struct {
	ID          id.ID // zero for one of ours
	RealmID     id.ID
	Name        string
	Description string
	Composites  []string // the roles that who has it has as well
	CreatedAt   time.Time
}

// Own reports whether the role is one of ours.
func (r Role) Own() bool { return r.ID.IsZero() }

// ClientCredentials are what a client proves itself with.
type ClientCredentials struct {
	ID     string
	Secret string
}

// TokenRequest is a request to the token endpoint of a realm (RFC 6749). Nil is a parameter that was not sent.
type TokenRequest struct {
	GrantType    string // password, client_credentials or refresh_token
	Client       ClientCredentials
	Username     *string // the name or the e-mail address
	Password     string
	RefreshToken *string
	Scope        *string
}

// Token is the answer to it.
type Token struct {
	AccessToken      string
	ExpiresIn        time.Duration
	RefreshToken     string // empty: the grant has none
	RefreshExpiresIn time.Duration
	IDToken          string // empty: the scope openid was not asked for
	SessionID        id.ID  // zero: the grant has none
	NotBefore        time.Time
	Scope            string
}

// Userinfo are the claims of a person (OpenID Connect Core 5.3.2).
type Userinfo struct {
	Subject       id.ID
	Username      string
	Email         string
	EmailVerified bool
	Name          string
}

// Introspection is what a token is (RFC 7662). Claims are those of the token, without those of the answer.
type Introspection struct {
	Active   bool
	Claims   map[string]any
	ClientID string // that the token was issued to
	Username string
	Bearer   bool // it is an access token
}

// Directory keeps realms and answers their protocol. Every method that has a realm's name answers NotFound for one that
// does not exist. Directories outside are not called in transactions.
type Directory interface {
	// Ensure makes the realm of an organization, with the client Console; one that is there stays as it is.
	Ensure(ctx context.Context, orgID id.ID, name, displayName string) (Realm, error)
	Realm(ctx context.Context, name string) (Realm, error)
	// RealmsOf returns the realms of an organization.
	RealmsOf(ctx context.Context, orgID id.ID) ([]Realm, error)
	// IssuerOf returns the issuer of the tokens of a realm, whether there is such a realm or not.
	IssuerOf(realm string) string
	// SetNotBefore ends the tokens of a realm from before a time.
	SetNotBefore(ctx context.Context, realm string, at time.Time) error

	// CreateClient makes a client and returns its secret, which cannot be read again: the one that is given, or one
	// that is made; empty for a client that has none. A
	// client id that is taken is a Conflict.
	CreateClient(ctx context.Context, realm string, c Client, secret string) (Client, string, error)
	Clients(ctx context.Context, realm string, q page.Query) (page.Page[Client], error)
	Client(ctx context.Context, realm string, client id.ID) (Client, error)
	// NewSecret replaces the secret of a confidential client, and returns it.
	NewSecret(ctx context.Context, realm string, client id.ID) (string, error)
	// DeleteClient deletes a client with its service account and its sessions.
	DeleteClient(ctx context.Context, realm string, client id.ID) error

	// CreateRole makes a role. A name that is taken is a Conflict.
	CreateRole(ctx context.Context, realm string, r Role) (Role, error)
	// Roles returns all roles that were made in the realm, by name. There are at most MaxRoles.
	Roles(ctx context.Context, realm string) ([]Role, error)
	// DeleteRole deletes a role, and takes it from those who have it.
	DeleteRole(ctx context.Context, realm, name string) error

	// Prepare makes a password ready to be kept. It takes long, so that it is called before a transaction.
	Prepare(ctx context.Context, password string) (Password, error)
	// CreateUser makes a user. A name or an address that is taken is a Conflict.
	CreateUser(ctx context.Context, realm string, u NewUser) (User, error)
	Users(ctx context.Context, realm string, q page.Query) (page.Page[User], error)
	User(ctx context.Context, realm string, user id.ID) (User, error)
	// UpdateUser changes a user. Who is disabled has no sessions left.
	UpdateUser(ctx context.Context, realm string, user id.ID, p UserPatch) (User, error)
	// SetPassword sets the password of a user; who was invited is active from then on.
	SetPassword(ctx context.Context, realm string, user id.ID, password Password) error
	// DeleteUser deletes a user with the sessions.
	DeleteUser(ctx context.Context, realm string, user id.ID) error
	// EndSessions ends the sessions of a user.
	EndSessions(ctx context.Context, realm string, user id.ID) error
	// RealmsWith returns the names of the realms that have a user with the name or the address, at most limit.
	RealmsWith(ctx context.Context, login string, limit int) ([]string, error)

	// RealmOf returns the name of the realm that a refresh token claims to be from; empty: none. Nothing is verified.
	RealmOf(refreshToken string) string

	// Token answers a grant. Errors have the codes of RFC 6749 section 5.2; RateLimited is for who tried too many
	// passwords.
	Token(ctx context.Context, realm string, r TokenRequest) (Token, error)
	// Introspect tells a confidential client what a token is. hint is of RFC 7662 section 2.1. A public client is refused
	// with AccessDenied.
	Introspect(ctx context.Context, realm string, c ClientCredentials, token, hint string) (Introspection, error)
	// Userinfo returns the claims of the person of an access token: Unauthenticated for one that does not work,
	// InsufficientScope for one without the scope openid.
	Userinfo(ctx context.Context, realm, token string) (Userinfo, error)
	// Revoke ends a token of the client (RFC 7009); with a refresh token its session. It returns ErrUnknownToken for
	// what is none that works.
	Revoke(ctx context.Context, realm string, c ClientCredentials, token string) error
	// Logout ends the session of a refresh token.
	Logout(ctx context.Context, realm string, c ClientCredentials, refreshToken string) error
	// Authenticate returns who has an access token of a realm, admitted by identity.Cache.
	Authenticate(ctx context.Context, token string) (*identity.Principal, error)
}
