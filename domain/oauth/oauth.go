// Package oauth is the authorization server: OAuth clients, the client-credentials
// grant (RFC 6749 section 4.4), access tokens as EdDSA-signed JWTs (RFC 9068), their
// revocation (RFC 7009) and the published keys (RFC 7517).
package oauth

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/scope"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/domain/signing"
	"github.com/alania-go/alania/domain/txn"
)

// TokenLifetime is how long an access token works.
const TokenLifetime = signing.MaxToken

// ClientPrefix starts every generated client id.
const ClientPrefix = "cli"

// Client is an OAuth client of an org.
type Client struct {
	ID         id.ID
	OrgID      id.ID
	ClientID   string // what the partner sends; "cli_" and a ULID unless the operator chose it
	Name       string
	SecretHash []byte
	Scopes     []string
	UserID     id.ID // the person that the client acts for; it ends with their membership
	LastUsedAt *time.Time
	RevokedAt  *time.Time
	CreatedAt  time.Time

	Kind           Kind
	WorkspaceID    id.ID // the one workspace that it may be used in; zero: all of the org
	Slug           string
	Public         bool // it has no secret
	RedirectURIs   []string
	AllowedOrigins []string
}

// Credential is a client as verification needs it.
type Credential struct {
	Client
	OrgTier    plan.Tier
	OrgStatus  identity.OrgStatus
	MemberID   id.ID // zero unless the client's person is an active member of the org
	SuperAdmin bool  // the client's person is one
}

// Repository keeps clients, signing keys and revocations.
type Repository interface {
	InsertClient(ctx context.Context, c Client) error
	Client(ctx context.Context, clientID string) (Credential, error)
	ClientByID(ctx context.Context, clientRow id.ID) (Credential, error)
	ListClients(ctx context.Context, orgID id.ID) ([]Client, error)
	RevokeClient(ctx context.Context, clientRow id.ID, at time.Time) (bool, error)
	// RevokeClientsOf sets RevokedAt of the clients of a person in an org, and returns those
	// where it was not set before.
	RevokeClientsOf(ctx context.Context, orgID, userID id.ID, at time.Time) ([]Client, error)
	OrgTier(ctx context.Context, orgID id.ID) (plan.Tier, error)

	signing.Repository

	InsertRevocation(ctx context.Context, token id.ID, expires time.Time, at time.Time) error
	Revoked(ctx context.Context, token id.ID) (bool, error)
	DeleteExpiredRevocations(ctx context.Context, now time.Time) error
}

// Service is the authorization server.
type Service struct {
	tx     txn.Runner
	repo   Repository
	audit  *audit.Service
	cache  *identity.Cache
	issuer string
	now    clock.Clock
	uses   *identity.Uses
	parser *jwt.Parser

	keys *signing.Ring
}

// NewService makes the service. issuer is the public URL (RFC 8414 section 2).
func NewService(
	tx txn.Runner, repo Repository, audit *audit.Service, cache *identity.Cache, uses *identity.Uses, box *secret.Box,
	issuer string, now clock.Clock,
) *Service {
	s := &Service{tx: tx, repo: repo, audit: audit, cache: cache, uses: uses, issuer: issuer, now: now}
	s.keys = signing.NewRing(signing.Options{
		Tx: tx, Repository: repo, Box: box, Use: sealedFor, Algorithm: signing.Ed25519, Now: now,
		Gone: cache.DropTokens, // those of a key that was ended early must be looked at again
	})
	s.parser = jwt.NewParser(jwt.WithValidMethods([]string{"EdDSA"}), jwt.WithIssuer(issuer), jwt.WithAudience(issuer),
		// Without the strict decoding one token could be spelt in several ways, and only the
		// one that is revoked would leave the cache.
		jwt.WithStrictDecoding(), jwt.WithExpirationRequired(), jwt.WithTimeFunc(func() time.Time { return s.now() }))
	return s
}

// Issuer is the public URL that tokens name.
func (s *Service) Issuer() string { return s.issuer }

// Grant is a request to the token endpoint, with the client's credentials from the
// Authorization header or from the body.
type Grant struct {
	GrantType string
	Client    Credentials
	Scope     string
	Resource  string // that the token is for; empty: this server
}

// Credentials of a client. Basic says that they came in an Authorization header.
type Credentials struct {
	ID     string
	Secret string
	Basic  bool
}

// Token is an issued access token.
type Token struct {
	AccessToken string
	ExpiresIn   time.Duration
	Scope       string
}

type claims struct {
	jwt.RegisteredClaims
	ClientID string `json:"client_id"`
	Scope    string `json:"scope"`
}

