package contract

import (
	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/events"
	"github.com/alania-go/alania/domain/data/objects"
	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/integration"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/project"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/domain/seo"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/domain/workspace"
)

// Services are what the handlers of contracts may call: the domain, and nothing below it. Each
// module takes from it what its contract needs.
type Services struct {
	Orgs         *org.Service
	Tenants      *org.Tenants
	Workspaces   *workspace.Service
	Projects     *project.Service
	Keys         *apikey.Service
	OAuth        *oauth.Service
	Realms       *realm.Service
	Accounts     *oauth.InWorkspaces
	Audit        *audit.Service
	Webhooks     *webhook.Service
	Sync         *integration.Service
	Jobs         *job.Queue
	Entitlements *entitlement.Service
	SEO          *seo.Service
	Pixel        *pixel.Service
	MCP          *mcp.Service
	Objects      *objects.Service
	Documents    *documents.Service
	Events       *events.Service
	Rows         *rows.Service
	Health       *health.Service
	Cursors      *page.Cursors
	Cache        *identity.Cache // which resolvers of a contract use as well
	Now          clock.Clock

	Engines   []Engine
	PublicURL string // what links begin with, without a slash at the end
	Version   string
	Draining  func() bool     // whether the process is about to stop
	Scopes    func() []string // that anything served may need
}

// Engine is the kind of system that provides a capability of workspaces.
type Engine struct {
	Capability string
	Kind       string // such as folder or s3
}
