-- +goose Up
-- What is due is claimed by turns of orgs. The platform's own jobs have the zero id for an
-- org, so that the index leads from them to the first org.
ALTER TABLE jobs ADD COLUMN takeovers BIGINT NOT NULL DEFAULT 0;
UPDATE jobs SET org_id = '00000000-0000-0000-0000-000000000000' WHERE org_id IS NULL;
CREATE INDEX jobs_turns ON jobs (kind, org_id, run_at, seq) WHERE state = 'queued';
CREATE INDEX jobs_suspect ON jobs (run_at) WHERE state = 'queued' AND takeovers >= 2;

DROP INDEX bindings_due;
CREATE INDEX bindings_due ON bindings (next_run_at, org_id, seq) WHERE next_run_at IS NOT NULL;

-- +goose Down
DROP INDEX bindings_due;
CREATE INDEX bindings_due ON bindings (next_run_at) WHERE next_run_at IS NOT NULL;
DROP INDEX jobs_suspect;
DROP INDEX jobs_turns;
ALTER TABLE jobs DROP COLUMN takeovers;
