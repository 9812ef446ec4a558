package realm

import (
	"context"
	"crypto/subtle"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/secret"
)

// Reasons of refusals that a protocol tells apart.
const (
	// ReasonRefresh is of a refresh token that does not work.
	ReasonRefresh = "refresh_token_invalid"
	// ReasonGrant is of a client that may not use the grant.
	ReasonGrant = "grant_not_allowed"
	// ReasonRealm is of a realm that is disabled, or whose tenant is suspended.
	ReasonRealm = "realm_disabled"
)

// wrongPasswords is how many wrong passwords of one account are tried: ten, then two a minute. It holds for accounts
// that do not exist as well.
var wrongPasswords = plan.Rate{PerMinute: 2, Burst: 8}

// ErrUnknownToken says that what should be revoked is no token that works.
var ErrUnknownToken = errors.New("realm: not a token that works")

// Token implements Directory.
func (i *Issuer) Token(ctx context.Context, realm string, in TokenRequest) (Token, error) {
	r, err := i.Repository.Realm(ctx, realm)
	if err != nil {
		return Token{}, err
	}
	if !r.Enabled {
		return Token{}, &fault.Error{Code: fault.AccessDenied, Reason: ReasonRealm, Message: "Realm not enabled"}
	}
	if in.GrantType == "" {
		return Token{}, fault.New(fault.OAuthInvalidRequest, "Missing form parameter: grant_type")
	}
	c, err := i.client(ctx, r, in.Client)
	if err != nil {
		return Token{}, err
	}
	switch in.GrantType {
	case "password":
		return i.byPassword(ctx, r, c, in)
	case "client_credentials":
		return i.byItself(ctx, r, c, in)
	case "refresh_token":
		return i.byRefreshToken(ctx, r, c, in)
	}
	return Token{}, fault.New(fault.OAuthUnsupportedGrantType, "Unsupported grant_type")
}

// client proves a client of a realm. Who is unknown and who has a wrong secret are told apart, as Keycloak does.
func (i *Issuer) client(ctx context.Context, r Realm, cr ClientCredentials) (Client, error) {
	const message = "Invalid client or Invalid client credentials"
	c, hash, err := Client{}, []byte(nil), error(fault.NewNotFound("client"))
	if cr.ID != "" {
		c, hash, err = i.Repository.ClientNamed(ctx, r.ID, cr.ID)
	}
	switch {
	case fault.IsCode(err, fault.NotFound), err == nil && !c.Enabled:
		return Client{}, fault.New(fault.OAuthInvalidClient, message).WithCause(errors.New("no such client"))
	case err != nil:
		return Client{}, err
	case c.Access == Public:
		return c, nil
	case c.Access == Confidential && subtle.ConstantTimeCompare(hash, secret.Hash(cr.Secret)) == 1:
		return c, nil
	}
	return Client{}, fault.New(fault.OAuthUnauthorizedClient, message).WithCause(errors.New("wrong secret"))
}

func (i *Issuer) byPassword(ctx context.Context, r Realm, c Client, in TokenRequest) (Token, error) {
	if !c.Password {
		return Token{}, &fault.Error{
			Code: fault.OAuthUnauthorizedClient, Reason: ReasonGrant, Message: "Client not allowed for direct access grants",
		}
	}
	if in.Username == nil {
		return Token{}, fault.New(fault.OAuthInvalidRequest, "Missing parameter: username")
	}
	scope, err := c.granted(in.Scope)
	if err != nil {
		return Token{}, err
	}
	u, err := i.byLogin(ctx, r, *in.Username, in.Password)
	if err != nil {
		return Token{}, err
	}
	now, lives := i.Now(), c.lives(r)
	s := Session{
		ID: id.New(), UserID: u.ID, ClientRow: c.ID, Scope: scope, Generation: 1, CreatedAt: now,
		EndsAt: now.Add(lives.of(scope).Session),
	}
	s.ExpiresAt = s.until(now, lives)
	if err := i.Repository.InsertSession(ctx, r, s); err != nil {
		return Token{}, err
	}
	return i.issue(ctx, grantOf{realm: r, client: c, user: u, session: &s, scope: scope, kind: "onrtro"})
}

// byLogin finds the user whose password it is. Who is unknown, disabled or invited is refused as a wrong password is,
// after the same work.
func (i *Issuer) byLogin(ctx context.Context, r Realm, login, password string) (User, error) {
	login = normal(login)
	u, hash, err := i.Repository.UserByLogin(ctx, r.ID, login)
	if err != nil && !fault.IsCode(err, fault.NotFound) {
		return User{}, err
	}
	if len(password) > 4*MaxPassword {
		hash, password = "", "" // nobody's, and as much work as any other
	}
	bucket := "password:" + r.ID.UUID() + ":" + string(secret.Hash(login))
	ask := func() error {
		d, err := i.Limiter.Peek(ctx, bucket, wrongPasswords)
		if err != nil || d.Allowed {
			return err
		}
		return &fault.Error{
			Code: fault.RateLimited, RetryAfter: d.RetryAfter,
			Message: "Too many wrong passwords were tried for this account. Try again later.",
		}
	}
	ok, err := i.passwords.Matches(ctx, password, hash, ask)
	if err != nil {
		return User{}, err
	}
	if ok && u.Status == Active {
		return u, nil
	}
	if _, err := i.Limiter.Allow(ctx, bucket, wrongPasswords); err != nil {
		return User{}, err
	}
	return User{}, fault.New(fault.OAuthInvalidGrant, "Invalid user credentials")
}

