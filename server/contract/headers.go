package contract

import (
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

// NameRequest returns the id of a request in the form of the contract: the one that its caller sent, when the
// contract accepts it, or else a new one.
func (c *Contract) NameRequest(given []string) string {
	if len(given) == 1 && c.validRequestID(given[0]) {
		return given[0]
	}
	if c.ShowID != nil {
		return c.ShowID(id.New())
	}
	return id.New().ULID()
}

func (c *Contract) validRequestID(s string) bool {
	if c.ValidRequestID != nil {
		return c.ValidRequestID(s)
	}
	return Harmless(s)
}

// Harmless reports whether an id that a caller chose does no harm in a log and in a header.
func Harmless(s string) bool {
	if s == "" || len(s) > MaxRequestID {
		return false
	}
	for i := range len(s) {
		ch := s[i]
		if (ch < '0' || ch > '9') && (ch < 'a' || ch > 'z') && (ch < 'A' || ch > 'Z') &&
			!strings.ContainsRune("-_.:", rune(ch)) {
			return false
		}
	}
	return true
}

// MaxRequestID is the length of the longest id that a caller may choose for a request.
const MaxRequestID = 128

// HeaderCheck is a header that a contract checks by itself.
type HeaderCheck struct {
	Name string
	// Refuse returns what is wrong with the values that a request has. There are none when the header is
	// missing; it is not asked then for an operation that does not require the header.
	Refuse func(values []string) error
}

// CheckedHeader is a header of an operation that is checked. Required is what the bundle says of it.
type CheckedHeader struct {
	Name     string // canonical
	Required bool
	refuse   func(values []string) error
}

// Refuse returns what is wrong with the header in a request.
func (h *CheckedHeader) Refuse(of http.Header) error {
	values := of[h.Name]
	if len(values) == 0 && !h.Required {
		return nil
	}
	return h.refuse(values)
}

// readHeaders notes the headers of an operation that are checked, and those that belong to what it asks for.
func (op *Operation) readHeaders(lists ...openapi3.Parameters) error {
	c := op.Contract
	documented := map[string]*openapi3.Parameter{}
	for _, p := range slices.Concat(lists...) {
		if p.Value.In != openapi3.ParameterInHeader {
			continue
		}
		name := http.CanonicalHeaderKey(p.Value.Name)
		documented[name] = p.Value
		switch name {
		case idempotencyKey:
			op.Idempotent = true
		case c.RequestID, "X-Request-Id", "Traceparent", "Tracestate", "Baggage":
		default:
			op.Meaning = append(op.Meaning, name)
		}
	}
	slices.Sort(op.Meaning)
	op.Meaning = slices.Compact(op.Meaning)
	checks := c.Headers
	if p := documented[c.VersionHeader]; p != nil {
		versions, err := supported(p)
		if err != nil {
			return err
		}
		checks = append([]HeaderCheck{versionCheck(p.Name, versions)}, checks...)
		c.Versions = slices.Compact(slices.Sorted(slices.Values(append(c.Versions, versions...))))
	}
	if p := documented[idempotencyKey]; p != nil && p.Required {
		checks = append(slices.Clone(checks), HeaderCheck{idempotencyKey, refuseNoKey})
	}
	for _, check := range checks {
		name := http.CanonicalHeaderKey(check.Name)
		if p := documented[name]; p != nil {
			op.Headers = append(op.Headers, CheckedHeader{name, p.Required, check.Refuse})
		}
	}
	return nil
}

const idempotencyKey = "Idempotency-Key"

// refuseNoKey refuses a request without a key. The validator looks at the form of the key.
func refuseNoKey(values []string) error {
	if len(values) > 0 && strings.TrimSpace(values[0]) != "" {
		return nil
	}
	return &fault.Error{
		Code: fault.Malformed, Reason: "idempotency_key_required",
		Message: "Send an Idempotency-Key: a value of your own for this change, such as a UUID.",
	}
}
