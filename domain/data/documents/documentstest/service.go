package documentstest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/alania-go/alania/domain/data/documents"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

// Served is a Driver that sends everything through the service, as the API does.
type Served struct {
	Service   *documents.Service
	Ctx       context.Context // with the caller
	Workspace id.ID
	// Indexed has an index made of each member that the documents of a case have, down to the second level: the answers
	// are the same with indexes.
	Indexed bool
}

// Driver returns the driver after it has deleted every collection of the workspace.
func (s Served) Driver() Driver {
	list, err := s.Service.Collections(s.Ctx, s.Workspace, "", documents.MaxLimit)
	for _, c := range list {
		err = errors.Join(err, s.Service.DeleteCollection(s.Ctx, s.Workspace, c.Name))
	}
	if err != nil {
		panic(err)
	}
	return s
}

// Load is of Driver.
func (s Served) Load(collection string, docs []string) error {
	if len(docs) == 0 {
		return nil
	}
	if _, _, err := s.Service.Insert(s.Ctx, s.Workspace, collection, "["+strings.Join(docs, ",")+"]"); err != nil {
		return err
	}
	if !s.Indexed {
		return nil
	}
	paths := map[string]bool{}
	for _, d := range docs {
		members(value.Read(d), "", paths)
	}
	for i, path := range slices.Sorted(maps.Keys(paths)) {
		if i == maxIndexed {
			break
		}
		down := 1 - i%2*2 // up and down in turns
		_, err := s.Service.CreateIndex(s.Ctx, s.Workspace, collection, documents.IndexCreate{
			Keys: value.OfObject(value.F(path, value.OfInt(int64(down)))).String(),
		})
		var f *fault.Error
		if err != nil && !errors.As(err, &f) { // a path that no index takes
			return err
		}
	}
	return nil
}

// maxIndexed is how many indexes Indexed makes.
const maxIndexed = 12

// members collects the paths of an object's members.
func members(v value.Value, before string, into map[string]bool) {
	for m := v.Members(); ; {
		f, ok := m.Next()
		if !ok {
			break
		}
		if f.Name == "_id" || strings.ContainsAny(f.Name, ".$") {
			continue
		}
		into[before+f.Name] = true
		if before == "" {
			members(f.Value, f.Name+".", into)
			for _, elem := range f.Value.Slice() {
				if f.Value.Kind() == value.Array {
					members(elem, f.Name+".", into)
				}
			}
		}
	}
}

// All is of Driver.
func (s Served) All(collection string) ([]string, error) {
	found, err := s.Service.Find(s.Ctx, s.Workspace, collection, documents.Asked{Limit: documents.MaxLimit})
	return texts(found.Documents), err
}

func texts(docs []value.Value) []string {
	out := make([]string, len(docs))
	for i, d := range docs {
		out[i] = d.JSON()
	}
	return out
}

// Do is of Driver.
func (s Served) Do(collection string, op Operation) (Answer, error) {
	a, err := s.do(collection, op)
	var f *fault.Error
	if errors.As(err, &f) && f.Code != fault.Internal {
		return Answer{Refused: true, Reason: fmt.Sprintf("%v %+v", f, f.Violations)}, nil
	}
	return a, err
}

func (s Served) do(collection string, op Operation) (Answer, error) {
	documentID := ""
	if op.ID != nil {
		if err := json.Unmarshal(op.ID, &documentID); err != nil {
			return Answer{}, err
		}
	}
	var err error
	switch op.Kind {
	case "find":
		return s.find(collection, op)
	case "insert":
		_, _, err = s.Service.Insert(s.Ctx, s.Workspace, collection, string(op.Documents))
	case "update":
		_, _, err = s.Service.Update(s.Ctx, s.Workspace, collection, documentID, string(op.Update), "", false)
	case "replace":
		_, _, err = s.Service.Replace(s.Ctx, s.Workspace, collection, documentID, string(op.Replacement), false)
	case "bulk":
		_, err = s.Service.Bulk(s.Ctx, s.Workspace, collection, string(op.Operations))
	case "aggregate":
		var out []byte
		if out, err = s.Service.Aggregate(s.Ctx, s.Workspace, collection, string(op.Pipeline)); err == nil {
			return Answer{Data: texts(value.Read(string(out)).Slice())}, nil
		}
	default:
		err = errors.New("unknown kind " + op.Kind)
	}
	return Answer{}, err
}

func (s Served) find(collection string, op Operation) (Answer, error) {
	in := documents.Asked{
		Filter: string(op.Filter), Projection: string(op.Projection), Sort: string(op.Sort), Limit: documents.MaxLimit,
	}
	if op.Limit != nil {
		in.Limit = *op.Limit
	}
	if op.Skip != nil {
		in.Skip = int64(*op.Skip)
	}
	found, err := s.Service.Find(s.Ctx, s.Workspace, collection, in)
	total := int(found.Total)
	return Answer{Data: texts(found.Documents), Total: &total}, err
}
