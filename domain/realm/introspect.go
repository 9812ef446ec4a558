package realm

import (
	"context"
	"errors"

	"github.com/golang-jwt/jwt/v5"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

// Introspect implements Directory.
func (i *Issuer) Introspect(
	ctx context.Context, realm string, cr ClientCredentials, token, hint string,
) (Introspection, error) {
	r, err := i.Repository.Realm(ctx, realm)
	if err != nil {
		return Introspection{}, err
	}
	c, err := i.client(ctx, r, cr)
	if err != nil {
		return Introspection{}, err
	}
	if c.Access != Confidential {
		return Introspection{}, fault.New(fault.AccessDenied, "Client not allowed.")
	}
	if token == "" {
		return Introspection{}, fault.New(fault.OAuthInvalidRequest, "Token not provided.")
	}
	cl, h, err := i.holder(ctx, token)
	switch refresh := cl.Type == typRefresh || cl.Type == typOffline; {
	case fault.IsCode(err, fault.Unauthenticated):
		return Introspection{}, nil
	case err != nil:
		return Introspection{}, err
	case h.Realm.ID != r.ID, hint == "refresh_token" && !refresh:
		return Introspection{}, nil
	}
	issuedTo, _, err := i.Repository.ClientNamed(ctx, r.ID, cl.Party)
	if fault.IsCode(err, fault.NotFound) {
		return Introspection{}, nil
	}
	if err != nil {
		return Introspection{}, err
	}
	claims, err := i.describe(ctx, r, issuedTo, cl, h)
	return Introspection{
		Active: true, Claims: claims, ClientID: cl.Party, Username: h.Username, Bearer: cl.Type == typBearer,
	}, err
}

// describe returns the claims that an access token of the same grant has, with those of the token itself.
func (i *Issuer) describe(ctx context.Context, r Realm, c Client, cl claims, h Holder) (jwt.MapClaims, error) {
	g := grantOf{realm: r, client: c, user: h.User, scope: cl.Scope}
	if !cl.session.IsZero() {
		g.session = &Session{ID: cl.session}
	}
	if cl.Scope == "" { // an ID token names none
		g.scope = scopeProfile + " " + scopeEmail
	}
	out, err := i.accessClaims(ctx, g, cl.IssuedAt.Time, cl.ExpiresAt.Time)
	if err != nil {
		return nil, err
	}
	out["jti"], out["typ"], out["scope"] = cl.ID, cl.Type, g.scope
	if len(cl.Audience) == 1 {
		out["aud"] = cl.Audience[0]
	}
	if cl.Scope == "" {
		delete(out, "scope")
	}
	return out, nil
}

// Userinfo implements Directory.
func (i *Issuer) Userinfo(ctx context.Context, realm, token string) (Userinfo, error) {
	r, err := i.Repository.Realm(ctx, realm)
	if err != nil {
		return Userinfo{}, err
	}
	cl, h, err := i.holder(ctx, token)
	if err != nil {
		return Userinfo{}, err
	}
	switch {
	case cl.Type != typBearer || h.Realm.ID != r.ID:
		return Userinfo{}, fault.New(fault.Unauthenticated, "Token verification failed")
	case !has(cl.Scope, scopeOpenID):
		return Userinfo{}, fault.New(fault.InsufficientScope, "Missing openid scope")
	}
	u := Userinfo{Subject: h.ID}
	if has(cl.Scope, scopeProfile) {
		u.Username, u.Name = h.Username, h.Name
	}
	if has(cl.Scope, scopeEmail) {
		u.Email, u.EmailVerified = h.Email, h.EmailVerified()
	}
	return u, nil
}

// Revoke implements Directory.
func (i *Issuer) Revoke(ctx context.Context, realm string, cr ClientCredentials, token string) error {
	r, err := i.Repository.Realm(ctx, realm)
	if err != nil {
		return err
	}
	c, err := i.client(ctx, r, cr)
	if err != nil {
		return err
	}
	if token == "" {
		return fault.New(fault.OAuthInvalidRequest, "Token not provided")
	}
	cl, h, err := i.holder(ctx, token)
	switch {
	case fault.IsCode(err, fault.Unauthenticated):
		return ErrUnknownToken
	case err != nil:
		return err
	case h.Realm.ID != r.ID:
		return ErrUnknownToken
	case cl.Party != c.ClientID:
		return fault.New(fault.OAuthInvalidRequest, "Unmatching clients")
	case cl.Type == typID:
		return &fault.Error{
			Code: fault.OAuthInvalidRequest, Message: "Unsupported token type", Cause: errors.New("an ID token"),
		}
	case cl.Type == typBearer:
		return i.Tx.InTx(ctx, func(ctx context.Context) error {
			i.Tx.AfterCommit(ctx, func() { i.Cache.DropCredential(token) })
			return i.Revocations.InsertRevocation(ctx, cl.token, cl.ExpiresAt.Time, i.Now())
		})
	}
	return i.endSession(ctx, cl.session, h.User)
}

// Logout implements Directory.
func (i *Issuer) Logout(ctx context.Context, realm string, cr ClientCredentials, refreshToken string) error {
	r, err := i.Repository.Realm(ctx, realm)
	if err != nil {
		return err
	}
	c, err := i.client(ctx, r, cr)
	if err != nil {
		return err
	}
	cl, h, err := i.holder(ctx, refreshToken)
	switch refresh := cl.Type == typRefresh || cl.Type == typOffline; {
	case fault.IsCode(err, fault.Unauthenticated) && !cl.session.IsZero() && refresh:
		return nil // has ended already
	case fault.IsCode(err, fault.Unauthenticated):
		return refused("Invalid refresh token")
	case err != nil:
		return err
	case !refresh || h.Realm.ID != r.ID || cl.Party != c.ClientID:
		return refused("Invalid refresh token")
	}
	return i.endSession(ctx, cl.session, h.User)
}

func (i *Issuer) endSession(ctx context.Context, session id.ID, u User) error {
	return i.Tx.InTx(ctx, func(ctx context.Context) error {
		i.Tx.AfterCommit(ctx, func() { i.Cache.DropPrincipal(u.ID) })
		return i.Repository.DeleteSession(ctx, session)
	})
}
