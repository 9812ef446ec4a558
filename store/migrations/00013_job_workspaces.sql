-- +goose Up
-- The workspace that a job works in. Credentials that are bound to another one do not see it.
ALTER TABLE jobs ADD COLUMN workspace_id UUID;
UPDATE jobs SET workspace_id = (SELECT b.workspace_id FROM bindings b WHERE b.id = jobs.subject_id) WHERE subject_kind = 'binding';
UPDATE jobs SET workspace_id = (SELECT r.workspace_id FROM sync_runs r WHERE r.id = jobs.subject_id) WHERE subject_kind = 'sync_run';

-- What a workspace had is deleted in the background. Those that were deleted before have it done now.
CREATE INDEX sync_runs_to_purge ON sync_runs (workspace_id);
CREATE INDEX api_keys_by_workspace ON api_keys (workspace_id) WHERE workspace_id IS NOT NULL;
CREATE INDEX webhook_endpoints_by_workspace ON webhook_endpoints (workspace_id) WHERE workspace_id IS NOT NULL;
INSERT INTO jobs (id, kind, unique_key, state, run_at, attempt, max_attempts, created_at)
	SELECT id, 'workspace.purge', CAST(id AS TEXT), 'queued', deleted_at, 0, 0, deleted_at FROM workspaces WHERE deleted_at IS NOT NULL;

-- +goose Down
DROP INDEX webhook_endpoints_by_workspace;
DROP INDEX api_keys_by_workspace;
DROP INDEX sync_runs_to_purge;
ALTER TABLE jobs DROP COLUMN workspace_id;
