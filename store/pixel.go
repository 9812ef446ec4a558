package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/plan"
)

var _ pixel.Repository = (*Store)(nil)

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
	VerifiedAt  *instant `db:"verified_at"`
	CreatedAt   instant  `db:"created_at"`
	UpdatedAt   instant  `db:"updated_at"`
}

func (r pixelDomainRow) domain() pixel.Domain {
	return pixel.Domain{
		ID: r.ID, Seq: r.Seq, OrgID: r.OrgID, WorkspaceID: r.WorkspaceID, Name: r.Name,
		Config: pixel.Config{
			Enabled: r.Enabled, SampleRate: r.SampleRate,
			Features: pixel.Features{Pageviews: r.Pageviews, Events: r.Events, Sessions: r.Sessions},
		},
		VerifiedAt: r.VerifiedAt.pointer(), CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}
}

const (
	pixelDomainColumns = "id, seq, org_id, workspace_id, domain, enabled, pageviews, events, sessions, sample_rate, verified_at, created_at, updated_at"
	pixelDomainInsert  = "id, org_id, workspace_id, domain, enabled, pageviews, events, sessions, sample_rate, created_at, updated_at"
	selectPixelDomain  = "SELECT " + pixelDomainColumns + " FROM pixel_domains"
)

const inDeletedWorkspace = "EXISTS (SELECT 1 FROM workspaces w WHERE w.id = pixel_domains.workspace_id AND w.deleted_at IS NOT NULL)"

// PixelDomain implements pixel.Repository.
func (s *Store) PixelDomain(ctx context.Context, name string) (pixel.Domain, error) {
	r, err := one[pixelDomainRow](ctx, s, selectPixelDomain+" WHERE domain = $1 AND NOT "+inDeletedWorkspace, name)
	return r.domain(), absent(err, fault.NewNotFound("domain"))
}

// PutPixelDomain implements pixel.Repository.
func (s *Store) PutPixelDomain(ctx context.Context, d pixel.Domain) (pixel.Domain, error) {
	if err := s.HoldWorkspace(ctx, d.WorkspaceID); err != nil {
		return pixel.Domain{}, err
	}
	if _, err := s.exec(ctx, "DELETE FROM pixel_domains WHERE domain = $1 AND "+inDeletedWorkspace, d.Name); err != nil {
		return pixel.Domain{}, err
	}
	rows, err := returning[pixelDomainRow](ctx, s, "INSERT INTO pixel_domains ("+pixelDomainInsert+")"+
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (domain) DO UPDATE SET enabled = excluded.enabled, pageviews = excluded.pageviews,"+
		" events = excluded.events, sessions = excluded.sessions, sample_rate = excluded.sample_rate, updated_at = excluded.updated_at"+
		" WHERE pixel_domains.workspace_id = excluded.workspace_id RETURNING "+pixelDomainColumns,
		d.ID, d.OrgID, d.WorkspaceID, d.Name, d.Enabled, d.Features.Pageviews, d.Features.Events, d.Features.Sessions, d.SampleRate, d.CreatedAt, d.UpdatedAt)
	if err := taken(len(rows), err); err != nil {
		return pixel.Domain{}, err
	}
	return rows[0].domain(), nil
}

