package mongo

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/documents/value"
)

// writer runs the operations of one request. A server that is a member of a replica set runs them in a transaction.
// One that stands alone has none: what was done is undone when an operation fails, in the opposite order.
type writer struct {
	*Engine
	in      *driver.Collection
	changes documents.Changes
	usage   documents.Usage
	touched int
	undo    []func(ctx context.Context) error // nil in a transaction
	alone   bool
}

// transactions reports whether the server has them.
func (e *Engine) transactions(ctx context.Context) (bool, error) {
	var hello struct {
		SetName string `bson:"setName"`
		Message string `bson:"msg"`
	}
	err := e.client.Database("admin").RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello)
	var server driver.ServerError
	if errors.As(err, &server) { // an old one
		return false, nil
	}
	return hello.SetName != "" || hello.Message == "isdbgrid", err
}

// Write implements documents.Engine.
func (e *Engine) Write(
	ctx context.Context, s data.Space, collection string, ops []documents.Operation, before documents.Before,
) (documents.Changes, error) {
	within, cancel := within(ctx)
	defer cancel()
	w := &writer{Engine: e, in: e.in(within, s, collection), changes: documents.Changes{
		InsertedIDs: map[int]value.Value{}, UpsertedIDs: map[int]value.Value{},
	}}
	creates := false
	for _, op := range ops {
		creates = creates || op.Kind == documents.InsertOne || op.Update.Upsert
	}
	if creates {
		if err := w.mark(within); err != nil {
			return w.changes, worded(within, err)
		}
	}
	many, err := e.transactions(within)
	if err != nil {
		return w.changes, worded(within, err)
	}
	w.alone = !many
	run := func(ctx context.Context) error {
		for at, op := range ops {
			if err := w.run(ctx, op, at); err != nil {
				return documents.Located(worded(ctx, err), at, len(ops))
			}
		}
		if err := w.count(ctx, collection); err != nil {
			return worded(ctx, err)
		}
		return before(ctx, w.usage, w.changes)
	}
	if many {
		err = e.together(within, run)
	} else if err = run(within); err != nil {
		w.takeBack(context.WithoutCancel(ctx))
	}
	if err != nil && w.usage.Collections > 0 {
		w.unmark(context.WithoutCancel(ctx), collection)
	}
	return w.changes, err
}

// together runs a transaction.
func (e *Engine) together(ctx context.Context, fn func(ctx context.Context) error) error {
	session, err := e.client.StartSession()
	if err != nil {
		return worded(ctx, err)
	}
	defer session.EndSession(context.WithoutCancel(ctx))
	if err := session.StartTransaction(); err != nil {
		return worded(ctx, err)
	}
	if err := fn(driver.NewSessionContext(ctx, session)); err != nil {
		_ = session.AbortTransaction(context.WithoutCancel(ctx)) // it ends by itself as well
		return err
	}
	return worded(ctx, session.CommitTransaction(ctx))
}

// mark notes a collection that comes into being. Of several who make it one counts it.
func (w *writer) mark(ctx context.Context) error {
	res, err := w.in.Database().Collection(marks).UpdateOne(ctx, bson.D{{Key: "_id", Value: w.in.Name()}},
		bson.D{{Key: "$setOnInsert", Value: bson.D{{Key: "made", Value: bson.NewDateTimeFromTime(w.now())}}}},
		options.UpdateOne().SetUpsert(true))
	if err != nil {
		return err
	}
	w.usage.Collections += res.UpsertedCount
	return nil
}

func (w *writer) unmark(ctx context.Context, collection string) {
	n, err := w.in.EstimatedDocumentCount(ctx)
	if err == nil && n == 0 {
		_, _ = w.in.Database().Collection(marks).DeleteOne(ctx, bson.D{{Key: "_id", Value: collection}})
	}
}

// count adds to what is known of the collection.
func (w *writer) count(ctx context.Context, collection string) error {
	if w.usage.Documents == 0 && w.usage.Bytes == 0 {
		return nil
	}
	change := func(sign int64) bson.D {
		return bson.D{{Key: "$inc", Value: bson.D{
			{Key: "documents", Value: sign * w.usage.Documents}, {Key: "bytes", Value: sign * w.usage.Bytes},
		}}}
	}
	at := w.in.Database().Collection(marks)
	_, err := at.UpdateOne(ctx, bson.D{{Key: "_id", Value: collection}}, change(1))
	w.later(func(ctx context.Context) error {
		_, err := at.UpdateOne(ctx, bson.D{{Key: "_id", Value: collection}}, change(-1))
		return err
	})
	return err
}

func (w *writer) later(undo func(ctx context.Context) error) {
	if w.alone {
		w.undo = append(w.undo, undo)
	}
}

func (w *writer) takeBack(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, w.wait)
	defer cancel()
	for i := len(w.undo) - 1; i >= 0; i-- {
		if w.undo[i](ctx) != nil {
			return
		}
	}
}

func (w *writer) run(ctx context.Context, op documents.Operation, at int) error {
	if op.Kind == documents.InsertOne {
		return w.insert(ctx, op.Document, at)
	}
	many := op.Kind == documents.UpdateMany || op.Kind == documents.DeleteMany
	found, err := w.targets(ctx, op.Filter, many)
	if err != nil {
		return err
	}
	if op.Kind == documents.DeleteOne || op.Kind == documents.DeleteMany {
		return w.delete(ctx, found)
	}
	if len(found) == 0 && op.Update.Upsert {
		return w.upsert(ctx, op, at)
	}
	return w.update(ctx, op, found)
}

