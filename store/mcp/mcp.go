// Package mcp is the SQL of domain/mcp.
package mcp

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct{ *db.DB }

// New returns the area's part of a database.
func New(d *db.DB) *Store { return &Store{d} }

var _ mcp.Repository = (*Store)(nil)

// LockServers implements mcp.Repository.
func (s *Store) LockServers(ctx context.Context, workspaceID id.ID) error {
	return db.SerializeWorkspace(ctx, s.DB, workspaceID)
}

// Lists are the area's lists, by name.
var Lists = map[string]db.Listing{"mcp calls": mcpCalls}

// WorkspaceTables are deleted with a workspace, in this order.
var WorkspaceTables = []db.WorkspaceTable{
	{Name: "mcp_calls", Key: "seq"},
	{Name: "mcp_servers", Key: "seq"},
}

// SealedColumns are the area's columns with sealed values.
var SealedColumns = []db.SealedColumn{
	{Table: "mcp_servers", Row: "seq", Column: "sealed_headers", Use: "mcp headers"},
}

type mcpServerRow struct {
	ID            id.ID         `db:"id"`
	OrgID         id.ID         `db:"org_id"`
	WorkspaceID   id.ID         `db:"workspace_id"`
	Slug          string        `db:"slug"`
	Name          string        `db:"name"`
	Description   string        `db:"description"`
	Transport     mcp.Transport `db:"transport"`
	URL           db.Text       `db:"url"`
	Command       db.Text       `db:"command"`
	SealedHeaders []byte        `db:"sealed_headers"`
	CreatedAt     db.Time       `db:"created_at"`
	UpdatedAt     db.Time       `db:"updated_at"`
}

func (r mcpServerRow) server() mcp.Server {
	return mcp.Server{
		ID: r.Slug, Key: r.ID, OrgID: r.OrgID, WorkspaceID: r.WorkspaceID, Name: r.Name, Description: r.Description,
		Transport: r.Transport,
		URL:       string(r.URL), Command: string(r.Command), SealedHeaders: r.SealedHeaders, CreatedAt: r.CreatedAt.Time,
		UpdatedAt: r.UpdatedAt.Time,
	}
}

const selectMCPServer = "SELECT id, org_id, workspace_id, slug, name, description, transport, url, command, " +
	"sealed_headers, created_at, updated_at FROM mcp_servers"

// InsertMCPServer implements mcp.Repository.
func (s *Store) InsertMCPServer(ctx context.Context, v mcp.Server) error {
	if err := s.HoldWorkspace(ctx, v.WorkspaceID); err != nil {
		return err
	}
	return db.Inserted(s.Exec(ctx,
		"INSERT INTO mcp_servers (id, org_id, workspace_id, slug, name, description, transport, url, command, "+
			"sealed_headers, created_at, updated_at)"+
			" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (workspace_id, slug) DO NOTHING",
		v.Key, v.OrgID, v.WorkspaceID, v.ID, v.Name, v.Description, v.Transport, db.Text(v.URL), db.Text(v.Command),
		v.SealedHeaders, v.CreatedAt, v.UpdatedAt))
}

// MCPServer implements mcp.Repository.
func (s *Store) MCPServer(ctx context.Context, workspaceID id.ID, serverID string) (mcp.Server, error) {
	r, err := db.One[mcpServerRow](ctx, s.DB, selectMCPServer+" WHERE workspace_id = $1 AND slug = $2", workspaceID,
		serverID)
	return r.server(), db.NoRow(err, fault.NewNotFound("MCP server"))
}

// MCPServers implements mcp.Repository.
func (s *Store) MCPServers(ctx context.Context, workspaceID id.ID) ([]mcp.Server, error) {
	rows, err := db.All[mcpServerRow](ctx, s.DB, selectMCPServer+" WHERE workspace_id = $1 ORDER BY slug", workspaceID)
	return db.Convert(rows, mcpServerRow.server), err
}

// DeleteMCPServer implements mcp.Repository.
func (s *Store) DeleteMCPServer(ctx context.Context, key id.ID) (bool, error) {
	n, err := s.Exec(ctx, "DELETE FROM mcp_servers WHERE id = $1", key)
	return n == 1, err
}

