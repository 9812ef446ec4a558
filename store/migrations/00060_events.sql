-- +goose Up
-- The topics of workspaces. version changes with what is known of a topic.
CREATE TABLE event_topics (
	seq               BIGSERIAL PRIMARY KEY,
	id                UUID NOT NULL UNIQUE,
	workspace_id      UUID NOT NULL REFERENCES workspaces (id),
	name              TEXT COLLATE "C" NOT NULL,
	partitions        BIGINT NOT NULL,
	retention_seconds BIGINT NOT NULL,
	retention_bytes   BIGINT, -- NULL: any number
	created_at        TIMESTAMPTZ NOT NULL,
	updated_at        TIMESTAMPTZ NOT NULL,
	UNIQUE (workspace_id, name)
);

-- Where each partition begins and ends. Who publishes holds the row, so that offsets are seen in their order. Times are
-- microseconds since 1970: latest never goes back, oldest is that of the first event that is kept, NULL when there is none.
CREATE TABLE event_partitions (
	topic        BIGINT NOT NULL REFERENCES event_topics (seq),
	number       BIGINT NOT NULL,
	first_offset BIGINT NOT NULL,
	next_offset  BIGINT NOT NULL,
	bytes        BIGINT NOT NULL,
	oldest       BIGINT,
	latest       BIGINT NOT NULL,
	PRIMARY KEY (topic, number)
);

-- The events. payload is JSON as it was sent; size is how many bytes key and payload have.
CREATE TABLE event_messages (
	topic    BIGINT NOT NULL,
	number   BIGINT NOT NULL,
	place    BIGINT NOT NULL,
	accepted BIGINT NOT NULL,
	size     BIGINT NOT NULL,
	key      TEXT,
	payload  TEXT NOT NULL,
	PRIMARY KEY (topic, number, place)
);
CREATE INDEX event_messages_in_time ON event_messages (topic, number, accepted, place);

-- Topics that were deleted, by their seq. Their events are deleted a slice at a time.
CREATE TABLE event_leftovers (
	topic BIGINT PRIMARY KEY
);

-- +goose Down
DROP TABLE event_leftovers;
DROP TABLE event_messages;
DROP TABLE event_partitions;
DROP TABLE event_topics;
DELETE FROM usage_counters WHERE feature IN ('topics', 'events', 'event_bytes');
