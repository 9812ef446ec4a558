package platform_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/platform"
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
				fault.Body("/settings/regions/0", "enum", "must be one of the documented values"),
				{In: fault.InQuery, Pointer: "/filter[status]", Code: "unknown_parameter", Message: "is not a parameter of this operation"},
				{In: fault.InPath, Pointer: "/org_id", Code: "pattern", Message: "must match the pattern"},
				{In: fault.InHeader, Pointer: "/Idempotency-Key", Code: "max_length", Message: "must have 255 characters at most"},
			}},
		)
	}
	return out
}

// TestDialect holds how this contract words every error: partners branch on it.
func TestDialect(t *testing.T) {
	for name, op := range map[string]*contract.Operation{"problem": {ID: "anything"}, "oauth": {ID: "createToken", ErrorFormat: "oauth"}} {
		t.Run(name, func(t *testing.T) {
			var rows []rendered
			for _, e := range everyError() {
				f := platform.Dialect{}.Render(op, e, "/v2/orgs/a b", "01KA8XR1C4H8Q2N5T7Y9D3FM6G")
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
			file := filepath.Join("testdata", "errors_"+name+".json")
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
				t.Errorf("%s is another: look at the difference after go test ./server/platform -run TestDialect -update", file)
			}
		})
	}
}

// Every code has a row of its own. One that was forgotten would be a status of 0.
func TestDialectIsComplete(t *testing.T) {
	for _, code := range fault.Codes() {
		for _, format := range []string{"", "oauth"} {
			f := platform.Dialect{}.Render(&contract.Operation{ErrorFormat: format}, fault.New(code, "x"), "/", "id")
			if f.Status < 400 || f.Status > 599 || f.ContentType == "" {
				t.Errorf("%s %q: status %d, %q", code, format, f.Status, f.ContentType)
			}
			var body map[string]any
			if err := json.Unmarshal(f.Body, &body); err != nil {
				t.Fatal(err)
			}
			switch {
			case format == "" && (body["title"] == "" || body["code"] != string(code) || body["status"] != float64(f.Status) || f.ContentType != "application/problem+json"):
				t.Errorf("%s: %s", code, f.Body)
			case format == "oauth" && (body["error"] == "" || f.ContentType != "application/json"):
				t.Errorf("%s: %s", code, f.Body)
			}
			// RFC 6749 section 5.2: statuses of the token endpoint, and those of HTTP at large.
			if format == "oauth" && f.Status == http.StatusUnprocessableEntity {
				t.Errorf("%s is a 422 in OAuth", code)
			}
		}
	}
	// An error outside any operation, such as an unknown path, is a problem.
	f := platform.Dialect{}.Render(nil, fault.New(fault.RouteNotFound, "No operation has this path."), "/nowhere", "id")
	if f.Status != http.StatusNotFound || !strings.Contains(string(f.Body), `"instance":"/nowhere"`) {
		t.Errorf("%d %s", f.Status, f.Body)
	}
}
