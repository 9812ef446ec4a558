package control_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/control"
	"github.com/alania-go/alania/server/servertest"
)

func TestDialect(t *testing.T) {
	servertest.Golden(t, "control", control.Dialect{Now: clock.System}, &contract.Operation{ID: "anything"})
}

// render returns the error that a dialect makes at ten o'clock.
func render(t *testing.T, op *contract.Operation, e *fault.Error, path string) (int, object) {
	t.Helper()
	d := control.Dialect{Now: func() time.Time { return time.Date(2024, 1, 15, 10, 0, 0, 0, time.UTC) }}
	f := d.Render(op, e, path, "corr-abc-123")
	var body map[string]object
	if err := json.Unmarshal(f.Body, &body); err != nil || len(body) != 1 || f.ContentType != "application/json" {
		t.Fatalf("%s is %s: %v", e.Code, f.Body, err)
	}
	return f.Status, body["error"]
}

// Every code has a status of its own, and words that no driver wrote.
func TestDialectIsComplete(t *testing.T) {
	for _, code := range fault.Codes() {
		status, said := render(t, nil, fault.New(code, "x").WithCause(errors.New("driver text")), "/")
		if status < 400 || status > 599 || said["code"] != strings.ToUpper(string(code)) || said["message"] != "x" ||
			said["correlationId"] != "corr-abc-123" || said["timestamp"] != "2024-01-15T10:00:00.000Z" ||
			said["details"] != nil {
			t.Errorf("%s: %d %v", code, status, said)
		}
	}
	for code, want := range map[fault.Code]int{
		fault.ValidationFailed: 400, fault.InvalidCursor: 400, fault.RuleBroken: 422, fault.Conflict: 409,
		fault.IdempotencyInFlight: 409, fault.IdempotencyMismatch: 409, fault.FeatureLimit: 403,
	} {
		if status, _ := render(t, nil, fault.New(code, "x"), "/"); status != want {
			t.Errorf("%s is %d", code, status)
		}
	}
}

// What does not exist is named, by an id that has the form of one and by nothing else.
func TestNotFoundNamesTheThing(t *testing.T) {
	workspace := &contract.Operation{Path: "/v1/workspaces/{workspaceId}"}
	tenant := &contract.Operation{Path: "/v1/tenants/{tenantId}"}
	account := &contract.Operation{Path: "/v1/workspaces/{workspaceId}/service-accounts/{serviceAccountId}"}
	const id = "01KA8XR1C4H8Q2N5T7Y9D3FM6G"
	for _, c := range []struct {
		op            *contract.Operation
		what, path    string
		code, message string
	}{
		{workspace, "workspace", "/v1/workspaces/wks_" + id, "WORKSPACE_NOT_FOUND", "Workspace wks_" + id + " not found"},
		{tenant, "organization", "/v1/tenants/tnt_" + id, "TENANT_NOT_FOUND", "Tenant tnt_" + id + " not found"},
		{account, "service account", "/v1/workspaces/wks_" + id + "/service-accounts/svc_" + id,
			"SERVICE_ACCOUNT_NOT_FOUND",
			"Service account svc_" + id + " not found"},
		{account, "workspace", "/v1/workspaces/wks_" + id + "/service-accounts/svc_" + id, "WORKSPACE_NOT_FOUND",
			"Workspace wks_" + id + " not found"},
		{workspace, "workspace", "/v1/workspaces/<script>", "WORKSPACE_NOT_FOUND", "Workspace not found"},
		{workspace, "workspace", "/v1/workspaces/wks_" + id + "x", "WORKSPACE_NOT_FOUND", "Workspace not found"},
		{workspace, "project", "/v1/workspaces/wks_" + id, "PROJECT_NOT_FOUND", "Project not found"},
		{nil, "workspace", "/v1/workspaces/wks_" + id, "WORKSPACE_NOT_FOUND", "Workspace not found"},
	} {
		status, said := render(t, c.op, fault.NewNotFound(c.what), c.path)
		if status != 404 || said["code"] != c.code || said["message"] != c.message {
			t.Errorf("%s at %s: %d %v", c.what, c.path, status, said)
		}
	}
}

// Violations are a list, whatever else comes with an error is an object in the form of the contract.
func TestDetails(t *testing.T) {
	tooLong := fault.Body("/displayName", "max_length", "must have 120 characters at most")
	_, said := render(t, nil, fault.Invalid(tooLong), "/")
	list, _ := said["details"].([]any)
	if len(list) != 1 || list[0].(object)["pointer"] != "/displayName" || list[0].(object)["in"] != "body" {
		t.Errorf("%v", said)
	}
	_, said = render(t, nil, &fault.Error{Code: fault.RuleBroken, Reason: "unlimited", Details: object{
		"upgrade_url": "https://example.com", "reset_at": time.Date(2024, 1, 15, 11, 0, 0, 0, time.UTC),
		"in_use": object{"api_keys": 3},
	}}, "/")
	got, _ := said["details"].(object)
	if got["upgradeUrl"] != "https://example.com" || got["resetAt"] != "2024-01-15T11:00:00.000Z" ||
		got["inUse"].(object)["apiKeys"] != 3.0 || said["code"] != "RULE_BROKEN" {
		t.Errorf("%v", said)
	}
}
