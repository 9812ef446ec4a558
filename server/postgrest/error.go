package postgrest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/fault"
)

// body is the body of an error.
type body struct {
	Code    string  `json:"code"`
	Message string  `json:"message"`
	Details any     `json:"details"`
	Hint    *string `json:"hint"`
}

// Error makes the response of an error. What has no words of PostgREST's gets the code PGRST000 and the message that
// any caller may see.
func Error(err error) Response {
	var e *rows.Error
	a := Response{Header: http.Header{}}
	var said body
	if errors.As(err, &e) {
		a.Status = Status(e.Code)
		said = body{Code: e.Code, Message: e.Message, Details: e.Details}
		if e.Hint != "" {
			said.Hint = &e.Hint
		}
	} else {
		f := fault.Wrap(err)
		a.Status = statuses[f.Code]
		if a.Status == 0 {
			a.Status = http.StatusInternalServerError
		}
		said = body{Code: "PGRST000", Message: strings.TrimSuffix(f.Message, ".")}
		if f.RetryAfter > 0 {
			a.Header.Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds()+1)))
		}
	}
	a.Header.Set("Content-Type", "application/json; charset=utf-8")
	a.Header.Set("Proxy-Status", "PostgREST; error="+said.Code)
	a.Body, _ = json.Marshal(said)
	return a
}

// statuses are those of faults that PostgREST does not know.
var statuses = map[fault.Code]int{
	fault.Malformed: 400, fault.ValidationFailed: 400, fault.Unauthenticated: 401, fault.InsufficientScope: 403,
	fault.AccessDenied: 403, fault.FeatureLimit: 403, fault.NotFound: 404, fault.RouteNotFound: 404,
	fault.MethodNotAllowed: 405, fault.Conflict: 409, fault.RuleBroken: 422, fault.PreconditionFailed: 412,
	fault.RangeNotSatisfiable: 416, fault.PayloadTooLarge: 413, fault.UnsupportedMediaType: 415,
	fault.IdempotencyInFlight: 409, fault.IdempotencyMismatch: 422, fault.RateLimited: 429, fault.Timeout: 504,
	fault.Unavailable: 503, fault.Upstream: 502, fault.UpstreamTimeout: 504,
}

// Status is the status that PostgREST has for a code of its own or an SQLSTATE.
func Status(code string) int {
	switch code {
	case rows.CodePutFilters, rows.CodeMethod:
		return http.StatusMethodNotAllowed
	case rows.CodeMediaType, rows.CodeNotSingular:
		return http.StatusNotAcceptable
	case rows.CodeRange:
		return http.StatusRequestedRangeNotSatisfiable
	case rows.CodeAmbiguous:
		return http.StatusMultipleChoices
	case rows.CodeNoTable, "42P01", rows.CodeFunction:
		return http.StatusNotFound
	case rows.CodeUnique, rows.CodeForeignKey:
		return http.StatusConflict
	case rows.CodePrivilege:
		return http.StatusForbidden
	case rows.CodeCanceled:
		return http.StatusInternalServerError
	}
	switch {
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "53"), strings.HasPrefix(code, "57P"):
		return http.StatusServiceUnavailable
	case strings.HasPrefix(code, "40"), strings.HasPrefix(code, "55"), strings.HasPrefix(code, "57"),
		strings.HasPrefix(code, "58"), strings.HasPrefix(code, "XX"), strings.HasPrefix(code, "54"):
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}
