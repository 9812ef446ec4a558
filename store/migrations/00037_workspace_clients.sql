-- +goose Up
-- A client can belong to one workspace: as a service account, or as an application that people sign in with.
ALTER TABLE oauth_clients ADD COLUMN workspace_id UUID REFERENCES workspaces (id);
ALTER TABLE oauth_clients ADD COLUMN kind TEXT NOT NULL DEFAULT 'client';
ALTER TABLE oauth_clients ADD COLUMN slug TEXT COLLATE "C";
ALTER TABLE oauth_clients ADD COLUMN public BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE oauth_clients ADD COLUMN redirect_uris JSONB NOT NULL DEFAULT '[]';
ALTER TABLE oauth_clients ADD COLUMN allowed_origins JSONB NOT NULL DEFAULT '[]';
-- A slug that is deleted is free again.
CREATE UNIQUE INDEX oauth_clients_by_slug ON oauth_clients (workspace_id, kind, slug) WHERE revoked_at IS NULL;
CREATE INDEX oauth_clients_by_workspace ON oauth_clients (workspace_id, kind, created_at, id);

-- +goose Down
DROP INDEX oauth_clients_by_workspace;
DROP INDEX oauth_clients_by_slug;
ALTER TABLE oauth_clients DROP COLUMN allowed_origins;
ALTER TABLE oauth_clients DROP COLUMN redirect_uris;
ALTER TABLE oauth_clients DROP COLUMN public;
ALTER TABLE oauth_clients DROP COLUMN slug;
ALTER TABLE oauth_clients DROP COLUMN kind;
ALTER TABLE oauth_clients DROP COLUMN workspace_id;
