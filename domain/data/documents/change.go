package documents

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"sync/atomic"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/update"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

// NewID makes an ObjectID: the second, a number of the process, and a counter, so that later ones are greater.
func NewID(now time.Time) value.Value {
	n := counter.Add(1)
	b := make([]byte, 0, 12)
	s := uint32(now.Unix())
	b = append(b, byte(s>>24), byte(s>>16), byte(s>>8), byte(s))
	b = append(append(b, process[:]...), byte(n>>16), byte(n>>8), byte(n))
	v, _ := value.OfObjectID(hex.EncodeToString(b))
	return v
}

var (
	process = func() (b [5]byte) {
		_, _ = rand.Read(b[:]) // it never fails
		return b
	}()
	counter atomic.Uint32
)

// Insert inserts a document, or the documents of an array, and returns them as they are stored.
func (s *Service) Insert(
	ctx context.Context, workspaceID id.ID, collection, body string,
) (stored []value.Value, array bool, err error) {
	at, err := s.inWorkspace(ctx, workspaceID, collection)
	if err != nil {
		return nil, false, err
	}
	v, err := refuse.Body("").Parse(body)
	if err != nil {
		return nil, false, err
	}
	array = v.Kind() == value.Array
	list := []value.Value{v}
	if array {
		if list = v.Slice(); len(list) == 0 || len(list) > MaxInsert {
			return nil, true, refuse.Body("").Type("a document, or an array of 1 to 1,000")
		}
	}
	ops := make([]Operation, len(list))
	stored = make([]value.Value, len(list))
	for i, d := range list {
		place := refuse.Body("")
		if array {
			place = place.Index(i)
		}
		if stored[i], err = update.Document(d, place, NewID(s.Now())); err != nil {
			return nil, array, err
		}
		ops[i] = Operation{Kind: InsertOne, Document: stored[i]}
	}
	_, err = s.Engine.Write(ctx, at, collection, ops, s.before(at, collection, "documents.inserted", nil))
	return stored, array, err
}

// only is the filter of the document with an id.
func only(documentID string) value.Value {
	return value.OfObject(value.F("_id", value.OfObject(value.F("$eq", DocumentID(documentID)))))
}

// Update changes a document by operators or a pipeline, and returns it as it is then.
func (s *Service) Update(
	ctx context.Context, workspaceID id.ID, collection, documentID, body, arrayFilters string, upsert bool,
) (doc value.Value, created bool, err error) {
	u := Update{Upsert: upsert}
	if u.Update, err = refuse.Body("").Parse(body); err != nil {
		return doc, false, err
	}
	if arrayFilters != "" {
		if u.ArrayFilters, err = refuse.Query("arrayFilters").Parse(arrayFilters); err != nil {
			return doc, false, err
		}
		if u.ArrayFilters.Kind() != value.Array {
			return doc, false, refuse.Query("arrayFilters").Type("an array of filters in JSON")
		}
	}
	return s.change(ctx, workspaceID, collection, documentID, Operation{Kind: UpdateOne, Update: u}, "document.updated")
}

// Replace puts a document in the place of the one with an id.
func (s *Service) Replace(
	ctx context.Context, workspaceID id.ID, collection, documentID, body string, upsert bool,
) (doc value.Value, created bool, err error) {
	u := Update{Replace: true, Upsert: upsert}
	if u.Update, err = refuse.Body("").Parse(body); err != nil {
		return doc, false, err
	}
	if given := u.Update.Get("_id"); !given.IsMissing() && !value.Equal(given, DocumentID(documentID)) {
		return doc, false, FixedID()
	}
	return s.change(ctx, workspaceID, collection, documentID, Operation{Kind: ReplaceOne, Update: u}, "document.replaced")
}

func (s *Service) change(
	ctx context.Context, workspaceID id.ID, collection, documentID string, op Operation, action string,
) (doc value.Value, created bool, err error) {
	at, err := s.inWorkspace(ctx, workspaceID, collection)
	if err != nil {
		return doc, false, err
	}
	op.Filter = only(documentID)
	if err := op.check(refuse.Body(""), refuse.Body(""), refuse.Query("arrayFilters")); err != nil {
		return doc, false, err
	}
	record := s.before(at, collection, action, audit.Fields{"document": documentID})
	before := func(ctx context.Context, u Usage, c Changes) error {
		if c.Matched+c.Upserted == 0 {
			return fault.NewNotFound("document")
		}
		return record(ctx, u, c)
	}
	c, err := s.Engine.Write(ctx, at, collection, []Operation{op}, before)
	return c.Last, c.Upserted > 0, err
}

