package keys_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/keys"
	"github.com/alania-go/alania/server/servertest"
)

// dialect is this contract's, at the time that the bundle's examples show.
var dialect = keys.Dialect{Now: func() time.Time { return time.Date(2019, 8, 24, 14, 15, 22, 0, time.UTC) }}

func TestDialect(t *testing.T) {
	servertest.Golden(t, "keys", dialect, nil)
}

func TestExcessIsNoBrokenSchema(t *testing.T) {
	f := dialect.Render(nil,
		&fault.Error{Code: fault.ValidationFailed, Reason: apikey.PermissionsExceeded, Message: "Too much."}, "/", "id")
	if want := `{"detail":"Too much.","time":"2019-08-24T14:15:22Z","title":"Permissions ` +
		`exceeded"}`; f.Status != http.StatusUnprocessableEntity ||
		strings.TrimSpace(string(f.Body)) != want {
		t.Errorf("%d %s", f.Status, f.Body)
	}
	f = dialect.Render(nil, fault.Invalid(fault.Body("", "type", "must be an object")), "/", "id")
	if want := `{"detail":"the body must be an object.","time":"2019-08-24T14:15:22Z","title":"Validation ` +
		`failed"}`; f.Status != http.StatusBadRequest ||
		strings.TrimSpace(string(f.Body)) != want {
		t.Errorf("%d %s", f.Status, f.Body)
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
}
