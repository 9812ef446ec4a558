package server

import (
	"slices"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/release"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/core"
	"github.com/alania-go/alania/server/edge"
	"github.com/alania-go/alania/server/keys"
	"github.com/alania-go/alania/server/platform"
	"github.com/alania-go/alania/store"
)

// handlers are those of one contract.
type handlers interface {
	// Register puts the operations on the router, each with middleware(op).
	Register(router *echo.Echo, c *contract.Contract, middleware func(*contract.Operation) echo.MiddlewareFunc)
	// Lists are what the handlers know of each operation with x-list, by operationId.
	Lists() map[string]contract.Table
}

// publish serves every contract: its bundle, its dialect and its handlers. Of contracts
// that are equally near to a path that nobody serves, the first answers.
func (s *Server) publish(e *edge.Edge, version string) error {
	for _, p := range []struct {
		name    string
		dialect contract.Dialect
		api     handlers
	}{
		{"platform", platform.Dialect{}, &platform.API{
			Orgs: s.Orgs, Workspaces: s.Workspaces, Keys: s.Keys, Audit: s.Audit, OAuth: s.OAuth,
			Webhooks: s.Webhooks, Sync: s.Sync, Jobs: s.Queue, Cursors: page.NewCursors(s.Box.Derive("cursors")),
			Version: version, Draining: s.draining.Load,
			Health: s.health, Scopes: s.scopes,
		}},
		{core.Name, core.Dialect{}, &core.API{
			Orgs: s.Orgs, Workspaces: s.Workspaces, Projects: s.Projects, Keys: s.Keys, Webhooks: s.Webhooks,
			Entitlements: s.Entitlements, SEO: s.SEO, Pixel: s.Pixel, MCP: s.MCP,
			PublicURL: strings.TrimSuffix(s.cfg.PublicURL, "/"),
		}},
		{keys.Name, keys.Dialect{Now: s.now}, &keys.API{Keys: s.Keys}},
	} {
		c, err := load(p.name, p.dialect)
		if err != nil {
			return err
		}
		if err := c.CheckLists(p.api.Lists(), store.Lists()); err != nil {
			return err
		}
		s.Contracts = append(s.Contracts, c)
		p.api.Register(s.echo, c, e.Operation)
		e.Preflight(s.echo, c)
	}
	e.Contracts = s.Contracts
	return nil
}

// scopes are those that anything served may need: operations of the contracts, and the registry.
func (s *Server) scopes() []string {
	all := append(contract.Scopes(s.Contracts...), release.Scope)
	slices.Sort(all)
	return slices.Compact(all)
}

// loaded has a function for each contract that returns it. A contract does not change, so it
// is read once in a process, however many servers the process runs, as tests do.
var loaded sync.Map

func load(name string, dialect contract.Dialect) (*contract.Contract, error) {
	once, _ := loaded.LoadOrStore(name, sync.OnceValues(func() (*contract.Contract, error) {
		bundle, _ := openapi.JSON(name)
		return contract.Load(name, bundle, dialect)
	}))
	return once.(func() (*contract.Contract, error))()
}
