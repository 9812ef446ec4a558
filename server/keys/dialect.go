package keys

import (
	"encoding/json"
	"net/http"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/gen/keys"
	"github.com/alania-go/alania/server/contract"
)

// Dialect words errors as a title, a detail and the time.
type Dialect struct {
	Now clock.Clock
}

type kind struct {
	status int
	title  string
}

var kinds = map[fault.Code]kind{
	fault.Malformed:                 {http.StatusBadRequest, "Malformed request"},
	fault.ValidationFailed:          {http.StatusBadRequest, "Validation failed"},
	fault.InvalidCursor:             {http.StatusBadRequest, "Invalid cursor"},
	fault.Unauthenticated:           {http.StatusUnauthorized, "Authentication required"},
	fault.InsufficientScope:         {http.StatusForbidden, "Insufficient scope"},
	fault.AccessDenied:              {http.StatusForbidden, "Access denied"},
	fault.FeatureLimit:              {http.StatusForbidden, "Feature limit reached"},
	fault.NotFound:                  {http.StatusNotFound, "Not found"},
	fault.RouteNotFound:             {http.StatusNotFound, "No such operation"},
	fault.MethodNotAllowed:          {http.StatusMethodNotAllowed, "Method not allowed"},
	fault.Conflict:                  {http.StatusConflict, "Conflict"},
	fault.PreconditionFailed:        {http.StatusPreconditionFailed, "Precondition failed"},
	fault.PayloadTooLarge:           {http.StatusRequestEntityTooLarge, "Payload too large"},
	fault.UnsupportedMediaType:      {http.StatusUnsupportedMediaType, "Unsupported media type"},
	fault.IdempotencyInFlight:       {http.StatusConflict, "Request in progress"},
	fault.IdempotencyMismatch:       {http.StatusUnprocessableEntity, "Idempotency key reused"},
	fault.RateLimited:               {http.StatusTooManyRequests, "Too many requests"},
	fault.Timeout:                   {http.StatusServiceUnavailable, "Timed out"},
	fault.Unavailable:               {http.StatusServiceUnavailable, "Service unavailable"},
	fault.Upstream:                  {http.StatusBadGateway, "Upstream failed"},
	fault.UpstreamTimeout:           {http.StatusGatewayTimeout, "Upstream timed out"},
	fault.Internal:                  {http.StatusInternalServerError, "Internal error"},
	fault.OAuthInvalidRequest:       {http.StatusBadRequest, "Invalid request"},
	fault.OAuthInvalidClient:        {http.StatusUnauthorized, "Invalid client"},
	fault.OAuthInvalidScope:         {http.StatusBadRequest, "Invalid scope"},
	fault.OAuthUnauthorizedClient:   {http.StatusBadRequest, "Unauthorized client"},
	fault.OAuthUnsupportedGrantType: {http.StatusBadRequest, "Unsupported grant type"},
}

// Render implements contract.Dialect.
func (d Dialect) Render(_ *contract.Operation, e *fault.Error, _, _ string) contract.Failure {
	k := kinds[e.Code]
	if e.Reason == apikey.PermissionsExceeded { // the request is as documented; what it asks for is too much
		k = kind{http.StatusUnprocessableEntity, "Permissions exceeded"}
	}
	body, err := json.Marshal(keys.Error{Title: k.title, Detail: detail(e), Time: d.Now()})
	if err != nil {
		panic(err) // strings and a time
	}
	return contract.Failure{Status: k.status, ContentType: "application/json", Body: append(body, '\n')}
}

// detail names every violation, where there are any.
func detail(e *fault.Error) string {
	if len(e.Violations) == 0 {
		return e.Message
	}
	text := ""
	for i, v := range e.Violations {
		if i > 0 {
			text += "; "
		}
		field := v.Pointer
		if field == "" { // the body as a whole
			field = "the " + v.In
		}
		text += field + " " + v.Message
	}
	return text + "."
}
