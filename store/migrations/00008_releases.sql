-- +goose Up
ALTER TABLE orgs ADD COLUMN verified_at TIMESTAMPTZ;

-- A row is written behind its files: it is what makes a release visible, and never changes.
CREATE TABLE releases (
	seq          BIGSERIAL PRIMARY KEY,
	id           UUID NOT NULL UNIQUE,
	kind         TEXT COLLATE "C" NOT NULL,
	name         TEXT COLLATE "C" NOT NULL,
	version      TEXT COLLATE "C" NOT NULL,
	manifest     TEXT,
	published_at TIMESTAMPTZ NOT NULL,
	published_by TEXT NOT NULL,
	UNIQUE (kind, name, version)
);

-- The bytes are in the object storage, under their SHA-256.
CREATE TABLE release_files (
	release_id   UUID NOT NULL REFERENCES releases (id) ON DELETE CASCADE,
	name         TEXT COLLATE "C" NOT NULL,
	content_type TEXT NOT NULL,
	size         BIGINT NOT NULL,
	sha256       BYTEA NOT NULL,
	sha512       BYTEA NOT NULL,
	sha1         BYTEA NOT NULL,
	PRIMARY KEY (release_id, name)
);

-- +goose Down
DROP TABLE release_files;
DROP TABLE releases;
ALTER TABLE orgs DROP COLUMN verified_at;
