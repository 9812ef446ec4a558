package events

import (
	"context"
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

// Publication is what was published at once.
type Publication struct {
	ID     id.ID
	Array  bool     // whether the body was an array
	Events []Stored // in the order of the request
}

// AcceptedAt is when the last of the events was accepted.
func (p Publication) AcceptedAt() time.Time {
	var at time.Time
	for _, e := range p.Events {
		if e.AcceptedAt.After(at) {
			at = e.AcceptedAt
		}
	}
	return at
}

// Publish stores the events of a body, which is an event or an array of them, in a workspace of the caller's: all or
// none. A topic that does not exist comes into being.
func (s *Service) Publish(ctx context.Context, workspaceID id.ID, body json.RawMessage) (Publication, error) {
	at, err := s.inWorkspace(ctx, workspaceID)
	if err != nil {
		return Publication{}, err
	}
	out := Publication{ID: id.New()}
	var list []Event
	if list, out.Array, err = read(body); err != nil {
		return Publication{}, err
	}
	made := func(ctx context.Context, t Topic) error {
		return s.record(ctx, at, "topic.created", t.ID, nil, shown(t))
	}
	out.Events, err = s.o.Engine.Publish(ctx, at, list, s.made(""), made,
		func(ctx context.Context, u Usage) error { return s.count(ctx, at, u) })
	return out, err
}

type sent struct {
	Topic   string          `json:"topic"`
	Key     *string         `json:"key"`
	Payload json.RawMessage `json:"payload"`
}

// read reads and checks what a body publishes.
func read(body json.RawMessage) (list []Event, array bool, err error) {
	var in []sent
	for _, b := range body {
		if b != ' ' && b != '\t' && b != '\r' && b != '\n' {
			array = b == '['
			break
		}
	}
	if array {
		err = json.Unmarshal(body, &in)
	} else {
		in = make([]sent, 1)
		err = json.Unmarshal(body, &in[0])
	}
	if err != nil {
		return nil, array, fault.Invalid(fault.Body("", "type", "must be an event or an array of events"))
	}
	if len(in) == 0 || len(in) > MaxPublished {
		return nil, array, fault.Invalid(fault.Body("", "max_items", "must have 1 to 100 events"))
	}
	var wrong []fault.Violation
	list = make([]Event, len(in))
	for i, e := range in {
		place := ""
		if array {
			place = "/" + strconv.Itoa(i)
		}
		list[i] = Event(e)
		wrong = append(wrong, list[i].check(place)...)
	}
	if len(wrong) > 0 {
		return nil, array, fault.Invalid(wrong...)
	}
	return list, array, nil
}

// check tells what is wrong with an event at a place of the body.
func (e Event) check(place string) []fault.Violation {
	var wrong []fault.Violation
	if len(e.Topic) > MaxName || !topicName.MatchString(e.Topic) {
		wrong = append(wrong, fault.Body(place+"/topic", "pattern", "must be the name of a topic"))
	}
	if e.Key != nil {
		switch key := *e.Key; {
		case utf8.RuneCountInString(key) > MaxKey:
			wrong = append(wrong, fault.Body(place+"/key", "max_length", "must have 256 characters at most"))
		case hasNUL(key):
			wrong = append(wrong, fault.Body(place+"/key", "text", "must not have the character U+0000"))
		}
	}
	switch {
	case len(e.Payload) == 0:
		wrong = append(wrong, fault.Body(place+"/payload", "required", "must be there"))
	case len(e.Payload) > MaxPayload:
		wrong = append(wrong, fault.Body(place+"/payload", "max_size", "must have 256 KB at most"))
	}
	return wrong
}

func hasNUL(text string) bool {
	for i := range len(text) {
		if text[i] == 0 {
			return true
		}
	}
	return false
}

// PartitionOf returns the partition of a key, as Kafka's clients choose it: by murmur2 of its bytes.
func PartitionOf(key string, partitions int) int {
	return int(murmur2(key)&0x7fffffff) % partitions
}

func murmur2(data string) uint32 {
	const m, r = 0x5bd1e995, 24
	h := uint32(0x9747b28c) ^ uint32(len(data)) //nolint:gosec // keys are short
	for len(data) >= 4 {
		k := uint32(data[0]) | uint32(data[1])<<8 | uint32(data[2])<<16 | uint32(data[3])<<24
		k *= m
		k ^= k >> r
		k *= m
		h = h*m ^ k
		data = data[4:]
	}
	for i := len(data) - 1; i >= 0; i-- {
		h ^= uint32(data[i]) << (8 * i)
		if i == 0 {
			h *= m
		}
	}
	h ^= h >> 13
	h *= m
	return h ^ h>>15
}
