package edge

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/server/contract"
)

const requestIDHeader = "X-Request-Id" // as net/http writes it

// Values that are the same in every answer. To add to one makes another slice: their capacity is their length.
var (
	noSniff   = []string{"nosniff"}
	noStore   = []string{"no-store"}
	httpsOnly = []string{"max-age=31536000"}
)

// standardHeaders are those that every answer has.
func (e *Edge) standardHeaders(c echo.Context, x *contract.Exchange) {
	h := c.Response().Header()
	x.SetHeader(h, requestIDHeader, x.RequestID)
	h["X-Content-Type-Options"], h["Cache-Control"] = noSniff, noStore
	if e.TLS {
		h["Strict-Transport-Security"] = httpsOnly
	}
}

// operationHeaders are those that every answer of the operation has, errors too.
func (e *Edge) operationHeaders(c echo.Context, x *contract.Exchange) error {
	op, h := x.Operation, c.Response().Header()
	nameRequest(c, x, op.Contract)
	echoHeaders(c, op.Contract)
	for name, values := range op.Deprecation {
		h[name] = values
	}
	if op.Successor != "" {
		h.Set("Link", "<"+expand(op.Successor, c.Param)+`>; rel="successor-version"`)
	}
	if op.AnyOrigin {
		anyOrigin(c.Request(), h)
	}
	return nil
}

// echoHeaders repeats the headers of the request that the contract has in every answer.
func echoHeaders(c echo.Context, of *contract.Contract) {
	r, h := c.Request(), c.Response().Header()
	for _, name := range of.Echoed {
		if value := r.Header.Get(name); value != "" && len(value) <= contract.MaxRequestID {
			h.Set(name, value)
		}
	}
}

// checkHeaders refuses what the contract refuses by itself: a header that is missing or malformed.
func (e *Edge) checkHeaders(c echo.Context, x *contract.Exchange) error {
	of := c.Request().Header
	for i := range x.Operation.Headers {
		if err := x.Operation.Headers[i].Refuse(of); err != nil {
			return err
		}
	}
	return nil
}

// expand puts the parameters of the request's path into another path.
func expand(template string, param func(string) string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		out.WriteString(url.PathEscape(param(name)))
		template = after
	}
}
