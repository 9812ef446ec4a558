package control_test

import (
	"context"
	"errors"
	"net/url"
	"reflect"
	"sync/atomic"
	"testing"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/server/servertest"
)

// prepared reports whether what observability needs can be prepared.
var prepared atomic.Bool

// supports are of capabilities that nothing provides yet: a workspace with audit holds data of it, and observability
// is prepared when the tests say so.
var supports = workspace.Supports{
	workspace.AuditTrail: {Holds: func(context.Context, id.ID) (bool, error) { return true, nil }},
	workspace.Observability: {Provision: func(context.Context, workspace.Workspace) error {
		if !prepared.Load() {
			return errors.New("the server of observability is down")
		}
		return nil
	}},
}

func workspaceBody(tn *servertest.Tenant, capabilities ...any) object {
	return object{
		"tenantId": tn.Org.ID.Prefixed("tnt"), "slug": newSlug(), "displayName": "Development Environment",
		"capabilities": append([]any{}, capabilities...),
	}
}

func newWorkspace(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, capabilities ...any) object {
	t.Helper()
	return i.Want(t, 201, servertest.Request{
		Operation: "createWorkspace", Bearer: tn.Key, JSON: workspaceBody(tn, capabilities...),
	}).Object(t)
}

func workspacePath(workspaceID any) map[string]string {
	return map[string]string{"workspaceId": workspaceID.(string)}
}

func init() {
	in := func(operation string, body any) servertest.Valid {
		return func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{
				Operation: operation, Bearer: tn.Key, Path: workspacePath(tn.Workspace.ID.Prefixed("wks")), JSON: body,
			}
		}
	}
	valid["listWorkspaces"] = func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		return servertest.Request{Operation: "listWorkspaces", Bearer: tn.Key}
	}
	valid["createWorkspace"] = func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		return servertest.Request{
			Operation: "createWorkspace", Bearer: tn.Key, JSON: workspaceBody(tn, "postgres", "mongo", "kafka", "storage"),
		}
	}
	valid["getWorkspace"] = in("getWorkspace", nil)
	valid["updateWorkspace"] = in("updateWorkspace", object{"displayName": "Other"})
	valid["deleteWorkspace"] = func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		return servertest.Request{
			Operation: "deleteWorkspace", Bearer: tn.Key, Path: workspacePath(newWorkspace(t, i, tn)["id"]),
		}
	}
}

func TestWorkspace(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		made := newWorkspace(t, i, tn, "storage", "postgres", "audit")
		path := workspacePath(made["id"])
		if !reflect.DeepEqual(made["capabilities"], []any{"postgres", "storage", "audit"}) || made["status"] != "active" ||
			made["tenantId"] != tn.Org.ID.Prefixed("tnt") {
			t.Errorf("%v", made)
		}
		got := i.Want(t, 200, servertest.Request{Operation: "getWorkspace", Bearer: tn.Key, Path: path}).Object(t)
		if !reflect.DeepEqual(got, made) {
			t.Errorf("%v, then %v", made, got)
		}
		body := workspaceBody(tn)
		body["slug"] = made["slug"]
		again := i.Want(t, 409, servertest.Request{Operation: "createWorkspace", Bearer: tn.Key, JSON: body})
		if c := code(t, again); c != "SLUG_TAKEN" {
			t.Errorf("the slug once more: %s", c)
		}
		change := func(status int, body object) *servertest.Response {
			t.Helper()
			return i.Want(t, status, servertest.Request{Operation: "updateWorkspace", Bearer: tn.Key, Path: path, JSON: body})
		}
		refused := change(422, object{"capabilities": []any{"postgres"}})
		if c := code(t, refused); c != "CAPABILITY_IN_USE" ||
			!reflect.DeepEqual(refused.Object(t)["error"].(object)["details"], object{"capability": "audit"}) {
			t.Errorf("%s", refused.Body)
		}
		if c := change(200, object{"capabilities": []any{"kafka", "audit"}, "status": "suspended"}).Object(t); c["status"] !=
			"suspended" || !reflect.DeepEqual(c["capabilities"], []any{"kafka", "audit"}) {
			t.Errorf("%v", c)
		}
		suspended := i.Want(t, 200, servertest.Request{
			Operation: "listWorkspaces", Bearer: tn.Key, Query: url.Values{"status": {"suspended"}},
		}).Object(t)["items"].([]any)
		if len(suspended) != 1 || suspended[0].(object)["id"] != made["id"] {
			t.Errorf("%v", suspended)
		}
		change(200, object{"status": "active"})
		i.Want(t, 204, servertest.Request{Operation: "deleteWorkspace", Bearer: tn.Key, Path: path})
		gone := i.Want(t, 404, servertest.Request{Operation: "getWorkspace", Bearer: tn.Key, Path: path})
		if c := code(t, gone); c != "WORKSPACE_NOT_FOUND" {
			t.Errorf("%s", gone.Body)
		}
		last := i.Want(t, 409, servertest.Request{
			Operation: "deleteWorkspace", Bearer: tn.Key, Path: workspacePath(tn.Workspace.ID.Prefixed("wks")),
		})
		if c := code(t, last); c != "LAST_WORKSPACE" {
			t.Errorf("%s", last.Body)
		}
	})
}

