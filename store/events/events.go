// Package events is the SQL of domain/data/events: the engine that keeps events in the platform's database.
package events

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/events"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/store/db"
)

// Store implements the engine of the domain package.
type Store struct {
	*db.DB
	turns turns
}

// New returns the area's part of a database.
func New(d *db.DB) *Store { return &Store{DB: d} }

var _ events.Engine = (*Store)(nil)

const ofTopics = " JOIN event_topics t0 ON t0.seq = t.topic WHERE t0.workspace_id = $1"

const ofGroups = " JOIN event_topics t0 ON t0.seq = g.topic WHERE t0.workspace_id = $1"

// WorkspaceTables are deleted with a workspace, in this order.
var WorkspaceTables = []db.WorkspaceTable{
	{
		Name: "event_group_partitions", Key: "in_group, number",
		From: "event_group_partitions t JOIN event_groups g ON g.seq = t.in_group" + ofGroups,
	},
	{
		Name: "event_group_members", Key: "in_group, member",
		From: "event_group_members t JOIN event_groups g ON g.seq = t.in_group" + ofGroups,
	},
	{Name: "event_groups", Key: "seq", From: "event_groups t" + ofTopics},
	{Name: "event_messages", Key: "topic, number, place", From: "event_messages t" + ofTopics},
	{Name: "event_partitions", Key: "topic, number", From: "event_partitions t" + ofTopics},
	{Name: "event_topics", Key: "seq"},
}

// locked is the end of a query of rows that the transaction is about to change. On SQLite it is alone.
func (s *Store) locked(how string) string {
	if s.Engine == db.Postgres {
		return how
	}
	return ""
}

type topicRow struct {
	Seq        int64   `db:"seq"`
	ID         id.ID   `db:"id"`
	Name       string  `db:"name"`
	Partitions int     `db:"partitions"`
	Keep       int64   `db:"retention_seconds"`
	KeepBytes  *int64  `db:"retention_bytes"`
	Events     int64   `db:"events"`
	Bytes      int64   `db:"bytes"`
	CreatedAt  db.Time `db:"created_at"`
	UpdatedAt  db.Time `db:"updated_at"`
}

func (r topicRow) topic() events.Topic {
	t := events.Topic{
		ID: r.ID, Name: r.Name, Partitions: r.Partitions, Keep: time.Duration(r.Keep) * time.Second,
		Events: r.Events, Bytes: r.Bytes, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}
	if r.KeepBytes != nil {
		t.KeepBytes = *r.KeepBytes
	}
	return t
}

const (
	topicColumns = "SELECT t.seq, t.id, t.name, t.partitions, t.retention_seconds, t.retention_bytes, t.created_at," +
		" t.updated_at"
	counted = ", (SELECT COALESCE(SUM(p.next_offset - p.first_offset), 0) FROM event_partitions p WHERE p.topic = t.seq)" +
		" AS events, (SELECT COALESCE(SUM(p.bytes), 0) FROM event_partitions p WHERE p.topic = t.seq) AS bytes"
)

// Topics implements events.Engine.
func (s *Store) Topics(ctx context.Context, at data.Space, after string, limit int) ([]events.Topic, error) {
	rows, err := db.All[topicRow](ctx, s.DB, topicColumns+counted+" FROM event_topics t"+
		" WHERE t.workspace_id = $1 AND t.name > $2 ORDER BY t.name LIMIT $3", at.WorkspaceID, after, limit)
	return db.Convert(rows, topicRow.topic), err
}

// Topic implements events.Engine.
func (s *Store) Topic(ctx context.Context, at data.Space, name string) (events.Topic, error) {
	r, err := s.topic(ctx, at.WorkspaceID, name, counted, "")
	return r.topic(), err
}

func (s *Store) topic(ctx context.Context, workspaceID id.ID, name, more, lock string) (topicRow, error) {
	r, err := db.One[topicRow](ctx, s.DB, topicColumns+more+" FROM event_topics t"+
		" WHERE t.workspace_id = $1 AND t.name = $2"+lock, workspaceID, name)
	return r, db.NoRow(err, fault.NewNotFound("topic"))
}

