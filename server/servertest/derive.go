package servertest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/server/contract"
)

// Valid makes a request of an operation that succeeds for the tenant, and whatever it
// needs to exist. Each call makes another one, so that a deletion can be repeated.
type Valid func(t testing.TB, i *Instance, tn *Tenant) Request

// Operations returns the operations of a contract in a stable order.
func Operations(c *contract.Contract) []*contract.Operation {
	byID := func(a, b *contract.Operation) int { return strings.Compare(a.ID, b.ID) }
	return slices.SortedFunc(maps.Values(c.Operations), byID)
}

// Complete fails the test when an operation has no valid request, or one has no operation.
func Complete(t *testing.T, c *contract.Contract, valid map[string]Valid) {
	t.Helper()
	for name := range c.Operations {
		if valid[name] == nil {
			t.Errorf("the operation %s has no valid request to derive tests from", name)
		}
	}
	for name := range valid {
		if c.Operations[name] == nil {
			t.Errorf("there is no operation %s", name)
		}
	}
	if t.Failed() { // what goes on would only stumble over it
		t.FailNow()
	}
}

// Documented reports whether the bundle has this status for the operation.
func Documented(op *contract.Operation, status int) bool {
	return op.Contract.Document().Paths.Value(op.Path).GetOperation(op.Method).Responses.Status(status) != nil
}

// Mutation turns a valid request into one that must be answered with Status.
type Mutation struct {
	Name   string
	Status int
	// Change returns false when it does not apply to the operation.
	Change func(t testing.TB, op *contract.Operation, tn *Tenant, r *Request) bool
}

// anonymous takes from a request what says who calls.
func (r *Request) anonymous() { r.Bearer, r.Basic, r.Identity = "", [2]string{}, nil }

// clone returns a request that can be changed without changing the other.
func (r Request) clone() Request {
	r.Path, r.Query, r.Header = maps.Clone(r.Path), maps.Clone(r.Query), maps.Clone(r.Header)
	r.Lines, r.Identity, r.Without = r.Lines.Clone(), r.Identity.Clone(), slices.Clone(r.Without)
	return r
}

// with sets a header.
func (r Request) with(name, value string) Request {
	r = r.clone()
	if r.Header == nil {
		r.Header = map[string]string{}
	}
	r.Header[name] = value
	return r
}

