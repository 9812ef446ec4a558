package realm

import (
	"context"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/page"
)

// CreateUser is what the callers of Service say of a new user.
type CreateUser struct {
	Username    string
	Email       string
	Name        string
	Password    string // empty: the user is invited
	Roles       []string
	WorkspaceID id.ID
}

// CreateUser makes a user. Without a password it returns an invitation, whose token is shown once.
func (s *Service) CreateUser(ctx context.Context, realm string, in CreateUser) (User, *Invitation, error) {
	r, err := s.administered(ctx, realm)
	if err != nil {
		return User{}, nil, err
	}
	if err := s.checkUser(ctx, r, in); err != nil {
		return User{}, nil, err
	}
	var password Password
	if in.Password != "" {
		if password, err = s.Directory.Prepare(ctx, in.Password); err != nil {
			return User{}, nil, err
		}
	}
	var u User
	var invitation *Invitation
	err = s.run(ctx, func(ctx context.Context) error {
		invitation = nil
		u, err = s.Directory.CreateUser(ctx, realm, NewUser{
			Username: in.Username, Email: in.Email, Name: in.Name, Password: password, Roles: in.Roles,
			WorkspaceID: in.WorkspaceID,
		})
		if err != nil {
			return err
		}
		if err := s.admit(ctx, r, u); err != nil {
			return err
		}
		if u.Status == Invited {
			made, err := s.invite(ctx, r, u)
			if err != nil {
				return err
			}
			invitation = &made
		}
		return s.record(ctx, r, "realm_user.created", u, nil, u.fields())
	})
	return u, invitation, err
}

func (s *Service) checkUser(ctx context.Context, r Realm, in CreateUser) error {
	if in.Password != "" {
		if err := s.Policy.Check("/password", in.Password); err != nil {
			return err
		}
	}
	if err := s.checkWorkspace(ctx, r, in.WorkspaceID); err != nil {
		return err
	}
	return s.checkRoles(ctx, r, "/roles", in.Roles, in.WorkspaceID)
}

func (s *Service) checkWorkspace(ctx context.Context, r Realm, workspaceID id.ID) error {
	if workspaceID.IsZero() {
		return nil
	}
	ok, err := s.Workspaces.InOrg(ctx, r.OrgID, workspaceID)
	if err == nil && !ok {
		return fault.Invalid(fault.Body("/workspaceId", "unknown_workspace", "must be a workspace of the tenant"))
	}
	return err
}

// admit makes a user with a role of ours a member of the organization, and ends the membership of one who has none.
func (s *Service) admit(ctx context.Context, r Realm, u User) error {
	if !u.acts() || u.Status == Disabled {
		return s.People.Dismiss(ctx, r.OrgID, u.ID)
	}
	status := org.Active
	if u.Status == Invited {
		status = org.Invited
	}
	return s.People.Admit(ctx, r.OrgID, org.Person{
		ID: u.ID, Email: u.Email, Name: u.Name, Status: status, Role: RightsOf(r.Platform(), u.WorkspaceID, u.Roles).Member,
	})
}

// Users lists the people of a realm.
func (s *Service) Users(ctx context.Context, realm string, q page.Query) (page.Page[User], error) {
	if _, err := s.administered(ctx, realm); err != nil {
		return page.Page[User]{}, err
	}
	return s.Directory.Users(ctx, realm, q)
}

// User returns a user of a realm.
func (s *Service) User(ctx context.Context, realm string, user id.ID) (User, error) {
	if _, err := s.administered(ctx, realm); err != nil {
		return User{}, err
	}
	return s.person(ctx, realm, user)
}

// person finds a user who is no account of a client.
func (s *Service) person(ctx context.Context, realm string, user id.ID) (User, error) {
	u, err := s.Directory.User(ctx, realm, user)
	if err == nil && !u.ClientID.IsZero() {
		return User{}, fault.NewNotFound("user")
	}
	return u, err
}

// UpdateUser changes the name of a user, or disables or enables them: at once here, within identity.CacheTTL on other
// replicas. Whose roles allow more than the caller may is left to others.
func (s *Service) UpdateUser(ctx context.Context, realm string, user id.ID, p UserPatch) (User, error) {
	return s.changeUser(ctx, realm, user, "realm_user.updated", func(ctx context.Context, r Realm, _ User) (User, error) {
		if p.Enabled != nil && !*p.Enabled && identity.From(ctx).UserID == user {
			return User{}, fault.New(fault.AccessDenied, "Nobody disables themselves.")
		}
		return s.Directory.UpdateUser(ctx, realm, user, UserPatch{Name: p.Name, Enabled: p.Enabled})
	})
}

