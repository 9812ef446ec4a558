package mcp_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/fault"
	domain "github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/server/mcp"
	"github.com/alania-go/alania/server/servertest"
)

// Our own tools, as the server of a workspace: one end of the protocol meets the other.
func TestServersOfAWorkspace(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		ctx, w := tn.As(), tn.Workspace.ID
		_, err := i.MCP.Create(ctx, w, domain.Create{
			ID: "ourselves", Name: "Ourselves", Transport: domain.HTTP, URL: i.URL + mcp.Path,
			Headers: map[string]string{"Authorization": "Bearer " + tn.Key},
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = i.MCP.Create(ctx, w,
			domain.Create{ID: "strangers", Name: "Strangers", Transport: domain.HTTP, URL: i.URL + mcp.Path})
		if err != nil {
			t.Fatal(err)
		}
		listed, err := i.MCP.List(ctx, w)
		if err != nil || len(listed) != 3 {
			t.Fatalf("%+v, %v", listed, err)
		}
		if listed[0].ID != "filesystem" || len(listed[0].Tools) != 4 || listed[1].ID != "ourselves" ||
			len(listed[1].Tools) < 50 || listed[2].Problem == nil {
			t.Errorf("%+v", listed)
		}
		call := func(server, tool, arguments string) (domain.Result, error) {
			return i.MCP.Call(ctx, w, server, tool, json.RawMessage(arguments))
		}
		res, err := call("ourselves", "platform_listOrgs", `{"limit":1}`)
		if err != nil || res.Failed || !strings.Contains(string(res.Value), `"status":200`) ||
			!strings.Contains(string(res.Value), orgID(tn)) {
			t.Errorf("%s, %v", res.Value, err)
		}
		res, err = call("ourselves", "platform_getWorkspace", `{"workspace_id":"`+servertest.UnknownID("wks")+`"}`)
		if err != nil || !res.Failed || !strings.Contains(string(res.Value), `"status":404`) {
			t.Errorf("%s, %v", res.Value, err)
		}
		var f *fault.Error
		if _, err := call("ourselves", "platform_listOrgs", `{"limit":"1"}`); !errors.As(err, &f) ||
			f.Code != fault.ValidationFailed || f.Violations[0].Pointer != "/arguments/limit" {
			t.Errorf("%v", err)
		}
		if _, err := call("strangers", "platform_listOrgs", `{}`); !fault.IsCode(err, fault.Upstream) {
			t.Errorf("%v", err)
		}
		// The files of a workspace are its own.
		if res, err := call("filesystem", "write_file", `{"path":"/a.txt","content":"x"}`); err != nil || res.Failed {
			t.Errorf("%s, %v", res.Value, err)
		}
		if b, err := os.ReadFile(filepath.Join(i.Config.MCPRoot, w.UUID(), "a.txt")); string(b) != "x" || err != nil {
			t.Errorf("%q, %v", b, err)
		}
		contents, err := i.MCP.Resource(ctx, w, "file:/a.txt")
		if err != nil || len(contents) != 1 || contents[0].Text != "x" {
			t.Errorf("%+v, %v", contents, err)
		}
		// a server does not answer, and may have it
		if _, err := i.MCP.Resource(ctx, w, "file:///nowhere"); !fault.IsCode(err, fault.Upstream) {
			t.Errorf("%v", err)
		}
		if err := i.MCP.Delete(ctx, w, "strangers"); err != nil {
			t.Error(err)
		}
		if _, err := i.MCP.Resource(ctx, w, "file:///nowhere"); !fault.IsCode(err, fault.NotFound) {
			t.Errorf("%v", err)
		}
		p, err := i.MCP.Calls(ctx, w, page.Query{Limit: 10, Sort: page.Sort{Field: "created_at", Desc: true}, Total: true})
		if err != nil || p.Total != 4 || len(p.Items) != 4 {
			t.Fatalf("%+v, %v", p, err)
		}
		for n, want := range []struct {
			server string
			status domain.Status
			code   string
		}{
			{"filesystem", domain.Succeeded, ""}, {"strangers", domain.Failed, domain.Unreachable},
			{"ourselves", domain.Failed, "tool_error"}, {"ourselves", domain.Succeeded, ""},
		} {
			if got := p.Items[n]; got.ServerID != want.server || got.Status != want.status || got.Code != want.code {
				t.Errorf("%+v, want %+v", got, want)
			}
		}
	})
}
