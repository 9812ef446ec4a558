package events

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store/db"
)

// cleanBatch is how many events one transaction deletes: others write between two.
const cleanBatch = 1000

type dueRow struct {
	Topic       int64 `db:"topic"`
	Number      int   `db:"number"`
	WorkspaceID id.ID `db:"workspace_id"`
	Before      int64 `db:"before"` // events that were accepted before are kept no longer
	Most        int64 `db:"most"`   // bytes that are kept; -1: any number
}

type leftoverRow struct {
	Topic int64 `db:"topic"`
}

// Clean implements events.Engine.
func (s *Store) Clean(
	ctx context.Context, now time.Time, freed func(ctx context.Context, what map[id.ID]plan.Amount) error,
) error {
	if err := s.sweep(ctx); err != nil {
		return err
	}
	const before = "$1 - t.retention_seconds * 1000000"
	for {
		due, err := db.All[dueRow](ctx, s.DB, "SELECT p.topic, p.number, t.workspace_id, "+before+" AS before,"+
			" COALESCE(t.retention_bytes / t.partitions, -1) AS most"+
			" FROM event_partitions p JOIN event_topics t ON t.seq = p.topic WHERE p.oldest < "+before+
			" OR p.bytes > t.retention_bytes / t.partitions ORDER BY p.topic, p.number LIMIT 100", now.UnixMicro())
		if err != nil || len(due) == 0 {
			return err
		}
		for _, d := range due {
			if err := s.cleanPartition(ctx, d, freed); err != nil {
				return err
			}
		}
	}
}

type partitionRow struct {
	First int64 `db:"first_offset"`
	Next  int64 `db:"next_offset"`
	Bytes int64 `db:"bytes"`
}

// cleanPartition deletes what a partition no longer keeps.
func (s *Store) cleanPartition(
	ctx context.Context, d dueRow, freed func(ctx context.Context, what map[id.ID]plan.Amount) error,
) error {
	for more := true; more; {
		err := s.InTx(ctx, func(ctx context.Context) error {
			more = false
			held, err := db.All[partitionRow](ctx, s.DB, "SELECT first_offset, next_offset, bytes FROM event_partitions"+
				" WHERE topic = $1 AND number = $2"+s.locked(" FOR UPDATE"), d.Topic, d.Number)
			if err != nil || len(held) == 0 {
				return err
			}
			p := held[0]
			rows, err := db.All[placeRow](ctx, s.DB, "SELECT number, place, accepted, size FROM event_messages"+
				" WHERE topic = $1 AND number = $2 ORDER BY place LIMIT $3", d.Topic, d.Number, cleanBatch)
			if err != nil {
				return err
			}
			gone, first := plan.Amount{}, p.First
			for _, r := range rows {
				if r.Accepted >= d.Before && (d.Most < 0 || p.Bytes-gone.Bytes <= d.Most) {
					break
				}
				gone.Items++
				gone.Bytes += r.Size
				first = r.Place + 1
			}
			more = gone.Items == cleanBatch
			if _, err := s.Exec(ctx, "DELETE FROM event_messages WHERE topic = $1 AND number = $2 AND place < $3", d.Topic,
				d.Number, first); err != nil {
				return err
			}
			if _, err := s.Exec(ctx, "UPDATE event_partitions SET first_offset = $3, bytes = bytes - $4, oldest = (SELECT"+
				" m.accepted FROM event_messages m WHERE m.topic = $1 AND m.number = $2 ORDER BY m.place LIMIT 1)"+
				" WHERE topic = $1 AND number = $2", d.Topic, d.Number, first, gone.Bytes); err != nil {
				return err
			}
			if gone.Items == 0 {
				return nil
			}
			return freed(ctx, map[id.ID]plan.Amount{d.WorkspaceID: gone})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sweep deletes the events of topics that were deleted.
func (s *Store) sweep(ctx context.Context) error {
	for {
		found, err := db.All[leftoverRow](ctx, s.DB, "SELECT topic FROM event_leftovers ORDER BY topic LIMIT 1")
		if err != nil || len(found) == 0 {
			return err
		}
		if err := s.ExecSlices(ctx, "DELETE FROM event_messages WHERE (topic, number, place) IN (SELECT m.topic, m.number,"+
			" m.place FROM event_messages m WHERE m.topic = $1 LIMIT $2)", found[0].Topic); err != nil {
			return err
		}
		if _, err := s.Exec(ctx, "DELETE FROM event_leftovers WHERE topic = $1", found[0].Topic); err != nil {
			return err
		}
	}
}
