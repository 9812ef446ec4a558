package platform

import (
	"context"
	"encoding/json"
	"time"

	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/gen/platform"
	"github.com/alania-go/alania/server/convert"
)

// contractName is this contract's, as endpoints carry it.
const contractName = "platform"

func (a *API) fromEndpoint(e webhook.Endpoint) platform.WebhookEndpoint {
	return platform.WebhookEndpoint{
		ID: e.ID.Prefixed(id.EndpointPrefix), URL: e.URL, Events: e.Events, Description: e.Description,
		Status:         platform.WebhookEndpointStatus(e.Status),
		DisabledReason: nullIfEmpty(e.DisabledReason), WorkspaceID: reference(id.WorkspacePrefix, e.WorkspaceID),
		FailingSince: convert.Nullable(e.FailingSince),
		Breaker:      platform.WebhookBreaker{State: platform.WebhookBreakerState(a.Webhooks.Breaker(e.ID))},
		CreatedAt:    e.CreatedAt, UpdatedAt: e.UpdatedAt,
	}
}

// FromDelivery shows a delivery with its attempts.
func FromDelivery(d webhook.Delivery) platform.WebhookDelivery {
	out := platform.WebhookDelivery{
		ID: d.ID.Prefixed(id.DeliveryPrefix), EndpointID: d.EndpointID.Prefixed(id.EndpointPrefix),
		EventID: d.EventID.Prefixed(id.EventPrefix), EventType: d.EventType,
		State: platform.WebhookDeliveryState(d.State), AttemptCount: d.Attempts,
		LastStatusCode: convert.Nullable(d.LastStatus), CreatedAt: d.CreatedAt,
		FinishedAt: convert.Nullable(d.FinishedAt), NextAttemptAt: convert.Nullable[time.Time](nil),
		Attempts: convert.Each(d.Log, fromAttempt),
	}
	if d.State == webhook.Pending {
		out.NextAttemptAt = convert.Nullable(&d.DueAt)
	}
	return out
}

func fromAttempt(a webhook.Attempt) platform.WebhookAttempt {
	return platform.WebhookAttempt{
		Number: a.Number, AttemptedAt: a.At, RequestID: a.RequestID.ULID(), StatusCode: convert.Nullable(a.StatusCode),
		LatencyMs: float64(a.Latency.Microseconds()) / 1000, Outcome: platform.WebhookAttemptOutcome(a.Outcome),
		Error: nullIfEmpty(a.Error), ResponseExcerpt: nullIfEmpty(a.Excerpt),
	}
}

// ListWebhookEventTypes lists the events that endpoints can subscribe to.
func (a *API) ListWebhookEventTypes(
	context.Context, platform.ListWebhookEventTypesRequestObject,
) (platform.ListWebhookEventTypesResponseObject, error) {
	return platform.ListWebhookEventTypes200JSONResponse{
		Data: convert.Each(event.Catalogue(), func(d event.Description) platform.WebhookEventType {
			return platform.WebhookEventType{Type: string(d.Type), Description: d.Text}
		}),
		NextCursor: convert.Nullable[string](nil),
	}, nil
}

// ListWebhookEndpoints lists the org's endpoints.
func (a *API) ListWebhookEndpoints(
	ctx context.Context, r platform.ListWebhookEndpointsRequestObject,
) (platform.ListWebhookEndpointsResponseObject, error) {
	q, err := query(a, "webhook endpoints", r.Params.Cursor, r.Params.Limit, r.Params.Sort,
		equal(nil, "status", r.Params.FilterStatus)...)
	if err != nil {
		return nil, err
	}
	p, err := a.Webhooks.List(ctx, q)
	if err != nil {
		return nil, err
	}
	return platform.ListWebhookEndpoints200JSONResponse{
		Data: convert.Each(p.Items, a.fromEndpoint), NextCursor: convert.Nullable(a.Cursors.Next(q, p.Next)),
	}, nil
}

