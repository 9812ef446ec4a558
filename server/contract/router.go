package contract

import (
	"errors"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"
)

// Router takes the routes of a contract from the generated code. A parameter that the bundle
// marks with x-path: rest takes the rest of the path, slashes too.
type Router struct {
	router     *echo.Echo
	contract   *Contract
	operations map[string]*Operation // by method and path of a route
	rest       map[string]string     // by the path of a route, the name of its last parameter
}

// NewRouter returns the router of a contract.
func NewRouter(router *echo.Echo, c *Contract) *Router {
	r := &Router{router: router, contract: c, rest: map[string]string{}, operations: map[string]*Operation{}}
	for _, op := range c.Operations {
		r.operations[op.Method+" "+Route(op.Path)] = op
		if op.Rest != "" {
			r.rest[Route(op.Path)] = op.Rest
		}
	}
	return r
}

// Contract returns the contract whose routes they are.
func (r *Router) Contract() *Contract { return r.contract }

// Route returns a path of a bundle as the router of echo writes it.
func Route(path string) string { return strings.NewReplacer("{", ":", "}", "").Replace(path) }

// Route returns the path of the operation as the router of echo has it.
func (op *Operation) Route() string {
	if op.Rest == "" {
		return Route(op.Path)
	}
	return Route(strings.TrimSuffix(op.Path, "{"+op.Rest+"}")) + "*"
}

// Add puts a route on the router, with the names of its parameters as they are in the bundle.
func (r *Router) Add(method, path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	for i := len(m) - 1; i >= 0; i-- { // once: echo would wrap the handler for every request
		h = m[i](h)
	}
	if op := r.operations[method+" "+path]; op != nil {
		op.Handle = h
	}
	name := r.rest[path]
	if name == "" {
		return r.router.Add(method, path, h)
	}
	var names []string
	for part := range strings.SplitSeq(path, "/") {
		if param, ok := strings.CutPrefix(part, ":"); ok {
			names = append(names, param)
		}
	}
	return r.router.Add(method, strings.TrimSuffix(path, ":"+name)+"*", func(c echo.Context) error {
		c.SetParamNames(names...)
		return h(c)
	})
}

// These are what generated code calls.

// CONNECT puts a route on the router.
func (r *Router) CONNECT(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(echo.CONNECT, path, h, m...)
}

// DELETE puts a route on the router.
func (r *Router) DELETE(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(echo.DELETE, path, h, m...)
}

// GET puts a route on the router.
func (r *Router) GET(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(echo.GET, path, h, m...)
}

// HEAD puts a route on the router.
func (r *Router) HEAD(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(echo.HEAD, path, h, m...)
}

// OPTIONS puts a route on the router.
func (r *Router) OPTIONS(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(echo.OPTIONS, path, h, m...)
}

// PATCH puts a route on the router.
func (r *Router) PATCH(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(echo.PATCH, path, h, m...)
}

// POST puts a route on the router.
func (r *Router) POST(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(echo.POST, path, h, m...)
}

// PUT puts a route on the router.
func (r *Router) PUT(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(echo.PUT, path, h, m...)
}

// TRACE puts a route on the router.
func (r *Router) TRACE(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(echo.TRACE, path, h, m...)
}

// secretPath reports whether a parameter of the path is a secret: x-secret.
func secretPath(parameters ...openapi3.Parameters) bool {
	return slices.ContainsFunc(slices.Concat(parameters...), func(p *openapi3.ParameterRef) bool {
		return p.Value.In == openapi3.ParameterInPath && p.Value.Extensions["x-secret"] == true
	})
}

// restOf returns the name of the parameter that takes the rest of the path; empty: none does.
func restOf(path string, parameters ...openapi3.Parameters) (string, error) {
	for _, p := range slices.Concat(parameters...) {
		switch how, _ := p.Value.Extensions["x-path"].(string); {
		case p.Value.Extensions["x-path"] == nil:
		case how != "rest" || p.Value.In != openapi3.ParameterInPath:
			return "", errors.New("x-path is rest, of a parameter in the path")
		case !strings.HasSuffix(path, "/{"+p.Value.Name+"}"):
			return "", errors.New("x-path: rest is not supported for a parameter that is not the last of the path")
		default:
			return p.Value.Name, nil
		}
	}
	return "", nil
}
