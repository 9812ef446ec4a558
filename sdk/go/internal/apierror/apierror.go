// Package apierror reads the error answers of every contract into one type, which the
// root package publishes as alania.Error.
package apierror

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Dialect is the form that an error answer had.
type Dialect string

// The dialects of the contracts. An answer in none of them, such as that of a proxy, is
// DialectUnknown.
const (
	DialectProblem Dialect = "problem" // RFC 9457, application/problem+json
	DialectOAuth   Dialect = "oauth"   // RFC 6749: error, error_description
	DialectCore    Dialect = "core"    // error, message, errors by field
	DialectKeys    Dialect = "keys"    // title, detail, time
	DialectNested  Dialect = "nested"  // error: {code, message}
	DialectDetail  Dialect = "detail"  // detail: a sentence, or a list with loc, msg, type
	DialectUnknown Dialect = "unknown"
)

// Error is an answer that is not a success.
type Error struct {
	// StatusCode is the HTTP status.
	StatusCode int
	// Code is the stable name of the error, such as "validation_failed". New ones may appear:
	// treat one that you do not know as its status. Answers of the keys contract have none;
	// theirs is made from the title. It is empty when the answer names nothing.
	Code string
	// Message says what happened, for a person.
	Message string
	// Violations are the values that were refused.
	Violations []Violation
	// RequestID names the request in the logs of the server: quote it to support.
	RequestID string
	// RetryAfter is how long the server asks to wait before the next try; 0 when it does not.
	RetryAfter time.Duration
	// Dialect is the form of the answer.
	Dialect Dialect
	// Operation is the operationId of the call.
	Operation string
	// Header is the head of the answer, and Raw its body, at most a megabyte of it.
	Header http.Header
	Raw    []byte
}

// Violation is one value that breaks one rule.
type Violation struct {
	// In is where the value is: body, query, path or header; empty when the answer does not say.
	In string
	// Pointer is a JSON pointer (RFC 6901) into the body, or "/" and the name of the parameter.
	Pointer string
	// Field is the same with dots, as in settings.regions.0.
	Field string
	// Code is the stable name of the rule; empty when the answer does not say.
	Code string
	// Message says what is wrong, for a person.
	Message string
}

// Error says what happened in a line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("alania: ")
	if e.Operation != "" {
		b.WriteString(e.Operation + ": ")
	}
	b.WriteString(strconv.Itoa(e.StatusCode))
	if e.Code != "" {
		b.WriteString(" " + e.Code)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	for i, v := range e.Violations {
		if i == 3 {
			fmt.Fprintf(&b, "; and %d more", len(e.Violations)-i)
			break
		}
		b.WriteString("; " + v.Field + ": " + v.Message)
	}
	if e.RequestID != "" {
		b.WriteString(" (request " + e.RequestID + ")")
	}
	return b.String()
}

// Status is an error for every answer with one status, for use with errors.Is.
type Status int

// Error names the status.
func (s Status) Error() string {
	return "alania: " + strconv.Itoa(int(s)) + " " + strings.ToLower(http.StatusText(int(s)))
}

// Is reports whether the target is the error of this status.
func (e *Error) Is(target error) bool {
	s, ok := target.(Status)
	return ok && int(s) == e.StatusCode
}

// New reads an answer. It takes every body: what it does not understand is in Raw.
func New(operation string, res *http.Response, body []byte, now time.Time) *Error {
	e := &Error{
		StatusCode: res.StatusCode, RequestID: first(res.Header.Get("X-Request-ID"), res.Header.Get("X-Correlation-Id")),
		RetryAfter: RetryAfter(res.Header, now),
		Dialect:    DialectUnknown, Operation: operation, Header: res.Header, Raw: body,
	}
	e.read(body)
	if e.Message == "" {
		e.Message = http.StatusText(res.StatusCode)
	}
	return e
}

// RetryAfter reads the header of that name, in seconds or as a date; 0 when there is none.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseInt(v, 10, 64); err == nil {
		return seconds(s)
	}
	if at, err := http.ParseTime(v); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

func seconds(n int64) time.Duration {
	const most = 1 << 31 // of the server's time, not of ours: more would overflow
	return time.Duration(min(max(n, 0), most)) * time.Second
}

