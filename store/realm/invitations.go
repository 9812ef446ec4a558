package realm

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/store/db"
)

var _ realm.InvitationRepository = (*Store)(nil)

// InsertInvitation implements realm.InvitationRepository.
func (s sessions) InsertInvitation(ctx context.Context, r realm.Realm, v realm.KeptInvitation) error {
	_, err := s.Exec(ctx, "INSERT INTO realm_invitations (id, org_id, realm_id, user_id, token_hash, expires_at,"+
		" created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (user_id) DO UPDATE SET id = excluded.id,"+
		" token_hash = excluded.token_hash, expires_at = excluded.expires_at, created_at = excluded.created_at",
		v.ID, r.OrgID, r.ID, v.UserID, v.TokenHash, v.ExpiresAt, v.CreatedAt)
	return err
}

type invitationRow struct {
	ID        id.ID   `db:"id"`
	UserID    id.ID   `db:"user_id"`
	OrgID     id.ID   `db:"org_id"`
	Realm     string  `db:"realm"`
	ExpiresAt db.Time `db:"expires_at"`
	CreatedAt db.Time `db:"created_at"`
}

func (r invitationRow) invitation(hash []byte) realm.KeptInvitation {
	return realm.KeptInvitation{
		ID: r.ID, UserID: r.UserID, OrgID: r.OrgID, Realm: r.Realm, TokenHash: hash, ExpiresAt: r.ExpiresAt.Time,
		CreatedAt: r.CreatedAt.Time,
	}
}

// Invitation implements realm.InvitationRepository.
func (s sessions) Invitation(ctx context.Context, tokenHash []byte) (realm.KeptInvitation, error) {
	r, err := db.One[invitationRow](ctx, s.DB, "SELECT i.id, i.user_id, i.org_id, r.name AS realm, i.expires_at,"+
		" i.created_at FROM realm_invitations i JOIN realms r ON r.id = i.realm_id WHERE i.token_hash = $1", tokenHash)
	return r.invitation(tokenHash), db.NoRow(err, fault.NewNotFound("invitation"))
}

// TakeInvitation implements realm.InvitationRepository.
func (s sessions) TakeInvitation(ctx context.Context, tokenHash []byte) (realm.KeptInvitation, error) {
	v, err := s.Invitation(ctx, tokenHash)
	if err != nil {
		return v, err
	}
	n, err := s.Exec(ctx, "DELETE FROM realm_invitations WHERE token_hash = $1", tokenHash)
	if err == nil && n == 0 {
		err = fault.NewNotFound("invitation")
	}
	return v, err
}

// DeleteInvitationOf implements realm.InvitationRepository.
func (s sessions) DeleteInvitationOf(ctx context.Context, user id.ID) error {
	_, err := s.Exec(ctx, "DELETE FROM realm_invitations WHERE user_id = $1", user)
	return err
}

// DeleteExpiredInvitations implements realm.InvitationRepository.
func (s sessions) DeleteExpiredInvitations(ctx context.Context, now time.Time) error {
	return s.ExecSlices(ctx, "DELETE FROM realm_invitations WHERE id IN (SELECT id FROM realm_invitations"+
		" WHERE expires_at < $1 LIMIT $2)", now)
}