// Issue answers a client-credentials grant. Errors have the codes of RFC 6749 section 5.2.
func (s *Service) Issue(ctx context.Context, g Grant) (Token, error) {
	switch {
	case g.GrantType == "":
		return Token{}, fault.New(fault.OAuthInvalidRequest, "grant_type is required.")
	case g.GrantType != "client_credentials":
		return Token{}, fault.New(fault.OAuthUnsupportedGrantType, "Only the grant type client_credentials is supported.")
	}
	c, err := s.admitted(ctx, g.Client)
	if err != nil {
		return Token{}, err
	}
	if c.Kind == Application {
		return Token{}, fault.New(fault.OAuthUnauthorizedClient,
			"An application gets tokens for people who sign in. Use a service account for a program that acts for itself.")
	}
	if g.Resource != "" && !s.serves(g.Resource) {
		return Token{}, fault.New(fault.OAuthInvalidTarget, "The resource is none of this server.")
	}
	granted := scope.Parse(c.Scopes)
	if asked := strings.Fields(g.Scope); len(asked) > 0 {
		held := principal(c, identity.FromBasic, granted).Grant()
		want := held
		want.Scopes = scope.Parse(asked)
		if g.Resource != "" {
			// A client that found the resource by its metadata asks for all scopes that stand there.
			want.Scopes = narrow(want.Scopes, held.Scopes)
		}
		if len(want.Scopes.List()) == 0 || !held.Beyond(want).None() ||
			slices.ContainsFunc(asked, func(a string) bool { return !scope.Valid(a) }) {
			return Token{}, fault.New(fault.OAuthInvalidScope, "The client does not hold every scope it asks for.")
		}
		granted = want.Scopes
	}
	now := s.now()
	t := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: s.issuer, Audience: jwt.ClaimStrings{s.issuer}, Subject: c.ID.Prefixed(ClientPrefix), ID: id.New().ULID(),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(TokenLifetime)),
		},
		ClientID: c.ClientID, Scope: granted.String(),
	})
	key, err := s.keys.Signer(ctx)
	if err != nil {
		return Token{}, err
	}
	t.Header["typ"], t.Header["kid"] = "at+jwt", key.KeyID
	signed, err := t.SignedString(key.Private)
	if err != nil {
		return Token{}, err
	}
	s.uses.Note(&identity.Principal{Kind: identity.Client, ID: c.ID, MemberID: c.MemberID})
	return Token{AccessToken: signed, ExpiresIn: TokenLifetime, Scope: granted.String()}, nil
}

// serves reports whether a resource (RFC 8707) is this server or something below it. The audience of a
// token is the issuer all the same: a tool of the MCP server calls operations of the API.
func (s *Service) serves(resource string) bool {
	u, err := url.Parse(resource)
	own, bad := url.Parse(s.issuer)
	if err != nil || bad != nil || u.Fragment != "" || u.User != nil {
		return false
	}
	base := strings.TrimSuffix(own.Path, "/")
	return strings.EqualFold(u.Scheme, own.Scheme) && strings.EqualFold(u.Host, own.Host) &&
		(u.Path == base || strings.HasPrefix(u.Path, base+"/"))
}

// authenticate proves a client. One answer for every refusal.
func (s *Service) authenticate(ctx context.Context, cr Credentials) (Credential, error) {
	if cr.ID == "" {
		return Credential{}, invalidClient("no client id")
	}
	c, err := s.repo.Client(ctx, cr.ID)
	if fault.IsCode(err, fault.NotFound) {
		return Credential{}, invalidClient("no such client")
	}
	if err != nil {
		return Credential{}, err
	}
	if subtle.ConstantTimeCompare(c.SecretHash, secret.Hash(cr.Secret)) != 1 {
		return Credential{}, invalidClient("wrong secret")
	}
	return c, c.ended()
}

// admitted proves a client for which the cache is not asked, and refuses one whose org is suspended.
func (s *Service) admitted(ctx context.Context, cr Credentials) (Credential, error) {
	c, err := s.authenticate(ctx, cr)
	if err != nil {
		return c, err
	}
	err = principal(c, identity.FromBasic, scope.Set{}).Standing()
	var f *fault.Error
	if errors.As(err, &f) && f.Code == fault.Unauthenticated {
		refused := *f
		refused.Code = fault.OAuthInvalidClient // whose reason and message those of the fault stay
		return c, &refused
	}
	return c, err
}

