package storetest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/project"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store"
)

// words renders events of a contract whose ids are plain UUIDs, by a function.
type words func(e event.Event) (webhook.Rendering, bool, error)

func (w words) Render(e event.Event) (webhook.Rendering, bool, error) { return w(e) }

// plainly has an event rendered with ids of a form of its own.
func plainly(e event.Event) (webhook.Rendering, bool, error) {
	return webhook.Rendering{ID: "event/" + e.ID.UUID(), Type: string(e.Type), Payload: []byte(`{}`)}, true, nil
}

// hooked is an org with a workspace of two projects, and another workspace.
type hooked struct {
	*Store
	service       *webhook.Service
	renderers     map[string]webhook.Renderer
	orgID         id.ID
	here, there   id.ID // workspaces
	first, second project.Project
	elsewhere     project.Project // of the other workspace
	ctx           context.Context
}

func newHooked(t *testing.T, e store.Engine) *hooked {
	t.Helper()
	h := &hooked{Store: open(t, e)}
	h.renderers = map[string]webhook.Renderer{"plain": words(plainly)}
	h.service = webhook.NewService(h, h, h, audit.NewService(h, clockAtNoon, nil), box(),
		webhook.Options{Renderers: h.renderers}, clockAtNoon)
	h.orgID = newOrg(t, h.Store, plan.Pro)
	h.ctx = as(t, h.orgID)
	v := serve(h.Store, clockAtNoon)
	newProject := func(workspaceID id.ID, name string) project.Project {
		p := project.Project{
			ID: id.NewV4(), OrgID: h.orgID, WorkspaceID: workspaceID, Name: name, CreatedAt: noon, UpdatedAt: noon,
		}
		must(t, h.InsertProject(t.Context(), p))
		return p
	}
	for _, w := range []*id.ID{&h.here, &h.there} {
		made, err := v.workspaces.Create(h.ctx, h.orgID, workspace.Create{Name: "W", Settings: workspace.Defaults()})
		must(t, err)
		*w = made.ID
	}
	h.first, h.second = newProject(h.here, "First"), newProject(h.here, "Second")
	h.elsewhere = newProject(h.there, "Elsewhere")
	return h
}

func clockAtNoon() time.Time { return noon }

func (h *hooked) endpoint(t *testing.T, contract string, workspaceID, projectID id.ID) webhook.Endpoint {
	t.Helper()
	e, _, err := h.service.Create(h.ctx, webhook.Create{
		Contract: contract, WorkspaceID: workspaceID, ProjectID: projectID, URL: "https://example.com/",
		Events: []string{"*"},
	})
	must(t, err)
	return e
}

// publish publishes an event in a transaction that changes something else too, and returns the
// endpoints that are told of it.
func (h *hooked) publish(t *testing.T, e event.Event) []id.ID {
	t.Helper()
	must(t, h.InTx(h.ctx, func(ctx context.Context) error {
		if err := h.service.Publish(ctx, e); err != nil {
			return err
		}
		// The transaction can still be used, and is committed.
		_, err := h.MetaOnce(ctx, "changed by "+e.ID.UUID(), "yes")
		return err
	}))
	if v, err := h.MetaOnce(t.Context(), "changed by "+e.ID.UUID(), "no"); err != nil || v != "yes" {
		t.Fatalf("the change that the event tells of is lost: %q, %v", v, err)
	}
	p, err := h.ListDeliveries(t.Context(), h.orgID, page.Query{Limit: 100, Sort: page.Sort{Field: "created_at"}})
	must(t, err)
	var out []id.ID
	for _, d := range p.Items {
		if d.EventID == e.ID {
			out = append(out, d.EndpointID)
		}
	}
	return out
}

