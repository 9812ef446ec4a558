-- +goose Up
-- The workspace that a job works in. Credentials that are bound to another one do not see it.
ALTER TABLE jobs ADD COLUMN workspace_id UUID;
UPDATE jobs SET workspace_id = (SELECT b.workspace_id FROM bindings b WHERE b.id = jobs.subject_id) WHERE subject_kind = 'binding';
UPDATE jobs SET workspace_id = (SELECT r.workspace_id FROM sync_runs r WHERE r.id = jobs.subject_id) WHERE subject_kind = 'sync_run';

-- +goose Down
ALTER TABLE jobs DROP COLUMN workspace_id;