// ended refuses a client that has been revoked, and one whose person has left.
func (c Credential) ended() error {
	switch {
	case c.RevokedAt != nil:
		return invalidClient("revoked client")
	case principal(c, identity.FromBasic, scope.Set{}).Lapsed():
		return invalidClient("the client's person is no active member of the organization")
	}
	return nil
}

// AuthenticateClient returns the principal of a client that shows its id and its secret
// instead of a token: with all of its scopes.
func (s *Service) AuthenticateClient(ctx context.Context, cr Credentials) (*identity.Principal, error) {
	// No credential of another kind has a line break in it.
	return s.cache.Get(ctx, cr.ID+"\n"+cr.Secret, s.now(),
		func(ctx context.Context) (*identity.Principal, time.Time, error) {
			c, err := s.authenticate(ctx, cr)
			if fault.IsCode(err, fault.OAuthInvalidClient) {
				return nil, time.Time{}, unauthenticated(err)
			}
			if err != nil {
				return nil, time.Time{}, err
			}
			return principal(c, identity.FromBasic, scope.Parse(c.Scopes)), time.Time{}, nil
		})
}

func principal(c Credential, source identity.Source, scopes scope.Set) *identity.Principal {
	return &identity.Principal{
		Source: source, Subject: c.ID.Prefixed(ClientPrefix),
		Kind: identity.Client, ID: c.ID, Name: c.Name, OrgID: c.OrgID, OrgStatus: c.OrgStatus,
		Tier:   c.OrgTier,
		Scopes: scopes, UserID: c.UserID, MemberID: c.MemberID, SuperAdmin: c.SuperAdmin, WorkspaceID: c.WorkspaceID,
	}
}

func invalidClient(cause string) error {
	return fault.New(fault.OAuthInvalidClient, "Client authentication failed.").WithCause(errors.New(cause))
}

func unauthenticated(cause error) error {
	return identity.Refused(cause)
}

// Authenticate returns the principal of an access token.
func (s *Service) Authenticate(ctx context.Context, token string) (*identity.Principal, error) {
	return s.cache.Get(ctx, token, s.now(), func(ctx context.Context) (*identity.Principal, time.Time, error) {
		cl, tokenID, err := s.parse(ctx, token)
		if err != nil {
			return nil, time.Time{}, unauthenticated(err)
		}
		revoked, err := s.repo.Revoked(ctx, tokenID)
		if err != nil {
			return nil, time.Time{}, err
		}
		if revoked {
			return nil, time.Time{}, unauthenticated(errors.New("revoked token"))
		}
		row, err := id.ParsePrefixed(ClientPrefix, cl.Subject)
		if err != nil {
			return nil, time.Time{}, unauthenticated(err)
		}
		c, err := s.repo.ClientByID(ctx, row)
		if fault.IsCode(err, fault.NotFound) {
			return nil, time.Time{}, unauthenticated(errors.New("the client is gone"))
		}
		if err != nil {
			return nil, time.Time{}, err
		}
		if err := c.ended(); err != nil {
			return nil, time.Time{}, unauthenticated(err)
		}
		// What the client has lost since the token was made is lost to the token too.
		return principal(c, identity.FromToken, narrow(scope.Fields(cl.Scope), scope.Parse(c.Scopes))), cl.ExpiresAt.Time, nil
	})
}

func narrow(token, client scope.Set) scope.Set {
	var keep []string
	for _, sc := range token.List() {
		if client.Allows(sc) {
			keep = append(keep, sc)
		}
	}
	return scope.Parse(keep)
}

func (s *Service) parse(ctx context.Context, token string) (*claims, id.ID, error) {
	var cl claims
	_, err := s.parser.ParseWithClaims(token, &cl, func(t *jwt.Token) (any, error) {
		kid, _ := t.Header["kid"].(string)
		if t.Header["typ"] != "at+jwt" {
			return nil, errors.New("not an access token")
		}
		return s.keys.Verifier(ctx, kid)
	})
	if err != nil {
		return nil, id.ID{}, err
	}
	tokenID, err := id.ParseULID(cl.ID)
	return &cl, tokenID, err
}

// Revoke ends a token of the client that asks (RFC 7009): at once here, within
// identity.CacheTTL on other replicas. A token that is no token, has expired or is
// another client's is no error and changes nothing (section 2.2).
func (s *Service) Revoke(ctx context.Context, cr Credentials, token string) error {
	c, err := s.admitted(ctx, cr)
	if err != nil {
		return err
	}
	cl, tokenID, err := s.parse(ctx, token)
	if err != nil || cl.Subject != c.ID.Prefixed(ClientPrefix) {
		return nil
	}
	ctx = identity.With(ctx,
		&identity.Principal{Kind: identity.Client, ID: c.ID, Name: c.Name, OrgID: c.OrgID, Scopes: scope.Parse(c.Scopes)})
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.repo.InsertRevocation(ctx, tokenID, cl.ExpiresAt.Time, s.now()); err != nil {
			return err
		}
		s.tx.AfterCommit(ctx, func() { s.cache.DropCredential(token) })
		return s.audit.Record(ctx, c.OrgID, "token.revoked", audit.Token, tokenID, nil, nil)
	})
}

