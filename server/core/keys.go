package core

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/gen/core"
	"github.com/alania-go/alania/server/convert"
)

var keyList = listing{
	sorts: []string{"created_at", "name"},
	fields: []string{
		"id", "name", "prefix", "scopes", "rate_limit_tier", "status", "allowed_ips", "project_id", "last_used_at",
		"expires_at", "created_at",
	},
	includes: []string{"owner"},
}

// ListAPIKeys lists the API keys of the caller's org, never with their secrets.
func (a *API) ListAPIKeys(
	ctx context.Context, r core.ListAPIKeysRequestObject,
) (core.ListAPIKeysResponseObject, error) {
	in := r.Params
	q, v, err := keyList.query(listParams{
		page: in.Page, perPage: in.PerPage, sort: in.Sort, fields: in.Fields, include: in.Include, search: in.Search,
		createdAfter: in.CreatedAfter, createdBefore: in.CreatedBefore, filters: equal(nil, "status", in.Status),
	})
	if err != nil {
		return nil, err
	}
	p, err := a.Keys.List(ctx, identity.From(ctx).OrgID, q)
	if err != nil {
		return nil, err
	}
	withIncludes, err := a.loadKeyIncludes(ctx, v, p.Items)
	if err != nil {
		return nil, err
	}
	items, err := selectFields(v,
		convert.Each(p.Items, func(k apikey.Key) core.APIKeyItem { return ItemOfKey(withIncludes(k)) }))
	if err != nil {
		return nil, err
	}
	out := core.ListAPIKeys200JSONResponse{Data: items}
	out.Meta, out.Links = a.pagination(ctx, v, len(items), p.Total)
	return out, nil
}

// loadKeyIncludes reads what is included with keys, for all of them at once.
func (a *API) loadKeyIncludes(
	ctx context.Context, v listOptions, items []apikey.Key,
) (func(apikey.Key) core.APIKey, error) {
	now := time.Now()
	var owners map[id.ID]org.Actor
	if v.wants("owner") {
		var err error
		if owners, err = a.Orgs.Actors(ctx,
			convert.Each(items, func(k apikey.Key) id.ID { return k.CreatorID })); err != nil {
			return nil, err
		}
	}
	return func(k apikey.Key) core.APIKey {
		out := FromKey(k, now)
		if owner, ok := owners[k.CreatorID]; ok {
			out.Owner = FromActor(owner, identity.From(ctx))
		}
		return out
	}, nil
}

// CreateAPIKey makes an API key and shows it, once.
func (a *API) CreateAPIKey(
	ctx context.Context, r core.CreateAPIKeyRequestObject,
) (core.CreateAPIKeyResponseObject, error) {
	in := apikey.Create{Name: r.Body.Name, Scopes: r.Body.Scopes, AllowedIPs: r.Body.AllowedIps}
	if r.Body.RateLimitTier != nil {
		in.Tier = plan.Tier(*r.Body.RateLimitTier)
	}
	if r.Body.ExpiresAt.IsSpecified() && !r.Body.ExpiresAt.IsNull() {
		at := r.Body.ExpiresAt.MustGet()
		in.ExpiresAt = &at
	}
	if r.Body.ProjectID != nil {
		in.ProjectID = id.ID(*r.Body.ProjectID)
	}
	k, full, err := a.Keys.Create(ctx, identity.From(ctx).OrgID, in)
	if err != nil {
		return nil, err
	}
	return core.CreateAPIKey201JSONResponse{
		Message: "API key created successfully.", Data: WithSecret(FromKey(k, time.Now()), full),
	}, nil
}

// GetAPIKey returns one API key.
func (a *API) GetAPIKey(ctx context.Context, r core.GetAPIKeyRequestObject) (core.GetAPIKeyResponseObject, error) {
	v, err := keyList.one(r.Params.Include)
	if err != nil {
		return nil, err
	}
	k, err := a.Keys.BySeq(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	withIncludes, err := a.loadKeyIncludes(ctx, v, []apikey.Key{k})
	if err != nil {
		return nil, err
	}
	return core.GetAPIKey200JSONResponse{Data: withIncludes(k)}, nil
}

const defaultGraceHours = 24

// RotateAPIKey makes a key that takes the place of another, and shows it, once.
func (a *API) RotateAPIKey(
	ctx context.Context, r core.RotateAPIKeyRequestObject,
) (core.RotateAPIKeyResponseObject, error) {
	old, err := a.Keys.BySeq(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	hours := defaultGraceHours
	if r.Body != nil && r.Body.GracePeriodHours != nil {
		hours = *r.Body.GracePeriodHours
	}
	k, full, ends, err := a.Keys.Rotate(ctx, old.OrgID, old.ID, time.Duration(hours)*time.Hour)
	if err != nil {
		return nil, err
	}
	s := WithSecret(FromKey(k, time.Now()), full)
	return core.RotateAPIKey200JSONResponse{Message: "API key rotated successfully.", Data: core.APIKeyRotated{
		AllowedIps: s.AllowedIps, CreatedAt: s.CreatedAt, ExpiresAt: s.ExpiresAt, GracePeriodEndsAt: ends, ID: s.ID,
		Key: s.Key, LastUsedAt: s.LastUsedAt, Name: s.Name,
		Prefix: s.Prefix, ProjectID: s.ProjectID, RateLimitTier: s.RateLimitTier, Scopes: s.Scopes, Status: s.Status,
	}}, nil
}

// RevokeAPIKey ends an API key.
func (a *API) RevokeAPIKey(
	ctx context.Context, r core.RevokeAPIKeyRequestObject,
) (core.RevokeAPIKeyResponseObject, error) {
	k, err := a.Keys.BySeq(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	if err := a.Keys.Revoke(ctx, k.OrgID, k.ID); err != nil {
		return nil, err
	}
	return core.RevokeAPIKey204Response{}, nil
}
