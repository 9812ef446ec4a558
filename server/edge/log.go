package edge

import (
	"log/slog"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/server/contract"
)

// log ends a request: its measures and its line.
func (e *Edge) log(c echo.Context, x *contract.Exchange) {
	took := time.Since(x.Start)
	res, r := c.Response(), c.Request()
	e.Metrics.end(x.Operation, res.Status, took)
	e.Metrics.stream(x.Operation, x.Received, res.Size)
	level := slog.LevelInfo
	if res.Status >= 500 {
		level = slog.LevelError
	}
	if !e.Log.Enabled(r.Context(), level) {
		return
	}
	path := r.URL.Path
	if x.Operation != nil && x.Operation.SecretPath {
		path = x.Operation.Path
	}
	attrs := make([]slog.Attr, 0, 12)
	attrs = append(attrs, slog.String("request_id", x.RequestID), slog.String("method", Method(r)),
		slog.String("path", path),
		slog.Int("status", res.Status), slog.Int64("bytes", res.Size), slog.Float64("duration_ms",
			float64(took.Microseconds())/1000),
		slog.String("from", x.From.String()))
	if x.Operation != nil {
		attrs = append(attrs, slog.String("operation", x.Operation.ID))
		if x.Operation.Stream != nil {
			attrs = append(attrs, slog.Int64("received", x.Received))
		}
	}
	if p := x.Principal; p != nil {
		attrs = append(attrs, slog.String("actor", p.Labels().Actor), slog.String("org", p.Labels().Org))
	}
	if x.Cause != nil {
		attrs = append(attrs, slog.String("cause", x.Cause.Error()))
	}
	e.Log.LogAttrs(r.Context(), level, "request", attrs...)
}