// AssignRoles sets the roles of a user.
func (s *Service) AssignRoles(
	ctx context.Context, realm string, user id.ID, roles []string, workspaceID id.ID,
) (User, error) {
	return s.changeUser(ctx, realm, user, "realm_user.roles_assigned",
		func(ctx context.Context, r Realm, _ User) (User, error) {
			if err := s.checkWorkspace(ctx, r, workspaceID); err != nil {
				return User{}, err
			}
			if err := s.checkRoles(ctx, r, "/roles", roles, workspaceID); err != nil {
				return User{}, err
			}
			return s.Directory.UpdateUser(ctx, realm, user, UserPatch{Roles: &roles, WorkspaceID: &workspaceID})
		})
}

// SetPassword sets the password of a user. Sessions go on, as with Keycloak; disable the user to end them.
func (s *Service) SetPassword(ctx context.Context, realm string, user id.ID, password string) error {
	if err := s.Policy.Check("/password", password); err != nil {
		return err
	}
	if _, err := s.administered(ctx, realm); err != nil {
		return err
	}
	ready, err := s.Directory.Prepare(ctx, password)
	if err != nil {
		return err
	}
	_, err = s.changeUser(ctx, realm, user, "realm_user.password_set",
		func(ctx context.Context, r Realm, u User) (User, error) {
			if err := s.Directory.SetPassword(ctx, realm, user, ready); err != nil {
				return User{}, err
			}
			if err := s.Invitations.DeleteInvitationOf(ctx, user); err != nil {
				return User{}, err
			}
			return s.Directory.User(ctx, realm, user)
		})
	return err
}

// DeleteUser deletes a user, and ends the membership.
func (s *Service) DeleteUser(ctx context.Context, realm string, user id.ID) error {
	r, u, err := s.mayChange(ctx, realm, user)
	if err != nil {
		return err
	}
	if identity.From(ctx).UserID == user {
		return fault.New(fault.AccessDenied, "Nobody deletes themselves.")
	}
	return s.run(ctx, func(ctx context.Context) error {
		if err := s.People.Dismiss(ctx, r.OrgID, user); err != nil {
			return err
		}
		if err := s.Invitations.DeleteInvitationOf(ctx, user); err != nil {
			return err
		}
		if err := s.Directory.DeleteUser(ctx, realm, user); err != nil {
			return err
		}
		return s.record(ctx, r, "realm_user.deleted", u, u.fields(), nil)
	})
}

// mayChange finds a user whom the caller may change: one who may do no more than the caller.
func (s *Service) mayChange(ctx context.Context, realm string, user id.ID) (Realm, User, error) {
	r, err := s.administered(ctx, realm)
	if err != nil {
		return Realm{}, User{}, err
	}
	u, err := s.person(ctx, realm, user)
	if err != nil {
		return Realm{}, User{}, err
	}
	return r, u, s.mayGrant(ctx, r, u.Roles, u.WorkspaceID)
}

func (s *Service) changeUser(
	ctx context.Context, realm string, user id.ID, action string,
	change func(ctx context.Context, r Realm, was User) (User, error),
) (User, error) {
	r, was, err := s.mayChange(ctx, realm, user)
	if err != nil {
		return User{}, err
	}
	var u User
	err = s.run(ctx, func(ctx context.Context) error {
		if u, err = change(ctx, r, was); err != nil {
			return err
		}
		if err := s.admit(ctx, r, u); err != nil {
			return err
		}
		return s.record(ctx, r, action, u, was.fields(), u.fields())
	})
	return u, err
}

func (s *Service) record(ctx context.Context, r Realm, action string, u User, before, after audit.Fields) error {
	for _, f := range []audit.Fields{before, after} {
		if f != nil {
			f["realm"] = r.Name
		}
	}
	return s.Audit.Record(ctx, r.OrgID, action, audit.RealmUser, u.ID, before, after)
}

func (u User) fields() audit.Fields {
	f := audit.Fields{"username": u.Username, "status": string(u.Status), "roles": u.Roles}
	if !u.WorkspaceID.IsZero() {
		f["workspace_id"] = u.WorkspaceID.Prefixed(id.WorkspacePrefix)
	}
	return f
}

// HandleMemberRemoval disables the user of a realm whose membership ends. It is called in the transaction that ends it.
func (s *Service) HandleMemberRemoval(ctx context.Context, orgID, userID id.ID) error {
	if s.Outside {
		return nil // who is no member is not admitted, whatever the directory says
	}
	realms, err := s.Directory.RealmsOf(ctx, orgID)
	if err != nil {
		return err
	}
	for _, r := range realms {
		u, err := s.Directory.User(ctx, r.Name, userID)
		if fault.IsCode(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if !u.acts() || u.Status == Disabled {
			return nil // that is why the membership ends
		}
		off := false
		_, err = s.Directory.UpdateUser(ctx, r.Name, userID, UserPatch{Enabled: &off})
		return err
	}
	return nil
}
