package realm

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/store/db"
)

// InsertSession implements realm.Repository.
func (s sessions) InsertSession(ctx context.Context, r realm.Realm, v realm.Session) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		_, err := s.Exec(ctx, "INSERT INTO realm_sessions (id, org_id, realm_id, user_id, client_row, scope, generation,"+
			" expires_at, ends_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
			v.ID, r.OrgID, r.ID, v.UserID, v.ClientRow, v.Scope, v.Generation, v.ExpiresAt, v.EndsAt, v.CreatedAt)
		if err != nil {
			return err
		}
		_, err = s.Exec(ctx, "DELETE FROM realm_sessions WHERE id IN (SELECT id FROM realm_sessions WHERE user_id = $1"+
			" ORDER BY created_at DESC, id DESC LIMIT 1000 OFFSET $2)", v.UserID, realm.MaxSessions)
		return err
	})
}

type sessionRow struct {
	ID         id.ID   `db:"id"`
	UserID     id.ID   `db:"user_id"`
	ClientRow  id.ID   `db:"client_row"`
	Scope      string  `db:"scope"`
	Generation int64   `db:"generation"`
	ExpiresAt  db.Time `db:"expires_at"`
	EndsAt     db.Time `db:"ends_at"`
	CreatedAt  db.Time `db:"created_at"`
}

// Session implements realm.Repository.
func (s sessions) Session(ctx context.Context, session id.ID) (realm.Session, error) {
	r, err := db.One[sessionRow](ctx, s.DB, "SELECT id, user_id, client_row, scope, generation, expires_at, ends_at,"+
		" created_at FROM realm_sessions WHERE id = $1", session)
	return realm.Session{
		ID: r.ID, UserID: r.UserID, ClientRow: r.ClientRow, Scope: r.Scope, Generation: r.Generation,
		ExpiresAt: r.ExpiresAt.Time, EndsAt: r.EndsAt.Time, CreatedAt: r.CreatedAt.Time,
	}, db.NoRow(err, fault.NewNotFound("session"))
}

// Continue implements realm.Repository.
func (s sessions) Continue(ctx context.Context, session id.ID, generation int64, expires time.Time) (bool, error) {
	n, err := s.Exec(ctx, "UPDATE realm_sessions SET generation = generation + 1, expires_at = $3"+
		" WHERE id = $1 AND generation = $2", session, generation, expires)
	return n == 1, err
}

// DeleteSession implements realm.Repository.
func (s sessions) DeleteSession(ctx context.Context, session id.ID) error {
	_, err := s.Exec(ctx, "DELETE FROM realm_sessions WHERE id = $1", session)
	return err
}

// DeleteSessionsOf implements realm.Repository.
func (s sessions) DeleteSessionsOf(ctx context.Context, user id.ID) error {
	_, err := s.Exec(ctx, "DELETE FROM realm_sessions WHERE user_id = $1", user)
	return err
}

// DeleteExpiredSessions implements realm.Repository.
func (s sessions) DeleteExpiredSessions(ctx context.Context, before time.Time) error {
	return s.ExecSlices(ctx, "DELETE FROM realm_sessions WHERE id IN (SELECT id FROM realm_sessions WHERE expires_at < $1"+
		" LIMIT $2)", before)
}
