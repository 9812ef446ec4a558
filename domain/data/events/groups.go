package events

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

// Limits of groups.
const (
	MaxGroups  = 32               // of a topic
	MaxMembers = 64               // of a group
	Silence    = 30 * time.Second // after which a member has lost its partitions
	MaxWait    = 20 * time.Second // of a poll

	lookEvery = 500 * time.Millisecond // for events, while a poll waits
	pollEvery = 5 * time.Second        // so that a member that waits is heard of
)

// Group is a group of consumers of a topic.
type Group struct {
	Name       string
	CreatedAt  time.Time
	Members    []Member
	Partitions []Place
}

// Lag is how many events wait for the group.
func (g Group) Lag() int64 {
	n := int64(0)
	for _, p := range g.Partitions {
		n += p.Lag()
	}
	return n
}

// Member is one of a group.
type Member struct {
	Name   string
	SeenAt time.Time
}

// Place is where a group stands in a partition.
type Place struct {
	Partition int
	Member    string // whose it is; empty: nobody's
	Committed int64  // offset of the first event that is not done with
	Delivered int64  // offset after the last event that its member has
	End       int64  // offset that the next event will have
}

// Lag is how many events wait for the group.
func (p Place) Lag() int64 { return max(p.End-p.Committed, 0) }

// Poll is what a member asks for.
type Poll struct {
	Group, Member string
	Limit         int
}

// Polled is what a member gets.
type Polled struct {
	Messages []Message
	Own      []Position // the member's partitions, with what it would commit when it is done with the messages
}

// Groups is what engines have for groups of consumers.
type Groups interface {
	// Groups lists the groups of a topic by name.
	Groups(ctx context.Context, s data.Space, topic string, now time.Time) ([]Group, error)
	// Group returns NotFound when there is none.
	Group(ctx context.Context, s data.Space, topic, group string, now time.Time) (Group, error)
	// DeleteGroup forgets a group.
	DeleteGroup(ctx context.Context, s data.Space, topic, group string, before func(ctx context.Context) error) error
	// Poll says that a member is there, divides the partitions among the members, and returns what is not committed of
	// the member's. A group that is not there is made, and made is called.
	Poll(ctx context.Context, s data.Space, topic string, in Poll, now time.Time,
		made func(ctx context.Context) error) (Polled, error)
	// Commit moves a member's partitions on.
	Commit(ctx context.Context, s data.Space, topic, group, member string, offsets []Position, now time.Time) error
}

var groupName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

// ofGroup is ofTopic for a group that a path names.
func (s *Service) ofGroup(ctx context.Context, workspaceID id.ID, topic, group string) (data.Space, error) {
	at, err := s.ofTopic(ctx, workspaceID, topic)
	if err != nil || group == "" {
		return at, err
	}
	if len(group) > MaxName || !groupName.MatchString(group) {
		err = fault.Invalid(fault.Violation{
			In: fault.InPath, Pointer: "/group", Code: "pattern", Message: "must be the name of a group",
		})
	}
	return at, err
}

// Groups lists the groups of a topic of a workspace of the caller's.
func (s *Service) Groups(ctx context.Context, workspaceID id.ID, topic string) ([]Group, error) {
	at, err := s.ofGroup(ctx, workspaceID, topic, "")
	if err != nil {
		return nil, err
	}
	return s.o.Engine.Groups(ctx, at, topic, s.o.Now())
}

// Group returns a group of a topic of a workspace of the caller's.
func (s *Service) Group(ctx context.Context, workspaceID id.ID, topic, group string) (Group, error) {
	at, err := s.ofGroup(ctx, workspaceID, topic, group)
	if err != nil {
		return Group{}, err
	}
	return s.o.Engine.Group(ctx, at, topic, group, s.o.Now())
}

// DeleteGroup forgets where a group of a workspace of the caller's stands.
func (s *Service) DeleteGroup(ctx context.Context, workspaceID id.ID, topic, group string) error {
	at, err := s.ofGroup(ctx, workspaceID, topic, group)
	if err != nil {
		return err
	}
	t, err := s.o.Engine.Topic(ctx, at, topic)
	if err != nil {
		return err
	}
	return s.o.Engine.DeleteGroup(ctx, at, topic, group, func(ctx context.Context) error {
		return s.record(ctx, at, "group.deleted", t.ID, audit.Fields{"topic": topic, "group": group}, nil)
	})
}

