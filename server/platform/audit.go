package platform

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/gen/platform"
	"github.com/alania-go/alania/server/convert"
)

// ListAuditEntries lists the audit trail of an org.
func (a *API) ListAuditEntries(
	ctx context.Context, r platform.ListAuditEntriesRequestObject,
) (platform.ListAuditEntriesResponseObject, error) {
	orgID, err := parse(id.OrgPrefix, r.OrgID, "organization")
	if err != nil {
		return nil, err
	}
	f := equal(nil, "action", r.Params.FilterAction)
	f = by(f, "actor_id", r.Params.FilterActorID)
	f = by(f, "target_id", r.Params.FilterTargetID)
	f = span(f, "created_at", r.Params.FilterSince, r.Params.FilterUntil)
	q, err := query(a, "audit/"+r.OrgID, r.Params.Cursor, r.Params.Limit, r.Params.Sort, f...)
	if err != nil {
		return nil, err
	}
	p, err := a.Audit.List(ctx, orgID, q)
	if err != nil {
		return nil, err
	}
	return platform.ListAuditEntries200JSONResponse{
		Data: convert.Each(p.Items, FromEntry), NextCursor: convert.Nullable(a.Cursors.Next(q, p.Next)),
	}, nil
}

// span adds a filter on a time: from since on, and before until.
func span(filters []page.Filter, field string, since, until *time.Time) []page.Filter {
	if since != nil {
		filters = append(filters, page.Filter{Field: field, Op: page.Since, Value: since.UTC()})
	}
	if until != nil {
		filters = append(filters, page.Filter{Field: field, Op: page.Until, Value: until.UTC()})
	}
	return filters
}

// by adds a filter on an id of any prefix. What is no id matches nothing: the store
// compares with an id that no row has.
func by(filters []page.Filter, field string, s *string) []page.Filter {
	if s == nil {
		return filters
	}
	var v id.ID
	if n := len(*s); n > 26 {
		v, _ = id.ParseULID((*s)[n-26:])
	}
	if v.IsZero() {
		v = id.ID{15: 1}
	}
	return append(filters, page.Filter{Field: field, Op: page.Eq, Value: v})
}
