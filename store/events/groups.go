package events

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/events"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/store/db"
)

type groupRow struct {
	Seq       int64   `db:"seq"`
	Name      string  `db:"name"`
	CreatedAt db.Time `db:"created_at"`
}

type memberRow struct {
	Group  int64  `db:"in_group"`
	Member string `db:"member"`
	Seen   int64  `db:"seen"`
}

type standRow struct {
	Group     int64   `db:"in_group"`
	Number    int     `db:"number"`
	Member    db.Text `db:"member"`
	Committed int64   `db:"committed"`
	Delivered int64   `db:"delivered"`
	First     int64   `db:"first_offset"`
	End       int64   `db:"next_offset"`
}

// place is where a group stands. Events that are kept no longer are not waited for.
func (r standRow) place() events.Place {
	committed := max(r.Committed, r.First)
	return events.Place{
		Partition: r.Number, Member: string(r.Member), Committed: committed, Delivered: max(r.Delivered, committed),
		End: r.End,
	}
}

const standing = "SELECT g.in_group, g.number, g.member, g.committed, g.delivered, p.first_offset, p.next_offset" +
	" FROM event_group_partitions g JOIN event_partitions p ON p.topic = $1 AND p.number = g.number"

// Groups implements events.Engine.
func (s *Store) Groups(ctx context.Context, at data.Space, topic string, now time.Time) ([]events.Group, error) {
	t, err := s.topic(ctx, at.WorkspaceID, topic, "", "")
	if err != nil {
		return nil, err
	}
	const of = " WHERE g.in_group IN (SELECT seq FROM event_groups WHERE topic = $1)"
	groups, err := db.All[groupRow](ctx, s.DB,
		"SELECT seq, name, created_at FROM event_groups WHERE topic = $1 ORDER BY name", t.Seq)
	if err != nil {
		return nil, err
	}
	members, err := db.All[memberRow](ctx, s.DB, "SELECT g.in_group, g.member, g.seen FROM event_group_members g"+of+
		" AND g.seen >= $2 ORDER BY g.in_group, g.member", t.Seq, alive(now))
	if err != nil {
		return nil, err
	}
	places, err := db.All[standRow](ctx, s.DB, standing+of+" ORDER BY g.in_group, g.number", t.Seq)
	if err != nil {
		return nil, err
	}
	out := make([]events.Group, len(groups))
	for i, g := range groups {
		out[i] = events.Group{Name: g.Name, CreatedAt: g.CreatedAt.Time}
		there := map[string]bool{}
		for _, m := range members {
			if m.Group == g.Seq {
				there[m.Member] = true
				out[i].Members = append(out[i].Members, events.Member{Name: m.Member, SeenAt: time.UnixMicro(m.Seen).UTC()})
			}
		}
		for _, p := range places {
			if p.Group == g.Seq {
				place := p.place()
				if !there[place.Member] {
					place.Member = ""
				}
				out[i].Partitions = append(out[i].Partitions, place)
			}
		}
	}
	return out, nil
}

// alive is when a member that is there was last heard of at the earliest.
func alive(now time.Time) int64 { return now.Add(-events.Silence).UnixMicro() }

// Group implements events.Engine.
func (s *Store) Group(
	ctx context.Context, at data.Space, topic, group string, now time.Time,
) (events.Group, error) {
	all, err := s.Groups(ctx, at, topic, now)
	if err != nil {
		return events.Group{}, err
	}
	for _, g := range all {
		if g.Name == group {
			return g, nil
		}
	}
	return events.Group{}, fault.NewNotFound("group")
}

func (s *Store) group(ctx context.Context, topic int64, name string) (groupRow, error) {
	g, err := db.One[groupRow](ctx, s.DB, "SELECT seq, name, created_at FROM event_groups WHERE topic = $1 AND name = $2"+
		s.locked(" FOR UPDATE"), topic, name)
	return g, db.NoRow(err, fault.NewNotFound("group"))
}

// DeleteGroup implements events.Engine.
func (s *Store) DeleteGroup(
	ctx context.Context, at data.Space, topic, group string, before func(ctx context.Context) error,
) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		t, err := s.topic(ctx, at.WorkspaceID, topic, "", "")
		if err != nil {
			return err
		}
		g, err := s.group(ctx, t.Seq, group)
		if err != nil {
			return err
		}
		if err := s.forget(ctx, "= $1", g.Seq); err != nil {
			return err
		}
		return before(ctx)
	})
}

// forget deletes groups.
func (s *Store) forget(ctx context.Context, which string, arg int64) error {
	for _, query := range []string{
		"DELETE FROM event_group_partitions WHERE in_group ", "DELETE FROM event_group_members WHERE in_group ",
		"DELETE FROM event_groups WHERE seq ",
	} {
		if _, err := s.Exec(ctx, query+which, arg); err != nil {
			return err
		}
	}
	return nil
}