// ProvePixelDomain implements pixel.Repository.
func (s *Store) ProvePixelDomain(ctx context.Context, d pixel.Domain) (pixel.Domain, *pixel.Domain, error) {
	if _, err := s.exec(ctx, "DELETE FROM pixel_domains WHERE domain = $1 AND "+inDeletedWorkspace, d.Name); err != nil {
		return pixel.Domain{}, nil, err
	}
	former, err := returning[pixelDomainRow](ctx, s, "DELETE FROM pixel_domains WHERE domain = $1 AND workspace_id <> $2 AND verified_at IS NULL RETURNING "+
		pixelDomainColumns, d.Name, d.WorkspaceID)
	if err != nil {
		return pixel.Domain{}, nil, err
	}
	rows, err := returning[pixelDomainRow](ctx, s, "INSERT INTO pixel_domains ("+pixelDomainInsert+", verified_at)"+
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (domain) DO UPDATE SET"+
		" verified_at = COALESCE(pixel_domains.verified_at, excluded.verified_at), updated_at = excluded.updated_at"+
		" WHERE pixel_domains.workspace_id = excluded.workspace_id RETURNING "+pixelDomainColumns,
		d.ID, d.OrgID, d.WorkspaceID, d.Name, d.Enabled, d.Features.Pageviews, d.Features.Events, d.Features.Sessions, d.SampleRate, d.CreatedAt, d.UpdatedAt, d.VerifiedAt)
	if err := taken(len(rows), err); err != nil {
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
	return one[int](ctx, s, "SELECT count(*) FROM pixel_domains WHERE workspace_id = $1", workspaceID)
}

// DeletePixelDomain implements pixel.Repository.
func (s *Store) DeletePixelDomain(ctx context.Context, domainID id.ID) error {
	_, err := s.exec(ctx, "DELETE FROM pixel_domains WHERE id = $1", domainID)
	return err
}

var pixelDomains = list[pixelDomainRow, pixel.Domain]{
	scope: "workspace_id = $1",
	query: selectPixelDomain, id: "id",
	sorts:   map[string]column{"created_at": {"created_at", true}, "updated_at": {"updated_at", true}, "domain": {"domain", false}, "id": {"seq", false}},
	filters: map[string]string{"created_at": "created_at", "updated_at": "updated_at", "domain": "domain", "search": "domain"},
	convert: pixelDomainRow.domain,
	position: func(d pixel.Domain, field string) page.Position {
		switch field {
		case "domain":
			return page.Position{Key: d.Name, ID: d.ID}
		case "updated_at":
			return placed(d.ID, d.UpdatedAt)
		}
		return placed(d.ID, d.CreatedAt)
	},
}

// ListPixelDomains implements pixel.Repository.
func (s *Store) ListPixelDomains(ctx context.Context, workspaceID id.ID, q page.Query) (page.Page[pixel.Domain], error) {
	return pixelDomains.page(ctx, s, q, pixelDomains.scope, workspaceID)
}

// InsertPixelEvents implements pixel.Repository.
func (s *Store) InsertPixelEvents(ctx context.Context, events []pixel.Event) error {
	rows := make([][]any, len(events))
	for i, e := range events {
		rows[i] = []any{
			e.ID, e.WorkspaceID, e.Domain, e.Name, e.URL, text(e.Referrer), text(e.UserAgent), text(e.SessionID), string(e.Properties), e.CreatedAt, e.Size(),
		}
	}
	types := []string{uuidType, uuidType, textType, textType, textType, textType, textType, textType, jsonType, timeType, intType}
	return batches(rows, func(rows [][]any) error {
		values, args := s.values(types, rows, nil)
		_, err := s.exec(ctx, "INSERT INTO pixel_events (id, workspace_id, domain, name, url, referrer, user_agent, session_id, properties, created_at, size) VALUES "+values, args...)
		return err
	})
}

type pixelEventRow struct {
	ID          id.ID   `db:"id"`
	Seq         int64   `db:"seq"`
	WorkspaceID id.ID   `db:"workspace_id"`
	Domain      string  `db:"domain"`
	Name        string  `db:"name"`
	URL         string  `db:"url"`
	Referrer    text    `db:"referrer"`
	UserAgent   text    `db:"user_agent"`
	SessionID   text    `db:"session_id"`
	Properties  []byte  `db:"properties"`
	CreatedAt   instant `db:"created_at"`
}

func (r pixelEventRow) event() pixel.Event {
	return pixel.Event{
		ID: r.ID, Seq: r.Seq, WorkspaceID: r.WorkspaceID, Domain: r.Domain, Name: r.Name, URL: r.URL, Referrer: string(r.Referrer),
		UserAgent: string(r.UserAgent), SessionID: string(r.SessionID), Properties: json.RawMessage(r.Properties), CreatedAt: r.CreatedAt.Time,
	}
}

var pixelEvents = list[pixelEventRow, pixel.Event]{
	scope: "workspace_id = $1",
	query: "SELECT id, seq, workspace_id, domain, name, url, referrer, user_agent, session_id, properties, created_at FROM pixel_events", id: "id",
	sorts:   map[string]column{"created_at": {"created_at", true}, "event": {"name", false}, "domain": {"domain", false}, "id": {"seq", false}},
	filters: map[string]string{"created_at": "created_at", "event": "name", "domain": "domain", "search": "url, name"},
	convert: pixelEventRow.event,
	position: func(e pixel.Event, field string) page.Position {
		switch field {
		case "event":
			return page.Position{Key: e.Name, ID: e.ID}
		case "domain":
			return page.Position{Key: e.Domain, ID: e.ID}
		}
		return placed(e.ID, e.CreatedAt)
	},
}

// ListPixelEvents implements pixel.Repository.
func (s *Store) ListPixelEvents(ctx context.Context, workspaceID id.ID, q page.Query) (page.Page[pixel.Event], error) {
	return pixelEvents.page(ctx, s, q, pixelEvents.scope, workspaceID)
}

// Retentions implements pixel.Repository.
func (s *Store) Retentions(ctx context.Context) ([]int, error) {
	return all[int](ctx, s, "SELECT DISTINCT retention_days FROM workspaces")
}

// DeletePixelEvents implements pixel.Repository.
func (s *Store) DeletePixelEvents(ctx context.Context, retention int, before time.Time, limit int) (map[id.ID]plan.Amount, error) {
	rows, err := returning[sized](ctx, s, "DELETE FROM pixel_events WHERE seq IN (SELECT e.seq FROM workspaces w JOIN pixel_events e ON e.workspace_id = w.id"+
		" WHERE w.retention_days = $1 AND e.created_at < $2 LIMIT $3) RETURNING workspace_id, 1 AS items, size", retention, before, limit)
	return freed(rows), err
}