// Mutations are what can be wrong with a request of any contract. The statuses are those
// of HTTP; a contract with others says so in schema, for a broken schema.
func Mutations(schema int) []Mutation {
	authenticated := func(op *contract.Operation) bool { return !op.Public() }
	body := func(r *Request) bool { return r.JSON != nil || r.Form != nil }
	return []Mutation{
		{"no credentials", http.StatusUnauthorized, func(_ testing.TB, op *contract.Operation, _ *Tenant, r *Request) bool {
			r.anonymous()
			return authenticated(op)
		}},
		{"unknown key", http.StatusUnauthorized, func(_ testing.TB, op *contract.Operation, _ *Tenant, r *Request) bool {
			r.anonymous()
			r.Bearer = "sk_live_unknownunknown_" + strings.Repeat("x", 43)
			return authenticated(op)
		}},
		{"garbled token", http.StatusUnauthorized, func(_ testing.TB, op *contract.Operation, _ *Tenant, r *Request) bool {
			r.anonymous()
			r.Bearer = "e30.e30.e30"
			return authenticated(op)
		}},
		{"key of a suspended organization", http.StatusUnauthorized,
			func(_ testing.TB, op *contract.Operation, tn *Tenant, r *Request) bool {
				r.anonymous()
				r.Bearer = tn.suspended()
				return authenticated(op)
			}},
		{"no scope", http.StatusForbidden, func(_ testing.TB, op *contract.Operation, tn *Tenant, r *Request) bool {
			if !needsScope(op) {
				return false
			}
			r.anonymous()
			r.Bearer = tn.powerless()
			return true
		}},
		{"unknown query parameter", schema, func(_ testing.TB, op *contract.Operation, _ *Tenant, r *Request) bool {
			r.Query = merge(r.Query, url.Values{"no_such_parameter": {"secret-value"}})
			return op.Query != contract.AnyQuery
		}},
		{"bad escape in the query", http.StatusBadRequest,
			func(_ testing.TB, _ *contract.Operation, _ *Tenant, r *Request) bool {
				r.Query, r.RawQuery = nil, "limit=%zz"
				return true
			}},
		{"body that is not JSON", http.StatusBadRequest,
			func(_ testing.TB, _ *contract.Operation, _ *Tenant, r *Request) bool {
				if r.JSON == nil {
					return false
				}
				r.JSON, r.Raw, r.Type = nil, []byte(`{"name": secret-value`), "application/json"
				return true
			}},
		{"data behind the body", http.StatusBadRequest,
			func(t testing.TB, _ *contract.Operation, _ *Tenant, r *Request) bool {
				if r.JSON == nil {
					return false
				}
				b, err := json.Marshal(r.JSON)
				if err != nil {
					t.Fatal(err)
				}
				r.JSON, r.Raw, r.Type = nil, append(b, `{"secret-value":1}`...), "application/json"
				return true
			}},
		{"wrong type of body", schema, func(_ testing.TB, _ *contract.Operation, _ *Tenant, r *Request) bool {
			if r.JSON == nil {
				return false
			}
			r.JSON = []string{"secret-value"}
			return true
		}},
		{"unknown field", schema, func(t testing.TB, op *contract.Operation, _ *Tenant, r *Request) bool {
			if r.JSON == nil || open(op) {
				return false
			}
			b, err := json.Marshal(r.JSON)
			if err != nil {
				t.Fatal(err)
			}
			var m map[string]any
			if json.Unmarshal(b, &m) != nil {
				return false
			}
			m["no_such_field"] = "secret-value"
			r.JSON = m
			return true
		}},
		{"no body", schema, func(_ testing.TB, op *contract.Operation, _ *Tenant, r *Request) bool {
			spec := op.Contract.Document().Paths.Value(op.Path).GetOperation(op.Method)
			applies := r.JSON != nil && spec.RequestBody.Value.Required
			r.JSON = nil
			return applies
		}},
		{"another media type", http.StatusUnsupportedMediaType,
			func(_ testing.TB, _ *contract.Operation, _ *Tenant, r *Request) bool {
				applies := body(r)
				r.JSON, r.Form, r.Raw, r.Type = nil, nil, []byte("secret-value"), "application/x-nothing"
				return applies
			}},
		{"a body that is too large", http.StatusRequestEntityTooLarge,
			func(_ testing.TB, op *contract.Operation, _ *Tenant, r *Request) bool {
				if !body(r) {
					return false
				}
				r.Raw, r.Type = []byte(`{"name":"`+strings.Repeat("x", int(op.MaxBody))+`"}`), "application/json"
				if r.Form != nil {
					r.Raw, r.Type = []byte("grant_type="+strings.Repeat("x", int(op.MaxBody))), "application/x-www-form-urlencoded"
				}
				r.JSON, r.Form = nil, nil
				return true
			}},
	}
}

// open reports whether the bundle lets the JSON body of an operation have members that it
// does not name.
func open(op *contract.Operation) bool {
	spec := op.Contract.Document().Paths.Value(op.Path).GetOperation(op.Method)
	m := spec.RequestBody.Value.Content.Get("application/json")
	if m == nil || m.Schema == nil {
		return false
	}
	return openSchema(m.Schema.Value)
}

// openSchema reports whether an object of the schema, or of one of its alternatives, may have any members.
func openSchema(s *openapi3.Schema) bool {
	more, alternatives := s.AdditionalProperties, slices.Concat(s.OneOf, s.AnyOf)
	anything := s.Type == nil && len(alternatives)+len(s.AllOf) == 0
	return anything || more.Schema != nil || more.Has != nil && *more.Has ||
		slices.ContainsFunc(alternatives, func(r *openapi3.SchemaRef) bool { return openSchema(r.Value) })
}

