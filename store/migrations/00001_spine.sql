-- +goose Up
-- Written for PostgreSQL; migrate.go says the few types in SQLite's words.
-- Every table has a 128-bit id, and an integer seq for contracts that show integers.

CREATE TABLE meta (
	name  TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
);

CREATE TABLE orgs (
	seq        BIGSERIAL PRIMARY KEY,
	id         UUID NOT NULL UNIQUE,
	name       TEXT COLLATE "C" NOT NULL,
	slug       TEXT COLLATE "C" NOT NULL UNIQUE,
	tier       TEXT NOT NULL,
	created_at TIMESTAMPTZ NOT NULL,
	updated_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE users (
	seq           BIGSERIAL PRIMARY KEY,
	id            UUID NOT NULL UNIQUE,
	email         TEXT COLLATE "C" NOT NULL UNIQUE,
	name          TEXT COLLATE "C" NOT NULL,
	password_hash TEXT,
	created_at    TIMESTAMPTZ NOT NULL
);

CREATE TABLE members (
	seq            BIGSERIAL PRIMARY KEY,
	id             UUID NOT NULL UNIQUE,
	org_id         UUID NOT NULL REFERENCES orgs (id),
	user_id        UUID NOT NULL REFERENCES users (id),
	role           TEXT NOT NULL,
	status         TEXT NOT NULL,
	last_active_at TIMESTAMPTZ,
	created_at     TIMESTAMPTZ NOT NULL,
	updated_at     TIMESTAMPTZ NOT NULL,
	UNIQUE (org_id, user_id)
);
CREATE INDEX members_by_time ON members (org_id, created_at, id);
CREATE INDEX members_by_user ON members (user_id);

CREATE TABLE workspaces (
	seq            BIGSERIAL PRIMARY KEY,
	id             UUID NOT NULL UNIQUE,
	org_id         UUID NOT NULL REFERENCES orgs (id),
	name           TEXT COLLATE "C" NOT NULL,
	slug           TEXT COLLATE "C" NOT NULL,
	status         TEXT NOT NULL,
	retention_days BIGINT NOT NULL,
	regions        JSONB NOT NULL,
	feature_flags  JSONB NOT NULL,
	version        BIGINT NOT NULL,
	created_at     TIMESTAMPTZ NOT NULL,
	updated_at     TIMESTAMPTZ NOT NULL,
	UNIQUE (org_id, slug)
);
CREATE INDEX workspaces_by_time ON workspaces (org_id, created_at, id);
CREATE INDEX workspaces_by_name ON workspaces (org_id, name, id);

CREATE TABLE oauth_clients (
	seq          BIGSERIAL PRIMARY KEY,
	id           UUID NOT NULL UNIQUE,
	org_id       UUID NOT NULL REFERENCES orgs (id),
	client_id    TEXT COLLATE "C" NOT NULL UNIQUE,
	name         TEXT NOT NULL,
	secret_hash  BYTEA NOT NULL,
	scopes       JSONB NOT NULL,
	user_id      UUID REFERENCES users (id),
	last_used_at TIMESTAMPTZ,
	revoked_at   TIMESTAMPTZ,
	created_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX oauth_clients_by_org ON oauth_clients (org_id, created_at, id);

CREATE TABLE api_keys (
	seq          BIGSERIAL PRIMARY KEY,
	id           UUID NOT NULL UNIQUE,
	org_id       UUID NOT NULL REFERENCES orgs (id),
	name         TEXT COLLATE "C" NOT NULL,
	prefix       TEXT COLLATE "C" NOT NULL UNIQUE,
	hash         BYTEA NOT NULL,
	scopes       JSONB NOT NULL,
	tier         TEXT NOT NULL,
	allowed_ips  JSONB NOT NULL,
	expires_at   TIMESTAMPTZ,
	last_used_at TIMESTAMPTZ,
	revoked_at   TIMESTAMPTZ,
	creator_kind TEXT NOT NULL,
	creator_id   UUID,
	user_id      UUID REFERENCES users (id),
	created_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX api_keys_by_time ON api_keys (org_id, created_at, id);
CREATE INDEX api_keys_by_name ON api_keys (org_id, name, id);

CREATE TABLE signing_keys (
	id          UUID NOT NULL PRIMARY KEY,
	-- Only one row can be the first: replicas that start at once end up with one key.
	ordinal     BIGINT NOT NULL UNIQUE,
	public_key  BYTEA NOT NULL,
	private_key BYTEA NOT NULL,
	created_at  TIMESTAMPTZ NOT NULL
);

CREATE TABLE revocations (
	token_id   UUID NOT NULL PRIMARY KEY,
	expires_at TIMESTAMPTZ NOT NULL,
	created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX revocations_by_expiry ON revocations (expires_at);

CREATE TABLE audit_entries (
	seq         BIGSERIAL PRIMARY KEY,
	id          UUID NOT NULL UNIQUE,
	org_id      UUID NOT NULL REFERENCES orgs (id),
	action      TEXT NOT NULL,
	actor_kind  TEXT NOT NULL,
	actor_id    UUID,
	actor_name  TEXT NOT NULL,
	target_kind TEXT NOT NULL,
	target_id   UUID NOT NULL,
	before      JSONB,
	after       JSONB,
	request_id  TEXT,
	created_at  TIMESTAMPTZ NOT NULL,
	exported_at TIMESTAMPTZ
);
CREATE INDEX audit_entries_by_time ON audit_entries (org_id, created_at, id);
CREATE INDEX audit_entries_by_target ON audit_entries (org_id, target_id, created_at);
CREATE INDEX audit_entries_to_export ON audit_entries (seq) WHERE exported_at IS NULL;

CREATE TABLE idempotency_keys (
	scope        BYTEA NOT NULL PRIMARY KEY,
	request      BYTEA NOT NULL,
	owner        UUID NOT NULL,
	locked_until TIMESTAMPTZ NOT NULL,
	done         BOOLEAN NOT NULL,
	answer       BYTEA,
	created_at   TIMESTAMPTZ NOT NULL,
	expires_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

CREATE TABLE jobs (
	seq          BIGSERIAL PRIMARY KEY,
	id           UUID NOT NULL UNIQUE,
	kind         TEXT NOT NULL,
	payload      BYTEA,
	unique_key   TEXT,
	state        TEXT NOT NULL,
	run_at       TIMESTAMPTZ NOT NULL,
	attempt      BIGINT NOT NULL,
	max_attempts BIGINT NOT NULL,
	owner        UUID,
	lease_until  TIMESTAMPTZ,
	last_error   TEXT,
	created_at   TIMESTAMPTZ NOT NULL,
	finished_at  TIMESTAMPTZ
);
-- A second job for the same thing while one waits would do nothing but the same.
CREATE UNIQUE INDEX jobs_once ON jobs (kind, unique_key) WHERE state = 'queued' AND unique_key IS NOT NULL;
CREATE INDEX jobs_due ON jobs (run_at, seq) WHERE state = 'queued';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;

-- +goose Down
DROP TABLE jobs;
DROP TABLE idempotency_keys;
DROP TABLE audit_entries;
DROP TABLE revocations;
DROP TABLE signing_keys;
DROP TABLE api_keys;
DROP TABLE oauth_clients;
DROP TABLE workspaces;
DROP TABLE members;
DROP TABLE users;
DROP TABLE orgs;
DROP TABLE meta;
