package registry

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/release"
	"github.com/alania-go/alania/server/contract"
)

// statuses are those of the codes that the registry can raise. All others are its own
// mistakes, and so is Internal.
var statuses = map[fault.Code]int{
	fault.Malformed:         http.StatusBadRequest,
	fault.ValidationFailed:  http.StatusBadRequest,
	fault.Unauthenticated:   http.StatusUnauthorized,
	fault.InsufficientScope: http.StatusForbidden,
	fault.AccessDenied:      http.StatusForbidden,
	fault.NotFound:          http.StatusNotFound,
	fault.RouteNotFound:     http.StatusNotFound,
	fault.MethodNotAllowed:  http.StatusMethodNotAllowed,
	fault.RateLimited:       http.StatusTooManyRequests,
	fault.Timeout:           http.StatusServiceUnavailable,
	fault.Unavailable:       http.StatusServiceUnavailable,
}

func status(e *fault.Error) int {
	if s, ok := statuses[e.Code]; ok {
		return s
	}
	return http.StatusInternalServerError
}

const challenge = `Basic realm="alania registry", charset="UTF-8"`

// errorLines returns why, and then what to do: configure is how the tool is given credentials. Tools
// show them to the person in front of them.
func errorLines(e *fault.Error, configure, requestID string) []string {
	switch e.Code {
	case fault.Unauthenticated:
		why := "This registry is for verified partners, and the credentials are unknown, expired or revoked."
		switch e.Reason {
		case fault.NoCredentials:
			why = "This registry is for verified partners, and the request had no credentials."
		case identity.ReasonOrgSuspended: // other credentials would not help
			return []string{e.Message}
		}
		return []string{why, configure}
	case fault.InsufficientScope:
		return []string{e.Message, "Make an API key that has the scope " + release.Scope + ", and use it here."}
	case fault.NotFound, fault.RouteNotFound:
		return []string{"not found: this registry has no such release."}
	case fault.MethodNotAllowed:
		return []string{"The registry can only be read. Releases are published on the server: alania sdk publish."}
	case fault.Internal:
		return []string{e.Message, "Request id: " + requestID}
	}
	return []string{e.Message}
}

func host(publicURL string) string {
	if u, err := url.Parse(publicURL); err == nil {
		return u.Host
	}
	return publicURL
}

// text is for the go command, which prints lines of plain text.
type text struct{ publicURL string }

// Render implements contract.Dialect.
func (d text) Render(_ *contract.Operation, e *fault.Error, _, requestID string) contract.Failure {
	configure := "Put an API key with the scope " + release.Scope + " into ~/.netrc: machine " + host(d.publicURL) +
		" login alania password <API key>"
	return contract.Failure{
		Status: status(e), ContentType: "text/plain; charset=utf-8", Challenge: challenge,
		Body: []byte(strings.Join(errorLines(e, configure, requestID), "\n") + "\n"),
	}
}

// npmJSON is for npm. Of a 401 it shows the challenge only, and not even that when it
// finds the words Basic or Bearer in it, as they are usually written. The names of schemes
// may be written in small letters, so these are, and the reason stands after them.
type npmJSON struct{ publicURL string }

// Render implements contract.Dialect.
func (d npmJSON) Render(_ *contract.Operation, e *fault.Error, _, requestID string) contract.Failure {
	configure := "Put an API key with the scope " + release.Scope + " into .npmrc: //" + host(d.publicURL) + Path +
		"/npm/:_authToken=<API key>"
	message := strings.Join(errorLines(e, configure, requestID), " ")
	f := failure(e, message)
	f.Challenge = `basic realm="alania registry", charset="UTF-8", error_description="` +
		strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(message) + `"`
	return f
}

// plainJSON is for everybody else.
type plainJSON struct{ publicURL string }

// Render implements contract.Dialect.
func (d plainJSON) Render(_ *contract.Operation, e *fault.Error, _, requestID string) contract.Failure {
	configure := "Send an API key with the scope " + release.Scope + ": Authorization: Bearer <API key>"
	f := failure(e, strings.Join(errorLines(e, configure, requestID), " "))
	f.Challenge = challenge
	return f
}

func failure(e *fault.Error, message string) contract.Failure {
	body, err := json.Marshal(map[string]string{"error": message})
	if err != nil {
		panic(err) // strings
	}
	return contract.Failure{Status: status(e), ContentType: "application/json", Body: append(body, '\n')}
}