func (e *Error) read(body []byte) {
	var m map[string]json.RawMessage
	if json.Unmarshal(body, &m) != nil || m == nil {
		e.Message = plain(body)
		return
	}
	if id := text(m["request_id"]); e.RequestID == "" {
		e.RequestID = id
	}
	var nested map[string]json.RawMessage
	switch {
	case object(m["error"], &nested):
		e.Dialect, e.Code, e.Message = DialectNested, text(nested["code"]), text(nested["message"])
		if e.RequestID == "" {
			e.RequestID = text(nested["correlationId"])
		}
		e.problems(nested["details"])
	case isText(m["error"]) && m["message"] == nil:
		e.Dialect, e.Code, e.Message = DialectOAuth, text(m["error"]), text(m["error_description"])
	case isText(m["error"]):
		e.Dialect, e.Code, e.Message = DialectCore, text(m["error"]), text(m["message"])
		e.fields(m["errors"])
	case isText(m["title"]) && m["time"] != nil && m["type"] == nil:
		e.Dialect, e.Code, e.Message = DialectKeys, code(text(m["title"])), first(text(m["detail"]), text(m["title"]))
	case isText(m["title"]) || isText(m["type"]) ||
		strings.HasPrefix(e.Header.Get("Content-Type"), "application/problem+json"):
		e.Dialect, e.Code = DialectProblem, text(m["code"])
		e.Message = first(text(m["detail"]), text(m["title"]))
		if e.Code == "" {
			if t := text(m["type"]); t != "about:blank" {
				e.Code = t[strings.LastIndexByte(t, '/')+1:]
			}
		}
		e.problems(m["errors"])
	case m["detail"] != nil:
		e.Dialect, e.Message = DialectDetail, text(m["detail"])
		e.details(m["detail"])
	default:
		e.Message = first(text(m["message"]), plain(body))
	}
	if n := json.Number(strings.TrimSpace(string(m["retry_after"]))); e.RetryAfter == 0 && n != "" {
		if s, err := n.Int64(); err == nil {
			e.RetryAfter = seconds(s)
		}
	}
}

// problems reads the list of RFC 9457's extension as the platform contract has it, and that of a nested error.
func (e *Error) problems(raw json.RawMessage) {
	var list []struct{ In, Pointer, Code, Detail, Message string }
	_ = json.Unmarshal(raw, &list) // what fits is kept
	for _, v := range list {
		e.Violations = append(e.Violations,
			Violation{In: v.In, Pointer: v.Pointer, Field: field(v.Pointer), Code: v.Code, Message: first(v.Detail, v.Message)})
	}
}

// fields reads sentences by field, in the order of the fields.
func (e *Error) fields(raw json.RawMessage) {
	var m map[string]json.RawMessage
	_ = json.Unmarshal(raw, &m)
	for name, v := range m {
		var list []string
		if json.Unmarshal(v, &list) != nil {
			list = []string{text(v)}
		}
		for _, message := range list {
			e.Violations = append(e.Violations,
				Violation{Pointer: "/" + strings.ReplaceAll(name, ".", "/"), Field: name, Message: message})
		}
	}
	slices.SortStableFunc(e.Violations, func(a, b Violation) int { return strings.Compare(a.Field, b.Field) })
}

// details reads a list with the location of each value.
func (e *Error) details(raw json.RawMessage) {
	var list []struct {
		Loc       []any
		Msg, Type string
	}
	_ = json.Unmarshal(raw, &list)
	for _, v := range list {
		var in string
		var path []string
		for i, step := range v.Loc {
			if s := fmt.Sprint(step); i == 0 {
				in = s
			} else {
				path = append(path, s)
			}
		}
		p := Violation{In: in, Field: strings.Join(path, "."), Code: v.Type, Message: v.Msg}
		for _, s := range path {
			p.Pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(s)
		}
		e.Violations = append(e.Violations, p)
	}
	if e.Message == "" && len(list) > 0 {
		e.Message = "The request does not meet the documented schema."
	}
}

func object(raw json.RawMessage, into *map[string]json.RawMessage) bool {
	return json.Unmarshal(raw, into) == nil && *into != nil
}

func isText(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '"' }

func text(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s)
	return s
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func field(pointer string) string {
	return strings.NewReplacer("/", ".", "~1", "/", "~0", "~").Replace(strings.TrimPrefix(pointer, "/"))
}

// titles are those of the keys contract that do not spell the code.
var titles = map[string]string{
	"malformed_request": "malformed", "authentication_required": "unauthenticated", "no_such_operation": "route_not_found",
	"request_in_progress": "idempotency_in_flight", "idempotency_key_reused": "idempotency_mismatch",
	"too_many_requests": "rate_limited", "timed_out": "timeout", "service_unavailable": "unavailable",
	"internal_error":  "internal",
	"upstream_failed": "upstream", "upstream_timed_out": "upstream_timeout",
}

// code makes a name of a title: "Validation failed" is validation_failed.
func code(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	name := strings.Join(words, "_")
	return first(titles[name], name)
}

// plain returns the start of a body that is for people, without its markup when it is a page.
func plain(body []byte) string {
	s := bytes.TrimSpace(body)
	if len(s) == 0 || s[0] == '<' || !utf8.Valid(s) {
		return ""
	}
	if len(s) > 200 {
		s = append([]byte(strings.ToValidUTF8(string(s[:200]), "")), "…"...)
	}
	return string(s)
}
