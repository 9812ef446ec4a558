package keycloak

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/engine/oidc"
)

type tokenAnswer struct {
	AccessToken      string `json:"access_token"`
	ExpiresIn        int64  `json:"expires_in"`
	RefreshToken     string `json:"refresh_token"`
	RefreshExpiresIn int64  `json:"refresh_expires_in"`
	IDToken          string `json:"id_token"`
	SessionState     string `json:"session_state"`
	NotBefore        int64  `json:"not-before-policy"`
	Scope            string `json:"scope"`
}

func (t tokenAnswer) token() realm.Token {
	out := realm.Token{
		AccessToken: t.AccessToken, ExpiresIn: time.Duration(t.ExpiresIn) * time.Second, RefreshToken: t.RefreshToken,
		RefreshExpiresIn: time.Duration(t.RefreshExpiresIn) * time.Second, IDToken: t.IDToken, Scope: t.Scope,
	}
	out.SessionID, _ = id.ParseUUID(t.SessionState)
	if t.NotBefore > 0 {
		out.NotBefore = time.Unix(t.NotBefore, 0).UTC()
	}
	return out
}

// protocol says what a refusal of one of Keycloak's endpoints means. Its own words are for the log: they repeat what
// was sent, and tell which account is disabled.
func protocol(err error) error {
	var r *refusal
	if !errors.As(err, &r) {
		return err
	}
	var e *fault.Error
	switch {
	case r.status == http.StatusNotFound:
		e = fault.NewNotFound("realm")
	case r.Code == "invalid_grant":
		e = fault.New(fault.OAuthInvalidGrant, "Invalid user credentials")
	case r.Code == "invalid_client":
		e = fault.New(fault.OAuthInvalidClient, "Invalid client or Invalid client credentials")
	case r.Code == "unauthorized_client" && r.status == http.StatusUnauthorized:
		e = fault.New(fault.OAuthUnauthorizedClient, "Invalid client or Invalid client credentials")
	case r.Code == "unauthorized_client":
		e = fault.New(fault.OAuthUnauthorizedClient, "The client may not use this grant.")
		e.Reason = realm.ReasonGrant
	case r.Code == "invalid_scope":
		e = fault.New(fault.OAuthInvalidScope, "Invalid scopes: the client cannot ask for one of them.")
	case r.Code == "unsupported_grant_type":
		e = fault.New(fault.OAuthUnsupportedGrantType, "Unsupported grant_type")
	case r.status == http.StatusForbidden:
		e = fault.New(fault.AccessDenied, "The realm or the client is not allowed.")
		e.Reason = realm.ReasonRealm
	default:
		e = fault.New(fault.OAuthInvalidRequest, "The identity provider does not accept the request.")
	}
	return e.WithCause(err)
}

// Token implements realm.Directory.
func (d *Directory) Token(ctx context.Context, name string, in realm.TokenRequest) (realm.Token, error) {
	r, err := d.Register.Realm(ctx, name)
	if err != nil {
		return realm.Token{}, err
	}
	if !r.Enabled {
		return realm.Token{}, &fault.Error{Code: fault.AccessDenied, Reason: realm.ReasonRealm, Message: "Realm not enabled"}
	}
	values := proved(in.Client, url.Values{})
	if in.GrantType != "" {
		values.Set("grant_type", in.GrantType)
	}
	for key, v := range map[string]*string{"username": in.Username, "refresh_token": in.RefreshToken, "scope": in.Scope} {
		if v != nil {
			values.Set(key, *v)
		}
	}
	if in.GrantType == "password" {
		values.Set("password", in.Password)
	}
	if in.GrantType == "refresh_token" && in.RefreshToken != nil {
		// Keycloak answers two that bring a refresh token at the same moment. Those of this process bring it in turn.
		end, err := d.refreshes.take(ctx, *in.RefreshToken)
		if err != nil {
			return realm.Token{}, err
		}
		defer end()
	}
	var t tokenAnswer
	err = protocol(d.client.form(ctx, name, "token", values, &t))
	if fault.IsCode(err, fault.OAuthInvalidGrant) && in.GrantType == "refresh_token" {
		err = &fault.Error{
			Code: fault.OAuthInvalidGrant, Reason: realm.ReasonRefresh, Message: "Invalid refresh token", Cause: err,
		}
	}
	return t.token(), err
}

