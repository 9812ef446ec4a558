-- +goose Up
-- What the plans of both databases had to sort, or to read and leave out: server/lists_test.go. One index for each
-- order of deliveries serves all that they can be filtered by, in place of two.
CREATE INDEX webhook_deliveries_of_endpoint_by_status ON webhook_deliveries (endpoint_id, (CASE WHEN state = 'pending' AND attempts = 0 THEN 'pending' WHEN state = 'pending' THEN 'retrying' WHEN state = 'succeeded' THEN 'success' ELSE 'failed' END), created_at, id);
CREATE INDEX webhook_deliveries_of_endpoint_by_status_and_type ON webhook_deliveries (endpoint_id, (CASE WHEN state = 'pending' AND attempts = 0 THEN 'pending' WHEN state = 'pending' THEN 'retrying' WHEN state = 'succeeded' THEN 'success' ELSE 'failed' END), event_type, id);
DROP INDEX webhook_deliveries_of_endpoint_by_state;
DROP INDEX webhook_deliveries_failed;
DROP INDEX webhook_deliveries_of_endpoint_by_state_and_type;
DROP INDEX webhook_deliveries_failed_by_type;

CREATE INDEX bindings_by_workspace_and_name ON bindings (org_id, workspace_id, name, id);

-- What has one type or name comes by its time, so that the index of a filter is that of the order too.
DROP INDEX pixel_events_by_name_and_domain;
DROP INDEX pixel_events_by_domain_and_name;
DROP INDEX seo_issues_by_severity_and_type;
CREATE INDEX pixel_events_by_name_domain_and_time ON pixel_events (workspace_id, name, domain, created_at, id);
CREATE INDEX pixel_events_by_domain_name_and_time ON pixel_events (workspace_id, domain, name, created_at, id);
CREATE INDEX seo_issues_by_severity_type_and_time ON seo_issues (workspace_id, severity, issue_type, created_at, id);

-- +goose Down
DROP INDEX seo_issues_by_severity_type_and_time;
DROP INDEX pixel_events_by_domain_name_and_time;
DROP INDEX pixel_events_by_name_domain_and_time;
CREATE INDEX seo_issues_by_severity_and_type ON seo_issues (workspace_id, severity, issue_type, id);
CREATE INDEX pixel_events_by_domain_and_name ON pixel_events (workspace_id, domain, name, id);
CREATE INDEX pixel_events_by_name_and_domain ON pixel_events (workspace_id, name, domain, id);
DROP INDEX bindings_by_workspace_and_name;
CREATE INDEX webhook_deliveries_failed_by_type ON webhook_deliveries (endpoint_id, event_type, id) WHERE state IN ('failed', 'cancelled');
CREATE INDEX webhook_deliveries_of_endpoint_by_state_and_type ON webhook_deliveries (endpoint_id, state, event_type, id);
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries (endpoint_id, created_at, id) WHERE state IN ('failed', 'cancelled');
CREATE INDEX webhook_deliveries_of_endpoint_by_state ON webhook_deliveries (endpoint_id, state, created_at, id);
DROP INDEX webhook_deliveries_of_endpoint_by_status_and_type;
DROP INDEX webhook_deliveries_of_endpoint_by_status;
