package edge

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/server/contract"
)

// What the scripts of other sites may read in addition to the body.
const exposed = "X-Request-ID, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, RateLimit, " +
	"RateLimit-Policy, Retry-After"

// anyOrigin lets the page of every site call and read the answer. navigator.sendBeacon always
// calls with credentials, and then a browser takes no * for the origin, so that the page's
// own is named. The operations are public: credentials have no effect on them.
func anyOrigin(r *http.Request, h http.Header) {
	h.Add(echo.HeaderVary, echo.HeaderOrigin)
	if origin := r.Header.Get(echo.HeaderOrigin); origin != "" {
		h.Set(echo.HeaderAccessControlAllowOrigin, origin)
		h.Set(echo.HeaderAccessControlAllowCredentials, "true")
	} else {
		h.Set(echo.HeaderAccessControlAllowOrigin, "*")
	}
	h.Set(echo.HeaderAccessControlExposeHeaders, exposed)
}

// Preflight answers what browsers ask before a script of another site may call
// (OPTIONS), for the operations of a contract that take calls from every site.
func (e *Edge) Preflight(router *echo.Echo, c *contract.Contract) {
	methods := map[string][]string{}
	for _, op := range c.Operations {
		if op.AnyOrigin {
			methods[op.Route()] = append(methods[op.Route()], op.Method)
		}
	}
	for path, list := range methods {
		slices.Sort(list)
		allowed := strings.Join(list, ", ")
		router.OPTIONS(path, func(c echo.Context) error {
			h := c.Response().Header()
			anyOrigin(c.Request(), h)
			h.Set(echo.HeaderAllow, allowed)
			h.Set(echo.HeaderAccessControlAllowMethods, allowed)
			h.Set(echo.HeaderAccessControlAllowHeaders, "Content-Type, X-Request-ID")
			h.Set(echo.HeaderAccessControlMaxAge, "86400")
			return c.NoContent(http.StatusNoContent)
		})
	}
}
