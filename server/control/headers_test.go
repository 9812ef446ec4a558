package control_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server/servertest"
)

const version, correlation = "X-Api-Version", "X-Correlation-Id"

// What is wrong with the headers of every request has a code of its own. Who calls is asked before.
func TestHeadersOfEveryRequest(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		for _, c := range []struct {
			name      string
			operation string
			lines     http.Header
			bearer    string
			status    int
			code      string
		}{
			{"no version", "getPlatformInfo", http.Header{correlation: {"corr-abc-123"}}, tn.Key, 400,
				"API_VERSION_REQUIRED"},
			{"an unknown version", "getPlatformInfo", http.Header{version: {"2023-01-01"}}, tn.Key, 400,
				"API_VERSION_UNSUPPORTED"},
			{"a malformed version", "getPlatformInfo", http.Header{version: {"latest"}}, tn.Key, 400,
				"API_VERSION_UNSUPPORTED"},
			{"two versions", "getPlatformInfo", http.Header{version: {"2024-01-01", "2024-01-01"}}, tn.Key, 400,
				"API_VERSION_UNSUPPORTED"},
			{"no correlation id", "getPlatformInfo", http.Header{version: {"2024-01-01"}}, tn.Key, 400,
				"CORRELATION_ID_REQUIRED"},
			{"a short correlation id", "getPlatformInfo",
				http.Header{version: {"2024-01-01"}, correlation: {"corr-12"}}, tn.Key, 400, "CORRELATION_ID_INVALID"},
			{"a correlation id with a space", "getPlatformInfo",
				http.Header{version: {"2024-01-01"}, correlation: {"corr abc 123"}}, tn.Key, 400, "CORRELATION_ID_INVALID"},
			{"two correlation ids", "getPlatformInfo",
				http.Header{version: {"2024-01-01"}, correlation: {"corr-abc-123", "corr-abc-123"}}, tn.Key, 400,
				"CORRELATION_ID_INVALID"},
			{"nothing, and nobody", "getPlatformInfo", nil, "", 401, "UNAUTHENTICATED"},
			{"an unknown version of a public operation", "getPlatformHealth", http.Header{version: {"2023-01-01"}}, "", 400,
				"API_VERSION_UNSUPPORTED"},
			{"a malformed id of a public operation", "getPlatformHealth", http.Header{correlation: {"short"}}, "", 400,
				"CORRELATION_ID_INVALID"},
		} {
			res := i.Want(t, c.status, servertest.Request{
				Operation: c.operation, Lines: c.lines, Without: []string{version, correlation}, Bearer: c.bearer,
			})
			if got := code(t, res); got != c.code {
				t.Errorf("%s: the code is %s", c.name, got)
			}
			if strings.HasPrefix(c.code, "API_VERSION") {
				details, _ := res.Object(t)["error"].(object)["details"].(object)
				if list, _ := details["supported"].([]any); len(list) != 1 || list[0] != "2024-01-01" {
					t.Errorf("%s: details %v", c.name, details)
				}
			}
			kept := len(c.lines[correlation]) == 1 && c.code != "CORRELATION_ID_INVALID"
			if id := res.Header.Get(correlation); len(id) < 8 || kept != slices.Contains(c.lines[correlation], id) {
				t.Errorf("%s: the answer has the id %q", c.name, id)
			}
		}
	})
}

// The id that a caller sends is in every answer and in the log, also where no operation is.
func TestCorrelationID(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		for _, c := range []struct {
			method, path string
			status       int
			code         string
		}{
			{http.MethodGet, "/v1/platform/nothing", 404, "ROUTE_NOT_FOUND"},
			{http.MethodDelete, "/v1/platform/info", 405, "METHOD_NOT_ALLOWED"},
			{http.MethodGet, "/v1/platform/info", 401, "UNAUTHENTICATED"},
			{http.MethodGet, "/v1/platform/health", 200, ""},
		} {
			for given, kept := range map[string]bool{
				"corr:" + tn.Org.ID.ULID(): true, strings.Repeat("x", 128): true, strings.Repeat("x", 129): false,
				"short": false, "": false,
			} {
				r, err := http.NewRequestWithContext(t.Context(), c.method, i.URL+c.path, nil)
				if err != nil {
					t.Fatal(err)
				}
				if given != "" {
					r.Header.Set(correlation, given)
				}
				r.Header.Set("X-Request-ID", "not-asked-for")
				res, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				got := servertest.Read(t, res)
				if c.status == 200 && !kept && given != "" {
					if got.Status != 400 {
						t.Errorf("%s with the id %q: %d", c.path, given, got.Status)
					}
				} else if got.Status != c.status || c.code != "" && code(t, got) != c.code {
					t.Errorf("%s %s: %d %s", c.method, c.path, got.Status, got.Body)
				}
				id := got.Header.Get(correlation)
				if (id == given) != kept || len(id) < 8 || got.Header.Get("X-Request-Id") != "" {
					t.Errorf("%s with the id %q: %v", c.path, given, got.Header)
				}
				if kept && !strings.Contains(i.Log.String(), `"request_id":"`+given+`"`) {
					t.Errorf("the log does not have %q", given)
				}
			}
		}
	})
}

// Who calls is what the token says. What a gateway would tell in X-Auth-… is nobody's word here.
func TestHeadersOfAGatewayMeanNothing(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		other := i.Tenant(t, plan.Enterprise)
		forged := map[string]string{
			"X-Auth-Tenant-Id": other.Org.ID.Prefixed("tnt"), "X-Auth-Subject": "admin",
			"X-Auth-Roles":  "superadmin,platform_admin",
			"X-Auth-Scopes": "*", "X-Auth-Workspace-Id": other.Workspace.ID.Prefixed("wks"), "X-Auth-Plan-Id": "enterprise",
		}
		i.Want(t, 401, servertest.Request{Operation: "getPlatformInfo", Header: forged})
		powerless := tn.KeyWith(t, "", "nothing:here")
		res := i.Want(t, 403, servertest.Request{Operation: "getPlatformInfo", Header: forged, Bearer: powerless})
		if got := code(t, res); got != "INSUFFICIENT_SCOPE" {
			t.Errorf("the code is %s", got)
		}
		res = i.Want(t, 403, servertest.Request{Operation: "getPlatformInfo", Header: forged, Bearer: tn.Key})
		if got := code(t, res); got != "ACCESS_DENIED" {
			t.Errorf("the code is %s", got)
		}
		tenants := i.Want(t, 200, servertest.Request{Operation: "listTenants", Header: forged, Bearer: tn.Key}).Object(t)
		if items := tenants["items"].([]any); len(items) != 1 || items[0].(object)["id"] != tn.Org.ID.Prefixed("tnt") {
			t.Errorf("%v", tenants)
		}
	})
}
