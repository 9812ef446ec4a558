package mcp

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/server/contract"
)

// requestKey is the key of the request that carried the message.
type requestKey struct{}

// result is the answer of an operation as the result of a tool.
type result struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    any               `json:"body,omitempty"`
}

// told are the headers of an answer that a next call may need.
var told = []string{"ETag", "Location", "Retry-After", "Deprecation", "Sunset", "X-Idempotency-Replayed"}

// maxAnswer is the largest body of an answer, in bytes, that a result can hold.
const maxAnswer = 4 << 20

// call executes an operation in the name of the caller.
func (s *Server) call(ctx context.Context, t *tool, arguments json.RawMessage) (*sdk.CallToolResult, error) {
	carrier, _ := ctx.Value(requestKey{}).(*http.Request)
	if carrier == nil {
		carrier = &http.Request{Header: http.Header{}}
	}
	r, err := t.request(ctx, carrier, arguments)
	if err != nil {
		return t.refuse(ctx, err)
	}
	rec := &recorder{header: http.Header{}}
	if !s.serve(rec, r) {
		return t.refuse(ctx,
			fault.New(fault.Internal, "An unexpected error occurred. Quote the request id when you report it."))
	}
	return rec.result()
}

// serve runs the request. It is not on the goroutine of a connection, where a panic is caught by
// net/http: one that the edge throws on, to cut a connection, must not end the process.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) (ok bool) {
	defer func() {
		if recover() != nil { // the edge has logged it
			ok = false
		}
	}()
	s.api.ServeHTTP(w, r)
	return true
}

// refuse words an error as the contract would.
func (t *tool) refuse(ctx context.Context, err error) (*sdk.CallToolResult, error) {
	requestID := ""
	if x := contract.From(ctx); x != nil {
		requestID = x.RequestID
	}
	f := t.op.Contract.Dialect.Render(t.op, fault.Wrap(err), t.op.Path, requestID)
	rec := &recorder{header: http.Header{"Content-Type": {f.ContentType}}, status: f.Status, body: f.Body}
	return rec.result()
}

// kept are the headers of the carrier that say who asks and from where.
var kept = []string{
	echo.HeaderXForwardedFor, echo.HeaderXRealIP, echo.HeaderXForwardedProto, "User-Agent", "Accept-Language",
	"Traceparent", "Tracestate",
}

// request builds the request of a call.
func (t *tool) request(ctx context.Context, carrier *http.Request, arguments json.RawMessage) (*http.Request, error) {
	given := map[string]json.RawMessage{}
	if len(arguments) > 0 {
		if err := json.Unmarshal(arguments, &given); err != nil {
			return nil, fault.Invalid(fault.Body("", "type", "must be an object"))
		}
	}
	var v []fault.Violation
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, known := t.arguments[name]; !known && (name != inBody || t.bodyType == "") {
			v = append(v, fault.Body("/"+pointerToken(name), "unknown_field", "is not an argument of this tool"))
		}
	}
	path, query, header := t.op.Path, url.Values{}, http.Header{}
	for _, name := range t.order {
		a := t.arguments[name]
		values, err := a.values(given[name])
		switch {
		case err != "":
			v = append(v, fault.Body("/"+pointerToken(name), "type", err))
		case len(values) == 0 && a.fixed != "":
			header.Set(a.name, a.fixed)
		case len(values) == 0 && a.key:
			header.Set(a.name, id.New().UUID())
		case len(values) == 0 && a.in == openapi3.ParameterInPath:
			v = append(v, fault.Body("/"+pointerToken(name), "required", "must be given, and not empty"))
		case len(values) == 0: // what else is required is the validator's to say
		case a.in == openapi3.ParameterInPath:
			path = strings.ReplaceAll(path, "{"+a.name+"}", url.PathEscape(values[0].text))
		case a.in == openapi3.ParameterInHeader:
			header.Set(a.name, values[0].text)
		default:
			for _, value := range values {
				query.Add(a.name+value.member, value.text)
			}
		}
	}
	if len(v) > 0 {
		return nil, fault.Invalid(v...)
	}
	body, err := t.body(given[inBody])
	if err != nil {
		return nil, err
	}
	target, err := url.Parse(path)
	if err != nil {
		return nil, err
	}
	target.RawQuery = query.Encode()
	r, err := http.NewRequestWithContext(ctx, t.op.Method, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header = header
	if body == nil {
		r.Body = http.NoBody
	} else {
		r.Header.Set("Content-Type", t.bodyType)
	}
	r.Header.Set("Accept", "*/*")
	for _, name := range kept {
		if values := carrier.Header.Values(name); len(values) > 0 {
			r.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	// A public operation takes either no credentials or others, in its body.
	if !t.op.Public() {
		r.Header["Authorization"] = carrier.Header.Values("Authorization")
	}
	if x := contract.From(ctx); x != nil {
		r.Header.Set(t.op.Contract.RequestID, t.op.Contract.NameRequest([]string{x.RequestID}))
	}
	r.RemoteAddr, r.Host, r.TLS, r.RequestURI = carrier.RemoteAddr, carrier.Host, carrier.TLS, target.RequestURI()
	return r, nil
}

// value is one text of an argument; member is of a deep object, in brackets.
type value struct{ member, text string }

// values returns the texts of an argument, none when it is absent or null, or says what it
// must be instead.
func (a argument) values(raw json.RawMessage) (values []value, problem string) {
	if len(raw) == 0 {
		return nil, ""
	}
	switch raw[0] {
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return nil, "must be an array"
		}
		var texts []string
		for _, item := range list {
			text, ok := primitive(item)
			if !ok {
				return nil, "must have items that are strings, numbers or booleans"
			}
			texts = append(texts, text)
			values = append(values, value{"", text})
		}
		if !a.explode && len(texts) > 0 {
			values = []value{{"", strings.Join(texts, ",")}}
		}
	case '{':
		var object map[string]json.RawMessage
		if !a.deep || json.Unmarshal(raw, &object) != nil {
			return nil, "must not be an object"
		}
		for _, name := range slices.Sorted(maps.Keys(object)) {
			text, ok := primitive(object[name])
			if !ok {
				return nil, "must have members that are strings, numbers or booleans"
			}
			values = append(values, value{"[" + name + "]", text})
		}
	case 'n':
		return nil, ""
	default:
		text, ok := primitive(raw)
		if !ok {
			return nil, "must be a string, a number or a boolean"
		}
		values = []value{{"", text}}
	}
	if a.in == openapi3.ParameterInPath && len(values) > 0 && values[0].text == "" {
		return nil, ""
	}
	if a.in == openapi3.ParameterInHeader && len(values) > 0 && !headerValue(values[0].text) {
		return nil, "must not have line breaks or other control characters"
	}
	return values, ""
}

// primitive writes a value as it stands in a URL or a header.
func primitive(raw json.RawMessage) (string, bool) {
	if len(raw) == 0 || raw[0] == '[' || raw[0] == '{' || raw[0] == 'n' {
		return "", false
	}
	if raw[0] != '"' {
		return string(raw), true
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err == nil
}

func headerValue(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 && r != '\t' || r == 0x7f })
}

