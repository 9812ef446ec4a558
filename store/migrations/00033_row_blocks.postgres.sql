-- +goose Up
-- How many rows a list has between two values of what it is sorted by, so that a page by its number is found without the
-- rows before it. A block begins at a value, ends before the next block's, and has all rows of a value: the key
-- of a time is its second, that of a text its first 200 letters. The task sum_row_counts divides blocks of more than 1,023 rows (store/db/blocks.go).
-- A trigger adds what a statement changed to row_block_deltas, and the task adds these up, as with row_counts.

CREATE TABLE row_blocks (
	scope    UUID NOT NULL,
	kind     TEXT COLLATE "C" NOT NULL,
	first    TEXT COLLATE "C" NOT NULL,
	n        BIGINT NOT NULL,
	split_at BIGINT NOT NULL DEFAULT 8192,
	PRIMARY KEY (scope, kind, first)
);
CREATE INDEX row_blocks_large ON row_blocks (scope) WHERE n >= split_at;
CREATE INDEX row_blocks_empty ON row_blocks (scope) WHERE n = 0;
CREATE TABLE row_block_deltas (
	scope UUID NOT NULL,
	kind  TEXT COLLATE "C" NOT NULL,
	key   TEXT COLLATE "C" NOT NULL,
	n     BIGINT NOT NULL
);
CREATE INDEX row_block_deltas_of ON row_block_deltas (scope, kind);

-- +goose StatementBegin
CREATE FUNCTION place_workspaces() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO row_block_deltas (scope, kind, key, n) SELECT org_id, 'workspaces by created_at', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed WHERE deleted_at IS NULL GROUP BY 1, 3;
	INSERT INTO row_block_deltas (scope, kind, key, n) SELECT org_id, 'workspaces by updated_at', to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed WHERE deleted_at IS NULL GROUP BY 1, 3;
	INSERT INTO row_block_deltas (scope, kind, key, n) SELECT org_id, 'workspaces by name', substr(name, 1, 200), (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed WHERE deleted_at IS NULL GROUP BY 1, 3;
	INSERT INTO row_block_deltas (scope, kind, key, n) SELECT org_id, 'workspaces by slug', substr(slug, 1, 200), (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed WHERE deleted_at IS NULL GROUP BY 1, 3;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER workspaces_placed_in AFTER INSERT ON workspaces REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION place_workspaces();
CREATE TRIGGER workspaces_placed_out AFTER DELETE ON workspaces REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION place_workspaces();
-- +goose StatementBegin
CREATE FUNCTION place_workspaces_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF OLD.created_at <> NEW.created_at OR OLD.org_id <> NEW.org_id OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL) THEN
		INSERT INTO row_block_deltas (scope, kind, key, n) SELECT OLD.org_id, 'workspaces by created_at', to_char(OLD.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), -1 WHERE OLD.deleted_at IS NULL UNION ALL SELECT NEW.org_id, 'workspaces by created_at', to_char(NEW.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), 1 WHERE NEW.deleted_at IS NULL;
	END IF;
	IF OLD.updated_at <> NEW.updated_at OR OLD.org_id <> NEW.org_id OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL) THEN
		INSERT INTO row_block_deltas (scope, kind, key, n) SELECT OLD.org_id, 'workspaces by updated_at', to_char(OLD.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), -1 WHERE OLD.deleted_at IS NULL UNION ALL SELECT NEW.org_id, 'workspaces by updated_at', to_char(NEW.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), 1 WHERE NEW.deleted_at IS NULL;
	END IF;
	IF OLD.name <> NEW.name OR OLD.org_id <> NEW.org_id OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL) THEN
		INSERT INTO row_block_deltas (scope, kind, key, n) SELECT OLD.org_id, 'workspaces by name', substr(OLD.name, 1, 200), -1 WHERE OLD.deleted_at IS NULL UNION ALL SELECT NEW.org_id, 'workspaces by name', substr(NEW.name, 1, 200), 1 WHERE NEW.deleted_at IS NULL;
	END IF;
	IF OLD.slug <> NEW.slug OR OLD.org_id <> NEW.org_id OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL) THEN
		INSERT INTO row_block_deltas (scope, kind, key, n) SELECT OLD.org_id, 'workspaces by slug', substr(OLD.slug, 1, 200), -1 WHERE OLD.deleted_at IS NULL UNION ALL SELECT NEW.org_id, 'workspaces by slug', substr(NEW.slug, 1, 200), 1 WHERE NEW.deleted_at IS NULL;
	END IF;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER workspaces_placed_over AFTER UPDATE OF created_at, updated_at, name, slug, org_id, deleted_at ON workspaces FOR EACH ROW WHEN (OLD.created_at <> NEW.created_at OR OLD.updated_at <> NEW.updated_at OR OLD.name <> NEW.name OR OLD.slug <> NEW.slug OR OLD.org_id <> NEW.org_id OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)) EXECUTE FUNCTION place_workspaces_over();
