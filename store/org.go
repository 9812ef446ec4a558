package store

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
)

var _ org.Repository = (*Store)(nil)

type orgRow struct {
	ID        id.ID     `db:"id"`
	Name      string    `db:"name"`
	Slug      string    `db:"slug"`
	Tier      plan.Tier `db:"tier"`
	CreatedAt instant   `db:"created_at"`
	UpdatedAt instant   `db:"updated_at"`

	VerifiedAt *instant `db:"verified_at"`
}

func (r orgRow) org() org.Org {
	return org.Org{
		ID: r.ID, Name: r.Name, Slug: r.Slug, Tier: r.Tier, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, VerifiedAt: r.VerifiedAt.pointer(),
	}
}

const selectOrg = "SELECT id, name, slug, tier, created_at, updated_at, verified_at FROM orgs"

// InsertOrg implements org.Repository.
func (s *Store) InsertOrg(ctx context.Context, o org.Org) error {
	_, err := s.exec(ctx, "INSERT INTO orgs (id, name, slug, tier, created_at, updated_at, verified_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		o.ID, o.Name, o.Slug, o.Tier, o.CreatedAt, o.UpdatedAt, o.VerifiedAt)
	return err
}

// SetVerified implements org.Repository.
func (s *Store) SetVerified(ctx context.Context, orgID id.ID, at *time.Time) (bool, error) {
	query, args := "UPDATE orgs SET verified_at = $2 WHERE id = $1 AND verified_at IS NULL", []any{orgID, at}
	if at == nil {
		query, args = "UPDATE orgs SET verified_at = NULL WHERE id = $1 AND verified_at IS NOT NULL", args[:1]
	}
	n, err := s.exec(ctx, query, args...)
	return n == 1, err
}

// Org implements org.Repository.
func (s *Store) Org(ctx context.Context, orgID id.ID) (org.Org, error) {
	r, err := one[orgRow](ctx, s, selectOrg+" WHERE id = $1", orgID)
	return r.org(), absent(err, fault.NewNotFound("organization"))
}

// OrgBySlug implements org.Repository.
func (s *Store) OrgBySlug(ctx context.Context, slug string) (org.Org, error) {
	r, err := one[orgRow](ctx, s, selectOrg+" WHERE slug = $1", slug)
	return r.org(), absent(err, fault.NewNotFound("organization"))
}

// CountOrgs implements org.Repository.
func (s *Store) CountOrgs(ctx context.Context) (int, error) {
	return one[int](ctx, s, "SELECT count(*) FROM orgs")
}

// OrgTier implements apikey.Repository.
func (s *Store) OrgTier(ctx context.Context, orgID id.ID) (plan.Tier, error) {
	t, err := one[plan.Tier](ctx, s, "SELECT tier FROM orgs WHERE id = $1", orgID)
	return t, absent(err, fault.NewNotFound("organization"))
}

var orgs = list[orgRow, org.Org]{
	scope: "id = $1",
	query: selectOrg, id: "id",
	sorts:   map[string]column{"created_at": {"created_at", true}, "name": {"name", false}},
	convert: orgRow.org,
	position: func(o org.Org, field string) page.Position {
		return position(o.ID, field, o.Name, o.CreatedAt)
	},
}

// placed is the place of a row in an order of time.
func placed(row id.ID, at time.Time) page.Position {
	return page.Position{Key: page.TimeKey(at), ID: row}
}

// position is the place of a row that can be sorted by name and by time of creation.
func position(row id.ID, field, name string, created time.Time) page.Position {
	if field == "name" {
		return page.Position{Key: name, ID: row}
	}
	return placed(row, created)
}

// ListOrgs implements org.Repository.
func (s *Store) ListOrgs(ctx context.Context, only []id.ID, q page.Query) (page.Page[org.Org], error) {
	if len(only) != 1 { // a person may have several; credentials act in one
		return page.Page[org.Org]{}, fault.New(fault.Internal, "An unexpected error occurred.")
	}
	return orgs.page(ctx, s, q, orgs.scope, only[0])
}

// LockOrg implements org.Repository. On SQLite a transaction that may write is alone. The
// lock lets others insert what refers to the org.
func (s *Store) LockOrg(ctx context.Context, orgID id.ID) error {
	query := "SELECT id FROM orgs WHERE id = $1"
	if s.Engine == Postgres {
		query += " FOR NO KEY UPDATE"
	}
	_, err := one[id.ID](ctx, s, query, orgID)
	return absent(err, fault.NewNotFound("organization"))
}

// InsertUser implements org.Repository. The column of the address is unique and not null,
// which SQLite cannot change: who has no address has the id there, which is none.
func (s *Store) InsertUser(ctx context.Context, u org.User) error {
	if u.Email == "" {
		u.Email = u.ID.UUID()
	}
	return taken(s.exec(ctx, "INSERT INTO users (id, email, name, password_hash, super_admin, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email) DO NOTHING",
		u.ID, u.Email, u.Name, text(u.PasswordHash), u.SuperAdmin, u.CreatedAt))
}

// SetSuperAdmin implements org.Repository.
func (s *Store) SetSuperAdmin(ctx context.Context, userID id.ID, on bool) (bool, error) {
	n, err := s.exec(ctx, "UPDATE users SET super_admin = $2 WHERE id = $1 AND super_admin <> $2", userID, on)
	return n == 1, err
}

// UserIn implements apikey.Repository.
func (s *Store) UserIn(ctx context.Context, orgID, userID id.ID) error {
	var err error
	if orgID.IsZero() {
		_, err = one[id.ID](ctx, s, "SELECT id FROM users WHERE id = $1", userID)
	} else {
		_, err = one[id.ID](ctx, s, "SELECT user_id FROM members WHERE user_id = $1 AND org_id = $2", userID, orgID)
	}
	return absent(err, fault.NewNotFound("user"))
}

type memberRow struct {
	ID           id.ID         `db:"id"`
	OrgID        id.ID         `db:"org_id"`
	UserID       id.ID         `db:"user_id"`
	Email        text          `db:"email"`
	Name         text          `db:"name"`
	Role         identity.Role `db:"role"`
	Status       org.Status    `db:"status"`
	LastActiveAt *instant      `db:"last_active_at"`
	CreatedAt    instant       `db:"created_at"`
	UpdatedAt    instant       `db:"updated_at"`
}

func (r memberRow) member() org.Member {
	return org.Member{
		ID: r.ID, OrgID: r.OrgID, UserID: r.UserID, Email: string(r.Email), Name: string(r.Name), Role: r.Role, Status: r.Status,
		LastActiveAt: r.LastActiveAt.pointer(), CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}
}

// What the org of a member m knows of the person u.
const memberEmail, memberName = "COALESCE(m.email, u.email)", "COALESCE(m.name, u.name)"

const selectMember = "SELECT m.id, m.org_id, m.user_id, " + memberEmail + " AS email, " + memberName + " AS name, m.role," +
	" m.status, m.last_active_at, m.created_at, m.updated_at FROM members m JOIN users u ON u.id = m.user_id"

// InsertMember implements org.Repository.
func (s *Store) InsertMember(ctx context.Context, m org.Member) error {
	_, err := s.exec(ctx, "INSERT INTO members (id, org_id, user_id, email, name, role, status, created_at, updated_at)"+
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", m.ID, m.OrgID, m.UserID, text(m.Email), text(m.Name), m.Role, m.Status, m.CreatedAt, m.UpdatedAt)
	return err
}

// Member implements org.Repository.
func (s *Store) Member(ctx context.Context, orgID, memberID id.ID) (org.Member, error) {
	r, err := one[memberRow](ctx, s, selectMember+" WHERE m.org_id = $1 AND m.id = $2", orgID, memberID)
	return r.member(), absent(err, fault.NewNotFound("member"))
}

// MemberByEmail implements org.Repository.
func (s *Store) MemberByEmail(ctx context.Context, orgID id.ID, email string) (org.Member, error) {
	r, err := one[memberRow](ctx, s, selectMember+" WHERE m.org_id = $1 AND "+memberEmail+" = $2", orgID, email)
	return r.member(), absent(err, fault.NewNotFound("member"))
}

var members = list[memberRow, org.Member]{
	scope: "m.org_id = $1",
	query: selectMember, id: "m.id",
	sorts:   map[string]column{"created_at": {"m.created_at", true}, "name": {memberName, false}},
	filters: map[string]string{"role": "m.role", "status": "m.status", "email": memberEmail},
	convert: memberRow.member,
	position: func(m org.Member, field string) page.Position {
		return position(m.ID, field, m.Name, m.CreatedAt)
	},
}

// ListMembers implements org.Repository.
func (s *Store) ListMembers(ctx context.Context, orgID id.ID, q page.Query) (page.Page[org.Member], error) {
	return members.page(ctx, s, q, members.scope, orgID)
}

// SetMemberRole implements org.Repository.
func (s *Store) SetMemberRole(ctx context.Context, memberID id.ID, role identity.Role, at time.Time) error {
	_, err := s.exec(ctx, "UPDATE members SET role = $2, updated_at = $3 WHERE id = $1", memberID, role, at)
	return err
}

// DeleteMember implements org.Repository.
func (s *Store) DeleteMember(ctx context.Context, memberID id.ID) error {
	_, err := s.exec(ctx, "DELETE FROM members WHERE id = $1", memberID)
	return err
}

// CountOwners implements org.Repository.
func (s *Store) CountOwners(ctx context.Context, orgID id.ID) (int, error) {
	return one[int](ctx, s, "SELECT count(*) FROM members WHERE org_id = $1 AND role = $2 AND status = $3", orgID, identity.Owner, org.Active)
}

// Touch writes when credentials, and the people behind them, were last seen. Replicas that
// do so at once take the rows in one order, or they would wait for each other in a circle.
func (s *Store) Touch(ctx context.Context, keys, clients, members []id.ID, at time.Time) error {
	for _, ids := range []*[]id.ID{&keys, &clients, &members} {
		*ids = slices.SortedFunc(slices.Values(*ids), func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) })
	}
	return s.InTx(ctx, func(ctx context.Context) error {
		if err := execIn(ctx, s, "UPDATE api_keys SET last_used_at = ? WHERE id IN (?)", keys, at); err != nil {
			return err
		}
		if err := execIn(ctx, s, "UPDATE oauth_clients SET last_used_at = ? WHERE id IN (?)", clients, at); err != nil {
			return err
		}
		return s.TouchMembers(ctx, members, at)
	})
}