type mcpCallRow struct {
	ID          id.ID         `db:"id"`
	Seq         int64         `db:"seq"`
	OrgID       id.ID         `db:"org_id"`
	WorkspaceID id.ID         `db:"workspace_id"`
	ServerID    string        `db:"server_id"`
	Tool        string        `db:"tool"`
	ActorKind   identity.Kind `db:"actor_kind"`
	ActorID     id.ID         `db:"actor_id"`
	ActorName   string        `db:"actor_name"`
	RequestID   db.Text       `db:"request_id"`
	Status      mcp.Status    `db:"status"`
	Code        db.Text       `db:"problem_code"`
	Message     db.Text       `db:"problem_message"`
	Micros      int64         `db:"duration_us"`
	CreatedAt   db.Time       `db:"created_at"`
}

func (r mcpCallRow) call() mcp.Call {
	return mcp.Call{
		ID: r.ID, Seq: r.Seq, OrgID: r.OrgID, WorkspaceID: r.WorkspaceID, ServerID: r.ServerID, Tool: r.Tool,
		ActorKind: r.ActorKind, ActorID: r.ActorID,
		ActorName: r.ActorName, RequestID: string(r.RequestID), Status: r.Status, Code: string(r.Code),
		Message:  string(r.Message),
		Duration: time.Duration(r.Micros) * time.Microsecond, CreatedAt: r.CreatedAt.Time,
	}
}

// InsertMCPCall implements mcp.Repository.
func (s *Store) InsertMCPCall(ctx context.Context, c mcp.Call) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		if err := s.HoldWorkspace(ctx, c.WorkspaceID); err != nil {
			return err
		}
		_, err := s.Exec(ctx,
			"INSERT INTO mcp_calls (id, org_id, workspace_id, server_id, tool, actor_kind, actor_id, actor_name, request_id, "+
				"status, problem_code, problem_message, duration_us, created_at)"+
				" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
			c.ID, c.OrgID, c.WorkspaceID, c.ServerID, c.Tool, c.ActorKind, c.ActorID, c.ActorName, db.Text(c.RequestID),
			c.Status, db.Text(c.Code), db.Text(c.Message),
			c.Duration.Microseconds(), c.CreatedAt)
		return err
	})
}

// Blocks are by what calls are counted.
var Blocks = db.Blocked{Table: "mcp_calls", Scope: "workspace_id", Times: []string{"created_at"}}

var mcpCalls = db.List[mcpCallRow, mcp.Call]{
	Scope: "workspace_id = $1",
	Query: "SELECT id, seq, org_id, workspace_id, server_id, tool, actor_kind, actor_id, actor_name, request_id, " +
		"status, problem_code, problem_message, duration_us, created_at FROM mcp_calls",
	ID: "id",
	Sorts: map[string]db.Column{
		"created_at": db.ByTime("created_at"), "duration_ms": db.By("duration_us"), "id": db.By("seq"),
	},
	Filters: map[string]string{
		"server": "server_id", "tool": "tool", "status": "status", "created_at": "created_at",
	},
	Counted: "mcp calls", Blocks: Blocks,
	Convert: mcpCallRow.call,
	Position: func(c mcp.Call, _ string) page.Position {
		return db.TimePosition(c.ID, c.CreatedAt)
	},
}

// ListMCPCalls implements mcp.Repository.
func (s *Store) ListMCPCalls(ctx context.Context, workspaceID id.ID, q page.Query) (page.Page[mcp.Call], error) {
	return mcpCalls.Page(ctx, s.DB, q, mcpCalls.Scope, workspaceID)
}

// DeleteMCPCalls implements mcp.Repository.
func (s *Store) DeleteMCPCalls(ctx context.Context, before time.Time, limit int) (int, error) {
	return s.Exec(ctx, "DELETE FROM mcp_calls WHERE seq IN (SELECT seq FROM mcp_calls WHERE created_at < $1 LIMIT $2)",
		before, limit)
}

// TrimMCPCalls implements mcp.Repository.
func (s *Store) TrimMCPCalls(ctx context.Context, keep int) error {
	full, err := db.All[struct {
		ID    id.ID   `db:"id"`
		Since db.Time `db:"since"`
	}](ctx, s.DB, "SELECT id, since FROM (SELECT w.id, (SELECT c.created_at FROM mcp_calls c WHERE c.workspace_id = w.id"+
		" ORDER BY c.created_at DESC LIMIT 1 OFFSET $1) AS since FROM workspaces w) w WHERE since IS NOT NULL", keep-1)
	if err != nil {
		return err
	}
	for _, w := range full {
		err := s.ExecSlices(ctx,
			"DELETE FROM mcp_calls WHERE seq IN (SELECT seq FROM mcp_calls WHERE workspace_id = $1 AND created_at < $2"+
				" ORDER BY created_at LIMIT $3)", w.ID, w.Since.Time)
		if err != nil {
			return err
		}
	}
	return nil
}
