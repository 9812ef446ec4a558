package servertest

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/server/contract"
)

var update = flag.Bool("update", false, "write the golden files in testdata")

// rendered is a row of a golden file.
type rendered struct {
	Code        fault.Code      `json:"code"`
	Reason      string          `json:"reason,omitempty"`
	Status      int             `json:"status"`
	ContentType string          `json:"content_type"`
	Body        json.RawMessage `json:"body"`
}

// everyError returns errors of every code: plain, with a finer reason, with violations, and with details.
// What the log may know is in each, and must be in no answer.
func everyError() []*fault.Error {
	cause := errors.New("pq: driver-text")
	var out []*fault.Error
	for _, code := range fault.Codes() {
		out = append(out,
			fault.New(code, "What the caller is told.").WithCause(cause),
			&fault.Error{Code: code, Reason: "finer_reason", Message: `With "quotes", a \ and ünïcode.`, Cause: cause},
			&fault.Error{Code: code, Message: "The request does not meet the documented schema or rules.", Cause: cause,
				Violations: []fault.Violation{
					fault.Body("/settings/regions/0", "enum", "must be one of the documented values"),
					{
						In: fault.InQuery, Pointer: "/filter[status]", Code: "unknown_parameter",
						Message: "is not a parameter of this operation",
					},
					{In: fault.InPath, Pointer: "/org_id", Code: "pattern", Message: "must match the pattern"},
					{In: fault.InHeader, Pointer: "/Idempotency-Key", Code: "max_length", Message: "must have 255 characters at most"},
				}},
			&fault.Error{Code: code, Message: "What the caller is told.", Cause: cause, RetryAfter: time.Minute,
				Details: map[string]any{
					"scope": "posts:write", "limit": 1000, "remaining": 0, "reset_at": time.Date(2026, 1, 15, 11, 0, 0, 0, time.UTC),
					"feature": "posts", "upgrade_url": "https://example.com/upgrade",
				}},
		)
	}
	return out
}

var instants = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z`)

// Golden holds how a dialect words every error of an operation against
// testdata/errors_<name>.json: partners branch on it. A time is that of the answer.
func Golden(t *testing.T, name string, dialect contract.Dialect, op *contract.Operation) {
	t.Helper()
	var rows []rendered
	for _, e := range everyError() {
		f := dialect.Render(op, e, "/v2/orgs/a b", "01KA8XR1C4H8Q2N5T7Y9D3FM6G")
		if bytes.Contains(f.Body, []byte("driver-text")) {
			t.Errorf("%s tells the caller its cause: %s", e.Code, f.Body)
		}
		rows = append(rows,
			rendered{e.Code, e.Reason, f.Status, f.ContentType, instants.ReplaceAll(bytes.TrimSpace(f.Body), []byte("<now>"))})
	}
	got, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	File(t, "errors_"+name, append(got, '\n'))
}

// File compares what a test has got with testdata/<name>.json, which -update writes.
func File(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the answers are not those of %s. Where they shall change: go test . -run %s -update, and look at the "+
			"difference.", file, t.Name())
	}
}
