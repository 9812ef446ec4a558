// Package issuer serves the realms as OpenID Connect providers, with the paths and the answers of Keycloak, so that
// stock clients work with them. The protocol is one of others, down to the media types, the methods and the
// trailing slashes, so no bundle describes it; each realm's own discovery document does.
package issuer

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/server/contract"
)

// Path is where the realms begin.
const Path = "/realms"

// maxForm is the largest form that is read, in bytes.
const maxForm = 64 << 10

// API serves the realms of an issuer.
type API struct {
	Issuer *realm.Issuer
}

// Register puts the realms on the router, with middleware(op).
func (a *API) Register(router *echo.Echo, middleware func(*contract.Operation) echo.MiddlewareFunc) {
	guard := middleware(&contract.Operation{
		ID: "issuer", Path: Path, ByAddress: true,
		Contract: &contract.Contract{Module: contract.Module{Name: "issuer", Dialect: dialect{}}},
	})
	router.Any(Path+"/*", a.serve, guard)
	router.GET("/.well-known/oauth-authorization-server/realms/:realm", func(c echo.Context) error {
		return a.discovery(&request{Context: c, realm: c.Param("realm")})
	}, guard)
}

// request is a request to one realm.
type request struct {
	echo.Context
	realm string
	form  url.Values
	// basic are the credentials of the Authorization header, form-decoded (RFC 6749 section 2.3.1).
	basic *realm.ClientCredentials
}

// endpoint is what a path of a realm serves.
type endpoint struct {
	methods []string // besides OPTIONS
	serve   func(a *API, r *request) error
	closed  bool // no page of another site may call it
	// told are the methods that a preflight names, as Keycloak does; empty: methods, with OPTIONS.
	told string
}

var endpoints = map[string]endpoint{
	"": {methods: []string{http.MethodGet}, serve: (*API).about, told: http.MethodGet},
	".well-known/openid-configuration": {
		methods: []string{http.MethodGet}, serve: (*API).discovery, told: http.MethodGet,
	},
	".well-known/oauth-authorization-server": {
		methods: []string{http.MethodGet}, serve: (*API).discovery, told: http.MethodGet,
	},
	protocol + "certs":            {methods: []string{http.MethodGet}, serve: (*API).certs, told: http.MethodGet},
	protocol + "token":            {methods: []string{http.MethodPost}, serve: (*API).token},
	protocol + "token/introspect": {methods: []string{http.MethodPost}, serve: (*API).introspect, closed: true},
	protocol + "revoke":           {methods: []string{http.MethodPost}, serve: (*API).revoke},
	protocol + "logout":           {methods: []string{http.MethodPost}, serve: (*API).logout, told: "GET, HEAD, OPTIONS"},
	protocol + "userinfo": {
		methods: []string{http.MethodGet, http.MethodPost}, serve: (*API).userinfo, told: "GET, HEAD, OPTIONS",
	},
}

const protocol = "protocol/openid-connect/"

