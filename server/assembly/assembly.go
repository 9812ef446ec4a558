// Package assembly makes the services: one file an area, which takes the store, the engines and the
// settings, and returns services that lack nothing. It knows no contract.
package assembly

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/events"
	"github.com/alania-go/alania/domain/data/objects"
	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/idempotency"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/integration"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/object"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/project"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/domain/recurring"
	"github.com/alania-go/alania/domain/release"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/domain/seo"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/domain/workspace"
	mcpengine "github.com/alania-go/alania/engine/mcp"
	rowsengine "github.com/alania-go/alania/engine/rows"
	"github.com/alania-go/alania/server/config"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/db"
)

// Services are the domain's services over one database. The command line uses them too.
type Services struct {
	Store       *store.Stores
	Box         *secret.Box
	Queue       *job.Queue
	Cache       *identity.Cache
	Uses        *identity.Uses
	Audit       *audit.Service
	Exporter    *audit.Exporter
	Orgs        *org.Service
	Tenants     *org.Tenants
	Workspaces  *workspace.Service
	Projects    *project.Service
	Keys        *apikey.Service
	OAuth       *oauth.Service
	Realms      *realm.Service
	Issuer      *realm.Issuer
	Accounts    *oauth.InWorkspaces
	Directory   realm.Directory // Issuer, or a system outside
	IssuerBase  string          // that the issuers of its realms begin with
	Trusted     *realm.Trusted  // issuers outside
	outside     *realm.Outside  // nil: Directory is Issuer
	Idempotency *idempotency.Service
	Webhooks    *webhook.Service
	Sync        *integration.Service
	MCP         *mcp.Service
	Objects     *objects.Service
	Documents   *documents.Service
	Events      *events.Service
	Rows        *rows.Service
	RowsEngine  rowsengine.Engine // that Rows are kept in
	Releases    *release.Service
	Recurring   *recurring.Runner

	Entitlements *entitlement.Service
	Calls        *entitlement.Calls
	SEO          *seo.Service
	Pixel        *pixel.Service

	mcpEngine *mcpengine.Engine
}

// Options are what the services need that no setting names.
type Options struct {
	Files    object.Store         // the object storage; nil for what needs none of it
	Announce func(message []byte) // tells other replicas what to forget; nil when there are none
	Clock    clock.Clock          // nil: that of the database; for tests, which put it forward
	Limiter  limit.Limiter        // of wrong passwords, shared by replicas; nil: one of the process
	Prover   pixel.Prover         // looks proofs of domains up; nil: on the network
	// Renderers have the endpoints of each contract told of events in its words.
	Renderers map[string]webhook.Renderer
	// Supports are added to what capabilities need.
	Supports workspace.Supports
	// Documents keeps the documents of workspaces; nil: the platform's database does.
	Documents documents.Engine
}

// parts are what every area is made of.
type parts struct {
	cfg     config.Config
	store   *store.Stores
	engine  rowsengine.Engine
	box     *secret.Box
	options Options
	log     *slog.Logger
	now     clock.Clock
}

// Open opens the database, brings its schema up to date and makes the services.
func Open(ctx context.Context, cfg config.Config, options Options, log *slog.Logger) (*Services, error) {
	box, err := openBox(cfg)
	if err != nil {
		return nil, err
	}
	now, in := options.Clock, []db.Option(nil)
	if now == nil {
		now, in = clock.System, []db.Option{db.InDatabaseTime(clock.Steady())}
	}
	st, err := store.Open(ctx, cfg.DatabaseURL, now, in...)
	if err != nil {
		return nil, fmt.Errorf("ALANIA_DATABASE_URL: %w", err)
	}
	engine, err := rowsengine.Open(ctx, cfg.RowsURL())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("ALANIA_SQL_URL: %w", err), st.Close())
	}
	s, err := assemble(ctx, parts{cfg: cfg, store: st, engine: engine, box: box, options: options, log: log, now: st.Now})
	if err != nil {
		return nil, errors.Join(err, engine.Close(), st.Close())
	}
	return s, nil
}

// assemble makes the areas in their order: each takes what was made before it. Who listens to changes of workspaces
// is made after them.
func assemble(ctx context.Context, p parts) (*Services, error) {
	if _, err := p.store.Migrate(ctx); err != nil {
		return nil, err
	}
	if err := checkKey(ctx, p.store.DB, p.box); err != nil {
		return nil, err
	}
	s := &Services{Store: p.store, RowsEngine: p.engine, Box: p.box}
	s.Queue = job.NewQueue(p.store.Jobs, p.store, p.log, p.now)
	var err error
	if s.Audit, s.Exporter, err = p.audit(s.Queue.Owner()); err != nil {
		return nil, err
	}
	s.Entitlements, s.Calls = p.entitlements(s.Audit)
	s.Webhooks = p.webhooks(s)
	p.access(s)
	p.realms(s)
	listeners := &workspace.Listeners{}
	p.workspaces(s, listeners)
	s.Tenants = p.tenants(s)
	p.sites(s)
	if s.Sync, err = p.integrations(s); err != nil {
		return nil, err
	}
	s.MCP, s.mcpEngine = p.mcp(s)
	s.Objects = p.objects(s)
	s.Documents = p.documents(s)
	s.Events = p.events(s)
	s.Rows = p.rows(s)
	s.Releases = release.NewService(p.store, p.store.Releases, p.store.Orgs, p.options.Files, s.Audit, p.now)
	s.Idempotency = idempotency.NewService(p.store.Idempotency, p.box, p.now)
	purger := workspace.NewPurger(p.store.Workspaces, s.Queue, s.mcpEngine.Remove, s.Objects.PurgeWorkspace,
		s.Rows.PurgeWorkspace, s.Documents.PurgeWorkspace)
	listeners.Created = []workspace.Hook{s.Projects.First}
	listeners.Supports = workspace.Supports{
		workspace.Storage: {Holds: s.Objects.Holds}, workspace.Mongo: s.Documents.Support(),
		workspace.Postgres: {Holds: s.Rows.Holds}, workspace.Kafka: {Holds: s.Events.Holds},
	}
	listeners.Deleted = []workspace.Hook{
		s.Webhooks.HandleWorkspaceDelete, s.Sync.HandleWorkspaceDelete, s.MCP.HandleWorkspaceDelete,
		s.Keys.HandleWorkspaceDelete, s.Accounts.HandleWorkspaceDelete, purger.HandleWorkspaceDelete,
	}
	maps.Copy(listeners.Supports, p.options.Supports)
	s.Recurring = p.recurring(s)
	return s, s.OAuth.LoadKeys(ctx)
}

// Close ends the sessions with MCP servers and closes the databases.
func (s *Services) Close() error {
	return errors.Join(s.mcpEngine.Close(), s.RowsEngine.Close(), s.Store.Close())
}
