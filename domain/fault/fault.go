// Package fault is the vocabulary of what can go wrong. A domain error carries a
// stable code, a message for the caller, the violations it found, a retry hint and
// the cause for the log; it knows neither an HTTP status nor a body shape. Each
// contract's dialect renders it.
package fault

import (
	"context"
	"errors"
	"time"
)

// Code names one way a call can be refused. The list is closed: every dialect has a
// row for each code, and a golden test proves it.
type Code string

// The codes. A contract's dialect has the status and the public name of each.
const (
	Malformed            Code = "malformed"              // the request is not well-formed: broken JSON, a bad escape
	ValidationFailed     Code = "validation_failed"      // one or more values break the schema or a rule
	InvalidCursor        Code = "invalid_cursor"         // a cursor that is tampered with, foreign or of another version
	Unauthenticated      Code = "unauthenticated"        // no credentials, or credentials that are not accepted
	InsufficientScope    Code = "insufficient_scope"     // accepted credentials without the scope the operation needs
	AccessDenied         Code = "access_denied"          // the caller may see the thing but not do this with it
	FeatureLimit         Code = "feature_limit_reached"  // the plan does not allow more of this
	NotFound             Code = "not_found"              // missing, or not visible to the caller: the two look the same
	RouteNotFound        Code = "route_not_found"        // no operation has this path
	MethodNotAllowed     Code = "method_not_allowed"     // the path exists, the method does not
	Conflict             Code = "conflict"               // the state of the resource forbids it (duplicate, last owner, …)
	RuleBroken           Code = "rule_broken"            // well-formed and allowed, but against a rule of the platform
	PreconditionFailed   Code = "precondition_failed"    // If-Match names another version
	RangeNotSatisfiable  Code = "range_not_satisfiable"  // nothing of the resource is in the Range that was asked for
	PayloadTooLarge      Code = "payload_too_large"      // the body is larger than the operation takes
	UnsupportedMediaType Code = "unsupported_media_type" // the operation does not take this Content-Type
	IdempotencyInFlight  Code = "idempotency_in_flight"  // the first request with this key is still running
	IdempotencyMismatch  Code = "idempotency_mismatch"   // the key was used with another payload
	RateLimited          Code = "rate_limited"           // the limit of the caller's tier is used up
	Timeout              Code = "timeout"                // the operation did not finish in its time
	Unavailable          Code = "unavailable"            // something the operation needs is down for now
	// a system that the caller attached cannot be reached, or answers with nonsense
	Upstream        Code = "upstream"
	UpstreamTimeout Code = "upstream_timeout" // a system that the caller attached did not answer in its time
	Internal        Code = "internal"         // our fault; the cause is in the log
)

// OAuth error codes of RFC 6749 section 5.2; only OAuth operations raise them.
const (
	OAuthInvalidRequest       Code = "invalid_request"
	OAuthInvalidClient        Code = "invalid_client"
	OAuthInvalidGrant         Code = "invalid_grant"
	OAuthInvalidScope         Code = "invalid_scope"
	OAuthUnauthorizedClient   Code = "unauthorized_client"
	OAuthUnsupportedGrantType Code = "unsupported_grant_type"
	OAuthInvalidTarget        Code = "invalid_target" // RFC 8707 section 2
)

// Codes lists every code, for tests that must cover all of them.
func Codes() []Code {
	return []Code{
		Malformed, ValidationFailed, InvalidCursor, Unauthenticated, InsufficientScope, AccessDenied, FeatureLimit, NotFound,
		RouteNotFound, MethodNotAllowed, Conflict, RuleBroken, PreconditionFailed, RangeNotSatisfiable, PayloadTooLarge,
		UnsupportedMediaType,
		IdempotencyInFlight, IdempotencyMismatch, RateLimited, Timeout, Unavailable, Upstream, UpstreamTimeout, Internal,
		OAuthInvalidRequest, OAuthInvalidClient, OAuthInvalidGrant, OAuthInvalidScope, OAuthUnauthorizedClient,
		OAuthUnsupportedGrantType,
		OAuthInvalidTarget,
	}
}

// NoCredentials is the reason of an Unauthenticated request that had none at all. Contracts answer it
// as they answer credentials that are not accepted.
const NoCredentials = "no_credentials"

// Where a violation was found.
const (
	InBody   = "body"
	InQuery  = "query"
	InPath   = "path"
	InHeader = "header"
)

// Violation is one value that breaks one rule. It never carries the value.
type Violation struct {
	In      string // InBody, InQuery, InPath or InHeader
	Pointer string // RFC 6901 pointer: into the body, or "/" and the parameter's name
	Code    string // the rule: required, type, enum, format, pattern, minimum, unknown_field, …
	Message string // what would be accepted, in words
}

// Error is a refusal or failure with everything a dialect needs to render it.
type Error struct {
	Code       Code
	Reason     string // a finer, stable code within Code, such as last_owner; empty when there is none
	Message    string // for the caller; no secret, no driver text, no submitted value
	Violations []Violation
	RetryAfter time.Duration  // zero: no hint
	Details    map[string]any // what a dialect may show with the message, such as limit or feature
	Resource   string         // of NotFound: what does not exist, such as workspace
	Cause      error          // for the log only
}

// Name returns what contracts call the error: its reason, or its code when it has none that they tell.
func (e *Error) Name() string {
	if e.Reason == "" || untold[e.Reason] {
		return string(e.Code)
	}
	return e.Reason
}

// Error returns the code, the public message and the cause: it is for logs, not for callers.
func (e *Error) Error() string {
	s := string(e.Code) + ": " + e.Message
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New makes an error of a code with a public message.
func New(code Code, message string) *Error { return &Error{Code: code, Message: message} }

// WithCause attaches the cause, which only the log sees, and returns the error.
func (e *Error) WithCause(cause error) *Error {
	e.Cause = cause
	return e
}

// Wrap turns an unexpected error into Internal, or Timeout when the context ended.
// An error that already is an *Error passes unchanged.
func Wrap(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return New(Timeout, "The operation did not finish in time. Nothing was changed; try again.").WithCause(err)
	}
	return New(Internal, "An unexpected error occurred. Quote the request id when you report it.").WithCause(err)
}

// Invalid makes a ValidationFailed error of its violations.
func Invalid(v ...Violation) *Error {
	return &Error{
		Code: ValidationFailed, Message: "The request does not meet the documented schema or rules.", Violations: v,
	}
}

// Body makes a violation in the request body.
func Body(pointer, code, message string) Violation {
	return Violation{In: InBody, Pointer: pointer, Code: code, Message: message}
}

// NewNotFound is the answer for a resource that is not there or not the caller's to see.
func NewNotFound(what string) *Error {
	return &Error{Code: NotFound, Message: "The " + what + " does not exist.", Resource: what}
}

// IsCode reports whether err is an *Error of the code.
func IsCode(err error, code Code) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}
