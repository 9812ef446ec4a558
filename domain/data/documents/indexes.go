package documents

import (
	"context"
	"strconv"
	"strings"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/id"
)

// IndexCreate is what an index is made of.
type IndexCreate struct {
	Keys    string // JSON
	Name    string // empty: it follows from the keys
	Unique  bool
	Partial string // JSON; empty: all documents
}

// Indexes lists the indexes of a collection of a workspace of the caller's.
func (s *Service) Indexes(ctx context.Context, workspaceID id.ID, collection string) ([]Index, error) {
	at, err := s.inWorkspace(ctx, workspaceID, collection)
	if err != nil {
		return nil, err
	}
	return s.Engine.Indexes(ctx, at, collection)
}

// CreateIndex makes an index.
func (s *Service) CreateIndex(
	ctx context.Context, workspaceID id.ID, collection string, in IndexCreate,
) (Index, error) {
	at, err := s.inWorkspace(ctx, workspaceID, collection)
	if err != nil {
		return Index{}, err
	}
	made := Index{Name: in.Name, Unique: in.Unique}
	if made.Keys, err = readKeys(in.Keys); err != nil {
		return Index{}, err
	}
	if made.Name == "" {
		made.Name = nameOf(made.Keys)
	}
	if made.Name == "_id_" || strings.ContainsAny(made.Name, "\x00/") || len(made.Name) > 256 {
		return Index{}, refuse.Body("/name").Invalid("index_name",
			"must have 256 bytes at most and no slash, and not be _id_")
	}
	if in.Partial != "" {
		place := refuse.Body("/partialFilterExpression")
		if made.Partial, err = place.Parse(in.Partial); err != nil {
			return Index{}, err
		}
		if _, err := filter.Compile(made.Partial, place); err != nil {
			return Index{}, err
		}
		if !steady(made.Partial) {
			return Index{}, place.Invalid("operator",
				"must have no operators but $eq, $in, $gt, $gte, $lt, $lte, $exists, $type, $and and $or")
		}
	}
	return s.Engine.CreateIndex(ctx, at, collection, made,
		s.before(at, collection, "index.created", audit.Fields{"index": made.Name}))
}

// readKeys reads and checks the fields of an index.
func readKeys(text string) (value.Value, error) {
	place := refuse.Body("/keys")
	keys, err := place.Parse(text)
	if err != nil {
		return keys, err
	}
	fields := keys.Fields()
	if keys.Kind() != value.Object || len(fields) == 0 || len(fields) > MaxFields {
		return keys, place.Type("an object of 1 to 8 fields")
	}
	for i, f := range fields {
		at := place.Key(f.Name)
		n, ok := f.Value.Integer()
		if !ok || n != 1 && n != -1 {
			return keys, at.Type("1 or -1")
		}
		fields[i].Value = value.OfInt(n)
		for part := range strings.SplitSeq(f.Name, ".") {
			if _, err := strconv.Atoi(part); err == nil || part == "" || strings.HasPrefix(part, "$") {
				return keys, at.Invalid("path", "must be the path of a field, without positions in arrays")
			}
		}
		if f.Name == "_id" && len(fields) == 1 {
			return keys, at.Invalid("path", "is indexed already, as in every collection")
		}
	}
	return keys, nil
}

func nameOf(keys value.Value) string {
	var parts []string
	for _, f := range keys.Fields() {
		n, _ := f.Value.Integer()
		parts = append(parts, f.Name+"_"+strconv.FormatInt(n, 10))
	}
	return strings.Join(parts, "_")
}

// DeleteIndex deletes an index by its name.
func (s *Service) DeleteIndex(ctx context.Context, workspaceID id.ID, collection, index string) error {
	at, err := s.inWorkspace(ctx, workspaceID, collection)
	if err != nil {
		return err
	}
	return s.Engine.DropIndex(ctx, at, collection, index,
		s.before(at, collection, "index.deleted", audit.Fields{"index": index}))
}

// steadyOperators are those that a partial index can have: they always say the same of a document.
var steadyOperators = map[string]bool{
	"$eq": true, "$in": true, "$gt": true, "$gte": true, "$lt": true, "$lte": true, "$exists": true, "$type": true,
	"$and": true, "$or": true,
}

func steady(v value.Value) bool {
	for m := v.Members(); ; {
		f, ok := m.Next()
		if !ok {
			break
		}
		if strings.HasPrefix(f.Name, "$") && !steadyOperators[f.Name] || !steady(f.Value) {
			return false
		}
	}
	for _, elem := range v.Slice() {
		if v.Kind() == value.Array && !steady(elem) {
			return false
		}
	}
	return true
}
