-- +goose Up
-- How many rows a list has, so that nobody counts them: of an organization, a workspace or an endpoint. What keys end
-- on a day is a kind for each day, so that those that have ended are known without a look at each.
-- One transaction writes at a time, so that the triggers change the numbers themselves. row_count_deltas is PostgreSQL's.

CREATE TABLE row_counts (
	scope UUID NOT NULL,
	kind  TEXT COLLATE "C" NOT NULL,
	n     BIGINT NOT NULL,
	PRIMARY KEY (scope, kind)
);
CREATE INDEX row_counts_empty ON row_counts (scope) WHERE n = 0;
CREATE TABLE row_count_deltas (
	scope UUID NOT NULL,
	kind  TEXT COLLATE "C" NOT NULL,
	n     BIGINT NOT NULL
);
CREATE INDEX row_count_deltas_of ON row_count_deltas (scope, kind);

-- +goose StatementBegin
CREATE TRIGGER workspaces_counted_in AFTER INSERT ON workspaces FOR EACH ROW WHEN NEW.deleted_at IS NULL BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (NEW.org_id, 'workspaces', 1) ON CONFLICT (scope, kind) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER workspaces_counted_out AFTER DELETE ON workspaces FOR EACH ROW WHEN OLD.deleted_at IS NULL BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (OLD.org_id, 'workspaces', -1) ON CONFLICT (scope, kind) DO UPDATE SET n = n - 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER workspaces_counted_over AFTER UPDATE OF deleted_at ON workspaces FOR EACH ROW WHEN (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL) BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (NEW.org_id, 'workspaces', CASE WHEN NEW.deleted_at IS NULL THEN 1 ELSE -1 END) ON CONFLICT (scope, kind) DO UPDATE SET n = n + CASE WHEN NEW.deleted_at IS NULL THEN 1 ELSE -1 END;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER api_keys_counted_in AFTER INSERT ON api_keys FOR EACH ROW BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (NEW.org_id, 'keys', 1) ON CONFLICT (scope, kind) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER api_keys_counted_out AFTER DELETE ON api_keys FOR EACH ROW BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (OLD.org_id, 'keys', -1) ON CONFLICT (scope, kind) DO UPDATE SET n = n - 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER members_counted_in AFTER INSERT ON members FOR EACH ROW BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (NEW.org_id, 'members', 1) ON CONFLICT (scope, kind) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER members_counted_out AFTER DELETE ON members FOR EACH ROW BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (OLD.org_id, 'members', -1) ON CONFLICT (scope, kind) DO UPDATE SET n = n - 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER bindings_counted_in AFTER INSERT ON bindings FOR EACH ROW BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (NEW.org_id, 'bindings', 1) ON CONFLICT (scope, kind) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER bindings_counted_out AFTER DELETE ON bindings FOR EACH ROW BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (OLD.org_id, 'bindings', -1) ON CONFLICT (scope, kind) DO UPDATE SET n = n - 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER webhook_deliveries_counted_in AFTER INSERT ON webhook_deliveries FOR EACH ROW BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (NEW.endpoint_id, 'deliveries', 1) ON CONFLICT (scope, kind) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER webhook_deliveries_counted_out AFTER DELETE ON webhook_deliveries FOR EACH ROW BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (OLD.endpoint_id, 'deliveries', -1) ON CONFLICT (scope, kind) DO UPDATE SET n = n - 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER seo_issues_counted_in AFTER INSERT ON seo_issues FOR EACH ROW BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (NEW.workspace_id, 'seo issues', 1) ON CONFLICT (scope, kind) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER seo_issues_counted_out AFTER DELETE ON seo_issues FOR EACH ROW BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (OLD.workspace_id, 'seo issues', -1) ON CONFLICT (scope, kind) DO UPDATE SET n = n - 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER pixel_domains_counted_in AFTER INSERT ON pixel_domains FOR EACH ROW BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (NEW.workspace_id, 'pixel domains', 1) ON CONFLICT (scope, kind) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER pixel_domains_counted_out AFTER DELETE ON pixel_domains FOR EACH ROW BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (OLD.workspace_id, 'pixel domains', -1) ON CONFLICT (scope, kind) DO UPDATE SET n = n - 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER pixel_events_counted_in AFTER INSERT ON pixel_events FOR EACH ROW BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (NEW.workspace_id, 'pixel events', 1) ON CONFLICT (scope, kind) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER pixel_events_counted_out AFTER DELETE ON pixel_events FOR EACH ROW BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (OLD.workspace_id, 'pixel events', -1) ON CONFLICT (scope, kind) DO UPDATE SET n = n - 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER mcp_calls_counted_in AFTER INSERT ON mcp_calls FOR EACH ROW BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (NEW.workspace_id, 'mcp calls', 1) ON CONFLICT (scope, kind) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER mcp_calls_counted_out AFTER DELETE ON mcp_calls FOR EACH ROW BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (OLD.workspace_id, 'mcp calls', -1) ON CONFLICT (scope, kind) DO UPDATE SET n = n - 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER api_keys_unrevoked_in AFTER INSERT ON api_keys FOR EACH ROW WHEN NEW.revoked_at IS NULL BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (NEW.org_id, 'unrevoked keys', 1) ON CONFLICT (scope, kind) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER api_keys_ends_in AFTER INSERT ON api_keys FOR EACH ROW WHEN NEW.revoked_at IS NULL AND NEW.expires_at IS NOT NULL BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (NEW.org_id, 'keys end ' || substr(NEW.expires_at, 1, 10), 1) ON CONFLICT (scope, kind) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER api_keys_unrevoked_out AFTER DELETE ON api_keys FOR EACH ROW WHEN OLD.revoked_at IS NULL BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (OLD.org_id, 'unrevoked keys', -1) ON CONFLICT (scope, kind) DO UPDATE SET n = n - 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER api_keys_ends_out AFTER DELETE ON api_keys FOR EACH ROW WHEN OLD.revoked_at IS NULL AND OLD.expires_at IS NOT NULL BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (OLD.org_id, 'keys end ' || substr(OLD.expires_at, 1, 10), -1) ON CONFLICT (scope, kind) DO UPDATE SET n = n - 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER api_keys_unrevoked_over AFTER UPDATE OF revoked_at ON api_keys FOR EACH ROW WHEN (OLD.revoked_at IS NULL) <> (NEW.revoked_at IS NULL) BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (NEW.org_id, 'unrevoked keys', CASE WHEN NEW.revoked_at IS NULL THEN 1 ELSE -1 END) ON CONFLICT (scope, kind) DO UPDATE SET n = n + CASE WHEN NEW.revoked_at IS NULL THEN 1 ELSE -1 END;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER api_keys_ends_before AFTER UPDATE OF revoked_at, expires_at ON api_keys FOR EACH ROW WHEN OLD.revoked_at IS NULL AND OLD.expires_at IS NOT NULL BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (OLD.org_id, 'keys end ' || substr(OLD.expires_at, 1, 10), -1) ON CONFLICT (scope, kind) DO UPDATE SET n = n - 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER api_keys_ends_after AFTER UPDATE OF revoked_at, expires_at ON api_keys FOR EACH ROW WHEN NEW.revoked_at IS NULL AND NEW.expires_at IS NOT NULL BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (NEW.org_id, 'keys end ' || substr(NEW.expires_at, 1, 10), 1) ON CONFLICT (scope, kind) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
INSERT INTO row_counts (scope, kind, n) SELECT org_id, 'workspaces', count(*) FROM workspaces WHERE deleted_at IS NULL GROUP BY org_id;
INSERT INTO row_counts (scope, kind, n) SELECT org_id, 'keys', count(*) FROM api_keys GROUP BY org_id;
INSERT INTO row_counts (scope, kind, n) SELECT org_id, 'members', count(*) FROM members GROUP BY org_id;
INSERT INTO row_counts (scope, kind, n) SELECT org_id, 'bindings', count(*) FROM bindings GROUP BY org_id;
INSERT INTO row_counts (scope, kind, n) SELECT endpoint_id, 'deliveries', count(*) FROM webhook_deliveries GROUP BY endpoint_id;
INSERT INTO row_counts (scope, kind, n) SELECT workspace_id, 'seo issues', count(*) FROM seo_issues GROUP BY workspace_id;
INSERT INTO row_counts (scope, kind, n) SELECT workspace_id, 'pixel domains', count(*) FROM pixel_domains GROUP BY workspace_id;
INSERT INTO row_counts (scope, kind, n) SELECT workspace_id, 'pixel events', count(*) FROM pixel_events GROUP BY workspace_id;
INSERT INTO row_counts (scope, kind, n) SELECT workspace_id, 'mcp calls', count(*) FROM mcp_calls GROUP BY workspace_id;
INSERT INTO row_counts (scope, kind, n) SELECT org_id, 'unrevoked keys', count(*) FROM api_keys WHERE revoked_at IS NULL GROUP BY org_id;
INSERT INTO row_counts (scope, kind, n) SELECT org_id, 'keys end ' || substr(expires_at, 1, 10), count(*) FROM api_keys WHERE revoked_at IS NULL AND expires_at IS NOT NULL GROUP BY 1, 2;

