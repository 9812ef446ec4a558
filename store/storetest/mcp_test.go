package storetest

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store"
)

func TestMCPServers(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		ctx := t.Context()
		orgID := newOrg(t, s, plan.Free)
		one, two := newWorkspace(t, s, orgID, noon), newWorkspace(t, s, orgID, noon)
		web := mcp.Server{
			ID: "web", Key: id.New(), OrgID: orgID, WorkspaceID: one, Name: `Größe "1"`, Description: "x", Transport: mcp.HTTP,
			URL:           "https://example.com/mcp?a=b",
			SealedHeaders: []byte{0, 1, 255}, CreatedAt: noon, UpdatedAt: noon.Add(time.Microsecond),
		}
		command := mcp.Server{
			ID: "command", Key: id.New(), OrgID: orgID, WorkspaceID: one, Name: "c", Transport: mcp.Stdio, Command: "git",
			CreatedAt: noon, UpdatedAt: noon,
		}
		must(t, s.InsertMCPServer(ctx, web), s.InsertMCPServer(ctx, command))
		for _, want := range []mcp.Server{web, command} {
			if got, err := s.MCPServer(ctx, one, want.ID); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%+v, %v", got, err)
			}
		}
		if got, err := s.MCPServers(ctx, one); err != nil || !reflect.DeepEqual(got, []mcp.Server{command, web}) {
			t.Errorf("%+v, %v", got, err)
		}
		// The id is the workspace's: another has it too.
		same := web
		same.Key = id.New()
		wants(t, s.InsertMCPServer(ctx, same), fault.Conflict)
		must(t, s.InTx(ctx, func(ctx context.Context) error { // and the transaction can go on
			wants(t, s.InsertMCPServer(ctx, same), fault.Conflict)
			same.WorkspaceID = two
			return s.InsertMCPServer(ctx, same)
		}))
		_, err := s.MCPServer(ctx, two, "command")
		wants(t, err, fault.NotFound)
		for _, want := range []bool{true, false} {
			if ok, err := s.DeleteMCPServer(ctx, web.Key); err != nil || ok != want {
				t.Errorf("%v, %v", ok, err)
			}
		}
		_, err = s.MCPServer(ctx, one, "web")
		wants(t, err, fault.NotFound)
		if got, err := s.MCPServers(ctx, two); err != nil || len(got) != 1 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestMCPCalls(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		ctx := t.Context()
		orgID := newOrg(t, s, plan.Free)
		one, two := newWorkspace(t, s, orgID, noon), newWorkspace(t, s, orgID, noon)
		var calls []mcp.Call
		for i, d := range []time.Duration{5 * time.Millisecond, 0, 1500 * time.Microsecond, time.Hour, 5 * time.Millisecond} {
			c := mcp.Call{
				ID: id.New(), OrgID: orgID, WorkspaceID: one, ServerID: "filesystem", Tool: "read_file", ActorKind: identity.Key,
				ActorID: id.New(), ActorName: "k",
				RequestID: name("r%d", i), Status: mcp.Succeeded, Duration: d, CreatedAt: noon.Add(time.Duration(i) * time.Minute),
			}
			if i == 1 {
				c.Status, c.Code, c.Message, c.RequestID, c.ActorKind, c.ActorID, c.ServerID = mcp.Failed, mcp.TimedOut,
					"It did not answer.", "", identity.System, id.ID{}, "web"
			}
			must(t, s.InsertMCPCall(ctx, c))
			calls = append(calls, c)
		}
		elsewhere := calls[0]
		elsewhere.ID, elsewhere.WorkspaceID = id.New(), two
		must(t, s.InsertMCPCall(ctx, elsewhere))

		list := func(q page.Query) ([]int, page.Page[mcp.Call]) {
			t.Helper()
			p, err := s.ListMCPCalls(ctx, one, q)
			must(t, err)
			places := []int{}
			for _, got := range p.Items {
				at := slices.IndexFunc(calls, func(c mcp.Call) bool { return c.ID == got.ID })
				want := calls[at]
				want.Seq = got.Seq
				if got.Seq < 1 || !reflect.DeepEqual(got, want) {
					t.Errorf("%+v, want %+v", got, want)
				}
				places = append(places, at)
			}
			return places, p
		}
		latest := page.Sort{Field: "created_at", Desc: true}
		for _, c := range []struct {
			q    page.Query
			want []int
		}{
			{page.Query{Limit: 10, Sort: latest}, []int{4, 3, 2, 1, 0}},
			{page.Query{Limit: 2, Sort: latest, Offset: 2}, []int{2, 1}},
			{page.Query{Limit: 10, Sort: page.Sort{Field: "duration_ms"}, Then: []page.Sort{latest}}, []int{1, 2, 4, 0, 3}},
			{page.Query{Limit: 10, Sort: page.Sort{Field: "id"}}, []int{0, 1, 2, 3, 4}},
			{
				page.Query{
					Limit: 10, Sort: latest, Filters: []page.Filter{{Field: "status", Op: page.Eq, Value: string(mcp.Failed)}},
				}, []int{1},
			},
			{
				page.Query{
					Limit: 10, Sort: latest, Filters: []page.Filter{
						{Field: "server", Op: page.Eq, Value: "filesystem"},
						{Field: "created_at", Op: page.After, Value: noon.Add(time.Minute)},
					},
				}, []int{4, 3, 2},
			},
			{
				page.Query{Limit: 10, Sort: latest, Filters: []page.Filter{{Field: "tool", Op: page.Eq, Value: "write_file"}}},
				[]int{},
			},
		} {
			c.q.Total = true
			got, p := list(c.q)
			if !slices.Equal(got, c.want) {
				t.Errorf("%+v: %v, want %v", c.q, got, c.want)
			}
			if want := map[bool]int{true: 5, false: len(c.want)}[len(c.q.Filters) == 0]; p.Total != want {
				t.Errorf("%+v: %d in all, want %d", c.q, p.Total, want)
			}
		}
		got, p := list(page.Query{Limit: 2, Sort: latest})
		if !slices.Equal(got, []int{4, 3}) || p.Next == nil {
			t.Fatalf("%v, %v", got, p.Next)
		}
		if got, _ := list(page.Query{Limit: 2, Sort: latest, After: p.Next}); !slices.Equal(got, []int{2, 1}) {
			t.Errorf("%v", got)
		}

		// What is old goes, some at a time, in all workspaces.
		for _, want := range []int{2, 1, 0} {
			if n, err := s.DeleteMCPCalls(ctx, noon.Add(2*time.Minute), 2); err != nil || n != want {
				t.Errorf("%d deleted, %v", n, err)
			}
		}
		if got, _ := list(page.Query{Limit: 10, Sort: latest}); !slices.Equal(got, []int{4, 3, 2}) {
			t.Errorf("%v", got)
		}
	})
}

