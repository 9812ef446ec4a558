package edge

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/server/contract"
)

// Error is the one door through which every error leaves, in the form of the contract
// of its operation, or of the contract nearest to its path.
func (e *Edge) Error(err error, c echo.Context) {
	r, res := c.Request(), c.Response()
	x := contract.From(r.Context())
	f := known(err)
	if x.Cause = f.Cause; x.Cause == nil && f.Code == fault.Internal {
		x.Cause = err
	}
	if res.Committed { // too late for another answer
		if x.Cause == nil {
			x.Cause = f
		}
		return
	}
	if hungUp(x.Connection, f) {
		res.Status, res.Committed = clientClosed, true
		return
	}
	if f.Code == fault.MethodNotAllowed {
		allowHead(res.Header())
	}
	if x.Operation == nil && !x.Admitted {
		// Looking for operations is limited too, and tells where one stands as all else does.
		if limited := e.takeFromBucket(c, x, nil, "miss:"); limited != nil {
			f = known(limited)
		}
	}
	answering := e.contract(x, r.URL.Path)
	if x.Operation == nil {
		nameRequest(c, x, answering)
		echoHeaders(c, answering)
	}
	out := answering.Dialect.Render(x.Operation, f, r.URL.Path, x.RequestID)
	h := res.Header()
	if f.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(max(1, seconds(f.RetryAfter))))
	}
	switch {
	case f.Code == fault.OAuthInvalidClient,
		f.Code == fault.OAuthUnauthorizedClient && out.Status == http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Basic realm="alania", charset="UTF-8"`)
	case f.Code == fault.InsufficientScope && x.Operation != nil && x.Principal != nil:
		// RFC 6750 section 3.1.
		h.Set("WWW-Authenticate",
			`Bearer realm="alania", error="insufficient_scope", scope="`+strings.Join(scopesFor(x), " ")+`"`)
	case out.Status == http.StatusUnauthorized && out.Challenge != "":
		h.Set("WWW-Authenticate", out.Challenge)
	case out.Status == http.StatusUnauthorized && r.Header.Get("Authorization") == "":
		h.Set("WWW-Authenticate", `Bearer realm="alania"`)
	case out.Status == http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="alania", error="invalid_token"`)
	}
	if out.Status == http.StatusUnauthorized && x.ResourceMetadata != "" {
		h.Set("WWW-Authenticate", h.Get("WWW-Authenticate")+`, resource_metadata="`+x.ResourceMetadata+`"`)
	}
	if f.Code == fault.PayloadTooLarge {
		// The rest of the body is not read, so the connection cannot be used again.
		h.Set("Connection", "close")
	}
	h.Set("Content-Type", out.ContentType)
	h.Set("Content-Length", strconv.Itoa(len(out.Body)))
	if r.Method == http.MethodHead {
		out.Body = nil
	}
	res.WriteHeader(out.Status)
	if _, err := res.Write(out.Body); err != nil && x.Cause == nil {
		x.Cause = err
	}
}

// contract returns the one in whose words a request is answered.
func (e *Edge) contract(x *contract.Exchange, path string) *contract.Contract {
	if x.Operation != nil {
		return x.Operation.Contract
	}
	return contract.Nearest(e.Contracts, path)
}

// known returns the fault in an error of echo, of the generated code or of a service.
func known(err error) *fault.Error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	var h *echo.HTTPError
	if errors.As(err, &h) {
		switch h.Code {
		case http.StatusNotFound:
			return fault.New(fault.RouteNotFound, "No operation has this path.")
		case http.StatusMethodNotAllowed:
			return fault.New(fault.MethodNotAllowed, "The path has no operation with this method.")
		case http.StatusRequestEntityTooLarge:
			return fault.New(fault.PayloadTooLarge, "The body is larger than this operation takes.")
		case http.StatusUnsupportedMediaType:
			return fault.New(fault.UnsupportedMediaType, "The operation does not take this Content-Type.")
		case http.StatusBadRequest:
			// The text of the generated code may repeat the value: only the log sees it.
			return fault.New(fault.Malformed, "The request is not well-formed.").WithCause(err)
		}
	}
	return fault.Wrap(err)
}
