package core

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/gen/core"
	"github.com/alania-go/alania/server/contract"
)

// Dialect words errors as an object with a name, a message and what else is known.
type Dialect struct{}

type kind struct {
	status  int
	name    string
	message string // instead of the domain's, where the contract has one of its own
}

var kinds = map[fault.Code]kind{
	fault.Malformed:                 {http.StatusBadRequest, "malformed", ""},
	fault.ValidationFailed:          {http.StatusUnprocessableEntity, "validation_failed", "The given data was invalid."},
	fault.InvalidCursor:             {http.StatusUnprocessableEntity, "validation_failed", "The given data was invalid."},
	fault.Unauthenticated:           {http.StatusUnauthorized, "unauthorized", "Invalid or missing API key."},
	fault.InsufficientScope:         {http.StatusForbidden, "access_denied", ""},
	fault.AccessDenied:              {http.StatusForbidden, "access_denied", ""},
	fault.FeatureLimit:              {http.StatusForbidden, "feature_limit_reached", ""},
	fault.NotFound:                  {http.StatusNotFound, "not_found", "Resource not found."},
	fault.RouteNotFound:             {http.StatusNotFound, "not_found", "Resource not found."},
	fault.MethodNotAllowed:          {http.StatusMethodNotAllowed, "method_not_allowed", ""},
	fault.Conflict:                  {http.StatusConflict, "conflict", ""},
	fault.RuleBroken:                {http.StatusUnprocessableEntity, "rule_broken", ""},
	fault.PreconditionFailed:        {http.StatusPreconditionFailed, "precondition_failed", ""},
	fault.RangeNotSatisfiable:       {http.StatusRequestedRangeNotSatisfiable, "range_not_satisfiable", ""},
	fault.PayloadTooLarge:           {http.StatusRequestEntityTooLarge, "payload_too_large", ""},
	fault.UnsupportedMediaType:      {http.StatusUnsupportedMediaType, "unsupported_media_type", ""},
	fault.IdempotencyInFlight:       {http.StatusConflict, "idempotency_in_flight", ""},
	fault.IdempotencyMismatch:       {http.StatusUnprocessableEntity, "idempotency_mismatch", ""},
	fault.RateLimited:               {http.StatusTooManyRequests, "rate_limit_exceeded", ""},
	fault.Timeout:                   {http.StatusServiceUnavailable, "timeout", ""},
	fault.Unavailable:               {http.StatusServiceUnavailable, "unavailable", ""},
	fault.Upstream:                  {http.StatusBadGateway, "mcp_unreachable", ""},
	fault.UpstreamTimeout:           {http.StatusGatewayTimeout, "mcp_timeout", ""},
	fault.Internal:                  {http.StatusInternalServerError, "server_error", "An unexpected error occurred."},
	fault.OAuthInvalidRequest:       {http.StatusBadRequest, "malformed", ""},
	fault.OAuthInvalidClient:        {http.StatusUnauthorized, "unauthorized", "Invalid or missing API key."},
	fault.OAuthInvalidGrant:         {http.StatusUnauthorized, "unauthorized", ""},
	fault.OAuthInvalidScope:         {http.StatusForbidden, "access_denied", ""},
	fault.OAuthUnauthorizedClient:   {http.StatusUnauthorized, "unauthorized", "Invalid or missing API key."},
	fault.OAuthUnsupportedGrantType: {http.StatusBadRequest, "malformed", ""},
	fault.OAuthInvalidTarget:        {http.StatusBadRequest, "malformed", ""},
}

// reasons are those that this contract has another status or message for than for their code.
var reasons = map[string]kind{
	workspace.SlugTaken: {http.StatusUnprocessableEntity, "validation_failed", "The given data was invalid."},
	webhook.CannotRetry: {
		http.StatusBadRequest, webhook.CannotRetry, "Delivery already succeeded or max retries reached.",
	},
	"delivery_in_progress":      {http.StatusBadRequest, webhook.CannotRetry, ""},
	identity.ReasonOrgSuspended: {http.StatusUnauthorized, identity.ReasonOrgSuspended, ""}, // the message says what to do
}

// Render implements contract.Dialect.
func (Dialect) Render(_ *contract.Operation, e *fault.Error, _, requestID string) contract.Failure {
	k := kinds[e.Code]
	if r, ok := reasons[e.Reason]; ok {
		k = r
	} else if name := e.Name(); name != string(e.Code) {
		k.name = name
	}
	out := core.Error{Error: k.name, Message: e.Message}
	if k.message != "" {
		out.Message = k.message
	}
	switch {
	case e.Reason == workspace.SlugTaken:
		out.Errors = map[string][]string{"slug": {"The slug has already been taken."}}
	case e.Code == fault.Internal:
		out.RequestID = &requestID
	case e.Code == fault.InsufficientScope:
		if s, ok := e.Details["scope"].(string); ok {
			out.Message = "Insufficient permissions. Required scope: " + s
		}
	case e.Code == fault.RateLimited:
		limited(&out, e)
	case len(e.Violations) > 0:
		out.Errors = map[string][]string{}
		for _, v := range e.Violations {
			field := strings.ReplaceAll(strings.Trim(v.Pointer, "/"), "/", ".")
			if field == "" {
				field = v.In
			}
			out.Errors[field] = append(out.Errors[field], sentence(field, v))
		}
	}
	if feature, ok := e.Details["feature"].(string); ok {
		out.Feature = &feature
	}
	if to, ok := e.Details["upgrade_url"].(string); ok {
		out.UpgradeURL = &to
	}
	b, err := json.Marshal(out)
	if err != nil {
		panic(err) // strings and integers
	}
	return contract.Failure{Status: k.status, ContentType: "application/json", Body: append(b, '\n')}
}

func sentence(field string, v fault.Violation) string {
	if v.Code == "required" {
		return "The " + field + " field is required."
	}
	return "The " + field + " field " + v.Message + "."
}

func limited(out *core.Error, e *fault.Error) {
	wait := max(1, int(math.Ceil(e.RetryAfter.Seconds())))
	out.RetryAfter = &wait
	out.Message = "Too many requests. Please retry after " + strconv.Itoa(wait) + " seconds."
	if wait == 1 {
		out.Message = "Too many requests. Please retry after 1 second."
	}
	if n, ok := e.Details["limit"].(int); ok {
		limit := int64(n)
		out.Limit = &limit
	}
	if n, ok := e.Details["remaining"].(int); ok {
		remaining := int64(n)
		out.Remaining = &remaining
	}
	if at, ok := e.Details["reset_at"].(time.Time); ok {
		out.ResetAt = &at
	}
}
