-- +goose Up
ALTER TABLE workspaces ADD COLUMN tier TEXT NOT NULL DEFAULT 'free';
UPDATE workspaces SET tier = (SELECT tier FROM orgs WHERE orgs.id = workspaces.org_id);
ALTER TABLE workspaces ADD COLUMN timezone TEXT NOT NULL DEFAULT 'UTC';
ALTER TABLE workspaces ADD COLUMN locale TEXT NOT NULL DEFAULT 'en_GB';
-- The row of a deleted workspace stays for the sake of what refers to it.
ALTER TABLE workspaces ADD COLUMN deleted_at TIMESTAMPTZ;

ALTER TABLE users ADD COLUMN super_admin BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE projects (
	seq          BIGSERIAL PRIMARY KEY,
	id           UUID NOT NULL UNIQUE,
	org_id       UUID NOT NULL REFERENCES orgs (id),
	workspace_id UUID NOT NULL REFERENCES workspaces (id),
	name         TEXT COLLATE "C" NOT NULL,
	created_at   TIMESTAMPTZ NOT NULL,
	updated_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX projects_by_workspace ON projects (workspace_id, created_at, id);
-- Every workspace has a project. Those that were made with none get one that shares their id.
INSERT INTO projects (id, org_id, workspace_id, name, created_at, updated_at)
	SELECT id, org_id, id, 'Default', created_at, created_at FROM workspaces;

ALTER TABLE api_keys ADD COLUMN project_id UUID REFERENCES projects (id);
ALTER TABLE api_keys ADD COLUMN workspace_id UUID REFERENCES workspaces (id);
CREATE INDEX api_keys_by_user ON api_keys (user_id, created_at, id);

-- Of attempts, in the life of the endpoint.
ALTER TABLE webhook_endpoints ADD COLUMN successes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE webhook_endpoints ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE webhook_endpoints ADD COLUMN failures_in_a_row BIGINT NOT NULL DEFAULT 0;
ALTER TABLE webhook_endpoints ADD COLUMN last_attempt_at TIMESTAMPTZ;

-- +goose Down
ALTER TABLE webhook_endpoints DROP COLUMN last_attempt_at;
ALTER TABLE webhook_endpoints DROP COLUMN failures_in_a_row;
ALTER TABLE webhook_endpoints DROP COLUMN failures;
ALTER TABLE webhook_endpoints DROP COLUMN successes;
DROP INDEX api_keys_by_user;
ALTER TABLE api_keys DROP COLUMN workspace_id;
ALTER TABLE api_keys DROP COLUMN project_id;
DROP TABLE projects;
ALTER TABLE users DROP COLUMN super_admin;
ALTER TABLE workspaces DROP COLUMN deleted_at;
ALTER TABLE workspaces DROP COLUMN locale;
ALTER TABLE workspaces DROP COLUMN timezone;
ALTER TABLE workspaces DROP COLUMN tier;
