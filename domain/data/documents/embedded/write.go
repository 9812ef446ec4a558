package embedded

import (
	"bytes"
	"context"
	"slices"

	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/key"
	"github.com/alania-go/alania/domain/data/documents/order"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/update"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
)

// writer runs the operations of one transaction.
type writer struct {
	*Engine
	c       *opened
	changes documents.Changes
	usage   documents.Usage
	touched int // documents
	memory  int // bytes
}

// Write implements documents.Engine.
func (e *Engine) Write(
	ctx context.Context, s data.Space, collection string, ops []documents.Operation, before documents.Before,
) (documents.Changes, error) {
	alone, creates := false, false
	for _, op := range ops {
		alone = alone || op.Update.Upsert // so that two do not make the same
		creates = creates || op.Update.Upsert || op.Kind == documents.InsertOne
	}
	var out documents.Changes
	err := e.tx.InTx(ctx, func(ctx context.Context) error {
		if err := e.rows.HoldWorkspace(ctx, s.WorkspaceID); err != nil {
			return err
		}
		w := writer{Engine: e, changes: documents.Changes{
			InsertedIDs: map[int]value.Value{}, UpsertedIDs: map[int]value.Value{},
		}}
		if err := w.open(ctx, s, collection, alone, creates); err != nil {
			return err
		}
		for at := 0; at < len(ops); {
			n, err := w.run(ctx, ops, at)
			if err != nil {
				return documents.Located(err, at, len(ops))
			}
			at += n
		}
		if w.c != nil && (w.usage.Documents != 0 || w.usage.Bytes != 0) {
			if err := e.rows.Count(ctx, w.c.ID, w.usage.Documents, w.usage.Bytes); err != nil {
				return err
			}
		}
		out = w.changes
		return before(ctx, w.usage, w.changes)
	})
	return out, err
}

// open locks the collection, and makes it when there is none.
func (w *writer) open(ctx context.Context, s data.Space, collection string, alone, create bool) error {
	for range 5 {
		row, err := w.rows.LockCollection(ctx, s.WorkspaceID, collection, alone)
		if err == nil {
			w.c, err = w.withIndexes(ctx, row)
			return err
		}
		if !fault.IsCode(err, fault.NotFound) || !create {
			if fault.IsCode(err, fault.NotFound) {
				err = nil
			}
			return err
		}
		row = Collection{
			ID: documents.CollectionID(s.WorkspaceID, collection), WorkspaceID: s.WorkspaceID, Name: collection, Version: 1,
			CreatedAt: w.now(),
		}
		made, err := w.rows.InsertCollection(ctx, row)
		if err != nil {
			return err
		}
		if made {
			w.usage.Collections++
		}
	}
	return &fault.Error{
		Code: fault.Unavailable, RetryAfter: second, Message: "The collection is being deleted and made. Try again.",
	}
}

// run runs the operation at a place, and returns how many it has run: inserts that follow each other are one.
func (w *writer) run(ctx context.Context, ops []documents.Operation, at int) (int, error) {
	op := ops[at]
	switch op.Kind {
	case documents.InsertOne:
		n := at
		for n < len(ops) && ops[n].Kind == documents.InsertOne {
			n++
		}
		return n - at, w.insert(ctx, ops[at:n], at)
	case documents.DeleteOne, documents.DeleteMany:
		return 1, w.delete(ctx, op)
	}
	return 1, w.update(ctx, op, at)
}

// insert inserts documents.
func (w *writer) insert(ctx context.Context, ops []documents.Operation, at int) error {
	docs := make([]value.Value, len(ops))
	for i, op := range ops {
		docs[i] = op.Document
		w.changes.InsertedIDs[at+i] = op.Document.Get("_id")
	}
	taken, err := w.store(ctx, docs)
	if err == nil && taken >= 0 {
		err = documents.TakenID()
		if len(ops) > 1 {
			err = documents.Located(err, at+taken, 2)
		}
	}
	w.changes.Inserted += len(ops)
	w.changes.Last = docs[len(docs)-1]
	return err
}

