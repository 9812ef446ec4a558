package core

import (
	"strings"

	"github.com/labstack/echo/v4"
)

// wildcards puts what is generated on the router. The URI of a resource may have slashes, so its
// parameter takes the rest of the path.
type wildcards struct{ *echo.Echo }

const rest = "/:uri"

// GET implements the generated EchoRouter.
func (r wildcards) GET(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	before, ok := strings.CutSuffix(path, rest)
	if !ok {
		return r.Echo.GET(path, h, m...)
	}
	named := func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			c.SetParamNames(strings.TrimPrefix(rest, "/:"))
			return next(c)
		}
	}
	return r.Echo.GET(before+"/*", h, append([]echo.MiddlewareFunc{named}, m...)...)
}
