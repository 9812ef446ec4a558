-- +goose Up
-- Every filter and every order that a contract documents is read by an index:
-- server/lists_test.go holds the lists to it.
CREATE INDEX members_by_role ON members (org_id, role, created_at, id);
CREATE INDEX members_by_status ON members (org_id, status, created_at, id);

CREATE INDEX workspaces_by_status ON workspaces (org_id, status, created_at, id);
CREATE INDEX workspaces_by_status_and_update ON workspaces (org_id, status, updated_at, id);
CREATE INDEX workspaces_by_status_and_name ON workspaces (org_id, status, name, id);
CREATE INDEX workspaces_by_status_and_slug ON workspaces (org_id, status, slug, id);
CREATE INDEX workspaces_by_name_and_time ON workspaces (org_id, name, created_at, id);
CREATE INDEX workspaces_by_update ON workspaces (org_id, updated_at, id);

CREATE INDEX api_keys_by_tier ON api_keys (org_id, tier, created_at, id);
CREATE INDEX api_keys_by_tier_and_name ON api_keys (org_id, tier, name, id);
CREATE INDEX api_keys_revoked ON api_keys (org_id, created_at, id) WHERE revoked_at IS NOT NULL;
CREATE INDEX api_keys_unrevoked ON api_keys (org_id, created_at, id) WHERE revoked_at IS NULL;
CREATE INDEX api_keys_revoked_by_name ON api_keys (org_id, name, id) WHERE revoked_at IS NOT NULL;
CREATE INDEX api_keys_unrevoked_by_name ON api_keys (org_id, name, id) WHERE revoked_at IS NULL;
CREATE INDEX api_keys_by_end ON api_keys (org_id, expires_at) WHERE revoked_at IS NULL;

CREATE INDEX audit_entries_by_action ON audit_entries (org_id, action, created_at, id);
CREATE INDEX audit_entries_by_actor ON audit_entries (org_id, actor_id, created_at, id);
CREATE INDEX audit_entries_of_target ON audit_entries (org_id, target_id, created_at, id);
DROP INDEX audit_entries_by_target;

CREATE INDEX bindings_by_name ON bindings (org_id, name, id);
CREATE INDEX bindings_by_workspace ON bindings (org_id, workspace_id, created_at, id);
CREATE INDEX bindings_by_connector ON bindings (org_id, connector_id, created_at, id);
CREATE INDEX bindings_by_state ON bindings (org_id, state, created_at, id);
CREATE INDEX bindings_by_connector_and_name ON bindings (org_id, connector_id, name, id);
CREATE INDEX bindings_by_state_and_name ON bindings (org_id, state, name, id);

CREATE INDEX sync_runs_by_workspace ON sync_runs (org_id, workspace_id, created_at, id);
CREATE INDEX sync_runs_by_state ON sync_runs (org_id, state, created_at, id);

CREATE INDEX records_by_binding ON records (workspace_id, binding_id, updated_at, id);
CREATE INDEX records_by_external_id ON records (workspace_id, external_id, updated_at, id);
CREATE INDEX records_by_entity_and_time ON records (workspace_id, entity, created_at, id);
CREATE INDEX records_by_binding_and_time ON records (workspace_id, binding_id, created_at, id);
CREATE INDEX records_by_external_id_and_time ON records (workspace_id, external_id, created_at, id);

CREATE INDEX webhook_deliveries_by_type ON webhook_deliveries (org_id, event_type, created_at, id);
CREATE INDEX webhook_deliveries_by_state ON webhook_deliveries (org_id, state, created_at, id);
CREATE INDEX webhook_deliveries_by_status ON webhook_deliveries (org_id, last_status, created_at, id);
CREATE INDEX webhook_deliveries_of_endpoint_by_state ON webhook_deliveries (endpoint_id, state, created_at, id);
CREATE INDEX webhook_deliveries_of_endpoint_by_type ON webhook_deliveries (endpoint_id, event_type, id);
CREATE INDEX webhook_deliveries_of_endpoint_by_state_and_type ON webhook_deliveries (endpoint_id, state, event_type, id);
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries (endpoint_id, created_at, id) WHERE state IN ('failed', 'cancelled');
CREATE INDEX webhook_deliveries_failed_by_type ON webhook_deliveries (endpoint_id, event_type, id) WHERE state IN ('failed', 'cancelled');

