// Package control serves the Control API, version 1: a handler an operation, each of which decodes, makes
// one service call and encodes. It calls orgs tenants.
package control

import (
	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/events"
	"github.com/alania-go/alania/domain/data/objects"
	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/contract"
)

// API is the contract's handlers and the services they call.
type API struct {
	Tenants    *org.Tenants
	Workspaces *workspace.Service
	Accounts   *oauth.InWorkspaces
	Objects    *objects.Service
	Documents  *documents.Service
	Events     *events.Service
	Rows       *rows.Service
	Realms     *realm.Service
	PublicURL  string // what links begin with

	Health  *health.Service
	Cursors *page.Cursors
	Version string
	Engines []contract.Engine // of the capabilities of workspaces

	contract *contract.Contract
}

var _ control.StrictServerInterface = (*API)(nil)

// Register implements contract.Handlers.
func (a *API) Register(router *contract.Router, steps map[string][]echo.MiddlewareFunc) {
	a.contract = router.Contract()
	control.RegisterHandlersWithOptions(router, control.NewStrictHandler(a, nil),
		control.RegisterHandlersOptions{OperationMiddlewares: steps})
}

// Lists are the lists of the store that the operations with x-list show. The handlers have no keys of their own: the
// validator lets those of the bundle pass.
func (*API) Lists() map[string]contract.Table {
	return map[string]contract.Table{
		"listTenants": {Rows: "tenants"}, "listWorkspaces": {Rows: "workspaces by state"},
		"listServiceAccounts": {Rows: "service accounts"}, "listApplications": {Rows: "applications"},
		"listRealms": {}, "listRealmRoles": {}, // they are read as a whole
		"listRealmClients": {Rows: "realm_clients"}, "listRealmUsers": {Rows: "realm_users"},
	}
}
