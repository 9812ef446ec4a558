// Package realm is the SQL of domain/realm.
package realm

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/domain/signing"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct {
	realms
	programs
	people
	sessions
}

// The parts of a Store, each of which has what is SQL of one kind.
type (
	realms   struct{ *db.DB }
	programs struct{ *db.DB }
	people   struct{ *db.DB }
	sessions struct{ *db.DB }
)

// New returns the area's part of a database.
func New(d *db.DB) *Store { return &Store{realms{d}, programs{d}, people{d}, sessions{d}} }

var _ realm.Repository = (*Store)(nil)

// Lists are the area's lists, by name.
var Lists = map[string]db.Listing{"realm_clients": clients, "realm_users": users}

// SealedColumns are the area's columns with sealed values.
var SealedColumns = []db.SealedColumn{
	{Table: "realm_signing_keys", Row: "ordinal", Column: "private_key", Use: "realm signing key"},
}

// OrgTables are deleted with an org, in this order.
var OrgTables = []db.OrgTable{
	{Name: "realm_sessions", Key: "seq"},
	{Name: "realm_invitations", Key: "seq"},
	{Name: "realm_user_roles", Key: "user_id, role"},
	{Name: "realm_users", Key: "seq"},
	{Name: "realm_roles", Key: "seq"},
	{Name: "realm_clients", Key: "seq"},
	{Name: "realms", Key: "seq"},
}

type realmRow struct {
	ID             id.ID              `db:"id"`
	OrgID          id.ID              `db:"org_id"`
	Name           string             `db:"name"`
	DisplayName    string             `db:"display_name"`
	Enabled        bool               `db:"enabled"`
	AccessSeconds  int64              `db:"access_seconds"`
	IdleSeconds    int64              `db:"idle_seconds"`
	SessionSeconds int64              `db:"session_seconds"`
	NotBefore      *db.Time           `db:"not_before"`
	CreatedAt      db.Time            `db:"created_at"`
	OrgStatus      identity.OrgStatus `db:"org_status"`
}

