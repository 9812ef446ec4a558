package realm

import (
	"context"
	"slices"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
)

// Prepare implements Directory.
func (i *Issuer) Prepare(ctx context.Context, password string) (Password, error) {
	hash, err := i.passwords.Hash(ctx, password)
	return Password{Hash: hash}, err
}

// CreateUser implements Directory.
func (i *Issuer) CreateUser(ctx context.Context, realm string, in NewUser) (User, error) {
	r, err := i.Repository.Realm(ctx, realm)
	if err != nil {
		return User{}, err
	}
	now := i.Now()
	u := User{
		ID: in.ID, RealmID: r.ID, Username: normal(in.Username), Email: normal(in.Email), Name: in.Name, Status: Invited,
		Roles: slices.Sorted(slices.Values(in.Roles)), WorkspaceID: in.WorkspaceID, CreatedAt: now, UpdatedAt: now,
	}
	if u.ID.IsZero() {
		u.ID = id.New()
	}
	if u.Username == "" {
		u.Username = u.Email
	}
	if !in.Password.None() {
		u.Status = Active
	}
	err = i.Tx.InTx(ctx, func(ctx context.Context) error {
		if i.Quota != nil {
			if err := i.Quota.Take(ctx, r.OrgID); err != nil {
				return err
			}
		}
		err := i.Repository.InsertUser(ctx, r, u, in.Password.Hash)
		if fault.IsCode(err, fault.Conflict) {
			return UserTaken(err)
		}
		if err != nil {
			return err
		}
		return i.Repository.SetRoles(ctx, r, u.ID, u.Roles)
	})
	return u, err
}

// Users implements Directory.
func (i *Issuer) Users(ctx context.Context, realm string, q page.Query) (page.Page[User], error) {
	r, err := i.Repository.Realm(ctx, realm)
	if err != nil {
		return page.Page[User]{}, err
	}
	return i.Repository.ListUsers(ctx, r.ID, q)
}

// User implements Directory.
func (i *Issuer) User(ctx context.Context, realm string, user id.ID) (User, error) {
	r, err := i.Repository.Realm(ctx, realm)
	if err != nil {
		return User{}, err
	}
	return i.Repository.User(ctx, r.ID, user)
}

// UpdateUser implements Directory.
func (i *Issuer) UpdateUser(ctx context.Context, realm string, user id.ID, p UserPatch) (User, error) {
	var u User
	err := i.withUser(ctx, realm, user, func(ctx context.Context, r Realm, was User, hash bool) error {
		u = was
		u.UpdatedAt = i.Now()
		if p.Name != nil {
			u.Name = *p.Name
		}
		if p.WorkspaceID != nil {
			u.WorkspaceID = *p.WorkspaceID
		}
		if p.Enabled != nil {
			switch {
			case !*p.Enabled:
				u.Status = Disabled
			case hash:
				u.Status = Active
			default:
				u.Status = Invited
			}
		}
		if p.Roles != nil {
			u.Roles = slices.Sorted(slices.Values(*p.Roles))
			if err := i.Repository.SetRoles(ctx, r, u.ID, u.Roles); err != nil {
				return err
			}
		}
		if err := i.Repository.WriteUser(ctx, u); err != nil || u.Status != Disabled {
			return err
		}
		return i.Repository.DeleteSessionsOf(ctx, u.ID)
	})
	return u, err
}

// SetPassword implements Directory.
func (i *Issuer) SetPassword(ctx context.Context, realm string, user id.ID, password Password) error {
	return i.withUser(ctx, realm, user, func(ctx context.Context, _ Realm, u User, _ bool) error {
		if err := i.Repository.SetPassword(ctx, u.ID, password.Hash, i.Now()); err != nil || u.Status != Invited {
			return err
		}
		u.Status, u.UpdatedAt = Active, i.Now()
		return i.Repository.WriteUser(ctx, u)
	})
}

// DeleteUser implements Directory.
func (i *Issuer) DeleteUser(ctx context.Context, realm string, user id.ID) error {
	return i.withUser(ctx, realm, user, func(ctx context.Context, _ Realm, u User, _ bool) error {
		return i.Repository.DeleteUser(ctx, u.ID)
	})
}

// EndSessions implements Directory.
func (i *Issuer) EndSessions(ctx context.Context, realm string, user id.ID) error {
	return i.withUser(ctx, realm, user, func(ctx context.Context, _ Realm, u User, _ bool) error {
		return i.Repository.DeleteSessionsOf(ctx, u.ID)
	})
}

// withUser changes a user in one transaction, and has the tokens looked at again. fn learns whether the user has a
// password.
func (i *Issuer) withUser(
	ctx context.Context, realm string, user id.ID, fn func(ctx context.Context, r Realm, u User, password bool) error,
) error {
	r, err := i.Repository.Realm(ctx, realm)
	if err != nil {
		return err
	}
	return i.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := i.Repository.LockRealm(ctx, r.ID); err != nil {
			return err
		}
		u, err := i.Repository.User(ctx, r.ID, user)
		if err != nil {
			return err
		}
		_, hash, err := i.Repository.UserByLogin(ctx, r.ID, u.Username)
		if err != nil {
			return err
		}
		i.Tx.AfterCommit(ctx, func() {
			i.Cache.DropPrincipal(u.ID)
			if !u.ClientID.IsZero() {
				i.Cache.DropPrincipal(u.ClientID)
			}
		})
		return fn(ctx, r, u, hash != "")
	})
}
