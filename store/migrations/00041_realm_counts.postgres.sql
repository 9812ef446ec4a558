-- +goose Up
-- How many users an organization has in its realms (00030_row_counts).
-- +goose StatementBegin
CREATE FUNCTION count_realm_users() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO row_count_deltas (scope, kind, n) SELECT org_id, 'realm users', (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * count(*) FROM changed GROUP BY org_id;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER realm_users_counted_in AFTER INSERT ON realm_users REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_realm_users();
CREATE TRIGGER realm_users_counted_out AFTER DELETE ON realm_users REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_realm_users();
INSERT INTO row_counts (scope, kind, n) SELECT org_id, 'realm users', count(*) FROM realm_users GROUP BY org_id;

-- +goose Down
DELETE FROM row_counts WHERE kind = 'realm users';
DELETE FROM row_count_deltas WHERE kind = 'realm users';
DROP TRIGGER realm_users_counted_out ON realm_users;
DROP TRIGGER realm_users_counted_in ON realm_users;
DROP FUNCTION count_realm_users;
