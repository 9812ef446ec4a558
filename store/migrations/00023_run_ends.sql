-- +goose Up
-- Runs are deleted some time after their end.
CREATE INDEX sync_runs_by_end ON sync_runs (finished_at) WHERE finished_at IS NOT NULL;

-- +goose Down
DROP INDEX sync_runs_by_end;
