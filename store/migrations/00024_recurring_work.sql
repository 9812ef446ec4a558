-- +goose Up
-- The work that recurs in one of the processes: who runs it, when it is due, how the last runs went.
CREATE TABLE recurring_work (
	name         TEXT NOT NULL PRIMARY KEY,
	version      BIGINT NOT NULL,
	due_at       TIMESTAMPTZ NOT NULL,
	owner        UUID,
	lease_until  TIMESTAMPTZ,
	started_at   TIMESTAMPTZ,
	succeeded_at TIMESTAMPTZ,
	duration_us  BIGINT NOT NULL,
	failures     BIGINT NOT NULL,
	failed       BIGINT NOT NULL,
	last_error   TEXT
);

-- +goose Down
DROP TABLE recurring_work;
