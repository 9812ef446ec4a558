package server

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/alania-go/alania/domain/object"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/release"
	"github.com/alania-go/alania/domain/task"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server/assembly"
	"github.com/alania-go/alania/server/config"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/control"
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
		control.Module(s),
	}
}

// servicesOf are the services as the modules see them.
func servicesOf(s *assembly.Services) contract.Services {
	return contract.Services{
		Orgs: s.Orgs, Tenants: s.Tenants, Workspaces: s.Workspaces, Projects: s.Projects, Keys: s.Keys, OAuth: s.OAuth,
		Accounts: s.Accounts, Audit: s.Audit,
		Webhooks: s.Webhooks, Sync: s.Sync, Jobs: s.Queue, Entitlements: s.Entitlements, SEO: s.SEO, Pixel: s.Pixel,
		MCP: s.MCP, Objects: s.Objects, Documents: s.Documents, Events: s.Events,
		Rows: s.Rows, Realms: s.Realms, Cache: s.Cache,
		Cursors: page.NewCursors(s.Box.Derive("cursors")), Now: s.Store.Now,
	}
}

// renderers have the endpoints of each contract told of events in its words. They are needed before there are
// services, and work without.
func renderers(more ...func(contract.Services) contract.Module) map[string]webhook.Renderer {
	out := map[string]webhook.Renderer{}
	served := modules(contract.Services{})
	for _, module := range more {
		served = append(served, module(contract.Services{}))
	}
	for _, m := range served {
		if m.Events != nil {
			out[m.Name] = m.Events
		}
	}
	return out
}

// OpenServices opens the services without the edge, for the command line. files is the object storage; nil for what
// needs none of it.
func OpenServices(
	ctx context.Context, cfg config.Config, files object.Store, log *slog.Logger,
) (*assembly.Services, error) {
	return assembly.Open(ctx, cfg, assembly.Options{Files: files, Renderers: renderers()}, log)
}

// WithContract serves one contract more.
func WithContract(module func(contract.Services) contract.Module) Option {
	return func(o *options) { o.contracts = append(o.contracts, module) }
}

// publish serves every contract: its bundle, its dialect and its handlers.
func (s *Server) publish(e *edge.Edge, version string, more []func(contract.Services) contract.Module) error {
	domain := servicesOf(s.Services)
	domain.Health, domain.Version, domain.Draining, domain.Scopes = s.health, version, s.draining.Load, s.scopes
	domain.Engines = engines(s.cfg)
	domain.PublicURL = strings.TrimSuffix(s.cfg.PublicURL, "/")
	served := modules(domain)
	for _, module := range more {
		served = append(served, module(domain))
	}
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
	if err := contract.SetRates(s.Contracts, s.cfg.RateClasses); err != nil {
		return fmt.Errorf("ALANIA_RATE_CLASSES: %w", err)
	}
	return s.Entitlements.CheckPromises(contract.Capabilities(s.Contracts...))
}

// engines are the kinds of systems that provide the capabilities of workspaces, as the settings choose them.
func engines(cfg config.Config) []contract.Engine {
	storage := "folder"
	if strings.HasPrefix(cfg.ObjectsURL, "s3:") {
		storage = "s3"
	}
	sql := "postgres"
	if strings.HasPrefix(cfg.RowsURL(), "sqlite:") {
		sql = "sqlite"
	}
	identity := "embedded"
	if cfg.Keycloak != nil {
		identity = "keycloak"
	}
	documents := "embedded"
	if cfg.MongoURL != "" {
		documents = "mongodb"
	}
	return []contract.Engine{
		{Capability: "identity", Kind: identity}, {Capability: "kafka", Kind: "embedded"},
		{Capability: "mongo", Kind: documents},
		{Capability: "postgres", Kind: sql}, {Capability: "storage", Kind: storage},
	}
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

// readAhead has the bundles read while the rest is opened: they are most of what a start takes.
func readAhead() {
	for _, m := range modules(contract.Services{}) {
		task.Go("read the bundle "+m.Name, func() { _, _ = bundle(m.Name) })
	}
}

func bundle(name string) (*contract.Bundle, error) {
	once, _ := bundles.LoadOrStore(name, sync.OnceValues(func() (*contract.Bundle, error) {
		text, _ := openapi.JSON(name)
		return contract.ReadBundle(text)
	}))
	return once.(func() (*contract.Bundle, error))()
}

func load(m contract.Module) (*contract.Contract, error) {
	if m.Bundle != nil {
		return contract.Load(m)
	}
	b, err := bundle(m.Name)
	if err != nil {
		return nil, fmt.Errorf("contract %s: %w", m.Name, err)
	}
	return contract.New(m, b)
}
