package edge

import (
	"errors"
	"net/http"
	"runtime/debug"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/server/contract"
)

// withRecovery turns a panic into an error. A response that has begun cannot be taken back:
// its connection is cut, so that no client takes half of it for the whole.
func (e *Edge) withRecovery(next echo.HandlerFunc, c echo.Context) (err error) {
	defer func() {
		switch p := recover(); {
		case p == nil:
		case p == http.ErrAbortHandler: //nolint:errorlint // the value itself is thrown
			panic(p)
		default:
			e.Log.Error("panic", "panic", p, "request_id", contract.From(c.Request().Context()).RequestID, "stack",
				string(debug.Stack()))
			if c.Response().Committed {
				panic(http.ErrAbortHandler)
			}
			err = errors.New("panic")
		}
	}()
	return next(c)
}
