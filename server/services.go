package server

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/idempotency"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/integration"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/object"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/project"
	"github.com/alania-go/alania/domain/recurring"
	"github.com/alania-go/alania/domain/release"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/domain/seo"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/domain/workspace"
	connectors "github.com/alania-go/alania/engine/connector"
	"github.com/alania-go/alania/engine/guard"
	mcpengine "github.com/alania-go/alania/engine/mcp"
	"github.com/alania-go/alania/engine/proof"
	"github.com/alania-go/alania/engine/siem"
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
	Workspaces  *workspace.Service
	Projects    *project.Service
	Keys        *apikey.Service
	OAuth       *oauth.Service
	Idempotency *idempotency.Service
	Webhooks    *webhook.Service
	Sync        *integration.Service
	MCP         *mcp.Service
	Releases    *release.Service
	Recurring   *recurring.Runner

	Entitlements *entitlement.Service
	Calls        *entitlement.Calls
	SEO          *seo.Service
	Pixel        *pixel.Service

	now clock.Clock
	log *slog.Logger

	mcpEngine *mcpengine.Engine // of MCP
}

// OpenServices opens the database, brings its schema up to date and makes the services.
// files is the object storage; nil for what needs none of it.
func OpenServices(ctx context.Context, cfg config.Config, files object.Store, log *slog.Logger) (*Services, error) {
	box, err := openBox(cfg)
	if err != nil {
		return nil, err
	}
	st, err := store.Open(ctx, cfg.DatabaseURL, clock.System, db.InDatabaseTime(clock.Steady()))
	if err != nil {
		return nil, fmt.Errorf("ALANIA_DATABASE_URL: %w", err)
	}
	s, err := newServices(ctx, cfg, st, box, files, log, st.Now)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return s, nil
}

func newServices(ctx context.Context, cfg config.Config, st *store.Stores, box *secret.Box, files object.Store, log *slog.Logger, now clock.Clock) (*Services, error) {
	if _, err := st.Migrate(ctx); err != nil {
		return nil, err
	}
	if err := checkKey(ctx, st, box); err != nil {
		return nil, err
	}
	s := &Services{Store: st, Box: box, Queue: job.NewQueue(st.Jobs, st, log, now), Cache: identity.NewCache(), Uses: identity.NewUses(st.Touch), now: now, log: log}
	if cfg.AuditSink != "" {
		if _, err := siem.Open(cfg.AuditSink); err != nil {
			return nil, fmt.Errorf("ALANIA_AUDIT_SINK_URL %w", err)
		}
	}
	s.Exporter = audit.NewExporter(st.Audit, box, siem.Open, s.Queue.Owner(), log, now)
	s.Audit = audit.NewService(st.Audit, now, func(ctx context.Context) error {
		st.AfterCommit(ctx, s.Exporter.Wake)
		return nil
	})
	g := guard.New(cfg.WebhookAllowNets)
	s.Webhooks = webhook.NewService(st, st.Webhooks, s.Audit, box, webhook.Policy{AllowHTTP: cfg.WebhookAllowHTTP, Address: g.Address}, now)
	s.Webhooks.WorkBy(s.Queue)
	s.Workspaces = workspace.NewService(st, st.Workspaces, s.Audit, s.Webhooks, now)
	s.Projects = project.NewService(st.Projects)
	s.Workspaces.OnCreate(s.Projects.First)
	s.Workspaces.OnDelete(s.Webhooks.HandleWorkspaceDelete)
	s.Keys = apikey.NewService(st, st.Keys, st.Projects, s.Audit, s.Webhooks, s.Cache, now)
	s.OAuth = oauth.NewService(st, st.OAuth, s.Audit, s.Cache, s.Uses, box, cfg.PublicURL, now)
	s.Orgs = org.NewService(st, st.Orgs, s.Audit, s.Webhooks, s.Cache, now, s.Keys.HandleMemberRemoval, s.OAuth.HandleMemberRemoval)
	s.entitlements(cfg)
	compiled, err := plugins(connectors.All(guard.New(cfg.ConnectorAllowNets), cfg.ConnectorAllowHTTP, files))
	if err != nil {
		return nil, err
	}
	limits := integration.Limits{
		Bindings: s.Entitlements.Quota(entitlement.Bindings), Records: s.Entitlements.Stock(entitlement.Records, entitlement.RecordBytes),
	}
	s.Sync = integration.NewService(st, st.Integrations, s.Workspaces, s.Audit, s.Webhooks, s.Queue, box, now, cfg.SyncBounds, limits, compiled)
	s.Workspaces.OnDelete(s.Sync.HandleWorkspaceDelete)
	outside := guard.New(cfg.ConnectorAllowNets)
	s.mcpEngine = mcpengine.New(mcpengine.Options{Guard: outside, AllowHTTP: cfg.ConnectorAllowHTTP, Commands: cfg.MCPCommands, Root: cfg.MCPRoot,
		Files: s.Entitlements.Stock(entitlement.MCPFiles, entitlement.MCPFileBytes), Now: now})
	s.Pixel.ProveBy(proof.New(outside))
	policy := mcp.Policy{AllowHTTP: cfg.ConnectorAllowHTTP, Address: outside.Address}
	policy.ListTimeout, policy.CallTimeout = mcp.Timeouts(cfg.RequestTimeout)
	s.MCP = mcp.NewService(st, st.MCP, s.Workspaces, s.Audit, box, s.mcpEngine, policy, log, now)
	s.Workspaces.OnDelete(s.MCP.HandleWorkspaceDelete)
	s.Workspaces.OnDelete(s.Keys.HandleWorkspaceDelete)
	s.Workspaces.OnDelete(workspace.NewPurger(st.Workspaces, s.Queue, s.mcpEngine.Remove).HandleWorkspaceDelete)
	s.Releases = release.NewService(st, st.Releases, st.Orgs, files, s.Audit, now)
	s.Idempotency = idempotency.NewService(st.Idempotency, box, now)
	s.Recurring = recurring.NewRunner(st.Recurring, s.Queue.Owner(), log, now)
	s.Recurring.Add(s.recurringWork()...)
	s.render(modules(s.domain()))
	return s, s.OAuth.LoadKeys(ctx)
}

