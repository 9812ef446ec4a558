package control_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/control"
	"github.com/alania-go/alania/server/servertest"
)

func TestMain(m *testing.M) {
	bundle, _ := openapi.JSON(control.Name)
	module := control.Module(contract.Services{Now: clock.System})
	module.Bundle = bundle
	c, err := contract.Load(module)
	if err != nil {
		panic(err)
	}
	servertest.Main(m, control.Name, c.Document())
}

type object = map[string]any

// valid has a request that succeeds for every operation. The file of each area adds its own.
var valid = map[string]servertest.Valid{}

// prefixes are those of ids, by the parameter or the member that has them.
var prefixes = map[string]string{
	"tenantId": "tnt", "workspaceId": "wks", "serviceAccountId": "svc", "applicationId": "app",
	"realmClientId": "rcl", "userId": "usr",
}

// varying matches what may differ between two answers that mean the same.
var varying = regexp.MustCompile(
	`[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}|"(correlationId|timestamp)":"[^"]*"`)

var suite = servertest.Suite{
	Contract: control.Name, Valid: valid, Schema: http.StatusBadRequest, Mismatch: http.StatusConflict,
	UnknownID: func(_ *contract.Operation, parameter string) string {
		if parameter == "realmId" {
			return "no-such-realm"
		}
		if prefixes[parameter] == "" { // nobody's
			return ""
		}
		return servertest.UnknownID(prefixes[parameter])
	},
	Own: map[string]func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string{
		"tenantId": func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) string {
			return tn.Org.ID.Prefixed("tnt")
		},
		"workspaceId": func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) string {
			return tn.Workspace.ID.Prefixed("wks")
		},
		"realmId": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
			return realmOf(t, i, tn)
		},
	},
	Normalize:    func(body string) string { return varying.ReplaceAllString(body, "…") },
	HealthChecks: []string{"getPlatformHealth"},
	Credentials:  []servertest.Credential{byKey, byToken},
	Options:      []server.Option{server.WithSupports(supports)},
}

var (
	byKey = servertest.Credential{
		Name: "an API key",
		Put: func(_ testing.TB, _ *contract.Operation, tn *servertest.Tenant, r *servertest.Request) bool {
			r.Bearer = tn.Key
			return true
		},
	}
	byToken = servertest.Credential{
		Name: "an OAuth token",
		Put: func(t testing.TB, op *contract.Operation, tn *servertest.Tenant, r *servertest.Request) bool {
			if ofPlatform[op.ID] {
				tn, _ = administrator(t, tn.Server())
			}
			r.Bearer = tn.Token(t)
			return true
		},
	}
)

func TestContract(t *testing.T) { suite.Run(t) }

// code returns the code of an error, and checks that the envelope and the header name the same request.
func code(t testing.TB, res *servertest.Response) string {
	t.Helper()
	said, _ := res.Object(t)["error"].(object)
	if id := said["correlationId"]; id == "" || id != res.Header.Get("X-Correlation-Id") {
		t.Errorf("the body says the request %v, the header %q", id, res.Header.Get("X-Correlation-Id"))
	}
	name, _ := said["code"].(string)
	return name
}
