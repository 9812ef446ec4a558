-- +goose Up
-- Who signs in with an address that is not a tenant's.
CREATE INDEX members_by_address ON members (email);

-- +goose Down
DROP INDEX members_by_address;
