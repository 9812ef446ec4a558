-- +goose Up
-- The collections of workspaces. version changes with what is known of a collection besides its documents, so that
-- what a process remembers of it is noticed to be old.
CREATE TABLE document_collections (
	seq          BIGSERIAL PRIMARY KEY,
	id           UUID NOT NULL UNIQUE,
	workspace_id UUID NOT NULL REFERENCES workspaces (id),
	name         TEXT COLLATE "C" NOT NULL,
	version      BIGINT NOT NULL,
	created_at   TIMESTAMPTZ NOT NULL,
	UNIQUE (workspace_id, name)
);

-- A document is JSON as text, whose members keep their order and whose numbers their types. seq is the order in which
-- documents were inserted. id_key is the _id, encoded so that equal values have equal keys.
CREATE TABLE documents (
	seq        BIGSERIAL PRIMARY KEY,
	collection BIGINT NOT NULL,
	id_key     BYTEA NOT NULL,
	body       TEXT NOT NULL,
	UNIQUE (collection, id_key)
);
CREATE INDEX documents_in_order ON documents (collection, seq);

-- spec is JSON: the fields in their order, whether values are unique, and the filter of a partial index. Whether
-- any document has an array in a field (multikey), or a value that is longer than a key may be (cut), decides what the
-- index is good for.
CREATE TABLE document_indexes (
	seq        BIGSERIAL PRIMARY KEY,
	collection BIGINT NOT NULL REFERENCES document_collections (seq),
	name       TEXT COLLATE "C" NOT NULL,
	spec       TEXT NOT NULL,
	multikey   BOOLEAN NOT NULL,
	cut        BOOLEAN NOT NULL,
	created_at TIMESTAMPTZ NOT NULL,
	UNIQUE (collection, name)
);

-- The documents of collections that were deleted, and the entries of indexes, are deleted a slice at a time. kind is
-- 'collection' or 'index', and number its seq.
CREATE TABLE document_leftovers (
	kind   TEXT NOT NULL,
	number BIGINT NOT NULL,
	PRIMARY KEY (kind, number)
);

-- +goose Down
DROP TABLE document_leftovers;
DROP TABLE document_indexes;
DROP TABLE documents;
DROP TABLE document_collections;
DELETE FROM row_counts WHERE kind IN ('documents', 'document bytes');
DELETE FROM row_count_deltas WHERE kind IN ('documents', 'document bytes');
DELETE FROM usage_counters WHERE feature IN ('collections', 'documents', 'document_bytes');
