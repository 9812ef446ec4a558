package realm

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/store/db"
)

type userRow struct {
	ID           id.ID             `db:"id"`
	RealmID      id.ID             `db:"realm_id"`
	Username     string            `db:"username"`
	Email        db.Text           `db:"email"`
	Name         string            `db:"name"`
	Status       realm.Status      `db:"status"`
	PasswordHash db.Text           `db:"password_hash"`
	WorkspaceID  id.ID             `db:"workspace_id"`
	ClientRow    id.ID             `db:"client_row"`
	Roles        db.JSON[[]string] `db:"roles"`
	CreatedAt    db.Time           `db:"created_at"`
	UpdatedAt    db.Time           `db:"updated_at"`
}

func (r userRow) user() realm.User {
	return realm.User{
		ID: r.ID, RealmID: r.RealmID, Username: r.Username, Email: string(r.Email), Name: r.Name, Status: r.Status,
		Roles: r.Roles.V, WorkspaceID: r.WorkspaceID, ClientID: r.ClientRow, CreatedAt: r.CreatedAt.Time,
		UpdatedAt: r.UpdatedAt.Time,
	}
}

const userColumns = "u.id, u.realm_id, u.username, u.email, u.name, u.status, u.password_hash, u.workspace_id," +
	" u.client_row, u.created_at, u.updated_at"

// roles reads the names of a user's roles as JSON, in their order.
func (s people) roles() string {
	if s.Engine == db.Postgres {
		return "(SELECT json_agg(a.role ORDER BY a.role) FROM realm_user_roles a WHERE a.user_id = u.id) AS roles"
	}
	return "(SELECT json_group_array(role) FROM (SELECT a.role FROM realm_user_roles a WHERE a.user_id = u.id" +
		" ORDER BY a.role)) AS roles"
}

func (s people) selectUser() string {
	return "SELECT " + userColumns + ", " + s.roles() + " FROM realm_users u"
}

// InsertUser implements realm.Repository.
func (s people) InsertUser(ctx context.Context, r realm.Realm, u realm.User, passwordHash string) error {
	return db.Inserted(s.Exec(ctx, "INSERT INTO realm_users (id, org_id, realm_id, username, email, name, status,"+
		" password_hash, workspace_id, client_row, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"+
		" $11, $12) ON CONFLICT DO NOTHING",
		u.ID, r.OrgID, r.ID, u.Username, db.Text(u.Email), u.Name, u.Status, db.Text(passwordHash), u.WorkspaceID,
		u.ClientID, u.CreatedAt, u.UpdatedAt))
}

// users lists the people of a realm, without the accounts of clients and without roles, which ListUsers adds.
var users = db.List[userRow, realm.User]{
	Scope: "u.realm_id = $1 AND u.client_row IS NULL",
	Query: "SELECT " + userColumns + ", NULL AS roles FROM realm_users u", ID: "u.id",
	Sorts:   map[string]db.Column{"created_at": db.ByTime("u.created_at")},
	Filters: map[string]string{"email": "u.email", "username": "u.username", "status": "u.status"},
	Convert: userRow.user,
	Position: func(u realm.User, _ string) page.Position {
		return db.TimePosition(u.ID, u.CreatedAt)
	},
}

// ListUsers implements realm.Repository.
func (s people) ListUsers(ctx context.Context, realmID id.ID, q page.Query) (page.Page[realm.User], error) {
	p, err := users.Page(ctx, s.DB, q, users.Scope, realmID)
	if err != nil || len(p.Items) == 0 {
		return p, err
	}
	ids := make([]id.ID, len(p.Items))
	at := make(map[id.ID]*realm.User, len(p.Items))
	for n := range p.Items {
		ids[n], at[p.Items[n].ID] = p.Items[n].ID, &p.Items[n]
	}
	query, args, err := sqlx.In("SELECT user_id, role FROM realm_user_roles WHERE user_id IN (?) ORDER BY user_id, role",
		db.Padded(ids))
	if err != nil {
		return p, err
	}
	found, err := db.All[struct {
		User id.ID  `db:"user_id"`
		Role string `db:"role"`
	}](ctx, s.DB, sqlx.Rebind(sqlx.DOLLAR, query), args...)
	for _, f := range found {
		at[f.User].Roles = append(at[f.User].Roles, f.Role)
	}
	return p, err
}

// User implements realm.Repository.
func (s people) User(ctx context.Context, realmID, user id.ID) (realm.User, error) {
	r, err := db.One[userRow](ctx, s.DB, s.selectUser()+" WHERE u.realm_id = $1 AND u.id = $2", realmID, user)
	return r.user(), db.NoRow(err, fault.NewNotFound("user"))
}

// UserOf implements realm.Repository.
func (s people) UserOf(ctx context.Context, client id.ID) (realm.User, error) {
	r, err := db.One[userRow](ctx, s.DB, s.selectUser()+" WHERE u.client_row = $1", client)
	return r.user(), db.NoRow(err, fault.NewNotFound("user"))
}

