package control_test

import (
	"testing"

	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/engine/keycloak/keycloaktest"
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
			"openid-client": worksWithOpenIDClient,
		} {
			t.Run(name, func(t *testing.T) { test(t, i, i.Tenant(t, plan.Enterprise)) })
		}
	})
}
