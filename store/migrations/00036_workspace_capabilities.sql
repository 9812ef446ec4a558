-- +goose Up
-- What a workspace offers, and which of that is still being prepared. A workspace that is there already has what its
-- plan includes.
ALTER TABLE workspaces ADD COLUMN capabilities JSONB NOT NULL DEFAULT '["postgres","mongo","kafka","storage","functions","observability","audit"]';
ALTER TABLE workspaces ADD COLUMN pending JSONB NOT NULL DEFAULT '[]';
UPDATE workspaces SET capabilities = '["postgres","mongo","kafka","storage","functions","identity","observability","audit"]'
	WHERE tier IN ('pro', 'agency', 'enterprise');

-- +goose Down
ALTER TABLE workspaces DROP COLUMN pending;
ALTER TABLE workspaces DROP COLUMN capabilities;