func merge(a, b url.Values) url.Values {
	out := url.Values{}
	maps.Copy(out, a)
	maps.Copy(out, b)
	return out
}

// sampled reports whether a case of an operation is among one of n, the same ones each time.
func sampled(op *contract.Operation, name string, n uint32) bool { return draw(op, name)%n == 0 }

// sampleOf returns the mutations of an operation that are among one of n, and one in any case.
func sampleOf(op *contract.Operation, all []Mutation, n uint32) []Mutation {
	var out []Mutation
	for _, m := range all {
		if sampled(op, m.Name, n) {
			out = append(out, m)
		}
	}
	if len(out) == 0 && len(all) > 0 {
		first := func(a, b Mutation) int { return cmp.Compare(draw(op, a.Name), draw(op, b.Name)) }
		out = append(out, slices.MinFunc(all, first))
	}
	return out
}

// draw returns a number that a case of an operation has each time.
func draw(op *contract.Operation, name string) uint32 {
	h := fnv.New32a()
	_, _ = io.WriteString(h, op.ID+"\x00"+name)
	return h.Sum32()
}

// requiredHeaders are the headers that the bundle requires of each request of an operation.
func requiredHeaders(op *contract.Operation) []*openapi3.Parameter {
	var out []*openapi3.Parameter
	for _, p := range parameters(op) {
		if p.Value.In == openapi3.ParameterInHeader && p.Value.Required {
			out = append(out, p.Value)
		}
	}
	return out
}

// checkedHeaders are the headers that are required of an operation, and those that the contract looks at by itself,
// required or not.
func checkedHeaders(op *contract.Operation) []*openapi3.Parameter {
	out := requiredHeaders(op)
	for _, h := range op.Headers {
		for _, p := range parameters(op) {
			if p.Value.In == openapi3.ParameterInHeader && http.CanonicalHeaderKey(p.Value.Name) == h.Name && !p.Value.Required {
				out = append(out, p.Value)
			}
		}
	}
	return out
}

// parameters are those of the path and of the operation.
func parameters(op *contract.Operation) openapi3.Parameters {
	item := op.Contract.Document().Paths.Value(op.Path)
	return slices.Concat(item.Parameters, item.GetOperation(op.Method).Parameters)
}

// example returns a value that a required header may have.
func example(p *openapi3.Parameter) string {
	if p.Name == "Idempotency-Key" {
		return id.New().UUID()
	}
	var candidates []any
	for _, e := range p.Examples {
		candidates = append(candidates, e.Value.Value)
	}
	candidates = append(candidates, p.Example)
	if p.Schema != nil {
		s := p.Schema.Value
		candidates = append(slices.Concat(candidates, []any{s.Example, s.Default, s.Const}, s.Examples, s.Enum),
			id.New().UUID())
	}
	for _, c := range candidates {
		if c != nil {
			return fmt.Sprint(c)
		}
	}
	return "x"
}

// HeaderMutations are what can be wrong with the headers that the bundle requires of an operation, and with
// those that the contract looks at by itself.
func HeaderMutations(op *contract.Operation, schema int) []Mutation {
	var out []Mutation
	add := func(name string, change func(r *Request) bool) {
		out = append(out, Mutation{name, schema, func(_ testing.TB, _ *contract.Operation, _ *Tenant, r *Request) bool {
			return change(r)
		}})
	}
	for _, p := range checkedHeaders(op) {
		name := http.CanonicalHeaderKey(p.Name)
		set := func(r *Request, lines ...string) bool {
			*r = r.clone()
			maps.DeleteFunc(r.Header, func(n, _ string) bool { return http.CanonicalHeaderKey(n) == name })
			if r.Without = append(r.Without, name); len(lines) > 0 {
				r.Lines = r.Lines.Clone()
				if r.Lines == nil {
					r.Lines = http.Header{}
				}
				r.Lines[name] = lines
			}
			return true
		}
		if p.Required {
			add("no header "+p.Name, func(r *Request) bool { return set(r) })
		}
		add("the header "+p.Name+" twice", func(r *Request) bool {
			v := r.Header[p.Name]
			if v == "" {
				v = example(p)
			}
			return set(r, v, v)
		})
		if bad, some := malformed(op, p); some {
			add("a malformed header "+p.Name, func(r *Request) bool { return set(r, bad) })
		}
	}
	return out
}

