-- +goose Up
-- An organization may be suspended: its credentials are refused, and what reaches outside for it waits.
ALTER TABLE orgs ADD COLUMN status TEXT NOT NULL DEFAULT 'active';
ALTER TABLE orgs ADD COLUMN suspended_at TIMESTAMPTZ;
ALTER TABLE orgs ADD COLUMN suspended_reason TEXT;
-- Whoever looks for work reads which they are.
CREATE INDEX orgs_suspended ON orgs (id) WHERE status = 'suspended';

-- +goose Down
DROP INDEX orgs_suspended;
ALTER TABLE orgs DROP COLUMN suspended_reason;
ALTER TABLE orgs DROP COLUMN suspended_at;
ALTER TABLE orgs DROP COLUMN status;
