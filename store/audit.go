package store

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
)

var _ audit.Repository = (*Store)(nil)

type auditRow struct {
	ID         id.ID                  `db:"id"`
	OrgID      id.ID                  `db:"org_id"`
	Action     string                 `db:"action"`
	ActorKind  identity.Kind          `db:"actor_kind"`
	ActorID    id.ID                  `db:"actor_id"`
	ActorName  string                 `db:"actor_name"`
	TargetKind audit.Target           `db:"target_kind"`
	TargetID   id.ID                  `db:"target_id"`
	Before     document[audit.Fields] `db:"before"`
	After      document[audit.Fields] `db:"after"`
	RequestID  text                   `db:"request_id"`
	CreatedAt  instant                `db:"created_at"`
}

func (r auditRow) entry() audit.Entry {
	return audit.Entry{
		ID: r.ID, OrgID: r.OrgID, Action: r.Action, ActorKind: r.ActorKind, ActorID: r.ActorID, ActorName: r.ActorName,
		TargetKind: r.TargetKind, TargetID: r.TargetID, Before: r.Before.V, After: r.After.V, RequestID: string(r.RequestID), CreatedAt: r.CreatedAt.Time,
	}
}

const selectAudit = "SELECT id, org_id, action, actor_kind, actor_id, actor_name, target_kind, target_id, before, after, request_id, created_at FROM audit_entries"

// InsertAudit implements audit.Repository.
func (s *Store) InsertAudit(ctx context.Context, e audit.Entry) error {
	fields := func(f audit.Fields) any {
		if f == nil {
			return nil
		}
		return doc(f)
	}
	_, err := s.exec(ctx, "INSERT INTO audit_entries (id, org_id, action, actor_kind, actor_id, actor_name, target_kind, target_id, before, after, request_id, created_at)"+
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		e.ID, e.OrgID, e.Action, e.ActorKind, e.ActorID, e.ActorName, e.TargetKind, e.TargetID, fields(e.Before), fields(e.After), text(e.RequestID), e.CreatedAt)
	return err
}

var entries = list[auditRow, audit.Entry]{
	query: selectAudit, id: "id",
	sorts: map[string]column{"created_at": {"created_at", true}},
	filters: map[string]string{
		"action": "action", "actor_id": "actor_id", "target_id": "target_id", "created_at": "created_at",
	},
	convert: auditRow.entry,
	position: func(e audit.Entry, _ string) page.Position {
		return placed(e.ID, e.CreatedAt)
	},
}

// ListAudit implements audit.Repository.
func (s *Store) ListAudit(ctx context.Context, orgID id.ID, q page.Query) (page.Page[audit.Entry], error) {
	return entries.page(ctx, s, q, "org_id = $1", orgID)
}

// UnexportedAudit implements audit.Repository.
func (s *Store) UnexportedAudit(ctx context.Context, limit int) ([]audit.Entry, error) {
	rows, err := all[auditRow](ctx, s, selectAudit+" WHERE exported_at IS NULL ORDER BY seq LIMIT $1", limit)
	out := make([]audit.Entry, len(rows))
	for i, r := range rows {
		out[i] = r.entry()
	}
	return out, err
}

// MarkAuditExported implements audit.Repository.
func (s *Store) MarkAuditExported(ctx context.Context, ids []id.ID, at time.Time) error {
	return execIn(ctx, s, "UPDATE audit_entries SET exported_at = ? WHERE id IN (?)", ids, at)
}