// CreateWebhookEndpoint registers an endpoint and shows its signing secret, once.
func (a *API) CreateWebhookEndpoint(
	ctx context.Context, r platform.CreateWebhookEndpointRequestObject,
) (platform.CreateWebhookEndpointResponseObject, error) {
	in := webhook.Create{
		Contract: contractName, URL: r.Body.URL, Events: r.Body.Events, Description: convert.Value(r.Body.Description),
	}
	if r.Body.WorkspaceID != nil {
		w, err := a.workspace(ctx, *r.Body.WorkspaceID)
		if err != nil {
			return nil, err
		}
		in.WorkspaceID = w.ID
	}
	e, secret, err := a.Webhooks.Create(ctx, in)
	if err != nil {
		return nil, err
	}
	v := a.fromEndpoint(e)
	return platform.CreateWebhookEndpoint201JSONResponse{
		Body: platform.WebhookEndpointCreated{
			SigningSecret: secret, ID: v.ID, URL: v.URL, Events: v.Events, Description: v.Description, Status: v.Status,
			DisabledReason: v.DisabledReason,
			WorkspaceID:    v.WorkspaceID, FailingSince: v.FailingSince, Breaker: v.Breaker, CreatedAt: v.CreatedAt,
			UpdatedAt: v.UpdatedAt,
		},
		Headers: platform.CreateWebhookEndpoint201ResponseHeaders{Location: "/v2/webhooks/endpoints/" + v.ID},
	}, nil
}

func endpointID(s string) (id.ID, error) { return parse(id.EndpointPrefix, s, "webhook endpoint") }

// GetWebhookEndpoint returns one endpoint.
func (a *API) GetWebhookEndpoint(
	ctx context.Context, r platform.GetWebhookEndpointRequestObject,
) (platform.GetWebhookEndpointResponseObject, error) {
	v, err := endpointID(r.EndpointID)
	if err != nil {
		return nil, err
	}
	e, err := a.Webhooks.Get(ctx, v)
	if err != nil {
		return nil, err
	}
	return platform.GetWebhookEndpoint200JSONResponse(a.fromEndpoint(e)), nil
}

// UpdateWebhookEndpoint changes an endpoint.
func (a *API) UpdateWebhookEndpoint(
	ctx context.Context, r platform.UpdateWebhookEndpointRequestObject,
) (platform.UpdateWebhookEndpointResponseObject, error) {
	v, err := endpointID(r.EndpointID)
	if err != nil {
		return nil, err
	}
	e, err := a.Webhooks.Update(ctx, v, webhook.Update{
		URL: r.Body.URL, Events: r.Body.Events, Description: r.Body.Description, Status: (*webhook.Status)(r.Body.Status),
	})
	if err != nil {
		return nil, err
	}
	return platform.UpdateWebhookEndpoint200JSONResponse(a.fromEndpoint(e)), nil
}

// DeleteWebhookEndpoint deletes an endpoint.
func (a *API) DeleteWebhookEndpoint(
	ctx context.Context, r platform.DeleteWebhookEndpointRequestObject,
) (platform.DeleteWebhookEndpointResponseObject, error) {
	v, err := endpointID(r.EndpointID)
	if err != nil {
		return nil, err
	}
	if err := a.Webhooks.Delete(ctx, v); err != nil {
		return nil, err
	}
	return platform.DeleteWebhookEndpoint204Response{}, nil
}

// RotateWebhookSecret replaces the signing secret of an endpoint.
func (a *API) RotateWebhookSecret(
	ctx context.Context, r platform.RotateWebhookSecretRequestObject,
) (platform.RotateWebhookSecretResponseObject, error) {
	v, err := endpointID(r.EndpointID)
	if err != nil {
		return nil, err
	}
	e, secret, err := a.Webhooks.Rotate(ctx, v)
	if err != nil {
		return nil, err
	}
	return platform.RotateWebhookSecret200JSONResponse{SigningSecret: secret, PreviousValidUntil: *e.PreviousUntil}, nil
}

