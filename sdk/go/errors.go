package alania

import (
	"errors"
	"net/http"

	"github.com/alania-go/alania/sdk/go/internal/apierror"
)

// Error is an answer of the API that is not a success, of every contract. Find it with
// errors.As, and compare it with errors.Is and ErrNotFound and the like.
type Error = apierror.Error

// Violation is one value that was refused.
type Violation = apierror.Violation

// Dialect is the form that an error answer had.
type Dialect = apierror.Dialect

// The dialects of the contracts.
const (
	DialectProblem = apierror.DialectProblem
	DialectOAuth   = apierror.DialectOAuth
	DialectCore    = apierror.DialectCore
	DialectKeys    = apierror.DialectKeys
	DialectNested  = apierror.DialectNested
	DialectDetail  = apierror.DialectDetail
	DialectUnknown = apierror.DialectUnknown
)

// Errors for use with errors.Is, one for each status that a program may want to tell apart.
const (
	ErrNotModified        = apierror.Status(http.StatusNotModified)
	ErrBadRequest         = apierror.Status(http.StatusBadRequest)
	ErrUnauthorized       = apierror.Status(http.StatusUnauthorized)
	ErrForbidden          = apierror.Status(http.StatusForbidden)
	ErrNotFound           = apierror.Status(http.StatusNotFound)
	ErrConflict           = apierror.Status(http.StatusConflict)
	ErrGone               = apierror.Status(http.StatusGone)
	ErrPreconditionFailed = apierror.Status(http.StatusPreconditionFailed)
	ErrUnprocessable      = apierror.Status(http.StatusUnprocessableEntity)
	ErrRateLimited        = apierror.Status(http.StatusTooManyRequests)
	ErrUnavailable        = apierror.Status(http.StatusServiceUnavailable)
)

// IsNotModified reports whether what is asked for is still what If-None-Match names.
func IsNotModified(err error) bool { return errors.Is(err, ErrNotModified) }

// IsUnauthorized reports whether the credentials were refused.
func IsUnauthorized(err error) bool { return errors.Is(err, ErrUnauthorized) }

// IsForbidden reports whether the credentials lack a scope.
func IsForbidden(err error) bool { return errors.Is(err, ErrForbidden) }

// IsNotFound reports whether the resource does not exist, or is not yours to see.
func IsNotFound(err error) bool { return errors.Is(err, ErrNotFound) }

// IsConflict reports whether the state of the resource does not allow the call.
func IsConflict(err error) bool { return errors.Is(err, ErrConflict) }

// IsRateLimited reports whether there were too many calls; the Error has RetryAfter.
func IsRateLimited(err error) bool { return errors.Is(err, ErrRateLimited) }

// IsInvalid reports whether values were refused: 422, or 400 in the contracts that answer so.
func IsInvalid(err error) bool {
	return errors.Is(err, ErrUnprocessable) || errors.Is(err, ErrBadRequest)
}

// IsServerError reports whether the server failed: the call may be made again later.
func IsServerError(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.StatusCode >= 500
}

// HasCode reports whether an error has one of the codes.
func HasCode(err error, codes ...string) bool {
	var e *Error
	if errors.As(err, &e) {
		for _, c := range codes {
			if e.Code == c {
				return true
			}
		}
	}
	return false
}
