package org

import (
	"context"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/store/db"
)

// MemberOf implements org.Repository.
func (s *Store) MemberOf(ctx context.Context, orgID, userID id.ID) (org.Member, error) {
	r, err := db.One[memberRow](ctx, s.DB, selectMember+" WHERE m.org_id = $1 AND m.user_id = $2", orgID, userID)
	return r.member(), db.NoRow(err, fault.NewNotFound("member"))
}

// SetMember implements org.Repository.
func (s *Store) SetMember(ctx context.Context, m org.Member) error {
	_, err := s.Exec(ctx, "UPDATE members SET name = $2, role = $3, status = $4, updated_at = $5 WHERE id = $1", m.ID,
		db.Text(m.Name), m.Role, m.Status, m.UpdatedAt)
	return err
}

// InsertPerson implements org.Repository. The column of the address has the id, which is none (InsertUser).
func (s *Store) InsertPerson(ctx context.Context, u org.User) error {
	_, err := s.Exec(ctx, "INSERT INTO users (id, email, name, super_admin, created_at) VALUES ($1, $2, $3, $4, $5)"+
		" ON CONFLICT DO NOTHING", u.ID, u.ID.UUID(), u.Name, false, u.CreatedAt)
	return err
}
