-- +goose Up
-- What indexes of collections have: the encoded values of a document, in the order of MongoDB, and its seq.
CREATE TABLE document_entries (
	in_index BIGINT NOT NULL,
	key      BYTEA NOT NULL,
	document BIGINT NOT NULL,
	is_only  BOOLEAN NOT NULL,
	PRIMARY KEY (in_index, key, document)
);
CREATE UNIQUE INDEX document_entries_unique ON document_entries (in_index, key) WHERE is_only;

-- +goose Down
DROP TABLE document_entries;
