// Package org is the SQL of domain/org.
package org

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct {
	*db.DB
	purged []db.OrgTable // what refers to another comes first
}

// New returns the area's part of a database. The tables are those of every area that are deleted with an org.
func New(d *db.DB, purged []db.OrgTable) *Store { return &Store{d, purged} }

var _ org.Repository = (*Store)(nil)

// Lists are the area's lists, by name.
var Lists = map[string]db.Listing{"members": members, "orgs": orgs, "tenants": tenants}

type orgRow struct {
	ID        id.ID     `db:"id"`
	Name      string    `db:"name"`
	Slug      string    `db:"slug"`
	Tier      plan.Tier `db:"tier"`
	CreatedAt db.Time   `db:"created_at"`
	UpdatedAt db.Time   `db:"updated_at"`

	VerifiedAt      *db.Time           `db:"verified_at"`
	Status          identity.OrgStatus `db:"status"`
	SuspendedAt     *db.Time           `db:"suspended_at"`
	SuspendedReason db.Text            `db:"suspended_reason"`
	DeactivatedAt   *db.Time           `db:"deactivated_at"`
}

func (r orgRow) org() org.Org {
	return org.Org{
		ID: r.ID, Name: r.Name, Slug: r.Slug, Tier: r.Tier, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
		VerifiedAt: r.VerifiedAt.Pointer(), Status: r.Status, SuspendedAt: r.SuspendedAt.Pointer(),
		SuspendedReason: string(r.SuspendedReason), DeactivatedAt: r.DeactivatedAt.Pointer(),
	}
}

const selectOrg = "SELECT id, name, slug, tier, created_at, updated_at, verified_at, status, suspended_at, " +
	"suspended_reason, deactivated_at FROM orgs"

// InsertOrg implements org.Repository.
func (s *Store) InsertOrg(ctx context.Context, o org.Org) error {
	return db.Inserted(s.Exec(ctx,
		"INSERT INTO orgs (id, name, slug, tier, created_at, updated_at, verified_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"+
			" ON CONFLICT (slug) DO NOTHING",
		o.ID, o.Name, o.Slug, o.Tier, o.CreatedAt, o.UpdatedAt, o.VerifiedAt))
}

// SetVerified implements org.Repository.
func (s *Store) SetVerified(ctx context.Context, orgID id.ID, at *time.Time) (bool, error) {
	query, args := "UPDATE orgs SET verified_at = $2 WHERE id = $1 AND verified_at IS NULL", []any{orgID, at}
	if at == nil {
		query, args = "UPDATE orgs SET verified_at = NULL WHERE id = $1 AND verified_at IS NOT NULL", args[:1]
	}
	n, err := s.Exec(ctx, query, args...)
	return n == 1, err
}

// SetStatus implements org.Repository.
func (s *Store) SetStatus(
	ctx context.Context, orgID id.ID, status identity.OrgStatus, at time.Time, reason string,
) (bool, error) {
	var since *time.Time
	if status == identity.OrgSuspended {
		since = &at
	} else {
		reason = ""
	}
	n, err := s.Exec(ctx,
		"UPDATE orgs SET status = $2, suspended_at = $3, suspended_reason = $4 WHERE id = $1 AND status <> $2"+
			" AND status <> $5", orgID, status, since, db.Text(reason), identity.OrgDeactivated)
	return n == 1, err
}

// OrgsIn implements org.Repository.
func (s *Store) OrgsIn(ctx context.Context, status identity.OrgStatus) ([]org.Org, error) {
	query, args := selectOrg+" WHERE purged_at IS NULL", []any(nil)
	if status != "" {
		query, args = query+" AND status = $1", []any{status}
	}
	rows, err := db.All[orgRow](ctx, s.DB, query+" ORDER BY slug", args...)
	return db.Convert(rows, orgRow.org), err
}

// Org implements org.Repository.
func (s *Store) Org(ctx context.Context, orgID id.ID) (org.Org, error) {
	r, err := db.One[orgRow](ctx, s.DB, selectOrg+" WHERE id = $1 AND purged_at IS NULL", orgID)
	return r.org(), db.NoRow(err, fault.NewNotFound("organization"))
}

