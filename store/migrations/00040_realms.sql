-- +goose Up
-- Realms: where people and programs of a tenant prove who they are. A tenant's realm that is made here has the id of
-- the tenant; so has its first client.
CREATE TABLE realms (
	seq             BIGSERIAL PRIMARY KEY,
	id              UUID NOT NULL UNIQUE,
	org_id          UUID NOT NULL REFERENCES orgs (id),
	name            TEXT COLLATE "C" NOT NULL UNIQUE,
	display_name    TEXT COLLATE "C" NOT NULL,
	enabled         BOOLEAN NOT NULL,
	access_seconds  BIGINT NOT NULL,
	idle_seconds    BIGINT NOT NULL,
	session_seconds BIGINT NOT NULL,
	not_before      TIMESTAMPTZ,
	created_at      TIMESTAMPTZ NOT NULL
);
CREATE INDEX realms_by_org ON realms (org_id, created_at, id);

CREATE TABLE realm_clients (
	seq             BIGSERIAL PRIMARY KEY,
	id              UUID NOT NULL UNIQUE,
	org_id          UUID NOT NULL REFERENCES orgs (id),
	realm_id        UUID NOT NULL REFERENCES realms (id),
	client_id       TEXT COLLATE "C" NOT NULL,
	display_name    TEXT NOT NULL,
	access_type     TEXT NOT NULL,
	enabled         BOOLEAN NOT NULL,
	secret_hash     BYTEA,
	redirect_uris   JSONB NOT NULL,
	web_origins     JSONB NOT NULL,
	scopes          JSONB NOT NULL,
	password        BOOLEAN NOT NULL,
	service         BOOLEAN NOT NULL,
	access_seconds  BIGINT NOT NULL,
	idle_seconds    BIGINT NOT NULL,
	session_seconds BIGINT NOT NULL,
	created_at      TIMESTAMPTZ NOT NULL,
	updated_at      TIMESTAMPTZ NOT NULL,
	UNIQUE (realm_id, client_id)
);
CREATE INDEX realm_clients_by_time ON realm_clients (realm_id, created_at, id);
CREATE INDEX realm_clients_by_org ON realm_clients (org_id);

CREATE TABLE realm_roles (
	seq         BIGSERIAL PRIMARY KEY,
	id          UUID NOT NULL UNIQUE,
	org_id      UUID NOT NULL REFERENCES orgs (id),
	realm_id    UUID NOT NULL REFERENCES realms (id),
	name        TEXT COLLATE "C" NOT NULL,
	description TEXT NOT NULL,
	composites  JSONB NOT NULL,
	created_at  TIMESTAMPTZ NOT NULL,
	UNIQUE (realm_id, name)
);
CREATE INDEX realm_roles_by_org ON realm_roles (org_id);

-- The id of a user with a role of ours is that of the person (users).
CREATE TABLE realm_users (
	seq           BIGSERIAL PRIMARY KEY,
	id            UUID NOT NULL UNIQUE,
	org_id        UUID NOT NULL REFERENCES orgs (id),
	realm_id      UUID NOT NULL REFERENCES realms (id),
	username      TEXT COLLATE "C" NOT NULL,
	email         TEXT COLLATE "C",
	name          TEXT NOT NULL,
	status        TEXT NOT NULL,
	password_hash TEXT,
	workspace_id  UUID,
	client_row    UUID REFERENCES realm_clients (id),
	created_at    TIMESTAMPTZ NOT NULL,
	updated_at    TIMESTAMPTZ NOT NULL,
	UNIQUE (realm_id, username),
	UNIQUE (realm_id, email)
);
CREATE INDEX realm_users_by_time ON realm_users (realm_id, created_at, id);
CREATE INDEX realm_users_by_org ON realm_users (org_id);
CREATE INDEX realm_users_by_username ON realm_users (username);
CREATE INDEX realm_users_by_email ON realm_users (email);
CREATE INDEX realm_users_by_workspace ON realm_users (workspace_id) WHERE workspace_id IS NOT NULL;
CREATE UNIQUE INDEX realm_users_of_clients ON realm_users (client_row) WHERE client_row IS NOT NULL;

CREATE TABLE realm_user_roles (
	user_id  UUID NOT NULL REFERENCES realm_users (id),
	realm_id UUID NOT NULL REFERENCES realms (id),
	org_id   UUID NOT NULL REFERENCES orgs (id),
	role     TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (user_id, role)
);
CREATE INDEX realm_user_roles_by_role ON realm_user_roles (realm_id, role);
CREATE INDEX realm_user_roles_by_org ON realm_user_roles (org_id);