// body writes the body of a request; nil for none.
func (t *tool) body(raw json.RawMessage) ([]byte, error) {
	switch {
	case len(raw) == 0 || t.bodyType == "":
		return nil, nil
	case isJSON(t.bodyType):
		return raw, nil
	case t.bodyType == formType:
		var members map[string]json.RawMessage
		if json.Unmarshal(raw, &members) != nil {
			return nil, fault.Invalid(fault.Body("/"+inBody, "type", "must be an object"))
		}
		form := url.Values{}
		for _, name := range slices.Sorted(maps.Keys(members)) {
			values, problem := (argument{in: inBody, explode: true}).values(members[name])
			if problem != "" {
				return nil, fault.Invalid(fault.Body("/"+inBody+"/"+pointerToken(name), "type", problem))
			}
			for _, v := range values {
				form.Add(name, v.text)
			}
		}
		return []byte(form.Encode()), nil
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return nil, fault.Invalid(fault.Body("/"+inBody, "type", "must be a string"))
	}
	if strings.HasPrefix(t.bodyType, "text/") {
		return []byte(s), nil
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, fault.Invalid(fault.Body("/"+inBody, "format", "must be in base64"))
	}
	return b, nil
}

// pointerToken escapes a name for a JSON pointer (RFC 6901).
func pointerToken(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "~", "~0"), "/", "~1")
}

// recorder keeps an answer.
type recorder struct {
	header http.Header
	status int
	body   []byte
	large  bool
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= 200 { // what comes before says nothing to a tool
		r.status = status
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	if r.large = r.large || len(r.body)+len(b) > maxAnswer; !r.large {
		r.body = append(r.body, b...)
	}
	return len(b), nil
}

// Flush implements http.Flusher, for handlers that write as they go.
func (r *recorder) Flush() {}

// result returns the answer as a result: structured, and the same as text for clients that
// know no other.
func (r *recorder) result() (*sdk.CallToolResult, error) {
	r.WriteHeader(http.StatusOK)
	out := result{Status: r.status}
	tell := func(name string) {
		if v := r.header.Get(name); v != "" {
			if out.Headers == nil {
				out.Headers = map[string]string{}
			}
			out.Headers[name] = v
		}
	}
	for _, name := range told {
		tell(name)
	}
	failed := r.status >= http.StatusBadRequest
	switch {
	case r.large:
		failed, out.Body = true, "The answer is larger than a result of a tool can be."
	case len(r.body) == 0:
	case isJSON(r.header.Get("Content-Type")) && json.Valid(r.body):
		out.Body = json.RawMessage(bytes.TrimSpace(r.body))
	case utf8.Valid(r.body):
		tell("Content-Type")
		out.Body = string(r.body)
	default:
		tell("Content-Type")
		out.Body = base64.StdEncoding.EncodeToString(r.body)
	}
	text, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	return &sdk.CallToolResult{
		Content: []sdk.Content{&sdk.TextContent{Text: string(text)}}, StructuredContent: json.RawMessage(text),
		IsError: failed,
	}, nil
}