// An endpoint of a project is told of the events of that project and of those of its workspace that are of no
// project.
func TestEndpointsOfAProject(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		h := newHooked(t, e)
		var none id.ID
		names := map[id.ID]string{}
		for _, c := range []struct {
			name               string
			workspace, project id.ID
		}{
			{"org", none, none}, {"here", h.here, none}, {"there", h.there, none}, {"first", none, h.first.ID},
			{"second", h.here, h.second.ID},
		} {
			made := h.endpoint(t, "plain", c.workspace, c.project)
			names[made.ID] = c.name
			got, err := h.service.Get(h.ctx, made.ID)
			must(t, err)
			if got.ProjectID != c.project || !c.project.IsZero() && got.WorkspaceID != h.here {
				t.Errorf("%s: of the project %s and the workspace %s", c.name, got.ProjectID, got.WorkspaceID)
			}
		}
		for want, ev := range map[string]event.Event{
			"first here org":        event.New(event.KeyCreated, h.orgID, h.here, noon, nil).OfProject(h.first.ID),
			"here org second":       event.New(event.KeyCreated, h.orgID, h.here, noon, nil).OfProject(h.second.ID),
			"first here org second": event.New(event.KeyCreated, h.orgID, h.here, noon, nil),
			"org there":             event.New(event.KeyCreated, h.orgID, h.there, noon, nil).OfProject(h.elsewhere.ID),
			"org":                   event.New(event.MemberInvited, h.orgID, none, noon, nil),
		} {
			var told []string
			for _, endpoint := range h.publish(t, ev) {
				told = append(told, names[endpoint])
			}
			slices.Sort(told)
			if got := strings.Join(told, " "); got != want {
				t.Errorf("told are %q, want %q", got, want)
			}
		}
	})
}

// A project of another org is answered like one that is not there, and so is one of a workspace that
// the caller may not act in or does not name.
func TestEndpointsOfProjectsThatAreNotTheCallers(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		h := newHooked(t, e)
		stranger := as(t, newOrg(t, h.Store, plan.Pro))
		var texts []string
		for _, c := range []struct {
			ctx                context.Context
			workspace, project id.ID
		}{
			{h.ctx, id.ID{}, id.New()},
			{stranger, id.ID{}, h.first.ID},
			{h.ctx, h.there, h.first.ID},
			{having(h.ctx, bound(h.there)), id.ID{}, h.first.ID},
		} {
			_, _, err := h.service.Create(c.ctx, webhook.Create{
				Contract: "plain", WorkspaceID: c.workspace, ProjectID: c.project, URL: "https://example.com/",
				Events: []string{"*"},
			})
			wants(t, err, fault.NotFound)
			texts = append(texts, err.Error())
		}
		if len(slices.Compact(texts)) != 1 {
			t.Errorf("the refusals differ: %q", texts)
		}
	})
}

// An endpoint ends with its project: by the service, which cancels what is pending, and whatever else
// deletes the row.
func TestEndpointsEndWithTheirProject(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		h := newHooked(t, e)
		first, second := h.endpoint(t, "plain", id.ID{}, h.first.ID), h.endpoint(t, "plain", id.ID{}, h.second.ID)
		h.publish(t, event.New(event.KeyCreated, h.orgID, h.here, noon, nil))
		must(t, h.service.HandleProjectDelete(h.ctx, h.first))
		_, err := h.service.Get(h.ctx, first.ID)
		wants(t, err, fault.NotFound)
		p, err := h.ListDeliveries(t.Context(), h.orgID, page.Query{Limit: 10, Sort: page.Sort{Field: "created_at"}})
		must(t, err)
		for _, d := range p.Items {
			if want := map[id.ID]webhook.State{first.ID: webhook.Cancelled,
				second.ID: webhook.Pending}[d.EndpointID]; d.State != want {
				t.Errorf("a delivery is %s, want %s", d.State, want)
			}
		}
		if _, err := h.service.Get(h.ctx, second.ID); err != nil {
			t.Fatalf("the endpoint of another project: %v", err)
		}
		_, err = h.Exec(t.Context(), "DELETE FROM projects WHERE id = $1", h.second.ID)
		must(t, err)
		_, err = h.service.Get(h.ctx, second.ID)
		wants(t, err, fault.NotFound)
	})
}

