package platform

import (
	"context"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/gen/platform"
	"github.com/alania-go/alania/server/convert"
)

// ListOrgs lists the orgs that the caller can act in.
func (a *API) ListOrgs(ctx context.Context, r platform.ListOrgsRequestObject) (platform.ListOrgsResponseObject, error) {
	q, err := query(a, "orgs", r.Params.Cursor, r.Params.Limit, r.Params.Sort)
	if err != nil {
		return nil, err
	}
	p, err := a.Orgs.List(ctx, q)
	if err != nil {
		return nil, err
	}
	return platform.ListOrgs200JSONResponse{
		Data: convert.Each(p.Items, FromOrg), NextCursor: convert.Nullable(a.Cursors.Next(q, p.Next)),
	}, nil
}

// ListMembers lists the members of an org.
func (a *API) ListMembers(
	ctx context.Context, r platform.ListMembersRequestObject,
) (platform.ListMembersResponseObject, error) {
	orgID, err := parse(id.OrgPrefix, r.OrgID, "organization")
	if err != nil {
		return nil, err
	}
	f := equal(equal(nil, "role", r.Params.FilterRole), "status", r.Params.FilterStatus)
	if r.Params.FilterEmail != nil {
		email := org.NormalEmail(*r.Params.FilterEmail)
		f = equal(f, "email", &email)
	}
	q, err := query(a, "members/"+r.OrgID, r.Params.Cursor, r.Params.Limit, r.Params.Sort, f...)
	if err != nil {
		return nil, err
	}
	p, err := a.Orgs.Members(ctx, orgID, q)
	if err != nil {
		return nil, err
	}
	return platform.ListMembers200JSONResponse{
		Data: convert.Each(p.Items, FromMember), NextCursor: convert.Nullable(a.Cursors.Next(q, p.Next)),
	}, nil
}

// InviteMember adds a person to an org.
func (a *API) InviteMember(
	ctx context.Context, r platform.InviteMemberRequestObject,
) (platform.InviteMemberResponseObject, error) {
	orgID, err := parse(id.OrgPrefix, r.OrgID, "organization")
	if err != nil {
		return nil, err
	}
	m, err := a.Orgs.Invite(ctx, orgID,
		org.Invite{Email: r.Body.Email, Name: convert.Value(r.Body.Name), Role: identity.Role(r.Body.Role)})
	if err != nil {
		return nil, err
	}
	body := FromMember(m)
	return platform.InviteMember201JSONResponse{
		Body: body, Headers: platform.InviteMember201ResponseHeaders{Location: "/v2/orgs/" + r.OrgID + "/members/" + body.ID},
	}, nil
}

// GetMember returns one member.
func (a *API) GetMember(
	ctx context.Context, r platform.GetMemberRequestObject,
) (platform.GetMemberResponseObject, error) {
	orgID, memberID, err := parse2(r.OrgID, id.MemberPrefix, r.MemberID, "member")
	if err != nil {
		return nil, err
	}
	m, err := a.Orgs.Member(ctx, orgID, memberID)
	if err != nil {
		return nil, err
	}
	return platform.GetMember200JSONResponse(FromMember(m)), nil
}

// ChangeMemberRole changes the role of a member.
func (a *API) ChangeMemberRole(
	ctx context.Context, r platform.ChangeMemberRoleRequestObject,
) (platform.ChangeMemberRoleResponseObject, error) {
	orgID, memberID, err := parse2(r.OrgID, id.MemberPrefix, r.MemberID, "member")
	if err != nil {
		return nil, err
	}
	m, err := a.Orgs.ChangeRole(ctx, orgID, memberID, identity.Role(r.Body.Role))
	if err != nil {
		return nil, err
	}
	return platform.ChangeMemberRole200JSONResponse(FromMember(m)), nil
}

// RemoveMember ends a membership.
func (a *API) RemoveMember(
	ctx context.Context, r platform.RemoveMemberRequestObject,
) (platform.RemoveMemberResponseObject, error) {
	orgID, memberID, err := parse2(r.OrgID, id.MemberPrefix, r.MemberID, "member")
	if err != nil {
		return nil, err
	}
	if err := a.Orgs.Remove(ctx, orgID, memberID); err != nil {
		return nil, err
	}
	return platform.RemoveMember204Response{}, nil
}
