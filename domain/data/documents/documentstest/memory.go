package documentstest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/alania-go/alania/domain/data/documents/expression"
	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/order"
	"github.com/alania-go/alania/domain/data/documents/pipeline"
	"github.com/alania-go/alania/domain/data/documents/projection"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/update"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
)

// Memory is a Driver that keeps documents in memory: the meaning without a database.
type Memory struct {
	collections map[string][]string
	ids         int
}

// NewMemory makes one without documents.
func NewMemory() Driver { return &Memory{collections: map[string][]string{}} }

const now = 1_700_000_000_000

// Load is of Driver.
func (m *Memory) Load(collection string, docs []string) error {
	for _, text := range docs {
		doc, err := m.document(refuse.Body(""), text)
		if err != nil {
			return err
		}
		m.collections[collection] = append(m.collections[collection], doc.JSON())
	}
	return nil
}

// All is of Driver.
func (m *Memory) All(collection string) ([]string, error) { return m.collections[collection], nil }

func (m *Memory) newID() value.Value {
	m.ids++
	id, _ := value.OfObjectID(fmt.Sprintf("%024x", m.ids))
	return id
}

func (m *Memory) document(at refuse.Place, text string) (value.Value, error) {
	v, err := at.Parse(text)
	if err != nil {
		return v, err
	}
	return update.Document(v, at, m.newID())
}

// Do is of Driver.
func (m *Memory) Do(collection string, op Operation) (Answer, error) {
	before := map[string][]string{}
	for name, docs := range m.collections {
		before[name] = slices.Clone(docs)
	}
	a, err := m.do(collection, op)
	var f *fault.Error
	if errors.As(err, &f) && f.Code != fault.Internal {
		m.collections = before
		return Answer{Refused: true, Reason: fmt.Sprintf("%v %+v", f, f.Violations)}, nil
	}
	return a, err
}

func parse(text []byte, at refuse.Place) (value.Value, error) {
	if text == nil {
		return value.Value{}, nil
	}
	return at.Parse(string(text))
}

func (m *Memory) do(collection string, op Operation) (Answer, error) {
	switch op.Kind {
	case "find":
		return m.find(collection, op)
	case "aggregate":
		return m.aggregate(collection, op)
	case "update", "replace":
		id, err := parse(op.ID, refuse.Body("/id"))
		if err != nil {
			return Answer{}, err
		}
		by := value.OfObject(value.F("_id", value.OfObject(value.F("$eq", id))))
		change, name := op.Update, "update"
		if op.Kind == "replace" {
			change, name = op.Replacement, "replacement"
		}
		v, err := parse(change, refuse.Body(""))
		if err != nil {
			return Answer{}, err
		}
		return Answer{}, m.change(collection, value.OfObject(value.F("filter", by), value.F(name, v)), false)
	case "bulk":
		ops, err := parse(op.Operations, refuse.Body("/operations"))
		if err != nil {
			return Answer{}, err
		}
		for _, o := range ops.Slice() {
			if err := m.one(collection, o.Fields()[0]); err != nil {
				return Answer{}, err
			}
		}
		return Answer{}, nil
	}
	return Answer{}, errors.New("unknown kind " + op.Kind)
}

func (m *Memory) one(collection string, f value.Field) error {
	switch f.Name {
	case "insertOne":
		doc, err := update.Document(f.Value.Get("document"), refuse.Body("/document"), m.newID())
		if err != nil {
			return err
		}
		return m.insert(collection, doc)
	case "updateOne", "replaceOne":
		return m.change(collection, f.Value, false)
	case "updateMany":
		return m.change(collection, f.Value, true)
	}
	flt, err := filter.Compile(f.Value.Get("filter"), refuse.Body("/filter"))
	if err != nil {
		return err
	}
	done := false
	m.collections[collection] = slices.DeleteFunc(m.collections[collection], func(text string) bool {
		if done || !flt.Match(value.Read(text)) {
			return false
		}
		done = f.Name == "deleteOne"
		return true
	})
	return nil
}

