-- +goose Up
-- The indexes of searches have the organization, too, so that a search in one does not read what others have that
-- contains the text. What waits to be sorted in is read by each search, and so is not to be much.
-- +goose StatementBegin
DO $$
BEGIN
	CREATE EXTENSION IF NOT EXISTS btree_gin;
	CREATE INDEX workspaces_text_of_org ON workspaces USING gin (org_id, lower(name) gin_trgm_ops, lower(slug) gin_trgm_ops) WITH (gin_pending_list_limit = 256);
	CREATE INDEX api_keys_text_of_org ON api_keys USING gin (org_id, lower(name) gin_trgm_ops, lower(prefix) gin_trgm_ops) WITH (gin_pending_list_limit = 256);
	DROP INDEX workspaces_text;
	DROP INDEX api_keys_text;
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
	RAISE NOTICE 'the indexes of searches do not have the organization: %', SQLERRM;
END $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
DO $$
BEGIN
	IF EXISTS (SELECT 1 FROM pg_class WHERE relname = 'workspaces_text_of_org' AND relnamespace = current_schema()::regnamespace) THEN
		CREATE INDEX workspaces_text ON workspaces USING gin (lower(name) gin_trgm_ops, lower(slug) gin_trgm_ops);
		CREATE INDEX api_keys_text ON api_keys USING gin (lower(name) gin_trgm_ops, lower(prefix) gin_trgm_ops);
		DROP INDEX workspaces_text_of_org;
		DROP INDEX api_keys_text_of_org;
	END IF;
END $$;
-- +goose StatementEnd
