package control

import (
	"context"

	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/answer"
	"github.com/alania-go/alania/server/convert"
)

// ListRealms lists the realms of the caller's tenant.
func (a *API) ListRealms(
	ctx context.Context, r control.ListRealmsRequestObject,
) (control.ListRealmsResponseObject, error) {
	q, err := a.query("realms", r.Params.Cursor, r.Params.Limit)
	if err != nil {
		return nil, err
	}
	all, err := a.Realms.Realms(ctx)
	if err != nil {
		return nil, err
	}
	p := after(all, q, func(r realm.Realm) string { return r.Name })
	return control.ListRealms200JSONResponse{Items: convert.Each(p.Items, a.fromRealm), Page: a.page(q, p.Next)}, nil
}

// after cuts a page of a list that is there as a whole, by a key that none has twice.
func after[T any](all []T, q page.Query, key func(T) string) page.Page[T] {
	rest := all
	for q.After != nil && len(rest) > 0 && key(rest[0]) <= q.After.Key {
		rest = rest[1:]
	}
	return page.Cut(rest, q.Limit, func(v T) page.Position { return page.Position{Key: key(v)} })
}

func (a *API) fromRealm(r realm.Realm) control.Realm {
	return control.Realm{
		RealmID: r.Name, DisplayName: r.DisplayName, Enabled: r.Enabled, Issuer: a.Realms.IssuerOf(r.Name),
		LoginWithEmailAllowed: true, CreatedAt: answer.At(r.CreatedAt),
	}
}

// ListRealmRoles lists the roles of a realm.
func (a *API) ListRealmRoles(
	ctx context.Context, r control.ListRealmRolesRequestObject,
) (control.ListRealmRolesResponseObject, error) {
	q, err := a.query("realm-roles/"+r.RealmID, r.Params.Cursor, r.Params.Limit)
	if err != nil {
		return nil, err
	}
	all, err := a.Realms.Roles(ctx, r.RealmID)
	if err != nil {
		return nil, err
	}
	p := after(all, q, func(r realm.Role) string { return r.Name })
	return control.ListRealmRoles200JSONResponse{Items: convert.Each(p.Items, FromRole), Page: a.page(q, p.Next)}, nil
}

// CreateRealmRole makes a role in a realm.
func (a *API) CreateRealmRole(
	ctx context.Context, r control.CreateRealmRoleRequestObject,
) (control.CreateRealmRoleResponseObject, error) {
	role, err := a.Realms.CreateRole(ctx, r.RealmID, realm.Role{
		Name: r.Body.RoleName, Description: convert.Value(r.Body.Description), Composites: r.Body.Composites,
	})
	if err != nil {
		return nil, err
	}
	return control.CreateRealmRole201JSONResponse(FromRole(role)), nil
}

// DeleteRealmRole deletes a role of a realm.
func (a *API) DeleteRealmRole(
	ctx context.Context, r control.DeleteRealmRoleRequestObject,
) (control.DeleteRealmRoleResponseObject, error) {
	return control.DeleteRealmRole204Response{}, a.Realms.DeleteRole(ctx, r.RealmID, r.RoleName)
}

// FromRole shows a role.
func FromRole(r realm.Role) control.RealmRole {
	return control.RealmRole{
		RoleName: r.Name, Description: r.Description, Composite: len(r.Composites) > 0, Composites: list(r.Composites),
		BuiltIn: r.Own(),
	}
}

// list is a list that is empty, and not null, when there is nothing in it.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
