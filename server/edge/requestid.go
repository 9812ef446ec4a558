package edge

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/id"
)

const maxRequestID = 128

// requestID takes the caller's id when it is harmless in a log and a header.
func requestID(r *http.Request) string {
	s := r.Header.Get(echo.HeaderXRequestID)
	if s == "" || len(s) > maxRequestID {
		return id.New().ULID()
	}
	for i := range len(s) {
		ch := s[i]
		if (ch < '0' || ch > '9') && (ch < 'a' || ch > 'z') && (ch < 'A' || ch > 'Z') && !strings.ContainsRune("-_.:", rune(ch)) {
			return id.New().ULID()
		}
	}
	return s
}