// The id of an event, which every attempt has as its webhook-id, is the renderer's; that of an event from
// before is the one it had.
func TestTheRendererChoosesTheIDOfAnEvent(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		h := newHooked(t, e)
		h.renderers["numbers"] = words(func(e event.Event) (webhook.Rendering, bool, error) {
			if e.WorkspaceSeq == 0 {
				return webhook.Rendering{}, false, errors.New("the event has no number of its workspace")
			}
			return webhook.Rendering{ID: "number-7", Type: string(e.Type), Payload: []byte("7")}, true, nil
		})
		endpoints := map[id.ID]string{
			h.endpoint(t, "plain", h.here, id.ID{}).ID:   "event/",
			h.endpoint(t, "numbers", h.here, id.ID{}).ID: "number-7",
		}
		ev := event.New(event.KeyCreated, h.orgID, h.here, noon, nil)
		if n := len(h.publish(t, ev)); n != 2 {
			t.Fatalf("%d endpoints are told", n)
		}
		owner := id.New()
		claimed, err := h.ClaimDeliveries(t.Context(), slices.Collect(maps.Keys(endpoints)), 10, owner, noon.Add(time.Hour),
			noon.Add(2*time.Hour))
		must(t, err)
		if len(claimed) != 2 {
			t.Fatalf("%d deliveries are claimed", len(claimed))
		}
		for _, d := range claimed {
			read, err := h.Delivery(t.Context(), h.orgID, d.ID, id.ID{})
			must(t, err)
			if want := endpoints[d.EndpointID]; !strings.HasPrefix(d.MessageID, want) || read.MessageID != d.MessageID {
				t.Errorf("the id of the message is %q and %q, want %q", d.MessageID, read.MessageID, want)
			}
		}
		_, err = h.Exec(t.Context(), "UPDATE webhook_events SET message_id = NULL")
		must(t, err)
		old, err := h.Delivery(t.Context(), h.orgID, claimed[0].ID, id.ID{})
		must(t, err)
		if old.MessageID != "" {
			t.Errorf("an event of before has the id %q", old.MessageID)
		}
	})
}

// Whatever a renderer does, the transaction that the event is published in goes on, and endpoints of
// other contracts are told. What fails is counted; what is declined is not.
func TestRenderersFailNobodyElse(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		h := newHooked(t, e)
		told := h.endpoint(t, "plain", id.ID{}, id.ID{})
		for contract, render := range map[string]words{
			"fails": func(event.Event) (webhook.Rendering, bool, error) {
				return webhook.Rendering{}, false,
					errors.New("x")
			},
			"panics":   func(event.Event) (webhook.Rendering, bool, error) { panic("x") },
			"nameless": func(event.Event) (webhook.Rendering, bool, error) { return webhook.Rendering{Type: "x"}, true, nil },
			"declines": func(event.Event) (webhook.Rendering, bool, error) { return webhook.Rendering{}, false, nil },
		} {
			h.renderers[contract] = render
			h.endpoint(t, contract, id.ID{}, id.ID{})
		}
		h.endpoint(t, "gone", id.ID{}, id.ID{}) // nobody renders for it
		ev := event.New(event.KeyCreated, h.orgID, h.here, noon, nil)
		if got := h.publish(t, ev); !slices.Equal(got, []id.ID{told.ID}) {
			t.Errorf("told are %v", got)
		}
		want := map[string]int{"fails": 1, "panics": 1, "nameless": 1, "gone": 1}
		if got := h.service.RenderFailures(); !maps.Equal(got, want) {
			t.Errorf("failures %v, want %v", got, want)
		}
		// A type that is in no catalogue counts where nobody renders it.
		h.publish(t, event.New("planet.landed_on", h.orgID, h.here, noon, nil))
		if got := h.service.RenderFailures(); got["declines"] != 1 || got["plain"] != 0 {
			t.Errorf("failures %v", got)
		}
		// A test that cannot be rendered is an error of who asks for it, and leaves nothing.
		failing := h.endpoint(t, "panics", id.ID{}, id.ID{})
		_, err := h.service.Test(h.ctx, failing.ID)
		wants(t, err, fault.Internal)
	})
}

