-- +goose Up
-- How many users an organization has in its realms (00030_row_counts).
-- +goose StatementBegin
CREATE TRIGGER realm_users_counted_in AFTER INSERT ON realm_users FOR EACH ROW BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (NEW.org_id, 'realm users', 1) ON CONFLICT (scope, kind) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER realm_users_counted_out AFTER DELETE ON realm_users FOR EACH ROW BEGIN
	INSERT INTO row_counts (scope, kind, n) VALUES (OLD.org_id, 'realm users', -1) ON CONFLICT (scope, kind) DO UPDATE SET n = n - 1;
END;
-- +goose StatementEnd
INSERT INTO row_counts (scope, kind, n) SELECT org_id, 'realm users', count(*) FROM realm_users GROUP BY org_id;

-- +goose Down
DROP TRIGGER realm_users_counted_out;
DROP TRIGGER realm_users_counted_in;
DELETE FROM row_counts WHERE kind = 'realm users';
