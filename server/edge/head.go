package edge

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

type headKey struct{}

// Head answers HEAD like GET, without the content (RFC 9110 section 9.3.2). What comes after it
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

// allowHead lists HEAD in Allow next to GET.
func allowHead(h http.Header) {
	allow := h.Get(echo.HeaderAllow)
	list := strings.Split(allow, ", ")
	if slices.Contains(list, http.MethodGet) && !slices.Contains(list, http.MethodHead) {
		h.Set(echo.HeaderAllow, allow+", "+http.MethodHead)
	}
}
