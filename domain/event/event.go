// Package event is what the platform tells others about itself. A service publishes an
// event in the transaction of the change; who listens is not its business.
package event

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/id"
)

// Type names what happened. A contract may show it under another name.
type Type string

// The events.
const (
	OrgCreated        Type = "org.created"
	OrgUpdated        Type = "org.updated"
	OrgSuspended      Type = "org.suspended"
	OrgResumed        Type = "org.resumed"
	OrgDeleted        Type = "org.deleted"
	WorkspaceCreated  Type = "workspace.created"
	WorkspaceUpdated  Type = "workspace.updated"
	WorkspaceDeleted  Type = "workspace.deleted"
	MemberInvited     Type = "member.invited"
	MemberRoleChanged Type = "member.role_changed"
	MemberRemoved     Type = "member.removed"
	KeyCreated        Type = "key.created"
	KeyRevoked        Type = "key.revoked"
	BindingCreated    Type = "binding.created"
	BindingUpdated    Type = "binding.updated"
	BindingValidated  Type = "binding.validated"
	BindingInvalid    Type = "binding.invalid"
	BindingDeleted    Type = "binding.deleted"
	RunStarted        Type = "sync_run.started"
	RunSucceeded      Type = "sync_run.succeeded"
	RunFailed         Type = "sync_run.failed"
	RunCancelled      Type = "sync_run.cancelled"
	EndpointDisabled  Type = "webhook.endpoint_disabled"
	Test              Type = "webhook.test"
)

// Description is a type with what it tells.
type Description struct {
	Type Type
	Text string
}

// Catalogue lists every event.
func Catalogue() []Description {
	return []Description{
		{OrgCreated, "An organization was created."},
		{OrgUpdated, "The name or the plan of an organization changed."},
		{OrgSuspended, "An organization was suspended."},
		{OrgResumed, "The suspension of an organization ended."},
		{OrgDeleted, "An organization was deleted."},
		{WorkspaceCreated, "A workspace was created."},
		{WorkspaceUpdated, "A workspace or its settings changed."},
		{WorkspaceDeleted, "A workspace was deleted."},
		{MemberInvited, "A person was invited to the organization."},
		{MemberRoleChanged, "A member was given another role."},
		{MemberRemoved, "A member was removed from the organization."},
		{KeyCreated, "An API key was created."},
		{KeyRevoked, "An API key was revoked."},
		{BindingCreated, "A connector was attached to a workspace."},
		{BindingUpdated, "A binding changed."},
		{BindingValidated, "A binding's configuration was tried and works."},
		{BindingInvalid, "A binding's configuration was tried and does not work."},
		{BindingDeleted, "A binding was deleted."},
		{RunStarted, "A sync run started."},
		{RunSucceeded, "A sync run came to its end."},
		{RunFailed, "A sync run failed."},
		{RunCancelled, "A sync run was cancelled."},
		{EndpointDisabled, "A webhook endpoint was disabled because it did not accept events."},
		{Test, "A test that was asked for."},
	}
}

var known = func() map[Type]bool {
	out := map[Type]bool{}
	for _, d := range Catalogue() {
		out[d.Type] = true
	}
	return out
}()

// Known reports whether the catalogue has a type.
func Known(t Type) bool { return known[t] }

// Event is one thing that happened. Data is the domain's value of it, such as a
// workspace.Workspace; each contract renders it in its own form.
type Event struct {
	ID          id.ID
	OrgID       id.ID
	WorkspaceID id.ID // zero when it is of the org as a whole
	ProjectID   id.ID // zero when it is of no project
	Type        Type
	Data        any
	CreatedAt   time.Time

	// WorkspaceSeq is the number of the workspace, for contracts that show integers. Who delivers the
	// event sets it.
	WorkspaceSeq int64
}

// OfProject returns the event as one of a project.
func (e Event) OfProject(projectID id.ID) Event {
	e.ProjectID = projectID
	return e
}

// Publisher takes events. Publish is called inside the transaction of the change.
type Publisher interface {
	Publish(ctx context.Context, e Event) error
}

// Nobody is a publisher that nobody listens to.
type Nobody struct{}

// Publish implements Publisher.
func (Nobody) Publish(context.Context, Event) error { return nil }

// New makes an event of now.
func New(t Type, orgID, workspaceID id.ID, at time.Time, data any) Event {
	return Event{ID: id.New(), OrgID: orgID, WorkspaceID: workspaceID, Type: t, Data: data, CreatedAt: at}
}
