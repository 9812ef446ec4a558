package control

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/answer"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/convert"
)

// Dialect words errors as {error: {code, message, correlationId, timestamp, details}}.
type Dialect struct {
	Now clock.Clock
}

// Render implements contract.Dialect.
func (d Dialect) Render(op *contract.Operation, e *fault.Error, path, requestID string) contract.Failure {
	if told, marked := isToldAsPostgREST(e); marked || op != nil && op.ErrorFormat == restFormat {
		return renderRest(e, told)
	}
	said := control.ErrorBody{
		Code: strings.ToUpper(e.Name()), Message: e.Message, CorrelationID: requestID, Timestamp: answer.At(d.Now()),
		Details: details(e),
	}
	if e.Code == fault.NotFound && e.Resource != "" {
		said.Code, said.Message = missing(op, e.Resource, path)
	}
	body, err := json.Marshal(control.Error{Error: said})
	if err != nil {
		panic(err) // strings, numbers and times
	}
	return contract.Failure{Status: statusOf(e.Code), ContentType: "application/json", Body: append(body, '\n')}
}

func statusOf(code fault.Code) int {
	switch code {
	case fault.ValidationFailed, fault.InvalidCursor:
		return http.StatusBadRequest
	case fault.IdempotencyMismatch:
		return http.StatusConflict
	case fault.OAuthInvalidGrant, fault.OAuthInvalidClient, fault.OAuthUnauthorizedClient:
		return http.StatusUnauthorized // of a sign-in with wrong credentials
	}
	return contract.KindOf(code).Status
}

// details are the violations in a list, or else what comes with the error as an object; nil: there is nothing.
func details(e *fault.Error) *control.ErrorBody_Details {
	var out control.ErrorBody_Details
	var err error
	switch {
	case len(e.Violations) > 0:
		err = out.FromErrorBodyDetails0(convert.Each(e.Violations, fromViolation))
	case len(e.Details) > 0:
		err = out.FromErrorBodyDetails1(camel(e.Details))
	default:
		return nil
	}
	if err != nil {
		panic(err) // strings, numbers and times
	}
	return &out
}

func fromViolation(v fault.Violation) control.Violation {
	return control.Violation{In: control.ViolationIn(v.In), Pointer: v.Pointer, Code: v.Code, Message: v.Message}
}

// camel shows the details of the domain: names in camelCase, and times with milliseconds.
func camel(in map[string]any) map[string]any {
	out := make(map[string]any, len(in))
	for name, value := range in {
		switch v := value.(type) {
		case time.Time:
			value = answer.At(v)
		case map[string]any:
			value = camel(v)
		}
		words := strings.Split(name, "_")
		for i := range words[1:] {
			words[i+1] = capital(words[i+1])
		}
		out[strings.Join(words, "")] = value
	}
	return out
}

func capital(word string) string {
	if word == "" {
		return ""
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// called are what this contract calls things that have another name in the domain.
var called = map[string]string{"organization": "tenant"}

// missing returns the code and the message for a thing that does not exist. The message names it as the path does,
// in the parameter that is called like the thing.
func missing(op *contract.Operation, thing, path string) (code, message string) {
	if name := called[thing]; name != "" {
		thing = name
	}
	words := strings.Fields(thing)
	code = strings.ToUpper(strings.Join(words, "_")) + "_NOT_FOUND"
	parameter := words[0]
	for _, word := range words[1:] {
		parameter += capital(word)
	}
	message = capital(thing)
	if shown := inPath(op, "{"+parameter+"Id}", path); shown != "" {
		message += " " + shown
	}
	return code, message + " not found"
}

// prefixed is the form of an id. What a caller sends instead is not repeated.
var prefixed = regexp.MustCompile(`^[a-z]{3}_[0-9A-HJKMNP-TV-Z]{6,26}$`)

// inPath returns the id that stands in a path for a parameter; empty: there is none, or it is no id.
func inPath(op *contract.Operation, parameter, path string) string {
	if op == nil {
		return ""
	}
	shown := strings.Split(path, "/")
	for i, step := range strings.Split(op.Path, "/") {
		if step == parameter && i < len(shown) && prefixed.MatchString(shown[i]) {
			return shown[i]
		}
	}
	return ""
}