-- A session is what refresh tokens continue. generation is that of its newest refresh token: an older one ends it.
CREATE TABLE realm_sessions (
	seq        BIGSERIAL PRIMARY KEY,
	id         UUID NOT NULL UNIQUE,
	org_id     UUID NOT NULL REFERENCES orgs (id),
	realm_id   UUID NOT NULL REFERENCES realms (id),
	user_id    UUID NOT NULL REFERENCES realm_users (id),
	client_row UUID NOT NULL REFERENCES realm_clients (id),
	scope      TEXT NOT NULL,
	generation BIGINT NOT NULL,
	expires_at TIMESTAMPTZ NOT NULL,
	ends_at    TIMESTAMPTZ NOT NULL,
	created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX realm_sessions_by_user ON realm_sessions (user_id, created_at, id);
CREATE INDEX realm_sessions_by_client ON realm_sessions (client_row);
CREATE INDEX realm_sessions_by_end ON realm_sessions (expires_at);
CREATE INDEX realm_sessions_by_org ON realm_sessions (org_id);

-- The one-time links with which invited users choose their password: one for each user.
CREATE TABLE realm_invitations (
	seq        BIGSERIAL PRIMARY KEY,
	id         UUID NOT NULL UNIQUE,
	org_id     UUID NOT NULL REFERENCES orgs (id),
	realm_id   UUID NOT NULL REFERENCES realms (id),
	user_id    UUID NOT NULL UNIQUE, -- in realm_users, or of a directory outside
	token_hash BYTEA NOT NULL UNIQUE,
	expires_at TIMESTAMPTZ NOT NULL,
	created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX realm_invitations_by_end ON realm_invitations (expires_at);
CREATE INDEX realm_invitations_by_org ON realm_invitations (org_id);

-- The RSA keys that sign the tokens of all realms, as signing_keys are those of the platform's own tokens.
CREATE TABLE realm_signing_keys (
	id          UUID NOT NULL PRIMARY KEY,
	ordinal     BIGINT NOT NULL UNIQUE,
	public_key  BYTEA NOT NULL,
	private_key BYTEA NOT NULL,
	created_at  TIMESTAMPTZ NOT NULL
);

INSERT INTO realms (id, org_id, name, display_name, enabled, access_seconds, idle_seconds, session_seconds, created_at)
	SELECT id, id, slug, name, true, 300, 1800, 36000, created_at FROM orgs WHERE slug NOT IN ('master', 'platform');
-- The realm of the platform, with the admin of the first organization. Their password was kept with the person.
INSERT INTO realms (id, org_id, name, display_name, enabled, access_seconds, idle_seconds, session_seconds, created_at)
	SELECT u.id, m.org_id, 'platform', 'Platform', true, 300, 1800, 36000, u.created_at FROM users u JOIN members m
	ON m.user_id = u.id WHERE u.password_hash IS NOT NULL AND u.super_admin ORDER BY u.seq, m.seq LIMIT 1;
INSERT INTO realm_users (id, org_id, realm_id, username, email, name, status, password_hash, created_at, updated_at)
	SELECT u.id, r.org_id, r.id, u.email, u.email, u.name, 'active', u.password_hash, u.created_at, u.created_at
	FROM users u JOIN realms r ON r.id = u.id AND r.name = 'platform';
INSERT INTO realm_user_roles (user_id, realm_id, org_id, role)
	SELECT u.id, u.realm_id, u.org_id, 'superadmin' FROM realm_users u;
INSERT INTO realm_user_roles (user_id, realm_id, org_id, role)
	SELECT u.id, u.realm_id, u.org_id, 'platform_admin' FROM realm_users u;
INSERT INTO realm_clients (id, org_id, realm_id, client_id, display_name, access_type, enabled, redirect_uris,
	web_origins, scopes, password, service, access_seconds, idle_seconds, session_seconds, created_at, updated_at)
	SELECT id, org_id, id, 'console', 'Console', 'public', true, '[]', '[]', '["profile","email","offline_access"]', true,
	false, 0, 0, 0, created_at, created_at FROM realms;
UPDATE users SET password_hash = NULL WHERE id IN (SELECT id FROM realm_users);

-- +goose Down
UPDATE users SET password_hash = (SELECT r.password_hash FROM realm_users r WHERE r.id = users.id)
	WHERE id IN (SELECT id FROM realm_users);
DROP TABLE realm_signing_keys;
DROP TABLE realm_invitations;
DROP TABLE realm_sessions;
DROP TABLE realm_user_roles;
DROP TABLE realm_users;
DROP TABLE realm_roles;
DROP TABLE realm_clients;
DROP TABLE realms;
