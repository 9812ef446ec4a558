package issuer

import (
	"errors"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/realm"
)

// uncached are the headers of answers with tokens (RFC 6749 section 5.1).
func (r *request) uncached() {
	r.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	r.Response().Header().Set("Pragma", "no-cache")
}

func (a *API) token(r *request) error {
	r.uncached()
	if err := a.clientOrigin(r, r.client().ID); err != nil {
		return r.unknown(err)
	}
	t, err := a.Issuer.Token(r.Request().Context(), r.realm, realm.TokenRequest{
		GrantType: r.form.Get("grant_type"), Client: r.client(), Username: r.value("username"),
		Password: r.form.Get("password"), RefreshToken: r.value("refresh_token"), Scope: r.value("scope"),
	})
	if err != nil {
		return r.refuseGrant(err)
	}
	return r.JSON(http.StatusOK, shown(t))
}

func shown(t realm.Token) map[string]any {
	out := map[string]any{
		"access_token": t.AccessToken, "expires_in": seconds(t.ExpiresIn), "token_type": "Bearer", "scope": t.Scope,
		"refresh_expires_in": seconds(t.RefreshExpiresIn), "not-before-policy": 0,
	}
	if !t.NotBefore.IsZero() {
		out["not-before-policy"] = t.NotBefore.Unix()
	}
	if t.RefreshToken != "" {
		out["refresh_token"], out["session_state"] = t.RefreshToken, t.SessionID.UUID()
	}
	if t.IDToken != "" {
		out["id_token"] = t.IDToken
	}
	return out
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// refuseGrant answers with the statuses of Keycloak, which has 401 where RFC 6749 says 400 for wrong credentials.
func (r *request) refuseGrant(err error) error {
	f := fault.Wrap(err)
	switch f.Code {
	case fault.NotFound:
		return r.unknown(err)
	case fault.AccessDenied:
		return r.refuse(http.StatusForbidden, f)
	case fault.OAuthInvalidClient:
		return r.refuse(http.StatusUnauthorized, f)
	case fault.OAuthInvalidGrant, fault.OAuthUnauthorizedClient:
		if f.Reason == "" {
			return r.refuse(http.StatusUnauthorized, f)
		}
	case fault.OAuthInvalidRequest:
		if r.form.Get("grant_type") == "password" && !r.form.Has("username") {
			return r.refuse(http.StatusUnauthorized, f)
		}
	case fault.OAuthInvalidScope, fault.OAuthUnsupportedGrantType:
	default:
		return err
	}
	return r.refuse(http.StatusBadRequest, f)
}

func (a *API) introspect(r *request) error {
	v, err := a.Issuer.Introspect(r.Request().Context(), r.realm, r.client(), r.form.Get("token"),
		r.form.Get("token_type_hint"))
	f := fault.Wrap(err)
	refuse := func(status int, message string) error {
		return r.refuse(status, fault.New(fault.OAuthInvalidRequest, message))
	}
	switch {
	case err == nil:
	case f.Code == fault.OAuthInvalidClient, f.Code == fault.OAuthUnauthorizedClient:
		return refuse(http.StatusUnauthorized, "Authentication failed.")
	case f.Code == fault.AccessDenied:
		return refuse(http.StatusForbidden, f.Message)
	case f.Code == fault.OAuthInvalidRequest:
		return refuse(http.StatusBadRequest, f.Message)
	default:
		return r.unknown(err)
	}
	r.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
	out := map[string]any{"active": v.Active}
	if v.Active {
		maps.Copy(out, v.Claims)
		out["client_id"], out["username"], out["token_type"] = v.ClientID, v.Username, v.Claims["typ"]
	}
	return r.JSON(http.StatusOK, out)
}

func (a *API) revoke(r *request) error {
	if err := a.clientOrigin(r, r.client().ID); err != nil {
		return r.unknown(err)
	}
	err := a.Issuer.Revoke(r.Request().Context(), r.realm, r.client(), r.form.Get("token"))
	switch {
	case err == nil:
		return r.NoContent(http.StatusOK)
	case errors.Is(err, realm.ErrUnknownToken):
		return r.JSON(http.StatusOK, map[string]string{"error": "invalid_token", "error_description": "Invalid token"})
	}
	return r.refuseGrant(err)
}

func (a *API) logout(r *request) error {
	if err := a.clientOrigin(r, r.client().ID); err != nil {
		return r.unknown(err)
	}
	if err := a.Issuer.Logout(r.Request().Context(), r.realm, r.client(), r.form.Get("refresh_token")); err != nil {
		return r.refuseGrant(err)
	}
	return r.NoContent(http.StatusNoContent)
}

func (a *API) userinfo(r *request) error {
	token := bearer(r.Request())
	inForm := r.form.Get("access_token")
	if err := a.clientOrigin(r, a.Issuer.PartyOf(token+inForm)); err != nil {
		return r.unknown(err)
	}
	switch {
	case token != "" && inForm != "":
		return r.challenge(http.StatusBadRequest, "invalid_request",
			"More than one method used for including an access token")
	case token+inForm == "":
		return r.challenge(http.StatusUnauthorized, "", "")
	}
	u, err := a.Issuer.Userinfo(r.Request().Context(), r.realm, token+inForm)
	switch {
	case fault.IsCode(err, fault.Unauthenticated):
		return r.challenge(http.StatusUnauthorized, "invalid_token", "Token verification failed")
	case fault.IsCode(err, fault.InsufficientScope):
		return r.challenge(http.StatusForbidden, "insufficient_scope", "Missing openid scope")
	case err != nil:
		return r.unknown(err)
	}
	r.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
	out := map[string]any{"sub": u.Subject.UUID(), "email_verified": u.EmailVerified}
	given, family := realm.Names(u.Name)
	for name, value := range map[string]string{
		"preferred_username": u.Username, "name": u.Name, "given_name": given, "family_name": family, "email": u.Email,
	} {
		if value != "" {
			out[name] = value
		}
	}
	return r.JSON(http.StatusOK, out)
}

func bearer(r *http.Request) string {
	scheme, rest, _ := strings.Cut(r.Header.Get(echo.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(rest)
}

// challenge answers as RFC 6750 section 3 does: all is in the header.
func (r *request) challenge(status int, code, text string) error {
	value := `Bearer realm="` + r.realm + `"`
	if code != "" {
		value += `, error="` + code + `", error_description="` + text + `"`
	}
	r.Response().Header().Set(echo.HeaderWWWAuthenticate, value)
	if r.Response().Header().Get(echo.HeaderAccessControlAllowOrigin) != "" {
		r.Response().Header().Set(echo.HeaderAccessControlExposeHeaders, "Access-Control-Allow-Methods, WWW-Authenticate")
	}
	return r.Blob(status, "text/plain;charset=utf-8", nil)
}
