package events

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/events"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/store/db"
)

// turns has events without a key go through the partitions.
type turns struct{ n atomic.Uint32 }

func (t *turns) next(partitions int) int { return int(t.n.Add(1)) % partitions }

// part is what a publication adds to a partition.
type part struct {
	topic   int64
	number  int
	events  []int // places in the publication
	bytes   int64
	next    int64 // offset of the first of them
	latest  int64
	changed bool
}

type movedRow struct {
	Topic  int64 `db:"topic"`
	Number int   `db:"number"`
	Next   int64 `db:"next_offset"`
	Latest int64 `db:"latest"`
}

// Publish implements events.Engine. The rows of the partitions are held until the commit: nobody sees an offset before
// those in front of it.
func (s *Store) Publish(
	ctx context.Context, at data.Space, list []events.Event, missing events.Topic,
	made func(ctx context.Context, t events.Topic) error, before events.Before,
) (out []events.Stored, err error) {
	err = s.InTx(ctx, func(ctx context.Context) error {
		usage := events.Usage{}
		topics := map[string]topicRow{}
		for _, name := range sorted(list) {
			t, err := s.topic(ctx, at.WorkspaceID, name, "", s.locked(" FOR KEY SHARE"))
			if fault.IsCode(err, fault.NotFound) {
				if t, err = s.first(ctx, at, name, missing, &usage, made); err != nil {
					return err
				}
			} else if err != nil {
				return err
			}
			topics[name] = t
		}
		parts := s.divide(list, topics)
		if err := s.move(ctx, parts); err != nil {
			return err
		}
		out = make([]events.Stored, len(list))
		rows := make([][]any, 0, len(list))
		for _, p := range parts {
			for i, n := range p.events {
				e := list[n]
				offset := p.next + int64(i)
				out[n] = events.Stored{
					Topic: e.Topic, Partition: p.number, Offset: offset, AcceptedAt: time.UnixMicro(p.latest).UTC(),
				}
				rows = append(rows, []any{p.topic, p.number, offset, p.latest, e.Size(), e.Key, string(e.Payload)})
			}
			usage.Events += int64(len(p.events))
			usage.Bytes += p.bytes
		}
		i := db.IntType
		if err := s.ExecRows(ctx, "INSERT INTO event_messages (topic, number, place, accepted, size, key, payload) VALUES ",
			[]string{i, i, i, i, i, db.TextType, db.TextType}, rows, ""); err != nil {
			return err
		}
		return before(ctx, usage)
	})
	return out, err
}

// first makes the topic of an event that has none.
func (s *Store) first(
	ctx context.Context, at data.Space, name string, missing events.Topic, usage *events.Usage,
	made func(ctx context.Context, t events.Topic) error,
) (topicRow, error) {
	t := missing
	t.Name, t.ID = name, id.New()
	isNew, err := s.insert(ctx, at.WorkspaceID, t)
	if err != nil {
		return topicRow{}, err
	}
	if isNew {
		usage.Topics++
		if err := made(ctx, t); err != nil {
			return topicRow{}, err
		}
	}
	return s.topic(ctx, at.WorkspaceID, name, "", s.locked(" FOR KEY SHARE"))
}

// divide says which event goes to which partition, in the order in which partitions are held.
func (s *Store) divide(list []events.Event, topics map[string]topicRow) []*part {
	type place struct {
		topic  int64
		number int
	}
	by := map[place]*part{}
	var parts []*part
	for i, e := range list {
		t := topics[e.Topic]
		at := place{topic: t.Seq}
		switch {
		case t.Partitions == 1:
		case e.Key != nil:
			at.number = events.PartitionOf(*e.Key, t.Partitions)
		default:
			at.number = s.turns.next(t.Partitions)
		}
		p := by[at]
		if p == nil {
			p = &part{topic: at.topic, number: at.number}
			by[at] = p
			parts = append(parts, p)
		}
		p.events = append(p.events, i)
		p.bytes += e.Size()
	}
	slices.SortFunc(parts, func(a, b *part) int {
		return cmp.Or(cmp.Compare(a.topic, b.topic), cmp.Compare(a.number, b.number))
	})
	return parts
}

// move takes the offsets of a publication.
func (s *Store) move(ctx context.Context, parts []*part) error {
	now := s.Now().UnixMicro()
	i := db.IntType
	if len(parts) > 1 && s.Engine == db.Postgres { // held in one order, or two publications wait for each other
		names := make([][]any, len(parts))
		for n, p := range parts {
			names[n] = []any{p.topic, p.number}
		}
		values, args := s.Values([]string{i, i}, db.Padded(names), nil)
		if _, err := db.All[movedRow](ctx, s.DB, "SELECT topic, number, next_offset, latest FROM event_partitions"+
			" WHERE (topic, number) IN (VALUES "+values+") ORDER BY topic, number FOR UPDATE", args...); err != nil {
			return err
		}
	}
	rows := make([][]any, len(parts))
	for n, p := range parts {
		rows[n] = []any{p.topic, p.number, len(p.events), p.bytes, now}
	}
	values, args := s.Values([]string{i, i, i, i, i}, rows, nil)
	moved, err := db.Returning[movedRow](ctx, s.DB, "WITH v (topic, number, events, bytes, now) AS (VALUES "+values+")"+
		" UPDATE event_partitions SET next_offset = next_offset + v.events, bytes = event_partitions.bytes + v.bytes,"+
		" oldest = CASE WHEN oldest IS NULL THEN (CASE WHEN latest > v.now THEN latest ELSE v.now END) ELSE oldest END,"+
		" latest = CASE WHEN latest > v.now THEN latest ELSE v.now END FROM v"+
		" WHERE event_partitions.topic = v.topic AND event_partitions.number = v.number"+
		" RETURNING event_partitions.topic, event_partitions.number, next_offset, latest", args...)
	if err != nil {
		return err
	}
	for _, m := range moved {
		for _, p := range parts {
			if p.topic == m.Topic && p.number == m.Number {
				p.next, p.latest, p.changed = m.Next-int64(len(p.events)), m.Latest, true
			}
		}
	}
	for _, p := range parts {
		if !p.changed { // the topic was deleted meanwhile
			return fault.NewNotFound("topic")
		}
	}
	return nil
}
