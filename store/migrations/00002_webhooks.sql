-- +goose Up
CREATE TABLE webhook_endpoints (
	seq             BIGSERIAL PRIMARY KEY,
	id              UUID NOT NULL UNIQUE,
	org_id          UUID NOT NULL REFERENCES orgs (id),
	workspace_id    UUID REFERENCES workspaces (id),
	contract        TEXT NOT NULL,
	url             TEXT NOT NULL,
	description     TEXT NOT NULL,
	events          JSONB NOT NULL,
	status          TEXT NOT NULL,
	disabled_reason TEXT,
	secret          BYTEA NOT NULL,
	previous_secret BYTEA,
	previous_until  TIMESTAMPTZ,
	failing_since   TIMESTAMPTZ,
	created_at      TIMESTAMPTZ NOT NULL,
	updated_at      TIMESTAMPTZ NOT NULL,
	deleted_at      TIMESTAMPTZ
);
CREATE INDEX webhook_endpoints_by_org ON webhook_endpoints (org_id, created_at, id) WHERE deleted_at IS NULL;

-- An event in the words of one contract. The same id in two contracts is the same event.
CREATE TABLE webhook_events (
	id         UUID NOT NULL,
	contract   TEXT NOT NULL,
	org_id     UUID NOT NULL,
	type       TEXT NOT NULL,
	payload    BYTEA NOT NULL,
	created_at TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (id, contract)
);

-- due_at is when a pending delivery may be taken: it is moved to the end of the lease by
-- who takes it, so that a lease that ends makes it due again.
CREATE TABLE webhook_deliveries (
	seq         BIGSERIAL PRIMARY KEY,
	id          UUID NOT NULL UNIQUE,
	org_id      UUID NOT NULL,
	endpoint_id UUID NOT NULL,
	event_id    UUID NOT NULL,
	event_type  TEXT NOT NULL,
	contract    TEXT NOT NULL,
	state       TEXT NOT NULL,
	attempts    BIGINT NOT NULL,
	step        BIGINT NOT NULL,
	due_at      TIMESTAMPTZ NOT NULL,
	leased      BOOLEAN NOT NULL,
	owner       UUID,
	last_status BIGINT,
	created_at  TIMESTAMPTZ NOT NULL,
	finished_at TIMESTAMPTZ
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_by_org ON webhook_deliveries (org_id, created_at, id);
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, created_at, id);
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (event_id);
CREATE INDEX webhook_deliveries_finished ON webhook_deliveries (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE webhook_attempts (
	delivery_id  UUID NOT NULL,
	number       BIGINT NOT NULL,
	request_id   UUID NOT NULL,
	attempted_at TIMESTAMPTZ NOT NULL,
	latency_us   BIGINT NOT NULL,
	status_code  BIGINT,
	outcome      TEXT NOT NULL,
	error        TEXT,
	excerpt      TEXT,
	PRIMARY KEY (delivery_id, number)
);

-- +goose Down
DROP TABLE webhook_attempts;
DROP TABLE webhook_deliveries;
DROP TABLE webhook_events;
DROP TABLE webhook_endpoints;
