-- +goose Up
-- What contains a text is found by the groups of three letters in it. Where the extension cannot be made, searches read
-- every row of an organization, as docs/benchmarks.md says.
-- +goose StatementBegin
DO $$
BEGIN
	CREATE EXTENSION IF NOT EXISTS pg_trgm;
	CREATE INDEX workspaces_text ON workspaces USING gin (lower(name) gin_trgm_ops, lower(slug) gin_trgm_ops);
	CREATE INDEX api_keys_text ON api_keys USING gin (lower(name) gin_trgm_ops, lower(prefix) gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
	RAISE NOTICE 'no index for searches: %', SQLERRM;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP INDEX IF EXISTS api_keys_text;
DROP INDEX IF EXISTS workspaces_text;