// TouchMembers implements org.Repository.
func (s *Store) TouchMembers(ctx context.Context, memberIDs []id.ID, at time.Time) error {
	return execIn(ctx, s, "UPDATE members SET last_active_at = ? WHERE id IN (?)", memberIDs, at)
}

type actorRow struct {
	Kind  identity.Kind `db:"kind"`
	ID    id.ID         `db:"id"`
	Seq   int64         `db:"seq"`
	Name  string        `db:"name"`
	Email text          `db:"email"`
}

func (r actorRow) actor() org.Actor {
	return org.Actor{Kind: r.Kind, ID: r.ID, Seq: r.Seq, Name: r.Name, Email: string(r.Email)}
}

const selectPerson = "SELECT 'user' AS kind, u.id, u.seq, " + memberName + " AS name, " + memberEmail + " AS email" +
	" FROM members m JOIN users u ON u.id = m.user_id WHERE m.org_id = "

// FirstOwner implements org.Repository.
func (s *Store) FirstOwner(ctx context.Context, orgID id.ID) (org.Actor, error) {
	r, err := one[actorRow](ctx, s, selectPerson+"$1 AND m.role = 'owner' ORDER BY m.created_at, m.id LIMIT 1", orgID)
	return r.actor(), absent(err, fault.NewNotFound("owner"))
}

// Actors implements org.Repository.
func (s *Store) Actors(ctx context.Context, orgID id.ID, ids []id.ID) ([]org.Actor, error) {
	ids = padded(ids)
	q, args, err := sqlx.In(selectPerson+"? AND u.id IN (?)"+
		" UNION ALL SELECT 'client', id, seq, name, NULL FROM oauth_clients WHERE org_id = ? AND id IN (?)"+
		" UNION ALL SELECT 'key', id, seq, name, NULL FROM api_keys WHERE org_id = ? AND id IN (?)", orgID, ids, orgID, ids, orgID, ids)
	if err != nil {
		return nil, err
	}
	rows, err := all[actorRow](ctx, s, sqlx.Rebind(sqlx.DOLLAR, q), args...)
	return each(rows, actorRow.actor), err
}
