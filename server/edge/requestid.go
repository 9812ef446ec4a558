package edge

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/server/contract"
)

const maxRequestID = 128

// requestID takes the caller's id when it is harmless in a log and a header.
func requestID(r *http.Request) string {
	if s := r.Header.Get(echo.HeaderXRequestID); harmless(s) {
		return s
	}
	return id.New().ULID()
}

// nameRequest takes the request's id from where the contract has it, and tells of it there, once
// it is known which contract answers.
func nameRequest(c echo.Context, x *contract.Exchange, of *contract.Contract) {
	if of.ShowID == nil && (of.RequestID == "" || of.RequestID == echo.HeaderXRequestID) {
		return
	}
	r := c.Request()
	if given := r.Header.Get(of.RequestID); harmless(given) {
		x.RequestID = given
	} else if of.ShowID != nil {
		x.RequestID = of.ShowID(id.New())
	}
	h := c.Response().Header()
	h.Del(echo.HeaderXRequestID)
	h.Set(of.RequestID, x.RequestID)
}

func harmless(s string) bool {
	if s == "" || len(s) > maxRequestID {
		return false
	}
	for i := range len(s) {
		ch := s[i]
		if (ch < '0' || ch > '9') && (ch < 'a' || ch > 'z') && (ch < 'A' || ch > 'Z') &&
			!strings.ContainsRune("-_.:", rune(ch)) {
			return false
		}
	}
	return true
}