// insert makes a topic unless there is one with the name.
func (s *Store) insert(ctx context.Context, workspaceID id.ID, t events.Topic) (made bool, err error) {
	n, err := s.Exec(ctx, "INSERT INTO event_topics (id, workspace_id, name, partitions, retention_seconds,"+
		" retention_bytes, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
		t.ID, workspaceID, t.Name, t.Partitions, int64(t.Keep/time.Second), bytesOf(t), t.CreatedAt, t.UpdatedAt)
	if err != nil || n == 0 {
		return false, err
	}
	r, err := s.topic(ctx, workspaceID, t.Name, "", "")
	if err != nil {
		return false, err
	}
	return true, s.addPartitions(ctx, r.Seq, 0, t.Partitions)
}

func bytesOf(t events.Topic) *int64 {
	if t.KeepBytes == 0 {
		return nil
	}
	return &t.KeepBytes
}

func (s *Store) addPartitions(ctx context.Context, topic int64, from, to int) error {
	var rows [][]any
	for n := from; n < to; n++ {
		rows = append(rows, []any{topic, n, 0, 0, 0, 0})
	}
	if len(rows) == 0 {
		return nil
	}
	i := db.IntType
	return s.ExecRows(ctx,
		"INSERT INTO event_partitions (topic, number, first_offset, next_offset, bytes, latest) VALUES ",
		[]string{i, i, i, i, i, i}, rows, "")
}

// CreateTopic implements events.Engine.
func (s *Store) CreateTopic(
	ctx context.Context, at data.Space, t events.Topic, before events.Before,
) (events.Topic, error) {
	return t, s.InTx(ctx, func(ctx context.Context) error {
		made, err := s.insert(ctx, at.WorkspaceID, t)
		if err != nil {
			return err
		}
		if !made {
			return &fault.Error{
				Code: fault.Conflict, Reason: "topic_exists", Message: "The workspace has a topic with the name.",
			}
		}
		return before(ctx, events.Usage{Topics: 1})
	})
}

// UpdateTopic implements events.Engine.
func (s *Store) UpdateTopic(
	ctx context.Context, at data.Space, name string, change func(t *events.Topic) error, before events.Before,
) (t events.Topic, err error) {
	err = s.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.topic(ctx, at.WorkspaceID, name, "", s.locked(" FOR UPDATE")); err != nil {
			return err
		}
		r, err := s.topic(ctx, at.WorkspaceID, name, counted, "")
		if err != nil {
			return err
		}
		t = r.topic()
		if err := change(&t); err != nil {
			return err
		}
		if _, err := s.Exec(ctx, "UPDATE event_topics SET partitions = $2, retention_seconds = $3, retention_bytes = $4,"+
			" updated_at = $5 WHERE seq = $1", r.Seq, t.Partitions, int64(t.Keep/time.Second), bytesOf(t),
			t.UpdatedAt); err != nil {
			return err
		}
		if err := s.addPartitions(ctx, r.Seq, r.Partitions, t.Partitions); err != nil {
			return err
		}
		return before(ctx, events.Usage{})
	})
	return t, err
}

// DeleteTopic implements events.Engine. The events are deleted by Clean.
func (s *Store) DeleteTopic(ctx context.Context, at data.Space, name string, before events.Before) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.topic(ctx, at.WorkspaceID, name, "", s.locked(" FOR UPDATE")); err != nil {
			return err
		}
		r, err := s.topic(ctx, at.WorkspaceID, name, counted, "")
		if err != nil {
			return err
		}
		if err := s.forget(ctx, "IN (SELECT seq FROM event_groups WHERE topic = $1)", r.Seq); err != nil {
			return err
		}
		for _, query := range []string{
			"INSERT INTO event_leftovers (topic) VALUES ($1)",
			"DELETE FROM event_partitions WHERE topic = $1",
			"DELETE FROM event_topics WHERE seq = $1",
		} {
			if _, err := s.Exec(ctx, query, r.Seq); err != nil {
				return err
			}
		}
		return before(ctx, events.Usage{Topics: -1, Events: -r.Events, Bytes: -r.Bytes})
	})
}

type startRow struct {
	Number int   `db:"number"`
	From   int64 `db:"starts"`
}

