-- +goose Up
-- Whose quota a claim counts against. A claim from before, or of somebody who has no credentials, is of nobody's.
ALTER TABLE idempotency_keys ADD COLUMN org_id UUID;
CREATE INDEX idempotency_keys_by_org ON idempotency_keys (org_id, created_at) WHERE org_id IS NOT NULL;

-- +goose Down
DROP INDEX idempotency_keys_by_org;
ALTER TABLE idempotency_keys DROP COLUMN org_id;
