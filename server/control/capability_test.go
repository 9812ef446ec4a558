package control_test

import (
	"testing"

	"github.com/alania-go/alania/server/servertest"
)

// What a workspace does not have is refused, with what it lacks and why.
func TestCapabilityOfAWorkspace(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		w := newWorkspace(t, i, tn, "postgres")
		list := servertest.Request{Operation: "listObjects", Bearer: tn.Key, Path: workspacePath(w["id"])}
		res := i.Want(t, 403, list)
		said := res.Object(t)["error"].(object)
		details, _ := said["details"].(object)
		if code(t, res) != "CAPABILITY_UNAVAILABLE" || details["capability"] != "storage" ||
			details["reason"] != "capability_not_enabled" || details["plan"] != "enterprise" || details["upgradeUrl"] == "" {
			t.Errorf("%v", said)
		}
		i.Want(t, 200, servertest.Request{
			Operation: "updateWorkspace", Bearer: tn.Key, Path: list.Path,
			JSON: object{"capabilities": []any{"postgres", "storage"}},
		})
		i.Want(t, 200, list)
	})
}