func (i *Issuer) byItself(ctx context.Context, r Realm, c Client, in TokenRequest) (Token, error) {
	if c.Access != Confidential || !c.Service {
		return Token{}, fault.New(fault.OAuthUnauthorizedClient, "Client not enabled to retrieve service account")
	}
	scope, err := c.granted(in.Scope)
	if err != nil {
		return Token{}, err
	}
	u, err := i.Repository.UserOf(ctx, c.ID)
	if err != nil {
		return Token{}, err
	}
	return i.issue(ctx, grantOf{realm: r, client: c, user: u, scope: scope, kind: "trrtcc"})
}

func (i *Issuer) byRefreshToken(ctx context.Context, r Realm, c Client, in TokenRequest) (Token, error) {
	if in.RefreshToken == nil {
		return Token{}, fault.New(fault.OAuthInvalidRequest, "No refresh token")
	}
	if in.Scope != nil { // it is checked and changes nothing, as in Keycloak
		if _, err := c.granted(in.Scope); err != nil {
			return Token{}, err
		}
	}
	cl, err := i.parseRefresh(ctx, r, *in.RefreshToken)
	if err != nil {
		return Token{}, err
	}
	if cl.Party != c.ClientID {
		return Token{}, refused("Invalid refresh token. Token client and authorized client don't match")
	}
	s, u, err := i.continued(ctx, r, c, cl)
	if err != nil {
		return Token{}, err
	}
	return i.issue(ctx, grantOf{realm: r, client: c, user: u, session: &s, scope: s.Scope, kind: "onrtrt"})
}

// continued moves the session of a refresh token on. Exactly one of those who bring the same token gets the next; who
// comes later ends the session, since one of them has stolen the token.
func (i *Issuer) continued(ctx context.Context, r Realm, c Client, cl claims) (Session, User, error) {
	now := i.Now()
	var s Session
	var u User
	var refusal error
	err := i.Tx.InTx(ctx, func(ctx context.Context) error {
		refusal = nil
		var err error
		if s, err = i.Repository.Session(ctx, cl.session); err != nil {
			return err
		}
		if u, err = i.Repository.User(ctx, r.ID, s.UserID); err != nil {
			return err
		}
		if u.Status != Active {
			refusal = refused("User disabled")
			return nil
		}
		s.ExpiresAt = s.until(now, c.lives(r))
		moved, err := i.Repository.Continue(ctx, s.ID, cl.Generation, s.ExpiresAt)
		if err != nil || moved {
			return err
		}
		refusal = refused("Maximum allowed refresh token reuse exceeded")
		i.Tx.AfterCommit(ctx, func() { i.Cache.DropPrincipal(u.ID) })
		return i.Repository.DeleteSession(ctx, s.ID)
	})
	if fault.IsCode(err, fault.NotFound) {
		err = refused("Session not active")
	}
	s.Generation = cl.Generation + 1
	return s, u, errors.Join(err, refusal)
}

func refused(message string) error {
	return &fault.Error{Code: fault.OAuthInvalidGrant, Reason: ReasonRefresh, Message: message}
}

// lives are those of the client, where it has some, else those of the realm.
func (c Client) lives(r Realm) Lives {
	l := r.Lives
	for _, f := range []struct {
		own time.Duration
		of  *time.Duration
	}{{c.Lives.Access, &l.Access}, {c.Lives.Idle, &l.Idle}, {c.Lives.Session, &l.Session}} {
		if f.own > 0 {
			*f.of = f.own
		}
	}
	l.Access = min(l.Access, MaxAccess)
	return l
}

// of are the lives of a session with a scope.
func (l Lives) of(scope string) Lives {
	if has(scope, scopeOffline) {
		return Lives{Access: l.Access, Idle: Offline.Idle, Session: Offline.Session}
	}
	return l
}

// until is when the session ends that nobody refreshes after now.
func (s Session) until(now time.Time, l Lives) time.Time {
	if t := now.Add(l.of(s.Scope).Idle); t.Before(s.EndsAt) {
		return t
	}
	return s.EndsAt
}

// normal is the form in which names and addresses are kept and compared.
func normal(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

// expanded are the roles of a user with those that they bring.
func expanded(assigned []string, all []Role) []string {
	out := slices.Clone(assigned)
	for n := 0; n < len(out); n++ {
		for _, r := range all {
			if r.Name != out[n] {
				continue
			}
			for _, c := range r.Composites {
				if !slices.Contains(out, c) {
					out = append(out, c)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}
