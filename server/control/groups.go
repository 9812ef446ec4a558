package control

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/data/events"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/answer"
	"github.com/alania-go/alania/server/convert"
)

// defaultPoll is how many events a poll that says nothing asks for.
const defaultPoll = 20

// ListGroups lists the groups of a topic.
func (a *API) ListGroups(
	ctx context.Context, r control.ListGroupsRequestObject,
) (control.ListGroupsResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	found, err := a.Events.Groups(ctx, workspaceID, r.Topic)
	if err != nil {
		return nil, err
	}
	return control.ListGroups200JSONResponse{Items: convert.Each(found, fromGroup)}, nil
}

// GetGroup returns a group.
func (a *API) GetGroup(ctx context.Context, r control.GetGroupRequestObject) (control.GetGroupResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	g, err := a.Events.Group(ctx, workspaceID, r.Topic, r.Group)
	if err != nil {
		return nil, err
	}
	return control.GetGroup200JSONResponse(fromGroup(g)), nil
}

func fromGroup(g events.Group) control.Group {
	own := map[string][]int32{}
	for _, p := range g.Partitions {
		own[p.Member] = append(own[p.Member], number(p.Partition))
	}
	return control.Group{
		Group: g.Name, Lag: g.Lag(), CreatedAt: answer.At(g.CreatedAt),
		Members: convert.Each(g.Members, func(m events.Member) control.GroupMember {
			return control.GroupMember{
				Member: m.Name, SeenAt: answer.At(m.SeenAt), Partitions: append([]int32{}, own[m.Name]...),
			}
		}),
		Partitions: convert.Each(g.Partitions, func(p events.Place) control.GroupPartition {
			out := control.GroupPartition{
				Partition: number(p.Partition), Committed: p.Committed, End: p.End, Lag: p.Lag(),
			}
			if p.Member == "" {
				out.Member.SetNull()
			} else {
				out.Member.Set(p.Member)
			}
			return out
		}),
	}
}

// number shows the number of a partition.
func number(partition int) int32 { return int32(partition) } //nolint:gosec // below MaxPartitions

// DeleteGroup forgets a group.
func (a *API) DeleteGroup(
	ctx context.Context, r control.DeleteGroupRequestObject,
) (control.DeleteGroupResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	return control.DeleteGroup204Response{}, a.Events.DeleteGroup(ctx, workspaceID, r.Topic, r.Group)
}

// PollGroup answers a member of a group with events.
func (a *API) PollGroup(
	ctx context.Context, r control.PollGroupRequestObject,
) (control.PollGroupResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	in := events.Poll{Group: r.Group, Member: r.Body.Member, Limit: defaultPoll}
	if r.Body.Max != nil {
		in.Limit = int(*r.Body.Max)
	}
	wait := time.Duration(convert.Value(r.Body.WaitSeconds)) * time.Second
	got, err := a.Events.Poll(ctx, workspaceID, r.Topic, in, wait)
	if err != nil {
		return nil, err
	}
	return control.PollGroup200JSONResponse{
		Items: convert.Each(got.Messages, fromMessage),
		Offsets: convert.Each(got.Own, func(p events.Position) control.GroupOffset {
			return control.GroupOffset{Partition: number(p.Partition), Offset: p.Offset}
		}),
	}, nil
}

// CommitGroup moves the partitions of a member on.
func (a *API) CommitGroup(
	ctx context.Context, r control.CommitGroupRequestObject,
) (control.CommitGroupResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	return control.CommitGroup204Response{}, a.Events.Commit(ctx, workspaceID, r.Topic, r.Group, r.Body.Member,
		convert.Each(r.Body.Offsets, func(o control.GroupOffset) events.Position {
			return events.Position{Partition: int(o.Partition), Offset: o.Offset}
		}))
}
