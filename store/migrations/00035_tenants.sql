-- +goose Up
-- An organization can be deleted: it is deactivated at once, its rows are purged later, and its own row stays, so that
-- nobody else gets its identifiers.
ALTER TABLE orgs ADD COLUMN deactivated_at TIMESTAMPTZ;
ALTER TABLE orgs ADD COLUMN purged_at TIMESTAMPTZ;
DROP INDEX orgs_suspended;
CREATE INDEX orgs_inactive ON orgs (id) WHERE status <> 'active' AND purged_at IS NULL;
CREATE INDEX orgs_by_time ON orgs (created_at, id) WHERE purged_at IS NULL;
CREATE INDEX orgs_to_purge ON orgs (deactivated_at, id) WHERE status = 'deactivated' AND purged_at IS NULL;

-- +goose Down
DROP INDEX orgs_to_purge;
DROP INDEX orgs_by_time;
DROP INDEX orgs_inactive;
CREATE INDEX orgs_suspended ON orgs (id) WHERE status = 'suspended';
ALTER TABLE orgs DROP COLUMN purged_at;
ALTER TABLE orgs DROP COLUMN deactivated_at;
