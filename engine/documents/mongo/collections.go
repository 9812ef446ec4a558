package mongo

import (
	"context"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

// mark is what is known of a collection.
type mark struct {
	Name      string    `bson:"_id"`
	Made      time.Time `bson:"made"`
	Documents int64     `bson:"documents"`
	Bytes     int64     `bson:"bytes"`
}

// Collections implements documents.Engine.
func (e *Engine) Collections(
	ctx context.Context, s data.Space, after string, limit int,
) ([]documents.Collection, error) {
	ctx, cancel := within(ctx)
	defer cancel()
	c, err := e.in(ctx, s, marks).Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: after}}}},
		options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(limit)))
	if err != nil {
		return nil, worded(ctx, err)
	}
	var found []mark
	if err := c.All(ctx, &found); err != nil {
		return nil, worded(ctx, err)
	}
	out := make([]documents.Collection, len(found))
	for i, m := range found {
		out[i] = documents.Collection{Name: m.Name, Documents: m.Documents, Bytes: m.Bytes, CreatedAt: m.Made}
	}
	return out, nil
}

func (e *Engine) known(ctx context.Context, s data.Space, collection string) (mark, error) {
	var m mark
	err := e.in(ctx, s, marks).FindOne(ctx, bson.D{{Key: "_id", Value: collection}}).Decode(&m)
	if err == driver.ErrNoDocuments {
		return m, fault.NewNotFound("collection")
	}
	return m, worded(ctx, err)
}

// DropCollection implements documents.Engine.
func (e *Engine) DropCollection(
	ctx context.Context, s data.Space, collection string, before documents.Before,
) error {
	ctx, cancel := within(ctx)
	defer cancel()
	m, err := e.known(ctx, s, collection)
	if err != nil {
		return err
	}
	if err := e.in(ctx, s, collection).Drop(ctx); err != nil {
		return worded(ctx, err)
	}
	res, err := e.in(ctx, s, marks).DeleteOne(ctx, bson.D{{Key: "_id", Value: collection}})
	if err != nil {
		return worded(ctx, err)
	}
	if res.DeletedCount == 0 { // another request has deleted it
		return fault.NewNotFound("collection")
	}
	return before(ctx, documents.Usage{Collections: -1, Documents: -m.Documents, Bytes: -m.Bytes}, documents.Changes{})
}

// Purge implements documents.Engine.
func (e *Engine) Purge(ctx context.Context, workspaceID id.ID) error {
	ctx, cancel := within(ctx)
	defer cancel()
	return worded(ctx, e.database(ctx, workspaceID).Drop(ctx))
}

// spec is an index as the server tells it.
type spec struct {
	Name    string   `bson:"name"`
	Key     bson.Raw `bson:"key"`
	Unique  bool     `bson:"unique"`
	Partial bson.Raw `bson:"partialFilterExpression"`
}

// Indexes implements documents.Engine.
func (e *Engine) Indexes(ctx context.Context, s data.Space, collection string) ([]documents.Index, error) {
	ctx, cancel := within(ctx)
	defer cancel()
	m, err := e.known(ctx, s, collection)
	if err != nil {
		return nil, err
	}
	c, err := e.in(ctx, s, collection).Indexes().List(ctx)
	if err != nil {
		return nil, worded(ctx, err)
	}
	var found []spec
	if err := c.All(ctx, &found); err != nil {
		return nil, worded(ctx, err)
	}
	var out []documents.Index
	for _, f := range found {
		if f.Name == "_id_" {
			continue
		}
		in := documents.Index{Name: f.Name, Unique: f.Unique, CreatedAt: m.Made}
		if in.Keys, err = fromRaw(f.Key); err != nil {
			return nil, err
		}
		if len(f.Partial) > 0 {
			if in.Partial, err = fromRaw(f.Partial); err != nil {
				return nil, err
			}
		}
		out = append(out, in)
	}
	return out, nil
}