-- +goose Down
DROP TRIGGER api_keys_ends_after;
DROP TRIGGER api_keys_ends_before;
DROP TRIGGER api_keys_unrevoked_over;
DROP TRIGGER api_keys_ends_out;
DROP TRIGGER api_keys_unrevoked_out;
DROP TRIGGER api_keys_ends_in;
DROP TRIGGER api_keys_unrevoked_in;
DROP TRIGGER mcp_calls_counted_out;
DROP TRIGGER mcp_calls_counted_in;
DROP TRIGGER pixel_events_counted_out;
DROP TRIGGER pixel_events_counted_in;
DROP TRIGGER pixel_domains_counted_out;
DROP TRIGGER pixel_domains_counted_in;
DROP TRIGGER seo_issues_counted_out;
DROP TRIGGER seo_issues_counted_in;
DROP TRIGGER webhook_deliveries_counted_out;
DROP TRIGGER webhook_deliveries_counted_in;
DROP TRIGGER bindings_counted_out;
DROP TRIGGER bindings_counted_in;
DROP TRIGGER members_counted_out;
DROP TRIGGER members_counted_in;
DROP TRIGGER api_keys_counted_out;
DROP TRIGGER api_keys_counted_in;
DROP TRIGGER workspaces_counted_over;
DROP TRIGGER workspaces_counted_out;
DROP TRIGGER workspaces_counted_in;
DROP TABLE row_count_deltas;
DROP TABLE row_counts;
