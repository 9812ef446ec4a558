-- +goose Up
-- What an organization knows of a person stays in it: the name and the address are those that it was given. NULL is what
-- the person says. A person who is invited has a row of users for this organization alone, whose email is no address
-- but the id: only who signs in has proved one. Members from before keep the person that they have.
ALTER TABLE members ADD COLUMN name TEXT COLLATE "C";
ALTER TABLE members ADD COLUMN email TEXT COLLATE "C";
UPDATE members SET name = (SELECT u.name FROM users u WHERE u.id = members.user_id), email = (SELECT u.email FROM users u WHERE u.id = members.user_id);
CREATE UNIQUE INDEX members_by_email ON members (org_id, email);

-- +goose Down
DROP INDEX members_by_email;
ALTER TABLE members DROP COLUMN email;
ALTER TABLE members DROP COLUMN name;
