-- +goose Up
-- What contains a text is found by the groups of three letters in it, each with the end of the id of its organization
-- before it, so that a search reads nothing of others. Groups are made in Go (store/db/search.go): a row that is new or
-- has other texts waits in search_queue, where a search looks at it, until the task index_searches has its groups.
-- What is there waits too, so that the migration is short. PostgreSQL has an index of its own for it.

CREATE TABLE search_queue (
	kind   TEXT NOT NULL,
	scope  UUID NOT NULL,
	item   BIGINT NOT NULL,
	PRIMARY KEY (kind, scope, item)
) WITHOUT ROWID;

CREATE VIRTUAL TABLE workspaces_grams USING fts5(grams, content='', contentless_delete=1, detail=none, tokenize='ascii');
-- +goose StatementBegin
CREATE TRIGGER workspaces_searched_in AFTER INSERT ON workspaces FOR EACH ROW BEGIN
	INSERT OR IGNORE INTO search_queue (kind, scope, item) VALUES ('workspaces', NEW.org_id, NEW.seq);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER workspaces_searched_over AFTER UPDATE OF org_id, name, slug ON workspaces FOR EACH ROW WHEN OLD.org_id <> NEW.org_id OR OLD.name <> NEW.name OR OLD.slug <> NEW.slug BEGIN
	INSERT OR IGNORE INTO search_queue (kind, scope, item) VALUES ('workspaces', NEW.org_id, NEW.seq);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER workspaces_searched_out AFTER DELETE ON workspaces FOR EACH ROW BEGIN
	INSERT OR IGNORE INTO search_queue (kind, scope, item) VALUES ('workspaces', OLD.org_id, OLD.seq);
END;
-- +goose StatementEnd
INSERT INTO search_queue (kind, scope, item) SELECT 'workspaces', org_id, seq FROM workspaces;

CREATE VIRTUAL TABLE api_keys_grams USING fts5(grams, content='', contentless_delete=1, detail=none, tokenize='ascii');
-- +goose StatementBegin
CREATE TRIGGER api_keys_searched_in AFTER INSERT ON api_keys FOR EACH ROW BEGIN
	INSERT OR IGNORE INTO search_queue (kind, scope, item) VALUES ('api_keys', NEW.org_id, NEW.seq);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER api_keys_searched_over AFTER UPDATE OF org_id, name, prefix ON api_keys FOR EACH ROW WHEN OLD.org_id <> NEW.org_id OR OLD.name <> NEW.name OR OLD.prefix <> NEW.prefix BEGIN
	INSERT OR IGNORE INTO search_queue (kind, scope, item) VALUES ('api_keys', NEW.org_id, NEW.seq);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER api_keys_searched_out AFTER DELETE ON api_keys FOR EACH ROW BEGIN
	INSERT OR IGNORE INTO search_queue (kind, scope, item) VALUES ('api_keys', OLD.org_id, OLD.seq);
END;
-- +goose StatementEnd
INSERT INTO search_queue (kind, scope, item) SELECT 'api_keys', org_id, seq FROM api_keys;

-- +goose Down
DROP TRIGGER workspaces_searched_out;
DROP TRIGGER workspaces_searched_over;
DROP TRIGGER workspaces_searched_in;
DROP TABLE workspaces_grams;
DROP TRIGGER api_keys_searched_out;
DROP TRIGGER api_keys_searched_over;
DROP TRIGGER api_keys_searched_in;
DROP TABLE api_keys_grams;
DROP TABLE search_queue;
