package realm

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/alania-go/alania/domain/id"
)

// The kinds of tokens, as Keycloak names them in the claim typ.
const (
	typBearer  = "Bearer"
	typID      = "ID"
	typRefresh = "Refresh"
	typOffline = "Offline"
)

// claims are those of every token of a realm that is read again.
type claims struct {
	jwt.RegisteredClaims
	Type       string `json:"typ"`
	Party      string `json:"azp"` // the client
	SID        string `json:"sid,omitempty"`
	Scope      string `json:"scope,omitempty"`
	Generation int64  `json:"gen,omitempty"`
	Access     struct {
		Roles []string `json:"roles"`
	} `json:"realm_access"`

	session, token, user id.ID
	realm                string
}

// grantOf is what a token is issued for.
type grantOf struct {
	realm   Realm
	client  Client
	user    User
	session *Session // nil: a client acts for itself
	scope   string
	kind    string // of the grant: Keycloak's prefix of a token's id
}

// issue makes the tokens of a grant.
func (i *Issuer) issue(ctx context.Context, g grantOf) (Token, error) {
	now := i.Now()
	lives := g.client.lives(g.realm)
	until := now.Add(lives.Access)
	if g.session != nil && g.session.EndsAt.Before(until) {
		until = g.session.EndsAt
	}
	access, err := i.accessClaims(ctx, g, now, until)
	if err != nil {
		return Token{}, err
	}
	t := Token{ExpiresIn: until.Sub(now), Scope: g.scope, NotBefore: g.realm.NotBefore}
	if t.AccessToken, err = i.signed(ctx, access); err != nil {
		return Token{}, err
	}
	if has(g.scope, scopeOpenID) {
		if t.IDToken, err = i.signed(ctx, i.idClaims(g, now, until, t.AccessToken)); err != nil {
			return Token{}, err
		}
	}
	if g.session == nil {
		return t, nil
	}
	t.SessionID, t.RefreshExpiresIn = g.session.ID, g.session.ExpiresAt.Sub(now)
	t.RefreshToken, err = i.refreshToken(g, now)
	return t, err
}

func (i *Issuer) signed(ctx context.Context, c jwt.MapClaims) (string, error) {
	key, err := i.keys.Signer(ctx)
	if err != nil {
		return "", err
	}
	t := jwt.NewWithClaims(jwt.SigningMethodRS256, c)
	t.Header["kid"] = key.KeyID
	return t.SignedString(key.Private)
}

// registered are the claims of every token of a grant.
func (i *Issuer) registered(g grantOf, typ, jti string, now, until time.Time) jwt.MapClaims {
	c := jwt.MapClaims{
		"exp": until.Unix(), "iat": now.Unix(), "jti": jti, "iss": i.IssuerOf(g.realm.Name), "sub": g.user.ID.UUID(),
		"typ": typ, "azp": g.client.ClientID,
	}
	if g.session != nil {
		c["sid"] = g.session.ID.UUID()
	}
	return c
}

func (i *Issuer) accessClaims(ctx context.Context, g grantOf, now, until time.Time) (jwt.MapClaims, error) {
	c := i.registered(g, typBearer, g.kind+":"+id.New().UUID(), now, until)
	c["aud"] = i.PublicURL
	c["acr"] = "1"
	c["scope"] = g.scope
	roles, err := i.Repository.Roles(ctx, g.realm.ID)
	if err != nil {
		return nil, err
	}
	c["realm_access"] = map[string]any{"roles": expanded(g.user.Roles, roles)}
	c["resource_access"] = map[string]any{} // roles of clients: there are none
	c["tenant_id"] = g.realm.OrgID.Prefixed(id.TenantPrefix)
	if !g.user.WorkspaceID.IsZero() {
		c["workspace_id"] = g.user.WorkspaceID.Prefixed(id.WorkspacePrefix)
	}
	if len(g.client.WebOrigins) > 0 {
		c["allowed-origins"] = g.client.WebOrigins
	}
	if g.session == nil {
		c["client_id"] = g.client.ClientID
	}
	personal(c, g.user, g.scope)
	return c, nil
}

