-- +goose Up
-- What the lists of the Control API can be filtered by, in their one order: server/lists_test.go.
CREATE INDEX orgs_by_status ON orgs (status, created_at, id) WHERE purged_at IS NULL;
CREATE INDEX orgs_by_tier ON orgs (tier, created_at, id) WHERE purged_at IS NULL;
-- The state of an active workspace depends on what is still being prepared.
CREATE INDEX workspaces_ready ON workspaces (org_id, status, created_at, id) WHERE status = 'active' AND pending = '[]' AND deleted_at IS NULL;
CREATE INDEX workspaces_provisioning ON workspaces (org_id, status, created_at, id) WHERE status = 'active' AND pending <> '[]' AND deleted_at IS NULL;
CREATE INDEX realm_users_by_status ON realm_users (realm_id, status, created_at, id) WHERE client_row IS NULL;

-- +goose Down
DROP INDEX realm_users_by_status;
DROP INDEX workspaces_provisioning;
DROP INDEX workspaces_ready;
DROP INDEX orgs_by_tier;
DROP INDEX orgs_by_status;
