package embedded

import (
	"context"
	"sync"

	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/key"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

// opened is what is known of a collection besides its documents.
type opened struct {
	Collection
	indexes []*index
}

// index is an index, ready to be used.
type index struct {
	Index
	spec     spec
	fields   key.Fields
	partial  *filter.Filter // nil: it has all documents
	position int            // among those of the collection
}

// spec is what the row of an index has as JSON.
type spec struct {
	keys    []key.Field
	object  value.Value // the keys, as they were asked for
	unique  bool
	partial value.Value
}

// The members of a spec.
const (
	specKeys    = "fields"
	specUnique  = "unique"
	specPartial = "partial"
)

func (s spec) String() string {
	fields := []value.Field{value.F(specKeys, s.object), value.F(specUnique, value.OfBool(s.unique))}
	if !s.partial.IsMissing() {
		fields = append(fields, value.F(specPartial, s.partial))
	}
	return value.OfObject(fields...).String()
}

func readSpec(text string) spec {
	v := value.Read(text)
	s := spec{object: v.Get(specKeys), unique: v.Get(specUnique).Bool(), partial: v.Get(specPartial)}
	for _, f := range s.object.Fields() {
		n, _ := f.Value.Integer()
		s.keys = append(s.keys, key.Field{Path: f.Name, Down: n < 0})
	}
	return s
}

func readIndex(row Index, position int) (*index, error) {
	in := &index{Index: row, spec: readSpec(row.Spec), position: position}
	in.fields = key.Compile(in.spec.keys)
	if in.spec.partial.IsMissing() {
		return in, nil
	}
	var err error
	in.partial, err = filter.Compile(in.spec.partial, refuse.Body("/partialFilterExpression"))
	return in, err
}

// entries are the keys of a document in the index.
func (in *index) entries(doc value.Value) key.Entries {
	if in.partial != nil && !in.partial.Match(doc) {
		return key.Entries{}
	}
	return in.fields.Of(doc)
}

// known remembers what is known of collections. What is read by it names the version, so that it is noticed to be old.
type known struct {
	mu  sync.Mutex
	all map[name]*opened
}

type name struct {
	workspaceID id.ID
	name        string
}

// maxKnown is how many collections are remembered.
const maxKnown = 4096

func (k *known) get(n name) *opened {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.all[n]
}

func (k *known) put(n name, c *opened) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all == nil || len(k.all) >= maxKnown {
		k.all = map[name]*opened{}
	}
	k.all[n] = c
}

func (k *known) forget(n name) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.all, n)
}

// read reads what is known of a collection; nil when there is none.
func (e *Engine) read(ctx context.Context, n name) (*opened, error) {
	row, err := e.rows.Collection(ctx, n.workspaceID, n.name)
	if fault.IsCode(err, fault.NotFound) {
		e.known.forget(n)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := e.withIndexes(ctx, row)
	if err == nil {
		e.known.put(n, c)
	}
	return c, err
}

func (e *Engine) withIndexes(ctx context.Context, row Collection) (*opened, error) {
	c := &opened{Collection: row}
	rows, err := e.rows.Indexes(ctx, row.Seq)
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		in, err := readIndex(r, i)
		if err != nil {
			return nil, err
		}
		c.indexes = append(c.indexes, in)
	}
	return c, nil
}

// reading calls fn with what is known of a collection, nil when there is none, and once more when that was old: fn
// reports whether it has found anything, which it does not by what is old.
func (e *Engine) reading(ctx context.Context, n name, fn func(c *opened) (found bool, err error)) error {
	c := e.known.get(n)
	if c != nil {
		if found, err := fn(c); found || err != nil {
			return err
		}
	}
	was := c
	for range 5 {
		c, err := e.read(ctx, n)
		if err != nil {
			return err
		}
		if was != nil && c != nil && was.Seq == c.Seq && was.Version == c.Version {
			return nil // there was nothing to find
		}
		if found, err := fn(c); found || err != nil || c == nil {
			return err
		}
		was = c
	}
	return &fault.Error{
		Code: fault.Unavailable, RetryAfter: 1e9, Message: "The indexes of the collection are being changed. Try again.",
	}
}
