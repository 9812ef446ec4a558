// Package webhook verifies what Alania sends to webhook endpoints, by the specification
// Standard Webhooks, and signs deliveries for tests.
package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The headers of a delivery.
const (
	HeaderID        = "webhook-id"
	HeaderTimestamp = "webhook-timestamp"
	HeaderSignature = "webhook-signature"
)

// DefaultTolerance is how far the time of a delivery may be from ours.
const DefaultTolerance = 5 * time.Minute

// Errors of a delivery that is not to be believed: answer it with 400 or 401. Find out
// which with errors.Is.
var (
	// ErrHeaders means that a header is missing or not readable.
	ErrHeaders = errors.New("webhook: a header is missing or malformed")
	// ErrSignature means that no secret made the signature.
	ErrSignature = errors.New("webhook: no signature matches")
	// ErrTimestamp means that the delivery is too old, or from the future: it may have been
	// recorded and sent again.
	ErrTimestamp = errors.New("webhook: the timestamp is outside the tolerance")
)

// Verifier checks the signatures of deliveries. It is safe for use by many goroutines.
type Verifier struct {
	keys      [][]byte
	tolerance time.Duration
	now       func() time.Time
}

// Option changes a Verifier.
type Option func(*Verifier)

// WithTolerance sets how far the time of a delivery may be from ours.
func WithTolerance(d time.Duration) Option { return func(v *Verifier) { v.tolerance = d } }

// WithClock replaces the clock, for tests.
func WithClock(now func() time.Time) Option { return func(v *Verifier) { v.now = now } }

// NewVerifier makes a Verifier for the secrets of an endpoint, whsec_…: one, or during a
// rotation the new and the old one. A delivery is good when one of them signed it.
func NewVerifier(secrets []string, options ...Option) (*Verifier, error) {
	if len(secrets) == 0 {
		return nil, errors.New("webhook: no secret")
	}
	v := &Verifier{tolerance: DefaultTolerance, now: time.Now}
	for _, s := range secrets {
		k, err := key(s)
		if err != nil {
			return nil, err
		}
		v.keys = append(v.keys, k)
	}
	for _, o := range options {
		o(v)
	}
	return v, nil
}

// key reads a secret. An error does not repeat it.
func key(secret string) ([]byte, error) {
	k, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(k) == 0 {
		return nil, errors.New("webhook: a secret is whsec_ and base64")
	}
	return k, nil
}

// Verify checks a delivery. The body must be the bytes as they came.
func (v *Verifier) Verify(body []byte, header http.Header) error {
	id, stamp, signatures := get(header, HeaderID), get(header, HeaderTimestamp), get(header, HeaderSignature)
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if id == "" || signatures == "" || err != nil {
		return ErrHeaders
	}
	good := false
	for _, k := range v.keys {
		want := mac(k, id, stamp, body)
		for _, s := range strings.Fields(signatures) {
			version, encoded, _ := strings.Cut(s, ",")
			got, err := base64.StdEncoding.DecodeString(encoded)
			// Every pair is compared, each in constant time.
			if version == "v1" && err == nil && hmac.Equal(want, got) {
				good = true
			}
		}
	}
	if !good {
		return ErrSignature
	}
	if age := v.now().Unix() - seconds; age > int64(v.tolerance/time.Second) || -age > int64(v.tolerance/time.Second) {
		return ErrTimestamp
	}
	return nil
}

// get finds a header whatever its case is, for headers that net/http did not make.
func get(h http.Header, name string) string {
	if v := h.Get(name); v != "" {
		return v
	}
	for n, values := range h {
		if strings.EqualFold(n, name) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

func mac(key []byte, id, stamp string, body []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(id + "." + stamp + "."))
	h.Write(body)
	return h.Sum(nil)
}

// Event is a delivery whose signature was good.
type Event struct {
	// ID names the event: it is the same on every attempt, so that a second one is known.
	ID string
	// Type is such as workspace.created.
	Type string
	// Timestamp is when the event happened.
	Timestamp time.Time
	// Typed is a pointer to the type that a catalogue has for the Type, such as
	// *platform.WorkspaceCreatedEvent, and Raw for one that it does not know: new types may
	// appear.
	Typed any
	// Raw is the body.
	Raw json.RawMessage
}

// Events is a catalogue: how to decode each type. Every contract that sends events has one,
// such as platform.Events.
type Events map[string]func(body []byte) (any, error)

// Decode is how most types are decoded.
func Decode[T any](body []byte) (any, error) {
	v := new(T)
	err := json.Unmarshal(body, v)
	return v, err
}

// Unwrap verifies a delivery and decodes it by the first catalogue that has its type. Use
// the one of the contract that the endpoint was made with.
func (v *Verifier) Unwrap(body []byte, header http.Header, catalogues ...Events) (*Event, error) {
	if err := v.Verify(body, header); err != nil {
		return nil, err
	}
	var head struct {
		Type      string    `json:"type"`
		Timestamp time.Time `json:"timestamp"`
		CreatedAt time.Time `json:"created_at"` // what some contracts call it
	}
	if err := json.Unmarshal(body, &head); err != nil {
		return nil, fmt.Errorf("webhook: the body: %w", err)
	}
	e := &Event{ID: get(header, HeaderID), Type: head.Type, Timestamp: head.Timestamp, Raw: json.RawMessage(body)}
	if e.Timestamp.IsZero() {
		e.Timestamp = head.CreatedAt
	}
	e.Typed = e.Raw
	for _, c := range catalogues {
		if decode := c[head.Type]; decode != nil {
			typed, err := decode(body)
			if err != nil {
				return nil, fmt.Errorf("webhook: the body of %s: %w", head.Type, err)
			}
			e.Typed = typed
			break
		}
	}
	return e, nil
}

// Sign returns the headers that Alania would send with a body, for tests of a receiver. With
// several secrets there is a signature of each, as during a rotation.
func Sign(id string, at time.Time, body []byte, secrets ...string) (http.Header, error) {
	if len(secrets) == 0 {
		return nil, errors.New("webhook: no secret")
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	var signatures []string
	for _, s := range secrets {
		k, err := key(s)
		if err != nil {
			return nil, err
		}
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(mac(k, id, stamp, body)))
	}
	h := http.Header{}
	h.Set(HeaderID, id)
	h.Set(HeaderTimestamp, stamp)
	h.Set(HeaderSignature, strings.Join(signatures, " "))
	return h, nil
}
