package platform

import (
	"encoding/json"
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/integration"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/gen/platform"
	"github.com/alania-go/alania/server/convert"
)

// Renderer puts events into the words of this contract: an envelope that is the same for
// all, and the resource as the API shows it.
type Renderer struct{}

var _ webhook.Renderer = Renderer{}

// envelope is what the generated event types have in common.
type envelope struct {
	ID          string                    `json:"id"`
	Type        event.Type                `json:"type"`
	Timestamp   time.Time                 `json:"timestamp"`
	OrgID       string                    `json:"org_id"`
	WorkspaceID nullable.Nullable[string] `json:"workspace_id"`
	Data        any                       `json:"data"`
}

// Render implements webhook.Renderer.
func (Renderer) Render(e event.Event) (r webhook.Rendering, ok bool, err error) {
	env := envelope{
		ID: e.ID.Prefixed(id.EventPrefix), Type: e.Type, Timestamp: e.CreatedAt, OrgID: e.OrgID.Prefixed(id.OrgPrefix),
		WorkspaceID: reference(id.WorkspacePrefix, e.WorkspaceID),
	}
	switch v := e.Data.(type) {
	case workspace.Workspace:
		env.Data = platform.EventWorkspace{
			ID: v.ID.Prefixed(id.WorkspacePrefix), OrgID: v.OrgID.Prefixed(id.OrgPrefix), Name: v.Name, Slug: v.Slug,
			Status:   platform.WorkspaceStatus(v.Status),
			Settings: FromSettings(v.Settings), CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
		}
	case org.Org:
		env.Data = platform.EventOrg{
			ID: v.ID.Prefixed(id.OrgPrefix), Name: v.Name, Slug: v.Slug, Tier: platform.Tier(v.Tier),
			Status: platform.EventOrgStatus(v.Status), CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
		}
	case org.Member:
		env.Data = FromMember(v)
	case apikey.Key:
		env.Data = platform.EventKey{
			ID: v.ID.Prefixed(id.KeyPrefix), OrgID: v.OrgID.Prefixed(id.OrgPrefix), Name: v.Name, Prefix: v.Prefix,
			Scopes: v.Scopes, Tier: platform.Tier(v.Tier),
			ExpiresAt: convert.Nullable(v.ExpiresAt), RevokedAt: convert.Nullable(v.RevokedAt), CreatedAt: v.CreatedAt,
		}
	case integration.Binding:
		env.Data = FromBinding(v)
	case integration.Run:
		env.Data = FromRun(v)
	case webhook.Disablement:
		ep := v.Endpoint
		env.Data = platform.EventEndpointDisabled{Reason: v.Reason, Endpoint: platform.EventWebhookEndpoint{
			ID: ep.ID.Prefixed(id.EndpointPrefix), URL: ep.URL, Events: ep.Events, Description: ep.Description,
			Status:         platform.WebhookEndpointStatus(ep.Status),
			DisabledReason: nullIfEmpty(ep.DisabledReason), WorkspaceID: reference(id.WorkspacePrefix, ep.WorkspaceID),
			FailingSince: convert.Nullable(ep.FailingSince),
			CreatedAt:    ep.CreatedAt, UpdatedAt: ep.UpdatedAt,
		}}
	case webhook.Message:
		env.Data = platform.EventTest{Message: v.Text}
	default:
		return webhook.Rendering{}, false, nil // of a part of the platform that this contract does not have
	}
	payload, err := json.Marshal(env)
	return webhook.Rendering{ID: env.ID, Type: string(e.Type), Payload: payload}, true, err
}

// reference shows the id of another resource; null for none.
func reference(prefix string, v id.ID) nullable.Nullable[string] {
	if v.IsZero() {
		return nullable.NewNullNullable[string]()
	}
	return nullable.NewNullableWithValue(v.Prefixed(prefix))
}

// nullIfEmpty returns null for an empty text.
func nullIfEmpty(s string) nullable.Nullable[string] {
	if s == "" {
		return nullable.NewNullNullable[string]()
	}
	return nullable.NewNullableWithValue(s)
}
