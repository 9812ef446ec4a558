package contract

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// Stream says which bodies of an operation are streams, and how long they may last: x-stream.
type Stream struct {
	Request  bool // the request: x-stream is request or both
	Response bool // the response: x-stream is response, both or events
	// Events says that the response is one of server-sent events, which may have no end.
	Events bool
	// Timeout is the longest that all of it may take: x-stream-timeout, in seconds; zero: no end.
	Timeout time.Duration
	// Heartbeat is the longest that an event stream is silent: x-stream-heartbeat, in seconds.
	Heartbeat time.Duration
}

// What a stream has when its operation says nothing else.
const (
	StreamTimeout   = time.Hour // of those that are no events
	StreamHeartbeat = 15 * time.Second
)

// EventStream is the media type of server-sent events.
const EventStream = "text/event-stream"

// readStream reads x-stream. It refuses what the edge cannot do as it is asked for: a stream
// must reach the handler, and the client, piece by piece.
func readStream(op *Operation, spec *openapi3.Operation) (*Stream, error) {
	s := &Stream{}
	switch kind := extension[string](spec, "x-stream"); kind {
	case "":
		if onlyEvents(spec) {
			return nil, errors.New("a response of " + EventStream + " needs x-stream: events")
		}
		for _, name := range []string{"x-stream-timeout", "x-stream-heartbeat"} {
			if spec.Extensions[name] != nil {
				return nil, errors.New(name + " is for an operation with x-stream")
			}
		}
		return nil, nil
	case "request":
		s.Request = true
	case "response":
		s.Response = true
	case "both":
		s.Request, s.Response = true, true
	case "events":
		s.Response, s.Events = true, true
	default:
		return nil, fmt.Errorf("x-stream: %s is not supported", kind)
	}
	var err error
	if !s.Events {
		s.Timeout = StreamTimeout
	}
	if s.Timeout, err = seconds(spec, "x-stream-timeout", s.Timeout); err != nil {
		return nil, err
	}
	switch {
	case s.Events:
		if s.Heartbeat, err = seconds(spec, "x-stream-heartbeat", StreamHeartbeat); err != nil {
			return nil, err
		}
	case spec.Extensions["x-stream-heartbeat"] != nil:
		return nil, errors.New("x-stream-heartbeat is for x-stream: events")
	}
	if s.Request {
		if err := streamedRequest(spec); err != nil {
			return nil, err
		}
		if spec.Extensions["x-transaction"] == true {
			return nil, errors.New("x-transaction: true and x-stream do not go together: a client may send for long")
		}
		op.NoTransaction = true
	}
	if s.Response {
		return s, streamedResponse(op, spec, s.Events)
	}
	return s, nil
}

func streamedRequest(spec *openapi3.Operation) error {
	if spec.RequestBody == nil || spec.RequestBody.Value == nil {
		return errors.New("x-stream is for a request with a body")
	}
	if spec.Extensions["x-max-body"] == nil {
		return errors.New("a request that is a stream needs x-max-body")
	}
	for name := range spec.RequestBody.Value.Content {
		// The generated code reads bodies of these types as a whole.
		if isJSON(name) || mediaType(name) == "application/x-www-form-urlencoded" || mediaType(name) == "text/plain" {
			return fmt.Errorf("a request of the type %s cannot be a stream", name)
		}
	}
	return nil
}

func streamedResponse(op *Operation, spec *openapi3.Operation, events bool) error {
	if op.Idempotent {
		return errors.New("a response that is a stream cannot be kept for an Idempotency-Key")
	}
	found := false
	for status, r := range spec.Responses.Map() {
		if !strings.HasPrefix(status, "2") || r.Value == nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(r.Value.Content)) {
			found = found || !isJSON(name)
			if events != (mediaType(name) == EventStream) {
				return fmt.Errorf("%s and x-stream: events go together, and the response %s is %s", EventStream, status, name)
			}
		}
	}
	if !found {
		return errors.New("x-stream is for a response with a body that is not JSON")
	}
	return nil
}

// onlyEvents reports whether a success of the operation can be nothing but server-sent events.
func onlyEvents(spec *openapi3.Operation) bool {
	for status, r := range spec.Responses.Map() {
		success := strings.HasPrefix(status, "2") && r.Value != nil
		if success && len(r.Value.Content) == 1 && r.Value.Content[EventStream] != nil {
			return true
		}
	}
	return false
}

func seconds(spec *openapi3.Operation, name string, otherwise time.Duration) (time.Duration, error) {
	value, said := spec.Extensions[name]
	if !said {
		return otherwise, nil
	}
	n, ok := value.(float64)
	if !ok || n < 1 {
		return 0, errors.New(name + " must be a number of seconds")
	}
	return time.Duration(n) * time.Second, nil
}

func mediaType(name string) string {
	name, _, _ = strings.Cut(name, ";")
	return strings.ToLower(strings.TrimSpace(name))
}

func isJSON(name string) bool {
	name = mediaType(name)
	return name == "application/json" || strings.HasSuffix(name, "+json")
}