// malformed returns a value that the schema of a header refuses, when there is one.
func malformed(op *contract.Operation, p *openapi3.Parameter) (string, bool) {
	if p.Schema == nil {
		return "", false
	}
	pointer := headerPointer(op, p)
	for _, bad := range []string{"secret-value", "%", "-1", strings.Repeat("x", 300), strings.Repeat("x", 5000), ""} {
		if judgeOf(op.Contract.Document()).checkText(pointer, bad) != nil {
			return bad, true
		}
	}
	return "", false
}

// headerPointer returns where the schema of a parameter stands in the bundle.
func headerPointer(op *contract.Operation, p *openapi3.Parameter) string {
	item := op.Contract.Document().Paths.Value(op.Path)
	for owner, list := range map[string]openapi3.Parameters{
		below("paths", op.Path):                             item.Parameters,
		below("paths", op.Path, strings.ToLower(op.Method)): item.GetOperation(op.Method).Parameters,
	} {
		for n, ref := range list {
			if ref.Value == p {
				return at(ref.Ref, owner+below("parameters", strconv.Itoa(n)), "schema")
			}
		}
	}
	panic("no parameter " + p.Name)
}

// Place is where a request names something by its id, outside of its path.
type Place struct {
	In   string // query, header or body
	Name string // of the parameter
	// Members lead to the id in a body; * is the first element of an array.
	Members []string
	// Kind says whose id it is: x-id in the bundle, or else the name of the parameter or member.
	Kind string
}

func (p Place) String() string {
	if p.In == "body" {
		return "the member " + strings.Join(p.Members, ".")
	}
	return "the " + p.In + " parameter " + p.Name
}

var (
	idName    = regexp.MustCompile(`(^|[a-z])([_-]?[Ii][Dd]|I[Dd]s|_ids)$`)
	idPattern = regexp.MustCompile(`^\^[a-z]+_\[`)
	filterKey = regexp.MustCompile(`^filter\[(.*)\]$`)
)

// kind returns whose id a value is. The bundle says it with x-id: false where a name only looks as if.
func kind(name string, s *openapi3.Schema) (string, bool) {
	if m := filterKey.FindStringSubmatch(name); m != nil {
		name = m[1]
	}
	switch said := s.Extensions["x-id"].(type) {
	case string:
		return said, true
	case bool:
		return name, said
	}
	return name, name != "id" && idName.MatchString(name) || idPattern.MatchString(s.Pattern)
}

// Places returns where the requests of an operation name something by its id.
func Places(op *contract.Operation) []Place {
	var out []Place
	for _, p := range parameters(op) {
		if p.Value.In == openapi3.ParameterInPath || p.Value.Schema == nil {
			continue
		}
		if k, is := kind(p.Value.Name, p.Value.Schema.Value); is {
			out = append(out, Place{In: p.Value.In, Name: p.Value.Name, Kind: k})
		}
	}
	body := op.Contract.Document().Paths.Value(op.Path).GetOperation(op.Method).RequestBody
	if body == nil {
		return out
	}
	if m := body.Value.Content.Get("application/json"); m != nil && m.Schema != nil {
		places(m.Schema.Value, nil, map[*openapi3.Schema]bool{}, &out)
	}
	return out
}

