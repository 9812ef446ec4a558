package control

import (
	"context"
	"strconv"
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/alania-go/alania/domain/data/events"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/answer"
	"github.com/alania-go/alania/server/convert"
)

// PublishEvents stores events.
func (a *API) PublishEvents(
	ctx context.Context, r control.PublishEventsRequestObject,
) (control.PublishEventsResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	p, err := a.Events.Publish(ctx, workspaceID, *r.Body)
	if err != nil {
		return nil, err
	}
	out := control.Publication{
		PublicationID: p.ID.Prefixed(id.PublicationPrefix), AcceptedAt: answer.At(p.AcceptedAt()),
	}
	if p.Array {
		out.Items = convert.Each(p.Events, fromStored)
	} else {
		one := fromStored(p.Events[0])
		out.Topic, out.Partition, out.Offset = &one.Topic, &one.Partition, &one.Offset
	}
	return control.PublishEvents202JSONResponse(out), nil
}

func fromStored(e events.Stored) control.StoredEvent {
	return control.StoredEvent{
		Topic: e.Topic, Partition: number(e.Partition), Offset: e.Offset, AcceptedAt: answer.At(e.AcceptedAt),
	}
}

// ListTopics lists the topics of a workspace.
func (a *API) ListTopics(
	ctx context.Context, r control.ListTopicsRequestObject,
) (control.ListTopicsResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	q, err := a.Cursors.Query("topics/"+r.WorkspaceID, convert.Value(r.Params.Cursor), *r.Params.Limit,
		page.Sort{Field: "name"})
	if err != nil {
		return nil, err
	}
	after := ""
	if q.After != nil {
		after = q.After.Key
	}
	found, err := a.Events.Topics(ctx, workspaceID, after, q.Limit+1)
	if err != nil {
		return nil, err
	}
	var next *page.Position
	if len(found) > q.Limit {
		found = found[:q.Limit]
		next = &page.Position{Key: found[q.Limit-1].Name}
	}
	return control.ListTopics200JSONResponse{
		Items: convert.Each(found, fromTopic),
		Page:  control.Page{Limit: q.Limit, NextCursor: convert.Nullable(a.Cursors.Next(q, next))},
	}, nil
}

func fromTopic(t events.Topic) control.Topic {
	out := control.Topic{
		Name: t.Name, Partitions: number(t.Partitions),
		RetentionSeconds: int64(t.Keep / time.Second), RetentionBytes: nullable.NewNullNullable[int64](),
		Events: t.Events, Bytes: t.Bytes, CreatedAt: answer.At(t.CreatedAt), UpdatedAt: answer.At(t.UpdatedAt),
	}
	if t.KeepBytes > 0 {
		out.RetentionBytes = nullable.NewNullableWithValue(t.KeepBytes)
	}
	return out
}

// toTopic reads what a topic is to have.
func toTopic(partitions *int32, seconds *int64, bytes nullable.Nullable[int64]) events.TopicUpdate {
	var in events.TopicUpdate
	if partitions != nil {
		n := int(*partitions)
		in.Partitions = &n
	}
	if seconds != nil {
		d := time.Duration(*seconds) * time.Second
		in.Keep = &d
	}
	if bytes.IsSpecified() {
		n, _ := bytes.Get() // null is any number
		in.KeepBytes = &n
	}
	return in
}

// CreateTopic makes a topic.
func (a *API) CreateTopic(
	ctx context.Context, r control.CreateTopicRequestObject,
) (control.CreateTopicResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	b := r.Body
	t, err := a.Events.CreateTopic(ctx, workspaceID, b.Name, toTopic(b.Partitions, b.RetentionSeconds, b.RetentionBytes))
	if err != nil {
		return nil, err
	}
	return control.CreateTopic201JSONResponse(fromTopic(t)), nil
}

// GetTopic returns a topic.
func (a *API) GetTopic(
	ctx context.Context, r control.GetTopicRequestObject,
) (control.GetTopicResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	t, err := a.Events.Topic(ctx, workspaceID, r.Topic)
	if err != nil {
		return nil, err
	}
	return control.GetTopic200JSONResponse(fromTopic(t)), nil
}

// UpdateTopic changes a topic.
func (a *API) UpdateTopic(
	ctx context.Context, r control.UpdateTopicRequestObject,
) (control.UpdateTopicResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	b := r.Body
	t, err := a.Events.UpdateTopic(ctx, workspaceID, r.Topic, toTopic(b.Partitions, b.RetentionSeconds, b.RetentionBytes))
	if err != nil {
		return nil, err
	}
	return control.UpdateTopic200JSONResponse(fromTopic(t)), nil
}

// DeleteTopic deletes a topic.
func (a *API) DeleteTopic(
	ctx context.Context, r control.DeleteTopicRequestObject,
) (control.DeleteTopicResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	return control.DeleteTopic204Response{}, a.Events.DeleteTopic(ctx, workspaceID, r.Topic)
}

// ListMessages lists the messages of a topic.
func (a *API) ListMessages(
	ctx context.Context, r control.ListMessagesRequestObject,
) (control.ListMessagesResponseObject, error) {
	workspaceID, err := ParseWorkspace(r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	in := events.Asked{From: convert.Value(r.Params.From), Limit: *r.Params.Limit}
	list := "messages/" + r.WorkspaceID + "/" + r.Topic + "/" + in.From
	if r.Params.Partition != nil {
		n := int(*r.Params.Partition)
		in.Partition = &n
		list += "/" + strconv.Itoa(n)
	}
	q, err := a.Cursors.Query(list, convert.Value(r.Params.Cursor), in.Limit, page.Sort{Field: "offset"})
	if err != nil {
		return nil, err
	}
	if q.After != nil {
		in.After = q.After.Key
	}
	found, after, err := a.Events.Messages(ctx, workspaceID, r.Topic, in)
	if err != nil {
		return nil, err
	}
	var next *page.Position
	if after != "" {
		next = &page.Position{Key: after}
	}
	return control.ListMessages200JSONResponse{
		Items: convert.Each(found, fromMessage),
		Page:  control.Page{Limit: q.Limit, NextCursor: convert.Nullable(a.Cursors.Next(q, next))},
	}, nil
}

func fromMessage(m events.Message) control.Message {
	return control.Message{
		Partition: number(m.Partition), Offset: m.Offset, Key: convert.Nullable(m.Key), Payload: m.Payload,
		AcceptedAt: answer.At(m.AcceptedAt),
	}
}
