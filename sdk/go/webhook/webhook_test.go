package webhook_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/alania-go/alania/sdk/go/core"
	"github.com/alania-go/alania/sdk/go/platform"
	"github.com/alania-go/alania/sdk/go/webhook"
)

const (
	current = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
	former  = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="
)

var body = []byte(`{"id":"evt_1","type":"workspace.created","timestamp":"2026-03-02T09:30:00Z","org_id":"org_1",` +
	`"workspace_id":"wks_1","data":{"id":"wks_1","name":"Ünïcode"},"extra":1}`)

func verifier(t *testing.T, secrets ...string) *webhook.Verifier {
	t.Helper()
	v, err := webhook.NewVerifier(secrets)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func sign(t *testing.T, at time.Time, secrets ...string) http.Header {
	t.Helper()
	h, err := webhook.Sign("evt_1", at, body, secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestUnwrap(t *testing.T) {
	e, err := verifier(t, current).Unwrap(body, sign(t, time.Now(), current), webhook.Events{}, platform.Events)
	if err != nil {
		t.Fatal(err)
	}
	w, ok := e.Typed.(*platform.WorkspaceCreatedEvent)
	if !ok || w.Data.Name != "Ünïcode" || e.ID != "evt_1" || e.Type != "workspace.created" || e.Timestamp.Day() != 2 {
		t.Errorf("%+v", e)
	}
	// A type that no catalogue has is raw.
	e, err = verifier(t, current).Unwrap(body, sign(t, time.Now(), current))
	if raw, ok := e.Typed.(json.RawMessage); err != nil || !ok || string(raw) != string(body) {
		t.Errorf("%+v, %v", e, err)
	}
	// The core contract has another name for the time of an event.
	of := []byte(`{"id":"evt_1","type":"workspace.deleted","created_at":"2026-03-02T09:30:00Z","workspace_id":1,` +
		`"data":{"id":1}}`)
	h, err := webhook.Sign("evt_1", time.Now(), of, current)
	if err != nil {
		t.Fatal(err)
	}
	e, err = verifier(t, current).Unwrap(of, h, core.Events)
	if d, ok := e.Typed.(*core.WorkspaceDeletedEvent); err != nil || !ok || e.Timestamp.IsZero() ||
		!e.Timestamp.Equal(d.CreatedAt) {
		t.Errorf("%+v, %v", e, err)
	}
	if _, err := verifier(t, former).Unwrap(body, sign(t, time.Now(), current),
		platform.Events); !errors.Is(err, webhook.ErrSignature) {
		t.Error(err)
	}
}

func TestVerify(t *testing.T) {
	now := time.Now()
	clock := func(shift time.Duration) *webhook.Verifier {
		v, err := webhook.NewVerifier([]string{current}, webhook.WithClock(func() time.Time { return now.Add(shift) }))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for shift, want := range map[time.Duration]error{
		0: nil, 5 * time.Minute: nil, -5 * time.Minute: nil, 5*time.Minute + time.Second: webhook.ErrTimestamp,
		-5*time.Minute - time.Second: webhook.ErrTimestamp,
	} {
		if err := clock(shift).Verify(body, sign(t, now, current)); !errors.Is(err, want) {
			t.Errorf("%v later: %v", shift, err)
		}
	}
	good := sign(t, now, current)
	lower, names := http.Header{}, map[string]string{
		"Webhook-Id": "webhook-id", "Webhook-Timestamp": "WEBHOOK-TIMESTAMP", "Webhook-Signature": "webhook-Signature",
	}
	for n, v := range good {
		lower[names[n]] = v
	}
	if err := clock(0).Verify(body, lower); err != nil {
		t.Errorf("names in another case: %v", err)
	}
	if err := clock(0).Verify(append([]byte(" "), body...), good); !errors.Is(err, webhook.ErrSignature) {
		t.Errorf("another body: %v", err)
	}
	for name, change := range map[string]func(h http.Header){
		"another id":         func(h http.Header) { h.Set("webhook-id", "evt_2") },
		"another time":       func(h http.Header) { h.Set("webhook-timestamp", "1700000000") },
		"another version":    func(h http.Header) { h.Set("webhook-signature", "v2"+h.Get("webhook-signature")[2:]) },
		"half a signature":   func(h http.Header) { h.Set("webhook-signature", h.Get("webhook-signature")[:20]) },
		"an empty one":       func(h http.Header) { h.Set("webhook-signature", "v1,") },
		"no id":              func(h http.Header) { h.Del("webhook-id") },
		"no time":            func(h http.Header) { h.Del("webhook-timestamp") },
		"no signature":       func(h http.Header) { h.Del("webhook-signature") },
		"a time that is not": func(h http.Header) { h.Set("webhook-timestamp", "now") },
	} {
		h := good.Clone()
		change(h)
		if err := clock(0).Verify(body, h); !errors.Is(err, webhook.ErrSignature) && !errors.Is(err, webhook.ErrHeaders) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, secrets := range [][]string{nil, {""}, {"whsec_"}, {"whsec_%%"}} {
		if _, err := webhook.NewVerifier(secrets); err == nil {
			t.Errorf("the secrets %q are accepted", secrets)
		}
	}
	if _, err := webhook.Sign("evt_1", now, body); err == nil {
		t.Error("signed without a secret")
	}
}

// During a rotation the sender signs with both secrets, and the receiver may know either,
// or both.
func TestRotation(t *testing.T) {
	now := time.Now()
	both := sign(t, now, current, former)
	for _, secrets := range [][]string{{current}, {former}, {former, current}} {
		if err := verifier(t, secrets...).Verify(body, both); err != nil {
			t.Errorf("%v", err)
		}
	}
	if err := verifier(t, current, former).Verify(body, sign(t, now, former)); err != nil {
		t.Errorf("%v", err)
	}
}

// The reference implementation agrees, in both directions.
func TestStandardWebhooks(t *testing.T) {
	theirs, err := standardwebhooks.NewWebhook(current)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if err := theirs.Verify(body, sign(t, now, former, current)); err != nil {
		t.Errorf("theirs: %v", err)
	}
	s, err := theirs.Sign("evt_1", now, body)
	if err != nil {
		t.Fatal(err)
	}
	h := sign(t, now, former)
	h.Set("webhook-signature", s)
	if err := verifier(t, former, current).Verify(body, h); err != nil {
		t.Errorf("ours: %v", err)
	}
}