func (i *Issuer) idClaims(g grantOf, now, until time.Time, access string) jwt.MapClaims {
	c := i.registered(g, typID, id.New().UUID(), now, until)
	c["aud"] = g.client.ClientID
	c["acr"] = "1"
	sum := sha256.Sum256([]byte(access))
	c["at_hash"] = base64.RawURLEncoding.EncodeToString(sum[:16])
	personal(c, g.user, g.scope)
	return c
}

// personal adds the claims of a person that the scope shows.
func personal(c jwt.MapClaims, u User, scope string) {
	if has(scope, scopeProfile) {
		c["preferred_username"] = u.Username
		if u.Name != "" {
			c["name"] = u.Name
			given, family := Names(u.Name)
			c["given_name"] = given
			if family != "" {
				c["family_name"] = family
			}
		}
	}
	if has(scope, scopeEmail) {
		c["email_verified"] = u.EmailVerified()
		if u.Email != "" {
			c["email"] = u.Email
		}
	}
}

// EmailVerified reports whether the user is known to read the address: an administrator gave it, or a link sent to it
// was used.
func (u User) EmailVerified() bool { return u.Email != "" && u.Status == Active }

// Names parts a name before its last word, which is taken for that of the family.
func Names(name string) (given, family string) {
	if n := strings.LastIndexByte(name, ' '); n > 0 {
		return name[:n], name[n+1:]
	}
	return name, ""
}

func (i *Issuer) refreshToken(g grantOf, now time.Time) (string, error) {
	typ := typRefresh
	if has(g.scope, scopeOffline) {
		typ = typOffline
	}
	c := i.registered(g, typ, id.New().UUID(), now, g.session.ExpiresAt)
	c["aud"] = i.IssuerOf(g.realm.Name)
	c["scope"] = strings.TrimSpace(g.scope + " " + strings.Join(silent, " "))
	c["gen"] = g.session.Generation
	return jwt.NewWithClaims(jwt.SigningMethodHS512, c).SignedString(i.refresh)
}

// parse verifies a token of any realm, of any kind. Its signature says which: who has no private key makes no access
// token.
func (i *Issuer) parse(ctx context.Context, token string) (claims, error) {
	var cl claims
	_, err := i.parser.ParseWithClaims(token, &cl, func(t *jwt.Token) (any, error) {
		kid, _ := t.Header["kid"].(string)
		switch t.Method {
		case jwt.SigningMethodRS256:
			if cl.Type != typBearer && cl.Type != typID {
				return nil, errors.New("not a kind of token that is signed so")
			}
			return i.keys.Verifier(ctx, kid)
		case jwt.SigningMethodHS512:
			if cl.Type != typRefresh && cl.Type != typOffline {
				return nil, errors.New("not a kind of token that is signed so")
			}
			return i.refresh, nil
		}
		return nil, errors.New("not an algorithm of ours")
	})
	if err != nil {
		return claims{}, err
	}
	return cl, cl.read(i.PublicURL)
}

// read reads the ids of the claims.
func (cl *claims) read(base string) (err error) {
	var ok bool
	if cl.realm, ok = strings.CutPrefix(cl.Issuer, IssuerOf(base, "")); !ok {
		return errors.New("of another issuer")
	}
	_, jti, _ := strings.Cut(cl.ID, ":")
	if jti == "" {
		jti = cl.ID
	}
	if cl.token, err = id.ParseUUID(jti); err != nil {
		return err
	}
	if cl.SID != "" {
		if cl.session, err = id.ParseUUID(cl.SID); err != nil {
			return err
		}
	}
	cl.user, err = id.ParseUUID(cl.Subject)
	return err
}

// parseRefresh verifies a refresh token of a realm. Errors have Keycloak's words.
func (i *Issuer) parseRefresh(ctx context.Context, r Realm, token string) (claims, error) {
	cl, err := i.parse(ctx, token)
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return claims{}, refused("Token is not active")
	case err != nil, cl.Type != typRefresh && cl.Type != typOffline, cl.realm != r.Name:
		return claims{}, refused("Invalid refresh token")
	case cl.stale(r):
		return claims{}, refused("Stale token")
	}
	return cl, nil
}

// stale reports whether the token is from before the realm ended all tokens.
func (cl *claims) stale(r Realm) bool { return cl.IssuedAt == nil || cl.IssuedAt.Before(r.NotBefore) }