// Poll implements events.Engine.
func (s *Store) Poll(
	ctx context.Context, at data.Space, topic string, in events.Poll, now time.Time,
	made func(ctx context.Context) error,
) (out events.Polled, err error) {
	err = s.InTx(ctx, func(ctx context.Context) error {
		out = events.Polled{}
		t, err := s.topic(ctx, at.WorkspaceID, topic, "", "")
		if err != nil {
			return err
		}
		g, err := s.group(ctx, t.Seq, in.Group)
		if fault.IsCode(err, fault.NotFound) {
			g, err = s.newGroup(ctx, at, topic, in.Group, now, made)
		}
		if err != nil {
			return err
		}
		members, err := s.seen(ctx, g.Seq, in.Member, now)
		if err != nil {
			return err
		}
		places, err := s.places(ctx, t, g.Seq)
		if err != nil {
			return err
		}
		changed := events.Assign(places, members, in.Member)
		var from []events.Position
		for _, p := range places {
			if p.Member == in.Member {
				from = append(from, events.Position{Partition: p.Partition, Offset: p.Committed})
			}
		}
		if out.Messages, err = s.Read(ctx, at, topic, from, in.Limit); err != nil {
			return err
		}
		out.Messages = events.WithinPage(out.Messages)
		out.Own = events.Following(from, out.Messages)
		for _, own := range out.Own {
			for i := range places {
				if p := &places[i]; p.Partition == own.Partition && own.Offset > p.Delivered {
					p.Delivered, changed[i] = own.Offset, true
				}
			}
		}
		return s.stand(ctx, g.Seq, places, changed)
	})
	return out, err
}

// newGroup makes a group. Who makes one holds the topic, so that their number is exact.
func (s *Store) newGroup(
	ctx context.Context, at data.Space, topic, name string, now time.Time, made func(ctx context.Context) error,
) (groupRow, error) {
	t, err := s.topic(ctx, at.WorkspaceID, topic, "", s.locked(" FOR UPDATE"))
	if err != nil {
		return groupRow{}, err
	}
	g, err := s.group(ctx, t.Seq, name) // somebody else may have made it
	if !fault.IsCode(err, fault.NotFound) {
		return g, err
	}
	n, err := s.Exec(ctx, "INSERT INTO event_groups (topic, name, created_at) SELECT s.seq, $2, $3 FROM event_topics s"+
		" WHERE s.seq = $1 AND (SELECT COUNT(*) FROM event_groups WHERE topic = $1) < $4", t.Seq, name, now, events.MaxGroups)
	if err != nil {
		return g, err
	}
	if n == 0 {
		return g, events.TooManyGroups()
	}
	if err := made(ctx); err != nil {
		return g, err
	}
	return s.group(ctx, t.Seq, name)
}

// seen writes that a member is there, and returns the names of all that are.
func (s *Store) seen(ctx context.Context, group int64, member string, now time.Time) ([]string, error) {
	if _, err := s.Exec(ctx, "DELETE FROM event_group_members WHERE in_group = $1 AND seen < $2 AND member <> $3", group,
		alive(now), member); err != nil {
		return nil, err
	}
	if _, err := s.Exec(ctx, "INSERT INTO event_group_members (in_group, member, seen) VALUES ($1, $2, $3)"+
		" ON CONFLICT (in_group, member) DO UPDATE SET seen = excluded.seen", group, member, now.UnixMicro()); err != nil {
		return nil, err
	}
	rows, err := db.All[memberRow](ctx, s.DB,
		"SELECT in_group, member, seen FROM event_group_members WHERE in_group = $1 ORDER BY member", group)
	if err == nil && len(rows) > events.MaxMembers {
		err = events.GroupFull()
	}
	return db.Convert(rows, func(r memberRow) string { return r.Member }), err
}

// places returns where a group stands, in all partitions of its topic.
func (s *Store) places(ctx context.Context, t topicRow, group int64) ([]events.Place, error) {
	if _, err := s.Exec(ctx, "INSERT INTO event_group_partitions (in_group, number, committed, delivered)"+
		" SELECT $2, p.number, p.first_offset, p.first_offset FROM event_partitions p WHERE p.topic = $1"+
		" AND NOT EXISTS (SELECT 1 FROM event_group_partitions g WHERE g.in_group = $2 AND g.number = p.number)",
		t.Seq, group); err != nil {
		return nil, err
	}
	rows, err := db.All[standRow](ctx, s.DB, standing+" WHERE g.in_group = $2 ORDER BY g.number", t.Seq, group)
	return db.Convert(rows, standRow.place), err
}

// stand writes where a group stands.
func (s *Store) stand(ctx context.Context, group int64, places []events.Place, changed []bool) error {
	var rows [][]any
	for i, p := range places {
		if changed[i] {
			rows = append(rows, []any{group, p.Partition, db.Text(p.Member), p.Committed, p.Delivered})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	i := db.IntType
	return s.ExecRows(ctx, "INSERT INTO event_group_partitions (in_group, number, member, committed, delivered) VALUES ",
		[]string{i, i, db.TextType, i, i}, rows, " ON CONFLICT (in_group, number) DO UPDATE SET member = excluded.member,"+
			" committed = excluded.committed, delivered = excluded.delivered")
}

// Commit implements events.Engine.
func (s *Store) Commit(
	ctx context.Context, at data.Space, topic, group, member string, offsets []events.Position, now time.Time,
) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		t, err := s.topic(ctx, at.WorkspaceID, topic, "", "")
		if err != nil {
			return err
		}
		g, err := s.group(ctx, t.Seq, group)
		if err != nil {
			return err
		}
		places, err := s.places(ctx, t, g.Seq)
		if err != nil {
			return err
		}
		changed := make([]bool, len(places))
		for _, o := range offsets {
			if o.Partition >= len(places) || places[o.Partition].Member != member {
				return events.PartitionLost()
			}
			p := &places[o.Partition]
			if o.Offset > p.Delivered {
				return events.NotDelivered()
			}
			if o.Offset > p.Committed {
				p.Committed, changed[o.Partition] = o.Offset, true
			}
		}
		if err := s.stand(ctx, g.Seq, places, changed); err != nil {
			return err
		}
		_, err = s.Exec(ctx, "UPDATE event_group_members SET seen = $3 WHERE in_group = $1 AND member = $2", g.Seq, member,
			now.UnixMicro())
		return err
	})
}