func size(v value.Value) int64 { return int64(len(v.String())) }

func (w *writer) insert(ctx context.Context, doc value.Value, at int) error {
	if _, err := w.in.InsertOne(ctx, document(doc)); err != nil {
		return err
	}
	documentID := doc.Get("_id")
	w.changes.Inserted++
	w.changes.InsertedIDs[at], w.changes.Last = documentID, doc
	w.usage.Documents++
	w.usage.Bytes += size(doc)
	w.later(func(ctx context.Context) error {
		_, err := w.in.DeleteOne(ctx, byID(documentID))
		return err
	})
	return nil
}

// targets returns the documents that match a filter.
func (w *writer) targets(ctx context.Context, filter value.Value, many bool) ([]value.Value, error) {
	o := options.Find().SetLimit(documents.MaxChanged + 1)
	if !many {
		o.SetLimit(1)
	}
	c, err := w.in.Find(ctx, document(filter), o)
	if err != nil {
		return nil, err
	}
	var found []value.Value
	memory := 0
	err = all(ctx, c, func(v value.Value) error {
		if memory += v.Size(); memory > documents.MaxMemory {
			return documents.TooManyChanges()
		}
		found = append(found, v)
		return nil
	})
	if w.touched += len(found); w.touched > documents.MaxChanged {
		return nil, documents.TooManyChanges()
	}
	return found, err
}

// only is the filter of documents that still match another one.
func only(found []value.Value, filter value.Value) bson.D {
	ids := bson.A{}
	for _, d := range found {
		ids = append(ids, toBSON(d.Get("_id")))
	}
	return bson.D{{Key: "$and", Value: bson.A{
		bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}, document(filter),
	}}}
}

func (w *writer) delete(ctx context.Context, found []value.Value) error {
	if len(found) == 0 {
		return nil
	}
	res, err := w.in.DeleteMany(ctx, only(found, value.EmptyObject))
	if err != nil {
		return err
	}
	w.changes.Deleted += int(res.DeletedCount)
	w.usage.Documents -= res.DeletedCount
	for _, d := range found {
		w.usage.Bytes -= size(d)
		w.changes.Last = d
	}
	w.restore(found)
	return nil
}

// restore has documents put back when what follows fails.
func (w *writer) restore(docs []value.Value) {
	w.later(func(ctx context.Context) error {
		for _, d := range docs {
			_, err := w.in.ReplaceOne(ctx, byID(d.Get("_id")), document(d), options.Replace().SetUpsert(true))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// changed is what the driver takes as an update: operators, or a pipeline.
func changed(u documents.Update) any {
	if u.Update.Kind() == value.Array {
		return toBSON(u.Update)
	}
	return document(u.Update)
}

func filters(u documents.Update) []any {
	var out []any
	for _, f := range u.ArrayFilters.Slice() {
		out = append(out, document(f))
	}
	return out
}

func (w *writer) update(ctx context.Context, op documents.Operation, found []value.Value) error {
	if len(found) == 0 {
		return nil
	}
	w.restore(found)
	var matched, modified int64
	if op.Update.Replace {
		res, err := w.in.ReplaceOne(ctx, only(found, op.Filter), document(op.Update.Update))
		if err != nil {
			return err
		}
		matched, modified = res.MatchedCount, res.ModifiedCount
	} else {
		o := options.UpdateMany()
		if list := filters(op.Update); list != nil {
			o.SetArrayFilters(list)
		}
		res, err := w.in.UpdateMany(ctx, only(found, op.Filter), changed(op.Update), o)
		if err != nil {
			return err
		}
		matched, modified = res.MatchedCount, res.ModifiedCount
	}
	w.changes.Matched += int(matched)
	w.changes.Modified += int(modified)
	c, err := w.in.Find(ctx, only(found, value.EmptyObject))
	if err != nil {
		return err
	}
	for _, d := range found {
		w.usage.Bytes -= size(d)
	}
	return all(ctx, c, func(d value.Value) error {
		w.usage.Bytes += size(d)
		w.changes.Last = d
		return nil
	})
}

func (w *writer) upsert(ctx context.Context, op documents.Operation, at int) error {
	var made any
	if op.Update.Replace {
		res, err := w.in.ReplaceOne(ctx, document(op.Filter), document(op.Update.Update),
			options.Replace().SetUpsert(true))
		if err != nil {
			return err
		}
		made = res.UpsertedID
	} else {
		o := options.UpdateOne().SetUpsert(true)
		if list := filters(op.Update); list != nil {
			o.SetArrayFilters(list)
		}
		res, err := w.in.UpdateOne(ctx, document(op.Filter), changed(op.Update), o)
		if err != nil {
			return err
		}
		made = res.UpsertedID
	}
	if made == nil { // somebody else has made it meanwhile, and it was changed
		w.changes.Matched++
		w.changes.Modified++
		return nil
	}
	by := bson.D{{Key: "_id", Value: bson.D{{Key: "$eq", Value: made}}}}
	w.later(func(ctx context.Context) error {
		_, err := w.in.DeleteOne(ctx, by)
		return err
	})
	raw, err := w.in.FindOne(ctx, by).Raw()
	if err != nil {
		return err
	}
	doc, err := fromRaw(raw)
	w.changes.Upserted++
	w.changes.UpsertedIDs[at], w.changes.Last = doc.Get("_id"), doc
	w.usage.Documents++
	w.usage.Bytes += size(doc)
	return err
}