// A capability that the plan does not include is refused, and so is a workspace more than the plan allows.
func TestWorkspacesWithinThePlan(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		tn := i.Tenant(t, plan.Free)
		refused := i.Want(t, 403, servertest.Request{
			Operation: "createWorkspace", Bearer: tn.Key, JSON: workspaceBody(tn, "identity"),
		})
		said := refused.Object(t)["error"].(object)["details"].(object)
		if said["capability"] != "identity" || said["reason"] != "plan_restriction" || said["plan"] != "free" {
			t.Errorf("%s", refused.Body)
		}
		newWorkspace(t, i, tn)
		newWorkspace(t, i, tn)
		more := i.Want(t, 403, servertest.Request{
			Operation: "createWorkspace", Bearer: tn.Key, JSON: workspaceBody(tn),
		})
		if c := code(t, more); c != "FEATURE_LIMIT_REACHED" {
			t.Errorf("%s", more.Body)
		}
	})
}

// A workspace is provisioning until what it needs is there; in other contracts it can be used meanwhile.
func TestWorkspaceIsProvisioned(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		made := newWorkspace(t, i, tn, "observability", "storage")
		if made["status"] != "provisioning" {
			t.Errorf("%v", made)
		}
		list := i.Want(t, 200, servertest.Request{
			Operation: "listWorkspaces", Bearer: tn.Key, Query: url.Values{"status": {"provisioning"}},
		}).Object(t)["items"].([]any)
		if len(list) == 0 {
			t.Error("it is not in the list")
		}
		other := i.Want(t, 200, servertest.Request{
			Operation: "platform.getWorkspace", Bearer: tn.Key, Path: map[string]string{"workspace_id": made["id"].(string)},
		}).Object(t)
		if other["status"] != "active" {
			t.Errorf("%v", other)
		}
		prepared.Store(true)
		tasktest.Until(t, "it is active", func() bool {
			look := servertest.Request{Operation: "getWorkspace", Bearer: tn.Key, Path: workspacePath(made["id"])}
			return i.Want(t, 200, look).Object(t)["status"] == "active"
		})
	})
}

// Who administers the platform makes workspaces in every tenant, by a role or as a super admin with a key.
func TestWorkspacesOfOtherTenants(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		_, admin := administrator(t, i)
		create := servertest.Request{Operation: "createWorkspace", Bearer: admin, JSON: workspaceBody(tn, "storage")}
		made := i.Want(t, 201, create).Object(t)
		if made["tenantId"] != tn.Org.ID.Prefixed("tnt") {
			t.Errorf("%v", made)
		}
		i.Want(t, 200, servertest.Request{Operation: "getWorkspace", Bearer: tn.Key, Path: workspacePath(made["id"])})
		stranger := create
		stranger.Bearer, stranger.JSON = i.Tenant(t, plan.Pro).Key, workspaceBody(tn)
		if c := code(t, i.Want(t, 404, stranger)); c != "TENANT_NOT_FOUND" {
			t.Errorf("a stranger: %s", c)
		}
		nobody := create
		nobody.JSON = workspaceBody(&servertest.Tenant{Org: org.Org{ID: id.New()}})
		if c := code(t, i.Want(t, 404, nobody)); c != "TENANT_NOT_FOUND" {
			t.Errorf("in a tenant that is not there: %s", c)
		}
		gone := newTenant(t, i, admin, "free")
		i.Want(t, 204, servertest.Request{Operation: "deleteTenant", Bearer: admin, Path: tenantPath(gone["id"])})
		late := workspaceBody(tn)
		late["tenantId"] = gone["id"]
		i.Want(t, 404, servertest.Request{Operation: "createWorkspace", Bearer: admin, JSON: late})
	})
}