// TestWebhookEndpoint sends a test event.
func (a *API) TestWebhookEndpoint(
	ctx context.Context, r platform.TestWebhookEndpointRequestObject,
) (platform.TestWebhookEndpointResponseObject, error) {
	v, err := endpointID(r.EndpointID)
	if err != nil {
		return nil, err
	}
	d, err := a.Webhooks.Test(ctx, v)
	if err != nil {
		return nil, err
	}
	return platform.TestWebhookEndpoint202JSONResponse(FromDelivery(d)), nil
}

// RecoverWebhookDeliveries sends an endpoint's failures of a span again.
func (a *API) RecoverWebhookDeliveries(
	ctx context.Context, r platform.RecoverWebhookDeliveriesRequestObject,
) (platform.RecoverWebhookDeliveriesResponseObject, error) {
	v, err := endpointID(r.EndpointID)
	if err != nil {
		return nil, err
	}
	n, err := a.Webhooks.Recover(ctx, v, r.Body.Since.UTC(), r.Body.Until)
	if err != nil {
		return nil, err
	}
	return platform.RecoverWebhookDeliveries202JSONResponse{Recovered: n}, nil
}

// ListWebhookDeliveries searches the org's deliveries.
func (a *API) ListWebhookDeliveries(
	ctx context.Context, r platform.ListWebhookDeliveriesRequestObject,
) (platform.ListWebhookDeliveriesResponseObject, error) {
	f := equal(equal(nil, "event_type", r.Params.FilterEventType), "state", r.Params.FilterState)
	f = by(f, "endpoint_id", r.Params.FilterEndpointID)
	if r.Params.FilterStatusCode != nil {
		f = append(f, page.Filter{Field: "status_code", Op: page.Eq, Value: *r.Params.FilterStatusCode})
	}
	f = span(f, "created_at", r.Params.FilterSince, r.Params.FilterUntil)
	q, err := query(a, "webhook deliveries", r.Params.Cursor, r.Params.Limit, r.Params.Sort, f...)
	if err != nil {
		return nil, err
	}
	p, err := a.Webhooks.Deliveries(ctx, q)
	if err != nil {
		return nil, err
	}
	return platform.ListWebhookDeliveries200JSONResponse{
		Data: convert.Each(p.Items, FromDelivery), NextCursor: convert.Nullable(a.Cursors.Next(q, p.Next)),
	}, nil
}

// GetWebhookDelivery returns one delivery with what is sent.
func (a *API) GetWebhookDelivery(
	ctx context.Context, r platform.GetWebhookDeliveryRequestObject,
) (platform.GetWebhookDeliveryResponseObject, error) {
	v, err := parse(id.DeliveryPrefix, r.DeliveryID, "delivery")
	if err != nil {
		return nil, err
	}
	d, err := a.Webhooks.Delivery(ctx, v)
	if err != nil {
		return nil, err
	}
	s := FromDelivery(d)
	return platform.GetWebhookDelivery200JSONResponse{
		ID: s.ID, EndpointID: s.EndpointID, EventID: s.EventID, EventType: s.EventType, State: s.State,
		AttemptCount: s.AttemptCount, LastStatusCode: s.LastStatusCode,
		CreatedAt: s.CreatedAt, FinishedAt: s.FinishedAt, NextAttemptAt: s.NextAttemptAt, Attempts: s.Attempts,
		Payload: json.RawMessage(d.Payload),
	}, nil
}

// RetryWebhookDelivery sends a delivery once more.
func (a *API) RetryWebhookDelivery(
	ctx context.Context, r platform.RetryWebhookDeliveryRequestObject,
) (platform.RetryWebhookDeliveryResponseObject, error) {
	v, err := parse(id.DeliveryPrefix, r.DeliveryID, "delivery")
	if err != nil {
		return nil, err
	}
	d, err := a.Webhooks.Retry(ctx, v)
	if err != nil {
		return nil, err
	}
	return platform.RetryWebhookDelivery202JSONResponse(FromDelivery(d)), nil
}