// OrgBySlug implements org.Repository.
func (s *Store) OrgBySlug(ctx context.Context, slug string) (org.Org, error) {
	r, err := db.One[orgRow](ctx, s.DB, selectOrg+" WHERE slug = $1 AND purged_at IS NULL", slug)
	return r.org(), db.NoRow(err, fault.NewNotFound("organization"))
}

// CountOrgs implements org.Repository.
func (s *Store) CountOrgs(ctx context.Context) (int, error) {
	return db.One[int](ctx, s.DB, "SELECT count(*) FROM orgs")
}

var orgs = db.List[orgRow, org.Org]{
	Scope: "id = $1",
	Query: selectOrg, ID: "id",
	Sorts:   map[string]db.Column{"created_at": db.ByTime("created_at"), "name": db.By("name")},
	Convert: orgRow.org,
	Position: func(o org.Org, field string) page.Position {
		return db.NamePosition(o.ID, field, o.Name, o.CreatedAt)
	},
}

// ListOrgs implements org.Repository.
func (s *Store) ListOrgs(ctx context.Context, only []id.ID, q page.Query) (page.Page[org.Org], error) {
	if len(only) != 1 { // a person may have several; credentials act in one
		return page.Page[org.Org]{}, fault.New(fault.Internal, "An unexpected error occurred.")
	}
	return orgs.Page(ctx, s.DB, q, orgs.Scope, only[0])
}

// InsertUser implements org.Repository. The column of the address is unique and not null,
// which SQLite cannot change: who has no address has the id there, which is none.
func (s *Store) InsertUser(ctx context.Context, u org.User) error {
	if u.Email == "" {
		u.Email = u.ID.UUID()
	}
	return db.Inserted(s.Exec(ctx,
		"INSERT INTO users (id, email, name, password_hash, super_admin, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON "+
			"CONFLICT (email) DO NOTHING",
		u.ID, u.Email, u.Name, db.Text(u.PasswordHash), u.SuperAdmin, u.CreatedAt))
}

// SetSuperAdmin implements org.Repository.
func (s *Store) SetSuperAdmin(ctx context.Context, userID id.ID, on bool) (bool, error) {
	n, err := s.Exec(ctx, "UPDATE users SET super_admin = $2 WHERE id = $1 AND super_admin <> $2", userID, on)
	return n == 1, err
}

type memberRow struct {
	ID           id.ID         `db:"id"`
	OrgID        id.ID         `db:"org_id"`
	UserID       id.ID         `db:"user_id"`
	Email        db.Text       `db:"email"`
	Name         db.Text       `db:"name"`
	Role         identity.Role `db:"role"`
	Status       org.Status    `db:"status"`
	LastActiveAt *db.Time      `db:"last_active_at"`
	CreatedAt    db.Time       `db:"created_at"`
	UpdatedAt    db.Time       `db:"updated_at"`
}

func (r memberRow) member() org.Member {
	return org.Member{
		ID: r.ID, OrgID: r.OrgID, UserID: r.UserID, Email: string(r.Email), Name: string(r.Name), Role: r.Role,
		Status:       r.Status,
		LastActiveAt: r.LastActiveAt.Pointer(), CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}
}

// What the org of a member m knows of the person u.
const memberEmail, memberName = "COALESCE(m.email, u.email)", "COALESCE(m.name, u.name)"

const selectMember = "SELECT m.id, m.org_id, m.user_id, " + memberEmail + " AS email, " + memberName +
	" AS name, m.role," +
	" m.status, m.last_active_at, m.created_at, m.updated_at FROM members m JOIN users u ON u.id = m.user_id"

// InsertMember implements org.Repository.
func (s *Store) InsertMember(ctx context.Context, m org.Member) error {
	_, err := s.Exec(ctx, "INSERT INTO members (id, org_id, user_id, email, name, role, status, created_at, updated_at)"+
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", m.ID, m.OrgID, m.UserID, db.Text(m.Email), db.Text(m.Name), m.Role,
		m.Status, m.CreatedAt, m.UpdatedAt)
	return err
}

// Member implements org.Repository.
func (s *Store) Member(ctx context.Context, orgID, memberID id.ID) (org.Member, error) {
	r, err := db.One[memberRow](ctx, s.DB, selectMember+" WHERE m.org_id = $1 AND m.id = $2", orgID, memberID)
	return r.member(), db.NoRow(err, fault.NewNotFound("member"))
}

