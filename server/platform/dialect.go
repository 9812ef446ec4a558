package platform

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/gen/platform"
	"github.com/alania-go/alania/server/contract"
)

// Dialect words errors as RFC 9457 problems, and those of OAuth operations as RFC 6749
// section 5.2 says.
type Dialect struct{}

// Render implements contract.Dialect.
func (Dialect) Render(op *contract.Operation, e *fault.Error, path, requestID string) contract.Failure {
	if op != nil && op.ErrorFormat == "oauth" {
		return renderOAuth(e)
	}
	k := contract.KindOf(e.Code)
	code := e.Name()
	p := platform.Problem{
		Type: "/errors/" + code, Title: k.Title, Status: k.Status, Detail: e.Message,
		Instance: (&url.URL{Path: path}).EscapedPath(), Code: code, RequestID: requestID,
	}
	for _, v := range e.Violations {
		p.Errors = append(p.Errors,
			platform.Violation{In: platform.ViolationIn(v.In), Pointer: v.Pointer, Code: v.Code, Detail: v.Message})
	}
	return failure(k.Status, "application/problem+json", p)
}

func renderOAuth(e *fault.Error) contract.Failure {
	k := contract.KindOf(e.Code)
	code, status, text := string(e.Code), k.Status, e.Message
	switch e.Code {
	case fault.OAuthInvalidRequest, fault.OAuthInvalidClient, fault.OAuthInvalidScope, fault.OAuthUnauthorizedClient,
		fault.OAuthUnsupportedGrantType,
		fault.OAuthInvalidGrant, fault.OAuthInvalidTarget, fault.RateLimited:
	case fault.Timeout, fault.Unavailable, fault.Upstream, fault.UpstreamTimeout:
		code = "temporarily_unavailable"
	case fault.PayloadTooLarge, fault.UnsupportedMediaType:
		code = "invalid_request"
	case fault.Internal:
		code = "server_error"
	default: // RFC 6749 knows no 422: what is missing or repeated is an invalid request
		code, status = "invalid_request", http.StatusBadRequest
		for i, v := range e.Violations {
			if i == 0 {
				text = ""
			} else {
				text += "; "
			}
			text += strings.TrimPrefix(v.Pointer, "/") + " " + v.Message
		}
	}
	return failure(status, "application/json", platform.OAuthError{Error: code, ErrorDescription: describable(text)})
}

// describable keeps to the characters that RFC 6749 section 5.2 allows.
func describable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' {
			return '\''
		}
		return r
	}, s)
}

func failure(status int, contentType string, body any) contract.Failure {
	b, err := json.Marshal(body)
	if err != nil {
		panic(err) // strings and integers
	}
	return contract.Failure{Status: status, ContentType: contentType, Body: append(b, '\n')}
}
