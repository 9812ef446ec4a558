package events

import (
	"context"
	"regexp"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
)

// Workspaces knows what the caller may use of a workspace.
type Workspaces interface {
	Access(ctx context.Context, workspaceID id.ID) (workspace.Access, error)
}

// Stock counts what workspaces store.
type Stock interface {
	// Change counts in the transaction of the write. More than the plan allows is FeatureLimit.
	Change(ctx context.Context, workspaceID id.ID, change plan.Amount) error
	// Add counts whatever the plan says.
	Add(ctx context.Context, changes map[id.ID]plan.Amount) error
	// Used returns what is counted.
	Used(ctx context.Context, workspaceID id.ID) (plan.Amount, error)
}

// Options are what the service is made of.
type Options struct {
	Engine     Engine
	Workspaces Workspaces
	Topics     Stock // without bytes
	Stock      Stock // of events
	Audit      *audit.Service
	Now        clock.Clock
}

// Service holds the rules of events.
type Service struct{ o Options }

// NewService makes the service.
func NewService(o Options) *Service { return &Service{o} }

// Holds reports whether a workspace has topics, so that its events cannot be taken away.
func (s *Service) Holds(ctx context.Context, workspaceID id.ID) (bool, error) {
	used, err := s.o.Topics.Used(ctx, workspaceID)
	return used.Items > 0, err
}

// Clean deletes events that topics no longer keep.
func (s *Service) Clean(ctx context.Context) error {
	return s.o.Engine.Clean(ctx, s.o.Now(), func(ctx context.Context, what map[id.ID]plan.Amount) error {
		for workspaceID, a := range what {
			what[workspaceID] = plan.Amount{}.Minus(a)
		}
		return s.o.Stock.Add(ctx, what)
	})
}

// inWorkspace returns where the events of a workspace of the caller's are.
func (s *Service) inWorkspace(ctx context.Context, workspaceID id.ID) (data.Space, error) {
	a, err := s.o.Workspaces.Access(ctx, workspaceID)
	return data.Space{WorkspaceID: workspaceID, OrgID: a.OrgID}, err
}

var topicName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

// checkName refuses what is no name of a topic, where it was found.
func checkName(name string, at fault.Violation) error {
	if len(name) <= MaxName && topicName.MatchString(name) {
		return nil
	}
	at.Code, at.Message = "topic_name", "must be 1 to 120 letters, digits, _, - and dots, and not begin with a dot or -"
	return fault.Invalid(at)
}

// ofTopic is inWorkspace for a topic that a path names.
func (s *Service) ofTopic(ctx context.Context, workspaceID id.ID, topic string) (data.Space, error) {
	at, err := s.inWorkspace(ctx, workspaceID)
	if err != nil {
		return at, err
	}
	return at, checkName(topic, fault.Violation{In: fault.InPath, Pointer: "/topic"})
}

// Topics lists up to limit topics of a workspace of the caller's after a name.
func (s *Service) Topics(ctx context.Context, workspaceID id.ID, after string, limit int) ([]Topic, error) {
	at, err := s.inWorkspace(ctx, workspaceID)
	if err != nil {
		return nil, err
	}
	return s.o.Engine.Topics(ctx, at, after, limit)
}

// Topic returns a topic of a workspace of the caller's.
func (s *Service) Topic(ctx context.Context, workspaceID id.ID, topic string) (Topic, error) {
	at, err := s.ofTopic(ctx, workspaceID, topic)
	if err != nil {
		return Topic{}, err
	}
	return s.o.Engine.Topic(ctx, at, topic)
}

// TopicUpdate changes what is not nil.
type TopicUpdate struct {
	Partitions *int
	Keep       *time.Duration
	KeepBytes  *int64 // 0: any number
}

// made is a new topic.
func (s *Service) made(name string) Topic {
	now := s.o.Now()
	return Topic{ID: id.New(), Name: name, Partitions: 1, Keep: DefaultKept, CreatedAt: now, UpdatedAt: now}
}

func (in TopicUpdate) apply(t *Topic) {
	if in.Partitions != nil {
		t.Partitions = *in.Partitions
	}
	if in.Keep != nil {
		t.Keep = *in.Keep
	}
	if in.KeepBytes != nil {
		t.KeepBytes = *in.KeepBytes
	}
}

// CreateTopic makes a topic in a workspace of the caller's.
func (s *Service) CreateTopic(ctx context.Context, workspaceID id.ID, name string, in TopicUpdate) (Topic, error) {
	at, err := s.inWorkspace(ctx, workspaceID)
	if err != nil {
		return Topic{}, err
	}
	if err := checkName(name, fault.Body("/name", "", "")); err != nil {
		return Topic{}, err
	}
	t := s.made(name)
	in.apply(&t)
	return s.o.Engine.CreateTopic(ctx, at, t, func(ctx context.Context, u Usage) error {
		if err := s.count(ctx, at, u); err != nil {
			return err
		}
		return s.record(ctx, at, "topic.created", t.ID, nil, shown(t))
	})
}

// UpdateTopic changes a topic of a workspace of the caller's.
func (s *Service) UpdateTopic(ctx context.Context, workspaceID id.ID, name string, in TopicUpdate) (Topic, error) {
	at, err := s.ofTopic(ctx, workspaceID, name)
	if err != nil {
		return Topic{}, err
	}
	var before, after Topic
	change := func(t *Topic) error {
		before = *t
		in.apply(t)
		if t.Partitions < before.Partitions {
			return &fault.Error{
				Code: fault.RuleBroken, Reason: "partitions_decreased",
				Message: "A topic cannot have fewer partitions than it has. Make another topic.",
			}
		}
		t.UpdatedAt = s.o.Now()
		after = *t
		return nil
	}
	return s.o.Engine.UpdateTopic(ctx, at, name, change, func(ctx context.Context, _ Usage) error {
		return s.record(ctx, at, "topic.updated", after.ID, shown(before), shown(after))
	})
}

// DeleteTopic deletes a topic of a workspace of the caller's with its events.
func (s *Service) DeleteTopic(ctx context.Context, workspaceID id.ID, name string) error {
	at, err := s.ofTopic(ctx, workspaceID, name)
	if err != nil {
		return err
	}
	t, err := s.o.Engine.Topic(ctx, at, name)
	if err != nil {
		return err
	}
	return s.o.Engine.DeleteTopic(ctx, at, name, func(ctx context.Context, u Usage) error {
		if err := s.count(ctx, at, u); err != nil {
			return err
		}
		return s.record(ctx, at, "topic.deleted", t.ID, shown(t), nil)
	})
}

func shown(t Topic) audit.Fields {
	f := audit.Fields{"topic": t.Name, "partitions": t.Partitions, "retention_seconds": int64(t.Keep / time.Second)}
	if t.KeepBytes > 0 {
		f["retention_bytes"] = t.KeepBytes
	}
	return f
}

func (s *Service) record(
	ctx context.Context, at data.Space, action string, topic id.ID, before, after audit.Fields,
) error {
	return s.o.Audit.Record(ctx, at.OrgID, action, audit.Topic, topic, before, after)
}

// count counts what a change does.
func (s *Service) count(ctx context.Context, at data.Space, u Usage) error {
	if u.Topics != 0 {
		if err := s.o.Topics.Change(ctx, at.WorkspaceID, plan.Amount{Items: u.Topics}); err != nil {
			return err
		}
	}
	return s.o.Stock.Change(ctx, at.WorkspaceID, plan.Amount{Items: u.Events, Bytes: u.Bytes})
}
