package platform_test

import (
	"testing"

	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// A plan's limits hold in this contract too, and its calls are counted.
func TestEntitlements(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		i := servertest.Start(t, e)
		tn := i.Tenant(t, plan.Free)
		refused := func(r servertest.Request) {
			t.Helper()
			if body := i.Want(t, 403, r).Object(t); body["code"] != "feature_limit_reached" ||
				body["title"] != "Feature limit reached" {
				t.Errorf("%v", body)
			}
		}
		create := servertest.Request{
			Operation: "createWorkspace", Path: orgPath(tn), Bearer: tn.Key, JSON: object{"name": "W"},
		}
		for range 2 { // the tenant has one
			i.Want(t, 201, create)
		}
		refused(create)
		makeKey := servertest.Request{
			Operation: "createKey", Path: orgPath(tn), Bearer: tn.Key,
			JSON: object{"name": "made", "scopes": []string{"orgs:read"}},
		}
		for range 4 {
			i.Want(t, 201, makeKey)
		}
		refused(makeKey)
		hook := servertest.Request{
			Operation: "createWebhookEndpoint", Bearer: tn.Key, JSON: object{"url": i.Other + "/hook", "events": []string{"*"}},
		}
		for range 3 {
			i.Want(t, 201, hook)
		}
		refused(hook)
		i.Want(t, 401, servertest.Request{Operation: "listOrgs"}) // nobody's

		if err := i.Calls.Flush(tn.As()); err != nil {
			t.Fatal(err)
		}
		sum, err := i.Entitlements.Summary(tn.As(), tn.Workspace.ID)
		if err != nil {
			t.Fatal(err)
		}
		want := map[entitlement.Feature]int64{
			entitlement.Workspaces: 3, entitlement.APIKeys: 5, entitlement.Webhooks: 3, entitlement.APICalls: 12,
		}
		for _, got := range sum.Entitlements {
			if n, ok := want[got.Feature]; ok && got.Used != n {
				t.Errorf("%d %s, want %d", got.Used, got.Feature, n)
			}
		}
	})
}