func (a *API) serve(c echo.Context) error {
	name, path, _ := strings.Cut(strings.TrimPrefix(c.Request().URL.Path, Path+"/"), "/")
	at, ok := endpoints[strings.TrimSuffix(path, "/")]
	r := &request{Context: c, realm: name}
	switch method := c.Request().Method; {
	case !ok:
		return said(c, http.StatusNotFound, "HTTP 404 Not Found")
	case method == http.MethodOptions:
		return at.preflight(r)
	case !contains(at.methods, method):
		return said(c, http.StatusMethodNotAllowed, "HTTP 405 Method Not Allowed")
	case method == http.MethodPost:
		if err := r.read(); err != nil {
			return r.refuse(http.StatusBadRequest, err)
		}
	}
	return at.serve(a, r)
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// read reads the form and HTTP Basic. What is no form is an empty one.
func (r *request) read() error {
	r.form = url.Values{}
	kind, _, err := mime.ParseMediaType(r.Request().Header.Get(echo.HeaderContentType))
	if err == nil && kind == echo.MIMEMultipartForm {
		r.Request().Body = http.MaxBytesReader(nil, r.Request().Body, maxForm)
		parts, err := r.MultipartForm()
		if err != nil {
			return fault.New(fault.OAuthInvalidRequest, "the form cannot be read")
		}
		r.form = parts.Value
	}
	if err == nil && kind == echo.MIMEApplicationForm {
		body, err := io.ReadAll(io.LimitReader(r.Request().Body, maxForm+1))
		if err != nil {
			return err
		}
		if r.form, err = url.ParseQuery(string(body)); err != nil || len(body) > maxForm {
			return fault.New(fault.OAuthInvalidRequest, "the form cannot be read")
		}
	}
	for _, values := range r.form {
		if len(values) > 1 {
			return fault.New(fault.OAuthInvalidRequest, "duplicated parameter")
		}
	}
	if id, secret, ok := r.Request().BasicAuth(); ok {
		if c, ok := contract.DecodeClient(id, secret); ok {
			r.basic = &realm.ClientCredentials{ID: c.ID, Secret: c.Secret}
		}
	}
	return nil
}

// client returns the credentials of the client. The form counts before the header, as in Keycloak.
func (r *request) client() realm.ClientCredentials {
	var c realm.ClientCredentials
	if r.basic != nil {
		c = *r.basic
	}
	if r.form.Has("client_id") {
		c.ID = r.form.Get("client_id")
	}
	if r.form.Has("client_secret") {
		c.Secret = r.form.Get("client_secret")
	}
	return c
}

// value returns a parameter; nil: it was not sent.
func (r *request) value(name string) *string {
	if !r.form.Has(name) {
		return nil
	}
	v := r.form.Get(name)
	return &v
}

func (a *API) about(r *request) error {
	found, err := a.Issuer.Realm(r.Request().Context(), r.realm)
	if err != nil {
		return r.unknown(err)
	}
	key, err := a.Issuer.PublicKey(r.Request().Context())
	if err != nil {
		return err
	}
	r.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
	before := int64(0)
	if !found.NotBefore.IsZero() {
		before = found.NotBefore.Unix()
	}
	return r.JSON(http.StatusOK, map[string]any{
		"realm": found.Name, "public_key": base64.StdEncoding.EncodeToString(key.DER),
		"token-service":     a.Issuer.IssuerOf(found.Name) + "/" + strings.TrimSuffix(protocol, "/"),
		"tokens-not-before": before,
	})
}

func (a *API) discovery(r *request) error {
	if _, err := a.Issuer.Realm(r.Request().Context(), r.realm); err != nil {
		return r.unknown(err)
	}
	r.anyOrigin()
	r.Response().Header().Set(echo.HeaderCacheControl, "no-cache, must-revalidate, no-transform, no-store")
	issuer := a.Issuer.IssuerOf(r.realm)
	base := issuer + "/" + protocol
	methods := []string{"client_secret_basic", "client_secret_post"}
	return r.JSON(http.StatusOK, map[string]any{
		"issuer": issuer, "token_endpoint": base + "token", "jwks_uri": base + "certs",
		"introspection_endpoint": base + "token/introspect", "userinfo_endpoint": base + "userinfo",
		"revocation_endpoint": base + "revoke", "end_session_endpoint": base + "logout",
		"grant_types_supported":    []string{"password", "client_credentials", "refresh_token"},
		"response_types_supported": []string{"none"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"scopes_supported":                      append([]string{"openid"}, realm.ClientScopes()...),
		"claims_supported": []string{
			"iss", "sub", "aud", "exp", "iat", "azp", "sid", "acr", "name", "given_name", "family_name", "preferred_username",
			"email", "email_verified",
		},
		"claim_types_supported":                         []string{"normal"},
		"token_endpoint_auth_methods_supported":         methods,
		"introspection_endpoint_auth_methods_supported": methods,
		"revocation_endpoint_auth_methods_supported":    methods,
	})
}

func (a *API) certs(r *request) error {
	if _, err := a.Issuer.Realm(r.Request().Context(), r.realm); err != nil {
		return r.unknown(err)
	}
	keys, err := a.Issuer.PublicKeys(r.Request().Context())
	if err != nil {
		return err
	}
	out := make([]map[string]string, len(keys))
	for i, k := range keys {
		out[i] = map[string]string{"kid": k.KeyID, "kty": "RSA", "alg": "RS256", "use": "sig", "n": k.N, "e": k.E}
	}
	r.anyOrigin()
	r.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
	return r.JSON(http.StatusOK, map[string]any{"keys": out})
}

// unknown answers for a realm that does not exist.
func (r *request) unknown(err error) error {
	if fault.IsCode(err, fault.NotFound) {
		return said(r.Context, http.StatusNotFound, "Realm does not exist")
	}
	return err
}

func said(c echo.Context, status int, text string) error {
	return c.JSON(status, map[string]string{"error": text})
}

// refuse answers an error as RFC 6749 section 5.2 words it.
func (r *request) refuse(status int, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	return r.JSON(status, map[string]string{"error": string(f.Code), "error_description": f.Message})
}

// dialect words what the edge refuses, such as too many requests.
type dialect struct{}

// Render implements contract.Dialect.
func (dialect) Render(_ *contract.Operation, e *fault.Error, _, _ string) contract.Failure {
	k := contract.KindOf(e.Code)
	code := "server_error"
	switch {
	case e.Code == fault.RateLimited:
		code = "slow_down"
	case k.Status == http.StatusServiceUnavailable:
		code = "temporarily_unavailable"
	case k.Status < http.StatusInternalServerError:
		code = "invalid_request"
	}
	body, err := json.Marshal(map[string]string{"error": code, "error_description": e.Message})
	if err != nil {
		panic(err) // strings
	}
	return contract.Failure{Status: k.Status, ContentType: "application/json", Body: body}
}
