// Package events keeps the events of workspaces: topics with partitions, in which each event has an offset. The rules
// of all engines are here: who may, what is bounded, what is counted in the plan, what the audit trail has. An engine
// keeps the events.
package events

import (
	"context"
	"encoding/json"
	"time"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
)

// Limits.
const (
	MaxName       = 120                // bytes of the name of a topic
	MaxKey        = 256                // characters of a key
	MaxPayload    = 256 << 10          // bytes of a payload
	MaxPublished  = 100                // events of one publication
	MaxPartitions = 32                 // of a topic
	MaxPage       = 4 << 20            // bytes of keys and payloads of a page, if it has more than one message
	DefaultKept   = 7 * 24 * time.Hour // for which a topic keeps events
)

// Topic is a topic of a workspace.
type Topic struct {
	ID         id.ID
	Name       string
	Partitions int
	Keep       time.Duration // for which events are kept, in whole seconds
	KeepBytes  int64         // of keys and payloads that are kept; 0: any number
	Events     int64         // that it has
	Bytes      int64         // of their keys and payloads
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// Event is one to be stored.
type Event struct {
	Topic   string
	Key     *string // nil: it may be in any partition
	Payload json.RawMessage
}

// Size is how many bytes of an event are counted.
func (e Event) Size() int64 {
	n := len(e.Payload)
	if e.Key != nil {
		n += len(*e.Key)
	}
	return int64(n)
}

// Stored is where an event is.
type Stored struct {
	Topic      string
	Partition  int
	Offset     int64
	AcceptedAt time.Time
}

// Message is an event of a topic.
type Message struct {
	Partition  int
	Offset     int64
	Key        *string
	Payload    json.RawMessage
	AcceptedAt time.Time
}

// Position is where to read a partition from.
type Position struct {
	Partition int
	Offset    int64
}

// Usage is by how much a change lets what a workspace stores grow; negative: by how much it shrinks.
type Usage struct{ Topics, Events, Bytes int64 }

// Before is asked before a change is committed, in the engine's transaction where there is one, with what it does. Its
// error undoes the change.
type Before func(ctx context.Context, u Usage) error

// Engine keeps events. Names of topics have been checked.
type Engine interface {
	Groups

	// Topics lists up to limit topics after a name, in the order of their bytes.
	Topics(ctx context.Context, s data.Space, after string, limit int) ([]Topic, error)
	// Topic returns NotFound when there is none.
	Topic(ctx context.Context, s data.Space, name string) (Topic, error)
	// CreateTopic is Conflict when there is one with the name.
	CreateTopic(ctx context.Context, s data.Space, t Topic, before Before) (Topic, error)
	// UpdateTopic calls change with the topic as it is, which nobody else changes meanwhile.
	UpdateTopic(ctx context.Context, s data.Space, name string, change func(t *Topic) error, before Before) (Topic, error)
	// DeleteTopic deletes a topic with its events.
	DeleteTopic(ctx context.Context, s data.Space, name string, before Before) error

	// Publish stores events, all or none, and returns where they are. A topic that is not there is made as missing
	// says, and made is called with it.
	Publish(ctx context.Context, s data.Space, list []Event, missing Topic, made func(ctx context.Context, t Topic) error,
		before Before) ([]Stored, error)

	// Start returns where a topic's partitions begin: at the first event that is kept with an offset of at least from,
	// or, when at is not zero, that was accepted then or later.
	Start(ctx context.Context, s data.Space, topic string, from int64, at time.Time) ([]Position, error)
	// Read returns up to limit messages of a topic from positions on, the oldest first and those of each partition in its
	// order. There are fewer when their size is more than MaxPage. NotFound when there is no topic.
	Read(ctx context.Context, s data.Space, topic string, from []Position, limit int) ([]Message, error)

	// Clean deletes events that topics no longer keep. freed is called in the transaction of each slice.
	Clean(ctx context.Context, now time.Time, freed func(ctx context.Context, what map[id.ID]plan.Amount) error) error
}