// UserByLogin implements realm.Repository. Who has the text as a name comes before who has it as an address.
func (s people) UserByLogin(ctx context.Context, realmID id.ID, login string) (realm.User, string, error) {
	r, err := db.One[userRow](ctx, s.DB, s.selectUser()+" WHERE u.realm_id = $1 AND (u.username = $2 OR u.email = $2)"+
		" ORDER BY CASE WHEN u.username = $2 THEN 0 ELSE 1 END LIMIT 1", realmID, login)
	return r.user(), string(r.PasswordHash), db.NoRow(err, fault.NewNotFound("user"))
}

// WriteUser implements realm.Repository.
func (s people) WriteUser(ctx context.Context, u realm.User) error {
	_, err := s.Exec(ctx, "UPDATE realm_users SET name = $2, status = $3, workspace_id = $4, updated_at = $5"+
		" WHERE id = $1", u.ID, u.Name, u.Status, u.WorkspaceID, u.UpdatedAt)
	return err
}

// SetRoles implements realm.Repository.
func (s people) SetRoles(ctx context.Context, r realm.Realm, user id.ID, roles []string) error {
	if _, err := s.Exec(ctx, "DELETE FROM realm_user_roles WHERE user_id = $1", user); err != nil {
		return err
	}
	if len(roles) == 0 {
		return nil
	}
	rows := make([][]any, len(roles))
	for n, role := range roles {
		rows[n] = []any{user, r.ID, r.OrgID, role}
	}
	return s.ExecRows(ctx, "INSERT INTO realm_user_roles (user_id, realm_id, org_id, role) VALUES ",
		[]string{db.UUIDType, db.UUIDType, db.UUIDType, db.TextType}, rows, " ON CONFLICT (user_id, role) DO NOTHING")
}

// SetPassword implements realm.Repository.
func (s people) SetPassword(ctx context.Context, user id.ID, passwordHash string, at time.Time) error {
	_, err := s.Exec(ctx, "UPDATE realm_users SET password_hash = $2, updated_at = $3 WHERE id = $1", user, passwordHash,
		at)
	return err
}

// DeleteUser implements realm.Repository.
func (s people) DeleteUser(ctx context.Context, user id.ID) error {
	for _, query := range []string{
		"DELETE FROM realm_sessions WHERE user_id = $1", "DELETE FROM realm_invitations WHERE user_id = $1",
		"DELETE FROM realm_user_roles WHERE user_id = $1", "DELETE FROM realm_users WHERE id = $1",
	} {
		if _, err := s.Exec(ctx, query, user); err != nil {
			return err
		}
	}
	return nil
}

// RealmsWith implements realm.Repository.
func (s people) RealmsWith(ctx context.Context, login string, limit int) ([]string, error) {
	return db.All[string](ctx, s.DB, "SELECT r.name FROM realms r WHERE r.id IN (SELECT realm_id FROM realm_users"+
		" WHERE username = $1 UNION SELECT realm_id FROM realm_users WHERE email = $1) ORDER BY r.name LIMIT $2",
		login, limit)
}

type holderRow struct {
	userRow
	RealmName     string             `db:"realm_name"`
	RealmOrg      id.ID              `db:"realm_org"`
	RealmEnabled  bool               `db:"realm_enabled"`
	NotBefore     *db.Time           `db:"not_before"`
	OrgTier       plan.Tier          `db:"org_tier"`
	OrgStatus     identity.OrgStatus `db:"org_status"`
	MemberID      id.ID              `db:"member_id"`
	WorkspaceLive id.ID              `db:"workspace_live"`
	ClientEnabled bool               `db:"client_enabled"`
}

// Holder implements realm.Repository. A realm that is disabled by itself has no holders; the state of the
// organization is told.
func (s people) Holder(ctx context.Context, name string, user id.ID) (realm.Holder, error) {
	r, err := db.One[holderRow](ctx, s.DB, "SELECT "+userColumns+", "+s.roles()+", r.name AS realm_name,"+
		" r.org_id AS realm_org, r.enabled AS realm_enabled, r.not_before, o.tier AS org_tier, o.status AS org_status,"+
		" m.id AS member_id, w.id AS workspace_live, COALESCE(c.enabled, true) AS client_enabled"+
		" FROM realm_users u JOIN realms r ON r.id = u.realm_id JOIN orgs o ON o.id = r.org_id"+
		" LEFT JOIN members m ON m.org_id = r.org_id AND m.user_id = u.id AND m.status = 'active'"+
		" LEFT JOIN workspaces w ON w.id = u.workspace_id AND w.deleted_at IS NULL"+
		" LEFT JOIN realm_clients c ON c.id = u.client_row WHERE u.id = $1 AND r.name = $2 AND r.enabled", user, name)
	h := realm.Holder{
		User: r.user(), OrgTier: r.OrgTier, OrgStatus: r.OrgStatus, MemberID: r.MemberID,
		WorkspaceGone: !r.WorkspaceID.IsZero() && r.WorkspaceLive.IsZero(), ClientEnabled: r.ClientEnabled,
		Realm: realm.Realm{
			ID: r.RealmID, OrgID: r.RealmOrg, Name: r.RealmName, Enabled: r.RealmEnabled && r.OrgStatus == identity.OrgActive,
		},
	}
	if r.NotBefore != nil {
		h.Realm.NotBefore = r.NotBefore.Time
	}
	return h, db.NoRow(err, fault.NewNotFound("user"))
}