func places(s *openapi3.Schema, members []string, above map[*openapi3.Schema]bool, out *[]Place) {
	if above[s] { // recursive
		return
	}
	above[s] = true
	defer delete(above, s)
	for _, list := range []openapi3.SchemaRefs{s.AllOf, s.AnyOf, s.OneOf} {
		for _, part := range list {
			places(part.Value, members, above, out)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		property, to := s.Properties[name].Value, append(slices.Clone(members), name)
		of := property
		if property.Items != nil { // ids, of the same kind
			of = property.Items.Value
		}
		if k, is := kind(name, of); is {
			if property.Items != nil {
				to = append(to, "*")
			}
			p := Place{In: "body", Members: to, Kind: k}
			if !slices.ContainsFunc(*out, func(o Place) bool { return o.String() == p.String() }) {
				*out = append(*out, p)
			}
			continue
		}
		places(property, to, above, out)
	}
	if s.Items != nil {
		places(s.Items.Value, append(slices.Clone(members), "*"), above, out)
	}
}

// get returns the id that a request has in a place; empty when it has none.
func (p Place) get(r Request) string {
	switch p.In {
	case openapi3.ParameterInQuery:
		return r.Query.Get(p.Name)
	case openapi3.ParameterInHeader:
		return r.Header[p.Name]
	}
	v := tree(r.JSON)
	for _, m := range p.Members {
		switch at := v.(type) {
		case map[string]any:
			v = at[m]
		case []any:
			if v = nil; len(at) > 0 {
				v = at[0]
			}
		}
	}
	if v == nil {
		return ""
	}
	if n, number := v.(float64); number {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// put returns the request with another id in a place. It keeps the type of a number.
func (p Place) put(r Request, value string, number bool) Request {
	r = r.clone()
	switch p.In {
	case openapi3.ParameterInQuery:
		if r.Query == nil {
			r.Query = url.Values{}
		}
		r.Query.Set(p.Name, value)
	case openapi3.ParameterInHeader:
		r = r.with(p.Name, value)
	default:
		var v any = value
		if number {
			v = json.Number(value)
		}
		r.JSON = graft(tree(r.JSON), p.Members, v)
	}
	return r
}

// graft returns a tree with a value where the members lead to.
func graft(v any, members []string, value any) any {
	if len(members) == 0 {
		return value
	}
	if members[0] == "*" {
		list, _ := v.([]any)
		if len(list) == 0 {
			list = []any{nil}
		}
		list[0] = graft(list[0], members[1:], value)
		return list
	}
	m, _ := v.(map[string]any)
	if m == nil {
		m = map[string]any{}
	}
	m[members[0]] = graft(m[members[0]], members[1:], value)
	return m
}

// tree returns a body as JSON has it, for who changes it.
func tree(body any) any {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		panic(err)
	}
	return v
}

// isNumber reports whether the ids in a place are numbers.
func (p Place) isNumber(op *contract.Operation) bool {
	if p.In != "body" {
		return false
	}
	body := op.Contract.Document().Paths.Value(op.Path).GetOperation(op.Method).RequestBody.Value
	return integer(body.Content.Get("application/json").Schema.Value, p.Members)
}

func integer(s *openapi3.Schema, members []string) bool {
	if len(members) == 0 {
		return s.Type.Includes("integer")
	}
	if members[0] == "*" {
		return s.Items != nil && integer(s.Items.Value, members[1:])
	}
	if p := s.Properties[members[0]]; p != nil {
		return integer(p.Value, members[1:])
	}
	return slices.ContainsFunc(slices.Concat(s.AllOf, s.AnyOf, s.OneOf),
		func(part *openapi3.SchemaRef) bool { return integer(part.Value, members) })
}

// UnknownID returns an id that names nothing, after a prefix.
func UnknownID(prefix string) string { return id.New().Prefixed(prefix) }

// needsScope reports whether an API key needs a scope for the operation.
func needsScope(op *contract.Operation) bool {
	return slices.ContainsFunc(op.Access, func(a contract.Alternative) bool {
		scopes, _ := a.From(identity.FromKey)
		return len(scopes) > 0
	})
}
