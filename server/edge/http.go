package edge

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/fault"
)

// clientClosed is the status in log and metrics of a request whose client hung up. Nobody sees
// it as an answer; the number is nginx's.
const clientClosed = 499

type headKey struct{}

// Head answers HEAD like GET, without the content (RFC 9110 section 9.3.2). What is behind it
// sees GET; net/http drops the content, and keeps the headers that belong to it.
func Head(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			r = r.WithContext(context.WithValue(r.Context(), headKey{}, true))
			r.Method = http.MethodGet // of a copy
		}
		next.ServeHTTP(w, r)
	})
}

// Method is what the client asked for: HEAD where Head made it GET.
func Method(r *http.Request) string {
	if head, _ := r.Context().Value(headKey{}).(bool); head {
		return http.MethodHead
	}
	return r.Method
}

// allowHead lists HEAD in Allow beside GET.
func allowHead(h http.Header) {
	allow := h.Get(echo.HeaderAllow)
	list := strings.Split(allow, ", ")
	if slices.Contains(list, http.MethodGet) && !slices.Contains(list, http.MethodHead) {
		h.Set(echo.HeaderAllow, allow+", "+http.MethodHead)
	}
}

// hungUp says whether a failure is one of a client that has gone: what was done for it was
// cancelled, and that is no failure of ours.
func hungUp(ctx context.Context, f *fault.Error) bool {
	return errors.Is(ctx.Err(), context.Canceled) && (f.Code == fault.Timeout || f.Code == fault.Unavailable || f.Code == fault.Internal)
}

// What is read of a body that nobody wants, so that its sender, who reads after it has
// written, sees the answer and not a connection that was reset.
const (
	drainBytes = 128 << 20
	drainTime  = 10 * time.Second
	drains     = 64 // at once; a client beyond that may miss its answer
)

var draining = make(chan struct{}, drains)

// drain sends the answer, and then reads what is left of the body, within bounds.
func drain(c echo.Context, r *http.Request) {
	res := c.Response()
	if !res.Committed || res.Status < 400 || r.Body == nil || r.Body == http.NoBody || r.ProtoMajor > 1 {
		return
	}
	if strings.EqualFold(r.Header.Get("Expect"), "100-continue") && r.ContentLength > 0 {
		return // the client waits for the answer before it sends the body
	}
	select {
	case draining <- struct{}{}:
		defer func() { <-draining }()
	default:
		return
	}
	control := http.NewResponseController(res.Writer)
	if control.Flush() != nil || control.SetReadDeadline(time.Now().Add(drainTime)) != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, r.Body, drainBytes)
}
