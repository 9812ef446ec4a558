package org

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/store/db"
)

var _ org.TenantRepository = (*Store)(nil)

var tenants = db.List[orgRow, org.Org]{
	Scope: "purged_at IS NULL",
	Query: selectOrg, ID: "id",
	Sorts:   map[string]db.Column{"created_at": db.ByTime("created_at")},
	Filters: map[string]string{"status": "status", "plan": "tier"},
	Convert: orgRow.org,
	Position: func(o org.Org, field string) page.Position {
		return db.NamePosition(o.ID, field, o.Name, o.CreatedAt)
	},
}

// ListTenants implements org.TenantRepository.
func (s *Store) ListTenants(ctx context.Context, only id.ID, q page.Query) (page.Page[org.Org], error) {
	if only.IsZero() {
		return tenants.Page(ctx, s.DB, q, tenants.Scope)
	}
	return tenants.Page(ctx, s.DB, q, tenants.Scope+" AND id = $1", only)
}

// UpdateOrg implements org.TenantRepository.
func (s *Store) UpdateOrg(ctx context.Context, o org.Org) error {
	_, err := s.Exec(ctx, "UPDATE orgs SET name = $2, tier = $3, updated_at = $4 WHERE id = $1", o.ID, o.Name, o.Tier,
		o.UpdatedAt)
	return err
}

// DeactivateOrg implements org.TenantRepository.
func (s *Store) DeactivateOrg(ctx context.Context, orgID id.ID, at time.Time) (bool, error) {
	n, err := s.Exec(ctx,
		"UPDATE orgs SET status = $2, deactivated_at = $3, updated_at = $3 WHERE id = $1 AND status <> $2",
		orgID, identity.OrgDeactivated, at)
	return n == 1, err
}

// OrgsToPurge implements org.PurgeRepository.
func (s *Store) OrgsToPurge(ctx context.Context, before time.Time, after id.ID, limit int) ([]id.ID, error) {
	query, args := "SELECT id FROM orgs WHERE status = 'deactivated' AND purged_at IS NULL AND deactivated_at < $1",
		[]any{before, limit}
	if !after.IsZero() { // the zero id is NULL in the database
		query, args = query+" AND id > $3", append(args, after)
	}
	return db.All[id.ID](ctx, s.DB, query+" ORDER BY id LIMIT $2", args...)
}

// PurgeOrg implements org.PurgeRepository.
func (s *Store) PurgeOrg(ctx context.Context, orgID id.ID, limit int) (int, error) {
	status, err := db.One[identity.OrgStatus](ctx, s.DB, "SELECT status FROM orgs WHERE id = $1", orgID)
	if err != nil {
		return 0, db.NoRow(err, fault.NewNotFound("organization"))
	}
	if status != identity.OrgDeactivated { // never, whatever a task says
		return 0, fault.New(fault.Conflict, "The organization has not been deleted.")
	}
	for _, t := range s.purged {
		from := t.From
		if from == "" {
			from = t.Name + " t WHERE t.org_id = $1"
		}
		n, err := db.PurgeSlice(ctx, s.DB, t.Name, t.Key, from, orgID, limit)
		if err != nil || n > 0 {
			return n, err
		}
	}
	return s.purgePeople(ctx, orgID, limit)
}

// purgePeople deletes memberships of an org, and the people who are left without any and made nothing elsewhere.
func (s *Store) purgePeople(ctx context.Context, orgID id.ID, limit int) (int, error) {
	var people []id.ID
	err := s.InTx(ctx, func(ctx context.Context) error {
		var err error
		people, err = db.Returning[id.ID](ctx, s.DB,
			"DELETE FROM members WHERE seq IN (SELECT seq FROM members WHERE org_id = $1 LIMIT $2) RETURNING user_id",
			orgID,
			limit)
		if err != nil || len(people) == 0 {
			return err
		}
		return db.ExecIn(ctx, s.DB, "DELETE FROM users WHERE id IN (?)"+
			" AND NOT EXISTS (SELECT 1 FROM members m WHERE m.user_id = users.id)"+
			" AND NOT EXISTS (SELECT 1 FROM api_keys k WHERE k.user_id = users.id)"+
			" AND NOT EXISTS (SELECT 1 FROM oauth_clients c WHERE c.user_id = users.id)", people)
	})
	return len(people), err
}

// BuryOrg implements org.PurgeRepository. What is left can only be entries that wait for the operator's audit sink.
func (s *Store) BuryOrg(ctx context.Context, orgID id.ID, at time.Time) (bool, error) {
	n, err := s.Exec(ctx, "UPDATE orgs SET purged_at = $2, name = '', suspended_reason = NULL"+
		" WHERE id = $1 AND status = 'deactivated' AND purged_at IS NULL"+
		" AND NOT EXISTS (SELECT 1 FROM audit_entries WHERE org_id = $1)", orgID, at)
	return n == 1, err
}