// When more waits for the endpoints of an org than its plan keeps, the one that does not keep up is told of
// nothing more until it does. The change that the event tells of goes on, and so do the other endpoints.
func TestBacklogsOfAPlan(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		h := newHooked(t, e)
		slow, fast := h.endpoint(t, "plain", id.ID{}, id.ID{}), h.endpoint(t, "plain", id.ID{}, id.ID{})
		tells := func(want ...webhook.Endpoint) {
			t.Helper()
			must(t, h.service.MeasureBacklogs(t.Context()))
			told := h.publish(t, event.New(event.KeyCreated, h.orgID, h.here, noon, nil))
			if len(told) != len(want) {
				t.Fatalf("%d endpoints are told, want %d", len(told), len(want))
			}
			for _, w := range want {
				if !slices.Contains(told, w.ID) {
					t.Errorf("an endpoint is not told")
				}
			}
		}
		backlog := func(of webhook.Endpoint) plan.Amount {
			t.Helper()
			all, err := h.Backlogs(t.Context())
			must(t, err)
			for _, b := range all {
				if b.EndpointID == of.ID {
					if b.OrgID != h.orgID || b.Tier != plan.Pro {
						t.Errorf("of the org %s in the plan %s", b.OrgID, b.Tier)
					}
					return b.Waiting
				}
			}
			return plan.Amount{}
		}
		tells(slow, fast)
		if got := backlog(slow); got != (plan.Amount{Items: 1, Bytes: int64(len("{}"))}) {
			t.Errorf("waiting: %+v", got)
		}
		var many []webhook.Delivery
		for range 3 {
			many = append(many, webhook.Delivery{
				ID: id.New(), OrgID: h.orgID, EndpointID: slow.ID, EventID: id.New(), EventType: "x", Contract: "plain",
				State: webhook.Pending, DueAt: noon, CreatedAt: noon.Add(-time.Hour), Size: plan.Pro.WebhookBacklog().Bytes / 2,
			})
		}
		must(t, h.InsertDeliveries(t.Context(), id.ID{}, make([]bool, len(many)), many))
		tells(fast)
		tells(fast)
		if n := h.service.Declined(); n != 2 {
			t.Errorf("%d deliveries were declined", n)
		}
		if got := backlog(slow).Items; got != 4 {
			t.Errorf("%d deliveries wait", got)
		}
		// A test of the endpoint is sent, and what waited is, too.
		if _, err := h.service.Test(h.ctx, slow.ID); err != nil {
			t.Errorf("a test: %v", err)
		}
		_, err := h.CancelPending(t.Context(), slow.ID, noon, 1000)
		must(t, err)
		tells(slow, fast)
		// Endpoints that are gone are no longer measured.
		must(t, h.SetBacklogFull(t.Context(), []id.ID{slow.ID}, true))
		must(t, h.service.Delete(h.ctx, slow.ID))
		if got := backlog(slow); got != (plan.Amount{}) {
			t.Errorf("of an endpoint that is gone: %+v", got)
		}
		tells(fast)
	})
}

// An event is kept for the contracts alone that have an endpoint which is told of it.
func TestEventsThatNobodyIsToldOfAreNotKept(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		h := newHooked(t, e)
		h.renderers["other"] = words(plainly)
		h.endpoint(t, "plain", id.ID{}, id.ID{})
		_, _, err := h.service.Create(h.ctx, webhook.Create{
			Contract: "other", URL: "https://example.com/", Events: []string{"member.*"},
		})
		must(t, err)
		ev := event.New(event.KeyCreated, h.orgID, h.here, noon, nil)
		h.publish(t, ev)
		_, err = h.Exec(t.Context(), "DELETE FROM webhook_events WHERE contract = 'plain'")
		must(t, err)
		if n, err := h.Exec(t.Context(), "DELETE FROM webhook_events"); err != nil || n != 0 {
			t.Errorf("%d events are kept that nobody is told of: %v", n, err)
		}
	})
}
