package platform_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/platform"
	"github.com/alania-go/alania/server/servertest"
)

func TestDialect(t *testing.T) {
	servertest.Golden(t, "problem", platform.Dialect{}, &contract.Operation{ID: "anything"})
	servertest.Golden(t, "oauth", platform.Dialect{}, &contract.Operation{ID: "createToken", ErrorFormat: "oauth"})
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
			case format == "" &&
				(body["title"] == "" || body["code"] != string(code) || body["status"] != float64(f.Status) ||
					f.ContentType != "application/problem+json"):
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
