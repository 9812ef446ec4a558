package core

import (
	"context"
	"encoding/json"
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/gen/core"
)

// Renderer puts events into the words of this contract.
type Renderer struct {
	// Number returns the number of a workspace.
	Number func(ctx context.Context, workspaceID id.ID) (int64, error)
}

var _ webhook.Renderer = Renderer{}

// envelope is what the generated event types have in common.
type envelope struct {
	ID          string                   `json:"id"`
	Type        event.Type               `json:"type"`
	CreatedAt   time.Time                `json:"created_at"`
	WorkspaceID nullable.Nullable[int64] `json:"workspace_id"`
	Data        any                      `json:"data"`
}

// Render implements webhook.Renderer. Events of what this contract has no resource for are
// not sent to its endpoints.
func (r Renderer) Render(ctx context.Context, e event.Event) (name string, payload []byte, ok bool, err error) {
	env := envelope{
		ID: e.ID.Prefixed(id.EventPrefix), Type: e.Type, CreatedAt: e.CreatedAt,
		WorkspaceID: nullable.NewNullNullable[int64](),
	}
	switch v := e.Data.(type) {
	case workspace.Workspace:
		env.Data = FromWorkspace(v)
	case apikey.Key:
		env.Data = FromKey(v, e.CreatedAt)
	case webhook.Message:
		env.Data = core.EventTest{Message: v.Text}
	default:
		return "", nil, false, nil
	}
	if !e.WorkspaceID.IsZero() {
		number, err := r.Number(ctx, e.WorkspaceID)
		if err != nil {
			return "", nil, false, err
		}
		env.WorkspaceID.Set(number)
	}
	payload, err = json.Marshal(env)
	return string(e.Type), payload, true, err
}