// store stores new documents with their entries. It returns the place of the first whose _id is taken, or -1.
func (w *writer) store(ctx context.Context, docs []value.Value) (taken int, err error) {
	rows := make([]Inserted, len(docs))
	for i, d := range docs {
		k := key.Of(d.Get("_id"))
		if err := documents.CheckID(d.Get("_id"), k); err != nil {
			return -1, err
		}
		rows[i] = Inserted{Key: k, Body: d.String()}
		if err := documents.CheckSize(rows[i].Body); err != nil {
			return -1, err
		}
		w.usage.Documents++
		w.usage.Bytes += int64(len(rows[i].Body))
	}
	seqs, err := w.rows.InsertDocuments(ctx, w.c.Seq, rows)
	if err != nil {
		return -1, err
	}
	if i := slices.Index(seqs, 0); i >= 0 {
		return i, nil
	}
	for _, in := range w.c.indexes {
		var entries []Entry
		for i, d := range docs {
			found, err := w.entriesOf(ctx, in, seqs[i], d)
			if err != nil {
				return -1, err
			}
			entries = append(entries, found...)
		}
		if err := w.enter(ctx, in, entries); err != nil {
			return -1, err
		}
	}
	return -1, nil
}

// entriesOf are the entries of a document in an index.
func (w *writer) entriesOf(ctx context.Context, in *index, seq int64, doc value.Value) ([]Entry, error) {
	keys := in.entries(doc)
	switch {
	case keys.Parallel:
		return nil, refuse.NotApplicable("The index " + in.Name +
			" does not take a document that has arrays in two of its fields.")
	case keys.Many:
		return nil, refuse.NotApplicable("The index " + in.Name +
			" does not take a document with more than 1,000 values.")
	}
	if keys.Multikey && !in.Multikey || keys.Cut && !in.Cut {
		in.Multikey, in.Cut = in.Multikey || keys.Multikey, in.Cut || keys.Cut
		if err := w.rows.MarkIndex(ctx, w.c.Seq, in.Seq, in.Multikey, in.Cut); err != nil {
			return nil, err
		}
	}
	out := make([]Entry, len(keys.Keys))
	for i, k := range keys.Keys {
		out[i] = Entry{Index: in.Seq, Key: k, Document: seq, Unique: in.spec.unique}
	}
	return out, nil
}

// enter inserts entries of one index.
func (w *writer) enter(ctx context.Context, in *index, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	n, err := w.rows.InsertEntries(ctx, entries)
	if err == nil && n < len(entries) {
		err = documents.TakenValue(in.Name)
	}
	return err
}

// target is a document that an operation is for.
type target struct {
	Row
	doc   value.Value
	index int // of the element of an array that made it match; -1: none
}

// targets returns the documents that match a filter, locked.
func (w *writer) targets(ctx context.Context, source value.Value, many bool) ([]target, error) {
	f, err := filter.Compile(source, refuse.Body(""))
	if err != nil || w.c == nil {
		return nil, err
	}
	m := f.In(w.env(ctx))
	if documentID, ok := f.ID(); ok && documentID.Kind() != value.Array && documentID.Kind() != value.Regex {
		row, err := w.rows.LockDocument(ctx, w.c.Seq, key.Of(documentID))
		if fault.IsCode(err, fault.NotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return w.matching(m, []Row{row})
	}
	none, err := order.Compile(value.Value{}, refuse.Body(""))
	if err != nil {
		return nil, err
	}
	p := w.c.planOf(f, source, none)
	p.Version = 0
	for range 10 {
		seqs, err := w.seqs(ctx, p, m, many)
		if err != nil || len(seqs) == 0 {
			return nil, err
		}
		rows, err := w.rows.LockDocuments(ctx, w.c.Seq, seqs)
		if err != nil {
			return nil, err
		}
		found, err := w.matching(m, rows)
		if many || err != nil || len(found) > 0 {
			return found, err
		}
	} // the one that was found is another's by now: look again
	return nil, &fault.Error{
		Code: fault.Unavailable, RetryAfter: second, Message: "Others change the same documents. Try again.",
	}
}

func (w *writer) seqs(ctx context.Context, p plan, m *filter.Matcher, many bool) ([]int64, error) {
	var seqs []int64
	var read bool
	memory := w.memory
	err := w.scan(ctx, p, m, func() { seqs, memory = nil, w.memory }, func(seq int64, doc value.Value) error {
		seqs = append(seqs, seq)
		memory += doc.Size()
		switch {
		case !many:
			return errEnough
		case w.touched+len(seqs) > documents.MaxChanged:
			return documents.TooManyChanges()
		case memory > documents.MaxMemory:
			return refuse.Memory()
		}
		return nil
	}, &read)
	return seqs, err
}

// matching returns those rows that match, as they are now.
func (w *writer) matching(m *filter.Matcher, rows []Row) ([]target, error) {
	var out []target
	for _, r := range rows {
		doc := value.Read(r.Body)
		ok, index, err := m.Match(doc)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, target{r, doc, index})
			w.memory += len(r.Body)
		}
	}
	if w.touched += len(out); w.touched > documents.MaxChanged {
		return nil, documents.TooManyChanges()
	}
	return out, nil
}

