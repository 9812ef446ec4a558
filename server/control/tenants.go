package control

import (
	"context"

	"github.com/oapi-codegen/nullable"

	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/answer"
	"github.com/alania-go/alania/server/convert"
)

// ListTenants lists the tenants that the caller may see.
func (a *API) ListTenants(
	ctx context.Context, r control.ListTenantsRequestObject,
) (control.ListTenantsResponseObject, error) {
	f := equal(equal(nil, "status", r.Params.Status), "plan", r.Params.Plan)
	q, err := a.query("tenants", r.Params.Cursor, r.Params.Limit, f...)
	if err != nil {
		return nil, err
	}
	p, err := a.Tenants.List(ctx, q)
	if err != nil {
		return nil, err
	}
	return control.ListTenants200JSONResponse{Items: convert.Each(p.Items, FromTenant), Page: a.page(q, p.Next)}, nil
}

// CreateTenant makes a tenant and shows the invitation of its owner, once.
func (a *API) CreateTenant(
	ctx context.Context, r control.CreateTenantRequestObject,
) (control.CreateTenantResponseObject, error) {
	made, err := a.Tenants.Create(ctx, org.NewTenant{
		Slug: r.Body.Slug, Name: r.Body.DisplayName, Tier: plan.Tier(r.Body.Plan), OwnerEmail: string(r.Body.AdminEmail),
	})
	if err != nil {
		return nil, err
	}
	return control.CreateTenant201JSONResponse(a.fromNewTenant(made)), nil
}

// GetTenant returns one tenant.
func (a *API) GetTenant(ctx context.Context, r control.GetTenantRequestObject) (control.GetTenantResponseObject,
	error) {
	orgID, err := ParseTenant(r.TenantID)
	if err != nil {
		return nil, err
	}
	o, err := a.Tenants.Get(ctx, orgID)
	if err != nil {
		return nil, err
	}
	return control.GetTenant200JSONResponse(FromTenant(o)), nil
}

// UpdateTenant changes a tenant.
func (a *API) UpdateTenant(
	ctx context.Context, r control.UpdateTenantRequestObject,
) (control.UpdateTenantResponseObject, error) {
	orgID, err := ParseTenant(r.TenantID)
	if err != nil {
		return nil, err
	}
	o, err := a.Tenants.Update(ctx, orgID, org.TenantUpdate{
		Name: r.Body.DisplayName, Tier: (*plan.Tier)(r.Body.Plan), Status: (*identity.OrgStatus)(r.Body.Status),
	})
	if err != nil {
		return nil, err
	}
	return control.UpdateTenant200JSONResponse(FromTenant(o)), nil
}

// DeleteTenant deactivates a tenant.
func (a *API) DeleteTenant(
	ctx context.Context, r control.DeleteTenantRequestObject,
) (control.DeleteTenantResponseObject, error) {
	orgID, err := ParseTenant(r.TenantID)
	if err != nil {
		return nil, err
	}
	return control.DeleteTenant204Response{}, a.Tenants.Delete(ctx, orgID)
}

// FromTenant shows a tenant.
func FromTenant(o org.Org) control.Tenant {
	return control.Tenant{
		ID: showTenant(o.ID), Slug: o.Slug, DisplayName: o.Name, Plan: control.Plan(o.Tier),
		Status: control.TenantStatus(o.Status), CreatedAt: answer.At(o.CreatedAt), UpdatedAt: answer.At(o.UpdatedAt),
	}
}

func (a *API) fromNewTenant(made org.CreatedTenant) control.TenantCreated {
	t := FromTenant(made.Org)
	out := control.TenantCreated{
		ID: t.ID, Slug: t.Slug, DisplayName: t.DisplayName, Plan: t.Plan, Status: t.Status, CreatedAt: t.CreatedAt,
		UpdatedAt: t.UpdatedAt, Invitation: nullable.NewNullNullable[control.TenantInvitation](),
	}
	if i := made.Invitation; i != nil {
		out.Invitation = nullable.NewNullableWithValue(control.TenantInvitation{
			URL: a.PublicURL + "/v1/auth/invitations/" + i.Token, Token: i.Token, ExpiresAt: answer.At(i.ExpiresAt),
		})
	}
	return out
}
