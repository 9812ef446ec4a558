package storetest

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/apikey"
	"github.com/alania-go/alania/store/audit"
	"github.com/alania-go/alania/store/db"
	"github.com/alania-go/alania/store/entitlement"
	"github.com/alania-go/alania/store/idempotency"
	"github.com/alania-go/alania/store/integration"
	"github.com/alania-go/alania/store/job"
	"github.com/alania-go/alania/store/mcp"
	"github.com/alania-go/alania/store/oauth"
	"github.com/alania-go/alania/store/objects"
	"github.com/alania-go/alania/store/org"
	"github.com/alania-go/alania/store/pixel"
	"github.com/alania-go/alania/store/process"
	"github.com/alania-go/alania/store/project"
	"github.com/alania-go/alania/store/recurring"
	"github.com/alania-go/alania/store/release"
	"github.com/alania-go/alania/store/secret"
	"github.com/alania-go/alania/store/seo"
	"github.com/alania-go/alania/store/webhook"
	"github.com/alania-go/alania/store/workspace"
)

// Names under which the areas can be embedded next to each other.
type (
	auditStore       = audit.Store
	entitlementStore = entitlement.Store
	idempotencyStore = idempotency.Store
	integrationStore = integration.Store
	jobStore         = job.Store
	keyStore         = apikey.Store
	mcpStore         = mcp.Store
	oauthStore       = oauth.Store
	objectStore      = objects.Store
	orgStore         = org.Store
	pixelStore       = pixel.Store
	processStore     = process.Store
	projectStore     = project.Store
	recurringStore   = recurring.Store
	releaseStore     = release.Store
	secretStore      = secret.Store
	seoStore         = seo.Store
	webhookStore     = webhook.Store
	workspaceStore   = workspace.Store
)

// Store has the methods of every area in one, so that a test sets up in any of them.
type Store struct {
	*db.DB
	*auditStore
	*entitlementStore
	*idempotencyStore
	*integrationStore
	*jobStore
	*keyStore
	*mcpStore
	*oauthStore
	*objectStore
	*orgStore
	*pixelStore
	*processStore
	*projectStore
	*recurringStore
	*releaseStore
	*secretStore
	*seoStore
	*webhookStore
	*workspaceStore
	stores *store.Stores
}

// joined opens the database of a URL with the areas in one.
func joined(ctx context.Context, url string, now clock.Clock, options ...db.Option) (*Store, error) {
	s, err := store.Open(ctx, url, now, options...)
	if err != nil {
		return nil, err
	}
	return &Store{
		s.DB, s.Audit, s.Entitlements, s.Idempotency, s.Integrations, s.Jobs, s.Keys, s.MCP, s.OAuth, s.Objects,
		s.Orgs,
		s.Pixel, s.Processes, s.Projects, s.Recurring, s.Releases, s.Secrets, s.SEO, s.Webhooks, s.Workspaces, s,
	}, nil
}

// Touch is that of store.Stores.
func (s *Store) Touch(ctx context.Context, keys, clients, members []id.ID, at time.Time) error {
	return s.stores.Touch(ctx, keys, clients, members, at)
}

// SumRowCounts is that of store.Stores.
func (s *Store) SumRowCounts(ctx context.Context) error { return s.stores.SumRowCounts(ctx) }

// IndexSearches is that of store.Stores.
func (s *Store) IndexSearches(ctx context.Context) error { return s.stores.IndexSearches(ctx) }

// ListPlan is that of store.Stores.
func (s *Store) ListPlan(ctx context.Context, name string, q page.Query, scope id.ID) (string, error) {
	return s.stores.ListPlan(ctx, name, q, scope)
}