// NewClient is what a client is made of. Empty ClientID and Secret are generated.
type NewClient struct {
	OrgID    id.ID
	Name     string
	ClientID string
	Secret   string
	Scopes   []string
	UserID   id.ID
}

// CreateClient makes a client and returns its secret, which cannot be read again. A client
// has no bounds but its scopes and its person: credentials that have others make none.
func (s *Service) CreateClient(ctx context.Context, in NewClient) (Client, string, error) {
	var v []fault.Violation
	for _, sc := range in.Scopes {
		if !scope.Valid(sc) {
			v = append(v, fault.Body("/scopes", "scope", "must be scopes: resource:action, resource:*, *:action or *"))
		}
	}
	if in.Secret != "" && len(in.Secret) < 32 {
		v = append(v, fault.Body("/client_secret", "min_length", "must have 32 characters or more"))
	}
	if len(v) > 0 {
		return Client{}, "", fault.Invalid(v...)
	}
	p := identity.From(ctx)
	if err := p.InOrg(in.OrgID); err != nil {
		return Client{}, "", err
	}
	orgTier, err := s.repo.OrgTier(ctx, in.OrgID)
	if err != nil {
		return Client{}, "", err
	}
	if !p.Grant().Beyond(identity.Grant{Scopes: scope.Parse(in.Scopes), Tier: orgTier, UserID: in.UserID}).None() {
		return Client{}, "", fault.New(fault.AccessDenied, "The client would hold more than the credentials that create it.")
	}
	c := Client{
		ID: id.New(), OrgID: in.OrgID, ClientID: in.ClientID, Name: in.Name, Scopes: scope.Parse(in.Scopes).List(),
		UserID: in.UserID, Kind: General, CreatedAt: s.now(),
	}
	if c.ClientID == "" {
		c.ClientID = c.ID.Prefixed(ClientPrefix)
	}
	sec := in.Secret
	if sec == "" {
		sec = "cs_" + secret.Text(43)
	}
	c.SecretHash = secret.Hash(sec)
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.repo.InsertClient(ctx, c); err != nil {
			if fault.IsCode(err, fault.Conflict) {
				return &fault.Error{
					Code: fault.Conflict, Reason: "client_id_taken", Message: "Another client has this client id.", Cause: err,
				}
			}
			return err
		}
		return s.audit.Record(ctx, c.OrgID, "client.created", audit.Client, c.ID, nil,
			audit.Fields{"name": c.Name, "client_id": c.ClientID, "scopes": c.Scopes})
	})
	return c, sec, err
}

// Clients lists an org's clients.
func (s *Service) Clients(ctx context.Context, orgID id.ID) ([]Client, error) {
	return s.repo.ListClients(ctx, orgID)
}

// Clean deletes the revocations of tokens that have ended.
func (s *Service) Clean(ctx context.Context) error {
	return s.repo.DeleteExpiredRevocations(ctx, s.now())
}

// RevokeClient ends a client and, with it, its tokens.
func (s *Service) RevokeClient(ctx context.Context, clientID string) error {
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		c, err := s.repo.Client(ctx, clientID)
		if err != nil {
			return err
		}
		first, err := s.repo.RevokeClient(ctx, c.ID, s.now())
		if err != nil || !first {
			return err
		}
		return s.revoked(ctx, c.Client)
	})
}

// HandleMemberRemoval revokes the clients that act for a person in an org. It is called in the
// transaction that ends the membership.
func (s *Service) HandleMemberRemoval(ctx context.Context, orgID, userID id.ID) error {
	clients, err := s.repo.RevokeClientsOf(ctx, orgID, userID, s.now())
	if err != nil {
		return err
	}
	for _, c := range clients {
		if err := s.revoked(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// revoked does what follows from the revocation of a client, in its transaction.
func (s *Service) revoked(ctx context.Context, c Client) error {
	s.tx.AfterCommit(ctx, func() { s.cache.DropPrincipal(c.ID) })
	return s.audit.Record(ctx, c.OrgID, "client.revoked", audit.Client, c.ID, audit.Fields{"client_id": c.ClientID}, nil)
}
