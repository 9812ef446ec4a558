// Package core serves the Core API, version 1: integer ids, numbered pages, and answers
// with an envelope.
package core

import (
	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/project"
	"github.com/alania-go/alania/domain/seo"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/gen/core"
	"github.com/alania-go/alania/server/contract"
)

// API is the contract's handlers and the services they call.
type API struct {
	Orgs         *org.Service
	Workspaces   *workspace.Service
	Projects     *project.Service
	Keys         *apikey.Service
	Webhooks     *webhook.Service
	Entitlements *entitlement.Service
	SEO          *seo.Service
	Pixel        *pixel.Service
	MCP          *mcp.Service
	PublicURL    string // what links begin with
}

var _ core.StrictServerInterface = (*API)(nil)

// Register implements contract.Handlers.
func (a *API) Register(router *contract.Router, steps map[string][]echo.MiddlewareFunc) {
	core.RegisterHandlersWithOptions(router, core.NewStrictHandler(a, nil),
		core.RegisterHandlersOptions{OperationMiddlewares: steps})
}
