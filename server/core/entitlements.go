package core

import (
	"context"

	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/gen/core"
	"github.com/alania-go/alania/server/convert"
)

// CheckEntitlement reports whether a quantity of a feature could be used.
func (a *API) CheckEntitlement(
	ctx context.Context, r core.CheckEntitlementRequestObject,
) (core.CheckEntitlementResponseObject, error) {
	w, err := a.workspace(ctx, r.Params.XWorkspaceID)
	if err != nil {
		return nil, err
	}
	d, err := a.Entitlements.Check(ctx, w.ID, entitlement.Feature(r.Params.Feature), *r.Params.Quantity)
	if err != nil {
		return nil, err
	}
	return core.CheckEntitlement200JSONResponse(FromDecision(d)), nil
}

// RecordUsage records the use of a feature, unless that exceeds the limit.
func (a *API) RecordUsage(
	ctx context.Context, r core.RecordUsageRequestObject,
) (core.RecordUsageResponseObject, error) {
	w, err := a.workspace(ctx, r.Params.XWorkspaceID)
	if err != nil {
		return nil, err
	}
	metadata, err := decodeObject(r.Body.Metadata)
	if err != nil {
		return nil, err
	}
	quantity := int64(1)
	if r.Body.Quantity != nil {
		quantity = *r.Body.Quantity
	}
	e, err := a.Entitlements.Record(ctx, w.ID, entitlement.Feature(r.Body.Feature), quantity, metadata)
	if err != nil {
		return nil, err
	}
	return core.RecordUsage200JSONResponse{
		Recorded: true, Feature: string(e.Feature), CurrentUsage: e.Used, Limit: convert.Nullable(e.Limit),
	}, nil
}

// GetUsageSummary returns every entitlement of a workspace.
func (a *API) GetUsageSummary(
	ctx context.Context, r core.GetUsageSummaryRequestObject,
) (core.GetUsageSummaryResponseObject, error) {
	w, err := a.workspace(ctx, r.Params.XWorkspaceID)
	if err != nil {
		return nil, err
	}
	s, err := a.Entitlements.Summary(ctx, w.ID)
	if err != nil {
		return nil, err
	}
	out := core.UsageSummary{
		WorkspaceID: w.Seq, Tier: core.Tier(s.Tier),
		Entitlements: make(map[string]core.EntitlementUsage, len(s.Entitlements)),
	}
	for _, e := range s.Entitlements {
		out.Entitlements[string(e.Feature)] = FromEntitlement(e)
	}
	return core.GetUsageSummary200JSONResponse{Data: out}, nil
}
