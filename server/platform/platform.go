// Package platform serves the Platform API, version 2: a handler an operation, each of
// which decodes, makes one service call and encodes.
package platform

import (
	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/integration"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/gen/platform"
	"github.com/alania-go/alania/server/contract"
)

// API is the contract's handlers and the services they call.
type API struct {
	Orgs       *org.Service
	Workspaces *workspace.Service
	Keys       *apikey.Service
	Audit      *audit.Service
	OAuth      *oauth.Service
	Webhooks   *webhook.Service
	Sync       *integration.Service
	Jobs       *job.Queue
	Health     *health.Service
	Cursors    *page.Cursors
	Version    string
	Draining   func() bool     // whether the process is about to stop
	Scopes     func() []string // that anything served may need
}

var _ platform.StrictServerInterface = (*API)(nil)

// Register implements contract.Handlers.
func (a *API) Register(router *contract.Router, steps map[string][]echo.MiddlewareFunc) {
	platform.RegisterHandlersWithOptions(router, platform.NewStrictHandler(a, nil),
		platform.RegisterHandlersOptions{OperationMiddlewares: steps})
}

// Lists are the lists of the store that the operations with x-list show. The handlers have no keys of their own: the
// validator lets those of the bundle pass.
func (*API) Lists() map[string]contract.Table {
	return map[string]contract.Table{
		"listOrgs": {Rows: "orgs"}, "listWorkspaces": {Rows: "workspaces"}, "listMembers": {Rows: "members"},
		"listKeys":         {Rows: "keys"},
		"listAuditEntries": {Rows: "audit entries"}, "listWebhookEndpoints": {Rows: "webhook endpoints"},
		"listWebhookDeliveries": {Rows: "webhook deliveries"}, "listBindings": {Rows: "bindings"},
		"listSyncRuns": {Rows: "sync runs"},
		"listRecords":  {Rows: "records"},
	}
}
