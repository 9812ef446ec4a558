-- +goose Up
-- The bytes of the payload that a delivery sends, for the quota of what waits. What has ended is not counted.
ALTER TABLE webhook_deliveries ADD COLUMN size BIGINT NOT NULL DEFAULT 0;
UPDATE webhook_deliveries SET size = COALESCE((SELECT length(e.payload) FROM webhook_events e WHERE e.id = webhook_deliveries.event_id AND e.contract = webhook_deliveries.contract), 0)
	WHERE state = 'pending';
DROP INDEX webhook_deliveries_due;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at, size) WHERE state = 'pending';
-- So much waits for the endpoint that it is told of nothing more for now.
ALTER TABLE webhook_endpoints ADD COLUMN backlog_full BOOLEAN NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE webhook_endpoints DROP COLUMN backlog_full;
DROP INDEX webhook_deliveries_due;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at) WHERE state = 'pending';
ALTER TABLE webhook_deliveries DROP COLUMN size;
