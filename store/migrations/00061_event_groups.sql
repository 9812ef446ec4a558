-- +goose Up
-- Groups of consumers of a topic. Who polls or commits holds the row.
CREATE TABLE event_groups (
	seq        BIGSERIAL PRIMARY KEY,
	topic      BIGINT NOT NULL REFERENCES event_topics (seq),
	name       TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMPTZ NOT NULL,
	UNIQUE (topic, name)
);

-- The members of groups. seen is when a member was last heard of, in microseconds since 1970.
CREATE TABLE event_group_members (
	in_group BIGINT NOT NULL REFERENCES event_groups (seq),
	member   TEXT COLLATE "C" NOT NULL,
	seen     BIGINT NOT NULL,
	PRIMARY KEY (in_group, member)
);

-- Where a group stands in each partition, and whose the partition is. What is in front of committed is done with; what is
-- in front of delivered has been given to that member.
CREATE TABLE event_group_partitions (
	in_group  BIGINT NOT NULL REFERENCES event_groups (seq),
	number    BIGINT NOT NULL,
	member    TEXT,
	committed BIGINT NOT NULL,
	delivered BIGINT NOT NULL,
	PRIMARY KEY (in_group, number)
);

-- +goose Down
DROP TABLE event_group_partitions;
DROP TABLE event_group_members;
DROP TABLE event_groups;
