package keys_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/keys"
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

// dialect is this contract's, at the time that the bundle's examples show.
var dialect = keys.Dialect{Now: func() time.Time { return time.Date(2019, 8, 24, 14, 15, 22, 0, time.UTC) }}

// everyError gives errors of every code: plain, with a finer reason, and with violations. What the log may
// know is in each, and must be in no answer.
func everyError() []*fault.Error {
	cause := errors.New("pq: driver-text")
	var out []*fault.Error
	for _, code := range fault.Codes() {
		out = append(out,
			fault.New(code, "What the caller is told.").Because(cause),
			&fault.Error{Code: code, Reason: "finer_reason", Message: `With "quotes", a \ and ünïcode.`, Cause: cause},
			&fault.Error{Code: code, Message: "The request does not meet the documented schema or rules.", Cause: cause, Violations: []fault.Violation{
				fault.Body("/permissions/crmPermissions/0", "enum", "must be one of the documented values"),
				fault.Body("", "type", "must be an object"),
				{In: fault.InQuery, Pointer: "/isApiKey", Code: "type", Message: "must be true or false"},
			}},
		)
	}
	return append(out, &fault.Error{Code: fault.ValidationFailed, Reason: apikey.PermissionsExceeded, Message: "A key cannot have permissions that its creator does not have: CREATE_LEADS.", Cause: cause})
}

// TestDialect holds how this contract words every error.
func TestDialect(t *testing.T) {
	var rows []rendered
	for _, e := range everyError() {
		f := dialect.Render(&contract.Operation{ID: "anything"}, e, "/api/v1/api-key", "01KA8XR1C4H8Q2N5T7Y9D3FM6G")
		if bytes.Contains(f.Body, []byte("driver-text")) {
			t.Errorf("%s tells the caller its cause: %s", e.Code, f.Body)
		}
		rows = append(rows, rendered{e.Code, e.Reason, f.Status, f.ContentType, bytes.TrimSpace(f.Body)})
	}
	got, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	file := filepath.Join("testdata", "errors.json")
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
		t.Errorf("%s is another: look at the difference after go test ./server/keys -run TestDialect -update", file)
	}
}

// Every code has a row of its own. One that was forgotten would be a status of 0.
func TestDialectIsComplete(t *testing.T) {
	for _, code := range fault.Codes() {
		// An error outside any operation, such as an unknown path, has the same form.
		for _, op := range []*contract.Operation{nil, {ID: "anything"}} {
			f := dialect.Render(op, fault.New(code, "x"), "/", "id")
			var body map[string]any
			if err := json.Unmarshal(f.Body, &body); err != nil {
				t.Fatal(err)
			}
			if f.Status < 400 || f.Status > 599 || f.ContentType != "application/json" || len(body) != 3 ||
				body["title"] == "" || body["detail"] != "x" || body["time"] != "2019-08-24T14:15:22Z" {
				t.Errorf("%s: %d %s %s", code, f.Status, f.ContentType, f.Body)
			}
		}
	}
	if f := dialect.Render(nil, fault.Invalid(fault.Body("/name", "min_length", "must have 1 character or more")), "/", "id"); f.Status != http.StatusBadRequest {
		t.Errorf("a broken schema is a %d", f.Status)
	}
}