// proved adds what a client proves itself with.
func proved(c realm.ClientCredentials, values url.Values) url.Values {
	values.Set("client_id", c.ID)
	if c.Secret != "" {
		values.Set("client_secret", c.Secret)
	}
	return values
}

// RealmOf implements realm.Directory.
func (d *Directory) RealmOf(refreshToken string) string {
	return realm.NameIn(d.client.base, refreshToken)
}

// inspect asks Keycloak what a token is.
func (d *Directory) inspect(
	ctx context.Context, name string, c realm.ClientCredentials, token, hint string,
) (map[string]any, error) {
	values := proved(c, url.Values{"token": {token}})
	if hint != "" {
		values.Set("token_type_hint", hint)
	}
	var claims map[string]any
	err := d.client.form(ctx, name, "token/introspect", values, &claims)
	if is(err, http.StatusUnauthorized) { // Keycloak calls it invalid_request
		return nil, fault.New(fault.OAuthUnauthorizedClient, "Authentication failed.").WithCause(err)
	}
	return claims, protocol(err)
}

// Introspect implements realm.Directory.
func (d *Directory) Introspect(
	ctx context.Context, name string, c realm.ClientCredentials, token, hint string,
) (realm.Introspection, error) {
	claims, err := d.inspect(ctx, name, c, token, hint)
	if err != nil {
		return realm.Introspection{}, err
	}
	out := realm.Introspection{Claims: claims}
	out.Active, _ = claims["active"].(bool)
	out.ClientID, _ = claims["client_id"].(string)
	out.Username, _ = claims["username"].(string)
	out.Bearer = claims["typ"] == "Bearer"
	for _, told := range []string{"active", "client_id", "username", "token_type"} {
		delete(claims, told)
	}
	return out, nil
}

// Userinfo implements realm.Directory.
func (d *Directory) Userinfo(ctx context.Context, name, token string) (realm.Userinfo, error) {
	a, err := d.client.send(ctx, http.MethodGet, endpointOf(name, "userinfo"), "", token, nil)
	switch {
	case is(err, http.StatusUnauthorized):
		return realm.Userinfo{}, fault.New(fault.Unauthenticated, "Token verification failed").WithCause(err)
	case is(err, http.StatusForbidden):
		return realm.Userinfo{}, fault.New(fault.InsufficientScope, "Missing openid scope").WithCause(err)
	case err != nil:
		return realm.Userinfo{}, protocol(err)
	}
	var v struct {
		Subject  string `json:"sub"`
		Username string `json:"preferred_username"`
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
		Name     string `json:"name"`
	}
	if err := decode(a.body, &v); err != nil {
		return realm.Userinfo{}, err
	}
	out := realm.Userinfo{Username: v.Username, Email: v.Email, EmailVerified: v.Verified, Name: v.Name}
	out.Subject, _ = id.ParseUUID(v.Subject)
	return out, nil
}

// Revoke implements realm.Directory.
func (d *Directory) Revoke(ctx context.Context, name string, c realm.ClientCredentials, token string) error {
	var told struct {
		Code string `json:"error"`
	}
	err := d.client.form(ctx, name, "revoke", proved(c, url.Values{"token": {token}}), &told)
	d.Cache.DropCredential(token)
	if err == nil && told.Code != "" { // 200 with an error is a token that does not work
		return realm.ErrUnknownToken
	}
	return protocol(err)
}

// Logout implements realm.Directory.
func (d *Directory) Logout(ctx context.Context, name string, c realm.ClientCredentials, refreshToken string) error {
	err := d.client.form(ctx, name, "logout", proved(c, url.Values{"refresh_token": {refreshToken}}), nil)
	if dropped := d.drop(ctx, name); err == nil {
		err = dropped
	}
	return protocol(err)
}

