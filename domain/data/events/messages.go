package events

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

// Asked is what is asked for of the messages of a topic.
type Asked struct {
	Partition *int   // nil: all
	From      string // an offset or a time of RFC 3339; empty: the oldest
	After     string // where an earlier page ended; empty: From counts
	Limit     int
}

// Messages returns messages of a topic of a workspace of the caller's, and where the next page begins; empty: there
// were no more.
func (s *Service) Messages(ctx context.Context, workspaceID id.ID, topic string, in Asked) ([]Message, string, error) {
	at, err := s.ofTopic(ctx, workspaceID, topic)
	if err != nil {
		return nil, "", err
	}
	var from []Position
	if in.After != "" {
		if from, err = readPositions(in.After); err != nil {
			return nil, "", err
		}
	} else {
		offset, since, err := readFrom(in.From)
		if err != nil {
			return nil, "", err
		}
		if from, err = s.o.Engine.Start(ctx, at, topic, offset, since); err != nil {
			return nil, "", err
		}
		if in.Partition != nil {
			if *in.Partition >= len(from) {
				return nil, "", fault.NewNotFound("partition")
			}
			from = from[*in.Partition : *in.Partition+1]
		}
	}
	found, err := s.o.Engine.Read(ctx, at, topic, from, in.Limit+1)
	if err != nil {
		return nil, "", err
	}
	shown := WithinPage(found)
	if shown = shown[:min(len(shown), in.Limit)]; len(shown) == len(found) {
		return found, "", nil
	}
	return shown, writePositions(Following(from, shown)), nil
}

// WithinPage leaves out what is beyond MaxPage, but for the first message.
func WithinPage(found []Message) []Message {
	size := 0
	for i, m := range found {
		if size += len(m.Payload); i > 0 && size > MaxPage {
			return found[:i]
		}
	}
	return found
}

// Following moves positions to the places that follow messages.
func Following(from []Position, read []Message) []Position {
	next := map[int]int64{}
	for _, m := range read {
		next[m.Partition] = m.Offset + 1
	}
	out := make([]Position, len(from))
	for i, p := range from {
		if n, ok := next[p.Partition]; ok {
			p.Offset = n
		}
		out[i] = p
	}
	return out
}

// readFrom reads an offset or a time.
func readFrom(text string) (int64, time.Time, error) {
	if text == "" {
		return 0, time.Time{}, nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= 0 {
		return n, time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil && at.Year() > 0 {
		return 0, at.UTC(), nil
	}
	return 0, time.Time{}, fault.Invalid(fault.Violation{
		In: fault.InQuery, Pointer: "/from", Code: "format", Message: "must be an offset, or a time of RFC 3339",
	})
}

// Positions are written as partition:offset, with a comma between them.
func writePositions(list []Position) string {
	var b strings.Builder
	for i, p := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(p.Partition) + ":" + strconv.FormatInt(p.Offset, 10))
	}
	return b.String()
}

var errPositions = fault.New(fault.InvalidCursor, "The cursor is not one of this list.")

func readPositions(text string) ([]Position, error) {
	var out []Position
	for one := range strings.SplitSeq(text, ",") {
		number, offset, _ := strings.Cut(one, ":")
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 || n >= MaxPartitions || len(out) == MaxPartitions {
			return nil, errPositions
		}
		at, err := strconv.ParseInt(offset, 10, 64)
		if err != nil || at < 0 {
			return nil, errPositions
		}
		out = append(out, Position{n, at})
	}
	return out, nil
}
