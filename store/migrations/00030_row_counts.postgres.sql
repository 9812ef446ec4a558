-- +goose Up
-- How many rows a list has, so that nobody counts them: of an organization, a workspace or an endpoint. What keys end
-- on a day is a kind for each day, so that those that have ended are known without a look at each.
-- A trigger adds what a statement changed to row_count_deltas, where nobody waits for anybody, and the task
-- sum_row_counts adds these up in row_counts. The number is the sum of both.

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
CREATE FUNCTION count_workspaces() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO row_count_deltas (scope, kind, n) SELECT org_id, 'workspaces', (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed WHERE deleted_at IS NULL GROUP BY org_id;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER workspaces_counted_in AFTER INSERT ON workspaces REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_workspaces();
CREATE TRIGGER workspaces_counted_out AFTER DELETE ON workspaces REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_workspaces();
-- +goose StatementBegin
CREATE FUNCTION count_workspaces_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO row_count_deltas (scope, kind, n) VALUES (NEW.org_id, 'workspaces', CASE WHEN NEW.deleted_at IS NULL THEN 1 ELSE -1 END);
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER workspaces_counted_over AFTER UPDATE OF deleted_at ON workspaces FOR EACH ROW WHEN ((OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)) EXECUTE FUNCTION count_workspaces_over();
-- +goose StatementBegin
CREATE FUNCTION count_api_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO row_count_deltas (scope, kind, n) SELECT org_id, 'keys', (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed GROUP BY org_id;
	INSERT INTO row_count_deltas (scope, kind, n) SELECT org_id, 'unrevoked keys', (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed WHERE revoked_at IS NULL GROUP BY org_id;
	INSERT INTO row_count_deltas (scope, kind, n) SELECT org_id, 'keys end ' || to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed WHERE revoked_at IS NULL AND expires_at IS NOT NULL GROUP BY 1, 2;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER api_keys_counted_in AFTER INSERT ON api_keys REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_api_keys();
CREATE TRIGGER api_keys_counted_out AFTER DELETE ON api_keys REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_api_keys();
-- +goose StatementBegin
CREATE FUNCTION count_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO row_count_deltas (scope, kind, n) SELECT org_id, 'members', (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed GROUP BY org_id;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER members_counted_in AFTER INSERT ON members REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_members();
CREATE TRIGGER members_counted_out AFTER DELETE ON members REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_members();
-- +goose StatementBegin
CREATE FUNCTION count_bindings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO row_count_deltas (scope, kind, n) SELECT org_id, 'bindings', (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed GROUP BY org_id;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER bindings_counted_in AFTER INSERT ON bindings REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_bindings();
CREATE TRIGGER bindings_counted_out AFTER DELETE ON bindings REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_bindings();
-- +goose StatementBegin
CREATE FUNCTION count_webhook_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO row_count_deltas (scope, kind, n) SELECT endpoint_id, 'deliveries', (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed GROUP BY endpoint_id;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER webhook_deliveries_counted_in AFTER INSERT ON webhook_deliveries REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_webhook_deliveries();
CREATE TRIGGER webhook_deliveries_counted_out AFTER DELETE ON webhook_deliveries REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_webhook_deliveries();
-- +goose StatementBegin
CREATE FUNCTION count_seo_issues() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO row_count_deltas (scope, kind, n) SELECT workspace_id, 'seo issues', (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed GROUP BY workspace_id;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER seo_issues_counted_in AFTER INSERT ON seo_issues REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_seo_issues();
CREATE TRIGGER seo_issues_counted_out AFTER DELETE ON seo_issues REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_seo_issues();
-- +goose StatementBegin
CREATE FUNCTION count_pixel_domains() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO row_count_deltas (scope, kind, n) SELECT workspace_id, 'pixel domains', (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed GROUP BY workspace_id;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER pixel_domains_counted_in AFTER INSERT ON pixel_domains REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_pixel_domains();
CREATE TRIGGER pixel_domains_counted_out AFTER DELETE ON pixel_domains REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_pixel_domains();
-- +goose StatementBegin
CREATE FUNCTION count_pixel_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO row_count_deltas (scope, kind, n) SELECT workspace_id, 'pixel events', (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed GROUP BY workspace_id;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER pixel_events_counted_in AFTER INSERT ON pixel_events REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_pixel_events();
CREATE TRIGGER pixel_events_counted_out AFTER DELETE ON pixel_events REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_pixel_events();
-- +goose StatementBegin
CREATE FUNCTION count_mcp_calls() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO row_count_deltas (scope, kind, n) SELECT workspace_id, 'mcp calls', (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed GROUP BY workspace_id;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER mcp_calls_counted_in AFTER INSERT ON mcp_calls REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_mcp_calls();
CREATE TRIGGER mcp_calls_counted_out AFTER DELETE ON mcp_calls REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_mcp_calls();
-- +goose StatementBegin
CREATE FUNCTION count_api_keys_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF (OLD.revoked_at IS NULL) <> (NEW.revoked_at IS NULL) THEN
		INSERT INTO row_count_deltas (scope, kind, n) VALUES (NEW.org_id, 'unrevoked keys', CASE WHEN NEW.revoked_at IS NULL THEN 1 ELSE -1 END);
	END IF;
	IF OLD.revoked_at IS NULL AND OLD.expires_at IS NOT NULL THEN
		INSERT INTO row_count_deltas (scope, kind, n) VALUES (OLD.org_id, 'keys end ' || to_char(OLD.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), -1);
	END IF;
	IF NEW.revoked_at IS NULL AND NEW.expires_at IS NOT NULL THEN
		INSERT INTO row_count_deltas (scope, kind, n) VALUES (NEW.org_id, 'keys end ' || to_char(NEW.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), 1);
	END IF;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER api_keys_counted_over AFTER UPDATE OF revoked_at, expires_at ON api_keys FOR EACH ROW WHEN (OLD.revoked_at IS DISTINCT FROM NEW.revoked_at OR OLD.expires_at IS DISTINCT FROM NEW.expires_at) EXECUTE FUNCTION count_api_keys_over();
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
INSERT INTO row_counts (scope, kind, n) SELECT org_id, 'keys end ' || to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), count(*) FROM api_keys WHERE revoked_at IS NULL AND expires_at IS NOT NULL GROUP BY 1, 2;

-- +goose Down
DROP TRIGGER api_keys_counted_over ON api_keys;
DROP TRIGGER mcp_calls_counted_out ON mcp_calls;
DROP TRIGGER mcp_calls_counted_in ON mcp_calls;
DROP TRIGGER pixel_events_counted_out ON pixel_events;
DROP TRIGGER pixel_events_counted_in ON pixel_events;
DROP TRIGGER pixel_domains_counted_out ON pixel_domains;
DROP TRIGGER pixel_domains_counted_in ON pixel_domains;
DROP TRIGGER seo_issues_counted_out ON seo_issues;
DROP TRIGGER seo_issues_counted_in ON seo_issues;
DROP TRIGGER webhook_deliveries_counted_out ON webhook_deliveries;
DROP TRIGGER webhook_deliveries_counted_in ON webhook_deliveries;
DROP TRIGGER bindings_counted_out ON bindings;
DROP TRIGGER bindings_counted_in ON bindings;
DROP TRIGGER members_counted_out ON members;
DROP TRIGGER members_counted_in ON members;
DROP TRIGGER api_keys_counted_out ON api_keys;
DROP TRIGGER api_keys_counted_in ON api_keys;
DROP TRIGGER workspaces_counted_over ON workspaces;
DROP TRIGGER workspaces_counted_out ON workspaces;
DROP TRIGGER workspaces_counted_in ON workspaces;
DROP FUNCTION count_api_keys_over;
DROP FUNCTION count_mcp_calls;
DROP FUNCTION count_pixel_events;
DROP FUNCTION count_pixel_domains;
DROP FUNCTION count_seo_issues;
DROP FUNCTION count_webhook_deliveries;
DROP FUNCTION count_bindings;
DROP FUNCTION count_members;
DROP FUNCTION count_api_keys;
DROP FUNCTION count_workspaces_over;
DROP FUNCTION count_workspaces;
DROP TABLE row_count_deltas;
DROP TABLE row_counts;
