package edge

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/server/contract"
)

// requestID takes the caller's id when it is harmless in a log and a header.
func requestID(r *http.Request) string {
	if s := r.Header.Get(echo.HeaderXRequestID); contract.Harmless(s) {
		return s
	}
	return id.New().ULID()
}

// nameRequest takes the request's id from where the contract has it, and tells of it there, once
// it is known which contract answers.
func nameRequest(c echo.Context, x *contract.Exchange, of *contract.Contract) {
	if of.RequestID == requestIDHeader && of.ShowID == nil && of.ValidRequestID == nil {
		return // the request has it already
	}
	x.RequestID = of.NameRequest(c.Request().Header[of.RequestID])
	h := c.Response().Header()
	h.Del(requestIDHeader)
	h.Set(of.RequestID, x.RequestID)
}