// Servers leave with their workspace.
func TestMCPServersOfADeletedWorkspace(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		v := serve(s, clock.System)
		orgID := newOrg(t, s, plan.Free)
		ctx := as(t, orgID)
		workspaceID := newWorkspace(t, s, orgID, noon)
		newWorkspace(t, s, orgID, noon) // one has to stay
		engine := &noEngine{}
		servers := mcp.NewService(s, s, v.workspaces, nil, v.audit, box(), engine, mcp.Policy{}, nil, clock.System)
		v.listeners.Deleted = []workspace.Hook{servers.HandleWorkspaceDelete}
		made, err := servers.Create(ctx, workspaceID, mcp.Create{
			ID: "web", Name: "Web", Transport: mcp.HTTP, URL: "https://example.com/mcp",
			Headers: map[string]string{"Authorization": "secret"},
		})
		must(t, err)
		must(t, v.workspaces.Delete(ctx, workspaceID))
		_, err = s.MCPServer(t.Context(), workspaceID, "web")
		wants(t, err, fault.NotFound)
		if !slices.Contains(engine.forgotten, made.Key.UUID()) {
			t.Errorf("%q", engine.forgotten)
		}
		p, err := s.ListAudit(t.Context(), orgID, page.Query{Limit: 10, Sort: page.Sort{Field: "created_at", Desc: true}})
		must(t, err)
		var actions []string
		for _, a := range p.Items {
			if a.TargetID == made.Key {
				actions = append(actions, a.Action)
			}
		}
		if !slices.Equal(actions, []string{"mcp.server_deleted", "mcp.server_created"}) {
			t.Errorf("%q", actions)
		}
	})
}

// noEngine reaches no servers.
type noEngine struct {
	mcp.Engine
	forgotten []string
}

func (*noEngine) Builtin() []mcp.Server   { return nil }
func (*noEngine) Commands() []string      { return nil }
func (e *noEngine) Forget(session string) { e.forgotten = append(e.forgotten, session) }
