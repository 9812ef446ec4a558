-- +goose Up
-- An endpoint may belong to a project. It is deleted with it.
ALTER TABLE webhook_endpoints ADD COLUMN project_id UUID REFERENCES projects (id) ON DELETE CASCADE;
CREATE INDEX webhook_endpoints_by_project ON webhook_endpoints (project_id) WHERE project_id IS NOT NULL;
-- The id of an event as its contract shows it. Events of before have the prefix evt_ and their id.
ALTER TABLE webhook_events ADD COLUMN message_id TEXT;

-- +goose Down
ALTER TABLE webhook_events DROP COLUMN message_id;
DROP INDEX webhook_endpoints_by_project;
ALTER TABLE webhook_endpoints DROP COLUMN project_id;
