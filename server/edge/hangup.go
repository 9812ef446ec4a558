package edge

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/fault"
)

// clientClosed is the status in log and metrics of a request whose client hung up. Nobody sees
// it as an answer; the number is nginx's.
const clientClosed = 499

// hungUp reports whether a failure is one of a client that has gone: what was done for it was
// cancelled, and that is no failure of ours.
func hungUp(ctx context.Context, f *fault.Error) bool {
	return errors.Is(ctx.Err(), context.Canceled) &&
		(f.Code == fault.Timeout || f.Code == fault.Unavailable || f.Code == fault.Internal)
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
