package core

import (
	"context"

	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/weburl"
	"github.com/alania-go/alania/gen/core"
	"github.com/alania-go/alania/server/convert"
)

var (
	domainList = listing{
		sorts:  []string{"created_at", "domain"},
		fields: []string{"id", "domain", "enabled", "features", "sample_rate", "verification", "created_at", "updated_at"},
	}
	hitList = listing{
		sorts:  []string{"created_at", "event", "domain"},
		fields: []string{"id", "domain", "event", "url", "referrer", "user_agent", "session_id", "properties", "created_at"},
	}
)

// GetPixelConfig returns how the pixel is to behave on a domain: the one that is named, or
// else the one of the page that asks.
func (a *API) GetPixelConfig(
	ctx context.Context, r core.GetPixelConfigRequestObject,
) (core.GetPixelConfigResponseObject, error) {
	host := convert.Value(r.Params.Domain)
	for _, page := range []*string{r.Params.Origin, r.Params.Referer} {
		if host == "" && page != nil {
			if u, ok := weburl.Parse(*page); ok {
				host = u.Host
			}
		}
	}
	c, err := a.Pixel.Config(ctx, host)
	if err != nil {
		return nil, err
	}
	return core.GetPixelConfig200JSONResponse{
		Enabled: c.Enabled, Features: FromFeatures(c.Features), SampleRate: c.SampleRate,
	}, nil
}

// TrackPixelEvent keeps an event of a visitor.
func (a *API) TrackPixelEvent(
	ctx context.Context, r core.TrackPixelEventRequestObject,
) (core.TrackPixelEventResponseObject, error) {
	properties, err := decodeObject(r.Body.Properties)
	if err != nil {
		return nil, err
	}
	tracked, err := a.Pixel.Track(ctx, pixel.Hit{
		Name: r.Body.Event, URL: r.Body.URL, Referrer: convert.Value(r.Body.Referrer),
		UserAgent: convert.Value(r.Body.UserAgent), SessionID: convert.Value(r.Body.SessionID), Properties: properties,
	})
	if err != nil {
		return nil, err
	}
	return core.TrackPixelEvent200JSONResponse{Tracked: tracked}, nil
}

// ListPixelDomains lists the domains of a workspace.
func (a *API) ListPixelDomains(
	ctx context.Context, r core.ListPixelDomainsRequestObject,
) (core.ListPixelDomainsResponseObject, error) {
	w, err := a.workspace(ctx, r.Params.XWorkspaceID)
	if err != nil {
		return nil, err
	}
	in := r.Params
	q, v, err := domainList.query(listParams{
		page: in.Page, perPage: in.PerPage, sort: in.Sort, fields: in.Fields, createdAfter: in.CreatedAfter,
		createdBefore: in.CreatedBefore,
	})
	if err != nil {
		return nil, err
	}
	p, err := a.Pixel.Domains(ctx, w.ID, q)
	if err != nil {
		return nil, err
	}
	items, err := selectFields(v,
		convert.Each(p.Items, func(d pixel.Domain) core.PixelDomainItem { return ItemOfDomain(FromDomain(d)) }))
	if err != nil {
		return nil, err
	}
	out := core.ListPixelDomains200JSONResponse{Data: items}
	out.Meta, out.Links = a.pagination(ctx, v, len(items), p.Total)
	return out, nil
}

// PutPixelDomain says how the pixel is to behave on a domain. What is left out has its
// default.
func (a *API) PutPixelDomain(
	ctx context.Context, r core.PutPixelDomainRequestObject,
) (core.PutPixelDomainResponseObject, error) {
	w, err := a.workspace(ctx, r.Params.XWorkspaceID)
	if err != nil {
		return nil, err
	}
	d, err := a.Pixel.Put(ctx, w.ID, r.Domain, ToConfig(*r.Body))
	if err != nil {
		return nil, err
	}
	return core.PutPixelDomain200JSONResponse{Message: "Pixel domain saved successfully.", Data: FromDomain(d)}, nil
}

// VerifyPixelDomain looks for the proof that a domain is the workspace's own.
func (a *API) VerifyPixelDomain(
	ctx context.Context, r core.VerifyPixelDomainRequestObject,
) (core.VerifyPixelDomainResponseObject, error) {
	w, err := a.workspace(ctx, r.Params.XWorkspaceID)
	if err != nil {
		return nil, err
	}
	d, err := a.Pixel.Verify(ctx, w.ID, r.Domain)
	if err != nil {
		return nil, err
	}
	return core.VerifyPixelDomain200JSONResponse{Message: "Pixel domain verified successfully.", Data: FromDomain(d)}, nil
}

// DeletePixelDomain ends the pixel on a domain.
func (a *API) DeletePixelDomain(
	ctx context.Context, r core.DeletePixelDomainRequestObject,
) (core.DeletePixelDomainResponseObject, error) {
	w, err := a.workspace(ctx, r.Params.XWorkspaceID)
	if err != nil {
		return nil, err
	}
	if err := a.Pixel.Delete(ctx, w.ID, r.Domain); err != nil {
		return nil, err
	}
	return core.DeletePixelDomain204Response{}, nil
}

// ListPixelEvents lists the events that were kept in a workspace.
func (a *API) ListPixelEvents(
	ctx context.Context, r core.ListPixelEventsRequestObject,
) (core.ListPixelEventsResponseObject, error) {
	w, err := a.workspace(ctx, r.Params.XWorkspaceID)
	if err != nil {
		return nil, err
	}
	in := r.Params
	var filters []page.Filter
	q, v, err := hitList.query(listParams{
		page: in.Page, perPage: in.PerPage, sort: in.Sort, fields: in.Fields, createdAfter: in.CreatedAfter,
		createdBefore: in.CreatedBefore,
		filters:       equal(equal(filters, "domain", in.Domain), "event", in.Event),
	})
	if err != nil {
		return nil, err
	}
	p, err := a.Pixel.Events(ctx, w.ID, q)
	if err != nil {
		return nil, err
	}
	items, err := selectFields(v, convert.Each(p.Items, FromHit))
	if err != nil {
		return nil, err
	}
	out := core.ListPixelEvents200JSONResponse{Data: items}
	out.Meta, out.Links = a.pagination(ctx, v, len(items), p.Total)
	return out, nil
}
