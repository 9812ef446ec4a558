package contract

import (
	"net/http"

	"github.com/alania-go/alania/domain/fault"
)

// Kind is how HTTP and a person are told of a fault.
type Kind struct {
	Status int
	Title  string
}

// KindOf returns the usual kind of a code. A dialect may have another for some.
func KindOf(code fault.Code) Kind { return kinds[code] }

var kinds = map[fault.Code]Kind{
	fault.Malformed:                 {http.StatusBadRequest, "Malformed request"},
	fault.ValidationFailed:          {http.StatusUnprocessableEntity, "Validation failed"},
	fault.InvalidCursor:             {http.StatusUnprocessableEntity, "Invalid cursor"},
	fault.Unauthenticated:           {http.StatusUnauthorized, "Authentication required"},
	fault.InsufficientScope:         {http.StatusForbidden, "Insufficient scope"},
	fault.AccessDenied:              {http.StatusForbidden, "Access denied"},
	fault.FeatureLimit:              {http.StatusForbidden, "Feature limit reached"},
	fault.NotFound:                  {http.StatusNotFound, "Not found"},
	fault.RouteNotFound:             {http.StatusNotFound, "No such operation"},
	fault.MethodNotAllowed:          {http.StatusMethodNotAllowed, "Method not allowed"},
	fault.Conflict:                  {http.StatusConflict, "Conflict"},
	fault.RuleBroken:                {http.StatusUnprocessableEntity, "Rule broken"},
	fault.PreconditionFailed:        {http.StatusPreconditionFailed, "Precondition failed"},
	fault.RangeNotSatisfiable:       {http.StatusRequestedRangeNotSatisfiable, "Range not satisfiable"},
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
	fault.OAuthInvalidGrant:         {http.StatusBadRequest, "Invalid grant"},
	fault.OAuthInvalidScope:         {http.StatusBadRequest, "Invalid scope"},
	fault.OAuthUnauthorizedClient:   {http.StatusBadRequest, "Unauthorized client"},
	fault.OAuthInvalidTarget:        {http.StatusBadRequest, "Invalid target"},
	fault.OAuthUnsupportedGrantType: {http.StatusBadRequest, "Unsupported grant type"},
}
