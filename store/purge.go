package store

import (
	"context"
	"strings"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/workspace"
)

var _ workspace.PurgeRepository = (*Store)(nil)

// workspaceTable is a table with rows that are deleted with their workspace.
type workspaceTable struct {
	name string
	key  string // its columns that name a row
	from string // where the rows of the workspace $1 are; empty: in the table, by its workspace_id
}

// workspaceTables are deleted in this order: what refers to another comes first.
var workspaceTables = []workspaceTable{
	{name: "records", key: "seq"},
	{name: "sync_runs", key: "seq"},
	{name: "bindings", key: "seq"},
	{name: "pixel_events", key: "seq"},
	{name: "pixel_domains", key: "seq"},
	{name: "seo_issues", key: "seq"},
	{name: "seo_pages", key: "workspace_id, url_hash"},
	{name: "seo_reports", key: "seq"},
	{name: "usage_records", key: "seq"},
	{name: "usage_counters", key: "workspace_id, feature, period"},
	{name: "mcp_calls", key: "seq"},
	{name: "mcp_servers", key: "seq"},
	{
		name: "webhook_attempts", key: "delivery_id, number",
		from: "webhook_attempts t JOIN webhook_deliveries d ON d.id = t.delivery_id" +
			" JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE e.workspace_id = $1",
	},
	{
		name: "webhook_deliveries", key: "seq",
		from: "webhook_deliveries t JOIN webhook_endpoints e ON e.id = t.endpoint_id WHERE e.workspace_id = $1",
	},
	{name: "webhook_endpoints", key: "seq"},
	{name: "api_keys", key: "seq"},
	{name: "projects", key: "seq"},
}

// KeptOfWorkspaces are the tables with a workspace_id whose rows outlive the workspace, and why.
var KeptOfWorkspaces = map[string]string{
	"entitlement_boosts": "what was added to the limits of an organization is the organization's",
	"jobs":               "a job ends by itself, and its row is deleted after job.Retention",
}

// PurgeWorkspace implements workspace.PurgeRepository.
func (s *Store) PurgeWorkspace(ctx context.Context, workspaceID id.ID, limit int) (int, error) {
	live, err := one[int](ctx, s, "SELECT count(*) FROM workspaces WHERE id = $1 AND deleted_at IS NULL", workspaceID)
	if err != nil {
		return 0, err
	}
	if live > 0 { // never, whatever a job says
		return 0, fault.New(fault.Conflict, "The workspace has not been deleted.")
	}
	for _, t := range workspaceTables {
		from := t.from
		if from == "" {
			from = t.name + " t WHERE t.workspace_id = $1"
		}
		key := "t." + strings.ReplaceAll(t.key, ", ", ", t.")
		slice := "SELECT " + key + " FROM " + from + " LIMIT $2"
		n, err := s.exec(ctx, "DELETE FROM "+t.name+" WHERE ("+t.key+") IN ("+slice+")", workspaceID, limit)
		if err != nil || n > 0 {
			return n, err
		}
	}
	return 0, nil
}
