package issuer

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// origin lets the pages of the request's origin read the answer.
func (r *request) origin() {
	h := r.Response().Header()
	h.Add(echo.HeaderVary, echo.HeaderOrigin)
	h.Set(echo.HeaderAccessControlAllowOrigin, r.Request().Header.Get(echo.HeaderOrigin))
	h.Set(echo.HeaderAccessControlAllowCredentials, "true")
}

// anyOrigin lets the pages of every site read what is public anyway.
func (r *request) anyOrigin() {
	if r.Request().Header.Get(echo.HeaderOrigin) != "" {
		r.origin()
	}
}

// clientOrigin lets the pages of the client's own sites read the answer.
func (a *API) clientOrigin(r *request, clientID string) error {
	origin := r.Request().Header.Get(echo.HeaderOrigin)
	if origin == "" {
		return nil
	}
	allowed, err := a.Issuer.AllowsOrigin(r.Request().Context(), r.realm, clientID, origin)
	if err != nil || !allowed {
		return err
	}
	r.origin()
	r.Response().Header().Set(echo.HeaderAccessControlExposeHeaders, "Access-Control-Allow-Methods")
	return nil
}

// preflight answers what a browser asks before it calls: every page may ask, and the answer to the call says who may
// read it.
func (e endpoint) preflight(r *request) error {
	h := r.Response().Header()
	methods := strings.Join(append(slices.Clone(e.methods), http.MethodOptions), ", ")
	if e.told != "" {
		methods = e.told
	}
	switch {
	case e.closed:
		h.Set(echo.HeaderAllow, "HEAD, "+methods)
	case r.Request().Header.Get(echo.HeaderOrigin) != "":
		r.origin()
		h.Set(echo.HeaderAccessControlAllowMethods, methods)
		h.Set(echo.HeaderAccessControlAllowHeaders, "Origin, Accept, X-Requested-With, Content-Type, "+
			"Access-Control-Request-Method, Access-Control-Request-Headers, DPoP, Authorization")
		h.Set(echo.HeaderAccessControlMaxAge, "3600")
	}
	return r.NoContent(http.StatusOK)
}
