package realm

import (
	"context"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/domain/signing"
	"github.com/alania-go/alania/domain/txn"
)

// Repository keeps the realms of an Issuer.
type Repository interface {
	signing.Repository

	// InsertRealm keeps a realm unless there is one of its name.
	InsertRealm(ctx context.Context, r Realm) error
	Realm(ctx context.Context, name string) (Realm, error)
	RealmsOf(ctx context.Context, orgID id.ID) ([]Realm, error)
	SetNotBefore(ctx context.Context, realmID id.ID, at time.Time) error
	// LockRealm makes other transactions that lock the realm wait for this one.
	LockRealm(ctx context.Context, realmID id.ID) error

	// InsertClient returns a Conflict for a client id in use; the transaction can go on.
	InsertClient(ctx context.Context, r Realm, c Client, secretHash []byte) error
	ListClients(ctx context.Context, realmID id.ID, q page.Query) (page.Page[Client], error)
	CountClients(ctx context.Context, realmID id.ID) (int, error)
	Client(ctx context.Context, realmID, client id.ID) (Client, error)
	// ClientNamed returns a client with the hash of its secret.
	ClientNamed(ctx context.Context, realmID id.ID, clientID string) (Client, []byte, error)
	SetSecret(ctx context.Context, client id.ID, secretHash []byte, at time.Time) error
	DeleteClient(ctx context.Context, client id.ID) error

	// InsertRole returns a Conflict for a name in use; the transaction can go on.
	InsertRole(ctx context.Context, r Realm, role Role) error
	// Roles returns the roles of a realm by name.
	Roles(ctx context.Context, realmID id.ID) ([]Role, error)
	// DeleteRole deletes a role, and takes it from those who have it. It returns false when there is none.
	DeleteRole(ctx context.Context, realmID id.ID, name string) (bool, error)

	// InsertUser returns a Conflict for a name or an address in use; the transaction can go on. It does not write roles.
	InsertUser(ctx context.Context, r Realm, u User, passwordHash string) error
	ListUsers(ctx context.Context, realmID id.ID, q page.Query) (page.Page[User], error)
	User(ctx context.Context, realmID, user id.ID) (User, error)
	// UserOf returns the service account of a client.
	UserOf(ctx context.Context, client id.ID) (User, error)
	// UserByLogin returns the user with the name or the address, and the hash of the password.
	UserByLogin(ctx context.Context, realmID id.ID, login string) (User, string, error)
	// WriteUser writes name, status and workspace.
	WriteUser(ctx context.Context, u User) error
	SetRoles(ctx context.Context, r Realm, user id.ID, roles []string) error
	SetPassword(ctx context.Context, user id.ID, passwordHash string, at time.Time) error
	DeleteUser(ctx context.Context, user id.ID) error
	RealmsWith(ctx context.Context, login string, limit int) ([]string, error)

	// InsertSession keeps a session, and deletes the oldest of the user beyond MaxSessions.
	InsertSession(ctx context.Context, r Realm, s Session) error
	// Session returns NotFound for one that has ended.
	Session(ctx context.Context, session id.ID) (Session, error)
	// Continue moves a session from one generation to the next. It returns false when the session is in another.
	Continue(ctx context.Context, session id.ID, generation int64, expires time.Time) (bool, error)
	DeleteSession(ctx context.Context, session id.ID) error
	DeleteSessionsOf(ctx context.Context, user id.ID) error
	DeleteExpiredSessions(ctx context.Context, before time.Time) error

	// Holder returns who a token is of, as they are now; NotFound when the user or the client is gone.
	Holder(ctx context.Context, realm string, user id.ID) (Holder, error)
}

// Revocations are the access tokens that ended early.
type Revocations interface {
	InsertRevocation(ctx context.Context, token id.ID, expires, at time.Time) error
	Revoked(ctx context.Context, token id.ID) (bool, error)
}

// Session is what the refresh tokens of one sign-in continue.
type Session struct {
	ID         id.ID
	UserID     id.ID
	ClientRow  id.ID
	Scope      string // that was asked for and granted
	Generation int64  // of the newest refresh token
	ExpiresAt  time.Time
	EndsAt     time.Time
	CreatedAt  time.Time
}

// Holder is a user with all that decides what a token of theirs allows.
type Holder struct {
	User
	Realm         Realm
	OrgTier       plan.Tier
	OrgStatus     identity.OrgStatus
	MemberID      id.ID // zero unless the user is an active member of the organization
	WorkspaceGone bool  // the one workspace of the user is deleted
	ClientEnabled bool  // of a service account
}

