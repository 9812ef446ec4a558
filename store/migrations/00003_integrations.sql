-- +goose Up
ALTER TABLE jobs ADD COLUMN org_id UUID;
ALTER TABLE jobs ADD COLUMN subject_kind TEXT;
ALTER TABLE jobs ADD COLUMN subject_id UUID;
ALTER TABLE jobs ADD COLUMN started_at TIMESTAMPTZ;
ALTER TABLE jobs ADD COLUMN cancel_requested BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE jobs ADD COLUMN problem_code TEXT;
ALTER TABLE jobs ADD COLUMN problem_message TEXT;

CREATE TABLE bindings (
	seq               BIGSERIAL PRIMARY KEY,
	id                UUID NOT NULL UNIQUE,
	org_id            UUID NOT NULL REFERENCES orgs (id),
	workspace_id      UUID NOT NULL REFERENCES workspaces (id),
	connector_id      TEXT NOT NULL,
	schema_version    TEXT NOT NULL,
	name              TEXT COLLATE "C" NOT NULL,
	config            JSONB NOT NULL,
	sealed_config     BYTEA NOT NULL,
	schedule          TEXT,
	paused            BOOLEAN NOT NULL,
	next_run_at       TIMESTAMPTZ,
	state             TEXT NOT NULL,
	problem_code      TEXT,
	problem_message   TEXT,
	validation_job_id UUID,
	last_run_id       UUID,
	checkpoints       JSONB NOT NULL,
	created_at        TIMESTAMPTZ NOT NULL,
	updated_at        TIMESTAMPTZ NOT NULL,
	UNIQUE (workspace_id, name)
);
CREATE INDEX bindings_by_org ON bindings (org_id, created_at, id);
CREATE INDEX bindings_due ON bindings (next_run_at) WHERE next_run_at IS NOT NULL;

CREATE TABLE sync_runs (
	seq             BIGSERIAL PRIMARY KEY,
	id              UUID NOT NULL UNIQUE,
	org_id          UUID NOT NULL REFERENCES orgs (id),
	workspace_id    UUID NOT NULL,
	binding_id      UUID NOT NULL,
	connector_id    TEXT NOT NULL,
	trigger_kind    TEXT NOT NULL,
	full_sync       BOOLEAN NOT NULL,
	state           TEXT NOT NULL,
	job_id          UUID NOT NULL,
	worker          UUID,
	failures        BIGINT NOT NULL,
	entities        JSONB NOT NULL,
	problem_code    TEXT,
	problem_message TEXT,
	created_at      TIMESTAMPTZ NOT NULL,
	started_at      TIMESTAMPTZ,
	finished_at     TIMESTAMPTZ
);
-- One run of a binding at a time: two would write over each other's checkpoints.
CREATE UNIQUE INDEX sync_runs_active ON sync_runs (binding_id) WHERE state IN ('queued', 'running');
CREATE INDEX sync_runs_by_org ON sync_runs (org_id, created_at, id);
CREATE INDEX sync_runs_by_binding ON sync_runs (binding_id, created_at, id);

CREATE TABLE records (
	seq               BIGSERIAL PRIMARY KEY,
	id                UUID NOT NULL UNIQUE,
	org_id            UUID NOT NULL,
	workspace_id      UUID NOT NULL,
	binding_id        UUID NOT NULL,
	entity            TEXT COLLATE "C" NOT NULL,
	external_id       TEXT COLLATE "C" NOT NULL,
	data              JSONB NOT NULL,
	hash              BYTEA NOT NULL,
	source_updated_at TIMESTAMPTZ,
	run_id            UUID NOT NULL,
	created_at        TIMESTAMPTZ NOT NULL,
	updated_at        TIMESTAMPTZ NOT NULL,
	UNIQUE (binding_id, entity, external_id)
);
CREATE INDEX records_by_update ON records (workspace_id, updated_at, id);
CREATE INDEX records_by_creation ON records (workspace_id, created_at, id);
CREATE INDEX records_by_entity ON records (workspace_id, entity, updated_at, id);

-- +goose Down
DROP TABLE records;
DROP TABLE sync_runs;
DROP TABLE bindings;
ALTER TABLE jobs DROP COLUMN problem_message;
ALTER TABLE jobs DROP COLUMN problem_code;
ALTER TABLE jobs DROP COLUMN cancel_requested;
ALTER TABLE jobs DROP COLUMN started_at;
ALTER TABLE jobs DROP COLUMN subject_id;
ALTER TABLE jobs DROP COLUMN subject_kind;
ALTER TABLE jobs DROP COLUMN org_id;