func (w *writer) update(ctx context.Context, op documents.Operation, at int) error {
	u, err := compiled(op.Update)
	if err != nil {
		return err
	}
	found, err := w.targets(ctx, op.Filter, op.Kind == documents.UpdateMany)
	if err != nil {
		return err
	}
	if len(found) == 0 && op.Update.Upsert {
		return w.upsert(ctx, u, op, at)
	}
	env := w.env(ctx)
	for _, t := range found {
		doc, changed, err := u.Apply(env, t.doc, t.index, w.now().UnixMilli())
		if err != nil {
			return err
		}
		if err := w.change(ctx, t, doc, changed); err != nil {
			return err
		}
	}
	return nil
}

func compiled(u documents.Update) (*update.Update, error) {
	if u.Replace {
		return update.Replacement(u.Update, refuse.Body(""))
	}
	return update.Compile(u.Update, u.ArrayFilters, refuse.Body(""), refuse.Query("arrayFilters"))
}

// change puts a document in the place of another.
func (w *writer) change(ctx context.Context, t target, doc value.Value, changed bool) error {
	w.changes.Matched++
	w.changes.Last = doc
	if !value.Equal(doc.Get("_id"), t.doc.Get("_id")) {
		return documents.FixedID()
	}
	body := doc.String()
	if !changed || body == t.Body {
		return nil
	}
	if err := documents.CheckSize(body); err != nil {
		return err
	}
	w.changes.Modified++
	w.usage.Bytes += int64(len(body) - len(t.Body))
	if err := w.rows.UpdateDocument(ctx, t.Seq, body); err != nil {
		return err
	}
	for _, in := range w.c.indexes {
		was, err := w.entriesOf(ctx, in, t.Seq, t.doc)
		if err != nil {
			return err
		}
		is, err := w.entriesOf(ctx, in, t.Seq, doc)
		if err != nil {
			return err
		}
		if gone := without(was, is); len(gone) > 0 {
			if err := w.rows.DeleteEntries(ctx, gone); err != nil {
				return err
			}
		}
		if err := w.enter(ctx, in, without(is, was)); err != nil {
			return err
		}
	}
	return nil
}

// without returns the entries whose keys others do not have.
func without(list, others []Entry) []Entry {
	return slices.DeleteFunc(slices.Clone(list), func(e Entry) bool {
		return slices.ContainsFunc(others, func(o Entry) bool { return bytes.Equal(o.Key, e.Key) })
	})
}

func (w *writer) upsert(ctx context.Context, u *update.Update, op documents.Operation, at int) error {
	f, err := filter.Compile(op.Filter, refuse.Body(""))
	if err != nil {
		return err
	}
	doc, err := u.Insert(w.env(ctx), f, documents.NewID(w.now()), w.now().UnixMilli())
	if err != nil {
		return err
	}
	taken, err := w.store(ctx, []value.Value{doc})
	if err == nil && taken >= 0 {
		err = documents.TakenID()
	}
	w.touched++
	w.changes.Upserted++
	w.changes.UpsertedIDs[at] = doc.Get("_id")
	w.changes.Last = doc
	return err
}

func (w *writer) delete(ctx context.Context, op documents.Operation) error {
	found, err := w.targets(ctx, op.Filter, op.Kind == documents.DeleteMany)
	if err != nil || len(found) == 0 {
		return err
	}
	seqs := make([]int64, len(found))
	var entries []Entry
	for i, t := range found {
		seqs[i] = t.Seq
		w.usage.Documents--
		w.usage.Bytes -= int64(len(t.Body))
		w.changes.Last = t.doc
		for _, in := range w.c.indexes {
			of, err := w.entriesOf(ctx, in, t.Seq, t.doc)
			if err != nil {
				return err
			}
			entries = append(entries, of...)
		}
	}
	w.changes.Deleted += len(found)
	if err := w.rows.DeleteDocuments(ctx, seqs); err != nil {
		return err
	}
	return w.rows.DeleteEntries(ctx, entries)
}
