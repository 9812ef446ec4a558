package core

import (
	"encoding/json"
	"errors"
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
type Renderer struct{}

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
func (Renderer) Render(e event.Event) (r webhook.Rendering, ok bool, err error) {
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
		return webhook.Rendering{}, false, nil
	}
	if !e.WorkspaceID.IsZero() {
		if e.WorkspaceSeq == 0 {
			return r, false, errors.New("the event has no number of its workspace")
		}
		env.WorkspaceID.Set(e.WorkspaceSeq)
	}
	payload, err := json.Marshal(env)
	return webhook.Rendering{ID: env.ID, Type: string(e.Type), Payload: payload}, true, err
}