// Delete deletes the document with an id.
func (s *Service) Delete(ctx context.Context, workspaceID id.ID, collection, documentID string) error {
	at, err := s.inWorkspace(ctx, workspaceID, collection)
	if err != nil {
		return err
	}
	record := s.before(at, collection, "document.deleted", audit.Fields{"document": documentID})
	_, err = s.Engine.Write(ctx, at, collection, []Operation{{Kind: DeleteOne, Filter: only(documentID)}},
		func(ctx context.Context, u Usage, c Changes) error {
			if c.Deleted == 0 {
				return fault.NewNotFound("document")
			}
			return record(ctx, u, c)
		})
	return err
}

// check refuses what cannot be done with any document.
func (op Operation) check(filters, updates, arrayFilters refuse.Place) error {
	if op.Kind == InsertOne {
		return nil
	}
	if _, err := filter.Compile(op.Filter, filters); err != nil {
		return err
	}
	if op.Kind == DeleteOne || op.Kind == DeleteMany {
		return nil
	}
	if op.Update.Replace {
		_, err := update.Replacement(op.Update.Update, updates)
		return err
	}
	_, err := update.Compile(op.Update.Update, op.Update.ArrayFilters, updates, arrayFilters)
	return err
}

// Bulk runs operations one after the other, all or none. operations is their array in JSON.
func (s *Service) Bulk(ctx context.Context, workspaceID id.ID, collection, operations string) (Changes, error) {
	at, err := s.inWorkspace(ctx, workspaceID, collection)
	if err != nil {
		return Changes{}, err
	}
	place := refuse.Body("/operations")
	v, err := place.Parse(operations)
	if err != nil {
		return Changes{}, err
	}
	list := v.Slice()
	if len(list) == 0 || len(list) > MaxOperations {
		return Changes{}, place.Type("an array of 1 to 100 operations")
	}
	ops := make([]Operation, len(list))
	for i, o := range list {
		if ops[i], err = s.operation(o, place.Index(i)); err != nil {
			return Changes{}, err
		}
	}
	return s.Engine.Write(ctx, at, collection, ops, s.before(at, collection, "documents.changed", nil))
}

// members are what the operations of a bulk have; those that end with a question mark may be absent.
var members = map[Kind][]string{
	InsertOne: {"document"}, UpdateOne: {"filter", "update", "arrayFilters?", "upsert?"},
	UpdateMany: {"filter", "update", "arrayFilters?", "upsert?"}, ReplaceOne: {"filter", "replacement", "upsert?"},
	DeleteOne: {"filter"}, DeleteMany: {"filter"},
}

// operation reads an operation of a bulk.
func (s *Service) operation(v value.Value, place refuse.Place) (Operation, error) {
	fields := v.Fields()
	if len(fields) != 1 {
		return Operation{}, place.Type("an object with one member, the operation")
	}
	op := Operation{Kind: Kind(fields[0].Name)}
	known, ok := members[op.Kind]
	if !ok {
		return op, place.Invalid("operation",
			"must be insertOne, updateOne, updateMany, replaceOne, deleteOne or deleteMany")
	}
	place = place.Key(fields[0].Name)
	in := fields[0].Value
	if in.Kind() != value.Object {
		return op, place.Type("an object")
	}
	allowed := map[string]bool{}
	for _, name := range known {
		must := name[len(name)-1] != '?'
		if !must {
			name = name[:len(name)-1]
		}
		allowed[name] = true
		if must && in.Get(name).IsMissing() {
			return op, place.Key(name).Invalid("required", "is required")
		}
	}
	for _, f := range in.Fields() {
		if !allowed[f.Name] {
			return op, place.Key(f.Name).Invalid("unknown_field", "is not a known field")
		}
	}
	if op.Filter = in.Get("filter"); allowed["filter"] && op.Filter.Kind() != value.Object {
		return op, place.Key("filter").Type("an object")
	}
	if upsert := in.Get("upsert"); !upsert.IsMissing() {
		if upsert.Kind() != value.Bool {
			return op, place.Key("upsert").Type("true or false")
		}
		op.Update.Upsert = upsert.Bool()
	}
	if op.Update.ArrayFilters = in.Get("arrayFilters"); op.Update.ArrayFilters.Kind() != value.Array &&
		!op.Update.ArrayFilters.IsMissing() {
		return op, place.Key("arrayFilters").Type("an array of filters")
	}
	updates := place.Key("update")
	switch op.Kind {
	case InsertOne:
		var err error
		op.Document, err = update.Document(in.Get("document"), place.Key("document"), NewID(s.Now()))
		return op, err
	case ReplaceOne:
		op.Update.Replace, op.Update.Update = true, in.Get("replacement")
		updates = place.Key("replacement")
	default:
		op.Update.Update = in.Get("update")
	}
	return op, op.check(place.Key("filter"), updates, place.Key("arrayFilters"))
}

// Located says which operation of several failed.
func Located(err error, at, of int) error {
	f := fault.Wrap(err)
	if of == 1 || f.Code == fault.Internal || len(f.Violations) > 0 {
		return err
	}
	out := *f
	out.Details = map[string]any{"operation": at}
	for k, v := range f.Details {
		out.Details[k] = v
	}
	return &out
}
