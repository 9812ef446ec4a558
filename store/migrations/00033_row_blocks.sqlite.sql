-- +goose Up
-- How many rows a list has between two values of what it is sorted by, so that a page by its number is found without the
-- rows before it. A block begins at a value, ends before the next block's, and has all rows of a value: the key
-- of a time is its second, that of a text its first 200 letters. The task sum_row_counts divides blocks of more than 1,023 rows (store/db/blocks.go).
-- One transaction writes at a time, so that the triggers change the numbers themselves. row_block_deltas is PostgreSQL's.

CREATE TABLE row_blocks (
	scope    UUID NOT NULL,
	kind     TEXT COLLATE "C" NOT NULL,
	first    TEXT COLLATE "C" NOT NULL,
	n        BIGINT NOT NULL,
	split_at BIGINT NOT NULL DEFAULT 8192,
	PRIMARY KEY (scope, kind, first)
) WITHOUT ROWID;
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
CREATE TRIGGER workspaces_placed_in AFTER INSERT ON workspaces FOR EACH ROW WHEN NEW.deleted_at IS NULL BEGIN
	INSERT INTO row_blocks (scope, kind, first, n) SELECT NEW.org_id, 'workspaces by created_at', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = NEW.org_id AND kind = 'workspaces by created_at' AND first <= substr(NEW.created_at, 1, 19)), ''), 1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
	INSERT INTO row_blocks (scope, kind, first, n) SELECT NEW.org_id, 'workspaces by updated_at', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = NEW.org_id AND kind = 'workspaces by updated_at' AND first <= substr(NEW.updated_at, 1, 19)), ''), 1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
	INSERT INTO row_blocks (scope, kind, first, n) SELECT NEW.org_id, 'workspaces by name', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = NEW.org_id AND kind = 'workspaces by name' AND first <= substr(NEW.name, 1, 200)), ''), 1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
	INSERT INTO row_blocks (scope, kind, first, n) SELECT NEW.org_id, 'workspaces by slug', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = NEW.org_id AND kind = 'workspaces by slug' AND first <= substr(NEW.slug, 1, 200)), ''), 1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER workspaces_placed_out AFTER DELETE ON workspaces FOR EACH ROW WHEN OLD.deleted_at IS NULL BEGIN
	INSERT INTO row_blocks (scope, kind, first, n) SELECT OLD.org_id, 'workspaces by created_at', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = OLD.org_id AND kind = 'workspaces by created_at' AND first <= substr(OLD.created_at, 1, 19)), ''), -1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
	INSERT INTO row_blocks (scope, kind, first, n) SELECT OLD.org_id, 'workspaces by updated_at', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = OLD.org_id AND kind = 'workspaces by updated_at' AND first <= substr(OLD.updated_at, 1, 19)), ''), -1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
	INSERT INTO row_blocks (scope, kind, first, n) SELECT OLD.org_id, 'workspaces by name', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = OLD.org_id AND kind = 'workspaces by name' AND first <= substr(OLD.name, 1, 200)), ''), -1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
	INSERT INTO row_blocks (scope, kind, first, n) SELECT OLD.org_id, 'workspaces by slug', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = OLD.org_id AND kind = 'workspaces by slug' AND first <= substr(OLD.slug, 1, 200)), ''), -1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER workspaces_placed_by_created_at AFTER UPDATE OF created_at, org_id, deleted_at ON workspaces FOR EACH ROW WHEN OLD.created_at <> NEW.created_at OR OLD.org_id <> NEW.org_id OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL) BEGIN
	INSERT INTO row_blocks (scope, kind, first, n) SELECT OLD.org_id, 'workspaces by created_at', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = OLD.org_id AND kind = 'workspaces by created_at' AND first <= substr(OLD.created_at, 1, 19)), ''), -1 WHERE OLD.deleted_at IS NULL ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
	INSERT INTO row_blocks (scope, kind, first, n) SELECT NEW.org_id, 'workspaces by created_at', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = NEW.org_id AND kind = 'workspaces by created_at' AND first <= substr(NEW.created_at, 1, 19)), ''), 1 WHERE NEW.deleted_at IS NULL ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER workspaces_placed_by_updated_at AFTER UPDATE OF updated_at, org_id, deleted_at ON workspaces FOR EACH ROW WHEN OLD.updated_at <> NEW.updated_at OR OLD.org_id <> NEW.org_id OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL) BEGIN
	INSERT INTO row_blocks (scope, kind, first, n) SELECT OLD.org_id, 'workspaces by updated_at', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = OLD.org_id AND kind = 'workspaces by updated_at' AND first <= substr(OLD.updated_at, 1, 19)), ''), -1 WHERE OLD.deleted_at IS NULL ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
	INSERT INTO row_blocks (scope, kind, first, n) SELECT NEW.org_id, 'workspaces by updated_at', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = NEW.org_id AND kind = 'workspaces by updated_at' AND first <= substr(NEW.updated_at, 1, 19)), ''), 1 WHERE NEW.deleted_at IS NULL ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER workspaces_placed_by_name AFTER UPDATE OF name, org_id, deleted_at ON workspaces FOR EACH ROW WHEN OLD.name <> NEW.name OR OLD.org_id <> NEW.org_id OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL) BEGIN
	INSERT INTO row_blocks (scope, kind, first, n) SELECT OLD.org_id, 'workspaces by name', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = OLD.org_id AND kind = 'workspaces by name' AND first <= substr(OLD.name, 1, 200)), ''), -1 WHERE OLD.deleted_at IS NULL ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
	INSERT INTO row_blocks (scope, kind, first, n) SELECT NEW.org_id, 'workspaces by name', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = NEW.org_id AND kind = 'workspaces by name' AND first <= substr(NEW.name, 1, 200)), ''), 1 WHERE NEW.deleted_at IS NULL ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER workspaces_placed_by_slug AFTER UPDATE OF slug, org_id, deleted_at ON workspaces FOR EACH ROW WHEN OLD.slug <> NEW.slug OR OLD.org_id <> NEW.org_id OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL) BEGIN
	INSERT INTO row_blocks (scope, kind, first, n) SELECT OLD.org_id, 'workspaces by slug', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = OLD.org_id AND kind = 'workspaces by slug' AND first <= substr(OLD.slug, 1, 200)), ''), -1 WHERE OLD.deleted_at IS NULL ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
	INSERT INTO row_blocks (scope, kind, first, n) SELECT NEW.org_id, 'workspaces by slug', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = NEW.org_id AND kind = 'workspaces by slug' AND first <= substr(NEW.slug, 1, 200)), ''), 1 WHERE NEW.deleted_at IS NULL ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER api_keys_placed_in AFTER INSERT ON api_keys FOR EACH ROW BEGIN
	INSERT INTO row_blocks (scope, kind, first, n) SELECT NEW.org_id, 'api_keys by created_at', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = NEW.org_id AND kind = 'api_keys by created_at' AND first <= substr(NEW.created_at, 1, 19)), ''), 1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
	INSERT INTO row_blocks (scope, kind, first, n) SELECT NEW.org_id, 'api_keys by name', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = NEW.org_id AND kind = 'api_keys by name' AND first <= substr(NEW.name, 1, 200)), ''), 1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER api_keys_placed_out AFTER DELETE ON api_keys FOR EACH ROW BEGIN
	INSERT INTO row_blocks (scope, kind, first, n) SELECT OLD.org_id, 'api_keys by created_at', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = OLD.org_id AND kind = 'api_keys by created_at' AND first <= substr(OLD.created_at, 1, 19)), ''), -1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
	INSERT INTO row_blocks (scope, kind, first, n) SELECT OLD.org_id, 'api_keys by name', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = OLD.org_id AND kind = 'api_keys by name' AND first <= substr(OLD.name, 1, 200)), ''), -1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER api_keys_placed_by_name AFTER UPDATE OF name, org_id ON api_keys FOR EACH ROW WHEN OLD.name <> NEW.name OR OLD.org_id <> NEW.org_id BEGIN
	INSERT INTO row_blocks (scope, kind, first, n) SELECT OLD.org_id, 'api_keys by name', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = OLD.org_id AND kind = 'api_keys by name' AND first <= substr(OLD.name, 1, 200)), ''), -1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
	INSERT INTO row_blocks (scope, kind, first, n) SELECT NEW.org_id, 'api_keys by name', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = NEW.org_id AND kind = 'api_keys by name' AND first <= substr(NEW.name, 1, 200)), ''), 1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER webhook_deliveries_placed_in AFTER INSERT ON webhook_deliveries FOR EACH ROW BEGIN
	INSERT INTO row_blocks (scope, kind, first, n) SELECT NEW.endpoint_id, 'webhook_deliveries by created_at', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = NEW.endpoint_id AND kind = 'webhook_deliveries by created_at' AND first <= substr(NEW.created_at, 1, 19)), ''), 1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER webhook_deliveries_placed_out AFTER DELETE ON webhook_deliveries FOR EACH ROW BEGIN
	INSERT INTO row_blocks (scope, kind, first, n) SELECT OLD.endpoint_id, 'webhook_deliveries by created_at', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = OLD.endpoint_id AND kind = 'webhook_deliveries by created_at' AND first <= substr(OLD.created_at, 1, 19)), ''), -1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER seo_issues_placed_in AFTER INSERT ON seo_issues FOR EACH ROW BEGIN
	INSERT INTO row_blocks (scope, kind, first, n) SELECT NEW.workspace_id, 'seo_issues by created_at', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = NEW.workspace_id AND kind = 'seo_issues by created_at' AND first <= substr(NEW.created_at, 1, 19)), ''), 1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
	INSERT INTO row_blocks (scope, kind, first, n) SELECT NEW.workspace_id, 'seo_issues by url', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = NEW.workspace_id AND kind = 'seo_issues by url' AND first <= substr(NEW.url, 1, 200)), ''), 1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER seo_issues_placed_out AFTER DELETE ON seo_issues FOR EACH ROW BEGIN
	INSERT INTO row_blocks (scope, kind, first, n) SELECT OLD.workspace_id, 'seo_issues by created_at', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = OLD.workspace_id AND kind = 'seo_issues by created_at' AND first <= substr(OLD.created_at, 1, 19)), ''), -1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
	INSERT INTO row_blocks (scope, kind, first, n) SELECT OLD.workspace_id, 'seo_issues by url', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = OLD.workspace_id AND kind = 'seo_issues by url' AND first <= substr(OLD.url, 1, 200)), ''), -1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER pixel_events_placed_in AFTER INSERT ON pixel_events FOR EACH ROW BEGIN
	INSERT INTO row_blocks (scope, kind, first, n) SELECT NEW.workspace_id, 'pixel_events by created_at', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = NEW.workspace_id AND kind = 'pixel_events by created_at' AND first <= substr(NEW.created_at, 1, 19)), ''), 1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER pixel_events_placed_out AFTER DELETE ON pixel_events FOR EACH ROW BEGIN
	INSERT INTO row_blocks (scope, kind, first, n) SELECT OLD.workspace_id, 'pixel_events by created_at', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = OLD.workspace_id AND kind = 'pixel_events by created_at' AND first <= substr(OLD.created_at, 1, 19)), ''), -1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER mcp_calls_placed_in AFTER INSERT ON mcp_calls FOR EACH ROW BEGIN
	INSERT INTO row_blocks (scope, kind, first, n) SELECT NEW.workspace_id, 'mcp_calls by created_at', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = NEW.workspace_id AND kind = 'mcp_calls by created_at' AND first <= substr(NEW.created_at, 1, 19)), ''), 1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER mcp_calls_placed_out AFTER DELETE ON mcp_calls FOR EACH ROW BEGIN
	INSERT INTO row_blocks (scope, kind, first, n) SELECT OLD.workspace_id, 'mcp_calls by created_at', COALESCE((SELECT max(first) FROM row_blocks WHERE scope = OLD.workspace_id AND kind = 'mcp_calls by created_at' AND first <= substr(OLD.created_at, 1, 19)), ''), -1 WHERE true ON CONFLICT (scope, kind, first) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'workspaces by created_at', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT org_id AS scope, substr(created_at, 1, 19) AS key, (rank() OVER (PARTITION BY org_id ORDER BY substr(created_at, 1, 19)) - 1) / 4096 AS part FROM workspaces WHERE deleted_at IS NULL) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'workspaces by updated_at', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT org_id AS scope, substr(updated_at, 1, 19) AS key, (rank() OVER (PARTITION BY org_id ORDER BY substr(updated_at, 1, 19)) - 1) / 4096 AS part FROM workspaces WHERE deleted_at IS NULL) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'workspaces by name', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT org_id AS scope, substr(name, 1, 200) AS key, (rank() OVER (PARTITION BY org_id ORDER BY substr(name, 1, 200)) - 1) / 4096 AS part FROM workspaces WHERE deleted_at IS NULL) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'workspaces by slug', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT org_id AS scope, substr(slug, 1, 200) AS key, (rank() OVER (PARTITION BY org_id ORDER BY substr(slug, 1, 200)) - 1) / 4096 AS part FROM workspaces WHERE deleted_at IS NULL) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'api_keys by created_at', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT org_id AS scope, substr(created_at, 1, 19) AS key, (rank() OVER (PARTITION BY org_id ORDER BY substr(created_at, 1, 19)) - 1) / 4096 AS part FROM api_keys) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'api_keys by name', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT org_id AS scope, substr(name, 1, 200) AS key, (rank() OVER (PARTITION BY org_id ORDER BY substr(name, 1, 200)) - 1) / 4096 AS part FROM api_keys) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'webhook_deliveries by created_at', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT endpoint_id AS scope, substr(created_at, 1, 19) AS key, (rank() OVER (PARTITION BY endpoint_id ORDER BY substr(created_at, 1, 19)) - 1) / 4096 AS part FROM webhook_deliveries) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'seo_issues by created_at', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT workspace_id AS scope, substr(created_at, 1, 19) AS key, (rank() OVER (PARTITION BY workspace_id ORDER BY substr(created_at, 1, 19)) - 1) / 4096 AS part FROM seo_issues) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'seo_issues by url', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT workspace_id AS scope, substr(url, 1, 200) AS key, (rank() OVER (PARTITION BY workspace_id ORDER BY substr(url, 1, 200)) - 1) / 4096 AS part FROM seo_issues) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'pixel_events by created_at', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT workspace_id AS scope, substr(created_at, 1, 19) AS key, (rank() OVER (PARTITION BY workspace_id ORDER BY substr(created_at, 1, 19)) - 1) / 4096 AS part FROM pixel_events) r GROUP BY scope, part;