CREATE INDEX seo_issues_by_severity ON seo_issues (workspace_id, severity, created_at, id);
CREATE INDEX seo_issues_by_type ON seo_issues (workspace_id, issue_type, created_at, id);
CREATE INDEX seo_issues_by_severity_and_type ON seo_issues (workspace_id, severity, issue_type, id);

CREATE INDEX pixel_events_by_name ON pixel_events (workspace_id, name, created_at, id);
CREATE INDEX pixel_events_by_domain ON pixel_events (workspace_id, domain, created_at, id);
CREATE INDEX pixel_events_by_name_and_domain ON pixel_events (workspace_id, name, domain, id);
CREATE INDEX pixel_events_by_domain_and_name ON pixel_events (workspace_id, domain, name, id);
CREATE INDEX pixel_domains_by_name ON pixel_domains (workspace_id, domain, id);

CREATE INDEX mcp_calls_by_status ON mcp_calls (workspace_id, status, created_at, id);
CREATE INDEX mcp_calls_by_duration ON mcp_calls (workspace_id, duration_us, id);
CREATE INDEX mcp_calls_by_status_and_duration ON mcp_calls (workspace_id, status, duration_us, id);

-- +goose Down
CREATE INDEX audit_entries_by_target ON audit_entries (org_id, target_id, created_at);
DROP INDEX mcp_calls_by_status_and_duration;
DROP INDEX mcp_calls_by_duration;
DROP INDEX mcp_calls_by_status;
DROP INDEX pixel_domains_by_name;
DROP INDEX pixel_events_by_domain_and_name;
DROP INDEX pixel_events_by_name_and_domain;
DROP INDEX pixel_events_by_domain;
DROP INDEX pixel_events_by_name;
DROP INDEX seo_issues_by_severity_and_type;
DROP INDEX seo_issues_by_type;
DROP INDEX seo_issues_by_severity;
DROP INDEX webhook_deliveries_failed_by_type;
DROP INDEX webhook_deliveries_failed;
DROP INDEX webhook_deliveries_of_endpoint_by_state_and_type;
DROP INDEX webhook_deliveries_of_endpoint_by_type;
DROP INDEX webhook_deliveries_of_endpoint_by_state;
DROP INDEX webhook_deliveries_by_status;
DROP INDEX webhook_deliveries_by_state;
DROP INDEX webhook_deliveries_by_type;
DROP INDEX records_by_external_id_and_time;
DROP INDEX records_by_binding_and_time;
DROP INDEX records_by_entity_and_time;
DROP INDEX records_by_external_id;
DROP INDEX records_by_binding;
DROP INDEX sync_runs_by_state;
DROP INDEX sync_runs_by_workspace;
DROP INDEX bindings_by_state_and_name;
DROP INDEX bindings_by_connector_and_name;
DROP INDEX bindings_by_state;
DROP INDEX bindings_by_connector;
DROP INDEX bindings_by_workspace;
DROP INDEX bindings_by_name;
DROP INDEX audit_entries_of_target;
DROP INDEX audit_entries_by_actor;
DROP INDEX audit_entries_by_action;
DROP INDEX api_keys_by_end;
DROP INDEX api_keys_unrevoked_by_name;
DROP INDEX api_keys_revoked_by_name;
DROP INDEX api_keys_unrevoked;
DROP INDEX api_keys_revoked;
DROP INDEX api_keys_by_tier_and_name;
DROP INDEX api_keys_by_tier;
DROP INDEX workspaces_by_update;
DROP INDEX workspaces_by_name_and_time;
DROP INDEX workspaces_by_status_and_slug;
DROP INDEX workspaces_by_status_and_name;
DROP INDEX workspaces_by_status_and_update;
DROP INDEX workspaces_by_status;
DROP INDEX members_by_status;
DROP INDEX members_by_role;
