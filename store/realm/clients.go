package realm

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/store/db"
)

type clientRow struct {
	ID             id.ID             `db:"id"`
	RealmID        id.ID             `db:"realm_id"`
	ClientID       string            `db:"client_id"`
	DisplayName    string            `db:"display_name"`
	Access         realm.AccessType  `db:"access_type"`
	Enabled        bool              `db:"enabled"`
	SecretHash     []byte            `db:"secret_hash"`
	RedirectURIs   db.JSON[[]string] `db:"redirect_uris"`
	WebOrigins     db.JSON[[]string] `db:"web_origins"`
	Scopes         db.JSON[[]string] `db:"scopes"`
	Password       bool              `db:"password"`
	Service        bool              `db:"service"`
	AccessSeconds  int64             `db:"access_seconds"`
	IdleSeconds    int64             `db:"idle_seconds"`
	SessionSeconds int64             `db:"session_seconds"`
	CreatedAt      db.Time           `db:"created_at"`
	UpdatedAt      db.Time           `db:"updated_at"`
}

func (r clientRow) client() realm.Client {
	return realm.Client{
		ID: r.ID, RealmID: r.RealmID, ClientID: r.ClientID, DisplayName: r.DisplayName, Access: r.Access,
		Enabled: r.Enabled, RedirectURIs: r.RedirectURIs.V, WebOrigins: r.WebOrigins.V, Scopes: r.Scopes.V,
		Password: r.Password, Service: r.Service, Lives: lives(r.AccessSeconds, r.IdleSeconds, r.SessionSeconds),
		CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}
}

const selectClient = "SELECT id, realm_id, client_id, display_name, access_type, enabled, secret_hash, redirect_uris," +
	" web_origins, scopes, password, service, access_seconds, idle_seconds, session_seconds, created_at, updated_at" +
	" FROM realm_clients"

// InsertClient implements realm.Repository.
func (s programs) InsertClient(ctx context.Context, r realm.Realm, c realm.Client, secretHash []byte) error {
	return db.Inserted(s.Exec(ctx, "INSERT INTO realm_clients (id, org_id, realm_id, client_id, display_name,"+
		" access_type, enabled, secret_hash, redirect_uris, web_origins, scopes, password, service, access_seconds,"+
		" idle_seconds, session_seconds, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"+
		" $13, $14, $15, $16, $17, $18) ON CONFLICT (realm_id, client_id) DO NOTHING",
		c.ID, r.OrgID, r.ID, c.ClientID, c.DisplayName, c.Access, c.Enabled, secretHash, db.AsJSON(list(c.RedirectURIs)),
		db.AsJSON(list(c.WebOrigins)), db.AsJSON(list(c.Scopes)), c.Password, c.Service, seconds(c.Lives.Access),
		seconds(c.Lives.Idle), seconds(c.Lives.Session), c.CreatedAt, c.UpdatedAt))
}

var clients = db.List[clientRow, realm.Client]{
	Scope: "realm_id = $1",
	Query: selectClient, ID: "id",
	Sorts:   map[string]db.Column{"created_at": db.ByTime("created_at")},
	Convert: clientRow.client,
	Position: func(c realm.Client, _ string) page.Position {
		return db.TimePosition(c.ID, c.CreatedAt)
	},
}

// ListClients implements realm.Repository.
func (s programs) ListClients(ctx context.Context, realmID id.ID, q page.Query) (page.Page[realm.Client], error) {
	return clients.Page(ctx, s.DB, q, clients.Scope, realmID)
}

// CountClients implements realm.Repository. There are at most realm.MaxClients.
func (s programs) CountClients(ctx context.Context, realmID id.ID) (int, error) {
	return db.One[int](ctx, s.DB, "SELECT count(*) FROM realm_clients WHERE realm_id = $1", realmID)
}

// Client implements realm.Repository.
func (s programs) Client(ctx context.Context, realmID, client id.ID) (realm.Client, error) {
	r, err := db.One[clientRow](ctx, s.DB, selectClient+" WHERE realm_id = $1 AND id = $2", realmID, client)
	return s.withRoles(ctx, r.client(), db.NoRow(err, fault.NewNotFound("client")))
}

// withRoles reads the roles of the client's service account.
func (s programs) withRoles(ctx context.Context, c realm.Client, err error) (realm.Client, error) {
	if err != nil || !c.Service {
		return c, err
	}
	c.Roles, err = db.All[string](ctx, s.DB, "SELECT a.role FROM realm_user_roles a JOIN realm_users u"+
		" ON u.id = a.user_id WHERE u.client_row = $1 ORDER BY a.role", c.ID)
	return c, err
}

// ClientNamed implements realm.Repository.
func (s programs) ClientNamed(ctx context.Context, realmID id.ID, clientID string) (realm.Client, []byte, error) {
	r, err := db.One[clientRow](ctx, s.DB, selectClient+" WHERE realm_id = $1 AND client_id = $2", realmID, clientID)
	return r.client(), r.SecretHash, db.NoRow(err, fault.NewNotFound("client"))
}

// SetSecret implements realm.Repository.
func (s programs) SetSecret(ctx context.Context, client id.ID, secretHash []byte, at time.Time) error {
	_, err := s.Exec(ctx, "UPDATE realm_clients SET secret_hash = $2, updated_at = $3 WHERE id = $1", client, secretHash,
		at)
	return err
}

// DeleteClient implements realm.Repository.
func (s programs) DeleteClient(ctx context.Context, client id.ID) error {
	if _, err := s.Exec(ctx, "DELETE FROM realm_sessions WHERE client_row = $1", client); err != nil {
		return err
	}
	account, err := people(s).UserOf(ctx, client)
	switch {
	case err == nil:
		if err := people(s).DeleteUser(ctx, account.ID); err != nil {
			return err
		}
	case !fault.IsCode(err, fault.NotFound):
		return err
	}
	_, err = s.Exec(ctx, "DELETE FROM realm_clients WHERE id = $1", client)
	return err
}
