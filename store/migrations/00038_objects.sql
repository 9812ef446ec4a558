-- +goose Up
-- A blob is bytes in the object storage, under the id of its row. It is being written by a process ('writing'), or belongs to a
-- content ('kept'), or is to be deleted ('unused'); unless it is kept, expires_at says from when on it is to be deleted.
-- The row outlives its workspace, until the bytes are deleted.
CREATE TABLE object_blobs (
	id             UUID NOT NULL PRIMARY KEY,
	workspace_id   UUID NOT NULL,
	state          TEXT NOT NULL,
	owner          UUID,
	-- What is counted in the plan for a blob that is being written.
	reserved_items BIGINT NOT NULL,
	reserved_bytes BIGINT NOT NULL,
	-- The content or the upload, and the place in it.
	content_id     UUID,
	position       BIGINT,
	size           BIGINT NOT NULL,
	sum            BYTEA,
	written_at     TIMESTAMPTZ,
	expires_at     TIMESTAMPTZ
);
CREATE INDEX object_blobs_of_content ON object_blobs (content_id, position) WHERE content_id IS NOT NULL;
CREATE INDEX object_blobs_due ON object_blobs (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX object_blobs_of_workspace ON object_blobs (workspace_id, state);

-- What an object consists of; copies have one in common. refs is how many objects refer to it.
CREATE TABLE object_contents (
	id           UUID NOT NULL PRIMARY KEY,
	workspace_id UUID NOT NULL REFERENCES workspaces (id),
	refs         BIGINT NOT NULL,
	size         BIGINT NOT NULL,
	etag         TEXT NOT NULL,
	checksum     TEXT NOT NULL,
	pieces       BIGINT NOT NULL
);
CREATE INDEX object_contents_of_workspace ON object_contents (workspace_id);

CREATE TABLE objects (
	workspace_id UUID NOT NULL REFERENCES workspaces (id),
	key          TEXT COLLATE "C" NOT NULL,
	id           UUID NOT NULL UNIQUE,
	content_id   UUID NOT NULL,
	content_type TEXT NOT NULL,
	created_at   TIMESTAMPTZ NOT NULL,
	updated_at   TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (workspace_id, key)
);

CREATE TABLE object_uploads (
	id           UUID NOT NULL PRIMARY KEY,
	workspace_id UUID NOT NULL REFERENCES workspaces (id),
	key          TEXT COLLATE "C" NOT NULL,
	content_type TEXT NOT NULL,
	created_at   TIMESTAMPTZ NOT NULL,
	expires_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX object_uploads_of_workspace ON object_uploads (workspace_id, id);
CREATE INDEX object_uploads_by_end ON object_uploads (expires_at);

-- +goose Down
DROP TABLE object_uploads;
DROP TABLE objects;
DROP TABLE object_contents;
DROP TABLE object_blobs;
DELETE FROM usage_counters WHERE feature IN ('objects', 'object_bytes');
