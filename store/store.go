// Package store opens the platform's database, and has the SQL of every area in one place: one
// package an area below this one, on what store/db offers. It holds no SQL itself.
package store

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/store/apikey"
	"github.com/alania-go/alania/store/audit"
	"github.com/alania-go/alania/store/db"
	"github.com/alania-go/alania/store/documents"
	"github.com/alania-go/alania/store/entitlement"
	"github.com/alania-go/alania/store/events"
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
	"github.com/alania-go/alania/store/realm"
	"github.com/alania-go/alania/store/recurring"
	"github.com/alania-go/alania/store/release"
	"github.com/alania-go/alania/store/secret"
	"github.com/alania-go/alania/store/seo"
	"github.com/alania-go/alania/store/webhook"
	"github.com/alania-go/alania/store/workspace"
)

// Engine names the kind of a database.
type Engine = db.Engine

// The engines.
const (
	SQLite   = db.SQLite
	Postgres = db.Postgres
)

// Stores are the areas of one database.
type Stores struct {
	*db.DB
	Audit        *audit.Store
	Documents    *documents.Store
	Entitlements *entitlement.Store
	Events       *events.Store
	Idempotency  *idempotency.Store
	Integrations *integration.Store
	Jobs         *job.Store
	Keys         *apikey.Store
	MCP          *mcp.Store
	OAuth        *oauth.Store
	Objects      *objects.Store
	Orgs         *org.Store
	Pixel        *pixel.Store
	Processes    *process.Store
	Projects     *project.Store
	Realms       *realm.Store
	Recurring    *recurring.Store
	Releases     *release.Store
	Secrets      *secret.Store
	SEO          *seo.Store
	Webhooks     *webhook.Store
	Workspaces   *workspace.Store
}

// Open opens the database of a URL, as db.Open does.
func Open(ctx context.Context, rawURL string, now clock.Clock, options ...db.Option) (*Stores, error) {
	d, err := db.Open(ctx, rawURL, now, options...)
	if err != nil {
		return nil, err
	}
	return New(d), nil
}

// New returns the areas of an open database.
func New(d *db.DB) *Stores {
	return &Stores{
		DB:           d,
		Audit:        audit.New(d),
		Documents:    documents.New(d),
		Entitlements: entitlement.New(d),
		Events:       events.New(d),
		Idempotency:  idempotency.New(d),
		Integrations: integration.New(d),
		Jobs:         job.New(d),
		Keys:         apikey.New(d),
		MCP:          mcp.New(d),
		OAuth:        oauth.New(d),
		Orgs:         org.New(d, purgedOrgs),
		Objects:      objects.New(d),
		Pixel:        pixel.New(d),
		Processes: process.New(d, job.EndLeases, audit.EndLeases, objects.EndLeases, recurring.EndLeases,
			webhook.EndLeases),
		Projects:   project.New(d),
		Realms:     realm.New(d),
		Recurring:  recurring.New(d),
		Releases:   release.New(d),
		Secrets:    secret.New(d, sealedColumns),
		SEO:        seo.New(d),
		Webhooks:   webhook.New(d),
		Workspaces: workspace.New(d, purged),
	}
}

// sealedColumns are the columns of every area that have sealed values.
var sealedColumns = slices.Concat(
	oauth.SealedColumns, webhook.SealedColumns, integration.SealedColumns, mcp.SealedColumns, audit.SealedColumns,
	idempotency.SealedColumns, realm.SealedColumns,
)

// purged are the tables whose rows are deleted with their workspace, in this order: what refers to
// another comes first.
var purged = slices.Concat(
	integration.WorkspaceTables, pixel.WorkspaceTables, seo.WorkspaceTables, entitlement.WorkspaceTables,
	mcp.WorkspaceTables, webhook.WorkspaceTables, apikey.WorkspaceTables, oauth.WorkspaceTables,
	objects.WorkspaceTables, documents.WorkspaceTables, events.WorkspaceTables,
	project.WorkspaceTables,
)

// purgedOrgs are the tables whose rows are deleted with their org, in this order, after its workspaces. Members
// follow them, with the people.
var purgedOrgs = slices.Concat(
	realm.OrgTables, webhook.OrgTables, entitlement.OrgTables, apikey.OrgTables, oauth.OrgTables, idempotency.OrgTables,
	job.OrgTables, audit.OrgTables,
)

// KeptOfWorkspaces are the tables with a workspace_id whose rows outlive the workspace, and why.
var KeptOfWorkspaces = map[string]string{
	"entitlement_boosts": "what was added to the limits of an organization is the organization's",
	"object_blobs":       "the row of a blob is deleted after its bytes, which Sweep of domain/data/objects does",
	"jobs":               "a job ends by itself, and its row is deleted after job.Retention",
	"realm_users":        "a user stays in the realm; whose roles are those of the workspace is refused",
}

// lists are all lists, by name.
var lists = func() map[string]db.Listing {
	all := map[string]db.Listing{}
	for _, area := range []map[string]db.Listing{
		apikey.Lists, audit.Lists, integration.Lists, mcp.Lists, oauth.Lists, org.Lists, pixel.Lists, realm.Lists, seo.Lists,
		webhook.Lists, workspace.Lists,
	} {
		maps.Copy(all, area)
	}
	return all
}()

// Lists are the lists of the store by name, with what each can be sorted and filtered by.
// The server compares them with what the contracts say when it starts.
func Lists() map[string]page.Keys {
	out := make(map[string]page.Keys, len(lists))
	for name, l := range lists {
		out[name] = l.Keys()
	}
	return out
}

// ListPlan tells how the database would read a list of what scope has, for the test that holds every
// documented key to an index.
func (s *Stores) ListPlan(ctx context.Context, name string, q page.Query, scope id.ID) (string, error) {
	l, ok := lists[name]
	if !ok {
		return "", fmt.Errorf("store: no list %q", name)
	}
	return db.ListPlan(ctx, s.DB, l, q, scope)
}

// blocked are the tables whose rows are counted in blocks.
var blocked = []db.Blocked{
	workspace.Blocks, apikey.Blocks, webhook.Blocks, seo.Blocks, pixel.Blocks, mcp.Blocks,
}

// SumRowCounts adds up by how many rows lists and the blocks of lists have changed.
func (s *Stores) SumRowCounts(ctx context.Context) error {
	if err := s.DB.SumRowCounts(ctx); err != nil {
		return err
	}
	return db.SumBlocks(ctx, s.DB, blocked...)
}

// IndexSearches brings the indexes of searches up to date, on SQLite. Until then a search looks at each row that waits.
func (s *Stores) IndexSearches(ctx context.Context) error {
	return db.IndexSearched(ctx, s.DB, workspace.Searched, apikey.Searched)
}

// Touch writes when credentials, and the people who hold them, were last seen. Replicas that
// do so at once take the rows in one order, or they would wait for each other in a circle.
func (s *Stores) Touch(ctx context.Context, keys, clients, members []id.ID, at time.Time) error {
	for _, ids := range []*[]id.ID{&keys, &clients, &members} {
		*ids = slices.SortedFunc(slices.Values(*ids), func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) })
	}
	return s.InTx(ctx, func(ctx context.Context) error {
		if err := s.Keys.TouchKeys(ctx, keys, at); err != nil {
			return err
		}
		if err := s.OAuth.TouchClients(ctx, clients, at); err != nil {
			return err
		}
		return s.Orgs.TouchMembers(ctx, members, at)
	})
}