func (m *Memory) insert(collection string, doc value.Value) error {
	for _, text := range m.collections[collection] {
		if value.Equal(value.Read(text).Get("_id"), doc.Get("_id")) {
			return fault.New(fault.Conflict, "There is a document with this _id.")
		}
	}
	m.collections[collection] = append(m.collections[collection], doc.JSON())
	return nil
}

func env() *expression.Env { return expression.NewEnv(context.Background(), now) }

func (m *Memory) change(collection string, op value.Value, many bool) error {
	f, err := filter.Compile(op.Get("filter"), refuse.Body("/filter"))
	if err != nil {
		return err
	}
	var u *update.Update
	if r := op.Get("replacement"); !r.IsMissing() {
		u, err = update.Replacement(r, refuse.Body("/replacement"))
	} else {
		u, err = update.Compile(op.Get("update"), op.Get("arrayFilters"), refuse.Body("/update"),
			refuse.Body("/arrayFilters"))
	}
	if err != nil {
		return err
	}
	docs := m.collections[collection]
	matcher := f.In(env())
	found := false
	for i, text := range docs {
		doc := value.Read(text)
		ok, index, err := matcher.Match(doc)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		found = true
		out, changed, err := u.Apply(env(), doc, index, now)
		if err != nil {
			return err
		}
		if changed {
			docs[i] = out.JSON()
		}
		if !many {
			break
		}
	}
	if found || !op.Get("upsert").Truth() {
		return nil
	}
	doc, err := u.Insert(env(), f, m.newID(), now)
	if err != nil {
		return err
	}
	return m.insert(collection, doc)
}

func (m *Memory) find(collection string, op Operation) (Answer, error) {
	var parts [3]value.Value
	for i, text := range [][]byte{op.Filter, op.Sort, op.Projection} {
		v, err := parse(text, refuse.Query("filter"))
		if err != nil {
			return Answer{}, err
		}
		parts[i] = v
	}
	f, err := filter.Compile(parts[0], refuse.Query("filter"))
	if err != nil {
		return Answer{}, err
	}
	o, err := order.Compile(parts[1], refuse.Query("sort"))
	if err != nil {
		return Answer{}, err
	}
	p, err := projection.Compile(parts[2], refuse.Query("projection"))
	if err != nil {
		return Answer{}, err
	}
	skip, limit := 0, 1000
	if op.Skip != nil {
		skip = *op.Skip
	}
	if op.Limit != nil {
		limit = *op.Limit
	}
	sorter := order.NewSorter(o, skip+limit, pipeline.DefaultMemory)
	matcher := f.In(env())
	total := 0
	for _, text := range m.collections[collection] {
		doc := value.Read(text)
		ok, _, err := matcher.Match(doc)
		if err != nil {
			return Answer{}, err
		}
		if ok {
			total++
			if err := sorter.Add(doc); err != nil {
				return Answer{}, err
			}
		}
	}
	docs := sorter.Sorted()
	a := Answer{Total: &total}
	for _, doc := range docs[min(skip, len(docs)):] {
		_, index, err := matcher.Match(doc)
		if err != nil {
			return Answer{}, err
		}
		out, err := p.Apply(env(), doc, index)
		if err != nil {
			return Answer{}, err
		}
		a.Data = append(a.Data, out.JSON())
	}
	return a, nil
}

func (m *Memory) aggregate(collection string, op Operation) (Answer, error) {
	v, err := parse(op.Pipeline, refuse.Body("/pipeline"))
	if err != nil {
		return Answer{}, err
	}
	p, err := pipeline.Compile(v, refuse.Body("/pipeline"))
	if err != nil {
		return Answer{}, err
	}
	docs := func(name string) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			for _, text := range m.collections[name] {
				if !yield(text, nil) {
					return
				}
			}
		}
	}
	a := Answer{}
	err = p.Run(context.Background(), docs(collection), pipeline.Options{Now: now,
		Documents: func(_ context.Context, name string, _ filter.Condition) iter.Seq2[string, error] { return docs(name) },
	}, func(v value.Value) error { a.Data = append(a.Data, v.JSON()); return nil })
	return a, err
}

// Refusal returns the error of an operation.
func (m *Memory) Refusal(collection string, op Operation) error {
	_, err := m.do(collection, op)
	return err
}
