-- +goose Up
CREATE TABLE mcp_servers (
	seq            BIGSERIAL PRIMARY KEY,
	id             UUID NOT NULL UNIQUE,
	org_id         UUID NOT NULL REFERENCES orgs (id),
	workspace_id   UUID NOT NULL REFERENCES workspaces (id),
	slug           TEXT COLLATE "C" NOT NULL,
	name           TEXT COLLATE "C" NOT NULL,
	description    TEXT NOT NULL,
	transport      TEXT NOT NULL,
	url            TEXT,
	command        TEXT,
	sealed_headers BYTEA,
	created_at     TIMESTAMPTZ NOT NULL,
	updated_at     TIMESTAMPTZ NOT NULL,
	UNIQUE (workspace_id, slug)
);

-- The log outlives the servers that it tells of.
CREATE TABLE mcp_calls (
	seq             BIGSERIAL PRIMARY KEY,
	id              UUID NOT NULL UNIQUE,
	org_id          UUID NOT NULL REFERENCES orgs (id),
	workspace_id    UUID NOT NULL REFERENCES workspaces (id),
	server_id       TEXT COLLATE "C" NOT NULL,
	tool            TEXT COLLATE "C" NOT NULL,
	actor_kind      TEXT NOT NULL,
	actor_id        UUID,
	actor_name      TEXT NOT NULL,
	request_id      TEXT,
	status          TEXT NOT NULL,
	problem_code    TEXT,
	problem_message TEXT,
	duration_us     BIGINT NOT NULL,
	created_at      TIMESTAMPTZ NOT NULL
);
CREATE INDEX mcp_calls_by_time ON mcp_calls (workspace_id, created_at, id);
CREATE INDEX mcp_calls_by_age ON mcp_calls (created_at);

-- +goose Down
DROP TABLE mcp_calls;
DROP TABLE mcp_servers;
