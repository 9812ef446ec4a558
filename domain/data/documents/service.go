package documents

import (
	"context"
	"regexp"
	"strings"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/data"
	"github.com/alania-go/alania/domain/data/documents/expression"
	"github.com/alania-go/alania/domain/data/documents/filter"
	"github.com/alania-go/alania/domain/data/documents/order"
	"github.com/alania-go/alania/domain/data/documents/projection"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
)

// Workspaces knows what the caller may use of a workspace.
type Workspaces interface {
	Access(ctx context.Context, workspaceID id.ID) (workspace.Access, error)
}

// Stock counts what workspaces store.
type Stock interface {
	// Change counts in the transaction of the write. More than the plan allows is FeatureLimit.
	Change(ctx context.Context, workspaceID id.ID, change plan.Amount) error
	// Used returns what is counted.
	Used(ctx context.Context, workspaceID id.ID) (plan.Amount, error)
}

// Options are what the service is made of.
type Options struct {
	Engine      Engine
	Workspaces  Workspaces
	Collections Stock // without bytes
	Stock       Stock // of documents
	Audit       *audit.Service
	Now         clock.Clock
}

// Service holds the rules of documents.
type Service struct{ Options }

// NewService makes the service.
func NewService(o Options) *Service { return &Service{o} }

// Support is what the capability needs in a workspace.
func (s *Service) Support() workspace.Support { return workspace.Support{Holds: s.Holds} }

// Holds reports whether a workspace has collections, so that its documents cannot be taken away.
func (s *Service) Holds(ctx context.Context, workspaceID id.ID) (bool, error) {
	used, err := s.Options.Collections.Used(ctx, workspaceID)
	return used.Items > 0, err
}

// PurgeWorkspace deletes the documents of a deleted workspace, when an engine outside keeps them.
func (s *Service) PurgeWorkspace(ctx context.Context, workspaceID id.ID) error {
	return s.Engine.Purge(ctx, workspaceID)
}

// inWorkspace returns where the documents of a workspace of the caller's are.
func (s *Service) inWorkspace(ctx context.Context, workspaceID id.ID, collection string) (data.Space, error) {
	a, err := s.Workspaces.Access(ctx, workspaceID)
	if err != nil {
		return data.Space{}, err
	}
	if collection != "" {
		err = CheckName(collection, fault.Violation{In: fault.InPath, Pointer: "/collection"})
	}
	return data.Space{WorkspaceID: workspaceID, OrgID: a.OrgID}, err
}

var collectionName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// CheckName refuses what is no name of a collection, where it was found.
func CheckName(name string, at fault.Violation) error {
	if len(name) <= MaxName && collectionName.MatchString(name) && !strings.HasPrefix(name, "system.") {
		return nil
	}
	at.Code, at.Message = "collection_name", "must be 1 to 120 letters, digits, _, - and dots, of which the first is a "+
		"letter or _, and must not begin with system."
	return fault.Invalid(at)
}

// Collections lists up to limit collections of a workspace of the caller's after a name.
func (s *Service) Collections(ctx context.Context, workspaceID id.ID, after string, limit int) ([]Collection, error) {
	at, err := s.inWorkspace(ctx, workspaceID, "")
	if err != nil {
		return nil, err
	}
	return s.Engine.Collections(ctx, at, after, limit)
}

// DeleteCollection deletes a collection of a workspace of the caller's.
func (s *Service) DeleteCollection(ctx context.Context, workspaceID id.ID, collection string) error {
	at, err := s.inWorkspace(ctx, workspaceID, collection)
	if err != nil {
		return err
	}
	return s.Engine.DropCollection(ctx, at, collection, s.before(at, collection, "collection.deleted", nil))
}

// before counts what a change does, and records it.
func (s *Service) before(at data.Space, collection, action string, more audit.Fields) Before {
	return func(ctx context.Context, u Usage, c Changes) error {
		if u.Collections != 0 {
			if err := s.Options.Collections.Change(ctx, at.WorkspaceID, plan.Amount{Items: u.Collections}); err != nil {
				return err
			}
		}
		if u.Documents != 0 || u.Bytes != 0 {
			if err := s.Stock.Change(ctx, at.WorkspaceID, plan.Amount{Items: u.Documents, Bytes: u.Bytes}); err != nil {
				return err
			}
		}
		after := audit.Fields{"collection": collection}
		for name, n := range map[string]int{
			"inserted": c.Inserted, "modified": c.Modified, "deleted": c.Deleted, "upserted": c.Upserted,
		} {
			if n > 0 {
				after[name] = n
			}
		}
		for k, v := range more {
			after[k] = v
		}
		return s.Audit.Record(ctx, at.OrgID, action, audit.Collection, CollectionID(at.WorkspaceID, collection), nil, after)
	}
}

// Find finds documents of a workspace of the caller's.
func (s *Service) Find(ctx context.Context, workspaceID id.ID, collection string, in Asked) (Page, error) {
	at, err := s.inWorkspace(ctx, workspaceID, collection)
	if err != nil {
		return Page{}, err
	}
	q, p, err := in.query()
	if err != nil {
		return Page{}, err
	}
	found, err := s.Engine.Find(ctx, at, collection, q)
	if err != nil || p == nil {
		return found, err
	}
	return found, s.show(ctx, found.Documents, q.Filter, p)
}

