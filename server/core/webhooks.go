package core

import (
	"context"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/gen/core"
	"github.com/alania-go/alania/server/convert"
)

var webhookList = listing{
	sorts: []string{"created_at", "updated_at", "url"},
	fields: []string{
		"id", "url", "events", "description", "is_active", "success_count", "failure_count", "consecutive_failures",
		"last_delivery_at", "created_at", "updated_at",
	},
	includes: []string{"workspace"},
}

var deliveryList = listing{
	sorts: []string{"created_at", "event_type"},
	fields: []string{
		"id", "event_id", "event_type", "status", "response_code", "attempt", "delivered_at", "next_retry_at", "created_at",
	},
	includes: []string{"attempts"},
}

// ListWebhooks lists the webhook endpoints of a workspace and of the org as a whole, in
// whatever contract they were made.
func (a *API) ListWebhooks(
	ctx context.Context, r core.ListWebhooksRequestObject,
) (core.ListWebhooksResponseObject, error) {
	in := r.Params
	filters := equal(nil, "status", in.Status)
	for i, f := range filters {
		if f.Value == string(core.WebhookStatusActive) {
			filters[i].Value = string(webhook.Enabled)
		}
	}
	if in.XWorkspaceID != nil {
		w, err := a.workspace(ctx, in.XWorkspaceID)
		if err != nil {
			return nil, err
		}
		filters = append(filters, page.Filter{Field: "workspace_id", Op: page.Eq, Value: w.ID})
	}
	q, v, err := webhookList.query(listParams{
		page: in.Page, perPage: in.PerPage, sort: in.Sort, fields: in.Fields, include: in.Include, search: in.Search,
		createdAfter: in.CreatedAfter, createdBefore: in.CreatedBefore, updatedAfter: in.UpdatedAfter,
		updatedBefore: in.UpdatedBefore, filters: filters,
	})
	if err != nil {
		return nil, err
	}
	p, err := a.Webhooks.List(ctx, q)
	if err != nil {
		return nil, err
	}
	withIncludes, err := a.loadWebhookIncludes(ctx, v, p.Items)
	if err != nil {
		return nil, err
	}
	items, err := selectFields(v,
		convert.Each(p.Items, func(e webhook.Endpoint) core.WebhookItem { return ItemOfWebhook(withIncludes(e)) }))
	if err != nil {
		return nil, err
	}
	out := core.ListWebhooks200JSONResponse{Data: items}
	out.Meta, out.Links = a.pagination(ctx, v, len(items), p.Total)
	return out, nil
}

// loadWebhookIncludes reads what is included with endpoints, for all of them at once.
func (a *API) loadWebhookIncludes(
	ctx context.Context, v listOptions, items []webhook.Endpoint,
) (func(webhook.Endpoint) core.Webhook, error) {
	var workspaces map[id.ID]workspace.Workspace
	if v.wants("workspace") {
		var err error
		if workspaces, err = a.Workspaces.ByID(ctx,
			convert.Each(items, func(e webhook.Endpoint) id.ID { return e.WorkspaceID })); err != nil {
			return nil, err
		}
	}
	return func(e webhook.Endpoint) core.Webhook {
		out := FromWebhook(e)
		if w, ok := workspaces[e.WorkspaceID]; ok {
			out.Workspace = &core.WorkspaceSummary{ID: w.Seq, Name: w.Name, Slug: w.Slug}
		}
		return out
	}, nil
}

// CreateWebhook makes a webhook endpoint and shows its secret, once.
func (a *API) CreateWebhook(
	ctx context.Context, r core.CreateWebhookRequestObject,
) (core.CreateWebhookResponseObject, error) {
	in := webhook.Create{
		Contract: Name, URL: r.Body.URL, Events: r.Body.Events, Description: convert.Value(r.Body.Description),
		Secret: convert.Value(r.Body.Secret),
	}
	if r.Params.XWorkspaceID != nil {
		w, err := a.workspace(ctx, r.Params.XWorkspaceID)
		if err != nil {
			return nil, err
		}
		in.WorkspaceID = w.ID
	}
	e, secret, err := a.Webhooks.Create(ctx, in)
	if err != nil {
		return nil, err
	}
	w := FromWebhook(e)
	return core.CreateWebhook201JSONResponse{Message: "Webhook endpoint created successfully.",
		Data: core.WebhookWithSecret{
			ConsecutiveFailures: w.ConsecutiveFailures, CreatedAt: w.CreatedAt, Description: w.Description, Events: w.Events,
			FailureCount: w.FailureCount, ID: w.ID,
			IsActive: w.IsActive, LastDeliveryAt: w.LastDeliveryAt, Secret: secret, SuccessCount: w.SuccessCount,
			UpdatedAt: w.UpdatedAt, URL: w.URL,
		}}, nil
}

