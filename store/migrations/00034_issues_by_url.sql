-- +goose Up
-- Issues in the order of their addresses, which are longer than an index of PostgreSQL takes: it has 200 letters of each.
CREATE INDEX seo_issues_by_url ON seo_issues (workspace_id, (substr(url, 1, 200)));

-- +goose Down
DROP INDEX seo_issues_by_url;