// Start implements events.Engine.
func (s *Store) Start(
	ctx context.Context, at data.Space, topic string, from int64, since time.Time,
) ([]events.Position, error) {
	t, err := s.topic(ctx, at.WorkspaceID, topic, "", "")
	if err != nil {
		return nil, err
	}
	query, args := "SELECT p.number, CASE WHEN p.first_offset > $2 THEN p.first_offset ELSE $2 END AS starts"+
		" FROM event_partitions p WHERE p.topic = $1 ORDER BY p.number", []any{t.Seq, from}
	if !since.IsZero() {
		query = "SELECT p.number, COALESCE((SELECT m.place FROM event_messages m WHERE m.topic = p.topic" +
			" AND m.number = p.number AND m.accepted >= $2 ORDER BY m.accepted, m.place LIMIT 1), p.next_offset) AS starts" +
			" FROM event_partitions p WHERE p.topic = $1 ORDER BY p.number"
		args[1] = since.UnixMicro()
	}
	rows, err := db.All[startRow](ctx, s.DB, query, args...)
	return db.Convert(rows, func(r startRow) events.Position {
		return events.Position{Partition: r.Number, Offset: r.From}
	}), err
}

type placeRow struct {
	Number   int   `db:"number"`
	Place    int64 `db:"place"`
	Accepted int64 `db:"accepted"`
	Size     int64 `db:"size"`
}

type messageRow struct {
	Number   int     `db:"number"`
	Place    int64   `db:"place"`
	Accepted int64   `db:"accepted"`
	Key      *string `db:"key"`
	Payload  string  `db:"payload"`
}

// Read implements events.Engine. It first finds which messages these are: of each partition as many as may be asked for
// are looked at, but not their payloads.
func (s *Store) Read(
	ctx context.Context, at data.Space, topic string, from []events.Position, limit int,
) ([]events.Message, error) {
	t, err := s.topic(ctx, at.WorkspaceID, topic, "", "")
	if err != nil || len(from) == 0 {
		return nil, err
	}
	args := []any{t.Seq, limit}
	parts := make([]string, len(from))
	for i, p := range from {
		args = append(args, p.Partition, p.Offset)
		n := len(args)
		parts[i] = "SELECT * FROM (SELECT m.number, m.place, m.accepted, m.size FROM event_messages m WHERE m.topic = $1" +
			" AND m.number = $" + strconv.Itoa(n-1) + " AND m.place >= $" + strconv.Itoa(n) +
			" ORDER BY m.place LIMIT $2) AS p" + strconv.Itoa(i)
	}
	places, err := db.All[placeRow](ctx, s.DB, "SELECT * FROM ("+strings.Join(parts, " UNION ALL ")+
		") AS x ORDER BY x.accepted, x.number, x.place LIMIT $2", args...)
	if err != nil {
		return nil, err
	}
	size, end := int64(0), 0
	for end < len(places) && (end < 2 || size+places[end].Size <= events.MaxPage) { // the second one tells of more
		size += places[end].Size
		end++
	}
	if end == 0 {
		return nil, nil
	}
	rows := make([][]any, end)
	for i, p := range places[:end] {
		rows[i] = []any{p.Number, p.Place}
	}
	values, args := s.Values([]string{db.IntType, db.IntType}, db.Padded(rows), []any{t.Seq})
	found, err := db.All[messageRow](ctx, s.DB, "SELECT m.number, m.place, m.accepted, m.key, m.payload"+
		" FROM event_messages m WHERE m.topic = $1 AND (m.number, m.place) IN (VALUES "+values+")"+
		" ORDER BY m.accepted, m.number, m.place", args...)
	return db.Convert(found, messageRow.message), err
}

func (r messageRow) message() events.Message {
	return events.Message{
		Partition: r.Number, Offset: r.Place, Key: r.Key, Payload: json.RawMessage(r.Payload),
		AcceptedAt: time.UnixMicro(r.Accepted).UTC(),
	}
}

// sorted returns the names of the topics of events, each once.
func sorted(list []events.Event) []string {
	var names []string
	for _, e := range list {
		names = append(names, e.Topic)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
