// Package pixel is the SQL of domain/pixel.
package pixel

import (
	"context"
	"encoding/json"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct{ *db.DB }

// New returns the area's part of a database.
func New(d *db.DB) *Store { return &Store{d} }

var _ pixel.Repository = (*Store)(nil)

// LockDomains implements pixel.Repository.
func (s *Store) LockDomains(ctx context.Context, workspaceID id.ID) error {
	return db.SerializeWorkspace(ctx, s.DB, workspaceID)
}

// Lists are the area's lists, by name.
var Lists = map[string]db.Listing{"pixel domains": pixelDomains, "pixel events": pixelEvents}

// WorkspaceTables are deleted with a workspace, in this order.
var WorkspaceTables = []db.WorkspaceTable{
	{Name: "pixel_events", Key: "seq"},
	{Name: "pixel_domains", Key: "seq"},
}

type pixelDomainRow struct {
	ID          id.ID    `db:"id"`
	Seq         int64    `db:"seq"`
	OrgID       id.ID    `db:"org_id"`
	WorkspaceID id.ID    `db:"workspace_id"`
	Name        string   `db:"domain"`
	Enabled     bool     `db:"enabled"`
	Pageviews   bool     `db:"pageviews"`
	Events      bool     `db:"events"`
	Sessions    bool     `db:"sessions"`
	SampleRate  float64  `db:"sample_rate"`
	VerifiedAt  *db.Time `db:"verified_at"`
	CreatedAt   db.Time  `db:"created_at"`
	UpdatedAt   db.Time  `db:"updated_at"`
}

func (r pixelDomainRow) domain() pixel.Domain {
	return pixel.Domain{
		ID: r.ID, Seq: r.Seq, OrgID: r.OrgID, WorkspaceID: r.WorkspaceID, Name: r.Name,
		Config: pixel.Config{
			Enabled: r.Enabled, SampleRate: r.SampleRate,
			Features: pixel.Features{Pageviews: r.Pageviews, Events: r.Events, Sessions: r.Sessions},
		},
		VerifiedAt: r.VerifiedAt.Pointer(), CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}
}

const (
	pixelDomainColumns = "id, seq, org_id, workspace_id, domain, enabled, pageviews, events, sessions, sample_rate, " +
		"verified_at, created_at, updated_at"
	pixelDomainInsert = "id, org_id, workspace_id, domain, enabled, pageviews, events, sessions, sample_rate, " +
		"created_at, updated_at"
	selectPixelDomain = "SELECT " + pixelDomainColumns + " FROM pixel_domains"
)

const inDeletedWorkspace = "EXISTS (SELECT 1 FROM workspaces w WHERE w.id = pixel_domains.workspace_id AND " +
	"w.deleted_at IS NOT NULL)"

// PixelDomain implements pixel.Repository.
func (s *Store) PixelDomain(ctx context.Context, name string) (pixel.Domain, error) {
	r, err := db.One[struct {
		pixelDomainRow
		OrgActive bool `db:"org_active"`
	}](ctx, s.DB, "SELECT "+pixelDomainColumns+", "+db.NotOfSuspended("org_id")+" AS org_active FROM pixel_domains"+
		" WHERE domain = $1 AND NOT "+inDeletedWorkspace, name)
	d := r.domain()
	d.OrgSuspended = err == nil && !r.OrgActive
	return d, db.NoRow(err, fault.NewNotFound("domain"))
}

// PutPixelDomain implements pixel.Repository.
func (s *Store) PutPixelDomain(ctx context.Context, d pixel.Domain) (pixel.Domain, error) {
	if err := s.HoldWorkspace(ctx, d.WorkspaceID); err != nil {
		return pixel.Domain{}, err
	}
	if _, err := s.Exec(ctx, "DELETE FROM pixel_domains WHERE domain = $1 AND "+inDeletedWorkspace, d.Name); err != nil {
		return pixel.Domain{}, err
	}
	rows, err := db.Returning[pixelDomainRow](ctx, s.DB, "INSERT INTO pixel_domains ("+pixelDomainInsert+")"+
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (domain) DO UPDATE SET enabled = "+
		"excluded.enabled, pageviews = excluded.pageviews,"+
		" events = excluded.events, sessions = excluded.sessions, sample_rate = excluded.sample_rate, updated_at = "+
		"excluded.updated_at"+
		" WHERE pixel_domains.workspace_id = excluded.workspace_id RETURNING "+pixelDomainColumns,
		d.ID, d.OrgID, d.WorkspaceID, d.Name, d.Enabled, d.Features.Pageviews, d.Features.Events, d.Features.Sessions,
		d.SampleRate, d.CreatedAt, d.UpdatedAt)
	if err := db.Inserted(len(rows), err); err != nil {
		return pixel.Domain{}, err
	}
	return rows[0].domain(), nil
}

// ProvePixelDomain implements pixel.Repository.
func (s *Store) ProvePixelDomain(ctx context.Context, d pixel.Domain) (pixel.Domain, *pixel.Domain, error) {
	if _, err := s.Exec(ctx, "DELETE FROM pixel_domains WHERE domain = $1 AND "+inDeletedWorkspace, d.Name); err != nil {
		return pixel.Domain{}, nil, err
	}
	former, err := db.Returning[pixelDomainRow](ctx, s.DB,
		"DELETE FROM pixel_domains WHERE domain = $1 AND workspace_id <> $2 AND verified_at IS NULL RETURNING "+
			pixelDomainColumns, d.Name, d.WorkspaceID)
	if err != nil {
		return pixel.Domain{}, nil, err
	}
	rows, err := db.Returning[pixelDomainRow](ctx, s.DB, "INSERT INTO pixel_domains ("+pixelDomainInsert+", verified_at)"+
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (domain) DO UPDATE SET"+
		" verified_at = COALESCE(pixel_domains.verified_at, excluded.verified_at), updated_at = excluded.updated_at"+
		" WHERE pixel_domains.workspace_id = excluded.workspace_id RETURNING "+pixelDomainColumns,
		d.ID, d.OrgID, d.WorkspaceID, d.Name, d.Enabled, d.Features.Pageviews, d.Features.Events, d.Features.Sessions,
		d.SampleRate, d.CreatedAt, d.UpdatedAt, d.VerifiedAt)
	if err := db.Inserted(len(rows), err); err != nil {
		return pixel.Domain{}, nil, err
	}
	var lost *pixel.Domain
	if len(former) > 0 {
		l := former[0].domain()
		lost = &l
	}
	return rows[0].domain(), lost, nil
}

// CountPixelDomains implements pixel.Repository.
func (s *Store) CountPixelDomains(ctx context.Context, workspaceID id.ID) (int, error) {
	return db.One[int](ctx, s.DB, "SELECT count(*) FROM pixel_domains WHERE workspace_id = $1", workspaceID)
}

// DeletePixelDomain implements pixel.Repository.
func (s *Store) DeletePixelDomain(ctx context.Context, domainID id.ID) error {
	_, err := s.Exec(ctx, "DELETE FROM pixel_domains WHERE id = $1", domainID)
	return err
}

var pixelDomains = db.List[pixelDomainRow, pixel.Domain]{
	Scope: "workspace_id = $1",
	Query: selectPixelDomain, ID: "id",
	Sorts: map[string]db.Column{
		"created_at": db.ByTime("created_at"), "updated_at": db.ByTime("updated_at"), "domain": db.ByUnique("domain"),
		"id": db.By("seq"),
	},
	Filters: map[string]string{
		"created_at": "created_at", "updated_at": "updated_at", "domain": "domain", "search": "domain",
	},
	Counted: "pixel domains",
	Convert: pixelDomainRow.domain,
	Position: func(d pixel.Domain, field string) page.Position {
		switch field {
		case "domain":
			return page.Position{Key: d.Name, ID: d.ID}
		case "updated_at":
			return db.TimePosition(d.ID, d.UpdatedAt)
		}
		return db.TimePosition(d.ID, d.CreatedAt)
	},
}

// ListPixelDomains implements pixel.Repository.
func (s *Store) ListPixelDomains(
	ctx context.Context, workspaceID id.ID, q page.Query,
) (page.Page[pixel.Domain], error) {
	return pixelDomains.Page(ctx, s.DB, q, pixelDomains.Scope, workspaceID)
}

// InsertPixelEvents implements pixel.Repository.
func (s *Store) InsertPixelEvents(ctx context.Context, events []pixel.Event) error {
	rows := make([][]any, len(events))
	for i, e := range events {
		rows[i] = []any{
			e.ID, e.WorkspaceID, e.Domain, e.Name, e.URL, db.Text(e.Referrer), db.Text(e.UserAgent), db.Text(e.SessionID),
			string(e.Properties), e.CreatedAt, e.Size(),
		}
	}
	types := []string{
		db.UUIDType, db.UUIDType, db.TextType, db.TextType, db.TextType, db.TextType, db.TextType, db.TextType, db.JSONType,
		db.TimeType, db.IntType,
	}
	return s.ExecRows(ctx, "INSERT INTO pixel_events (id, workspace_id, domain, name, url, referrer, user_agent, "+
		"session_id, properties, created_at, size) VALUES ", types, rows, "")
}

type pixelEventRow struct {
	ID          id.ID   `db:"id"`
	Seq         int64   `db:"seq"`
	WorkspaceID id.ID   `db:"workspace_id"`
	Domain      string  `db:"domain"`
	Name        string  `db:"name"`
	URL         string  `db:"url"`
	Referrer    db.Text `db:"referrer"`
	UserAgent   db.Text `db:"user_agent"`
	SessionID   db.Text `db:"session_id"`
	Properties  []byte  `db:"properties"`
	CreatedAt   db.Time `db:"created_at"`
}

func (r pixelEventRow) event() pixel.Event {
	return pixel.Event{
		ID: r.ID, Seq: r.Seq, WorkspaceID: r.WorkspaceID, Domain: r.Domain, Name: r.Name, URL: r.URL,
		Referrer:  string(r.Referrer),
		UserAgent: string(r.UserAgent), SessionID: string(r.SessionID), Properties: json.RawMessage(r.Properties),
		CreatedAt: r.CreatedAt.Time,
	}
}

// Blocks are by what events are counted.
var Blocks = db.Blocked{Table: "pixel_events", Scope: "workspace_id", Times: []string{"created_at"}}

var pixelEvents = db.List[pixelEventRow, pixel.Event]{
	Scope: "workspace_id = $1",
	Query: "SELECT id, seq, workspace_id, domain, name, url, referrer, user_agent, session_id, properties, created_at " +
		"FROM pixel_events", ID: "id",
	Sorts: map[string]db.Column{
		"created_at": db.ByTime("created_at"), "event": db.ByThen("name", "created_at"),
		"domain": db.ByThen("domain", "created_at"), "id": db.By("seq"),
	},
	Filters: map[string]string{"created_at": "created_at", "event": "name", "domain": "domain", "search": "url, name"},
	Counted: "pixel events", Blocks: Blocks,
	Convert: pixelEventRow.event,
	Position: func(e pixel.Event, field string) page.Position {
		switch field {
		case "event":
			return page.Position{Key: db.ThenKey(e.Name, e.CreatedAt), ID: e.ID}
		case "domain":
			return page.Position{Key: db.ThenKey(e.Domain, e.CreatedAt), ID: e.ID}
		}
		return db.TimePosition(e.ID, e.CreatedAt)
	},
}

// ListPixelEvents implements pixel.Repository.
func (s *Store) ListPixelEvents(ctx context.Context, workspaceID id.ID, q page.Query) (page.Page[pixel.Event], error) {
	return pixelEvents.Page(ctx, s.DB, q, pixelEvents.Scope, workspaceID)
}

// DeletePixelEvents implements pixel.Repository.
func (s *Store) DeletePixelEvents(
	ctx context.Context, retention int, before time.Time, limit int,
) (map[id.ID]plan.Amount, error) {
	rows, err := db.Returning[db.Freed](ctx, s.DB,
		"DELETE FROM pixel_events WHERE seq IN (SELECT e.seq FROM workspaces w JOIN pixel_events e ON e.workspace_id = w.id"+
			" WHERE w.retention_days = $1 AND e.created_at < $2 LIMIT $3) RETURNING workspace_id, 1 AS items, size", retention,
		before, limit)
	return db.SumFreed(rows), err
}
