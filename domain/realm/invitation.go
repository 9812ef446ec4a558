package realm

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/secret"
)

// InvitationLife is how long an invitation can be accepted.
const InvitationLife = 7 * 24 * time.Hour

// Invitation lets an invited user choose a password, once. The token is known only when it is made.
type Invitation struct {
	Token     string
	ExpiresAt time.Time
}

// KeptInvitation is an invitation as it is kept.
type KeptInvitation struct {
	ID        id.ID
	UserID    id.ID
	Realm     string // the name
	OrgID     id.ID
	TokenHash []byte
	ExpiresAt time.Time
	CreatedAt time.Time
}

// InvitationRepository keeps invitations.
type InvitationRepository interface {
	// InsertInvitation takes the place of a former one of the user.
	InsertInvitation(ctx context.Context, r Realm, v KeptInvitation) error
	// TakeInvitation deletes the invitation with the hash and returns it; NotFound: there is none. One
	// transaction gets it.
	TakeInvitation(ctx context.Context, tokenHash []byte) (KeptInvitation, error)
	// Invitation returns the invitation with the hash.
	Invitation(ctx context.Context, tokenHash []byte) (KeptInvitation, error)
	DeleteInvitationOf(ctx context.Context, user id.ID) error
	DeleteExpiredInvitations(ctx context.Context, now time.Time) error
}

func (s *Service) invite(ctx context.Context, r Realm, u User) (Invitation, error) {
	now := s.Now()
	v := Invitation{Token: "inv_" + secret.Text(43), ExpiresAt: now.Add(InvitationLife)}
	return v, s.Invitations.InsertInvitation(ctx, r, KeptInvitation{
		ID: id.New(), UserID: u.ID, TokenHash: secret.Hash(v.Token), ExpiresAt: v.ExpiresAt, CreatedAt: now,
	})
}

// InviteOwner makes the user of an organization's first owner, who is a member already and invited, and an invitation.
// It runs in the transaction that makes the organization; a directory outside is called after it, with the acceptance.
func (s *Service) InviteOwner(ctx context.Context, m org.Member) (Invitation, error) {
	realms, err := s.Directory.RealmsOf(ctx, m.OrgID)
	if err != nil {
		return Invitation{}, err
	}
	if len(realms) == 0 {
		return Invitation{}, fault.NewNotFound("realm")
	}
	if s.Outside {
		return s.invite(ctx, realms[0], User{ID: m.UserID})
	}
	u, err := s.Directory.CreateUser(ctx, realms[0].Name, owner(m))
	if err != nil {
		return Invitation{}, err
	}
	return s.invite(ctx, realms[0], u)
}

// owner is the first owner of an organization as a user of its realm.
func owner(m org.Member) NewUser {
	return NewUser{ID: m.UserID, Username: m.Email, Email: m.Email, Name: m.Name, Roles: []string{TenantAdmin}}
}

// AcceptInvitation sets the password of an invited user, and perhaps another name. The user can sign in from then on.
func (s *Service) AcceptInvitation(ctx context.Context, token, password string, name *string) (User, Realm, error) {
	if err := s.Policy.Check("/password", password); err != nil {
		return User{}, Realm{}, err
	}
	hash := secret.Hash(token)
	v, err := s.Invitations.Invitation(ctx, hash)
	if err != nil {
		return User{}, Realm{}, err
	}
	r, err := s.Directory.Realm(ctx, v.Realm)
	if err != nil {
		return User{}, Realm{}, err
	}
	if !r.Enabled || !s.Now().Before(v.ExpiresAt) {
		return User{}, Realm{}, fault.NewNotFound("invitation")
	}
	ready, err := s.Directory.Prepare(ctx, password)
	if err != nil {
		return User{}, Realm{}, err
	}
	ctx = identity.With(ctx, &identity.Principal{
		Kind: identity.User, ID: v.UserID, UserID: v.UserID, OrgID: v.OrgID, OrgStatus: identity.OrgActive,
	})
	var u User
	if s.Outside { // it is called before the transaction; what fails after it can be repeated
		if u, err = s.enroll(ctx, r, v, ready, name); err != nil {
			return User{}, Realm{}, err
		}
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.Invitations.TakeInvitation(ctx, hash); err != nil {
			return err
		}
		if !s.Outside {
			if u, err = s.activate(ctx, r, v.UserID, ready, name); err != nil {
				return err
			}
		}
		if u.acts() {
			if err := s.People.Accept(ctx, r.OrgID, u.ID, u.Name); err != nil {
				return err
			}
		}
		return s.record(ctx, r, "realm_user.invitation_accepted", u, nil, u.fields())
	})
	return u, r, err
}

// activate sets the password of an invited user, and another name where one is given.
func (s *Service) activate(ctx context.Context, r Realm, user id.ID, ready Password, name *string) (User, error) {
	if name != nil {
		if _, err := s.Directory.UpdateUser(ctx, r.Name, user, UserPatch{Name: name}); err != nil {
			return User{}, err
		}
	}
	if err := s.Directory.SetPassword(ctx, r.Name, user, ready); err != nil {
		return User{}, err
	}
	return s.Directory.User(ctx, r.Name, user)
}

// CleanInvitations deletes invitations that have expired.
func (s *Service) CleanInvitations(ctx context.Context) error {
	return s.Invitations.DeleteExpiredInvitations(ctx, s.Now())
}