// Authenticate implements realm.Directory. The signature is looked at first, so that Keycloak is asked only for tokens
// that it made; then Keycloak reports whether the session goes on, and the register what the person may do here.
func (d *Directory) Authenticate(ctx context.Context, token string) (*identity.Principal, error) {
	return d.Cache.Get(ctx, token, d.Now(), func(ctx context.Context) (*identity.Principal, time.Time, error) {
		claims, err := d.verified(ctx, token)
		if err != nil {
			return nil, time.Time{}, err
		}
		p, err := d.principal(ctx, d.RealmOf(token), token, claims)
		return p, claims.ExpiresAt, err
	})
}

func (d *Directory) verified(ctx context.Context, token string) (realm.Claims, error) {
	name := d.RealmOf(token)
	r, err := d.Register.Realm(ctx, name)
	if fault.IsCode(err, fault.NotFound) {
		return realm.Claims{}, identity.Refused(errors.New("no such realm"))
	}
	if err != nil {
		return realm.Claims{}, err
	}
	c, err := oidc.Verify(ctx, d.keySet(name), d.IssuerOf(name), d.PublicURL, d.Now, token)
	switch {
	case err != nil:
		return c, err
	case c.Type != "Bearer":
		return c, identity.Refused(errors.New("not an access token"))
	case c.IssuedAt.Before(r.NotBefore):
		return c, identity.Refused(errors.New("the realm has ended its tokens"))
	}
	return c, nil
}

func (d *Directory) keySet(name string) *oidc.KeySet {
	d.mu.Lock()
	defer d.mu.Unlock()
	k, ok := d.keys[name]
	if !ok {
		k = oidc.NewKeySet(d.client.http, d.client.base+endpointOf(name, "certs"), d.Now)
		d.keys[name] = k
	}
	return k
}

func (d *Directory) principal(ctx context.Context, name, token string, c realm.Claims) (*identity.Principal, error) {
	now, err := d.inspect(ctx, name, realm.ClientCredentials{ID: inspector, Secret: d.secretOf(name)}, token, "")
	if fault.IsCode(err, fault.OAuthUnauthorizedClient) {
		return nil, unavailable(err) // somebody changed our client; Ensure mends it
	}
	if err != nil {
		return nil, err
	}
	if active, _ := now["active"].(bool); !active {
		return nil, identity.Refused(errors.New("the session has ended"))
	}
	user := realm.User{Username: c.Name, Name: c.Name, Status: realm.Active, Roles: c.Roles}
	if user.ID, err = id.ParseUUID(c.Subject); err != nil {
		return nil, identity.Refused(err)
	}
	if known, err := id.ParseUUID(c.PersonID); err == nil {
		user.ID = known
	}
	if c.WorkspaceID != "" {
		if user.WorkspaceID, err = id.ParsePrefixed(id.WorkspacePrefix, c.WorkspaceID); err != nil {
			return nil, identity.Refused(err)
		}
	}
	if account, _ := now["username"].(string); strings.HasPrefix(account, "service-account-") {
		user.ClientID, user.Name = user.ID, strings.TrimPrefix(account, "service-account-")
	}
	h, err := d.Register.Standing(ctx, name, user.ID, user.WorkspaceID)
	if fault.IsCode(err, fault.NotFound) {
		return nil, identity.Refused(err)
	}
	if err != nil {
		return nil, err
	}
	if h.WorkspaceGone {
		return nil, identity.Refused(errors.New("the workspace of the user is deleted"))
	}
	user.Roles = rolesNow(now)
	h.User, h.ClientEnabled = user, true
	return h.Principal(c.Roles), nil
}

// rolesNow are the roles that somebody has now, who may have lost some since the token was made.
func rolesNow(introspection map[string]any) []string {
	access, _ := introspection["realm_access"].(map[string]any)
	roles, _ := access["roles"].([]any)
	out := make([]string, 0, len(roles))
	for _, r := range roles {
		if name, ok := r.(string); ok {
			out = append(out, name)
		}
	}
	return out
}
