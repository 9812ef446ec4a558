-- +goose Up
-- What a row counts for in the quota of its workspace, in bytes.
ALTER TABLE records ADD COLUMN size BIGINT NOT NULL DEFAULT 0;
ALTER TABLE usage_records ADD COLUMN size BIGINT NOT NULL DEFAULT 0;
ALTER TABLE pixel_events ADD COLUMN size BIGINT NOT NULL DEFAULT 0;
-- Of a report without its issues, and of its issues.
ALTER TABLE seo_reports ADD COLUMN size BIGINT NOT NULL DEFAULT 0;
ALTER TABLE seo_reports ADD COLUMN issues_size BIGINT NOT NULL DEFAULT 0;
-- Issues that are there: none once a newer report has taken their place.
ALTER TABLE seo_reports ADD COLUMN issues_kept BIGINT NOT NULL DEFAULT 0;

UPDATE records SET size = length(external_id) + length(CAST(data AS TEXT));
UPDATE usage_records SET size = length(CAST(metadata AS TEXT));
UPDATE pixel_events SET size = length(url) + length(name) + COALESCE(length(referrer), 0) + COALESCE(length(user_agent), 0) + COALESCE(length(session_id), 0) + length(CAST(properties AS TEXT));
UPDATE seo_reports SET size = length(url), issues_kept = (SELECT count(*) FROM seo_issues i WHERE i.report_id = seo_reports.id),
	issues_size = COALESCE((SELECT sum(length(i.url) + length(i.issue_type) + COALESCE(length(i.element), 0) + length(CAST(i.details AS TEXT))) FROM seo_issues i WHERE i.report_id = seo_reports.id), 0);

INSERT INTO usage_counters (workspace_id, feature, period, used)
	SELECT r.workspace_id, 'records', '1970-01-01 00:00:00+00:00', count(*) FROM records r JOIN workspaces w ON w.id = r.workspace_id GROUP BY r.workspace_id;
INSERT INTO usage_counters (workspace_id, feature, period, used)
	SELECT r.workspace_id, 'record_bytes', '1970-01-01 00:00:00+00:00', sum(r.size) FROM records r JOIN workspaces w ON w.id = r.workspace_id GROUP BY r.workspace_id;
INSERT INTO usage_counters (workspace_id, feature, period, used)
	SELECT workspace_id, 'usage_records', '1970-01-01 00:00:00+00:00', count(*) FROM usage_records GROUP BY workspace_id;
INSERT INTO usage_counters (workspace_id, feature, period, used)
	SELECT workspace_id, 'usage_record_bytes', '1970-01-01 00:00:00+00:00', sum(size) FROM usage_records GROUP BY workspace_id;
INSERT INTO usage_counters (workspace_id, feature, period, used)
	SELECT workspace_id, 'pixel_entries', '1970-01-01 00:00:00+00:00', count(*) FROM pixel_events GROUP BY workspace_id;
INSERT INTO usage_counters (workspace_id, feature, period, used)
	SELECT workspace_id, 'pixel_bytes', '1970-01-01 00:00:00+00:00', sum(size) FROM pixel_events GROUP BY workspace_id;
INSERT INTO usage_counters (workspace_id, feature, period, used)
	SELECT workspace_id, 'seo_entries', '1970-01-01 00:00:00+00:00', sum(1 + issues_kept) FROM seo_reports GROUP BY workspace_id;
INSERT INTO usage_counters (workspace_id, feature, period, used)
	SELECT workspace_id, 'seo_bytes', '1970-01-01 00:00:00+00:00', sum(size + issues_size) FROM seo_reports GROUP BY workspace_id;

-- +goose Down
DELETE FROM usage_counters WHERE feature IN ('records', 'record_bytes', 'usage_records', 'usage_record_bytes', 'pixel_entries', 'pixel_bytes', 'seo_entries', 'seo_bytes', 'mcp_files', 'mcp_file_bytes');
ALTER TABLE seo_reports DROP COLUMN issues_kept;
ALTER TABLE seo_reports DROP COLUMN issues_size;
ALTER TABLE seo_reports DROP COLUMN size;
ALTER TABLE pixel_events DROP COLUMN size;
ALTER TABLE usage_records DROP COLUMN size;
ALTER TABLE records DROP COLUMN size;
