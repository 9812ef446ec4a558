package control_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/engine/keycloak/keycloaktest"
	"github.com/alania-go/alania/server/control"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// What holds of the realms in our own tables holds of those that a Keycloak server keeps.
func TestKeycloak(t *testing.T) {
	keycloak := keycloaktest.Start(t)
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		cfg := servertest.Config(t, e)
		cfg.Keycloak = keycloak
		i := servertest.Run(t, e, cfg)
		for name, test := range map[string]func(*testing.T, *servertest.Instance, *servertest.Tenant){
			"people sign in": signsIn, "who cannot sign in": refusesSignIn, "programs sign in": signsProgramsIn,
			"invitations": accepts, "clients": keepsClients, "roles": keepsRoles, "users": keepsUsers,
			"stock clients": worksWithStockClients,
			"openid-client": worksWithOpenIDClient, "its health": showsKeycloak,
			"deleted tenants": removesRealms,
		} {
			t.Run(name, func(t *testing.T) { test(t, i, i.Tenant(t, plan.Enterprise)) })
		}
	})
}

// showsKeycloak looks for the server among what the platform depends on.
func showsKeycloak(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
	report := i.Want(t, http.StatusOK, servertest.Request{Operation: "getPlatformHealth"}).Object(t)
	for _, d := range report["dependencies"].([]any) {
		if d.(object)["name"] == "identity_provider" && d.(object)["state"] != "down" {
			return
		}
	}
	t.Errorf("%v", report)
}

// removesRealms deletes a tenant, and looks for its realm when the tenant is purged.
func removesRealms(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
	_, admin := administrator(t, i)
	body := tenantBody("pro")
	made := i.Want(t, 201, servertest.Request{Operation: "createTenant", Bearer: admin, JSON: body}).Object(t)
	orgID, err := control.ParseTenant(made["id"].(string))
	if err != nil {
		t.Fatal(err)
	}
	issuer := i.Directory.IssuerOf(body["slug"].(string))
	status := func() int {
		t.Helper()
		return servertest.Get(t, issuer, "").Status
	}
	tasktest.Until(t, "the realm is made", func() bool { return status() == http.StatusOK })
	i.Want(t, 204, servertest.Request{Operation: "deleteTenant", Bearer: admin, Path: tenantPath(made["id"])})
	purge := func() {
		t.Helper()
		if err := i.Tenants.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if purge(); status() != http.StatusOK {
		t.Error("it is gone before its time")
	}
	if _, err := i.Store.Exec(t.Context(), "UPDATE orgs SET deactivated_at = $1 WHERE id = $2",
		time.Now().Add(-2*org.PurgeAfter), orgID); err != nil {
		t.Fatal(err)
	}
	if purge(); status() != http.StatusNotFound {
		t.Error("it is there after the purge")
	}
}
