package control_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/server/control"
	"github.com/alania-go/alania/server/servertest"
)

// What a workspace does not have is refused, and works as soon as it has it.
func TestCapabilityOfAWorkspace(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		w := newWorkspace(t, i, tn, "postgres")
		list := servertest.Request{Operation: "listObjects", Bearer: tn.Key, Path: workspacePath(w["id"])}
		lacks(t, i.Want(t, 403, list), "storage", workspace.NotEnabled, plan.Enterprise)
		i.Want(t, 200, servertest.Request{
			Operation: "updateWorkspace", Bearer: tn.Key, Path: list.Path,
			JSON: object{"capabilities": []any{"postgres", "storage"}},
		})
		i.Want(t, 200, list)
	})
}

// lacks compares the refusal of a capability: nothing is missing in it.
func lacks(t testing.TB, res *servertest.Response, c workspace.Capability, reason string, tier plan.Tier) {
	t.Helper()
	if res.Object(t)["error"] == nil { // in the form of PostgREST, which has no place for more
		if res.Object(t)["code"] != "CAPABILITY_UNAVAILABLE" {
			t.Errorf("%s", res.Body)
		}
		return
	}
	want := object{"capability": string(c), "reason": reason, "plan": string(tier)}
	details, _ := res.Object(t)["error"].(object)["details"].(object)
	upgrade, _ := details["upgradeUrl"].(string)
	delete(details, "upgradeUrl")
	if code(t, res) != "CAPABILITY_UNAVAILABLE" || !reflect.DeepEqual(details, want) ||
		!strings.HasSuffix(upgrade, "/upgrade") {
		t.Errorf("%s", res.Body)
	}
}

// another is a capability that every plan has.
func another(c workspace.Capability) string {
	if c == workspace.Storage {
		return string(workspace.Postgres)
	}
	return string(workspace.Storage)
}

// Every operation that the bundle gates is refused where the workspace, or the plan, lacks the capability.
func TestGatedOperations(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		small := i.Tenant(t, plan.Free)
		operations := i.Contract(control.Name).Operations
		without := map[workspace.Capability]any{}
		tried := 0
		for _, name := range slices.Sorted(maps.Keys(operations)) {
			op := operations[name]
			if op.Needs == "" || valid[name] == nil { // what has no request yet is another test's to tell
				continue
			}
			tried++
			r := valid[name](t, i, tn)
			if !op.InWorkspace {
				r.Bearer = small.Key
				lacks(t, i.Want(t, 403, r), op.Needs, workspace.PlanRestriction, plan.Free)
				continue
			}
			if without[op.Needs] == nil {
				without[op.Needs] = newWorkspace(t, i, tn, another(op.Needs))["id"]
			}
			r.Path = maps.Clone(r.Path)
			maps.Copy(r.Path, workspacePath(without[op.Needs]))
			lacks(t, i.Want(t, 403, r), op.Needs, workspace.NotEnabled, plan.Enterprise)
		}
		if tried < 20 {
			t.Errorf("only %d operations need a capability", tried)
		}
		refused := i.Want(t, 403, servertest.Request{
			Operation: "createWorkspace", Bearer: small.Key, JSON: workspaceBody(small, "identity"),
		})
		lacks(t, refused, workspace.IdentityUsers, workspace.PlanRestriction, plan.Free)
		refused = i.Want(t, 403, servertest.Request{
			Operation: "updateWorkspace", Bearer: small.Key, Path: workspacePath(small.Workspace.ID.Prefixed("wks")),
			JSON: object{"capabilities": []any{"identity"}},
		})
		lacks(t, refused, workspace.IdentityUsers, workspace.PlanRestriction, plan.Free)
	})
}