// What a realm may have. docs/quotas.md shows them.
const (
	MaxClients  = 200 // clients of a realm
	MaxRoles    = 200 // roles of a realm
	MaxUserRole = 50  // roles of a user
	MaxSessions = 100 // sessions of a user; a new one ends the oldest
)

// Quota refuses with FeatureLimit, in the transaction of an insert and before it, when the plan of an organization
// allows no user more.
type Quota interface {
	Take(ctx context.Context, orgID id.ID) error
}

// Options are what an Issuer is made of.
type Options struct {
	Tx          txn.Runner
	Repository  Repository
	Revocations Revocations
	Cache       *identity.Cache
	Box         *secret.Box
	Quota       Quota         // nil: no limit
	Limiter     limit.Limiter // of wrong passwords of one account
	PublicURL   string        // that issuers begin with
	Now         clock.Clock
}

// Issuer is the Directory of our own tables.
type Issuer struct {
	Options
	keys      *signing.Ring
	passwords *hasher
	refresh   []byte // that refresh tokens are authenticated with; another secret key ends them
	parser    *jwt.Parser
}

var _ Directory = (*Issuer)(nil)

var sealedFor = secret.NewUse("realm signing key")

// NewIssuer makes the embedded directory. Its keys are made when the first token is asked for.
func NewIssuer(o Options) *Issuer {
	i := &Issuer{Options: o, passwords: newHasher(), refresh: o.Box.Derive("realm refresh tokens")}
	i.keys = signing.NewRing(signing.Options{
		Tx: o.Tx, Repository: o.Repository, Box: o.Box, Use: sealedFor, Algorithm: signing.RSA, Now: o.Now,
		Gone: o.Cache.DropTokens,
	})
	i.parser = jwt.NewParser(jwt.WithStrictDecoding(), jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(func() time.Time { return i.Now() }))
	return i
}

// Keys is the ring of the keys that sign.
func (i *Issuer) Keys() *signing.Ring { return i.keys }

// IssuerOf returns the issuer of a realm, whether there is such a realm or not.
func (i *Issuer) IssuerOf(realm string) string { return IssuerOf(i.PublicURL, realm) }

// IssuerOf returns the issuer of a realm at an address, as Keycloak names it.
func IssuerOf(base, realm string) string { return base + "/realms/" + realm }

// Ensure implements Directory.
func (i *Issuer) Ensure(ctx context.Context, orgID id.ID, name, displayName string) (Realm, error) {
	r, err := i.Repository.Realm(ctx, name)
	if !fault.IsCode(err, fault.NotFound) {
		return r, err
	}
	err = i.Tx.InTx(ctx, func(ctx context.Context) error {
		r = Realm{
			ID: id.New(), OrgID: orgID, Name: name, DisplayName: displayName, Enabled: true, Lives: DefaultLives,
			CreatedAt: i.Now(),
		}
		if err := i.Repository.InsertRealm(ctx, r); err != nil {
			return err
		}
		if r, err = i.Repository.Realm(ctx, name); err != nil {
			return err
		}
		err := i.Repository.InsertClient(ctx, r, Client{
			ID: id.New(), RealmID: r.ID, ClientID: Console, DisplayName: "Console", Access: Public, Enabled: true,
			Scopes: DefaultScopes(), Password: true, CreatedAt: r.CreatedAt, UpdatedAt: r.CreatedAt,
		}, nil)
		if fault.IsCode(err, fault.Conflict) {
			return nil // another process was first
		}
		return err
	})
	return r, err
}

// Realm implements Directory.
func (i *Issuer) Realm(ctx context.Context, name string) (Realm, error) {
	return i.Repository.Realm(ctx, name)
}

// RealmsOf implements Directory.
func (i *Issuer) RealmsOf(ctx context.Context, orgID id.ID) ([]Realm, error) {
	return i.Repository.RealmsOf(ctx, orgID)
}

// RealmsWith implements Directory.
func (i *Issuer) RealmsWith(ctx context.Context, login string, limit int) ([]string, error) {
	return i.Repository.RealmsWith(ctx, normal(login), limit)
}

// SetNotBefore implements Directory.
func (i *Issuer) SetNotBefore(ctx context.Context, realm string, at time.Time) error {
	r, err := i.Repository.Realm(ctx, realm)
	if err != nil {
		return err
	}
	return i.Tx.InTx(ctx, func(ctx context.Context) error {
		i.Tx.AfterCommit(ctx, func() { i.Cache.DropOrg(r.OrgID) })
		return i.Repository.SetNotBefore(ctx, r.ID, at)
	})
}

// Clean deletes sessions that ended a while ago.
func (i *Issuer) Clean(ctx context.Context) error {
	return i.Repository.DeleteExpiredSessions(ctx, i.Now().Add(-signing.MaxToken))
}
