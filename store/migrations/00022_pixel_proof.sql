-- +goose Up
-- When the workspace has proven that the domain is its own; null: it has not.
ALTER TABLE pixel_domains ADD COLUMN verified_at TIMESTAMPTZ;

-- +goose Down
ALTER TABLE pixel_domains DROP COLUMN verified_at;
