package control

import (
	"context"
	"net/url"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/answer"
	"github.com/alania-go/alania/server/convert"
)

// ListRealmUsers lists the people of a realm.
func (a *API) ListRealmUsers(
	ctx context.Context, r control.ListRealmUsersRequestObject,
) (control.ListRealmUsersResponseObject, error) {
	filters := equal(nil, "email", r.Params.Email)
	filters = equal(filters, "username", r.Params.Username)
	filters = equal(filters, "status", r.Params.Status)
	q, err := a.query("realm-users/"+r.RealmID, r.Params.Cursor, r.Params.Limit, filters...)
	if err != nil {
		return nil, err
	}
	p, err := a.Realms.Users(ctx, r.RealmID, q)
	if err != nil {
		return nil, err
	}
	return control.ListRealmUsers200JSONResponse{
		Items: convert.Each(p.Items, FromRealmUser), Page: a.page(q, p.Next),
	}, nil
}

// CreateRealmUser makes a user in a realm. One without a password is invited.
func (a *API) CreateRealmUser(
	ctx context.Context, r control.CreateRealmUserRequestObject,
) (control.CreateRealmUserResponseObject, error) {
	workspaceID, err := parseOptionalWorkspace(r.Body.WorkspaceID)
	if err != nil {
		return nil, err
	}
	u, invitation, err := a.Realms.CreateUser(ctx, r.RealmID, realm.CreateUser{
		Username: convert.Value(r.Body.Username), Email: r.Body.Email, Name: convert.Value(r.Body.DisplayName),
		Password: convert.Value(r.Body.Password), Roles: r.Body.Roles, WorkspaceID: workspaceID,
	})
	if err != nil {
		return nil, err
	}
	return control.CreateRealmUser201JSONResponse(a.fromNewRealmUser(u, invitation)), nil
}

// GetRealmUser returns a user of a realm.
func (a *API) GetRealmUser(
	ctx context.Context, r control.GetRealmUserRequestObject,
) (control.GetRealmUserResponseObject, error) {
	userID, err := parse(id.UserPrefix, r.UserID, "user")
	if err != nil {
		return nil, err
	}
	u, err := a.Realms.User(ctx, r.RealmID, userID)
	if err != nil {
		return nil, err
	}
	return control.GetRealmUser200JSONResponse(FromRealmUser(u)), nil
}

// UpdateRealmUser changes, disables or enables a user.
func (a *API) UpdateRealmUser(
	ctx context.Context, r control.UpdateRealmUserRequestObject,
) (control.UpdateRealmUserResponseObject, error) {
	userID, err := parse(id.UserPrefix, r.UserID, "user")
	if err != nil {
		return nil, err
	}
	u, err := a.Realms.UpdateUser(ctx, r.RealmID, userID,
		realm.UserPatch{Name: r.Body.DisplayName, Enabled: r.Body.Enabled})
	if err != nil {
		return nil, err
	}
	return control.UpdateRealmUser200JSONResponse(FromRealmUser(u)), nil
}

// DeleteRealmUser deletes a user.
func (a *API) DeleteRealmUser(
	ctx context.Context, r control.DeleteRealmUserRequestObject,
) (control.DeleteRealmUserResponseObject, error) {
	userID, err := parse(id.UserPrefix, r.UserID, "user")
	if err != nil {
		return nil, err
	}
	return control.DeleteRealmUser204Response{}, a.Realms.DeleteUser(ctx, r.RealmID, userID)
}

// SetRealmUserPassword sets the password of a user.
func (a *API) SetRealmUserPassword(
	ctx context.Context, r control.SetRealmUserPasswordRequestObject,
) (control.SetRealmUserPasswordResponseObject, error) {
	userID, err := parse(id.UserPrefix, r.UserID, "user")
	if err != nil {
		return nil, err
	}
	return control.SetRealmUserPassword204Response{}, a.Realms.SetPassword(ctx, r.RealmID, userID, r.Body.Password)
}

// AssignRealmUserRoles sets the roles of a user.
func (a *API) AssignRealmUserRoles(
	ctx context.Context, r control.AssignRealmUserRolesRequestObject,
) (control.AssignRealmUserRolesResponseObject, error) {
	userID, err := parse(id.UserPrefix, r.UserID, "user")
	if err != nil {
		return nil, err
	}
	workspaceID, err := parseOptionalWorkspace(r.Body.WorkspaceID)
	if err != nil {
		return nil, err
	}
	u, err := a.Realms.AssignRoles(ctx, r.RealmID, userID, r.Body.Roles, workspaceID)
	if err != nil {
		return nil, err
	}
	return control.AssignRealmUserRoles200JSONResponse(FromRealmUser(u)), nil
}

// parseOptionalWorkspace reads the id of a workspace, where there is one.
func parseOptionalWorkspace(s *string) (id.ID, error) {
	if s == nil {
		return id.ID{}, nil
	}
	return ParseWorkspace(*s)
}

// FromRealmUser shows a user.
func FromRealmUser(u realm.User) control.RealmUser {
	var email, workspaceID *string
	if u.Email != "" {
		email = &u.Email
	}
	if !u.WorkspaceID.IsZero() {
		shown := showWorkspace(u.WorkspaceID)
		workspaceID = &shown
	}
	return control.RealmUser{
		ID: u.ID.Prefixed(id.UserPrefix), Username: u.Username, Email: convert.Nullable(email), DisplayName: u.Name,
		Status: control.RealmUserStatus(u.Status), Roles: list(u.Roles), WorkspaceID: convert.Nullable(workspaceID),
		CreatedAt: answer.At(u.CreatedAt), UpdatedAt: answer.At(u.UpdatedAt),
	}
}

func (a *API) fromNewRealmUser(u realm.User, v *realm.Invitation) control.RealmUserCreated {
	s := FromRealmUser(u)
	out := control.RealmUserCreated{
		ID: s.ID, Username: s.Username, Email: s.Email, DisplayName: s.DisplayName, Status: s.Status, Roles: s.Roles,
		WorkspaceID: s.WorkspaceID, CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt,
	}
	out.Invitation.SetNull()
	if v != nil {
		out.Invitation.Set(control.RealmInvitation{
			Token: v.Token, URL: a.PublicURL + "/v1/auth/invitations/" + url.PathEscape(v.Token),
			ExpiresAt: answer.At(v.ExpiresAt),
		})
	}
	return out
}