// CreateIndex implements documents.Engine.
func (e *Engine) CreateIndex(
	ctx context.Context, s data.Space, collection string, in documents.Index, before documents.Before,
) (documents.Index, error) {
	ctx, cancel := within(ctx)
	defer cancel()
	w := &writer{Engine: e, in: e.in(ctx, s, collection)}
	if err := w.mark(ctx); err != nil {
		return in, worded(ctx, err)
	}
	was, err := e.Indexes(ctx, s, collection)
	if err != nil {
		return in, err
	}
	same := slices.IndexFunc(was, func(o documents.Index) bool { return o.Name == in.Name })
	if same >= 0 {
		if o := was[same]; value.Equal(o.Keys, in.Keys) && o.Unique == in.Unique && value.Equal(o.Partial, in.Partial) {
			return o, nil
		}
		return in, documents.TakenIndex()
	}
	if len(was) >= documents.MaxIndexes {
		return in, documents.TooManyIndexes()
	}
	if err := before(ctx, w.usage, documents.Changes{}); err != nil {
		if w.usage.Collections > 0 {
			w.unmark(context.WithoutCancel(ctx), collection)
		}
		return in, err
	}
	o := options.Index().SetName(in.Name).SetUnique(in.Unique)
	if !in.Partial.IsMissing() {
		o.SetPartialFilterExpression(document(in.Partial))
	}
	_, err = w.in.Indexes().CreateOne(ctx, driver.IndexModel{Keys: document(in.Keys), Options: o})
	in.CreatedAt = e.now()
	return in, worded(ctx, err)
}

// DropIndex implements documents.Engine.
func (e *Engine) DropIndex(
	ctx context.Context, s data.Space, collection, name string, before documents.Before,
) error {
	ctx, cancel := within(ctx)
	defer cancel()
	was, err := e.Indexes(ctx, s, collection)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(was, func(o documents.Index) bool { return o.Name == name }) {
		return fault.NewNotFound("index")
	}
	if err := e.in(ctx, s, collection).Indexes().DropOne(ctx, name); err != nil {
		return worded(ctx, err)
	}
	return before(ctx, documents.Usage{}, documents.Changes{})
}

// Explain implements documents.Engine, as the server explains its plan.
func (e *Engine) Explain(
	ctx context.Context, s data.Space, collection string, q documents.Query,
) (documents.Plan, error) {
	ctx, cancel := within(ctx)
	defer cancel()
	out := documents.Plan{Stage: documents.StageCollection, Conditions: []string{}, Sort: documents.SortNone}
	find := bson.D{{Key: "find", Value: collection}, {Key: "filter", Value: document(q.Filter)}}
	if !q.Sort.IsMissing() && q.Sort.Len() > 0 {
		find = append(find, bson.E{Key: "sort", Value: document(q.Sort)})
		out.Sort = documents.SortIndex
	}
	raw, err := e.database(ctx, s.WorkspaceID).RunCommand(ctx, bson.D{
		{Key: "explain", Value: find}, {Key: "verbosity", Value: "queryPlanner"},
	}).Raw()
	if err != nil {
		return out, worded(ctx, err)
	}
	plan, err := fromRaw(raw)
	if err != nil {
		return out, err
	}
	walk(plan.Get("queryPlanner").Get("winningPlan"), &out)
	return out, nil
}

// walk reads a plan of the server.
func walk(v value.Value, out *documents.Plan) {
	switch v.Get("stage").Text() {
	case "IDHACK", "EXPRESS_IXSCAN":
		out.Stage = documents.StageID
	case "IXSCAN":
		out.Stage, out.Index = documents.StageIndex, v.Get("indexName").Text()
		for _, f := range v.Get("indexBounds").Fields() {
			for _, bound := range f.Value.Slice() {
				out.Conditions = append(out.Conditions, f.Name+" in "+bound.Text())
			}
		}
	case "SORT":
		out.Sort = documents.SortMemory
	}
	for _, f := range v.Fields() {
		switch f.Value.Kind() {
		case value.Object:
			walk(f.Value, out)
		case value.Array:
			for _, elem := range f.Value.Slice() {
				walk(elem, out)
			}
		}
	}
}

// ExplainPipeline implements documents.Engine.
func (e *Engine) ExplainPipeline(
	ctx context.Context, s data.Space, collection string, stages value.Value,
) (documents.Plan, error) {
	q := documents.Query{Limit: 1}
	if first := stages.Index(0).Get("$match"); !first.IsMissing() {
		q.Filter = first
	}
	return e.Explain(ctx, s, collection, q)
}