// Poll returns events for a member of a group that are not committed, and waits for one for up to a time. A group that
// does not exist begins with the oldest event that is kept.
func (s *Service) Poll(
	ctx context.Context, workspaceID id.ID, topic string, in Poll, wait time.Duration,
) (Polled, error) {
	at, err := s.ofGroup(ctx, workspaceID, topic, in.Group)
	if err != nil {
		return Polled{}, err
	}
	t, err := s.o.Engine.Topic(ctx, at, topic)
	if err != nil {
		return Polled{}, err
	}
	made := func(ctx context.Context) error {
		return s.record(ctx, at, "group.created", t.ID, nil, audit.Fields{"topic": topic, "group": in.Group})
	}
	end := time.Now().Add(min(wait, MaxWait))
	for {
		got, err := s.o.Engine.Poll(ctx, at, topic, in, s.o.Now(), made)
		if err != nil || len(got.Messages) > 0 || !time.Now().Before(end) {
			return got, err
		}
		if err := s.await(ctx, at, topic, got.Own, end); err != nil {
			return Polled{}, err
		}
	}
}

// await returns when there is an event at positions or later, when the member has to be heard of, or at the end.
func (s *Service) await(ctx context.Context, at data.Space, topic string, own []Position, end time.Time) error {
	if again := time.Now().Add(pollEvery); again.Before(end) {
		end = again
	}
	if len(own) == 0 && time.Until(end) > time.Second { // somebody may give a partition up
		end = time.Now().Add(time.Second)
	}
	for {
		pause := min(lookEvery, time.Until(end))
		if pause <= 0 {
			return nil
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
		if len(own) == 0 {
			continue
		}
		found, err := s.o.Engine.Read(ctx, at, topic, own, 1)
		if err != nil || len(found) > 0 {
			return err
		}
	}
}

// Commit says that a member of a group is done with what is in front of offsets.
func (s *Service) Commit(
	ctx context.Context, workspaceID id.ID, topic, group, member string, offsets []Position,
) error {
	at, err := s.ofGroup(ctx, workspaceID, topic, group)
	if err != nil {
		return err
	}
	seen := map[int]bool{}
	for i, p := range offsets {
		if seen[p.Partition] {
			return fault.Invalid(fault.Body("/offsets/"+strconv.Itoa(i)+"/partition", "duplicate",
				"must name each partition once"))
		}
		seen[p.Partition] = true
	}
	return s.o.Engine.Commit(ctx, at, topic, group, member, offsets, s.o.Now())
}

// Assign lets a member have its share of the partitions: it loses what is more, and takes of those that are nobody's,
// or of a member that is not there. members are all that are there, in the order of their names. It reports which
// places it has changed.
func Assign(places []Place, members []string, member string) (changed []bool) {
	changed = make([]bool, len(places))
	self := slices.Index(members, member)
	share := len(places) / len(members)
	if self < len(places)%len(members) {
		share++
	}
	own := 0
	for i := range places {
		p := &places[i]
		switch {
		case p.Member == "":
		case p.Member == member:
			if own++; own > share {
				own--
				p.Member, p.Delivered, changed[i] = "", p.Committed, true
			}
		case !slices.Contains(members, p.Member):
			p.Member, p.Delivered, changed[i] = "", p.Committed, true
		}
	}
	for i := range places {
		if p := &places[i]; p.Member == "" && own < share {
			p.Member, p.Delivered, changed[i] = member, p.Committed, true
			own++
		}
	}
	return changed
}

// PartitionLost is the error of a commit of what another member may have by now.
func PartitionLost() error {
	return &fault.Error{
		Code: fault.Conflict, Reason: "partition_lost",
		Message: "The partition is not the member's. What was not committed is delivered again.",
	}
}

// NotDelivered is the error of a commit of what the member was not given.
func NotDelivered() error {
	return &fault.Error{
		Code: fault.RuleBroken, Reason: "offset_not_delivered",
		Message: "An offset is beyond what the member was given. Commit what a poll has answered with.",
	}
}

// GroupFull is the error of one member too many.
func GroupFull() error {
	return &fault.Error{
		Code: fault.Conflict, Reason: "group_full", Message: "The group has the most members that it can have.",
	}
}

// TooManyGroups is the error of one group too many.
func TooManyGroups() error {
	return &fault.Error{
		Code: fault.Conflict, Reason: "too_many_groups", Message: "The topic has the most groups that it can have.",
	}
}
