package server

import (
	"fmt"
	"slices"
	"strings"
	"sync"

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

// modules are the contracts that are served. The docs show the first one first, and of contracts
// that are equally near to a path that nobody serves, the first answers.
func modules(s contract.Services) []contract.Module {
	return []contract.Module{
		platform.Module(s),
		core.Module(s),
		keys.Module(s),
	}
}

// domain are the services as the modules see them.
func (s *Services) domain() contract.Services {
	return contract.Services{
		Orgs: s.Orgs, Workspaces: s.Workspaces, Projects: s.Projects, Keys: s.Keys, OAuth: s.OAuth, Audit: s.Audit,
		Webhooks: s.Webhooks, Sync: s.Sync, Jobs: s.Queue, Entitlements: s.Entitlements, SEO: s.SEO, Pixel: s.Pixel,
		MCP: s.MCP, Cache: s.Cache, Cursors: page.NewCursors(s.Box.Derive("cursors")), Now: s.now,
		WorkspaceNumber: s.Store.Workspaces.WorkspaceNumber,
	}
}

// render has the endpoints of each contract told of events in its words.
func (s *Services) render(modules []contract.Module) {
	for _, m := range modules {
		if m.Events != nil {
			s.Webhooks.Render(m.Name, m.Events)
		}
	}
}

// WithContract serves one contract more.
func WithContract(module func(contract.Services) contract.Module) Option {
	return func(e *edge.Edge) { e.Modules = append(e.Modules, module) }
}

// publish serves every contract: its bundle, its dialect and its handlers.
func (s *Server) publish(e *edge.Edge, version string) error {
	domain := s.domain()
	domain.Health, domain.Version, domain.Draining, domain.Scopes = s.health, version, s.draining.Load, s.scopes
	domain.PublicURL = strings.TrimSuffix(s.cfg.PublicURL, "/")
	served := modules(domain)
	for _, module := range e.Modules {
		served = append(served, module(domain))
	}
	s.render(served)
	for _, m := range served {
		c, err := load(m)
		if err != nil {
			return err
		}
		if err := c.CheckLists(m.Handlers.Lists(), store.Lists()); err != nil {
			return err
		}
		if err := c.Connect(e.Resolvers); err != nil {
			return err
		}
		s.Contracts = append(s.Contracts, c)
		m.Handlers.Register(contract.NewRouter(s.echo, c), c.Steps(e.Operation))
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

// bundles has a function for each published bundle that returns it. A bundle does not change, so
// it is read once in a process, however many servers the process runs, as tests do.
var bundles sync.Map

func load(m contract.Module) (*contract.Contract, error) {
	if m.Bundle != nil {
		return contract.Load(m)
	}
	once, _ := bundles.LoadOrStore(m.Name, sync.OnceValues(func() (*contract.Bundle, error) {
		text, _ := openapi.JSON(m.Name)
		return contract.ReadBundle(text)
	}))
	b, err := once.(func() (*contract.Bundle, error))()
	if err != nil {
		return nil, fmt.Errorf("contract %s: %w", m.Name, err)
	}
	return contract.New(m, b)
}