-- +goose StatementBegin
CREATE FUNCTION place_api_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO row_block_deltas (scope, kind, key, n) SELECT org_id, 'api_keys by created_at', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed GROUP BY 1, 3;
	INSERT INTO row_block_deltas (scope, kind, key, n) SELECT org_id, 'api_keys by name', substr(name, 1, 200), (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed GROUP BY 1, 3;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER api_keys_placed_in AFTER INSERT ON api_keys REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION place_api_keys();
CREATE TRIGGER api_keys_placed_out AFTER DELETE ON api_keys REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION place_api_keys();
-- +goose StatementBegin
CREATE FUNCTION place_api_keys_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF OLD.name <> NEW.name OR OLD.org_id <> NEW.org_id THEN
		INSERT INTO row_block_deltas (scope, kind, key, n) SELECT OLD.org_id, 'api_keys by name', substr(OLD.name, 1, 200), -1 UNION ALL SELECT NEW.org_id, 'api_keys by name', substr(NEW.name, 1, 200), 1;
	END IF;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER api_keys_placed_over AFTER UPDATE OF name, org_id ON api_keys FOR EACH ROW WHEN (OLD.name <> NEW.name OR OLD.org_id <> NEW.org_id) EXECUTE FUNCTION place_api_keys_over();
-- +goose StatementBegin
CREATE FUNCTION place_webhook_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO row_block_deltas (scope, kind, key, n) SELECT endpoint_id, 'webhook_deliveries by created_at', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed GROUP BY 1, 3;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER webhook_deliveries_placed_in AFTER INSERT ON webhook_deliveries REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION place_webhook_deliveries();
CREATE TRIGGER webhook_deliveries_placed_out AFTER DELETE ON webhook_deliveries REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION place_webhook_deliveries();
-- +goose StatementBegin
CREATE FUNCTION place_seo_issues() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO row_block_deltas (scope, kind, key, n) SELECT workspace_id, 'seo_issues by created_at', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed GROUP BY 1, 3;
	INSERT INTO row_block_deltas (scope, kind, key, n) SELECT workspace_id, 'seo_issues by url', substr(url, 1, 200), (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed GROUP BY 1, 3;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER seo_issues_placed_in AFTER INSERT ON seo_issues REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION place_seo_issues();
CREATE TRIGGER seo_issues_placed_out AFTER DELETE ON seo_issues REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION place_seo_issues();
-- +goose StatementBegin
CREATE FUNCTION place_pixel_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO row_block_deltas (scope, kind, key, n) SELECT workspace_id, 'pixel_events by created_at', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed GROUP BY 1, 3;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER pixel_events_placed_in AFTER INSERT ON pixel_events REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION place_pixel_events();
CREATE TRIGGER pixel_events_placed_out AFTER DELETE ON pixel_events REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION place_pixel_events();
-- +goose StatementBegin
CREATE FUNCTION place_mcp_calls() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO row_block_deltas (scope, kind, key, n) SELECT workspace_id, 'mcp_calls by created_at', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed GROUP BY 1, 3;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER mcp_calls_placed_in AFTER INSERT ON mcp_calls REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION place_mcp_calls();
CREATE TRIGGER mcp_calls_placed_out AFTER DELETE ON mcp_calls REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION place_mcp_calls();
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'workspaces by created_at', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT org_id AS scope, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS key, (rank() OVER (PARTITION BY org_id ORDER BY to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')) - 1) / 4096 AS part FROM workspaces WHERE deleted_at IS NULL) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'workspaces by updated_at', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT org_id AS scope, to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS key, (rank() OVER (PARTITION BY org_id ORDER BY to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')) - 1) / 4096 AS part FROM workspaces WHERE deleted_at IS NULL) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'workspaces by name', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT org_id AS scope, substr(name, 1, 200) AS key, (rank() OVER (PARTITION BY org_id ORDER BY substr(name, 1, 200)) - 1) / 4096 AS part FROM workspaces WHERE deleted_at IS NULL) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'workspaces by slug', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT org_id AS scope, substr(slug, 1, 200) AS key, (rank() OVER (PARTITION BY org_id ORDER BY substr(slug, 1, 200)) - 1) / 4096 AS part FROM workspaces WHERE deleted_at IS NULL) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'api_keys by created_at', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT org_id AS scope, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS key, (rank() OVER (PARTITION BY org_id ORDER BY to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')) - 1) / 4096 AS part FROM api_keys) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'api_keys by name', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT org_id AS scope, substr(name, 1, 200) AS key, (rank() OVER (PARTITION BY org_id ORDER BY substr(name, 1, 200)) - 1) / 4096 AS part FROM api_keys) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'webhook_deliveries by created_at', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT endpoint_id AS scope, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS key, (rank() OVER (PARTITION BY endpoint_id ORDER BY to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')) - 1) / 4096 AS part FROM webhook_deliveries) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'seo_issues by created_at', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT workspace_id AS scope, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS key, (rank() OVER (PARTITION BY workspace_id ORDER BY to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')) - 1) / 4096 AS part FROM seo_issues) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'seo_issues by url', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT workspace_id AS scope, substr(url, 1, 200) AS key, (rank() OVER (PARTITION BY workspace_id ORDER BY substr(url, 1, 200)) - 1) / 4096 AS part FROM seo_issues) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'pixel_events by created_at', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT workspace_id AS scope, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS key, (rank() OVER (PARTITION BY workspace_id ORDER BY to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')) - 1) / 4096 AS part FROM pixel_events) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'mcp_calls by created_at', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT workspace_id AS scope, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS key, (rank() OVER (PARTITION BY workspace_id ORDER BY to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')) - 1) / 4096 AS part FROM mcp_calls) r GROUP BY scope, part;

-- +goose Down
DROP TRIGGER mcp_calls_placed_out ON mcp_calls;
DROP TRIGGER mcp_calls_placed_in ON mcp_calls;
DROP FUNCTION place_mcp_calls;
DROP TRIGGER pixel_events_placed_out ON pixel_events;
DROP TRIGGER pixel_events_placed_in ON pixel_events;
DROP FUNCTION place_pixel_events;
DROP TRIGGER seo_issues_placed_out ON seo_issues;
DROP TRIGGER seo_issues_placed_in ON seo_issues;
DROP FUNCTION place_seo_issues;
DROP TRIGGER webhook_deliveries_placed_out ON webhook_deliveries;
DROP TRIGGER webhook_deliveries_placed_in ON webhook_deliveries;
DROP FUNCTION place_webhook_deliveries;
DROP TRIGGER api_keys_placed_over ON api_keys;
DROP FUNCTION place_api_keys_over;
DROP TRIGGER api_keys_placed_out ON api_keys;
DROP TRIGGER api_keys_placed_in ON api_keys;
DROP FUNCTION place_api_keys;
DROP TRIGGER workspaces_placed_over ON workspaces;
DROP FUNCTION place_workspaces_over;
DROP TRIGGER workspaces_placed_out ON workspaces;
DROP TRIGGER workspaces_placed_in ON workspaces;
DROP FUNCTION place_workspaces;
DROP TABLE row_block_deltas;
DROP TABLE row_blocks;