INSERT INTO row_blocks (scope, kind, first, n, split_at) SELECT scope, 'mcp_calls by created_at', CASE WHEN part = 0 THEN '' ELSE min(key) END, count(*), CASE WHEN count(*) > 4096 THEN 2 * count(*) ELSE 8192 END FROM (SELECT workspace_id AS scope, substr(created_at, 1, 19) AS key, (rank() OVER (PARTITION BY workspace_id ORDER BY substr(created_at, 1, 19)) - 1) / 4096 AS part FROM mcp_calls) r GROUP BY scope, part;

-- +goose Down
DROP TRIGGER mcp_calls_placed_out;
DROP TRIGGER mcp_calls_placed_in;
DROP TRIGGER pixel_events_placed_out;
DROP TRIGGER pixel_events_placed_in;
DROP TRIGGER seo_issues_placed_out;
DROP TRIGGER seo_issues_placed_in;
DROP TRIGGER webhook_deliveries_placed_out;
DROP TRIGGER webhook_deliveries_placed_in;
DROP TRIGGER api_keys_placed_by_name;
DROP TRIGGER api_keys_placed_out;
DROP TRIGGER api_keys_placed_in;
DROP TRIGGER workspaces_placed_by_slug;
DROP TRIGGER workspaces_placed_by_name;
DROP TRIGGER workspaces_placed_by_updated_at;
DROP TRIGGER workspaces_placed_by_created_at;
DROP TRIGGER workspaces_placed_out;
DROP TRIGGER workspaces_placed_in;
DROP TABLE row_block_deltas;
DROP TABLE row_blocks;
