package middleware

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/server/contract"
)

// What the scripts of other sites may read beside the body.
const exposed = "X-Request-ID, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, RateLimit, RateLimit-Policy, Retry-After"

func anyOrigin(h http.Header) {
	h.Set(echo.HeaderAccessControlAllowOrigin, "*")
	h.Set(echo.HeaderAccessControlExposeHeaders, exposed)
}

// Preflight answers what browsers ask before a script of another site may call
// (OPTIONS), for the operations of a contract that take calls from every site.
func (e *Edge) Preflight(router *echo.Echo, c *contract.Contract) {
	methods := map[string][]string{}
	for _, op := range c.Operations {
		if op.AnyOrigin {
			methods[op.Path] = append(methods[op.Path], op.Method)
		}
	}
	for path, list := range methods {
		slices.Sort(list)
		allowed := strings.Join(list, ", ")
		router.OPTIONS(strings.NewReplacer("{", ":", "}", "").Replace(path), func(c echo.Context) error {
			h := c.Response().Header()
			anyOrigin(h)
			h.Set(echo.HeaderAllow, allowed)
			h.Set(echo.HeaderAccessControlAllowMethods, allowed)
			h.Set(echo.HeaderAccessControlAllowHeaders, "Content-Type, X-Request-ID")
			h.Set(echo.HeaderAccessControlMaxAge, "86400")
			return c.NoContent(http.StatusNoContent)
		})
	}
}