// entitlements makes the services that know plans, and has the others ask them.
func (s *Services) entitlements(cfg config.Config) {
	upgrade := cfg.UpgradeURL
	if upgrade == "" {
		upgrade = cfg.PublicURL + "/upgrade"
	}
	s.Entitlements = entitlement.NewService(s.Store, s.Store.Entitlements, s.Audit, upgrade, s.now)
	s.Calls = s.Entitlements.NewCalls()
	s.Workspaces.LimitBy(s.Entitlements.Quota(entitlement.Workspaces))
	s.Keys.LimitBy(s.Entitlements.Quota(entitlement.APIKeys))
	s.Orgs.LimitBy(s.Entitlements.Quota(entitlement.Members))
	s.Webhooks.LimitBy(s.Entitlements.Quota(entitlement.Webhooks))
	s.SEO = seo.NewService(s.Store, s.Store.SEO, s.Workspaces, s.Entitlements.Allowance(entitlement.SEOReports),
		s.Entitlements.Stock(entitlement.SEOEntries, entitlement.SEOBytes), s.now)
	s.Pixel = pixel.NewService(s.Store, s.Store.Pixel, s.Workspaces, s.Audit, s.Entitlements.Allowance(entitlement.PixelEvents),
		s.Entitlements.Stock(entitlement.PixelEntries, entitlement.PixelBytes), rand.Float64, s.now)
	if cfg.PixelRequireProof {
		s.Pixel.RequireProof()
	}
}

// Close ends the sessions with MCP servers and closes the database.
func (s *Services) Close() error { return errors.Join(s.mcpEngine.Close(), s.Store.Close()) }

const keyFile = "secret.key"

// openBox takes the configured key, or the one in the data folder of the embedded
// database, which it makes the first time.
func openBox(cfg config.Config) (*secret.Box, error) {
	setting := cfg.SecretKey
	if setting == "" && cfg.Embedded() {
		var err error
		if setting, err = embeddedKey(filepath.Join(cfg.DataDir(), keyFile)); err != nil {
			return nil, err
		}
	}
	box, err := secret.NewBox(setting)
	if err != nil {
		return nil, fmt.Errorf("ALANIA_SECRET_KEY %w", err)
	}
	return box, nil
}

func embeddedKey(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return string(b), err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	// Complete before it has its name: a crash cannot leave half a key with which
	// secrets would be sealed.
	f, err := os.CreateTemp(filepath.Dir(path), keyFile+".*")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(secret.Random(32)))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", err
	}
	// A link fails when another process was first; its key is the one.
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	b, err = os.ReadFile(path)
	return string(b), err
}

const checkName, checkUse, checkPlain = "secret_key_check", "secret key check", "alania"

// checkKey refuses to start with a key that does not open what is in the database: better
// now than when the first secret is needed.
func checkKey(ctx context.Context, st *store.Stores, box *secret.Box) error {
	kept, err := st.MetaOnce(ctx, checkName, base64.StdEncoding.EncodeToString(box.Seal([]byte(checkPlain), checkUse)))
	if err != nil {
		return err
	}
	sealed, err := base64.StdEncoding.DecodeString(kept)
	if err != nil {
		return err
	}
	if _, err := box.Open(sealed, checkUse); err != nil {
		return errors.New("ALANIA_SECRET_KEY is not the key that this database was made with: restore it, or the file " + keyFile + " beside the embedded database")
	}
	return nil
}