// show puts in the place of documents what a projection shows of them.
func (s *Service) show(ctx context.Context, docs []value.Value, source value.Value, p *projection.Projection) error {
	env := expression.NewEnv(ctx, s.Now().UnixMilli())
	f, err := filter.Compile(source, refuse.Query("filter"))
	if err != nil {
		return err
	}
	m, index := f.In(env), -1
	for i, d := range docs {
		if p.Positional() {
			if _, index, err = m.Match(d); err != nil {
				return err
			}
		}
		if docs[i], err = p.Apply(env, d, index); err != nil {
			return err
		}
	}
	return nil
}

// Explain says how Find would read.
func (s *Service) Explain(ctx context.Context, workspaceID id.ID, collection string, in Asked) (Plan, error) {
	at, err := s.inWorkspace(ctx, workspaceID, collection)
	if err != nil {
		return Plan{}, err
	}
	q, _, err := in.query()
	if err != nil {
		return Plan{}, err
	}
	return s.Engine.Explain(ctx, at, collection, q)
}

// Asked is a query as it was asked for.
type Asked struct {
	Filter     string  // JSON; empty: all
	Fields     []Named // of filter.<field>=<value>, which must match as well
	Projection string  // fields separated by commas, or JSON; empty: whole documents
	Sort       string  // likewise
	Skip       int64
	Limit      int
}

// Named is a parameter of a query.
type Named struct{ Name, Value string }

// query reads and checks what was asked for.
func (in Asked) query() (Query, *projection.Projection, error) {
	q := Query{Skip: in.Skip, Limit: in.Limit}
	var err error
	if q.Filter, err = in.filter(); err != nil {
		return q, nil, err
	}
	if _, err = filter.Compile(q.Filter, refuse.Query("filter")); err != nil {
		return q, nil, err
	}
	if q.Sort, err = listed(in.Sort, "sort", -1); err != nil {
		return q, nil, err
	}
	if _, err = order.Compile(q.Sort, refuse.Query("sort")); err != nil {
		return q, nil, err
	}
	p, err := project(in.Projection)
	return q, p, err
}

func project(text string) (*projection.Projection, error) {
	if text == "" {
		return nil, nil
	}
	v, err := listed(text, "projection", 0)
	if err != nil {
		return nil, err
	}
	return projection.Compile(v, refuse.Query("projection"))
}

// listed reads fields separated by commas, or an object in JSON. minus is what a hyphen before a field stands for.
func listed(text, parameter string, minus int64) (value.Value, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return value.Value{}, nil
	}
	at := refuse.Query(parameter)
	if strings.HasPrefix(text, "{") {
		return at.Parse(text)
	}
	var fields []value.Field
	for name := range strings.SplitSeq(text, ",") {
		n := int64(1)
		if name = strings.TrimSpace(name); strings.HasPrefix(name, "-") {
			name, n = name[1:], minus
		}
		for _, f := range fields {
			if f.Name == name {
				return value.Value{}, at.Invalid("duplicate", "must name a field once")
			}
		}
		if name == "" || strings.HasPrefix(name, "$") {
			return value.Value{}, at.Invalid("path", "must be fields separated by commas, or an object in JSON")
		}
		fields = append(fields, value.F(name, value.OfInt(n)))
	}
	return value.OfObject(fields...), nil
}

// filter joins what was asked for by filter and by filter.<field>.
func (in Asked) filter() (value.Value, error) {
	var parts []value.Value
	if in.Filter != "" {
		v, err := refuse.Query("filter").Parse(in.Filter)
		if err != nil {
			return v, err
		}
		if v.Kind() != value.Object {
			return v, refuse.Query("filter").Type("an object in JSON")
		}
		parts = append(parts, v)
	}
	for _, f := range in.Fields {
		if f.Name == "" || strings.HasPrefix(f.Name, "$") || strings.Contains(f.Name, ".$") {
			return value.Value{}, refuse.Query("filter."+f.Name).Invalid("path", "must be filter. and the path of a field")
		}
		parts = append(parts, value.OfObject(value.F(f.Name, value.OfObject(value.F("$eq", literal(f.Value))))))
	}
	switch len(parts) {
	case 0:
		return value.Value{}, nil
	case 1:
		return parts[0], nil
	}
	return value.OfObject(value.F("$and", value.OfArray(parts...))), nil
}

// literal reads the value of filter.<field>: JSON where it is a number, true, false, null or a value of Extended JSON;
// in double quotes a text; otherwise a text as it is.
func literal(text string) value.Value {
	if v, err := value.Parse(text); err == nil && v.Kind() != value.Object && v.Kind() != value.Array {
		return v
	}
	return value.OfString(text)
}

// DocumentID reads the id of a path: an ObjectID of 24 hexadecimal digits, or a text.
func DocumentID(text string) value.Value {
	if v, ok := value.OfObjectID(text); ok {
		return v
	}
	return value.OfString(text)
}

// Get returns a document of a workspace of the caller's.
func (s *Service) Get(
	ctx context.Context, workspaceID id.ID, collection, documentID, fields string,
) (value.Value, error) {
	at, err := s.inWorkspace(ctx, workspaceID, collection)
	if err != nil {
		return value.Value{}, err
	}
	p, err := project(fields)
	if err != nil {
		return value.Value{}, err
	}
	doc, err := s.Engine.Get(ctx, at, collection, DocumentID(documentID))
	if err != nil || p == nil {
		return doc, err
	}
	return p.Apply(expression.NewEnv(ctx, s.Now().UnixMilli()), doc, -1)
}
