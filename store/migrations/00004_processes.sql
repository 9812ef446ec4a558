-- +goose Up
CREATE TABLE processes (
	owner   UUID NOT NULL PRIMARY KEY,
	seen_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX webhook_deliveries_owned ON webhook_deliveries (owner) WHERE owner IS NOT NULL;

-- +goose Down
DROP INDEX webhook_deliveries_owned;
DROP TABLE processes;
