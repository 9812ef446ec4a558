-- +goose Up
-- How often the process that held a delivery has vanished since its last attempt.
ALTER TABLE webhook_deliveries ADD COLUMN takeovers BIGINT NOT NULL DEFAULT 0;

-- Where audit entries are exported to: the sink without an org is the operator's, for all orgs.
CREATE TABLE audit_sinks (
	seq         BIGSERIAL PRIMARY KEY,
	id          UUID NOT NULL UNIQUE,
	org_id      UUID REFERENCES orgs (id),
	sealed_url  BYTEA NOT NULL,
	state       TEXT NOT NULL,
	cursor_tx   BIGINT NOT NULL,
	cursor_seq  BIGINT NOT NULL,
	failures    BIGINT NOT NULL,
	set_aside   BIGINT NOT NULL,
	last_error  TEXT,
	due_at      TIMESTAMPTZ NOT NULL,
	owner       UUID,
	lease_until TIMESTAMPTZ,
	created_at  TIMESTAMPTZ NOT NULL,
	updated_at  TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX audit_sinks_operator ON audit_sinks ((org_id IS NULL)) WHERE org_id IS NULL;
CREATE INDEX audit_sinks_due ON audit_sinks (due_at) WHERE state = 'active';

-- The transaction that wrote an entry, on PostgreSQL: entries are exported in its order. Those
-- from before are in the order of their numbers.
ALTER TABLE audit_entries ADD COLUMN tx BIGINT NOT NULL DEFAULT 0;
DROP INDEX audit_entries_to_export;
CREATE INDEX audit_entries_in_order ON audit_entries (tx, seq);
CREATE INDEX audit_entries_of_org_in_order ON audit_entries (org_id, tx, seq);
DELETE FROM jobs WHERE kind = 'audit.export';

-- +goose Down
DROP INDEX audit_entries_of_org_in_order;
DROP INDEX audit_entries_in_order;
CREATE INDEX audit_entries_to_export ON audit_entries (seq) WHERE exported_at IS NULL;
ALTER TABLE audit_entries DROP COLUMN tx;
DROP TABLE audit_sinks;
ALTER TABLE webhook_deliveries DROP COLUMN takeovers;