// MemberByEmail implements org.Repository.
func (s *Store) MemberByEmail(ctx context.Context, orgID id.ID, email string) (org.Member, error) {
	r, err := db.One[memberRow](ctx, s.DB, selectMember+" WHERE m.org_id = $1 AND "+memberEmail+" = $2", orgID, email)
	return r.member(), db.NoRow(err, fault.NewNotFound("member"))
}

var members = db.List[memberRow, org.Member]{
	Scope: "m.org_id = $1",
	Query: selectMember, ID: "m.id",
	Sorts:   map[string]db.Column{"created_at": db.ByTime("m.created_at"), "name": db.By(memberName)},
	Filters: map[string]string{"role": "m.role", "status": "m.status", "email": memberEmail},
	Convert: memberRow.member,
	Position: func(m org.Member, field string) page.Position {
		return db.NamePosition(m.ID, field, m.Name, m.CreatedAt)
	},
}

// ListMembers implements org.Repository.
func (s *Store) ListMembers(ctx context.Context, orgID id.ID, q page.Query) (page.Page[org.Member], error) {
	return members.Page(ctx, s.DB, q, members.Scope, orgID)
}

// SetMemberRole implements org.Repository.
func (s *Store) SetMemberRole(ctx context.Context, memberID id.ID, role identity.Role, at time.Time) error {
	_, err := s.Exec(ctx, "UPDATE members SET role = $2, updated_at = $3 WHERE id = $1", memberID, role, at)
	return err
}

// DeleteMember implements org.Repository.
func (s *Store) DeleteMember(ctx context.Context, memberID id.ID) error {
	_, err := s.Exec(ctx, "DELETE FROM members WHERE id = $1", memberID)
	return err
}

// CountOwners implements org.Repository.
func (s *Store) CountOwners(ctx context.Context, orgID id.ID) (int, error) {
	return db.One[int](ctx, s.DB, "SELECT count(*) FROM members WHERE org_id = $1 AND role = $2 AND status = $3", orgID,
		identity.Owner, org.Active)
}

// TouchMembers implements org.Repository.
func (s *Store) TouchMembers(ctx context.Context, memberIDs []id.ID, at time.Time) error {
	return db.ExecIn(ctx, s.DB, "UPDATE members SET last_active_at = ? WHERE id IN (?)", memberIDs, at)
}

type actorRow struct {
	Kind  identity.Kind `db:"kind"`
	ID    id.ID         `db:"id"`
	Seq   int64         `db:"seq"`
	Name  string        `db:"name"`
	Email db.Text       `db:"email"`
}

func (r actorRow) actor() org.Actor {
	return org.Actor{Kind: r.Kind, ID: r.ID, Seq: r.Seq, Name: r.Name, Email: string(r.Email)}
}

const selectPerson = "SELECT 'user' AS kind, u.id, u.seq, " + memberName + " AS name, " + memberEmail + " AS email" +
	" FROM members m JOIN users u ON u.id = m.user_id WHERE m.org_id = "

// FirstOwner implements org.Repository.
func (s *Store) FirstOwner(ctx context.Context, orgID id.ID) (org.Actor, error) {
	r, err := db.One[actorRow](ctx, s.DB, selectPerson+"$1 AND m.role = 'owner' ORDER BY m.created_at, m.id LIMIT 1",
		orgID)
	return r.actor(), db.NoRow(err, fault.NewNotFound("owner"))
}

// Actors implements org.Repository.
func (s *Store) Actors(ctx context.Context, orgID id.ID, ids []id.ID) ([]org.Actor, error) {
	ids = db.Padded(ids)
	q, args, err := sqlx.In(selectPerson+"? AND u.id IN (?)"+
		" UNION ALL SELECT 'client', id, seq, name, NULL FROM oauth_clients WHERE org_id = ? AND id IN (?)"+
		" UNION ALL SELECT 'key', id, seq, name, NULL FROM api_keys WHERE org_id = ? AND id IN (?)", orgID, ids, orgID, ids,
		orgID, ids)
	if err != nil {
		return nil, err
	}
	rows, err := db.All[actorRow](ctx, s.DB, sqlx.Rebind(sqlx.DOLLAR, q), args...)
	return db.Convert(rows, actorRow.actor), err
}
