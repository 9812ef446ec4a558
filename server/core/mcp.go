package core

import (
	"context"

	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/gen/core"
	"github.com/alania-go/alania/server/convert"
)

var callList = listing{
	sorts:  []string{"created_at", "duration_ms"},
	fields: []string{"id", "server", "tool", "status", "duration_ms", "error", "created_at"},
}

// ListMcpServers lists the MCP servers of a workspace with the names of their tools.
func (a *API) ListMcpServers(
	ctx context.Context, r core.ListMcpServersRequestObject,
) (core.ListMcpServersResponseObject, error) {
	w, err := a.workspace(ctx, r.Params.XWorkspaceID)
	if err != nil {
		return nil, err
	}
	servers, err := a.MCP.List(ctx, w.ID)
	if err != nil {
		return nil, err
	}
	return core.ListMcpServers200JSONResponse{Data: convert.Each(servers, FromServer)}, nil
}

// CreateMcpServer adds an MCP server to a workspace.
func (a *API) CreateMcpServer(
	ctx context.Context, r core.CreateMcpServerRequestObject,
) (core.CreateMcpServerResponseObject, error) {
	w, err := a.workspace(ctx, r.Params.XWorkspaceID)
	if err != nil {
		return nil, err
	}
	s, err := a.MCP.Create(ctx, w.ID, mcp.Create{
		ID: r.Body.ID, Name: r.Body.Name, Description: convert.Value(r.Body.Description),
		Transport: mcp.Transport(r.Body.Transport),
		URL:       convert.Value(r.Body.URL), Command: convert.Value(r.Body.Command), Headers: r.Body.Headers,
	})
	if err != nil {
		return nil, err
	}
	// It is not connected to yet, so nothing is known of its tools.
	return core.CreateMcpServer201JSONResponse{
		Message: "MCP server created successfully.", Data: FromServer(mcp.Listed{Server: s, Problem: notAsked}),
	}, nil
}

// GetMcpServer returns one MCP server.
func (a *API) GetMcpServer(
	ctx context.Context, r core.GetMcpServerRequestObject,
) (core.GetMcpServerResponseObject, error) {
	w, err := a.workspace(ctx, r.Params.XWorkspaceID)
	if err != nil {
		return nil, err
	}
	s, err := a.MCP.Get(ctx, w.ID, r.ID)
	if err != nil {
		return nil, err
	}
	return core.GetMcpServer200JSONResponse{Data: FromServer(s)}, nil
}

// DeleteMcpServer takes an MCP server out of a workspace.
func (a *API) DeleteMcpServer(
	ctx context.Context, r core.DeleteMcpServerRequestObject,
) (core.DeleteMcpServerResponseObject, error) {
	w, err := a.workspace(ctx, r.Params.XWorkspaceID)
	if err != nil {
		return nil, err
	}
	if err := a.MCP.Delete(ctx, w.ID, r.ID); err != nil {
		return nil, err
	}
	return core.DeleteMcpServer204Response{}, nil
}

// ListMcpServerTools lists the tools of an MCP server with their parameters.
func (a *API) ListMcpServerTools(
	ctx context.Context, r core.ListMcpServerToolsRequestObject,
) (core.ListMcpServerToolsResponseObject, error) {
	w, err := a.workspace(ctx, r.Params.XWorkspaceID)
	if err != nil {
		return nil, err
	}
	tools, err := a.MCP.Tools(ctx, w.ID, r.ID)
	if err != nil {
		return nil, err
	}
	return core.ListMcpServerTools200JSONResponse{Data: convert.Each(tools, FromTool)}, nil
}

// CallMcpTool calls a tool of an MCP server.
func (a *API) CallMcpTool(
	ctx context.Context, r core.CallMcpToolRequestObject,
) (core.CallMcpToolResponseObject, error) {
	w, err := a.workspace(ctx, r.Params.XWorkspaceID)
	if err != nil {
		return nil, err
	}
	res, err := a.MCP.Call(ctx, w.ID, r.Body.Server, r.Body.Tool, r.Body.Arguments)
	if err != nil {
		return nil, err
	}
	out := core.CallMcpTool200JSONResponse{Result: res.Value}
	if res.Failed {
		out.IsError = &res.Failed
	}
	return out, nil
}

// GetMcpResource reads a resource of the workspace's MCP servers.
func (a *API) GetMcpResource(
	ctx context.Context, r core.GetMcpResourceRequestObject,
) (core.GetMcpResourceResponseObject, error) {
	w, err := a.workspace(ctx, r.Params.XWorkspaceID)
	if err != nil {
		return nil, err
	}
	contents, err := a.MCP.Resource(ctx, w.ID, r.URI)
	if err != nil {
		return nil, err
	}
	return core.GetMcpResource200JSONResponse{Contents: convert.Each(contents, FromContent)}, nil
}

// ListMcpCalls lists the calls of tools that were made in a workspace.
func (a *API) ListMcpCalls(
	ctx context.Context, r core.ListMcpCallsRequestObject,
) (core.ListMcpCallsResponseObject, error) {
	w, err := a.workspace(ctx, r.Params.XWorkspaceID)
	if err != nil {
		return nil, err
	}
	in := r.Params
	q, v, err := callList.query(listParams{
		page: in.Page, perPage: in.PerPage, sort: in.Sort, fields: in.Fields, createdAfter: in.CreatedAfter,
		createdBefore: in.CreatedBefore,
		filters:       equal(nil, "status", in.Status),
	})
	if err != nil {
		return nil, err
	}
	p, err := a.MCP.Calls(ctx, w.ID, q)
	if err != nil {
		return nil, err
	}
	items, err := selectFields(v, convert.Each(p.Items, FromCall))
	if err != nil {
		return nil, err
	}
	out := core.ListMcpCalls200JSONResponse{Data: items}
	out.Meta, out.Links = a.pagination(ctx, v, len(items), p.Total)
	return out, nil
}
