-- +goose Up
-- The list of a workspace's accounts and applications does not go through those that were deleted; whatever belongs to
-- a workspace is found for its purge.
DROP INDEX oauth_clients_by_workspace;
CREATE INDEX oauth_clients_by_workspace ON oauth_clients (workspace_id, kind, created_at, id) WHERE revoked_at IS NULL;
CREATE INDEX oauth_clients_of_workspace ON oauth_clients (workspace_id) WHERE workspace_id IS NOT NULL;

-- +goose Down
DROP INDEX oauth_clients_of_workspace;
DROP INDEX oauth_clients_by_workspace;
CREATE INDEX oauth_clients_by_workspace ON oauth_clients (workspace_id, kind, created_at, id);
