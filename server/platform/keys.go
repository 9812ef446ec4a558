package platform

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/gen/platform"
	"github.com/alania-go/alania/server/convert"
)

// ListKeys lists the API keys of an org.
func (a *API) ListKeys(ctx context.Context, r platform.ListKeysRequestObject) (platform.ListKeysResponseObject, error) {
	orgID, err := parse(id.OrgPrefix, r.OrgID, "organization")
	if err != nil {
		return nil, err
	}
	f := equal(equal(nil, "status", r.Params.FilterStatus), "tier", r.Params.FilterTier)
	q, err := query(a, "keys/"+r.OrgID, r.Params.Cursor, r.Params.Limit, r.Params.Sort, f...)
	if err != nil {
		return nil, err
	}
	p, err := a.Keys.List(ctx, orgID, q)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return platform.ListKeys200JSONResponse{
		Data:       convert.Each(p.Items, func(k apikey.Key) platform.Key { return FromKey(k, now) }),
		NextCursor: convert.Nullable(a.Cursors.Next(q, p.Next)),
	}, nil
}

// CreateKey makes an API key and shows it, once.
func (a *API) CreateKey(
	ctx context.Context, r platform.CreateKeyRequestObject,
) (platform.CreateKeyResponseObject, error) {
	orgID, err := parse(id.OrgPrefix, r.OrgID, "organization")
	if err != nil {
		return nil, err
	}
	in := apikey.Create{Name: r.Body.Name, Scopes: r.Body.Scopes, AllowedIPs: r.Body.AllowedIps}
	if r.Body.Tier != nil {
		in.Tier = plan.Tier(*r.Body.Tier)
	}
	if r.Body.ExpiresAt.IsSpecified() && !r.Body.ExpiresAt.IsNull() {
		at := r.Body.ExpiresAt.MustGet()
		in.ExpiresAt = &at
	}
	k, full, err := a.Keys.Create(ctx, orgID, in)
	if err != nil {
		return nil, err
	}
	body := FromNewKey(k, full, time.Now())
	return platform.CreateKey201JSONResponse{
		Body: body, Headers: platform.CreateKey201ResponseHeaders{Location: "/v2/orgs/" + r.OrgID + "/keys/" + body.ID},
	}, nil
}

// GetKey returns one API key.
func (a *API) GetKey(ctx context.Context, r platform.GetKeyRequestObject) (platform.GetKeyResponseObject, error) {
	orgID, keyID, err := parse2(r.OrgID, id.KeyPrefix, r.KeyID, "key")
	if err != nil {
		return nil, err
	}
	k, err := a.Keys.Get(ctx, orgID, keyID)
	if err != nil {
		return nil, err
	}
	return platform.GetKey200JSONResponse(FromKey(k, time.Now())), nil
}

// RevokeKey ends an API key.
func (a *API) RevokeKey(
	ctx context.Context, r platform.RevokeKeyRequestObject,
) (platform.RevokeKeyResponseObject, error) {
	orgID, keyID, err := parse2(r.OrgID, id.KeyPrefix, r.KeyID, "key")
	if err != nil {
		return nil, err
	}
	if err := a.Keys.Revoke(ctx, orgID, keyID); err != nil {
		return nil, err
	}
	return platform.RevokeKey204Response{}, nil
}