func lives(access, idle, session int64) realm.Lives {
	return realm.Lives{
		Access: time.Duration(access) * time.Second, Idle: time.Duration(idle) * time.Second,
		Session: time.Duration(session) * time.Second,
	}
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

func (r realmRow) realm() realm.Realm {
	out := realm.Realm{
		ID: r.ID, OrgID: r.OrgID, Name: r.Name, DisplayName: r.DisplayName,
		Enabled: r.Enabled && r.OrgStatus == identity.OrgActive,
		Lives:   lives(r.AccessSeconds, r.IdleSeconds, r.SessionSeconds), CreatedAt: r.CreatedAt.Time,
	}
	if r.NotBefore != nil {
		out.NotBefore = r.NotBefore.Time
	}
	return out
}

const realmColumns = "r.id, r.org_id, r.name, r.display_name, r.enabled, r.access_seconds, r.idle_seconds," +
	" r.session_seconds, r.not_before, r.created_at, o.status AS org_status"

const selectRealm = "SELECT " + realmColumns + " FROM realms r JOIN orgs o ON o.id = r.org_id"

// InsertRealm implements realm.Repository.
func (s realms) InsertRealm(ctx context.Context, r realm.Realm) error {
	_, err := s.Exec(ctx, "INSERT INTO realms (id, org_id, name, display_name, enabled, access_seconds, idle_seconds,"+
		" session_seconds, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (name) DO NOTHING",
		r.ID, r.OrgID, r.Name, r.DisplayName, r.Enabled, seconds(r.Lives.Access), seconds(r.Lives.Idle),
		seconds(r.Lives.Session), r.CreatedAt)
	return err
}

// Realm implements realm.Repository.
func (s realms) Realm(ctx context.Context, name string) (realm.Realm, error) {
	r, err := db.One[realmRow](ctx, s.DB, selectRealm+" WHERE r.name = $1", name)
	return r.realm(), db.NoRow(err, fault.NewNotFound("realm"))
}

// RealmsOf implements realm.Repository.
func (s realms) RealmsOf(ctx context.Context, orgID id.ID) ([]realm.Realm, error) {
	rows, err := db.All[realmRow](ctx, s.DB, selectRealm+" WHERE r.org_id = $1 ORDER BY r.created_at, r.id", orgID)
	return db.Convert(rows, realmRow.realm), err
}

// SetNotBefore implements realm.Repository.
func (s realms) SetNotBefore(ctx context.Context, realmID id.ID, at time.Time) error {
	_, err := s.Exec(ctx, "UPDATE realms SET not_before = $2 WHERE id = $1", realmID, at)
	return err
}

// LockRealm implements realm.Repository. On SQLite a transaction that may write is alone.
func (s realms) LockRealm(ctx context.Context, realmID id.ID) error {
	query := "SELECT id FROM realms WHERE id = $1"
	if s.Engine == db.Postgres {
		query += " FOR NO KEY UPDATE"
	}
	_, err := db.One[id.ID](ctx, s.DB, query, realmID)
	return db.NoRow(err, fault.NewNotFound("realm"))
}

type roleRow struct {
	ID          id.ID             `db:"id"`
	RealmID     id.ID             `db:"realm_id"`
	Name        string            `db:"name"`
	Description string            `db:"description"`
	Composites  db.JSON[[]string] `db:"composites"`
	CreatedAt   db.Time           `db:"created_at"`
}

func (r roleRow) role() realm.Role {
	return realm.Role{
		ID: r.ID, RealmID: r.RealmID, Name: r.Name, Description: r.Description, Composites: r.Composites.V,
		CreatedAt: r.CreatedAt.Time,
	}
}

// InsertRole implements realm.Repository.
func (s realms) InsertRole(ctx context.Context, r realm.Realm, role realm.Role) error {
	return db.Inserted(s.Exec(ctx, "INSERT INTO realm_roles (id, org_id, realm_id, name, description, composites,"+
		" created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (realm_id, name) DO NOTHING",
		role.ID, r.OrgID, r.ID, role.Name, role.Description, db.AsJSON(list(role.Composites)), role.CreatedAt))
}

// list has an empty list kept as one.
func list(l []string) []string {
	if l == nil {
		return []string{}
	}
	return l
}

// Roles implements realm.Repository.
func (s realms) Roles(ctx context.Context, realmID id.ID) ([]realm.Role, error) {
	rows, err := db.All[roleRow](ctx, s.DB, "SELECT id, realm_id, name, description, composites, created_at"+
		" FROM realm_roles WHERE realm_id = $1 ORDER BY name", realmID)
	return db.Convert(rows, roleRow.role), err
}

// DeleteRole implements realm.Repository.
func (s realms) DeleteRole(ctx context.Context, realmID id.ID, name string) (bool, error) {
	n, err := s.Exec(ctx, "DELETE FROM realm_roles WHERE realm_id = $1 AND name = $2", realmID, name)
	if err != nil || n == 0 {
		return false, err
	}
	_, err = s.Exec(ctx, "DELETE FROM realm_user_roles WHERE realm_id = $1 AND role = $2", realmID, name)
	return true, err
}

type signingKeyRow struct {
	ID        id.ID   `db:"id"`
	Ordinal   int64   `db:"ordinal"`
	Public    []byte  `db:"public_key"`
	Private   []byte  `db:"private_key"`
	CreatedAt db.Time `db:"created_at"`
}

func (r signingKeyRow) key() signing.Key {
	return signing.Key{ID: r.ID, Ordinal: r.Ordinal, Public: r.Public, Private: r.Private, CreatedAt: r.CreatedAt.Time}
}

// SigningKeys implements signing.Repository.
func (s realms) SigningKeys(ctx context.Context) ([]signing.Key, error) {
	rows, err := db.All[signingKeyRow](ctx, s.DB,
		"SELECT id, ordinal, public_key, private_key, created_at FROM realm_signing_keys ORDER BY ordinal")
	return db.Convert(rows, signingKeyRow.key), err
}

// InsertSigningKey implements signing.Repository.
func (s realms) InsertSigningKey(ctx context.Context, k signing.Key) error {
	_, err := s.Exec(ctx, "INSERT INTO realm_signing_keys (id, ordinal, public_key, private_key, created_at)"+
		" VALUES ($1, $2, $3, $4, $5) ON CONFLICT (ordinal) DO NOTHING", k.ID, k.Ordinal, k.Public, k.Private, k.CreatedAt)
	return err
}

// DeleteSigningKeys implements signing.Repository.
func (s realms) DeleteSigningKeys(ctx context.Context, upTo int64) error {
	_, err := s.Exec(ctx, "DELETE FROM realm_signing_keys WHERE ordinal <= $1", upTo)
	return err
}