// GetWebhook returns one webhook endpoint.
func (a *API) GetWebhook(ctx context.Context, r core.GetWebhookRequestObject) (core.GetWebhookResponseObject, error) {
	v, err := webhookList.one(r.Params.Include)
	if err != nil {
		return nil, err
	}
	e, err := a.Webhooks.BySeq(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	withIncludes, err := a.loadWebhookIncludes(ctx, v, []webhook.Endpoint{e})
	if err != nil {
		return nil, err
	}
	return core.GetWebhook200JSONResponse{Data: withIncludes(e)}, nil
}

// UpdateWebhook changes a webhook endpoint.
func (a *API) UpdateWebhook(
	ctx context.Context, r core.UpdateWebhookRequestObject,
) (core.UpdateWebhookResponseObject, error) {
	e, err := a.Webhooks.BySeq(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	in := webhook.Update{URL: r.Body.URL, Events: r.Body.Events, Description: r.Body.Description}
	if r.Body.IsActive != nil {
		status := webhook.Disabled
		if *r.Body.IsActive {
			status = webhook.Enabled
		}
		in.Status = &status
	}
	if e, err = a.Webhooks.Update(ctx, e.ID, in); err != nil {
		return nil, err
	}
	return core.UpdateWebhook200JSONResponse{Message: "Webhook endpoint updated successfully.", Data: FromWebhook(e)}, nil
}

// DeleteWebhook deletes a webhook endpoint.
func (a *API) DeleteWebhook(
	ctx context.Context, r core.DeleteWebhookRequestObject,
) (core.DeleteWebhookResponseObject, error) {
	e, err := a.Webhooks.BySeq(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	if err := a.Webhooks.Delete(ctx, e.ID); err != nil {
		return nil, err
	}
	return core.DeleteWebhook204Response{}, nil
}

// RotateWebhookSecret replaces the secret of an endpoint and shows the new one, once.
func (a *API) RotateWebhookSecret(
	ctx context.Context, r core.RotateWebhookSecretRequestObject,
) (core.RotateWebhookSecretResponseObject, error) {
	e, err := a.Webhooks.BySeq(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	e, secret, err := a.Webhooks.Rotate(ctx, e.ID)
	if err != nil {
		return nil, err
	}
	return core.RotateWebhookSecret200JSONResponse{Message: "Webhook secret rotated successfully.",
		Data: core.WebhookSecretRotated{
			ID: e.Seq, Secret: secret, PreviousSecretExpiresAt: *e.PreviousUntil,
		}}, nil
}

// TestWebhook sends a test event and tells what came of it.
func (a *API) TestWebhook(
	ctx context.Context, r core.TestWebhookRequestObject,
) (core.TestWebhookResponseObject, error) {
	e, err := a.Webhooks.BySeq(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	attempt, err := a.Webhooks.TestNow(ctx, e.ID)
	if err != nil {
		return nil, err
	}
	return core.TestWebhook200JSONResponse(FromTest(attempt)), nil
}

// ListWebhookDeliveries lists the deliveries to an endpoint.
func (a *API) ListWebhookDeliveries(
	ctx context.Context, r core.ListWebhookDeliveriesRequestObject,
) (core.ListWebhookDeliveriesResponseObject, error) {
	e, err := a.Webhooks.BySeq(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	in := r.Params
	q, v, err := deliveryList.query(listParams{
		page: in.Page, perPage: in.PerPage, sort: in.Sort, fields: in.Fields, include: in.Include, search: in.Search,
		createdAfter: in.CreatedAfter, createdBefore: in.CreatedBefore,
		filters: equal([]page.Filter{{Field: "endpoint_id", Op: page.Eq, Value: e.ID}}, "status", in.Status),
	})
	if err != nil {
		return nil, err
	}
	p, err := a.Webhooks.Deliveries(ctx, q)
	if err != nil {
		return nil, err
	}
	items, err := selectFields(v,
		convert.Each(p.Items, func(d webhook.Delivery) core.WebhookDeliveryItem {
			return FromDelivery(d, v.wants("attempts"))
		}))
	if err != nil {
		return nil, err
	}
	out := core.ListWebhookDeliveries200JSONResponse{Data: items}
	out.Meta, out.Links = a.pagination(ctx, v, len(items), p.Total)
	return out, nil
}

// RetryWebhookDelivery sends a delivery that failed once more.
func (a *API) RetryWebhookDelivery(
	ctx context.Context, r core.RetryWebhookDeliveryRequestObject,
) (core.RetryWebhookDeliveryResponseObject, error) {
	e, err := a.Webhooks.BySeq(ctx, r.WebhookID)
	if err != nil {
		return nil, err
	}
	d, err := a.Webhooks.DeliveryBySeq(ctx, e, r.DeliveryID)
	if err != nil {
		return nil, err
	}
	if d, err = a.Webhooks.RetryFailed(ctx, d.ID); err != nil {
		return nil, err
	}
	out := core.RetryWebhookDelivery200JSONResponse{Message: "Delivery queued for retry."}
	out.Data.ID, out.Data.Status, out.Data.Attempt = d.Seq, core.WebhookDeliveryStatusPending, d.Attempts+1
	return out, nil
}
