-- +goose Up
-- period is the day or month that the usage is of; 1970-01-01 for what does not reset.
CREATE TABLE usage_counters (
	workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
	feature      TEXT NOT NULL,
	period       TIMESTAMPTZ NOT NULL,
	used         BIGINT NOT NULL,
	alerted      BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (workspace_id, feature, period)
);
CREATE INDEX usage_counters_by_period ON usage_counters (period);

CREATE TABLE usage_records (
	seq          BIGSERIAL PRIMARY KEY,
	id           UUID NOT NULL UNIQUE,
	workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
	feature      TEXT NOT NULL,
	quantity     BIGINT NOT NULL,
	metadata     JSONB NOT NULL,
	actor_kind   TEXT NOT NULL,
	actor_id     UUID,
	created_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX usage_records_by_workspace ON usage_records (workspace_id);
CREATE INDEX usage_records_by_time ON usage_records (created_at);

CREATE TABLE entitlement_boosts (
	seq          BIGSERIAL PRIMARY KEY,
	id           UUID NOT NULL UNIQUE,
	org_id       UUID NOT NULL REFERENCES orgs (id),
	workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
	feature      TEXT NOT NULL,
	amount       BIGINT NOT NULL,
	expires_at   TIMESTAMPTZ,
	created_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX entitlement_boosts_by_workspace ON entitlement_boosts (workspace_id, feature);
CREATE INDEX entitlement_boosts_by_org ON entitlement_boosts (org_id, feature);

CREATE TABLE seo_reports (
	seq            BIGSERIAL PRIMARY KEY,
	id             UUID NOT NULL UNIQUE,
	workspace_id   UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
	url            TEXT NOT NULL,
	performance    DOUBLE PRECISION,
	accessibility  DOUBLE PRECISION,
	best_practices DOUBLE PRECISION,
	seo            DOUBLE PRECISION,
	issues         BIGINT NOT NULL,
	created_at     TIMESTAMPTZ NOT NULL
);
CREATE INDEX seo_reports_by_time ON seo_reports (workspace_id, created_at, id);

-- The newest report of each page. The hash stands for the URL, which may be too long for an index.
CREATE TABLE seo_pages (
	workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
	url_hash     BYTEA NOT NULL,
	report_id    UUID NOT NULL UNIQUE,
	PRIMARY KEY (workspace_id, url_hash)
);

CREATE TABLE seo_issues (
	seq          BIGSERIAL PRIMARY KEY,
	id           UUID NOT NULL UNIQUE,
	workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
	report_id    UUID NOT NULL,
	url          TEXT COLLATE "C" NOT NULL,
	issue_type   TEXT COLLATE "C" NOT NULL,
	severity     TEXT COLLATE "C" NOT NULL,
	element      TEXT,
	details      JSONB NOT NULL,
	created_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX seo_issues_by_report ON seo_issues (report_id);
CREATE INDEX seo_issues_by_time ON seo_issues (workspace_id, created_at, id);

CREATE TABLE pixel_domains (
	seq          BIGSERIAL PRIMARY KEY,
	id           UUID NOT NULL UNIQUE,
	org_id       UUID NOT NULL REFERENCES orgs (id),
	workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
	domain       TEXT COLLATE "C" NOT NULL UNIQUE,
	enabled      BOOLEAN NOT NULL,
	pageviews    BOOLEAN NOT NULL,
	events       BOOLEAN NOT NULL,
	sessions     BOOLEAN NOT NULL,
	sample_rate  DOUBLE PRECISION NOT NULL,
	created_at   TIMESTAMPTZ NOT NULL,
	updated_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX pixel_domains_by_workspace ON pixel_domains (workspace_id, created_at, id);

CREATE TABLE pixel_events (
	seq          BIGSERIAL PRIMARY KEY,
	id           UUID NOT NULL UNIQUE,
	workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
	domain       TEXT COLLATE "C" NOT NULL,
	name         TEXT COLLATE "C" NOT NULL,
	url          TEXT COLLATE "C" NOT NULL,
	referrer     TEXT,
	user_agent   TEXT,
	session_id   TEXT,
	properties   JSONB NOT NULL,
	created_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX pixel_events_by_time ON pixel_events (workspace_id, created_at, id);

-- +goose Down
DROP TABLE pixel_events;
DROP TABLE pixel_domains;
DROP TABLE seo_issues;
DROP TABLE seo_pages;
DROP TABLE seo_reports;
DROP TABLE entitlement_boosts;
DROP TABLE usage_records;
DROP TABLE usage_counters;
